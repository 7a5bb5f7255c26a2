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

use super::disk::{Disk, Seen};

/// With this every message ends, in UTF-8 as in Shift_JIS, none of whose second bytes are `<`, `/` or `>`.
const END: &[u8] = b"</XmlMsg>";

/// Where the files are.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// 要求: the receipt computer puts asks here.
    pub(crate) req: PathBuf,
    /// 結果: it takes answers from here.
    pub(crate) res: PathBuf,
    /// Results of card reception, and what the desk hands over as such.
    pub(crate) face: PathBuf,
    /// Asks that were answered with an error, and files that are no asks.
    pub(crate) err: PathBuf,
    /// Ours alone; in the same file system as the others.
    pub(crate) own: PathBuf,
    pub(crate) asked: PathBuf,
    pub(crate) ready: PathBuf,
    pub(crate) faulty: PathBuf,
}

/// An ask that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
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
pub(crate) struct Answered {
    pub(crate) bytes: Vec<u8>,
    pub(crate) extension: Extension,
    pub(crate) ask: Kept,
}

/// What becomes of an ask once it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It is done with.
    No,
    /// It is kept aside, for whoever looks what was wrong with it.
    Aside,
}

/// The folders on a disk.
pub(crate) struct Folders<D> {
    places: Places,
    disk: D,
    timing: Timing,
    /// What to do beside the answer that says no.
    err_files: ErrFiles,
    unsettled: HashMap<String, (Seen, Instant)>,
    /// Answers that wait because their namesake lies in `res` still; each is logged once.
    blocked: BTreeSet<String>,
}

/// How long files stay where they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    /// How long a whole request stays in `req` before it is taken: some programs read their own request back.
    pub(crate) request_stays: Duration,
    /// How long a file that does not read as whole must stay as it is before it is taken for what it is.
    pub(crate) settle: Duration,
}

/// Whether a request that is answered with 処理結果区分 9 is put into `res` besides, with a file of its name and `.err`, as
/// the link software of some sites does. A process that ends between may put it there twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ErrFiles {
    /// The answer alone.
    #[default]
    None,
    /// The request and its `.err` beside the answer.
    BesideAnswer,
}

/// What [`Folders::go_on`] found to be done.
#[derive(Debug, Default)]
pub(crate) struct Open {
    /// Requests to ask the system.
    pub(crate) asks: Vec<FileName>,
    /// Files whose names have the form of a request's and are of no kind that is known.
    pub(crate) unknown: Vec<String>,
}

impl Places {
    /// Those below a folder.
    pub(crate) fn below(root: &Path) -> Self {
        let own = root.join(".uketsuke");
        Self {
            req: root.join("req"),
            res: root.join("res"),
            face: root.join("face"),
            err: root.join("err"),
            asked: own.join("asked"),
            ready: own.join("ready"),
            faulty: own.join("faulty"),
            own,
        }
    }

    /// All, those above first.
    pub(crate) fn all(&self) -> [&Path; 8] {
        [&self.req, &self.res, &self.face, &self.err, &self.own, &self.asked, &self.ready, &self.faulty]
    }
}

impl<D: Disk> Folders<D> {
    pub(crate) fn new(places: Places, disk: D, timing: Timing, err_files: ErrFiles) -> Self {
        Self { places, disk, timing, err_files, unsettled: HashMap::new(), blocked: BTreeSet::new() }
    }

    /// Answers that wait because their namesake lies in `res` still.
    pub(crate) fn blocked(&self) -> Vec<String> {
        self.blocked.iter().cloned().collect()
    }

    /// Goes on where it was left, by this process or the one before, and tells the asks that are to be asked: all that
    /// were taken, but those that are being asked now.
    pub(crate) fn go_on(&mut self, being_asked: &HashSet<FileName>) -> io::Result<Open> {
        let mut open = Open::default();
        for text in self.disk.files(&self.places.asked)? {
            match text.parse::<FileName>() {
                Ok(name) if being_asked.contains(&name) => {}
                Ok(name) if self.answer_waits(&name)? => self.finish(&name)?,
                Ok(name) => open.asks.push(name),
                Err(_) if self.unknown_answer_waits(&text)? => {
                    self.put_aside(&self.places.asked, &text)?;
                }
                Err(_) => open.unknown.push(text),
            }
        }
        let (ready, faulty) = (self.places.ready.clone(), self.places.faulty.clone());
        let mut blocked = BTreeSet::new();
        for folder in [&ready, &faulty] {
            for answer in self.disk.files(folder)? {
                if self.publish(folder, &answer)? == Published::Blocked {
                    if !self.blocked.contains(&answer) {
                        tracing::warn!(answer, "an answer waits: a file of its name lies in res and is not taken away");
                    }
                    blocked.insert(answer);
                }
            }
        }
        self.blocked = blocked;
        Ok(open)
    }

