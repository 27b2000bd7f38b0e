//! Positions older than what the hub keeps, read from the log for those who resume.
//!
//! Which messages a position gives follows from its event, as it did live. The cards show the
//! entities as they are now: never older than the event, often newer. Pages are aligned and
//! shared, so that a thousand clients that resume from about the same place read the log once.

use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use mraos_domain::{Key, OperatorId, State};
use mraos_store::Store;
use tokio::sync::Mutex;

use super::derive::{Fact, Touched, publish};
use super::message::Published;
use super::names::Names;
use crate::error::AppError;
use crate::reads::Reads;

/// Positions in a page.
const PAGE: i64 = 512;
/// Pages that are kept for others, and how long.
const MOST_PAGES: usize = 16;
const FRESH: Duration = Duration::from_secs(2);

struct Page {
    number: i64,
    read_at: Moment,
    published: Arc<Vec<Arc<Published>>>,
}

/// Reads pages of the log as messages.
pub(crate) struct Replay {
    store: Store,
    reads: Reads,
    pages: Mutex<Vec<Page>>,
}

impl Replay {
    pub(crate) fn new(store: Store, reads: Reads) -> Self {
        Self { store, reads, pages: Mutex::default() }
    }

    /// Lets go of everything that was read.
    pub(crate) async fn forget(&self) {
        self.pages.lock().await.clear();
    }

    /// What the positions after `position` mean, as far as the page that holds the next one goes.
    pub(crate) async fn after(&self, position: i64) -> Result<Arc<Vec<Arc<Published>>>, AppError> {
        let number = position / PAGE;
        let mut pages = self.pages.lock().await;
        pages.retain(|page| page.read_at.elapsed() < FRESH);
        let known = pages
            .iter()
            .find(|page| page.number == number)
            .filter(|page| page.published.last().is_some_and(|last| last.position > position));
        if let Some(page) = known {
            return Ok(page.published.clone());
        }
        let published = Arc::new(self.read(number).await?);
        pages.retain(|page| page.number != number);
        if pages.len() >= MOST_PAGES {
            pages.remove(0);
        }
        pages.push(Page { number, read_at: Moment::now(), published: published.clone() });
        Ok(published)
    }

    async fn read(&self, number: i64) -> Result<Vec<Arc<Published>>, AppError> {
        let facts = self.store.events_after(number * PAGE, PAGE).await?;
        let facts = facts
            .into_iter()
            .filter(|stored| stored.row.position <= (number + 1) * PAGE)
            .map(|stored| Fact::read(&stored))
            .collect::<Result<Vec<Fact>, AppError>>()?;
        let (state, names) = self.load(&facts).await?;
        let all = facts.iter().map(|fact| {
            Arc::new(publish(fact, &Touched::of(&fact.recorded), None, &state, &names))
        });
        Ok(all.collect())
    }

    async fn load(&self, facts: &[Fact]) -> Result<(State, Names), AppError> {
        let mut state = State::default();
        let mut keys = Vec::new();
        for fact in facts {
            let touched = Touched::of(&fact.recorded);
            keys.extend(touched.operators.into_iter().map(Key::Operator));
            keys.extend(touched.machines.into_iter().map(Key::Machine));
            keys.extend(touched.materials.into_iter().map(Key::Material));
            keys.extend(touched.work_orders.into_iter().map(Key::WorkOrder));
            keys.extend(touched.allocation.map(Key::Allocation));
        }
        keys.sort();
        keys.dedup();
        self.store.load(&keys, &mut state).await?;
        // The line of an operator or an order is that of the machine of its work.
        let machines = state.all_allocations().filter_map(|one| one.assignment.machine_id.clone());
        let mut more: Vec<Key> = machines.map(Key::Machine).collect();
        more.retain(|key| !state.has(key));
        more.sort();
        more.dedup();
        self.store.load(&more, &mut state).await?;
        let ids: Vec<OperatorId> =
            state.all_operators().map(|one| one.operator_id.clone()).collect();
        let names = names_of(&self.reads, &ids).await?;
        Ok((state, names))
    }
}

/// Names of people, as cards show them.
pub(crate) async fn names_of(reads: &Reads, ids: &[OperatorId]) -> Result<Names, AppError> {
    let mut people = reads.people(ids).await?;
    let mut names = Names::default();
    for id in ids {
        if let Some(person) = people.remove(id.as_str()) {
            names.put(id.clone(), &person);
        }
    }
    Ok(names)
}
