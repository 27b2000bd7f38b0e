//! Puts a generated plant into a running server, through its public API.
//!
//! What is there already is kept as it is, so that a second run completes a first one that was
//! cut off and changes nothing otherwise. A value that the server does not take ends the seeding.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use mraos_api::batch::{Batch, BatchAnswer, MAX_BATCH_ITEMS};
use mraos_api::ingest::{Ingest, IngestAnswer};
use mraos_api::problem::Problem;
use mraos_api::transaction::InventorySignal;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::client::{Client, ClientError};
use crate::generator::{Opening, PlannedMaintenance, PlannedOperator, PlannedOrder, Plant};

/// Requests on the way at the same time.
const CONCURRENCY: usize = 64;
/// Receipts in one call.
const MOST_RECEIPTS: usize = 1_000;
/// Shifts are known from the day before to the day after the opening.
const ROTA_DAYS: std::ops::RangeInclusive<i64> = -1..=1;

/// What a seeding did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Seeded {
    /// Machines that were created.
    pub machines: usize,
    /// Operators that were created, with their skills and shifts.
    pub operators: usize,
    /// Orders that were created, with their bills of materials.
    pub orders: usize,
    /// Materials that were created, with their stock.
    pub materials: usize,
    /// Machines, operators, materials and orders that were there already.
    pub already_there: usize,
}

/// Why a plant could not be seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The server cannot be talked to, or does not let us.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The server does not take something.
    #[error("the server did not take {path} item `{id}`: {detail}")]
    Refused {
        /// Where it was posted.
        path: &'static str,
        /// The item.
        id: String,
        /// The server's words.
        detail: String,
    },
}

/// Creates what `plant` has and the server has not.
pub async fn seed(client: &Client, plant: &Plant, opening: &Opening) -> Result<Seeded, SeedError> {
    let seeder = Seeder { client, key: format!("seed-{}", opening.at.as_microsecond()) };
    seeder.each("/reason-codes", &plant.reason_codes).await?;
    seeder.each("/holidays", &plant.holidays).await?;
    let machines = seeder.machines(plant).await?;
    seeder.each("/skill-requirements", machine_types(plant)).await?;
    let people = seeder.people(plant, opening).await?;
    let materials = seeder.batches("/materials/batch", &plant.materials).await?;
    seeder.receive(&plant.lots).await?;
    let orders = seeder.orders(plant).await?;
    let count = |results: &[bool]| results.iter().filter(|created| **created).count();
    let all = [&machines, &people, &materials, &orders];
    let there = all.iter().map(|results| results.len() - count(results)).sum();
    Ok(Seeded {
        machines: count(&machines),
        operators: count(&people),
        orders: count(&orders),
        materials: count(&materials),
        already_there: there,
    })
}

fn machine_types(
    plant: &Plant,
) -> impl Iterator<Item = &mraos_api::skill_requirement::RequireSkill> {
    plant.requirements.iter().filter(|asked| asked.scope == "machine_type")
}

struct Seeder<'a> {
    client: &'a Client,
    key: String,
}

