//! Where the server's files are, and whose they are.
//!
//! Everything lies in `<data-dir>/postgres`, which belongs to the server's user: the cluster
//! itself, its log, the lock files and the unix socket. Only when the socket's path would be too
//! long for the system it moves to a short directory that no other user can enter.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::DATABASE;
use super::account::Account;
use super::error::PostgresError;
use super::programs::{ClusterVersion, Programs};

/// Part of the socket's file name; no network port is opened.
pub(super) const PORT: u16 = 5432;

/// Unix socket paths hold 104 bytes on some systems and 108 on others, with a closing zero.
const SOCKET_PATH_MAX_BYTES: usize = 103;

/// The places of one embedded server.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    server_dir: PathBuf,
    socket_dir: PathBuf,
}

impl Layout {
    /// Creates the data directory if need be and lays out the server inside.
    pub(super) fn prepare(data_dir: &Path) -> Result<Self, PostgresError> {
        create_data_dir(data_dir)?;
        Self::at(data_dir)
    }

    /// The layout that [`Layout::prepare`] gives, without creating anything.
    pub(super) fn planned(data_dir: &Path) -> Result<Self, PostgresError> {
        if data_dir.exists() {
            return Self::at(data_dir);
        }
        let absolute = std::path::absolute(data_dir)
            .map_err(PostgresError::file("resolve directory", data_dir))?;
        Ok(Self::inside(&absolute))
    }

    fn at(data_dir: &Path) -> Result<Self, PostgresError> {
        let data_dir =
            data_dir.canonicalize().map_err(PostgresError::file("resolve directory", data_dir))?;
        Ok(Self::inside(&data_dir))
    }

    fn inside(data_dir: &Path) -> Self {
        let server_dir = data_dir.join("postgres");
        let socket_dir = choose_socket_dir(&server_dir);
        Self { server_dir, socket_dir }
    }

    /// Checks the part of the way to the server's directory that exists.
    pub(super) fn check_way(
        &self,
        account: &Account,
        programs: &Programs,
    ) -> Result<(), PostgresError> {
        let existing = self.server_dir.ancestors().find(|place| place.is_dir());
        account.check_access(existing.unwrap_or(Path::new("/")), programs)
    }

    /// Creates the server's directories for its user, and checks that they are that user's.
    pub(super) fn hand_over(
        &self,
        account: &Account,
        programs: &Programs,
    ) -> Result<(), PostgresError> {
        create_private(&self.server_dir, account)?;
        let owner = fs::metadata(&self.server_dir)
            .map_err(PostgresError::file("read directory", &self.server_dir))?
            .uid();
        if owner != account.uid() {
            return Err(PostgresError::WrongOwner {
                directory: self.server_dir.clone(),
                owner,
                user: account.name().to_owned(),
            });
        }
        account.check_access(&self.server_dir, programs)?;
        create_private(&self.socket_dir, account)?;
        self.check_socket_dir(account)
    }

    /// The short directory lies where everyone may write, so it may have been laid as a trap.
    fn check_socket_dir(&self, account: &Account) -> Result<(), PostgresError> {
        let found = fs::symlink_metadata(&self.socket_dir)
            .map_err(PostgresError::file("read directory", &self.socket_dir))?;
        let finding = if !found.is_dir() {
            "is not a directory".to_owned()
        } else if found.uid() != account.uid() {
            format!("belongs to user id {} instead of {}", found.uid(), account.name())
        } else if found.mode() & 0o077 != 0 {
            format!("is open to other users (mode {:o})", found.mode() & 0o777)
        } else {
            return Ok(());
        };
        Err(PostgresError::SocketDirectory { directory: self.socket_dir.clone(), finding })
    }

