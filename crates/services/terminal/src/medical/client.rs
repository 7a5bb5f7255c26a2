use base::{Date, Timestamp};
use oqs::{
    CheckUps, CheckedNumber, Exchange, FileCategory, MedicalOutcome, MedicalPerson, MedicalRefusal, MedicalRequest,
    MedicalRequestHeader, MedicalResponse, MedicineRecords, Message, ParsedMessage, ReadWarning, RequestMessage,
};

use super::rules::{MonthRange, RecordKind};
use crate::{
    client::{EligibilityClient, EligibilityError, RequestId},
    eligibility::rules::InsuranceDocument,
};

/// Medical information, or the system's reason for none; and what could not be read in it.
#[derive(Debug, Clone)]
pub(crate) struct MedicalInformation<Body> {
    pub(crate) person: Option<MedicalPerson>,
    pub(crate) outcome: Result<Body, MedicalRefusal>,
    pub(crate) doubts: Vec<ReadWarning>,
}

impl EligibilityClient {
    /// 薬剤情報, 診療情報 or 手術情報 of some months, as far as the patient agreed for `visit`.
    pub(crate) async fn fetch_records(
        &self,
        kind: RecordKind,
        document: &InsuranceDocument,
        visit: Option<Date>,
        months: MonthRange,
        now: Timestamp,
    ) -> Result<MedicalInformation<MedicineRecords>, EligibilityError> {
        let exchange = match kind {
            RecordKind::Medicines => Exchange::Medicines,
            RecordKind::Diagnoses => Exchange::Diagnoses,
            RecordKind::Operations => Exchange::Operations,
        };
        let (request_id, request) = self.medical_request(exchange, document, visit, Some(months), now)?;
        let ParsedMessage { message: Message::MedicineRecords(response), warnings: doubts, .. } =
            self.send_request(&request_id, &request).await?
        else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.read_medical_information(&request_id, response, doubts)
    }

    /// 特定健診情報: all check-ups, as far as the patient agreed for `visit`.
    pub(crate) async fn fetch_check_ups(
        &self,
        document: &InsuranceDocument,
        visit: Option<Date>,
        now: Timestamp,
    ) -> Result<MedicalInformation<CheckUps>, EligibilityError> {
        let (request_id, request) = self.medical_request(Exchange::CheckUps, document, visit, None, now)?;
        let ParsedMessage { message: Message::CheckUps(response), warnings: doubts, .. } =
            self.send_request(&request_id, &request).await?
        else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.read_medical_information(&request_id, response, doubts)
    }

    fn medical_request(
        &self,
        exchange: Exchange,
        document: &InsuranceDocument,
        visit: Option<Date>,
        months: Option<MonthRange>,
        now: Timestamp,
    ) -> Result<(RequestId, Message), EligibilityError> {
        let request_id = self.new_request_id(exchange, now);
        let header = MedicalRequestHeader {
            institution: CheckedNumber::Valid(self.institution()),
            insurer: document.insurer(),
            symbol: document.symbol(),
            number: document.number().ok_or(EligibilityError::UnexpectedMessage)?,
            branch: document.branch(),
            identifier: Some(request_id.identifier.clone()),
        };
        let body = MedicalRequest {
            from: months.map(|months| months.from),
            to: months.map(|months| months.to),
            file: Some(FileCategory::Xml),
            prescriptions: None,
            treatment: document.care.treatment(),
            examination_date: visit,
        };
        Ok((request_id, Message::MedicalRequest(RequestMessage { header, body })))
    }

    fn read_medical_information<Body>(
        &self,
        request_id: &RequestId,
        response: MedicalResponse<Body>,
        doubts: Vec<ReadWarning>,
    ) -> Result<MedicalInformation<Body>, EligibilityError> {
        let header = response.header;
        self.check_recipient(Some(&request_id.identifier), header.institution.as_ref(), header.identifier.as_ref())?;
        let outcome = match response.outcome {
            MedicalOutcome::Normal(body) => Ok(body),
            MedicalOutcome::Refused(refusal) => Err(refusal),
        };
        Ok(MedicalInformation { person: header.person, outcome, doubts })
    }
}
