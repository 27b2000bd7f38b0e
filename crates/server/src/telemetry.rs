//! What every request passes through on its way in and out: an id, a deadline, a log line, metrics.
//!
//! The outermost layer of the router. It turns panics and overruns into problem documents, so that
//! a client always gets an answer. Log lines name the route's template, never the path's ids, the
//! query or the body: those may point at people.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use mraos_api::header;
use uuid::Uuid;

use crate::problem::HttpError;

/// Name of the latency histogram; its count is the request count.
const DURATION_METRIC: &str = "mraos_http_request_duration_seconds";
/// Names of the gauges that `/metrics` sets when it is read.
pub(crate) const POSITION_METRIC: &str = "mraos_log_position";
pub(crate) const PAST_METRIC: &str = "mraos_past_work_known";
/// The committer's counters that should stay 0.
const DEFECT_METRICS: [(&str, &str); 2] = [
    ("mraos_commit_bisections_total", "Batches that the database refused and that were split."),
    ("mraos_commit_panics_total", "Batches that ended in a panic."),
];
/// Upper bounds of the latency buckets, in seconds.
const DURATION_BUCKETS_S: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// How often samples are folded into their buckets.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);
/// An answer that took so long is worth a line in the log, good as it may be.
const SLOW: Duration = Duration::from_secs(1);
/// Longest `X-Request-Id` that is taken over from a client.
const MAX_REQUEST_ID_CHARS: usize = 100;

static RECORDER: Mutex<Option<PrometheusHandle>> = Mutex::new(None);

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The id of a request: the client's, or a fresh UUID v7. It becomes the events' correlation id.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

impl RequestId {
    /// Takes over a client's id of visible ASCII, or draws one.
    fn from_headers(headers: &HeaderMap) -> Self {
        let given = headers.get(header::REQUEST_ID).and_then(|value| value.to_str().ok());
        let usable = given.filter(|id| {
            (1..=MAX_REQUEST_ID_CHARS).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_graphic())
        });
        Self(usable.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned))
    }
}

/// The id of the request that is being served, for log lines; empty outside of one.
pub(crate) fn current_request_id() -> String {
    CURRENT.try_with(|id| id.0.clone()).unwrap_or_default()
}

/// Installs the process-wide metrics recorder; later calls return the first one's handle.
pub fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    // Whoever panicked in here left either no recorder or a whole one.
    let mut installed = RECORDER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*installed {
        return Ok(handle.clone());
    }
    let duration = Matcher::Full(DURATION_METRIC.to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(duration, &DURATION_BUCKETS_S)?
        .build_recorder();
    let handle = recorder.handle();
    // Another recorder can only be there already when an embedding program brought its own.
    if metrics::set_global_recorder(recorder).is_err() {
        tracing::warn!("a metrics recorder was installed before; /metrics will lack figures");
    }
    describe_metrics();
    keep_metrics_small(handle.clone());
    *installed = Some(handle.clone());
    Ok(handle)
}

/// What the series mean; a counter that has never moved shows 0 instead of nothing.
fn describe_metrics() {
    use metrics::Unit::{Count, Seconds};
    metrics::describe_histogram!(DURATION_METRIC, Seconds, "Requests by route and status.");
    metrics::describe_gauge!(POSITION_METRIC, Count, "Last log position that this node knows.");
    let meaning = "1 once this node has read when people worked before it was started.";
    metrics::describe_gauge!(PAST_METRIC, Count, meaning);
    let overtaken =
        "Batches that were decided again: another node was first, or a key is answered.";
    metrics::describe_counter!("mraos_commit_overtaken_total", overtaken);
    metrics::counter!("mraos_commit_overtaken_total").increment(0);
    metrics::describe_histogram!("mraos_commit_batch_size", Count, "Submissions per commit.");
    metrics::describe_histogram!("mraos_commit_seconds", Seconds, "Time from batch to commit.");
    for (name, meaning) in DEFECT_METRICS {
        metrics::describe_counter!(name, Count, meaning);
        metrics::counter!(name).increment(0);
    }
}

/// Samples pile up until somebody reads them; where nobody scrapes, this does.
fn keep_metrics_small(handle: PrometheusHandle) {
    let upkeep = move || {
        loop {
            std::thread::sleep(UPKEEP_INTERVAL);
            handle.run_upkeep();
        }
    };
    if let Err(error) = std::thread::Builder::new().name("metrics".to_owned()).spawn(upkeep) {
        tracing::warn!(%error, "metrics keep growing until they are read");
    }
}

