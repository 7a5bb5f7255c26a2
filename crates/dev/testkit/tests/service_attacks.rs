//! Malicious, forged and concurrent requests to the online-consultation service, to a clinic's terminal, and to the forms of
//! all services.

use app_auth::{AuthenticationOutcome, Device, OpenMethod};
use authority::OcspFault;
use base::{InstitutionCode, Span};
use eligibility::Fingerprint;
use jpki::pem;
use oqs::{
    CharacterCode, Exchange, FileName, Message, Outcome, QualificationRequest, QualificationSearch,
    QualificationValidity, RequestHeader, RequestMessage,
};
use reqwest::{Method, StatusCode};
use testkit::{App, Browser, Card, Desk, PIN, Page, Patient, Terminal, World, block_on, insured_person};
use tokio::task::JoinSet;
use web::Route;

fn world() -> &'static World {
    World::shared()
}

/// Institutions of the demo that accept online receptions; each test uses different ones.
fn institution(index: usize) -> InstitutionCode {
    uketsuke::commands::demo::online_institutions(world().addresses())[index]
}

const DAY: &str = "2026-11-25";

#[test]
fn of_a_hundred_who_book_one_time_at_once_each_doctor_gets_one() {
    block_on(async {
        let mut tasks = JoinSet::new();
        let slot = Patient::new(world(), "first").find_free_slots(institution(0), DAY).await.swap_remove(0);
        for booker in 0..100 {
            let slot = slot.clone();
            tasks.spawn(async move {
                let patient = Patient::new(world(), &format!("booker-{booker}"));
                patient.sign_up().await;
                let page = patient.browser.open(&slot).await;
                (patient, page)
            });
        }
        // All have the same form open.
        let ready = tasks.join_all().await;
        let mut attempts = JoinSet::new();
        for (patient, page) in ready {
            attempts.spawn(async move {
                let page = patient.browser.submit_form(&page, "/book", &[]).await;
                (patient, page)
            });
        }
        let mut successes = Vec::new();
        for (patient, page) in attempts.join_all().await {
            if page.url.path().ends_with("/booked") {
                successes.push(page.assert_contains("予約できました"));
                continue;
            }
            assert!(page.status.is_client_error(), "{}: {}", page.status, page.body);
            // The page of everybody else says why and offers other slots, and nothing is booked.
            let page = page.assert_contains("先にほかの方の予約が入りました").assert_contains("/hold");
            assert!(page.body.contains("<a "), "{}", page.body);
            let appointments = patient.open("/appointments").await;
            assert!(appointments.find_links("/appointments/").is_empty(), "{}", appointments.body);
        }
        // The institution has three doctors.
        assert_eq!(successes.len(), 3);
        let slots = Patient::new(world(), "late").find_free_slots(institution(0), DAY).await;
        assert!(!slots.contains(&slot), "nobody else is offered it");
    });
}

