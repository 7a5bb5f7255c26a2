//! What stands before and after every handler of a site.

use axum::{
    Router,
    extract::{Query, Request, State, rejection::QueryRejection},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use base::{Span, Token};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;

use crate::{
    Language, Site, Visitor, look, refusal,
    routes::answer_head,
    visitor::{ChangedBrowser, Keep, LeadsTo},
};

/// What a page may load and do (CSP), but for where its forms may lead.
macro_rules! policy {
    () => {
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    };
}

/// How long a chosen language is kept: a year.
const LANGUAGE: Span = Span::from_hours(24 * 365);

/// A room's pages as a site: its router behind the guard, with the assets and the language switch beside it.
pub fn site(pages: Router, site: &Site) -> Router {
    pages
        .route("/language", get(switch_language).head(answer_head))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(from_fn_with_state(site.clone(), guard))
        .merge(look::assets())
}

async fn guard(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    if is_prefetch(request.headers()) {
        return refuse_prefetch();
    }
    let carried = cookie(request.headers(), site.cookie()).and_then(|value| value.parse().ok());
    let known = carried.is_some();
    let visitor = Visitor {
        browser: carried.unwrap_or_else(|| Token::new(site.randomness())),
        language: language(request.headers()),
        here: request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        now: site.clock().now(),
        peer: request.extensions().get().copied(),
        site,
    };
    let foreign =
        !request.method().is_safe() && comes_from_elsewhere(request.headers(), visitor.site.origin().as_str());
    let method = request.method().clone();
    request.extensions_mut().insert(visitor.clone());
    let answer = if foreign { refusal::foreign_form() } else { next.run(request).await };
    let mut response = refusal::shown(answer, &visitor, &method);
    let keep = visitor.site.keep();
    let cookie = match response.extensions_mut().remove::<ChangedBrowser>() {
        Some(ChangedBrowser { browser, keep: chosen }) => Some((browser, chosen.unwrap_or(keep))),
        None if known && !matches!(keep, Keep::AnewFor(_)) => None,
        None => Some((visitor.browser.clone(), keep)),
    };
    if let Some((browser, keep)) = cookie {
        set_cookie(&mut response, visitor.site.cookie(), &browser.reveal(), keep);
    }
    secure(&mut response);
    if visitor.site.origin().as_str().starts_with("https:") {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, A_YEAR);
    }
    response
}

/// Whether a browser fetches this in advance: nobody has opened the page, and perhaps nobody will.
///
/// `Sec-Purpose` is what browsers send today (Fetch, §4.6), `Purpose` and `X-Purpose` what older Chromium and Safari send,
/// `X-Moz` what older Firefox sends. Their values may carry parameters (`prefetch;prerender`).
fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| {
        headers.get_all(*name).iter().filter_map(|value| value.to_str().ok()).any(|value| {
            let words = value.split([';', ',', ' ']).map(str::trim);
            words.into_iter().any(|word| ["prefetch", "prerender", "preview"].contains(&word))
        })
    })
}

/// Refuses a page in advance. Many pages are good once or are written down as seen, and none may be kept (`no-store`), so
/// the browser asks for the page itself when the person opens it. A status of failure is what makes it do so.
fn refuse_prefetch() -> Response {
    let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Sec-Purpose, Purpose, X-Purpose, X-Moz"));
    secure(&mut response);
    response
}

/// Whether the browser itself says that another site sent this (Fetch Metadata, or `Origin` from older browsers).
/// A program that says nothing has no cookie of anybody to misuse; the form's token is asked of it all the same.
fn comes_from_elsewhere(headers: &HeaderMap, own: &str) -> bool {
    let said = |name| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let elsewhere = said("sec-fetch-site").is_some_and(|from| !matches!(from, "same-origin" | "none"));
    elsewhere || said("origin").is_some_and(|origin| origin != own)
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

fn language(headers: &HeaderMap) -> Language {
    if let Some(chosen) = cookie(headers, "__Host-language").and_then(Language::from_tag) {
        return chosen;
    }
    // RFC 9110 §12.5.4, as far as two languages need it: the first of ours that is named.
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    wanted.split(',').find_map(|tag| Language::from_tag(tag.trim().get(..2)?)).unwrap_or_default()
}

fn set_cookie(response: &mut Response, name: &str, value: &str, keep: Keep) {
    // RFC 6265bis §4.1.2.2. Without it a cookie ends with the browser, and a phone ends browsers as it likes.
    let max_age = match keep {
        Keep::UntilClosed => String::new(),
        Keep::For(span) | Keep::AnewFor(span) => format!("; Max-Age={}", span.as_secs()),
    };
    let line = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{max_age}");
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}

/// Who came by TLS once comes so for a year (RFC 6797): no network on the way can lead her to a copy of the site.
const A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What every answer carries that says nothing else of it.
static SECURE: [(HeaderName, HeaderValue); 7] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(concat!(policy!(), "; form-action 'self'"))),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    // Nothing to others. `no-referrer` would make browsers send `Origin: null` with our own forms.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()"),
    ),
];

