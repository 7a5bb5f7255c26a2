//! The persons whom an insurance document identifies.

use base::{Date, InstitutionCode, InsurerNumber};
use database::{Error, Transaction};

use crate::{
    rules::reception::{ReceptionFilter, ReceptionRecord},
    store::{
        person::{self, DocumentMatch},
        reception,
    },
};

/// The numbers that identify an insurance document.
pub(super) trait Document {
    fn symbol(&self) -> Option<&oqs::CardSymbol>;
    fn number(&self) -> &oqs::CardNumber;
    fn branch(&self) -> Option<oqs::BranchNumber>;
}

macro_rules! documents {
    ($($message:ty),+ $(,)?) => {$(
        impl Document for $message {
            fn symbol(&self) -> Option<&oqs::CardSymbol> {
                self.symbol.as_ref()
            }

            fn number(&self) -> &oqs::CardNumber {
                &self.number
            }

            fn branch(&self) -> Option<oqs::BranchNumber> {
                self.branch
            }
        }
    )+};
}

documents!(oqs::QualificationSearch, oqs::MedicalRequestHeader, oqs::InquiryNumberRegistration, oqs::WithdrawnConsent,);

/// A person whom an insurance document may identify, with the receptions at the calling institution.
pub(super) struct Candidate {
    pub(super) matched: DocumentMatch,
    pub(super) receptions: Vec<ReceptionRecord>,
}

impl Candidate {
    pub(super) fn birth(&self) -> Date {
        self.matched.birth()
    }
}

/// The persons whom a document may identify.
pub(super) fn find_by_document(
    tx: &mut Transaction<'_>,
    (insurer, document): (InsurerNumber, &impl Document),
) -> Result<Vec<DocumentMatch>, Error> {
    person::find_by_document(tx, insurer, document.symbol(), document.number(), document.branch())
}

/// The persons whom a document may identify and who have a reception at this institution that passes the filter. Others
/// are not disclosed.
pub(super) fn find_candidates(
    tx: &mut Transaction<'_>,
    institution: InstitutionCode,
    document: (InsurerNumber, &impl Document),
    filter: ReceptionFilter,
) -> Result<Vec<Candidate>, Error> {
    let mut candidates = Vec::new();
    for matched in find_by_document(tx, document)? {
        let mut receptions = reception::list_with_institution(tx, institution, matched.person())?;
        receptions.retain(|reception| filter.matches(reception.term));
        if !receptions.is_empty() {
            candidates.push(Candidate { matched, receptions });
        }
    }
    Ok(candidates)
}
