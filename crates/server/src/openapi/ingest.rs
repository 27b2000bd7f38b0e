//! What the API's document says about bulk intake.
//!
//! One function per route, named like its handler; the rest follows from the table and the types.

use mraos_api::attendance::{AttendanceSignal, IngestAttendance};
use mraos_api::ingest::{Ingest, IngestAnswer, IngestInventory, StatusSignal};
use mraos_api::transaction::InventorySignal;

use crate::openapi::Operation;

pub(crate) fn post_statuses() -> Operation {
    Operation::ask::<Ingest<StatusSignal>, IngestAnswer>("Post many status signals")
        .holds::<StatusSignal>()
        .about(
            "At most 10,000 rows, as JSON or as NDJSON with one row per line. Every row stands \
             alone: the answer counts the good ones and names each rejected one. A row whose \
             `source.sequence` was seen before is not applied again.",
        )
        .accepts_media("application/x-ndjson")
}

pub(crate) fn post_inventory() -> Operation {
    Operation::ask::<IngestInventory, IngestAnswer>("Post many inventory transactions")
        .holds::<InventorySignal>()
        .about(
            "Receipts, issues, counts and transfers of a warehouse's system, as JSON or as NDJSON \
             with one row per line, at most 10,000. Every row stands alone, as with status \
             signals.",
        )
        .accepts_media("application/x-ndjson")
}

pub(crate) fn post_attendance() -> Operation {
    Operation::ask::<IngestAttendance, IngestAnswer>("Post many clockings")
        .holds::<AttendanceSignal>()
        .about(
            "Of terminals, as JSON or as NDJSON with one row per line, at most 10,000. Every row \
             stands alone, as with status signals; send them in the order in which they happened.",
        )
        .accepts_media("application/x-ndjson")
}
