//! The exchange folders and the state of each request: the folder of a file is its state, and every step is one rename, so
//! that the process may be killed at any time.
//!
//! ```text
//! req/REQUEST ──take──▶ asked/REQUEST ──(the system responds)──▶ ready/RESPONSE or faulty/RESPONSE, complete
//!                       asked/REQUEST ──finish──▶ removed, or err/REQUEST with a faulty response
//!                                                 ready/RESPONSE or faulty/RESPONSE ──publish──▶ res/RESPONSE
//! ```
//!
//! At the next start `asked/REQUEST` without a response is sent again; with one, it is finished. A response leaves the
//! terminal's own folders by one rename, after which nothing of the request is left: it is never answered a second time,
//! even if the receipt computer has already taken the response.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use oqs::{Direction, Extension, FileName};

use super::disk::{Disk, FileStamp};

/// The end of every message, in UTF-8 and in Shift_JIS, whose second bytes are never `<`, `/` or `>`.
const END_TAG: &[u8] = b"</XmlMsg>";

/// The paths of the exchange folders.
#[derive(Debug, Clone)]
pub(crate) struct ExchangePaths {
    /// 要求: the receipt computer puts request files here.
    pub(crate) req: PathBuf,
    /// 結果: it takes response files from here.
    pub(crate) res: PathBuf,
    /// Results of card reception, and those that the desk sends to the receipt computer.
    pub(crate) face: PathBuf,
    /// Request files that were answered with an error, and files that are no requests.
    pub(crate) err: PathBuf,
    /// The terminal's own folder; in the same file system as the others.
    pub(crate) work: PathBuf,
    pub(crate) taken_requests: PathBuf,
    pub(crate) ready_responses: PathBuf,
    pub(crate) error_responses: PathBuf,
}

/// A request file that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestFile {
    pub(crate) name: FileName,
    pub(crate) content: RequestContent,
}

/// The content of a request file, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RequestContent {
    Whole(Vec<u8>),
    /// Its beginning, as long as a message of its kind can be.
    TooLong(Vec<u8>),
}

impl RequestContent {
    /// The bytes that were read.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) | Self::TooLong(bytes) => bytes,
        }
    }
}

/// The response to a request file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResponseFile {
    pub(crate) bytes: Vec<u8>,
    pub(crate) extension: Extension,
    pub(crate) disposition: RequestDisposition,
}

/// What happens to a request file after it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestDisposition {
    Delete,
    /// It is moved to `err` for diagnosis.
    MoveToErr,
}

/// The folders on a disk.
pub(crate) struct Folders<D> {
    paths: ExchangePaths,
    disk: D,
    timing: Timing,
    /// Which files are put into `res` with an error response.
    err_files: ErrFiles,
    unsettled: HashMap<String, (FileStamp, Instant)>,
    /// Response files that wait because a file of the same name is still in `res`; each is logged once.
    blocked_responses: BTreeSet<String>,
}

/// How long files stay in `req`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    /// How long a complete request file stays in `req` before it is taken: some programs read their own request back.
    pub(crate) request_stays: Duration,
    /// How long a file that looks incomplete must be unchanged before it is taken as it is.
    pub(crate) settle_time: Duration,
}

/// Whether a request that is answered with 処理結果区分 9 is also put into `res`, with a file of its name and `.err`, as the
/// link software of some sites does. If the process is killed in between, it may be put there twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ErrFiles {
    /// Only the response file.
    #[default]
    None,
    /// The request file and its `.err` with the response file.
    BesideResponse,
}

/// The requests that [`Folders::resume`] found unanswered.
#[derive(Debug, Default)]
pub(crate) struct PendingRequests {
    /// Requests to send to the system.
    pub(crate) requests: Vec<FileName>,
    /// Files whose names have the form of a request file's, but are of no known kind.
    pub(crate) unknown: Vec<String>,
}

impl ExchangePaths {
    pub(crate) fn under_root(root: &Path) -> Self {
        let work = root.join(".uketsuke");
        Self {
            req: root.join("req"),
            res: root.join("res"),
            face: root.join("face"),
            err: root.join("err"),
            taken_requests: work.join("asked"),
            ready_responses: work.join("ready"),
            error_responses: work.join("faulty"),
            work,
        }
    }

    /// All folders, parents first.
    pub(crate) fn all(&self) -> [&Path; 8] {
        [
            &self.req,
            &self.res,
            &self.face,
            &self.err,
            &self.work,
            &self.taken_requests,
            &self.ready_responses,
            &self.error_responses,
        ]
    }
}

