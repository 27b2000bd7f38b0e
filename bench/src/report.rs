//! The results as Markdown, every number with how it was taken.
//!
//! Tables show medians over the rounds and the range; targets stand beside what they judge. This
//! is the one place that prints: progress to standard error, results to standard output.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command's own output")]

use std::collections::BTreeMap;

use crate::contender::ContenderRun;
use crate::contest::{Alone, Results};
use crate::cpu::CpuUse;
use crate::endurance::Endurance;
use crate::live::LiveResults;
use crate::product::Rebuild;
use crate::rival::RivalRun;
use crate::statements::StatementCost;
use crate::statistics::median;

/// One row of the contest's table, all rounds of it.
#[derive(Default)]
struct Row {
    pairs_per_s: Vec<f64>,
    p50_ms: Vec<f64>,
    p99_ms: Vec<f64>,
    server_ms: Vec<f64>,
    driver_ms: Vec<f64>,
    others_percent: Vec<f64>,
    pairs: u64,
    refusals: u64,
    errors: u64,
}

/// Says what runs now.
pub(crate) fn print_progress(what: &str) {
    eprintln!("bench: {what}");
}

/// Says why the suite could not run.
pub(crate) fn print_failure(error: &anyhow::Error) {
    eprintln!("bench: {error:#}");
}

/// Prints everything.
pub(crate) fn print(results: &Results) {
    println!("# Benchmark of the core\n");
    println!(
        "PostgreSQL {}, one private server for all, fsync on; {} operators, {} machines, {} \
         orders;\n{} round(s), interleaved, {} s per run. A pair is one committed allocation and \
         its release.\n",
        results.postgres_version,
        results.operators,
        results.machines,
        results.orders,
        results.rounds.len(),
        results.seconds,
    );
    print_contest(results);
    print_ratios(results);
    if let Some(alone) = &results.alone {
        print_alone(alone);
        print_verdict(alone);
    }
}

/// Prints the suite of the live stream.
pub(crate) fn print_live(results: &LiveResults) {
    println!("# Benchmark of the live stream\n");
    println!(
        "From before a status is posted over HTTP until its frame has been read, all on this \
         machine.\n"
    );
    println!(
        "| Who listens to what | subscribers | events/s | frame p50 / p99 ms | frames | frames per \
         server CPU-second | faults | server MiB | others' CPU |\n\
         |---|---|---|---|---|---|---|---|---|"
    );
    for run in &results.runs {
        println!(
            "| {} | {} | {:.0} | {:.1} / {:.1} | {} of {} | {:.0} | {} | {:.0} | {:.0} % |",
            run.what,
            run.subscribers,
            run.events_per_s,
            run.p50_ms,
            run.p99_ms,
            run.frames,
            run.frames_expected,
            run.frames_per_server_cpu_s,
            run.faults,
            run.resident_mib,
            run.others_percent,
        );
    }
    let effects = results.effects_of_sleepers();
    let per_round: Vec<String> = effects.iter().map(|effect| format!("{effect:.2}")).collect();
    println!(
        "\np99 with a tenth that never reads ÷ without: median {:.2} ({}), hold ≤ 1.10: {}",
        median(&effects),
        per_round.join(", "),
        judge(median(&effects) <= 1.1, true),
    );
    let idle = &results.idle;
    println!("\n{} idle sockets: {:.1} KiB each (resident)\n", idle.sockets, idle.kib_per_socket);
}

/// Prints what the large plant showed.
pub(crate) fn print_large(told: &str) {
    println!("# Benchmark of a large plant\n{told}");
}

/// Prints where the database's time went.
pub(crate) fn print_statements(statements: &[StatementCost]) {
    println!("| total ms | calls | rows | ms per call | statement |\n|---|---|---|---|---|");
    for StatementCost { calls, total_ms, rows, text } in statements {
        let per_call_ms = total_ms / *calls as f64;
        let start: String = text.chars().take(120).collect();
        println!("| {total_ms:.0} | {calls} | {rows} | {per_call_ms:.3} | `{start}` |");
    }
    println!();
}

