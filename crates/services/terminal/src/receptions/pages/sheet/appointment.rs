//! The appointment of the reception, on the sheet.

use maud::{Markup, html};
use text::Language;
use ui::components::{self, BadgeTone, Column, Table, Tone};

use super::content::{ReceptionSheet, ServiceReport};
use crate::{
    appointments::rules::{Appointment, AppointmentMatch, PersonMismatch},
    receptions::rules::SamePersonStatement,
    wording::{format_both_calendars, render_birth_date, render_kana, render_name},
};

/// The appointment of the reception, as far as it is known.
pub(crate) fn render_appointment(language: Language, sheet: &ReceptionSheet) -> Markup {
    let facts = |appointment: &Appointment| {
        components::description_list(&[
            (language.t("予約時刻", "Time"), html! { (appointment.time) }),
            (language.t("氏名", "Name"), html! { span lang="ja" { (appointment.name) } }),
            (
                language.t("カナ", "Kana"),
                html! {
                    @if let Some(kana) = &appointment.kana { span lang="ja" { (kana) } } @else { "—" }
                },
            ),
            (
                language.t("生年月日", "Born"),
                html! {
                    @if let Some(birth_date) = appointment.birth_date { (format_both_calendars(language, birth_date)) } @else { "—" }
                },
            ),
        ])
    };
    let heading = language.t("この受付の予約", "The appointment");
    match &sheet.appointment_match {
        AppointmentMatch::NotImported => html! {},
        AppointmentMatch::NoMatch => components::panel(
            heading,
            html! {
                p { (language.t(
                    "読み込んだ予約に、同じ受付番号、または同じカナと生年月日のものはありません。",
                    "No appointment that was brought has this number, or this kana and birthday."
                )) }
            },
        ),
        AppointmentMatch::ByNumber(appointment) => components::panel(
            heading,
            html! {
                p { (components::badge(BadgeTone::Good, language.t("受付番号が一致", "Same reception number"))) }
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
                p { (components::badge(BadgeTone::Attention, language.t("カナと生年月日が一致", "Same kana and birthday")))
                    " " (language.t("本人かどうかは、下で確かめて記録します。", "Whether it is the same person, you say below.")) }
                (facts(appointment))
            },
        ),
        AppointmentMatch::Ambiguous(all) => components::notice(
            Tone::Warning,
            language.t("当てはまる予約が複数あります", "Several appointments are alike"),
            html! {
                p { (language.t(
                    "端末では選びません。受付デスクで患者に確かめ、該当する予約に記録してください。",
                    "The terminal does not choose. Ask the patient at the desk, and record it at the right appointment there."
                )) }
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
        PersonMismatch::Kana => language.t("予約と氏名が違います", "The appointment has another name"),
        PersonMismatch::Birthday => language.t("予約と生年月日が違います", "The appointment has another birthday"),
        PersonMismatch::Both => {
            language.t("予約と氏名・生年月日が違います", "The appointment has another name and birthday")
        }
    };
    let mut steps = vec![
        language.t(
            "本人確認をする。氏名と生年月日を患者に言ってもらい、本人確認書類と比べる。",
            "Check who it is: let the patient say name and birthday, and compare them with an identity document.",
        ),
        language.t("旧姓や通称など、別の名前があるかを尋ねる。", "Ask for another name, such as a former one."),
    ];
    if same_person_label(language, sheet).is_some() {
        steps.push(language.t(
            "本人と分かったら、下のチェックを付けて記録する。分からないときは、チェックを付けずに記録する。",
            "If it is the same person, tick the box below and record it. If you are not sure, record it without the tick.",
        ));
    }
    let steps: Vec<Markup> = steps.into_iter().map(|step| html! { (step) }).collect();
    components::notice(
        Tone::Warning,
        heading,
        html! {
            p { (language.t(
                "受付番号は予約と同じです。旧姓などで違うのか、別の人の登録なのかは、端末では決められません。",
                "The reception number is the same. The terminal cannot tell a former name from another person."
            )) }
            (render_comparison(language, sheet, appointment))
            p { b { (language.t("次にすること", "What to do next")) } }
            (components::numbered_list(&steps))
        },
    )
}

/// An appointment without a number, with the same birthday and another name.
fn render_same_birthday(language: Language, sheet: &ReceptionSheet, appointment: &Appointment) -> Markup {
    components::notice(
        Tone::Warning,
        language.t("生年月日だけが同じ予約があります", "An appointment has the same birthday, and no more"),
        html! {
            p { (language.t(
                "旧姓などで氏名が違う、同じ人かもしれません。別の人かもしれません。",
                "It may be the same person under a former name, or somebody else."
            )) }
            (render_comparison(language, sheet, appointment))
            p { (language.t(
                "患者に、予約した時刻と、旧姓などの別の名前があるかを尋ねてください。",
                "Ask the patient for the time of the appointment, and for another name, such as a former one."
            )) }
        },
    )
}

/// The person in the appointment and at the insurer, side by side.
fn render_comparison(language: Language, sheet: &ReceptionSheet, appointment: &Appointment) -> Markup {
    let result = sheet.checks.iter().flat_map(|check| &check.response.results).next();
    let columns = [
        Column::text(language.t("項目", "Item")),
        Column::text(language.t("予約", "Appointment")),
        Column::text(language.t("資格確認の結果", "Insurer")),
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
        Table::new(language.t("予約と資格確認の結果", "Appointment and insurer"), &columns).hide_caption().rows(vec![
            vec![
                html! { (language.t("氏名", "Name")) },
                html! { span lang="ja" { (appointment.name) } },
                html! { div { (names) } },
            ],
            vec![
                html! { (language.t("カナ", "Kana")) },
                html! { @if let Some(kana) = &appointment.kana { span lang="ja" { (kana) } } @else { "—" } },
                html! { div { (readings) } },
            ],
            vec![
                html! { (language.t("生年月日", "Born")) },
                html! { @if let Some(birth_date) = appointment.birth_date { (render_birth_date(language, birth_date)) } @else { "—" } },
                html! { @if let Some(result) = result { (render_birth_date(language, result.birthdate)) } @else { "—" } },
            ],
            vec![html! { (language.t("予約時刻", "Time")) }, html! { (appointment.time) }, html! { "—" }],
        ]);
    html! { (table) }
}

/// The label of the box to tick if the desk has to confirm that it is the same person.
pub(crate) fn same_person_label(language: Language, sheet: &ReceptionSheet) -> Option<&'static str> {
    if SamePersonStatement::from_match(&sheet.appointment_match, sheet.finding) == SamePersonStatement::Required {
        return Some(language.t(
            "上の予約の患者本人です（本人確認をしました）",
            "It is the person of the appointment above (I checked who it is)",
        ));
    }
    match (sheet.service_report, &sheet.appointment_match) {
        (ServiceReport::Sent, AppointmentMatch::SameNameAndBirthday(_)) => Some(language.t(
            "上の予約の患者本人です（氏名・生年月日を確かめました）",
            "It is the person of the appointment above (I compared name and birthday)",
        )),
        (ServiceReport::Sent, AppointmentMatch::SameBirthday(_)) => Some(language.t(
            "上の予約の患者本人です（予約の時刻と別の名前を尋ねて確かめました）",
            "It is the person of the appointment above (I asked for the time and the other name)",
        )),
        _ => None,
    }
}

/// What happens when the confirmation is recorded.
pub(crate) fn confirmation_hint(language: Language, sheet: &ReceptionSheet) -> &'static str {
    match (SamePersonStatement::from_match(&sheet.appointment_match, sheet.finding), sheet.service_report, &sheet.appointment_match) {
        (SamePersonStatement::Required, ServiceReport::NotSent, _) => language.t(
            "チェックしたときは、確認済みとしてこの端末に記録します。チェックがないときは、再確認の一覧に残します。",
            "If the box is ticked, it is recorded at this terminal as confirmed. If not, it goes to the list of what is to be asked again.",
        ),
        (SamePersonStatement::Required, ServiceReport::Sent, _) => language.t(
            "チェックしたときは、確認済みとして記録し、受付デスクに「保険を確認済み」とだけ知らせます。チェックがないときは、再確認の一覧に残します。",
            "If the box is ticked, it is recorded as confirmed and the desk is told that insurance is proven, and nothing else. If not, it goes to the list of what is to be asked again.",
        ),
        (SamePersonStatement::NotRequired, ServiceReport::NotSent, _) => language.t(
            "受付番号・結果・日時だけをこの端末に残し、一覧に戻ります。",
            "Keeps the number, result and time at this terminal, and leads back to the list.",
        ),
        (SamePersonStatement::NotRequired, ServiceReport::Sent, AppointmentMatch::SameNameAndBirthday(_) | AppointmentMatch::SameBirthday(_)) => language.t(
            "この端末に記録します。チェックしたときは、受付デスクに「保険を確認済み」とだけ知らせます。",
            "Recorded at this terminal. If the box is ticked, the desk is told that insurance is proven, and nothing else.",
        ),
        (SamePersonStatement::NotRequired, ServiceReport::Sent, _) => language.t(
            "この端末に記録し、受付デスクに「保険を確認済み」とだけ知らせます。",
            "Recorded at this terminal, and the desk is told that insurance is proven, and nothing else.",
        ),
    }
}
