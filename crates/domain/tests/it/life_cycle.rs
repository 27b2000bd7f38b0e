//! booked → running ⇄ paused → ended: which step is possible where, and what each leaves behind.
//!
//! The specification's `status` follows from the phase; the clock of worked time stands still
//! while work is paused.

use mraos_domain::command::Reason;
use mraos_domain::{AllocationId, AllocationStatus, Command, Phase, RefusalCode};

use crate::world::*;

fn booked(world: &mut World) -> AllocationId {
    world.allocate(booking(("WO-1", "O-1", "M-1"), world.now.plus_minutes(30), 60))
}

fn running(world: &mut World) -> AllocationId {
    world.allocate(work("WO-1", "O-1", "M-1"))
}

fn paused(world: &mut World) -> AllocationId {
    let id = running(world);
    world.must(&pause(id));
    id
}

fn ended(world: &mut World) -> AllocationId {
    let id = running(world);
    world.must(&release(id));
    id
}

type Make = fn(&mut World) -> AllocationId;
type Step = fn(AllocationId) -> Command;

#[test]
fn every_step_in_every_phase() {
    let makers: [(Phase, Make); 4] = [
        (Phase::Booked, booked),
        (Phase::Running, running),
        (Phase::Paused, paused),
        (Phase::Ended, ended),
    ];
    let steps: [(&str, Step, &[Phase], Phase); 7] = [
        ("start", start, &[Phase::Booked], Phase::Running),
        ("pause", pause, &[Phase::Running], Phase::Paused),
        ("resume", resume, &[Phase::Paused], Phase::Running),
        ("release", release, &[Phase::Running, Phase::Paused], Phase::Ended),
        ("complete", |id| complete(id, "1", false), &[Phase::Running, Phase::Paused], Phase::Ended),
        ("cancel", cancel, &[Phase::Booked], Phase::Ended),
        (
            "reassign",
            |id| reassign(id, Some("O-2"), None),
            &[Phase::Booked, Phase::Running, Phase::Paused],
            Phase::Ended,
        ),
    ];
    for (phase, make) in makers {
        for (name, step, from, to) in steps {
            let mut world = World::small();
            world.must(&create_operator("O-2"));
            let id = make(&mut world);
            let before = world.allocation(id).clone();
            assert_eq!(before.phase, phase);
            match world.submit(&step(id)) {
                Ok(_) => {
                    assert!(from.contains(&phase), "{name} from {phase:?}");
                    let after = world.allocation(id);
                    let expected = if name == "reassign" { phase } else { to };
                    assert_eq!(after.phase, expected, "{name} from {phase:?}");
                    assert_eq!(after.version, before.version + 1);
                }
                Err(refusals) => {
                    assert!(!from.contains(&phase), "{name} from {phase:?}: {refusals:?}");
                    assert_eq!(refusals[0].code, RefusalCode::WrongPhase);
                    assert_eq!(refusals[0].actual.as_deref(), Some(phase.as_str()));
                    assert_eq!(*world.allocation(id), before);
                }
            }
        }
    }
}

#[test]
fn unknown_allocations_are_named() {
    let mut world = World::small();
    let id = AllocationId(999);
    let steps: [Step; 7] = [
        start,
        pause,
        resume,
        release,
        cancel,
        |id| complete(id, "1", false),
        |id| reassign(id, Some("O-1"), None),
    ];
    for step in steps {
        let refusal = &world.refusals(&step(id))[0];
        assert_eq!(refusal.code, RefusalCode::UnknownAllocation);
        assert_eq!(refusal.entity.entity_id, "999");
    }
}

#[test]
fn worked_time_excludes_the_pauses() {
    let mut world = World::small();
    let id = running(&mut world);
    world.wait(20);
    world.must(&pause(id));
    world.wait(300);
    world.must(&resume(id));
    assert_eq!(world.allocation(id).window.minutes(), 40, "what was left of the hour");
    world.wait(15);
    world.must(&complete(id, "10", false));
    let allocation = world.allocation(id);
    assert_eq!(allocation.worked_ms, 35 * 60_000);
    assert_eq!(allocation.actual_duration_minutes(), Some(35));
    assert_eq!(allocation.actual_start_time, Some(at(MORNING)));
    assert_eq!(allocation.actual_end_time, Some(world.now));
    assert_eq!(allocation.status, AllocationStatus::Completed);
    assert_eq!(allocation.quantity_produced, quantity("10"));
    assert_eq!(allocation.released_by.as_ref().map(|by| by.as_str()), Some("S-042"));
    assert_eq!(allocation.version, 4);
}

