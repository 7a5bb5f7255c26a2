//! The database of the service. Each method is one transaction for one use case.

pub(crate) mod account;
pub(crate) mod appointment;
pub(crate) mod audit;
pub(crate) mod clinic_notice;
pub(crate) mod departure;
pub(crate) mod desk;
pub(crate) mod desk_action;
pub(crate) mod desk_news;
pub(crate) mod directory;
pub(crate) mod hold;
pub(crate) mod mail;
pub(crate) mod patient_action;
pub(crate) mod patient_letter;
pub(crate) mod personal_data;
pub(crate) mod picture;
pub(crate) mod proof;
pub(crate) mod registration;
pub(crate) mod schema;
pub(crate) mod staff;

#[cfg(test)]
pub(crate) mod test_store;

use base::Randomness;
use database::Database;

use crate::{
    Limits,
    rules::{
        appointment::AppointmentStatus,
        booking::PatientAction,
        institution::{Charge, City, Specialty, SpokenLanguage},
        mail_address::MailAddress,
        patient::ClinicInMail,
        picture::Note,
        proof::{ConfirmationMethod, RefusedReason, RequestReason, RequestedProof},
    },
    seal::Seal,
};

/// The service's database, with what its transactions need: the sealing key, randomness for ids, settings of letters.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) database: Database,
    pub(crate) seal: Seal,
    pub(crate) randomness: Randomness,
    /// For links in letters.
    pub(crate) origin: web::Origin,
    pub(crate) limits: Limits,
    pub(crate) letterhead: crate::mail::Letterhead,
}

database::text_column!(
    AppointmentStatus,
    PatientAction,
    Charge,
    City,
    ClinicInMail,
    Specialty,
    SpokenLanguage,
    MailAddress,
    ConfirmationMethod,
    Note,
    RefusedReason,
    RequestReason,
    RequestedProof
);

#[cfg(test)]
mod tests;