    /// Version of the cluster on disk, if there is one.
    pub(super) fn version(&self) -> Result<Option<ClusterVersion>, PostgresError> {
        let cluster_dir = self.cluster_dir();
        let path = cluster_dir.join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(version) => {
                Ok(Some(ClusterVersion { cluster_dir, major: version.trim().to_owned() }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(PostgresError::file("read", &path)(error)),
        }
    }

    pub(super) fn server_dir(&self) -> &Path {
        &self.server_dir
    }

    pub(super) fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// Leaves nothing outside the data directory behind; an empty directory is no loss.
    pub(super) fn remove_short_socket_dir(&self) {
        if !self.socket_dir.starts_with(&self.server_dir) {
            let _ = fs::remove_dir(&self.socket_dir);
        }
    }

    /// What PostgreSQL calls its data directory.
    pub(super) fn cluster_dir(&self) -> PathBuf {
        self.server_dir.join("data")
    }

    /// Outside the server's directory, since it is needed before that exists.
    pub(super) fn transition_lock(&self) -> PathBuf {
        self.server_dir.with_extension("lock")
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.socket_dir.join(format!(".s.PGSQL.{PORT}"))
    }

    pub(super) fn socket_lock(&self) -> PathBuf {
        self.socket_dir.join(format!(".s.PGSQL.{PORT}.lock"))
    }

    pub(super) fn log_file(&self) -> PathBuf {
        self.server_dir.join("server.log")
    }

    pub(super) fn url_as(&self, role: &str) -> String {
        let host = percent_encode(self.socket_dir.as_os_str().as_bytes());
        format!("postgresql:///{DATABASE}?host={host}&port={PORT}&user={role}")
    }
}

/// Creates the data directory and what is missing above it. Others may pass through, since the
/// server may run as another user, but see no names; a strict umask does not change that.
///
/// # Errors
/// When it cannot be created.
pub fn create_data_dir(data_dir: &Path) -> Result<(), PostgresError> {
    let is_missing = |place: &&Path| !place.as_os_str().is_empty() && !place.exists();
    let missing: Vec<&Path> = data_dir.ancestors().take_while(is_missing).collect();
    fs::create_dir_all(data_dir).map_err(PostgresError::file("create directory", data_dir))?;
    for created in missing {
        fs::set_permissions(created, Permissions::from_mode(0o711))
            .map_err(PostgresError::file("open directory", created))?;
    }
    Ok(())
}

fn choose_socket_dir(server_dir: &Path) -> PathBuf {
    let beside = server_dir.join("run");
    let socket_bytes = beside.as_os_str().len() + format!("/.s.PGSQL.{PORT}.lock").len();
    if socket_bytes <= SOCKET_PATH_MAX_BYTES {
        return beside;
    }
    let digest = Sha256::digest(server_dir.as_os_str().as_bytes());
    let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    PathBuf::from(format!("/tmp/mraos-{name}"))
}

fn create_private(directory: &Path, account: &Account) -> Result<(), PostgresError> {
    match DirBuilder::new().mode(0o700).create(directory) {
        Ok(()) => account.own(directory),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(PostgresError::file("create directory", directory)(error)),
    }
}

fn percent_encode(bytes: &[u8]) -> String {
    let encode = |&byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    bytes.iter().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_moves_the_socket_to_a_short_one_of_its_own() {
        let near = Path::new("/srv/mraos/postgres");
        assert_eq!(choose_socket_dir(near), near.join("run"));
        let deep = |name: &str| PathBuf::from(format!("/{}/{name}", "long".repeat(40)));
        let one = choose_socket_dir(&deep("one"));
        assert!(one.as_os_str().len() < 40, "{}", one.display());
        assert_eq!(one, choose_socket_dir(&deep("one")));
        assert_ne!(one, choose_socket_dir(&deep("two")));
    }

    #[test]
    fn urls_survive_unusual_directory_names() {
        let layout = Layout {
            server_dir: PathBuf::from("/srv/a b&c"),
            socket_dir: PathBuf::from("/srv/a b&c/run"),
        };
        assert_eq!(
            layout.url_as("mraos"),
            "postgresql:///mraos?host=/srv/a%20b%26c/run&port=5432&user=mraos"
        );
    }
}
