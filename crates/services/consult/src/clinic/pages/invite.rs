//! Inviting somebody to an account of the clinic, sending the letter again, withdrawing.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Token;
use maud::{Markup, html};
use serde::Deserialize;
use text::{Text, parse_name};
use ui::{
    Document, Frame,
    components::{self, Choice, ChoiceGroup, Field, Input, Problem},
};
use web::{Form, Routes, Visitor};

use super::{
    frame::{MANAGERS, desk_frame, require_manager},
    staff::{StaffNotice, role_label},
};
use crate::{
    clinic::{
        rules::staff_role::StaffRole,
        store::{
            invitation::{InvitationId, InviteOutcome, Invitee},
            staff::Manager,
        },
        texts,
    },
    context::Context,
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/desk/staff/invite", MANAGERS, get(show_invite_form))
        .action("/desk/staff/invite", MANAGERS, post(submit_invitation))
        .action("/desk/staff/invitations/{id}/send-again", MANAGERS, post(send_again))
        .action("/desk/staff/invitations/{id}/withdraw", MANAGERS, post(withdraw))
}

/// What was typed into the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct InviteForm {
    pub(crate) name: String,
    pub(crate) mail: String,
    pub(crate) role: String,
}

/// What is wrong with what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InviteProblem {
    WrongName,
    WrongAddress,
    NoRole,
    HasAccount,
    AlreadyInvited,
}

impl InviteProblem {
    fn field(self) -> &'static str {
        match self {
            Self::WrongName => "name",
            Self::WrongAddress | Self::HasAccount | Self::AlreadyInvited => "mail",
            Self::NoRole => "role",
        }
    }

    fn message(self) -> Text {
        match self {
            Self::WrongName => texts::PLEASE_ENTER_A_NAME,
            Self::WrongAddress => texts::PLEASE_ENTER_AN_ADDRESS,
            Self::NoRole => texts::PLEASE_CHOOSE_A_ROLE,
            Self::HasAccount => texts::ADDRESS_HAS_AN_ACCOUNT,
            Self::AlreadyInvited => texts::ADDRESS_IS_ALREADY_INVITED,
        }
    }
}

impl InviteForm {
    fn parse(&self) -> Result<Invitee, Vec<InviteProblem>> {
        let (name, mail, role) = (parse_name(&self.name), self.mail.trim().parse(), self.role.parse());
        if let (Ok(name), Ok(mail), Ok(role)) = (&name, &mail, &role) {
            return Ok(Invitee { mail: Clone::clone(mail), name: name.clone(), role: *role });
        }
        let problems = [
            name.is_err().then_some(InviteProblem::WrongName),
            mail.is_err().then_some(InviteProblem::WrongAddress),
            role.is_err().then_some(InviteProblem::NoRole),
        ];
        Err(problems.into_iter().flatten().collect())
    }
}

/// The version of what the page showed.
#[derive(Deserialize)]
struct SeenForm {
    #[serde(default)]
    seen: String,
}

async fn show_invite_form(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let manager = require_manager(&context, &visitor).await?;
    Ok(respond_with_form(&context, &visitor, &manager, &InviteForm::default(), &[]))
}

fn respond_with_form(
    context: &Context,
    visitor: &Visitor,
    manager: &Manager,
    form: &InviteForm,
    problems: &[InviteProblem],
) -> Response {
    let frame =
        desk_frame(Frame { path_and_query: "/desk/staff/invite".to_owned(), ..visitor.frame() }, Some(manager.staff()));
    render_invite_page(&frame, form, problems, context.store.limits.invitation_hours).into_response()
}

async fn submit_invitation(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<InviteForm>,
) -> Result<Response, Response> {
    let manager = require_manager(&context, &visitor).await?;
    let invitee = match form.parse() {
        Ok(invitee) => invitee,
        Err(problems) => return Ok(respond_with_form(&context, &visitor, &manager, &form, &problems)),
    };
    let token = Token::new(visitor.site().randomness());
    let problem = match context.store.invite_staff(&manager, invitee, &token, visitor.now()).await? {
        InviteOutcome::Done => return Ok(Redirect::to(&StaffNotice::Invited.address()).into_response()),
        InviteOutcome::TooManyLetters | InviteOutcome::Changed => {
            return Ok(Redirect::to(&StaffNotice::TooManyLetters.address()).into_response());
        }
        InviteOutcome::HasAccount => InviteProblem::HasAccount,
        InviteOutcome::AlreadyInvited => InviteProblem::AlreadyInvited,
    };
    Ok(respond_with_form(&context, &visitor, &manager, &form, &[problem]))
}

