//! Institutions with their menus and opening hours.

use std::collections::HashSet;

use base::{InstitutionCode, Prefecture, Timestamp};
use database::{Error, Row, Transaction};

use super::{clinic_notices, menus};
use crate::{
    directory::rules::{
        clinic_notice::ClinicNotice,
        institution::{Institution, InsuranceOffer, Menu, MenuRules, OfferedMenu, ProofMethod, ProofMethodKind},
        kana::{area_reading, latin_key, search_key},
    },
    practitioners::{
        self,
        rules::practitioner::{Employment, Practitioner, PractitionerDetails, PractitionerId},
    },
    refusal::Refusal,
    schedule::{
        rules::{
            availability::{Availability, TakenTime},
            opening::{OpeningHours, OpeningSchedule},
            practitioner_schedule::PractitionerSchedule,
        },
        store::schedule::{self, load_opening, load_schedules_of_institution},
    },
    store::Store,
};

/// An institution with its doctors and menus, to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInstitution {
    pub institution: Institution,
    pub opening: OpeningSchedule,
    pub practitioners: Vec<NewPractitioner>,
    pub menus: Vec<NewMenu>,
    pub notice: ClinicNotice,
}

/// What became of a list of institutions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReplacedInstitutions {
    /// Those that are not in the list, and whose menus were withdrawn.
    pub(crate) withdrawn: Vec<InstitutionCode>,
    /// Those in the list that stay as their managers have edited them.
    pub(crate) edited: Vec<InstitutionCode>,
}

/// A doctor of a [`NewInstitution`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPractitioner {
    /// Unique within the institution, and constant for a doctor.
    pub number: u32,
    pub details: PractitionerDetails,
    /// The doctor's own hours; None for those of the institution.
    pub hours: Option<Vec<OpeningHours>>,
}

impl NewPractitioner {
    /// 担当医: the one doctor of an institution that tells patients no names.
    pub fn generic() -> Self {
        let details = PractitionerDetails {
            name: "担当医".to_owned(),
            name_english: Some("The doctor on duty".to_owned()),
            ..PractitionerDetails::default()
        };
        Self { number: 1, details, hours: None }
    }
}

/// A menu of a [`NewInstitution`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMenu {
    /// Its number is unique within the institution, and constant for a menu.
    pub menu: Menu,
    pub rules: MenuRules,
    /// The numbers of the doctors who take its visits; empty if all do.
    pub practitioners: Vec<u32>,
}

/// An institution as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InstitutionOffer {
    pub(crate) institution: Institution,
    pub(crate) opening: OpeningSchedule,
    /// The menus that patients can book.
    pub(crate) menus: Vec<OfferedMenu>,
    /// The doctors who receive patients.
    pub(crate) practitioners: Vec<Practitioner>,
    /// The schedules of these doctors.
    pub(crate) schedules: Vec<PractitionerSchedule>,
}

impl InstitutionOffer {
    /// The menu with this number, if it can be booked.
    pub(crate) fn menu(&self, number: u32) -> Option<&OfferedMenu> {
        self.menus.iter().find(|offered| offered.menu.number == number)
    }

    /// Whether an insured visit can be booked.
    pub(crate) fn insurance_offer(&self) -> InsuranceOffer {
        InsuranceOffer::from_charges(self.menus.iter().map(|offered| offered.menu.charge))
    }

    /// The doctors who take visits of a menu.
    pub(crate) fn practitioners_of<'a>(&'a self, menu: &'a OfferedMenu) -> impl Iterator<Item = &'a Practitioner> {
        self.practitioners.iter().filter(|practitioner| menu.is_taken_by(practitioner.id))
    }

    /// The schedules of the doctors who take visits of a menu.
    pub(crate) fn schedules_of<'a>(&'a self, menu: &OfferedMenu) -> impl Iterator<Item = &'a PractitionerSchedule> {
        self.schedules.iter().filter(|schedule| menu.is_taken_by(schedule.practitioner))
    }

    /// The doctor with this id, if patients are received.
    pub(crate) fn practitioner(&self, id: PractitionerId) -> Option<&Practitioner> {
        self.practitioners.iter().find(|practitioner| practitioner.id == id)
    }

    /// Which slots of a menu are free: with one doctor, or with any.
    pub(crate) fn availability<'a>(
        &'a self,
        menu: &OfferedMenu,
        wanted: Option<PractitionerId>,
        taken: &'a TakenTime,
        now: Timestamp,
    ) -> Availability<'a> {
        let is_wanted = |schedule: &&PractitionerSchedule| {
            menu.is_taken_by(schedule.practitioner) && wanted.is_none_or(|wanted| wanted == schedule.practitioner)
        };
        let schedules = self.schedules.iter().filter(is_wanted).collect();
        Availability { schedules, terms: menu.slot_terms(self.institution.code), taken, now }
    }
}

