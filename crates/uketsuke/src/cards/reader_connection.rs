//! Carries bytes between a reader and the card that lies in it, over either wire.

use std::{io, time::Duration};

use card::{VirtualCard, ifd, vpcd};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixListener, UnixStream},
    task, time,
};
use zeroize::Zeroizing;

/// How long until vpcd is looked for again after it went.
const RECONNECT_DELAY: Duration = Duration::from_millis(200);
/// Room for the longest command with its frame, so that no part of a PIN stays behind where a buffer grew.
const RECEIVE_CAPACITY: usize = 128 * 1024;

/// A card in a reader. While it carries a command out, it is on a thread that may wait.
pub(super) struct InsertedCard(Option<VirtualCard>);

/// Why a line ended.
#[derive(Debug, PartialEq, Eq)]
enum ConnectionEnd {
    /// The daemon went, or spoke nonsense. The card lies there still.
    Closed,
    /// The card was pulled out: a fault that was asked for.
    CardRemoved,
}

impl InsertedCard {
    pub(super) fn new(card: VirtualCard) -> Self {
        Self(Some(card))
    }

    async fn run_blocking<T, A>(&mut self, ask: A) -> io::Result<T>
    where
        T: Send + 'static,
        A: FnOnce(&mut VirtualCard) -> T + Send + 'static,
    {
        let broken = || io::Error::other("the card broke in the middle of a command");
        let mut card = self.0.take().ok_or_else(broken)?;
        let carried_out = task::spawn_blocking(move || {
            let answer = ask(&mut card);
            (card, answer)
        });
        let (card, answer) = carried_out.await.map_err(|_| broken())?;
        self.0 = Some(card);
        Ok(answer)
    }
}

/// Lies behind the socket of our own reader until it is pulled out.
pub(super) async fn serve_socket(listener: &UnixListener, card: &mut InsertedCard) -> io::Result<()> {
    loop {
        // The driver has one line at a time, so one after the other is enough.
        let (mut line, _) = listener.accept().await?;
        if serve_connection(&mut line, card).await? == ConnectionEnd::CardRemoved {
            return Ok(());
        }
        card.run_blocking(VirtualCard::power_off).await?;
    }
}

/// Lies in a reader of vpcd until it is pulled out. The first time the daemon must be there; one that starts anew finds the
/// card again.
pub(super) async fn serve_vpcd(mut line: TcpStream, address: &str, card: &mut InsertedCard) -> io::Result<()> {
    loop {
        if serve_connection(&mut line, card).await? == ConnectionEnd::CardRemoved {
            return Ok(());
        }
        card.run_blocking(VirtualCard::power_off).await?;
        line = loop {
            time::sleep(RECONNECT_DELAY).await;
            if let Ok(line) = TcpStream::connect(address).await {
                break line;
            }
        };
    }
}

/// A connection of a reader, with its language.
trait ReaderConnection: AsyncRead + AsyncWrite + Unpin {
    /// What the reader says.
    type Request: ReaderRequest;

    /// Before each reading.
    fn set_quick_ack(&self) -> io::Result<()> {
        Ok(())
    }
}

/// What a reader says to a card.
trait ReaderRequest: Sized + Send + 'static {
    /// Reads the first ask in `bytes` and how many bytes it took; none where more must come.
    fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, InvalidFrame>;

    /// Whether it is a command for the card, which a slow card is slow at.
    fn is_command(&self) -> bool;

    /// What the card answers, framed; none where nothing is answered.
    fn respond(self, card: &mut VirtualCard) -> Option<Vec<u8>>;
}

/// What no reader says.
struct InvalidFrame;

impl ReaderConnection for UnixStream {
    type Request = ifd::IfdRequest;
}

impl ReaderRequest for ifd::IfdRequest {
    fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, InvalidFrame> {
        Self::decode(bytes).map_err(|_| InvalidFrame)
    }

    fn is_command(&self) -> bool {
        matches!(self, Self::Transmit(_))
    }

    fn respond(self, card: &mut VirtualCard) -> Option<Vec<u8>> {
        Some(ifd::respond(card, &self).encode())
    }
}

impl ReaderConnection for TcpStream {
    type Request = vpcd::VpcdMessage;

    /// vpcd sends length and payload apart, and the second waits for the acknowledgement of the first: 40 ms for each command,
    /// unless it comes at once. The system forgets the wish, so it is renewed before each reading.
    #[cfg(target_os = "linux")]
    fn set_quick_ack(&self) -> io::Result<()> {
        SockRef::from(self).set_tcp_quickack(true)
    }
}

impl ReaderRequest for vpcd::VpcdMessage {
    fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, InvalidFrame> {
        vpcd::decode(bytes).map_err(|_| InvalidFrame)
    }

    fn is_command(&self) -> bool {
        matches!(self, Self::Command(_))
    }

    fn respond(self, card: &mut VirtualCard) -> Option<Vec<u8>> {
        // A card that is lost is told by closing the line.
        vpcd::respond(card, &self).ok().flatten().and_then(|answer| vpcd::encode(&answer))
    }
}

/// Carries one connection to its end.
async fn serve_connection<L: ReaderConnection>(line: &mut L, card: &mut InsertedCard) -> io::Result<ConnectionEnd> {
    let mut received = Zeroizing::new(Vec::with_capacity(RECEIVE_CAPACITY));
    loop {
        match L::Request::decode(&received) {
            Err(InvalidFrame) => return Ok(ConnectionEnd::Closed),
            Ok(Some((ask, taken))) => {
                received.drain(..taken);
                let is_command = ask.is_command();
                let carried_out = card.run_blocking(move |card| {
                    let answer = ask.respond(card);
                    (answer, card.delay(), card.is_in_field())
                });
                let (answer, delay, stays) = carried_out.await?;
                if is_command && !delay.is_zero() {
                    time::sleep(delay).await;
                }
                if let Some(answer) = answer
                    && line.write_all(&answer).await.is_err()
                {
                    return Ok(ConnectionEnd::Closed);
                }
                if !stays {
                    return Ok(ConnectionEnd::CardRemoved);
                }
            }
            Ok(None) => {
                line.set_quick_ack()?;
                match line.read_buf(&mut *received).await {
                    Ok(0) | Err(_) => return Ok(ConnectionEnd::Closed),
                    Ok(_) => {}
                }
            }
        }
    }
}
