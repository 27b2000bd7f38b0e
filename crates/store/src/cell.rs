//! A value of a projection's row, of whatever type its column has.
//!
//! One form serves the live upsert and the rebuild's COPY: the driver is told the column's type
//! and the value is sent as that, in binary. A number that the column cannot hold, or a value of
//! another kind, is an error and never cut. Knows no table.

use std::sync::Arc;

use bytes::{BufMut as _, BytesMut};
use jiff::civil::{Date, Time};
use mraos_domain::{
    AllocationId, Cost, Instant, MachineId, MaterialId, OperatorId, Percentage, Quantity,
    QuantityChange, Rating, RowId, Text, WorkOrderId,
};
use rust_decimal::Decimal;
use tokio_postgres::types::{IsNull, Kind, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use crate::rows::{ConversionError, Moment};

/// A value of a row.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Null,
    Boolean(bool),
    Integer(i64),
    Decimal(Decimal),
    /// One of the names of an enum.
    Name(&'static str),
    Text(Arc<str>),
    Moment(Instant),
    Date(Date),
    Time(Time),
    Uuid(Uuid),
    List(Vec<Cell>),
}

/// A value of a row.
pub(crate) fn cell(value: impl Into<Cell>) -> Cell {
    value.into()
}

/// A value that may be absent.
pub(crate) fn cell_opt(value: Option<impl Into<Cell>>) -> Cell {
    value.map_or(Cell::Null, Into::into)
}

/// The values of an array.
pub(crate) fn cell_list<T: Into<Cell>>(values: impl Iterator<Item = T>) -> Cell {
    Cell::List(values.map(Into::into).collect())
}

macro_rules! cells {
    ($($kind:ident from $($from:ty)|+ as $value:ident => $made:expr;)+) => {
        $($(impl From<$from> for Cell {
            fn from($value: $from) -> Self {
                Self::$kind($made)
            }
        })+)+
    };
}

cells! {
    Boolean from bool as value => value;
    Integer from i64 as value => value;
    Integer from i16 | i32 | u8 | u16 | u32 as value => i64::from(value);
    Integer from AllocationId | &AllocationId | RowId as id => id.0;
    Decimal from Quantity | Cost | Percentage | QuantityChange | Rating as value => value.decimal();
    Name from &'static str as value => value;
    Text from String as value => value.into();
    Text from &String as value => value.as_str().into();
    Text from &OperatorId | &MachineId | &WorkOrderId | &MaterialId as id => id.shared();
    Moment from Instant as value => value;
    Date from Date as value => value;
    Time from Time as value => value;
    Uuid from Uuid as value => value;
}

impl<const MAX: usize> From<&Text<MAX>> for Cell {
    fn from(value: &Text<MAX>) -> Self {
        Self::Text(value.shared())
    }
}

impl ToSql for Cell {
    fn to_sql(&self, column: &Type, out: &mut BytesMut) -> Result<IsNull, ConversionError> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Boolean(value) => value.to_sql_checked(column, out),
            Self::Integer(value) => match *column {
                Type::INT2 => i16::try_from(*value)?.to_sql(column, out),
                Type::INT4 => i32::try_from(*value)?.to_sql(column, out),
                _ => value.to_sql_checked(column, out),
            },
            Self::Decimal(value) if *column == Type::NUMERIC => {
                put_numeric(*value, out);
                Ok(IsNull::No)
            }
            Self::Decimal(_) => Err("a decimal number is in a column of another type".into()),
            Self::Name(value) => value.to_sql_checked(column, out),
            Self::Text(value) => (&**value).to_sql_checked(column, out),
            Self::Moment(value) => Moment::from(*value).to_sql_checked(column, out),
            Self::Date(value) => value.to_sql_checked(column, out),
            Self::Time(value) => value.to_sql_checked(column, out),
            Self::Uuid(value) => value.to_sql_checked(column, out),
            // A statement takes an array per column, and of arrays it takes the text.
            Self::List(values) if *column == Type::TEXT => literal(values)?.to_sql(column, out),
            Self::List(values) => match column.kind() {
                Kind::Array(element) if values.is_empty() => {
                    put_empty_array(element, out);
                    Ok(IsNull::No)
                }
                _ => values.to_sql_checked(column, out),
            },
        }
    }

    /// Whatever it is, the value itself is asked.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The base of the digits in which the server keeps a number, and how many decimal ones that are.
const NUMERIC_BASE: u128 = 10_000;
const NUMERIC_DIGITS: u32 = 4;

/// A number as the server itself would send it, so that equal numbers are equal bytes: no zeros at
/// either end. The driver's own form has some.
fn put_numeric(value: Decimal, out: &mut BytesMut) {
    let scale = value.scale();
    let groups_after_point = scale.div_ceil(NUMERIC_DIGITS);
    let padding = 10_u128.pow(groups_after_point * NUMERIC_DIGITS - scale);
    let mut rest = value.mantissa().unsigned_abs() * padding;
    // The last first.
    let mut groups: Vec<i16> = Vec::new();
    while rest > 0 {
        groups.push((rest % NUMERIC_BASE) as i16);
        rest /= NUMERIC_BASE;
    }
    let weight = groups.len() as i16 - groups_after_point as i16 - 1;
    let ends_with = groups.iter().take_while(|group| **group == 0).count();
    let is_negative = value.is_sign_negative() && !groups.is_empty();
    out.put_i16((groups.len() - ends_with) as i16);
    out.put_i16(if groups.is_empty() { 0 } else { weight });
    out.put_i16(if is_negative { 0x4000 } else { 0 });
    out.put_i16(scale as i16);
    groups[ends_with..].iter().rev().for_each(|group| out.put_i16(*group));
}

