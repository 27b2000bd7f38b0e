//! One table per rule of eligibility: what it objects to, what it lets pass, what it names.
//!
//! Every case starts from the same small plant, changes one thing and proposes work. Rules are
//! reached as callers reach them: by a command.

use mraos_domain::command::NewAllocation;
use mraos_domain::{
    Command, DependencyType, MachineStatus, OperatorStatus, RefusalCode, RequirementScope, Role,
};

use crate::world::*;

type Prepare = fn(&mut World);
type Propose = fn(&World) -> NewAllocation;

/// Prepares a small plant, proposes work and compares the codes with what is expected.
fn check(cases: &[(&str, Prepare, Propose, &[RefusalCode])]) {
    for (name, prepare, propose, expected) in cases {
        let mut world = World::small();
        prepare(&mut world);
        let proposal = Command::Allocate(propose(&world));
        let codes: Vec<RefusalCode> = match world.submit(&proposal) {
            Ok(_) => Vec::new(),
            Err(refusals) => refusals.into_iter().map(|refusal| refusal.code).collect(),
        };
        assert_eq!(codes, *expected, "{name}");
    }
}

fn now(_: &World) -> NewAllocation {
    work("WO-1", "O-1", "M-1")
}

fn tomorrow(world: &World) -> NewAllocation {
    booking(("WO-1", "O-1", "M-1"), world.now.plus_minutes(24 * 60), 60)
}

#[test]
fn what_does_not_exist_is_named_all_at_once() {
    use RefusalCode as R;
    check(&[
        ("no order", |_| {}, |_| work("WO-9", "O-1", "M-1"), &[R::UnknownWorkOrder]),
        ("no operator", |_| {}, |_| work("WO-1", "O-9", "M-1"), &[R::UnknownOperator]),
        ("no machine", |_| {}, |_| work("WO-1", "O-1", "M-9"), &[R::UnknownMachine]),
        (
            "nothing at all",
            |_| {},
            |_| work("WO-9", "O-9", "M-9"),
            &[R::UnknownWorkOrder, R::UnknownOperator, R::UnknownMachine],
        ),
        ("neither side", |_| {}, |_| work("WO-1", "", ""), &[R::InvalidValue]),
        ("operator alone", |_| {}, |_| work("WO-1", "O-1", ""), &[]),
        ("machine alone", |_| {}, |_| work("WO-1", "", "M-1"), &[]),
    ]);
}

#[test]
fn closed_orders_take_no_work() {
    use RefusalCode as R;
    let cancel: Prepare = |world| {
        world.must(&Command::CancelWorkOrder {
            work_order_id: order_id("WO-1"),
            expected_version: None,
            reason: Default::default(),
        });
    };
    let finish: Prepare = |world| {
        let id = world.allocate(work("WO-1", "O-1", "M-1"));
        world.must(&complete(id, "1", true));
    };
    check(&[
        ("open", |_| {}, now, &[]),
        ("cancelled", cancel, now, &[R::WorkOrderNotAllocatable]),
        ("completed", finish, now, &[R::WorkOrderNotAllocatable]),
        ("completed, for tomorrow", finish, tomorrow, &[R::WorkOrderNotAllocatable]),
    ]);
}

/// `WO-1` waits for `WO-0`, which is planned to start at 08:00 and end at 10:00 UTC.
fn predecessor(world: &mut World, kind: DependencyType, lag_minutes: i32) {
    world.must(&create_order_with("WO-0", |details| {
        details.planned_start_date = Some(at("2026-03-02T08:00:00Z"));
        details.planned_end_date = Some(at("2026-03-02T10:00:00Z"));
    }));
    let mut command = after("WO-1", "WO-0", kind, true);
    if let Command::AddDependency { terms, .. } = &mut command {
        terms.lag_minutes = lag_minutes;
    }
    world.must(&command);
    world.must(&create_operator("O-0"));
}

