//! Why the response to an app authentication was refused, as it is stored with its end.

use std::{fmt, str::FromStr};

use jpki::{RefusalKind, RefusalSource};

/// Why the response was refused. It is stored and shown by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalReason {
    /// The card's certificate, its revocation status, or its signature.
    Card(RefusalKind),
    /// The eligibility system does not register the holder.
    Registration(RegistrationRefusal),
    /// The reception itself.
    Reception(ReceptionRefusal),
}

base::text_enum! {
    /// Why the eligibility system does not register a holder, by the codes of [`eligibility::Refusal`].
    pub enum RegistrationRefusal {
        UnknownHolder = "eligibility.register.unknown_holder",
        NotInsuranceCard = "eligibility.register.not_insurance_card",
        UnknownInstitution = "eligibility.register.unknown_institution",
        FixedUrlChanged = "eligibility.register.entrance_changed",
        FunctionOff = "eligibility.register.function_off",
        VisitPast = "eligibility.register.visit_past",
        VisitTooFar = "eligibility.register.visit_too_far",
        UnknownReception = "eligibility.reception.unknown",
        Withdrawn = "eligibility.reception.withdrawn",
        Expired = "eligibility.reception.expired",
    }
}

base::text_enum! {
    /// Why the reception does not accept a response, though nothing may be wrong with the card.
    pub enum ReceptionRefusal {
        /// Neither the responder nor a revocation list gave the certificate's status.
        RevocationUnavailable = "reception.card.responder_silent",
        /// The request to the responder could not be encoded.
        Encoding = "reception.card.encoding",
        /// The return code came in a browser that did not begin.
        OtherBrowser = "reception.return.other_browser",
        /// The procedure has a newer app authentication, or changed.
        Superseded = "reception.authentication.superseded",
    }
}

/// The code of [`ReceptionRefusal::Superseded`] in rows of former versions.
const FORMER_SUPERSEDED: &str = "reception.errand.superseded";

impl RefusalReason {
    /// The code, as stored and shown. It never changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Card(kind) => kind.as_str(),
            Self::Registration(refusal) => refusal.as_str(),
            Self::Reception(refusal) => refusal.as_str(),
        }
    }

    /// Whether reading the same card again can succeed.
    pub fn can_retry(self) -> bool {
        match self {
            Self::Card(kind) => match kind.source() {
                RefusalSource::Responder | RefusalSource::RevocationList => true,
                RefusalSource::Card => false,
            },
            Self::Registration(_) => false,
            Self::Reception(_) => true,
        }
    }
}

impl RegistrationRefusal {
    /// The reason of a refusal; `None` if the fault is the service's own.
    pub fn from_refusal(refusal: &eligibility::Refusal) -> Option<Self> {
        match refusal {
            eligibility::Refusal::UnknownHolder => Some(Self::UnknownHolder),
            eligibility::Refusal::NotInsuranceCard => Some(Self::NotInsuranceCard),
            eligibility::Refusal::UnknownInstitution => Some(Self::UnknownInstitution),
            eligibility::Refusal::FixedUrlChanged => Some(Self::FixedUrlChanged),
            eligibility::Refusal::FunctionOff => Some(Self::FunctionOff),
            eligibility::Refusal::VisitPast => Some(Self::VisitPast),
            eligibility::Refusal::VisitTooFar => Some(Self::VisitTooFar),
            eligibility::Refusal::UnknownReception => Some(Self::UnknownReception),
            eligibility::Refusal::Withdrawn => Some(Self::Withdrawn),
            eligibility::Refusal::Expired => Some(Self::Expired),
            eligibility::Refusal::AlreadyExists(_) | eligibility::Refusal::Store(_) => None,
        }
    }