#[test]
fn a_picture_is_seen_by_its_patient_and_that_clinic_alone() {
    block_on(async {
        let patient = Patient::new(world(), "picture-a");
        let slot = patient.find_free_slots(institution(1), DAY).await.swap_remove(0);
        let (_, appointment) = patient.book_slot(&slot).await;
        let (_, picture) = patient.send_picture(&appointment).await;
        let id = picture.rsplit('/').next().expect("a picture has an id").to_owned();
        let visit = appointment.rsplit('/').next().expect("an appointment has an id").to_owned();

        let other_patient = Patient::new(world(), "picture-b");
        let slot = other_patient.find_free_slots(institution(1), DAY).await.swap_remove(0);
        let (_, own_appointment) = other_patient.book_slot(&slot).await;
        let (own_clinic, other_clinic) = (sign_in_at_desk(institution(1)).await, sign_in_at_desk(institution(2)).await);
        let anonymous = Browser::on_android(world());
        let consult = &world().addresses().consult;

        for part in ["whole", "thumbnail"] {
            let (patient_path, desk_path) = (format!("{picture}/{part}"), format!("/desk/pictures/{id}/{part}"));
            // The control: the patient and the clinic see it.
            for page in [patient.open(&patient_path).await, own_clinic.open(&desk_path).await] {
                assert_eq!((page.status, &page.bytes[..3]), (StatusCode::OK, &[0xFF, 0xD8, 0xFF][..]), "{part}");
            }
            // Another patient and another clinic get 404, at its own address and under another appointment.
            let path_under_own = format!("{own_appointment}/picture/{id}/{part}");
            for page in [
                other_patient.open(&patient_path).await,
                other_patient.open(&path_under_own).await,
                other_clinic.open(&desk_path).await,
            ] {
                assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.url);
                assert!(page.body.contains("<main"), "a page with content");
            }
            // A desk's session is not valid for patients' pages, nor the reverse; without a session they redirect to sign-in.
            for (page, sign_in_path) in [
                (own_clinic.open(&patient_path).await, "/sign-in"),
                (patient.open(&desk_path).await, "/desk/sign-in"),
                (anonymous.open(&consult.url(&patient_path)).await, "/sign-in"),
                (anonymous.open(&consult.url(&desk_path)).await, "/desk/sign-in"),
            ] {
                assert_eq!(page.url.path(), sign_in_path, "{}", page.body);
            }
        }
        // The other clinic does not find the visit, nor the other patient the appointment; and neither can erase the picture.
        assert_eq!(other_clinic.open(&format!("/desk/visits/{visit}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            other_clinic.open(&format!("/desk/visits/{visit}/pictures/{id}")).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(other_patient.open(&appointment).await.status, StatusCode::NOT_FOUND);
        let page = other_patient.open(&format!("{own_appointment}/picture?document=certificate")).await;
        let (_, token) = page.find_form("/picture");
        // A picture that is not under the patient's own appointment counts as erased already: a redirect, and no change.
        for (path, expected) in [
            (format!("{picture}/erase"), StatusCode::NOT_FOUND),
            (format!("{own_appointment}/picture/{id}/erase"), StatusCode::SEE_OTHER),
        ] {
            let url = consult.url(&path).parse().expect("an address");
            assert_eq!(other_patient.browser.post(url, &token[..1]).await.status, expected, "{path}");
        }
        assert_eq!(patient.open(&format!("{picture}/whole")).await.status, StatusCode::OK);
        // The stored file is encrypted.
        let stored_bytes =
            std::fs::read(world().data_folder().join("pictures").join(&id).join("picture")).expect("a stored file");
        assert!(stored_bytes.len() > 1000 && !stored_bytes.windows(4).any(|window| window == b"JFIF"));
        let report = world().services().consult.verify_audit(Vec::new()).await.expect("the audit can be read").verified;
        assert!(report.faults.is_empty() && report.rows >= 4, "{report:?}");
    });
}

/// Signs in at the desk of an institution, with the account from the demo's page of institutions.
async fn sign_in_at_desk(institution: InstitutionCode) -> Desk<'static> {
    Desk::sign_in(world(), &find_desk_mail(institution).await).await
}

/// The mail address of that account.
async fn find_desk_mail(institution: InstitutionCode) -> String {
    let page = Browser::on_android(world()).open(&world().addresses().home.url("/institutions")).await;
    let row = page.body.split("<tr").find(|row| row.contains(&institution.to_string())).expect("it is listed");
    row.split(['<', '>']).find(|text| text.contains('@')).expect("its desk has an account").to_owned()
}

/// The path of a route with valid ids for its parameters, so that only the token is missing.
fn fill_path(route: &Route) -> String {
    const ID: &str = "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b";
    let number = base::ReceptionNumber::new(&base::Randomness::system()).to_string();
    let path = route.path.replace("{entrance}", "23456789bcdfghjkmnpq").replace("{number}", &number);
    let path = path.replace("{care}", "online").replace("{file}", "qr.png");
    let path =
        path.replace("{session}", "x").replace("{token}", &base::Token::new(&base::Randomness::system()).reveal());
    path.replace("{id}", ID).replace("{picture}", ID).replace("{sealed}", "sealed")
}

/// `HEAD` never runs the handler of a page that is personal or valid once, and a prefetch runs no handler at all; neither
/// changes stored data nor sets a cookie.
#[test]
fn neither_head_nor_a_fetch_in_advance_reaches_a_page_that_may_have_an_effect() {
    block_on(async {
        let (services, addresses) = (world().services(), world().addresses());
        let routes_by_site = [
            (&addresses.consult, services.consult.routes()),
            (&addresses.terminal, services.terminal.routes()),
            (&addresses.reception, services.reception.routes()),
            (&addresses.portal, services.portal.routes()),
            (&addresses.home, uketsuke::commands::demo::routes()),
        ];
        let mut checked = 0;
        for (origin, routes) in routes_by_site {
            let browser = Browser::on_android(world());
            for route in routes.iter().filter(|route| route.method == Method::GET) {
                let address = origin.url(&fill_path(route));
                for header in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
                    let response = browser.get_with_header(&address, header).await;
                    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{header:?} {address}");
                    assert!(!response.headers.contains_key("set-cookie"), "{header:?} {address}");
                }
                if route.access != web::Access::Anyone {
                    let response = browser.head(&address).await;
                    // The handler would have redirected to a sign-in page or returned 404.
                    assert_eq!((response.status, response.body.as_str()), (StatusCode::OK, ""), "HEAD {address}");
                    checked += 1;
                }
            }
            for language in ["en", "ja"] {
                let address = origin.url(&format!("/language?to={language}&back=/"));
                let responses = [
                    browser.head(&address).await,
                    browser.get_with_header(&address, ("sec-purpose", "prefetch")).await,
                ];
                for response in responses {
                    let cookies: Vec<_> = response.headers.get_all("set-cookie").iter().collect();
                    assert!(!cookies.iter().any(|cookie| cookie.to_str().unwrap().contains("language")), "{address}");
                }
            }
        }
        assert!(checked > 50, "{checked}");
    });
}

