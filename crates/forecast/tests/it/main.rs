//! The forecast as a whole: what it may know, what it does with odd plants, and how fast it is.
//!
//! Plants are made from seeds with gaps whose true distribution is known. Nothing here reads a
//! file of a real plant; `make bench-forecast` does that.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod known;
mod moments;
mod odd;
mod plant;
