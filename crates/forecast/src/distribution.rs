//! A distribution of idle minutes, as weighted minutes that came in like situations.
//!
//! One object answers every question consistently: how likely a resource is idle at all, how long
//! by any quantile, and how long still once some time has passed. It invents no shape and never
//! answers outside what was seen.

/// Weighted minutes in ascending order.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    minutes: Vec<f32>,
    /// Share of the weight up to and including the minute at the same place; the last is 1.
    cumulated: Vec<f64>,
}

impl Distribution {
    /// Gathers minutes with their weights; `None` if nothing weighs anything.
    pub(crate) fn gather(mut weighted: Vec<(f32, f64)>) -> Option<Self> {
        weighted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        weighted.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        let total: f64 = weighted.iter().map(|(_, weight)| weight).sum();
        if total <= 0.0 {
            return None;
        }
        let mut sum = 0.0;
        let mut cumulated: Vec<f64> = weighted
            .iter()
            .map(|(_, weight)| {
                sum += weight / total;
                sum
            })
            .collect();
        // Sums of fractions may end a hair beside 1.
        if let Some(last) = cumulated.last_mut() {
            *last = 1.0;
        }
        Some(Self {
            minutes: weighted.into_iter().map(|(minutes, _)| minutes).collect(),
            cumulated,
        })
    }

    /// The smallest minutes that at least a share `level` does not exceed.
    #[must_use]
    pub fn quantile(&self, level: f64) -> f64 {
        let at = self.cumulated.partition_point(|share| *share < level - 1e-12);
        f64::from(self.minutes[at.min(self.minutes.len() - 1)])
    }

    /// How likely more than these minutes are.
    #[must_use]
    pub fn chance_beyond(&self, minutes: f64) -> f64 {
        let within = self.minutes.partition_point(|seen| f64::from(*seen) <= minutes);
        match within.checked_sub(1) {
            Some(last) => 1.0 - self.cumulated[last],
            None => 1.0,
        }
    }

    /// The step on which an outcome lies: the share below it, and the share not above it.
    #[must_use]
    pub fn step_of(&self, minutes: f64) -> (f64, f64) {
        let below = self.minutes.partition_point(|seen| f64::from(*seen) < minutes);
        let within = self.minutes.partition_point(|seen| f64::from(*seen) <= minutes);
        let share = |count: usize| count.checked_sub(1).map_or(0.0, |last| self.cumulated[last]);
        (share(below), share(within))
    }

    /// The minutes still to come once `passed` have gone by; `None` if none that long was seen.
    #[must_use]
    pub fn after(&self, passed: f64) -> Option<Self> {
        let mut before = 0.0;
        let weighted = self.minutes.iter().zip(&self.cumulated).filter_map(|(minutes, share)| {
            let weight = share - before;
            before = *share;
            let left = f64::from(*minutes) - passed;
            (left > 0.0).then_some((left as f32, weight))
        });
        Self::gather(weighted.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps() -> Distribution {
        Distribution::gather(vec![(10.0, 1.0), (1.0, 2.0), (10.0, 1.0), (100.0, 4.0)])
            .expect("it weighs something")
    }

    #[test]
    fn quantiles_and_chances_agree() {
        let steps = steps();
        let quantiles = [0.0, 0.25, 0.26, 0.5, 0.51, 1.0].map(|level| steps.quantile(level));
        assert_eq!(quantiles, [1.0, 1.0, 10.0, 10.0, 100.0, 100.0]);
        assert_eq!([0.5, 1.0, 10.0, 100.0].map(|m| steps.chance_beyond(m)), [1.0, 0.75, 0.5, 0.0]);
        assert_eq!(steps.step_of(0.0), (0.0, 0.0));
        assert_eq!(steps.step_of(10.0), (0.25, 0.5));
        assert_eq!(steps.step_of(50.0), (0.5, 0.5));
    }

    #[test]
    fn what_is_left_is_what_was_longer() {
        let left = steps().after(4.0).expect("longer ones were seen");
        assert_eq!((left.quantile(0.3), left.quantile(0.5)), (6.0, 96.0));
        assert_eq!(steps().after(100.0), None);
        assert_eq!(Distribution::gather(Vec::new()), None);
    }
}
