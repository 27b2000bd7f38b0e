//! What belongs to people, machines, orders and materials beyond their state: abilities, planned
//! maintenance, predecessors, bills of materials, stock.
//!
//! Read from the API's own field names. Small questions about them are answered here; whether
//! anything follows is decided elsewhere.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use mraos_api::live::card::ShiftCard;
use mraos_api::shift::Shift;
use mraos_api::skill::Skill;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

const REMEMBERED_SHIFTS: usize = 6;

/// Status of a shift for which nobody came, or that was called off.
pub(crate) const MISSED: &str = "absent";
/// Nobody stays longer: who seems to has forgotten to clock out.
const LONGEST_STAY: SignedDuration = SignedDuration::from_hours(16);

/// What has to be asked for one by one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Abilities {
    pub(crate) skills: Vec<Skill>,
    /// The last few, in the order of their start.
    pub(crate) shifts: Vec<Shift>,
}

impl Abilities {
    pub(crate) fn new(skills: Vec<Skill>, shifts: Vec<Shift>) -> Self {
        let mut abilities = Self { skills, shifts: Vec::new() };
        for shift in shifts {
            abilities.add_shift(shift);
        }
        abilities
    }

    /// Adds a shift and forgets those that lie days back.
    pub(crate) fn add_shift(&mut self, shift: Shift) {
        self.shifts.push(shift);
        self.shifts.sort_by_key(|shift| shift.starts_at);
        let over = self.shifts.len().saturating_sub(REMEMBERED_SHIFTS);
        self.shifts.drain(..over);
    }

    /// Takes up what became of a shift that is known.
    pub(crate) fn hear_of_shift(&mut self, told: Shift) {
        if let Some(known) = self.shifts.iter_mut().find(|one| one.shift_id == told.shift_id) {
            *known = told;
        }
    }

    /// Takes up what the card of a person tells of a shift.
    pub(crate) fn hear_of_card(&mut self, card: &ShiftCard, at: Timestamp) {
        let known = self.shifts.iter_mut().find(|one| one.shift_id == card.shift_id);
        let Some(known) = known.filter(|known| known.status != card.status) else { return };
        known.status.clone_from(&card.status);
        known.is_called_off = card.is_called_off;
        known.actual_clock_in = card.actual_clock_in;
        match card.status.as_str() {
            "completed" => known.actual_clock_out = Some(at),
            MISSED => {}
            _ => known.actual_clock_out = None,
        }
    }

    /// Whether the person is in by the clock.
    pub(crate) fn is_in(&self, clock: Timestamp) -> bool {
        let is_in = |shift: &Shift| {
            let came = shift.actual_clock_in.filter(|_| shift.actual_clock_out.is_none());
            came.is_some_and(|came| clock.duration_since(came) < LONGEST_STAY)
        };
        self.shifts.iter().any(is_in)
    }
}

/// What has to be asked of a machine.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Equipment {
    /// Empty means any.
    pub(crate) products: BTreeSet<String>,
    /// Pieces per hour of the clock, at most.
    pub(crate) most_per_hour: Option<i64>,
    /// Planned maintenance.
    pub(crate) upkeep: Vec<Upkeep>,
}

impl Equipment {
    pub(crate) fn makes(&self, product: &str) -> bool {
        self.products.is_empty() || self.products.contains(product)
    }

    /// Something that is to be done now, or should have been done.
    pub(crate) fn due(&self, now: Timestamp) -> Option<&Upkeep> {
        self.upkeep.iter().find(|one| one.is_due(now))
    }

    /// Whether nothing is due, and no window lies in the way of work from `now` until then.
    pub(crate) fn is_free(&self, now: Timestamp, from: Timestamp, until: Timestamp) -> bool {
        let mut windows = self.upkeep.iter().filter_map(|one| one.from.zip(one.to));
        self.due(now).is_none() && !windows.any(|(start, end)| start < until && from < end)
    }
}

