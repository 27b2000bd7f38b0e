//! A plant in memory: a state, its log and a clock that only moves when a test moves it.
//!
//! Plays the committer's part without a database: everything not in the state is absent, events
//! are numbered from 1 and folded in at once. Also the builders of master data.

use std::sync::Arc;

use jiff::tz::TimeZone;
use mraos_domain::command::{NewAllocation, Reason, StockTransaction};
use mraos_domain::event::Override;
use mraos_domain::stock::LotChoice;
use mraos_domain::{
    Actor, Allocation, AllocationId, AllocationMethod, AttendanceRules, BomLine, BomTerms,
    ChangeSource, Command, Consumption, Context, DependencyTerms, DependencyType, Event, Instant,
    Key, Machine, MachineDetails, MachineId, MachineStatus, Material, MaterialDetails, MaterialId,
    Operator, OperatorDetails, OperatorId, OperatorStatus, Plant, Priority, Quantity,
    QuantityChange, Recorded, Refusal, RefusalCode, RequirementScope, Reservation, Role, Skill,
    SkillLevel, State, Text, TextRef, TransactionType, UnitConversion, WorkOrder, WorkOrderDetails,
    WorkOrderId, WorkOrderTerms, decide, evolve, requires,
};

/// Monday, 2 March 2026, 07:00 in the plant.
pub(crate) const MORNING: &str = "2026-03-02T06:00:00Z";

/// A plant with its history.
pub(crate) struct World {
    pub(crate) state: State,
    pub(crate) log: Vec<Recorded>,
    pub(crate) now: Instant,
    pub(crate) stated_at: Option<Instant>,
    pub(crate) role: Role,
    pub(crate) plant: Arc<Plant>,
}

impl World {
    /// An empty plant in the morning.
    pub(crate) fn new() -> Self {
        Self {
            state: State::default(),
            log: Vec::new(),
            now: at(MORNING),
            stated_at: None,
            role: Role::Admin,
            plant: Arc::new(plant()),
        }
    }

    /// A plant with operator `O-1`, machine `M-1` and order `WO-1`.
    pub(crate) fn small() -> Self {
        let mut world = Self::new();
        world.must(&create_operator("O-1"));
        world.must(&create_machine("M-1"));
        world.must(&create_order("WO-1"));
        world
    }

    pub(crate) fn context(&self) -> Context {
        Context {
            actor: Actor::new(text("S-042"), self.role),
            source: ChangeSource::Api,
            recorded_at: self.now,
            stated_at: self.stated_at,
            plant: Arc::clone(&self.plant),
        }
    }

    pub(crate) fn wait(&mut self, minutes: i64) {
        self.now = self.now.plus_minutes(minutes);
    }

    /// Decides and folds in, or says why not; a refusal changes nothing.
    pub(crate) fn submit(&mut self, command: &Command) -> Result<Vec<Recorded>, Vec<Refusal>> {
        self.load(command);
        let context = self.context();
        let events = decide(&self.state, command, &context)?;
        Ok(self.record(events, &context))
    }

    /// As [`World::submit`], with a time stated by the caller.
    pub(crate) fn submit_at(
        &mut self,
        stated: Instant,
        command: &Command,
    ) -> Result<Vec<Recorded>, Vec<Refusal>> {
        self.stated_at = Some(stated);
        let result = self.submit(command);
        self.stated_at = None;
        result
    }

    /// Notes as absent whatever the command asks for and the state does not hold.
    pub(crate) fn load(&mut self, command: &Command) {
        for _ in 0..100 {
            let missing = requires(&self.state, command, None);
            if missing.is_empty() {
                return;
            }
            for key in missing {
                self.load_key(key);
            }
        }
        panic!("loading {command:?} does not end");
    }

    fn load_key(&mut self, key: Key) {
        let change = match key {
            Key::LastChange(id) => self.last_change(id).map(|change| (id, change)),
            _ => None,
        };
        match change {
            Some((id, change)) => self.state.put_last_change(id, change),
            None => self.state.note_absent(key),
        }
    }

    /// What the log holds at the position that wrote the allocation last.
    fn last_change(&self, id: AllocationId) -> Option<Recorded> {
        let position = self.state.allocation(id)?.position;
        self.log.iter().find(|one| one.position == position).cloned()
    }

