//! Arbitrary bytes never cause a panic, and what is accepted is written as it was read.

use base::{InstitutionCode, Prefecture, Randomness, ReceptionNumber, ScoreTable, Span, Timestamp, Token, parse_date};
use handover::{
    AccessToken, AuthorizationRequest, ClientKeys, CodeExchange, FORM_MEDIA_TYPE, Form, Issuer, Metadata,
    PushedAuthorizationResponse, PushedRequest, ReceptionRequest, ReceptionStatus, RedirectUri, RegisteredReception,
    RegistrationStatus, State, TokenResponse, UnverifiedAssertion, UnverifiedAuthorizationResponse, bearer_token,
};
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};

use crate::world::{REDIRECT_URI, World, build_form, reception_request};

/// Calls every parser with the same bytes.
fn read_all(bytes: &[u8]) {
    let world = World::new();
    let client = world.authenticate_client();
    let text = String::from_utf8_lossy(bytes);
    if let Ok(form) = Form::from_body(Some(FORM_MEDIA_TYPE), bytes) {
        let _ = UnverifiedAssertion::parse(&form)
            .and_then(|assertion| assertion.verify(&world.client, &world.metadata.audiences(), world.now));
        let _ = PushedRequest::parse(&form, &client);
        let _ = CodeExchange::parse(&form, &client);
    }
    let _ = AuthorizationRequest::parse(&text);
    let _ = UnverifiedAuthorizationResponse::parse(&text)
        .and_then(|response| response.check(&world.departure.state(), world.metadata.issuer()));
    let _ = ReceptionRequest::parse(&text);
    let _ = RegisteredReception::parse(&text);
    let _ = ClientKeys::parse(bytes);
    let _ = Metadata::read(bytes, world.metadata.issuer());
    for status in [200, 201, 400] {
        let _ = PushedAuthorizationResponse::read(status, bytes);
        let _ = TokenResponse::read(status, bytes, &reception_request());
        let _ = ReceptionStatus::read(status, bytes, ReceptionNumber::new(&world.randomness));
    }
    let _ = bearer_token([bytes]);
    let _ = text.parse::<RedirectUri>();
    let _ = text.parse::<Issuer>();
}

/// Known parameter names, with some known values.
fn parameters() -> impl Strategy<Value = Vec<(String, String)>> {
    let names = [
        "client_id",
        "request_uri",
        "redirect_uri",
        "response_type",
        "state",
        "code_challenge",
        "code_verifier",
        "code_challenge_method",
        "authorization_details",
        "grant_type",
        "code",
        "iss",
        "error",
        "client_assertion",
        "client_assertion_type",
        "scope",
    ];
    let values = [
        "code",
        "S256",
        "authorization_code",
        "consult",
        REDIRECT_URI,
        "urn:ietf:params:oauth:request_uri:",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "e30.e30.",
        "[{}]",
        r#"[{"type":null}]"#,
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    ];
    let value = prop_oneof(prop::sample::select(values.to_vec()));
    prop::collection::vec((prop::sample::select(names.to_vec()).prop_map(String::from), value), 0..20)
}

fn prop_oneof(known_values: impl Strategy<Value = &'static str> + 'static) -> impl Strategy<Value = String> {
    (any::<bool>(), known_values, any::<String>())
        .prop_map(|(is_known, value, arbitrary)| if is_known { value.to_owned() } else { arbitrary })
}

fn requests() -> impl Strategy<Value = ReceptionRequest> {
    (1u8..=47, 0u32..1_000_000, 1i16..=9999, 1u8..=12, 1u8..=28, "[A-Za-z0-9._~-]{1,64}").prop_map(
        |(prefecture, serial, year, month, day, reference)| ReceptionRequest {
            institution: InstitutionCode::from_parts(
                Prefecture::from_code(prefecture).expect("a prefecture"),
                ScoreTable::Medical,
                serial,
            ),
            visit_date: parse_date(&format!("{year:04}-{month:02}-{day:02}")).expect("a date"),
            reference: reference.parse().expect("a reference"),
        },
    )
}

