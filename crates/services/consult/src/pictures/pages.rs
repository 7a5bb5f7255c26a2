//! 保険証画像をアップロード: the pictures of an appointment, as the patient sends, sees and erases them.

mod audit_trail;
mod form;
pub(crate) mod gallery;
pub(crate) mod upload;
pub(crate) mod view;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::digest;
use serde::Deserialize;
use web::{Access, ButtonForm, PendingUpload, Routes, Upload, UploadFault, UploadedFile, Visitor};

use view::UploadProblem;

use super::{
    normalise::NormalisedImage,
    rules::picture::{DocumentKind, DocumentSide, PictureId, PictureState, UnusablePicture, retention_end},
    store::{PictureViewer, SendIntent, UploadOutcome, UploadedPicture},
    upload_lock::UploadLock,
    vault::PicturePart,
};
use crate::{
    appointments::{
        pages::{AppointmentForm, AppointmentPage, parse_appointment_id},
        rules::AppointmentId,
    },
    audit::rules::action::PictureAction,
    context::Context,
    directory::rules::institution::Charge,
    pages::signed_in,
    people::rules::account::Account,
    refusal::Refusal,
};

/// How long an upload waits while another one of the same patient is received.
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

/// The query of the page: the chosen document, and the code of the problem with each side.
#[derive(Debug, Default, Deserialize)]
struct PictureUploadQuery {
    document: Option<String>,
    front: Option<String>,
    back: Option<String>,
    /// Present if the patient wants to choose another document.
    #[serde(rename = "change")]
    change_document: Option<String>,
}

async fn show_picture_upload(
    State(context): State<Arc<Context>>,
    page: AppointmentPage,
    Query(query): Query<PictureUploadQuery>,
) -> Result<Response, Refusal> {
    let pictures = context.store.load_appointment_pictures(page.account.id, page.id).await?;
    let problems = [(DocumentSide::Front, &query.front), (DocumentSide::Back, &query.back)]
        .into_iter()
        .filter_map(|(side, code)| Some((side, UploadProblem::from_code(code.as_deref()?)?)))
        .collect();
    let view = view::PictureUploadPage {
        openness: pictures.appointment.openness(page.visitor.now()),
        retained_until: retention_end(pictures.appointment.visit_date(), context.picture_retention_days),
        chosen_document: query.document.and_then(|document| document.parse().ok()),
        changes_document: query.change_document.is_some(),
        problems,
        page: pictures,
    };
    Ok(upload::render_upload_page(&page.frame(), &view).into_response())
}

async fn submit_pictures(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    upload: PendingUpload,
) -> Response {
    match authorize_upload(&context, &visitor, &id).await {
        Ok(permit) => {
            receive_pictures(&context, &visitor, &permit, upload).await.unwrap_or_else(IntoResponse::into_response)
        }
        Err(response) => upload.respond_unread(response),
    }
}

/// Proof that the patient may upload pictures for the appointment, with the lock on uploads of the patient. It is needed
/// before any byte of the body is read.
struct UploadPermit {
    account: Account,
    id: AppointmentId,
    _lock: UploadLock,
}

async fn authorize_upload(context: &Context, visitor: &Visitor, id: &str) -> Result<UploadPermit, Response> {
    let account = signed_in::require_account_for_page(context, visitor).await?;
    let id = parse_appointment_id(id)?;
    let appointment = context.store.find_provable_appointment(account.id, id, visitor.now()).await?;
    if appointment.menu.charge == Charge::SelfPay {
        return Err(Refusal::WrongProofMethod(id).into());
    }
    match context.upload_locks.acquire(account.id, MAX_TURN_WAIT).await {
        Some(lock) => Ok(UploadPermit { account, id, _lock: lock }),
        None => Err(refuse_upload(id, "account").into()),
    }
}

fn refuse_upload(id: AppointmentId, reason: &'static str) -> Refusal {
    metrics::counter!("uketsuke_uploads_turned_away_total", "why" => reason).increment(1);
    Refusal::UploadsFull(id)
}

async fn receive_pictures(
    context: &Context,
    visitor: &Visitor,
    permit: &UploadPermit,
    upload: PendingUpload,
) -> Result<Response, Response> {
    let UploadPermit { account, id, .. } = permit;
    let id = *id;
    let form = upload.read(&context.upload_memory).await.map_err(|fault| match fault {
        UploadFault::Full => refuse_upload(id, "memory").into_response(),
        UploadFault::Stalled => Refusal::UploadStalled(id).into_response(),
        UploadFault::Refused(response) => response,
    })?;
    let Some(document) = form.field("document").and_then(|kind| kind.parse::<DocumentKind>().ok()) else {
        return Ok(redirect_to_picture_upload(id, None, &[]));
    };
    let mut problems = Vec::new();
    let mut normalised = Vec::new();
    for side in DocumentSide::ALL.iter().copied() {
        let bytes = match find_chosen_file(&form, side) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => continue,
            Err(unusable) => {
                problems.push((side, UploadProblem::Unusable(unusable)));
                continue;
            }
        };
        match context.image_worker.normalise_image(bytes).await.map_err(Refusal::from)? {
            Ok(picture) => normalised.push((side, digest(&[bytes]), picture)),
            Err(unusable) => problems.push((side, UploadProblem::Unusable(unusable))),
        }
    }
    // Frees the memory of the upload for other uploads.
    drop(form);
    let intent = if problems.is_empty() { SendIntent::Send } else { SendIntent::KeepAsDraft };
    let pictures = store_pictures(context, visitor, normalised).await?;
    let outcome = context.store.receive_pictures(account.id, id, document, pictures, intent, visitor.now()).await?;
    if let UploadOutcome::Incomplete(slots) = outcome {
        problems.extend(slots.into_iter().map(|slot| (slot.side, UploadProblem::Missing)));
    } else if outcome == UploadOutcome::KeptAsDraft && problems.is_empty() {
        problems.push((DocumentSide::Front, UploadProblem::Missing));
    }
    Ok(redirect_to_picture_upload(id, Some(document), &problems))
}

