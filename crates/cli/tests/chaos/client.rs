//! The public API as a careful client uses it: a key per write, the same key again when unsure.
//!
//! Nothing is taken for done until the server has said so; nothing is given up until it has.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::site::TOKEN;

/// How long a client goes on asking.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(25);

/// What a server said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    pub(crate) replayed: bool,
    pub(crate) retry_after_s: Option<u64>,
    pub(crate) etag: Option<String>,
}

impl Answer {
    /// Whether the server has decided; anything else may be asked again.
    pub(crate) fn is_final(&self) -> bool {
        let again = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS];
        !again.contains(&self.status)
    }
}

/// A write; its key is also its request id, by which the log knows it.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    pub(crate) key: String,
    /// Whether the key is sent as Idempotency-Key; without it nothing may be sent twice.
    pub(crate) is_repeatable: bool,
    pub(crate) path: String,
    pub(crate) body: Value,
}

impl Write {
    /// A write that may be repeated.
    pub(crate) fn new(key: impl Into<String>, path: impl Into<String>, body: Value) -> Self {
        Self { key: key.into(), is_repeatable: true, path: path.into(), body }
    }
}

/// A client with connections of its own; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Client(reqwest::Client);

impl Client {
    pub(crate) fn new() -> Self {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .build();
        Self(client.unwrap())
    }

    /// Asks once; an error means that nobody knows what became of it.
    pub(crate) async fn send(&self, url: &str, write: &Write) -> Result<Answer, reqwest::Error> {
        let mut request = self
            .0
            .post(format!("{url}/api/v1{}", write.path))
            .header("x-request-id", &write.key)
            .json(&write.body);
        if write.is_repeatable {
            request = request.header("idempotency-key", &write.key);
        }
        answer(request).await
    }

    /// The decision, if there is one: insists where that is allowed, else asks once.
    pub(crate) async fn ask(&self, urls: &[String], first: usize, write: &Write) -> Option<Answer> {
        if write.is_repeatable {
            return Some(self.insist(urls, first, write).await);
        }
        let answer = self.send(&urls[first % urls.len()], write).await.ok();
        let answer = answer.filter(Answer::is_final);
        if answer.is_none() {
            tokio::time::sleep(PAUSE).await;
        }
        answer
    }

    /// Asks one node after the other until one has decided.
    pub(crate) async fn insist(&self, urls: &[String], first: usize, write: &Write) -> Answer {
        let deadline = Instant::now() + PATIENCE;
        let mut last = String::new();
        for attempt in 0.. {
            let url = &urls[(first + attempt) % urls.len()];
            match self.send(url, write).await {
                Ok(answer) if answer.is_final() => return answer,
                Ok(answer) => last = format!("{url}: {answer:?}"),
                Err(error) => last = format!("{url}: {error:?}"),
            }
            if Instant::now() > deadline {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("no decision on {write:?}; last {last}");
    }

    pub(crate) async fn get(&self, url: &str, path: &str) -> Result<Answer, reqwest::Error> {
        answer(self.0.request(Method::GET, format!("{url}{path}"))).await
    }

    /// Sends a change once; somebody has to answer.
    pub(crate) async fn change(
        &self,
        url: &str,
        method: &str,
        path: &str,
        etag: Option<&str>,
        body: &Value,
    ) -> Answer {
        let method = method.parse::<Method>().unwrap();
        let mut request = self.0.request(method, format!("{url}/api/v1{path}")).json(body);
        if let Some(etag) = etag {
            request = request.header("if-match", etag);
        }
        answer(request).await.unwrap()
    }

    /// Sends a body that has to be accepted.
    pub(crate) async fn create(&self, url: &str, path: &str, body: Value) -> Value {
        let write = Write::new(uuid::Uuid::now_v7().to_string(), path, body);
        let answer = self.insist(&[url.to_owned()], 0, &write).await;
        assert!(answer.status.is_success(), "{write:?}: {answer:?}");
        answer.body
    }

    /// Sum of a counter over its labels; 0 if it was never touched.
    pub(crate) async fn counter(&self, url: &str, name: &str) -> f64 {
        let text = self.0.get(format!("{url}/metrics")).bearer_auth(TOKEN).send().await.unwrap();
        let text = text.text().await.unwrap();
        let lines = text.lines().filter(|line| line.starts_with(name));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
    let response = request.bearer_auth(TOKEN).send().await?;
    let header = |name: &str| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let replayed = header("idempotency-replayed").as_deref() == Some("true");
    let retry_after_s = header("retry-after").and_then(|text| text.parse().ok());
    let etag = header("etag");
    let status = response.status();
    let text = response.text().await?;
    let body = serde_json::from_str(&text).unwrap_or_else(|_| json!(text));
    Ok(Answer { status, body, replayed, retry_after_s, etag })
}
