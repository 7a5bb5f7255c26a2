//! Starts the worker process, and ends it after a timeout.

use std::{
    io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::Command,
    sync::Semaphore,
    time::{Instant, timeout},
};

use super::{
    normalise::NormalisedImage,
    rules::picture::{MAX_PICTURE_BYTES, UnusablePicture},
    wire,
};

/// How many pictures are normalised at once unless the settings say otherwise; the others wait. Each may take a processor
/// and a gigabyte.
const DEFAULT_CONCURRENCY: usize = 2;
/// How long one picture may take, and how long one may wait for a permit.
const TIMEOUT: Duration = Duration::from_secs(30);
/// For how long a successful start counts as readiness.
const READINESS_CACHE: Duration = Duration::from_mins(1);
/// How much of a worker's standard error is logged.
const MAX_STDERR_BYTES: u64 = 2048;

/// Normalises pictures, each in a process of its own with limits.
#[derive(Debug, Clone)]
pub struct ImageWorker {
    program: Arc<WorkerProgram>,
    arguments: Vec<String>,
    permits: Arc<Semaphore>,
    last_started: Arc<Mutex<Option<Instant>>>,
}

/// The file that the worker is started from. It is kept open, so that replacing or removing the file does not affect a
/// running service.
#[derive(Debug)]
struct WorkerProgram {
    path: PathBuf,
    #[cfg(target_os = "linux")]
    open_file: Option<std::fs::File>,
}

impl WorkerProgram {
    #[cfg(target_os = "linux")]
    fn open(path: PathBuf) -> Self {
        // A file that cannot be opened cannot be started either, which then is an error.
        let open_file = std::fs::File::open(&path).ok();
        Self { path, open_file }
    }

    #[cfg(not(target_os = "linux"))]
    fn open(path: PathBuf) -> Self {
        Self { path }
    }

    /// The path to start. The new process resolves it among its inherited descriptors, before it closes them.
    #[cfg(target_os = "linux")]
    fn start_path(&self) -> PathBuf {
        use std::os::fd::AsRawFd;
        let descriptor_path =
            self.open_file.as_ref().map(|file| PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd())));
        descriptor_path.unwrap_or_else(|| self.path.clone())
    }

    #[cfg(not(target_os = "linux"))]
    fn start_path(&self) -> PathBuf {
        self.path.clone()
    }
}

/// Why no picture can be normalised at all, whatever its content.
#[derive(Debug, thiserror::Error)]
pub enum ImageWorkerUnavailable {
    #[error("the picture worker cannot be started")]
    CannotStart(#[source] io::Error),
    /// The worker is of another version than the service.
    #[error("the picture worker is not of this service's version: it says '{0}'")]
    OtherVersion(String),
    /// There was no permit within the timeout.
    #[error("all places of the picture workshop are taken")]
    Busy,
}

/// The exit of a worker with its output.
struct WorkerExit {
    status: ExitStatus,
    response: io::Result<Vec<u8>>,
    stderr: String,
}

impl ImageWorker {
    /// A worker that is this program, started with these arguments; it has to call [`crate::run_image_worker`].
    pub fn new(program: PathBuf, arguments: Vec<String>) -> Self {
        Self {
            program: Arc::new(WorkerProgram::open(program)),
            arguments,
            permits: Arc::new(Semaphore::new(DEFAULT_CONCURRENCY)),
            last_started: Arc::default(),
        }
    }

    /// A worker that is the current program, even if its file is replaced later.
    ///
    /// # Errors
    /// The file of the current program cannot be determined.
    pub fn for_current_program(arguments: Vec<String>) -> io::Result<Self> {
        let running = Path::new("/proc/self/exe");
        let program = if running.exists() { running.to_owned() } else { std::env::current_exe()? };
        Ok(Self::new(program, arguments))
    }

    /// Sets how many pictures are normalised at once, at least one.
    #[must_use]
    pub fn with_concurrency(self, max: u16) -> Self {
        Self { permits: Arc::new(Semaphore::new(usize::from(max.max(1)))), ..self }
    }

