//! One listener for several sites, told apart by the `Host` header, and what stands between them and the wire.

mod compression;

use std::{
    any::Any, collections::HashMap, convert::Infallible, future::Future, io, panic::AssertUnwindSafe, sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
    routing::get,
};
use futures_util::FutureExt;
use http::{StatusCode, header};
use shell::Origin;
use tokio::{net::TcpListener, sync::oneshot};
use tower::{Service, make::Shared, service_fn};

/// The sites of one listener.
#[derive(Default)]
pub(crate) struct Sites {
    /// By the name that browsers call them.
    by_host: HashMap<String, Router>,
    /// What programs ask for, by paths of its own, under whatever name they call this machine.
    under_any_host: Option<(&'static [&'static str], Router)>,
}

impl Sites {
    /// Adds a site under its origin, with its signs of life beside its pages.
    pub(crate) fn with(mut self, origin: &Origin, pages: Router) -> Self {
        let pages = Router::new().route("/healthz", get(|| async { "ok\n" })).merge(pages);
        self.by_host.insert(origin.authority().to_owned(), pages);
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
    async fn answer(&self, request: Request) -> Response {
        let compress = compression::is_wanted(request.headers());
        let answer = AssertUnwindSafe(self.dispatch(request)).catch_unwind().await;
        compression::compressed(compress, answer.unwrap_or_else(|panic| told_nothing(&*panic))).await
    }

    async fn dispatch(&self, request: Request) -> Response {
        let host = request
            .uri()
            .authority()
            .map(http::uri::Authority::as_str)
            .or_else(|| request.headers().get(header::HOST)?.to_str().ok())
            .unwrap_or_default()
            .to_ascii_lowercase();
        let path = request.uri().path();
        let under_any_host = self.under_any_host.as_ref().filter(|(paths, _)| {
            paths
                .iter()
                .any(|below| path.strip_prefix(below).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        });
        match self.by_host.get(&host).or(under_any_host.map(|(_, router)| router)) {
            Some(site) => match site.clone().call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
            // A name that is none of ours may be somebody's attempt at DNS rebinding; it gets nothing (RFC 9110 §15.5.20).
            None => (StatusCode::MISDIRECTED_REQUEST, "no site of this name is here\n").into_response(),
        }
    }
}

/// A panic is a fault of ours: it is logged with its message, and told as nothing but that.
fn told_nothing(payload: &(dyn Any + Send)) -> Response {
    let said = payload.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
    tracing::error!(said, "a handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "500\n").into_response()
}

/// How long open requests may still run after the stop, as at the institutions' interface. A page is answered within
/// moments and a phone sends a picture within seconds; who stops a service kills it after thirty (Kubernetes) or ninety
/// (systemd).
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// Answers until `stop`, and then lets open requests end, as far as they do so soon.
pub(crate) async fn serve(
    listener: TcpListener,
    sites: Sites,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_until(listener, sites, stop, async { tokio::time::sleep(LAST_REQUESTS).await }).await
}

/// The same, with work beside it that ends with the pages: what is under way is found again at the next start.
pub(crate) async fn serve_beside(
    listener: TcpListener,
    sites: Sites,
    stop: impl Future<Output = ()> + Send + 'static,
    work: impl Future<Output = ()>,
) -> io::Result<()> {
    tokio::select! {
        served = serve(listener, sites, stop) => served,
        () = work => Ok(()),
    }
}

/// The same, with `patience` for what is open, which begins with the stop.
async fn serve_until(
    listener: TcpListener,
    sites: Sites,
    stop: impl Future<Output = ()> + Send + 'static,
    patience: impl Future<Output = ()>,
) -> io::Result<()> {
    let sites = Arc::new(sites);
    let sites = service_fn(move |request| {
        let sites = sites.clone();
        async move { Ok::<_, Infallible>(sites.answer(request).await) }
    });
    let (told, stopped) = oneshot::channel();
    let stop = async move {
        stop.await;
        // Who waits is cut off below or has ended.
        let _ = told.send(());
    };
    let over = async {
        match stopped.await {
            Ok(()) => patience.await,
            // Without a stop there is no end to wait for.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        answered = axum::serve(listener, Shared::new(sites)).with_graceful_shutdown(stop).into_future() => answered,
        () = over => {
            tracing::warn!("requests were still open after the stop and were cut off");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{self, Body, Bytes},
        routing::post,
    };
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;

    /// A test that hangs is stopped by this, and no outcome depends on it.
    const LONGEST: Duration = Duration::from_mins(1);

    fn at_x(router: Router) -> Sites {
        Sites { by_host: HashMap::from([("x".to_owned(), router)]), under_any_host: None }
    }

    #[tokio::test]
    async fn what_programs_ask_for_is_answered_under_any_name_and_nothing_else_is() {
        let pages =
            Router::new().route("/", get(|| async { "a page\n" })).route("/crl/a", get(|| async { "a page\n" }));
        let lists = Router::new().route("/crl/{name}", get(|| async { "a list\n" }));
        let sites = at_x(pages).with_under_any_host(&["/crl"], lists);
        for (host, path, status, said) in [
            ("127.0.0.1:8400", "/crl/a", StatusCode::OK, "a list\n"),
            ("elsewhere.example", "/crl/a", StatusCode::OK, "a list\n"),
            // A site's own name leads to the site.
            ("x", "/crl/a", StatusCode::OK, "a page\n"),
            ("127.0.0.1:8400", "/", StatusCode::MISDIRECTED_REQUEST, "no site of this name is here\n"),
            ("127.0.0.1:8400", "/crlx", StatusCode::MISDIRECTED_REQUEST, "no site of this name is here\n"),
        ] {
            let request = Request::get(path).header(header::HOST, host).body(Body::empty()).unwrap();
            let answer = sites.answer(request).await;
            assert_eq!(answer.status(), status, "{host} {path}");
            assert_eq!(body::to_bytes(answer.into_body(), 100).await.unwrap(), said, "{host} {path}");
        }
    }

    #[tokio::test]
    async fn a_panic_ends_one_request_and_says_nothing() {
        let pages = Router::new()
            .route("/", get(|| async { "fine\n" }))
            .route("/panic", get(|| async { String::from_utf8(vec![0xFF]).expect("a secret") }));
        let sites = at_x(pages);
        for (host, path, status, said) in [
            ("x", "/panic", StatusCode::INTERNAL_SERVER_ERROR, "500\n"),
            ("X", "/", StatusCode::OK, "fine\n"),
            ("evil.example", "/", StatusCode::MISDIRECTED_REQUEST, "no site of this name is here\n"),
        ] {
            let request = Request::get(path).header(header::HOST, host).body(Body::empty()).unwrap();
            let answer = sites.answer(request).await;
            assert_eq!(answer.status(), status);
            assert_eq!(body::to_bytes(answer.into_body(), 100).await.unwrap(), said);
        }
    }

    #[tokio::test]
    async fn a_request_that_never_comes_whole_is_cut_off_when_patience_is_over() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", post(|_whole: Bytes| async { "whole\n" }));
        let ((stop, stopped), (hurry, over)) = (oneshot::channel::<()>(), oneshot::channel::<()>());
        let word = |word: oneshot::Receiver<()>| async move { word.await.unwrap() };
        let serving = tokio::spawn(serve_until(listener, at_x(router), word(stopped), word(over)));
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
        tokio::time::timeout(LONGEST, closed).await.expect("nobody else is let in after the stop");
        assert!(!serving.is_finished(), "what is open may end");
        hurry.send(()).unwrap();
        let served = tokio::time::timeout(LONGEST, serving).await.expect("it ends without the rest of the request");
        served.unwrap().unwrap();
    }

    #[tokio::test]
    async fn what_is_open_at_the_stop_is_answered() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", post(|whole: Bytes| async { whole }));
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move { stopped.await.unwrap() };
        let serving = tokio::spawn(serve_until(listener, at_x(router), stopped, std::future::pending()));
        let mut open = TcpStream::connect(address).await.unwrap();
        open.write_all(b"POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n")
            .await
            .unwrap();
        open.read_exact(&mut [0; 25]).await.unwrap();
        stop.send(()).unwrap();
        let closed = async { while TcpStream::connect(address).await.is_ok() {} };
        tokio::time::timeout(LONGEST, closed).await.expect("nobody else is let in after the stop");
        open.write_all(b"whole").await.unwrap();
        let mut answer = String::new();
        open.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("whole"), "{answer}");
        tokio::time::timeout(LONGEST, serving).await.expect("it ends").unwrap().unwrap();
    }
}
