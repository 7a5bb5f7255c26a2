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
use shell::{Access, ButtonForm, Form, PendingUpload, Routes, Upload, UploadFault, UploadedFile, Visitor};

use super::parse_appointment_id;
use crate::{
    context::Context,
    pages,
    picture::UploadLock,
    refusal::Refusal,
    rules::{
        appointment::{AppointmentId, Openness},
        institution::Charge,
        patient::Patient,
        picture::{DocumentKind, DocumentSide, PictureId, PictureState, UnusablePicture, retention_end},
    },
    store::picture::{PictureViewer, SendIntent, UploadOutcome, UploadedPicture},
    vault::PicturePart,
};

pub(crate) use samples::samples;
pub(super) use samples::{sample_audit_entries, sample_picture};

/// How long a person waits whose other pictures are still being received.
const MAX_TURN_WAIT: Duration = Duration::from_secs(30);

/// The routes of the patient's pictures.
pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/appointments/{id}/picture", Access::SignedIn, get(show_picture_upload))
        .action("/appointments/{id}/picture", Access::SignedIn, post(submit_pictures))
        .action("/appointments/{id}/picture/send", Access::SignedIn, post(submit_drafts))
        .page("/appointments/{id}/picture/{picture}/{part}", Access::SignedIn, get(show_picture))
        .page("/appointments/{id}/picture/{picture}/erase", Access::SignedIn, get(show_erase_picture))
        .action("/appointments/{id}/picture/{picture}/erase", Access::SignedIn, post(submit_erase_picture))
}

/// What a slot's form field is told after it was sent and was not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UploadProblem {
    Unusable(UnusablePicture),
    Missing,
}

impl UploadProblem {
    const MISSING: &'static str = "missing";

    fn code(self) -> &'static str {
        match self {
            Self::Unusable(unusable) => unusable.as_str(),
            Self::Missing => Self::MISSING,
        }
    }

    fn from_code(word: &str) -> Option<Self> {
        if word == Self::MISSING { Some(Self::Missing) } else { word.parse().ok().map(Self::Unusable) }
    }
}

/// The page's query: which document is chosen, and what was wrong with what was sent.
#[derive(Debug, Default, Deserialize)]
struct PictureUploadQuery {
    document: Option<String>,
    front: Option<String>,
    back: Option<String>,
    /// Another document is to be chosen.
    #[serde(rename = "change")]
    change_document: Option<String>,
}

async fn show_picture_upload(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(said): Query<PictureUploadQuery>,
) -> Result<Response, Response> {
    let person = pages::patient::require_patient_for_page(&room, &visitor).await?;
    let id = parse_appointment_id(&id).map_err(IntoResponse::into_response)?;
    let found = room.store.load_appointment_pictures(person.id, id).await.map_err(IntoResponse::into_response)?;
    let troubles = [(DocumentSide::Front, &said.front), (DocumentSide::Back, &said.back)]
        .into_iter()
        .filter_map(|(side, word)| Some((side, UploadProblem::from_code(word.as_deref()?)?)))
        .collect();
    let view = page::PictureUploadPage {
        openness: found.appointment.openness(visitor.now()),
        retained_until: retention_end(found.appointment.visit_date(), room.picture_retention_days),
        chosen_document: said.document.and_then(|word| word.parse().ok()),
        changes_document: said.change_document.is_some(),
        problems: troubles,
        page: found,
    };
    Ok(page::render_upload_page(&pages::page_frame(&visitor, Some(&person)), &view).into_response())
}

async fn submit_pictures(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    unread: PendingUpload,
) -> Response {
    match authorize_upload(&room, &visitor, &id).await {
        Ok(admitted) => {
            receive_pictures(&room, &visitor, &admitted, unread).await.unwrap_or_else(IntoResponse::into_response)
        }
        Err(answer) => unread.respond_unread(answer),
    }
}

/// Who may send pictures for which appointment, and whose turn it is. Found out before a byte of the pictures is read.
struct UploadPermit {
    person: Patient,
    id: AppointmentId,
    _turn: UploadLock,
}

