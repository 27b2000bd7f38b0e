//! Material and work: what beginning sets aside and takes, what making uses up, what ending gives
//! back, and when there is too little.
//!
//! Every movement is in the same submission as the work that causes it.

use mraos_domain::command::Progress;
use mraos_domain::{
    AllocationId, Command, Consumption, Event, Key, Quantity, Recorded, RefusalCode,
    WorkOrderTerms, requires,
};

use crate::properties::load_part;
use crate::world::*;

fn plant_with_bill() -> World {
    let mut world = World::small();
    world.must(&create_material("MAT-1"));
    world.must(&receive_lot("MAT-1", "A", "50", Some("2026-03-20")));
    world.must(&needs("WO-1", "MAT-1", "20"));
    world
}

fn stock_events(recorded: &[Recorded]) -> Vec<String> {
    let moved = recorded.iter().filter_map(|one| match &one.event {
        Event::StockMoved(moved) => {
            Some(format!("{} {}", moved.transaction_type.as_str(), moved.quantity()))
        }
        _ => None,
    });
    moved.collect()
}

fn report(amount: &str, rejected: &str) -> Command {
    Command::ReportProgress {
        work_order_id: order_id("WO-1"),
        expected_version: None,
        progress: Progress::More(quantity(amount)),
        quantity_rejected: quantity(rejected),
    }
}

#[test]
fn an_order_without_a_bill_asks_for_nothing_more() {
    let mut world = World::small();
    let (part, _) = load_part(&world.state, &Command::Allocate(work("WO-1", "O-1", "M-1")));
    assert_eq!(part.all_materials().count(), 0);
    let events = world.events(&Command::Allocate(work("WO-1", "O-1", "M-1")));
    assert_eq!(events, ["allocation_created"]);
}

#[test]
fn an_order_with_a_bill_asks_for_its_materials() {
    let world = plant_with_bill();
    let mut part = mraos_domain::State::default();
    let allocate = Command::Allocate(work("WO-1", "O-1", "M-1"));
    part.put_work_order(world.order("WO-1").clone(), Vec::new());
    let asked = requires(&part, &allocate, None);
    assert!(asked.contains(&Key::Material(material_id("MAT-1"))), "{asked:?}");
}

#[test]
fn an_allocation_sets_aside_what_its_order_needs() {
    let mut world = plant_with_bill();
    let events = world.must(&Command::Allocate(work("WO-1", "O-1", "M-1")));
    assert_eq!(stock_events(&events), ["reservation 20.000"]);
    assert_eq!(world.stock("MAT-1"), ("50.000".into(), "20.000".into()));
    let held = world.held("WO-1")[0];
    assert!(held.for_work);
    assert_eq!(held.expected_consumption_date, Some(world.now));
    world.must(&create_operator("O-2"));
    let second = world.must(&Command::Allocate(work("WO-1", "O-2", "")));
    assert!(stock_events(&second).is_empty(), "nothing more is needed");
}

#[test]
fn too_little_of_a_critical_material_refuses_with_figures_and_when_there_is_more() {
    let mut world = plant_with_bill();
    let due = world.now.plus_minutes(24 * 60);
    world.must(&create_material_with("MAT-2", |details| {
        details.next_receipt_at = Some(due);
        details.next_receipt_quantity = Some(quantity("40"));
    }));
    world.must(&receive("MAT-2", "4"));
    world.must(&needs("WO-1", "MAT-2", "5"));
    let allocate = Command::Allocate(work("WO-1", "O-1", "M-1"));
    let refusal = &world.refusals(&allocate)[0];
    assert_eq!(refusal.code, RefusalCode::MaterialShort);
    assert!(!refusal.overridable, "nobody builds without parts");
    assert_eq!(refusal.entity.entity_id, "MAT-2");
    assert_eq!(refusal.work_order_id, Some(order_id("WO-1")));
    assert_eq!(refusal.required.as_deref(), Some("5.000"));
    assert_eq!(refusal.actual.as_deref(), Some("4.000"));
    assert_eq!(refusal.to, Some(due), "unblocks when the next receipt comes");
    assert!(refusal.message.contains("40.000 EA are expected"), "{}", refusal.message);
    assert_eq!(world.stock("MAT-1").1, "0.000", "nothing is half set aside");
    world.must(&receive("MAT-2", "1"));
    world.must(&allocate);
}

#[test]
fn what_expires_before_the_work_ends_does_not_count() {
    let mut world = plant_with_bill();
    let at = |day: &str| crate::world::at(&format!("2026-03-{day}T20:00:00Z"));
    let allocate =
        |start, minutes| Command::Allocate(booking(("WO-1", "O-1", "M-1"), start, minutes));
    world.now = at("19");
    assert_eq!(world.refused(&allocate(at("20"), 300)), [RefusalCode::MaterialShort]);
    world.must(&allocate(at("20"), 120));
}