impl<D: Disk> Folders<D> {
    pub(crate) fn new(paths: ExchangePaths, disk: D, timing: Timing, err_files: ErrFiles) -> Self {
        Self { paths, disk, timing, err_files, unsettled: HashMap::new(), blocked_responses: BTreeSet::new() }
    }

    /// Response files that wait because a file of the same name is still in `res`.
    pub(crate) fn blocked_responses(&self) -> Vec<String> {
        self.blocked_responses.iter().cloned().collect()
    }

    /// Continues where this process or the one before stopped, and returns the requests to send: all that were taken
    /// except those in progress.
    pub(crate) fn resume(&mut self, in_progress: &HashSet<FileName>) -> io::Result<PendingRequests> {
        let mut pending = PendingRequests::default();
        for file_name in self.disk.list_files(&self.paths.taken_requests)? {
            match file_name.parse::<FileName>() {
                Ok(name) if in_progress.contains(&name) => {}
                Ok(name) if self.has_response(&name)? => self.finish_request(&name)?,
                Ok(name) => pending.requests.push(name),
                Err(_) if self.has_unknown_response(&file_name)? => {
                    self.move_to_err(&self.paths.taken_requests, &file_name)?;
                }
                Err(_) => pending.unknown.push(file_name),
            }
        }
        let (ready, faulty) = (self.paths.ready_responses.clone(), self.paths.error_responses.clone());
        let mut blocked = BTreeSet::new();
        for folder in [&ready, &faulty] {
            for response_name in self.disk.list_files(folder)? {
                if self.publish_response(folder, &response_name)? == PublishOutcome::Blocked {
                    if !self.blocked_responses.contains(&response_name) {
                        tracing::warn!(response_name, "a response file waits: a file of the same name is still in res");
                    }
                    blocked.insert(response_name);
                }
            }
        }
        self.blocked_responses = blocked;
        Ok(pending)
    }

    /// Removes the incomplete files of a killed process.
    pub(crate) fn remove_drafts(&self) -> io::Result<()> {
        for name in self.disk.list_files(&self.paths.work)? {
            let file = self.paths.work.join(name);
            if file.extension().is_some_and(|extension| extension == "part") {
                self.disk.remove(&file)?;
            }
        }
        Ok(())
    }

