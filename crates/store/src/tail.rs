//! The session of a node's log tail: follows the end of the log and loads the floor.
//!
//! It holds a shared advisory lock for as long as it lives, so that nodes can count each other
//! without a table or a notification. Writes nothing.

use deadpool_postgres::ClientWrapper;
use mraos_domain::{Key, MachineId, MaterialId, OperatorId, State, WorkOrderId, requires_ready};

use crate::connect::ConnectOptions;
use crate::error::StoreError;
use crate::load;
use crate::log::read::{self, StoredEvent};

/// The pair of numbers under which tails count each other.
const TAIL_LOCK: (i32, i32) = (0x6D72_616F, 0x7461_696C);

const LAST_POSITION: &str =
    "SELECT coalesce((SELECT position FROM events ORDER BY position DESC LIMIT 1), 0)";

const COUNT_TAILS: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND classid = \
    $1::int::oid AND objid = $2::int::oid AND objsubid = 2";

const MATERIALS_SHORT: &str =
    "SELECT material_id FROM materials WHERE below_safety_since IS NOT NULL";

const ORDERS_WITH_WORK: &str =
    "SELECT work_order_id FROM work_order_status WHERE open_allocations <> '{}'";
const ORDERS_DUE: &str =
    "SELECT work_order_id FROM work_orders WHERE is_open ORDER BY due_date, work_order_id LIMIT $1";

const SORTS_BY_BYTES: &str = "SELECT datlocprovider = 'c' AND datcollate IN ('C', 'POSIX', \
    'C.UTF-8', 'C.utf8') FROM pg_database WHERE datname = current_database()";

/// A session for following the log.
pub struct Tail {
    client: ClientWrapper,
}

impl Tail {
    /// Connects and makes itself known to the tails of other nodes.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, StoreError> {
        let client = options.connect_tail().await?;
        let lock = "SELECT pg_advisory_lock_shared($1, $2)";
        client.execute(lock, &[&TAIL_LOCK.0, &TAIL_LOCK.1]).await?;
        Ok(Self { client })
    }

    /// Whether the session has ended.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// The last position of the log.
    pub async fn last_position(&self) -> Result<i64, StoreError> {
        let statement = self.client.prepare_cached(LAST_POSITION).await?;
        Ok(self.client.query_one(&statement, &[]).await?.try_get(0)?)
    }

    /// Whether other nodes are connected to the same database.
    pub async fn has_company(&self) -> Result<bool, StoreError> {
        let statement = self.client.prepare_cached(COUNT_TAILS).await?;
        let row = self.client.query_one(&statement, &[&TAIL_LOCK.0, &TAIL_LOCK.1]).await?;
        Ok(row.try_get::<_, i64>(0)? > 1)
    }

    /// Events after `position`, in order.
    pub async fn events_after(
        &self,
        position: i64,
        limit: i64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        read::read_after(&*self.client, position, limit).await
    }

    /// Loads `keys`.
    pub async fn load(&self, keys: &[Key], state: &mut State) -> Result<(), StoreError> {
        load::load(&self.client, keys, state).await
    }

    /// Operators and machines with what the rules read of them, materials below their safety stock,
    /// orders with open work, the `most_orders` open orders that are due first, and everything that
    /// is allocated: all of it at one position, which comes with it.
    pub async fn load_floor(&self, most_orders: i64) -> Result<(State, i64), StoreError> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        self.client.batch_execute(begin).await?;
        let loaded = self.load_everything(most_orders).await;
        self.client.batch_execute("ROLLBACK").await?;
        loaded
    }

    /// Whether the database sorts text byte by byte, as this program does.
    pub async fn sorts_by_bytes(&self) -> Result<bool, StoreError> {
        Ok(self.client.query_one(SORTS_BY_BYTES, &[]).await?.try_get(0)?)
    }

    async fn load_everything(&self, most_orders: i64) -> Result<(State, i64), StoreError> {
        let position = self.last_position().await?;
        let mut keys = vec![Key::Holidays];
        for row in self.client.query("SELECT operator_id FROM operators", &[]).await? {
            keys.push(Key::Operator(OperatorId::new(row.try_get(0)?)?));
        }
        for row in self.client.query("SELECT machine_id FROM machines", &[]).await? {
            keys.push(Key::Machine(MachineId::new(row.try_get(0)?)?));
        }
        for row in self.client.query(MATERIALS_SHORT, &[]).await? {
            keys.push(Key::Material(MaterialId::new(row.try_get(0)?)?));
        }
        for row in self.client.query(ORDERS_WITH_WORK, &[]).await? {
            keys.push(Key::WorkOrder(WorkOrderId::new(row.try_get(0)?)?));
        }
        for row in self.client.query(ORDERS_DUE, &[&most_orders]).await? {
            keys.push(Key::WorkOrder(WorkOrderId::new(row.try_get(0)?)?));
        }
        keys.sort();
        keys.dedup();
        let mut state = State::default();
        while !keys.is_empty() {
            load::load(&self.client, &keys, &mut state).await?;
            // What the rules read of people and machines is kept ready as well.
            let operators = state.all_operators().map(|one| &one.operator_id);
            let machines = state.all_machines().map(|one| &one.machine_id);
            keys = requires_ready(&state, operators, machines);
        }
        Ok((state, position))
    }
}
