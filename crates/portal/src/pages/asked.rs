//! Who asks, and for what: shown before the card is looked at and before any PIN.

use errand::{Opened, Purpose, Request};
use maud::{Markup, html};
use shell::{Document, Frame, Language, parts};

use super::{
    card_choice, day, moment, no_cards, readers,
    visit::{Lying, Problem, View},
};
use crate::{
    CardFace, CardId,
    rules::visit::{Mishap, PinState},
};

pub(super) fn page(frame: &Frame, view: &View, request: &Request, last: Option<Mishap>) -> Markup {
    let language = frame.language;
    let id = view.visit.id;
    let title = match last {
        None => language.t("依頼の内容を確認してください", "Check the request"),
        Some(_) => language.t("カードをもう一度読み取ってください", "Please scan the card again"),
    };
    let document = Document::new(frame, title);
    let missing = (view.problem == Some(Problem::NoCard))
        .then(|| language.t("使うカードを選んでください。", "Please choose a card."));
    let document = if missing.is_some() { document.with_problems() } else { document };
    let problem = missing.map(|message| parts::Problem { field: "card", message });
    document.main(html! {
        (parts::error_summary(language, problem.as_slice()))
        @if let Some(mishap) = last { (told(language, mishap, &view.lying)) }
        (about(language, view, request))
        @if view.visit.claim.opened == Opened::Scan { (other_device(language, request)) }
        @match &view.lying {
            Lying::InReaders(attached) => (readers::choice(frame, &format!("/visits/{id}"), attached, missing)),
            Lying::Virtual { cards, .. } if cards.is_empty() => (no_cards(language)),
            Lying::Virtual { cards, at_hand } => (parts::form(frame, &format!("/visits/{id}/card"), html! {
                (choice(language, cards, at_hand.as_ref(), missing))
                (parts::bottom_bar(parts::primary_button(language.t("次へ", "Next"), Some(language.t(
                    "カードを確認し、暗証番号の入力に進みます。",
                    "Next, enter the PIN.",
                )))))
            })),
        }
        (parts::post_button(frame, &format!("/visits/{id}/cancel"), parts::ButtonLook::Quiet, language.t("やめる", "Cancel")))
    })
}

/// The request as the person decides on it. Institution, day and browser are the reception's words; its name and address
/// are the app's own.
fn about(language: Language, view: &View, request: &Request) -> Markup {
    let mut rows = vec![(
        language.t("依頼元", "Requested by"),
        html! { (view.reception.name.in_language(language)) br; span.fine { (view.reception.origin) } },
    )];
    match &request.purpose {
        Purpose::Register { institution, visit_date } => {
            rows.push((
                language.t("目的", "Purpose"),
                html! { (language.t("オンライン資格確認の同意の登録", "To register your consent for the eligibility check")) },
            ));
            rows.push((language.t("医療機関", "Institution"), html! { (institution) }));
            rows.push(match visit_date {
                Some(date) => (language.t("診察日", "Visit day"), html! { (day(language, *date)) }),
                None => (
                    language.t("診療の区分", "Kind of care"),
                    html! { (language.t("訪問診療等（取り消すまで有効）", "Home visits (valid until you withdraw)")) },
                ),
            });
        }
        Purpose::Review => rows.push((
            language.t("目的", "Purpose"),
            html! { (language.t("同意照会・更新（登録した同意を見る・変える）", "To see and change the consents that you registered")) },
        )),
        Purpose::Withdraw => rows.push((
            language.t("目的", "Purpose"),
            html! { (language.t("すべての同意を取消す（次の画面で確かめてから取り消す）", "To withdraw all consents (you confirm it on the next page)")) },
        )),
    }
    rows.push((language.t("始めたブラウザ", "Started in"), html! { (request.browser) }));
    rows.push((language.t("始めた時刻", "Started at"), html! { (moment(language, request.began)) }));
    parts::plain_panel(parts::description_list(&rows))
}

fn other_device(language: Language, request: &Request) -> Markup {
    parts::notice(
        parts::Tone::Warning,
        language.t("別の端末で始めた手続きです", "Started on another device"),
        html! {
            p { (match language {
                Language::Japanese => format!("「{}」の画面で始めた手続きです。ご自身で始めた覚えがないときや、ほかの人に頼まれたときは、「やめる」を押してください。", request.browser),
                Language::English => format!("This was started in {}. If you did not start it yourself, or somebody asked you to, press “Cancel”.", request.browser),
            }) }
        },
    )
}

fn choice(language: Language, cards: &[CardFace], at_hand: Option<&CardId>, error: Option<&str>) -> Markup {
    let at_hand = at_hand.and_then(|id| cards.iter().find(|card| card.id == *id));
    match at_hand {
        None => card_choice(language, cards, None, error),
        Some(card) => html! {
            p { (language.t("手元のカード：", "Your card: ")) b { (card.label.in_language(language)) } }
            (parts::disclosure(
                language.t("別のカードを使う", "Use another card"),
                card_choice(language, cards, Some(&card.id), error),
            ))
        },
    }
}

