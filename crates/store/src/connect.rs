//! Connections: how a session talks to PostgreSQL, and what bounds a session that stopped.
//!
//! Every session works as the role `mraos_app`, which can neither update nor delete events. The
//! committer has a session of its own; everything else shares a small pool.

use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use tokio_postgres::{Config, NoTls};

use crate::error::StoreError;

/// Where the database is.
#[derive(Clone)]
pub struct ConnectOptions {
    config: Config,
    pool_size: usize,
}

impl ConnectOptions {
    /// Reads a connection string (`postgres://…` or key = value).
    pub fn parse(url: &str, pool_size: usize) -> Result<Self, StoreError> {
        // The parse error may quote the string, and the string may hold a password.
        let parsed: Result<Config, _> = url.parse();
        let mut config = parsed.map_err(|_| {
            let rule = "database.url is not a PostgreSQL connection string; write \
                        postgres://user@host:5432/database";
            StoreError::Unexpected(rule.to_owned())
        })?;
        config.connect_timeout(Duration::from_secs(2));
        config.keepalives(true);
        config.keepalives_idle(Duration::from_secs(2));
        config.keepalives_interval(Duration::from_secs(1));
        config.keepalives_retries(2);
        config.tcp_user_timeout(Duration::from_secs(5));
        Ok(Self { config, pool_size })
    }

    /// A session as the owner of the schema, for migrations and rebuilds.
    pub async fn connect_owner(&self) -> Result<ClientWrapper, StoreError> {
        self.connect("mraos owner", "").await
    }

    /// The committer's session: bounded so that a stopped node holds the log's lock for seconds
    /// only, and planned for tables that were empty when the plan was made.
    pub async fn connect_writer(&self) -> Result<ClientWrapper, StoreError> {
        let options = "-c role=mraos_app -c lock_timeout=6000 \
                       -c idle_in_transaction_session_timeout=3000 -c statement_timeout=20000 \
                       -c plan_cache_mode=force_generic_plan -c enable_seqscan=off \
                       -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";
        self.connect("mraos committer", options).await
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
        Manager::from_config(self.with_session(name, options), NoTls, recycling)
    }

    pub(crate) fn pool(&self) -> Result<Pool, StoreError> {
        let options = "-c role=mraos_app -c statement_timeout=10000 -c jit=off";
        self.build_pool(self.pool_size, "mraos", options)
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
