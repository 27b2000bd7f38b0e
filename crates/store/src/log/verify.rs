//! `mraos log verify`: whether the log is whole and the tables are what it leads to.
//!
//! Everything is looked at in one snapshot of the database, so it does not matter whether a
//! server works on it meanwhile. Changes nothing but temporary tables of its own session.

use std::collections::BTreeSet;
use std::time::Instant;

use serde::Serialize;
use uuid::Uuid;

use super::Head;
use super::checkpoint::{self, Checkpoint, CheckpointKey};
use super::complete::{CompleteRows, Fingerprints};
use super::entry::{Entry, decode_entries};
use super::finding::{Finding, FindingCode};
use super::pages::Pages;
use super::replay::Replay;
use super::shadow::Shadow;
use crate::connect::ConnectOptions;
use crate::error::StoreError;

/// What is known about the log from outside the database.
pub struct Witness {
    /// The key that signed the checkpoints.
    pub key: CheckpointKey,
    /// Checkpoints that were kept in a file.
    pub checkpoints: Vec<Checkpoint>,
}

/// How far a long work has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Events so far.
    pub done: i64,
    /// Events altogether.
    pub total: i64,
}

/// What an examination has found.
#[derive(Debug, Clone, Serialize)]
pub struct Verification {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// The last position of the log.
    pub position: i64,
    /// The first position at which something is wrong.
    pub first_bad_position: Option<i64>,
    /// What is wrong there, as a sentence.
    pub finding: Option<String>,
    /// Everything that is wrong, the log first.
    pub findings: Vec<Finding>,
    /// Whether the tables could be compared: not with a log that is broken itself.
    pub tables_compared: bool,
    /// Of how many tables rows had to be compared one by one, because they do not add up to those
    /// of the log.
    #[serde(skip)]
    pub tables_compared_by_row: usize,
    /// Number of checkpoints that the log was compared with.
    pub checkpoints: usize,
    /// Number of events read.
    pub events: i64,
    /// How long it took.
    pub seconds: f64,
    /// Events in a second, everything included.
    pub events_per_second: f64,
}

/// Examines the log and the tables.
pub async fn verify(
    options: &ConnectOptions,
    witness: Witness,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Verification, StoreError> {
    let began = Instant::now();
    let examination = examine(options, witness, progress).await?;
    let Examination { replay, compared, .. } = examination;
    let seconds = began.elapsed().as_secs_f64();
    let findings = replay.findings;
    let first = findings.iter().find(|finding| finding.position.is_some()).or(findings.first());
    Ok(Verification {
        ok: findings.is_empty(),
        position: replay.position,
        first_bad_position: first.and_then(|finding| finding.position),
        finding: first.map(|finding| finding.detail.clone()),
        tables_compared: compared,
        tables_compared_by_row: examination.tables_compared_by_row,
        checkpoints: examination.checkpoints,
        events: replay.events,
        seconds,
        events_per_second: replay.events as f64 / seconds,
        findings,
    })
}

/// A whole log replayed beside the tables that were compared with it.
pub(crate) struct Examination {
    pub(crate) replay: Replay,
    pub(crate) shadow: Shadow,
    pub(crate) compared: bool,
    /// What the rows that have left the state add up to.
    complete: Fingerprints,
    tables_compared_by_row: usize,
    checkpoints: usize,
}

impl Examination {
    /// Compares the tables with what the log leads to, whatever was found in it.
    pub(crate) async fn compare(&mut self) -> Result<(), StoreError> {
        let state = &self.replay.state;
        let unlike = self.shadow.unlike(state, &self.complete).await?;
        if unlike.iter().any(|name| self.complete.contains_key(name)) {
            self.copy_complete(&unlike).await?;
        }
        self.shadow.write_state(state, &unlike).await?;
        let mut findings = self.shadow.compare(&unlike).await?;
        findings.sort_by_key(|finding| finding.position.unwrap_or(i64::MAX));
        self.replay.findings.extend(findings);
        self.tables_compared_by_row = unlike.len();
        self.compared = true;
        Ok(())
    }

    /// Copies what has left the state of some tables, for which the log is read once more: that
    /// is seldom, and copying all of every history takes long.
    async fn copy_complete(&self, tables: &BTreeSet<&'static str>) -> Result<(), StoreError> {
        let mut entries = entries(&self.shadow, self.replay.position).await?;
        let mut complete = CompleteRows::begin(&self.shadow, tables);
        Replay::new(Vec::new()).run(&mut entries, &mut complete, &|_| ()).await?;
        complete.finish().await?;
        Ok(())
    }
}

/// The log up to `last`; from before position 0: a row there would be found as well.
async fn entries(shadow: &Shadow, last: i64) -> Result<Pages<Entry>, StoreError> {
    let (reader, start) = (shadow.reader().await?, Head::EMPTY.digest.to_vec());
    Ok(Pages::read(reader, -1, last, start, decode_entries))
}

/// Replays the log and, if it is sound, compares the tables.
pub(crate) async fn examine(
    options: &ConnectOptions,
    witness: Witness,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Examination, StoreError> {
    let shadow = Shadow::begin(options).await?;
    let reader = shadow.reader().await?;
    let total = super::decode_head(reader.query_opt(super::READ_HEAD, &[]).await?.as_ref())?;
    let mut findings = Vec::new();
    let checkpoints = collect_checkpoints(&reader, witness, &mut findings).await?;
    let compared_with = checkpoints.len();

    let mut replay = Replay::new(checkpoints);
    findings.into_iter().for_each(|finding| replay.note(finding));
    let mut entries = entries(&shadow, total.position).await?;
    // Of tables that have to be filled, rows are copied as they come.
    let mut complete = CompleteRows::begin(&shadow, &shadow.emptied);
    let report = |done| progress(Progress { done, total: total.position });
    replay.run(&mut entries, &mut complete, &report).await?;
    let complete = complete.finish().await?;
    replay.note_missing_tail();
    let beyond = shadow.rows_beyond(replay.position).await?;
    beyond.into_iter().for_each(|finding| replay.note(finding));
    replay.findings.sort_by_key(|finding| finding.position);

    let sound = replay.findings.is_empty();
    let mut examination = Examination {
        replay,
        shadow,
        compared: false,
        complete,
        tables_compared_by_row: 0,
        checkpoints: compared_with,
    };
    if sound {
        examination.compare().await?;
    }
    Ok(examination)
}

/// Checkpoints of the table and of the file that bear our signature; others are findings. Those
/// of the file count for the present epoch only: a restored copy has left later ones behind.
async fn collect_checkpoints(
    reader: &tokio_postgres::Client,
    witness: Witness,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Checkpoint>, StoreError> {
    let epoch = reader.query_opt("SELECT epoch FROM log_meta", &[]).await?;
    let epoch: Option<Uuid> = epoch.map(|row| row.try_get(0)).transpose()?;
    let mut all = checkpoint::read_table(reader).await?;
    all.extend(witness.checkpoints.into_iter().filter(|one| Some(one.epoch) == epoch));
    all.sort_by_key(|one| (one.position, one.digest));
    all.dedup();
    let (signed, forged): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|one| witness.key.has_signed(one));
    findings.extend(forged.into_iter().map(|one| {
        let position = one.position;
        let detail = format!(
            "the checkpoint of position {position} bears no valid signature under the master key \
             of this installation"
        );
        Finding::at(FindingCode::CheckpointForged, position, detail)
    }));
    Ok(signed)
}
