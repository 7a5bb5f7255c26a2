//! 資格確認 by one insurance document, and 一括取得 of all receptions of some days.

use base::{Date, ReceptionNumber, Span};
use database::{Error, Transaction};
use oqs::{
    Answer, AnswerHeader, BulkFetch, BulkResult, BulkUnit, Outcome, Period, QualificationAnswer, Request, ResultCode,
};

use super::answer::Asker;
use crate::{
    PersonId,
    rules::{
        coverage::{Asked, Coverage, ElderlyCertificate, verdict},
        item::Item,
        reading::{Access, Reception, Subject, Validity, may_read, of_person},
    },
    store::{audit::Entry, bulk, person, reception},
};

/// As many days as one search may cover.
const LONGEST: i64 = 100;

/// As many receptions as one search may find.
const MOST: u32 = 5000;

/// What is wrong with the days of a search.
pub(super) fn period_fault(period: Period) -> Option<ResultCode> {
    let (Period::Consent { from, to } | Period::Examination { from, to }) = period;
    let length = base::end_of_day(to).since(base::start_of_day(from));
    let right = from <= to && length <= Span::from_hours(24 * LONGEST);
    (!right).then_some(ResultCode::Period)
}

/// OQSsionq: the person whom an insurance document is about, by the reception that he registered here.
pub(super) fn one(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    request: &Request<oqs::QualificationRequest>,
    entries: &mut Vec<Entry>,
) -> Result<Answer<QualificationAnswer>, Error> {
    let mut header = AnswerHeader::to(&request.header, asker.now);
    header.reference = Some(oqs::ReferenceClassification::InsuredData);
    let search = &request.body.search;
    let answered = |header, processing, validity, results| {
        let search = Some(search.into());
        let body = QualificationAnswer { processing, validity, prescription: None, search, results };
        Answer { header, outcome: Outcome::Normal(body) }
    };
    let mut found = receptions_by_document(tx, asker, search.insurer.right().copied(), search)?;
    found.retain(|candidate| candidate.birth == search.birthdate);
    if found.len() > 1 {
        entries.push(asker.entry(None, Subject::Eligibility, Access::NotThere));
        let several = Some(oqs::QualificationValidity::Several);
        return Ok(answered(header, ResultCode::SeveralPersons.processing(), several, Vec::new()));
    }
    let candidate = found.pop();
    let receptions = candidate.as_ref().map_or(&[][..], |candidate| &candidate.receptions);
    let (access, by) =
        of_person(asker.institution, receptions, search.examination_date, Subject::Eligibility, asker.now);
    let (Access::Readable, Some(by), Some(candidate)) = (access, by, &candidate) else {
        entries.push(asker.entry(by.map(|by| by.number), Subject::Eligibility, access));
        let fault = access.result_code().unwrap_or(ResultCode::NotThere);
        let validity = (fault == ResultCode::NotThere).then_some(oqs::QualificationValidity::NotFound);
        return Ok(answered(header, fault.processing(), validity, Vec::new()));
    };
    header.confirmation_date = Some(by.visit_date);
    let shown = shown(tx, asker, by, Asked::Coverage(candidate.place), search.identifier.as_ref(), entries)?;
    Ok(answered(header, noted(by), Some(shown.validity), shown.results))
}

/// OQSmuonq02: all receptions of the days of a search.
pub(super) fn many(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    request: &Request<BulkFetch>,
    entries: &mut Vec<Entry>,
) -> Result<Answer<BulkResult>, Error> {
    let mut header = AnswerHeader::to(&request.header, asker.now);
    header.reference = Some(oqs::ReferenceClassification::Card);
    header.bulk_number = Some(request.body.number.clone());
    let no = |header, fault: ResultCode| Answer { header, outcome: Outcome::Abnormal(fault.fault()) };
    let Some(period) = bulk::kept(tx, asker.institution, request.body.number.as_str())? else {
        return Ok(no(header, ResultCode::UnknownBulk));
    };
    let receptions = match period {
        Period::Consent { from, to } => reception::consented(tx, asker.institution, (from, to), MOST + 1)?,
        Period::Examination { from, to } => reception::visiting(tx, asker.institution, (from, to), MOST + 1)?,
    };
    if receptions.len() > MOST as usize {
        return Ok(no(header, ResultCode::TooMany));
    }
    let mut units = Vec::with_capacity(receptions.len());
    for reception in &receptions {
        units.push(unit(tx, asker, reception, entries)?);
    }
    let count = |count: usize| u32::try_from(count).ok();
    let normal = units.iter().filter(|unit| !unit.results.is_empty()).count();
    header.results = count(units.len());
    header.normal = count(normal);
    header.errors = count(units.len() - normal);
    let body = BulkResult { processing: Some(oqs::Processing::normal()), units };
    Ok(Answer { header, outcome: Outcome::Normal(body) })
}

