//! The desk interface of a service that the patients book with.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, body::Bytes, extract::Path, http::HeaderMap, routing::get, routing::post};
use http::StatusCode;
use serde_json::{Value, json};

use crate::ServiceAccount;

/// All that the service hears of a proof.
pub(crate) const CONFIRMATION_BODY: &str = r#"{"how":"terminal"}"#;

/// The confirmations that the service received: appointment, version, body.
pub(crate) type ServiceRequests = Arc<Mutex<Vec<(String, String, Vec<u8>)>>>;

/// The desk interface of a service with these visits, which responds to a confirmation with `status`.
pub(crate) async fn start_service(visits: Value, status: StatusCode) -> (ServiceAccount, ServiceRequests) {
    start_service_with(visits, Arc::new(Mutex::new(status))).await
}

/// The same, with a status that can change.
pub(crate) async fn start_service_with(
    visits: Value,
    status: Arc<Mutex<StatusCode>>,
) -> (ServiceAccount, ServiceRequests) {
    let requests = ServiceRequests::default();
    let received = requests.clone();
    let confirm = async move |Path(id): Path<String>, headers: HeaderMap, body: Bytes| {
        assert_eq!(headers["authorization"], "Bearer token");
        let entity_tag = headers["if-match"].to_str().unwrap().to_owned();
        received.lock().unwrap().push((id, entity_tag, body.to_vec()));
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
    (ServiceAccount { address, mail: "desk@example.jp".to_owned(), password }, requests)
}

pub(crate) fn visit(id: &str, kana: &str, number: Option<base::ReceptionNumber>) -> Value {
    json!({
        "appointment": id, "start": "2026-11-24T10:30:00+09:00", "name": "見本 花子", "kana": kana,
        "birth_date": "1984-05-02", "reception_number": number, "insurance_proven": false, "seen": 7
    })
}
