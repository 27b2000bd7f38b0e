//! The first plan, in one pass: the operation that can start first takes the choice that ends
//! first.
//!
//! Of those that can start at the same time the one with the longest way to go comes first; of
//! choices that end at the same time the shortest. Never looks back: improving is the search's.

use super::plan::{Place, Plan};
use super::shop::Shop;

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
