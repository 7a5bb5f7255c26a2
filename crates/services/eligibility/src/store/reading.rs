//! What institutions read of a person. Each reading takes a permit, which the ledger gives where it records it.

use base::Date;
use database::{Error, Row, Transaction};

use super::{
    coded::{column_error, read, read_optional, read_small, share_from_percent},
    history,
    read_permit::{Coverages, DiseaseCertificates, HealthRecords, LimitCertificates, ReadPermit},
};
use crate::{
    LimitCertificate, Person, PersonId, Record, SpecificDiseaseCertificate,
    rules::{
        consent_registration::InsuranceCard,
        coverage::{Coverage, ElderlyCertificate},
        simulated_fault::SimulatedFault,
    },
};

impl ReadPermit<'_, Coverages> {
    /// What insurers report of the person on a day, with the simulated fault.
    pub(crate) fn read(self, tx: &mut Transaction<'_>, today: Date) -> Result<ReportedPerson, Error> {
        let (id, Coverages) = self.spend();
        let (person, fault) = find_person_with_fault(tx, id)?;
        let reported = SimulatedFault::apply_to_coverages(fault, list_coverages(tx, id)?, today);
        let (indexes, coverages) = reported.into_iter().unzip();
        Ok(ReportedPerson { person: SimulatedFault::apply_to_person(fault, person), coverages, known_indices: indexes })
    }
}

impl ReadPermit<'_, LimitCertificates> {
    /// The limit-amount certificates that are valid on a day.
    pub fn read(self, tx: &mut Transaction<'_>, day: Date) -> Result<Vec<LimitCertificate>, Error> {
        let (person, LimitCertificates) = self.spend();
        list_limit_certificates(tx, person, day)
    }
}

impl ReadPermit<'_, DiseaseCertificates> {
    /// The certificates for specific diseases that are valid on a day.
    pub fn read(self, tx: &mut Transaction<'_>, day: Date) -> Result<Vec<SpecificDiseaseCertificate>, Error> {
        let (person, DiseaseCertificates) = self.spend();
        list_disease_certificates(tx, person, day)
    }
}

impl ReadPermit<'_, HealthRecords> {
    /// The records of some days, both included, in the order of their days.
    pub fn read(self, tx: &mut Transaction<'_>, days: (Date, Date)) -> Result<Vec<Record>, Error> {
        let (person, records) = self.spend();
        history::list_records(tx, person, records.item(), days)
    }

    /// The same, with the person whose records they are.
    pub fn read_with_person(
        self,
        tx: &mut Transaction<'_>,
        days: (Date, Date),
    ) -> Result<(Person, Vec<Record>), Error> {
        let person = find_person(tx, self.person())?;
        Ok((person, self.read(tx, days)?))
    }
}

/// A person and their coverages as insurers report them on a day.
pub(crate) struct ReportedPerson {
    pub(crate) person: Person,
    pub(crate) coverages: Vec<Coverage>,
    known_indices: Vec<usize>,
}

impl ReportedPerson {
    /// The index of the actual coverage `index` among the reported ones; their number if it is not reported.
    pub(crate) fn reported_index(&self, index: usize) -> usize {
        self.known_indices.iter().position(|actual| *actual == index).unwrap_or(self.known_indices.len())
    }
}

/// The person as insurers report them, for this module and for finding whom a certificate or a document identifies.
pub(super) fn find_person(tx: &mut Transaction<'_>, person: PersonId) -> Result<Person, Error> {
    find_person_with_fault(tx, person).map(|(person, fault)| SimulatedFault::apply_to_person(fault, person))
}

fn find_person_with_fault(
    tx: &mut Transaction<'_>,
    person: PersonId,
) -> Result<(Person, Option<SimulatedFault>), Error> {
    tx.fetch_one(
        "SELECT name, kana, other_name, other_kana, sex, birth, postcode, address, insurance_card, trouble
         FROM person WHERE id = $1",
        &[&person],
        |row| {
            let person = Person {
                name: read(row, 0, oqs::FullName::new)?,
                kana: read(row, 1, oqs::KanaName::new)?,
                other_name: read_optional(row, 2, oqs::FullName::new)?,
                other_kana: read_optional(row, 3, oqs::KanaName::new)?,
                sex: read(row, 4, oqs::Sex::from_code)?,
                birth: row.get(5)?,
                postcode: row.get(6)?,
                address: row.get(7)?,
                card: InsuranceCard::from_bool(row.get(8)?),
            };
            Ok((person, row.get(9)?))
        },
    )
}