    /// Removes what a process that was ended had begun to write.
    pub(crate) fn clear_drafts(&self) -> io::Result<()> {
        for name in self.disk.files(&self.places.own)? {
            let file = self.places.own.join(name);
            if file.extension().is_some_and(|extension| extension == "part") {
                self.disk.remove(&file)?;
            }
        }
        Ok(())
    }

    /// Takes the asks that are there. An ask whose namesake is not through yet stays where it is, and so does a file that
    /// somebody is still writing.
    pub(crate) fn take(&mut self) -> io::Result<()> {
        let found = self.disk.files(&self.places.req)?;
        self.unsettled.retain(|name, _| found.contains(name));
        for text in found {
            let ends = Path::new(&text).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
            // A name that ends otherwise is that of a draft: the usual way is to write it so and rename it then.
            if !ends || text.starts_with('.') || !self.is_settled(&text)? {
                continue;
            }
            match text.parse::<FileName>() {
                Ok(name) if is_ask(&name) => {
                    if self.is_under_way(&name)? {
                        continue;
                    }
                    self.disk.rename(&self.places.req.join(&text), &self.places.asked.join(&text))?;
                    self.disk.sync(&self.places.asked)?;
                    self.disk.sync(&self.places.req)?;
                }
                _ if unknown_answer(&text).is_some() => {
                    let under_way = self.disk.look(&self.places.asked.join(&text))?.is_some();
                    if under_way || self.unknown_answer_waits(&text)? {
                        continue;
                    }
                    tracing::warn!(name = text, "a request of no known kind is answered with an error");
                    self.disk.rename(&self.places.req.join(&text), &self.places.asked.join(&text))?;
                    self.disk.sync(&self.places.asked)?;
                    self.disk.sync(&self.places.req)?;
                }
                // It has no name to answer under.
                _ => {
                    tracing::warn!(name = text, "a file in req has the name of no ask and is put aside");
                    self.put_aside(&self.places.req, &text)?;
                }
            }
        }
        Ok(())
    }

    /// Reads an ask that was taken.
    pub(crate) fn read(&self, name: &FileName) -> io::Result<Ask> {
        let most = name.interface().most_bytes();
        let file = self.places.asked.join(name.to_string());
        let content = match self.disk.look(&file)? {
            Some(seen) if seen.size <= most as u64 => AskContent::Whole(self.disk.read(&file, most)?),
            // Its answer still says to whom it is, in the character code of the ask.
            Some(_) => AskContent::TooLong(self.disk.read(&file, most)?),
            // A link is not followed.
            None => AskContent::TooLong(Vec::new()),
        };
        Ok(Ask { name: name.clone(), content })
    }

    /// Brings an answer to `res`, under the name that matches its ask.
    pub(crate) fn carry(&self, name: &FileName, answered: &Answered) -> io::Result<()> {
        let folder = match answered.ask {
            Kept::No => &self.places.ready,
            Kept::Aside => &self.places.faulty,
        };
        let answer = name.answer().with_extension(answered.extension).to_string();
        let draft = self.places.own.join(format!("{answer}.part"));
        self.disk.write(&draft, &answered.bytes)?;
        self.disk.rename(&draft, &folder.join(&answer))?;
        self.disk.sync(folder)?;
        self.finish(name)?;
        self.publish(folder, &answer).map(|_| ())
    }

    /// The first bytes of a request of no known kind: enough to find what its answer repeats.
    pub(crate) fn read_unknown(&self, text: &str) -> io::Result<Vec<u8>> {
        self.disk.read(&self.places.asked.join(text), MOST_OF_UNKNOWN)
    }

    /// Brings the answer to a request of no known kind to `res`.
    pub(crate) fn carry_unknown(&mut self, text: &str, bytes: &[u8]) -> io::Result<()> {
        let Some(answer) = unknown_answer(text) else { return Ok(()) };
        let draft = self.places.own.join(format!("{answer}.part"));
        self.disk.write(&draft, bytes)?;
        self.disk.rename(&draft, &self.places.faulty.join(&answer))?;
        self.disk.sync(&self.places.faulty)?;
        self.leave_err_files(&self.places.asked, text, &answer)?;
        self.put_aside(&self.places.asked, text)?;
        self.publish(&self.places.faulty, &answer).map(|_| ())
    }

    fn unknown_answer_waits(&self, text: &str) -> io::Result<bool> {
        let Some(answer) = unknown_answer(text) else { return Ok(false) };
        Ok(self.disk.look(&self.places.faulty.join(answer))?.is_some())
    }

    /// Puts a copy of a request that is answered with an error into `res`, and its `.err` with what the answer says.
    fn leave_err_files(&self, folder: &Path, text: &str, answer: &str) -> io::Result<()> {
        if self.err_files == ErrFiles::None {
            return Ok(());
        }
        let err = Path::new(text).with_extension("err").to_string_lossy().into_owned();
        for (from, name) in [(self.places.faulty.join(answer), err), (folder.join(text), text.to_owned())] {
            let bytes = self.disk.read(&from, MOST_OF_UNKNOWN)?;
            let draft = self.places.own.join(format!("{name}.part"));
            self.disk.write(&draft, &bytes)?;
            self.disk.rename(&draft, &self.places.res.join(name))?;
        }
        self.disk.sync(&self.places.res)
    }

