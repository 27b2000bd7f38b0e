//! The check codes that the interface promises, and where each of them lives.
//!
//! Codes are part of the API: they are added, never renamed, and each rule has a file of its own.

use std::collections::BTreeSet;
use std::path::PathBuf;

use mraos_domain::{Refusal, RefusalCode, WorkOrderId};

/// Code of a rule that lets work begin, and whether it is soft as such.
const RULES: [(&str, bool); 15] = [
    ("work_order_not_allocatable", false),
    ("dependency_unmet", false),
    ("operator_unavailable", false),
    ("operator_off_shift", true),
    ("operator_on_break", true),
    ("operator_booked", false),
    ("skill_missing", false),
    ("skill_level_too_low", true),
    ("certification_expires", false),
    ("machine_unavailable", false),
    ("machine_booked", false),
    ("machine_cannot_produce", false),
    ("machine_capacity_exceeded", true),
    ("maintenance_planned", true),
    ("material_short", false),
];
/// Codes of other refusals, promised by name.
const OTHERS: [&str; 5] =
    ["wrong_phase", "duplicate_value", "would_exceed_ordered", "dependency_cycle", "order_closed"];
/// What a command may name that is not there.
const UNKNOWN: [&str; 14] = [
    "unknown_operator",
    "unknown_machine",
    "unknown_work_order",
    "unknown_allocation",
    "unknown_reason_code",
    "unknown_material",
    "unknown_reservation",
    "unknown_bom_line",
    "unknown_skill",
    "unknown_shift",
    "unknown_holiday",
    "unknown_dependency",
    "unknown_maintenance",
    "unknown_requirement",
];

fn file_of(code: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/eligibility");
    root.join(format!("{code}.rs"))
}

#[test]
fn every_promised_code_is_there_and_every_rule_has_its_file() {
    for (name, is_soft) in RULES {
        let code = RefusalCode::parse(name).unwrap_or_else(|| panic!("{name} is promised"));
        assert_eq!(code.is_soft(), is_soft, "{name}");
        assert!(file_of(name).is_file(), "{name}: {}", file_of(name).display());
    }
    for name in OTHERS.into_iter().chain(UNKNOWN) {
        let code = RefusalCode::parse(name).unwrap_or_else(|| panic!("{name} is promised"));
        assert!(!code.is_soft(), "{name}");
    }
}

#[test]
fn the_rules_of_the_check_are_the_promised_ones_and_no_others() {
    let is_rule = |name: &&str| file_of(name).is_file();
    let rules: BTreeSet<&str> =
        RefusalCode::ALL.iter().map(|code| code.as_str()).filter(is_rule).collect();
    assert_eq!(rules, RULES.iter().map(|(name, _)| *name).collect());
    let soft = RefusalCode::ALL.iter().filter(|code| code.is_soft());
    let promised = RULES.iter().filter(|(_, is_soft)| *is_soft);
    let soft: BTreeSet<&str> = soft.map(|code| code.as_str()).collect();
    assert_eq!(soft, promised.map(|(name, _)| *name).collect());
    let unknown = RefusalCode::ALL.iter().map(|code| code.as_str());
    let unknown: BTreeSet<&str> = unknown.filter(|name| name.starts_with("unknown_")).collect();
    assert_eq!(unknown, UNKNOWN.into_iter().collect());
}

#[test]
fn a_file_named_like_a_code_is_the_rule_of_that_code() {
    for entry in std::fs::read_dir(file_of("x").parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        // What several codes share is named for what it is.
        if ["occupancy", "skill"].contains(&name.as_str()) {
            continue;
        }
        let code = RefusalCode::parse(&name);
        assert!(code.is_some(), "{}: no code has this name", path.display());
        let variant: String = name
            .split('_')
            .map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..]))
            .collect();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(&format!("RefusalCode::{variant}")), "{}", path.display());
    }
}

#[test]
fn a_dependency_is_soft_only_where_it_is_not_mandatory() {
    let id = WorkOrderId::new("WO-1").unwrap();
    let hard = Refusal::new(RefusalCode::DependencyUnmet, &id, String::new());
    assert!(!hard.overridable && hard.soft().overridable);
}
