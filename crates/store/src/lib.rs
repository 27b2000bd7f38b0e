//! MRAOS store.
