//! What stands beside the result of a reception: its appointment, and the receipt computer.

use maud::{Markup, html};
use shell::{
    Frame, Language,
    parts::{self, BadgeTone, ButtonLook, Tone},
};

use super::{ReceiptComputer, View};
use crate::{
    pages::words,
    rules::appointment::{Appointment, Beside},
};

/// The appointment that the reception belongs to, as far as it is known.
pub(super) fn appointment(language: Language, beside: &Beside) -> Markup {
    let facts = |one: &Appointment| {
        parts::description_list(&[
            (language.t("予約時刻", "Time"), html! { (one.time) }),
            (language.t("氏名", "Name"), html! { span lang="ja" { (one.name) } }),
            (
                language.t("カナ", "Kana"),
                html! {
                    @if let Some(kana) = &one.kana { span lang="ja" { (kana) } } @else { "—" }
                },
            ),
            (
                language.t("生年月日", "Born"),
                html! {
                    @if let Some(born) = one.born { (words::both_calendars(language, born)) } @else { "—" }
                },
            ),
        ])
    };
    let heading = language.t("この受付の予約", "The appointment");
    match beside {
        Beside::NotBrought => html! {},
        Beside::Nothing => parts::panel(
            heading,
            html! {
                p { (language.t(
                    "読み込んだ予約に、同じ受付番号、または同じカナと生年月日のものはありません。",
                    "No appointment that was brought has this number, or this kana and birthday."
                )) }
            },
        ),
        Beside::ByNumber(one) => parts::panel(
            heading,
            html! {
                p { (parts::badge(BadgeTone::Good, language.t("受付番号が一致", "Same reception number"))) }
                (facts(one))
            },
        ),
        Beside::Alike(one) => parts::panel(
            heading,
            html! {
                p { (parts::badge(BadgeTone::Attention, language.t("カナと生年月日が一致", "Same kana and birthday")))
                    " " (language.t("本人かどうかは、下で確かめて記録します。", "Whether it is the same person, you say below.")) }
                (facts(one))
            },
        ),
        Beside::Several(all) => parts::notice(
            Tone::Warning,
            language.t("当てはまる予約が複数あります", "Several appointments are alike"),
            html! {
                p { (language.t(
                    "端末では選びません。受付デスクで患者に確かめ、該当する予約に記録してください。",
                    "The terminal does not choose. Ask the patient at the desk, and record it at the right appointment there."
                )) }
                @for one in all { (facts(one)) }
            },
        ),
    }
}

/// The way of the result into the receipt computer.
pub(super) fn receipt_computer(frame: &Frame, view: &View, there: ReceiptComputer) -> Markup {
    let language = frame.language;
    html! {
        @if there == ReceiptComputer::HandedOver {
            (parts::notice(Tone::Success, language.t("レセコンに渡しました", "Handed to the receipt computer"), html! {
                p { (language.t("フォルダ face に結果のファイルを置きました。", "The result is a file in the folder face.")) }
            }))
        }
        @if there != ReceiptComputer::None {
            (parts::post_button(
                frame,
                &format!("/receptions/{}/hand-over", view.sealed),
                ButtonLook::Secondary,
                language.t("レセコンに渡す", "Hand to the receipt computer"),
            ))
        }
    }
}