#[test]
fn every_form_of_every_room_needs_its_token() {
    block_on(async {
        let (services, addresses) = (world().services(), world().addresses());
        let patient = Patient::new(world(), "tokens");
        let slot = patient.find_free_slots(institution(3), DAY).await.swap_remove(0);
        let (_, appointment) = patient.book_slot(&slot).await;
        let desk = sign_in_at_desk(institution(3)).await;
        let terminal = Terminal::sign_in(world(), institution(3), "staff").await;
        let (reception, portal, home) =
            (Browser::on_android(world()), Browser::on_android(world()), Browser::on_android(world()));
        for (browser, origin) in
            [(&reception, &addresses.reception), (&portal, &addresses.portal), (&home, &addresses.home)]
        {
            browser.open(&origin.url("/")).await;
        }
        let post_paths = |routes: Vec<Route>| -> Vec<String> {
            routes.iter().filter(|route| route.method == Method::POST).map(fill_path).collect()
        };
        let consult_paths = post_paths(services.consult.routes());
        let (desk_paths, patient_paths): (Vec<_>, Vec<_>) =
            consult_paths.into_iter().partition(|path| path.starts_with("/desk"));
        let paths_by_site = [
            (&patient.browser, &addresses.consult, patient_paths),
            (&desk.browser, &addresses.consult, desk_paths),
            (&terminal.browser, &addresses.terminal, post_paths(services.terminal.routes())),
            (&reception, &addresses.reception, post_paths(services.reception.routes())),
            (&portal, &addresses.portal, post_paths(services.portal.routes())),
            (&home, &addresses.home, post_paths(uketsuke::commands::demo::routes())),
        ];
        let start = world().now();
        let mut checked = 0;
        for (browser, origin, paths) in paths_by_site {
            assert!(!paths.is_empty(), "{origin}");
            let other_browser = Browser::on_android(world());
            let other_token = other_browser.open(&origin.url(path_with_form(origin))).await.field("csrf");
            for path in paths {
                // The body of an upload, and so its token, is read only for an existing appointment.
                let path = if path.ends_with("/picture") { format!("{appointment}/picture") } else { path };
                let url: reqwest::Url = origin.url(&path).parse().expect("an address");
                let fields = |token: Option<&str>| -> Vec<(String, String)> {
                    let token = token.map(|token| ("csrf".to_owned(), token.to_owned()));
                    let other_fields = [("ocsp", "down"), ("time", "2030-01-01T00:00:00+09:00"), ("act", "complete")];
                    token
                        .into_iter()
                        .chain(other_fields.map(|(name, value)| (name.to_owned(), value.to_owned())))
                        .collect()
                };
                for token in [None, Some(""), Some("wrong"), Some(other_token.as_str())] {
                    let response = if path.ends_with("/picture") {
                        browser.post_parts(url.clone(), &fields(token), ("front", b"no picture")).await
                    } else {
                        browser.post(url.clone(), &fields(token)).await
                    };
                    assert_eq!(response.status, StatusCode::FORBIDDEN, "{url} {token:?}");
                    assert!(response.body.contains("web.form.foreign"), "{url}: {}", response.body);
                    checked += 1;
                }
            }
        }
        assert!(checked > 150, "{checked}");
        // Nothing changed: all sessions, the visit and the clock are as before, and no fault is simulated.
        patient.open(&appointment).await.assert_contains("保険の確認");
        assert_eq!(desk.open("/desk/visits").await.url.path(), "/desk/visits");
        assert_eq!(terminal.open("/receptions").await.url.path(), "/receptions");
        assert!(world().now().minus(Span::from_mins(30)) < start);
    });
}

