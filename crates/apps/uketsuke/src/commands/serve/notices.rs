//! Reads the operator's notices, without which the service is not opened to the public.

use std::path::Path;

use base::parse_date;
use consult::{
    Contact, ContactMethod, Emergency, MailAddress, Notice, NoticeSource, NoticeText, Notices, RedFlags, Specialty,
};
use serde::Deserialize;
use text::PhoneNumber;
use text::{Language, Text};

use crate::settings::{MissingKeys, SettingsError, SettingsFile};

/// The section `[notices]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct NoticesSection {
    privacy: Option<String>,
    privacy_english: Option<String>,
    privacy_dated: Option<String>,
    terms: Option<String>,
    terms_english: Option<String>,
    legal: Option<String>,
    legal_english: Option<String>,
    contact: ContactSection,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ContactSection {
    name: Option<String>,
    name_english: Option<String>,
    address: Option<String>,
    address_english: Option<String>,
    telephone: Option<String>,
    mail: Option<String>,
    hours: Option<String>,
    hours_english: Option<String>,
}

/// The section `[emergency]`: texts that replace the built-in ones.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct EmergencySection {
    ambulance: Option<String>,
    ambulance_english: Option<String>,
    advice: Option<String>,
    advice_english: Option<String>,
    general: Option<Vec<WarningSign>>,
    specialty: Vec<SpecialtySection>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecialtySection {
    name: String,
    signs: Vec<WarningSign>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WarningSign {
    text: String,
    english: Option<String>,
}

impl WarningSign {
    fn into_text(self) -> Text {
        bilingual_text(self.text, self.english)
    }
}

/// Without English the text is shown in Japanese and marked as such.
fn bilingual_text(japanese: String, english: Option<String>) -> Text {
    let english = english.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| japanese.clone());
    Text::from_strings(japanese, english)
}

/// The value, if it is present and not blank; otherwise its key is added to `missing`.
fn require_value(
    settings: &SettingsFile<'_>,
    missing: &mut MissingKeys,
    key: &str,
    remedy: &'static str,
    value: Option<String>,
) -> Option<String> {
    let present = value.filter(|text| !text.trim().is_empty());
    if present.is_none() {
        missing.add(settings, key, remedy);
    }
    present
}

const PRIVACY: &str = "name a Markdown file or an https address that says who collects which personal data, why, who receives it, \
                       how long it is kept, and whom to ask (個人情報の取扱い)";
const PRIVACY_DATED: &str = "write the day from which the privacy notice holds in this wording, such as \"2026-11-01\"";
const TERMS: &str = "name a Markdown file or an https address with the terms of use (利用規約)";
const LEGAL: &str = "name a Markdown file or an https address with who sells, where, and what is said on charges, payment and \
                     cancellation (特定商取引法に基づく表記)";
const CONTACT_NAME: &str = "write who answers questions of patients";
const CONTACT_ADDRESS: &str = "write the postal address of the operator";
const CONTACT_METHOD: &str = "write a telephone number, or mail = \"…\", or both";
const CONTACT_HOURS: &str = "write when somebody answers, such as \"平日 9:00〜17:00\"";

/// Reads the notices. Missing keys are added to `missing`, and then the result is none.
pub(super) fn read_notices(
    settings: &SettingsFile<'_>,
    section: NoticesSection,
    emergency: EmergencySection,
    missing: &mut MissingKeys,
) -> Result<Option<Notices>, SettingsError> {
    let notice = |missing: &mut MissingKeys, key: &'static str, remedy, japanese, english: Option<String>| {
        let Some(japanese) = require_value(settings, missing, key, remedy, japanese) else { return Ok(None) };
        let Some(japanese) = read_source(settings, key, remedy, &japanese, missing)? else { return Ok(None) };
        let english_key = match key {
            "notices.privacy" => "notices.privacy_english",
            "notices.terms" => "notices.terms_english",
            _ => "notices.legal_english",
        };
        let remedy = "name the English text, or take it out";
        let english = match english {
            Some(name) => read_source(settings, english_key, remedy, &name, missing)?,
            None => None,
        };
        Ok::<_, SettingsError>(Some(Notice { japanese, english }))
    };
    let privacy = notice(missing, "notices.privacy", PRIVACY, section.privacy, section.privacy_english)?;
    let effective_date =
        require_value(settings, missing, "notices.privacy_dated", PRIVACY_DATED, section.privacy_dated);
    let terms = notice(missing, "notices.terms", TERMS, section.terms, section.terms_english)?;
    let legal = notice(missing, "notices.legal", LEGAL, section.legal, section.legal_english)?;
    let contact = read_contact(settings, section.contact, missing)?;
    let emergency = read_emergency(settings, emergency)?;
    let effective_date = effective_date.map(|text| {
        parse_date(&text).map_err(|error| settings.key_error("notices.privacy_dated", PRIVACY_DATED, error))
    });
    let effective_date = effective_date.transpose()?;
    let (Some(privacy), Some(privacy_dated), Some(terms), Some(legal), Some(contact)) =
        (privacy, effective_date, terms, legal, contact)
    else {
        return Ok(None);
    };
    Ok(Some(Notices { privacy, privacy_effective_date: privacy_dated, terms, legal, contact, emergency }))
}

