//! Reads of everything but the log's own upkeep, over two small pools of sessions: one for
//! look-ups by key, whose statements are planned once, one for all else.
//!
//! Whatever is read comes through the same loader as the committer's state, so that the API shows
//! exactly what the rules see. Never writes projections.

use deadpool_postgres::{Object, Pool};
use jiff::Timestamp;
use mraos_domain::{
    AllocationId, Key, MachineId, MaterialId, OperatorId, ReasonCodeDefinition, Requirement, State,
    WorkOrderId,
};
use uuid::Uuid;

use crate::connect::ConnectOptions;
use crate::error::StoreError;
use crate::list::{ALLOCATIONS, Listing, MACHINES, MATERIALS, OPERATORS, Page, WORK_ORDERS};
use crate::load;
use crate::log::read::{self, StoredEvent};
use crate::requirement;

/// The key under which nodes make room for the log one after the other.
const ROOM_LOCK: i64 = 0x4d52_414f_5352_4f4d;

/// The pools of read sessions.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
    look_ups: Pool,
}

/// Ids of a page, and whether more follow.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// Ids in order.
    pub ids: Vec<T>,
    /// Whether more follow.
    pub has_more: bool,
}

impl Store {
    /// Pools for `options`; they connect on first use.
    pub fn new(options: &ConnectOptions) -> Result<Self, StoreError> {
        Ok(Self { pool: options.pool()?, look_ups: options.look_up_pool()? })
    }

    pub(crate) async fn session(&self) -> Result<Object, StoreError> {
        Ok(self.pool.get().await?)
    }

    /// A session whose statements find rows by their keys alone.
    pub(crate) async fn look_up_session(&self) -> Result<Object, StoreError> {
        Ok(self.look_ups.get().await?)
    }

    /// Ends the pools' sessions; what is asked afterwards is refused as unavailable.
    pub fn close(&self) {
        self.pool.close();
        self.look_ups.close();
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let client = self.session().await?;
        client.simple_query("SELECT 1").await?;
        Ok(())
    }

    /// The last position of the log.
    pub async fn last_position(&self) -> Result<i64, StoreError> {
        let client = self.session().await?;
        let sql = "SELECT position FROM events ORDER BY position DESC LIMIT 1";
        let statement = client.prepare_cached(sql).await?;
        let row = client.query_opt(&statement, &[]).await?;
        row.map_or(Ok(0), |row| Ok(row.try_get(0)?))
    }

    /// The epoch of the log.
    pub async fn establish_epoch(&self, fresh: Uuid) -> Result<crate::meta::Epoch, StoreError> {
        crate::meta::establish_epoch(&*self.session().await?, fresh).await
    }

    /// Loads `keys`, as far as the rules of one command need them.
    pub async fn load(&self, keys: &[Key], state: &mut State) -> Result<(), StoreError> {
        let client = self.look_up_session().await?;
        load::load(&client, keys, state).await
    }

    /// Ids of operators.
    pub async fn list_operators(&self, page: &Page) -> Result<Listed<OperatorId>, StoreError> {
        self.list(&OPERATORS, page, |id| Ok(OperatorId::new(id)?)).await
    }

    /// Ids of machines.
    pub async fn list_machines(&self, page: &Page) -> Result<Listed<MachineId>, StoreError> {
        self.list(&MACHINES, page, |id| Ok(MachineId::new(id)?)).await
    }

    /// Ids of materials.
    pub async fn list_materials(&self, page: &Page) -> Result<Listed<MaterialId>, StoreError> {
        self.list(&MATERIALS, page, |id| Ok(MaterialId::new(id)?)).await
    }

    /// Ids of work orders.
    pub async fn list_work_orders(&self, page: &Page) -> Result<Listed<WorkOrderId>, StoreError> {
        self.list(&WORK_ORDERS, page, |id| Ok(WorkOrderId::new(id)?)).await
    }

    /// Ids of allocations, newest first.
    pub async fn list_allocations(&self, page: &Page) -> Result<Listed<AllocationId>, StoreError> {
        let number = |id: &str| {
            let wrong = |_| StoreError::Corrupt(format!("allocation id `{id}`"));
            id.parse().map(AllocationId).map_err(wrong)
        };
        self.list(&ALLOCATIONS, page, number).await
    }

    pub(crate) async fn list<T>(
        &self,
        listing: &Listing,
        page: &Page,
        parse: impl Fn(&str) -> Result<T, StoreError>,
    ) -> Result<Listed<T>, StoreError> {
        let client = self.session().await?;
        let mut ids = listing.ids(&client, page).await?;
        let most = usize::try_from(page.limit).unwrap_or_default();
        let has_more = ids.len() > most;
        ids.truncate(most);
        let ids = ids.iter().map(|id| parse(id)).collect::<Result<_, _>>()?;
        Ok(Listed { ids, has_more })
    }

