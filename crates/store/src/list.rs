//! Lists with filters and a cursor: pages of ids by primary key, then the rows by id.
//!
//! Filters are named like columns; each noun says which it knows. Values travel as parameters,
//! never as SQL.

use deadpool_postgres::ClientWrapper;
use tokio_postgres::types::ToSql;

use crate::error::StoreError;

/// A page request.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Filter name and value; unknown names are the caller's mistake.
    pub filters: Vec<(String, String)>,
    /// Last id of the page before.
    pub after: Option<String>,
    /// Most rows to answer.
    pub limit: i64,
    /// Only these ids; all if `None`.
    pub among: Option<Vec<String>>,
    /// What the reader sees.
    pub sight: Sight,
}

/// The part of the plant that a reader sees; the rule is the domain's.
#[derive(Debug, Clone, Default)]
pub struct Sight {
    /// Lines; `None` for all.
    pub lines: Option<Vec<String>>,
    /// The operator whose own people and allocations alone are there.
    pub own: Option<String>,
}

/// A noun's list: table, key, order and filters (name and condition on `{}`).
#[derive(Debug)]
pub struct Listing {
    table: &'static str,
    key: &'static str,
    descending: bool,
    filters: &'static [(&'static str, &'static str)],
    /// Condition of being of one of the lines `{}`.
    of_lines: &'static str,
    /// Condition of being the own one of the operator `{}`.
    of_own: &'static str,
}

/// Operators by id.
pub const OPERATORS: Listing = Listing {
    table: "operators JOIN operator_status USING (operator_id)",
    key: "operator_id",
    descending: false,
    filters: &[
        ("current_status", "current_status = {}"),
        ("status", "current_status = {}"),
        ("department", "department = {}"),
        ("home_location", "home_location = {}"),
        ("production_line", "production_line = {}"),
        ("employee_id", "employee_id = {}"),
        ("is_active", "is_active = {}::boolean"),
        (
            "skill_code",
            "operator_id IN (SELECT operator_id FROM operator_skills WHERE skill_code = {})",
        ),
    ],
    of_lines: "(production_line IS NULL OR production_line = ANY ({}) OR EXISTS (SELECT FROM \
               allocations a JOIN machines m ON m.machine_id = a.machine_id WHERE \
               a.allocation_id = ANY (open_allocations) AND m.production_line = ANY ({})))",
    of_own: "operator_id = {}",
};

/// Machines by id.
pub const MACHINES: Listing = Listing {
    table: "machines JOIN machine_status USING (machine_id)",
    key: "machine_id",
    descending: false,
    filters: &[
        ("current_status", "current_status = {}"),
        ("status", "current_status = {}"),
        ("production_line", "production_line = {}"),
        ("machine_type", "machine_type = {}"),
        ("zone", "zone = {}"),
        ("is_active", "is_active = {}::boolean"),
    ],
    of_lines: "production_line = ANY ({})",
    of_own: "",
};

/// Work orders by id.
pub const WORK_ORDERS: Listing = Listing {
    table: "work_orders JOIN work_order_status USING (work_order_id)",
    key: "work_order_id",
    descending: false,
    filters: &[
        ("status", "status = {}"),
        ("priority", "priority = {}"),
        ("production_line", "production_line = {}"),
        ("product_id", "product_id = {}"),
        ("work_order_number", "work_order_number = {}"),
        ("erp_work_order_id", "erp_work_order_id = {}"),
        ("customer_order_id", "customer_order_id = {}"),
        ("is_open", "is_open = {}::boolean"),
    ],
    of_lines: "(production_line IS NULL OR production_line = ANY ({}))",
    of_own: "",
};

/// Materials by id; stock belongs to the whole plant.
pub const MATERIALS: Listing = Listing {
    table: "materials",
    key: "material_id",
    descending: false,
    filters: &[
        ("part_number", "part_number = {}"),
        ("category", "category = {}"),
        ("is_active", "is_active = {}::boolean"),
        ("is_hazardous", "is_hazardous = {}::boolean"),
        ("below_safety_stock", "(below_safety_since IS NOT NULL) = {}::boolean"),
    ],
    of_lines: "",
    of_own: "",
};

