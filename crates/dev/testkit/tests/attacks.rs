//! Malicious, forged and repeated requests to the reception. Each is refused, reveals no secret, and leaves no partial
//! change.

#[path = "attacks/disturbances.rs"]
mod disturbances;

use std::collections::BTreeSet;

use app_auth::{AbortReason, AuthenticationOutcome, Device, OpenMethod};
use base::{Date, InstitutionCode, Span, Token};
use eligibility::CareKind;
use handover::{
    AuthorizationResponse, FormBody, ReceptionStatus, RegistrationStatus, TokenResponse,
    UnverifiedAuthorizationResponse,
};
use jpki::{Algorithm, Authority, Challenge, Municipality, Serial, SigningKey, Subject, ocsp::RevocationReason};
use reqwest::StatusCode;
use testkit::{App, Browser, Card, Page, TestService, World, block_on};

fn world() -> &'static World {
    World::shared()
}

/// An institution of the demo that accepts online receptions.
fn institution() -> InstitutionCode {
    uketsuke::commands::demo::online_institutions(world().addresses())[0]
}

fn today() -> Date {
    world().now().japan_date()
}

/// A patient's browser at the reception after choices and confirmation: the reception waits for the card.
struct AwaitedAuthentication {
    browser: Browser<'static>,
    departure: handover::Departure,
    page: Page,
}

async fn depart_to_reception(
    service: &TestService<'static>,
    browser: &Browser<'static>,
    reference: &str,
) -> (handover::Departure, Page) {
    let departure = service.new_departure(institution(), today(), reference);
    let page = browser.open(&service.push_departure(&departure).await).await;
    (departure, page)
}

async fn confirm_consent(browser: &Browser<'static>, page: &Page) -> Page {
    let page = browser.submit_form(page, "/choose", &[("all", "agree")]).await;
    browser.submit_form(&page, "/confirm", &[]).await
}

async fn await_authentication(reference: &str) -> AwaitedAuthentication {
    let browser = Browser::on_android(world());
    let (departure, page) = depart_to_reception(&world().service(), &browser, reference).await;
    let page = confirm_consent(&browser, &page).await;
    AwaitedAuthentication { browser, departure, page }
}

impl AwaitedAuthentication {
    fn open_app(&self) -> App<'static> {
        App::open(world(), &self.page.find_link("/open?ticket="))
    }

    /// The card signs and the browser returns.
    async fn authenticate(&self, card: &Card) -> Page {
        let outcome =
            self.open_app().authenticate(card, Device::Android, OpenMethod::Link).await.expect("the card is accepted");
        let AuthenticationOutcome::Return { code } = outcome else { panic!("an Android phone leads back") };
        self.browser.open(&return_address(&code)).await
    }

    /// Completes the procedure; the authorization code with which the browser returns to the service.
    async fn finish_procedure(&self, card: &Card) -> handover::AuthorizationCode {
        let page = self.authenticate(card).await;
        let page = self.browser.submit_form(&page, "/finish", &[]).await;
        read_returned_code(&self.departure, &page).await
    }
}

async fn read_returned_code(departure: &handover::Departure, page: &Page) -> handover::AuthorizationCode {
    let query = page.url.query().expect("the browser returns with parameters");
    let issuer = world().service().fetch_metadata().await.issuer().clone();
    let response = UnverifiedAuthorizationResponse::parse(query)
        .expect("a return")
        .check(&departure.state(), &issuer)
        .expect("the return is for this departure");
    let AuthorizationResponse::Code(code) = response else { panic!("a code") };
    code
}

fn return_address(code: &Token) -> String {
    world().addresses().reception.url(&format!("{}?code={}", app_auth::RETURN_PATH, code.reveal()))
}

async fn redeem_code(service: &TestService<'static>, form: &FormBody) -> (u16, Vec<u8>) {
    let token = service.fetch_metadata().await.endpoints().token.clone();
    service.post_form(token, form).await
}

async fn token_form(
    service: &TestService<'static>,
    departure: &handover::Departure,
    code: &handover::AuthorizationCode,
) -> FormBody {
    let metadata = service.fetch_metadata().await;
    departure.token_request_form(code, service.key(), &metadata, world().now(), service.randomness())
}

fn read_error_code(body: &[u8]) -> String {
    let body: serde_json::Value = serde_json::from_slice(body).expect("an error is JSON");
    body["error"].as_str().expect("an error has a code").to_owned()
}

