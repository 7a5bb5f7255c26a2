//! ご家族: the patients for whom the account acts.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use base::Date;
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, age_on, replace_wide_spaces};
use ui::{
    Document, Frame,
    components::{self, Tone},
};
use web::{Access, Routes, Visitor};

use super::relationship_label;
use crate::{
    context::Context,
    family::{store::OtherAccount, texts},
    pages::{frame::page_frame, signed_in},
    people::rules::account::{ActsFor, Relationship},
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/profile/family", Access::SignedIn, get(show_family))
}

/// What was done before the page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FamilyQuery {
    invited: Option<String>,
}

pub(crate) struct ListedRelative {
    pub(crate) acts_for: ActsFor,
    pub(crate) others: Vec<OtherAccount>,
}

pub(crate) struct FamilyPage {
    /// Without the holder.
    pub(crate) relatives: Vec<ListedRelative>,
    pub(crate) today: Date,
    /// What was sent just now.
    pub(crate) sent: Option<SentNotice>,
}

/// A notice above the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SentNotice;

async fn show_family(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    query: Result<Query<FamilyQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    let mut relatives = Vec::new();
    for acts_for in account.patients.iter().filter(|acts_for| acts_for.relationship != Relationship::Oneself) {
        let others = context.store.list_other_accounts(account.id, acts_for.patient.id).await?;
        relatives.push(ListedRelative { acts_for: acts_for.clone(), others });
    }
    let sent = query.unwrap_or_default().0.invited.map(|_| SentNotice);
    let view = FamilyPage { relatives, today: visitor.now().japan_date(), sent };
    Ok(render_family_page(&page_frame(&visitor, Some(&account)), &view).into_response())
}

pub(crate) fn render_family_page(frame: &Frame, view: &FamilyPage) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::FAMILY.in_language(language))
        .above_heading(components::back_link("/profile", texts::BACK_TO_YOUR_DETAILS.in_language(language)))
        .lead(texts::YOU_CAN_BOOK_FOR_THEM.in_language(language))
        .main(html! {
            @if view.sent.is_some() {
                (components::notice(Tone::Success, texts::INVITATION_IS_SENT.in_language(language), html! {}))
            }
            @if view.relatives.is_empty() {
                p { (texts::NOBODY_IS_LISTED_YET.in_language(language)) }
            }
            @for relative in &view.relatives { (render_relative(language, relative, view.today)) }
            (components::bottom_bar(components::primary_link(
                "/profile/family/new",
                texts::ADD_A_RELATIVE.in_language(language),
                Some(texts::CHILDREN_PARENTS_AND_OTHERS.in_language(language)),
            )))
        })
}

fn render_relative(language: Language, relative: &ListedRelative, today: Date) -> Markup {
    let ActsFor { patient, relationship } = &relative.acts_for;
    let Some(profile) = &patient.profile else { return Markup::default() };
    let address = format!("/profile/family/{}", patient.id);
    let mut rows = vec![
        (texts::WHO_IS_IT.in_language(language), html! { (relationship_label(*relationship).in_language(language)) }),
        (
            texts::AGED_YEARS_LABEL.in_language(language),
            html! { (texts::aged_years(language, age_on(profile.birth_date, today))) },
        ),
    ];
    if !relative.others.is_empty() {
        rows.push((
            texts::ALSO_ACTING.in_language(language),
            html! { @for other in &relative.others { div { (other.masked_address) } } },
        ));
    }
    components::panel(
        &replace_wide_spaces(&profile.name),
        html! {
            (components::description_list(&rows))
            (components::buttons(html! {
                (components::secondary_link(&address, texts::CHANGE_DETAILS.in_language(language), None))
                (components::secondary_link(&format!("{address}/invite"), texts::LET_ANOTHER_ACT.in_language(language), None))
                (components::secondary_link(&format!("{address}/remove"), texts::REMOVE.in_language(language), None))
            }))
        },
    )
}
