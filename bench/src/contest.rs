//! The order of play: rivals and product in turn, in the same minutes, on the same server.
//!
//! The machine's speed drifts, so a ratio is only ever formed within one round, and the result is
//! the median of the rounds. One contender runs at a time; nothing else is started meanwhile.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use crate::args::CoreArguments;
use crate::check::Verdict;
use crate::contender::{Contender, ContenderRun, Memory, Variant};
use crate::endurance::{self, Endurance};
use crate::postgres::PrivatePostgres;
use crate::product::{DATABASE, Rebuild};
use crate::report;
use crate::rival::{Form, RivalRun, Rivals};
use crate::statements;
use crate::statistics::median;

/// The function rival runs with each of these; the best of them is the one to beat.
const FUNCTION_CLIENTS: [usize; 3] = [4, 8, 16];

/// One interleaved round.
#[derive(Default, Serialize)]
pub(crate) struct Round {
    pub(crate) seven_statements: Option<RivalRun>,
    pub(crate) beside_seven: Option<ContenderRun>,
    pub(crate) functions: Vec<RivalRun>,
    pub(crate) beside_function: Option<ContenderRun>,
    pub(crate) with_keys: Option<ContenderRun>,
    pub(crate) with_subscribers: Option<ContenderRun>,
}

/// What is measured of the system under test alone.
#[derive(Serialize)]
pub(crate) struct Alone {
    pub(crate) seeding_s: f64,
    pub(crate) memory: Memory,
    pub(crate) lone_client: ContenderRun,
    pub(crate) two_nodes: ContenderRun,
    pub(crate) endurance: Option<Endurance>,
    pub(crate) rebuild_events: u64,
    pub(crate) rebuild: Rebuild,
    /// The same after every table that follows from the log was emptied.
    pub(crate) rebuild_emptied: Rebuild,
    pub(crate) verdict: Verdict,
}

/// How much better than a rival within one round.
#[derive(Clone, Copy)]
pub(crate) struct Ratio {
    pub(crate) pairs_per_s: f64,
    /// By the servers' processor time per pair, which a busy neighbour spoils least.
    pub(crate) cpu: f64,
}

/// Everything that the suite found.
#[derive(Serialize)]
pub(crate) struct Results {
    pub(crate) postgres_version: String,
    pub(crate) operators: u32,
    pub(crate) machines: u32,
    pub(crate) orders: u32,
    pub(crate) seconds: u64,
    pub(crate) rounds: Vec<Round>,
    pub(crate) alone: Option<Alone>,
}

/// Runs the suite and prints it; false when an acknowledged write is not what was recorded.
pub(crate) async fn run(arguments: &CoreArguments) -> Result<bool> {
    let arguments = arguments.effective();
    let postgres = PrivatePostgres::start(&arguments.directory, arguments.statements).await?;
    let rivals = match arguments.no_rivals {
        true => None,
        false => Some(Rivals::prepare(&postgres, arguments.rivals()).await?),
    };
    let mut contender = match arguments.rivals_only {
        true => None,
        false => Some(Contender::prepare(&postgres, &arguments).await?),
    };
    if arguments.statements && contender.is_some() {
        statements::reset(&postgres).await?;
    }
    let mut rounds = Vec::new();
    for number in 1..=arguments.rounds {
        report::print_progress(&format!("round {number} of {}", arguments.rounds));
        rounds.push(play_round(&arguments, rivals.as_ref(), contender.as_mut()).await?);
    }
    if arguments.statements && contender.is_some() {
        report::print_statements(&statements::list(&postgres).await?);
    }
    let alone = match contender {
        Some(contender) => Some(measure_alone(&arguments, &postgres, contender).await?),
        None => None,
    };
    let results = Results {
        postgres_version: postgres.version().await?,
        operators: arguments.operators,
        machines: arguments.machines,
        orders: arguments.orders,
        seconds: arguments.seconds,
        rounds,
        alone,
    };
    report::print(&results);
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_vec_pretty(&results)?)?;
    }
    Ok(results.alone.as_ref().is_none_or(|alone| alone.verdict.is_clean()))
}

