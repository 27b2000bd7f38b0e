//! Pages of a list: `limit`, an opaque `cursor`, and the query parameters around them.
//!
//! A cursor is the sort key of the last row that was sent, wrapped so that clients do not build
//! their own; it needs no server state and stays valid when rows come and go. Unknown parameters
//! are refused by name: a misspelt filter must not answer with everything.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mraos_api::problem::FieldError;

use crate::problem::{HttpError, HttpResult};

/// Rows on a page unless `limit` says otherwise.
const DEFAULT_LIMIT: u32 = 100;
/// The most rows a page may have.
const MAX_LIMIT: u32 = 500;
/// First byte of every cursor; another number would be another layout.
const CURSOR_VERSION: u8 = 1;

/// How many rows, and after which sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageRequest {
    /// 1 to 500.
    pub(crate) limit: u32,
    /// Sort key of the last row of the page before.
    pub(crate) after: Option<String>,
}

/// The opaque cursor that continues after the row with this sort key.
pub(crate) fn encode_cursor(noun: &str, key: &str) -> String {
    let mut plain = vec![CURSOR_VERSION];
    plain.extend_from_slice(noun.as_bytes());
    plain.push(0);
    plain.extend_from_slice(key.as_bytes());
    URL_SAFE_NO_PAD.encode(plain)
}

/// The sort key inside a cursor of this noun's list.
fn decode_cursor(noun: &str, cursor: &str) -> Option<String> {
    let plain = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let rest = plain
        .strip_prefix(&[CURSOR_VERSION])?
        .strip_prefix(noun.as_bytes())?;
    let key = rest.strip_prefix(&[0])?;
    let readable = !key.is_empty() && !key.contains(&0);
    readable
        .then(|| String::from_utf8(key.to_vec()).ok())
        .flatten()
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
        let mut parameters = Self {
            values: Vec::new(),
            errors: Vec::new(),
        };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if parameters.values.iter().any(|(known, _)| *known == name) {
                parameters.reject(&name, "given twice; send it once");
            } else if name.contains('\0') || value.contains('\0') {
                parameters.reject(&name.replace('\0', "\\u0000"), "holds a NUL character");
            } else {
                parameters
                    .values
                    .push((name.into_owned(), value.into_owned()));
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
        parse(&value)
            .map_err(|error| self.reject(name, error.to_string()))
            .ok()
    }

    /// Takes `limit` and `cursor`.
    pub(crate) fn take_page(&mut self, noun: &str) -> PageRequest {
        let limit = self
            .take_parsed("limit", parse_limit)
            .unwrap_or(DEFAULT_LIMIT);
        let after = self.take_parsed("cursor", |cursor| {
            decode_cursor(noun, cursor).ok_or_else(|| {
                let shown: String = cursor.chars().take(80).collect();
                format!("`{shown}` is not a cursor of this list; send `next_cursor` as received")
            })
        });
        PageRequest { limit, after }
    }

    /// Ends the reading: everything taken was valid, and nothing is left over.
    pub(crate) fn finish(mut self) -> HttpResult<()> {
        for (name, _) in std::mem::take(&mut self.values) {
            self.reject(&name, format!("there is no query parameter `{name}` here"));
        }
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(HttpError::invalid_fields(self.errors))
        }
    }

    fn reject(&mut self, name: &str, message: impl Into<String>) {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        self.errors.push(FieldError {
            pointer,
            message: message.into(),
        });
    }
}

/// A page size from 1 to 500.
fn parse_limit(value: &str) -> Result<u32, String> {
    let limit = value
        .parse()
        .ok()
        .filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.ok_or_else(|| format!("`{value}` is not a number from 1 to {MAX_LIMIT}"))
}

/// `true` or `false`.
pub(crate) fn parse_flag(value: &str) -> Result<bool, String> {
    value.parse().map_err(|_| format!("`{value}` is neither true nor false"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn page(query: &str) -> Result<PageRequest, String> {
        let mut parameters = QueryParameters::parse(Some(query));
        let page = parameters.take_page("operators");
        parameters
            .finish()
            .map_err(|error| error.into_problem().detail)?;
        Ok(page)
    }

    #[test]
    fn a_cursor_comes_back_as_the_key_it_was_made_of() {
        let cursor = encode_cursor("operators", "O-156");
        let read = page(&format!("limit=7&cursor={cursor}")).unwrap();
        assert_eq!(
            read,
            PageRequest {
                limit: 7,
                after: Some("O-156".to_owned())
            }
        );
    }

    #[test]
    fn cursors_of_other_lists_and_garbage_are_refused() {
        let foreign = encode_cursor("machines", "M-203");
        assert!(
            page(&format!("cursor={foreign}"))
                .unwrap_err()
                .contains("not a cursor")
        );
        assert!(
            page("cursor=%F0%9F%92%A5")
                .unwrap_err()
                .contains("not a cursor")
        );
        assert!(page("cursor=").unwrap_err().contains("not a cursor"));
    }

    #[test]
    fn limits_outside_the_range_are_refused_with_the_range() {
        for bad in ["0", "501", "-1", "many", "1e2", ""] {
            assert!(
                page(&format!("limit={bad}"))
                    .unwrap_err()
                    .contains("from 1 to 500"),
                "{bad}"
            );
        }
        assert_eq!(page("").unwrap().limit, DEFAULT_LIMIT);
    }

    #[test]
    fn unknown_repeated_and_nul_parameters_are_named() {
        assert!(page("statsu=idle").unwrap_err().contains("statsu"));
        assert!(page("limit=1&limit=2").unwrap_err().contains("twice"));
        assert!(page("cursor=a%00b").unwrap_err().contains("NUL"));
    }
}
