//! The description of one route, built in a line or two.
//!
//! A constructor names the kind of route (a list, a creation, a step …) and its wire types; from
//! the kind follow the headers, the statuses and most problem codes. Knows no route by name.

use mraos_domain::RefusalCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::openapi::parameter;
use crate::openapi::problem::Problems;
use crate::openapi::schema::{Payload, Schemas};
use crate::page::List;

/// A media type that carries a payload.
pub(super) const JSON: &str = "application/json";

/// What one route is for, what it takes and what it answers.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(super) summary: &'static str,
    pub(super) about: Option<&'static str>,
    pub(super) parameters: Vec<Value>,
    pub(super) request: Option<Payload>,
    pub(super) request_media: Vec<&'static str>,
    pub(super) answer: Answer,
    pub(super) problems: Problems,
    pub(super) refusals: Vec<RefusalCode>,
    pub(super) schemas: Schemas,
    pub(super) frames: Option<Frames>,
    pub(super) is_public: bool,
}

/// What travels on a WebSocket, in both directions.
#[derive(Debug)]
pub(super) struct Frames {
    pub(super) sub_protocol: &'static str,
    pub(super) client: Payload,
    pub(super) server: Payload,
}

/// The answer when all goes well.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) description: &'static str,
    pub(super) payload: Option<Payload>,
    pub(super) media: &'static str,
    pub(super) headers: Vec<&'static str>,
}

/// A type that travels: it has a schema, and its examples can be checked.
pub(crate) trait Wire: ToSchema + Serialize + DeserializeOwned {}
impl<T: ToSchema + Serialize + DeserializeOwned> Wire for T {}

impl Operation {
    fn new(summary: &'static str, status: u16, description: &'static str) -> Self {
        let headers = Vec::new();
        Self {
            summary,
            about: None,
            parameters: Vec::new(),
            request: None,
            request_media: vec![JSON],
            answer: Answer { status, description, payload: None, media: JSON, headers },
            problems: Problems::of_any_route(),
            refusals: Vec::new(),
            schemas: Schemas::default(),
            frames: None,
            is_public: false,
        }
    }

    /// `GET` of one thing.
    pub(crate) fn read<T: Wire>(summary: &'static str) -> Self {
        let mut operation = Self::new(summary, 200, "As it is now.");
        operation.answer.payload = Some(operation.schemas.of::<T>());
        operation.parameters.push(parameter::awaited_position());
        operation.problems.add_of_reads();
        operation
    }

    /// `GET` of a list that comes in pages, with the filters of `list`.
    pub(crate) fn list<T: Wire>(summary: &'static str, list: &List) -> Self {
        let mut operation = Self::whole::<T>(summary);
        operation.parameters.extend(parameter::paging());
        let filters = list.filters.iter().map(|(name, accepts)| parameter::filter(name, *accepts));
        operation.parameters.extend(filters);
        operation
    }

    /// `GET` of a list that is never long and comes whole.
    pub(crate) fn whole<T: Wire>(summary: &'static str) -> Self {
        let mut operation = Self::new(summary, 200, "The list, in its order.");
        operation.answer.payload = Some(operation.schemas.page_of::<T>());
        operation.parameters.push(parameter::awaited_position());
        operation.problems.add_of_reads();
        operation
    }

    /// `POST` that makes something.
    pub(crate) fn create<B: Wire, T: Wire>(summary: &'static str) -> Self {
        Self::write::<B>(summary, 201, "Made; this is it.").answers::<T>().decided()
    }

    /// `POST` of a creation or a step that is decided by the rules.
    pub(crate) fn act<B: Wire, T: Wire>(summary: &'static str) -> Self {
        Self::write::<B>(summary, 200, "Done; the state afterwards.").answers::<T>().decided()
    }

    /// `POST` that asks and changes nothing in the log.
    pub(crate) fn ask<B: Wire, T: Wire>(summary: &'static str) -> Self {
        Self::write::<B>(summary, 200, "The answer.").answers::<T>()
    }

