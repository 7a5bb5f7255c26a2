//! What stands before and after every handler of a site.

use axum::{
    Router,
    extract::{Query, Request, State, rejection::QueryRejection},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use base::Span;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;

use crate::{
    Language, LocalPath, Site, Visitor,
    browser_cookie::{BrowserCookies, find_cookie, set_cookie},
    refusal,
    routes::respond_to_head,
    ui,
    visitor::{CookieLifetime, FormTargets, RememberedDevice},
};

/// What a page may load and do (CSP), but for where its forms may lead.
macro_rules! policy {
    () => {
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    };
}

/// How long a chosen language is kept: a year.
const LANGUAGE_COOKIE_LIFETIME: Span = Span::from_hours(24 * 365);

/// How long a browser is known again to whoever signed in with it: a year.
const DEVICE_COOKIE_LIFETIME: Span = Span::from_hours(24 * 365);

/// A room's pages as a site: its router behind the guard, with the assets and the language switch beside it.
pub fn site_router(pages: Router, site: &Site) -> Router {
    pages
        .route("/language", get(switch_language).head(respond_to_head).with_state(site.clone()))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(from_fn_with_state(site.clone(), guard))
        .merge(ui::assets())
}

async fn guard(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    if is_prefetch(request.headers()) {
        return refuse_prefetch();
    }
    let cookies = BrowserCookies::read(request.headers(), &site);
    let sender = request_sender(request.headers(), site.origin().as_str());
    let visitor = Visitor {
        browser: cookies.browser(site.randomness()),
        first_visits: cookies.first_visits(),
        sender,
        language: preferred_language(request.headers(), &site),
        path_and_query: request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        now: site.clock().now(),
        peer: request.extensions().get().copied(),
        device: find_cookie(request.headers(), &device_cookie_name(&site)).and_then(|value| value.parse().ok()),
        site,
    };
    let foreign = !request.method().is_safe() && sender == Sender::AnotherSite;
    let method = request.method().clone();
    request.extensions_mut().insert(visitor.clone());
    let answer = if foreign { refusal::foreign_form_response() } else { next.run(request).await };
    let mut response = refusal::render_refusal(answer, &visitor, &method).await;
    let changed = response.extensions_mut().remove();
    cookies.write(&mut response, &visitor.site, (&visitor.browser, visitor.now), changed);
    if let Some(RememberedDevice(device)) = response.extensions_mut().remove() {
        let name = device_cookie_name(&visitor.site);
        set_cookie(
            &mut response,
            &visitor.site,
            &name,
            &device.reveal(),
            CookieLifetime::Fixed(DEVICE_COOKIE_LIFETIME),
        );
    }
    set_security_headers(&mut response);
    if visitor.site.origin().is_https() {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY);
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
    set_security_headers(&mut response);
    response
}

fn device_cookie_name(site: &Site) -> String {
    format!("{}-device", site.cookie())
}

/// Which site a request was sent from, as the browser itself says (Fetch Metadata, or `Origin` from older browsers).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sender {
    /// This one, by Fetch Metadata.
    ThisSite,
    /// Another one.
    AnotherSite,
    /// It is not said. A program that says nothing has no cookie of anybody to misuse; the form's token is asked of it
    /// all the same.
    Unknown,
}

fn request_sender(headers: &HeaderMap, own: &str) -> Sender {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match (text("sec-fetch-site"), text("origin")) {
        // No page can write `Sec-Fetch-Site`. A browser that hides the origin (`null`) says by it where a form comes from.
        (Some("same-origin"), None | Some("null")) => Sender::ThisSite,
        (Some("same-origin"), Some(origin)) if origin == own => Sender::ThisSite,
        (Some("none") | None, None) => Sender::Unknown,
        (Some("none") | None, Some(origin)) if origin == own => Sender::Unknown,
        _ => Sender::AnotherSite,
    }
}

fn preferred_language(headers: &HeaderMap, site: &Site) -> Language {
    if let Some(chosen) = find_cookie(headers, site.language_cookie()).and_then(Language::from_tag) {
        return chosen;
    }
    // RFC 9110 §12.5.4, as far as two languages need it: the first of ours that is named.
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    wanted.split(',').find_map(|tag| Language::from_tag(tag.trim().get(..2)?)).unwrap_or_default()
}

