//! Busy blocks, and the gaps between them as samples: what is learnt and what is scored.
//!
//! The definition is the backtest's protocol, word for word: reports without length count nothing;
//! a resource's reports, sorted by start and end, merge while one starts at or before the end so
//! far; every block but a resource's last is a sample. Overlapping reports are normal here.

use crate::report::{LocalMinute, ResourceIndex, WorkReport};

/// A stretch in which a resource was busy without a gap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BusyBlock {
    /// First start.
    pub start: LocalMinute,
    /// Last end.
    pub end: LocalMinute,
}

/// A resource that fell idle, and for how long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Whose gap it is.
    pub resource: ResourceIndex,
    /// When the resource fell idle: the moment of the forecast.
    pub fell_idle: LocalMinute,
    /// When its next block starts.
    pub next_start: LocalMinute,
}

impl Sample {
    /// How long the resource was idle.
    #[must_use]
    pub fn idle_minutes(&self) -> f64 {
        self.next_start - self.fell_idle
    }
}

/// The busy blocks of each resource, in the order of time.
#[must_use]
pub fn busy_blocks(reports: &[WorkReport], resources: usize) -> Vec<Vec<BusyBlock>> {
    let mut of_resource: Vec<Vec<BusyBlock>> = vec![Vec::new(); resources];
    for report in reports.iter().filter(|report| report.start < report.end) {
        of_resource[report.resource].push(BusyBlock { start: report.start, end: report.end });
    }
    for blocks in &mut of_resource {
        blocks.sort_unstable_by(|a, b| {
            a.start.total_cmp(&b.start).then_with(|| a.end.total_cmp(&b.end))
        });
        blocks.dedup_by(|next, block| {
            let merges = next.start <= block.end;
            if merges {
                block.end = block.end.max(next.end);
            }
            merges
        });
    }
    of_resource
}

/// Every gap between two blocks of one resource, by the moment at which it began.
#[must_use]
pub fn samples(blocks: &[Vec<BusyBlock>]) -> Vec<Sample> {
    let mut samples: Vec<Sample> = blocks
        .iter()
        .enumerate()
        .flat_map(|(resource, blocks)| {
            blocks.windows(2).map(move |pair| Sample {
                resource,
                fell_idle: pair[0].end,
                next_start: pair[1].start,
            })
        })
        .collect();
    samples.sort_by(|a, b| a.fell_idle.total_cmp(&b.fell_idle));
    samples
}

/// A spell in which nothing of a resource was recorded, whatever it did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlindSpell {
    /// Whose.
    pub resource: ResourceIndex,
    /// First unrecorded minute.
    pub from: LocalMinute,
    /// First recorded minute after it.
    pub to: LocalMinute,
}

/// Drops the gaps that reach into a blind spell: nobody knows whether the resource was idle.
pub fn drop_unseen(samples: &mut Vec<Sample>, blind: &[BlindSpell]) {
    let resources = blind.iter().map(|spell| spell.resource + 1).max().unwrap_or_default();
    let mut spells = vec![Vec::new(); resources];
    for spell in blind {
        spells[spell.resource].push((spell.from, spell.to));
    }
    spells.iter_mut().for_each(|spells| spells.sort_unstable_by(|a, b| a.0.total_cmp(&b.0)));
    samples.retain(|sample| {
        spells.get(sample.resource).is_none_or(|spells| {
            let ended = spells.partition_point(|(_, to)| *to <= sample.fell_idle);
            spells.get(ended).is_none_or(|(from, _)| *from >= sample.next_start)
        })
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ReportKind;

    fn report(resource: usize, start: f64, end: f64) -> WorkReport {
        WorkReport {
            resource,
            start,
            end,
            kind: ReportKind::Production,
            operator: None,
            work_order: None,
            quantity_ordered: 0.0,
            quantity_completed: 0.0,
        }
    }

    #[test]
    fn touching_and_nested_reports_merge_and_the_last_block_is_no_sample() {
        let reports = [
            report(0, 30.0, 40.0),
            report(0, 0.0, 10.0),
            report(0, 2.0, 5.0),
            report(0, 10.0, 20.0),
            report(0, 25.0, 25.0),
            report(1, 0.0, 100.0),
            report(0, 41.0, 50.0),
        ];
        let blocks = busy_blocks(&reports, 3);
        assert_eq!(
            blocks[0],
            [(0.0, 20.0), (30.0, 40.0), (41.0, 50.0)].map(|(start, end)| BusyBlock { start, end })
        );
        let samples = samples(&blocks);
        assert_eq!(
            samples,
            [(20.0, 30.0), (40.0, 41.0)].map(|(fell_idle, next_start)| Sample {
                resource: 0,
                fell_idle,
                next_start
            })
        );
        assert!((samples[0].idle_minutes() - 10.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_gap_over_a_blind_spell_is_none() {
        let gap = |resource, fell_idle, next_start| Sample { resource, fell_idle, next_start };
        let mut gaps = vec![gap(0, 0.0, 10.0), gap(0, 15.0, 25.0), gap(0, 30.0, 40.0)];
        gaps.push(gap(1, 15.0, 25.0));
        drop_unseen(&mut gaps, &[BlindSpell { resource: 0, from: 10.0, to: 20.0 }]);
        assert_eq!(gaps, [gap(0, 0.0, 10.0), gap(0, 30.0, 40.0), gap(1, 15.0, 25.0)]);
    }
}
