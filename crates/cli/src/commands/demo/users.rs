//! Users of the demonstration: one per kind of visitor, with one password for all.
//!
//! Made through the public API; on a further start they get the new password, which ends their
//! old sessions. Users that somebody else has added are left alone.

use mraos_plant::client::{Client, ClientError};
use serde_json::{Value, json};

/// Somebody to sign in as.
pub(super) struct DemoUser {
    pub(super) user_id: &'static str,
    pub(super) about: String,
}

struct Wanted {
    user_id: &'static str,
    role: &'static str,
    display_name: &'static str,
    line: Option<&'static str>,
    about: &'static str,
}

const WANTED: [Wanted; 6] = [
    Wanted {
        user_id: "supervisor",
        role: "supervisor",
        display_name: "Sam Supervisor",
        line: None,
        about: "allocates people and machines, overrides soft rules",
    },
    Wanted {
        user_id: "ovens",
        role: "supervisor",
        display_name: "Olivia Ovens",
        line: Some("Ovens"),
        about: "the same, limited to line Ovens",
    },
    Wanted {
        user_id: "planner",
        role: "planner",
        display_name: "Pat Planner",
        line: None,
        about: "changes master data and allocates",
    },
    Wanted {
        user_id: "viewer",
        role: "viewer",
        display_name: "Vic Viewer",
        line: None,
        about: "looks on, without names of people",
    },
    Wanted {
        user_id: "operator",
        role: "operator",
        display_name: "Olu Operator",
        line: None,
        about: "sees and runs the work of operator",
    },
    Wanted {
        user_id: "admin",
        role: "admin",
        display_name: "Ada Admin",
        line: None,
        about: "may do everything, users included",
    },
];

/// A password that nobody knows before it is shown.
pub(super) fn make_password() -> String {
    format!("demo-{:08x}", rand::random::<u32>())
}

/// Makes the users, or gives those that are there the new password.
pub(super) async fn prepare(client: &Client, password: &str) -> Result<Vec<DemoUser>, ClientError> {
    let operator = somebody_at_work(client).await?;
    let mut users = Vec::with_capacity(WANTED.len());
    for wanted in &WANTED {
        let operator_id = operator.as_deref().filter(|_| wanted.role == "operator");
        set(client, wanted, operator_id, password).await?;
        let about = match operator_id {
            Some(id) => format!("{} {id}", wanted.about),
            None => wanted.about.to_owned(),
        };
        users.push(DemoUser { user_id: wanted.user_id, about });
    }
    Ok(users)
}

async fn somebody_at_work(client: &Client) -> Result<Option<String>, ClientError> {
    for status in ["busy", "available"] {
        let path = format!("/operators?limit=1&current_status={status}");
        let page: Value = client.get(&path).await?;
        if let Some(id) = page["items"][0]["operator_id"].as_str() {
            return Ok(Some(id.to_owned()));
        }
    }
    Ok(None)
}

async fn set(
    client: &Client,
    wanted: &Wanted,
    operator_id: Option<&str>,
    password: &str,
) -> Result<(), ClientError> {
    let Wanted { user_id, role, display_name, line, .. } = wanted;
    let mut user = json!({
        "role": role,
        "password": password,
        "display_name": display_name,
        "production_lines": line.map(|line| [line]),
        "operator_id": operator_id,
    });
    let path = format!("/users/{user_id}");
    if client.find::<Value>(&path).await?.is_some() {
        user["is_active"] = json!(true);
        return client.patch::<Value>(&path, &user).await.map(|_| ());
    }
    user["user_id"] = json!(user_id);
    client.post::<Value>("/users", &user, None).await.map(|_| ())
}
