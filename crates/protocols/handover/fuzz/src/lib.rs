//! Properties that must hold for any foreign bytes: one check for each kind of message of this crate. The fuzz targets run them
//! on inputs of libFuzzer; the crate's own tests run them on the corpus and on mutations of it.
//!
//! A check panics where its property is violated.

use std::sync::LazyLock;

use base::{Date, ReceptionNumber, Span, Timestamp, parse_date};
use handover::{
    AuthenticatedClient, AuthorizationRequest, Client, ClientKeys, CodeExchange, FORM_MEDIA_TYPE, Form, Issuer,
    Metadata, OauthError, PushedAuthorizationResponse, PushedRequest, ReceptionRequest, ReceptionStatus, RedirectUri,
    RegisteredReception, State, TokenResponse, UnverifiedAssertion, UnverifiedAuthorizationResponse, bearer_token,
};

/// A check with the name of its corpus.
pub type FuzzCheck = (&'static str, fn(&[u8]));

/// All checks.
pub const FUZZ_CHECKS: [FuzzCheck; 7] = [
    ("form", form),
    ("assertion", assertion),
    ("metadata", metadata),
    ("keys", keys),
    ("response", response),
    ("query", query),
    ("address", address),
];

/// The public key of the corpus's assertions; nobody has the private one any more.
const JWKS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"TYotemdEDvwZtndS-TW2XKuvw8289vHImqe4YvOBYKg","y":"hpxxJMK7bFVAfz_rzFnbQv101zY_R4gOLLNYr3GMy7c","kid":"LCtTd8nmTRMl21pFSxT8ohuqLNIXobMnCpM058Msl5o","use":"sig","alg":"ES256"}]}"#;

/// The reception, its client, and that client once it has proven its identity.
struct Parties {
    issuer: Issuer,
    metadata: Metadata,
    client: Client,
    authenticated: AuthenticatedClient,
}

static PARTIES: LazyLock<Parties> = LazyLock::new(|| {
    let issuer: Issuer = "https://reception.example".parse().expect("an issuer");
    let metadata =
        Metadata::read(include_bytes!("../corpus/metadata/valid"), &issuer).expect("the corpus has metadata");
    let redirect_uri: RedirectUri = "https://consult.example/return".parse().expect("an address");
    let keys = ClientKeys::parse(JWKS.as_bytes()).expect("a key set");
    let client = Client::new("consult".parse().expect("a client id"), keys, vec![redirect_uri]).expect("a client");
    let valid = authenticate(include_bytes!("../corpus/assertion/valid"), &client, &metadata);
    let authenticated = valid.unwrap_or_else(|error| panic!("the corpus has a valid assertion: {error}"));
    Parties { issuer, metadata, client, authenticated }
});

/// When the assertions of the corpus were made.
fn now() -> Timestamp {
    "2026-11-24T09:00:00+09:00".parse().expect("a time")
}

/// A client by the JWS of its assertion.
fn authenticate(jws: &[u8], client: &Client, metadata: &Metadata) -> Result<AuthenticatedClient, OauthError> {
    let text = String::from_utf8_lossy(jws);
    let kind = "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let form = parse_form(format!("{kind}&client_assertion={text}").as_bytes())?;
    UnverifiedAssertion::parse(&form)?.verify(client, &metadata.audiences(), now())
}

fn parse_form(body: &[u8]) -> Result<Form, OauthError> {
    Form::from_body(Some(FORM_MEDIA_TYPE), body)
}

/// The reception that the responses of the corpus are about.
fn reception_request() -> ReceptionRequest {
    let visit_date: Date = parse_date("2026-11-25").expect("a date");
    ReceptionRequest {
        institution: "0110113719".parse().expect("an institution code"),
        visit_date,
        reference: "visit-7".parse().expect("a reference"),
    }
}

