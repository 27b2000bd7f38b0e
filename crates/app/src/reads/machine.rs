//! Reads of what a machine did and of its maintenance.
//!
//! The caller has found the machine before, so that what is not there for it stays unknown.

use std::collections::HashMap;

use mraos_domain::{MachineId, MachineStatus};
use mraos_store::Page;
pub use mraos_store::machine_figures::MachineFigures;
use mraos_store::machine_history::HistoryPage;
pub use mraos_store::machine_history::StatusPeriod;
pub use mraos_store::maintenance::MaintenanceRow;

use super::{Paged, Reads, cut, filter, parse_time_key};
use crate::error::AppError;

/// A maintenance with its notes.
#[derive(Debug, Clone)]
pub struct MaintenanceView {
    /// The maintenance and how it ended.
    pub row: MaintenanceRow,
    /// What was found, or why not; `None` once erased.
    pub notes: Option<String>,
}

impl Reads {
    /// What was computed last of some machines.
    pub async fn machine_figures(
        &self,
        ids: &[MachineId],
    ) -> Result<HashMap<MachineId, MachineFigures>, AppError> {
        let all = self.store.machine_figures(ids).await?;
        Ok(all.into_iter().map(|one| (one.machine_id.clone(), one)).collect())
    }

    /// A page of a machine's history, newest first.
    pub async fn machine_history(
        &self,
        id: &MachineId,
        page: &Page,
    ) -> Result<Paged<StatusPeriod>, AppError> {
        let wanted = HistoryPage {
            status: filter(page, "status").and_then(MachineStatus::parse),
            before: page.after.as_deref().and_then(parse_time_key),
            limit: page.limit,
        };
        let mut periods = self.store.machine_history(id, &wanted).await?;
        for period in &mut periods {
            self.open_text(&mut period.reason_description)?;
        }
        Ok(cut(periods, page.limit, |one| format!("{}/{}", one.started_at, one.status_id)))
    }

    /// A page of a machine's maintenance, newest first.
    pub async fn maintenance_of(
        &self,
        id: &MachineId,
        page: &Page,
    ) -> Result<Paged<MaintenanceView>, AppError> {
        let (status, limit) = (filter(page, "status"), page.limit);
        let before = page.after.as_deref().and_then(|key| key.parse().ok());
        let rows = self.store.maintenance_of(id, status, before, limit).await?;
        let Paged { items, next } =
            cut(rows, limit, |row| row.maintenance.maintenance_id.to_string());
        let wanted: Vec<_> = items.iter().filter_map(|row| row.notes_text_id).collect();
        let mut texts = self.texts(&wanted).await?;
        let view = |row: MaintenanceRow| {
            let notes = row.notes_text_id.and_then(|id| texts.remove(&id));
            MaintenanceView { row, notes }
        };
        Ok(Paged { items: items.into_iter().map(view).collect(), next })
    }
}