/// A notice by its address or from its file. A missing or empty file is added to `missing`.
fn read_source(
    settings: &SettingsFile<'_>,
    key: &'static str,
    remedy: &'static str,
    name: &str,
    missing: &mut MissingKeys,
) -> Result<Option<NoticeSource>, SettingsError> {
    if name.contains("://") {
        return Ok(Some(NoticeSource::Address(settings.parse_value(key, remedy, name)?)));
    }
    let text = match settings.read_file(key, Path::new(name), remedy) {
        Ok(content) => std::str::from_utf8(&content)
            .map_err(|error| settings.key_error(key, "write it in UTF-8", error))?
            .to_owned(),
        Err(SettingsError::NamedFile { named_file, source, .. }) => {
            missing.add_with_reason(
                settings,
                key,
                remedy,
                format!("'{}' cannot be read: {source}", named_file.display()),
            );
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    match text.parse::<NoticeText>() {
        Ok(text) => Ok(Some(NoticeSource::Text(text))),
        Err(error) => {
            missing.add_with_reason(settings, key, remedy, format!("'{name}': {error}"));
            Ok(None)
        }
    }
}

fn read_contact(
    settings: &SettingsFile<'_>,
    section: ContactSection,
    missing: &mut MissingKeys,
) -> Result<Option<Contact>, SettingsError> {
    let name = require_value(settings, missing, "notices.contact.name", CONTACT_NAME, section.name);
    let address = require_value(settings, missing, "notices.contact.address", CONTACT_ADDRESS, section.address);
    let hours = require_value(settings, missing, "notices.contact.hours", CONTACT_HOURS, section.hours);
    let mail = section.mail.map(|text| {
        let remedy = "write a mail address, such as \"help@example.jp\"";
        settings.parse_value::<MailAddress>("notices.contact.mail", remedy, &text)
    });
    let telephone = section.telephone.filter(|text| !text.trim().is_empty());
    if let Some(text) = &telephone {
        let remedy = "write one telephone number with its area code, such as \"03-1234-5678\"";
        let _: PhoneNumber = settings.parse_value("notices.contact.telephone", remedy, text)?;
    }
    let method = match (telephone, mail.transpose()?) {
        (Some(telephone), Some(mail)) => Some(ContactMethod::Both { telephone, mail }),
        (Some(telephone), None) => Some(ContactMethod::Telephone(telephone)),
        (None, Some(mail)) => Some(ContactMethod::Mail(mail)),
        (None, None) => {
            missing.add(settings, "notices.contact.telephone", CONTACT_METHOD);
            None
        }
    };
    let (Some(name), Some(address), Some(hours), Some(method)) = (name, address, hours, method) else {
        return Ok(None);
    };
    Ok(Some(Contact {
        name: bilingual_text(name, section.name_english),
        address: bilingual_text(address, section.address_english),
        method,
        hours: bilingual_text(hours, section.hours_english),
    }))
}

/// The built-in texts, replaced by those of the operator.
fn read_emergency(settings: &SettingsFile<'_>, section: EmergencySection) -> Result<Emergency, SettingsError> {
    let mut emergency = Emergency::default();
    if let Some(ambulance) = section.ambulance {
        emergency.ambulance = bilingual_text(ambulance, section.ambulance_english);
    }
    if let Some(advice) = section.advice {
        emergency.advice = bilingual_text(advice, section.advice_english);
    }
    if let Some(general) = section.general {
        if general.is_empty() {
            let remedy = "write at least one sign, or take it out for the built-in ones";
            return Err(settings.key_error("emergency.general", remedy, "it is empty"));
        }
        emergency.general = general.into_iter().map(WarningSign::into_text).collect();
    }
    for SpecialtySection { name, signs } in section.specialty {
        let specialty = Specialty::ALL
            .iter()
            .find(|specialty| specialty.name(Language::Japanese) == name || specialty.as_str() == name);
        let specialty = specialty.ok_or_else(|| {
            let remedy = "name 診療科 as the directory does; docs/guide/operate.md lists them";
            settings.key_error("emergency.specialty.name", remedy, format!("'{name}' is none of them"))
        })?;
        let signs: RedFlags = signs.into_iter().map(WarningSign::into_text).collect();
        emergency.specialties.insert(*specialty, signs);
    }
    Ok(emergency)
}

/// The public notice of a clinic, as in `institutions.toml`.
#[derive(Debug, Default)]
pub(super) struct ClinicNoticeKeys {
    pub(super) manager: Option<String>,
    pub(super) manager_english: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) owner_english: Option<String>,
    pub(super) cancellation: Option<String>,
    pub(super) cancellation_english: Option<String>,
}

const MANAGER: &str = "write the name of 管理者, the physician who answers for the clinic";
const CANCELLATION: &str = "write until when and how a visit is cancelled, and what it costs";

/// Reads the notice of one clinic; missing keys are added to `missing` with its code.
pub(super) fn read_clinic_notice(
    settings: &SettingsFile<'_>,
    code: &str,
    keys: ClinicNoticeKeys,
    missing: &mut MissingKeys,
) -> consult::ClinicNotice {
    let key = |name: &str| format!("institution[{code}].{name}");
    let manager = require_value(settings, missing, &key("manager"), MANAGER, keys.manager).unwrap_or_default();
    let cancellation =
        require_value(settings, missing, &key("cancellation"), CANCELLATION, keys.cancellation).unwrap_or_default();
    consult::ClinicNotice {
        manager_english: keys.manager_english.unwrap_or_else(|| manager.clone()),
        manager,
        owner: keys.owner,
        owner_english: keys.owner_english,
        cancellation_english: keys.cancellation_english.unwrap_or_else(|| cancellation.clone()),
        cancellation,
    }
}
