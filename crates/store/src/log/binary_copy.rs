//! Rows in the binary form of COPY, as PostgreSQL's manual describes it: into a shadow, and out of
//! a live table.
//!
//! The server takes and gives each value as it keeps it, which costs a fraction of text. Columns
//! have the types that the server tells of the table; a value of another type is an error before
//! anything is sent.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use deadpool_postgres::ClientWrapper;
use futures_util::TryStreamExt as _;
use tokio_postgres::Statement;
use tokio_postgres::types::{IsNull, ToSql as _};

use crate::error::StoreError;
use crate::table::{Table, TableRow};

/// What the form begins with, before the flags and the extension.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
/// Stands where a row would tell how many fields it has.
const END: i16 = -1;
/// Stands where a field would tell how long it is.
const NULL: i32 = -1;

/// Rows of one table, encoded; they may be taken in several parts.
pub(super) struct BinaryRows {
    columns: Statement,
    encoded: BytesMut,
}

impl BinaryRows {
    /// None yet, for the shadow of `table`.
    pub(super) async fn of_shadow(
        client: &ClientWrapper,
        table: &Table,
    ) -> Result<Self, StoreError> {
        let columns = client.prepare_cached(&table.shadow_columns_sql()).await?;
        let mut rows = Self { columns, encoded: BytesMut::new() };
        rows.begin();
        Ok(rows)
    }

    fn begin(&mut self) {
        self.encoded.extend_from_slice(SIGNATURE);
        self.encoded.put_i64(0);
    }

    /// Adds a row; how it is encoded.
    pub(super) fn add(&mut self, row: &TableRow) -> Result<&[u8], StoreError> {
        let columns = self.columns.columns();
        let field_count = i16::try_from(row.len()).ok().filter(|_| row.len() == columns.len());
        let Some(field_count) = field_count else {
            let (has, wanted) = (row.len(), columns.len());
            return Err(StoreError::Unexpected(format!("a row has {has} values, not {wanted}")));
        };
        let row_at = self.encoded.len();
        self.encoded.put_i16(field_count);
        for (value, column) in row.iter().zip(columns) {
            let unexpected = |what: &dyn std::fmt::Display| {
                StoreError::Unexpected(format!("{} of a row: {what}", column.name()))
            };
            let length_at = self.encoded.len();
            self.encoded.put_i32(NULL);
            let value_at = self.encoded.len();
            let written = value.to_sql(column.type_(), &mut self.encoded);
            if let IsNull::No = written.map_err(|error| unexpected(&error))? {
                let length = i32::try_from(self.encoded.len() - value_at);
                let length = length.map_err(|error| unexpected(&error))?;
                self.encoded[length_at..value_at].copy_from_slice(&length.to_be_bytes());
            }
        }
        Ok(&self.encoded[row_at..])
    }

    /// Bytes that wait to be taken.
    pub(super) fn len(&self) -> usize {
        self.encoded.len()
    }

    /// Forgets what was not taken.
    pub(super) fn clear(&mut self) {
        self.encoded.clear();
    }

    /// What is encoded so far; more may follow in the same copy.
    pub(super) fn take(&mut self) -> Bytes {
        self.encoded.split().freeze()
    }

    /// The last part of a copy; rows that follow are of another.
    pub(super) fn take_last(&mut self) -> Bytes {
        self.encoded.put_i16(END);
        let last = self.take();
        self.begin();
        last
    }
}

/// Hands every row of a live table to `take`, encoded as [`BinaryRows`] encodes rows.
pub(super) async fn read_live(
    client: &ClientWrapper,
    table: &Table,
    mut take: impl FnMut(&[u8]),
) -> Result<(), StoreError> {
    let mut chunks = Box::pin(client.copy_out(&table.copy_live_sql()).await?);
    let mut waiting = BytesMut::new();
    let mut has_begun = false;
    while let Some(chunk) = chunks.try_next().await? {
        waiting.extend_from_slice(&chunk);
        if !has_begun {
            let Some(length) = header_length(&waiting)? else { continue };
            waiting.advance(length);
            has_begun = true;
        }
        while let Some(length) = row_length(&waiting) {
            take(&waiting[..length]);
            waiting.advance(length);
        }
    }
    if has_begun && waiting[..] == END.to_be_bytes() {
        Ok(())
    } else {
        Err(StoreError::Corrupt(format!("the copy of table {} has no end", table.name)))
    }
}

/// Length of what stands before the rows, once all of it is there.
fn header_length(mut encoded: &[u8]) -> Result<Option<usize>, StoreError> {
    let fixed = SIGNATURE.len() + 8;
    if encoded.len() < fixed {
        return Ok(None);
    }
    let (whole, unknown) = (encoded.len(), "this binary form of COPY is not known".to_owned());
    if !encoded.starts_with(SIGNATURE) {
        return Err(StoreError::Corrupt(unknown));
    }
    encoded.advance(SIGNATURE.len() + 4);
    let extension = encoded.get_u32() as usize;
    Ok(Some(fixed + extension).filter(|length| *length <= whole))
}

/// Length of the next row, once all of it is there; none at the end.
fn row_length(encoded: &[u8]) -> Option<usize> {
    let mut rest = encoded;
    let field_count = rest.try_get_i16().ok().filter(|count| *count != END)?;
    for _ in 0..field_count {
        // Nothing follows the length of what is null.
        let length = usize::try_from(rest.try_get_i32().ok()?).unwrap_or(0);
        rest = rest.get(length..)?;
    }
    Some(encoded.len() - rest.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn a_row_ends_where_its_last_field_does() {
        let row = [0, 2, 0, 0, 0, 1, 7, 255, 255, 255, 255];
        let and_more = [&row[..], &[0, 1]].concat();
        assert_eq!(row_length(&row), Some(row.len()));
        assert_eq!(row_length(&and_more), Some(row.len()));
        for cut in 0..row.len() {
            assert_eq!(row_length(&row[..cut]), None, "{cut} bytes");
        }
        assert_eq!(row_length(&END.to_be_bytes()), None);
        assert_eq!(row_length(&[0, 0]), Some(2), "a row without columns");
    }

    #[test]
    fn the_header_is_passed_over_with_its_extension() {
        let header = [SIGNATURE, &[0, 0, 0, 0, 0, 0, 0, 2, 9, 9]].concat();
        assert_eq!(header_length(&header).unwrap(), Some(21));
        assert_eq!(header_length(&header[..20]).unwrap(), None);
        assert_eq!(header_length(&header[..18]).unwrap(), None);
        header_length(b"a text of more than nineteen bytes").unwrap_err();
    }
}
