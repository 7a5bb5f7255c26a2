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
use text::Language;
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
    pages::{date_text, frame::page_frame, signed_in},
    people::rules::patient::Patient,
    personal_data::rules::{CloseOutcome, UpcomingVisitChoice},
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
    person: &Patient,
    now: Timestamp,
) -> Result<CloseAccountPage, Refusal> {
    let cases = context.store.list_appointment_details(person.id, now).await?;
    let is = |openness| move |case: &AppointmentDetails| case.appointment.openness(now) == openness;
    let under_way = if cases.iter().any(is(Openness::Provable)) { VisitUnderWay::Yes } else { VisitUnderWay::No };
    let upcoming = cases.into_iter().filter(is(Openness::Changeable)).collect();
    Ok(CloseAccountPage { upcoming_visits: upcoming, visit_under_way: under_way, problem: None })
}

async fn show_close_account(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = signed_in::require_patient_for_page(&context, &visitor).await?;
    let view = load_close_account_page(&context, &person, visitor.now()).await?;
    Ok(render_close_account_page(&page_frame(&visitor, Some(&person)), &view).into_response())
}

pub(crate) fn render_close_account_page(frame: &Frame, view: &CloseAccountPage) -> Markup {
    let language = frame.language;
    let problems: Vec<_> =
        view.problem.iter().map(|message| components::Problem { field: "cancel", message }).collect();
    let mut document = Document::new(frame, language.t("退会する", "Close your account"))
        .above_heading(render_back_to_profile(language));
    if !problems.is_empty() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &problems))
        @if view.visit_under_way == VisitUnderWay::Yes {
            (components::notice(Tone::Warning, language.t("今日の診察が終わってから退会できます", "You can close your account after today's visit"), html! {
                p { (language.t(
                    "診察の時間になった予約があるため、今は退会できません。明日以降にもう一度お試しください。",
                    "The time of a visit has come, so the account cannot be closed now. Please try again tomorrow.")) }
            }))
        } @else {
            (components::form(frame, "/profile/close", html! {
                @if !view.upcoming_visits.is_empty() { (render_visits_to_cancel(language, &view.upcoming_visits)) }
                (components::danger_button(
                    language.t("退会する", "Close my account"),
                    Some(language.t("すぐに退会となり、元に戻せません。", "This takes effect at once and cannot be undone."))))
            }))
        }
        (render_closing_consequences(language))
        p { a href="/profile/data/export" { (language.t("退会の前に、情報をファイルで受け取る", "Download your data before you close")) } }
    })
}

/// The visits that closing the account cancels, and the checkbox that agrees to it.
fn render_visits_to_cancel(language: Language, upcoming: &[AppointmentDetails]) -> Markup {
    let shown_ids: Vec<_> = upcoming.iter().map(|case| case.appointment.id.to_string()).collect();
    html! {
        (components::notice(Tone::Warning, language.t("これからの予約があります", "You have appointments to come"), html! {
            ul {
                @for case in upcoming {
                    li {
                        a href=(format!("/appointments/{}", case.appointment.id)) {
                            (date_text::format_visit_time(language, case.appointment.visit_start, case.appointment.menu.minutes))
                        }
                        " " (case.institution.name_in(language))
                    }
                }
            }
        }))
        (components::hidden_field("shown", &shown_ids.join(",")))
        (components::checkbox("cancel", "1", language.t("上の予約をすべてキャンセルする", "Cancel all of these appointments"), CheckState::Unchecked))
    }
}

fn render_closing_consequences(language: Language) -> Markup {
    components::section(
        language.t("退会すると", "When you close your account"),
        html! {
            ul {
                li { (language.t("お名前、生年月日、電話番号、メールアドレス、画像は、すぐに消えます。", "Your name, date of birth, telephone number, email address and pictures are erased at once.")) }
                li { (language.t("すべての端末からログアウトします。", "You are signed out on every device.")) }
                li { (language.t("これまでの予約は、医療機関の記録として、だれの予約か分からない形で残ります。", "Past appointments stay for the clinic's records, without anything that tells whose they were.")) }
                li { (language.t("だれが情報を見たかの記録は、名前のない番号の形で残ります。", "The record of who looked stays under a number, without a name.")) }
                li { (language.t("医療機関のカルテと、マイナ在宅受付Webに登録した同意は、退会では消えません。", "The clinic's medical record, and consent registered at マイナ在宅受付Web, are not erased by this.")) }
            }
        },
    )
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CloseAccountForm {
    /// The ids of the visits that the page listed, separated by commas.
    #[serde(rename = "shown")]
    shown_appointments: String,
    cancel: Option<String>,
}

impl CloseAccountForm {
    fn parse_upcoming(&self) -> UpcomingVisitChoice {
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
    let person = signed_in::require_patient_for_action(&context, &visitor).await?;
    match context.store.close_account(person.id, form.parse_upcoming(), visitor.now()).await? {
        CloseOutcome::Closed => {
            let new_browser = Token::new(visitor.site().randomness());
            context.store.sign_out(visitor.browser().clone(), new_browser.clone()).await?;
            Ok(change_browser(Redirect::to("/account-closed").into_response(), new_browser))
        }
        CloseOutcome::StillBooked => {
            let mut view = load_close_account_page(&context, &person, visitor.now()).await?;
            view.problem = Some(visitor.language().t(
                "これからの予約をキャンセルする場合は、チェックを入れてください。まだ退会していません。",
                "Tick the box to cancel your appointments. Your account is not closed yet.",
            ));
            Ok(render_close_account_page(&page_frame(&visitor, Some(&person)), &view).into_response())
        }
        CloseOutcome::VisitUnderWay => Ok(Redirect::to("/profile/close").into_response()),
    }
}

async fn show_account_closed(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = signed_in::find_signed_in_patient(&context, &visitor).await?;
    Ok(render_account_closed_page(&page_frame(&visitor, person.as_ref())).into_response())
}

pub(crate) fn render_account_closed_page(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("退会しました", "Your account is closed"))
        .description(language.t(
            "オンライン診療サービスの退会の手続きが終わりました。",
            "Your account at the online care service is closed.",
        ))
        .lead(language.t(
            "お名前、メールアドレス、画像などを消しました。ご利用ありがとうございました。",
            "Your name, email address and pictures have been erased. Thank you for using this service.",
        ))
        .main(html! {
            p { (language.t("もう一度お使いになるときは、新しく登録してください。", "To use the service again, please sign up anew.")) }
            (components::primary_link("/", language.t("医療機関をさがす", "Find a clinic"), None))
        })
}
