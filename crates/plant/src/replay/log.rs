//! The production log as a table of checked rows.
//!
//! Real logs are kept by people and spreadsheets: names carry doubled and leading blanks, a length
//! of time turns into a date of 1899. What can be read without guessing is read; a row that cannot
//! is named with line, column and rule, and never stops the others. Nothing is corrected here.

use std::collections::HashMap;

use jiff::civil::DateTime;
use serde::Serialize;

use crate::replay::ReplayError;

const COLUMNS: [&str; 14] = [
    "Case ID",
    "Activity",
    "Resource",
    "Start Timestamp",
    "Complete Timestamp",
    "Span",
    "Work Order Qty",
    "Part Desc.",
    "Worker ID",
    "Report Type",
    "Qty Completed",
    "Qty Rejected",
    "Qty for MRB",
    "Rework",
];

/// What a row reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportType {
    /// Preparing the machine.
    Setup,
    /// Making pieces.
    Production,
    /// The machine stood still.
    Breakdown,
}

/// One readable row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProductionRow {
    /// Line in the file, the header being line 1.
    pub line: u64,
    /// Work order of the factory.
    pub case_id: String,
    /// Operation.
    pub activity: String,
    /// Machine or work place.
    pub resource: String,
    /// Start, plant-local.
    pub start: DateTime,
    /// End, plant-local; never before the start.
    pub end: DateTime,
    /// Reported length, which need not agree with the two stamps.
    pub span_minutes: i64,
    /// Pieces that the case is about.
    pub case_quantity: u64,
    /// Part name.
    pub part: String,
    /// Worker.
    pub worker: String,
    /// What the row reports.
    pub report_type: ReportType,
    /// Good pieces.
    pub completed: u64,
    /// Rejected pieces.
    pub rejected: u64,
    /// Pieces that wait for a material review.
    pub for_review: u64,
    /// Whether the work repairs earlier work.
    pub rework: bool,
}

impl ProductionRow {
    /// Length between the two stamps.
    pub fn minutes(&self) -> i64 {
        self.end.duration_since(self.start).as_mins()
    }

    /// Whether the activity names another machine than the resource.
    pub fn names_other_machine(&self) -> bool {
        let named = machine_number(&self.activity);
        named.is_some() && named != machine_number(&self.resource)
    }
}

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BrokenRow {
    /// Line in the file, the header being line 1.
    pub line: u64,
    /// Column with the value at fault.
    pub column: String,
    /// The value and the rule it breaks.
    pub rule: String,
}

/// A log after reading.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProductionLog {
    /// Readable rows, in the file's order.
    pub rows: Vec<ProductionRow>,
    /// The others.
    pub broken: Vec<BrokenRow>,
}

/// The number in `Machine 7- Laser Marking` or `Wire Cut - Machine 13`.
pub(super) fn machine_number(name: &str) -> Option<u32> {
    let after = name.split("Machine ").nth(1)?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Reads a log from the text of a CSV file.
pub fn read_log(text: &str) -> Result<ProductionLog, ReplayError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| ReplayError::Header(error.to_string()))?;
    let columns = locate_columns(header)?;
    let mut log = ProductionLog::default();
    for record in reader.records() {
        match record {
            Ok(record) => match read_row(&record, &columns) {
                Ok(row) => log.rows.push(row),
                Err(broken) => log.broken.push(broken),
            },
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                log.broken.push(BrokenRow {
                    line,
                    column: "the whole line".to_owned(),
                    rule: format!("not readable as CSV: {error}"),
                });
            }
        }
    }
    Ok(log)
}

fn locate_columns(header: &csv::StringRecord) -> Result<HashMap<&'static str, usize>, ReplayError> {
    let names: Vec<String> = header.iter().map(collapse_blanks).collect();
    let mut columns = HashMap::new();
    let mut missing = Vec::new();
    for column in COLUMNS {
        match names.iter().position(|name| name == column) {
            Some(index) => {
                columns.insert(column, index);
            }
            None => missing.push(format!("`{column}`")),
        }
    }
    if missing.is_empty() {
        return Ok(columns);
    }
    let missing = missing.join(", ");
    Err(ReplayError::Header(format!(
        "column {missing} is missing; a production log has {}",
        COLUMNS.join(", ")
    )))
}

fn read_row(
    record: &csv::StringRecord,
    columns: &HashMap<&'static str, usize>,
) -> Result<ProductionRow, BrokenRow> {
    let fields = Fields { record, columns, line: record.position().map_or(0, csv::Position::line) };
    let start = fields.stamp("Start Timestamp")?;
    let end = fields.stamp("Complete Timestamp")?;
    if end < start {
        let rule = format!("`{end}` lies before the start `{start}`");
        return Err(fields.broken("Complete Timestamp", rule));
    }
    Ok(ProductionRow {
        line: fields.line,
        case_id: fields.name("Case ID")?,
        activity: fields.name("Activity")?,
        resource: fields.name("Resource")?,
        start,
        end,
        span_minutes: fields.span("Span")?,
        case_quantity: fields.pieces("Work Order Qty")?,
        part: fields.name("Part Desc.")?,
        worker: fields.name("Worker ID")?,
        report_type: fields.report_type("Report Type")?,
        completed: fields.pieces("Qty Completed")?,
        rejected: fields.pieces("Qty Rejected")?,
        for_review: fields.pieces("Qty for MRB")?,
        rework: fields.get("Rework")?.trim() == "Y",
    })
}

