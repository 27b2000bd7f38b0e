//! How often somebody may try to sign in: by user and by address, in memory.
//!
//! A try that fails costs one of a small stock that fills up again with time; one that succeeds
//! costs nothing. The stock is bounded, so that inventing users or addresses fills no memory.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant as Moment};

use crate::access::{SecretDigest, digest};

/// Failed tries on one user before waiting begins, and the wait for each further one.
const BY_USER: Stock = Stock { most: 10, each: Duration::from_secs(30) };
/// The same for an address, behind which a whole plant may sit.
const BY_PEER: Stock = Stock { most: 60, each: Duration::from_secs(5) };
/// Users and addresses that are remembered.
const MAX_REMEMBERED: usize = 20_000;

#[derive(Debug, Clone, Copy)]
struct Stock {
    most: u32,
    each: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    User(SecretDigest),
    Peer(IpAddr),
}

impl Key {
    fn stock(self) -> Stock {
        match self {
            Self::User(_) => BY_USER,
            Self::Peer(_) => BY_PEER,
        }
    }
}

/// The tries of a while.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    /// When the stock of each will be full again.
    full_at: Mutex<HashMap<Key, Moment>>,
}

impl Attempts {
    /// Counts a try, or says how long to wait before the next.
    pub(crate) fn begin(
        &self,
        user_id: &str,
        peer: Option<IpAddr>,
        now: Moment,
    ) -> Result<Attempt, Duration> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = [Some(Key::User(digest(user_id))), peer.map(network).map(Key::Peer)];
        let waits = keys.iter().flatten().filter_map(|key| {
            let Stock { most, each } = key.stock();
            let after = full_at.get(key).map_or(now, |at| (*at).max(now)) + each;
            after.checked_duration_since(now + each * most).filter(|wait| !wait.is_zero())
        });
        if let Some(wait) = waits.max() {
            return Err(wait);
        }
        make_room(&mut full_at, now);
        for key in keys.into_iter().flatten() {
            let at = full_at.entry(key).or_insert(now);
            *at = (*at).max(now) + key.stock().each;
        }
        Ok(Attempt { keys })
    }

    /// Gives back what a try cost that turned out right.
    pub(crate) fn succeeded(&self, attempt: Attempt) {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        for key in attempt.keys.into_iter().flatten() {
            if let Some(at) = full_at.get_mut(&key) {
                *at = at.checked_sub(key.stock().each).unwrap_or(*at);
            }
        }
    }
}

/// A try that was counted.
#[derive(Debug)]
pub(crate) struct Attempt {
    keys: [Option<Key>; 2],
}

/// The address, or for IPv6 the network, of which one client may have all addresses.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 => v4,
    }
}

/// Forgets those whose stock is full; if that is not enough, everybody: better than no bound.
fn make_room(full_at: &mut HashMap<Key, Moment>, now: Moment) {
    if full_at.len() < MAX_REMEMBERED {
        return;
    }
    full_at.retain(|_, at| *at > now);
    if full_at.len() >= MAX_REMEMBERED {
        full_at.clear();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn failures_on_a_user_run_out_and_come_back_with_time() {
        let (attempts, now) = (Attempts::default(), Moment::now());
        for _ in 0..BY_USER.most {
            attempts.begin("S-1", None, now).unwrap();
        }
        let wait = attempts.begin("S-1", None, now).unwrap_err();
        assert_eq!(wait, BY_USER.each);
        attempts.begin("S-2", None, now).unwrap();
        attempts.begin("S-1", None, now + wait).unwrap();
        assert!(attempts.begin("S-1", None, now + wait).is_err());
    }

    #[test]
    fn an_address_runs_out_over_all_users_and_its_whole_network() {
        let (attempts, now) = (Attempts::default(), Moment::now());
        let address = |last: u16| Some(IpAddr::from([0x2001, 0xdb8, 0, 7, 0, 0, 0, last]));
        for n in 0..BY_PEER.most {
            attempts.begin(&format!("U-{n}"), address(1), now).unwrap();
        }
        assert!(attempts.begin("another", address(2), now).is_err());
        attempts.begin("another", Some(IpAddr::from([192, 0, 2, 1])), now).unwrap();
    }

    #[test]
    fn success_costs_nothing_and_memory_is_bounded() {
        let (attempts, now) = (Attempts::default(), Moment::now());
        for _ in 0..100 {
            let attempt = attempts.begin("S-1", None, now).unwrap();
            attempts.succeeded(attempt);
        }
        for n in 0..MAX_REMEMBERED * 2 {
            attempts.begin(&format!("U-{n}"), None, now).unwrap();
        }
        assert!(attempts.full_at.lock().unwrap().len() <= MAX_REMEMBERED);
    }
}
