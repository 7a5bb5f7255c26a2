//! One listener for several sites, selected by the `Host` header, with compression, panic handling and health checks.

mod compression;

use std::{any::Any, collections::HashMap, convert::Infallible, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::Request,
    middleware,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use http::{StatusCode, header};
use tokio::net::TcpListener;
use tower::{Service, service_fn};
use web::{
    Origin,
    server::{ConnectionSettings, HttpServer},
};

use crate::{health::Health, metrics, process};

/// The sites of one listener.
pub(crate) struct Sites {
    /// By the value of the `Host` header.
    by_host: HashMap<String, Router>,
    /// `/healthz` and `/readyz`, which respond under any host: load balancers call an address.
    health_routes: Router,
    /// Paths for programs that respond under any host, and their router.
    under_any_host: Option<(&'static [&'static str], Router)>,
}

impl Sites {
    /// No sites yet, only the health checks of the program.
    pub(crate) fn new(health: &Health) -> Self {
        Self { by_host: HashMap::new(), health_routes: health.health_routes(), under_any_host: None }
    }

    /// Adds a site under its origin.
    pub(crate) fn with_site(mut self, origin: &Origin, pages: Router) -> Self {
        let host = origin.authority().to_owned();
        let site = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name).to_owned();
        let measure = middleware::from_fn(move |request, next| metrics::measure_request(site.clone(), request, next));
        self.by_host.insert(host, pages.layer(measure));
        self
    }

    /// Responds to paths below these under any host that is not a site's. Only for public content without cookies: for all
    /// else the check of the host protects against DNS rebinding.
    ///
    /// Browsers resolve names below `localhost`, but not every system does, so that programs which follow the address in a
    /// certificate need another host name.
    #[cfg(any(test, feature = "demo"))]
    pub(crate) fn with_under_any_host(mut self, paths: &'static [&'static str], router: Router) -> Self {
        self.under_any_host = Some((paths, router));
        self
    }

    /// The final response: compressed, and 500 after a panic.
    async fn respond(&self, request: Request) -> Response {
        let compress = compression::may_compress(request.headers());
        let response = AssertUnwindSafe(self.dispatch(request)).catch_unwind().await;
        compression::compress_response(compress, response.unwrap_or_else(|panic| panic_response(&*panic))).await
    }

    async fn dispatch(&self, request: Request) -> Response {
        let Some(host) = find_host(&request) else {
            return (StatusCode::BAD_REQUEST, "a request names one host\n").into_response();
        };
        let path = request.uri().path();
        let under_any_host = self.under_any_host.as_ref().filter(|(paths, _)| {
            paths
                .iter()
                .any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        });
        let site = match () {
            () if is_health_check(&request) => Some(&self.health_routes),
            () => self.by_host.get(&host).or(under_any_host.map(|(_, router)| router)),
        };
        match site {
            Some(site) => match site.clone().call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
            // An unknown host may be an attempt at DNS rebinding (RFC 9110 §15.5.20).
            None => (StatusCode::MISDIRECTED_REQUEST, "no site of this name is here\n").into_response(),
        }
    }
}

fn is_health_check(request: &Request) -> bool {
    matches!(request.uri().path(), "/healthz" | "/readyz")
}

/// The one host that a request names (RFC 9112 §3.2).
fn find_host(request: &Request) -> Option<String> {
    let mut lines = request.headers().get_all(header::HOST).iter();
    let (first_line, second_line) = (lines.next(), lines.next());
    if second_line.is_some() {
        return None;
    }
    let target_host = request.uri().authority().map(http::uri::Authority::as_str);
    let host = match target_host {
        Some(host) => host,
        None => first_line?.to_str().ok()?,
    };
    Some(host.to_ascii_lowercase())
}

