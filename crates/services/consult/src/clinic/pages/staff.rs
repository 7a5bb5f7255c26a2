//! 職員: who has an account at the clinic and who is invited, for its managers.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, Render, html};
use serde::Deserialize;
use text::{Language, Text, dates};
use ui::{
    Document, Frame,
    components::{self, BadgeTone, Column, Table, Tone},
};
use web::{Routes, Visitor};

use super::frame::{MANAGERS, desk_frame, require_manager};
use crate::{
    clinic::{
        rules::{invitation::InvitationState, staff_role::StaffRole},
        store::{
            invitation::{Invitation, InviteOutcome},
            staff::Manager,
            staff_list::{AccountState, StaffAccount, StaffChangeOutcome},
        },
        texts,
    },
    context::Context,
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/desk/staff", MANAGERS, get(show_staff))
}

base::text_enum! {
    /// What the list says about the form that was sent before, in its address.
    pub enum StaffNotice {
        Invited = "invited",
        SentAgain = "sent-again",
        Withdrawn = "withdrawn",
        TooManyLetters = "too-many",
        RoleChanged = "role",
        AccessEnded = "ended",
        SecondFactorReset = "second-factor-reset",
        /// Another manager was faster: nothing was changed.
        Changed = "changed",
        LastManager = "last-manager",
    }
}

impl StaffNotice {
    /// The address of the list with this notice.
    pub(super) fn address(self) -> String {
        format!("/desk/staff?said={self}")
    }

    /// The notice after a letter was sent again or an invitation was withdrawn.
    pub(super) fn for_invitation(outcome: InviteOutcome, done: Self) -> Self {
        match outcome {
            InviteOutcome::Done => done,
            InviteOutcome::TooManyLetters => Self::TooManyLetters,
            InviteOutcome::Changed | InviteOutcome::HasAccount | InviteOutcome::AlreadyInvited => Self::Changed,
        }
    }

    /// The notice after an account was changed.
    pub(super) fn for_change(outcome: StaffChangeOutcome, done: Self) -> Self {
        match outcome {
            StaffChangeOutcome::Done => done,
            StaffChangeOutcome::Changed => Self::Changed,
            StaffChangeOutcome::LastManager => Self::LastManager,
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Invited
            | Self::SentAgain
            | Self::Withdrawn
            | Self::RoleChanged
            | Self::AccessEnded
            | Self::SecondFactorReset => Tone::Success,
            Self::TooManyLetters | Self::Changed | Self::LastManager => Tone::Error,
        }
    }

    fn heading_and_text(self) -> (Text, Option<Text>) {
        match self {
            Self::Invited => (texts::THE_INVITATION_WAS_SENT, None),
            Self::SentAgain => (texts::THE_INVITATION_WAS_SENT_AGAIN, Some(texts::THE_LINK_BEFORE_NO_LONGER_WORKS)),
            Self::Withdrawn => (texts::THE_INVITATION_WAS_WITHDRAWN, Some(texts::THE_LINK_BEFORE_NO_LONGER_WORKS)),
            Self::TooManyLetters => (texts::TOO_MANY_INVITATIONS_TODAY, Some(texts::TRY_TO_INVITE_TOMORROW)),
            Self::RoleChanged => (texts::THE_ROLE_WAS_CHANGED, None),
            Self::AccessEnded => (texts::THE_ACCESS_WAS_ENDED, Some(texts::SIGNED_OUT_EVERYWHERE)),
            Self::SecondFactorReset => (texts::SECOND_FACTOR_WAS_RESET, Some(texts::PASSWORD_ALONE_SIGNS_IN)),
            Self::Changed => (texts::SOMETHING_CHANGED_BEFORE, Some(texts::ANOTHER_MANAGER_CHANGED_IT)),
            Self::LastManager => (texts::A_CLINIC_KEEPS_A_MANAGER, Some(texts::MAKE_ANOTHER_MANAGER_FIRST)),
        }
    }
}

#[derive(Deserialize)]
struct StaffQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

async fn show_staff(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Query(query): Query<StaffQuery>,
) -> Result<Response, Response> {
    let manager = require_manager(&context, &visitor).await?;
    let notice = query.notice.and_then(|notice| notice.parse().ok());
    let page = load_staff_page(&context, &visitor, &manager, notice).await?;
    let frame = Frame { path_and_query: "/desk/staff".to_owned(), ..visitor.frame() };
    Ok(render_staff_page(&desk_frame(frame, Some(manager.staff())), &page).into_response())
}

async fn load_staff_page(
    context: &Context,
    visitor: &Visitor,
    manager: &Manager,
    notice: Option<StaffNotice>,
) -> Result<StaffPage, Refusal> {
    Ok(StaffPage {
        accounts: context.store.list_staff(manager).await?,
        invitations: context.store.list_invitations(manager, visitor.now()).await?,
        notice,
    })
}