#[test]
fn a_cancelled_booking_never_ended_because_it_never_began() {
    let mut world = World::small();
    let id = booked(&mut world);
    world.must(&cancel(id));
    let allocation = world.allocation(id);
    assert_eq!(allocation.status, AllocationStatus::Cancelled);
    assert_eq!((allocation.actual_start_time, allocation.actual_end_time), (None, None));
    assert_eq!(allocation.worked_ms, 0);
    assert_eq!(world.state.open_of_operator(&operator_id("O-1")).count(), 0);
}

#[test]
fn a_booking_that_is_started_late_gets_its_full_length() {
    let mut world = World::small();
    let id = booked(&mut world);
    world.wait(200);
    world.must(&start(id));
    let window = world.allocation(id).window;
    assert_eq!((window.start, window.minutes()), (world.now, 60));
}

#[test]
fn resuming_checks_everything_again() {
    let mut world = World::small();
    world.must(&create_order("WO-2"));
    let id = paused(&mut world);
    let other = world.allocate(work("WO-2", "O-1", "M-1"));
    let codes = world.refused(&resume(id));
    assert_eq!(codes, [RefusalCode::OperatorBooked, RefusalCode::MachineBooked]);
    world.must(&release(other));
    world.must(&post_operator("O-1", mraos_domain::OperatorStatus::Sick));
    assert_eq!(world.refused(&resume(id)), [RefusalCode::OperatorUnavailable]);
}

#[test]
fn reasons_have_to_be_defined_and_in_use() {
    let mut world = World::small();
    let id = running(&mut world);
    let with = |code: &str| Command::Pause {
        allocation_id: id,
        reason: Reason { reason_code: Some(text(code)), text: Some(reason_text()) },
    };
    assert_eq!(world.refused(&with("TOOL-BREAK")), [RefusalCode::UnknownReasonCode]);
    let mut definition = mraos_domain::ReasonCodeDefinition {
        reason_code: text("TOOL-BREAK"),
        description: text("A tool broke"),
        category: None,
        is_active: false,
    };
    world.must(&Command::DefineReasonCode { definition: definition.clone() });
    assert_eq!(world.refused(&with("TOOL-BREAK")), [RefusalCode::UnknownReasonCode]);
    definition.is_active = true;
    let define = Command::DefineReasonCode { definition };
    assert_eq!(world.events(&define), ["reason_code_defined"]);
    assert_eq!(world.events(&define), [] as [&str; 0], "as it already is");
    assert_eq!(world.events(&with("TOOL-BREAK")), ["allocation_paused"]);
    assert_eq!(world.events(&resume(id)), ["allocation_resumed"]);
    assert_eq!(world.events(&with("machine_down")), ["allocation_paused"], "built in");
}

#[test]
fn quantities_add_up_and_stop_at_what_was_ordered() {
    let mut world = World::small();
    for (made, total) in [("40", "40"), ("59.999", "99.999")] {
        let id = running(&mut world);
        world.must(&complete(id, made, false));
        assert_eq!(world.order("WO-1").quantity_produced, quantity(total));
    }
    let id = running(&mut world);
    let refusal = &world.refusals(&complete(id, "0.002", false))[0];
    assert_eq!(refusal.code, RefusalCode::WouldExceedOrdered);
    assert_eq!(refusal.required.as_deref(), Some("100.000"));
    assert_eq!(refusal.actual.as_deref(), Some("100.001"));
    world.must(&complete(id, "0.001", false));
    assert_eq!(world.order("WO-1").status.as_str(), "completed", "the quantity is reached");
}

#[test]
fn completing_the_order_closes_all_its_other_work() {
    let mut world = World::new();
    for n in 1..=4 {
        world.must(&create_operator(&format!("O-{n}")));
    }
    world.must(&create_order("WO-1"));
    let first = world.allocate(work("WO-1", "O-1", ""));
    let second = world.allocate(work("WO-1", "O-2", ""));
    let third = world.allocate(work("WO-1", "O-3", ""));
    let later = world.allocate(booking(("WO-1", "O-4", ""), world.now.plus_minutes(90), 60));
    world.must(&pause(third));
    world.wait(10);
    let events = world.events(&complete(first, "7", true));
    let (done, dropped) = ("allocation_completed", "allocation_cancelled");
    assert_eq!(events, [done, done, done, dropped]);
    for (id, status) in [
        (first, AllocationStatus::Completed),
        (second, AllocationStatus::Completed),
        (third, AllocationStatus::Completed),
        (later, AllocationStatus::Cancelled),
    ] {
        assert_eq!(world.allocation(id).status, status);
        assert_eq!(world.allocation(id).phase, Phase::Ended);
    }
    let order = world.order("WO-1");
    assert_eq!(order.status.as_str(), "completed");
    assert_eq!(order.quantity_produced, quantity("7"), "counted once");
    assert_eq!(order.actual_end_date, Some(world.now));
    assert_eq!(world.state.open_of_work_order(&order_id("WO-1")).count(), 0);
}
