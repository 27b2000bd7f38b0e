//! The plant that is generated: people, machines, orders, and what was worked on them.
//!
//! Operators and machines are spread over lines so that a line has 500 and 300 of them; most orders
//! are done, the last ones wait, each for three materials and after a predecessor. Everything
//! follows from its number alone.

use std::sync::Arc;

use anyhow::Result;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use rand::RngExt;
use serde_json::{Value, json};

use super::chain::{LogWriter, time};
use crate::load::{Draw, allocation_of};

/// Operators of a line.
const OPERATORS_PER_LINE: u32 = 500;
/// Machines of a line.
const MACHINES_PER_LINE: u32 = 300;
/// Types of machines, each of which asks for a skill of its own.
const MACHINE_TYPES: u32 = 20;
/// Skills of a person: half of those there are, so that half of the machines are within reach.
const SKILLS: u32 = MACHINE_TYPES / 2;
/// Days for which a person has a shift: yesterday, so that no time zone matters, to tomorrow.
const SHIFT_DAYS: [i64; 3] = [-1, 0, 1];
/// Version of a person with these skills and shifts.
const OPERATOR_VERSION: i32 = 1 + SKILLS as i32 + SHIFT_DAYS.len() as i32;
/// Version of a machine whose maintenance is planned.
const MACHINE_VERSION: i32 = 2;
/// Materials of an order that waits.
const BILL_LINES: u32 = 3;
/// Pieces in a lot: more than all orders together can set aside of it.
const LOT_QUANTITY: &str = "1000000000.000";
/// Lines for which orders are meant.
pub(crate) const ORDER_LINES: u32 = 16;
/// One order of so many is still to be made.
const OPEN_SHARE: u32 = 50;

/// How much is generated.
#[derive(Debug, Clone)]
pub(crate) struct Size {
    pub(crate) operators: u32,
    pub(crate) machines: u32,
    pub(crate) orders: u32,
    pub(crate) materials: u32,
    /// Lots of each material.
    pub(crate) lots: u32,
    /// At least so many; work on the orders makes them up.
    pub(crate) events: i64,
}

impl Size {
    /// How many orders are done; the others wait.
    pub(crate) fn done(&self) -> u32 {
        self.orders - (self.orders / OPEN_SHARE).max(1)
    }
}

/// Draws an order that waits, a person and a machine that the person may run.
pub(crate) fn draw(size: &Size) -> Draw {
    let (orders, operators) = (size.done() + 1..=size.orders, size.operators);
    let rounds = size.machines / MACHINE_TYPES;
    Arc::new(move |random| {
        let operator = random.random_range(1..=operators);
        let kind = (operator + random.random_range(0..SKILLS)) % MACHINE_TYPES;
        let machine = random.random_range(0..rounds) * MACHINE_TYPES + kind;
        // There is no machine 0; the last one of its type stands in for it.
        let machine = if machine == 0 { rounds * MACHINE_TYPES } else { machine };
        allocation_of(random.random_range(orders.clone()), operator, machine)
    })
}

/// Writes the whole history.
pub(super) async fn write(log: &mut LogWriter, size: &Size) -> Result<()> {
    for kind in 0..MACHINE_TYPES {
        require_skill(log, kind).await?;
    }
    for n in 1..=size.operators {
        operator(log, n).await?;
    }
    for n in 1..=size.machines {
        machine(log, n).await?;
    }
    for n in 1..=size.materials {
        material(log, n).await?;
        for lot in 1..=size.lots {
            receive(log, n, lot).await?;
        }
    }
    let done = size.done();
    for n in 1..=size.orders {
        work_order(log, n).await?;
        if n > done {
            terms(log, size, n).await?;
        }
    }
    // Two events complete each order that is done; what is missing are pieces of work before.
    let missing = size.events - log.next_position() + 1 - 2 * i64::from(done);
    let before = u32::try_from((missing / 2).max(0)).unwrap_or(u32::MAX);
    for n in 0..before {
        work(log, size, n, n % done + 1, false).await?;
    }
    for n in 1..=done {
        work(log, size, n, n, true).await?;
    }
    Ok(())
}

async fn require_skill(log: &mut LogWriter, kind: u32) -> Result<()> {
    let payload = json!({
        "scope": {"scope": "machine_type", "scope_id": format!("Type {kind}")},
        "skill_code": format!("SKILL-{kind}"),
        "minimum_level": 2,
    });
    let entity = format!("machine_type:Type {kind}");
    log.append("skill_required", &payload, &[("skill_requirement", &entity, 0)]).await
}

