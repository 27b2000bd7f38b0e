//! `mraos log export`: the log as JSON lines that can be verified without MRAOS.
//!
//! A first line says where the lines begin, then one line per event holds the canonical row and
//! its digest, and a last line the newest checkpoint. SHA-256 over the previous digest and the
//! bytes of `row` gives the digest. Reads one snapshot; decides nothing about where lines go.

use std::io::{self, Write};

use serde_json::json;

use super::entry::encode_lines;
use super::pages::Pages;
use super::verify::Progress;
use super::{Head, checkpoint};
use crate::connect::ConnectOptions;
use crate::error::StoreError;

/// Which positions.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// The first.
    pub from: i64,
    /// The last; the end of the log if absent.
    pub to: Option<i64>,
}

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The output.
    #[error("cannot write the export: {0}")]
    Output(#[from] io::Error),
}

/// Writes the lines of `range` to `output`; how many events there were.
pub async fn export(
    options: &ConnectOptions,
    range: Range,
    output: &mut (dyn Write + Send),
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<i64, ExportError> {
    let reader = options.connect_reader().await?;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
    reader.batch_execute(begin).await.map_err(StoreError::from)?;
    let query = reader.query_opt(super::READ_HEAD, &[]).await.map_err(StoreError::from)?;
    let head = super::decode_head(query.as_ref())?;
    let epoch = reader.query_opt("SELECT epoch::text FROM log_meta", &[]).await;
    let epoch: Option<String> = epoch
        .and_then(|row| row.map(|row| row.try_get(0)).transpose())
        .map_err(StoreError::from)?;
    let last = range.to.map_or(head.position, |to| to.min(head.position));
    let before = range.from.max(1) - 1;
    let digest = digest_at(&reader, before).await?;
    let newest = checkpoint::read_table(&*reader).await?.into_iter().next();

    let previous = hex::encode(&digest);
    let first = json!({ "log": {
        "epoch": epoch, "from": before + 1, "to": last, "previous_digest": previous,
    }});
    writeln!(output, "{first}")?;
    let mut pages = Pages::read(reader, before, last, digest, encode_lines);
    let (mut done, total) = (0, (last - before).max(0));
    while let Some(lines) = pages.next().await? {
        done += lines.len() as i64;
        for line in lines {
            output.write_all(&line)?;
        }
        progress(Progress { done, total });
    }
    writeln!(output, "{}", json!({ "checkpoint": newest }))?;
    output.flush()?;
    Ok(done)
}

async fn digest_at(reader: &tokio_postgres::Client, position: i64) -> Result<Vec<u8>, StoreError> {
    let sql = "SELECT digest FROM events WHERE position = $1";
    let row = reader.query_opt(sql, &[&position]).await?;
    row.map_or(Ok(Head::EMPTY.digest.to_vec()), |row| Ok(row.try_get(0)?))
}
