//! What somebody with bad intentions, or bad luck, may do to the service, to a clinic's terminal, and to any room's forms.

use authority::OcspFault;
use base::{InstitutionCode, InsurerNumber, Prefecture, Span};
use eligibility::{Coverage, Fingerprint, InsuranceCard, NewPerson, Person};
use errand::{AuthenticationOutcome, Device, OpenMethod};
use jpki::pem;
use oqs::{
    CharacterCode, Exchange, FileName, Message, Outcome as Answered, QualificationRequest, QualificationSearch,
    QualificationValidity, RequestHeader, RequestMessage,
};
use reqwest::{Method, StatusCode};
use shell::Route;
use testkit::{App, Browser, Card, Desk, PIN, Page, Patient, Terminal, World, block_on};
use tokio::task::JoinSet;

fn world() -> &'static World {
    World::shared()
}

/// Institutions of the demo that take receptions; each test has its own.
fn institution(place: usize) -> InstitutionCode {
    uketsuke::demo::online_institutions(world().addresses())[place]
}

const DAY: &str = "2026-11-25";

#[test]
fn of_a_hundred_who_book_one_time_at_once_one_wins() {
    block_on(async {
        let mut bookers = JoinSet::new();
        let time = Patient::new(world(), "first").find_free_slots(institution(0), DAY).await.swap_remove(0);
        for booker in 0..100 {
            let time = time.clone();
            bookers.spawn(async move {
                let patient = Patient::new(world(), &format!("booker-{booker}"));
                patient.sign_up().await;
                let page = patient.browser.open(&time).await;
                (patient, page)
            });
        }
        // All stand before the same button.
        let ready = bookers.join_all().await;
        let mut tries = JoinSet::new();
        for (patient, page) in ready {
            tries.spawn(async move {
                let answer = patient.browser.submit_form(&page, "/book", &[]).await;
                (patient, answer)
            });
        }
        let mut won = Vec::new();
        for (patient, answer) in tries.join_all().await {
            if answer.url.path().ends_with("/booked") {
                won.push(answer.assert_contains("予約できました"));
                continue;
            }
            assert!(answer.status.is_client_error(), "{}: {}", answer.status, answer.body);
            // Nobody stands before a closed door: the page says why and leads on, and nothing is booked.
            let answer = answer.assert_contains("先にほかの方の予約が入りました").assert_contains("/hold");
            assert!(answer.body.contains("<a "), "{}", answer.body);
            let mine = patient.open("/appointments").await;
            assert!(mine.find_links("/appointments/").is_empty(), "{}", mine.body);
        }
        assert_eq!(won.len(), 1);
        let free = Patient::new(world(), "late").find_free_slots(institution(0), DAY).await;
        assert!(!free.contains(&time), "nobody else is offered it");
    });
}

