//! The log as the API shows it, and what it must not contain.
//!
//! Knows nothing of how the log came to be: it replays running work from the events alone, in
//! the order of positions and in the order of time.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use crate::client::Client;
use crate::load::Done;

/// Every event, in order.
pub(crate) struct History(Vec<Value>);

impl History {
    /// Reads the whole log.
    pub(crate) async fn read(client: &Client, url: &str) -> Self {
        let mut all = Vec::new();
        let mut after = 0;
        loop {
            let path = format!("/api/v1/events?after={after}&limit=500");
            let page = client.get(url, &path).await.unwrap();
            assert_eq!(page.status, 200, "{page:?}");
            let items = page.body["items"].as_array().unwrap();
            match items.last() {
                Some(last) => after = last["position"].as_i64().unwrap(),
                None => break,
            }
            all.extend(items.iter().cloned());
        }
        for (n, event) in all.iter().enumerate() {
            assert_eq!(event["position"], n as i64 + 1, "positions are dense: {event}");
        }
        Self(all)
    }

    /// At no position and at no instant does anybody or anything run two allocations.
    pub(crate) fn check_nothing_overlaps(&self) {
        let mut running: BTreeMap<String, (String, String)> = BTreeMap::new();
        let mut ended: BTreeMap<String, String> = BTreeMap::new();
        for event in &self.0 {
            let Some(runs) = runs_afterwards(event) else { continue };
            let id = event["entity_id"].as_str().unwrap();
            let at = event["occurred_at"].as_str().unwrap();
            running.retain(|resource, (runner, _)| {
                let stays = runner != id;
                if !stays {
                    ended.insert(resource.clone(), at.to_owned());
                }
                stays
            });
            if !runs {
                continue;
            }
            for side in ["operator_id", "machine_id"] {
                let Some(resource) = event["payload"]["assignment"][side].as_str() else {
                    continue;
                };
                let clash = running.insert(resource.into(), (id.into(), at.into()));
                assert!(clash.is_none(), "{resource} already runs {clash:?}: {event:#}");
                let before = ended.get(resource).filter(|end| end.as_str() > at);
                assert!(before.is_none(), "{resource} ran until {before:?}: {event:#}");
            }
        }
    }

    /// Every acknowledged command is in the log once, none that was refused, and at most once
    /// what was never answered.
    pub(crate) fn check_acknowledged(&self, all: &[Done]) {
        let mut by_request: HashMap<&str, Vec<&Value>> = HashMap::new();
        for event in &self.0 {
            if let Some(id) = event["correlation_id"].as_str() {
                by_request.entry(id).or_default().push(event);
            }
        }
        for Done { write, answer } in all {
            let events = by_request.get(write.key.as_str()).map_or(&[][..], Vec::as_slice);
            let Some(answer) = answer else {
                assert!(events.len() <= 1, "{write:?}\n{events:#?}");
                continue;
            };
            let changes_nothing = write.path.ends_with("/reassign") && events.is_empty();
            let expected = usize::from(answer.status.is_success() && !changes_nothing);
            assert_eq!(events.len(), expected, "{write:?}\n{answer:?}\n{events:#?}");
            for event in events {
                let id = answer.body["allocation_id"].as_i64().unwrap().to_string();
                assert_eq!(event["entity_id"], id.as_str(), "{write:?}\n{answer:?}\n{event:#}");
            }
        }
    }

    /// What nobody got an answer to is not in the log.
    pub(crate) fn check_unanswered_never_happened(&self, all: &[Done]) {
        let known: HashSet<&str> =
            self.0.iter().filter_map(|event| event["correlation_id"].as_str()).collect();
        for Done { write, .. } in all.iter().filter(|done| done.answer.is_none()) {
            assert!(!known.contains(write.key.as_str()), "committed, yet not answered: {write:?}");
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Whether the allocation runs after `event`; `None` if the event is about something else.
fn runs_afterwards(event: &Value) -> Option<bool> {
    match event["event_type"].as_str()? {
        "allocation_created" | "allocation_reassigned" => {
            Some(event["payload"]["phase"] == "running")
        }
        "allocation_started" | "allocation_resumed" => Some(true),
        "allocation_paused" | "allocation_released" | "allocation_completed" => Some(false),
        _ => None,
    }
}