async fn authorize_upload(room: &Context, visitor: &Visitor, id: &str) -> Result<UploadPermit, Response> {
    let person = pages::patient::require_patient_for_page(room, visitor).await?;
    let id = parse_appointment_id(id)?;
    let appointment = room.store.load_appointment_pictures(person.id, id).await?.appointment;
    if !can_send(appointment.openness(visitor.now())) {
        return Err(Refusal::Closed(id).into());
    }
    if appointment.menu.charge == Charge::SelfPay {
        return Err(Refusal::WrongProofMethod(id).into());
    }
    match room.upload_locks.acquire(person.id, MAX_TURN_WAIT).await {
        Some(turn) => Ok(UploadPermit { person, id, _turn: turn }),
        None => Err(refuse_upload(id, "account").into()),
    }
}

fn refuse_upload(id: AppointmentId, why: &'static str) -> Refusal {
    metrics::counter!("uketsuke_uploads_turned_away_total", "why" => why).increment(1);
    Refusal::UploadsFull(id)
}

async fn receive_pictures(
    room: &Context,
    visitor: &Visitor,
    admitted: &UploadPermit,
    unread: PendingUpload,
) -> Result<Response, Response> {
    let UploadPermit { person, id, .. } = admitted;
    let id = *id;
    let form = unread.read(&room.upload_memory).await.map_err(|fault| match fault {
        UploadFault::Full => refuse_upload(id, "memory").into_response(),
        UploadFault::Stalled => Refusal::UploadStalled(id).into_response(),
        UploadFault::Refused(answer) => answer,
    })?;
    let Some(document) = form.field("document").and_then(|word| word.parse::<DocumentKind>().ok()) else {
        return Ok(redirect_to_picture_upload(id, None, &[]));
    };
    let mut troubles = Vec::new();
    let mut developed = Vec::new();
    for side in DocumentSide::ALL.iter().copied() {
        let bytes = match find_chosen_file(&form, side) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => continue,
            Err(unusable) => {
                troubles.push((side, UploadProblem::Unusable(unusable)));
                continue;
            }
        };
        match room.image_worker.normalise_image(bytes).await.map_err(Refusal::from)? {
            Ok(picture) => developed.push((side, digest(&[bytes]), picture)),
            Err(unusable) => troubles.push((side, UploadProblem::Unusable(unusable))),
        }
    }
    // What was sent is needed no longer; the memory is others'.
    drop(form);
    let intent = if troubles.is_empty() { SendIntent::Send } else { SendIntent::KeepAsDraft };
    let arriving = store_pictures(room, visitor, developed).await?;
    let arrived = room.store.receive_pictures(person.id, id, document, arriving, intent, visitor.now()).await?;
    if let UploadOutcome::Incomplete(slots) = arrived {
        troubles.extend(slots.into_iter().map(|slot| (slot.side, UploadProblem::Missing)));
    } else if arrived == UploadOutcome::KeptAsDraft && troubles.is_empty() {
        troubles.push((DocumentSide::Front, UploadProblem::Missing));
    }
    Ok(redirect_to_picture_upload(id, Some(document), &troubles))
}

/// What was chosen for a side, in whichever way: taken just now, or chosen among the pictures that are there. Where nothing
/// came, a script may have turned something down, and says why.
fn find_chosen_file(form: &Upload, side: DocumentSide) -> Result<Option<&[u8]>, UnusablePicture> {
    let name = side.as_str();
    match form.file(&format!("{name}_camera")).or_else(|| form.file(name)) {
        Some(UploadedFile::Whole(bytes)) => Ok(Some(bytes)),
        Some(UploadedFile::TooLarge) => Err(UnusablePicture::TooLarge),
        Some(UploadedFile::Empty) => Err(UnusablePicture::Empty),
        None => form.field(&format!("{name}_turned_down")).and_then(|word| word.parse().ok()).map_or(Ok(None), Err),
    }
}

async fn store_pictures(
    room: &Context,
    visitor: &Visitor,
    developed: Vec<(DocumentSide, base::Digest, crate::picture::NormalisedImage)>,
) -> Result<Vec<UploadedPicture>, Refusal> {
    let randomness = visitor.site().randomness();
    let named: Vec<_> =
        developed.into_iter().map(|developed| (PictureId::new(visitor.now(), randomness), developed)).collect();
    // Noted before anything lies in the vault: what never becomes a picture is found and removed.
    room.store.reserve_pictures(named.iter().map(|(id, _)| *id).collect(), visitor.now()).await?;
    let mut arriving = Vec::new();
    for (id, (side, original, developed)) in named {
        let name = id.to_string();
        let key = room.vault.store_picture(&name, &developed.picture, &developed.thumbnail, randomness).await?;
        let size = (developed.width, developed.height);
        arriving.push(UploadedPicture { id, side, hints: developed.hints, size, original_digest: original, key });
    }
    Ok(arriving)
}