    pub(crate) fn record(&mut self, events: Vec<Event>, context: &Context) -> Vec<Recorded> {
        let mut recorded = Vec::new();
        for event in events {
            let one = Recorded {
                position: self.log.len() as i64 + 1,
                occurred_at: context.now(),
                recorded_at: context.recorded_at,
                actor: context.actor.id.clone(),
                event,
            };
            evolve(&mut self.state, &one);
            self.log.push(one.clone());
            recorded.push(one);
        }
        recorded
    }

    pub(crate) fn must(&mut self, command: &Command) -> Vec<Recorded> {
        self.submit(command).unwrap_or_else(|refusals| panic!("{command:?}: {refusals:#?}"))
    }

    /// The names of the events that `command` leads to.
    pub(crate) fn events(&mut self, command: &Command) -> Vec<&'static str> {
        self.must(command).iter().map(|one| one.event.event_type()).collect()
    }

    /// All refusals of a command that must be refused.
    pub(crate) fn refusals(&mut self, command: &Command) -> Vec<Refusal> {
        match self.submit(command) {
            Err(refusals) => refusals,
            Ok(events) => panic!("{command:?} was not refused: {events:#?}"),
        }
    }

    pub(crate) fn refused(&mut self, command: &Command) -> Vec<RefusalCode> {
        self.refusals(command).into_iter().map(|refusal| refusal.code).collect()
    }

    /// Allocates and gives the new id.
    pub(crate) fn allocate(&mut self, new: NewAllocation) -> AllocationId {
        AllocationId(self.must(&Command::Allocate(new))[0].position)
    }

    pub(crate) fn operator(&self, id: &str) -> &Operator {
        self.state.operator(&operator_id(id)).unwrap()
    }

    pub(crate) fn machine(&self, id: &str) -> &Machine {
        self.state.machine(&machine_id(id)).unwrap()
    }

    pub(crate) fn order(&self, id: &str) -> &WorkOrder {
        self.state.work_order(&order_id(id)).unwrap()
    }

    pub(crate) fn material(&self, id: &str) -> &Material {
        self.state.material(&material_id(id)).unwrap()
    }

    /// On hand and set aside.
    pub(crate) fn stock(&self, id: &str) -> (String, String) {
        let material = self.material(id);
        (material.on_hand().to_string(), material.allocated().to_string())
    }

    /// Active reservations of an order, by id.
    pub(crate) fn held(&self, order: &str) -> Vec<&Reservation> {
        self.order(order).bill.reservations.iter().collect()
    }

    pub(crate) fn line(&self, order: &str, material: &str) -> &BomLine {
        self.order(order).bill.line(&material_id(material)).unwrap()
    }

    pub(crate) fn allocation(&self, id: AllocationId) -> &Allocation {
        self.state.allocation(id).unwrap()
    }
}

/// Central European time by rule, so that no zone file is needed.
pub(crate) fn plant() -> Plant {
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    Plant {
        zone,
        default_allocation_minutes: 60,
        reservation_horizon_minutes: 4_320,
        attendance: AttendanceRules::default(),
    }
}

pub(crate) fn at(value: &str) -> Instant {
    Instant::parse(value).unwrap()
}

pub(crate) fn text<const MAX: usize>(value: &str) -> Text<MAX> {
    Text::new(value).unwrap()
}

pub(crate) fn operator_id(id: &str) -> OperatorId {
    OperatorId::new(id).unwrap()
}

pub(crate) fn machine_id(id: &str) -> MachineId {
    MachineId::new(id).unwrap()
}

pub(crate) fn order_id(id: &str) -> WorkOrderId {
    WorkOrderId::new(id).unwrap()
}

pub(crate) fn quantity(value: &str) -> Quantity {
    Quantity::new(value.parse().unwrap()).unwrap()
}

pub(crate) fn level(value: i64) -> SkillLevel {
    SkillLevel::try_from(value).unwrap()
}

pub(crate) fn operator_details(id: &str) -> OperatorDetails {
    OperatorDetails {
        employee_id: text(&format!("E-{id}")),
        hire_date: None,
        department: None,
        home_location: None,
        production_line: Some(text("Line-1")),
        parallel_capacity: 1,
        efficiency_rating: None,
        on_time_completion_rate: None,
        is_active: true,
    }
}

pub(crate) fn machine_details(id: &str) -> MachineDetails {
    MachineDetails {
        machine_name: text(&format!("Lathe {id}")),
        machine_type: text("lathe"),
        manufacturer: None,
        model_number: None,
        serial_number: Some(text(&format!("SN-{id}"))),
        production_line: text("Line-1"),
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
    }
}

