//! The document in the repository is the one that the binary serves.
//!
//! Clients and the browser's types are generated from `docs/openapi.json`, so a change of the
//! interface shows in review as a change of that file. Renew it with
//! `MRAOS_RENEW=1 cargo test -p mraos-server --test openapi`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;

fn snapshot() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "docs", "openapi.json"].iter().collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "asked for by whoever runs the test")]
fn the_repository_holds_the_document_that_is_served() {
    let document = mraos_server::document();
    let served = format!("{}\n", serde_json::to_string_pretty(&document).unwrap());
    if std::env::var_os("MRAOS_RENEW").is_some() {
        fs::write(snapshot(), &served).unwrap();
    }
    let kept = fs::read_to_string(snapshot()).unwrap_or_default();
    let differs = kept.lines().zip(served.lines()).find(|(kept, served)| kept != served);
    assert!(
        kept == served,
        "docs/openapi.json is not what the server serves (first difference: {differs:?}); renew \
         it with `MRAOS_RENEW=1 cargo test -p mraos-server --test openapi` and read the change"
    );
}
