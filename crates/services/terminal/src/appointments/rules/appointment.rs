use base::{Date, ReceptionNumber, Timestamp};
use serde::{Deserialize, Serialize};

/// An appointment of the desk, as imported into the terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Appointment {
    /// The service's id of it; `None` if it came from a file.
    #[serde(rename = "known_as")]
    pub(crate) service_link: Option<ServiceAppointment>,
    /// 予約時刻, as text for the page.
    pub(crate) time: String,
    pub(crate) name: String,
    pub(crate) kana: Option<String>,
    #[serde(rename = "born")]
    pub(crate) birth_date: Option<Date>,
    /// 受付番号, if the hand-over gave it.
    #[serde(rename = "reception")]
    pub(crate) reception_number: Option<ReceptionNumber>,
}

/// The service's id of an appointment, and the version that was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServiceAppointment {
    pub(crate) id: String,
    #[serde(rename = "seen")]
    pub(crate) version: i64,
}

/// The appointments of a day, with the time of the import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportedAppointments {
    pub(crate) day: Date,
    #[serde(rename = "at")]
    pub(crate) imported_at: Timestamp,
    pub(crate) appointments: Vec<Appointment>,
}
