//! The notices of a service, as its operator writes them. The public may not come in without them.

use std::path::Path;

use base::{parse_date, text::PhoneNumber};
use consult::{
    Contact, ContactWay, Emergency, MailAddress, Notice, NoticeSource, NoticeText, Notices, RedFlags, Specialty,
};
use serde::Deserialize;
use shell::{Language, Text};

use crate::settings::{Missing, SettingsFile, WrongFile};

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

/// The section `[emergency]`: what stands in the place of the built-in words.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct EmergencySection {
    ambulance: Option<String>,
    ambulance_english: Option<String>,
    advice: Option<String>,
    advice_english: Option<String>,
    general: Option<Vec<Sign>>,
    specialty: Vec<SpecialtySection>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecialtySection {
    name: String,
    signs: Vec<Sign>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    text: String,
    english: Option<String>,
}

impl Sign {
    fn into_text(self) -> Text {
        in_both(self.text, self.english)
    }
}

/// What has no English is shown in Japanese, and marked as such.
fn in_both(japanese: String, english: Option<String>) -> Text {
    let english = english.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| japanese.clone());
    Text::filled(japanese, english)
}

/// A value that is there and says something; otherwise it is noted as missing.
fn required(
    settings: &SettingsFile<'_>,
    missing: &mut Missing,
    key: &str,
    remedy: &'static str,
    value: Option<String>,
) -> Option<String> {
    let written = value.filter(|text| !text.trim().is_empty());
    if written.is_none() {
        missing.note(settings, key, remedy);
    }
    written
}

const PRIVACY: &str = "name a Markdown file or an https address that says who collects which personal data, why, who receives it, \
                       how long it is kept, and whom to ask (個人情報の取扱い)";
const PRIVACY_DATED: &str = "write the day from which the privacy notice holds in this wording, such as \"2026-11-01\"";
const TERMS: &str = "name a Markdown file or an https address with the terms of use (利用規約)";
const LEGAL: &str = "name a Markdown file or an https address with who sells, where, and what is said on charges, payment and \
                     cancellation (特定商取引法に基づく表記)";
const CONTACT_NAME: &str = "write who answers questions of patients";
const CONTACT_ADDRESS: &str = "write the postal address of the operator";
const CONTACT_WAY: &str = "write a telephone number, or mail = \"…\", or both";
const CONTACT_HOURS: &str = "write when somebody answers, such as \"平日 9:00〜17:00\"";

/// Reads the notices. All that is not there is noted, and then there is nothing to return.
pub(super) fn read_notices(
    settings: &SettingsFile<'_>,
    section: NoticesSection,
    emergency: EmergencySection,
    missing: &mut Missing,
) -> Result<Option<Notices>, WrongFile> {
    let notice = |missing: &mut Missing, key: &'static str, remedy, japanese, english: Option<String>| {
        let Some(japanese) = required(settings, missing, key, remedy, japanese) else { return Ok(None) };
        let Some(japanese) = read_source(settings, key, remedy, &japanese, missing)? else { return Ok(None) };
        let english_key = match key {
            "notices.privacy" => "notices.privacy_english",
            "notices.terms" => "notices.terms_english",
            _ => "notices.legal_english",
        };
        let remedy = "name the English text, or take it out";
        let english = match english {
            Some(named) => read_source(settings, english_key, remedy, &named, missing)?,
            None => None,
        };
        Ok::<_, WrongFile>(Some(Notice { japanese, english }))
    };
    let privacy = notice(missing, "notices.privacy", PRIVACY, section.privacy, section.privacy_english)?;
    let dated = required(settings, missing, "notices.privacy_dated", PRIVACY_DATED, section.privacy_dated);
    let terms = notice(missing, "notices.terms", TERMS, section.terms, section.terms_english)?;
    let legal = notice(missing, "notices.legal", LEGAL, section.legal, section.legal_english)?;
    let contact = read_contact(settings, section.contact, missing)?;
    let emergency = read_emergency(settings, emergency)?;
    let dated = dated
        .map(|text| parse_date(&text).map_err(|wrong| settings.wrong("notices.privacy_dated", PRIVACY_DATED, wrong)));
    let dated = dated.transpose()?;
    let (Some(privacy), Some(privacy_dated), Some(terms), Some(legal), Some(contact)) =
        (privacy, dated, terms, legal, contact)
    else {
        return Ok(None);
    };
    Ok(Some(Notices { privacy, privacy_dated, terms, legal, contact, emergency }))
}

