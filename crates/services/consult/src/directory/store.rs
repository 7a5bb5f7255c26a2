//! Institutions, their menus, hours and notices.

mod clinic_notices;
pub(crate) mod institutions;
pub(crate) mod menus;
pub(crate) mod search;

use super::rules::institution::{Charge, City, MenuAudience, VisitMediumKind};

database::text_column!(Charge, City, MenuAudience, VisitMediumKind);
