//! Work orders and their dependencies: rows to domain values and back.
//!
//! Describes the tables once for the live write, the rebuild and their comparison.

use jiff::Timestamp;
use mraos_domain::work_order::{
    Dependency, DependencyTerms, DependencyType, Priority, QualityStatus, WorkOrder,
    WorkOrderDetails, WorkOrderStatus, WorkOrderTerms,
};
use mraos_domain::{AllocationId, Bill, Invalid, Percentage, Quantity, RowId, WorkOrderId};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::cell::{cell, cell_list, cell_opt};
use crate::cells::Cells;
use crate::error::StoreError;
use crate::list::Page;
use crate::store::Store;
use crate::table::{Table, TableRow};

pub(crate) const WORK_ORDERS: Table = Table {
    name: "work_orders",
    key: &["work_order_id"],
    columns: &[
        ("work_order_id", "varchar"),
        ("work_order_number", "varchar"),
        ("product_id", "varchar"),
        ("product_name", "varchar"),
        ("product_variant", "varchar"),
        ("unit_of_measure", "varchar"),
        ("priority", "varchar"),
        ("planned_start_date", "timestamptz"),
        ("planned_end_date", "timestamptz"),
        ("due_date", "timestamptz"),
        ("estimated_duration_minutes", "int"),
        ("production_line", "varchar"),
        ("assigned_shift", "varchar"),
        ("customer_order_id", "varchar"),
        ("erp_work_order_id", "varchar"),
        ("current_operation", "varchar"),
        ("quality_inspection_required", "boolean"),
        ("quality_status", "varchar"),
        ("overrun_percentage", "numeric"),
        ("overrun_quantity", "numeric"),
        ("wait_minutes", "int"),
        ("is_open", "boolean"),
        ("has_bom", "boolean"),
        ("created_at", "timestamptz"),
        ("created_by", "varchar"),
    ],
};

/// What changes with the work on an order.
pub(crate) const WORK_ORDER_STATUS: Table = Table {
    name: "work_order_status",
    key: &["work_order_id"],
    columns: &[
        ("work_order_id", "varchar"),
        ("status", "varchar"),
        ("quantity_ordered", "numeric"),
        ("quantity_produced", "numeric"),
        ("quantity_rejected", "numeric"),
        ("waiting_until", "timestamptz"),
        ("actual_start_date", "timestamptz"),
        ("actual_end_date", "timestamptz"),
        ("version", "int"),
        ("updated_at", "timestamptz"),
        ("position", "bigint"),
        ("open_allocations", "bigint[]"),
        // Derived from the above, for reports and checks.
        ("quantity_most", "numeric"),
        ("actual_duration_minutes", "int"),
        ("progress_percentage", "numeric"),
    ],
};

pub(crate) const DEPENDENCIES: Table = Table {
    name: "work_order_dependencies",
    key: &["dependency_id"],
    columns: &[
        ("dependency_id", "bigint"),
        ("work_order_id", "varchar"),
        ("predecessor_work_order_id", "varchar"),
        ("dependency_type", "varchar"),
        ("lag_minutes", "int"),
        ("is_mandatory", "boolean"),
        ("created_at", "timestamptz"),
    ],
};

pub(crate) fn encode(one: &WorkOrder) -> TableRow {
    let details = &one.details;
    vec![
        cell(&one.work_order_id),
        cell(&details.work_order_number),
        cell(&details.product_id),
        cell(&details.product_name),
        cell_opt(details.product_variant.as_ref()),
        cell(&details.unit_of_measure),
        cell(details.priority.as_str()),
        cell_opt(details.planned_start_date),
        cell_opt(details.planned_end_date),
        cell(details.due_date),
        cell_opt(details.estimated_duration_minutes),
        cell_opt(details.production_line.as_ref()),
        cell_opt(details.assigned_shift.as_ref()),
        cell_opt(details.customer_order_id.as_ref()),
        cell_opt(details.erp_work_order_id.as_ref()),
        cell_opt(details.current_operation.as_ref()),
        cell(details.quality_inspection_required),
        cell_opt(details.quality_status.map(QualityStatus::as_str)),
        cell_opt(one.terms.overrun_percentage),
        cell_opt(one.terms.overrun_quantity),
        cell_opt(one.terms.wait_minutes),
        cell(!one.status.is_closed()),
        cell(!one.bill.is_empty()),
        cell(one.created_at),
        cell(&one.created_by),
    ]
}

pub(crate) fn encode_status(one: &WorkOrder, open: impl Iterator<Item = AllocationId>) -> TableRow {
    vec![
        cell(&one.work_order_id),
        cell(one.status.as_str()),
        cell(one.details.quantity_ordered),
        cell(one.quantity_produced),
        cell(one.quantity_rejected),
        cell_opt(one.waiting_until),
        cell_opt(one.actual_start_date),
        cell_opt(one.actual_end_date),
        cell(one.version),
        cell(one.updated_at),
        cell(one.position),
        cell_list(open),
        cell(one.quantity_most()),
        cell_opt(one.actual_duration_minutes()),
        cell(one.quantity_produced.percent_of(one.details.quantity_ordered)),
    ]
}

/// An order as its own row tells it.
pub(crate) struct Decoded {
    /// The order without dependencies and bill of materials.
    pub(crate) order: WorkOrder,
    /// Whether it has a bill.
    pub(crate) has_bom: bool,
    /// Its open allocations.
    pub(crate) open: Vec<AllocationId>,
}

