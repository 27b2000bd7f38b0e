//! Which part of the plant an actor has to do with: its lines and, for operators, its own work.
//!
//! The one rule for commands, reads and the live stream: what lies outside is not there. A thing
//! without a line belongs to everybody. Never here: what a role may do with what it sees.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::OperatorId;
use crate::text::Text;

/// The part of the plant that an actor has to do with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Production lines; `None` for the whole plant.
    pub lines: Option<BTreeSet<Text<50>>>,
    /// The operator who this actor is, where it is one.
    pub operator_id: Option<OperatorId>,
}

impl Scope {
    /// Whether a thing of that line is inside.
    pub fn has_line(&self, line: Option<&Text<50>>) -> bool {
        match (&self.lines, line) {
            (Some(lines), Some(line)) => lines.contains(line),
            _ => true,
        }
    }
}
