//! Drawings that show what words alone tell badly: where to hold the card, which side is meant, how to come back.
//! All are our own and show no real card, seal or brand.

use maud::{Markup, PreEscaped, html};

use super::parts::Side;
use crate::Language;

/// Where a phone has its antenna, and so where the card is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneKind {
    /// In the middle of the back.
    Android,
    /// At the top edge.
    Iphone,
}

fn drawing(words: &str, view_box: &'static str, lines: &'static str) -> Markup {
    html! {
        svg.drawing viewBox=(view_box) role="img" aria-label=(words) focusable="false" { (PreEscaped(lines)) }
    }
}

/// The card on the table and the phone above it. It moves, and stands still for whoever asked for less motion.
pub fn hold_card(language: Language, phone: PhoneKind) -> Markup {
    match phone {
        PhoneKind::Android => drawing(
            language.t(
                "机に置いたカードの上に、スマートフォンの背面の中央を重ねます",
                "Lay the middle of the phone's back on the card on a table",
            ),
            "0 0 320 240",
            HOLD_ANDROID,
        ),
        PhoneKind::Iphone => drawing(
            language.t(
                "机に置いたカードの中央に、iPhoneの上の端をあてます",
                "Touch the middle of the card on a table with the upper edge of the iPhone",
            ),
            "0 0 320 240",
            HOLD_IPHONE,
        ),
    }
}

/// A card in the reader of a PC.
pub fn card_reader(language: Language) -> Markup {
    drawing(
        language.t("パソコンにつないだカードリーダーに、カードを置きます", "Lay the card on the reader of the PC"),
        "0 0 320 240",
        CARD_READER,
    )
}

/// The way from the app back to the browser, at the top left of the screen.
pub fn back_to_browser(language: Language) -> Markup {
    drawing(
        language.t(
            "画面の左上にあるブラウザの名前を押すと、もとの画面に戻ります",
            "Press the browser's name at the top left of the screen to go back",
        ),
        "0 0 320 240",
        BACK_TO_BROWSER,
    )
}

/// One side of an insurance document as a picture should show it: all four corners, nothing covered.
pub fn document(language: Language, side: Side) -> Markup {
    match side {
        Side::Front => drawing(
            language.t("例：おもて面の四すみが写っている", "Example: all four corners of the front are visible"),
            "0 0 240 150",
            DOCUMENT_FRONT,
        ),
        Side::Back => drawing(
            language.t("例：うら面の四すみが写っている", "Example: all four corners of the back are visible"),
            "0 0 240 150",
            DOCUMENT_BACK,
        ),
    }
}

/// The front of a マイナンバーカード, as far as it helps to tell it from other cards.
pub fn identity_card(language: Language) -> Markup {
    drawing(
        language.t("マイナンバーカードのおもて面の絵", "Drawing of the front of a マイナンバーカード"),
        "0 0 240 150",
        IDENTITY_CARD,
    )
}

/// All went well.
pub fn done(language: Language) -> Markup {
    drawing(language.t("完了", "Done"), "0 0 120 120", DONE)
}

/// The card is locked.
pub fn locked(language: Language) -> Markup {
    drawing(language.t("ロックされています", "Locked"), "0 0 120 120", LOCKED)
}

// Classes colour the shapes per face: d-ground, d-paper, d-line, d-tint, d-accent, d-soft; d-moves is what moves, d-waves what beats.
const HOLD_ANDROID: &str = r#"<ellipse class="d-ground" cx="160" cy="200" rx="140" ry="26"/>
<g><rect class="d-paper d-line" x="78" y="140" width="164" height="62" rx="9" transform="matrix(1 0 -.28 1 50 0)"/>
<path class="d-soft" d="M104 152h46l-9 32H95z"/><path class="d-line" d="M168 158h58M165 170h46M161 182h52"/></g>
<g class="d-waves"><path class="d-wave" d="M132 128q28 14 56 0"/><path class="d-wave" d="M120 138q40 20 80 0"/></g>
<g class="d-moves"><rect class="d-phone" x="112" y="12" width="96" height="112" rx="14" transform="matrix(1 0 -.16 1 14 0)"/>
<rect class="d-screen" x="121" y="22" width="78" height="92" rx="7" transform="matrix(1 0 -.16 1 14 0)"/>
<circle class="d-target" cx="162" cy="68" r="19"/><path class="d-check" d="m153 69 7 7 12-14"/></g>"#;

const HOLD_IPHONE: &str = r#"<ellipse class="d-ground" cx="160" cy="204" rx="140" ry="24"/>
<g><rect class="d-paper d-line" x="60" y="146" width="164" height="60" rx="9" transform="matrix(1 0 -.28 1 52 0)"/>
<path class="d-soft" d="M86 158h46l-9 30H77z"/><path class="d-line" d="M152 164h58M149 175h46M145 186h52"/></g>
<g class="d-waves"><path class="d-wave" d="M128 150q10-14 26-18"/><path class="d-wave" d="M116 146q12-22 36-28"/></g>
<g class="d-moves"><g transform="rotate(38 218 82)"><rect class="d-phone" x="170" y="22" width="74" height="140" rx="14"/>
<rect class="d-screen" x="178" y="31" width="58" height="122" rx="8"/><rect class="d-phone" x="196" y="35" width="22" height="6" rx="3"/></g>
<circle class="d-target" cx="160" cy="142" r="11"/></g>"#;

const CARD_READER: &str = r#"<ellipse class="d-ground" cx="160" cy="204" rx="146" ry="22"/>
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
<path class="d-paper d-line" d="M60 96c-4-6 4-13 10-8l18 16-6-30c-2-9 11-12 14-3l10 28 8 22c3 10-2 22-12 26l-16 6c-8 3-16 0-21-7z" transform="rotate(14 90 90) translate(24 -14)"/>"#;

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