/// Reads an order.
pub(crate) fn decode(row: &Row) -> Result<Decoded, StoreError> {
    let mut c = Cells::new(row);
    let work_order_id = c.parse(WorkOrderId::new)?;
    let mut details = WorkOrderDetails {
        work_order_number: c.text()?,
        product_id: c.text()?,
        product_name: c.text()?,
        product_variant: c.text_opt()?,
        quantity_ordered: Quantity::ZERO,
        unit_of_measure: c.text()?,
        priority: c.name(Priority::parse)?,
        planned_start_date: c.instant_opt()?,
        planned_end_date: c.instant_opt()?,
        due_date: c.instant()?,
        estimated_duration_minutes: c.get()?,
        production_line: c.text_opt()?,
        assigned_shift: c.text_opt()?,
        customer_order_id: c.text_opt()?,
        erp_work_order_id: c.text_opt()?,
        current_operation: c.text_opt()?,
        quality_inspection_required: c.get()?,
        quality_status: c.parse_opt(|name| {
            let rule = "pending, passed, failed or waived";
            QualityStatus::parse(name).ok_or_else(|| Invalid::new("quality_status", name, rule))
        })?,
    };
    let terms = WorkOrderTerms {
        overrun_percentage: c.decimal_opt(Percentage::new)?,
        overrun_quantity: c.decimal_opt(Quantity::new)?,
        wait_minutes: c.get()?,
    };
    // `is_open` follows from the status.
    c.skip();
    let has_bom = c.get()?;
    let created_at = c.instant()?;
    let created_by = c.text()?;
    let status = c.name(WorkOrderStatus::parse)?;
    details.quantity_ordered = c.decimal(Quantity::new)?;
    let order = WorkOrder {
        work_order_id,
        details,
        terms,
        status,
        quantity_produced: c.decimal(Quantity::new)?,
        quantity_rejected: c.decimal(Quantity::new)?,
        waiting_until: c.instant_opt()?,
        actual_start_date: c.instant_opt()?,
        actual_end_date: c.instant_opt()?,
        dependencies: Vec::new(),
        bill: Bill::default(),
        version: c.get()?,
        created_at,
        updated_at: c.instant()?,
        created_by,
        position: c.get()?,
    };
    let open: Vec<i64> = c.get()?;
    let open = open.into_iter().map(AllocationId).collect();
    Ok(Decoded { order, has_bom, open })
}

impl Store {
    /// Orders with bookings that begin before `until` and that have not set aside all they need,
    /// those first that begin first.
    pub async fn orders_to_supply(
        &self,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<WorkOrderId>, StoreError> {
        let client = self.session().await?;
        let sql = "SELECT w.work_order_id FROM work_orders w JOIN work_order_status s USING \
                   (work_order_id) JOIN allocations a ON a.allocation_id = ANY \
                   (s.open_allocations) WHERE w.is_open AND w.has_bom AND a.phase = 'booked' AND \
                   a.expected_start_time <= $1 AND EXISTS (SELECT FROM work_order_bom b WHERE \
                   b.work_order_id = w.work_order_id AND b.quantity_required > \
                   b.quantity_consumed + (SELECT quantity_allocated FROM \
                   work_order_bom_allocation WHERE bom_id = b.bom_id)) GROUP BY w.work_order_id \
                   ORDER BY min(a.expected_start_time) LIMIT $2";
        let statement = client.prepare_cached(sql).await?;
        let rows = client.query(&statement, &[&until, &limit]).await?;
        rows.iter().map(|row| Ok(WorkOrderId::new(row.try_get(0)?)?)).collect()
    }
}

impl Store {
    /// A page of what waits for an order, in the order of its recording; one more than asked for
    /// if there are more.
    pub async fn successors(
        &self,
        id: &WorkOrderId,
        page: &Page,
    ) -> Result<Vec<(WorkOrderId, Dependency)>, StoreError> {
        let client = self.session().await?;
        let list = DEPENDENCIES.select_list();
        let sql = format!(
            "SELECT {list} FROM work_order_dependencies d WHERE predecessor_work_order_id = $1 AND \
             ($2::text IS NULL OR dependency_id > $2::text::bigint) AND ($3::text[] IS NULL OR \
             EXISTS (SELECT FROM work_orders w WHERE w.work_order_id = d.work_order_id AND \
             (w.production_line IS NULL OR w.production_line = ANY ($3)))) ORDER BY dependency_id \
             LIMIT $4"
        );
        let statement = client.prepare_cached(&sql).await?;
        let limit = page.limit + 1;
        let parameters: [&(dyn ToSql + Sync); 4] =
            [&id.as_str(), &page.after, &page.sight.lines, &limit];
        client.query(&statement, &parameters).await?.iter().map(decode_dependency).collect()
    }
}

pub(crate) fn encode_dependency(id: &WorkOrderId, one: &Dependency) -> TableRow {
    vec![
        cell(one.dependency_id),
        cell(id),
        cell(&one.terms.predecessor_work_order_id),
        cell(one.terms.dependency_type.as_str()),
        cell(one.terms.lag_minutes),
        cell(one.terms.is_mandatory),
        cell(one.created_at),
    ]
}

pub(crate) fn decode_dependency(row: &Row) -> Result<(WorkOrderId, Dependency), StoreError> {
    let mut c = Cells::new(row);
    let dependency_id = RowId(c.get()?);
    let work_order_id = c.parse(WorkOrderId::new)?;
    let terms = DependencyTerms {
        predecessor_work_order_id: c.parse(WorkOrderId::new)?,
        dependency_type: c.name(DependencyType::parse)?,
        lag_minutes: c.get()?,
        is_mandatory: c.get()?,
    };
    let created_at = c.instant()?;
    Ok((work_order_id, Dependency { dependency_id, created_at, terms }))
}
