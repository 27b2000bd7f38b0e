//! Connections: accepting them, bounding them, and letting them end in peace.
//!
//! HTTP/1.1 straight on hyper, because time limits for slow clients and a bounded drain are set
//! there and not on axum's own loop. Nothing here knows a route or a rule.

mod place;

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use place::{Arriving, Limits, Place, Places};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A client that has not sent a whole head by then is cut. Also bounds idle keep-alive.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(75);
/// Most bytes of a request's head.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// Pause after a failed accept, such as with no file descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Where a connection comes from; behind a proxy, the proxy's address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PeerAddress(pub(crate) IpAddr);

/// Serves `router` until `shutdown` resolves, then finishes what was accepted.
///
/// Open requests get `grace` to end; connections that are idle close at once. Returns whether all
/// of them ended in time.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()>,
    grace: Duration,
) -> io::Result<bool> {
    serve_within(Limits::default(), listener, router, shutdown, grace).await
}

async fn serve_within(
    limits: Limits,
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()>,
    grace: Duration,
) -> io::Result<bool> {
    let stopping = watch::Sender::new(false);
    let places = Places::new(limits);
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer, place) = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = accept(&listener, &places) => accepted?,
        };
        spawn_connection((stream, peer, place), router.clone(), stopping.subscribe());
    }
    drop(listener);
    let open = stopping.receiver_count();
    tracing::info!(open, grace_ms = grace.as_millis() as u64, "finishing open connections");
    stopping.send_replace(true);
    let drained = tokio::time::timeout(grace, stopping.closed()).await.is_ok();
    if !drained {
        tracing::warn!("some connections did not end within the grace period and were cut");
    }
    Ok(drained)
}

/// The next connection, once there is room for it.
async fn accept(listener: &TcpListener, places: &Places) -> io::Result<(TcpStream, IpAddr, Place)> {
    let place = places.take().await?;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                place.pace().wait();
                return Ok((stream, peer.ip(), place));
            }
            Err(error) => {
                // A connection that died in the queue, or no descriptor left: both pass.
                tracing::debug!(%error, "accept failed");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn spawn_connection(
    (stream, peer, place): (TcpStream, IpAddr, Place),
    router: Router,
    mut stopping: watch::Receiver<bool>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY refused");
    }
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_READ_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES);
    let router = TowerToHyperService::new(router);
    let pace = place.pace();
    let answer = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(PeerAddress(peer));
        let pace = pace.clone();
        let answered = router.call(request.map(|body| Arriving::new(body, pace.clone())));
        async move {
            let answer = answered.await;
            pace.wait();
            answer
        }
    });
    let connection = protocol.serve_connection(TokioIo::new(stream), answer);
    tokio::spawn(async move {
        let mut connection = pin!(connection.with_upgrades());
        let served = tokio::select! {
            served = connection.as_mut() => served,
            () = asked_to_stop(&mut stopping) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
            () = place.is_wanted() => Ok(()),
        };
        if let Err(error) = served {
            tracing::debug!(%error, "connection ended early");
        }
    });
}

/// Waits until the server stops; forgets the guard of the value, which must not cross an await.
async fn asked_to_stop(stopping: &mut watch::Receiver<bool>) {
    stopping.wait_for(|stopping| *stopping).await.map(drop).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::net::SocketAddr;
    use std::sync::Arc;

    use axum::routing::{get, post};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::Notify;
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;

    use super::*;

    struct Running {
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        served: JoinHandle<io::Result<bool>>,
    }

    async fn start(router: Router, grace: Duration) -> Running {
        start_within(Limits::default(), router, grace).await
    }

    async fn start_within(limits: Limits, router: Router, grace: Duration) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move { stopped.await.unwrap_or_default() };
        let served = tokio::spawn(serve_within(limits, listener, router, shutdown, grace));
        Running { address, stop, served }
    }

    #[tokio::test]
    async fn an_open_request_is_answered_after_the_stop_signal() {
        let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (inside, gate) = (entered.clone(), release.clone());
        let handler = move || async move {
            inside.notify_one();
            gate.notified().await;
            "done"
        };
        let router = Router::new().route("/", get(handler));
        let running = start(router, Duration::from_secs(5)).await;
        let mut client = TcpStream::connect(running.address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        entered.notified().await;
        running.stop.send(()).unwrap();
        release.notify_one();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
        assert!(running.served.await.unwrap().unwrap());
    }

    #[tokio::test]
    async fn what_is_not_http_is_told_so() {
        let running = start(Router::new(), Duration::ZERO).await;
        let flood = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(200));
        let twice = "POST / HTTP/1.1\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x";
        for (sent, status) in [(flood.as_str(), "431"), (twice, "400"), ("\u{16}\r\n", "400")] {
            let mut client = TcpStream::connect(running.address).await.unwrap();
            client.write_all(sent.as_bytes()).await.unwrap();
            let mut line = [0; 12];
            client.read_exact(&mut line).await.unwrap();
            assert_eq!(String::from_utf8_lossy(&line), format!("HTTP/1.1 {status}"));
        }
    }

    #[tokio::test]
    async fn who_drips_gives_way_and_who_is_worked_for_does_not() {
        let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (inside, gate) = (entered.clone(), release.clone());
        let slow = move || async move {
            inside.notify_one();
            gate.notified().await;
            "done"
        };
        let eat = |body: axum::body::Bytes| async move { body.len().to_string() };
        let router = Router::new().route("/slow", get(slow)).route("/eat", post(eat));
        let (idle, ask) = (Duration::from_millis(50), Duration::from_millis(5));
        let limits = Limits { connections: 3, idle, ask };
        let running = start_within(limits, router, Duration::ZERO).await;
        let mut clients = Vec::new();
        for sent in [
            "GET /slow HTTP/1.1\r\nhost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: a\r\nx: ",
            "POST /eat HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n1",
        ] {
            let mut client = TcpStream::connect(running.address).await.unwrap();
            client.write_all(sent.as_bytes()).await.unwrap();
            clients.push(client);
        }
        entered.notified().await;
        for _ in 0..2 {
            let mut other = TcpStream::connect(running.address).await.unwrap();
            other.write_all(b"GET /none HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
            let mut line = [0; 12];
            other.read_exact(&mut line).await.unwrap();
            clients.push(other);
        }
        let mut rest = Vec::new();
        for drips in &mut clients[1..3] {
            // Closed with or without a word: never answered with what was asked.
            drips.read_to_end(&mut rest).await.ok();
            assert!(!rest.starts_with(b"HTTP/1.1 200"), "{rest:?}");
        }
        release.notify_one();
        let mut line = [0; 12];
        clients[0].read_exact(&mut line).await.unwrap();
        assert_eq!(&line, b"HTTP/1.1 200");
    }

    #[tokio::test]
    async fn a_request_that_never_ends_is_cut_after_the_grace_period() {
        let entered = Arc::new(Notify::new());
        let inside = entered.clone();
        let handler = move || async move {
            inside.notify_one();
            std::future::pending::<()>().await;
        };
        let router = Router::new().route("/", get(handler));
        let running = start(router, Duration::from_millis(30)).await;
        let mut client = TcpStream::connect(running.address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        entered.notified().await;
        running.stop.send(()).unwrap();
        assert!(!running.served.await.unwrap().unwrap());
    }
}