/// One reception of a list. What no longer stands is named by its number and day, and by nothing that tells of the
/// person.
fn unit(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    reception: &Reception,
    entries: &mut Vec<Entry>,
) -> Result<BulkUnit, Error> {
    let search = Some(oqs::SearchEcho {
        insurer: None,
        symbol: None,
        number: None,
        branch: None,
        birthdate: None,
        limit_consent: None,
        examination_date: Some(reception.visit_date),
        identifier: identifier(reception.number),
    });
    let access = may_read(asker.institution, Some(reception), Subject::Eligibility, asker.now);
    if let Some(fault) = access.result_code() {
        entries.push(asker.entry(Some(reception.number), Subject::Eligibility, access));
        let processing = Some(fault.processing());
        return Ok(BulkUnit { search, processing, validity: None, results: Vec::new(), references: Vec::new() });
    }
    let shown = shown(tx, asker, reception, Asked::Person, identifier(reception.number).as_ref(), entries)?;
    Ok(BulkUnit {
        search,
        processing: Some(noted(reception)),
        validity: Some(shown.validity),
        results: shown.results,
        references: Vec::new(),
    })
}

/// 受付番号 of マイナ在宅受付Web stands in 任意の識別子: the interface has no element of its own for it.
fn identifier(number: ReceptionNumber) -> Option<oqs::Identifier> {
    oqs::Identifier::new(&number.to_string())
}

/// All went well; that the certificate had ended is said beside it.
fn noted(reception: &Reception) -> oqs::Processing {
    match reception.validity {
        Validity::Full => oqs::Processing::normal(),
        Validity::Grace => ResultCode::Grace.note(),
    }
}

/// A person whom an insurance document may be about, with what he registered at the institution that asks.
pub(super) struct Candidate {
    pub(super) person: PersonId,
    pub(super) place: usize,
    pub(super) birth: Date,
    pub(super) receptions: Vec<Reception>,
}

/// What tells one insurance document from another.
pub(super) trait Document {
    fn symbol(&self) -> Option<&oqs::CardSymbol>;
    fn number(&self) -> &oqs::CardNumber;
    fn branch(&self) -> Option<oqs::BranchNumber>;
}

