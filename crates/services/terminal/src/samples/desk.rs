//! The pages of the desk's actions.

use oqs::{ProcessingResult, QualificationValidity};
use text::Language;

use super::{
    SampleConsents, eligibility_check,
    fixtures::{
        self, error_processing, home_visit_list_query as home_visit_list, sample_list_query, unreachable_system,
    },
    frames::{Pages, SEALED_LINK, STATION_NAME, frame},
    now, person, unit,
};
use crate::{
    Role,
    appointments::{
        rules::{AppointmentMatch, PersonMismatch},
        samples::{appointment, appointment_with_new_name},
    },
    eligibility::rules::{Finding, HiddenReason},
    pages::{SystemResponse, sheet},
    rules::reception_list::ListedReception,
};

/// Receptions with their appointments.
pub(super) fn add_sheet_pages(language: Language, pages: &mut Pages) {
    let frame = frame(language, Role::Staff, &format!("/receptions/{SEALED_LINK}"));
    let page = |content| {
        let view = sheet::ReceptionPage {
            reception: ListedReception::from_unit(
                &unit(ProcessingResult::normal(), None, Vec::new()),
                sample_list_query(),
            ),
            sealed: SEALED_LINK.to_owned(),
            institution: STATION_NAME.to_owned(),
            now: now(),
            content: SystemResponse::Received(content),
        };
        sheet::render_page(&frame, &view)
    };
    let matches = [
        (
            "appointment-by-number",
            AppointmentMatch::ByNumber(appointment("10:30")),
            sheet::ReceiptComputerState::Available,
        ),
        (
            "appointment-alike",
            AppointmentMatch::SameNameAndBirthday(appointment("10:30")),
            sheet::ReceiptComputerState::HandedOver,
        ),
        (
            "appointments-several",
            AppointmentMatch::Ambiguous(vec![appointment("10:30"), appointment("16:00")]),
            sheet::ReceiptComputerState::None,
        ),
        ("appointment-none", AppointmentMatch::NoMatch, sheet::ReceiptComputerState::None),
        (
            "appointment-other-name",
            AppointmentMatch::NumberWithOtherPerson(appointment_with_new_name("10:30"), PersonMismatch::Kana),
            sheet::ReceiptComputerState::None,
        ),
        (
            "appointment-other-birthday",
            AppointmentMatch::NumberWithOtherPerson(appointment("10:30"), PersonMismatch::Birthday),
            sheet::ReceiptComputerState::None,
        ),
        (
            "appointment-somebody-else",
            AppointmentMatch::NumberWithOtherPerson(appointment_with_new_name("10:30"), PersonMismatch::Both),
            sheet::ReceiptComputerState::None,
        ),
        (
            "appointment-same-birthday",
            AppointmentMatch::SameBirthday(appointment_with_new_name("10:30")),
            sheet::ReceiptComputerState::None,
        ),
    ];
    for (name, appointment_match, receipt_computer) in matches {
        let service_report = match appointment_match {
            AppointmentMatch::ByNumber(_)
            | AppointmentMatch::SameNameAndBirthday(_)
            | AppointmentMatch::SameBirthday(_)
            | AppointmentMatch::NumberWithOtherPerson(_, PersonMismatch::Kana) => sheet::ServiceReport::Sent,
            _ => sheet::ServiceReport::NotSent,
        };
        let sealed_confirmation = Some("sample".to_owned());
        let usual = person("見本　花子", "ミホン　ハナコ", SampleConsents::MedicinesOnly);
        let checks =
            vec![eligibility_check(ProcessingResult::normal(), Some(QualificationValidity::Valid), vec![usual])];
        let finding = Finding::Valid;
        let content = sheet::ReceptionSheet {
            finding,
            checks,
            sealed_confirmation,
            last_confirmation: None,
            appointment_match,
            service_report,
            receipt_computer,
        };
        pages.push((format!("reception/{name}"), page(content)));
    }
}

/// The matches of the rows of the list.
pub(super) fn sample_appointment_match(index: usize) -> AppointmentMatch {
    match index {
        0 => AppointmentMatch::ByNumber(appointment("10:30")),
        1 => AppointmentMatch::SameNameAndBirthday(appointment("11:00")),
        2 => AppointmentMatch::Ambiguous(vec![appointment("13:00"), appointment("13:30")]),
        3 => AppointmentMatch::NoMatch,
        4 => AppointmentMatch::NumberWithOtherPerson(appointment("14:00"), PersonMismatch::Both),
        8 => AppointmentMatch::NumberWithOtherPerson(appointment("14:30"), PersonMismatch::Birthday),
        9 => AppointmentMatch::SameBirthday(appointment_with_new_name("15:00")),
        _ => AppointmentMatch::NotImported,
    }
}

/// 訪問診療等, with the withdrawal of consent.
pub(super) fn add_home_visit_pages(language: Language, pages: &mut Pages) {
    let frame = frame(language, Role::Staff, &format!("/receptions/{SEALED_LINK}"));
    let listed = || {
        let person = fixtures::as_home_visit(person("見本　花子", "ミホン　ハナコ", SampleConsents::All));
        let validity = Some(QualificationValidity::Valid);
        ListedReception::from_unit(
            &fixtures::home_visit_unit(ProcessingResult::normal(), validity, vec![person]),
            home_visit_list(),
        )
    };
    let usual = fixtures::as_home_visit(person("見本　花子", "ミホン　ハナコ", SampleConsents::All));
    let withdrawn = error_processing("U203", "医療機関が同意を取り消しました。");
    for (name, finding, check) in [
        (
            "home-visit",
            Finding::Valid,
            eligibility_check(ProcessingResult::normal(), Some(QualificationValidity::Valid), vec![usual]),
        ),
        (
            "home-visit-withdrawn",
            Finding::Hidden(HiddenReason::WithdrawnByInstitution),
            eligibility_check(withdrawn, None, Vec::new()),
        ),
    ] {
        let view = sheet::ReceptionPage {
            reception: listed(),
            sealed: SEALED_LINK.to_owned(),
            institution: STATION_NAME.to_owned(),
            now: now(),
            content: SystemResponse::Received(sheet::ReceptionSheet {
                finding,
                checks: vec![check],
                sealed_confirmation: Some("sample".to_owned()),
                last_confirmation: None,
                appointment_match: AppointmentMatch::NotImported,
                service_report: sheet::ServiceReport::NotSent,
                receipt_computer: sheet::ReceiptComputerState::None,
            }),
        };
        pages.push((format!("reception/{name}"), sheet::render_page(&frame, &view)));
    }
    for (name, refusal) in [("withdraw", None), ("withdraw-trouble", Some(unreachable_system()))] {
        let view = sheet::WithdrawalPage { reception: listed(), sealed: SEALED_LINK.to_owned(), refusal };
        pages.push((format!("reception/{name}"), sheet::render_withdrawal_page(&frame, &view)));
    }
}
