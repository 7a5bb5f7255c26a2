//! Every page in every state, from invented responses: for the gallery, the snapshots and the accessibility checks.

mod desk;
pub(crate) mod fixtures;
pub(crate) mod frames;

use base::Id;
use maud::Markup;
use oqs::{ProcessingResult, QualificationValidity};
use text::Language;

use crate::{
    Refusal, Role, addresses,
    appointments::{self, rules::AppointmentMatch},
    client::EligibilityError,
    documents,
    eligibility::{
        client::EligibilityCheck,
        rules::{DateCriterion, Finding, HiddenReason},
    },
    follow_ups, medical,
    pages::{
        SystemResponse, confirmations,
        reception_list::{self, ListPurpose},
        sheet,
    },
    rules::reception_list::ListedReception,
    settings, sign_in, statement,
    store::confirmation::{Confirmation, ConfirmationRecord},
};
use fixtures::{
    SampleConsents, VISIT_DATE, day, eligibility_check, eligibility_refusals, error_processing, grace_processing,
    home_visit_list_query, institution, now, person, reception_number, sample_list_query, unit, unreachable_system,
};
use frames::{Pages, SEALED_LINK, STATION_NAME, frame};

/// Every page of the terminal in every state, each with a name.
pub fn samples(language: Language) -> Vec<(String, Markup)> {
    let mut pages = Vec::new();
    sign_in::samples::add_pages(language, &mut pages);
    add_list_pages(language, &mut pages);
    add_sheet_pages(language, &mut pages);
    add_confirmation_pages(language, &mut pages);
    medical::samples::add_overview_pages(language, &mut pages);
    medical::samples::add_medical_pages(language, &mut pages);
    settings::samples::add_pages(language, &mut pages);
    desk::add_sheet_pages(language, &mut pages);
    appointments::samples::add_pages(language, &mut pages);
    follow_ups::samples::add_pages(language, &mut pages);
    addresses::samples::add_pages(language, &mut pages);
    desk::add_home_visit_pages(language, &mut pages);
    documents::samples::add_pages(language, &mut pages);
    statement::samples::add_pages(language, &mut pages);
    pages.extend(refusal_pages(language));
    pages
}

/// The refusals with a page of their own, one per status.
fn refusal_pages(language: Language) -> Pages {
    let frame = frame(language, Role::Staff, "/");
    let folder = Refusal::Folder(std::io::Error::from(std::io::ErrorKind::PermissionDenied));
    let database = Refusal::Database(database::Error::Stopped);
    web::refusal_samples(
        &frame,
        &[
            &Refusal::NotFound,
            &Refusal::StaleLink,
            &Refusal::SignInsBusy(accounts::password::HashingBusy),
            &unreachable_system(),
            &folder,
            &database,
        ],
    )
}

fn sample_confirmation(finding: Finding) -> ConfirmationRecord {
    let id = Id::new(now(), &base::Randomness::repeatable("terminal/confirmation"));
    let confirmation = Confirmation { id, reception: reception_number(), visit: Some(day(VISIT_DATE)), finding };
    ConfirmationRecord { confirmation, role: Role::Staff, confirmed_at: now() }
}

