//! Typed values out of the layers, each checked against its rule.
//!
//! One function per kind of value. A refused value is reported with the setting's name, its origin
//! and the rule. Nothing here knows what a setting is for.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use jiff::tz::TimeZone;
use toml::Value;
use tracing_subscriber::EnvFilter;

use super::error::ConfigError;
use super::layers::{self, Layers, Origin};
use super::secret::Secret;

/// Reads values by the names of settings.
pub(super) struct Reader<'a> {
    layers: &'a Layers,
}

impl<'a> Reader<'a> {
    pub(super) fn of(layers: &'a Layers) -> Self {
        Self { layers }
    }

    pub(super) fn optional_text(&self, name: &str) -> Option<String> {
        let text = self.text(name);
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub(super) fn secret(&self, name: &str) -> Option<Secret> {
        debug_assert!(layers::is_secret(name), "`{name}` must be listed among the secrets");
        self.optional_text(name).map(Secret::new)
    }

    pub(super) fn parsed<T: FromStr>(&self, name: &str, rule: &str) -> Result<T, ConfigError> {
        self.text(name).parse().map_err(|_| self.refuse(name, rule))
    }

    pub(super) fn number<T: TryFrom<i64>>(
        &self,
        name: &str,
        range: RangeInclusive<i64>,
    ) -> Result<T, ConfigError> {
        self.integer(name)
            .filter(|number| range.contains(number))
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| {
                let rule = format!("a whole number from {} to {}", range.start(), range.end());
                self.refuse(name, &rule)
            })
    }

    /// Minutes of up to half a day; 0 is never.
    pub(super) fn minutes_or_never(&self, name: &str) -> Result<Option<u32>, ConfigError> {
        let minutes = self.number(name, 0..=720)?;
        Ok((minutes > 0).then_some(minutes))
    }

    /// The layers take nothing but a truth value where one is built in.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.layers.get(name).and_then(|(value, _)| value.as_bool()).unwrap_or_default()
    }

    pub(super) fn duration_ms(
        &self,
        name: &str,
        range: RangeInclusive<i64>,
    ) -> Result<Duration, ConfigError> {
        self.number(name, range).map(Duration::from_millis)
    }

    pub(super) fn duration_seconds(
        &self,
        name: &str,
        range: RangeInclusive<i64>,
    ) -> Result<Duration, ConfigError> {
        self.number(name, range).map(Duration::from_secs)
    }

    pub(super) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<T, ConfigError> {
        let text = self.text(name);
        choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice).ok_or_else(|| {
            let words: Vec<String> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.refuse(name, &words.join(" or "))
        })
    }

    pub(super) fn time_zone(&self, name: &str) -> Result<TimeZone, ConfigError> {
        TimeZone::get(self.text(name))
            .map_err(|_| self.refuse(name, "the IANA name of a time zone, like Europe/Berlin"))
    }

    pub(super) fn log_filter(&self, name: &str) -> Result<String, ConfigError> {
        let text = self.text(name);
        match EnvFilter::builder().parse(text) {
            Ok(_) if !text.is_empty() => Ok(text.to_owned()),
            _ => {
                Err(self
                    .refuse(name, "a level like `info` or a filter like `info,mraos_app=debug`"))
            }
        }
    }

    pub(super) fn is_built_in(&self, name: &str) -> bool {
        matches!(self.layers.get(name), Some((_, Origin::Default)))
    }

    /// The layers hold every name that is asked for and only texts where a text is built in.
    fn text(&self, name: &str) -> &'a str {
        self.layers.get(name).and_then(|(value, _)| value.as_str()).unwrap_or_default()
    }

    fn integer(&self, name: &str) -> Option<i64> {
        self.layers.get(name).and_then(|(value, _)| value.as_integer())
    }

    fn refuse(&self, name: &str, rule: &str) -> ConfigError {
        let (value, origin) = match self.layers.get(name) {
            Some((Value::String(text), origin)) => (format!("`{text}`"), origin.clone()),
            Some((value, origin)) => (format!("`{value}`"), origin.clone()),
            None => ("missing".to_owned(), Origin::Default),
        };
        ConfigError::Value { name: name.to_owned(), value, origin, rule: rule.to_owned() }
    }
}
