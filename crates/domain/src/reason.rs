//! Reason codes: why something stopped, in the plant's own words but countable.
//!
//! A few codes that the system itself gives are known without being defined.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// Code of a reason, such as `TOOL-BREAK`.
pub type ReasonCode = Text<50>;

/// A machine that no longer reports; not idle.
pub const NO_SIGNAL: &str = "no_signal";
/// Work paused because its machine stopped.
pub const MACHINE_DOWN: &str = "machine_down";
/// Work paused because its operator left.
pub const OPERATOR_AWAY: &str = "operator_away";
/// Work ended because its order was closed.
pub const ORDER_CLOSED: &str = "order_closed";
/// The step before was taken back.
pub const UNDONE: &str = "undone";

/// Codes that exist in every plant.
pub const BUILT_IN: [&str; 5] = [NO_SIGNAL, MACHINE_DOWN, OPERATOR_AWAY, ORDER_CLOSED, UNDONE];

/// A reason that the plant has defined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonCodeDefinition {
    /// The code.
    pub reason_code: ReasonCode,
    /// What it means.
    pub description: Text<200>,
    /// Group for reports, such as `maintenance`.
    pub category: Option<Text<50>>,
    /// Whether it may still be given.
    pub is_active: bool,
}

/// A built-in code as a reason code.
pub fn built_in(code: &'static str) -> Option<ReasonCode> {
    ReasonCode::new(code).ok()
}
