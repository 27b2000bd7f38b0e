//! The rows that one statement writes: its only parameter, an array of a composite type.
//!
//! From an array per column the server would make a table per column first
//! (docs/decisions/0043-rows-travel-as-one-array.md). Rows are encoded for a prepared statement,
//! whose fields and types the server has told, so they may borrow what they tell. Knows no table.

use bytes::{BufMut as _, BytesMut};
use mraos_domain::Instant;
use tokio_postgres::Statement;
use tokio_postgres::types::{IsNull, Kind, ToSql, Type, to_sql_checked};

use crate::error::StoreError;

pub(crate) type ConversionError = Box<dyn std::error::Error + Sync + Send>;

/// Rows as the server takes them.
#[derive(Debug)]
pub(crate) struct Rows(BytesMut);

impl Rows {
    /// Encodes rows for the only parameter of `statement`; none if there are no rows.
    pub(crate) fn encode<T: ToSql>(
        statement: &Statement,
        rows: impl Iterator<Item = T>,
    ) -> Result<Option<Self>, StoreError> {
        let rows: Vec<T> = rows.collect();
        if rows.is_empty() {
            return Ok(None);
        }
        let taken = statement.params().first().unwrap_or(&Type::VOID);
        let mut encoded = BytesMut::new();
        let written = rows.to_sql_checked(taken, &mut encoded);
        written.map_err(|error| StoreError::Unexpected(error.to_string()))?;
        Ok(Some(Self(encoded)))
    }
}

impl ToSql for Rows {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, ConversionError> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    fn accepts(taken: &Type) -> bool {
        matches!(taken.kind(), Kind::Array(row) if matches!(row.kind(), Kind::Composite(_)))
    }

    to_sql_checked!();
}

/// Microseconds from 1970 to 2000, where PostgreSQL begins to count.
const EPOCH_MICROSECONDS: i64 = 946_684_800_000_000;

/// A moment as PostgreSQL keeps it. The driver's own conversion goes by the calendar, ten times for
/// a row of work; an instant has whole microseconds already.
#[derive(Debug)]
pub(crate) struct Moment(i64);

impl From<Instant> for Moment {
    fn from(instant: Instant) -> Self {
        Self(instant.timestamp().as_microsecond() - EPOCH_MICROSECONDS)
    }
}

impl ToSql for Moment {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, ConversionError> {
        out.put_i64(self.0);
        Ok(IsNull::No)
    }

    fn accepts(taken: &Type) -> bool {
        *taken == Type::TIMESTAMPTZ
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn a_moment_is_what_the_driver_would_send() {
        for text in
            ["1970-01-01T00:00:00.000001Z", "2000-01-01T00:00:00Z", "2026-11-29T23:59:59.999999Z"]
        {
            let at: jiff::Timestamp = text.parse().unwrap();
            let (mut own, mut driver) = (BytesMut::new(), BytesMut::new());
            Moment::from(Instant::new(at).unwrap()).to_sql(&Type::TIMESTAMPTZ, &mut own).unwrap();
            at.to_sql(&Type::TIMESTAMPTZ, &mut driver).unwrap();
            assert_eq!(own, driver, "{text}");
        }
    }
}
