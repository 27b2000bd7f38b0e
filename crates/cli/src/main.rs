//! The `mraos` program.
fn main() {}
