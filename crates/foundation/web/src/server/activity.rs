//! The state of a connection, and when it has been idle for too long.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{BoxError, body::Body};
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
    time::{Instant, Sleep},
};

use super::TimeLimits;

/// The beginning of an HTTP/2 connection (RFC 9113 §3.4).
const HTTP2_PREFACE: &[u8; 3] = b"PRI";

/// The state of one connection.
pub(super) struct Activity {
    state: Mutex<State>,
    /// Notified when a request head begins.
    head_started: Notify,
}

struct State {
    /// Requests whose handler runs.
    active_requests: usize,
    /// Responses that are being sent.
    active_bodies: usize,
    /// When the current request head began, unless it is complete.
    head_since: Option<Instant>,
    /// When the last response made progress, or ended.
    progress: Instant,
    http2: bool,
}

/// What an overdue connection was waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdleReason {
    /// The rest of a request head.
    Head,
    /// The next request.
    Request,
    /// A reader of the response.
    Reader,
}

impl IdleReason {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Request => "request",
            Self::Reader => "reader",
        }
    }
}

impl Activity {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        let state = State { active_requests: 0, active_bodies: 0, head_since: Some(now), progress: now, http2: false };
        Self { state: Mutex::new(state), head_started: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records received bytes.
    fn read(&self, bytes: &[u8]) {
        let mut state = self.state();
        if bytes.starts_with(HTTP2_PREFACE) && state.head_since.is_some() {
            state.http2 = true;
        }
        // Bytes between HTTP/2 requests may be a PING; there the idle time includes the head.
        if state.active_requests + state.active_bodies == 0 && state.head_since.is_none() && !state.http2 {
            state.head_since = Some(Instant::now());
            drop(state);
            self.head_started.notify_one();
        }
    }

    /// Records that a request head is complete.
    pub(super) fn begin_request(self: &Arc<Self>) -> ActiveRequest {
        let mut state = self.state();
        state.active_requests += 1;
        state.head_since = None;
        ActiveRequest { activity: self.clone() }
    }

    /// When the connection will be overdue, and why, if nothing happens until then.
    fn deadline(&self, times: TimeLimits) -> Option<(Instant, IdleReason)> {
        let state = self.state();
        if state.active_requests > 0 {
            // The handler's own reads of the body have their timeout.
            None
        } else if state.active_bodies > 0 {
            Some((state.progress + times.body, IdleReason::Reader))
        } else if let Some(head_start) = state.head_since {
            Some((head_start + times.header, IdleReason::Head))
        } else {
            Some((state.progress + times.idle, IdleReason::Request))
        }
    }

    /// Returns once the connection is overdue.
    pub(super) async fn wait_until_overdue(&self, times: TimeLimits) -> IdleReason {
        loop {
            let now = Instant::now();
            let wake_time = match self.deadline(times) {
                Some((deadline, reason)) if deadline <= now => return reason,
                Some((deadline, _)) => deadline,
                None => now + times.body,
            };
            tokio::select! {
                () = tokio::time::sleep_until(wake_time) => {}
                () = self.head_started.notified() => {}
            }
        }
    }
}

/// A request whose handler runs.
pub(super) struct ActiveRequest {
    activity: Arc<Activity>,
}

impl ActiveRequest {
    /// The response is ready; its body is sent from now on.
    pub(super) fn begin_response(self, body: Body) -> TrackedBody {
        let mut state = self.activity.state();
        state.active_bodies += 1;
        state.progress = Instant::now();
        drop(state);
        TrackedBody { body, sending: ActiveBody { activity: self.activity.clone() } }
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.active_requests -= 1;
        state.progress = Instant::now();
    }
}

/// A response body, which records progress whenever a part of it is taken.
pub(super) struct TrackedBody {
    body: Body,
    sending: ActiveBody,
}

struct ActiveBody {
    activity: Arc<Activity>,
}

impl Drop for ActiveBody {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.active_bodies -= 1;
        state.progress = Instant::now();
    }
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.sending.activity.state().progress = Instant::now();
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The error of a request body without progress.
#[derive(Debug, thiserror::Error)]
#[error("the request's body made no progress for {} s", .0.as_secs())]
pub struct SlowBody(Duration);

/// A request body, which fails when no part of it arrives within the timeout.
pub(super) struct TimedBody<B> {
    body: B,
    timeout: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<B> TimedBody<B> {
    pub(super) fn new(body: B, timeout: Duration) -> Self {
        Self { body, timeout, waiting: None }
    }
}

impl<B> HttpBody for TimedBody<B>
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Unpin,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.waiting = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let timeout = this.timeout;
        let waiting = this.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(timeout)));
        ready!(waiting.as_mut().poll(context));
        metrics::counter!("uketsuke_slow_bodies_total").increment(1);
        Poll::Ready(Some(Err(SlowBody(timeout).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that records its reads.
pub(super) struct WatchedStream<IO> {
    stream: IO,
    activity: Arc<Activity>,
}

impl<IO> WatchedStream<IO> {
    pub(super) fn new(stream: IO, activity: Arc<Activity>) -> Self {
        Self { stream, activity }
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for WatchedStream<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let previous_length = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let received = &buffer.filled()[previous_length..];
        if !received.is_empty() {
            self.activity.read(received);
        }
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for WatchedStream<IO> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