/// Why the last reading did not come to its end, and what it cost.
fn told(language: Language, mishap: Mishap, lying: &Lying) -> Markup {
    let (heading, text) = match mishap {
        Mishap::Pulled(state) => (
            language.t("読み取りの途中でカードが離れました", "The card moved away too early"),
            cost(language, state),
        ),
        Mishap::Failed(state) => (
            language.t("カードを読み取れませんでした", "The card could not be read"),
            cost(language, state),
        ),
        Mishap::InUse => (
            language.t("カードは使用中です", "The card is in use"),
            match lying {
                Lying::InReaders(_) => language.t(
                    "ほかのプログラムや画面が、このカードを使っています。暗証番号の回数は減っていません。カードを使っているほかのプログラムを閉じてから、もう一度お試しください。",
                    "Another program or window is using this card. No attempt was lost. Please close other programs that use the card, and try again.",
                ),
                Lying::Virtual { .. } => language.t(
                "ほかの画面で、このカードを読み取っています。暗証番号の回数は減っていません。30秒ほど待ってから、もう一度お試しください。",
                "Another window is reading this card. No attempt was lost. Please wait half a minute and try again.",
                ),
            },
        ),
        Mishap::NoCard => (
            language.t("カードがカードリーダーにありません", "The card is no longer on the reader"),
            language.t(
                "読み取りの前にカードが離れました。暗証番号の回数は減っていません。カードを置き直してください。",
                "It was taken away before it was read. No attempt was lost. Please lay it on again.",
            ),
        ),
        Mishap::Changed => (
            language.t("別のカードに替わっています", "Another card lies there now"),
            language.t(
                "確認したときと違うカード、または置き直したカードです。暗証番号は送っていません。回数も減っていません。もう一度「次へ」を押してください。",
                "It is not the card that was looked at, or it was laid on anew. The PIN was not given to it and no attempt was lost. Please press “Next” again.",
            ),
        ),
        Mishap::Mute => (
            language.t("カードが応答しません", "The card does not answer"),
            language.t(
                "暗証番号の回数は減っていません。カードの向きと裏表を確かめて、置き直してください。",
                "No attempt was lost. Please check which way round the card lies, and lay it on again.",
            ),
        ),
        Mishap::ReaderLost(state) => (
            language.t("カードリーダーが応答しなくなりました", "The card reader stopped answering"),
            cost(language, state),
        ),
        Mishap::OtherCard => (
            language.t("マイナンバーカードではないようです", "This seems to be another card"),
            language.t(
                "利用者証明用電子証明書のあるカードが見つかりません。何も失われていません。カードを確かめて、もう一度お試しください。",
                "It has no certificate for user authentication. Nothing was lost. Please check the card and try again.",
            ),
        ),
        Mishap::Interrupted => (
            language.t("前の読み取りが途中で止まりました", "The last reading was interrupted"),
            language.t(
                "選んだ内容は残っています。暗証番号の残り回数は、次の画面で確認できます。",
                "Your choices are kept. The next page shows how many attempts are left.",
            ),
        ),
    };
    parts::notice(
        parts::Tone::Error,
        heading,
        html! {
            p { (text) }
            @if matches!(mishap, Mishap::Pulled(_) | Mishap::Failed(_)) {
                p { (language.t(
                    "カードをケースから出し、金属の机を避けて、終わりの表示が出るまで動かさないでください。",
                    "Take the card out of its case, keep away from metal tables, and hold still until the app says it is finished.",
                )) }
            }
            @if matches!(mishap, Mishap::ReaderLost(_)) {
                p { (language.t(
                    "カードリーダーをつなぎ直し、カードを置き直してください。",
                    "Please plug the card reader in again and lay the card on again.",
                )) }
            }
        },
    )
}

fn cost(language: Language, state: PinState) -> &'static str {
    match state {
        PinState::NotPresented => language.t(
            "暗証番号を確認する前でした。回数は減っていません。何も失われていません。",
            "The PIN was not checked yet. No attempt was lost, and nothing else.",
        ),
        PinState::Unanswered => language.t(
            "暗証番号を確認している途中でした。1回分として数えられた可能性があります。残り回数は、次の画面で確認できます。選んだ内容は残っています。",
            "It was while the PIN was checked, which may have counted as an attempt. The next page shows how many are left. Your choices are kept.",
        ),
        PinState::Right => language.t(
            "暗証番号は正しく、回数は減っていません。選んだ内容は残っています。",
            "The PIN was right and no attempt was lost. Your choices are kept.",
        ),
    }
}
