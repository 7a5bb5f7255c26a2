//! One listener for several sites, told apart by the `Host` header, each behind the same few layers.

use std::{any::Any, collections::HashMap, future::Future, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use shell::Origin;
use tokio::net::TcpListener;
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

/// Answers until `stop`, and then lets open requests end.
pub(crate) async fn serve(
    listener: TcpListener,
    sites: Sites,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, sites.into_router()).with_graceful_shutdown(stop).await
}
