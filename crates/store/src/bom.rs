//! Bills of materials: rows to domain values and back.
//!
//! What is allocated is not here: it is the sum of the reservations.

use mraos_domain::{BomLine, BomTerms, Consumption, MaterialId, Quantity, RowId, WorkOrderId};
use tokio_postgres::Row;

use crate::cell::cell;
use crate::cells::Cells;
use crate::error::StoreError;
use crate::table::{Table, TableRow};

pub(crate) const BOM: Table = Table {
    name: "work_order_bom",
    key: &["bom_id"],
    columns: &[
        ("bom_id", "bigint"),
        ("work_order_id", "varchar"),
        ("material_id", "varchar"),
        ("quantity_required", "numeric"),
        ("unit_of_measure", "varchar"),
        ("is_critical", "boolean"),
        ("consumption", "varchar"),
        ("quantity_consumed", "numeric"),
        ("created_at", "timestamptz"),
    ],
};

pub(crate) fn encode(id: &WorkOrderId, one: &BomLine) -> TableRow {
    vec![
        cell(one.bom_id),
        cell(id),
        cell(&one.terms.material_id),
        cell(one.terms.quantity_required),
        cell(&one.terms.unit_of_measure),
        cell(one.terms.is_critical),
        cell(one.terms.consumption.as_str()),
        cell(one.quantity_consumed),
        cell(one.created_at),
    ]
}

pub(crate) fn decode(row: &Row) -> Result<(WorkOrderId, BomLine), StoreError> {
    let mut c = Cells::new(row);
    let bom_id = RowId(c.get()?);
    let work_order_id = c.parse(WorkOrderId::new)?;
    let terms = BomTerms {
        material_id: c.parse(MaterialId::new)?,
        quantity_required: c.decimal(Quantity::new)?,
        unit_of_measure: c.text()?,
        is_critical: c.get()?,
        consumption: c.name(Consumption::parse)?,
    };
    let quantity_consumed = c.decimal(Quantity::new)?;
    let created_at = c.instant()?;
    Ok((work_order_id, BomLine { bom_id, terms, quantity_consumed, created_at }))
}
