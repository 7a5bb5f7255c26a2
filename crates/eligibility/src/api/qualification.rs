//! 資格確認 by one insurance document: with a reception, or by the document alone.

use base::{Date, Span};
use database::{Error, Transaction};
use oqs::{Outcome, QualificationResponse, RequestMessage, ResponseHeader, ResponseMessage, ResultCode};

use super::{
    document::{find_by_document, find_candidates},
    number_faults,
    request_file::Caller,
    ticket,
};
use crate::{
    Person,
    rules::{
        assistance,
        coverage::{Coverage, CoverageQuery, ElderlyCertificate, Verdict, verdict},
        item::ConsentItem,
        reading::{
            Access, ReceptionFilter, ReceptionRecord, RegistrationValidity, Subject, consent_access, may_read,
            select_reception,
        },
    },
    store::{
        audit::AuditEntry,
        inquiry_number,
        institution::{self, UsedFunctions},
        person,
    },
};

/// OQSsionq, OQSsihvq: the person whom an insurance document is about, by the reception that he registered here.
pub(super) fn check_by_reception(
    tx: &mut Transaction<'_>,
    asker: &Caller,
    request: &RequestMessage<oqs::QualificationRequest>,
    wanted: ReceptionFilter,
    entries: &mut Vec<AuditEntry>,
) -> Result<ResponseMessage<QualificationResponse>, Error> {
    let mut header = answer_header(asker, request);
    let search = &request.body.search;
    let answered = |header, processing, validity, results| normal_answer(search, header, processing, validity, results);
    let Some(insurer) = search.insurer.valid() else {
        entries.push(asker.audit_entry(None, Subject::Eligibility, ResultCode::WrongInsurerNumber));
        return Ok(answered(header, number_faults::insurer_processing(&search.insurer), None, Vec::new()));
    };
    let mut found = find_candidates(tx, asker, (*insurer, search), wanted)?;
    found.retain(|candidate| candidate.birth == search.birthdate);
    if found.len() > 1 {
        entries.push(asker.audit_entry(None, Subject::Eligibility, Access::NotFound));
        let several = Some(oqs::QualificationValidity::Several);
        return Ok(answered(header, ResultCode::SeveralPersons.processing_result(), several, Vec::new()));
    }
    let candidate = found.pop();
    let receptions = candidate.as_ref().map_or(&[][..], |candidate| &candidate.receptions);
    let (access, by) = select_reception(asker.institution, receptions, wanted, Subject::Eligibility, asker.now);
    let (Access::Readable, Some(by), Some(candidate)) = (access, by, &candidate) else {
        entries.push(asker.audit_entry(by.map(|by| by.number), Subject::Eligibility, access));
        let fault = access.result_code().unwrap_or(ResultCode::ReceptionNotFound);
        let validity = (fault == ResultCode::ReceptionNotFound).then_some(oqs::QualificationValidity::NotFound);
        let ended = match by.filter(|_| access.expiry_reason().is_some()) {
            Some(by) => {
                header.confirmation_date = Some(asker.confirmation_date(by));
                Some(Box::new(reception_consents(asker, by, institution::find_used_functions(tx, asker.institution)?)))
            }
            None => None,
        };
        let body = QualificationResponse {
            ended_consents: ended,
            ..empty_answer(search, fault.processing_result(), validity)
        };
        return Ok(ResponseMessage { header, outcome: Outcome::Normal(body) });
    };
    header.confirmation_date = Some(asker.confirmation_date(by));
    let shown = read_results(tx, asker, by, Some(candidate.coverage_index), search.identifier.as_ref(), entries)?;
    Ok(answered(header, shown.processing, Some(shown.validity), shown.results))
}

fn answer_header(asker: &Caller, request: &RequestMessage<oqs::QualificationRequest>) -> ResponseHeader {
    let mut header = ResponseHeader::for_request(&request.header, asker.now);
    header.reference_classification = Some(oqs::ReferenceClassification::InsuredData);
    // Whatever fails before a reception tells its own day is about the day that was asked for, or today.
    header.confirmation_date = header.confirmation_date.or_else(|| Some(asker.now.japan_date()));
    header
}