async fn play_round(
    arguments: &CoreArguments,
    rivals: Option<&Rivals<'_>>,
    mut contender: Option<&mut Contender<'_>>,
) -> Result<Round> {
    let duration = Duration::from_secs(arguments.seconds);
    let plain = Variant {
        clients: arguments.clients,
        duration,
        slice: duration,
        with_idempotency_key: false,
    };
    let mut round = Round::default();
    if let Some(rivals) = rivals {
        round.seven_statements = Some(rivals.run(Form::SevenStatements, arguments.clients).await?);
    }
    if let Some(contender) = contender.as_deref_mut() {
        round.beside_seven = Some(contender.run(plain).await?);
    }
    if let Some(rivals) = rivals {
        for clients in FUNCTION_CLIENTS {
            round.functions.push(rivals.run(Form::FunctionCall, clients).await?);
        }
    }
    if let Some(contender) = contender {
        round.beside_function = Some(contender.run(plain).await?);
        let keyed = Variant { with_idempotency_key: true, ..plain };
        round.with_keys = Some(contender.run(keyed).await?);
        let attended = contender.run_with_subscribers(plain, arguments.subscribers).await?;
        round.with_subscribers = Some(attended);
    }
    Ok(round)
}

async fn measure_alone(
    arguments: &CoreArguments,
    postgres: &PrivatePostgres,
    mut contender: Contender<'_>,
) -> Result<Alone> {
    report::print_progress("lone client");
    let duration = Duration::from_secs(arguments.seconds);
    let lone = Variant { clients: 1, duration, slice: duration, with_idempotency_key: false };
    let lone_client = contender.run(lone).await?;
    report::print_progress("two nodes");
    let spread = Variant { clients: arguments.clients, ..lone };
    let two_nodes = contender.run_on_two_nodes(spread).await?;
    let endurance = match arguments.endurance_seconds {
        0 => None,
        seconds => {
            report::print_progress("endurance, twice");
            Some(endurance::run(&mut contender, postgres, arguments.clients, seconds).await?)
        }
    };
    let (binary, ledger, memory, seeding) = contender.finish().await?;
    report::print_progress("check and rebuild");
    let log_finding = binary.verify().await?;
    let client = postgres.connect(DATABASE).await?;
    let verdict = ledger.compare(&client, log_finding).await?;
    let rebuild = binary.rebuild(postgres.pid()).await?;
    client.batch_execute(EMPTY).await?;
    let rebuild_emptied = binary.rebuild(postgres.pid()).await?;
    let events = client.query_one("select count(*) from events", &[]).await?;
    Ok(Alone {
        seeding_s: seeding.as_secs_f64(),
        memory,
        lone_client,
        two_nodes,
        endurance,
        rebuild_events: u64::try_from(events.get::<_, i64>(0))?,
        rebuild,
        rebuild_emptied,
        verdict,
    })
}

/// Empties the tables that follow from the log, and those that refer to them.
const EMPTY: &str = "truncate operators, machines, work_orders, allocations, allocation_bookings, \
                     machine_status_changes, reason_codes, skill_requirements cascade";

impl Results {
    /// The client count at which the function rival is fastest, by the median over the rounds.
    pub(crate) fn best_function_clients(&self) -> Option<usize> {
        let speed = |clients: usize| {
            let runs = self.rounds.iter().flat_map(|round| &round.functions);
            let speeds: Vec<f64> =
                runs.filter(|run| run.clients == clients).map(|run| run.pairs_per_s).collect();
            median(&speeds)
        };
        FUNCTION_CLIENTS
            .into_iter()
            .filter(|clients| speed(*clients).is_finite())
            .max_by(|one, other| speed(*one).total_cmp(&speed(*other)))
    }

    /// Ours over the seven statements, round by round.
    pub(crate) fn ratios_to_seven_statements(&self) -> Vec<Ratio> {
        let ratio = |round: &Round| {
            Some(Ratio::of(round.beside_seven.as_ref()?, round.seven_statements.as_ref()?))
        };
        self.rounds.iter().filter_map(ratio).collect()
    }

    /// Ours with subscribers attached over the seven statements, round by round.
    pub(crate) fn ratios_with_subscribers(&self) -> Vec<Ratio> {
        let ratio = |round: &Round| {
            Some(Ratio::of(round.with_subscribers.as_ref()?, round.seven_statements.as_ref()?))
        };
        self.rounds.iter().filter_map(ratio).collect()
    }

    /// Ours over the function at its best client count, round by round.
    pub(crate) fn ratios_to_function(&self) -> Vec<Ratio> {
        let Some(best) = self.best_function_clients() else {
            return Vec::new();
        };
        let ratio = |round: &Round| {
            let rival = round.functions.iter().find(|run| run.clients == best)?;
            Some(Ratio::of(round.beside_function.as_ref()?, rival))
        };
        self.rounds.iter().filter_map(ratio).collect()
    }
}

impl Ratio {
    fn of(ours: &ContenderRun, rival: &RivalRun) -> Self {
        Self {
            pairs_per_s: ours.pairs_per_s / rival.pairs_per_s,
            cpu: rival.cpu.server_ms_per_pair(rival.pairs)
                / ours.cpu.server_ms_per_pair(ours.pairs),
        }
    }
}
