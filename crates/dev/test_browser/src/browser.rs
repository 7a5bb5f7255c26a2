use axum::{
    Router,
    body::{Body, to_bytes},
};
use http::{
    HeaderMap, HeaderValue, Method, Request,
    header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN},
    uri::PathAndQuery,
};
use tower::ServiceExt;
use url::{Position, Url};

use crate::{CookieJar, FORM_MEDIA_TYPE, Page, encode_form};

/// The longest response: a page is much shorter.
const MAX_BODY_BYTES: usize = 1 << 20;

/// A browser of one service, whose router it calls. It follows no redirects by itself.
///
/// A clone has the same cookies, and its own from then on.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    origin: Url,
    /// The headers of every request.
    headers: HeaderMap,
    cookies: CookieJar,
}

impl Browser {
    /// A browser without cookies, for the pages of a service at this origin (`http://service.localhost:8400`).
    pub fn new(router: Router, origin: &str) -> Self {
        let origin = origin.parse().expect("an origin is an address");
        Self { router, origin, headers: HeaderMap::new(), cookies: CookieJar::default() }
    }

    /// Adds a header to all further requests. It replaces what the browser would send itself.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(name, HeaderValue::from_static(value));
        self
    }

    /// The value of the cookie with this name.
    pub fn find_cookie(&self, name: &str) -> Option<&str> {
        self.cookies.find_cookie(name)
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).expect("a path")).await
    }

    /// Posts these fields, without a CSRF token.
    pub async fn post<N: AsRef<str>, V: AsRef<str>>(&mut self, path: &str, fields: &[(N, V)]) -> Page {
        let request = Request::post(path).header(CONTENT_TYPE, FORM_MEDIA_TYPE);
        self.send(request.body(encode_form(fields).into()).expect("a path")).await
    }

    /// Posts these fields with the CSRF token of a page, which need not have a form for `path`.
    pub async fn post_with_token(&mut self, page: &Page, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = page.field("csrf");
        let fields: Vec<_> = [("csrf", token.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.post(path, &fields).await
    }

    /// Sends the form of a page that posts to `action` ([`Page::find_form`]), with its hidden fields and `fields`.
    pub async fn submit_form(&mut self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let (url, fields) = page.fill_form(action, fields);
        assert_eq!(url.origin(), self.origin.origin(), "the form leads to another site");
        self.post(&url[Position::BeforePath..Position::AfterQuery], &fields).await
    }

    /// Opens a page and sends its form that posts to `action`.
    pub async fn open_and_submit(&mut self, path: &str, action: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        self.submit_form(&page, action, fields).await
    }

    /// Sends a request with the browser's cookies and headers.
    pub async fn send(&mut self, mut request: Request<Body>) -> Page {
        let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
        let url = self.origin.join(path).expect("a path");
        let mut headers = HeaderMap::new();
        let value = |text: &str| HeaderValue::from_str(text).expect("a header is text");
        headers.insert(HOST, value(&self.origin[Position::BeforeHost..Position::AfterPort]));
        if request.method() == Method::POST {
            headers.insert(ORIGIN, value(&self.origin.origin().ascii_serialization()));
        }
        if let Some(cookies) = self.cookies.to_header() {
            headers.insert(COOKIE, value(&cookies));
        }
        headers.extend(self.headers.clone());
        request.headers_mut().extend(headers);
        let response = self.router.clone().oneshot(request).await.expect("a router always responds");
        let (head, body) = response.into_parts();
        self.cookies.store_cookies(&self.origin, &head.headers);
        let bytes = to_bytes(body, MAX_BODY_BYTES).await.expect("a response is short");
        Page::new(url, head.status, head.headers, bytes.to_vec())
    }
}
