//! What a desk can do with a visit, and how urgent a visit is.

pub(crate) mod desk_action;
pub(crate) mod letter_choice;
pub(crate) mod seen_version;
pub(crate) mod urgency;
