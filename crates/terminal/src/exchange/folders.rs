//! The exchange folders, and where an ask stands: the folder that a file lies in is its state, and every step is one
//! rename, so that a process may end at any instant.
//!
//! ```text
//! req/ASK ──take──▶ asked/ASK ──(the system answers)──▶ ready/ANSWER or faulty/ANSWER, whole
//!                   asked/ASK ──finish──▶ gone, or err/ASK beside a faulty answer
//!                                         ready/ANSWER or faulty/ANSWER ──publish──▶ res/ANSWER
//! ```
//!
//! Whoever finds `asked/ASK` without an answer asks again; with one, goes on where it was left. An answer leaves our own
//! folders by one rename, after which nothing here knows of the ask any more: it is never answered a second time, even
//! if the receipt computer has taken the answer away already.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use oqs::{Direction, Extension, FileName};

use super::disk::{Disk, FileStamp};

/// With this every message ends, in UTF-8 as in Shift_JIS, none of whose second bytes are `<`, `/` or `>`.
const END_TAG: &[u8] = b"</XmlMsg>";

/// Where the files are.
#[derive(Debug, Clone)]
pub(crate) struct ExchangePaths {
    /// 要求: the receipt computer puts asks here.
    pub(crate) req: PathBuf,
    /// 結果: it takes answers from here.
    pub(crate) res: PathBuf,
    /// Results of card reception, and what the desk hands over as such.
    pub(crate) face: PathBuf,
    /// Asks that were answered with an error, and files that are no asks.
    pub(crate) err: PathBuf,
    /// Ours alone; in the same file system as the others.
    pub(crate) work: PathBuf,
    pub(crate) taken_requests: PathBuf,
    pub(crate) ready_responses: PathBuf,
    pub(crate) error_responses: PathBuf,
}

/// An ask that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestFile {
    pub(crate) name: FileName,
    pub(crate) content: AskContent,
}

/// What was read of an ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AskContent {
    /// All of it.
    Whole(Vec<u8>),
    /// Its beginning, as long as a message of its kind can be: there is more.
    TooLong(Vec<u8>),
}

impl AskContent {
    /// All of it, or as much as was read.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) | Self::TooLong(bytes) => bytes,
        }
    }
}

/// What an ask is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResponseFile {
    pub(crate) bytes: Vec<u8>,
    pub(crate) extension: Extension,
    pub(crate) disposition: RequestDisposition,
}

/// What becomes of an ask once it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestDisposition {
    /// It is done with.
    Delete,
    /// It is kept aside, for whoever looks what was wrong with it.
    MoveToErr,
}

/// The folders on a disk.
pub(crate) struct Folders<D> {
    paths: ExchangePaths,
    disk: D,
    timing: Timing,
    /// What to do beside the answer that says no.
    err_files: ErrFiles,
    unsettled: HashMap<String, (FileStamp, Instant)>,
    /// Answers that wait because their namesake lies in `res` still; each is logged once.
    blocked_responses: BTreeSet<String>,
}

/// How long files stay where they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    /// How long a whole request stays in `req` before it is taken: some programs read their own request back.
    pub(crate) request_stays: Duration,
    /// How long a file that does not read as whole must stay as it is before it is taken for what it is.
    pub(crate) settle_time: Duration,
}

/// Whether a request that is answered with 処理結果区分 9 is put into `res` besides, with a file of its name and `.err`, as
/// the link software of some sites does. A process that ends between may put it there twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ErrFiles {
    /// The answer alone.
    #[default]
    None,
    /// The request and its `.err` beside the answer.
    BesideResponse,
}

/// What [`Folders::resume`] found to be done.
#[derive(Debug, Default)]
pub(crate) struct PendingRequests {
    /// Requests to ask the system.
    pub(crate) requests: Vec<FileName>,
    /// Files whose names have the form of a request's and are of no kind that is known.
    pub(crate) unknown: Vec<String>,
}

impl ExchangePaths {
    /// Those below a folder.
    pub(crate) fn under_root(root: &Path) -> Self {
        let own = root.join(".uketsuke");
        Self {
            req: root.join("req"),
            res: root.join("res"),
            face: root.join("face"),
            err: root.join("err"),
            taken_requests: own.join("asked"),
            ready_responses: own.join("ready"),
            error_responses: own.join("faulty"),
            work: own,
        }
    }

