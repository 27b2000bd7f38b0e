//! Loads the benchmark's plant through the public API, as an integrator would.
//!
//! The same ids, lines, products and priorities as `rivals/load.sql`, in batches of the API's
//! largest size over a few connections. Nothing is written behind the system's back.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::args::CoreArguments;
use crate::product::Product;

/// The API's limit on items per batch.
const BATCH: u32 = 1_000;
/// Several batches under way keep both the API and the committer busy.
const CONNECTIONS: usize = 4;
/// Production lines of the plant.
pub(crate) const LINES: usize = 40;

#[derive(Deserialize)]
struct BatchAnswer {
    results: Vec<ItemAnswer>,
}

#[derive(Deserialize)]
struct ItemAnswer {
    status: u16,
    body: serde_json::Value,
}

/// Creates every entity and returns how long it took.
pub(crate) async fn load(product: &Product, arguments: &CoreArguments) -> Result<Duration> {
    let began = Instant::now();
    create(product, "operators", arguments.operators, operator).await?;
    create(product, "machines", arguments.machines, machine).await?;
    create(product, "work-orders", arguments.orders, work_order).await?;
    Ok(began.elapsed())
}

async fn create(
    product: &Product,
    noun: &'static str,
    total: u32,
    item: fn(u32) -> String,
) -> Result<()> {
    let batches: Vec<u32> = (0..total.div_ceil(BATCH)).collect();
    let share = batches.len().div_ceil(CONNECTIONS).max(1);
    let mut senders = Vec::new();
    for share in batches.chunks(share) {
        let (share, mut connection) = (share.to_vec(), product.connect().await?);
        senders.push(tokio::spawn(async move {
            for batch in share {
                let last = ((batch + 1) * BATCH).min(total);
                let items: Vec<String> = (batch * BATCH + 1..=last).map(item).collect();
                let body = format!(r#"{{"items":[{}]}}"#, items.join(","));
                let path = format!("/api/v1/{noun}/batch");
                let answer = connection.send("POST", &path, None, &body).await?;
                check_answer(noun, answer.status, answer.body, items.len())?;
            }
            anyhow::Ok(())
        }));
    }
    for sender in senders {
        sender.await??;
    }
    Ok(())
}

/// Every single item has to be created, or the plant is not the rivals' plant.
fn check_answer(noun: &str, status: u16, body: &[u8], expected: usize) -> Result<()> {
    if status != 200 {
        bail!("a batch of {noun} was answered {status}: {}", String::from_utf8_lossy(body));
    }
    let answer: BatchAnswer =
        serde_json::from_slice(body).with_context(|| format!("unreadable answer for {noun}"))?;
    if let Some(failed) = answer.results.iter().find(|result| result.status != 201) {
        bail!("an item of {noun} was answered {}: {}", failed.status, failed.body);
    }
    if answer.results.len() != expected {
        bail!("{expected} {noun} were sent, {} were answered", answer.results.len());
    }
    Ok(())
}

fn operator(n: u32) -> String {
    format!(
        r#"{{"operator_id":"O-{n}","employee_id":"E-{n}","first_name":"Given{}",
            "last_name":"Family{}","email":"o{n}@plant.example","department":"Department {}",
            "home_location":"Line {}","efficiency_rating":"{}.{:02}"}}"#,
        n % 701,
        n % 907,
        n % 12,
        n % 40,
        n % 500 / 100,
        n % 100,
    )
}

fn machine(n: u32) -> String {
    format!(
        r#"{{"machine_id":"M-{n}","machine_name":"Machine {n}","machine_type":"Type {}",
            "manufacturer":"Maker {}","serial_number":"SN-{n}","production_line":"Line {}",
            "zone":"Zone {}","max_capacity_per_hour":{}}}"#,
        n % 25,
        n % 30,
        n % 40,
        n % 6,
        // No order asks for more, so that capacity refuses nobody.
        5_000 + n % 200,
    )
}

fn work_order(n: u32) -> String {
    let priority = ["low", "medium", "high", "urgent"][n as usize % 4];
    format!(
        r#"{{"work_order_id":"WO-{n}","work_order_number":"N-{n}","product_id":"P-{}",
            "product_name":"Product {}","quantity_ordered":{},"unit_of_measure":"EA",
            "priority":"{priority}","due_date":"2030-{:02}-{:02}T{:02}:{:02}:00Z",
            "production_line":"Line {}","erp_work_order_id":"ERP-{n}",
            "estimated_duration_minutes":{}}}"#,
        n % 500,
        n % 500,
        100 + n % 900,
        1 + n / 40_320 % 12,
        1 + n / 1_440 % 28,
        n / 60 % 24,
        n % 60,
        n % 40,
        30 + n % 480,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_json() {
        for n in [1, 59, 60, 1_439, 1_440, 40_320, 200_000] {
            for item in [operator(n), machine(n), work_order(n)] {
                assert!(serde_json::from_str::<serde_json::Value>(&item).is_ok(), "{item}");
            }
        }
    }

    #[test]
    fn one_failed_item_fails_the_load() {
        let body = br#"{"results":[{"status":201,"body":{}},{"status":409,"body":{"code":"x"}}]}"#;
        let refused = check_answer("machines", 200, body, 2);
        assert!(refused.is_err_and(|error| error.to_string().contains("409")));
    }
}
