//! The page that the link of an invitation opens: who invites, as whom, and the choice of a password.

use std::sync::Arc;

use accounts::password::Password;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Token;
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, Text, dates};
use ui::{
    Document, Frame,
    components::{self, ButtonStyle, Field, Input, Problem, Tone},
};
use web::{Access, Form, Routes, Visitor, change_browser_until_closed, remember_device};

use super::{frame::desk_frame, staff::role_label};
use crate::{
    clinic::{
        rules::invitation::InvitationState,
        store::{
            invitation::{AcceptOutcome, Invitation},
            staff::StaffMember,
        },
        texts,
    },
    context::Context,
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/desk/invitations/{token}", Access::Session, get(show_invitation)).action(
        "/desk/invitations/{token}",
        Access::Session,
        post(accept_invitation),
    )
}

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum InvitationPage {
    /// A password can be chosen.
    Form(Box<Invitation>, InvitationProblem),
    /// The browser is signed in as this person. The invitation waits.
    SignedInAs(String),
    Expired,
    Accepted,
    Withdrawn,
    /// The address signs in at an institution.
    AddressTaken,
}

/// What is wrong with what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvitationProblem {
    Nothing,
    ShortPassword,
}

async fn show_invitation(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Response> {
    let (page, staff) = load_page(&context, &visitor, &parse_token(&token)?).await?;
    Ok(respond_with_page(&visitor, staff.as_ref(), &page, &token))
}

#[derive(Deserialize)]
struct AcceptForm {
    #[serde(default)]
    new_password: String,
}

async fn accept_invitation(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(path_token): Path<String>,
    Form(form): Form<AcceptForm>,
) -> Result<Response, Response> {
    let token = parse_token(&path_token)?;
    let (page, staff) = load_page(&context, &visitor, &token).await?;
    let InvitationPage::Form(invitation, _) = page else {
        return Ok(respond_with_page(&visitor, staff.as_ref(), &page, &path_token));
    };
    let randomness = visitor.site().randomness();
    let Ok(password) = Password::hash(&form.new_password, randomness).await else {
        let page = InvitationPage::Form(invitation, InvitationProblem::ShortPassword);
        return Ok(respond_with_page(&visitor, None, &page, &path_token));
    };
    let new_browser = Token::new(randomness);
    let device = visitor.device().cloned().unwrap_or_else(|| Token::new(randomness));
    let tokens = (visitor.browser(), &new_browser, &device);
    let page = match context.store.accept_invitation(&token, password, tokens, visitor.now()).await? {
        AcceptOutcome::Done => {
            let opened = Redirect::to("/desk/visits").into_response();
            return Ok(remember_device(change_browser_until_closed(opened, new_browser), device));
        }
        AcceptOutcome::NotOpen(state) => ended_page(state).unwrap_or(InvitationPage::Expired),
        AcceptOutcome::AddressTaken => InvitationPage::AddressTaken,
    };
    Ok(respond_with_page(&visitor, None, &page, &path_token))
}

fn parse_token(token: &str) -> Result<Token, Refusal> {
    token.parse().map_err(|_| Refusal::NotFound)
}

/// The page of an invitation that cannot be accepted.
fn ended_page(state: InvitationState) -> Option<InvitationPage> {
    match state {
        InvitationState::Open => None,
        InvitationState::Expired => Some(InvitationPage::Expired),
        InvitationState::Accepted => Some(InvitationPage::Accepted),
        InvitationState::Withdrawn => Some(InvitationPage::Withdrawn),
    }
}

async fn load_page(
    context: &Context,
    visitor: &Visitor,
    token: &Token,
) -> Result<(InvitationPage, Option<StaffMember>), Refusal> {
    let found = context.store.find_invitation(token, visitor.now()).await?;
    let invitation = found.ok_or(Refusal::NotFound)?;
    let staff = context.store.find_signed_in_staff(visitor.browser().digest(), visitor.now()).await?;
    let page = match (ended_page(invitation.state), &staff) {
        (Some(ended), _) => ended,
        (None, Some(staff)) => InvitationPage::SignedInAs(staff.name.clone()),
        (None, None) => InvitationPage::Form(Box::new(invitation), InvitationProblem::Nothing),
    };
    Ok((page, staff))
}

fn respond_with_page(visitor: &Visitor, staff: Option<&StaffMember>, page: &InvitationPage, token: &str) -> Response {
    let action = format!("/desk/invitations/{token}");
    let frame = Frame { path_and_query: action.clone(), ..visitor.frame() };
    render_invitation_page(&desk_frame(frame, staff), page, &action).into_response()
}

/// 招待. `action` is the address of the page, to which its form is sent.
pub(crate) fn render_invitation_page(frame: &Frame, page: &InvitationPage, action: &str) -> Markup {
    let language = frame.language;
    let (main, has_problem) = match page {
        InvitationPage::Form(invitation, problem) => {
            (render_form(frame, invitation, *problem, action), *problem != InvitationProblem::Nothing)
        }
        InvitationPage::SignedInAs(name) => (
            html! {
                (components::notice(Tone::Info, &texts::signed_in_as(language, name), html! {
                    p { (texts::SIGN_OUT_AND_OPEN_THE_LINK_AGAIN.in_language(language)) }
                }))
                (components::post_button(frame, "/desk/sign-out", ButtonStyle::Secondary, texts::SIGN_OUT.in_language(language)))
            },
            false,
        ),
        InvitationPage::Expired => {
            (render_end(language, &texts::INVITATION_HAS_EXPIRED, &texts::ASK_THE_CLINIC_TO_SEND_IT_AGAIN), false)
        }
        InvitationPage::Accepted => {
            (render_end(language, &texts::INVITATION_WAS_USED, &texts::SIGN_IN_WITH_YOUR_PASSWORD), false)
        }
        InvitationPage::Withdrawn => {
            (render_end(language, &texts::INVITATION_WAS_WITHDRAWN, &texts::ASK_THE_CLINIC_IF_YOU_EXPECTED_IT), false)
        }
        InvitationPage::AddressTaken => {
            (render_end(language, &texts::ADDRESS_SIGNS_IN_ELSEWHERE, &texts::ASK_FOR_ANOTHER_ADDRESS), false)
        }
    };
    let mut document = Document::new(frame, texts::INVITATION.in_language(language));
    if has_problem {
        document = document.with_problems();
    }
    document.main(main)
}

fn render_end(language: Language, heading: &Text, text: &Text) -> Markup {
    html! {
        (components::notice(Tone::Info, heading.in_language(language), html! { p { (text.in_language(language)) } }))
        (components::quiet_link("/desk/sign-in", texts::TO_THE_SIGN_IN.in_language(language)))
    }
}

fn render_form(frame: &Frame, invitation: &Invitation, problem: InvitationProblem, action: &str) -> Markup {
    let language = frame.language;
    let message = match problem {
        InvitationProblem::Nothing => None,
        InvitationProblem::ShortPassword => {
            Some(texts::NEW_PASSWORD_NEEDS_AT_LEAST_10_CHARACTERS.in_language(language))
        }
    };
    let problems: Vec<_> = message.iter().map(|message| Problem { field: "new_password", message }).collect();
    html! {
        (components::error_summary(language, &problems))
        (components::description_list(&[
            (texts::CLINIC.in_language(language), html! { (invitation.institution_name) }),
            (texts::NAME.in_language(language), html! { (invitation.name) }),
            (texts::ROLE.in_language(language), html! { (role_label(invitation.role).in_language(language)) }),
            (texts::E_MAIL_ADDRESS.in_language(language), html! { (invitation.mail) }),
            (texts::VALID_UNTIL.in_language(language), html! { (dates::format_date_time(language, invitation.ends)) }),
        ]))
        (components::form(frame, action, html! {
            (Field::new(language, Input::NewPassword, "new_password", texts::NEW_PASSWORD.in_language(language))
                .support(texts::AT_LEAST_10_CHARACTERS.in_language(language))
                .error(message))
            (components::primary_button(
                texts::START_WITH_THIS_ACCOUNT.in_language(language),
                Some(texts::YOU_ARE_SIGNED_IN_WITH_ADDRESS_AND_PASSWORD.in_language(language)),
            ))
        }))
    }
}
