//! How many different filters the sockets of one user or token have.
//!
//! Subscriptions with the same rights and filter share every encoded frame; a filter of its own
//! costs an encoding of everything that passes. So one sender may have many subscriptions, but
//! only so many different ones, or it would slow the stream down for all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mraos_app::live::Filter;
use mraos_domain::Text;

/// Most different filters of one user or token, over all its sockets.
pub(super) const MOST_FILTERS: usize = 128;

/// User or token name.
type ActorId = Text<50>;

/// Filters in use, by whose they are.
#[derive(Default)]
pub(super) struct Filters(Mutex<HashMap<ActorId, HashMap<Filter, usize>>>);

/// A filter in use; given up when dropped.
pub(super) struct Claim {
    filters: Arc<Filters>,
    actor: ActorId,
    filter: Filter,
}

impl Filters {
    fn lock(&self) -> MutexGuard<'_, HashMap<ActorId, HashMap<Filter, usize>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Uses a filter; none if the actor has too many different ones already.
    pub(super) fn claim(self: &Arc<Self>, actor: &ActorId, filter: &Filter) -> Option<Claim> {
        let mut all = self.lock();
        let own = all.entry(actor.clone()).or_default();
        if own.len() >= MOST_FILTERS && !own.contains_key(filter) {
            return None;
        }
        *own.entry(filter.clone()).or_default() += 1;
        Some(Claim { filters: self.clone(), actor: actor.clone(), filter: filter.clone() })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut all = self.filters.lock();
        let Some(own) = all.get_mut(&self.actor) else { return };
        if let Some(uses) = own.get_mut(&self.filter) {
            *uses -= 1;
            if *uses == 0 {
                own.remove(&self.filter);
            }
        }
        if own.is_empty() {
            all.remove(&self.actor);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn on_line(n: usize) -> Filter {
        Filter::parse([format!("line:Line-{n}:*").as_str()].into_iter()).unwrap()
    }

    #[test]
    fn different_filters_are_counted_and_given_back() {
        let filters = Arc::new(Filters::default());
        let (one, other) = (Text::new("S-1").unwrap(), Text::new("S-2").unwrap());
        let claims: Vec<Claim> =
            (0..MOST_FILTERS).map(|n| filters.claim(&one, &on_line(n)).unwrap()).collect();
        assert!(filters.claim(&one, &on_line(MOST_FILTERS)).is_none());
        assert!(filters.claim(&one, &on_line(0)).is_some(), "the same again costs nothing");
        assert!(filters.claim(&other, &on_line(MOST_FILTERS)).is_some());
        drop(claims);
        assert!(filters.claim(&one, &on_line(MOST_FILTERS)).is_some());
        assert!(filters.lock().is_empty());
    }
}
