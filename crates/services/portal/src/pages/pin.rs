//! The PIN and the reading of the card, as one form. The guide's steps ④ and ⑤ are one page here, so that the PIN is never
//! stored between two requests.

use app_auth::Device;
use base::{Span, Timestamp};
use maud::{Markup, html};
use text::Language;
use ui::{Document, Frame, components, drawing};

use card::TokenLabel;

use super::{
    format_day, readers,
    session::{AvailableCards, SessionPage, SessionProblem},
};
use crate::{CardId, rules::session::PinRetryReason};

/// The card that was inspected.
pub(super) struct InspectedCard<'c> {
    pub(super) id: &'c CardId,
    pub(super) token: TokenLabel,
    /// The last second of its certificate, if known.
    pub(super) ends: Option<Timestamp>,
    pub(super) tries_left: u8,
}

pub(super) fn page(
    frame: &Frame,
    view: &SessionPage,
    card: &InspectedCard<'_>,
    retry_reason: Option<PinRetryReason>,
) -> Markup {
    let language = frame.language;
    let id = view.session.id;
    let title = language.t("暗証番号を入力してください", "Enter the PIN");
    let error = match (view.problem, retry_reason) {
        (Some(SessionProblem::NotFourDigits), _) => Some(not_four_digits(language, card.tries_left)),
        (_, Some(PinRetryReason::Wrong)) => Some(wrong_pin(language, card.tries_left)),
        _ => None,
    };
    let label = if card.token == TokenLabel::Plastic {
        language.t("利用者証明用電子証明書の数字4桁", "Four digits for user authentication")
    } else {
        language.t("スマートフォンの利用者証明用の数字4桁", "The phone's four digits for user authentication")
    };
    let lead = requester(language, view, card.id);
    let document = Document::new(frame, title).lead(&lead);
    let document = if error.is_some() { document.with_problems() } else { document };
    let note = match (retry_reason, card.tries_left) {
        (Some(PinRetryReason::TriesChanged), tries) => Some(tries_changed_notice(language, tries)),
        (_, 1) => Some(last_try_note(language).to_owned()),
        _ => None,
    };
    document.main(html! {
        @if card.ends.is_some_and(|ends| view.now > ends) {
            p { b { (language.t("電子証明書の有効期限が切れています。", "The certificate has expired. ")) }
                (language.t("確認できるのは医療保険の資格だけです。", "It confirms your insurance only.")) }
        }
        (components::form(frame, &format!("/visits/{id}/pin"), html! {
            (components::hidden_field("seen", &view.session.version.to_string()))
            (components::PinEntry::new(language, "pin", label)
                .tries_left(card.tries_left)
                .note(note.as_deref())
                .error(error.as_deref()))
            (components::bottom_bar(components::primary_button(language.t("読み取り開始", "Start scanning"), Some(language.t(
                "カードを動かさずにお待ちください。暗証番号は保存されません。",
                "Hold the card still. The PIN is not stored.",
            )))))
            @match &view.cards {
                AvailableCards::Virtual { .. } => { (hold_instructions(language, view.session.claim.device)) (removal_fault_choice(language)) }
                AvailableCards::InReaders(_) => (reader_instructions(language)),
            }
        }))
        (components::buttons(html! {
            (components::post_button(frame, &format!("/visits/{id}/cancel"), components::ButtonStyle::Quiet, language.t("やめる", "Cancel")))
            (components::post_button(frame, &format!("/visits/{id}/another-card"), components::ButtonStyle::Quiet, language.t("別のカードを使う", "Use another card")))
        }))
        (pin_help(language))
        @if card.token != TokenLabel::Plastic { (phone_notice(language)) }
        @if let Some(ends) = card.ends { (renewal_notice(language, ends, view.now)) }
    })
}

