//! Commands of the clock: coming, going, not coming, and shifts that are called off.
//!
//! What is said about a time before the person's last clocking is history: it takes its place by
//! its time in a shift, or belongs to none and is refused. Whoever comes is available, whoever goes
//! is offline and pauses the work that runs; both only when nothing newer is known.

use super::operator::{find_person, is_present, turn_to};
use super::{Decision, check_reason, refuse};
use crate::attendance::{ClockingType, ShiftChoice, ShiftStatus, is_stale};
use crate::command::{Command, Reason};
use crate::context::Context;
use crate::event::{
    Event, OperatorCallOffUndone, OperatorClockedIn, OperatorClockedOut, OperatorShiftCalledOff,
    OperatorShiftMissed,
};
use crate::ids::RowId;
use crate::operator::{Operator, OperatorStatus};
use crate::refusal::{Refusal, RefusalCode};
use crate::shift::Shift;
use crate::state::State;
use crate::time::Instant;

pub(super) fn decide(state: &State, command: &Command, context: &Context) -> Decision {
    match command {
        Command::ClockIn { operator_id } => {
            clock_in(state, find_person(state, operator_id)?, context)
        }
        Command::ClockOut { operator_id } => {
            clock_out(state, find_person(state, operator_id)?, context)
        }
        Command::NoteAbsence { operator_id, shift_id } => {
            Ok(note_absence(state, find_person(state, operator_id)?, *shift_id, context))
        }
        Command::CallOff { operator_id, choice, status, reason } => {
            let off = CallOff { choice: *choice, status: *status, reason };
            off.decide(state, find_person(state, operator_id)?, context)
        }
        Command::UndoCallOff { operator_id, choice } => {
            undo_call_off(state, find_person(state, operator_id)?, *choice, context)
        }
        _ => Ok(Vec::new()),
    }
}

fn clock_in(state: &State, operator: &Operator, context: &Context) -> Decision {
    let (id, now) = (&operator.operator_id, context.now());
    let shift = operator.shift_to_come_for(now);
    let shift_id = shift.map(|shift| shift.shift_id);
    if is_known_coming(operator, shift, context)? {
        return Ok(Vec::new());
    }
    if !operator.details.is_active {
        let message = format!("Operator {id} no longer works here and cannot clock in.");
        return refuse(Refusal::new(RefusalCode::OperatorUnavailable, id, message));
    }
    let is_late = shift.is_some_and(|shift| {
        let first = shift.attendance.clocked_in_at.map_or(now, |first| first.min(now));
        shift.is_late(first, context)
    });
    let came = OperatorClockedIn { operator_id: id.clone(), shift_id, is_late };
    let mut events = vec![came.into()];
    if operator.posted_status.is_away() && is_news(state, operator, context) {
        events.extend(turn_to(state, operator, OperatorStatus::Available, &Reason::default()));
    }
    Ok(events)
}

/// Whether a coming says nothing new; refused if it contradicts what is known.
fn is_known_coming(
    operator: &Operator,
    shift: Option<&Shift>,
    context: &Context,
) -> Result<bool, Vec<Refusal>> {
    let now = context.now();
    let Some(last) = &operator.last_clocking else {
        return Ok(false);
    };
    let shift_id = shift.map(|shift| shift.shift_id);
    let came_at = shift.and_then(|shift| shift.attendance.clocked_in_at);
    let repeats_last = last.clocking_type == ClockingType::ClockIn && last.clocked_at == now;
    if repeats_last || came_at == Some(now) {
        return Ok(true);
    }
    if now < last.clocked_at {
        // Who went before a shift began, by the last clocking, has not come for it.
        let has_place = shift_id.is_some() && (came_at.is_some() || shift_id != last.shift_id);
        return if has_place { Ok(false) } else { refuse(out_of_order(operator, context)) };
    }
    let is_in = operator.clocked_in_since(now).is_some();
    Ok(is_in && shift_id.is_none_or(|id| last.shift_id == Some(id)))
}

fn clock_out(state: &State, operator: &Operator, context: &Context) -> Decision {
    let now = context.now();
    let Some(last) = &operator.last_clocking else {
        return refuse(not_in(operator, context));
    };
    let shift_ids = if now < last.clocked_at {
        match history_of_going(operator, context)? {
            Some(shift_id) => vec![shift_id],
            None => return Ok(Vec::new()),
        }
    } else if last.clocking_type == ClockingType::ClockIn {
        operator.shifts_left_at(now).iter().map(|shift| shift.shift_id).collect()
    } else {
        let begun = |shift: &&Shift| {
            last.clocked_at < shift.window.start
                && shift.window.start < now
                && shift.attendance.status != ShiftStatus::Absent
        };
        let is_gone = !is_stale(last.clocked_at, now) && !operator.shifts.iter().any(|s| begun(&s));
        return if is_gone { Ok(Vec::new()) } else { refuse(not_in(operator, context)) };
    };
    let gone = OperatorClockedOut { operator_id: operator.operator_id.clone(), shift_ids };
    let mut events = vec![gone.into()];
    if is_news(state, operator, context) {
        let status = match operator.posted_status {
            OperatorStatus::Available | OperatorStatus::Break => OperatorStatus::Offline,
            // Who is ill or away stays that.
            away => away,
        };
        events.extend(turn_to(state, operator, status, &Reason::default()));
    }
    Ok(events)
}

