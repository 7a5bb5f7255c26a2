use maud::{Markup, html};
use ui::{Document, Frame, components};
use web::Visitor;

pub(super) async fn show(visitor: Visitor) -> Markup {
    page(&super::menu_frame(&visitor))
}

pub(super) fn page(frame: &Frame) -> Markup {
    let language = frame.language;
    let document = Document::new(frame, language.t("オンライン診療等の受付", "Reception for online care"));
    let document = document.description(language.t(
        "オンライン診療や訪問診療を受ける医療機関が医療保険の情報を確認できるように、マイナンバーカードで同意を登録します。",
        "Register with your card that a clinic which sees you online or at home may confirm your insurance.",
    ));
    document.main(html! {
        p { (language.t(
            "オンライン診療を受ける医療機関が、あなたの医療保険などの情報を確認できるように、同意を登録するところです。",
            "Here you register your consent, so that the institution which sees you online can confirm your insurance."
        )) }
        (components::section(language.t("同意登録をする", "Register a consent"), html! {
            p { (language.t(
                "予約したサービスの「同意可否を選択する」、または医療機関から案内されたアドレス・二次元コードからお進みください。",
                "Start with “Choose what to share (同意可否を選択する)” at the service where you booked, or with the address or QR code that the institution gave you."
            )) }
            h3 { (language.t("必要なもの", "What you need")) }
            ul {
                li { (language.t("健康保険証利用を申込済のマイナンバーカード", "Your Individual Number Card, registered as insurance card")) }
                li { (language.t("マイナポータルアプリをインストール済みのスマートフォン（またはパソコンとICカードリーダー）", "A phone with マイナポータルアプリ (or a computer with a card reader)")) }
                li { (language.t("利用者証明用電子証明書の暗証番号（数字4桁）", "The PIN of the certificate for user authentication (four digits)")) }
            }
        }))
        (components::section(language.t("登録した同意を見る・変える", "See or change what you registered"), html! {
            p { (language.t("カードを読み取ってからご覧になれます。", "You can see it after scanning your card.")) }
            (components::buttons(html! {
                (components::secondary_link("/review", language.t("同意照会・更新", "See and change consents"), None))
                (components::secondary_link("/review/withdraw", language.t("すべての同意を取消す", "Withdraw all consents"), None))
            }))
        }))
    })
}
