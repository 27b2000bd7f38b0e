//! Names of the log to ids of the product: stable, readable, at most 18 characters.
//!
//! `Machine 7- Laser Marking` becomes `M-07`, `Quality Check 1` becomes `QUALITY-CHECK-1`. Two
//! names never share an id: who comes second in the alphabet gets a number.

use std::collections::{BTreeMap, BTreeSet};

use crate::replay::log::machine_number;

/// Ids have room for 20; two are kept for the number of a further copy.
const MAX_ID_CHARS: usize = 18;

/// Ids for a set of names.
pub(super) fn assign_ids<'a>(
    names: impl IntoIterator<Item = &'a str>,
    to_id: impl Fn(&str) -> String,
) -> BTreeMap<String, String> {
    let names: BTreeSet<&str> = names.into_iter().collect();
    let mut taken = BTreeSet::new();
    let mut ids = BTreeMap::new();
    for name in names {
        let wanted = to_id(name);
        let mut id = wanted.clone();
        let mut number = 2;
        while !taken.insert(id.clone()) {
            let suffix = format!("-{number}");
            let kept = MAX_ID_CHARS - suffix.len();
            id = wanted.chars().take(kept).chain(suffix.chars()).collect();
            number += 1;
        }
        ids.insert(name.to_owned(), id);
    }
    ids
}

/// Id of a machine or work place.
pub(super) fn machine_id(resource: &str) -> String {
    match machine_number(resource) {
        Some(number) => format!("M-{number:02}"),
        None => slug(resource, MAX_ID_CHARS),
    }
}

/// What a machine does, from its name: `Laser Marking`, `Quality Check`.
pub(super) fn machine_type(resource: &str) -> String {
    let numbered = machine_number(resource).map(|number| format!("Machine {number}"));
    let bare = numbered.map_or_else(|| resource.to_owned(), |part| resource.replace(&part, ""));
    let bare = bare.trim_matches(|c: char| c == '-' || c == ' ' || c.is_ascii_digit());
    if bare.is_empty() { resource.to_owned() } else { bare.to_owned() }
}

/// Id of an operator.
pub(super) fn operator_id(worker: &str) -> String {
    format!("O-{}", slug(worker, MAX_ID_CHARS - 2))
}

/// Id of a product.
pub(super) fn product_id(part: &str) -> String {
    slug(part, MAX_ID_CHARS)
}

/// Beginning of the ids of a case's steps: `Case 17` becomes `C17`.
pub(super) fn case_prefix(case_id: &str) -> String {
    let bare = case_id.strip_prefix("Case ").unwrap_or(case_id);
    format!("C{}", slug(bare, MAX_ID_CHARS - 4))
}

fn slug(name: &str, max_chars: usize) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase)
        .collect();
    let joined: String = words.join("-").chars().take(max_chars).collect();
    let id = joined.trim_end_matches('-');
    if id.is_empty() { "UNNAMED".to_owned() } else { id.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_get_their_number_and_places_their_name() {
        for (name, id, kind) in [
            ("Machine 7- Laser Marking", "M-07", "Laser Marking"),
            ("Wire Cut - Machine 13", "M-13", "Wire Cut"),
            ("Machine 4 - Turning & Milling", "M-04", "Turning & Milling"),
            ("Quality Check 1", "QUALITY-CHECK-1", "Quality Check"),
            ("Oven", "OVEN", "Oven"),
        ] {
            assert_eq!((machine_id(name).as_str(), machine_type(name).as_str()), (id, kind));
        }
    }

    #[test]
    fn no_two_names_share_an_id_and_none_is_too_long() {
        let names = ["Machine 1 - A", "Machine 1 - B", "A very long name of a work place", "--"];
        let longer = format!("{} too", names[2]);
        let ids = assign_ids(names.into_iter().chain([longer.as_str()]), machine_id);
        let distinct: BTreeSet<&String> = ids.values().collect();
        assert_eq!(distinct.len(), 5);
        assert!(ids.values().all(|id| id.len() <= MAX_ID_CHARS), "{ids:?}");
        assert_eq!(ids["Machine 1 - B"], "M-01-2");
    }

    #[test]
    fn cases_and_workers_keep_what_distinguishes_them() {
        assert_eq!(case_prefix("Case 17"), "C17");
        assert_eq!(case_prefix("Order 2024/0001-with-a-long-tail").len(), 15);
        assert_eq!(operator_id("ID4932"), "O-ID4932");
        assert_eq!(product_id("Cable Head"), "CABLE-HEAD");
    }
}
