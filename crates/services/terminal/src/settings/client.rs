use base::Timestamp;
use oqs::{EnvironmentRequest, EnvironmentSettings, EnvironmentUpdateRequest, Exchange, Message, RequestMessage};

use crate::client::{EligibilityClient, EligibilityError, check_processing, require_normal};

impl EligibilityClient {
    /// 医療機関環境設定情報照会
    pub(crate) async fn fetch_settings(&self, now: Timestamp) -> Result<Option<EnvironmentSettings>, EligibilityError> {
        let request_id = self.new_request_id(Exchange::Environment, now);
        let request = Message::EnvironmentRequest(RequestMessage {
            header: self.request_header(&request_id, None),
            body: EnvironmentRequest {},
        });
        let Message::EnvironmentResponse(response) = self.send_request(&request_id, &request).await?.message else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(&request_id, &response.header)?;
        Ok(require_normal(response.outcome)?.settings)
    }

    /// 医療機関環境設定情報更新: updates the settings and returns those in force afterwards.
    pub(crate) async fn change_settings(
        &self,
        settings: EnvironmentSettings,
        now: Timestamp,
    ) -> Result<Option<EnvironmentSettings>, EligibilityError> {
        let request_id = self.new_request_id(Exchange::EnvironmentUpdate, now);
        let request = Message::EnvironmentUpdateRequest(RequestMessage {
            header: self.request_header(&request_id, None),
            body: EnvironmentUpdateRequest { settings },
        });
        let Message::EnvironmentResponse(response) = self.send_request(&request_id, &request).await?.message else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(&request_id, &response.header)?;
        let body = require_normal(response.outcome)?;
        check_processing(&body.processing)?;
        Ok(body.settings)
    }
}
