//! Reads of what a machine did and of its maintenance.
//!
//! The caller has found the machine before, so that what is not there for it stays unknown.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use mraos_domain::{MachineId, MachineStatus};
use mraos_store::Page;
pub use mraos_store::machine_figures::MachineFigures;
use mraos_store::machine_history::HistoryPage;
pub use mraos_store::machine_history::StatusPeriod;
pub use mraos_store::maintenance::MaintenanceRow;

use super::{Paged, Reads, cut, filter, parse_time_key};
use crate::error::AppError;

/// Figures of all machines that have any; none until this node has computed some.
pub(super) type KeptFigures = RwLock<Option<Arc<HashMap<MachineId, MachineFigures>>>>;

fn by_machine(all: Vec<MachineFigures>) -> HashMap<MachineId, MachineFigures> {
    all.into_iter().map(|one| (one.machine_id.clone(), one)).collect()
}

/// A maintenance with its notes.
#[derive(Debug, Clone)]
pub struct MaintenanceView {
    /// The maintenance and how it ended.
    pub row: MaintenanceRow,
    /// What was found, or why not; `None` once erased.
    pub notes: Option<String>,
}

impl Reads {
    /// What was computed last of some machines: by this node, until it has computed something by
    /// whomever.
    pub async fn machine_figures(
        &self,
        ids: &[MachineId],
    ) -> Result<HashMap<MachineId, MachineFigures>, AppError> {
        let computed = self.figures.read().ok().and_then(|figures| figures.clone());
        if let Some(computed) = computed {
            let found = ids.iter().filter_map(|id| computed.get_key_value(id));
            return Ok(found.map(|(id, figures)| (id.clone(), figures.clone())).collect());
        }
        Ok(by_machine(self.store.machine_figures(ids).await?))
    }

    /// Keeps what was just computed.
    pub(crate) async fn keep_machine_figures(&self) -> Result<(), AppError> {
        let all = by_machine(self.store.all_machine_figures().await?);
        if let Ok(mut figures) = self.figures.write() {
            *figures = Some(Arc::new(all));
        }
        Ok(())
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
