//! The refusal of a whole request, in the form that the responses of its exchange have.

use base::{InstitutionCode, Timestamp};

use crate::{
    CheckedNumber, Exchange, Fault, Identifier, MedicalOutcome, MedicalRefusal, MedicalResponse, MedicalResponseHeader,
    Message, Outcome, ReferenceClassification, ResponseHeader, ResponseMessage, ResultCode,
};

/// To whom a request is refused: what the header of the refusal says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRequest {
    /// 医療機関コード
    pub institution: CheckedNumber<InstitutionCode>,
    /// 任意のファイル識別子, if it could be read.
    pub identifier: Option<Identifier>,
    /// 処理実行日時
    pub refused_at: Timestamp,
}

impl RefusedRequest {
    /// The header of a response that has nothing else to say.
    pub fn header(&self) -> ResponseHeader {
        ResponseHeader::new(self.institution.clone(), self.identifier.clone(), self.refused_at)
    }

    /// The refusal: 異常終了 with the code and message of `fault`.
    pub fn refuse(self, exchange: Exchange, fault: Fault) -> Message {
        use Exchange as E;
        macro_rules! whole {
            ($message:ident, $header:expr) => {
                Message::$message(ResponseMessage { header: $header, outcome: Outcome::Abnormal(fault) })
            };
        }
        // Responses of 資格確認 have the day and the kind of search even if nothing was looked up; bulk results only the day.
        let today = Some(self.refused_at.japan_date());
        let header = self.header();
        match exchange {
            E::Qualification | E::HomeVisitQualification | E::OnlineQualification => {
                let reference_classification = Some(ReferenceClassification::InsuredData);
                let header = ResponseHeader { confirmation_date: today, reference_classification, ..header };
                whole!(QualificationResponse, header)
            }
            E::HomeVisitBulkFetch | E::OnlineBulkFetch => {
                whole!(BulkResult, ResponseHeader { confirmation_date: today, ..header })
            }
            E::InquiryNumber => whole!(InquiryNumberResponse, header),
            E::HomeVisitBulkSearch | E::OnlineBulkSearch => whole!(BulkSearchResponse, header),
            E::HomeVisitWithdrawal => whole!(WithdrawalResponse, header),
            E::AccessUrl => whole!(AccessUrlResponse, header),
            E::Environment | E::EnvironmentUpdate => whole!(EnvironmentResponse, header),
            E::Medicines | E::Diagnoses | E::Operations => {
                Message::MedicineRecords(self.refuse_medical(to_medical_refusal(fault)))
            }
            E::CheckUps => Message::CheckUps(self.refuse_medical(to_medical_refusal(fault))),
        }
    }

    /// The refusal of a request for medical information.
    pub fn refuse_medical<Body>(self, refusal: MedicalRefusal) -> MedicalResponse<Body> {
        let header = MedicalResponseHeader {
            processed_at: Some(self.refused_at),
            institution: Some(self.institution),
            identifier: self.identifier,
            person: None,
        };
        MedicalResponse { header, outcome: MedicalOutcome::Refused(refusal) }
    }
}

/// The same fault, in the form of responses with medical information.
fn to_medical_refusal(fault: Fault) -> MedicalRefusal {
    let refusal = fault.code.and_then(|code| MedicalRefusal::new(&code, fault.message));
    refusal.unwrap_or_else(|| ResultCode::Unsupported.medical_refusal())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CharacterCode;

    fn request() -> RefusedRequest {
        RefusedRequest {
            institution: CheckedNumber::Valid("0110113719".parse().expect("an institution")),
            identifier: Identifier::new("A1"),
            refused_at: "2026-11-24T08:00:00+09:00".parse().expect("a timestamp"),
        }
    }

    #[test]
    fn every_exchange_reads_its_refusal() {
        for exchange in Exchange::ALL {
            let message = request().refuse(exchange, ResultCode::Closed.fault());
            let bytes = crate::write(&message, CharacterCode::Utf8);
            let parsed = crate::parse(exchange.response(), &bytes).expect("a refusal is read");
            assert_eq!(parsed.message, message, "{exchange:?}");
        }
    }

    #[test]
    fn a_fault_without_a_code_has_one_in_medical_responses() {
        let message = request().refuse(Exchange::CheckUps, Fault { code: None, message: None });
        let Message::CheckUps(response) = message else { panic!("another message") };
        let MedicalOutcome::Refused(refusal) = response.outcome else { panic!("no refusal") };
        assert_eq!(refusal.code(), ResultCode::Unsupported.code());
    }
}
