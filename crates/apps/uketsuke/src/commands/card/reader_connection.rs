//! Forwards requests of a reader to the inserted card, over either protocol.

use std::{io, time::Duration};

use card::{VirtualCard, ifd, vpcd};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixListener, UnixStream},
    task, time,
};
use zeroize::Zeroizing;

/// The delay before reconnecting to vpcd.
const RECONNECT_DELAY: Duration = Duration::from_millis(200);
/// The size of the longest command with its frame, so that the buffer never grows and leaves a copy of a PIN behind.
const RECEIVE_CAPACITY: usize = 128 * 1024;

/// A card in a reader. During a command it is on a blocking thread.
pub(super) struct InsertedCard(Option<VirtualCard>);

/// Why a connection ended.
#[derive(Debug, PartialEq, Eq)]
enum ConnectionEnd {
    /// The daemon ended or sent an invalid frame. The card is still inserted.
    Closed,
    /// A simulated fault removed the card.
    CardRemoved,
}

impl InsertedCard {
    pub(super) fn new(card: VirtualCard) -> Self {
        Self(Some(card))
    }

    async fn run_blocking<T, A>(&mut self, operation: A) -> io::Result<T>
    where
        T: Send + 'static,
        A: FnOnce(&mut VirtualCard) -> T + Send + 'static,
    {
        let broken = || io::Error::other("the card broke in the middle of a command");
        let mut card = self.0.take().ok_or_else(broken)?;
        let task = task::spawn_blocking(move || {
            let result = operation(&mut card);
            (card, result)
        });
        let (card, result) = task.await.map_err(|_| broken())?;
        self.0 = Some(card);
        Ok(result)
    }
}

/// Serves the card on the socket of the reader of crate `ifd` until the card is removed.
pub(super) async fn serve_socket(listener: &UnixListener, card: &mut InsertedCard) -> io::Result<()> {
    loop {
        // The driver has one connection at a time.
        let (mut connection, _) = listener.accept().await?;
        if serve_connection(&mut connection, card).await? == ConnectionEnd::CardRemoved {
            return Ok(());
        }
        card.run_blocking(VirtualCard::power_off).await?;
    }
}

/// Serves the card to vpcd until the card is removed. Reconnects when the daemon restarts.
pub(super) async fn serve_vpcd(mut connection: TcpStream, address: &str, card: &mut InsertedCard) -> io::Result<()> {
    loop {
        if serve_connection(&mut connection, card).await? == ConnectionEnd::CardRemoved {
            return Ok(());
        }
        card.run_blocking(VirtualCard::power_off).await?;
        connection = loop {
            time::sleep(RECONNECT_DELAY).await;
            if let Ok(connection) = TcpStream::connect(address).await {
                break connection;
            }
        };
    }
}

/// A connection of a reader, with its protocol.
trait ReaderConnection: AsyncRead + AsyncWrite + Unpin {
    /// A request of the reader.
    type Request: ReaderRequest;

    /// Called before each read.
    fn set_quick_ack(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A request of a reader to a card.
trait ReaderRequest: Sized + Send + 'static {
    /// Decodes the first request in `bytes`, with the number of its bytes; none if it is incomplete.
    fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, InvalidFrame>;

    /// Whether it is a command for the card, which the simulated delay applies to.
    fn is_command(&self) -> bool;

    /// The card's response, encoded; none for a request without a response.
    fn respond(self, card: &mut VirtualCard) -> Option<Vec<u8>>;
}

/// The bytes are not a request of the protocol.
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

    /// vpcd sends length and payload separately, and the second waits for the acknowledgement of the first: 40 ms for each
    /// command unless it is sent at once. The system resets the option, so it is set before each read.
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
        // A removed card is reported by closing the connection.
        vpcd::respond(card, &self).ok().flatten().and_then(|response| vpcd::encode(&response))
    }
}

/// Serves one connection to its end.
async fn serve_connection<L: ReaderConnection>(
    connection: &mut L,
    card: &mut InsertedCard,
) -> io::Result<ConnectionEnd> {
    let mut received = Zeroizing::new(Vec::with_capacity(RECEIVE_CAPACITY));
    loop {
        match L::Request::decode(&received) {
            Err(InvalidFrame) => return Ok(ConnectionEnd::Closed),
            Ok(Some((request, length))) => {
                received.drain(..length);
                let is_command = request.is_command();
                let task = card.run_blocking(move |card| {
                    let response = request.respond(card);
                    (response, card.delay(), card.is_in_field())
                });
                let (response, delay, is_inserted) = task.await?;
                if is_command && !delay.is_zero() {
                    time::sleep(delay).await;
                }
                if let Some(response) = response
                    && connection.write_all(&response).await.is_err()
                {
                    return Ok(ConnectionEnd::Closed);
                }
                if !is_inserted {
                    return Ok(ConnectionEnd::CardRemoved);
                }
            }
            Ok(None) => {
                connection.set_quick_ack()?;
                match connection.read_buf(&mut *received).await {
                    Ok(0) | Err(_) => return Ok(ConnectionEnd::Closed),
                    Ok(_) => {}
                }
            }
        }
    }
}
