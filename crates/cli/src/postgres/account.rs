//! As whom the server runs: the user of this process, or another one when this process is root.
//!
//! PostgreSQL refuses to run as root, so root hands the server's directory to an ordinary user.
//! Whether that user gets at a directory is tried out as that user, not computed from mode bits.
//! Nothing here creates users or changes directories that it does not own.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::PostgresError;
use super::layout::Layout;
use super::programs::Programs;

/// The user that PostgreSQL's own packages create.
const DEFAULT_USER: &str = "postgres";

/// A user to run the server as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    name: String,
    uid: u32,
    gid: u32,
    /// Whether programs must change to this user before they run.
    switch: bool,
}

impl Account {
    /// The user of this process, or for root: the configured one, the owner of a server directory
    /// that exists already, or `postgres`.
    pub(super) fn choose(configured: Option<&str>, layout: &Layout) -> Result<Self, PostgresError> {
        let uid = rustix::process::geteuid();
        if !uid.is_root() {
            let gid = rustix::process::getegid();
            let name = format!("user id {}", uid.as_raw());
            return Ok(Self { name, uid: uid.as_raw(), gid: gid.as_raw(), switch: false });
        }
        let owner = std::fs::metadata(layout.server_dir()).map_or(0, |found| found.uid());
        match configured {
            Some(name) => Self::by_name(name),
            None if owner != 0 => Self::by_name(&owner.to_string()),
            None => Self::by_name(DEFAULT_USER),
        }
    }

    /// Looks a user up through `id`, which knows every directory service the system knows.
    fn by_name(name: &str) -> Result<Self, PostgresError> {
        let missing = || PostgresError::AccountMissing { user: name.to_owned() };
        let uid: u32 = query_id("-u", name).ok_or_else(missing)?.parse().map_err(|_| missing())?;
        let gid: u32 = query_id("-g", name).ok_or_else(missing)?.parse().map_err(|_| missing())?;
        if uid == 0 {
            return Err(PostgresError::AccountIsRoot { user: name.to_owned() });
        }
        let name = query_id("-un", name).unwrap_or_else(|| name.to_owned());
        Ok(Self { name, uid, gid, switch: true })
    }

    /// The user's name, or number where the name does not matter.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn uid(&self) -> u32 {
        self.uid
    }

    /// Gives a file or directory to this user, if this process may.
    pub(super) fn own(&self, path: &Path) -> Result<(), PostgresError> {
        if !self.switch {
            return Ok(());
        }
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))
            .map_err(PostgresError::file("change the owner of", path))
    }

    /// A command that runs as this user, away from our terminal and without our environment, which
    /// may hold secrets.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C");
        command.stdin(Stdio::null()).process_group(0).current_dir("/");
        if self.switch {
            command.gid(self.gid).uid(self.uid);
        }
        command
    }

    /// Checks that this user gets into every directory down to `directory`, and can run `programs`.
    pub(super) fn check_access(
        &self,
        directory: &Path,
        programs: &Programs,
    ) -> Result<(), PostgresError> {
        if !self.switch {
            return Ok(());
        }
        let server = programs.program("postgres");
        let enter = |place: &Path| {
            self.command(&server)
                .arg("--version")
                .current_dir(place)
                .stdout(Stdio::null())
                .status()
                .map(drop)
        };
        enter(Path::new("/")).map_err(|source| PostgresError::ProgramClosed {
            program: server.clone(),
            user: self.name.clone(),
            source,
        })?;
        let is_closed = |place: &Path| {
            enter(place).is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
        };
        if !is_closed(directory) {
            return Ok(());
        }
        let mut outermost_first: Vec<&Path> = directory.ancestors().collect();
        outermost_first.reverse();
        let closed = outermost_first.into_iter().find(|place| is_closed(place));
        Err(PostgresError::DirectoryClosed {
            directory: closed.unwrap_or(directory).to_owned(),
            user: self.name.clone(),
        })
    }
}

fn query_id(option: &str, name: &str) -> Option<String> {
    let output = Command::new("id").arg(option).arg("--").arg(name).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !answer.is_empty()).then_some(answer)
}
