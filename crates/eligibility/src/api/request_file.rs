//! A request file in, its answer out: one transaction, with the audit rows of all that was read.

use base::{Date, InstitutionCode, Key, Span, Timestamp};
use database::Transaction;
use oqs::{
    CheckedNumber, Exchange, Extension, FileName, Message, Outcome, ResponseHeader, ResponseMessage, ResultCode,
};
use shell::Origin;

use super::{administration, bulk, medical, number_faults, qualification};
use crate::{
    Access, CareKind, Fingerprint, FixedUrlToken, ReceptionFilter,
    store::{
        audit::{self, AuditSubject},
        institution,
    },
};

/// An answer larger than this is packed.
const LARGEST_UNPACKED: usize = 1 << 20;

/// The answer to a request file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseFile {
    /// Its name: the request's with `res` for `req`.
    pub name: FileName,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// A request file that was taken.
pub(crate) struct HandledRequest {
    pub(crate) response: ResponseFile,
    pub(crate) institution: InstitutionCode,
    /// How many of its questions were by an insurance document that is nobody's, or of nobody who registered there.
    pub(crate) misses: usize,
}

/// Why a request file gets no answer file.
#[derive(Debug, thiserror::Error)]
pub enum RequestFileError {
    /// The certificate is not, or no longer, one of an institution.
    #[error("the certificate is of no institution that is admitted")]
    UnknownCaller,
    /// The file is no request as XML.
    #[error("'{0}' names no request file")]
    NotARequest(FileName),
    /// The certificate has asked too often by insurance documents that are nobody's.
    #[error("too many questions by insurance documents that are nobody's")]
    TooManyMisses {
        /// From when on it is answered again.
        retry_at: Timestamp,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] database::Error),
}

/// Who asks, by which message, and when.
pub(super) struct Caller {
    pub(super) institution: InstitutionCode,
    pub(super) certificate: Fingerprint,
    pub(super) message: &'static str,
    /// 任意のファイル識別子, wherever it stands in the bytes of the request.
    pub(super) identifier: Option<oqs::Identifier>,
    pub(super) now: Timestamp,
}

impl Caller {
    /// 資格確認日: for which day a reception shows eligibility; for home visits, today.
    pub(super) fn confirmation_date(&self, by: &crate::ReceptionRecord) -> Date {
        by.term.visit_date().unwrap_or_else(|| self.now.japan_date())
    }

    /// The audit row of one reading, one change, or one attempt.
    pub(super) fn audit_entry(
        &self,
        reception: Option<base::ReceptionNumber>,
        matter: impl Into<audit::AuditSubject>,
        outcome: impl Into<audit::AuditOutcome>,
    ) -> audit::AuditEntry {
        audit::AuditEntry {
            time: self.now,
            certificate: self.certificate,
            message: self.message,
            reception,
            subject: matter.into(),
            outcome: outcome.into(),
        }
    }
}

/// With what an answer is made, beside the question.
pub(crate) struct RequestContext<'a> {
    /// Keys the audit.
    pub(crate) key: &'a Key,
    /// Where マイナ在宅受付Web is.
    pub(crate) reception: &'a Origin,
    /// A fresh number, for a search that is to be kept.
    pub(crate) search_number: String,
    /// A fresh fixed URL, for an institution that wants another one.
    pub(crate) new_fixed_url: FixedUrlToken,
    /// How long the result of a search is in the making.
    pub(crate) busy: Span,
    pub(crate) now: Timestamp,
}

/// Answers the file `name` that came with this certificate.
pub(crate) fn respond_to_file(
    tx: &mut Transaction<'_>,
    certificate: Fingerprint,
    name: &FileName,
    request: &[u8],
    means: &RequestContext<'_>,
) -> Result<HandledRequest, RequestFileError> {
    let institution = institution::find_caller(tx, certificate)?.ok_or(RequestFileError::UnknownCaller)?;
    let interface = name.interface();
    if interface.direction != oqs::Direction::Request || name.extension() != Extension::Xml {
        return Err(RequestFileError::NotARequest(name.clone()));
    }
    let chain = audit::lock_chain(tx, institution)?;
    let hints = oqs::find_hints(request);
    let message = interface.exchange.prefix();
    let asker = Caller { institution, certificate, message, identifier: hints.identifier, now: means.now };
    let mut entries = Vec::new();
    let (message, code) = match oqs::parse(interface, request) {
        Ok(reading) => {
            let message = respond(tx, &asker, interface.exchange, reading.message, means, &mut entries)?;
            (message, reading.character_code)
        }
        Err(unreadable) => {
            tracing::info!(interface = %interface, reason = %unreadable, "a request file cannot be read");
            entries.push(asker.audit_entry(None, AuditSubject::File, ResultCode::Unreadable));
            let message = format!("{}{}", ResultCode::Unreadable.message(), unreadable.japanese());
            let fault = oqs::Fault { message: Some(message), ..ResultCode::Unreadable.fault() };
            (refusal_message(&asker, interface.exchange, fault), hints.character_code)
        }
    };
    audit::append_entries(tx, means.key, chain, &entries)?;
    let misses = entries.iter().filter(|entry| is_miss(entry)).count();
    let taken = |answered| HandledRequest { response: answered, institution, misses };
    let body = oqs::write(&message, code);
    let name = name.response();
    if body.len() <= LARGEST_UNPACKED {
        return Ok(taken(ResponseFile { name, body }));
    }
    let name = name.with_extension(Extension::Zip);
    Ok(taken(ResponseFile { body: oqs::pack(&name, &body), name }))
}

