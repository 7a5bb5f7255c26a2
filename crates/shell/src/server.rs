//! One HTTP server for every listener: it accepts connections, limits them, and closes those that hold a place for nothing.
//!
//! * A request head must arrive within `header_seconds`, a connection without a request is closed after `idle_seconds`, and a
//!   request body or an answer that makes no progress for `body_seconds` ends. An HTTP/2 connection is asked by PING whether
//!   its other end is still there.
//! * At most `most` connections are open, and `most_per_peer` from one network address; proxies that are trusted are exempt.
//! * Each request carries the [`Peer`] that it came from, which behind a trusted proxy is the address that the proxy forwards.

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

/// How long a connection may still run after it was told to close.
const CLOSE_GRACE: Duration = Duration::from_secs(1);

/// How long accepting pauses after the system refused a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How often HTTP/2 connections are asked whether the other end is still there, and how long it may take to answer.
const PING_INTERVAL: Duration = Duration::from_secs(20);

/// How often one kind of trouble is logged at most.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// How many connections are taken and how long they may be silent: the section `[connections]` of settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionSettings {
    /// From which addresses (`192.0.2.7`) or networks (`10.0.0.0/8`) reverse proxies connect. What they forward of whoever
    /// connected to them is believed.
    pub trusted_proxies: TrustedProxies,
    /// In which header a trusted proxy writes the address that it forwards.
    pub proxy_header: ProxyHeader,
    /// How many connections are open at most. Fewer, where the system's limit of open files is lower.
    #[serde(rename = "most")]
    pub max_connections: usize,
    /// How many of them from one network address.
    #[serde(rename = "most_per_peer")]
    pub max_connections_per_peer: usize,
    /// How many seconds a request's head may take.
    pub header_seconds: u16,
    /// How many seconds a connection is kept without a request.
    pub idle_seconds: u16,
    /// How many seconds a request's body or an answer may make no progress.
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
    /// The same for one of so many listeners of a process that may open so many files. A quarter of the files is left for
    /// everything that is no connection.
    #[must_use]
    pub fn limited_by_open_files(mut self, open_files: u64, listeners: u64) -> Self {
        let room = usize::try_from(open_files / 4 * 3 / listeners.max(1)).unwrap_or(usize::MAX).max(1);
        self.max_connections = self.max_connections.clamp(1, room);
        self.max_connections_per_peer = self.max_connections_per_peer.clamp(1, self.max_connections);
        self
    }
}

/// The time limits of one connection.
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

/// How far the end of a server has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serving,
    Stopping,
    Ended,
}

impl HttpServer {
    /// A server whose metrics carry this name.
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

    /// Answers with `service` until `stop`, and then lets open requests end for as long as `patience` lasts.
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

    /// The same, where each connection is first shaken hands with: `connect` gives its stream and service, or `None` for one
    /// that is turned away. It has its own time limit.
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
                // Whoever comes while all places are taken waits in the system's queue.
                let place = server.wait_for_slot().await;
                (place, listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                () = &mut stop => break,
                next = next => next,
            };
            let (stream, address) = match accepted {
                Ok((stream, address)) => (stream, address.ip()),
                Err(error) => {
                    server.note_refused_accept(&error);
                    // Too many open files, most likely: others will close theirs.
                    tokio::select! { () = &mut stop => break, () = tokio::time::sleep(ACCEPT_PAUSE) => continue }
                }
            };
            let Some(place) = server.admit_connection(place, address) else { continue };
            // Without it a page that is written in two pieces waits for the other end's acknowledgement.
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
                drop(place);
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
        if let Some(place) = self.slots.try_acquire() {
            return place;
        }
        metrics::counter!("uketsuke_connections_waited_total", "listener" => self.name).increment(1);
        if let Some(unsaid) = self.full_log.admit() {
            tracing::warn!(
                listener = self.name,
                most = self.slots.max_connections(),
                unsaid,
                "as many connections are open as connections.most allows; others wait"
            );
        }
        self.slots.acquire().await
    }

    /// Counts a connection from this address, unless there are too many.
    fn admit_connection(&self, place: slots::FreeSlot, address: IpAddr) -> Option<slots::OccupiedSlot> {
        let peer = (!self.peers.proxies.contains(address)).then(|| Peer::new(address));
        if let Ok(taken) = place.occupy(peer) {
            Some(taken)
        } else {
            metrics::counter!("uketsuke_connections_refused_total", "listener" => self.name, "limit" => "peer")
                .increment(1);
            if let Some(unsaid) = self.full_for_peer_log.admit() {
                tracing::warn!(
                    listener = self.name,
                    peer = %address,
                    unsaid,
                    "one address holds as many connections as connections.most_per_peer allows; another of its was closed"
                );
            }
            None
        }
    }

    fn note_refused_accept(&self, error: &io::Error) {
        metrics::counter!("uketsuke_accept_failures_total", "listener" => self.name).increment(1);
        if let Some(unsaid) = self.refused_accepts_log.admit() {
            tracing::warn!(
                listener = self.name,
                %error,
                unsaid,
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
        let answering = activity.clone();
        let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
            let working = answering.begin_request();
            let mut request = request.map(|body| Body::new(TimedBody::new(body, times.body)));
            if let Some(peer) = finder.find(address, request.headers()) {
                request.extensions_mut().insert(peer);
            }
            let answer = service.clone().oneshot(request);
            async move { answer.await.map(|response| response.map(|body| working.begin_response(body))) }
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        // The heads of HTTP/1 requests are timed by `Activity`: hyper's own limit would count idle time too.
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
                silence = &mut overdue, if closing.is_none() => {
                    metrics::counter!(
                        "uketsuke_connections_timed_out_total", "listener" => self.name, "waiting_for" => silence.label()
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

/// Lets a line through once in `LOG_INTERVAL`, and counts the others.
#[derive(Default)]
pub struct LogLimit(Mutex<LogState>);

#[derive(Default)]
struct LogState {
    last: Option<Instant>,
    suppressed: u64,
}

impl LogLimit {
    /// Whether a line may be written now; then, how many were not since the last.
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
