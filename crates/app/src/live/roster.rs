//! A page of operators out of the floor: the filters, the order and the sight of the database.
//!
//! A list that is asked for all the time costs the database more than anything else that it is
//! read for, and everything that it shows is on the floor. `None` wherever the database alone can
//! tell; what is at hand, and when, is the business of [`super::at_hand`].

use std::collections::BTreeSet;
use std::ops::Bound;

use mraos_domain::{Actor, Operator, OperatorId};
use mraos_store::Page;

use super::floor::Floor;

/// Everybody by id, where the database sorts ids as this program does.
pub(crate) type Roster = BTreeSet<OperatorId>;

/// What a filter asks for.
enum Condition<'a> {
    Status(&'a str),
    Department(&'a str),
    HomeLocation(&'a str),
    ProductionLine(&'a str),
    Skill(&'a str),
    IsActive(bool),
}

impl<'a> Condition<'a> {
    fn read(filter: &str, value: &'a str) -> Option<Self> {
        Some(match filter {
            "current_status" | "status" => Self::Status(value),
            "department" => Self::Department(value),
            "home_location" => Self::HomeLocation(value),
            "production_line" => Self::ProductionLine(value),
            "skill_code" => Self::Skill(value),
            "is_active" => Self::IsActive(value.parse().ok()?),
            _ => return None,
        })
    }

    fn holds(&self, operator: &Operator) -> bool {
        let details = &operator.details;
        let is = |held: Option<&str>, wanted: &str| held == Some(wanted);
        match self {
            Self::Status(wanted) => operator.current_status.as_str() == *wanted,
            Self::Department(wanted) => {
                is(details.department.as_ref().map(|held| held.as_str()), wanted)
            }
            Self::HomeLocation(wanted) => {
                is(details.home_location.as_ref().map(|held| held.as_str()), wanted)
            }
            Self::ProductionLine(wanted) => {
                is(details.production_line.as_ref().map(|held| held.as_str()), wanted)
            }
            Self::Skill(wanted) => {
                operator.skills.iter().any(|held| held.skill.skill_code.as_str() == *wanted)
            }
            Self::IsActive(wanted) => details.is_active == *wanted,
        }
    }
}

/// The operators of a page, and whether more follow.
pub(super) fn page<'a>(
    floor: &'a Floor,
    actor: &Actor,
    page: &Page,
) -> Option<(Vec<&'a Operator>, bool)> {
    let roster = floor.roster.as_ref()?;
    // Few of all: the database finds them by their keys.
    if page.among.is_some() || actor.sees_own_work_alone() {
        return None;
    }
    let conditions = page.filters.iter().map(|(filter, value)| Condition::read(filter, value));
    let conditions: Vec<Condition<'_>> = conditions.collect::<Option<_>>()?;
    let after = match &page.after {
        Some(after) => Bound::Excluded(same(after)?),
        None => Bound::Unbounded,
    };
    let most = usize::try_from(page.limit).ok()?;
    let all = roster.range((after, Bound::Unbounded)).filter_map(|id| floor.state.operator(id));
    let wanted = all
        .filter(|one| conditions.iter().all(|condition| condition.holds(one)))
        .filter(|one| actor.sees_operator(&floor.state, one));
    let mut found: Vec<&Operator> = wanted.take(most + 1).collect();
    let has_more = found.len() > most;
    found.truncate(most);
    Some((found, has_more))
}

/// The id of exactly that text.
fn same(text: &str) -> Option<OperatorId> {
    OperatorId::new(text).ok().filter(|id| id.as_str() == text)
}
