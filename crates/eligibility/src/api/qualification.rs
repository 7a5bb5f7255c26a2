//! 資格確認 by one insurance document: with a reception, or by the document alone.

use base::{Date, Span};
use database::{Error, Transaction};
use oqs::{Answer, AnswerHeader, Outcome, QualificationAnswer, Request, ResultCode};

use super::{
    answer::Asker,
    document::{meant, registered},
    ticket, wrong,
};
use crate::{
    Person,
    rules::{
        assistance,
        coverage::{Asked, Coverage, ElderlyCertificate, Verdict, verdict},
        item::Item,
        reading::{Access, Reception, Subject, Validity, Wanted, consent_to, may_read, of_person},
    },
    store::{
        audit::Entry,
        institution::{self, Used},
        person, reference,
    },
};

/// OQSsionq, OQSsihvq: the person whom an insurance document is about, by the reception that he registered here.
pub(super) fn one(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    request: &Request<oqs::QualificationRequest>,
    wanted: Wanted,
    entries: &mut Vec<Entry>,
) -> Result<Answer<QualificationAnswer>, Error> {
    let mut header = header(asker, request);
    let search = &request.body.search;
    let answered = |header, processing, validity, results| answered(search, header, processing, validity, results);
    let Some(insurer) = search.insurer.right() else {
        entries.push(asker.entry(None, Subject::Eligibility, ResultCode::WrongInsurerNumber));
        return Ok(answered(header, wrong::insurer(&search.insurer), None, Vec::new()));
    };
    let mut found = registered(tx, asker, (*insurer, search), wanted)?;
    found.retain(|candidate| candidate.birth == search.birthdate);
    if found.len() > 1 {
        entries.push(asker.entry(None, Subject::Eligibility, Access::NotThere));
        let several = Some(oqs::QualificationValidity::Several);
        return Ok(answered(header, ResultCode::SeveralPersons.processing(), several, Vec::new()));
    }
    let candidate = found.pop();
    let receptions = candidate.as_ref().map_or(&[][..], |candidate| &candidate.receptions);
    let (access, by) = of_person(asker.institution, receptions, wanted, Subject::Eligibility, asker.now);
    let (Access::Readable, Some(by), Some(candidate)) = (access, by, &candidate) else {
        entries.push(asker.entry(by.map(|by| by.number), Subject::Eligibility, access));
        let fault = access.result_code().unwrap_or(ResultCode::NotThere);
        let validity = (fault == ResultCode::NotThere).then_some(oqs::QualificationValidity::NotFound);
        let ended = match by.filter(|_| access.expiry_reason().is_some()) {
            Some(by) => {
                header.confirmation_date = Some(asker.day_of(by));
                Some(Box::new(consents(asker, by, institution::used(tx, asker.institution)?)))
            }
            None => None,
        };
        let body = QualificationAnswer { ended, ..nothing(search, fault.processing(), validity) };
        return Ok(Answer { header, outcome: Outcome::Normal(body) });
    };
    header.confirmation_date = Some(asker.day_of(by));
    let shown = shown(tx, asker, by, Some(candidate.place), search.identifier.as_ref(), entries)?;
    Ok(answered(header, shown.processing, Some(shown.validity), shown.results))
}

fn header(asker: &Asker, request: &Request<oqs::QualificationRequest>) -> AnswerHeader {
    let mut header = AnswerHeader::to(&request.header, asker.now);
    header.reference = Some(oqs::ReferenceClassification::InsuredData);
    // Whatever fails before a reception tells its own day is about the day that was asked for, or today.
    header.confirmation_date = header.confirmation_date.or_else(|| Some(asker.now.japan_date()));
    header
}

/// An answer with the search that it is to, as it was asked.
fn answered(
    search: &oqs::QualificationSearch,
    header: AnswerHeader,
    processing: oqs::Processing,
    validity: Option<oqs::QualificationValidity>,
    results: Vec<oqs::QualificationResult>,
) -> Answer<QualificationAnswer> {
    let body = QualificationAnswer { results, ..nothing(search, processing, validity) };
    Answer { header, outcome: Outcome::Normal(body) }
}

/// An answer without a result. 処方箋発行形態 is never said: マイナ在宅受付Web does not ask for it.
fn nothing(
    search: &oqs::QualificationSearch,
    processing: oqs::Processing,
    validity: Option<oqs::QualificationValidity>,
) -> QualificationAnswer {
    let search = Some(search.into());
    QualificationAnswer { processing, validity, prescription: None, search, results: Vec::new(), ended: None }
}

/// What a reception that stands shows.
pub(super) struct Shown {
    pub(super) processing: oqs::Processing,
    pub(super) validity: oqs::QualificationValidity,
    pub(super) results: Vec<oqs::QualificationResult>,
}

