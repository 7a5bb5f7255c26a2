use axum::{
    Router,
    response::{IntoResponse, Redirect, Response},
    routing::MethodRouter,
};
use http::{Method, StatusCode, Uri, header};

/// Who may use a route. The service's tests check each route against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Anyone,
    /// Only the signed-in user to whom the page belongs; others are asked to sign in or get 404.
    SignedIn,
    /// Only signed-in users with this role, as the service names it; other signed-in users get 404.
    Role(&'static str),
    /// Only the holder of a one-time secret.
    Session,
}

/// A route of a service.
#[derive(Debug, Clone)]
pub struct Route {
    pub method: Method,
    /// With parameters in braces.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
}

/// The routes of a service, listed while the router is built, so that list and router agree.
pub struct Routes<S> {
    router: Router<S>,
    routes: Vec<Route>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes yet.
    pub fn new() -> Self {
        Self { router: Router::new(), routes: Vec::new() }
    }

    /// Adds a page (`GET`).
    ///
    /// A public page has no side effects, so `HEAD` is answered by the page itself (RFC 9110 §9.3.2). Other pages may have some
    /// (a request is used up, a reading is recorded), so `HEAD` never reaches them.
    #[must_use]
    pub fn page(self, path: &'static str, access: Access, handler: MethodRouter<S>) -> Self {
        let handler = match access {
            Access::Anyone => handler,
            Access::SignedIn | Access::Role(_) | Access::Session => handler.head(respond_to_head),
        };
        self.add(Method::GET, path, access, handler)
    }

    /// Adds a form's target (`POST`).
    #[must_use]
    pub fn action(self, path: &'static str, access: Access, handler: MethodRouter<S>) -> Self {
        self.add(Method::POST, path, access, handler)
    }

    fn add(mut self, method: Method, path: &'static str, access: Access, handler: MethodRouter<S>) -> Self {
        self.routes.push(Route { method, path, access });
        Self { router: self.router.route(path, handler), routes: self.routes }
    }

    /// Adds the routes of another part of the service.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.routes.extend(other.routes);
        Self { router: self.router.merge(other.router), routes: self.routes }
    }

    /// All routes.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// Builds the router.
    ///
    /// The response to a form may be a page, such as one that lists mistakes, at an address that accepts only `POST`. A `GET`
    /// of that address (by the language switch, after signing in, in a restored tab) is redirected to the page above it.
    pub fn into_router(self) -> Router<S> {
        let Self { router, routes: listed } = self;
        let pages: Vec<_> =
            listed.into_iter().filter(|route| route.method == Method::GET).map(|route| route.path).collect();
        router
            .method_not_allowed_fallback(async move |method: Method, uri: Uri| redirect_to_page(&pages, &method, &uri))
    }
}

/// Answers `HEAD` for a page that may have side effects, without calling the page.
pub(crate) async fn respond_to_head() -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], "").into_response()
}

fn redirect_to_page(pages: &[&str], method: &Method, uri: &Uri) -> Response {
    let page = (*method == Method::GET).then(|| find_parent_page(pages, uri.path())).flatten();
    page.map_or_else(|| StatusCode::METHOD_NOT_ALLOWED.into_response(), |page| Redirect::to(page).into_response())
}

/// The nearest page above an address.
fn find_parent_page<'p>(pages: &[&str], path: &'p str) -> Option<&'p str> {
    let mut rest = path;
    while let Some((parent, _)) = rest.rsplit_once('/') {
        rest = parent;
        let page = if parent.is_empty() { "/" } else { parent };
        if pages.iter().any(|pattern| matches_pattern(pattern, page)) {
            return Some(page);
        }
    }
    None
}

