//! Suggestions: whom and what to put to work, best first, with the reasons; and why others cannot.
//!
//! Every pair named here passed every rule when it was named. It may be taken by the time that it
//! is asked for: `POST /allocations` checks again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Refusal;

/// Answer of `GET /suggestions`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Suggestions {
    /// The best pairs, best first.
    pub items: Vec<Suggestion>,
    /// Always none: ask for more with `limit`.
    pub next_cursor: Option<String>,
    /// How many pairs are possible.
    pub possible_pairs: i64,
    /// What speaks against that which was named, whatever it is paired with; then nothing is
    /// possible.
    pub refusals: Vec<Refusal>,
}

/// A person and a machine who could do some work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Suggestion {
    /// The order.
    pub work_order_id: String,
    /// Who; none for work that needs nobody.
    pub operator_id: Option<String>,
    /// Where; none for work that needs no machine.
    pub machine_id: Option<String>,
    /// When the work would begin.
    #[serde(with = "crate::timestamp")]
    pub expected_start_time: Timestamp,
    /// When it would end.
    #[serde(with = "crate::timestamp")]
    pub expected_end_time: Timestamp,
    /// 0 to 100: the sum of the reasons' points. To be handed on as `suggestion_score`.
    pub score: i64,
    /// What the score is made of.
    pub reasons: Vec<SuggestionReason>,
    /// Idle minutes that it would prevent.
    pub idle_time_prevented_minutes: Option<i64>,
    /// Minutes by which the order would be later than planned.
    pub work_order_delay_minutes: Option<i64>,
}

/// Part of a score.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SuggestionReason {
    /// What it is for.
    pub factor: String,
    /// How much it adds.
    pub points: i64,
    /// How much it could add at most.
    pub most_points: i64,
    /// Why, in words.
    pub message: String,
}

/// Which pairs are possible for an order, and why the others are not. At most 50 of each kind,
/// those first that lack least.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PairSurvey {
    /// How many pairs are possible.
    pub possible_pairs: i64,
    /// The best of them.
    pub suggestions: Vec<Suggestion>,
    /// How many people are held up at any machine.
    pub refused_operators: i64,
    /// Some of them.
    pub operators: Vec<RefusedOperator>,
    /// How many machines are held up with anybody.
    pub refused_machines: i64,
    /// Some of them.
    pub machines: Vec<RefusedMachine>,
    /// People who are free, and what they lack at free machines.
    pub mismatches: Vec<Mismatch>,
}

/// A person who is held up at any machine.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RefusedOperator {
    /// Who.
    pub operator_id: String,
    /// By what.
    pub refusals: Vec<Refusal>,
}

/// A machine that is held up with anybody.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RefusedMachine {
    /// Which.
    pub machine_id: String,
    /// By what.
    pub refusals: Vec<Refusal>,
}

/// A person who lacks what machines ask for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Mismatch {
    /// Who.
    pub operator_id: String,
    /// Machines that ask for the same; the first 100.
    pub machine_ids: Vec<String>,
    /// What they ask for, told of the first of them.
    pub refusals: Vec<Refusal>,
}

/// Open work that an absence or a breakdown hits, with who or what could take over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Hit {
    /// The work.
    pub allocation_id: i64,
    /// `paused` by it, or `booked` for a time at which the person or machine is missing.
    pub phase: String,
    /// The order.
    pub work_order_id: String,
    /// The side that is missing: `operator` or `machine`.
    pub side: String,
    /// The best others, best first.
    pub suggestions: Vec<Suggestion>,
    /// How many others are possible; none if that was not found out in time.
    pub possible_pairs: Option<i64>,
    /// What holds every replacement up.
    pub refusals: Vec<Refusal>,
}
