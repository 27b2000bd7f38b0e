//! A believable home-appliance plant, made from a seed: the same seed gives the same plant.
//!
//! Lines with machines and their maintenance, operators in three shifts with skills and
//! certificates, a warehouse, orders that wait for each other with their bills of materials,
//! holidays, bookings, reason codes. Every order can be made by somebody at some machine in every
//! shift. Only wire types come out; nothing here talks to a server or reads a clock.

mod bills;
mod bookings;
mod calendar;
mod machines;
mod names;
mod orders;
mod people;
mod stock;
mod upkeep;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use mraos_api::allocation::CreateAllocation;
use mraos_api::bom::SetBomLine;
use mraos_api::holiday::DefineHoliday;
use mraos_api::machine::CreateMachine;
use mraos_api::maintenance::PlanMaintenance;
use mraos_api::material::CreateMaterial;
use mraos_api::operator::CreateOperator;
use mraos_api::reason_code::CreateReasonCode;
use mraos_api::shift::AssignShift;
use mraos_api::skill::GrantSkill;
use mraos_api::skill_requirement::RequireSkill;
use mraos_api::transaction::InventorySignal;
use mraos_api::work_order::CreateWorkOrder;
use serde::Serialize;

use crate::catalogue::{FAMILIES, Family, REASONS};
use crate::rota::shift_on;

pub(crate) use orders::{Batches, requirement};

/// Lines get no longer than this before a plant has more of them.
const MACHINES_PER_LINE: usize = 80;
const MOST_LINES: usize = 60;
/// A line below this lacks a machine for some operation, or a person in some shift.
const LEAST_MACHINES_PER_LINE: usize = 7;
const LEAST_OPERATORS_PER_LINE: usize = 3;

/// How much of everything a plant has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// People, over three shifts.
    pub operators: usize,
    /// Machines, over all lines.
    pub machines: usize,
    /// Open orders.
    pub orders: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { operators: 120, machines: 60, orders: 300 }
    }
}

/// A plant that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a plant of {operators} operators and {machines} machines is too small; it needs at least \
     {LEAST_OPERATORS_PER_LINE} operators and {LEAST_MACHINES_PER_LINE} machines"
)]
pub struct TooSmall {
    operators: usize,
    machines: usize,
}

impl Sizes {
    fn lines(self) -> usize {
        let wanted = (self.machines / MACHINES_PER_LINE).clamp(FAMILIES.len(), MOST_LINES);
        let possible = (self.machines / LEAST_MACHINES_PER_LINE)
            .min(self.operators / LEAST_OPERATORS_PER_LINE);
        wanted.min(possible)
    }
}

/// The moment at which a plant is made, in its own zone: due dates and certificates count from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// The moment.
    pub at: Timestamp,
    /// The plant's zone.
    pub zone: TimeZone,
    /// Seconds of plant work in one second of the clock: rates, waiting steps and windows of
    /// maintenance are told in the clock's time.
    pub speed: f64,
}

impl Opening {
    pub(crate) fn date(&self) -> Date {
        self.at.to_zoned(self.zone.clone()).date()
    }

    pub(crate) fn days_from(&self, days: i64) -> Option<Date> {
        self.date().checked_add(SignedDuration::from_hours(24 * days)).ok()
    }

    /// A local time of day as an instant.
    fn instant(&self, date: Date, time: Time) -> Option<Timestamp> {
        let at = date.to_datetime(time).to_zoned(self.zone.clone()).ok()?;
        Some(at.timestamp())
    }

    fn clock_minutes(&self, plant_minutes: i64) -> i64 {
        clock_minutes(plant_minutes, self.speed)
    }
}

/// Whole minutes of the clock in which a plant of that speed works for so many minutes.
fn clock_minutes(plant_minutes: i64, speed: f64) -> i64 {
    ((plant_minutes as f64 / speed).ceil() as i64).max(1)
}

/// A production line and what it makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) family: &'static Family,
}

