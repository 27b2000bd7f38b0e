//! All good places for one operation, each with the exact makespan that it leads to.
//!
//! The operation is taken out, the timing without it computed once; then the makespan of putting
//! it back anywhere is the larger of what remains without it and of the longest way through it,
//! which is a sum of three numbers. With each gap at a machine only those gaps of the operator
//! matter that lie between "as early as it can start" and "as late as what follows can wait": all
//! others lengthen the way through it. Nothing here chooses a move.

use std::ops::{Range, RangeInclusive};

use super::plan::{JOB, Place, Plan};
use super::shop::Shop;

/// A place for an operation and what it leads to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    pub(super) operation: u32,
    pub(super) place: Place,
    /// The makespan afterwards.
    pub(super) makespan: i32,
    /// The longest way through the operation afterwards.
    pub(super) through: i32,
}

impl Move {
    /// What makes one move better than another: the smaller, the better.
    pub(super) fn cost(&self) -> (i32, i32) {
        (self.makespan, self.through)
    }
}

/// What is offered the moves.
pub(super) trait Judge {
    /// The longest way through the operation that a move may have to be of interest, if the
    /// makespan is at least `makespan`; none if nothing is.
    fn limit(&self, makespan: i32) -> Option<i32>;
    /// Takes note of a move.
    fn consider(&mut self, found: Move);
}

/// A gap in the sequence of a resource.
#[derive(Debug, Clone, Copy)]
struct Gap {
    before: u32,
    after: u32,
    /// When what comes before ends.
    end: i32,
    /// The tail of what comes after.
    tail: i32,
}

/// The gaps of a resource, as a range of the buffer, if the stamp is that of the operation.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    stamp: u64,
    from: u32,
    to: u32,
}

/// The operation for which a place is sought.
#[derive(Debug, Clone, Copy)]
struct Subject {
    operation: usize,
    /// Where it comes from, if it was in the plan.
    home: Option<Place>,
    /// Its gap in the sequence of its job.
    job: Gap,
    /// The makespan without it.
    remaining: i32,
}

/// Evaluates moves; holds the buffers that it takes.
pub(super) struct Explorer {
    end: Vec<i32>,
    tail: Vec<i32>,
    gaps: Vec<Gap>,
    known: [Vec<Known>; 2],
    stamp: u64,
    evaluated: u64,
}

impl Explorer {
    pub(super) fn new(shop: &Shop) -> Self {
        Self {
            end: Vec::new(),
            tail: Vec::new(),
            gaps: Vec::new(),
            known: [(); 2].map(|()| vec![Known::default(); shop.resources + 1]),
            stamp: 0,
            evaluated: 0,
        }
    }

    /// How many moves have been evaluated.
    pub(super) fn evaluated(&self) -> u64 {
        self.evaluated
    }

    /// Offers every place for an operation that may interest the judge.
    pub(super) fn explore(
        &mut self,
        shop: &Shop,
        plan: &mut Plan,
        operation: usize,
        judge: &mut impl Judge,
    ) {
        let home = plan.place(operation);
        plan.remove(operation);
        let remaining = self.time_without(shop, plan, operation);
        if judge.limit(remaining).is_some() {
            let [before, after] = [plan.before[operation][JOB], plan.after[operation][JOB]];
            let end = shop.release[operation].max(self.end[before as usize]);
            let job = Gap { before, after, end, tail: self.tail[after as usize] };
            let subject = Subject { operation, home: Some(home), job, remaining };
            self.try_options(shop, plan, subject, judge);
        }
        plan.insert(shop, operation, home);
    }

    /// Offers every place for an operation that is not in the plan; those before it in its job are.
    pub(super) fn explore_absent(
        &mut self,
        shop: &Shop,
        plan: &Plan,
        operation: usize,
        judge: &mut impl Judge,
    ) {
        self.end.clone_from(&plan.end);
        self.tail.clone_from(&plan.tail);
        let before = shop.job_before[operation];
        let after = plan.nearest(&shop.job_after, operation);
        let following = shop.job_after[operation] as usize;
        let absent = shop.shortest_tail[following] - shop.shortest_tail[after as usize];
        let end = shop.release[operation].max(self.end[before as usize]);
        let job = Gap { before, after, end, tail: self.tail[after as usize] + absent };
        let subject = Subject { operation, home: None, job, remaining: plan.makespan() };
        self.try_options(shop, plan, subject, judge);
    }

    /// Computes ends and tails without an operation that has just been taken out.
    fn time_without(&mut self, shop: &Shop, plan: &Plan, operation: usize) -> i32 {
        self.end.clone_from(&plan.end);
        self.tail.clone_from(&plan.tail);
        let position = plan.position[operation] as usize;
        let mut latest = if position == 0 { 0 } else { plan.latest_end[position - 1] };
        for other in &plan.order[position + 1..] {
            let other = *other as usize;
            let end = plan.start_after(&self.end, shop, other) + plan.duration[other];
            self.end[other] = end;
            latest = latest.max(end);
        }
        for other in plan.order[..position].iter().rev() {
            let other = *other as usize;
            self.tail[other] = plan.behind(&self.tail, other) + plan.duration[other];
        }
        latest
    }

