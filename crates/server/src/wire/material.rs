//! Materials and their lots: wire type ↔ domain type.
//!
//! Quantities are never read from a body: they follow from transactions. Costs are rendered for
//! those alone who may see them.

use mraos_api::material as api;
use mraos_app::reads::Shortage;
use mraos_domain::{
    Command, Cost, Instant, Invalid, Lot, Material, MaterialDetails, MaterialId, Quantity, Text,
    UnitConversion,
};
use rust_decimal::Decimal;

use crate::fields::{Fields, decimal, instant, text, whole_number};
use crate::problem::HttpResult;
use crate::wire::work_order::quantity;

/// Most packages of one material.
const MAX_PACKAGES: usize = 50;
/// Days that something may keep: a hundred years.
const SHELF_LIFE_DAYS: std::ops::RangeInclusive<i64> = 0..=36_525;

/// The command to register a material.
pub(crate) fn read_create(body: api::CreateMaterial) -> HttpResult<Command> {
    let mut fields = Fields::default();
    let material_id = fields.take("material_id", MaterialId::new(&body.material_id));
    let details = read_details(&mut fields, body);
    let command =
        (|| Some(Command::CreateMaterial { material_id: material_id?, details: details? }))();
    fields.finish(command)
}

fn read_details(fields: &mut Fields, body: api::CreateMaterial) -> Option<MaterialDetails> {
    let part_number = fields.text("part_number", &body.part_number);
    let part_name = fields.text("part_name", &body.part_name);
    let unit_of_measure = fields.text("unit_of_measure", &body.unit_of_measure);
    let packages = read_packages(fields, body.packages);
    let code = body.currency.as_deref().unwrap_or("USD");
    let currency = fields.take("currency", read_currency("currency", code));
    let mut details = MaterialDetails {
        part_number: part_number?,
        part_name: part_name?,
        description: None,
        category: None,
        unit_of_measure: unit_of_measure?,
        packages: packages?,
        standard_cost: None,
        currency: currency?,
        safety_stock_level: None,
        reorder_point: None,
        economic_order_quantity: None,
        shelf_life_days: None,
        requires_fifo: body.requires_fifo.unwrap_or(false),
        requires_fefo: body.requires_fefo.unwrap_or(true),
        primary_warehouse: None,
        primary_location: None,
        next_receipt_at: None,
        next_receipt_quantity: None,
        is_active: true,
        is_hazardous: body.is_hazardous.unwrap_or(false),
    };
    let optional = api::ChangeMaterial {
        description: body.description.map(Some),
        category: body.category.map(Some),
        standard_cost: body.standard_cost.map(Some),
        safety_stock_level: body.safety_stock_level.map(Some),
        reorder_point: body.reorder_point.map(Some),
        economic_order_quantity: body.economic_order_quantity.map(Some),
        shelf_life_days: body.shelf_life_days.map(Some),
        primary_warehouse: body.primary_warehouse.map(Some),
        primary_location: body.primary_location.map(Some),
        next_receipt_at: body.next_receipt_at.map(Some),
        next_receipt_quantity: body.next_receipt_quantity.map(Some),
        ..api::ChangeMaterial::default()
    };
    change_optional(fields, &mut details, optional);
    Some(details)
}

/// Master data after a change.
pub(crate) fn change_details(
    mut details: MaterialDetails,
    body: api::ChangeMaterial,
) -> HttpResult<MaterialDetails> {
    let mut fields = Fields::default();
    let d = &mut details;
    let change = body.clone();
    fields.replace(&mut d.part_number, "part_number", change.part_number, text);
    fields.replace(&mut d.part_name, "part_name", change.part_name, text);
    fields.replace(&mut d.currency, "currency", change.currency, |name, code| {
        read_currency(name, &code)
    });
    if let Some(packages) = change.packages {
        d.packages = read_packages(&mut fields, packages).unwrap_or_default();
    }
    d.requires_fifo = change.requires_fifo.unwrap_or(d.requires_fifo);
    d.requires_fefo = change.requires_fefo.unwrap_or(d.requires_fefo);
    d.is_active = change.is_active.unwrap_or(d.is_active);
    d.is_hazardous = change.is_hazardous.unwrap_or(d.is_hazardous);
    change_optional(&mut fields, d, body);
    fields.finish(Some(details))
}

/// The members that may be empty.
fn change_optional(fields: &mut Fields, d: &mut MaterialDetails, change: api::ChangeMaterial) {
    fields.replace_nullable(&mut d.description, "description", change.description, text);
    fields.replace_nullable(&mut d.category, "category", change.category, text);
    let cost = change.standard_cost;
    fields.replace_nullable(&mut d.standard_cost, "standard_cost", cost, decimal(Cost::new));
    for (target, name, change) in [
        (&mut d.safety_stock_level, "safety_stock_level", change.safety_stock_level),
        (&mut d.reorder_point, "reorder_point", change.reorder_point),
        (&mut d.economic_order_quantity, "economic_order_quantity", change.economic_order_quantity),
        (&mut d.next_receipt_quantity, "next_receipt_quantity", change.next_receipt_quantity),
    ] {
        fields.replace_nullable(target, name, change, quantity);
    }
    let days = |name, value| whole_number(name, value, SHELF_LIFE_DAYS);
    fields.replace_nullable(
        &mut d.shelf_life_days,
        "shelf_life_days",
        change.shelf_life_days,
        days,
    );
    let warehouse = change.primary_warehouse;
    fields.replace_nullable(&mut d.primary_warehouse, "primary_warehouse", warehouse, text);
    let location = change.primary_location;
    fields.replace_nullable(&mut d.primary_location, "primary_location", location, text);
    let receipt = change.next_receipt_at;
    fields.replace_nullable(&mut d.next_receipt_at, "next_receipt_at", receipt, instant);
}

