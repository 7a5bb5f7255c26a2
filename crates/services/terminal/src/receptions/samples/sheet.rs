use oqs::{ProcessingResult, QualificationValidity};
use text::Language;

use super::confirmation::sample_confirmation;
use crate::{
    Role,
    appointments::{
        rules::{AppointmentMatch, PersonMismatch},
        samples::{appointment, appointment_with_new_name},
    },
    eligibility::{
        client::EligibilityCheck,
        rules::{Finding, HiddenReason},
    },
    pages::SystemResponse,
    receptions::{
        pages::sheet::{
            content::{ReceiptComputerState, ReceptionPage, ReceptionSheet, ServiceReport},
            home_visit::{WithdrawalPage, render_withdrawal_page},
            page::render_page,
        },
        rules::ListedReception,
    },
    samples::{
        fixtures::{
            self, SampleConsents, eligibility_check, error_processing, grace_processing, home_visit_list_query, now,
            person, sample_list_query, unit, unreachable_system,
        },
        frames::{Pages, SEALED_LINK, STATION_NAME, frame},
    },
};

#[expect(clippy::too_many_lines, reason = "a list of samples, one entry a state")]
pub(crate) fn add_sheet_pages(language: Language, samples: &mut Pages) {
    use QualificationValidity as V;
    let usual = || person("見本　花子", "ミホン　ハナコ", SampleConsents::MedicinesOnly);
    let valid = |result| vec![eligibility_check(ProcessingResult::normal(), Some(V::Valid), vec![result])];
    let mut doubtful = usual();
    doubtful.insurer = oqs::CheckedNumber::Invalid("33120014".to_owned());
    let mut unsure = valid(doubtful);
    unsure[0].doubts.push(fixtures::doubt());
    let mut child = usual();
    child.preschool = Some(oqs::Preschool::Preschool);
    let mut assisted = usual();
    assisted.card = Some(oqs::InsuredCardClassification::MedicalAssistance);
    let several = vec![
        eligibility_check(ProcessingResult::normal(), Some(V::Valid), vec![usual()]),
        eligibility_check(ProcessingResult::normal(), Some(V::Valid), vec![fixtures::former_member()]),
    ];
    let states: Vec<(&str, Finding, Vec<EligibilityCheck>)> = vec![
        ("valid", Finding::Valid, valid(usual())),
        ("valid-with-everything", Finding::Valid, valid(fixtures::person_with_everything())),
        ("valid-child", Finding::Valid, valid(child)),
        ("unknown-characters", Finding::Valid, valid(person("●田　三郎", "ミホンダ　サブロウ", SampleConsents::None))),
        ("grace", Finding::Valid, vec![eligibility_check(grace_processing(), Some(V::Valid), vec![usual()])]),
        ("doubts", Finding::Valid, unsure),
        (
            "invalid",
            Finding::Invalid,
            vec![eligibility_check(ProcessingResult::normal(), Some(V::Invalid), vec![fixtures::former_member()])],
        ),
        (
            "invalid-with-newer",
            Finding::InvalidWithNewer,
            vec![eligibility_check(
                ProcessingResult::normal(),
                Some(V::InvalidWithNewer),
                vec![fixtures::former_member()],
            )],
        ),
        ("not-found", Finding::NotFound, Vec::new()),
        ("several", Finding::Several, several),
        (
            "valid-unregistered",
            Finding::ValidUnregistered,
            vec![eligibility_check(ProcessingResult::normal(), Some(V::ValidUnregistered), vec![assisted.clone()])],
        ),
        ("medical-assistance", Finding::Valid, valid(assisted)),
        ("unsaid", Finding::NotStated, vec![eligibility_check(ProcessingResult::normal(), None, Vec::new())]),
        ("withdrawn", Finding::Hidden(HiddenReason::WithdrawnByPatient), Vec::new()),
        (
            "expired",
            Finding::Hidden(HiddenReason::Expired),
            vec![eligibility_check(
                error_processing("U204", "同意の有効期限（診察日当日）が過ぎています。"),
                None,
                Vec::new(),
            )],
        ),
        ("withdrawn-by-institution", Finding::Hidden(HiddenReason::WithdrawnByInstitution), Vec::new()),
        ("not-there", Finding::Hidden(HiddenReason::NotFound), Vec::new()),
        ("several-persons", Finding::Hidden(HiddenReason::SeveralPersons), Vec::new()),
        ("hidden-in-grace", Finding::Hidden(HiddenReason::Grace), Vec::new()),
        ("function-off", Finding::Hidden(HiddenReason::FunctionOff), Vec::new()),
        ("hidden", Finding::Hidden(HiddenReason::Other), Vec::new()),
    ];
    let frame = frame(language, Role::Staff, &format!("/receptions/{SEALED_LINK}"));
    let view = |listed: ListedReception, content| ReceptionPage {
        reception: listed,
        sealed: SEALED_LINK.to_owned(),
        institution: STATION_NAME.to_owned(),
        now: now(),
        content,
    };
    let listed =
        || ListedReception::from_unit(&unit(ProcessingResult::normal(), None, Vec::new()), sample_list_query());
    for (name, finding, checks) in states {
        let last_confirmation = (name == "valid-with-everything").then(|| sample_confirmation(finding));
        let content = ReceptionSheet {
            finding,
            checks,
            sealed_confirmation: Some("sample".to_owned()),
            last_confirmation,
            appointment_match: AppointmentMatch::NotImported,
            service_report: ServiceReport::NotSent,
            receipt_computer: match finding {
                Finding::Several => ReceiptComputerState::SeveralInsurances,
                _ => ReceiptComputerState::None,
            },
        };
        let mut listed = listed();
        if name == "valid-with-everything" {
            listed.inquiry_numbers.push("24435".to_owned());
        }
        let page = render_page(&frame, &view(listed, SystemResponse::Received(content)));
        samples.push((format!("reception/{name}"), page));
    }
    let content = ReceptionSheet {
        finding: Finding::Valid,
        checks: valid(usual()),
        sealed_confirmation: None,
        last_confirmation: None,
        appointment_match: AppointmentMatch::NotImported,
        service_report: ServiceReport::NotSent,
        receipt_computer: ReceiptComputerState::None,
    };
    let page =
        render_page(&frame, &view(ListedReception { number: None, ..listed() }, SystemResponse::Received(content)));
    samples.push(("reception/without-number".to_owned(), page));
    let page = render_page(&frame, &view(listed(), SystemResponse::Failed(unreachable_system())));
    samples.push(("reception/trouble".to_owned(), page));
}