/// The body of a request to the reception is refused, or is the request of a client; the errors are texts for a developer.
pub fn form(bytes: &[u8]) {
    let Ok(form) = parse_form(bytes) else { return };
    let authenticated = UnverifiedAssertion::parse(&form)
        .and_then(|assertion| assertion.verify(&PARTIES.client, &PARTIES.metadata.audiences(), now()));
    let client = authenticated.as_ref().unwrap_or(&PARTIES.authenticated);
    match PushedRequest::parse(&form, client) {
        Ok(pushed) => assert!(ReceptionRequest::parse(&pushed.reception.to_json()) == Ok(pushed.reception)),
        Err(error) => check_description(&error),
    }
    if let Err(error) = CodeExchange::parse(&form, client) {
        check_description(&error);
    }
}

/// RFC 6749 §5.2: printable ASCII without quotation mark and backslash.
fn check_description(error: &OauthError) {
    let json = serde_json::to_value(error).expect("an error is JSON");
    let description = json["error_description"].as_str().unwrap_or_default();
    assert!(
        description.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')),
        "{description}"
    );
}

/// An assertion is refused, or proves the client for no longer than assertions may live.
pub fn assertion(bytes: &[u8]) {
    if let Ok(client) = authenticate(bytes, &PARTIES.client, &PARTIES.metadata) {
        assert!(client.id() == PARTIES.client.id());
        assert!(client.once_only().expires_at() <= now().plus(Span::from_mins(7)));
    }
}

/// Metadata is refused, or is that of the issuer and is written so that it reads as the same.
pub fn metadata(bytes: &[u8]) {
    if let Ok(metadata) = Metadata::read(bytes, &PARTIES.issuer) {
        assert!(metadata.issuer() == &PARTIES.issuer);
        let json = serde_json::to_vec(&metadata).expect("metadata is JSON");
        assert!(Metadata::read(&json, &PARTIES.issuer) == Ok(metadata));
    }
}

/// A key set is refused or read; no assertion of another key is good under it.
pub fn keys(bytes: &[u8]) {
    let Ok(keys) = ClientKeys::parse(bytes) else { return };
    let id = PARTIES.client.id().clone();
    let uri = "https://consult.example/return".parse().expect("an address");
    let Ok(client) = Client::new(id, keys, vec![uri]) else { return };
    let valid = authenticate(include_bytes!("../corpus/assertion/valid"), &client, &PARTIES.metadata);
    // Only a set that still has the very key verifies it.
    let point = JWKS.split("\"x\":\"").nth(1).and_then(|rest| rest.get(..43)).expect("the key has a coordinate");
    assert!(valid.is_err() || bytes.windows(point.len()).any(|window| window == point.as_bytes()));
}

/// A response of the reception is refused, or is about the reception that was asked for.
pub fn response(bytes: &[u8]) {
    let number: ReceptionNumber = "289933585860".parse().expect("a reception number");
    for status in [200, 201, 400, 500] {
        let _ = PushedAuthorizationResponse::read(status, bytes);
        if let Ok(response) = TokenResponse::read(status, bytes, &reception_request()) {
            assert!(response.reception.request == reception_request());
        }
        if let Ok(response) = ReceptionStatus::read(status, bytes, number) {
            assert!(response.reception_number == number);
        }
    }
    let text = String::from_utf8_lossy(bytes);
    if let Ok(request) = ReceptionRequest::parse(&text) {
        assert!(ReceptionRequest::parse(&request.to_json()) == Ok(request));
    }
    if let Ok(registered) = RegisteredReception::parse(&text) {
        let json = serde_json::to_string(&[&registered]).expect("details are JSON");
        assert!(RegisteredReception::parse(&json) == Ok(registered));
    }
    let _ = bearer_token([bytes]);
}

/// The query of an address that a browser brings is refused or read.
pub fn query(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(error) = AuthorizationRequest::parse(&text) {
        check_description(&error);
    }
    let state: State = "s".parse().expect("a state");
    let _ = UnverifiedAuthorizationResponse::parse(&text).and_then(|response| response.check(&state, &PARTIES.issuer));
}

/// An address is refused, or is written as it was read and has a scheme of the web.
pub fn address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(uri) = text.parse::<RedirectUri>() {
        assert!(uri.as_str().starts_with("https://") || uri.as_str().starts_with("http://"));
        assert!(uri.as_str().parse().as_ref() == Ok(&uri));
    }
    if let Ok(issuer) = text.parse::<Issuer>() {
        assert!(issuer.as_str().parse().as_ref() == Ok(&issuer));
    }
}
