//! The exchange folders of a receipt computer (レセコン): a request file appears in `req`, its response file in `res`.
//!
//! Each request is answered once, even if this process is killed meanwhile ([`folders`]). Files in `res` and `face` are
//! complete as soon as their name exists.

mod answer_request;
mod disk;
mod folders;
mod relay;
mod request;
mod rules;

use std::{
    collections::HashSet,
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base::{Clock, InstitutionCode, Timestamp};
use notify::{
    EventKind, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode},
};
use oqs::{CharacterCode, FileName, Message};
use tokio::{sync::Notify, task::JoinSet};

use crate::client::EligibilityClient;
use answer_request::answer_request;
use disk::{Disk, LockError, RealDisk};
pub use folders::ErrFiles;
use folders::{ExchangePaths, Folders, PendingRequests, Timing};

/// How often the folders are listed. File events only make it faster: on a network share there are none.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The settings of the exchange folders of an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeFolder {
    /// The parent of `req`, `res`, `face` and `err`.
    pub folder: PathBuf,
    /// How long a complete request file stays in `req` before it is taken.
    pub request_stays: Duration,
    /// How long a file that looks incomplete must be unchanged before it is taken as it is.
    pub settle_time: Duration,
    /// Which files are put into `res` with an error response.
    pub err_files: ErrFiles,
}

impl ExchangeFolder {
    /// The default of `settle_time`.
    pub const DEFAULT_SETTLE_TIME: Duration = Duration::from_secs(3);

    /// A folder with the defaults for all other settings.
    pub fn with_defaults(folder: PathBuf) -> Self {
        Self {
            folder,
            request_stays: Duration::ZERO,
            settle_time: Self::DEFAULT_SETTLE_TIME,
            err_files: ErrFiles::None,
        }
    }
}

/// The status of the exchange for the settings page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ExchangeStatus {
    /// How many requests of an unknown kind were answered with an error since the start.
    pub(crate) unknown_requests: u64,
    /// Response files that wait because a file of the same name is still in `res`.
    pub(crate) blocked_responses: Vec<String>,
}

/// The pause after a response file could not be written.
const FAILURE_BACKOFF: Duration = Duration::from_secs(10);

const MAX_CONCURRENT_REQUESTS: usize = 8;

/// Exchange folders that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WrongFolder {
    /// A folder cannot be created or accessed.
    #[error("'{0}' cannot be used")]
    Unusable(PathBuf, #[source] io::Error),
    /// A folder is on another file system, where a rename is not atomic.
    #[error("'{0}' is on another file system than the folder above it; the exchange needs one file system")]
    OtherFileSystem(PathBuf),
    /// Another process has the lock of these folders.
    #[error("another process already exchanges files in '{0}'")]
    InUse(PathBuf),
}

/// The exchange folders of one terminal.
pub(crate) struct Exchange {
    folders: Arc<Mutex<Folders<RealDisk>>>,
    paths: ExchangePaths,
    /// The institution's name, for the printed sheet.
    institution_name: String,
    status: Mutex<ExchangeStatus>,
    /// The lock of the folders, held until it is dropped.
    _lock: fs::File,
}

impl Exchange {
    /// Creates the missing folders, and locks them for this process.
    pub(crate) fn open(settings: &ExchangeFolder, name: &str) -> Result<Self, WrongFolder> {
        let root = settings.folder.as_path();
        let paths = ExchangePaths::under_root(root);
        let unusable = |path: &Path| {
            let path = path.to_owned();
            move |source| WrongFolder::Unusable(path, source)
        };
        disk::make_folder(root).map_err(unusable(root))?;
        let device = fs::metadata(root).map_err(unusable(root))?.dev();
        for folder in paths.all() {
            disk::make_folder(folder).map_err(unusable(folder))?;
            if fs::metadata(folder).map_err(unusable(folder))?.dev() != device {
                return Err(WrongFolder::OtherFileSystem(folder.to_owned()));
            }
        }
        let lock = disk::lock_file(&paths.work.join("lock")).map_err(|error| match error {
            LockError::Another => WrongFolder::InUse(root.to_owned()),
            LockError::Disk(path, source) => WrongFolder::Unusable(path, source),
        })?;
        let timing = Timing { request_stays: settings.request_stays, settle_time: settings.settle_time };
        let folders = Folders::new(paths.clone(), RealDisk, timing, settings.err_files);
        folders.remove_drafts().map_err(unusable(&paths.work))?;
        let folders = Arc::new(Mutex::new(folders));
        Ok(Self { folders, paths, institution_name: name.to_owned(), status: Mutex::default(), _lock: lock })
    }

    /// Checks that each folder exists and is writable, and that a file can be written.
    pub(crate) async fn check(&self) -> Result<(), WrongFolder> {
        let paths = self.paths.clone();
        let checked = tokio::task::spawn_blocking(move || check_paths(&paths));
        let unusable = |error| Err(WrongFolder::Unusable(self.paths.work.clone(), io::Error::other(error)));
        checked.await.unwrap_or_else(unusable)
    }

    pub(crate) fn status(&self) -> ExchangeStatus {
        lock_ignoring_poison(&self.status).clone()
    }

