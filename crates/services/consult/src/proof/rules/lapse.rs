//! What the patient is told when a registration ends before the visit.

use base::Timestamp;

use super::ledgers::{DeskSide, InsuranceProof};
use crate::appointments::rules::AppointmentStatus;

/// How a registration of consent ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationLapse {
    /// It was withdrawn at the reception.
    Withdrawn,
    /// The reception reports that it has expired.
    Expired,
}

/// Whether the patient has to do something again: the visit is to come, and the desk has not confirmed the insurance by other
/// means. `proof` is the proof without the registration.
pub fn needs_letter(proof: &InsuranceProof, status: AppointmentStatus, visit_start: Timestamp, now: Timestamp) -> bool {
    status == AppointmentStatus::Booked && now < visit_start && !matches!(proof.desk, DeskSide::Confirmed { .. })
}

#[cfg(test)]
mod tests {
    use base::{Randomness, ReceptionNumber, Span};

    use super::*;
    use crate::proof::rules::ledgers::ConfirmationMethod;

    #[test]
    fn a_letter_is_needed_before_the_visit_where_nothing_else_confirms_the_insurance() {
        let start: Timestamp = "2026-11-24T10:30:00+09:00".parse().expect("a timestamp");
        let hour_before = start.minus(Span::from_hours(1));
        let registered = || {
            let number = ReceptionNumber::new(&Randomness::repeatable("lapse"));
            InsuranceProof::new().register_consent(number, start.plus(Span::from_hours(9)))
        };
        let confirmed = |method| registered().confirm(method, "受付".to_owned(), hour_before).withdraw_consent();
        let check = |proof: InsuranceProof, status, now, expected| {
            assert_eq!(needs_letter(&proof, status, start, now), expected, "{proof:?} {status} {now}");
        };
        let booked = AppointmentStatus::Booked;
        check(registered().withdraw_consent(), booked, hour_before, true);
        check(registered().expire_consent(), booked, hour_before, true);
        check(registered().withdraw_consent(), booked, start, false);
        check(registered().withdraw_consent(), AppointmentStatus::Cancelled, hour_before, false);
        check(registered().withdraw_consent(), AppointmentStatus::Completed, hour_before, false);
        // What the terminal showed ends with the consent; what was seen otherwise does not.
        check(confirmed(ConfirmationMethod::Terminal), booked, hour_before, true);
        check(confirmed(ConfirmationMethod::ShownOnScreen), booked, hour_before, false);
    }
}
