use serde::Deserialize;

/// How much one person, browser or network address may ask of the service: the section `[limits]` of its settings. The
/// defaults fit a service of some dozens of clinics.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// For how many minutes a chosen time is held while a patient signs in.
    pub hold_minutes: u16,
}

impl Default for Limits {
    fn default() -> Self {
        Self { hold_minutes: 10 }
    }
}
