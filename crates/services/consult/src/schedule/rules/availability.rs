//! Which slots of some doctors are free, and which doctor takes a visit.

use std::collections::{BTreeSet, HashMap, HashSet};

use base::{Date, InstitutionCode, Timestamp};
use jiff::ToSpan;

use super::{
    practitioner_schedule::PractitionerSchedule,
    slot::{DailyCapacity, NotASlot, SlotTerms, is_on_grid},
};
use crate::practitioners::rules::practitioner::PractitionerId;

/// The number of visits of a menu of an institution on a day.
pub type VisitCount = ((InstitutionCode, u32, Date), u32);

/// What is booked or held of the time of doctors.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenTime {
    /// The quarter hours of each doctor.
    units: HashMap<PractitionerId, HashSet<Timestamp>>,
    /// The number of visits of each menu with a capacity, by day.
    visits: HashMap<(InstitutionCode, u32, Date), u32>,
}

impl TakenTime {
    /// From the quarter hours of doctors, and the numbers of visits of menus with a capacity.
    pub fn new(
        units: impl IntoIterator<Item = (PractitionerId, Timestamp)>,
        visits: impl IntoIterator<Item = VisitCount>,
    ) -> Self {
        let mut taken = Self { units: HashMap::new(), visits: visits.into_iter().collect() };
        for (practitioner, unit) in units {
            taken.units.entry(practitioner).or_default().insert(unit);
        }
        taken
    }

    fn is_free(&self, practitioner: PractitionerId, mut units: impl Iterator<Item = Timestamp>) -> bool {
        let taken = self.units.get(&practitioner);
        units.all(|unit| taken.is_none_or(|taken| !taken.contains(&unit)))
    }

    /// How many units of a doctor are taken.
    fn count(&self, practitioner: PractitionerId) -> usize {
        self.units.get(&practitioner).map_or(0, HashSet::len)
    }

    fn is_full(&self, capacity: Option<DailyCapacity>, date: Date) -> bool {
        capacity.is_some_and(|DailyCapacity { institution, menu, visits }| {
            self.visits.get(&(institution, menu, date)).is_some_and(|booked| *booked >= visits)
        })
    }
}

/// The doctors who can take a visit, and what is taken of their time.
#[derive(Debug, Clone)]
pub struct Availability<'a> {
    pub schedules: Vec<&'a PractitionerSchedule>,
    pub terms: SlotTerms,
    pub taken: &'a TakenTime,
    pub now: Timestamp,
}

impl Availability<'_> {
    /// The starts of all slots of a day, free or not.
    pub fn slots_of_day(&self, date: Date) -> BTreeSet<Timestamp> {
        let block = self.terms.block_minutes();
        self.schedules.iter().flat_map(|schedule| schedule.slots_of_day(date, block)).collect()
    }

    /// The starts at which some doctor is free and the menu can still be booked.
    pub fn free_slots_of_day(&self, date: Date) -> BTreeSet<Timestamp> {
        if self.taken.is_full(self.terms.capacity, date) {
            return BTreeSet::new();
        }
        let block = self.terms.block_minutes();
        let free_of = |schedule: &&PractitionerSchedule| {
            let mut starts = schedule.slots_of_day(date, block);
            starts.retain(|start| self.is_free(schedule.practitioner, *start));
            starts
        };
        self.schedules
            .iter()
            .flat_map(free_of)
            .filter(|start| self.terms.window.check(*start, self.now).is_ok())
            .collect()
    }

    /// The first bookable day not before `earliest` with a free slot.
    pub fn first_free_day(&self, earliest: Date) -> Option<Date> {
        let today = self.now.japan_date();
        self.bookable_days(earliest.max(today)).find(|date| !self.free_slots_of_day(*date).is_empty())
    }

    /// The free slots from now to the last bookable day, in order.
    pub fn free_slots(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.bookable_days(self.now.japan_date()).flat_map(|date| self.free_slots_of_day(date))
    }

    fn bookable_days(&self, first: Date) -> impl Iterator<Item = Date> + '_ {
        let last = self.last_day();
        first.series(1.day()).take_while(move |date| *date <= last)
    }

    /// The last day that can be booked.
    pub fn last_day(&self) -> Date {
        self.terms.window.last_day(self.now.japan_date())
    }

    /// The doctors of whom `start` is a slot, free or not.
    ///
    /// # Errors
    /// Why it is a slot of none.
    pub fn find_slot(&self, start: Timestamp) -> Result<Vec<PractitionerId>, NotASlot> {
        self.terms.window.check(start, self.now)?;
        if !is_on_grid(start) {
            return Err(NotASlot::OffGrid);
        }
        let (date, block) = (start.japan_date(), self.terms.block_minutes());
        let doctors: Vec<_> = self
            .schedules
            .iter()
            .filter(|schedule| schedule.slots_of_day(date, block).contains(&start))
            .map(|schedule| schedule.practitioner)
            .collect();
        if doctors.is_empty() {
            return Err(NotASlot::Closed);
        }
        if self.taken.is_full(self.terms.capacity, date) { Err(NotASlot::DayFull) } else { Ok(doctors) }
    }

    /// Of these doctors the one who takes the visit: `preferred` if free, else the free one of whom least is taken, the first
    /// of several. None if none is free.
    pub fn choose_practitioner(
        &self,
        start: Timestamp,
        doctors: &[PractitionerId],
        preferred: Option<PractitionerId>,
    ) -> Option<PractitionerId> {
        let free: Vec<_> = doctors.iter().copied().filter(|doctor| self.is_free(*doctor, start)).collect();
        let preferred = preferred.filter(|preferred| free.contains(preferred));
        preferred.or_else(|| free.into_iter().min_by_key(|doctor| self.taken.count(*doctor)))
    }

    fn is_free(&self, practitioner: PractitionerId, start: Timestamp) -> bool {
        self.taken.is_free(practitioner, self.terms.units(start))
    }
}

