//! 職員: who has an account at the clinic, for its managers.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, Render, html};
use text::{Language, Text, dates};
use ui::{
    Document, Frame,
    components::{self, BadgeTone, Column, Table},
};
use web::{Routes, Visitor};

use super::frame::{MANAGERS, desk_frame, require_manager};
use crate::{
    clinic::{
        rules::staff_role::StaffRole,
        store::staff_list::{AccountState, StaffAccount},
        texts,
    },
    context::Context,
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/desk/staff", MANAGERS, get(show_staff))
}

async fn show_staff(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let manager = require_manager(&context, &visitor).await?;
    let accounts = context.store.list_staff(&manager).await.map_err(Refusal::from)?;
    let frame = desk_frame(visitor.frame(), Some(manager.staff()));
    Ok(render_staff_page(&frame, &accounts).into_response())
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
pub(crate) fn render_staff_page(frame: &Frame, accounts: &[StaffAccount]) -> Markup {
    let language = frame.language;
    let columns = [
        Column::text(texts::NAME.in_language(language)),
        Column::single_line(texts::ROLE.in_language(language)),
        Column::single_line(texts::STATE.in_language(language)),
        Column::single_line(texts::LAST_SIGN_IN.in_language(language)),
    ];
    let rows = accounts.iter().map(|account| render_row(language, account)).collect();
    Document::new(frame, texts::STAFF.in_language(language))
        .main(Table::new(texts::STAFF.in_language(language), &columns).hide_caption().rows(rows).render())
}

fn render_row(language: Language, account: &StaffAccount) -> Vec<Markup> {
    vec![
        html! { (account.name) br; (account.mail) },
        html! { (role_label(account.role).in_language(language)) },
        match account.state {
            AccountState::Active => components::badge(BadgeTone::Good, texts::ACCOUNT_ACTIVE.in_language(language)),
            AccountState::Ended => components::badge(BadgeTone::Neutral, texts::ACCOUNT_ENDED.in_language(language)),
        },
        html! {
            @match account.signed_in_at {
                Some(time) => (dates::format_date_time(language, time)),
                None => (texts::NEVER_SIGNED_IN.in_language(language)),
            }
        },
    ]
}
