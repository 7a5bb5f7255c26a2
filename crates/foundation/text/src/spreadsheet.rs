//! Texts as cells of spreadsheets, which take some for formulas.

use std::borrow::Cow;

/// A cell that begins with one of these is a formula to spreadsheets; the full-width signs to Japanese ones.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// By which a spreadsheet takes a cell for a text.
const TEXT_MARK: char = '\'';

/// A text as a cell that no spreadsheet computes: a formula has an apostrophe before it.
pub fn cell_without_formula(text: &str) -> Cow<'_, str> {
    if text.starts_with(FORMULA_SIGNS) { format!("{TEXT_MARK}{text}").into() } else { text.into() }
}

/// The text of a cell that [`cell_without_formula`] made.
pub fn text_of_cell(cell: &str) -> &str {
    cell.strip_prefix(TEXT_MARK).filter(|text| text.starts_with(FORMULA_SIGNS)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let check = |text: &str, expected: &str| assert_eq!(cell_without_formula(text), expected, "{text:?}");
        check("見本　花子", "見本　花子");
        check("", "");
        check("1-2", "1-2");
        check("'s", "'s");
        check("=1+1", "'=1+1");
        check("＝1", "'＝1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("-花子", "'-花子");
        check("\t1", "'\t1");
    }

    proptest! {
        #[test]
        fn a_cell_is_read_as_the_text_that_it_was(text in "[=+@a＝-]{1,4}|\\PC{0,20}") {
            // A text that looks like a cell already is the only exception.
            prop_assume!(text_of_cell(&text) == text);
            let cell = cell_without_formula(&text);
            prop_assert_eq!(text_of_cell(&cell), text.as_str());
        }
    }
}
