//! ②同意可否を選択する.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{Path, State},
    response::Response,
};
use base::Date;
use eligibility::{ConsentChoice, ConsentChoices, ConsentItem};
use maud::{Markup, html};
use text::Language;
use ui::{
    Document, Frame,
    components::{self, Agreement},
};
use web::{Form, Visitor};

use super::{ProcedureId, or_redirect_to_step, procedure_response, redirect, request_context, step_path};
use crate::{Inner, Refusal, pages::texts, rules::procedure::ProcedureStage};

pub(super) async fn show(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
) -> Result<Response, Refusal> {
    let procedure = inner.store.find_procedure(id, request_context(&visitor)).await?;
    let chosen = match procedure.stage {
        ProcedureStage::Requested => None,
        ProcedureStage::Chosen(choices) | ProcedureStage::Confirmed(choices) => Some(choices),
        ProcedureStage::Registered { .. } | ProcedureStage::Completed { .. } | ProcedureStage::Lapsed(_) => {
            return Ok(redirect(&step_path(&procedure)));
        }
    };
    let choices = ConsentItem::ALL.map(|item| chosen.map(|choices| choices.choice_for(item)));
    let view = ChoicePage {
        id,
        institution: procedure.institution.name,
        visit_date: procedure.request.visit_date,
        choices,
        display: Display::First,
    };
    Ok(procedure_response(&inner, &procedure.request, page(&super::step_frame(&visitor), &view)))
}

pub(super) async fn submit(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<ProcedureId>,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let choices_by_item = parse_choices(&fields);
    let complete = ConsentChoices::try_from_fn(|item| choices_by_item[item_index(item)]);
    let Ok(choices) = complete else {
        let procedure = inner.store.find_procedure(id, request_context(&visitor)).await?;
        let view = ChoicePage {
            id,
            institution: procedure.institution.name,
            visit_date: procedure.request.visit_date,
            choices: choices_by_item,
            display: Display::WithErrors,
        };
        let page = page(&super::step_frame(&visitor), &view);
        let mut response = procedure_response(&inner, &procedure.request, page);
        *response.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    };
    let outcome = inner.store.choose(id, choices, request_context(&visitor)).await;
    let next = if agrees_to_all(&fields) { "confirm?chosen=all" } else { "confirm" };
    or_redirect_to_step(outcome.map(|()| redirect(&format!("/procedures/{id}/{next}"))), id)
}

/// Whether 「すべての項目に同意する」 was pressed, whatever is chosen below it.
fn agrees_to_all(fields: &HashMap<String, String>) -> bool {
    fields.get("all").is_some_and(|value| value == Agreement::Agree.value())
}

/// The submitted choice for each item.
pub(super) fn parse_choices(fields: &HashMap<String, String>) -> [Option<ConsentChoice>; 6] {
    if agrees_to_all(fields) {
        return [Some(ConsentChoice::Agree); 6];
    }
    ConsentItem::ALL.map(|item| {
        let value = fields.get(item.as_str())?;
        Agreement::from_value(value).map(|agreement| match agreement {
            Agreement::Agree => ConsentChoice::Agree,
            Agreement::Decline => ConsentChoice::Decline,
        })
    })
}

pub(super) fn item_index(item: ConsentItem) -> usize {
    ConsentItem::ALL.iter().position(|candidate| *candidate == item).unwrap_or(0)
}

/// Whether the page is displayed for the first time, or again with errors.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Display {
    First,
    WithErrors,
}

pub(super) struct ChoicePage {
    pub(super) id: ProcedureId,
    pub(super) institution: String,
    pub(super) visit_date: Option<Date>,
    pub(super) choices: [Option<ConsentChoice>; 6],
    pub(super) display: Display,
}

pub(super) fn page(frame: &Frame, view: &ChoicePage) -> Markup {
    let language = frame.language;
    let is_missing =
        |item: ConsentItem| view.display == Display::WithErrors && view.choices[item_index(item)].is_none();
    let nothing_chosen = ConsentItem::ALL.into_iter().all(is_missing);
    // If nothing was chosen, one sentence says so, and no item repeats it.
    let missing = |item: ConsentItem| is_missing(item) && !nothing_chosen;
    let message = texts::CHOOSE_AGREE_OR_DO_NOT_AGREE.in_language(language);
    let messages: Vec<(ConsentItem, String)> = if nothing_chosen {
        let all = texts::CHOOSE_FOR_EACH_OF_SIX_ITEMS.in_language(language);
        vec![(ConsentItem::ALL[0], all.to_owned())]
    } else {
        let message_for = |item: ConsentItem| texts::choose_for_item(language, item.name(language));
        ConsentItem::ALL.into_iter().filter(|item| missing(*item)).map(|item| (item, message_for(item))).collect()
    };
    let problems: Vec<_> =
        messages.iter().map(|(item, message)| components::Problem { field: item.as_str(), message }).collect();
    let document = Document::new(frame, texts::CHOOSE_WHAT_INSTITUTION_MAY_SEE.in_language(language))
        .above_heading(components::reception_steps(language, components::ReceptionStep::Choose));
    let document = if problems.is_empty() { document } else { document.with_problems() };
    document.main(html! {
        (components::error_summary(language, &problems))
        (super::visit_summary(language, &view.institution, view.visit_date))
        // With errors the introduction was read before, and only the items matter.
        @if !nothing_chosen {
            p { (texts::HOW_TO_CHOOSE.in_language(language)) }
        }
        (components::form(frame, &format!("/procedures/{}/choose", view.id), html! {
            (components::agree_to_all_button(language))
            (choice_pairs(language, view.choices, missing, message))
            (components::bottom_bar(components::primary_button(
                texts::CHECK_YOUR_CHOICES_BUTTON.in_language(language),
                Some(texts::NEXT_CHECK_YOUR_CHOICES.in_language(language)),
            )))
        }))
        (super::abandon_button(frame, view.id))
    })
}

/// The six pairs of buttons, each with its help.
pub(super) fn choice_pairs(
    language: Language,
    choices: [Option<ConsentChoice>; 6],
    missing: impl Fn(ConsentItem) -> bool,
    message: &str,
) -> Markup {
    html! {
        @for item in ConsentItem::ALL {
            @let legend = texts::providing_item_with_japanese(language, item.name(language), item.name(Language::Japanese));
            @let pair = components::ChoicePair::new(language, item.as_str(), &legend)
                .help(item.explanation(language))
                .error(missing(item).then_some(message));
            @match choices[item_index(item)] {
                Some(ConsentChoice::Agree) => (pair.selected(Agreement::Agree)),
                Some(ConsentChoice::Decline) => (pair.selected(Agreement::Decline)),
                None => (pair),
            }
        }
    }
}