    /// All, those above first.
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
    pub(crate) fn new(places: ExchangePaths, disk: D, timing: Timing, err_files: ErrFiles) -> Self {
        Self { paths: places, disk, timing, err_files, unsettled: HashMap::new(), blocked_responses: BTreeSet::new() }
    }

    /// Answers that wait because their namesake lies in `res` still.
    pub(crate) fn blocked_responses(&self) -> Vec<String> {
        self.blocked_responses.iter().cloned().collect()
    }

    /// Goes on where it was left, by this process or the one before, and tells the asks that are to be asked: all that
    /// were taken, but those that are being asked now.
    pub(crate) fn resume(&mut self, being_asked: &HashSet<FileName>) -> io::Result<PendingRequests> {
        let mut open = PendingRequests::default();
        for text in self.disk.list_files(&self.paths.taken_requests)? {
            match text.parse::<FileName>() {
                Ok(name) if being_asked.contains(&name) => {}
                Ok(name) if self.has_response(&name)? => self.finish_request(&name)?,
                Ok(name) => open.requests.push(name),
                Err(_) if self.has_unknown_response(&text)? => {
                    self.move_to_err(&self.paths.taken_requests, &text)?;
                }
                Err(_) => open.unknown.push(text),
            }
        }
        let (ready, faulty) = (self.paths.ready_responses.clone(), self.paths.error_responses.clone());
        let mut blocked = BTreeSet::new();
        for folder in [&ready, &faulty] {
            for answer in self.disk.list_files(folder)? {
                if self.publish_response(folder, &answer)? == PublishOutcome::Blocked {
                    if !self.blocked_responses.contains(&answer) {
                        tracing::warn!(answer, "an answer waits: a file of its name lies in res and is not taken away");
                    }
                    blocked.insert(answer);
                }
            }
        }
        self.blocked_responses = blocked;
        Ok(open)
    }

    /// Removes what a process that was ended had begun to write.
    pub(crate) fn remove_drafts(&self) -> io::Result<()> {
        for name in self.disk.list_files(&self.paths.work)? {
            let file = self.paths.work.join(name);
            if file.extension().is_some_and(|extension| extension == "part") {
                self.disk.remove(&file)?;
            }
        }
        Ok(())
    }

    /// Takes the asks that are there. An ask whose namesake is not through yet stays where it is, and so does a file that
    /// somebody is still writing.
    pub(crate) fn take_requests(&mut self) -> io::Result<()> {
        let found = self.disk.list_files(&self.paths.req)?;
        self.unsettled.retain(|name, _| found.contains(name));
        for text in found {
            let ends = Path::new(&text).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
            // A name that ends otherwise is that of a draft: the usual way is to write it so and rename it then.
            if !ends || text.starts_with('.') || !self.is_settled(&text)? {
                continue;
            }
            match text.parse::<FileName>() {
                Ok(name) if is_request(&name) => {
                    if self.is_in_progress(&name)? {
                        continue;
                    }
                    self.disk.rename(&self.paths.req.join(&text), &self.paths.taken_requests.join(&text))?;
                    self.disk.sync_folder(&self.paths.taken_requests)?;
                    self.disk.sync_folder(&self.paths.req)?;
                }
                _ if unknown_response_name(&text).is_some() => {
                    let under_way = self.disk.stat(&self.paths.taken_requests.join(&text))?.is_some();
                    if under_way || self.has_unknown_response(&text)? {
                        continue;
                    }
                    tracing::warn!(name = text, "a request of no known kind is answered with an error");
                    self.disk.rename(&self.paths.req.join(&text), &self.paths.taken_requests.join(&text))?;
                    self.disk.sync_folder(&self.paths.taken_requests)?;
                    self.disk.sync_folder(&self.paths.req)?;
                }
                // It has no name to answer under.
                _ => {
                    tracing::warn!(name = text, "a file in req has the name of no ask and is put aside");
                    self.move_to_err(&self.paths.req, &text)?;
                }
            }
        }
        Ok(())
    }

