//! What a search must not do again too soon.
//!
//! An operation that leaves an option does not come back to it for a while. How long, and when
//! that does not count, is for the search to say.

use super::shop::Shop;

/// When each option may be taken again.
pub(super) struct TabuList {
    until: Vec<u64>,
    now: u64,
}

impl TabuList {
    pub(super) fn new(shop: &Shop) -> Self {
        Self { until: vec![0; shop.option_count()], now: 0 }
    }

    pub(super) fn forbid(&mut self, option: u32, steps: usize) {
        self.until[option as usize] = self.now + steps as u64;
    }

    pub(super) fn forbids(&self, option: u32) -> bool {
        self.until[option as usize] > self.now
    }

    pub(super) fn advance(&mut self) {
        self.now += 1;
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.until.fill(0);
    }
}
