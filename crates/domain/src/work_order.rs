//! A work order: what is to be made, how much, by when, and after what.
//!
//! Its status is derived from its allocations until it is closed; nobody posts it.

use serde::{Deserialize, Serialize};

use crate::bom::Bill;
use crate::ids::{RowId, WorkOrderId};
use crate::quantity::{Percentage, Quantity};
use crate::text::Text;
use crate::time::Instant;

macro_rules! named_values {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The value of that name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == name)
            }
        }
    };
}
pub(crate) use named_values;

named_values!(
/// How urgent.
Priority {
    /// Can wait.
    Low => "low",
    /// Normal.
    Medium => "medium",
    /// Soon.
    High => "high",
    /// Before all else.
    Urgent => "urgent",
});
named_values!(
/// Where the order stands.
WorkOrderStatus {
    /// Nobody works on it.
    Queued => "queued",
    /// Booked for later.
    Assigned => "assigned",
    /// Something runs.
    InProgress => "in_progress",
    /// Started, standing still.
    Paused => "paused",
    /// Done.
    Completed => "completed",
    /// Called off.
    Cancelled => "cancelled",
});
named_values!(
/// Result of inspection.
QualityStatus {
    /// Not inspected yet.
    Pending => "pending",
    /// Good.
    Passed => "passed",
    /// Bad.
    Failed => "failed",
    /// Accepted as it is.
    Waived => "waived",
});
named_values!(
/// Which ends a dependency ties.
DependencyType {
    /// Starts after the predecessor has finished.
    FinishToStart => "finish_to_start",
    /// Starts after the predecessor has started.
    StartToStart => "start_to_start",
    /// Finishes after the predecessor has finished.
    FinishToFinish => "finish_to_finish",
});

impl WorkOrderStatus {
    /// Whether nothing more can happen to the order.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }
}

/// Master data of an order; a change replaces it whole and raises the version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkOrderDetails {
    /// Number for people, unique.
    pub work_order_number: Text<50>,
    /// Product.
    pub product_id: Text<20>,
    /// Product's name.
    pub product_name: Text<200>,
    /// Variant.
    pub product_variant: Option<Text<100>>,
    /// How much is to be made.
    pub quantity_ordered: Quantity,
    /// Unit of the quantities.
    pub unit_of_measure: Text<20>,
    /// How urgent.
    pub priority: Priority,
    /// Planned start.
    pub planned_start_date: Option<Instant>,
    /// Planned end.
    pub planned_end_date: Option<Instant>,
    /// Promised date.
    pub due_date: Instant,
    /// Minutes for the whole quantity.
    pub estimated_duration_minutes: Option<i32>,
    /// Line meant for it.
    pub production_line: Option<Text<50>>,
    /// Shift meant for it.
    pub assigned_shift: Option<Text<20>>,
    /// Customer's order.
    pub customer_order_id: Option<Text<50>>,
    /// Number in the ERP.
    pub erp_work_order_id: Option<Text<50>>,
    /// Operation at hand.
    pub current_operation: Option<Text<100>>,
    /// Whether it is inspected.
    pub quality_inspection_required: bool,
    /// Result of inspection.
    pub quality_status: Option<QualityStatus>,
}

/// How an order is carried out, beside its master data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkOrderTerms {
    /// By how much more than ordered may be made, in percent.
    pub overrun_percentage: Option<Percentage>,
    /// The same as a quantity; one of the two at most.
    pub overrun_quantity: Option<Quantity>,
    /// A step that needs nobody and no machine: it lasts so many minutes after its predecessors.
    pub wait_minutes: Option<i32>,
}

impl QualityStatus {
    /// Whether inspection may lead from `before` to this.
    pub fn may_follow(self, before: Option<Self>) -> bool {
        match before {
            None | Some(Self::Pending) => self != Self::Pending || before.is_none(),
            Some(Self::Failed) => matches!(self, Self::Pending | Self::Waived),
            Some(Self::Passed | Self::Waived) => false,
        }
    }
}

