//! Inventory transactions: the movements of stock as the specification's rows.
//!
//! A view of the log: each row is one event, with its position as id, and tells alone what moved
//! where. On hand is what came less what went; set aside is what was reserved less what was
//! released and what was issued out of a reservation.

use jiff::civil::Date;
use mraos_domain::event::StockReference;
use mraos_domain::{
    Cost, Instant, MaterialId, QuantityChange, ReasonCode, RowId, Text, TextRef, TransactionType,
};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::cells::Cells;
use crate::error::StoreError;
use crate::list::Page;
use crate::store::Store;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryTransaction {
    /// Position of the event.
    pub transaction_id: RowId,
    /// Which material.
    pub material_id: MaterialId,
    /// What it is called.
    pub transaction_type: TransactionType,
    /// When it happened.
    pub transaction_date: Instant,
    /// How much; with a sign for an adjustment alone.
    pub quantity: QuantityChange,
    /// What a unit cost.
    pub unit_cost: Option<Cost>,
    /// What it refers to: the order, or what was given.
    pub reference: Option<StockReference>,
    /// Where it came from.
    pub from_location: Option<Text<100>>,
    /// Where it went to.
    pub to_location: Option<Text<100>>,
    /// Maker's batch.
    pub batch_number: Option<Text<50>>,
    /// Lot within it.
    pub lot_number: Option<Text<50>>,
    /// Last day of use.
    pub expiration_date: Option<Date>,
    /// The reservation that it made or drew on.
    pub reservation_id: Option<RowId>,
    /// Why, as a code.
    pub reason_code: Option<ReasonCode>,
    /// Who did it.
    pub performed_by: Text<50>,
    /// Why, as free text beside the log.
    pub notes: Option<TextRef>,
    /// When recorded.
    pub created_at: Instant,
}

fn decode(row: &Row) -> Result<InventoryTransaction, StoreError> {
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

const SELECT: &str = "SELECT transaction_id, material_id, transaction_type, transaction_date, \
    quantity, unit_cost, reference_type, reference_id, from_location, to_location, batch_number, \
    lot_number, expiration_date, reservation_id, reason_code, performed_by, notes_text_id, \
    notes_digest, created_at FROM inventory_transactions";

/// Transactions of a material before another: newest first. By a range of ids, of which one is
/// meant, the index of the material's events is the only one in this order; else the whole log
/// might be read backwards until enough is found.
const OF_MATERIAL: &str = "WHERE material_id >= $1 AND material_id <= $1 AND ($2::bigint IS NULL \
    OR transaction_id < $2) AND ($3::text IS NULL OR transaction_type = $3) AND ($4::text IS NULL \
    OR reference_id = $4) ORDER BY material_id DESC, transaction_id DESC LIMIT $5";

impl Store {
    /// A page of a material's transactions, newest first, and whether more follow.
    pub async fn transactions_of(
        &self,
        id: &MaterialId,
        page: &Page,
    ) -> Result<(Vec<InventoryTransaction>, bool), StoreError> {
        let client = self.session().await?;
        let sql = format!("{SELECT} {OF_MATERIAL}");
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
        let sql =
            format!("{SELECT} WHERE transaction_id BETWEEN $1 AND $2 ORDER BY transaction_id");
        let statement = client.prepare_cached(&sql).await?;
        client.query(&statement, &[&first, &last]).await?.iter().map(decode).collect()
    }
}
