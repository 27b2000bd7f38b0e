//! Days on which the plant rests but for those whose shifts count all the same.
//!
//! The fixed holidays of the year ahead, and the stock-taking three weeks after the opening.

use jiff::civil::{Date, date};
use mraos_api::holiday::DefineHoliday;

use super::Opening;

const FIXED: [(&str, i8, i8); 4] = [
    ("New Year's Day", 1, 1),
    ("Labour Day", 5, 1),
    ("Christmas Day", 12, 25),
    ("Second Day of Christmas", 12, 26),
];
const STOCK_TAKING_DAYS: i64 = 21;

pub(super) fn holidays(opening: &Opening) -> Vec<DefineHoliday> {
    let today = opening.date();
    let next = |month: i8, day: i8| -> Date {
        let this_year = date(today.year(), month, day);
        if this_year > today { this_year } else { date(today.year() + 1, month, day) }
    };
    let mut holidays: Vec<DefineHoliday> = FIXED
        .iter()
        .map(|(name, month, day)| DefineHoliday {
            day: next(*month, *day),
            holiday_name: (*name).to_owned(),
        })
        .collect();
    if let Some(day) = opening.days_from(STOCK_TAKING_DAYS)
        && holidays.iter().all(|known| known.day != day)
    {
        holidays.push(DefineHoliday { day, holiday_name: "Stock-taking".to_owned() });
    }
    holidays
}