async fn send_again(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<SeenForm>,
) -> Result<Response, Response> {
    let manager = require_manager(&context, &visitor).await?;
    let seen = parse_seen_invitation(&id, &form)?;
    let token = Token::new(visitor.site().randomness());
    let outcome = context.store.send_invitation_again(&manager, seen, &token, visitor.now()).await?;
    let notice = StaffNotice::for_invitation(outcome, StaffNotice::SentAgain);
    Ok(Redirect::to(&notice.address()).into_response())
}

async fn withdraw(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<SeenForm>,
) -> Result<Response, Response> {
    let manager = require_manager(&context, &visitor).await?;
    let seen = parse_seen_invitation(&id, &form)?;
    let outcome = context.store.withdraw_invitation(&manager, seen, visitor.now()).await?;
    let notice = StaffNotice::for_invitation(outcome, StaffNotice::Withdrawn);
    Ok(Redirect::to(&notice.address()).into_response())
}

fn parse_seen_invitation(id: &str, form: &SeenForm) -> Result<(InvitationId, i64), Refusal> {
    let id = id.parse().map_err(|_| Refusal::NotFound)?;
    // A version that cannot be read is none that there is.
    Ok((id, form.seen.parse().unwrap_or(0)))
}

/// The choices of a role.
pub(super) fn role_choices() -> [(StaffRole, Text, Text); 3] {
    [
        (StaffRole::Desk, role_label(StaffRole::Desk), texts::WHAT_A_DESK_DOES),
        (StaffRole::Doctor, role_label(StaffRole::Doctor), texts::WHAT_A_DOCTOR_DOES),
        (StaffRole::Manager, role_label(StaffRole::Manager), texts::WHAT_A_MANAGER_DOES),
    ]
}

/// 職員を招待する
pub(crate) fn render_invite_page(frame: &Frame, form: &InviteForm, problems: &[InviteProblem], hours: u16) -> Markup {
    let language = frame.language;
    let messages: Vec<(&str, Text)> = problems.iter().map(|problem| (problem.field(), problem.message())).collect();
    let summary: Vec<_> =
        messages.iter().map(|(field, message)| Problem { field, message: message.in_language(language) }).collect();
    let error = |name: &str| {
        messages.iter().find(|(field, _)| *field == name).map(|(_, message)| message.in_language(language))
    };
    let roles = role_choices();
    let choices: Vec<_> = roles
        .iter()
        .map(|(role, label, support)| {
            Choice::new(role.as_str(), label.in_language(language)).support(support.in_language(language))
        })
        .collect();
    let main = html! {
        (components::error_summary(language, &summary))
        (components::form(frame, "/desk/staff/invite", html! {
            (Field::new(language, Input::Text, "name", texts::NAME.in_language(language))
                .support(texts::PATIENTS_SEE_THIS_NAME.in_language(language))
                .value(&form.name)
                .error(error("name")))
            (Field::new(language, Input::Email, "mail", texts::E_MAIL_ADDRESS.in_language(language))
                .autocomplete("off")
                .value(&form.mail)
                .error(error("mail")))
            (ChoiceGroup::radio(language, "role", texts::ROLE.in_language(language), &choices)
                .selected(&form.role)
                .error(error("role")))
            (components::primary_button(
                texts::SEND_THE_INVITATION.in_language(language),
                Some(&texts::link_works_for_hours(language, hours)),
            ))
        }))
    };
    let mut document = Document::new(frame, texts::INVITE_SOMEBODY.in_language(language))
        .above_heading(components::back_link("/desk/staff", texts::BACK_TO_STAFF.in_language(language)));
    if !problems.is_empty() {
        document = document.with_problems();
    }
    document.main(main)
}
