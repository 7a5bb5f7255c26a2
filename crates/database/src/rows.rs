use crate::{ToColumn, Value};

/// Rows for one table, to be put into it all at once with [`Transaction::append`](crate::Transaction::append).
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
    /// None yet, for these columns of a table. The names are a store's own words.
    pub fn new(table: &'static str, columns: &'static [&'static str]) -> Self {
        let places: Vec<_> = (1..=columns.len()).map(|place| format!("${place}")).collect();
        let insert = format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
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

    /// One row more.
    ///
    /// # Panics
    ///
    /// Where it has another number of values than there are columns.
    pub fn push(&mut self, row: &[&dyn ToColumn]) {
        assert_eq!(row.len(), self.width, "a row of '{}' has as many values as columns", self.insert_statement);
        self.values.extend(row.iter().map(|value| value.to_column().into_owned()));
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[Value<'static>]> {
        self.values.chunks_exact(self.width.max(1))
    }

    /// The statement for one of them.
    pub(crate) fn insert_statement(&self) -> &str {
        &self.insert_statement
    }
}