fn list_rows() -> reception_list::ReceptionRows {
    use QualificationValidity as V;
    let several = vec![person("見本　一郎", "ミホン　イチロウ", SampleConsents::All), fixtures::former_member()];
    let mut withdrawn = person("見本　桜", "ミホン　サクラ", SampleConsents::All);
    withdrawn.diseases_consent = Some(fixtures::withdrawn_consent());
    let mut referenced = unit(ProcessingResult::normal(), Some(V::Valid), vec![fixtures::person_with_everything()]);
    referenced.inquiry_numbers.extend(oqs::InquiryNumber::new("24435"));
    let usual = || person("見本　花子", "ミホン　ハナコ", SampleConsents::All);
    let units = vec![
        referenced,
        unit(
            ProcessingResult::normal(),
            Some(V::Valid),
            vec![person("●田　三郎", "ミホンダ　サブロウ", SampleConsents::None)],
        ),
        unit(ProcessingResult::normal(), Some(V::Valid), vec![withdrawn]),
        unit(ProcessingResult::normal(), Some(V::InvalidWithNewer), vec![fixtures::former_member()]),
        unit(ProcessingResult::normal(), Some(V::Several), several),
        unit(ProcessingResult::normal(), Some(V::NotFound), Vec::new()),
        unit(error_processing("U202", "患者が同意を取り消しました。"), None, Vec::new()),
        unit(error_processing("U204", "同意の有効期限（診察日当日）が過ぎています。"), None, Vec::new()),
        unit(ProcessingResult::normal(), Some(V::Valid), vec![usual()]),
        unit(ProcessingResult::normal(), Some(V::Valid), vec![usual()]),
        unit(ProcessingResult::normal(), Some(V::ValidUnregistered), vec![usual()]),
    ];
    let count = units.len();
    let rows = units.into_iter().enumerate().map(|(index, unit)| {
        let listed = ListedReception::from_unit(&unit, sample_list_query());
        let confirmation = match index {
            0 => Some(sample_confirmation(Finding::Valid)),
            3 => Some(sample_confirmation(Finding::InvalidWithNewer)),
            7 => Some(sample_confirmation(Finding::Hidden(HiddenReason::Expired))),
            _ => None,
        };
        reception_list::ReceptionRow {
            sealed: format!("{SEALED_LINK}-{index}"),
            reception: listed,
            results: unit.results,
            confirmation,
            appointment_match: desk::sample_appointment_match(index),
        }
    });
    let doubts = vec![fixtures::doubt()];
    reception_list::ReceptionRows { rows: rows.collect(), count, page: 1, page_count: 1, missing_number: None, doubts }
}

fn home_visit_rows() -> reception_list::ReceptionRows {
    let person = fixtures::as_home_visit(person("見本　花子", "ミホン　ハナコ", SampleConsents::All));
    let units = [
        fixtures::home_visit_unit(ProcessingResult::normal(), Some(QualificationValidity::Valid), vec![person]),
        fixtures::home_visit_unit(error_processing("U203", "医療機関が同意を取り消しました。"), None, Vec::new()),
    ];
    let rows = units.into_iter().enumerate().map(|(index, unit)| reception_list::ReceptionRow {
        sealed: format!("{SEALED_LINK}-{index}"),
        reception: ListedReception::from_unit(&unit, home_visit_list_query()),
        results: unit.results,
        confirmation: None,
        appointment_match: AppointmentMatch::NotImported,
    });
    reception_list::ReceptionRows {
        rows: rows.collect(),
        count: 2,
        page: 1,
        page_count: 1,
        missing_number: None,
        doubts: Vec::new(),
    }
}

