//! 同意照会・更新 and すべての同意を取消す: after the card was read.

use std::{collections::HashMap, sync::Arc};

use app_auth::Purpose;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base::ReceptionNumber;
use eligibility::{ConsentChoice, ConsentChoices, ConsentItem};
use http::HeaderMap;
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{Document, Frame, components};
use web::{ButtonForm, Form, Visitor};

use super::{
    choose::{choice_pairs, item_index, parse_choices},
    confirm::{choice_list, new_authentication},
    redirect, request_context,
};
use crate::{Inner, Refusal, pages::texts, store::ReceptionSummary};

base::text_enum! {
    /// The purpose of the card reading, by its text in the form.
    #[derive(Default)]
    pub(super) enum ReviewPurpose {
        /// 同意照会・更新
        #[default]
        Review = "review",
        /// すべての同意を取消す
        Withdraw = "withdraw",
    }
}

base::text_serde!(ReviewPurpose);

impl ReviewPurpose {
    fn purpose(self) -> Purpose {
        match self {
            Self::Review => Purpose::Review,
            Self::Withdraw => Purpose::Withdraw,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct ReviewForm {
    #[serde(rename = "for", default)]
    purpose: ReviewPurpose,
}

pub(super) async fn show_start(State(inner): State<Arc<Inner>>, visitor: Visitor) -> Result<Response, Refusal> {
    match inner.store.list_receptions(request_context(&visitor)).await {
        Ok(_) => Ok(redirect("/review/list")),
        Err(Refusal::ReviewExpired) => {
            Ok(start_page(&super::menu_frame(&visitor), ReviewPurpose::Review).into_response())
        }
        Err(refusal) => Err(refusal),
    }
}

pub(super) async fn submit_start(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<ReviewForm>,
) -> Result<Response, Refusal> {
    let new = new_authentication(&visitor, &headers);
    let authentication = new.id;
    inner.store.begin_review_authentication(new, form.purpose.purpose(), request_context(&visitor)).await?;
    Ok(redirect(&format!("/authenticate/{authentication}")))
}

/// What was just done, from the query of the page's address.
#[derive(Deserialize)]
pub(super) struct ListQuery {
    withdrawn: Option<String>,
    changed: Option<String>,
}

/// A notice above the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListNotice {
    Nothing,
    Withdrawn,
    Changed,
}

impl ListQuery {
    /// Shown only if it is true: anyone can make up an address.
    fn notice(&self, receptions: &[ReceptionSummary]) -> ListNotice {
        let changed = self.changed.as_ref().and_then(|number| number.parse::<ReceptionNumber>().ok());
        match changed {
            Some(number) if receptions.iter().any(|reception| reception.number == number) => ListNotice::Changed,
            _ if self.withdrawn.is_some() && receptions.is_empty() => ListNotice::Withdrawn,
            _ => ListNotice::Nothing,
        }
    }
}

pub(super) async fn show_list(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Refusal> {
    match inner.store.list_receptions(request_context(&visitor)).await {
        Ok(receptions) => {
            let notice = query.notice(&receptions);
            Ok(list_page(&super::menu_frame(&visitor), &receptions, notice).into_response())
        }
        Err(Refusal::ReviewExpired) => Ok(redirect("/review")),
        Err(refusal) => Err(refusal),
    }
}

pub(super) async fn show_edit(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(number): Path<ReceptionNumber>,
) -> Result<Markup, Refusal> {
    let reception = find_reception(&inner, &visitor, number).await?;
    let choices = ConsentItem::ALL.map(|item| Some(reception.choices.choice_for(item)));
    Ok(edit_page(&super::menu_frame(&visitor), &reception, choices))
}

pub(super) async fn submit_edit(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(number): Path<ReceptionNumber>,
    Form(fields): Form<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let choices_by_item = parse_choices(&fields);
    if let Ok(choices) = ConsentChoices::try_from_fn(|item| choices_by_item[item_index(item)]) {
        inner.store.change_choices(number, choices, request_context(&visitor)).await?;
        return Ok(redirect(&format!("/review/list?changed={number}")));
    }
    let reception = find_reception(&inner, &visitor, number).await?;
    let page = edit_page(&super::menu_frame(&visitor), &reception, choices_by_item);
    Ok((http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn find_reception(
    inner: &Inner,
    visitor: &Visitor,
    number: ReceptionNumber,
) -> Result<ReceptionSummary, Refusal> {
    let receptions = inner.store.list_receptions(request_context(visitor)).await?;
    let reception = receptions.into_iter().find(|reception| reception.number == number);
    reception.ok_or(Refusal::Eligibility(eligibility::Refusal::UnknownReception))
}

pub(super) async fn show_withdraw(State(inner): State<Arc<Inner>>, visitor: Visitor) -> Result<Response, Refusal> {
    match inner.store.list_receptions(request_context(&visitor)).await {
        Ok(receptions) => Ok(withdraw_page(&super::menu_frame(&visitor), &receptions).into_response()),
        Err(Refusal::ReviewExpired) => {
            Ok(start_page(&super::menu_frame(&visitor), ReviewPurpose::Withdraw).into_response())
        }
        Err(refusal) => Err(refusal),
    }
}

pub(super) async fn submit_withdraw(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    inner.store.withdraw_all(request_context(&visitor)).await?;
    Ok(redirect("/review/list?withdrawn=all"))
}

pub(super) async fn end_review(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    inner.store.end_review(request_context(&visitor)).await?;
    Ok(redirect("/"))
}

pub(super) fn start_page(frame: &Frame, purpose: ReviewPurpose) -> Markup {
    let language = frame.language;
    let (title, introduction) = match purpose {
        ReviewPurpose::Review => (
            texts::SEE_AND_CHANGE_CONSENTS.in_language(language),
            texts::SCAN_CARD_TO_SEE_CONSENTS.in_language(language),
        ),
        ReviewPurpose::Withdraw => (
            texts::WITHDRAW_ALL_CONSENTS.in_language(language),
            texts::SCAN_CARD_BEFORE_WITHDRAWING.in_language(language),
        ),
    };
    Document::new(frame, title).description(introduction).main(html! {
        p { (introduction) }
        (components::form(frame, "/review", html! {
            (components::hidden_field("for", purpose.as_str()))
            (components::bottom_bar(components::primary_button(
                texts::CONTINUE_TO_SCAN_YOUR_CARD.in_language(language),
                Some(texts::YOU_NEED_YOUR_PIN.in_language(language)),
            )))
        }))
        (components::quiet_link("/", texts::BACK_TO_THE_FIRST_PAGE.in_language(language)))
    })
}

pub(super) fn list_page(frame: &Frame, receptions: &[ReceptionSummary], notice: ListNotice) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::YOUR_REGISTERED_CONSENTS.in_language(language)).main(html! {
        (render_notice(language, notice))
        @if receptions.is_empty() {
            (components::empty_state(texts::NO_CONSENT_IS_IN_FORCE.in_language(language), html! {
                p { (texts::PAST_OR_WITHDRAWN_CONSENTS_NOT_SHOWN.in_language(language)) }
            }))
        } @else {
            p { (texts::VISIT_DAY_CANNOT_BE_CHANGED.in_language(language)) }
        }
        @for reception in receptions {
            (components::panel(&reception.institution, html! {
                (components::description_list(&[
                    (super::visit_label(language, reception.visit_date), super::visit_text(language, reception.visit_date)),
                    (texts::RECEPTION_NUMBER.in_language(language), html! { (reception.number.to_grouped_string()) }),
                    (texts::REGISTERED_ON.in_language(language), html! { (dates::format_date(language, reception.registered.japan_date())) }),
                ]))
                (choice_list(language, reception.choices))
                (components::secondary_link(
                    &format!("/review/receptions/{}", reception.number),
                    texts::CHANGE_CONSENT_BUTTON.in_language(language),
                    None,
                ))
            }))
        }
        @if !receptions.is_empty() {
            (components::secondary_link("/review/withdraw", texts::WITHDRAW_ALL_CONSENTS.in_language(language), Some(texts::NEXT_CHECK_BEFORE_YOU_WITHDRAW.in_language(language))))
        }
        (components::form(frame, "/review/end", html! {
            (components::bottom_bar(components::primary_button(texts::DONE.in_language(language), Some(texts::CLOSES_THIS_VIEW.in_language(language)))))
        }))
    })
}

fn render_notice(language: Language, notice: ListNotice) -> Markup {
    match notice {
        ListNotice::Nothing => html! {},
        ListNotice::Withdrawn => components::notice(
            components::Tone::Success,
            texts::YOUR_CONSENTS_ARE_WITHDRAWN.in_language(language),
            html! { p { (texts::ALL_CONSENTS_ARE_WITHDRAWN.in_language(language)) } },
        ),
        ListNotice::Changed => components::notice(
            components::Tone::Success,
            texts::YOUR_CHANGE_IS_REGISTERED.in_language(language),
            html! { p { (texts::WHAT_YOU_CHANGED_IS_REGISTERED.in_language(language)) } },
        ),
    }
}

pub(super) fn edit_page(frame: &Frame, reception: &ReceptionSummary, choices: [Option<ConsentChoice>; 6]) -> Markup {
    let language = frame.language;
    let message = texts::CHOOSE_AGREE_OR_DO_NOT_AGREE.in_language(language);
    let missing = |item: ConsentItem| choices[item_index(item)].is_none();
    Document::new(frame, texts::CHANGE_WHAT_YOU_AGREED_TO.in_language(language)).main(html! {
        (super::visit_summary(language, &reception.institution, reception.visit_date))
        (components::form(frame, &format!("/review/receptions/{}", reception.number), html! {
            (choice_pairs(language, choices, missing, message))
            (components::bottom_bar(components::primary_button(texts::REGISTER_THE_CHANGE.in_language(language), Some(texts::INSTITUTION_SEES_CHANGE_AT_ONCE.in_language(language)))))
        }))
        (components::secondary_link("/review/list", texts::BACK_WITHOUT_CHANGING.in_language(language), None))
    })
}

pub(super) fn withdraw_page(frame: &Frame, receptions: &[ReceptionSummary]) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::WITHDRAW_ALL_CONSENTS.in_language(language)).main(html! {
        @if receptions.is_empty() {
            (components::empty_state(texts::THERE_IS_NOTHING_TO_WITHDRAW.in_language(language), html! {
                (components::primary_link("/review/list", texts::BACK.in_language(language), None))
            }))
        } @else {
            p { (texts::ALL_CONSENTS_WILL_BE_WITHDRAWN.in_language(language)) }
            ul {
                @for reception in receptions {
                    li { (reception.institution) " — " (super::visit_text(language, reception.visit_date)) }
                }
            }
            p { (texts::YOU_CAN_REGISTER_AGAIN_LATER.in_language(language)) }
            (components::form(frame, "/review/withdraw", html! {
                (components::danger_button(texts::WITHDRAW_ALL_CONSENTS.in_language(language), None))
            }))
            (components::secondary_link("/review/list", texts::BACK_WITHOUT_WITHDRAWING.in_language(language), None))
        }
    })
}
