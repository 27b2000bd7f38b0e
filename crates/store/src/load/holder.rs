//! Who holds values that only one may have, and how far sources are.
//!
//! A value that nobody holds is not among the answers: the caller notes it as absent.

use deadpool_postgres::ClientWrapper;
use mraos_domain::{SourceId, State, Text, UniqueField};

use super::Wanted;
use crate::error::StoreError;

const HOLDERS: [(UniqueField, &str); 4] = [
    (
        UniqueField::EmployeeId,
        "SELECT employee_id, operator_id FROM operators WHERE employee_id = ANY($1)",
    ),
    (
        UniqueField::PartNumber,
        "SELECT part_number, material_id FROM materials WHERE part_number = ANY($1)",
    ),
    (
        UniqueField::SerialNumber,
        "SELECT serial_number, machine_id FROM machines WHERE serial_number = ANY($1)",
    ),
    (
        UniqueField::WorkOrderNumber,
        "SELECT work_order_number, work_order_id FROM work_orders WHERE work_order_number = \
         ANY($1)",
    ),
];

const WATERMARKS: &str =
    "SELECT source_id, sequence FROM ingest_watermarks WHERE source_id = ANY($1)";

/// What was found.
#[derive(Default)]
pub(super) struct Holders {
    values: Vec<(UniqueField, String, String)>,
    watermarks: Vec<(SourceId, i64)>,
}

impl Holders {
    pub(super) fn put(self, state: &mut State) {
        for (field, value, holder) in self.values {
            state.put_holder(field, &value, Some(holder));
        }
        for (source, sequence) in self.watermarks {
            state.put_watermark(source, sequence);
        }
    }
}

pub(super) async fn read(client: &ClientWrapper, wanted: &Wanted) -> Result<Holders, StoreError> {
    let mut found = Holders::default();
    for (field, sql) in HOLDERS {
        let Some(values) = wanted.unique.get(&field) else { continue };
        let statement = client.prepare_cached(sql).await?;
        for row in client.query(&statement, &[values]).await? {
            found.values.push((field, row.try_get(0)?, row.try_get(1)?));
        }
    }
    if !wanted.sources.is_empty() {
        let statement = client.prepare_cached(WATERMARKS).await?;
        for row in client.query(&statement, &[&wanted.sources]).await? {
            found.watermarks.push((Text::new(row.try_get::<_, &str>(0)?)?, row.try_get(1)?));
        }
    }
    Ok(found)
}
