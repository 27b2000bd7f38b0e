//! What is wrong with a setting, said so that it can be put right at once.
//!
//! Every message names the setting, where it was set and what would be accepted. The values of
//! secret settings are never part of a message.

use std::io;
use std::path::PathBuf;

use super::layers::Origin;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A settings file cannot be read.
    #[error("cannot read settings file `{path}`: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A settings file is not TOML.
    #[error("line {line} of the settings in {origin} is not valid TOML: {message}")]
    Syntax {
        /// In which layer.
        origin: Origin,
        /// In which line.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A name that no setting has.
    #[error("unknown setting `{name}` in {origin}; {advice}")]
    Unknown {
        /// The name found.
        name: String,
        /// Where it stands.
        origin: Origin,
        /// The nearest known name.
        advice: String,
    },
    /// A variable that begins like ours and means nothing.
    #[error("unknown environment variable `{variable}`; {advice}")]
    UnknownVariable {
        /// The variable.
        variable: String,
        /// The nearest known one.
        advice: String,
    },
    /// A value that the setting cannot have.
    #[error("setting `{name}` is {value} in {origin}; it must be {rule}")]
    Value {
        /// The setting.
        name: String,
        /// What was found.
        value: String,
        /// Where it was set.
        origin: Origin,
        /// What is accepted.
        rule: String,
    },
}
