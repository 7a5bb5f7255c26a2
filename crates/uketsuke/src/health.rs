//! Signs of life: whether the process answers, whether it can do its work, and its metrics.
//!
//! Ready means that it can write: its database does, its data folder takes a file, and there is space left on the disk. A
//! terminal can write into its exchange folders too.

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
    /// How long one check may take. A disk or server that hangs is not ready.
    timeout: Duration,
    /// How long what a check found is told again, so that whoever asks often makes no work.
    cache_time: Duration,
}

const CHECK_TIMING: CheckTiming = CheckTiming { timeout: Duration::from_secs(5), cache_time: Duration::from_secs(1) };

/// How often it is checked when nobody asks, so that the log warns.
const CHECK_INTERVAL: Duration = Duration::from_secs(30);

/// How much space is free at least, where nobody sets it.
pub(crate) const DEFAULT_LEAST_FREE_MB: u32 = 200;

/// What is wrong though the program can do its work, in a few words.
type WarningCheck = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// What a program checks beside its data folder.
type Check = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), NotReady>> + Send>> + Send + Sync>;

/// Whether a program can do its work. Clones share what was found.
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
    /// The database does not answer, or cannot be written.
    #[error("the database cannot be used")]
    Database(String),
    /// The data folder takes no file.
    #[error("the data folder cannot be written")]
    Folder(String),
    /// Files cannot be exchanged.
    #[error("the exchange folders cannot be written")]
    Exchange(String),
    /// The disk is nearly full.
    #[error("the disk is nearly full")]
    Space { free: u64 },
    /// It took too long to find out.
    #[error("the check took too long")]
    Timeout,
}

impl Health {
    /// The health of a program with this data folder. `check` asks its database, and what else it writes to. `warning` says
    /// what is wrong beside, without making the program unready.
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
        times: CheckTiming,
    ) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), NotReady>> + Send + 'static,
        W: Fn() -> Option<String> + Send + Sync + 'static,
    {
        let check: Check = Box::new(move || Box::pin(check()));
        let warning: WarningCheck = Box::new(warning);
        let least_free = u64::from(least_free_mb) << 20;
        Self(Arc::new(Inner { folder, least_free, check, warning, timing: times, last_result: Mutex::new(None) }))
    }

    /// Whether the program can do its work.
    pub(crate) async fn check(&self) -> Result<(), NotReady> {
        let mut last = self.0.last_result.lock().await;
        if let Some((at, found)) = &*last
            && at.elapsed() < self.0.timing.cache_time
        {
            return found.clone();
        }
        let found =
            tokio::time::timeout(self.0.timing.timeout, self.0.run_checks()).await.unwrap_or(Err(NotReady::Timeout));
        let before = last.replace((Instant::now(), found.clone())).map(|(_, before)| before);
        log_change(before.as_ref(), &found);
        found
    }

    /// Checks every now and then, endless.
    pub(crate) async fn run_periodic_checks(&self) {
        loop {
            let _ = self.check().await;
            metrics::run_upkeep();
            tokio::time::sleep(CHECK_INTERVAL).await;
        }
    }

    /// `/healthz` and `/readyz`, for a listener that strangers reach.
    pub(crate) fn health_routes(&self) -> Router {
        let health = self.clone();
        let ready = async move || match health.check().await {
            Ok(()) => {
                let warning = (health.0.warning)().map_or_else(String::new, |warning| format!("warning: {warning}\n"));
                (StatusCode::OK, format!("ready\n{warning}"))
            }
            Err(not) => (StatusCode::SERVICE_UNAVAILABLE, format!("{not}\n")),
        };
        Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready))
    }

    /// The same with `/metrics`, for a listener of their own.
    pub(crate) fn health_and_metrics_routes(&self) -> Router {
        self.health_routes().route("/metrics", get(render_metrics))
    }
}

/// The text format of Prometheus 0.0.4.
async fn render_metrics() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::render()).into_response()
}

/// Logs what has changed, and what is wrong.
fn log_change(before: Option<&Result<(), NotReady>>, found: &Result<(), NotReady>) {
    ::metrics::gauge!("uketsuke_ready").set(if found.is_ok() { 1.0 } else { 0.0 });
    match found {
        Ok(()) => {
            if before.is_some_and(Result::is_err) {
                tracing::info!("ready again");
            }
        }
        Err(not) => {
            let detail = match not {
                NotReady::Database(cause) | NotReady::Folder(cause) | NotReady::Exchange(cause) => cause.clone(),
                NotReady::Space { free } => format!("{} MB are free", free >> 20),
                NotReady::Timeout => String::new(),
            };
            tracing::warn!(detail, "not ready: {not}");
        }
    }
}

