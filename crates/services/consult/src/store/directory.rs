use std::collections::{BTreeMap, HashSet};

use base::{Digest, InstitutionCode, Prefecture, Timestamp, end_of_day};
use database::{Error, Row, ToColumn, Transaction};
use jiff::{ToSpan, civil::Weekday};

use super::{Store, clinic_notice};
use crate::{
    Refusal,
    notices::ClinicNotice,
    rules::{
        institution::{Charge, City, Institution, InsuranceOffer, Menu, ProofMethod, ProofMethodKind, Specialty},
        kana::{area_reading, latin_key, reading_key, search_key},
        slot::{self, OpeningHours, OpeningSchedule},
    },
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

/// A search in the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InstitutionSearch {
    pub(crate) keywords: String,
    pub(crate) prefecture: Option<Prefecture>,
    pub(crate) city: Option<City>,
    pub(crate) specialty: Option<Specialty>,
    pub(crate) card: CardFilter,
    pub(crate) order: SortOrder,
    /// From 1.
    pub(crate) page: u32,
}

/// The order of the results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum SortOrder {
    /// By the next free slot.
    #[default]
    NextFree,
    /// By area and name.
    Area,
}

/// Whether to restrict the results to institutions that accept the card.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum CardFilter {
    #[default]
    All,
    OnlyWithCard,
}

/// How many institutions a page of results shows.
pub(crate) const PER_PAGE: u32 = 20;

/// How many days ahead, today included, a list of institutions looks for the next free slot.
pub(crate) const NEXT_FREE_DAYS: i32 = 14;

/// Up to how many institutions are sorted by their next free slots. More are sorted by area.
const MAX_SORTED: usize = 500;

/// A page of results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SearchResults {
    pub(crate) institutions: Vec<ListedInstitution>,
    pub(crate) total: u32,
    /// The order of `institutions`.
    pub(crate) order: SortOrder,
}

/// An institution in a list of results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedInstitution {
    pub(crate) institution: Institution,
    pub(crate) insurance_offer: InsuranceOffer,
    /// The first free slot within [`NEXT_FREE_DAYS`].
    pub(crate) next_free: Option<Timestamp>,
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
    /// Whether the database commits a write.
    pub(crate) async fn check_ready(&self) -> Result<(), Refusal> {
        Ok(self.database.check_writable().await?)
    }

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

    /// The matching institutions, of those with a menu.
    pub(crate) async fn search_institutions(
        &self,
        search: InstitutionSearch,
        now: Timestamp,
    ) -> Result<SearchResults, Refusal> {
        self.database.read(move |transaction| find_institutions(transaction, &search, now)).await
    }

    /// Prefectures and cities with an institution that has a menu, north to south; cities with their English names.
    pub(crate) async fn list_areas(&self) -> Result<BTreeMap<Prefecture, Vec<(String, String)>>, Refusal> {
        self.database
            .read(|transaction| {
                let rows: Vec<(u32, String, String)> = transaction.fetch_all(
                    "SELECT prefecture, city, MIN(city_english) FROM institution
                     WHERE EXISTS (SELECT 1 FROM menu WHERE institution = institution.code AND offered = 1)
                     GROUP BY prefecture, city ORDER BY prefecture, city",
                    &[],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                )?;
                let mut areas: BTreeMap<_, Vec<_>> = BTreeMap::new();
                for (code, city, english) in rows {
                    areas.entry(parse_prefecture(code)?).or_default().push((city, english));
                }
                Ok(areas)
            })
            .await
    }

    pub(crate) async fn find_offer(&self, code: InstitutionCode) -> Result<InstitutionOffer, Refusal> {
        self.database.read(move |transaction| load_offer(transaction, code)).await
    }

    /// The quarter hours of an institution in a period that this browser cannot book: those of appointments, and those held
    /// by other browsers.
    pub(crate) async fn find_taken_units(
        &self,
        code: InstitutionCode,
        (start, end): (Timestamp, Timestamp),
        browser: Digest,
        now: Timestamp,
    ) -> Result<HashSet<Timestamp>, Refusal> {
        self.database
            .read(move |transaction| {
                let units = transaction.fetch_all(
                    "SELECT begins FROM slot WHERE institution = $1 AND begins >= $2 AND begins < $3
                        AND (appointment IS NOT NULL OR (held_until > $4 AND holder <> $5))",
                    &[&code, &start, &end, &now, &browser],
                    |row| row.get(0),
                )?;
                Ok(units.into_iter().collect())
            })
            .await
    }
}

