//! What a running plant asks: at any moment, stored and read again, and why.
//!
//! A model is trained on a made-up plant and asked about machines that are busy, that are idle, and
//! that it does not have.

use mraos_forecast::FallingIdle;
use mraos_forecast::floor::Floor;
use mraos_forecast::model::ForecastModel;
use mraos_forecast::outlook::BlockLengths;
use mraos_forecast::report::WorkReport;
use mraos_forecast::sample::{busy_blocks, samples};

use crate::plant::{plant, resources, training};

const MACHINES: usize = 6;

/// A model, the floor after everything was reported, and the last report of machine 0.
fn trained() -> (ForecastModel, Floor, WorkReport) {
    let resources = resources(MACHINES);
    let mut reports = plant(7, MACHINES, 150);
    reports.sort_by(|a, b| a.end.total_cmp(&b.end));
    let gaps = samples(&busy_blocks(&reports, MACHINES));
    let model = ForecastModel::train(Floor::new(&resources), &reports, &gaps, &training(1))
        .expect("enough to learn");
    let mut floor = Floor::new(&resources);
    reports.iter().for_each(|report| floor.observe(report));
    let last = reports.iter().rfind(|report| report.resource == 0).expect("it worked").clone();
    (model, floor, last)
}

#[test]
fn a_busy_machine_is_the_likelier_to_fall_idle_the_longer_one_waits() {
    let (model, floor, last) = trained();
    let lengths = BlockLengths::of(&floor);
    let busy = FallingIdle { resource: 0, at: last.end + 50.0, busy_since: last.end + 10.0 };
    let chances: Vec<f64> = [0.0, 15.0, 60.0, 200.0]
        .into_iter()
        .map(|horizon| model.outlook_of_busy(&floor, &lengths, &busy, horizon).expect("known"))
        .map(|outlook| {
            assert!(outlook.chance_idle <= outlook.chance_of_falling_idle);
            outlook.chance_of_falling_idle
        })
        .collect();
    assert!(chances.windows(2).all(|pair| pair[0] < pair[1]), "{chances:?}");
    assert!(chances[0] < 0.1 && chances[3] > 0.9, "{chances:?}");
    let stranger = FallingIdle { resource: MACHINES, ..busy };
    assert_eq!(model.outlook_of_busy(&floor, &lengths, &stranger, 60.0), None);
}

#[test]
fn an_idle_machine_is_asked_how_long_still() {
    let (model, floor, last) = trained();
    let fell_idle = FallingIdle { resource: 0, at: last.end, busy_since: last.start };
    let fresh = model.outlook_of_idle(&floor, &fell_idle, last.end).expect("known");
    let later = model.outlook_of_idle(&floor, &fell_idle, last.end + 8.0).expect("known");
    assert!(later.chance_idle >= fresh.chance_idle);
    assert_eq!(later.chance_idle, 1.0);
    let ages = model.outlook_of_idle(&floor, &fell_idle, last.end + 1e6).expect("known");
    assert!(ages.idle.median > 0.0 && ages.idle.high.is_finite());
}

#[test]
fn an_explanation_sums_to_what_it_explains() {
    let (model, floor, last) = trained();
    let moment = FallingIdle { resource: 0, at: last.end, busy_since: last.start };
    let forecast = model.forecast(&floor, &moment).expect("known");
    let why = model.explain(&floor, &moment).expect("known");
    let minutes: f64 = why.contributions.iter().map(|one| one.minutes).sum();
    let chance: f64 = why.contributions.iter().map(|one| one.chance_idle).sum();
    assert!((why.usual_minutes + minutes - forecast.median).abs() < 1e-6);
    assert!((why.usual_chance_idle + chance - forecast.chance_idle).abs() < 1e-9);
}

#[test]
fn a_stored_model_answers_as_before_and_a_strange_one_is_refused() {
    let (model, floor, last) = trained();
    let stored = model.to_json().expect("plain figures");
    let read = ForecastModel::from_json(&stored).expect("as it was written");
    let moment = FallingIdle { resource: 3, at: last.end, busy_since: last.start };
    assert_eq!(read.forecast(&floor, &moment), model.forecast(&floor, &moment));
    let newer = stored.replacen("\"version\":1", "\"version\":2", 1);
    let error = ForecastModel::from_json(&newer).expect_err("another version");
    assert!(error.to_string().contains("version 2"), "{error}");
    let cut = &stored[..stored.len() / 2];
    assert!(ForecastModel::from_json(cut).is_err());
}
