//! One listener for several sites, told apart by the `Host` header, each behind the same few layers.

use std::{any::Any, collections::HashMap, future::Future, io, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use shell::Origin;
use tokio::{net::TcpListener, sync::oneshot};
use tower::ServiceExt;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, CompressionLevel,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
};

/// The sites of one listener.
#[derive(Default)]
pub(crate) struct Sites(HashMap<String, Router>);

impl Sites {
    /// Adds a site under its origin, with its signs of life beside its pages.
    pub(crate) fn with(mut self, origin: &Origin, pages: Router) -> Self {
        let pages = Router::new()
            .route("/healthz", get(|| async { "ok\n" }))
            .merge(pages)
            .layer(CatchPanicLayer::custom(told_nothing));
        self.0.insert(origin.authority().to_owned(), pages);
        self
    }

    fn into_router(self) -> Router {
        // Below a packet's size there is nothing to win, and images are compressed already.
        let worth_it = SizeAbove::new(1024).and(NotForContentType::IMAGES);
        let compressed = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_it);
        Router::new().fallback(dispatch).with_state(Arc::new(self)).layer(compressed)
    }
}

async fn dispatch(State(sites): State<Arc<Sites>>, request: Request) -> Response {
    let host = request
        .uri()
        .authority()
        .map(http::uri::Authority::as_str)
        .or_else(|| request.headers().get(header::HOST)?.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    match sites.0.get(&host) {
        Some(site) => match site.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        },
        // A name that is none of ours may be somebody's attempt at DNS rebinding; it gets nothing (RFC 9110 §15.5.20).
        None => (StatusCode::MISDIRECTED_REQUEST, "no site of this name is here\n").into_response(),
    }
}

/// A panic is a fault of ours: it is logged with its message, and told as nothing but that.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the payload over")]
fn told_nothing(payload: Box<dyn Any + Send>) -> Response {
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
    serve_until(listener, sites.into_router(), stop, async { tokio::time::sleep(LAST_REQUESTS).await }).await
}

/// The same, with `patience` for what is open, which begins with the stop.
async fn serve_until(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
    patience: impl Future<Output = ()>,
) -> io::Result<()> {
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
        answered = axum::serve(listener, router).with_graceful_shutdown(stop).into_future() => answered,
        () = over => {
            tracing::warn!("requests were still open after the stop and were cut off");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Bytes, routing::post};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;

    /// A test that hangs is stopped by this, and no outcome depends on it.
    const LONGEST: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn a_request_that_never_comes_whole_is_cut_off_when_patience_is_over() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", post(|_whole: Bytes| async { "whole\n" }));
        let ((stop, stopped), (hurry, over)) = (oneshot::channel::<()>(), oneshot::channel::<()>());
        let word = |word: oneshot::Receiver<()>| async move { word.await.unwrap() };
        let serving = tokio::spawn(serve_until(listener, router, word(stopped), word(over)));
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
        let serving = tokio::spawn(serve_until(listener, router, stopped, std::future::pending()));
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
