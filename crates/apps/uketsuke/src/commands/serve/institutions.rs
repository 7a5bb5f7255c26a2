//! Reads the operator's file of institutions.

use std::{collections::HashSet, path::Path};

use base::InstitutionCode;
use consult::{
    Charge, Institution, KnownReception, Menu, NewInstitution, OpeningHours, OpeningSchedule, ProofMethod, Specialty,
    SpokenLanguage,
};
use jiff::civil::Weekday;
use serde::Deserialize;
use text::Language;
use text::PhoneNumber;
use web::Origin;

use super::notices::{ClinicNoticeKeys, read_clinic_notice};
use crate::settings::{MissingKeys, SettingsError, SettingsFile};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstitutionsFile {
    institution: Vec<InstitutionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstitutionEntry {
    code: String,
    name: String,
    name_kana: String,
    name_english: Option<String>,
    city: String,
    city_english: Option<String>,
    address: String,
    address_english: Option<String>,
    phone: String,
    #[serde(default)]
    description: String,
    description_english: Option<String>,
    specialties: Vec<String>,
    #[serde(default)]
    languages: Vec<String>,
    hours: Vec<HoursEntry>,
    #[serde(default = "default_closed_on_holidays")]
    closed_on_holidays: bool,
    reception: Option<String>,
    fixed_url: Option<String>,
    manager: Option<String>,
    manager_english: Option<String>,
    owner: Option<String>,
    owner_english: Option<String>,
    cancellation: Option<String>,
    cancellation_english: Option<String>,
    menu: Vec<MenuEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursEntry {
    days: String,
    from: String,
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MenuEntry {
    number: u32,
    charge: String,
    name: String,
    name_english: Option<String>,
    minutes: u32,
    fee: String,
    fee_english: Option<String>,
    #[serde(default)]
    system_fee: u32,
    doctor: Option<String>,
}

fn default_closed_on_holidays() -> bool {
    true
}

/// The longest visit that a menu may offer.
const MAX_VISIT_MINUTES: u32 = 4 * 60;

/// Reads the institutions and checks them against the receptions of the settings. Missing notices are added to `missing`.
pub(super) fn read_institutions(
    path: &Path,
    guide: &'static str,
    receptions: &[KnownReception],
    missing: &mut MissingKeys,
) -> Result<Vec<NewInstitution>, SettingsError> {
    let (settings, file): (_, InstitutionsFile) =
        SettingsFile::read(path, "name the file of the institutions with the key institutions", guide)?;
    let mut codes = HashSet::new();
    let institutions = file.institution.into_iter().map(|entry| {
        let code = entry.code.clone();
        let institution =
            InstitutionReader { settings: &settings, code: &code, receptions }.read_institution(entry, missing)?;
        if codes.insert(institution.institution.code) {
            Ok(institution)
        } else {
            Err(settings.key_error(format!("institution[{code}]"), "list it once", "it stands there twice"))
        }
    });
    institutions.collect()
}

/// Reads one institution; errors are reported with its code.
struct InstitutionReader<'r> {
    settings: &'r SettingsFile<'r>,
    code: &'r str,
    receptions: &'r [KnownReception],
}

impl InstitutionReader<'_> {
    fn full_key(&self, key: &str) -> String {
        format!("institution[{}].{key}", self.code)
    }

    fn key_error(
        &self,
        key: &str,
        remedy: &'static str,
        reason: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> SettingsError {
        self.settings.key_error(self.full_key(key), remedy, reason)
    }

    fn read_institution(
        &self,
        entry: InstitutionEntry,
        missing: &mut MissingKeys,
    ) -> Result<NewInstitution, SettingsError> {
        let remedy = "write the 10 digits of 医療機関コード in quotes";
        let code: InstitutionCode = self.settings.parse_value(self.full_key("code"), remedy, self.code)?;
        for (key, text) in [
            ("name", &entry.name),
            ("name_kana", &entry.name_kana),
            ("city", &entry.city),
            ("address", &entry.address),
            ("phone", &entry.phone),
        ] {
            if text.trim().is_empty() {
                return Err(self.key_error(key, "write it as patients shall read it", "it is empty"));
            }
        }
        let remedy = "write one telephone number with its area code, such as \"03-1234-5678\"";
        let _: PhoneNumber = self.settings.parse_value(self.full_key("phone"), remedy, &entry.phone)?;
        let opening = self.read_opening(&entry.hours, entry.closed_on_holidays)?;
        let (opening_text, opening_text_english) = opening.format_hours();
        let proof_method = self.read_departure(entry.reception.as_deref(), entry.fixed_url.as_deref())?;
        let specialties = self.read_specialties(&entry.specialties)?;
        let languages = self.languages(&entry.languages)?;
        let menus = self.read_menus(entry.menu)?;
        let keys = ClinicNoticeKeys {
            manager: entry.manager,
            manager_english: entry.manager_english,
            owner: entry.owner,
            owner_english: entry.owner_english,
            cancellation: entry.cancellation,
            cancellation_english: entry.cancellation_english,
        };
        let notice = read_clinic_notice(self.settings, self.code, keys, missing);
        let institution = Institution {
            code,
            // Texts without English are shown in Japanese and marked as such.
            name_english: entry.name_english.unwrap_or_else(|| entry.name.clone()),
            name: entry.name,
            name_kana: entry.name_kana,
            prefecture: code.prefecture(),
            city_english: entry.city_english.unwrap_or_else(|| entry.city.clone()),
            city: entry.city,
            address_english: entry.address_english.unwrap_or_else(|| entry.address.clone()),
            address: entry.address,
            phone: entry.phone,
            opening_text,
            opening_text_english,
            description_english: entry.description_english.unwrap_or_else(|| entry.description.clone()),
            description: entry.description,
            specialties,
            languages,
            proof_method,
        };
        Ok(NewInstitution { institution, opening, menus, notice })
    }

    fn read_opening(&self, hours: &[HoursEntry], closed_on_holidays: bool) -> Result<OpeningSchedule, SettingsError> {
        let mut opening_hours = Vec::new();
        for (index, HoursEntry { days, from, to }) in hours.iter().enumerate() {
            let entry_key = |key: &str| format!("hours[{index}].{key}");
            let minute = |key: &str, text: &str| {
                let remedy = "write hours and minutes in quotes, such as \"09:00\"";
                parse_minute_of_day(text)
                    .ok_or_else(|| self.key_error(&entry_key(key), remedy, format!("'{text}' is no time of a day")))
            };
            let (from_minute, to_minute) = (minute("from", from)?, minute("to", to)?);
            let mut day_count = 0;
            for day in days.chars() {
                let remedy = "write days of the week one after the other, such as \"月火木金\"";
                let weekday = parse_weekday(day);
                let weekday =
                    weekday.ok_or_else(|| self.key_error(&entry_key("days"), remedy, format!("'{day}' is no day")))?;
                opening_hours.push(OpeningHours { weekday, from_minute, to_minute });
                day_count += 1;
            }
            if day_count == 0 {
                return Err(self.key_error(&entry_key("days"), "write at least one day", "it is empty"));
            }
        }
        OpeningSchedule::new(opening_hours, closed_on_holidays).map_err(|error| {
            self.key_error(
                "hours",
                "write hours in quarters, each day's one after the other, such as 09:00 to 12:30",
                error,
            )
        })
    }

    fn read_departure(&self, reception: Option<&str>, fixed_url: Option<&str>) -> Result<ProofMethod, SettingsError> {
        match (reception, fixed_url) {
            (Some(issuer), None) => {
                let reception = self.receptions.iter().find(|reception| reception.issuer.as_str() == issuer);
                let reception = reception.ok_or_else(|| {
                    let remedy = "name one of hand_over.receptions of the service's settings";
                    self.key_error("reception", remedy, format!("'{issuer}' is none of them"))
                })?;
                Ok(ProofMethod::HandOver { issuer: reception.issuer.clone() })
            }
            (None, Some(text)) => {
                let remedy = "write the whole address that the institution's 資格確認端末 issued, with https://";
                let url: url::Url = self.settings.parse_value(self.full_key("fixed_url"), remedy, text)?;
                let origin = url.origin().ascii_serialization();
                let _: Origin = self.settings.parse_value(self.full_key("fixed_url"), remedy, &origin)?;
                Ok(ProofMethod::FixedUrl { url: url.into() })
            }
            (None, None) => Ok(ProofMethod::PictureOnly),
            (Some(_), Some(_)) => {
                let remedy = "name either reception or fixed_url; neither, where the card is not taken";
                Err(self.key_error("reception", remedy, "patients are led one way"))
            }
        }
    }

    fn read_specialties(&self, names: &[String]) -> Result<Vec<Specialty>, SettingsError> {
        let find = |text: &String| {
            let matches =
                |specialty: &&Specialty| specialty.name(Language::Japanese) == text || specialty.as_str() == text;
            let specialty = Specialty::ALL.iter().find(matches).copied();
            specialty.ok_or_else(|| {
                let remedy = "name 診療科 as the directory does; docs/guide/operate.md lists them";
                self.key_error("specialties", remedy, format!("'{text}' is none of them"))
            })
        };
        if names.is_empty() {
            return Err(self.key_error("specialties", "name at least one, such as 内科", "there is none"));
        }
        names.iter().map(find).collect()
    }

    fn languages(&self, codes: &[String]) -> Result<Vec<SpokenLanguage>, SettingsError> {
        let find = |text: &String| {
            text.parse().map_err(|_| {
                let remedy =
                    "name languages besides Japanese by their codes, such as \"en\"; docs/guide/operate.md lists them";
                self.key_error("languages", remedy, format!("'{text}' is none of them"))
            })
        };
        codes.iter().map(find).collect()
    }

    fn read_menus(&self, entries: Vec<MenuEntry>) -> Result<Vec<Menu>, SettingsError> {
        let mut numbers = HashSet::new();
        let menus = entries.into_iter().map(|entry| {
            let menu_key = |key: &str| format!("menu[{}].{key}", entry.number);
            if entry.number == 0 || !numbers.insert(entry.number) {
                let remedy = "give each menu a number of its own from 1, and keep it";
                return Err(self.key_error(&menu_key("number"), remedy, "it is 0 or stands there twice"));
            }
            if !(1..=MAX_VISIT_MINUTES).contains(&entry.minutes) {
                return Err(self.key_error(&menu_key("minutes"), "write 1 to 240 minutes", "no visit takes so long"));
            }
            for (key, text) in [("name", &entry.name), ("fee", &entry.fee)] {
                if text.trim().is_empty() {
                    return Err(self.key_error(&menu_key(key), "write it as patients shall read it", "it is empty"));
                }
            }
            let remedy = "write \"insured\" (保険診療) or \"self_pay\" (自費診療)";
            let charge: Charge =
                self.settings.parse_value(self.full_key(&menu_key("charge")), remedy, &entry.charge)?;
            Ok(Menu {
                number: entry.number,
                charge,
                name_english: entry.name_english.unwrap_or_else(|| entry.name.clone()),
                name: entry.name,
                minutes: entry.minutes,
                fee_english: entry.fee_english.unwrap_or_else(|| entry.fee.clone()),
                fee: entry.fee,
                system_fee: entry.system_fee,
                doctor: entry.doctor,
            })
        });
        let menus: Vec<_> = menus.collect::<Result<_, _>>()?;
        if menus.is_empty() {
            return Err(self.key_error("menu", "offer at least one [[institution.menu]]", "nothing can be booked"));
        }
        Ok(menus)
    }
}

/// `9:00` to `24:00`, in minutes after midnight.
fn parse_minute_of_day(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_valid = is_digits(hour) && is_digits(minute) && minute.len() == 2 && (1..=2).contains(&hour.len());
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (is_valid && minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
}

fn parse_weekday(day: char) -> Option<Weekday> {
    let offset = "月火水木金土日".chars().position(|name| name == day)?;
    Weekday::from_monday_zero_offset(i8::try_from(offset).ok()?).ok()
}

#[cfg(test)]
mod tests;
