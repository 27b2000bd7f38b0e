//! MRAOS api.