impl Inner {
    async fn run_checks(&self) -> Result<(), NotReady> {
        if let Some(folder) = self.folder.clone() {
            let probed = tokio::task::spawn_blocking(move || probe_folder(&folder));
            let probed = probed.await.unwrap_or_else(|error| Err(io::Error::other(error)));
            let free = probed.map_err(|error| NotReady::Folder(Causes(&error).to_string()))?;
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

/// Writes a file into the folder and takes it away; how many bytes are free on its disk. Each look has a file of its own, as
/// several nodes may share the folder.
pub(crate) fn probe_folder(folder: &Path) -> io::Result<u64> {
    let mut file = tempfile::Builder::new().prefix(".write-test-").tempfile_in(folder)?;
    file.write_all(b"0123456789")?;
    file.as_file().sync_data()?;
    file.close()?;
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Listens for who asks for signs of life and metrics, which are recorded from now on.
pub(crate) async fn bind_listener(address: SocketAddr) -> io::Result<TcpListener> {
    metrics::install_recorder();
    TcpListener::bind(address).await
}

/// Where such a listener listens.
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
        let answer = pages.oneshot(request).await.unwrap();
        let status = answer.status();
        let content = body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(content.to_vec()).unwrap())
    }

    fn health_with_database(folder: &Path, least_free_mb: u32, database: Result<(), &'static str>) -> Health {
        let check = move || async move { database.map_err(|cause| NotReady::Database(cause.to_owned())) };
        Health::new(Some(folder.to_owned()), least_free_mb, check, || None)
    }

    #[tokio::test]
    async fn ready_means_that_it_can_write() {
        let folder = tempfile::tempdir().unwrap();
        let away = folder.path().join("away");
        for (health, expected) in [
            (health_with_database(folder.path(), 0, Ok(())), Ok(())),
            (health_with_database(folder.path(), 0, Err("read only")), Err("the database cannot be used\n")),
            (health_with_database(&away, 0, Ok(())), Err("the data folder cannot be written\n")),
            (health_with_database(folder.path(), u32::MAX, Ok(())), Err("the disk is nearly full\n")),
        ] {
            let (status, said) = get_page(health.health_routes(), "/readyz").await;
            assert_eq!(status == StatusCode::OK, expected.is_ok(), "{said}");
            assert_eq!(said, expected.map_or_else(str::to_owned, |()| "ready\n".to_owned()));
            // Alive it is all the same.
            assert_eq!(get_page(health.health_routes(), "/healthz").await.0, StatusCode::OK);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left of the check");
    }

    #[tokio::test]
    async fn a_warning_is_told_by_a_program_that_is_ready() {
        let warned = |database: Result<(), &'static str>| {
            let check = move || async move { database.map_err(|cause| NotReady::Database(cause.to_owned())) };
            Health::new(None, 0, check, || Some("the mail relay takes no letter".to_owned()))
        };
        let (status, text) = get_page(warned(Ok(())).health_routes(), "/readyz").await;
        assert_eq!((status, text.as_str()), (StatusCode::OK, "ready\nwarning: the mail relay takes no letter\n"));
        let (status, text) = get_page(warned(Err("away")).health_routes(), "/readyz").await;
        assert_eq!((status, text.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be used\n"));
    }

    /// How often is looked at, when somebody asks a hundred times and this is how long a finding is fresh.
    async fn count_checks(fresh: Duration) -> usize {
        let looks = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = looks.clone();
        let check = move || {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            async { Ok(()) }
        };
        let health = Health::with_timing(None, 0, check, || None, CheckTiming { cache_time: fresh, ..CHECK_TIMING });
        for _ in 0..100 {
            health.check().await.unwrap();
        }
        looks.load(std::sync::atomic::Ordering::Relaxed)
    }

    #[tokio::test]
    async fn who_asks_often_is_told_what_was_found_a_moment_ago() {
        assert_eq!(count_checks(Duration::from_mins(10)).await, 1);
        assert_eq!(count_checks(Duration::ZERO).await, 100);
    }

    #[tokio::test]
    async fn a_database_that_hangs_is_not_ready() {
        let times = CheckTiming { timeout: Duration::from_millis(1), ..CHECK_TIMING };
        let health = Health::with_timing(None, 0, std::future::pending::<Result<(), NotReady>>, || None, times);
        assert_eq!(health.check().await, Err(NotReady::Timeout));
    }

    #[tokio::test]
    async fn metrics_are_told_on_the_listener_of_their_own_alone() {
        metrics::install_recorder();
        ::metrics::counter!("uketsuke_accept_failures_total", "listener" => "health test").increment(1);
        let health = Health::new(None, 0, || async { Ok(()) }, || None);
        assert_eq!(get_page(health.health_routes(), "/metrics").await.0, StatusCode::NOT_FOUND);
        let (status, said) = get_page(health.health_and_metrics_routes(), "/metrics").await;
        assert_eq!(status, StatusCode::OK);
        assert!(said.contains("uketsuke_accept_failures_total{listener=\"health test\"} 1"), "{said}");
    }
}
