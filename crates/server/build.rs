//! Tells cargo when the screens inside a release binary are stale.
//!
//! The files are embedded by a macro, which sees those that were there when it ran; only this makes
//! cargo look for new ones. It never builds the screens: `make web` does.

#[expect(clippy::disallowed_methods, reason = "no setting: cargo says what it builds")]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A development build reads the files when they are asked for. To watch them there would
    // compile the crate anew after every change, and always while they are missing.
    if std::env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../../web/dist");
    }
}