/// The shift in which somebody went, told late; `None` if that is known.
fn history_of_going(operator: &Operator, context: &Context) -> Result<Option<RowId>, Vec<Refusal>> {
    let now = context.now();
    let came = operator.shift_last_come_for(now);
    let came = came.filter(|shift| {
        shift.attendance.clocked_in_at.is_some_and(|came_at| !is_stale(came_at, now))
    });
    let Some(shift) = came else {
        return refuse(out_of_order(operator, context));
    };
    let is_known = shift.attendance.clocked_out_at == Some(now);
    Ok((!is_known).then_some(shift.shift_id))
}

/// Whether a clocking is about the present: nothing newer was clocked, posted or worked.
fn is_news(state: &State, operator: &Operator, context: &Context) -> bool {
    let last = operator.last_clocking.as_ref();
    last.is_none_or(|last| last.clocked_at <= context.now()) && is_present(state, operator, context)
}

fn out_of_order(operator: &Operator, context: &Context) -> Refusal {
    let (id, now) = (&operator.operator_id, context.now());
    let last = operator.last_clocking.as_ref().map_or(now, |last| last.clocked_at);
    let message = format!(
        "occurred_at {now} lies before the last clocking of operator {id} at {last} and belongs to \
         no shift: state a coming from two hours before its start to its end, a going after the \
         coming that it ends."
    );
    Refusal::new(RefusalCode::OutOfOrder, id, message).figures(last, now)
}

fn not_in(operator: &Operator, context: &Context) -> Refusal {
    let id = &operator.operator_id;
    let told = match &operator.last_clocking {
        Some(last) => format!(", having clocked out at {}", context.plant.show(last.clocked_at)),
        None => String::new(),
    };
    let message = format!("Operator {id} has not clocked in{told}; clock in first.");
    Refusal::new(RefusalCode::WrongPhase, id, message).figures("clocked in", "not clocked in")
}

/// Nothing as long as it is not so.
fn note_absence(
    state: &State,
    operator: &Operator,
    shift_id: RowId,
    context: &Context,
) -> Vec<Event> {
    let (id, now) = (&operator.operator_id, context.now());
    let is_missed = |shift: &Shift| {
        shift.is_missed(now, context)
            && shift.counts(state.holidays())
            && operator.details.is_active
    };
    let shift = operator.shift(shift_id).filter(|shift| is_missed(shift));
    if shift.is_none() || operator.clocked_in_since(now).is_some() {
        return Vec::new();
    }
    let mut events = vec![OperatorShiftMissed { operator_id: id.clone(), shift_id }.into()];
    let status = match operator.posted_status {
        OperatorStatus::Available | OperatorStatus::Offline => OperatorStatus::Absent,
        other => other,
    };
    events.extend(turn_to(state, operator, status, &Reason::default()));
    events
}

impl Shift {
    /// Whether who comes first at that time comes late.
    fn is_late(&self, came_at: Instant, context: &Context) -> bool {
        let grace = context.plant.attendance.late_after_minutes.into();
        came_at > self.window.start.plus_minutes(grace)
    }

    /// Whether somebody should be there by now and nobody came.
    fn is_missed(&self, now: Instant, context: &Context) -> bool {
        let Some(minutes) = context.plant.attendance.absent_after_minutes else {
            return false;
        };
        self.attendance.status == ShiftStatus::Scheduled
            && self.window.contains(now)
            && self.window.start.plus_minutes(minutes.into()) <= now
    }
}

/// Shifts that are called off, and why.
struct CallOff<'a> {
    choice: ShiftChoice,
    status: OperatorStatus,
    reason: &'a Reason,
}

