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

/// The time limit of every request but a command.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The time limit of a command. A slow card is a fault that can be simulated; a card that never responds must not block
/// the daemon.
const COMMAND_TIMEOUT: Duration = Duration::from_mins(1);
/// The interval at which the presence of a card is polled. The daemon's own polling takes eight times as long.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// A reader: whether a card is in it is whether a process listens on the socket.
pub(crate) struct Reader {
    socket: PathBuf,
    slot: Mutex<Slot>,
    wake_requested: AtomicBool,
}

#[derive(Default)]
struct Slot {
    /// The connection to the card; none without a card.
    connection: Option<UnixStream>,
    /// A removal that was not yet reported to the daemon's watcher thread. Until it is, no other card is looked for.
    removal_unreported: bool,
    /// The presence that was last reported to the watcher thread.
    reported_present: bool,
    /// The daemon's thread that waits for cards. Other threads query the presence too, without the watcher's knowledge.
    watcher_thread: Option<ThreadId>,
    /// The ATR of the last power-on; empty without power.
    atr: Vec<u8>,
}

/// Why the card did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The card is absent or was removed.
    Gone,
    /// The time limit passed; the card counts as removed.
    TimedOut,
    /// The card is present and cannot carry out the request.
    Refused,
}

impl Reader {
    pub(crate) fn new(socket: PathBuf) -> Self {
        Self { socket, slot: Mutex::default(), wake_requested: AtomicBool::new(false) }
    }

    /// Whether a card is present, as reported to the daemon. A removal is reported to the watcher thread before another
    /// card is looked for.
    pub(crate) fn is_card_present(&self) -> bool {
        let mut slot = self.slot();
        let is_watcher = slot.watcher_thread.is_none_or(|watcher| watcher == thread::current().id());
        let present = !slot.removal_unreported && slot.detect_card(&self.socket);
        if is_watcher {
            slot.removal_unreported = false;
            slot.reported_present = present;
        }
        present
    }

    /// Powers the card up and returns its ATR.
    pub(crate) fn power_on(&self) -> Result<Vec<u8>, Failure> {
        self.slot().power_card(&IfdRequest::PowerOn)
    }

    /// Resets the card (warm reset) and returns its ATR.
    pub(crate) fn reset(&self) -> Result<Vec<u8>, Failure> {
        self.slot().power_card(&IfdRequest::Reset)
    }

    /// Powers the card down.
    pub(crate) fn power_off(&self) {
        let mut slot = self.slot();
        slot.atr.clear();
        // An error means that the card was removed, which the next query of its presence reports.
        let _ = slot.send_request(&IfdRequest::PowerOff, TIMEOUT);
    }

    /// Sends one command, once.
    pub(crate) fn transmit(&self, command: &[u8]) -> Result<Vec<u8>, Failure> {
        match self.slot().send_request(&IfdRequest::Transmit(command.to_vec().into()), COMMAND_TIMEOUT)? {
            IfdResponse::Response(response) => Ok(response),
            _ => Err(Failure::Refused),
        }
    }

    /// The ATR of the last power-on; empty without power.
    pub(crate) fn atr(&self) -> Vec<u8> {
        self.slot().atr.clone()
    }

    /// Waits until a card was inserted or removed, until `limit` has passed, or until [`Reader::wake`].
    #[expect(clippy::disallowed_methods, reason = "the daemon's thread waits for a card, without a runtime")]
    pub(crate) fn wait(&self, limit: Duration) {
        let deadline = Instant::now() + limit;
        self.slot().watcher_thread = Some(thread::current().id());
        loop {
            let remaining = deadline.saturating_duration_since(Instant::now());
            if remaining.is_zero() || self.wake_requested.swap(false, Ordering::Relaxed) {
                return;
            }
            thread::sleep(remaining.min(POLL_INTERVAL));
            let mut slot = self.slot();
            if slot.removal_unreported || slot.detect_card(&self.socket) != slot.reported_present {
                return;
            }
        }
    }

    /// Ends the current [`Reader::wait`], or else the next.
    pub(crate) fn wake(&self) {
        self.wake_requested.store(true, Ordering::Relaxed);
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        // A panic can leave at worst a connection out of step, which the next request closes.
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Connects if there is no connection yet, and asks the card whether it is present.
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

    /// Sends one request, once. Without a valid response the card counts as removed: a connection that is out of step is
    /// not used again.
    fn send_request(&mut self, request: &IfdRequest, timeout: Duration) -> Result<IfdResponse, Failure> {
        let connection = self.connection.as_mut().ok_or(Failure::Gone)?;
        let outcome = match exchange(connection, request, timeout) {
            Ok(IfdResponse::Absent) => Err(Failure::Gone),
            Ok(IfdResponse::Failed) => return Err(Failure::Refused),
            Ok(response) => Ok(response),
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

/// Never blocks: a socket whose queue is full counts as no card.
fn connect(socket: &Path) -> io::Result<UnixStream> {
    let connection = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    connection.set_nonblocking(true)?;
    connection.connect(&SockAddr::unix(socket)?)?;
    connection.set_nonblocking(false)?;
    Ok(UnixStream::from(OwnedFd::from(connection)))
}

fn exchange(connection: &mut UnixStream, request: &IfdRequest, timeout: Duration) -> io::Result<IfdResponse> {
    let deadline = Instant::now() + timeout;
    connection.set_write_timeout(Some(timeout))?;
    connection.write_all(&request.encode())?;
    let mut received = Vec::new();
    let mut block = [0; 4096];
    loop {
        let invalid = |_| io::Error::from(io::ErrorKind::InvalidData);
        if let Some((response, consumed)) = IfdResponse::decode(&received).map_err(invalid)? {
            // One request has one response; further bytes are an error.
            return if consumed == received.len() { Ok(response) } else { Err(io::ErrorKind::InvalidData.into()) };
        }
        let remaining = deadline.saturating_duration_since(Instant::now());
        if remaining.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        connection.set_read_timeout(Some(remaining))?;
        match connection.read(&mut block) {
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

    /// A card process that accepts one connection, sends the next of `responses` for each request, then closes.
    fn card(listener: &UnixListener, responses: Vec<Vec<u8>>) -> JoinHandle<()> {
        let listener = listener.try_clone().unwrap();
        thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            for response in responses {
                let mut received = Vec::new();
                let mut byte = [0];
                while IfdRequest::decode(&received).unwrap().is_none() {
                    connection.read_exact(&mut byte).unwrap();
                    received.extend(byte);
                }
                connection.write_all(&response).unwrap();
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
        let on_another_thread = || thread::scope(|scope| scope.spawn(|| reader.is_card_present()).join().unwrap());
        assert!(on_another_thread());
        reader.wait(Duration::from_mins(10));
        first.join().unwrap();
        assert!(!on_another_thread(), "it went");
        assert!(!on_another_thread(), "and no other is looked for");
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
