//! The database that a command works with: the operator's own, or the private one of the data
//! directory, which is started or joined for as long as it is needed.
//!
//! Also where the master key is fetched, because a key may only be created together with the
//! database. Schema and contents are the store's business.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use mraos_app::{Accounts, AccountsOptions, SystemClock, Vault};
use mraos_store::log::checkpoint::{self, CheckpointKey};
use mraos_store::{ConnectOptions, ProbeError, Store};

use crate::config::{Secret, Settings};
use crate::keys::{self, MasterKey};
use crate::postgres::{self, EmbeddedOptions, EmbeddedPostgres};

/// An open way to the database.
pub(super) struct Database {
    connect: ConnectOptions,
    embedded: Option<EmbeddedPostgres>,
    master_key: MasterKey,
}

impl Database {
    /// Makes sure that the database can be reached and used, starting the private server if need
    /// be.
    pub(super) async fn open(settings: &Settings, data_dir: &Path) -> anyhow::Result<Self> {
        postgres::create_data_dir(data_dir)?;
        let exists = postgres::exists(data_dir);
        let master_key = keys::load_or_create_master_key(&settings.keys, data_dir, exists)?;
        if let Some(url) = &settings.database.url {
            let connect = connect_options(settings, url)?;
            check_server(&connect).await?;
            return Ok(Self { connect, embedded: None, master_key });
        }
        let options = embedded_options(settings, data_dir);
        let starting = tokio::task::spawn_blocking(move || EmbeddedPostgres::start(&options));
        let embedded = starting.await.context("the start of PostgreSQL was cut short")??;
        let connect = ConnectOptions::parse(&embedded.owner_url(), settings.database.pool_size)?;
        Ok(Self { connect, embedded: Some(embedded), master_key })
    }

    /// How to connect to the database.
    pub(super) fn connect_options(&self) -> &ConnectOptions {
        &self.connect
    }

    /// Brings the schema up to date; the names of the migrations that were missing.
    pub(super) async fn migrate(&self) -> anyhow::Result<Vec<String>> {
        Ok(mraos_store::migrate(&self.connect).await?)
    }

    /// Refuses a master key that the database was not made with: what it seals nobody else could
    /// read, and what it signs nobody else would believe.
    pub(super) async fn check_master_key(&self) -> anyhow::Result<()> {
        let store = Store::new(&self.connect)?;
        let key = CheckpointKey::derive(self.master_key.bytes())?;
        if !checkpoint::may_be_key_of(&store, &key).await? {
            bail!(
                "the master key is not the one that this database was made with; give the right \
                 one as `keys.master` or `keys.master_file`"
            );
        }
        Ok(())
    }

    /// The master key that belongs to this database.
    pub(super) fn master_key(&self) -> &MasterKey {
        &self.master_key
    }

    /// Leaves the private server, which stops it if nobody else uses it.
    pub(super) async fn close(self) -> anyhow::Result<()> {
        let Some(embedded) = self.embedded else { return Ok(()) };
        let stopping = tokio::task::spawn_blocking(move || embedded.stop());
        stopping.await.context("the stop of PostgreSQL was cut short")??;
        Ok(())
    }
}

/// Runs `work` on the users and tokens of an installation, and leaves the database in order
/// whatever comes of it.
pub(super) async fn with_accounts<T>(
    settings: &Settings,
    data_dir: &Path,
    work: impl AsyncFnOnce(Accounts) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let database = Database::open(settings, data_dir).await?;
    let outcome = async {
        database.migrate().await?;
        database.check_master_key().await?;
        let options = AccountsOptions {
            store: Store::new(database.connect_options())?,
            vault: Vault::new(database.master_key().bytes()),
            clock: Arc::new(SystemClock),
            bootstrap_token: None,
        };
        work(Accounts::new(options)?).await
    };
    let outcome = outcome.await;
    database.close().await?;
    outcome
}

/// How to connect to the operator's own server at `url`.
pub(super) fn connect_options(settings: &Settings, url: &Secret) -> anyhow::Result<ConnectOptions> {
    let options = ConnectOptions::parse(url.expose(), settings.database.pool_size)?;
    let Some(file) = &settings.database.ca_file else { return Ok(options) };
    let authority = fs::read(file).with_context(|| {
        format!(
            "cannot read `{}`; name a file with the certificate, in PEM, of the authority that \
             signed the database server's as `database.ca_file`",
            file.display()
        )
    })?;
    Ok(options.trusting_only(&authority)?)
}

/// Refuses a server that would fail later, in words of the settings.
async fn check_server(options: &ConnectOptions) -> anyhow::Result<()> {
    match mraos_store::probe(options).await {
        Ok(_) => Ok(()),
        // A plant may take that risk for a trial; whoever does is told at each start.
        Err(risk @ ProbeError::NotDurable) => {
            tracing::warn!("{risk}");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// What the private server is started with.
pub(super) fn embedded_options(settings: &Settings, data_dir: &Path) -> EmbeddedOptions {
    EmbeddedOptions {
        data_dir: data_dir.to_owned(),
        bin_dir: settings.database.bin_dir.clone(),
        run_as_user: settings.database.run_as_user.clone(),
    }
}
