//! 保険証画像をアップロード: the pictures of an appointment, as the patient sends, sees and erases them.

mod page;
mod samples;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::digest;
use serde::Deserialize;
use shell::{Access, Filed, Form, Routes, UnreadUpload, Upload, UploadFault, Visitor};

use crate::{
    pages,
    picture::UploadTurn,
    refusal::Refusal,
    room::Room,
    rules::{
        appointment::{AppointmentId, Openness},
        institution::Charge,
        patient::Person,
        picture::{DocumentKind, PictureId, Side, State as PictureState, Unusable, kept_until},
    },
    store::picture::{Arrived, Arriving, Intent, Viewer},
    vault::Part,
};

pub(crate) use samples::samples;
pub(super) use samples::{deeds as sample_deeds, picture as sample_picture};

/// How long a person waits whose other pictures are still being received.
const LONGEST_TURN: Duration = Duration::from_secs(30);

/// The routes of the patient's pictures.
pub(crate) fn routes() -> Routes<Arc<Room>> {
    Routes::new()
        .page("/appointments/{id}/picture", Access::Known, get(show))
        .action("/appointments/{id}/picture", Access::Known, post(upload))
        .action("/appointments/{id}/picture/send", Access::Known, post(send_anyway))
        .page("/appointments/{id}/picture/{picture}/{part}", Access::Known, get(picture))
        .page("/appointments/{id}/picture/{picture}/erase", Access::Known, get(ask_erase))
        .action("/appointments/{id}/picture/{picture}/erase", Access::Known, post(erase))
}

/// What a slot's form field is told after it was sent and was not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Unusable(Unusable),
    Missing,
}

impl Trouble {
    const MISSING: &'static str = "missing";

    fn word(self) -> &'static str {
        match self {
            Self::Unusable(unusable) => unusable.word(),
            Self::Missing => Self::MISSING,
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        if word == Self::MISSING { Some(Self::Missing) } else { word.parse().ok().map(Self::Unusable) }
    }
}

/// The page's query: which document is chosen, and what was wrong with what was sent.
#[derive(Debug, Default, Deserialize)]
struct Said {
    document: Option<String>,
    front: Option<String>,
    back: Option<String>,
    /// Another document is to be chosen.
    change: Option<String>,
}

async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Response, Response> {
    let person = pages::patient::signed_in(&room, &visitor).await?;
    let id = appointment_id(&id).map_err(IntoResponse::into_response)?;
    let found = room.store.picture_page(person.id, id).await.map_err(IntoResponse::into_response)?;
    let troubles = [(Side::Front, &said.front), (Side::Back, &said.back)]
        .into_iter()
        .filter_map(|(side, word)| Some((side, Trouble::from_word(word.as_deref()?)?)))
        .collect();
    let view = page::View {
        open: found.appointment.openness(visitor.now()),
        kept_until: kept_until(found.appointment.visit_date(), room.keep_pictures_days),
        chosen: said.document.and_then(|word| word.parse().ok()),
        changes_document: said.change.is_some(),
        troubles,
        page: found,
    };
    Ok(page::page(&pages::frame(&visitor, Some(&person)), &view).into_response())
}

async fn upload(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    unread: UnreadUpload,
) -> Response {
    match admit(&room, &visitor, &id).await {
        Ok(admitted) => receive(&room, &visitor, &admitted, unread).await.unwrap_or_else(IntoResponse::into_response),
        Err(answer) => unread.answer_unread(answer),
    }
}

/// Who may send pictures for which appointment, and whose turn it is. Found out before a byte of the pictures is read.
struct Admitted {
    person: Person,
    id: AppointmentId,
    _turn: UploadTurn,
}

async fn admit(room: &Room, visitor: &Visitor, id: &str) -> Result<Admitted, Response> {
    let person = pages::patient::signed_in(room, visitor).await?;
    let id = appointment_id(id)?;
    let appointment = room.store.picture_page(person.id, id).await?.appointment;
    if !may_send(appointment.openness(visitor.now())) {
        return Err(Refusal::Closed(id).into());
    }
    if appointment.menu.charge == Charge::SelfPay {
        return Err(Refusal::WrongWay(id).into());
    }
    match room.upload_turns.wait_for(person.id, LONGEST_TURN).await {
        Some(turn) => Ok(Admitted { person, id, _turn: turn }),
        None => Err(refuse_upload(id, "account").into()),
    }
}

