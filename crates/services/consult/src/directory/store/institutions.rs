//! Institutions with their menus and opening hours.

use std::collections::HashSet;

use base::{InstitutionCode, Prefecture};
use database::{Error, Row, Transaction};
use jiff::civil::Weekday;

use super::clinic_notices;
use crate::{
    directory::rules::{
        clinic_notice::ClinicNotice,
        institution::{Institution, InsuranceOffer, Menu, ProofMethod, ProofMethodKind},
        kana::{area_reading, latin_key, search_key},
    },
    refusal::Refusal,
    schedule::rules::slot::{OpeningHours, OpeningSchedule},
    store::Store,
};

/// An institution with its menus, to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInstitution {
    pub institution: Institution,
    pub opening: OpeningSchedule,
    /// Numbers are unique and constant for a menu.
    pub menus: Vec<Menu>,
    pub notice: ClinicNotice,
}

/// An institution as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InstitutionOffer {
    pub(crate) institution: Institution,
    pub(crate) opening: OpeningSchedule,
    pub(crate) menus: Vec<Menu>,
}

impl InstitutionOffer {
    /// The menu with this number, if it can be booked.
    pub(crate) fn menu(&self, number: u32) -> Option<&Menu> {
        self.menus.iter().find(|menu| menu.number == number)
    }

    /// Whether an insured visit can be booked.
    pub(crate) fn insurance_offer(&self) -> InsuranceOffer {
        InsuranceOffer::from_charges(self.menus.iter().map(|menu| menu.charge))
    }
}

impl Store {
    /// Adds or updates an institution. Menus that are not in it are no longer offered.
    pub(crate) async fn add_institution(&self, new: NewInstitution) -> Result<(), Refusal> {
        self.database.write(move |transaction| upsert_institution(transaction, &new)).await
    }

    /// Makes these the institutions that are offered. The menus of all others are withdrawn; their appointments stay. Returns
    /// the codes of the institutions whose menus were withdrawn.
    pub(crate) async fn replace_institutions(&self, all: Vec<NewInstitution>) -> Result<Vec<InstitutionCode>, Refusal> {
        self.database
            .write(move |transaction| {
                for new in &all {
                    upsert_institution(transaction, new)?;
                }
                let listed: HashSet<_> = all.iter().map(|new| new.institution.code).collect();
                let offering: Vec<InstitutionCode> =
                    transaction
                        .fetch_all("SELECT DISTINCT institution FROM menu WHERE offered = 1", &[], |row| row.get(0))?;
                let withdrawn: Vec<_> = offering.into_iter().filter(|code| !listed.contains(code)).collect();
                for code in &withdrawn {
                    withdraw_menus(transaction, *code)?;
                }
                Ok(withdrawn)
            })
            .await
    }

    pub(crate) async fn find_offer(&self, code: InstitutionCode) -> Result<InstitutionOffer, Refusal> {
        self.database.read(move |transaction| load_offer(transaction, code)).await
    }
}

fn build_search_key(institution: &Institution) -> String {
    let mut parts = vec![
        search_key(&institution.name),
        search_key(&institution.name_kana),
        latin_key(&institution.name_kana),
        search_key(&institution.name_english),
        search_key(institution.prefecture.japanese()),
        search_key(institution.prefecture.latin()),
        search_key(&institution.city),
        search_key(&institution.city_english),
        area_reading(institution.prefecture.japanese(), institution.prefecture.latin()),
        area_reading(&institution.city, &institution.city_english),
    ];
    for specialty in &institution.specialties {
        parts.extend(
            [text::Language::Japanese, text::Language::English].map(|language| search_key(specialty.name(language))),
        );
    }
    for spoken in &institution.languages {
        // People search for 英語対応.
        parts.push(search_key(&format!("{}対応", spoken.name(text::Language::Japanese))));
        parts.push(search_key(spoken.name(text::Language::English)));
    }
    parts.join(" ")
}

