//! The best plans of all threads, from which searches start again.
//!
//! Small, sorted, without two plans of the same makespan and the same ends. Only changed between
//! rounds, in a fixed order, so that the outcome does not depend on which thread was faster.

use super::plan::Plan;

/// Plans kept.
const LARGEST: usize = 10;

/// The best plans so far, best first.
pub(super) struct Elite {
    plans: Vec<Plan>,
}

impl Elite {
    pub(super) fn new(first: Plan) -> Self {
        Self { plans: vec![first] }
    }

    pub(super) fn best(&self) -> &Plan {
        &self.plans[0]
    }

    pub(super) fn plans(&self) -> &[Plan] {
        &self.plans
    }

    pub(super) fn admit_all(&mut self, found: Vec<Plan>) {
        for plan in found {
            self.admit(plan);
        }
    }

    fn admit(&mut self, plan: Plan) {
        let at = self.plans.partition_point(|known| known.makespan() < plan.makespan());
        let equals = self.plans[at..].iter().take_while(|k| k.makespan() == plan.makespan());
        if at < LARGEST && equals.into_iter().all(|known| known.end != plan.end) {
            self.plans.insert(at, plan);
            self.plans.truncate(LARGEST);
        }
    }
}