#[test]
fn a_picture_is_seen_by_its_patient_and_that_clinic_alone() {
    block_on(async {
        let hers = Patient::new(world(), "picture-a");
        let time = hers.find_free_slots(institution(1), DAY).await.swap_remove(0);
        let (_, appointment) = hers.book_slot(&time).await;
        let (_, picture) = hers.send_picture(&appointment).await;
        let id = picture.rsplit('/').next().expect("a picture has an id").to_owned();
        let visit = appointment.rsplit('/').next().expect("an appointment has an id").to_owned();

        let another = Patient::new(world(), "picture-b");
        let time = another.find_free_slots(institution(1), DAY).await.swap_remove(0);
        let (_, own) = another.book_slot(&time).await;
        let (own_clinic, other_clinic) = (sign_in_at_desk(institution(1)).await, sign_in_at_desk(institution(2)).await);
        let nobody = Browser::on_android(world());
        let consult = &world().addresses().consult;

        for part in ["whole", "thumbnail"] {
            let (by_patient, by_desk) = (format!("{picture}/{part}"), format!("/desk/pictures/{id}/{part}"));
            // The control: those who may see it do.
            for page in [hers.open(&by_patient).await, own_clinic.open(&by_desk).await] {
                assert_eq!((page.status, &page.bytes[..3]), (StatusCode::OK, &[0xFF, 0xD8, 0xFF][..]), "{part}");
            }
            // Everybody else finds nothing, at its own address and beneath an appointment of one's own.
            let beneath_own = format!("{own}/picture/{id}/{part}");
            for page in
                [another.open(&by_patient).await, another.open(&beneath_own).await, other_clinic.open(&by_desk).await]
            {
                assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.url);
                assert!(page.body.contains("<main"), "a page with a way on");
            }
            // A desk's session is no patient's, and a patient's is no desk's; who is nobody is asked to sign in.
            for (page, door) in [
                (own_clinic.open(&by_patient).await, "/sign-in"),
                (hers.open(&by_desk).await, "/desk/sign-in"),
                (nobody.open(&consult.url(&by_patient)).await, "/sign-in"),
                (nobody.open(&consult.url(&by_desk)).await, "/desk/sign-in"),
            ] {
                assert_eq!(page.url.path(), door, "{}", page.body);
            }
        }
        // Nor does the other clinic find the visit, or the other patient the appointment; and nobody erases it.
        assert_eq!(other_clinic.open(&format!("/desk/visits/{visit}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            other_clinic.open(&format!("/desk/visits/{visit}/pictures/{id}")).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(another.open(&appointment).await.status, StatusCode::NOT_FOUND);
        let page = another.open(&format!("{own}/picture?document=certificate")).await;
        let (_, token) = page.find_form("/picture");
        // What is not beneath one's own appointment counts as erased already: one is led back, and nothing is done.
        for (path, expected) in [
            (format!("{picture}/erase"), StatusCode::NOT_FOUND),
            (format!("{own}/picture/{id}/erase"), StatusCode::SEE_OTHER),
        ] {
            let to = consult.url(&path).parse().expect("an address");
            assert_eq!(another.browser.post(to, &token[..1]).await.status, expected, "{path}");
        }
        assert_eq!(hers.open(&format!("{picture}/whole")).await.status, StatusCode::OK);
        // At rest it is no picture.
        let kept = std::fs::read(world().data_folder().join("pictures").join(&id).join("picture"))
            .expect("a file in the vault");
        assert!(kept.len() > 1000 && !kept.windows(4).any(|window| window == b"JFIF"));
        let report = world().services().consult.verify_audit(None).await.expect("the audit can be read");
        assert!(report.fault.is_none() && report.rows >= 4, "{report:?}");
    });
}

/// The desk of an institution, by the account that the demo's page of institutions tells.
async fn sign_in_at_desk(institution: InstitutionCode) -> Desk<'static> {
    Desk::sign_in(world(), &find_desk_mail(institution).await).await
}

/// The address of that account.
async fn find_desk_mail(institution: InstitutionCode) -> String {
    let page = Browser::on_android(world()).open(&world().addresses().home.url("/institutions")).await;
    let row = page.body.split("<tr").find(|row| row.contains(&institution.to_string())).expect("it is listed");
    row.split(['<', '>']).find(|text| text.contains('@')).expect("its desk has an account").to_owned()
}

/// The path of a route with ids in the place of its parameters, so that only the token is missing.
fn fill_path(route: &Route) -> String {
    const ID: &str = "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b";
    let number = base::ReceptionNumber::new(&base::Randomness::system()).to_string();
    let path = route.path.replace("{entrance}", "23456789bcdfghjkmnpq").replace("{number}", &number);
    let path = path.replace("{care}", "online").replace("{file}", "qr.png");
    path.replace("{id}", ID).replace("{picture}", ID).replace("{sealed}", "sealed")
}

/// `HEAD` never asks a page that is a person's own or good once, and a browser that fetches in advance reaches no page at
/// all; nothing of it changes what is stored, nor sets a cookie that a page would have set.
#[test]
fn neither_head_nor_a_fetch_in_advance_reaches_a_page_that_may_have_an_effect() {
    block_on(async {
        let (rooms, addresses) = (world().services(), world().addresses());
        let every = [
            (&addresses.consult, rooms.consult.routes()),
            (&addresses.terminal, rooms.terminal.routes()),
            (&addresses.reception, rooms.reception.routes()),
            (&addresses.portal, rooms.portal.routes()),
            (&addresses.home, uketsuke::demo::routes()),
        ];
        let mut tried = 0;
        for (origin, routes) in every {
            let browser = Browser::on_android(world());
            for route in routes.iter().filter(|route| route.method == Method::GET) {
                let address = origin.url(&fill_path(route));
                for header in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
                    let answer = browser.get_with_header(&address, header).await;
                    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{header:?} {address}");
                    assert!(!answer.headers.contains_key("set-cookie"), "{header:?} {address}");
                }
                if route.access != shell::Access::Anyone {
                    let answer = browser.head(&address).await;
                    // A page that was asked would have led to a sign-in, or found nothing.
                    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, ""), "HEAD {address}");
                    tried += 1;
                }
            }
            for to in ["en", "ja"] {
                let address = origin.url(&format!("/language?to={to}&back=/"));
                let answers = [
                    browser.head(&address).await,
                    browser.get_with_header(&address, ("sec-purpose", "prefetch")).await,
                ];
                for answer in answers {
                    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
                    assert!(!cookies.iter().any(|cookie| cookie.to_str().unwrap().contains("language")), "{address}");
                }
            }
        }
        assert!(tried > 50, "{tried}");
    });
}

