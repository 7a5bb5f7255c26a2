//! What an institution says and sets: 照会番号登録, 閲覧同意取り消し, 医療機関アクセスURL取得, 医療機関環境設定情報.

use database::{Error, Transaction};
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
    rules::reading::{Access, ReceptionFilter, Subject, select_reception},
    store::{
        audit::{self, AuditEntry, AuditSubject},
        inquiry_number, institution, reception,
    },
};

/// OQSsiimm01: what the institution calls a patient from now on. That it learns whether anybody is insured so is a
/// reading.
pub(super) fn register_inquiry_number(
    tx: &mut Transaction<'_>,
    asker: &Caller,
    request: RequestMessage<InquiryNumberRequest>,
    entries: &mut Vec<AuditEntry>,
) -> Result<ResponseMessage<InquiryNumberResponse>, Error> {
    let header = ResponseHeader::for_request(&request.header, asker.now);
    let registration = request.body.registration;
    let mut registered = None;
    let processing = match registration.insurer.valid() {
        None => number_faults::insurer_processing(&registration.insurer),
        Some(insurer) => match &find_by_document(tx, (*insurer, &registration))?[..] {
            [] => ResultCode::NoInsurance.processing_result(),
            [one] => {
                inquiry_number::upsert_inquiry_number(
                    tx,
                    asker.institution,
                    one.person,
                    &registration.inquiry_number,
                    asker.now,
                )?;
                registered = Some(one.person);
                ProcessingResult::normal()
            }
            _ => ResultCode::SeveralPersons.processing_result(),
        },
    };
    let access = if registered.is_some() { Access::Readable } else { Access::NotFound };
    entries.push(asker.audit_entry(None, Subject::Eligibility, access));
    let body = InquiryNumberResponse { registration: Some(registration), processing };
    Ok(ResponseMessage { header, outcome: Outcome::Normal(body) })
}

/// OQSsihvd: gives back what a patient of 訪問診療等 lets the institution see.
pub(super) fn withdraw_consents(
    tx: &mut Transaction<'_>,
    asker: &Caller,
    request: &RequestMessage<WithdrawalRequest>,
    entries: &mut Vec<AuditEntry>,
) -> Result<ResponseMessage<WithdrawalResponse>, Error> {
    let header = ResponseHeader::for_request(&request.header, asker.now);
    let consent = &request.body.consent;
    let answered =
        |processing| Ok(ResponseMessage { header, outcome: Outcome::Normal(WithdrawalResponse { processing }) });
    let Some(insurer) = consent.insurer.valid() else {
        entries.push(asker.audit_entry(None, AuditSubject::Consents, ResultCode::WrongInsurerNumber));
        return answered(number_faults::insurer_processing(&consent.insurer));
    };
    let mut found = find_candidates(tx, asker, (*insurer, consent), ReceptionFilter::HomeVisit)?;
    found.retain(|candidate| candidate.birth == consent.birthdate);
    if found.len() > 1 {
        entries.push(asker.audit_entry(None, AuditSubject::Consents, ResultCode::SeveralPersons));
        return answered(ResultCode::SeveralPersons.processing_result());
    }
    let receptions = found.first().map_or(&[][..], |candidate| &candidate.receptions);
    let (access, by) =
        select_reception(asker.institution, receptions, ReceptionFilter::HomeVisit, Subject::Eligibility, asker.now);
    let (None, Some(by)) = (access.result_code(), by) else {
        entries.push(asker.audit_entry(by.map(|by| by.number), AuditSubject::Consents, access));
        return answered(access.result_code().unwrap_or(ResultCode::ReceptionNotFound).processing_result());
    };
    let items = consent.kinds.iter().map(|kind| match kind {
        ConsentedInformation::SpecificDiseases => ConsentItem::SpecificDiseases,
        ConsentedInformation::CheckUps => ConsentItem::CheckUps,
        ConsentedInformation::Medicines => ConsentItem::Medicines,
        ConsentedInformation::Diagnoses => ConsentItem::Treatments,
        ConsentedInformation::Operations => ConsentItem::Operations,
    });
    let items = (!consent.kinds.is_empty()).then(|| items.collect());
    reception::withdraw_by_institution(tx, by, items, asker.now)?;
    entries.push(asker.audit_entry(Some(by.number), AuditSubject::Consents, audit::AuditOutcome::Changed));
    answered(ProcessingResult::normal())
}

/// OQSsiurl: the institution's fixed URL at マイナ在宅受付Web, as it is or another one.
pub(super) fn issue_access_url(
    tx: &mut Transaction<'_>,
    asker: &Caller,
    request: &RequestMessage<AccessUrlRequest>,
    means: &RequestContext<'_>,
    entries: &mut Vec<AuditEntry>,
) -> Result<ResponseMessage<AccessUrlResponse>, Error> {
    let header = ResponseHeader::for_request(&request.header, asker.now);
    let wanted = &request.body.requested;
    let kind = match wanted.kind {
        AccessUrlKind::Online => CareKind::Online,
        AccessUrlKind::HomeVisit => CareKind::HomeVisit,
    };
    if institution::find_online_function(tx, asker.institution, kind)? != Some(OnlineFunction::On) {
        entries.push(asker.audit_entry(None, AuditSubject::FixedUrl, ResultCode::FunctionOff));
        let body = AccessUrlResponse { processing: ResultCode::FunctionOff.processing_result(), address: None };
        return Ok(ResponseMessage { header, outcome: Outcome::Normal(body) });
    }
    let known = institution::find_fixed_url(tx, asker.institution, kind)?;
    let entrance = if let Some(entrance) = known.filter(|_| wanted.change == AccessUrlChange::NoChange) {
        entrance
    } else {
        institution::set_fixed_url(tx, asker.institution, kind, &means.new_fixed_url, asker.now)?;
        entries.push(asker.audit_entry(None, AuditSubject::FixedUrl, audit::AuditOutcome::Changed));
        means.new_fixed_url.clone()
    };
    let url = means.reception.url(&format!("/i/{entrance}"));
    let address = AccessUrl { kind: wanted.kind, url, image: None, code: None };
    let body = AccessUrlResponse { processing: ProcessingResult::normal(), address: Some(address) };
    Ok(ResponseMessage { header, outcome: Outcome::Normal(body) })
}

/// OQSsiinq, OQSsiupd: what is set now.
pub(super) fn read_settings(
    tx: &mut Transaction<'_>,
    asker: &Caller,
    header: &RequestHeader,
) -> Result<ResponseMessage<EnvironmentResponse>, Error> {
    let header = ResponseHeader::for_request(header, asker.now);
    let settings = Some(institution::find_settings(tx, asker.institution)?);
    Ok(ResponseMessage {
        header,
        outcome: Outcome::Normal(EnvironmentResponse { processing: ProcessingResult::normal(), settings }),
    })
}
