//! Every holiday of the plant.
//!
//! They are so few that one key stands for all of them.

use deadpool_postgres::ClientWrapper;
use mraos_domain::Holidays;

use super::Wanted;
use crate::error::StoreError;
use crate::holiday;

pub(super) async fn read(
    client: &ClientWrapper,
    wanted: &Wanted,
) -> Result<Option<Holidays>, StoreError> {
    if !wanted.holidays {
        return Ok(None);
    }
    let sql = format!("SELECT {} FROM holidays", holiday::HOLIDAYS.select_list());
    let statement = client.prepare_cached(&sql).await?;
    let mut all = Holidays::new();
    for row in client.query(&statement, &[]).await? {
        let one = holiday::decode(&row)?;
        all.insert(one.day, one);
    }
    Ok(Some(all))
}
