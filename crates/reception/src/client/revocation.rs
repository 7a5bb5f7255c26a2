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
    Anchors, KeyIdentifier, Refusal, Remembered, RevocationList, RevocationRefusal, Standings, Trusted, Unissuable,
    Unrevoked,
    ocsp::{ErrorStatus, Nonce},
    verify::KEPT,
};
use reqwest::header;
use url::Url;

use super::{LARGEST_LIST, Responder, Silent, answered};

/// How many good words are kept. Only a responder that names its next update gives such.
const STANDINGS: usize = 10_000;

/// Where the word on revocation comes from.
pub(crate) struct Source {
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
pub(crate) struct Revocation {
    source: Source,
    anchors: Anchors,
    standings: Standings,
    lists: Mutex<HashMap<KeyIdentifier, Known>>,
}

/// The newest list of a generation that was seen here, and when.
#[derive(Clone)]
struct Known {
    list: Arc<RevocationList>,
    fetched: Timestamp,
}

/// Why nobody knows whether the certificate stands, or that it does not.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// The certificate does not stand, or a source's word is not to be believed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Both sources were silent.
    #[error("the responder: {responder}; the revocation list: {list}")]
    Silent {
        /// Why the responder said nothing.
        responder: NoWord,
        /// Why no list came.
        list: Silent,
    },
    /// The question could not be written.
    #[error("the question to the responder could not be written")]
    Encoding(#[source] Unissuable),
}

/// Why the responder said nothing.
#[derive(Debug, thiserror::Error)]
pub enum NoWord {
    /// Nothing came.
    #[error(transparent)]
    Silent(#[from] Silent),
    /// It said that it says nothing. Nobody signs that, so it is worth no more than silence.
    #[error("it says nothing but {0:?}")]
    Error(ErrorStatus),
}

/// A list that did not come, or came and is not to be believed.
enum NoList {
    Silent(Silent),
    Refused(Refusal),
}

impl Revocation {
    pub(crate) fn new(source: Source, anchors: Anchors) -> Self {
        Self { source, anchors, standings: Standings::up_to(STANDINGS), lists: Mutex::default() }
    }

    /// Whose certificates are asked about.
    pub(crate) fn anchors(&self) -> &Anchors {
        &self.anchors
    }

    /// That the certificate has not been revoked.
    pub(crate) async fn ask(&self, trusted: &Trusted, remembered: &Remembered) -> Result<Unrevoked, Unanswered> {
        if let Some(kept) = self.standings.recall(trusted, self.source.clock.now()) {
            return self.heed(trusted, kept);
        }
        match self.ask_responder(trusted, remembered).await? {
            Ok(unrevoked) => {
                self.standings.keep(&unrevoked);
                self.heed(trusted, unrevoked)
            }
            Err(responder) => match self.list(trusted.issuer()).await {
                Ok(list) => Ok(trusted.unrevoked_by_list(&list, self.source.clock.now())?),
                Err(NoList::Refused(refusal)) => Err(refusal.into()),
                Err(NoList::Silent(list)) => Err(Unanswered::Silent { responder, list }),
            },
        }
    }

    async fn ask_responder(
        &self,
        trusted: &Trusted,
        remembered: &Remembered,
    ) -> Result<Result<Unrevoked, NoWord>, Unanswered> {
        let question = trusted.ocsp_request(Nonce::new(&self.source.randomness));
        let encoded = question.encode().map_err(Unanswered::Encoding)?;
        let word = match self.source.responder.ask(encoded).await {
            Ok(word) => word,
            Err(silent) => return Ok(Err(silent.into())),
        };
        // The word is judged at the time it came.
        match trusted.unrevoked(&word, &question, remembered, self.source.clock.now()) {
            Err(Refusal::Revocation(RevocationRefusal::ResponderError(status))) => Ok(Err(NoWord::Error(status))),
            judged => Ok(Ok(judged?)),
        }
    }

    /// A list that was seen here may know more than the responder says.
    fn heed(&self, trusted: &Trusted, unrevoked: Unrevoked) -> Result<Unrevoked, Unanswered> {
        match self.known(trusted.issuer()) {
            Some(known) => Ok(unrevoked.unless_listed(&known.list)?),
            None => Ok(unrevoked),
        }
    }

    /// The list of a generation, fetched a moment ago or now.
    async fn list(&self, issuer: &KeyIdentifier) -> Result<Arc<RevocationList>, NoList> {
        let now = self.source.clock.now();
        let known = self.known(issuer);
        if let Some(known) = &known
            && known.fetched <= now
            && now <= known.fetched.plus(KEPT)
            && now <= known.list.next_update()
        {
            return Ok(Arc::clone(&known.list));
        }
        let bytes = self.fetch(issuer).await.map_err(NoList::Silent)?;
        let fetched = self.source.clock.now();
        let list = self.anchors.trust_list(&bytes).map_err(NoList::Refused)?;
        if list.issuer() != issuer {
            return Err(NoList::Refused(RevocationRefusal::ListIssuer.into()));
        }
        let list = match known {
            Some(known) => list.in_place_of(&known.list).map_err(NoList::Refused)?,
            None => list,
        };
        let list = Arc::new(list);
        let known = Known { list: Arc::clone(&list), fetched };
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).insert(issuer.clone(), known);
        Ok(list)
    }

    async fn fetch(&self, issuer: &KeyIdentifier) -> Result<Vec<u8>, Silent> {
        let mut address = self.source.lists.clone();
        address.set_path(&format!("{}/{issuer}.crl", address.path().trim_end_matches('/')));
        let get = self.source.http.get(address).header(header::ACCEPT, "application/pkix-crl");
        answered(get, LARGEST_LIST).await
    }

    fn known(&self, issuer: &KeyIdentifier) -> Option<Known> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned()
    }
}
