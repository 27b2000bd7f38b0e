//! A look at a running server, private or not: is it one that the product can work with?
//!
//! Asks one question over one connection of its own and changes nothing. What stands in the way is
//! told with the setting to change or the statement to run. The connection string may hold a
//! password, so nothing of it but host, user and database is part of an error.

use std::time::Duration;

use rustls::CertificateError::{
    BadSignature, NotValidForName, NotValidForNameContext, UnknownIssuer,
};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error, Row};

use crate::connect::ConnectOptions;
use crate::tls;

/// The oldest major version that the schema works with.
pub const OLDEST_MAJOR: u32 = 15;

/// Extensions that the schema uses.
pub const EXTENSIONS: [&str; 2] = ["btree_gist", "pg_trgm"];

const PATIENCE: Duration = Duration::from_secs(5);

const FACTS: &str = "select current_setting('server_version_num')::int / 10000, \
    current_setting('fsync') = 'on', \
    array(select wanted from unnest($1::text[]) wanted \
          where wanted not in (select name from pg_available_extensions)), \
    current_user::text, current_database()::text, \
    has_database_privilege(current_database(), 'CREATE') \
        and has_schema_privilege('public', 'CREATE'), \
    exists (select from pg_roles where rolname = current_user and (rolsuper or rolcreaterole)) \
        or exists (select from pg_roles \
                   where rolname = 'mraos_app' and pg_has_role(oid, 'MEMBER')), \
    coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false)";

/// A server that has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fitness {
    /// Its major version.
    pub major: i32,
    /// Whether what travels between it and us is encrypted.
    pub is_encrypted: bool,
}

/// Why a server cannot be used, or should not be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// Nobody answered in time.
    #[error(
        "the database server at {place} did not answer within {seconds} s; start it, open the way \
         to it, or mend host and port in `database.url`"
    )]
    Silent {
        /// Where it should be.
        place: String,
        /// How long was waited.
        seconds: u64,
    },
    /// Nobody is there, or the connection broke.
    #[error(
        "the database server at {place} cannot be reached: {cause}; start it, open the way to it, \
         or mend host and port in `database.url`"
    )]
    Unreachable {
        /// Where it should be.
        place: String,
        /// What the system says.
        cause: String,
    },
    /// The server does not let this user in.
    #[error(
        "the database server at {place} lets us not in: {cause}; mend user and password in \
         `database.url`, or allow them in the server's pg_hba.conf"
    )]
    Login {
        /// Where it is.
        place: String,
        /// What it says.
        cause: String,
    },
    /// The server takes encrypted connections alone.
    #[error(
        "the database server at {place} lets us not in unencrypted: {cause}; if it demands \
         encryption, write `sslmode=require` into `database.url` instead of `sslmode=disable`, \
         else allow the user in the server's pg_hba.conf"
    )]
    Unencrypted {
        /// Where it is.
        place: String,
        /// What it says.
        cause: String,
    },
    /// There is no such database.
    #[error(
        "the database server at {place} says: {cause}; create it there, as in CREATE DATABASE \
         mraos OWNER mraos, or mend the name at the end of `database.url`"
    )]
    NoDatabase {
        /// Where it is.
        place: String,
        /// What it says.
        cause: String,
    },
    /// The server does not encrypt, and the settings want it to.
    #[error(
        "the database server at {place} does not encrypt, and `sslmode=require` or \
         `database.ca_file` demands it; set `ssl = on` and a certificate on the server, or take \
         both out of the settings"
    )]
    NoTls {
        /// Where it is.
        place: String,
    },
    /// The server's certificate is not believed.
    #[error("the certificate of the database server at {place} is refused: {cause}; {advice}")]
    Certificate {
        /// Where it is.
        place: String,
        /// What is wrong with it.
        cause: String,
        /// What to do.
        advice: &'static str,
    },
    /// The server, or what answers in its place, says something else.
    #[error(
        "the database server at {place} cannot be used: {cause}; mend it there, or name another \
         server, user or database in `database.url`"
    )]
    Refused {
        /// Where it is.
        place: String,
        /// What it says.
        cause: String,
    },
    /// The server is too old.
    #[error(
        "the database server at {place} is PostgreSQL {major}, and `mraos` needs {OLDEST_MAJOR} or \
         newer; upgrade it, or name another in `database.url`"
    )]
    TooOld {
        /// Where it is.
        place: String,
        /// Its major version.
        major: i32,
    },
    /// The server lacks extensions.
    #[error(
        "the database server at {place} lacks the extensions {missing}; install PostgreSQL's \
         contrib package on it"
    )]
    ContribMissing {
        /// Where it is.
        place: String,
        /// Names of the extensions.
        missing: String,
    },
    /// The user may not create tables.
    #[error(
        "the user {user} may not create in database {database}, where `mraos` keeps its tables; \
         make it the owner, as an administrator: ALTER DATABASE {database} OWNER TO {user}"
    )]
    MayNotCreate {
        /// Who, quoted for SQL.
        user: String,
        /// Where, quoted for SQL.
        database: String,
    },
    /// The user may not create the role that the application works as.
    #[error(
        "the user {user} may not create the role mraos_app, as which `mraos` works with what it \
         may not change later; allow it, as an administrator: ALTER ROLE {user} CREATEROLE"
    )]
    MayNotCreateRoles {
        /// Who, quoted for SQL.
        user: String,
    },
    /// The server does not write what it acknowledges.
    #[error("`fsync` is off on the server, so a power cut can lose acknowledged work; turn it on")]
    NotDurable,
}

