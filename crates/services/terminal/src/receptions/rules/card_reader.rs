use base::{Span, Timestamp};
use oqs::{ConsentFlag, QualificationResult};

/// The term of consents that are given at a card reader.
const CARD_READER_CONSENT_TERM: Span = Span::from_hours(24);

/// The response in the form that a card reader at the desk gives: without the search items, and with consents from now on for
/// 24 hours. Access to medical information is still decided by the system, by the reception.
pub(crate) fn as_received_at_reader(
    mut response: oqs::QualificationResponse,
    key: &str,
    now: Timestamp,
) -> oqs::QualificationResponse {
    response.search = None;
    for result in &mut response.results {
        result.key = Some(key.to_owned());
        let limit = result.limit_consent.as_mut().map(|consent| &mut consent.changed_at);
        let diseases = result.diseases_consent.as_mut().map(|consent| &mut consent.changed_at);
        for time in [limit, diseases].into_iter().flatten().filter(|time| time.is_some()) {
            *time = Some(now);
        }
        let QualificationResult { check_ups, medicines, diagnoses, operations, .. } = result;
        for viewing in [check_ups, medicines, diagnoses, operations].into_iter().flatten() {
            if viewing.consent.flag == ConsentFlag::Given {
                viewing.consent.changed_at = Some(now);
                viewing.available_until = Some(now.plus(CARD_READER_CONSENT_TERM));
            }
        }
    }
    response
}
