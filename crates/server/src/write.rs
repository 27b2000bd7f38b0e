//! One HTTP write = one submission: from a request to the application and back to an answer.
//!
//! [`Write`] reads who sends what under which key, [`Change`] is what they ask for in the domain's
//! terms, [`Applied`] is what came of it. Handlers only join the three.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use bytes::Bytes;
use jiff::Timestamp;
use mraos_app::accounts::Request as AccountRequest;
use mraos_app::{Attachment, Decision, IdempotencyKey, Lane, Outcome, Snapshot, Submission};
use mraos_domain::access::Role;
use mraos_domain::{ChangeSource, Command, EntityRef, Instant, Signal};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::auth::Caller;
use crate::body::{read_body, request_digest};
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
            idempotency.key = item_key(&idempotency.key, index);
        }
        item
    }
}

impl Sender {
    /// The sender as the keeper of accounts wants it.
    pub(crate) fn into_account_request(self) -> AccountRequest {
        AccountRequest { actor: self.caller.actor, idempotency: self.idempotency }
    }
}

/// A key of fixed length, so that a batch may have the longest key there is.
fn item_key(key: &str, index: usize) -> String {
    let digest = Sha256::digest(format!("{index} {key}"));
    digest.iter().fold("item-".to_owned(), |text, byte| text + &format!("{byte:02x}"))
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
        let bytes = read_body(body, &server.settings).await?;
        let idempotency = idempotency_key(&parts.headers)?.map(|key| IdempotencyKey {
            key: key.to_owned(),
            request_digest: request_digest(&parts.method, &parts.uri, &bytes),
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
    /// What the path names beyond the command's subject; its absence is 404, not a refusal.
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

    /// The same change with more to keep beside the log.
    pub(crate) fn with_attachments(mut self, more: impl IntoIterator<Item = Attachment>) -> Self {
        self.attachments.extend(more);
        self
    }

    /// The same change, stated to have happened earlier.
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
        Self { command, subject: None, stated_at: None, signal: None, attachments: Vec::new() }
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
        let commands = vec![change.command];
        let submission = Submission {
            commands: commands.clone(),
            source: source_of(&sender.caller),
            actor: sender.caller.actor,
            stated_at: change.stated_at,
            signal: change.signal,
            correlation_id: Some(sender.caller.request_id),
            attachments: change.attachments,
            idempotency: sender.idempotency,
            lane: sender.lane,
        };
        let Outcome { position, replayed, changed, decision } = self.app.submit(submission).await?;
        match decision {
            Decision::Applied(snapshots) => {
                let snapshot = snapshots.into_iter().next().unwrap_or(Snapshot::Nothing);
                Ok(Applied { position, replayed, changed, snapshot })
            }
            Decision::Refused(refusals) => {
                Err(refusal::to_error(&refusals, &commands, change.subject.as_ref())
                    .decided_at(position, replayed))
            }
        }
    }
}

/// Through which door a caller comes.
fn source_of(caller: &Caller) -> ChangeSource {
    match caller.actor.role {
        Role::Integration => ChangeSource::Integration,
        _ => ChangeSource::Api,
    }
}
