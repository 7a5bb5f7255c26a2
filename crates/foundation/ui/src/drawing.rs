//! Drawings that explain what words cannot: where to hold the card, which side is meant, how to return. All are original and
//! show no real card, seal or brand.

use maud::{Markup, PreEscaped, html};
use text::Language;

use super::components::Side;
use crate::texts;

/// The position of a phone's antenna, where the card is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneKind {
    /// In the middle of the back.
    Android,
    /// At the top edge.
    Iphone,
}

fn drawing(label: &str, view_box: &'static str, lines: &'static str) -> Markup {
    html! {
        svg.drawing viewBox=(view_box) role="img" aria-label=(label) focusable="false" { (PreEscaped(lines)) }
    }
}

/// The card on the table and the phone above it. Animated, unless reduced motion is preferred.
pub fn hold_card(language: Language, phone: PhoneKind) -> Markup {
    match phone {
        PhoneKind::Android => {
            drawing(texts::LAY_MIDDLE_OF_PHONES_BACK.in_language(language), "0 0 320 240", HOLD_ANDROID)
        }
        PhoneKind::Iphone => drawing(texts::TOUCH_MIDDLE_OF_CARD.in_language(language), "0 0 320 240", HOLD_IPHONE),
    }
}

/// A card in a PC's card reader.
pub fn card_reader(language: Language) -> Markup {
    drawing(texts::LAY_CARD_ON_READER_OF_PC.in_language(language), "0 0 320 240", CARD_READER)
}

/// How to return from the app to the browser, at the top left of the screen.
pub fn back_to_browser(language: Language) -> Markup {
    drawing(texts::PRESS_BROWSERS_NAME_AT_TOP.in_language(language), "0 0 320 240", BACK_TO_BROWSER)
}

/// One side of an insurance document as a picture should show it: all four corners, nothing covered.
pub fn document(language: Language, side: Side) -> Markup {
    match side {
        Side::Front => drawing(
            texts::EXAMPLE_ALL_FOUR_CORNERS_OF_FRONT_ARE_VISIBLE.in_language(language),
            "0 0 240 150",
            DOCUMENT_FRONT,
        ),
        Side::Back => drawing(
            texts::EXAMPLE_ALL_FOUR_CORNERS_OF_BACK_ARE_VISIBLE.in_language(language),
            "0 0 240 150",
            DOCUMENT_BACK,
        ),
    }
}

/// The front of a マイナンバーカード, as far as needed to tell it from other cards.
pub fn identity_card(language: Language) -> Markup {
    drawing(texts::DRAWING_OF_FRONT_OF_MY_NUMBER_CARD.in_language(language), "0 0 240 150", IDENTITY_CARD)
}

/// Success.
pub fn done(language: Language) -> Markup {
    drawing(texts::DONE.in_language(language), "0 0 120 120", DONE)
}

/// The card is locked.
pub fn locked(language: Language) -> Markup {
    drawing(texts::LOCKED.in_language(language), "0 0 120 120", LOCKED)
}

// Classes colour the shapes per theme: d-ground, d-paper, d-line, d-tint, d-accent, d-soft; d-moves and d-waves are animated.
const HOLD_ANDROID: &str = r#"<rect class="d-ground" x="10" y="24" width="300" height="206" rx="28"/>
<rect class="d-paper d-line" x="56" y="76" width="208" height="126" rx="11"/><rect class="d-tint" x="70" y="90" width="40" height="10" rx="3"/><path class="d-line" d="M70 116h34M70 132h28M70 176h34M216 116h34M222 176h28"/><rect class="d-soft" x="216" y="128" width="34" height="38" rx="4"/>
<g class="d-moves"><rect class="d-phone" x="112" y="12" width="96" height="204" rx="16"/><rect class="d-screen" x="119" y="20" width="82" height="188" rx="10"/><circle class="d-phone" cx="160" cy="29" r="3.5"/>
<path class="d-line d-under" d="M119 76h82M119 202h82"/><g class="d-waves"><circle class="d-wave" cx="160" cy="139" r="34"/></g><circle class="d-target" cx="160" cy="139" r="15"/></g>"#;

const HOLD_IPHONE: &str = r#"<rect class="d-ground" x="10" y="12" width="300" height="206" rx="28"/>
<rect class="d-paper d-line" x="56" y="26" width="208" height="126" rx="11"/><rect class="d-tint" x="70" y="40" width="64" height="10" rx="3"/><path class="d-line" d="M70 66h36M70 82h32M70 98h36M70 130h34"/><rect class="d-soft" x="216" y="78" width="34" height="44" rx="4"/>
<g class="d-moves"><rect class="d-phone" x="112" y="84" width="96" height="190" rx="16"/><path class="d-screen" d="M119 102a10 10 0 0 1 10-10h62a10 10 0 0 1 10 10v170h-82z"/><rect class="d-phone" x="144" y="97" width="32" height="9" rx="4.5"/>
<path class="d-line d-under" d="M119 152h82"/><path class="d-line" d="M138 192h44M146 208h28"/></g><g class="d-waves"><circle class="d-wave" cx="160" cy="88" r="26"/></g><circle class="d-target" cx="160" cy="88" r="14"/>"#;

