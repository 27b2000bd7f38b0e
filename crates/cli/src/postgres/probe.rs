//! A look at a running server, private or not: is it one that the product can work with?
//!
//! Asks one question over one connection of its own and changes nothing. The connection string may
//! hold a password, so nothing of it is part of an error.

use std::time::Duration;

use tokio_postgres::{Client, Config, NoTls};

use super::cluster::EXTENSIONS;
use super::programs::OLDEST_MAJOR;

const PATIENCE: Duration = Duration::from_secs(5);

const FACTS: &str = "select current_setting('server_version_num')::int, \
    current_setting('fsync') = 'on', \
    array(select wanted from unnest($1::text[]) wanted \
          where wanted not in (select name from pg_available_extensions))";

/// Why a server cannot be used, or should not be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// The connection string is none.
    #[error(
        "`database.url` is not a connection string; write it like \
         postgresql://user@host:5432/database"
    )]
    Url,
    /// Nobody answered in time.
    #[error("the server did not answer within {0} s; start it, or open the way to it")]
    Silent(u64),
    /// The server or the way to it refuses.
    #[error("the server cannot be used: {0}")]
    Refused(String),
    /// The server is too old.
    #[error("the server is PostgreSQL {0}, and `mraos` needs {OLDEST_MAJOR} or newer; upgrade it")]
    TooOld(i32),
    /// The server lacks extensions.
    #[error("the server lacks the extensions {0}; install PostgreSQL's contrib package on it")]
    ContribMissing(String),
    /// The server does not write what it acknowledges.
    #[error("`fsync` is off on the server, so a power cut can lose acknowledged work; turn it on")]
    NotDurable,
}

/// Major version of the server at `url`, once it has passed.
///
/// # Errors
/// When the server cannot be reached or does not have what the product needs.
pub async fn probe(url: &str) -> Result<i32, ProbeError> {
    let config: Config = url.parse().map_err(|_| ProbeError::Url)?;
    let asking = async {
        let (client, connection) = config.connect(NoTls).await.map_err(|error| refused(&error))?;
        let connection = tokio::spawn(connection);
        let answer = ask(&client).await;
        drop(client);
        // What the connection's end has to say changes nothing about the answer.
        let _ = connection.await;
        answer
    };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .map_err(|_| ProbeError::Silent(PATIENCE.as_secs()))?
}

async fn ask(client: &Client) -> Result<i32, ProbeError> {
    let row =
        client.query_one(FACTS, &[&&EXTENSIONS[..]]).await.map_err(|error| refused(&error))?;
    let major = row.get::<_, i32>(0) / 10_000;
    let missing: Vec<String> = row.get(2);
    if u32::try_from(major).is_ok_and(|major| major < OLDEST_MAJOR) {
        return Err(ProbeError::TooOld(major));
    }
    if !missing.is_empty() {
        return Err(ProbeError::ContribMissing(missing.join(", ")));
    }
    if !row.get::<_, bool>(1) {
        return Err(ProbeError::NotDurable);
    }
    Ok(major)
}

fn refused(error: &tokio_postgres::Error) -> ProbeError {
    let text = match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(answer), _) => answer.message().to_owned(),
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    };
    ProbeError::Refused(text)
}