#[test]
fn every_form_of_every_room_needs_its_token() {
    block_on(async {
        let (rooms, addresses) = (world().services(), world().addresses());
        let patient = Patient::new(world(), "tokens");
        let time = patient.find_free_slots(institution(3), DAY).await.swap_remove(0);
        let (_, appointment) = patient.book_slot(&time).await;
        let desk = sign_in_at_desk(institution(3)).await;
        let terminal = Terminal::sign_in(world(), institution(3), "staff").await;
        let (reception, portal, home) =
            (Browser::on_android(world()), Browser::on_android(world()), Browser::on_android(world()));
        for (browser, origin) in
            [(&reception, &addresses.reception), (&portal, &addresses.portal), (&home, &addresses.home)]
        {
            browser.open(&origin.url("/")).await;
        }
        let of = |routes: Vec<Route>| -> Vec<String> {
            routes.iter().filter(|route| route.method == Method::POST).map(fill_path).collect()
        };
        let consult = of(rooms.consult.routes());
        let (at_desk, by_patient): (Vec<_>, Vec<_>) = consult.into_iter().partition(|path| path.starts_with("/desk"));
        let every = [
            (&patient.browser, &addresses.consult, by_patient),
            (&desk.browser, &addresses.consult, at_desk),
            (&terminal.browser, &addresses.terminal, of(rooms.terminal.routes())),
            (&reception, &addresses.reception, of(rooms.reception.routes())),
            (&portal, &addresses.portal, of(rooms.portal.routes())),
            (&home, &addresses.home, of(uketsuke::demo::routes())),
        ];
        let before = world().now();
        let mut tried = 0;
        for (browser, origin, paths) in every {
            assert!(!paths.is_empty(), "{origin}");
            let stranger = Browser::on_android(world());
            let foreign = read_csrf_token(&stranger.open(&origin.url(path_with_form(origin))).await);
            for path in paths {
                // An upload is not read, so not even its token, before it is known for which appointment it is.
                let path = if path.ends_with("/picture") { format!("{appointment}/picture") } else { path };
                let to: reqwest::Url = origin.url(&path).parse().expect("an address");
                let fields = |token: Option<&str>| -> Vec<(String, String)> {
                    let token = token.map(|token| ("csrf".to_owned(), token.to_owned()));
                    let rest = [("ocsp", "down"), ("time", "2030-01-01T00:00:00+09:00"), ("act", "complete")];
                    token.into_iter().chain(rest.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
                };
                for token in [None, Some(""), Some("wrong"), Some(foreign.as_str())] {
                    let answer = if path.ends_with("/picture") {
                        browser.post_parts(to.clone(), &fields(token), ("front", b"no picture")).await
                    } else {
                        browser.post(to.clone(), &fields(token)).await
                    };
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{to} {token:?}");
                    assert!(answer.body.contains("shell.form.foreign"), "{to}: {}", answer.body);
                    tried += 1;
                }
            }
        }
        assert!(tried > 150, "{tried}");
        // Nothing came of it: everybody is still signed in, the visit stands, the clock runs, no fault was caused.
        patient.open(&appointment).await.assert_contains("保険の確認");
        assert_eq!(desk.open("/desk/visits").await.url.path(), "/desk/visits");
        assert_eq!(terminal.open("/receptions").await.url.path(), "/receptions");
        assert!(world().now().minus(Span::from_mins(30)) < before);
    });
}

/// A page of a room on which a stranger finds a form.
fn path_with_form(origin: &shell::Origin) -> &'static str {
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

/// The token of the first form of a page.
fn read_csrf_token(page: &Page) -> String {
    let (_, fields) = page.find_form("/");
    fields.into_iter().find(|(name, _)| name == "csrf").expect("a form has a token").1
}

#[test]
fn a_form_with_its_token_is_still_refused_from_another_site() {
    block_on(async {
        let patient = Patient::new(world(), "foreign-site");
        patient.sign_up().await;
        let page = patient.open("/profile").await;
        let (to, fields) = page.find_form("/sign-out");
        for (name, value) in
            [("origin", "http://evil.localhost:8400"), ("origin", "null"), ("sec-fetch-site", "cross-site")]
        {
            let answer = patient.browser.post_with_header(to.clone(), &fields, (name, value)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
        }
        assert_eq!(patient.open("/profile").await.url.path(), "/profile", "she is still signed in");
    });
}

#[test]
fn the_demos_controls_take_only_what_no_page_of_another_site_can_send() {
    block_on(async {
        let home = &world().addresses().home;
        for path in ["/control/clock", "/control/ocsp", "/control/interface", "/control/people/ishiwata-masao"] {
            // What a form of any site may send unasked (Fetch §2.2.2).
            for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
                let body = r#"{"time":"2030-01-01T00:00:00+09:00","ocsp":"down"}"#;
                let request = world().http().post(home.url(path)).header("content-type", kind).body(body);
                let answer = request.send().await.expect("an answer");
                assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path} {kind}");
            }
            // Whoever asks first whether it may send more gets no yes.
            let request =
                world().http().request(Method::OPTIONS, home.url(path)).header("origin", "http://evil.localhost");
            let answer = request.header("access-control-request-method", "POST").send().await.expect("an answer");
            assert!(answer.headers().keys().all(|name| !name.as_str().starts_with("access-control")));
        }
    });
}

