//! The one check of person, certificate, machine, material, time and predecessor, with all reasons
//! at once.
//!
//! One rule per file. Each reads a [`Proposal`] and adds what it objects to; none knows of the
//! others. Callers: every command that lets work begin, `validate`, suggestions, and later the
//! solver.

mod certification_expires;
mod dependency_unmet;
mod machine_booked;
mod machine_cannot_produce;
mod machine_capacity_exceeded;
mod machine_unavailable;
mod maintenance_planned;
mod material_short;
mod occupancy;
mod operator_booked;
mod operator_off_shift;
mod operator_on_break;
mod operator_unavailable;
mod skill;
mod skill_level_too_low;
mod skill_missing;
mod work_order_not_allocatable;

pub(crate) use dependency_unmet::unmet_at_finish;
pub(crate) use material_short::{is_near, short, shortages};
pub(crate) use occupancy::most_at_once;
pub(crate) use skill::{margin, required};

use crate::access::Permission;
use crate::allocation::{Allocation, Phase};
use crate::command::NewAllocation;
use crate::context::Context;
use crate::event::Override;
use crate::ids::{AllocationId, MachineId, OperatorId, WorkOrderId};
use crate::machine::Machine;
use crate::operator::Operator;
use crate::refusal::{EntityRef, Refusal, RefusalCode};
use crate::state::State;
use crate::time::{Instant, Window};
use crate::work_order::WorkOrder;

/// Work that might begin.
#[derive(Debug, Clone, Copy)]
pub struct Proposal<'a> {
    /// Where people and machines are loaded, with their work and what machines ask for.
    pub resources: &'a State,
    /// Where the order is loaded, with all that belongs to it; mostly the same.
    pub orders: &'a State,
    /// Who asks, when, in which plant.
    pub context: &'a Context,
    /// On which order.
    pub work_order_id: &'a WorkOrderId,
    /// By whom.
    pub operator_id: Option<&'a OperatorId>,
    /// Where.
    pub machine_id: Option<&'a MachineId>,
    /// From when to when.
    pub window: Window,
    /// Whether it begins at once.
    pub starts_now: bool,
    /// Whether somebody gave or estimated the length, so that a rate follows from it.
    pub length_is_known: bool,
    /// The allocation that is being moved, which does not stand in its own way.
    pub except: Option<AllocationId>,
}

impl<'a> Proposal<'a> {
    /// New work as it was asked for. Without a start, or with one in the past, it begins at once;
    /// without a length it takes what the order's rest is estimated at, else the plant's default.
    pub fn new(
        resources: &'a State,
        orders: &'a State,
        context: &'a Context,
        new: &'a NewAllocation,
    ) -> Self {
        let now = context.now();
        let start = new.expected_start_time.filter(|start| *start > now);
        let order = orders.work_order(&new.work_order_id);
        let estimate = order.and_then(WorkOrder::remaining_estimate_minutes);
        let known = new.expected_duration_minutes.map(i64::from).or(estimate);
        let minutes = known.unwrap_or(context.plant.default_allocation_minutes.into()).max(1);
        Self {
            resources,
            orders,
            context,
            work_order_id: &new.work_order_id,
            operator_id: new.operator_id.as_ref(),
            machine_id: new.machine_id.as_ref(),
            window: Window::starting(start.unwrap_or(now), minutes),
            starts_now: start.is_none(),
            length_is_known: known.is_some(),
            except: None,
        }
    }

    /// What is left of open work, for whoever takes it over; `None` once it has ended. Running
    /// and paused work goes on at once.
    pub fn rest(
        resources: &'a State,
        orders: &'a State,
        context: &'a Context,
        open: &'a Allocation,
    ) -> Option<Self> {
        let now = context.now();
        let window = match open.phase {
            Phase::Booked => open.window,
            Phase::Running => Window::until(now, open.window.end),
            Phase::Paused => Window::starting(now, open.remaining_minutes()),
            Phase::Ended => return None,
        };
        Some(Self {
            resources,
            orders,
            context,
            work_order_id: &open.assignment.work_order_id,
            operator_id: open.assignment.operator_id.as_ref(),
            machine_id: open.assignment.machine_id.as_ref(),
            window,
            starts_now: open.phase != Phase::Booked,
            length_is_known: false,
            except: Some(open.allocation_id),
        })
    }

