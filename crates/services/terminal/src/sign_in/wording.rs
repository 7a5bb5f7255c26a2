//! The texts of the roles.

use text::Language;

use super::Role;

pub(crate) fn role_label(language: Language, role: Role) -> &'static str {
    match role {
        Role::Administrator => language.t("管理者", "Administrator (管理者)"),
        Role::Staff => language.t("一般", "Staff (一般)"),
        Role::MedicalViewer => language.t("医療情報閲覧", "Medical information (医療情報閲覧)"),
    }
}
