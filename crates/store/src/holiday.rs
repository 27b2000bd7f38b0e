//! Holidays of the plant: rows to domain values and back.
//!
//! A small table, written row by row and loaded whole.

use mraos_domain::Holiday;
use tokio_postgres::Row;

use crate::cell::cell;
use crate::cells::Cells;
use crate::error::StoreError;
use crate::table::{Table, TableRow};

pub(crate) const HOLIDAYS: Table = Table {
    name: "holidays",
    key: &["day"],
    columns: &[
        ("day", "date"),
        ("name", "varchar"),
        ("created_at", "timestamptz"),
        ("created_by", "varchar"),
    ],
};

pub(crate) fn encode(one: &Holiday) -> TableRow {
    vec![cell(one.day), cell(&one.name), cell(one.created_at), cell(&one.created_by)]
}

pub(crate) fn decode(row: &Row) -> Result<Holiday, StoreError> {
    let mut c = Cells::new(row);
    Ok(Holiday { day: c.get()?, name: c.text()?, created_at: c.instant()?, created_by: c.text()? })
}