/// A notice at its address, or in its file. A file that is not there, or has nothing in it, is noted as missing.
fn read_source(
    settings: &SettingsFile<'_>,
    key: &'static str,
    remedy: &'static str,
    named: &str,
    missing: &mut Missing,
) -> Result<Option<NoticeSource>, WrongFile> {
    if named.contains("://") {
        return Ok(Some(NoticeSource::Address(settings.value(key, remedy, named)?)));
    }
    let text = match settings.content(key, Path::new(named), remedy) {
        Ok(content) => {
            std::str::from_utf8(&content).map_err(|wrong| settings.wrong(key, "write it in UTF-8", wrong))?.to_owned()
        }
        Err(WrongFile::Named { named, source, .. }) => {
            missing.note_why(settings, key, remedy, format!("'{}' cannot be read: {source}", named.display()));
            return Ok(None);
        }
        Err(other) => return Err(other),
    };
    match text.parse::<NoticeText>() {
        Ok(text) => Ok(Some(NoticeSource::Text(text))),
        Err(wrong) => {
            missing.note_why(settings, key, remedy, format!("'{named}': {wrong}"));
            Ok(None)
        }
    }
}

fn read_contact(
    settings: &SettingsFile<'_>,
    section: ContactSection,
    missing: &mut Missing,
) -> Result<Option<Contact>, WrongFile> {
    let name = required(settings, missing, "notices.contact.name", CONTACT_NAME, section.name);
    let address = required(settings, missing, "notices.contact.address", CONTACT_ADDRESS, section.address);
    let hours = required(settings, missing, "notices.contact.hours", CONTACT_HOURS, section.hours);
    let mail = section.mail.map(|text| {
        let remedy = "write a mail address, such as \"help@example.jp\"";
        settings.value::<MailAddress>("notices.contact.mail", remedy, &text)
    });
    let telephone = section.telephone.filter(|text| !text.trim().is_empty());
    if let Some(text) = &telephone {
        let remedy = "write one telephone number with its area code, such as \"03-1234-5678\"";
        let _: PhoneNumber = settings.value("notices.contact.telephone", remedy, text)?;
    }
    let by = match (telephone, mail.transpose()?) {
        (Some(telephone), Some(mail)) => Some(ContactWay::Both { telephone, mail }),
        (Some(telephone), None) => Some(ContactWay::Telephone(telephone)),
        (None, Some(mail)) => Some(ContactWay::Mail(mail)),
        (None, None) => {
            missing.note(settings, "notices.contact.telephone", CONTACT_WAY);
            None
        }
    };
    let (Some(name), Some(address), Some(hours), Some(by)) = (name, address, hours, by) else { return Ok(None) };
    Ok(Some(Contact {
        name: in_both(name, section.name_english),
        address: in_both(address, section.address_english),
        by,
        hours: in_both(hours, section.hours_english),
    }))
}

/// The built-in words, with those of the operator in their place.
fn read_emergency(settings: &SettingsFile<'_>, section: EmergencySection) -> Result<Emergency, WrongFile> {
    let mut emergency = Emergency::default();
    if let Some(ambulance) = section.ambulance {
        emergency.ambulance = in_both(ambulance, section.ambulance_english);
    }
    if let Some(advice) = section.advice {
        emergency.advice = in_both(advice, section.advice_english);
    }
    if let Some(general) = section.general {
        if general.is_empty() {
            let remedy = "write at least one sign, or take it out for the built-in ones";
            return Err(settings.wrong("emergency.general", remedy, "it is empty"));
        }
        emergency.general = general.into_iter().map(Sign::into_text).collect();
    }
    for SpecialtySection { name, signs } in section.specialty {
        let found = Specialty::ALL.iter().find(|known| known.name(Language::Japanese) == name || known.word() == name);
        let found = found.ok_or_else(|| {
            let remedy = "name 診療科 as the directory does; docs/guide/operate.md lists them";
            settings.wrong("emergency.specialty.name", remedy, format!("'{name}' is none of them"))
        })?;
        let signs: RedFlags = signs.into_iter().map(Sign::into_text).collect();
        emergency.specialties.insert(*found, signs);
    }
    Ok(emergency)
}

/// What a clinic tells the public of itself, as `institutions.toml` has it.
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

/// Reads the notice of one clinic; what is missing is noted under its code.
pub(super) fn read_clinic_notice(
    settings: &SettingsFile<'_>,
    code: &str,
    keys: ClinicNoticeKeys,
    missing: &mut Missing,
) -> consult::ClinicNotice {
    let key = |name: &str| format!("institution[{code}].{name}");
    let manager = required(settings, missing, &key("manager"), MANAGER, keys.manager).unwrap_or_default();
    let cancellation =
        required(settings, missing, &key("cancellation"), CANCELLATION, keys.cancellation).unwrap_or_default();
    consult::ClinicNotice {
        manager_english: keys.manager_english.unwrap_or_else(|| manager.clone()),
        manager,
        owner: keys.owner,
        owner_english: keys.owner_english,
        cancellation_english: keys.cancellation_english.unwrap_or_else(|| cancellation.clone()),
        cancellation,
    }
}
