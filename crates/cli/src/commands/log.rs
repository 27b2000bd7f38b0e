//! `mraos log`: the event log examined, followed and written out.
//!
//! Works with the server running or stopped, on a database that exists already. The work is the
//! store's; this file brings the keys and the kept checkpoints and shows progress and result.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use mraos_store::ConnectOptions;
use mraos_store::log::checkpoint::{self, CheckpointKey};
use mraos_store::log::export::{self, ExportError, Range};
use mraos_store::log::finding::Finding;
use mraos_store::log::rebuild::{self, Rebuild};
use mraos_store::log::verify::{self, Progress, Verification, Witness};
use serde_json::json;

use super::database::Database;
use super::{Place, Verdict};
use crate::keys::{self, KeyError};
use crate::logging::Verbosity;
use crate::{output, postgres};

/// More findings than these are counted, not listed, for people.
const LISTED_FINDINGS: usize = 20;

#[derive(Debug, Subcommand)]
pub(super) enum LogCommand {
    /// Find any edit of the log, and any table row that is not what the log leads to
    Verify(VerifyArgs),
    /// Make the tables what the log leads to
    Rebuild(RebuildArgs),
    /// Write the log out as JSON lines that can be verified without mraos
    Export(ExportArgs),
}

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct RebuildArgs {
    /// Follow a log that has findings of its own
    #[arg(long)]
    force: bool,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// File to write, which appears when it is complete [default: standard output]
    file: Option<PathBuf>,
    /// First position
    #[arg(long, value_name = "POSITION", default_value_t = 1)]
    from: i64,
    /// Last position [default: the end of the log]
    #[arg(long, value_name = "POSITION")]
    to: Option<i64>,
    /// Answer in JSON; needs a file
    #[arg(long, requires = "file")]
    json: bool,
}

pub(super) fn run(place: &Place, command: &LogCommand) -> anyhow::Result<Verdict> {
    let settings = place.load_settings(None, Verbosity::Answer)?;
    let data_dir = place.data_dir();
    if settings.database.url.is_none() && !postgres::exists(data_dir) {
        bail!("there is no database in `{}`; name another `--data-dir`", data_dir.display());
    }
    // A key made only now could vouch for nothing.
    if keys::load_master_key(&settings.keys, data_dir)?.is_none() {
        return Err(KeyError::Lost { path: keys::key_file(&settings.keys, data_dir) }.into());
    }
    super::block_on(async {
        let database = Database::open(&settings, data_dir).await?;
        let verdict = run_on(&database, data_dir, command).await;
        database.close().await?;
        verdict
    })
}

async fn run_on(
    database: &Database,
    data_dir: &Path,
    command: &LogCommand,
) -> anyhow::Result<Verdict> {
    database.migrate().await?;
    let options = database.connect_options();
    match command {
        LogCommand::Verify(args) => {
            let bar = Bar::new("verifying", args.json);
            let witness = witness(database, data_dir)?;
            let found = verify::verify(options, witness, &|progress| bar.show(progress)).await?;
            bar.clear();
            report_verification(&found, args.json)
        }
        LogCommand::Rebuild(args) => {
            let bar = Bar::new("rebuilding", args.json);
            let witness = witness(database, data_dir)?;
            let show = |progress| bar.show(progress);
            let done = rebuild::rebuild(options, witness, args.force, &show).await?;
            bar.clear();
            report_rebuild(&done, args.json)
        }
        LogCommand::Export(args) => write_export(options, args).await,
    }
}

/// What the log is compared with beside itself: the key of this installation and what it signed.
fn witness(database: &Database, data_dir: &Path) -> anyhow::Result<Witness> {
    Ok(Witness {
        key: CheckpointKey::derive(database.master_key().bytes())?,
        checkpoints: checkpoint::read_file(&checkpoint::file_in(data_dir))?,
    })
}

fn report_verification(found: &Verification, json: bool) -> anyhow::Result<Verdict> {
    let verdict = if found.ok { Verdict::Good } else { Verdict::Finding };
    if json {
        output::print_json(found)?;
        return Ok(verdict);
    }
    let Verification { events, checkpoints, events_per_second, .. } = found;
    let extent = format!("{events} events, {checkpoints} checkpoints");
    if found.ok {
        output::print_line(&format!(
            "The log is whole and the tables are what it leads to: {extent} \
             ({events_per_second:.0} events/s)."
        ))?;
        return Ok(verdict);
    }
    output::print_line(&format!("{} findings in {extent}:", found.findings.len()))?;
    list(&found.findings)?;
    if !found.tables_compared {
        output::print_line("The tables were not compared, since the log itself is not sound.")?;
    }
    Ok(verdict)
}

