//! Suggestions by rules alone: whom and what to put to work, for an order or for a free resource.
//!
//! People and machines are read from the floor that the log tail keeps in memory, orders from the
//! database. The domain's rules decide what is possible; here is only who and what to ask about.

use std::cmp::Reverse;
use std::sync::Arc;

use mraos_domain::command::NewAllocation;
use mraos_domain::eligibility::{Proposal, Reads as Part, check_parts};
use mraos_domain::suggestion::{Candidates, HeldUp, Suggestion, survey};
use mraos_domain::work_order::WorkOrder;
use mraos_domain::{
    Actor, AllocationId, AllocationMethod, ChangeSource, Command, Context, EntityRef, Instant,
    MachineId, OperatorId, Plant, Refusal, Side, State, WorkOrderId, WorkOrderStatus,
};

use crate::error::AppError;
use crate::live::{Floor, FloorInView, Live};
use crate::reads::Reads;

/// For a free resource: so many orders are looked at, the most urgent first.
const MOST_ORDERS: usize = 25;

/// Of each kind that cannot, and of the pairs that can, so many are told.
const MOST_EXPLAINED: usize = 50;
/// Of machines that ask for the same, so many are named.
const MOST_MACHINES_NAMED: usize = 100;

/// What suggestions are wanted for: at least one of the three.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// For this order, else for those that wait.
    pub work_order_id: Option<WorkOrderId>,
    /// With this person, else with anybody.
    pub operator_id: Option<OperatorId>,
    /// At this machine, else at any.
    pub machine_id: Option<MachineId>,
    /// Later than now: for then.
    pub expected_start_time: Option<Instant>,
    /// Minutes; as for a new allocation if absent.
    pub expected_duration_minutes: Option<i32>,
}

/// What could be done, best first.
#[derive(Debug, Clone, Default)]
pub struct Suggested {
    /// The best pairs.
    pub suggestions: Vec<Suggestion>,
    /// How many there are.
    pub possible_pairs: usize,
    /// What speaks against that which was named, whatever it is paired with.
    pub refusals: Vec<Refusal>,
}

/// Which pairs are possible for an order, and why the others are not: as much as a person reads.
#[derive(Debug, Clone, Default)]
pub struct Surveyed {
    /// What speaks against the order itself.
    pub order: Vec<Refusal>,
    /// How many pairs are possible.
    pub possible_pairs: usize,
    /// The best of them.
    pub suggestions: Vec<Suggestion>,
    /// How many people are held up at any machine.
    pub refused_operators: usize,
    /// Some of them, those first that lack least.
    pub operators: Vec<(OperatorId, Vec<Refusal>)>,
    /// How many machines are held up with anybody.
    pub refused_machines: usize,
    /// Some of them, those first that lack least.
    pub machines: Vec<(MachineId, Vec<Refusal>)>,
    /// Free people who lack what free machines ask for.
    pub mismatches: Vec<Mismatch>,
}

/// A person who lacks what machines ask for.
#[derive(Debug, Clone)]
pub struct Mismatch {
    /// The person.
    pub operator_id: OperatorId,
    /// Machines that ask for the same; some of them.
    pub machine_ids: Vec<MachineId>,
    /// What they ask for, told of the first of them.
    pub refusals: Vec<Refusal>,
}

/// Who asks, and the floor as it is.
#[derive(Clone, Copy)]
pub struct Suggestions<'a> {
    pub(crate) reads: &'a Reads,
    pub(crate) live: &'a Live,
    pub(crate) plant: &'a Arc<Plant>,
    pub(crate) now: Instant,
}

/// What is asked, with all that it takes to answer.
struct Question {
    context: Context,
    wanted: Wanted,
    orders: State,
    floor: FloorInView,
}

