//! Whether a pushed request can lead to a registration at all. If it is refused here, the patient never leaves the service.

use base::{Date, Timestamp};
use eligibility::{InsuranceCard, OnlineFunction, ReceptionTerm, Refusal};
use handover::{ErrorCode, OauthError};

/// Whether a reception for this day could be registered at `now`, with an institution whose function for online care is
/// `function` (none: the institution is unknown).
pub fn check_registrable(function: Option<OnlineFunction>, visit_date: Date, now: Timestamp) -> Result<(), OauthError> {
    let term = ReceptionTerm::Visit(visit_date);
    eligibility::check_registrable(InsuranceCard::Registered, function, term, now)
        .map_err(|refusal| OauthError::new(ErrorCode::InvalidAuthorizationDetails, describe_refusal(&refusal)))
}

fn describe_refusal(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownInstitution => "No institution has this institution_code.",
        Refusal::FunctionOff => "This institution does not take receptions for online care. Offer the picture instead.",
        Refusal::VisitPast => "The visit_date is over in Japan.",
        Refusal::VisitTooFar => "The visit_date is too far ahead. Push the request nearer to the visit.",
        _ => "This reception cannot be registered.",
    }
}