#[test]
fn of_what_is_not_critical_there_may_be_too_little() {
    let mut world = plant_with_bill();
    world.must(&needs_with("WO-1", "MAT-1", "60", |terms| terms.is_critical = false));
    let events = world.must(&Command::Allocate(work("WO-1", "O-1", "M-1")));
    assert_eq!(stock_events(&events), ["reservation 50.000"], "all there is");
}

#[test]
fn material_is_used_up_in_proportion_to_what_is_made() {
    let mut world = plant_with_bill();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(5);
    assert_eq!(stock_events(&world.must(&report("10", "0"))), ["issue 2.000"]);
    assert_eq!(stock_events(&world.must(&report("0", "5"))), ["issue 1.000"], "rejects too");
    let events = world.must(&complete(id, "25", false));
    assert_eq!(stock_events(&events), ["issue 5.000", "release 12.000"]);
    assert_eq!(world.line("WO-1", "MAT-1").quantity_consumed, quantity("8"));
    assert_eq!(world.stock("MAT-1"), ("42.000".into(), "0.000".into()));
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    assert_eq!(world.held("WO-1")[0].open(), quantity("12"), "what is still needed");
    world.wait(5);
    let events = world.must(&complete(id, "65", false));
    assert_eq!(stock_events(&events), ["issue 12.000"], "to the last piece, and no more");
    assert_eq!(world.order("WO-1").status.as_str(), "completed");
    assert_eq!(world.stock("MAT-1"), ("30.000".into(), "0.000".into()));
}

#[test]
fn shares_that_do_not_come_out_even_add_up_in_the_end() {
    let mut world = plant_with_bill();
    world.must(&needs("WO-1", "MAT-1", "10"));
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    for _ in 0..3 {
        world.wait(5);
        world.must(&report("33.333", "0"));
    }
    assert_eq!(world.line("WO-1", "MAT-1").quantity_consumed, quantity("9.999"));
    world.must(&complete(id, "0.001", false));
    assert_eq!(world.line("WO-1", "MAT-1").quantity_consumed, quantity("10"));
}

#[test]
fn what_is_used_up_at_the_start_is_taken_when_work_begins() {
    let mut world = plant_with_bill();
    world.must(&needs_with("WO-1", "MAT-1", "20", |terms| {
        terms.consumption = Consumption::AtStart;
    }));
    let start_at = world.now.plus_minutes(30);
    let id = world.must(&Command::Allocate(booking(("WO-1", "O-1", "M-1"), start_at, 60)));
    assert_eq!(stock_events(&id), ["reservation 20.000"]);
    let id = mraos_domain::AllocationId(id[0].position);
    assert_eq!(stock_events(&world.must(&start(id))), ["issue 20.000"]);
    world.wait(5);
    assert!(stock_events(&world.must(&pause(id))).is_empty());
    assert!(stock_events(&world.must(&resume(id))).is_empty(), "taken once");
    world.wait(5);
    assert!(stock_events(&world.must(&complete(id, "50", true))).is_empty());
    assert_eq!(world.stock("MAT-1"), ("30.000".into(), "0.000".into()));

    let mut world = plant_with_bill();
    world.must(&needs_with("WO-1", "MAT-1", "20", |terms| {
        terms.consumption = Consumption::AtStart;
    }));
    let events = world.must(&Command::Allocate(work("WO-1", "O-1", "M-1")));
    assert_eq!(stock_events(&events), ["issue 20.000"], "at once, without setting it aside");
}

#[test]
fn what_is_not_used_is_given_back_with_the_last_work() {
    let mut world = plant_with_bill();
    world.must(&create_operator("O-2"));
    let first = world.allocate(work("WO-1", "O-1", "M-1"));
    let later = world.now.plus_minutes(600);
    let second = world.allocate(booking(("WO-1", "O-2", ""), later, 60));
    world.wait(5);
    assert!(stock_events(&world.must(&release(first))).is_empty(), "other work needs it");
    assert_eq!(stock_events(&world.must(&cancel(second))), ["release 20.000"]);
    assert_eq!(world.stock("MAT-1"), ("50.000".into(), "0.000".into()));
}

#[test]
fn what_a_person_set_aside_stays_until_the_order_is_closed() {
    let mut world = plant_with_bill();
    world.must(&set_aside("MAT-1", "WO-1", "15"));
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(5);
    assert_eq!(stock_events(&world.must(&release(id))), ["release 5.000"]);
    assert_eq!(world.stock("MAT-1").1, "15.000");
    let call_off = Command::CancelWorkOrder {
        work_order_id: order_id("WO-1"),
        expected_version: None,
        reason: Default::default(),
    };
    assert_eq!(stock_events(&world.must(&call_off)), ["release 15.000"]);
    assert_eq!(world.stock("MAT-1").1, "0.000");
    assert_eq!(world.refused(&needs("WO-1", "MAT-1", "1")), [RefusalCode::OrderClosed]);
}

