//! Pages of a list: `limit`, an opaque `cursor`, and the query parameters around them.
//!
//! A cursor is the sort key of the last row that was sent, wrapped so that clients do not build
//! their own; it needs no server state and stays valid when rows come and go. Unknown parameters
//! are refused by name: a misspelt filter must not answer with everything.

use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use mraos_api::page as api;
use mraos_api::problem::FieldError;
use mraos_app::Page;
use mraos_app::reads::Paged;
use serde::Serialize;

use crate::answer::json;
use crate::fields::named_value;
use crate::problem::{HttpError, HttpResult};

/// Rows on a page unless `limit` says otherwise.
pub(crate) const DEFAULT_LIMIT: i64 = 100;
/// The most rows a page may have.
pub(crate) const MAX_LIMIT: i64 = 500;
/// First byte of every cursor; another number would be another layout.
const CURSOR_VERSION: u8 = 1;

/// What a filter's value may be; the error says what would do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Accepts {
    /// Any text may be looked for.
    Any,
    /// `true` or `false`.
    Flag,
    /// A point in time.
    Moment,
    /// One of these names.
    OneOf(fn() -> Vec<&'static str>),
}

impl Accepts {
    fn check(self, value: &str) -> Result<(), String> {
        match self {
            Self::Any => Ok(()),
            Self::Flag if value.parse::<bool>().is_ok() => Ok(()),
            Self::Flag => Err(format!("`{value}` is neither true nor false")),
            Self::Moment if value.parse::<Timestamp>().is_ok() => Ok(()),
            Self::Moment => Err(format!("`{value}` is no time like 2026-03-02T06:00:00Z")),
            Self::OneOf(names) => named_value("value", value, &names(), |name| name)
                .map(drop)
                .map_err(|invalid| invalid.to_string()),
        }
    }
}

/// A list: its name in cursors, its filters, and what its sort key looks like.
#[derive(Debug)]
pub(crate) struct List {
    /// Name in cursors.
    pub(crate) noun: &'static str,
    /// Names of the filters, and what each takes.
    pub(crate) filters: &'static [(&'static str, Accepts)],
    /// Whether a text can be a sort key of this list.
    pub(crate) is_key: fn(&str) -> bool,
}

impl List {
    /// Reads the query of a request for a page.
    pub(crate) fn read(&self, query: Option<&str>) -> HttpResult<Page> {
        let mut parameters = QueryParameters::parse(query);
        let limit = parameters.take_parsed("limit", parse_limit).unwrap_or(DEFAULT_LIMIT);
        let after = parameters.take_parsed("cursor", |cursor| self.decode_cursor(cursor));
        let mut filters = Vec::new();
        for (name, accepts) in self.filters {
            let checked = |value: &str| accepts.check(value).map(|()| value.to_owned());
            if let Some(value) = parameters.take_parsed(name, checked) {
                filters.push(((*name).to_owned(), value));
            }
        }
        parameters.finish()?;
        Ok(Page { filters, after, limit, ..Page::default() })
    }

    /// The answer to it.
    pub(crate) fn answer<R, T: Serialize>(
        &self,
        rows: Paged<R>,
        render: impl FnMut(R) -> T,
    ) -> Response {
        let next_cursor = rows.next.map(|key| self.encode_cursor(&key));
        let items: Vec<T> = rows.items.into_iter().map(render).collect();
        json(StatusCode::OK, &api::Page { items, next_cursor })
    }

    /// The opaque cursor that continues after the row with this sort key.
    fn encode_cursor(&self, key: &str) -> String {
        let mut plain = vec![CURSOR_VERSION];
        plain.extend_from_slice(self.noun.as_bytes());
        plain.push(0);
        plain.extend_from_slice(key.as_bytes());
        URL_SAFE_NO_PAD.encode(plain)
    }

    fn decode_cursor(&self, cursor: &str) -> Result<String, String> {
        self.key_in(cursor).ok_or_else(|| {
            let shown: String = cursor.chars().take(80).collect();
            format!("`{shown}` is not a cursor of this list; send `next_cursor` as received")
        })
    }

    fn key_in(&self, cursor: &str) -> Option<String> {
        let plain = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let rest = plain.strip_prefix(&[CURSOR_VERSION])?.strip_prefix(self.noun.as_bytes())?;
        let key = String::from_utf8(rest.strip_prefix(&[0])?.to_vec()).ok()?;
        (!key.contains('\0') && (self.is_key)(&key)).then_some(key)
    }
}

