use std::collections::{BTreeMap, HashSet};

use base::{InstitutionCode, Prefecture, Timestamp};
use database::{Error, Row, Transaction};
use jiff::civil::Weekday;

use super::{Store, clinic_notice};
use crate::{
    Refusal,
    notices::ClinicNotice,
    rules::{
        institution::{City, Institution, LeaveBy, Menu, Specialty, Way},
        kana::{latin_key, search_key},
        slot::{Opening, OpeningHours},
    },
};

/// An institution with all that can be booked at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInstitution {
    /// The institution.
    pub institution: Institution,
    /// When it receives patients.
    pub opening: Opening,
    /// What can be booked. Numbers are unique and stay with their menu.
    pub menus: Vec<Menu>,
    /// What it tells the public of itself.
    pub notice: ClinicNotice,
}

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Search {
    pub(crate) words: String,
    pub(crate) prefecture: Option<Prefecture>,
    pub(crate) city: Option<City>,
    pub(crate) specialty: Option<Specialty>,
    pub(crate) card: CardFilter,
    /// From 1.
    pub(crate) page: u32,
}

/// Whether only institutions that take the card are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum CardFilter {
    #[default]
    All,
    OnlyWithCard,
}

/// How many institutions a page of results shows.
pub(crate) const PER_PAGE: u32 = 20;

/// A page of results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) institutions: Vec<Institution>,
    pub(crate) total: u32,
}

/// An institution as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) institution: Institution,
    pub(crate) opening: Opening,
    pub(crate) menus: Vec<Menu>,
}

impl Offer {
    /// The menu with this number, if it can be booked.
    pub(crate) fn menu(&self, number: u32) -> Option<&Menu> {
        self.menus.iter().find(|menu| menu.number == number)
    }
}

impl Store {
    /// Whether the database takes and keeps writes.
    pub(crate) async fn ready(&self) -> Result<(), Refusal> {
        Ok(self.database.check_writable().await?)
    }

    /// Adds an institution, or brings it up to date. Menus that are no longer named are no longer offered.
    pub(crate) async fn add_institution(&self, new: NewInstitution) -> Result<(), Refusal> {
        self.database.write(move |transaction| add(transaction, &new)).await
    }

    /// Makes these the institutions that are offered. One that is not among them offers nothing more; what was booked at it
    /// stands. Returns the codes of those that offered something before and are not among them.
    pub(crate) async fn list_institutions(&self, all: Vec<NewInstitution>) -> Result<Vec<InstitutionCode>, Refusal> {
        self.database
            .write(move |transaction| {
                for new in &all {
                    add(transaction, new)?;
                }
                let named: HashSet<_> = all.iter().map(|new| new.institution.code).collect();
                let offering: Vec<InstitutionCode> =
                    transaction.all("SELECT DISTINCT institution FROM menu WHERE offered = 1", &[], |row| row.at(0))?;
                let gone: Vec<_> = offering.into_iter().filter(|code| !named.contains(code)).collect();
                for code in &gone {
                    offer_nothing(transaction, *code)?;
                }
                Ok(gone)
            })
            .await
    }

    /// The institutions that fit, of those that offer something.
    pub(crate) async fn search(&self, search: Search) -> Result<Found, Refusal> {
        self.database
            .read(move |transaction| {
                let patterns = patterns(&search.words);
                let prefecture = search.prefecture.map_or(0, |prefecture| u32::from(prefecture.code()));
                let city = search.city.as_ref().map_or_else(String::new, City::to_string);
                let specialty = search.specialty.map_or("", Specialty::word);
                let without = if search.card == CardFilter::OnlyWithCard { "picture_only" } else { "" };
                let total = transaction.one(
                    "SELECT COUNT(*) FROM institution
                     WHERE search_key LIKE $1 AND search_key LIKE $2 AND search_key LIKE $3
                       AND ($4 = 0 OR prefecture = $4) AND ($5 = '' OR city = $5) AND leave_by <> $6
                       AND ($7 = '' OR EXISTS (SELECT 1 FROM institution_specialty
                            WHERE institution = institution.code AND specialty = $7))
                       AND EXISTS (SELECT 1 FROM menu WHERE institution = institution.code AND offered = 1)",
                    &[&patterns[0], &patterns[1], &patterns[2], &prefecture, &city, &without, &specialty],
                    |row| row.at(0),
                )?;
                let first = search.page.max(1).saturating_sub(1).saturating_mul(PER_PAGE);
                let codes: Vec<InstitutionCode> = transaction.all(
                    "SELECT code FROM institution
                     WHERE search_key LIKE $1 AND search_key LIKE $2 AND search_key LIKE $3
                       AND ($4 = 0 OR prefecture = $4) AND ($5 = '' OR city = $5) AND leave_by <> $6
                       AND ($7 = '' OR EXISTS (SELECT 1 FROM institution_specialty
                            WHERE institution = institution.code AND specialty = $7))
                       AND EXISTS (SELECT 1 FROM menu WHERE institution = institution.code AND offered = 1)
                     ORDER BY prefecture, city, name_kana, code LIMIT $8 OFFSET $9",
                    &[
                        &patterns[0],
                        &patterns[1],
                        &patterns[2],
                        &prefecture,
                        &city,
                        &without,
                        &specialty,
                        &PER_PAGE,
                        &first,
                    ],
                    |row| row.at(0),
                )?;
                let mut institutions = Vec::new();
                for code in codes {
                    institutions.extend(institution(transaction, code)?);
                }
                Ok(Found { institutions, total })
            })
            .await
    }

