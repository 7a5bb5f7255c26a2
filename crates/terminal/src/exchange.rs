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
    client::{Failure, Interface, Relayed},
    paper::{Code, Sheet},
};
use disk::{Disk, Held, Real};
pub use folders::ErrFiles;
use folders::{Answered, Folders, Open, Places, Timing};
pub(crate) use folders::{Ask, AskContent, Kept};

/// How often the folders are looked at. Events only make it faster: on a share they do not arrive.
const SWEEP: Duration = Duration::from_secs(1);

/// The exchange folders of an institution, as its settings have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeFolder {
    /// The folder that has `req`, `res`, `face` and `err`.
    pub folder: PathBuf,
    /// How long a whole request stays in `req` before it is taken.
    pub request_stays: Duration,
    /// How long a file that does not read as whole must stay as it is before it is answered as it is.
    pub settle: Duration,
    /// What is put into `res` beside an answer that says no.
    pub err_files: ErrFiles,
}

impl ExchangeFolder {
    /// How long a file that does not read as whole must stay as it is, where the settings do not say.
    pub const SETTLE: Duration = Duration::from_secs(3);

    /// A folder with everything else as usual.
    pub fn with_defaults(folder: PathBuf) -> Self {
        Self { folder, request_stays: Duration::ZERO, settle: Self::SETTLE, err_files: ErrFiles::None }
    }
}

/// What the administrator is told of the exchange.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ExchangeStatus {
    /// How many requests of no known kind were answered with an error since the start.
    pub(crate) unknown: u64,
    /// Answers that wait because their namesake lies in `res` still.
    pub(crate) blocked: Vec<String>,
}

/// How long an ask waits whose answer could not be written.
const AFTER_A_FAILURE: Duration = Duration::from_secs(10);

/// As many asks as are asked at once.
const AT_ONCE: usize = 8;

/// Folders that asks cannot be exchanged in.
#[derive(Debug, thiserror::Error)]
pub enum WrongFolder {
    /// A folder cannot be made or used.
    #[error("'{0}' cannot be used")]
    Unusable(PathBuf, #[source] io::Error),
    /// A folder is on another file system, where nothing can be moved to in one step.
    #[error("'{0}' is on another file system than the folder above it; the exchange needs one file system")]
    Elsewhere(PathBuf),
    /// Another terminal works on these folders.
    #[error("another process already exchanges files in '{0}'")]
    Taken(PathBuf),
}

/// The exchange folders of one terminal.
pub(crate) struct Exchange {
    folders: Arc<Mutex<Folders<Real>>>,
    places: Places,
    /// The institution's name, for what is printed.
    name: String,
    status: Mutex<ExchangeStatus>,
    /// Held as long as this process works on the folders.
    _held: fs::File,
}

impl Exchange {
    /// Makes what is missing of the folders below `root`.
    pub(crate) fn open(settings: &ExchangeFolder, name: &str) -> Result<Self, WrongFolder> {
        let root = settings.folder.as_path();
        let places = Places::below(root);
        let unusable = |path: &Path| {
            let path = path.to_owned();
            move |source| WrongFolder::Unusable(path, source)
        };
        disk::make_folder(root).map_err(unusable(root))?;
        let device = fs::metadata(root).map_err(unusable(root))?.dev();
        for folder in places.all() {
            disk::make_folder(folder).map_err(unusable(folder))?;
            if fs::metadata(folder).map_err(unusable(folder))?.dev() != device {
                return Err(WrongFolder::Elsewhere(folder.to_owned()));
            }
        }
        let held = disk::hold(&places.own.join("lock")).map_err(|held| match held {
            Held::Another => WrongFolder::Taken(root.to_owned()),
            Held::Disk(path, source) => WrongFolder::Unusable(path, source),
        })?;
        let timing = Timing { request_stays: settings.request_stays, settle: settings.settle };
        let folders = Folders::new(places.clone(), Real, timing, settings.err_files);
        folders.clear_drafts().map_err(unusable(&places.own))?;
        let folders = Arc::new(Mutex::new(folders));
        Ok(Self { folders, places, name: name.to_owned(), status: Mutex::default(), _held: held })
    }

