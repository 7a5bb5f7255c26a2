//! What a desk can do with a visit, how urgent a visit is, and what an account may do.

pub(crate) mod desk_action;
pub(crate) mod invitation;
pub(crate) mod late;
pub(crate) mod letter_choice;
pub(crate) mod patient_query;
pub(crate) mod seen_version;
pub(crate) mod staff_change;
pub(crate) mod staff_role;
pub(crate) mod urgency;
pub(crate) mod visit_query;
pub(crate) mod week;
