//! What the floor does by itself on a real database: waiting steps go on, figures are computed.
//!
//! Each test calls one turn of a job by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::civil::{date, time};
use mraos_app::{Snapshot, absences, machine_figures, waiting_steps};
use mraos_domain::shift::ShiftTimes;
use mraos_domain::{
    Command, DependencyTerms, DependencyType, MachineStatus, OperatorStatus, Phase, Quantity,
    ShiftStatus, Text, WorkOrder, WorkOrderStatus, WorkOrderTerms,
};
use mraos_testkit::TestApp;
use mraos_testkit::build::*;

fn waiting(id: &str, minutes: i32) -> Command {
    match create_work_order(id) {
        Command::CreateWorkOrder { work_order_id, details, dependencies, .. } => {
            let terms = WorkOrderTerms { wait_minutes: Some(minutes), ..Default::default() };
            Command::CreateWorkOrder { work_order_id, details, terms, dependencies }
        }
        other => other,
    }
}

async fn order(test: &TestApp, id: &str) -> WorkOrder {
    let actor = mraos_testkit::app::admin();
    let found = test.app.reads().find_work_order(&actor, &work_order_id(id)).await.unwrap();
    found.unwrap().order
}

async fn finish(test: &TestApp, id: &str) {
    let quantity = order(test, id).await.details.quantity_ordered;
    test.apply(Command::ReportProgress {
        work_order_id: work_order_id(id),
        expected_version: None,
        progress: mraos_domain::command::Progress::Total(quantity),
        quantity_rejected: Quantity::ZERO,
    })
    .await;
}

#[tokio::test]
async fn waiting_steps_go_on_by_themselves_on_whichever_node() {
    let test = TestApp::start().await;
    let other = test.another_node().await;
    test.apply(create_work_order("WO-1")).await;
    for (id, before) in [("WO-2", "WO-1"), ("WO-3", "WO-2")] {
        test.apply(waiting(id, 30)).await;
        test.apply(Command::AddDependency {
            work_order_id: work_order_id(id),
            terms: DependencyTerms {
                predecessor_work_order_id: work_order_id(before),
                dependency_type: DependencyType::FinishToStart,
                lag_minutes: 5,
                is_mandatory: true,
            },
        })
        .await;
    }
    assert_eq!(waiting_steps::advance(&test.app).await.unwrap(), 0, "nothing is done yet");
    finish(&test, "WO-1").await;
    assert_eq!(waiting_steps::advance(&test.app).await.unwrap(), 0, "the lag");
    test.clock.advance_minutes(5);
    assert_eq!(waiting_steps::advance(&other).await.unwrap(), 1);
    assert_eq!(waiting_steps::advance(&test.app).await.unwrap(), 0, "another node has done it");
    assert_eq!(order(&test, "WO-2").await.status, WorkOrderStatus::InProgress);
    test.clock.advance_minutes(60);
    assert_eq!(waiting_steps::advance(&test.app).await.unwrap(), 1);
    assert_eq!(waiting_steps::advance(&test.app).await.unwrap(), 1, "the next step, at once");
    let (second, third) = (order(&test, "WO-2").await, order(&test, "WO-3").await);
    assert_eq!(second.status, WorkOrderStatus::Completed);
    assert_eq!(third.actual_start_date, second.actual_end_date.map(|at| at.plus_minutes(5)));
}

#[tokio::test]
async fn figures_of_a_machine_follow_from_its_day() {
    let test = TestApp::start().await;
    let capacity = match create_machine("M-1") {
        Command::CreateMachine { machine_id, mut details, status } => {
            details.max_capacity_per_hour = Some(10);
            Command::CreateMachine { machine_id, details, status }
        }
        other => other,
    };
    for command in
        [capacity, create_machine("M-2"), create_operator("O-1"), create_work_order("WO-1")]
    {
        test.apply(command).await;
    }
    let post = |status| Command::SetMachineStatus {
        machine_id: machine_id("M-1"),
        status,
        reason: Default::default(),
    };
    // Of twelve hours: 2 maintained, 1 broken, 3 idle, 6 running; 54 made of 60, 50 of them good.
    test.clock.advance_minutes(180);
    test.apply(post(MachineStatus::Maintenance)).await;
    test.clock.advance_minutes(120);
    test.apply(post(MachineStatus::Breakdown)).await;
    test.clock.advance_minutes(60);
    test.apply(post(MachineStatus::Idle)).await;
    let id = test.allocation(allocate("WO-1", "O-1", "M-1")).await.allocation_id;
    test.clock.advance_minutes(360);
    test.apply(Command::Complete {
        allocation_id: id,
        quantity_produced: Quantity::new(50.into()).unwrap(),
        quantity_rejected: Quantity::new(4.into()).unwrap(),
        work_order_completed: false,
    })
    .await;
    assert_eq!(machine_figures::compute(&test.app).await.unwrap(), 2);
    let ids = [machine_id("M-1"), machine_id("M-2")];
    let figures = test.app.reads().machine_figures(&ids).await.unwrap();
    let of = |n: usize| {
        let one = &figures[&ids[n]];
        let oee = one.overall_equipment_effectiveness.map(|value| value.to_string());
        (oee, one.uptime_percentage.map(|value| value.to_string()))
    };
    // 6/10 × 54/60 × 50/54 = 0.5; able 9 of 12.
    assert_eq!(of(0), (Some("50.00".to_owned()), Some("75.00".to_owned())));
    assert_eq!(of(1), (None, Some("100.00".to_owned())), "nothing was made there");
    let snapshot = test.apply(post(MachineStatus::Running)).await;
    assert!(matches!(snapshot, Snapshot::Machine(_)));
    assert_eq!(
        machine_figures::compute(&test.app).await.unwrap(),
        0,
        "no newer than what is there"
    );
}

