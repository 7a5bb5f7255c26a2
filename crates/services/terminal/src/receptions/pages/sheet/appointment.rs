//! The appointment of the reception, on the sheet.

use maud::{Markup, html};
use text::{Language, dates};
use ui::components::{self, BadgeTone, Column, Table, Tone};

use super::content::{ReceptionSheet, ServiceReport};
use crate::{
    appointments::rules::{Appointment, AppointmentMatch, PersonMismatch},
    receptions::{rules::SamePersonStatement, texts},
    wording::{render_birth_date, render_kana, render_name},
};

/// The appointment of the reception, as far as it is known.
pub(crate) fn render_appointment(language: Language, sheet: &ReceptionSheet) -> Markup {
    let facts = |appointment: &Appointment| {
        components::description_list(&[
            (texts::APPOINTMENT_TIME.in_language(language), html! { (appointment.time) }),
            (texts::NAME.in_language(language), html! { span lang="ja" { (appointment.name) } }),
            (
                texts::KANA.in_language(language),
                html! {
                    @if let Some(kana) = &appointment.kana { span lang="ja" { (kana) } } @else { "—" }
                },
            ),
            (
                texts::BORN.in_language(language),
                html! {
                    @if let Some(birth_date) = appointment.birth_date { (dates::format_in_both_calendars(language, birth_date)) } @else { "—" }
                },
            ),
        ])
    };
    let heading = texts::THE_APPOINTMENT.in_language(language);
    match &sheet.appointment_match {
        AppointmentMatch::NotImported => html! {},
        AppointmentMatch::NoMatch => components::panel(
            heading,
            html! {
                p { (texts::NO_APPOINTMENT_MATCHES.in_language(language)) }
            },
        ),
        AppointmentMatch::ByNumber(appointment) => components::panel(
            heading,
            html! {
                p { (components::badge(BadgeTone::Good, texts::SAME_RECEPTION_NUMBER.in_language(language))) }
                (facts(appointment))
            },
        ),
        AppointmentMatch::NumberWithOtherPerson(appointment, mismatch) => {
            render_other_person(language, sheet, appointment, *mismatch)
        }
        AppointmentMatch::SameBirthday(appointment) => render_same_birthday(language, sheet, appointment),
        AppointmentMatch::SameNameAndBirthday(appointment) => components::panel(
            heading,
            html! {
                p { (components::badge(BadgeTone::Attention, texts::SAME_KANA_AND_BIRTHDAY.in_language(language)))
                    " " (texts::SAY_BELOW_WHETHER_SAME_PERSON.in_language(language)) }
                (facts(appointment))
            },
        ),
        AppointmentMatch::Ambiguous(all) => components::notice(
            Tone::Warning,
            texts::SEVERAL_APPOINTMENTS_ARE_ALIKE.in_language(language),
            html! {
                p { (texts::TERMINAL_DOES_NOT_CHOOSE_APPOINTMENT.in_language(language)) }
                @for appointment in all { (facts(appointment)) }
            },
        ),
    }
}

/// An appointment of the same number, with another name or birthday.
fn render_other_person(
    language: Language,
    sheet: &ReceptionSheet,
    appointment: &Appointment,
    mismatch: PersonMismatch,
) -> Markup {
    let heading = match mismatch {
        PersonMismatch::Kana => texts::THE_APPOINTMENT_HAS_ANOTHER_NAME.in_language(language),
        PersonMismatch::Birthday => texts::THE_APPOINTMENT_HAS_ANOTHER_BIRTHDAY.in_language(language),
        PersonMismatch::Both => texts::APPOINTMENT_HAS_ANOTHER_NAME_AND_BIRTHDAY.in_language(language),
    };
    let mut steps =
        vec![texts::CHECK_WHO_IT_IS.in_language(language), texts::ASK_FOR_ANOTHER_NAME.in_language(language)];
    if same_person_label(language, sheet).is_some() {
        steps.push(texts::IF_SAME_PERSON_TICK_AND_RECORD.in_language(language));
    }
    let steps: Vec<Markup> = steps.into_iter().map(|step| html! { (step) }).collect();
    components::notice(
        Tone::Warning,
        heading,
        html! {
            p { (texts::TERMINAL_CANNOT_TELL_FORMER_NAME.in_language(language)) }
            (render_comparison(language, sheet, appointment))
            p { b { (texts::WHAT_TO_DO_NEXT.in_language(language)) } }
            (components::numbered_list(&steps))
        },
    )
}

