//! The clinic's desk: its own visits of a day, who has proved insurance and who has not, and the one next step for each.

mod day;
mod picture;
mod samples;
mod sign_in;
mod visit;
mod words;

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Date, Token, parse_date};
use serde::Deserialize;
use shell::{Access, Face, Form, Frame, MenuEntry, Routes, SignedIn, Visitor, change_browser_until_closed};

use crate::{
    refusal::Refusal,
    room::Room,
    rules::{
        appointment::AppointmentId,
        proof::{How, RequestReason, Wanted},
    },
    store::{
        desk::DeskAct,
        picture::Viewer,
        proof::Version,
        staff::{SignIn, Staff},
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
        .page("/desk/visits/{id}/pictures/{picture}", Access::Known, get(one_picture))
        .page("/desk/pictures/{picture}/{part}", Access::Known, get(picture_bytes))
}

/// The frame of the desk's pages.
pub(super) fn frame(frame: Frame, staff: Option<&Staff>) -> Frame {
    let language = frame.language;
    let menu = staff.map_or_else(Vec::new, |_| {
        vec![MenuEntry {
            href: "/desk/visits".to_owned(),
            label: language.t("本日の予約", "Today").to_owned(),
            current: frame.here == "/desk/visits",
        }]
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
    let signed = match typed.mail.parse() {
        Ok(mail) => room.store.sign_in_staff(&mail, &typed.password, visitor.browser(), &next, visitor.now()).await?,
        Err(_) => SignIn::Wrong,
    };
    Ok(match signed {
        SignIn::Done => change_browser_until_closed(Redirect::to("/desk/visits").into_response(), next),
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
    let day = room.store.desk_day(staff.clone(), date, visitor.now()).await.map_err(IntoResponse::into_response)?;
    let view = day::View { date, today, now: visitor.now(), shown, day };
    Ok(day::page(&frame(visitor.frame(), Some(&staff)), &view).into_response())
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
        _ => visit::Said::Nothing,
    };
    let view = visit::View { now: visitor.now(), said, file };
    Ok(visit::page(&frame(visitor.frame(), Some(&staff)), &view).into_response())
}

/// What a button of the desk sends. Which fields matter, `act` says.
#[derive(Debug, Default, Deserialize)]
struct Pressing {
    /// The version of the ledgers that the desk saw.
    #[serde(default)]
    seen: i64,
    act: String,
    // Each form of the page has its own field, because a field's name is its id too.
    why_consent: Option<String>,
    why_picture: Option<String>,
    why_again: Option<String>,
    why_refused: Option<String>,
    note: Option<String>,
    picture: Option<String>,
}

impl Pressing {
    fn read(&self) -> Option<DeskAct> {
        let reason = |word: &Option<String>| word.as_deref()?.parse::<RequestReason>().ok();
        Some(match self.act.as_str() {
            "ask_consent" => DeskAct::Ask(Wanted::Consent, reason(&self.why_consent)?),
            "ask_picture" => DeskAct::Ask(Wanted::Picture, reason(&self.why_picture)?),
            "ask_again" => {
                let note = self.note.as_deref().and_then(|written| written.parse().ok());
                let reason = reason(&self.why_again)?;
                DeskAct::AskAgain { picture: self.picture.as_deref()?.parse().ok()?, reason, note }
            }
            "accept" => DeskAct::Confirm(How::Picture),
            "terminal" => DeskAct::Confirm(How::Terminal),
            "screen" => DeskAct::Confirm(How::ShownOnScreen),
            "refuse" => DeskAct::Refuse(self.why_refused.as_deref()?.parse().ok()?),
            "complete" => DeskAct::Complete,
            _ => return None,
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
    let id = appointment_id(&id).map_err(IntoResponse::into_response)?;
    let Some(act) = pressing.read() else {
        return Ok(Redirect::to(&format!("/desk/visits/{id}")).into_response());
    };
    let seen = Version::from_number(pressing.seen);
    let said = match room.store.desk_act(staff, id, seen, act, visitor.now()).await {
        Ok(()) => "done",
        // Somebody was faster, or the button was pressed twice: the page shows what is there now and what was done.
        Err(Refusal::Changed | Refusal::Closed(_)) => "changed",
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
    let id = appointment_id(&id).map_err(IntoResponse::into_response)?;
    let file = room.store.desk_visit(staff.clone(), id, visitor.now()).await.map_err(IntoResponse::into_response)?;
    let shown = file.pictures.iter().find(|other| other.id.to_string() == picture).cloned();
    let Some(shown) = shown else {
        // It was replaced or erased: the visit's page tells what is there now.
        return Ok(Redirect::to(&format!("/desk/visits/{id}?said=changed")).into_response());
    };
    let view = picture::View { look: look.within_bounds(), shown, file };
    Ok(picture::page(&frame(visitor.frame(), Some(&staff)), &view).into_response())
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