/// The file for a side, from the camera field or the file field. If there is none, the script of the page may have refused a
/// file and sends the reason in its place.
fn find_chosen_file(form: &Upload, side: DocumentSide) -> Result<Option<&[u8]>, UnusablePicture> {
    let name = side.as_str();
    match form.file(&format!("{name}_camera")).or_else(|| form.file(name)) {
        Some(UploadedFile::Whole(bytes)) => Ok(Some(bytes)),
        Some(UploadedFile::TooLarge) => Err(UnusablePicture::TooLarge),
        Some(UploadedFile::Empty) => Err(UnusablePicture::Empty),
        None => form.field(&format!("{name}_turned_down")).and_then(|code| code.parse().ok()).map_or(Ok(None), Err),
    }
}

async fn store_pictures(
    context: &Context,
    visitor: &Visitor,
    images: Vec<(DocumentSide, base::Digest, NormalisedImage)>,
) -> Result<Vec<UploadedPicture>, Refusal> {
    let randomness = visitor.site().randomness();
    let named: Vec<_> = images.into_iter().map(|image| (PictureId::new(visitor.now(), randomness), image)).collect();
    // The ids are recorded before anything is stored in the vault, so that objects that never become a picture are removed.
    context.store.reserve_pictures(named.iter().map(|(id, _)| *id).collect(), visitor.now()).await?;
    let mut pictures = Vec::new();
    for (id, (side, original, image)) in named {
        let name = id.to_string();
        let key = context.vault.store_picture(&name, &image.picture, &image.thumbnail, randomness).await?;
        let size = (image.width, image.height);
        pictures.push(UploadedPicture { id, side, hints: image.hints, size, original_digest: original, key });
    }
    Ok(pictures)
}

async fn submit_drafts(
    State(context): State<Arc<Context>>,
    AppointmentForm { visitor, account, id, form: ButtonForm {} }: AppointmentForm<ButtonForm>,
) -> Result<Response, Refusal> {
    let outcome = context.store.send_drafts(account.id, id, visitor.now()).await?;
    let problems: Vec<_> = match outcome {
        UploadOutcome::Incomplete(slots) => slots.into_iter().map(|slot| (slot.side, UploadProblem::Missing)).collect(),
        _ => Vec::new(),
    };
    Ok(redirect_to_picture_upload(id, None, &problems))
}

/// Asks for confirmation before a sent picture is erased. Drafts are erased without it.
async fn show_erase_picture(
    State(context): State<Arc<Context>>,
    page: AppointmentPage,
    Path((_, picture)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let picture: PictureId = picture.parse().map_err(|_| Refusal::NotFound)?;
    let pictures = context.store.load_appointment_pictures(page.account.id, page.id).await?.pictures;
    match pictures.iter().find(|candidate| candidate.id == picture) {
        Some(picture) if picture.state != PictureState::Draft => {
            Ok(gallery::render_erase_page(&page.frame(), page.id, picture).into_response())
        }
        _ => Ok(redirect_to_picture_upload(page.id, None, &[])),
    }
}

async fn submit_erase_picture(
    State(context): State<Arc<Context>>,
    Path((_, picture)): Path<(String, String)>,
    AppointmentForm { visitor, account, id, form: ButtonForm {} }: AppointmentForm<ButtonForm>,
) -> Result<Response, Refusal> {
    let picture = picture.parse().map_err(|_| Refusal::NotFound)?;
    context.store.erase_picture(account.id, id, picture, visitor.now()).await?;
    Ok(redirect_to_picture_upload(id, None, &[]))
}

async fn show_picture(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path((_, picture, part)): Path<(String, String, String)>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    Ok(respond_with_picture_bytes(&context, &visitor, PictureViewer::Account(account.id), &picture, &part).await?)
}

/// The bytes of a picture for a viewer who may see it. The access is audited before a byte is sent.
pub(crate) async fn respond_with_picture_bytes(
    context: &Context,
    visitor: &Visitor,
    viewer: PictureViewer,
    picture: &str,
    part: &str,
) -> Result<Response, Refusal> {
    let id: PictureId = picture.parse().map_err(|_| Refusal::NotFound)?;
    let (part, action) = match part {
        "whole" => (PicturePart::Full, PictureAction::View),
        "thumbnail" => (PicturePart::Thumbnail, PictureAction::ViewThumbnail),
        _ => return Err(Refusal::NotFound),
    };
    let key = context.store.open_picture(viewer, id, action, visitor.now()).await?;
    let bytes = context.vault.load_picture(&id.to_string(), part, &key).await?;
    // `sandbox`: opened as a page of its own, the picture cannot run anything.
    let headers = [("content-type", "image/jpeg"), ("content-security-policy", "default-src 'none'; sandbox")];
    Ok((headers, bytes).into_response())
}

fn redirect_to_picture_upload(
    id: AppointmentId,
    document: Option<DocumentKind>,
    problems: &[(DocumentSide, UploadProblem)],
) -> Response {
    let mut address = format!("/appointments/{id}/picture");
    // The document stays in the query only while a picture is still missing.
    if let (Some(document), false) = (document, problems.is_empty()) {
        address.push_str("?document=");
        address.push_str(document.as_str());
        for (side, problem) in problems {
            address = format!("{address}&{}={}", side.as_str(), problem.code());
        }
    }
    Redirect::to(&address).into_response()
}
