//! An account: a mail address with which somebody signs in, and the patients for whom that person acts.

use base::{Date, Digest, Id, Span, Timestamp, digest};
use jiff::ToSpan;
use text::Language;

use super::patient::{Patient, PatientId, Profile};
use crate::mail::rules::address::MailAddress;

/// The id of an account.
pub type AccountId = Id<Account>;

/// An account, with the patients for whom it acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub mail: MailAddress,
    /// The language of letters to the account.
    pub language: Language,
    pub letters: LetterChoices,
    /// The holder first, then the others as they were added.
    pub patients: Vec<ActsFor>,
}

/// A patient for whom an account acts, and who that is to its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActsFor {
    pub patient: Patient,
    pub relationship: Relationship,
}

base::text_enum! {
    /// Who a patient is to the holder of an account (FHIR: RelatedPerson.relationship, seen from the account).
    pub enum Relationship {
        /// The holder.
        Oneself = "self",
        /// A child, until it comes of age.
        Child = "child",
        Parent = "parent",
        /// Another member of the family, or somebody who is helped.
        Other = "other",
    }
}

impl Relationship {
    /// Those of patients whom the holder can add: everybody but the holder.
    pub(crate) const OTHERS: [Self; 3] = [Self::Child, Self::Parent, Self::Other];
}

/// What the holder of an account wants of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LetterChoices {
    pub clinic: ClinicInMail,
    pub reminders: ReminderChoice,
}

base::text_enum! {
    /// Whether an account gets reminders before a visit.
    pub enum ReminderChoice {
        On = "on",
        Off = "off",
    }
}

base::text_enum! {
    /// Whether letters name the clinic: only the holder knows who else reads the mailbox.
    pub enum ClinicInMail {
        Named = "named",
        /// Letters give only the time and the booking number.
        Neutral = "neutral",
    }
}

impl Account {
    /// The holder as a patient; None until the profile was entered.
    pub fn own_patient(&self) -> Option<&Patient> {
        self.patients.iter().find(|acts_for| acts_for.relationship == Relationship::Oneself).map(|own| &own.patient)
    }

    /// The profile of the holder.
    pub fn own_profile(&self) -> Option<&Profile> {
        self.own_patient().and_then(|patient| patient.profile.as_ref())
    }

    /// The patient, if the account acts for them.
    pub(crate) fn find_patient(&self, id: PatientId) -> Option<&ActsFor> {
        self.patients.iter().find(|acts_for| acts_for.patient.id == id)
    }
}

/// The key under which the slots that an account holds are counted.
pub(crate) fn hold_limit_key(account: AccountId) -> Digest {
    digest(&[b"patient ", account.to_string().as_bytes()])
}

/// 成年 (民法 第4条): from this birthday on nobody acts for a child as its parent.
const AGE_OF_MAJORITY: i32 = 18;

/// How long before a child comes of age the accounts that act for it are told.
pub(crate) const MAJORITY_WARNING: Span = Span::from_hours(30 * 24);

/// The instant at which somebody comes of age: the beginning of the birthday in Japan. Who was born on 29 February has it on
/// 1 March where there is no such day.
pub(crate) fn comes_of_age_at(birth_date: Date) -> Timestamp {
    base::start_of_day(comes_of_age_on(birth_date))
}

/// The day of [`comes_of_age_at`].
pub(crate) fn comes_of_age_on(birth_date: Date) -> Date {
    let anniversary = birth_date.saturating_add(AGE_OF_MAJORITY.years());
    if anniversary.day() == birth_date.day() { anniversary } else { anniversary.saturating_add(1.day()) }
}

/// 15歳: below it the 法定代理人 applies for the card and sets its PINs.
const AGE_OF_OWN_PIN: i16 = 15;

/// Whether the PIN of a person's card is that of the 法定代理人 on a day.
pub fn has_pin_of_guardian(birth_date: Date, day: Date) -> bool {
    text::age_on(birth_date, day) < AGE_OF_OWN_PIN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        base::parse_date(text).expect("a date")
    }

    #[test]
    fn a_child_comes_of_age_on_its_eighteenth_birthday() {
        for (born, expected) in [
            ("2008-11-25", "2026-11-25"),
            ("2008-02-29", "2026-03-01"),
            ("2008-12-31", "2026-12-31"),
            ("2012-02-28", "2030-02-28"),
        ] {
            assert_eq!(comes_of_age_on(day(born)), day(expected), "{born}");
        }
        let instant = comes_of_age_at(day("2008-11-25"));
        assert_eq!(instant, "2026-11-25T00:00:00+09:00".parse().expect("a timestamp"));
    }

    #[test]
    fn the_guardian_has_the_pin_until_the_fifteenth_birthday() {
        let born = day("2011-11-25");
        assert!(has_pin_of_guardian(born, day("2026-11-24")));
        assert!(!has_pin_of_guardian(born, day("2026-11-25")));
    }
}