fn print_contest(results: &Results) {
    println!(
        "| Contender | pairs/s median (range) | pair p50 / p99 ms | server CPU ms per pair | \
         generator CPU ms per pair | pairs | refused | errors | others' CPU |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let rounds = &results.rounds;
    let seven = rounds.iter().filter_map(|round| round.seven_statements.as_ref());
    print_row("seven statements, pgbench", Row::of_rivals(seven));
    let best = results.best_function_clients();
    for clients in [4, 8, 16] {
        let runs = rounds.iter().flat_map(|round| &round.functions);
        let mark = if best == Some(clients) { " (best)" } else { "" };
        print_row(
            &format!("PL/pgSQL call, pgbench, {clients} clients{mark}"),
            Row::of_rivals(runs.filter(|run| run.clients == clients)),
        );
    }
    let ours = rounds.iter().flat_map(|round| [&round.beside_seven, &round.beside_function]);
    print_row("MRAOS over HTTP", Row::of_contender(ours.flatten()));
    let keyed = rounds.iter().filter_map(|round| round.with_keys.as_ref());
    print_row("MRAOS, every command with Idempotency-Key", Row::of_contender(keyed));
    let attended: Vec<_> =
        rounds.iter().filter_map(|round| round.with_subscribers.as_ref()).collect();
    if let Some(first) = attended.first() {
        let frames: Vec<f64> =
            attended.iter().map(|run| run.frames as f64 / run.pairs as f64).collect();
        let name = format!(
            "MRAOS with {} subscribers attached, {:.0} frames per pair",
            first.subscribers,
            median(&frames)
        );
        print_row(&name, Row::of_contender(attended.iter().copied()));
    }
    println!(
        "\nServer CPU: PostgreSQL's processes, with MRAOS's process added for MRAOS. pgbench \
         speaks the unix\nsocket with prepared statements; MRAOS is spoken to over TCP. Rivals \
         start every run with empty\nallocation tables; MRAOS keeps its whole log.\n"
    );
}

fn print_row(name: &str, row: Option<Row>) {
    let Some(row) = row else { return };
    let (low, high) = range(&row.pairs_per_s);
    println!(
        "| {name} | {:.0} ({low:.0}–{high:.0}) | {:.1} / {:.1} | {:.3} | {:.3} | {} | {} | {} | \
         {:.0} % |",
        median(&row.pairs_per_s),
        median(&row.p50_ms),
        median(&row.p99_ms),
        median(&row.server_ms),
        median(&row.driver_ms),
        row.pairs,
        row.refusals,
        row.errors,
        median(&row.others_percent),
    );
}

fn print_ratios(results: &Results) {
    let ratios = [
        ("MRAOS ÷ seven statements", results.ratios_to_seven_statements(), 3.0, 6.0),
        ("MRAOS ÷ PL/pgSQL call at its best", results.ratios_to_function(), 1.2, 3.0),
        ("with subscribers ÷ seven statements", results.ratios_with_subscribers(), 3.0, 3.0),
    ];
    if ratios.iter().all(|(_, rounds, ..)| rounds.is_empty()) {
        return;
    }
    println!("| Ratio | median | per round | hold | aim | | by server CPU per pair |");
    println!("|---|---|---|---|---|---|---|");
    for (name, rounds, hold, aim) in ratios {
        let speeds: Vec<f64> = rounds.iter().map(|round| round.pairs_per_s).collect();
        let cpu: Vec<f64> = rounds.iter().map(|round| round.cpu).collect();
        let per_round: Vec<String> = speeds.iter().map(|ratio| format!("{ratio:.2}")).collect();
        let ratio = median(&speeds);
        println!(
            "| {name} | **{ratio:.2}** | {} | ≥ {hold} | ≥ {aim} | {} | {:.2} |",
            per_round.join(", "),
            judge(ratio >= hold, ratio >= aim),
            median(&cpu),
        );
    }
    println!();
}

fn print_alone(alone: &Alone) {
    println!("| MRAOS alone | measured | hold | | how |");
    println!("|---|---|---|---|---|");
    let lone = &alone.lone_client;
    println!(
        "| one lone client, allocate p50 / p99 | {:.2} / {:.2} ms | ≤ 5 / ≤ 15 ms | {} | one \
         connection, {} allocations, each released |",
        lone.allocate_p50_ms,
        lone.allocate_p99_ms,
        judge(lone.allocate_p50_ms <= 5.0 && lone.allocate_p99_ms <= 15.0, true),
        lone.pairs,
    );
    println!(
        "| two nodes, half of the clients on each | {:.0} pairs/s | | | p99 {:.1} ms per pair |",
        alone.two_nodes.pairs_per_s, alone.two_nodes.pair_p99_ms,
    );
    let memory = alone.memory;
    println!(
        "| memory at rest | {:.0} MiB empty, {:.0} MiB loaded | ≤ 100 MiB | {} | VmRSS of `mraos \
         serve` when ready; {:.0} MiB after all runs |",
        memory.empty_mib,
        memory.loaded_mib,
        judge(memory.empty_mib.max(memory.loaded_mib) <= 100.0, true),
        memory.after_runs_mib,
    );
    print_rebuild("tables intact", &alone.rebuild, alone.rebuild_events);
    print_rebuild("tables emptied", &alone.rebuild_emptied, alone.rebuild_events);
    if let Some(endurance) = &alone.endurance {
        print_endurance(endurance);
    }
    println!("| loading the plant | {:.1} s | | | batches of 1,000 over HTTP |\n", alone.seeding_s);
    print_counts("Refusals of the lone client", &lone.refusals);
}

fn print_rebuild(what: &str, rebuild: &Rebuild, events: u64) {
    if let Some(failure) = &rebuild.failure {
        println!("| `log rebuild`, {what} | failed | ≥ 50,000 events/s | **missed** | {failure} |");
        return;
    }
    let per_s = events as f64 / rebuild.seconds;
    println!(
        "| `log rebuild`, {what} | {per_s:.0} events/s | ≥ 50,000 | {} | {events} events in {:.1} \
         s, process start to end, {:.1} s of processor time per million; writers waited {} ms |",
        judge(per_s >= 50_000.0, per_s >= 200_000.0),
        rebuild.seconds,
        1e6 * rebuild.cpu_s / events as f64,
        rebuild.answer["locked_ms"],
    );
}

fn print_endurance(endurance: &Endurance) {
    let ratio = endurance.ratio();
    let slices = |run: &ContenderRun| {
        let whole = run.pairs_per_slice.len().saturating_sub(1);
        let speeds = run.pairs_per_slice.iter().take(whole);
        let speeds = speeds.map(|pairs| format!("{:.0}", *pairs as f64 / endurance.slice_seconds));
        speeds.collect::<Vec<_>>().join(", ")
    };
    println!(
        "| beside an open snapshot ÷ without | {ratio:.2} (last slice {:.2}) | ≥ 0.8 | {} | \
         pairs/s per {:.0} s without: {}; with: {}; server CPU per pair {:.3} and {:.3} ms, others \
         {:.0} and {:.0} % |",
        endurance.ratio_at_end(),
        judge(ratio >= 0.8, true),
        endurance.slice_seconds,
        slices(&endurance.alone),
        slices(&endurance.beside_snapshot),
        endurance.alone.cpu.server_ms_per_pair(endurance.alone.pairs),
        endurance.beside_snapshot.cpu.server_ms_per_pair(endurance.beside_snapshot.pairs),
        endurance.alone.cpu.others_percent,
        endurance.beside_snapshot.cpu.others_percent,
    );
}

fn print_verdict(alone: &Alone) {
    let verdict = &alone.verdict;
    println!(
        "Correctness: {}. {} commands acknowledged, {} events of them in the log, {} outcomes \
         unknown, {} lost,\n{} duplicates, {} double bookings; positions dense: {}; `log verify`: \
         {}.",
        if verdict.is_clean() { "clean" } else { "**NOT CLEAN**" },
        verdict.acknowledged,
        verdict.events,
        verdict.unknown_outcomes,
        verdict.lost,
        verdict.duplicates,
        verdict.double_bookings,
        if verdict.positions_dense { "yes" } else { "NO" },
        verdict.log_finding.as_deref().unwrap_or("passes"),
    );
}

fn print_counts(title: &str, counts: &BTreeMap<String, u64>) {
    if counts.is_empty() {
        return;
    }
    let counts: Vec<String> =
        counts.iter().map(|(code, number)| format!("{code} {number}")).collect();
    println!("{title}: {}.\n", counts.join(", "));
}

fn judge(held: bool, aimed: bool) -> &'static str {
    match (held, aimed) {
        (true, true) => "reached",
        (true, false) => "held",
        (false, _) => "**missed**",
    }
}

