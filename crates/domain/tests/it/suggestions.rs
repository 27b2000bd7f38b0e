//! Suggestions: the same answer as asking the rules about each pair, and a ranking with reasons.
//!
//! The random plants make every rule object to something.

use std::collections::BTreeSet;

use mraos_domain::eligibility::{Proposal, check};
use mraos_domain::suggestion::{Candidates, Factor, Survey, survey};
use mraos_domain::{
    Command, Context, DependencyType, MachineStatus, OperatorStatus, Priority, RequirementScope,
    WorkOrderId,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use crate::shifts::times;
use crate::world::*;

/// The context with the settings that the world has at present.
fn look<T>(world: &World, order: &str, ask: impl FnOnce(&Proposal<'_>, &Candidates<'_>) -> T) -> T {
    let context: Context = world.context();
    let new = work(order, "", "");
    let sought = Proposal::new(&world.state, &world.state, &context, &new);
    let mut operators: Vec<_> = world.state.all_operators().collect();
    operators.sort_by(|a, b| a.operator_id.cmp(&b.operator_id));
    let mut machines: Vec<_> = world.state.all_machines().collect();
    machines.sort_by(|a, b| a.machine_id.cmp(&b.machine_id));
    ask(&sought, &Candidates { operators: Some(operators), machines: Some(machines) })
}

/// Operator and machine of the suggestions, best first.
fn ranked(world: &World, order: &str) -> Vec<(String, String)> {
    look(world, order, |sought, candidates| {
        let survey = survey(sought, candidates, 100);
        let pair = |one: &mraos_domain::suggestion::Suggestion| {
            let id = |id: Option<String>| id.unwrap_or_default();
            (
                id(one.operator_id.as_ref().map(ToString::to_string)),
                id(one.machine_id.as_ref().map(ToString::to_string)),
            )
        };
        survey.suggestions.iter().map(pair).collect()
    })
}

fn best(world: &World, order: &str) -> (String, String) {
    ranked(world, order).first().cloned().expect("a possible pair")
}

fn pair(operator: &str, machine: &str) -> (String, String) {
    (operator.to_owned(), machine.to_owned())
}

fn two_of_each() -> World {
    let mut world = World::small();
    world.must(&create_operator("O-2"));
    world.must(&create_machine("M-2"));
    world
}

#[test]
fn only_pairs_that_nothing_refuses_are_suggested() {
    let mut world = two_of_each();
    assert_eq!(ranked(&world, "WO-1").len(), 4);
    world.must(&post_operator("O-1", OperatorStatus::Absent));
    assert_eq!(ranked(&world, "WO-1"), [pair("O-2", "M-1"), pair("O-2", "M-2")]);
    world.must(&require(RequirementScope::Machine(machine_id("M-1")), "WELD", 2));
    assert_eq!(ranked(&world, "WO-1"), [pair("O-2", "M-2")]);
    world.must(&create_order("WO-0"));
    world.must(&after("WO-1", "WO-0", DependencyType::FinishToStart, true));
    assert_eq!(ranked(&world, "WO-1"), []);
}

#[test]
fn what_is_not_possible_says_why_on_the_side_that_it_lies_on() {
    let mut world = two_of_each();
    world.must(&post_operator("O-1", OperatorStatus::Sick));
    world.must(&post_machine("M-1", MachineStatus::Breakdown, None));
    world.must(&require(RequirementScope::Machine(machine_id("M-2")), "WELD", 2));
    look(&world, "WO-1", |sought, candidates| {
        let Survey { order, operators, machines, mismatches, suggestions, .. } =
            survey(sought, candidates, 100);
        assert!(order.is_empty() && suggestions.is_empty());
        let codes = |all: &[mraos_domain::Refusal]| {
            all.iter().map(|one| one.code.as_str()).collect::<Vec<_>>().join(" ")
        };
        let held_up: Vec<_> =
            operators.iter().map(|(one, why)| (one.operator_id.as_str(), codes(why))).collect();
        assert_eq!(held_up, [("O-1", "operator_unavailable".to_owned())]);
        let held_up: Vec<_> =
            machines.iter().map(|(one, why)| (one.machine_id.as_str(), codes(why))).collect();
        assert_eq!(held_up, [("M-1", "machine_unavailable".to_owned())]);
        let lacking: Vec<_> = mismatches
            .iter()
            .map(|one| {
                (one.operator.operator_id.as_str(), one.machines.len(), codes(&one.refusals))
            })
            .collect();
        assert_eq!(lacking, [("O-2", 1, "skill_missing".to_owned())]);
    });
}

#[test]
fn each_factor_moves_a_pair_up() {
    type Prepare = fn(&mut World);
    let cases: &[(Factor, Prepare, (&str, &str))] = &[
        (
            Factor::OperatorFreeTime,
            |world| {
                world.allocate(booking(("WO-1", "O-1", ""), world.now.plus_minutes(90), 30));
            },
            ("O-2", "M-1"),
        ),
        (
            Factor::MachineFreeTime,
            |world| {
                world.allocate(booking(("WO-1", "", "M-1"), world.now.plus_minutes(90), 30));
            },
            ("O-1", "M-2"),
        ),
        (
            Factor::IdleTime,
            |world| {
                let id = world.allocate(work("WO-1", "O-1", "M-1"));
                world.wait(60);
                world.must(&release(id));
            },
            ("O-2", "M-2"),
        ),
        (
            Factor::SkillMargin,
            |world| {
                world.must(&require(RequirementScope::WorkOrder(order_id("WO-1")), "WELD", 2));
                world.must(&give_skill("O-1", "WELD", 2, None));
                world.must(&give_skill("O-2", "WELD", 4, None));
            },
            ("O-2", "M-1"),
        ),
        (
            Factor::Distance,
            |world| {
                let mut details = operator_details("O-1");
                details.production_line = Some(text("Line-9"));
                world.must(&Command::ChangeOperator {
                    operator_id: operator_id("O-1"),
                    expected_version: None,
                    details,
                    person_changed: false,
                });
            },
            ("O-2", "M-1"),
        ),
        (
            Factor::ProductionLine,
            |world| {
                world.must(&create_machine_with("M-0", |details| {
                    details.production_line = text("Line-2");
                }));
                let mut details = order_details("WO-1");
                details.production_line = Some(text("Line-1"));
                world.must(&Command::ChangeWorkOrder {
                    work_order_id: order_id("WO-1"),
                    expected_version: None,
                    details,
                    terms: Default::default(),
                });
            },
            ("O-1", "M-1"),
        ),
    ];
    for (factor, prepare, (operator, machine)) in cases {
        let mut world = two_of_each();
        world.wait(30);
        assert_eq!(best(&world, "WO-1"), pair("O-1", "M-1"), "equals go by id");
        prepare(&mut world);
        assert_eq!(best(&world, "WO-1"), pair(operator, machine), "{}", factor.as_str());
    }
}

#[test]
fn an_order_that_is_late_is_urgent_and_its_delay_is_told() {
    let mut world = two_of_each();
    let due = world.now.plus_minutes(20);
    world.must(&create_order_with("WO-2", |details| {
        details.due_date = due;
        details.estimated_duration_minutes = Some(50);
        details.priority = Priority::Low;
    }));
    look(&world, "WO-2", |sought, candidates| {
        let survey = survey(sought, candidates, 1);
        assert_eq!((survey.possible_pairs, survey.suggestions.len()), (4, 1));
        let one = &survey.suggestions[0];
        assert_eq!(one.consequence.work_order_delay_minutes, Some(30));
        assert_eq!(one.consequence.idle_time_prevented_minutes, Some(50));
        let urgency = one.contributions.iter().find(|one| one.factor == Factor::Urgency);
        assert_eq!(urgency.map(|one| one.points), Some(10));
    });
}

#[test]
fn work_that_needs_no_machine_is_suggested_without_one() {
    let world = two_of_each();
    look(&world, "WO-1", |sought, candidates| {
        let candidates = Candidates { operators: candidates.operators.clone(), machines: None };
        let found = survey(sought, &candidates, 10).suggestions;
        assert_eq!(found.len(), 2);
        for one in &found {
            assert!(one.operator_id.is_some() && one.machine_id.is_none());
            let factors: Vec<_> = one.contributions.iter().map(|one| one.factor).collect();
            assert!(!factors.contains(&Factor::MachineFreeTime), "{factors:?}");
            let sum = one.contributions.iter().map(|one| one.points).sum::<u8>();
            assert_eq!(one.score, sum);
        }
    });
}

#[test]
fn work_that_is_taken_over_does_not_stand_in_its_own_way() {
    let mut world = two_of_each();
    let id = world.allocate(work("WO-1", "O-1", "M-1"));
    world.wait(10);
    let context = world.context();
    let rest = |world: &World| {
        let open = world.allocation(id);
        let sought = Proposal::rest(&world.state, &world.state, &context, open).expect("open");
        let operators = world.state.all_operators().filter(|one| one.operator_id.as_str() != "O-1");
        let machines = world.state.all_machines().filter(|one| one.machine_id.as_str() == "M-1");
        let candidates =
            Candidates { operators: Some(operators.collect()), machines: Some(machines.collect()) };
        let found = survey(&sought, &candidates, 10).suggestions;
        found.into_iter().map(|one| (one.operator_id, one.window)).collect::<Vec<_>>()
    };
    let window = world.allocation(id).window;
    let expected = Some(operator_id("O-2"));
    let [(operator, found)] = &rest(&world)[..] else { panic!("one replacement") };
    assert_eq!((operator, found.start, found.end), (&expected, world.now, window.end));
    world.must(&release(id));
    assert!(Proposal::rest(&world.state, &world.state, &context, world.allocation(id)).is_none());
}

const SKILLS: [&str; 3] = ["WELD", "MILL", "PACK"];

/// Builds part of a plant out of numbers; what is refused is left out.
fn furnish(world: &mut World, numbers: &[(u8, u8, u8)]) {
    for (kind, a, b) in numbers {
        let (operator, machine) = (format!("O-{}", a % 4), format!("M-{}", b % 4));
        let order = format!("WO-{}", b % 3);
        let skill = SKILLS[usize::from(a.wrapping_add(*b)) % 3];
        let later = world.now.plus_minutes(i64::from(*b));
        let command = match kind % 12 {
            0 => post_operator(&operator, OperatorStatus::ALL[usize::from(*b) % 7]),
            1 => post_machine(&machine, MachineStatus::ALL[usize::from(*a) % 5], None),
            2 => Command::Allocate(work(&order, &operator, &machine)),
            3 => Command::Allocate(booking((&order, &operator, ""), later, 30)),
            4 => Command::Allocate(booking((&order, "", &machine), later, 30)),
            5 => require(RequirementScope::Machine(machine_id(&machine)), skill, 2),
            6 => require(RequirementScope::MachineType(text("lathe")), skill, 1),
            7 => require(RequirementScope::WorkOrder(order_id(&order)), skill, 3),
            8 => {
                let expiry = ["2026-03-01", "2026-03-02", "2027-01-01"][usize::from(*b) % 3];
                give_skill(&operator, skill, i64::from(b % 4) + 1, Some(expiry))
            }
            9 => after(&order, "WO-0", DependencyType::FinishToStart, b % 2 == 0),
            10 => {
                let mut times = times("2026-03-02", "06:00", "10:00");
                times.break_start = Some("07:30".parse().unwrap());
                times.break_end = Some("08:00".parse().unwrap());
                Command::AddShift { operator_id: operator_id(&operator), times }
            }
            _ => give_skill(&operator, skill, i64::from(b % 4) + 1, None),
        };
        world.submit(&command).ok();
        world.wait(i64::from(a % 5));
    }
}

fn populated() -> World {
    let mut world = World::new();
    for n in 0..4 {
        world.must(&create_operator_with(&format!("O-{n}"), |one| {
            one.parallel_capacity = 1 + n / 3;
            one.production_line = (n < 3).then(|| text(&format!("Line-{}", n % 2)));
            one.home_location = (n > 0).then(|| text(&format!("Zone-{}", n % 2)));
        }));
        world.must(&create_machine_with(&format!("M-{n}"), |one| {
            one.parallel_capacity = 1 + n / 3;
            one.production_line = text(&format!("Line-{}", n % 2));
            one.zone = (n != 1).then(|| text(&format!("Zone-{}", n / 2)));
            one.physical_location = (n == 3).then(|| text("Zone-0"));
            one.product_types = (n == 1).then(|| text("P-8")).into_iter().collect();
            one.max_capacity_per_hour = (n == 2).then_some(40);
        }));
    }
    for n in 0..3 {
        world.must(&create_order_with(&format!("WO-{n}"), |one| {
            one.estimated_duration_minutes = (n == 1).then_some(90);
        }));
    }
    world
}

/// Codes and entities, so that a sentence about another machine of the same group is the same.
fn told<'a>(refusals: impl IntoIterator<Item = &'a mraos_domain::Refusal>) -> BTreeSet<String> {
    refusals.into_iter().map(|one| format!("{} {:?}", one.code.as_str(), one.entity)).collect()
}