/// An answer with the search that it is to, as it was asked.
fn normal_answer(
    search: &oqs::QualificationSearch,
    header: ResponseHeader,
    processing: oqs::ProcessingResult,
    validity: Option<oqs::QualificationValidity>,
    results: Vec<oqs::QualificationResult>,
) -> ResponseMessage<QualificationResponse> {
    let body = QualificationResponse { results, ..empty_answer(search, processing, validity) };
    ResponseMessage { header, outcome: Outcome::Normal(body) }
}

/// An answer without a result. 処方箋発行形態 is never said: マイナ在宅受付Web does not ask for it.
fn empty_answer(
    search: &oqs::QualificationSearch,
    processing: oqs::ProcessingResult,
    validity: Option<oqs::QualificationValidity>,
) -> QualificationResponse {
    let search = Some(search.into());
    QualificationResponse {
        processing,
        validity,
        prescription: None,
        search,
        results: Vec::new(),
        ended_consents: None,
    }
}

/// What a reception that stands shows.
pub(super) struct ReceptionResults {
    pub(super) processing: oqs::ProcessingResult,
    pub(super) validity: oqs::QualificationValidity,
    pub(super) results: Vec<oqs::QualificationResult>,
}

/// What a reception that stands shows of its person: of one coverage, or by the card of the person.
pub(super) fn read_results(
    tx: &mut Transaction<'_>,
    asker: &Caller,
    by: &ReceptionRecord,
    place: Option<usize>,
    identifier: Option<&oqs::Identifier>,
    entries: &mut Vec<AuditEntry>,
) -> Result<ReceptionResults, Error> {
    let day = asker.confirmation_date(by);
    let told = person::find_reported_person(tx, by.person, asker.now.japan_date())?;
    let about = place.map_or(CoverageQuery::Person, |place| CoverageQuery::Coverage(told.reported_index(place)));
    let used = institution::find_used_functions(tx, asker.institution)?;
    let counter = ticket::TicketIssuer::for_caller(tx, asker, used)?;
    let verdict = verdict_for_caller(counter.as_ref(), asker, (&told.coverages, about), day);
    let access = |item| may_read(asker.institution, Some(by), Subject::Item(item), asker.now);
    entries.push(asker.audit_entry(Some(by.number), Subject::Eligibility, Access::Readable));
    let mut limit = None;
    let mut diseases = Vec::new();
    for item in [ConsentItem::Limits, ConsentItem::SpecificDiseases] {
        if access(item) == Access::Readable && !verdict.shown_coverages.is_empty() {
            entries.push(asker.audit_entry(Some(by.number), Subject::Item(item), Access::Readable));
            match item {
                ConsentItem::Limits => limit = person::list_limit_certificates(tx, by.person, day)?.into_iter().next(),
                _ => diseases = person::list_disease_certificates(tx, by.person, day)?,
            }
        }
    }
    let reference = inquiry_number::find_inquiry_number(tx, asker.institution, by.person)?;
    let consents = reception_consents(asker, by, used);
    let ticket = |coverage: &Coverage| {
        counter.as_ref().and_then(|counter| counter.issue(asker, (coverage, &told.coverages), day))
    };
    let result = |coverage: &Coverage| oqs::QualificationResult {
        limit_consent: consents.limit,
        limit: limit.as_ref().map(to_limit_certificate),
        diseases_consent: consents.diseases,
        diseases: diseases.iter().map(to_disease_certificate).collect(),
        tickets: ticket(coverage).into_iter().collect(),
        check_ups: consents.check_ups,
        medicines: consents.medicines,
        diagnoses: consents.diagnoses,
        operations: consents.operations,
        identifier: identifier.cloned(),
        inquiry_number: reference.clone(),
        ..to_result(&told.person, coverage, day)
    };
    let results = verdict.shown_coverages.iter().filter_map(|place| told.coverages.get(*place)).map(result).collect();
    let processing = match (verdict.validity, by.validity) {
        (oqs::QualificationValidity::NotFound, _) => ResultCode::NoInsurance.processing_result(),
        (_, RegistrationValidity::Full) => oqs::ProcessingResult::normal(),
        (_, RegistrationValidity::Grace) => ResultCode::Grace.processing_note(),
    };
    Ok(ReceptionResults { processing, validity: verdict.validity, results })
}

