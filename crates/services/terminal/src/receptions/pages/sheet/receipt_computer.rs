//! The part of the sheet about the receipt computer.

use maud::{Markup, html};
use ui::{
    Frame,
    components::{self, ButtonStyle, Tone},
};

use super::content::{ReceiptComputerState, ReceptionPage};

/// The button that hands the result over to the receipt computer.
pub(crate) fn render_receipt_computer(frame: &Frame, view: &ReceptionPage, state: ReceiptComputerState) -> Markup {
    let language = frame.language;
    html! {
        @if state == ReceiptComputerState::HandedOver {
            (components::notice(Tone::Success, language.t("レセコンに渡しました", "Handed to the receipt computer"), html! {
                p { (language.t("フォルダ face に結果のファイルを置きました。", "The result is a file in the folder face.")) }
            }))
        }
        @if state == ReceiptComputerState::SeveralInsurances {
            (components::notice(Tone::Info, language.t("レセコンには渡しません", "Not handed to the receipt computer"), html! {
                p { (language.t(
                    "保険が複数あります。レセコンに渡せる保険は1つだけで、端末では選びません。どの保険を使うか患者に確認し、レセコンに入力してください。",
                    "There are several insurances. A receipt computer takes one, and the terminal does not choose. Ask the patient which one applies, and enter it there."
                )) }
            }))
        }
        @if matches!(state, ReceiptComputerState::Available | ReceiptComputerState::HandedOver) {
            (components::post_button(
                frame,
                &format!("/receptions/{}/hand-over", view.sealed),
                ButtonStyle::Secondary,
                language.t("レセコンに渡す", "Hand to the receipt computer"),
            ))
        }
    }
}
