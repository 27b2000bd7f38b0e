//! A running node: database, application and HTTP server, put up and taken down in order.
//!
//! The address is bound first, so that a conflict is told before anything is started, and clients
//! that come early wait instead of being turned away. Going down, requests that were accepted are
//! finished, then the application, and at last the database. Nothing here knows a route or a rule.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use mraos_app::{
    App, AppOptions, CheckpointOptions, Checkpoints, SystemClock, absences, erasure,
    machine_figures, waiting_steps,
};
use mraos_domain::Plant;
use mraos_store::log::checkpoint;
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::database::Database;
use crate::config::{Secret, Settings};

/// Connections that wait to be accepted. More are asked to try again in 1, 3, 7, … seconds by their
/// own kernel, so this holds all clients of a node that come back at once.
const BACKLOG: u32 = 4_096;
/// How long clients of the live stream have to take their leave.
const DRAIN_PATIENCE: Duration = Duration::from_secs(5);

/// A node that serves requests.
pub(super) struct Node {
    address: SocketAddr,
    app: App,
    checkpoints: Checkpoints,
    jobs: [JoinHandle<()>; 4],
    database: Database,
    stop_serving: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<bool>>,
}

impl Node {
    /// Puts everything up; returns when requests are answered.
    pub(super) async fn start(
        settings: &Settings,
        data_dir: &Path,
        bootstrap_token: Option<&Secret>,
        listener: TcpListener,
    ) -> anyhow::Result<Self> {
        let address = listener.local_addr()?;
        let database = Database::open(settings, data_dir).await?;
        let app = match start_app(settings, data_dir, &database, bootstrap_token).await {
            Ok(app) => app,
            Err(error) => {
                database.close().await?;
                return Err(error);
            }
        };
        tell_how_to_sign_in(&app).await?;
        let options = CheckpointOptions {
            master_key: *database.master_key().bytes(),
            file: checkpoint::file_in(data_dir),
            interval: settings.log.checkpoint_interval,
        };
        let checkpoints = Checkpoints::start(app.clone(), options)?;
        let jobs = [
            waiting_steps::start(app.clone()),
            machine_figures::start(app.clone()),
            erasure::start(app.clone()),
            absences::start(app.clone()),
        ];
        let limits = mraos_server::Settings {
            request_timeout: settings.server.request_timeout,
            body_limit_bytes: settings.server.body_limit_bytes,
            secure_cookies: settings.server.secure_cookies,
        };
        let router = mraos_server::router(app.clone(), limits)?;
        let (stop_serving, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            // A sender that is gone means the same as one that speaks.
            let _ = stopped.await;
        };
        let grace = settings.server.shutdown_grace;
        let serving = tokio::spawn(mraos_server::serve(listener, router, shutdown, grace));
        Ok(Self { address, app, checkpoints, jobs, database, stop_serving, serving })
    }

    /// Where the API is.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until a signal asks to stop, then goes down in order.
    pub(super) async fn run_until_signal(mut self, mut signals: StopSignals) -> anyhow::Result<()> {
        tokio::select! {
            () = signals.wait() => {}
            ended = &mut self.serving => {
                ended.context("the server has panicked")??;
                bail!("the server has ended by itself");
            }
        }
        tokio::select! {
            stopped = self.stop() => stopped,
            () = signals.wait() => bail!("stopped at once; requests under way were cut off"),
        }
    }

    /// Finishes what was accepted and goes down.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        // Sockets would outlast any grace; their clients are told to come back later.
        self.app.live().drain(DRAIN_PATIENCE).await;
        drop(self.stop_serving);
        self.serving.await.context("the server has panicked")??;
        // Nothing of theirs is half done: each step is a command of its own.
        self.jobs.iter().for_each(JoinHandle::abort);
        self.app.shut_down().await;
        self.checkpoints.stop().await;
        self.app.store().close();
        drop(self.app);
        self.database.close().await
    }
}

/// Starts the application on a database that is open.
pub(super) async fn start_app(
    settings: &Settings,
    data_dir: &Path,
    database: &Database,
    bootstrap_token: Option<&Secret>,
) -> anyhow::Result<App> {
    database.migrate().await?;
    database.check_master_key().await?;
    let options = AppOptions {
        connect: database.connect_options().clone(),
        plant: Plant {
            zone: settings.plant.time_zone.clone(),
            default_allocation_minutes: settings.plant.default_allocation_minutes,
            reservation_horizon_minutes: settings.plant.reservation_horizon_minutes,
            attendance: settings.plant.attendance,
        },
        master_key: *database.master_key().bytes(),
        clock: Arc::new(SystemClock),
        erasure_ledger: erasure_ledger(settings, data_dir),
        bootstrap_token: bootstrap_token.map(|token| token.expose().to_owned()),
    };
    Ok(App::start(options).await?)
}

/// Where it is noted who was erased.
fn erasure_ledger(settings: &Settings, data_dir: &Path) -> PathBuf {
    let default = || data_dir.join("erasures").join("ledger.jsonl");
    settings.erasure.ledger_file.clone().unwrap_or_else(default)
}

async fn tell_how_to_sign_in(app: &App) -> anyhow::Result<()> {
    if !app.accounts().has_users().await? {
        tracing::info!(
            "nobody can sign in yet; make the first user with `mraos user create ID --role admin \
             --generate-password` on the same data directory"
        );
    }
    Ok(())
}

/// Binds the address that the settings name.
pub(super) fn bind(settings: &Settings) -> anyhow::Result<TcpListener> {
    let address = settings.server.listen;
    listen_on(address).with_context(|| {
        format!("cannot listen on `{address}`; choose another address with `--listen`")
    })
}

/// Listens at an address; one that a node before this one has left is free at once.
pub(super) fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// The signals by which a node is asked to stop.
pub(super) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl StopSignals {
    /// From now on these signals no longer end the process by themselves.
    pub(super) fn catch() -> anyhow::Result<Self> {
        let terminate = signal(SignalKind::terminate()).context("cannot catch SIGTERM")?;
        let interrupt = signal(SignalKind::interrupt()).context("cannot catch SIGINT")?;
        let hang_up = signal(SignalKind::hangup()).context("cannot catch SIGHUP")?;
        Ok(Self { terminate, interrupt, hang_up })
    }

    /// Waits for the next signal.
    pub(super) async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}
