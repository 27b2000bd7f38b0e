//! Limited actors: what lies outside their part of the plant is not there, for every command.
//!
//! Foreign things are on Line-2 and end in `-2`, absent ones in `-0`; the answers about both must
//! be the same but for that digit.

use mraos_domain::access::part::requires_sight;
use mraos_domain::{
    Actor, AllocationId, Command, DependencyType, Key, MachineStatus, OperatorStatus, Refusal,
    RefusalCode, RequirementScope, Role, Scope, State, decide,
};

use crate::world::*;

fn limited(role: Role) -> Actor {
    let lines = Some([text("Line-1")].into());
    let scope = Scope { lines, operator_id: Some(operator_id("O-1")) };
    Actor { id: text("S-1"), role, scope }
}

/// Things of both lines, each line with work under way.
fn two_lines() -> (World, AllocationId, AllocationId) {
    let mut world = World::small();
    let line = || text("Line-2");
    world.must(&create_operator_with("O-2", |details| details.production_line = Some(line())));
    world.must(&create_machine_with("M-2", |details| details.production_line = line()));
    world.must(&create_order_with("WO-2", |details| details.production_line = Some(line())));
    let own = world.allocate(work("WO-1", "O-1", "M-1"));
    let foreign = world.allocate(work("WO-2", "O-2", "M-2"));
    (world, own, foreign)
}

fn ask(world: &mut World, actor: &Actor, command: &Command) -> Result<usize, Vec<Refusal>> {
    world.load(command);
    for key in requires_sight(&world.state, command, actor) {
        world.state.note_absent(key);
    }
    let context = mraos_domain::Context { actor: actor.clone(), ..world.context() };
    decide(&world.state, command, &context).map(|events| events.len())
}

/// Commands that name something ending in `-{n}`, or the allocation.
fn naming(n: u8, allocation: AllocationId) -> Vec<Command> {
    let (operator, machine) = (format!("O-{n}"), format!("M-{n}"));
    let order = format!("WO-{n}");
    vec![
        post_operator(&operator, OperatorStatus::Break),
        give_skill(&operator, "W", 3, None),
        post_machine(&machine, MachineStatus::Breakdown, None),
        require(RequirementScope::Machine(machine_id(&machine)), "W", 2),
        require(RequirementScope::WorkOrder(order_id(&order)), "W", 2),
        after(&order, "WO-1", DependencyType::FinishToStart, true),
        after("WO-1", &order, DependencyType::FinishToStart, true),
        Command::Allocate(work(&order, "O-1", "M-1")),
        Command::Allocate(work("WO-1", &operator, "M-1")),
        Command::Allocate(work("WO-1", "O-1", &machine)),
        start(allocation),
        pause(allocation),
        release(allocation),
        complete(allocation, "1", false),
    ]
}

#[test]
fn what_is_foreign_is_refused_as_what_is_absent() {
    let (mut world, _, foreign) = two_lines();
    let nowhere = AllocationId(900);
    for role in [Role::Planner, Role::Supervisor, Role::Integration] {
        let actor = limited(role);
        for (there, not) in naming(2, foreign).iter().zip(naming(0, nowhere)) {
            let one = ask(&mut world, &actor, there).unwrap_err();
            let other = ask(&mut world, &actor, &not).unwrap_err();
            let same = format!("{other:?}")
                .replace("O-0", "O-2")
                .replace("M-0", "M-2")
                .replace(&nowhere.to_string(), &foreign.to_string());
            assert_eq!(format!("{one:?}"), same, "{there:?}");
        }
    }
}

#[test]
fn an_unlimited_actor_and_an_own_line_are_not_held_up() {
    let (mut world, own, _) = two_lines();
    for command in [post_machine("M-1", MachineStatus::Breakdown, None), pause(own)] {
        assert!(ask(&mut world, &limited(Role::Supervisor), &command).is_ok(), "{command:?}");
    }
    let actor = Actor::new(text("S-9"), Role::Supervisor);
    let command = post_machine("M-2", MachineStatus::Breakdown, None);
    assert!(ask(&mut world, &actor, &command).is_ok());
    assert!(requires_sight(&State::default(), &command, &actor).is_empty());
}

#[test]
fn an_operator_has_to_do_with_own_work_alone() {
    let (mut world, own, _) = two_lines();
    world.must(&create_operator("O-3"));
    world.must(&create_machine("M-3"));
    let actor = limited(Role::Operator);
    assert!(ask(&mut world, &actor, &pause(own)).is_ok());
    let status = |id| post_operator(id, OperatorStatus::Break);
    assert!(ask(&mut world, &actor, &status("O-1")).is_ok());
    let colleague = ask(&mut world, &actor, &status("O-3")).unwrap_err();
    assert_eq!(colleague[0].code, RefusalCode::UnknownOperator);
    let machine = |id| post_machine(id, MachineStatus::Breakdown, None);
    assert!(ask(&mut world, &actor, &machine("M-1")).is_ok());
    let idle = ask(&mut world, &actor, &machine("M-3")).unwrap_err();
    assert_eq!(idle[0].code, RefusalCode::NotOwnWork);
}

#[test]
fn nothing_is_put_where_its_sender_could_not_see_it() {
    let mut world = World::small();
    let actor = limited(Role::Planner);
    let there = create_machine_with("M-9", |details| details.production_line = text("Line-2"));
    assert_eq!(ask(&mut world, &actor, &there).unwrap_err()[0].code, RefusalCode::OutsideScope);
    assert!(ask(&mut world, &actor, &create_machine("M-9")).is_ok());
}

#[test]
fn a_person_is_also_where_the_work_is() {
    let (mut world, ..) = two_lines();
    let line = || text("Line-3");
    world.must(&create_operator_with("O-4", |details| details.production_line = Some(line())));
    world.must(&create_machine("M-4"));
    world.must(&create_order("WO-4"));
    let (actor, key) = (limited(Role::Supervisor), Key::Operator(operator_id("O-4")));
    assert!(!actor.sees(&world.state, &key));
    let lent = world.allocate(work("WO-4", "O-4", "M-4"));
    assert!(actor.sees(&world.state, &key));
    world.must(&release(lent));
    assert!(!actor.sees(&world.state, &key));
}
