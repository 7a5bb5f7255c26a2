//! Reads the operator's file of institutions.

use std::{collections::HashSet, path::Path};

use base::InstitutionCode;
use consult::{
    BookingWindow, CancellationTerms, Charge, HORIZON_DAYS, Institution, KnownReception, Menu, MenuRules,
    NewInstitution, NewMenu, NewPractitioner, OpeningHours, OpeningSchedule, PractitionerDetails, ProofMethod,
    Specialty, SpokenLanguage, VisitMedium, VisitMediumKind, WrongPractitioner,
};
use jiff::civil::Weekday;
use serde::Deserialize;
use text::{Language, PhoneNumber, Text};
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
    #[serde(default)]
    practitioner: Vec<PractitionerEntry>,
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
    /// The numbers of the doctors who take it; all if there are none.
    #[serde(default)]
    practitioners: Vec<u32>,
    /// The name of a doctor without an entry of their own.
    doctor: Option<String>,
    #[serde(default)]
    buffer_minutes: u32,
    audience: Option<String>,
    #[serde(default)]
    notice_minutes: u32,
    horizon_days: Option<u32>,
    daily_capacity: Option<u32>,
    #[serde(default)]
    cancel_limit_minutes: u32,
    #[serde(default)]
    cancel_fee: u32,
    held_by: Option<String>,
    held_by_words: Option<String>,
    held_by_words_english: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PractitionerEntry {
    number: u32,
    name: String,
    name_kana: Option<String>,
    name_english: Option<String>,
    registration_year: Option<u32>,
    #[serde(default)]
    specialties: Vec<String>,
    #[serde(default)]
    languages: Vec<String>,
    /// None if the doctor has the hours of the institution.
    hours: Option<Vec<HoursEntry>>,
}

fn default_closed_on_holidays() -> bool {
    true
}

/// The longest visit that a menu may offer.
const MAX_VISIT_MINUTES: u32 = 4 * 60;

