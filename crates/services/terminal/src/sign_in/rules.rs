base::text_enum! {
    /// The three accounts of a terminal, and what each may see; by their texts in settings and in the database.
    pub enum Role {
        /// 一般: receptions and eligibility.
        Staff = "staff",
        /// 医療情報閲覧: the consented information about patients' health.
        MedicalViewer = "medical-viewer",
        /// 管理者: the settings, and no patient.
        Administrator = "administrator",
    }
}

impl Role {
    /// The name on the terminal's pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Administrator => "管理者",
            Self::Staff => "一般",
            Self::MedicalViewer => "医療情報閲覧",
        }
    }

    /// The first page after signing in.
    pub(crate) fn home_path(self) -> &'static str {
        match self {
            Self::Administrator => "/settings",
            Self::Staff => "/receptions",
            Self::MedicalViewer => "/patients",
        }
    }
}

database::text_column!(Role);