/// A public page of a service with a form.
fn path_with_form(origin: &web::Origin) -> &'static str {
    let addresses = world().addresses();
    if origin == &addresses.home {
        "/clock"
    } else if origin == &addresses.portal {
        "/"
    } else if origin == &addresses.reception {
        "/review"
    } else {
        "/sign-in"
    }
}

#[test]
fn a_form_with_its_token_is_still_refused_from_another_site() {
    block_on(async {
        let patient = Patient::new(world(), "foreign-site");
        patient.sign_up().await;
        let page = patient.open("/profile").await;
        let (url, fields) = page.find_form("/sign-out");
        for (name, value) in
            [("origin", "http://evil.localhost:8400"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
        {
            let response = patient.browser.post_with_header(url.clone(), &fields, (name, value)).await;
            assert_eq!(response.status, StatusCode::FORBIDDEN, "{name}: {value}");
        }
        assert_eq!(patient.open("/profile").await.url.path(), "/profile", "the patient is still signed in");
    });
}

#[test]
fn the_demos_controls_take_only_what_no_page_of_another_site_can_send() {
    block_on(async {
        let home = &world().addresses().home;
        for path in ["/control/clock", "/control/ocsp", "/control/interface", "/control/people/ishiwata-masao"] {
            // Content types that a form of any site may send without preflight (Fetch §2.2.2).
            for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
                let body = r#"{"time":"2030-01-01T00:00:00+09:00","ocsp":"down"}"#;
                let request = world().http().post(home.url(path)).header("content-type", content_type).body(body);
                let response = request.send().await.expect("a response");
                assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path} {content_type}");
            }
            // A preflight request is not granted.
            let request =
                world().http().request(Method::OPTIONS, home.url(path)).header("origin", "http://evil.localhost");
            let response = request.header("access-control-request-method", "POST").send().await.expect("a response");
            assert!(response.headers().keys().all(|name| !name.as_str().starts_with("access-control")));
        }
    });
}