/// A statement on the institutions `i` that match a search. Its first ten values are those of [`SearchConditions`].
macro_rules! select_matching_institutions {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " WHERE (search_key LIKE $1 OR search_key LIKE $2) AND (search_key LIKE $3 OR search_key LIKE $4)
               AND (search_key LIKE $5 OR search_key LIKE $6)
               AND ($7 = 0 OR prefecture = $7) AND ($8 = '' OR city = $8) AND leave_by <> $9
               AND ($10 = '' OR EXISTS (SELECT 1 FROM institution_specialty
                    WHERE institution = i.code AND specialty = $10))
               AND EXISTS (SELECT 1 FROM menu WHERE institution = i.code AND offered = 1)",
            $rest
        )
    };
}

/// The conditions of a search, as parameters of a statement.
struct SearchConditions {
    keyword_patterns: [String; 6],
    prefecture: u32,
    city: String,
    excluded_method: &'static str,
    specialty: &'static str,
}

impl SearchConditions {
    fn new(search: &InstitutionSearch) -> Self {
        Self {
            keyword_patterns: like_patterns(&search.keywords),
            prefecture: search.prefecture.map_or(0, |prefecture| u32::from(prefecture.code())),
            city: search.city.as_ref().map_or_else(String::new, City::to_string),
            excluded_method: if search.card == CardFilter::OnlyWithCard { "picture_only" } else { "" },
            specialty: search.specialty.map_or("", Specialty::as_str),
        }
    }

