//! Materials and their lots: rows to domain values and back.
//!
//! What moves is in the lots alone; what there is of a material is their sum. Each table is
//! described once for write, rebuild and comparison.

use mraos_domain::{
    Cost, Lot, LotKey, Material, MaterialDetails, MaterialId, Quantity, RowId, UnitConversion,
};
use rust_decimal::Decimal;
use tokio_postgres::Row;

use crate::cell::{cell, cell_list, cell_opt};
use crate::cells::Cells;
use crate::error::StoreError;
use crate::table::{Table, TableRow};

pub(crate) const MATERIALS: Table = Table {
    name: "materials",
    key: &["material_id"],
    columns: &[
        ("material_id", "varchar"),
        ("part_number", "varchar"),
        ("part_name", "varchar"),
        ("description", "text"),
        ("category", "varchar"),
        ("unit_of_measure", "varchar"),
        ("package_units", "text[]"),
        ("package_quantities", "numeric[]"),
        ("standard_cost", "numeric"),
        ("currency", "varchar"),
        ("safety_stock_level", "numeric"),
        ("reorder_point", "numeric"),
        ("economic_order_quantity", "numeric"),
        ("shelf_life_days", "int"),
        ("requires_fifo", "boolean"),
        ("requires_fefo", "boolean"),
        ("primary_warehouse", "varchar"),
        ("primary_location", "varchar"),
        ("next_receipt_at", "timestamptz"),
        ("next_receipt_quantity", "numeric"),
        ("is_active", "boolean"),
        ("is_hazardous", "boolean"),
        ("version", "int"),
        ("created_at", "timestamptz"),
        ("below_safety_since", "timestamptz"),
    ],
};

pub(crate) const LOTS: Table = Table {
    name: "material_lots",
    key: &["lot_id"],
    columns: &[
        ("lot_id", "bigint"),
        ("material_id", "varchar"),
        ("batch_number", "varchar"),
        ("lot_number", "varchar"),
        ("expiration_date", "date"),
        ("location", "varchar"),
        ("quantity", "numeric"),
        ("reserved_quantity", "numeric"),
        ("received_at", "timestamptz"),
        ("created_at", "timestamptz"),
        ("updated_at", "timestamptz"),
    ],
};

pub(crate) fn encode(one: &Material) -> TableRow {
    let details = &one.details;
    let packages = &details.packages;
    vec![
        cell(&one.material_id),
        cell(&details.part_number),
        cell(&details.part_name),
        cell_opt(details.description.as_ref()),
        cell_opt(details.category.as_ref()),
        cell(&details.unit_of_measure),
        cell_list(packages.iter().map(|one| &one.unit_of_measure)),
        cell_list(packages.iter().map(|one| one.quantity)),
        cell_opt(details.standard_cost),
        cell(&details.currency),
        cell_opt(details.safety_stock_level),
        cell_opt(details.reorder_point),
        cell_opt(details.economic_order_quantity),
        cell_opt(details.shelf_life_days),
        cell(details.requires_fifo),
        cell(details.requires_fefo),
        cell_opt(details.primary_warehouse.as_ref()),
        cell_opt(details.primary_location.as_ref()),
        cell_opt(details.next_receipt_at),
        cell_opt(details.next_receipt_quantity),
        cell(details.is_active),
        cell(details.is_hazardous),
        cell(one.version),
        cell(one.created_at),
        cell_opt(one.below_safety_since),
    ]
}

/// Reads a material without its lots, after its row when it changed last and by which event.
pub(crate) fn decode(row: &Row) -> Result<Material, StoreError> {
    let mut c = Cells::new(row);
    let material_id = c.parse(MaterialId::new)?;
    let details = MaterialDetails {
        part_number: c.text()?,
        part_name: c.text()?,
        description: c.text_opt()?,
        category: c.text_opt()?,
        unit_of_measure: c.text()?,
        packages: packages(c.get()?, c.get()?)?,
        standard_cost: c.decimal_opt(Cost::new)?,
        currency: c.text()?,
        safety_stock_level: c.decimal_opt(Quantity::new)?,
        reorder_point: c.decimal_opt(Quantity::new)?,
        economic_order_quantity: c.decimal_opt(Quantity::new)?,
        shelf_life_days: c.get()?,
        requires_fifo: c.get()?,
        requires_fefo: c.get()?,
        primary_warehouse: c.text_opt()?,
        primary_location: c.text_opt()?,
        next_receipt_at: c.instant_opt()?,
        next_receipt_quantity: c.decimal_opt(Quantity::new)?,
        is_active: c.get()?,
        is_hazardous: c.get()?,
    };
    let version = c.get()?;
    let created_at = c.instant()?;
    Ok(Material {
        material_id,
        details,
        lots: Vec::new(),
        below_safety_since: c.instant_opt()?,
        version,
        created_at,
        updated_at: c.instant()?,
        position: c.get()?,
    })
}

fn packages(units: Vec<&str>, sizes: Vec<Decimal>) -> Result<Vec<UnitConversion>, StoreError> {
    let pairs = units.into_iter().zip(sizes);
    pairs
        .map(|(unit, size)| {
            let unit_of_measure = mraos_domain::Text::new(unit)?;
            Ok(UnitConversion { unit_of_measure, quantity: Quantity::new(size)? })
        })
        .collect()
}

pub(crate) fn encode_lot(id: &MaterialId, one: &Lot) -> TableRow {
    vec![
        cell(one.lot_id),
        cell(id),
        cell_opt(one.key.batch_number.as_ref()),
        cell_opt(one.key.lot_number.as_ref()),
        cell_opt(one.key.expiration_date),
        cell_opt(one.key.location.as_ref()),
        cell(one.quantity),
        cell(one.reserved),
        cell(one.received_at),
        cell(one.created_at),
        cell(one.updated_at),
    ]
}

pub(crate) fn decode_lot(row: &Row) -> Result<(MaterialId, Lot), StoreError> {
    let mut c = Cells::new(row);
    let lot_id = RowId(c.get()?);
    let material_id = c.parse(MaterialId::new)?;
    let key = LotKey {
        batch_number: c.text_opt()?,
        lot_number: c.text_opt()?,
        expiration_date: c.date_opt()?,
        location: c.text_opt()?,
    };
    let lot = Lot {
        lot_id,
        key,
        quantity: c.decimal(Quantity::new)?,
        reserved: c.decimal(Quantity::new)?,
        received_at: c.instant()?,
        created_at: c.instant()?,
        updated_at: c.instant()?,
    };
    Ok((material_id, lot))
}
