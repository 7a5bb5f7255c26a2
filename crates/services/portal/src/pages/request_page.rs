//! The request: requester and purpose, shown before the card is inspected and before any PIN.

use app_auth::{AuthenticationRequest, OpenMethod, Purpose};
use maud::{Markup, html};
use text::Language;
use ui::{Document, Frame, components};

use super::{
    card_choice, format_day, format_time, no_cards_notice, readers,
    session::{AvailableCards, SessionPage, SessionProblem},
};
use crate::{
    CardId, CardSummary,
    rules::session::{PinState, ReadFailure},
};

pub(super) fn page(
    frame: &Frame,
    view: &SessionPage,
    request: &AuthenticationRequest,
    retry_reason: Option<ReadFailure>,
) -> Markup {
    let language = frame.language;
    let id = view.session.id;
    let title = match retry_reason {
        None => language.t("依頼の内容を確認してください", "Check the request"),
        Some(_) => language.t("カードをもう一度読み取ってください", "Please scan the card again"),
    };
    let document = Document::new(frame, title);
    let message = (view.problem == Some(SessionProblem::NoCard))
        .then(|| language.t("使うカードを選んでください。", "Please choose a card."));
    let document = if message.is_some() { document.with_problems() } else { document };
    let problem = message.map(|message| components::Problem { field: "card", message });
    document.main(html! {
        (components::error_summary(language, problem.as_slice()))
        @if let Some(failure) = retry_reason { (render_failure(language, failure, &view.cards)) }
        (request_details(language, view, request))
        @if view.session.claim.open_method == OpenMethod::Scan { (other_device_warning(language, request)) }
        @match &view.cards {
            AvailableCards::InReaders(reader_list) => (readers::render_card_choice(frame, &format!("/visits/{id}"), reader_list, message)),
            AvailableCards::Virtual { cards, .. } if cards.is_empty() => (no_cards_notice(language)),
            AvailableCards::Virtual { cards, preselected } => (components::form(frame, &format!("/visits/{id}/card"), html! {
                (preselected_choice(language, cards, preselected.as_ref(), message))
                (components::bottom_bar(components::primary_button(language.t("次へ", "Next"), Some(language.t(
                    "カードを確認し、暗証番号の入力に進みます。",
                    "Next, enter the PIN.",
                )))))
            })),
        }
        (components::post_button(frame, &format!("/visits/{id}/cancel"), components::ButtonStyle::Quiet, language.t("やめる", "Cancel")))
    })
}

/// The items of the request. Institution, day and browser are stated by the reception; its name and address are from the
/// app's own list.
fn request_details(language: Language, view: &SessionPage, request: &AuthenticationRequest) -> Markup {
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
                Some(date) => (language.t("診察日", "Visit day"), html! { (format_day(language, *date)) }),
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
    rows.push((language.t("始めた時刻", "Started at"), html! { (format_time(language, request.started_at)) }));
    components::plain_panel(components::description_list(&rows))
}

fn other_device_warning(language: Language, request: &AuthenticationRequest) -> Markup {
    components::notice(
        components::Tone::Warning,
        language.t("別の端末で始めた手続きです", "Started on another device"),
        html! {
            p { (match language {
                Language::Japanese => format!("「{}」の画面で始めた手続きです。ご自身で始めた覚えがないときや、ほかの人に頼まれたときは、「やめる」を押してください。", request.browser),
                Language::English => format!("This was started in {}. If you did not start it yourself, or somebody asked you to, press “Cancel”.", request.browser),
            }) }
        },
    )
}

fn preselected_choice(
    language: Language,
    cards: &[CardSummary],
    preselected: Option<&CardId>,
    error: Option<&str>,
) -> Markup {
    let preselected = preselected.and_then(|id| cards.iter().find(|card| card.id == *id));
    match preselected {
        None => card_choice(language, cards, None, error),
        Some(card) => html! {
            p { (language.t("手元のカード：", "Your card: ")) b { (card.label.in_language(language)) } }
            (components::disclosure(
                language.t("別のカードを使う", "Use another card"),
                card_choice(language, cards, Some(&card.id), error),
            ))
        },
    }
}

