//! 同意済資格情報一括取得: the receptions of some days, by a search and a later fetch.

use base::{ReceptionNumber, Span};
use database::Error;
use oqs::{
    BulkFetch, BulkNumber, BulkResult, BulkSearchRequest, BulkSearchResponse, BulkUnit, MedicalTreatment, Outcome,
    Period, RequestMessage, ResponseHeader, ResponseMessage, ResultCode,
};

use super::{
    qualification::{read_results, reception_consents},
    request_file::Caller,
    ticket::TicketIssuer,
};
use crate::{
    CareKind,
    rules::{access::Access, reception::ReceptionRecord},
    store::{
        audit::AuditSubject,
        bulk,
        institution::{self, UsedFunctions},
        read_permit::{Coverages, ReadLedger},
        reception,
    },
};

/// The most days that one search may cover.
const MAX_DAYS: i64 = 100;

/// The most receptions that one search may find.
const MAX_RECEPTIONS: u32 = 5000;

/// OQSmuonq01, OQSmuhvq01: stores a search, for its result to be fetched.
pub(super) fn search(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    request: &RequestMessage<BulkSearchRequest>,
    (kind, number): (CareKind, &str),
) -> Result<ResponseMessage<BulkSearchResponse>, Error> {
    let mut header = ResponseHeader::for_request(&request.header, caller.now);
    let search = &request.body.search;
    let fault = match (kind, search.treatment) {
        (CareKind::Online, MedicalTreatment::Online) | (CareKind::HomeVisit, MedicalTreatment::HomeVisit) => {
            period_fault(kind, search.period)
        }
        _ => Some(ResultCode::Unsupported),
    };
    if let Some(fault) = fault {
        return Ok(refuse(ledger, header, fault));
    }
    let identifier = request.header.identifier.as_ref();
    bulk::insert_search(
        ledger.transaction(),
        caller.institution,
        (number, kind),
        (search.period, identifier),
        caller.now,
    )?;
    header.bulk_number = BulkNumber::new(number);
    let body = BulkSearchResponse { accepted_at: Some(caller.now), processing: None };
    Ok(ResponseMessage { header, outcome: Outcome::Normal(body) })
}

/// The refusal of a whole request, with its audit row.
fn refuse<Body>(ledger: &mut ReadLedger<'_, '_>, header: ResponseHeader, fault: ResultCode) -> ResponseMessage<Body> {
    ledger.record_refusal(AuditSubject::List, fault);
    ResponseMessage { header, outcome: Outcome::Abnormal(fault.fault()) }
}

/// The fault of a search's period.
fn period_fault(kind: CareKind, period: Period) -> Option<ResultCode> {
    if kind == CareKind::HomeVisit && matches!(period, Period::Examination { .. }) {
        return Some(ResultCode::InvalidPeriod);
    }
    let (Period::Consent { from, to } | Period::Examination { from, to }) = period;
    let length = base::end_of_day(to).duration_since(base::start_of_day(from));
    let is_valid = from <= to && length <= Span::from_hours(24 * MAX_DAYS);
    (!is_valid).then_some(ResultCode::InvalidPeriod)
}

