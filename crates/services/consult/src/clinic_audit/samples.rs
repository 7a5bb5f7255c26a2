//! The sample pages of a clinic's audit.

use base::{Randomness, Span};
use maud::Markup;
use text::Language;

use super::{
    pages::{
        list::{AuditPart, ClinicAuditPage, render_audit_page},
        render_verification_page,
    },
    rules::{FilterInput, FilterProblem, RowCursor, VerificationResult},
    store::{ClinicAudit, ClinicAuditRow, PastVerification, VerificationProgress, VerificationStep},
};
use crate::{
    appointments,
    audit::rules::{
        AuditActor,
        action::{AuditAccess, AuditAction, DeskActionKind, DeskView, PictureAction, StaffAction},
    },
    clinic::{samples::staff_frame, store::staff::StaffId},
    sample_data::{now, visit_start},
};

const NAME: &str = "受付 見本";

fn desk_row(number: i64, action: AuditAction) -> ClinicAuditRow {
    ClinicAuditRow {
        cursor: RowCursor { time: now().minus(Span::from_mins(20 - number)), number },
        action,
        actor: AuditActor::Desk(NAME.to_owned()),
        patient_name: None,
        visit: None,
        member_name: None,
        entity: None,
    }
}

fn visit_row(number: i64, actor: AuditActor, action: AuditAction) -> ClinicAuditRow {
    ClinicAuditRow {
        actor,
        patient_name: Some("見本　花子".to_owned()),
        visit: Some((appointments::samples::appointment_id(), visit_start())),
        ..desk_row(number, action)
    }
}

fn rows() -> Vec<ClinicAuditRow> {
    let desk = || AuditActor::Desk(NAME.to_owned());
    let with_entity = |entity: &str, row| ClinicAuditRow { entity: Some(entity.to_owned()), ..row };
    let invited = ClinicAuditRow {
        member_name: Some("医師 見本".to_owned()),
        ..desk_row(5, AuditAction::Staff(StaffAction::MakeDoctor))
    };
    vec![
        with_entity("2026-10-25 2026-11-23", desk_row(9, AuditAction::Audit(AuditAccess::View))),
        with_entity("1311234567 2026-11-23", desk_row(8, AuditAction::DeskView(DeskView::Print))),
        visit_row(7, desk(), AuditAction::DeskUndone(DeskActionKind::ConfirmByPictures)),
        visit_row(6, desk(), AuditAction::Desk(DeskActionKind::ConfirmByPictures)),
        invited,
        visit_row(4, desk(), AuditAction::Picture(PictureAction::View)),
        visit_row(3, AuditActor::Patient, AuditAction::Picture(PictureAction::Send)),
        visit_row(2, AuditActor::Service, AuditAction::Picture(PictureAction::Erase)),
        with_entity("1311234567 2026-11-23", desk_row(1, AuditAction::DeskView(DeskView::Day))),
    ]
}

fn past_verification(result: VerificationResult) -> PastVerification {
    PastVerification {
        verified_at: now().minus(Span::from_hours(24)), verified_by: "管理者 見本".to_owned(), result
    }
}

/// Every page of the audit in each of its states.
pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    let frame = staff_frame(language, "/desk/clinic/audit");
    let page = |input: FilterInput, audit| ClinicAuditPage {
        input,
        audit,
        part: AuditPart::Newest,
        members: vec![(StaffId::new(now(), &Randomness::repeatable("staff")), NAME.to_owned())],
    };
    let nothing = ClinicAudit { rows: Vec::new(), next: None, last_verification: None };
    let whole = Some(past_verification(VerificationResult::Whole { rows: 1_234 }));
    let full = ClinicAudit { rows: rows(), next: None, last_verification: whole };
    let older = ClinicAudit {
        next: full.rows.last().map(|row| row.cursor),
        last_verification: Some(past_verification(VerificationResult::Faulty { position: 17 })),
        ..full.clone()
    };
    let wrong = FilterInput { from: "24日".to_owned(), ..FilterInput::default() };
    let filtered = FilterInput { action: "desk.confirm_picture".to_owned(), ..FilterInput::default() };
    let pages = [
        ("clinic-audit", page(FilterInput::default(), Ok(full))),
        ("clinic-audit-older", ClinicAuditPage { part: AuditPart::Older, ..page(filtered, Ok(older)) }),
        ("clinic-audit-empty", page(FilterInput::default(), Ok(nothing))),
        ("clinic-audit-wrong", page(wrong, Err(FilterProblem::FirstDay))),
    ];
    let steps = [
        ("clinic-audit-more", VerificationStep::MoreRows(VerificationProgress::sample(5_000))),
        ("clinic-audit-whole", VerificationStep::Finished(VerificationResult::Whole { rows: 12_345 })),
        ("clinic-audit-faulty", VerificationStep::Finished(VerificationResult::Faulty { position: 17 })),
    ];
    let pages = pages.iter().map(|(name, page)| (format!("desk/{name}"), render_audit_page(&frame, page)));
    let steps = steps.iter().map(|(name, step)| (format!("desk/{name}"), render_verification_page(&frame, step)));
    pages.chain(steps).collect()
}
