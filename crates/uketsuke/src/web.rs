//! One listener for several sites, told apart by the `Host` header, and what stands between them and the wire.

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
use shell::{
    Origin,
    server::{ConnectionSettings, HttpServer},
};
use tokio::net::TcpListener;
use tower::{Service, service_fn};

use crate::{health::Health, metrics, process};

/// The sites of one listener.
pub(crate) struct Sites {
    /// By the name that browsers call them.
    by_host: HashMap<String, Router>,
    /// `/healthz` and `/readyz`, which answer under any host: whoever asks for them asks an address.
    health_routes: Router,
    /// What programs ask for, by paths of its own, under whatever name they call this machine.
    under_any_host: Option<(&'static [&'static str], Router)>,
}

impl Sites {
    /// No sites yet, with the signs of life of the program that they belong to.
    pub(crate) fn new(health: &Health) -> Self {
        Self { by_host: HashMap::new(), health_routes: health.health_routes(), under_any_host: None }
    }

    /// Adds a site under its origin.
    pub(crate) fn with_site(mut self, origin: &Origin, pages: Router) -> Self {
        let host = origin.authority().to_owned();
        let site = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name).to_owned();
        let measured = middleware::from_fn(move |request, next| metrics::measure_request(site.clone(), request, next));
        self.by_host.insert(host, pages.layer(measured));
        self
    }

    /// Answers paths below these under any name that is no site's own. Only for what is public and has no cookie: a name is
    /// what keeps another site's pages away from everything else (DNS rebinding).
    ///
    /// Names below `localhost` are known to browsers and not to every system, so that programs which follow the address in
    /// a certificate need another one.
    pub(crate) fn with_under_any_host(mut self, paths: &'static [&'static str], router: Router) -> Self {
        self.under_any_host = Some((paths, router));
        self
    }

    /// The answer as it leaves.
    async fn respond(&self, request: Request) -> Response {
        let compress = compression::may_compress(request.headers());
        let answer = AssertUnwindSafe(self.dispatch(request)).catch_unwind().await;
        compression::compress_response(compress, answer.unwrap_or_else(|panic| panic_response(&*panic))).await
    }

    async fn dispatch(&self, request: Request) -> Response {
        let Some(host) = find_host(&request) else {
            return (StatusCode::BAD_REQUEST, "a request names one host\n").into_response();
        };
        let path = request.uri().path();
        let under_any_host = self.under_any_host.as_ref().filter(|(paths, _)| {
            paths
                .iter()
                .any(|below| path.strip_prefix(below).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
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
            // A name that is none of ours may be somebody's attempt at DNS rebinding; it gets nothing (RFC 9110 §15.5.20).
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
    let (line, another) = (lines.next(), lines.next());
    if another.is_some() {
        return None;
    }
    let of_target = request.uri().authority().map(http::uri::Authority::as_str);
    let host = match of_target {
        Some(host) => host,
        None => line?.to_str().ok()?,
    };
    Some(host.to_ascii_lowercase())
}

/// A panic is a fault of ours: it is logged with its message, and told as nothing but that.
fn panic_response(payload: &(dyn Any + Send)) -> Response {
    let said = payload.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
    tracing::error!(said, "a handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "500\n").into_response()
}

/// How long open requests may still run after the stop, as at the institutions' interface. A page is answered within
/// moments and a phone sends a picture within seconds; who stops a service kills it after thirty (Kubernetes) or ninety
/// (systemd).
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// A socket that is listened on, and how its connections are limited.
pub(crate) struct Listener {
    socket: TcpListener,
    server: HttpServer,
}

impl Listener {
    /// A listener whose metrics carry this name, the only one of its process that strangers reach.
    pub(crate) fn new(name: &'static str, socket: TcpListener, settings: &ConnectionSettings) -> Self {
        Self::new_of(1, name, socket, settings)
    }

    /// One of so many listeners that share the open files of their process.
    pub(crate) fn new_of(
        listeners: u64,
        name: &'static str,
        socket: TcpListener,
        settings: &ConnectionSettings,
    ) -> Self {
        Self { socket, server: HttpServer::new(name, &fit_connections(settings, listeners)) }
    }

    /// The listener for signs of life and metrics. It takes few connections, out of the files that other listeners leave.
    fn for_health(socket: TcpListener) -> Self {
        let settings = ConnectionSettings {
            max_connections: HEALTH_CONNECTIONS,
            max_connections_per_peer: HEALTH_CONNECTIONS,
            ..ConnectionSettings::default()
        };
        Self::new("health", socket, &settings)
    }
}

/// As many ask for signs of life and metrics at once.
const HEALTH_CONNECTIONS: usize = 8;

/// The settings for one of so many listeners of this process.
pub(crate) fn fit_connections(settings: &ConnectionSettings, listeners: u64) -> ConnectionSettings {
    settings.clone().limited_by_open_files(process::open_file_limit(), listeners)
}

/// Answers until `stop`, and then lets open requests end, as far as they do so soon.
pub(crate) async fn serve(listener: Listener, sites: Sites, stop: impl Future<Output = ()>) {
    serve_until(listener, sites, stop, async { tokio::time::sleep(DRAIN_TIMEOUT).await }).await;
}

/// The same, with work beside it that ends with the pages: what is under way is found again at the next start.
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

/// Answers for signs of life and metrics for as long as the program does, and looks at its health.
pub(crate) async fn serve_health(listener: Option<TcpListener>, health: &Health) {
    let answering = async {
        if let Some(socket) = listener {
            let listener = Listener::for_health(socket);
            let never = std::future::pending::<()>;
            listener.server.serve(listener.socket, health.health_and_metrics_routes(), never(), never()).await;
        }
    };
    tokio::join!(answering, health.run_periodic_checks());
}

/// The same as [`serve`], with `patience` for what is open, which begins with the stop.
async fn serve_until(
    listener: Listener,
    sites: Sites,
    stop: impl Future<Output = ()>,
    patience: impl Future<Output = ()>,
) {
    let sites = Arc::new(sites);
    let sites = service_fn(move |request| {
        let sites = sites.clone();
        async move { Ok::<_, Infallible>(sites.respond(request).await) }
    });
    listener.server.serve(listener.socket, sites, stop, patience).await;
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

    /// A test that hangs is stopped by this, and no outcome depends on it.
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
        let every = ConnectionSettings { max_connections: usize::MAX, ..ConnectionSettings::default() };
        let most = |listeners| u64::try_from(fit_connections(&every, listeners).max_connections).unwrap();
        let files = process::open_file_limit();
        assert!(most(1) * 4 <= files * 3 && most(1) > files / 2);
        assert!(most(2) * 2 <= most(1) && most(2) * 3 > most(1));
    }

    async fn read_response(answer: Response) -> (StatusCode, String) {
        let status = answer.status();
        let content = body::to_bytes(answer.into_body(), 100).await.unwrap();
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
            // A site's own name leads to the site.
            ("x", "/crl/a", StatusCode::OK, "a page\n"),
            ("127.0.0.1:8400", "/", StatusCode::MISDIRECTED_REQUEST, "no site of this name is here\n"),
            ("127.0.0.1:8400", "/crlx", StatusCode::MISDIRECTED_REQUEST, "no site of this name is here\n"),
        ] {
            let request = Request::get(path).header(header::HOST, host).body(Body::empty()).unwrap();
            let answered = read_response(sites.respond(request).await).await;
            assert_eq!(answered, (status, expected.to_owned()), "{host} {path}");
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
        let ((stop, stopped), (hurry, over)) = (oneshot::channel::<()>(), oneshot::channel::<()>());
        let word = |word: oneshot::Receiver<()>| async move { word.await.unwrap() };
        let serving = tokio::spawn(serve_until(listener, sites_at_x(router), word(stopped), word(over)));
        let mut open = TcpStream::connect(address).await.unwrap();
        open.write_all(b"POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n")
            .await
            .unwrap();
        // The body is asked for, so somebody waits for it.
        let mut answer = [0; 12];
        open.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 100");
        stop.send(()).unwrap();
        let closed = async { while TcpStream::connect(address).await.is_ok() {} };
        tokio::time::timeout(TEST_TIMEOUT, closed).await.expect("nobody else is let in after the stop");
        assert!(!serving.is_finished(), "what is open may end");
        hurry.send(()).unwrap();
        let served =
            tokio::time::timeout(TEST_TIMEOUT, serving).await.expect("it ends without the rest of the request");
        served.unwrap();
    }

    #[tokio::test]
    async fn what_is_open_at_the_stop_is_answered() {
        let listener = test_listener().await;
        let address = listener.socket.local_addr().unwrap();
        let router = Router::new().route("/", post(|whole: Bytes| async { whole }));
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move { stopped.await.unwrap() };
        let serving = tokio::spawn(serve_until(listener, sites_at_x(router), stopped, std::future::pending()));
        let mut open = TcpStream::connect(address).await.unwrap();
        open.write_all(b"POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n")
            .await
            .unwrap();
        open.read_exact(&mut [0; 25]).await.unwrap();
        stop.send(()).unwrap();
        let closed = async { while TcpStream::connect(address).await.is_ok() {} };
        tokio::time::timeout(TEST_TIMEOUT, closed).await.expect("nobody else is let in after the stop");
        open.write_all(b"whole").await.unwrap();
        let mut answer = String::new();
        open.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("whole"), "{answer}");
        tokio::time::timeout(TEST_TIMEOUT, serving).await.expect("it ends").unwrap();
    }
}