    fn try_options(&mut self, shop: &Shop, plan: &Plan, subject: Subject, judge: &mut impl Judge) {
        let Subject { operation, home, job, remaining } = subject;
        self.stamp += 1;
        self.gaps.clear();
        for id in shop.options_of(operation) {
            let option = shop.option(id);
            let Some(limit) = judge.limit(remaining) else { return };
            // Options are sorted by duration: what follows is longer still.
            if job.end + option.duration + job.tail > limit {
                return;
            }
            let machine = self.gaps_of(shop, plan, 0, option.resources[0]);
            let operator = self.gaps_of(shop, plan, 1, option.resources[1]);
            for at_machine in machine {
                let at_machine = self.gaps[at_machine];
                let start = job.end.max(at_machine.end);
                let behind = job.tail.max(at_machine.tail);
                if start + option.duration + behind > limit || self.cross(plan, job, at_machine) {
                    continue;
                }
                for with_operator in self.window(operator.clone(), start, behind) {
                    let with_operator = self.gaps[with_operator];
                    self.evaluated += 1;
                    let through = start.max(with_operator.end)
                        + option.duration
                        + behind.max(with_operator.tail);
                    let after = [at_machine.before, with_operator.before];
                    let place = Place { option: id, after };
                    if through > limit
                        || home == Some(place)
                        || self.cross(plan, job, with_operator)
                        || self.cross(plan, at_machine, with_operator)
                    {
                        continue;
                    }
                    judge.consider(Move {
                        operation: operation as u32,
                        place,
                        makespan: remaining.max(through),
                        through,
                    });
                }
            }
        }
    }

    /// All gaps of a resource, in order, as a range of the buffer.
    fn gaps_of(&mut self, shop: &Shop, plan: &Plan, side: usize, resource: u32) -> Range<usize> {
        let known = self.known[side][resource as usize];
        if known.stamp == self.stamp {
            return known.from as usize..known.to as usize;
        }
        let from = self.gaps.len();
        let none = shop.operations as u32;
        let mut before = none;
        let mut after = plan.first(side, resource);
        loop {
            let (end, tail) = (self.end[before as usize], self.tail[after as usize]);
            self.gaps.push(Gap { before, after, end, tail });
            if after == none {
                break;
            }
            (before, after) = (after, plan.after[after as usize][side + 1]);
        }
        let to = self.gaps.len();
        self.known[side][resource as usize] =
            Known { stamp: self.stamp, from: from as u32, to: to as u32 };
        from..to
    }

    /// The gaps worth trying for an operation that can start at `start` and has `behind` after it:
    /// from the last that it can fill without waiting to the first where nothing waits for it, or
    /// the other way round.
    fn window(&self, gaps: Range<usize>, start: i32, behind: i32) -> RangeInclusive<usize> {
        let all = &self.gaps[gaps.clone()];
        let earliest = all.iter().take_while(|gap| gap.end <= start).count().max(1) - 1;
        let latest = all.iter().take_while(|gap| gap.tail > behind).count().min(all.len() - 1);
        gaps.start + earliest.min(latest)..=gaps.start + earliest.max(latest)
    }

    /// Whether the two gaps may contradict each other: what follows in one comes before the other.
    fn cross(&self, plan: &Plan, one: Gap, other: Gap) -> bool {
        self.may_precede(plan, one.after, other.before)
            || self.may_precede(plan, other.after, one.before)
    }

    /// Whether there may be a way from the first operation to the second.
    fn may_precede(&self, plan: &Plan, first: u32, second: u32) -> bool {
        let none = self.end.len() - 1;
        let (first, second) = (first as usize, second as usize);
        if first == none || second == none {
            return false;
        }
        first == second
            || (self.end[second] - plan.duration[second] >= self.end[first]
                && self.tail[first] >= plan.duration[first] + self.tail[second])
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::super::{Stop, construct};
    use super::*;
    use crate::problem::{Choice, Job, Problem};
    use crate::random::Random;

    /// Keeps every move, however bad.
    struct All(Vec<Move>);

    impl Judge for All {
        fn limit(&self, _: i32) -> Option<i32> {
            Some(i32::MAX)
        }

        fn consider(&mut self, found: Move) {
            self.0.push(found);
        }
    }

    fn any_problem(random: &mut Random) -> Problem {
        let mut problem = Problem::empty(3, 4);
        for job in 0..5 {
            let first = problem.operations.len();
            problem.jobs.push(Job { release: random.below(9) as i64 });
            for _ in 0..4 {
                let choices = (0..4).map(|_| Choice {
                    machine: random.below(3) as u32,
                    operator: (!random.one_in(5)).then_some(random.below(4) as u32),
                    duration: random.below(10) as i64,
                });
                problem.push_operation(job, choices.collect());
            }
            problem.chain(first);
        }
        problem
    }

    #[test]
    fn a_move_leads_to_the_makespan_that_it_claims() {
        let stop = Stop { deadline: None, cancelled: &AtomicBool::new(false) };
        let mut tried = 0;
        for seed in 0..40 {
            let mut random = Random::new(seed, 0);
            let shop = Shop::new(&any_problem(&mut random)).unwrap();
            let mut plan = construct::insertion(&shop, &mut random, &stop).unwrap();
            let mut explorer = Explorer::new(&shop);
            for operation in 0..shop.operations {
                let mut all = All(Vec::new());
                explorer.explore(&shop, &mut plan, operation, &mut all);
                for found in all.0 {
                    let mut moved = plan.clone();
                    moved.remove(operation);
                    moved.insert(&shop, operation, found.place);
                    assert!(moved.compute_timing(&shop), "seed {seed}: {found:?} closes a circle");
                    assert_eq!(moved.makespan(), found.makespan, "seed {seed}: {found:?}");
                    tried += 1;
                }
            }
        }
        assert!(tried > 1000, "only {tried} moves");
    }
}
