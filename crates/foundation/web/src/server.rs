//! One HTTP server for every listener: it accepts connections, limits their number, and closes idle ones.
//!
//! * A request head must arrive within `header_seconds`, a connection without a request is closed after `idle_seconds`, and a
//!   request body or a response that makes no progress for `body_seconds` is ended. HTTP/2 connections are checked by PING.
//! * At most `most` connections are open, and `most_per_peer` from one network address; trusted proxies are exempt.
//! * Each request has the [`Peer`] that it came from as an extension; behind a trusted proxy it is the forwarded address.

mod activity;
mod forwarded;
mod slots;

use std::{
    convert::Infallible,
    io,
    net::IpAddr,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{body::Body, extract::Request, response::Response};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use serde::Deserialize;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::Instant,
};
use tower::{Service, ServiceExt};

pub use forwarded::{ProxyHeader, TrustedProxies, UnreadableNetwork};

use crate::Peer;
use activity::{Activity, TimedBody, WatchedStream};
use forwarded::PeerFinder;
use slots::ConnectionSlots;

/// How long a connection may stay open after a graceful shutdown began.
const CLOSE_GRACE: Duration = Duration::from_secs(1);

/// How long accepting pauses after the system refused a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The interval and the timeout of PING on HTTP/2 connections.
const PING_INTERVAL: Duration = Duration::from_secs(20);

/// The minimum time between two log lines of one kind.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// The limits of connections and their timeouts: the section `[connections]` of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionSettings {
    /// The addresses (`192.0.2.7`) or networks (`10.0.0.0/8`) of reverse proxies, whose forwarded addresses are trusted.
    pub trusted_proxies: TrustedProxies,
    /// The header in which a trusted proxy forwards the address.
    pub proxy_header: ProxyHeader,
    /// How many connections may be open; fewer where the system's limit of open files is lower.
    #[serde(rename = "most")]
    pub max_connections: usize,
    /// How many of them may come from one network address.
    #[serde(rename = "most_per_peer")]
    pub max_connections_per_peer: usize,
    /// The timeout of a request's head.
    pub header_seconds: u16,
    /// How long a connection may stay open without a request.
    pub idle_seconds: u16,
    /// How long a request's body or a response may make no progress.
    pub body_seconds: u16,
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self {
            trusted_proxies: TrustedProxies::loopback(),
            proxy_header: ProxyHeader::XForwardedFor,
            max_connections: 4000,
            max_connections_per_peer: 100,
            header_seconds: 10,
            idle_seconds: 60,
            body_seconds: 30,
        }
    }
}

impl ConnectionSettings {
    /// Limits the connections of one of `listeners` of a process that may open `open_files`. A quarter of the files is reserved
    /// for everything else.
    #[must_use]
    pub fn limited_by_open_files(mut self, open_files: u64, listeners: u64) -> Self {
        let limit = usize::try_from(open_files / 4 * 3 / listeners.max(1)).unwrap_or(usize::MAX).max(1);
        self.max_connections = self.max_connections.clamp(1, limit);
        self.max_connections_per_peer = self.max_connections_per_peer.clamp(1, self.max_connections);
        self
    }
}

/// The timeouts of one connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeLimits {
    pub(crate) header: Duration,
    pub(crate) idle: Duration,
    pub(crate) body: Duration,
}

/// An HTTP server. Each listener has its own.
pub struct HttpServer {
    name: &'static str,
    times: TimeLimits,
    slots: ConnectionSlots,
    peers: PeerFinder,
    refused_accepts_log: LogLimit,
    full_log: LogLimit,
    full_for_peer_log: LogLimit,
}

/// The progress of a server's shutdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serving,
    Stopping,
    Ended,
}

impl HttpServer {
    /// A server with this name in its metrics.
    pub fn new(name: &'static str, settings: &ConnectionSettings) -> Self {
        let seconds = |seconds: u16| Duration::from_secs(seconds.into());
        Self::with_times(
            name,
            settings,
            TimeLimits {
                header: seconds(settings.header_seconds),
                idle: seconds(settings.idle_seconds),
                body: seconds(settings.body_seconds),
            },
        )
    }

