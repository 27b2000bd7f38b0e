//! Signed statements "at this position the log had this digest".
//!
//! Who can write to the database can also forge a whole chain of digests; a signature under a key
//! that the database never sees cannot be forged. Each checkpoint goes to the table and, synced,
//! to a file beside it, so that cutting both the log and the table is noticed as well.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hkdf::Hkdf;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tokio_postgres::GenericClient;
use uuid::Uuid;

use crate::error::StoreError;
use crate::store::Store;

/// Binds the derived key, and signatures that do not cover their time, to this purpose.
const PURPOSE: &[u8] = b"mraos log checkpoint v1";
/// Binds signatures that cover their time.
const PURPOSE_WITH_TIME: &[u8] = b"mraos log checkpoint v2";

/// A file of this size is put aside and a new one begun; the newest statements are what counts.
const FILE_LIMIT_BYTES: u64 = 4 * 1024 * 1024;

/// How many checkpoints of the table an examination compares; older ones add nothing, because
/// each digest stands for everything before it.
const NEWEST: i64 = 1_000;

/// Why a checkpoint could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error("cannot use the file of checkpoints `{path}`: {source}; make it readable and writable")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The key that signs checkpoints.
pub struct CheckpointKey(SigningKey);

impl CheckpointKey {
    /// Derives the key from the installation's master key.
    pub fn derive(master_key: &[u8; 32]) -> Result<Self, StoreError> {
        let mut seed = [0; 32];
        Hkdf::<Sha256>::new(None, master_key)
            .expand(PURPOSE, &mut seed)
            .map_err(|error| StoreError::Unexpected(error.to_string()))?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// Signs that the log of `epoch` had `digest` at `position` at a time, to the microsecond.
    pub fn sign(
        &self,
        epoch: Uuid,
        position: i64,
        digest: [u8; 32],
        signed_at: Timestamp,
    ) -> Checkpoint {
        // The table keeps no more.
        let microseconds = Timestamp::from_microsecond(signed_at.as_microsecond());
        let signed_at = microseconds.unwrap_or(signed_at);
        let public_key = self.0.verifying_key().to_bytes();
        let mut made =
            Checkpoint { epoch, position, digest, signed_at, public_key, signature: [0; 64] };
        made.signature = self.0.sign(&made.message()).to_bytes();
        made
    }

    /// Whether this key has signed `checkpoint`.
    pub fn has_signed(&self, checkpoint: &Checkpoint) -> bool {
        let key: VerifyingKey = self.0.verifying_key();
        let signature = Signature::from_bytes(&checkpoint.signature);
        let covers = |message: &[u8]| key.verify_strict(message, &signature).is_ok();
        checkpoint.public_key == key.to_bytes()
            && (covers(&checkpoint.message()) || covers(&checkpoint.message_without_time()))
    }
}

impl Checkpoint {
    fn message(&self) -> Vec<u8> {
        let time = self.signed_at.as_microsecond().to_be_bytes();
        self.message_of(PURPOSE_WITH_TIME, &time)
    }

    /// What the first version of this program signed.
    fn message_without_time(&self) -> Vec<u8> {
        self.message_of(PURPOSE, &[])
    }

    fn message_of(&self, purpose: &[u8], time: &[u8]) -> Vec<u8> {
        let position = self.position.to_be_bytes();
        [purpose, self.epoch.as_bytes(), &position, &self.digest, time].concat()
    }
}

/// A signed statement about the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Which incarnation of the log.
    pub epoch: Uuid,
    /// Where.
    pub position: i64,
    /// The digest there.
    #[serde(with = "hex::serde")]
    pub digest: [u8; 32],
    /// When it was signed.
    pub signed_at: Timestamp,
    /// The key that signed it.
    #[serde(with = "hex::serde")]
    pub public_key: [u8; 32],
    /// Ed25519 signature of epoch, position, digest and time.
    #[serde(with = "hex::serde")]
    pub signature: [u8; 64],
}

/// The file of checkpoints under a data directory.
pub fn file_in(data_dir: &Path) -> PathBuf {
    data_dir.join("checkpoints").join("checkpoints.jsonl")
}

const HEAD: &str = "SELECT l.epoch, e.position, e.digest FROM log_meta l, LATERAL (SELECT \
    position, digest FROM events ORDER BY position DESC LIMIT 1) e";

const INSERT: &str = "INSERT INTO checkpoints (epoch, position, digest, signed_at, public_key, \
    signature) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (position) DO NOTHING";

/// Signs the head of the log and keeps the statement in the table and in `file`; nothing if the
/// head is still at `last_position` or the log is empty.
pub async fn write_checkpoint(
    store: &Store,
    key: &CheckpointKey,
    file: &Path,
    last_position: i64,
    signed_at: Timestamp,
) -> Result<Option<Checkpoint>, CheckpointError> {
    let client = store.session().await?;
    let Some(row) = client.query_opt(HEAD, &[]).await.map_err(StoreError::from)? else {
        return Ok(None);
    };
    let position: i64 = row.try_get(1).map_err(StoreError::from)?;
    if position <= last_position {
        return Ok(None);
    }
    let epoch = row.try_get(0).map_err(StoreError::from)?;
    let digest = bytes(&row, 2)?;
    let made = key.sign(epoch, position, digest, signed_at);
    let (digest, public_key) = (&made.digest[..], &made.public_key[..]);
    let (signed_at, signature) = (made.signed_at, &made.signature[..]);
    client
        .execute(INSERT, &[&epoch, &position, &digest, &signed_at, &public_key, &signature])
        .await
        .map_err(StoreError::from)?;
    let (path, line) = (file.to_owned(), made.clone());
    let appending = tokio::task::spawn_blocking(move || append_to_file(&path, &line));
    let appended = appending.await.map_err(|error| StoreError::Unexpected(error.to_string()))?;
    appended?;
    Ok(Some(made))
}