/// OQSsiquc01: what an insurance document says, without a reception: the insurance and, if the patient agrees before the
/// desk, the limit. Nothing of health.
pub(super) fn check_by_document(
    tx: &mut Transaction<'_>,
    asker: &Caller,
    request: &RequestMessage<oqs::QualificationRequest>,
    entries: &mut Vec<AuditEntry>,
) -> Result<ResponseMessage<QualificationResponse>, Error> {
    let mut header = answer_header(asker, request);
    let search = &request.body.search;
    let answered = |header, processing, validity, results| normal_answer(search, header, processing, validity, results);
    let Some(insurer) = search.insurer.valid() else {
        entries.push(asker.audit_entry(None, Subject::Eligibility, ResultCode::WrongInsurerNumber));
        return Ok(answered(header, number_faults::insurer_processing(&search.insurer), None, Vec::new()));
    };
    let mut found = find_by_document(tx, (*insurer, search))?;
    found.retain(|meant| meant.birth == search.birthdate);
    let several = found.len() > 1;
    let Some(meant) = found.pop().filter(|_| !several) else {
        use oqs::QualificationValidity::{NotFound, Several};
        let (code, validity) =
            if several { (ResultCode::SeveralPersons, Several) } else { (ResultCode::NoInsurance, NotFound) };
        entries.push(asker.audit_entry(None, Subject::Eligibility, Access::NotFound));
        return Ok(answered(header, code.processing_result(), Some(validity), Vec::new()));
    };
    let today = asker.now.japan_date();
    let day = request.header.confirmation_date.unwrap_or(today);
    header.confirmation_date = Some(day);
    let told = person::find_reported_person(tx, meant.person, today)?;
    let used = institution::find_used_functions(tx, asker.institution)?;
    let counter = ticket::TicketIssuer::for_caller(tx, asker, used)?;
    let about = CoverageQuery::Coverage(told.reported_index(meant.coverage_index));
    let verdict = verdict_for_caller(counter.as_ref(), asker, (&told.coverages, about), day);
    entries.push(asker.audit_entry(None, Subject::Eligibility, Access::Readable));
    let agrees = search.limit_consent == Some(oqs::LimitConsentFlag::Given) && !verdict.shown_coverages.is_empty();
    let limit = if agrees {
        entries.push(asker.audit_entry(None, Subject::Item(ConsentItem::Limits), Access::Readable));
        person::list_limit_certificates(tx, meant.person, day)?.into_iter().next()
    } else {
        None
    };
    let reference = inquiry_number::find_inquiry_number(tx, asker.institution, meant.person)?;
    let ticket = |coverage: &Coverage| {
        counter.as_ref().and_then(|counter| counter.issue(asker, (coverage, &told.coverages), day))
    };
    let result = |coverage: &Coverage| oqs::QualificationResult {
        limit_consent: search.limit_consent.map(|flag| oqs::Consent {
            flag,
            changed_at: agrees.then_some(asker.now),
            expiry_reason: None,
        }),
        limit: limit.as_ref().map(to_limit_certificate),
        tickets: ticket(coverage).into_iter().collect(),
        identifier: search.identifier.clone(),
        inquiry_number: reference.clone(),
        ..to_result(&told.person, coverage, day)
    };
    let results: Vec<_> =
        verdict.shown_coverages.iter().filter_map(|place| told.coverages.get(*place)).map(result).collect();
    let processing = match verdict.validity {
        oqs::QualificationValidity::NotFound => ResultCode::NoInsurance.processing_result(),
        _ => oqs::ProcessingResult::normal(),
    };
    Ok(answered(header, processing, Some(verdict.validity), results))
}

/// Whether somebody is insured on `day`, as the institution is told: 有効（未登録） is said only to one that uses 医療扶助.
fn verdict_for_caller(
    counter: Option<&ticket::TicketIssuer>,
    asker: &Caller,
    (coverages, about): (&[Coverage], CoverageQuery),
    day: Date,
) -> Verdict {
    let verdict = verdict(coverages, about, day);
    match counter {
        Some(_) => assistance::mark_unregistered(verdict, coverages, day, asker.now.japan_date()),
        None => verdict,
    }
}

