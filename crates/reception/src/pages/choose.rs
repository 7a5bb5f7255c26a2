//! ②同意可否を選択する.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{Path, State},
    response::Response,
};
use base::Date;
use eligibility::{Choice, Choices, Item};
use maud::{Markup, html};
use shell::{
    Document, Form, Frame, Language, Visitor,
    parts::{self, Agreement},
};

use super::{ProcedureId, asking, or_where_it_stands, page_of, see, step};
use crate::{Inner, Refusal, rules::procedure::Stage};

pub(super) async fn show(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
) -> Result<Response, Refusal> {
    let view = room.store.procedure(id, asking(&visitor)).await?;
    let chosen = match view.stage {
        Stage::Asked => None,
        Stage::Chosen(choices) | Stage::Confirmed(choices) => Some(choices),
        Stage::Registered { .. } | Stage::Handed { .. } | Stage::Lapsed(_) => return Ok(see(&step(&view))),
    };
    let answers = Item::ALL.map(|item| chosen.map(|choices| choices.on(item)));
    let shown =
        View { id, institution: view.institution.name, visit_date: view.asked.visit_date, answers, asked: Asked::Now };
    Ok(page_of(&room, &view.asked, page(&super::step_frame(&visitor), &shown)))
}

pub(super) async fn done(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let answers = answers(&fields);
    let complete = Choices::complete(|item| answers[place(item)]);
    let Ok(choices) = complete else {
        let view = room.store.procedure(id, asking(&visitor)).await?;
        let shown = View {
            id,
            institution: view.institution.name,
            visit_date: view.asked.visit_date,
            answers,
            asked: Asked::Before,
        };
        let page = page(&super::step_frame(&visitor), &shown);
        let mut response = page_of(&room, &view.asked, page);
        *response.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    };
    let outcome = room.store.choose(id, choices, asking(&visitor)).await;
    let next = if agrees_to_all(&fields) { "confirm?chosen=all" } else { "confirm" };
    or_where_it_stands(outcome.map(|()| see(&format!("/procedures/{id}/{next}"))), id)
}

/// Whether 「すべての項目に同意する」 was pressed, whatever is chosen beneath it.
fn agrees_to_all(fields: &HashMap<String, String>) -> bool {
    fields.get("all").is_some_and(|value| value == Agreement::Agree.value())
}

/// What a form says of each item.
pub(super) fn answers(fields: &HashMap<String, String>) -> [Option<Choice>; 6] {
    if agrees_to_all(fields) {
        return [Some(Choice::Agree); 6];
    }
    Item::ALL.map(|item| {
        let value = fields.get(item.key())?;
        Agreement::from_value(value).map(|agreement| match agreement {
            Agreement::Agree => Choice::Agree,
            Agreement::Decline => Choice::Decline,
        })
    })
}

pub(super) fn place(item: Item) -> usize {
    Item::ALL.iter().position(|other| *other == item).unwrap_or(0)
}

/// Whether the page is shown for the first time, or again because something was left out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Now,
    Before,
}

pub(super) struct View {
    pub(super) id: ProcedureId,
    pub(super) institution: String,
    pub(super) visit_date: Option<Date>,
    pub(super) answers: [Option<Choice>; 6],
    pub(super) asked: Asked,
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let left_out = |item: Item| view.asked == Asked::Before && view.answers[place(item)].is_none();
    let nothing_chosen = Item::ALL.into_iter().all(left_out);
    // Where nothing was chosen, one sentence says so, and no item repeats it.
    let missing = |item: Item| left_out(item) && !nothing_chosen;
    let message = language.t("同意する・同意しないのどちらかを選んでください", "Choose “Agree” or “Do not agree”");
    let messages: Vec<(Item, String)> = if nothing_chosen {
        let all = language.t("6項目すべてについて選んでください", "Choose for each of the six items");
        vec![(Item::ALL[0], all.to_owned())]
    } else {
        let named = |item: Item| match language {
            Language::Japanese => format!("「{}の提供」を選んでください", item.japanese()),
            Language::English => format!("Choose for {}", item.english()),
        };
        Item::ALL.into_iter().filter(|item| missing(*item)).map(|item| (item, named(item))).collect()
    };
    let problems: Vec<_> =
        messages.iter().map(|(item, message)| parts::Problem { field: item.key(), message }).collect();
    let document = Document::new(frame, language.t("同意可否の選択", "Choose what the institution may see"))
        .above(parts::reception_steps(language, parts::ReceptionStep::Choose));
    let document = if problems.is_empty() { document } else { document.with_problems() };
    document.main(html! {
        (parts::error_summary(language, &problems))
        (super::about(language, &view.institution, view.visit_date))
        // Whoever comes back has read it, and looks for what to press.
        @if !nothing_chosen {
            p { (language.t(
                "あなたの情報を、この医療機関に見せてよいかを項目ごとに選んでください。医療保険の資格は、どれを選んでも確認できます。同意しなくても診察は受けられます。",
                "Choose for each item whether this institution may see it. Whatever you choose, your insurance is confirmed and the doctor sees you."
            )) }
        }
        (parts::form(frame, &format!("/procedures/{}/choose", view.id), html! {
            (parts::agree_to_all_button(language))
            (pairs(language, view.answers, missing, message))
            (parts::bottom_bar(parts::primary_button(
                language.t("同意内容を確認する", "Check your choices (同意内容を確認する)"),
                Some(language.t("次の画面で、選んだ内容を確かめます。まだ登録されません。", "Next, check your choices. Nothing is registered yet.")),
            )))
        }))
        (super::way_out(frame, view.id))
    })
}

/// The six pairs, each with its help.
pub(super) fn pairs(
    language: Language,
    answers: [Option<Choice>; 6],
    missing: impl Fn(Item) -> bool,
    message: &str,
) -> Markup {
    html! {
        @for item in Item::ALL {
            @let legend = match language {
                Language::Japanese => format!("{}の提供", item.japanese()),
                Language::English => format!("{} ({}の提供)", item.english(), item.japanese()),
            };
            @let pair = parts::ChoicePair::new(language, item.key(), &legend)
                .help(language.t(item.explanation_japanese(), item.explanation_english()))
                .error(missing(item).then_some(message));
            @match answers[place(item)] {
                Some(Choice::Agree) => (pair.chosen(Agreement::Agree)),
                Some(Choice::Decline) => (pair.chosen(Agreement::Decline)),
                None => (pair),
            }
        }
    }
}
