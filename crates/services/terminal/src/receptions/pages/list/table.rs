//! The table of a list.

use base::ReceptionNumber;
use maud::{Markup, html};
use text::{Language, dates};
use ui::components::{self, BadgeTone, Column, Table, Tone};

use super::content::{ListPurpose, ReceptionListPage, ReceptionRow, ReceptionRows};
use crate::{
    appointments::rules::{AppointmentMatch, PersonMismatch},
    eligibility::{
        rules::{Care, ConsentItem, Consents, DateCriterion, Finding, ListQuery, NextAction},
        wording::{finding_label, format_available_until, format_list_days, render_consent_flags},
    },
    pages::render_doubts,
    receptions::{store::ConfirmationRecord, texts},
    wording::{render_birth_date, render_kana, render_unknown_characters_badge, sex_label},
};

const ALL_ITEMS: [ConsentItem; 6] = [
    ConsentItem::Limits,
    ConsentItem::SpecificDiseases,
    ConsentItem::Medicines,
    ConsentItem::Diagnoses,
    ConsentItem::Operations,
    ConsentItem::CheckUps,
];

const MEDICAL_ITEMS: [ConsentItem; 4] =
    [ConsentItem::Medicines, ConsentItem::Diagnoses, ConsentItem::Operations, ConsentItem::CheckUps];

pub(crate) fn render_list(
    language: Language,
    view: &ReceptionListPage,
    query: ListQuery,
    rows: &ReceptionRows,
) -> Markup {
    let purpose = view.purpose;
    let (days, count) = (format_list_days(language, query), rows.count);
    let caption = match query.criterion {
        DateCriterion::Visit => texts::visits_on(language, days, count),
        DateCriterion::Consent => texts::consents_of(language, days, count),
        DateCriterion::HomeVisit => texts::home_visit_consents_of(language, days, count),
    };
    let mut columns = vec![
        Column::single_line(texts::PATIENT.in_language(language)),
        Column::single_line(texts::RECEPTION.in_language(language)),
        Column::single_line(texts::BORN.in_language(language)),
        Column::single_line(texts::SEX.in_language(language)),
    ];
    match purpose {
        ListPurpose::Eligibility => columns.extend([
            Column::single_line(texts::INSURANCE.in_language(language)),
            Column::text(texts::CONSENTS.in_language(language)),
            Column::text(texts::CONFIRMED_COLUMN.in_language(language)),
        ]),
        ListPurpose::Medical => columns.extend([
            Column::text(texts::CONSENTS.in_language(language)),
            Column::text(texts::MAY_BE_SEEN_UNTIL.in_language(language)),
        ]),
    }
    html! {
        @if let Some(number) = view.searched_number {
            (components::notice(Tone::Warning, &texts::reception_is_not_in_list(language, number.to_grouped_string()), html! {
                p { (texts::NEWER_REGISTRATION_TOOK_ITS_PLACE.in_language(language)) }
            }))
        }
        @if rows.rows.is_empty() {
            (render_empty_list(language, query.criterion.care()))
        } @else {
            (Table::new(&caption, &columns).rows(rows.rows.iter().map(|row| render_cells(language, purpose, row)).collect()))
        }
        (components::pagination(language, rows.page, rows.page_count, |page| {
            format!("{}&page={page}", purpose.list_path(query))
        }))
        (render_doubts(language, &rows.doubts))
    }
}

fn render_empty_list(language: Language, care: Care) -> Markup {
    let (heading, meaning) = match care {
        Care::Online => (
            texts::THERE_ARE_NO_RECEPTIONS_OF_THIS_DAY.in_language(language),
            texts::PATIENT_HAS_NOT_REGISTERED_YET.in_language(language),
        ),
        Care::HomeVisit => (
            texts::THERE_ARE_NO_RECEPTIONS_OF_THESE_DAYS.in_language(language),
            texts::PATIENT_MAY_HAVE_CONSENTED_BEFORE.in_language(language),
        ),
    };
    components::empty_state(heading, html! { p { (meaning) } })
}

