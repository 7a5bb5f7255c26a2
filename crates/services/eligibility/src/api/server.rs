//! The interface for institutions: mutual TLS, and one route.

use std::{io, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Path, State},
    response::{IntoResponse, Response},
    routing::post,
};
use base::{Clock, Span};
use http::{HeaderValue, StatusCode, header};
use oqs::FileName;
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer, UnixTime},
    server::WebPkiClientVerifier,
    time_provider::TimeProvider,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use web::server::{ConnectionSettings, HttpServer};

use super::{RequestFileError, request_file};
use crate::{Eligibility, Fingerprint, InterfaceFault};

/// How long a TLS handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long open requests may run after the stop.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// The server's certificate and key, which institutions verify.
#[derive(Clone)]
pub struct ServerIdentity {
    /// The DER of its certificate.
    pub certificate: Vec<u8>,
    /// The key of the certificate.
    pub key: jpki::SigningKey,
}

/// Why the interface for institutions cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("the certificate of the institutions' authority cannot be used")]
    Authority(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the server's certificate or key cannot be used")]
    Identity(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The clock for certificate validity. A demo's clock can be set.
struct ClockTimeProvider(Clock);

impl std::fmt::Debug for ClockTimeProvider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ClockTimeProvider")
    }
}

impl TimeProvider for ClockTimeProvider {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().seconds()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// The TLS configuration.
pub(crate) fn tls_acceptor(
    clock: &Clock,
    server: &ServerIdentity,
    authority: &[u8],
) -> Result<TlsAcceptor, ServeError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    let wrong_authority = |error: rustls::Error| ServeError::Authority(Box::new(error));
    roots.add(CertificateDer::from(authority.to_vec())).map_err(wrong_authority)?;
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|error| ServeError::Authority(Box::new(error)))?;
    let wrong_identity = |error: rustls::Error| ServeError::Identity(Box::new(error));
    let key = server.key.to_pkcs8().map_err(|error| ServeError::Identity(Box::new(error)))?;
    let chain = vec![CertificateDer::from(server.certificate.clone())];
    let mut config = ServerConfig::builder_with_details(provider, Arc::new(ClockTimeProvider(clock.clone())))
        .with_safe_default_protocol_versions()
        .map_err(wrong_identity)?
        .with_client_cert_verifier(clients)
        .with_single_cert(chain, PrivatePkcs8KeyDer::from(key.to_vec()).into())
        .map_err(wrong_identity)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Serves institutions until `stop`, and then lets open requests end.
pub(crate) async fn serve(
    eligibility: Eligibility,
    listener: TcpListener,
    tls: TlsAcceptor,
    connections: ConnectionSettings,
    stop: impl Future<Output = ()>,
) {
    let connect = move |stream: TcpStream| {
        let (eligibility, tls) = (eligibility.clone(), tls.clone());
        async move {
            let (stream, certificate) = accept_tls(stream, &tls).await?;
            Some((stream, routes(eligibility, certificate)))
        }
    };
    let shutdown_timeout = async { tokio::time::sleep(SHUTDOWN_TIMEOUT).await };
    HttpServer::new("institutions", &connections).serve_with_handshake(connect, listener, stop, shutdown_timeout).await;
}

type CallerStream = tokio_rustls::server::TlsStream<TcpStream>;

async fn accept_tls(stream: TcpStream, tls: &TlsAcceptor) -> Option<(CallerStream, Fingerprint)> {
    let stream = match tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            tracing::info!(error = %error, "a handshake failed");
            return None;
        }
        Err(_) => return None,
    };
    // The verifier rejects clients without a certificate.
    let certificate = Fingerprint::from_certificate(stream.get_ref().1.peer_certificates()?.first()?);
    Some((stream, certificate))
}

/// The routes for the holder of one certificate.
pub(crate) fn routes(eligibility: Eligibility, caller: Fingerprint) -> Router {
    let max_bytes = oqs::Exchange::OnlineQualification.request().max_bytes();
    Router::new()
        .route("/oqs/{name}", post(handle_exchange))
        .layer(DefaultBodyLimit::max(max_bytes))
        .layer(Extension(caller))
        .with_state(eligibility)
}

async fn handle_exchange(
    State(eligibility): State<Eligibility>,
    Extension(caller): Extension<Fingerprint>,
    Path(name): Path<String>,
    body: Bytes,
) -> Response {
    let Ok(name) = name.parse::<FileName>() else { return StatusCode::NOT_FOUND.into_response() };
    let fault = eligibility.interface_fault.current();
    match fault {
        InterfaceFault::Closed => return closed_response(&eligibility, name, &body),
        InterfaceFault::Slow(span) => tokio::time::sleep(Duration::from_millis(span_millis(span))).await,
        InterfaceFault::None | InterfaceFault::Busy(_) | InterfaceFault::CutOff => {}
    }
    match eligibility.respond_to_file(caller, name, body.to_vec()).await {
        Ok(file) => {
            let response = match fault {
                InterfaceFault::CutOff => truncated_response(&file.body),
                _ => file.body.into_response(),
            };
            as_file(response, &file.name)
        }
        Err(RequestFileError::UnknownCaller) => {
            // The handshake proved possession: the institutions' authority issued it; it is revoked or was never admitted.
            tracing::warn!(certificate = %caller, "a certificate of no admitted institution was refused");
            StatusCode::FORBIDDEN.into_response()
        }
        Err(RequestFileError::TooManyMisses { retry_at }) => {
            let seconds = retry_at.seconds() - eligibility.settings.clock.now().seconds();
            let retry_after = [(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))];
            (StatusCode::TOO_MANY_REQUESTS, retry_after).into_response()
        }
        Err(RequestFileError::NotARequest(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(RequestFileError::Store(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a request of an institution failed");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// The response with the headers of the file `name`.
fn as_file(mut response: Response, name: &FileName) -> Response {
    let media_type = match name.extension() {
        oqs::Extension::Zip => "application/zip",
        _ => "application/xml",
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A file name consists of letters, digits, hyphens, underscores and one dot.
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// The response while the system is closed, with `Retry-After` (RFC 9110 §10.2.3): the interface's file for it, if the
/// request can be read.
fn closed_response(eligibility: &Eligibility, name: FileName, request: &[u8]) -> Response {
    let retry_after = [(header::RETRY_AFTER, HeaderValue::from_static("1800"))];
    match request_file::closed_response(name, request, eligibility.settings.clock.now()) {
        Some(file) => as_file((StatusCode::SERVICE_UNAVAILABLE, retry_after, file.body).into_response(), &file.name),
        None => (StatusCode::SERVICE_UNAVAILABLE, retry_after).into_response(),
    }
}

fn span_millis(span: Span) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(0)
}

/// Half of a body under the `Content-Length` of the whole, and then an aborted connection.
fn truncated_response(body: &[u8]) -> Response {
    let length = body.len();
    let half = Bytes::copy_from_slice(body.get(..length / 2).unwrap_or_default());
    let aborted = || io::Error::from(io::ErrorKind::ConnectionAborted);
    let parts = futures_util::stream::iter([Ok(half), Err(aborted())]);
    let mut response = Body::from_stream(parts).into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}
