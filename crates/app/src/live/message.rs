//! A message of one position: who wants it, who may see it, and its bytes.
//!
//! The bytes that most subscribers get are made once; limited views get their own, without ids of
//! work that is not theirs. What stays unseen here never leaves the server.

use std::sync::OnceLock;

use bytes::Bytes;
use jiff::Timestamp;
use mraos_api::live::Metadata;
use mraos_domain::OperatorId;
use serde::Serialize;

use super::card::{Card, Person, Placed, Work};
use super::view::{Channel, Filter, Line, People, View};

/// What one log position means.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) position: i64,
    pub(crate) messages: Vec<PublishedMessage>,
}

/// One message of a position.
#[derive(Debug, Clone)]
pub(crate) struct PublishedMessage {
    pub(crate) channel: Channel,
    pub(crate) event_type: &'static str,
    pub(crate) event_id: String,
    pub(crate) timestamp: Timestamp,
    pub(crate) metadata: Metadata,
    pub(crate) placed: Placed,
    /// Lines on which it is of interest.
    pub(crate) interest: Vec<Line>,
    /// Lines on which it stood before, if it has left one.
    pub(crate) left: Vec<Line>,
    pub(crate) previous_status: Option<&'static str>,
    /// Bytes for unlimited views: with names, without.
    pub(crate) encoded: [OnceLock<Bytes>; 2],
}

impl Published {
    /// The same without the name of a person; `None` if that is not in it.
    pub(crate) fn without_name(&self, id: &OperatorId) -> Option<Self> {
        if !self.messages.iter().any(|message| message.names(id)) {
            return None;
        }
        let messages = self.messages.iter().map(|message| match message.names(id) {
            true => message.without_name(),
            false => message.clone(),
        });
        Some(Self { position: self.position, messages: messages.collect() })
    }
}

#[derive(Serialize)]
struct Wire<'a, D> {
    event_type: &'a str,
    event_id: &'a str,
    #[serde(with = "mraos_api::timestamp")]
    timestamp: Timestamp,
    entity_type: &'a str,
    entity_id: &'a str,
    data: D,
    metadata: &'a Metadata,
}

#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    card: &'a Card,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_status: Option<&'static str>,
}

#[derive(Serialize)]
struct Removed {
    removed: bool,
}

#[derive(Serialize)]
struct Item<'a> {
    entity_type: &'a str,
    entity_id: &'a str,
    data: &'a Card,
}

impl PublishedMessage {
    fn names(&self, id: &OperatorId) -> bool {
        matches!(&self.placed.card, Card::Operator(card)
            if card.name.is_some() && card.operator_id == id.as_str())
    }

    fn without_name(&self) -> Self {
        let mut message = Self { encoded: Default::default(), ..self.clone() };
        if let Card::Operator(card) = &mut message.placed.card {
            card.name = None;
        }
        message
    }

    /// The bytes of the message for `view`; `None` if it is not wanted or must not be seen.
    pub(crate) fn bytes_for(&self, view: &View, filter: &Filter) -> Option<Bytes> {
        if !filter.wants(self.channel, &self.interest) || !self.placed.concerns(view) {
            return None;
        }
        if !view.covers(&self.placed.lines) {
            let left = !self.left.is_empty() && view.covers(&self.left);
            return left.then(|| self.encode_removed());
        }
        if view.is_limited() {
            let card = self.placed.card_for(view);
            return Some(self.encode(&card));
        }
        let (named, slot) = match view.people {
            People::Named => (true, &self.encoded[0]),
            _ => (false, &self.encoded[1]),
        };
        let encode = || match &self.placed.card {
            // Only people have names: all other cards are the same for everybody.
            Card::Operator(_) if !named => self.encode(&self.placed.card_for(view)),
            card => self.encode(card),
        };
        if named || matches!(self.placed.card, Card::Operator(_)) {
            return Some(slot.get_or_init(encode).clone());
        }
        Some(self.encoded[0].get_or_init(encode).clone())
    }

    fn encode(&self, card: &Card) -> Bytes {
        let data = Data { card, previous_status: self.previous_status };
        self.encode_data(self.event_type, data)
    }

    fn encode_removed(&self) -> Bytes {
        self.encode_data("resource_removed", Removed { removed: true })
    }

    fn encode_data(&self, event_type: &str, data: impl Serialize) -> Bytes {
        let entity_id = self.placed.card.entity_id();
        to_bytes(&Wire {
            event_type,
            event_id: &self.event_id,
            timestamp: self.timestamp,
            entity_type: self.placed.card.entity_type(),
            entity_id: &entity_id,
            data,
            metadata: &self.metadata,
        })
    }
}

impl Placed {
    /// Whether the card is about nobody, or about somebody whom `view` may see.
    fn concerns(&self, view: &View) -> bool {
        match &self.person {
            Person::Nobody => true,
            Person::Of(operator_id) => view.covers_person(operator_id.as_ref()),
        }
    }

    /// Whether `view` may see the card.
    pub(crate) fn is_visible(&self, view: &View) -> bool {
        view.covers(&self.lines) && self.concerns(view)
    }

    /// The card as `view` may see it.
    fn card_for(&self, view: &View) -> Card {
        let mut card = self.card.clone();
        let seen = |work: &&Work| {
            view.covers(work.line.as_slice()) && view.covers_person(work.operator_id.as_ref())
        };
        let ids = || self.works.iter().filter(seen).map(|work| work.allocation_id).collect();
        match &mut card {
            Card::Operator(card) => {
                if view.people != People::Named {
                    card.name = None;
                }
                card.allocation_ids = ids();
            }
            Card::Machine(card) => card.allocation_ids = ids(),
            Card::WorkOrder(card) => card.allocation_ids = ids(),
            Card::Alert(card) => card.affected_allocation_ids = ids(),
            Card::Allocation(_) | Card::Material(_) => {}
        }
        card
    }

    /// The bytes of a snapshot's item for `view`; `None` if it must not be seen.
    pub(crate) fn item_for(&self, view: &View) -> Option<Bytes> {
        self.is_visible(view).then(|| {
            let card = self.card_for(view);
            let (entity_type, entity_id) = (card.entity_type(), card.entity_id());
            to_bytes(&Item { entity_type, entity_id: &entity_id, data: &card })
        })
    }
}

/// Cards are made of texts, numbers and lists: there is nothing that JSON could not say.
fn to_bytes(value: &impl Serialize) -> Bytes {
    serde_json::to_vec(value).map(Bytes::from).unwrap_or_else(|error| {
        tracing::error!(%error, "a live message cannot be written");
        Bytes::from_static(b"{}")
    })
}
