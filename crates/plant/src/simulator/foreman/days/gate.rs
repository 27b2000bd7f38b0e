//! The clock at the gate of the world in which days are lived, and shifts that are called off.
//!
//! Coming while in, going while out and calling off what is called off are what no sensible floor
//! would send.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::{SignedDuration, Timestamp};
use mraos_api::shift::Shift;
use serde_json::{Value, json};

use super::World;
use crate::simulator::floor::{MISSED, Phase};

/// Who comes later than that is late.
const GRACE: SignedDuration = SignedDuration::from_mins(5);

/// A shift as it is asked for, recorded.
pub(super) fn shift_of(operator: &str, wish: &Value) -> Shift {
    let at = |time: &str| -> Timestamp {
        let (day, time) = (wish["shift_date"].as_str().unwrap(), wish[time].as_str().unwrap());
        format!("{day}T{time}Z").parse().unwrap()
    };
    let (starts, ends) = (at("start_time"), at("end_time"));
    let ends = if ends > starts { ends } else { ends + SignedDuration::from_hours(24) };
    let mut row = wish.clone();
    row["shift_id"] = json!(starts.as_second());
    row["operator_id"] = json!(operator);
    row["status"] = json!("scheduled");
    row["starts_at"] = json!(starts.to_string());
    row["ends_at"] = json!(ends.to_string());
    serde_json::from_value(row).unwrap()
}

impl World {
    pub(super) fn clock_in(&mut self, person: &str) -> Value {
        let clock = self.clock();
        let mut shift = self.lasting_shift(person).expect("nobody comes without a shift");
        assert!(!self.is_in(person), "{person} is in already");
        let came = *shift.actual_clock_in.get_or_insert(clock);
        let is_late = came > shift.starts_at + GRACE;
        self.late += usize::from(is_late && shift.status == "scheduled");
        shift.status = if is_late { "late" } else { "in_progress" }.to_owned();
        shift.actual_clock_out = None;
        shift.is_called_off = false;
        let mut body = self.person_is(person, "available");
        body["shift"] = json!(shift);
        body
    }

    pub(super) fn clock_out(&mut self, person: &str) -> Value {
        assert!(self.is_in(person), "{person} is not in");
        let abilities = self.floor.people[person].abilities.as_ref().unwrap();
        let came = abilities.shifts.iter().filter(|shift| shift.actual_clock_in.is_some());
        let mut shift = came.max_by_key(|shift| shift.actual_clock_in).unwrap().clone();
        shift.actual_clock_out = Some(self.clock());
        if shift.status != MISSED {
            shift.status = "completed".to_owned();
        }
        let status = self.floor.people[person].status.clone();
        let stays = matches!(status.as_str(), "sick" | "vacation" | "absent");
        let mut body = self.person_is(person, if stays { &status } else { "offline" });
        body["shift"] = json!(shift);
        body
    }

    pub(super) fn call_off(&mut self, person: &str) -> Value {
        let mut shift = self.lasting_shift(person).expect("there is a shift to call off");
        assert!(!shift.is_called_off, "{person} was sent home already");
        shift.status = MISSED.to_owned();
        shift.is_called_off = true;
        let hit: Vec<Value> = self.hit_by_absence(person);
        let operator = self.person_is(person, "sick");
        json!({ "operator": operator, "shifts": [shift], "hit": hit, "position": 1 })
    }

    /// What a person runs, with the first of the line who could go on with it.
    fn hit_by_absence(&self, person: &str) -> Vec<Value> {
        let jobs = self.floor.jobs.iter();
        let running = jobs.filter(|(_, job)| {
            job.phase == Phase::Running && job.person.as_deref() == Some(person)
        });
        let hit = running.map(|(id, job)| {
            let machine = job.machine.as_ref().unwrap();
            let is_free = |one: &&String| {
                let mut jobs = self.floor.jobs.values().filter(|job| job.occupies());
                *one != person && jobs.all(|job| job.person.as_ref() != Some(*one))
            };
            let mut others = self.floor.people.keys().filter(is_free);
            let other = others.find(|one| self.may_work(&job.order, one, machine).is_ok());
            let clock = self.clock().to_string();
            let suggestions: Vec<Value> = other
                .into_iter()
                .map(|other| {
                    json!({
                        "work_order_id": job.order, "operator_id": other, "machine_id": machine,
                        "expected_start_time": clock, "expected_end_time": clock, "score": 70,
                        "reasons": [],
                    })
                })
                .collect();
            json!({
                "allocation_id": id, "phase": "paused", "work_order_id": job.order,
                "side": "operator", "suggestions": suggestions,
                "possible_pairs": suggestions.len(), "refusals": [],
            })
        });
        hit.collect()
    }

    fn person_is(&mut self, person: &str, status: &str) -> Value {
        let now = self.clock().to_string();
        let card = self.entities.get_mut(person).unwrap();
        card["current_status"] = json!(status);
        card["posted_status"] = json!(status);
        card["status_updated_at"] = json!(now);
        card.clone()
    }

    fn is_in(&self, person: &str) -> bool {
        self.floor.people[person].abilities.as_ref().unwrap().is_in(self.clock())
    }

    fn lasting_shift(&self, person: &str) -> Option<Shift> {
        let clock = self.clock();
        let shifts = &self.floor.people[person].abilities.as_ref().unwrap().shifts;
        shifts.iter().find(|shift| shift.starts_at <= clock && clock < shift.ends_at).cloned()
    }
}
