//! A client assertion with one mistake is refused for that mistake.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa,
    signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use handover::{AuthenticatedClient, ErrorCode, OauthError, UnverifiedAssertion};
use serde_json::{Value, json};

use crate::world::{ISSUER, JWT_BEARER, World, build_form, jws};

fn claims(world: &World) -> Value {
    let now = world.now.seconds();
    json!({"iss": "consult", "sub": "consult", "aud": ISSUER, "iat": now, "exp": now + 60, "jti": "1"})
}

/// `value` with members changed, or removed where the change is null.
fn with_changes(mut value: Value, changes: &Value) -> Value {
    let object = value.as_object_mut().expect("an object");
    for (name, change) in changes.as_object().expect("an object") {
        if change.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), change.clone());
        }
    }
    value
}

fn authenticate(world: &World, assertion: &str) -> Result<AuthenticatedClient, OauthError> {
    world.authenticate(&build_form(&[("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)]))
}

fn check_outcome(actual: Result<AuthenticatedClient, OauthError>, expected: Result<(), &str>) {
    match (actual, expected) {
        (Ok(_), Ok(())) => {}
        (Err(error), Err(part)) => {
            assert!(error.description().contains(part), "{error} / {part}");
            assert_eq!(error.code(), ErrorCode::InvalidClient);
        }
        (Ok(_), Err(part)) => panic!("not refused: {part}"),
        (Err(error), Ok(())) => panic!("refused: {error}"),
    }
}

/// Checks a correctly signed assertion with changes in header and claims.
fn check(header: &Value, changes: &Value, expected: Result<(), &str>) {
    let world = World::new();
    let header = with_changes(json!({"alg": "ES256", "kid": world.key.kid(), "typ": "JWT"}), header);
    let claims = with_changes(claims(&world), changes);
    check_outcome(
        authenticate(&world, &jws(&header.to_string(), &claims.to_string(), |message| world.sign(message))),
        expected,
    );
}

#[test]
fn claims_are_believed_only_as_rfc_7523_says() {
    let now = World::new().now.seconds();
    let claim = |changes: Value, expected| check(&json!({}), &changes, expected);
    claim(json!({}), Ok(()));
    claim(json!({"iat": null}), Ok(()));
    claim(json!({"nbf": now}), Ok(()));
    claim(json!({"unknown": {"a": [1]}}), Ok(()));

    claim(json!({"iss": "other"}), Err("The claim iss must be"));
    claim(json!({"iss": null}), Err("The claim iss must be"));
    claim(json!({"sub": null}), Err("The claim sub is missing"));
    claim(json!({"sub": "other"}), Err("No client is registered"));
    claim(json!({"sub": "a b"}), Err("No client is registered"));
    claim(json!({"sub": 1}), Err("payload of the client_assertion is not the JSON"));

    claim(json!({"aud": format!("{ISSUER}/token")}), Ok(()));
    claim(json!({"aud": format!("{ISSUER}/par")}), Ok(()));
    claim(json!({"aud": [ISSUER]}), Ok(()));
    claim(json!({"aud": [ISSUER, format!("{ISSUER}/token")]}), Ok(()));
    for wrong in [
        json!(null),
        json!([]),
        json!("https://evil.example"),
        json!([ISSUER, "https://evil.example"]),
        json!(format!("{ISSUER}/")),
        json!(format!("{ISSUER}/authorize")),
        json!("https://Reception.example"),
    ] {
        claim(json!({"aud": wrong}), Err("The claim aud must name this server and nobody else"));
    }

    claim(json!({"exp": null}), Err("The claim exp is missing"));
    claim(json!({"exp": "soon"}), Err("payload of the client_assertion is not the JSON"));
    claim(json!({"exp": 1e300}), Err("The claim exp is no time"));
    claim(json!({"exp": now - 59, "iat": null}), Ok(()));
    claim(json!({"exp": now - 60, "iat": null}), Err("The client_assertion expired at 2026-11-24T08:59:00+09:00"));
    claim(json!({"exp": now + 360}), Ok(()));
    claim(json!({"exp": now + 361}), Err("more than 5 minutes ahead"));
    claim(json!({"exp": i64::MAX}), Err("more than 5 minutes ahead"));
    let fraction: Value = serde_json::from_str(&format!("{}.5", now + 30)).expect("a number");
    claim(json!({"exp": fraction}), Ok(()));

    claim(json!({"nbf": now + 60}), Ok(()));
    claim(json!({"nbf": now + 61}), Err("is not valid before"));
    claim(json!({"iat": now + 60}), Ok(()));
    claim(json!({"iat": now + 61, "exp": now + 120}), Err("says it was issued at"));
    claim(json!({"iat": now + 30, "exp": now + 20}), Err("issued after it expired"));

    claim(json!({"jti": null}), Err("The claim jti is missing"));
    claim(json!({"jti": ""}), Err("The claim jti is 1 to 256"));
    claim(json!({"jti": "x".repeat(257)}), Err("The claim jti is 1 to 256"));
}

#[test]
fn a_header_may_choose_a_registered_key_and_nothing_else() {
    let header = |changes: Value, expected| check(&changes, &json!({}), expected);
    header(json!({"kid": null}), Ok(()));
    header(json!({"typ": null}), Ok(()));
    header(json!({"typ": "client-authentication+jwt"}), Ok(()));
    header(json!({"jwk": {"kty": "EC"}, "jku": "https://evil.example"}), Ok(()));
    header(json!({"typ": "at+jwt"}), Err("The typ of the client_assertion"));
    header(json!({"crit": ["exp"]}), Err("has crit"));
    header(json!({"kid": "another"}), Err("No registered key of this client has the kid 'another'"));
    header(json!({"alg": null}), Err("header of the client_assertion is not the JSON"));
    header(json!({"alg": "none"}), Err("is not signed (alg none)"));
    header(json!({"alg": "NONE"}), Err("is not signed (alg none)"));
    header(json!({"alg": "HS256"}), Err("shared secret (alg HS...)"));
    header(json!({"alg": "ES384"}), Err("The alg 'ES384' is not accepted; use ES256"));
    header(json!({"alg": "RS256"}), Err("The header says RS256, but the key"));
    header(json!({"alg": "RS256", "kid": null}), Err("No registered key of this client signs with RS256"));
}

#[test]
fn a_signature_of_anybody_else_is_worthless() {
    let (world, stranger) = (World::new(), World::new());
    let header = json!({"alg": "ES256", "kid": world.key.kid()}).to_string();
    let claims = claims(&world).to_string();
    let check = |assertion: &str, expected| check_outcome(authenticate(&world, assertion), expected);
    let valid = jws(&header, &claims, |message| world.sign(message));
    check(&valid, Ok(()));
    check(&jws(&header, &claims, |message| stranger.sign(message)), Err("does not verify with the registered key"));
    check(&jws(&header, &claims, |_| vec![0; 64]), Err("does not verify"));
    check(&jws(&header, &claims, |_| Vec::new()), Err("does not verify"));

    let none = jws(r#"{"alg":"none"}"#, &claims, |_| Vec::new());
    check(&none, Err("is not signed (alg none)"));
    // Algorithm confusion: the public key as a shared secret.
    let public_keys = world.key.public_jwks();
    let secret = hmac::Key::new(hmac::HMAC_SHA256, public_keys.as_bytes());
    let confused = json!({"alg": "HS256", "kid": world.key.kid()}).to_string();
    let confused = jws(&confused, &claims, |message| hmac::sign(&secret, message).as_ref().to_vec());
    check(&confused, Err("shared secret (alg HS...)"));

    let parts: Vec<&str> = valid.split('.').collect();
    let changed_claims = URL_SAFE_NO_PAD.encode(claims.replace(r#""jti":"1""#, r#""jti":"2""#));
    check(&format!("{}.{changed_claims}.{}", parts[0], parts[2]), Err("does not verify"));
}

#[test]
fn an_assertion_is_a_compact_jws_in_its_parameter() {
    let world = World::new();
    let valid = jws(&json!({"alg": "ES256"}).to_string(), &claims(&world).to_string(), |message| world.sign(message));
    let check =
        |parameters: &[(&str, &str)], expected| check_outcome(world.authenticate(&build_form(parameters)), expected);
    let kind = ("client_assertion_type", JWT_BEARER);
    check(&[kind, ("client_assertion", &valid)], Ok(()));
    check(&[kind, ("client_assertion", &valid), ("client_id", "consult")], Ok(()));
    check(&[kind, ("client_assertion", &valid), ("client_id", "other")], Err("client_id is not the sub"));
    check(&[kind, ("client_assertion", &valid), ("client_secret", "x")], Err("Do not send a client_secret"));
    check(&[kind], Err("client_assertion is missing"));
    check(&[("client_assertion", &valid)], Err("client_assertion_type must be urn:ietf"));
    check(&[("client_assertion_type", "x"), ("client_assertion", &valid)], Err("client_assertion_type must be"));
    check(&[kind, ("client_assertion", &valid.repeat(20))], Err("longer than"));
    for wrong in ["a", "a.b", "a.b.c.d", "...."] {
        check(&[kind, ("client_assertion", wrong)], Err("no compact JWS"));
    }
    check(&[kind, ("client_assertion", "..")], Err("header of the client_assertion is not the JSON"));
    check(&[kind, ("client_assertion", "e30=.e30.")], Err("header of the client_assertion is not base64url"));
    check(&[kind, ("client_assertion", &format!("{valid}="))], Err("does not verify"));
    let twice = jws(r#"{"alg":"none","alg":"ES256"}"#, "{}", |message| world.sign(message));
    check(&[kind, ("client_assertion", &twice)], Err("duplicate field `alg`"));
}

#[test]
fn an_assertion_is_for_one_client_and_one_time() {
    let world = World::new();
    let once_only = |jti: &str| {
        let claims = with_changes(claims(&world), &json!({"jti": jti})).to_string();
        match authenticate(&world, &jws(r#"{"alg":"ES256"}"#, &claims, |message| world.sign(message))) {
            Ok(client) => client.once_only(),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(once_only("1"), once_only("1"));
    assert_ne!(once_only("1").key(), once_only("2").key());
    // From then on it is refused as expired.
    assert_eq!(once_only("1").expires_at().seconds(), world.now.seconds() + 60 + 60);

    let other_client = handover::Client::new(
        "other".parse().unwrap(),
        handover::ClientKeys::parse(world.key.public_jwks().as_bytes()).unwrap(),
        vec!["https://other.example/".parse().unwrap()],
    )
    .unwrap();
    let claims = claims(&world).to_string();
    let assertion = jws(r#"{"alg":"ES256"}"#, &claims, |message| world.sign(message));
    let form = build_form(&[("client_assertion_type", JWT_BEARER), ("client_assertion", &assertion)]);
    let Ok(unverified) = UnverifiedAssertion::parse(&form) else { panic!("refused") };
    assert_eq!(unverified.claimed_client().as_str(), "consult");
    check_outcome(unverified.verify(&other_client, &[ISSUER], world.now), Err("No client is registered"));
}

#[test]
fn keys_of_the_other_kinds_sign_too() {
    let key = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).expect("a key");
    let public = key.public_key();
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let components = aws_lc_rs::signature::RsaPublicKeyComponents::<Vec<u8>>::from(public);
    let jwk = json!({"kty": "RSA", "kid": "rsa", "n": number(&components.n), "e": number(&components.e)});
    let edwards = Ed25519KeyPair::generate().expect("a key");
    let ed25519_jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": number(edwards.public_key().as_ref())});
    let world = World::with_keys(&json!({"keys": [jwk, ed25519_jwk]}).to_string());

    let rsa = |encoding: &'static dyn RsaEncoding| {
        let key = &key;
        move |message: &[u8]| {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(encoding, &SystemRandom::new(), message, &mut signature).expect("a signature");
            signature
        }
    };
    let check = |header: Value, sign: &dyn Fn(&[u8]) -> Vec<u8>, expected| {
        check_outcome(authenticate(&world, &jws(&header.to_string(), &claims(&world).to_string(), sign)), expected);
    };
    check(json!({"alg": "PS256", "kid": "rsa"}), &rsa(&RSA_PSS_SHA256), Ok(()));
    check(json!({"alg": "RS256", "kid": "rsa"}), &rsa(&RSA_PKCS1_SHA256), Ok(()));
    check(json!({"alg": "PS256"}), &rsa(&RSA_PSS_SHA256), Ok(()));
    check(json!({"alg": "PS256", "kid": "rsa"}), &rsa(&RSA_PKCS1_SHA256), Err("does not verify"));
    let ed = |message: &[u8]| edwards.sign(message).as_ref().to_vec();
    check(json!({"alg": "EdDSA", "kid": "ed"}), &ed, Ok(()));
    check(json!({"alg": "Ed25519", "kid": "ed"}), &ed, Ok(()));
    check(json!({"alg": "PS256", "kid": "ed"}), &ed, Err("registered for Ed25519"));
    check(json!({"alg": "ES256"}), &ed, Err("No registered key of this client signs with ES256"));
}
