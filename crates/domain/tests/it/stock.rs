//! Stock lot by lot: what each transaction moves, which lots are taken, and what is refused.
//!
//! Reservations one by one as well; what work does with material is in `supply`.

use mraos_domain::command::{NamedReservation, Reason, StockTransaction};
use mraos_domain::{
    Command, Event, Finished, RefusalCode, ReservationStatus, RowId, TransactionType,
};

use crate::world::*;

fn plant_with_stock() -> World {
    let mut world = World::small();
    world.must(&create_material("MAT-1"));
    world
}

/// Location, lot and amounts of every lot, by id.
fn lots(world: &World) -> Vec<String> {
    let lots = world.material("MAT-1").lots.iter();
    lots.map(|lot| {
        let number = lot.key.lot_number.as_ref().map(ToString::to_string).unwrap_or_default();
        let place = lot.key.location.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{number}@{place} {} {}", lot.quantity, lot.reserved)
    })
    .collect()
}

fn taken(world: &mut World, amount: &str) -> Vec<String> {
    let events = world.must(&move_stock("MAT-1", stock(TransactionType::Issue, amount)));
    events
        .iter()
        .map(|one| match &one.event {
            Event::StockMoved(moved) => {
                let lot = &moved.movements[0].lot.lot_number;
                format!("{} of {}", moved.quantity(), lot.as_ref().unwrap())
            }
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn receipts_of_the_same_lot_in_the_same_place_are_one() {
    let mut world = plant_with_stock();
    world.must(&receive_lot("MAT-1", "A", "5", Some("2026-06-30")));
    world.must(&receive_lot("MAT-1", "A", "2.5", Some("2026-06-30")));
    world.must(&receive_lot("MAT-1", "A", "1", Some("2026-07-31")));
    assert_eq!(lots(&world), ["A@ 7.500 0.000", "A@ 1.000 0.000"]);
    assert_eq!(world.stock("MAT-1"), ("8.500".into(), "0.000".into()));
    assert_eq!(world.material("MAT-1").version, 1, "stock is not master data");
}

#[test]
fn what_expires_first_is_taken_first_and_never_what_has_expired() {
    let mut world = plant_with_stock();
    for (lot, expiry) in
        [("late", Some("2026-12-31")), ("never", None), ("gone", Some("2026-03-01"))]
    {
        world.must(&receive_lot("MAT-1", lot, "4", expiry));
    }
    world.must(&receive_lot("MAT-1", "today", "4", Some("2026-03-02")));
    assert_eq!(taken(&mut world, "6"), ["4.000 of today", "2.000 of late"]);
    assert_eq!(taken(&mut world, "5"), ["2.000 of late", "3.000 of never"]);
    let refusal = &world.refusals(&move_stock("MAT-1", stock(TransactionType::Issue, "2")))[0];
    assert_eq!(refusal.code, RefusalCode::MaterialShort);
    assert_eq!(refusal.required.as_deref(), Some("2.000"));
    assert_eq!(refusal.actual.as_deref(), Some("1.000"), "the expired lot is not counted");
    world.wait(24 * 60);
    assert_eq!(lots(&world).len(), 2);
}

#[test]
fn what_came_first_is_taken_first_where_the_material_says_so() {
    for (fifo, expected) in [(true, "3.000 of old"), (false, "3.000 of first-known")] {
        let mut world = World::small();
        world.must(&create_material_with("MAT-1", |details| {
            details.requires_fefo = false;
            details.requires_fifo = fifo;
        }));
        world.must(&receive_lot("MAT-1", "first-known", "3", Some("2027-01-01")));
        let stated = world.now.plus_minutes(-600);
        let old = receive_lot("MAT-1", "old", "3", Some("2028-01-01"));
        world.submit_at(stated, &old).unwrap();
        assert_eq!(taken(&mut world, "3"), [expected]);
    }
}

#[test]
fn a_transfer_keeps_age_and_marks_and_moves_only_what_is_free() {
    let mut world = plant_with_stock();
    world.must(&needs("WO-1", "MAT-1", "4"));
    let came = world.now;
    world.must(&receive_lot("MAT-1", "A", "10", None));
    world.must(&set_aside("MAT-1", "WO-1", "4"));
    world.wait(60);
    let transfer = |amount: &str, to: Option<&str>| {
        let mut transfer = stock(TransactionType::Transfer, amount);
        transfer.to_location = to.map(text);
        move_stock("MAT-1", transfer)
    };
    assert_eq!(world.refused(&transfer("1", None)), [RefusalCode::InvalidValue]);
    assert_eq!(world.refused(&transfer("6.001", Some("B-2"))), [RefusalCode::MaterialShort]);
    world.must(&transfer("6", Some("B-2")));
    assert_eq!(lots(&world), ["A@ 4.000 4.000", "A@B-2 6.000 0.000"]);
    assert_eq!(world.material("MAT-1").lots[1].received_at, came);
    assert_eq!(world.stock("MAT-1"), ("10.000".into(), "4.000".into()));
    assert_eq!(
        world.refused(&transfer("1", Some("B-2"))),
        [RefusalCode::MaterialShort],
        "what lies there already does not move there"
    );
}

#[test]
fn counting_more_or_less_is_an_adjustment_with_a_sign() {
    let mut world = plant_with_stock();
    world.must(&receive_lot("MAT-1", "A", "10", Some("2026-03-01")));
    let adjust = |amount: &str, lot: &str| {
        let mut adjustment = stock(TransactionType::Adjustment, amount);
        adjustment.lot.lot_number = Some(text(lot));
        move_stock("MAT-1", adjustment)
    };
    world.must(&adjust("-3", "A"));
    assert_eq!(lots(&world), ["A@ 7.000 0.000"], "what has expired can still be missing");
    assert_eq!(world.refused(&adjust("-1", "B")), [RefusalCode::MaterialShort]);
    world.must(&adjust("2", "B"));
    assert_eq!(lots(&world), ["A@ 7.000 0.000", "B@ 2.000 0.000"]);
    world.must(&adjust("-2", "B"));
    assert_eq!(lots(&world), ["A@ 7.000 0.000"], "an empty lot is none");
    for kind in [TransactionType::Receipt, TransactionType::Issue, TransactionType::Transfer] {
        let codes = world.refused(&move_stock("MAT-1", stock(kind, "-1")));
        assert_eq!(codes, [RefusalCode::InvalidValue], "{kind:?}");
        let codes = world.refused(&move_stock("MAT-1", stock(kind, "0")));
        assert_eq!(codes, [RefusalCode::InvalidValue], "{kind:?}");
    }
}

#[test]
fn a_count_becomes_the_difference_to_what_should_be_there() {
    let mut world = plant_with_stock();
    world.must(&receive_lot("MAT-1", "A", "10", None));
    world.must(&receive_lot("MAT-1", "B", "10", None));
    let count = |amount: &str, lot: &str| {
        let mut counted = stock(TransactionType::Adjustment, amount);
        counted.is_count = true;
        counted.lot.lot_number = Some(text(lot));
        move_stock("MAT-1", counted)
    };
    assert!(world.must(&count("10", "A")).is_empty(), "as it should be");
    world.must(&count("7", "A"));
    world.must(&count("0", "B"));
    world.must(&count("2", "C"));
    assert_eq!(lots(&world), ["A@ 7.000 0.000", "C@ 2.000 0.000"]);
}

#[test]
fn goods_keep_as_long_as_the_material_says() {
    let mut world = World::small();
    world.must(&create_material_with("MAT-1", |details| details.shelf_life_days = Some(10)));
    world.must(&receive("MAT-1", "1"));
    world.must(&receive_lot("MAT-1", "A", "1", Some("2026-04-01")));
    let lots = world.material("MAT-1").lots.iter();
    let days: Vec<_> = lots.map(|lot| lot.key.expiration_date).collect();
    assert_eq!(days, [Some("2026-03-12".parse().unwrap()), Some("2026-04-01".parse().unwrap())]);
}

#[test]
fn other_units_are_converted_at_the_door() {
    let mut world = plant_with_stock();
    let mut receipt = stock(TransactionType::Receipt, "3");
    receipt.unit_of_measure = Some(text("BOX"));
    world.must(&move_stock("MAT-1", receipt.clone()));
    assert_eq!(world.stock("MAT-1").0, "36.000");
    receipt.unit_of_measure = Some(text("KG"));
    let refusal = &world.refusals(&move_stock("MAT-1", receipt))[0];
    assert_eq!(refusal.code, RefusalCode::UnitNotConvertible);
    assert!(refusal.message.contains("3.000 KG") && refusal.message.contains("EA"));
}

#[test]
fn too_much_is_set_aside_for_nobody() {
    let mut world = plant_with_stock();
    world.must(&receive("MAT-1", "10"));
    assert_eq!(world.refused(&set_aside("MAT-1", "WO-1", "1")), [RefusalCode::UnknownBomLine]);
    world.must(&needs("WO-1", "MAT-1", "8"));
    assert_eq!(
        world.refused(&set_aside("MAT-1", "WO-1", "8.001")),
        [RefusalCode::WouldExceedRequired]
    );
    world.must(&set_aside("MAT-1", "WO-1", "8"));
    world.must(&create_order("WO-2"));
    world.must(&needs("WO-2", "MAT-1", "8"));
    assert_eq!(world.refused(&set_aside("MAT-1", "WO-2", "2.001")), [RefusalCode::MaterialShort]);
    assert_eq!(world.refused(&set_aside("MAT-1", "WO-9", "1")), [RefusalCode::UnknownWorkOrder]);
    assert_eq!(world.refused(&receive("MAT-9", "1")), [RefusalCode::UnknownMaterial]);
    world.must(&set_aside("MAT-1", "WO-2", "2"));
    assert_eq!(world.stock("MAT-1"), ("10.000".into(), "10.000".into()));
    let issue = move_stock("MAT-1", stock(TransactionType::Issue, "1"));
    assert_eq!(world.refused(&issue), [RefusalCode::MaterialShort], "all of it is spoken for");
}

#[test]
fn an_issue_for_an_order_takes_what_is_set_aside_for_it_first() {
    let mut world = plant_with_stock();
    world.must(&needs("WO-1", "MAT-1", "6"));
    world.must(&receive_lot("MAT-1", "A", "5", Some("2026-05-01")));
    world.must(&receive_lot("MAT-1", "B", "5", Some("2026-04-01")));
    world.must(&set_aside("MAT-1", "WO-1", "2"));
    let mut issue = stock(TransactionType::Issue, "3");
    issue.work_order_id = Some(order_id("WO-1"));
    world.must(&move_stock("MAT-1", issue.clone()));
    assert_eq!(lots(&world), ["A@ 5.000 0.000", "B@ 2.000 0.000"]);
    assert_eq!(world.line("WO-1", "MAT-1").quantity_consumed, quantity("3"));
    assert!(world.held("WO-1").is_empty());
    let back = StockTransaction { transaction_type: TransactionType::Receipt, ..issue };
    world.must(&move_stock("MAT-1", back));
    assert_eq!(
        world.line("WO-1", "MAT-1").quantity_consumed,
        quantity("0"),
        "what comes back from an order was not used"
    );
}

fn named(world: &World, order: &str) -> NamedReservation {
    let held = world.held(order)[0];
    NamedReservation {
        reservation_id: held.reservation_id,
        work_order_id: held.work_order_id.clone(),
        material_id: held.material_id.clone(),
    }
}

fn why() -> Reason {
    Reason { reason_code: None, text: Some(reason_text()) }
}

#[test]
fn a_reservation_is_used_and_given_back_in_parts() {
    let mut world = plant_with_stock();
    world.state.collect_finished();
    world.must(&needs("WO-1", "MAT-1", "6"));
    world.must(&receive("MAT-1", "10"));
    world.must(&set_aside("MAT-1", "WO-1", "6"));
    let reservation = named(&world, "WO-1");
    let consume = |amount: Option<&str>| Command::ConsumeReservation {
        reservation: reservation.clone(),
        amount: amount.map(quantity),
        reason: Reason::default(),
    };
    assert_eq!(world.refused(&consume(Some("6.001"))), [RefusalCode::InvalidValue]);
    assert_eq!(world.refused(&consume(Some("0"))), [RefusalCode::InvalidValue]);
    world.must(&consume(Some("2")));
    assert_eq!(world.stock("MAT-1"), ("8.000".into(), "4.000".into()));
    let release = |amount: Option<&str>| Command::ReleaseReservation {
        reservation: reservation.clone(),
        amount: amount.map(quantity),
        reason: Reason::default(),
    };
    world.must(&release(Some("1")));
    assert_eq!(world.held("WO-1")[0].open(), quantity("3"));
    world.must(&consume(None));
    assert_eq!(world.stock("MAT-1"), ("5.000".into(), "0.000".into()));
    assert_eq!(world.refused(&release(None)), [RefusalCode::UnknownReservation]);
    let over = world.state.take_finished().into_iter().find_map(|row| match row.row {
        Finished::Reservation(reservation) => Some(reservation),
        _ => None,
    });
    let over = over.unwrap();
    assert_eq!(over.status, ReservationStatus::Consumed);
    assert_eq!((over.quantity_consumed, over.quantity_released), (quantity("5"), quantity("1")));
}

#[test]
fn goods_are_handed_over_to_another_order_for_a_reason() {
    let mut world = plant_with_stock();
    world.must(&create_order("WO-2"));
    world.must(&needs("WO-1", "MAT-1", "6"));
    world.must(&needs("WO-2", "MAT-1", "4"));
    world.must(&receive_lot("MAT-1", "A", "6", Some("2026-03-09")));
    world.must(&set_aside("MAT-1", "WO-1", "6"));
    let hand_over = |world: &World, to: &str, amount: &str, reason| Command::HandOverReservation {
        reservation: named(world, "WO-1"),
        to_work_order_id: order_id(to),
        amount: Some(quantity(amount)),
        reason,
    };
    let silent = hand_over(&world, "WO-2", "4", Reason::default());
    assert_eq!(world.refused(&silent), [RefusalCode::InvalidValue]);
    let itself = hand_over(&world, "WO-1", "4", why());
    assert_eq!(world.refused(&itself), [RefusalCode::InvalidValue]);
    let too_much = hand_over(&world, "WO-2", "5", why());
    assert_eq!(world.refused(&too_much), [RefusalCode::WouldExceedRequired]);
    let events = world.must(&hand_over(&world, "WO-2", "4", why()));
    assert_eq!(events.len(), 2);
    assert_eq!(world.held("WO-1")[0].open(), quantity("2"));
    assert_eq!(world.held("WO-2")[0].open(), quantity("4"));
    assert_eq!(world.held("WO-2")[0].reservation_id, RowId(events[1].position));
    assert_eq!(world.stock("MAT-1"), ("6.000".into(), "6.000".into()));
    world.must(&create_order("WO-3"));
    world.must(&needs("WO-3", "MAT-1", "1"));
    let later = world.now.plus_minutes(10 * 24 * 60);
    world.must(&Command::Allocate(booking(("WO-3", "O-1", "M-1"), later, 60)));
    let too_late = hand_over(&world, "WO-3", "1", why());
    assert_eq!(world.refused(&too_late), [RefusalCode::MaterialShort], "it expires before");
}

#[test]
fn reservations_expire_with_their_lot_or_long_after_their_use() {
    let mut world = plant_with_stock();
    world.must(&needs("WO-1", "MAT-1", "6"));
    world.must(&receive_lot("MAT-1", "A", "3", Some("2026-03-02")));
    world.must(&set_aside("MAT-1", "WO-1", "3"));
    let expire = |world: &World| Command::ExpireReservation { reservation: named(world, "WO-1") };
    assert!(world.must(&expire(&world)).is_empty(), "it can still be used today");
    world.wait(24 * 60);
    let used_too_late = Command::ConsumeReservation {
        reservation: named(&world, "WO-1"),
        amount: None,
        reason: Reason::default(),
    };
    assert_eq!(world.refused(&used_too_late), [RefusalCode::MaterialShort]);
    world.must(&expire(&world));
    assert_eq!(world.stock("MAT-1"), ("3.000".into(), "0.000".into()));

    world.must(&receive_lot("MAT-1", "B", "3", None));
    let mut claim = stock(TransactionType::Reservation, "2");
    claim.work_order_id = Some(order_id("WO-1"));
    claim.expected_consumption_date = Some(world.now.plus_minutes(60));
    world.must(&move_stock("MAT-1", claim));
    world.wait(25 * 60);
    assert!(world.must(&expire(&world)).is_empty(), "a day of grace");
    world.wait(1);
    assert_eq!(world.must(&expire(&world)).len(), 1);
    assert!(world.held("WO-1").is_empty());
}

#[test]
fn a_line_that_asks_for_less_gives_back_what_it_does_not_need() {
    let mut world = plant_with_stock();
    world.must(&receive("MAT-1", "20"));
    world.must(&needs("WO-1", "MAT-1", "6"));
    let version = world.order("WO-1").version;
    assert!(world.must(&needs("WO-1", "MAT-1", "6")).is_empty(), "as it is already");
    world.must(&set_aside("MAT-1", "WO-1", "6"));
    assert_eq!(world.order("WO-1").version, version, "a reservation is no master data");
    let box_of_twelve = needs_with("WO-1", "MAT-1", "1", |terms| {
        terms.unit_of_measure = text("BOX");
    });
    world.must(&box_of_twelve);
    assert_eq!(world.line("WO-1", "MAT-1").terms.quantity_required, quantity("12"));
    assert_eq!(world.line("WO-1", "MAT-1").terms.unit_of_measure.as_str(), "EA");
    world.must(&needs("WO-1", "MAT-1", "4"));
    assert_eq!(world.stock("MAT-1").1, "4.000");
    let bom_id = world.line("WO-1", "MAT-1").bom_id;
    let remove = |bom_id| Command::RemoveBomLine { work_order_id: order_id("WO-1"), bom_id };
    assert_eq!(world.refused(&remove(RowId(9_999))), [RefusalCode::UnknownBomLine]);
    world.must(&remove(bom_id));
    assert_eq!(world.stock("MAT-1").1, "0.000");
    assert!(world.order("WO-1").bill.is_empty());
    assert_eq!(world.refused(&needs("WO-1", "MAT-9", "1")), [RefusalCode::UnknownMaterial]);
    assert_eq!(world.refused(&needs("WO-1", "MAT-1", "0")), [RefusalCode::InvalidValue]);
    let metres = needs_with("WO-1", "MAT-1", "1", |terms| terms.unit_of_measure = text("M"));
    assert_eq!(world.refused(&metres), [RefusalCode::UnitNotConvertible]);
}

#[test]
fn master_data_has_a_version_a_unique_number_and_one_unit() {
    let mut world = plant_with_stock();
    let number = create_material_with("MAT-2", |details| details.part_number = text("PN-MAT-1"));
    assert_eq!(world.refused(&number), [RefusalCode::DuplicateValue]);
    assert_eq!(world.refused(&create_material("MAT-1")).len(), 1);
    let change = |expected_version, change: &dyn Fn(&mut mraos_domain::MaterialDetails)| {
        let mut details = material_details("MAT-1");
        change(&mut details);
        Command::ChangeMaterial { material_id: material_id("MAT-1"), expected_version, details }
    };
    let named = change(Some(1), &|details| details.part_name = text("Ball bearing"));
    world.must(&named);
    assert_eq!(world.refused(&named), [RefusalCode::StaleVersion]);
    let unit = change(None, &|details| details.unit_of_measure = text("KG"));
    assert_eq!(world.refused(&unit), [RefusalCode::InUse]);
    let twice = change(None, &|details| details.packages.push(details.packages[0].clone()));
    assert_eq!(world.refused(&twice), [RefusalCode::InvalidValue]);
    world.must(&change(None, &|details| details.is_active = false));
    assert_eq!(world.refused(&receive("MAT-1", "1")), [RefusalCode::MaterialUnavailable]);
    assert_eq!(world.refused(&needs("WO-1", "MAT-1", "1")), [RefusalCode::MaterialUnavailable]);
}

#[test]
fn less_than_the_safety_stock_is_noted_from_the_moment_on() {
    let mut world = World::small();
    let since = world.now;
    world.must(&create_material_with("MAT-1", |details| {
        details.safety_stock_level = Some(quantity("5"));
        details.reorder_point = Some(quantity("8"));
    }));
    assert_eq!(world.material("MAT-1").below_safety_since, Some(since));
    world.wait(5);
    world.must(&receive("MAT-1", "4"));
    assert_eq!(world.material("MAT-1").below_safety_since, Some(since), "still too little");
    world.must(&receive("MAT-1", "4"));
    assert_eq!(world.material("MAT-1").below_safety_since, None);
    assert!(world.material("MAT-1").is_to_be_ordered());
    world.must(&needs("WO-1", "MAT-1", "4"));
    world.must(&set_aside("MAT-1", "WO-1", "4"));
    assert_eq!(world.material("MAT-1").below_safety_since, Some(world.now));
}

#[test]
fn no_more_is_given_back_than_the_reservations_hold() {
    let mut world = plant_with_stock();
    world.must(&receive("MAT-1", "10"));
    world.must(&needs("WO-1", "MAT-1", "6"));
    world.must(&set_aside("MAT-1", "WO-1", "5"));
    let mut release = stock(TransactionType::Release, "6");
    release.work_order_id = Some(order_id("WO-1"));
    let refusal = &world.refusals(&move_stock("MAT-1", release))[0];
    assert_eq!(refusal.code, RefusalCode::UnknownReservation);
    assert_eq!(refusal.actual.as_deref(), Some("5.000"));
}