impl Store {
    /// Adds or updates an institution, unless its managers have edited it. Menus and doctors that are not in it are no longer
    /// offered.
    pub(crate) async fn add_institution(&self, new: NewInstitution, now: Timestamp) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                if list_edited_institutions(transaction)?.contains(&new.institution.code) {
                    return Ok(());
                }
                upsert_institution(transaction, &store, &new, now)
            })
            .await
    }

    /// Makes these the institutions that are offered, but for those that their managers have edited, which stay as they are.
    /// The menus of all others are withdrawn; their appointments stay.
    pub(crate) async fn replace_institutions(
        &self,
        all: Vec<NewInstitution>,
        now: Timestamp,
    ) -> Result<ReplacedInstitutions, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let edited = list_edited_institutions(transaction)?;
                let is_edited = |new: &&NewInstitution| edited.contains(&new.institution.code);
                for new in all.iter().filter(|new| !is_edited(new)) {
                    upsert_institution(transaction, &store, new, now)?;
                }
                let listed: HashSet<_> = all.iter().map(|new| new.institution.code).collect();
                let offering: Vec<InstitutionCode> =
                    transaction
                        .fetch_all("SELECT DISTINCT institution FROM menu WHERE offered = 1", &[], |row| row.get(0))?;
                let withdrawn: Vec<_> =
                    offering.into_iter().filter(|code| !listed.contains(code) && !edited.contains(code)).collect();
                for code in &withdrawn {
                    menus::withdraw_menus(transaction, *code)?;
                }
                let edited = all.iter().filter(is_edited).map(|new| new.institution.code).collect();
                Ok(ReplacedInstitutions { withdrawn, edited })
            })
            .await
    }

    /// What patients can book of an institution from `now` on.
    pub(crate) async fn find_offer(&self, code: InstitutionCode, now: Timestamp) -> Result<InstitutionOffer, Refusal> {
        self.database.read(move |transaction| load_offer(transaction, code, now)).await
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

/// The institutions that their managers have edited in the browser.
fn list_edited_institutions(transaction: &mut Transaction<'_>) -> Result<HashSet<InstitutionCode>, Error> {
    let codes =
        transaction.fetch_all("SELECT code FROM institution WHERE edited_at IS NOT NULL", &[], |row| row.get(0))?;
    Ok(codes.into_iter().collect())
}

fn upsert_institution(
    transaction: &mut Transaction<'_>,
    store: &Store,
    new: &NewInstitution,
    now: Timestamp,
) -> Result<(), Refusal> {
    let NewInstitution { institution, opening, practitioners, menus, notice } = new;
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
            leave_by = $16, leave_address = $17, search_key = $18, version = institution.version + 1",
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
    schedule::save_opening_hours(transaction, institution.code, &opening.hours)?;
    clinic_notices::save_notice(transaction, institution.code, notice)?;
    let doctors: Vec<_> = practitioners.iter().map(|new| (new.number, new.details.clone())).collect();
    practitioners::store::replace_practitioners(transaction, store, institution.code, &doctors, now)?;
    let all = practitioners::store::list_practitioners(transaction, institution.code)?;
    for new in practitioners {
        if let Some(practitioner) = all.iter().find(|practitioner| practitioner.number == new.number) {
            schedule::save_working_hours(transaction, practitioner.id, new.hours.as_deref())?;
        }
    }
    menus::withdraw_menus(transaction, institution.code)?;
    for new in menus {
        let doctors: Vec<_> = all
            .iter()
            .filter(|practitioner| new.practitioners.contains(&practitioner.number))
            .map(|practitioner| practitioner.id)
            .collect();
        menus::save_menu(transaction, institution.code, (&new.menu, &new.rules), &doctors)?;
    }
    Ok(())
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

/// What patients can book of an institution from `now` on.
pub(crate) fn load_offer(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
    now: Timestamp,
) -> Result<InstitutionOffer, Refusal> {
    let institution = find_institution(transaction, code)?.ok_or(Refusal::NotFound)?;
    let opening = load_opening(transaction, code)?;
    let mut practitioners = practitioners::store::list_practitioners(transaction, code)?;
    practitioners.retain(|practitioner| practitioner.employment == Employment::Active);
    let schedules = load_schedules_of_institution(transaction, code, now)?;
    let menus = menus::load_menus_for_patients(transaction, code)?;
    Ok(InstitutionOffer { institution, opening, menus, practitioners, schedules })
}