/// An insured person by whom one asks: with a number of her own.
fn insured_person(number: &str) -> NewPerson {
    let insurer =
        InsurerNumber::from_parts(Some(6), Prefecture::from_code(13).expect("Tokyo"), 951).expect("an insurer");
    NewPerson {
        person: Person {
            name: oqs::FullName::new("試験　花子").expect("a text of its kind"),
            kana: oqs::KanaName::new("シケン　ハナコ").expect("a text of its kind"),
            other_name: None,
            other_kana: None,
            sex: oqs::Sex::Female,
            birth: base::parse_date("1980-12-24").expect("a day"),
            postcode: "204-0000".to_owned(),
            address: "東京都清瀬市架空1-1".to_owned(),
            card: InsuranceCard::Registered,
        },
        coverages: vec![Coverage {
            insurer,
            insurer_name: "模擬健康保険組合".to_owned(),
            classification: oqs::InsuredCardClassification::General,
            symbol: oqs::CardSymbol::new("試験"),
            number: oqs::CardNumber::new(number).expect("a text of its kind"),
            branch: oqs::BranchNumber::new(0),
            relation: Some(oqs::PersonalFamily::Insured),
            insured_name: None,
            qualified_on: base::parse_date("2020-04-01").expect("a day"),
            disqualified_on: None,
            reason_of_loss: None,
            issued: None,
            valid_from: None,
            valid_to: None,
            share: None,
            preschool: None,
            elderly: None,
        }],
        limits: Vec::new(),
        specific_diseases: Vec::new(),
        records: Vec::new(),
    }
}

