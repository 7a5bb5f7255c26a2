//! The exchange folders of a receipt computer (レセコン): an ask appears in `req`, its answer in `res`.
//!
//! Each ask is answered once, whatever ends this process in between ([`folders`]). What is put into `res` and `face` is
//! whole from the first instant at which its name is there.

mod disk;
pub(crate) mod fault;
mod folders;

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
use oqs::{Attachment, CharacterCode, CodeImage, FileName, Message, Outcome};
use tokio::{sync::Notify, task::JoinSet};

use crate::{
    Refusal,
    client::{EligibilityClient, EligibilityError, RelayedResponse},
    qr_code::{AddressQrCode, PrintedSheet},
};
use disk::{Disk, LockError, RealDisk};
pub use folders::ErrFiles;
pub(crate) use folders::{AskContent, RequestDisposition, RequestFile};
use folders::{ExchangePaths, Folders, PendingRequests, ResponseFile, Timing};

/// How often the folders are looked at. Events only make it faster: on a share they do not arrive.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The exchange folders of an institution, as its settings have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeFolder {
    /// The folder that has `req`, `res`, `face` and `err`.
    pub folder: PathBuf,
    /// How long a whole request stays in `req` before it is taken.
    pub request_stays: Duration,
    /// How long a file that does not read as whole must stay as it is before it is answered as it is.
    pub settle_time: Duration,
    /// What is put into `res` beside an answer that says no.
    pub err_files: ErrFiles,
}

impl ExchangeFolder {
    /// How long a file that does not read as whole must stay as it is, where the settings do not say.
    pub const DEFAULT_SETTLE_TIME: Duration = Duration::from_secs(3);

    /// A folder with everything else as usual.
    pub fn with_defaults(folder: PathBuf) -> Self {
        Self {
            folder,
            request_stays: Duration::ZERO,
            settle_time: Self::DEFAULT_SETTLE_TIME,
            err_files: ErrFiles::None,
        }
    }
}

/// What the administrator is told of the exchange.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ExchangeStatus {
    /// How many requests of no known kind were answered with an error since the start.
    pub(crate) unknown_requests: u64,
    /// Answers that wait because their namesake lies in `res` still.
    pub(crate) blocked_responses: Vec<String>,
}

/// How long an ask waits whose answer could not be written.
const FAILURE_BACKOFF: Duration = Duration::from_secs(10);

/// As many asks as are asked at once.
const MAX_CONCURRENT_REQUESTS: usize = 8;

/// Folders that asks cannot be exchanged in.
#[derive(Debug, thiserror::Error)]
pub enum WrongFolder {
    /// A folder cannot be made or used.
    #[error("'{0}' cannot be used")]
    Unusable(PathBuf, #[source] io::Error),
    /// A folder is on another file system, where nothing can be moved to in one step.
    #[error("'{0}' is on another file system than the folder above it; the exchange needs one file system")]
    OtherFileSystem(PathBuf),
    /// Another terminal works on these folders.
    #[error("another process already exchanges files in '{0}'")]
    InUse(PathBuf),
}

/// The exchange folders of one terminal.
pub(crate) struct Exchange {
    folders: Arc<Mutex<Folders<RealDisk>>>,
    paths: ExchangePaths,
    /// The institution's name, for what is printed.
    institution_name: String,
    status: Mutex<ExchangeStatus>,
    /// Held as long as this process works on the folders.
    _lock: fs::File,
}

impl Exchange {
    /// Makes what is missing of the folders below `root`.
    pub(crate) fn open(settings: &ExchangeFolder, name: &str) -> Result<Self, WrongFolder> {
        let root = settings.folder.as_path();
        let places = ExchangePaths::under_root(root);
        let unusable = |path: &Path| {
            let path = path.to_owned();
            move |source| WrongFolder::Unusable(path, source)
        };
        disk::make_folder(root).map_err(unusable(root))?;
        let device = fs::metadata(root).map_err(unusable(root))?.dev();
        for folder in places.all() {
            disk::make_folder(folder).map_err(unusable(folder))?;
            if fs::metadata(folder).map_err(unusable(folder))?.dev() != device {
                return Err(WrongFolder::OtherFileSystem(folder.to_owned()));
            }
        }
        let held = disk::lock_file(&places.work.join("lock")).map_err(|held| match held {
            LockError::Another => WrongFolder::InUse(root.to_owned()),
            LockError::Disk(path, source) => WrongFolder::Unusable(path, source),
        })?;
        let timing = Timing { request_stays: settings.request_stays, settle_time: settings.settle_time };
        let folders = Folders::new(places.clone(), RealDisk, timing, settings.err_files);
        folders.remove_drafts().map_err(unusable(&places.work))?;
        let folders = Arc::new(Mutex::new(folders));
        Ok(Self { folders, paths: places, institution_name: name.to_owned(), status: Mutex::default(), _lock: held })
    }

