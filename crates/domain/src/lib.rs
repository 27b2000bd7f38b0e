//! MRAOS domain.