/// Goes from the reception's first page, where the service sent the browser, to the page that awaits the card.
async fn open_waiting_page(browser: &Browser<'static>, to: InstitutionCode, reference: &str) -> Page {
    let service = world().service();
    let departure = service.new_departure(to, world().now().japan_date(), reference);
    let page = browser.open(&service.push_departure(&departure).await).await;
    let page = browser.submit_form(&page, "/choose", &[("all", "agree")]).await;
    browser.submit_form(&page, "/confirm", &[]).await
}

/// A client that proves itself with a certificate; whether the server proves itself is tried elsewhere.
fn client_with_certificate(issued: Option<&authority::IssuedMachineCertificate>) -> reqwest::Client {
    let mut builder = reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true);
    if let Some(issued) = issued {
        let mut text = pem::encode(pem::CERTIFICATE, &issued.certificate);
        text.push_str(&pem::encode(pem::PRIVATE_KEY, &issued.key.to_pkcs8().expect("a key")));
        builder = builder.identity(reqwest::Identity::from_pem(text.as_bytes()).expect("an identity"));
    }
    builder.build().expect("a client")
}

/// Asks for the eligibility by an insurance document, as the institution that `named` says.
async fn request_eligibility(
    client: &reqwest::Client,
    named: InstitutionCode,
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
        institution: named.into(),
        identifier: oqs::Identifier::new("file-1"),
        confirmation_date: Some(world().now().japan_date()),
    };
    let message = Message::QualificationRequest(RequestMessage { header, body: QualificationRequest { search } });
    let name = FileName::new(Exchange::OnlineQualification.request(), "202611240001").expect("a file name");
    let to = world().addresses().interface.url(&format!("/oqs/{name}"));
    let answer = client.post(to).body(oqs::write(&message, CharacterCode::Utf8)).send().await?;
    Ok((answer.status(), answer.bytes().await?.to_vec()))
}

/// Whether an answer tells of anybody, and how valid her insurance is.
fn read_validity(body: &[u8]) -> Option<QualificationValidity> {
    let reading = oqs::parse(Exchange::OnlineQualification.response(), body).expect("an answer file");
    let Message::QualificationResponse(answer) = reading.message else { panic!("another file") };
    match answer.outcome {
        Answered::Normal(found) if !found.results.is_empty() => found.validity,
        _ => None,
    }
}

