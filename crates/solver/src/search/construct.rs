//! The first plans, each made in one pass that never looks back.
//!
//! [`greedy`] goes forward in time: the operation that can start first takes the choice that ends
//! first. [`insertion`] takes the longest jobs first and puts each operation where it costs least.
//! Improving what they give is for the search.

use super::neighbourhood::Explorer;
use super::plan::{Place, Plan};
use super::ruin;
use super::shop::Shop;
use crate::random::Random;
use crate::stop::Stop;

/// A plan that grows job by job, the longest first; none if there is no time for it.
pub(super) fn insertion(shop: &Shop, random: &mut Random, stop: &Stop) -> Option<Plan> {
    let mut plan = Plan::new(shop);
    let none = shop.operations as u32;
    let mut order: Vec<u32> = (0..none).collect();
    let chain = |operation: u32| {
        let mut first = operation;
        while shop.job_before[first as usize] != none {
            first = shop.job_before[first as usize];
        }
        first
    };
    order.sort_by_cached_key(|operation| {
        let first = chain(*operation);
        let left = shop.shortest_tail[*operation as usize];
        (-shop.shortest_tail[first as usize], first, -left)
    });
    let mut explorer = Explorer::new(shop);
    ruin::put_back(shop, &mut plan, order, (&mut explorer, random), stop).then_some(plan)
}

/// A plan that grows forward in time.
///
/// Of operations that can start at the same time the one with the longest way to go comes first; of
/// choices that end at the same time the shortest.
pub(super) fn greedy(shop: &Shop) -> Plan {
    let none = shop.operations as u32;
    let mut plan = Plan::new(shop);
    let mut free = vec![0; shop.resources + 1];
    let mut last = vec![[none; 2]; shop.resources + 1];
    let mut ready: Vec<(usize, i32)> = (0..shop.operations)
        .filter(|operation| shop.job_before[*operation] == none)
        .map(|operation| (operation, shop.release[operation]))
        .collect();
    while let Some(next) = most_urgent(shop, &ready) {
        let (operation, ready_at) = ready.swap_remove(next);
        let end_of = |id: u32| {
            let option = shop.option(id);
            let [machine, operator] = option.resources.map(|resource| free[resource as usize]);
            ready_at.max(machine).max(operator) + option.duration
        };
        let best = shop.options_of(operation).min_by_key(|id| (end_of(*id), *id));
        let Some(option) = best else { continue };
        let end = end_of(option);
        let resources = shop.option(option).resources;
        let after = [last[resources[0] as usize][0], last[resources[1] as usize][1]];
        plan.insert(shop, operation, Place { option, after });
        for (side, resource) in resources.into_iter().enumerate() {
            if resource as usize != shop.resources {
                free[resource as usize] = end;
                last[resource as usize][side] = operation as u32;
            }
        }
        let following = shop.job_after[operation] as usize;
        if following != shop.operations {
            ready.push((following, end.max(shop.release[following])));
        }
    }
    plan.compute_timing(shop);
    plan
}

fn most_urgent(shop: &Shop, ready: &[(usize, i32)]) -> Option<usize> {
    let key = |index: &usize| {
        let (operation, ready_at) = ready[*index];
        (ready_at, -shop.shortest_tail[operation], operation)
    };
    (0..ready.len()).min_by_key(key)
}