/// Goes through choices and confirmation to the page that waits for the card.
async fn open_waiting_page(browser: &Browser<'static>, institution: InstitutionCode, reference: &str) -> Page {
    let service = world().service();
    let departure = service.new_departure(institution, world().now().japan_date(), reference);
    let page = browser.open(&service.push_departure(&departure).await).await;
    let page = browser.submit_form(&page, "/choose", &[("all", "agree")]).await;
    browser.submit_form(&page, "/confirm", &[]).await
}

/// A client with a client certificate. The server's certificate is not verified here.
fn client_with_certificate(issued: Option<&authority::IssuedMachineCertificate>) -> reqwest::Client {
    let mut builder = reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true);
    if let Some(issued) = issued {
        let mut text = pem::encode(pem::CERTIFICATE, &issued.certificate);
        text.push_str(&pem::encode(pem::PRIVATE_KEY, &issued.key.to_pkcs8().expect("a key")));
        builder = builder.identity(reqwest::Identity::from_pem(text.as_bytes()).expect("an identity"));
    }
    builder.build().expect("a client")
}

/// Requests an eligibility check by the data of an insurance card, in the name of `institution`.
async fn request_eligibility(
    client: &reqwest::Client,
    institution: InstitutionCode,
    number: &str,
) -> Result<(StatusCode, Vec<u8>), reqwest::Error> {
    let coverage = insured_person(number).coverages.swap_remove(0);
    let search = QualificationSearch {
        insurer: coverage.insurer.into(),
        symbol: coverage.symbol,
        number: coverage.number,
        branch: coverage.branch,
        birthdate: base::parse_date("1980-12-24").expect("a day"),
        limit_consent: None,
        examination_date: Some(world().now().japan_date()),
        identifier: None,
    };
    let header = RequestHeader {
        institution: institution.into(),
        identifier: oqs::Identifier::new("file-1"),
        confirmation_date: Some(world().now().japan_date()),
    };
    let message = Message::QualificationRequest(RequestMessage { header, body: QualificationRequest { search } });
    let name = FileName::new(Exchange::OnlineQualification.request(), "202611240001").expect("a file name");
    let url = world().addresses().interface.url(&format!("/oqs/{name}"));
    let response = client.post(url).body(oqs::write(&message, CharacterCode::Utf8)).send().await?;
    Ok((response.status(), response.bytes().await?.to_vec()))
}

/// The validity of the insurance, if the response file has a result.
fn read_validity(file: &[u8]) -> Option<QualificationValidity> {
    let parsed = oqs::parse(Exchange::OnlineQualification.response(), file).expect("a response file");
    let Message::QualificationResponse(response) = parsed.message else { panic!("another file") };
    match response.outcome {
        Outcome::Normal(body) if !body.results.is_empty() => body.validity,
        _ => None,
    }
}

