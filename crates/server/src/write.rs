//! One HTTP write = one submission: from a request to the application and back to an answer.
//!
//! [`Write`] reads who sends what under which key, [`Change`] is what they ask for in the domain's
//! terms, [`Applied`] is what came of it. Handlers only join the three.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use bytes::Bytes;
use jiff::Timestamp;
use mraos_app::{
    Attachment, Decision, IdempotencyKey, Lane, Outcome, Person, Snapshot, Submission,
};
use mraos_domain::access::Role;
use mraos_domain::{ChangeSource, Command, Context, EntityRef, Instant, OperatorId, Signal};
use serde::de::DeserializeOwned;

use crate::auth::Caller;
use crate::body::{fingerprint, read_body};
use crate::fields::{self, Fields};
use crate::headers::idempotency_key;
use crate::json::{check_content_type, parse_json};
use crate::problem::{HttpError, HttpResult};
use crate::state::Server;
use crate::wire::refusal;
use crate::wire::text::Texts;

/// Who sends a write, and under which key.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub(crate) caller: Caller,
    pub(crate) idempotency: Option<IdempotencyKey>,
    pub(crate) lane: Lane,
}

impl Sender {
    /// The sender of the nth item of a batch. Its key is derived from the batch's, so that a
    /// repeated batch repeats every item.
    pub(crate) fn nth(&self, index: usize) -> Self {
        let mut item = self.clone();
        item.lane = Lane::Bulk;
        if let Some(idempotency) = &mut item.idempotency {
            idempotency.key = format!("{}#{index}", idempotency.key);
        }
        item
    }
}

/// A write with its body.
pub(crate) struct Write<T> {
    pub(crate) body: T,
    pub(crate) sender: Sender,
}

/// The body of a write that needs none.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoBody {}

/// A write with the bytes of its body, whatever their type.
pub(crate) struct RawWrite {
    pub(crate) bytes: Bytes,
    pub(crate) headers: HeaderMap,
    pub(crate) sender: Sender,
}

impl FromRequest<Server> for RawWrite {
    type Rejection = HttpError;

    async fn from_request(request: Request, server: &Server) -> HttpResult<Self> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, server).await?;
        let bytes = read_body(body, server.settings.body_limit_bytes).await?;
        let idempotency = idempotency_key(&parts.headers)?.map(|key| IdempotencyKey {
            key: key.to_owned(),
            fingerprint: fingerprint(&parts.method, &parts.uri, &bytes),
        });
        let sender = Sender { caller, idempotency, lane: Lane::Interactive };
        Ok(Self { bytes, headers: parts.headers, sender })
    }
}

impl<T: DeserializeOwned> FromRequest<Server> for Write<T> {
    type Rejection = HttpError;

    async fn from_request(request: Request, server: &Server) -> HttpResult<Self> {
        let raw = RawWrite::from_request(request, server).await?;
        let body = if raw.bytes.is_empty() {
            // Commands without arguments need no body.
            parse_json(b"{}")?
        } else {
            check_content_type(&raw.headers, &["application/json"])?;
            parse_json(&raw.bytes)?
        };
        Ok(Self { body, sender: raw.sender })
    }
}

/// What a client asks for: a command and what accompanies it.
pub(crate) struct Change {
    pub(crate) command: Command,
    /// What the path names; its absence is 404 and not a refusal.
    pub(crate) subject: Option<EntityRef>,
    pub(crate) stated_at: Option<Instant>,
    pub(crate) signal: Option<Signal>,
    pub(crate) attachments: Vec<Attachment>,
}

impl Change {
    /// Reads a body into a command, with all errors of all fields.
    pub(crate) fn read(
        occurred_at: Option<Timestamp>,
        read: impl FnOnce(&mut Fields, &mut Texts) -> Option<Command>,
    ) -> HttpResult<Self> {
        let mut fields = Fields::default();
        let mut texts = Texts::default();
        let at = occurred_at.map(|at| fields::instant("occurred_at", at));
        let stated_at = fields.take_optional("occurred_at", at);
        let command = read(&mut fields, &mut texts);
        let (command, stated_at) = fields.finish(command.zip(stated_at))?;
        let attachments = texts.into_attachments();
        Ok(Self { stated_at, attachments, ..Self::from(command) })
    }

    /// The same change with what is known about the person behind an operator.
    pub(crate) fn with_person(mut self, operator_id: OperatorId, person: &Person) -> Self {
        self.attachments.push(Attachment::Personal { operator_id, data: person.clone() });
        self
    }

    /// The same change, stated to have happened at a time.
    pub(crate) fn stated_at(mut self, occurred_at: Option<Timestamp>) -> HttpResult<Self> {
        let mut fields = Fields::default();
        let at = occurred_at.map(|at| fields::instant("occurred_at", at));
        let stated_at = fields.take_optional("occurred_at", at);
        self.stated_at = fields.finish(stated_at)?;
        Ok(self)
    }

    /// The same change with its sender's number.
    pub(crate) fn with_signal(mut self, signal: Option<Signal>) -> Self {
        self.signal = signal;
        self
    }

    /// The same change, addressed to what the path names.
    pub(crate) fn addressed_to(mut self, subject: impl Into<EntityRef>) -> Self {
        self.subject = Some(subject.into());
        self
    }
}

impl From<Command> for Change {
    fn from(command: Command) -> Self {
        Self {
            subject: command.subject(),
            command,
            stated_at: None,
            signal: None,
            attachments: Vec::new(),
        }
    }
}

/// What came of a change that was not refused.
pub(crate) struct Applied {
    pub(crate) position: i64,
    pub(crate) replayed: bool,
    /// False when the plant already was as asked for.
    pub(crate) changed: bool,
    pub(crate) snapshot: Snapshot,
}

impl Server {
    /// Submits a change and waits until it is committed or refused.
    pub(crate) async fn apply(&self, sender: Sender, change: Change) -> HttpResult<Applied> {
        let context = self.context(&sender.caller, change.stated_at);
        let submission = Submission {
            commands: vec![change.command],
            context,
            signal: change.signal,
            attachments: change.attachments,
            idempotency: sender.idempotency,
            lane: sender.lane,
            correlation_id: sender.caller.request_id,
        };
        let Outcome { position, replayed, changed, decision } = self.app.submit(submission).await?;
        match decision {
            Decision::Applied(snapshot) => Ok(Applied { position, replayed, changed, snapshot }),
            Decision::Refused(refusals) => {
                Err(refusal::to_error(&refusals, change.subject.as_ref()).decided_at(position, replayed))
            }
        }
    }

    /// What surrounds a command of this caller.
    pub(crate) fn context(&self, caller: &Caller, stated_at: Option<Instant>) -> Context {
        let source = match caller.actor.role {
            Role::Integration => ChangeSource::Integration,
            _ => ChangeSource::Api,
        };
        Context {
            actor: caller.actor.clone(),
            source,
            recorded_at: self.app.now(),
            stated_at,
            plant: self.app.plant(),
        }
    }
}