    /// The refusal of this reason.
    pub fn to_refusal(self) -> eligibility::Refusal {
        match self {
            Self::UnknownHolder => eligibility::Refusal::UnknownHolder,
            Self::NotInsuranceCard => eligibility::Refusal::NotInsuranceCard,
            Self::UnknownInstitution => eligibility::Refusal::UnknownInstitution,
            Self::FixedUrlChanged => eligibility::Refusal::FixedUrlChanged,
            Self::FunctionOff => eligibility::Refusal::FunctionOff,
            Self::VisitPast => eligibility::Refusal::VisitPast,
            Self::VisitTooFar => eligibility::Refusal::VisitTooFar,
            Self::UnknownReception => eligibility::Refusal::UnknownReception,
            Self::Withdrawn => eligibility::Refusal::Withdrawn,
            Self::Expired => eligibility::Refusal::Expired,
        }
    }
}

impl From<RefusalKind> for RefusalReason {
    fn from(kind: RefusalKind) -> Self {
        Self::Card(kind)
    }
}

impl From<RegistrationRefusal> for RefusalReason {
    fn from(refusal: RegistrationRefusal) -> Self {
        Self::Registration(refusal)
    }
}

impl From<ReceptionRefusal> for RefusalReason {
    fn from(refusal: ReceptionRefusal) -> Self {
        Self::Reception(refusal)
    }
}

/// A text that is no code of a [`RefusalReason`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the code of a refusal")]
pub struct UnknownReason;

impl fmt::Display for RefusalReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for RefusalReason {
    type Err = UnknownReason;

    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        if text == FORMER_SUPERSEDED {
            return Ok(Self::Reception(ReceptionRefusal::Superseded));
        }
        text.parse()
            .map(Self::Card)
            .or_else(|_| text.parse().map(Self::Registration))
            .or_else(|_| text.parse().map(Self::Reception))
            .map_err(|_| UnknownReason)
    }
}

base::text_serde!(RefusalReason);

#[cfg(test)]
mod tests {
    use web::Refuse;

    use super::*;

    fn all_reasons() -> impl Iterator<Item = RefusalReason> {
        RefusalKind::ALL
            .into_iter()
            .map(RefusalReason::Card)
            .chain(RegistrationRefusal::ALL.map(RefusalReason::Registration))
            .chain(ReceptionRefusal::ALL.map(RefusalReason::Reception))
    }

    #[test]
    fn every_reason_is_stored_as_its_code_and_reads_back() {
        for reason in all_reasons() {
            let json = serde_json::to_string(&reason).unwrap();
            assert_eq!(json, format!("\"{reason}\""));
            assert_eq!(serde_json::from_str::<RefusalReason>(&json).unwrap(), reason);
        }
    }

    #[test]
    fn a_code_of_a_former_version_reads_and_an_unknown_one_is_an_error() {
        let former: RefusalReason = serde_json::from_str("\"reception.errand.superseded\"").unwrap();
        assert_eq!(former, ReceptionRefusal::Superseded.into());
        assert_eq!(former.as_str(), "reception.authentication.superseded");
        for unknown in ["", "jpki", "jpki.certificate.other", "reception.card.none"] {
            assert_eq!(unknown.parse::<RefusalReason>(), Err(UnknownReason), "{unknown}");
        }
    }

    #[test]
    fn a_registration_is_refused_by_the_codes_of_the_eligibility_system() {
        for reason in RegistrationRefusal::ALL {
            let refusal = reason.to_refusal();
            assert_eq!(refusal.code(), reason.as_str());
            assert_eq!(RegistrationRefusal::from_refusal(&refusal), Some(reason));
            assert_ne!(refusal.fault(), web::Fault::ThisService, "{reason}");
        }
        assert_eq!(RegistrationRefusal::from_refusal(&eligibility::Refusal::AlreadyExists("number")), None);
    }

    #[test]
    fn the_same_card_may_succeed_where_nothing_is_wrong_with_it() {
        // As the codes were read before: by their beginnings.
        for reason in all_reasons() {
            let expected =
                ["jpki.ocsp.", "jpki.crl.", "reception."].iter().any(|kind| reason.as_str().starts_with(kind));
            assert_eq!(reason.can_retry(), expected, "{reason}");
        }
    }
}