/// An operator with everything that is registered one by one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedOperator {
    /// Master data.
    pub operator: CreateOperator,
    /// Skills and certificates.
    pub skills: Vec<GrantSkill>,
    /// Which of the day's three shifts, from 0.
    pub shift: usize,
    /// Which of the shift's groups goes to its break together.
    pub break_group: usize,
    /// Whether the shifts count on holidays.
    pub works_on_holidays: bool,
}

impl PlannedOperator {
    /// The shift that begins on a day.
    pub fn shift_on(&self, date: Date) -> AssignShift {
        let counts_on_holidays = self.works_on_holidays;
        AssignShift { counts_on_holidays, ..shift_on(date, self.shift, self.break_group) }
    }
}

/// A maintenance of a machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedMaintenance {
    /// Whose it is.
    pub machine_id: String,
    /// What and when.
    pub plan: PlanMaintenance,
}

/// An order with what it is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedOrder {
    /// Master data, terms and dependencies.
    pub order: CreateWorkOrder,
    /// The bill of materials.
    pub bill: Vec<SetBomLine>,
}

/// A plant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plant {
    /// Why things are paused, released, down.
    pub reason_codes: Vec<CreateReasonCode>,
    /// Days on which the plant rests.
    pub holidays: Vec<DefineHoliday>,
    /// Machines.
    pub machines: Vec<CreateMachine>,
    /// What is to be done to them.
    pub maintenance: Vec<PlannedMaintenance>,
    /// What machine types and some orders ask of people.
    pub requirements: Vec<RequireSkill>,
    /// People.
    pub operators: Vec<PlannedOperator>,
    /// What is kept in stock.
    pub materials: Vec<CreateMaterial>,
    /// What there is of it, as receipts.
    pub lots: Vec<InventorySignal>,
    /// Open orders; a predecessor comes before its successors.
    pub orders: Vec<PlannedOrder>,
    /// What is booked already.
    pub bookings: Vec<CreateAllocation>,
}

/// Makes the plant of `seed`.
pub fn generate(seed: u64, sizes: Sizes, opening: &Opening) -> Result<Plant, TooSmall> {
    let lines = lines_of(sizes)?;
    let mut batches = Batches::new(seed, lines.clone(), opening.speed);
    let orders = batches.opening_orders(sizes.orders, opening.at);
    let mut requirements = machines::requirements(&lines);
    requirements.extend(orders.iter().filter_map(|planned| requirement(&planned.order)));
    let machines = machines::generate(seed, &lines, sizes.machines, opening);
    let materials = stock::materials(seed, &lines, sizes.machines, opening);
    let mut plant = Plant {
        reason_codes: reason_codes(),
        holidays: calendar::holidays(opening),
        maintenance: upkeep::plans(seed, &machines, opening),
        machines,
        requirements,
        operators: people::generate(seed, &lines, sizes.operators, opening),
        lots: stock::lots(seed, &materials, opening),
        materials,
        orders,
        bookings: Vec::new(),
    };
    plant.bookings = bookings::bookings(&plant, &lines, opening);
    Ok(plant)
}

/// The lines of a plant of these sizes.
pub(crate) fn lines_of(sizes: Sizes) -> Result<Vec<Line>, TooSmall> {
    let count = sizes.lines();
    if count == 0 {
        let Sizes { operators, machines, .. } = sizes;
        return Err(TooSmall { operators, machines });
    }
    let line = |number: usize| {
        let family = &FAMILIES[number % FAMILIES.len()];
        let name = match number / FAMILIES.len() {
            0 => family.line.to_owned(),
            further => format!("{}-{}", family.line, further + 1),
        };
        Line { name, family }
    };
    Ok((0..count).map(line).collect())
}

fn reason_codes() -> Vec<CreateReasonCode> {
    let code = |reason: &crate::catalogue::Reason| CreateReasonCode {
        reason_code: reason.code.to_owned(),
        category: Some(reason.category.to_owned()),
        description: reason.description.to_owned(),
        is_active: None,
    };
    REASONS.iter().map(code).collect()
}
