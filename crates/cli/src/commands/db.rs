//! `mraos db url`: where the database is, for `psql` and other tools.
//!
//! Answers for a running server only and starts none: a URL whose server is gone a moment later
//! would help nobody.

use anyhow::bail;
use clap::Subcommand;

use super::{Place, Verdict};
use crate::logging::Verbosity;
use crate::{output, postgres};

#[derive(Debug, Subcommand)]
pub(super) enum DbCommand {
    /// Print the connection URL of the database's owner, as in: psql "$(mraos db url)"
    Url,
}

pub(super) fn run(place: &Place, command: &DbCommand) -> anyhow::Result<Verdict> {
    match command {
        DbCommand::Url => print_url(place),
    }
}

fn print_url(place: &Place) -> anyhow::Result<Verdict> {
    let settings = place.load_settings(None, Verbosity::Answer)?;
    if let Some(url) = &settings.database.url {
        output::print_line(url.expose())?;
        return Ok(Verdict::Good);
    }
    let Some(url) = postgres::running_owner_url(place.data_dir())? else {
        bail!(
            "no PostgreSQL runs for data directory `{}`; start one with `mraos serve`, or name \
             another directory with `--data-dir`",
            place.data_dir().display()
        );
    };
    output::print_line(&url)?;
    Ok(Verdict::Good)
}
