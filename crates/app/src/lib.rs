//! MRAOS app.
