//! The clinic's desk: its own visits of a day, who has proved insurance and who has not, and the one next step for each.

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
use shell::{
    Access, ButtonForm, Form, Frame, MenuEntry, Routes, SignedInUser, Theme, Visitor, change_browser_until_closed,
    remember_device,
};

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
    },
    store::{
        desk::{DayListAccess, SeenVersion},
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

/// The frame of the desk's pages.
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

/// Who is signed in at the desk; nobody is asked to sign in first.
async fn require_staff(room: &Context, visitor: &Visitor) -> Result<StaffMember, Response> {
    let found = room.store.find_signed_in_staff(visitor.browser().digest(), visitor.now()).await;
    match found.map_err(|error| Refusal::from(error).into_response())? {
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
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Query(query): Query<DeskSignInQuery>,
) -> Result<Response, Response> {
    let found = room.store.find_signed_in_staff(visitor.browser().digest(), visitor.now()).await;
    if found.map_err(|error| Refusal::from(error).into_response())?.is_some() {
        return Ok(Redirect::to("/desk/visits").into_response());
    }
    let said = match query.notice.as_deref() {
        Some("wrong") => sign_in::DeskSignInNotice::WrongCredentials,
        Some("too-many") => sign_in::DeskSignInNotice::TooManyAttempts,
        _ => sign_in::DeskSignInNotice::Nothing,
    };
    Ok(sign_in::render_sign_in_page(&desk_frame(visitor.frame(), None), said).into_response())
}

#[derive(Deserialize)]
struct DeskSignInForm {
    mail: String,
    password: String,
}

async fn submit_sign_in(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Form(typed): Form<DeskSignInForm>,
) -> Result<Response, Refusal> {
    let next = Token::new(visitor.site().randomness());
    let device = visitor.device().cloned().unwrap_or_else(|| Token::new(visitor.site().randomness()));
    let attempter = SignInClient { device: visitor.device(), peer: visitor.peer() };
    let signed = match typed.mail.parse() {
        Ok(mail) => {
            let tokens = (visitor.browser(), &next, &device);
            room.store.sign_in_staff((&mail, typed.password.as_str()), attempter, tokens, visitor.now()).await?
        }
        Err(_) => StaffSignIn::WrongCredentials,
    };
    Ok(match signed {
        StaffSignIn::Done => {
            let signed_in = change_browser_until_closed(Redirect::to("/desk/visits").into_response(), next);
            remember_device(signed_in, device)
        }
        StaffSignIn::WrongCredentials => Redirect::to("/desk/sign-in?said=wrong").into_response(),
        StaffSignIn::TooManyAttempts => Redirect::to("/desk/sign-in?said=too-many").into_response(),
    })
}

async fn sign_out(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let next = Token::new(visitor.site().randomness());
    room.store.sign_out_staff(visitor.browser(), &next).await?;
    Ok(change_browser_until_closed(Redirect::to("/desk/sign-in").into_response(), next))
}

#[derive(Deserialize)]
struct DeskDayQuery {
    date: Option<String>,
    date_year: Option<String>,
    date_month: Option<String>,
    date_day: Option<String>,
    show: Option<String>,
    /// Sent by the script that renews the list.
    #[serde(rename = "renew")]
    refresh: Option<String>,
}

impl DeskDayQuery {
    /// The day that is asked for, by a link or by the form; whatever is no day is today.
    fn date_or_today(&self, today: Date) -> Date {
        let typed = || {
            let number = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().parse::<i16>().ok();
            let (year, month, day) = (number(&self.date_year)?, number(&self.date_month)?, number(&self.date_day)?);
            Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
        };
        self.date.as_deref().and_then(|date| parse_date(date).ok()).or_else(typed).unwrap_or(today)
    }
}

async fn show_day_list(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Query(wish): Query<DeskDayQuery>,
) -> Result<Response, Response> {
    let staff = require_staff(&room, &visitor).await?;
    let today = visitor.now().japan_date();
    let date = wish.date_or_today(today);
    let shown = if wish.show.as_deref() == Some("todo") { day::DayFilter::NeedsAction } else { day::DayFilter::All };
    let reading = if wish.refresh.is_some() { DayListAccess::Refreshed } else { DayListAccess::Opened };
    let day = room.store.load_desk_day(staff.clone(), date, reading, visitor.now()).await?;
    let view = day::DeskDayPage { date, today, now: visitor.now(), filter: shown, day };
    Ok(day::render_day_page(&desk_frame(visitor.frame(), Some(&staff)), &view).into_response())
}

#[derive(Deserialize)]
struct MarkNewsSeenForm {
    /// The newest event that the list showed, in milliseconds since 1970.
    seen_until: i64,
    date: String,
}

async fn mark_news_seen(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<MarkNewsSeenForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&room, &visitor).await?;
    let seen = Timestamp::from_milliseconds(form.seen_until).min(visitor.now());
    room.store.mark_news_seen(staff, seen).await.map_err(Refusal::from)?;
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
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(query): Query<DeskVisitQuery>,
) -> Result<Response, Response> {
    let staff = require_staff(&room, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    if room.store.is_visit_registered(staff.clone(), id).await? {
        registration_watch::refresh_registration(&room, id, visitor.now()).await;
    }
    let file = room.store.load_desk_visit(staff.clone(), id, visitor.now()).await?;
    let said = match query.notice.as_deref() {
        Some("changed") => visit::DeskVisitNotice::Changed,
        Some("done") => visit::DeskVisitNotice::Done,
        Some("taken-back") => visit::DeskVisitNotice::Undone,
        Some("too-early") => visit::DeskVisitNotice::TooEarly,
        Some("too-late") => visit::DeskVisitNotice::TooLate,
        _ => visit::DeskVisitNotice::Nothing,
    };
    let view = visit::DeskVisitPage { now: visitor.now(), notice: said, visit: file };
    Ok(visit::render_visit_page(&desk_frame(visitor.frame(), Some(&staff)), &view).into_response())
}

/// What a button of the desk sends. Which fields matter, `act` says.
#[derive(Debug, Default, Deserialize)]
struct DeskActionForm {
    /// The version of the visit that the desk saw.
    #[serde(default)]
    #[serde(rename = "seen")]
    seen_version: String,
    #[serde(rename = "act")]
    action: String,
    // Each form of the page has its own field, because a field's name is its id too.
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
    /// All pictures that can be confirmed by, as the page knew them.
    pictures: Option<String>,
    compared_name: Option<String>,
    compared_birth_date: Option<String>,
    compared_expiry: Option<String>,
}

/// What a press asks for.
enum DeskActionInput {
    /// An act.
    Valid(DeskAction),
    /// Something has to be put right first, on the page of the picture.
    Invalid(PictureId, picture::PictureFormError),
    /// Nothing that the desk can do.
    Unknown,
}

impl DeskActionForm {
    fn parse(&self) -> DeskActionInput {
        self.parse_known_action().unwrap_or(DeskActionInput::Unknown)
    }

    fn parse_known_action(&self) -> Option<DeskActionInput> {
        let reason = |word: &Option<String>| word.as_deref()?.parse::<RequestReason>().ok();
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
        let act =
            |note: Option<Note>| DeskActionInput::Valid(DeskAction::RequestPictureAgain { picture, reason, note });
        match review_note(self.note.as_deref().unwrap_or_default()) {
            NoteReview::Empty => act(None),
            NoteReview::Clear(note) => act(Some(note)),
            NoteReview::HasNumber(note) if self.action == "ask_again_with_number" => act(Some(note)),
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
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(pressing): Form<DeskActionForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&room, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    let act = match pressing.parse() {
        DeskActionInput::Valid(act) => act,
        DeskActionInput::Invalid(picture, returned) => {
            let look = picture::PictureViewport::default();
            return respond_with_picture_page(&room, &visitor, &staff, id, &picture.to_string(), look, returned).await;
        }
        DeskActionInput::Unknown => return Ok(Redirect::to(&format!("/desk/visits/{id}")).into_response()),
    };
    let done = match pressing.seen_version.parse::<SeenVersion>() {
        Ok(seen) => room.store.perform_desk_action(staff, id, seen, act, visitor.now()).await,
        Err(_) => Err(Refusal::Changed),
    };
    redirect_to_visit(id, done, "done")
}

#[derive(Deserialize)]
struct UndoDeskActionForm {
    number: u32,
}

async fn undo_desk_action(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(UndoDeskActionForm { number }): Form<UndoDeskActionForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&room, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    let taken_back = room.store.undo_desk_action(staff, id, number, visitor.now()).await;
    redirect_to_visit(id, taken_back, "taken-back")
}

/// Leads back to the visit's page, which says what became of the press.
#[expect(clippy::result_large_err, reason = "the error is the page that answers")]
fn redirect_to_visit(id: AppointmentId, pressed: Result<(), Refusal>, done: &str) -> Result<Response, Response> {
    let said = match pressed {
        Ok(()) => done,
        // Somebody was faster, or the button was pressed twice: the page shows what is there now and what was done.
        Err(Refusal::Changed | Refusal::Closed(_)) => "changed",
        Err(Refusal::TooEarly(_)) => "too-early",
        Err(Refusal::TooLate(_)) => "too-late",
        Err(refusal) => return Err(refusal.into_response()),
    };
    Ok(Redirect::to(&format!("/desk/visits/{id}?said={said}")).into_response())
}

async fn show_picture_page(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Path((id, picture)): Path<(String, String)>,
    Query(look): Query<picture::PictureViewport>,
) -> Result<Response, Response> {
    let staff = require_staff(&room, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    respond_with_picture_page(&room, &visitor, &staff, id, &picture, look, picture::PictureFormError::NoError).await
}

async fn respond_with_picture_page(
    room: &Context,
    visitor: &Visitor,
    staff: &StaffMember,
    id: AppointmentId,
    picture: &str,
    look: picture::PictureViewport,
    returned: picture::PictureFormError,
) -> Result<Response, Response> {
    let file = room.store.load_desk_visit(staff.clone(), id, visitor.now()).await?;
    let shown = file.pictures.iter().find(|other| other.id.to_string() == picture).cloned();
    let Some(shown) = shown else {
        // It was replaced or erased: the visit's page tells what is there now.
        return Ok(Redirect::to(&format!("/desk/visits/{id}?said=changed")).into_response());
    };
    let view = picture::DeskPicturePage { viewport: look.clamped(), picture: shown, visit: file, form_error: returned };
    Ok(picture::render_picture_page(&desk_frame(visitor.frame(), Some(staff)), &view).into_response())
}

#[derive(Deserialize)]
struct DeskSettingsQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

async fn show_settings(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Query(query): Query<DeskSettingsQuery>,
) -> Result<Response, Response> {
    let said = match query.notice.as_deref() {
        Some("letters") => settings::DeskSettingsNotice::LetterChoiceSaved,
        Some("signed-out") => settings::DeskSettingsNotice::SignedOutElsewhere,
        Some("password") => settings::DeskSettingsNotice::Password(PasswordChange::Done),
        _ => settings::DeskSettingsNotice::Nothing,
    };
    let staff = require_staff(&room, &visitor).await?;
    respond_with_settings_page(&room, &visitor, staff, said).await
}

async fn respond_with_settings_page(
    room: &Context,
    visitor: &Visitor,
    staff: StaffMember,
    said: settings::DeskSettingsNotice,
) -> Result<Response, Response> {
    let letters = room.store.find_letter_choice(staff.clone()).await.map_err(Refusal::from)?;
    let frame = desk_frame(Frame { path_and_query: "/desk/settings".to_owned(), ..visitor.frame() }, Some(&staff));
    Ok(settings::render_settings_page(&frame, &settings::DeskSettingsPage { letter_choice: letters, notice: said })
        .into_response())
}

#[derive(Deserialize)]
struct LetterChoiceForm {
    letters: String,
}

async fn set_letter_choice(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<LetterChoiceForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&room, &visitor).await?;
    let Ok(choice) = form.letters.parse::<LetterChoice>() else {
        return Ok(Redirect::to("/desk/settings").into_response());
    };
    room.store.set_letter_choice(staff, choice).await.map_err(Refusal::from)?;
    Ok(Redirect::to("/desk/settings?said=letters").into_response())
}

#[derive(Deserialize)]
struct ChangePasswordForm {
    current_password: String,
    new_password: String,
}

async fn change_password(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Form(typed): Form<ChangePasswordForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&room, &visitor).await?;
    let browser = visitor.browser().digest();
    let attempter = SignInClient { device: visitor.device(), peer: visitor.peer() };
    let passwords = (typed.current_password.as_str(), typed.new_password.as_str());
    let changed = room.store.change_password(staff.clone(), passwords, attempter, browser, visitor.now()).await?;
    match changed {
        PasswordChange::Done => Ok(Redirect::to("/desk/settings?said=password").into_response()),
        wrong => {
            respond_with_settings_page(&room, &visitor, staff, settings::DeskSettingsNotice::Password(wrong)).await
        }
    }
}

async fn sign_out_elsewhere(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&room, &visitor).await?;
    room.store.end_other_staff_sessions(staff, visitor.browser().digest()).await.map_err(Refusal::from)?;
    Ok(Redirect::to("/desk/settings?said=signed-out").into_response())
}

async fn show_picture_bytes(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Path((picture, part)): Path<(String, String)>,
) -> Result<Response, Response> {
    let staff = require_staff(&room, &visitor).await?;
    super::upload::respond_with_picture_bytes(&room, &visitor, PictureViewer::Desk(Box::new(staff)), &picture, &part)
        .await
        .map_err(IntoResponse::into_response)
}
