use base::Timestamp;
use oqs::{
    AccessUrlChange, AccessUrlKind, AccessUrlRequest, CodeImage, Exchange, Message, RequestMessage, RequestedAccessUrl,
};

use crate::client::{EligibilityClient, EligibilityError, check_processing, require_normal};

impl EligibilityClient {
    /// 医療機関アクセスURL取得: the address that patients register at, or a new one that replaces it.
    pub(crate) async fn request_access_url(
        &self,
        kind: AccessUrlKind,
        change: AccessUrlChange,
        now: Timestamp,
    ) -> Result<Option<String>, EligibilityError> {
        let request_id = self.new_request_id(Exchange::AccessUrl, now);
        let body = AccessUrlRequest { requested: RequestedAccessUrl { kind, image: CodeImage::Png, change } };
        let request =
            Message::AccessUrlRequest(RequestMessage { header: self.request_header(&request_id, None), body });
        let Message::AccessUrlResponse(response) = self.send_request(&request_id, &request).await?.message else {
            return Err(EligibilityError::UnexpectedMessage);
        };
        self.check_response_header(&request_id, &response.header)?;
        let body = require_normal(response.outcome)?;
        check_processing(&body.processing)?;
        Ok(body.address.map(|address| address.url))
    }
}