    fn values<'a>(&'a self, more: &[&'a dyn ToColumn]) -> Vec<&'a dyn ToColumn> {
        let mut values: Vec<&dyn ToColumn> =
            self.keyword_patterns.iter().map(|pattern| pattern as &dyn ToColumn).collect();
        values.extend([&self.prefecture as &dyn ToColumn, &self.city, &self.excluded_method, &self.specialty]);
        values.extend(more);
        values
    }
}

fn find_institutions(
    transaction: &mut Transaction<'_>,
    search: &InstitutionSearch,
    now: Timestamp,
) -> Result<SearchResults, Refusal> {
    let conditions = SearchConditions::new(search);
    let mut codes: Vec<(InstitutionCode, bool)> = transaction.fetch_all(
        select_matching_institutions!(
            "SELECT i.code, i.closed_on_holidays FROM institution i",
            " ORDER BY i.prefecture, i.city, i.name_kana, i.code"
        ),
        &conditions.values(&[]),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    // Counting by loading all codes is cheap enough: a country has some hundred thousand institutions.
    let total = u32::try_from(codes.len()).unwrap_or(u32::MAX);
    let order = if codes.len() > MAX_SORTED { SortOrder::Area } else { search.order };
    let start = usize::try_from(search.page.max(1).saturating_sub(1).saturating_mul(PER_PAGE)).unwrap_or(usize::MAX);
    let page = start.min(codes.len())..start.saturating_add(PER_PAGE as usize).min(codes.len());
    let mut timetables = if codes.len() > MAX_SORTED {
        let codes_of_page = codes[page.clone()].iter();
        codes_of_page
            .map(|(code, _)| Ok((*code, load_timetable(transaction, *code, now)?)))
            .collect::<Result<_, Refusal>>()?
    } else {
        load_timetables(transaction, &conditions, &codes, now)?
    };
    let mut next: BTreeMap<InstitutionCode, Option<Timestamp>> =
        timetables.iter().map(|(code, timetable)| (*code, timetable.find_next_free(now))).collect();
    if order == SortOrder::NextFree {
        // The sort is stable: institutions with equal slots stay in the order of areas.
        codes.sort_by_key(|(code, _)| next.get(code).copied().flatten().map_or((1, None), |start| (0, Some(start))));
    }
    let mut institutions = Vec::new();
    for (code, _) in &codes[page] {
        let Some(institution) = find_institution(transaction, *code)? else { continue };
        let insurance_offer =
            timetables.remove(code).map_or(InsuranceOffer::WithInsurance, |timetable| timetable.insurance_offer());
        let next_free = next.remove(code).flatten();
        institutions.push(ListedInstitution { institution, insurance_offer, next_free });
    }
    Ok(SearchResults { institutions, total, order })
}

/// What determines the next free slot of an institution.
struct Timetable {
    opening: OpeningSchedule,
    /// Minutes and charge of each menu.
    menus: Vec<(u32, Charge)>,
    taken_units: HashSet<Timestamp>,
}

impl Timetable {
    fn insurance_offer(&self) -> InsuranceOffer {
        InsuranceOffer::from_charges(self.menus.iter().map(|(_, charge)| *charge))
    }

    fn find_next_free(&self, now: Timestamp) -> Option<Timestamp> {
        let mut lengths: Vec<_> = self.menus.iter().map(|(minutes, _)| *minutes).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let first_free = |minutes: u32| slot::free_slots(&self.opening, minutes, &self.taken_units, now).next();
        lengths.into_iter().filter_map(first_free).min().filter(|start| *start < next_free_end(now))
    }
}

/// The first instant after the days of [`NEXT_FREE_DAYS`].
fn next_free_end(now: Timestamp) -> Timestamp {
    end_of_day(now.japan_date().saturating_add((NEXT_FREE_DAYS - 1).days()))
}

fn load_timetable(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
    now: Timestamp,
) -> Result<Timetable, Refusal> {
    let offer = load_offer(transaction, code)?;
    let taken_units = transaction.fetch_all(
        "SELECT begins FROM slot WHERE institution = $1 AND begins >= $2 AND begins < $3
            AND (appointment IS NOT NULL OR held_until > $2)",
        &[&code, &now, &next_free_end(now)],
        |row| row.get(0),
    )?;
    let menus = offer.menus.iter().map(|menu| (menu.minutes, menu.charge)).collect();
    Ok(Timetable { opening: offer.opening, menus, taken_units: taken_units.into_iter().collect() })
}

/// The timetables of all matching institutions, by three statements in total.
fn load_timetables(
    transaction: &mut Transaction<'_>,
    conditions: &SearchConditions,
    codes: &[(InstitutionCode, bool)],
    now: Timestamp,
) -> Result<BTreeMap<InstitutionCode, Timetable>, Refusal> {
    let empty = |closed_on_holidays| Timetable {
        opening: OpeningSchedule { hours: Vec::new(), closed_on_holidays },
        menus: Vec::new(),
        taken_units: HashSet::new(),
    };
    let mut timetables: BTreeMap<_, _> = codes.iter().map(|(code, closed)| (*code, empty(*closed))).collect();
    let hours: Vec<(InstitutionCode, i64, u32, u32)> = transaction.fetch_all(
        select_matching_institutions!(
            "SELECT h.institution, h.weekday, h.from_minute, h.to_minute
             FROM institution i JOIN opening_hours h ON h.institution = i.code",
            ""
        ),
        &conditions.values(&[]),
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    for (code, weekday, from_minute, to_minute) in hours {
        let hours = parse_opening_hours(weekday, from_minute, to_minute)?;
        timetables.entry(code).and_modify(|timetable| timetable.opening.hours.push(hours));
    }
    let menus: Vec<(InstitutionCode, u32, Charge)> = transaction.fetch_all(
        select_matching_institutions!(
            "SELECT m.institution, m.minutes, m.charge FROM institution i JOIN menu m ON m.institution = i.code",
            " AND m.offered = 1"
        ),
        &conditions.values(&[]),
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    for (code, minutes, charge) in menus {
        timetables.entry(code).and_modify(|timetable| timetable.menus.push((minutes, charge)));
    }
    let taken_units: Vec<(InstitutionCode, Timestamp)> = transaction.fetch_all(
        select_matching_institutions!(
            "SELECT s.institution, s.begins FROM institution i JOIN slot s ON s.institution = i.code",
            " AND s.begins >= $11 AND s.begins < $12 AND (s.appointment IS NOT NULL OR s.held_until > $11)"
        ),
        &conditions.values(&[&now, &next_free_end(now)]),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (code, begins) in taken_units {
        timetables.entry(code).and_modify(|timetable| {
            timetable.taken_units.insert(begins);
        });
    }
    Ok(timetables)
}

/// Patterns for up to three keywords, two for each: its key and its reading. A key has letters and digits only, so no
/// keyword contains a wildcard of `LIKE`.
fn like_patterns(keywords: &str) -> [String; 6] {
    let mut keys = keywords
        .split_whitespace()
        .map(|keyword| (search_key(keyword), reading_key(keyword)))
        .filter(|(key, _)| !key.is_empty())
        .flat_map(|(key, reading)| [format!("%{key}%"), format!("%{}%", reading.unwrap_or(key))]);
    std::array::from_fn(|_| keys.next().unwrap_or_else(|| "%".to_owned()))
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
    clinic_notice::save_notice(transaction, institution.code, notice)?;
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

fn parse_prefecture(code: u32) -> Result<Prefecture, Refusal> {
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

fn parse_opening_hours(weekday: i64, from_minute: u32, to_minute: u32) -> Result<OpeningHours, Refusal> {
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
    let menus = transaction.fetch_all(
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
    )?;
    Ok(InstitutionOffer { institution, opening, menus })
}
