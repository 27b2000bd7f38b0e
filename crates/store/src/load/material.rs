//! Materials with their lots.
//!
//! Both statements are under way at once; lots come in the order of their coming.

use std::collections::HashMap;

use deadpool_postgres::ClientWrapper;
use futures_util::future::join;
use mraos_domain::{Lot, Material, MaterialId};

use super::Wanted;
use crate::error::StoreError;
use crate::material;

/// The last event about each material; by a range of ids as in [`crate::transaction`].
const LAST_CHANGE: &str = "CROSS JOIN LATERAL (SELECT recorded_at, position FROM events WHERE \
    entity_type = 'material' AND entity_id >= m.material_id AND entity_id <= m.material_id ORDER \
    BY entity_id DESC, position DESC LIMIT 1) e WHERE m.material_id = ANY($1)";

pub(super) async fn read(
    client: &ClientWrapper,
    wanted: &Wanted,
) -> Result<Vec<Material>, StoreError> {
    if wanted.materials.is_empty() {
        return Ok(Vec::new());
    }
    let list = material::MATERIALS.select_list();
    let sql = format!("SELECT {list}, e.recorded_at, e.position FROM materials m {LAST_CHANGE}");
    let materials = client.prepare_cached(&sql).await?;
    let list = material::LOTS.select_list();
    let sql =
        format!("SELECT {list} FROM material_lots WHERE material_id = ANY($1) ORDER BY lot_id");
    let lots = client.prepare_cached(&sql).await?;
    let ids: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&wanted.materials];
    let (materials, lots) = join(client.query(&materials, &ids), client.query(&lots, &ids)).await;
    let mut by_material: HashMap<MaterialId, Vec<Lot>> = HashMap::new();
    for row in lots? {
        let (id, lot) = material::decode_lot(&row)?;
        by_material.entry(id).or_default().push(lot);
    }
    let mut found = Vec::new();
    for row in materials? {
        let mut material = material::decode(&row)?;
        material.lots = by_material.remove(&material.material_id).unwrap_or_default();
        found.push(material);
    }
    Ok(found)
}
