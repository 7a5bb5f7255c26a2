//! The pages of a clinic's desk: the visits of a day with the state of each proof of insurance and the next step.

mod day;
mod labels;
mod patient_identity;
mod picture;
mod samples;
mod settings;
mod sign_in;
mod visit;

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Date, Timestamp, Token, parse_date};
use serde::Deserialize;
use ui::{Frame, MenuEntry, SignedInUser, Theme};
use web::{Access, ButtonForm, Form, Routes, Visitor, change_browser_until_closed, remember_device};

use super::parse_appointment_id;
use crate::{
    context::Context,
    refusal::Refusal,
    registration_watch,
    rules::{
        appointment::AppointmentId,
        desk_action::{DeskAction, DocumentCheck, DocumentTicks},
        note::{NoteReview, review_note},
        picture::{Note, PictureId},
        proof::{RequestReason, RequestedProof},
        seen_version::SeenVersion,
    },
    store::{
        desk::DayListAccess,
        desk_news::LetterChoice,
        picture::PictureViewer,
        staff::{PasswordChange, SignInClient, StaffMember, StaffSignIn},
    },
};

pub(crate) use samples::samples;

/// The routes of the desk.
pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/desk", Access::Anyone, get(|| async { Redirect::to("/desk/visits") }))
        .page("/desk/sign-in", Access::Anyone, get(show_sign_in))
        .action("/desk/sign-in", Access::Anyone, post(submit_sign_in))
        .action("/desk/sign-out", Access::Anyone, post(sign_out))
        .page("/desk/visits", Access::SignedIn, get(show_day_list))
        .page("/desk/visits/{id}", Access::SignedIn, get(show_visit))
        .action("/desk/visits/{id}", Access::SignedIn, post(submit_desk_action))
        .action("/desk/visits/{id}/take-back", Access::SignedIn, post(undo_desk_action))
        .action("/desk/news", Access::SignedIn, post(mark_news_seen))
        .page("/desk/visits/{id}/pictures/{picture}", Access::SignedIn, get(show_picture_page))
        .page("/desk/pictures/{picture}/{part}", Access::SignedIn, get(show_picture_bytes))
        .page("/desk/settings", Access::SignedIn, get(show_settings))
        .action("/desk/settings/letters", Access::SignedIn, post(set_letter_choice))
        .action("/desk/settings/password", Access::SignedIn, post(change_password))
        .action("/desk/settings/sign-out-elsewhere", Access::SignedIn, post(sign_out_elsewhere))
}

/// The frame of the desk's pages, with the menu of the signed-in staff member.
pub(super) fn desk_frame(frame: Frame, staff: Option<&StaffMember>) -> Frame {
    let language = frame.language;
    let menu = staff.map_or_else(Vec::new, |_| {
        let entry = |href: &str, label: &str| MenuEntry {
            href: href.to_owned(),
            label: label.to_owned(),
            current: frame.path_and_query == href,
        };
        vec![
            entry("/desk/visits", language.t("本日の予約", "Today")),
            entry("/desk/settings", language.t("設定", "Settings")),
        ]
    });
    let signed_in = staff.map(|staff| SignedInUser {
        name: format!("{} {}", staff.institution_name, staff.name),
        sign_out: "/desk/sign-out",
    });
    Frame { theme: Theme::Desk, menu, signed_in, ..frame }
}

/// The signed-in staff member; anybody else is redirected to sign in.
async fn require_staff(context: &Context, visitor: &Visitor) -> Result<StaffMember, Response> {
    let staff = context.store.find_signed_in_staff(visitor.browser().digest(), visitor.now()).await;
    match staff.map_err(|error| Refusal::from(error).into_response())? {
        Some(staff) => Ok(staff),
        None => Err(Redirect::to("/desk/sign-in").into_response()),
    }
}

#[derive(Deserialize)]
struct DeskSignInQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

async fn show_sign_in(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Query(query): Query<DeskSignInQuery>,
) -> Result<Response, Response> {
    let staff = context.store.find_signed_in_staff(visitor.browser().digest(), visitor.now()).await;
    if staff.map_err(|error| Refusal::from(error).into_response())?.is_some() {
        return Ok(Redirect::to("/desk/visits").into_response());
    }
    let notice = match query.notice.as_deref() {
        Some("wrong") => sign_in::DeskSignInNotice::WrongCredentials,
        Some("too-many") => sign_in::DeskSignInNotice::TooManyAttempts,
        _ => sign_in::DeskSignInNotice::Nothing,
    };
    Ok(sign_in::render_sign_in_page(&desk_frame(visitor.frame(), None), notice).into_response())
}

#[derive(Deserialize)]
struct DeskSignInForm {
    mail: String,
    password: String,
}

