//! The one check of person, certificate, machine, time and predecessor, with all reasons at once.
//!
//! One rule per file. Each reads a [`Proposal`] and adds what it objects to; none knows of the
//! others. Callers: every command that lets work begin, `validate`, and later the solver.

mod dependency;
mod machine_availability;
mod machine_capacity;
mod machine_product;
mod occupancy;
mod operator_availability;
mod operator_shift;
mod skill;
mod work_order;

pub(crate) use dependency::unmet_at_finish;
pub(crate) use occupancy::most_at_once;

use crate::access::Permission;
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
    /// What is loaded.
    pub state: &'a State,
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
    fn now(&self) -> Instant {
        self.context.now()
    }

    fn operator(&self) -> Option<&'a Operator> {
        self.state.operator(self.operator_id?)
    }

    fn machine(&self) -> Option<&'a Machine> {
        self.state.machine(self.machine_id?)
    }

    fn work_order(&self) -> Option<&'a WorkOrder> {
        self.state.work_order(self.work_order_id)
    }

    fn covers_now(&self) -> bool {
        self.starts_now || self.window.contains(self.now())
    }

    fn show(&self, at: Instant) -> String {
        self.context.plant.show(at)
    }
}

type Rule = fn(&Proposal<'_>, &mut Vec<Refusal>);

const RULES: [Rule; 10] = [
    unknown,
    work_order::check,
    dependency::check,
    operator_availability::check,
    operator_shift::check,
    occupancy::check,
    skill::check,
    machine_availability::check,
    machine_product::check,
    machine_capacity::check,
];

/// Everything that speaks against `proposal`; empty if nothing does.
pub fn check(proposal: &Proposal<'_>) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for rule in RULES {
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

fn unknown(proposal: &Proposal<'_>, out: &mut Vec<Refusal>) {
    if proposal.work_order().is_none() {
        let id = proposal.work_order_id;
        out.push(no_such(RefusalCode::UnknownWorkOrder, id.into(), "work order"));
    }
    if let (Some(id), None) = (proposal.operator_id, proposal.operator()) {
        out.push(no_such(RefusalCode::UnknownOperator, id.into(), "operator"));
    }
    if let (Some(id), None) = (proposal.machine_id, proposal.machine()) {
        out.push(no_such(RefusalCode::UnknownMachine, id.into(), "machine"));
    }
}

/// "There is no …": the refusal for an id that leads nowhere.
pub(crate) fn no_such(code: RefusalCode, entity: EntityRef, what: &str) -> Refusal {
    let message = format!("There is no {what} `{}`; check the id.", entity.entity_id);
    Refusal::new(code, entity, message)
}