/// Reservations of material, newest first.
pub const RESERVATIONS: Listing = Listing {
    table: "material_reservations",
    key: "reservation_id",
    descending: true,
    filters: &[
        ("status", "status = {}"),
        ("material_id", "material_id = {}"),
        ("work_order_id", "work_order_id = {}"),
    ],
    of_lines: "work_order_id IN (SELECT work_order_id FROM work_orders WHERE production_line IS \
               NULL OR production_line = ANY ({}))",
    of_own: "",
};

/// Allocations, newest first.
pub const ALLOCATIONS: Listing = Listing {
    table: "allocations",
    key: "allocation_id",
    descending: true,
    filters: &[
        ("status", "status = {}"),
        ("phase", "phase = {}"),
        ("operator_id", "operator_id = {}"),
        ("machine_id", "machine_id = {}"),
        ("work_order_id", "work_order_id = {}"),
        ("allocation_method", "allocation_method = {}"),
        (
            "production_line",
            "machine_id IN (SELECT machine_id FROM machines WHERE production_line = {})",
        ),
    ],
    of_lines: "CASE WHEN machine_id IS NOT NULL THEN machine_id IN (SELECT machine_id FROM \
               machines WHERE production_line = ANY ({})) ELSE work_order_id IN (SELECT \
               work_order_id FROM work_orders WHERE production_line IS NULL OR production_line = \
               ANY ({})) END",
    of_own: "operator_id = {}",
};

/// Users by id.
pub const USERS: Listing = Listing {
    table: "users",
    key: "user_id",
    descending: false,
    filters: &[("role", "role = {}"), ("is_active", "is_active = {}::boolean")],
    of_lines: "",
    of_own: "",
};

impl Listing {
    /// The names of the filters.
    pub fn filter_names(&self) -> impl Iterator<Item = &'static str> {
        self.filters.iter().map(|(name, _)| *name)
    }

    /// The ids of a page, one more than asked for if there are more.
    pub(crate) async fn ids(
        &self,
        client: &ClientWrapper,
        page: &Page,
    ) -> Result<Vec<String>, StoreError> {
        let sql = self.sql(page)?;
        let limit = page.limit + 1;
        let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&limit];
        parameters.extend(page.filters.iter().map(|(_, value)| value as &(dyn ToSql + Sync)));
        parameters.extend(page.after.iter().map(|after| after as &(dyn ToSql + Sync)));
        parameters.extend(page.among.iter().map(|among| among as &(dyn ToSql + Sync)));
        let Sight { lines, own } = &page.sight;
        let own = own.as_ref().filter(|_| !self.of_own.is_empty());
        let lines = lines.as_ref().filter(|_| own.is_none() && !self.of_lines.is_empty());
        parameters.extend(own.iter().map(|own| *own as &(dyn ToSql + Sync)));
        parameters.extend(lines.iter().map(|lines| *lines as &(dyn ToSql + Sync)));
        let statement = client.prepare_cached(&sql).await?;
        let rows = client.query(&statement, &parameters).await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    fn sql(&self, page: &Page) -> Result<String, StoreError> {
        let mut conditions = Vec::new();
        let mut next = 2;
        for (name, _) in &page.filters {
            let known = self.filters.iter().find(|(known, _)| known == name);
            let Some((_, condition)) = known else {
                return Err(StoreError::Unexpected(format!("no filter `{name}`")));
            };
            conditions.push(condition.replace("{}", &format!("${next}::text")));
            next += 1;
        }
        let Self { table, key, .. } = self;
        let (compare, order) = if self.descending { ("<", "DESC") } else { (">", "ASC") };
        if page.after.is_some() {
            let cast = if self.descending { "bigint" } else { "varchar" };
            conditions.push(format!("{key} {compare} ${next}::text::{cast}"));
            next += 1;
        }
        if page.among.is_some() {
            conditions.push(format!("{key}::text = ANY (${next}::text[])"));
            next += 1;
        }
        // Own work is told by its operator, whatever the line; the rest by the line.
        if page.sight.own.is_some() && !self.of_own.is_empty() {
            conditions.push(self.of_own.replace("{}", &format!("${next}::text")));
        } else if page.sight.lines.is_some() && !self.of_lines.is_empty() {
            conditions.push(self.of_lines.replace("{}", &format!("${next}::text[]")));
        }
        let condition = if conditions.is_empty() {
            String::new()
        } else {
            format!("WHERE {}", conditions.join(" AND "))
        };
        Ok(format!("SELECT {key}::text FROM {table} {condition} ORDER BY {key} {order} LIMIT $1"))
    }
}
