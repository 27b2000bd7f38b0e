//! Bills of materials: wire type ↔ domain type.
//!
//! A line without a unit is stated in the material's own; the rules convert or refuse others.

use mraos_api::bom as api;
use mraos_domain::{Bill, BomLine, BomTerms, Command, Consumption, MaterialId, Unit, WorkOrderId};

use crate::fields::{Fields, named_value};
use crate::problem::HttpResult;
use crate::wire::reservation::read_amount;

/// The command that adds a line or replaces it. `own_unit` is the material's.
pub(crate) fn read_set(
    work_order_id: WorkOrderId,
    body: &api::SetBomLine,
    own_unit: Option<&Unit>,
) -> HttpResult<Command> {
    let mut fields = Fields::default();
    let material_id = fields.take("material_id", MaterialId::new(&body.material_id));
    let amount = read_amount(&mut fields, "quantity_required", Some(body.quantity_required));
    let unit = fields.optional_text("unit_of_measure", body.unit_of_measure.as_deref());
    let name = body.consumption.as_deref().unwrap_or("backflush");
    let consumption = named_value("consumption", name, Consumption::ALL, Consumption::as_str);
    let consumption = fields.take("consumption", consumption);
    // Of a material that there is not, no unit matters: the rules say so.
    let nominal = own_unit.cloned().or_else(|| Unit::new("EA").ok());
    let command = (|| {
        let terms = BomTerms {
            material_id: material_id?,
            quantity_required: amount??,
            unit_of_measure: unit?.or(nominal)?,
            is_critical: body.is_critical.unwrap_or(false),
            consumption: consumption?,
        };
        Some(Command::SetBomLine { work_order_id, expected_version: None, terms })
    })();
    fields.finish(command)
}

/// A line as clients see one.
pub(crate) fn render(id: &WorkOrderId, bill: &Bill, line: &BomLine) -> api::BomLine {
    api::BomLine {
        bom_id: line.bom_id.0,
        work_order_id: id.to_string(),
        material_id: line.terms.material_id.to_string(),
        quantity_required: line.terms.quantity_required.decimal(),
        quantity_allocated: bill.allocated(&line.terms.material_id).decimal(),
        quantity_consumed: line.quantity_consumed.decimal(),
        quantity_uncovered: bill.uncovered(line).decimal(),
        unit_of_measure: line.terms.unit_of_measure.to_string(),
        is_critical: line.terms.is_critical,
        consumption: line.terms.consumption.as_str().to_owned(),
    }
}
