//! Material in the random histories: what moves it, and what must hold of it after every step.
//!
//! Lots add up to what is on hand, reservations to what is set aside, and the log alone explains
//! every unit of both.

use std::collections::BTreeMap;

use mraos_domain::command::{NamedReservation, Reason};
use mraos_domain::{
    Command, Consumption, Event, LotKey, MaterialId, Quantity, Recorded, State, TransactionType,
};
use rust_decimal::Decimal;

use crate::world::*;

const MATERIALS: [&str; 2] = ["MAT-0", "MAT-1"];
const ORDERS: u8 = 5;

/// Materials with some stock, and orders that need them: one critically, one at the start.
pub(crate) fn furnish(world: &mut World) {
    for id in MATERIALS {
        world.must(&create_material_with(id, |details| {
            details.requires_fifo = id == "MAT-1";
            details.safety_stock_level = Some(quantity("20"));
        }));
        world.must(&receive_lot(id, "A", "60", Some("2026-03-03")));
        world.must(&receive_lot(id, "B", "60", None));
    }
    world.must(&needs("WO-0", "MAT-0", "50"));
    world.must(&needs_with("WO-1", "MAT-0", "70", |terms| terms.is_critical = false));
    world.must(&needs_with("WO-1", "MAT-1", "12.345", |terms| {
        terms.consumption = Consumption::AtStart;
    }));
}

fn some_reservation(world: &World, n: u8) -> NamedReservation {
    let orders = world.state.all_work_orders();
    let mut held: Vec<_> = orders.flat_map(|order| &order.bill.reservations).collect();
    held.sort_by_key(|one| one.reservation_id);
    match held.get(usize::from(n) % held.len().max(1)) {
        Some(one) => NamedReservation {
            reservation_id: one.reservation_id,
            work_order_id: one.work_order_id.clone(),
            material_id: one.material_id.clone(),
        },
        None => NamedReservation {
            reservation_id: mraos_domain::RowId(1),
            work_order_id: order_id("WO-0"),
            material_id: material_id("MAT-0"),
        },
    }
}

/// A command about material.
pub(crate) fn command(world: &World, (a, b, c): (u8, u8, u8)) -> Command {
    let id = MATERIALS[usize::from(a) % 2];
    let order = format!("WO-{}", b % ORDERS);
    let amount = format!("{}.{}", c % 40, a % 10);
    let part = c.is_multiple_of(3).then(|| quantity(&amount));
    let reservation = || some_reservation(world, a);
    let why = Reason { reason_code: None, text: Some(reason_text()) };
    match a / 2 % 16 {
        0 | 1 => receive_lot(id, ["A", "C"][usize::from(b % 2)], &amount, Some("2026-03-03")),
        2 => receive(id, &amount),
        3 | 4 => {
            let mut issue = stock(TransactionType::Issue, &amount);
            issue.work_order_id = b.is_multiple_of(2).then(|| order_id(&order));
            move_stock(id, issue)
        }
        5 => {
            let sign = if b.is_multiple_of(2) { "-" } else { "" };
            move_stock(id, stock(TransactionType::Adjustment, &format!("{sign}{amount}")))
        }
        6 => {
            let mut transfer = stock(TransactionType::Transfer, &amount);
            transfer.to_location = Some(text(["A-1", "A-2"][usize::from(b % 2)]));
            move_stock(id, transfer)
        }
        7 | 8 => set_aside(id, &order, &amount),
        9 => {
            let mut release = stock(TransactionType::Release, &amount);
            release.work_order_id = Some(order_id(&order));
            move_stock(id, release)
        }
        10 => Command::ConsumeReservation {
            reservation: reservation(),
            amount: part,
            reason: Reason::default(),
        },
        11 => Command::ReleaseReservation {
            reservation: reservation(),
            amount: part,
            reason: Reason::default(),
        },
        12 => Command::HandOverReservation {
            reservation: reservation(),
            to_work_order_id: order_id(&order),
            amount: part,
            reason: why,
        },
        13 if b.is_multiple_of(2) => Command::ExpireReservation { reservation: reservation() },
        13 => Command::SupplyWorkOrder { work_order_id: order_id(&order) },
        14 if b.is_multiple_of(8) => Command::RemoveBomLine {
            work_order_id: order_id(&order),
            bom_id: world
                .state
                .work_order(&order_id(&order))
                .and_then(first_line)
                .unwrap_or(mraos_domain::RowId(1)),
        },
        _ => needs_with(&order, id, &amount, |terms| {
            terms.is_critical = c.is_multiple_of(4);
            terms.consumption = Consumption::ALL[usize::from(c / 4 % 2)];
        }),
    }
}

