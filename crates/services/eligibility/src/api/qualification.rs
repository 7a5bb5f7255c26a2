//! 資格確認 by one insurance document: with a reception, or by the document alone.

use base::{Date, Span};
use database::Error;
use oqs::{Outcome, QualificationResponse, RequestMessage, ResponseHeader, ResponseMessage, ResultCode};

use super::{
    document::{find_by_document, find_candidates},
    number_faults,
    request_file::Caller,
    ticket::TicketIssuer,
};
use crate::{
    Person,
    rules::{
        access::{Access, Subject, consent_access},
        assistance,
        coverage::{Coverage, CoverageQuery, ElderlyCertificate, Verdict, verdict},
        item::{ConsentChoice, ConsentItem},
        reception::{ReceptionFilter, ReceptionRecord, RegistrationValidity},
    },
    store::{
        inquiry_number,
        institution::{self, UsedFunctions},
        read_permit::{Coverages, DiseaseCertificates, LimitCertificates, ReadLedger, ReadPermit, RefusedReading},
    },
};

/// OQSsionq, OQSsihvq: the person whom an insurance document identifies, by the reception registered at this institution.
pub(super) fn check_by_reception(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    request: &RequestMessage<oqs::QualificationRequest>,
    filter: ReceptionFilter,
) -> Result<ResponseMessage<QualificationResponse>, Error> {
    let mut header = answer_header(caller, request);
    let search = &request.body.search;
    let respond = |header, processing, validity, results| normal_answer(search, header, processing, validity, results);
    let Some(insurer) = search.insurer.valid() else {
        ledger.record_refusal(Subject::Eligibility, ResultCode::WrongInsurerNumber);
        return Ok(respond(header, number_faults::insurer_processing(&search.insurer), None, Vec::new()));
    };
    let mut candidates = find_candidates(ledger.transaction(), caller.institution, (*insurer, search), filter)?;
    candidates.retain(|candidate| candidate.birth() == search.birthdate);
    if candidates.len() > 1 {
        ledger.record_refusal(Subject::Eligibility, Access::NotFound);
        let validity = Some(oqs::QualificationValidity::Several);
        return Ok(respond(header, ResultCode::SeveralPersons.processing_result(), validity, Vec::new()));
    }
    let receptions = candidates.first().map_or(&[][..], |candidate| &candidate.receptions);
    let (reception, permit) = match ledger.select(receptions, filter, Coverages) {
        Ok(selected) => selected,
        Err(RefusedReading { access, reception }) => {
            let fault = access.result_code().unwrap_or(ResultCode::ReceptionNotFound);
            let validity = (fault == ResultCode::ReceptionNotFound).then_some(oqs::QualificationValidity::NotFound);
            let ended_consents = match reception.filter(|_| access.expiry_reason().is_some()) {
                Some(reception) => {
                    header.confirmation_date = Some(caller.confirmation_date(reception));
                    let functions = institution::find_used_functions(ledger.transaction(), caller.institution)?;
                    Some(Box::new(reception_consents(caller, reception, functions)))
                }
                None => None,
            };
            let body =
                QualificationResponse { ended_consents, ..empty_answer(search, fault.processing_result(), validity) };
            return Ok(ResponseMessage { header, outcome: Outcome::Normal(body) });
        }
    };
    header.confirmation_date = Some(caller.confirmation_date(reception));
    let coverage_index = candidates.first().map(|candidate| candidate.matched.coverage_index());
    let functions = institution::find_used_functions(ledger.transaction(), caller.institution)?;
    let issuer = TicketIssuer::for_caller(ledger.transaction(), caller, functions)?;
    let results = read_results(
        ledger,
        caller,
        (functions, issuer.as_ref()),
        (reception, permit),
        coverage_index,
        search.identifier.as_ref(),
    )?;
    Ok(respond(header, results.processing, Some(results.validity), results.results))
}

fn answer_header(caller: &Caller, request: &RequestMessage<oqs::QualificationRequest>) -> ResponseHeader {
    let mut header = ResponseHeader::for_request(&request.header, caller.now);
    header.reference_classification = Some(oqs::ReferenceClassification::InsuredData);
    // A response without a reception is about the requested day, or today.
    header.confirmation_date = header.confirmation_date.or_else(|| Some(caller.now.japan_date()));
    header
}

/// A response, with the search as it was requested.
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

/// A response without a result. 処方箋発行形態 is always absent: マイナ在宅受付Web does not ask for it.
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

/// What a registered reception shows.
pub(super) struct ReceptionResults {
    pub(super) processing: oqs::ProcessingResult,
    pub(super) validity: oqs::QualificationValidity,
    pub(super) results: Vec<oqs::QualificationResult>,
    pub(super) inquiry_number: Option<oqs::InquiryNumber>,
}

