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
    collections::{HashMap, HashSet},
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
    /// None where there is more than a message of its kind can have.
    pub(crate) bytes: Option<Vec<u8>>,
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
    /// How long a file that does not read as whole must stay as it is before it is taken for what it is.
    patience: Duration,
    unsettled: HashMap<String, (Seen, Instant)>,
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
    pub(crate) fn new(places: Places, disk: D, patience: Duration) -> Self {
        Self { places, disk, patience, unsettled: HashMap::new() }
    }

    /// Goes on where it was left, by this process or the one before, and tells the asks that are to be asked: all that
    /// were taken, but those that are being asked now.
    pub(crate) fn go_on(&self, being_asked: &HashSet<FileName>) -> io::Result<Vec<FileName>> {
        let mut open = Vec::new();
        for name in self.names(&self.places.asked)?.into_iter().filter(|name| !being_asked.contains(name)) {
            if self.answer_waits(&name)? {
                self.finish(&name)?;
            } else {
                open.push(name);
            }
        }
        for folder in [&self.places.ready, &self.places.faulty] {
            for answer in self.disk.files(folder)? {
                self.publish(folder, &answer)?;
            }
        }
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
        let bytes = match self.disk.look(&file)? {
            Some(seen) if seen.size <= most as u64 => Some(self.disk.read(&file, most)?),
            _ => None,
        };
        Ok(Ask { name: name.clone(), bytes })
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
        self.publish(folder, &answer)
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
        let faulty = self.answers(&self.places.faulty, name)?;
        if faulty {
            self.put_aside(&self.places.asked, &text)?;
        } else {
            self.disk.remove(&self.places.asked.join(&text))?;
        }
        self.disk.sync(&self.places.asked)
    }

    /// Brings a whole answer to `res`, unless its namesake lies there still.
    fn publish(&self, folder: &Path, answer: &str) -> io::Result<()> {
        let to = self.places.res.join(answer);
        // Nobody but this process puts anything there, so what is not there now will not be there then.
        if self.disk.look(&to)?.is_some() {
            return Ok(());
        }
        self.disk.rename(&folder.join(answer), &to)?;
        self.disk.sync(&self.places.res)?;
        self.disk.sync(folder)
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

    fn names(&self, folder: &Path) -> io::Result<Vec<FileName>> {
        Ok(self.disk.files(folder)?.iter().filter_map(|name| name.parse().ok()).collect())
    }

    fn answers(&self, folder: &Path, name: &FileName) -> io::Result<bool> {
        for extension in [Extension::Xml, Extension::Zip, Extension::Pdf] {
            let answer = name.answer().with_extension(extension).to_string();
            if self.disk.look(&folder.join(answer))?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn answer_waits(&self, name: &FileName) -> io::Result<bool> {
        Ok(self.answers(&self.places.ready, name)? || self.answers(&self.places.faulty, name)?)
    }

    fn is_under_way(&self, name: &FileName) -> io::Result<bool> {
        Ok(self.disk.look(&self.places.asked.join(name.to_string()))?.is_some() || self.answer_waits(name)?)
    }

    /// Whether nobody writes this file any more: it reads as whole, or has stayed as it is for long enough.
    fn is_settled(&mut self, text: &str) -> io::Result<bool> {
        let file = self.places.req.join(text);
        let Some(seen) = self.disk.look(&file)? else { return Ok(false) };
        if self.disk.read_end(&file, 256)?.trim_ascii_end().ends_with(END) {
            self.unsettled.remove(text);
            return Ok(true);
        }
        let (before, since) = *self.unsettled.entry(text.to_owned()).or_insert_with(|| (seen, Instant::now()));
        if before != seen {
            self.unsettled.insert(text.to_owned(), (seen, Instant::now()));
            return Ok(false);
        }
        let stayed = since.elapsed() >= self.patience;
        if stayed {
            self.unsettled.remove(text);
        }
        Ok(stayed)
    }
}

fn is_ask(name: &FileName) -> bool {
    name.interface().direction == Direction::Request && name.extension() == Extension::Xml
}