/// Who is insured by this coverage, and how: all that needs no consent. A loss is told from the day on which it holds: beside
/// a valid insurance it would contradict it.
fn to_result(person: &Person, coverage: &Coverage, day: Date) -> oqs::QualificationResult {
    let lost = coverage.disqualified_on.filter(|lost| *lost <= day);
    let number = coverage.number.clone();
    let bare = oqs::QualificationResult::new(coverage.insurer.into(), number, person.name.clone(), person.birth);
    oqs::QualificationResult {
        card: Some(coverage.classification),
        symbol: coverage.symbol.clone(),
        branch: coverage.branch,
        person: coverage.reported_relation(),
        insured_name: coverage.insured_name.clone(),
        other_name: person.other_name.clone(),
        kana: Some(person.kana.clone()),
        other_kana: person.other_kana.clone(),
        sex: Some(person.sex),
        address: Some(person.address.clone()),
        post_number: Some(person.postcode.clone()),
        qualified_on: Some(coverage.qualified_on),
        disqualified_on: lost,
        card_issued_on: coverage.issued,
        card_valid_from: coverage.valid_from,
        card_valid_to: coverage.valid_to,
        share: coverage.share,
        preschool: coverage.preschool,
        reason_of_loss: lost.and(coverage.reason_of_loss),
        insurer_name: Some(coverage.insurer_name.clone()),
        elderly: coverage.elderly.as_ref().map(to_elderly_certificate),
        ..bare
    }
}

/// How the consents of a reception stand, for its institution. One that does not use 閲覧同意 is shown nothing of health, and
/// no flag says otherwise.
pub(super) fn reception_consents(asker: &Caller, by: &ReceptionRecord, used: UsedFunctions) -> oqs::ReceptionConsents {
    let access = |item: ConsentItem| match used.viewing_consent {
        oqs::Use::Unused if item.is_medical() => Access::Declined,
        _ => consent_access(asker.institution, by, item, asker.now),
    };
    oqs::ReceptionConsents {
        limit: Some(to_limit_consent(access(ConsentItem::Limits), by)),
        diseases: Some(to_consent(access(ConsentItem::SpecificDiseases), by)),
        check_ups: Some(to_viewing_consent(access(ConsentItem::CheckUps), by)),
        medicines: Some(to_viewing_consent(access(ConsentItem::Medicines), by)),
        diagnoses: Some(to_viewing_consent(access(ConsentItem::Treatments), by)),
        operations: Some(to_viewing_consent(access(ConsentItem::Operations), by)),
    }
}

fn to_consent(access: Access, by: &ReceptionRecord) -> oqs::Consent<oqs::ConsentFlag> {
    let flag = access.consent_flag();
    let given = flag == oqs::ConsentFlag::Given;
    oqs::Consent { flag, changed_at: given.then_some(by.chosen_at), expiry_reason: access.expiry_reason() }
}

fn to_limit_consent(access: Access, by: &ReceptionRecord) -> oqs::Consent<oqs::LimitConsentFlag> {
    let given = access == Access::Readable;
    let flag = if given { oqs::LimitConsentFlag::Given } else { oqs::LimitConsentFlag::NotGiven };
    oqs::Consent { flag, changed_at: given.then_some(by.chosen_at), expiry_reason: access.expiry_reason() }
}

/// A consent for medical information may be used to the last second of the visit day; in home visits no time is said.
fn to_viewing_consent(access: Access, by: &ReceptionRecord) -> oqs::ViewingConsent {
    let consent = to_consent(access, by);
    let given = consent.flag == oqs::ConsentFlag::Given;
    let last = by.term.end().map(|end| end.minus(Span::from_secs(1)));
    oqs::ViewingConsent { consent, available_until: last.filter(|_| given) }
}

fn to_elderly_certificate(certificate: &ElderlyCertificate) -> oqs::ElderlyCertificate {
    oqs::ElderlyCertificate {
        issued_on: certificate.issued,
        valid_from: Some(certificate.valid_from),
        valid_to: Some(certificate.valid_to),
        share: Some(certificate.share),
    }
}

fn to_limit_certificate(certificate: &crate::LimitCertificate) -> oqs::LimitCertificate {
    oqs::LimitCertificate {
        classification: Some(certificate.classification),
        class: Some(certificate.class),
        issued_on: certificate.issued,
        valid_from: Some(certificate.valid_from),
        valid_to: Some(certificate.valid_to),
        long_term_from: certificate.long_term_from,
    }
}

fn to_disease_certificate(certificate: &crate::SpecificDiseaseCertificate) -> oqs::SpecificDiseaseCertificate {
    oqs::SpecificDiseaseCertificate {
        disease: Some(certificate.disease),
        issued_on: certificate.issued,
        valid_from: Some(certificate.valid_from),
        valid_to: Some(certificate.valid_to),
        self_pay: Some(certificate.self_pay),
    }
}