#[test]
fn an_institution_finds_nothing_of_a_patient_who_registered_for_another() {
    block_on(async {
        const NUMBER: &str = "5150771";
        let (theirs, ours) = (institution(4), institution(5));
        let card = Card::issue_to(world(), insured_person(NUMBER)).await;
        let browser = Browser::on_android(world());
        let page = open_waiting_page(&browser, theirs, "another-institution").await;
        let app = App::open(world(), &page.find_link("/open?ticket="));
        let outcome = app.authenticate(&card, Device::Android, OpenMethod::Link).await.expect("the card is accepted");
        let AuthenticationOutcome::Return { code } = outcome else { panic!("an Android phone leads back") };
        let path = format!("{}?code={}", errand::RETURN_PATH, code.reveal());
        browser.open(&world().addresses().reception.url(&path)).await.assert_contains("あと1つ：手続きを終了する");

        let rooms = world().services();
        let mut clients = Vec::new();
        for code in [theirs, ours] {
            let issued = rooms.authority.issue_institution(code).await.expect("a certificate");
            rooms
                .eligibility
                .admit_certificate(code, Fingerprint::from_certificate(&issued.certificate))
                .await
                .expect("admitted");
            clients.push(client_with_certificate(Some(&issued)));
        }
        // The control: the institution for which she registered is told.
        let (status, body) = request_eligibility(&clients[0], theirs, NUMBER).await.expect("an answer");
        assert_eq!((status, read_validity(&body)), (StatusCode::OK, Some(QualificationValidity::Valid)));
        // Another is not, in its own name or in the other's.
        for named in [ours, theirs] {
            let Ok((status, body)) = request_eligibility(&clients[1], named, NUMBER).await else { continue };
            let text = String::from_utf8_lossy(&body).into_owned();
            assert!(!text.contains("花子") && !text.contains("ﾊﾅｺ") && !text.contains("架空"), "{text}");
            assert!(status.is_client_error() || read_validity(&body).is_none(), "{named}: {text}");
        }
        // What she is told of a person who registered nowhere is the same: the answer does not tell that somebody exists.
        let plain = |body: Vec<u8>| String::from_utf8_lossy(&body).replace(|letter: char| letter.is_ascii_digit(), "0");
        let of_her = request_eligibility(&clients[1], ours, NUMBER).await.expect("an answer").1;
        let of_nobody = request_eligibility(&clients[1], ours, "5150772").await.expect("an answer").1;
        assert_eq!(plain(of_her), plain(of_nobody));
        // Nor does the other institution's terminal list her.
        let day = world().now().japan_date();
        for (code, listed) in [(theirs, true), (ours, false)] {
            let page =
                Terminal::sign_in(world(), code, "staff").await.open(&format!("/receptions?by=visit&day={day}")).await;
            assert_eq!(page.body.contains("花子"), listed, "{}", page.body);
        }
        // A certificate that nobody admitted, a revoked one, and none at all.
        let stray = rooms.authority.issue_institution(theirs).await.expect("a certificate");
        let refused =
            request_eligibility(&client_with_certificate(Some(&stray)), theirs, NUMBER).await.expect("an answer").0;
        assert!([StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&refused), "{refused}");
        let revoked = rooms.authority.issue_institution(theirs).await.expect("a certificate");
        let print = Fingerprint::from_certificate(&revoked.certificate);
        rooms.eligibility.admit_certificate(theirs, print).await.expect("admitted");
        let connection = client_with_certificate(Some(&revoked));
        assert_eq!(request_eligibility(&connection, theirs, NUMBER).await.expect("an answer").0, StatusCode::OK);
        rooms.eligibility.revoke_certificate(print).await.expect("revoked");
        let refused = request_eligibility(&connection, theirs, NUMBER).await.expect("an answer").0;
        assert!([StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&refused), "even on an open connection");
        assert!(
            request_eligibility(&client_with_certificate(None), theirs, NUMBER).await.is_err(),
            "without a certificate nobody is let in"
        );
    });
}