    /// Puts a whole file into `face`.
    pub(crate) fn hand_over(&self, name: &FileName, bytes: &[u8]) -> io::Result<()> {
        let text = name.to_string();
        let draft = self.places.own.join(format!("{text}.part"));
        self.disk.write(&draft, bytes)?;
        self.disk.rename(&draft, &self.places.face.join(&text))?;
        self.disk.sync(&self.places.face)
    }

    /// An answer is whole: its ask is done with.
    fn finish(&self, name: &FileName) -> io::Result<()> {
        let text = name.to_string();
        let faulty = self.answer_in(&self.places.faulty, name)?;
        if let Some(answer) = faulty {
            self.leave_err_files(&self.places.asked, &text, &answer)?;
            self.put_aside(&self.places.asked, &text)?;
        } else {
            self.disk.remove(&self.places.asked.join(&text))?;
        }
        self.disk.sync(&self.places.asked)
    }

    /// Brings a whole answer to `res`, unless its namesake lies there still.
    fn publish(&self, folder: &Path, answer: &str) -> io::Result<Published> {
        let to = self.places.res.join(answer);
        // Nobody but this process puts anything there, so what is not there now will not be there then.
        if self.disk.look(&to)?.is_some() {
            return Ok(Published::Blocked);
        }
        self.disk.rename(&folder.join(answer), &to)?;
        self.disk.sync(&self.places.res)?;
        self.disk.sync(folder)?;
        Ok(Published::InRes)
    }

    /// Moves a file to `err`, beside those of the same name that are there.
    fn put_aside(&self, folder: &Path, text: &str) -> io::Result<()> {
        let mut to = self.places.err.join(text);
        let mut further = 1;
        while self.disk.look(&to)?.is_some() {
            further += 1;
            to = self.places.err.join(format!("{text}.{further}"));
        }
        self.disk.rename(&folder.join(text), &to)?;
        self.disk.sync(&self.places.err)?;
        self.disk.sync(folder)
    }

    fn answer_in(&self, folder: &Path, name: &FileName) -> io::Result<Option<String>> {
        for extension in [Extension::Xml, Extension::Zip, Extension::Pdf] {
            let answer = name.answer().with_extension(extension).to_string();
            if self.disk.look(&folder.join(&answer))?.is_some() {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }

    fn answer_waits(&self, name: &FileName) -> io::Result<bool> {
        Ok(self.answer_in(&self.places.ready, name)?.is_some() || self.answer_in(&self.places.faulty, name)?.is_some())
    }

    fn is_under_way(&self, name: &FileName) -> io::Result<bool> {
        Ok(self.disk.look(&self.places.asked.join(name.to_string()))?.is_some() || self.answer_waits(name)?)
    }

    /// Whether nobody writes this file any more: it reads as whole, or has stayed as it is for long enough.
    fn is_settled(&mut self, text: &str) -> io::Result<bool> {
        let file = self.places.req.join(text);
        let Some(seen) = self.disk.look(&file)? else { return Ok(false) };
        let whole = self.disk.read_end(&file, 256)?.trim_ascii_end().ends_with(END);
        let wait = if whole { self.timing.request_stays } else { self.timing.settle };
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
enum Published {
    InRes,
    /// Its namesake lies there still.
    Blocked,
}

/// How much is read of a request of no known kind.
const MOST_OF_UNKNOWN: usize = 1 << 20;

/// The longest name of a request of no known kind.
const LONGEST_UNKNOWN: usize = 160;

/// What stands between prefix and own part of a request's name.
const REQUEST_WORD: &str = "req_";

/// Under which name a file is answered that is no request of a known kind and has the form of one: `…req_….xml`, in any
/// case of word and extension and with any characters that a file's name may have.
pub(crate) fn unknown_answer(text: &str) -> Option<String> {
    let place = text.to_ascii_lowercase().find(REQUEST_WORD)?;
    let (prefix, rest) = text.split_at_checked(place)?;
    let (word, own) = rest.split_at_checked(REQUEST_WORD.len())?;
    let stem = Path::new(own).file_stem()?.to_str()?;
    let xml = Path::new(own).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
    let prefix_fits = (1..=20).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let own_fits = !stem.trim().is_empty() && text.len() <= LONGEST_UNKNOWN && !own.contains(char::is_control);
    (prefix_fits && own_fits && xml).then(|| format!("{prefix}{}{own}", word.replace('q', "s").replace('Q', "S")))
}

fn is_ask(name: &FileName) -> bool {
    name.interface().direction == Direction::Request && name.extension() == Extension::Xml
}
