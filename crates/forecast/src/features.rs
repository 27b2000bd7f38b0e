//! What a forecast looks at: one row of figures per moment at which a resource falls idle.
//!
//! Every figure has a name and belongs to one of the factors that an explanation speaks of. Only
//! the floor as reported is asked, so nothing later than the moment can leak in. No calendar date
//! is among them: a model must not learn that it is March.

use serde::{Deserialize, Serialize};

use crate::floor::{Floor, Timeline};
use crate::report::{DAY_MINUTES, LocalMinute, ReportKind, ResourceIndex, WEEK_MINUTES};

/// Stands for "not known"; every real figure is above it.
pub(crate) const UNKNOWN: f32 = -1.0;

/// Days whose same hour is looked at.
const DAYS_BACK: u32 = 28;
/// Hours ahead at which the resource's own earlier weeks are looked at.
const OWN_HORIZONS_MINUTES: [f64; 5] = [60.0, 240.0, 480.0, 960.0, 1440.0];
const WEEKS_BACK: u32 = 4;
/// A gap so short is a change of hands, not idleness.
const SHORT_GAP_MINUTES: f64 = 5.0;
/// Gaps that began within this distance of the same hour tell about this one.
const SAME_HOUR_MINUTES: f64 = 180.0;

/// What an explanation speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// Hour and day of the week.
    Calendar,
    /// Which resource it is, and how it was idle and busy lately.
    Resource,
    /// The work that has just ended.
    Work,
    /// The person who did it, and how long the shift has lasted.
    Person,
    /// What the resource did at the same hour of earlier days and weeks.
    SameHour,
    /// What the whole shop did at the same hour of earlier weeks.
    ShopRhythm,
}

impl Factor {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Calendar,
        Self::Resource,
        Self::Work,
        Self::Person,
        Self::SameHour,
        Self::ShopRhythm,
    ];
}

/// The figures' factors in the order of [`describe`], with how many each has.
const LAYOUT: [(Factor, usize); 6] = [
    (Factor::Calendar, 3),
    (Factor::Resource, 10),
    (Factor::Work, 7),
    (Factor::Person, 3),
    (Factor::SameHour, 8 + OWN_HORIZONS_MINUTES.len()),
    (Factor::ShopRhythm, 20),
];

/// Number of figures in a row.
pub(crate) const FEATURES: usize = {
    let mut sum = 0;
    let mut at = 0;
    while at < LAYOUT.len() {
        sum += LAYOUT[at].1;
        at += 1;
    }
    sum
};

/// One row of figures.
pub(crate) type FeatureRow = [f32; FEATURES];

/// The places in a row that belong to a factor.
pub(crate) fn places_of(factor: Factor) -> std::ops::Range<usize> {
    let mut from = 0;
    for (of, count) in LAYOUT {
        if of == factor {
            return from..from + count;
        }
        from += count;
    }
    0..0
}

/// A resource that falls idle, or that would.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FallingIdle {
    /// Which.
    pub resource: ResourceIndex,
    /// When.
    pub at: LocalMinute,
    /// Since when it was busy, without a gap.
    pub busy_since: LocalMinute,
}

/// Describes the moment by what the floor has reported.
pub(crate) fn describe(floor: &Floor, moment: &FallingIdle) -> FeatureRow {
    let timeline = floor.timeline(moment.resource);
    let mut figures = Figures { row: [UNKNOWN; FEATURES], filled: 0 };
    let minute_of_day = moment.at.rem_euclid(DAY_MINUTES);
    let weekday = weekday_of(moment.at);
    figures.push(minute_of_day);
    figures.push(weekday);
    figures.push(weekday * DAY_MINUTES + minute_of_day);
    describe_resource(floor, timeline, moment, &mut figures);
    describe_work(floor, timeline, moment, &mut figures);
    describe_person(floor, moment, &mut figures);
    describe_same_hour(timeline, moment.at, &mut figures);
    for echo in floor.rhythm().echo(moment.at) {
        figures.push_known(echo.in_work);
        figures.push_known(echo.begun);
    }
    figures.row
}

struct Figures {
    row: FeatureRow,
    filled: usize,
}

impl Figures {
    fn push(&mut self, figure: f64) {
        self.row[self.filled] = figure as f32;
        self.filled += 1;
    }

    fn push_known(&mut self, figure: Option<f64>) {
        self.push(figure.unwrap_or(f64::from(UNKNOWN)));
    }
}