#[test]
fn an_institution_finds_nothing_of_a_patient_who_registered_for_another() {
    block_on(async {
        const NUMBER: &str = "5150771";
        let (registered_institution, other_institution) = (institution(4), institution(5));
        let card = Card::issue_to(world(), insured_person(NUMBER)).await;
        let browser = Browser::on_android(world());
        let page = open_waiting_page(&browser, registered_institution, "another-institution").await;
        let app = App::open(world(), &page.find_link("/open?ticket="));
        let outcome = app.authenticate(&card, Device::Android, OpenMethod::Link).await.expect("the card is accepted");
        let AuthenticationOutcome::Return { code } = outcome else { panic!("an Android phone leads back") };
        let path = format!("{}?code={}", app_auth::RETURN_PATH, code.reveal());
        browser.open(&world().addresses().reception.url(&path)).await.assert_contains("あと1つ：手続きを終了する");

        let services = world().services();
        let mut clients = Vec::new();
        for institution in [registered_institution, other_institution] {
            let issued = services.authority.issue_institution(institution).await.expect("a certificate");
            services
                .eligibility
                .admit_certificate(institution, Fingerprint::from_certificate(&issued.certificate))
                .await
                .expect("admitted");
            clients.push(client_with_certificate(Some(&issued)));
        }
        // The control: the institution for which the patient registered gets a result.
        let (status, body) =
            request_eligibility(&clients[0], registered_institution, NUMBER).await.expect("a response");
        assert_eq!((status, read_validity(&body)), (StatusCode::OK, Some(QualificationValidity::Valid)));
        // Another institution does not, in its own name or in the other's.
        for claimed in [other_institution, registered_institution] {
            let Ok((status, body)) = request_eligibility(&clients[1], claimed, NUMBER).await else { continue };
            let text = String::from_utf8_lossy(&body).into_owned();
            assert!(!text.contains("花子") && !text.contains("ﾊﾅｺ") && !text.contains("架空"), "{text}");
            assert!(status.is_client_error() || read_validity(&body).is_none(), "{claimed}: {text}");
        }
        // The response for a person who registered nowhere is the same: it does not reveal that the person exists.
        let mask = |body: Vec<u8>| String::from_utf8_lossy(&body).replace(|letter: char| letter.is_ascii_digit(), "0");
        let registered = request_eligibility(&clients[1], other_institution, NUMBER).await.expect("a response").1;
        let unregistered = request_eligibility(&clients[1], other_institution, "5150772").await.expect("a response").1;
        assert_eq!(mask(registered), mask(unregistered));
        // The other institution's terminal does not list the patient.
        let day = world().now().japan_date();
        for (institution, is_listed) in [(registered_institution, true), (other_institution, false)] {
            let page = Terminal::sign_in(world(), institution, "staff")
                .await
                .open(&format!("/receptions?by=visit&day={day}"))
                .await;
            assert_eq!(page.body.contains("花子"), is_listed, "{}", page.body);
        }
        // A certificate that was not admitted, a revoked one, and no certificate.
        let unadmitted = services.authority.issue_institution(registered_institution).await.expect("a certificate");
        let status = request_eligibility(&client_with_certificate(Some(&unadmitted)), registered_institution, NUMBER)
            .await
            .expect("a response")
            .0;
        assert!([StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status), "{status}");
        let revoked = services.authority.issue_institution(registered_institution).await.expect("a certificate");
        let fingerprint = Fingerprint::from_certificate(&revoked.certificate);
        services.eligibility.admit_certificate(registered_institution, fingerprint).await.expect("admitted");
        let client = client_with_certificate(Some(&revoked));
        assert_eq!(
            request_eligibility(&client, registered_institution, NUMBER).await.expect("a response").0,
            StatusCode::OK
        );
        services.eligibility.revoke_certificate(fingerprint).await.expect("revoked");
        let status = request_eligibility(&client, registered_institution, NUMBER).await.expect("a response").0;
        assert!([StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status), "even on an open connection");
        assert!(
            request_eligibility(&client_with_certificate(None), registered_institution, NUMBER).await.is_err(),
            "no connection without a certificate"
        );
    });
}

