//! The guard of the window on a person's own computer. It runs before everything else, so that for a foreign request nothing
//! is read, stored or set.

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use text::Language;
use web::{Refuse, Site};

use crate::{
    Refusal,
    rules::loopback_guard::{RequestHeaders, check_request},
};

/// The pages, behind the guard.
pub(crate) fn with_guard(pages: Router, site: &Site) -> Router {
    pages.layer(from_fn_with_state(site.clone(), guard))
}

async fn guard(State(site): State<Site>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    // HTTP/2 has the host in the request target.
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    let request_headers = RequestHeaders {
        method: request.method(),
        path: request.uri().path(),
        host: authority.or_else(|| header_value(headers, header::HOST.as_str())),
        origin: header_value(headers, header::ORIGIN.as_str()),
        site: header_value(headers, "sec-fetch-site"),
        mode: header_value(headers, "sec-fetch-mode"),
        destination: header_value(headers, "sec-fetch-dest"),
    };
    match check_request(site.origin().as_str(), request_headers) {
        Ok(()) => next.run(request).await,
        Err(foreign_request) => refusal_response(Refusal::ForeignRequest(foreign_request)),
    }
}

fn header_value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"))
}

/// A plain text, and nothing of the window: no page, no cookie.
#[expect(clippy::needless_pass_by_value, reason = "a refusal is responded to once")]
fn refusal_response(refusal: Refusal) -> Response {
    tracing::warn!(code = refusal.code(), "the window refused a foreign request");
    let error_page = refusal.error_page();
    let text = |language: Language| {
        format!("{}\n{}\n", error_page.title.in_language(language), error_page.explanation.in_language(language))
    };
    let body = format!("{}\n{}\n{}\n", text(Language::Japanese), text(Language::English), refusal.code());
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (refusal.status(), headers, body).into_response()
}
