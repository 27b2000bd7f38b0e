//! One resource's past: its busy blocks as far as reported, and questions about them.
//!
//! A report that ends late may have begun early and join blocks that seemed apart; the blocks are
//! those that sorting all reports known by now would give. Never answers beyond the last block.

use crate::report::LocalMinute;
use crate::sample::BusyBlock;

/// Gaps that statistics look back on.
const GAPS_LOOKED_AT: usize = 128;

/// The busy blocks of a resource.
#[derive(Debug, Clone, Default)]
pub(crate) struct Timeline {
    blocks: Vec<BusyBlock>,
    reports_in_last: usize,
    /// Busy minutes of all blocks before the one at the same place.
    busy_before: Vec<f64>,
}

impl Timeline {
    pub(super) fn observe(&mut self, start: LocalMinute, end: LocalMinute) {
        let mut block = BusyBlock { start, end };
        let mut joined = 1;
        while let Some(last) = self.blocks.last().filter(|last| last.end >= block.start) {
            // Joining what seemed apart is rare; the reports of blocks further back are not kept.
            joined += if joined == 1 { self.reports_in_last } else { 1 };
            block.start = block.start.min(last.start);
            block.end = block.end.max(last.end);
            self.blocks.pop();
            self.busy_before.pop();
        }
        self.busy_before.push(match self.blocks.last() {
            Some(last) => self.busy_before[self.blocks.len() - 1] + last.end - last.start,
            None => 0.0,
        });
        self.blocks.push(block);
        self.reports_in_last = joined;
    }

    /// The last block reported.
    pub(crate) fn last(&self) -> Option<BusyBlock> {
        self.blocks.last().copied()
    }

    /// Reports that the last block is made of.
    pub(crate) fn reports_in_last(&self) -> usize {
        self.reports_in_last
    }

    /// All blocks, by time.
    pub(crate) fn blocks(&self) -> &[BusyBlock] {
        &self.blocks
    }

    /// The last gaps, oldest first: when each began, and its minutes.
    pub(crate) fn recent_gaps(&self) -> impl DoubleEndedIterator<Item = (LocalMinute, f64)> {
        let from = self.blocks.len().saturating_sub(GAPS_LOOKED_AT + 1);
        self.blocks[from..].windows(2).map(|pair| (pair[0].end, pair[1].start - pair[0].end))
    }

    /// Number of gaps since the beginning.
    pub(crate) fn gap_count(&self) -> usize {
        self.blocks.len().saturating_sub(1)
    }

    /// Share of the `minutes` before `now` in which the resource was busy.
    pub(crate) fn busy_share(&self, now: LocalMinute, minutes: f64) -> f64 {
        ((self.busy_until(now) - self.busy_until(now - minutes)) / minutes).clamp(0.0, 1.0)
    }

    fn busy_until(&self, moment: LocalMinute) -> f64 {
        let started = self.blocks.partition_point(|block| block.start < moment);
        match started.checked_sub(1) {
            Some(at) => {
                self.busy_before[at] + self.blocks[at].end.min(moment) - self.blocks[at].start
            }
            None => 0.0,
        }
    }

    /// Minutes from `moment` until the resource is busy, 0 if it is; `None` if that is not known.
    pub(crate) fn minutes_until_busy(&self, moment: LocalMinute) -> Option<f64> {
        let next = self.blocks.partition_point(|block| block.end <= moment);
        self.blocks.get(next).map(|block| (block.start - moment).max(0.0))
    }

    /// Minutes from `moment` until the resource's next block starts; `None` if none is known.
    pub(crate) fn minutes_until_start(&self, moment: LocalMinute) -> Option<f64> {
        let next = self.blocks.partition_point(|block| block.start <= moment);
        self.blocks.get(next).map(|block| block.start - moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_report_joins_what_seemed_apart() {
        let mut timeline = Timeline::default();
        for (start, end) in [(0.0, 10.0), (20.0, 30.0), (40.0, 50.0), (25.0, 60.0)] {
            timeline.observe(start, end);
        }
        assert_eq!(
            timeline.blocks(),
            [BusyBlock { start: 0.0, end: 10.0 }, BusyBlock { start: 20.0, end: 60.0 }]
        );
        assert_eq!(timeline.recent_gaps().collect::<Vec<_>>(), [(10.0, 10.0)]);
        assert!((timeline.busy_share(60.0, 60.0) - 50.0 / 60.0).abs() < 1e-12);
        assert_eq!(timeline.minutes_until_busy(12.0), Some(8.0));
        assert_eq!(timeline.minutes_until_busy(25.0), Some(0.0));
        assert_eq!(timeline.minutes_until_start(0.0), Some(20.0));
        assert_eq!(timeline.minutes_until_start(25.0), None);
    }
}