fn begin_predecessor(world: &mut World) {
    let id = world.allocate(work("WO-0", "O-0", ""));
    world.wait(30);
    assert_eq!(world.allocation(id).phase.as_str(), "running");
}

fn finish_predecessor(world: &mut World) {
    let id = world.allocate(work("WO-0", "O-0", ""));
    world.wait(30);
    world.must(&complete(id, "1", true));
}

fn at_ten(_: &World) -> NewAllocation {
    booking(("WO-1", "O-1", "M-1"), at("2026-03-02T10:00:00Z"), 60)
}

fn at_nine(_: &World) -> NewAllocation {
    booking(("WO-1", "O-1", "M-1"), at("2026-03-02T09:00:00Z"), 60)
}

#[test]
fn predecessors_are_far_enough() {
    use DependencyType::{FinishToFinish, FinishToStart, StartToStart};
    use RefusalCode as R;
    check(&[
        ("not finished", |w| predecessor(w, FinishToStart, 0), now, &[R::DependencyUnmet]),
        ("booked after the planned end", |w| predecessor(w, FinishToStart, 0), at_ten, &[]),
        (
            "booked before the planned end",
            |w| predecessor(w, FinishToStart, 0),
            at_nine,
            &[R::DependencyUnmet],
        ),
        (
            "the lag counts for bookings",
            |w| predecessor(w, FinishToStart, 1),
            at_ten,
            &[R::DependencyUnmet],
        ),
        (
            "running is not finished",
            |w| {
                predecessor(w, FinishToStart, 0);
                begin_predecessor(w);
            },
            now,
            &[R::DependencyUnmet],
        ),
        (
            "finished",
            |w| {
                predecessor(w, FinishToStart, 0);
                finish_predecessor(w);
            },
            now,
            &[],
        ),
        (
            "finished, but the lag has not passed",
            |w| {
                predecessor(w, FinishToStart, 10);
                finish_predecessor(w);
                w.wait(9);
            },
            now,
            &[R::DependencyUnmet],
        ),
        (
            "finished and the lag has passed",
            |w| {
                predecessor(w, FinishToStart, 10);
                finish_predecessor(w);
                w.wait(10);
            },
            now,
            &[],
        ),
        ("not started", |w| predecessor(w, StartToStart, 0), now, &[R::DependencyUnmet]),
        (
            "started",
            |w| {
                predecessor(w, StartToStart, 0);
                begin_predecessor(w);
            },
            now,
            &[],
        ),
        ("booked after the planned start", |w| predecessor(w, StartToStart, 0), at_nine, &[]),
        ("finish to finish is looked at later", |w| predecessor(w, FinishToFinish, 0), now, &[]),
    ]);
}

#[test]
fn a_dependency_that_is_not_mandatory_is_soft() {
    for (mandatory, passes) in [(false, true), (true, false)] {
        let mut world = World::small();
        world.must(&create_order("WO-0"));
        world.must(&after("WO-1", "WO-0", DependencyType::FinishToStart, mandatory));
        let plain = &world.refusals(&Command::Allocate(work("WO-1", "O-1", "M-1")))[0];
        assert_eq!(plain.overridable, !mandatory);
        let mut new = work("WO-1", "O-1", "M-1");
        new.overrides = vec![overriding(RefusalCode::DependencyUnmet)];
        assert_eq!(world.submit(&Command::Allocate(new)).is_ok(), passes);
    }
}

fn post(world: &mut World, status: OperatorStatus) {
    world.must(&post_operator("O-1", status));
}