/// Whether a question was by a document that is nobody's.
fn is_miss(entry: &audit::AuditEntry) -> bool {
    entry.reception.is_none() && entry.outcome == audit::AuditOutcome::Access(Access::NotFound)
}

/// What the request file `name` is told while the system is closed, where it can be read. Nothing is looked up.
pub(super) fn closed_response(
    certificate: Fingerprint,
    name: &FileName,
    request: &[u8],
    now: Timestamp,
) -> Option<ResponseFile> {
    let interface = name.interface();
    if interface.direction != oqs::Direction::Request || name.extension() != Extension::Xml {
        return None;
    }
    let reading = oqs::parse(interface, request).ok()?;
    let institution = *named_institution(&reading.message)?.valid()?;
    let identifier = oqs::find_hints(request).identifier;
    let asker = Caller { institution, certificate, message: interface.exchange.prefix(), identifier, now };
    let message = refusal_message(&asker, interface.exchange, ResultCode::Closed.fault());
    Some(ResponseFile { name: name.response(), body: oqs::write(&message, reading.character_code) })
}

/// Whom a request names as its asker.
fn named_institution(message: &Message) -> Option<&CheckedNumber<InstitutionCode>> {
    match message {
        Message::QualificationRequest(request) => Some(&request.header.institution),
        Message::InquiryNumberRequest(request) => Some(&request.header.institution),
        Message::BulkSearch(request) => Some(&request.header.institution),
        Message::BulkFetch(request) => Some(&request.header.institution),
        Message::WithdrawalRequest(request) => Some(&request.header.institution),
        Message::AccessUrlRequest(request) => Some(&request.header.institution),
        Message::EnvironmentRequest(request) => Some(&request.header.institution),
        Message::EnvironmentUpdateRequest(request) => Some(&request.header.institution),
        Message::MedicalRequest(request) => Some(&request.header.institution),
        Message::QualificationResponse(_)
        | Message::InquiryNumberResponse(_)
        | Message::BulkSearchResponse(_)
        | Message::BulkResult(_)
        | Message::WithdrawalResponse(_)
        | Message::AccessUrlResponse(_)
        | Message::EnvironmentResponse(_)
        | Message::MedicineRecords(_)
        | Message::CheckUps(_) => None,
    }
}

