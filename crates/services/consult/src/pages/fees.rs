//! Amounts of money as texts.

use maud::{Markup, html};
use text::Language;

use crate::{
    directory::rules::institution::{CancellationTerms, Menu},
    pages::texts,
};

/// Name and amount of the service's own fee; `None` if it is zero.
pub(crate) fn system_fee_row(language: Language, amount: u32) -> Option<(&'static str, Markup)> {
    let apart = texts::CHARGED_SEPARATELY.in_language(language);
    (amount > 0).then(|| (texts::SYSTEM_FEE.in_language(language), html! { (format_yen(language, amount)) (apart) }))
}

/// Until when a visit of a menu can be moved or cancelled, and what it costs later; `None` if that is free until it begins.
pub(crate) fn cancellation_row(language: Language, menu: &Menu) -> Option<(&'static str, Markup)> {
    let CancellationTerms { limit_minutes, fee } = menu.cancellation;
    if limit_minutes == 0 && fee == 0 {
        return None;
    }
    let limit = format_limit(language, limit_minutes);
    let terms = if fee == 0 {
        texts::free_until_limit_and_not_moved_later(language, &limit)
    } else {
        texts::free_until_limit_and_fee_later(language, &limit, format_yen(language, fee))
    };
    Some((texts::MOVING_AND_CANCELLING.in_language(language), html! { (terms) }))
}

/// A time before a visit in the largest unit that divides it.
fn format_limit(language: Language, minutes: u32) -> String {
    const HOUR: u32 = 60;
    const DAY: u32 = 24 * HOUR;
    if minutes == 0 {
        texts::UNTIL_THE_VISIT_BEGINS.in_language(language).to_owned()
    } else if minutes.is_multiple_of(DAY) {
        texts::days_before(language, minutes / DAY)
    } else if minutes.is_multiple_of(HOUR) {
        texts::hours_before(language, minutes / HOUR)
    } else {
        texts::minutes_before(language, minutes)
    }
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