/// The requester and the card, in one line.
fn requester(language: Language, view: &SessionPage, card: &CardId) -> String {
    let name = view.reception.name.in_language(language);
    let card = match &view.cards {
        AvailableCards::Virtual { cards, .. } => cards
            .iter()
            .find(|summary| summary.id == *card)
            .map_or(card.as_str(), |summary| summary.label.in_language(language)),
        AvailableCards::InReaders(reader_list) => readers::find_reader_name(reader_list, card)
            .unwrap_or(language.t("カードが離れています", "The card is gone")),
    };
    match language {
        Language::Japanese => format!("依頼元：{name} ／ {card}"),
        Language::English => format!("For {name}: {card}"),
    }
}

/// The error for an input that is not sent to the card.
fn not_four_digits(language: Language, tries_left: u8) -> String {
    match language {
        Language::Japanese => format!(
            "数字4桁を入力してください。カードにはまだ送っていません。あと{tries_left}回間違えるとロックされます。"
        ),
        Language::English => format!("Enter four digits. Nothing was sent to the card. Attempts left: {tries_left}."),
    }
}

/// The error for a wrong PIN, with the remaining tries and what to do.
fn wrong_pin(language: Language, tries_left: u8) -> String {
    match (language, tries_left) {
        (Language::Japanese, 1) => format!("暗証番号が違います。{}", last_try_note(language)),
        (Language::Japanese, tries) => format!(
            "暗証番号が違います。あと{tries}回間違えるとロックされます。分からないときは「やめる」を押すと、画像を送る方法に替えられます。"
        ),
        (Language::English, 1) => format!("That is not the PIN. {}", last_try_note(language)),
        (Language::English, tries) => format!(
            "That is not the PIN. After {tries} more wrong attempts the card locks. If you do not know it, press “Cancel” and send a picture instead."
        ),
    }
}

/// The notice for a phone as card, which has a PIN of its own.
fn phone_notice(language: Language) -> Markup {
    components::notice(
        components::Tone::Info,
        language.t("スマートフォンの電子証明書です", "This is a phone's certificate"),
        html! {
            p { (language.t(
                "入力するのは、スマートフォンに設定した利用者証明用の暗証番号（数字4桁）です。カードの暗証番号とは別のものです。",
                "Enter the four digits that were set on the phone for user authentication. They are not the card's.",
            )) }
        },
    )
}

/// How long before its end a certificate's renewal is recommended: the shortest three months, as the municipal office renews
/// it from three months before.
const RENEWAL_NOTICE: Span = Span::from_hours(24 * 89);

/// The notice for a certificate near or past its end: its use, and where to renew it.
fn renewal_notice(language: Language, ends: Timestamp, now: Timestamp) -> Markup {
    let last_day = format_day(language, ends.japan_date());
    if now > ends {
        components::notice(
            components::Tone::Warning,
            language.t("電子証明書の有効期限が切れています", "The certificate on this card has expired"),
            html! {
                p { (language.t("有効期限は、", "It was valid to ")) b { (last_day) } (language.t("まででした。", ".")) }
                p { (language.t(
                    "期限から3か月までは読み取れますが、医療機関が確認できるのは医療保険の資格だけです。3か月を過ぎると使えなくなります。お住まいの市区町村の窓口で更新してください。",
                    "For three months after that day it can still be used, but only to confirm your insurance. After that it is not accepted. Please renew it at your municipal office."
                )) }
            },
        )
    } else if now.plus(RENEWAL_NOTICE) >= ends {
        components::notice(
            components::Tone::Info,
            language.t("電子証明書の更新のお知らせ", "Renew your certificate soon"),
            html! {
                p { (language.t("有効期限は、", "It is valid to ")) b { (last_day) } (language.t("です。今は使えます。", ", and can be used now.")) }
                p { (language.t(
                    "期限が切れる前に、お住まいの市区町村の窓口で更新してください。",
                    "Please renew it at your municipal office before then."
                )) }
            },
        )
    } else {
        html! {}
    }
}

fn reader_instructions(language: Language) -> Markup {
    html! {
        p { (language.t(
            "カードをカードリーダーに置いたまま、「読み取り開始」を押します。",
            "Leave the card on the reader and press “Start scanning”.",
        )) }
        (drawing::card_reader(language))
    }
}

