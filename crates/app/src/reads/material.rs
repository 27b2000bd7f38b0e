//! Reads of materials, what moved them, reservations and shortages.
//!
//! Stock belongs to the whole plant; a reservation is there for whoever sees its order.

use mraos_domain::{Actor, Key, Material, MaterialId, Plant, Reservation, RowId};
use mraos_store::Page;
pub use mraos_store::shortage::Shortage;
use mraos_store::transaction::InventoryTransaction;
use uuid::Uuid;

use super::{Paged, Reads, in_sight};
use crate::error::AppError;

/// A transaction with its free text.
#[derive(Debug, Clone)]
pub struct TransactionView {
    /// The transaction.
    pub transaction: InventoryTransaction,
    /// Why; `None` if nobody said or the text was erased.
    pub notes: Option<String>,
}

impl Reads {
    /// A material.
    pub async fn find_material(
        &self,
        actor: &Actor,
        id: &MaterialId,
    ) -> Result<Option<Material>, AppError> {
        Ok(self.materials(actor, std::slice::from_ref(id)).await?.pop())
    }

    /// A page of materials.
    pub async fn list_materials(
        &self,
        actor: &Actor,
        page: &Page,
    ) -> Result<Paged<Material>, AppError> {
        let listed = self.store.list_materials(&in_sight(actor, page)).await?;
        let next = listed.ids.last().filter(|_| listed.has_more).map(ToString::to_string);
        Ok(Paged { items: self.materials(actor, &listed.ids).await?, next })
    }

    async fn materials(
        &self,
        actor: &Actor,
        ids: &[MaterialId],
    ) -> Result<Vec<Material>, AppError> {
        let state = self.load_in_sight(actor, ids.iter().cloned().map(Key::Material)).await?;
        Ok(ids.iter().filter_map(|id| state.material(id)).cloned().collect())
    }

    /// A page of a material's transactions, newest first.
    pub async fn list_transactions(
        &self,
        id: &MaterialId,
        page: &Page,
    ) -> Result<Paged<TransactionView>, AppError> {
        let (all, has_more) = self.store.transactions_of(id, page).await?;
        let next = all.last().filter(|_| has_more).map(|one| one.transaction_id.to_string());
        Ok(Paged { items: self.with_notes(all).await?, next })
    }

    /// The transactions that a command has made, by the positions of its events.
    pub async fn transactions_between(
        &self,
        first: i64,
        last: i64,
    ) -> Result<Vec<TransactionView>, AppError> {
        let all = self.store.transactions_between(first, last).await?;
        self.with_notes(all).await
    }

    async fn with_notes(
        &self,
        all: Vec<InventoryTransaction>,
    ) -> Result<Vec<TransactionView>, AppError> {
        let text_id = |one: &InventoryTransaction| one.notes.as_ref().map(|text| text.text_id);
        let wanted: Vec<Uuid> = all.iter().filter_map(text_id).collect();
        let texts = self.texts(&wanted).await?;
        let view = |transaction: InventoryTransaction| {
            let notes = text_id(&transaction).and_then(|id| texts.get(&id).cloned());
            TransactionView { transaction, notes }
        };
        Ok(all.into_iter().map(view).collect())
    }

    /// A reservation, whatever has become of it.
    pub async fn find_reservation(
        &self,
        actor: &Actor,
        id: RowId,
    ) -> Result<Option<Reservation>, AppError> {
        Ok(self.reservations(actor, &[id]).await?.pop())
    }

    /// A page of reservations, newest first.
    pub async fn list_reservations(
        &self,
        actor: &Actor,
        page: &Page,
    ) -> Result<Paged<Reservation>, AppError> {
        let listed = self.store.list_reservations(&in_sight(actor, page)).await?;
        let next = listed.ids.last().filter(|_| listed.has_more).map(ToString::to_string);
        Ok(Paged { items: self.reservations(actor, &listed.ids).await?, next })
    }

    async fn reservations(
        &self,
        actor: &Actor,
        ids: &[RowId],
    ) -> Result<Vec<Reservation>, AppError> {
        let mut all = self.store.reservations(ids).await?;
        if !actor.sees_everything() {
            let key = |one: &Reservation| Key::WorkOrder(one.work_order_id.clone());
            let state = self.load_in_sight(actor, all.iter().map(key)).await?;
            all.retain(|one| actor.sees(&state, &key(one)));
        }
        Ok(all)
    }

    /// A page of what there is too little of, by material.
    pub async fn list_shortages(
        &self,
        actor: &Actor,
        page: &Page,
        plant: &Plant,
        now: mraos_domain::Instant,
    ) -> Result<Paged<Shortage>, AppError> {
        let page = in_sight(actor, page);
        let (items, has_more) = self.store.shortages(&page, plant.date_of(now)).await?;
        let next = items.last().filter(|_| has_more).map(|one| one.material_id.to_string());
        Ok(Paged { items, next })
    }
}