/// An edge to a predecessor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// Position of the creating event.
    pub dependency_id: RowId,
    /// When recorded.
    pub created_at: Instant,
    /// The terms.
    #[serde(flatten)]
    pub terms: DependencyTerms,
}

/// What a dependency says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DependencyTerms {
    /// The order that comes before.
    pub predecessor_work_order_id: WorkOrderId,
    /// Which ends are tied.
    pub dependency_type: DependencyType,
    /// Delay between the two.
    pub lag_minutes: i32,
    /// Whether a supervisor may go ahead regardless.
    pub is_mandatory: bool,
}

impl DependencyTerms {
    /// When `before` was far enough for what waits for it, the lag included; nothing while it has
    /// not come to the end that is tied.
    pub fn met_at(&self, before: &WorkOrder) -> Option<Instant> {
        let reached = match self.dependency_type {
            DependencyType::StartToStart => before.actual_start_date,
            DependencyType::FinishToStart | DependencyType::FinishToFinish => {
                before.actual_end_date
            }
        };
        Some(reached?.plus_minutes(self.lag_minutes.into()))
    }

    /// Whether `before` still holds up `order`: what it ties would be refused if asked at `now`.
    pub fn holds_up(&self, order: &WorkOrder, before: &WorkOrder, now: Instant) -> bool {
        !order.status.is_closed() && self.met_at(before).is_none_or(|at| at > now)
    }
}

/// A work order as the rules see one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkOrder {
    /// Id.
    pub work_order_id: WorkOrderId,
    /// Master data.
    pub details: WorkOrderDetails,
    /// How it is carried out.
    #[serde(default)]
    pub terms: WorkOrderTerms,
    /// Until when a waiting step lasts, once it has begun.
    #[serde(default)]
    pub waiting_until: Option<Instant>,
    /// Where it stands.
    pub status: WorkOrderStatus,
    /// Good quantity so far.
    pub quantity_produced: Quantity,
    /// Rejected quantity so far.
    pub quantity_rejected: Quantity,
    /// First start of work.
    pub actual_start_date: Option<Instant>,
    /// Completion.
    pub actual_end_date: Option<Instant>,
    /// What comes before it.
    pub dependencies: Vec<Dependency>,
    /// What it needs, and what is set aside for it.
    #[serde(default)]
    pub bill: Bill,
    /// Version of master data and progress.
    pub version: i32,
    /// When recorded first.
    pub created_at: Instant,
    /// When the row changed last.
    pub updated_at: Instant,
    /// Who recorded it.
    pub created_by: Text<50>,
    /// Position of the event that wrote the row last.
    pub position: i64,
}

/// The most of `ordered` that may be made.
pub(crate) fn quantity_most(ordered: Quantity, terms: &WorkOrderTerms) -> Quantity {
    let share = terms.overrun_percentage.map(|percent| ordered.percentage(percent));
    let more = share.or(terms.overrun_quantity).unwrap_or(Quantity::ZERO);
    ordered.checked_add(more).unwrap_or(ordered)
}

impl WorkOrder {
    /// What is still to be made.
    pub fn quantity_remaining(&self) -> Quantity {
        self.details.quantity_ordered.minus(self.quantity_produced)
    }

    /// The most that may be made.
    pub fn quantity_most(&self) -> Quantity {
        quantity_most(self.details.quantity_ordered, &self.terms)
    }

    /// Minutes that the rest will take by the estimate; at least one.
    pub fn remaining_estimate_minutes(&self) -> Option<i64> {
        let whole = i64::from(self.details.estimated_duration_minutes?);
        let ordered = self.details.quantity_ordered.decimal();
        if ordered.is_zero() {
            return Some(whole.max(1));
        }
        let share = self.quantity_remaining().decimal() / ordered;
        let minutes = share * rust_decimal::Decimal::from(whole);
        Some(i64::try_from(minutes.ceil()).unwrap_or(whole).max(1))
    }

    /// Minutes from first start to completion.
    pub fn actual_duration_minutes(&self) -> Option<i64> {
        Some(self.actual_end_date?.millis_since(self.actual_start_date?) / 60_000)
    }
}