pub(crate) fn order_details(id: &str) -> WorkOrderDetails {
    WorkOrderDetails {
        work_order_number: text(&format!("N-{id}")),
        product_id: text("P-7"),
        product_name: text("Shaft"),
        product_variant: None,
        quantity_ordered: quantity("100"),
        unit_of_measure: text("pcs"),
        priority: Priority::Medium,
        planned_start_date: None,
        planned_end_date: None,
        due_date: at("2026-03-20T16:00:00Z"),
        estimated_duration_minutes: None,
        production_line: None,
        assigned_shift: None,
        customer_order_id: None,
        erp_work_order_id: None,
        current_operation: None,
        quality_inspection_required: false,
        quality_status: None,
    }
}

pub(crate) fn create_operator(id: &str) -> Command {
    create_operator_with(id, |_| {})
}

pub(crate) fn create_operator_with(id: &str, change: impl FnOnce(&mut OperatorDetails)) -> Command {
    let mut details = operator_details(id);
    change(&mut details);
    let status = OperatorStatus::Available;
    Command::CreateOperator { operator_id: operator_id(id), details, status }
}

pub(crate) fn create_machine(id: &str) -> Command {
    create_machine_with(id, |_| {})
}

pub(crate) fn create_machine_with(id: &str, change: impl FnOnce(&mut MachineDetails)) -> Command {
    let mut details = machine_details(id);
    change(&mut details);
    let status = MachineStatus::Idle;
    Command::CreateMachine { machine_id: machine_id(id), details, status }
}

pub(crate) fn create_order(id: &str) -> Command {
    create_order_with(id, |_| {})
}

pub(crate) fn create_order_with(id: &str, change: impl FnOnce(&mut WorkOrderDetails)) -> Command {
    let mut details = order_details(id);
    change(&mut details);
    Command::CreateWorkOrder {
        work_order_id: order_id(id),
        details,
        terms: WorkOrderTerms::default(),
        dependencies: Vec::new(),
    }
}

/// Work on `order` by `operator` at `machine`, at once and for the plant's default length.
pub(crate) fn work(order: &str, operator: &str, machine: &str) -> NewAllocation {
    NewAllocation {
        work_order_id: order_id(order),
        operator_id: Some(operator).filter(|id| !id.is_empty()).map(operator_id),
        machine_id: Some(machine).filter(|id| !id.is_empty()).map(machine_id),
        allocation_method: AllocationMethod::Manual,
        expected_start_time: None,
        expected_duration_minutes: None,
        suggestion_score: None,
        overrides: Vec::new(),
    }
}

/// The same for later.
pub(crate) fn booking(
    (order, operator, machine): (&str, &str, &str),
    start: Instant,
    minutes: i32,
) -> NewAllocation {
    NewAllocation {
        expected_start_time: Some(start),
        expected_duration_minutes: Some(minutes),
        ..work(order, operator, machine)
    }
}

pub(crate) fn post_operator(id: &str, status: OperatorStatus) -> Command {
    Command::SetOperatorStatus { operator_id: operator_id(id), status, reason: Reason::default() }
}

pub(crate) fn post_machine(id: &str, status: MachineStatus, code: Option<&str>) -> Command {
    let reason = Reason { reason_code: code.map(text), text: None };
    Command::SetMachineStatus { machine_id: machine_id(id), status, reason }
}

pub(crate) fn start(allocation_id: AllocationId) -> Command {
    Command::Start { allocation_id, overrides: Vec::new() }
}

pub(crate) fn pause(allocation_id: AllocationId) -> Command {
    Command::Pause { allocation_id, reason: Reason::default() }
}

pub(crate) fn resume(allocation_id: AllocationId) -> Command {
    Command::Resume { allocation_id, overrides: Vec::new() }
}

pub(crate) fn release(allocation_id: AllocationId) -> Command {
    Command::Release { allocation_id, reason: Reason::default() }
}

pub(crate) fn cancel(allocation_id: AllocationId) -> Command {
    Command::Cancel { allocation_id, reason: Reason::default() }
}

pub(crate) fn complete(allocation_id: AllocationId, made: &str, done: bool) -> Command {
    Command::Complete {
        allocation_id,
        quantity_produced: quantity(made),
        quantity_rejected: Quantity::ZERO,
        work_order_completed: done,
    }
}

