//! The search of the directory, in the order of the next free slots.

use std::collections::{BTreeMap, HashMap};

use base::{InstitutionCode, Prefecture, Timestamp, end_of_day};
use database::{ToColumn, Transaction};

use super::{
    institutions::{find_institution, parse_prefecture},
    menus::list_menus_for_patients,
};
use crate::{
    directory::rules::{
        institution::{City, Institution, InsuranceOffer, OfferedMenu},
        kana::{reading_key, search_key},
    },
    practitioners::rules::specialty::Specialty,
    refusal::Refusal,
    schedule::{
        rules::{
            availability::{Availability, TakenTime},
            practitioner_schedule::PractitionerSchedule,
            slot::{BookingWindow, SlotTerms},
        },
        store::{schedule::load_schedules, slot::load_taken_time_of_institutions},
    },
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
pub(crate) const NEXT_FREE_DAYS: u32 = 14;

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
                     WHERE EXISTS (SELECT 1 FROM menu
                        WHERE institution = institution.code AND offered = 1 AND audience = 'patients')
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
               AND EXISTS (SELECT 1 FROM menu WHERE institution = i.code AND offered = 1 AND audience = 'patients')",
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
    let mut codes: Vec<InstitutionCode> = transaction.fetch_all(
        select_matching_institutions!(
            "SELECT i.code FROM institution i",
            " ORDER BY i.prefecture, i.city, i.name_kana, i.code"
        ),
        &conditions.values(&[]),
        |row| row.get(0),
    )?;
    // Counting by loading all codes is cheap enough: a country has some hundred thousand institutions.
    let total = u32::try_from(codes.len()).unwrap_or(u32::MAX);
    let order = if codes.len() > MAX_SORTED { SortOrder::Area } else { search.order };
    let start = usize::try_from(search.page.max(1).saturating_sub(1).saturating_mul(PER_PAGE)).unwrap_or(usize::MAX);
    let page = start.min(codes.len())..start.saturating_add(PER_PAGE as usize).min(codes.len());
    let timed = if codes.len() > MAX_SORTED { &codes[page.clone()] } else { &codes[..] };
    let timetables = load_timetables(transaction, timed, now)?;
    let taken = load_taken_time_of_institutions(transaction, timed, (now, next_free_end(now)))?;
    let next: HashMap<InstitutionCode, Option<Timestamp>> =
        timetables.iter().map(|(code, timetable)| (*code, timetable.find_next_free(*code, &taken, now))).collect();
    if order == SortOrder::NextFree {
        // The sort is stable: institutions with equal slots stay in the order of areas.
        codes.sort_by_key(|code| next.get(code).copied().flatten().map_or((1, None), |start| (0, Some(start))));
    }
    let mut institutions = Vec::new();
    for code in &codes[page] {
        let Some(institution) = find_institution(transaction, *code)? else { continue };
        let insurance_offer = timetables.get(code).map_or(InsuranceOffer::WithInsurance, Timetable::insurance_offer);
        let next_free = next.get(code).copied().flatten();
        institutions.push(ListedInstitution { institution, insurance_offer, next_free });
    }
    Ok(SearchResults { institutions, total, order })
}

/// What determines the next free slot of an institution.
#[derive(Default)]
struct Timetable {
    menus: Vec<OfferedMenu>,
    schedules: Vec<PractitionerSchedule>,
}

impl Timetable {
    fn insurance_offer(&self) -> InsuranceOffer {
        InsuranceOffer::from_charges(self.menus.iter().map(|offered| offered.menu.charge))
    }

    fn find_next_free(&self, code: InstitutionCode, taken: &TakenTime, now: Timestamp) -> Option<Timestamp> {
        let first_free = |offered: &OfferedMenu| {
            let takes_part = |schedule: &&PractitionerSchedule| offered.is_taken_by(schedule.practitioner);
            let schedules = self.schedules.iter().filter(takes_part).collect();
            let terms = offered.slot_terms(code);
            let horizon_days = terms.window.horizon_days.min(NEXT_FREE_DAYS);
            let terms = SlotTerms { window: BookingWindow { horizon_days, ..terms.window }, ..terms };
            Availability { schedules, terms, taken, now }.free_slots().next()
        };
        self.menus.iter().filter_map(first_free).min()
    }
}

/// The first instant after the days of [`NEXT_FREE_DAYS`].
fn next_free_end(now: Timestamp) -> Timestamp {
    end_of_day(BookingWindow { notice_minutes: 0, horizon_days: NEXT_FREE_DAYS }.last_day(now.japan_date()))
}

/// The timetables of institutions, by a few statements for every twenty.
fn load_timetables(
    transaction: &mut Transaction<'_>,
    codes: &[InstitutionCode],
    now: Timestamp,
) -> Result<HashMap<InstitutionCode, Timetable>, Refusal> {
    let mut timetables: HashMap<InstitutionCode, Timetable> = HashMap::new();
    for (code, schedules) in load_schedules(transaction, codes, now)? {
        timetables.entry(code).or_default().schedules = schedules;
    }
    for (code, offered) in list_menus_for_patients(transaction, codes)? {
        timetables.entry(code).or_default().menus.push(offered);
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
