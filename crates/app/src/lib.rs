//! Use cases: what can be asked of MRAOS, whoever asks.
//!
//! One write is one [`Submission`] to the [`committer`]; reads go straight to the store. Personal
//! data is sealed and opened here, names never leave in anything but an answer.
//! Knows no HTTP and no SQL.

pub mod absences;
pub mod access;
pub mod accounts;
pub mod app;
mod attempts;
pub mod audit;
pub mod checkpoints;
pub mod clock;
pub mod committer;
pub mod erasure;
mod erasure_ledger;
pub mod error;
pub mod free_text;
pub mod hit;
pub mod live;
pub mod machine_figures;
mod overrun;
pub mod password;
pub mod reads;
pub mod session;
pub mod submission;
pub mod suggestions;
mod supply;
pub mod token;
mod upkeep;
pub mod user;
pub mod vault;
pub mod verdict;
pub mod waiting_steps;

pub use access::{Access, CredentialId};
pub use accounts::{AccountError, Accounts, AccountsOptions};
pub use app::{App, AppOptions};
pub use checkpoints::{CheckpointOptions, Checkpoints};
pub use clock::{Clock, SystemClock};
pub use error::AppError;
pub use mraos_store::{Attachment, Page};
pub use submission::{Decision, IdempotencyKey, Lane, Outcome, Snapshot, Submission};
pub use vault::{PersonalData, Vault};
pub use verdict::{Verdict, verdict, worst};
