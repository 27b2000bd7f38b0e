//! What there is too little of: for the open orders, below the safety stock, or to be ordered.
//!
//! One statement over the open orders' bills and reservations and over all lots; what has expired
//! is there, but of no use. Decides nothing.

use jiff::Timestamp;
use jiff::civil::Date;
use mraos_domain::MaterialId;
use rust_decimal::Decimal;
use tokio_postgres::Row;

use crate::error::StoreError;
use crate::list::Page;
use crate::store::Store;

/// Orders that are named per material.
const MOST_ORDERS: i32 = 20;

/// A material of which there is too little.
#[derive(Debug, Clone, PartialEq)]
pub struct Shortage {
    /// The material.
    pub material_id: MaterialId,
    /// Number for people.
    pub part_number: String,
    /// Name.
    pub part_name: String,
    /// Unit of the quantities.
    pub unit_of_measure: String,
    /// What nobody has set aside.
    pub available: Decimal,
    /// What of that has not expired.
    pub usable: Decimal,
    /// What open orders still need and have not set aside.
    pub demand: Decimal,
    /// Below this it wants attention.
    pub safety_stock_level: Option<Decimal>,
    /// At this it is ordered again.
    pub reorder_point: Option<Decimal>,
    /// Whether an order cannot begin without it.
    pub is_critical: bool,
    /// Orders that wait for it, those first that are due first.
    pub work_order_ids: Vec<String>,
    /// When more is expected.
    pub next_receipt_at: Option<Timestamp>,
    /// How much of it.
    pub next_receipt_quantity: Option<Decimal>,
}

/// $1 today, $2 lines that are seen or null, $3 the last id before or null, $4 limit, $5 orders
/// named.
const SHORTAGES: &str = "WITH uncovered AS (SELECT b.material_id, b.is_critical, \
    w.work_order_id, w.due_date, w.production_line, b.quantity_required - b.quantity_consumed - \
    a.quantity_allocated AS quantity FROM work_orders w JOIN work_order_bom b USING \
    (work_order_id) JOIN work_order_bom_allocation a USING (bom_id) WHERE w.is_open AND \
    w.has_bom), wanted AS (SELECT material_id, sum(quantity) AS demand, bool_or(is_critical) AS \
    is_critical, (coalesce(array_agg(work_order_id::text ORDER BY due_date, work_order_id) \
    FILTER (WHERE $2::text[] IS NULL OR production_line IS NULL OR production_line = ANY ($2)), \
    '{}'))[1:$5] AS orders FROM uncovered WHERE quantity > 0 GROUP BY material_id), stock AS \
    (SELECT material_id, sum(quantity - reserved_quantity) AS available, sum(quantity - \
    reserved_quantity) FILTER (WHERE expiration_date < $1::date IS NOT TRUE) AS usable FROM \
    material_lots GROUP BY material_id), figures AS (SELECT m.material_id, coalesce(s.available, \
    0.000) AS available, coalesce(s.usable, 0.000) AS usable, coalesce(w.demand, 0.000) AS \
    demand, coalesce(w.is_critical, false) AS is_critical, coalesce(w.orders, '{}') AS orders \
    FROM materials m LEFT JOIN stock s USING (material_id) LEFT JOIN wanted w USING \
    (material_id)) SELECT m.material_id, m.part_number, m.part_name, m.unit_of_measure, \
    f.available, f.usable, f.demand, m.safety_stock_level, m.reorder_point, f.is_critical, \
    f.orders, m.next_receipt_at, m.next_receipt_quantity FROM figures f JOIN materials m USING \
    (material_id) WHERE m.is_active AND (f.usable < f.demand OR f.available < \
    m.safety_stock_level OR f.available <= m.reorder_point) AND ($3::text IS NULL OR \
    m.material_id > $3) ORDER BY m.material_id LIMIT $4";

impl Store {
    /// A page of shortages by material, and whether more follow. `today` is the plant's day.
    pub async fn shortages(
        &self,
        page: &Page,
        today: Date,
    ) -> Result<(Vec<Shortage>, bool), StoreError> {
        let client = self.session().await?;
        let statement = client.prepare_cached(SHORTAGES).await?;
        let limit = page.limit + 1;
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
            [&today, &page.sight.lines, &page.after, &limit, &MOST_ORDERS];
        let rows = client.query(&statement, &parameters).await?;
        let mut all = rows.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        let most = usize::try_from(page.limit).unwrap_or_default();
        let has_more = all.len() > most;
        all.truncate(most);
        Ok((all, has_more))
    }
}

fn decode(row: &Row) -> Result<Shortage, StoreError> {
    Ok(Shortage {
        material_id: MaterialId::new(row.try_get(0)?)?,
        part_number: row.try_get(1)?,
        part_name: row.try_get(2)?,
        unit_of_measure: row.try_get(3)?,
        available: row.try_get(4)?,
        usable: row.try_get(5)?,
        demand: row.try_get(6)?,
        safety_stock_level: row.try_get(7)?,
        reorder_point: row.try_get(8)?,
        is_critical: row.try_get(9)?,
        work_order_ids: row.try_get(10)?,
        next_receipt_at: row.try_get(11)?,
        next_receipt_quantity: row.try_get(12)?,
    })
}