fn upsert_institution(transaction: &mut Transaction<'_>, new: &NewInstitution) -> Result<(), Refusal> {
    let NewInstitution { institution, opening, menus, notice } = new;
    let (leave_by, address) = match &institution.proof_method {
        ProofMethod::HandOver { issuer } => ("hand_over", Some(issuer.as_str())),
        ProofMethod::FixedUrl { url } => ("fixed_url", Some(url.as_str())),
        ProofMethod::PictureOnly => ("picture_only", None),
    };
    let prefecture = u32::from(institution.prefecture.code());
    transaction.execute(
        "INSERT INTO institution (code, name, name_kana, name_english, prefecture, city, city_english, address,
            address_english, phone, opening_text, opening_text_english, description, description_english,
            closed_on_holidays, leave_by, leave_address, search_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
         ON CONFLICT (code) DO UPDATE SET name = $2, name_kana = $3, name_english = $4, prefecture = $5, city = $6,
            city_english = $7, address = $8, address_english = $9, phone = $10, opening_text = $11,
            opening_text_english = $12, description = $13, description_english = $14, closed_on_holidays = $15,
            leave_by = $16, leave_address = $17, search_key = $18",
        &[
            &institution.code,
            &institution.name,
            &institution.name_kana,
            &institution.name_english,
            &prefecture,
            &institution.city,
            &institution.city_english,
            &institution.address,
            &institution.address_english,
            &institution.phone,
            &institution.opening_text,
            &institution.opening_text_english,
            &institution.description,
            &institution.description_english,
            &opening.closed_on_holidays,
            &leave_by,
            &address,
            &build_search_key(institution),
        ],
    )?;
    transaction.execute("DELETE FROM institution_specialty WHERE institution = $1", &[&institution.code])?;
    for (position, specialty) in (0_u32..).zip(&institution.specialties) {
        transaction.execute(
            "INSERT INTO institution_specialty (institution, place, specialty) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[&institution.code, &position, specialty],
        )?;
    }
    transaction.execute("DELETE FROM institution_language WHERE institution = $1", &[&institution.code])?;
    for (position, language) in (0_u32..).zip(&institution.languages) {
        transaction.execute(
            "INSERT INTO institution_language (institution, place, language) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[&institution.code, &position, language],
        )?;
    }
    transaction.execute("DELETE FROM opening_hours WHERE institution = $1", &[&institution.code])?;
    for hours in &opening.hours {
        transaction.execute(
            "INSERT INTO opening_hours (institution, weekday, from_minute, to_minute) VALUES ($1, $2, $3, $4)",
            &[
                &institution.code,
                &i64::from(hours.weekday.to_monday_one_offset()),
                &hours.from_minute,
                &hours.to_minute,
            ],
        )?;
    }
    clinic_notices::save_notice(transaction, institution.code, notice)?;
    withdraw_menus(transaction, institution.code)?;
    for menu in menus {
        transaction.execute(
            "INSERT INTO menu (institution, number, charge, name, name_english, minutes, fee, fee_english, system_fee,
                doctor, offered)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)
             ON CONFLICT (institution, number) DO UPDATE SET charge = $3, name = $4, name_english = $5, minutes = $6,
                fee = $7, fee_english = $8, system_fee = $9, doctor = $10, offered = 1",
            &[
                &institution.code,
                &menu.number,
                &menu.charge,
                &menu.name,
                &menu.name_english,
                &menu.minutes,
                &menu.fee,
                &menu.fee_english,
                &menu.system_fee,
                &menu.doctor,
            ],
        )?;
    }
    Ok(())
}

fn withdraw_menus(transaction: &mut Transaction<'_>, code: InstitutionCode) -> Result<(), Error> {
    transaction.execute("UPDATE menu SET offered = 0 WHERE institution = $1", &[&code]).map(|_| ())
}

pub(crate) fn parse_prefecture(code: u32) -> Result<Prefecture, Refusal> {
    let wrong = Refusal::CorruptRecord("the prefecture of an institution");
    let Ok(code) = u8::try_from(code) else { return Err(wrong) };
    Prefecture::from_code(code).map_err(|_| wrong)
}

/// A row of `institution` before its codes are parsed.
struct InstitutionRow {
    institution: Institution,
    prefecture: u32,
    proof_method: String,
    address: Option<String>,
}

fn read_row(row: &Row<'_>) -> Result<InstitutionRow, Error> {
    let code: InstitutionCode = row.get(0)?;
    Ok(InstitutionRow {
        institution: Institution {
            code,
            name: row.get(1)?,
            name_kana: row.get(2)?,
            name_english: row.get(3)?,
            prefecture: code.prefecture(),
            city: row.get(5)?,
            city_english: row.get(6)?,
            address: row.get(7)?,
            address_english: row.get(8)?,
            phone: row.get(9)?,
            opening_text: row.get(10)?,
            opening_text_english: row.get(11)?,
            description: row.get(12)?,
            description_english: row.get(13)?,
            specialties: Vec::new(),
            languages: Vec::new(),
            proof_method: ProofMethod::PictureOnly,
        },
        prefecture: row.get(4)?,
        proof_method: row.get(14)?,
        address: row.get(15)?,
    })
}

