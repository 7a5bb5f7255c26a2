//! The page that the link of an invitation opens, for the account of its address.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Token;
use maud::{Markup, html};
use text::{Language, Text, dates, replace_wide_spaces};
use ui::{
    Document, Frame,
    components::{self, ButtonStyle, Tone},
};
use web::{Access, ButtonForm, Form, Routes, Visitor};

use super::relationship_label;
use crate::{
    context::Context,
    family::{rules::FamilyInvitationState, store::FamilyInvitation, texts},
    pages::{frame::page_frame, signed_in},
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/family-invitations/{token}", Access::SignedIn, get(show_invitation)).action(
        "/family-invitations/{token}",
        Access::SignedIn,
        post(accept_invitation),
    )
}

/// What the page shows.
pub(crate) enum FamilyInvitationPage {
    Open(Box<FamilyInvitation>),
    Accepted,
    Expired,
    /// There is no invitation for this address, which is the account's.
    NotForAddress(String),
}

fn parse_token(token: &str) -> Result<Token, Refusal> {
    token.parse().map_err(|_| Refusal::NotFound)
}

async fn show_invitation(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    let invitation = context.store.find_family_invitation(&parse_token(&token)?, &account, visitor.now()).await?;
    let page = match invitation {
        None => FamilyInvitationPage::NotForAddress(account.mail.to_string()),
        Some(invitation) => match invitation.state {
            FamilyInvitationState::Open => FamilyInvitationPage::Open(Box::new(invitation)),
            FamilyInvitationState::Accepted => FamilyInvitationPage::Accepted,
            FamilyInvitationState::Expired => FamilyInvitationPage::Expired,
        },
    };
    let action = format!("/family-invitations/{token}");
    Ok(render_invitation_page(&page_frame(&visitor, Some(&account)), &page, &action).into_response())
}

async fn accept_invitation(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(token): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_action(&context, &visitor).await?;
    let state = context.store.accept_family_invitation(&parse_token(&token)?, &account, visitor.now()).await?;
    let next = match state {
        FamilyInvitationState::Accepted => "/appointments".to_owned(),
        // The page says what became of it.
        FamilyInvitationState::Open | FamilyInvitationState::Expired => format!("/family-invitations/{token}"),
    };
    Ok(Redirect::to(&next).into_response())
}

/// 招待. `action` is the address of the page, to which its form is sent.
pub(crate) fn render_invitation_page(frame: &Frame, page: &FamilyInvitationPage, action: &str) -> Markup {
    let language = frame.language;
    let main = match page {
        FamilyInvitationPage::Open(invitation) => render_open_invitation(frame, invitation, action),
        FamilyInvitationPage::Accepted => {
            render_end(language, &texts::INVITATION_WAS_ACCEPTED, &texts::THEIR_APPOINTMENTS_ARE_IN_YOUR_LIST)
        }
        FamilyInvitationPage::Expired => {
            render_end(language, &texts::INVITATION_HAS_EXPIRED, &texts::ASK_TO_BE_INVITED_AGAIN)
        }
        FamilyInvitationPage::NotForAddress(address) => html! {
            (components::notice(
                Tone::Info,
                texts::INVITATION_IS_FOR_ANOTHER_ADDRESS.in_language(language),
                html! { p { (texts::signed_in_with(language, address)) } },
            ))
            (components::post_button(
                frame, "/sign-out", ButtonStyle::Secondary, texts::SIGN_OUT.in_language(language)))
        },
    };
    Document::new(frame, texts::INVITATION.in_language(language)).main(main)
}

fn render_end(language: Language, heading: &Text, text: &Text) -> Markup {
    html! {
        (components::notice(Tone::Info, heading.in_language(language), html! { p { (text.in_language(language)) } }))
        (components::quiet_link("/appointments", texts::TO_APPOINTMENTS.in_language(language)))
    }
}

fn render_open_invitation(frame: &Frame, invitation: &FamilyInvitation, action: &str) -> Markup {
    let language = frame.language;
    let Some(profile) = &invitation.profile else {
        return render_end(language, &texts::INVITATION_HAS_EXPIRED, &texts::ASK_TO_BE_INVITED_AGAIN);
    };
    html! {
        p { (texts::SOMEBODY_INVITES_YOU.in_language(language)) }
        (components::description_list(&[
            (texts::NAME.in_language(language), html! { (replace_wide_spaces(&profile.name)) }),
            (
                texts::RELATIONSHIP.in_language(language),
                html! { (relationship_label(invitation.relationship).in_language(language)) },
            ),
            (texts::VALID_UNTIL.in_language(language), html! { (dates::format_date_time(language, invitation.ends)) }),
        ]))
        (components::form(frame, action, components::bottom_bar(components::primary_button(
            texts::ACCEPT.in_language(language),
            Some(texts::ACCEPT_NEXT.in_language(language)),
        ))))
    }
}
