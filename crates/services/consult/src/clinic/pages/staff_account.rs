//! The account of a staff member, for the clinic's managers: the role, and the end of the access.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;
use text::dates;
use ui::{
    Document, Frame,
    components::{self, Choice, ChoiceGroup},
};
use web::{Form, Routes, Visitor};

use super::{
    frame::{MANAGERS, desk_frame, require_manager},
    invite::role_choices,
    staff::{StaffNotice, render_account_state, role_label, second_factor_label},
};
use crate::{
    clinic::{
        rules::staff_change::StaffChange,
        store::{
            staff::StaffId,
            staff_list::{AccountState, StaffAccount},
        },
        texts,
    },
    context::Context,
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/desk/staff/accounts/{id}", MANAGERS, get(show_account))
        .action("/desk/staff/accounts/{id}/role", MANAGERS, post(change_role))
        .action("/desk/staff/accounts/{id}/end", MANAGERS, post(end_access))
        .action("/desk/staff/accounts/{id}/second-factor", MANAGERS, post(reset_second_factor))
}

async fn show_account(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let manager = require_manager(&context, &visitor).await?;
    let account = context.store.find_staff_account(&manager, parse_staff_id(&id)?).await?;
    Ok(render_account_page(&desk_frame(visitor.frame(), Some(manager.staff())), &account).into_response())
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct AccountForm {
    /// The version of the account that the page showed.
    seen: String,
    role: String,
}

async fn change_role(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<AccountForm>,
) -> Result<Response, Response> {
    let manager = require_manager(&context, &visitor).await?;
    let id = parse_staff_id(&id)?;
    let Ok(role) = form.role.parse() else {
        return Ok(Redirect::to(&format!("/desk/staff/accounts/{id}")).into_response());
    };
    let (seen, change) = ((id, form.seen_version()), StaffChange::SetRole(role));
    let outcome = context.store.change_staff(&manager, seen, change, visitor.now()).await?;
    let notice = StaffNotice::for_change(outcome, StaffNotice::RoleChanged);
    Ok(Redirect::to(&notice.address()).into_response())
}

async fn end_access(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<AccountForm>,
) -> Result<Response, Response> {
    let manager = require_manager(&context, &visitor).await?;
    let seen = (parse_staff_id(&id)?, form.seen_version());
    let outcome = context.store.change_staff(&manager, seen, StaffChange::EndAccess, visitor.now()).await?;
    let notice = StaffNotice::for_change(outcome, StaffNotice::AccessEnded);
    Ok(Redirect::to(&notice.address()).into_response())
}

async fn reset_second_factor(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<AccountForm>,
) -> Result<Response, Response> {
    let manager = require_manager(&context, &visitor).await?;
    let seen = (parse_staff_id(&id)?, form.seen_version());
    let outcome = context.store.change_staff(&manager, seen, StaffChange::ResetSecondFactor, visitor.now()).await?;
    let notice = StaffNotice::for_change(outcome, StaffNotice::SecondFactorReset);
    Ok(Redirect::to(&notice.address()).into_response())
}

impl AccountForm {
    /// A version that cannot be read is none that there is.
    fn seen_version(&self) -> i64 {
        self.seen.parse().unwrap_or(0)
    }
}

fn parse_staff_id(id: &str) -> Result<StaffId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}

/// The page of one account.
pub(crate) fn render_account_page(frame: &Frame, account: &StaffAccount) -> Markup {
    let language = frame.language;
    let address = |action: &str| format!("/desk/staff/accounts/{}/{action}", account.id);
    let seen = account.version.to_string();
    let roles = role_choices();
    let choices: Vec<_> = roles
        .iter()
        .map(|(role, label, support)| {
            Choice::new(role.as_str(), label.in_language(language)).support(support.in_language(language))
        })
        .collect();
    let mail = account.mail.as_deref().unwrap_or_default();
    let signed_in = match account.signed_in_at {
        Some(time) => dates::format_date_time(language, time),
        None => texts::NEVER_SIGNED_IN.in_language(language).to_owned(),
    };
    Document::new(frame, &account.name)
        .above_heading(components::back_link("/desk/staff", texts::BACK_TO_STAFF.in_language(language)))
        .main(html! {
            (components::description_list(&[
                (texts::STATE.in_language(language), render_account_state(language, account.state)),
                (texts::E_MAIL_ADDRESS.in_language(language), html! { (mail) }),
                (texts::ROLE.in_language(language), html! { (role_label(account.role).in_language(language)) }),
                (texts::LAST_SIGN_IN.in_language(language), html! { (signed_in) }),
                (texts::SECOND_FACTOR.in_language(language), html! { (second_factor_label(account.has_second_factor).in_language(language)) }),
            ]))
            @if account.state == AccountState::Active {
                (components::panel(texts::CHANGE_THE_ROLE.in_language(language), components::form(frame, &address("role"), html! {
                    (components::hidden_field("seen", &seen))
                    (ChoiceGroup::radio(language, "role", texts::ROLE.in_language(language), &choices)
                        .without_mark()
                        .selected(account.role.as_str()))
                    (components::secondary_button(
                        texts::CHANGE_THE_ROLE.in_language(language),
                        Some(texts::IN_FORCE_AT_ONCE.in_language(language)),
                    ))
                })))
                @if account.has_second_factor {
                    (components::panel(texts::RESET_SECOND_FACTOR.in_language(language), components::form(frame, &address("second-factor"), html! {
                        (components::hidden_field("seen", &seen))
                        (components::secondary_button(
                            texts::RESET_SECOND_FACTOR.in_language(language),
                            Some(texts::FOR_WHO_LOST_APP_AND_RECOVERY_CODES.in_language(language)),
                        ))
                    })))
                }
                (components::panel(texts::END_THE_ACCESS.in_language(language), components::form(frame, &address("end"), html! {
                    (components::hidden_field("seen", &seen))
                    (components::danger_button(
                        texts::END_THE_ACCESS.in_language(language),
                        Some(texts::SIGNED_OUT_AT_ONCE_RECORD_STAYS.in_language(language)),
                    ))
                })))
            }
        })
}
