use oqs::{ProcessingResult, QualificationValidity};
use text::Language;

use super::confirmation::sample_confirmation;
use crate::{
    Refusal, Role,
    appointments::{
        rules::{AppointmentMatch, PersonMismatch},
        samples::{appointment, appointment_with_new_name},
    },
    client::EligibilityError,
    eligibility::rules::{DateCriterion, Finding, HiddenReason},
    pages::SystemResponse,
    receptions::{
        pages::list::{
            content::{ListPurpose, ListResult, ReceptionListContent, ReceptionListPage, ReceptionRow, ReceptionRows},
            page::render_page,
        },
        rules::ListedReception,
    },
    samples::{
        fixtures::{
            self, SampleConsents, VISIT_DATE, eligibility_refusals, error_processing, home_visit_list_query, now,
            person, reception_number, sample_list_query, unit,
        },
        frames::{Pages, SEALED_LINK, frame},
    },
};

fn list_rows() -> ReceptionRows {
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
        ReceptionRow {
            sealed: format!("{SEALED_LINK}-{index}"),
            reception: listed,
            results: unit.results,
            confirmation,
            appointment_match: sample_appointment_match(index),
        }
    });
    let doubts = vec![fixtures::doubt()];
    ReceptionRows { rows: rows.collect(), count, page: 1, page_count: 1, doubts }
}

fn home_visit_rows() -> ReceptionRows {
    let person = fixtures::as_home_visit(person("見本　花子", "ミホン　ハナコ", SampleConsents::All));
    let units = [
        fixtures::home_visit_unit(ProcessingResult::normal(), Some(QualificationValidity::Valid), vec![person]),
        fixtures::home_visit_unit(error_processing("U203", "医療機関が同意を取り消しました。"), None, Vec::new()),
    ];
    let rows = units.into_iter().enumerate().map(|(index, unit)| ReceptionRow {
        sealed: format!("{SEALED_LINK}-{index}"),
        reception: ListedReception::from_unit(&unit, home_visit_list_query()),
        results: unit.results,
        confirmation: None,
        appointment_match: AppointmentMatch::NotImported,
    });
    ReceptionRows { rows: rows.collect(), count: 2, page: 1, page_count: 1, doubts: Vec::new() }
}

pub(crate) fn add_list_pages(language: Language, samples: &mut Pages) {
    for (purpose, role, name) in
        [(ListPurpose::Eligibility, Role::Staff, "receptions"), (ListPurpose::Medical, Role::MedicalViewer, "patients")]
    {
        let frame = frame(language, role, &format!("/{name}"));
        let page = |day: &str, content| {
            let criterion = match &content {
                ReceptionListContent::Requested(query, _) => query.criterion,
                ReceptionListContent::WrongDay => DateCriterion::Visit,
            };
            let (day, today) = (day.to_owned(), fixtures::day(VISIT_DATE));
            ReceptionListPage { purpose, criterion, day, today, searched_number: None, content }
        };
        let mut add = |state: &str, view| samples.push((format!("{name}/{state}"), render_page(&frame, &view)));
        let online = |result| ReceptionListContent::Requested(sample_list_query(), SystemResponse::Received(result));
        let home_visits = |rows| {
            ReceptionListContent::Requested(home_visit_list_query(), SystemResponse::Received(ListResult::Rows(rows)))
        };
        let empty = || ReceptionRows { rows: Vec::new(), count: 0, page: 1, page_count: 1, doubts: Vec::new() };
        let second = ReceptionRows { count: 220, page: 2, page_count: 3, ..list_rows() };
        add("listed", page(VISIT_DATE, online(ListResult::Rows(list_rows()))));
        add("home-visits", page(VISIT_DATE, home_visits(home_visit_rows())));
        add("home-visits-empty", page(VISIT_DATE, home_visits(empty())));
        add("second-page", page(VISIT_DATE, online(ListResult::Rows(second))));
        let missed = page(VISIT_DATE, online(ListResult::Rows(list_rows())));
        add("missed", ReceptionListPage { searched_number: Some(reception_number()), ..missed });
        add("empty", page(VISIT_DATE, online(ListResult::Rows(empty()))));
        if let Some(number) = oqs::BulkNumber::new("20261124000000000001") {
            add("working", page(VISIT_DATE, online(ListResult::InProgress(number))));
        }
        add("wrong-day", page("2026-11-31", ReceptionListContent::WrongDay));
        for (state, refusal) in eligibility_refusals() {
            let content = ReceptionListContent::Requested(sample_list_query(), SystemResponse::Failed(refusal));
            add(&format!("trouble-{state}"), page(VISIT_DATE, content));
        }
        let retry_at = Some(now().plus(base::Span::from_mins(30)));
        let closed = Refusal::Interface(EligibilityError::Closed { retry_at });
        let content = ReceptionListContent::Requested(sample_list_query(), SystemResponse::Failed(closed));
        add("trouble-closed-until", page(VISIT_DATE, content));
    }
}

/// The matches of the rows of the list.
fn sample_appointment_match(index: usize) -> AppointmentMatch {
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
