//! Commands about operators: master data, skills, and what absence does to work.
//!
//! `busy` is never posted; whoever leaves pauses what runs, and only that.

use mraos_domain::{Command, OperatorStatus, Phase, RefusalCode};

use crate::world::*;

fn change(
    id: &str,
    expected: Option<i32>,
    edit: impl FnOnce(&mut mraos_domain::OperatorDetails),
) -> Command {
    let mut details = operator_details(id);
    edit(&mut details);
    Command::ChangeOperator {
        operator_id: operator_id(id),
        expected_version: expected,
        details,
        person_changed: false,
    }
}

#[test]
fn ids_and_employee_numbers_are_unique() {
    let mut world = World::small();
    let codes = world.refused(&create_operator("O-1"));
    assert_eq!(codes, [RefusalCode::DuplicateValue]);
    let same_number = create_operator_with("O-2", |details| details.employee_id = text("E-O-1"));
    let refusal = &world.refusals(&same_number)[0];
    assert_eq!(refusal.code, RefusalCode::DuplicateValue);
    assert!(refusal.message.contains("employee_id `E-O-1` already belongs to O-1"));
    world.must(&change("O-1", None, |details| details.employee_id = text("E-NEW")));
    world.must(&same_number);
    let back = change("O-1", None, |_| {});
    assert_eq!(world.refused(&back), [RefusalCode::DuplicateValue], "taken meanwhile");
}

#[test]
fn busy_is_never_posted() {
    let mut world = World::small();
    assert_eq!(
        world.refused(&post_operator("O-1", OperatorStatus::Busy)),
        [RefusalCode::InvalidValue]
    );
    let mut create = create_operator("O-2");
    if let Command::CreateOperator { status, .. } = &mut create {
        *status = OperatorStatus::Busy;
    }
    assert_eq!(world.refused(&create), [RefusalCode::InvalidValue]);
}

#[test]
fn changes_raise_the_version_and_stale_ones_are_refused() {
    let mut world = World::small();
    let edit = |details: &mut mraos_domain::OperatorDetails| details.department = Some(text("Q"));
    let refusal = &world.refusals(&change("O-1", Some(7), edit))[0];
    assert_eq!(refusal.code, RefusalCode::StaleVersion);
    assert_eq!((refusal.required.as_deref(), refusal.actual.as_deref()), (Some("7"), Some("1")));
    world.must(&change("O-1", Some(1), edit));
    assert_eq!(world.operator("O-1").version, 2);
    assert_eq!(world.events(&change("O-1", Some(2), edit)), [] as [&str; 0], "nothing new");
    world.must(&post_operator("O-1", OperatorStatus::Break));
    assert_eq!(world.operator("O-1").version, 2, "a status is no version");
    assert_eq!(world.refused(&change("O-9", None, edit)), [RefusalCode::UnknownOperator]);
}

#[test]
fn open_work_forbids_leaving_and_shrinking() {
    let mut world = World::small();
    world.must(&change("O-1", None, |details| details.parallel_capacity = 2));
    world.must(&create_order("WO-2"));
    let first = world.allocate(work("WO-1", "O-1", ""));
    let second = world.allocate(work("WO-2", "O-1", ""));
    let leave = change("O-1", None, |details| {
        details.is_active = false;
        details.parallel_capacity = 2;
    });
    let refusal = &world.refusals(&leave)[0];
    assert_eq!((refusal.code, refusal.allocation_id), (RefusalCode::InUse, Some(first)));
    let shrink = change("O-1", None, |details| details.parallel_capacity = 1);
    assert_eq!(world.refused(&shrink), [RefusalCode::InUse]);
    world.must(&release(second));
    world.must(&shrink);
}

#[test]
fn bookings_of_a_stated_past_count_when_capacity_shrinks() {
    let mut world = World::small();
    world.must(&change("O-1", None, |details| details.parallel_capacity = 2));
    world.must(&create_order("WO-2"));
    let past = at("2026-03-01T06:00:00Z");
    for order in ["WO-1", "WO-2"] {
        let new = booking((order, "O-1", ""), past.plus_minutes(60), 60);
        world.submit_at(past, &Command::Allocate(new)).unwrap();
    }
    let shrink = change("O-1", None, |details| details.parallel_capacity = 1);
    assert_eq!(world.refused(&shrink), [RefusalCode::InUse]);
}

#[test]
fn absence_pauses_what_runs_and_nothing_else() {
    for status in [
        OperatorStatus::Break,
        OperatorStatus::Absent,
        OperatorStatus::Sick,
        OperatorStatus::Vacation,
        OperatorStatus::Offline,
    ] {
        let mut world = World::small();
        let running = world.allocate(work("WO-1", "O-1", "M-1"));
        let later = booking(("WO-1", "O-1", "M-1"), world.now.plus_minutes(90), 60);
        let booked = world.allocate(later);
        world.wait(5);
        let events = world.events(&post_operator("O-1", status));
        assert_eq!(events, ["operator_status_changed", "allocation_paused"], "{status:?}");
        assert_eq!(world.allocation(running).phase, Phase::Paused);
        assert_eq!(world.allocation(booked).phase, Phase::Booked);
        assert_eq!(world.operator("O-1").current_status, status);
        assert_eq!(world.machine("M-1").current_status.as_str(), "idle", "freed as well");
        assert_eq!(world.order("WO-1").status.as_str(), "paused");
        let back = post_operator("O-1", OperatorStatus::Available);
        assert_eq!(world.events(&back), ["operator_status_changed"]);
        assert_eq!(world.allocation(running).phase, Phase::Paused, "nobody resumed it");
    }
}

