//! Whether a pushed request can lead to a registration at all. If it is refused here, the patient never leaves the service.

use base::{Date, Timestamp};
use eligibility::{Institution, OnlineFunction, last_visit_date};
use handover::{ErrorCode, OauthError};

/// Whether a reception for this institution and day could be registered at `now`.
pub fn check_registrable(
    institution: Option<&Institution>,
    visit_date: Date,
    now: Timestamp,
) -> Result<(), OauthError> {
    let refuse = |description: &'static str| Err(OauthError::new(ErrorCode::InvalidAuthorizationDetails, description));
    match institution.map(|institution| institution.online) {
        None => refuse("No institution has this institution_code."),
        Some(OnlineFunction::Off) => {
            refuse("This institution does not take receptions for online care. Offer the picture instead.")
        }
        Some(OnlineFunction::On) if visit_date < now.japan_date() => refuse("The visit_date is over in Japan."),
        Some(OnlineFunction::On) if visit_date > last_visit_date(now) => {
            refuse("The visit_date is too far ahead. Push the request nearer to the visit.")
        }
        Some(OnlineFunction::On) => Ok(()),
    }
}
