//! What the desk does beside reading: appointments, the service's desk, the receipt computer, the settings.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, body::Bytes, extract::Path, http::HeaderMap, routing::get, routing::post};
use http::StatusCode;
use oqs::{Message, ProcessingResult, QualificationValidity};
use serde_json::{Value, json};

use super::{
    browser::{Browser, open_terminal, open_terminal_with},
    fake_system::{FakeEligibilitySystem, Reply, ordinary_behaviour},
};
use crate::{Role, ServiceAccount, pages::fixtures};

/// What the service was told: address, version, body.
type ServiceRequests = Arc<Mutex<Vec<(String, String, Vec<u8>)>>>;

/// The desk's door of a service that has these visits and answers a confirmation with `status`.
async fn start_service(visits: Value, status: StatusCode) -> (ServiceAccount, ServiceRequests) {
    start_service_with(visits, Arc::new(Mutex::new(status))).await
}

/// The same, whose answer can change.
async fn start_service_with(visits: Value, status: Arc<Mutex<StatusCode>>) -> (ServiceAccount, ServiceRequests) {
    let told = ServiceRequests::default();
    let heard = told.clone();
    let confirm = async move |Path(id): Path<String>, headers: HeaderMap, body: Bytes| {
        assert_eq!(headers["authorization"], "Bearer token");
        let seen = headers["if-match"].to_str().unwrap().to_owned();
        heard.lock().unwrap().push((id, seen, body.to_vec()));
        *status.lock().unwrap()
    };
    let routes = Router::new()
        .route("/door/session", post(async || Json(json!({"token": "token"}))))
        .route("/door/visits", get(async move || Json(visits)))
        .route("/door/visits/{id}/confirmation", post(confirm));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port()).parse().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let password = "the desk's password".to_owned().into();
    (ServiceAccount { address, mail: "desk@example.jp".to_owned(), password }, told)
}

fn visit(id: &str, kana: &str, number: Option<base::ReceptionNumber>) -> Value {
    json!({
        "appointment": id, "start": "2026-11-24T10:30:00+09:00", "name": "見本 花子", "kana": kana,
        "birth_date": "1984-05-02", "reception_number": number, "insurance_proven": false, "seen": 7
    })
}

fn sample_units(validity: QualificationValidity) -> Vec<oqs::BulkUnit> {
    vec![fixtures::unit(ProcessingResult::normal(), Some(validity), vec![fixtures::person_with_everything()])]
}

/// What the service hears once the desk has brought these visits and confirmed the one reception.
async fn check(visits: Value, validity: QualificationValidity, same: Option<&str>, expected: &[(&str, &str, &str)]) {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(validity))).await;
    let (service, told) = start_service(json!({ "visits": visits }), StatusCode::NO_CONTENT).await;
    let (terminal, _folder) = open_terminal_with(&other, Some(service)).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/appointments").await;
    let fetched = desk.post(&page, "/appointments/fetch", &[("day", fixtures::VISIT_DATE)]).await;
    assert_eq!(fetched.location.as_deref(), Some("/appointments"), "{}", fetched.html);
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let seen = sheet.field("seen");
    let mut fields = vec![("seen", seen.as_str())];
    fields.extend(same.map(|same| ("same", same)));
    let confirmed = desk.post(&sheet, &format!("{href}/confirm"), &fields).await;
    assert_eq!(confirmed.status, StatusCode::SEE_OTHER);
    if !expected.is_empty() {
        // Who was told of is not on the list of what is to be done.
        assert!(desk.get("/follow-ups").await.html.contains("再確認するものはありません"));
    }
    let told = told.lock().unwrap();
    let heard: Vec<_> =
        told.iter().map(|(id, seen, body)| (id.as_str(), seen.as_str(), std::str::from_utf8(body).unwrap())).collect();
    assert_eq!(heard, expected);
}

const CONFIRMATION_BODY: &str = r#"{"how":"terminal"}"#;

#[tokio::test]
async fn by_number_the_service_hears_one_word_and_nothing_else() {
    let visits = json!([
        visit("by-number", "みほん はなこ", Some(fixtures::reception_number())),
        visit("alike", "みほん はなこ", None)
    ]);
    check(visits, QualificationValidity::Valid, None, &[("by-number", "\"7\"", CONFIRMATION_BODY)]).await;
}

