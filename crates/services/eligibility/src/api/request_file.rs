//! From a request file to its response: parsed, answered in one transaction with the audit rows of all that was read, and
//! written. Only the second step holds the transaction.

use base::{Date, InstitutionCode, Key, Span, Timestamp};
use database::Transaction;
use oqs::{CharacterCode, CheckedNumber, Exchange, Extension, FileName, Message, RefusedRequest, ResultCode};
use web::Origin;

use super::{administration, bulk, medical, number_faults, qualification};
use crate::{
    CareKind, Fingerprint, FixedUrlToken, ReceptionFilter,
    store::{
        audit::{AuditOutcome, AuditSubject},
        institution,
        read_permit::{ReadLedger, Reader, RecordedResponse},
    },
};

/// A larger response is packed, in bytes.
const LARGEST_UNPACKED: usize = 1 << 20;

/// A request file, parsed.
pub(crate) struct RequestFile {
    name: FileName,
    content: RequestContent,
    /// The character code of the response.
    character_code: CharacterCode,
    /// 任意のファイル識別子, wherever it is in the request.
    identifier: Option<oqs::Identifier>,
}

enum RequestContent {
    Message(Box<Message>),
    Unreadable(oqs::Unreadable),
    /// The name is of no request in XML.
    NoRequest,
}

impl RequestFile {
    /// Parses the file `name`. Whether it is answered is decided later, by who sent it.
    pub(crate) fn parse(name: FileName, bytes: &[u8]) -> Self {
        let interface = name.interface();
        let hints = oqs::find_hints(bytes);
        let mut character_code = hints.character_code;
        let content = if interface.direction != oqs::Direction::Request || name.extension() != Extension::Xml {
            RequestContent::NoRequest
        } else {
            match oqs::parse(interface, bytes) {
                Ok(parsed) => {
                    character_code = parsed.character_code;
                    RequestContent::Message(Box::new(parsed.message))
                }
                Err(error) => RequestContent::Unreadable(error),
            }
        };
        Self { name, content, character_code, identifier: hints.identifier }
    }
}

/// The response to a request file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseFile {
    /// The request's name with `res` for `req`.
    pub name: FileName,
    pub body: Vec<u8>,
}

/// A request file that was handled.
pub(crate) struct HandledRequest {
    /// The response, to be written with [`write_response`].
    pub(crate) message: Message,
    pub(crate) institution: InstitutionCode,
    /// How many of its searches were by a document of no person, or of no person who registered at the institution.
    pub(crate) misses: usize,
}

/// Why a request file gets no response file.
#[derive(Debug, thiserror::Error)]
pub enum RequestFileError {
    /// The certificate belongs to no institution, or was revoked.
    #[error("the certificate is of no institution that is admitted")]
    UnknownCaller,
    /// The file is no request in XML.
    #[error("'{0}' names no request file")]
    NotARequest(FileName),
    /// The certificate has made too many searches by unknown insurance documents.
    #[error("too many questions by insurance documents that are nobody's")]
    TooManyMisses {
        /// When it is accepted again.
        retry_at: Timestamp,
    },
    #[error("the store failed")]
    Store(#[from] database::Error),
}

/// The calling institution, and the time.
pub(super) struct Caller {
    pub(super) institution: InstitutionCode,
    /// 任意のファイル識別子, wherever it is in the request.
    pub(super) identifier: Option<oqs::Identifier>,
    pub(super) now: Timestamp,
}

impl Caller {
    /// 資格確認日: the day for which a reception shows eligibility; for home visits, today.
    pub(super) fn confirmation_date(&self, reception: &crate::ReceptionRecord) -> Date {
        reception.term.visit_date().unwrap_or_else(|| self.now.japan_date())
    }