fn list_coverages(tx: &mut Transaction<'_>, person: PersonId) -> Result<Vec<Coverage>, Error> {
    tx.fetch_all(
        "SELECT c.insurer, i.name, c.classification, c.symbol, c.number, c.branch, c.relation, c.insured_name,
            c.qualified, c.lost, c.reason, c.issued, c.valid_from, c.valid_to, c.share, c.preschool,
            c.elderly_issued, c.elderly_from, c.elderly_to, c.elderly_share
         FROM coverage c JOIN insurer i ON i.number = c.insurer WHERE c.person = $1 ORDER BY c.place",
        &[&person],
        read_coverage,
    )
}

fn read_coverage(row: &Row<'_>) -> Result<Coverage, Error> {
    let preschool: bool = row.get(15)?;
    Ok(Coverage {
        insurer: row.get(0)?,
        insurer_name: row.get(1)?,
        classification: read(row, 2, oqs::InsuredCardClassification::from_code)?,
        symbol: read_optional(row, 3, oqs::CardSymbol::new)?,
        number: read(row, 4, oqs::CardNumber::new)?,
        branch: read_small(row, 5, oqs::BranchNumber::new)?,
        relation: read_optional(row, 6, oqs::PersonalFamily::from_code)?,
        insured_name: read_optional(row, 7, oqs::FullName::new)?,
        qualified_on: row.get(8)?,
        disqualified_on: row.get(9)?,
        reason_of_loss: read_optional(row, 10, oqs::ReasonOfLoss::from_code)?,
        issued: row.get(11)?,
        valid_from: row.get(12)?,
        valid_to: row.get(13)?,
        share: read_small(row, 14, share_from_percent)?,
        preschool: preschool.then_some(oqs::Preschool::Preschool),
        elderly: read_elderly_certificate(row)?,
    })
}

fn read_elderly_certificate(row: &Row<'_>) -> Result<Option<ElderlyCertificate>, Error> {
    let (valid_from, valid_to): (Option<Date>, Option<Date>) = (row.get(17)?, row.get(18)?);
    match (valid_from, valid_to, read_small(row, 19, share_from_percent)?) {
        (Some(valid_from), Some(valid_to), Some(share)) => {
            Ok(Some(ElderlyCertificate { issued: row.get(16)?, valid_from, valid_to, share }))
        }
        (None, None, None) => Ok(None),
        _ => Err(column_error(17)),
    }
}

fn list_limit_certificates(
    tx: &mut Transaction<'_>,
    person: PersonId,
    day: Date,
) -> Result<Vec<LimitCertificate>, Error> {
    tx.fetch_all(
        "SELECT classification, class, issued, valid_from, valid_to, long_term_from FROM limit_certificate
         WHERE person = $1 AND valid_from <= $2 AND valid_to >= $2 ORDER BY place",
        &[&person, &day],
        |row| {
            Ok(LimitCertificate {
                classification: read(row, 0, oqs::LimitCertificateClassification::from_code)?,
                class: read(row, 1, oqs::LimitClass::from_code)?,
                issued: row.get(2)?,
                valid_from: row.get(3)?,
                valid_to: row.get(4)?,
                long_term_from: row.get(5)?,
            })
        },
    )
}

fn list_disease_certificates(
    tx: &mut Transaction<'_>,
    person: PersonId,
    day: Date,
) -> Result<Vec<SpecificDiseaseCertificate>, Error> {
    tx.fetch_all(
        "SELECT disease, issued, valid_from, valid_to, self_pay FROM disease_certificate
         WHERE person = $1 AND valid_from <= $2 AND valid_to >= $2 ORDER BY place",
        &[&person, &day],
        |row| {
            Ok(SpecificDiseaseCertificate {
                disease: read(row, 0, oqs::SpecificDisease::from_code)?,
                issued: row.get(1)?,
                valid_from: row.get(2)?,
                valid_to: row.get(3)?,
                self_pay: row.get(4)?,
            })
        },
    )
}

/// Everything that is stored of a person, with the certificates of one day.
#[cfg(test)]
pub(crate) fn find_stored_person(tx: &mut Transaction<'_>, id: PersonId, day: Date) -> Result<crate::NewPerson, Error> {
    Ok(crate::NewPerson {
        person: find_person(tx, id)?,
        coverages: list_coverages(tx, id)?,
        limits: list_limit_certificates(tx, id, day)?,
        specific_diseases: list_disease_certificates(tx, id, day)?,
        records: history::list_all_records(tx, id)?,
    })
}

/// The stored records of one item.
#[cfg(test)]
pub(crate) fn list_stored_records(
    tx: &mut Transaction<'_>,
    person: PersonId,
    item: crate::ConsentItem,
    days: (Date, Date),
) -> Result<Vec<Record>, Error> {
    history::list_records(tx, person, item, days)
}

/// All stored records.
#[cfg(test)]
pub(crate) fn list_all_stored_records(tx: &mut Transaction<'_>, person: PersonId) -> Result<Vec<Record>, Error> {
    history::list_all_records(tx, person)
}
