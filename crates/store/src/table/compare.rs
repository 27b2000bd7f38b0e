//! The statements that compare a table with its shadow, which holds the rows that the log leads
//! to, and that bring the table to it.
//!
//! Only rows whose keys are in the table of differences are touched; every statement looks again,
//! because rows may have changed since the differences were found.

use super::Table;

impl Table {
    /// The only column of the primary key; every projection has one.
    pub(crate) fn key_column(&self) -> &'static str {
        self.key.first().copied().unwrap_or_default()
    }

    /// The column that names a position: its own, or a key that is one.
    pub(crate) fn position_column(&self) -> Option<&'static str> {
        let key = self.key_column();
        let own = self.columns.iter().map(|(name, _)| *name).find(|name| *name == "position");
        own.or((self.type_of(key) == "bigint").then_some(key))
    }

    pub(crate) fn shadow_name(&self) -> String {
        format!("pg_temp.shadow_{}", self.name)
    }

    pub(crate) fn diff_name(&self) -> String {
        format!("pg_temp.diff_{}", self.name)
    }

    fn columns_of(&self, alias: &str) -> String {
        let names: Vec<String> =
            self.columns.iter().map(|(name, _)| format!("{alias}.{name}")).collect();
        names.join(", ")
    }

    /// An empty table with the derived columns in their exact types and no constraints.
    pub(crate) fn create_shadow_sql(&self) -> String {
        let (shadow, columns, name) = (self.shadow_name(), self.select_list(), self.name);
        format!("CREATE TEMP TABLE {shadow} AS SELECT {columns} FROM {name} WITH NO DATA")
    }

    /// Tells the types of the shadow's columns, whose order is that of the rows.
    pub(crate) fn shadow_columns_sql(&self) -> String {
        format!("SELECT * FROM {}", self.shadow_name())
    }

    pub(crate) fn copy_live_sql(&self) -> String {
        format!("COPY {} ({}) TO STDOUT (FORMAT binary)", self.name, self.select_list())
    }

    pub(crate) fn copy_shadow_sql(&self) -> String {
        format!("COPY {} FROM STDIN (FORMAT binary)", self.shadow_name())
    }

    /// The table of differences, with a text that tells the differing values.
    pub(crate) fn create_diff_sql(&self) -> String {
        let (name, key) = (self.name, self.key_column());
        let position = self.position_column().map_or_else(
            || "NULL::bigint".to_owned(),
            |column| format!("coalesce(s.{column}, l.{column})"),
        );
        let told: Vec<String> = self
            .columns
            .iter()
            .map(|(column, _)| {
                format!(
                    "CASE WHEN l.{column} IS DISTINCT FROM s.{column} THEN format('{column} is \
                     %L, by the log %L', l.{column}, s.{column}) END"
                )
            })
            .collect();
        format!(
            "CREATE TEMP TABLE {diff} AS SELECT coalesce(s.{key}, l.{key}) AS key, CASE WHEN \
             l.{key} IS NULL THEN 'missing' WHEN s.{key} IS NULL THEN 'unknown' ELSE 'changed' \
             END AS kind, {position} AS position, CASE WHEN l.{key} = s.{key} THEN \
             concat_ws('; ', {told}) END AS detail FROM {name} l FULL JOIN {shadow} s ON l.{key} \
             = s.{key} WHERE l.{key} IS NULL OR s.{key} IS NULL OR ({live}) IS DISTINCT FROM \
             ({rebuilt})",
            diff = self.diff_name(),
            shadow = self.shadow_name(),
            told = told.join(", "),
            live = self.columns_of("l"),
            rebuilt = self.columns_of("s"),
        )
    }

    /// The table of differences of a table that needs no comparison of rows.
    pub(crate) fn create_empty_diff_sql(&self) -> String {
        let (diff, key_type) = (self.diff_name(), self.type_of(self.key_column()));
        format!(
            "CREATE TEMP TABLE {diff} (key {key_type}, kind text, position bigint, detail text)"
        )
    }

    /// What the table of differences holds: key, kind, position, detail and how many there are.
    pub(crate) fn differences_sql(&self) -> String {
        let diff = self.diff_name();
        format!("SELECT key::text, kind, position, detail, count(*) OVER () FROM {diff}")
    }

    /// The same for a table of which every row is missing.
    pub(crate) fn all_missing_sql(&self) -> String {
        let (key, shadow) = (self.key_column(), self.shadow_name());
        let position = self.position_column().unwrap_or("NULL::bigint");
        format!(
            "SELECT {key}::text AS key, 'missing' AS kind, {position} AS position, NULL::text, \
             (SELECT count(*) FROM {shadow}) FROM {shadow}"
        )
    }

    /// Marks every key, of the table and its shadow, as one that may differ.
    pub(crate) fn mark_all_sql(&self) -> String {
        let (key, name) = (self.key_column(), self.name);
        let (diff, shadow) = (self.diff_name(), self.shadow_name());
        format!(
            "INSERT INTO {diff} (key) SELECT {key} FROM {shadow} UNION SELECT {key} FROM {name}"
        )
    }

    /// Fills an empty table from its shadow.
    pub(crate) fn fill_sql(&self) -> String {
        let (name, columns, shadow) = (self.name, self.select_list(), self.shadow_name());
        format!("INSERT INTO {name} ({columns}) SELECT {columns} FROM {shadow}")
    }

    /// Adds keys, given as an array, to the differences.
    pub(crate) fn add_diff_sql(&self) -> String {
        let (diff, key_type) = (self.diff_name(), self.type_of(self.key_column()));
        format!("INSERT INTO {diff} (key) SELECT u.key FROM unnest($1::{key_type}[]) AS u(key)")
    }

    /// Puts `placeholder` into a unique column of rows that are to have another value there, so
    /// that values can be given in any order.
    pub(crate) fn make_room_sql(&self, unique: &str, placeholder: &str) -> String {
        let (name, key) = (self.name, self.key_column());
        let (shadow, diff) = (self.shadow_name(), self.diff_name());
        format!(
            "UPDATE {name} l SET {unique} = {placeholder} WHERE l.{key} IN (SELECT key FROM \
             {diff}) AND NOT EXISTS (SELECT FROM {shadow} s WHERE s.{key} = l.{key} AND \
             s.{unique} IS NOT DISTINCT FROM l.{unique})"
        )
    }

    /// Gives differing rows their values.
    pub(crate) fn repair_update_sql(&self) -> String {
        let (name, key) = (self.name, self.key_column());
        let sets: Vec<String> = self
            .columns
            .iter()
            .filter(|(column, _)| *column != key)
            .map(|(column, _)| format!("{column} = s.{column}"))
            .collect();
        format!(
            "UPDATE {name} l SET {sets} FROM {shadow} s WHERE l.{key} = s.{key} AND l.{key} IN \
             (SELECT key FROM {diff}) AND ({live}) IS DISTINCT FROM ({rebuilt})",
            sets = sets.join(", "),
            shadow = self.shadow_name(),
            diff = self.diff_name(),
            live = self.columns_of("l"),
            rebuilt = self.columns_of("s"),
        )
    }

    /// Inserts missing rows.
    pub(crate) fn repair_insert_sql(&self) -> String {
        let (name, key) = (self.name, self.key_column());
        format!(
            "INSERT INTO {name} ({columns}) SELECT {rebuilt} FROM {shadow} s WHERE s.{key} IN \
             (SELECT key FROM {diff}) AND NOT EXISTS (SELECT FROM {name} l WHERE l.{key} = \
             s.{key})",
            columns = self.select_list(),
            rebuilt = self.columns_of("s"),
            shadow = self.shadow_name(),
            diff = self.diff_name(),
        )
    }

    /// Deletes rows that the log does not lead to.
    pub(crate) fn repair_delete_sql(&self) -> String {
        let (name, key) = (self.name, self.key_column());
        let (shadow, diff) = (self.shadow_name(), self.diff_name());
        format!(
            "DELETE FROM {name} l WHERE l.{key} IN (SELECT key FROM {diff}) AND NOT EXISTS \
             (SELECT FROM {shadow} s WHERE s.{key} = l.{key})"
        )
    }
}
