//! Every refusal of a patient's registration. The interface for institutions refuses in its own files: see
//! `api::number_faults`.

pub(crate) mod texts;

use base::CatalogueEntry;
use http::StatusCode;
use text::Text;
use web::{ErrorPage, Fault, Link, Refuse};

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The certificate is linked to no insured person.
    #[error("no insured person is known by this certificate")]
    UnknownHolder,
    #[error("the card is not registered as insurance card")]
    NotInsuranceCard,
    #[error("there is no such institution")]
    UnknownInstitution,
    #[error("the institution changed its fixed URL")]
    FixedUrlChanged,
    #[error("the institution's function for this kind of care is off")]
    FunctionOff,
    #[error("the visit day is over")]
    VisitPast,
    #[error("the visit day is too far ahead")]
    VisitTooFar,
    /// Or a newer one replaced it.
    #[error("there is no such reception of this person")]
    UnknownReception,
    #[error("the reception was withdrawn")]
    Withdrawn,
    #[error("the reception has ended")]
    Expired,
    #[error("'{0}' is there already")]
    AlreadyExists(&'static str),
    #[error("the store failed")]
    Store(#[from] database::Error),
}

/// What each code means and what to do.
pub const CATALOGUE: &[CatalogueEntry] = &[
    CatalogueEntry {
        code: "eligibility.register.unknown_holder",
        meaning: "The certificate on the card is linked to no insured person.",
        remedy: "Ask the insurer whether the card's link is made; send a picture of the insurance document meanwhile.",
    },
    CatalogueEntry {
        code: "eligibility.register.not_insurance_card",
        meaning: "The holder has not registered the card as insurance card (健康保険証利用登録).",
        remedy: "Register it (マイナポータル or a reader at an institution), or send a picture of the insurance document.",
    },
    CatalogueEntry {
        code: "eligibility.register.unknown_institution",
        meaning: "No institution has this code or fixed URL.",
        remedy: "Check the code; take the fixed URL that the institution shows today.",
    },
    CatalogueEntry {
        code: "eligibility.register.entrance_changed",
        meaning: "The institution has another fixed URL since; this one leads nowhere any more.",
        remedy: "Take the fixed URL or QR code that the institution shows today.",
    },
    CatalogueEntry {
        code: "eligibility.register.function_off",
        meaning: "The institution has not turned on the function for online care.",
        remedy: "The institution turns it on at its terminal; send a picture of the insurance document meanwhile.",
    },
    CatalogueEntry {
        code: "eligibility.register.visit_past",
        meaning: "The visit day is over in Japan.",
        remedy: "Begin again with the day of the appointment.",
    },
    CatalogueEntry {
        code: "eligibility.register.visit_too_far",
        meaning: "The visit day is more than 92 days ahead.",
        remedy: "Register nearer to the day.",
    },
    CatalogueEntry {
        code: "eligibility.reception.unknown",
        meaning: "The person has no such reception, or a newer one took its place.",
        remedy: "Look at the list of receptions again.",
    },
    CatalogueEntry {
        code: "eligibility.reception.withdrawn",
        meaning: "The reception was withdrawn and cannot be changed.",
        remedy: "Register anew.",
    },
    CatalogueEntry {
        code: "eligibility.reception.expired",
        meaning: "The visit day is over, and the reception with it.",
        remedy: "Register for the next visit.",
    },
    CatalogueEntry {
        code: "eligibility.store.taken",
        meaning: "Something of this name is there already.",
        remedy: "Choose another, or leave it as it is.",
    },
    CatalogueEntry {
        code: "eligibility.store.failed",
        meaning: "The room's database failed; the log has the whole chain of causes.",
        remedy: "Try again; if it persists, read the log at this time.",
    },
];

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownHolder => "eligibility.register.unknown_holder",
            Self::NotInsuranceCard => "eligibility.register.not_insurance_card",
            Self::UnknownInstitution => "eligibility.register.unknown_institution",
            Self::FixedUrlChanged => "eligibility.register.entrance_changed",
            Self::FunctionOff => "eligibility.register.function_off",
            Self::VisitPast => "eligibility.register.visit_past",
            Self::VisitTooFar => "eligibility.register.visit_too_far",
            Self::UnknownReception => "eligibility.reception.unknown",
            Self::Withdrawn => "eligibility.reception.withdrawn",
            Self::Expired => "eligibility.reception.expired",
            Self::AlreadyExists(_) => "eligibility.store.taken",
            Self::Store(_) => "eligibility.store.failed",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Store(_) | Self::AlreadyExists(_) => Fault::ThisService,
            Self::UnknownInstitution | Self::FixedUrlChanged | Self::FunctionOff => Fault::OtherParty,
            _ => Fault::Person,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Store(_) | Self::AlreadyExists(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::UnknownInstitution | Self::UnknownReception => StatusCode::NOT_FOUND,
            Self::FixedUrlChanged => StatusCode::GONE,
            Self::Withdrawn | Self::Expired => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn error_page(&self) -> ErrorPage {
        let (title, explanation) = self.explanation();
        ErrorPage { title, explanation, links: vec![Link::new("/", texts::TO_THE_FIRST_PAGE)] }
    }
}

impl Refusal {
    fn explanation(&self) -> (Text, Text) {
        match self {
            Self::UnknownHolder => (texts::NO_INSURANCE_IS_KNOWN, texts::NO_INSURERS_RECORD_IS_LINKED),
            Self::NotInsuranceCard => (texts::CARD_IS_NO_INSURANCE_CARD, texts::CARD_HAS_TO_BE_REGISTERED_FIRST),
            Self::UnknownInstitution => (texts::THERE_IS_NO_SUCH_INSTITUTION, texts::ADDRESS_IS_OLD_OR_WRONG),
            Self::FixedUrlChanged => (texts::ADDRESS_IS_NO_LONGER_USED, texts::INSTITUTION_HAS_NEW_ADDRESS),
            Self::FunctionOff => {
                (texts::INSTITUTION_DOES_NOT_TAKE_RECEPTIONS, texts::INSTITUTION_DOES_NOT_CONFIRM_ONLINE)
            }
            Self::VisitPast => (texts::THE_VISIT_DAY_IS_OVER, texts::CHECK_DATE_OF_APPOINTMENT),
            Self::VisitTooFar => (texts::VISIT_DAY_IS_TOO_FAR_AHEAD, texts::TRY_AGAIN_NEARER_TO_DAY),
            Self::UnknownReception => (texts::THERE_IS_NO_SUCH_RECEPTION, texts::NEWER_REGISTRATION_TOOK_ITS_PLACE),
            Self::Withdrawn => (texts::THIS_CONSENT_WAS_WITHDRAWN, texts::WITHDRAWN_CONSENT_CANNOT_BE_CHANGED),
            Self::Expired => (texts::THIS_CONSENT_IS_OVER, texts::REGISTER_AGAIN_FOR_NEXT_VISIT),
            Self::AlreadyExists(_) | Self::Store(_) => {
                (texts::WE_ARE_SORRY_THIS_COULD_NOT_BE_DONE, texts::FAULT_IS_OURS)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_refusals() -> [Refusal; 12] {
        [
            Refusal::UnknownHolder,
            Refusal::NotInsuranceCard,
            Refusal::UnknownInstitution,
            Refusal::FixedUrlChanged,
            Refusal::FunctionOff,
            Refusal::VisitPast,
            Refusal::VisitTooFar,
            Refusal::UnknownReception,
            Refusal::Withdrawn,
            Refusal::Expired,
            Refusal::AlreadyExists("number"),
            Refusal::Store(database::Error::Stopped),
        ]
    }

    #[test]
    fn every_code_has_its_entry_and_every_entry_its_code() {
        let codes: Vec<_> = all_refusals().iter().map(Refuse::code).collect();
        let entries: Vec<_> = CATALOGUE.iter().map(|entry| entry.code).collect();
        assert_eq!(codes, entries);
    }
}
