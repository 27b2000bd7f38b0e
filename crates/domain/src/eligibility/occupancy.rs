//! How time is counted for the rules `operator_booked` and `machine_booked`.
//!
//! Booked and running work occupies its window; paused work does not. Work that runs now stands
//! in the way of a start now even when it has overrun its window. At every instant of the
//! proposed window the work there is must leave room for one more.

use super::Proposal;
use crate::allocation::{Allocation, Phase};
use crate::refusal::{EntityRef, Refusal, RefusalCode};
use crate::time::{Instant, Window};

/// Somebody or something that can do so much at once.
pub(super) struct Resource {
    pub(super) code: RefusalCode,
    /// Its kind, in words.
    pub(super) what: &'static str,
    pub(super) entity: EntityRef,
    pub(super) capacity: u16,
    pub(super) last_work_ended_at: Option<Instant>,
}

/// Whether `open` leaves room for the proposed work.
pub(super) fn check_resource<'a>(
    proposal: &Proposal<'_>,
    resource: Resource,
    open: impl Iterator<Item = &'a Allocation>,
    out: &mut Vec<Refusal>,
) {
    if let Some(blocking) = find_blocking(proposal, open, resource.capacity) {
        out.push(refuse(proposal, &resource, blocking));
    }
    starts_in_the_past(proposal, resource, out);
}

/// A stated start must not reach back into work that has ended since.
fn starts_in_the_past(proposal: &Proposal<'_>, resource: Resource, out: &mut Vec<Refusal>) {
    let Some(ended) = resource.last_work_ended_at.filter(|at| *at > proposal.window.start) else {
        return;
    };
    if !proposal.starts_now {
        return;
    }
    let (start, shown) = (proposal.show(proposal.window.start), proposal.show(ended));
    let message = format!(
        "Work of {} ended at {shown}; a start stated for {start} would overlap it.",
        resource.entity.entity_id
    );
    let refusal = Refusal::new(RefusalCode::OutOfOrder, resource.entity, message);
    out.push(refusal.figures(ended, proposal.window.start));
}

fn refuse(proposal: &Proposal<'_>, resource: &Resource, blocking: &Allocation) -> Refusal {
    let verb = if blocking.phase == Phase::Running { "works on" } else { "is booked for" };
    let many = match resource.capacity {
        0 | 1 => String::new(),
        capacity => format!(", capacity {capacity} is used up"),
    };
    let message = format!(
        "{} {} {verb} {} from {} to {} (allocation {}, by {}){many}.",
        resource.what,
        resource.entity.entity_id,
        blocking.assignment.work_order_id,
        proposal.show(blocking.window.start),
        proposal.show(blocking.window.end),
        blocking.allocation_id,
        blocking.allocated_by,
    );
    let refusal = Refusal::new(resource.code, resource.entity.clone(), message);
    let mut refusal = refusal.during(blocking.window);
    refusal.allocation_id = Some(blocking.allocation_id);
    refusal.work_order_id = Some(blocking.assignment.work_order_id.clone());
    refusal.held_by = Some(blocking.allocated_by.to_string());
    refusal
}

fn find_blocking<'a>(
    proposal: &Proposal<'_>,
    open: impl Iterator<Item = &'a Allocation>,
    capacity: u16,
) -> Option<&'a Allocation> {
    let occupied: Vec<(Window, &Allocation)> = open
        .filter(|one| one.occupies() && Some(one.allocation_id) != proposal.except)
        .map(|one| (occupied_window(proposal, one), one))
        .filter(|(window, _)| window.overlaps(&proposal.window))
        .collect();
    if occupied.len() < usize::from(capacity) {
        return None;
    }
    let (at, most) = peak(occupied.iter().map(|(window, _)| *window), proposal.window.start)?;
    if most < usize::from(capacity) {
        return None;
    }
    let there = occupied.iter().filter(|(window, _)| window.contains(at)).map(|(_, one)| *one);
    // Running work names itself before bookings do.
    there.min_by_key(|one| (one.phase != Phase::Running, one.allocation_id))
}

fn occupied_window(proposal: &Proposal<'_>, one: &Allocation) -> Window {
    let overrun = one.phase == Phase::Running && proposal.starts_now;
    let end = if overrun {
        one.window.end.max(proposal.window.start.plus_minutes(1))
    } else {
        one.window.end
    };
    let start =
        if overrun { one.window.start.min(proposal.window.start) } else { one.window.start };
    Window { start, end }
}

/// How many of `open` run now or are to be worked on at the same moment, whichever is more.
pub(crate) fn most_at_once(open: &[&Allocation]) -> usize {
    let running = open.iter().filter(|one| one.phase == Phase::Running).count();
    let windows = open.iter().filter(|one| one.occupies()).map(|one| one.window);
    let earliest = windows.clone().map(|window| window.start).min();
    let planned = earliest.and_then(|from| peak(windows, from)).map_or(0, |(_, count)| count);
    running.max(planned)
}

/// The instant, at or after `from`, at which most windows overlap, and how many do.
fn peak(windows: impl Iterator<Item = Window> + Clone, from: Instant) -> Option<(Instant, usize)> {
    windows
        .clone()
        .map(|window| window.start.max(from))
        .map(|at| (at, windows.clone().filter(|window| window.contains(at)).count()))
        .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))
}
