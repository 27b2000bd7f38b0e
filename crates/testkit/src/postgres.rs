//! A private PostgreSQL per test process, and a fresh, migrated database per test.
//!
//! The same embedded server that users get. A static is never dropped, so a watching shell stops
//! the server and removes its directory when the process ends, however it ends.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use mraos::postgres::{EmbeddedOptions, EmbeddedPostgres};
use mraos_store::ConnectOptions;

/// The server of this test process.
pub struct TestPostgres {
    server: Mutex<Option<EmbeddedPostgres>>,
    owner_url: String,
    directory: PathBuf,
    _watch: Child,
}

/// Waits for its input to close, which happens when the test process ends; the data is throw-away,
/// so losing it is no loss.
const STOP_AT_END: &str = r#"
cat >/dev/null
lock="$1/postgres/data/postmaster.pid"
if pid=$(head -n 1 "$lock" 2>/dev/null) && kill -INT "$pid"; then
    tries=100
    while [ -e "$lock" ] && [ $tries -gt 0 ]; do
        sleep 0.05
        tries=$((tries - 1))
    done
fi
rm -rf "$1"
"#;

static SERVER: OnceLock<TestPostgres> = OnceLock::new();

impl TestPostgres {
    /// The running server; started on first use.
    pub fn shared() -> &'static Self {
        SERVER.get_or_init(|| {
            let dir = tempfile::Builder::new().prefix("mraos-test-").tempdir().unwrap().keep();
            open_to_all(&dir);
            let watch = stop_at_end(&dir);
            let options = EmbeddedOptions { data_dir: dir.clone(), ..EmbeddedOptions::default() };
            let server = EmbeddedPostgres::start(&options).unwrap();
            let owner_url = server.owner_url();
            Self { server: Mutex::new(Some(server)), owner_url, directory: dir, _watch: watch }
        })
    }

    /// The process id of the server.
    pub fn server_pid(&self) -> Option<i32> {
        self.server.lock().unwrap().as_ref()?.server_pid()
    }

    /// A fresh database with the whole schema.
    pub async fn create_database(&self) -> Database {
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        let admin = connect(&self.owner_url).await;
        admin.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        let url = format!("{} dbname={name}", as_key_values(&self.owner_url));
        let options = ConnectOptions::parse(&url, 4).unwrap();
        mraos_store::migrate(&options).await.unwrap();
        Database { url, options, directory: self.directory.clone() }
    }
}

/// A database of a test.
pub struct Database {
    /// Connection string of the owner.
    pub url: String,
    /// The same, parsed.
    pub options: ConnectOptions,
    /// For files beside the database; removed when the test process ends.
    pub directory: PathBuf,
}

impl Database {
    /// A session as the owner, for looking behind the scenes and for tampering.
    pub async fn owner(&self) -> tokio_postgres::Client {
        connect(&self.url).await
    }
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Key-value form of a URL, to which a database name can be added.
fn as_key_values(url: &str) -> String {
    let config: tokio_postgres::Config = url.parse().unwrap();
    let host = match &config.get_hosts()[0] {
        tokio_postgres::config::Host::Unix(path) => path.display().to_string(),
        tokio_postgres::config::Host::Tcp(name) => name.clone(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let user = config.get_user().unwrap_or("mraos");
    format!("host={host} port={port} user={user}")
}

fn stop_at_end(data_dir: &Path) -> Child {
    // A group of its own: an interrupt from the terminal ends the tests, not the cleaning up.
    Command::new("sh")
        .args(["-c", STOP_AT_END, "sh"])
        .arg(data_dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap()
}

/// The server may run as another user, who has to reach its directory.
fn open_to_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}