/// Whether a path matches a pattern with parameters in braces.
fn matches_pattern(pattern: &str, path: &str) -> bool {
    let (mut expected, mut actual) = (pattern.split('/'), path.split('/'));
    loop {
        match (expected.next(), actual.next()) {
            (None, None) => return true,
            (Some(expected), Some(actual))
                if expected == actual || (expected.starts_with('{') && !actual.is_empty()) => {}
            _ => return false,
        }
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        body::Body,
        routing::{get, post},
    };
    use http::Request;
    use tower::ServiceExt;

    use super::*;

    fn routes() -> Routes<()> {
        let (page, form) = (|| get(|| async { "a page" }), || post(|| async { "done" }));
        Routes::new()
            .page("/", Access::Anyone, page())
            .page("/visits/{id}", Access::Session, page())
            .action("/visits/{id}/pin", Access::Session, form())
            .action("/visits/{id}/cards/{card}/taken", Access::Session, form())
            .action("/sign-out", Access::SignedIn, form())
            .page("/sign-in", Access::Anyone, page())
            .action("/sign-in", Access::Anyone, form())
    }

    async fn send_request(method: &str, path: &str) -> (StatusCode, Option<String>) {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = routes().into_router().oneshot(request).await.unwrap();
        let location = response.headers().get(header::LOCATION).map(|location| location.to_str().unwrap().to_owned());
        (response.status(), location)
    }

    #[tokio::test]
    async fn whoever_reads_an_address_that_takes_forms_finds_the_page_it_lies_under() {
        for (path, page) in [
            ("/visits/1/pin", "/visits/1"),
            ("/visits/1/pin?seen=3", "/visits/1"),
            ("/visits/1/cards/2/taken", "/visits/1"),
            ("/sign-out", "/"),
        ] {
            assert_eq!(send_request("GET", path).await, (StatusCode::SEE_OTHER, Some(page.to_owned())), "{path}");
        }
        assert_eq!(send_request("GET", "/sign-in").await, (StatusCode::OK, None));
        assert_eq!(send_request("GET", "/visits/1/nothing").await, (StatusCode::NOT_FOUND, None));
    }

    #[tokio::test]
    async fn nothing_else_is_led_away() {
        assert_eq!(send_request("POST", "/sign-out").await, (StatusCode::OK, None));
        for (method, path) in [("POST", "/visits/1"), ("PUT", "/visits/1/pin"), ("HEAD", "/visits/1/pin")] {
            assert_eq!(send_request(method, path).await, (StatusCode::METHOD_NOT_ALLOWED, None), "{method} {path}");
        }
    }

    #[tokio::test]
    async fn head_reaches_only_pages_that_are_anybodys() {
        use std::sync::{Arc, Mutex};
        let reached: Arc<Mutex<Vec<Access>>> = Arc::default();
        let page = |access| {
            let reached = reached.clone();
            get(move || async move {
                reached.lock().unwrap().push(access);
                "a page"
            })
        };
        let router = Routes::<()>::new()
            .page("/anyone", Access::Anyone, page(Access::Anyone))
            .page("/known", Access::SignedIn, page(Access::SignedIn))
            .page("/role", Access::Role("manager"), page(Access::Role("manager")))
            .page("/holder", Access::Session, page(Access::Session))
            .into_router();
        for path in ["/anyone", "/known", "/role", "/holder"] {
            let request = Request::head(path).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/"), "{path}");
        }
        assert_eq!(*reached.lock().unwrap(), [Access::Anyone]);
        let request = Request::get("/holder").body(Body::empty()).unwrap();
        assert_eq!(router.oneshot(request).await.unwrap().status(), StatusCode::OK);
        assert_eq!(*reached.lock().unwrap(), [Access::Anyone, Access::Session]);
    }

    #[test]
    fn without_a_page_above_there_is_nowhere_to_lead() {
        assert_eq!(find_parent_page(&["/visits/{id}"], "/sign-out"), None);
        assert_eq!(find_parent_page(&["/visits/{id}"], "/visits/"), None);
        assert_eq!(find_parent_page(&["/{anything}"], "//evil.example/pin"), None);
    }
}