    /// Whether files can be exchanged: each folder is there and may be written, and its disk takes a file.
    pub(crate) async fn check(&self) -> Result<(), WrongFolder> {
        let places = self.places.clone();
        let checked = tokio::task::spawn_blocking(move || check_places(&places));
        let unusable = |error| Err(WrongFolder::Unusable(self.places.own.clone(), io::Error::other(error)));
        checked.await.unwrap_or_else(unusable)
    }

    /// What the administrator is told of it.
    pub(crate) fn status(&self) -> ExchangeStatus {
        unpoisoned(&self.status).clone()
    }

    /// Puts an answer into `face`, as the reception of a card at the desk does.
    pub(crate) async fn hand_over(&self, name: FileName, message: Message) -> io::Result<()> {
        let bytes = oqs::write(&message, CharacterCode::Utf8);
        self.on_disk(move |folders| folders.hand_over(&name, &bytes)).await
    }

    /// Answers asks, endlessly.
    pub(crate) async fn work(&self, interface: &Interface, clock: &Clock) {
        let changed = Arc::new(Notify::new());
        let _watcher = watched(&self.places, &changed);
        let mut asking = JoinSet::new();
        let being_asked = Arc::new(Mutex::new(HashSet::new()));
        loop {
            // An ask that waits for its turn is taken and on the disk: it is found again.
            let institution = interface.institution();
            let room = AT_ONCE.saturating_sub(asking.len());
            for name in self.next(&being_asked, room, (institution, clock.now())).await {
                let (folders, interface) = (self.folders.clone(), interface.clone());
                let (being_asked, now, called) = (being_asked.clone(), clock.now(), self.name.clone());
                asking.spawn(async move {
                    if let Err(error) = answer(&folders, &interface, (&name, &called), now).await {
                        tracing::error!(error = &error as &dyn std::error::Error, "an ask could not be answered");
                        // A disk that is full now will be so in a moment; the system is not asked over and over.
                        tokio::time::sleep(AFTER_A_FAILURE).await;
                    }
                    unpoisoned(&being_asked).remove(&name);
                });
            }
            tokio::select! {
                Some(_) = asking.join_next() => {}
                () = changed.notified() => {}
                () = tokio::time::sleep(SWEEP) => {}
            }
        }
    }

    /// Takes what is in `req` and brings on what waits, whether or not there is room to ask: a system that is slow keeps no
    /// file lying about. Then the asks that are to be asked now, at most so many. They count as being asked from here on.
    async fn next(
        &self,
        being_asked: &Arc<Mutex<HashSet<FileName>>>,
        at_most: usize,
        (institution, now): (InstitutionCode, Timestamp),
    ) -> Vec<FileName> {
        let known = being_asked.clone();
        let found = self
            .on_disk(move |folders| {
                folders.take()?;
                let mut known = unpoisoned(&known);
                let Open { mut asks, unknown } = folders.go_on(&known)?;
                asks.truncate(at_most);
                known.extend(asks.iter().cloned());
                for name in &unknown {
                    let bytes = folders.read_unknown(name)?;
                    folders.carry_unknown(name, &fault::answer_unknown(institution, &bytes, now))?;
                }
                Ok((asks, unknown.len(), folders.blocked()))
            })
            .await;
        match found {
            Ok((asks, unknown, blocked)) => {
                let mut status = unpoisoned(&self.status);
                // A count of files never comes near the end of the number.
                status.unknown += unknown as u64;
                status.blocked = blocked;
                asks
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the exchange folders cannot be used");
                Vec::new()
            }
        }
    }

    async fn on_disk<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Folders<Real>) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        on_disk(&self.folders, job).await
    }
}

