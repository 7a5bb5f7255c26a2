use std::{fmt, str::FromStr};

/// The three accounts of a terminal, and what each may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// 管理者: the settings, and no patient.
    Administrator,
    /// 一般: receptions and eligibility.
    Staff,
    /// 医療情報閲覧: the consented information about patients' health.
    MedicalViewer,
}

/// A text that names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account is 'administrator', 'staff' or 'medical-viewer'")]
pub struct UnknownRole;

impl Role {
    /// All roles, in the order of the sign-in page.
    pub const ALL: [Self; 3] = [Self::Staff, Self::MedicalViewer, Self::Administrator];

    /// The name in settings and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Staff => "staff",
            Self::MedicalViewer => "medical-viewer",
        }
    }

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

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

database::text_column!(Role);