/// A planned maintenance.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Upkeep {
    #[serde(rename = "maintenance_id")]
    pub(crate) id: i64,
    #[serde(rename = "planned_start")]
    from: Option<Timestamp>,
    #[serde(rename = "planned_end")]
    to: Option<Timestamp>,
    due_date: Option<Date>,
    hours_remaining: Option<i64>,
}

impl Upkeep {
    /// Whether it was planned for a time of its own.
    pub(crate) fn has_window(&self) -> bool {
        self.from.is_some()
    }

    /// A window says when; otherwise the last day or the last hour is the latest.
    fn is_due(&self, now: Timestamp) -> bool {
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let by_hours = self.hours_remaining.is_some_and(|hours| hours <= 0);
        match self.from {
            Some(from) => from <= now,
            None => by_hours || self.due_date.is_some_and(|due| due <= today),
        }
    }
}

/// What an order waits for.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Edge {
    #[serde(rename = "predecessor_work_order_id")]
    pub(crate) before: String,
    #[serde(rename = "dependency_type")]
    pub(crate) kind: EdgeKind,
    pub(crate) lag_minutes: i64,
}

/// How an order waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EdgeKind {
    FinishToStart,
    StartToStart,
    FinishToFinish,
}

/// What an order needs of a material and has not set aside.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Need {
    #[serde(rename = "material_id")]
    pub(crate) material: String,
    #[serde(rename = "quantity_uncovered", with = "mraos_api::decimal")]
    pub(crate) quantity: Decimal,
    pub(crate) is_critical: bool,
}

/// A material, as far as a floor needs to know it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Stock {
    pub(crate) available: Decimal,
    /// What of that must not be used tomorrow.
    pub(crate) spoiled: Decimal,
    pub(crate) reorder_point: Option<Decimal>,
    pub(crate) delivery: Option<Decimal>,
    pub(crate) expected_at: Option<Timestamp>,
    pub(crate) expected: Option<Decimal>,
    pub(crate) ages: bool,
    pub(crate) is_active: bool,
}

impl Stock {
    /// What work of today and tomorrow can count on.
    pub(crate) fn usable(&self) -> Decimal {
        (self.available - self.spoiled).max(Decimal::ZERO)
    }

    /// The same material as a card or a list tells it now; cards tell less.
    pub(super) fn retold(self, data: &Value) -> Option<(String, Self)> {
        let fields = MaterialFields::deserialize(data).ok()?;
        let told = data.get("economic_order_quantity").is_some();
        let stock = Self {
            available: fields.available_quantity,
            spoiled: self.spoiled,
            reorder_point: fields.reorder_point,
            delivery: fields.economic_order_quantity.or(self.delivery),
            expected_at: fields.next_receipt_at,
            expected: fields.next_receipt_quantity.or(self.expected),
            ages: if told { fields.shelf_life_days.is_some() } else { self.ages },
            is_active: fields.is_active,
        };
        Some((fields.material_id, stock))
    }
}

/// What tells a lot from others.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct LotMarks {
    pub(crate) batch_number: Option<String>,
    pub(crate) lot_number: Option<String>,
    pub(crate) expiration_date: Option<Date>,
    pub(crate) location: Option<String>,
}

#[derive(Deserialize)]
struct MaterialFields {
    material_id: String,
    is_active: bool,
    #[serde(with = "mraos_api::decimal")]
    available_quantity: Decimal,
    #[serde(default, with = "mraos_api::decimal::option")]
    reorder_point: Option<Decimal>,
    #[serde(default, with = "mraos_api::decimal::option")]
    economic_order_quantity: Option<Decimal>,
    #[serde(default)]
    next_receipt_at: Option<Timestamp>,
    #[serde(default, with = "mraos_api::decimal::option")]
    next_receipt_quantity: Option<Decimal>,
    #[serde(default)]
    shelf_life_days: Option<i64>,
}
