use std::{
    io::{self, Read, Write},
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use card::ifd::{Answer, Request};
use socket2::{Domain, SockAddr, Socket, Type};

/// How long a card may think about anything but a command.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a card may take for a command. A slow card is a fault that a developer can ask for; a dead one must not hold
/// the daemon.
const COMMAND_PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked whether a card came or went. The daemon's own polling takes eight times as long.
const LOOK: Duration = Duration::from_millis(50);

/// A reader: the place behind a socket where a card lies or not.
pub(crate) struct Reader {
    socket: PathBuf,
    slot: Mutex<Slot>,
    woken: AtomicBool,
}

#[derive(Default)]
struct Slot {
    /// The card, while there is one.
    line: Option<UnixStream>,
    /// A card has gone and the daemon's watcher was not yet told. Until it was, no other card is looked for.
    gone: bool,
    /// What the watcher was told last.
    told: bool,
    /// The thread of the daemon that waits for cards. Others ask too, and what they are told the watcher does not know.
    watcher: Option<ThreadId>,
    /// What the card said when it last got power.
    atr: Vec<u8>,
}

/// Why the card did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It is not there, or not any more.
    Gone,
    /// It took too long, and is taken to be gone.
    TimedOut,
    /// It is there and cannot answer this.
    Refused,
}

impl Reader {
    pub(crate) fn new(socket: PathBuf) -> Self {
        Self { socket, slot: Mutex::default(), woken: AtomicBool::new(false) }
    }

    /// Whether a card is there, as the daemon is told. That a card went, its watcher is told before another is looked for.
    pub(crate) fn is_card_there(&self) -> bool {
        let mut slot = self.slot();
        let watches = slot.watcher.is_none_or(|watcher| watcher == thread::current().id());
        let there = !slot.gone && slot.look(&self.socket);
        if watches {
            slot.gone = false;
            slot.told = there;
        }
        there
    }

    /// Gives the card power; its ATR.
    pub(crate) fn power_on(&self) -> Result<Vec<u8>, Failure> {
        self.slot().power(&Request::PowerOn)
    }

    /// A warm reset; its ATR.
    pub(crate) fn reset(&self) -> Result<Vec<u8>, Failure> {
        self.slot().power(&Request::Reset)
    }

    /// Takes the card's power away. A card that is gone has none.
    pub(crate) fn power_off(&self) {
        let mut slot = self.slot();
        slot.atr.clear();
        // What fails here is a card that is gone, which the next look tells.
        let _ = slot.ask(&Request::PowerOff, PATIENCE);
    }

    /// Sends one command, once.
    pub(crate) fn transmit(&self, command: &[u8]) -> Result<Vec<u8>, Failure> {
        match self.slot().ask(&Request::Transmit(command.to_vec().into()), COMMAND_PATIENCE)? {
            Answer::Response(response) => Ok(response),
            _ => Err(Failure::Refused),
        }
    }

    /// What the card said when it last got power.
    pub(crate) fn atr(&self) -> Vec<u8> {
        self.slot().atr.clone()
    }

    /// Waits until a card came or went, until `limit` has passed, or until [`Reader::wake`].
    pub(crate) fn wait(&self, limit: Duration) {
        let until = Instant::now() + limit;
        self.slot().watcher = Some(thread::current().id());
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.woken.swap(false, Ordering::Relaxed) {
                return;
            }
            thread::sleep(left.min(LOOK));
            let mut slot = self.slot();
            if slot.gone || slot.look(&self.socket) != slot.told {
                return;
            }
        }
    }

    /// Ends the present [`Reader::wait`], or the next: the daemon has something else to do.
    pub(crate) fn wake(&self) {
        self.woken.store(true, Ordering::Relaxed);
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        // Whatever panicked here left at worst a line behind that the next request finds broken.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Whether a card is behind the socket now.
    fn look(&mut self, socket: &Path) -> bool {
        if self.line.is_none() && !self.gone {
            self.line = connect(socket).ok();
        }
        self.line.is_some() && self.ask(&Request::Presence, PATIENCE) == Ok(Answer::Present)
    }

    fn power(&mut self, request: &Request) -> Result<Vec<u8>, Failure> {
        match self.ask(request, PATIENCE)? {
            Answer::Atr(atr) => {
                self.atr.clone_from(&atr);
                Ok(atr)
            }
            _ => Err(Failure::Refused),
        }
    }

    /// Asks the card, once. Whatever is no answer means that it is gone: a line that is out of step is not used again.
    fn ask(&mut self, request: &Request, patience: Duration) -> Result<Answer, Failure> {
        let line = self.line.as_mut().ok_or(Failure::Gone)?;
        let outcome = match exchange(line, request, patience) {
            Ok(Answer::Absent) => Err(Failure::Gone),
            Ok(Answer::Failed) => return Err(Failure::Refused),
            Ok(answer) => Ok(answer),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Err(Failure::TimedOut)
            }
            Err(_) => Err(Failure::Gone),
        };
        if outcome.is_err() {
            self.line = None;
            self.gone = true;
            self.atr.clear();
        }
        outcome
    }
}

/// A card whose queue is full is none: connecting never waits.
fn connect(socket: &Path) -> io::Result<UnixStream> {
    let line = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    line.set_nonblocking(true)?;
    line.connect(&SockAddr::unix(socket)?)?;
    line.set_nonblocking(false)?;
    Ok(UnixStream::from(OwnedFd::from(line)))
}

