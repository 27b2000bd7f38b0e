//! Finds the server programs of an installed PostgreSQL.
//!
//! Looked for are directories with both `initdb` and `postgres`: the configured one alone, or the
//! search path and the places where distributions put them. The newest usable version wins, unless
//! a cluster on disk asks for its own. Nothing is ever downloaded or installed here.

use std::path::{Path, PathBuf};
use std::process::Command;

use mraos_store::probe::OLDEST_MAJOR;

use super::error::PostgresError;

/// Directories that hold one subdirectory per installed version, with what follows the version.
const VERSIONED_PARENTS: [(&str, &str, &str); 4] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
];

/// A cluster that exists already, which only programs of its own version can run.
#[derive(Debug, Clone)]
pub(super) struct ClusterVersion {
    pub(super) cluster_dir: PathBuf,
    pub(super) major: String,
}

/// One installed PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    bin_dir: PathBuf,
    major: u32,
}

impl Programs {
    /// The newest usable programs, or those that fit the cluster on disk.
    pub(super) fn find(
        bin_dir: Option<&Path>,
        on_disk: Option<&ClusterVersion>,
    ) -> Result<Self, PostgresError> {
        let directories = match bin_dir {
            Some(directory) => vec![directory.to_owned()],
            None => default_directories(),
        };
        let mut installed: Vec<Self> =
            directories.iter().filter_map(|directory| Self::inspect(directory)).collect();
        installed.sort_by_key(|programs| std::cmp::Reverse(programs.major));
        Self::select(installed, on_disk, &directories)
    }

    fn select(
        newest_first: Vec<Self>,
        on_disk: Option<&ClusterVersion>,
        searched: &[PathBuf],
    ) -> Result<Self, PostgresError> {
        let found = list(newest_first.iter().map(|programs| programs.major.to_string()));
        let Some(newest) = newest_first.first() else {
            let searched = list(searched.iter().map(|path| format!("`{}`", path.display())));
            return Err(PostgresError::ProgramsMissing { searched });
        };
        if newest.major < OLDEST_MAJOR {
            return Err(PostgresError::ProgramsTooOld { found });
        }
        let Some(on_disk) = on_disk else {
            return Ok(newest.clone());
        };
        let fits = |programs: &Self| programs.major.to_string() == on_disk.major;
        newest_first.into_iter().find(fits).ok_or_else(|| PostgresError::VersionMismatch {
            cluster_dir: on_disk.cluster_dir.clone(),
            on_disk: on_disk.major.clone(),
            found,
        })
    }

    fn inspect(directory: &Path) -> Option<Self> {
        // The search path may hold links into the real directory, whose neighbours we need too.
        let server = directory.join("postgres").canonicalize().ok()?;
        let bin_dir = server.parent()?.to_owned();
        if !bin_dir.join("initdb").exists() {
            return None;
        }
        let output = Command::new(&server).arg("--version").output().ok()?;
        let major = parse_major(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { bin_dir, major })
    }

    /// Where the programs are.
    #[must_use]
    pub fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    /// Their major version.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.bin_dir.join(name)
    }
}

/// The version in the output of `postgres --version`, such as `postgres (PostgreSQL) 15.18 (…)`.
fn parse_major(version_line: &str) -> Option<u32> {
    let version = version_line.split_once("(PostgreSQL)")?.1.trim_start();
    let digits = version.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[expect(clippy::disallowed_methods, reason = "the search path of programs is no setting of ours")]
fn default_directories() -> Vec<PathBuf> {
    let mut directories: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).filter(|entry| entry.is_absolute()).collect())
        .unwrap_or_default();
    for (parent, prefix, suffix) in VERSIONED_PARENTS {
        let Ok(entries) = std::fs::read_dir(parent) else {
            continue;
        };
        let versions = entries.flatten().filter(|entry| {
            let name = entry.file_name();
            let version = name.to_str().and_then(|name| name.strip_prefix(prefix));
            version.is_some_and(|version| version.parse::<u32>().is_ok())
        });
        directories.extend(versions.map(|entry| entry.path().join(suffix)));
    }
    directories.push(PathBuf::from("/usr/local/pgsql/bin"));
    directories.retain(|directory| directory.is_dir());
    directories.dedup();
    directories
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs(major: u32) -> Programs {
        Programs { bin_dir: PathBuf::from(format!("/opt/{major}/bin")), major }
    }

    #[test]
    fn reads_the_major_version_of_releases_and_previews() {
        assert_eq!(parse_major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(parse_major("something else\n"), None);
    }

    fn cluster(major: &str) -> ClusterVersion {
        ClusterVersion { cluster_dir: PathBuf::from("/srv/data"), major: major.to_owned() }
    }

    #[test]
    fn a_new_cluster_takes_the_newest_and_an_old_one_its_own() {
        let installed = vec![programs(17), programs(15)];
        let newest = Programs::select(installed.clone(), None, &[]).unwrap();
        assert_eq!(newest.major(), 17);
        let own = Programs::select(installed.clone(), Some(&cluster("15")), &[]).unwrap();
        assert_eq!(own.major(), 15);
        let other = Programs::select(installed, Some(&cluster("16")), &[]).unwrap_err();
        assert!(matches!(other, PostgresError::VersionMismatch { .. }), "{other}");
    }

    #[test]
    fn none_or_too_old_says_what_was_searched_or_found() {
        let searched = [PathBuf::from("/opt/empty")];
        let none = Programs::select(Vec::new(), None, &searched).unwrap_err();
        assert!(none.to_string().contains("`/opt/empty`"), "{none}");
        let old = Programs::select(vec![programs(14)], None, &searched).unwrap_err();
        assert!(old.to_string().contains("version 14"), "{old}");
    }
}
