//! What the rows of a table add up to, in whatever order they come: two tables with one sum hold
//! the same rows.
//!
//! The sum of the rows' hashes under a key that is drawn anew for each examination, so that nobody
//! could have changed rows to fit. Takes no memory for what it has seen. That sums differ says only
//! that rows are to be compared: the same value may have two binary forms.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Draws what the hashes of one examination are made under.
#[derive(Clone)]
pub(crate) struct FingerprintKey(Sha256);

impl FingerprintKey {
    pub(super) fn draw() -> Self {
        let drawn = [Uuid::new_v4(), Uuid::new_v4()];
        Self(Sha256::new().chain_update(drawn[0]).chain_update(drawn[1]))
    }
}

/// The sum of no rows yet, or of some.
#[derive(Clone)]
pub(crate) struct Fingerprint {
    keyed: Sha256,
    sum: u128,
    rows: u64,
}

impl Fingerprint {
    pub(super) fn new(key: &FingerprintKey) -> Self {
        Self { keyed: key.0.clone(), sum: 0, rows: 0 }
    }

    /// Adds a row in the binary form of COPY.
    pub(super) fn add(&mut self, row: &[u8]) {
        let hash: [u8; 32] = self.keyed.clone().chain_update(row).finalize().into();
        let (half, _) = hash.split_at(size_of::<u128>());
        let part = half.iter().fold(0, |number, byte| number << 8 | u128::from(*byte));
        self.sum = self.sum.wrapping_add(part);
        self.rows += 1;
    }

    /// Adds what others have seen of the same table.
    pub(super) fn add_all(&mut self, others: &Self) {
        self.sum = self.sum.wrapping_add(others.sum);
        self.rows += others.rows;
    }

    /// Whether both have seen the same rows.
    pub(super) fn equals(&self, other: &Self) -> bool {
        (self.sum, self.rows) == (other.sum, other.rows)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn of(key: &FingerprintKey, rows: &[&[u8]]) -> Fingerprint {
        let mut all = Fingerprint::new(key);
        rows.iter().for_each(|row| all.add(row));
        all
    }

    #[test]
    fn the_order_of_rows_does_not_matter_and_everything_else_does() {
        let key = FingerprintKey::draw();
        let wanted = of(&key, &[b"one", b"two", b"three"]);
        assert!(wanted.equals(&of(&key, &[b"three", b"one", b"two"])));
        assert!(!wanted.equals(&of(&key, &[b"one", b"two"])));
        assert!(!wanted.equals(&of(&key, &[b"one", b"two", b"three", b"three"])));
        assert!(!wanted.equals(&of(&key, &[b"one", b"two", b"threE"])));
        assert!(!wanted.equals(&of(&key, &[b"one", b"twot", b"hree"])));
        assert!(!wanted.equals(&of(&FingerprintKey::draw(), &[b"one", b"two", b"three"])));
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let key = FingerprintKey::draw();
        let mut parts = of(&key, &[b"one"]);
        parts.add_all(&of(&key, &[b"three", b"two"]));
        assert!(parts.equals(&of(&key, &[b"one", b"two", b"three"])));
    }
}