fn add_list_pages(language: Language, pages: &mut Pages) {
    for (purpose, role, name) in
        [(ListPurpose::Eligibility, Role::Staff, "receptions"), (ListPurpose::Medical, Role::MedicalViewer, "patients")]
    {
        let frame = frame(language, role, &format!("/{name}"));
        let mut add = |state: &str, day: &str, content| {
            let criterion = match &content {
                reception_list::ReceptionListContent::Requested(query, _) => query.criterion,
                reception_list::ReceptionListContent::WrongDay => DateCriterion::Visit,
            };
            let (day, today) = (day.to_owned(), fixtures::day(VISIT_DATE));
            let view =
                reception_list::ReceptionListPage { purpose, criterion, day, today, searched_number: None, content };
            pages.push((format!("{name}/{state}"), reception_list::render_page(&frame, &view)));
        };
        let online = |result| {
            reception_list::ReceptionListContent::Requested(sample_list_query(), SystemResponse::Received(result))
        };
        let home_visits = |rows| {
            reception_list::ReceptionListContent::Requested(
                home_visit_list_query(),
                SystemResponse::Received(reception_list::ListResult::Rows(rows)),
            )
        };
        let empty = || reception_list::ReceptionRows {
            rows: Vec::new(),
            count: 0,
            page: 1,
            page_count: 1,
            missing_number: None,
            doubts: Vec::new(),
        };
        let second = reception_list::ReceptionRows { count: 220, page: 2, page_count: 3, ..list_rows() };
        let missing = reception_list::ReceptionRows { missing_number: Some(reception_number()), ..list_rows() };
        add("listed", VISIT_DATE, online(reception_list::ListResult::Rows(list_rows())));
        add("home-visits", VISIT_DATE, home_visits(home_visit_rows()));
        add("home-visits-empty", VISIT_DATE, home_visits(empty()));
        add("second-page", VISIT_DATE, online(reception_list::ListResult::Rows(second)));
        add("missed", VISIT_DATE, online(reception_list::ListResult::Rows(missing)));
        add("empty", VISIT_DATE, online(reception_list::ListResult::Rows(empty())));
        if let Some(number) = oqs::BulkNumber::new("20261124000000000001") {
            add("working", VISIT_DATE, online(reception_list::ListResult::InProgress(number)));
        }
        add("wrong-day", "2026-11-31", reception_list::ReceptionListContent::WrongDay);
        for (state, refusal) in eligibility_refusals() {
            add(
                &format!("trouble-{state}"),
                VISIT_DATE,
                reception_list::ReceptionListContent::Requested(sample_list_query(), SystemResponse::Failed(refusal)),
            );
        }
        let retry_at = Some(now().plus(base::Span::from_mins(30)));
        let closed = Refusal::Interface(EligibilityError::Closed { retry_at });
        add(
            "trouble-closed-until",
            VISIT_DATE,
            reception_list::ReceptionListContent::Requested(sample_list_query(), SystemResponse::Failed(closed)),
        );
    }
}

#[expect(clippy::too_many_lines, reason = "a list of samples, one entry a state")]
fn add_sheet_pages(language: Language, pages: &mut Pages) {
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
    let view = |listed: ListedReception, content| sheet::ReceptionPage {
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
        let content = sheet::ReceptionSheet {
            finding,
            checks,
            sealed_confirmation: Some("sample".to_owned()),
            last_confirmation,
            appointment_match: AppointmentMatch::NotImported,
            service_report: sheet::ServiceReport::NotSent,
            receipt_computer: match finding {
                Finding::Several => sheet::ReceiptComputerState::SeveralInsurances,
                _ => sheet::ReceiptComputerState::None,
            },
        };
        let mut listed = listed();
        if name == "valid-with-everything" {
            listed.inquiry_numbers.push("24435".to_owned());
        }
        let page = sheet::render_page(&frame, &view(listed, SystemResponse::Received(content)));
        pages.push((format!("reception/{name}"), page));
    }
    let content = sheet::ReceptionSheet {
        finding: Finding::Valid,
        checks: valid(usual()),
        sealed_confirmation: None,
        last_confirmation: None,
        appointment_match: AppointmentMatch::NotImported,
        service_report: sheet::ServiceReport::NotSent,
        receipt_computer: sheet::ReceiptComputerState::None,
    };
    let page = sheet::render_page(
        &frame,
        &view(ListedReception { number: None, ..listed() }, SystemResponse::Received(content)),
    );
    pages.push(("reception/without-number".to_owned(), page));
    let page = sheet::render_page(&frame, &view(listed(), SystemResponse::Failed(unreachable_system())));
    pages.push(("reception/trouble".to_owned(), page));
}

fn add_confirmation_pages(language: Language, pages: &mut Pages) {
    let frame = frame(language, Role::Staff, "/confirmed");
    let mut add = |name: &str, day: &str, confirmations| {
        let view = confirmations::ConfirmationsPage { day: day.to_owned(), confirmations };
        pages.push((format!("confirmed/{name}"), confirmations::render_page(&frame, &view)));
    };
    let confirmations = Finding::all().map(sample_confirmation).collect();
    add("listed", VISIT_DATE, Some((day(VISIT_DATE), confirmations)));
    add("empty", VISIT_DATE, Some((day(VISIT_DATE), Vec::new())));
    add("wrong-day", "soon", None);
}