    pub(super) fn refused_request(&self, identifier: Option<oqs::Identifier>) -> RefusedRequest {
        RefusedRequest { institution: self.institution.into(), identifier, refused_at: self.now }
    }
}

/// What a response needs besides the request.
pub(crate) struct RequestContext {
    /// The key of the audit chains.
    pub(crate) key: Key,
    /// The origin of マイナ在宅受付Web.
    pub(crate) reception: Origin,
    /// A new number, for a bulk search.
    pub(crate) search_number: String,
    /// A new token, for an institution that requests a new fixed URL.
    pub(crate) new_fixed_url: FixedUrlToken,
    /// How long the result of a bulk search is pending.
    pub(crate) busy: Span,
    pub(crate) now: Timestamp,
}

/// Responds to a file from the holder of this certificate.
pub(crate) fn respond_to_file(
    tx: &mut Transaction<'_>,
    certificate: Fingerprint,
    file: &RequestFile,
    context: &RequestContext,
) -> Result<HandledRequest, RequestFileError> {
    let institution = institution::find_caller(tx, certificate)?.ok_or(RequestFileError::UnknownCaller)?;
    let exchange = file.name.interface().exchange;
    let caller = Caller { institution, identifier: file.identifier.clone(), now: context.now };
    let reader = Reader { institution, certificate, message: exchange.prefix(), now: context.now };
    let RecordedResponse { response: message, misses } = match &file.content {
        RequestContent::NoRequest => return Err(RequestFileError::NotARequest(file.name.clone())),
        RequestContent::Unreadable(error) => ReadLedger::open(tx, &context.key, reader, |ledger| {
            ledger.record_refusal(AuditSubject::File, ResultCode::Unreadable);
            let message = format!("{}{}", ResultCode::Unreadable.message(), error.japanese());
            let fault = oqs::Fault { message: Some(message), ..ResultCode::Unreadable.fault() };
            Ok(refusal_message(&caller, exchange, fault))
        })?,
        RequestContent::Message(message) => {
            ReadLedger::open(tx, &context.key, reader, |ledger| respond(ledger, &caller, exchange, message, context))?
        }
    };
    Ok(HandledRequest { message, institution, misses })
}

/// Writes the response to a file, packed if it is large.
pub(crate) fn write_response(file: &RequestFile, message: &Message) -> ResponseFile {
    if let RequestContent::Unreadable(error) = &file.content {
        tracing::info!(interface = %file.name.interface(), reason = %error, "a request file cannot be read");
    }
    let body = oqs::write(message, file.character_code);
    let name = file.name.response();
    if body.len() <= LARGEST_UNPACKED {
        return ResponseFile { name, body };
    }
    let name = name.with_extension(Extension::Zip);
    ResponseFile { body: oqs::pack(&name, &body), name }
}

/// The response to the request file `name` while the system is closed, if the request can be read. Nothing is looked up.
pub(super) fn closed_response(name: FileName, request: &[u8], now: Timestamp) -> Option<ResponseFile> {
    let file = RequestFile::parse(name, request);
    let RequestContent::Message(message) = &file.content else { return None };
    let institution = *named_institution(message)?.valid()?;
    let caller = Caller { institution, identifier: file.identifier.clone(), now };
    let refusal = refusal_message(&caller, file.name.interface().exchange, ResultCode::Closed.fault());
    Some(ResponseFile { name: file.name.response(), body: oqs::write(&refusal, file.character_code) })
}

/// The institution that a request names.
fn named_institution(message: &Message) -> Option<&CheckedNumber<InstitutionCode>> {
    let header = message.header_items();
    header.institution.filter(|_| header.is_request)
}

fn respond(
    ledger: &mut ReadLedger<'_, '_>,
    caller: &Caller,
    exchange: Exchange,
    message: &Message,
    context: &RequestContext,
) -> Result<Message, database::Error> {
    let fault = match named_institution(message) {
        None => Some((ResultCode::Unsupported, ResultCode::Unsupported.fault())),
        Some(invalid @ CheckedNumber::Invalid(_)) => {
            Some((ResultCode::WrongInstitutionCode, number_faults::institution_fault(invalid)))
        }
        Some(CheckedNumber::Valid(named)) if *named != caller.institution => {
            Some((ResultCode::OtherInstitution, ResultCode::OtherInstitution.fault()))
        }
        Some(CheckedNumber::Valid(_)) => None,
    };
    if let Some((code, fault)) = fault {
        ledger.record_refusal(AuditSubject::File, code);
        return Ok(refusal_message(caller, exchange, fault));
    }
    Ok(match (exchange, message) {
        (Exchange::Qualification, Message::QualificationRequest(request)) => {
            Message::QualificationResponse(qualification::check_by_document(ledger, caller, request)?)
        }
        (Exchange::OnlineQualification, Message::QualificationRequest(request)) => {
            let filter = ReceptionFilter::Online(request.body.search.examination_date);
            Message::QualificationResponse(qualification::check_by_reception(ledger, caller, request, filter)?)
        }
        (Exchange::HomeVisitQualification, Message::QualificationRequest(request)) => {
            let filter = ReceptionFilter::HomeVisit;
            Message::QualificationResponse(qualification::check_by_reception(ledger, caller, request, filter)?)
        }
        (Exchange::OnlineBulkSearch, Message::BulkSearch(request)) => {
            let search = (CareKind::Online, context.search_number.as_str());
            Message::BulkSearchResponse(bulk::search(ledger, caller, request, search)?)
        }
        (Exchange::HomeVisitBulkSearch, Message::BulkSearch(request)) => {
            let search = (CareKind::HomeVisit, context.search_number.as_str());
            Message::BulkSearchResponse(bulk::search(ledger, caller, request, search)?)
        }
        (Exchange::OnlineBulkFetch, Message::BulkFetch(request)) => {
            Message::BulkResult(bulk::fetch(ledger, caller, request, (CareKind::Online, context.busy))?)
        }
        (Exchange::HomeVisitBulkFetch, Message::BulkFetch(request)) => {
            Message::BulkResult(bulk::fetch(ledger, caller, request, (CareKind::HomeVisit, context.busy))?)
        }
        (Exchange::InquiryNumber, Message::InquiryNumberRequest(request)) => {
            Message::InquiryNumberResponse(administration::register_inquiry_number(ledger, caller, request)?)
        }
        (Exchange::HomeVisitWithdrawal, Message::WithdrawalRequest(request)) => {
            Message::WithdrawalResponse(administration::withdraw_consents(ledger, caller, request)?)
        }
        (Exchange::AccessUrl, Message::AccessUrlRequest(request)) => {
            Message::AccessUrlResponse(administration::issue_access_url(ledger, caller, request, context)?)
        }
        (Exchange::Environment, Message::EnvironmentRequest(request)) => {
            Message::EnvironmentResponse(administration::read_settings(ledger, caller, &request.header)?)
        }
        (Exchange::EnvironmentUpdate, Message::EnvironmentUpdateRequest(request)) => {
            institution::update_settings(ledger.transaction(), caller.institution, &request.body.settings)?;
            ledger.record(None, AuditSubject::Settings, AuditOutcome::Changed);
            Message::EnvironmentResponse(administration::read_settings(ledger, caller, &request.header)?)
        }
        (Exchange::Medicines | Exchange::Diagnoses | Exchange::Operations, Message::MedicalRequest(request)) => {
            Message::MedicineRecords(medical::respond_with_records(ledger, caller, exchange, request)?)
        }
        (Exchange::CheckUps, Message::MedicalRequest(request)) => {
            Message::CheckUps(medical::respond_with_check_ups(ledger, caller, request)?)
        }
        _ => {
            ledger.record_refusal(AuditSubject::File, ResultCode::Unsupported);
            refusal_message(caller, exchange, ResultCode::Unsupported.fault())
        }
    })
}

/// The refusal of a whole request.
fn refusal_message(caller: &Caller, exchange: Exchange, fault: oqs::Fault) -> Message {
    caller.refused_request(caller.identifier.clone()).refuse(exchange, fault)
}
