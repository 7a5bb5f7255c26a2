//! What the pages about one appointment share.

use super::rules::AppointmentId;
use crate::refusal::Refusal;

/// The id in a path. What is no id names nothing.
pub(crate) fn parse_appointment_id(text: &str) -> Result<AppointmentId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}