fn exchange(line: &mut UnixStream, request: &Request, patience: Duration) -> io::Result<Answer> {
    let until = Instant::now() + patience;
    line.set_write_timeout(Some(patience))?;
    line.write_all(&request.encode())?;
    let mut received = Vec::new();
    let mut block = [0; 4096];
    loop {
        let nonsense = |_| io::Error::from(io::ErrorKind::InvalidData);
        if let Some((answer, taken)) = Answer::decode(&received).map_err(nonsense)? {
            // Nothing was asked that more could answer.
            return if taken == received.len() { Ok(answer) } else { Err(io::ErrorKind::InvalidData.into()) };
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        line.set_read_timeout(Some(left))?;
        match line.read(&mut block) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(length) => received.extend_from_slice(&block[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::net::UnixListener, thread::JoinHandle};

    use super::*;

    /// What a card process does with one connection: answers each request by this list, then closes.
    fn card(listener: &UnixListener, answers: Vec<Vec<u8>>) -> JoinHandle<()> {
        let listener = listener.try_clone().unwrap();
        thread::spawn(move || {
            let (mut line, _) = listener.accept().unwrap();
            for answer in answers {
                let mut received = Vec::new();
                let mut byte = [0];
                while Request::decode(&received).unwrap().is_none() {
                    line.read_exact(&mut byte).unwrap();
                    received.extend(byte);
                }
                line.write_all(&answer).unwrap();
            }
        })
    }

    struct Place {
        reader: Reader,
        listener: UnixListener,
        _folder: tempfile::TempDir,
    }

    fn place() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("card.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        Place { reader: Reader::new(socket), listener, _folder: folder }
    }

    fn present() -> Vec<u8> {
        Answer::Present.encode()
    }

    #[test]
    fn without_a_card_process_there_is_no_card() {
        let folder = tempfile::tempdir().unwrap();
        let reader = Reader::new(folder.path().join("card.sock"));
        assert!(!reader.is_card_there());
        assert_eq!(reader.power_on(), Err(Failure::Gone));
        assert_eq!(reader.transmit(&[0, 0xA4, 4, 0]), Err(Failure::Gone));
        reader.wait(Duration::from_millis(1));
    }

    #[test]
    fn a_card_gets_power_and_answers() {
        let Place { reader, listener, _folder } = place();
        let (atr, response) = (Answer::Atr(vec![0x3B, 0]), Answer::Response(vec![0x90, 0]));
        let process = card(&listener, vec![present(), atr.encode(), response.encode(), Answer::Done.encode()]);
        assert!(reader.is_card_there());
        assert_eq!(reader.power_on(), Ok(vec![0x3B, 0]));
        assert_eq!(reader.atr(), [0x3B, 0]);
        assert_eq!(reader.transmit(&[0, 0xA4, 4, 0]), Ok(vec![0x90, 0]));
        reader.power_off();
        assert_eq!(reader.atr(), [0_u8; 0]);
        process.join().unwrap();
    }

    #[test]
    fn a_card_that_was_changed_for_another_was_absent_in_between() {
        let Place { reader, listener, _folder } = place();
        card(&listener, vec![present()]).join_after(|| assert!(reader.is_card_there()));
        let next = card(&listener, vec![present()]);
        assert!(!reader.is_card_there(), "the first is gone, and that is told");
        assert!(reader.is_card_there());
        next.join().unwrap();
    }

    #[test]
    fn a_card_that_goes_in_mid_command_is_gone_once() {
        for last in
            [Answer::Absent.encode(), vec![], vec![0, 0, 0, 9, 0x85], vec![0xFF; 9], [present(), present()].concat()]
        {
            let Place { reader, listener, _folder } = place();
            let process = card(&listener, vec![present(), last]);
            assert!(reader.is_card_there());
            assert_eq!(reader.transmit(&[0, 0xA4, 4, 0]), Err(Failure::Gone));
            process.join().unwrap();
            assert!(!reader.is_card_there());
            let next = card(&listener, vec![present()]);
            assert!(reader.is_card_there());
            next.join().unwrap();
        }
    }

    #[test]
    fn a_card_that_cannot_answer_stays() {
        let Place { reader, listener, _folder } = place();
        let process = card(&listener, vec![present(), Answer::Failed.encode(), present()]);
        assert!(reader.is_card_there());
        assert_eq!(reader.transmit(&[0, 0xA4, 4, 0]), Err(Failure::Refused));
        assert!(reader.is_card_there());
        process.join().unwrap();
    }

    #[test]
    fn waiting_ends_when_a_card_comes_when_it_goes_and_when_it_is_woken() {
        let Place { reader, listener, _folder } = place();
        let forever = Duration::from_mins(10);
        let process = card(&listener, vec![present(), present()]);
        reader.wait(forever);
        assert!(reader.is_card_there());
        process.join().unwrap();
        reader.wait(forever);
        assert!(!reader.is_card_there());
        reader.wake();
        reader.wait(forever);
    }

    #[test]
    fn what_somebody_else_is_told_the_watcher_is_told_too() {
        let Place { reader, listener, _folder } = place();
        reader.wait(Duration::ZERO);
        let first = card(&listener, vec![present(), present()]);
        let elsewhere = || thread::scope(|scope| scope.spawn(|| reader.is_card_there()).join().unwrap());
        assert!(elsewhere());
        reader.wait(Duration::from_mins(10));
        first.join().unwrap();
        assert!(!elsewhere(), "it went");
        assert!(!elsewhere(), "and no other is looked for");
        assert!(!reader.is_card_there());
        let next = card(&listener, vec![present()]);
        assert!(reader.is_card_there());
        next.join().unwrap();
    }

    trait JoinAfter {
        fn join_after(self, first: impl FnOnce());
    }

    impl JoinAfter for JoinHandle<()> {
        fn join_after(self, first: impl FnOnce()) {
            first();
            self.join().unwrap();
        }
    }
}