fn check_places(places: &Places) -> Result<(), WrongFolder> {
    for folder in places.all() {
        disk::check_access(folder).map_err(|error| WrongFolder::Unusable(folder.to_owned(), error))?;
    }
    // One that is left by a process that was ended is cleared as a draft at the next start.
    let file = places.own.join("write-test.part");
    let written = Real.write(&file, b"0123456789").and_then(|()| Real.remove(&file));
    written.map_err(|error| WrongFolder::Unusable(places.own.clone(), error))
}

async fn on_disk<T: Send + 'static>(
    folders: &Arc<Mutex<Folders<Real>>>,
    job: impl FnOnce(&mut Folders<Real>) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let folders = folders.clone();
    tokio::task::spawn_blocking(move || job(&mut unpoisoned(&folders))).await.map_err(io::Error::other)?
}

/// Nothing is left half done under these locks: what stands is on the disk.
fn unpoisoned<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks what an ask asks, and brings the answer to `res`.
async fn answer(
    folders: &Arc<Mutex<Folders<Real>>>,
    interface: &Interface,
    (name, called): (&FileName, &str),
    now: Timestamp,
) -> io::Result<()> {
    let wanted = name.clone();
    let ask = on_disk(folders, move |folders| folders.read(&wanted)).await?;
    let answered = answer_request(interface, called, &ask, now).await;
    let name = name.clone();
    on_disk(folders, move |folders| folders.carry(&name, &answered)).await
}

pub(crate) async fn answer_request(interface: &Interface, called: &str, ask: &Ask, now: Timestamp) -> Answered {
    let relayed = match &ask.content {
        AskContent::Whole(bytes) => interface.relay(&ask.name, bytes).await,
        AskContent::TooLong(_) => Err(Failure::TooLong(ask.name.interface().most_bytes())),
    };
    match relayed {
        Ok(Relayed { bytes, extension, message }) => {
            let kept = if fault::says_no_as_a_whole(&message) { Kept::Aside } else { Kept::No };
            let bytes = with_code(called, ask, message).unwrap_or(bytes);
            Answered { bytes, extension, ask: kept }
        }
        Err(failure) => {
            let kept = match ask.content {
                AskContent::Whole(_) => Kept::No,
                AskContent::TooLong(_) => Kept::Aside,
            };
            let message = fault::answer(interface.institution(), ask, &failure, now);
            let refusal = Refusal::Interface(failure);
            tracing::warn!(
                error = &refusal as &dyn std::error::Error,
                "an ask is answered with an error of the terminal"
            );
            Answered { bytes: oqs::write(&message, fault::code_of(ask)), extension: oqs::Extension::Xml, ask: kept }
        }
    }
}

/// An answer with an institution's address and no code, with the code as it was asked for: the system leaves it to the
/// terminal, which has the paper.
fn with_code(called: &str, ask: &Ask, message: Message) -> Option<Vec<u8>> {
    let Message::AccessUrlAnswer(mut answer) = message else { return None };
    let Outcome::Normal(body) = &mut answer.outcome else { return None };
    let address = body.address.as_mut().filter(|address| address.code.is_none())?;
    let reading = oqs::parse(ask.name.interface(), ask.content.bytes()).ok()?;
    let Message::AccessUrlRequest(request) = reading.message else { return None };
    let image = request.body.wanted.image;
    let code = Code::of(&address.url)?;
    address.code = Some(Attachment(match image {
        CodeImage::Png => code.png(),
        CodeImage::Pdf => code.pdf(&Sheet { institution: called, kind: address.kind.label(), address: &address.url }),
    }));
    address.image = Some(image);
    Some(oqs::write(&Message::AccessUrlAnswer(answer), reading.character_code))
}

/// Wakes whoever waits when something happens in `req` or `res`. Without events the folders are only swept.
fn watched(places: &Places, changed: &Arc<Notify>) -> Option<notify::RecommendedWatcher> {
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
