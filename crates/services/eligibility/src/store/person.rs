//! Insured persons, with their coverages and certificates: written, and found by certificate and document.

use base::{Date, InsurerNumber};
use database::{Error, Rows, Transaction};
use jpki::{KeyIdentifier, Serial};

use super::{
    history::{self, Phrasebook},
    reading::find_person,
};
use crate::{
    LimitCertificate, NewPerson, Person, PersonId, Refusal, SpecificDiseaseCertificate,
    rules::{consent_registration::InsuranceCard, coverage::Coverage, simulated_fault::SimulatedFault},
};

/// The holder of the certificate with this serial number from the authority with this key.
pub fn find_person_by_certificate(
    tx: &mut Transaction<'_>,
    issuer: &KeyIdentifier,
    serial: &Serial,
) -> Result<Option<PersonId>, Error> {
    tx.fetch_optional(
        "SELECT c.person FROM card_issuer i JOIN card_certificate c ON c.issuer = i.number
         WHERE i.key_identifier = $1 AND c.serial = $2",
        &[&issuer.as_bytes(), &serial.as_bytes()],
        |row| row.get(0),
    )
}

/// 氏名, as known to the insurers.
///
/// For the reception, which shows the holder a masked form.
pub fn find_full_name(tx: &mut Transaction<'_>, id: PersonId) -> Result<oqs::FullName, Error> {
    find_person(tx, id).map(|person| person.name)
}

pub(crate) fn insert_people(tx: &mut Transaction<'_>, people: &[NewPerson]) -> Result<Vec<PersonId>, Refusal> {
    let last: Option<i64> =
        tx.fetch_one("SELECT MAX(id) FROM person WHERE id < $1", &[&PersonId::from_load(0)], |row| row.get(0))?;
    let mut phrasebook = Phrasebook::read(tx)?;
    let mut added = Vec::with_capacity(people.len());
    for (id, new) in (last.unwrap_or(0) + 1..).map(PersonId).zip(people) {
        // If another transaction adds persons at the same time, PostgreSQL retries this one.
        if find_insurance_card(tx, id)?.is_some() {
            return Err(Refusal::AlreadyExists("person"));
        }
        let (mut persons, mut limits, mut diseases) = (person_rows(), limit_rows(), disease_rows());
        let mut histories = history::history_rows();
        push_person(&mut persons, id, &new.person);
        push_limits(&mut limits, id, &new.limits);
        push_diseases(&mut diseases, id, &new.specific_diseases);
        history::push_history(&mut histories, id, new.records.clone(), &mut phrasebook);
        tx.append(&persons)?;
        insert_coverages(tx, id, &new.coverages)?;
        for rows in [limits, diseases, phrasebook.take_new_rows(), histories] {
            tx.append(&rows)?;
        }
        added.push(id);
    }
    Ok(added)
}

pub(crate) fn person_rows() -> Rows {
    let columns =
        &["id", "name", "kana", "other_name", "other_kana", "sex", "birth", "postcode", "address", "insurance_card"];
    Rows::new("person", columns)
}

pub(crate) fn push_person(rows: &mut Rows, id: PersonId, person: &Person) {
    rows.push(&[
        &id,
        &person.name.as_str(),
        &person.kana.as_str(),
        &person.other_name.as_ref().map(oqs::FullName::as_str),
        &person.other_kana.as_ref().map(oqs::KanaName::as_str),
        &person.sex.code(),
        &person.birth,
        &person.postcode,
        &person.address,
        &person.card.is_registered(),
    ]);
}

/// Replaces all coverages of a person.
pub(crate) fn replace_coverages(
    tx: &mut Transaction<'_>,
    person: PersonId,
    coverages: &[Coverage],
) -> Result<(), Refusal> {
    find_insurance_card(tx, person)?.ok_or(Refusal::UnknownHolder)?;
    tx.execute("DELETE FROM coverage WHERE person = $1", &[&person])?;
    insert_coverages(tx, person, coverages).map_err(Refusal::from)
}

fn insert_coverages(tx: &mut Transaction<'_>, person: PersonId, coverages: &[Coverage]) -> Result<(), Error> {
    for coverage in coverages {
        upsert_insurer(tx, coverage.insurer, &coverage.insurer_name)?;
    }
    let mut rows = coverage_rows();
    push_coverages(&mut rows, person, coverages);
    tx.append(&rows)
}

/// An insurer has the name that was stored last.
pub(crate) fn upsert_insurer(tx: &mut Transaction<'_>, number: InsurerNumber, name: &str) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO insurer (number, name) VALUES ($1, $2)
         ON CONFLICT (number) DO UPDATE SET name = excluded.name WHERE insurer.name <> excluded.name",
        &[&number, &name],
    )
    .map(|_| ())
}

pub(crate) fn coverage_rows() -> Rows {
    let columns = &[
        "person",
        "place",
        "document",
        "insurer",
        "classification",
        "symbol",
        "number",
        "branch",
        "relation",
        "insured_name",
        "qualified",
        "lost",
        "reason",
        "issued",
        "valid_from",
        "valid_to",
        "share",
        "preschool",
        "elderly_issued",
        "elderly_from",
        "elderly_to",
        "elderly_share",
    ];
    Rows::new("coverage", columns)
}

