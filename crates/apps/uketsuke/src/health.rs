//! Health checks: whether the process responds, whether it can do its work, and its metrics.
//!
//! Ready means that the process can write: to its database, to its data folder, and with space left on the disk. A terminal
//! can also write to its exchange folders.

use std::{
    future::Future,
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base::Causes;
use tokio::{net::TcpListener, sync::Mutex, time::Instant};

use crate::metrics;

struct CheckTiming {
    /// The time limit of a check. A disk or server that hangs is not ready.
    timeout: Duration,
    /// How long the result of a check is cached, so that frequent requests cost nothing.
    cache_time: Duration,
}

const CHECK_TIMING: CheckTiming = CheckTiming { timeout: Duration::from_secs(5), cache_time: Duration::from_secs(1) };

/// The interval of checks without requests, for the warnings in the log.
const CHECK_INTERVAL: Duration = Duration::from_secs(30);

/// The default of the least free space.
pub(crate) const DEFAULT_LEAST_FREE_MB: u32 = 200;

/// A fault that does not make the program unready, in a few words.
type WarningCheck = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// The checks of a program besides that of its data folder.
type Check = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), NotReady>> + Send>> + Send + Sync>;

/// Whether a program can do its work. Clones share the cached result.
#[derive(Clone)]
pub(crate) struct Health(Arc<Inner>);

struct Inner {
    folder: Option<PathBuf>,
    least_free: u64,
    check: Check,
    warning: WarningCheck,
    timing: CheckTiming,
    last_result: Mutex<Option<(Instant, Result<(), NotReady>)>>,
}

/// Why a program cannot do its work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotReady {
    /// The database does not respond or cannot be written.
    #[error("the database cannot be used")]
    Database(String),
    /// A file cannot be written to the data folder.
    #[error("the data folder cannot be written")]
    Folder(String),
    /// Files cannot be exchanged.
    #[error("the exchange folders cannot be written")]
    Exchange(String),
    #[error("the disk is nearly full")]
    Space { free: u64 },
    /// The check exceeded its time limit.
    #[error("the check took too long")]
    Timeout,
}

impl Health {
    /// The health of a program with this data folder. `check` checks its database and what else it writes to; `warning`
    /// returns a fault that does not make the program unready.
    pub(crate) fn new<F, Fut, W>(folder: Option<PathBuf>, least_free_mb: u32, check: F, warning: W) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), NotReady>> + Send + 'static,
        W: Fn() -> Option<String> + Send + Sync + 'static,
    {
        Self::with_timing(folder, least_free_mb, check, warning, CHECK_TIMING)
    }

    fn with_timing<F, Fut, W>(
        folder: Option<PathBuf>,
        least_free_mb: u32,
        check: F,
        warning: W,
        timing: CheckTiming,
    ) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), NotReady>> + Send + 'static,
        W: Fn() -> Option<String> + Send + Sync + 'static,
    {
        let check: Check = Box::new(move || Box::pin(check()));
        let warning: WarningCheck = Box::new(warning);
        let least_free = u64::from(least_free_mb) << 20;
        Self(Arc::new(Inner { folder, least_free, check, warning, timing, last_result: Mutex::new(None) }))
    }

    /// Whether the program can do its work.
    pub(crate) async fn check(&self) -> Result<(), NotReady> {
        let mut last_result = self.0.last_result.lock().await;
        if let Some((time, result)) = &*last_result
            && time.elapsed() < self.0.timing.cache_time
        {
            return result.clone();
        }
        let result =
            tokio::time::timeout(self.0.timing.timeout, self.0.run_checks()).await.unwrap_or(Err(NotReady::Timeout));
        let previous = last_result.replace((Instant::now(), result.clone())).map(|(_, result)| result);
        log_change(previous.as_ref(), &result);
        result
    }

    /// Checks at intervals, without end.
    pub(crate) async fn run_periodic_checks(&self) {
        loop {
            let _ = self.check().await;
            metrics::run_upkeep();
            tokio::time::sleep(CHECK_INTERVAL).await;
        }
    }

    /// `/healthz` and `/readyz`, for a public listener.
    pub(crate) fn health_routes(&self) -> Router {
        let health = self.clone();
        let ready = async move || match health.check().await {
            Ok(()) => {
                let warning = (health.0.warning)().map_or_else(String::new, |warning| format!("warning: {warning}\n"));
                (StatusCode::OK, format!("ready\n{warning}"))
            }
            Err(fault) => (StatusCode::SERVICE_UNAVAILABLE, format!("{fault}\n")),
        };
        Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready))
    }

    /// The same with `/metrics`, for a separate listener.
    pub(crate) fn health_and_metrics_routes(&self) -> Router {
        self.health_routes().route("/metrics", get(render_metrics))
    }
}

/// The text format of Prometheus 0.0.4.
async fn render_metrics() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::render()).into_response()
}

/// Logs a fault, and a recovery.
fn log_change(previous: Option<&Result<(), NotReady>>, result: &Result<(), NotReady>) {
    ::metrics::gauge!("uketsuke_ready").set(if result.is_ok() { 1.0 } else { 0.0 });
    match result {
        Ok(()) => {
            if previous.is_some_and(Result::is_err) {
                tracing::info!("ready again");
            }
        }
        Err(fault) => {
            let detail = match fault {
                NotReady::Database(cause) | NotReady::Folder(cause) | NotReady::Exchange(cause) => cause.clone(),
                NotReady::Space { free } => format!("{} MB are free", free >> 20),
                NotReady::Timeout => String::new(),
            };
            tracing::warn!(detail, "not ready: {fault}");
        }
    }
}

