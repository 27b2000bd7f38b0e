//! Settings: the built-in file, the operator's file, the environment, the command line.
//!
//! The only place where the environment is read. Each layer may set any name of the built-in file
//! and no other; each value remembers which layer it came from, so that errors and the doctor can
//! say so. Values are checked once, here; the rest of the program gets typed ones.

mod error;
mod layers;
mod reader;
mod secret;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use error::ConfigError;
pub use layers::{EffectiveValue, Origin};
pub use secret::Secret;

use layers::Layers;
use mraos_domain::AttendanceRules;
use reader::Reader;

/// The built-in settings file, which names and explains every setting.
pub const DEFAULTS: &str = include_str!("../../../mraos.default.toml");

/// Name of the operator's file in the data directory.
const FILE_NAME: &str = "mraos.toml";

/// What the command line says about settings.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config`: a settings file to read instead of the one in the data directory.
    pub config_file: Option<PathBuf>,
    /// `--listen`: address and port.
    pub listen: Option<String>,
}

/// All settings, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The HTTP interface.
    pub server: ServerSettings,
    /// PostgreSQL, private or the operator's own.
    pub database: DatabaseSettings,
    /// The factory.
    pub plant: PlantSettings,
    /// The event log.
    pub log: LogSettings,
    /// Erasing people.
    pub erasure: ErasureSettings,
    /// Messages of the program itself.
    pub logging: LoggingSettings,
    /// The master key.
    pub keys: KeySettings,
    /// A token that is an administrator's while this process runs.
    pub bootstrap_token: Option<Secret>,
    effective: Vec<EffectiveValue>,
}

/// Section `server`.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The longest a request may take.
    pub request_timeout: Duration,
    /// The largest body that is read.
    pub body_limit_bytes: usize,
    /// How long a stopping server waits for open requests.
    pub shutdown_grace: Duration,
    /// Whether browsers reach the server over TLS alone.
    pub secure_cookies: bool,
}

/// Section `database`.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// Connection URL; without it a private server is started.
    pub url: Option<Secret>,
    /// File with the authority that the server's certificate must come from.
    pub ca_file: Option<PathBuf>,
    /// Where the server programs are.
    pub bin_dir: Option<PathBuf>,
    /// User of the private server when started as root.
    pub run_as_user: Option<String>,
    /// Number of connections.
    pub pool_size: usize,
}

/// Section `plant`.
#[derive(Debug, Clone)]
pub struct PlantSettings {
    /// The plant's calendar.
    pub time_zone: jiff::tz::TimeZone,
    /// Length of an allocation about which nothing else is known.
    pub default_allocation_minutes: u32,
    /// How far ahead material is set aside for bookings.
    pub reservation_horizon_minutes: u32,
    /// When somebody is late or absent by the clock.
    pub attendance: AttendanceRules,
}

/// Section `log`.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// How often a checkpoint is signed and written.
    pub checkpoint_interval: Duration,
}

/// Section `erasure`.
#[derive(Debug, Clone)]
pub struct ErasureSettings {
    /// File that says who was erased; in the data directory when absent.
    pub ledger_file: Option<PathBuf>,
}

/// Section `logging`.
#[derive(Debug, Clone)]
pub struct LoggingSettings {
    /// How messages look.
    pub format: LogFormat,
    /// Which messages are written.
    pub level: String,
    /// Whether nobody has set the level.
    pub level_is_built_in: bool,
}

/// How log messages look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Section `keys`.
#[derive(Debug, Clone)]
pub struct KeySettings {
    /// File with the master key; in the data directory when absent.
    pub master_file: Option<PathBuf>,
    /// The master key itself, in base64.
    pub master: Option<Secret>,
}

impl Settings {
    /// Reads all layers for a data directory.
    ///
    /// # Errors
    /// When a file cannot be read, a name is unknown or a value breaks its rule.
    pub fn load(data_dir: &Path, overrides: &Overrides) -> Result<Self, ConfigError> {
        Self::assemble(data_dir, overrides, environment())
    }

    fn assemble(
        data_dir: &Path,
        overrides: &Overrides,
        environment: Vec<(String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut layers = Layers::with_defaults(DEFAULTS)?;
        match &overrides.config_file {
            Some(file) => layers.add_file(file)?,
            None if data_dir.join(FILE_NAME).exists() => {
                layers.add_file(&data_dir.join(FILE_NAME))?
            }
            None => {}
        }
        let bootstrap_token = layers.add_environment(environment)?;
        if let Some(listen) = &overrides.listen {
            layers.add_option("--listen", "server.listen", listen);
        }
        Self::from_layers(&layers, bootstrap_token)
    }

    fn from_layers(layers: &Layers, bootstrap_token: Option<Secret>) -> Result<Self, ConfigError> {
        let read = Reader::of(layers);
        Ok(Self {
            server: ServerSettings {
                listen: read.parsed("server.listen", "an address and port, like 127.0.0.1:8080")?,
                request_timeout: read.duration_ms("server.request_timeout_ms", 100..=600_000)?,
                body_limit_bytes: read.number("server.body_limit_bytes", 1_024..=1_073_741_824)?,
                shutdown_grace: read.duration_ms("server.shutdown_grace_ms", 0..=600_000)?,
                secure_cookies: read.flag("server.secure_cookies"),
            },
            database: DatabaseSettings {
                url: read.secret("database.url"),
                ca_file: read.optional_text("database.ca_file").map(PathBuf::from),
                bin_dir: read.optional_text("database.bin_dir").map(PathBuf::from),
                run_as_user: read.optional_text("database.run_as_user"),
                pool_size: read.number("database.pool_size", 1..=1_000)?,
            },
            plant: PlantSettings {
                time_zone: read.time_zone("plant.time_zone")?,
                default_allocation_minutes: read
                    .number("plant.default_allocation_minutes", 1..=43_200)?,
                reservation_horizon_minutes: read
                    .number("plant.reservation_horizon_minutes", 0..=5_256_000)?,
                attendance: AttendanceRules {
                    late_after_minutes: read.number("plant.late_after_minutes", 0..=720)?,
                    absent_after_minutes: read.minutes_or_never("plant.absent_after_minutes")?,
                },
            },
            log: LogSettings {
                checkpoint_interval: read
                    .duration_seconds("log.checkpoint_interval_seconds", 1..=86_400)?,
            },
            erasure: ErasureSettings {
                ledger_file: read.optional_text("erasure.ledger_file").map(PathBuf::from),
            },
            logging: LoggingSettings {
                format: read.choice(
                    "logging.format",
                    &[("text", LogFormat::Text), ("json", LogFormat::Json)],
                )?,
                level: read.log_filter("logging.level")?,
                level_is_built_in: read.is_built_in("logging.level"),
            },
            keys: KeySettings {
                master_file: read.optional_text("keys.master_file").map(PathBuf::from),
                master: read.secret("keys.master"),
            },
            bootstrap_token,
            effective: layers.effective(),
        })
    }

    /// Every setting in force with its origin, secrets left out.
    #[must_use]
    pub fn effective(&self) -> &[EffectiveValue] {
        &self.effective
    }
}

/// The variables that concern us, as text; one that is not UTF-8 cannot be a name or value of ours.
#[expect(clippy::disallowed_methods, reason = "this is the place that reads the environment")]
fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with(layers::VARIABLE_PREFIX))
        .collect()
}

#[cfg(test)]
mod tests;