/// Receptions with their appointments.
pub(crate) fn add_appointment_pages(language: Language, samples: &mut Pages) {
    let frame = frame(language, Role::Staff, &format!("/receptions/{SEALED_LINK}"));
    let page = |content| {
        let view = ReceptionPage {
            reception: ListedReception::from_unit(
                &unit(ProcessingResult::normal(), None, Vec::new()),
                sample_list_query(),
            ),
            sealed: SEALED_LINK.to_owned(),
            institution: STATION_NAME.to_owned(),
            now: now(),
            content: SystemResponse::Received(content),
        };
        render_page(&frame, &view)
    };
    let matches = [
        ("appointment-by-number", AppointmentMatch::ByNumber(appointment("10:30")), ReceiptComputerState::Available),
        (
            "appointment-alike",
            AppointmentMatch::SameNameAndBirthday(appointment("10:30")),
            ReceiptComputerState::HandedOver,
        ),
        (
            "appointments-several",
            AppointmentMatch::Ambiguous(vec![appointment("10:30"), appointment("16:00")]),
            ReceiptComputerState::None,
        ),
        ("appointment-none", AppointmentMatch::NoMatch, ReceiptComputerState::None),
        (
            "appointment-other-name",
            AppointmentMatch::NumberWithOtherPerson(appointment_with_new_name("10:30"), PersonMismatch::Kana),
            ReceiptComputerState::None,
        ),
        (
            "appointment-other-birthday",
            AppointmentMatch::NumberWithOtherPerson(appointment("10:30"), PersonMismatch::Birthday),
            ReceiptComputerState::None,
        ),
        (
            "appointment-somebody-else",
            AppointmentMatch::NumberWithOtherPerson(appointment_with_new_name("10:30"), PersonMismatch::Both),
            ReceiptComputerState::None,
        ),
        (
            "appointment-same-birthday",
            AppointmentMatch::SameBirthday(appointment_with_new_name("10:30")),
            ReceiptComputerState::None,
        ),
    ];
    for (name, appointment_match, receipt_computer) in matches {
        let service_report = match appointment_match {
            AppointmentMatch::ByNumber(_)
            | AppointmentMatch::SameNameAndBirthday(_)
            | AppointmentMatch::SameBirthday(_)
            | AppointmentMatch::NumberWithOtherPerson(_, PersonMismatch::Kana) => ServiceReport::Sent,
            _ => ServiceReport::NotSent,
        };
        let sealed_confirmation = Some("sample".to_owned());
        let usual = person("見本　花子", "ミホン　ハナコ", SampleConsents::MedicinesOnly);
        let checks =
            vec![eligibility_check(ProcessingResult::normal(), Some(QualificationValidity::Valid), vec![usual])];
        let finding = Finding::Valid;
        let content = ReceptionSheet {
            finding,
            checks,
            sealed_confirmation,
            last_confirmation: None,
            appointment_match,
            service_report,
            receipt_computer,
        };
        samples.push((format!("reception/{name}"), page(content)));
    }
}

/// 訪問診療等, with the withdrawal of consent.
pub(crate) fn add_home_visit_pages(language: Language, samples: &mut Pages) {
    let frame = frame(language, Role::Staff, &format!("/receptions/{SEALED_LINK}"));
    let listed = || {
        let person = fixtures::as_home_visit(person("見本　花子", "ミホン　ハナコ", SampleConsents::All));
        let validity = Some(QualificationValidity::Valid);
        ListedReception::from_unit(
            &fixtures::home_visit_unit(ProcessingResult::normal(), validity, vec![person]),
            home_visit_list_query(),
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
        let view = ReceptionPage {
            reception: listed(),
            sealed: SEALED_LINK.to_owned(),
            institution: STATION_NAME.to_owned(),
            now: now(),
            content: SystemResponse::Received(ReceptionSheet {
                finding,
                checks: vec![check],
                sealed_confirmation: Some("sample".to_owned()),
                last_confirmation: None,
                appointment_match: AppointmentMatch::NotImported,
                service_report: ServiceReport::NotSent,
                receipt_computer: ReceiptComputerState::None,
            }),
        };
        samples.push((format!("reception/{name}"), render_page(&frame, &view)));
    }
    for (name, refusal) in [("withdraw", None), ("withdraw-trouble", Some(unreachable_system()))] {
        let view = WithdrawalPage { reception: listed(), sealed: SEALED_LINK.to_owned(), refusal };
        samples.push((format!("reception/{name}"), render_withdrawal_page(&frame, &view)));
    }
}
