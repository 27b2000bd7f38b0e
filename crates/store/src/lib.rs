//! The only crate that speaks SQL: migrations, the log, its projections and the queries on them.
//!
//! Rows become domain values here and nowhere else. A projection is described once and used by
//! the live write, the rebuild and the comparison of both. Decides nothing and knows no HTTP.

pub mod access;
mod allocation;
pub mod attendance;
mod bom;
mod booking;
mod cell;
mod cells;
pub mod connect;
pub mod data_access;
pub mod erasure;
pub mod error;
mod holiday;
mod hot;
pub mod list;
mod load;
pub mod log;
mod machine;
pub mod machine_figures;
pub mod machine_history;
pub mod maintenance;
mod material;
pub mod meta;
pub mod migrate;
mod opening;
mod operator;
pub mod probe;
pub mod production_log;
pub mod projection;
mod records;
mod requirement;
mod reservation;
mod rows;
pub mod session;
pub mod shortage;
pub mod store;
mod table;
pub mod tail;
mod tls;
pub mod token;
pub mod transaction;
pub mod user;
mod work_order;
mod worked;
pub mod writer;
mod written;

pub use connect::{ConnectError, ConnectOptions};
pub use error::StoreError;
pub use list::{Page, Sight};
pub use log::{Head, NewEvent};
pub use migrate::migrate;
pub use opening::Expected;
pub use probe::{ProbeError, probe};
pub use projection::Changes;
pub use store::{Listed, Store};
pub use tail::Tail;
pub use tls::TlsError;
pub use writer::{Attachment, Batch, IdempotencyRecord, Writer, Writes};
