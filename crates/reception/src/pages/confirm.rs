//! ③同意可否を登録する: everything that was chosen, once more.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use base::{Date, Id};
use eligibility::{Choice, Choices, Item};
use http::HeaderMap;
use maud::{Markup, html};
use serde::Deserialize;
use shell::{Document, Form, Frame, Language, Visitor, parts};

use super::{ProcedureId, asking, authenticate, or_where_it_stands, page_of, see, step};
use crate::{
    Inner, Refusal,
    rules::procedure::{Misstep, Stage, shown_as},
    store::{NewErrand, ProcedureView},
};

pub(super) async fn show(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    Query(arrived): Query<Arrived>,
) -> Result<Response, Refusal> {
    let view = room.store.procedure(id, asking(&visitor)).await?;
    let (Stage::Chosen(choices) | Stage::Confirmed(choices)) = view.stage else { return Ok(see(&step(&view))) };
    // Told only where it is so: an address can be written by anybody.
    let all = arrived.chosen.is_some_and(|chosen| chosen == "all") && choices == Choices::all(Choice::Agree);
    let since = if all { Since::AllAgreed } else { Since::Chosen };
    Ok(shown(&room, &visitor, view, choices, since))
}

/// How the page was reached.
#[derive(Deserialize)]
pub(super) struct Arrived {
    chosen: Option<String>,
}

fn shown(room: &Inner, visitor: &Visitor, view: ProcedureView, choices: Choices, since: Since) -> Response {
    let institution = view.institution.name;
    let shown = View { id: view.id, institution, visit_date: view.asked.visit_date, choices, since };
    page_of(room, &view.asked, page(&super::step_frame(visitor), &shown))
}

pub(super) async fn done(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    headers: HeaderMap,
    Form(confirmed): Form<Seen>,
) -> Result<Response, Refusal> {
    let new = new_errand(&visitor, &headers);
    let errand = new.id;
    let outcome = room.store.confirm(id, confirmed.seen, new, asking(&visitor)).await;
    if let Err(Refusal::Step(Misstep::OtherChoices)) = outcome {
        // Chosen otherwise in another tab, perhaps confirmed there too: what stands now is to be seen before it is registered.
        let view = room.store.procedure(id, asking(&visitor)).await?;
        if let Stage::Chosen(choices) | Stage::Confirmed(choices) = view.stage {
            let mut response = shown(&room, &visitor, view, choices, Since::Changed);
            *response.status_mut() = http::StatusCode::CONFLICT;
            return Ok(response);
        }
    }
    or_where_it_stands(outcome.map(|()| see(&format!("/authenticate/{errand}"))), id)
}

#[derive(Deserialize)]
pub(super) struct Seen {
    /// What stands for the choices that were shown.
    seen: String,
}

/// A new errand of this browser, with fresh tickets and nonce.
pub(super) fn new_errand(visitor: &Visitor, headers: &HeaderMap) -> NewErrand {
    let randomness = visitor.site().randomness();
    let id = Id::new(visitor.now(), randomness);
    NewErrand {
        id,
        ticket: authenticate::link_ticket(visitor.browser(), id).digest(),
        scan_ticket: authenticate::scan_ticket(visitor.browser(), id).digest(),
        nonce: randomness.bytes(),
        browser_words: authenticate::browser_words(headers),
        return_link: authenticate::return_link(headers),
    }
}

pub(super) struct View {
    pub(super) id: ProcedureId,
    pub(super) institution: String,
    pub(super) visit_date: Option<Date>,
    pub(super) choices: Choices,
    pub(super) since: Since,
}

/// Since when the choices are as they are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    /// The person chose them on the page before.
    Chosen,
    /// The person pressed 「すべての項目に同意する」 on the page before.
    AllAgreed,
    /// They were changed in another window, after she was shown others in this one.
    Changed,
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("同意内容の確認", "Check your choices"))
        .above(parts::reception_steps(language, parts::ReceptionStep::Confirm))
        .main(html! {
            @match view.since {
                Since::Chosen => {}
                Since::AllAgreed => p role="status" { b { (language.t(
                    "6項目すべてを「同意する」にしました。",
                    "All six items are set to “Agree”."
                )) } " " (language.t("まだ登録されていません。", "Nothing is registered yet.")) },
                Since::Changed => (parts::notice(
                    parts::Tone::Warning,
                    language.t("別の画面で選び直されています", "Your choices were changed in another window"),
                    html! { p { (language.t(
                        "いま選ばれている内容は次のとおりです。まだ何も登録されていません。もう一度確かめてください。",
                        "These are your choices now. Nothing is registered yet. Please check them again."
                    )) } },
                )),
            }
            (super::about(language, &view.institution, view.visit_date))
            (chosen(language, view.choices))
            (parts::notice(
                parts::Tone::Info,
                language.t("次に、マイナンバーカードの読み取りがあります", "Next, scan your card"),
                html! {
                    p { (language.t(
                        "暗証番号（利用者証明用電子証明書のパスワード、数字4桁）を入力していただきます。3回続けて間違えるとロックされます。",
                        "You will be asked for your PIN: the four digits of the certificate for user authentication. After three wrong attempts it locks."
                    )) }
                    p { (language.t(
                        "暗証番号が分からないときは、ここで中止して、予約したサービスから資格確認書などの画像を送れば受診できます。",
                        "If you do not know the PIN, press “End without registering” and send a picture of your insurance document through the service where you booked."
                    )) }
                },
            ))
            (parts::form(frame, &format!("/procedures/{}/confirm", view.id), html! {
                (parts::hidden("seen", &shown_as(view.choices)))
                (parts::bottom_bar(parts::primary_button(
                    language.t("同意内容を登録する", "Register these choices (同意内容を登録する)"),
                    Some(language.t(
                        "次の画面で、暗証番号の入力とカードの読み取りに進みます。",
                        "Next, enter your PIN and scan your card.",
                    )),
                )))
            }))
            (parts::secondary_link(
                &format!("/procedures/{}/choose", view.id),
                language.t("選択内容を修正する", "Change your choices (選択内容を修正する)"),
                Some(language.t("前の画面に戻ります", "Back to the previous page.")),
            ))
            (super::way_out(frame, view.id))
        })
}

/// Each item with what was chosen.
pub(super) fn chosen(language: Language, choices: Choices) -> Markup {
    let names: Vec<String> = Item::ALL
        .into_iter()
        .map(|item| match language {
            Language::Japanese => format!("{}の提供", item.japanese()),
            Language::English => item.english().to_owned(),
        })
        .collect();
    let rows: Vec<_> = choices
        .each()
        .zip(&names)
        .map(|((_, choice), name)| {
            let answer = match choice {
                Choice::Agree => parts::badge(parts::BadgeTone::Good, language.t("同意する", "Agree")),
                Choice::Decline => parts::badge(parts::BadgeTone::Neutral, language.t("同意しない", "Decline")),
            };
            (name.as_str(), answer)
        })
        .collect();
    parts::description_list(&rows)
}