/// An appointment without a number, with the same birthday and another name.
fn render_same_birthday(language: Language, sheet: &ReceptionSheet, appointment: &Appointment) -> Markup {
    components::notice(
        Tone::Warning,
        texts::APPOINTMENT_HAS_SAME_BIRTHDAY.in_language(language),
        html! {
            p { (texts::MAY_BE_UNDER_FORMER_NAME.in_language(language)) }
            (render_comparison(language, sheet, appointment))
            p { (texts::ASK_FOR_TIME_AND_OTHER_NAME.in_language(language)) }
        },
    )
}

/// The person in the appointment and at the insurer, side by side.
fn render_comparison(language: Language, sheet: &ReceptionSheet, appointment: &Appointment) -> Markup {
    let result = sheet.checks.iter().flat_map(|check| &check.response.results).next();
    let columns = [
        Column::text(texts::ITEM.in_language(language)),
        Column::text(texts::APPOINTMENT.in_language(language)),
        Column::text(texts::INSURER.in_language(language)),
    ];
    let names = html! {
        @if let Some(result) = result {
            (render_name(language, &result.name))
            @if let Some(other_name) = &result.other_name { br; (render_name(language, other_name)) }
        } @else { "—" }
    };
    let readings = html! {
        @if let Some(result) = result {
            (render_kana(result.kana.as_ref()))
            @if result.other_kana.is_some() { br; (render_kana(result.other_kana.as_ref())) }
        } @else { "—" }
    };
    let table =
        Table::new(texts::APPOINTMENT_AND_INSURER.in_language(language), &columns).hide_caption().rows(vec![
            vec![
                html! { (texts::NAME.in_language(language)) },
                html! { span lang="ja" { (appointment.name) } },
                html! { div { (names) } },
            ],
            vec![
                html! { (texts::KANA.in_language(language)) },
                html! { @if let Some(kana) = &appointment.kana { span lang="ja" { (kana) } } @else { "—" } },
                html! { div { (readings) } },
            ],
            vec![
                html! { (texts::BORN.in_language(language)) },
                html! { @if let Some(birth_date) = appointment.birth_date { (render_birth_date(language, birth_date)) } @else { "—" } },
                html! { @if let Some(result) = result { (render_birth_date(language, result.birthdate)) } @else { "—" } },
            ],
            vec![html! { (texts::APPOINTMENT_TIME.in_language(language)) }, html! { (appointment.time) }, html! { "—" }],
        ]);
    html! { (table) }
}

/// The label of the box to tick if the desk has to confirm that it is the same person.
pub(crate) fn same_person_label(language: Language, sheet: &ReceptionSheet) -> Option<&'static str> {
    if SamePersonStatement::from_match(&sheet.appointment_match, sheet.finding) == SamePersonStatement::Required {
        return Some(texts::SAME_PERSON_I_CHECKED.in_language(language));
    }
    match (sheet.service_report, &sheet.appointment_match) {
        (ServiceReport::Sent, AppointmentMatch::SameNameAndBirthday(_)) => {
            Some(texts::SAME_PERSON_I_COMPARED_NAME.in_language(language))
        }
        (ServiceReport::Sent, AppointmentMatch::SameBirthday(_)) => {
            Some(texts::SAME_PERSON_I_ASKED_FOR_TIME.in_language(language))
        }
        _ => None,
    }
}

/// What happens when the confirmation is recorded.
pub(crate) fn confirmation_hint(language: Language, sheet: &ReceptionSheet) -> &'static str {
    match (
        SamePersonStatement::from_match(&sheet.appointment_match, sheet.finding),
        sheet.service_report,
        &sheet.appointment_match,
    ) {
        (SamePersonStatement::Required, ServiceReport::NotSent, _) => {
            texts::IF_TICKED_RECORDED_AS_CONFIRMED.in_language(language)
        }
        (SamePersonStatement::Required, ServiceReport::Sent, _) => {
            texts::IF_TICKED_RECORDED_AND_DESK_TOLD.in_language(language)
        }
        (SamePersonStatement::NotRequired, ServiceReport::NotSent, _) => {
            texts::RECORDED_AT_THIS_TERMINAL_ONLY.in_language(language)
        }
        (
            SamePersonStatement::NotRequired,
            ServiceReport::Sent,
            AppointmentMatch::SameNameAndBirthday(_) | AppointmentMatch::SameBirthday(_),
        ) => texts::RECORDED_AND_DESK_TOLD_IF_TICKED.in_language(language),
        (SamePersonStatement::NotRequired, ServiceReport::Sent, _) => {
            texts::RECORDED_AND_DESK_TOLD.in_language(language)
        }
    }
}
