//! What is published at once, by the lines that it is of interest on.
//!
//! Most subscribers listen to one line of many, and each kind of them would look at everything.
//! What they want of what is found here, and may see, is for their filter and view to say.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::message::Published;
use super::view::{Filter, Line};

/// Some contiguous positions, at least one.
pub(crate) struct Round<'a> {
    all: &'a [Arc<Published>],
    last: i64,
    by_line: HashMap<&'a Line, Vec<&'a Published>>,
}

impl<'a> Round<'a> {
    /// None if nothing is published.
    pub(crate) fn of(all: &'a [Arc<Published>]) -> Option<Self> {
        let last = all.last()?.position;
        let mut by_line: HashMap<&Line, Vec<&Published>> = HashMap::new();
        for published in all {
            for line in published.messages.iter().flat_map(|message| &message.interest) {
                let here = by_line.entry(line).or_default();
                if here.last().is_none_or(|before| before.position < published.position) {
                    here.push(published);
                }
            }
        }
        Some(Self { all, last, by_line })
    }

    /// The last position.
    pub(crate) fn last(&self) -> i64 {
        self.last
    }

    /// What `filter` may want some of, in the order of positions.
    pub(crate) fn may_interest(&self, filter: &Filter) -> Vec<&'a Published> {
        let Some(lines) = filter.lines() else {
            return self.all.iter().map(Arc::as_ref).collect();
        };
        let here = lines.into_iter().filter_map(|line| self.by_line.get(line)).flatten();
        let in_order: BTreeMap<i64, &Published> = here.map(|one| (one.position, *one)).collect();
        in_order.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::Timestamp;
    use mraos_api::live::Metadata;
    use mraos_api::live::card::{AlertCard, AlertSubject};

    use super::super::card::{Card, Person, Placed};
    use super::super::message::PublishedMessage;
    use super::super::view::Channel;
    use super::*;

    fn message(lines: &[&str]) -> PublishedMessage {
        let subject = AlertSubject { entity_type: "machine".into(), entity_id: "M-1".into() };
        let card = AlertCard {
            alert_id: "machine_breakdown:M-1".into(),
            severity: "critical".into(),
            code: "machine_breakdown".into(),
            message: "M-1 has broken down".into(),
            subject,
            production_line: None,
            affected_allocation_ids: Vec::new(),
            raised_at: Timestamp::UNIX_EPOCH,
            resolved_at: None,
        };
        let card = Card::Alert(card);
        let placed = Placed { card, lines: Vec::new(), person: Person::Nobody, works: Vec::new() };
        PublishedMessage {
            channel: Channel::Alerts,
            event_type: "alert_raised",
            event_id: String::new(),
            timestamp: Timestamp::UNIX_EPOCH,
            metadata: Metadata {
                source: "api".into(),
                triggered_by: "user:1".into(),
                occurred_at: Timestamp::UNIX_EPOCH,
                reason_code: None,
                channel: "alerts".into(),
            },
            placed,
            interest: lines.iter().map(|name| Line::new(name).unwrap()).collect(),
            left: Vec::new(),
            previous_status: None,
            encoded: Default::default(),
        }
    }

    /// Positions from 1 on, each with messages of interest on the named lines.
    fn published(positions: &[&[&[&str]]]) -> Vec<Arc<Published>> {
        let of = |(at, messages): (usize, &&[&[&str]])| {
            let messages = messages.iter().map(|lines| message(lines)).collect();
            Arc::new(Published { position: at as i64 + 1, messages })
        };
        positions.iter().enumerate().map(of).collect()
    }

    #[test]
    fn whoever_names_lines_looks_at_what_is_of_interest_there_once_and_in_order() {
        let all = published(&[
            &[&["A"], &["B"]],
            &[&["C"]],
            &[],
            &[&["B", "A"], &["A"]],
            &[&[]],
            &[&["A", "C"], &["C"]],
        ]);
        let round = Round::of(&all).unwrap();
        assert_eq!(round.last(), 6);
        for (names, expected) in [
            (&["line:A:*"][..], &[1, 4, 6][..]),
            (&["line:B:alerts"], &[1, 4]),
            (&["line:C:*", "line:A:resource-status"], &[1, 2, 4, 6]),
            (&["line:D:*"], &[]),
            (&["alerts"], &[1, 2, 3, 4, 5, 6]),
            (&["line:B:*", "alerts"], &[1, 2, 3, 4, 5, 6]),
        ] {
            let filter = Filter::parse(names.iter().copied()).unwrap();
            let found = round.may_interest(&filter);
            let positions: Vec<i64> = found.iter().map(|one| one.position).collect();
            assert_eq!(positions, expected, "{names:?}");
            let wants = |one: &&Arc<Published>| {
                one.messages.iter().any(|message| filter.wants(message.channel, &message.interest))
            };
            for wanted in all.iter().filter(wants) {
                assert!(positions.contains(&wanted.position), "{names:?}: {}", wanted.position);
            }
        }
        assert!(Round::of(&[]).is_none());
    }
}
