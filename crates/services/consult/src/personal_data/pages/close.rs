//! 退会: closing an account.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Timestamp, Token};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, CheckState, Tone},
};
use web::{Access, Form, Routes, Visitor, change_browser};

use super::parts::render_back_to_profile;
use crate::{
    appointments::rules::{AppointmentId, Openness},
    booking::store::details::AppointmentDetails,
    context::Context,
    pages::{frame::page_frame, signed_in},
    people::rules::account::Account,
    personal_data::{
        rules::{CloseOutcome, UpcomingVisitChoice},
        texts,
    },
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/profile/close", Access::SignedIn, get(show_close_account))
        .action("/profile/close", Access::SignedIn, post(submit_close_account))
        .page("/account-closed", Access::Anyone, get(show_account_closed))
}

pub(crate) struct CloseAccountPage {
    /// Visits that have not begun.
    pub(crate) upcoming_visits: Vec<AppointmentDetails>,
    /// Whether a visit has begun today: until it is over, the account cannot be closed.
    pub(crate) visit_under_way: VisitUnderWay,
    pub(crate) problem: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VisitUnderWay {
    Yes,
    No,
}

async fn load_close_account_page(
    context: &Context,
    account: &Account,
    now: Timestamp,
) -> Result<CloseAccountPage, Refusal> {
    let open = context.store.list_visits_ended_by_closing(account.id, now).await?;
    let (upcoming_visits, visit_under_way) = divide_open_visits(open, now);
    Ok(CloseAccountPage { upcoming_visits, visit_under_way, problem: None })
}

/// The visits that have not begun, and whether another one has.
pub(super) fn divide_open_visits(
    open: Vec<AppointmentDetails>,
    now: Timestamp,
) -> (Vec<AppointmentDetails>, VisitUnderWay) {
    let is = |openness| move |details: &AppointmentDetails| details.appointment.openness(now) == openness;
    let under_way = if open.iter().any(is(Openness::Provable)) { VisitUnderWay::Yes } else { VisitUnderWay::No };
    (open.into_iter().filter(is(Openness::Changeable)).collect(), under_way)
}

async fn show_close_account(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    let view = load_close_account_page(&context, &account, visitor.now()).await?;
    Ok(render_close_account_page(&page_frame(&visitor, Some(&account)), &view).into_response())
}

pub(crate) fn render_close_account_page(frame: &Frame, view: &CloseAccountPage) -> Markup {
    let language = frame.language;
    let problems: Vec<_> =
        view.problem.iter().map(|message| components::Problem { field: "cancel", message }).collect();
    let mut document = Document::new(frame, texts::CLOSE_YOUR_ACCOUNT.in_language(language))
        .above_heading(render_back_to_profile(language));
    if !problems.is_empty() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &problems))
        @if view.visit_under_way == VisitUnderWay::Yes {
            (components::notice(Tone::Warning, texts::CLOSE_IT_AFTER_TODAYS_VISIT.in_language(language), html! {
                p { (texts::TIME_OF_A_VISIT_HAS_COME.in_language(language)) }
            }))
        } @else {
            (components::form(frame, "/profile/close", html! {
                @if !view.upcoming_visits.is_empty() { (render_visits_to_cancel(language, &view.upcoming_visits)) }
                (components::danger_button(
                    texts::CLOSE_MY_ACCOUNT.in_language(language),
                    Some(texts::THIS_TAKES_EFFECT_AT_ONCE.in_language(language))))
            }))
        }
        (render_closing_consequences(language))
        p { a href="/profile/data/export" { (texts::DOWNLOAD_YOUR_DATA_BEFORE_YOU_CLOSE.in_language(language)) } }
    })
}