/// OQSmuonq02, OQSmuhvq02: the receptions of a search. `busy` is how long its result is pending.
pub(super) fn fetch(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    request: &RequestMessage<BulkFetch>,
    (kind, busy): (CareKind, Span),
) -> Result<ResponseMessage<BulkResult>, Error> {
    let mut header = ResponseHeader::for_request(&request.header, caller.now);
    header.confirmation_date = header.confirmation_date.or_else(|| Some(caller.now.japan_date()));
    header.bulk_number = Some(request.body.number.clone());
    let search =
        bulk::find_search(ledger.transaction(), caller.institution, (request.body.number.as_str(), kind), caller.now)?;
    let Some(search) = search else {
        return Ok(refuse(ledger, header, ResultCode::UnknownBulk));
    };
    // The result belongs to the search, and has its identifier unless the fetch request names one.
    header.identifier = header.identifier.or(search.identifier);
    if caller.now < search.requested_at.plus(busy) {
        ledger.record_refusal(AuditSubject::List, ResultCode::InProgress);
        return Ok(ResponseMessage { header, outcome: Outcome::InProgress(ResultCode::InProgress.fault()) });
    }
    let receptions = match search.period {
        Period::Consent { from, to } => reception::list_by_consent_date(
            ledger.transaction(),
            caller.institution,
            kind,
            (from, to),
            MAX_RECEPTIONS + 1,
        )?,
        Period::Examination { from, to } => {
            reception::list_by_visit_date(ledger.transaction(), caller.institution, (from, to), MAX_RECEPTIONS + 1)?
        }
    };
    if receptions.len() > MAX_RECEPTIONS as usize {
        return Ok(refuse(ledger, header, ResultCode::TooMany));
    }
    if receptions.is_empty() {
        ledger.record_refusal(AuditSubject::List, Access::NotFound);
    }
    let functions = institution::find_used_functions(ledger.transaction(), caller.institution)?;
    let issuer = TicketIssuer::for_caller(ledger.transaction(), caller, functions)?;
    let mut units = Vec::with_capacity(receptions.len());
    for reception in &receptions {
        units.extend(split_results(bulk_unit(ledger, caller, (functions, issuer.as_ref()), reception)?));
    }
    let count = |count: usize| u32::try_from(count).ok();
    let normal = units.iter().filter(|unit| !unit.results.is_empty()).count();
    header.result_count = count(units.len());
    header.normal_count = count(normal);
    header.error_count = count(units.len() - normal);
    let body = BulkResult { processing: None, units };
    Ok(ResponseMessage { header, outcome: Outcome::Normal(body) })
}

/// A unit has one result, so several coverages of one person become several units of one reception.
fn split_results(mut unit: BulkUnit) -> Vec<BulkUnit> {
    if unit.results.len() < 2 {
        return vec![unit];
    }
    let results = std::mem::take(&mut unit.results);
    results.into_iter().map(|result| BulkUnit { results: vec![result], ..unit.clone() }).collect()
}

/// One reception of a list. One that is no longer registered is named by its number and day, with the state of its
/// consents, and by nothing about the person.
fn bulk_unit(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    (functions, issuer): (UsedFunctions, Option<&TicketIssuer>),
    reception: &ReceptionRecord,
) -> Result<BulkUnit, Error> {
    let search = Some(oqs::SearchEcho {
        insurer: None,
        symbol: None,
        number: None,
        branch: None,
        birthdate: None,
        // Not given, as for a search for one person that does not mention it.
        limit_consent: Some(oqs::LimitConsentFlag::NotGiven),
        examination_date: reception.term.visit_date(),
        identifier: to_identifier(reception.number),
    });
    let permit = match ledger.request(reception, Coverages) {
        Ok(permit) => permit,
        Err(access) => {
            let fault = access.result_code().unwrap_or(ResultCode::ReceptionNotFound);
            return Ok(BulkUnit {
                search,
                processing: Some(fault.processing_result()),
                validity: None,
                results: Vec::new(),
                inquiry_numbers: Vec::new(),
                ended_consents: Some(Box::new(reception_consents(caller, reception, functions))),
            });
        }
    };
    let identifier = to_identifier(reception.number);
    let results = read_results(ledger, caller, (functions, issuer), (reception, permit), None, identifier.as_ref())?;
    Ok(BulkUnit {
        search,
        processing: Some(results.processing),
        validity: Some(results.validity),
        results: results.results,
        inquiry_numbers: results.inquiry_number.into_iter().collect(),
        ended_consents: None,
    })
}

/// 受付番号 of マイナ在宅受付Web is in 任意の識別子: the interface has no element of its own for it.
fn to_identifier(number: ReceptionNumber) -> Option<oqs::Identifier> {
    oqs::Identifier::new(&number.to_string())
}
