//! Machines: wire type ↔ domain type.
//!
//! Values are checked by the domain's constructors; nothing here decides whether a change is
//! allowed. Effectiveness and uptime are computed figures and are not taken from clients.

use mraos_api::machine as api;
use mraos_app::reads::MachineFigures;
use mraos_domain::{
    Command, Instant, Invalid, Machine, MachineDetails, MachineId, MachineStatus, Text,
};

use crate::fields::{Fields, count, date, named_value, parallel_capacity, text, whole_number};
use crate::problem::HttpResult;

/// Product types that one machine may list.
const MAX_PRODUCT_TYPES: usize = 200;

/// A status that may be posted.
pub(crate) fn posted_status(name: &'static str, value: &str) -> Result<MachineStatus, Invalid> {
    named_value(name, value, &MachineStatus::ALL, MachineStatus::as_str)
}

/// The command to register a machine.
pub(crate) fn read_create(body: api::CreateMachine) -> HttpResult<Command> {
    let mut fields = Fields::default();
    let machine_id = fields.take("machine_id", MachineId::new(&body.machine_id));
    let status = body.current_status.as_deref().unwrap_or("idle");
    let status = fields.take("current_status", posted_status("current_status", status));
    let details = read_details(&mut fields, body);
    let command = (|| {
        Some(Command::CreateMachine { machine_id: machine_id?, details: details?, status: status? })
    })();
    fields.finish(command)
}

fn read_details(fields: &mut Fields, body: api::CreateMachine) -> Option<MachineDetails> {
    let machine_name = fields.text("machine_name", &body.machine_name);
    let machine_type = fields.text("machine_type", &body.machine_type);
    let production_line = fields.text("production_line", &body.production_line);
    let capacity = parallel_capacity("parallel_capacity", body.parallel_capacity.unwrap_or(1));
    let parallel_capacity = fields.take("parallel_capacity", capacity);
    let last = body.last_maintenance_date.map(|day| date("last_maintenance_date", day));
    let last = fields.take_optional("last_maintenance_date", last);
    let next = body.next_maintenance_date.map(|day| date("next_maintenance_date", day));
    let next = fields.take_optional("next_maintenance_date", next);
    let hours = body.maintenance_hours_remaining;
    let hours = hours.map(|hours| count("maintenance_hours_remaining", hours));
    let hours = fields.take_optional("maintenance_hours_remaining", hours);
    let mut details = MachineDetails {
        machine_name: machine_name?,
        machine_type: machine_type?,
        manufacturer: None,
        model_number: None,
        serial_number: None,
        production_line: production_line?,
        zone: None,
        physical_location: None,
        product_types: read_product_types(fields, body.product_types.unwrap_or_default())?,
        max_capacity_per_hour: None,
        parallel_capacity: parallel_capacity?,
        last_maintenance_date: last?,
        next_maintenance_date: next?,
        maintenance_hours_remaining: hours?,
        installation_date: None,
        warranty_expiry: None,
        is_active: true,
    };
    let optional = api::ChangeMachine {
        manufacturer: body.manufacturer.map(Some),
        model_number: body.model_number.map(Some),
        serial_number: body.serial_number.map(Some),
        zone: body.zone.map(Some),
        physical_location: body.physical_location.map(Some),
        max_capacity_per_hour: body.max_capacity_per_hour.map(Some),
        installation_date: body.installation_date.map(Some),
        warranty_expiry: body.warranty_expiry.map(Some),
        ..api::ChangeMachine::default()
    };
    change_optional(fields, &mut details, optional);
    Some(details)
}

/// Master data after a change.
pub(crate) fn change_details(
    mut details: MachineDetails,
    body: api::ChangeMachine,
) -> HttpResult<MachineDetails> {
    let mut fields = Fields::default();
    let d = &mut details;
    let change = body.clone();
    fields.replace(&mut d.machine_name, "machine_name", change.machine_name, text);
    fields.replace(&mut d.machine_type, "machine_type", change.machine_type, text);
    fields.replace(&mut d.production_line, "production_line", change.production_line, text);
    let capacity = change.parallel_capacity;
    fields.replace(&mut d.parallel_capacity, "parallel_capacity", capacity, parallel_capacity);
    if let Some(products) = change.product_types {
        d.product_types = read_product_types(&mut fields, products).unwrap_or_default();
    }
    d.is_active = change.is_active.unwrap_or(d.is_active);
    change_optional(&mut fields, d, body);
    fields.finish(Some(details))
}

