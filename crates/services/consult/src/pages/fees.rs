//! Amounts of money as texts.

use maud::{Markup, html};
use text::Language;

use crate::pages::texts;

/// Name and amount of the service's own fee; `None` if it is zero.
pub(crate) fn system_fee_row(language: Language, amount: u32) -> Option<(&'static str, Markup)> {
    let apart = texts::CHARGED_SEPARATELY.in_language(language);
    (amount > 0).then(|| (texts::SYSTEM_FEE.in_language(language), html! { (format_yen(language, amount)) (apart) }))
}

pub(crate) fn format_yen(language: Language, amount: u32) -> String {
    let digits = amount.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    texts::amount_in_yen(language, grouped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yen_are_grouped() {
        let check = |amount, expected: &str| assert_eq!(format_yen(Language::Japanese, amount), expected);
        check(0, "0円");
        check(550, "550円");
        check(3300, "3,300円");
        check(1_234_567, "1,234,567円");
    }
}
