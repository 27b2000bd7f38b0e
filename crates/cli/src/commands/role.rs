//! A role as an argument of the command line.
//!
//! The roles are the domain's; only their spelling as an argument is here.

use std::str::FromStr;

use mraos_domain::Role;

/// A role, by its name on the wire.
#[derive(Debug, Clone, Copy)]
pub(super) struct RoleName(pub(super) Role);

impl FromStr for RoleName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Role::parse(name).map(Self).ok_or_else(|| {
            let known: Vec<&str> = Role::ALL.into_iter().map(Role::as_str).collect();
            format!("there is no such role; choose one of {}", known.join(", "))
        })
    }
}
