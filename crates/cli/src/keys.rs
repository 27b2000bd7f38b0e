//! The master key: 32 bytes from the settings or from a file that is created on first use.
//!
//! Everything secret in the database hangs on this key, so it is never replaced in silence: where
//! a database exists already, a missing key file is an error. Only the bytes are delivered here;
//! what they encrypt and sign is the application's business.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rand::TryRng as _;
use rand::rngs::SysRng;

use crate::config::{KeySettings, Secret};

/// Length of the master key.
pub const MASTER_KEY_BYTES: usize = 32;

/// The key from which all others are derived; its `Debug` output does not contain it.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey([u8; MASTER_KEY_BYTES]);

impl MasterKey {
    /// The key itself.
    #[must_use]
    pub fn bytes(&self) -> &[u8; MASTER_KEY_BYTES] {
        &self.0
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MasterKey(…)")
    }
}

/// Why there is no usable master key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The key in the settings is not a key.
    #[error(
        "setting `keys.master` is not {MASTER_KEY_BYTES} bytes in base64; make one with \
         `head -c {MASTER_KEY_BYTES} /dev/urandom | base64`"
    )]
    Setting,
    /// The key file has another length.
    #[error("key file `{path}` holds {length} bytes instead of {MASTER_KEY_BYTES}; restore it")]
    Length {
        /// The file.
        path: PathBuf,
        /// What it holds.
        length: usize,
    },
    /// Others can read the key file.
    #[error("key file `{path}` is open to other users (mode {mode:o}); run `chmod 600 {path}`")]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// There is a database, and the key that belongs to it is gone.
    #[error(
        "key file `{path}` is missing, and the database beside it was made with it; restore the \
         file, or name it in `keys.master_file`"
    )]
    Lost {
        /// The file.
        path: PathBuf,
    },
    /// A file operation failed.
    #[error("cannot {action} `{path}`: {source}")]
    File {
        /// What was tried.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Where the key file is, if the key does not come from the settings themselves.
#[must_use]
pub fn key_file(settings: &KeySettings, data_dir: &Path) -> PathBuf {
    settings.master_file.clone().unwrap_or_else(|| data_dir.join("keys").join("master.key"))
}

/// The key, if there is one already.
///
/// # Errors
/// When there is one that cannot be used.
pub fn load_master_key(
    settings: &KeySettings,
    data_dir: &Path,
) -> Result<Option<MasterKey>, KeyError> {
    match &settings.master {
        Some(encoded) => decode(encoded).map(Some),
        None => read_file(&key_file(settings, data_dir)),
    }
}

/// The key, created if there is none and nothing was encrypted yet.
///
/// # Errors
/// When the key cannot be used or created, or is missing beside a database.
pub fn load_or_create_master_key(
    settings: &KeySettings,
    data_dir: &Path,
    database_exists: bool,
) -> Result<MasterKey, KeyError> {
    if let Some(key) = load_master_key(settings, data_dir)? {
        return Ok(key);
    }
    let path = key_file(settings, data_dir);
    if database_exists {
        return Err(KeyError::Lost { path });
    }
    create_file(&path)
}

fn decode(encoded: &Secret) -> Result<MasterKey, KeyError> {
    let bytes = BASE64_STANDARD.decode(encoded.expose().trim()).map_err(|_| KeyError::Setting)?;
    bytes.try_into().map(MasterKey).map_err(|_| KeyError::Setting)
}

fn read_file(path: &Path) -> Result<Option<MasterKey>, KeyError> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(file_error("read key file", path)(error)),
    };
    let mode = found.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Open { path: path.to_owned(), mode });
    }
    let bytes = fs::read(path).map_err(file_error("read key file", path))?;
    let length = bytes.len();
    let key = bytes.try_into().map_err(|_| KeyError::Length { path: path.to_owned(), length })?;
    Ok(Some(MasterKey(key)))
}

/// Complete or not at all: nodes that start at once end up with the same key.
fn create_file(path: &Path) -> Result<MasterKey, KeyError> {
    let directory = path.parent().unwrap_or(Path::new("."));
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(file_error("create directory", directory))?;
    let mut key = [0; MASTER_KEY_BYTES];
    SysRng
        .try_fill_bytes(&mut key)
        .map_err(|error| file_error("draw random bytes for", path)(io::Error::other(error)))?;
    let draft = directory.join(format!("master.key.{}.new", rand::random::<u64>()));
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(&key)?;
        file.sync_all()
    };
    write().map_err(file_error("write", &draft))?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft).map_err(file_error("remove", &draft))?;
    match linked {
        Ok(()) => {
            let opened = File::open(directory).and_then(|directory| directory.sync_all());
            opened.map_err(file_error("write", directory))?;
            tracing::info!(path = %path.display(), "created the master key; keep a copy of it");
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(file_error("create key file", path)(error)),
    }
    read_file(path)?.ok_or_else(|| KeyError::Lost { path: path.to_owned() })
}

fn file_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> KeyError {
    let path = path.to_owned();
    move |source| KeyError::File { action, path, source }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;

    const FROM_FILE: KeySettings = KeySettings { master_file: None, master: None };

    #[test]
    fn nodes_that_start_at_once_create_one_key() {
        let directory = TempDir::new().unwrap();
        let create = || load_or_create_master_key(&FROM_FILE, directory.path(), false).unwrap();
        let keys: Vec<MasterKey> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(create)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| key == &keys[0]));
        assert_eq!(load_master_key(&FROM_FILE, directory.path()).unwrap().as_ref(), keys.first());
        let file = key_file(&FROM_FILE, directory.path());
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_that_is_gone_is_not_replaced() {
        let directory = TempDir::new().unwrap();
        let error = load_or_create_master_key(&FROM_FILE, directory.path(), true).unwrap_err();
        assert!(matches!(error, KeyError::Lost { .. }), "{error}");
        assert!(load_master_key(&FROM_FILE, directory.path()).unwrap().is_none());
    }

    #[test]
    fn a_key_file_must_be_private_and_whole() {
        let directory = TempDir::new().unwrap();
        let file = directory.path().join("own.key");
        let settings = KeySettings { master_file: Some(file.clone()), master: None };
        fs::write(&file, [7; 31]).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        let open = load_master_key(&settings, directory.path()).unwrap_err();
        assert!(open.to_string().contains("chmod 600"), "{open}");
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        let short = load_master_key(&settings, directory.path()).unwrap_err();
        assert!(short.to_string().contains("31 bytes"), "{short}");
    }

    #[test]
    fn a_key_in_the_settings_wins_and_is_never_printed() {
        let encoded = BASE64_STANDARD.encode([9; MASTER_KEY_BYTES]);
        let settings = |text: &str| KeySettings {
            master_file: None,
            master: Some(Secret::new(text.to_owned())),
        };
        let nowhere = Path::new("/nonexistent");
        let key = load_master_key(&settings(&encoded), nowhere).unwrap().unwrap();
        assert_eq!(key.bytes(), &[9; MASTER_KEY_BYTES]);
        assert_eq!(format!("{key:?}"), "MasterKey(…)");
        let error = load_master_key(&settings("c2hvcnQ="), nowhere).unwrap_err();
        assert!(matches!(error, KeyError::Setting), "{error}");
    }
}
