//! A machine or work place: master data and what it is doing.
//!
//! Assigned is not running: only a start (or the machine's own signal) makes it `running`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::MachineId;
use crate::maintenance::Maintenance;
use crate::reason::{NO_SIGNAL, ReasonCode};
use crate::text::{Text, TextRef};
use crate::time::Instant;

/// What a machine is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MachineStatus {
    /// Producing.
    Running,
    /// Ready, not producing.
    Idle,
    /// Being maintained.
    Maintenance,
    /// Broken.
    Breakdown,
    /// Switched off, or silent (reason `no_signal`).
    Offline,
}

impl MachineStatus {
    /// Every status.
    pub const ALL: [Self; 5] =
        [Self::Running, Self::Idle, Self::Maintenance, Self::Breakdown, Self::Offline];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Idle => "idle",
            Self::Maintenance => "maintenance",
            Self::Breakdown => "breakdown",
            Self::Offline => "offline",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether work can go on in this status.
    pub fn can_work(self) -> bool {
        matches!(self, Self::Running | Self::Idle)
    }
}

/// Master data of a machine; a change replaces it whole and raises the version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineDetails {
    /// Name for people.
    pub machine_name: Text<100>,
    /// Such as `Welding Robot`.
    pub machine_type: Text<50>,
    /// Maker.
    pub manufacturer: Option<Text<100>>,
    /// Maker's model.
    pub model_number: Option<Text<50>>,
    /// Maker's number, unique.
    pub serial_number: Option<Text<50>>,
    /// Line it stands in.
    pub production_line: Text<50>,
    /// Zone of the factory.
    pub zone: Option<Text<50>>,
    /// Where exactly.
    pub physical_location: Option<Text<100>>,
    /// Product ids it can make; empty means any.
    pub product_types: Vec<Text<20>>,
    /// Units per hour at most.
    pub max_capacity_per_hour: Option<i32>,
    /// How many allocations it can run at once.
    pub parallel_capacity: u16,
    /// Last maintenance.
    pub last_maintenance_date: Option<Date>,
    /// Next maintenance.
    pub next_maintenance_date: Option<Date>,
    /// Running hours left until maintenance.
    pub maintenance_hours_remaining: Option<i32>,
    /// Day of installation.
    pub installation_date: Option<Date>,
    /// End of warranty.
    pub warranty_expiry: Option<Date>,
    /// Whether it is still in use.
    pub is_active: bool,
}

/// A machine as the rules see one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Id.
    pub machine_id: MachineId,
    /// Master data.
    pub details: MachineDetails,
    /// What it is doing.
    pub current_status: MachineStatus,
    /// Why, if given.
    pub status_reason_code: Option<ReasonCode>,
    /// When the status began.
    pub status_updated_at: Instant,
    /// When work last stopped here; nothing can start before.
    pub last_work_ended_at: Option<Instant>,
    /// Milliseconds in which it ran, the present run left out.
    #[serde(default)]
    pub running_ms: i64,
    /// What maintenance is to be done, in the order in which it was planned.
    #[serde(default)]
    pub maintenance: Vec<Maintenance>,
    /// Version of the master data.
    pub version: i32,
    /// When recorded first.
    pub created_at: Instant,
    /// When the row changed last.
    pub updated_at: Instant,
    /// Position of the event that wrote the row last.
    pub position: i64,
}

/// A machine began to do something: the period lasts until the next one of that machine begins,
/// so what is stated late finds its place by its time alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineStatusBegun {
    /// Which machine.
    pub machine_id: MachineId,
    /// What it began to do.
    pub status: MachineStatus,
    /// When.
    pub started_at: Instant,
    /// Why, if given.
    pub reason_code: Option<ReasonCode>,
    /// Why in words, beside the log.
    pub reason: Option<TextRef>,
    /// Who said or decided it.
    pub reported_by: Text<50>,
    /// When it was recorded.
    pub created_at: Instant,
}

impl Machine {
    /// The id.
    pub fn id(&self) -> &MachineId {
        &self.machine_id
    }

    /// Whether work that runs now has to stop: broken, in maintenance or switched off. A machine
    /// that merely went silent may well be producing.
    pub fn stops_work(status: MachineStatus, reason: Option<&ReasonCode>) -> bool {
        let said_so = reason.is_none_or(|code| code.as_str() != NO_SIGNAL);
        match status {
            MachineStatus::Running | MachineStatus::Idle => false,
            MachineStatus::Offline => said_so,
            MachineStatus::Maintenance | MachineStatus::Breakdown => true,
        }
    }
}
