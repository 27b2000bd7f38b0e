//! Reads that are audited: who asks from where for what, and the row that is written before an
//! answer shows anything.
//!
//! What was searched for is personal data itself and is not kept. A handler that shows names or
//! audit data takes a [`Reading`]; allocating and releasing never do.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use mraos_app::audit::{DataAccess, SEVERAL};

use crate::auth::Caller;
use crate::problem::{HttpError, HttpResult};
use crate::serve::PeerAddress;
use crate::state::Server;

/// Longest texts that are kept.
const MOST_AGENT_CHARS: usize = 300;
const MOST_QUERY_CHARS: usize = 1_000;
/// Parameters whose values are not kept.
const NOT_KEPT: [&str; 2] = ["name", "ticket"];

/// A request whose answer may have to be audited.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) caller: Caller,
    peer: Option<PeerAddress>,
    agent: Option<String>,
    request: String,
}

impl<S: Sync> FromRequestParts<S> for Reading {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> HttpResult<Self> {
        Ok(Self {
            caller: Caller::from_request_parts(parts, state).await?,
            peer: parts.extensions.get::<PeerAddress>().copied(),
            agent: agent(&parts.headers),
            request: format!("{} {}", parts.method, shown(&parts.uri)),
        })
    }
}

impl Reading {
    /// Whether the answer to a write may show who an operator is, and notes that it does. The write
    /// is committed: where that cannot be noted it is answered all the same, without the person.
    pub(crate) async fn shows_person(
        &self,
        server: &Server,
        operator_id: &str,
        action: &'static str,
    ) -> bool {
        self.caller.may_see_people()
            && self.note(server, "operator", operator_id, action).await.is_ok()
    }

    /// Notes that the answer shows one thing.
    pub(crate) async fn note(
        &self,
        server: &Server,
        entity_type: &'static str,
        entity_id: &str,
        action: &'static str,
    ) -> HttpResult<()> {
        let access = self.access(server, entity_type, entity_id.to_owned(), action);
        Ok(server.app.note_access(access).await?)
    }

    /// Notes that the answer shows several things.
    pub(crate) async fn note_several(
        &self,
        server: &Server,
        entity_type: &'static str,
        entity_ids: Vec<String>,
    ) -> HttpResult<()> {
        let access = self.access(server, entity_type, SEVERAL.to_owned(), "read");
        Ok(server.app.note_access(DataAccess { entity_ids, ..access }).await?)
    }

    /// What is noted when a live connection subscribes to cards with names.
    pub(crate) fn subscription(&self, server: &Server, channels: &[String]) -> DataAccess {
        let access = self.access(server, "operator", SEVERAL.to_owned(), "subscribe");
        let query = format!("{} {}", self.request, channels.join(" "));
        DataAccess { query_executed: cut(&query, MOST_QUERY_CHARS), ..access }
    }

    fn access(
        &self,
        server: &Server,
        entity_type: &'static str,
        entity_id: String,
        action: &'static str,
    ) -> DataAccess {
        DataAccess {
            user_id: self.caller.actor.id.to_string(),
            accessed_at: server.app.now().timestamp(),
            entity_type: entity_type.to_owned(),
            entity_id,
            entity_ids: Vec::new(),
            action: action.to_owned(),
            ip_address: self.peer.map(|PeerAddress(address)| address),
            user_agent: self.agent.clone(),
            query_executed: self.request.clone(),
        }
    }
}

fn agent(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(cut(agent, MOST_AGENT_CHARS))
}

/// The path and the query, without what must not be kept.
fn shown(uri: &Uri) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let is_kept = !NOT_KEPT.contains(&name.as_ref());
        query.append_pair(&name, if is_kept { &value } else { "(not kept)" });
    }
    let query = query.finish();
    let path = uri.path();
    cut(
        &if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") },
        MOST_QUERY_CHARS,
    )
}

fn cut(text: &str, most_chars: usize) -> String {
    text.chars().take(most_chars).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_was_searched_for_is_not_kept() {
        let uri: Uri = "/api/v1/operators?name=M%C3%BCller&limit=5&ticket=t".parse().unwrap();
        let shown = shown(&uri);
        assert!(shown.contains("limit=5") && !shown.contains("ller"), "{shown}");
        assert!(!shown.contains("=t"), "{shown}");
    }

    #[test]
    fn a_long_request_is_cut() {
        let uri: Uri =
            format!("/api/v1/operators?department={}", "x".repeat(5_000)).parse().unwrap();
        assert_eq!(shown(&uri).chars().count(), MOST_QUERY_CHARS);
    }
}
