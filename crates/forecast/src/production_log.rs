//! Reads the production log of a job shop: a CSV file, one row per report.
//!
//! Columns are found by name, blanks and all; order and further columns do not matter. The first
//! row that breaks a rule ends the reading and is named with line and column: a backtest on half a
//! file would be a wrong figure. Nothing is corrected and no row is dropped here.

use jiff::civil::{DateTime, date};

use crate::error::ForecastError;
use crate::report::{LocalMinute, ReportKind, Roster, WorkReport};

const RESOURCE: &str = "Resource";
const START: &str = "Start Timestamp";
const END: &str = "Complete Timestamp";

/// The file's columns: required ones by place, the others where there are any.
struct Columns {
    resource: usize,
    start: usize,
    end: usize,
    work_order: Option<usize>,
    operator: Option<usize>,
    kind: Option<usize>,
    quantity_ordered: Option<usize>,
    quantity_completed: Option<usize>,
}

/// Reads the text of a production log; numbers of names are `roster`'s, so that two logs agree.
pub fn read(text: &str, roster: &mut Roster) -> Result<Vec<WorkReport>, ForecastError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = locate(reader.headers().map_err(|error| unreadable(&error))?)?;
    let mut reports = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(&error))?;
        reports.push(read_row(&record, &columns, roster)?);
    }
    Ok(reports)
}

/// Reads a moment of the plant-local clock as the log or a command line writes it.
pub fn parse_local_minute(text: &str) -> Option<LocalMinute> {
    let text = text.trim().replace('/', "-").replacen(' ', "T", 1);
    let moment: DateTime = text.parse().ok()?;
    let since = moment.duration_since(date(1970, 1, 1).at(0, 0, 0, 0));
    Some(since.as_millis() as f64 / 60_000.0)
}

fn locate(header: &csv::StringRecord) -> Result<Columns, ForecastError> {
    let find = |name: &str| header.iter().position(|found| squeeze(found) == name);
    let need = |column: &'static str, meaning: &'static str| {
        find(column).ok_or(ForecastError::MissingColumn { column, meaning })
    };
    Ok(Columns {
        resource: need(RESOURCE, "the machine or work place")?,
        start: need(START, "the start of the report")?,
        end: need(END, "the end of the report")?,
        work_order: find("Case ID"),
        operator: find("Worker ID"),
        kind: find("Report Type"),
        quantity_ordered: find("Work Order Qty"),
        quantity_completed: find("Qty Completed"),
    })
}

fn read_row(
    record: &csv::StringRecord,
    columns: &Columns,
    roster: &mut Roster,
) -> Result<WorkReport, ForecastError> {
    let line = record.position().map_or(0, csv::Position::line);
    let broken = |column: &str, rule: String| ForecastError::Broken {
        line,
        column: column.to_owned(),
        rule,
    };
    let name = squeeze(field(record, Some(columns.resource)));
    if name.is_empty() {
        return Err(broken(RESOURCE, "empty; every report names its resource".to_owned()));
    }
    let time = |column: &str, at: usize| {
        let text = field(record, Some(at));
        parse_local_minute(text).ok_or_else(|| {
            broken(column, format!("`{text}` is no date and time like 2012/02/29 18:31:00.000"))
        })
    };
    let (start, end) = (time(START, columns.start)?, time(END, columns.end)?);
    if end < start {
        let rule = format!("`{}` lies before the start", field(record, Some(columns.end)));
        return Err(broken(END, rule));
    }
    let quantity = |column: &str, at: Option<usize>| match field(record, at) {
        "" => Ok(0.0),
        text => text
            .parse::<f64>()
            .ok()
            .filter(|value| value.is_finite())
            .ok_or_else(|| broken(column, format!("`{text}` is no number"))),
    };
    let mut number = |at: Option<usize>, noun: &str| match field(record, at) {
        "" => None,
        text => Some(roster.person_or_order(&format!("{noun} {text}"))),
    };
    Ok(WorkReport {
        start,
        end,
        kind: match field(record, columns.kind) {
            "S" => ReportKind::Setup,
            "B" => ReportKind::Breakdown,
            _ => ReportKind::Production,
        },
        operator: number(columns.operator, "operator"),
        work_order: number(columns.work_order, "work order"),
        quantity_ordered: quantity("Work Order Qty", columns.quantity_ordered)?,
        quantity_completed: quantity("Qty Completed", columns.quantity_completed)?,
        resource: roster.resource(&name, &type_of(&name)),
    })
}