pub(crate) fn reassign(
    allocation_id: AllocationId,
    operator: Option<&str>,
    machine: Option<&str>,
) -> Command {
    Command::Reassign {
        allocation_id,
        operator_id: operator.map(operator_id),
        machine_id: machine.map(machine_id),
        dropped: None,
        reason: Reason::default(),
        overrides: Vec::new(),
    }
}

pub(crate) fn require(scope: RequirementScope, code: &str, minimum: i64) -> Command {
    Command::RequireSkill { scope, skill_code: text(code), minimum_level: level(minimum) }
}

pub(crate) fn give_skill(operator: &str, code: &str, has: i64, expiry: Option<&str>) -> Command {
    let skill = Skill {
        skill_code: text(code),
        skill_name: text(code),
        proficiency_level: level(has),
        certification_date: None,
        certification_expiry: expiry.map(|day| day.parse().unwrap()),
        certified_by: None,
    };
    Command::SetSkill { operator_id: operator_id(operator), skill }
}

/// `order` waits for `before`.
pub(crate) fn after(order: &str, before: &str, kind: DependencyType, mandatory: bool) -> Command {
    let terms = DependencyTerms {
        predecessor_work_order_id: order_id(before),
        dependency_type: kind,
        lag_minutes: 0,
        is_mandatory: mandatory,
    };
    Command::AddDependency { work_order_id: order_id(order), terms }
}

pub(crate) fn overriding(code: RefusalCode) -> Override {
    Override { code, reason: reason_text() }
}

pub(crate) fn reason_text() -> TextRef {
    TextRef { text_id: uuid::Uuid::from_u128(7), digest: "ab".repeat(32) }
}

pub(crate) fn material_id(id: &str) -> MaterialId {
    MaterialId::new(id).unwrap()
}

pub(crate) fn material_details(id: &str) -> MaterialDetails {
    MaterialDetails {
        part_number: text(&format!("PN-{id}")),
        part_name: text("Bearing"),
        description: None,
        category: None,
        unit_of_measure: text("EA"),
        packages: vec![UnitConversion { unit_of_measure: text("BOX"), quantity: quantity("12") }],
        standard_cost: None,
        currency: text("USD"),
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
    }
}

pub(crate) fn create_material(id: &str) -> Command {
    create_material_with(id, |_| {})
}

pub(crate) fn create_material_with(id: &str, change: impl FnOnce(&mut MaterialDetails)) -> Command {
    let mut details = material_details(id);
    change(&mut details);
    Command::CreateMaterial { material_id: material_id(id), details }
}

/// So much of a material, by whatever name it moves.
pub(crate) fn stock(kind: TransactionType, amount: &str) -> StockTransaction {
    StockTransaction {
        transaction_type: kind,
        quantity: QuantityChange::new(amount.parse().unwrap()).unwrap(),
        is_count: false,
        unit_of_measure: None,
        lot: LotChoice::default(),
        to_location: None,
        unit_cost: None,
        work_order_id: None,
        expected_consumption_date: None,
        reference: None,
        reason: Reason::default(),
    }
}

pub(crate) fn move_stock(id: &str, transaction: StockTransaction) -> Command {
    Command::MoveStock { material_id: material_id(id), transaction }
}

pub(crate) fn receive(id: &str, amount: &str) -> Command {
    move_stock(id, stock(TransactionType::Receipt, amount))
}

/// A receipt of a lot that may be used until `expiry`.
pub(crate) fn receive_lot(id: &str, lot: &str, amount: &str, expiry: Option<&str>) -> Command {
    let mut receipt = stock(TransactionType::Receipt, amount);
    receipt.lot.lot_number = Some(text(lot));
    receipt.lot.expiration_date = expiry.map(|day| day.parse().unwrap());
    move_stock(id, receipt)
}

pub(crate) fn set_aside(id: &str, order: &str, amount: &str) -> Command {
    let mut claim = stock(TransactionType::Reservation, amount);
    claim.work_order_id = Some(order_id(order));
    move_stock(id, claim)
}

pub(crate) fn needs(order: &str, material: &str, amount: &str) -> Command {
    needs_with(order, material, amount, |_| {})
}

pub(crate) fn needs_with(
    order: &str,
    material: &str,
    amount: &str,
    change: impl FnOnce(&mut BomTerms),
) -> Command {
    let mut terms = BomTerms {
        material_id: material_id(material),
        quantity_required: quantity(amount),
        unit_of_measure: text("EA"),
        is_critical: true,
        consumption: Consumption::Backflush,
    };
    change(&mut terms);
    Command::SetBomLine { work_order_id: order_id(order), expected_version: None, terms }
}