impl Suggestions<'_> {
    /// The best pairs for `wanted`; `Err` of what it names and is not there.
    pub async fn find(
        &self,
        actor: &Actor,
        wanted: Wanted,
        limit: usize,
    ) -> Result<Result<Suggested, EntityRef>, AppError> {
        let asked = match &wanted.work_order_id {
            Some(id) => vec![id.clone()],
            // The floor moves on while the database is asked.
            None => waiting_orders(&self.floor().await?.state, actor),
        };
        let commands: Vec<Command> =
            asked.iter().map(|id| Command::Allocate(wanted.work_on(id))).collect();
        let orders = self.reads.load_for(&commands, actor).await?;
        let (context, floor) = (self.context(actor), self.floor().await?);
        let question = Question { context, wanted, orders, floor };
        if let Some(absent) = question.absent() {
            return Ok(Err(absent));
        }
        think(move || question.answer(&asked, limit)).await.map(Ok)
    }

    /// Which pairs are possible for `new`, and why the others are not; operator and machine as far
    /// as it names them.
    pub async fn survey(
        &self,
        actor: &Actor,
        new: &NewAllocation,
        stated_at: Option<Instant>,
    ) -> Result<Surveyed, AppError> {
        let wanted = Wanted {
            work_order_id: Some(new.work_order_id.clone()),
            operator_id: new.operator_id.clone(),
            machine_id: new.machine_id.clone(),
            expected_start_time: new.expected_start_time,
            expected_duration_minutes: new.expected_duration_minutes,
        };
        let command = Command::Allocate(wanted.work_on(&new.work_order_id));
        let mut orders = self.reads.load_for(std::slice::from_ref(&command), actor).await?;
        let is_hidden = |order: &WorkOrder| !actor.sees_work_order(order);
        if orders.work_order(&new.work_order_id).is_some_and(is_hidden) {
            // As if there were none.
            orders = State::default();
        }
        let floor = self.floor().await?;
        let context = Context { stated_at, ..self.context(actor) };
        let question = Question { context, wanted, orders, floor };
        think(move || question.survey()).await
    }

    /// The best others for one side of open work; `None` if it is not there, nobody if it has
    /// ended or has nobody on that side.
    pub async fn replace(
        &self,
        actor: &Actor,
        allocation_id: AllocationId,
        side: Side,
        limit: usize,
    ) -> Result<Option<Suggested>, AppError> {
        let command = Command::Resume { allocation_id, overrides: Vec::new() };
        let orders = self.reads.load_for(std::slice::from_ref(&command), actor).await?;
        let open = orders.allocation(allocation_id);
        let Some(open) = open.filter(|one| actor.sees_allocation(&orders, one)).cloned() else {
            return Ok(None);
        };
        let context = self.context(actor);
        let floor = self.floor().await?;
        let suggested = think(move || {
            let sought = Proposal::rest(&floor.state, &orders, &context, &open)?;
            let candidates = others(&floor, &context.actor, &sought, side)?;
            let survey = survey(&sought, &candidates, limit);
            let mut suggested = Suggested { refusals: survey.order, ..Suggested::default() };
            // What holds the other side up holds up every replacement.
            match side {
                Side::Operator => suggested.refuse(survey.machines),
                Side::Machine => suggested.refuse(survey.operators),
            }
            suggested.possible_pairs = survey.possible_pairs;
            suggested.suggestions = survey.suggestions;
            Some(suggested)
        });
        Ok(Some(suggested.await?.unwrap_or_default()))
    }

    /// The floor with everything that has been committed so far.
    async fn floor(&self) -> Result<FloorInView, AppError> {
        if let Some(floor) = self.live.floor_at_hand() {
            return Ok(floor);
        }
        let position = self.reads.last_position().await?;
        self.live.floor_at(position).await
    }

    fn context(&self, actor: &Actor) -> Context {
        Context {
            actor: actor.clone(),
            source: ChangeSource::Api,
            recorded_at: self.now,
            stated_at: None,
            plant: self.plant.clone(),
        }
    }
}

impl Wanted {
    /// The work on one order that is thought of.
    fn work_on(&self, work_order_id: &WorkOrderId) -> NewAllocation {
        NewAllocation {
            work_order_id: work_order_id.clone(),
            operator_id: None,
            machine_id: None,
            allocation_method: AllocationMethod::AiSuggested,
            expected_start_time: self.expected_start_time,
            expected_duration_minutes: self.expected_duration_minutes,
            suggestion_score: None,
            overrides: Vec::new(),
        }
    }
}

