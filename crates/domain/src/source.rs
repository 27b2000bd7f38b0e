//! Where a change came from, and how repeated signals are recognised.
//!
//! Every outside source numbers its signals; at or below the watermark means "already applied",
//! whatever the transport (HTTP, Kafka, MQTT).

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// Name of a source of signals, such as `mes-line-2`.
pub type SourceId = Text<50>;

/// The number that a source gave to a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// Who sent it.
    pub id: SourceId,
    /// Grows with every signal of this source.
    pub sequence: i64,
}

/// Through which door a change came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeSource {
    /// The supervisor's screen.
    SupervisorUi,
    /// The public API.
    Api,
    /// MRAOS itself.
    AutomatedSystem,
    /// Another system's feed.
    Integration,
}

impl ChangeSource {
    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SupervisorUi => "supervisor_ui",
            Self::Api => "api",
            Self::AutomatedSystem => "automated_system",
            Self::Integration => "integration",
        }
    }
}