/// What a registered reception shows of its person: one coverage, or by the card all current ones.
pub(super) fn read_results(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    (functions, issuer): (UsedFunctions, Option<&TicketIssuer>),
    (reception, permit): (&ReceptionRecord, ReadPermit<'_, Coverages>),
    coverage_index: Option<usize>,
    identifier: Option<&oqs::Identifier>,
) -> Result<ReceptionResults, Error> {
    let day = caller.confirmation_date(reception);
    let reported = permit.read(ledger.transaction(), caller.now.japan_date())?;
    let query = coverage_index.map_or(CoverageQuery::Person, |coverage_index| {
        CoverageQuery::Coverage(reported.reported_index(coverage_index))
    });
    let verdict = verdict_for_caller(issuer, caller, (&reported.coverages, query), day);
    let (mut limit, mut diseases) = (None, Vec::new());
    if !verdict.shown_coverages.is_empty() {
        if let Some(permit) = ledger.include(reception, LimitCertificates) {
            limit = permit.read(ledger.transaction(), day)?.into_iter().next();
        }
        if let Some(permit) = ledger.include(reception, DiseaseCertificates) {
            diseases = permit.read(ledger.transaction(), day)?;
        }
    }
    let inquiry_number =
        inquiry_number::find_inquiry_number(ledger.transaction(), caller.institution, reception.person)?;
    let consents = reception_consents(caller, reception, functions);
    let ticket =
        |coverage: &Coverage| issuer.and_then(|issuer| issuer.issue(caller, (coverage, &reported.coverages), day));
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
        inquiry_number: inquiry_number.clone(),
        ..to_result(&reported.person, coverage, day)
    };
    let results =
        verdict.shown_coverages.iter().filter_map(|index| reported.coverages.get(*index)).map(result).collect();
    let processing = match (verdict.validity, reception.validity) {
        (oqs::QualificationValidity::NotFound, _) => ResultCode::NoInsurance.processing_result(),
        (_, RegistrationValidity::Full) => oqs::ProcessingResult::normal(),
        (_, RegistrationValidity::Grace) => ResultCode::Grace.processing_note(),
    };
    Ok(ReceptionResults { processing, validity: verdict.validity, results, inquiry_number })
}

/// OQSsiquc01: what is on an insurance document, without a reception: the coverage and, if the patient agrees at the desk,
/// the limit. Nothing of health.
pub(super) fn check_by_document(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    request: &RequestMessage<oqs::QualificationRequest>,
) -> Result<ResponseMessage<QualificationResponse>, Error> {
    let mut header = answer_header(caller, request);
    let search = &request.body.search;
    let respond = |header, processing, validity, results| normal_answer(search, header, processing, validity, results);
    let Some(insurer) = search.insurer.valid() else {
        ledger.record_refusal(Subject::Eligibility, ResultCode::WrongInsurerNumber);
        return Ok(respond(header, number_faults::insurer_processing(&search.insurer), None, Vec::new()));
    };
    let mut people = find_by_document(ledger.transaction(), (*insurer, search))?;
    people.retain(|matched| matched.birth() == search.birthdate);
    let several = people.len() > 1;
    let Some(matched) = people.pop().filter(|_| !several) else {
        use oqs::QualificationValidity::{NotFound, Several};
        let (code, validity) =
            if several { (ResultCode::SeveralPersons, Several) } else { (ResultCode::NoInsurance, NotFound) };
        ledger.record_refusal(Subject::Eligibility, Access::NotFound);
        return Ok(respond(header, code.processing_result(), Some(validity), Vec::new()));
    };
    let limits = match search.limit_consent {
        Some(oqs::LimitConsentFlag::Given) => ConsentChoice::Agree,
        _ => ConsentChoice::Decline,
    };
    let permit = match ledger.request_by_document(&matched, Coverages, limits) {
        Ok(permit) => permit,
        Err(access) => {
            let fault = access.result_code().unwrap_or(ResultCode::NoInsurance);
            return Ok(respond(header, fault.processing_result(), None, Vec::new()));
        }
    };
    let today = caller.now.japan_date();
    let day = request.header.confirmation_date.unwrap_or(today);
    header.confirmation_date = Some(day);
    let reported = permit.read(ledger.transaction(), today)?;
    let functions = institution::find_used_functions(ledger.transaction(), caller.institution)?;
    let issuer = TicketIssuer::for_caller(ledger.transaction(), caller, functions)?;
    let query = CoverageQuery::Coverage(reported.reported_index(matched.coverage_index()));
    let verdict = verdict_for_caller(issuer.as_ref(), caller, (&reported.coverages, query), day);
    let agrees = limits == ConsentChoice::Agree && !verdict.shown_coverages.is_empty();
    let mut limit = None;
    if agrees && let Ok(permit) = ledger.request_by_document(&matched, LimitCertificates, limits) {
        limit = permit.read(ledger.transaction(), day)?.into_iter().next();
    }
    let inquiry_number =
        inquiry_number::find_inquiry_number(ledger.transaction(), caller.institution, matched.person())?;
    let ticket = |coverage: &Coverage| {
        issuer.as_ref().and_then(|issuer| issuer.issue(caller, (coverage, &reported.coverages), day))
    };
    let result = |coverage: &Coverage| oqs::QualificationResult {
        limit_consent: search.limit_consent.map(|flag| oqs::Consent {
            flag,
            changed_at: agrees.then_some(caller.now),
            expiry_reason: None,
        }),
        limit: limit.as_ref().map(to_limit_certificate),
        tickets: ticket(coverage).into_iter().collect(),
        identifier: search.identifier.clone(),
        inquiry_number: inquiry_number.clone(),
        ..to_result(&reported.person, coverage, day)
    };
    let results: Vec<_> =
        verdict.shown_coverages.iter().filter_map(|index| reported.coverages.get(*index)).map(result).collect();
    let processing = match verdict.validity {
        oqs::QualificationValidity::NotFound => ResultCode::NoInsurance.processing_result(),
        _ => oqs::ProcessingResult::normal(),
    };
    Ok(respond(header, processing, Some(verdict.validity), results))
}

