//! The question that screens ask: how likely does a resource fall idle now, and for how long?
//!
//! A busy resource falls idle when its block of work ends; how soon, say the blocks of the same
//! resource that lasted as long, pooled with those of its type and of the shop while they are few.
//! A resource that is idle already is asked how long still. Reads the floor; trains nothing.

use crate::features::FallingIdle;
use crate::floor::Floor;
use crate::model::{ForecastModel, IDLE_BEYOND_MINUTES, IdleForecast};
use crate::report::{LocalMinute, ResourceIndex};

/// So many blocks of a wider group weigh like those of the narrower one.
const POOLED_BLOCKS: f64 = 10.0;

/// How long blocks of work lasted, by resource, by type and in the whole shop.
#[derive(Debug, Clone)]
pub struct BlockLengths {
    of_resource: Vec<Vec<f64>>,
    type_of: Vec<usize>,
    of_type: Vec<Vec<f64>>,
    of_shop: Vec<f64>,
}

/// What is to be expected of a resource at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// How likely it falls idle within the horizon at all; 1 if it is idle now.
    pub chance_of_falling_idle: f64,
    /// How likely it falls idle within the horizon, and for more than a change of hands.
    pub chance_idle: f64,
    /// How long it is idle then; for one that is idle now, from now on.
    pub idle: IdleForecast,
}

impl BlockLengths {
    /// Gathers the blocks that a floor knows; again now and then, not for every question.
    #[must_use]
    pub fn of(floor: &Floor) -> Self {
        let type_of: Vec<usize> =
            floor.resources().iter().map(|resource| resource.resource_type).collect();
        let types = type_of.iter().max().map_or(0, |last| last + 1);
        let (mut of_type, mut of_shop) = (vec![Vec::new(); types], Vec::new());
        let mut of_resource = Vec::with_capacity(type_of.len());
        for (resource, resource_type) in type_of.iter().enumerate() {
            let blocks = floor.timeline(resource).blocks();
            let mut lengths: Vec<f64> =
                blocks.iter().map(|block| block.end - block.start).collect();
            of_type[*resource_type].extend_from_slice(&lengths);
            of_shop.extend_from_slice(&lengths);
            lengths.sort_unstable_by(f64::total_cmp);
            of_resource.push(lengths);
        }
        of_type.iter_mut().for_each(|lengths| lengths.sort_unstable_by(f64::total_cmp));
        of_shop.sort_unstable_by(f64::total_cmp);
        Self { of_resource, type_of, of_type, of_shop }
    }

    /// How likely a block that has lasted `so_far` minutes ends within `horizon` more.
    #[must_use]
    pub fn chance_of_ending(&self, resource: ResourceIndex, so_far: f64, horizon: f64) -> f64 {
        // Knowing nothing at all, either is as likely.
        let groups = [
            self.of_shop.as_slice(),
            self.type_of.get(resource).map_or(&[], |of| self.of_type[*of].as_slice()),
            self.of_resource.get(resource).map_or(&[], Vec::as_slice),
        ];
        groups.into_iter().fold(0.5, |wider, lengths| {
            let lasted = lengths.len() - lengths.partition_point(|length| *length <= so_far);
            let longer = lengths.len()
                - lengths.partition_point(|length| *length <= so_far + horizon.max(0.0));
            let ended = (lasted - longer) as f64;
            (ended + POOLED_BLOCKS * wider) / (lasted as f64 + POOLED_BLOCKS)
        })
    }
}

impl ForecastModel {
    /// The outlook of a resource that has been busy since `busy_since`, for the next minutes.
    #[must_use]
    pub fn outlook_of_busy(
        &self,
        floor: &Floor,
        lengths: &BlockLengths,
        moment: &FallingIdle,
        horizon: f64,
    ) -> Option<Outlook> {
        // It falls idle at some time within the horizon: the middle stands for all of it.
        let falling = FallingIdle { at: moment.at + horizon / 2.0, ..*moment };
        let idle = self.forecast(floor, &falling)?;
        let so_far = moment.at - moment.busy_since;
        let falls = lengths.chance_of_ending(moment.resource, so_far, horizon);
        Some(Outlook { chance_of_falling_idle: falls, chance_idle: falls * idle.chance_idle, idle })
    }

    /// The outlook of a resource that fell idle at `fell_idle.at`: how long it stays so from `now`.
    #[must_use]
    pub fn outlook_of_idle(
        &self,
        floor: &Floor,
        fell_idle: &FallingIdle,
        now: LocalMinute,
    ) -> Option<Outlook> {
        let passed = (now - fell_idle.at).max(0.0);
        let whole = self.forecast(floor, fell_idle)?;
        // Longer than anything that was seen: it may well last as long again.
        let idle = whole.distribution.after(passed).map_or_else(
            || IdleForecast {
                chance_idle: 1.0,
                low: 0.0,
                median: passed,
                high: 9.0 * passed,
                distribution: whole.distribution.clone(),
            },
            |left| self.read(left),
        );
        let chance_idle = if passed > IDLE_BEYOND_MINUTES { 1.0 } else { whole.chance_idle };
        Some(Outlook { chance_of_falling_idle: 1.0, chance_idle, idle })
    }
}
