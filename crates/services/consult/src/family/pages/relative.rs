//! Adding a relative, and changing one.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Date;
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    Document, Frame,
    components::{self, Choice, ChoiceGroup, Tone},
};
use web::{Access, Form, LocalPath, Routes, Visitor};

use super::relationship_label;
use crate::{
    context::Context,
    family::{
        rules::{NewRelative, RELATIONSHIP},
        store::AddOutcome,
        texts,
    },
    pages::{frame::page_frame, signed_in},
    people::{
        pages::profile::{ProfileFieldTexts, ProfileSubject, list_problems, render_profile_fields},
        rules::{
            account::{Account, Relationship},
            patient::{PatientId, Profile, ProfileInput, ProfileProblem},
        },
    },
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/profile/family/new", Access::SignedIn, get(show_new_relative))
        .action("/profile/family/new", Access::SignedIn, post(submit_new_relative))
        .page("/profile/family/{id}", Access::SignedIn, get(show_relative))
        .action("/profile/family/{id}", Access::SignedIn, post(submit_relative))
}

/// What the page shows.
pub(crate) struct RelativePage {
    /// The relative that is changed; None for a new one.
    pub(crate) changed: Option<PatientId>,
    pub(crate) relationship: String,
    pub(crate) input: ProfileInput,
    /// The date of birth as parsed from the input.
    pub(crate) birth_date: Option<Date>,
    pub(crate) problems: Vec<ProfileProblem>,
    pub(crate) today: Date,
    /// The page to go on with.
    pub(crate) onward: String,
    /// How many patients an account may act for, if there are so many.
    pub(crate) limit: Option<u16>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OnwardQuery {
    onward: Option<String>,
}

/// The page after adding somebody: within a booking the one where the person is chosen.
fn parse_onward(path: Option<&str>) -> String {
    LocalPath::parse_or(path, "/profile/family").into()
}

async fn show_new_relative(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    query: Result<Query<OnwardQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    let phone = account.own_profile().map(|own| own.to_input().phone).unwrap_or_default();
    let view = RelativePage {
        changed: None,
        relationship: String::new(),
        input: ProfileInput { phone, ..ProfileInput::default() },
        birth_date: None,
        problems: Vec::new(),
        today: visitor.now().japan_date(),
        onward: parse_onward(query.unwrap_or_default().onward.as_deref()),
        limit: None,
    };
    Ok(render_relative_page(&page_frame(&visitor, Some(&account)), &view).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RelativeForm {
    relationship: String,
    #[serde(flatten)]
    input: ProfileInput,
    onward: String,
}

impl RelativeForm {
    /// The page of the form as it was sent.
    fn into_page(self, changed: Option<PatientId>, problems: Vec<ProfileProblem>, today: Date) -> RelativePage {
        RelativePage {
            changed,
            relationship: self.relationship,
            birth_date: self.input.parse_birth_date(today),
            input: self.input,
            problems,
            today,
            onward: parse_onward(Some(&self.onward)),
            limit: None,
        }
    }
}

async fn submit_new_relative(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<RelativeForm>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_action(&context, &visitor).await?;
    let today = visitor.now().japan_date();
    let page = match NewRelative::from_input(&form.relationship, &form.input, today) {
        Err(problems) => form.into_page(None, problems, today),
        Ok(relative) => match context.store.add_relative(account.id, relative, visitor.now()).await? {
            AddOutcome::Added(_) => return Ok(Redirect::to(&parse_onward(Some(&form.onward))).into_response()),
            AddOutcome::TooMany => RelativePage {
                limit: Some(context.store.limits.patients_per_account),
                ..form.into_page(None, Vec::new(), today)
            },
        },
    };
    Ok(render_relative_page(&page_frame(&visitor, Some(&account)), &page).into_response())
}

/// The relative with the id of a path, and the profile.
fn find_relative(account: &Account, id: &str) -> Result<(PatientId, Relationship, Profile), Refusal> {
    let id = id.parse().map_err(|_| Refusal::NotFound)?;
    let acts_for = account.find_patient(id).ok_or(Refusal::NotFound)?;
    match (&acts_for.patient.profile, acts_for.relationship) {
        (Some(profile), relationship) if relationship != Relationship::Oneself => {
            Ok((id, relationship, profile.clone()))
        }
        _ => Err(Refusal::NotFound),
    }
}

async fn show_relative(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    query: Result<Query<OnwardQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    let (id, relationship, profile) = find_relative(&account, &id)?;
    let view = RelativePage {
        changed: Some(id),
        relationship: relationship.as_str().to_owned(),
        input: profile.to_input(),
        birth_date: Some(profile.birth_date),
        problems: Vec::new(),
        today: visitor.now().japan_date(),
        onward: parse_onward(query.unwrap_or_default().onward.as_deref()),
        limit: None,
    };
    Ok(render_relative_page(&page_frame(&visitor, Some(&account)), &view).into_response())
}

async fn submit_relative(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<RelativeForm>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_action(&context, &visitor).await?;
    let (id, _, _) = find_relative(&account, &id)?;
    let today = visitor.now().japan_date();
    match NewRelative::from_input(&form.relationship, &form.input, today) {
        Ok(relative) => {
            context.store.change_relative(account.id, id, relative, visitor.now()).await?;
            Ok(Redirect::to(&parse_onward(Some(&form.onward))).into_response())
        }
        Err(problems) => {
            let page = form.into_page(Some(id), problems, today);
            Ok(render_relative_page(&page_frame(&visitor, Some(&account)), &page).into_response())
        }
    }
}

pub(crate) fn render_relative_page(frame: &Frame, view: &RelativePage) -> Markup {
    let language = frame.language;
    let problems = list_problems(language, &view.problems);
    let error = problems.iter().find(|problem| problem.field == RELATIONSHIP).map(|problem| problem.message);
    let labels = Relationship::OTHERS.map(|relationship| (relationship, relationship_label(relationship)));
    let choices: Vec<_> = labels
        .iter()
        .map(|(relationship, label)| {
            let choice = Choice::new(relationship.as_str(), label.in_language(language));
            match relationship {
                Relationship::Child => choice.support(texts::CHILD_SUPPORT.in_language(language)),
                _ => choice,
            }
        })
        .collect();
    let (title, action, button) = match view.changed {
        Some(id) => (texts::CHANGE_DETAILS, format!("/profile/family/{id}"), texts::SAVE),
        None => (texts::ADD_A_RELATIVE, "/profile/family/new".to_owned(), texts::ADD),
    };
    let field_texts = ProfileFieldTexts {
        name: texts::NAME_OF_RELATIVE_SUPPORT,
        phone: texts::TELEPHONE_OF_RELATIVE_SUPPORT,
        subject: ProfileSubject::SomebodyElse,
    };
    let mut document = Document::new(frame, title.in_language(language))
        .above_heading(components::back_link("/profile/family", texts::BACK_TO_FAMILY.in_language(language)));
    if !problems.is_empty() || view.limit.is_some() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &problems))
        @if let Some(max) = view.limit {
            (components::notice(Tone::Warning, texts::NOT_ADDED.in_language(language), html! {
                p { (texts::too_many_relatives(language, max)) }
            }))
        }
        (components::form(frame, &action, html! {
            (components::hidden_field("onward", &view.onward))
            (ChoiceGroup::radio(language, RELATIONSHIP, texts::WHO_IS_IT.in_language(language), &choices)
                .selected(&view.relationship).error(error))
            (render_profile_fields(language, &view.input, (view.birth_date, view.today), &view.problems, &field_texts))
            (components::bottom_bar(components::primary_button(button.in_language(language), None)))
        }))
    })
}
