//! Every holiday of the plant.
//!
//! They are so few that one key stands for all of them.

use deadpool_postgres::ClientWrapper;
use mraos_domain::{Holidays, State};

use super::Wanted;
use crate::error::StoreError;
use crate::holiday;

pub(super) async fn load(
    client: &ClientWrapper,
    wanted: &Wanted,
    state: &mut State,
) -> Result<(), StoreError> {
    if !wanted.holidays {
        return Ok(());
    }
    let sql = format!("SELECT {} FROM holidays", holiday::HOLIDAYS.select_list());
    let statement = client.prepare_cached(&sql).await?;
    let mut all = Holidays::new();
    for row in client.query(&statement, &[]).await? {
        let one = holiday::decode(&row)?;
        all.insert(one.day, one);
    }
    state.put_holidays(all);
    Ok(())
}