#[test]
fn while_nothing_tells_of_revocation_no_card_is_accepted_and_with_the_list_alone_it_is() {
    block_on(async {
        // A world of its own: the fault is everybody's.
        let world = World::start();
        let institution = uketsuke::demo::online_institutions(world.addresses())[0];
        Card::issue_to(&world, insured_person("5150773")).await.add_to_app(&world, "ocsp").await;
        let patient = Patient::new(&world, "ocsp");
        let time = patient.find_free_slots(institution, DAY).await.swap_remove(0);
        let (page, appointment) = patient.book_slot(&time).await;
        let browser = &patient.browser;
        let page = browser.submit_form(&page, "/leave", &[]).await;
        let page = browser.submit_form(&page, "/choose", &[("all", "agree")]).await;
        let waiting = browser.submit_form(&page, "/confirm", &[]).await;
        let page = browser.open(&waiting.find_link("/open?ticket=")).await;
        let page = browser.submit_form(&page, "/open", &[]).await;
        let page = browser.submit_form(&page, "/card", &[("card", "ocsp")]).await;
        world.set_ocsp_fault(OcspFault::Silent);
        let told = browser.submit_form(&page, "/pin", &[("pin", PIN)]).await;
        // The app says whose fault it is, that no try was lost, and how she goes on.
        let told = told
            .assert_contains("カードの有効性を確認できません")
            .assert_contains("回数は減っていません")
            .assert_contains("reception.card.responder_silent");
        // Its way back leads to the reception's page, which says the same, with a way to try again and one to end it.
        let told = browser.open(&told.find_link("/return")).await;
        assert_eq!(told.url, waiting.url);
        let told = told
            .assert_contains("カードの有効性を確認できません")
            .assert_contains("/again")
            .assert_contains("/abandon");
        // Nothing is registered, and the service does not believe otherwise.
        let listed = format!("/receptions?by=visit&day={DAY}");
        let terminal = Terminal::sign_in(&world, institution, "staff").await;
        assert!(!terminal.open(&listed).await.body.contains("花子"));
        patient.open(&appointment).await.assert_contains("手続きの途中です");
        // The responder is still down, but the revocation list is there.
        world.set_ocsp_fault(OcspFault::Down);
        let waiting = browser.submit_form(&told, "/again", &[]).await;
        let page = browser.open(&waiting.find_link("/open?ticket=")).await;
        let page = browser.submit_form(&page, "/open", &[]).await;
        let page = browser.submit_form(&page, "/card", &[("card", "ocsp")]).await;
        let page =
            browser.submit_form(&page, "/pin", &[("pin", PIN)]).await.assert_contains("あと1つ：手続きを終了する");
        browser.submit_form(&page, "/finish", &[]).await.assert_contains("手続きが終わりました");
        terminal.open(&listed).await.assert_contains("花子");
    });
}

/// A program at the desk's door of the service.
struct ClinicApiClient {
    http: reqwest::Client,
    token: String,
}

impl ClinicApiClient {
    fn clinic_api_url(path: &str) -> String {
        world().addresses().consult.url(path)
    }

    async fn sign_in(mail: &str, password: &str) -> Result<Self, StatusCode> {
        let http = uketsuke::http::build_client().expect("a client");
        let credentials = serde_json::json!({ "mail": mail, "password": password });
        let answer =
            http.post(Self::clinic_api_url("/door/session")).json(&credentials).send().await.expect("an answer");
        if answer.status() != StatusCode::OK {
            return Err(answer.status());
        }
        let body: serde_json::Value = answer.json().await.expect("JSON");
        Ok(Self { http, token: body["token"].as_str().expect("a token").to_owned() })
    }

    async fn list_visits(&self) -> Vec<serde_json::Value> {
        let path = Self::clinic_api_url(&format!("/door/visits?date={DAY}"));
        let answer = self.http.get(path).bearer_auth(&self.token).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        let body: serde_json::Value = answer.json().await.expect("JSON");
        body["visits"].as_array().expect("visits").clone()
    }

    async fn confirm_insurance(&self, visit: &str, seen: &str, body: &'static str) -> StatusCode {
        let request = self
            .http
            .post(Self::clinic_api_url(&format!("/door/visits/{visit}/confirmation")))
            .bearer_auth(&self.token);
        let request = request.header("if-match", seen).header("content-type", "application/json").body(body);
        request.send().await.expect("an answer").status()
    }
}

