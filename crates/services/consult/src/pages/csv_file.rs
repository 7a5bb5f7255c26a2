//! Files of tables (RFC 4180), as spreadsheets open them.

use axum::response::Response;
use http::{HeaderValue, header};
use text::cell_without_formula;

use super::download::respond_with_file;

/// By which spreadsheets recognise UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A table as a file. What a spreadsheet would compute has an apostrophe before it.
pub(crate) struct CsvFile {
    content: String,
}

impl CsvFile {
    /// A table with the names of its columns.
    pub(crate) fn with_header(names: &[&str]) -> Self {
        let mut file = Self { content: BYTE_ORDER_MARK.to_string() };
        file.push_row(names);
        file
    }

    /// Adds a row.
    pub(crate) fn push_row(&mut self, cells: &[&str]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.content.push(',');
            }
            self.push_cell(cell);
        }
        self.content.push_str("\r\n");
    }

    fn push_cell(&mut self, cell: &str) {
        let cell = cell_without_formula(cell);
        if cell.contains(['"', ',', '\r', '\n']) {
            self.content.push('"');
            self.content.push_str(&cell.replace('"', "\"\""));
            self.content.push('"');
        } else {
            self.content.push_str(&cell);
        }
    }

    /// The response by which a browser saves the file under this name, which is of ASCII.
    pub(crate) fn into_response(self, name: &str) -> Response {
        let mut response = respond_with_file(self.content, "text/csv; charset=utf-8", name);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_no_cell_is_a_formula() {
        let check = |cell: &str, expected: &str| {
            let mut file = CsvFile::with_header(&["a", "b"]);
            file.push_row(&[cell, ""]);
            assert_eq!(file.content, format!("\u{feff}a,b\r\n{expected},\r\n"), "{cell}");
        };
        check("見本　花子", "見本　花子");
        check("a, \"b\"", "\"a, \"\"b\"\"\"");
        check("two\r\nlines", "\"two\r\nlines\"");
        check("=1+1", "'=1+1");
        check("＋1,2", "\"'＋1,2\"");
        check("@SUM(A1,A2)", "\"'@SUM(A1,A2)\"");
        check("\ttab", "'\ttab");
        check("\rreturn", "\"'\rreturn\"");
        check("1-2", "1-2");
    }
}