struct Fields<'a> {
    record: &'a csv::StringRecord,
    columns: &'a HashMap<&'static str, usize>,
    line: u64,
}

impl Fields<'_> {
    fn broken(&self, column: &str, rule: impl Into<String>) -> BrokenRow {
        BrokenRow { line: self.line, column: column.to_owned(), rule: rule.into() }
    }

    fn get(&self, column: &str) -> Result<&str, BrokenRow> {
        let value = self.columns.get(column).and_then(|index| self.record.get(*index));
        value.ok_or_else(|| {
            let rule = format!("the line ends after {} fields", self.record.len());
            self.broken(column, rule)
        })
    }

    fn name(&self, column: &str) -> Result<String, BrokenRow> {
        match collapse_blanks(self.get(column)?) {
            name if name.is_empty() => Err(self.broken(column, "the field is empty")),
            name => Ok(name),
        }
    }

    fn stamp(&self, column: &str) -> Result<DateTime, BrokenRow> {
        let value = self.get(column)?.trim();
        DateTime::strptime("%Y/%m/%d %H:%M:%S%.f", value).map_err(|_| {
            self.broken(column, format!("`{value}` is no time stamp like 2012/01/29 23:24:00.000"))
        })
    }

    fn pieces(&self, column: &str) -> Result<u64, BrokenRow> {
        let value = self.get(column)?.trim();
        value
            .parse()
            .map_err(|_| self.broken(column, format!("`{value}` is no whole number of pieces")))
    }

    fn span(&self, column: &str) -> Result<i64, BrokenRow> {
        let value = self.get(column)?.trim();
        read_span(value).ok_or_else(|| {
            self.broken(column, format!("`{value}` is no length like 006:19 (hours:minutes)"))
        })
    }

    fn report_type(&self, column: &str) -> Result<ReportType, BrokenRow> {
        match self.get(column)?.trim() {
            "S" => Ok(ReportType::Setup),
            "D" => Ok(ReportType::Production),
            "B" => Ok(ReportType::Breakdown),
            other => Err(self.broken(column, format!("`{other}` is none of S, D, B"))),
        }
    }
}

/// Minutes of `006:19`, or of the date that a spreadsheet makes of it (`1899/12/31 01:49:00`).
fn read_span(text: &str) -> Option<i64> {
    let time = match text.rsplit_once(' ') {
        Some((date, time)) if date.starts_with("1899/12/3") => time,
        Some(_) => return None,
        None => text,
    };
    let mut parts = time.split(':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next()?.parse().ok()?;
    (hours >= 0 && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}

fn collapse_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "Case ID,Activity,Resource,Start Timestamp,Complete Timestamp,Span,\
        Work Order  Qty,Part Desc.,Worker ID,Report Type,Qty Completed,Qty Rejected,Qty for MRB,\
        Rework\n";

    fn read(lines: &str) -> ProductionLog {
        read_log(&format!("{HEADER}{lines}")).unwrap()
    }

    #[test]
    fn blanks_in_names_and_spreadsheet_dates_are_read() {
        let log = read(
            "Case 9, SETUP     Turning - Machine 5,Machine 7- Laser Marking,\
             2012/01/02 07:00:00.000,2012/01/02 08:49:00.000,\
             1899/12/31 01:49:00,20,Axle,ID1,S,1,2,3,Y\n",
        );
        let row = &log.rows[0];
        assert_eq!(row.activity, "SETUP Turning - Machine 5");
        assert_eq!((row.span_minutes, row.minutes()), (109, 109));
        assert_eq!((row.completed, row.rejected, row.for_review, row.rework), (1, 2, 3, true));
        assert_eq!(row.line, 2);
        assert!(row.names_other_machine());
    }

    #[test]
    fn a_broken_row_is_named_and_the_others_are_read() {
        let good = "C 1,Turn,Lathe,2012/01/02 07:00:00.000,2012/01/02 08:00:00.000,001:00,5,Axle,\
                    W1,D,5,0,0,\n";
        let cases = [
            (good.replace("08:00", "06:00"), "Complete Timestamp", "lies before the start"),
            (good.replace("2012/01/02 07", "02.01.2012 07"), "Start Timestamp", "no time stamp"),
            (good.replace(",D,", ",X,"), "Report Type", "`X` is none of S, D, B"),
            (good.replace(",D,5,", ",D,five,"), "Qty Completed", "`five` is no whole number"),
            (good.replace("W1", " "), "Worker ID", "empty"),
            (good.replace("001:00", "an hour"), "Span", "`an hour`"),
            ("C 1,Turn\n".to_owned(), "Start Timestamp", "ends after 2 fields"),
        ];
        for (line, column, rule) in cases {
            let log = read(&format!("{line}{good}"));
            assert_eq!(log.rows.len(), 1, "{column}");
            assert_eq!((log.broken[0].line, log.broken[0].column.as_str()), (2, column));
            assert!(log.broken[0].rule.contains(rule), "{}", log.broken[0].rule);
        }
    }

    #[test]
    fn missing_columns_are_named() {
        let error = read_log("Case ID,Activity\n").unwrap_err().to_string();
        assert!(error.contains("`Resource`") && error.contains("`Rework`"), "{error}");
    }
}