/// The verdict for `day`, as this institution receives it: 有効（未登録） only if it uses 医療扶助.
fn verdict_for_caller(
    issuer: Option<&TicketIssuer>,
    caller: &Caller,
    (coverages, query): (&[Coverage], CoverageQuery),
    day: Date,
) -> Verdict {
    let verdict = verdict(coverages, query, day);
    match issuer {
        Some(_) => assistance::mark_unregistered(verdict, coverages, day, caller.now.japan_date()),
        None => verdict,
    }
}

/// The coverage and its person: all that needs no consent. A loss is only reported from its first day on: earlier it would
/// contradict the valid coverage.
fn to_result(person: &Person, coverage: &Coverage, day: Date) -> oqs::QualificationResult {
    let disqualified_on = coverage.disqualified_on.filter(|disqualified_on| *disqualified_on <= day);
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
        disqualified_on,
        card_issued_on: coverage.issued,
        card_valid_from: coverage.valid_from,
        card_valid_to: coverage.valid_to,
        share: coverage.share,
        preschool: coverage.preschool,
        reason_of_loss: disqualified_on.and(coverage.reason_of_loss),
        insurer_name: Some(coverage.insurer_name.clone()),
        elderly: coverage.elderly.as_ref().map(to_elderly_certificate),
        ..bare
    }
}

/// The consents of a reception, for its institution. One that does not use 閲覧同意 is shown nothing of health, and the flags
/// say so.
pub(super) fn reception_consents(
    caller: &Caller,
    reception: &ReceptionRecord,
    functions: UsedFunctions,
) -> oqs::ReceptionConsents {
    let access = |item: ConsentItem| match functions.viewing_consent {
        oqs::Use::Unused if item.is_medical() => Access::Declined,
        _ => consent_access(caller.institution, reception, item, caller.now),
    };
    oqs::ReceptionConsents {
        limit: Some(to_limit_consent(access(ConsentItem::Limits), reception)),
        diseases: Some(to_consent(access(ConsentItem::SpecificDiseases), reception)),
        check_ups: Some(to_viewing_consent(access(ConsentItem::CheckUps), reception)),
        medicines: Some(to_viewing_consent(access(ConsentItem::Medicines), reception)),
        diagnoses: Some(to_viewing_consent(access(ConsentItem::Treatments), reception)),
        operations: Some(to_viewing_consent(access(ConsentItem::Operations), reception)),
    }
}

fn to_consent(access: Access, reception: &ReceptionRecord) -> oqs::Consent<oqs::ConsentFlag> {
    let flag = access.consent_flag();
    let is_given = flag == oqs::ConsentFlag::Given;
    oqs::Consent { flag, changed_at: is_given.then_some(reception.chosen_at), expiry_reason: access.expiry_reason() }
}

fn to_limit_consent(access: Access, reception: &ReceptionRecord) -> oqs::Consent<oqs::LimitConsentFlag> {
    let is_given = access == Access::Readable;
    let flag = if is_given { oqs::LimitConsentFlag::Given } else { oqs::LimitConsentFlag::NotGiven };
    oqs::Consent { flag, changed_at: is_given.then_some(reception.chosen_at), expiry_reason: access.expiry_reason() }
}

/// A consent for medical information may be used until the last second of the visit day; in home visits it has no end.
fn to_viewing_consent(access: Access, reception: &ReceptionRecord) -> oqs::ViewingConsent {
    let consent = to_consent(access, reception);
    let is_given = consent.flag == oqs::ConsentFlag::Given;
    let last = reception.term.end().map(|end| end.minus(Span::from_secs(1)));
    oqs::ViewingConsent { consent, available_until: last.filter(|_| is_given) }
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
