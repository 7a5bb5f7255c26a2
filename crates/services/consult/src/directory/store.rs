//! Institutions, their menus, hours and notices.

mod clinic_notices;
pub(crate) mod institutions;
pub(crate) mod search;

use super::rules::institution::{Charge, City, Specialty, SpokenLanguage};

database::text_column!(Charge, City, Specialty, SpokenLanguage);
