//! Connections: how a session talks to PostgreSQL, and what bounds a session that stopped.
//!
//! The one place where sessions are made, encrypted as `sslmode` says. Every session works as the
//! role `mraos_app`, which can neither update nor delete events; only migrations, rebuilds and the
//! probe come as the owner. The committer has a session of its own, the rest shares a small pool.

use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use rustls::RootCertStore;
use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::StoreError;
use crate::tls::{self, TlsError};

/// For statements that find rows by their keys: planned once, for tables of any size, and never by
/// reading a whole table.
const BY_KEY: &str = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c \
                      enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

/// Where the database is, and whose certificates are believed there.
#[derive(Clone)]
pub struct ConnectOptions {
    config: Config,
    tls: MakeRustlsConnect,
    has_own_authority: bool,
    pool_size: usize,
}

/// Why a database cannot be connected to as the settings say.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The connection string is none. It may hold a password, so nothing of it is shown.
    #[error(
        "`database.url` is not a connection string that `mraos` can use; write it like \
         postgresql://user@host:5432/database, with `?sslmode=` disable, prefer or require behind \
         it if need be (an authority's certificate goes into `database.ca_file`)"
    )]
    Url,
    /// Encryption is asked for and forbidden.
    #[error(
        "`database.ca_file` is set, but `sslmode=disable` in `database.url` forbids encryption; \
         remove one of them"
    )]
    Contradiction,
    /// The authority's certificate is none.
    #[error(
        "`database.ca_file` has no certificate that can be used: {0}; name the file with the \
         certificate, in PEM, of the authority that signed the server's"
    )]
    Authority(TlsError),
    /// The protocol cannot be set up.
    #[error("encryption cannot be set up: {0}")]
    Tls(#[from] TlsError),
}

impl ConnectOptions {
    /// Reads a connection string (`postgres://…` or key = value). What its `sslmode` encrypts must
    /// have a certificate from an authority that this machine trusts.
    pub fn parse(url: &str, pool_size: usize) -> Result<Self, ConnectError> {
        let mut config: Config = url.parse().map_err(|_| ConnectError::Url)?;
        config.connect_timeout(Duration::from_secs(2));
        config.keepalives(true);
        config.keepalives_idle(Duration::from_secs(2));
        config.keepalives_interval(Duration::from_secs(1));
        config.keepalives_retries(2);
        config.tcp_user_timeout(Duration::from_secs(5));
        // PostgreSQL never encrypts a socket of its own machine: asking would cost a round trip.
        if config.get_ssl_mode() == SslMode::Prefer && stays_on_this_machine(&config) {
            config.ssl_mode(SslMode::Disable);
        }
        let authorities = match config.get_ssl_mode() {
            SslMode::Disable => RootCertStore::empty(),
            _ => tls::system_authorities(),
        };
        let tls = tls::connector(authorities)?;
        Ok(Self { config, tls, has_own_authority: false, pool_size })
    }

    /// Only encrypted sessions, and only with servers whose certificate comes from the authorities
    /// in this PEM text.
    pub fn trusting_only(mut self, authorities: &[u8]) -> Result<Self, ConnectError> {
        if self.config.get_ssl_mode() == SslMode::Disable {
            return Err(ConnectError::Contradiction);
        }
        let authorities = tls::authorities_in(authorities).map_err(ConnectError::Authority)?;
        self.tls = tls::connector(authorities)?;
        self.has_own_authority = true;
        self.config.ssl_mode(SslMode::Require);
        Ok(self)
    }

    /// Whether the authorities were named, so that the system's own do not count.
    pub(crate) fn has_own_authority(&self) -> bool {
        self.has_own_authority
    }

