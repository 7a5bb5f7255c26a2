//! The persons whom an insurance document identifies.

use base::{Date, InsurerNumber};
use database::{Error, Transaction};

use super::request_file::Caller;
use crate::{
    PersonId,
    rules::reading::{ReceptionFilter, ReceptionRecord},
    store::{person, reception},
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

/// A person whom an insurance document may identify.
pub(super) struct DocumentMatch {
    pub(super) person: PersonId,
    /// The document's coverage, by its index among those of the person.
    pub(super) coverage_index: usize,
    pub(super) birth: Date,
}

/// A person whom an insurance document may identify, with the receptions at the calling institution.
pub(super) struct Candidate {
    pub(super) person: PersonId,
    pub(super) coverage_index: usize,
    pub(super) birth: Date,
    pub(super) receptions: Vec<ReceptionRecord>,
}

/// The persons whom a document may identify.
pub(super) fn find_by_document(
    tx: &mut Transaction<'_>,
    (insurer, document): (InsurerNumber, &impl Document),
) -> Result<Vec<DocumentMatch>, Error> {
    let mut matches: Vec<DocumentMatch> = Vec::new();
    for (person, coverage_index) in
        person::find_by_document(tx, insurer, document.symbol(), document.number(), document.branch())?
    {
        // A person who left an insurer and came back has the same document twice; the later coverage counts.
        if let Some(existing) = matches.iter_mut().find(|existing| existing.person == person) {
            existing.coverage_index = coverage_index;
            continue;
        }
        let birth = person::find_person(tx, person)?.birth;
        matches.push(DocumentMatch { person, coverage_index, birth });
    }
    Ok(matches)
}

/// The persons whom a document may identify and who have a reception at this institution that passes the filter. Others
/// are not disclosed.
pub(super) fn find_candidates(
    tx: &mut Transaction<'_>,
    caller: &Caller,
    document: (InsurerNumber, &impl Document),
    filter: ReceptionFilter,
) -> Result<Vec<Candidate>, Error> {
    let mut candidates = Vec::new();
    for DocumentMatch { person, coverage_index, birth } in find_by_document(tx, document)? {
        let mut receptions = reception::list_with_institution(tx, caller.institution, person)?;
        receptions.retain(|reception| filter.matches(reception.term));
        if !receptions.is_empty() {
            candidates.push(Candidate { person, coverage_index, birth, receptions });
        }
    }
    Ok(candidates)
}
