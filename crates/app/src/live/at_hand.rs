//! What the floor has at hand, for reads that would otherwise ask the database.
//!
//! To whoever asks this node the floor is as fresh as the database while it has everything that
//! this node knows to be committed and no other node is there to write. At any other moment, and
//! while the floor moves, nothing is at hand. Loads nothing and waits for nothing but the day's
//! work, which the database could tell at the cost of all that somebody ever did.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use mraos_domain::{Actor, Instant, Key, OperatorId, State, Window};
use mraos_store::Page;

use super::floor::Floor;
use super::hub::Hub;
use super::roster;
use super::tail::SharedFloor;
use super::worked::WorkOfDay;
use crate::reads::{OperatorView, Paged};
use crate::vault::PersonalData;

/// How long the floor may take to what this node has committed.
const PATIENCE: Duration = Duration::from_millis(200);

/// The floor of a node and how far it may be trusted; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct AtHand {
    pub(super) floor: SharedFloor,
    pub(super) hub: Arc<Hub>,
}

impl AtHand {
    /// Puts what the floor holds under `keys` into `state`, with open work.
    pub(crate) fn fill(&self, keys: &[Key], state: &mut State) {
        self.look(|floor| {
            for key in keys.iter().filter(|key| floor.state.has(key)) {
                state.copy(key, &floor.state);
            }
            Some(())
        });
    }

    /// The page of operators that the database would give.
    pub(crate) fn list_operators(&self, actor: &Actor, page: &Page) -> Option<Paged<OperatorView>> {
        self.look(|floor| {
            let (found, has_more) = roster::page(floor, actor, page)?;
            let next = found.last().filter(|_| has_more).map(|last| last.operator_id.to_string());
            let views = found.into_iter().map(|operator| OperatorView {
                operator: operator.clone(),
                person: floor.names.person(&operator.operator_id).cloned(),
                open: floor.state.open_of_operator(&operator.operator_id).cloned().collect(),
            });
            Some(Paged { items: views.collect(), next })
        })
    }

    /// Names and contacts by operator id, if all of them are here; erased people are missing.
    pub(crate) fn people(&self, ids: &[OperatorId]) -> Option<HashMap<String, PersonalData>> {
        self.look(|floor| {
            let mut people = HashMap::new();
            for id in ids {
                floor.state.operator(id)?;
                people.extend(floor.names.person(id).map(|one| (id.to_string(), one.clone())));
            }
            Some(people)
        })
    }

    /// What `find` finds on the floor, while that can be trusted.
    fn look<T>(&self, find: impl FnOnce(&Floor) -> Option<T>) -> Option<T> {
        let floor = self.floor.try_read().ok()?;
        find(floor.as_ref().filter(|floor| self.hub.has_all_at(floor.position))?)
    }

    /// What a person's day comes to `now`, if that is known in memory. What this node has committed
    /// is in it; what others have is a few milliseconds later.
    pub(crate) async fn work_of_day(
        &self,
        id: &OperatorId,
        day: Window,
        now: Instant,
    ) -> Option<WorkOfDay> {
        let (mut position, committed) = (self.hub.watch_position(), self.hub.committed());
        let look = async {
            // Without a floor there is none to wait for.
            self.floor.read().await.as_ref()?;
            position.wait_for(|position| *position >= committed).await.ok()?;
            self.floor.read().await.as_ref()?.work.of_day(id, day, now)
        };
        tokio::time::timeout(PATIENCE, look).await.ok()?
    }
}

#[cfg(test)]
mod tests {
    use mraos_domain::Holidays;

    use super::*;
    use crate::live::names::Names;

    const ASKED: [Key; 1] = [Key::Holidays];

    fn at_hand_at(position: i64) -> AtHand {
        let mut state = State::default();
        state.put_holidays(Holidays::new());
        let floor = Floor::new(state, Names::default(), position, Instant::EPOCH);
        let at_hand = AtHand { floor: Arc::new(Some(floor).into()), hub: Arc::default() };
        at_hand.hub.note_company(false);
        at_hand
    }

    fn is_found(at_hand: &AtHand) -> bool {
        let mut state = State::default();
        at_hand.fill(&ASKED, &mut state);
        state.has(&Key::Holidays)
    }

    #[test]
    fn what_the_floor_has_is_at_hand_up_to_what_is_committed() {
        let at_hand = at_hand_at(7);
        at_hand.hub.note_committed(7);
        assert!(is_found(&at_hand));
        at_hand.hub.note_committed(8);
        assert!(!is_found(&at_hand), "the floor lacks the event at 8");
    }

    #[test]
    fn nothing_is_at_hand_in_company_or_while_the_floor_moves() {
        let at_hand = at_hand_at(7);
        at_hand.hub.note_company(true);
        assert!(!is_found(&at_hand), "another node may have written");
        at_hand.hub.note_company(false);
        let moving = at_hand.floor.try_write();
        assert!(moving.is_ok() && !is_found(&at_hand));
        drop(moving);
        assert!(is_found(&at_hand));
    }

    #[test]
    fn nothing_is_at_hand_before_the_floor_is_loaded() {
        let at_hand = AtHand::default();
        at_hand.hub.note_company(false);
        assert!(!is_found(&at_hand));
    }
}