#[test]
fn while_nothing_tells_of_revocation_no_card_is_accepted_and_with_the_list_alone_it_is() {
    block_on(async {
        // A separate world, because the fault affects all tests of a world.
        let world = World::start();
        let institution = uketsuke::commands::demo::online_institutions(world.addresses())[0];
        Card::issue_to(&world, insured_person("5150773")).await.add_to_app(&world, "ocsp").await;
        let patient = Patient::new(&world, "ocsp");
        let slot = patient.find_free_slots(institution, DAY).await.swap_remove(0);
        let (page, appointment) = patient.book_slot(&slot).await;
        let browser = &patient.browser;
        let page = browser.submit_form(&page, "/leave", &[]).await;
        let page = browser.submit_form(&page, "/choose", &[("all", "agree")]).await;
        let waiting_page = browser.submit_form(&page, "/confirm", &[]).await;
        let page = browser.open(&waiting_page.find_link("/open?ticket=")).await;
        let page = browser.submit_form(&page, "/open", &[]).await;
        let page = browser.submit_form(&page, "/card", &[("card", "ocsp")]).await;
        world.set_ocsp_fault(OcspFault::Silent);
        let error_page = browser.submit_form(&page, "/pin", &[("pin", PIN)]).await;
        // The app shows the cause, that no PIN try was used, and how to continue.
        let error_page = error_page
            .assert_contains("カードの有効性を確認できません")
            .assert_contains("回数は減っていません")
            .assert_contains("reception.card.responder_silent");
        // Its link returns to the reception's page, which shows the same with links to try again and to end the procedure.
        let error_page = browser.open(&error_page.find_link("/return")).await;
        assert_eq!(error_page.url, waiting_page.url);
        let error_page = error_page
            .assert_contains("カードの有効性を確認できません")
            .assert_contains("/again")
            .assert_contains("/abandon");
        // Nothing is registered, and the service does not show a registration.
        let path = format!("/receptions?by=visit&day={DAY}");
        let terminal = Terminal::sign_in(&world, institution, "staff").await;
        assert!(!terminal.open(&path).await.body.contains("花子"));
        patient.open(&appointment).await.assert_contains("手続きの途中です");
        // The responder is still down, but the revocation list is available.
        world.set_ocsp_fault(OcspFault::Down);
        let waiting_page = browser.submit_form(&error_page, "/again", &[]).await;
        let page = browser.open(&waiting_page.find_link("/open?ticket=")).await;
        let page = browser.submit_form(&page, "/open", &[]).await;
        let page = browser.submit_form(&page, "/card", &[("card", "ocsp")]).await;
        let page =
            browser.submit_form(&page, "/pin", &[("pin", PIN)]).await.assert_contains("あと1つ：手続きを終了する");
        browser.submit_form(&page, "/finish", &[]).await.assert_contains("手続きが終わりました");
        terminal.open(&path).await.assert_contains("花子");
    });
}

/// A program that uses the service's interface for clinics.
struct ClinicApiClient {
    http: reqwest::Client,
    token: String,
}

impl ClinicApiClient {
    fn clinic_api_url(path: &str) -> String {
        world().addresses().consult.url(path)
    }

    async fn sign_in(mail: &str, password: &str) -> Result<Self, StatusCode> {
        let http = http_client::build().expect("a client");
        let credentials = serde_json::json!({ "mail": mail, "password": password });
        let response =
            http.post(Self::clinic_api_url("/door/session")).json(&credentials).send().await.expect("a response");
        if response.status() != StatusCode::OK {
            return Err(response.status());
        }
        let body: serde_json::Value = response.json().await.expect("JSON");
        Ok(Self { http, token: body["token"].as_str().expect("a token").to_owned() })
    }

    async fn list_visits(&self) -> Vec<serde_json::Value> {
        let url = Self::clinic_api_url(&format!("/door/visits?date={DAY}"));
        let response = self.http.get(url).bearer_auth(&self.token).send().await.expect("a response");
        assert_eq!(response.status(), StatusCode::OK);
        let body: serde_json::Value = response.json().await.expect("JSON");
        body["visits"].as_array().expect("visits").clone()
    }

    async fn confirm_insurance(&self, visit: &str, version: &str, body: &'static str) -> StatusCode {
        let request = self
            .http
            .post(Self::clinic_api_url(&format!("/door/visits/{visit}/confirmation")))
            .bearer_auth(&self.token);
        let request = request.header("if-match", version).header("content-type", "application/json").body(body);
        request.send().await.expect("a response").status()
    }
}

