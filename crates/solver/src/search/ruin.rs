//! Ruin and recreate: takes a part of the plan out and puts it back operation by operation.
//!
//! Tabu search moves one operation at a time and cannot, say, bring a whole job forward on all
//! machines at once; this can. Each operation comes back where it costs least at that moment.

use super::choice::Cheapest;
use super::neighbourhood::Explorer;
use super::plan::Plan;
use super::shop::Shop;
use crate::random::Random;
use crate::stop::Stop;

/// Takes whole jobs out, or about half of what runs around the same time.
pub(super) fn ruin(shop: &Shop, plan: &mut Plan, share: usize, random: &mut Random) -> Vec<u32> {
    let mut removed = if random.one_in(2) {
        whole_jobs(shop, share, random)
    } else {
        near_in_time(shop, plan, share, random)
    };
    for operation in &removed {
        plan.remove(*operation as usize);
    }
    plan.compute_timing(shop);
    random.shuffle(&mut removed);
    removed
}

fn whole_jobs(shop: &Shop, share: usize, random: &mut Random) -> Vec<u32> {
    let mut removed = Vec::new();
    let mut taken = vec![false; shop.operations];
    while removed.len() < share.min(shop.operations) {
        let mut at = random.below(shop.operations);
        while shop.job_before[at] as usize != shop.operations {
            at = shop.job_before[at] as usize;
        }
        while at != shop.operations && !taken[at] {
            taken[at] = true;
            removed.push(at as u32);
            at = shop.job_after[at] as usize;
        }
    }
    removed
}

fn near_in_time(shop: &Shop, plan: &Plan, share: usize, random: &mut Random) -> Vec<u32> {
    let middle = plan.end[random.below(shop.operations)];
    let mut near = plan.order.clone();
    near.sort_by_key(|operation| (plan.end[*operation as usize] - middle).abs());
    near.into_iter().take(share * 2).filter(|_| random.one_in(2)).collect()
}

/// Puts operations back in the order given, but each after those before it in its job. False if
/// the search is to stop before the plan is complete.
pub(super) fn put_back(
    shop: &Shop,
    plan: &mut Plan,
    removed: Vec<u32>,
    tools: (&mut Explorer, &mut Random),
    stop: &Stop,
) -> bool {
    let (explorer, random) = tools;
    let mut is_out = vec![false; shop.operations + 1];
    for operation in &removed {
        is_out[*operation as usize] = true;
    }
    for operation in removed {
        if stop.is_due() {
            return false;
        }
        let mut first = operation as usize;
        while is_out[shop.job_before[first] as usize] {
            first = shop.job_before[first] as usize;
        }
        while is_out[first] {
            let mut cheapest = Cheapest::new(random);
            explorer.explore_absent(shop, plan, first, &mut cheapest);
            let Some(best) = cheapest.best() else { return false };
            plan.insert(shop, first, best.place);
            is_out[first] = false;
            if !plan.compute_timing(shop) {
                return false;
            }
            if first == operation as usize {
                break;
            }
            first = shop.job_after[first] as usize;
        }
    }
    true
}