/// Why the last reading failed, and whether a try was spent.
fn render_failure(language: Language, failure: ReadFailure, cards: &AvailableCards) -> Markup {
    let (heading, text) = match failure {
        ReadFailure::Removed(state) => (
            language.t("読み取りの途中でカードが離れました", "The card moved away too early"),
            pin_cost_text(language, state),
        ),
        ReadFailure::Failed(state) => (
            language.t("カードを読み取れませんでした", "The card could not be read"),
            pin_cost_text(language, state),
        ),
        ReadFailure::InUse => (
            language.t("カードは使用中です", "The card is in use"),
            match cards {
                AvailableCards::InReaders(_) => language.t(
                    "ほかのプログラムや画面が、このカードを使っています。暗証番号の回数は減っていません。カードを使っているほかのプログラムを閉じてから、もう一度お試しください。",
                    "Another program or window is using this card. No attempt was lost. Please close other programs that use the card, and try again.",
                ),
                AvailableCards::Virtual { .. } => language.t(
                "ほかの画面で、このカードを読み取っています。暗証番号の回数は減っていません。30秒ほど待ってから、もう一度お試しください。",
                "Another window is reading this card. No attempt was lost. Please wait half a minute and try again.",
                ),
            },
        ),
        ReadFailure::NoCard => (
            language.t("カードがカードリーダーにありません", "The card is no longer on the reader"),
            language.t(
                "読み取りの前にカードが離れました。暗証番号の回数は減っていません。カードを置き直してください。",
                "It was taken away before it was read. No attempt was lost. Please lay it on again.",
            ),
        ),
        ReadFailure::Changed => (
            language.t("別のカードに替わっています", "Another card lies there now"),
            language.t(
                "確認したときと違うカード、または置き直したカードです。暗証番号は送っていません。回数も減っていません。もう一度「次へ」を押してください。",
                "It is not the card that was looked at, or it was laid on anew. The PIN was not given to it and no attempt was lost. Please press “Next” again.",
            ),
        ),
        ReadFailure::Mute => (
            language.t("カードが応答しません", "The card does not answer"),
            language.t(
                "暗証番号の回数は減っていません。カードの向きと裏表を確かめて、置き直してください。",
                "No attempt was lost. Please check which way round the card lies, and lay it on again.",
            ),
        ),
        ReadFailure::ReaderLost(state) => (
            language.t("カードリーダーが応答しなくなりました", "The card reader stopped answering"),
            pin_cost_text(language, state),
        ),
        ReadFailure::OtherCard => (
            language.t("マイナンバーカードではないようです", "This seems to be another card"),
            language.t(
                "利用者証明用電子証明書のあるカードが見つかりません。何も失われていません。カードを確かめて、もう一度お試しください。",
                "It has no certificate for user authentication. Nothing was lost. Please check the card and try again.",
            ),
        ),
        ReadFailure::Interrupted => (
            language.t("前の読み取りが途中で止まりました", "The last reading was interrupted"),
            language.t(
                "選んだ内容は残っています。暗証番号の残り回数は、次の画面で確認できます。",
                "Your choices are kept. The next page shows how many attempts are left.",
            ),
        ),
    };
    components::notice(
        components::Tone::Error,
        heading,
        html! {
            p { (text) }
            @if matches!(failure, ReadFailure::Removed(_) | ReadFailure::Failed(_)) {
                p { (language.t(
                    "カードをケースから出し、金属の机を避けて、終わりの表示が出るまで動かさないでください。",
                    "Take the card out of its case, keep away from metal tables, and hold still until the app says it is finished.",
                )) }
            }
            @if matches!(failure, ReadFailure::ReaderLost(_)) {
                p { (language.t(
                    "カードリーダーをつなぎ直し、カードを置き直してください。",
                    "Please plug the card reader in again and lay the card on again.",
                )) }
            }
        },
    )
}

fn pin_cost_text(language: Language, state: PinState) -> &'static str {
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
