//! The version of a visit that a page of the desk showed.

use crate::{appointments::rules::Appointment, proof::rules::ledgers::LedgerVersion};

/// The versions of a visit that a page showed: of the appointment, and of its ledgers if it has some. An action on any other
/// version is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeenVersion {
    /// `None` for a program that knows the version of the ledgers alone.
    appointment: Option<i64>,
    ledgers: Option<LedgerVersion>,
}

impl SeenVersion {
    /// For the page of a visit.
    pub(crate) fn new(appointment: &Appointment, ledgers: Option<LedgerVersion>) -> Self {
        Self { appointment: Some(appointment.version), ledgers }
    }

    /// For the desk's own terminal.
    pub(crate) fn for_ledgers(version: LedgerVersion) -> Self {
        Self { appointment: None, ledgers: Some(version) }
    }

    /// Whether appointment and ledgers still have these versions.
    pub(crate) fn is_current(self, appointment: &Appointment, ledgers: Option<LedgerVersion>) -> bool {
        self.ledgers == ledgers && self.appointment.is_none_or(|version| version == appointment.version)
    }
}

/// The value of a form field: `3-7`, or `3` without ledgers.
impl std::fmt::Display for SeenVersion {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.appointment.unwrap_or_default())?;
        match self.ledgers {
            Some(version) => write!(formatter, "-{}", version.number()),
            None => Ok(()),
        }
    }
}

/// A text that is not a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the version of a visit")]
pub(crate) struct NotAVersion;

impl std::str::FromStr for SeenVersion {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse::<i64>().ok()).flatten().ok_or(NotAVersion)
        };
        let (appointment, ledgers) = match text.split_once('-') {
            Some((appointment, ledgers)) => (number(appointment)?, Some(LedgerVersion::from_number(number(ledgers)?))),
            None => (number(text)?, None),
        };
        Ok(Self { appointment: Some(appointment), ledgers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_form_is_read_back_and_nothing_else_is() {
        let read = |text: &str| text.parse::<SeenVersion>().map(|version| version.to_string());
        for version in ["3-7", "3", "0-1"] {
            assert_eq!(read(version).as_deref(), Ok(version));
        }
        for wrong in ["", "-1", "-", "3-", "3--7", "a", "3-7-1", "+3", " 3", "99999999999999999999"] {
            assert_eq!(read(wrong), Err(NotAVersion), "{wrong}");
        }
    }
}
