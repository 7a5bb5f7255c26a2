//! What to check before booking with a card: PIN, phone, certificate.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use ui::{
    Document, Frame,
    components::{self, Tone},
    drawing,
};
use web::{Access, Routes, Visitor};

use super::{frame::page_frame, signed_in};
use crate::context::Context;

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/help/card", Access::Anyone, get(show_card_help))
}

async fn show_card_help(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = signed_in::find_signed_in_patient(&context, &visitor).await?;
    Ok(render_card_help(&page_frame(&visitor, person.as_ref())).into_response())
}

pub(crate) fn render_card_help(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("予約の前に確認する", "Check before booking"))
        .description(language.t(
            "オンライン診療でマイナ保険証を使う前に確認すること（暗証番号、スマートフォン、電子証明書の有効期限）。",
            "What to check before you use your My Number Card for online care: PIN, phone, certificate.",
        ))
        .lead(language.t(
            "ひとつでも「いいえ」や「分からない」があれば、保険証画像のアップロードをお使いください。どちらの方法でも、同じように診察を受けられます。",
            "If any answer is no, or you are not sure, use a picture of your insurance document instead. You are seen just the same.",
        ))
        .main(html! {
            (drawing::identity_card(language))
            (render_check_item(language.t("4桁の暗証番号が分かりますか", "Do you know your 4-digit PIN?"), language.t(
                "「利用者証明用電子証明書」の暗証番号です。4種類ある暗証番号のうち、数字4桁のものを使います。3回続けて間違えると使えなくなり、市区町村の窓口で再設定が必要です。",
                "It is the PIN of the 利用者証明用電子証明書, one of four PINs of the card. After three wrong attempts it locks, and only your municipal office can reset it.")))
            (render_check_item(language.t("健康保険証としての利用を申し込みましたか", "Is your card registered as your insurance card?"), language.t(
                "マイナポータルアプリで、申込みの状況を確認できます。",
                "The マイナポータル app shows whether it is.")))
            (render_check_item(language.t("スマートフォンでカードを読み取れますか", "Can your phone read the card?"), language.t(
                "NFCに対応したスマートフォンと、マイナポータルアプリが必要です。パソコンにつないだカードリーダーも使えます。",
                "You need a phone with NFC and the マイナポータル app. A card reader on a PC works too.")))
            (render_check_item(language.t("電子証明書の有効期限は切れていませんか", "Is the certificate still valid?"), language.t(
                "カードのおもて面の欄に書かれています（空欄のこともあります）。マイナポータルアプリでも確認できます。期限から3か月以内は保険の確認だけができます。それを過ぎると使えません。",
                "Its date is on the front of the card, unless the field was left blank; the マイナポータル app shows it too. For three months after that date the card still confirms your insurance, and then it does not work.")))
            (components::notice(Tone::Info, language.t("保険証画像のアップロードは、いつでも選べます", "A picture is always the other way"), html! {
                p { (language.t(
                    "資格確認書などの画像を送る方法です。予約のあと、いつでも切り替えられます。",
                    "You send a photo of your insurance document, such as a 資格確認書. You can switch at any time after booking.")) }
            }))
            (components::bottom_bar(components::primary_link("/", language.t("医療機関をさがす", "Find a clinic"), None)))
        })
}

fn render_check_item(question: &str, answer: &str) -> Markup {
    components::panel(question, html! { p { (answer) } })
}
