//! One kind of loaded things, by key, with a journal that can take changes back.
//!
//! An absent key means "not loaded", a key with an empty value "does not exist". The journal keeps
//! what each change replaced; loading is no change.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use foldhash::quality::RandomState;

/// Loaded things of one kind.
#[derive(Debug)]
pub(crate) struct Shelf<K, V> {
    held: HashMap<K, V, RandomState>,
    journal: Option<Vec<(K, Option<V>)>>,
}

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self { held: HashMap::default(), journal: None }
    }
}

impl<K: Hash + Eq + Clone, V: Clone + Default> Shelf<K, V> {
    /// What is known about `key`.
    pub(crate) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.held.get(key)
    }

    /// Whether anything is known about `key`, be it that there is nothing.
    pub(crate) fn has(&self, key: &K) -> bool {
        self.held.contains_key(key)
    }

    /// Notes that there is nothing, unless more is known.
    pub(crate) fn note_absent(&mut self, key: K) {
        self.held.entry(key).or_default();
    }

    /// Keeps what was loaded, unless something is there.
    pub(crate) fn load(&mut self, key: K, value: V, is_empty: impl Fn(&V) -> bool) {
        let held = self.held.entry(key).or_default();
        if is_empty(held) {
            *held = value;
        }
    }

    /// Replaces what is there.
    pub(crate) fn put(&mut self, key: K, value: V) {
        let old = self.held.insert(key.clone(), value);
        if let Some(journal) = &mut self.journal {
            journal.push((key, old));
        }
    }

    /// What is there, to be changed.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let held = self.held.get_mut(key)?;
        if let Some(journal) = &mut self.journal {
            journal.push((key.clone(), Some(held.clone())));
        }
        Some(held)
    }

    /// Takes what `other` knows about `key`.
    pub(crate) fn copy(&mut self, key: &K, other: &Self) {
        let value = other.held.get(key).cloned().unwrap_or_default();
        self.held.insert(key.clone(), value);
    }

    /// Forgets one thing.
    pub(crate) fn forget(&mut self, key: &K) {
        self.held.remove(key);
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.held.clear();
    }

    /// How many keys are known.
    pub(crate) fn len(&self) -> usize {
        self.held.len()
    }

    /// Everything that is known, in no order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.held.values()
    }

    /// Begins to note changes.
    pub(crate) fn begin(&mut self) {
        self.journal = Some(Vec::new());
    }

    /// Lets the changes since `begin` stand.
    pub(crate) fn keep(&mut self) {
        self.journal = None;
    }

    /// Takes the changes since `begin` back.
    pub(crate) fn undo(&mut self) {
        for (key, old) in self.journal.take().unwrap_or_default().into_iter().rev() {
            match old {
                Some(value) => self.held.insert(key, value),
                None => self.held.remove(&key),
            };
        }
    }
}
