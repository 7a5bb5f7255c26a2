//! Codes in columns: those of the interface, and our own.

use base::Date;
use database::{Error, Row, WrongValue};

use crate::rules::{
    consent_registration::{InsuranceCard, OnlineFunction},
    reception::{CareKind, RegistrationRoute, RegistrationValidity, Withdrawer},
};

// Codes in columns never change.
base::text_enum! { impl CareKind { Online = "online", HomeVisit = "home-visit" } }
base::text_enum! { impl RegistrationValidity { Full = "full", Grace = "grace" } }
base::text_enum! { impl RegistrationRoute { HandOver = "hand-over", FixedUrl = "fixed-url" } }
base::text_enum! { impl Withdrawer { Patient = "patient", Institution = "institution" } }
database::text_column!(CareKind, RegistrationValidity, RegistrationRoute, Withdrawer);

impl InsuranceCard {
    pub(crate) fn is_registered(self) -> bool {
        self == Self::Registered
    }

    pub(crate) fn from_bool(registered: bool) -> Self {
        if registered { Self::Registered } else { Self::NotRegistered }
    }
}

impl OnlineFunction {
    pub(crate) fn is_on(self) -> bool {
        self == Self::On
    }

    pub(crate) fn from_bool(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}

/// The text of a column, parsed by `read`; an unknown text is an error.
pub(crate) fn read<T>(row: &Row<'_>, column: usize, read: impl Fn(&str) -> Option<T>) -> Result<T, Error> {
    let text: String = row.get(column)?;
    read(&text).ok_or_else(|| column_error(column))
}

/// Like [`read`], for a nullable column.
pub(crate) fn read_optional<T>(
    row: &Row<'_>,
    column: usize,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| read(&text).ok_or_else(|| column_error(column))).transpose()
}

/// A small number of a nullable column, converted by `read`.
pub(crate) fn read_small<T>(row: &Row<'_>, column: usize, read: impl Fn(u8) -> Option<T>) -> Result<Option<T>, Error> {
    let number: Option<u32> = row.get(column)?;
    let convert = |number: u32| u8::try_from(number).ok().and_then(&read).ok_or_else(|| column_error(column));
    number.map(convert).transpose()
}

pub(crate) fn column_error(column: usize) -> Error {
    Error::Column {
        statement: "a row of the eligibility store".to_owned(),
        column,
        reason: WrongValue("expected a known code or number".to_owned()).to_string(),
    }
}

/// A share, from its percentage.
pub(crate) fn share_from_percent(percent: u8) -> Option<oqs::Share> {
    percent.is_multiple_of(10).then(|| oqs::Share::from_tenths(percent / 10)).flatten()
}

/// A period of two dates, both included, as compared in SQL.
pub(crate) type DateRange = (Date, Date);
