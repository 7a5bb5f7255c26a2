//! The door for institutions: TLS with a certificate on both sides, and one route behind it.

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
use shell::server::{ConnectionSettings, HttpServer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::{RequestFileError, request_file};
use crate::{Eligibility, Fingerprint, InterfaceFault};

/// How long a caller may take to shake hands.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long open requests may still run after the stop.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// With what this system proves itself to institutions.
#[derive(Clone)]
pub struct ServerIdentity {
    /// The DER of its certificate.
    pub certificate: Vec<u8>,
    /// The key that the certificate is about.
    pub key: jpki::SigningKey,
}

/// Why the door for institutions cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The certificate of the institutions' authority cannot be used.
    #[error("the certificate of the institutions' authority cannot be used")]
    Authority(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server's own certificate or key cannot be used.
    #[error("the server's certificate or key cannot be used")]
    Identity(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The demo's clock can be moved, and with it what is valid.
struct ClockTimeProvider(Clock);

impl std::fmt::Debug for ClockTimeProvider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RoomTime")
    }
}

impl TimeProvider for ClockTimeProvider {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().seconds()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

/// What TLS needs, made once.
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

/// Answers institutions until `stop`, and then lets open requests end.
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
    let patience = async { tokio::time::sleep(SHUTDOWN_TIMEOUT).await };
    HttpServer::new("institutions", &connections).serve_with_handshake(connect, listener, stop, patience).await;
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
    // The verifier lets nobody in without a certificate.
    let certificate = Fingerprint::from_certificate(stream.get_ref().1.peer_certificates()?.first()?);
    Some((stream, certificate))
}

/// The routes as the holder of one certificate sees them.
pub(crate) fn routes(eligibility: Eligibility, caller: Fingerprint) -> Router {
    let most = oqs::Exchange::OnlineQualification.request().max_bytes();
    Router::new()
        .route("/oqs/{name}", post(handle_exchange))
        .layer(DefaultBodyLimit::max(most))
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
    let condition = eligibility.interface_fault.current();
    match condition {
        InterfaceFault::Closed => return closed_response(&eligibility, caller, &name, &body),
        InterfaceFault::Slow(span) => tokio::time::sleep(Duration::from_millis(span_millis(span))).await,
        InterfaceFault::None | InterfaceFault::Busy(_) | InterfaceFault::CutOff => {}
    }
    match eligibility.respond_to_file(caller, name, body.to_vec()).await {
        Ok(answered) => {
            let response = match condition {
                InterfaceFault::CutOff => truncated_response(&answered.body),
                _ => answered.body.into_response(),
            };
            as_file(response, &answered.name)
        }
        Err(RequestFileError::UnknownCaller) => {
            // Who holds it has shown it in the handshake: it is of our authority, and was taken back or never admitted.
            tracing::warn!(certificate = %caller, "a certificate that no institution is admitted with was turned away");
            StatusCode::FORBIDDEN.into_response()
        }
        Err(RequestFileError::TooManyMisses { retry_at: again_at }) => {
            let seconds = again_at.seconds() - eligibility.settings.clock.now().seconds();
            let later = [(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))];
            (StatusCode::TOO_MANY_REQUESTS, later).into_response()
        }
        Err(RequestFileError::NotARequest(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(RequestFileError::Store(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "an institution could not be answered");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// The response as the file of this name.
fn as_file(mut response: Response, name: &FileName) -> Response {
    let kind = match name.extension() {
        oqs::Extension::Zip => "application/zip",
        _ => "application/xml",
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A file's name is letters, digits, hyphens, underscores and one dot.
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// What an institution is told while the system is closed, with when to ask again (RFC 9110 §10.2.3): the file that the
/// interface has for it, if the request can be read.
fn closed_response(eligibility: &Eligibility, caller: Fingerprint, name: &FileName, request: &[u8]) -> Response {
    let later = [(header::RETRY_AFTER, HeaderValue::from_static("1800"))];
    match request_file::closed_response(caller, name, request, eligibility.settings.clock.now()) {
        Some(answered) => {
            as_file((StatusCode::SERVICE_UNAVAILABLE, later, answered.body).into_response(), &answered.name)
        }
        None => (StatusCode::SERVICE_UNAVAILABLE, later).into_response(),
    }
}

fn span_millis(span: Span) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(0)
}

/// Half of an answer that says how long the whole is, and then nothing more.
fn truncated_response(body: &[u8]) -> Response {
    let whole = body.len();
    let half = Bytes::copy_from_slice(body.get(..whole / 2).unwrap_or_default());
    let broken = || io::Error::from(io::ErrorKind::ConnectionAborted);
    let parts = futures_util::stream::iter([Ok(half), Err(broken())]);
    let mut response = Body::from_stream(parts).into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(whole));
    response
}
