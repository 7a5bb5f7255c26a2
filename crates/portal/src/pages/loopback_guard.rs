//! The guard before the window on a person's own computer: it stands before everything else, so that nothing is set, read or
//! looked up for a stranger.

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use shell::{Language, Refuse, Site};

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
    // HTTP/2 has the name in the address itself.
    let named = request.uri().authority().map(http::uri::Authority::as_str);
    let said = RequestHeaders {
        method: request.method(),
        path: request.uri().path(),
        host: named.or_else(|| header_value(headers, header::HOST.as_str())),
        origin: header_value(headers, header::ORIGIN.as_str()),
        site: header_value(headers, "sec-fetch-site"),
        mode: header_value(headers, "sec-fetch-mode"),
        destination: header_value(headers, "sec-fetch-dest"),
    };
    match check_request(site.origin().as_str(), said) {
        Ok(()) => next.run(request).await,
        Err(intrusion) => refusal_response(Refusal::ForeignRequest(intrusion)),
    }
}

fn header_value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"))
}

/// A few words for whoever reads them, and nothing of the window: no page, no cookie.
#[expect(clippy::needless_pass_by_value, reason = "a refusal is answered once")]
fn refusal_response(refusal: Refusal) -> Response {
    tracing::warn!(code = refusal.code(), "the window did not answer");
    let sorry = refusal.error_page();
    let told = |language: Language| {
        format!("{}\n{}\n", sorry.title.in_language(language), sorry.explanation.in_language(language))
    };
    let words = format!("{}\n{}\n{}\n", told(Language::Japanese), told(Language::English), refusal.code());
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (refusal.status(), headers, words).into_response()
}