fn refuse_upload(id: AppointmentId, why: &'static str) -> Refusal {
    metrics::counter!("uketsuke_uploads_turned_away_total", "why" => why).increment(1);
    Refusal::UploadsFull(id)
}

async fn receive(
    room: &Room,
    visitor: &Visitor,
    admitted: &Admitted,
    unread: UnreadUpload,
) -> Result<Response, Response> {
    let Admitted { person, id, .. } = admitted;
    let id = *id;
    let form = unread.read(&room.upload_memory).await.map_err(|fault| match fault {
        UploadFault::Full => refuse_upload(id, "memory").into_response(),
        UploadFault::Stalled => Refusal::UploadStalled(id).into_response(),
        UploadFault::Refused(answer) => answer,
    })?;
    let Some(document) = form.field("document").and_then(|word| word.parse::<DocumentKind>().ok()) else {
        return Ok(back_to_page(id, None, &[]));
    };
    let mut troubles = Vec::new();
    let mut developed = Vec::new();
    for side in Side::ALL.iter().copied() {
        let bytes = match chosen_file(&form, side) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => continue,
            Err(unusable) => {
                troubles.push((side, Trouble::Unusable(unusable)));
                continue;
            }
        };
        match room.workshop.develop(bytes).await.map_err(Refusal::from)? {
            Ok(picture) => developed.push((side, digest(&[bytes]), picture)),
            Err(unusable) => troubles.push((side, Trouble::Unusable(unusable))),
        }
    }
    // What was sent is needed no longer; the memory is others'.
    drop(form);
    let intent = if troubles.is_empty() { Intent::Send } else { Intent::Keep };
    let arriving = put_away(room, visitor, developed).await?;
    let arrived = room.store.receive_pictures(person.id, id, document, arriving, intent, visitor.now()).await?;
    if let Arrived::Incomplete(slots) = arrived {
        troubles.extend(slots.into_iter().map(|slot| (slot.side, Trouble::Missing)));
    } else if arrived == Arrived::Kept && troubles.is_empty() {
        troubles.push((Side::Front, Trouble::Missing));
    }
    Ok(back_to_page(id, Some(document), &troubles))
}

/// What was chosen for a side, in whichever way: taken just now, or chosen among the pictures that are there. Where nothing
/// came, a script may have turned something down, and says why.
fn chosen_file(form: &Upload, side: Side) -> Result<Option<&[u8]>, Unusable> {
    let name = side.word();
    match form.file(&format!("{name}_camera")).or_else(|| form.file(name)) {
        Some(Filed::Whole(bytes)) => Ok(Some(bytes)),
        Some(Filed::TooLarge) => Err(Unusable::TooLarge),
        Some(Filed::Empty) => Err(Unusable::Empty),
        None => form.field(&format!("{name}_turned_down")).and_then(|word| word.parse().ok()).map_or(Ok(None), Err),
    }
}

async fn put_away(
    room: &Room,
    visitor: &Visitor,
    developed: Vec<(Side, base::Digest, crate::picture::Developed)>,
) -> Result<Vec<Arriving>, Refusal> {
    let randomness = visitor.site().randomness();
    let named: Vec<_> =
        developed.into_iter().map(|developed| (PictureId::new(visitor.now(), randomness), developed)).collect();
    // Noted before anything lies in the vault: what never becomes a picture is found and removed.
    room.store.expect_pictures(named.iter().map(|(id, _)| *id).collect(), visitor.now()).await?;
    let mut arriving = Vec::new();
    for (id, (side, original, developed)) in named {
        let name = id.to_string();
        let key = room.vault.put(&name, &developed.picture, &developed.thumbnail, randomness).await?;
        let size = (developed.width, developed.height);
        arriving.push(Arriving { id, side, hints: developed.hints, size, original, key });
    }
    Ok(arriving)
}

