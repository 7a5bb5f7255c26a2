use maud::{Markup, Render, html};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColumnKind {
    Text,
    SingleLine,
    Number,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    label: &'a str,
    kind: ColumnKind,
}

impl<'a> Column<'a> {
    /// A column of texts.
    pub fn text(label: &'a str) -> Self {
        Self { label, kind: ColumnKind::Text }
    }

    /// A column of names, identifiers, days or buttons, which stay on one line where the width suffices.
    pub fn single_line(label: &'a str) -> Self {
        Self { label, kind: ColumnKind::SingleLine }
    }

    /// A column of numbers, aligned to the right.
    pub fn number(label: &'a str) -> Self {
        Self { label, kind: ColumnKind::Number }
    }

    fn class(self) -> Option<&'static str> {
        match self.kind {
            ColumnKind::Text => None,
            ColumnKind::SingleLine => Some("unbroken"),
            ColumnKind::Number => Some("number"),
        }
    }
}

/// A table with its caption. The first cell of a row is its header. On a phone each row is a card.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    caption: &'a str,
    caption_hidden: bool,
    columns: &'a [Column<'a>],
    rows: Vec<Vec<Markup>>,
    footer: Option<&'a str>,
}

impl<'a> Table<'a> {
    /// A table without rows.
    pub fn new(caption: &'a str, columns: &'a [Column<'a>]) -> Self {
        Self { caption, caption_hidden: false, columns, rows: Vec::new(), footer: None }
    }

    /// Adds a row.
    #[must_use]
    pub fn row(mut self, cells: Vec<Markup>) -> Self {
        self.rows.push(cells);
        self
    }

    /// Adds rows.
    #[must_use]
    pub fn rows(mut self, rows: Vec<Vec<Markup>>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// A line at the foot of the table, and of each page on which it is printed.
    #[must_use]
    pub fn footer(mut self, footer: &'a str) -> Self {
        self.footer = Some(footer);
        self
    }

    /// Shows the caption to screen readers only, where a heading above says the same.
    #[must_use]
    pub fn hide_caption(mut self) -> Self {
        self.caption_hidden = true;
        self
    }
}

impl Render for Table<'_> {
    // Each cell has its column's label: where rows are laid out as cards, it precedes the value and is read with it.
    fn render(&self) -> Markup {
        html! {
            table.table data-rows {
                caption class=[self.caption_hidden.then_some("unseen")] { (self.caption) }
                thead {
                    tr {
                        @for column in self.columns {
                            th scope="col" class=[column.class()] { (column.label) }
                        }
                    }
                }
                tbody {
                    @for row in &self.rows {
                        tr {
                            @for (index, (column, cell)) in self.columns.iter().zip(row).enumerate() {
                                @if index == 0 {
                                    th scope="row" class=[column.class()] data-label=(column.label) { (cell) }
                                } @else {
                                    td class=[column.class()] data-label=(column.label) { (cell) }
                                }
                            }
                        }
                    }
                }
                @if let Some(footer) = self.footer {
                    tfoot { tr { td colspan=(self.columns.len()) { (footer) } } }
                }
            }
        }
    }
}