#[test]
fn the_desks_door_opens_for_its_own_desk_and_hears_one_word() {
    block_on(async {
        const CONFIRMATION_BODY: &str = r#"{"how":"terminal"}"#;
        let patient = Patient::new(world(), "door");
        let time = patient.find_free_slots(institution(6), DAY).await.swap_remove(0);
        let (_, appointment) = patient.book_slot(&time).await;
        let id = appointment.rsplit('/').next().expect("an appointment has an id").to_owned();
        let (own, other) = (find_desk_mail(institution(6)).await, find_desk_mail(institution(7)).await);
        let wrong = ClinicApiClient::sign_in(&own, "another password").await.err();
        assert_eq!(wrong, Some(StatusCode::UNAUTHORIZED));
        let keeper = ClinicApiClient::sign_in(&own, "demo-desk-2026").await.expect("the desk's own account");
        let stranger = ClinicApiClient::sign_in(&other, "demo-desk-2026").await.expect("another desk's account");

        // Each desk sees its own visits, and of a person what it needs to find her reception.
        let mine = keeper.list_visits().await;
        let visit = mine.iter().find(|visit| visit["appointment"] == id.as_str()).expect("her visit");
        assert!(stranger.list_visits().await.iter().all(|visit| visit["appointment"] != id.as_str()));
        let mut fields: Vec<_> = visit.as_object().expect("an object").keys().map(String::as_str).collect();
        fields.sort_unstable();
        let expected =
            ["appointment", "birth_date", "insurance_proven", "kana", "name", "reception_number", "seen", "start"];
        assert_eq!(fields, expected);
        let seen = visit["seen"].to_string();

        // Another clinic's account finds nothing; a cookie, a stray token and none open nothing.
        assert_eq!(stranger.confirm_insurance(&id, &seen, CONFIRMATION_BODY).await, StatusCode::NOT_FOUND);
        let stray = ClinicApiClient { http: uketsuke::http::build_client().expect("a client"), token: "A".repeat(43) };
        assert_eq!(stray.confirm_insurance(&id, &seen, CONFIRMATION_BODY).await, StatusCode::UNAUTHORIZED);
        let desk = sign_in_at_desk(institution(6)).await;
        let page = desk.open("/door/visits?date=2026-11-25").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "a browser's session is none of the door's");

        // More than the one word is refused, whatever it is, and nothing is confirmed by it.
        for more in [r#"{"how":"terminal","insurer":"33120015"}"#, r#"{"how":"高血圧症"}"#, "{}", "terminal"] {
            let status = keeper.confirm_insurance(&id, &seen, more).await;
            assert!(status.is_client_error(), "{more}: {status}");
        }
        let missing = keeper.http.post(ClinicApiClient::clinic_api_url(&format!("/door/visits/{id}/confirmation")));
        let missing = missing.bearer_auth(&keeper.token).json(&serde_json::json!({ "how": "terminal" }));
        assert_eq!(missing.send().await.expect("an answer").status(), StatusCode::PRECONDITION_REQUIRED);
        assert!(keeper.list_visits().await.iter().all(|visit| visit["insurance_proven"] == false));

        // After something new came from the patient, the message that was made before confirms nothing.
        patient.send_picture(&appointment).await;
        assert_eq!(keeper.confirm_insurance(&id, &seen, CONFIRMATION_BODY).await, StatusCode::PRECONDITION_FAILED);
        let now = keeper.list_visits().await;
        let visit = now.iter().find(|visit| visit["appointment"] == id.as_str()).expect("her visit");
        assert_eq!(visit["insurance_proven"], false);
        // The word is heard once, and where the answer was lost it may come again.
        let seen = visit["seen"].to_string();
        for _ in 0..2 {
            assert_eq!(keeper.confirm_insurance(&id, &seen, CONFIRMATION_BODY).await, StatusCode::NO_CONTENT);
        }
        patient.open(&appointment).await.assert_contains("確認");
    });
}