/// Serves one request with an id, a deadline and a safety net, and writes down how it went.
pub(crate) async fn observe(timeout: Duration, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::from_headers(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(id.clone());

    let answer = answer_in_time(next.run(request), timeout);
    let mut response = CURRENT.scope(id.clone(), answer).await;

    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(HeaderName::from_static(header::REQUEST_ID), value);
    }
    let template = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    record(&method, template, &id, &response, started.elapsed());
    response
}

/// The answer, or a problem when the handler panics or does not end in time.
async fn answer_in_time(answer: impl Future<Output = Response>, timeout: Duration) -> Response {
    match tokio::time::timeout(timeout, AssertUnwindSafe(answer).catch_unwind()).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let message = (panic.downcast_ref::<&str>().copied())
                .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
                .unwrap_or("panic without a message");
            HttpError::internal(&message).into_response()
        }
        Err(_) => {
            let detail = format!(
                "no answer within {} ms; a write may still be applied: repeat it with the same \
                 Idempotency-Key to learn its outcome",
                timeout.as_millis()
            );
            HttpError::unavailable("timed_out", 1, detail).into_response()
        }
    }
}

/// A line about a request, at a level that has to be known when the program is built.
macro_rules! log_request {
    ($level:ident, ($method:ident, $route:ident, $status:ident, $id:ident, $latency:ident)) => {
        tracing::event!(
            target: "mraos::access",
            tracing::Level::$level,
            method = %$method,
            route = $route,
            status = $status.as_u16(),
            request_id = $id.0,
            latency_ms = $latency.as_micros() as f64 / 1000.0,
        )
    };
}

fn record(method: &Method, route: &str, id: &RequestId, response: &Response, latency: Duration) {
    let status = response.status();
    let labels = [
        ("method", method_label(method).into()),
        ("route", metrics::SharedString::from(route.to_owned())),
        ("status", status.as_str().to_owned().into()),
    ];
    metrics::histogram!(DURATION_METRIC, labels.as_slice()).record(latency.as_secs_f64());
    if is_routine(status, latency) {
        log_request!(DEBUG, (method, route, status, id, latency));
    } else {
        log_request!(INFO, (method, route, status, id, latency));
    }
}

/// A busy node answers thousands of requests a second, and `/metrics` counts them all.
fn is_routine(status: StatusCode, latency: Duration) -> bool {
    !status.is_client_error() && !status.is_server_error() && latency < SLOW
}

/// Methods that clients invent must not become series without end.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::PUT => "PUT",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    fn router() -> Router {
        let timeout = Duration::from_millis(500);
        async fn explode() -> Response {
            panic!("on purpose")
        }
        Router::new()
            .route("/fine", get(|| async { "fine" }))
            .route("/panics", get(explode))
            .route("/hangs", get(std::future::pending::<()>))
            .layer(axum::middleware::from_fn(move |request, next| observe(timeout, request, next)))
    }

    async fn get_with_id(path: &str, id: &str) -> Response {
        let request = Request::get(path).header(header::REQUEST_ID, id).body(Body::empty());
        router().oneshot(request.unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn a_usable_request_id_is_kept_and_another_replaced() {
        let kept = get_with_id("/fine", "shift-7/42").await;
        assert_eq!(kept.headers()[header::REQUEST_ID], "shift-7/42");
        for unusable in ["", "with blank", &"x".repeat(101)] {
            let drawn = get_with_id("/fine", unusable).await;
            let id = drawn.headers()[header::REQUEST_ID].to_str().unwrap();
            assert_eq!(Uuid::parse_str(id).unwrap().get_version_num(), 7);
        }
    }

    #[tokio::test]
    async fn panics_and_overruns_become_problems() {
        assert_eq!(get_with_id("/panics", "a").await.status(), 500);
        let late = get_with_id("/hangs", "b").await;
        assert_eq!(late.status(), 503);
        assert!(late.headers().contains_key("retry-after"));
        assert_eq!(late.headers()[header::REQUEST_ID], "b");
    }

    #[test]
    fn what_was_refused_failed_or_took_long_is_worth_a_line() {
        let at_once = Duration::from_millis(2);
        for routine in [101, 200, 201, 304] {
            assert!(is_routine(StatusCode::from_u16(routine).unwrap(), at_once), "{routine}");
        }
        for notable in [400, 401, 404, 409, 429, 500, 503] {
            assert!(!is_routine(StatusCode::from_u16(notable).unwrap(), at_once), "{notable}");
        }
        assert!(!is_routine(StatusCode::OK, SLOW));
    }

    #[tokio::test]
    async fn requests_are_counted_by_template_method_and_status() {
        let handle = install_metrics().unwrap();
        get_with_id("/fine", "c").await;
        let text = handle.render();
        let series = r#"_count{method="GET",route="/fine",status="200"}"#;
        assert!(text.contains(series), "{text}");
    }
}
