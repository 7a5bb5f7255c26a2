//! A reception, a service registered at it, and a patient about to be handed over.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base::{InstitutionCode, Prefecture, Randomness, ScoreTable, Timestamp, parse_date};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use handover::{
    AuthenticatedClient, Client, ClientKey, ClientKeys, Departure, Endpoints, FORM_MEDIA_TYPE, Form, FormBody,
    Metadata, OauthError, ReceptionRequest, UnverifiedAssertion,
};
use url::Url;

pub(crate) const ISSUER: &str = "https://reception.example";
pub(crate) const REDIRECT_URI: &str = "https://consult.example/return";
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(crate) struct World {
    pub(crate) metadata: Metadata,
    pub(crate) key: ClientKey,
    pub(crate) client: Client,
    pub(crate) departure: Departure,
    pub(crate) now: Timestamp,
    pub(crate) randomness: Randomness,
}

pub(crate) fn reception_request() -> ReceptionRequest {
    let tokyo = Prefecture::from_code(13).expect("a prefecture");
    ReceptionRequest {
        institution: InstitutionCode::from_parts(tokyo, ScoreTable::Medical, 123_456),
        visit_date: parse_date("2026-11-24").expect("a date"),
        reference: "visit-7".parse().expect("a reference"),
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let url = |path: &str| Url::parse(&format!("{ISSUER}{path}")).expect("an address");
        let endpoints = Endpoints {
            pushed_requests: url("/par"),
            authorization: url("/authorize"),
            token: url("/token"),
            status: url("/status"),
        };
        let key = ClientKey::generate();
        let keys = ClientKeys::parse(key.public_jwks().as_bytes()).expect("a key set");
        let client_id: handover::ClientId = "consult".parse().expect("a client id");
        let redirect_uri: handover::RedirectUri = REDIRECT_URI.parse().expect("a redirect URI");
        let randomness = Randomness::repeatable("world");
        Self {
            metadata: Metadata::new(ISSUER.parse().expect("an issuer"), endpoints).expect("metadata"),
            client: Client::new(client_id.clone(), keys, vec![redirect_uri.clone()]).expect("a client"),
            departure: Departure::new(client_id, redirect_uri, reception_request(), &randomness),
            key,
            now: "2026-11-24T09:00:00+09:00".parse().expect("a time"),
            randomness,
        }
    }

    /// The same reception with `jwks` registered for the service.
    pub(crate) fn with_keys(jwks: &str) -> Self {
        let world = Self::new();
        let keys = ClientKeys::parse(jwks.as_bytes()).expect("a key set");
        let redirect_uri = REDIRECT_URI.parse().expect("a redirect URI");
        let client = Client::new(world.client.id().clone(), keys, vec![redirect_uri]).expect("a client");
        Self { client, ..world }
    }

    pub(crate) fn pushed_request_form(&self) -> FormBody {
        self.departure.pushed_request_form(&self.key, &self.metadata, self.now, &self.randomness)
    }

    pub(crate) fn authenticate(&self, form: &Form) -> Result<AuthenticatedClient, OauthError> {
        UnverifiedAssertion::parse(form)?.verify(&self.client, &self.metadata.audiences(), self.now)
    }

    pub(crate) fn authenticate_client(&self) -> AuthenticatedClient {
        match self.authenticate(&parse_form(self.pushed_request_form().reveal())) {
            Ok(client) => client,
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, self.key.reveal_pkcs8()).expect("a key");
        pair.sign(&SystemRandom::new(), message).expect("a signature").as_ref().to_vec()
    }
}

pub(crate) fn parse_form(body: &str) -> Form {
    match Form::from_body(Some(FORM_MEDIA_TYPE), body.as_bytes()) {
        Ok(form) => form,
        Err(error) => panic!("{error}"),
    }
}

pub(crate) fn build_form(parameters: &[(&str, &str)]) -> Form {
    parse_form(&url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish())
}

/// A compact JWS over these texts (RFC 7515 §3.1).
pub(crate) fn jws(header: &str, claims: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}
