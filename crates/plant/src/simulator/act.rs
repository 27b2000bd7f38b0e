//! What people on a floor do, and what they want to know.
//!
//! A name for counts and reports; what request an act is says the part below. Nothing here decides
//! or waits.

mod request;

use jiff::Timestamp;
use mraos_api::bom::SetBomLine;
use mraos_api::maintenance::PlanMaintenance;
use mraos_api::shift::AssignShift;
use mraos_api::skill_requirement::RequireSkill;
use mraos_api::work_order::CreateWorkOrder;
use rust_decimal::Decimal;

use crate::simulator::floor::LotMarks;

pub(crate) use request::Wish;

/// Something that somebody does, or wants to know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Act {
    /// Binds a person and a machine to an order, now or later; with a score if it was suggested.
    Allocate {
        order: String,
        person: String,
        machine: String,
        from: Option<Timestamp>,
        minutes: i64,
        score: Option<i64>,
    },
    /// Begins what was booked.
    Start { job: i64 },
    /// Interrupts work.
    Pause { job: i64, reason: &'static str },
    /// Goes on with it.
    Resume { job: i64 },
    /// Gives it to another person or machine, perhaps one that was offered.
    Reassign { job: i64, person: Option<String>, machine: Option<String>, is_offered: bool },
    /// Ends it with the order unfinished.
    Release { job: i64, reason: &'static str },
    /// Calls off what was booked.
    Cancel { job: i64 },
    /// Finishes it, and the order with it.
    Complete { job: i64, order: String, produced: Decimal, rejected: Decimal },
    /// Counts pieces.
    Report { order: String, produced: Decimal, rejected: Decimal },
    /// Says what an inspection has found.
    Inspect { order: String, status: &'static str },
    /// Writes something down about an order.
    Note { order: String, kind: &'static str, text: String, machine: Option<String> },
    /// Somebody comes, by the clock.
    ClockIn { person: String },
    /// Somebody goes.
    ClockOut { person: String },
    /// Somebody has to go home ill, or does not come.
    CallOff { person: String },
    /// Says what a person does.
    PostPerson { person: String, status: &'static str, reason: Option<&'static str> },
    /// Says what a machine does.
    PostMachine { machine: String, status: &'static str, reason: Option<&'static str> },
    /// Plans a maintenance.
    PlanUpkeep { machine: String, plan: PlanMaintenance },
    /// Says that a maintenance is done.
    CompleteUpkeep { machine: String, upkeep: i64 },
    /// Says when more of a material comes, or that nothing is under way.
    ExpectMaterial { material: String, delivery: Option<(Timestamp, Decimal)> },
    /// A delivery has come.
    Receive { material: String, quantity: Decimal, batch: String },
    /// Throws away what has expired.
    Scrap { material: String, quantity: Decimal, lot: LotMarks },
    /// Puts a person on the rota.
    AssignShift { person: String, shift: AssignShift },
    /// New work arrives.
    CreateOrder(Box<CreateWorkOrder>),
    /// Says what an order is made of.
    SetBomLine { order: String, line: SetBomLine },
    /// Says what an order asks of people.
    RequireSkill(RequireSkill),
    /// Asks for a person's skills and shifts.
    LearnPerson { person: String },
    /// Asks for a machine's products and planned maintenance.
    LearnMachine { machine: String },
    /// Asks what an order waits for and is made of.
    LearnOrder { order: String },
    /// Asks which lots of a material there are.
    LearnLots { material: String },
    /// Asks who could do an order where.
    AskAdvice { order: String, minutes: i64 },
}

impl Act {
    /// Its name in counts and reports.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Allocate { score: Some(_), .. } => "allocate_suggested",
            Self::Allocate { from: None, .. } => "allocate",
            Self::Allocate { from: Some(_), .. } => "book",
            Self::Start { .. } => "start",
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::Reassign { is_offered: true, .. } => "reassign_offered",
            Self::Reassign { .. } => "reassign",
            Self::Release { .. } => "release",
            Self::Cancel { .. } => "cancel",
            Self::Complete { .. } => "complete",
            Self::Report { .. } => "report_progress",
            Self::Inspect { .. } => "inspect",
            Self::Note { .. } => "note",
            Self::ClockIn { .. } => "clock_in",
            Self::ClockOut { .. } => "clock_out",
            Self::CallOff { .. } => "call_off",
            Self::PostPerson { status, .. } => match *status {
                "available" => "person_available",
                "break" => "person_break",
                "sick" => "person_sick",
                _ => "person_leaves",
            },
            Self::PostMachine { status, .. } => match *status {
                "idle" => "machine_repaired",
                "breakdown" => "machine_breakdown",
                _ => "machine_maintenance",
            },
            Self::PlanUpkeep { .. } => "plan_maintenance",
            Self::CompleteUpkeep { .. } => "complete_maintenance",
            Self::ExpectMaterial { .. } => "order_material",
            Self::Receive { .. } => "receive_material",
            Self::Scrap { .. } => "scrap_material",
            Self::AssignShift { .. } => "assign_shift",
            Self::CreateOrder(_) => "create_order",
            Self::SetBomLine { .. } => "set_bom_line",
            Self::RequireSkill(_) => "require_skill",
            Self::LearnPerson { .. }
            | Self::LearnMachine { .. }
            | Self::LearnOrder { .. }
            | Self::LearnLots { .. }
            | Self::AskAdvice { .. } => "look",
        }
    }

    /// Whether it only asks.
    pub(crate) fn is_question(&self) -> bool {
        self.name() == "look"
    }
}
