//! The answer that the terminal itself writes when the system gave none, and what an answer says as a whole.

use base::{InstitutionCode, Timestamp};
use oqs::{
    Answer, AnswerHeader, CharacterCode, Exchange, Fault, Hints, Identifier, MedicalAnswer, MedicalAnswerHeader,
    MedicalOutcome, MedicalRefusal, Message, Outcome, ReferenceClassification,
};
use shell::{Language, Refuse};

use super::folders::Ask;
use crate::{Refusal, client::Failure};

/// The code of a failure in an answer file: `T` and three digits, as the system's own are `U`. They never change.
fn code(failure: &Failure) -> &'static str {
    match failure {
        Failure::Unreachable(_) => "T101",
        Failure::Slow(_) => "T102",
        Failure::WrongServer(_) => "T103",
        Failure::CertificateRefused(_) => "T104",
        Failure::Closed { .. } => "T105",
        Failure::CutOff(_) => "T106",
        Failure::TooLong(_) => "T201",
        Failure::Status(_) | Failure::Archive(_) | Failure::Unreadable(_) | Failure::AnotherMessage => "T202",
        Failure::NotOurs => "T203",
        Failure::Refused(_) => "T204",
    }
}

/// What an ask is answered with where the system did not answer it.
pub(super) fn answer(institution: InstitutionCode, ask: &Ask, failure: &Failure, now: Timestamp) -> Message {
    let exchange = ask.name.interface().exchange;
    let (code, message) = (code(failure), message(failure));
    let identifier = hints(ask).identifier;
    let is_qualification =
        matches!(exchange, Exchange::Qualification | Exchange::HomeVisitQualification | Exchange::OnlineQualification);
    let is_bulk_result = matches!(exchange, Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch);
    let header = AnswerHeader {
        confirmation_date: (is_qualification || is_bulk_result).then(|| now.japan_date()),
        reference: is_qualification.then_some(ReferenceClassification::InsuredData),
        ..failure_header(institution, identifier.clone(), now)
    };
    let fault = Fault { code: Some(code.to_owned()), message: Some(message.clone()) };
    macro_rules! whole {
        ($message:ident) => {
            Message::$message(Answer { header, outcome: Outcome::Abnormal(fault) })
        };
    }
    macro_rules! medical {
        ($message:ident) => {
            Message::$message(MedicalAnswer {
                header: MedicalAnswerHeader {
                    processed_at: Some(now),
                    institution: Some(institution.into()),
                    identifier,
                    person: None,
                },
                outcome: MedicalOutcome::Refused(
                    MedicalRefusal::new(code, Some(message)).expect("a code of ours is neither blank nor 1"),
                ),
            })
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
        Exchange::Medicines | Exchange::Diagnoses | Exchange::Operations => medical!(MedicineRecords),
        Exchange::CheckUps => medical!(CheckUps),
    }
}

fn failure_header(institution: InstitutionCode, identifier: Option<Identifier>, now: Timestamp) -> AnswerHeader {
    AnswerHeader {
        processed_at: Some(now),
        confirmation_date: None,
        institution: institution.into(),
        identifier,
        reference: None,
        bulk_number: None,
        results: None,
        normal: None,
        errors: None,
    }
}

/// What a file is answered with whose name has the form of a request's and is of no kind that this terminal knows.
pub(super) fn answer_unknown(institution: InstitutionCode, bytes: &[u8], now: Timestamp) -> Vec<u8> {
    let Hints { character_code, identifier } = oqs::find_hints(bytes);
    let message = "この端末は、この名前の要求ファイルに対応していません。ファイル名（接頭辞、空白、req_や拡張子の大文字）を確認してください。";
    let fault = Fault { code: Some("T301".to_owned()), message: Some(message.to_owned()) };
    oqs::write_failure(&failure_header(institution, identifier, now), &fault, character_code)
}

/// As the desk is told it, in one sentence.
fn message(failure: &Failure) -> String {
    match failure {
        Failure::TooLong(_) => "ファイルが大きすぎます。".to_owned(),
        Failure::Closed { .. } => "オンライン資格確認等システムは停止中です。後でもう一度照会してください。".to_owned(),
        Failure::Unreachable(_) => {
            "オンライン資格確認等システムにつながりません。後でもう一度照会してください。".to_owned()
        }
        Failure::Slow(_) | Failure::CutOff(_) => {
            "応答を受け取れませんでした。後でもう一度照会してください。".to_owned()
        }
        _ => heading(failure),
    }
}

fn heading(failure: &Failure) -> String {
    // The words of the page for the same failure; what lies beneath it stays in the log.
    let bare = match failure {
        Failure::WrongServer(_) => Failure::WrongServer("".into()),
        Failure::CertificateRefused(_) => Failure::CertificateRefused(None),
        Failure::NotOurs => Failure::NotOurs,
        Failure::Refused(fault) => Failure::Refused(fault.clone()),
        _ => Failure::AnotherMessage,
    };
    Refusal::Interface(bare).sorry().happened.in_language(Language::Japanese).to_owned()
}

/// The character code that an ask is written in: its answer is written in the same.
pub(super) fn code_of(ask: &Ask) -> CharacterCode {
    hints(ask).character_code
}

fn hints(ask: &Ask) -> Hints {
    oqs::find_hints(ask.content.bytes())
}

/// Whom a message names as institution, and its 任意のファイル識別子.
pub(crate) fn whose(message: &Message) -> (Option<&oqs::Claimed<InstitutionCode>>, Option<&Identifier>) {
    macro_rules! of {
        ($header:expr) => {
            (Some(&$header.institution), $header.identifier.as_ref())
        };
    }
    match message {
        Message::QualificationRequest(request) => of!(request.header),
        Message::ReferenceNumberRequest(request) => of!(request.header),
        Message::BulkSearch(request) => of!(request.header),
        Message::BulkFetch(request) => of!(request.header),
        Message::WithdrawalRequest(request) => of!(request.header),
        Message::AccessUrlRequest(request) => of!(request.header),
        Message::EnvironmentRequest(request) => of!(request.header),
        Message::EnvironmentUpdateRequest(request) => of!(request.header),
        Message::MedicalRequest(request) => of!(request.header),
        Message::QualificationAnswer(answer) => of!(answer.header),
        Message::ReferenceNumberAnswer(answer) => of!(answer.header),
        Message::BulkAccepted(answer) => of!(answer.header),
        Message::BulkResult(answer) => of!(answer.header),
        Message::WithdrawalAnswer(answer) => of!(answer.header),
        Message::AccessUrlAnswer(answer) => of!(answer.header),
        Message::EnvironmentAnswer(answer) => of!(answer.header),
        Message::MedicineRecords(answer) => (answer.header.institution.as_ref(), answer.header.identifier.as_ref()),
        Message::CheckUps(answer) => (answer.header.institution.as_ref(), answer.header.identifier.as_ref()),
    }
}

/// 異常終了: the ask itself was at fault.
pub(super) fn says_no_as_a_whole(message: &Message) -> bool {
    macro_rules! abnormal {
        ($answer:expr) => {
            matches!($answer.outcome, Outcome::Abnormal(_))
        };
    }
    match message {
        Message::QualificationAnswer(answer) => abnormal!(answer),
        Message::ReferenceNumberAnswer(answer) => abnormal!(answer),
        Message::BulkAccepted(answer) => abnormal!(answer),
        Message::BulkResult(answer) => abnormal!(answer),
        Message::WithdrawalAnswer(answer) => abnormal!(answer),
        Message::AccessUrlAnswer(answer) => abnormal!(answer),
        Message::EnvironmentAnswer(answer) => abnormal!(answer),
        // The system could not read it, does not answer it, or makes no such files; the rest is about the patient.
        Message::MedicineRecords(answer) => is_about_the_ask(&answer.outcome),
        Message::CheckUps(answer) => is_about_the_ask(&answer.outcome),
        _ => false,
    }
}

fn is_about_the_ask<Body>(outcome: &MedicalOutcome<Body>) -> bool {
    matches!(outcome, MedicalOutcome::Refused(refusal) if refusal.code().starts_with("U0") || refusal.code() == "U401")
}
