//! Roles and what each may do: the one table that the API, the screens and the tests read.
//!
//! Authentication (who is it?) happens elsewhere; this answers only "may this role?". Which part of
//! the plant an actor has to do with is [`scope`].

pub mod part;
pub mod scope;

use serde::{Deserialize, Serialize};

/// What a person or system is to the plant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works at machines; starts and ends work.
    Operator,
    /// Looks on.
    Viewer,
    /// Allocates and reacts.
    Supervisor,
    /// Plans and approves.
    Planner,
    /// Reads figures and costs.
    Manager,
    /// Reads the log, changes nothing.
    Auditor,
    /// Everything.
    Admin,
    /// A machine's or another system's account.
    Integration,
}

/// Something that a route or a rule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Read machines, operators, orders and allocations.
    ReadPlant,
    /// See names, addresses and photographs of people, and why somebody is absent, in words.
    ReadPeople,
    /// Create and change operators, machines, orders, skills, shifts and reason codes.
    ChangeMasterData,
    /// Erase people for good.
    ErasePeople,
    /// Post what a person or machine is doing.
    PostStatus,
    /// Create, reassign and cancel allocations.
    Allocate,
    /// Start, pause, resume, release and complete allocations; report progress.
    RunWork,
    /// Move stock: receipts, issues, counts, transfers, reservations.
    MoveStock,
    /// See what material costs.
    ReadCosts,
    /// Post many signals at once.
    Ingest,
    /// Read the log of events and the changes of an allocation.
    ReadLog,
    /// Read who has seen personal and audit data.
    ReadAccessAudit,
    /// Override a soft refusal with a reason.
    Override,
    /// State when something happened, up to now.
    Backdate,
    /// Create and revoke tokens.
    ManageTokens,
    /// Create, change and deactivate users.
    ManageUsers,
    /// Use the own account: see it, end its session, change its password. Everybody has this.
    OwnAccount,
}

impl Permission {
    /// Every permission, in the order of the documentation.
    pub const ALL: [Self; 17] = [
        Self::ReadPlant,
        Self::ReadPeople,
        Self::ChangeMasterData,
        Self::ErasePeople,
        Self::PostStatus,
        Self::Allocate,
        Self::RunWork,
        Self::MoveStock,
        Self::ReadCosts,
        Self::Ingest,
        Self::ReadLog,
        Self::ReadAccessAudit,
        Self::Override,
        Self::Backdate,
        Self::ManageTokens,
        Self::ManageUsers,
        Self::OwnAccount,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadPlant => "read_plant",
            Self::ReadPeople => "read_people",
            Self::ChangeMasterData => "change_master_data",
            Self::ErasePeople => "erase_people",
            Self::PostStatus => "post_status",
            Self::Allocate => "allocate",
            Self::RunWork => "run_work",
            Self::MoveStock => "move_stock",
            Self::ReadCosts => "read_costs",
            Self::Ingest => "ingest",
            Self::ReadLog => "read_log",
            Self::ReadAccessAudit => "read_access_audit",
            Self::Override => "override",
            Self::Backdate => "backdate",
            Self::ManageTokens => "manage_tokens",
            Self::ManageUsers => "manage_users",
            Self::OwnAccount => "own_account",
        }
    }
}

impl Role {
    /// Every role, in the order of the documentation.
    pub const ALL: [Self; 8] = [
        Self::Operator,
        Self::Viewer,
        Self::Supervisor,
        Self::Planner,
        Self::Manager,
        Self::Auditor,
        Self::Admin,
        Self::Integration,
    ];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Viewer => "viewer",
            Self::Supervisor => "supervisor",
            Self::Planner => "planner",
            Self::Manager => "manager",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
            Self::Integration => "integration",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether this role may do what `permission` names.
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            _ if permission == P::OwnAccount => true,
            Self::Admin => true,
            Self::Operator => matches!(permission, P::ReadPlant | P::PostStatus | P::RunWork),
            Self::Viewer => matches!(permission, P::ReadPlant),
            Self::Manager => {
                matches!(permission, P::ReadPlant | P::ReadPeople | P::ReadCosts)
            }
            Self::Auditor => {
                matches!(permission, P::ReadPlant | P::ReadLog | P::ReadAccessAudit)
            }
            Self::Supervisor => matches!(
                permission,
                P::ReadPlant
                    | P::ReadPeople
                    | P::PostStatus
                    | P::Allocate
                    | P::RunWork
                    | P::MoveStock
                    | P::Override
            ),
            Self::Planner => matches!(
                permission,
                P::ReadPlant
                    | P::ReadPeople
                    | P::ChangeMasterData
                    | P::Allocate
                    | P::RunWork
                    | P::MoveStock
                    | P::Override
            ),
            Self::Integration => matches!(
                permission,
                P::ReadPlant
                    | P::ChangeMasterData
                    | P::PostStatus
                    | P::Allocate
                    | P::RunWork
                    | P::MoveStock
                    | P::Ingest
                    | P::ReadLog
                    | P::Override
                    | P::Backdate
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }

    #[test]
    fn only_admin_and_integration_may_backdate() {
        let may: Vec<Role> =
            Role::ALL.into_iter().filter(|role| role.may(Permission::Backdate)).collect();
        assert_eq!(may, [Role::Admin, Role::Integration]);
    }

    #[test]
    fn costs_are_for_managers_and_administrators() {
        let may: Vec<Role> =
            Role::ALL.into_iter().filter(|role| role.may(Permission::ReadCosts)).collect();
        assert_eq!(may, [Role::Manager, Role::Admin]);
    }

    #[test]
    fn an_auditor_changes_nothing() {
        for permission in [
            Permission::ChangeMasterData,
            Permission::PostStatus,
            Permission::Allocate,
            Permission::RunWork,
            Permission::MoveStock,
            Permission::Ingest,
        ] {
            assert!(!Role::Auditor.may(permission), "{permission:?}");
        }
    }
}