fn render_cells(language: Language, purpose: ListPurpose, row: &ReceptionRow) -> Vec<Markup> {
    let result = row.results.first();
    let href = format!("{}/{}", purpose.path(), row.sealed);
    let consents = result.map(Consents::from_result);
    let number = row.reception.number.map_or_else(|| "—".to_owned(), ReceptionNumber::to_grouped_string);
    let mut cells = vec![
        html! {
            div {
                @match result {
                    Some(result) => {
                        a href=(href) lang="ja" { (result.name.as_str()) }
                        (render_unknown_characters_badge(language, &result.name))
                        br; span .fine { (render_kana(result.kana.as_ref())) }
                    }
                    None => a href=(href) { (texts::NO_NAME.in_language(language)) },
                }
                @if !row.reception.inquiry_numbers.is_empty() {
                    br; span .fine { (texts::REFERENCE.in_language(language)) (row.reception.inquiry_numbers.join("、")) }
                }
            }
        },
        html! { div { (number) @if purpose == ListPurpose::Eligibility { (render_appointment_match(language, &row.appointment_match)) } } },
        html! {
            @if let Some(result) = result { (render_birth_date(language, result.birthdate)) } @else { "—" }
        },
        html! { (sex_label(language, result.and_then(|result| result.sex))) },
    ];
    match purpose {
        ListPurpose::Eligibility => {
            let (label, tone, _) = finding_label(language, row.reception.finding);
            cells.push(html! {
                div {
                    (components::badge(tone, label))
                    @if row.results.len() > 1 {
                        " " (texts::insurances(language, row.results.len()))
                    }
                }
            });
            cells.push(html! {
                @match &consents {
                    Some(consents) => div {
                        (render_consent_flags(language, consents, &ALL_ITEMS))
                        @if let Some(time) = consents.given_at {
                            span .fine { (texts::CONSENT_GIVEN_AT.in_language(language)) (dates::format_date_time(language, time)) }
                        }
                    },
                    None => "—",
                }
            });
            cells.push(render_confirmation(language, row.confirmation.as_ref()));
        }
        ListPurpose::Medical => {
            cells.push(html! {
                @if let Some(consents) = &consents { (render_consent_flags(language, consents, &MEDICAL_ITEMS)) }
                @else { (render_finding_badge(language, row.reception.finding)) }
            });
            cells.push(html! {
                @match &consents {
                    Some(consents) => (format_available_until(language, consents, row.reception.care())),
                    None => "—",
                }
            });
        }
    }
    cells
}

/// The appointment, below the reception number.
fn render_appointment_match(language: Language, appointment_match: &AppointmentMatch) -> Markup {
    let booked_time = |time: &str| texts::booked_at(language, time);
    html! {
        @match appointment_match {
            AppointmentMatch::NotImported => {}
            AppointmentMatch::NoMatch => { br; (components::badge(BadgeTone::Neutral, texts::NOT_BOOKED.in_language(language))) }
            AppointmentMatch::ByNumber(appointment) => { br; span .fine { (booked_time(&appointment.time)) } }
            AppointmentMatch::SameNameAndBirthday(appointment) => {
                br; span .fine { (booked_time(&appointment.time)) " " }
                (components::badge(BadgeTone::Attention, texts::CHECK_APPOINTMENT_BADGE.in_language(language)))
            }
            AppointmentMatch::NumberWithOtherPerson(appointment, mismatch) => {
                br; span .fine { (booked_time(&appointment.time)) } br;
                (components::badge(BadgeTone::Bad, match mismatch {
                    PersonMismatch::Birthday => texts::OTHER_BIRTHDAY.in_language(language),
                    PersonMismatch::Kana | PersonMismatch::Both => texts::OTHER_NAME.in_language(language),
                }))
            }
            AppointmentMatch::SameBirthday(appointment) => {
                br; span .fine { (booked_time(&appointment.time)) } br;
                (components::badge(BadgeTone::Attention, texts::BIRTHDAY_ONLY.in_language(language)))
            }
            AppointmentMatch::Ambiguous(all) => {
                br; (components::badge(BadgeTone::Attention, &texts::appointments_alike(language, all.len())))
            }
        }
    }
}

fn render_finding_badge(language: Language, finding: Finding) -> Markup {
    let (label, tone, _) = finding_label(language, finding);
    html! { (components::badge(tone, label)) }
}

fn render_confirmation(language: Language, record: Option<&ConfirmationRecord>) -> Markup {
    let Some(record) = record else {
        return html! { (components::badge(BadgeTone::Neutral, texts::NOT_YET_CONFIRMED.in_language(language))) };
    };
    let (label, tone) = match record.confirmation.finding.next_action() {
        NextAction::Done => (texts::CONFIRMED_BADGE.in_language(language), BadgeTone::Good),
        NextAction::CheckAgain | NextAction::ChangeSettings => {
            (texts::TO_BE_ASKED_AGAIN.in_language(language), BadgeTone::Attention)
        }
        NextAction::RegisterAgain => (texts::REGISTER_AGAIN.in_language(language), BadgeTone::Attention),
    };
    html! { div { (components::badge(tone, label)) br; span .fine { (dates::format_date_time(language, record.confirmed_at)) } } }
}
