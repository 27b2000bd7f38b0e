//! What commands print: lines or JSON on standard output, problems on standard error.
//!
//! A reader that goes away (`mraos … | head`) is no error. Nothing here decides what to print, and
//! log messages do not pass through here.

use std::io::{self, Write as _};

use serde::Serialize;

/// Prints one line.
pub(crate) fn print_line(line: &str) -> anyhow::Result<()> {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints a value as one JSON document.
pub(crate) fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    print_line(&serde_json::to_string_pretty(value)?)
}

/// Prints what went wrong, with its causes, for people.
pub(crate) fn print_error(error: &anyhow::Error) {
    // With standard error gone there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "error: {error:#}");
}
