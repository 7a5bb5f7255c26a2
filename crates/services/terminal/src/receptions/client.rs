use base::Timestamp;
use oqs::{
    BulkFetch, BulkNumber, BulkSearch, BulkSearchRequest, BulkUnit, Exchange, Message, Outcome, ParsedMessage,
    ReadWarning, RequestMessage, WithdrawalRequest, WithdrawnConsent,
};

use crate::{
    client::{EligibilityClient, EligibilityError, check_processing, require_normal},
    eligibility::rules::{Care, InsuranceDocument, ListQuery},
};

/// A list of receptions, or the number to fetch it with later.
#[derive(Debug)]
pub(crate) enum BulkList {
    Ready {
        /// One per reception.
        units: Vec<BulkUnit>,
        /// What could not be read in the response.
        doubts: Vec<ReadWarning>,
    },
    /// 処理中: to be fetched again later, with this number.
    InProgress(BulkNumber),
}

impl EligibilityClient {
    /// 同意済資格情報一括取得: the receptions of some days. With the number of a list that was requested before, only that list
    /// is fetched.
    pub(crate) async fn fetch_receptions(
        &self,
        query: ListQuery,
        pending: Option<BulkNumber>,
        now: Timestamp,
    ) -> Result<BulkList, EligibilityError> {
        let number = match pending {
            Some(number) => number,
            None => self.submit_bulk_search(query, now).await?,
        };
        for attempt in 0..self.timeouts.tries {
            if attempt > 0 {
                tokio::time::sleep(self.timeouts.pause).await;
            }
            if let Some(list) = self.fetch_bulk_result(query.criterion.care(), &number, now).await? {
                return Ok(list);
            }
        }
        Ok(BulkList::InProgress(number))
    }

    async fn submit_bulk_search(&self, query: ListQuery, now: Timestamp) -> Result<BulkNumber, EligibilityError> {
        let care = query.criterion.care();
        let request_id = self.new_request_id(care.bulk_exchanges().0, now);
        let search = BulkSearch { period: query.period(), treatment: care.treatment() };
        let body = BulkSearchRequest { search };
        let request = Message::BulkSearch(RequestMessage { header: self.request_header(&request_id, None), body });
        let Message::BulkSearchResponse(response) = self.send_request(&request_id, &request).await?.message else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(&request_id, &response.header)?;
        // 処理中 is no failure here: the number is given all the same.
        if let Outcome::Abnormal(fault) = response.outcome {
            return Err(EligibilityError::Refused(fault));
        }
        response.header.bulk_number.ok_or(EligibilityError::UnexpectedMessage)
    }

    async fn fetch_bulk_result(
        &self,
        care: Care,
        number: &BulkNumber,
        now: Timestamp,
    ) -> Result<Option<BulkList>, EligibilityError> {
        let request_id = self.new_request_id(care.bulk_exchanges().1, now);
        let body = BulkFetch { number: number.clone() };
        let request = Message::BulkFetch(RequestMessage { header: self.request_header(&request_id, None), body });
        let ParsedMessage { message: Message::BulkResult(response), warnings: doubts, .. } =
            self.send_request(&request_id, &request).await?
        else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(&request_id, &response.header)?;
        match response.outcome {
            Outcome::Normal(body) => Ok(Some(BulkList::Ready { units: join_units(body.units), doubts })),
            Outcome::InProgress(_) => Ok(None),
            Outcome::Abnormal(fault) => Err(EligibilityError::Refused(fault)),
        }
    }

    /// 閲覧同意取り消し: withdraws every consent of a 訪問診療等 patient for this institution.
    pub(crate) async fn withdraw_consent(
        &self,
        document: &InsuranceDocument,
        now: Timestamp,
    ) -> Result<(), EligibilityError> {
        let request_id = self.new_request_id(Exchange::HomeVisitWithdrawal, now);
        let consent = WithdrawnConsent {
            insurer: document.insurer(),
            symbol: document.symbol(),
            number: document.number().ok_or(EligibilityError::UnexpectedMessage)?,
            branch: document.branch(),
            birthdate: document.birthdate,
            // An empty list means all (OQSCD036 has no code for the eligibility itself).
            kinds: Vec::new(),
        };
        let request = Message::WithdrawalRequest(RequestMessage {
            header: self.request_header(&request_id, None),
            body: WithdrawalRequest { consent },
        });
        let Message::WithdrawalResponse(response) = self.send_request(&request_id, &request).await?.message else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(&request_id, &response.header)?;
        check_processing(&require_normal(response.outcome)?.processing)
    }
}

/// Joins the units of one reception: each has one result, and a person may have several insurances.
fn join_units(units: Vec<BulkUnit>) -> Vec<BulkUnit> {
    let reception = |unit: &BulkUnit| unit.search.as_ref().and_then(|search| search.identifier.clone());
    let mut joined: Vec<BulkUnit> = Vec::with_capacity(units.len());
    for unit in units {
        match joined.last_mut() {
            Some(last) if reception(&unit).is_some() && reception(last) == reception(&unit) => {
                last.results.extend(unit.results);
            }
            _ => joined.push(unit),
        }
    }
    joined
}