fn hold_instructions(language: Language, device: Device) -> Markup {
    let (picture, text) = match device {
        Device::Android => (
            drawing::hold_card(language, drawing::PhoneKind::Android),
            language.t(
                "入力したら、机に置いたカードにスマートフォンの背面の中央を重ね、「読み取り開始」を押します。",
                "Then place the middle of the back of your phone on the card and press “Start scanning”.",
            ),
        ),
        Device::Iphone => (
            drawing::hold_card(language, drawing::PhoneKind::Iphone),
            language.t(
                "入力したら、机に置いたカードの中央にiPhoneの上の端をあて、「読み取り開始」を押します。",
                "Then place the top edge of your iPhone on the middle of the card and press “Start scanning”.",
            ),
        ),
        Device::Computer => (
            drawing::card_reader(language),
            language.t(
                "入力したら、カードリーダーにカードを置き、「読み取り開始」を押します。",
                "Then place the card on the reader and press “Start scanning”.",
            ),
        ),
    };
    html! { p { (text) } (picture) }
}

/// The removal faults, which only a simulation offers.
fn removal_fault_choice(language: Language) -> Markup {
    let options = [
        components::Choice::new("none", language.t("最後まで動かさない", "Hold it still")),
        components::Choice::new(
            "reading",
            language.t("暗証番号の確認より前に離す", "Move it away before the PIN is checked"),
        ),
        components::Choice::new(
            "pin",
            language.t("暗証番号を確認している途中で離す", "Move it away while the PIN is checked"),
        ),
        components::Choice::new(
            "signature",
            language.t("暗証番号の確認のあとに離す", "Move it away after the PIN was checked"),
        ),
    ];
    components::disclosure(
        language.t("模擬環境：カードの動かし方を選ぶ", "Simulation: how the card is held"),
        html! {
            (components::Select::new(language, "slip", language.t("読み取り中のカード", "The card while it is read"), &options)
                .selected("none").without_mark())
        },
    )
}

fn last_try_note(language: Language) -> &'static str {
    language.t(
        "あと1回です。次に間違えるとロックされ、市区町村の窓口で解除が必要です。自信がないときは「やめる」を押すと、画像を送る方法に替えられます。",
        "One attempt is left. If it fails, only the municipal office can unlock the card. If unsure, press “Cancel” and send a picture.",
    )
}

/// The notice that the card was used elsewhere meanwhile.
fn tries_changed_notice(language: Language, tries_left: u8) -> String {
    let changed = language.t(
        "残り回数が変わっています。このカードはほかの画面でも使われました。暗証番号はカードに送っていません。",
        "The attempts left have changed: the card was used in another window. The PIN was not given to it. ",
    );
    match (language, tries_left) {
        (_, 1) => format!("{changed}{}", last_try_note(language)),
        (Language::Japanese, tries) => format!("{changed}あと{tries}回間違えるとロックされます。"),
        (Language::English, tries) => format!("{changed}The card locks after {tries} more wrong attempts."),
    }
}

fn pin_help(language: Language) -> Markup {
    components::disclosure(
        language.t("暗証番号が分からないとき", "If you do not know the PIN"),
        html! {
            ul {
                li { (language.t(
                    "カードには4つの暗証番号があります。ここで使うのは「利用者証明用電子証明書」の数字4桁です。英数字6〜16文字の署名用パスワードではありません。",
                    "The card has four PINs. This is the one of four digits for user authentication, not the signature password of 6 to 16 letters.",
                )) }
                li { (language.t(
                    "3回続けて間違えるとロックされます。ロックは市区町村の窓口で解除できます。",
                    "After three wrong attempts it locks. The municipal office can unlock it.",
                )) }
                li { (language.t(
                    "分からないときは「やめる」を押してください。予約したサービスから資格確認書などの画像を送れば受診できます。",
                    "If you do not know it, press “Cancel”. You can send a picture of your insurance document through the service where you booked.",
                )) }
                li { (language.t(
                    "これは模擬環境です。本物のマイナンバーカードの暗証番号は入力しないでください。",
                    "This is a simulation. Do not enter the PIN of a real card.",
                )) }
            }
        },
    )
}
