//! The mraos binary.