#[tokio::test]
async fn who_does_not_come_is_absent_once_whichever_node_looks() {
    let test = TestApp::start().await;
    let other = test.another_node().await;
    let shift = |operator: &str, hour: i8| Command::AddShift {
        operator_id: operator_id(operator),
        times: ShiftTimes {
            shift_name: Text::new("Early").unwrap(),
            shift_date: date(2026, 11, 23),
            start_time: time(hour, 0, 0, 0),
            end_time: time(16, 0, 0, 0),
            break_start: None,
            break_end: None,
            counts_on_holidays: false,
        },
    };
    for n in 1..=4 {
        test.apply(create_operator(&format!("O-{n}"))).await;
    }
    for (operator, hour) in [("O-1", 8), ("O-2", 8), ("O-3", 9)] {
        test.apply(shift(operator, hour)).await;
    }
    for id in ["M-1", "M-2"] {
        test.apply(create_machine(id)).await;
    }
    test.apply(create_work_order("WO-1")).await;
    test.apply(Command::ClockIn { operator_id: operator_id("O-1") }).await;
    let work = test.allocation(allocate("WO-1", "O-2", "M-1")).await.allocation_id;
    test.clock.advance_minutes(29);
    assert_eq!(absences::note(&test.app).await.unwrap(), 0);
    test.clock.advance_minutes(1);
    assert_eq!(absences::note(&other).await.unwrap(), 1, "O-2 has not come");
    assert_eq!(absences::note(&test.app).await.unwrap(), 0, "another node has said so");
    let actor = mraos_testkit::app::admin();
    let found = test.app.reads().find_operator(&actor, &operator_id("O-2")).await.unwrap().unwrap();
    assert_eq!(found.operator.posted_status, OperatorStatus::Absent);
    assert_eq!(found.operator.shifts[0].attendance.status, ShiftStatus::Absent);
    assert_eq!((found.open[0].allocation_id, found.open[0].phase), (work, Phase::Paused));
    let day = date(2026, 11, 23);
    test.apply(Command::DefineHoliday { day, name: Text::new("Rest").unwrap() }).await;
    test.clock.advance_minutes(90);
    assert_eq!(absences::note(&test.app).await.unwrap(), 0, "nobody has to come on a holiday");
    test.apply(Command::RemoveHoliday { day }).await;
    assert_eq!(absences::note(&test.app).await.unwrap(), 1, "O-3");
}

#[tokio::test]
async fn reads_come_from_memory_until_another_node_is_there() {
    let test = TestApp::start().await;
    test.apply(create_machine("M-1")).await;
    let told = name_of(&test).await;
    // Behind the program's back: whoever reads this has asked the database.
    let owner = test.database.owner().await;
    owner.execute("UPDATE machines SET machine_name = 'Tampered'", &[]).await.unwrap();
    assert!(comes_to_read(&test, &told).await, "a node that is alone reads from memory");
    let _other = test.another_node().await;
    assert_eq!(name_of(&test).await, "Tampered", "in company the database is asked");
}

async fn name_of(test: &TestApp) -> String {
    let actor = mraos_testkit::app::admin();
    let found = test.app.reads().find_machine(&actor, &machine_id("M-1")).await.unwrap();
    found.unwrap().machine.details.machine_name.to_string()
}

async fn comes_to_read(test: &TestApp, name: &str) -> bool {
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while std::time::Instant::now() < patience {
        if name_of(test).await == name {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    false
}
