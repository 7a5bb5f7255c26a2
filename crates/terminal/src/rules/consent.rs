//! What a patient agreed to, as an answer carries it.

use base::Timestamp;
use oqs::{Consent, ConsentFlag, ExpiryReason, LimitConsentFlag, QualificationResult, ViewingConsent};

/// One of the six kinds of information that consent is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ConsentItem {
    /// 限度額情報
    Limits,
    /// 特定疾病療養受療証情報
    SpecificDiseases,
    /// 特定健診等情報
    CheckUps,
    /// 薬剤情報
    Medicines,
    /// 診療情報
    Diagnoses,
    /// 手術情報
    Operations,
}

/// How a consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ConsentState {
    /// 同意あり
    Given,
    /// 同意なし: declined, or not to be shown.
    NotGiven,
    /// 同意有効期限切れ, and why if that is said
    Expired(Option<ExpiryReason>),
    /// 同意取得困難, which only emergency care has
    Unobtainable,
    /// The answer does not say.
    NotStated,
}

/// How all consents of a patient stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Consents {
    /// One each, in the order in which they are shown.
    pub(crate) items: [(ConsentItem, ConsentState); 6],
    /// When they were given: the newest time that is said.
    pub(crate) given_at: Option<Timestamp>,
    /// Until when medical information may be seen: the earliest end that is said.
    pub(crate) available_until: Option<Timestamp>,
}

impl Consents {
    /// Those of an answer.
    pub(crate) fn from_result(result: &QualificationResult) -> Self {
        let viewing = [result.check_ups, result.medicines, result.diagnoses, result.operations];
        let times = viewing
            .iter()
            .flatten()
            .filter_map(|viewing| viewing.consent.changed_at)
            .chain(result.limit_consent.and_then(|consent| consent.changed_at))
            .chain(result.diseases_consent.and_then(|consent| consent.changed_at));
        Self {
            items: [
                (ConsentItem::Limits, result.limit_consent.map_or(ConsentState::NotStated, limit_state)),
                (ConsentItem::SpecificDiseases, result.diseases_consent.map_or(ConsentState::NotStated, consent_state)),
                (ConsentItem::CheckUps, viewing_state(result.check_ups)),
                (ConsentItem::Medicines, viewing_state(result.medicines)),
                (ConsentItem::Diagnoses, viewing_state(result.diagnoses)),
                (ConsentItem::Operations, viewing_state(result.operations)),
            ],
            given_at: times.max(),
            available_until: viewing.iter().flatten().filter_map(|viewing| viewing.available_until).min(),
        }
    }

    /// How the consent to one item stands.
    pub(crate) fn item_state(&self, item: ConsentItem) -> ConsentState {
        self.items.iter().find(|(other, _)| *other == item).map_or(ConsentState::NotStated, |(_, state)| *state)
    }
}

fn consent_state(consent: Consent<ConsentFlag>) -> ConsentState {
    match consent.flag {
        ConsentFlag::Given => ConsentState::Given,
        ConsentFlag::NotGiven => ConsentState::NotGiven,
        ConsentFlag::Expired => ConsentState::Expired(consent.expiry_reason),
        ConsentFlag::Unobtainable => ConsentState::Unobtainable,
    }
}

/// The list of codes for 限度額 has no code for an ended consent; the reason beside it tells.
fn limit_state(consent: Consent<LimitConsentFlag>) -> ConsentState {
    match (consent.flag, consent.expiry_reason) {
        (LimitConsentFlag::Given, _) => ConsentState::Given,
        (LimitConsentFlag::NotGiven, None) => ConsentState::NotGiven,
        (LimitConsentFlag::NotGiven, because) => ConsentState::Expired(because),
    }
}

fn viewing_state(viewing: Option<ViewingConsent>) -> ConsentState {
    viewing.map_or(ConsentState::NotStated, |viewing| consent_state(viewing.consent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_become_states() {
        let check = |flag, expired_because, expected| {
            assert_eq!(consent_state(Consent { flag, changed_at: None, expiry_reason: expired_because }), expected);
        };
        check(ConsentFlag::Given, None, ConsentState::Given);
        check(ConsentFlag::NotGiven, None, ConsentState::NotGiven);
        check(ConsentFlag::Unobtainable, None, ConsentState::Unobtainable);
        let by_patient = Some(ExpiryReason::WithdrawnByPatient);
        check(ConsentFlag::Expired, by_patient, ConsentState::Expired(by_patient));
        let check = |flag, expired_because, expected| {
            assert_eq!(limit_state(Consent { flag, changed_at: None, expiry_reason: expired_because }), expected);
        };
        check(LimitConsentFlag::Given, None, ConsentState::Given);
        check(LimitConsentFlag::NotGiven, None, ConsentState::NotGiven);
        check(LimitConsentFlag::NotGiven, by_patient, ConsentState::Expired(by_patient));
    }

    #[test]
    fn the_newest_time_of_consent_and_the_earliest_end_are_shown() {
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let viewing = |time, until| {
            let consent = Consent { flag: ConsentFlag::Given, changed_at: at(time), expiry_reason: None };
            Some(ViewingConsent { consent, available_until: at(until) })
        };
        let result = QualificationResult {
            medicines: viewing("2026-11-24T09:00:00+09:00", "2026-11-24T23:59:59+09:00"),
            operations: viewing("2026-11-24T10:00:00+09:00", "2026-11-24T23:00:00+09:00"),
            ..QualificationResult::new(
                oqs::CheckedNumber::Valid("33120015".parse().unwrap()),
                oqs::CardNumber::new("1").unwrap(),
                oqs::FullName::new("診療　太郎").unwrap(),
                base::parse_date("1980-01-01").unwrap(),
            )
        };
        let consents = Consents::from_result(&result);
        assert_eq!(consents.given_at, at("2026-11-24T10:00:00+09:00"));
        assert_eq!(consents.available_until, at("2026-11-24T23:00:00+09:00"));
        assert_eq!(consents.item_state(ConsentItem::Operations), ConsentState::Given);
        assert_eq!(consents.item_state(ConsentItem::Limits), ConsentState::NotStated);
    }
}