/// An array of nothing as the server itself would send it: without a dimension.
fn put_empty_array(element: &Type, out: &mut BytesMut) {
    out.put_i32(0);
    out.put_i32(0);
    out.put_u32(element.oid());
}

/// An array of numbers or texts in the text form of the server.
fn literal(values: &[Cell]) -> Result<String, ConversionError> {
    let mut texts = Vec::with_capacity(values.len());
    for value in values {
        texts.push(match value {
            Cell::Integer(value) => value.to_string(),
            Cell::Decimal(value) => value.to_string(),
            Cell::Text(value) => {
                format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
            }
            other => return Err(format!("{other:?} has no text form in an array").into()),
        });
    }
    Ok(format!("{{{}}}", texts.join(",")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn sent(value: &Cell, column: &Type) -> Vec<u8> {
        let mut out = BytesMut::new();
        assert!(matches!(value.to_sql(column, &mut out).unwrap(), IsNull::No));
        out.to_vec()
    }

    #[test]
    fn a_number_is_as_wide_as_its_column() {
        let number = cell(-2_i64);
        assert_eq!(sent(&number, &Type::INT2), (-2_i16).to_be_bytes());
        assert_eq!(sent(&number, &Type::INT4), (-2_i32).to_be_bytes());
        assert_eq!(sent(&number, &Type::INT8), (-2_i64).to_be_bytes());
    }

    #[test]
    fn what_the_column_cannot_hold_is_an_error() {
        let refused = |value: Cell, column: &Type| {
            assert!(value.to_sql(column, &mut BytesMut::new()).is_err(), "{value:?}");
        };
        refused(cell(i64::from(i32::MAX) + 1), &Type::INT4);
        refused(cell(32_768), &Type::INT2);
        refused(cell(1), &Type::VARCHAR);
        refused(cell("1"), &Type::INT8);
        refused(cell_list([1_i64].into_iter()), &Type::INT8);
        refused(cell_list([true].into_iter()), &Type::TEXT);
    }

    #[test]
    fn a_number_is_sent_as_the_server_would() {
        let number = |text: &str| -> Vec<u8> {
            let decimal: Decimal = text.parse().unwrap();
            sent(&Cell::Decimal(decimal), &Type::NUMERIC)
        };
        let groups = |all: &[i16]| all.iter().flat_map(|group| group.to_be_bytes()).collect();
        let wanted = |all: &[i16]| -> Vec<u8> { groups(all) };
        // Number of groups, weight, sign, scale, groups.
        assert_eq!(number("0.000"), wanted(&[0, 0, 0, 3]));
        assert_eq!(number("1.000"), wanted(&[1, 0, 0, 3, 1]));
        assert_eq!(number("10000.000"), wanted(&[1, 1, 0, 3, 1]));
        assert_eq!(number("12345.678"), wanted(&[3, 1, 0, 3, 1, 2345, 6780]));
        assert_eq!(number("-0.5"), wanted(&[1, -1, 0x4000, 1, 5000]));
        assert_eq!(number("0.00001"), wanted(&[1, -2, 0, 5, 1000]));
        assert_eq!(
            number("79228162514264337593543950335"),
            wanted(&[8, 7, 0, 0, 7, 9228, 1625, 1426, 4337, 5935, 4395, 335])
        );
        // The same read back by the driver.
        for text in ["0.000", "1.000", "10000.000", "12345.678", "-0.5", "0.00001", "99999.9999"] {
            let read =
                <Decimal as postgres_types::FromSql>::from_sql(&Type::NUMERIC, &number(text));
            assert_eq!(read.unwrap(), text.parse().unwrap(), "{text}");
        }
    }

    #[test]
    fn nothing_is_null_whatever_the_column() {
        let nothing = cell_opt(None::<i64>).to_sql(&Type::UUID, &mut BytesMut::new()).unwrap();
        assert!(matches!(nothing, IsNull::Yes));
    }

    #[test]
    fn an_array_is_text_where_a_statement_takes_text() {
        let names = ["a", "b\"c", "d\\e", "f,g", ""].map(str::to_owned);
        let names = cell_list(names.into_iter());
        assert_eq!(sent(&names, &Type::TEXT), br#"{"a","b\"c","d\\e","f,g",""}"#);
        assert_eq!(sent(&cell_list([1_i64, -7].into_iter()), &Type::TEXT), b"{1,-7}");
        assert_eq!(sent(&cell_list(std::iter::empty::<i64>()), &Type::TEXT), b"{}");
    }
}
