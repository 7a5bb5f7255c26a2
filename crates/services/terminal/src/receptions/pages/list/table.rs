//! The table of a list.

use base::ReceptionNumber;
use maud::{Markup, html};
use text::Language;
use ui::components::{self, BadgeTone, Column, Table, Tone};

use super::content::{ListPurpose, ReceptionRow, ReceptionRows};
use crate::{
    appointments::rules::{AppointmentMatch, PersonMismatch},
    eligibility::{
        rules::{Care, ConsentItem, Consents, DateCriterion, Finding, ListQuery, NextAction},
        wording::{finding_label, format_available_until, format_list_days, render_consent_flags},
    },
    pages::render_doubts,
    receptions::store::ConfirmationRecord,
    wording::{format_time, has_unknown_characters, render_birth_date, render_kana, sex_label},
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

pub(crate) fn render_list(language: Language, purpose: ListPurpose, query: ListQuery, rows: &ReceptionRows) -> Markup {
    let (days, count) = (format_list_days(language, query), rows.count);
    let caption = match (language, query.criterion) {
        (Language::Japanese, DateCriterion::Visit) => format!("受診年月日 {days}：{count}件"),
        (Language::Japanese, DateCriterion::Consent) => format!("同意年月日 {days}：{count}件"),
        (Language::Japanese, DateCriterion::HomeVisit) => format!("訪問診療等の同意年月日 {days}：{count}件"),
        (Language::English, DateCriterion::Visit) => format!("Visits on {days}: {count}"),
        (Language::English, DateCriterion::Consent) => format!("Consents of {days}: {count}"),
        (Language::English, DateCriterion::HomeVisit) => format!("Consents for home visits, {days}: {count}"),
    };
    let mut columns = vec![
        Column::single_line(language.t("患者", "Patient")),
        Column::single_line(language.t("受付番号", "Reception")),
        Column::single_line(language.t("生年月日", "Born")),
        Column::single_line(language.t("性別", "Sex")),
    ];
    match purpose {
        ListPurpose::Eligibility => columns.extend([
            Column::single_line(language.t("資格", "Insurance")),
            Column::text(language.t("同意", "Consents")),
            Column::text(language.t("確認", "Confirmed")),
        ]),
        ListPurpose::Medical => columns.extend([
            Column::text(language.t("同意", "Consents")),
            Column::text(language.t("閲覧期限", "May be seen until")),
        ]),
    }
    html! {
        @if let Some(number) = rows.missing_number {
            (components::notice(Tone::Warning, &match language {
                Language::Japanese => format!("受付 {} はこの一覧にありません", number.to_grouped_string()),
                Language::English => format!("Reception {} is not in this list", number.to_grouped_string()),
            }, html! {
                p { (language.t(
                    "新しい登録に置き換わったか、別の日の受付です。患者に、受診日と、登録し直したかどうかを尋ねてください。",
                    "A newer registration took its place, or it is of another day. Ask the patient for the day, and whether there was another registration."
                )) }
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
            language.t("この日の受付はありません", "There are no receptions of this day"),
            language.t(
                "患者の登録がまだか、別の日・別の医療機関で登録された可能性があります。患者に受診日を確認してください。",
                "The patient has not registered yet, or registered for another day or institution. Ask for the day.",
            ),
        ),
        Care::HomeVisit => (
            language.t("この期間の受付はありません", "There are no receptions of these days"),
            language.t(
                "前の3か月に同意したか、オンライン診療等のURLで登録された可能性があります。患者に、いつ、どのURLで登録したかを確認してください。",
                "The patient may have consented before, or at the address for online care. Ask when, and at which address.",
            ),
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
                        @if has_unknown_characters(&result.name) {
                            " " (components::badge(BadgeTone::Attention, language.t("外字あり", "Has ●")))
                        }
                        br; span .fine { (render_kana(result.kana.as_ref())) }
                    }
                    None => a href=(href) { (language.t("（氏名なし）", "(no name)")) },
                }
                @if !row.reception.inquiry_numbers.is_empty() {
                    br; span .fine { (language.t("照会番号 ", "Reference ")) (row.reception.inquiry_numbers.join("、")) }
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
                        " " (row.results.len()) (language.t("件の資格", " insurances"))
                    }
                }
            });
            cells.push(html! {
                @match &consents {
                    Some(consents) => div {
                        (render_consent_flags(language, consents, &ALL_ITEMS))
                        @if let Some(time) = consents.given_at {
                            span .fine { (language.t("同意日時：", "Given at ")) (format_time(language, time)) }
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
    let booked_time = |time: &str| match language {
        Language::Japanese => format!("予約 {time}"),
        Language::English => format!("booked {time}"),
    };
    html! {
        @match appointment_match {
            AppointmentMatch::NotImported => {}
            AppointmentMatch::NoMatch => { br; (components::badge(BadgeTone::Neutral, language.t("予約なし", "Not booked"))) }
            AppointmentMatch::ByNumber(appointment) => { br; span .fine { (booked_time(&appointment.time)) } }
            AppointmentMatch::SameNameAndBirthday(appointment) => {
                br; span .fine { (booked_time(&appointment.time)) " " }
                (components::badge(BadgeTone::Attention, language.t("要確認", "Check")))
            }
            AppointmentMatch::NumberWithOtherPerson(appointment, mismatch) => {
                br; span .fine { (booked_time(&appointment.time)) } br;
                (components::badge(BadgeTone::Bad, match mismatch {
                    PersonMismatch::Birthday => language.t("生年月日が違う", "Other birthday"),
                    PersonMismatch::Kana | PersonMismatch::Both => language.t("氏名が違う", "Other name"),
                }))
            }
            AppointmentMatch::SameBirthday(appointment) => {
                br; span .fine { (booked_time(&appointment.time)) } br;
                (components::badge(BadgeTone::Attention, language.t("生年月日だけ一致", "Birthday only")))
            }
            AppointmentMatch::Ambiguous(all) => {
                br; (components::badge(BadgeTone::Attention, &match language {
                    Language::Japanese => format!("予約の候補{}件", all.len()),
                    Language::English => format!("{} alike", all.len()),
                }))
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
        return html! { (components::badge(BadgeTone::Neutral, language.t("未確認", "Not yet"))) };
    };
    let (label, tone) = match record.confirmation.finding.next_action() {
        NextAction::Done => (language.t("確認済み", "Confirmed"), BadgeTone::Good),
        NextAction::CheckAgain | NextAction::ChangeSettings => {
            (language.t("再確認が必要", "To be asked again"), BadgeTone::Attention)
        }
        NextAction::RegisterAgain => (language.t("再登録が必要", "Register again"), BadgeTone::Attention),
    };
    html! { div { (components::badge(tone, label)) br; span .fine { (format_time(language, record.confirmed_at)) } } }
}