    /// Hosts and ports, for messages.
    pub(crate) fn place(&self) -> String {
        let ports = self.config.get_ports();
        let port = |index: usize| ports.get(index).or(ports.first()).copied().unwrap_or(5432);
        let hosts = self.config.get_hosts().iter().enumerate().map(|(index, host)| match host {
            Host::Tcp(name) => format!("{name}:{}", port(index)),
            Host::Unix(directory) => directory.display().to_string(),
        });
        let addresses = self.config.get_hostaddrs().iter().enumerate();
        let addresses = addresses.map(|(index, address)| format!("{address}:{}", port(index)));
        let named: Vec<String> = hosts.collect();
        if named.is_empty() { addresses.collect::<Vec<_>>() } else { named }.join(", ")
    }

    /// A session for looking at the server, which ends some time after it is dropped.
    pub(crate) async fn connect_probe(
        &self,
    ) -> Result<(Client, JoinHandle<()>), tokio_postgres::Error> {
        let config = self.with_session("mraos probe", "");
        let (client, connection) = config.connect(self.tls.clone()).await?;
        let ended = tokio::spawn(async move { connection.await.unwrap_or_default() });
        Ok((client, ended))
    }

    /// A session as the owner of the schema, for migrations and rebuilds.
    pub async fn connect_owner(&self) -> Result<ClientWrapper, StoreError> {
        self.connect("mraos owner", "").await
    }

    /// The committer's session: bounded so that a stopped node holds the log's lock for seconds
    /// only.
    pub async fn connect_writer(&self) -> Result<ClientWrapper, StoreError> {
        let bounds = "-c role=mraos_app -c lock_timeout=6000 \
                      -c idle_in_transaction_session_timeout=3000 -c statement_timeout=20000";
        self.connect("mraos committer", &format!("{bounds} {BY_KEY}")).await
    }

    /// A session that may take long, such as reading the whole log.
    pub async fn connect_reader(&self) -> Result<ClientWrapper, StoreError> {
        self.connect("mraos log", "-c role=mraos_app -c jit=off").await
    }

    /// The session of a node's log tail.
    pub async fn connect_tail(&self) -> Result<ClientWrapper, StoreError> {
        let options = "-c role=mraos_app -c statement_timeout=20000 -c jit=off";
        self.connect("mraos tail", options).await
    }

    async fn connect(&self, name: &str, options: &str) -> Result<ClientWrapper, StoreError> {
        let pool = self.build_pool(1, name, options)?;
        Ok(Object::take(pool.get().await?))
    }

    fn manager(&self, name: &str, options: &str) -> Manager {
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        Manager::from_config(self.with_session(name, options), self.tls.clone(), recycling)
    }

    /// Sessions for look-ups by key: half of those that there may be.
    pub(crate) fn look_up_pool(&self) -> Result<Pool, StoreError> {
        let options = format!("-c role=mraos_app -c statement_timeout=10000 {BY_KEY}");
        self.build_pool(self.pool_size.div_ceil(2), "mraos look-ups", &options)
    }

    /// Sessions for everything else.
    pub(crate) fn pool(&self) -> Result<Pool, StoreError> {
        let options = "-c role=mraos_app -c statement_timeout=10000 -c jit=off";
        self.build_pool((self.pool_size / 2).max(1), "mraos", options)
    }

    fn build_pool(&self, size: usize, name: &str, options: &str) -> Result<Pool, StoreError> {
        Pool::builder(self.manager(name, options))
            .max_size(size)
            .wait_timeout(Some(Duration::from_secs(2)))
            .create_timeout(Some(Duration::from_secs(2)))
            .recycle_timeout(Some(Duration::from_secs(2)))
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .build()
            .map_err(|error| StoreError::Unexpected(error.to_string()))
    }

    fn with_session(&self, name: &str, options: &str) -> Config {
        let mut config = self.config.clone();
        config.application_name(name);
        let given = self.config.get_options().unwrap_or_default();
        config.options(format!("{given} {options} -c timezone=UTC"));
        config
    }
}

fn stays_on_this_machine(config: &Config) -> bool {
    let is_socket = |host: &Host| matches!(host, Host::Unix(_));
    config.get_hosts().iter().all(is_socket) && config.get_hostaddrs().is_empty()
}