#[tokio::test]
async fn a_number_with_another_name_is_told_only_after_a_person_says_so() {
    let visits = || json!([visit("by-number", "しんせい はなこ", Some(fixtures::reception_number()))]);
    check(visits(), QualificationValidity::Valid, None, &[]).await;
    check(visits(), QualificationValidity::Valid, Some("no"), &[]).await;
    check(visits(), QualificationValidity::Valid, Some("yes"), &[("by-number", "\"7\"", CONFIRMATION_BODY)]).await;
    // The same without a number: only the birthday is the same.
    let visits = || json!([visit("same-birthday", "しんせい はなこ", None)]);
    check(visits(), QualificationValidity::Valid, None, &[]).await;
    check(visits(), QualificationValidity::Valid, Some("yes"), &[("same-birthday", "\"7\"", CONFIRMATION_BODY)]).await;
}

#[tokio::test]
async fn another_name_is_not_confirmed_until_a_person_says_that_it_is_the_same() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/appointments").await;
    let brought = format!("10:30,新姓 花子,シンセイ ハナコ,1984-05-02,{}", fixtures::reception_number());
    desk.post(&page, "/appointments", &[("day", fixtures::VISIT_DATE), ("lines", &brought)]).await;
    let list = desk.get("/receptions").await;
    assert!(list.html.contains("氏名が違う"));
    let href = list.link("/receptions/");
    let sheet = desk.get(&href).await;
    for shown in ["予約と氏名が違います", "新姓 花子", "シンセイ ハナコ", "見本　花子", "本人確認", "旧姓"]
    {
        assert!(sheet.html.contains(shown), "{shown}");
    }
    assert!(!sheet.html.contains("受付番号が一致"));
    let seen = sheet.field("seen");
    let unsaid = desk.post(&sheet, &format!("{href}/confirm"), &[("seen", &seen)]).await;
    assert_eq!(unsaid.location.as_deref(), Some("/follow-ups"));
    let open = desk.get("/follow-ups").await;
    assert!(open.html.contains("本人確認が必要") && !open.html.contains("花子"));
    assert!(desk.get("/receptions").await.html.contains("未確認"));
    assert!(!desk.get("/confirmed").await.html.contains(&fixtures::reception_number().to_grouped_string()));
    let said = desk.post(&sheet, &format!("{href}/confirm"), &[("seen", &seen), ("same", "yes")]).await;
    assert_ne!(said.location.as_deref(), Some("/follow-ups"));
    assert!(desk.get("/receptions").await.html.contains("確認済み"));
    assert!(desk.get("/follow-ups").await.html.contains("再確認するものはありません"));
}

#[tokio::test]
async fn by_kana_and_birthday_a_person_says_so_first() {
    let visits = || json!([visit("alike", "みほん はなこ", None)]);
    check(visits(), QualificationValidity::Valid, None, &[]).await;
    check(visits(), QualificationValidity::Valid, Some("no"), &[]).await;
    check(visits(), QualificationValidity::Valid, Some("yes"), &[("alike", "\"7\"", CONFIRMATION_BODY)]).await;
}

#[tokio::test]
async fn two_candidates_or_no_proof_tell_nothing() {
    let two = json!([visit("one", "みほん はなこ", None), visit("two", "ミホン　ハナコ", None)]);
    check(two, QualificationValidity::Valid, Some("yes"), &[]).await;
    let by_number = json!([visit("by-number", "ミホン ハナコ", Some(fixtures::reception_number()))]);
    check(by_number, QualificationValidity::Invalid, Some("yes"), &[]).await;
    check(json!([visit("../../session", "みほん はなこ", None)]), QualificationValidity::Valid, Some("yes"), &[]).await;
}

#[tokio::test]
async fn what_the_service_did_not_hear_is_to_be_done_by_hand() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let visits = json!({ "visits": [visit("by-number", "", Some(fixtures::reception_number()))] });
    let (service, _told) = start_service(visits, StatusCode::PRECONDITION_FAILED).await;
    let (terminal, _folder) = open_terminal_with(&other, Some(service)).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/appointments").await;
    desk.post(&page, "/appointments/fetch", &[("day", fixtures::VISIT_DATE)]).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let seen = sheet.field("seen");
    let confirmed = desk.post(&sheet, &format!("{href}/confirm"), &[("seen", &seen)]).await;
    assert_eq!(confirmed.location.as_deref(), Some("/follow-ups"));
    let open = desk.get("/follow-ups").await;
    assert!(open.html.contains("予約側に未通知") && open.html.contains("端末で確認しました"));
    desk.post(&open, &find_form_action(&open.html, "/done"), &[]).await;
    assert!(desk.get("/follow-ups").await.html.contains("再確認するものはありません"));
}

