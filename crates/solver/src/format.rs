//! Readers of the benchmark formats: FJSSP-W (with workers) and plain FJSP, gzipped or not.
//!
//! Both are whitespace-separated integers, one line per job. Every complaint names line, column
//! and rule, because such files are written by hand and by scripts. A reader never guesses at a
//! value: what does not fit the format is refused.

mod fjsp;
mod fjssp_w;
mod tokens;

use std::borrow::Cow;
use std::io::Read as _;

use thiserror::Error;

use crate::problem::Problem;

/// What a file may unpack to: an instance hundred times the largest known one still fits.
const LARGEST_FILE_BYTES: u64 = 1 << 30;

/// The format of an instance file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Flexible job shop with workers: an option is a machine, a worker and a duration.
    FjsspW,
    /// Flexible job shop: an option is a machine and a duration.
    Fjsp,
}

/// Why a file is not an instance.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FormatError {
    /// The text breaks a rule of the format.
    #[error("line {line}, column {column}: {rule}")]
    Text {
        /// Line, counted from 1.
        line: usize,
        /// Column in characters, counted from 1.
        column: usize,
        /// What was found and what should stand there.
        rule: String,
    },
    /// The file cannot be unpacked.
    #[error("the file begins like gzip but cannot be unpacked: {0}")]
    Gzip(String),
    /// The file is no text.
    #[error("the file is not UTF-8 text: {0}")]
    Encoding(String),
    /// The file unpacks to more than an instance can have.
    #[error("the file unpacks to more than {LARGEST_FILE_BYTES} bytes; no instance is that large")]
    TooLarge,
}

/// Reads an instance; gzip is recognised by its first two bytes.
///
/// # Errors
/// If the bytes are not an instance of the format; the message says where and why.
pub fn read(format: Format, bytes: &[u8]) -> Result<Problem, FormatError> {
    let text = read_text(bytes)?;
    match format {
        Format::FjsspW => fjssp_w::read(&text),
        Format::Fjsp => fjsp::read(&text),
    }
}

/// The text of a file, gzipped or not.
///
/// # Errors
/// If the file cannot be unpacked or is no text.
pub fn read_text(bytes: &[u8]) -> Result<Cow<'_, str>, FormatError> {
    let no_text = |error: String| FormatError::Encoding(error);
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let text = String::from_utf8(unpack(bytes)?);
        return text.map(Cow::Owned).map_err(|error| no_text(error.to_string()));
    }
    let text = std::str::from_utf8(bytes);
    text.map(Cow::Borrowed).map_err(|error| no_text(error.to_string()))
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, FormatError> {
    let mut unpacked = Vec::new();
    let mut limited = flate2::read::MultiGzDecoder::new(bytes).take(LARGEST_FILE_BYTES + 1);
    limited.read_to_end(&mut unpacked).map_err(|error| FormatError::Gzip(error.to_string()))?;
    if unpacked.len() as u64 > LARGEST_FILE_BYTES {
        return Err(FormatError::TooLarge);
    }
    Ok(unpacked)
}
