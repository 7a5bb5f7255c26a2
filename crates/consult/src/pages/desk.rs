//! The clinic's desk: its own visits of a day, who has proved insurance and who has not, and the one next step for each.

mod day;
mod person;
mod picture;
mod samples;
mod settings;
mod sign_in;
mod visit;
mod words;

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Date, Timestamp, Token, parse_date};
use serde::Deserialize;
use shell::{
    Access, Face, Form, Frame, MenuEntry, Routes, SignedIn, Visitor, change_browser_until_closed, remember_device,
};

use crate::{
    refusal::Refusal,
    room::Room,
    rules::{
        appointment::AppointmentId,
        desk_act::{DeskAct, DocumentCheck, DocumentTicks},
        note::{NoteReview, review_note},
        picture::{Note, PictureId},
        proof::{RequestReason, Wanted},
    },
    store::{
        desk::{Reading, SeenVersion},
        desk_news::LetterChoice,
        picture::Viewer,
        staff::{Attempter, PasswordChange, SignIn, Staff},
    },
    watch,
};

pub(crate) use samples::samples;

/// The routes of the desk.
pub(crate) fn routes() -> Routes<Arc<Room>> {
    Routes::new()
        .page("/desk", Access::Anyone, get(|| async { Redirect::to("/desk/visits") }))
        .page("/desk/sign-in", Access::Anyone, get(sign_in_page))
        .action("/desk/sign-in", Access::Anyone, post(sign_in))
        .action("/desk/sign-out", Access::Anyone, post(sign_out))
        .page("/desk/visits", Access::Known, get(visits))
        .page("/desk/visits/{id}", Access::Known, get(one_visit))
        .action("/desk/visits/{id}", Access::Known, post(act))
        .action("/desk/visits/{id}/take-back", Access::Known, post(take_back))
        .action("/desk/news", Access::Known, post(mark_news_seen))
        .page("/desk/visits/{id}/pictures/{picture}", Access::Known, get(one_picture))
        .page("/desk/pictures/{picture}/{part}", Access::Known, get(picture_bytes))
        .page("/desk/settings", Access::Known, get(show_settings))
        .action("/desk/settings/letters", Access::Known, post(set_letters))
        .action("/desk/settings/password", Access::Known, post(change_password))
        .action("/desk/settings/sign-out-elsewhere", Access::Known, post(sign_out_elsewhere))
}

/// The frame of the desk's pages.
pub(super) fn frame(frame: Frame, staff: Option<&Staff>) -> Frame {
    let language = frame.language;
    let menu = staff.map_or_else(Vec::new, |_| {
        let entry = |href: &str, label: &str| MenuEntry {
            href: href.to_owned(),
            label: label.to_owned(),
            current: frame.here == href,
        };
        vec![
            entry("/desk/visits", language.t("本日の予約", "Today")),
            entry("/desk/settings", language.t("設定", "Settings")),
        ]
    });
    let signed_in = staff.map(|staff| SignedIn {
        name: format!("{} {}", staff.institution_name, staff.name),
        sign_out: "/desk/sign-out",
    });
    Frame { face: Face::Desk, menu, signed_in, ..frame }
}

/// Who is signed in at the desk; nobody is asked to sign in first.
async fn at_the_desk(room: &Room, visitor: &Visitor) -> Result<Staff, Response> {
    let found = room.store.staff(visitor.browser().digest(), visitor.now()).await;
    match found.map_err(|error| Refusal::from(error).into_response())? {
        Some(staff) => Ok(staff),
        None => Err(Redirect::to("/desk/sign-in").into_response()),
    }
}

#[derive(Deserialize)]
struct SignInSaid {
    said: Option<String>,
}

async fn sign_in_page(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Query(query): Query<SignInSaid>,
) -> Result<Response, Response> {
    let found = room.store.staff(visitor.browser().digest(), visitor.now()).await;
    if found.map_err(|error| Refusal::from(error).into_response())?.is_some() {
        return Ok(Redirect::to("/desk/visits").into_response());
    }
    let said = match query.said.as_deref() {
        Some("wrong") => sign_in::Said::Wrong,
        Some("too-many") => sign_in::Said::TooMany,
        _ => sign_in::Said::Nothing,
    };
    Ok(sign_in::page(&frame(visitor.frame(), None), said).into_response())
}

#[derive(Deserialize)]
struct Credentials {
    mail: String,
    password: String,
}