/// The first address that a form on a page is sent to which ends so.
fn find_form_action(html: &str, ends: &str) -> String {
    let all = html.split("action=\"").skip(1).filter_map(|part| part.split('"').next());
    all.filter(|action| action.ends_with(ends)).map(ToOwned::to_owned).next().unwrap_or_else(|| panic!("no {ends}"))
}

#[tokio::test]
async fn the_service_is_told_again_from_the_list() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let visits = json!({ "visits": [visit("by-number", "", Some(fixtures::reception_number()))] });
    let status = Arc::new(Mutex::new(StatusCode::BAD_GATEWAY));
    let (service, told) = start_service_with(visits, status.clone()).await;
    let (terminal, _folder) = open_terminal_with(&other, Some(service)).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/appointments").await;
    desk.post(&page, "/appointments/fetch", &[("day", fixtures::VISIT_DATE)]).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let seen = sheet.field("seen");
    desk.post(&sheet, &format!("{href}/confirm"), &[("seen", &seen)]).await;
    let open = desk.get("/follow-ups").await;
    let tell = find_form_action(&open.html, "/tell");
    let failed = desk.post(&open, &tell, &[]).await;
    assert_eq!(failed.location.as_deref(), Some("/follow-ups?said=untold"));
    let open = desk.get("/follow-ups?said=untold").await;
    assert!(open.html.contains("受付デスクに知らせられませんでした") && open.html.contains("予約側に未通知"));
    *status.lock().unwrap() = StatusCode::NO_CONTENT;
    let heard = desk.post(&open, &tell, &[]).await;
    assert_eq!(heard.location.as_deref(), Some("/follow-ups?said=told"));
    let open = desk.get("/follow-ups?said=told").await;
    assert!(open.html.contains("受付デスクに知らせました") && open.html.contains("再確認するものはありません"));
    let told = told.lock().unwrap().clone();
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|one| *one == told[0]) && told[0].2 == CONFIRMATION_BODY.as_bytes());
    // What was told is not told once more.
    assert_eq!(desk.post(&open, &tell, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_list_of_what_is_to_be_asked_again_leads_to_the_reception() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::NotFound))).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let seen = sheet.field("seen");
    desk.post(&sheet, &format!("{href}/confirm"), &[("seen", &seen)]).await;
    let again = desk.get("/follow-ups").await.link("/receptions?").replace("&amp;", "&");
    let led = desk.get(&again).await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    let sheet = desk.get(led.location.as_deref().unwrap()).await;
    assert!(
        sheet.html.contains(&fixtures::reception_number().to_grouped_string()) && sheet.html.contains("確認を記録する")
    );
    // One that is no longer there is said to be missing.
    let gone = base::ReceptionNumber::new(&base::Randomness::repeatable("gone"));
    let page = desk.get(&format!("/receptions?day={}&reception={gone}", fixtures::VISIT_DATE)).await;
    assert!(page.html.contains(&format!("受付 {} はこの一覧にありません", gone.to_grouped_string())));
}

#[tokio::test]
async fn a_list_that_is_being_made_settles_nothing() {
    let state = Arc::new(Mutex::new(0));
    let now = state.clone();
    let open = ordinary_behaviour(sample_units(QualificationValidity::Valid));
    let other =
        FakeEligibilitySystem::start(move |name: &oqs::FileName, question| match (*now.lock().unwrap(), question) {
            (0, _) => Reply::Closed("1800"),
            (1, Message::BulkFetch(request)) => {
                let outcome = oqs::Outcome::InProgress(oqs::Fault { code: None, message: None });
                let header = super::fake_system::response_header(&request.header);
                Reply::Message(Message::BulkResult(oqs::ResponseMessage { header, outcome }))
            }
            (_, question) => open(name, question),
        })
        .await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    // The clock says half past nine, and the system half an hour.
    other.site.clock().set(fixtures::now());
    assert!(desk.get("/receptions").await.html.contains("11月24日 10:00ごろに、もう一度照会してください"));
    assert!(desk.get("/follow-ups").await.html.contains("11月24日 10:00ごろ"));
    *state.lock().unwrap() = 1;
    assert!(desk.get("/receptions").await.html.contains("一覧を作成しています"));
    let page = desk.get("/follow-ups").await;
    assert!(page.html.contains("処理中") && !page.html.contains("再確認するものはありません"));
    *state.lock().unwrap() = 2;
    desk.get("/receptions").await;
    assert!(desk.get("/follow-ups").await.html.contains("再確認するものはありません"));
}

