//! Who the patient is.

use base::Date;
use maud::{Markup, html};
use text::{Language, age_on, dates, replace_wide_spaces};
use ui::components::{self, ButtonStyle};

use crate::{
    clinic::texts,
    people::rules::patient::{Patient, Profile, format_phone},
};

/// 81歳
pub(crate) fn age_text(language: Language, birth: Date, day: Date) -> String {
    texts::aged_years(language, age_on(birth, day))
}

/// 瀬川 トミ（セガワ トミ）様 81歳
pub(crate) fn patient_title(language: Language, patient: &Patient, day: Date) -> String {
    let Some(profile) = &patient.profile else { return missing_name_text(language, patient).to_owned() };
    let kana =
        profile.kana.as_deref().map(replace_wide_spaces).map(|kana| language.in_brackets(&kana)).unwrap_or_default();
    let age = age_text(language, profile.birth_date, day);
    texts::patient_with_age(language, replace_wide_spaces(&profile.name), kana, age)
}

/// The name alone, for lists and breadcrumbs.
pub(crate) fn short_name(language: Language, patient: &Patient) -> String {
    match &patient.profile {
        Some(profile) => texts::patient_name(language, replace_wide_spaces(&profile.name)),
        None => missing_name_text(language, patient).to_owned(),
    }
}

/// What stands for the name of a patient who has none.
pub(crate) fn missing_name_text(language: Language, patient: &Patient) -> &'static str {
    if patient.erased_at.is_some() {
        texts::ACCOUNT_CLOSED.in_language(language)
    } else {
        texts::NO_NAME_YET.in_language(language)
    }
}

/// The name with kana and age, for a cell of the list.
pub(crate) fn render_patient_cell(language: Language, patient: &Patient, day: Date) -> Markup {
    html! {
        @match &patient.profile {
            Some(profile) => {
                b { (replace_wide_spaces(&profile.name)) } " " (age_text(language, profile.birth_date, day))
                @if let Some(kana) = &profile.kana { br; small { (replace_wide_spaces(kana)) } }
            }
            None => (missing_name_text(language, patient)),
        }
    }
}

/// The telephone number as a link that dials it.
pub(crate) fn render_phone_link(number: &str) -> Markup {
    html! { a href={ "tel:" (number) } { (format_phone(number)) } }
}

/// 電話する 090-1234-5678
pub(crate) fn render_phone_button(language: Language, number: &str, style: ButtonStyle) -> Markup {
    let (address, label) =
        (format!("tel:{number}"), format!("{}{}", texts::PHONE.in_language(language), format_phone(number)));
    match style {
        ButtonStyle::Primary => components::primary_link(&address, &label, None),
        _ => components::secondary_link(&address, &label, None),
    }
}

/// What the desk compares with a document: name, kana, birth date in both calendars, age on the day of the visit.
pub(crate) fn render_identity(language: Language, profile: &Profile, day: Date) -> Markup {
    let mut rows = vec![(texts::NAME.in_language(language), html! { b { (replace_wide_spaces(&profile.name)) } })];
    if let Some(kana) = &profile.kana {
        rows.push((texts::KANA.in_language(language), html! { (replace_wide_spaces(kana)) }));
    }
    rows.push((
        texts::DATE_OF_BIRTH.in_language(language),
        html! { b { (dates::format_date_with_era(language, profile.birth_date)) } },
    ));
    rows.push((texts::AGE_AT_THE_VISIT.in_language(language), html! { (age_text(language, profile.birth_date, day)) }));
    components::description_list(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_data;

    fn date(text: &str) -> Date {
        base::parse_date(text).expect("a date")
    }

    #[test]
    fn the_title_names_the_patient() {
        let mut patient = sample_data::patient();
        let day = date("2026-11-24");
        assert_eq!(patient_title(Language::Japanese, &patient, day), "見本 花子（ミホン ハナコ）様 41歳");
        assert_eq!(patient_title(Language::English, &patient, day), "見本 花子 (ミホン ハナコ), aged 41");
        assert_eq!(short_name(Language::Japanese, &patient), "見本 花子様");
        patient.profile = None;
        assert_eq!(patient_title(Language::Japanese, &patient, day), "（名前は未登録）");
        patient.erased_at = Some(sample_data::now());
        assert_eq!(patient_title(Language::Japanese, &patient, day), "（退会した方）");
    }
}
