//! Everything that can go wrong with the embedded server, in words for who runs the machine.
//!
//! Each message names the value, the rule it breaks and what to do about it. Variants are separate
//! where the doctor or a test tells them apart; nothing here formats source code positions.

use std::io;
use std::path::{Path, PathBuf};

use mraos_store::probe::OLDEST_MAJOR;

/// Why the embedded PostgreSQL is not available.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresError {
    /// No directory with the server programs was found.
    #[error(
        "no PostgreSQL server programs (`initdb`, `postgres`, version {OLDEST_MAJOR} or newer) in \
         {searched}; install them (Debian, Ubuntu: `apt-get install postgresql`), set \
         `database.bin_dir` to where they are, or set `database.url` to a server of your own"
    )]
    ProgramsMissing {
        /// Where was looked.
        searched: String,
    },
    /// Programs were found, but none of a usable version.
    #[error(
        "the PostgreSQL programs found are of version {found}, and `mraos` needs {OLDEST_MAJOR} \
         or newer; install a newer server or set `database.url`"
    )]
    ProgramsTooOld {
        /// The versions found.
        found: String,
    },
    /// The server lacks extensions that the schema uses.
    #[error(
        "PostgreSQL {major} in `{bin_dir}` lacks the extensions {missing}; install its contrib \
         package (Debian, Ubuntu: part of `postgresql-{major}`; Fedora: `postgresql-contrib`)"
    )]
    ContribMissing {
        /// Names of the extensions.
        missing: String,
        /// Major version of the programs.
        major: u32,
        /// Where the programs are.
        bin_dir: PathBuf,
    },
    /// The cluster on disk was made by another major version than the programs found.
    #[error(
        "`{cluster_dir}` was made by PostgreSQL {on_disk}, and the programs found are of version \
         {found}; install PostgreSQL {on_disk}, point `database.bin_dir` at it, or migrate the \
         directory with `pg_upgrade`"
    )]
    VersionMismatch {
        /// The cluster's directory.
        cluster_dir: PathBuf,
        /// Version that the directory says it has.
        on_disk: String,
        /// Versions of the programs found.
        found: String,
    },
    /// Started as root, and there is no user to run the server as.
    #[error(
        "PostgreSQL refuses to run as root and there is no user `{user}` to run it as; create one \
         (`useradd --system --user-group --shell /usr/sbin/nologin {user}`), name another in \
         `database.run_as_user`, or start `mraos` as an ordinary user"
    )]
    AccountMissing {
        /// The user looked for.
        user: String,
    },
    /// The user to run the server as is root itself.
    #[error(
        "`database.run_as_user` is `{user}`, which is root, and PostgreSQL refuses to run as root; \
         name an ordinary user"
    )]
    AccountIsRoot {
        /// The user configured.
        user: String,
    },
    /// The server's directory belongs to someone else.
    #[error(
        "`{directory}` belongs to user id {owner}, and the server would run as {user}; start \
         `mraos` as its owner or as root, or hand it over with `chown -R {user} {directory}`"
    )]
    WrongOwner {
        /// The server's directory.
        directory: PathBuf,
        /// Who owns it.
        owner: u32,
        /// Who the server would run as.
        user: String,
    },
    /// A directory on the way to the data cannot be entered by the server's user.
    #[error(
        "directory `{directory}` is closed to user `{user}`, as whom the embedded PostgreSQL runs \
         because `mraos` was started as root; open it with `chmod o+x {directory}`, choose \
         another `--data-dir`, or set `database.url`"
    )]
    DirectoryClosed {
        /// The outermost closed directory.
        directory: PathBuf,
        /// The server's user.
        user: String,
    },
    /// The server's user cannot run the programs.
    #[error("user `{user}` cannot run `{program}`: {source}; make it executable for that user")]
    ProgramClosed {
        /// The program tried.
        program: PathBuf,
        /// The server's user.
        user: String,
        /// What the system says.
        source: io::Error,
    },
    /// The short directory for the socket is not safe to use.
    #[error(
        "socket directory `{directory}` {finding}; remove it, or choose a `--data-dir` with a \
         shorter path so that the socket fits inside"
    )]
    SocketDirectory {
        /// The directory.
        directory: PathBuf,
        /// What is wrong with it.
        finding: String,
    },
    /// A program of PostgreSQL failed.
    #[error("`{program}` failed ({status}): {output}")]
    ProgramFailed {
        /// Name of the program.
        program: &'static str,
        /// How it ended.
        status: String,
        /// The end of what it wrote.
        output: String,
    },
    /// The server ended while it started.
    #[error(
        "the embedded PostgreSQL did not start ({status}); the end of `{log_file}`: {log_tail}"
    )]
    StartFailed {
        /// How it ended.
        status: String,
        /// Its log.
        log_file: PathBuf,
        /// The last lines of its log.
        log_tail: String,
    },
    /// Something took longer than it ever should.
    #[error("gave up after {seconds} s while {action}; see `{log_file}`")]
    TimedOut {
        /// What was waited for.
        action: &'static str,
        /// How long.
        seconds: u64,
        /// The server's log.
        log_file: PathBuf,
    },
    /// A file operation failed.
    #[error("cannot {action} `{path}`: {source}")]
    File {
        /// What was tried.
        action: &'static str,
        /// With which file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl PostgresError {
    pub(super) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
