//! Goods: what runs low is ordered, what is due arrives or is late, what has expired is scrapped.
//!
//! Deliveries keep the time that the material names, so that a shortage ends when the screen says.
//! Lots of what ages are looked through now and then.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use crate::dice::Dice;
use crate::simulator::act::Act;
use crate::simulator::floor::{Floor, LotMarks, Stock};
use crate::simulator::foreman::turn::Turn;
use crate::simulator::moment::PlantTime;

/// A delivery takes so long, in minutes of work …
const DELIVERY_MINUTES: (i64, i64) = (50, 140);
/// … and of every hundred so many come later than said, by so long.
const LATE_PERCENT: usize = 9;
const DELAY_MINUTES: (i64, i64) = (90, 260);
const LOOK_THROUGH_MINUTES: i64 = 120;
/// After a refusal a material is left alone for so long.
const REST_MINUTES: i64 = 20;

/// What is known of goods beyond the stock.
#[derive(Debug, Default)]
pub(super) struct Goods {
    next_look: BTreeMap<String, PlantTime>,
    rests_until: BTreeMap<String, PlantTime>,
    /// Expectations that have come true, and are still to be taken back.
    received: BTreeMap<String, Timestamp>,
    spoiled: Vec<(String, Decimal, LotMarks)>,
}

impl Goods {
    pub(super) fn look_after(&mut self, seed: u64, turn: &mut Turn<'_>) {
        for (material, quantity, lot) in std::mem::take(&mut self.spoiled) {
            let concerns = material.clone();
            turn.act(Act::Scrap { material, quantity, lot }, &[&concerns]);
        }
        let now = turn.now.plant;
        for (id, stock) in turn.floor.stocks.iter().filter(|(_, stock)| stock.is_active) {
            if self.rests_until.get(id).is_some_and(|until| *until > now) {
                continue;
            }
            if stock.ages && self.next_look.get(id).is_none_or(|due| *due <= now) {
                self.next_look.insert(id.clone(), now.plus_minutes(LOOK_THROUGH_MINUTES));
                turn.ask(Act::LearnLots { material: id.clone() });
            }
            if let Some(act) = self.supply(seed, id, stock, turn) {
                turn.act(act, &[id]);
            }
        }
    }

    fn supply(&self, seed: u64, id: &str, stock: &Stock, turn: &Turn<'_>) -> Option<Act> {
        let material = id.to_owned();
        let clock = turn.now.clock;
        let Some(at) = stock.expected_at else {
            let is_low = stock.reorder_point.is_some_and(|point| stock.usable() <= point);
            let quantity = stock.delivery.filter(|_| is_low)?;
            let mut dice = Dice::of(seed, &format!("order-{id}-{}", turn.now.plant.0));
            let minutes = dice.between(DELIVERY_MINUTES.0, DELIVERY_MINUTES.1);
            let at = turn.now.clock_after(minutes as f64);
            return Some(Act::ExpectMaterial { material, delivery: Some((at, quantity)) });
        };
        if self.received.get(id) == Some(&at) {
            return Some(Act::ExpectMaterial { material, delivery: None });
        }
        if at > clock {
            return None;
        }
        let mut dice = Dice::of(seed, &format!("delivery-{id}-{}", at.as_second()));
        let quantity = stock.expected.or(stock.delivery).unwrap_or(Decimal::ONE);
        if dice.chance(LATE_PERCENT) {
            let minutes = dice.between(DELAY_MINUTES.0, DELAY_MINUTES.1);
            let at = turn.now.clock_after(minutes as f64);
            return Some(Act::ExpectMaterial { material, delivery: Some((at, quantity)) });
        }
        let batch = format!("{}", dice.between(100_000, 999_999));
        Some(Act::Receive { material, quantity, batch })
    }

    /// Takes note of what has come.
    pub(super) fn hear_received(&mut self, floor: &mut Floor, material: &str, body: &Value) {
        let expected = floor.stocks.get(material).and_then(|stock| stock.expected_at);
        if let Some(at) = expected {
            self.received.insert(material.to_owned(), at);
        }
        floor.take_up("material", &body["material"]);
    }

    /// Takes note of the lots of a material: what may not be used tomorrow does not count.
    pub(super) fn hear_lots(
        &mut self,
        floor: &mut Floor,
        material: &str,
        body: &Value,
        clock: Timestamp,
    ) {
        let Some(stock) = floor.stocks.get_mut(material) else { return };
        let today = clock.to_zoned(jiff::tz::TimeZone::UTC).date();
        stock.spoiled = Decimal::ZERO;
        for item in body["items"].as_array().into_iter().flatten() {
            let Ok(lot) = LotFields::deserialize(item) else { continue };
            let free = lot.quantity - lot.reserved_quantity;
            if free <= Decimal::ZERO || lot.marks.expiration_date.is_none_or(|day| day > today) {
                continue;
            }
            stock.spoiled += free;
            if lot.is_expired {
                self.spoiled.push((material.to_owned(), free, lot.marks));
            }
        }
    }

    /// What was not taken is left alone for a while.
    pub(super) fn was_refused(&mut self, material: &str, now: PlantTime) {
        self.rests_until.insert(material.to_owned(), now.plus_minutes(REST_MINUTES));
    }
}

#[derive(Deserialize)]
struct LotFields {
    #[serde(flatten)]
    marks: LotMarks,
    is_expired: bool,
    #[serde(with = "mraos_api::decimal")]
    quantity: Decimal,
    #[serde(with = "mraos_api::decimal")]
    reserved_quantity: Decimal,
}