/// A form that only proves that the button is ours.
#[derive(Deserialize)]
struct Pressed {}

async fn send_anyway(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Response> {
    let person = pages::patient::acting(&room, &visitor).await?;
    let id = appointment_id(&id).map_err(IntoResponse::into_response)?;
    let arrived = room.store.send_drafts(person.id, id, visitor.now()).await.map_err(IntoResponse::into_response)?;
    let troubles: Vec<_> = match arrived {
        Arrived::Incomplete(slots) => slots.into_iter().map(|slot| (slot.side, Trouble::Missing)).collect(),
        _ => Vec::new(),
    };
    Ok(back_to_page(id, None, &troubles))
}

/// Whether a picture that was sent is really to be erased. A draft is nobody else's, and is not asked about.
async fn ask_erase(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path((id, picture)): Path<(String, String)>,
) -> Result<Response, Response> {
    let person = pages::patient::signed_in(&room, &visitor).await?;
    let id = appointment_id(&id)?;
    let picture: PictureId = picture.parse().map_err(|_| Refusal::NotFound)?;
    let page = room.store.picture_page(person.id, id).await?;
    match page.pictures.iter().find(|found| found.id == picture) {
        Some(found) if found.state != PictureState::Draft => {
            Ok(page::erase_page(&pages::frame(&visitor, Some(&person)), id, found).into_response())
        }
        _ => Ok(back_to_page(id, None, &[])),
    }
}

async fn erase(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path((id, picture)): Path<(String, String)>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Response> {
    let person = pages::patient::acting(&room, &visitor).await?;
    let id = appointment_id(&id).map_err(IntoResponse::into_response)?;
    let picture = picture.parse().map_err(|_| Refusal::NotFound.into_response())?;
    room.store.erase_picture(person.id, id, picture, visitor.now()).await.map_err(IntoResponse::into_response)?;
    Ok(back_to_page(id, None, &[]))
}

async fn picture(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path((_, picture, part)): Path<(String, String, String)>,
) -> Result<Response, Response> {
    let person = pages::patient::signed_in(&room, &visitor).await?;
    Ok(picture_bytes(&room, &visitor, Viewer::Patient(person.id), &picture, &part).await?)
}

/// The bytes of a picture for whoever may see it. Looking is written down before a byte is sent.
pub(super) async fn picture_bytes(
    room: &Room,
    visitor: &Visitor,
    viewer: Viewer,
    picture: &str,
    part: &str,
) -> Result<Response, Refusal> {
    let id: PictureId = picture.parse().map_err(|_| Refusal::NotFound)?;
    let (part, act) = match part {
        "whole" => (Part::Whole, "picture.look"),
        "thumbnail" => (Part::Thumbnail, "picture.look_small"),
        _ => return Err(Refusal::NotFound),
    };
    let key = room.store.look_at_picture(viewer, id, act, visitor.now()).await?;
    let bytes = room.vault.bring(&id.to_string(), part, &key).await?;
    // `sandbox`: opened by itself, it is a picture and nothing else.
    let headers = [("content-type", "image/jpeg"), ("content-security-policy", "default-src 'none'; sandbox")];
    Ok((headers, bytes).into_response())
}

fn appointment_id(text: &str) -> Result<AppointmentId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

fn back_to_page(id: AppointmentId, document: Option<DocumentKind>, troubles: &[(Side, Trouble)]) -> Response {
    let mut address = format!("/appointments/{id}/picture");
    // A document is kept in the address only while something is still to be sent.
    if let (Some(document), false) = (document, troubles.is_empty()) {
        address.push_str("?document=");
        address.push_str(document.word());
        for (side, trouble) in troubles {
            address = format!("{address}&{}={}", side.word(), trouble.word());
        }
    }
    Redirect::to(&address).into_response()
}

/// Whether pictures may still be sent, as the page asks it.
fn may_send(open: Openness) -> bool {
    open.may_be_proven()
}