#[test]
fn people_are_here_when_work_begins() {
    use OperatorStatus as S;
    use RefusalCode as R;
    check(&[
        ("on a break", |w| post(w, S::Break), now, &[R::OperatorOnBreak]),
        ("absent", |w| post(w, S::Absent), now, &[R::OperatorUnavailable]),
        ("ill", |w| post(w, S::Sick), now, &[R::OperatorUnavailable]),
        ("on holiday", |w| post(w, S::Vacation), now, &[R::OperatorUnavailable]),
        ("not signed in", |w| post(w, S::Offline), now, &[R::OperatorUnavailable]),
        ("ill today says nothing of tomorrow", |w| post(w, S::Sick), tomorrow, &[]),
        (
            "left the company",
            |w| {
                let mut details = operator_details("O-1");
                details.is_active = false;
                let operator_id = operator_id("O-1");
                w.must(&Command::ChangeOperator {
                    operator_id,
                    expected_version: None,
                    details,
                    person_changed: false,
                });
            },
            tomorrow,
            &[R::OperatorUnavailable],
        ),
    ]);
}

#[test]
fn people_are_on_shift_for_the_whole_window() {
    use RefusalCode as R;
    let day: Prepare = |w| {
        w.must(&crate::shifts::add_shift("O-1", "2026-03-02", "06:00", "14:00"));
    };
    let two: Prepare = |w| {
        w.must(&crate::shifts::add_shift("O-1", "2026-03-02", "06:00", "14:00"));
        w.must(&crate::shifts::add_shift("O-1", "2026-03-02", "14:00", "22:00"));
    };
    let across: Propose = |_| booking(("WO-1", "O-1", "M-1"), at("2026-03-02T12:30:00Z"), 60);
    let late: Propose = |_| booking(("WO-1", "O-1", "M-1"), at("2026-03-02T21:30:00Z"), 60);
    check(&[
        ("without shifts nothing restricts", |_| {}, late, &[]),
        ("inside", day, now, &[]),
        ("over the end", day, across, &[R::OperatorOffShift]),
        ("two shifts join", two, across, &[]),
        ("outside", two, late, &[R::OperatorOffShift]),
    ]);
}

#[test]
fn work_does_not_begin_in_a_break_but_may_last_through_one() {
    for (start, minutes, passes) in [
        ("2026-03-02T08:59:00Z", 60, true),
        ("2026-03-02T09:00:00Z", 60, false),
        ("2026-03-02T09:29:00Z", 5, false),
        ("2026-03-02T09:30:00Z", 5, true),
    ] {
        let mut world = World::small();
        let mut times = crate::shifts::times("2026-03-02", "06:00", "14:00");
        times.break_start = Some("10:00".parse().unwrap());
        times.break_end = Some("10:30".parse().unwrap());
        world.must(&Command::AddShift { operator_id: operator_id("O-1"), times });
        let mut new = booking(("WO-1", "O-1", "M-1"), at(start), minutes);
        match world.submit(&Command::Allocate(new.clone())) {
            Ok(_) => assert!(passes, "{start}"),
            Err(refusals) => {
                assert!(!passes, "{start}: {refusals:?}");
                assert_eq!(refusals[0].code, RefusalCode::OperatorOnBreak);
                assert_eq!(refusals[0].to, Some(at("2026-03-02T09:30:00Z")));
                new.overrides = vec![overriding(RefusalCode::OperatorOnBreak)];
                world.must(&Command::Allocate(new));
            }
        }
    }
}

fn need(world: &mut World, scope: RequirementScope, minimum: i64) {
    world.must(&require(scope, "WELD", minimum));
}

#[test]
fn people_have_the_skills_that_are_asked_for() {
    use RefusalCode as R;
    let machine = || RequirementScope::Machine(machine_id("M-1"));
    let kind = || RequirementScope::MachineType(text("lathe"));
    let order = || RequirementScope::WorkOrder(order_id("WO-1"));
    for (name, scope) in [("machine", machine()), ("machine type", kind()), ("order", order())] {
        for (has, codes) in [
            (None, &[R::SkillMissing][..]),
            (Some(1), &[R::SkillLevelTooLow]),
            (Some(2), &[]),
            (Some(4), &[]),
        ] {
            let mut world = World::small();
            need(&mut world, scope.clone(), 2);
            if let Some(has) = has {
                world.must(&give_skill("O-1", "WELD", has, None));
            }
            let result = world.submit(&Command::Allocate(work("WO-1", "O-1", "M-1")));
            let got: Vec<_> = result.err().unwrap_or_default().iter().map(|r| r.code).collect();
            assert_eq!(got, codes, "{name}, level {has:?}");
        }
    }
}

