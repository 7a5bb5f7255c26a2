//! The texts of the roles.

use text::Language;

use super::Role;
use crate::sign_in::texts;

pub(crate) fn role_label(language: Language, role: Role) -> &'static str {
    match role {
        Role::Administrator => texts::ROLE_ADMINISTRATOR.in_language(language),
        Role::Staff => texts::ROLE_STAFF.in_language(language),
        Role::MedicalViewer => texts::ROLE_MEDICAL_INFORMATION.in_language(language),
    }
}