    /// Every skill requirement by id.
    pub async fn all_requirements(&self) -> Result<Vec<Requirement>, StoreError> {
        let client = self.session().await?;
        let list = requirement::REQUIREMENTS.select_list();
        let sql = format!("SELECT {list} FROM skill_requirements ORDER BY requirement_id");
        let statement = client.prepare_cached(&sql).await?;
        client.query(&statement, &[]).await?.iter().map(requirement::decode).collect()
    }

    /// Every reason code that the plant has defined, by code.
    pub async fn reason_codes(&self) -> Result<Vec<ReasonCodeDefinition>, StoreError> {
        let client = self.session().await?;
        let list = requirement::REASON_CODES.select_list();
        let sql = format!("SELECT {list} FROM reason_codes ORDER BY reason_code");
        let statement = client.prepare_cached(&sql).await?;
        client.query(&statement, &[]).await?.iter().map(requirement::decode_reason_code).collect()
    }

    /// Events after `position`, in order.
    pub async fn events_after(
        &self,
        position: i64,
        limit: i64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let client = self.session().await?;
        read::read_after(&**client, position, limit).await
    }

    /// The events of one allocation, in order.
    pub async fn events_of_allocation(
        &self,
        id: AllocationId,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let client = self.session().await?;
        read::read_allocation(&**client, id.0).await
    }

    /// Makes room for events to come and forgets answers older than a day; how many.
    ///
    /// # Errors
    ///
    /// Unavailable also when a long reading, as a dump is one, keeps the room from being made for
    /// more than a second. Nothing is lost by trying later: the room is for ten million events on.
    pub async fn upkeep(&self) -> Result<u64, StoreError> {
        let mut client = self.session().await?;
        let transaction = client.transaction().await?;
        // Nodes take turns: each would keep from the other the lock that both need to go on.
        transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&ROOM_LOCK]).await?;
        // Who waits here for a reader makes every writer wait behind.
        transaction.batch_execute("SET LOCAL lock_timeout = '1s'").await?;
        // The partition that the log is in, and the one it will reach next.
        let room = "SELECT ensure_event_partition(last), ensure_event_partition(last + 10000000) \
                    FROM (SELECT coalesce(max(position), 0) + 1 AS last FROM events) AS head";
        transaction.query_one(room, &[]).await?;
        transaction.commit().await?;
        let old = "DELETE FROM idempotency WHERE created_at < now() - interval '24 hours'";
        Ok(client.execute(old, &[]).await?)
    }

    /// How many allocations of an operator began in `[from, to)`.
    pub async fn count_begun(
        &self,
        operator_id: &OperatorId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<i64, StoreError> {
        let client = self.session().await?;
        let sql = "SELECT count(*) FROM allocations WHERE operator_id = $1 AND \
                   actual_start_time >= $2 AND actual_start_time < $3";
        let statement = client.prepare_cached(sql).await?;
        let row = client.query_one(&statement, &[&operator_id.as_str(), &from, &to]).await?;
        Ok(row.try_get(0)?)
    }

    /// Free texts by id; erased ones are missing.
    pub async fn texts(&self, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let client = self.look_up_session().await?;
        let sql = "SELECT text_id, body FROM event_texts WHERE text_id = ANY($1)";
        let statement = client.prepare_cached(sql).await?;
        let rows = client.query(&statement, &[&ids]).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// Sealed personal data of operators (id, wrapped key, sealed); erased people are missing.
    pub async fn personal(&self, ids: &[String]) -> Result<Vec<SealedPerson>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let client = self.look_up_session().await?;
        let sql = "SELECT operator_id, wrapped_key, sealed FROM operator_personal WHERE \
                   operator_id = ANY($1) AND wrapped_key IS NOT NULL AND sealed IS NOT NULL";
        let statement = client.prepare_cached(sql).await?;
        let rows = client.query(&statement, &[&ids]).await?;
        rows.iter()
            .map(|row| {
                Ok(SealedPerson {
                    operator_id: row.try_get(0)?,
                    wrapped_key: row.try_get(1)?,
                    sealed: row.try_get(2)?,
                })
            })
            .collect()
    }
}

/// A person's data as stored.
#[derive(Debug, Clone)]
pub struct SealedPerson {
    /// Whose.
    pub operator_id: String,
    /// The person's key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// The data under that key.
    pub sealed: Vec<u8>,
}
