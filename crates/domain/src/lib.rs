//! The rules of the plant: who may work at which machine on which order, and when.
//!
//! Everything here is a pure function of its arguments: [`decide()`] turns a command into events
//! or refusals, [`evolve()`] folds an event into the [`State`]. The API, the committer, the log
//! rebuild and every test call these same rules.
//! Never here: I/O, a clock, randomness, an async runtime, a person's name.

pub mod access;
pub mod allocation;
pub mod attendance;
pub mod bom;
pub mod command;
pub mod consequence;
pub mod context;
pub mod decide;
pub mod eligibility;
pub mod event;
pub mod evolve;
pub mod finished;
pub mod holiday;
pub mod idle;
pub mod ids;
pub mod invalid;
mod json_string;
pub mod key;
pub mod machine;
pub mod maintenance;
pub mod material;
pub mod operator;
pub mod outlook;
pub mod production_log;
pub mod quantity;
pub mod reason;
pub mod refusal;
pub mod requires;
pub mod reservation;
mod shelf;
pub mod shift;
pub mod skill;
pub mod source;
pub mod state;
pub mod stock;
pub mod suggestion;
pub mod text;
pub mod time;
pub mod unit;
pub mod work_order;
pub mod worked;

pub use access::scope::Scope;
pub use access::{Permission, Role};
pub use allocation::{Allocation, AllocationMethod, AllocationStatus, Assignment, Phase, Side};
pub use attendance::{
    AttendanceEntry, Clocking, ClockingType, ShiftAttendance, ShiftChoice, ShiftStatus,
};
pub use bom::{Bill, BomLine, BomTerms, Consumption};
pub use command::Command;
pub use context::{Actor, AttendanceRules, Context, Plant};
pub use decide::decide;
pub use event::{Event, Recorded};
pub use evolve::evolve;
pub use finished::{Finished, FinishedRow};
pub use holiday::{Holiday, Holidays};
pub use ids::{AllocationId, MachineId, MaterialId, OperatorId, RowId, WorkOrderId};
pub use invalid::Invalid;
pub use key::{Key, UniqueField};
pub use machine::{Machine, MachineDetails, MachineStatus, MachineStatusBegun};
pub use maintenance::{Maintenance, MaintenanceEnded, MaintenanceStatus, MaintenanceTerms};
pub use material::{Lot, LotKey, LotMovement, Material, MaterialDetails, TransactionType};
pub use operator::{Operator, OperatorDetails, OperatorStatus};
pub use outlook::{Outlook, outlook};
pub use production_log::{ProductionEntry, ProductionLogged};
pub use quantity::{Cost, Percentage, Quantity, QuantityChange, Rating};
pub use reason::{ReasonCode, ReasonCodeDefinition};
pub use refusal::{EntityRef, EntityType, Refusal, RefusalCode};
pub use requires::{requires, requires_ready};
pub use reservation::{Reservation, ReservationChange, ReservationStatus};
pub use shift::Shift;
pub use skill::{OperatorSkill, Requirement, RequirementScope, Skill, SkillCode, SkillLevel};
pub use source::{ChangeSource, Signal, SourceId};
pub use state::State;
pub use text::{Text, TextRef};
pub use time::{Instant, Window};
pub use unit::{Unit, UnitConversion};
pub use work_order::{
    Dependency, DependencyTerms, DependencyType, Priority, QualityStatus, WorkOrder,
    WorkOrderDetails, WorkOrderStatus, WorkOrderTerms,
};
pub use worked::{PastWork, WorkStep, Worked};
