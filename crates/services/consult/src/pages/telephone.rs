//! Telephone numbers on pages.

use maud::{Markup, html};
use text::PhoneNumber;

/// A telephone number as its clinic or operator writes it, as a link that dials it. A number that was stored before numbers
/// were parsed and cannot be dialled is plain text.
pub(crate) fn render_telephone_link(written: &str) -> Markup {
    written
        .parse::<PhoneNumber>()
        .map_or_else(|_| html! { (written) }, |number| html! { a href={ "tel:" (number.as_str()) } { (written) } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_dialled_as_it_was_read_and_shown_as_it_was_written() {
        let check = |written: &str, expected: &str| {
            assert_eq!(render_telephone_link(written).into_string(), expected, "{written}");
        };
        check("0422-12-3456", "<a href=\"tel:0422123456\">0422-12-3456</a>");
        check("+81 (0)3–1234–5678", "<a href=\"tel:0312345678\">+81 (0)3–1234–5678</a>");
        // Stored before numbers were parsed: it cannot be dialled.
        check("03-1234-5678 内線 9", "03-1234-5678 内線 9");
    }
}
