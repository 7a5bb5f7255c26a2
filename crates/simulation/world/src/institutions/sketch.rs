//! The form of the entries in the list of institutions.

use consult::{Charge, Specialty, SpokenLanguage};

use crate::hours::WeekdayHours;

/// A text in Japanese and in English.
pub(crate) type BilingualText = (&'static str, &'static str);

/// An entry of the list of institutions.
pub(crate) struct InstitutionSketch {
    pub(crate) prefecture: u8,
    pub(crate) serial: u32,
    pub(crate) subdomain: &'static str,
    pub(crate) name: BilingualText,
    pub(crate) kana: &'static str,
    pub(crate) city: BilingualText,
    pub(crate) address: BilingualText,
    pub(crate) phone: &'static str,
    pub(crate) specialties: &'static [Specialty],
    pub(crate) languages: &'static [SpokenLanguage],
    pub(crate) hours: &'static [WeekdayHours],
    pub(crate) closed_on_holidays: bool,
    pub(crate) description: BilingualText,
    pub(crate) departure: DepartureKind,
    /// Empty if patients are told no names.
    pub(crate) doctors: &'static [DoctorSketch],
    pub(crate) menus: &'static [MenuSketch],
    pub(crate) staff_name: &'static str,
}

pub(crate) enum DepartureKind {
    HandOver,
    FixedUrl(&'static str),
    PictureOnly,
}

/// A doctor; the number is the place in the list, from 1.
pub(crate) struct DoctorSketch {
    pub(crate) name: BilingualText,
    pub(crate) kana: &'static str,
    pub(crate) registration_year: u32,
}

pub(crate) struct MenuSketch {
    pub(crate) charge: Charge,
    pub(crate) name: BilingualText,
    pub(crate) minutes: u32,
    pub(crate) fee: BilingualText,
    pub(crate) system_fee: u32,
    /// The numbers of the doctors who take it; empty for all.
    pub(crate) doctors: &'static [u32],
}