fn first_line(order: &mraos_domain::WorkOrder) -> Option<mraos_domain::RowId> {
    order.bill.lines.first().map(|line| line.bom_id)
}

fn sum(amounts: impl Iterator<Item = Quantity>) -> Decimal {
    amounts.map(Quantity::decimal).sum()
}

/// What must hold of all stock at any time.
pub(crate) fn check(state: &State) {
    let held: Vec<_> = state.all_work_orders().flat_map(|one| &one.bill.reservations).collect();
    for one in state.all_materials() {
        let of_it = || held.iter().filter(|held| held.material_id == one.material_id);
        let (on_hand, allocated) = (one.on_hand(), one.allocated());
        assert!(allocated <= on_hand, "less than nothing is available: {one:?}");
        assert_eq!(sum(of_it().map(|held| held.open())), allocated.decimal(), "{one:?} {held:?}");
        assert_eq!(one.below_safety_since.is_some(), one.is_below_safety(), "{one:?}");
        for lot in &one.lots {
            let on_lot = sum(of_it().filter(|held| held.lot == lot.key).map(|held| held.open()));
            assert_eq!(on_lot, lot.reserved.decimal(), "{lot:?}");
            assert!(lot.reserved <= lot.quantity && !lot.quantity.is_zero(), "{lot:?}");
        }
    }
    for order in state.all_work_orders() {
        for line in &order.bill.lines {
            let (bill, used) = (&order.bill, line.quantity_consumed);
            let id = &line.terms.material_id;
            let covered = used.checked_add(bill.allocated(id)).unwrap();
            let most = line.terms.quantity_required.max(used);
            assert!(covered <= most, "more set aside than needed: {line:?}");
        }
        assert!(!order.status.is_closed() || order.bill.reservations.is_empty(), "{order:?}");
        let open = state.open_of_work_order(&order.work_order_id).count();
        let for_work = order.bill.reservations.iter().any(|one| one.for_work);
        assert!(open > 0 || !for_work, "set aside for work that has ended: {order:?}");
    }
}

/// The log alone leads to the same stock.
pub(crate) fn check_log(state: &State, log: &[Recorded]) {
    let told = Told::by(log);
    for one in state.all_materials() {
        let by_log = |sums: &BTreeMap<MaterialId, Decimal>| {
            sums.get(&one.material_id).copied().unwrap_or_default()
        };
        assert_eq!(by_log(&told.on_hand), one.on_hand().decimal(), "{one:?}");
        assert_eq!(by_log(&told.allocated), one.allocated().decimal(), "{one:?}");
        let lots = one
            .lots
            .iter()
            .map(|lot| ((one.material_id.clone(), lot_name(&lot.key)), lot.quantity.decimal()));
        let lots: BTreeMap<_, _> = lots.collect();
        let of_it = |(key, left): &(&(MaterialId, String), &Decimal)| {
            key.0 == one.material_id && !left.is_zero()
        };
        let by_log = told.lots.iter().filter(of_it);
        assert!(by_log.eq(lots.iter()), "{one:?}");
    }
}

/// Stock as the log alone tells it.
#[derive(Default)]
struct Told {
    on_hand: BTreeMap<MaterialId, Decimal>,
    allocated: BTreeMap<MaterialId, Decimal>,
    lots: BTreeMap<(MaterialId, String), Decimal>,
}

impl Told {
    fn by(log: &[Recorded]) -> Self {
        let mut told = Self::default();
        for one in log {
            let Event::StockMoved(moved) = &one.event else { continue };
            let id = &moved.material_id;
            let day = one.occurred_at.timestamp().to_zoned(plant().zone).date();
            for movement in &moved.movements {
                let (on_hand, allocated) =
                    (movement.on_hand.decimal(), movement.allocated.decimal());
                *told.on_hand.entry(id.clone()).or_default() += on_hand;
                *told.allocated.entry(id.clone()).or_default() += allocated;
                *told.lots.entry((id.clone(), lot_name(&movement.lot))).or_default() += on_hand;
                let used = moved.transaction_type == TransactionType::Issue;
                assert!(!used || movement.lot.keeps_until(day), "used after its expiry: {one:?}");
            }
        }
        told
    }
}

fn lot_name(key: &LotKey) -> String {
    format!("{key:?}")
}
