//! `mraos erase-operator`: a person is forgotten for good, with the server running or stopped.
//!
//! Works as a node of its own for a moment: the erasure goes through the log like any other write,
//! and running servers take the name off their screens. Refused while work is open.

use std::path::Path;

use anyhow::{anyhow, bail};
use clap::Args;
use mraos_app::{App, Decision, Lane, Outcome, Snapshot, Submission};
use mraos_domain::{ChangeSource, Command, Operator, OperatorId, Refusal};
use serde_json::json;

use super::database::Database;
use super::{Place, Verdict, node, user};
use crate::config::Settings;
use crate::logging::Verbosity;
use crate::output;

#[derive(Debug, Args)]
pub(super) struct EraseOperatorArgs {
    /// Id of the operator, such as O-156
    operator_id: String,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(place: &Place, args: &EraseOperatorArgs) -> anyhow::Result<Verdict> {
    let settings = place.load_settings(None, Verbosity::Answer)?;
    let operator_id = OperatorId::new(&args.operator_id).map_err(|invalid| anyhow!("{invalid}"))?;
    let outcome = super::block_on(erase(&settings, place.data_dir(), operator_id))?;
    match outcome.decision {
        Decision::Refused(refusals) => print_refusals(args, &refusals),
        Decision::Applied(snapshots) => match snapshots.first() {
            Some(Snapshot::Operator { operator, .. }) => {
                print_erased(args, operator, outcome.changed)
            }
            _ => bail!("the erasure was answered without its operator"),
        },
    }
}

async fn erase(
    settings: &Settings,
    data_dir: &Path,
    operator_id: OperatorId,
) -> anyhow::Result<Outcome> {
    let database = Database::open(settings, data_dir).await?;
    let outcome = async {
        let app = node::start_app(settings, data_dir, &database, None).await?;
        let outcome = submit(&app, operator_id).await;
        app.shut_down().await;
        app.store().close();
        outcome
    };
    let outcome = outcome.await;
    database.close().await?;
    outcome
}

async fn submit(app: &App, operator_id: OperatorId) -> anyhow::Result<Outcome> {
    let submission = Submission {
        commands: vec![Command::EraseOperator { operator_id }],
        actor: user::request()?.actor,
        source: ChangeSource::Api,
        stated_at: None,
        signal: None,
        correlation_id: None,
        attachments: Vec::new(),
        idempotency: None,
        lane: Lane::Interactive,
    };
    Ok(app.submit(submission).await?)
}

fn print_erased(
    args: &EraseOperatorArgs,
    operator: &Operator,
    changed: bool,
) -> anyhow::Result<Verdict> {
    let (id, at) = (&operator.operator_id, operator.erased_at.map(|at| at.timestamp()));
    if args.json {
        let answer = json!({"operator_id": id, "erased_at": at, "already_erased": !changed});
        output::print_json(&answer)?;
    } else if changed {
        output::print_line(&format!("{id} is erased; allocations and figures stay."))?;
    } else {
        let at = at.map(|at| at.to_string()).unwrap_or_default();
        output::print_line(&format!("{id} was erased before, at {at}."))?;
    }
    Ok(Verdict::Good)
}

fn print_refusals(args: &EraseOperatorArgs, refusals: &[Refusal]) -> anyhow::Result<Verdict> {
    if args.json {
        output::print_json(&json!({"refusals": refusals}))?;
    } else {
        for refusal in refusals {
            output::print_line(&refusal.message)?;
        }
    }
    Ok(Verdict::Finding)
}
