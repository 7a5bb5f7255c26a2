//! The consents of a patient, as a response states them.

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

/// The state of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ConsentState {
    /// 同意あり
    Given,
    /// 同意なし: declined, or not shown.
    NotGiven,
    /// 同意有効期限切れ, with the reason if given
    Expired(Option<ExpiryReason>),
    /// 同意取得困難, only in emergency care
    Unobtainable,
    /// The response has no such item.
    NotStated,
}

/// The states of all consents of a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Consents {
    /// In the order of the page.
    pub(crate) items: [(ConsentItem, ConsentState); 6],
    /// The newest time among the consents.
    pub(crate) given_at: Option<Timestamp>,
    /// The end of access to medical information: the earliest among the consents.
    pub(crate) available_until: Option<Timestamp>,
}

impl Consents {
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

    pub(crate) fn item_state(&self, item: ConsentItem) -> ConsentState {
        self.items.iter().find(|(candidate, _)| *candidate == item).map_or(ConsentState::NotStated, |(_, state)| *state)
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

/// The code list of 限度額 has no code for an expired consent; only the expiry reason tells.
fn limit_state(consent: Consent<LimitConsentFlag>) -> ConsentState {
    match (consent.flag, consent.expiry_reason) {
        (LimitConsentFlag::Given, _) => ConsentState::Given,
        (LimitConsentFlag::NotGiven, None) => ConsentState::NotGiven,
        (LimitConsentFlag::NotGiven, reason) => ConsentState::Expired(reason),
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
        let check = |flag, expiry_reason, expected| {
            assert_eq!(consent_state(Consent { flag, changed_at: None, expiry_reason }), expected);
        };
        check(ConsentFlag::Given, None, ConsentState::Given);
        check(ConsentFlag::NotGiven, None, ConsentState::NotGiven);
        check(ConsentFlag::Unobtainable, None, ConsentState::Unobtainable);
        let withdrawn = Some(ExpiryReason::WithdrawnByPatient);
        check(ConsentFlag::Expired, withdrawn, ConsentState::Expired(withdrawn));
        let check = |flag, expiry_reason, expected| {
            assert_eq!(limit_state(Consent { flag, changed_at: None, expiry_reason }), expected);
        };
        check(LimitConsentFlag::Given, None, ConsentState::Given);
        check(LimitConsentFlag::NotGiven, None, ConsentState::NotGiven);
        check(LimitConsentFlag::NotGiven, withdrawn, ConsentState::Expired(withdrawn));
    }

    #[test]
    fn the_newest_time_of_consent_and_the_earliest_end_are_shown() {
        let parse_time = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let viewing = |changed_at, available_until| {
            let consent = Consent { flag: ConsentFlag::Given, changed_at: parse_time(changed_at), expiry_reason: None };
            Some(ViewingConsent { consent, available_until: parse_time(available_until) })
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
        assert_eq!(consents.given_at, parse_time("2026-11-24T10:00:00+09:00"));
        assert_eq!(consents.available_until, parse_time("2026-11-24T23:00:00+09:00"));
        assert_eq!(consents.item_state(ConsentItem::Operations), ConsentState::Given);
        assert_eq!(consents.item_state(ConsentItem::Limits), ConsentState::NotStated);
    }
}