pub(crate) fn push_coverages(rows: &mut Rows, person: PersonId, coverages: &[Coverage]) {
    for (index, coverage) in (0_i64..).zip(coverages) {
        let elderly = coverage.elderly.as_ref();
        rows.push(&[
            &person,
            &index,
            &document_key(coverage.insurer, coverage.symbol.as_ref(), &coverage.number),
            &coverage.insurer,
            &coverage.classification.code(),
            &coverage.symbol.as_ref().map(oqs::CardSymbol::as_str),
            &coverage.number.as_str(),
            &coverage.branch.map(|branch| u32::from(branch.number())),
            &coverage.relation.map(oqs::PersonalFamily::code),
            &coverage.insured_name.as_ref().map(oqs::FullName::as_str),
            &coverage.qualified_on,
            &coverage.disqualified_on,
            &coverage.reason_of_loss.map(oqs::ReasonOfLoss::code),
            &coverage.issued,
            &coverage.valid_from,
            &coverage.valid_to,
            &coverage.share.map(|share| u32::from(share.percent())),
            &coverage.preschool.is_some(),
            &elderly.and_then(|elderly| elderly.issued),
            &elderly.map(|elderly| elderly.valid_from),
            &elderly.map(|elderly| elderly.valid_to),
            &elderly.map(|elderly| u32::from(elderly.share.percent())),
        ]);
    }
}

/// The lookup key of an insurance document: 64 bits of a digest of insurer, symbol and number, normalised.
fn document_key(insurer: InsurerNumber, symbol: Option<&oqs::CardSymbol>, number: &oqs::CardNumber) -> i64 {
    let symbol = normalise(symbol.map_or("", oqs::CardSymbol::as_str));
    let number = normalise(number.as_str());
    let digest = base::digest(&[insurer.to_string().as_bytes(), &[0], symbol.as_bytes(), &[0], number.as_bytes()]);
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest.as_bytes()[..8]);
    i64::from_be_bytes(bytes)
}

/// A symbol or number without variants in writing: width, hyphens, spaces.
fn normalise(text: &str) -> String {
    let unify_hyphen = |character| match character {
        '‐' | '‑' | '–' | '—' | '―' | '−' | 'ｰ' => '-',
        character => character,
    };
    oqs::half_width(text).chars().map(unify_hyphen).filter(|character| *character != ' ').collect()
}

/// A person whom an insurance document identifies. Only this module makes it.
pub(crate) struct DocumentMatch {
    person: PersonId,
    coverage_index: usize,
    birth: Date,
}

impl DocumentMatch {
    pub(crate) fn person(&self) -> PersonId {
        self.person
    }

    /// The document's coverage, by its index among those of the person.
    pub(crate) fn coverage_index(&self) -> usize {
        self.coverage_index
    }

    pub(crate) fn birth(&self) -> Date {
        self.birth
    }
}

/// The persons whom an insurance document identifies, each once.
pub(crate) fn find_by_document(
    tx: &mut Transaction<'_>,
    insurer: InsurerNumber,
    symbol: Option<&oqs::CardSymbol>,
    number: &oqs::CardNumber,
    branch: Option<oqs::BranchNumber>,
) -> Result<Vec<DocumentMatch>, Error> {
    let mut matches: Vec<DocumentMatch> = Vec::new();
    for matched in find_coverages_by_document(tx, insurer, symbol, number, branch)? {
        // A person who left an insurer and came back has the same document twice; the later coverage counts.
        match matches.iter_mut().find(|existing| existing.person == matched.person) {
            Some(existing) => existing.coverage_index = matched.coverage_index,
            None => matches.push(matched),
        }
    }
    Ok(matches)
}

/// The coverages that an insurance document identifies, in the order of persons and their coverages.
fn find_coverages_by_document(
    tx: &mut Transaction<'_>,
    insurer: InsurerNumber,
    symbol: Option<&oqs::CardSymbol>,
    number: &oqs::CardNumber,
    branch: Option<oqs::BranchNumber>,
) -> Result<Vec<DocumentMatch>, Error> {
    let normalised = |symbol: Option<&str>, number: &str| (normalise(symbol.unwrap_or_default()), normalise(number));
    let requested = normalised(symbol.map(oqs::CardSymbol::as_str), number.as_str());
    let rows = tx.fetch_all(
        "SELECT c.person, c.place, c.insurer, c.symbol, c.number, c.branch, p.birth
         FROM coverage c JOIN person p ON p.id = c.person WHERE c.document = $1 ORDER BY c.person, c.place",
        &[&document_key(insurer, symbol, number)],
        |row| {
            let stored: (Option<String>, String) = (row.get(3)?, row.get(4)?);
            let stored_insurer: InsurerNumber = row.get(2)?;
            let stored_branch: Option<u32> = row.get(5)?;
            // Two documents may have the same key.
            let same_document = stored_insurer == insurer && normalised(stored.0.as_deref(), &stored.1) == requested;
            let branch_fits = match (stored_branch, branch) {
                (Some(stored_branch), Some(branch)) => stored_branch == u32::from(branch.number()),
                _ => true,
            };
            let index: u32 = row.get(1)?;
            let matched = DocumentMatch { person: row.get(0)?, coverage_index: index as usize, birth: row.get(6)? };
            Ok((same_document && branch_fits).then_some(matched))
        },
    )?;
    Ok(rows.into_iter().flatten().collect())
}