    /// Takes the request files in `req`. A request stays there while one of the same name is in progress, and so does a file
    /// that is still being written.
    pub(crate) fn take_requests(&mut self) -> io::Result<()> {
        let file_names = self.disk.list_files(&self.paths.req)?;
        self.unsettled.retain(|name, _| file_names.contains(name));
        for file_name in file_names {
            let is_xml =
                Path::new(&file_name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
            // Any other extension is a draft: programs usually write under another name and rename the file.
            if !is_xml || file_name.starts_with('.') || !self.is_settled(&file_name)? {
                continue;
            }
            match file_name.parse::<FileName>() {
                Ok(name) if is_request(&name) => {
                    if self.is_in_progress(&name)? {
                        continue;
                    }
                    self.disk.rename(&self.paths.req.join(&file_name), &self.paths.taken_requests.join(&file_name))?;
                    self.disk.sync_folder(&self.paths.taken_requests)?;
                    self.disk.sync_folder(&self.paths.req)?;
                }
                _ if unknown_response_name(&file_name).is_some() => {
                    let under_way = self.disk.stat(&self.paths.taken_requests.join(&file_name))?.is_some();
                    if under_way || self.has_unknown_response(&file_name)? {
                        continue;
                    }
                    tracing::warn!(name = file_name, "a request file of an unknown kind is answered with an error");
                    self.disk.rename(&self.paths.req.join(&file_name), &self.paths.taken_requests.join(&file_name))?;
                    self.disk.sync_folder(&self.paths.taken_requests)?;
                    self.disk.sync_folder(&self.paths.req)?;
                }
                // There is no name for a response.
                _ => {
                    tracing::warn!(name = file_name, "a file in req has no name of a request file and is moved to err");
                    self.move_to_err(&self.paths.req, &file_name)?;
                }
            }
        }
        Ok(())
    }

    /// Reads a request file that was taken.
    pub(crate) fn read_request(&self, name: &FileName) -> io::Result<RequestFile> {
        let max_bytes = name.interface().max_bytes();
        let file = self.paths.taken_requests.join(name.to_string());
        let content = match self.disk.stat(&file)? {
            Some(stamp) if stamp.size <= max_bytes as u64 => RequestContent::Whole(self.disk.read(&file, max_bytes)?),
            // The error response repeats the identifier, in the character code of the request.
            Some(_) => RequestContent::TooLong(self.disk.read(&file, max_bytes)?),
            // A link is not followed.
            None => RequestContent::TooLong(Vec::new()),
        };
        Ok(RequestFile { name: name.clone(), content })
    }

    /// Delivers a response file to `res`, under the name that matches its request.
    pub(crate) fn deliver_response(&self, name: &FileName, response: &ResponseFile) -> io::Result<()> {
        let folder = match response.disposition {
            RequestDisposition::Delete => &self.paths.ready_responses,
            RequestDisposition::MoveToErr => &self.paths.error_responses,
        };
        let response_name = name.response().with_extension(response.extension).to_string();
        let draft = self.paths.work.join(format!("{response_name}.part"));
        self.disk.write(&draft, &response.bytes)?;
        self.disk.rename(&draft, &folder.join(&response_name))?;
        self.disk.sync_folder(folder)?;
        self.finish_request(name)?;
        self.publish_response(folder, &response_name).map(|_| ())
    }

    /// The first bytes of a request of an unknown kind: enough to find the items that its response repeats.
    pub(crate) fn read_unknown_request(&self, file_name: &str) -> io::Result<Vec<u8>> {
        self.disk.read(&self.paths.taken_requests.join(file_name), MAX_UNKNOWN_BYTES)
    }

    /// Delivers the response to a request of an unknown kind to `res`.
    pub(crate) fn deliver_unknown_response(&mut self, file_name: &str, bytes: &[u8]) -> io::Result<()> {
        let Some(response_name) = unknown_response_name(file_name) else { return Ok(()) };
        let draft = self.paths.work.join(format!("{response_name}.part"));
        self.disk.write(&draft, bytes)?;
        self.disk.rename(&draft, &self.paths.error_responses.join(&response_name))?;
        self.disk.sync_folder(&self.paths.error_responses)?;
        self.write_err_files(&self.paths.taken_requests, file_name, &response_name)?;
        self.move_to_err(&self.paths.taken_requests, file_name)?;
        self.publish_response(&self.paths.error_responses, &response_name).map(|_| ())
    }

    fn has_unknown_response(&self, file_name: &str) -> io::Result<bool> {
        let Some(response_name) = unknown_response_name(file_name) else { return Ok(false) };
        Ok(self.disk.stat(&self.paths.error_responses.join(response_name))?.is_some())
    }

    /// Puts a copy of a request that is answered with an error into `res`, and a copy of its response as `.err`.
    fn write_err_files(&self, folder: &Path, request_name: &str, response_name: &str) -> io::Result<()> {
        if self.err_files == ErrFiles::None {
            return Ok(());
        }
        let err = Path::new(request_name).with_extension("err").to_string_lossy().into_owned();
        for (source, name) in [
            (self.paths.error_responses.join(response_name), err),
            (folder.join(request_name), request_name.to_owned()),
        ] {
            let bytes = self.disk.read(&source, MAX_UNKNOWN_BYTES)?;
            let draft = self.paths.work.join(format!("{name}.part"));
            self.disk.write(&draft, &bytes)?;
            self.disk.rename(&draft, &self.paths.res.join(name))?;
        }
        self.disk.sync_folder(&self.paths.res)
    }

    /// Writes a file into `face`, complete from the start.
    pub(crate) fn write_to_face(&self, name: &FileName, bytes: &[u8]) -> io::Result<()> {
        let file_name = name.to_string();
        let draft = self.paths.work.join(format!("{file_name}.part"));
        self.disk.write(&draft, bytes)?;
        self.disk.rename(&draft, &self.paths.face.join(&file_name))?;
        self.disk.sync_folder(&self.paths.face)
    }

    /// Removes a request file whose response is complete, or moves it to `err`.
    fn finish_request(&self, name: &FileName) -> io::Result<()> {
        let request_name = name.to_string();
        let faulty = self.find_response(&self.paths.error_responses, name)?;
        if let Some(response_name) = faulty {
            self.write_err_files(&self.paths.taken_requests, &request_name, &response_name)?;
            self.move_to_err(&self.paths.taken_requests, &request_name)?;
        } else {
            self.disk.remove(&self.paths.taken_requests.join(&request_name))?;
        }
        self.disk.sync_folder(&self.paths.taken_requests)
    }

    /// Moves a complete response file to `res`, unless a file of the same name is still there.
    fn publish_response(&self, folder: &Path, response_name: &str) -> io::Result<PublishOutcome> {
        let target = self.paths.res.join(response_name);
        // Only this process creates files there, so the name stays free until the rename.
        if self.disk.stat(&target)?.is_some() {
            return Ok(PublishOutcome::Blocked);
        }
        self.disk.rename(&folder.join(response_name), &target)?;
        self.disk.sync_folder(&self.paths.res)?;
        self.disk.sync_folder(folder)?;
        Ok(PublishOutcome::InRes)
    }

    /// Moves a file to `err`, numbered if the name is taken.
    fn move_to_err(&self, folder: &Path, file_name: &str) -> io::Result<()> {
        let mut target = self.paths.err.join(file_name);
        let mut number = 1;
        while self.disk.stat(&target)?.is_some() {
            number += 1;
            target = self.paths.err.join(format!("{file_name}.{number}"));
        }
        self.disk.rename(&folder.join(file_name), &target)?;
        self.disk.sync_folder(&self.paths.err)?;
        self.disk.sync_folder(folder)
    }

    fn find_response(&self, folder: &Path, name: &FileName) -> io::Result<Option<String>> {
        for extension in [Extension::Xml, Extension::Zip, Extension::Pdf] {
            let response_name = name.response().with_extension(extension).to_string();
            if self.disk.stat(&folder.join(&response_name))?.is_some() {
                return Ok(Some(response_name));
            }
        }
        Ok(None)
    }

    fn has_response(&self, name: &FileName) -> io::Result<bool> {
        Ok(self.find_response(&self.paths.ready_responses, name)?.is_some()
            || self.find_response(&self.paths.error_responses, name)?.is_some())
    }

    fn is_in_progress(&self, name: &FileName) -> io::Result<bool> {
        Ok(self.disk.stat(&self.paths.taken_requests.join(name.to_string()))?.is_some() || self.has_response(name)?)
    }

    /// Whether a file is no longer being written: it is complete, or has been unchanged for long enough.
    fn is_settled(&mut self, file_name: &str) -> io::Result<bool> {
        let file = self.paths.req.join(file_name);
        let Some(stamp) = self.disk.stat(&file)? else { return Ok(false) };
        let complete = self.disk.read_end(&file, 256)?.trim_ascii_end().ends_with(END_TAG);
        let wait = if complete { self.timing.request_stays } else { self.timing.settle_time };
        if complete && wait.is_zero() {
            self.unsettled.remove(file_name);
            return Ok(true);
        }
        let (last_stamp, unchanged_since) =
            *self.unsettled.entry(file_name.to_owned()).or_insert_with(|| (stamp, Instant::now()));
        if last_stamp != stamp {
            self.unsettled.insert(file_name.to_owned(), (stamp, Instant::now()));
            return Ok(false);
        }
        let settled = unchanged_since.elapsed() >= wait;
        if settled {
            self.unsettled.remove(file_name);
        }
        Ok(settled)
    }
}

/// The outcome of moving a response file to `res`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PublishOutcome {
    InRes,
    /// A file of the same name is still there.
    Blocked,
}