impl Document for oqs::QualificationSearch {
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

impl Document for oqs::MedicalRequestHeader {
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

/// Those whom a document is about and who have registered at this institution. Of others nothing is said.
pub(super) fn receptions_by_document(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    insurer: Option<base::InsurerNumber>,
    document: &impl Document,
) -> Result<Vec<Candidate>, Error> {
    // A number whose check digit does not hold is no insurer's.
    let Some(insurer) = insurer else { return Ok(Vec::new()) };
    let mut candidates: Vec<Candidate> = Vec::new();
    let rows = person::by_document(tx, insurer, document.symbol(), document.number(), document.branch())?;
    for (person, place) in rows {
        // Who left an insurer and came back has the same document twice; the later is meant.
        if let Some(known) = candidates.iter_mut().find(|known| known.person == person) {
            known.place = place;
            continue;
        }
        let receptions = reception::with_institution(tx, asker.institution, person)?;
        if !receptions.is_empty() {
            let birth = person::person(tx, person)?.birth;
            candidates.push(Candidate { person, place, birth, receptions });
        }
    }
    Ok(candidates)
}

struct Shown {
    validity: oqs::QualificationValidity,
    results: Vec<oqs::QualificationResult>,
}

/// What a reception that stands shows of its person.
fn shown(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    by: &Reception,
    about: Asked,
    identifier: Option<&oqs::Identifier>,
    entries: &mut Vec<Entry>,
) -> Result<Shown, Error> {
    let coverages = person::coverages(tx, by.person)?;
    let verdict = verdict(&coverages, about, by.visit_date);
    let access = |item| may_read(asker.institution, Some(by), Subject::Item(item), asker.now);
    entries.push(asker.entry(Some(by.number), Subject::Eligibility, Access::Readable));
    let mut limit = None;
    let mut diseases = Vec::new();
    for item in [Item::Limits, Item::SpecificDiseases] {
        if access(item) == Access::Readable && !verdict.shown.is_empty() {
            entries.push(asker.entry(Some(by.number), Subject::Item(item), Access::Readable));
            match item {
                Item::Limits => limit = person::limits(tx, by.person, by.visit_date)?.into_iter().next(),
                _ => diseases = person::diseases(tx, by.person, by.visit_date)?,
            }
        }
    }
    let person = person::person(tx, by.person)?;
    let result = |coverage: &Coverage| {
        let number = coverage.number.clone();
        let bare = oqs::QualificationResult::new(coverage.insurer.into(), number, person.name.clone(), person.birth);
        oqs::QualificationResult {
            card: Some(coverage.classification),
            symbol: coverage.symbol.clone(),
            branch: coverage.branch,
            person: coverage.relation,
            insured_name: coverage.insured_name.clone(),
            other_name: person.other_name.clone(),
            kana: Some(person.kana.clone()),
            other_kana: person.other_kana.clone(),
            sex: Some(person.sex),
            address: Some(person.address.clone()),
            post_number: Some(person.postcode.clone()),
            qualified_on: Some(coverage.from),
            disqualified_on: coverage.lost,
            card_issued_on: coverage.issued,
            card_valid_from: coverage.valid_from,
            card_valid_to: coverage.valid_to,
            share: coverage.share,
            preschool: coverage.preschool,
            reason_of_loss: coverage.reason,
            insurer_name: Some(coverage.insurer_name.clone()),
            elderly: coverage.elderly.as_ref().map(elderly),
            limit_consent: Some(limit_consent(access(Item::Limits), by)),
            limit: limit.as_ref().map(limit_certificate),
            diseases_consent: Some(consent(access(Item::SpecificDiseases), by)),
            diseases: diseases.iter().map(disease_certificate).collect(),
            check_ups: Some(viewing(access(Item::CheckUps), by)),
            medicines: Some(viewing(access(Item::Medicines), by)),
            diagnoses: Some(viewing(access(Item::Treatments), by)),
            operations: Some(viewing(access(Item::Operations), by)),
            identifier: identifier.cloned(),
            ..bare
        }
    };
    let results = verdict.shown.iter().filter_map(|place| coverages.get(*place)).map(result).collect();
    Ok(Shown { validity: verdict.validity, results })
}

fn consent(access: Access, by: &Reception) -> oqs::Consent<oqs::ConsentFlag> {
    let flag = access.flag();
    let given = flag == oqs::ConsentFlag::Given;
    oqs::Consent { flag, at: given.then_some(by.chosen), expired_because: access.expiry_reason() }
}

fn limit_consent(access: Access, by: &Reception) -> oqs::Consent<oqs::LimitConsentFlag> {
    let given = access == Access::Readable;
    let flag = if given { oqs::LimitConsentFlag::Given } else { oqs::LimitConsentFlag::NotGiven };
    oqs::Consent { flag, at: given.then_some(by.chosen), expired_because: access.expiry_reason() }
}

/// A consent for medical information may be used to the last second of the visit day.
fn viewing(access: Access, by: &Reception) -> oqs::ViewingConsent {
    let consent = consent(access, by);
    let given = consent.flag == oqs::ConsentFlag::Given;
    let last = by.valid_until.minus(Span::from_secs(1));
    oqs::ViewingConsent { consent, available_until: given.then_some(last) }
}

fn elderly(certificate: &ElderlyCertificate) -> oqs::ElderlyCertificate {
    oqs::ElderlyCertificate {
        issued_on: certificate.issued,
        valid_from: Some(certificate.valid_from),
        valid_to: Some(certificate.valid_to),
        share: Some(certificate.share),
    }
}

fn limit_certificate(certificate: &crate::LimitCertificate) -> oqs::LimitCertificate {
    oqs::LimitCertificate {
        classification: Some(certificate.classification),
        class: Some(certificate.class),
        issued_on: certificate.issued,
        valid_from: Some(certificate.valid_from),
        valid_to: Some(certificate.valid_to),
        long_term_from: certificate.long_term_from,
    }
}

fn disease_certificate(certificate: &crate::SpecificDiseaseCertificate) -> oqs::SpecificDiseaseCertificate {
    oqs::SpecificDiseaseCertificate {
        disease: Some(certificate.disease),
        issued_on: certificate.issued,
        valid_from: Some(certificate.valid_from),
        valid_to: Some(certificate.valid_to),
        self_pay: Some(certificate.self_pay),
    }
}
