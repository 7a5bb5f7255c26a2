//! The appointments of the desk: their import, and how receptions are matched with them.

mod appointment;
mod import;
mod matching;

pub(crate) use appointment::{Appointment, ImportedAppointments, ServiceAppointment};
pub(crate) use import::{ColumnProblem, WrongLine, parse_appointments};
pub(crate) use matching::{AppointmentMatch, InsuredPerson, PersonMismatch};
