//! The middleware before and after every handler of a site.

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
use text::Language;

use crate::{
    LocalPath, Site, Visitor,
    browser_cookie::{BrowserCookies, find_cookie, set_cookie},
    refusal,
    routes::respond_to_head,
    visitor::{CookieLifetime, FormTargets, RememberedDevice},
};

/// What a page may load and do (CSP), except for the targets of its forms.
macro_rules! policy {
    () => {
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    };
}

/// The lifetime of a chosen language: a year.
const LANGUAGE_COOKIE_LIFETIME: Span = Span::from_hours(24 * 365);

/// The lifetime of the cookie of a known device: a year.
const DEVICE_COOKIE_LIFETIME: Span = Span::from_hours(24 * 365);

/// A service's pages as a site: its router behind the guard, with the assets and the language switch.
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
    let is_foreign = !request.method().is_safe() && sender == Sender::AnotherSite;
    let method = request.method().clone();
    request.extensions_mut().insert(visitor.clone());
    let inner = if is_foreign { refusal::foreign_form_response() } else { next.run(request).await };
    let mut response = refusal::render_refusal(inner, &visitor, &method).await;
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

/// Whether a browser prefetches this: nobody has opened the page yet.
///
/// `Sec-Purpose` is sent by current browsers (Fetch §4.6), `Purpose` and `X-Purpose` by older Chromium and Safari, `X-Moz` by
/// older Firefox. Their values may carry parameters (`prefetch;prerender`).
fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| {
        headers.get_all(*name).iter().filter_map(|value| value.to_str().ok()).any(|value| {
            let tokens = value.split([';', ',', ' ']).map(str::trim);
            tokens.into_iter().any(|token| ["prefetch", "prerender", "preview"].contains(&token))
        })
    })
}

/// Refuses a prefetch. Many pages work only once or are recorded as seen, and none may be stored (`no-store`), so the browser
/// requests the page again when it is opened. The error status is what makes it do so.
fn refuse_prefetch() -> Response {
    let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Sec-Purpose, Purpose, X-Purpose, X-Moz"));
    set_security_headers(&mut response);
    response
}

fn device_cookie_name(site: &Site) -> String {
    format!("{}-device", site.cookie())
}

/// The site that a request was sent from, by Fetch Metadata, or by `Origin` from older browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sender {
    /// This site, by Fetch Metadata.
    ThisSite,
    AnotherSite,
    /// Not stated. A program that sends neither header has no visitor's cookie to misuse, and its form still needs the token.
    Unknown,
}

fn request_sender(headers: &HeaderMap, own_origin: &str) -> Sender {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match (text("sec-fetch-site"), text("origin")) {
        // Pages cannot set `Sec-Fetch-Site`. Together with it, a hidden origin (`null`) is acceptable.
        (Some("same-origin"), None | Some("null")) => Sender::ThisSite,
        (Some("same-origin"), Some(origin)) if origin == own_origin => Sender::ThisSite,
        (Some("none") | None, None) => Sender::Unknown,
        (Some("none") | None, Some(origin)) if origin == own_origin => Sender::Unknown,
        _ => Sender::AnotherSite,
    }
}

fn preferred_language(headers: &HeaderMap, site: &Site) -> Language {
    if let Some(chosen) = find_cookie(headers, site.language_cookie()).and_then(Language::from_tag) {
        return chosen;
    }
    // RFC 9110 §12.5.4, as far as two languages need it: the first supported one.
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').find_map(|tag| Language::from_tag(tag.trim().get(..2)?)).unwrap_or_default()
}

/// HSTS for a year (RFC 6797): after one visit by TLS no network can redirect to a copy of the site.
const STRICT_TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The headers of every response that does not set them itself.
static SECURITY_HEADERS: [(HeaderName, HeaderValue); 7] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(concat!(policy!(), "; form-action 'self'"))),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    // No referrer to other sites. `no-referrer` would make browsers send `Origin: null` with the site's own forms.
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
    let path = LocalPath::parse_or(switch.back.as_deref(), "/");
    let mut response = Redirect::to(path.as_str()).into_response();
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

