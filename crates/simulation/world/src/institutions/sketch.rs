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
    pub(crate) menus: &'static [MenuSketch],
    pub(crate) staff_name: &'static str,
}

pub(crate) enum DepartureKind {
    HandOver,
    FixedUrl(&'static str),
    PictureOnly,
}

pub(crate) struct MenuSketch {
    pub(crate) charge: Charge,
    pub(crate) name: BilingualText,
    pub(crate) minutes: u32,
    pub(crate) fee: BilingualText,
    pub(crate) system_fee: u32,
    pub(crate) doctor: Option<&'static str>,
}
