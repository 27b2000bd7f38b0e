//! How a projection is written: one description per table serves the live upsert, the rebuild's
//! COPY and the comparison of both.
//!
//! A row is a list of texts, one per column, in PostgreSQL's own text form; the statements cast
//! them. Hot updates that touch few columns have statements of their own beside this.

mod compare;

use std::fmt::Display;

/// A column and its SQL type.
pub(crate) type Column = (&'static str, &'static str);

/// A table that is derived from the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// Columns of the primary key, in order.
    pub(crate) key: &'static [&'static str],
    pub(crate) columns: &'static [Column],
}

/// A row in text form.
pub(crate) type TextRow = Vec<Option<String>>;

/// A value in text form.
pub(crate) fn cell(value: impl Display) -> Option<String> {
    Some(value.to_string())
}

/// An optional value in text form.
pub(crate) fn cell_opt(value: Option<impl Display>) -> Option<String> {
    value.map(|value| value.to_string())
}

/// Numbers as an array literal.
pub(crate) fn number_array(values: impl Iterator<Item = i64>) -> Option<String> {
    let list: Vec<String> = values.map(|value| value.to_string()).collect();
    Some(format!("{{{}}}", list.join(",")))
}

/// Texts as an array literal, each quoted.
pub(crate) fn text_array<'a>(values: impl Iterator<Item = &'a str>) -> Option<String> {
    let quote = |value: &str| format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
    let list: Vec<String> = values.map(quote).collect();
    Some(format!("{{{}}}", list.join(",")))
}

impl Table {
    /// The column names as a SELECT list.
    pub(crate) fn select_list(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    /// Reads this table joined with the narrow table of what changes with the work: the columns
    /// of both in order, the key once; ends before the condition.
    pub(crate) fn select_with(&self, narrow: &Table) -> String {
        let key = self.key.join(", ");
        let wide = self.columns.iter().map(|(name, _)| format!("m.{name}"));
        let hot = narrow.columns.iter().filter(|(name, _)| !narrow.key.contains(name));
        let list: Vec<String> = wide.chain(hot.map(|(name, _)| format!("s.{name}"))).collect();
        let list = list.join(", ");
        format!("SELECT {list} FROM {} m JOIN {} s USING ({key})", self.name, narrow.name)
    }

    /// Inserts or replaces rows given as one text array per column.
    pub(crate) fn upsert_sql(&self) -> String {
        let sets: Vec<String> = self
            .columns
            .iter()
            .filter(|(name, _)| !self.key.contains(name))
            .map(|(name, _)| format!("{name} = excluded.{name}"))
            .collect();
        let (insert, key, sets) = (self.insert_sql(), self.key.join(", "), sets.join(", "));
        format!("{insert} ON CONFLICT ({key}) DO UPDATE SET {sets}")
    }

    /// Inserts rows given as one text array per column.
    pub(crate) fn insert_sql(&self) -> String {
        self.insert_into_sql(self.name)
    }

    pub(crate) fn insert_into_sql(&self, name: &str) -> String {
        let columns = self.columns;
        let parameters: Vec<String> =
            (1..=columns.len()).map(|n| format!("${n}::text[]")).collect();
        let aliases: Vec<String> = (1..=columns.len()).map(|n| format!("c{n}")).collect();
        let casts: Vec<String> = columns
            .iter()
            .zip(&aliases)
            .map(|((_, sql_type), alias)| format!("{alias}::{sql_type}"))
            .collect();
        format!(
            "INSERT INTO {name} ({}) SELECT {} FROM unnest({}) AS u({})",
            self.select_list(),
            casts.join(", "),
            parameters.join(", "),
            aliases.join(", "),
        )
    }

    /// Deletes rows by key, given as one text array per key column.
    pub(crate) fn delete_sql(&self) -> String {
        self.delete_from_sql(self.name)
    }

    pub(crate) fn delete_from_sql(&self, name: &str) -> String {
        let parameters: Vec<String> =
            (1..=self.key.len()).map(|n| format!("${n}::text[]")).collect();
        let aliases: Vec<String> = (1..=self.key.len()).map(|n| format!("k{n}")).collect();
        let equals: Vec<String> = self
            .key
            .iter()
            .zip(&aliases)
            .map(|(key, alias)| format!("t.{key} = u.{alias}::{}", self.type_of(key)))
            .collect();
        format!(
            "DELETE FROM {name} t USING unnest({}) AS u({}) WHERE {}",
            parameters.join(", "),
            aliases.join(", "),
            equals.join(" AND "),
        )
    }

    fn type_of(&self, column: &str) -> &'static str {
        let found = self.columns.iter().find(|(name, _)| *name == column);
        found.map_or("text", |(_, sql_type)| *sql_type)
    }
}

/// Turns rows into one array per column, as `unnest` wants them.
pub(crate) fn transpose(rows: Vec<TextRow>, width: usize) -> Vec<Vec<Option<String>>> {
    let mut columns: Vec<Vec<Option<String>>> =
        (0..width).map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    columns
}
