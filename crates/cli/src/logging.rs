//! Log messages of the program itself: to standard error, as text or JSON.
//!
//! Standard output belongs to what a command answers. Short commands stay quiet below warnings
//! unless a level was asked for. What is logged is up to the crates; no names and no secrets.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, LoggingSettings};

/// What a command that answers and ends logs when no level was set.
const QUIET: &str = "warn";

/// How talkative a command is by nature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// Runs for long and logs what it does.
    Service,
    /// Answers and ends.
    Answer,
}

/// Installs the logger of this process; a second call changes nothing.
pub(crate) fn install(settings: &LoggingSettings, verbosity: Verbosity) {
    let quiet = verbosity == Verbosity::Answer && settings.level_is_built_in;
    let level = if quiet { QUIET } else { &settings.level };
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(level))
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let installed = match settings.format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
    if let Err(error) = installed {
        tracing::debug!(%error, "a logger is installed already");
    }
}
