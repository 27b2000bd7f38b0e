//! `requires`: what a command needs loaded, asked for until nothing is missing.
//!
//! A decision on the part that was loaded must be the one that the whole plant would give; the
//! property tests hold that for random histories, these tables name the keys.

use mraos_domain::{
    Command, DependencyType, Key, RequirementScope, Signal, State, UniqueField, requires,
};

use crate::properties::load_part;
use crate::world::*;

#[test]
fn an_empty_state_asks_for_what_the_command_names() {
    let empty = State::default();
    let operator = || Key::Operator(operator_id("O-1"));
    let machine = || Key::Machine(machine_id("M-1"));
    let order = || Key::WorkOrder(order_id("WO-1"));
    let needs = |scope| Key::Requirements(scope);
    for (command, mut expected) in [
        (
            create_operator("O-1"),
            vec![operator(), Key::Unique(UniqueField::EmployeeId, "E-O-1".into())],
        ),
        (
            create_machine("M-1"),
            vec![machine(), Key::Unique(UniqueField::SerialNumber, "SN-M-1".into())],
        ),
        (
            create_order("WO-1"),
            vec![order(), Key::Unique(UniqueField::WorkOrderNumber, "N-WO-1".into())],
        ),
        (
            Command::Allocate(work("WO-1", "O-1", "M-1")),
            vec![
                operator(),
                machine(),
                order(),
                needs(RequirementScope::WorkOrder(order_id("WO-1"))),
                needs(RequirementScope::Machine(machine_id("M-1"))),
            ],
        ),
        (
            start(mraos_domain::AllocationId(7)),
            vec![Key::Allocation(mraos_domain::AllocationId(7))],
        ),
        (
            post_machine("M-1", mraos_domain::MachineStatus::Offline, Some("X")),
            vec![machine(), Key::ReasonCode(text("X"))],
        ),
        (
            after("WO-1", "WO-2", DependencyType::FinishToStart, true),
            vec![order(), Key::WorkOrder(order_id("WO-2"))],
        ),
    ] {
        expected.sort();
        assert_eq!(requires(&empty, &command, None), expected, "{command:?}");
    }
}

#[test]
fn a_signal_asks_for_its_watermark() {
    let signal = Signal { id: text("mes-1"), sequence: 4 };
    let mut state = State::default();
    let key = Key::Source(text("mes-1"));
    let command = create_operator("O-1");
    assert!(requires(&state, &command, Some(&signal)).contains(&key));
    assert!(!mraos_domain::decide::is_already_applied(&state, &signal));
    state.put_watermark(text("mes-1"), 4);
    assert!(!requires(&state, &command, Some(&signal)).contains(&key));
    assert!(mraos_domain::decide::is_already_applied(&state, &signal));
    let next = Signal { sequence: 5, ..signal };
    assert!(!mraos_domain::decide::is_already_applied(&state, &next));
}

#[test]
fn what_one_answer_reveals_the_next_call_asks_for() {
    let mut world = World::new();
    for n in 1..=3 {
        world.must(&create_operator(&format!("O-{n}")));
    }
    world.must(&create_machine("M-1"));
    for n in 0..=9 {
        world.must(&create_order(&format!("WO-{n}")));
    }
    for n in 1..=9 {
        let (order, before) = (format!("WO-{n}"), format!("WO-{}", n - 1));
        world.must(&after(&order, &before, DependencyType::FinishToFinish, true));
    }
    let first = world.allocate(work("WO-1", "O-1", "M-1"));
    world.allocate(work("WO-1", "O-2", ""));
    world.allocate(work("WO-2", "O-3", ""));
    let orders = |part: &State| {
        let mut ids: Vec<_> =
            part.all_work_orders().map(|order| order.work_order_id.to_string()).collect();
        ids.sort();
        ids
    };

    let (part, rounds) = load_part(&world.state, &complete(first, "1", true));
    assert!(rounds <= 4, "{rounds} rounds");
    assert!(part.operator(&operator_id("O-2")).is_some(), "closing ends the others' work");
    assert!(part.operator(&operator_id("O-3")).is_none(), "another order's operator");
    assert_eq!(orders(&part), ["WO-0", "WO-1"]);

    let circle = after("WO-0", "WO-9", DependencyType::FinishToStart, true);
    let (part, rounds) = load_part(&world.state, &circle);
    assert_eq!(orders(&part).len(), 10, "the whole chain, or a circle hides in it");
    assert!(rounds <= 11, "{rounds} rounds");
}

#[test]
fn loading_ends_for_things_that_do_not_exist() {
    let whole = State::default();
    for command in [
        complete(mraos_domain::AllocationId(1), "1", true),
        reassign(mraos_domain::AllocationId(1), Some("O-1"), Some("M-1")),
        after("WO-1", "WO-1", DependencyType::FinishToStart, true),
        Command::Allocate(work("WO-1", "O-1", "M-1")),
    ] {
        let (part, rounds) = load_part(&whole, &command);
        assert!(rounds <= 2, "{rounds} rounds");
        assert!(requires(&part, &command, None).is_empty());
    }
}

#[test]
fn whoever_is_changed_comes_with_both_sides_of_the_open_work() {
    let mut world = World::small();
    world.allocate(work("WO-1", "O-1", "M-1"));
    let (operator_id, machine_id) = (operator_id("O-1"), machine_id("M-1"));
    let change_operator = Command::ChangeOperator {
        operator_id: operator_id.clone(),
        expected_version: None,
        details: operator_details("O-1"),
        person_changed: false,
    };
    let change_machine = Command::ChangeMachine {
        machine_id: machine_id.clone(),
        expected_version: None,
        details: machine_details("M-1"),
    };
    for command in [change_operator, change_machine] {
        let (part, _) = load_part(&world.state, &command);
        assert!(part.operator(&operator_id).is_some(), "{command:?}");
        assert!(part.machine(&machine_id).is_some(), "{command:?}");
    }
}
