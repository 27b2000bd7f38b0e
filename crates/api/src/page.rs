//! Pages of lists: what every `GET` of a collection answers.
//!
//! The cursor is opaque to clients; the server writes and checks it. A page never carries a total:
//! counting costs more than the page.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Send it as `cursor` to get the next page; none on the last one.
    pub next_cursor: Option<String>,
}
