//! Whom an insurance document is about.

use base::{Date, InsurerNumber};
use database::{Error, Transaction};

use super::request_file::Caller;
use crate::{
    PersonId,
    rules::reading::{ReceptionFilter, ReceptionRecord},
    store::{person, reception},
};

/// What tells one insurance document from another.
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

/// A person whom an insurance document may be about.
pub(super) struct DocumentMatch {
    pub(super) person: PersonId,
    /// The coverage that the document is of, by its place among those of the person.
    pub(super) coverage_index: usize,
    pub(super) birth: Date,
}

/// A person whom an insurance document may be about, with what he registered at the institution that asks.
pub(super) struct Candidate {
    pub(super) person: PersonId,
    pub(super) coverage_index: usize,
    pub(super) birth: Date,
    pub(super) receptions: Vec<ReceptionRecord>,
}

/// Those whom a document may be about.
pub(super) fn find_by_document(
    tx: &mut Transaction<'_>,
    (insurer, document): (InsurerNumber, &impl Document),
) -> Result<Vec<DocumentMatch>, Error> {
    let mut found: Vec<DocumentMatch> = Vec::new();
    for (person, place) in
        person::find_by_document(tx, insurer, document.symbol(), document.number(), document.branch())?
    {
        // Who left an insurer and came back has the same document twice; the later is meant.
        if let Some(known) = found.iter_mut().find(|known| known.person == person) {
            known.coverage_index = place;
            continue;
        }
        let birth = person::find_person(tx, person)?.birth;
        found.push(DocumentMatch { person, coverage_index: place, birth });
    }
    Ok(found)
}

/// Those whom a document may be about and who have registered at this institution what is wanted. Of others nothing is
/// said.
pub(super) fn find_candidates(
    tx: &mut Transaction<'_>,
    asker: &Caller,
    document: (InsurerNumber, &impl Document),
    wanted: ReceptionFilter,
) -> Result<Vec<Candidate>, Error> {
    let mut candidates = Vec::new();
    for DocumentMatch { person, coverage_index: place, birth } in find_by_document(tx, document)? {
        let mut receptions = reception::list_with_institution(tx, asker.institution, person)?;
        receptions.retain(|found| wanted.matches(found.term));
        if !receptions.is_empty() {
            candidates.push(Candidate { person, coverage_index: place, birth, receptions });
        }
    }
    Ok(candidates)
}