/// How many bytes of a request of an unknown kind are read.
const MAX_UNKNOWN_BYTES: usize = 1 << 20;

/// The longest name of a request of an unknown kind, in bytes.
const MAX_UNKNOWN_NAME_LENGTH: usize = 160;

/// The marker between prefix and suffix of a request file's name.
const REQUEST_MARKER: &str = "req_";

/// The name of the response to a file that is no request of a known kind but has the form of one: `…req_….xml`, with marker
/// and extension in any case and any characters that a file name may have.
pub(crate) fn unknown_response_name(file_name: &str) -> Option<String> {
    let position = file_name.to_ascii_lowercase().find(REQUEST_MARKER)?;
    let (prefix, rest) = file_name.split_at_checked(position)?;
    let (marker, suffix) = rest.split_at_checked(REQUEST_MARKER.len())?;
    let stem = Path::new(suffix).file_stem()?.to_str()?;
    let xml = Path::new(suffix).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
    let prefix_fits = (1..=20).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let suffix_fits =
        !stem.trim().is_empty() && file_name.len() <= MAX_UNKNOWN_NAME_LENGTH && !suffix.contains(char::is_control);
    (prefix_fits && suffix_fits && xml)
        .then(|| format!("{prefix}{}{suffix}", marker.replace('q', "s").replace('Q', "S")))
}

fn is_request(name: &FileName) -> bool {
    name.interface().direction == Direction::Request && name.extension() == Extension::Xml
}
