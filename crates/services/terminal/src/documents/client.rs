use base::Timestamp;
use oqs::{CheckedNumber, Exchange, QualificationSearch};

use super::rules::DocumentQuery;
use crate::{
    client::{EligibilityClient, EligibilityError},
    eligibility::client::EligibilityCheck,
};

impl EligibilityClient {
    /// 資格確認 by the items that the desk typed from an insurance document: without a registration, as of today.
    pub(crate) async fn check_eligibility_by_document(
        &self,
        query: &DocumentQuery,
        now: Timestamp,
    ) -> Result<EligibilityCheck, EligibilityError> {
        let request_id = self.new_request_id(Exchange::Qualification, now);
        let search = QualificationSearch {
            insurer: CheckedNumber::Valid(query.insurer),
            symbol: query.symbol.clone(),
            number: query.number.clone(),
            branch: query.branch,
            birthdate: query.birth_date,
            limit_consent: Some(query.limit_consent),
            examination_date: None,
            identifier: Some(request_id.identifier.clone()),
        };
        self.request_qualification(&request_id, search, now.japan_date()).await
    }
}
