//! Inventory transactions: rows to domain values and back.
//!
//! Each is written once, by the event whose position is its id.

use mraos_domain::event::StockReference;
use mraos_domain::{
    Cost, InventoryTransaction, MaterialId, QuantityChange, RowId, TextRef, TransactionType,
};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::cell::{cell, cell_opt};
use crate::cells::Cells;
use crate::error::StoreError;
use crate::list::Page;
use crate::store::Store;
use crate::table::{Table, TableRow};

pub(crate) const TRANSACTIONS: Table = Table {
    name: "inventory_transactions",
    key: &["transaction_id"],
    columns: &[
        ("transaction_id", "bigint"),
        ("material_id", "varchar"),
        ("transaction_type", "varchar"),
        ("transaction_date", "timestamptz"),
        ("quantity", "numeric"),
        ("unit_cost", "numeric"),
        ("reference_type", "varchar"),
        ("reference_id", "varchar"),
        ("from_location", "varchar"),
        ("to_location", "varchar"),
        ("batch_number", "varchar"),
        ("lot_number", "varchar"),
        ("expiration_date", "date"),
        ("reservation_id", "bigint"),
        ("reason_code", "varchar"),
        ("performed_by", "varchar"),
        ("notes_text_id", "uuid"),
        ("notes_digest", "varchar"),
        ("created_at", "timestamptz"),
    ],
};

pub(crate) fn encode(one: &InventoryTransaction) -> TableRow {
    let reference = one.reference.as_ref();
    vec![
        cell(one.transaction_id),
        cell(&one.material_id),
        cell(one.transaction_type.as_str()),
        cell(one.transaction_date),
        cell(one.quantity),
        cell_opt(one.unit_cost),
        cell_opt(reference.map(|one| &one.reference_type)),
        cell_opt(reference.map(|one| &one.reference_id)),
        cell_opt(one.from_location.as_ref()),
        cell_opt(one.to_location.as_ref()),
        cell_opt(one.batch_number.as_ref()),
        cell_opt(one.lot_number.as_ref()),
        cell_opt(one.expiration_date),
        cell_opt(one.reservation_id),
        cell_opt(one.reason_code.as_ref()),
        cell(&one.performed_by),
        cell_opt(one.notes.as_ref().map(|notes| notes.text_id)),
        cell_opt(one.notes.as_ref().map(|notes| &notes.digest)),
        cell(one.created_at),
    ]
}

pub(crate) fn decode(row: &Row) -> Result<InventoryTransaction, StoreError> {
    let mut c = Cells::new(row);
    let transaction_id = RowId(c.get()?);
    let material_id = c.parse(MaterialId::new)?;
    let transaction_type = c.name(TransactionType::parse)?;
    let transaction_date = c.instant()?;
    let quantity = c.decimal(QuantityChange::new)?;
    let unit_cost = c.decimal_opt(Cost::new)?;
    let (kind, id) = (c.text_opt()?, c.text_opt()?);
    let reference = kind
        .zip(id)
        .map(|(reference_type, reference_id)| StockReference { reference_type, reference_id });
    let from_location = c.text_opt()?;
    let to_location = c.text_opt()?;
    let batch_number = c.text_opt()?;
    let lot_number = c.text_opt()?;
    let expiration_date = c.date_opt()?;
    let reservation_id: Option<i64> = c.get()?;
    let reason_code = c.text_opt()?;
    let performed_by = c.text()?;
    let notes: (Option<Uuid>, Option<String>) = (c.get()?, c.get()?);
    Ok(InventoryTransaction {
        transaction_id,
        material_id,
        transaction_type,
        transaction_date,
        quantity,
        unit_cost,
        reference,
        from_location,
        to_location,
        batch_number,
        lot_number,
        expiration_date,
        reservation_id: reservation_id.map(RowId),
        reason_code,
        performed_by,
        notes: notes.0.zip(notes.1).map(|(text_id, digest)| TextRef { text_id, digest }),
        created_at: c.instant()?,
    })
}

/// Transactions of a material after or before others: newest first.
const OF_MATERIAL: &str = "WHERE material_id = $1 AND ($2::bigint IS NULL OR transaction_id < $2) \
    AND ($3::text IS NULL OR transaction_type = $3) AND ($4::text IS NULL OR reference_id = $4) \
    ORDER BY transaction_id DESC LIMIT $5";

impl Store {
    /// A page of a material's transactions, newest first, and whether more follow.
    pub async fn transactions_of(
        &self,
        id: &MaterialId,
        page: &Page,
    ) -> Result<(Vec<InventoryTransaction>, bool), StoreError> {
        let client = self.session().await?;
        let list = TRANSACTIONS.select_list();
        let sql = format!("SELECT {list} FROM inventory_transactions {OF_MATERIAL}");
        let statement = client.prepare_cached(&sql).await?;
        let filter = |name: &str| {
            let given = page.filters.iter().find(|(known, _)| known == name);
            given.map(|(_, value)| value.as_str())
        };
        let after: Option<i64> = page.after.as_deref().and_then(|after| after.parse().ok());
        let limit = page.limit + 1;
        let (kind, reference) = (filter("transaction_type"), filter("reference_id"));
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
            [&id.as_str(), &after, &kind, &reference, &limit];
        let rows = client.query(&statement, &parameters).await?;
        let mut all = rows.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        let most = usize::try_from(page.limit).unwrap_or_default();
        let has_more = all.len() > most;
        all.truncate(most);
        Ok((all, has_more))
    }

    /// The transactions at positions from `first` to `last`.
    pub async fn transactions_between(
        &self,
        first: i64,
        last: i64,
    ) -> Result<Vec<InventoryTransaction>, StoreError> {
        let client = self.session().await?;
        let list = TRANSACTIONS.select_list();
        let sql = format!(
            "SELECT {list} FROM inventory_transactions WHERE transaction_id BETWEEN $1 AND $2 \
             ORDER BY transaction_id"
        );
        let statement = client.prepare_cached(&sql).await?;
        client.query(&statement, &[&first, &last]).await?.iter().map(decode).collect()
    }
}
