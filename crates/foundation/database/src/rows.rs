use crate::{ToColumn, Value};

/// Rows for one table, to be inserted at once with [`Transaction::append`](crate::Transaction::append).
#[derive(Clone)]
pub struct Rows {
    insert_statement: String,
    #[cfg(feature = "postgres")]
    pub(crate) table: &'static str,
    #[cfg(feature = "postgres")]
    pub(crate) columns: &'static [&'static str],
    width: usize,
    values: Vec<Value<'static>>,
}

impl Rows {
    /// An empty set of rows for these columns of a table. The names must be constants of the store, as they become SQL.
    pub fn new(table: &'static str, columns: &'static [&'static str]) -> Self {
        let parameters: Vec<_> = (1..=columns.len()).map(|index| format!("${index}")).collect();
        let insert = format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), parameters.join(", "));
        Self {
            insert_statement: insert,
            #[cfg(feature = "postgres")]
            table,
            #[cfg(feature = "postgres")]
            columns,
            width: columns.len(),
            values: Vec::new(),
        }
    }

    /// Adds a row.
    ///
    /// # Panics
    ///
    /// If the number of values differs from the number of columns.
    pub fn push(&mut self, row: &[&dyn ToColumn]) {
        assert_eq!(row.len(), self.width, "a row of '{}' has as many values as columns", self.insert_statement);
        self.values.extend(row.iter().map(|value| value.to_column().into_owned()));
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[Value<'static>]> {
        self.values.chunks_exact(self.width.max(1))
    }

    /// The `INSERT` for one row.
    pub(crate) fn insert_statement(&self) -> &str {
        &self.insert_statement
    }
}