impl Suggested {
    fn refuse<T>(&mut self, held_up: Vec<HeldUp<'_, T>>) {
        self.refusals.extend(held_up.into_iter().flat_map(|(_, refusals)| refusals));
    }
}

impl Question {
    /// What is named and not there, or not for the one who asks.
    fn absent(&self) -> Option<EntityRef> {
        let Self { context, wanted, orders, floor } = self;
        let (actor, state) = (&context.actor, &floor.state);
        let is_there =
            |id: &WorkOrderId| orders.work_order(id).is_some_and(|one| actor.sees_work_order(one));
        if let Some(id) = wanted.work_order_id.as_ref().filter(|id| !is_there(id)) {
            return Some(id.into());
        }
        let is_there =
            |id: &OperatorId| state.operator(id).is_some_and(|one| actor.sees_operator(state, one));
        if let Some(id) = wanted.operator_id.as_ref().filter(|id| !is_there(id)) {
            return Some(id.into());
        }
        let is_there = |id: &MachineId| state.machine(id).is_some_and(|m| actor.sees_machine(m));
        wanted.machine_id.as_ref().filter(|id| !is_there(id)).map(Into::into)
    }

    fn candidates(&self) -> Candidates<'_> {
        let (state, actor) = (&self.floor.state, &self.context.actor);
        let operators = match &self.wanted.operator_id {
            Some(id) => {
                let named = state.operator(id).filter(|one| actor.sees_operator(state, one));
                named.into_iter().collect()
            }
            None => self.floor.people(actor),
        };
        let machines = match &self.wanted.machine_id {
            Some(id) => {
                let named = state.machine(id).filter(|one| actor.sees_machine(one));
                named.into_iter().collect()
            }
            None => self.floor.machines(actor),
        };
        Candidates { operators: Some(operators), machines: Some(machines) }
    }

    fn survey(&self) -> Surveyed {
        let Self { context, wanted, orders, floor } = self;
        let Some(id) = &wanted.work_order_id else { return Surveyed::default() };
        let mut candidates = self.candidates();
        // Asked again, the same are named.
        candidates.operators.iter_mut().for_each(|all| all.sort_unstable_by_key(|one| one.id()));
        candidates.machines.iter_mut().for_each(|all| all.sort_unstable_by_key(|one| one.id()));
        let new = wanted.work_on(id);
        let sought = Proposal::new(&floor.state, orders, context, &new);
        let mut survey = survey(&sought, &candidates, MOST_EXPLAINED);
        let (refused_operators, refused_machines) = (survey.operators.len(), survey.machines.len());
        survey.operators.sort_by_key(|(one, refusals)| (refusals.len(), one.id()));
        survey.machines.sort_by_key(|(one, refusals)| (refusals.len(), one.id()));
        let operators = survey.operators.into_iter().take(MOST_EXPLAINED);
        let machines = survey.machines.into_iter().take(MOST_EXPLAINED);
        let mismatches = survey.mismatches.into_iter().map(|one| Mismatch {
            operator_id: one.operator.operator_id.clone(),
            machine_ids: {
                let machines = one.machines.iter().take(MOST_MACHINES_NAMED);
                machines.map(|one| one.machine_id.clone()).collect()
            },
            refusals: one.refusals,
        });
        Surveyed {
            order: survey.order,
            possible_pairs: survey.possible_pairs,
            suggestions: survey.suggestions,
            refused_operators,
            operators: operators.map(|(one, why)| (one.operator_id.clone(), why)).collect(),
            refused_machines,
            machines: machines.map(|(one, why)| (one.machine_id.clone(), why)).collect(),
            mismatches: mismatches.collect(),
        }
    }

    fn answer(&self, asked: &[WorkOrderId], limit: usize) -> Suggested {
        let Self { context, wanted, orders, floor } = self;
        let mut candidates = self.candidates();
        let mut suggested = Suggested::default();
        if wanted.work_order_id.is_none() {
            suggested.refusals = self.leave_out_the_busy(asked, &mut candidates);
        }
        for id in asked.iter().filter(|id| orders.work_order(id).is_some()) {
            let new = wanted.work_on(id);
            let sought = Proposal::new(&floor.state, orders, context, &new);
            let survey = survey(&sought, &candidates, limit);
            suggested.possible_pairs += survey.possible_pairs;
            suggested.suggestions.extend(survey.suggestions);
            if wanted.work_order_id.is_some() {
                suggested.refusals.extend(survey.order);
                if wanted.operator_id.is_some() {
                    suggested.refuse(survey.operators);
                }
                if wanted.machine_id.is_some() {
                    suggested.refuse(survey.machines);
                }
            }
        }
        suggested.suggestions.sort_by(|a, b| {
            (Reverse(a.score), &a.work_order_id).cmp(&(Reverse(b.score), &b.work_order_id))
        });
        suggested.suggestions.truncate(limit);
        suggested
    }

    /// Leaves out who could not work for a single minute, so that they are not asked about again
    /// for each order; what holds up those who were named.
    fn leave_out_the_busy(
        &self,
        asked: &[WorkOrderId],
        candidates: &mut Candidates<'_>,
    ) -> Vec<Refusal> {
        let Self { context, wanted, orders, floor } = self;
        let Some(id) = asked.first() else { return Vec::new() };
        let mut new = wanted.work_on(id);
        new.expected_duration_minutes = Some(1);
        let minute = Proposal::new(&floor.state, orders, context, &new);
        let mut refusals = Vec::new();
        let mut is_free = |proposal: &Proposal<'_>, parts: &[Part], is_named: bool| {
            let held_up_by = check_parts(proposal, parts);
            let is_free = held_up_by.is_empty();
            if is_named {
                refusals.extend(held_up_by);
            }
            is_free
        };
        if let Some(operators) = &mut candidates.operators {
            operators.retain(|one| {
                let proposal = Proposal { operator_id: Some(one.id()), ..minute };
                is_free(&proposal, &[Part::Operator], wanted.operator_id.is_some())
            });
        }
        if let Some(machines) = &mut candidates.machines {
            machines.retain(|one| {
                let proposal = Proposal { machine_id: Some(one.id()), ..minute };
                is_free(&proposal, &[Part::Machine], wanted.machine_id.is_some())
            });
        }
        refusals
    }
}