    /// Reads an ask that was taken.
    pub(crate) fn read_request(&self, name: &FileName) -> io::Result<RequestFile> {
        let most = name.interface().max_bytes();
        let file = self.paths.taken_requests.join(name.to_string());
        let content = match self.disk.stat(&file)? {
            Some(seen) if seen.size <= most as u64 => AskContent::Whole(self.disk.read(&file, most)?),
            // Its answer still says to whom it is, in the character code of the ask.
            Some(_) => AskContent::TooLong(self.disk.read(&file, most)?),
            // A link is not followed.
            None => AskContent::TooLong(Vec::new()),
        };
        Ok(RequestFile { name: name.clone(), content })
    }

    /// Brings an answer to `res`, under the name that matches its ask.
    pub(crate) fn deliver_response(&self, name: &FileName, answered: &ResponseFile) -> io::Result<()> {
        let folder = match answered.disposition {
            RequestDisposition::Delete => &self.paths.ready_responses,
            RequestDisposition::MoveToErr => &self.paths.error_responses,
        };
        let answer = name.response().with_extension(answered.extension).to_string();
        let draft = self.paths.work.join(format!("{answer}.part"));
        self.disk.write(&draft, &answered.bytes)?;
        self.disk.rename(&draft, &folder.join(&answer))?;
        self.disk.sync_folder(folder)?;
        self.finish_request(name)?;
        self.publish_response(folder, &answer).map(|_| ())
    }

    /// The first bytes of a request of no known kind: enough to find what its answer repeats.
    pub(crate) fn read_unknown_request(&self, text: &str) -> io::Result<Vec<u8>> {
        self.disk.read(&self.paths.taken_requests.join(text), MAX_UNKNOWN_BYTES)
    }

    /// Brings the answer to a request of no known kind to `res`.
    pub(crate) fn deliver_unknown_response(&mut self, text: &str, bytes: &[u8]) -> io::Result<()> {
        let Some(answer) = unknown_response_name(text) else { return Ok(()) };
        let draft = self.paths.work.join(format!("{answer}.part"));
        self.disk.write(&draft, bytes)?;
        self.disk.rename(&draft, &self.paths.error_responses.join(&answer))?;
        self.disk.sync_folder(&self.paths.error_responses)?;
        self.write_err_files(&self.paths.taken_requests, text, &answer)?;
        self.move_to_err(&self.paths.taken_requests, text)?;
        self.publish_response(&self.paths.error_responses, &answer).map(|_| ())
    }

    fn has_unknown_response(&self, text: &str) -> io::Result<bool> {
        let Some(answer) = unknown_response_name(text) else { return Ok(false) };
        Ok(self.disk.stat(&self.paths.error_responses.join(answer))?.is_some())
    }

    /// Puts a copy of a request that is answered with an error into `res`, and its `.err` with what the answer says.
    fn write_err_files(&self, folder: &Path, text: &str, answer: &str) -> io::Result<()> {
        if self.err_files == ErrFiles::None {
            return Ok(());
        }
        let err = Path::new(text).with_extension("err").to_string_lossy().into_owned();
        for (from, name) in [(self.paths.error_responses.join(answer), err), (folder.join(text), text.to_owned())] {
            let bytes = self.disk.read(&from, MAX_UNKNOWN_BYTES)?;
            let draft = self.paths.work.join(format!("{name}.part"));
            self.disk.write(&draft, &bytes)?;
            self.disk.rename(&draft, &self.paths.res.join(name))?;
        }
        self.disk.sync_folder(&self.paths.res)
    }

    /// Puts a whole file into `face`.
    pub(crate) fn write_to_face(&self, name: &FileName, bytes: &[u8]) -> io::Result<()> {
        let text = name.to_string();
        let draft = self.paths.work.join(format!("{text}.part"));
        self.disk.write(&draft, bytes)?;
        self.disk.rename(&draft, &self.paths.face.join(&text))?;
        self.disk.sync_folder(&self.paths.face)
    }

    /// An answer is whole: its ask is done with.
    fn finish_request(&self, name: &FileName) -> io::Result<()> {
        let text = name.to_string();
        let faulty = self.find_response(&self.paths.error_responses, name)?;
        if let Some(answer) = faulty {
            self.write_err_files(&self.paths.taken_requests, &text, &answer)?;
            self.move_to_err(&self.paths.taken_requests, &text)?;
        } else {
            self.disk.remove(&self.paths.taken_requests.join(&text))?;
        }
        self.disk.sync_folder(&self.paths.taken_requests)
    }