/// Logs the message of a panic; the response is a bare 500.
fn panic_response(payload: &(dyn Any + Send)) -> Response {
    let message = payload.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
    tracing::error!(panic = message, "a handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "500\n").into_response()
}

/// How long open requests may run after the stop, as at the institutions' interface. Pages take moments and uploads of
/// pictures seconds; a stopped service is killed after thirty (Kubernetes) or ninety seconds (systemd).
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// A listening socket with the limits of its connections.
pub(crate) struct Listener {
    socket: TcpListener,
    server: HttpServer,
}

impl Listener {
    /// The only public listener of its process, with this name in metrics.
    pub(crate) fn new(name: &'static str, socket: TcpListener, settings: &ConnectionSettings) -> Self {
        Self::new_of(1, name, socket, settings)
    }

    /// One of `listeners` that share the open files of their process.
    pub(crate) fn new_of(
        listeners: u64,
        name: &'static str,
        socket: TcpListener,
        settings: &ConnectionSettings,
    ) -> Self {
        Self { socket, server: HttpServer::new(name, &fit_connections(settings, listeners)) }
    }

    /// The listener for health checks and metrics. It accepts few connections, from the open files that other listeners leave.
    fn for_health(socket: TcpListener) -> Self {
        let settings = ConnectionSettings {
            max_connections: HEALTH_CONNECTIONS,
            max_connections_per_peer: HEALTH_CONNECTIONS,
            ..ConnectionSettings::default()
        };
        Self::new("health", socket, &settings)
    }
}

/// The limit of connections for health checks and metrics.
const HEALTH_CONNECTIONS: usize = 8;

/// The settings for one of `listeners` of this process.
pub(crate) fn fit_connections(settings: &ConnectionSettings, listeners: u64) -> ConnectionSettings {
    settings.clone().limited_by_open_files(process::open_file_limit(), listeners)
}

/// Serves until `stop`, and then lets open requests end within [`DRAIN_TIMEOUT`].
pub(crate) async fn serve(listener: Listener, sites: Sites, stop: impl Future<Output = ()>) {
    serve_until(listener, sites, stop, async { tokio::time::sleep(DRAIN_TIMEOUT).await }).await;
}

/// The same, with background work that ends with the pages: unfinished work is resumed at the next start.
pub(crate) async fn serve_with_work(
    listener: Listener,
    sites: Sites,
    stop: impl Future<Output = ()>,
    work: impl Future<Output = ()>,
) {
    tokio::select! {
        () = serve(listener, sites, stop) => {}
        () = work => {}
    }
}

/// Serves health checks and metrics without end, and checks the health at intervals.
pub(crate) async fn serve_health(listener: Option<TcpListener>, health: &Health) {
    let serving = async {
        if let Some(socket) = listener {
            let listener = Listener::for_health(socket);
            let never = std::future::pending::<()>;
            listener.server.serve(listener.socket, health.health_and_metrics_routes(), never(), never()).await;
        }
    };
    tokio::join!(serving, health.run_periodic_checks());
}

/// The same as [`serve`], with `drain_timeout` for open requests, which begins with the stop.
async fn serve_until(
    listener: Listener,
    sites: Sites,
    stop: impl Future<Output = ()>,
    drain_timeout: impl Future<Output = ()>,
) {
    let sites = Arc::new(sites);
    let sites = service_fn(move |request| {
        let sites = sites.clone();
        async move { Ok::<_, Infallible>(sites.respond(request).await) }
    });
    listener.server.serve(listener.socket, sites, stop, drain_timeout).await;
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{self, Body, Bytes},
        routing::{get, post},
    };
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        sync::oneshot,
    };

    use super::*;

    /// Ends a test that hangs; no result depends on it.
    const TEST_TIMEOUT: Duration = Duration::from_mins(1);

    fn sites_at_x(router: Router) -> Sites {
        let health = Health::new(None, 0, || async { Ok(()) }, || None);
        Sites { by_host: HashMap::from([("x".to_owned(), router)]), ..Sites::new(&health) }
    }

    async fn test_listener() -> Listener {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Listener::new("test", socket, &ConnectionSettings::default())
    }

    #[test]
    fn listeners_of_one_process_share_its_open_files() {
        let unlimited = ConnectionSettings { max_connections: usize::MAX, ..ConnectionSettings::default() };
        let max_connections =
            |listeners| u64::try_from(fit_connections(&unlimited, listeners).max_connections).unwrap();
        let open_files = process::open_file_limit();
        assert!(max_connections(1) * 4 <= open_files * 3 && max_connections(1) > open_files / 2);
        assert!(max_connections(2) * 2 <= max_connections(1) && max_connections(2) * 3 > max_connections(1));
    }

    async fn read_response(response: Response) -> (StatusCode, String) {
        let status = response.status();
        let content = body::to_bytes(response.into_body(), 100).await.unwrap();
        (status, String::from_utf8(content.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn what_programs_ask_for_is_answered_under_any_name_and_nothing_else_is() {
        let pages =
            Router::new().route("/", get(|| async { "a page\n" })).route("/crl/a", get(|| async { "a page\n" }));
        let lists = Router::new().route("/crl/{name}", get(|| async { "a list\n" }));
        let sites = sites_at_x(pages).with_under_any_host(&["/crl"], lists);
        for (host, path, status, expected) in [
            ("127.0.0.1:8400", "/crl/a", StatusCode::OK, "a list\n"),
            ("elsewhere.example", "/crl/a", StatusCode::OK, "a list\n"),
            // The host of a site leads to the site.
            ("x", "/crl/a", StatusCode::OK, "a page\n"),
            ("127.0.0.1:8400", "/", StatusCode::MISDIRECTED_REQUEST, "no site of this name is here\n"),
            ("127.0.0.1:8400", "/crlx", StatusCode::MISDIRECTED_REQUEST, "no site of this name is here\n"),
        ] {
            let request = Request::get(path).header(header::HOST, host).body(Body::empty()).unwrap();
            let response = read_response(sites.respond(request).await).await;
            assert_eq!(response, (status, expected.to_owned()), "{host} {path}");
        }
    }

    #[tokio::test]
    async fn a_panic_ends_one_request_and_says_nothing() {
        let pages = Router::new()
            .route("/", get(|| async { "fine\n" }))
            .route("/panic", get(|| async { String::from_utf8(vec![0xFF]).expect("a secret") }));
        let sites = sites_at_x(pages);
        for (host, path, status, expected) in [
            ("x", "/panic", StatusCode::INTERNAL_SERVER_ERROR, "500\n"),
            ("X", "/", StatusCode::OK, "fine\n"),
            ("evil.example", "/", StatusCode::MISDIRECTED_REQUEST, "no site of this name is here\n"),
        ] {
            let request = Request::get(path).header(header::HOST, host).body(Body::empty()).unwrap();
            assert_eq!(read_response(sites.respond(request).await).await, (status, expected.to_owned()));
        }
    }

    #[tokio::test]
    async fn a_request_names_one_host() {
        let sites = sites_at_x(Router::new().route("/", get(|| async { "fine\n" })));
        for (target, hosts, expected) in [
            ("/", &["x"][..], StatusCode::OK),
            ("/", &[], StatusCode::BAD_REQUEST),
            ("/", &["x", "x"], StatusCode::BAD_REQUEST),
            ("/", &["x", "evil.example"], StatusCode::BAD_REQUEST),
            ("/", &["x:8420"], StatusCode::MISDIRECTED_REQUEST),
            // HTTP/2, or the whole address as the target.
            ("http://x/", &[], StatusCode::OK),
            ("http://x/", &["x"], StatusCode::OK),
            ("http://x/", &["x", "x"], StatusCode::BAD_REQUEST),
            ("http://evil.example/", &["x"], StatusCode::MISDIRECTED_REQUEST),
        ] {
            let mut request = Request::get(target).body(Body::empty()).unwrap();
            for host in hosts {
                request.headers_mut().append(header::HOST, host.parse().unwrap());
            }
            assert_eq!(sites.respond(request).await.status(), expected, "{target} {hosts:?}");
        }
    }

    #[tokio::test]
    async fn signs_of_life_answer_whoever_asks_an_address_and_metrics_do_not() {
        let sites = sites_at_x(Router::new().route("/", get(|| async { "fine\n" })));
        for (host, path, expected) in [
            ("10.0.0.7:8420", "/healthz", StatusCode::OK),
            ("10.0.0.7", "/readyz", StatusCode::OK),
            ("x", "/readyz", StatusCode::OK),
            ("10.0.0.7:8420", "/", StatusCode::MISDIRECTED_REQUEST),
            ("10.0.0.7:8420", "/metrics", StatusCode::MISDIRECTED_REQUEST),
            ("x", "/metrics", StatusCode::NOT_FOUND),
        ] {
            let request = Request::get(path).header(header::HOST, host).body(Body::empty()).unwrap();
            assert_eq!(sites.respond(request).await.status(), expected, "{host} {path}");
        }
    }

    #[tokio::test]
    async fn a_request_that_never_comes_whole_is_cut_off_when_patience_is_over() {
        let listener = test_listener().await;
        let address = listener.socket.local_addr().unwrap();
        let router = Router::new().route("/", post(|_whole: Bytes| async { "whole\n" }));
        let ((stop, stop_received), (cut_off, cut_off_received)) = (oneshot::channel::<()>(), oneshot::channel::<()>());
        let received = |signal: oneshot::Receiver<()>| async move { signal.await.unwrap() };
        let serving = tokio::spawn(serve_until(
            listener,
            sites_at_x(router),
            received(stop_received),
            received(cut_off_received),
        ));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n")
            .await
            .unwrap();
        // The server has requested the body, so it waits for it.
        let mut response = [0; 12];
        stream.read_exact(&mut response).await.unwrap();
        assert_eq!(&response, b"HTTP/1.1 100");
        stop.send(()).unwrap();
        let closing = async { while TcpStream::connect(address).await.is_ok() {} };
        tokio::time::timeout(TEST_TIMEOUT, closing).await.expect("no connection is accepted after the stop");
        assert!(!serving.is_finished(), "open requests may end");
        cut_off.send(()).unwrap();
        let outcome =
            tokio::time::timeout(TEST_TIMEOUT, serving).await.expect("it ends without the rest of the request");
        outcome.unwrap();
    }

    #[tokio::test]
    async fn what_is_open_at_the_stop_is_answered() {
        let listener = test_listener().await;
        let address = listener.socket.local_addr().unwrap();
        let router = Router::new().route("/", post(|whole: Bytes| async { whole }));
        let (stop, stop_received) = oneshot::channel::<()>();
        let stop_received = async move { stop_received.await.unwrap() };
        let serving = tokio::spawn(serve_until(listener, sites_at_x(router), stop_received, std::future::pending()));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(b"POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n")
            .await
            .unwrap();
        stream.read_exact(&mut [0; 25]).await.unwrap();
        stop.send(()).unwrap();
        let closing = async { while TcpStream::connect(address).await.is_ok() {} };
        tokio::time::timeout(TEST_TIMEOUT, closing).await.expect("no connection is accepted after the stop");
        stream.write_all(b"whole").await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        assert!(response.starts_with("HTTP/1.1 200") && response.ends_with("whole"), "{response}");
        tokio::time::timeout(TEST_TIMEOUT, serving).await.expect("it ends").unwrap();
    }
}
