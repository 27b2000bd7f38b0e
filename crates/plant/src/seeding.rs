//! Puts a generated plant into a running server, through its public API.
//!
//! What is there already is kept as it is, so that a second run completes a first one that was
//! cut off and changes nothing otherwise. A value that the server does not take ends the seeding.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use mraos_api::batch::{Batch, BatchAnswer, MAX_BATCH_ITEMS};
use mraos_api::problem::Problem;
use mraos_api::shift::AssignShift;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::client::{Client, ClientError};
use crate::generator::{Opening, PlannedOperator, Plant};
use crate::rota::shift_on;

/// Requests on the way at the same time.
const CONCURRENCY: usize = 16;
/// Shifts are known from the day before to the day after the opening.
const ROTA_DAYS: std::ops::RangeInclusive<i64> = -1..=1;

/// What a seeding did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Seeded {
    /// Machines that were created.
    pub machines: usize,
    /// Operators that were created, with their skills and shifts.
    pub operators: usize,
    /// Orders that were created.
    pub orders: usize,
    /// Machines, operators and orders that were there already.
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
    let machines = seeder.batches("/machines/batch", &plant.machines).await?;
    seeder.each("/skill-requirements", machine_types(plant)).await?;
    let people = plant.operators.iter().map(|planned| &planned.operator);
    let people = seeder.batches("/operators/batch", people).await?;
    let fresh = plant.operators.iter().zip(&people).filter(|(_, created)| **created);
    seeder.equip(fresh.map(|(operator, _)| operator), opening).await?;
    let orders = seeder.batches("/work-orders/batch", &plant.orders).await?;
    let of_orders = plant.requirements.iter().filter(|asked| asked.scope == "work_order");
    seeder.each("/skill-requirements", of_orders).await?;
    let count = |results: &[bool]| results.iter().filter(|created| **created).count();
    let all = machines.len() + people.len() + orders.len();
    let (machines, operators, orders) = (count(&machines), count(&people), count(&orders));
    let already_there = all - machines - operators - orders;
    Ok(Seeded { machines, operators, orders, already_there })
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
        stream::iter(sending.collect::<Vec<_>>()).buffer_unordered(CONCURRENCY).try_collect().await
    }

    /// Skills and shifts of operators who are new.
    async fn equip<'p>(
        &self,
        operators: impl Iterator<Item = &'p PlannedOperator>,
        opening: &Opening,
    ) -> Result<(), SeedError> {
        let equipping = operators.map(|planned| self.equip_one(planned, opening));
        let equipping: Vec<_> = equipping.collect();
        stream::iter(equipping).buffer_unordered(CONCURRENCY).try_collect().await
    }

    async fn equip_one(
        &self,
        planned: &PlannedOperator,
        opening: &Opening,
    ) -> Result<(), SeedError> {
        let id = &planned.operator.operator_id;
        for skill in &planned.skills {
            let key = format!("{}{id}{}", self.key, skill.skill_code);
            self.one("/skills", &format!("/operators/{id}/skills"), skill, &key).await?;
        }
        for day in ROTA_DAYS {
            let Some(date) = opening.days_from(day) else { continue };
            let shift: AssignShift = shift_on(date, planned.shift, planned.break_group);
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
    let ids = ["machine_id", "operator_id", "work_order_id", "skill_code", "reason_code"];
    let id = ids.iter().find_map(|field| item[field].as_str()).unwrap_or_default();
    let detail = format!("{} {}: {}", problem.status, problem.code, problem.detail);
    Err(SeedError::Refused { path, id: id.to_owned(), detail })
}
