use base::{Date, Timestamp};
use oqs::{
    Message, ParsedMessage, QualificationRequest, QualificationResponse, QualificationSearch, ReadWarning,
    RequestMessage,
};

use super::rules::InsuranceDocument;
use crate::client::{EligibilityClient, EligibilityError, RequestId, require_normal};

/// The eligibility by one insurance document.
#[derive(Debug, Clone)]
pub(crate) struct EligibilityCheck {
    pub(crate) response: QualificationResponse,
    /// 資格確認日
    pub(crate) confirmed_for: Option<Date>,
    /// 処理実行日時
    pub(crate) processed_at: Option<Timestamp>,
    /// What could not be read in the response.
    pub(crate) doubts: Vec<ReadWarning>,
}

impl EligibilityClient {
    /// 資格確認 (オンライン診療等), or 再照会 of 訪問診療等: the eligibility of a registered patient by one insurance document; for
    /// online care on the day `visit`.
    pub(crate) async fn check_eligibility(
        &self,
        document: &InsuranceDocument,
        visit: Option<Date>,
        now: Timestamp,
    ) -> Result<EligibilityCheck, EligibilityError> {
        let request_id = self.new_request_id(document.care.qualification_exchange(), now);
        let search = QualificationSearch {
            insurer: document.insurer(),
            symbol: document.symbol(),
            number: document.number().ok_or(EligibilityError::UnexpectedMessage)?,
            branch: document.branch(),
            birthdate: document.birthdate,
            limit_consent: None,
            examination_date: visit,
            identifier: Some(request_id.identifier.clone()),
        };
        let day = visit.unwrap_or_else(|| now.japan_date());
        self.request_qualification(&request_id, search, day).await
    }

    /// Requests the eligibility by the items of `search`, for `day`.
    pub(crate) async fn request_qualification(
        &self,
        request_id: &RequestId,
        search: QualificationSearch,
        day: Date,
    ) -> Result<EligibilityCheck, EligibilityError> {
        let header = self.request_header(request_id, Some(day));
        let request = Message::QualificationRequest(RequestMessage { header, body: QualificationRequest { search } });
        let ParsedMessage { message: Message::QualificationResponse(response), warnings: doubts, .. } =
            self.send_request(request_id, &request).await?
        else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(request_id, &response.header)?;
        let (confirmed_for, processed_at) = (response.header.confirmation_date, response.header.processed_at);
        let response = require_normal(response.outcome)?;
        Ok(EligibilityCheck { response, confirmed_for, processed_at, doubts })
    }
}