#[cfg(test)]
mod tests {
    use base::Randomness;
    use jiff::civil::Weekday;

    use super::{
        super::{
            opening::{OpeningHours, OpeningSchedule},
            practitioner_schedule::HoursSource,
            slot::BookingWindow,
        },
        *,
    };

    fn doctor(seed: &str) -> PractitionerId {
        PractitionerId::new(Timestamp::from_seconds(0), &Randomness::repeatable(seed))
    }

    fn parse_timestamp(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    fn parse_date(text: &str) -> Date {
        base::parse_date(text).expect("a date")
    }

    fn schedule(seed: &str, hours: &[(Weekday, u32, u32)]) -> PractitionerSchedule {
        let hours = hours.iter().map(|(weekday, from_minute, to_minute)| OpeningHours {
            weekday: *weekday,
            from_minute: *from_minute,
            to_minute: *to_minute,
        });
        PractitionerSchedule {
            practitioner: doctor(seed),
            opening: OpeningSchedule { hours: hours.collect(), closed_on_holidays: true },
            hours_source: HoursSource::Institution,
            sessions: Vec::new(),
            closures: Vec::new(),
        }
    }

    fn first() -> PractitionerSchedule {
        schedule("first", &[(Weekday::Monday, 540, 600), (Weekday::Tuesday, 540, 585)])
    }

    fn second() -> PractitionerSchedule {
        schedule("second", &[(Weekday::Monday, 585, 645)])
    }

    fn taken(units: &[(&str, &str)]) -> TakenTime {
        TakenTime::new(units.iter().map(|(seed, unit)| (doctor(seed), parse_timestamp(unit))), [])
    }

    fn availability<'a>(
        schedules: Vec<&'a PractitionerSchedule>,
        minutes: u32,
        taken: &'a TakenTime,
        now: &str,
    ) -> Availability<'a> {
        let terms = SlotTerms { minutes, buffer_minutes: 0, window: BookingWindow::default(), capacity: None };
        Availability { schedules, terms, taken, now: parse_timestamp(now) }
    }

    fn times(starts: impl IntoIterator<Item = Timestamp>) -> Vec<String> {
        starts.into_iter().map(|start| start.to_string()[11..16].to_owned()).collect()
    }

    #[test]
    fn a_longer_visit_needs_all_its_quarter_hours() {
        let (schedule, taken) = (first(), taken(&[("first", "2026-11-30T09:15:00+09:00")]));
        let available = availability(vec![&schedule], 30, &taken, "2026-11-29T09:00:00+09:00");
        assert_eq!(times(available.free_slots_of_day(parse_date("2026-11-30"))), ["09:30"]);
    }

    #[test]
    fn a_time_is_free_as_long_as_one_doctor_is() {
        let (first, second) = (first(), second());
        let check = |units: &[(&str, &str)], expected: &[&str]| {
            let taken = taken(units);
            let available = availability(vec![&first, &second], 15, &taken, "2026-11-29T09:00:00+09:00");
            assert_eq!(times(available.free_slots_of_day(parse_date("2026-11-30"))), expected, "{units:?}");
        };
        let at = "2026-11-30T09:45:00+09:00";
        let all = ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30"];
        check(&[], &all);
        check(&[("first", at)], &all);
        check(&[("first", at), ("second", at)], &["09:00", "09:15", "09:30", "10:00", "10:15", "10:30"]);
    }

    #[test]
    fn a_day_with_as_many_visits_as_the_menu_takes_is_full() {
        let tokyo = base::Prefecture::from_code(13).expect("Tokyo is a prefecture");
        let institution = InstitutionCode::from_parts(tokyo, base::ScoreTable::Medical, 1);
        let day = parse_date("2026-11-30");
        let schedule = first();
        let check = |booked: u32, expected: Result<(), NotASlot>| {
            let taken = TakenTime::new([], [((institution, 1, day), booked), ((institution, 2, day), 9)]);
            let mut available = availability(vec![&schedule], 15, &taken, "2026-11-29T09:00:00+09:00");
            available.terms.capacity = Some(DailyCapacity { institution, menu: 1, visits: 2 });
            let start = parse_timestamp("2026-11-30T09:00:00+09:00");
            assert_eq!(available.find_slot(start).map(|_| ()), expected, "{booked}");
            assert_eq!(available.free_slots_of_day(day).is_empty(), expected.is_err(), "{booked}");
        };
        check(0, Ok(()));
        check(1, Ok(()));
        check(2, Err(NotASlot::DayFull));
    }

    #[test]
    fn the_doctor_of_whom_least_is_taken_takes_the_visit() {
        let (first_schedule, second_schedule) = (first(), second());
        let (first, second) = (doctor("first"), doctor("second"));
        let at = "2026-11-30T09:45:00+09:00";
        let check = |units: &[(&str, &str)], preferred, expected| {
            let taken = taken(units);
            let available =
                availability(vec![&first_schedule, &second_schedule], 15, &taken, "2026-11-29T09:00:00+09:00");
            let start = parse_timestamp(at);
            let doctors = available.find_slot(start).expect("a slot of both");
            assert_eq!(doctors, [first, second]);
            assert_eq!(available.choose_practitioner(start, &doctors, preferred), expected, "{units:?} {preferred:?}");
        };
        check(&[], None, Some(first));
        check(&[], Some(second), Some(second));
        check(&[("first", "2026-11-30T09:00:00+09:00")], None, Some(second));
        check(&[("first", "2026-11-30T09:00:00+09:00")], Some(first), Some(first));
        check(&[("second", at)], Some(second), Some(first));
        check(&[("first", at), ("second", at)], None, None);
    }

    #[test]
    fn the_first_free_day_is_not_taken_not_over_and_not_too_far() {
        let schedule = first();
        let check = |earliest: &str, units: &[(&str, &str)], expected: Option<&str>| {
            let taken = taken(units);
            let available = availability(vec![&schedule], 30, &taken, "2026-11-30T09:50:00+09:00");
            assert_eq!(available.first_free_day(parse_date(earliest)), expected.map(parse_date), "{earliest}");
        };
        // A Monday whose last visit has begun; on Tuesdays there is one.
        check("2026-11-30", &[], Some("2026-12-01"));
        check("2026-11-23", &[], Some("2026-12-01"));
        check("2026-12-01", &[("first", "2026-12-01T09:15:00+09:00")], Some("2026-12-07"));
        check("2026-12-02", &[], Some("2026-12-07"));
        check("2027-01-26", &[], Some("2027-01-26"));
        check("2027-01-27", &[], None);
    }

    #[test]
    fn the_next_free_times_leave_out_what_is_taken_and_over() {
        let (schedule, taken) = (first(), taken(&[("first", "2026-11-30T09:30:00+09:00")]));
        let available = availability(vec![&schedule], 15, &taken, "2026-11-30T09:20:00+09:00");
        let next: Vec<_> = available.free_slots().take(2).collect();
        assert_eq!(next, [parse_timestamp("2026-11-30T09:45:00+09:00"), parse_timestamp("2026-12-01T09:00:00+09:00")]);
        let nobody = availability(Vec::new(), 15, &taken, "2026-11-30T09:20:00+09:00");
        assert_eq!(nobody.free_slots().next(), None);
    }

    #[test]
    fn a_time_is_refused_for_its_own_reason() {
        let (schedule, taken) = (first(), TakenTime::default());
        let available = availability(vec![&schedule], 15, &taken, "2026-11-30T09:10:00+09:00");
        let check = |start: &str, expected: Result<(), NotASlot>| {
            assert_eq!(available.find_slot(parse_timestamp(start)).map(|_| ()), expected, "{start}");
        };
        check("2026-11-30T09:15:00+09:00", Ok(()));
        check("2026-11-30T09:00:00+09:00", Err(NotASlot::Past));
        check("2026-11-30T09:20:00+09:00", Err(NotASlot::OffGrid));
        check("2026-11-30T10:00:00+09:00", Err(NotASlot::Closed));
        check("2027-01-26T09:00:00+09:00", Ok(()));
        check("2027-02-01T09:00:00+09:00", Err(NotASlot::TooFar));
    }
}