/// Looks at the server that `options` lead to.
///
/// # Errors
/// When the server cannot be reached or does not have what the product needs.
pub async fn probe(options: &ConnectOptions) -> Result<Fitness, ProbeError> {
    let looking = async {
        let (client, ended) =
            options.connect_probe().await.map_err(|error| explain(options, &error))?;
        let answer = ask(options, &client).await;
        drop(client);
        // What the session's end has to say changes nothing about the answer.
        let _ = ended.await;
        answer
    };
    let seconds = PATIENCE.as_secs();
    tokio::time::timeout(PATIENCE, looking)
        .await
        .map_err(|_| ProbeError::Silent { place: options.place(), seconds })?
}

async fn ask(options: &ConnectOptions, client: &Client) -> Result<Fitness, ProbeError> {
    let row = client.query_one(FACTS, &[&&EXTENSIONS[..]]).await;
    judge(options, &row.map_err(|error| explain(options, &error))?)
}

fn judge(options: &ConnectOptions, facts: &Row) -> Result<Fitness, ProbeError> {
    let place = options.place();
    let major: i32 = facts.get(0);
    let missing: Vec<String> = facts.get(2);
    let (user, database) = (quoted(facts.get(3)), quoted(facts.get(4)));
    if u32::try_from(major).is_ok_and(|major| major < OLDEST_MAJOR) {
        return Err(ProbeError::TooOld { place, major });
    }
    if !missing.is_empty() {
        return Err(ProbeError::ContribMissing { place, missing: missing.join(", ") });
    }
    if !facts.get::<_, bool>(5) {
        return Err(ProbeError::MayNotCreate { user, database });
    }
    if !facts.get::<_, bool>(6) {
        return Err(ProbeError::MayNotCreateRoles { user });
    }
    if !facts.get::<_, bool>(1) {
        return Err(ProbeError::NotDurable);
    }
    Ok(Fitness { major, is_encrypted: facts.get(7) })
}

/// A name as it can be pasted into a statement.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn explain(options: &ConnectOptions, error: &Error) -> ProbeError {
    let place = options.place();
    if let Some(answer) = error.as_db_error() {
        let cause = answer.message().to_owned();
        return match *answer.code() {
            SqlState::INVALID_AUTHORIZATION_SPECIFICATION if cause.ends_with("no encryption") => {
                ProbeError::Unencrypted { place, cause }
            }
            SqlState::INVALID_AUTHORIZATION_SPECIFICATION | SqlState::INVALID_PASSWORD => {
                ProbeError::Login { place, cause }
            }
            SqlState::INVALID_CATALOG_NAME => ProbeError::NoDatabase { place, cause },
            _ => ProbeError::Refused { place, cause },
        };
    }
    if let Some(failure) = tls::failure(error) {
        return explain_certificate(options, failure);
    }
    let cause = std::error::Error::source(error).map(ToString::to_string);
    match cause.as_deref() {
        Some("server does not support TLS") => ProbeError::NoTls { place },
        Some("password missing") => {
            ProbeError::Login { place, cause: "it asks for a password".to_owned() }
        }
        _ => ProbeError::Unreachable { place, cause: cause.unwrap_or(error.to_string()) },
    }
}

fn explain_certificate(options: &ConnectOptions, failure: &rustls::Error) -> ProbeError {
    let place = options.place();
    let rustls::Error::InvalidCertificate(problem) = failure else {
        return ProbeError::Refused { place, cause: failure.to_string() };
    };
    let (cause, advice) = match problem {
        UnknownIssuer | BadSignature if options.has_own_authority() => (
            "no authority in `database.ca_file` has signed it".to_owned(),
            "put the certificate of the one that has, in PEM, into that file",
        ),
        UnknownIssuer | BadSignature => (
            "no authority that this machine trusts has signed it".to_owned(),
            "name a file with the certificate of the one that has, in PEM, as `database.ca_file`; \
             on a line that nobody can listen to, `sslmode=disable` in `database.url` does \
             without encryption",
        ),
        NotValidForName | NotValidForNameContext { .. } => (
            problem.to_string(),
            "write a name that it is for into `database.url`, or have it issued for this one, as a \
             subject alternative name",
        ),
        _ => (
            problem.to_string(),
            "give the server one that is in date, for its host name, and signed by an authority \
             instead of being one",
        ),
    };
    ProbeError::Certificate { place, cause, advice }
}