fn only<'a, T>(all: &Option<Vec<&'a T>>, wanted: impl Fn(&T) -> bool) -> Option<Vec<&'a T>> {
    all.as_ref().map(|all| all.iter().copied().filter(|one| wanted(one)).collect())
}

fn agrees_with_every_pair(world: &World, order: &WorkOrderId) {
    look(world, order.as_str(), |sought, candidates| {
        let found = survey(sought, candidates, 1_000);
        let mut possible = 0;
        for operator in candidates.operators.iter().flatten() {
            for machine in candidates.machines.iter().flatten() {
                let (operator_id, machine_id) = (&operator.operator_id, &machine.machine_id);
                let pair = Proposal {
                    operator_id: Some(operator_id),
                    machine_id: Some(machine_id),
                    ..*sought
                };
                let refusals = check(&pair);
                let suggested = found
                    .suggestions
                    .iter()
                    .map(|one| (one.operator_id.as_ref(), one.machine_id.as_ref()))
                    .any(|pair| pair == (Some(operator_id), Some(machine_id)));
                assert_eq!(suggested, refusals.is_empty(), "{operator_id} {machine_id}");
                possible += usize::from(suggested);
                let of_operator = found
                    .operators
                    .iter()
                    .filter(|(one, _)| one.operator_id == *operator_id)
                    .flat_map(|(_, why)| why);
                let of_machine = found
                    .machines
                    .iter()
                    .filter(|(one, _)| one.machine_id == *machine_id)
                    .flat_map(|(_, why)| why);
                let sides: Vec<_> = of_operator.chain(of_machine).collect();
                let of_pair = found
                    .mismatches
                    .iter()
                    .filter(|one| one.operator.operator_id == *operator_id)
                    .filter(|one| one.machines.iter().any(|one| one.machine_id == *machine_id))
                    .flat_map(|one| &one.refusals);
                let all = told(found.order.iter().chain(sides.iter().copied()).chain(of_pair));
                if sides.is_empty() {
                    assert_eq!(all, told(&refusals), "{operator_id} {machine_id}");
                } else {
                    // Who is held up anyway is not asked what a pair would lack.
                    assert!(all.is_subset(&told(&refusals)), "{operator_id} {machine_id}");
                }
            }
        }
        assert_eq!(found.possible_pairs, possible);
        for one in &found.suggestions {
            let points = one.contributions.iter().map(|part| u32::from(part.points)).sum::<u32>();
            assert!(points == u32::from(one.score) && points <= 100, "{one:?}");
            for part in &one.contributions {
                assert!(part.points <= part.factor.most_points(), "{part:?}");
            }
        }
        let scores: Vec<u8> = found.suggestions.iter().map(|one| one.score).collect();
        assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
        for one in &found.suggestions {
            let alone = Candidates {
                operators: only(&candidates.operators, |it| {
                    Some(it.id()) == one.operator_id.as_ref()
                }),
                machines: only(&candidates.machines, |it| Some(it.id()) == one.machine_id.as_ref()),
            };
            let alone = survey(sought, &alone, 1).suggestions;
            assert_eq!(alone, std::slice::from_ref(one), "whoever else is there");
        }
        let few = survey(sought, candidates, 3).suggestions;
        assert_eq!(few, found.suggestions[..few.len()], "the best are the first of all");
    });
}

proptest! {
    #![proptest_config(Config {
        cases: 300,
        rng_seed: RngSeed::Fixed(20_260_302),
        failure_persistence: None,
        ..Config::default()
    })]

    #[test]
    fn a_survey_says_what_the_rules_say_of_every_pair(
        numbers in prop::collection::vec(any::<(u8, u8, u8)>(), 0..60),
    ) {
        let mut world = populated();
        furnish(&mut world, &numbers);
        for n in 0..3 {
            agrees_with_every_pair(&world, &order_id(&format!("WO-{n}")));
        }
    }
}