/// Whoever may take the place of one side of open work; `None` if it has nobody on that side.
fn others<'a>(
    floor: &'a Floor,
    actor: &Actor,
    sought: &Proposal<'_>,
    side: Side,
) -> Option<Candidates<'a>> {
    let mut operators = sought.operator_id.map(|id| Vec::from_iter(floor.state.operator(id)));
    let mut machines = sought.machine_id.map(|id| Vec::from_iter(floor.state.machine(id)));
    match side {
        Side::Operator => {
            let present = sought.operator_id?;
            let mut others = floor.people(actor);
            others.retain(|one| one.id() != present);
            operators = Some(others);
        }
        Side::Machine => {
            let present = sought.machine_id?;
            let mut others = floor.machines(actor);
            others.retain(|one| one.id() != present);
            machines = Some(others);
        }
    }
    Some(Candidates { operators, machines })
}

/// Orders on which nobody works or is about to, the most urgent first.
fn waiting_orders(state: &State, actor: &Actor) -> Vec<WorkOrderId> {
    // Paused work goes on by being resumed or handed over, not by a second allocation.
    let waits = |one: &&WorkOrder| one.status == WorkOrderStatus::Queued;
    let all = state.all_work_orders().filter(waits).filter(|one| actor.sees_work_order(one));
    let mut waiting: Vec<&WorkOrder> = all.collect();
    let urgency = |one: &WorkOrder| {
        (Reverse(one.details.priority), one.details.due_date, one.work_order_id.clone())
    };
    let (most, len) = (MOST_ORDERS.min(waiting.len()), waiting.len());
    if most < len {
        waiting.select_nth_unstable_by_key(most, |one| urgency(one));
    }
    waiting.truncate(most);
    waiting.sort_by_key(|one| urgency(one));
    waiting.into_iter().map(|one| one.work_order_id.clone()).collect()
}

/// Runs what takes milliseconds of computing where it holds nobody up.
async fn think<T: Send + 'static>(
    compute: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    let thought = tokio::task::spawn_blocking(compute).await;
    thought.map_err(|error| AppError::Internal(error.to_string()))
}