async fn sign_in(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(typed): Form<Credentials>,
) -> Result<Response, Refusal> {
    let next = Token::new(visitor.site().randomness());
    let device = visitor.device().cloned().unwrap_or_else(|| Token::new(visitor.site().randomness()));
    let attempter = Attempter { device: visitor.device(), peer: visitor.peer() };
    let signed = match typed.mail.parse() {
        Ok(mail) => {
            let tokens = (visitor.browser(), &next, &device);
            room.store.sign_in_staff((&mail, typed.password.as_str()), attempter, tokens, visitor.now()).await?
        }
        Err(_) => SignIn::Wrong,
    };
    Ok(match signed {
        SignIn::Done => {
            let signed_in = change_browser_until_closed(Redirect::to("/desk/visits").into_response(), next);
            remember_device(signed_in, device)
        }
        SignIn::Wrong => Redirect::to("/desk/sign-in?said=wrong").into_response(),
        SignIn::TooMany => Redirect::to("/desk/sign-in?said=too-many").into_response(),
    })
}

/// A form that only proves that the button is ours.
#[derive(Deserialize)]
struct Pressed {}

async fn sign_out(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Refusal> {
    let next = Token::new(visitor.site().randomness());
    room.store.sign_out_staff(visitor.browser(), &next).await?;
    Ok(change_browser_until_closed(Redirect::to("/desk/sign-in").into_response(), next))
}

#[derive(Deserialize)]
struct Wish {
    date: Option<String>,
    date_year: Option<String>,
    date_month: Option<String>,
    date_day: Option<String>,
    show: Option<String>,
    /// Sent by the script that renews the list.
    renew: Option<String>,
}

impl Wish {
    /// The day that is asked for, by a link or by the form; whatever is no day is today.
    fn day(&self, today: Date) -> Date {
        let typed = || {
            let number = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().parse::<i16>().ok();
            let (year, month, day) = (number(&self.date_year)?, number(&self.date_month)?, number(&self.date_day)?);
            Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
        };
        self.date.as_deref().and_then(|date| parse_date(date).ok()).or_else(typed).unwrap_or(today)
    }
}

async fn visits(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Query(wish): Query<Wish>,
) -> Result<Response, Response> {
    let staff = at_the_desk(&room, &visitor).await?;
    let today = visitor.now().japan_date();
    let date = wish.day(today);
    let shown = if wish.show.as_deref() == Some("todo") { day::Shown::ToDo } else { day::Shown::All };
    let reading = if wish.renew.is_some() { Reading::Renewed } else { Reading::Opened };
    let day = room.store.desk_day(staff.clone(), date, reading, visitor.now()).await?;
    let view = day::View { date, today, now: visitor.now(), shown, day };
    Ok(day::page(&frame(visitor.frame(), Some(&staff)), &view).into_response())
}

#[derive(Deserialize)]
struct NewsSeen {
    /// The newest event that the list showed, in milliseconds since 1970.
    seen_until: i64,
    date: String,
}

async fn mark_news_seen(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(form): Form<NewsSeen>,
) -> Result<Response, Response> {
    let staff = at_the_desk(&room, &visitor).await?;
    let seen = Timestamp::from_milliseconds(form.seen_until).min(visitor.now());
    room.store.mark_news_seen(staff, seen).await.map_err(Refusal::from)?;
    let list = match parse_date(&form.date) {
        Ok(date) => format!("/desk/visits?date={date}"),
        Err(_) => "/desk/visits".to_owned(),
    };
    Ok(Redirect::to(&list).into_response())
}

#[derive(Deserialize)]
struct VisitSaid {
    said: Option<String>,
}

async fn one_visit(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(query): Query<VisitSaid>,
) -> Result<Response, Response> {
    let staff = at_the_desk(&room, &visitor).await?;
    let id = appointment_id(&id)?;
    if room.store.desk_visit_is_registered(staff.clone(), id).await? {
        watch::refresh(&room, id, visitor.now()).await;
    }
    let file = room.store.desk_visit(staff.clone(), id, visitor.now()).await?;
    let said = match query.said.as_deref() {
        Some("changed") => visit::Said::Changed,
        Some("done") => visit::Said::Done,
        Some("taken-back") => visit::Said::TakenBack,
        Some("too-early") => visit::Said::TooEarly,
        Some("too-late") => visit::Said::TooLate,
        _ => visit::Said::Nothing,
    };
    let view = visit::View { now: visitor.now(), said, file };
    Ok(visit::page(&frame(visitor.frame(), Some(&staff)), &view).into_response())
}

/// What a button of the desk sends. Which fields matter, `act` says.
#[derive(Debug, Default, Deserialize)]
struct Pressing {
    /// The version of the visit that the desk saw.
    #[serde(default)]
    seen: String,
    act: String,
    // Each form of the page has its own field, because a field's name is its id too.
    why_consent: Option<String>,
    why_picture: Option<String>,
    why_again: Option<String>,
    why_refused: Option<String>,
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
enum Press {
    /// An act.
    Do(DeskAct),
    /// Something has to be put right first, on the page of the picture.
    Return(PictureId, picture::Returned),
    /// Nothing that the desk can do.
    Nothing,
}

impl Pressing {
    fn read(&self) -> Press {
        self.read_act().unwrap_or(Press::Nothing)
    }

    fn read_act(&self) -> Option<Press> {
        let reason = |word: &Option<String>| word.as_deref()?.parse::<RequestReason>().ok();
        Some(Press::Do(match self.act.as_str() {
            "ask_consent" => DeskAct::Ask(Wanted::Consent, reason(&self.why_consent)?),
            "ask_picture" => DeskAct::Ask(Wanted::Picture, reason(&self.why_picture)?),
            "ask_again" | "ask_again_with_number" => {
                return Some(self.ask_again(self.picture.as_deref()?.parse().ok()?, reason(&self.why_again)?));
            }
            "accept" => return self.accept(self.picture.as_deref()?.parse().ok()?),
            "terminal" => DeskAct::ConfirmAtTerminal,
            "screen" => DeskAct::ConfirmOnScreen,
            "refuse" => DeskAct::Refuse(self.why_refused.as_deref()?.parse().ok()?),
            "complete" => DeskAct::Complete,
            _ => return None,
        }))
    }

    fn ask_again(&self, picture: PictureId, reason: RequestReason) -> Press {
        let act = |note: Option<Note>| Press::Do(DeskAct::AskAgain { picture, reason, note });
        match review_note(self.note.as_deref().unwrap_or_default()) {
            NoteReview::Empty => act(None),
            NoteReview::Clear(note) => act(Some(note)),
            NoteReview::HasNumber(note) if self.act == "ask_again_with_number" => act(Some(note)),
            NoteReview::HasNumber(note) => Press::Return(picture, picture::Returned::NumberInNote { reason, note }),
        }
    }

    fn accept(&self, picture: PictureId) -> Option<Press> {
        let ticks = DocumentTicks {
            name: self.compared_name.is_some(),
            birth_date: self.compared_birth_date.is_some(),
            expiry: self.compared_expiry.is_some(),
        };
        let seen = self.pictures.as_deref()?.split(',').map(|id| id.parse().ok()).collect::<Option<Vec<_>>>()?;
        Some(match DocumentCheck::from_ticks(ticks) {
            Some(check) => Press::Do(DeskAct::ConfirmByPictures { seen, check }),
            None => Press::Return(picture, picture::Returned::NotCompared(ticks)),
        })
    }
}

async fn act(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(pressing): Form<Pressing>,
) -> Result<Response, Response> {
    let staff = at_the_desk(&room, &visitor).await?;
    let id = appointment_id(&id)?;
    let act = match pressing.read() {
        Press::Do(act) => act,
        Press::Return(picture, returned) => {
            let look = picture::Look::default();
            return show_picture(&room, &visitor, &staff, id, &picture.to_string(), look, returned).await;
        }
        Press::Nothing => return Ok(Redirect::to(&format!("/desk/visits/{id}")).into_response()),
    };
    let done = match pressing.seen.parse::<SeenVersion>() {
        Ok(seen) => room.store.desk_act(staff, id, seen, act, visitor.now()).await,
        Err(_) => Err(Refusal::Changed),
    };
    back_to_visit(id, done, "done")
}

#[derive(Deserialize)]
struct TakingBack {
    number: u32,
}

async fn take_back(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(TakingBack { number }): Form<TakingBack>,
) -> Result<Response, Response> {
    let staff = at_the_desk(&room, &visitor).await?;
    let id = appointment_id(&id)?;
    let taken_back = room.store.take_back_desk_act(staff, id, number, visitor.now()).await;
    back_to_visit(id, taken_back, "taken-back")
}

/// Leads back to the visit's page, which says what became of the press.
#[expect(clippy::result_large_err, reason = "the error is the page that answers")]
fn back_to_visit(id: AppointmentId, pressed: Result<(), Refusal>, done: &str) -> Result<Response, Response> {
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

async fn one_picture(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path((id, picture)): Path<(String, String)>,
    Query(look): Query<picture::Look>,
) -> Result<Response, Response> {
    let staff = at_the_desk(&room, &visitor).await?;
    let id = appointment_id(&id)?;
    show_picture(&room, &visitor, &staff, id, &picture, look, picture::Returned::Nothing).await
}

async fn show_picture(
    room: &Room,
    visitor: &Visitor,
    staff: &Staff,
    id: AppointmentId,
    picture: &str,
    look: picture::Look,
    returned: picture::Returned,
) -> Result<Response, Response> {
    let file = room.store.desk_visit(staff.clone(), id, visitor.now()).await?;
    let shown = file.pictures.iter().find(|other| other.id.to_string() == picture).cloned();
    let Some(shown) = shown else {
        // It was replaced or erased: the visit's page tells what is there now.
        return Ok(Redirect::to(&format!("/desk/visits/{id}?said=changed")).into_response());
    };
    let view = picture::View { look: look.within_bounds(), shown, file, returned };
    Ok(picture::page(&frame(visitor.frame(), Some(staff)), &view).into_response())
}

#[derive(Deserialize)]
struct SettingsSaid {
    said: Option<String>,
}

async fn show_settings(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Query(query): Query<SettingsSaid>,
) -> Result<Response, Response> {
    let said = match query.said.as_deref() {
        Some("letters") => settings::Said::LettersSet,
        Some("signed-out") => settings::Said::SignedOutElsewhere,
        Some("password") => settings::Said::Password(PasswordChange::Done),
        _ => settings::Said::Nothing,
    };
    let staff = at_the_desk(&room, &visitor).await?;
    settings_page(&room, &visitor, staff, said).await
}

async fn settings_page(
    room: &Room,
    visitor: &Visitor,
    staff: Staff,
    said: settings::Said,
) -> Result<Response, Response> {
    let letters = room.store.letter_choice(staff.clone()).await.map_err(Refusal::from)?;
    let frame = frame(Frame { here: "/desk/settings".to_owned(), ..visitor.frame() }, Some(&staff));
    Ok(settings::page(&frame, &settings::View { letters, said }).into_response())
}

#[derive(Deserialize)]
struct LettersChosen {
    letters: String,
}

async fn set_letters(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(form): Form<LettersChosen>,
) -> Result<Response, Response> {
    let staff = at_the_desk(&room, &visitor).await?;
    let Ok(choice) = form.letters.parse::<LetterChoice>() else {
        return Ok(Redirect::to("/desk/settings").into_response());
    };
    room.store.set_letter_choice(staff, choice).await.map_err(Refusal::from)?;
    Ok(Redirect::to("/desk/settings?said=letters").into_response())
}

#[derive(Deserialize)]
struct Passwords {
    current_password: String,
    new_password: String,
}

async fn change_password(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(typed): Form<Passwords>,
) -> Result<Response, Response> {
    let staff = at_the_desk(&room, &visitor).await?;
    let browser = visitor.browser().digest();
    let attempter = Attempter { device: visitor.device(), peer: visitor.peer() };
    let passwords = (typed.current_password.as_str(), typed.new_password.as_str());
    let changed = room.store.change_password(staff.clone(), passwords, attempter, browser, visitor.now()).await?;
    match changed {
        PasswordChange::Done => Ok(Redirect::to("/desk/settings?said=password").into_response()),
        wrong => settings_page(&room, &visitor, staff, settings::Said::Password(wrong)).await,
    }
}

async fn sign_out_elsewhere(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Response> {
    let staff = at_the_desk(&room, &visitor).await?;
    room.store.sign_out_elsewhere(staff, visitor.browser().digest()).await.map_err(Refusal::from)?;
    Ok(Redirect::to("/desk/settings?said=signed-out").into_response())
}

async fn picture_bytes(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path((picture, part)): Path<(String, String)>,
) -> Result<Response, Response> {
    let staff = at_the_desk(&room, &visitor).await?;
    super::upload::picture_bytes(&room, &visitor, Viewer::Desk(Box::new(staff)), &picture, &part)
        .await
        .map_err(IntoResponse::into_response)
}

fn appointment_id(text: &str) -> Result<AppointmentId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}