    /// Writes a response file into `face`, as the reception of a card at the desk does.
    pub(crate) async fn write_to_face(&self, name: FileName, message: Message) -> io::Result<()> {
        let bytes = oqs::write(&message, CharacterCode::Utf8);
        self.run_blocking(move |folders| folders.write_to_face(&name, &bytes)).await
    }

    /// Answers request files. Never returns.
    pub(crate) async fn run(&self, client: &EligibilityClient, clock: &Clock) {
        let changed = Arc::new(Notify::new());
        let _watcher = watch_folders(&self.paths, &changed);
        let mut tasks = JoinSet::new();
        let in_progress = Arc::new(Mutex::new(HashSet::new()));
        loop {
            // A request beyond the capacity is taken and on the disk: the next turn finds it.
            let institution = client.institution();
            let capacity = MAX_CONCURRENT_REQUESTS.saturating_sub(tasks.len());
            for name in self.take_pending_requests(&in_progress, capacity, (institution, clock.now())).await {
                let (folders, client) = (self.folders.clone(), client.clone());
                let (in_progress, now, institution_name) =
                    (in_progress.clone(), clock.now(), self.institution_name.clone());
                tasks.spawn(async move {
                    if let Err(error) = answer_request(&folders, &client, (&name, &institution_name), now).await {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "a request file could not be answered"
                        );
                        // A full disk will be full in a moment too; the request is not sent over and over.
                        tokio::time::sleep(FAILURE_BACKOFF).await;
                    }
                    lock_ignoring_poison(&in_progress).remove(&name);
                });
            }
            tokio::select! {
                Some(_) = tasks.join_next() => {}
                () = changed.notified() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
        }
    }

    /// Takes the files in `req` and moves pending responses on, even without capacity for more requests: a slow system must
    /// not block the folders. Returns the requests to send now, at most `max_requests`, which are marked as in progress.
    async fn take_pending_requests(
        &self,
        in_progress: &Arc<Mutex<HashSet<FileName>>>,
        max_requests: usize,
        (institution, now): (InstitutionCode, Timestamp),
    ) -> Vec<FileName> {
        let marked = in_progress.clone();
        let result = self
            .run_blocking(move |folders| {
                folders.take_requests()?;
                let mut in_progress = lock_ignoring_poison(&marked);
                let PendingRequests { mut requests, unknown } = folders.resume(&in_progress)?;
                requests.truncate(max_requests);
                in_progress.extend(requests.iter().cloned());
                for name in &unknown {
                    let bytes = folders.read_unknown_request(name)?;
                    folders
                        .deliver_unknown_response(name, &rules::unknown_request_response(institution, &bytes, now))?;
                }
                Ok((requests, unknown.len(), folders.blocked_responses()))
            })
            .await;
        match result {
            Ok((requests, unknown, blocked)) => {
                let mut status = lock_ignoring_poison(&self.status);
                // A usize fits into u64.
                status.unknown_requests += unknown as u64;
                status.blocked_responses = blocked;
                requests
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the exchange folders cannot be used");
                Vec::new()
            }
        }
    }

    async fn run_blocking<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Folders<RealDisk>) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        run_blocking(&self.folders, job).await
    }
}

fn check_paths(paths: &ExchangePaths) -> Result<(), WrongFolder> {
    for folder in paths.all() {
        disk::check_access(folder).map_err(|error| WrongFolder::Unusable(folder.to_owned(), error))?;
    }
    // If the process is killed here, the next start removes the file as a draft.
    let file = paths.work.join("write-test.part");
    let result = RealDisk.write(&file, b"0123456789").and_then(|()| RealDisk.remove(&file));
    result.map_err(|error| WrongFolder::Unusable(paths.work.clone(), error))
}

async fn run_blocking<T: Send + 'static>(
    folders: &Arc<Mutex<Folders<RealDisk>>>,
    job: impl FnOnce(&mut Folders<RealDisk>) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let folders = folders.clone();
    tokio::task::spawn_blocking(move || job(&mut lock_ignoring_poison(&folders))).await.map_err(io::Error::other)?
}

/// A poisoned lock is safe to use: the state is on the disk.
fn lock_ignoring_poison<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notifies of changes in `req` and `res`. If events cannot be had, the folders are only polled.
fn watch_folders(paths: &ExchangePaths, changed: &Arc<Notify>) -> Option<notify::RecommendedWatcher> {
    let notifier = changed.clone();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Listing a folder is an access event too, and must not wake the next listing.
        let close_after_write = EventKind::Access(AccessKind::Close(AccessMode::Write));
        if event.is_ok_and(|event| !event.kind.is_access() || event.kind == close_after_write) {
            notifier.notify_one();
        }
    });
    let watcher = watcher.and_then(|mut watcher| {
        watcher.watch(&paths.req, RecursiveMode::NonRecursive)?;
        watcher.watch(&paths.res, RecursiveMode::NonRecursive)?;
        Ok(watcher)
    });
    watcher
        .inspect_err(|error| tracing::warn!(%error, "no file events of the exchange folders; they are only polled"))
        .ok()
}

#[cfg(test)]
mod tests;