    /// Whether files can be exchanged: each folder is there and may be written, and its disk takes a file.
    pub(crate) async fn check(&self) -> Result<(), WrongFolder> {
        let places = self.paths.clone();
        let checked = tokio::task::spawn_blocking(move || check_places(&places));
        let unusable = |error| Err(WrongFolder::Unusable(self.paths.work.clone(), io::Error::other(error)));
        checked.await.unwrap_or_else(unusable)
    }

    /// What the administrator is told of it.
    pub(crate) fn status(&self) -> ExchangeStatus {
        lock_ignoring_poison(&self.status).clone()
    }

    /// Puts an answer into `face`, as the reception of a card at the desk does.
    pub(crate) async fn write_to_face(&self, name: FileName, message: Message) -> io::Result<()> {
        let bytes = oqs::write(&message, CharacterCode::Utf8);
        self.run_blocking(move |folders| folders.write_to_face(&name, &bytes)).await
    }

    /// Answers asks, endlessly.
    pub(crate) async fn run(&self, interface: &EligibilityClient, clock: &Clock) {
        let changed = Arc::new(Notify::new());
        let _watcher = watch_folders(&self.paths, &changed);
        let mut asking = JoinSet::new();
        let being_asked = Arc::new(Mutex::new(HashSet::new()));
        loop {
            // An ask that waits for its turn is taken and on the disk: it is found again.
            let institution = interface.institution();
            let room = MAX_CONCURRENT_REQUESTS.saturating_sub(asking.len());
            for name in self.take_pending_requests(&being_asked, room, (institution, clock.now())).await {
                let (folders, interface) = (self.folders.clone(), interface.clone());
                let (being_asked, now, called) = (being_asked.clone(), clock.now(), self.institution_name.clone());
                asking.spawn(async move {
                    if let Err(error) = process_request(&folders, &interface, (&name, &called), now).await {
                        tracing::error!(error = &error as &dyn std::error::Error, "an ask could not be answered");
                        // A disk that is full now will be so in a moment; the system is not asked over and over.
                        tokio::time::sleep(FAILURE_BACKOFF).await;
                    }
                    lock_ignoring_poison(&being_asked).remove(&name);
                });
            }
            tokio::select! {
                Some(_) = asking.join_next() => {}
                () = changed.notified() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
        }
    }

    /// Takes what is in `req` and brings on what waits, whether or not there is room to ask: a system that is slow keeps no
    /// file lying about. Then the asks that are to be asked now, at most so many. They count as being asked from here on.
    async fn take_pending_requests(
        &self,
        being_asked: &Arc<Mutex<HashSet<FileName>>>,
        at_most: usize,
        (institution, now): (InstitutionCode, Timestamp),
    ) -> Vec<FileName> {
        let known = being_asked.clone();
        let found = self
            .run_blocking(move |folders| {
                folders.take_requests()?;
                let mut known = lock_ignoring_poison(&known);
                let PendingRequests { mut requests, unknown } = folders.resume(&known)?;
                requests.truncate(at_most);
                known.extend(requests.iter().cloned());
                for name in &unknown {
                    let bytes = folders.read_unknown_request(name)?;
                    folders
                        .deliver_unknown_response(name, &fault::unknown_request_response(institution, &bytes, now))?;
                }
                Ok((requests, unknown.len(), folders.blocked_responses()))
            })
            .await;
        match found {
            Ok((asks, unknown, blocked)) => {
                let mut status = lock_ignoring_poison(&self.status);
                // A count of files never comes near the end of the number.
                status.unknown_requests += unknown as u64;
                status.blocked_responses = blocked;
                asks
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

fn check_places(places: &ExchangePaths) -> Result<(), WrongFolder> {
    for folder in places.all() {
        disk::check_access(folder).map_err(|error| WrongFolder::Unusable(folder.to_owned(), error))?;
    }
    // One that is left by a process that was ended is cleared as a draft at the next start.
    let file = places.work.join("write-test.part");
    let written = RealDisk.write(&file, b"0123456789").and_then(|()| RealDisk.remove(&file));
    written.map_err(|error| WrongFolder::Unusable(places.work.clone(), error))
}

async fn run_blocking<T: Send + 'static>(
    folders: &Arc<Mutex<Folders<RealDisk>>>,
    job: impl FnOnce(&mut Folders<RealDisk>) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let folders = folders.clone();
    tokio::task::spawn_blocking(move || job(&mut lock_ignoring_poison(&folders))).await.map_err(io::Error::other)?
}

/// Nothing is left half done under these locks: what stands is on the disk.
fn lock_ignoring_poison<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks what an ask asks, and brings the answer to `res`.
async fn process_request(
    folders: &Arc<Mutex<Folders<RealDisk>>>,
    interface: &EligibilityClient,
    (name, called): (&FileName, &str),
    now: Timestamp,
) -> io::Result<()> {
    let wanted = name.clone();
    let ask = run_blocking(folders, move |folders| folders.read_request(&wanted)).await?;
    let answered = build_response_file(interface, called, &ask, now).await;
    let name = name.clone();
    run_blocking(folders, move |folders| folders.deliver_response(&name, &answered)).await
}

pub(crate) async fn build_response_file(
    interface: &EligibilityClient,
    called: &str,
    ask: &RequestFile,
    now: Timestamp,
) -> ResponseFile {
    let relayed = match &ask.content {
        AskContent::Whole(bytes) => interface.relay_request(&ask.name, bytes).await,
        AskContent::TooLong(_) => Err(EligibilityError::TooLarge(ask.name.interface().max_bytes())),
    };
    match relayed {
        Ok(RelayedResponse { bytes, extension, message }) => {
            let kept = if fault::is_request_error(&message) {
                RequestDisposition::MoveToErr
            } else {
                RequestDisposition::Delete
            };
            let bytes = add_qr_code(called, ask, message).unwrap_or(bytes);
            ResponseFile { bytes, extension, disposition: kept }
        }
        Err(failure) => {
            let kept = match ask.content {
                AskContent::Whole(_) => RequestDisposition::Delete,
                AskContent::TooLong(_) => RequestDisposition::MoveToErr,
            };
            let message = fault::error_response(interface.institution(), ask, &failure, now);
            let refusal = Refusal::Interface(failure);
            tracing::warn!(
                error = &refusal as &dyn std::error::Error,
                "an ask is answered with an error of the terminal"
            );
            ResponseFile {
                bytes: oqs::write(&message, fault::request_character_code(ask)),
                extension: oqs::Extension::Xml,
                disposition: kept,
            }
        }
    }
}

/// An answer with an institution's address and no code, with the code as it was asked for: the system leaves it to the
/// terminal, which has the paper.
fn add_qr_code(called: &str, ask: &RequestFile, message: Message) -> Option<Vec<u8>> {
    let Message::AccessUrlResponse(mut answer) = message else { return None };
    let Outcome::Normal(body) = &mut answer.outcome else { return None };
    let address = body.address.as_mut().filter(|address| address.code.is_none())?;
    let reading = oqs::parse(ask.name.interface(), ask.content.bytes()).ok()?;
    let Message::AccessUrlRequest(request) = reading.message else { return None };
    let image = request.body.requested.image;
    let code = AddressQrCode::encode(&address.url)?;
    address.code = Some(Attachment(match image {
        CodeImage::Png => code.to_png(),
        CodeImage::Pdf => {
            code.to_pdf(&PrintedSheet { institution: called, kind: address.kind.label(), address: &address.url })
        }
    }));
    address.image = Some(image);
    Some(oqs::write(&Message::AccessUrlResponse(answer), reading.character_code))
}

/// Wakes whoever waits when something happens in `req` or `res`. Without events the folders are only swept.
fn watch_folders(places: &ExchangePaths, changed: &Arc<Notify>) -> Option<notify::RecommendedWatcher> {
    let told = changed.clone();
    let made = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading a folder is an event too, and would be an answer to itself.
        let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
        if event.is_ok_and(|event| !event.kind.is_access() || event.kind == written) {
            told.notify_one();
        }
    });
    let watching = made.and_then(|mut watcher| {
        watcher.watch(&places.req, RecursiveMode::NonRecursive)?;
        watcher.watch(&places.res, RecursiveMode::NonRecursive)?;
        Ok(watcher)
    });
    watching
        .inspect_err(
            |error| tracing::warn!(%error, "events of the exchange folders do not arrive; they are only swept"),
        )
        .ok()
}

#[cfg(test)]
mod tests;