pub(crate) fn limit_rows() -> Rows {
    let columns = &["person", "place", "classification", "class", "issued", "valid_from", "valid_to", "long_term_from"];
    Rows::new("limit_certificate", columns)
}

pub(crate) fn push_limits(rows: &mut Rows, person: PersonId, limits: &[LimitCertificate]) {
    for (index, limit) in (0_i64..).zip(limits) {
        rows.push(&[
            &person,
            &index,
            &limit.classification.code(),
            &limit.class.code(),
            &limit.issued,
            &limit.valid_from,
            &limit.valid_to,
            &limit.long_term_from,
        ]);
    }
}

pub(crate) fn disease_rows() -> Rows {
    let columns = &["person", "place", "disease", "issued", "valid_from", "valid_to", "self_pay"];
    Rows::new("disease_certificate", columns)
}

pub(crate) fn push_diseases(rows: &mut Rows, person: PersonId, certificates: &[SpecificDiseaseCertificate]) {
    for (index, certificate) in (0_i64..).zip(certificates) {
        rows.push(&[
            &person,
            &index,
            &certificate.disease.code(),
            &certificate.issued,
            &certificate.valid_from,
            &certificate.valid_to,
            &certificate.self_pay,
        ]);
    }
}

/// Whether the person's card is an insurance card; none if the person is unknown.
pub(crate) fn find_insurance_card(tx: &mut Transaction<'_>, person: PersonId) -> Result<Option<InsuranceCard>, Error> {
    tx.fetch_optional("SELECT insurance_card FROM person WHERE id = $1", &[&person], |row| {
        row.get(0).map(InsuranceCard::from_bool)
    })
}

pub(crate) fn update_insurance_card(
    tx: &mut Transaction<'_>,
    person: PersonId,
    card: InsuranceCard,
) -> Result<(), Refusal> {
    let changed =
        tx.execute("UPDATE person SET insurance_card = $2 WHERE id = $1", &[&person, &card.is_registered()])?;
    if changed == 1 { Ok(()) } else { Err(Refusal::UnknownHolder) }
}

/// Links a certificate to a person. After a renewal a person has several; a certificate has one person.
pub(crate) fn link_certificate(
    tx: &mut Transaction<'_>,
    person: PersonId,
    issuer: &KeyIdentifier,
    serial: &Serial,
) -> Result<(), Refusal> {
    find_insurance_card(tx, person)?.ok_or(Refusal::UnknownHolder)?;
    let find = "SELECT number FROM card_issuer WHERE key_identifier = $1";
    let number = if let Some(number) = tx.fetch_optional(find, &[&issuer.as_bytes()], |row| row.get::<i64>(0))? {
        number
    } else {
        let next: i64 = tx.fetch_one("SELECT COALESCE(MAX(number), 0) + 1 FROM card_issuer", &[], |row| row.get(0))?;
        let inserted = tx.execute(
            "INSERT INTO card_issuer (number, key_identifier) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[&next, &issuer.as_bytes()],
        )?;
        if inserted == 0 {
            return Err(Refusal::AlreadyExists("issuer"));
        }
        next
    };
    tx.execute(
        "INSERT INTO card_certificate (issuer, serial, person) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[&number, &serial.as_bytes(), &person],
    )?;
    if find_person_by_certificate(tx, issuer, serial)? == Some(person) {
        Ok(())
    } else {
        Err(Refusal::AlreadyExists("certificate"))
    }
}

/// Sets the simulated fault in what insurers report of a person; none ends it.
pub(crate) fn update_simulated_fault(
    tx: &mut Transaction<'_>,
    person: PersonId,
    fault: Option<SimulatedFault>,
) -> Result<(), Refusal> {
    let changed = tx.execute("UPDATE person SET trouble = $2 WHERE id = $1", &[&person, &fault])?;
    if changed == 1 { Ok(()) } else { Err(Refusal::UnknownHolder) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_the_same_however_they_are_written() {
        let key = |symbol: &str, number: &str| {
            let symbol = oqs::CardSymbol::new(symbol);
            document_key("33120015".parse().unwrap(), symbol.as_ref(), &oqs::CardNumber::new(number).unwrap())
        };
        assert_eq!(key("１２－３４", "００１"), key("12-34", "001"));
        assert_eq!(key("協１２", "1"), key("協12", "１"));
        assert_ne!(key("12", "3"), key("1", "23"));
        assert_ne!(key("", "1"), key("1", "1"));
    }
}