impl Seeder<'_> {
    async fn machines(&self, plant: &Plant) -> Result<Vec<bool>, SeedError> {
        let created = self.batches("/machines/batch", &plant.machines).await?;
        let machines = plant.machines.iter().zip(&created);
        let fresh: BTreeSet<&str> = machines
            .filter(|(_, created)| **created)
            .map(|(machine, _)| machine.machine_id.as_str())
            .collect();
        let plans = plant.maintenance.iter().filter(|one| fresh.contains(one.machine_id.as_str()));
        self.all(plans.map(|planned| self.plan(planned))).await?;
        Ok(created)
    }

    async fn plan(&self, planned: &PlannedMaintenance) -> Result<(), SeedError> {
        let PlannedMaintenance { machine_id, plan } = planned;
        let key = format!("{}{machine_id}{}", self.key, fingerprint(plan));
        self.one("/maintenance", &format!("/machines/{machine_id}/maintenance"), plan, &key).await
    }

    async fn people(&self, plant: &Plant, opening: &Opening) -> Result<Vec<bool>, SeedError> {
        let people = plant.operators.iter().map(|planned| &planned.operator);
        let created = self.batches("/operators/batch", people).await?;
        let fresh = plant.operators.iter().zip(&created).filter(|(_, created)| **created);
        self.all(fresh.map(|(planned, _)| self.equip(planned, opening))).await?;
        Ok(created)
    }

    /// Orders with what they ask for and are made of, then what is booked of them.
    async fn orders(&self, plant: &Plant) -> Result<Vec<bool>, SeedError> {
        let orders = plant.orders.iter().map(|planned| &planned.order);
        let created = self.batches("/work-orders/batch", orders).await?;
        let of_orders = plant.requirements.iter().filter(|asked| asked.scope == "work_order");
        self.each("/skill-requirements", of_orders).await?;
        let fresh = plant.orders.iter().zip(&created).filter(|(_, created)| **created);
        self.all(fresh.map(|(planned, _)| self.bill(planned))).await?;
        self.book(plant, &created).await?;
        Ok(created)
    }

    async fn bill(&self, planned: &PlannedOrder) -> Result<(), SeedError> {
        let id = &planned.order.work_order_id;
        for line in &planned.bill {
            let key = format!("{}{id}{}", self.key, line.material_id);
            self.one("/bom", &format!("/work-orders/{id}/bom"), line, &key).await?;
        }
        Ok(())
    }

    /// Bookings of orders that are new. Where somebody works with the plant already, a booking may
    /// come too late; then it is left out.
    async fn book(&self, plant: &Plant, created: &[bool]) -> Result<(), SeedError> {
        let orders = plant.orders.iter().zip(created).filter(|(_, created)| **created);
        let fresh: BTreeSet<&str> =
            orders.map(|(planned, _)| planned.order.work_order_id.as_str()).collect();
        let bookings = plant.bookings.iter();
        let bookings: Vec<_> =
            bookings.filter(|one| fresh.contains(one.work_order_id.as_str())).collect();
        for (number, chunk) in bookings.chunks(MAX_BATCH_ITEMS).enumerate() {
            let key = format!("{}/allocations/batch{number}", self.key);
            let batch = Batch { items: chunk.to_vec() };
            self.client.post::<BatchAnswer>("/allocations/batch", &batch, Some(&key)).await?;
        }
        Ok(())
    }

    /// Receipts are signals: sent again, they are known already.
    async fn receive(&self, receipts: &[InventorySignal]) -> Result<(), SeedError> {
        for (number, chunk) in receipts.chunks(MOST_RECEIPTS).enumerate() {
            let key = format!("{}/ingest/inventory{number}", self.key);
            let rows = Ingest { items: chunk.to_vec() };
            let answer = self.client.post("/ingest/inventory", &rows, Some(&key)).await?;
            let answer: IngestAnswer = answer.body;
            if let Some(row) = answer.rejected.first() {
                return Err(SeedError::Refused {
                    path: "/ingest/inventory",
                    id: row.row.to_string(),
                    detail: format!("{} {}: {}", row.status, row.code, row.detail),
                });
            }
        }
        Ok(())
    }

    /// Does it all, several things at a time.
    async fn all(
        &self,
        tasks: impl Iterator<Item = impl Future<Output = Result<(), SeedError>>>,
    ) -> Result<(), SeedError> {
        // Gathered first: a stream over a borrowing iterator is not general enough to be sent.
        let tasks: Vec<_> = tasks.collect();
        stream::iter(tasks).buffer_unordered(CONCURRENCY).try_collect().await
    }

    /// Posts items in batches; says for each whether it was created or there already.
    async fn batches<'i, T: Serialize + 'i>(
        &self,
        path: &'static str,
        items: impl IntoIterator<Item = &'i T>,
    ) -> Result<Vec<bool>, SeedError> {
        let items: Vec<&'i T> = items.into_iter().collect();
        let mut created = Vec::with_capacity(items.len());
        for (number, chunk) in items.chunks(MAX_BATCH_ITEMS).enumerate() {
            let key = format!("{}{path}{number}", self.key);
            let batch = Batch { items: chunk.to_vec() };
            let answer: BatchAnswer = self.client.post(path, &batch, Some(&key)).await?.body;
            for (item, result) in chunk.iter().zip(answer.results) {
                if (200..300).contains(&result.status) {
                    created.push(true);
                    continue;
                }
                let problem: Problem = serde_json::from_value(result.body).unwrap_or_default();
                check_there(path, item, &problem)?;
                created.push(false);
            }
        }
        Ok(created)
    }

    /// Posts items one by one, several at a time.
    async fn each<'i, T: Serialize + 'i>(
        &self,
        path: &'static str,
        items: impl IntoIterator<Item = &'i T>,
    ) -> Result<(), SeedError> {
        let sending = items.into_iter().map(|item| {
            let key = format!("{}{path}{}", self.key, fingerprint(item));
            async move { self.one(path, path, item, &key).await }
        });
        self.all(sending).await
    }

    /// Skills and shifts of somebody who is new.
    async fn equip(&self, planned: &PlannedOperator, opening: &Opening) -> Result<(), SeedError> {
        let id = &planned.operator.operator_id;
        for skill in &planned.skills {
            let key = format!("{}{id}{}", self.key, skill.skill_code);
            self.one("/skills", &format!("/operators/{id}/skills"), skill, &key).await?;
        }
        for day in ROTA_DAYS {
            let Some(date) = opening.days_from(day) else { continue };
            let shift = planned.shift_on(date);
            let key = format!("{}{id}{date}", self.key);
            self.one("/shifts", &format!("/operators/{id}/shifts"), &shift, &key).await?;
        }
        Ok(())
    }

    async fn one(
        &self,
        what: &'static str,
        path: &str,
        item: &impl Serialize,
        key: &str,
    ) -> Result<(), SeedError> {
        match self.client.post::<Value>(path, item, Some(key)).await {
            Ok(_) => Ok(()),
            Err(ClientError::Problem { problem, .. }) => check_there(what, item, &problem),
            Err(error) => Err(error.into()),
        }
    }
}

/// What tells an item from the others posted to the same place.
fn fingerprint(item: &impl Serialize) -> String {
    let text = serde_json::to_vec(item).unwrap_or_default();
    let digest = Sha256::digest(&text);
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Refused because it is there already is as good as created.
fn check_there(
    path: &'static str,
    item: &impl Serialize,
    problem: &Problem,
) -> Result<(), SeedError> {
    let duplicate = problem.refusals.iter().all(|refusal| refusal.code == "duplicate_value");
    if problem.status == 409 && !problem.refusals.is_empty() && duplicate {
        return Ok(());
    }
    let item = serde_json::to_value(item).unwrap_or_default();
    let ids = [
        "machine_id",
        "operator_id",
        "work_order_id",
        "material_id",
        "skill_code",
        "reason_code",
        "maintenance_type",
        "day",
    ];
    let id = ids.iter().find_map(|field| item[field].as_str()).unwrap_or_default();
    let detail = format!("{} {}: {}", problem.status, problem.code, problem.detail);
    Err(SeedError::Refused { path, id: id.to_owned(), detail })
}