/// What a reception that stands shows of its person: of one coverage, or by the card of the person.
pub(super) fn shown(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    by: &Reception,
    place: Option<usize>,
    identifier: Option<&oqs::Identifier>,
    entries: &mut Vec<Entry>,
) -> Result<Shown, Error> {
    let day = asker.day_of(by);
    let told = person::told(tx, by.person, asker.now.japan_date())?;
    let about = place.map_or(Asked::Person, |place| Asked::Coverage(told.place(place)));
    let used = institution::used(tx, asker.institution)?;
    let counter = ticket::Counter::open(tx, asker, used)?;
    let verdict = verdict_at(counter.as_ref(), asker, (&told.coverages, about), day);
    let access = |item| may_read(asker.institution, Some(by), Subject::Item(item), asker.now);
    entries.push(asker.entry(Some(by.number), Subject::Eligibility, Access::Readable));
    let mut limit = None;
    let mut diseases = Vec::new();
    for item in [Item::Limits, Item::SpecificDiseases] {
        if access(item) == Access::Readable && !verdict.shown.is_empty() {
            entries.push(asker.entry(Some(by.number), Subject::Item(item), Access::Readable));
            match item {
                Item::Limits => limit = person::limits(tx, by.person, day)?.into_iter().next(),
                _ => diseases = person::diseases(tx, by.person, day)?,
            }
        }
    }
    let reference = reference::of(tx, asker.institution, by.person)?;
    let consents = consents(asker, by, used);
    let ticket = |coverage: &Coverage| {
        counter.as_ref().and_then(|counter| counter.ticket(asker, (coverage, &told.coverages), day))
    };
    let result = |coverage: &Coverage| oqs::QualificationResult {
        limit_consent: consents.limit,
        limit: limit.as_ref().map(limit_certificate),
        diseases_consent: consents.diseases,
        diseases: diseases.iter().map(disease_certificate).collect(),
        tickets: ticket(coverage).into_iter().collect(),
        check_ups: consents.check_ups,
        medicines: consents.medicines,
        diagnoses: consents.diagnoses,
        operations: consents.operations,
        identifier: identifier.cloned(),
        reference: reference.clone(),
        ..insured(&told.person, coverage, day)
    };
    let results = verdict.shown.iter().filter_map(|place| told.coverages.get(*place)).map(result).collect();
    let processing = match (verdict.validity, by.validity) {
        (oqs::QualificationValidity::NotFound, _) => ResultCode::NoInsurance.processing(),
        (_, Validity::Full) => oqs::Processing::normal(),
        (_, Validity::Grace) => ResultCode::Grace.note(),
    };
    Ok(Shown { processing, validity: verdict.validity, results })
}

/// OQSsiquc01: what an insurance document says, without a reception: the insurance and, if the patient agrees before the
/// desk, the limit. Nothing of health.
pub(super) fn by_document_alone(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    request: &Request<oqs::QualificationRequest>,
    entries: &mut Vec<Entry>,
) -> Result<Answer<QualificationAnswer>, Error> {
    let mut header = header(asker, request);
    let search = &request.body.search;
    let answered = |header, processing, validity, results| answered(search, header, processing, validity, results);
    let Some(insurer) = search.insurer.right() else {
        entries.push(asker.entry(None, Subject::Eligibility, ResultCode::WrongInsurerNumber));
        return Ok(answered(header, wrong::insurer(&search.insurer), None, Vec::new()));
    };
    let mut found = meant(tx, (*insurer, search))?;
    found.retain(|meant| meant.birth == search.birthdate);
    let several = found.len() > 1;
    let Some(meant) = found.pop().filter(|_| !several) else {
        use oqs::QualificationValidity::{NotFound, Several};
        let (code, validity) =
            if several { (ResultCode::SeveralPersons, Several) } else { (ResultCode::NoInsurance, NotFound) };
        entries.push(asker.entry(None, Subject::Eligibility, Access::NotThere));
        return Ok(answered(header, code.processing(), Some(validity), Vec::new()));
    };
    let today = asker.now.japan_date();
    let day = request.header.confirmation_date.unwrap_or(today);
    header.confirmation_date = Some(day);
    let told = person::told(tx, meant.person, today)?;
    let used = institution::used(tx, asker.institution)?;
    let counter = ticket::Counter::open(tx, asker, used)?;
    let about = Asked::Coverage(told.place(meant.place));
    let verdict = verdict_at(counter.as_ref(), asker, (&told.coverages, about), day);
    entries.push(asker.entry(None, Subject::Eligibility, Access::Readable));
    let agrees = search.limit_consent == Some(oqs::LimitConsentFlag::Given) && !verdict.shown.is_empty();
    let limit = if agrees {
        entries.push(asker.entry(None, Subject::Item(Item::Limits), Access::Readable));
        person::limits(tx, meant.person, day)?.into_iter().next()
    } else {
        None
    };
    let reference = reference::of(tx, asker.institution, meant.person)?;
    let ticket = |coverage: &Coverage| {
        counter.as_ref().and_then(|counter| counter.ticket(asker, (coverage, &told.coverages), day))
    };
    let result = |coverage: &Coverage| oqs::QualificationResult {
        limit_consent: search.limit_consent.map(|flag| oqs::Consent {
            flag,
            at: agrees.then_some(asker.now),
            expired_because: None,
        }),
        limit: limit.as_ref().map(limit_certificate),
        tickets: ticket(coverage).into_iter().collect(),
        identifier: search.identifier.clone(),
        reference: reference.clone(),
        ..insured(&told.person, coverage, day)
    };
    let results: Vec<_> = verdict.shown.iter().filter_map(|place| told.coverages.get(*place)).map(result).collect();
    let processing = match verdict.validity {
        oqs::QualificationValidity::NotFound => ResultCode::NoInsurance.processing(),
        _ => oqs::Processing::normal(),
    };
    Ok(answered(header, processing, Some(verdict.validity), results))
}