/// The visits that closing the account cancels, and the checkbox that agrees to it.
pub(super) fn render_visits_to_cancel(language: Language, upcoming: &[AppointmentDetails]) -> Markup {
    let shown_ids: Vec<_> = upcoming.iter().map(|case| case.appointment.id.to_string()).collect();
    html! {
        (components::notice(Tone::Warning, texts::THERE_ARE_APPOINTMENTS_TO_COME.in_language(language), html! {
            ul {
                @for case in upcoming {
                    li {
                        a href=(format!("/appointments/{}", case.appointment.id)) {
                            (dates::format_visit_time(language, case.appointment.visit_start, case.appointment.menu.minutes))
                        }
                        " " (case.institution.name_in(language))
                    }
                }
            }
        }))
        (components::hidden_field("shown", &shown_ids.join(",")))
        (components::checkbox("cancel", "1", texts::CANCEL_ALL_OF_THESE_APPOINTMENTS.in_language(language), CheckState::Unchecked))
    }
}

fn render_closing_consequences(language: Language) -> Markup {
    components::section(
        texts::WHEN_YOU_CLOSE_YOUR_ACCOUNT.in_language(language),
        html! {
            ul {
                li { (texts::YOUR_DETAILS_ARE_ERASED_AT_ONCE.in_language(language)) }
                li { (texts::SO_ARE_THOSE_OF_YOUR_RELATIVES.in_language(language)) }
                li { (texts::YOU_ARE_SIGNED_OUT_ON_EVERY_DEVICE.in_language(language)) }
                li { (texts::PAST_APPOINTMENTS_STAY_FOR_CLINICS_RECORDS.in_language(language)) }
                li { (texts::RECORD_OF_WHO_LOOKED_STAYS.in_language(language)) }
                li { (texts::MEDICAL_RECORD_IS_NOT_ERASED.in_language(language)) }
            }
        },
    )
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CloseAccountForm {
    /// The ids of the visits that the page listed, separated by commas.
    #[serde(rename = "shown")]
    shown_appointments: String,
    cancel: Option<String>,
}

impl CloseAccountForm {
    pub(super) fn parse_upcoming(&self) -> UpcomingVisitChoice {
        if self.cancel.is_none() {
            return UpcomingVisitChoice::Keep;
        }
        let ids = self.shown_appointments.split(',').filter_map(|id| id.parse::<AppointmentId>().ok());
        UpcomingVisitChoice::Cancel(ids.collect())
    }
}

async fn submit_close_account(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<CloseAccountForm>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_action(&context, &visitor).await?;
    match context.store.close_account(account.id, form.parse_upcoming(), visitor.now()).await? {
        CloseOutcome::Closed => {
            let new_browser = Token::new(visitor.site().randomness());
            context.store.sign_out(visitor.browser().clone(), new_browser.clone()).await?;
            Ok(change_browser(Redirect::to("/account-closed").into_response(), new_browser))
        }
        CloseOutcome::StillBooked => {
            let mut view = load_close_account_page(&context, &account, visitor.now()).await?;
            view.problem = Some(texts::TICK_BOX_TO_CANCEL_YOUR_APPOINTMENTS.in_language(visitor.language()));
            Ok(render_close_account_page(&page_frame(&visitor, Some(&account)), &view).into_response())
        }
        CloseOutcome::VisitUnderWay => Ok(Redirect::to("/profile/close").into_response()),
    }
}

async fn show_account_closed(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let account = signed_in::find_signed_in_account(&context, &visitor).await?;
    Ok(render_account_closed_page(&page_frame(&visitor, account.as_ref())).into_response())
}

pub(crate) fn render_account_closed_page(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::YOUR_ACCOUNT_IS_CLOSED.in_language(language))
        .description(texts::ACCOUNT_AT_THE_SERVICE_IS_CLOSED.in_language(language))
        .lead(texts::YOUR_DETAILS_HAVE_BEEN_ERASED.in_language(language))
        .main(html! {
            p { (texts::SIGN_UP_TO_USE_IT_AGAIN.in_language(language)) }
            (components::primary_link("/", texts::FIND_A_CLINIC.in_language(language), None))
        })
}