impl Inner {
    async fn run_checks(&self) -> Result<(), NotReady> {
        if let Some(folder) = self.folder.clone() {
            let probe = tokio::task::spawn_blocking(move || probe_folder(&folder));
            let probe = probe.await.unwrap_or_else(|error| Err(io::Error::other(error)));
            let free = probe.map_err(|error| NotReady::Folder(Causes(&error).to_string()))?;
            #[expect(clippy::cast_precision_loss, reason = "a metric of bytes needs no more digits")]
            ::metrics::gauge!("uketsuke_data_free_bytes").set(free as f64);
            if free < self.least_free {
                return Err(NotReady::Space { free });
            }
            if free / 2 < self.least_free {
                tracing::warn!(free_mb = free >> 20, "the disk of the data folder is filling up");
            }
        }
        (self.check)().await
    }
}

/// Writes a file to the folder and deletes it; the free bytes on its disk. Each call uses a new file name, because several
/// nodes may share the folder.
pub(crate) fn probe_folder(folder: &Path) -> io::Result<u64> {
    let mut file = tempfile::Builder::new().prefix(".write-test-").tempfile_in(folder)?;
    file.write_all(b"0123456789")?;
    file.as_file().sync_data()?;
    file.close()?;
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Binds the listener for health checks and metrics, and starts recording metrics.
pub(crate) async fn bind_listener(address: SocketAddr) -> io::Result<TcpListener> {
    metrics::install_recorder();
    TcpListener::bind(address).await
}

/// The address of such a listener.
pub(crate) fn local_address(listener: Option<&TcpListener>) -> io::Result<Option<SocketAddr>> {
    listener.map(TcpListener::local_addr).transpose()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use axum::body::{self, Body};
    use http::Request;
    use tower::ServiceExt;

    use super::*;

    async fn get_page(pages: Router, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = pages.oneshot(request).await.unwrap();
        let status = response.status();
        let content = body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(content.to_vec()).unwrap())
    }

    fn health_with_database(folder: &Path, least_free_mb: u32, database: Result<(), &'static str>) -> Health {
        let check = move || async move { database.map_err(|cause| NotReady::Database(cause.to_owned())) };
        Health::new(Some(folder.to_owned()), least_free_mb, check, || None)
    }

    #[tokio::test]
    async fn ready_means_that_it_can_write() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("away");
        for (health, expected) in [
            (health_with_database(folder.path(), 0, Ok(())), Ok(())),
            (health_with_database(folder.path(), 0, Err("read only")), Err("the database cannot be used\n")),
            (health_with_database(&missing, 0, Ok(())), Err("the data folder cannot be written\n")),
            (health_with_database(folder.path(), u32::MAX, Ok(())), Err("the disk is nearly full\n")),
        ] {
            let (status, text) = get_page(health.health_routes(), "/readyz").await;
            assert_eq!(status == StatusCode::OK, expected.is_ok(), "{text}");
            assert_eq!(text, expected.map_or_else(str::to_owned, |()| "ready\n".to_owned()));
            // The process is alive in any case.
            assert_eq!(get_page(health.health_routes(), "/healthz").await.0, StatusCode::OK);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "the test file is deleted");
    }

    #[tokio::test]
    async fn a_warning_is_told_by_a_program_that_is_ready() {
        let health_with_warning = |database: Result<(), &'static str>| {
            let check = move || async move { database.map_err(|cause| NotReady::Database(cause.to_owned())) };
            Health::new(None, 0, check, || Some("the mail relay takes no letter".to_owned()))
        };
        let (status, text) = get_page(health_with_warning(Ok(())).health_routes(), "/readyz").await;
        assert_eq!((status, text.as_str()), (StatusCode::OK, "ready\nwarning: the mail relay takes no letter\n"));
        let (status, text) = get_page(health_with_warning(Err("away")).health_routes(), "/readyz").await;
        assert_eq!((status, text.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be used\n"));
    }

    /// How often the check runs for a hundred requests with this cache time.
    async fn count_checks(cache_time: Duration) -> usize {
        let counter = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let check_counter = counter.clone();
        let check = move || {
            check_counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            async { Ok(()) }
        };
        let health = Health::with_timing(None, 0, check, || None, CheckTiming { cache_time, ..CHECK_TIMING });
        for _ in 0..100 {
            health.check().await.unwrap();
        }
        counter.load(std::sync::atomic::Ordering::Relaxed)
    }

    #[tokio::test]
    async fn who_asks_often_is_told_what_was_found_a_moment_ago() {
        assert_eq!(count_checks(Duration::from_mins(10)).await, 1);
        assert_eq!(count_checks(Duration::ZERO).await, 100);
    }

    #[tokio::test]
    async fn a_database_that_hangs_is_not_ready() {
        let timing = CheckTiming { timeout: Duration::from_millis(1), ..CHECK_TIMING };
        let health = Health::with_timing(None, 0, std::future::pending::<Result<(), NotReady>>, || None, timing);
        assert_eq!(health.check().await, Err(NotReady::Timeout));
    }

    #[tokio::test]
    async fn metrics_are_told_on_the_listener_of_their_own_alone() {
        metrics::install_recorder();
        ::metrics::counter!("uketsuke_accept_failures_total", "listener" => "health test").increment(1);
        let health = Health::new(None, 0, || async { Ok(()) }, || None);
        assert_eq!(get_page(health.health_routes(), "/metrics").await.0, StatusCode::NOT_FOUND);
        let (status, text) = get_page(health.health_and_metrics_routes(), "/metrics").await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("uketsuke_accept_failures_total{listener=\"health test\"} 1"), "{text}");
    }
}
