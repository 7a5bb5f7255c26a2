//! The legal notice of a clinic.

use text::Language;

/// What a clinic publishes about itself, in addition to its entry in the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClinicNotice {
    /// 管理者: the physician who answers for the clinic (医療法 §10).
    pub manager: String,
    /// In Latin letters.
    pub manager_english: String,
    /// 開設者: who runs the clinic, where that is somebody else.
    pub owner: Option<String>,
    /// In Latin letters.
    pub owner_english: Option<String>,
    /// Until when and how a visit is cancelled, and what it costs.
    pub cancellation: String,
    /// In English.
    pub cancellation_english: String,
}

impl ClinicNotice {
    pub(crate) fn manager_in(&self, language: Language) -> &str {
        language.t(&self.manager, &self.manager_english)
    }

    pub(crate) fn owner_in(&self, language: Language) -> Option<&str> {
        let english = self.owner_english.as_deref().or(self.owner.as_deref());
        match language {
            Language::Japanese => self.owner.as_deref(),
            Language::English => english,
        }
    }

    pub(crate) fn cancellation_in(&self, language: Language) -> &str {
        language.t(&self.cancellation, &self.cancellation_english)
    }
}
