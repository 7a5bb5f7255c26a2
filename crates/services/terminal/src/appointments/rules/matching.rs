//! Matching of receptions with appointments.
//!
//! By the reception number if the hand-over gave one; else by kana and birth date, which the desk confirms. If only the
//! number or only the birthday is the same, it may be a former name or another person: the desk decides. Among several
//! candidates none is chosen.

use base::{Date, ReceptionNumber};
use text::fold_reading;

use super::appointment::{Appointment, ImportedAppointments};

/// The appointment that matches a reception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AppointmentMatch {
    /// No appointments of that day were imported.
    NotImported,
    NoMatch,
    /// The reception number is the same, and name and birthday do not differ.
    ByNumber(Appointment),
    /// The reception number is the same, but name or birthday differ: the desk decides whether it is the same person.
    NumberWithOtherPerson(Appointment, PersonMismatch),
    /// Kana and birth date are the same: the desk decides whether it is the same person.
    SameNameAndBirthday(Appointment),
    /// Only the birthday is the same, as with a former name: the desk decides whether it is the same person.
    SameBirthday(Appointment),
    /// Several appointments match; none is chosen.
    Ambiguous(Vec<Appointment>),
}

/// The items in which an appointment and the insured person differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PersonMismatch {
    Kana,
    Birthday,
    Both,
}

/// The items of the insured person that are compared with an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InsuredPerson<'a> {
    /// All readings that the insurers have: 氏名カナ, 氏名カナ（その他）.
    pub(crate) readings: Vec<&'a str>,
    pub(crate) birth_date: Date,
}

impl InsuredPerson<'_> {
    /// Whether an appointment's reading is one of the person's. `None` if either side has none.
    fn matches_kana(&self, kana: Option<&str>) -> Option<bool> {
        let kana = kana.map(fold_reading).filter(|kana| !kana.is_empty())?;
        let mut readings =
            self.readings.iter().map(|reading| fold_reading(reading)).filter(|reading| !reading.is_empty()).peekable();
        readings.peek()?;
        Some(readings.any(|reading| reading == kana))
    }

    /// How an appointment differs. Items that either side lacks do not count.
    fn find_mismatch(&self, appointment: &Appointment) -> Option<PersonMismatch> {
        let kana_differs = self.matches_kana(appointment.kana.as_deref()) == Some(false);
        let birthday_differs = appointment.birth_date.is_some_and(|birth_date| birth_date != self.birth_date);
        match (kana_differs, birthday_differs) {
            (true, true) => Some(PersonMismatch::Both),
            (true, false) => Some(PersonMismatch::Kana),
            (false, true) => Some(PersonMismatch::Birthday),
            (false, false) => None,
        }
    }
}

impl AppointmentMatch {
    /// Finds the appointment of a reception for the day `visit` among the imported ones.
    pub(crate) fn find(
        imported: Option<&ImportedAppointments>,
        visit: Option<Date>,
        number: Option<ReceptionNumber>,
        person: Option<&InsuredPerson<'_>>,
    ) -> Self {
        match imported.filter(|imported| visit.is_none_or(|visit| visit == imported.day)) {
            None => Self::NotImported,
            Some(imported) => imported.match_reception(number, person),
        }
    }
}

