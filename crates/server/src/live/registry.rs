//! Who is on the live stream, by credential, and who has to leave it.
//!
//! One task asks four times a second whether the credentials of open sockets still hold, and cuts
//! the sockets of those that do not. A credential whose rights have changed is cut as well: its
//! client connects again and gets what it may see now.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use mraos_app::live::{Filter, Live};
use mraos_app::{Access, App, CredentialId};
use mraos_domain::Text;
use tokio::sync::watch;

use super::filters::{Claim, Filters};

/// How often rights are looked at again.
const CHECK_INTERVAL: Duration = Duration::from_millis(250);
/// Most sockets of a node.
const MOST_SOCKETS: usize = 24_000;
/// Most sockets of one credential.
const MOST_SOCKETS_PER_CREDENTIAL: usize = 12_000;

/// Why a socket is cut from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The session or token has ended by itself.
    Expired,
    /// It was revoked, or stands for other rights now.
    Revoked,
}

/// Why a socket is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The node goes down.
    Draining,
    /// There are too many.
    Full,
}

/// Open sockets by credential.
#[derive(Default)]
pub(crate) struct Registry {
    inner: Mutex<Inner>,
    filters: Arc<Filters>,
}

#[derive(Default)]
struct Inner {
    credentials: HashMap<CredentialId, Entry>,
    sockets: usize,
    /// Numbers sockets, so that they spread when they come back.
    admitted: u64,
    is_watched: bool,
}

struct Entry {
    access: Access,
    sockets: usize,
    cut: watch::Sender<Option<Cut>>,
}

/// A socket's place in the registry; given up when dropped.
pub(crate) struct Seat {
    registry: Arc<Registry>,
    credential: CredentialId,
    actor_id: Text<50>,
    pub(crate) number: u64,
    /// Tells that the socket has to go.
    pub(crate) cut: watch::Receiver<Option<Cut>>,
    /// Tells that the node goes down.
    pub(crate) draining: watch::Receiver<bool>,
    _attendance: mraos_app::live::Attendance,
}

impl Registry {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a socket in.
    pub(crate) fn admit(self: &Arc<Self>, app: &App, access: Access) -> Result<Seat, Refused> {
        let live: &Live = app.live();
        let draining = live.watch_draining();
        if *draining.borrow() {
            return Err(Refused::Draining);
        }
        let credential = access.credential;
        let actor_id = access.actor.id.clone();
        let mut inner = self.lock();
        if inner.sockets >= MOST_SOCKETS {
            return Err(Refused::Full);
        }
        let entry = inner.credentials.entry(credential).or_insert_with(|| Entry {
            access: access.clone(),
            sockets: 0,
            cut: watch::Sender::new(None),
        });
        if entry.sockets >= MOST_SOCKETS_PER_CREDENTIAL {
            return Err(Refused::Full);
        }
        if entry.access != access {
            // Those who came with other rights go; who comes now has the new ones.
            entry.cut.send_replace(Some(Cut::Revoked));
            entry.cut = watch::Sender::new(None);
            entry.access = access;
        }
        entry.sockets += 1;
        let cut = entry.cut.subscribe();
        inner.sockets += 1;
        inner.admitted += 1;
        let number = inner.admitted;
        if !std::mem::replace(&mut inner.is_watched, true) {
            tokio::spawn(watch_rights(Arc::downgrade(self), app.clone()));
        }
        metrics::gauge!("mraos_live_sockets").set(inner.sockets as f64);
        let registry = self.clone();
        let _attendance = live.attend();
        Ok(Seat { registry, credential, actor_id, number, cut, draining, _attendance })
    }

    fn accesses(&self) -> Vec<Access> {
        self.lock().credentials.values().map(|entry| entry.access.clone()).collect()
    }

    /// Cuts the sockets that were opened with `access`.
    fn cut(&self, access: &Access, why: Cut) {
        let mut inner = self.lock();
        if let Some(entry) = inner.credentials.get_mut(&access.credential)
            && entry.access == *access
        {
            entry.cut.send_replace(Some(why));
        }
    }
}

impl Seat {
    /// Uses a filter on this socket; none if its owner has too many different ones.
    pub(super) fn claim(&self, filter: &Filter) -> Option<Claim> {
        self.registry.filters.claim(&self.actor_id, filter)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut inner = self.registry.lock();
        inner.sockets -= 1;
        metrics::gauge!("mraos_live_sockets").set(inner.sockets as f64);
        if let Some(entry) = inner.credentials.get_mut(&self.credential) {
            entry.sockets -= 1;
            if entry.sockets == 0 {
                inner.credentials.remove(&self.credential);
            }
        }
    }
}

/// Asks again and again, until the registry is gone.
async fn watch_rights(registry: Weak<Registry>, app: App) {
    loop {
        tokio::time::sleep(CHECK_INTERVAL).await;
        let Some(registry) = registry.upgrade() else { return };
        for access in registry.accesses() {
            let has_expired = access.expires_at.is_some_and(|at| at <= app.now());
            match app.still_valid(&access.credential).await {
                _ if has_expired => registry.cut(&access, Cut::Expired),
                Ok(Some(now)) if now.actor == access.actor => {}
                Ok(_) => registry.cut(&access, Cut::Revoked),
                // Without the database nothing changes and nothing is told.
                Err(error) => tracing::debug!(%error, "rights could not be looked at"),
            }
        }
    }
}