impl CallOff<'_> {
    fn decide(&self, state: &State, operator: &Operator, context: &Context) -> Decision {
        let id = &operator.operator_id;
        let mut refusals = Vec::new();
        check_reason(state, self.reason, &mut refusals);
        if !is_absence(self.status) {
            let message = "status says why the person does not come: absent, sick or vacation.";
            refusals.push(Refusal::new(RefusalCode::InvalidValue, id, message.to_owned()));
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let shifts = choose(state, operator, context, self.choice, |shift| {
            let can_be = !shift.attendance.is_called_off
                && shift.attendance.status != ShiftStatus::Completed;
            (!can_be).then(|| over_already(operator, shift, context))
        })?;
        let called_off = |shift: &&Shift| {
            let event = OperatorShiftCalledOff {
                operator_id: id.clone(),
                shift_id: shift.shift_id,
                status: self.status,
                reason_code: self.reason.reason_code.clone(),
                reason: self.reason.text.clone(),
            };
            Event::from(event)
        };
        let mut events: Vec<Event> = shifts.iter().map(called_off).collect();
        let lasts = shifts.iter().any(|shift| shift.window.contains(context.now()));
        if lasts && is_present(state, operator, context) {
            events.extend(turn_to(state, operator, self.status, self.reason));
        }
        Ok(events)
    }
}

/// The shifts that are meant and of which `speaks_against` says nothing; else why not.
fn choose<'a>(
    state: &State,
    operator: &'a Operator,
    context: &Context,
    choice: ShiftChoice,
    speaks_against: impl Fn(&Shift) -> Option<Refusal>,
) -> Result<Vec<&'a Shift>, Vec<Refusal>> {
    let meant = operator.shifts_meant(choice, context.now(), state.holidays());
    let fit: Vec<&Shift> =
        meant.iter().copied().filter(|shift| speaks_against(shift).is_none()).collect();
    match meant.first() {
        None => refuse(no_shift(operator, choice)),
        Some(first) if fit.is_empty() => Err(speaks_against(first).into_iter().collect()),
        Some(_) => Ok(fit),
    }
}

fn no_shift(operator: &Operator, choice: ShiftChoice) -> Refusal {
    let id = &operator.operator_id;
    let message = match choice {
        ShiftChoice::Shift(shift_id) => format!("Operator {id} has no shift {shift_id}."),
        ShiftChoice::Day(day) => format!("Operator {id} has no shift on {day}."),
        ShiftChoice::Next => format!(
            "Operator {id} has no shift now or within 24 hours; name one by shift_id or shift_date."
        ),
    };
    Refusal::new(RefusalCode::UnknownShift, id, message)
}

/// Who is in by the clock, or does not use it, is available again; who has not come is offline. The
/// work that was paused stays so: somebody else may have it.
fn undo_call_off(
    state: &State,
    operator: &Operator,
    choice: ShiftChoice,
    context: &Context,
) -> Decision {
    let (id, now) = (&operator.operator_id, context.now());
    let shifts = choose(state, operator, context, choice, |shift| {
        (!shift.attendance.is_called_off).then(|| not_called_off(operator, shift, context))
    })?;
    let undone = |shift: &&Shift| -> Event {
        let came_at = shift.attendance.clocked_in_at;
        let is_late = came_at.is_some_and(|came_at| shift.is_late(came_at, context));
        let shift_id = shift.shift_id;
        OperatorCallOffUndone { operator_id: id.clone(), shift_id, is_late }.into()
    };
    let mut events: Vec<Event> = shifts.iter().map(undone).collect();
    let lasts = shifts.iter().any(|shift| shift.window.contains(now));
    if lasts && is_absence(operator.posted_status) && is_present(state, operator, context) {
        let uses_clock = operator.last_clocking.is_some();
        let is_there = !uses_clock || operator.clocked_in_since(now).is_some();
        let status = if is_there { OperatorStatus::Available } else { OperatorStatus::Offline };
        events.extend(turn_to(state, operator, status, &Reason::default()));
    }
    Ok(events)
}

fn not_called_off(operator: &Operator, shift: &Shift, context: &Context) -> Refusal {
    let (id, is) = (&operator.operator_id, shift.attendance.status.as_str());
    let message = format!(
        "Shift {} of operator {id} from {} to {} is not called off; it is {is}.",
        shift.times.shift_name,
        context.plant.show(shift.window.start),
        context.plant.show(shift.window.end)
    );
    let refusal = Refusal::new(RefusalCode::WrongPhase, id, message).during(shift.window);
    refusal.figures("called_off", is)
}

fn is_absence(status: OperatorStatus) -> bool {
    matches!(status, OperatorStatus::Absent | OperatorStatus::Sick | OperatorStatus::Vacation)
}

fn over_already(operator: &Operator, shift: &Shift, context: &Context) -> Refusal {
    let (id, attendance) = (&operator.operator_id, shift.attendance);
    let is = if attendance.is_called_off { "called off" } else { "completed" };
    let message = format!(
        "Shift {} of operator {id} from {} to {} is {is} already.",
        shift.times.shift_name,
        context.plant.show(shift.window.start),
        context.plant.show(shift.window.end)
    );
    let refusal = Refusal::new(RefusalCode::WrongPhase, id, message).during(shift.window);
    refusal.figures("scheduled, in_progress or late", attendance.status.as_str())
}
