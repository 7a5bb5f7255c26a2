//! Registrations and settings by institutions: 照会番号登録, 閲覧同意取り消し, 医療機関アクセスURL取得, 医療機関環境設定情報.

use database::Error;
use oqs::{
    AccessUrl, AccessUrlChange, AccessUrlKind, AccessUrlRequest, AccessUrlResponse, ConsentedInformation,
    EnvironmentResponse, InquiryNumberRequest, InquiryNumberResponse, Outcome, ProcessingResult, RequestHeader,
    RequestMessage, ResponseHeader, ResponseMessage, ResultCode, WithdrawalRequest, WithdrawalResponse,
};

use super::{
    document::{find_by_document, find_candidates},
    number_faults,
    request_file::{Caller, RequestContext},
};
use crate::{
    CareKind, ConsentItem, OnlineFunction,
    rules::{
        access::{Access, Subject, select_reception},
        reception::ReceptionFilter,
    },
    store::{
        audit::{AuditOutcome, AuditSubject},
        inquiry_number, institution,
        read_permit::ReadLedger,
        reception,
    },
};

/// OQSsiimm01: registers the institution's own number for a patient. The response discloses whether somebody has this
/// insurance, so it is audited as a reading.
pub(super) fn register_inquiry_number(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    request: &RequestMessage<InquiryNumberRequest>,
) -> Result<ResponseMessage<InquiryNumberResponse>, Error> {
    let header = ResponseHeader::for_request(&request.header, caller.now);
    let registration = &request.body.registration;
    let mut registered = None;
    let processing = match registration.insurer.valid() {
        None => number_faults::insurer_processing(&registration.insurer),
        Some(insurer) => match &find_by_document(ledger.transaction(), (*insurer, registration))?[..] {
            [] => ResultCode::NoInsurance.processing_result(),
            [candidate] => {
                inquiry_number::upsert_inquiry_number(
                    ledger.transaction(),
                    caller.institution,
                    candidate.person(),
                    &registration.inquiry_number,
                    caller.now,
                )?;
                registered = Some(candidate.person());
                ProcessingResult::normal()
            }
            _ => ResultCode::SeveralPersons.processing_result(),
        },
    };
    let access = if registered.is_some() { Access::Readable } else { Access::NotFound };
    ledger.record(None, Subject::Eligibility, access);
    let body = InquiryNumberResponse { registration: Some(registration.clone()), processing };
    Ok(ResponseMessage { header, outcome: Outcome::Normal(body) })
}

/// OQSsihvd: withdraws consents of a patient of 訪問診療等, by the institution.
pub(super) fn withdraw_consents(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    request: &RequestMessage<WithdrawalRequest>,
) -> Result<ResponseMessage<WithdrawalResponse>, Error> {
    let header = ResponseHeader::for_request(&request.header, caller.now);
    let consent = &request.body.consent;
    let respond =
        |processing| Ok(ResponseMessage { header, outcome: Outcome::Normal(WithdrawalResponse { processing }) });
    let Some(insurer) = consent.insurer.valid() else {
        ledger.record_refusal(AuditSubject::Consents, ResultCode::WrongInsurerNumber);
        return respond(number_faults::insurer_processing(&consent.insurer));
    };
    let mut candidates =
        find_candidates(ledger.transaction(), caller.institution, (*insurer, consent), ReceptionFilter::HomeVisit)?;
    candidates.retain(|candidate| candidate.birth() == consent.birthdate);
    if candidates.len() > 1 {
        ledger.record_refusal(AuditSubject::Consents, ResultCode::SeveralPersons);
        return respond(ResultCode::SeveralPersons.processing_result());
    }
    let receptions = candidates.first().map_or(&[][..], |candidate| &candidate.receptions);
    let (access, reception) =
        select_reception(caller.institution, receptions, ReceptionFilter::HomeVisit, Subject::Eligibility, caller.now);
    let (None, Some(reception)) = (access.result_code(), reception) else {
        ledger.record(reception.map(|reception| reception.number), AuditSubject::Consents, access);
        return respond(access.result_code().unwrap_or(ResultCode::ReceptionNotFound).processing_result());
    };
    let items = consent.kinds.iter().map(|kind| match kind {
        ConsentedInformation::SpecificDiseases => ConsentItem::SpecificDiseases,
        ConsentedInformation::CheckUps => ConsentItem::CheckUps,
        ConsentedInformation::Medicines => ConsentItem::Medicines,
        ConsentedInformation::Diagnoses => ConsentItem::Treatments,
        ConsentedInformation::Operations => ConsentItem::Operations,
    });
    let items = (!consent.kinds.is_empty()).then(|| items.collect());
    reception::withdraw_by_institution(ledger.transaction(), reception, items, caller.now)?;
    ledger.record(Some(reception.number), AuditSubject::Consents, AuditOutcome::Changed);
    respond(ProcessingResult::normal())
}

/// OQSsiurl: the institution's fixed URL at マイナ在宅受付Web, the present one or a new one.
pub(super) fn issue_access_url(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    request: &RequestMessage<AccessUrlRequest>,
    context: &RequestContext,
) -> Result<ResponseMessage<AccessUrlResponse>, Error> {
    let header = ResponseHeader::for_request(&request.header, caller.now);
    let requested = &request.body.requested;
    let kind = match requested.kind {
        AccessUrlKind::Online => CareKind::Online,
        AccessUrlKind::HomeVisit => CareKind::HomeVisit,
    };
    if institution::find_online_function(ledger.transaction(), caller.institution, kind)? != Some(OnlineFunction::On) {
        ledger.record_refusal(AuditSubject::FixedUrl, ResultCode::FunctionOff);
        let body = AccessUrlResponse { processing: ResultCode::FunctionOff.processing_result(), address: None };
        return Ok(ResponseMessage { header, outcome: Outcome::Normal(body) });
    }
    let existing = match requested.change {
        AccessUrlChange::NoChange => institution::find_fixed_url(ledger.transaction(), caller.institution, kind)?,
        AccessUrlChange::Change => None,
    };
    let token = if let Some(token) = existing {
        token
    } else {
        institution::set_fixed_url(ledger.transaction(), caller.institution, kind, &context.new_fixed_url, caller.now)?;
        ledger.record(None, AuditSubject::FixedUrl, AuditOutcome::Changed);
        context.new_fixed_url.clone()
    };
    let url = context.reception.url(&format!("/i/{token}"));
    let address = AccessUrl { kind: requested.kind, url, image: None, code: None };
    let body = AccessUrlResponse { processing: ProcessingResult::normal(), address: Some(address) };
    Ok(ResponseMessage { header, outcome: Outcome::Normal(body) })
}

/// OQSsiinq, OQSsiupd: the present settings.
pub(super) fn read_settings(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    header: &RequestHeader,
) -> Result<ResponseMessage<EnvironmentResponse>, Error> {
    let header = ResponseHeader::for_request(header, caller.now);
    let settings = Some(institution::find_settings(ledger.transaction(), caller.institution)?);
    Ok(ResponseMessage {
        header,
        outcome: Outcome::Normal(EnvironmentResponse { processing: ProcessingResult::normal(), settings }),
    })
}
