use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, OnceLock},
};

use reqwest::Proxy;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// A way to a server on which every byte is written down before it is passed on.
#[derive(Clone)]
pub struct RecordingProxy {
    address: SocketAddr,
    target: Arc<OnceLock<SocketAddr>>,
    recorded: Arc<Mutex<Vec<RecordedBytes>>>,
}

/// Some bytes, in the order in which they came by.
#[derive(Debug, Clone)]
pub struct RecordedBytes {
    connection: usize,
    direction: Direction,
    bytes: Vec<u8>,
}

/// Which way bytes went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the server: requests.
    ToServer,
    /// From the server: answers.
    FromServer,
}

impl RecordingProxy {
    /// A way that leads nowhere yet. Those who come wait.
    pub(crate) async fn bind() -> (Self, TcpListener) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let at = listener.local_addr().expect("a listener has an address");
        (Self { address: at, target: Arc::default(), recorded: Arc::default() }, listener)
    }

    /// Leads on to this port from now on.
    pub(crate) fn set_target(&self, port: u16) {
        self.target.set(SocketAddr::from(([127, 0, 0, 1], port))).expect("it is led once");
    }

    /// What makes a client take this way to one host. The bytes stay HTTP, their addresses become absolute
    /// (RFC 9112 §3.2.2).
    pub(crate) fn proxy_for(&self, host: &'static str) -> Proxy {
        let here = format!("http://{}", self.address);
        Proxy::custom(move |url| (url.host_str() == Some(host)).then(|| here.clone()))
    }

    /// Carries until the world ends.
    pub(crate) async fn serve(self, listener: TcpListener) {
        for connection in 0.. {
            let (near, _) = listener.accept().await.expect("a connection");
            let beyond = *self.target.get().expect("nobody comes before the server is there");
            let far = TcpStream::connect(beyond).await.expect("the server listens");
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            tokio::spawn(self.clone().forward(connection, Direction::ToServer, near_in, far_out));
            tokio::spawn(self.clone().forward(connection, Direction::FromServer, far_in, near_out));
        }
    }

    async fn forward(self, connection: usize, heading: Direction, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut buffer = vec![0; 64 * 1024];
        // Whoever hangs up, hangs up for the other too.
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            let bytes = buffer[..count].to_vec();
            self.recorded.lock().expect("nobody panicked").push(RecordedBytes {
                connection,
                direction: heading,
                bytes,
            });
            if to.write_all(&buffer[..count]).await.is_err() {
                break;
            }
        }
        // The other side may be gone already; then there is nobody to tell.
        let _ = to.shutdown().await;
    }

    /// How much has come by: a place to look from later.
    pub fn record_count(&self) -> usize {
        self.recorded.lock().expect("nobody panicked").len()
    }

    /// All bytes that went one way since a place, connection by connection.
    pub fn recorded_bytes(&self, since: usize, heading: Direction) -> Vec<u8> {
        let carried = self.recorded.lock().expect("nobody panicked");
        let mut wanted: Vec<&RecordedBytes> =
            carried[since..].iter().filter(|part| part.direction == heading).collect();
        wanted.sort_by_key(|part| part.connection);
        wanted.into_iter().flat_map(|part| part.bytes.iter().copied()).collect()
    }
}