#[test]
fn home_visits_are_registered_at_an_address_of_their_own_which_dies_when_it_is_changed() {
    block_on(async {
        let eligibility = &world().services().eligibility;
        let settings = oqs::EnvironmentSettings {
            viewing_consent: None,
            medical_assistance: None,
            home_visit: Some(oqs::Use::Used),
            online: None,
            prescription: None,
            prescription_timing: None,
        };
        eligibility.set_environment(institution(), settings).await.expect("a setting");
        let fixed_url_code = eligibility.issue_fixed_url(institution(), CareKind::HomeVisit).await.expect("an address");
        let path = format!("/i/{fixed_url_code}");
        let address = world().addresses().reception.url(&path);
        let (browser, card) = (Browser::on_android(world()), Card::issue(world()).await);
        let page = browser.open(&address).await.assert_contains("取り消すまで有効");
        assert!(!page.body.contains("visit_year"), "home visits have no day");
        let page = browser.submit_form(&page, &path, &[]).await;
        let page = confirm_consent(&browser, &page).await;
        let awaited = AwaitedAuthentication {
            departure: world().service().new_departure(institution(), today(), "none"),
            browser,
            page,
        };
        let page =
            awaited.authenticate(&card).await.assert_contains("同意を登録しました").assert_contains("取り消すまで");
        awaited.browser.submit_form(&page, "/finish", &[]).await.assert_contains("手続きは終了しました");
        eligibility.issue_fixed_url(institution(), CareKind::HomeVisit).await.expect("another address");
        let gone_page = awaited.browser.open(&address).await.assert_contains("このアドレスは使われなくなりました");
        assert_eq!(gone_page.status, StatusCode::GONE);
    });
}

#[test]
fn a_journey_ends_with_number_date_and_end_and_nothing_else() {
    block_on(async {
        let (awaited, card) = (await_authentication("journey").await, Card::issue(world()).await);
        let code = awaited.finish_procedure(&card).await;
        let form = token_form(&world().service(), &awaited.departure, &code).await;
        let (status, body) = redeem_code(&world().service(), &form).await;
        let response: TokenResponse = awaited.departure.read_token_response(status, &body).expect("a token response");
        assert_eq!(response.reception.valid_until, base::end_of_day(today()));
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let keys: BTreeSet<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(["access_token", "token_type", "expires_in", "authorization_details"]));
        let details: BTreeSet<_> =
            json["authorization_details"][0].as_object().unwrap().keys().map(String::as_str).collect();
        let expected = ["type", "institution_code", "visit_date", "reference", "reception_number", "valid_until"];
        assert_eq!(details, BTreeSet::from(expected));
        let status = read_reception_status(response.access_token.reveal(), response.reception.reception_number).await;
        assert_eq!(status.status, RegistrationStatus::Registered);
    });
}

async fn read_reception_status(token: &str, number: base::ReceptionNumber) -> ReceptionStatus {
    let address = world().service().fetch_metadata().await.endpoints().status.clone();
    let response = world().http().get(address).bearer_auth(token).send().await.expect("a response");
    let (status, body) = (response.status().as_u16(), response.bytes().await.expect("a body"));
    ReceptionStatus::read(status, &body, number).expect("a status")
}

