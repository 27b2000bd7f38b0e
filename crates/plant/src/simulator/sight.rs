//! Looks at a running system: the whole floor from lists, and what has to be asked one by one.
//!
//! Reads only. What it sees goes into the floor; whether anything follows from it is decided
//! elsewhere.

use std::collections::BTreeSet;

use mraos_api::page::Page;
use serde_json::{Value, json};

use crate::client::{Client, ClientError};
use crate::simulator::act::Act;
use crate::simulator::floor::Floor;

const PAGE_LIMIT: usize = 500;
/// Suggestions that are looked at: the first may be taken by the time that they arrive.
const ADVICE_LIMIT: usize = 8;

/// Reads every list of what is open, and what the floor asks of people.
pub(crate) async fn look_around(client: &Client, floor: &mut Floor) -> Result<(), ClientError> {
    floor.requirements = read_all(client, "/skill-requirements", "")
        .await?
        .into_iter()
        .filter_map(|item| serde_json::from_value(item).ok())
        .collect();
    let holidays = read_all(client, "/holidays", "").await?.into_iter();
    floor.holidays =
        holidays.filter_map(|item| serde_json::from_value(item["day"].clone()).ok()).collect();
    for (path, entity_type) in [("/operators", "operator"), ("/machines", "machine")] {
        for item in read_all(client, path, "&is_active=true").await? {
            floor.take_up(entity_type, &item);
        }
    }
    look_at_work(client, floor).await
}

/// Reads stock, and the open orders and allocations.
pub(crate) async fn look_at_work(client: &Client, floor: &mut Floor) -> Result<(), ClientError> {
    for material in read_all(client, "/materials", "&is_active=true").await? {
        floor.take_up("material", &material);
    }
    let orders = read_all(client, "/work-orders", "&is_open=true").await?;
    let ids = orders.iter().filter_map(|order| order["work_order_id"].as_str());
    floor.keep_orders(&ids.map(str::to_owned).collect::<BTreeSet<_>>());
    for order in &orders {
        floor.take_up("work_order", order);
    }
    let allocations = read_all(client, "/allocations", "&status=active").await?;
    floor.forget_open();
    for allocation in &allocations {
        floor.take_up("allocation", allocation);
    }
    Ok(())
}

/// Answers a question.
pub(crate) async fn answer(client: &Client, question: &Act) -> Result<Value, ClientError> {
    Ok(match question {
        Act::LearnPerson { person } => {
            let skills = read_all(client, &format!("/operators/{person}/skills"), "").await?;
            let shifts = read_all(client, &format!("/operators/{person}/shifts"), "").await?;
            json!({ "skills": skills, "shifts": shifts })
        }
        Act::LearnMachine { machine } => {
            let path = format!("/machines/{machine}");
            let card: Value = client.get(&path).await?;
            let upkeep =
                read_all(client, &format!("{path}/maintenance"), "&status=planned").await?;
            json!({ "machine": card, "upkeep": upkeep })
        }
        Act::LearnOrder { order } => {
            let path = format!("/work-orders/{order}");
            let card: Value = client.get(&path).await?;
            let edges: Value = client.get(&format!("{path}/dependencies")).await?;
            let needs: Value = client.get(&format!("{path}/bom")).await?;
            json!({ "order": card, "edges": edges["items"], "needs": needs["items"] })
        }
        Act::LearnLots { material } => client.get(&format!("/materials/{material}/lots")).await?,
        Act::AskAdvice { order, minutes } => {
            let asked = format!("work_order_id={order}&expected_duration_minutes={minutes}");
            client.get(&format!("/suggestions?limit={ADVICE_LIMIT}&{asked}")).await?
        }
        _ => Value::Null,
    })
}

async fn read_all(client: &Client, path: &str, filter: &str) -> Result<Vec<Value>, ClientError> {
    let whole = ["/skills", "/shifts", "/skill-requirements", "/holidays"];
    let limited = format!("{path}?limit={PAGE_LIMIT}{filter}");
    let first = if whole.iter().any(|end| path.ends_with(end)) { path } else { &limited };
    let mut page: Page<Value> = client.get(first).await?;
    let mut items = page.items;
    while let Some(cursor) = page.next_cursor {
        page = client.get(&format!("{limited}&cursor={cursor}")).await?;
        items.append(&mut page.items);
    }
    Ok(items)
}