fn report_rebuild(done: &Rebuild, json: bool) -> anyhow::Result<Verdict> {
    let verdict = if done.ok { Verdict::Good } else { Verdict::Finding };
    if json {
        output::print_json(done)?;
        return Ok(verdict);
    }
    let Rebuild { events, events_per_second, .. } = done;
    output::print_line(&format!("{events} events replayed ({events_per_second:.0} events/s)."))?;
    list(&done.log_findings)?;
    for table in &done.repaired {
        output::print_line(&format!(
            "  {}: {} rows changed, {} added, {} removed",
            table.table, table.changed, table.inserted, table.deleted
        ))?;
    }
    output::print_line(match (done.ok, done.repaired.is_empty()) {
        (true, true) => "The tables were what the log leads to.",
        (true, false) => "The tables are now what the log leads to.",
        (false, _) => "Nothing was changed, since the log itself is not sound; see --force.",
    })?;
    Ok(verdict)
}

fn list(findings: &[Finding]) -> anyhow::Result<()> {
    for finding in findings.iter().take(LISTED_FINDINGS) {
        let place = finding.position.map_or("-".to_owned(), |position| position.to_string());
        output::print_line(&format!("  {place:>10}  {}", finding.detail))?;
    }
    match findings.len().saturating_sub(LISTED_FINDINGS) {
        0 => Ok(()),
        more => output::print_line(&format!("  and {more} more; `--json` lists all")),
    }
}

async fn write_export(options: &ConnectOptions, args: &ExportArgs) -> anyhow::Result<Verdict> {
    let bar = Bar::new("exporting", args.json);
    let began = Instant::now();
    let Some(path) = &args.file else {
        let written = write_range(options, args, &bar, &mut BufWriter::new(io::stdout())).await;
        return match written {
            // A reader that has seen enough is no error.
            Err(ExportError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                Ok(Verdict::Good)
            }
            other => Ok(other.map(|_| Verdict::Good)?),
        };
    };
    let draft = draft_of(path)?;
    let file = File::create(&draft).with_context(|| format!("cannot create `{}`", path.display()));
    let mut output = BufWriter::new(file?);
    let written = write_range(options, args, &bar, &mut output).await;
    let complete = written.map_err(anyhow::Error::from).and_then(|events| {
        put_in_place(output, &draft, path)?;
        Ok(events)
    });
    if complete.is_err() {
        // Half an export helps nobody; what went wrong before is the thing to tell.
        fs::remove_file(&draft).ok();
    }
    let events = complete?;
    let events_per_second = events as f64 / began.elapsed().as_secs_f64();
    if args.json {
        output::print_json(&json!({ "events": events, "events_per_second": events_per_second }))?;
    } else {
        let place = path.display();
        let line = format!("{events} events in `{place}` ({events_per_second:.0} events/s).");
        output::print_line(&line)?;
    }
    Ok(Verdict::Good)
}

async fn write_range(
    options: &ConnectOptions,
    args: &ExportArgs,
    bar: &Bar,
    output: &mut (dyn Write + Send),
) -> Result<i64, ExportError> {
    let range = Range { from: args.from, to: args.to };
    let written = export::export(options, range, output, &|progress| bar.show(progress)).await;
    bar.clear();
    written
}

/// Beside the wanted file, so that it can be renamed in one step.
fn draft_of(path: &Path) -> anyhow::Result<PathBuf> {
    let Some(name) = path.file_name() else {
        bail!("`{}` is not the name of a file", path.display());
    };
    let mut draft = name.to_owned();
    draft.push(format!(".{}.new", std::process::id()));
    Ok(path.with_file_name(draft))
}

fn put_in_place(mut output: BufWriter<File>, draft: &Path, path: &Path) -> anyhow::Result<()> {
    let mut put = || -> io::Result<()> {
        output.flush()?;
        output.get_ref().sync_all()?;
        fs::rename(draft, path)
    };
    put().with_context(|| format!("cannot write `{}`", path.display()))
}

/// A progress bar on standard error, for people who watch.
struct Bar(ProgressBar);

impl Bar {
    fn new(what: &'static str, quiet: bool) -> Self {
        if quiet || !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let template = "{msg} {wide_bar} {pos}/{len} events, {per_sec}, {eta} left";
        let style = ProgressStyle::with_template(template);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(ProgressBar::new(0).with_style(style).with_message(what))
    }

    fn show(&self, progress: Progress) {
        self.0.set_length(progress.total.unsigned_abs());
        self.0.set_position(progress.done.unsigned_abs());
    }

    fn clear(&self) {
        self.0.finish_and_clear();
    }
}