#[test]
fn the_desks_door_opens_for_its_own_desk_and_hears_one_word() {
    block_on(async {
        const CONFIRMATION_BODY: &str = r#"{"how":"terminal"}"#;
        let patient = Patient::new(world(), "door");
        let slot = patient.find_free_slots(institution(6), DAY).await.swap_remove(0);
        let (_, appointment) = patient.book_slot(&slot).await;
        let id = appointment.rsplit('/').next().expect("an appointment has an id").to_owned();
        let (own_mail, other_mail) = (find_desk_mail(institution(6)).await, find_desk_mail(institution(7)).await);
        let wrong_password = ClinicApiClient::sign_in(&own_mail, "another password").await.err();
        assert_eq!(wrong_password, Some(StatusCode::UNAUTHORIZED));
        let client = ClinicApiClient::sign_in(&own_mail, "demo-desk-2026").await.expect("the desk's own account");
        let other_client =
            ClinicApiClient::sign_in(&other_mail, "demo-desk-2026").await.expect("another desk's account");

        // Each desk sees its own visits, and of a patient only what it needs to find the reception.
        let visits = client.list_visits().await;
        let visit = visits.iter().find(|visit| visit["appointment"] == id.as_str()).expect("the visit is listed");
        assert!(other_client.list_visits().await.iter().all(|visit| visit["appointment"] != id.as_str()));
        let mut fields: Vec<_> = visit.as_object().expect("an object").keys().map(String::as_str).collect();
        fields.sort_unstable();
        let expected =
            ["appointment", "birth_date", "insurance_proven", "kana", "name", "reception_number", "seen", "start"];
        assert_eq!(fields, expected);
        let version = visit["seen"].to_string();

        // Another clinic's account gets 404; an unknown token and a browser's session are refused.
        assert_eq!(other_client.confirm_insurance(&id, &version, CONFIRMATION_BODY).await, StatusCode::NOT_FOUND);
        let unknown_token = ClinicApiClient { http: http_client::build().expect("a client"), token: "A".repeat(43) };
        assert_eq!(unknown_token.confirm_insurance(&id, &version, CONFIRMATION_BODY).await, StatusCode::UNAUTHORIZED);
        let desk = sign_in_at_desk(institution(6)).await;
        let page = desk.open("/door/visits?date=2026-11-25").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "a browser's session is not valid for the interface");

        // Any other body is refused, and nothing is confirmed.
        for body in [r#"{"how":"terminal","insurer":"33120015"}"#, r#"{"how":"高血圧症"}"#, "{}", "terminal"] {
            let status = client.confirm_insurance(&id, &version, body).await;
            assert!(status.is_client_error(), "{body}: {status}");
        }
        let without_if_match =
            client.http.post(ClinicApiClient::clinic_api_url(&format!("/door/visits/{id}/confirmation")));
        let without_if_match =
            without_if_match.bearer_auth(&client.token).json(&serde_json::json!({ "how": "terminal" }));
        assert_eq!(without_if_match.send().await.expect("a response").status(), StatusCode::PRECONDITION_REQUIRED);
        assert!(client.list_visits().await.iter().all(|visit| visit["insurance_proven"] == false));

        // After the patient has sent a picture, a request with the earlier version is refused.
        patient.send_picture(&appointment).await;
        assert_eq!(client.confirm_insurance(&id, &version, CONFIRMATION_BODY).await, StatusCode::PRECONDITION_FAILED);
        let visits = client.list_visits().await;
        let visit = visits.iter().find(|visit| visit["appointment"] == id.as_str()).expect("the visit is listed");
        assert_eq!(visit["insurance_proven"], false);
        // The confirmation takes effect once, and may be repeated if the response was lost.
        let version = visit["seen"].to_string();
        for _ in 0..2 {
            assert_eq!(client.confirm_insurance(&id, &version, CONFIRMATION_BODY).await, StatusCode::NO_CONTENT);
        }
        patient.open(&appointment).await.assert_contains("確認");
    });
}
