//! The warehouse of the world in which days are lived.
//!
//! Work reserves and uses up, what is given back is there again, deliveries come. Fails the test
//! when something critical is taken that is not there.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use mraos_api::bom::SetBomLine;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::generator::Plant;
use crate::simulator::floor::Floor;

#[derive(Default)]
pub(super) struct Store {
    cards: BTreeMap<String, Value>,
    bills: BTreeMap<String, Vec<(String, Decimal, bool)>>,
    held: BTreeMap<String, Vec<(String, Decimal)>>,
}

impl Store {
    pub(super) fn open(&mut self, plant: &Plant, floor: &mut Floor) {
        for material in &plant.materials {
            let mut card = serde_json::to_value(material).unwrap();
            let lots = plant.lots.iter().filter(|lot| lot.material_id == material.material_id);
            let there: Decimal = lots.filter_map(|lot| lot.transaction.quantity).sum();
            card["available_quantity"] = json!(there.to_string());
            card["is_active"] = json!(true);
            floor.take_up("material", &card);
            self.cards.insert(material.material_id.clone(), card);
        }
    }

    pub(super) fn add_line(&mut self, order: &str, line: &SetBomLine) -> Value {
        let critical = line.is_critical.unwrap_or_default();
        let entry = (line.material_id.clone(), line.quantity_required, critical);
        self.bills.entry(order.to_owned()).or_default().push(entry);
        json!({
            "material_id": line.material_id, "is_critical": critical,
            "quantity_uncovered": line.quantity_required.to_string(),
        })
    }

    pub(super) fn is_enough_for(&self, order: &str, floor: &Floor) -> bool {
        let is_held = self.held.contains_key(order);
        let mut lines = self.bills.get(order).into_iter().flatten();
        is_held
            || lines.all(|(material, quantity, critical)| {
                !critical || floor.stocks[material].available >= *quantity
            })
    }

    pub(super) fn reserve(&mut self, order: &str, floor: &mut Floor) {
        let lines = self.bills.get(order).cloned().unwrap_or_default();
        let mut held = Vec::new();
        for (material, quantity, critical) in lines {
            let part = floor.stocks[&material].available.min(quantity);
            assert!(!critical || part == quantity, "{order} takes {quantity} of {material}");
            self.change(&material, -part, floor);
            held.push((material, part));
        }
        self.held.insert(order.to_owned(), held);
    }

    /// What was not used is there again.
    pub(super) fn give_back(&mut self, order: &str, floor: &mut Floor) {
        let known = &floor.orders[order];
        let share = known.remaining() / known.ordered;
        for (material, quantity) in self.held.remove(order).unwrap_or_default() {
            self.change(&material, (quantity * share).round_dp(3), floor);
        }
    }

    pub(super) fn use_up(&mut self, order: &str) {
        self.held.remove(order);
        self.bills.remove(order);
    }

    pub(super) fn expect(&mut self, material: &str, change: &Value) -> Value {
        let card = self.cards.get_mut(material).unwrap();
        for field in ["next_receipt_at", "next_receipt_quantity"] {
            card[field] = change[field].clone();
        }
        card.clone()
    }

    pub(super) fn receive(&mut self, material: &str, quantity: Decimal) -> Value {
        let card = self.cards.get_mut(material).unwrap();
        let there: Decimal = card["available_quantity"].as_str().unwrap().parse().unwrap();
        card["available_quantity"] = json!((there + quantity).to_string());
        card.clone()
    }

    fn change(&mut self, material: &str, by: Decimal, floor: &mut Floor) {
        let card = self.receive(material, by);
        floor.take_up("material", &card);
    }
}