#[test]
fn a_repeated_status_writes_nothing() {
    let mut world = World::small();
    assert_eq!(world.events(&post_operator("O-1", OperatorStatus::Available)), [] as [&str; 0]);
    world.must(&post_operator("O-1", OperatorStatus::Sick));
    assert_eq!(world.events(&post_operator("O-1", OperatorStatus::Sick)), [] as [&str; 0]);
    let unknown = post_operator("O-9", OperatorStatus::Sick);
    assert_eq!(world.refused(&unknown), [RefusalCode::UnknownOperator]);
}

#[test]
fn skills_are_set_replaced_and_removed() {
    let mut world = World::small();
    world.must(&give_skill("O-1", "WELD", 1, None));
    assert_eq!(world.events(&give_skill("O-1", "WELD", 1, None)), [] as [&str; 0]);
    world.must(&give_skill("O-1", "WELD", 3, Some("2026-12-31")));
    world.must(&give_skill("O-1", "BEND", 1, None));
    let codes: Vec<&str> =
        world.operator("O-1").skills.iter().map(|held| held.skill.skill_code.as_str()).collect();
    assert_eq!(codes, ["BEND", "WELD"]);
    assert_eq!(world.operator("O-1").skill(&text("WELD")).unwrap().proficiency_level, level(3));
    let remove = Command::RemoveSkill { operator_id: operator_id("O-1"), skill_code: text("WELD") };
    world.must(&remove);
    assert_eq!(world.refused(&remove), [RefusalCode::UnknownSkill]);
}

#[test]
fn another_name_is_a_change_that_the_log_tells_without_it() {
    let mut world = World::small();
    let details = operator_details("O-1");
    let rename = |expected_version| Command::ChangeOperator {
        operator_id: operator_id("O-1"),
        expected_version,
        details: details.clone(),
        person_changed: true,
    };
    assert_eq!(world.events(&rename(Some(1))), ["operator_person_changed"]);
    assert_eq!(world.operator("O-1").version, 2);
    assert_eq!(world.refused(&rename(Some(1))), [RefusalCode::StaleVersion]);
}

fn erase(id: &str) -> Command {
    Command::EraseOperator { operator_id: operator_id(id) }
}

#[test]
fn an_erased_person_leaves_id_and_work_behind() {
    let mut world = World::small();
    world.must(&give_skill("O-1", "WELD", 1, None));
    let done = world.allocate(work("WO-1", "O-1", "M-1"));
    let refusal = &world.refusals(&erase("O-1"))[0];
    assert_eq!((refusal.code, refusal.allocation_id), (RefusalCode::InUse, Some(done)));
    assert!(refusal.message.contains("erased while allocation"), "{}", refusal.message);
    world.wait(5);
    world.must(&complete(done, "3", false));
    world.must(&post_operator("O-1", OperatorStatus::Sick));

    assert_eq!(world.events(&erase("O-1")), ["operator_erased"]);
    let erased = world.operator("O-1");
    assert!(!erased.details.is_active && erased.erased_at.is_some());
    assert_eq!(erased.details.hire_date, None);
    assert!(erased.details.employee_id.as_str().starts_with("erased-"), "{erased:?}");
    assert_eq!(erased.current_status, OperatorStatus::Offline, "an illness is nobody's business");
    assert_eq!(world.allocation(done).assignment.operator_id, Some(operator_id("O-1")));
    assert_eq!(world.allocation(done).quantity_produced, quantity("3"));
    assert_eq!(world.events(&erase("O-1")), [] as [&str; 0], "twice is fine");
    assert_eq!(world.refused(&erase("O-9")), [RefusalCode::UnknownOperator]);
}

#[test]
fn nothing_about_an_erased_person_is_written_any_more() {
    let mut world = World::small();
    world.state.keep_last_changes();
    world.must(&give_skill("O-1", "WELD", 1, None));
    let ended = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(5);
    world.must(&release(ended));
    world.must(&erase("O-1"));
    for command in [
        change("O-1", None, |details| details.is_active = true),
        change("O-1", None, |_| {}),
        post_operator("O-1", OperatorStatus::Available),
        give_skill("O-1", "BEND", 1, None),
        Command::RemoveSkill { operator_id: operator_id("O-1"), skill_code: text("WELD") },
        crate::shifts::add_shift("O-1", "2026-03-02", "06:00", "14:00"),
    ] {
        assert_eq!(world.refused(&command), [RefusalCode::OperatorErased], "{command:?}");
    }
    let back =
        Command::Undo { allocation_id: ended, reason: Default::default(), overrides: Vec::new() };
    assert!(world.refused(&back).contains(&RefusalCode::OperatorUnavailable));
    let again = Command::Allocate(work("WO-1", "O-1", "M-1"));
    assert_eq!(world.refused(&again), [RefusalCode::OperatorUnavailable]);
    assert_eq!(world.refused(&create_operator("O-1")), [RefusalCode::DuplicateValue]);
    let same_number = create_operator_with("O-2", |details| details.employee_id = text("E-O-1"));
    world.must(&same_number);
    let reserved = create_operator_with("O-3", |one| one.employee_id = text("erased-999"));
    assert_eq!(world.refused(&reserved), [RefusalCode::InvalidValue]);
}
