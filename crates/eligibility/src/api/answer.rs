//! A request file in, its answer out: one transaction, with the audit rows of all that was read.

use base::{Date, InstitutionCode, Key, Span, Timestamp};
use database::Transaction;
use oqs::{Answer, AnswerHeader, Claimed, Exchange, Extension, FileName, Message, Outcome, ResultCode};
use shell::Origin;

use super::{bulk, medical, own, qualification, wrong};
use crate::{
    Access, Entrance, Fingerprint, Kind, Wanted,
    store::{
        audit::{self, Matter},
        institution,
    },
};

/// An answer larger than this is packed.
const LARGEST_UNPACKED: usize = 1 << 20;

/// The answer to a request file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Its name: the request's with `res` for `req`.
    pub name: FileName,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// A request file that was taken.
pub(crate) struct Taken {
    pub(crate) answered: Answered,
    pub(crate) institution: InstitutionCode,
    /// How many of its questions were by an insurance document that is nobody's, or of nobody who registered there.
    pub(crate) misses: usize,
}

/// Why a request file gets no answer file.
#[derive(Debug, thiserror::Error)]
pub enum AnswerRefusal {
    /// The certificate is not, or no longer, one of an institution.
    #[error("the certificate is of no institution that is admitted")]
    UnknownCaller,
    /// The file is no request as XML.
    #[error("'{0}' names no request file")]
    NoRequest(FileName),
    /// The certificate has asked too often by insurance documents that are nobody's.
    #[error("too many questions by insurance documents that are nobody's")]
    TooManyMisses {
        /// From when on it is answered again.
        again_at: Timestamp,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] database::Error),
}

/// Who asks, by which message, and when.
pub(super) struct Asker {
    pub(super) institution: InstitutionCode,
    pub(super) certificate: Fingerprint,
    pub(super) message: &'static str,
    /// 任意のファイル識別子, wherever it stands in the bytes of the request.
    pub(super) identifier: Option<oqs::Identifier>,
    pub(super) now: Timestamp,
}

impl Asker {
    /// 資格確認日: for which day a reception shows eligibility; for home visits, today.
    pub(super) fn day_of(&self, by: &crate::Reception) -> Date {
        by.term.visit_date().unwrap_or_else(|| self.now.japan_date())
    }

    /// The audit row of one reading, one change, or one attempt.
    pub(super) fn entry(
        &self,
        reception: Option<base::ReceptionNumber>,
        matter: impl Into<audit::Matter>,
        outcome: impl Into<audit::Outcome>,
    ) -> audit::Entry {
        audit::Entry {
            at: self.now,
            certificate: self.certificate,
            message: self.message,
            reception,
            matter: matter.into(),
            outcome: outcome.into(),
        }
    }
}

/// With what an answer is made, beside the question.
pub(crate) struct Means<'a> {
    /// Keys the audit.
    pub(crate) key: &'a Key,
    /// Where マイナ在宅受付Web is.
    pub(crate) reception: &'a Origin,
    /// A fresh number, for a search that is to be kept.
    pub(crate) number: String,
    /// A fresh fixed URL, for an institution that wants another one.
    pub(crate) entrance: Entrance,
    /// How long the result of a search is in the making.
    pub(crate) busy: Span,
    pub(crate) now: Timestamp,
}

/// Answers the file `name` that came with this certificate.
pub(crate) fn answer(
    tx: &mut Transaction<'_>,
    certificate: Fingerprint,
    name: &FileName,
    request: &[u8],
    means: &Means<'_>,
) -> Result<Taken, AnswerRefusal> {
    let institution = institution::caller(tx, certificate)?.ok_or(AnswerRefusal::UnknownCaller)?;
    let interface = name.interface();
    if interface.direction != oqs::Direction::Request || name.extension() != Extension::Xml {
        return Err(AnswerRefusal::NoRequest(name.clone()));
    }
    let chain = audit::take(tx, institution)?;
    let hints = oqs::find_hints(request);
    let message = interface.exchange.prefix();
    let asker = Asker { institution, certificate, message, identifier: hints.identifier, now: means.now };
    let mut entries = Vec::new();
    let (message, code) = match oqs::parse(interface, request) {
        Ok(reading) => {
            let message = respond(tx, &asker, interface.exchange, reading.message, means, &mut entries)?;
            (message, reading.character_code)
        }
        Err(unreadable) => {
            tracing::info!(interface = %interface, reason = %unreadable, "a request file cannot be read");
            entries.push(asker.entry(None, Matter::File, ResultCode::Unreadable));
            let message = format!("{}{}", ResultCode::Unreadable.message(), unreadable.japanese());
            let fault = oqs::Fault { message: Some(message), ..ResultCode::Unreadable.fault() };
            (refused(&asker, interface.exchange, fault), hints.character_code)
        }
    };
    audit::write(tx, means.key, chain, &entries)?;
    let misses = entries.iter().filter(|entry| is_miss(entry)).count();
    let taken = |answered| Taken { answered, institution, misses };
    let body = oqs::write(&message, code);
    let name = name.answer();
    if body.len() <= LARGEST_UNPACKED {
        return Ok(taken(Answered { name, body }));
    }
    let name = name.with_extension(Extension::Zip);
    Ok(taken(Answered { body: oqs::pack(&name, &body), name }))
}

