//! What is published at once, by the lines that it is of interest on.
//!
//! Most subscribers listen to one line of many, and each kind of them would look at everything.
//! What they want of what is found here, and may see, is for their filter and view to say.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::message::Published;
use super::view::{Filter, Line};

/// Some contiguous positions, at least one.
pub(crate) struct Round<'a> {
    all: &'a [Arc<Published>],
    last: i64,
    by_line: HashMap<&'a Line, Vec<&'a Published>>,
}

impl<'a> Round<'a> {
    /// None if nothing is published.
    pub(crate) fn of(all: &'a [Arc<Published>]) -> Option<Self> {
        let last = all.last()?.position;
        let mut by_line: HashMap<&Line, Vec<&Published>> = HashMap::new();
        for published in all {
            for line in published.messages.iter().flat_map(|message| &message.interest) {
                let here = by_line.entry(line).or_default();
                if here.last().is_none_or(|before| before.position < published.position) {
                    here.push(published);
                }
            }
        }
        Some(Self { all, last, by_line })
    }

    /// The last position.
    pub(crate) fn last(&self) -> i64 {
        self.last
    }

    /// What `filter` may want some of, in the order of positions.
    pub(crate) fn may_interest(&self, filter: &Filter) -> Vec<&'a Published> {
        let Some(lines) = filter.lines() else {
            return self.all.iter().map(Arc::as_ref).collect();
        };
        let here = lines.into_iter().filter_map(|line| self.by_line.get(line)).flatten();
        let in_order: BTreeMap<i64, &Published> = here.map(|one| (one.position, *one)).collect();
        in_order.into_values().collect()
    }
}
