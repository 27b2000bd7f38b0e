//! Medians, percentiles and ratios, defined once so that every table means the same by them.
//!
//! Percentiles are of the nearest rank over all samples of a run; nothing is interpolated and no
//! sample is ever dropped.

/// The middle value, or the mean of the two middle values.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

/// Two percentiles of latency samples in microseconds, as milliseconds: p50 and p99.
pub(crate) fn percentiles_ms(samples_us: &mut [u32]) -> (f64, f64) {
    samples_us.sort_unstable();
    (rank_ms(samples_us, 50), rank_ms(samples_us, 99))
}

fn rank_ms(sorted_us: &[u32], percent: usize) -> f64 {
    let rank = (sorted_us.len() * percent).div_ceil(100).max(1);
    sorted_us.get(rank - 1).map_or(f64::NAN, |sample_us| f64::from(*sample_us) / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_of_even_count_is_the_mean_of_the_middle() {
        assert!((median(&[4.0, 1.0, 2.0, 100.0]) - 3.0).abs() < f64::EPSILON);
    }

    #[test]
    fn percentiles_take_the_nearest_rank() {
        let mut samples: Vec<u32> = (1..=200).rev().map(|n| n * 1_000).collect();
        assert_eq!(percentiles_ms(&mut samples), (100.0, 198.0));
    }

    #[test]
    fn no_samples_give_no_number() {
        assert!(percentiles_ms(&mut []).0.is_nan());
    }
}
