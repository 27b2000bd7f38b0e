//! The private PostgreSQL that every contender shares.
//!
//! One throw-away cluster on a unix socket, fsync on, with the settings of the server that MRAOS
//! starts for itself, so that rival and product meet the same machine. It never listens on TCP and
//! never outlives the run: dropping it stops the server and removes its directory.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio_postgres::{Client, Config, NoTls};

/// The embedded server's settings, and no others: neither side gets a tuning of its own.
const SETTINGS: [&str; 15] = [
    "listen_addresses=",
    "max_connections=100",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "wal_buffers=16MB",
    "min_wal_size=256MB",
    "max_wal_size=4GB",
    "checkpoint_timeout=15min",
    "wal_compression=lz4",
    "random_page_cost=1.1",
    "jit=off",
    "autovacuum_naptime=10s",
    "autovacuum_vacuum_cost_delay=2ms",
    "autovacuum_vacuum_cost_limit=400",
];
/// Counts and times statements, which itself costs a few per cent.
const STATEMENT_STATISTICS: &str = "shared_preload_libraries=pg_stat_statements";
const SUPERUSER: &str = "bench";
const PORT: u16 = 5432;

/// A running throw-away server.
pub(crate) struct PrivatePostgres {
    server: Child,
    pid: u32,
    directory: TempDir,
}

/// The account that the server runs as, when this program may not.
#[derive(Clone, Copy)]
struct Account {
    uid: u32,
    gid: u32,
}

impl PrivatePostgres {
    /// Creates a cluster below `parent`, starts it and waits until it answers.
    pub(crate) async fn start(parent: &Path, with_statistics: bool) -> Result<Self> {
        let programs = find_programs()?;
        let account = unprivileged_account()?;
        let directory = tempfile::Builder::new()
            .prefix("mraos-bench-")
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir_in(parent)
            .with_context(|| format!("cannot create a directory in {}", parent.display()))?;
        let cluster = directory.path().join("pg");
        fs::create_dir(&cluster)?;
        if let Some(Account { uid, gid }) = account {
            chown(&cluster, Some(uid), Some(gid))?;
        }
        initialise(&programs, account, &cluster).await?;
        let mut command = Command::new(programs.join("postgres"));
        command.arg("-D").arg(cluster.join("data")).arg("-k").arg(&cluster);
        let statistics = with_statistics.then(|| STATEMENT_STATISTICS.to_owned());
        let settings = SETTINGS.map(str::to_owned).into_iter();
        for setting in settings.chain(memory_settings()?).chain(statistics) {
            command.args(["-c", &setting]);
        }
        let log = fs::File::create(directory.path().join("postgres.log"))?;
        command.stdout(log.try_clone()?).stderr(log);
        let server = run_as(&mut command, account, &cluster).spawn()?;
        let pid = server.id().context("PostgreSQL ended at once")?;
        let started = Self { server, pid, directory };
        started.wait_until_ready().await?;
        Ok(started)
    }

    /// The postmaster.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// The directory that is removed with the server.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Where the unix socket lies.
    pub(crate) fn socket_directory(&self) -> PathBuf {
        self.directory.path().join("pg")
    }

    /// A connection string for another program.
    pub(crate) fn url(&self, database: &str) -> String {
        let socket = self.socket_directory().display().to_string().replace('/', "%2F");
        format!("postgresql://{SUPERUSER}@{socket}:{PORT}/{database}")
    }

    /// Opens a connection of the benchmark's own.
    pub(crate) async fn connect(&self, database: &str) -> Result<Client> {
        let (client, connection) = Config::new()
            .host_path(self.socket_directory())
            .port(PORT)
            .user(SUPERUSER)
            .dbname(database)
            .application_name("mraos-bench")
            .connect(NoTls)
            .await
            .with_context(|| format!("cannot connect to database `{database}`"))?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// `pgbench` aimed at `database`.
    pub(crate) fn pgbench(&self, database: &str) -> Command {
        let mut command = Command::new("pgbench");
        command
            .arg("-h")
            .arg(self.socket_directory())
            .args(["-p", &PORT.to_string(), "-U", SUPERUSER, "-d", database])
            .kill_on_drop(true);
        command
    }

    /// What `--version` of the running server says.
    pub(crate) async fn version(&self) -> Result<String> {
        let client = self.connect("postgres").await?;
        Ok(client.query_one("show server_version", &[]).await?.get(0))
    }

    async fn wait_until_ready(&self) -> Result<()> {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        loop {
            let Err(error) = self.connect("postgres").await else {
                return Ok(());
            };
            if tokio::time::Instant::now() > deadline {
                let log = fs::read_to_string(self.directory.path().join("postgres.log"));
                bail!("PostgreSQL did not answer: {error:#}\n{}", log.unwrap_or_default());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        // SIGINT is a fast shutdown; its directory may go only when it has ended.
        if let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) {
            let _already_gone = kill_process(pid, Signal::INT);
        }
        for _ in 0..500 {
            if matches!(self.server.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _already_gone = self.server.start_kill();
    }
}

async fn initialise(programs: &Path, account: Option<Account>, cluster: &Path) -> Result<()> {
    let mut command = Command::new(programs.join("initdb"));
    command.arg("-D").arg(cluster.join("data")).args([
        "-U",
        SUPERUSER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]);
    let output = run_as(&mut command, account, cluster).output().await?;
    if !output.status.success() {
        bail!("initdb failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// The share of memory that the embedded server takes, too.
fn memory_settings() -> Result<[String; 2]> {
    let memory = fs::read_to_string("/proc/meminfo").context("cannot read /proc/meminfo")?;
    let total_kib: u64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok())
        .context("/proc/meminfo has no MemTotal")?;
    let total_mib = total_kib / 1_024;
    Ok([
        format!("shared_buffers={}MB", (total_mib / 4).clamp(64, 8_192)),
        format!("effective_cache_size={}MB", (total_mib / 2).max(128)),
    ])
}

/// Sets the account and a directory that it may enter.
fn run_as<'a>(
    command: &'a mut Command,
    account: Option<Account>,
    directory: &Path,
) -> &'a mut Command {
    command.current_dir(directory).kill_on_drop(true);
    match account {
        Some(Account { uid, gid }) => command.uid(uid).gid(gid),
        None => command,
    }
}

/// The directory with `initdb` and `postgres`: Debian's newest, else the search path's.
#[expect(clippy::disallowed_methods, reason = "the search path is no setting of the product")]
fn find_programs() -> Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .max()
        .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    let on_path = std::env::var_os("PATH")
        .into_iter()
        .flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    newest
        .into_iter()
        .chain(on_path)
        .find(|directory| ["initdb", "postgres"].iter().all(|name| directory.join(name).exists()))
        .context("no PostgreSQL server programs found; run `make setup`")
}

/// PostgreSQL refuses to run as root: then the account `postgres` is used.
fn unprivileged_account() -> Result<Option<Account>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd")?;
    let mut fields = accounts
        .lines()
        .find(|line| line.starts_with("postgres:"))
        .context("running as root needs an account `postgres`; run `make setup`")?
        .split(':')
        .skip(2)
        .map(str::parse);
    match (fields.next(), fields.next()) {
        (Some(Ok(uid)), Some(Ok(gid))) => Ok(Some(Account { uid, gid })),
        _ => bail!("the entry of `postgres` in /etc/passwd has no numeric ids"),
    }
}
