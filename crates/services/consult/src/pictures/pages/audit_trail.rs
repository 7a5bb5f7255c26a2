//! Who looked at the pictures, for their patient.

use maud::{Markup, html};
use text::Language;
use ui::components;

use super::view::PictureUploadPage;
use crate::{
    audit::rules::{
        AuditActor,
        action::{AuditAction, DeskActionKind, PictureAction},
    },
    pages::date_text,
    pictures::{rules::picture::DocumentSide, store::audit_trail::VisitAuditEntry},
};

pub(crate) fn render_audit_trail(language: Language, view: &PictureUploadPage) -> Markup {
    let lines: Vec<_> =
        view.page.audit_trail.iter().filter_map(|entry| Some((entry, audit_entry_text(language, entry)?))).collect();
    html! {
        @if !lines.is_empty() {
            (components::disclosure(
                language.t("この画像をだれが見たか", "Who looked at the pictures"),
                html! { ul { @for (entry, text) in &lines {
                    li { (date_text::format_short_date_time(language, entry.occurred_at)) " " (audit_actor_text(language, entry)) (language.t("：", ": ")) (text)
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
            PictureAction::View => Some(language.t("画像を見ました", "looked at the picture")),
            PictureAction::ViewThumbnail => Some(language.t("一覧で見ました", "saw it in a list")),
            PictureAction::Send => Some(language.t("画像を送りました", "sent the picture")),
            PictureAction::Erase => Some(language.t("画像を消しました", "erased the picture")),
            // Only a patient uploads a picture; what counts is when it was sent.
            PictureAction::Receive => None,
        },
        AuditAction::Desk(kind) => match kind {
            DeskActionKind::ConfirmByPictures => Some(language.t("画像で確認しました", "confirmed by the picture")),
            DeskActionKind::RequestPictureAgain => {
                Some(language.t("画像の送り直しをお願いしました", "asked for the picture again"))
            }
            DeskActionKind::RequestConsent
            | DeskActionKind::RequestPicture
            | DeskActionKind::ConfirmAtTerminal
            | DeskActionKind::ConfirmOnScreen
            | DeskActionKind::Refuse
            | DeskActionKind::Complete => None,
        },
        AuditAction::DeskView(_) | AuditAction::DeskUndone(_) | AuditAction::Account(_) | AuditAction::ChainOpened => {
            None
        }
    }
}

fn side_text(language: Language, side: DocumentSide) -> &'static str {
    match side {
        DocumentSide::Front => language.t("（1枚目）", " (first)"),
        DocumentSide::Back => language.t("（2枚目）", " (second)"),
    }
}

fn audit_actor_text(language: Language, entry: &VisitAuditEntry) -> String {
    match &entry.actor {
        AuditActor::Patient => language.t("あなた", "You").to_owned(),
        AuditActor::Desk(name) => {
            language.t("医療機関の受付", "The clinic's desk").to_owned() + &language.in_brackets(name)
        }
        AuditActor::Service => language.t("システム", "The service").to_owned(),
    }
}
