//! How many jobs a machine or a person really ran at once, as the log shows.
//!
//! The largest number of rows that are open at one instant. A row that ends at the instant at
//! which another starts does not overlap it; rows without length and breakdowns do not count.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use crate::replay::log::{ProductionRow, ReportType};

/// Largest number of open rows per resource, where `resource_of` says whose a row is.
pub fn learn_capacity<'a>(
    rows: impl IntoIterator<Item = &'a ProductionRow>,
    resource_of: impl Fn(&'a ProductionRow) -> &'a str,
) -> BTreeMap<String, u32> {
    let mut changes: BTreeMap<&str, Vec<(DateTime, i32)>> = BTreeMap::new();
    for row in rows {
        let of_resource = changes.entry(resource_of(row)).or_default();
        if row.report_type != ReportType::Breakdown && row.start < row.end {
            of_resource.extend([(row.start, 1), (row.end, -1)]);
        }
    }
    changes.into_iter().map(|(name, changes)| (name.to_owned(), peak(changes))).collect()
}

fn peak(mut changes: Vec<(DateTime, i32)>) -> u32 {
    // Sorting puts -1 before +1, so an end frees its place for a start at the same instant.
    changes.sort_unstable();
    let mut open = 0;
    let mut most = 1;
    for (_, change) in changes {
        open += change;
        most = most.max(open);
    }
    most.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(minutes: i64) -> DateTime {
        date(2012, 1, 2).at(7, 0, 0, 0) + jiff::Span::new().minutes(minutes)
    }

    fn peak_of(jobs: &[(i64, i64)]) -> u32 {
        peak(jobs.iter().flat_map(|(from, to)| [(at(*from), 1), (at(*to), -1)]).collect())
    }

    #[test]
    fn touching_jobs_do_not_overlap() {
        assert_eq!(peak_of(&[]), 1);
        assert_eq!(peak_of(&[(0, 60), (60, 90), (90, 91)]), 1);
        assert_eq!(peak_of(&[(0, 60), (59, 90), (60, 70)]), 2);
        assert_eq!(peak_of(&[(0, 100), (10, 20), (10, 30), (19, 21)]), 4);
    }
}