#[test]
fn the_highest_level_wins_and_a_machine_alone_needs_nobody() {
    use RefusalCode as R;
    let both: Prepare = |w| {
        need(w, RequirementScope::MachineType(text("lathe")), 1);
        need(w, RequirementScope::Machine(machine_id("M-1")), 3);
        w.must(&give_skill("O-1", "WELD", 2, None));
    };
    let dropped: Prepare = |w| {
        let scope = RequirementScope::Machine(machine_id("M-1"));
        let requirement_id =
            mraos_domain::RowId(w.must(&require(scope.clone(), "WELD", 3))[0].position);
        w.must(&Command::DropRequirement { scope, requirement_id });
    };
    check(&[
        ("highest", both, now, &[R::SkillLevelTooLow]),
        ("machine alone", both, |_| work("WO-1", "", "M-1"), &[]),
        ("operator alone, machine's demand is void", both, |_| work("WO-1", "O-1", ""), &[]),
        ("no longer asked for", dropped, now, &[]),
    ]);
}

#[test]
fn certificates_last_to_the_plant_local_day_on_which_the_work_ends() {
    // 22:30 UTC on 2 March is 23:30 in the plant, an hour later it is the 3rd there.
    let start = at("2026-03-02T22:30:00Z");
    for (expiry, minutes, passes) in [
        (None, 60, true),
        (Some("2026-03-03"), 60, true),
        (Some("2026-03-02"), 60, false),
        (Some("2026-03-02"), 20, true),
        (Some("2026-03-01"), 20, false),
    ] {
        let mut world = World::small();
        need(&mut world, RequirementScope::WorkOrder(order_id("WO-1")), 1);
        world.must(&give_skill("O-1", "WELD", 1, expiry));
        let new = booking(("WO-1", "O-1", "M-1"), start, minutes);
        let codes = match world.submit(&Command::Allocate(new)) {
            Ok(_) => Vec::new(),
            Err(refusals) => refusals.iter().map(|refusal| refusal.code).collect(),
        };
        let expected = if passes { vec![] } else { vec![RefusalCode::CertificationExpires] };
        assert_eq!(codes, expected, "expiry {expiry:?}, {minutes} min");
    }
}

fn signal(world: &mut World, status: MachineStatus, code: Option<&str>) {
    world.must(&post_machine("M-1", status, code));
}

#[test]
fn machines_are_in_use_and_not_down() {
    use MachineStatus as S;
    use RefusalCode as R;
    check(&[
        ("idle", |w| signal(w, S::Running, None), now, &[]),
        ("broken", |w| signal(w, S::Breakdown, None), now, &[R::MachineUnavailable]),
        ("in maintenance", |w| signal(w, S::Maintenance, None), now, &[R::MachineUnavailable]),
        ("switched off", |w| signal(w, S::Offline, None), now, &[R::MachineUnavailable]),
        ("silent", |w| signal(w, S::Offline, Some("no_signal")), now, &[R::MachineUnavailable]),
        ("broken today says nothing of tomorrow", |w| signal(w, S::Breakdown, None), tomorrow, &[]),
        (
            "out of use",
            |w| {
                let mut details = machine_details("M-1");
                details.is_active = false;
                let machine_id = machine_id("M-1");
                w.must(&Command::ChangeMachine { machine_id, expected_version: None, details });
            },
            tomorrow,
            &[R::MachineUnavailable],
        ),
    ]);
}

