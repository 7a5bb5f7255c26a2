//! The part of the sheet about the receipt computer.

use maud::{Markup, html};
use ui::{
    Frame,
    components::{self, ButtonStyle, Tone},
};

use super::content::{ReceiptComputerState, ReceptionPage};
use crate::receptions::texts;

/// The button that hands the result over to the receipt computer.
pub(crate) fn render_receipt_computer(frame: &Frame, view: &ReceptionPage, state: ReceiptComputerState) -> Markup {
    let language = frame.language;
    html! {
        @if state == ReceiptComputerState::HandedOver {
            (components::notice(Tone::Success, texts::HANDED_TO_THE_RECEIPT_COMPUTER.in_language(language), html! {
                p { (texts::RESULT_LIES_AS_FILE_IN_FACE.in_language(language)) }
            }))
        }
        @if state == ReceiptComputerState::SeveralInsurances {
            (components::notice(Tone::Info, texts::NOT_HANDED_TO_RECEIPT_COMPUTER.in_language(language), html! {
                p { (texts::RECEIPT_COMPUTER_TAKES_ONE_INSURANCE.in_language(language)) }
            }))
        }
        @if matches!(state, ReceiptComputerState::Available | ReceiptComputerState::HandedOver) {
            (components::post_button(
                frame,
                &format!("/receptions/{}/hand-over", view.sealed),
                ButtonStyle::Secondary,
                texts::HAND_TO_THE_RECEIPT_COMPUTER.in_language(language),
            ))
        }
    }
}
