//! `mraos doctor`: the settings in force with their origin, and whether everything needed is there.
//!
//! Looks and reports; creates, starts and repairs nothing. Each failed check carries the message of
//! the part that would fail at start, which says what to do. Secrets are never shown.

use std::path::Path;

use clap::Args;
use mraos_store::ConnectOptions;
use mraos_store::probe::Fitness;
use serde::Serialize;

use super::database::{connect_options, embedded_options};
use super::{Place, Verdict};
use crate::config::{EffectiveValue, Settings};
use crate::logging::Verbosity;
use crate::{keys, output, postgres};

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    ok: bool,
    settings: &'a [EffectiveValue],
    checks: Vec<Check>,
}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
}

impl Check {
    fn of(name: &'static str, result: Result<String, String>) -> Self {
        let ok = result.is_ok();
        Self { name, ok, detail: result.unwrap_or_else(|error| error) }
    }
}

pub(super) fn run(place: &Place, args: &DoctorArgs) -> anyhow::Result<Verdict> {
    let settings = place.load_settings(None, Verbosity::Answer)?;
    let checks = vec![
        Check::of("data directory", check_directory(place.data_dir())),
        Check::of("database", check_database(&settings, place.data_dir())),
        Check::of("master key", check_key(&settings, place.data_dir())),
    ];
    let ok = checks.iter().all(|check| check.ok);
    let report = Report { ok, settings: settings.effective(), checks };
    if args.json {
        output::print_json(&report)?;
    } else {
        print_report(&report)?;
    }
    Ok(if ok { Verdict::Good } else { Verdict::Finding })
}

fn check_directory(data_dir: &Path) -> Result<String, String> {
    let absolute = std::path::absolute(data_dir).map_err(|error| error.to_string())?;
    let existing = absolute.ancestors().find(|place| place.exists()).unwrap_or(Path::new("/"));
    let shown = absolute.display();
    if !existing.is_dir() {
        return Err(format!(
            "`{}` is not a directory; choose another `--data-dir`",
            existing.display()
        ));
    }
    rustix::fs::access(existing, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)
        .map_err(|error| {
            format!(
                "`{}` cannot be written to: {error}; open it or choose another `--data-dir`",
                existing.display()
            )
        })?;
    Ok(if existing == absolute {
        format!("`{shown}`")
    } else {
        format!("`{shown}` will be created")
    })
}

fn check_database(settings: &Settings, data_dir: &Path) -> Result<String, String> {
    if let Some(url) = &settings.database.url {
        let options = connect_options(settings, url).map_err(|error| format!("{error:#}"))?;
        let found = look_at(&options)?;
        let way = if found.is_encrypted { "encrypted" } else { "not encrypted" };
        let major = found.major;
        return Ok(format!("PostgreSQL {major} by `database.url`, {way}, reachable and suitable"));
    }
    let options = embedded_options(settings, data_dir);
    let found = postgres::inspect(&options).map_err(|error| error.to_string())?;
    let state = match (&found.running_url, found.created) {
        (Some(url), _) => {
            let options = ConnectOptions::parse(url, 1).map_err(|error| error.to_string())?;
            look_at(&options)?;
            "running"
        }
        (None, true) => "stopped",
        (None, false) => "to be created",
    };
    Ok(format!(
        "private PostgreSQL {}, {state}, from `{}`, run as {}",
        found.programs.major(),
        found.programs.bin_dir().display(),
        found.account.name(),
    ))
}

fn look_at(options: &ConnectOptions) -> Result<Fitness, String> {
    let looking = async { Ok(mraos_store::probe(options).await?) };
    super::block_on(looking).map_err(|error| format!("{error:#}"))
}

fn check_key(settings: &Settings, data_dir: &Path) -> Result<String, String> {
    let loaded =
        keys::load_master_key(&settings.keys, data_dir).map_err(|error| error.to_string())?;
    let file = keys::key_file(&settings.keys, data_dir);
    match loaded {
        Some(_) if settings.keys.master.is_some() => Ok("from the settings".to_owned()),
        Some(_) => Ok(format!("`{}`", file.display())),
        None if postgres::exists(data_dir) => Err(keys::KeyError::Lost { path: file }.to_string()),
        None => Ok(format!("`{}` will be created", file.display())),
    }
}

fn print_report(report: &Report<'_>) -> anyhow::Result<()> {
    let widest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or_default();
    let name_width = widest(&mut report.settings.iter().map(|setting| setting.name.len()));
    let value_width = widest(&mut report.settings.iter().map(|setting| setting.value.len()));
    output::print_line("Settings in force")?;
    for EffectiveValue { name, value, origin } in report.settings {
        output::print_line(&format!("  {name:name_width$}  {value:value_width$}  {origin}"))?;
    }
    output::print_line("\nChecks")?;
    for Check { name, ok, detail } in &report.checks {
        let mark = if *ok { "ok  " } else { "FAIL" };
        output::print_line(&format!("  {mark}  {name}: {detail}"))?;
    }
    Ok(())
}
