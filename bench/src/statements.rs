//! Which statements of the system under test cost the database most.
//!
//! Read from `pg_stat_statements`, which `--statements` loads. It is a means to find what to
//! improve; figures of record are taken without it.

use anyhow::{Context, Result};

use crate::postgres::PrivatePostgres;
use crate::product::DATABASE;

/// One normalised statement with its totals.
pub(crate) struct StatementCost {
    pub(crate) calls: i64,
    pub(crate) total_ms: f64,
    pub(crate) rows: i64,
    pub(crate) text: String,
}

/// Forgets what loading the plant cost.
pub(crate) async fn reset(postgres: &PrivatePostgres) -> Result<()> {
    let client = postgres.connect(DATABASE).await?;
    let installed = "create extension if not exists pg_stat_statements";
    client.batch_execute(installed).await.context("PostgreSQL's contrib is missing")?;
    client.batch_execute("select pg_stat_statements_reset()").await?;
    Ok(())
}

/// The dearest statements, dearest first.
pub(crate) async fn list(postgres: &PrivatePostgres) -> Result<Vec<StatementCost>> {
    let client = postgres.connect(DATABASE).await?;
    let rows = client.query(DEAREST, &[]).await?;
    let cost = |row: &tokio_postgres::Row| StatementCost {
        calls: row.get(0),
        total_ms: row.get(1),
        rows: row.get(2),
        text: row.get::<_, String>(3).split_whitespace().collect::<Vec<_>>().join(" "),
    };
    Ok(rows.iter().map(cost).collect())
}

const DEAREST: &str = "select calls, total_exec_time, rows, query from pg_stat_statements
    where dbid = (select oid from pg_database where datname = current_database())
    order by total_exec_time desc limit 15";
