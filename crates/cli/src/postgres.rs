//! The private PostgreSQL server that `mraos` runs when no `database.url` is set.
//!
//! Several nodes may share one data directory: whoever comes first starts the server, the others
//! join it, all of them watch it, and the last one to leave stops it. Who is alive is known from
//! file locks alone, so that a killed node leaves nothing behind that needs repair. This module
//! knows no table and never deletes a database.

mod account;
mod cluster;
mod error;
mod layout;
mod locks;
mod process;
mod programs;
mod settings;
mod supervisor;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use account::Account;
pub use error::PostgresError;
pub use layout::create_data_dir;
pub use programs::Programs;

use cluster::Cluster;
use layout::Layout;
use locks::Membership;
use supervisor::Supervisor;

/// The database inside the server that holds everything of MRAOS.
pub const DATABASE: &str = "mraos";

/// The server's superuser, which owns the database and runs migrations.
pub const OWNER: &str = "mraos";

/// What starting an embedded server needs to know.
#[derive(Debug, Clone, Default)]
pub struct EmbeddedOptions {
    /// The product's data directory; the server lives in its `postgres` subdirectory.
    pub data_dir: PathBuf,
    /// Where `initdb` and `postgres` are; searched for when absent.
    pub bin_dir: Option<PathBuf>,
    /// Which user the server runs as when `mraos` itself runs as root.
    pub run_as_user: Option<String>,
}

/// What became of the server when this node left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// This node was the last one: the server has been stopped.
    Stopped,
    /// Other nodes still use the server: it goes on.
    LeftRunning,
}

/// A membership in a running private server; dropping it leaves, like [`EmbeddedPostgres::stop`].
///
/// Every function here blocks: call them from `spawn_blocking` in asynchronous code.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    cluster: Arc<Cluster>,
    membership: Option<Membership>,
    supervisor: Option<Supervisor>,
}

impl EmbeddedPostgres {
    /// Makes the server run (created, started or joined, whatever it takes) and watches it.
    ///
    /// # Errors
    /// When no suitable programs or user are found, a directory is closed to that user or of
    /// another version, or the server does not start; each names what to do.
    pub fn start(options: &EmbeddedOptions) -> Result<Self, PostgresError> {
        let layout = Layout::prepare(&options.data_dir)?;
        let transition = locks::begin_transition(&layout)?;
        let account = Account::choose(options.run_as_user.as_deref(), &layout)?;
        let programs = Programs::find(options.bin_dir.as_deref(), layout.version()?.as_ref())?;
        layout.hand_over(&account, &programs)?;

        let cluster = Arc::new(Cluster::new(layout, account, programs));
        let membership = Membership::join(cluster.layout())?;
        cluster.ensure_created()?;
        cluster.ensure_running()?;
        drop(transition);

        let supervisor = Supervisor::watch(Arc::clone(&cluster))?;
        Ok(Self { cluster, membership: Some(membership), supervisor: Some(supervisor) })
    }

    /// Connection URL of the owner, for migrations and administration.
    #[must_use]
    pub fn owner_url(&self) -> String {
        self.url_as(OWNER)
    }

    /// Connection URL of the given role.
    #[must_use]
    pub fn url_as(&self, role: &str) -> String {
        self.cluster.layout().url_as(role)
    }

    /// The directory that holds the server's unix socket.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        self.cluster.layout().socket_dir()
    }

    /// The server's log file, for messages and for reading.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.cluster.layout().log_file()
    }

    /// The process id of the server that runs now, if one does.
    #[must_use]
    pub fn server_pid(&self) -> Option<i32> {
        process::live_postmaster(&self.cluster.layout().cluster_dir())
    }

    /// Leaves the server; stops it if no other node uses it.
    ///
    /// # Errors
    /// When the server had to be stopped and would not, or its lock cannot be taken.
    pub fn stop(mut self) -> Result<Departure, PostgresError> {
        self.leave()
    }

    fn leave(&mut self) -> Result<Departure, PostgresError> {
        if let Some(supervisor) = self.supervisor.take() {
            supervisor.stop();
        }
        let Some(membership) = self.membership.take() else {
            return Ok(Departure::LeftRunning);
        };
        let _transition = locks::begin_transition(self.cluster.layout())?;
        if !membership.leave_as_last()? {
            return Ok(Departure::LeftRunning);
        }
        self.cluster.stop_server()?;
        Ok(Departure::Stopped)
    }
}

impl Drop for EmbeddedPostgres {
    fn drop(&mut self) {
        if self.membership.is_some()
            && let Err(error) = self.leave()
        {
            tracing::warn!(%error, "the embedded PostgreSQL could not be left in order");
        }
    }
}

/// What is known about an embedded server without touching it.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// The programs that would run it.
    pub programs: Programs,
    /// Who it would run as.
    pub account: Account,
    /// Whether its database has been created.
    pub created: bool,
    /// The owner's connection URL, if the server runs.
    pub running_url: Option<String>,
}

/// Looks whether a server could run, and whether it does, without creating or starting anything.
///
/// # Errors
/// Those of [`EmbeddedPostgres::start`] that can be foreseen.
pub fn inspect(options: &EmbeddedOptions) -> Result<Inspection, PostgresError> {
    let layout = Layout::planned(&options.data_dir)?;
    let account = Account::choose(options.run_as_user.as_deref(), &layout)?;
    let on_disk = layout.version()?;
    let programs = Programs::find(options.bin_dir.as_deref(), on_disk.as_ref())?;
    layout.check_way(&account, &programs)?;
    let running = process::live_postmaster(&layout.cluster_dir()).is_some();
    Ok(Inspection {
        programs,
        account,
        created: on_disk.is_some(),
        running_url: running.then(|| layout.url_as(OWNER)),
    })
}

/// Connection URL of the owner of the server under `data_dir`, if that server runs now.
///
/// # Errors
/// When the data directory cannot be read.
pub fn running_owner_url(data_dir: &Path) -> Result<Option<String>, PostgresError> {
    let layout = Layout::planned(data_dir)?;
    let live = process::live_postmaster(&layout.cluster_dir()).is_some();
    Ok(live.then(|| layout.url_as(OWNER)))
}

/// Whether a database has been created under `data_dir`.
#[must_use]
pub fn exists(data_dir: &Path) -> bool {
    Layout::planned(data_dir)
        .and_then(|layout| layout.version())
        .is_ok_and(|version| version.is_some())
}
