use std::cmp::Ordering;

use base::{Digest, Span, Timestamp};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Number;
use zeroize::Zeroizing;

use crate::{Client, ClientId, Form, OauthError, SigningAlgorithm, error::quote_excerpt};

/// RFC 7523 §2.2.
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The accepted deviation of a client's clock.
const SKEW: Span = Span::from_secs(60);
/// The longest lifetime of an assertion.
const MAX_LIFETIME: Span = Span::from_mins(5);

const MAX_BYTES: usize = 4096;
const MAX_JTI: usize = 256;

/// A client's assertion about itself (`private_key_jwt`, RFC 7523 §2.2), parsed but not verified.
///
/// Find the registration of the claimed client, then [`verify`](Self::verify).
pub struct UnverifiedAssertion {
    text: Zeroizing<String>,
    /// The length of the signed part, before the dot and the signature.
    signed_length: usize,
    header: JoseHeader,
    claims: ReceivedClaims,
    claimed_client: ClientId,
}

/// A client that has proven its identity. Only [`UnverifiedAssertion::verify`] creates it.
///
/// The proof is complete when its [`OnceOnly`] was spent.
#[derive(Clone)]
#[must_use = "an assertion is good once: spend its OnceOnly in the transaction that acts on it"]
pub struct AuthenticatedClient {
    client: Client,
    once_only: OnceOnly,
}

/// Ensures that an assertion is used only once (RFC 7523 §3 item 7).
///
/// Insert [`key`](Self::key) into a unique column, in the transaction that processes the request, and store it until
/// [`expires_at`](Self::expires_at). Then [`spend`](Self::spend) with the result of the insert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnceOnly {
    key: Digest,
    expires_at: Timestamp,
}

/// Whether an assertion was used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayCheck {
    /// The insert succeeded.
    FirstUse,
    /// The key existed already.
    Replayed,
}

#[derive(Deserialize)]
struct JoseHeader {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct ReceivedClaims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    exp: Option<Number>,
    nbf: Option<Number>,
    iat: Option<Number>,
    jti: Option<String>,
}

/// RFC 7519 §4.1.3: one text, or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl OnceOnly {
    /// The unique key: a digest over client and `jti`.
    pub fn key(&self) -> &Digest {
        &self.key
    }

    /// From when on the assertion is refused as expired, so that the key may be deleted.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Accepts the assertion depending on the result of the insert.
    pub fn spend(self, check: ReplayCheck) -> Result<(), OauthError> {
        match check {
            ReplayCheck::FirstUse => Ok(()),
            ReplayCheck::Replayed => Err(OauthError::replayed_assertion()),
        }
    }
}

impl AuthenticatedClient {
    /// Its registered id.
    pub fn id(&self) -> &ClientId {
        self.client.id()
    }

    /// Its registration.
    pub fn registration(&self) -> &Client {
        &self.client
    }

    /// The check that must be spent with it.
    pub fn once_only(&self) -> OnceOnly {
        self.once_only
    }
}

impl UnverifiedAssertion {
    /// Parses the assertion of a request.
    pub fn parse(form: &Form) -> Result<Self, OauthError> {
        // RFC 6749 §2.3: a client uses one authentication method, and this is the only one here.
        if form.value("client_secret").is_some() {
            return Err(invalid_assertion(
                "Clients authenticate by private_key_jwt (RFC 7523). Do not send a client_secret.",
            ));
        }
        let Some(text) = form.value("client_assertion") else {
            return Err(invalid_assertion(
                "The client_assertion is missing. Clients authenticate by private_key_jwt (RFC 7523).",
            ));
        };
        if form.value("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err(invalid_assertion(format!("The client_assertion_type must be {ASSERTION_TYPE}.")));
        }
        if text.len() > MAX_BYTES {
            return Err(invalid_assertion(format!("The client_assertion is longer than {MAX_BYTES} bytes.")));
        }
        let compact =
            || invalid_assertion("The client_assertion is no compact JWS (three parts in base64url, two dots).");
        let (signed, signature) = text.rsplit_once('.').ok_or_else(compact)?;
        let (header, claims) = signed.split_once('.').ok_or_else(compact)?;
        if claims.contains('.') || signature.contains('.') {
            return Err(compact());
        }
        let header: JoseHeader = decode_part(header, "header")?;
        let claims: ReceivedClaims = decode_part(claims, "payload")?;
        let subject =
            claims.sub.as_deref().ok_or_else(|| invalid_assertion("The claim sub is missing: it is the client_id."))?;
        // RFC 7521 §4.2: client_id is unnecessary with an assertion, but must match if present.
        if form.value("client_id").is_some_and(|id| id != subject) {
            return Err(invalid_assertion("The parameter client_id is not the sub of the client_assertion."));
        }
        let claimed_client = subject.parse().map_err(|_| OauthError::unknown_client())?;
        Ok(Self { signed_length: signed.len(), text: Zeroizing::new(text.to_owned()), header, claims, claimed_client })
    }

    /// The claimed client id, for finding its registration.
    pub fn claimed_client(&self) -> &ClientId {
        &self.claimed_client
    }

    /// Verifies the assertion. `audiences` are the reception's issuer and the endpoints that accept assertions, each exactly as
    /// in the metadata ([`Metadata::audiences`](crate::Metadata::audiences)).
    pub fn verify(
        &self,
        client: &Client,
        audiences: &[&str],
        now: Timestamp,
    ) -> Result<AuthenticatedClient, OauthError> {
        if client.id() != &self.claimed_client {
            return Err(OauthError::unknown_client());
        }
        let algorithm = self.header.check()?;
        let (message, signature) = (&self.text[..self.signed_length], &self.text[self.signed_length + 1..]);
        client.keys().verify(self.header.kid.as_deref(), algorithm, message.as_bytes(), signature)?;
        let (jti, expires) = self.claims.check(client.id(), audiences, now)?;
        let key = base::digest(&[client.id().as_str().as_bytes(), &[0], jti.as_bytes()]);
        Ok(AuthenticatedClient { client: client.clone(), once_only: OnceOnly { key, expires_at: expires.plus(SKEW) } })
    }
}