impl ImportedAppointments {
    /// Finds the appointment of the reception with this number, of this person.
    fn match_reception(&self, number: Option<ReceptionNumber>, person: Option<&InsuredPerson<'_>>) -> AppointmentMatch {
        let by_number: Vec<_> = self
            .appointments
            .iter()
            .filter(|appointment| number.is_some() && appointment.reception_number == number)
            .collect();
        match by_number[..] {
            [] => {}
            [only] => {
                return match person.and_then(|person| person.find_mismatch(only)) {
                    None => AppointmentMatch::ByNumber(only.clone()),
                    Some(mismatch) => AppointmentMatch::NumberWithOtherPerson(only.clone(), mismatch),
                };
            }
            _ => return AppointmentMatch::Ambiguous(by_number.into_iter().cloned().collect()),
        }
        let Some(person) = person else { return AppointmentMatch::NoMatch };
        // An appointment with a number belongs to the reception of that number only.
        let same_birthday = self.appointments.iter().filter(|appointment| {
            appointment.reception_number.is_none() && appointment.birth_date == Some(person.birth_date)
        });
        let (alike, other_names): (Vec<_>, Vec<_>) =
            same_birthday.partition(|appointment| person.matches_kana(appointment.kana.as_deref()) == Some(true));
        match (&alike[..], &other_names[..]) {
            ([], []) => AppointmentMatch::NoMatch,
            ([only], _) => AppointmentMatch::SameNameAndBirthday((*only).clone()),
            ([], [only]) => AppointmentMatch::SameBirthday((*only).clone()),
            ([], other_names) => AppointmentMatch::Ambiguous(other_names.iter().copied().cloned().collect()),
            (alike, _) => AppointmentMatch::Ambiguous(alike.iter().copied().cloned().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::appointments::rules::parse_appointments;

    fn date(text: &str) -> Date {
        base::parse_date(text).unwrap()
    }

    fn number(seed: &str) -> ReceptionNumber {
        ReceptionNumber::new(&base::Randomness::repeatable(seed))
    }

    fn imported_appointments(lines: &str) -> ImportedAppointments {
        let day = date("2026-11-24");
        ImportedAppointments {
            day,
            imported_at: base::start_of_day(day),
            appointments: parse_appointments(lines).unwrap(),
        }
    }

    fn person<'a>(readings: &[&'a str], birth_date: &str) -> InsuredPerson<'a> {
        InsuredPerson { readings: readings.to_vec(), birth_date: date(birth_date) }
    }

    #[test]
    fn a_number_that_the_hand_over_brought_leads_to_its_appointment() {
        let own = number("own");
        let imported = imported_appointments(&format!(
            "10:00,見本 花子,ミホン ハナコ,1984-05-02,\n10:30,別人,ベツジン,1990-01-01,{own}\n"
        ));
        let hanako = person(&["ﾐﾎﾝ ﾊﾅｺ"], "1984-05-02");
        let stranger = person(&["ﾍﾞﾂｼﾞﾝ"], "1990-01-01");
        assert_eq!(
            imported.match_reception(Some(own), Some(&stranger)),
            AppointmentMatch::ByNumber(imported.appointments[1].clone())
        );
        assert_eq!(
            imported.match_reception(Some(own), None),
            AppointmentMatch::ByNumber(imported.appointments[1].clone())
        );
        let matched = imported.match_reception(Some(number("another")), Some(&hanako));
        assert_eq!(matched, AppointmentMatch::SameNameAndBirthday(imported.appointments[0].clone()));
        // An appointment with a number of its own matches no other reception, however similar.
        assert_eq!(imported.match_reception(None, Some(&stranger)), AppointmentMatch::NoMatch);
        assert_eq!(imported.match_reception(None, None), AppointmentMatch::NoMatch);
    }

    #[test]
    fn a_number_beside_another_name_or_birthday_is_not_taken_for_the_same_person() {
        let own = number("own");
        let check = |kana: &str, birth_date: &str, readings: &[&str], expected: Option<PersonMismatch>| {
            let imported = imported_appointments(&format!("10:30,見本 花子,{kana},{birth_date},{own}"));
            let appointment = imported.appointments[0].clone();
            let expected = match expected {
                None => AppointmentMatch::ByNumber(appointment),
                Some(mismatch) => AppointmentMatch::NumberWithOtherPerson(appointment, mismatch),
            };
            let person = person(readings, "1984-05-02");
            assert_eq!(
                imported.match_reception(Some(own), Some(&person)),
                expected,
                "{kana} {birth_date} {readings:?}"
            );
        };
        check("ミホン ハナコ", "1984-05-02", &["ﾐﾎﾝ ﾊﾅｺ"], None);
        check("ミホン ハナコ", "1984-05-02", &["ｷｭｳｾｲ ﾊﾅｺ"], Some(PersonMismatch::Kana));
        check("ミホン ハナコ", "1984-05-20", &["ﾐﾎﾝ ﾊﾅｺ"], Some(PersonMismatch::Birthday));
        check("ベツジン", "1990-01-01", &["ﾐﾎﾝ ﾊﾅｺ"], Some(PersonMismatch::Both));
        // 氏名カナ（その他） counts too.
        check("ミホン ハナコ", "1984-05-02", &["ｷｭｳｾｲ ﾊﾅｺ", "ﾐﾎﾝ ﾊﾅｺ"], None);
        // Missing items do not count.
        check("", "", &["ﾐﾎﾝ ﾊﾅｺ"], None);
        check("", "1990-01-01", &["ﾐﾎﾝ ﾊﾅｺ"], Some(PersonMismatch::Birthday));
        check("ミホン ハナコ", "1984-05-02", &[], None);
    }

