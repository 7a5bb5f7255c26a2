//! Institutions, hours, slots, and how names are searched.

pub(crate) mod clinic_notice;
pub(crate) mod emergency;
pub(crate) mod hours;
pub(crate) mod institution;
pub(crate) mod kana;