impl JoseHeader {
    fn check(&self) -> Result<SigningAlgorithm, OauthError> {
        let algorithm = match self.alg.as_str() {
            name if name.eq_ignore_ascii_case("none") => {
                return Err(invalid_assertion(
                    "The client_assertion is not signed (alg none). Sign it with a registered key.",
                ));
            }
            name if name.starts_with("HS") => {
                return Err(invalid_assertion(
                    "The client_assertion is made with a shared secret (alg HS...). Sign it with a registered private key.",
                ));
            }
            name => SigningAlgorithm::from_name(name).ok_or_else(|| {
                invalid_assertion(format!(
                    "The alg {} is not accepted; use {}.",
                    quote_excerpt(name),
                    SigningAlgorithm::NAMES.join(", ")
                ))
            })?,
        };
        // RFC 7515 §4.1.11: an unknown critical extension invalidates the JWS, and none is known here.
        if self.crit.is_some() {
            return Err(invalid_assertion(
                "The header of the client_assertion has crit; no extension is understood here.",
            ));
        }
        let typ = self.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
        match typ.strip_prefix("application/").unwrap_or(&typ) {
            "jwt" | "client-authentication+jwt" => Ok(algorithm),
            _ => Err(invalid_assertion("The typ of the client_assertion must be JWT or client-authentication+jwt.")),
        }
    }
}

impl ReceivedClaims {
    /// Checks RFC 7523 §3, item by item. Returns the `jti` and the expiry.
    fn check(&self, client: &ClientId, audiences: &[&str], now: Timestamp) -> Result<(&str, Timestamp), OauthError> {
        if self.iss.as_deref() != Some(client.as_str()) {
            return Err(invalid_assertion("The claim iss must be the client_id, as sub is."));
        }
        let is_accepted = |audience: &str| audiences.contains(&audience);
        // An assertion with a foreign audience as well could be forwarded by it.
        let is_for_us = match &self.aud {
            None => false,
            Some(Audience::One(audience)) => is_accepted(audience),
            Some(Audience::Several(several)) => {
                !several.is_empty() && several.iter().all(|audience| is_accepted(audience))
            }
        };
        if !is_for_us {
            return Err(invalid_assertion(format!(
                "The claim aud must name this server and nobody else: {}.",
                audiences.first().copied().unwrap_or_default()
            )));
        }
        let expires =
            seconds(self.exp.as_ref(), "exp")?.ok_or_else(|| invalid_assertion("The claim exp is missing."))?;
        if expires.plus(SKEW) <= now {
            return Err(invalid_assertion(format!("The client_assertion expired at {expires}; here it is {now}.")));
        }
        if expires > now.plus(MAX_LIFETIME + SKEW) {
            return Err(invalid_assertion(format!(
                "The client_assertion expires at {expires}, more than 5 minutes ahead; here it is {now}."
            )));
        }
        if let Some(not_before) = seconds(self.nbf.as_ref(), "nbf")?
            && not_before > now.plus(SKEW)
        {
            return Err(invalid_assertion(format!(
                "The client_assertion is not valid before {not_before}; here it is {now}."
            )));
        }
        if let Some(issued) = seconds(self.iat.as_ref(), "iat")? {
            if issued > now.plus(SKEW) {
                return Err(invalid_assertion(format!(
                    "The client_assertion says it was issued at {issued}; here it is {now}."
                )));
            }
            if issued.cmp(&expires) == Ordering::Greater {
                return Err(invalid_assertion("The client_assertion was issued after it expired (iat after exp)."));
            }
        }
        match self.jti.as_deref() {
            Some(jti) if (1..=MAX_JTI).contains(&jti.len()) => Ok((jti, expires)),
            Some(_) => Err(invalid_assertion(format!("The claim jti is 1 to {MAX_JTI} bytes."))),
            None => Err(invalid_assertion("The claim jti is missing: each assertion has its own.")),
        }
    }
}

fn invalid_assertion(description: impl Into<std::borrow::Cow<'static, str>>) -> OauthError {
    OauthError::invalid_client(description)
}

fn decode_part<T: serde::de::DeserializeOwned>(text: &str, name: &str) -> Result<T, OauthError> {
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| {
        invalid_assertion(format!("The {name} of the client_assertion is not base64url without padding."))
    })?;
    serde_json::from_slice(&json).map_err(|error| {
        invalid_assertion(format!("The {name} of the client_assertion is not the JSON it should be: {error}."))
    })
}

/// NumericDate (RFC 7519 §2): seconds, possibly with a fraction.
fn seconds(number: Option<&Number>, name: &str) -> Result<Option<Timestamp>, OauthError> {
    let Some(number) = number else { return Ok(None) };
    let rounded = number.as_i64().or_else(|| number.as_f64().and_then(whole_seconds));
    match rounded {
        Some(seconds) => Ok(Some(Timestamp::from_seconds(seconds))),
        None => Err(invalid_assertion(format!("The claim {name} is no time in seconds since 1970."))),
    }
}

fn whole_seconds(number: f64) -> Option<i64> {
    // Up to 2^53 a float represents every whole number, and all realistic dates are below that.
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked and the fraction is meant to go")]
    (number.abs() < 9_007_199_254_740_992.0).then(|| number.floor() as i64)
}