async fn submit_drafts(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let person = pages::patient::require_patient_for_action(&room, &visitor).await?;
    let id = parse_appointment_id(&id).map_err(IntoResponse::into_response)?;
    let arrived = room.store.send_drafts(person.id, id, visitor.now()).await.map_err(IntoResponse::into_response)?;
    let troubles: Vec<_> = match arrived {
        UploadOutcome::Incomplete(slots) => slots.into_iter().map(|slot| (slot.side, UploadProblem::Missing)).collect(),
        _ => Vec::new(),
    };
    Ok(redirect_to_picture_upload(id, None, &troubles))
}

/// Whether a picture that was sent is really to be erased. A draft is nobody else's, and is not asked about.
async fn show_erase_picture(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Path((id, picture)): Path<(String, String)>,
) -> Result<Response, Response> {
    let person = pages::patient::require_patient_for_page(&room, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    let picture: PictureId = picture.parse().map_err(|_| Refusal::NotFound)?;
    let page = room.store.load_appointment_pictures(person.id, id).await?;
    match page.pictures.iter().find(|found| found.id == picture) {
        Some(found) if found.state != PictureState::Draft => {
            Ok(page::render_erase_page(&pages::page_frame(&visitor, Some(&person)), id, found).into_response())
        }
        _ => Ok(redirect_to_picture_upload(id, None, &[])),
    }
}

async fn submit_erase_picture(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Path((id, picture)): Path<(String, String)>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let person = pages::patient::require_patient_for_action(&room, &visitor).await?;
    let id = parse_appointment_id(&id).map_err(IntoResponse::into_response)?;
    let picture = picture.parse().map_err(|_| Refusal::NotFound.into_response())?;
    room.store.erase_picture(person.id, id, picture, visitor.now()).await.map_err(IntoResponse::into_response)?;
    Ok(redirect_to_picture_upload(id, None, &[]))
}

async fn show_picture(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Path((_, picture, part)): Path<(String, String, String)>,
) -> Result<Response, Response> {
    let person = pages::patient::require_patient_for_page(&room, &visitor).await?;
    Ok(respond_with_picture_bytes(&room, &visitor, PictureViewer::Patient(person.id), &picture, &part).await?)
}

/// The bytes of a picture for whoever may see it. Looking is written down before a byte is sent.
pub(super) async fn respond_with_picture_bytes(
    room: &Context,
    visitor: &Visitor,
    viewer: PictureViewer,
    picture: &str,
    part: &str,
) -> Result<Response, Refusal> {
    let id: PictureId = picture.parse().map_err(|_| Refusal::NotFound)?;
    let (part, act) = match part {
        "whole" => (PicturePart::Full, "picture.look"),
        "thumbnail" => (PicturePart::Thumbnail, "picture.look_small"),
        _ => return Err(Refusal::NotFound),
    };
    let key = room.store.open_picture(viewer, id, act, visitor.now()).await?;
    let bytes = room.vault.load_picture(&id.to_string(), part, &key).await?;
    // `sandbox`: opened by itself, it is a picture and nothing else.
    let headers = [("content-type", "image/jpeg"), ("content-security-policy", "default-src 'none'; sandbox")];
    Ok((headers, bytes).into_response())
}

fn redirect_to_picture_upload(
    id: AppointmentId,
    document: Option<DocumentKind>,
    troubles: &[(DocumentSide, UploadProblem)],
) -> Response {
    let mut address = format!("/appointments/{id}/picture");
    // A document is kept in the address only while something is still to be sent.
    if let (Some(document), false) = (document, troubles.is_empty()) {
        address.push_str("?document=");
        address.push_str(document.as_str());
        for (side, trouble) in troubles {
            address = format!("{address}&{}={}", side.as_str(), trouble.code());
        }
    }
    Redirect::to(&address).into_response()
}

/// Whether pictures may still be sent, as the page asks it.
fn can_send(open: Openness) -> bool {
    open.can_be_proven()
}