/// Monday is 0.
fn weekday_of(moment: LocalMinute) -> f64 {
    // 1970-01-01 was a Thursday.
    ((moment / DAY_MINUTES).floor() + 3.0).rem_euclid(7.0)
}

fn describe_resource(
    floor: &Floor,
    timeline: &Timeline,
    moment: &FallingIdle,
    figures: &mut Figures,
) {
    let mut gaps: Vec<f64> = timeline.recent_gaps().map(|(_, minutes)| minutes).collect();
    let short = gaps.iter().filter(|minutes| **minutes <= SHORT_GAP_MINUTES).count() as f64;
    figures.push(moment.resource as f64);
    figures.push(floor.resources()[moment.resource].resource_type as f64);
    figures.push_known(gaps.last().copied());
    figures.push_known(gaps.iter().rev().nth(1).copied());
    figures.push((short + 1.0) / (gaps.len() as f64 + 4.0));
    figures.push_known(quantile(&mut gaps, 0.5));
    figures.push_known(gap_at_same_hour(timeline, moment.at));
    figures.push(timeline.gap_count() as f64);
    figures.push(timeline.busy_share(moment.at, 3.0 * DAY_MINUTES));
    figures.push(timeline.busy_share(moment.at, WEEK_MINUTES));
}

/// Mean of the gaps that began at about this hour, on a scale on which a weekend is not everything.
fn gap_at_same_hour(timeline: &Timeline, now: LocalMinute) -> Option<f64> {
    let (hour, weekday) = (now.rem_euclid(DAY_MINUTES), weekday_of(now));
    let (mut sum, mut weights) = (0.0, 0.0);
    for (began, minutes) in timeline.recent_gaps() {
        let distance = (began.rem_euclid(DAY_MINUTES) - hour).abs();
        let distance = distance.min(DAY_MINUTES - distance);
        if distance < SAME_HOUR_MINUTES {
            let same_day = if weekday_of(began) == weekday { 1.0 } else { 0.3 };
            let weight = same_day * (1.0 - distance / SAME_HOUR_MINUTES);
            sum += weight * minutes.sqrt().sqrt();
            weights += weight;
        }
    }
    (weights > 0.3).then(|| sum / weights)
}

fn describe_work(floor: &Floor, timeline: &Timeline, moment: &FallingIdle, figures: &mut Figures) {
    figures.push(moment.at - moment.busy_since);
    figures.push(timeline.reports_in_last() as f64);
    let Some(report) = floor.last_report(moment.resource) else {
        (0..5).for_each(|_| figures.push_known(None));
        return;
    };
    figures.push(report.end - report.start);
    figures.push(match report.kind {
        ReportKind::Setup => 0.0,
        ReportKind::Production => 1.0,
        ReportKind::Breakdown => 2.0,
    });
    figures.push(report.quantity_ordered);
    figures.push(report.quantity_completed);
    let made = report.work_order.map(|order| floor.pieces_made(order, moment.resource));
    figures.push_known(made.map(|made| (report.quantity_ordered - made).max(0.0)));
}

fn describe_person(floor: &Floor, moment: &FallingIdle, figures: &mut Figures) {
    let operator = floor.last_report(moment.resource).and_then(|report| report.operator);
    let Some(operator) = operator else {
        (0..3).for_each(|_| figures.push_known(None));
        return;
    };
    let (mut reports, mut elsewhere, mut began) = (0.0, 0.0, moment.at);
    for (start, _, resource) in floor.shift_of(operator, moment.at) {
        reports += 1.0;
        elsewhere += f64::from(u8::from(*resource != moment.resource));
        began = began.min(*start);
    }
    figures.push(reports);
    figures.push(elsewhere);
    figures.push(moment.at - began);
}

