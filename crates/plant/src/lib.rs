//! MRAOS plant.