async fn submit_sign_in(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<DeskSignInForm>,
) -> Result<Response, Refusal> {
    let new_browser = Token::new(visitor.site().randomness());
    let device = visitor.device().cloned().unwrap_or_else(|| Token::new(visitor.site().randomness()));
    let client = SignInClient { device: visitor.device(), peer: visitor.peer() };
    let outcome = match form.mail.parse() {
        Ok(mail) => {
            let tokens = (visitor.browser(), &new_browser, &device);
            context.store.sign_in_staff((&mail, form.password.as_str()), client, tokens, visitor.now()).await?
        }
        Err(_) => StaffSignIn::WrongCredentials,
    };
    Ok(match outcome {
        StaffSignIn::Done => {
            let signed_in = change_browser_until_closed(Redirect::to("/desk/visits").into_response(), new_browser);
            remember_device(signed_in, device)
        }
        StaffSignIn::WrongCredentials => Redirect::to("/desk/sign-in?said=wrong").into_response(),
        StaffSignIn::TooManyAttempts => Redirect::to("/desk/sign-in?said=too-many").into_response(),
    })
}

async fn sign_out(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let new_browser = Token::new(visitor.site().randomness());
    context.store.sign_out_staff(visitor.browser(), &new_browser).await?;
    Ok(change_browser_until_closed(Redirect::to("/desk/sign-in").into_response(), new_browser))
}

#[derive(Deserialize)]
struct DeskDayQuery {
    date: Option<String>,
    date_year: Option<String>,
    date_month: Option<String>,
    date_day: Option<String>,
    show: Option<String>,
    /// Present if the script of the page refreshes the list.
    #[serde(rename = "renew")]
    refresh: Option<String>,
}

impl DeskDayQuery {
    /// The day from a link (`date`) or from the form (its three fields); today if neither is a date.
    fn date_or_today(&self, today: Date) -> Date {
        let entered_date = || {
            let number = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().parse::<i16>().ok();
            let (year, month, day) = (number(&self.date_year)?, number(&self.date_month)?, number(&self.date_day)?);
            Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
        };
        self.date.as_deref().and_then(|date| parse_date(date).ok()).or_else(entered_date).unwrap_or(today)
    }
}

async fn show_day_list(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Query(query): Query<DeskDayQuery>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let today = visitor.now().japan_date();
    let date = query.date_or_today(today);
    let filter = if query.show.as_deref() == Some("todo") { day::DayFilter::NeedsAction } else { day::DayFilter::All };
    let access = if query.refresh.is_some() { DayListAccess::Refreshed } else { DayListAccess::Opened };
    let day = context.store.load_desk_day(staff.clone(), date, access, visitor.now()).await?;
    let view = day::DeskDayPage { date, today, now: visitor.now(), filter, day };
    Ok(day::render_day_page(&desk_frame(visitor.frame(), Some(&staff)), &view).into_response())
}

#[derive(Deserialize)]
struct MarkNewsSeenForm {
    /// The newest event that the list showed, in milliseconds since 1970.
    seen_until: i64,
    date: String,
}

async fn mark_news_seen(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<MarkNewsSeenForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let seen = Timestamp::from_milliseconds(form.seen_until).min(visitor.now());
    context.store.mark_news_seen(staff, seen).await.map_err(Refusal::from)?;
    let list = match parse_date(&form.date) {
        Ok(date) => format!("/desk/visits?date={date}"),
        Err(_) => "/desk/visits".to_owned(),
    };
    Ok(Redirect::to(&list).into_response())
}

#[derive(Deserialize)]
struct DeskVisitQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

async fn show_visit(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(query): Query<DeskVisitQuery>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    if context.store.is_visit_registered(staff.clone(), id).await? {
        registration_watch::refresh_registration(&context, id, visitor.now()).await;
    }
    let visit = context.store.load_desk_visit(staff.clone(), id, visitor.now()).await?;
    let notice = match query.notice.as_deref() {
        Some("changed") => visit::DeskVisitNotice::Changed,
        Some("done") => visit::DeskVisitNotice::Done,
        Some("taken-back") => visit::DeskVisitNotice::Undone,
        Some("too-early") => visit::DeskVisitNotice::TooEarly,
        Some("too-late") => visit::DeskVisitNotice::TooLate,
        _ => visit::DeskVisitNotice::Nothing,
    };
    let view = visit::DeskVisitPage { now: visitor.now(), notice, visit };
    Ok(visit::render_visit_page(&desk_frame(visitor.frame(), Some(&staff)), &view).into_response())
}

