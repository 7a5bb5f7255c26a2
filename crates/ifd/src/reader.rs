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

use card::ifd::{IfdRequest, IfdResponse};
use socket2::{Domain, SockAddr, Socket, Type};

/// How long a card may think about anything but a command.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long a card may take for a command. A slow card is a fault that a developer can ask for; a dead one must not hold
/// the daemon.
const COMMAND_TIMEOUT: Duration = Duration::from_mins(1);
/// How often it is looked whether a card came or went. The daemon's own polling takes eight times as long.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// A reader: the place behind a socket where a card lies or not.
pub(crate) struct Reader {
    socket: PathBuf,
    slot: Mutex<Slot>,
    wake_requested: AtomicBool,
}

#[derive(Default)]
struct Slot {
    /// The card, while there is one.
    connection: Option<UnixStream>,
    /// A card has gone and the daemon's watcher was not yet told. Until it was, no other card is looked for.
    removal_unreported: bool,
    /// What the watcher was told last.
    reported_present: bool,
    /// The thread of the daemon that waits for cards. Others ask too, and what they are told the watcher does not know.
    watcher_thread: Option<ThreadId>,
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
        Self { socket, slot: Mutex::default(), wake_requested: AtomicBool::new(false) }
    }

    /// Whether a card is there, as the daemon is told. That a card went, its watcher is told before another is looked for.
    pub(crate) fn is_card_present(&self) -> bool {
        let mut slot = self.slot();
        let watches = slot.watcher_thread.is_none_or(|watcher| watcher == thread::current().id());
        let there = !slot.removal_unreported && slot.detect_card(&self.socket);
        if watches {
            slot.removal_unreported = false;
            slot.reported_present = there;
        }
        there
    }

    /// Gives the card power; its ATR.
    pub(crate) fn power_on(&self) -> Result<Vec<u8>, Failure> {
        self.slot().power_card(&IfdRequest::PowerOn)
    }

    /// A warm reset; its ATR.
    pub(crate) fn reset(&self) -> Result<Vec<u8>, Failure> {
        self.slot().power_card(&IfdRequest::Reset)
    }

    /// Takes the card's power away. A card that is gone has none.
    pub(crate) fn power_off(&self) {
        let mut slot = self.slot();
        slot.atr.clear();
        // What fails here is a card that is gone, which the next look tells.
        let _ = slot.send_request(&IfdRequest::PowerOff, TIMEOUT);
    }

    /// Sends one command, once.
    pub(crate) fn transmit(&self, command: &[u8]) -> Result<Vec<u8>, Failure> {
        match self.slot().send_request(&IfdRequest::Transmit(command.to_vec().into()), COMMAND_TIMEOUT)? {
            IfdResponse::Response(response) => Ok(response),
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
        self.slot().watcher_thread = Some(thread::current().id());
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.wake_requested.swap(false, Ordering::Relaxed) {
                return;
            }
            thread::sleep(left.min(POLL_INTERVAL));
            let mut slot = self.slot();
            if slot.removal_unreported || slot.detect_card(&self.socket) != slot.reported_present {
                return;
            }
        }
    }

    /// Ends the present [`Reader::wait`], or the next: the daemon has something else to do.
    pub(crate) fn wake(&self) {
        self.wake_requested.store(true, Ordering::Relaxed);
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        // Whatever panicked here left at worst a line behind that the next request finds broken.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Whether a card is behind the socket now.
    fn detect_card(&mut self, socket: &Path) -> bool {
        if self.connection.is_none() && !self.removal_unreported {
            self.connection = connect(socket).ok();
        }
        self.connection.is_some() && self.send_request(&IfdRequest::Presence, TIMEOUT) == Ok(IfdResponse::Present)
    }

    fn power_card(&mut self, request: &IfdRequest) -> Result<Vec<u8>, Failure> {
        match self.send_request(request, TIMEOUT)? {
            IfdResponse::Atr(atr) => {
                self.atr.clone_from(&atr);
                Ok(atr)
            }
            _ => Err(Failure::Refused),
        }
    }

    /// Asks the card, once. Whatever is no answer means that it is gone: a line that is out of step is not used again.
    fn send_request(&mut self, request: &IfdRequest, patience: Duration) -> Result<IfdResponse, Failure> {
        let line = self.connection.as_mut().ok_or(Failure::Gone)?;
        let outcome = match exchange(line, request, patience) {
            Ok(IfdResponse::Absent) => Err(Failure::Gone),
            Ok(IfdResponse::Failed) => return Err(Failure::Refused),
            Ok(answer) => Ok(answer),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Err(Failure::TimedOut)
            }
            Err(_) => Err(Failure::Gone),
        };
        if outcome.is_err() {
            self.connection = None;
            self.removal_unreported = true;
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

fn exchange(line: &mut UnixStream, request: &IfdRequest, patience: Duration) -> io::Result<IfdResponse> {
    let until = Instant::now() + patience;
    line.set_write_timeout(Some(patience))?;
    line.write_all(&request.encode())?;
    let mut received = Vec::new();
    let mut block = [0; 4096];
    loop {
        let nonsense = |_| io::Error::from(io::ErrorKind::InvalidData);
        if let Some((answer, taken)) = IfdResponse::decode(&received).map_err(nonsense)? {
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
                while IfdRequest::decode(&received).unwrap().is_none() {
                    line.read_exact(&mut byte).unwrap();
                    received.extend(byte);
                }
                line.write_all(&answer).unwrap();
            }
        })
    }

    struct TestReader {
        reader: Reader,
        listener: UnixListener,
        _folder: tempfile::TempDir,
    }

    fn test_reader() -> TestReader {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("card.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        TestReader { reader: Reader::new(socket), listener, _folder: folder }
    }

    fn present_response() -> Vec<u8> {
        IfdResponse::Present.encode()
    }

    #[test]
    fn without_a_card_process_there_is_no_card() {
        let folder = tempfile::tempdir().unwrap();
        let reader = Reader::new(folder.path().join("card.sock"));
        assert!(!reader.is_card_present());
        assert_eq!(reader.power_on(), Err(Failure::Gone));
        assert_eq!(reader.transmit(&[0, 0xA4, 4, 0]), Err(Failure::Gone));
        reader.wait(Duration::from_millis(1));
    }

    #[test]
    fn a_card_gets_power_and_answers() {
        let TestReader { reader, listener, _folder } = test_reader();
        let (atr, response) = (IfdResponse::Atr(vec![0x3B, 0]), IfdResponse::Response(vec![0x90, 0]));
        let process =
            card(&listener, vec![present_response(), atr.encode(), response.encode(), IfdResponse::Done.encode()]);
        assert!(reader.is_card_present());
        assert_eq!(reader.power_on(), Ok(vec![0x3B, 0]));
        assert_eq!(reader.atr(), [0x3B, 0]);
        assert_eq!(reader.transmit(&[0, 0xA4, 4, 0]), Ok(vec![0x90, 0]));
        reader.power_off();
        assert_eq!(reader.atr(), [0_u8; 0]);
        process.join().unwrap();
    }

    #[test]
    fn a_card_that_was_changed_for_another_was_absent_in_between() {
        let TestReader { reader, listener, _folder } = test_reader();
        card(&listener, vec![present_response()]).join_after(|| assert!(reader.is_card_present()));
        let next = card(&listener, vec![present_response()]);
        assert!(!reader.is_card_present(), "the first is gone, and that is told");
        assert!(reader.is_card_present());
        next.join().unwrap();
    }

    #[test]
    fn a_card_that_goes_in_mid_command_is_gone_once() {
        for last in [
            IfdResponse::Absent.encode(),
            vec![],
            vec![0, 0, 0, 9, 0x85],
            vec![0xFF; 9],
            [present_response(), present_response()].concat(),
        ] {
            let TestReader { reader, listener, _folder } = test_reader();
            let process = card(&listener, vec![present_response(), last]);
            assert!(reader.is_card_present());
            assert_eq!(reader.transmit(&[0, 0xA4, 4, 0]), Err(Failure::Gone));
            process.join().unwrap();
            assert!(!reader.is_card_present());
            let next = card(&listener, vec![present_response()]);
            assert!(reader.is_card_present());
            next.join().unwrap();
        }
    }

    #[test]
    fn a_card_that_cannot_answer_stays() {
        let TestReader { reader, listener, _folder } = test_reader();
        let process = card(&listener, vec![present_response(), IfdResponse::Failed.encode(), present_response()]);
        assert!(reader.is_card_present());
        assert_eq!(reader.transmit(&[0, 0xA4, 4, 0]), Err(Failure::Refused));
        assert!(reader.is_card_present());
        process.join().unwrap();
    }

    #[test]
    fn waiting_ends_when_a_card_comes_when_it_goes_and_when_it_is_woken() {
        let TestReader { reader, listener, _folder } = test_reader();
        let forever = Duration::from_mins(10);
        let process = card(&listener, vec![present_response(), present_response()]);
        reader.wait(forever);
        assert!(reader.is_card_present());
        process.join().unwrap();
        reader.wait(forever);
        assert!(!reader.is_card_present());
        reader.wake();
        reader.wait(forever);
    }

    #[test]
    fn what_somebody_else_is_told_the_watcher_is_told_too() {
        let TestReader { reader, listener, _folder } = test_reader();
        reader.wait(Duration::ZERO);
        let first = card(&listener, vec![present_response(), present_response()]);
        let elsewhere = || thread::scope(|scope| scope.spawn(|| reader.is_card_present()).join().unwrap());
        assert!(elsewhere());
        reader.wait(Duration::from_mins(10));
        first.join().unwrap();
        assert!(!elsewhere(), "it went");
        assert!(!elsewhere(), "and no other is looked for");
        assert!(!reader.is_card_present());
        let next = card(&listener, vec![present_response()]);
        assert!(reader.is_card_present());
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