async fn operator(log: &mut LogWriter, n: u32) -> Result<()> {
    let id = format!("O-{n}");
    let line = n.saturating_sub(1) / OPERATORS_PER_LINE + 1;
    let payload = json!({
        "operator_id": id,
        "details": {
            "employee_id": format!("E-{n}"), "hire_date": null,
            "department": format!("Department {}", n % 12),
            "home_location": format!("Zone {}", n % 6),
            "production_line": format!("Line {line}"), "parallel_capacity": 1,
            "efficiency_rating": null, "on_time_completion_rate": null, "is_active": true,
        },
        "status": "available",
    });
    log.append("operator_created", &payload, &[("operator", &id, 1)]).await?;
    for (version, skill) in (2..).zip(0..SKILLS) {
        let kind = (n + skill) % MACHINE_TYPES;
        let payload = json!({
            "operator_id": id,
            "skill": {
                "skill_code": format!("SKILL-{kind}"), "skill_name": format!("Skill {kind}"),
                "proficiency_level": 2 + (n + skill) % 3, "certification_date": null,
                "certification_expiry": "2099-12-31", "certified_by": null,
            },
        });
        log.append("operator_skill_set", &payload, &[("operator", &id, version)]).await?;
    }
    for (version, day) in (2 + SKILLS as i32..).zip(SHIFT_DAYS) {
        let payload = shift(log, &id, day)?;
        let touched = [("operator", id.as_str(), version)];
        log.append_version("operator_shift_added", 2, &payload, &touched).await?;
    }
    Ok(())
}

/// A shift around the clock, so that whoever is drawn is there.
fn shift(log: &LogWriter, operator_id: &str, day: i64) -> Result<Value> {
    let start = log.last_midnight()? + SignedDuration::from_hours(24 * day);
    let date = start.to_zoned(TimeZone::UTC).date();
    Ok(json!({
        "operator_id": operator_id,
        "times": {
            "shift_name": "Day and night", "shift_date": date.to_string(),
            "start_time": "00:00:00", "end_time": "00:00:00", "break_start": null,
            "break_end": null, "counts_on_holidays": false,
        },
        "window": {"start": time(start), "end": time(start + SignedDuration::from_hours(24))},
        "break_window": null,
    }))
}

async fn machine(log: &mut LogWriter, n: u32) -> Result<()> {
    let id = format!("M-{n}");
    let line = n.saturating_sub(1) / MACHINES_PER_LINE + 1;
    let payload = json!({
        "machine_id": id,
        "details": {
            "machine_name": format!("Machine {n}"),
            "machine_type": format!("Type {}", n % MACHINE_TYPES), "manufacturer": null,
            "model_number": null, "serial_number": format!("SN-{n}"),
            "production_line": format!("Line {line}"), "zone": format!("Zone {}", n % 6),
            "physical_location": null, "product_types": [], "max_capacity_per_hour": 5_000,
            "parallel_capacity": 1, "last_maintenance_date": null, "next_maintenance_date": null,
            "maintenance_hours_remaining": null, "installation_date": null,
            "warranty_expiry": null, "is_active": true,
        },
        "status": "idle",
    });
    log.append("machine_created", &payload, &[("machine", &id, 1)]).await?;
    let payload = json!({
        "machine_id": id,
        "terms": {
            "maintenance_type": "Inspection",
            "window": {
                "start": "2099-01-01T06:00:00.000000Z", "end": "2099-01-01T07:00:00.000000Z",
            },
            "due_date": "2099-01-01", "due_after_hours": null, "interval_days": null,
            "repeats_by_hours": false,
        },
    });
    log.append("maintenance_planned", &payload, &[("machine", &id, MACHINE_VERSION)]).await
}

async fn material(log: &mut LogWriter, n: u32) -> Result<()> {
    let id = format!("MAT-{n}");
    let payload = json!({
        "material_id": id,
        "details": {
            "part_number": format!("PN-{n}"), "part_name": format!("Part {n}"),
            "description": null, "category": format!("Category {}", n % 40),
            "unit_of_measure": "EA", "packages": [], "standard_cost": "1.2500",
            "currency": "USD", "safety_stock_level": "50.000", "reorder_point": "100.000",
            "economic_order_quantity": null, "shelf_life_days": null,
            "requires_fifo": n % 2 == 1, "requires_fefo": n % 2 != 1,
            "primary_warehouse": "W-1", "primary_location": null, "next_receipt_at": null,
            "next_receipt_quantity": null, "is_active": true, "is_hazardous": false,
        },
    });
    log.append("material_created", &payload, &[("material", &id, 1)]).await
}

