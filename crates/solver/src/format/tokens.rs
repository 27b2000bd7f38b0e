//! The numbers of an instance file, each with its place.
//!
//! A cursor over lines and the numbers in a line. It knows what every format shares: blank lines
//! mean nothing, a line ends where its last number ends, a number has bounds. It knows no format.

use std::str::Lines;

use super::FormatError;

/// The largest duration and the largest sum of durations that the search computes with.
const LARGEST_DURATION: u64 = 1_000_000_000;

/// Walks over the lines of a file that hold anything.
pub(super) struct Cursor<'a> {
    lines: Lines<'a>,
    line: usize,
}

/// Walks over the numbers of one line.
pub(super) struct Line<'a> {
    text: &'a str,
    rest: &'a str,
    number: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { lines: text.lines(), line: 0 }
    }

    /// The next line that is not blank; `what` says what should have stood there.
    pub(super) fn line(&mut self, what: &str) -> Result<Line<'a>, FormatError> {
        for text in self.lines.by_ref() {
            self.line += 1;
            if !text.trim().is_empty() {
                return Ok(Line { text, rest: text, number: self.line });
            }
        }
        Err(FormatError::Text {
            line: self.line + 1,
            column: 1,
            rule: format!("the file ends here, but {what} should follow"),
        })
    }

    /// Makes sure that nothing follows.
    pub(super) fn finish(&mut self, what: &str) -> Result<(), FormatError> {
        for text in self.lines.by_ref() {
            self.line += 1;
            if !text.trim().is_empty() {
                let line = Line { text, rest: text.trim_start(), number: self.line };
                return Err(line.error(format!("{what}, but another line follows")));
            }
        }
        Ok(())
    }
}

impl<'a> Line<'a> {
    /// A complaint about the place that the line has been read to.
    pub(super) fn error(&self, rule: String) -> FormatError {
        let offset = self.text.len() - self.rest.len();
        let column = self.text[..offset].chars().count() + 1;
        FormatError::Text { line: self.number, column, rule }
    }

    fn word(&mut self) -> Option<&'a str> {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        (end > 0).then(|| &self.rest[..end])
    }

    /// The next number, which must lie in `low..=high`; `what` names it in a complaint.
    pub(super) fn number(&mut self, what: &str, low: u64, high: u64) -> Result<u64, FormatError> {
        let Some(word) = self.word() else {
            return Err(self.error(format!("the line ends here, but {what} should follow")));
        };
        let Ok(value) = word.parse::<u64>() else {
            return Err(self.error(format!("`{word}` should be {what}, a whole number")));
        };
        if value < low || value > high {
            return Err(self.error(format!("{what} is {value}, but must be from {low} to {high}")));
        }
        self.rest = &self.rest[word.len()..];
        Ok(value)
    }

    /// A count of which the format allows decimals, rounded.
    pub(super) fn rounded(&mut self, what: &str, high: u32) -> Result<u64, FormatError> {
        let Some(word) = self.word() else {
            return Err(self.error(format!("the line ends here, but {what} should follow")));
        };
        let value = match word.parse::<f64>() {
            Ok(value) if value.is_finite() => value.round(),
            _ => return Err(self.error(format!("`{word}` should be {what}, a number"))),
        };
        if !(1.0..=f64::from(high)).contains(&value) {
            return Err(self.error(format!("{what} is {word}, but must be from 1 to {high}")));
        }
        self.rest = &self.rest[word.len()..];
        Ok(value as u64)
    }

    /// A duration.
    pub(super) fn duration(&mut self) -> Result<i64, FormatError> {
        Ok(self.number("a duration", 0, LARGEST_DURATION)? as i64)
    }

    /// Makes sure that the line has no more numbers.
    pub(super) fn finish(mut self, what: &str) -> Result<(), FormatError> {
        match self.word() {
            Some(word) => Err(self.error(format!("{what}, but `{word}` follows"))),
            None => Ok(()),
        }
    }

    /// Drops the rest of the line.
    pub(super) fn ignore_rest(self) {}
}
