//! Whom an insurance document is about.

use base::{Date, InsurerNumber};
use database::{Error, Transaction};

use super::answer::Asker;
use crate::{
    PersonId,
    rules::reading::{Reception, Wanted},
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

documents!(
    oqs::QualificationSearch,
    oqs::MedicalRequestHeader,
    oqs::ReferenceNumberRegistration,
    oqs::WithdrawnConsent,
);

/// A person whom an insurance document may be about.
pub(super) struct Meant {
    pub(super) person: PersonId,
    /// The coverage that the document is of, by its place among those of the person.
    pub(super) place: usize,
    pub(super) birth: Date,
}

/// A person whom an insurance document may be about, with what he registered at the institution that asks.
pub(super) struct Candidate {
    pub(super) person: PersonId,
    pub(super) place: usize,
    pub(super) birth: Date,
    pub(super) receptions: Vec<Reception>,
}

/// Those whom a document may be about.
pub(super) fn meant(
    tx: &mut Transaction<'_>,
    (insurer, document): (InsurerNumber, &impl Document),
) -> Result<Vec<Meant>, Error> {
    let mut found: Vec<Meant> = Vec::new();
    for (person, place) in person::by_document(tx, insurer, document.symbol(), document.number(), document.branch())? {
        // Who left an insurer and came back has the same document twice; the later is meant.
        if let Some(known) = found.iter_mut().find(|known| known.person == person) {
            known.place = place;
            continue;
        }
        let birth = person::person(tx, person)?.birth;
        found.push(Meant { person, place, birth });
    }
    Ok(found)
}

/// Those whom a document may be about and who have registered at this institution what is wanted. Of others nothing is
/// said.
pub(super) fn registered(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    document: (InsurerNumber, &impl Document),
    wanted: Wanted,
) -> Result<Vec<Candidate>, Error> {
    let mut candidates = Vec::new();
    for Meant { person, place, birth } in meant(tx, document)? {
        let mut receptions = reception::with_institution(tx, asker.institution, person)?;
        receptions.retain(|found| wanted.fits(found.term));
        if !receptions.is_empty() {
            candidates.push(Candidate { person, place, birth, receptions });
        }
    }
    Ok(candidates)
}