fn secure(response: &mut Response) {
    if let Some(LeadsTo(origins)) = response.extensions_mut().remove::<LeadsTo>() {
        let targets = origins.iter().fold(String::new(), |targets, origin| format!("{targets} {}", origin.as_str()));
        let policy = format!(concat!(policy!(), "; form-action 'self'{}"), targets);
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
    for (name, value) in &SECURE {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
}

#[derive(Deserialize)]
struct Switch {
    to: String,
    back: Option<String>,
}

async fn switch_language(query: Result<Query<Switch>, QueryRejection>) -> Response {
    let Ok(Query(switch)) = query else { return Redirect::to("/").into_response() };
    // Only back to a page of this site: `//host` and `/\host` would lead elsewhere.
    let back = switch.back.filter(|path| path.starts_with('/') && !path[1..].starts_with(['/', '\\']));
    let mut response = Redirect::to(back.as_deref().unwrap_or("/")).into_response();
    if let Some(language) = Language::from_tag(&switch.to) {
        set_cookie(&mut response, "__Host-language", language.tag(), Keep::For(LANGUAGE));
    }
    response
}

/// Whether an answer to this method is looked at by a person.
pub(crate) fn is_looked_at(method: &Method) -> bool {
    *method == Method::GET || *method == Method::POST
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use base::{Clock, Randomness};
    use tower::ServiceExt;

    use super::*;
    use crate::{Face, change_browser, change_browser_until_closed};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn what_another_site_sends_is_noticed() {
        let check = |pairs: &[(&'static str, &str)], expected| {
            assert_eq!(comes_from_elsewhere(&headers(pairs), "https://a.example"), expected, "{pairs:?}");
        };
        check(&[], false);
        check(&[("origin", "https://a.example"), ("sec-fetch-site", "same-origin")], false);
        check(&[("origin", "https://b.example")], true);
        check(&[("origin", "null")], true);
        check(&[("sec-fetch-site", "cross-site")], true);
        check(&[("sec-fetch-site", "same-site")], true);
    }

    /// A site of this face: a page, and two that change the browser's secret.
    fn pages(face: Face) -> Router {
        let randomness = Randomness::repeatable("guard");
        let next = Token::new(&randomness);
        let shared = next.clone();
        let origin = "http://a.localhost:1".parse().unwrap();
        let pages = Router::new()
            .route("/", get(|| async { "a page" }))
            .route("/signed-in", get(|| async { change_browser("in".into_response(), next) }))
            .route("/shared", get(|| async { change_browser_until_closed("in".into_response(), shared) }));
        site(pages, &Site::new(face, origin, Clock::system(), randomness))
    }

    #[tokio::test]
    async fn every_answer_tells_the_browser_what_it_may_do_with_it() {
        for (origin, transport) in [("https://a.example", Some("max-age=31536000")), ("http://a.localhost:1", None)] {
            let leading = || async {
                let mut answer = "a page".into_response();
                answer.extensions_mut().insert(LeadsTo(vec!["https://b.example".parse().unwrap()]));
                answer
            };
            let pages = Router::new().route("/", get(|| async { "a page" })).route("/leading", get(leading));
            let randomness = Randomness::repeatable("headers");
            let pages = site(pages, &Site::new(Face::Service, origin.parse().unwrap(), Clock::system(), randomness));
            for (path, targets) in [("/", "'self'"), ("/leading", "'self' https://b.example"), ("/nowhere", "'self'")] {
                let request = Request::get(path).body(Body::empty()).unwrap();
                let answer = pages.clone().oneshot(request).await.unwrap();
                let said = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap());
                let policy = said("content-security-policy").unwrap();
                assert!(policy.starts_with("default-src 'none'; "), "{policy}");
                assert!(policy.ends_with(&format!("; form-action {targets}")), "{policy}");
                assert_eq!(said("strict-transport-security"), transport, "{path}");
                for (name, value) in SECURE.iter().filter(|(name, _)| name != header::CONTENT_SECURITY_POLICY) {
                    assert_eq!(answer.headers().get_all(name).iter().collect::<Vec<_>>(), [value], "{path}: {name}");
                }
            }
        }
    }

    /// What of a cookie's line stands behind its value.
    async fn kept(face: Face, path: &str, carried: Option<&str>) -> Option<String> {
        let mut request = Request::get(path);
        if let Some(cookie) = carried {
            request = request.header("cookie", cookie);
        }
        let answer = pages(face).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let line = answer.headers().get(header::SET_COOKIE)?.to_str().unwrap();
        line.split_once(';').map(|(_, rest)| rest.trim().to_owned())
    }

    #[tokio::test]
    async fn a_browsers_cookie_outlives_it_where_a_person_has_to_find_back() {
        const PLAIN: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";
        let kept_for = |days: u32| Some(format!("{PLAIN}; Max-Age={}", days * 24 * 60 * 60));
        for (face, expected) in [
            (Face::Service, kept_for(30)),
            (Face::Reception, kept_for(93)),
            (Face::Portal, kept_for(93)),
            (Face::Terminal, Some(PLAIN.to_owned())),
            (Face::Demo, Some(PLAIN.to_owned())),
        ] {
            assert_eq!(kept(face, "/", None).await, expected, "{face:?}");
            assert_eq!(kept(face, "/signed-in", None).await, expected, "{face:?}");
            // Whoever signs in at a shared computer leaves nothing on it.
            assert_eq!(kept(face, "/shared", None).await.as_deref(), Some(PLAIN), "{face:?}");
        }
        assert_eq!(kept(Face::Service, "/language?to=en", None).await, kept_for(365));
    }

    #[tokio::test]
    async fn only_the_reception_and_the_app_prolong_a_cookie_that_is_there() {
        let value = Token::new(&Randomness::repeatable("carried")).reveal();
        let carried = |name: &str| format!("__Host-{name}={value}");
        assert!(kept(Face::Reception, "/", Some(&carried("reception"))).await.is_some());
        assert!(kept(Face::Portal, "/", Some(&carried("portal"))).await.is_some());
        // Else a sign-in at a shared computer would be kept after all.
        assert_eq!(kept(Face::Service, "/", Some(&carried("consult"))).await, None);
        assert_eq!(kept(Face::Terminal, "/", Some(&carried("terminal"))).await, None);
    }

    #[test]
    fn a_fetch_in_advance_is_noticed() {
        let check = |pairs: &[(&'static str, &str)], expected| {
            assert_eq!(is_prefetch(&headers(pairs)), expected, "{pairs:?}");
        };
        check(&[("sec-purpose", "prefetch")], true);
        check(&[("sec-purpose", "prefetch;prerender")], true);
        check(&[("sec-purpose", "prefetch;anonymous-client-ip")], true);
        check(&[("purpose", "prefetch")], true);
        check(&[("x-purpose", "preview")], true);
        check(&[("x-moz", "prefetch")], true);
        check(&[], false);
        check(&[("sec-fetch-dest", "document"), ("sec-fetch-mode", "navigate")], false);
    }

    #[tokio::test]
    async fn a_fetch_in_advance_reaches_no_page_and_sets_no_cookie() {
        let (reached, seen) = std::sync::mpsc::channel();
        let page = move || {
            let reached = reached.clone();
            async move {
                reached.send(()).unwrap();
                "a page"
            }
        };
        let randomness = Randomness::repeatable("prefetch");
        let origin = "http://a.localhost:1".parse().unwrap();
        let pages = Router::new().route("/", get(page));
        let pages = site(pages, &Site::new(Face::Reception, origin, Clock::system(), randomness));
        for path in ["/", "/language?to=en"] {
            for (name, value) in [("sec-purpose", "prefetch"), ("purpose", "prefetch"), ("x-moz", "prefetch")] {
                let request = Request::get(path).header(name, value).body(Body::empty()).unwrap();
                let answer = pages.clone().oneshot(request).await.unwrap();
                assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{name} {path}");
                assert_eq!(answer.headers().get(header::SET_COOKIE), None, "{name} {path}");
                assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store", "{name} {path}");
            }
        }
        let head = Request::head("/language?to=en").body(Body::empty()).unwrap();
        let answer = pages.clone().oneshot(head).await.unwrap();
        let cookies: Vec<_> = answer.headers().get_all(header::SET_COOKIE).iter().collect();
        assert!(!cookies.iter().any(|cookie| cookie.to_str().unwrap().contains("language")), "{cookies:?}");
        assert!(seen.try_recv().is_err(), "no page was reached");
        assert_eq!(
            pages.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap().status(),
            StatusCode::OK
        );
        assert_eq!(seen.try_recv(), Ok(()));
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let carried = headers(&[("cookie", "x__Host-a=1; __Host-ab=2; __Host-a=3")]);
        assert_eq!(cookie(&carried, "__Host-a"), Some("3"));
    }

    #[test]
    fn the_language_is_the_chosen_one_or_the_first_of_ours_that_is_named() {
        let check = |pairs: &[(&'static str, &str)], expected| assert_eq!(language(&headers(pairs)), expected);
        check(&[], Language::Japanese);
        check(&[("accept-language", "fr-FR, en;q=0.8, ja;q=0.5")], Language::English);
        check(&[("accept-language", "ja-JP,en")], Language::Japanese);
        check(&[("accept-language", "ja"), ("cookie", "__Host-language=en")], Language::English);
    }
}
