//! What every handler shares: the application, the limits, the metrics.
//!
//! Cheap to clone; built once by the router.

use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use mraos_app::App;

/// Limits of the HTTP interface.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// A request that takes longer is answered with 503.
    pub request_timeout: Duration,
    /// A larger request body is answered with 413.
    pub body_limit_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { request_timeout: Duration::from_secs(30), body_limit_bytes: 10 * 1024 * 1024 }
    }
}

/// The state of all handlers.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) settings: Arc<Settings>,
    pub(crate) metrics: PrometheusHandle,
}
