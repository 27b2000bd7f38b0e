//! Why a forecast could not be made.
//!
//! A broken file is named with line, column and rule, so that whoever keeps the file can mend it.
//! Sparse or odd data is no error: the model is made to answer from the first hour.

use thiserror::Error;

/// What can go wrong between a file and a forecast.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ForecastError {
    /// A value in the file breaks a rule.
    #[error("line {line}, column `{column}`: {rule}")]
    Broken {
        /// Line in the file, the header being line 1.
        line: u64,
        /// Column with the value at fault.
        column: String,
        /// The value and the rule it breaks.
        rule: String,
    },
    /// The header lacks a column.
    #[error("line 1: the column `{column}` is missing; it holds {meaning}")]
    MissingColumn {
        /// The column that was looked for.
        column: &'static str,
        /// What the column is for.
        meaning: &'static str,
    },
    /// Nothing to learn from.
    #[error(
        "no gap between two busy blocks ends by the split: there is nothing to learn from; split \
         later or give a longer log"
    )]
    NothingToLearn,
    /// Nothing to predict.
    #[error(
        "no busy block that another one follows ends at the split or later: there is nothing to \
         score; split earlier or give a longer log"
    )]
    NothingToScore,
    /// A stored model that this version cannot use.
    #[error("the stored model cannot be used: {0}; train it again")]
    UnusableModel(String),
    /// Whoever asked does not want the answer any more.
    #[error("cancelled before the model was trained")]
    Cancelled,
}
