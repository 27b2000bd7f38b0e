//! Commands with sensible defaults, so that a test names only what it is about.
//!
//! Plain functions: a test that needs another value changes the field it means.

use mraos_domain::allocation::AllocationMethod;
use mraos_domain::command::{NewAllocation, Reason, StockTransaction};
use mraos_domain::stock::LotChoice;
use mraos_domain::{
    AllocationId, BomTerms, Command, Consumption, Instant, MachineDetails, MachineId,
    MachineStatus, MaterialDetails, MaterialId, OperatorDetails, OperatorId, OperatorStatus,
    Priority, Quantity, QuantityChange, ReasonCodeDefinition, Text, TransactionType,
    UnitConversion, WorkOrderDetails, WorkOrderId,
};

/// An operator's id.
pub fn operator_id(id: &str) -> OperatorId {
    OperatorId::new(id).unwrap()
}

/// A machine's id.
pub fn machine_id(id: &str) -> MachineId {
    MachineId::new(id).unwrap()
}

/// A material's id.
pub fn material_id(id: &str) -> MaterialId {
    MaterialId::new(id).unwrap()
}

/// An order's id.
pub fn work_order_id(id: &str) -> WorkOrderId {
    WorkOrderId::new(id).unwrap()
}

/// Registers an available operator.
pub fn create_operator(id: &str) -> Command {
    Command::CreateOperator {
        operator_id: operator_id(id),
        details: OperatorDetails {
            employee_id: Text::new(&format!("E{id}")).unwrap(),
            hire_date: None,
            department: None,
            home_location: None,
            production_line: None,
            parallel_capacity: 1,
            efficiency_rating: None,
            on_time_completion_rate: None,
            is_active: true,
        },
        status: OperatorStatus::Available,
    }
}

/// Defines a reason code.
pub fn define_reason(code: &str, description: &str) -> Command {
    Command::DefineReasonCode {
        definition: ReasonCodeDefinition {
            reason_code: Text::new(code).unwrap(),
            description: Text::new(description).unwrap(),
            category: None,
            is_active: true,
        },
    }
}

/// Registers an idle machine.
pub fn create_machine(id: &str) -> Command {
    Command::CreateMachine {
        machine_id: machine_id(id),
        details: MachineDetails {
            machine_name: Text::new(&format!("Machine {id}")).unwrap(),
            machine_type: Text::new("Press").unwrap(),
            manufacturer: None,
            model_number: None,
            serial_number: None,
            production_line: Text::new("Line-1").unwrap(),
            zone: None,
            physical_location: None,
            product_types: Vec::new(),
            max_capacity_per_hour: None,
            parallel_capacity: 1,
            last_maintenance_date: None,
            next_maintenance_date: None,
            maintenance_hours_remaining: None,
            installation_date: None,
            warranty_expiry: None,
            is_active: true,
        },
        status: MachineStatus::Idle,
    }
}

/// Registers an order over 100 pieces.
pub fn create_work_order(id: &str) -> Command {
    Command::CreateWorkOrder {
        terms: Default::default(),
        work_order_id: work_order_id(id),
        details: WorkOrderDetails {
            work_order_number: Text::new(&format!("N-{id}")).unwrap(),
            product_id: Text::new("P-1").unwrap(),
            product_name: Text::new("Drum").unwrap(),
            product_variant: None,
            quantity_ordered: quantity("100"),
            unit_of_measure: Text::new("EA").unwrap(),
            priority: Priority::Medium,
            planned_start_date: None,
            planned_end_date: None,
            due_date: Instant::parse("2026-12-24T12:00:00Z").unwrap(),
            estimated_duration_minutes: None,
            production_line: None,
            assigned_shift: None,
            customer_order_id: None,
            erp_work_order_id: None,
            current_operation: None,
            quality_inspection_required: false,
            quality_status: None,
        },
        dependencies: Vec::new(),
    }
}

/// Registers a material that is counted in pieces.
pub fn create_material(id: &str) -> Command {
    Command::CreateMaterial {
        material_id: material_id(id),
        details: MaterialDetails {
            part_number: Text::new(&format!("PN-{id}")).unwrap(),
            part_name: Text::new("Bearing").unwrap(),
            description: None,
            category: None,
            unit_of_measure: Text::new("EA").unwrap(),
            packages: vec![UnitConversion {
                unit_of_measure: Text::new("BOX").unwrap(),
                quantity: quantity("12"),
            }],
            standard_cost: None,
            currency: Text::new("USD").unwrap(),
            safety_stock_level: None,
            reorder_point: None,
            economic_order_quantity: None,
            shelf_life_days: None,
            requires_fifo: false,
            requires_fefo: true,
            primary_warehouse: None,
            primary_location: None,
            next_receipt_at: None,
            next_receipt_quantity: None,
            is_active: true,
            is_hazardous: false,
        },
    }
}

/// Moves so much of a material, for an order if there is one.
pub fn move_stock(id: &str, kind: TransactionType, amount: &str, order: Option<&str>) -> Command {
    Command::MoveStock {
        material_id: material_id(id),
        transaction: StockTransaction {
            transaction_type: kind,
            quantity: QuantityChange::new(amount.parse().unwrap()).unwrap(),
            is_count: false,
            unit_of_measure: None,
            lot: LotChoice::default(),
            to_location: None,
            unit_cost: None,
            work_order_id: order.map(work_order_id),
            expected_consumption_date: None,
            reference: None,
            reason: Reason::default(),
        },
    }
}

/// An order needs so much of a material, critically, used up with what is made.
pub fn need(order: &str, material: &str, amount: &str) -> Command {
    Command::SetBomLine {
        work_order_id: work_order_id(order),
        expected_version: None,
        terms: BomTerms {
            material_id: material_id(material),
            quantity_required: quantity(amount),
            unit_of_measure: Text::new("EA").unwrap(),
            is_critical: true,
            consumption: Consumption::Backflush,
        },
    }
}

/// A quantity.
pub fn quantity(text: &str) -> Quantity {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).unwrap()
}

/// Allocates operator and machine to an order, starting now.
pub fn allocate(order: &str, operator: &str, machine: &str) -> Command {
    Command::Allocate(NewAllocation {
        work_order_id: work_order_id(order),
        operator_id: Some(operator_id(operator)),
        machine_id: Some(machine_id(machine)),
        allocation_method: AllocationMethod::Manual,
        expected_start_time: None,
        expected_duration_minutes: None,
        suggestion_score: None,
        overrides: Vec::new(),
    })
}

/// Books operator and machine for an order from a time on.
pub fn book(order: &str, operator: &str, machine: &str, from: &str) -> Command {
    let mut command = allocate(order, operator, machine);
    if let Command::Allocate(new) = &mut command {
        new.expected_start_time = Some(Instant::parse(from).unwrap());
    }
    command
}

/// Releases an allocation.
pub fn release(allocation_id: AllocationId) -> Command {
    Command::Release { allocation_id, reason: Reason::default() }
}
