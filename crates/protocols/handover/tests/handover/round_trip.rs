use std::collections::HashSet;

use base::{ReceptionNumber, Span, Token, end_of_day};
use handover::{
    AccessToken, AuthorizationRequest, AuthorizationResponse, CodeExchange, CodeGrant, Departure, ErrorCode,
    OauthError, PushedAuthorizationResponse, PushedRequest, RegisteredReception, ReplayCheck, RequestUri,
    TokenResponse, UnverifiedAuthorizationResponse,
};

use crate::world::{World, parse_form, reception_request};

fn query(location: &str) -> &str {
    location.split_once('?').expect("a query").1
}

fn unwrap_display<T>(result: Result<T, impl std::fmt::Display>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_patient_leaves_registers_and_comes_back() {
    let world = World::new();
    let World { metadata, departure, key, now, randomness, .. } = &world;
    let mut used_keys = HashSet::new();
    let mut spend = |client: &handover::AuthenticatedClient| {
        let is_first = used_keys.insert(*client.once_only().key());
        client.once_only().spend(if is_first { ReplayCheck::FirstUse } else { ReplayCheck::Replayed })
    };

    // The service pushes; the reception stores the request under the digest of a new token.
    let form = parse_form(world.pushed_request_form().reveal());
    let client = unwrap_display(world.authenticate(&form));
    unwrap_display(spend(&client));
    assert_eq!(spend(&client), Err(OauthError::replayed_assertion()));
    let pushed = unwrap_display(PushedRequest::parse(&form, &client));
    assert_eq!(pushed.reception, reception_request());
    let token = Token::new(randomness);
    let response =
        PushedAuthorizationResponse { request_uri: RequestUri::from_token(&token), expires_in: Span::from_secs(300) };
    let json = serde_json::to_vec(&response).unwrap();

    // The browser is redirected to the reception.
    let response = unwrap_display(PushedAuthorizationResponse::read(PushedAuthorizationResponse::STATUS, &json));
    assert_eq!(response.expires_in, Span::from_secs(300));
    let location = metadata.authorization_url(client.id(), &response.request_uri);
    let request = unwrap_display(AuthorizationRequest::parse(query(location.reveal())));
    assert_eq!(request.request.digest(), token.digest());
    unwrap_display(request.belongs_to(client.id()));

    // The patient registers, and the browser returns with a code.
    let code = Token::new(randomness);
    let location = pushed.redirect_uri.with_code(&code, pushed.state.as_ref(), metadata.issuer());
    let response = unwrap_display(UnverifiedAuthorizationResponse::parse(query(location.reveal())));
    assert_eq!(response.state().digest(), departure.state().digest());
    let resumed = unwrap_display(departure.secret().reveal().parse::<Token>());
    let departure = Departure::resume(resumed, client.id().clone(), pushed.redirect_uri.clone(), reception_request());
    let AuthorizationResponse::Code(received_code) =
        unwrap_display(response.check(&departure.state(), metadata.issuer()))
    else {
        panic!("no code")
    };

    // The service redeems the code.
    let form = parse_form(departure.token_request_form(&received_code, key, metadata, *now, randomness).reveal());
    let client = unwrap_display(world.authenticate(&form));
    unwrap_display(spend(&client));
    let exchange = unwrap_display(CodeExchange::parse(&form, &client));
    assert_eq!(exchange.code.digest(), code.digest());
    let granted = CodeGrant { client: client.id(), redirect_uri: &pushed.redirect_uri, challenge: &pushed.challenge };
    unwrap_display(exchange.check_grant(&granted, &client));
    let access_token = Token::new(randomness);
    let reception = RegisteredReception {
        request: pushed.reception,
        reception_number: ReceptionNumber::new(randomness),
        valid_until: end_of_day(reception_request().visit_date),
    };
    let response = TokenResponse {
        access_token: AccessToken::from_token(&access_token),
        expires_in: Span::from_hours(24),
        reception,
    };
    let json = serde_json::to_vec(&response).unwrap();

    // It gets a number and an end of validity, and nothing else.
    let token_response = unwrap_display(departure.read_token_response(200, &json));
    assert_eq!(token_response.reception, response.reception);
    let header = format!("Bearer {}", token_response.access_token.reveal());
    let presented = unwrap_display(handover::bearer_token([header.as_bytes()]));
    assert_eq!(presented.digest(), access_token.digest());
}

#[test]
fn a_patient_who_ends_without_registering_comes_back_with_that() {
    let world = World::new();
    let client = world.authenticate_client();
    let pushed = unwrap_display(PushedRequest::parse(&parse_form(world.pushed_request_form().reveal()), &client));
    let error = OauthError::access_denied();
    let location = pushed.redirect_uri.with_error(&error, pushed.state.as_ref(), world.metadata.issuer());
    let response = unwrap_display(UnverifiedAuthorizationResponse::parse(query(location.reveal())));
    assert!(matches!(
        response.check(&world.departure.state(), world.metadata.issuer()),
        Ok(AuthorizationResponse::Denied)
    ));
}

#[test]
fn a_service_acts_on_no_answer_that_is_not_its_own() {
    fn check(original: &str, replacement: &str, expected: &str) {
        let world = World::new();
        let reception = RegisteredReception {
            request: reception_request(),
            reception_number: ReceptionNumber::new(&world.randomness),
            valid_until: end_of_day(reception_request().visit_date),
        };
        let access_token = AccessToken::from_token(&Token::new(&world.randomness));
        let response = TokenResponse { access_token, expires_in: Span::from_secs(60), reception };
        let json = serde_json::to_string(&response).unwrap();
        assert!(json.contains(original), "{json}");
        match world.departure.read_token_response(200, json.replace(original, replacement).as_bytes()) {
            Ok(_) => assert!(expected.is_empty(), "not refused: {expected}"),
            Err(refusal) => assert!(!expected.is_empty() && refusal.to_string().contains(expected), "{refusal}"),
        }
    }
    check("Bearer", "bearer", "");
    check("Bearer", "DPoP", "another type than Bearer");
    check("2026-11-24", "2026-11-25", "visit_date is not what was asked");
    check("visit-7", "visit-8", "reference is not what was asked");
    check(&reception_request().institution.to_string(), "0110113719", "institution_code is not what was asked");
    check("online_", "other_", "the type of authorization_details");
    check("\"authorization_details\":[", "\"authorization_details\":[{},", "exactly one element, not 2");
    check("authorization_details", "details", "missing field `authorization_details`");
    check("\"access_token\":\"", "\"access_token\":\" ", "something unusable: an access_token");
    check("\"expires_in\":60", "\"expires_in\":\"60\"", "not the JSON");
}

#[test]
fn an_error_of_the_reception_reaches_the_service_with_its_reason() {
    let json = serde_json::to_vec(&OauthError::lapsed_code()).unwrap();
    let world = World::new();
    match world.departure.read_token_response(400, &json) {
        Err(handover::ResponseRefusal::Refused(error)) => assert!(error.has_code(ErrorCode::InvalidGrant)),
        _ => panic!("not refused"),
    }
    let refusal = PushedAuthorizationResponse::read(503, b"<html>").err().expect("refused");
    assert_eq!(refusal, handover::ResponseRefusal::Status(503));
}
