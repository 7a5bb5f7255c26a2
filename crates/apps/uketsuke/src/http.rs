//! The HTTP client with which the services call each other.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use reqwest::{
    Client, ClientBuilder,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};

/// The time limit for establishing a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Resolves `localhost` and every name below it to this machine (RFC 6761 §6.3), whatever the system's resolver returns.
struct LoopbackResolver;

impl Resolve for LoopbackResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = if name == "localhost" || name.ends_with(".localhost") {
                vec![SocketAddr::from(([127, 0, 0, 1], 0))]
            } else {
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect()
            };
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// A client that follows no redirect, uses no proxy, and keeps its connections.
pub fn build_client() -> Result<Client, reqwest::Error> {
    client_builder().build()
}

/// The builder of such a client, for tests that redirect some of its traffic.
pub fn client_builder() -> ClientBuilder {
    Client::builder()
        .dns_resolver(Arc::new(LoopbackResolver))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("uketsuke/", env!("CARGO_PKG_VERSION")))
}
