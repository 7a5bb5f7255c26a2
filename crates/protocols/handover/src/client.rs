use std::sync::Arc;

use crate::{ClientId, ClientKeys, OauthError, RedirectUri, error::quote_excerpt};

/// A service's registration at the reception.
#[derive(Clone)]
pub struct Client {
    id: ClientId,
    keys: ClientKeys,
    redirect_uris: Arc<[RedirectUri]>,
}

/// Why a registration is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongClient {
    /// It has no redirect URI.
    #[error("a client has at least one redirect URI")]
    NoRedirectUri,
}

impl Client {
    /// A registration.
    pub fn new(id: ClientId, keys: ClientKeys, redirect_uris: Vec<RedirectUri>) -> Result<Self, WrongClient> {
        if redirect_uris.is_empty() {
            return Err(WrongClient::NoRedirectUri);
        }
        Ok(Self { id, keys, redirect_uris: redirect_uris.into() })
    }

    /// Its registered id.
    pub fn id(&self) -> &ClientId {
        &self.id
    }

    pub(crate) fn keys(&self) -> &ClientKeys {
        &self.keys
    }

    /// The registered redirect URI that is identical to `text` (RFC 9700 §2.1).
    pub(crate) fn find_redirect_uri(&self, text: &str) -> Result<RedirectUri, OauthError> {
        self.redirect_uris.iter().find(|registered| registered.as_str() == text).cloned().ok_or_else(|| {
            OauthError::invalid_request(format!(
                "The redirect_uri {} is not registered for this client. It must be written exactly as registered.",
                quote_excerpt(text)
            ))
        })
    }
}