#[test]
fn a_procedure_is_finished_only_in_the_browser_that_began() {
    block_on(async {
        let (awaited, card) = (await_authentication("other-browser").await, Card::issue(world()).await);
        let outcome =
            awaited.open_app().authenticate(&card, Device::Android, OpenMethod::Link).await.expect("accepted");
        let AuthenticationOutcome::Return { code } = outcome else { panic!("a code") };
        let other_browser = Browser::on_android(world());
        let page = other_browser.open(&return_address(&code)).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.body.contains("reception.return.other_browser"));
        // The code was used by another browser: it is invalid now, even for the right browser.
        let page = awaited.browser.open(&return_address(&code)).await;
        assert!(!page.body.contains("あと1つ：手続きを終了する"), "{}", page.body);
        // To another browser the procedure does not exist.
        let page = other_browser.open(awaited.page.url.as_str()).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_ticket_is_claimed_once() {
    block_on(async {
        let awaited = await_authentication("ticket").await;
        let app = awaited.open_app();
        assert!(app.claim(Device::Android, OpenMethod::Link).await.is_ok());
        let refused = app.claim(Device::Iphone, OpenMethod::Scan).await.err().expect("a second app is refused");
        assert_eq!(refused.code, "reception.authentication.claimed_before");
    });
}

#[test]
fn the_code_to_scan_is_drawn_only_for_the_browser_that_began_and_until_the_app_opens() {
    block_on(async {
        let awaited = await_authentication("scan").await;
        let qr_code = format!("{}/code.svg", awaited.page.url);
        let image = awaited.browser.open(&qr_code).await;
        assert!(image.status.is_success() && image.body.starts_with("<svg"), "{}", image.body);
        assert_eq!(Browser::on_android(world()).open(&qr_code).await.status, StatusCode::NOT_FOUND);
        awaited.open_app().claim(Device::Android, OpenMethod::Link).await.expect("the ticket is new");
        assert_eq!(awaited.browser.open(&qr_code).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_ticket_that_nobody_made_opens_nothing() {
    block_on(async {
        let mut app = await_authentication("unknown-ticket").await.open_app();
        app.ticket = Token::new(&base::Randomness::system());
        let refused = app.claim(Device::Android, OpenMethod::Link).await.err().expect("refused");
        assert_eq!(refused.code, "reception.authentication.ticket");
        let refused = app.give_up(AbortReason::Cancelled).await.expect_err("refused");
        assert_eq!(refused.code, "reception.authentication.ticket");
    });
}

#[test]
fn of_a_hundred_who_redeem_a_code_at_once_one_wins() {
    block_on(async {
        let (awaited, card) = (await_authentication("hundred").await, Card::issue(world()).await);
        let code = awaited.finish_procedure(&card).await;
        let service = world().service();
        let endpoint = service.fetch_metadata().await.endpoints().token.clone();
        let mut attempts = Vec::new();
        for _ in 0..100 {
            // Each with a new assertion: only the code is used twice.
            let form = token_form(&service, &awaited.departure, &code).await.reveal().to_owned();
            let request = world().http().post(endpoint.clone()).body(form);
            let request = request.header("content-type", handover::FORM_MEDIA_TYPE);
            attempts.push(tokio::spawn(async move { request.send().await.expect("a response").status() }));
        }
        let mut successes = 0;
        for attempt in attempts {
            match attempt.await.expect("it ran") {
                StatusCode::OK => successes += 1,
                status => assert_eq!(status, StatusCode::BAD_REQUEST),
            }
        }
        assert_eq!(successes, 1);
    });
}

#[test]
fn a_code_that_comes_twice_takes_back_what_it_gave() {
    block_on(async {
        let (awaited, card) = (await_authentication("twice").await, Card::issue(world()).await);
        let code = awaited.finish_procedure(&card).await;
        let service = world().service();
        let (status, body) = redeem_code(&service, &token_form(&service, &awaited.departure, &code).await).await;
        let token = awaited.departure.read_token_response(status, &body).expect("a token");
        let (status, body) = redeem_code(&service, &token_form(&service, &awaited.departure, &code).await).await;
        assert_eq!((status, read_error_code(&body).as_str()), (400, "invalid_grant"));
        let address = service.fetch_metadata().await.endpoints().status.clone();
        let response = world().http().get(address).bearer_auth(token.access_token.reveal()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert!(response.headers()["www-authenticate"].to_str().unwrap().contains("invalid_token"));
    });
}

#[test]
fn a_code_is_worth_nothing_to_another_client_verifier_or_redirect() {
    block_on(async {
        let card = Card::issue(world()).await;
        let service = world().service();
        for (name, error) in [("client", "invalid_grant"), ("verifier", "invalid_grant"), ("redirect", "invalid_grant")]
        {
            let awaited = await_authentication(&format!("foreign-{name}")).await;
            let code = awaited.finish_procedure(&card).await;
            let (status, body) = match name {
                "client" => {
                    let other_service = world().other_service();
                    let metadata = other_service.fetch_metadata().await;
                    let departure = other_service.new_departure(institution(), today(), "foreign-client");
                    let form = departure.token_request_form(
                        &code,
                        other_service.key(),
                        &metadata,
                        world().now(),
                        other_service.randomness(),
                    );
                    redeem_code(&other_service, &form).await
                }
                "verifier" => {
                    let departure = service.new_departure(institution(), today(), "foreign-verifier");
                    redeem_code(&service, &token_form(&service, &departure, &code).await).await
                }
                _ => {
                    let form = token_form(&service, &awaited.departure, &code).await.reveal().to_owned();
                    let form = form.replace("%2Freturn", "%2Felsewhere");
                    let token = service.fetch_metadata().await.endpoints().token.clone();
                    service.post_raw_form(token, form).await
                }
            };
            assert_eq!((status, read_error_code(&body).as_str()), (400, error), "{name}");
        }
    });
}

#[test]
fn who_has_everything_but_the_clients_key_neither_redeems_a_code_nor_spends_it() {
    block_on(async {
        let (awaited, card) = (await_authentication("foreign-key").await, Card::issue(world()).await);
        let code = awaited.finish_procedure(&card).await;
        let (service, other_service) = (world().service(), world().other_service());
        let metadata = service.fetch_metadata().await;
        // The verifier is derived from the secret, and the redirect URI is known: only the key is that of the other service.
        let other_departure = handover::Departure::resume(
            awaited.departure.secret().clone(),
            "other-service".parse().expect("a client id"),
            "http://test-service.localhost:1/return".parse().expect("a redirect URI"),
            awaited.departure.reception().clone(),
        );
        let other_form = other_departure.token_request_form(
            &code,
            other_service.key(),
            &metadata,
            world().now(),
            other_service.randomness(),
        );
        let own_form = token_form(&service, &awaited.departure, &code).await;
        let field = |form: &FormBody, name: &str| {
            let pairs = url::form_urlencoded::parse(form.reveal().as_bytes()).into_owned();
            pairs.into_iter().find(|(key, _)| key == name).expect("the field is sent").1
        };
        for name in ["code", "code_verifier", "redirect_uri"] {
            assert_eq!(field(&other_form, name), field(&own_form, name), "{name}");
        }
        let (status, body) = redeem_code(&other_service, &other_form).await;
        assert_eq!((status, read_error_code(&body).as_str()), (400, "invalid_grant"));
        // With the right client id, signed with the other service's key.
        let forged_form = awaited.departure.token_request_form(
            &code,
            other_service.key(),
            &metadata,
            world().now(),
            other_service.randomness(),
        );
        let (status, body) = redeem_code(&other_service, &forged_form).await;
        assert_eq!((status, read_error_code(&body).as_str()), (401, "invalid_client"));
        assert_eq!(redeem_code(&service, &own_form).await.0, 200, "it was not spent");
    });
}

#[test]
fn an_assertion_is_good_once() {
    block_on(async {
        let service = world().service();
        let metadata = service.fetch_metadata().await;
        let departure = service.new_departure(institution(), today(), "replay");
        let form = departure.pushed_request_form(service.key(), &metadata, world().now(), service.randomness());
        let push = metadata.endpoints().pushed_requests.clone();
        assert_eq!(service.post_form(push.clone(), &form).await.0, 201);
        let (status, body) = service.post_form(push, &form).await;
        assert_eq!((status, read_error_code(&body).as_str()), (401, "invalid_client"));
    });
}

#[test]
fn a_request_uri_opens_one_browser() {
    block_on(async {
        let service = world().service();
        let departure = service.new_departure(institution(), today(), "request-uri");
        let address = service.push_departure(&departure).await;
        let browser = Browser::on_android(world());
        let first = browser.open(&address).await;
        // The back button of the same browser leads to the same procedure.
        assert_eq!(browser.open(&address).await.url, first.url);
        // Another browser is shown a link back to the service.
        let other_page = Browser::on_android(world()).open(&address).await;
        assert_eq!(other_page.status, StatusCode::GONE);
        assert!(
            other_page.body.contains("reception.arrive.request_used")
                && !other_page.body.contains("別のブラウザで始めた")
        );
        assert_eq!(other_page.find_links("test-service.localhost").len(), 1, "{}", other_page.body);
    });
}

/// The headers of a prefetch request.
const PREFETCH_HEADERS: [(&str, &str); 4] = [
    ("sec-purpose", "prefetch"),
    ("sec-purpose", "prefetch;prerender"),
    ("purpose", "prefetch"),
    ("x-moz", "prefetch"),
];

#[test]
fn neither_head_nor_a_fetch_in_advance_uses_up_a_request_or_a_return_code() {
    block_on(async {
        let check_no_effect = async |browser: &Browser<'_>, address: &str| {
            let response = browser.head(address).await;
            assert_eq!((response.status, response.body.as_str()), (StatusCode::OK, ""), "{address}");
            for header in PREFETCH_HEADERS {
                let response = browser.get_with_header(address, header).await;
                assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{header:?} {address}");
            }
        };
        let (service, browser, card) = (world().service(), Browser::on_android(world()), Card::issue(world()).await);
        let departure = service.new_departure(institution(), today(), "in-advance");
        let address = service.push_departure(&departure).await;
        // By a program without cookies and by the browser itself.
        check_no_effect(&Browser::on_android(world()), &address).await;
        check_no_effect(&browser, &address).await;
        let page = browser.open(&address).await.assert_contains("同意可否の選択");
        let page = confirm_consent(&browser, &page).await;
        let awaited = AwaitedAuthentication { browser, departure, page };
        let outcome = awaited
            .open_app()
            .authenticate(&card, Device::Android, OpenMethod::Link)
            .await
            .expect("the card is accepted");
        let AuthenticationOutcome::Return { code } = outcome else { panic!("an Android phone leads back") };
        let address = return_address(&code);
        check_no_effect(&Browser::on_android(world()), &address).await;
        check_no_effect(&awaited.browser, &address).await;
        awaited.browser.open(&address).await.assert_contains("あと1つ：手続きを終了する");
    });
}

#[test]
fn the_page_behind_the_return_says_whose_card_it_was_and_takes_it_back() {
    block_on(async {
        let (awaited, card) = (await_authentication("another-card").await, Card::issue(world()).await);
        let page = awaited.authenticate(&card).await.assert_contains("さん</b>のカードで同意を登録しました");
        assert!(page.body.contains('＊'), "the name is masked: {}", page.body);
        let result =
            awaited.browser.submit_form(&page, "/disown", &[]).await.assert_contains("同意は登録されていません");
        // The service receives that nothing was registered.
        let return_page = awaited.browser.submit_form(&result, "/abandon", &[]).await;
        assert_eq!(return_page.query_parameter("error").as_deref(), Some("access_denied"));
        // The back button and a second submission show the same.
        awaited.browser.submit_form(&page, "/disown", &[]).await.assert_contains("同意は登録されていません");
        let after_finish = awaited.browser.submit_form(&page, "/finish", &[]).await;
        assert_eq!(after_finish.url.path(), result.url.path());
    });
}

#[test]
fn a_redirect_to_a_foreign_address_is_never_pushed() {
    block_on(async {
        let service = world().service();
        let metadata = service.fetch_metadata().await;
        let departure = service.new_departure(institution(), today(), "redirect");
        let form = departure.pushed_request_form(service.key(), &metadata, world().now(), service.randomness());
        let form = form.reveal().replace("test-service.localhost", "evil.localhost");
        let (status, body) = service.post_raw_form(metadata.endpoints().pushed_requests.clone(), form).await;
        assert_eq!((status, read_error_code(&body).as_str()), (400, "invalid_request"));
    });
}

#[test]
fn an_institution_without_the_function_cannot_be_asked_for() {
    block_on(async {
        let service = world().service();
        let metadata = service.fetch_metadata().await;
        for (institution, day) in [
            ("0110113719".parse().unwrap(), today()),
            (institution(), today().yesterday().unwrap()),
            (institution(), today().saturating_add(base::Span::from_hours(24 * 200))),
        ] {
            let departure = service.new_departure(institution, day, "nowhere");
            let form = departure.pushed_request_form(service.key(), &metadata, world().now(), service.randomness());
            let (status, body) = service.post_form(metadata.endpoints().pushed_requests.clone(), &form).await;
            assert_eq!((status, read_error_code(&body).as_str()), (400, "invalid_authorization_details"));
        }
    });
}

/// Sends a card response that deviates in one property; it is refused with the code `expected`.
async fn check_refused_response(
    reference: &str,
    expected: &str,
    make_response: impl AsyncFnOnce(&App<'static>, &app_auth::AuthenticationRequest) -> (Vec<u8>, Vec<u8>),
) {
    let awaited = await_authentication(reference).await;
    let app = awaited.open_app();
    let request = app.claim(Device::Android, OpenMethod::Link).await.expect("claimed");
    let (certificate, signature) = make_response(&app, &request).await;
    let refused = app.submit_response(certificate, signature).await.err().expect("the response is refused");
    assert_eq!(refused.code, expected, "{reference}");
    assert!(!refused.japanese.is_empty() && !refused.english.is_empty());
    // The page shows the error and links to continue; nothing is registered.
    let page = awaited.browser.open(awaited.page.url.as_str()).await;
    assert!(page.body.contains(expected), "{}", page.body);
    assert!(page.body.contains("/abandon") && page.body.contains("/again"));
}

#[test]
fn a_signature_for_another_origin_nonce_or_ticket_is_worthless() {
    type Change = fn(&mut Challenge);
    block_on(async {
        let card = &Card::issue(world()).await;
        let make_response = |alter: Change| {
            move |app: &App<'static>, request: &app_auth::AuthenticationRequest| {
                let mut challenge = app.challenge(request);
                alter(&mut challenge);
                (card.certificate.clone(), card.sign(&challenge))
            }
        };
        let changes: [(&str, Change); 3] = [
            ("other-origin", |challenge| challenge.origin = "http://evil.localhost:8400".to_owned()),
            ("other-nonce", |challenge| challenge.nonce = [0; 32]),
            ("other-ticket", |challenge| challenge.ticket = base::digest(&[b"another"])),
        ];
        for (name, alter) in changes {
            let respond = make_response(alter);
            check_refused_response(name, "jpki.signature.wrong", async |app, request| respond(app, request)).await;
        }
    });
}

#[test]
fn the_signature_certificate_does_not_authenticate() {
    block_on(async {
        let key = SigningKey::generate(Algorithm::RsaSha256).expect("a key");
        let signatory = jpki::Signatory {
            applied_at: world().now().minus(Span::from_hours(48)),
            municipality: Municipality::new("13221", "Tokyo-to", "Kiyose-shi").unwrap(),
            number: 1,
            counter: 3,
            name: "試験太郎".to_owned(),
            name_substitutes: Vec::new(),
            gender: jpki::Gender::Male,
            birth: base::parse_date("1980-12-24").unwrap(),
            address: "東京都清瀬市架空1-1".to_owned(),
            address_substitutes: Vec::new(),
        };
        let valid_from = world().now().minus(Span::from_hours(24));
        let issued = world()
            .services()
            .authority
            .issue_signature(signatory, key.public_key().clone(), valid_from)
            .await
            .unwrap();
        check_refused_response("signature-certificate", "jpki.certificate.for_signature", async |app, request| {
            (issued.certificate.clone(), key.sign(&app.challenge(request).to_be_signed()).unwrap())
        })
        .await;
    });
}

#[test]
fn a_revoked_card_is_refused() {
    block_on(async {
        let card = Card::issue(world()).await;
        let (issuer, serial) = &card.issuer_and_serial;
        world().services().authority.revoke(issuer, serial, RevocationReason::CessationOfOperation).await.unwrap();
        check_refused_response("revoked", "jpki.revocation.revoked", async |app, request| {
            (card.certificate.clone(), card.sign(&app.challenge(request)))
        })
        .await;
    });
}

#[test]
fn an_unknown_authority_with_the_same_name_is_refused() {
    block_on(async {
        let practice = jpki::Practice::simulated(
            jpki::Purpose::Authentication,
            world().addresses().authority.url("/ocsp"),
            "http://cps.localhost/",
        );
        let (not_before, not_after) =
            (world().now().minus(Span::from_hours(48)), world().now().plus(Span::from_hours(24 * 4000)));
        let unknown_ca = jpki::Generation::create(
            jpki::Purpose::Authentication,
            practice,
            SigningKey::generate(Algorithm::RsaSha256).unwrap(),
            Serial::try_from(1).unwrap(),
            not_before,
            not_after,
        )
        .unwrap();
        assert_eq!(Authority::new(vec![unknown_ca.clone()]).generations().len(), 1);
        let key = SigningKey::generate(Algorithm::RsaSha256).unwrap();
        let municipality = Municipality::new("13221", "Tokyo-to", "Kiyose-shi").unwrap();
        let subject = Subject::new("TESTKIT0000002", municipality, 3).unwrap();
        let birth_date = base::parse_date("1980-12-24").unwrap();
        let certificate = unknown_ca
            .issue_authentication(&subject, birth_date, key.public_key(), Serial::try_from(7).unwrap(), not_before)
            .unwrap();
        check_refused_response("rogue", "jpki.path.unknown_generation", async |app, request| {
            (certificate.clone(), key.sign(&app.challenge(request).to_be_signed()).unwrap())
        })
        .await;
    });
}

#[test]
fn three_digits_may_be_wrong_once_and_polling_lets_nobody_in() {
    block_on(async {
        let (awaited, card) = (await_authentication("digits").await, Card::issue(world()).await);
        let outcome = awaited.open_app().authenticate(&card, Device::Iphone, OpenMethod::Link).await.expect("accepted");
        let AuthenticationOutcome::ConfirmationDigits { digits } = outcome else { panic!("an iPhone shows a number") };
        let progress = format!("{}/progress", awaited.page.url);
        let page = awaited.browser.open(&progress).await;
        assert!(page.body.contains("\"next\"") && !page.body.contains("/procedures/"), "{}", page.body);
        let other_browser = Browser::on_android(world());
        assert_eq!(other_browser.open(&progress).await.status, StatusCode::NOT_FOUND);
        let page = awaited.browser.open(awaited.page.url.as_str()).await;
        let wrong = if digits == "000" { "111" } else { "000" };
        let page = awaited.browser.submit_form(&page, "/number", &[("digits", wrong)]).await;
        assert!(page.body.contains("番号が違います"), "{}", page.body);
        // The right number as pasted from a message: with a label, an invisible character, in full width, grouped.
        let full_width =
            digits.chars().map(|digit| char::from_u32(u32::from(digit) + 0xfee0).expect("a full-width digit"));
        let pasted = format!("番号：\u{200b}{}\u{feff}", full_width.map(String::from).collect::<Vec<_>>().join("–"));
        let page = awaited.browser.submit_form(&page, "/number", &[("digits", &pasted)]).await;
        assert!(page.body.contains("あと1つ：手続きを終了する"), "{}", page.body);
    });
}

#[test]
fn the_language_is_switched_on_a_page_that_answered_a_form() {
    block_on(async {
        let (awaited, card) = (await_authentication("language").await, Card::issue(world()).await);
        awaited.open_app().authenticate(&card, Device::Iphone, OpenMethod::Link).await.expect("accepted");
        let page = awaited.browser.open(awaited.page.url.as_str()).await;
        let error_page = awaited.browser.submit_form(&page, "/number", &[("digits", "x")]).await;
        assert_eq!(error_page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let english_page =
            awaited.browser.open(&error_page.find_link("/language?")).await.assert_contains("Enter the number");
        assert_eq!((english_page.status, english_page.url.path()), (StatusCode::OK, page.url.path()));
        // A GET of an address that only accepts forms redirects to the page of the form.
        let opened_page = awaited.browser.open(error_page.url.as_str()).await;
        assert_eq!((opened_page.status, opened_page.url.path()), (StatusCode::OK, page.url.path()));
        // The language switch of an error page that answered a form does too.
        let (url, _) = page.find_form("/number");
        let refusal_page = awaited.browser.post(url, &[]).await.assert_contains("web.form.foreign");
        let japanese_page =
            awaited.browser.open(&refusal_page.find_link("/language?")).await.assert_contains("番号の入力");
        assert_eq!(japanese_page.status, StatusCode::OK);
    });
}

#[test]
fn two_wrong_numbers_end_it() {
    block_on(async {
        let (awaited, card) = (await_authentication("wrong-digits").await, Card::issue(world()).await);
        let outcome = awaited.open_app().authenticate(&card, Device::Iphone, OpenMethod::Scan).await.expect("accepted");
        let AuthenticationOutcome::ConfirmationDigits { digits } = outcome else { panic!("a number") };
        let wrong = if digits == "000" { "111" } else { "000" };
        let page = awaited.browser.open(awaited.page.url.as_str()).await;
        let second_page = awaited.browser.submit_form(&page, "/number", &[("digits", wrong)]).await;
        let end_page = awaited.browser.submit_form(&second_page, "/number", &[("digits", wrong)]).await;
        assert!(end_page.body.contains("番号が2回違いました"), "{}", end_page.body);
        let late_page = awaited.browser.submit_form(&page, "/number", &[("digits", &digits)]).await;
        assert!(!late_page.body.contains("あと1つ：手続きを終了する"));
    });
}

#[test]
fn an_earlier_reading_is_void_once_a_newer_has_begun() {
    block_on(async {
        let (awaited, card) = (await_authentication("superseded").await, Card::issue(world()).await);
        let app = awaited.open_app();
        let request = app.claim(Device::Android, OpenMethod::Link).await.expect("claimed");
        let claimed_page = awaited.browser.open(awaited.page.url.as_str()).await;
        let newer_page = awaited.browser.submit_form(&claimed_page, "/again", &[]).await;
        let refused = app.submit_response(card.certificate.clone(), card.sign(&app.challenge(&request))).await;
        assert!(refused.is_err());
        let newer = AwaitedAuthentication { page: newer_page, ..awaited };
        assert!(newer.authenticate(&card).await.body.contains("あと1つ：手続きを終了する"));
    });
}

#[test]
fn reload_back_and_double_submit_register_once() {
    block_on(async {
        let (awaited, card) = (await_authentication("double").await, Card::issue(world()).await);
        let outcome =
            awaited.open_app().authenticate(&card, Device::Android, OpenMethod::Link).await.expect("accepted");
        let AuthenticationOutcome::Return { code } = outcome else { panic!("a code") };
        let first = awaited.browser.open(&return_address(&code)).await;
        let second = awaited.browser.open(&return_address(&code)).await;
        assert_eq!(first.url, second.url);
        // An earlier page of the procedure redirects to the current step.
        let choices_page = awaited.browser.open(&first.url.as_str().replace("/registered", "/choose")).await;
        assert_eq!(choices_page.url, first.url);
        let first_return = awaited.browser.submit_form(&first, "/finish", &[]).await;
        let second_return = awaited.browser.submit_form(&first, "/finish", &[]).await;
        // The browser follows the newer response; its code is the valid one.
        assert_ne!(first_return.query_parameter("code"), second_return.query_parameter("code"));
        let code = read_returned_code(&awaited.departure, &second_return).await;
        let form = token_form(&world().service(), &awaited.departure, &code).await;
        assert_eq!(redeem_code(&world().service(), &form).await.0, 200);
        let page = awaited.browser.submit_form(&first, "/finish", &[]).await;
        assert!(page.body.contains("手続きは終了しました"), "{}", page.body);
    });
}

#[test]
fn whoever_closed_the_tab_goes_on_where_she_left() {
    block_on(async {
        let (awaited, card) = (await_authentication("closed").await, Card::issue(world()).await);
        let last_page = awaited.authenticate(&card).await;
        let (departure, page) = depart_to_reception(&world().service(), &awaited.browser, "closed").await;
        assert_eq!(page.url, last_page.url, "the same procedure, already registered");
        let page = awaited.browser.submit_form(&page, "/finish", &[]).await;
        // The return is for the newer departure, not for the one of the closed tab.
        read_returned_code(&departure, &page).await;
    });
}

/// Authenticates with a card for one of the reception's menu entries; the page that follows.
async fn authenticate_for(browser: &Browser<'static>, entry: &str, heading: &str, card: &Card) -> Page {
    let page =
        browser.open(&world().addresses().reception.url(entry)).await.assert_contains(&format!("<h1>{heading}</h1>"));
    let page = browser.submit_form(&page, "/review", &[]).await;
    let app = App::open(world(), &page.find_link("/open?ticket="));
    let outcome = app.authenticate(card, Device::Android, OpenMethod::Link).await.expect("the card is good");
    let AuthenticationOutcome::Return { code } = outcome else { panic!("an Android phone leads back") };
    browser.open(&return_address(&code)).await
}

#[test]
fn who_wants_to_withdraw_lands_on_withdrawing_and_is_told_that_it_is_done() {
    block_on(async {
        let (awaited, card) = (await_authentication("withdraw").await, Card::issue(world()).await);
        awaited.authenticate(&card).await;
        let browser = Browser::on_android(world());
        let page = authenticate_for(&browser, "/review/withdraw", "すべての同意を取消す", &card).await;
        assert_eq!(page.url.path(), "/review/withdraw");
        let list_page = browser
            .submit_form(&page, "/review/withdraw", &[])
            .await
            .assert_contains("取り消しました")
            .assert_contains("有効な同意はありません");
        assert_eq!(list_page.url.path(), "/review/list");
        // The address alone shows no notice that consents were withdrawn.
        let list_address = world().addresses().reception.url("/review/list");
        assert!(!browser.open(&list_address).await.body.contains("取り消しました"));
    });
}

#[test]
fn who_changed_what_she_agreed_to_is_told_so() {
    block_on(async {
        let (awaited, card) = (await_authentication("change").await, Card::issue(world()).await);
        awaited.authenticate(&card).await;
        let browser = Browser::on_android(world());
        let list = authenticate_for(&browser, "/review", "同意照会・更新", &card).await;
        assert_eq!(list.url.path(), "/review/list");
        let edit = browser.open(&list.find_link("/review/receptions/")).await;
        let items = ["operations", "treatments", "medicines", "check-ups", "limits", "specific-diseases"];
        let declined: Vec<_> = items.iter().map(|item| (*item, "decline")).collect();
        browser
            .submit_form(&edit, "/review/receptions/", &declined)
            .await
            .assert_contains("変更しました")
            .assert_contains("同意しない");
        for path in ["/review/list?withdrawn=all", "/review/list?changed=100000000009"] {
            let page = browser.open(&world().addresses().reception.url(path)).await;
            assert!(!page.body.contains("取り消しました") && !page.body.contains("変更しました"), "{path}");
        }
    });
}

#[test]
fn whoever_ends_it_is_told_access_denied_and_nothing_is_registered() {
    block_on(async {
        let browser = Browser::on_android(world());
        let (departure, page) = depart_to_reception(&world().service(), &browser, "abandoned").await;
        let page = browser.submit_form(&page, "/abandon", &[]).await;
        let issuer = world().service().fetch_metadata().await.issuer().clone();
        let response = UnverifiedAuthorizationResponse::parse(page.url.query().unwrap())
            .unwrap()
            .check(&departure.state(), &issuer);
        assert!(matches!(response.expect("the return is for this departure"), AuthorizationResponse::Denied));
    });
}

#[test]
fn every_form_of_the_reception_needs_its_token() {
    block_on(async {
        let browser = Browser::on_android(world());
        let (_, page) = depart_to_reception(&world().service(), &browser, "csrf").await;
        let (url, _) = page.find_form("/choose");
        for fields in
            [vec![], vec![("csrf".to_owned(), "wrong".to_owned())], vec![("all".to_owned(), "agree".to_owned())]]
        {
            let response = browser.post(url.clone(), &fields).await;
            assert_eq!(response.status, StatusCode::FORBIDDEN);
            assert!(response.body.contains("web.form.foreign"));
        }
        for route in world().services().reception.routes() {
            if route.method != reqwest::Method::POST {
                continue;
            }
            let path =
                route.path.replace("{id}", "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b").replace("{number}", "100000000009");
            let path = path.replace("{entrance}", "23456789bcdfghjkmnpq");
            let url = world().addresses().reception.url(&path).parse().unwrap();
            let response = browser.post(url, &[("all".to_owned(), "agree".to_owned())]).await;
            assert!(response.status.is_client_error(), "{}: {}", route.path, response.status);
            assert!(!response.body.contains("登録しました"));
        }
    });
}

#[test]
fn no_malformed_request_is_answered_with_a_fault_of_ours() {
    block_on(async {
        let reception = &world().addresses().reception;
        for path in [
            "/oauth/authorize",
            "/oauth/authorize?client_id=test-service&request_uri=urn:ietf:params:oauth:request_uri:x",
            "/oauth/authorize?%",
            "/procedures/x",
            "/procedures/00000000-0000-0000-0000-000000000000",
            "/authenticate/x/progress",
            "/return",
            "/return?code=x",
            "/i/nowhere",
            "/review/receptions/1",
            "/nothing/here",
            "/%ff",
        ] {
            let response = world().http().get(reception.url(path)).send().await.unwrap();
            assert!(response.status().is_client_error(), "{path}: {}", response.status());
        }
        for (path, body) in [
            (app_auth::CLAIM_PATH, "{"),
            (app_auth::RESPONSE_PATH, "[]"),
            (app_auth::ABORT_PATH, "{\"ticket\":\"x\"}"),
            ("/oauth/par", "client_id=x"),
            ("/oauth/token", "%%%"),
        ] {
            let response = world().http().post(reception.url(path)).body(body).send().await.unwrap();
            assert!(response.status().is_client_error(), "{path}: {}", response.status());
        }
    });
}