/// The fields of a button of the desk. `act` names the action, which decides the other fields.
#[derive(Debug, Default, Deserialize)]
struct DeskActionForm {
    /// The version of the visit that the page showed.
    #[serde(default)]
    #[serde(rename = "seen")]
    seen_version: String,
    #[serde(rename = "act")]
    action: String,
    // Each form of the page has its own field, because the name of a field is also its HTML id.
    #[serde(rename = "why_consent")]
    consent_reason: Option<String>,
    #[serde(rename = "why_picture")]
    picture_reason: Option<String>,
    #[serde(rename = "why_again")]
    repeat_reason: Option<String>,
    #[serde(rename = "why_refused")]
    refusal_reason: Option<String>,
    note: Option<String>,
    /// The picture that the page showed.
    picture: Option<String>,
    /// The ids of all pictures that the page listed as proof, separated by commas.
    pictures: Option<String>,
    compared_name: Option<String>,
    compared_birth_date: Option<String>,
    compared_expiry: Option<String>,
}

/// The outcome of parsing a [`DeskActionForm`].
enum DeskActionInput {
    Valid(DeskAction),
    /// The form has to be corrected on the page of the picture.
    Invalid(PictureId, picture::PictureFormError),
    /// No known action, or a field of it is missing.
    Unknown,
}

impl DeskActionForm {
    fn parse(&self) -> DeskActionInput {
        self.parse_known_action().unwrap_or(DeskActionInput::Unknown)
    }

    fn parse_known_action(&self) -> Option<DeskActionInput> {
        let reason = |text: &Option<String>| text.as_deref()?.parse::<RequestReason>().ok();
        Some(DeskActionInput::Valid(match self.action.as_str() {
            "ask_consent" => DeskAction::Request(RequestedProof::Consent, reason(&self.consent_reason)?),
            "ask_picture" => DeskAction::Request(RequestedProof::Picture, reason(&self.picture_reason)?),
            "ask_again" | "ask_again_with_number" => {
                return Some(
                    self.parse_repeat_request(self.picture.as_deref()?.parse().ok()?, reason(&self.repeat_reason)?),
                );
            }
            "accept" => return self.parse_confirmation(self.picture.as_deref()?.parse().ok()?),
            "terminal" => DeskAction::ConfirmAtTerminal,
            "screen" => DeskAction::ConfirmOnScreen,
            "refuse" => DeskAction::Refuse(self.refusal_reason.as_deref()?.parse().ok()?),
            "complete" => DeskAction::Complete,
            _ => return None,
        }))
    }

    fn parse_repeat_request(&self, picture: PictureId, reason: RequestReason) -> DeskActionInput {
        let request =
            |note: Option<Note>| DeskActionInput::Valid(DeskAction::RequestPictureAgain { picture, reason, note });
        match review_note(self.note.as_deref().unwrap_or_default()) {
            NoteReview::Empty => request(None),
            NoteReview::Clear(note) => request(Some(note)),
            NoteReview::HasNumber(note) if self.action == "ask_again_with_number" => request(Some(note)),
            NoteReview::HasNumber(note) => {
                DeskActionInput::Invalid(picture, picture::PictureFormError::NumberInNote { reason, note })
            }
        }
    }

    fn parse_confirmation(&self, picture: PictureId) -> Option<DeskActionInput> {
        let ticks = DocumentTicks {
            name: self.compared_name.is_some(),
            birth_date: self.compared_birth_date.is_some(),
            expiry: self.compared_expiry.is_some(),
        };
        let seen = self.pictures.as_deref()?.split(',').map(|id| id.parse().ok()).collect::<Option<Vec<_>>>()?;
        Some(match DocumentCheck::from_ticks(ticks) {
            Some(check) => DeskActionInput::Valid(DeskAction::ConfirmByPictures { viewed: seen, check }),
            None => DeskActionInput::Invalid(picture, picture::PictureFormError::NotCompared(ticks)),
        })
    }
}

async fn submit_desk_action(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<DeskActionForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    let action = match form.parse() {
        DeskActionInput::Valid(action) => action,
        DeskActionInput::Invalid(picture, error) => {
            let viewport = picture::PictureViewport::default();
            return respond_with_picture_page(&context, &visitor, &staff, id, &picture.to_string(), viewport, error)
                .await;
        }
        DeskActionInput::Unknown => return Ok(Redirect::to(&format!("/desk/visits/{id}")).into_response()),
    };
    let done = match form.seen_version.parse::<SeenVersion>() {
        Ok(seen) => context.store.perform_desk_action(staff, id, seen, action, visitor.now()).await,
        Err(_) => Err(Refusal::Changed),
    };
    redirect_to_visit(id, done, "done")
}

#[derive(Deserialize)]
struct UndoDeskActionForm {
    number: u32,
}

async fn undo_desk_action(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(UndoDeskActionForm { number }): Form<UndoDeskActionForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    let outcome = context.store.undo_desk_action(staff, id, number, visitor.now()).await;
    redirect_to_visit(id, outcome, "taken-back")
}

