//! The house rules as code: what a reviewer would otherwise have to say again and again.
//!
//! `cargo test -p mraos-tidy` checks the whole repository: sizes, names, headers, banned words, SQL
//! outside the store, and the direction of the dependencies between crates. The crate sees none of
//! the others, so the rules can be checked while another crate does not compile. It never ships,
//! never writes a file and has no list of tolerated offenders.

pub mod architecture;
pub mod files;
pub mod finding;
pub mod manifest;
pub mod names;
pub mod rust;
pub mod text;
pub mod trace;

use files::SourceFile;
use finding::Finding;

/// Every rule that looks at one file, applied to `file`.
pub fn check_file(file: &SourceFile) -> Vec<Finding> {
    let mut findings = names::check(file);
    findings.extend(text::check(file));
    if file.is_rust() {
        findings.extend(rust::check(file));
    }
    if file.file_name() == "Cargo.toml" {
        findings.extend(manifest::check(file));
    }
    findings
}
