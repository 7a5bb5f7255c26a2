//! Who looked at the pictures, for their patient.

use maud::{Markup, html};
use text::{Language, dates};
use ui::components;

use super::view::PictureUploadPage;
use crate::{
    audit::rules::{
        AuditActor,
        action::{AuditAction, DeskActionKind, PictureAction},
    },
    pictures::{rules::picture::DocumentSide, store::audit_trail::VisitAuditEntry, texts},
};

pub(crate) fn render_audit_trail(language: Language, view: &PictureUploadPage) -> Markup {
    let lines: Vec<_> =
        view.page.audit_trail.iter().filter_map(|entry| Some((entry, audit_entry_text(language, entry)?))).collect();
    html! {
        @if !lines.is_empty() {
            (components::disclosure(
                texts::WHO_LOOKED_AT_THE_PICTURES.in_language(language),
                html! { ul { @for (entry, text) in &lines {
                    li { (dates::format_short_date_time(language, entry.occurred_at)) " " (audit_actor_text(language, entry)) (texts::COLON.in_language(language)) (text)
                        @if let Some(side) = entry.side { (side_text(language, side)) } }
                } } },
            ))
        }
    }
}

/// The text of an audit entry for the patient; `None` if it is not about pictures, or if the patient looked.
fn audit_entry_text(language: Language, entry: &VisitAuditEntry) -> Option<&'static str> {
    let is_patient = matches!(entry.actor, AuditActor::Patient);
    match entry.action {
        AuditAction::Picture(PictureAction::View | PictureAction::ViewThumbnail) if is_patient => None,
        AuditAction::Picture(action) => match action {
            PictureAction::View => Some(texts::LOOKED_AT_THE_PICTURE.in_language(language)),
            PictureAction::ViewThumbnail => Some(texts::SAW_IT_IN_A_LIST.in_language(language)),
            PictureAction::Send => Some(texts::SENT_THE_PICTURE.in_language(language)),
            PictureAction::Erase => Some(texts::ERASED_THE_PICTURE.in_language(language)),
            // Only a patient uploads a picture; what counts is when it was sent.
            PictureAction::Receive => None,
        },
        AuditAction::Desk(kind) => match kind {
            DeskActionKind::ConfirmByPictures => Some(texts::CONFIRMED_BY_THE_PICTURE.in_language(language)),
            DeskActionKind::RequestPictureAgain => Some(texts::ASKED_FOR_THE_PICTURE_AGAIN.in_language(language)),
            DeskActionKind::RequestConsent
            | DeskActionKind::RequestPicture
            | DeskActionKind::ConfirmAtTerminal
            | DeskActionKind::ConfirmOnScreen
            | DeskActionKind::Refuse
            | DeskActionKind::Complete
            | DeskActionKind::NoShow => None,
        },
        AuditAction::DeskView(_)
        | AuditAction::DeskUndone(_)
        | AuditAction::Account(_)
        | AuditAction::Visit(_)
        | AuditAction::ClinicPatient(_)
        | AuditAction::Staff(_)
        | AuditAction::Audit(_)
        | AuditAction::Clinic(_)
        | AuditAction::ChainOpened => None,
    }
}

fn side_text(language: Language, side: DocumentSide) -> &'static str {
    match side {
        DocumentSide::Front => texts::FIRST_PICTURE.in_language(language),
        DocumentSide::Back => texts::SECOND_PICTURE.in_language(language),
    }
}

fn audit_actor_text(language: Language, entry: &VisitAuditEntry) -> String {
    match &entry.actor {
        AuditActor::Patient => texts::YOU.in_language(language).to_owned(),
        AuditActor::OtherAccount => texts::ANOTHER_ACCOUNT.in_language(language).to_owned(),
        AuditActor::Desk(name) => {
            texts::THE_CLINICS_DESK.in_language(language).to_owned() + &language.in_brackets(name)
        }
        AuditActor::Service => texts::THE_SERVICE.in_language(language).to_owned(),
    }
}