/// Who came by TLS once comes so for a year (RFC 6797): no network on the way can lead to a copy of the site.
const STRICT_TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What every answer carries that says nothing else of it.
static SECURITY_HEADERS: [(HeaderName, HeaderValue); 7] = [
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

fn set_security_headers(response: &mut Response) {
    if let Some(FormTargets(origins)) = response.extensions_mut().remove::<FormTargets>() {
        let targets = origins.iter().fold(String::new(), |targets, origin| format!("{targets} {}", origin.as_str()));
        let policy = format!(concat!(policy!(), "; form-action 'self'{}"), targets);
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
    for (name, value) in &SECURITY_HEADERS {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
}

#[derive(Deserialize)]
struct LanguageSwitchQuery {
    #[serde(rename = "to")]
    language: String,
    back: Option<String>,
}

async fn switch_language(
    State(site): State<Site>,
    query: Result<Query<LanguageSwitchQuery>, QueryRejection>,
) -> Response {
    let Ok(Query(switch)) = query else { return Redirect::to("/").into_response() };
    let back = LocalPath::parse_or(switch.back.as_deref(), "/");
    let mut response = Redirect::to(back.as_str()).into_response();
    if let Some(language) = Language::from_tag(&switch.language) {
        set_cookie(
            &mut response,
            &site,
            site.language_cookie(),
            language.tag(),
            CookieLifetime::Fixed(LANGUAGE_COOKIE_LIFETIME),
        );
    }
    response
}

/// Whether an answer to this method is looked at by a person.
pub(crate) fn is_page_method(method: &Method) -> bool {
    *method == Method::GET || *method == Method::POST
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use base::{Clock, Randomness, Token};
    use tower::ServiceExt;

    use super::*;
    use crate::{Theme, change_browser, change_browser_until_closed};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_browser_says_which_site_sent_a_form() {
        let check = |pairs: &[(&'static str, &str)], expected| {
            assert_eq!(request_sender(&headers(pairs), "https://a.example"), expected, "{pairs:?}");
        };
        check(&[], Sender::Unknown);
        check(&[("origin", "https://a.example")], Sender::Unknown);
        check(&[("sec-fetch-site", "none")], Sender::Unknown);
        check(&[("sec-fetch-site", "same-origin")], Sender::ThisSite);
        check(&[("origin", "https://a.example"), ("sec-fetch-site", "same-origin")], Sender::ThisSite);
        check(&[("origin", "null"), ("sec-fetch-site", "same-origin")], Sender::ThisSite);
        check(&[("origin", "https://b.example")], Sender::AnotherSite);
        check(&[("origin", "https://b.example"), ("sec-fetch-site", "same-origin")], Sender::AnotherSite);
        check(&[("origin", "null")], Sender::AnotherSite);
        check(&[("origin", "null"), ("sec-fetch-site", "none")], Sender::AnotherSite);
        check(&[("sec-fetch-site", "cross-site")], Sender::AnotherSite);
        check(&[("sec-fetch-site", "same-site")], Sender::AnotherSite);
    }

    /// A site of this face: a page, and two that change the browser's secret.
    fn pages(face: Theme) -> Router {
        let randomness = Randomness::repeatable("guard");
        let next = Token::new(&randomness);
        let shared = next.clone();
        let origin = "http://a.localhost:1".parse().unwrap();
        let pages = Router::new()
            .route("/", get(|| async { "a page" }))
            .route("/signed-in", get(|| async { change_browser("in".into_response(), next) }))
            .route("/shared", get(|| async { change_browser_until_closed("in".into_response(), shared) }));
        site_router(pages, &Site::new(face, origin, Clock::system(), randomness))
    }

    #[tokio::test]
    async fn every_answer_tells_the_browser_what_it_may_do_with_it() {
        for (origin, transport) in [("https://a.example", Some("max-age=31536000")), ("http://a.localhost:1", None)] {
            let leading = || async {
                let mut answer = "a page".into_response();
                answer.extensions_mut().insert(FormTargets(vec!["https://b.example".parse().unwrap()]));
                answer
            };
            let pages = Router::new().route("/", get(|| async { "a page" })).route("/leading", get(leading));
            let randomness = Randomness::repeatable("headers");
            let pages =
                site_router(pages, &Site::new(Theme::Service, origin.parse().unwrap(), Clock::system(), randomness));
            for (path, targets) in [("/", "'self'"), ("/leading", "'self' https://b.example"), ("/nowhere", "'self'")] {
                let request = Request::get(path).body(Body::empty()).unwrap();
                let answer = pages.clone().oneshot(request).await.unwrap();
                let said = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap());
                let policy = said("content-security-policy").unwrap();
                assert!(policy.starts_with("default-src 'none'; "), "{policy}");
                assert!(policy.ends_with(&format!("; form-action {targets}")), "{policy}");
                assert_eq!(said("strict-transport-security"), transport, "{path}");
                for (name, value) in SECURITY_HEADERS.iter().filter(|(name, _)| name != header::CONTENT_SECURITY_POLICY)
                {
                    assert_eq!(answer.headers().get_all(name).iter().collect::<Vec<_>>(), [value], "{path}: {name}");
                }
            }
        }
    }

    /// What of a cookie's line stands behind its value.
    async fn cookie_attributes(face: Theme, path: &str, carried: Option<&str>) -> Option<String> {
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
        const PLAIN: &str = "Path=/; HttpOnly; SameSite=Lax";
        let kept_for = |days: u32| Some(format!("{PLAIN}; Max-Age={}", days * 24 * 60 * 60));
        for (face, expected) in [
            (Theme::Service, kept_for(30)),
            (Theme::Reception, kept_for(93)),
            (Theme::Portal, kept_for(93)),
            (Theme::Terminal, Some(PLAIN.to_owned())),
            (Theme::Demo, Some(PLAIN.to_owned())),
        ] {
            assert_eq!(cookie_attributes(face, "/", None).await, expected, "{face:?}");
            assert_eq!(cookie_attributes(face, "/signed-in", None).await, expected, "{face:?}");
            // Whoever signs in at a shared computer leaves nothing on it.
            assert_eq!(cookie_attributes(face, "/shared", None).await.as_deref(), Some(PLAIN), "{face:?}");
        }
        assert_eq!(cookie_attributes(Theme::Service, "/language?to=en", None).await, kept_for(365));
    }

    #[tokio::test]
    async fn only_the_reception_and_the_app_prolong_a_cookie_that_is_there() {
        let value = Token::new(&Randomness::repeatable("carried")).reveal();
        let carried = |name: &str| format!("uketsuke-{name}={value}");
        assert!(cookie_attributes(Theme::Reception, "/", Some(&carried("reception"))).await.is_some());
        assert!(cookie_attributes(Theme::Portal, "/", Some(&carried("portal"))).await.is_some());
        // Else a sign-in at a shared computer would be kept after all.
        assert_eq!(cookie_attributes(Theme::Service, "/", Some(&carried("consult"))).await, None);
        assert_eq!(cookie_attributes(Theme::Terminal, "/", Some(&carried("terminal"))).await, None);
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
        let pages = site_router(pages, &Site::new(Theme::Reception, origin, Clock::system(), randomness));
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
        assert_eq!(find_cookie(&carried, "__Host-a"), Some("3"));
    }

    #[test]
    fn the_language_is_the_chosen_one_or_the_first_of_ours_that_is_named() {
        let site = Site::new(
            Theme::Service,
            "https://a.example".parse().unwrap(),
            Clock::system(),
            Randomness::repeatable("language"),
        );
        let check =
            |pairs: &[(&'static str, &str)], expected| assert_eq!(preferred_language(&headers(pairs), &site), expected);
        check(&[], Language::Japanese);
        check(&[("accept-language", "fr-FR, en;q=0.8, ja;q=0.5")], Language::English);
        check(&[("accept-language", "ja-JP,en")], Language::Japanese);
        check(&[("accept-language", "ja"), ("cookie", "__Host-language=en")], Language::English);
    }

    /// What a browser without scripts does with cookies: it keeps each by its name.
    #[derive(Clone, Default)]
    struct CookieJar(std::collections::BTreeMap<String, String>);

    impl CookieJar {
        fn header(&self) -> String {
            self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
        }

        fn store_cookies(&mut self, answer: &Response) {
            for line in answer.headers().get_all(header::SET_COOKIE) {
                let line = line.to_str().unwrap();
                let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
                if line.contains("Max-Age=0") {
                    self.0.remove(name);
                } else {
                    self.0.insert(name.to_owned(), value.to_owned());
                }
            }
        }
    }

    /// Pages of a form at an origin, whose fields the answer repeats.
    fn form_pages(origin: &str) -> Router {
        #[derive(Deserialize)]
        struct Fields {
            name: String,
        }
        let browser = |visitor: Visitor| async move { visitor.browser().reveal() };
        let next = Token::new(&Randomness::repeatable("signed in"));
        let pages = Router::new()
            .route("/", get(|visitor: Visitor| async move { visitor.csrf() }))
            .route("/browser", get(browser))
            .route("/signed-in", get(|| async { change_browser("in".into_response(), next) }))
            .route("/form", axum::routing::post(|crate::Form(fields): crate::Form<Fields>| async move { fields.name }));
        site_router(pages, &Site::new(Theme::Service, origin.parse().unwrap(), Clock::system(), Randomness::system()))
    }

    async fn read_body(answer: Response) -> String {
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    async fn get_page(pages: &Router, path: &str, jar: &mut CookieJar, carried: &CookieJar) -> String {
        let request = Request::get(path).header("cookie", carried.header()).body(Body::empty()).unwrap();
        let answer = pages.clone().oneshot(request).await.unwrap();
        jar.store_cookies(&answer);
        read_body(answer).await
    }

    async fn post_form(pages: &Router, body: &str, jar: &CookieJar, said: &[(&str, &str)]) -> (StatusCode, String) {
        let mut request = Request::post("/form")
            .header("cookie", jar.header())
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in said {
            request = request.header(*name, *value);
        }
        let answer = pages.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        (answer.status(), read_body(answer).await)
    }

    #[tokio::test]
    async fn two_first_tabs_share_one_browser_and_both_their_forms_are_accepted() {
        let pages = form_pages("https://a.example");
        let (mut jar, nothing) = (CookieJar::default(), CookieJar::default());
        // Both are asked for before either is answered.
        let first = get_page(&pages, "/", &mut jar, &nothing).await;
        let second = get_page(&pages, "/", &mut jar, &nothing).await;
        assert_ne!(first, second);
        for token in [&first, &second] {
            let answer = post_form(&pages, &format!("csrf={token}&name=hanako"), &jar, &[]).await;
            assert_eq!(answer, (StatusCode::OK, "hanako".to_owned()));
        }
        let carried = jar.clone();
        let browser = get_page(&pages, "/browser", &mut jar, &carried).await;
        assert_eq!(jar.0["__Host-consult"], browser, "one secret is the browser's");
        let carried = jar.clone();
        let shared = get_page(&pages, "/", &mut jar, &carried).await;
        assert!(shared == first || shared == second);
        assert_eq!(get_page(&pages, "/browser", &mut jar, &carried).await, browser, "and it stays so");
        // Signing in ends it: what was opened before is asked for once more.
        let carried = jar.clone();
        get_page(&pages, "/signed-in", &mut jar, &carried).await;
        assert_eq!(jar.0.len(), 1, "{:?}", jar.0.keys());
        assert_eq!(post_form(&pages, &format!("csrf={first}&name=hanako"), &jar, &[]).await.0, StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn what_was_typed_into_a_stale_form_is_offered_again_where_this_site_sent_it() {
        let pages = form_pages("https://a.example");
        let mut jar = CookieJar::default();
        let token = get_page(&pages, "/", &mut jar, &CookieJar::default()).await;
        let body = "csrf=old&name=%E8%8A%B1%E5%AD%90%3Cb%3E%22&password=hunter2&pin=1234";
        let own = [("sec-fetch-site", "same-origin"), ("origin", "null")];
        let (status, page) = post_form(&pages, body, &jar, &own).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(page.contains("もう一度押してください"), "{page}");
        assert!(page.contains("action=\"/form\""), "{page}");
        assert!(page.contains(&format!("name=\"csrf\" value=\"{token}\"")), "{page}");
        assert!(page.contains("name=\"name\" value=\"花子&lt;b&gt;&quot;\""), "{page}");
        for secret in ["hunter2", "1234", "value=\"old\""] {
            assert!(!page.contains(secret), "{secret} came back");
        }
        for said in [&[][..], &[("origin", "https://a.example")], &[("sec-fetch-site", "cross-site")]] {
            let (status, page) = post_form(&pages, body, &jar, said).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{said:?}");
            assert!(!page.contains("花子"), "{said:?}");
        }
    }

    #[tokio::test]
    async fn the_language_switch_leads_to_no_other_host() {
        let pages = form_pages("https://a.example");
        let leads_to = async |back: &str| {
            let request = Request::get(format!("/language?to=en&back={back}")).body(Body::empty()).unwrap();
            let answer = pages.clone().oneshot(request).await.unwrap();
            answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
        };
        assert_eq!(leads_to("%2Fbook%3Fmenu%3D1").await, "/book?menu=1");
        for back in
            ["%2F%2Fevil.example", "%2F%5Cevil.example", "/%09/evil.example", "/%09%5Cevil.example", "/%0D%0Ax", "/%00"]
        {
            assert_eq!(leads_to(back).await, "/", "{back}");
        }
    }

    #[tokio::test]
    async fn a_cookie_is_secure_over_tls_and_one_that_safari_keeps_on_this_machine() {
        for (origin, expected) in
            [("https://a.example", "__Host-consult="), ("http://consult.localhost:8400", "uketsuke-consult=")]
        {
            let request = Request::get("/").body(Body::empty()).unwrap();
            let answer = form_pages(origin).oneshot(request).await.unwrap();
            let line = answer.headers()[header::SET_COOKIE].to_str().unwrap();
            assert!(line.starts_with(expected), "{line}");
            assert_eq!(line.contains("; Secure"), origin.starts_with("https:"), "{line}");
        }
    }
}