fn receptions() -> impl Strategy<Value = RegisteredReception> {
    (requests(), any::<String>(), 0i64..4_000_000_000).prop_map(|(request, seed, seconds)| RegisteredReception {
        request,
        reception_number: ReceptionNumber::new(&Randomness::repeatable(&seed)),
        valid_until: Timestamp::from_seconds(seconds),
    })
}

proptest! {
    #[test]
    fn no_bytes_stop_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_all(&bytes);
    }

    #[test]
    fn no_parameters_stop_a_reader(parameters in parameters()) {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        read_all(body.as_bytes());
    }

    #[test]
    fn no_json_stops_a_reader(text in r#"[\[{]("(type|keys|kty|crv|x|n|e|issuer|access_token|expires_in)":("[A-Za-z0-9_-]{0,50}"|[0-9e.-]{1,20}|null|\[\{\}\]),?){0,8}[}\]]{1,2}"#) {
        read_all(text.as_bytes());
    }

    #[test]
    fn a_jws_of_any_json_stops_no_reader(
        header in r#"\{("(alg|kid|typ|crit)":("(ES256|none|JWT)"|[0-9]{1,3}|null),?){0,4}\}"#,
        claims in r#"\{("(iss|aud|exp|nbf|iat)":("consult"|\["https://reception.example"\]|-?[0-9]{1,25}|1e[0-9]{1,3}|null),){0,4}"sub":"consult"\}"#,
    ) {
        let world = World::new();
        let assertion = crate::world::jws(&header, &claims, |message| world.sign(message));
        let body = format!("client_assertion_type={}&client_assertion={assertion}", crate::world::JWT_BEARER);
        let _ = world.authenticate(&crate::world::parse_form(&body));
    }

    #[test]
    fn details_are_read_as_they_were_written(request in requests(), registered in receptions()) {
        prop_assert_eq!(ReceptionRequest::parse(&request.to_json()), Ok(request));
        let json = serde_json::to_string(&[&registered]).expect("JSON");
        prop_assert_eq!(RegisteredReception::parse(&json), Ok(registered));
    }

    #[test]
    fn a_pushed_request_is_read_as_it_was_written(request in requests(), state in "[ -~]{1,512}", seed in any::<String>()) {
        let client = World::new().authenticate_client();
        let challenge = handover::CodeVerifier::new(&Randomness::repeatable(&seed)).challenge();
        let form = build_form(&[
            ("response_type", "code"),
            ("redirect_uri", REDIRECT_URI),
            ("state", &state),
            ("code_challenge", &challenge.to_string()),
            ("code_challenge_method", "S256"),
            ("authorization_details", &request.to_json()),
        ]);
        let parsed = PushedRequest::parse(&form, &client).unwrap_or_else(|error| panic!("{error}"));
        prop_assert_eq!(parsed.reception, request);
        prop_assert_eq!(parsed.challenge, challenge);
        prop_assert_eq!(parsed.redirect_uri.as_str(), REDIRECT_URI);
        prop_assert_eq!(parsed.state.as_ref().map(State::reveal), Some(state.as_str()));
    }

    #[test]
    fn a_token_answer_is_read_as_it_was_written(reception in receptions(), seed in any::<String>(), seconds in 0i64..100_000) {
        let access_token = AccessToken::from_token(&Token::new(&Randomness::repeatable(&seed)));
        let response = TokenResponse { access_token, expires_in: Span::from_secs(seconds), reception };
        let json = serde_json::to_vec(&response).expect("JSON");
        let parsed = TokenResponse::read(200, &json, &response.reception.request).unwrap_or_else(|error| panic!("{error}"));
        prop_assert_eq!(parsed.access_token.reveal(), response.access_token.reveal());
        prop_assert_eq!(parsed.expires_in, response.expires_in);
        prop_assert_eq!(parsed.reception, response.reception);
    }

    #[test]
    fn a_status_is_read_as_it_was_written(reception in receptions(), which in 0usize..3) {
        let status = ReceptionStatus {
            status: [RegistrationStatus::Registered, RegistrationStatus::Withdrawn, RegistrationStatus::Expired][which],
            reception_number: reception.reception_number,
            valid_until: reception.valid_until,
        };
        let json = serde_json::to_vec(&status).expect("JSON");
        prop_assert_eq!(ReceptionStatus::read(200, &json, reception.reception_number), Ok(status));
    }
}
