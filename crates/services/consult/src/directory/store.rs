//! Institutions, their menus, hours and notices, and the table of slots.

mod clinic_notices;
pub(crate) mod institutions;
pub(crate) mod search;
pub(crate) mod slots;

use super::rules::institution::{Charge, City, Specialty, SpokenLanguage};

database::text_column!(Charge, City, Specialty, SpokenLanguage);
