//! The erasure ledger: a file outside the database and its backups that says who was erased.
//!
//! One line of JSON per person, forced to disk before an erasure is answered. A database that
//! comes from an older copy is brought up to it by the next start. Holds ids and times, no names;
//! the time of registration keeps an entry from being taken for somebody else's.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use jiff::Timestamp;
use mraos_store::erasure::Registration;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Id of the operator.
    pub(crate) operator_id: String,
    /// When the operator was registered.
    pub(crate) registered_at: Timestamp,
    /// When the person was erased.
    pub(crate) erased_at: Timestamp,
}

impl Entry {
    /// Whether the entry is about this registration.
    pub(crate) fn is_about(&self, registration: &Registration) -> bool {
        self.operator_id == registration.operator_id
            && self.registered_at == registration.registered_at
    }
}

/// The ledger of an installation.
#[derive(Debug)]
pub(crate) struct Ledger {
    file: PathBuf,
    /// One writer at a time; what others wrote is read before.
    writing: Mutex<()>,
}

impl Ledger {
    pub(crate) fn new(file: PathBuf) -> Self {
        Self { file, writing: Mutex::new(()) }
    }

    /// Every entry. A line that was cut off by a crash was never answered and does not count.
    pub(crate) fn read(&self) -> Result<Vec<Entry>, AppError> {
        let text = match fs::read_to_string(&self.file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.unusable(&error)),
        };
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let lines = whole.lines().enumerate().filter(|(_, line)| !line.is_empty());
        lines
            .map(|(index, line)| {
                let wrong = |error: serde_json::Error| {
                    self.unusable(&format!("line {}: {error}", index + 1))
                };
                serde_json::from_str(line).map_err(wrong)
            })
            .collect()
    }

    /// Finds out whether an erasure could be noted, before anything is erased.
    pub(crate) fn check_writable(&self) -> Result<(), AppError> {
        self.open().map(drop).map_err(|error| self.unusable(&error))
    }

    /// Adds those who are missing and forces them to disk; how many were missing.
    pub(crate) fn note(&self, erased: &[Registration]) -> Result<usize, AppError> {
        let _one_at_a_time = self.writing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let known = self.read()?;
        let mut lines = String::new();
        let mut added = 0;
        for registration in erased {
            let Some(erased_at) = registration.erased_at else { continue };
            if known.iter().any(|entry| entry.is_about(registration)) {
                continue;
            }
            let entry = Entry {
                operator_id: registration.operator_id.clone(),
                registered_at: registration.registered_at,
                erased_at,
            };
            lines += &serde_json::to_string(&entry).map_err(|error| self.unusable(&error))?;
            lines.push('\n');
            added += 1;
        }
        if added > 0 {
            self.append(&lines).map_err(|error| self.unusable(&error))?;
        }
        Ok(added)
    }

    fn append(&self, lines: &str) -> io::Result<()> {
        let mut file = self.open()?;
        cut_torn_line(&mut file)?;
        file.write_all(lines.as_bytes())?;
        file.sync_all()?;
        // The name of a new file is only safe with its directory.
        File::open(self.directory())?.sync_all()
    }

    fn open(&self) -> io::Result<File> {
        fs::create_dir_all(self.directory())?;
        OpenOptions::new().read(true).append(true).create(true).open(&self.file)
    }

    fn directory(&self) -> &Path {
        let parent = self.file.parent().filter(|parent| !parent.as_os_str().is_empty());
        parent.unwrap_or(Path::new("."))
    }

    fn unusable(&self, cause: &dyn std::fmt::Display) -> AppError {
        AppError::LedgerUnusable(format!(
            "the erasure ledger `{}` cannot be used: {cause}",
            self.file.display()
        ))
    }
}

/// Takes off what a crash has left of a last line.
fn cut_torn_line(file: &mut File) -> io::Result<()> {
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut text)?;
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    if whole < text.len() {
        file.set_len(whole as u64)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn registration(id: &str) -> Registration {
        Registration {
            operator_id: id.to_owned(),
            registered_at: "2026-03-02T06:00:00.123456Z".parse().unwrap(),
            erased_at: Some("2026-11-29T12:00:00Z".parse().unwrap()),
        }
    }

    fn fresh() -> (PathBuf, Ledger) {
        let name = format!("mraos-ledger-{}", uuid::Uuid::new_v4());
        let directory = std::env::temp_dir().join(name);
        (directory.clone(), Ledger::new(directory.join("deep/ledger.jsonl")))
    }

    #[test]
    fn everybody_is_noted_once_and_a_torn_line_is_mended() {
        let (directory, ledger) = fresh();
        assert!(ledger.read().unwrap().is_empty());
        assert_eq!(ledger.note(&[registration("O-1")]).unwrap(), 1);
        let file = directory.join("deep/ledger.jsonl");
        let mut torn = OpenOptions::new().append(true).open(&file).unwrap();
        torn.write_all(b"{\"operator_id\":\"O-").unwrap();
        assert_eq!(ledger.note(&[registration("O-1"), registration("O-2")]).unwrap(), 1);
        let ids: Vec<String> =
            ledger.read().unwrap().into_iter().map(|entry| entry.operator_id).collect();
        assert_eq!(ids, ["O-1", "O-2"]);
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn an_entry_is_about_one_registration_only() {
        let (directory, ledger) = fresh();
        ledger.note(&[registration("O-1")]).unwrap();
        let entry = ledger.read().unwrap().pop().unwrap();
        assert!(entry.is_about(&registration("O-1")));
        let registered_at = "2026-03-02T06:00:00.123457Z".parse().unwrap();
        let again = Registration { registered_at, ..registration("O-1") };
        assert!(!entry.is_about(&again), "the same id in another database is somebody else");
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_names_the_line() {
        let (directory, ledger) = fresh();
        ledger.note(&[registration("O-1")]).unwrap();
        let file = directory.join("deep/ledger.jsonl");
        let mut spoilt = OpenOptions::new().append(true).open(&file).unwrap();
        spoilt.write_all(b"nonsense\n").unwrap();
        let error = ledger.read().unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("ledger.jsonl"), "{error}");
        fs::remove_dir_all(directory).unwrap();
    }
}