    /// Normalises a picture. The inner error is about the picture, the outer about the worker.
    pub(crate) async fn normalise_image(
        &self,
        bytes: &[u8],
    ) -> Result<Result<NormalisedImage, UnusablePicture>, ImageWorkerUnavailable> {
        if bytes.len() > MAX_PICTURE_BYTES {
            return Ok(Err(UnusablePicture::TooLarge));
        }
        let permit = timeout(TIMEOUT, self.permits.acquire()).await;
        let _permit = permit.ok().and_then(Result::ok).ok_or(ImageWorkerUnavailable::Busy)?;
        let Ok(exit) = timeout(TIMEOUT, self.run_worker(bytes)).await else {
            // Dropping the future has ended the worker.
            tracing::warn!(seconds = TIMEOUT.as_secs(), "a picture worker took too long and was ended");
            metrics::counter!("uketsuke_picture_workers_lost_total").increment(1);
            return Ok(Err(UnusablePicture::TooCostly));
        };
        let result = interpret_exit(exit?);
        if result.is_ok() {
            *self.last_started.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        result
    }

    /// Whether a worker can be started. Tried at most once a minute.
    pub(crate) async fn check_ready(&self) -> Result<(), ImageWorkerUnavailable> {
        let last = *self.last_started.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.elapsed() < READINESS_CACHE) {
            return Ok(());
        }
        match self.normalise_image(b"").await {
            // An empty file is of no known kind: the expected response of a working worker.
            Ok(Err(UnusablePicture::UnknownKind)) | Err(ImageWorkerUnavailable::Busy) => Ok(()),
            Ok(_) => Err(ImageWorkerUnavailable::CannotStart(io::Error::other("the worker does not answer"))),
            Err(failure) => Err(failure),
        }
    }

    async fn run_worker(&self, bytes: &[u8]) -> Result<WorkerExit, ImageWorkerUnavailable> {
        let mut worker = Command::new(self.program.start_path())
            .arg0(&self.program.path)
            .args(&self.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(ImageWorkerUnavailable::CannotStart)?;
        let (stdin, stdout, stderr) = (worker.stdin.take(), worker.stdout.take(), worker.stderr.take());
        let (Some(mut stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err(ImageWorkerUnavailable::CannotStart(io::ErrorKind::BrokenPipe.into()));
        };
        let send_request = async move {
            // A worker that ends early closes the pipe; its output until then says why.
            let _closed_early = stdin.write_all(&wire::length_prefix(bytes)).await;
            let _closed_early = stdin.write_all(bytes).await;
        };
        let ((), stdout, stderr) =
            tokio::join!(send_request, read_limited(stdout, wire::MAX_RESPONSE_BYTES), read_stderr(stderr));
        let status = worker.wait().await.map_err(ImageWorkerUnavailable::CannotStart)?;
        Ok(WorkerExit { status, response: stdout, stderr })
    }
}

async fn read_limited(source: impl AsyncRead + Unpin, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// The beginning of a worker's standard error, in one line. The rest is read and dropped, so that the worker does not block.
async fn read_stderr(mut source: impl AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    let _cut_off = (&mut source).take(MAX_STDERR_BYTES).read_to_end(&mut bytes).await;
    let _rest = tokio::io::copy(&mut source, &mut tokio::io::sink()).await;
    let line = String::from_utf8_lossy(&bytes).split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).collect()
}

/// Interprets exit status and output of a worker.
fn interpret_exit(exit: WorkerExit) -> Result<Result<NormalisedImage, UnusablePicture>, ImageWorkerUnavailable> {
    let WorkerExit { status, response, stderr } = exit;
    // The worker could not set its limits, or is another program. All other failures are caused by the picture.
    if status.code() == Some(2) {
        return Err(ImageWorkerUnavailable::CannotStart(io::Error::other(format!(
            "the worker cannot set its limits: {stderr}"
        ))));
    }
    let parsed = response.and_then(|bytes| wire::read_response(bytes.as_slice()));
    match parsed {
        Ok(wire::WorkerResponse::OtherVersion(version)) => Err(ImageWorkerUnavailable::OtherVersion(version)),
        Ok(wire::WorkerResponse::Finished(result)) if status.success() => {
            if !stderr.is_empty() {
                tracing::warn!(stderr, "a check of a picture failed and was skipped");
            }
            Ok(result)
        }
        _ => {
            tracing::warn!(%status, stderr, "a picture worker ended without an answer");
            metrics::counter!("uketsuke_picture_workers_lost_total").increment(1);
            Ok(Err(UnusablePicture::TooCostly))
        }
    }
}

#[cfg(test)]
mod tests;
