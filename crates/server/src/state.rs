//! What every handler shares: the application, the limits, the metrics.
//!
//! Cheap to clone; built once by the router.

use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use mraos_app::App;

use crate::live::registry::Registry;
use crate::live::threads::Threads;

/// Limits of the HTTP interface.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// A request that takes longer is answered with 503.
    pub request_timeout: Duration,
    /// A larger request body is answered with 413.
    pub body_limit_bytes: usize,
    /// Whether browsers reach the server over TLS alone: its cookies go no other way.
    pub secure_cookies: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(30),
            body_limit_bytes: 10 * 1024 * 1024,
            secure_cookies: false,
        }
    }
}

/// The state of all handlers.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) settings: Arc<Settings>,
    pub(crate) metrics: PrometheusHandle,
    /// Open sockets of the live stream.
    pub(crate) sockets: Arc<Registry>,
    /// What they run on.
    pub(crate) socket_threads: Arc<Threads>,
}
