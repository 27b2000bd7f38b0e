//! A small plant in which every table has rows and every kind of allocation event has happened.
//!
//! Also the ways to look at its log and to tamper with it.

use std::path::PathBuf;

use jiff::civil::{Date, date, time};
use mraos_app::{Snapshot, absences};
use mraos_domain::command::{Progress, Reason};
use mraos_domain::shift::ShiftTimes;
use mraos_domain::{
    Command, DependencyTerms, DependencyType, MaintenanceTerms, OperatorStatus, RequirementScope,
    ShiftChoice, ShiftStatus, Skill, SkillLevel, Text, TransactionType,
};
use mraos_store::log::checkpoint::{self, Checkpoint, CheckpointKey};
use mraos_store::log::rebuild::{Rebuild, rebuild};
use mraos_store::log::verify::{Verification, Witness, verify};
use mraos_testkit::TestApp;
use mraos_testkit::build::*;
use tempfile::TempDir;

/// A plant with its log and a directory for checkpoints.
pub(crate) struct LoggedPlant {
    pub(crate) test: TestApp,
    directory: TempDir,
}

impl LoggedPlant {
    pub(crate) async fn start() -> Self {
        let plant = Self { test: TestApp::start().await, directory: TempDir::new().unwrap() };
        plant.register().await;
        plant.work().await;
        plant.stock().await;
        plant.maintain().await;
        plant.attend().await;
        plant
    }

    async fn register(&self) {
        let test = &self.test;
        for number in 1..=3 {
            test.apply(create_operator(&format!("O-{number}"))).await;
            test.apply(create_machine(&format!("M-{number}"))).await;
            test.apply(create_work_order(&format!("WO-{number}"))).await;
        }
        for level in [2, 3] {
            test.apply(set_skill("O-1", "WELD\\1", level)).await;
        }
        test.apply(set_skill("O-2", "TURN", 1)).await;
        let gone = Text::new("TURN").unwrap();
        test.apply(Command::RemoveSkill { operator_id: operator_id("O-2"), skill_code: gone })
            .await;
        test.apply(add_shift("O-1", 6)).await;
        test.apply(add_shift("O-1", 16)).await;
        test.apply(Command::AddDependency {
            work_order_id: work_order_id("WO-2"),
            terms: DependencyTerms {
                predecessor_work_order_id: work_order_id("WO-1"),
                dependency_type: DependencyType::StartToStart,
                lag_minutes: 0,
                is_mandatory: true,
            },
        })
        .await;
        test.apply(Command::RequireSkill {
            scope: RequirementScope::Machine(machine_id("M-1")),
            skill_code: Text::new("WELD\\1").unwrap(),
            minimum_level: SkillLevel::try_from(2).unwrap(),
        })
        .await;
        test.apply(define_reason("jam", "Material jammed")).await;
    }

    async fn work(&self) {
        let test = &self.test;
        let first = test.allocation(allocate("WO-1", "O-1", "M-1")).await.allocation_id;
        let second = test.allocation(allocate("WO-2", "O-2", "M-2")).await.allocation_id;
        test.clock.advance_minutes(10);
        test.allocation(Command::Pause { allocation_id: first, reason: Reason::default() }).await;
        test.allocation(Command::Resume { allocation_id: first, overrides: Vec::new() }).await;
        test.clock.advance_minutes(10);
        test.allocation(Command::Reassign {
            dropped: None,
            allocation_id: second,
            operator_id: Some(operator_id("O-3")),
            machine_id: None,
            reason: Reason::default(),
            overrides: Vec::new(),
        })
        .await;
        test.allocation(release(first)).await;
        test.apply(Command::SetOperatorStatus {
            operator_id: operator_id("O-1"),
            status: OperatorStatus::Break,
            reason: Reason::default(),
        })
        .await;
        test.allocation(book("WO-3", "O-2", "M-3", "2026-12-01T08:00:00Z")).await;
        test.clock.advance_minutes(1);
    }

    /// Every kind of movement, a reservation that is active and one that is over.
    async fn stock(&self) {
        let test = &self.test;
        test.apply(create_material("MAT-1")).await;
        test.apply(move_stock("MAT-1", TransactionType::Receipt, "20", None)).await;
        test.apply(need("WO-3", "MAT-1", "8")).await;
        test.apply(move_stock("MAT-1", TransactionType::Reservation, "5", Some("WO-3"))).await;
        test.apply(move_stock("MAT-1", TransactionType::Issue, "5", Some("WO-3"))).await;
        test.apply(move_stock("MAT-1", TransactionType::Reservation, "3", Some("WO-3"))).await;
        test.apply(move_stock("MAT-1", TransactionType::Release, "1", Some("WO-3"))).await;
        test.apply(move_stock("MAT-1", TransactionType::Adjustment, "-2", None)).await;
    }