/// Whether a person sees the response to this method.
pub(crate) fn is_page_method(method: &Method) -> bool {
    *method == Method::GET || *method == Method::POST
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use base::{Clock, Randomness, Token};
    use tower::ServiceExt;

    use super::*;
    use crate::{change_browser, change_browser_until_closed};
    use ui::Theme;

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

    /// A site of this theme: a page, and two that change the browser's secret.
    fn pages(theme: Theme) -> Router {
        let randomness = Randomness::repeatable("guard");
        let next = Token::new(&randomness);
        let shared = next.clone();
        let origin = "http://a.localhost:1".parse().unwrap();
        let pages = Router::new()
            .route("/", get(|| async { "a page" }))
            .route("/signed-in", get(|| async { change_browser("in".into_response(), next) }))
            .route("/shared", get(|| async { change_browser_until_closed("in".into_response(), shared) }));
        site_router(pages, &Site::new(theme, origin, Clock::system(), randomness))
    }

    #[tokio::test]
    async fn every_answer_tells_the_browser_what_it_may_do_with_it() {
        for (origin, transport) in [("https://a.example", Some("max-age=31536000")), ("http://a.localhost:1", None)] {
            let with_targets = || async {
                let mut response = "a page".into_response();
                response.extensions_mut().insert(FormTargets(vec!["https://b.example".parse().unwrap()]));
                response
            };
            let pages = Router::new().route("/", get(|| async { "a page" })).route("/leading", get(with_targets));
            let randomness = Randomness::repeatable("headers");
            let pages =
                site_router(pages, &Site::new(Theme::Service, origin.parse().unwrap(), Clock::system(), randomness));
            for (path, targets) in [("/", "'self'"), ("/leading", "'self' https://b.example"), ("/nowhere", "'self'")] {
                let request = Request::get(path).body(Body::empty()).unwrap();
                let response = pages.clone().oneshot(request).await.unwrap();
                let header_value = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap());
                let policy = header_value("content-security-policy").unwrap();
                assert!(policy.starts_with("default-src 'none'; "), "{policy}");
                assert!(policy.ends_with(&format!("; form-action {targets}")), "{policy}");
                assert_eq!(header_value("strict-transport-security"), transport, "{path}");
                for (name, value) in SECURITY_HEADERS.iter().filter(|(name, _)| name != header::CONTENT_SECURITY_POLICY)
                {
                    assert_eq!(response.headers().get_all(name).iter().collect::<Vec<_>>(), [value], "{path}: {name}");
                }
            }
        }
    }

    /// The attributes of a cookie: everything after its value.
    async fn cookie_attributes(theme: Theme, path: &str, carried: Option<&str>) -> Option<String> {
        let mut request = Request::get(path);
        if let Some(cookie) = carried {
            request = request.header("cookie", cookie);
        }
        let response = pages(theme).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let line = response.headers().get(header::SET_COOKIE)?.to_str().unwrap();
        line.split_once(';').map(|(_, rest)| rest.trim().to_owned())
    }

    #[tokio::test]
    async fn a_browsers_cookie_outlives_it_where_a_person_has_to_find_back() {
        const PLAIN: &str = "Path=/; HttpOnly; SameSite=Lax";
        let lasting = |days: u32| Some(format!("{PLAIN}; Max-Age={}", days * 24 * 60 * 60));
        for (theme, expected) in [
            (Theme::Service, lasting(30)),
            (Theme::Reception, lasting(93)),
            (Theme::Portal, lasting(93)),
            (Theme::Terminal, Some(PLAIN.to_owned())),
            (Theme::Demo, Some(PLAIN.to_owned())),
        ] {
            assert_eq!(cookie_attributes(theme, "/", None).await, expected, "{theme:?}");
            assert_eq!(cookie_attributes(theme, "/signed-in", None).await, expected, "{theme:?}");
            // Signing in at a shared computer leaves nothing on it.
            assert_eq!(cookie_attributes(theme, "/shared", None).await.as_deref(), Some(PLAIN), "{theme:?}");
        }
        assert_eq!(cookie_attributes(Theme::Service, "/language?to=en", None).await, lasting(365));
    }

    #[tokio::test]
    async fn only_the_reception_and_the_app_prolong_a_cookie_that_is_there() {
        let value = Token::new(&Randomness::repeatable("carried")).reveal();
        let carried = |name: &str| format!("uketsuke-{name}={value}");
        assert!(cookie_attributes(Theme::Reception, "/", Some(&carried("reception"))).await.is_some());
        assert!(cookie_attributes(Theme::Portal, "/", Some(&carried("portal"))).await.is_some());
        // Otherwise a sign-in at a shared computer would be stored after all.
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
        let (sender, receiver) = std::sync::mpsc::channel();
        let page = move || {
            let sender = sender.clone();
            async move {
                sender.send(()).unwrap();
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
                let response = pages.clone().oneshot(request).await.unwrap();
                assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{name} {path}");
                assert_eq!(response.headers().get(header::SET_COOKIE), None, "{name} {path}");
                assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store", "{name} {path}");
            }
        }
        let head = Request::head("/language?to=en").body(Body::empty()).unwrap();
        let response = pages.clone().oneshot(head).await.unwrap();
        let cookies: Vec<_> = response.headers().get_all(header::SET_COOKIE).iter().collect();
        assert!(!cookies.iter().any(|cookie| cookie.to_str().unwrap().contains("language")), "{cookies:?}");
        assert!(receiver.try_recv().is_err(), "no page was reached");
        assert_eq!(
            pages.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap().status(),
            StatusCode::OK
        );
        assert_eq!(receiver.try_recv(), Ok(()));
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

    /// The cookies of a browser without scripts, by name.
    #[derive(Clone, Default)]
    struct CookieJar(std::collections::BTreeMap<String, String>);

    impl CookieJar {
        fn header(&self) -> String {
            self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
        }

        fn store_cookies(&mut self, response: &Response) {
            for line in response.headers().get_all(header::SET_COOKIE) {
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

    /// Pages with a form at an origin; the response repeats its fields.
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

    async fn read_body(response: Response) -> String {
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    async fn get_page(pages: &Router, path: &str, jar: &mut CookieJar, carried: &CookieJar) -> String {
        let request = Request::get(path).header("cookie", carried.header()).body(Body::empty()).unwrap();
        let response = pages.clone().oneshot(request).await.unwrap();
        jar.store_cookies(&response);
        read_body(response).await
    }

    async fn post_form(pages: &Router, body: &str, jar: &CookieJar, extra: &[(&str, &str)]) -> (StatusCode, String) {
        let mut request = Request::post("/form")
            .header("cookie", jar.header())
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in extra {
            request = request.header(*name, *value);
        }
        let response = pages.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        (response.status(), read_body(response).await)
    }

    #[tokio::test]
    async fn two_first_tabs_share_one_browser_and_both_their_forms_are_accepted() {
        let pages = form_pages("https://a.example");
        let (mut jar, nothing) = (CookieJar::default(), CookieJar::default());
        // Both are requested before either response arrives.
        let first = get_page(&pages, "/", &mut jar, &nothing).await;
        let second = get_page(&pages, "/", &mut jar, &nothing).await;
        assert_ne!(first, second);
        for token in [&first, &second] {
            let response = post_form(&pages, &format!("csrf={token}&name=hanako"), &jar, &[]).await;
            assert_eq!(response, (StatusCode::OK, "hanako".to_owned()));
        }
        let carried = jar.clone();
        let browser = get_page(&pages, "/browser", &mut jar, &carried).await;
        assert_eq!(jar.0["__Host-consult"], browser, "one secret is the browser's");
        let carried = jar.clone();
        let shared = get_page(&pages, "/", &mut jar, &carried).await;
        assert!(shared == first || shared == second);
        assert_eq!(get_page(&pages, "/browser", &mut jar, &carried).await, browser, "and it stays so");
        // Signing in ends it: earlier pages have to be requested again.
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
        let same_site = [("sec-fetch-site", "same-origin"), ("origin", "null")];
        let (status, page) = post_form(&pages, body, &jar, &same_site).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(page.contains("もう一度押してください"), "{page}");
        assert!(page.contains("action=\"/form\""), "{page}");
        assert!(page.contains(&format!("name=\"csrf\" value=\"{token}\"")), "{page}");
        assert!(page.contains("name=\"name\" value=\"花子&lt;b&gt;&quot;\""), "{page}");
        for secret in ["hunter2", "1234", "value=\"old\""] {
            assert!(!page.contains(secret), "{secret} came back");
        }
        for extra in [&[][..], &[("origin", "https://a.example")], &[("sec-fetch-site", "cross-site")]] {
            let (status, page) = post_form(&pages, body, &jar, extra).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{extra:?}");
            assert!(!page.contains("花子"), "{extra:?}");
        }
    }

    #[tokio::test]
    async fn the_language_switch_leads_to_no_other_host() {
        let pages = form_pages("https://a.example");
        let redirect_target = async |path: &str| {
            let request = Request::get(format!("/language?to=en&back={path}")).body(Body::empty()).unwrap();
            let response = pages.clone().oneshot(request).await.unwrap();
            response.headers()[header::LOCATION].to_str().unwrap().to_owned()
        };
        assert_eq!(redirect_target("%2Fbook%3Fmenu%3D1").await, "/book?menu=1");
        for path in
            ["%2F%2Fevil.example", "%2F%5Cevil.example", "/%09/evil.example", "/%09%5Cevil.example", "/%0D%0Ax", "/%00"]
        {
            assert_eq!(redirect_target(path).await, "/", "{path}");
        }
    }

    #[tokio::test]
    async fn a_cookie_is_secure_over_tls_and_one_that_safari_keeps_on_this_machine() {
        for (origin, expected) in
            [("https://a.example", "__Host-consult="), ("http://consult.localhost:8400", "uketsuke-consult=")]
        {
            let request = Request::get("/").body(Body::empty()).unwrap();
            let response = form_pages(origin).oneshot(request).await.unwrap();
            let line = response.headers()[header::SET_COOKIE].to_str().unwrap();
            assert!(line.starts_with(expected), "{line}");
            assert_eq!(line.contains("; Secure"), origin.starts_with("https:"), "{line}");
        }
    }
}
