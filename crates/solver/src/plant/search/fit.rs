//! Where an operation fits among what is placed already, without moving any of it.
//!
//! Machine, operator and materials each know the earliest moment from which they could; asking them
//! in turn until all agree gives the earliest start. Every hard rule is honoured here, in the same
//! words as the checker has them and by other means.

use super::model::{Model, NONE};
use super::state::{Placement, Slot, State};
use crate::plant::problem::LinkKind;
use crate::problem::Time;

/// What release and links allow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) start: Time,
    pub(super) end: Time,
    pub(super) latest_start: Time,
    pub(super) latest_end: Time,
}

/// An operation at a machine with an operator.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) operation: u32,
    pub(super) machine: u32,
    pub(super) operator: u32,
    pub(super) hand: u32,
    pub(super) duration: Time,
    /// The last moment at which it may start.
    pub(super) latest: Time,
}

impl Bounds {
    /// From when to when an operation of that length may start.
    pub(super) fn starts(&self, duration: Time) -> (Time, Time) {
        let earliest = self.start.max(self.end.saturating_sub(duration));
        (earliest, self.latest_start.min(self.latest_end.saturating_sub(duration)))
    }
}

impl State<'_> {
    /// What release and links allow; nothing if something that comes before is not placed.
    pub(super) fn bounds(&self, operation: usize) -> Option<Bounds> {
        let work = &self.model.operations[operation];
        let mut bounds = Bounds {
            start: work.earliest,
            end: Time::MIN,
            latest_start: Time::MAX,
            latest_end: Time::MAX,
        };
        for tie in &work.before {
            let first = self.placed[tie.other as usize]?;
            match tie.kind {
                LinkKind::FinishToStart => bounds.start = bounds.start.max(first.end + tie.lag),
                LinkKind::StartToStart => bounds.start = bounds.start.max(first.start + tie.lag),
                LinkKind::FinishToFinish => bounds.end = bounds.end.max(first.end + tie.lag),
            }
        }
        for tie in &work.after {
            let Some(second) = self.placed[tie.other as usize] else { continue };
            let start = second.start - tie.lag;
            let Bounds { latest_start, latest_end, .. } = &mut bounds;
            match tie.kind {
                LinkKind::FinishToStart => *latest_end = start.min(*latest_end),
                LinkKind::StartToStart => *latest_start = start.min(*latest_start),
                LinkKind::FinishToFinish => *latest_end = (second.end - tie.lag).min(*latest_end),
            }
        }
        Some(bounds)
    }

    /// The pair that one of the model's hands and a machine make, from when on it may start.
    pub(super) fn pair(
        &self,
        operation: usize,
        machine: u32,
        hand: usize,
        bounds: &Bounds,
    ) -> (Pair, Time) {
        let found = self.model.hand(hand);
        let (earliest, latest) = bounds.starts(found.duration);
        let pair = Pair {
            operation: operation as u32,
            machine,
            operator: found.operator,
            hand: hand as u32,
            duration: found.duration,
            latest: latest.min(found.until.saturating_sub(found.duration)),
        };
        (pair, earliest.max(found.from))
    }

    /// The earliest placement from `from` on.
    pub(super) fn fit(&self, pair: &Pair, from: Time) -> Option<Placement> {
        let mut start = from;
        loop {
            let (at_machine, machine_lane) = self.fit_machine(pair, start)?;
            let (with_operator, operator_lane) = match pair.operator {
                NONE => (at_machine, NONE),
                operator => self.fit_operator(pair, operator, at_machine)?,
            };
            let with_material = self.fit_materials(pair.operation as usize, with_operator)?;
            if with_material > pair.latest {
                return None;
            }
            if with_material == at_machine {
                return Some(Placement {
                    machine: pair.machine,
                    machine_lane,
                    operator: pair.operator,
                    operator_lane,
                    hand: pair.hand,
                    start: at_machine,
                    end: at_machine + pair.duration,
                });
            }
            start = with_material;
        }
    }

    /// The earliest start at the machine, and the lane for it.
    pub(super) fn fit_machine(&self, pair: &Pair, from: Time) -> Option<(Time, u32)> {
        let resource = pair.machine as usize;
        let has_setups = self.model.problem.machines[resource].setups.is_some();
        let lanes = self.model.lanes(resource);
        let fits = lanes.filter_map(|lane| {
            let start = if has_setups {
                self.fit_setup_lane(lane, pair, from)
            } else {
                self.fit_lane(lane, resource, pair, from)
            };
            Some((start?, lane as u32))
        });
        fits.min()
    }

    /// From when on the operator could, whatever the machine says.
    pub(super) fn fit_somebody(&self, pair: &Pair, from: Time) -> Option<Time> {
        match pair.operator {
            NONE => Some(from),
            operator => self.fit_operator(pair, operator, from).map(|(start, _)| start),
        }
    }

    fn fit_operator(&self, pair: &Pair, operator: u32, from: Time) -> Option<(Time, u32)> {
        let resource = self.model.operator_resource(operator);
        let lanes = self.model.lanes(resource);
        let fits = lanes
            .filter_map(|lane| Some((self.fit_lane(lane, resource, pair, from)?, lane as u32)));
        fits.min()
    }

    fn fit_materials(&self, operation: usize, from: Time) -> Option<Time> {
        let mut start = from;
        // Each may be used up by several lines of the list; a later start suits all of them.
        let consumes = &self.model.problem.operations[operation].consumes;
        for used in consumes {
            let same = consumes.iter().filter(|other| other.material == used.material);
            let quantity = same.map(|other| other.quantity).sum();
            if quantity > 0 {
                start = start.max(self.stocks[used.material].fit(start, quantity)?);
            }
        }
        Some(start)
    }

    /// The earliest start in a lane without setting up.
    fn fit_lane(&self, lane: usize, resource: usize, pair: &Pair, from: Time) -> Option<Time> {
        let slots = &self.lanes[lane];
        let hours = &self.model.hours[resource];
        let mut next = slots.partition_point(|slot| slot.end <= from);
        let mut start = from;
        loop {
            start = hours.fit(start, 0, pair.duration)?;
            if start > pair.latest {
                return None;
            }
            match slots.get(next) {
                Some(slot) if start + pair.duration > slot.start => {
                    start = start.max(slot.end);
                    next += 1;
                }
                _ => return Some(start),
            }
        }
    }

    /// The earliest start in a lane of a machine that is set up before and after.
    fn fit_setup_lane(&self, lane: usize, pair: &Pair, from: Time) -> Option<Time> {
        let machine = pair.machine as usize;
        let slots = &self.lanes[lane];
        let hours = &self.model.hours[machine];
        let length = pair.duration;
        let mut next = slots.partition_point(|slot| slot.end <= from);
        let mut start = from;
        loop {
            let before = next.checked_sub(1).map(|index| &slots[index]);
            let mut slot = Slot { start, end: start + length, operation: pair.operation };
            let lead = self.lead(machine, before, &slot);
            let now = self.model.problem.now;
            let free_from = before.map_or(now, |slot| slot.end.max(now));
            start = hours.fit(start.max(free_from + lead), lead, length)?;
            if start > pair.latest {
                return None;
            }
            // Two that take no time at the same moment have no order to be set up in.
            if length == 0 && before.is_some_and(|slot| (slot.start, slot.end) == (start, start)) {
                start += 1;
                continue;
            }
            let Some(after) = slots.get(next) else { return Some(start) };
            (slot.start, slot.end) = (start, start + length);
            if slot < *after && self.leaves_room(machine, &slot, after) {
                return Some(start);
            }
            start = start.max(after.end);
            next += 1;
        }
    }

    /// Whether there is time to set up for what follows.
    fn leaves_room(&self, machine: usize, slot: &Slot, after: &Slot) -> bool {
        let lead = self.lead(machine, Some(slot), after);
        let begin = after.start - lead;
        let is_pinned = self.model.operations[after.operation as usize].is_pinned;
        let is_open =
            || begin >= self.model.problem.now && self.model.hours[machine].hold(begin, after.end);
        begin >= slot.end && (is_pinned || is_open())
    }

    /// Whether everything in a machine's lanes can be set up as it stands: taking something out
    /// may make setting up longer for what followed it.
    pub(super) fn is_set_up(&self, machine: usize) -> bool {
        let model: &Model = self.model;
        if model.problem.machines[machine].setups.is_none() {
            return true;
        }
        model.lanes(machine).all(|lane| {
            let slots = &self.lanes[lane];
            (0..slots.len()).all(|index| {
                let slot = &slots[index];
                if let Some(before) = index.checked_sub(1).map(|index| &slots[index]) {
                    return self.leaves_room(machine, before, slot);
                }
                let begin = slot.start - self.lead(machine, None, slot);
                let is_pinned = model.operations[slot.operation as usize].is_pinned;
                let fits = begin >= model.problem.now && model.hours[machine].hold(begin, slot.end);
                is_pinned || fits
            })
        })
    }
}