    async fn maintain(&self) {
        let test = &self.test;
        let plan = |name: &str, days| Command::PlanMaintenance {
            machine_id: machine_id("M-1"),
            terms: MaintenanceTerms {
                maintenance_type: Text::new(name).unwrap(),
                window: None,
                due_date: Some(date(2026, 12, 1)),
                due_after_hours: Some(100),
                interval_days: days,
                repeats_by_hours: false,
            },
        };
        test.apply(plan("Overhaul", None)).await;
        let Snapshot::Machine(machine) = test.apply(plan("Grease", Some(30))).await else {
            panic!("no machine")
        };
        let maintenance_id = machine.maintenance[1].maintenance_id;
        test.apply(Command::ReportProgress {
            work_order_id: work_order_id("WO-3"),
            expected_version: None,
            progress: Progress::More(quantity("10")),
            quantity_rejected: quantity("1"),
        })
        .await;
        let machine_id = machine_id("M-1");
        test.apply(Command::CompleteMaintenance { machine_id, maintenance_id, notes: None }).await;
    }

    /// Somebody comes late, goes, calls a shift off; somebody else does not come, and a call-off is
    /// taken back.
    async fn attend(&self) {
        let test = &self.test;
        test.apply(create_operator("O-4")).await;
        test.apply(add_shift("O-4", 7)).await;
        let Snapshot::Operator { operator, .. } = test.apply(clock_in("O-1")).await else {
            panic!("no operator")
        };
        assert_eq!(operator.shifts[0].attendance.status, ShiftStatus::Late);
        test.clock.advance_minutes(30);
        test.apply(Command::ClockOut { operator_id: operator_id("O-1") }).await;
        test.apply(call_off("O-1")).await;
        assert_eq!(absences::note(&test.app).await.unwrap(), 1);
        let Snapshot::Operator { operator, .. } = test.apply(call_off("O-4")).await else {
            panic!("no operator")
        };
        let choice = ShiftChoice::Shift(operator.shifts[0].shift_id);
        let operator_id = operator_id("O-4");
        test.apply(Command::UndoCallOff { operator_id, choice }).await;
    }

    pub(crate) fn key(&self) -> CheckpointKey {
        CheckpointKey::derive(&[7; 32]).unwrap()
    }

    pub(crate) fn checkpoint_file(&self) -> PathBuf {
        checkpoint::file_in(self.directory.path())
    }

    pub(crate) async fn sign(&self) -> Checkpoint {
        let now = self.test.app.now().timestamp();
        let (store, file) = (self.test.app.store(), self.checkpoint_file());
        let signed = checkpoint::write_checkpoint(store, &self.key(), &file, 0, now).await;
        signed.unwrap().expect("the log is not empty")
    }

    pub(crate) fn witness(&self) -> Witness {
        let checkpoints = checkpoint::read_file(&self.checkpoint_file()).unwrap();
        Witness { key: self.key(), checkpoints }
    }

    pub(crate) async fn verify(&self) -> Verification {
        verify(&self.test.database.options, self.witness(), &|_| ()).await.unwrap()
    }

    pub(crate) async fn rebuild(&self, force: bool) -> Rebuild {
        rebuild(&self.test.database.options, self.witness(), force, &|_| ()).await.unwrap()
    }

    /// Runs statements as an intruder with all rights and no triggers.
    pub(crate) async fn tamper(&self, sql: &str) {
        let owner = self.test.database.owner().await;
        let sql = format!("SET session_replication_role = replica; {sql}");
        owner.batch_execute(&sql).await.unwrap();
    }

    /// The last position of the log.
    pub(crate) async fn head(&self) -> i64 {
        self.test.app.store().last_position().await.unwrap()
    }
}

fn set_skill(operator: &str, code: &str, level: i64) -> Command {
    Command::SetSkill {
        operator_id: operator_id(operator),
        skill: Skill {
            skill_code: Text::new(code).unwrap(),
            skill_name: Text::new("A skill, \"quoted\"").unwrap(),
            proficiency_level: SkillLevel::try_from(level).unwrap(),
            certification_date: None,
            certification_expiry: Some(date(2030, 1, 31)),
            certified_by: None,
        },
    }
}

fn clock_in(operator: &str) -> Command {
    Command::ClockIn { operator_id: operator_id(operator) }
}

fn call_off(operator: &str) -> Command {
    Command::CallOff {
        operator_id: operator_id(operator),
        choice: ShiftChoice::Next,
        status: OperatorStatus::Vacation,
        reason: Reason::default(),
    }
}

fn add_shift(operator: &str, hour: i8) -> Command {
    shift(operator, date(2026, 11, 23), hour)
}

/// A shift from six to two on another day.
pub(crate) fn add_shift_on(operator: &str, day: Date) -> Command {
    shift(operator, day, 6)
}

fn shift(operator: &str, shift_date: Date, hour: i8) -> Command {
    Command::AddShift {
        operator_id: operator_id(operator),
        times: ShiftTimes {
            counts_on_holidays: false,
            shift_name: Text::new("shift").unwrap(),
            shift_date,
            start_time: time(hour, 0, 0, 0),
            end_time: time((hour + 8) % 24, 0, 0, 0),
            break_start: None,
            break_end: None,
        },
    }
}