fn read_currency(name: &'static str, code: &str) -> Result<Text<3>, Invalid> {
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_code {
        return Err(Invalid::new(name, code, "three capital letters, such as USD"));
    }
    Text::named(name, code)
}

fn read_packages(fields: &mut Fields, items: Vec<api::Package>) -> Option<Vec<UnitConversion>> {
    if items.len() > MAX_PACKAGES {
        let message = format!("{} packages; at most {MAX_PACKAGES}", items.len());
        fields.reject("packages", message);
        return None;
    }
    let mut read = Vec::with_capacity(items.len());
    fields.below("packages", |fields| {
        for (index, item) in items.iter().enumerate() {
            read.push(fields.below(&index.to_string(), |fields| {
                let unit = fields.text("unit_of_measure", &item.unit_of_measure);
                let size = fields.take("quantity", quantity("quantity", item.quantity));
                Some(UnitConversion { unit_of_measure: unit?, quantity: size? })
            }));
        }
    });
    read.into_iter().collect()
}

/// A material as clients see one.
pub(crate) fn render(material: &Material, with_costs: bool) -> api::Material {
    let details = &material.details;
    let at = |instant: Option<Instant>| instant.map(Instant::timestamp);
    let amount = |quantity: Option<Quantity>| quantity.map(Quantity::decimal);
    let packages = details.packages.iter().map(|one| api::Package {
        unit_of_measure: one.unit_of_measure.to_string(),
        quantity: one.quantity.decimal(),
    });
    api::Material {
        material_id: material.material_id.to_string(),
        part_number: details.part_number.to_string(),
        part_name: details.part_name.to_string(),
        description: details.description.as_ref().map(ToString::to_string),
        category: details.category.as_ref().map(ToString::to_string),
        unit_of_measure: details.unit_of_measure.to_string(),
        packages: packages.collect(),
        standard_cost: details.standard_cost.filter(|_| with_costs).map(Cost::decimal),
        currency: details.currency.to_string(),
        on_hand_quantity: material.on_hand().decimal(),
        allocated_quantity: material.allocated().decimal(),
        available_quantity: material.available().decimal(),
        safety_stock_level: amount(details.safety_stock_level),
        reorder_point: amount(details.reorder_point),
        economic_order_quantity: amount(details.economic_order_quantity),
        below_safety_since: at(material.below_safety_since),
        shelf_life_days: details.shelf_life_days.map(i64::from),
        requires_fifo: details.requires_fifo,
        requires_fefo: details.requires_fefo,
        primary_warehouse: details.primary_warehouse.as_ref().map(ToString::to_string),
        primary_location: details.primary_location.as_ref().map(ToString::to_string),
        next_receipt_at: at(details.next_receipt_at),
        next_receipt_quantity: amount(details.next_receipt_quantity),
        is_active: details.is_active,
        is_hazardous: details.is_hazardous,
        version: material.version.into(),
        created_at: material.created_at.timestamp(),
        updated_at: material.updated_at.timestamp(),
    }
}

/// A lot as clients see one.
pub(crate) fn render_lot(id: &MaterialId, lot: &Lot, today: jiff::civil::Date) -> api::Lot {
    api::Lot {
        lot_id: lot.lot_id.0,
        material_id: id.to_string(),
        batch_number: lot.key.batch_number.as_ref().map(ToString::to_string),
        lot_number: lot.key.lot_number.as_ref().map(ToString::to_string),
        expiration_date: lot.key.expiration_date,
        is_expired: !lot.key.keeps_until(today),
        location: lot.key.location.as_ref().map(ToString::to_string),
        quantity: lot.quantity.decimal(),
        reserved_quantity: lot.reserved.decimal(),
        received_at: lot.received_at.timestamp(),
    }
}

/// A shortage as clients see one; `now` decides whether the next receipt is still to come.
pub(crate) fn render_shortage(one: Shortage, now: Instant) -> api::Shortage {
    let missing = (one.demand - one.usable).max(Decimal::new(0, 3));
    let covers = one.next_receipt_quantity.is_none_or(|quantity| quantity >= missing);
    let expected = one.next_receipt_at.filter(|at| *at > now.timestamp() && covers);
    api::Shortage {
        material_id: one.material_id.to_string(),
        part_number: one.part_number,
        part_name: one.part_name,
        unit_of_measure: one.unit_of_measure,
        available_quantity: one.available,
        usable_quantity: one.usable,
        demand_quantity: one.demand,
        shortage_quantity: missing,
        safety_stock_level: one.safety_stock_level,
        reorder_point: one.reorder_point,
        is_critical: one.is_critical,
        work_order_ids: one.work_order_ids,
        unblocks_at: expected,
        next_receipt_quantity: one.next_receipt_quantity,
    }
}
