//! MRAOS server.
