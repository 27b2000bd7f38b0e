//! Reads a row column by column in the order of its SELECT list, into domain types.
//!
//! The store trusts nothing: a value that no domain type can hold is reported as corrupt.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use mraos_domain::{Instant, Text};
use rust_decimal::Decimal;
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use crate::error::StoreError;

/// A cursor over the columns of a row.
pub(crate) struct Cells<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(row: &'a Row) -> Self {
        Self { row, next: 0 }
    }

    /// The next column as a driver type.
    pub(crate) fn get<T: FromSql<'a>>(&mut self) -> Result<T, StoreError> {
        let index = self.next;
        self.next += 1;
        self.row.try_get(index).map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    /// Passes over the next column.
    pub(crate) fn skip(&mut self) {
        self.next += 1;
    }

    /// The next column as text handed to a domain constructor.
    pub(crate) fn parse<T>(
        &mut self,
        parse: impl FnOnce(&str) -> Result<T, mraos_domain::Invalid>,
    ) -> Result<T, StoreError> {
        let text: &str = self.get()?;
        Ok(parse(text)?)
    }

    /// The next column as optional text handed to a domain constructor.
    pub(crate) fn parse_opt<T>(
        &mut self,
        parse: impl FnOnce(&str) -> Result<T, mraos_domain::Invalid>,
    ) -> Result<Option<T>, StoreError> {
        let text: Option<&str> = self.get()?;
        Ok(text.map(parse).transpose()?)
    }

    pub(crate) fn text<const MAX: usize>(&mut self) -> Result<Text<MAX>, StoreError> {
        self.parse(Text::new)
    }

    pub(crate) fn text_opt<const MAX: usize>(&mut self) -> Result<Option<Text<MAX>>, StoreError> {
        self.parse_opt(Text::new)
    }

    /// The next column as one of the names of an enum.
    pub(crate) fn name<T>(&mut self, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
        let text: &str = self.get()?;
        parse(text).ok_or_else(|| StoreError::Corrupt(format!("`{text}` is not a known value")))
    }

    pub(crate) fn instant(&mut self) -> Result<Instant, StoreError> {
        let at: Timestamp = self.get()?;
        Ok(Instant::new(at)?)
    }

    pub(crate) fn instant_opt(&mut self) -> Result<Option<Instant>, StoreError> {
        let at: Option<Timestamp> = self.get()?;
        Ok(at.map(Instant::new).transpose()?)
    }

    pub(crate) fn date_opt(&mut self) -> Result<Option<Date>, StoreError> {
        self.get()
    }

    pub(crate) fn time_opt(&mut self) -> Result<Option<Time>, StoreError> {
        self.get()
    }

    pub(crate) fn decimal<T>(
        &mut self,
        make: fn(Decimal) -> Result<T, mraos_domain::Invalid>,
    ) -> Result<T, StoreError> {
        let value: Decimal = self.get()?;
        Ok(make(value)?)
    }

    pub(crate) fn decimal_opt<T>(
        &mut self,
        make: fn(Decimal) -> Result<T, mraos_domain::Invalid>,
    ) -> Result<Option<T>, StoreError> {
        let value: Option<Decimal> = self.get()?;
        Ok(value.map(make).transpose()?)
    }
}