/// Whether `key` may be the one that the log is signed with: a log without checkpoints takes any.
pub async fn may_be_key_of(store: &Store, key: &CheckpointKey) -> Result<bool, StoreError> {
    let newest = read_table(&**store.session().await?).await?;
    Ok(newest.is_empty() || newest.iter().any(|one| key.has_signed(one)))
}

/// The newest checkpoints of the table.
pub(crate) async fn read_table(client: &impl GenericClient) -> Result<Vec<Checkpoint>, StoreError> {
    let sql = "SELECT epoch, position, digest, signed_at, public_key, signature FROM checkpoints \
               ORDER BY position DESC LIMIT $1";
    let rows = client.query(sql, &[&NEWEST]).await?;
    rows.iter()
        .map(|row| {
            Ok(Checkpoint {
                epoch: row.try_get(0)?,
                position: row.try_get(1)?,
                digest: bytes(row, 2)?,
                signed_at: row.try_get(3)?,
                public_key: bytes(row, 4)?,
                signature: bytes(row, 5)?,
            })
        })
        .collect()
}

fn bytes<const N: usize>(row: &tokio_postgres::Row, index: usize) -> Result<[u8; N], StoreError> {
    let bytes: &[u8] = row.try_get(index)?;
    bytes.try_into().map_err(|_| {
        let length = bytes.len();
        StoreError::Corrupt(format!("a checkpoint's value has {length} bytes instead of {N}"))
    })
}

/// The checkpoints that the file holds, oldest first; a line that a crash cut short is passed over.
pub fn read_file(file: &Path) -> Result<Vec<Checkpoint>, CheckpointError> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(CheckpointError::File { path: file.to_owned(), source }),
    }
}

fn append_to_file(path: &Path, checkpoint: &Checkpoint) -> Result<(), CheckpointError> {
    try_append(path, checkpoint)
        .map_err(|source| CheckpointError::File { path: path.to_owned(), source })
}

fn try_append(path: &Path, checkpoint: &Checkpoint) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    if fs::metadata(path).is_ok_and(|found| found.len() > FILE_LIMIT_BYTES) {
        let until = format!("until-{}.jsonl", checkpoint.position);
        fs::rename(path, path.with_extension(until))?;
    }
    let is_new = !path.exists();
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let mut line = serde_json::to_vec(checkpoint)?;
    line.push(b'\n');
    if ends_in_the_middle_of_a_line(&mut file)? {
        line.insert(0, b'\n');
    }
    file.write_all(&line)?;
    file.sync_all()?;
    if is_new {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

fn ends_in_the_middle_of_a_line(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn key(byte: u8) -> CheckpointKey {
        CheckpointKey::derive(&[byte; 32]).unwrap()
    }

    #[test]
    fn a_signature_covers_epoch_position_digest_and_time() {
        let made = key(1).sign(Uuid::from_u128(7), 42, [3; 32], Timestamp::UNIX_EPOCH);
        assert!(key(1).has_signed(&made));
        assert!(!key(2).has_signed(&made));
        let changes: [fn(&mut Checkpoint); 5] = [
            |one| one.signed_at += jiff::SignedDuration::from_micros(1),
            |one| one.epoch = Uuid::from_u128(8),
            |one| one.position = 41,
            |one| one.digest[31] ^= 1,
            |one| one.signature[0] ^= 1,
        ];
        for change in changes {
            let mut forged = made.clone();
            change(&mut forged);
            assert!(!key(1).has_signed(&forged), "{forged:?}");
        }
    }

    #[test]
    fn a_signature_of_the_first_version_still_counts() {
        let mut made = key(1).sign(Uuid::from_u128(7), 42, [3; 32], Timestamp::UNIX_EPOCH);
        made.signature = key(1).0.sign(&made.message_without_time()).to_bytes();
        assert!(key(1).has_signed(&made));
        made.position += 1;
        assert!(!key(1).has_signed(&made));
    }

    #[test]
    fn a_line_cut_short_by_a_crash_costs_only_itself() {
        let directory = tempfile::TempDir::new().unwrap();
        let file = file_in(directory.path());
        assert_eq!(read_file(&file).unwrap(), []);
        let sign =
            |position| key(1).sign(Uuid::from_u128(7), position, [3; 32], Timestamp::UNIX_EPOCH);
        try_append(&file, &sign(1)).unwrap();
        OpenOptions::new().append(true).open(&file).unwrap().write_all(b"{\"epoch\":").unwrap();
        try_append(&file, &sign(2)).unwrap();
        assert_eq!(read_file(&file).unwrap(), [sign(1), sign(2)]);
    }
}
