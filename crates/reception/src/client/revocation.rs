//! Whether a certificate stands: asked of the responder, or read in the revocation list where the responder says nothing.
//!
//! It fails closed. A bad answer is never made good by the other source: only silence sends us to the list. Who is
//! revoked in either is revoked.

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

/// How many good words are kept. Only a responder that names its next update gives such.
const STATUS_CACHE_SIZE: usize = 10_000;

/// Where the word on revocation comes from.
pub(crate) struct RevocationSource {
    /// The responder.
    pub(crate) responder: Responder,
    /// The folder of the revocation lists, which are named by the hexadecimal digits of their issuer's key.
    pub(crate) lists: Url,
    /// How the lists are fetched.
    pub(crate) http: reqwest::Client,
    /// When a word came.
    pub(crate) clock: Clock,
    /// For the nonces.
    pub(crate) randomness: Randomness,
}

/// Both sources, with what they said lately. What is kept here makes answers faster and never others.
pub(crate) struct RevocationChecker {
    source: RevocationSource,
    anchors: Anchors,
    status_cache: RevocationCache,
    lists: Mutex<HashMap<KeyIdentifier, CachedList>>,
}

/// The newest list of a generation that was seen here, and when.
#[derive(Clone)]
struct CachedList {
    list: Arc<RevocationList>,
    fetched: Timestamp,
}

/// Why nobody knows whether the certificate stands, or that it does not.
#[derive(Debug, thiserror::Error)]
pub enum RevocationError {
    /// The certificate does not stand, or a source's word is not to be believed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Both sources were silent.
    #[error("the responder: {responder}; the revocation list: {list}")]
    Unavailable {
        /// Why the responder said nothing.
        responder: ResponderError,
        /// Why no list came.
        list: FetchError,
    },
    /// The question could not be written.
    #[error("the question to the responder could not be written")]
    Encoding(#[source] Unissuable),
}

/// Why the responder said nothing.
#[derive(Debug, thiserror::Error)]
pub enum ResponderError {
    /// Nothing came.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It said that it says nothing. Nobody signs that, so it is worth no more than silence.
    #[error("it says nothing but {0:?}")]
    Status(ErrorStatus),
}

/// A list that did not come, or came and is not to be believed.
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

    /// Whose certificates are asked about.
    pub(crate) fn anchors(&self) -> &Anchors {
        &self.anchors
    }

    /// That the certificate has not been revoked.
    pub(crate) async fn check(
        &self,
        trusted: &TrustedCertificate,
        remembered: &CertificateCache,
    ) -> Result<UnrevokedCertificate, RevocationError> {
        if let Some(kept) = self.status_cache.get(trusted, self.source.clock.now()) {
            return self.check_cached_list(trusted, kept);
        }
        match self.query_responder(trusted, remembered).await? {
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
        remembered: &CertificateCache,
    ) -> Result<Result<UnrevokedCertificate, ResponderError>, RevocationError> {
        let question = trusted.ocsp_request(Nonce::new(&self.source.randomness));
        let encoded = question.encode().map_err(RevocationError::Encoding)?;
        let word = match self.source.responder.query(encoded).await {
            Ok(word) => word,
            Err(silent) => return Ok(Err(silent.into())),
        };
        // The word is judged at the time it came.
        match trusted.verify_ocsp_response(&word, &question, remembered, self.source.clock.now()) {
            Err(Refusal::Revocation(RevocationRefusal::ResponderError(status))) => {
                Ok(Err(ResponderError::Status(status)))
            }
            judged => Ok(Ok(judged?)),
        }
    }

    /// A list that was seen here may know more than the responder says.
    fn check_cached_list(
        &self,
        trusted: &TrustedCertificate,
        unrevoked: UnrevokedCertificate,
    ) -> Result<UnrevokedCertificate, RevocationError> {
        match self.cached_list(trusted.issuer()) {
            Some(known) => Ok(unrevoked.check_not_listed(&known.list)?),
            None => Ok(unrevoked),
        }
    }

    /// The list of a generation, fetched a moment ago or now.
    async fn load_list(&self, issuer: &KeyIdentifier) -> Result<Arc<RevocationList>, ListError> {
        let now = self.source.clock.now();
        let known = self.cached_list(issuer);
        if let Some(known) = &known
            && known.fetched <= now
            && now <= known.fetched.plus(MAX_CACHE_DURATION)
            && now <= known.list.next_update()
        {
            return Ok(Arc::clone(&known.list));
        }
        let bytes = self.fetch_list(issuer).await.map_err(ListError::Fetch)?;
        let fetched = self.source.clock.now();
        let list = self.anchors.verify_list(&bytes).map_err(ListError::Refused)?;
        if list.issuer() != issuer {
            return Err(ListError::Refused(RevocationRefusal::ListIssuer.into()));
        }
        let list = match known {
            Some(known) => list.require_not_older_than(&known.list).map_err(ListError::Refused)?,
            None => list,
        };
        let list = Arc::new(list);
        let known = CachedList { list: Arc::clone(&list), fetched };
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).insert(issuer.clone(), known);
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
