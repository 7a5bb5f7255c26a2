//! 同意済資格情報一括取得: all receptions of some days, asked for and fetched.

use base::{ReceptionNumber, Span};
use database::{Error, Transaction};
use oqs::{
    Answer, AnswerHeader, BulkAccepted, BulkFetch, BulkNumber, BulkResult, BulkSearchRequest, BulkUnit,
    MedicalTreatment, Outcome, Period, Request, ResultCode,
};

use super::{
    answer::Asker,
    qualification::{consents, shown},
};
use crate::{
    Kind,
    rules::reading::{Access, Reception, Subject, may_read},
    store::{
        audit::{Entry, Matter},
        bulk, institution, reception, reference,
    },
};

/// As many days as one search may cover.
const LONGEST: i64 = 100;

/// As many receptions as one search may find.
const MOST: u32 = 5000;

/// OQSmuonq01, OQSmuhvq01: keeps a search, for its result to be fetched.
pub(super) fn search(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    request: &Request<BulkSearchRequest>,
    (kind, number): (Kind, &str),
    entries: &mut Vec<Entry>,
) -> Result<Answer<BulkAccepted>, Error> {
    let mut header = AnswerHeader::to(&request.header, asker.now);
    let search = &request.body.search;
    let fault = match (kind, search.treatment) {
        (Kind::Online, MedicalTreatment::Online) | (Kind::HomeVisit, MedicalTreatment::HomeVisit) => {
            period_fault(kind, search.period)
        }
        _ => Some(ResultCode::Unsupported),
    };
    if let Some(fault) = fault {
        return Ok(no(asker, header, fault, entries));
    }
    let identifier = request.header.identifier.as_ref();
    bulk::keep(tx, asker.institution, (number, kind), (search.period, identifier), asker.now)?;
    header.bulk_number = BulkNumber::new(number);
    let body = BulkAccepted { accepted_at: Some(asker.now), processing: None };
    Ok(Answer { header, outcome: Outcome::Normal(body) })
}

/// The answer that says no, which leaves its row.
fn no<Body>(asker: &Asker, header: AnswerHeader, fault: ResultCode, entries: &mut Vec<Entry>) -> Answer<Body> {
    entries.push(asker.entry(None, Matter::List, fault));
    Answer { header, outcome: Outcome::Abnormal(fault.fault()) }
}

/// What is wrong with the days of a search.
fn period_fault(kind: Kind, period: Period) -> Option<ResultCode> {
    if kind == Kind::HomeVisit && matches!(period, Period::Examination { .. }) {
        return Some(ResultCode::Period);
    }
    let (Period::Consent { from, to } | Period::Examination { from, to }) = period;
    let length = base::end_of_day(to).since(base::start_of_day(from));
    let right = from <= to && length <= Span::from_hours(24 * LONGEST);
    (!right).then_some(ResultCode::Period)
}

/// OQSmuonq02, OQSmuhvq02: all receptions of the days of a search. `busy` is how long its result is in the making.
pub(super) fn fetch(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    request: &Request<BulkFetch>,
    (kind, busy): (Kind, Span),
    entries: &mut Vec<Entry>,
) -> Result<Answer<BulkResult>, Error> {
    let mut header = AnswerHeader::to(&request.header, asker.now);
    header.confirmation_date = header.confirmation_date.or_else(|| Some(asker.now.japan_date()));
    header.bulk_number = Some(request.body.number.clone());
    let kept = bulk::kept(tx, asker.institution, (request.body.number.as_str(), kind), asker.now)?;
    let Some(kept) = kept else {
        return Ok(no(asker, header, ResultCode::UnknownBulk, entries));
    };
    // The result belongs to the search, and carries its identifier where the request to fetch names none.
    header.identifier = header.identifier.or(kept.identifier);
    if asker.now < kept.asked.plus(busy) {
        entries.push(asker.entry(None, Matter::List, ResultCode::InProgress));
        return Ok(Answer { header, outcome: Outcome::InProgress(ResultCode::InProgress.fault()) });
    }
    let receptions = match kept.period {
        Period::Consent { from, to } => reception::consented(tx, asker.institution, kind, (from, to), MOST + 1)?,
        Period::Examination { from, to } => reception::visiting(tx, asker.institution, (from, to), MOST + 1)?,
    };
    if receptions.len() > MOST as usize {
        return Ok(no(asker, header, ResultCode::TooMany, entries));
    }
    if receptions.is_empty() {
        entries.push(asker.entry(None, Matter::List, Access::NotThere));
    }
    let mut units = Vec::with_capacity(receptions.len());
    for reception in &receptions {
        units.extend(one_result_each(unit(tx, asker, reception, entries)?));
    }
    let count = |count: usize| u32::try_from(count).ok();
    let normal = units.iter().filter(|unit| !unit.results.is_empty()).count();
    header.results = count(units.len());
    header.normal = count(normal);
    header.errors = count(units.len() - normal);
    let body = BulkResult { processing: None, units };
    Ok(Answer { header, outcome: Outcome::Normal(body) })
}

/// A unit has one result, so several insurances of one person are as many units of one reception.
fn one_result_each(unit: BulkUnit) -> Vec<BulkUnit> {
    if unit.results.len() < 2 {
        return vec![unit];
    }
    let BulkUnit { results, .. } = &unit;
    results.iter().map(|result| BulkUnit { results: vec![result.clone()], ..unit.clone() }).collect()
}

/// One reception of a list. What no longer stands is named by its number and day, with what became of its consents, and by
/// nothing that tells of the person.
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
        // Asked without it, as a search for one person that does not say it.
        limit_consent: Some(oqs::LimitConsentFlag::NotGiven),
        examination_date: reception.term.visit_date(),
        identifier: identifier(reception.number),
    });
    let access = may_read(asker.institution, Some(reception), Subject::Eligibility, asker.now);
    if let Some(fault) = access.result_code() {
        entries.push(asker.entry(Some(reception.number), Subject::Eligibility, access));
        let processing = Some(fault.processing());
        let ended = consents(asker, reception, institution::used(tx, asker.institution)?);
        let ended = Some(Box::new(ended));
        return Ok(BulkUnit { search, processing, validity: None, results: Vec::new(), references: Vec::new(), ended });
    }
    let shown = shown(tx, asker, reception, None, identifier(reception.number).as_ref(), entries)?;
    Ok(BulkUnit {
        search,
        processing: Some(shown.processing),
        validity: Some(shown.validity),
        results: shown.results,
        references: reference::of(tx, asker.institution, reception.person)?.into_iter().collect(),
        ended: None,
    })
}

/// 受付番号 of マイナ在宅受付Web stands in 任意の識別子: the interface has no element of its own for it.
fn identifier(number: ReceptionNumber) -> Option<oqs::Identifier> {
    oqs::Identifier::new(&number.to_string())
}