#[tokio::test]
async fn more_receptions_than_one_page_shows_are_on_the_next() {
    let valid = Some(QualificationValidity::Valid);
    let units = (0..130).map(|place| {
        let mut result = fixtures::former_member();
        result.inquiry_number = oqs::InquiryNumber::new(&format!("K{place:03}"));
        // Units of one reception are one line, and these are of as many receptions.
        oqs::BulkUnit { search: None, ..fixtures::unit(ProcessingResult::normal(), valid, vec![result]) }
    });
    let other = FakeEligibilitySystem::start(ordinary_behaviour(units.collect())).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/receptions").await;
    for shown in ["130件", "照会番号 K000", "照会番号 K099", "次へ"] {
        assert!(page.html.contains(shown), "{shown}");
    }
    assert!(!page.html.contains("K100"));
    let next = page.html.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let page = desk.get(&next.replace("&amp;", "&")).await;
    for shown in ["130件", "照会番号 K100", "照会番号 K129", "前へ"] {
        assert!(page.html.contains(shown), "{shown}");
    }
    assert!(!page.html.contains("K099") && !page.html.contains("次へ"));
    // Beyond the last is the last.
    assert!(desk.get("/receptions?page=9").await.html.contains("K129"));
    assert!(desk.get("/receptions?page=0").await.html.contains("K000"));
}

#[tokio::test]
async fn a_closed_system_is_kept_in_mind_until_it_answers() {
    let closed = Arc::new(Mutex::new(true));
    let state = closed.clone();
    let open = ordinary_behaviour(sample_units(QualificationValidity::NotFound));
    let other =
        FakeEligibilitySystem::start(
            move |name: &oqs::FileName, question| {
                if *state.lock().unwrap() { Reply::Status(503) } else { open(name, question) }
            },
        )
        .await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    for _ in 0..2 {
        desk.get("/receptions").await;
    }
    let page = desk.get("/follow-ups").await;
    for shown in ["システム停止中", "被保険者資格申立書", "2回", "2026年11月24日"] {
        assert!(page.html.contains(shown), "{shown}");
    }
    *closed.lock().unwrap() = false;
    let href = desk.get("/receptions").await.link("/receptions/");
    assert!(desk.get("/follow-ups").await.html.contains("再確認するものはありません"));
    // What the system answers then is not proven either.
    let sheet = desk.get(&href).await;
    let seen = sheet.field("seen");
    desk.post(&sheet, &format!("{href}/confirm"), &[("seen", &seen)]).await;
    let page = desk.get("/follow-ups").await;
    assert!(
        page.html.contains("該当資格なし") && page.html.contains(&fixtures::reception_number().to_grouped_string())
    );
    assert!(!page.html.contains("花子"));
}

#[tokio::test]
async fn the_result_is_handed_to_the_receipt_computer_as_a_card_reception_is() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let (terminal, folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let handed = desk.post(&sheet, &format!("{href}/hand-over"), &[]).await;
    let said = desk.get(handed.location.as_deref().unwrap()).await;
    assert!(said.html.contains("レセコンに渡しました"));
    let face: Vec<_> = std::fs::read_dir(folder.path().join("exchange/face")).unwrap().map(Result::unwrap).collect();
    let name: oqs::FileName = face[0].file_name().to_str().unwrap().parse().unwrap();
    // The clock goes on while the desk works.
    assert!(name.face_time().is_some_and(|at| at >= fixtures::now()));
    let reading = oqs::parse(name.interface(), &std::fs::read(face[0].path()).unwrap()).unwrap();
    let oqs::Message::QualificationResponse(answer) = reading.message else { panic!("another message") };
    let oqs::Outcome::Normal(body) = answer.outcome else { panic!("no outcome") };
    assert!(answer.header.identifier.is_some() && body.search.is_none(), "as a card reader writes it");
    let [result] = body.results.as_slice() else { panic!("one person: {:?}", body.results) };
    assert!(result.key.as_ref().is_some_and(|key| key.len() == 32));
    let viewing = [result.check_ups, result.medicines, result.diagnoses, result.operations];
    for given in viewing.into_iter().flatten() {
        let (from, until) = (given.consent.changed_at.unwrap(), given.available_until.unwrap());
        assert_eq!(until.duration_since(from), base::Span::from_hours(24));
    }
    let expected = fixtures::person_with_everything();
    let same = oqs::QualificationResult {
        limit_consent: expected.limit_consent,
        diseases_consent: expected.diseases_consent,
        check_ups: expected.check_ups,
        medicines: expected.medicines,
        diagnoses: expected.diagnoses,
        operations: expected.operations,
        key: None,
        ..result.clone()
    };
    assert_eq!((face.len(), same), (1, expected));
}

