//! Reads machine status changes: a CSV file, one row per item of a machine that took a new value.
//!
//! A machine is busy while its `execution` is `ACTIVE`. Which days were recorded is told by a
//! second file; a day that was not is blind, and neither work nor a gap is believed to go on over
//! it. Times in the file are UTC and turned into the plant's clock, by which people come and go.

use std::collections::HashMap;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::error::ForecastError;
use crate::report::{LocalMinute, ReportKind, ResourceIndex, Roster, WorkReport};
use crate::sample::BlindSpell;

const EXECUTION: &str = "execution";
const ACTIVE: &str = "ACTIVE";

/// What the two files tell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MachineStatus {
    /// Every stretch of work.
    pub reports: Vec<WorkReport>,
    /// Days that were not recorded.
    pub blind: Vec<BlindSpell>,
}

/// Reads status changes and the days that were recorded, both as texts of CSV files.
pub fn read(
    events: &str,
    coverage: &str,
    time_zone: &TimeZone,
    roster: &mut Roster,
) -> Result<MachineStatus, ForecastError> {
    let blind = read_coverage(coverage, time_zone, roster)?;
    let mut reports = Vec::new();
    let mut active_since: HashMap<ResourceIndex, LocalMinute> = HashMap::new();
    for row in rows(events, ["timestamp", "machine", "item", "value"])? {
        let (line, [timestamp, machine, item, value]) = row?;
        if item != EXECUTION {
            continue;
        }
        let moment: Timestamp = timestamp.parse().map_err(|_| ForecastError::Broken {
            line,
            column: "timestamp".to_owned(),
            rule: format!("`{timestamp}` is no date and time like 2016-05-02T05:00:00.000Z"),
        })?;
        let now = local_minute(moment, time_zone);
        let resource = roster.resource(&machine, type_of(&machine));
        if value == ACTIVE {
            active_since.entry(resource).or_insert(now);
        } else if let Some(start) = active_since.remove(&resource) {
            let seen = !blind
                .iter()
                .any(|spell| spell.resource == resource && spell.from < now && spell.to > start);
            if seen && start < now {
                reports.push(work(resource, start, now));
            }
        }
    }
    Ok(MachineStatus { reports, blind })
}

fn work(resource: ResourceIndex, start: LocalMinute, end: LocalMinute) -> WorkReport {
    WorkReport {
        resource,
        start,
        end,
        kind: ReportKind::Production,
        operator: None,
        work_order: None,
        quantity_ordered: 0.0,
        quantity_completed: 0.0,
    }
}

fn read_coverage(
    text: &str,
    time_zone: &TimeZone,
    roster: &mut Roster,
) -> Result<Vec<BlindSpell>, ForecastError> {
    let mut days: HashMap<ResourceIndex, Vec<(Date, bool)>> = HashMap::new();
    for row in rows(text, ["machine", "utc_date", "raw_file"])? {
        let (line, [machine, day, raw_file]) = row?;
        let day: Date = day.parse().map_err(|_| ForecastError::Broken {
            line,
            column: "utc_date".to_owned(),
            rule: format!("`{day}` is no date like 2016-05-02"),
        })?;
        let resource = roster.resource(&machine, type_of(&machine));
        days.entry(resource).or_default().push((day, raw_file == "present"));
    }
    let mut blind = Vec::new();
    for resource in 0..roster.resources.len() {
        let mut days = days.remove(&resource).unwrap_or_default();
        days.sort_unstable();
        days.retain(|(_, present)| *present);
        // A day that is not listed has no file either: what lies between recorded days is blind.
        for pair in days.windows(2) {
            let next = pair[0].0.saturating_add(1.day());
            if next < pair[1].0 {
                blind.push(BlindSpell {
                    resource,
                    from: midnight(next, time_zone),
                    to: midnight(pair[1].0, time_zone),
                });
            }
        }
    }
    Ok(blind)
}

/// Minutes of the plant's clock at a midnight of UTC.
fn midnight(day: Date, time_zone: &TimeZone) -> LocalMinute {
    let moment = day.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    local_minute(moment.unwrap_or_default(), time_zone)
}

fn local_minute(moment: Timestamp, time_zone: &TimeZone) -> LocalMinute {
    let local = time_zone.to_datetime(moment);
    local.duration_since(date(1970, 1, 1).at(0, 0, 0, 0)).as_millis() as f64 / 60_000.0
}

/// `Mazak01` is one of several `Mazak`.
fn type_of(machine: &str) -> &str {
    machine.trim_end_matches(|last: char| last.is_ascii_digit())
}

type Row<const COLUMNS: usize> = Result<(u64, [String; COLUMNS]), ForecastError>;

/// The rows of a file with their lines, reduced to these columns.
fn rows<'a, const COLUMNS: usize>(
    text: &'a str,
    names: [&'static str; COLUMNS],
) -> Result<impl Iterator<Item = Row<COLUMNS>> + 'a, ForecastError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| unreadable(&error))?;
    let mut places = [0; COLUMNS];
    for (place, column) in places.iter_mut().zip(names) {
        let found = header.iter().position(|name| name.trim() == column);
        *place = found.ok_or(ForecastError::MissingColumn {
            column,
            meaning: "a part of every row of machine status",
        })?;
    }
    Ok(reader.into_records().map(move |record| {
        let record = record.map_err(|error| unreadable(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        Ok((line, places.map(|at| record.get(at).unwrap_or_default().trim().to_owned())))
    }))
}

fn unreadable(error: &csv::Error) -> ForecastError {
    ForecastError::Broken {
        line: error.position().map_or(0, csv::Position::line),
        column: "the whole line".to_owned(),
        rule: format!("not readable as CSV: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: &str = "timestamp,machine,item,value\n";
    const COVERAGE: &str = "machine,utc_date,raw_file\n";

    #[test]
    fn work_is_active_execution_on_recorded_days() {
        let events = format!(
            "{EVENTS}1970-01-01T01:00:00.000Z,M01,execution,ACTIVE\n\
             1970-01-01T01:00:30.000Z,M01,program,P1\n\
             1970-01-01T02:00:00.000Z,M01,execution,READY\n\
             1970-01-01T23:00:00.000Z,M01,execution,ACTIVE\n\
             1970-01-03T01:00:00.000Z,M01,execution,STOPPED\n"
        );
        let coverage = format!(
            "{COVERAGE}M01,1970-01-01,present\nM01,1970-01-02,absent\nM01,1970-01-03,present\n"
        );
        let mut roster = Roster::default();
        let status = read(&events, &coverage, &TimeZone::UTC, &mut roster).expect("good files");
        let spans: Vec<_> = status.reports.iter().map(|one| (one.start, one.end)).collect();
        assert_eq!(spans, [(60.0, 120.0)]);
        assert_eq!(status.blind, [BlindSpell { resource: 0, from: 1440.0, to: 2880.0 }]);
    }

    #[test]
    fn a_broken_stamp_is_named() {
        let events = format!("{EVENTS}noon,M01,execution,ACTIVE\n");
        let error = read(&events, COVERAGE, &TimeZone::UTC, &mut Roster::default());
        assert_eq!(
            error.expect_err("no time").to_string(),
            "line 2, column `timestamp`: `noon` is no date and time like 2016-05-02T05:00:00.000Z"
        );
    }
}