fn range(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, 0.0), |(low, high), v| (low.min(*v), high.max(*v)))
}

impl Row {
    fn of_rivals<'a>(runs: impl Iterator<Item = &'a RivalRun>) -> Option<Self> {
        let mut row = Self::default();
        for run in runs {
            row.add(run.pairs_per_s, (run.pair_p50_ms, run.pair_p99_ms), run.pairs, run.cpu);
            row.refusals += run.refusals;
            row.errors += run.errors;
        }
        (row.pairs > 0).then_some(row)
    }

    fn of_contender<'a>(runs: impl Iterator<Item = &'a ContenderRun>) -> Option<Self> {
        let mut row = Self::default();
        for run in runs {
            row.add(run.pairs_per_s, (run.pair_p50_ms, run.pair_p99_ms), run.pairs, run.cpu);
            row.refusals += run.refusals.values().sum::<u64>();
            row.errors += run.errors.values().sum::<u64>();
        }
        (row.pairs > 0).then_some(row)
    }

    fn add(&mut self, pairs_per_s: f64, (p50_ms, p99_ms): (f64, f64), pairs: u64, cpu: CpuUse) {
        let per_pair = 1_000.0 / pairs as f64;
        self.pairs_per_s.push(pairs_per_s);
        self.p50_ms.push(p50_ms);
        self.p99_ms.push(p99_ms);
        self.server_ms.push((cpu.postgres_s + cpu.product_s) * per_pair);
        self.driver_ms.push(cpu.driver_s * per_pair);
        self.others_percent.push(cpu.others_percent);
        self.pairs += pairs;
    }
}
