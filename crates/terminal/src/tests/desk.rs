//! What the desk does beside reading: appointments, the service's desk, the receipt computer, the settings.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, body::Bytes, extract::Path, http::HeaderMap, routing::get, routing::post};
use http::StatusCode;
use oqs::{Processing, QualificationValidity};
use serde_json::{Value, json};

use super::{
    browser::{Browser, terminal, terminal_with},
    counterpart::{Counterpart, Reply, ordinary},
};
use crate::{Role, Service, pages::made_up};

/// What the service was told: address, version, body.
type Told = Arc<Mutex<Vec<(String, String, Vec<u8>)>>>;

/// The desk's door of a service that has these visits and answers a confirmation with `status`.
async fn service(visits: Value, status: StatusCode) -> (Service, Told) {
    let told = Told::default();
    let heard = told.clone();
    let confirm = async move |Path(id): Path<String>, headers: HeaderMap, body: Bytes| {
        assert_eq!(headers["authorization"], "Bearer token");
        let seen = headers["if-match"].to_str().unwrap().to_owned();
        heard.lock().unwrap().push((id, seen, body.to_vec()));
        status
    };
    let routes = Router::new()
        .route("/door/session", post(async || Json(json!({"token": "token"}))))
        .route("/door/visits", get(async move || Json(visits)))
        .route("/door/visits/{id}/confirmation", post(confirm));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port()).parse().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let password = "the desk's password".to_owned().into();
    (Service { address, mail: "desk@example.jp".to_owned(), password }, told)
}

fn visit(id: &str, kana: &str, number: Option<base::ReceptionNumber>) -> Value {
    json!({
        "appointment": id, "start": "2026-11-24T10:30:00+09:00", "name": "見本 花子", "kana": kana,
        "birth_date": "1984-05-02", "reception_number": number, "insurance_proven": false, "seen": 7
    })
}

fn people(validity: QualificationValidity) -> Vec<oqs::BulkUnit> {
    vec![made_up::unit(Processing::normal(), Some(validity), vec![made_up::rich_person()])]
}

/// What the service hears once the desk has brought these visits and confirmed the one reception.
async fn check(visits: Value, validity: QualificationValidity, same: Option<&str>, expected: &[(&str, &str, &str)]) {
    let other = Counterpart::start(ordinary(people(validity))).await;
    let (service, told) = service(json!({ "visits": visits }), StatusCode::NO_CONTENT).await;
    let (terminal, _folder) = terminal_with(&other, Some(service)).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(made_up::institution(), Role::Staff).await;
    let page = desk.get("/appointments").await;
    let fetched = desk.post(&page, "/appointments/fetch", &[("day", made_up::VISIT)]).await;
    assert_eq!(fetched.location.as_deref(), Some("/appointments"), "{}", fetched.html);
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let seen = sheet.field("seen");
    let mut fields = vec![("seen", seen.as_str())];
    fields.extend(same.map(|same| ("same", same)));
    let confirmed = desk.post(&sheet, &format!("{href}/confirm"), &fields).await;
    assert_eq!(confirmed.status, StatusCode::SEE_OTHER);
    let told = told.lock().unwrap();
    let heard: Vec<_> =
        told.iter().map(|(id, seen, body)| (id.as_str(), seen.as_str(), std::str::from_utf8(body).unwrap())).collect();
    assert_eq!(heard, expected);
}

const WORD: &str = r#"{"how":"terminal"}"#;

#[tokio::test]
async fn by_number_the_service_hears_one_word_and_nothing_else() {
    let visits =
        json!([visit("by-number", "ベツジン", Some(made_up::number())), visit("alike", "みほん はなこ", None)]);
    check(visits, QualificationValidity::Valid, None, &[("by-number", "\"7\"", WORD)]).await;
}

#[tokio::test]
async fn by_kana_and_birthday_a_person_says_so_first() {
    let visits = || json!([visit("alike", "みほん はなこ", None)]);
    check(visits(), QualificationValidity::Valid, None, &[]).await;
    check(visits(), QualificationValidity::Valid, Some("no"), &[]).await;
    check(visits(), QualificationValidity::Valid, Some("yes"), &[("alike", "\"7\"", WORD)]).await;
}

