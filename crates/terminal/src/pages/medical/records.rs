//! Medicines, treatment, operations and check-ups in tables, and only what was answered.

use maud::{Markup, html};
use oqs::{CheckUps, DayRecord, Medicine, MedicineRecords, MonthRecord, Treatment};
use shell::{
    Language,
    parts::{self, Column, Table},
};

use super::Kind;
use crate::pages::words;

/// By institution and month, the newest month first.
pub(super) fn by_month(language: Language, kind: Kind, found: &MedicineRecords) -> Markup {
    let mut months: Vec<&MonthRecord> = found.months.iter().collect();
    months.sort_by_key(|month| std::cmp::Reverse(month.month));
    html! {
        @if months.is_empty() { (none(language)) }
        @for month in months { (one_month(language, kind, month)) }
    }
}

fn none(language: Language) -> Markup {
    parts::empty_state(
        language.t("この期間の情報はありません", "There is nothing of this time"),
        html! {
            p { (language.t(
                "患者は同意していますが、該当する情報がありません。期間を変えて確認できます。",
                "The patient agreed, and there is nothing to show. You can choose other months."
            )) }
        },
    )
}

fn one_month(language: Language, kind: Kind, record: &MonthRecord) -> Markup {
    let month = words::month(language, record.month);
    let institution = record.institution_name.as_deref().unwrap_or("—");
    let heading = format!("{month}　{institution}");
    let medicines = record.days.iter().any(|day| !day.medicines.is_empty());
    let treatments = record.days.iter().any(|day| !day.treatments.is_empty());
    parts::section(
        &heading,
        html! {
            @if let Some(prescriber) = &record.prescriber_name {
                p { (language.t("処方元：", "Prescribed by: ")) span lang="ja" { (prescriber) } }
            }
            @if let Some(stay) = record.in_out { p { span lang="ja" { (stay.label()) } } }
            @if medicines { (medicine_table(language, &heading, record)) }
            @if treatments { (treatment_table(language, kind, &heading, record)) }
        },
    )
}

fn day(language: Language, record: &DayRecord) -> Markup {
    html! { @match record.day { Some(day) => (words::day(language, day)), None => "—" } }
}

fn amount(quantity: Option<&String>, unit: Option<&String>) -> Markup {
    html! {
        div {
            @match quantity { Some(quantity) => (quantity), None => "—" }
            @if let Some(unit) = unit { span lang="ja" { (unit) } }
        }
    }
}

fn medicine_table(language: Language, caption: &str, record: &MonthRecord) -> Markup {
    let columns = [
        Column::text(language.t("薬剤", "Medicine")),
        Column::text(language.t("調剤・診療日", "Day")),
        Column::number(language.t("使用量", "Amount")),
        Column::text(language.t("用法", "How to take")),
        Column::number(language.t("日数・回数", "Days or times")),
    ];
    let row = |on: &DayRecord, medicine: &Medicine| {
        vec![
            html! {
                div {
                    span lang="ja" { (medicine.name) }
                    @if let Some(ingredient) = &medicine.ingredient { br; span .fine lang="ja" { (ingredient) } }
                }
            },
            day(language, on),
            amount(medicine.quantity.as_ref(), medicine.unit.as_ref()),
            html! {
                div {
                    span lang="ja" { (medicine.usage.as_deref().unwrap_or("—")) }
                    @if let Some(instruction) = &medicine.instruction { br; span lang="ja" { (instruction) } }
                }
            },
            html! { @match medicine.times { Some(times) => (times), None => "—" } },
        ]
    };
    let rows = record.days.iter().flat_map(|on| on.medicines.iter().map(move |medicine| row(on, medicine)));
    html! { (Table::new(caption, &columns).hide_caption().rows(rows.collect())) }
}

fn treatment_table(language: Language, kind: Kind, caption: &str, record: &MonthRecord) -> Markup {
    let name = match kind {
        Kind::Operations => language.t("手術", "Operation"),
        _ => language.t("診療行為", "Treatment"),
    };
    let columns = [
        Column::text(name),
        Column::text(language.t("診療日", "Day")),
        Column::number(language.t("数量", "Amount")),
        Column::number(language.t("回数", "Times")),
    ];
    let row = |on: &DayRecord, treatment: &Treatment| {
        vec![
            html! { span lang="ja" { (treatment.name) } },
            day(language, on),
            amount(treatment.quantity.as_ref(), treatment.unit.as_ref()),
            html! { @match treatment.times { Some(times) => (times), None => "—" } },
        ]
    };
    let rows = record.days.iter().flat_map(|on| on.treatments.iter().map(move |treatment| row(on, treatment)));
    html! { (Table::new(caption, &columns).hide_caption().rows(rows.collect())) }
}

/// One table an examination, the newest first.
pub(super) fn check_ups(language: Language, found: &CheckUps) -> Markup {
    let mut check_ups: Vec<_> = found.check_ups.iter().collect();
    check_ups.sort_by_key(|check_up| std::cmp::Reverse(check_up.day));
    let columns = [
        Column::text(language.t("項目", "Item")),
        Column::number(language.t("結果", "Result")),
        Column::text(language.t("単位", "Unit")),
    ];
    html! {
        @if check_ups.is_empty() { (none(language)) }
        @for check_up in check_ups {
            @let day = words::day(language, check_up.day);
            (parts::section(&day, html! {
                (Table::new(&day, &columns).hide_caption().rows(check_up.items.iter().map(|item| vec![
                    html! { span lang="ja" { (item.name.as_deref().unwrap_or(&item.code)) } },
                    html! { (item.value_name.as_deref().or(item.value.as_deref()).unwrap_or("—")) },
                    html! { (item.unit.as_deref().unwrap_or("—")) },
                ]).collect()))
            }))
        }
    }
}
