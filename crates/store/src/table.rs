//! How a projection is written: one description per table serves the live upsert, the rebuild's
//! COPY and the comparison of both.
//!
//! A row is a list of values, one per column, sent as the type that the column has. Hot updates
//! that touch few columns have statements of their own beside this.

mod compare;

use crate::cell::Cell;

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

/// A row: a value per column.
pub(crate) type TableRow = Vec<Cell>;

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

    /// Inserts or replaces rows given as one array per column.
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

    /// Inserts rows given as one array per column.
    pub(crate) fn insert_sql(&self) -> String {
        self.insert_into_sql(self.name)
    }

    pub(crate) fn insert_into_sql(&self, name: &str) -> String {
        let (mut parameters, mut aliases, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for (place, (_, sql_type)) in (1..).zip(self.columns) {
            // An array of arrays would be unnested to the bottom.
            let is_list = sql_type.ends_with("[]");
            let taken = if is_list { "text" } else { *sql_type };
            parameters.push(format!("${place}::{taken}[]"));
            aliases.push(format!("c{place}"));
            let cast = if is_list { format!("::{sql_type}") } else { String::new() };
            values.push(format!("c{place}{cast}"));
        }
        format!(
            "INSERT INTO {name} ({}) SELECT {} FROM unnest({}) AS u({})",
            self.select_list(),
            values.join(", "),
            parameters.join(", "),
            aliases.join(", "),
        )
    }

    /// Deletes rows by key, given as one array per key column.
    pub(crate) fn delete_sql(&self) -> String {
        self.delete_from_sql(self.name)
    }

    pub(crate) fn delete_from_sql(&self, name: &str) -> String {
        let keys = || (1..).zip(self.key);
        let parameters: Vec<String> =
            keys().map(|(place, key)| format!("${place}::{}[]", self.type_of(key))).collect();
        let aliases: Vec<String> = keys().map(|(place, _)| format!("k{place}")).collect();
        let equals: Vec<String> =
            keys().map(|(place, key)| format!("t.{key} = u.k{place}")).collect();
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
pub(crate) fn transpose(rows: Vec<TableRow>, width: usize) -> Vec<Vec<Cell>> {
    let mut columns: Vec<Vec<Cell>> = (0..width).map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    columns
}
