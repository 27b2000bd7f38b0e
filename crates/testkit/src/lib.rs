//! MRAOS testkit.