/// Whether a question was by a document that is nobody's.
fn is_miss(entry: &audit::Entry) -> bool {
    entry.reception.is_none() && entry.outcome == audit::Outcome::Access(Access::NotThere)
}

/// What the request file `name` is told while the system is closed, where it can be read. Nothing is looked up.
pub(super) fn closed(certificate: Fingerprint, name: &FileName, request: &[u8], now: Timestamp) -> Option<Answered> {
    let interface = name.interface();
    if interface.direction != oqs::Direction::Request || name.extension() != Extension::Xml {
        return None;
    }
    let reading = oqs::parse(interface, request).ok()?;
    let institution = *named(&reading.message)?.right()?;
    let identifier = oqs::find_hints(request).identifier;
    let asker = Asker { institution, certificate, message: interface.exchange.prefix(), identifier, now };
    let message = refused(&asker, interface.exchange, ResultCode::Closed.fault());
    Some(Answered { name: name.answer(), body: oqs::write(&message, reading.character_code) })
}

/// Whom a request names as its asker.
fn named(message: &Message) -> Option<&Claimed<InstitutionCode>> {
    match message {
        Message::QualificationRequest(request) => Some(&request.header.institution),
        Message::ReferenceNumberRequest(request) => Some(&request.header.institution),
        Message::BulkSearch(request) => Some(&request.header.institution),
        Message::BulkFetch(request) => Some(&request.header.institution),
        Message::WithdrawalRequest(request) => Some(&request.header.institution),
        Message::AccessUrlRequest(request) => Some(&request.header.institution),
        Message::EnvironmentRequest(request) => Some(&request.header.institution),
        Message::EnvironmentUpdateRequest(request) => Some(&request.header.institution),
        Message::MedicalRequest(request) => Some(&request.header.institution),
        Message::QualificationAnswer(_)
        | Message::ReferenceNumberAnswer(_)
        | Message::BulkAccepted(_)
        | Message::BulkResult(_)
        | Message::WithdrawalAnswer(_)
        | Message::AccessUrlAnswer(_)
        | Message::EnvironmentAnswer(_)
        | Message::MedicineRecords(_)
        | Message::CheckUps(_) => None,
    }
}

