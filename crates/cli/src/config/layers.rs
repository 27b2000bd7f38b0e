//! Layers of settings over each other, with the origin of each value.
//!
//! The built-in file is the bottom layer and the list of what exists: a name that is missing there
//! is refused in every other layer, with the nearest known name. A value must be of the same type
//! as the built-in one; whether it makes sense is for the reader to say.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use toml::{Table, Value};

use super::error::ConfigError;
use super::secret::Secret;

/// What the names of our environment variables begin with.
pub(super) const VARIABLE_PREFIX: &str = "MRAOS_";

/// Settings that never appear in output.
const SECRETS: [&str; 2] = ["database.url", "keys.master"];

/// Variables with a meaning of their own, beside those that stand for a setting.
const BOOTSTRAP_TOKEN: &str = "MRAOS_BOOTSTRAP_TOKEN";
const LOG_FILTER: &str = "MRAOS_LOG";
const OTHER_VARIABLES: [&str; 3] = ["MRAOS_URL", "MRAOS_TOKEN", "MRAOS_DATA_DIR"];

/// Kubernetes sets these for every service that is named `mraos`; they are not meant for us.
const FOREIGN_VARIABLES: [&str; 2] = ["MRAOS_SERVICE_", "MRAOS_PORT"];

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The built-in file.
    Default,
    /// A settings file.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
    /// An option of the command line.
    Option(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("the built-in settings"),
            Self::File(path) => write!(formatter, "`{}`", path.display()),
            Self::Variable(name) => write!(formatter, "environment variable `{name}`"),
            Self::Option(name) => write!(formatter, "option `{name}`"),
        }
    }
}

/// One setting as it is in force, for showing.
#[derive(Debug, Clone, Serialize)]
pub struct EffectiveValue {
    /// Its name, `section.key`.
    pub name: String,
    /// Its value; of a secret only whether it is set.
    pub value: String,
    /// Where it was set.
    pub origin: String,
}

/// All layers, merged.
#[derive(Debug)]
pub(super) struct Layers {
    values: BTreeMap<String, (Value, Origin)>,
}

impl Layers {
    pub(super) fn with_defaults(text: &str) -> Result<Self, ConfigError> {
        let values = flatten(text, &Origin::Default)?
            .into_iter()
            .map(|(name, value)| (name, (value, Origin::Default)))
            .collect();
        Ok(Self { values })
    }

