//! The refusals of a client's requests: one line for each clause.

use base::{Randomness, Token};
use handover::{CodeExchange, CodeGrant, CodeVerifier, PushedRequest};

use crate::world::{REDIRECT_URI, World, build_form, reception_request};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// `valid` with some parameters left out, changed or added.
fn with_changes<'a>(valid: &[(&'a str, &'a str)], changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let unchanged = valid.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    unchanged.chain(changes).copied().collect()
}

#[test]
fn a_pushed_request_is_refused_for_its_own_reason() {
    let client = World::new().authenticate_client();
    let details = reception_request().to_json();
    let challenge = VERIFIER.parse::<CodeVerifier>().unwrap().challenge().to_string();
    let valid = [
        ("response_type", "code"),
        ("client_id", "consult"),
        ("redirect_uri", REDIRECT_URI),
        ("state", "abc"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("authorization_details", details.as_str()),
    ];
    let check = |changes: &[(&str, &str)], expected: Result<(), &str>| match (
        PushedRequest::parse(&build_form(&with_changes(&valid, changes)), &client),
        expected,
    ) {
        (Ok(_), Ok(())) => {}
        (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error} / {part}"),
        (Ok(_), Err(part)) => panic!("{changes:?} is not refused: {part}"),
        (Err(error), Ok(())) => panic!("{changes:?} is refused: {error}"),
    };
    check(&[], Ok(()));
    check(&[("state", "")], Ok(()));
    check(&[("response_mode", "query"), ("ui_locales", "ja"), ("nonce", "1")], Ok(()));
    check(&[("response_type", "")], Err("invalid_request: The parameter response_type is missing"));
    check(&[("response_type", "token")], Err("unsupported_response_type: The response_type must be code, not 'token'"));
    check(&[("response_type", "code id_token")], Err("unsupported_response_type: "));
    check(&[("redirect_uri", "")], Err("redirect_uri is missing"));
    check(&[("redirect_uri", "https://consult.example/return/")], Err("written exactly as registered"));
    check(&[("redirect_uri", "https://consult.example/Return")], Err("written exactly as registered"));
    check(&[("redirect_uri", "https://consult.example:443/return")], Err("written exactly as registered"));
    check(&[("redirect_uri", "https://evil.example/")], Err("'https://evil.example/' is not registered"));
    check(&[("state", "a\nb")], Err("invalid_request: The state is refused"));
    check(&[("code_challenge", "")], Err("code_challenge is missing"));
    check(&[("code_challenge", "abc")], Err("a code_challenge is 43 characters"));
    check(&[("code_challenge_method", "")], Err("PKCE is required"));
    check(&[("code_challenge_method", "plain")], Err("PKCE is required"));
    check(&[("authorization_details", "")], Err("authorization_details is missing"));
    check(&[("authorization_details", "[]")], Err("invalid_authorization_details: "));
    check(&[("authorization_details", "no")], Err("invalid_authorization_details: "));
    check(&[("request_uri", "urn:x")], Err("must not hold request_uri"));
    check(&[("request", "eyJ")], Err("request_not_supported: "));
    check(&[("scope", "openid")], Err("invalid_scope: "));
    check(&[("response_mode", "fragment")], Err("response_mode can only be query"));
    check(&[("dpop_jkt", "x")], Err("not bound by DPoP"));
}

#[test]
fn a_token_request_is_refused_for_its_own_reason() {
    let world = World::new();
    let client = world.authenticate_client();
    let code = Token::new(&Randomness::repeatable("code")).reveal();
    let valid = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    let redirect_uri = REDIRECT_URI.parse().unwrap();
    let challenge = VERIFIER.parse::<CodeVerifier>().unwrap().challenge();
    let granted = CodeGrant { client: client.id(), redirect_uri: &redirect_uri, challenge: &challenge };
    let check = |changes: &[(&str, &str)], granted: &CodeGrant<'_>, expected: Result<(), &str>| {
        let actual = CodeExchange::parse(&build_form(&with_changes(&valid, changes)), &client)
            .and_then(|exchange| exchange.check_grant(granted, &client));
        match (actual, expected) {
            (Ok(()), Ok(())) => {}
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error} / {part}"),
            (actual, expected) => panic!("{changes:?}: {actual:?}, not {expected:?}"),
        }
    };
    check(&[], &granted, Ok(()));
    check(&[("grant_type", "")], &granted, Err("grant_type is missing"));
    check(&[("grant_type", "client_credentials")], &granted, Err("unsupported_grant_type: "));
    check(&[("code", "")], &granted, Err("invalid_request: The parameter code is missing"));
    check(&[("code", "abc")], &granted, Err("invalid_grant: This code is unknown"));
    check(&[("redirect_uri", "")], &granted, Err("redirect_uri is missing"));
    check(&[("redirect_uri", "https://consult.example/")], &granted, Err("invalid_grant: The redirect_uri"));
    check(&[("code_verifier", "")], &granted, Err("code_verifier is missing"));
    check(&[("code_verifier", "short")], &granted, Err("a code_verifier is 43 to 128"));
    let other_verifier = VERIFIER.replace('d', "e");
    check(&[("code_verifier", &other_verifier)], &granted, Err("invalid_grant: The code_verifier"));
    check(&[("authorization_details", "[]")], &granted, Err("fixed by the pushed request"));
    check(&[("scope", "openid")], &granted, Err("fixed by the pushed request"));
    let other_client = "another".parse().unwrap();
    check(
        &[],
        &CodeGrant { client: &other_client, ..granted },
        Err("invalid_grant: This code was handed out to another client"),
    );
}