    /// `POST` that makes something which is not kept in the log.
    pub(crate) fn issue<B: Wire, T: Wire>(summary: &'static str) -> Self {
        Self::write::<B>(summary, 201, "Made; this is it.").answers::<T>()
    }

    /// `POST` outside the log that hands something out and needs no body.
    pub(crate) fn obtain<T: Wire>(summary: &'static str) -> Self {
        let mut operation = Self::new(summary, 200, "This is it.").answers::<T>();
        operation.problems.add_of_bodies();
        operation
    }

    /// `POST` outside the log that nobody needs to be known for.
    pub(crate) fn admit<B: Wire, T: Wire>(summary: &'static str) -> Self {
        let mut operation = Self::obtain::<T>(summary).public();
        operation.request = Some(operation.schemas.of::<B>());
        operation
    }

    /// `POST` outside the log that answers with nothing.
    pub(crate) fn tell<B: Wire>(summary: &'static str) -> Self {
        Self::write::<B>(summary, 204, "Done.")
    }

    /// `POST` outside the log with neither body nor answer.
    pub(crate) fn finish(summary: &'static str) -> Self {
        let mut operation = Self::new(summary, 204, "Done.");
        operation.problems.add_of_bodies();
        operation
    }

    /// `PATCH` of something that is not kept in the log.
    pub(crate) fn adjust<B: Wire, T: Wire>(summary: &'static str) -> Self {
        let written = Self::write::<B>(summary, 200, "Changed; the state afterwards.");
        written.answers::<T>().etag().versioned()
    }

    /// `PATCH` of master data, against the version that was read.
    pub(crate) fn change<B: Wire, T: Wire>(summary: &'static str) -> Self {
        let written = Self::write::<B>(summary, 200, "Changed; the state afterwards.");
        written.answers::<T>().decided().etag().versioned()
    }

    /// The change is made against the version that was read.
    fn versioned(mut self) -> Self {
        self.parameters.insert(0, parameter::if_match());
        self.problems.add(412, "stale_version");
        self.problems.add(428, "if_match_required");
        self
    }

    /// The write may be made against the version that was read.
    pub(crate) fn may_be_versioned(mut self) -> Self {
        self.parameters.insert(0, parameter::optional_if_match());
        self.problems.add(412, "stale_version");
        self
    }

    /// The answer under an Idempotency-Key is marked when it is the recorded one.
    pub(crate) fn repeatable(mut self) -> Self {
        self.answer.headers.push("Idempotency-Replayed");
        self
    }

    /// `DELETE` that is decided by the rules.
    pub(crate) fn remove(summary: &'static str) -> Self {
        Self::erase(summary).decided()
    }

    /// `DELETE` of something that is not kept in the log.
    pub(crate) fn erase(summary: &'static str) -> Self {
        let mut operation = Self::new(summary, 204, "It is gone.");
        operation.parameters.push(parameter::idempotency_key());
        operation.problems.add_of_bodies();
        operation
    }

    /// `POST` of many creations, each on its own.
    pub(crate) fn batch<B: Wire, T: Wire>(summary: &'static str) -> Self {
        let mut operation = Self::write::<B>(summary, 200, "What each item alone was answered.");
        operation.request = Some(operation.schemas.batch_of::<B>());
        operation.answer.payload = Some(operation.schemas.batch_answer_of::<T>());
        operation.answer.headers.extend(["X-Position"]);
        operation.about(
            "At most 1,000 items. Each is answered by itself and in order: a refused item does \
             not hold up its neighbours. Under an Idempotency-Key every item has a key of its \
             own, so that a repeated batch repeats every answer.",
        )
    }

    /// `GET` that turns the connection into something else.
    pub(crate) fn switch(summary: &'static str) -> Self {
        Self::new(summary, 101, "The connection is a WebSocket from here on.")
    }