/// `Machine 7- Laser Marking` is for `laser marking`, `Wire Cut - Machine 13` for `wire cut`.
fn type_of(resource: &str) -> String {
    let purpose = resource.split('-').map(str::trim).find(|part| !part.starts_with("Machine "));
    let purpose = purpose.unwrap_or(resource).to_lowercase();
    purpose.trim_end_matches(|last: char| last.is_ascii_digit() || last == ' ').to_owned()
}

fn field(record: &csv::StringRecord, at: Option<usize>) -> &str {
    at.and_then(|at| record.get(at)).unwrap_or_default().trim()
}

/// The text with single blanks between its words and none around it.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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

    const HEADER: &str = "Case ID,Resource,Start Timestamp,Complete Timestamp,Work Order  Qty,\
                          Worker ID,Report Type,Qty Completed\n";

    fn read_rows(rows: &str) -> Result<(Vec<WorkReport>, Roster), ForecastError> {
        let mut roster = Roster::default();
        read(&format!("{HEADER}{rows}"), &mut roster).map(|reports| (reports, roster))
    }

    #[test]
    fn a_row_is_read_with_blanks_squeezed() {
        let (reports, roster) = read_rows(
            "Case 1, Machine 7-  Laser Marking,1970/01/01 01:00:00.000,1970/01/02 00:00:30.000,\
             10,ID1,S,3\n",
        )
        .expect("a good row");
        let report = &reports[0];
        assert_eq!((report.start, report.end), (60.0, 1440.5));
        assert_eq!((report.quantity_ordered, report.quantity_completed), (10.0, 3.0));
        assert_eq!(report.kind, ReportKind::Setup);
        assert_eq!(roster.resources[0].name, "Machine 7- Laser Marking");
    }

    #[test]
    fn types_pool_machines_for_one_purpose() {
        assert_eq!(type_of("Machine 7- Laser Marking"), "laser marking");
        assert_eq!(type_of("Wire Cut - Machine 13"), "wire cut");
        assert_eq!(type_of("Quality Check 2"), "quality check");
        assert_eq!(type_of("Machine 9 - Turning & Milling"), "turning & milling");
        assert_eq!(type_of("Machine 9"), "machine");
    }

    #[test]
    fn what_is_broken_is_named_with_line_column_and_rule() {
        let good = "C,R,2012/01/02 00:00:00.000,2012/01/02 01:00:00.000,1,W,D,1\n";
        let bad = "C,R,2012/01/02 00:00:00.000,2012/13/02 01:00:00.000,1,W,D,1\n";
        let error = read_rows(&format!("{good}{bad}")).expect_err("month 13");
        assert_eq!(
            error.to_string(),
            "line 3, column `Complete Timestamp`: `2012/13/02 01:00:00.000` is no date and time \
             like 2012/02/29 18:31:00.000"
        );
        let backwards = "C,R,2012/01/02 02:00:00.000,2012/01/02 01:00:00.000,1,W,D,1\n";
        let error = read_rows(backwards).expect_err("ends before it starts");
        assert!(error.to_string().contains("lies before the start"), "{error}");
        let short = read_rows("C,R\n").expect_err("two fields");
        assert!(short.to_string().starts_with("line 2, column `the whole line`"), "{short}");
        let no_column = read("Case ID\n1\n", &mut Roster::default()).expect_err("no resource");
        assert!(no_column.to_string().contains("`Resource` is missing"), "{no_column}");
    }

    #[test]
    fn moments_are_read_in_both_spellings() {
        assert_eq!(parse_local_minute("1970-01-01T00:01:00"), Some(1.0));
        assert_eq!(parse_local_minute("1970/01/01 00:01:00.000"), Some(1.0));
        assert_eq!(parse_local_minute("yesterday"), None);
    }
}
