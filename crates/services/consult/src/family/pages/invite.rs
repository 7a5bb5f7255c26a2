//! Inviting another person to act for a patient.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Token;
use maud::{Markup, html};
use serde::Deserialize;
use text::{Text, replace_wide_spaces};
use ui::{
    Document, Frame,
    components::{self, Choice, ChoiceGroup, Field, Input, Problem},
};
use web::{Access, Form, Routes, Visitor};

use crate::{
    context::Context,
    family::{
        store::{FamilyInviteOutcome, FamilyInvitee},
        texts,
    },
    pages::{frame::page_frame, signed_in},
    people::rules::{
        account::{Account, Relationship},
        patient::PatientId,
    },
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/profile/family/{id}/invite", Access::SignedIn, get(show_invite_form)).action(
        "/profile/family/{id}/invite",
        Access::SignedIn,
        post(submit_invitation),
    )
}

/// What the page shows.
pub(crate) struct FamilyInvitePage {
    pub(crate) patient: PatientId,
    pub(crate) name: String,
    pub(crate) mail: String,
    pub(crate) relationship: String,
    pub(crate) problems: Vec<FamilyInviteProblem>,
    /// For how many hours the link works.
    pub(crate) hours: u16,
}

/// What is wrong with what was typed, or why no letter was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FamilyInviteProblem {
    WrongAddress,
    NoRelationship,
    ActsAlready,
    TooManyLetters,
}

impl FamilyInviteProblem {
    fn field(self) -> &'static str {
        match self {
            Self::NoRelationship => "relationship",
            Self::WrongAddress | Self::ActsAlready | Self::TooManyLetters => "mail",
        }
    }

    fn message(self) -> Text {
        match self {
            Self::WrongAddress => texts::ENTER_AN_ADDRESS,
            Self::NoRelationship => texts::CHOOSE_WHO_IT_IS,
            Self::ActsAlready => texts::ACTS_ALREADY,
            Self::TooManyLetters => texts::TOO_MANY_LETTERS,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FamilyInviteForm {
    mail: String,
    relationship: String,
}

impl FamilyInviteForm {
    fn parse(&self) -> Result<FamilyInvitee, Vec<FamilyInviteProblem>> {
        match (self.mail.trim().parse(), self.relationship.parse()) {
            (Ok(mail), Ok(relationship)) => Ok(FamilyInvitee { mail, relationship }),
            (mail, relationship) => Err([
                mail.is_err().then_some(FamilyInviteProblem::WrongAddress),
                relationship.is_err().then_some(FamilyInviteProblem::NoRelationship),
            ]
            .into_iter()
            .flatten()
            .collect()),
        }
    }
}

/// The page of an empty form, if the account acts for the patient of the path.
fn empty_page(context: &Context, account: &Account, id: &str) -> Result<FamilyInvitePage, Refusal> {
    let id = id.parse().map_err(|_| Refusal::NotFound)?;
    let acts_for = account.find_patient(id).ok_or(Refusal::NotFound)?;
    let profile = acts_for.patient.profile.as_ref().ok_or(Refusal::NotFound)?;
    Ok(FamilyInvitePage {
        patient: id,
        name: replace_wide_spaces(&profile.name),
        mail: String::new(),
        relationship: String::new(),
        problems: Vec::new(),
        hours: context.store.limits.invitation_hours,
    })
}

async fn show_invite_form(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    let view = empty_page(&context, &account, &id)?;
    Ok(render_invite_page(&page_frame(&visitor, Some(&account)), &view).into_response())
}

async fn submit_invitation(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<FamilyInviteForm>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_action(&context, &visitor).await?;
    let empty = empty_page(&context, &account, &id)?;
    let problems = match form.parse() {
        Err(problems) => problems,
        Ok(invitee) => {
            let token = Token::new(visitor.site().randomness());
            match context.store.invite_to_act(account.id, empty.patient, invitee, &token, visitor.now()).await? {
                FamilyInviteOutcome::Sent => return Ok(Redirect::to("/profile/family?invited=1").into_response()),
                FamilyInviteOutcome::ActsAlready => vec![FamilyInviteProblem::ActsAlready],
                FamilyInviteOutcome::TooManyLetters => vec![FamilyInviteProblem::TooManyLetters],
            }
        }
    };
    let view = FamilyInvitePage { mail: form.mail, relationship: form.relationship, problems, ..empty };
    Ok(render_invite_page(&page_frame(&visitor, Some(&account)), &view).into_response())
}

pub(crate) fn render_invite_page(frame: &Frame, view: &FamilyInvitePage) -> Markup {
    let language = frame.language;
    let messages: Vec<(&str, Text)> =
        view.problems.iter().map(|problem| (problem.field(), problem.message())).collect();
    let summary: Vec<_> =
        messages.iter().map(|(field, message)| Problem { field, message: message.in_language(language) }).collect();
    let error = |name: &str| {
        messages.iter().find(|(field, _)| *field == name).map(|(_, message)| message.in_language(language))
    };
    let choices = [
        Choice::new(Relationship::Child.as_str(), texts::THE_INVITED_PERSONS_CHILD.in_language(language))
            .support(texts::THE_INVITED_PERSONS_CHILD_SUPPORT.in_language(language)),
        Choice::new(Relationship::Oneself.as_str(), texts::THE_PERSON_THEMSELVES.in_language(language))
            .support(texts::THE_PERSON_THEMSELVES_SUPPORT.in_language(language)),
        Choice::new(Relationship::Parent.as_str(), texts::THE_INVITED_PERSONS_PARENT.in_language(language)),
        Choice::new(Relationship::Other.as_str(), texts::THE_INVITED_PERSONS_OTHER.in_language(language)),
    ];
    let mut document = Document::new(frame, texts::LET_ANOTHER_ACT.in_language(language))
        .above_heading(components::back_link("/profile/family", texts::BACK_TO_FAMILY.in_language(language)))
        .lead(texts::INVITED_PERSON_CAN.in_language(language));
    if !summary.is_empty() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &summary))
        (components::description_list(&[(texts::NAME.in_language(language), html! { (view.name) })]))
        (components::form(frame, &format!("/profile/family/{}/invite", view.patient), html! {
            (Field::new(language, Input::Email, "mail", texts::E_MAIL_ADDRESS.in_language(language))
                .support(texts::ONLY_THIS_ADDRESS_OPENS_IT.in_language(language))
                .autocomplete("off").value(&view.mail).error(error("mail")))
            (ChoiceGroup::radio(
                language, "relationship", texts::WHO_IS_THE_INVITED_PERSON.in_language(language), &choices)
                .selected(&view.relationship).error(error("relationship")))
            (components::bottom_bar(components::primary_button(
                texts::SEND_INVITATION.in_language(language),
                Some(&texts::link_works_for_hours(language, view.hours)),
            )))
        }))
    })
}
