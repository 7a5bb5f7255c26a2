//! A request file in, its answer out: one transaction, with the audit rows of all that was read.

use base::{InstitutionCode, Timestamp};
use database::Transaction;
use oqs::{Answer, AnswerHeader, Exchange, Extension, FileName, Message, Outcome, ResultCode};

use super::{medical, qualification};
use crate::{
    Fingerprint,
    store::{audit, bulk, institution},
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

/// Why a request file gets no answer file.
#[derive(Debug, thiserror::Error)]
pub enum AnswerRefusal {
    /// The certificate is not, or no longer, one of an institution.
    #[error("the certificate is of no institution that is admitted")]
    UnknownCaller,
    /// The file is no request as XML.
    #[error("'{0}' names no request file")]
    NoRequest(FileName),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] database::Error),
}

/// Who asks, by which message, and when.
pub(super) struct Asker {
    pub(super) institution: InstitutionCode,
    pub(super) certificate: Fingerprint,
    pub(super) message: &'static str,
    pub(super) now: Timestamp,
}

impl Asker {
    /// The audit row of one reading.
    pub(super) fn entry(
        &self,
        reception: Option<base::ReceptionNumber>,
        subject: crate::Subject,
        access: crate::Access,
    ) -> audit::Entry {
        audit::Entry { at: self.now, certificate: self.certificate, message: self.message, reception, subject, access }
    }
}

/// Answers the file `name` that came with this certificate. `number` is a fresh one, for a search that is to be kept.
pub(crate) fn answer(
    tx: &mut Transaction<'_>,
    certificate: Fingerprint,
    name: &FileName,
    request: &[u8],
    number: &str,
    now: Timestamp,
) -> Result<Answered, AnswerRefusal> {
    let institution = institution::caller(tx, certificate)?.ok_or(AnswerRefusal::UnknownCaller)?;
    let interface = name.interface();
    if interface.direction != oqs::Direction::Request || name.extension() != Extension::Xml {
        return Err(AnswerRefusal::NoRequest(name.clone()));
    }
    let asker = Asker { institution, certificate, message: interface.exchange.prefix(), now };
    let (message, code) = match oqs::parse(interface, request) {
        Ok(reading) => {
            let mut entries = Vec::new();
            let message = respond(tx, &asker, interface.exchange, reading.message, number, &mut entries)?;
            audit::write(tx, institution, &entries)?;
            (message, reading.character_code)
        }
        Err(unreadable) => {
            tracing::info!(interface = %interface, reason = %unreadable, "a request file cannot be read");
            (no(&asker, interface.exchange, ResultCode::Unreadable), oqs::CharacterCode::Utf8)
        }
    };
    let body = oqs::write(&message, code);
    let name = name.answer();
    if body.len() <= LARGEST_UNPACKED {
        return Ok(Answered { name, body });
    }
    let name = name.with_extension(Extension::Zip);
    Ok(Answered { body: oqs::pack(&name, &body), name })
}

fn respond(
    tx: &mut Transaction<'_>,
    asker: &Asker,
    exchange: Exchange,
    message: Message,
    number: &str,
    entries: &mut Vec<audit::Entry>,
) -> Result<Message, database::Error> {
    let named = match &message {
        Message::QualificationRequest(request) => request.header.institution.right(),
        Message::BulkSearch(request) => request.header.institution.right(),
        Message::BulkFetch(request) => request.header.institution.right(),
        Message::MedicalRequest(request) => request.header.institution.right(),
        _ => return Ok(no(asker, exchange, ResultCode::Unsupported)),
    };
    if named != Some(&asker.institution) {
        return Ok(no(asker, exchange, ResultCode::OtherInstitution));
    }
    match (exchange, message) {
        (Exchange::OnlineQualification, Message::QualificationRequest(request)) => {
            qualification::one(tx, asker, &request, entries).map(Message::QualificationAnswer)
        }
        (Exchange::OnlineBulkSearch, Message::BulkSearch(request)) => {
            let mut header = AnswerHeader::to(&request.header, asker.now);
            let search = request.body.search;
            let fault = match search.treatment {
                oqs::MedicalTreatment::Online => qualification::period_fault(search.period),
                _ => Some(ResultCode::Unsupported),
            };
            if let Some(fault) = fault {
                return Ok(Message::BulkAccepted(Answer { header, outcome: Outcome::Abnormal(fault.fault()) }));
            }
            bulk::keep(tx, asker.institution, number, search.period, asker.now)?;
            header.bulk_number = oqs::BulkNumber::new(number);
            let body = oqs::BulkAccepted { processing: Some(oqs::Processing::normal()) };
            Ok(Message::BulkAccepted(Answer { header, outcome: Outcome::Normal(body) }))
        }
        (Exchange::OnlineBulkFetch, Message::BulkFetch(request)) => {
            qualification::many(tx, asker, &request, entries).map(Message::BulkResult)
        }
        (Exchange::Medicines | Exchange::Diagnoses | Exchange::Operations, Message::MedicalRequest(request)) => {
            medical::records(tx, asker, exchange, &request, entries).map(Message::MedicineRecords)
        }
        (Exchange::CheckUps, Message::MedicalRequest(request)) => {
            medical::check_ups(tx, asker, &request, entries).map(Message::CheckUps)
        }
        _ => Ok(no(asker, exchange, ResultCode::Unsupported)),
    }
}

/// The answer that says no as a whole.
fn no(asker: &Asker, exchange: Exchange, fault: ResultCode) -> Message {
    let header = AnswerHeader {
        processed_at: Some(asker.now),
        confirmation_date: None,
        institution: asker.institution.into(),
        identifier: None,
        reference: None,
        bulk_number: None,
        results: None,
        normal: None,
        errors: None,
    };
    macro_rules! whole {
        ($message:ident) => {
            Message::$message(Answer { header, outcome: Outcome::Abnormal(fault.fault()) })
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
            Message::MedicineRecords(medical::no(asker, None, fault))
        }
        Exchange::CheckUps => Message::CheckUps(medical::no(asker, None, fault)),
    }
}