/// The members that may be empty.
fn change_optional(fields: &mut Fields, d: &mut MachineDetails, change: api::ChangeMachine) {
    fields.replace_nullable(&mut d.manufacturer, "manufacturer", change.manufacturer, text);
    fields.replace_nullable(&mut d.model_number, "model_number", change.model_number, text);
    fields.replace_nullable(&mut d.serial_number, "serial_number", change.serial_number, text);
    fields.replace_nullable(&mut d.zone, "zone", change.zone, text);
    let location = change.physical_location;
    fields.replace_nullable(&mut d.physical_location, "physical_location", location, text);
    let capacity = change.max_capacity_per_hour;
    let per_hour = |name, value| whole_number(name, value, 1..=1_000_000_000);
    fields.replace_nullable(
        &mut d.max_capacity_per_hour,
        "max_capacity_per_hour",
        capacity,
        per_hour,
    );
    for (target, name, change) in [
        (&mut d.installation_date, "installation_date", change.installation_date),
        (&mut d.warranty_expiry, "warranty_expiry", change.warranty_expiry),
    ] {
        fields.replace_nullable(target, name, change, date);
    }
}

fn read_product_types(fields: &mut Fields, products: Vec<String>) -> Option<Vec<Text<20>>> {
    if products.len() > MAX_PRODUCT_TYPES {
        let message = format!("{} product types; at most {MAX_PRODUCT_TYPES}", products.len());
        fields.reject("product_types", message);
        return None;
    }
    let mut read = Vec::with_capacity(products.len());
    fields.below("product_types", |fields| {
        for (index, product) in products.iter().enumerate() {
            read.push(fields.take(&index.to_string(), text("product_types", product)));
        }
    });
    let mut read: Vec<Text<20>> = read.into_iter().collect::<Option<_>>()?;
    read.sort();
    read.dedup();
    Some(read)
}

/// A machine as clients see one.
pub(crate) fn render(
    machine: &Machine,
    figures: Option<&MachineFigures>,
    now: Instant,
) -> api::Machine {
    let details = &machine.details;
    api::Machine {
        machine_id: machine.machine_id.to_string(),
        machine_name: details.machine_name.to_string(),
        machine_type: details.machine_type.to_string(),
        production_line: details.production_line.to_string(),
        manufacturer: details.manufacturer.as_ref().map(ToString::to_string),
        model_number: details.model_number.as_ref().map(ToString::to_string),
        serial_number: details.serial_number.as_ref().map(ToString::to_string),
        zone: details.zone.as_ref().map(ToString::to_string),
        physical_location: details.physical_location.as_ref().map(ToString::to_string),
        product_types: details.product_types.iter().map(ToString::to_string).collect(),
        max_capacity_per_hour: details.max_capacity_per_hour.map(i64::from),
        parallel_capacity: details.parallel_capacity.into(),
        current_status: machine.current_status.as_str().to_owned(),
        status_updated_at: machine.status_updated_at.timestamp(),
        status_reason_code: machine.status_reason_code.as_ref().map(ToString::to_string),
        overall_equipment_effectiveness: figures
            .and_then(|figures| figures.overall_equipment_effectiveness),
        uptime_percentage: figures.and_then(|figures| figures.uptime_percentage),
        last_maintenance_date: details.last_maintenance_date,
        next_maintenance_date: details.next_maintenance_date,
        maintenance_hours_remaining: machine.maintenance_hours_remaining(now),
        installation_date: details.installation_date,
        warranty_expiry: details.warranty_expiry,
        is_active: details.is_active,
        version: machine.version.into(),
        created_at: machine.created_at.timestamp(),
        updated_at: machine.updated_at.timestamp(),
    }
}