/// Redirects to the page of the visit, which shows the outcome.
#[expect(clippy::result_large_err, reason = "the error is the page that answers")]
fn redirect_to_visit(id: AppointmentId, outcome: Result<(), Refusal>, success: &str) -> Result<Response, Response> {
    let notice = match outcome {
        Ok(()) => success,
        // Another change came first, or the form was sent twice: the page shows the current state and the last action.
        Err(Refusal::Changed | Refusal::Closed(_)) => "changed",
        Err(Refusal::TooEarly(_)) => "too-early",
        Err(Refusal::TooLate(_)) => "too-late",
        Err(refusal) => return Err(refusal.into_response()),
    };
    Ok(Redirect::to(&format!("/desk/visits/{id}?said={notice}")).into_response())
}

async fn show_picture_page(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path((id, picture)): Path<(String, String)>,
    Query(viewport): Query<picture::PictureViewport>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    respond_with_picture_page(&context, &visitor, &staff, id, &picture, viewport, picture::PictureFormError::NoError)
        .await
}

async fn respond_with_picture_page(
    context: &Context,
    visitor: &Visitor,
    staff: &StaffMember,
    id: AppointmentId,
    picture: &str,
    viewport: picture::PictureViewport,
    form_error: picture::PictureFormError,
) -> Result<Response, Response> {
    let visit = context.store.load_desk_visit(staff.clone(), id, visitor.now()).await?;
    let picture = visit.pictures.iter().find(|candidate| candidate.id.to_string() == picture).cloned();
    let Some(picture) = picture else {
        // The picture was replaced or erased: the page of the visit shows the current ones.
        return Ok(Redirect::to(&format!("/desk/visits/{id}?said=changed")).into_response());
    };
    let view = picture::DeskPicturePage { viewport: viewport.clamped(), picture, visit, form_error };
    Ok(picture::render_picture_page(&desk_frame(visitor.frame(), Some(staff)), &view).into_response())
}

#[derive(Deserialize)]
struct DeskSettingsQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

async fn show_settings(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Query(query): Query<DeskSettingsQuery>,
) -> Result<Response, Response> {
    let notice = match query.notice.as_deref() {
        Some("letters") => settings::DeskSettingsNotice::LetterChoiceSaved,
        Some("signed-out") => settings::DeskSettingsNotice::SignedOutElsewhere,
        Some("password") => settings::DeskSettingsNotice::Password(PasswordChange::Done),
        _ => settings::DeskSettingsNotice::Nothing,
    };
    let staff = require_staff(&context, &visitor).await?;
    respond_with_settings_page(&context, &visitor, staff, notice).await
}

async fn respond_with_settings_page(
    context: &Context,
    visitor: &Visitor,
    staff: StaffMember,
    notice: settings::DeskSettingsNotice,
) -> Result<Response, Response> {
    let letter_choice = context.store.find_letter_choice(staff.clone()).await.map_err(Refusal::from)?;
    let frame = desk_frame(Frame { path_and_query: "/desk/settings".to_owned(), ..visitor.frame() }, Some(&staff));
    Ok(settings::render_settings_page(&frame, &settings::DeskSettingsPage { letter_choice, notice }).into_response())
}

#[derive(Deserialize)]
struct LetterChoiceForm {
    letters: String,
}

async fn set_letter_choice(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<LetterChoiceForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let Ok(choice) = form.letters.parse::<LetterChoice>() else {
        return Ok(Redirect::to("/desk/settings").into_response());
    };
    context.store.set_letter_choice(staff, choice).await.map_err(Refusal::from)?;
    Ok(Redirect::to("/desk/settings?said=letters").into_response())
}

#[derive(Deserialize)]
struct ChangePasswordForm {
    current_password: String,
    new_password: String,
}

async fn change_password(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<ChangePasswordForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let browser = visitor.browser().digest();
    let client = SignInClient { device: visitor.device(), peer: visitor.peer() };
    let passwords = (form.current_password.as_str(), form.new_password.as_str());
    let outcome = context.store.change_password(staff.clone(), passwords, client, browser, visitor.now()).await?;
    match outcome {
        PasswordChange::Done => Ok(Redirect::to("/desk/settings?said=password").into_response()),
        failure => {
            respond_with_settings_page(&context, &visitor, staff, settings::DeskSettingsNotice::Password(failure)).await
        }
    }
}

async fn sign_out_elsewhere(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    context.store.end_other_staff_sessions(staff, visitor.browser().digest()).await.map_err(Refusal::from)?;
    Ok(Redirect::to("/desk/settings?said=signed-out").into_response())
}

async fn show_picture_bytes(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path((picture, part)): Path<(String, String)>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let viewer = PictureViewer::Desk { institution: staff.institution, actor: staff.audit_actor() };
    super::upload::respond_with_picture_bytes(&context, &visitor, viewer, &picture, &part)
        .await
        .map_err(IntoResponse::into_response)
}