fn respond(
    tx: &mut Transaction<'_>,
    asker: &Caller,
    exchange: Exchange,
    message: Message,
    means: &RequestContext<'_>,
    entries: &mut Vec<audit::AuditEntry>,
) -> Result<Message, database::Error> {
    let fault = match named_institution(&message) {
        None => Some((ResultCode::Unsupported, ResultCode::Unsupported.fault())),
        Some(doubtful @ CheckedNumber::Invalid(_)) => {
            Some((ResultCode::WrongInstitutionCode, number_faults::institution_fault(doubtful)))
        }
        Some(CheckedNumber::Valid(named)) if *named != asker.institution => {
            Some((ResultCode::OtherInstitution, ResultCode::OtherInstitution.fault()))
        }
        Some(CheckedNumber::Valid(_)) => None,
    };
    if let Some((code, fault)) = fault {
        entries.push(asker.audit_entry(None, AuditSubject::File, code));
        return Ok(refusal_message(asker, exchange, fault));
    }
    Ok(match (exchange, message) {
        (Exchange::Qualification, Message::QualificationRequest(request)) => {
            Message::QualificationResponse(qualification::check_by_document(tx, asker, &request, entries)?)
        }
        (Exchange::OnlineQualification, Message::QualificationRequest(request)) => {
            let wanted = ReceptionFilter::Online(request.body.search.examination_date);
            Message::QualificationResponse(qualification::check_by_reception(tx, asker, &request, wanted, entries)?)
        }
        (Exchange::HomeVisitQualification, Message::QualificationRequest(request)) => Message::QualificationResponse(
            qualification::check_by_reception(tx, asker, &request, ReceptionFilter::HomeVisit, entries)?,
        ),
        (Exchange::OnlineBulkSearch, Message::BulkSearch(request)) => Message::BulkSearchResponse(bulk::search(
            tx,
            asker,
            &request,
            (CareKind::Online, &means.search_number),
            entries,
        )?),
        (Exchange::HomeVisitBulkSearch, Message::BulkSearch(request)) => Message::BulkSearchResponse(bulk::search(
            tx,
            asker,
            &request,
            (CareKind::HomeVisit, &means.search_number),
            entries,
        )?),
        (Exchange::OnlineBulkFetch, Message::BulkFetch(request)) => {
            Message::BulkResult(bulk::fetch(tx, asker, &request, (CareKind::Online, means.busy), entries)?)
        }
        (Exchange::HomeVisitBulkFetch, Message::BulkFetch(request)) => {
            Message::BulkResult(bulk::fetch(tx, asker, &request, (CareKind::HomeVisit, means.busy), entries)?)
        }
        (Exchange::InquiryNumber, Message::InquiryNumberRequest(request)) => {
            Message::InquiryNumberResponse(administration::register_inquiry_number(tx, asker, request, entries)?)
        }
        (Exchange::HomeVisitWithdrawal, Message::WithdrawalRequest(request)) => {
            Message::WithdrawalResponse(administration::withdraw_consents(tx, asker, &request, entries)?)
        }
        (Exchange::AccessUrl, Message::AccessUrlRequest(request)) => {
            Message::AccessUrlResponse(administration::issue_access_url(tx, asker, &request, means, entries)?)
        }
        (Exchange::Environment, Message::EnvironmentRequest(request)) => {
            Message::EnvironmentResponse(administration::read_settings(tx, asker, &request.header)?)
        }
        (Exchange::EnvironmentUpdate, Message::EnvironmentUpdateRequest(request)) => {
            institution::update_settings(tx, asker.institution, &request.body.settings)?;
            entries.push(asker.audit_entry(None, AuditSubject::Settings, audit::AuditOutcome::Changed));
            Message::EnvironmentResponse(administration::read_settings(tx, asker, &request.header)?)
        }
        (Exchange::Medicines | Exchange::Diagnoses | Exchange::Operations, Message::MedicalRequest(request)) => {
            Message::MedicineRecords(medical::respond_with_records(tx, asker, exchange, &request, entries)?)
        }
        (Exchange::CheckUps, Message::MedicalRequest(request)) => {
            Message::CheckUps(medical::respond_with_check_ups(tx, asker, &request, entries)?)
        }
        _ => {
            entries.push(asker.audit_entry(None, AuditSubject::File, ResultCode::Unsupported));
            refusal_message(asker, exchange, ResultCode::Unsupported.fault())
        }
    })
}

/// The answer that says no as a whole.
fn refusal_message(asker: &Caller, exchange: Exchange, fault: oqs::Fault) -> Message {
    let is_qualification =
        matches!(exchange, Exchange::Qualification | Exchange::HomeVisitQualification | Exchange::OnlineQualification);
    let is_bulk_result = matches!(exchange, Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch);
    let header = ResponseHeader {
        processed_at: Some(asker.now),
        // Readers of 資格確認 want the day and how it was asked in every answer, also where nothing was looked up; those of
        // bulk results the day alone.
        confirmation_date: (is_qualification || is_bulk_result).then(|| asker.now.japan_date()),
        institution: asker.institution.into(),
        identifier: asker.identifier.clone(),
        reference_classification: is_qualification.then_some(oqs::ReferenceClassification::InsuredData),
        bulk_number: None,
        result_count: None,
        normal_count: None,
        error_count: None,
    };
    macro_rules! whole {
        ($message:ident) => {
            Message::$message(ResponseMessage { header, outcome: Outcome::Abnormal(fault) })
        };
    }
    match exchange {
        Exchange::Qualification | Exchange::HomeVisitQualification | Exchange::OnlineQualification => {
            whole!(QualificationResponse)
        }
        Exchange::InquiryNumber => whole!(InquiryNumberResponse),
        Exchange::HomeVisitBulkSearch | Exchange::OnlineBulkSearch => whole!(BulkSearchResponse),
        Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch => whole!(BulkResult),
        Exchange::HomeVisitWithdrawal => whole!(WithdrawalResponse),
        Exchange::AccessUrl => whole!(AccessUrlResponse),
        Exchange::Environment | Exchange::EnvironmentUpdate => whole!(EnvironmentResponse),
        Exchange::Medicines | Exchange::Diagnoses | Exchange::Operations => Message::MedicineRecords(
            medical::refusal_answer(asker, asker.identifier.clone(), to_medical_refusal(fault)),
        ),
        Exchange::CheckUps => {
            Message::CheckUps(medical::refusal_answer(asker, asker.identifier.clone(), to_medical_refusal(fault)))
        }
    }
}

/// The same fault as answers with medical information say it.
fn to_medical_refusal(fault: oqs::Fault) -> oqs::MedicalRefusal {
    let said = fault.code.and_then(|code| oqs::MedicalRefusal::new(&code, fault.message));
    said.unwrap_or_else(|| ResultCode::Unsupported.medical_refusal())
}