    pub(crate) fn with_times(name: &'static str, settings: &ConnectionSettings, times: TimeLimits) -> Self {
        Self {
            name,
            times,
            slots: ConnectionSlots::new(name, settings.max_connections, settings.max_connections_per_peer),
            peers: PeerFinder { proxies: settings.trusted_proxies.clone(), header: settings.proxy_header },
            refused_accepts_log: LogLimit::default(),
            full_log: LogLimit::default(),
            full_for_peer_log: LogLimit::default(),
        }
    }

    /// Serves `service` until `stop`, and then waits for open requests until `patience` ends.
    pub async fn serve<S>(
        self,
        listener: TcpListener,
        service: S,
        stop: impl Future<Output = ()>,
        patience: impl Future<Output = ()>,
    ) where
        S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send,
    {
        let connect = move |stream: TcpStream| std::future::ready(Some((stream, service.clone())));
        self.serve_with_handshake(connect, listener, stop, patience).await;
    }

    /// The same with a handshake for each connection: `connect` returns its stream and service, or `None` to reject it. It must
    /// have its own timeout.
    pub async fn serve_with_handshake<C, F, IO, S>(
        self,
        connect: C,
        listener: TcpListener,
        stop: impl Future<Output = ()>,
        patience: impl Future<Output = ()>,
    ) where
        C: Fn(TcpStream) -> F,
        F: Future<Output = Option<(IO, S)>> + Send + 'static,
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send,
    {
        let (phase, _) = watch::channel(Phase::Serving);
        let server = Arc::new(self);
        let mut stop = pin!(stop);
        loop {
            let next = async {
                // While all slots are taken, new connections wait in the system's queue.
                let slot = server.wait_for_slot().await;
                (slot, listener.accept().await)
            };
            let (slot, accepted) = tokio::select! {
                () = &mut stop => break,
                next = next => next,
            };
            let (stream, address) = match accepted {
                Ok((stream, address)) => (stream, address.ip()),
                Err(error) => {
                    server.note_refused_accept(&error);
                    // Most likely too many open files: other connections will close theirs.
                    tokio::select! { () = &mut stop => break, () = tokio::time::sleep(ACCEPT_PAUSE) => continue }
                }
            };
            let Some(slot) = server.admit_connection(slot, address) else { continue };
            // Without it a page that is written in two parts waits for the other end's acknowledgement (Nagle).
            let _ = stream.set_nodelay(true);
            let (server, phase) = (server.clone(), phase.subscribe());
            let connecting = connect(stream);
            tokio::spawn(async move {
                let mut stopping = phase.clone();
                let connected = tokio::select! {
                    connected = connecting => connected,
                    _ = stopping.wait_for(|phase| *phase != Phase::Serving) => None,
                };
                drop(stopping);
                if let Some((stream, service)) = connected {
                    server.run_connection(stream, address, service, phase).await;
                }
                drop(slot);
            });
        }
        drop(listener);
        let _ = phase.send(Phase::Stopping);
        tokio::select! {
            () = phase.closed() => {}
            () = patience => {
                tracing::warn!(listener = server.name, "requests were still open after the stop and were cut off");
                let _ = phase.send(Phase::Ended);
            }
        }
    }

    async fn wait_for_slot(&self) -> slots::FreeSlot {
        if let Some(slot) = self.slots.try_acquire() {
            return slot;
        }
        metrics::counter!("uketsuke_connections_waited_total", "listener" => self.name).increment(1);
        if let Some(suppressed) = self.full_log.admit() {
            tracing::warn!(
                listener = self.name,
                most = self.slots.max_connections(),
                suppressed,
                "as many connections are open as connections.most allows; others wait"
            );
        }
        self.slots.acquire().await
    }