#[test]
fn machines_make_the_product() {
    for (types, passes) in [(&[][..], true), (&["P-7", "P-8"], true), (&["P-8"], false)] {
        let mut world = World::small();
        world.must(&create_machine_with("M-2", |details| {
            details.product_types = types.iter().map(|one| text(one)).collect();
        }));
        match world.submit(&Command::Allocate(work("WO-1", "O-1", "M-2"))) {
            Ok(_) => assert!(passes, "{types:?}"),
            Err(refusals) => {
                assert!(!passes, "{types:?}");
                assert_eq!(refusals[0].code, RefusalCode::MachineCannotProduce);
                assert!(!refusals[0].overridable);
            }
        }
    }
}

#[test]
fn machines_are_fast_enough_where_somebody_gave_a_length() {
    // 100 pieces on a machine that makes 60 in an hour.
    for (minutes, passes) in [(Some(100), true), (Some(99), false), (Some(60), false), (None, true)]
    {
        let mut world = World::small();
        world.must(&create_machine_with("M-2", |details| details.max_capacity_per_hour = Some(60)));
        let mut new = work("WO-1", "O-1", "M-2");
        new.expected_duration_minutes = minutes;
        match world.submit(&Command::Allocate(new)) {
            Ok(_) => assert!(passes, "{minutes:?}"),
            Err(refusals) => {
                assert!(!passes, "{minutes:?}");
                assert_eq!(refusals[0].code, RefusalCode::MachineCapacityExceeded);
                assert!(refusals[0].overridable);
                assert_eq!(refusals[0].actual.as_deref(), Some("60"));
            }
        }
    }
}

#[test]
fn every_reason_comes_at_once() {
    let mut world = World::small();
    post(&mut world, OperatorStatus::Sick);
    signal(&mut world, MachineStatus::Breakdown, None);
    need(&mut world, RequirementScope::WorkOrder(order_id("WO-1")), 2);
    world.must(&create_order("WO-0"));
    world.must(&after("WO-1", "WO-0", DependencyType::FinishToStart, true));
    let refusals = world.refusals(&Command::Allocate(work("WO-1", "O-1", "M-1")));
    let codes: Vec<_> = refusals.iter().map(|refusal| refusal.code.as_str()).collect();
    let expected =
        ["dependency_unmet", "operator_unavailable", "skill_missing", "machine_unavailable"];
    assert_eq!(codes, expected);
    for refusal in refusals {
        assert!(refusal.message.ends_with('.'), "a sentence: {}", refusal.message);
        assert!(refusal.message.contains(&refusal.entity.entity_id), "{}", refusal.message);
    }
}

#[test]
fn soft_rules_yield_to_a_reason_given_by_a_role_that_may() {
    for (role, passes) in [(Role::Supervisor, true), (Role::Planner, true), (Role::Viewer, false)] {
        let mut world = World::small();
        post(&mut world, OperatorStatus::Break);
        world.role = role;
        let mut new = work("WO-1", "O-1", "M-1");
        let plain = &world.refusals(&Command::Allocate(new.clone()))[0];
        assert_eq!(plain.overridable, passes, "{role:?}");
        new.overrides =
            vec![overriding(RefusalCode::OperatorOnBreak), overriding(RefusalCode::SkillMissing)];
        match world.submit(&Command::Allocate(new)) {
            Ok(events) => {
                assert!(passes, "{role:?}");
                let mraos_domain::Event::AllocationCreated(created) = &events[0].event else {
                    panic!("{events:?}");
                };
                assert_eq!(created.overrides, [overriding(RefusalCode::OperatorOnBreak)]);
            }
            Err(refusals) => {
                assert!(!passes, "{role:?}");
                assert_eq!(refusals[0].code, RefusalCode::OperatorOnBreak);
            }
        }
    }
}

#[test]
fn hard_rules_yield_to_nobody() {
    let mut world = World::small();
    post(&mut world, OperatorStatus::Sick);
    let mut new = work("WO-1", "O-1", "M-1");
    new.overrides = vec![overriding(RefusalCode::OperatorUnavailable)];
    assert_eq!(world.refused(&Command::Allocate(new)), [RefusalCode::OperatorUnavailable]);
}