#[tokio::test]
async fn of_several_insurances_none_is_handed_to_the_receipt_computer() {
    let mut second = fixtures::former_member();
    second.number = oqs::CardNumber::new("7654321").unwrap();
    let several = vec![fixtures::person_with_everything(), second];
    let unit = fixtures::unit(ProcessingResult::normal(), Some(QualificationValidity::Several), several);
    let other = FakeEligibilitySystem::start(ordinary_behaviour(vec![unit])).await;
    let (terminal, folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    assert!(sheet.html.contains("レセコンには渡しません") && !sheet.html.contains("hand-over"));
    let handed = desk.post(&sheet, &format!("{href}/hand-over"), &[]).await;
    assert_eq!(handed.status, StatusCode::NOT_FOUND);
    assert_eq!(std::fs::read_dir(folder.path().join("exchange/face")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_hand_over_that_the_system_does_not_answer_is_kept_in_mind() {
    let closed = Arc::new(Mutex::new(false));
    let state = closed.clone();
    let open = ordinary_behaviour(sample_units(QualificationValidity::Valid));
    let other =
        FakeEligibilitySystem::start(
            move |name: &oqs::FileName, question| {
                if *state.lock().unwrap() { Reply::Status(503) } else { open(name, question) }
            },
        )
        .await;
    let (terminal, folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    *closed.lock().unwrap() = true;
    let page = desk.post(&sheet, &format!("{href}/hand-over"), &[]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    // The page of the reception, with the way to ask again.
    assert!(page.html.contains("一覧に戻る") && page.html.contains(&format!("href=\"{href}\"")));
    let followed = desk.get("/follow-ups").await;
    assert!(
        followed.html.contains("システム停止中")
            && followed.html.contains(&fixtures::reception_number().to_grouped_string())
    );
    assert_eq!(std::fs::read_dir(folder.path().join("exchange/face")).unwrap().count(), 0);
}

#[tokio::test]
async fn the_administrator_changes_settings_and_addresses() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut administrator = Browser::new(&terminal);
    administrator.sign_in(fixtures::institution(), Role::Administrator).await;
    let page = administrator.get("/addresses/online").await;
    assert!(page.html.contains("http://reception.localhost:8400/i/kept") && page.html.contains("<svg"));
    let page = administrator.get("/addresses/online/change").await;
    assert!(page.html.contains("前のURLは使えなくなります"));
    let changed = administrator.post(&page, "/addresses/online/change", &[]).await;
    assert_eq!(changed.location.as_deref(), Some("/addresses/online?said=changed"));
    assert_eq!(administrator.get("/addresses/elsewhere").await.status, StatusCode::NOT_FOUND);
    assert_eq!(administrator.get("/addresses/online/qr.svg").await.status, StatusCode::NOT_FOUND);
    assert_eq!(administrator.get("/addresses/online/qr.png").await.status, StatusCode::OK);
    let page = administrator.get("/settings").await;
    let set =
        administrator.post(&page, "/settings", &[("online", "1"), ("home_visit", ""), ("prescription", "9")]).await;
    assert_eq!(set.location.as_deref(), Some("/settings?said=changed"));
    let asked = other.requested_prefixes();
    assert_eq!(asked.iter().filter(|name| *name == "OQSsiurl01req").count(), 3);
    assert_eq!(asked.iter().filter(|name| *name == "OQSsiupd01req").count(), 1);
}