/// No year of a registration is later.
const LATEST_REGISTRATION_YEAR: u32 = 2100;

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
        let opening = self.read_opening("hours", &entry.hours, entry.closed_on_holidays)?;
        let (opening_text, opening_text_english) = opening.format_hours();
        let proof_method = self.read_departure(entry.reception.as_deref(), entry.fixed_url.as_deref())?;
        if entry.specialties.is_empty() {
            return Err(self.key_error("specialties", "name at least one, such as 内科", "there is none"));
        }
        let specialties = self.read_specialties("specialties", &entry.specialties)?;
        let languages = self.read_languages("languages", &entry.languages)?;
        let practitioners = self.read_practitioners(&entry.practitioner, &entry.menu)?;
        let menus = self.read_menus(entry.menu, &practitioners)?;
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
        Ok(NewInstitution { institution, opening, practitioners, menus, notice })
    }

    fn read_opening(
        &self,
        hours_key: &str,
        hours: &[HoursEntry],
        closed_on_holidays: bool,
    ) -> Result<OpeningSchedule, SettingsError> {
        let mut opening_hours = Vec::new();
        for (index, HoursEntry { days, from, to }) in hours.iter().enumerate() {
            let entry_key = |key: &str| format!("{hours_key}[{index}].{key}");
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
                hours_key,
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

    fn read_specialties(&self, key: &str, names: &[String]) -> Result<Vec<Specialty>, SettingsError> {
        let find = |text: &String| {
            let matches =
                |specialty: &&Specialty| specialty.name(Language::Japanese) == text || specialty.as_str() == text;
            let specialty = Specialty::ALL.iter().find(matches).copied();
            specialty.ok_or_else(|| {
                let remedy = "name 診療科 as the directory does; docs/guide/operate.md lists them";
                self.key_error(key, remedy, format!("'{text}' is none of them"))
            })
        };
        names.iter().map(find).collect()
    }

    fn read_languages(&self, key: &str, codes: &[String]) -> Result<Vec<SpokenLanguage>, SettingsError> {
        let find = |text: &String| {
            text.parse().map_err(|_| {
                let remedy =
                    "name languages besides Japanese by their codes, such as \"en\"; docs/guide/operate.md lists them";
                self.key_error(key, remedy, format!("'{text}' is none of them"))
            })
        };
        codes.iter().map(find).collect()
    }

    /// The doctors with an entry, then those whom only menus name, then 担当医 if there is nobody.
    fn read_practitioners(
        &self,
        entries: &[PractitionerEntry],
        menus: &[MenuEntry],
    ) -> Result<Vec<NewPractitioner>, SettingsError> {
        let mut practitioners: Vec<NewPractitioner> = Vec::new();
        for entry in entries {
            let practitioner = self.read_practitioner(entry)?;
            if entry.number == 0 || practitioners.iter().any(|other| other.number == entry.number) {
                let remedy = "give each doctor a number of its own from 1, and keep it";
                let key = format!("practitioner[{}].number", entry.number);
                return Err(self.key_error(&key, remedy, "it is 0 or stands there twice"));
            }
            practitioners.push(practitioner);
        }
        for name in menus.iter().filter_map(|menu| menu.doctor.as_deref()).map(normalise_name) {
            if practitioners.iter().all(|other| other.details.name != name) {
                let number = practitioners.iter().map(|other| other.number).max().unwrap_or(0) + 1;
                let details = PractitionerDetails { name, ..PractitionerDetails::default() };
                practitioners.push(NewPractitioner { number, details, hours: None });
            }
        }
        if practitioners.is_empty() {
            practitioners.push(NewPractitioner::generic());
        }
        Ok(practitioners)
    }

    fn read_practitioner(&self, entry: &PractitionerEntry) -> Result<NewPractitioner, SettingsError> {
        let key = |key: &str| format!("practitioner[{}].{key}", entry.number);
        let details = PractitionerDetails {
            name: entry.name.clone(),
            kana: entry.name_kana.clone(),
            name_english: entry.name_english.clone(),
            registration_year: entry.registration_year,
            specialties: self.read_specialties(&key("specialties"), &entry.specialties)?,
            languages: self.read_languages(&key("languages"), &entry.languages)?,
        };
        // A file is read before a clock is there: that the year is not in the future is seen by its readers.
        let details = details.parse(LATEST_REGISTRATION_YEAR).map_err(|wrong| {
            let (name, remedy) = match wrong {
                WrongPractitioner::Name => ("name", "write it as patients shall read it"),
                WrongPractitioner::Kana => ("name_kana", "write it in kana, or leave it out"),
                WrongPractitioner::RegistrationYear => {
                    ("registration_year", "write the year of 医籍登録 in four digits")
                }
            };
            self.key_error(&key(name), remedy, wrong)
        })?;
        let hours = entry.hours.as_ref().map(|hours| self.read_opening(&key("hours"), hours, true)).transpose()?;
        Ok(NewPractitioner { number: entry.number, details, hours: hours.map(|opening| opening.hours) })
    }

    /// The numbers of the doctors who take a menu.
    fn read_menu_practitioners(
        &self,
        entry: &MenuEntry,
        practitioners: &[NewPractitioner],
    ) -> Result<Vec<u32>, SettingsError> {
        let mut numbers = entry.practitioners.clone();
        if let Some(number) = numbers.iter().find(|number| practitioners.iter().all(|doctor| doctor.number != **number))
        {
            let key = format!("menu[{}].practitioners", entry.number);
            let remedy = "name numbers of [[institution.practitioner]]";
            return Err(self.key_error(&key, remedy, format!("there is no doctor {number}")));
        }
        let name = entry.doctor.as_deref().map(normalise_name);
        let named = practitioners.iter().find(|doctor| Some(&doctor.details.name) == name.as_ref());
        numbers.extend(named.map(|doctor| doctor.number));
        Ok(numbers)
    }

    fn read_menu_rules(&self, entry: &MenuEntry) -> Result<MenuRules, SettingsError> {
        let key = |key: &str| format!("menu[{}].{key}", entry.number);
        let default = MenuRules::default();
        let horizon_days = entry.horizon_days.unwrap_or(HORIZON_DAYS);
        if !(1..=HORIZON_DAYS).contains(&horizon_days) {
            return Err(self.key_error(&key("horizon_days"), "write 1 to 60 days", "it cannot be booked so far ahead"));
        }
        if entry.daily_capacity == Some(0) {
            let remedy = "write at least 1, or leave it out";
            return Err(self.key_error(&key("daily_capacity"), remedy, "nothing could be booked"));
        }
        let audience = match &entry.audience {
            Some(audience) => {
                let remedy = "write \"patients\" or \"desk_only\"";
                self.settings.parse_value(self.full_key(&key("audience")), remedy, audience)?
            }
            None => default.audience,
        };
        let window = BookingWindow { notice_minutes: entry.notice_minutes, horizon_days };
        Ok(MenuRules { audience, window, daily_capacity: entry.daily_capacity })
    }

    fn read_medium(&self, entry: &MenuEntry) -> Result<VisitMedium, SettingsError> {
        let key = |key: &str| format!("menu[{}].{key}", entry.number);
        let kind = match &entry.held_by {
            Some(kind) => {
                let remedy = "write \"browser\", \"telephone\" or \"other_program\"";
                self.settings.parse_value(self.full_key(&key("held_by")), remedy, kind)?
            }
            None => VisitMediumKind::Browser,
        };
        let words = entry.held_by_words.as_deref().unwrap_or_default().trim();
        if kind != VisitMediumKind::Browser && words.is_empty() {
            let remedy = "tell patients how the visit is held";
            return Err(self.key_error(&key("held_by_words"), remedy, "it is missing"));
        }
        let english = entry.held_by_words_english.as_deref().unwrap_or(words);
        Ok(VisitMedium::from_parts(kind, Text::from_strings(words.to_owned(), english.to_owned())))
    }

    fn read_menus(
        &self,
        entries: Vec<MenuEntry>,
        practitioners: &[NewPractitioner],
    ) -> Result<Vec<NewMenu>, SettingsError> {
        let mut numbers = HashSet::new();
        let menus = entries.into_iter().map(|entry| {
            let menu_key = |key: &str| format!("menu[{}].{key}", entry.number);
            if entry.number == 0 || !numbers.insert(entry.number) {
                let remedy = "give each menu a number of its own from 1, and keep it";
                return Err(self.key_error(&menu_key("number"), remedy, "it is 0 or stands there twice"));
            }
            if entry.buffer_minutes > MAX_VISIT_MINUTES {
                return Err(self.key_error(&menu_key("buffer_minutes"), "write at most 240 minutes", "it is longer"));
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
            let doctors = self.read_menu_practitioners(&entry, practitioners)?;
            let rules = self.read_menu_rules(&entry)?;
            let medium = self.read_medium(&entry)?;
            let menu = Menu {
                number: entry.number,
                charge,
                name_english: entry.name_english.unwrap_or_else(|| entry.name.clone()),
                name: entry.name,
                minutes: entry.minutes,
                buffer_minutes: entry.buffer_minutes,
                fee_english: entry.fee_english.unwrap_or_else(|| entry.fee.clone()),
                fee: entry.fee,
                system_fee: entry.system_fee,
                cancellation: CancellationTerms { limit_minutes: entry.cancel_limit_minutes, fee: entry.cancel_fee },
                medium,
            };
            Ok(NewMenu { menu, rules, practitioners: doctors })
        });
        let menus: Vec<_> = menus.collect::<Result<_, _>>()?;
        if menus.is_empty() {
            return Err(self.key_error("menu", "offer at least one [[institution.menu]]", "nothing can be booked"));
        }
        Ok(menus)
    }
}

/// The name of a doctor as it is stored; as it is written where it has signs that no name has.
fn normalise_name(name: &str) -> String {
    text::parse_name(name).unwrap_or_else(|_| name.to_owned())
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