    fn now(&self) -> Instant {
        self.context.now()
    }

    fn operator(&self) -> Option<&'a Operator> {
        self.resources.operator(self.operator_id?)
    }

    fn machine(&self) -> Option<&'a Machine> {
        self.resources.machine(self.machine_id?)
    }

    fn work_order(&self) -> Option<&'a WorkOrder> {
        self.orders.work_order(self.work_order_id)
    }

    fn covers_now(&self) -> bool {
        self.starts_now || self.window.contains(self.now())
    }

    fn show(&self, at: Instant) -> String {
        self.context.plant.show(at)
    }
}

/// What a rule looks at, beside the window. Whoever looks for possible pairs asks each rule once
/// for all that it looks at, instead of once per pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// The order alone, with its materials.
    Order,
    /// The person alone.
    Operator,
    /// The machine alone.
    Machine,
    /// Machine and order.
    MachineAndOrder,
    /// The person, and what machine and order ask for.
    Requirements,
}

type Rule = fn(&Proposal<'_>, &mut Vec<Refusal>);

const RULES: [(Reads, Rule); 16] = [
    (Reads::Order, unknown_work_order),
    (Reads::Operator, unknown_operator),
    (Reads::Machine, unknown_machine),
    (Reads::Order, work_order_not_allocatable::check),
    (Reads::Order, dependency_unmet::check),
    (Reads::Operator, operator_unavailable::check),
    (Reads::Operator, operator_on_break::check),
    (Reads::Operator, operator_off_shift::check),
    (Reads::Operator, operator_booked::check),
    (Reads::Machine, machine_booked::check),
    (Reads::Requirements, skill::check),
    (Reads::Machine, machine_unavailable::check),
    (Reads::Machine, maintenance_planned::check),
    (Reads::MachineAndOrder, machine_cannot_produce::check),
    (Reads::MachineAndOrder, machine_capacity_exceeded::check),
    (Reads::Order, material_short::check),
];

/// Everything that speaks against `proposal`; empty if nothing does.
pub fn check(proposal: &Proposal<'_>) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (_, rule) in RULES {
        rule(proposal, &mut refusals);
    }
    refusals
}

/// What the rules that look at one of `parts` have against `proposal`.
pub fn check_parts(proposal: &Proposal<'_>, parts: &[Reads]) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (_, rule) in RULES.iter().filter(|(reads, _)| parts.contains(reads)) {
        rule(proposal, &mut refusals);
    }
    refusals
}

/// Takes away what was overridden. What is left refuses; otherwise the overrides that were
/// needed are the answer.
pub fn settle(
    mut refusals: Vec<Refusal>,
    overrides: &[Override],
    context: &Context,
) -> Result<Vec<Override>, Vec<Refusal>> {
    let may_override = context.actor.role.may(Permission::Override);
    let mut used: Vec<Override> = Vec::new();
    refusals.retain_mut(|refusal| {
        refusal.overridable = refusal.overridable && may_override;
        let given = overrides.iter().find(|given| given.code == refusal.code);
        match given {
            Some(given) if refusal.overridable => {
                if !used.contains(given) {
                    used.push(given.clone());
                }
                false
            }
            _ => true,
        }
    });
    if refusals.is_empty() { Ok(used) } else { Err(refusals) }
}

fn unknown_work_order(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    if proposal.work_order().is_none() {
        let id = proposal.work_order_id;
        out.push(no_such(RefusalCode::UnknownWorkOrder, id.into(), "work order"));
    }
}

fn unknown_operator(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    if let (Some(id), None) = (proposal.operator_id, proposal.operator()) {
        out.push(no_such(RefusalCode::UnknownOperator, id.into(), "operator"));
    }
}

fn unknown_machine(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    if let (Some(id), None) = (proposal.machine_id, proposal.machine()) {
        out.push(no_such(RefusalCode::UnknownMachine, id.into(), "machine"));
    }
}

/// "There is no …": the refusal for an id that leads nowhere.
pub(crate) fn no_such(code: RefusalCode, entity: EntityRef, what: &str) -> Refusal {
    let message = format!("There is no {what} `{}`; check the id.", entity.entity_id);
    Refusal::new(code, entity, message)
}