    fn write<B: Wire>(summary: &'static str, status: u16, description: &'static str) -> Self {
        let mut operation = Self::new(summary, status, description);
        operation.request = Some(operation.schemas.of::<B>());
        operation.parameters.push(parameter::idempotency_key());
        operation.problems.add_of_bodies();
        operation
    }

    fn answers<T: Wire>(mut self) -> Self {
        self.answer.payload = Some(self.schemas.of::<T>());
        self
    }

    /// The removal answers with something.
    pub(crate) fn tells<T: Wire>(mut self) -> Self {
        (self.answer.status, self.answer.description) = (200, "Gone; what there is to say of it.");
        self.answers::<T>()
    }

    /// The write goes through the rules and into the log.
    fn decided(mut self) -> Self {
        self.answer.headers.extend(["X-Position", "Idempotency-Replayed"]);
        self.problems.add(409, "refused");
        self.problems.add(422, "invalid_value");
        let backdates = self.request.as_ref().is_some_and(|body| body.has("occurred_at"));
        if backdates {
            self.problems.add(403, "backdating_not_permitted");
            self.problems.add(422, "out_of_order");
            self.problems.add(422, "in_the_future");
        }
        self
    }

    /// More than the summary says.
    pub(crate) fn about(mut self, about: &'static str) -> Self {
        self.about = Some(about);
        self
    }

    /// The answer carries the version for `If-Match`.
    pub(crate) fn etag(mut self) -> Self {
        self.answer.headers.push("ETag");
        self
    }

    /// The answer says where the new thing is.
    pub(crate) fn location(mut self) -> Self {
        self.answer.headers.push("Location");
        self
    }

    /// The answer gives the browser a session, or takes it away.
    pub(crate) fn sets_cookie(mut self) -> Self {
        self.answer.headers.push("Set-Cookie");
        self
    }

    /// A query parameter of its own.
    pub(crate) fn query(mut self, name: &str, schema: Value, about: &str) -> Self {
        self.parameters.push(parameter::query(name, schema, about));
        self
    }

    /// A problem that does not follow from the kind of route.
    pub(crate) fn problem(mut self, status: u16, code: &'static str) -> Self {
        self.problems.add(status, code);
        self
    }

    /// Rules that may refuse it: what stands in `refusals` of a 409.
    pub(crate) fn refuses(mut self, refusals: &[RefusalCode]) -> Self {
        self.refusals.extend_from_slice(refusals);
        self
    }

    /// The body may also come as rows, one per line.
    pub(crate) fn accepts_media(mut self, media: &'static str) -> Self {
        self.request_media.push(media);
        self
    }

    /// The frames of the connection: what a client sends, what the server sends.
    pub(crate) fn carries<C: Wire, S: Wire>(mut self, sub_protocol: &'static str) -> Self {
        let (client, server) = (self.schemas.of::<C>(), self.schemas.of::<S>());
        self.frames = Some(Frames { sub_protocol, client, server });
        self
    }

    /// The type that a generic body holds.
    pub(crate) fn holds<T: Wire>(mut self) -> Self {
        self.schemas.of::<T>();
        self
    }

    /// Answers without a token.
    pub(crate) fn public(mut self) -> Self {
        self.is_public = true;
        self.problems.remove(401);
        self.problems.remove(403);
        self
    }
}

impl Answer {
    pub(super) fn render(&self) -> Value {
        let mut headers: Vec<&str> = vec!["X-Request-Id"];
        headers.extend(&self.headers);
        let headers: serde_json::Map<_, _> = (headers.iter())
            .map(|name| ((*name).to_owned(), parameter::header_reference(name)))
            .collect();
        let mut answer = json!({ "description": self.description, "headers": headers });
        if let Some(payload) = &self.payload {
            answer["content"] = json!({ self.media: { "schema": payload.schema } });
        }
        answer
    }
}
