//! Reservations of material: rows to domain values and back.
//!
//! Active ones are written as the order's bill has them; one that is over is written for good.

use jiff::Timestamp;
use jiff::civil::Date;
use mraos_domain::{
    LotKey, MaterialId, Quantity, Reservation, ReservationStatus, RowId, WorkOrderId,
};
use tokio_postgres::Row;

use crate::cell::{cell, cell_opt};
use crate::cells::Cells;
use crate::error::StoreError;
use crate::list::{Page, RESERVATIONS as RESERVATION_LIST};
use crate::store::{Listed, Store};
use crate::table::{Table, TableRow};

pub(crate) const RESERVATIONS: Table = Table {
    name: "material_reservations",
    key: &["reservation_id"],
    columns: &[
        ("reservation_id", "bigint"),
        ("material_id", "varchar"),
        ("work_order_id", "varchar"),
        ("batch_number", "varchar"),
        ("lot_number", "varchar"),
        ("expiration_date", "date"),
        ("location", "varchar"),
        ("quantity_reserved", "numeric"),
        ("quantity_consumed", "numeric"),
        ("quantity_released", "numeric"),
        ("reservation_date", "timestamptz"),
        ("expected_consumption_date", "timestamptz"),
        ("for_work", "boolean"),
        ("status", "varchar"),
        ("reserved_by", "varchar"),
        ("released_at", "timestamptz"),
        ("released_by", "varchar"),
        ("created_at", "timestamptz"),
        ("updated_at", "timestamptz"),
        ("position", "bigint"),
    ],
};

pub(crate) fn encode(one: &Reservation) -> TableRow {
    vec![
        cell(one.reservation_id),
        cell(&one.material_id),
        cell(&one.work_order_id),
        cell_opt(one.lot.batch_number.as_ref()),
        cell_opt(one.lot.lot_number.as_ref()),
        cell_opt(one.lot.expiration_date),
        cell_opt(one.lot.location.as_ref()),
        cell(one.quantity_reserved),
        cell(one.quantity_consumed),
        cell(one.quantity_released),
        cell(one.reservation_date),
        cell_opt(one.expected_consumption_date),
        cell(one.for_work),
        cell(one.status.as_str()),
        cell(&one.reserved_by),
        cell_opt(one.released_at),
        cell_opt(one.released_by.as_ref()),
        cell(one.created_at),
        cell(one.updated_at),
        cell(one.position),
    ]
}

pub(crate) fn decode(row: &Row) -> Result<Reservation, StoreError> {
    let mut c = Cells::new(row);
    Ok(Reservation {
        reservation_id: RowId(c.get()?),
        material_id: c.parse(MaterialId::new)?,
        work_order_id: c.parse(WorkOrderId::new)?,
        lot: LotKey {
            batch_number: c.text_opt()?,
            lot_number: c.text_opt()?,
            expiration_date: c.date_opt()?,
            location: c.text_opt()?,
        },
        quantity_reserved: c.decimal(Quantity::new)?,
        quantity_consumed: c.decimal(Quantity::new)?,
        quantity_released: c.decimal(Quantity::new)?,
        reservation_date: c.instant()?,
        expected_consumption_date: c.instant_opt()?,
        for_work: c.get()?,
        status: c.name(ReservationStatus::parse)?,
        reserved_by: c.text()?,
        released_at: c.instant_opt()?,
        released_by: c.text_opt()?,
        created_at: c.instant()?,
        updated_at: c.instant()?,
        position: c.get()?,
    })
}

impl Store {
    /// Ids of reservations, newest first.
    pub async fn list_reservations(&self, page: &Page) -> Result<Listed<RowId>, StoreError> {
        self.list(&RESERVATION_LIST, page, |id| {
            let wrong = |_| StoreError::Corrupt(format!("reservation id `{id}`"));
            id.parse().map(RowId).map_err(wrong)
        })
        .await
    }

    /// Reservations by id, whatever has become of them, newest first.
    pub async fn reservations(&self, ids: &[RowId]) -> Result<Vec<Reservation>, StoreError> {
        let client = self.look_up_session().await?;
        let list = RESERVATIONS.select_list();
        let sql = format!(
            "SELECT {list} FROM material_reservations WHERE reservation_id = ANY($1) ORDER BY \
             reservation_id DESC"
        );
        let statement = client.prepare_cached(&sql).await?;
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        client.query(&statement, &[&ids]).await?.iter().map(decode).collect()
    }

    /// Active reservations that may not be usable any more: of lots that have expired before
    /// `today`, or expected to be used before `due`.
    pub async fn overdue_reservations(
        &self,
        today: Date,
        due: Timestamp,
        limit: i64,
    ) -> Result<Vec<Reservation>, StoreError> {
        let client = self.session().await?;
        let list = RESERVATIONS.select_list();
        // A closed order has set nothing aside. OFFSET keeps the planner from turning this into a
        // join that reads the reservations of all orders that ever were.
        let sql = format!(
            "SELECT {list} FROM (SELECT work_order_id AS id FROM work_orders WHERE is_open) o \
             CROSS JOIN LATERAL (SELECT * FROM material_reservations r WHERE r.work_order_id = \
             o.id AND status = 'active' AND (expiration_date < $1 OR expected_consumption_date < \
             $2 AND EXISTS (SELECT FROM work_order_status w WHERE w.work_order_id = o.id AND \
             w.open_allocations = '{{}}')) OFFSET 0) r ORDER BY reservation_id LIMIT $3"
        );
        let statement = client.prepare_cached(&sql).await?;
        client.query(&statement, &[&today, &due, &limit]).await?.iter().map(decode).collect()
    }
}
