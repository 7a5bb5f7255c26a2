//! The sample pages about personal data.

use maud::Markup;
use text::Language;

use super::{
    pages::{
        close::{CloseAccountPage, VisitUnderWay, render_account_closed_page, render_close_account_page},
        erase::render_erase_pictures_page,
        export::render_export_page,
        overview::{PersonalDataPage, render_personal_data_page},
        remove_relative::{RemovalEffect, RemovalPage, render_removal_page},
    },
    store::{HeldOverview, PatientAuditEntry, tables::DataCategory},
};
use crate::{
    audit::rules::{
        AuditActor,
        action::{AuditAction, DeskView, PictureAction},
    },
    booking,
    people::rules::account::Account,
    sample_data,
};

pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    let account = sample_data::account();
    let frame_for = |path: &str| sample_data::frame(language, path, Some(&account));
    let counts = DataCategory::ALL.into_iter().map(|category| (category, 2)).collect();
    let entry = |action, actor| PatientAuditEntry { occurred_at: sample_data::now(), action, actor };
    let overview = HeldOverview {
        counts,
        audit_trail: vec![
            entry(AuditAction::DeskView(DeskView::Visit), AuditActor::Desk("受付 見本".to_owned())),
            entry(AuditAction::Picture(PictureAction::View), AuditActor::Desk("受付 見本".to_owned())),
            entry(AuditAction::Picture(PictureAction::Erase), AuditActor::Service),
        ],
        accepted_notice_date: Some(sample_data::notices().privacy_effective_date),
    };
    let empty = HeldOverview { audit_trail: Vec::new(), accepted_notice_date: None, ..overview.clone() };
    let nameless = Account { patients: Vec::new(), ..account.clone() };
    let view = |account, overview| PersonalDataPage { account, overview, picture_retention_days: 30 };
    let closing = |upcoming: usize, under_way, problem| {
        let case = booking::samples::appointment_views().remove(0).1.case;
        CloseAccountPage { upcoming_visits: vec![case; upcoming], visit_under_way: under_way, problem }
    };
    let untick = language.t(
        "これからの予約をキャンセルする場合は、チェックを入れてください。まだ退会していません。",
        "Tick the box to cancel your appointments. Your account is not closed yet.",
    );
    let removal = |effect, upcoming: usize, visit_under_way, problem| {
        let case = booking::samples::appointment_views().remove(0).1.case;
        let view = RemovalPage {
            patient: sample_data::child().id,
            name: "見本 小春".to_owned(),
            effect,
            upcoming_visits: vec![case; upcoming],
            visit_under_way,
            problem,
        };
        render_removal_page(&frame_for("/profile/family/sample/remove"), &view)
    };
    let (kept, erased) = (RemovalEffect::Kept, RemovalEffect::Erased);
    let close = |view: &CloseAccountPage| render_close_account_page(&frame_for("/profile/close"), view);
    vec![
        ("data/overview".to_owned(), render_personal_data_page(&frame_for("/profile/data"), &view(&account, overview))),
        (
            "data/overview-new".to_owned(),
            render_personal_data_page(&frame_for("/profile/data"), &view(&nameless, empty)),
        ),
        ("data/export".to_owned(), render_export_page(&frame_for("/profile/data/export"))),
        ("data/erase".to_owned(), render_erase_pictures_page(&frame_for("/profile/data/erase"), 2)),
        ("data/erase-nothing".to_owned(), render_erase_pictures_page(&frame_for("/profile/data/erase"), 0)),
        ("data/close".to_owned(), close(&closing(0, VisitUnderWay::No, None))),
        ("data/close-booked".to_owned(), close(&closing(2, VisitUnderWay::No, None))),
        ("data/close-not-ticked".to_owned(), close(&closing(1, VisitUnderWay::No, Some(untick)))),
        ("data/close-under-way".to_owned(), close(&closing(0, VisitUnderWay::Yes, None))),
        ("family/remove".to_owned(), removal(erased, 0, VisitUnderWay::No, None)),
        ("family/remove-kept".to_owned(), removal(kept, 0, VisitUnderWay::No, None)),
        ("family/remove-booked".to_owned(), removal(erased, 1, VisitUnderWay::No, Some(untick))),
        ("family/remove-under-way".to_owned(), removal(erased, 0, VisitUnderWay::Yes, None)),
        ("data/closed".to_owned(), render_account_closed_page(&sample_data::frame(language, "/account-closed", None))),
    ]
}