#[tokio::test]
async fn two_candidates_or_no_proof_tell_nothing() {
    let two = json!([visit("one", "みほん はなこ", None), visit("two", "ミホン　ハナコ", None)]);
    check(two, QualificationValidity::Valid, Some("yes"), &[]).await;
    let by_number = json!([visit("by-number", "ミホン ハナコ", Some(made_up::number()))]);
    check(by_number, QualificationValidity::Invalid, Some("yes"), &[]).await;
    check(json!([visit("../../session", "みほん はなこ", None)]), QualificationValidity::Valid, Some("yes"), &[]).await;
}

#[tokio::test]
async fn what_the_service_did_not_hear_is_to_be_done_by_hand() {
    let other = Counterpart::start(ordinary(people(QualificationValidity::Valid))).await;
    let visits = json!({ "visits": [visit("by-number", "", Some(made_up::number()))] });
    let (service, _told) = service(visits, StatusCode::PRECONDITION_FAILED).await;
    let (terminal, _folder) = terminal_with(&other, Some(service)).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(made_up::institution(), Role::Staff).await;
    let page = desk.get("/appointments").await;
    desk.post(&page, "/appointments/fetch", &[("day", made_up::VISIT)]).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let seen = sheet.field("seen");
    let confirmed = desk.post(&sheet, &format!("{href}/confirm"), &[("seen", &seen)]).await;
    assert_eq!(confirmed.location.as_deref(), Some("/follow-ups"));
    let open = desk.get("/follow-ups").await;
    assert!(open.html.contains("予約側に未通知") && open.html.contains("端末で確認しました"));
    let done = open.html.split("action=\"").find(|part| part.starts_with("/follow-ups/")).unwrap();
    let done = done.split('"').next().unwrap().to_owned();
    desk.post(&open, &done, &[]).await;
    assert!(desk.get("/follow-ups").await.html.contains("再確認するものはありません"));
}

#[tokio::test]
async fn a_closed_system_is_kept_in_mind_until_it_answers() {
    let closed = Arc::new(Mutex::new(true));
    let state = closed.clone();
    let open = ordinary(people(QualificationValidity::NotFound));
    let other = Counterpart::start(
        move |name: &oqs::FileName, question| {
            if *state.lock().unwrap() { Reply::Status(503) } else { open(name, question) }
        },
    )
    .await;
    let (terminal, _folder) = terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(made_up::institution(), Role::Staff).await;
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
    assert!(page.html.contains("該当資格なし") && page.html.contains(&made_up::number().grouped()));
    assert!(!page.html.contains("花子"));
}

#[tokio::test]
async fn the_result_is_handed_to_the_receipt_computer_as_a_card_reception_is() {
    let other = Counterpart::start(ordinary(people(QualificationValidity::Valid))).await;
    let (terminal, folder) = terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(made_up::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let handed = desk.post(&sheet, &format!("{href}/hand-over"), &[]).await;
    let said = desk.get(handed.location.as_deref().unwrap()).await;
    assert!(said.html.contains("レセコンに渡しました"));
    let face: Vec<_> = std::fs::read_dir(folder.path().join("exchange/face")).unwrap().map(Result::unwrap).collect();
    let name: oqs::FileName = face[0].file_name().to_str().unwrap().parse().unwrap();
    // The clock goes on while the desk works.
    assert!(name.face_time().is_some_and(|at| at >= made_up::now()));
    let reading = oqs::parse(name.interface(), &std::fs::read(face[0].path()).unwrap()).unwrap();
    let oqs::Message::QualificationAnswer(answer) = reading.message else { panic!("another message") };
    let oqs::Outcome::Normal(body) = answer.outcome else { panic!("no outcome") };
    assert_eq!((face.len(), body.results), (1, vec![made_up::rich_person()]));
}

#[tokio::test]
async fn the_administrator_changes_settings_and_addresses() {
    let other = Counterpart::start(ordinary(Vec::new())).await;
    let (terminal, _folder) = terminal(&other).await;
    let mut administrator = Browser::new(&terminal);
    administrator.sign_in(made_up::institution(), Role::Administrator).await;
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
    let asked = other.asked();
    assert_eq!(asked.iter().filter(|name| *name == "OQSsiurl01req").count(), 3);
    assert_eq!(asked.iter().filter(|name| *name == "OQSsiupd01req").count(), 1);
}
