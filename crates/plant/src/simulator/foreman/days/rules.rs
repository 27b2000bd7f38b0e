//! The rules of the world in which days are lived, as far as a floor can keep them by itself.
//!
//! Whoever breaks one fails the test, with the reason in words.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::World;
use crate::simulator::floor::{EdgeKind, MISSED, Phase};

impl World {
    pub(super) fn check_may_work(&self, order: &str, person: &str, machine: &str) {
        if let Err(reason) = self.may_work(order, person, machine) {
            panic!("{order} by {person} on {machine}: {reason}");
        }
    }

    /// What the rules would say, capacity aside.
    pub(super) fn may_work(&self, order: &str, person: &str, machine: &str) -> Result<(), String> {
        let (who, place) = (&self.floor.people[person], &self.floor.machines[machine]);
        let clock = self.clock();
        let shifts = &who.abilities.as_ref().unwrap().shifts;
        let is_on = shifts.iter().any(|shift| {
            shift.starts_at <= clock && clock < shift.ends_at && shift.status != MISSED
        });
        let order_is = &self.floor.orders[order];
        let equipment = place.equipment.as_ref().ok_or("nobody knows the machine")?;
        let today = clock.to_zoned(TimeZone::UTC).date();
        let mut edges = order_is.predecessors.iter().flatten();
        let waits_for = edges.find(|edge| {
            self.floor.orders.get(&edge.before).is_some_and(|before| match edge.kind {
                EdgeKind::FinishToStart => true,
                EdgeKind::StartToStart => before.started_at.is_none(),
                EdgeKind::FinishToFinish => false,
            })
        });
        for (holds, reason) in [
            (who.status == "available", "is not there"),
            (is_on, "is off shift"),
            (matches!(place.status.as_str(), "idle" | "running"), "the machine is down"),
            (equipment.makes(&order_is.product_id), "the machine makes other things"),
            (equipment.due(clock).is_none(), "the machine is to be maintained"),
            (self.floor.is_able(who, machine, order, today), "is not able"),
            (!order_is.waits, "nobody works on what cures"),
            (waits_for.is_none(), "something comes before"),
            (self.store.is_enough_for(order, &self.floor), "something is missing"),
        ] {
            if !holds {
                return Err(reason.to_owned());
            }
        }
        Ok(())
    }

    pub(super) fn check_loads(&self) {
        let mut loads: BTreeMap<&str, usize> = BTreeMap::new();
        for job in self.floor.jobs.values().filter(|job| job.phase == Phase::Running) {
            for id in [&job.person, &job.machine].into_iter().flatten() {
                *loads.entry(id).or_default() += 1;
            }
        }
        for (id, load) in loads {
            let person = self.floor.people.get(id).map(|person| person.capacity);
            let capacity = person.unwrap_or_else(|| self.floor.machines[id].capacity);
            assert!(load <= capacity, "{id} runs {load} jobs at once");
        }
    }
}
