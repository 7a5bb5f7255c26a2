//! The search of the directory, in the order of the next free slots.

use std::collections::{BTreeMap, HashSet};

use base::{InstitutionCode, Prefecture, Timestamp, end_of_day};
use database::{ToColumn, Transaction};
use jiff::ToSpan;

use super::institutions::{find_institution, load_menus, load_opening, parse_opening_hours, parse_prefecture};
use crate::{
    directory::rules::{
        institution::{Charge, City, Institution, InsuranceOffer, Specialty},
        kana::{reading_key, search_key},
    },
    refusal::Refusal,
    schedule::rules::slot::{self, OpeningSchedule},
    store::Store,
};

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

impl Store {
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
    let opening = load_opening(transaction, code)?;
    let menus = load_menus(transaction, code)?;
    let taken_units = transaction.fetch_all(
        "SELECT begins FROM slot WHERE institution = $1 AND begins >= $2 AND begins < $3
            AND (appointment IS NOT NULL OR held_until > $2)",
        &[&code, &now, &next_free_end(now)],
        |row| row.get(0),
    )?;
    let menus = menus.iter().map(|menu| (menu.minutes, menu.charge)).collect();
    Ok(Timetable { opening, menus, taken_units: taken_units.into_iter().collect() })
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
