//! The HTTP client with which services call one another: no redirects, no proxy, bounded answers, and names of this machine.
//!
//! Time limits of a whole request belong to the caller, who knows who waits for it. Start reading at [`builder`] and
//! [`read_body`].

use std::{net::SocketAddr, sync::Arc, time::Duration};

use base::is_loopback_name;
use reqwest::{
    Client, ClientBuilder, Response,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};

/// The time limit for establishing a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the body of a response was not read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The connection failed, or the time limit passed. Without the address, which may hold a secret.
    #[error("the connection failed while the response was read")]
    Network(#[source] reqwest::Error),
    /// It is longer than the limit; the rest was not read.
    #[error("the response is longer than {0} bytes")]
    TooLong(usize),
}

/// A client that follows no redirect, uses no proxy, and keeps its connections.
///
/// # Errors
///
/// If the system's certificates cannot be loaded.
pub fn build() -> Result<Client, reqwest::Error> {
    builder().build()
}

/// The builder of such a client, for a caller with a TLS configuration of its own.
pub fn builder() -> ClientBuilder {
    Client::builder()
        .dns_resolver(Arc::new(LoopbackResolver))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("uketsuke/", env!("CARGO_PKG_VERSION")))
}

/// The body of a response, up to `limit` bytes, whatever its status. What is longer is not read further.
///
/// # Errors
///
/// [`BodyError::TooLong`] beyond the limit, [`BodyError::Network`] if the connection fails before the end.
pub async fn read_body(mut response: Response, limit: usize) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| BodyError::Network(error.without_url()))? {
        if body.len() + chunk.len() > limit {
            return Err(BodyError::TooLong(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Resolves the names of this machine to it, whatever the system's resolver returns.
struct LoopbackResolver;

impl Resolve for LoopbackResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = if is_loopback_name(&name) {
                vec![SocketAddr::from(([127, 0, 0, 1], 0))]
            } else {
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect()
            };
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// Answers one request with these bytes, and gives the response to it. The host is a name that no resolver knows.
    async fn exchange(answer: &'static str) -> Response {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4_096];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        };
        let client = build().unwrap();
        let request = client.get(format!("http://reception.localhost:{port}/")).send();
        let (response, ()) = tokio::join!(request, serve);
        response.unwrap()
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
        assert_eq!(read_body(exchange(answer).await, 5).await.unwrap(), b"hello");
        assert!(matches!(read_body(exchange(answer).await, 4).await, Err(BodyError::TooLong(4))));
    }

    #[tokio::test]
    async fn a_body_that_ends_too_early_is_no_body() {
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello";
        assert!(matches!(read_body(exchange(answer).await, 100).await, Err(BodyError::Network(_))));
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let answer = "HTTP/1.1 302 Found\r\nlocation: http://elsewhere.example/\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(exchange(answer).await.status(), 302);
    }
}