    /// Brings a whole answer to `res`, unless its namesake lies there still.
    fn publish_response(&self, folder: &Path, answer: &str) -> io::Result<PublishOutcome> {
        let to = self.paths.res.join(answer);
        // Nobody but this process puts anything there, so what is not there now will not be there then.
        if self.disk.stat(&to)?.is_some() {
            return Ok(PublishOutcome::Blocked);
        }
        self.disk.rename(&folder.join(answer), &to)?;
        self.disk.sync_folder(&self.paths.res)?;
        self.disk.sync_folder(folder)?;
        Ok(PublishOutcome::InRes)
    }

    /// Moves a file to `err`, beside those of the same name that are there.
    fn move_to_err(&self, folder: &Path, text: &str) -> io::Result<()> {
        let mut to = self.paths.err.join(text);
        let mut further = 1;
        while self.disk.stat(&to)?.is_some() {
            further += 1;
            to = self.paths.err.join(format!("{text}.{further}"));
        }
        self.disk.rename(&folder.join(text), &to)?;
        self.disk.sync_folder(&self.paths.err)?;
        self.disk.sync_folder(folder)
    }

    fn find_response(&self, folder: &Path, name: &FileName) -> io::Result<Option<String>> {
        for extension in [Extension::Xml, Extension::Zip, Extension::Pdf] {
            let answer = name.response().with_extension(extension).to_string();
            if self.disk.stat(&folder.join(&answer))?.is_some() {
                return Ok(Some(answer));
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

    /// Whether nobody writes this file any more: it reads as whole, or has stayed as it is for long enough.
    fn is_settled(&mut self, text: &str) -> io::Result<bool> {
        let file = self.paths.req.join(text);
        let Some(seen) = self.disk.stat(&file)? else { return Ok(false) };
        let whole = self.disk.read_end(&file, 256)?.trim_ascii_end().ends_with(END_TAG);
        let wait = if whole { self.timing.request_stays } else { self.timing.settle_time };
        if whole && wait.is_zero() {
            self.unsettled.remove(text);
            return Ok(true);
        }
        let (before, since) = *self.unsettled.entry(text.to_owned()).or_insert_with(|| (seen, Instant::now()));
        if before != seen {
            self.unsettled.insert(text.to_owned(), (seen, Instant::now()));
            return Ok(false);
        }
        let stayed = since.elapsed() >= wait;
        if stayed {
            self.unsettled.remove(text);
        }
        Ok(stayed)
    }
}

/// What became of an answer that is to go to `res`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PublishOutcome {
    InRes,
    /// Its namesake lies there still.
    Blocked,
}

/// How much is read of a request of no known kind.
const MAX_UNKNOWN_BYTES: usize = 1 << 20;

/// The longest name of a request of no known kind.
const MAX_UNKNOWN_NAME_LENGTH: usize = 160;

/// What stands between prefix and own part of a request's name.
const REQUEST_WORD: &str = "req_";

/// Under which name a file is answered that is no request of a known kind and has the form of one: `…req_….xml`, in any
/// case of word and extension and with any characters that a file's name may have.
pub(crate) fn unknown_response_name(text: &str) -> Option<String> {
    let place = text.to_ascii_lowercase().find(REQUEST_WORD)?;
    let (prefix, rest) = text.split_at_checked(place)?;
    let (word, own) = rest.split_at_checked(REQUEST_WORD.len())?;
    let stem = Path::new(own).file_stem()?.to_str()?;
    let xml = Path::new(own).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
    let prefix_fits = (1..=20).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let own_fits = !stem.trim().is_empty() && text.len() <= MAX_UNKNOWN_NAME_LENGTH && !own.contains(char::is_control);
    (prefix_fits && own_fits && xml).then(|| format!("{prefix}{}{own}", word.replace('q', "s").replace('Q', "S")))
}

fn is_request(name: &FileName) -> bool {
    name.interface().direction == Direction::Request && name.extension() == Extension::Xml
}