async fn receive(log: &mut LogWriter, n: u32, lot: u32) -> Result<()> {
    let id = format!("MAT-{n}");
    let payload = json!({
        "material_id": id, "transaction_type": "receipt",
        "movements": [{
            "batch_number": format!("B-{lot}"), "lot_number": format!("L-{lot}"),
            "expiration_date": format!("2099-{:02}-01", lot % 12 + 1), "location": "A-1",
            "on_hand": LOT_QUANTITY, "allocated": "0.000",
        }],
        "unit_cost": "1.2500", "work_order_id": null, "reservation": null, "reference": null,
        "reason_code": null, "reason": null,
    });
    log.append("stock_moved", &payload, &[("material", &id, 1)]).await
}

/// What an order that waits needs: materials, and an order that is done before it.
async fn terms(log: &mut LogWriter, size: &Size, n: u32) -> Result<()> {
    let id = format!("WO-{n}");
    let mut version = 1;
    for line in 0..BILL_LINES.min(size.materials) {
        let payload = json!({
            "work_order_id": id,
            "terms": {
                "material_id": format!("MAT-{}", (BILL_LINES * n + line) % size.materials + 1),
                "quantity_required": "100.000", "unit_of_measure": "EA", "is_critical": true,
                "consumption": "backflush",
            },
        });
        version += 1;
        log.append("bom_line_set", &payload, &[("work_order", &id, version)]).await?;
    }
    let payload = json!({
        "work_order_id": id,
        "terms": {
            "predecessor_work_order_id": format!("WO-{}", n % size.done() + 1),
            "dependency_type": "finish_to_start", "lag_minutes": 0, "is_mandatory": true,
        },
    });
    let touched = [("work_order", id.as_str(), version + 1)];
    log.append("work_order_dependency_added", &payload, &touched).await
}

async fn work_order(log: &mut LogWriter, n: u32) -> Result<()> {
    let id = format!("WO-{n}");
    let product = n % 500;
    let priority = ["low", "medium", "high", "urgent"][n as usize % 4];
    let payload = json!({
        "work_order_id": id,
        "details": {
            "work_order_number": format!("N-{n}"), "product_id": format!("P-{product}"),
            "product_name": format!("Product {product}"), "product_variant": null,
            "quantity_ordered": "100.000", "unit_of_measure": "EA",
            "priority": priority,
            "planned_start_date": null, "planned_end_date": null,
            "due_date": format!("2099-01-{:02}T12:00:00.000000Z", n % 28 + 1),
            "estimated_duration_minutes": 30 + n % 480,
            "production_line": format!("Line {}", n % ORDER_LINES + 1), "assigned_shift": null,
            "customer_order_id": null, "erp_work_order_id": null, "current_operation": null,
            "quality_inspection_required": false, "quality_status": null,
        },
    });
    log.append("work_order_created", &payload, &[("work_order", &id, 1)]).await
}

/// One piece of work from begin to end, which completes its order or leaves it.
async fn work(log: &mut LogWriter, size: &Size, n: u32, order: u32, completes: bool) -> Result<()> {
    let operator = format!("O-{}", n % size.operators + 1);
    let machine = format!("M-{}", n % size.machines + 1);
    let order = format!("WO-{order}");
    let allocation = log.next_position().to_string();
    let start = log.next_time();
    let assignment =
        json!({"work_order_id": order, "operator_id": operator, "machine_id": machine});
    let created = json!({
        "assignment": assignment, "phase": "running",
        "window": {"start": time(start), "end": time(start + SignedDuration::from_mins(60))},
        "expected_duration_minutes": 60, "allocation_method": "manual", "suggestion_score": null,
        "overrides": [],
    });
    let touched = |version, of_order| {
        [
            ("allocation", allocation.as_str(), version),
            ("operator", operator.as_str(), OPERATOR_VERSION),
            ("machine", machine.as_str(), MACHINE_VERSION),
            ("work_order", order.as_str(), of_order),
        ]
    };
    log.append("allocation_created", &created, &touched(1, 1)).await?;
    let mut ended = json!({
        "allocation_id": allocation, "assignment": assignment, "previous_phase": "running",
    });
    if completes {
        ended["quantity_produced"] = json!("100.000");
        ended["quantity_rejected"] = json!("0.000");
        ended["work_order_completed"] = json!(true);
        log.append("allocation_completed", &ended, &touched(2, 2)).await
    } else {
        ended["reason_code"] = Value::Null;
        ended["reason"] = Value::Null;
        log.append("allocation_released", &ended, &touched(2, 1)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_orders_always_wait() {
        for orders in [1, 49, 50, 1_000_000] {
            let size = Size { operators: 1, machines: 1, orders, materials: 1, lots: 1, events: 0 };
            assert!(size.done() < orders, "{orders}");
        }
    }
}
