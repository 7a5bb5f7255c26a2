//! Invented pictures, and the sample pages of the upload.

use base::{Randomness, Span};
use maud::Markup;
use text::Language;

use super::{
    pages::{
        gallery, upload,
        view::{self, UploadProblem},
    },
    rules::picture::{
        DocumentKind, DocumentSide, InsurancePicture, PictureHint, PictureHints, PictureId, PictureRefusal,
        PictureState, UnusablePicture, retention_end,
    },
    store::{AppointmentPictures, audit_trail::VisitAuditEntry},
};
use crate::{
    appointments::{
        self,
        rules::{AppointmentStatus, Openness},
    },
    audit::rules::{
        AuditActor,
        action::{AuditAction, PictureAction},
    },
    directory::rules::institution::Charge,
    proof::rules::ledgers::RequestReason,
    sample_data,
};

/// The page in each of its states.
pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    let frame = sample_data::frame(language, "/appointments/sample/picture", Some(&sample_data::account()));
    let pages = sample_pages()
        .into_iter()
        .map(|(name, view)| (format!("picture/{name}"), upload::render_upload_page(&frame, &view)));
    let id = appointments::samples::appointment_id();
    let erasing = [PictureState::Sent, PictureState::Accepted, PictureState::Refused].map(|state| {
        let page = gallery::render_erase_page(&frame, id, &sample_picture(DocumentSide::Front, state, &[]));
        (format!("picture/erase-{}", state.as_str()), page)
    });
    pages.chain(erasing).collect()
}

pub(crate) fn sample_picture(side: DocumentSide, state: PictureState, hints: &[PictureHint]) -> InsurancePicture {
    let refusal = PictureRefusal {
        reason: RequestReason::Blurred,
        note: "右下の文字が読めませんでした。".parse().ok(),
    };
    InsurancePicture {
        id: PictureId::new(sample_data::now(), &Randomness::repeatable(side.as_str())),
        document: DocumentKind::Certificate,
        side,
        state,
        hints: hints.iter().fold(PictureHints::default(), |hints, hint| hints.with_hint(*hint)),
        size: (1600, 1000),
        made_at: sample_data::now(),
        refusal: (state == PictureState::Refused).then_some(refusal),
    }
}

/// What was done with the sample pictures.
pub(crate) fn sample_audit_entries() -> Vec<VisitAuditEntry> {
    let entry = |minutes, action, actor| VisitAuditEntry {
        occurred_at: sample_data::now().plus(Span::from_mins(minutes)),
        action: AuditAction::Picture(action),
        side: Some(DocumentSide::Front),
        actor,
    };
    vec![
        entry(40, PictureAction::View, AuditActor::Desk("受付 見本".to_owned())),
        entry(2, PictureAction::Send, AuditActor::Patient),
        entry(1, PictureAction::Receive, AuditActor::Patient),
    ]
}

fn sample_pages() -> Vec<(&'static str, view::PictureUploadPage)> {
    let view = |charge, status, pictures: Vec<InsurancePicture>| {
        let appointment = appointments::samples::appointment(charge, status);
        view::PictureUploadPage {
            openness: appointment.openness(sample_data::now()),
            retained_until: retention_end(appointment.visit_date(), 30),
            chosen_document: None,
            changes_document: false,
            problems: Vec::new(),
            page: AppointmentPictures {
                audit_trail: if pictures.is_empty() { Vec::new() } else { sample_audit_entries() },
                appointment,
                pictures,
                request: None,
            },
        }
    };
    let front = |state| sample_picture(DocumentSide::Front, state, &[]);
    let back = |state| sample_picture(DocumentSide::Back, state, &[]);
    let insured = |status, pictures| view(Charge::Insured, status, pictures);
    let booked = |pictures| insured(AppointmentStatus::Booked, pictures);
    let chosen = |document| view::PictureUploadPage { chosen_document: Some(document), ..booked(Vec::new()) };
    let mut views = vec![
        ("document", booked(Vec::new())),
        (
            "document-changed",
            view::PictureUploadPage { changes_document: true, ..booked(vec![front(PictureState::Sent)]) },
        ),
        ("choose", chosen(DocumentKind::Certificate)),
        ("choose-notice", chosen(DocumentKind::NoticeWithCard)),
        ("choose-screen", chosen(DocumentKind::PortalScreen)),
        (
            "look-first",
            booked(vec![sample_picture(
                DocumentSide::Front,
                PictureState::Draft,
                &[PictureHint::Blurred, PictureHint::Glare],
            )]),
        ),
        ("sent", booked(vec![front(PictureState::Sent), back(PictureState::Sent)])),
        ("accepted", booked(vec![front(PictureState::Accepted)])),
        ("asked-again", booked(vec![front(PictureState::Refused), back(PictureState::Sent)])),
        ("cancelled", insured(AppointmentStatus::Cancelled, vec![front(PictureState::Sent)])),
        ("completed", insured(AppointmentStatus::Completed, vec![front(PictureState::Accepted)])),
        ("over", view::PictureUploadPage { openness: Openness::Closed, ..booked(vec![front(PictureState::Sent)]) }),
        ("self-pay", view(Charge::SelfPay, AppointmentStatus::Booked, Vec::new())),
    ];
    let mut requested = booked(vec![front(PictureState::Sent)]);
    requested.page.request = Some(RequestReason::SideMissing);
    views.push(("asked-for-the-other-side", requested));
    let notice = |state| InsurancePicture { document: DocumentKind::NoticeWithCard, ..front(state) };
    views.push(("lacking", booked(vec![notice(PictureState::Sent)])));
    let mut incomplete = booked(vec![notice(PictureState::Draft)]);
    incomplete.problems = vec![(DocumentSide::Back, UploadProblem::Missing)];
    views.push(("incomplete", incomplete));
    let unusable_pictures = [
        ("pdf", UnusablePicture::Pdf),
        ("too-small", UnusablePicture::TooSmall),
        ("unreadable", UnusablePicture::Unreadable),
        ("my-number", UnusablePicture::MyNumber),
        ("too-large", UnusablePicture::TooLarge),
        ("unknown-kind", UnusablePicture::UnknownKind),
        ("too-many-pixels", UnusablePicture::TooManyPixels),
        ("too-costly", UnusablePicture::TooCostly),
        ("empty", UnusablePicture::Empty),
    ];
    for (name, unusable) in unusable_pictures {
        let mut view = booked(Vec::new());
        view.problems = vec![(DocumentSide::Front, UploadProblem::Unusable(unusable))];
        views.push((name, view));
    }
    views
}