fn parse_proof_method(code: &str, address: Option<String>) -> Result<ProofMethod, Refusal> {
    match (code, address) {
        ("hand_over", Some(issuer)) => issuer
            .parse()
            .map(|issuer| ProofMethod::HandOver { issuer })
            .map_err(|_| Refusal::CorruptRecord("the reception of an institution")),
        ("fixed_url", Some(url)) => Ok(ProofMethod::FixedUrl { url }),
        ("picture_only", None) => Ok(ProofMethod::PictureOnly),
        _ => Err(Refusal::CorruptRecord("how an institution takes proof")),
    }
}

/// The institution with this code.
pub(crate) fn find_institution(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
) -> Result<Option<Institution>, Refusal> {
    let row = transaction.fetch_optional(
        "SELECT code, name, name_kana, name_english, prefecture, city, city_english, address, address_english, phone,
            opening_text, opening_text_english, description, description_english, leave_by, leave_address
         FROM institution WHERE code = $1",
        &[&code],
        read_row,
    )?;
    let Some(row) = row else { return Ok(None) };
    let specialties = transaction.fetch_all(
        "SELECT specialty FROM institution_specialty WHERE institution = $1 ORDER BY place",
        &[&code],
        |row| row.get(0),
    )?;
    let languages = transaction.fetch_all(
        "SELECT language FROM institution_language WHERE institution = $1 ORDER BY place",
        &[&code],
        |row| row.get(0),
    )?;
    Ok(Some(Institution {
        prefecture: parse_prefecture(row.prefecture)?,
        specialties,
        languages,
        proof_method: parse_proof_method(&row.proof_method, row.address)?,
        ..row.institution
    }))
}

/// The proof method of an institution.
pub(crate) fn find_proof_method_kind(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
) -> Result<ProofMethodKind, Refusal> {
    let (method, address) =
        transaction.fetch_one("SELECT leave_by, leave_address FROM institution WHERE code = $1", &[&code], |row| {
            Ok((row.get::<String>(0)?, row.get(1)?))
        })?;
    parse_proof_method(&method, address).map(|method| method.kind())
}

pub(crate) fn load_opening(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
) -> Result<OpeningSchedule, Refusal> {
    let closed_on_holidays = transaction
        .fetch_optional("SELECT closed_on_holidays FROM institution WHERE code = $1", &[&code], |row| row.get(0))?
        .ok_or(Refusal::NotFound)?;
    let rows: Vec<(i64, u32, u32)> = transaction.fetch_all(
        "SELECT weekday, from_minute, to_minute FROM opening_hours WHERE institution = $1 ORDER BY weekday, from_minute",
        &[&code],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let hours =
        rows.into_iter().map(|(weekday, from_minute, to_minute)| parse_opening_hours(weekday, from_minute, to_minute));
    Ok(OpeningSchedule { hours: hours.collect::<Result<_, Refusal>>()?, closed_on_holidays })
}

pub(crate) fn parse_opening_hours(weekday: i64, from_minute: u32, to_minute: u32) -> Result<OpeningHours, Refusal> {
    let weekday = i8::try_from(weekday).ok().and_then(|day| Weekday::from_monday_one_offset(day).ok());
    let weekday = weekday.ok_or(Refusal::CorruptRecord("the opening hours of an institution"))?;
    Ok(OpeningHours { weekday, from_minute, to_minute })
}

pub(crate) fn load_offer(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
) -> Result<InstitutionOffer, Refusal> {
    let institution = find_institution(transaction, code)?.ok_or(Refusal::NotFound)?;
    let opening = load_opening(transaction, code)?;
    let menus = load_menus(transaction, code)?;
    Ok(InstitutionOffer { institution, opening, menus })
}

/// The menus that can be booked, by number.
pub(crate) fn load_menus(transaction: &mut Transaction<'_>, code: InstitutionCode) -> Result<Vec<Menu>, Error> {
    transaction.fetch_all(
        "SELECT number, charge, name, name_english, minutes, fee, fee_english, system_fee, doctor
         FROM menu WHERE institution = $1 AND offered = 1 ORDER BY number",
        &[&code],
        |row| {
            Ok(Menu {
                number: row.get(0)?,
                charge: row.get(1)?,
                name: row.get(2)?,
                name_english: row.get(3)?,
                minutes: row.get(4)?,
                fee: row.get(5)?,
                fee_english: row.get(6)?,
                system_fee: row.get(7)?,
                doctor: row.get(8)?,
            })
        },
    )
}
