//! Medicines, treatment, operations and check-ups in tables.

use maud::{Markup, html};
use oqs::{CheckUps, DayRecord, Medicine, MedicineRecords, MonthRecord, Treatment};
use text::{Language, dates};
use ui::components::{self, Column, Table};

use crate::{
    medical::{rules::MedicalKind, texts},
    wording::format_month,
};

/// A section per institution and month, the newest month first.
pub(crate) fn render_months(language: Language, kind: MedicalKind, records: &MedicineRecords) -> Markup {
    let mut months: Vec<&MonthRecord> = records.months.iter().collect();
    months.sort_by_key(|month| std::cmp::Reverse(month.month));
    html! {
        @if months.is_empty() { (render_no_records(language)) }
        @for month in months { (render_month(language, kind, month)) }
    }
}

fn render_no_records(language: Language) -> Markup {
    components::empty_state(
        texts::THERE_IS_NOTHING_OF_THIS_TIME.in_language(language),
        html! {
            p { (texts::AGREED_BUT_NOTHING_TO_SHOW.in_language(language)) }
        },
    )
}

fn render_month(language: Language, kind: MedicalKind, record: &MonthRecord) -> Markup {
    let month = format_month(language, record.month);
    let institution = record.institution_name.as_deref().unwrap_or("—");
    let heading = format!("{month}　{institution}");
    let medicines = record.days.iter().any(|day| !day.medicines.is_empty());
    let treatments = record.days.iter().any(|day| !day.treatments.is_empty());
    components::section(
        &heading,
        html! {
            @if let Some(prescriber) = &record.prescriber_name {
                p { (texts::PRESCRIBED_BY.in_language(language)) span lang="ja" { (prescriber) } }
            }
            @if let Some(stay) = record.in_out { p { span lang="ja" { (stay.label()) } } }
            @if medicines { (render_medicine_table(language, &heading, record)) }
            @if treatments { (render_treatment_table(language, kind, &heading, record)) }
        },
    )
}

fn format_record_day(language: Language, record: &DayRecord) -> Markup {
    html! { @match record.day { Some(day) => (dates::format_date(language, day)), None => "—" } }
}

fn render_amount(quantity: Option<&String>, unit: Option<&String>) -> Markup {
    html! {
        div {
            @match quantity { Some(quantity) => (quantity), None => "—" }
            @if let Some(unit) = unit { span lang="ja" { (unit) } }
        }
    }
}

fn render_medicine_table(language: Language, caption: &str, record: &MonthRecord) -> Markup {
    let columns = [
        Column::text(texts::MEDICINE.in_language(language)),
        Column::text(texts::MEDICINE_DAY.in_language(language)),
        Column::number(texts::MEDICINE_AMOUNT.in_language(language)),
        Column::text(texts::HOW_TO_TAKE.in_language(language)),
        Column::number(texts::DAYS_OR_TIMES.in_language(language)),
    ];
    let row = |day: &DayRecord, medicine: &Medicine| {
        vec![
            html! {
                div {
                    span lang="ja" { (medicine.name) }
                    @if let Some(ingredient) = &medicine.ingredient { br; span .fine lang="ja" { (ingredient) } }
                }
            },
            format_record_day(language, day),
            render_amount(medicine.quantity.as_ref(), medicine.unit.as_ref()),
            html! {
                div {
                    span lang="ja" { (medicine.usage.as_deref().unwrap_or("—")) }
                    @if let Some(instruction) = &medicine.instruction { br; span lang="ja" { (instruction) } }
                }
            },
            html! { @match medicine.times { Some(times) => (times), None => "—" } },
        ]
    };
    let rows = record.days.iter().flat_map(|day| day.medicines.iter().map(move |medicine| row(day, medicine)));
    html! { (Table::new(caption, &columns).hide_caption().rows(rows.collect())) }
}

fn render_treatment_table(language: Language, kind: MedicalKind, caption: &str, record: &MonthRecord) -> Markup {
    let name = match kind {
        MedicalKind::Operations => texts::OPERATION.in_language(language),
        _ => texts::TREATMENT.in_language(language),
    };
    let columns = [
        Column::text(name),
        Column::text(texts::TREATMENT_DAY.in_language(language)),
        Column::number(texts::TREATMENT_AMOUNT.in_language(language)),
        Column::number(texts::TREATMENT_TIMES.in_language(language)),
    ];
    let row = |day: &DayRecord, treatment: &Treatment| {
        vec![
            html! { span lang="ja" { (treatment.name) } },
            format_record_day(language, day),
            render_amount(treatment.quantity.as_ref(), treatment.unit.as_ref()),
            html! { @match treatment.times { Some(times) => (times), None => "—" } },
        ]
    };
    let rows = record.days.iter().flat_map(|day| day.treatments.iter().map(move |treatment| row(day, treatment)));
    html! { (Table::new(caption, &columns).hide_caption().rows(rows.collect())) }
}

/// One table per examination, the newest first.
pub(crate) fn render_check_ups(language: Language, records: &CheckUps) -> Markup {
    let mut check_ups: Vec<_> = records.check_ups.iter().collect();
    check_ups.sort_by_key(|check_up| std::cmp::Reverse(check_up.day));
    let columns = [
        Column::text(texts::CHECK_UP_ITEM.in_language(language)),
        Column::number(texts::CHECK_UP_RESULT.in_language(language)),
        Column::text(texts::CHECK_UP_UNIT.in_language(language)),
    ];
    html! {
        @if check_ups.is_empty() { (render_no_records(language)) }
        @for check_up in check_ups {
            @let day = dates::format_date(language, check_up.day);
            (components::section(&day, html! {
                (Table::new(&day, &columns).hide_caption().rows(check_up.items.iter().map(|item| vec![
                    html! { span lang="ja" { (item.name.as_deref().unwrap_or(&item.code)) } },
                    html! { (item.value_name.as_deref().or(item.value.as_deref()).unwrap_or("—")) },
                    html! { (item.unit.as_deref().unwrap_or("—")) },
                ]).collect()))
            }))
        }
    }
}
