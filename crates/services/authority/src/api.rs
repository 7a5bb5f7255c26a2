//! The site: OCSP, revocation lists and certificates of the authorities, for programs.

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
    ocsp::{ErrorStatus, Request, UnreadableOcspMessage},
    pem,
};

use crate::{Authority, NumberedGeneration, OcspFault};

/// A request for thirty-two certificates has some four thousand octets.
const MAX_OCSP_REQUEST_BYTES: usize = 16 << 10;

pub(crate) fn routes(authority: Authority) -> Router {
    Router::new()
        .route("/ocsp", post(post_ocsp))
        .route("/ocsp/{*question}", get(get_ocsp))
        .route("/crl/{name}", get(get_revocation_list))
        .route("/ca/{name}", get(get_certificate))
        .layer(DefaultBodyLimit::max(MAX_OCSP_REQUEST_BYTES))
        .with_state(authority)
}

async fn post_ocsp(State(authority): State<Authority>, body: Bytes) -> Response {
    ocsp_http_response(&authority, Request::parse(&body)).await
}

async fn get_ocsp(State(authority): State<Authority>, Path(path): Path<String>) -> Response {
    ocsp_http_response(&authority, Request::parse_path(&path)).await
}

async fn ocsp_http_response(authority: &Authority, request: Result<Request, UnreadableOcspMessage>) -> Response {
    let response = match (authority.inner.responders.current_fault(), request) {
        (OcspFault::Down | OcspFault::Silent, _) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        (OcspFault::TryLater, _) => ErrorStatus::TryLater.encode(),
        // RFC 6960 §2.3: reported as an OCSP error response.
        (_, Err(_)) => ErrorStatus::MalformedRequest.encode(),
        (fault, Ok(request)) => {
            if let OcspFault::Slow(time) = fault {
                tokio::time::sleep(time).await;
            }
            authority.ocsp_response(&request).await
        }
    };
    file_response(response, "application/ocsp-response")
}

/// `/crl/authentication.crl`, `/crl/signature.crl` (of the newest key for today's cards), `/crl/machines.crl`, `/crl/KEY.crl`
async fn get_revocation_list(State(authority): State<Authority>, Path(name): Path<String>) -> Response {
    if authority.inner.responders.current_fault() == OcspFault::Silent {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let Some(stem) = name.strip_suffix(".crl") else { return StatusCode::NOT_FOUND.into_response() };
    let list = match (stem, authority.find_generation_by_name(stem)) {
        ("machines", _) => authority.machine_list().await,
        (_, Some(numbered)) => authority.generation_list(&numbered).await,
        (_, None) => return StatusCode::NOT_FOUND.into_response(),
    };
    match list {
        Ok(list) => file_response(list, "application/pkix-crl"),
        Err(refusal) => {
            tracing::error!(error = &refusal as &dyn std::error::Error, "a revocation list could not be made");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// `/ca/KEY.cer` (DER) and `/ca/authentication.pem`, `/ca/signature.pem`, `/ca/machines.pem` (all generations)
async fn get_certificate(State(authority): State<Authority>, Path(name): Path<String>) -> Response {
    let bundle = |certificates: Vec<Vec<u8>>| {
        let text: String = certificates.iter().map(|der| pem::encode(pem::CERTIFICATE, der)).collect();
        file_response(text.into_bytes(), "application/x-pem-file")
    };
    match name.rsplit_once('.') {
        Some(("authentication", "pem")) => bundle(authority.certificates(Purpose::Authentication)),
        Some(("signature", "pem")) => bundle(authority.certificates(Purpose::Signature)),
        Some(("machines", "pem")) => bundle(vec![authority.machine_root().to_vec()]),
        Some((stem, "cer")) => match authority.find_generation_by_name(stem) {
            Some(numbered) => file_response(numbered.generation.certificate().to_vec(), "application/pkix-cert"),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn file_response(body: Vec<u8>, media_type: &'static str) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl Authority {
    /// The generation with this key in hexadecimal digits, or the newest of a purpose for today's cards.
    fn find_generation_by_name(&self, name: &str) -> Option<NumberedGeneration> {
        let generations = self.generations();
        let newest = |purpose: Purpose| {
            let kind =
                |numbered: &NumberedGeneration| (numbered.generation.purpose(), numbered.generation.key().algorithm());
            let matches = |numbered: &&NumberedGeneration| kind(numbered) == (purpose, Algorithm::RsaSha256);
            generations.iter().filter(matches).max_by_key(|numbered| numbered.generation.validity_period().0).cloned()
        };
        match name {
            "authentication" => newest(Purpose::Authentication),
            "signature" => newest(Purpose::Signature),
            _ => generations.iter().find(|numbered| numbered.generation.key_identifier().to_string() == name).cloned(),
        }
    }
}
