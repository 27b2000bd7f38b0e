//! A large plant with a long history, written as a log of its own and rebuilt from there.
//!
//! Events are chained as the log's format says and copied in; `mraos log rebuild` then makes the
//! tables, and refuses the log if a digest or a version in it does not follow. Nothing of the
//! system's code is used, so that what is generated is also a second opinion on the format.

mod chain;
mod plant;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::postgres::PrivatePostgres;
use crate::product::Binary;
use chain::LogWriter;
pub(crate) use plant::{ORDER_LINES, Size, draw};

/// Characters that are told of what a rebuild says against the log.
const MOST_TOLD: usize = 800;

/// What was generated, and how long it took.
pub(crate) struct Generated {
    pub(crate) events: i64,
    pub(crate) writing: Duration,
    pub(crate) rebuilding: Duration,
}

/// Fills the empty database of `binary`.
pub(crate) async fn generate(
    postgres: &PrivatePostgres,
    binary: &Binary,
    size: &Size,
) -> Result<Generated> {
    // The first start migrates and names the log's epoch.
    binary.serve().await?.stop().await?;
    let began = Instant::now();
    let client = postgres.connect(binary.database()).await?;
    let mut log = LogWriter::begin(&client, size.events).await?;
    plant::write(&mut log, size).await?;
    let events = log.finish().await?;
    let writing = began.elapsed();

    let began = Instant::now();
    let rebuild = binary.rebuild(postgres.pid()).await?;
    if let Some(failure) = rebuild.failure {
        let found: String = rebuild.answer.to_string().chars().take(MOST_TOLD).collect();
        bail!("the generated log was not accepted: {failure} {found}");
    }
    let is_whole = rebuild.answer["position"].as_i64() == Some(events);
    if !is_whole || rebuild.answer["ok"] != true {
        bail!("{events} events were generated, and the rebuild says {}", rebuild.answer);
    }
    client.batch_execute("VACUUM ANALYZE").await.context("cannot vacuum")?;
    Ok(Generated { events, writing, rebuilding: began.elapsed() })
}
