//! HTTP client of the public API: bearer token, problem documents, retries.
//!
//! A busy server (429, 503) is asked again when its `Retry-After` says so; a lost connection only
//! where the request may be repeated: reads, and writes with an idempotency key. Everything else
//! is the caller's decision, who gets the problem document as the server wrote it.

use std::fmt;
use std::time::Duration;

use mraos_api::API_PREFIX;
use mraos_api::header::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED};
use mraos_api::problem::Problem;
use reqwest::header::{HeaderMap, IF_MATCH, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

const MAX_ATTEMPTS: u32 = 6;
const FIRST_BACKOFF: Duration = Duration::from_millis(200);
const MAX_BACKOFF: Duration = Duration::from_secs(5);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
const SHOWN_BODY_CHARS: usize = 300;

/// Why a request brought no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address cannot be used.
    #[error("cannot use server address `{url}`: {reason}; give one like http://127.0.0.1:8080")]
    Address {
        /// As given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nobody answered.
    #[error("no answer from {url} after {attempts} attempts; is the server running?")]
    Unreachable {
        /// What was asked.
        url: String,
        /// How often.
        attempts: u32,
        /// The last failure.
        source: reqwest::Error,
    },
    /// The server said no and why.
    #[error("{method} {path} was answered {} {}: {}", problem.status, problem.code, problem.detail)]
    Problem {
        /// Method of the request.
        method: Method,
        /// Path of the request.
        path: String,
        /// The server's words.
        problem: Box<Problem>,
    },
    /// The server sent something that is not what the API promises.
    #[error("{method} {path} was answered {status} with a body that is not the API's: {shown}")]
    Unreadable {
        /// Method of the request.
        method: Method,
        /// Path of the request.
        path: String,
        /// Status of the answer.
        status: StatusCode,
        /// Beginning of the body.
        shown: String,
    },
}

/// A successful answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// The body.
    pub body: T,
    /// Whether it is the recorded answer of an earlier request with the same key.
    pub replayed: bool,
}

/// Client of one server, as one actor. Clones share the connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    token: String,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Client {
    /// A client of the server at `base_url` (scheme, host, port) with a bearer token.
    pub fn new(base_url: &str, token: &str) -> Result<Self, ClientError> {
        let address = |reason: String| ClientError::Address { url: base_url.to_owned(), reason };
        let parsed = reqwest::Url::parse(base_url).map_err(|error| address(error.to_string()))?;
        if parsed.scheme() != "http" {
            return Err(address(format!("scheme `{}` is not http", parsed.scheme())));
        }
        let http = reqwest::Client::builder()
            .timeout(REQUEST_TIMEOUT)
            .no_proxy()
            .build()
            .map_err(|error| address(error.to_string()))?;
        let base_url = base_url.trim_end_matches('/').to_owned();
        Ok(Self { http, base_url, token: token.to_owned() })
    }

    /// Address of the server.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Secret that it sends, for a connection of another kind to the same server.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Reads `path`, given below the API's prefix.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        let request = Request::new(Method::GET, path);
        self.send(&request).await.map(|answer| answer.body)
    }

    /// Posts a body that may be sent twice without harm only with an idempotency key.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        idempotency_key: Option<&str>,
    ) -> Result<Answer<T>, ClientError> {
        let mut request = Request::new(Method::POST, path);
        request.body = serialize(body, &request)?;
        request.idempotency_key = idempotency_key.map(str::to_owned);
        self.send(&request).await
    }

    /// Changes what is at `path`, whatever its version; the same change twice is one.
    pub async fn patch<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        let mut request = Request::new(Method::PATCH, path);
        request.body = serialize(body, &request)?;
        self.send(&request).await.map(|answer| answer.body)
    }

    /// Reads `path` if there is such a thing.
    pub async fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, ClientError> {
        match self.get(path).await {
            Ok(found) => Ok(Some(found)),
            Err(ClientError::Problem { problem, .. }) if problem.status == 404 => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn send<T: DeserializeOwned>(&self, request: &Request) -> Result<Answer<T>, ClientError> {
        let url = format!("{}{API_PREFIX}{}", self.base_url, request.path);
        let mut attempt = 1;
        loop {
            match self.build(request, &url).send().await {
                Ok(answer) => match wait_asked_for(&answer, attempt) {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return read_answer(request, answer).await,
                },
                Err(_) if request.is_repeatable() && attempt < MAX_ATTEMPTS => {
                    tokio::time::sleep(backoff(attempt)).await;
                }
                Err(source) => {
                    return Err(ClientError::Unreachable { url, attempts: attempt, source });
                }
            }
            attempt += 1;
        }
    }

    fn build(&self, request: &Request, url: &str) -> reqwest::RequestBuilder {
        let mut builder = self.http.request(request.method.clone(), url).bearer_auth(&self.token);
        if let Some(body) = &request.body {
            builder = builder.header("content-type", "application/json").body(body.clone());
        }
        if request.method == Method::PATCH {
            builder = builder.header(IF_MATCH, "*");
        }
        if let Some(key) = &request.idempotency_key {
            builder = builder.header(IDEMPOTENCY_KEY, key);
        }
        builder
    }
}

struct Request {
    method: Method,
    path: String,
    body: Option<Vec<u8>>,
    idempotency_key: Option<String>,
}

impl Request {
    fn new(method: Method, path: &str) -> Self {
        Self { method, path: path.to_owned(), body: None, idempotency_key: None }
    }

    fn is_repeatable(&self) -> bool {
        matches!(self.method, Method::GET | Method::PATCH) || self.idempotency_key.is_some()
    }

    fn unreadable(&self, status: StatusCode, shown: &str) -> ClientError {
        ClientError::Unreadable {
            method: self.method.clone(),
            path: self.path.clone(),
            status,
            shown: shown.chars().take(SHOWN_BODY_CHARS).collect(),
        }
    }
}

fn serialize(body: &impl Serialize, request: &Request) -> Result<Option<Vec<u8>>, ClientError> {
    serde_json::to_vec(body)
        .map(Some)
        .map_err(|error| request.unreadable(StatusCode::BAD_REQUEST, &error.to_string()))
}

fn wait_asked_for(answer: &reqwest::Response, attempt: u32) -> Option<Duration> {
    let busy = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS];
    if !busy.contains(&answer.status()) || attempt >= MAX_ATTEMPTS {
        return None;
    }
    Some(retry_after(answer.headers()).unwrap_or_else(|| backoff(attempt)))
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_BACKOFF))
}

fn backoff(attempt: u32) -> Duration {
    FIRST_BACKOFF.saturating_mul(1 << attempt.min(8)).min(MAX_BACKOFF)
}

async fn read_answer<T: DeserializeOwned>(
    request: &Request,
    answer: reqwest::Response,
) -> Result<Answer<T>, ClientError> {
    let status = answer.status();
    let replayed = answer.headers().get(IDEMPOTENCY_REPLAYED).is_some_and(|flag| flag == "true");
    let bytes =
        answer.bytes().await.map_err(|error| request.unreadable(status, &error.to_string()))?;
    if status.is_success() {
        let text = if bytes.is_empty() { b"null".as_slice() } else { &bytes };
        return serde_json::from_slice(text)
            .map(|body| Answer { body, replayed })
            .map_err(|error| request.unreadable(status, &format!("{error} in {}", show(text))));
    }
    match serde_json::from_slice::<Problem>(&bytes) {
        Ok(problem) => Err(ClientError::Problem {
            method: request.method.clone(),
            path: request.path.clone(),
            problem: Box::new(problem),
        }),
        Err(_) => Err(request.unreadable(status, &show(&bytes))),
    }
}

fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