    /// Prefectures and cities with an institution that offers something, north to south; cities with their English names.
    pub(crate) async fn areas(&self) -> Result<BTreeMap<Prefecture, Vec<(String, String)>>, Refusal> {
        self.database
            .read(|transaction| {
                let rows: Vec<(u32, String, String)> = transaction.all(
                    "SELECT prefecture, city, MIN(city_english) FROM institution
                     WHERE EXISTS (SELECT 1 FROM menu WHERE institution = institution.code AND offered = 1)
                     GROUP BY prefecture, city ORDER BY prefecture, city",
                    &[],
                    |row| Ok((row.at(0)?, row.at(1)?, row.at(2)?)),
                )?;
                let mut areas: BTreeMap<_, Vec<_>> = BTreeMap::new();
                for (code, city, english) in rows {
                    areas.entry(prefecture(code)?).or_default().push((city, english));
                }
                Ok(areas)
            })
            .await
    }

    pub(crate) async fn offer(&self, code: InstitutionCode) -> Result<Offer, Refusal> {
        self.database.read(move |transaction| offer(transaction, code)).await
    }

    /// The quarter hours that are taken at an institution between two times.
    pub(crate) async fn taken(
        &self,
        code: InstitutionCode,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<HashSet<Timestamp>, Refusal> {
        self.database
            .read(move |transaction| {
                let taken = transaction.all(
                    "SELECT begins FROM slot WHERE institution = $1 AND begins >= $2 AND begins < $3",
                    &[&code, &from, &to],
                    |row| row.at(0),
                )?;
                Ok(taken.into_iter().collect())
            })
            .await
    }
}

/// Up to three words, each to be found somewhere in the key. A key holds letters and digits only, so no word means
/// anything special to `LIKE`.
fn patterns(words: &str) -> [String; 3] {
    let mut keys = words.split_whitespace().map(search_key).filter(|key| !key.is_empty());
    std::array::from_fn(|_| keys.next().map_or_else(|| "%".to_owned(), |key| format!("%{key}%")))
}

fn key_of(institution: &Institution) -> String {
    let mut parts = vec![
        search_key(&institution.name),
        search_key(&institution.name_kana),
        latin_key(&institution.name_kana),
        search_key(&institution.name_english),
        search_key(institution.prefecture.japanese()),
        search_key(institution.prefecture.latin()),
        search_key(&institution.city),
        search_key(&institution.city_english),
    ];
    for specialty in &institution.specialties {
        parts.extend(
            [shell::Language::Japanese, shell::Language::English].map(|language| search_key(specialty.name(language))),
        );
    }
    parts.join(" ")
}

fn add(transaction: &mut Transaction<'_>, new: &NewInstitution) -> Result<(), Refusal> {
    let NewInstitution { institution, opening, menus, notice } = new;
    let (leave_by, address) = match &institution.leave_by {
        LeaveBy::HandOver { issuer } => ("hand_over", Some(issuer.as_str())),
        LeaveBy::FixedUrl { url } => ("fixed_url", Some(url.as_str())),
        LeaveBy::PictureOnly => ("picture_only", None),
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
            &key_of(institution),
        ],
    )?;
    transaction.execute("DELETE FROM institution_specialty WHERE institution = $1", &[&institution.code])?;
    for (place, specialty) in (0_u32..).zip(&institution.specialties) {
        transaction.execute(
            "INSERT INTO institution_specialty (institution, place, specialty) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[&institution.code, &place, specialty],
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
    clinic_notice::save(transaction, institution.code, notice)?;
    offer_nothing(transaction, institution.code)?;
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

fn offer_nothing(transaction: &mut Transaction<'_>, code: InstitutionCode) -> Result<(), Error> {
    transaction.execute("UPDATE menu SET offered = 0 WHERE institution = $1", &[&code]).map(|_| ())
}

fn prefecture(code: u32) -> Result<Prefecture, Refusal> {
    let wrong = Refusal::Record("the prefecture of an institution");
    let Ok(code) = u8::try_from(code) else { return Err(wrong) };
    Prefecture::from_code(code).map_err(|_| wrong)
}

/// A row of `institution` before its words are read.
struct Kept {
    institution: Institution,
    prefecture: u32,
    leave_by: String,
    address: Option<String>,
}

fn kept(row: &Row<'_>) -> Result<Kept, Error> {
    let code: InstitutionCode = row.at(0)?;
    Ok(Kept {
        institution: Institution {
            code,
            name: row.at(1)?,
            name_kana: row.at(2)?,
            name_english: row.at(3)?,
            prefecture: code.prefecture(),
            city: row.at(5)?,
            city_english: row.at(6)?,
            address: row.at(7)?,
            address_english: row.at(8)?,
            phone: row.at(9)?,
            opening_text: row.at(10)?,
            opening_text_english: row.at(11)?,
            description: row.at(12)?,
            description_english: row.at(13)?,
            specialties: Vec::new(),
            leave_by: LeaveBy::PictureOnly,
        },
        prefecture: row.at(4)?,
        leave_by: row.at(14)?,
        address: row.at(15)?,
    })
}

fn leave_by(word: &str, address: Option<String>) -> Result<LeaveBy, Refusal> {
    match (word, address) {
        ("hand_over", Some(issuer)) => issuer
            .parse()
            .map(|issuer| LeaveBy::HandOver { issuer })
            .map_err(|_| Refusal::Record("the reception of an institution")),
        ("fixed_url", Some(url)) => Ok(LeaveBy::FixedUrl { url }),
        ("picture_only", None) => Ok(LeaveBy::PictureOnly),
        _ => Err(Refusal::Record("how an institution takes proof")),
    }
}

/// The institution with this code.
pub(crate) fn institution(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
) -> Result<Option<Institution>, Refusal> {
    let found = transaction.optional(
        "SELECT code, name, name_kana, name_english, prefecture, city, city_english, address, address_english, phone,
            opening_text, opening_text_english, description, description_english, leave_by, leave_address
         FROM institution WHERE code = $1",
        &[&code],
        kept,
    )?;
    let Some(found) = found else { return Ok(None) };
    let specialties = transaction.all(
        "SELECT specialty FROM institution_specialty WHERE institution = $1 ORDER BY place",
        &[&code],
        |row| row.at(0),
    )?;
    Ok(Some(Institution {
        prefecture: prefecture(found.prefecture)?,
        specialties,
        leave_by: leave_by(&found.leave_by, found.address)?,
        ..found.institution
    }))
}

/// How insurance is proven to an institution.
pub(crate) fn way(transaction: &mut Transaction<'_>, code: InstitutionCode) -> Result<Way, Refusal> {
    let (word, address) =
        transaction.one("SELECT leave_by, leave_address FROM institution WHERE code = $1", &[&code], |row| {
            Ok((row.at::<String>(0)?, row.at(1)?))
        })?;
    leave_by(&word, address).map(|leave_by| leave_by.way())
}

pub(crate) fn opening(transaction: &mut Transaction<'_>, code: InstitutionCode) -> Result<Opening, Refusal> {
    let closed_on_holidays = transaction
        .optional("SELECT closed_on_holidays FROM institution WHERE code = $1", &[&code], |row| row.at(0))?
        .ok_or(Refusal::NotFound)?;
    let rows: Vec<(i64, u32, u32)> = transaction.all(
        "SELECT weekday, from_minute, to_minute FROM opening_hours WHERE institution = $1 ORDER BY weekday, from_minute",
        &[&code],
        |row| Ok((row.at(0)?, row.at(1)?, row.at(2)?)),
    )?;
    let hours = rows.into_iter().map(|(weekday, from_minute, to_minute)| {
        let weekday = i8::try_from(weekday).ok().and_then(|day| Weekday::from_monday_one_offset(day).ok());
        let weekday = weekday.ok_or(Refusal::Record("the opening hours of an institution"))?;
        Ok(OpeningHours { weekday, from_minute, to_minute })
    });
    Ok(Opening { hours: hours.collect::<Result<_, Refusal>>()?, closed_on_holidays })
}

pub(crate) fn offer(transaction: &mut Transaction<'_>, code: InstitutionCode) -> Result<Offer, Refusal> {
    let institution = institution(transaction, code)?.ok_or(Refusal::NotFound)?;
    let opening = opening(transaction, code)?;
    let menus = transaction.all(
        "SELECT number, charge, name, name_english, minutes, fee, fee_english, system_fee, doctor
         FROM menu WHERE institution = $1 AND offered = 1 ORDER BY number",
        &[&code],
        |row| {
            Ok(Menu {
                number: row.at(0)?,
                charge: row.at(1)?,
                name: row.at(2)?,
                name_english: row.at(3)?,
                minutes: row.at(4)?,
                fee: row.at(5)?,
                fee_english: row.at(6)?,
                system_fee: row.at(7)?,
                doctor: row.at(8)?,
            })
        },
    )?;
    Ok(Offer { institution, opening, menus })
}
