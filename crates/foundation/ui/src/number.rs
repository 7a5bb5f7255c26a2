use maud::{Markup, PreEscaped, html};
use text::Language;

use super::icon;
use crate::{QrCode, texts};

/// A number or date to be used elsewhere, in large letters, with a button that copies `copied`.
pub fn key_number(language: Language, label: &str, value: &str, copied: &str) -> Markup {
    html! {
        div.key-number {
            p.key-label { (label) }
            p.key-value { (value) }
            button.button type="button" data-copy=(copied) hidden
                data-done=(texts::COPIED.in_language(language))
                data-failed=(texts::COULD_NOT_COPY_PLEASE_SELECT_TEXT_ABOVE.in_language(language)) {
                (icon::copy()) (texts::COPY.in_language(language)) span.unseen { (texts::COLON.in_language(language)) (label) }
            }
            p.key-said role="status" {}
        }
    }
}

/// A short text within a line, with a small button that copies `copied`; `label` describes it.
pub fn copyable_text(language: Language, label: &str, text: &str, copied: &str) -> Markup {
    html! {
        span.copyable {
            span { (text) }
            button.button.quiet type="button" data-copy=(copied) hidden
                data-done=(texts::COPIED.in_language(language))
                data-failed=(texts::COULD_NOT_COPY_PLEASE_SELECT_TEXT.in_language(language)) {
                (icon::copy()) (texts::COPY_IN_COPYABLE.in_language(language)) span.unseen { (texts::COLON.in_language(language)) (label) }
            }
            span role="status" {}
        }
    }
}

/// A few digits to be typed on another screen.
pub fn big_digits(label: &str, digits: &str) -> Markup {
    html! {
        div.big-digits {
            p.key-label { (label) }
            (spoken_digits(digits))
        }
    }
}

/// A few digits to be typed on another page of the same device, with a button that copies them and then says how to return.
pub fn copyable_digits(language: Language, label: &str, digits: &str, button: &str, return_hint: &str) -> Markup {
    html! {
        div.big-digits {
            p.key-label { (label) }
            (spoken_digits(digits))
            button.button type="button" data-copy=(digits) hidden
                data-done=(return_hint)
                data-failed=(texts::COULD_NOT_COPY_PLEASE_REMEMBER_NUMBER.in_language(language)) {
                (icon::copy()) (button)
            }
            p.key-said role="status" {}
        }
    }
}

fn spoken_digits(digits: &str) -> Markup {
    let spoken = digits.chars().map(String::from).collect::<Vec<_>>().join(" ");
    html! {
        p.digits {
            span.unseen { (spoken) }
            span aria-hidden="true" { @for digit in digits.chars() { b { (digit) } } }
        }
    }
}

/// A QR code; `alternative` describes its target.
pub fn qr(code: &QrCode, alternative: &str) -> Markup {
    html! { div.qr role="img" aria-label=(alternative) { span aria-hidden="true" { (PreEscaped(code.to_svg())) } } }
}

/// The same, loaded from an address of this site when it becomes visible.
pub fn lazy_qr(address: &str, alternative: &str) -> Markup {
    html! { div.qr { img src=(address) alt=(alternative) loading="lazy" width="176" height="176"; } }
}