fn describe_same_hour(timeline: &Timeline, now: LocalMinute, figures: &mut Figures) {
    let begun = timeline.blocks().first().map_or(now, |block| block.start);
    let (mut until_busy, mut until_start) = (Vec::new(), Vec::new());
    let (mut week_until_busy, mut week_until_start) = (Vec::new(), Vec::new());
    let mut busy_days = 0.0;
    for day in 1..=DAYS_BACK {
        let then = now - f64::from(day) * DAY_MINUTES;
        if then < begun {
            break;
        }
        let Some(minutes) = timeline.minutes_until_busy(then) else { continue };
        busy_days += f64::from(u8::from(day <= 7 && minutes == 0.0));
        let to_start = timeline.minutes_until_start(then);
        until_busy.push(minutes);
        until_start.extend(to_start);
        if day % 7 == 0 {
            week_until_busy.push(minutes);
            week_until_start.extend(to_start);
        }
    }
    let days = until_busy.len();
    figures.push_known(until_busy.first().copied());
    figures.push_known((days > 0).then(|| busy_days / days.min(7) as f64));
    figures.push_known(quantile(&mut until_busy, 0.25));
    figures.push_known(quantile(&mut until_busy, 0.5));
    figures.push_known(quantile(&mut until_busy, 0.75));
    figures.push_known(quantile(&mut until_start, 0.5));
    figures.push_known(quantile(&mut week_until_busy, 0.5));
    figures.push_known(quantile(&mut week_until_start, 0.5));
    for horizon in OWN_HORIZONS_MINUTES {
        figures.push_known(own_busy_share(timeline, now, begun, horizon));
    }
}

/// In how many of the last weeks the resource was busy so long after the same hour.
fn own_busy_share(
    timeline: &Timeline,
    now: LocalMinute,
    begun: LocalMinute,
    horizon: f64,
) -> Option<f64> {
    let (mut busy, mut weeks) = (0.0, 0.0);
    for week in 1..=WEEKS_BACK {
        let then = now - f64::from(week) * WEEK_MINUTES;
        if then >= begun {
            weeks += 1.0;
            let minutes = timeline.minutes_until_busy(then + horizon);
            busy += f64::from(u8::from(minutes == Some(0.0)));
        }
    }
    (weeks > 0.0).then(|| busy / weeks)
}

/// A quantile as the value at the nearest rank; leaves the values in another order.
fn quantile(values: &mut [f64], level: f64) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let rank = (level * (values.len() - 1) as f64).round() as usize;
    Some(*values.select_nth_unstable_by(rank, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Resource, WorkReport};

    fn report(start: f64, end: f64) -> WorkReport {
        WorkReport {
            resource: 0,
            start,
            end,
            kind: ReportKind::Production,
            operator: Some(3),
            work_order: Some(4),
            quantity_ordered: 100.0,
            quantity_completed: 30.0,
        }
    }

    fn floor_of(reports: &[WorkReport]) -> Floor {
        let mut floor = Floor::new(&[Resource { name: "M".to_owned(), resource_type: 0 }]);
        reports.iter().for_each(|report| floor.observe(report));
        floor
    }

    #[test]
    fn every_figure_has_its_place() {
        let moment = FallingIdle { resource: 0, at: 600.0, busy_since: 480.0 };
        let row = describe(&floor_of(&[report(60.0, 120.0), report(480.0, 600.0)]), &moment);
        assert_eq!(row[places_of(Factor::Calendar)], [600.0, 3.0, 4920.0]);
        let resource = &row[places_of(Factor::Resource)];
        assert_eq!(resource[..4], [0.0, 0.0, 360.0, UNKNOWN]);
        assert_eq!(row[places_of(Factor::Work)], [120.0, 1.0, 120.0, 1.0, 100.0, 30.0, 40.0]);
        assert_eq!(row[places_of(Factor::Person)], [2.0, 0.0, 540.0]);
        assert_eq!(places_of(Factor::ShopRhythm).end, FEATURES);
    }

    #[test]
    fn a_floor_of_which_nothing_is_known_is_described_all_the_same() {
        let moment = FallingIdle { resource: 0, at: 600.0, busy_since: 480.0 };
        let row = describe(&floor_of(&[]), &moment);
        assert!(row.iter().all(|figure| figure.is_finite()));
        assert!(row[places_of(Factor::SameHour)].iter().all(|figure| *figure == UNKNOWN));
    }

    #[test]
    fn the_same_hour_of_earlier_days_is_remembered() {
        let days: Vec<WorkReport> = (0..10)
            .map(|day| f64::from(day) * DAY_MINUTES)
            .map(|midnight| report(midnight + 480.0, midnight + 960.0))
            .collect();
        let at = 9.0 * DAY_MINUTES + 960.0;
        let moment = FallingIdle { resource: 0, at, busy_since: at - 480.0 };
        let row = describe(&floor_of(&days), &moment);
        let same_hour = &row[places_of(Factor::SameHour)];
        assert_eq!(same_hour[..6], [960.0, 0.0, 960.0, 960.0, 960.0, 960.0]);
    }
}
