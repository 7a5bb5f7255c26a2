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

/// A TCP proxy that records every byte before it forwards it.
#[derive(Clone)]
pub struct RecordingProxy {
    address: SocketAddr,
    target: Arc<OnceLock<SocketAddr>>,
    recorded: Arc<Mutex<Vec<RecordedBytes>>>,
}

/// Bytes of one read, in the order of forwarding.
#[derive(Debug, Clone)]
pub struct RecordedBytes {
    connection: usize,
    direction: Direction,
    bytes: Vec<u8>,
}

/// Which way bytes went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Requests.
    ToServer,
    /// Responses.
    FromServer,
}

impl RecordingProxy {
    /// Binds a port. Connections wait until [`Self::serve`] is called.
    pub(crate) async fn bind() -> (Self, TcpListener) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a listener has an address");
        (Self { address, target: Arc::default(), recorded: Arc::default() }, listener)
    }

    /// Sets the port to which connections are forwarded.
    pub(crate) fn set_target(&self, port: u16) {
        self.target.set(SocketAddr::from(([127, 0, 0, 1], port))).expect("the target is set once");
    }

    /// The setting with which a client uses this proxy for one host. The bytes stay HTTP with absolute request targets
    /// (RFC 9112 §3.2.2).
    pub(crate) fn proxy_for(&self, host: &'static str) -> Proxy {
        let proxy_url = format!("http://{}", self.address);
        Proxy::custom(move |url| (url.host_str() == Some(host)).then(|| proxy_url.clone()))
    }

    /// Accepts and forwards connections without end.
    pub(crate) async fn serve(self, listener: TcpListener) {
        for connection in 0.. {
            let (client, _) = listener.accept().await.expect("a connection");
            let target = *self.target.get().expect("the target is set before the first connection");
            let server = TcpStream::connect(target).await.expect("the server listens");
            let ((client_reader, client_writer), (server_reader, server_writer)) =
                (client.into_split(), server.into_split());
            tokio::spawn(self.clone().forward(connection, Direction::ToServer, client_reader, server_writer));
            tokio::spawn(self.clone().forward(connection, Direction::FromServer, server_reader, client_writer));
        }
    }

    async fn forward(
        self,
        connection: usize,
        direction: Direction,
        mut reader: OwnedReadHalf,
        mut writer: OwnedWriteHalf,
    ) {
        let mut buffer = vec![0; 64 * 1024];
        // A connection that one side closes is closed to the other side too.
        while let Ok(count @ 1..) = reader.read(&mut buffer).await {
            let bytes = buffer[..count].to_vec();
            self.recorded.lock().expect("the lock is not poisoned").push(RecordedBytes {
                connection,
                direction,
                bytes,
            });
            if writer.write_all(&buffer[..count]).await.is_err() {
                break;
            }
        }
        // The other side may have closed already.
        let _ = writer.shutdown().await;
    }

    /// How much was recorded so far, for `start` of [`Self::recorded_bytes`].
    pub fn record_count(&self) -> usize {
        self.recorded.lock().expect("the lock is not poisoned").len()
    }

    /// All bytes of one direction since a count of [`Self::record_count`], connection by connection.
    pub fn recorded_bytes(&self, start: usize, direction: Direction) -> Vec<u8> {
        let recorded = self.recorded.lock().expect("the lock is not poisoned");
        let mut selected: Vec<&RecordedBytes> =
            recorded[start..].iter().filter(|part| part.direction == direction).collect();
        selected.sort_by_key(|part| part.connection);
        selected.into_iter().flat_map(|part| part.bytes.iter().copied()).collect()
    }
}