/// What the list shows.
pub(crate) struct StaffPage {
    pub(crate) accounts: Vec<StaffAccount>,
    pub(crate) invitations: Vec<Invitation>,
    pub(crate) notice: Option<StaffNotice>,
}

/// The name of a role.
pub(crate) fn role_label(role: StaffRole) -> Text {
    match role {
        StaffRole::Desk => texts::ROLE_DESK,
        StaffRole::Doctor => texts::ROLE_DOCTOR,
        StaffRole::Manager => texts::ROLE_MANAGER,
    }
}

/// 職員
pub(crate) fn render_staff_page(frame: &Frame, page: &StaffPage) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::STAFF.in_language(language)).main(html! {
        @if let Some(notice) = page.notice { (render_notice(language, notice)) }
        (components::primary_link("/desk/staff/invite", texts::INVITE_SOMEBODY.in_language(language), None))
        @if !page.invitations.is_empty() {
            (components::section(texts::INVITED.in_language(language), html! {
                @for invitation in &page.invitations { (render_invitation(frame, invitation)) }
            }))
        }
        (components::section(texts::ACCOUNTS.in_language(language), render_accounts(language, &page.accounts)))
    })
}

fn render_notice(language: Language, notice: StaffNotice) -> Markup {
    let (heading, text) = notice.heading_and_text();
    components::notice(
        notice.tone(),
        heading.in_language(language),
        html! { @if let Some(text) = text { p { (text.in_language(language)) } } },
    )
}

fn render_accounts(language: Language, accounts: &[StaffAccount]) -> Markup {
    let columns = [
        Column::text(texts::NAME.in_language(language)),
        Column::single_line(texts::ROLE.in_language(language)),
        Column::single_line(texts::STATE.in_language(language)),
        Column::single_line(texts::LAST_SIGN_IN.in_language(language)),
        Column::single_line(texts::SECOND_FACTOR.in_language(language)),
    ];
    let rows = accounts.iter().map(|account| render_account(language, account)).collect();
    Table::new(texts::ACCOUNTS.in_language(language), &columns).hide_caption().rows(rows).render()
}

fn render_account(language: Language, account: &StaffAccount) -> Vec<Markup> {
    let link = format!("/desk/staff/accounts/{}", account.id);
    vec![
        html! {
            a href=(link) { (account.name) }
            @if let Some(mail) = &account.mail { br; (mail) }
        },
        html! { (role_label(account.role).in_language(language)) },
        render_account_state(language, account.state),
        html! {
            @match account.signed_in_at {
                Some(time) => (dates::format_date_time(language, time)),
                None => (texts::NEVER_SIGNED_IN.in_language(language)),
            }
        },
        html! { (second_factor_label(account.has_second_factor).in_language(language)) },
    ]
}

/// Whether an account has a second factor.
pub(super) fn second_factor_label(has_second_factor: bool) -> Text {
    if has_second_factor { texts::TURNED_ON } else { texts::TURNED_OFF }
}

/// The badge of an account's state.
pub(super) fn render_account_state(language: Language, state: AccountState) -> Markup {
    match state {
        AccountState::Active => components::badge(BadgeTone::Good, texts::ACCOUNT_ACTIVE.in_language(language)),
        AccountState::Ended => components::badge(BadgeTone::Neutral, texts::ACCOUNT_ENDED.in_language(language)),
    }
}

fn render_invitation(frame: &Frame, invitation: &Invitation) -> Markup {
    let language = frame.language;
    let state = match invitation.state {
        InvitationState::Open => components::badge(BadgeTone::Neutral, texts::INVITED.in_language(language)),
        _ => components::badge(BadgeTone::Attention, texts::INVITATION_EXPIRED.in_language(language)),
    };
    let version = invitation.version.to_string();
    let address = |action: &str| format!("/desk/staff/invitations/{}/{action}", invitation.id);
    let button = |action: &str, label: &Text| {
        components::form(
            frame,
            &address(action),
            html! {
                (components::hidden_field("seen", &version))
                (components::secondary_button(label.in_language(language), None))
            },
        )
    };
    components::panel(
        &invitation.name,
        html! {
            p { (state) }
            (components::description_list(&[
                (texts::E_MAIL_ADDRESS.in_language(language), html! { (invitation.mail) }),
                (texts::ROLE.in_language(language), html! { (role_label(invitation.role).in_language(language)) }),
                (texts::VALID_UNTIL.in_language(language), html! { (dates::format_date_time(language, invitation.ends)) }),
            ]))
            (components::buttons(html! {
                (button("send-again", &texts::SEND_AGAIN))
                (button("withdraw", &texts::WITHDRAW))
            }))
        },
    )
}