    pub(super) fn add_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let origin = Origin::File(path.to_owned());
        for (name, value) in flatten(&text, &origin)? {
            self.set(name, value, origin.clone())?;
        }
        Ok(())
    }

    /// Takes over the variables that stand for settings; returns the bootstrap token, if set.
    pub(super) fn add_environment(
        &mut self,
        variables: Vec<(String, String)>,
    ) -> Result<Option<Secret>, ConfigError> {
        let mut bootstrap_token = None;
        for (variable, text) in variables {
            if variable == BOOTSTRAP_TOKEN {
                bootstrap_token = (!text.is_empty()).then(|| Secret::new(text));
            } else if variable == LOG_FILTER {
                self.set_text("logging.level", &text, Origin::Variable(variable))?;
            } else if let Some(name) = setting_of(&variable) {
                self.set_text(&name, &text, Origin::Variable(variable))?;
            } else if !is_foreign(&variable) {
                return Err(self.unknown_variable(variable));
            }
        }
        Ok(bootstrap_token)
    }

    /// An option of the command line, which is known to name a setting that is a text.
    pub(super) fn add_option(&mut self, option: &'static str, name: &str, text: &str) {
        let value = Value::String(text.to_owned());
        self.values.insert(name.to_owned(), (value, Origin::Option(option)));
    }

    pub(super) fn get(&self, name: &str) -> Option<&(Value, Origin)> {
        self.values.get(name)
    }

    pub(super) fn effective(&self) -> Vec<EffectiveValue> {
        let show = |name: &str, value: &Value| match value {
            Value::String(text) if text.is_empty() => "(not set)".to_owned(),
            _ if is_secret(name) => "(set, not shown)".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        self.values
            .iter()
            .map(|(name, (value, origin))| EffectiveValue {
                name: name.clone(),
                value: show(name, value),
                origin: origin.to_string(),
            })
            .collect()
    }

    /// Text from the environment becomes what the built-in value is.
    fn set_text(&mut self, name: &str, text: &str, origin: Origin) -> Result<(), ConfigError> {
        let value = match self.values.get(name) {
            Some((Value::Integer(_), _)) => {
                text.trim().parse().map_or_else(|_| Value::String(text.to_owned()), Value::Integer)
            }
            Some((Value::Boolean(_), _)) => {
                text.trim().parse().map_or_else(|_| Value::String(text.to_owned()), Value::Boolean)
            }
            _ => Value::String(text.to_owned()),
        };
        self.set(name.to_owned(), value, origin)
    }

    fn set(&mut self, name: String, value: Value, origin: Origin) -> Result<(), ConfigError> {
        let Some((current, _)) = self.values.get(&name) else {
            return Err(self.unknown(name, origin));
        };
        if !current.same_type(&value) {
            let rule = match current {
                Value::Integer(_) => "a whole number",
                Value::Boolean(_) => "true or false",
                _ => "a text in quotes",
            };
            let shown =
                if is_secret(&name) { "of another type".to_owned() } else { value.to_string() };
            return Err(ConfigError::Value { name, value: shown, origin, rule: rule.to_owned() });
        }
        self.values.insert(name, (value, origin));
        Ok(())
    }

    fn unknown(&self, name: String, origin: Origin) -> ConfigError {
        if let Origin::Variable(variable) = origin {
            return self.unknown_variable(variable);
        }
        let advice = advise(nearest(&name, self.values.keys().map(String::as_str)));
        ConfigError::Unknown { name, origin, advice }
    }

    fn unknown_variable(&self, variable: String) -> ConfigError {
        let special = [BOOTSTRAP_TOKEN, LOG_FILTER].into_iter().chain(OTHER_VARIABLES);
        let known: Vec<String> = self
            .values
            .keys()
            .map(|name| variable_of(name))
            .chain(special.map(str::to_owned))
            .collect();
        let advice = advise(nearest(&variable, known.iter().map(String::as_str)));
        ConfigError::UnknownVariable { variable, advice }
    }
}

pub(super) fn is_secret(name: &str) -> bool {
    SECRETS.contains(&name)
}

fn is_foreign(variable: &str) -> bool {
    OTHER_VARIABLES.contains(&variable)
        || FOREIGN_VARIABLES.iter().any(|prefix| variable.starts_with(prefix))
}

fn setting_of(variable: &str) -> Option<String> {
    let (section, key) = variable.strip_prefix(VARIABLE_PREFIX)?.split_once("__")?;
    Some(format!("{}.{}", section.to_lowercase(), key.to_lowercase()))
}

fn variable_of(name: &str) -> String {
    format!("{VARIABLE_PREFIX}{}", name.to_uppercase().replace('.', "__"))
}

fn advise(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "`mraos doctor` lists every setting".to_owned(),
        |known| format!("did you mean `{known}`?"),
    )
}

/// `section.key` of every value; what stands outside a section keeps its bare name, which no
/// setting has.
fn flatten(text: &str, origin: &Origin) -> Result<Vec<(String, Value)>, ConfigError> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        // The parser's own display quotes the line, in which a secret may stand.
        let start = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
        ConfigError::Syntax { origin: origin.clone(), line, message: error.message().to_owned() }
    })?;
    let mut values = Vec::new();
    for (section, content) in table {
        match content {
            Value::Table(keys) => values
                .extend(keys.into_iter().map(|(key, value)| (format!("{section}.{key}"), value))),
            value => values.push((section, value)),
        }
    }
    Ok(values)
}

/// The known name with the fewest edits, if it is near enough to be what was meant.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let farthest = (name.chars().count() / 3).max(2);
    known
        .map(|candidate| (edit_distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= farthest)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance, one row of the table at a time.
fn edit_distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, from_char) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, &to_char) in to.iter().enumerate() {
            let substituted = diagonal + usize::from(from_char != to_char);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}
