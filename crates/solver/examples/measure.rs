//! Measures the search on benchmark instances and prints the gaps to the best known, by family.
//!
//! Reads a directory with `reference.csv`, as the published collections have it. It is a
//! yardstick for work on the search; nothing of the product needs it.

#![allow(missing_docs)]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use mraos_solver::format::{self, Format};
use mraos_solver::search::{self, Budget};

const USAGE: &str =
    "usage: measure fjssp-w|fjsp DIR SECONDS|steps:N THREADS EVERY [FAMILY] [OFFSET] [SEED]";

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [kind, directory, seconds, threads, every, rest @ ..] = args.as_slice() else {
        return Err(USAGE.into());
    };
    let format = if kind == "fjsp" { Format::Fjsp } else { Format::FjsspW };
    let steps = seconds.strip_prefix("steps:").map(str::parse).transpose()?;
    let time = if steps.is_some() { None } else { Some(seconds.parse()?) };
    let budget = Budget {
        time: time.map(Duration::from_secs_f64),
        steps,
        threads: threads.parse()?,
        seed: args.get(7).map_or(Ok(1), |text| text.parse())?,
    };
    let directory = Path::new(directory);
    let every: usize = every.parse()?;
    let family = rest.first().map(String::as_str).unwrap_or("");
    let offset: usize = rest.get(1).map_or(Ok(0), |text| text.parse())?;
    let table = std::fs::read_to_string(directory.join("reference.csv"))?;
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().unwrap_or("").split(',').collect();
    let column = |name: &str| header.iter().position(|found| *found == name);
    let bests: Vec<usize> = ["best_known_makespan", "best_makespan", "best_makespan_2"]
        .into_iter()
        .filter_map(column)
        .collect();
    let (file, group) = (column("file").ok_or(USAGE)?, column("family").ok_or(USAGE)?);
    let mut families: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut out = std::io::stdout().lock();
    let rows = lines.map(|line| line.split(',').collect::<Vec<_>>());
    let rows = rows.filter(|row| row[group].starts_with(family)).skip(offset).step_by(every);
    for row in rows {
        let bytes = read_instance(directory, row[file])?;
        let problem = format::read(format, &bytes)?;
        let known = bests.iter().filter_map(|column| row[*column].parse::<i64>().ok()).min();
        let known = known.ok_or("no best known makespan")?;
        let outcome = search::solve(&problem, &budget, &AtomicBool::new(false), |_| {})?;
        let gap = (outcome.makespan - known) as f64 / known as f64 * 100.0;
        families.entry(row[group].to_owned()).or_default().push(gap);
        writeln!(
            out,
            "{:24} known {known:6} first {:6} found {:6} gap {gap:7.2} % bound {:6} \
             steps {:8} in {:.1} s moves/s {:.1} M",
            row[0],
            outcome.first_makespan,
            outcome.makespan,
            outcome.lower_bound,
            outcome.steps,
            outcome.elapsed.as_secs_f64(),
            outcome.moves as f64 / outcome.elapsed.as_secs_f64() / 1e6,
        )?;
    }
    for (family, gaps) in &families {
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let worst = gaps.iter().copied().fold(f64::MIN, f64::max);
        writeln!(out, "{family:20} {:4} mean {mean:7.2} % worst {worst:7.2} %", gaps.len())?;
    }
    let all: Vec<f64> = families.into_values().flatten().collect();
    writeln!(out, "all {} mean {:.2} %", all.len(), all.iter().sum::<f64>() / all.len() as f64)?;
    Ok(())
}

fn read_instance(directory: &Path, file: &str) -> std::io::Result<Vec<u8>> {
    let path = directory.join(file);
    std::fs::read(&path).or_else(|_| std::fs::read(directory.join("instances").join(file)))
}
