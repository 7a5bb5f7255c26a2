//! Whether a certificate is revoked: by OCSP, or by the revocation list when the responder gives no response.
//!
//! It fails closed. A bad response is never replaced by the other source: only a missing one leads to the list. A
//! certificate revoked in either is revoked.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use base::{Clock, Randomness, Timestamp};
use jpki::{
    Anchors, CertificateCache, KeyIdentifier, Refusal, RevocationCache, RevocationList, RevocationRefusal,
    TrustedCertificate, Unissuable, UnrevokedCertificate,
    ocsp::{ErrorStatus, Nonce},
    verify::MAX_CACHE_DURATION,
};
use reqwest::header;
use url::Url;

use super::{FetchError, LARGEST_LIST, Responder, fetch_body};

/// How many good OCSP responses are cached. Only those that name a next update are.
const STATUS_CACHE_SIZE: usize = 10_000;

/// Where revocation status comes from.
pub(crate) struct RevocationSource {
    pub(crate) responder: Responder,
    /// The folder of the revocation lists, each named by its issuer's key identifier in hexadecimal.
    pub(crate) lists: Url,
    /// The client that fetches the lists.
    pub(crate) http: reqwest::Client,
    /// The clock that responses are checked against.
    pub(crate) clock: Clock,
    pub(crate) randomness: Randomness,
}

/// Both sources, with their caches. The caches make checks faster and never change a result.
pub(crate) struct RevocationChecker {
    source: RevocationSource,
    anchors: Anchors,
    status_cache: RevocationCache,
    lists: Mutex<HashMap<KeyIdentifier, CachedList>>,
}

/// The newest list of an issuer that was fetched, and when.
#[derive(Clone)]
struct CachedList {
    list: Arc<RevocationList>,
    fetched: Timestamp,
}

/// Why a certificate is not known to be unrevoked.
#[derive(Debug, thiserror::Error)]
pub enum RevocationError {
    /// The certificate is revoked, or a source's response is not trusted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Neither source gave a response.
    #[error("the responder: {responder}; the revocation list: {list}")]
    Unavailable { responder: ResponderError, list: FetchError },
    /// The OCSP request could not be encoded.
    #[error("the OCSP request could not be encoded")]
    Encoding(#[source] Unissuable),
}

/// Why the responder gave no status.
#[derive(Debug, thiserror::Error)]
pub enum ResponderError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// An OCSP error status. It is unsigned, so it is treated like no response.
    #[error("it responded with the status {0:?}")]
    Status(ErrorStatus),
}

/// A list that could not be fetched, or was not trusted.
enum ListError {
    Fetch(FetchError),
    Refused(Refusal),
}

impl RevocationChecker {
    pub(crate) fn new(source: RevocationSource, anchors: Anchors) -> Self {
        Self {
            source,
            anchors,
            status_cache: RevocationCache::with_capacity(STATUS_CACHE_SIZE),
            lists: Mutex::default(),
        }
    }

    /// The authorities whose certificates are checked.
    pub(crate) fn anchors(&self) -> &Anchors {
        &self.anchors
    }

    /// Checks that the certificate has not been revoked.
    pub(crate) async fn check(
        &self,
        trusted: &TrustedCertificate,
        certificate_cache: &CertificateCache,
    ) -> Result<UnrevokedCertificate, RevocationError> {
        if let Some(cached) = self.status_cache.get(trusted, self.source.clock.now()) {
            return self.check_cached_list(trusted, cached);
        }
        match self.query_responder(trusted, certificate_cache).await? {
            Ok(unrevoked) => {
                self.status_cache.insert(&unrevoked);
                self.check_cached_list(trusted, unrevoked)
            }
            Err(responder) => match self.load_list(trusted.issuer()).await {
                Ok(list) => Ok(trusted.verify_against_list(&list, self.source.clock.now())?),
                Err(ListError::Refused(refusal)) => Err(refusal.into()),
                Err(ListError::Fetch(list)) => Err(RevocationError::Unavailable { responder, list }),
            },
        }
    }

    async fn query_responder(
        &self,
        trusted: &TrustedCertificate,
        certificate_cache: &CertificateCache,
    ) -> Result<Result<UnrevokedCertificate, ResponderError>, RevocationError> {
        let request = trusted.ocsp_request(Nonce::new(&self.source.randomness));
        let encoded = request.encode().map_err(RevocationError::Encoding)?;
        let response = match self.source.responder.query(encoded).await {
            Ok(response) => response,
            Err(error) => return Ok(Err(error.into())),
        };
        // The response is checked at the time it arrived.
        match trusted.verify_ocsp_response(&response, &request, certificate_cache, self.source.clock.now()) {
            Err(Refusal::Revocation(RevocationRefusal::ResponderError(status))) => {
                Ok(Err(ResponderError::Status(status)))
            }
            verified => Ok(Ok(verified?)),
        }
    }

    /// A list that was fetched before may have newer entries than the responder's status.
    fn check_cached_list(
        &self,
        trusted: &TrustedCertificate,
        unrevoked: UnrevokedCertificate,
    ) -> Result<UnrevokedCertificate, RevocationError> {
        match self.cached_list(trusted.issuer()) {
            Some(cached) => Ok(unrevoked.check_not_listed(&cached.list)?),
            None => Ok(unrevoked),
        }
    }

    /// The list of an issuer, cached or fetched now.
    async fn load_list(&self, issuer: &KeyIdentifier) -> Result<Arc<RevocationList>, ListError> {
        let now = self.source.clock.now();
        let cached = self.cached_list(issuer);
        if let Some(cached) = &cached
            && cached.fetched <= now
            && now <= cached.fetched.plus(MAX_CACHE_DURATION)
            && now <= cached.list.next_update()
        {
            return Ok(Arc::clone(&cached.list));
        }
        let bytes = self.fetch_list(issuer).await.map_err(ListError::Fetch)?;
        let fetched = self.source.clock.now();
        let list = self.anchors.verify_list(&bytes).map_err(ListError::Refused)?;
        if list.issuer() != issuer {
            return Err(ListError::Refused(RevocationRefusal::ListIssuer.into()));
        }
        let list = match cached {
            Some(cached) => list.require_not_older_than(&cached.list).map_err(ListError::Refused)?,
            None => list,
        };
        let list = Arc::new(list);
        let cached = CachedList { list: Arc::clone(&list), fetched };
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).insert(issuer.clone(), cached);
        Ok(list)
    }

    async fn fetch_list(&self, issuer: &KeyIdentifier) -> Result<Vec<u8>, FetchError> {
        let mut address = self.source.lists.clone();
        address.set_path(&format!("{}/{issuer}.crl", address.path().trim_end_matches('/')));
        let get = self.source.http.get(address).header(header::ACCEPT, "application/pkix-crl");
        fetch_body(get, LARGEST_LIST).await
    }

    fn cached_list(&self, issuer: &KeyIdentifier) -> Option<CachedList> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned()
    }
}