fn respond(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    exchange: Exchange,
    message: Message,
    means: &Means<'_>,
    entries: &mut Vec<audit::Entry>,
) -> Result<Message, database::Error> {
    let fault = match named(&message) {
        None => Some((ResultCode::Unsupported, ResultCode::Unsupported.fault())),
        Some(doubtful @ Claimed::Doubtful(_)) => Some((ResultCode::WrongInstitutionCode, wrong::institution(doubtful))),
        Some(Claimed::Right(named)) if *named != asker.institution => {
            Some((ResultCode::OtherInstitution, ResultCode::OtherInstitution.fault()))
        }
        Some(Claimed::Right(_)) => None,
    };
    if let Some((code, fault)) = fault {
        entries.push(asker.entry(None, Matter::File, code));
        return Ok(refused(asker, exchange, fault));
    }
    Ok(match (exchange, message) {
        (Exchange::Qualification, Message::QualificationRequest(request)) => {
            Message::QualificationAnswer(qualification::by_document_alone(tx, asker, &request, entries)?)
        }
        (Exchange::OnlineQualification, Message::QualificationRequest(request)) => {
            let wanted = Wanted::Online(request.body.search.examination_date);
            Message::QualificationAnswer(qualification::one(tx, asker, &request, wanted, entries)?)
        }
        (Exchange::HomeVisitQualification, Message::QualificationRequest(request)) => {
            Message::QualificationAnswer(qualification::one(tx, asker, &request, Wanted::HomeVisit, entries)?)
        }
        (Exchange::OnlineBulkSearch, Message::BulkSearch(request)) => {
            Message::BulkAccepted(bulk::search(tx, asker, &request, (Kind::Online, &means.number), entries)?)
        }
        (Exchange::HomeVisitBulkSearch, Message::BulkSearch(request)) => {
            Message::BulkAccepted(bulk::search(tx, asker, &request, (Kind::HomeVisit, &means.number), entries)?)
        }
        (Exchange::OnlineBulkFetch, Message::BulkFetch(request)) => {
            Message::BulkResult(bulk::fetch(tx, asker, &request, (Kind::Online, means.busy), entries)?)
        }
        (Exchange::HomeVisitBulkFetch, Message::BulkFetch(request)) => {
            Message::BulkResult(bulk::fetch(tx, asker, &request, (Kind::HomeVisit, means.busy), entries)?)
        }
        (Exchange::ReferenceNumber, Message::ReferenceNumberRequest(request)) => {
            Message::ReferenceNumberAnswer(own::reference_number(tx, asker, request, entries)?)
        }
        (Exchange::HomeVisitWithdrawal, Message::WithdrawalRequest(request)) => {
            Message::WithdrawalAnswer(own::withdrawal(tx, asker, &request, entries)?)
        }
        (Exchange::AccessUrl, Message::AccessUrlRequest(request)) => {
            Message::AccessUrlAnswer(own::access_url(tx, asker, &request, means, entries)?)
        }
        (Exchange::Environment, Message::EnvironmentRequest(request)) => {
            Message::EnvironmentAnswer(own::settings(tx, asker, &request.header)?)
        }
        (Exchange::EnvironmentUpdate, Message::EnvironmentUpdateRequest(request)) => {
            institution::set(tx, asker.institution, &request.body.settings)?;
            entries.push(asker.entry(None, Matter::Settings, audit::Outcome::Changed));
            Message::EnvironmentAnswer(own::settings(tx, asker, &request.header)?)
        }
        (Exchange::Medicines | Exchange::Diagnoses | Exchange::Operations, Message::MedicalRequest(request)) => {
            Message::MedicineRecords(medical::records(tx, asker, exchange, &request, entries)?)
        }
        (Exchange::CheckUps, Message::MedicalRequest(request)) => {
            Message::CheckUps(medical::check_ups(tx, asker, &request, entries)?)
        }
        _ => {
            entries.push(asker.entry(None, Matter::File, ResultCode::Unsupported));
            refused(asker, exchange, ResultCode::Unsupported.fault())
        }
    })
}

/// The answer that says no as a whole.
fn refused(asker: &Asker, exchange: Exchange, fault: oqs::Fault) -> Message {
    let is_qualification =
        matches!(exchange, Exchange::Qualification | Exchange::HomeVisitQualification | Exchange::OnlineQualification);
    let is_bulk_result = matches!(exchange, Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch);
    let header = AnswerHeader {
        processed_at: Some(asker.now),
        // Readers of 資格確認 want the day and how it was asked in every answer, also where nothing was looked up; those of
        // bulk results the day alone.
        confirmation_date: (is_qualification || is_bulk_result).then(|| asker.now.japan_date()),
        institution: asker.institution.into(),
        identifier: asker.identifier.clone(),
        reference: is_qualification.then_some(oqs::ReferenceClassification::InsuredData),
        bulk_number: None,
        results: None,
        normal: None,
        errors: None,
    };
    macro_rules! whole {
        ($message:ident) => {
            Message::$message(Answer { header, outcome: Outcome::Abnormal(fault) })
        };
    }
    match exchange {
        Exchange::Qualification | Exchange::HomeVisitQualification | Exchange::OnlineQualification => {
            whole!(QualificationAnswer)
        }
        Exchange::ReferenceNumber => whole!(ReferenceNumberAnswer),
        Exchange::HomeVisitBulkSearch | Exchange::OnlineBulkSearch => whole!(BulkAccepted),
        Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch => whole!(BulkResult),
        Exchange::HomeVisitWithdrawal => whole!(WithdrawalAnswer),
        Exchange::AccessUrl => whole!(AccessUrlAnswer),
        Exchange::Environment | Exchange::EnvironmentUpdate => whole!(EnvironmentAnswer),
        Exchange::Medicines | Exchange::Diagnoses | Exchange::Operations => {
            Message::MedicineRecords(medical::refused(asker, asker.identifier.clone(), refusal(fault)))
        }
        Exchange::CheckUps => Message::CheckUps(medical::refused(asker, asker.identifier.clone(), refusal(fault))),
    }
}

/// The same fault as answers with medical information say it.
fn refusal(fault: oqs::Fault) -> oqs::MedicalRefusal {
    let said = fault.code.and_then(|code| oqs::MedicalRefusal::new(&code, fault.message));
    said.unwrap_or_else(|| ResultCode::Unsupported.refusal())
}
