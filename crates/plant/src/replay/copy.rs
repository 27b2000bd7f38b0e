//! Which copy of the plant a replay writes to.
//!
//! The same log, mode and times continue the copy that they began, within the life of idempotency
//! keys. Any other replay gets a copy of its own, with ids that end in `.2`, `.3`, …: histories of
//! two replays contradict each other, and things of a real plant are never written to.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use crate::client::Client;
use crate::replay::ReplayError;
use crate::replay::plan::Plan;

const MAX_COPIES: usize = 9;
/// Keys are kept for 24 hours; a replay that is continued needs some of them.
const CONTINUED_FOR: SignedDuration = SignedDuration::from_hours(20);

/// A copy of the plant on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copy {
    /// Ending of all its ids.
    pub(super) id_ending: String,
    /// Whether this replay began it before.
    pub(super) is_there: bool,
}

/// What the server's order says about the replay that made it.
#[derive(Debug, Deserialize)]
struct Maker {
    customer_order_id: Option<String>,
    created_at: Timestamp,
}

/// Finds the copy that this replay began, or the first that nobody has.
pub(super) async fn choose_copy(
    client: &Client,
    plan: &Plan,
    run_key: &str,
    now: Timestamp,
) -> Result<Copy, ReplayError> {
    for number in 1..=MAX_COPIES {
        let id_ending = if number == 1 { String::new() } else { format!(".{number}") };
        let order = plan.steps.first().map(|step| &step.work_order_id);
        if let Some(maker) = find::<Maker>(client, "work-orders", order, &id_ending).await? {
            let ours = maker.customer_order_id.as_deref() == Some(run_key);
            if ours && now.duration_since(maker.created_at) < CONTINUED_FOR {
                return Ok(Copy { id_ending, is_there: true });
            }
            continue;
        }
        let machine = plan.machines.first().map(|machine| &machine.id);
        let operator = plan.operators.first().map(|operator| &operator.id);
        let taken = find::<Value>(client, "machines", machine, &id_ending).await?.is_some()
            || find::<Value>(client, "operators", operator, &id_ending).await?.is_some();
        if !taken {
            return Ok(Copy { id_ending, is_there: false });
        }
    }
    Err(ReplayError::TooManyCopies(MAX_COPIES))
}

async fn find<T: serde::de::DeserializeOwned>(
    client: &Client,
    noun: &str,
    id: Option<&String>,
    id_ending: &str,
) -> Result<Option<T>, ReplayError> {
    let Some(id) = id else { return Ok(None) };
    Ok(client.find(&format!("/{noun}/{id}{id_ending}")).await?)
}