    #[test]
    fn a_former_name_without_a_number_is_offered_by_its_birthday() {
        let own = number("own");
        let lines = format!("10:00,見本 花子,ミホン ハナコ,1984-05-02,\n10:30,別人,ベツジン,1984-05-02,{own}\n");
        let married = person(&["ｷｭｳｾｲ ﾊﾅｺ"], "1984-05-02");
        let one_candidate = imported_appointments(&lines);
        assert_eq!(
            one_candidate.match_reception(None, Some(&married)),
            AppointmentMatch::SameBirthday(one_candidate.appointments[0].clone())
        );
        // The same name takes precedence over others with the same birthday.
        let two_candidates = imported_appointments(&format!("{lines}11:00,旧姓 花子,キュウセイ ハナコ,1984-05-02,"));
        assert_eq!(
            two_candidates.match_reception(None, Some(&married)),
            AppointmentMatch::SameNameAndBirthday(two_candidates.appointments[2].clone())
        );
        let stranger = person(&["ﾀﾅｶ"], "1984-05-02");
        let both = vec![two_candidates.appointments[0].clone(), two_candidates.appointments[2].clone()];
        assert_eq!(two_candidates.match_reception(None, Some(&stranger)), AppointmentMatch::Ambiguous(both));
    }

    #[test]
    fn another_day_is_not_brought() {
        let imported = imported_appointments("10:00,見本 花子,ミホン ハナコ,1984-05-02");
        let hanako = person(&["ﾐﾎﾝ ﾊﾅｺ"], "1984-05-02");
        let check = |visit: Option<&str>, expected: AppointmentMatch| {
            assert_eq!(
                AppointmentMatch::find(Some(&imported), visit.map(date), None, Some(&hanako)),
                expected,
                "{visit:?}"
            );
        };
        check(Some("2026-11-24"), AppointmentMatch::SameNameAndBirthday(imported.appointments[0].clone()));
        check(None, AppointmentMatch::SameNameAndBirthday(imported.appointments[0].clone()));
        check(Some("2026-11-25"), AppointmentMatch::NotImported);
        assert_eq!(AppointmentMatch::find(None, None, None, Some(&hanako)), AppointmentMatch::NotImported);
    }

    #[test]
    fn two_candidates_are_never_chosen_between() {
        let own = number("own");
        let twins = imported_appointments(&format!(
            "10:00,見本 花子,ミホン ハナコ,1984-05-02\n11:00,見本 華子,みほん はなこ,1984/5/2\n12:00,あ,ア,2000-01-01,{own}\n13:00,い,イ,2000-01-02,{own}"
        ));
        let matched = twins.match_reception(None, Some(&person(&["ﾐﾎﾝﾊﾅｺ"], "1984-05-02")));
        assert_eq!(matched, AppointmentMatch::Ambiguous(twins.appointments[..2].to_vec()));
        let matched = twins.match_reception(Some(own), None);
        assert_eq!(matched, AppointmentMatch::Ambiguous(twins.appointments[2..].to_vec()));
    }

    #[test]
    fn a_missing_reading_leaves_the_birthday_and_a_missing_birthday_leaves_nothing() {
        let imported = imported_appointments("10:00,見本 花子,,1984-05-02\n10:30,見本 花子,ミホン ハナコ,");
        let expected = AppointmentMatch::SameBirthday(imported.appointments[0].clone());
        assert_eq!(imported.match_reception(None, Some(&person(&["ﾐﾎﾝ ﾊﾅｺ"], "1984-05-02"))), expected);
        assert_eq!(imported.match_reception(None, Some(&person(&[""], "1984-05-02"))), expected);
        assert_eq!(
            imported.match_reception(None, Some(&person(&["ﾐﾎﾝ ﾊﾅｺ"], "1984-05-03"))),
            AppointmentMatch::NoMatch
        );
    }
}