const CARD_READER: &str = r#"<rect class="d-ground" x="4" y="24" width="312" height="196" rx="28"/>
<rect class="d-phone" x="26" y="50" width="150" height="104" rx="10"/><rect class="d-screen" x="35" y="59" width="132" height="86" rx="4"/>
<path class="d-line d-paper" d="M14 158h174l8 18H6z"/><path class="d-line" d="M196 168c22 0 12 22 34 22"/>
<rect class="d-paper d-line" x="220" y="168" width="86" height="34" rx="8"/>
<g class="d-moves"><rect class="d-paper d-line" x="226" y="112" width="74" height="48" rx="6"/><rect class="d-soft" x="234" y="121" width="20" height="24" rx="3"/>
<path class="d-line" d="M262 124h28M262 133h22M262 142h26"/></g><circle class="d-target" cx="101" cy="102" r="20"/><path class="d-check" d="m91 103 7 7 13-14"/>"#;

const BACK_TO_BROWSER: &str = r#"<rect class="d-phone" x="95" y="8" width="130" height="228" rx="22"/><rect class="d-screen" x="104" y="18" width="112" height="212" rx="13"/>
<rect class="d-phone" x="142" y="23" width="36" height="9" rx="4.5"/>
<rect class="d-tint" x="110" y="38" width="54" height="20" rx="10"/><path class="d-back" d="m121 43-5 5 5 5M118 48h9"/><path class="d-line" d="M133 48h23"/>
<circle class="d-soft" cx="160" cy="120" r="26"/><path class="d-check" d="m148 121 8 8 15-17"/><path class="d-line" d="M128 166h64M138 180h44"/>
<g class="d-taps"><circle class="d-wave" cx="128" cy="49" r="22"/></g>
<g class="d-moves"><g transform="rotate(-30 128 56)"><path class="d-accent" d="M114 150h46v30h-46z"/><path class="d-paper d-line" d="M120 62a8 8 0 0 1 16 0v36l20 5c7 2 11 7 10 15l-4 34h-46l-15-33c-3-8 6-13 11-7l8 9z"/></g></g>"#;

const DOCUMENT_FRONT: &str = r#"<rect class="d-back-ground" width="240" height="150" rx="12"/><rect class="d-paper d-line" x="30" y="20" width="180" height="110" rx="8"/>
<rect class="d-tint" x="42" y="32" width="90" height="12" rx="3"/><path class="d-line" d="M42 60h110M42 76h140M42 92h124M42 108h70"/>
<path class="d-corner" d="M14 34V14h20M206 14h20v20M226 116v20h-20M34 136H14v-20"/>"#;

const DOCUMENT_BACK: &str = r#"<rect class="d-back-ground" width="240" height="150" rx="12"/><rect class="d-paper d-line" x="30" y="20" width="180" height="110" rx="8"/>
<path class="d-line" d="M42 36h70"/><rect class="d-line d-paper" x="42" y="48" width="156" height="40" rx="3"/><path class="d-line" d="M52 62h96M52 74h70M42 102h130M42 115h88"/>
<path class="d-corner" d="M14 34V14h20M206 14h20v20M226 116v20h-20M34 136H14v-20"/>"#;

const IDENTITY_CARD: &str = r#"<rect class="d-paper d-line" x="12" y="10" width="216" height="130" rx="12"/><rect class="d-tint" x="26" y="24" width="86" height="13" rx="3"/>
<path class="d-line" d="M26 54h96M26 70h110M26 86h80M26 112h60"/><rect class="d-soft" x="158" y="48" width="54" height="68" rx="6"/>
<circle class="d-face" cx="185" cy="74" r="12"/><path class="d-face" d="M164 112c2-16 12-20 21-20s19 4 21 20z"/>"#;

const DONE: &str = r#"<circle class="d-soft" cx="60" cy="60" r="52"/><circle class="d-accent" cx="60" cy="60" r="36"/><path class="d-done" d="m44 61 11 11 22-24"/>"#;

const LOCKED: &str = r#"<circle class="d-soft" cx="60" cy="60" r="52"/><path class="d-shackle" d="M46 54V44a14 14 0 0 1 28 0v10"/><rect class="d-accent" x="36" y="53" width="48" height="36" rx="8"/><path class="d-done" d="M60 66v9"/>"#;