    /// Counts a connection from this address, unless there are too many.
    fn admit_connection(&self, slot: slots::FreeSlot, address: IpAddr) -> Option<slots::OccupiedSlot> {
        let peer = (!self.peers.proxies.contains(address)).then(|| Peer::new(address));
        if let Ok(occupied) = slot.occupy(peer) {
            Some(occupied)
        } else {
            metrics::counter!("uketsuke_connections_refused_total", "listener" => self.name, "limit" => "peer")
                .increment(1);
            if let Some(suppressed) = self.full_for_peer_log.admit() {
                tracing::warn!(
                    listener = self.name,
                    peer = %address,
                    suppressed,
                    "one address holds as many connections as connections.most_per_peer allows; another of its was closed"
                );
            }
            None
        }
    }

    fn note_refused_accept(&self, error: &io::Error) {
        metrics::counter!("uketsuke_accept_failures_total", "listener" => self.name).increment(1);
        if let Some(suppressed) = self.refused_accepts_log.admit() {
            tracing::warn!(
                listener = self.name,
                %error,
                suppressed,
                "a connection cannot be accepted; if files run out, raise the limit of open files (LimitNOFILE) or lower \
                 connections.most"
            );
        }
    }

    /// Runs one connection to its end.
    async fn run_connection<IO, S>(&self, stream: IO, address: IpAddr, service: S, mut phase: watch::Receiver<Phase>)
    where
        IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send,
    {
        let activity = Arc::new(Activity::new());
        let stream = TokioIo::new(WatchedStream::new(stream, activity.clone()));
        let (finder, times) = (self.peers.clone(), self.times);
        let request_activity = activity.clone();
        let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
            let active_request = request_activity.begin_request();
            let mut request = request.map(|body| Body::new(TimedBody::new(body, times.body)));
            if let Some(peer) = finder.find(address, request.headers()) {
                request.extensions_mut().insert(peer);
            }
            let response = service.clone().oneshot(request);
            async move { response.await.map(|response| response.map(|body| active_request.begin_response(body))) }
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        // `Activity` limits the time of HTTP/1 heads: hyper's own limit would count idle time too.
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(PING_INTERVAL).keep_alive_timeout(PING_INTERVAL);
        let mut connection = pin!(builder.serve_connection_with_upgrades(stream, service));
        let mut overdue = pin!(activity.wait_until_overdue(times));
        let mut closing = pin!(None::<tokio::time::Sleep>);
        loop {
            tokio::select! {
                outcome = connection.as_mut() => {
                    if let Err(error) = outcome {
                        tracing::debug!(listener = self.name, %error, "a connection broke off");
                    }
                    return;
                }
                reason = &mut overdue, if closing.is_none() => {
                    metrics::counter!(
                        "uketsuke_connections_timed_out_total", "listener" => self.name, "waiting_for" => reason.label()
                    )
                    .increment(1);
                    connection.as_mut().graceful_shutdown();
                    closing.set(Some(tokio::time::sleep(CLOSE_GRACE)));
                }
                () = async { match closing.as_mut().as_pin_mut() {
                    Some(sleep) => sleep.await,
                    None => std::future::pending().await,
                } } => return,
                changed = phase.changed() => {
                    if changed.is_err() || *phase.borrow_and_update() == Phase::Ended {
                        return;
                    }
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// Admits one log line per `LOG_INTERVAL`, and counts the suppressed ones.
#[derive(Default)]
pub struct LogLimit(Mutex<LogState>);

#[derive(Default)]
struct LogState {
    last: Option<Instant>,
    suppressed: u64,
}

impl LogLimit {
    /// The number of lines suppressed since the last one, if a line may be logged now.
    pub fn admit(&self) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if state.last.is_some_and(|last| now.duration_since(last) < LOG_INTERVAL) {
            state.suppressed += 1;
            return None;
        }
        state.last = Some(now);
        Some(std::mem::take(&mut state.suppressed))
    }
}

#[cfg(test)]
mod tests;
