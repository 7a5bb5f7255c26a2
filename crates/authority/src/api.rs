//! The site, for machines: OCSP, revocation lists, certificates of the authorities. Nothing here is for browsers.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderValue, StatusCode, header};
use jpki::{
    Algorithm, Purpose,
    ocsp::{ErrorStatus, Request, Unreadable},
    pem,
};

use crate::{Authority, Numbered, OcspFault};

/// An honest question for thirty-two certificates has some four thousand octets.
const LONGEST_QUESTION: usize = 16 << 10;

pub(crate) fn routes(authority: Authority) -> Router {
    Router::new()
        .route("/ocsp", post(ask))
        .route("/ocsp/{*question}", get(ask_by_address))
        .route("/crl/{name}", get(revocation_list))
        .route("/ca/{name}", get(certificate))
        .layer(DefaultBodyLimit::max(LONGEST_QUESTION))
        .with_state(authority)
}

async fn ask(State(authority): State<Authority>, body: Bytes) -> Response {
    answered(&authority, Request::parse(&body)).await
}

async fn ask_by_address(State(authority): State<Authority>, Path(question): Path<String>) -> Response {
    answered(&authority, Request::parse_path(&question)).await
}

async fn answered(authority: &Authority, request: Result<Request, Unreadable>) -> Response {
    let response = match (authority.inner.responders.present_fault(), request) {
        (OcspFault::Down | OcspFault::Silent, _) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        (OcspFault::TryLater, _) => ErrorStatus::TryLater.encode(),
        // RFC 6960 §2.3: an error response, as everything that the responder says.
        (_, Err(_)) => ErrorStatus::MalformedRequest.encode(),
        (fault, Ok(request)) => {
            if let OcspFault::Slow(time) = fault {
                tokio::time::sleep(time).await;
            }
            authority.ocsp(&request).await
        }
    };
    sent(response, "application/ocsp-response")
}

/// `/crl/authentication.crl`, `/crl/signature.crl` (of the newest key for the cards of today), `/crl/machines.crl`, `/crl/KEY.crl`
async fn revocation_list(State(authority): State<Authority>, Path(name): Path<String>) -> Response {
    if authority.inner.responders.present_fault() == OcspFault::Silent {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let Some(stem) = name.strip_suffix(".crl") else { return StatusCode::NOT_FOUND.into_response() };
    let list = match (stem, authority.named(stem)) {
        ("machines", _) => authority.machine_list().await,
        (_, Some(numbered)) => authority.list(&numbered).await,
        (_, None) => return StatusCode::NOT_FOUND.into_response(),
    };
    match list {
        Ok(list) => sent(list, "application/pkix-crl"),
        Err(refusal) => {
            tracing::error!(error = &refusal as &dyn std::error::Error, "a revocation list could not be made");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// `/ca/KEY.cer` (DER) and `/ca/authentication.pem`, `/ca/signature.pem`, `/ca/machines.pem` (all of them)
async fn certificate(State(authority): State<Authority>, Path(name): Path<String>) -> Response {
    let bundle = |certificates: Vec<Vec<u8>>| {
        let text: String = certificates.iter().map(|der| pem::encode(pem::CERTIFICATE, der)).collect();
        sent(text.into_bytes(), "application/x-pem-file")
    };
    match name.rsplit_once('.') {
        Some(("authentication", "pem")) => bundle(authority.certificates(Purpose::Authentication)),
        Some(("signature", "pem")) => bundle(authority.certificates(Purpose::Signature)),
        Some(("machines", "pem")) => bundle(vec![authority.machine_root().to_vec()]),
        Some((stem, "cer")) => match authority.named(stem) {
            Some(numbered) => sent(numbered.generation.certificate().to_vec(), "application/pkix-cert"),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn sent(body: Vec<u8>, kind: &'static str) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl Authority {
    /// The generation with the key that hexadecimal digits name, or the newest of a purpose for the cards of today.
    fn named(&self, name: &str) -> Option<Numbered> {
        let generations = self.generations();
        let newest = |purpose: Purpose| {
            let kind = |known: &Numbered| (known.generation.purpose(), known.generation.key().algorithm());
            let of = |known: &&Numbered| kind(known) == (purpose, Algorithm::RsaSha256);
            generations.iter().filter(of).max_by_key(|known| known.generation.term().0).cloned()
        };
        match name {
            "authentication" => newest(Purpose::Authentication),
            "signature" => newest(Purpose::Signature),
            _ => generations.iter().find(|known| known.generation.key_identifier().to_string() == name).cloned(),
        }
    }
}