/// Whether somebody is insured on `day`, as the institution is told: 有効（未登録） is said only to one that uses 医療扶助.
fn verdict_at(
    counter: Option<&ticket::Counter>,
    asker: &Asker,
    (coverages, about): (&[Coverage], Asked),
    day: Date,
) -> Verdict {
    let verdict = verdict(coverages, about, day);
    match counter {
        Some(_) => assistance::registered(verdict, coverages, day, asker.now.japan_date()),
        None => verdict,
    }
}

/// Who is insured by this coverage, and how: all that needs no consent. A loss is told from the day on which it holds: beside
/// a valid insurance it would contradict it.
fn insured(person: &Person, coverage: &Coverage, day: Date) -> oqs::QualificationResult {
    let lost = coverage.lost.filter(|lost| *lost <= day);
    let number = coverage.number.clone();
    let bare = oqs::QualificationResult::new(coverage.insurer.into(), number, person.name.clone(), person.birth);
    oqs::QualificationResult {
        card: Some(coverage.classification),
        symbol: coverage.symbol.clone(),
        branch: coverage.branch,
        person: coverage.relation_shown(),
        insured_name: coverage.insured_name.clone(),
        other_name: person.other_name.clone(),
        kana: Some(person.kana.clone()),
        other_kana: person.other_kana.clone(),
        sex: Some(person.sex),
        address: Some(person.address.clone()),
        post_number: Some(person.postcode.clone()),
        qualified_on: Some(coverage.from),
        disqualified_on: lost,
        card_issued_on: coverage.issued,
        card_valid_from: coverage.valid_from,
        card_valid_to: coverage.valid_to,
        share: coverage.share,
        preschool: coverage.preschool,
        reason_of_loss: lost.and(coverage.reason),
        insurer_name: Some(coverage.insurer_name.clone()),
        elderly: coverage.elderly.as_ref().map(elderly),
        ..bare
    }
}

/// How the consents of a reception stand, for its institution. One that does not use 閲覧同意 is shown nothing of health, and
/// no flag says otherwise.
pub(super) fn consents(asker: &Asker, by: &Reception, used: Used) -> oqs::ReceptionConsents {
    let access = |item: Item| match used.viewing_consent {
        oqs::Use::Unused if item.is_medical() => Access::Declined,
        _ => consent_to(asker.institution, by, item, asker.now),
    };
    oqs::ReceptionConsents {
        limit: Some(limit_consent(access(Item::Limits), by)),
        diseases: Some(consent(access(Item::SpecificDiseases), by)),
        check_ups: Some(viewing(access(Item::CheckUps), by)),
        medicines: Some(viewing(access(Item::Medicines), by)),
        diagnoses: Some(viewing(access(Item::Treatments), by)),
        operations: Some(viewing(access(Item::Operations), by)),
    }
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

/// A consent for medical information may be used to the last second of the visit day; in home visits no time is said.
fn viewing(access: Access, by: &Reception) -> oqs::ViewingConsent {
    let consent = consent(access, by);
    let given = consent.flag == oqs::ConsentFlag::Given;
    let last = by.term.ends().map(|end| end.minus(Span::from_secs(1)));
    oqs::ViewingConsent { consent, available_until: last.filter(|_| given) }
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