#[test]
fn a_far_booking_sets_nothing_aside_until_it_comes_near() {
    let mut world = plant_with_bill();
    world.must(&create_order("WO-2"));
    world.must(&create_operator("O-2"));
    world.must(&needs("WO-2", "MAT-1", "40"));
    let horizon = i64::from(world.plant.reservation_horizon_minutes);
    let far = world.now.plus_minutes(horizon + 60);
    let booked = world.must(&Command::Allocate(booking(("WO-2", "O-1", "M-1"), far, 60)));
    assert!(stock_events(&booked).is_empty(), "tomorrow's order goes first");
    let id = world.allocate(work("WO-1", "O-2", ""));
    let supply = Command::SupplyWorkOrder { work_order_id: order_id("WO-2") };
    let missing = &world.refusals(&supply)[0];
    assert_eq!(missing.code, RefusalCode::MaterialShort);
    assert_eq!(missing.actual.as_deref(), Some("30.000"));
    world.wait(90);
    world.must(&release(id));
    assert_eq!(stock_events(&world.must(&supply)), ["reservation 40.000"]);
    assert!(stock_events(&world.must(&supply)).is_empty(), "once is enough");
}

#[test]
fn what_expired_meanwhile_is_replaced_when_work_begins() {
    let mut world = World::small();
    world.must(&create_material("MAT-1"));
    world.must(&receive_lot("MAT-1", "A", "20", Some("2026-03-03")));
    world.must(&needs("WO-1", "MAT-1", "20"));
    let tomorrow = world.now.plus_minutes(24 * 60);
    let id = world.allocate(booking(("WO-1", "O-1", "M-1"), tomorrow, 60));
    world.wait(2 * 24 * 60);
    assert_eq!(world.refused(&start(id)), [RefusalCode::MaterialShort]);
    world.must(&receive_lot("MAT-1", "B", "20", Some("2026-03-30")));
    let events = world.must(&start(id));
    assert_eq!(stock_events(&events), ["release 20.000", "reservation 20.000"]);
    let held = world.held("WO-1");
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].lot.lot_number, Some(text("B")));
}

#[test]
fn backflush_takes_what_is_free_where_too_little_was_set_aside() {
    let mut world = plant_with_bill();
    world.must(&needs_with("WO-1", "MAT-1", "60", |terms| terms.is_critical = false));
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.must(&receive("MAT-1", "5"));
    world.wait(5);
    let events = world.must(&complete(id, "100", false));
    assert_eq!(stock_events(&events), ["issue 50.000", "issue 5.000"]);
    assert_eq!(world.stock("MAT-1"), ("0.000".into(), "0.000".into()));
    assert_eq!(world.line("WO-1", "MAT-1").quantity_consumed, quantity("55"));
    assert!(world.held("WO-1").is_empty());
    assert_eq!(world.material("MAT-1").available(), Quantity::ZERO);
}

fn undo(allocation_id: AllocationId) -> Command {
    Command::Undo { allocation_id, reason: Default::default(), overrides: Vec::new() }
}

#[test]
fn taking_a_step_back_takes_its_material_back() {
    let mut world = plant_with_bill();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    assert_eq!(stock_events(&world.must(&undo(id))), ["release 20.000"]);
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(5);
    assert_eq!(
        stock_events(&world.must(&complete(id, "50", true))),
        ["issue 10.000", "release 10.000"]
    );
    assert_eq!(stock_events(&world.must(&undo(id))), ["reservation 10.000"]);
    assert_eq!(world.line("WO-1", "MAT-1").quantity_consumed, quantity("10"));
    world.wait(5);
    let done = world.must(&complete(id, "100", false));
    assert_eq!(stock_events(&done), ["issue 10.000"], "what was used before counts");
}

#[test]
fn a_booking_that_moves_away_lets_go_and_one_that_comes_near_takes() {
    let mut world = plant_with_bill();
    let soon = world.now.plus_minutes(60);
    let far = world.now.plus_minutes(i64::from(world.plant.reservation_horizon_minutes) + 60);
    let id = world.allocate(booking(("WO-1", "O-1", "M-1"), soon, 60));
    let moved = |start| Command::Reschedule {
        allocation_id: id,
        expected_start_time: Some(start),
        expected_end: None,
        reason: Default::default(),
        overrides: Vec::new(),
    };
    assert_eq!(stock_events(&world.must(&moved(far))), ["release 20.000"]);
    assert_eq!(stock_events(&world.must(&moved(soon))), ["reservation 20.000"]);
}

#[test]
fn a_waiting_step_uses_up_its_material_and_gives_the_rest_back() {
    let mut world = plant_with_bill();
    world.must(&set_aside("MAT-1", "WO-1", "15"));
    let terms = WorkOrderTerms { wait_minutes: Some(60), ..WorkOrderTerms::default() };
    world.must(&Command::ChangeWorkOrder {
        work_order_id: order_id("WO-1"),
        expected_version: None,
        details: order_details("WO-1"),
        terms,
    });
    let advance = Command::AdvanceWaiting { work_order_id: order_id("WO-1") };
    assert!(stock_events(&world.must(&advance)).is_empty(), "it begins");
    world.wait(60);
    assert_eq!(stock_events(&world.must(&advance)), ["issue 15.000", "issue 5.000"]);
    assert_eq!(world.stock("MAT-1"), ("30.000".into(), "0.000".into()));
}