/// All of a list that is never long.
pub(crate) fn whole<T: Serialize>(items: Vec<T>) -> Response {
    json(StatusCode::OK, &api::Page { items, next_cursor: None })
}

/// The query string, taken apart by name; whatever nobody took is an error at the end.
#[derive(Debug)]
pub(crate) struct QueryParameters {
    values: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl QueryParameters {
    /// Decodes a query string; a repeated name or a NUL is remembered as an error.
    pub(crate) fn parse(query: Option<&str>) -> Self {
        let mut parameters = Self { values: Vec::new(), errors: Vec::new() };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if parameters.values.iter().any(|(known, _)| *known == name) {
                parameters.reject(&name, "given twice; send it once");
            } else if name.contains('\0') || value.contains('\0') {
                parameters.reject(&name.replace('\0', "\\u0000"), "holds a NUL character");
            } else {
                parameters.values.push((name.into_owned(), value.into_owned()));
            }
        }
        parameters
    }

    /// Removes and returns the value of `name`.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let index = self.values.iter().position(|(known, _)| known == name)?;
        Some(self.values.swap_remove(index).1)
    }

    /// Removes `name` and parses it; a value that does not parse is remembered as an error.
    pub(crate) fn take_parsed<T, E: ToString>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let value = self.take(name)?;
        parse(&value).map_err(|error| self.reject(name, error.to_string())).ok()
    }

    /// Ends the reading: everything taken was valid, and nothing is left over.
    pub(crate) fn finish(mut self) -> HttpResult<()> {
        for (name, _) in std::mem::take(&mut self.values) {
            self.reject(&name, format!("there is no query parameter `{name}` here"));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(HttpError::invalid_fields(self.errors)) }
    }

    /// Remembers an error of a parameter.
    pub(crate) fn reject(&mut self, name: &str, message: impl Into<String>) {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        self.errors.push(FieldError { pointer, message: message.into() });
    }
}

/// A page size from 1 to 500.
pub(crate) fn parse_limit(value: &str) -> Result<i64, String> {
    let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.ok_or_else(|| format!("`{value}` is not a number from 1 to {MAX_LIMIT}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const LIST: List = List {
        noun: "operators",
        filters: &[("is_active", Accepts::Flag), ("department", Accepts::Any)],
        is_key: |key| !key.is_empty(),
    };

    fn page(query: &str) -> Result<Page, String> {
        LIST.read(Some(query)).map_err(|error| error.into_problem().detail)
    }

    #[test]
    fn a_cursor_comes_back_as_the_key_it_was_made_of() {
        let cursor = LIST.encode_cursor("O-156");
        let read = page(&format!("limit=7&cursor={cursor}&department=A%20B")).unwrap();
        assert_eq!((read.limit, read.after.as_deref()), (7, Some("O-156")));
        assert_eq!(read.filters, [("department".to_owned(), "A B".to_owned())]);
    }

    #[test]
    fn cursors_of_other_lists_and_garbage_are_refused() {
        let machines = List { noun: "machines", ..LIST };
        let numbers = List { is_key: |key| key.parse::<i64>().is_ok(), ..LIST };
        let foreign = machines.encode_cursor("M-203");
        assert!(page(&format!("cursor={foreign}")).unwrap_err().contains("not a cursor"));
        let forged = LIST.encode_cursor("1; drop table");
        assert!(numbers.read(Some(&format!("cursor={forged}"))).is_err());
        assert!(page("cursor=%F0%9F%92%A5").unwrap_err().contains("not a cursor"));
        assert!(page("cursor=").unwrap_err().contains("not a cursor"));
    }

    #[test]
    fn limits_outside_the_range_are_refused_with_the_range() {
        for bad in ["0", "501", "-1", "many", "1e2", ""] {
            assert!(page(&format!("limit={bad}")).unwrap_err().contains("from 1 to 500"), "{bad}");
        }
        assert_eq!(page("").unwrap().limit, DEFAULT_LIMIT);
    }

    #[test]
    fn unknown_repeated_and_nul_parameters_are_named() {
        assert!(page("statsu=idle").unwrap_err().contains("statsu"));
        assert!(page("limit=1&limit=2").unwrap_err().contains("twice"));
        assert!(page("cursor=a%00b").unwrap_err().contains("NUL"));
        assert!(page("is_active=perhaps").unwrap_err().contains("perhaps"));
    }
}
