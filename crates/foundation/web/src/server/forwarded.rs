//! The network address that a request came from, also behind reverse proxies.

use std::{net::IpAddr, str::FromStr};

use http::{HeaderMap, HeaderName, header};
use serde::Deserialize;

use crate::Peer;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A network of addresses, such as `10.0.0.0/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    /// The number of leading bits that are compared.
    prefix: u32,
}

/// A text that is neither an address nor a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is neither an address such as 192.0.2.7 nor a network such as 10.0.0.0/8")]
pub struct UnreadableNetwork(String);

impl FromStr for Network {
    type Err = UnreadableNetwork;

    fn from_str(text: &str) -> Result<Self, UnreadableNetwork> {
        let wrong = || UnreadableNetwork(text.to_owned());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        if prefix > bits { Err(wrong()) } else { Ok(Self { address, prefix }) }
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// The addresses of trusted reverse proxies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct TrustedProxies(Vec<Network>);

impl TryFrom<Vec<String>> for TrustedProxies {
    type Error = UnreadableNetwork;

    fn try_from(texts: Vec<String>) -> Result<Self, UnreadableNetwork> {
        texts.iter().map(|text| text.parse()).collect::<Result<_, _>>().map(Self)
    }
}

impl TrustedProxies {
    /// No trusted proxies.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// Proxies on this machine.
    pub fn loopback() -> Self {
        let network = |address: IpAddr, prefix| Network { address, prefix };
        Self(vec![network([127, 0, 0, 0].into(), 8), network([0, 0, 0, 0, 0, 0, 0, 1].into(), 128)])
    }

    /// Whether this is the address of a trusted proxy.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

/// The header in which trusted proxies forward the address that connected to them. Only this one is read: proxies pass any
/// other header on unchanged from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyHeader {
    /// `X-Forwarded-For`, the most common.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// Finds the peer of a request.
#[derive(Clone)]
pub(super) struct PeerFinder {
    pub(super) proxies: TrustedProxies,
    pub(super) header: ProxyHeader,
}

impl PeerFinder {
    /// The address that a request came from, which arrived on a connection from `address`.
    ///
    /// Each proxy appends the address that connected to it, so the list is read from its end: the first address that is no
    /// trusted proxy is the last one that a trusted proxy has seen. Everything before it may be forged. A proxy that forwards
    /// no address leaves the peer unknown, since limits would count all its clients as one.
    pub(super) fn find(&self, address: IpAddr, headers: &HeaderMap) -> Option<Peer> {
        if !self.proxies.contains(address) {
            return Some(Peer::new(address));
        }
        let mut nearest = None;
        for hop in self.hops(headers).into_iter().rev() {
            let Some(hop) = hop else { break };
            nearest = Some(Peer::new(hop));
            if !self.proxies.contains(hop) {
                break;
            }
        }
        nearest
    }

    /// The forwarded addresses in their order; `None` for invalid ones.
    fn hops(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let name = match self.header {
            ProxyHeader::XForwardedFor => X_FORWARDED_FOR,
            ProxyHeader::Forwarded => header::FORWARDED,
        };
        let lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default());
        let elements = lines.flat_map(|line| line.split(','));
        match self.header {
            ProxyHeader::XForwardedFor => elements.map(parse_node).collect(),
            ProxyHeader::Forwarded => elements.map(|element| parse_node(forwarded_for(element)?)).collect(),
        }
    }
}

/// The value of the parameter `for` of a forwarded element (RFC 7239 §4).
fn forwarded_for(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then_some(value)
    })
}

/// Parses an address in the forms of proxies: `192.0.2.7`, `192.0.2.7:4711`, `2001:db8::7`, `"[2001:db8::7]:4711"`.
fn parse_node(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let host = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => text.rsplit_once(':').filter(|(host, _)| !host.contains(':'))?.0,
    };
    host.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(texts: &[&str]) -> TrustedProxies {
        texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>().try_into().unwrap()
    }

    /// Checks the peer behind these proxies when `source` connects and sends these header lines.
    fn check(trusted: &[&str], header: ProxyHeader, source: &str, lines: &[&str], expected: Option<&str>) {
        let name = match header {
            ProxyHeader::XForwardedFor => "x-forwarded-for",
            ProxyHeader::Forwarded => "forwarded",
        };
        let headers = lines.iter().map(|line| (name.parse().unwrap(), line.parse().unwrap())).collect();
        let finder = PeerFinder { proxies: proxies(trusted), header };
        let expected = expected.map(|address| Peer::new(address.parse().unwrap()));
        assert_eq!(finder.find(source.parse().unwrap(), &headers), expected, "{source} {lines:?}");
    }

    #[test]
    fn without_a_trusted_proxy_nobody_names_another_address() {
        let check = |source, lines: &[&str], expected| check(&[], ProxyHeader::XForwardedFor, source, lines, expected);
        check("198.51.100.9", &[], Some("198.51.100.9"));
        check("198.51.100.9", &["192.0.2.1"], Some("198.51.100.9"));
        check("127.0.0.1", &["192.0.2.1"], Some("127.0.0.1"));
    }

    #[test]
    fn behind_trusted_proxies_the_last_address_that_one_of_them_saw_counts() {
        let trusted = &["10.0.0.0/8", "2001:db8:1::/48"][..];
        let check =
            |source, lines: &[&str], expected| check(trusted, ProxyHeader::XForwardedFor, source, lines, expected);
        check("10.0.0.1", &["198.51.100.9"], Some("198.51.100.9"));
        // The client's own entry precedes the one of the proxy.
        check("10.0.0.1", &["192.0.2.1, 198.51.100.9"], Some("198.51.100.9"));
        check("10.0.0.1", &["192.0.2.1", "198.51.100.9"], Some("198.51.100.9"));
        check("10.0.0.1", &["10.9.9.9, 198.51.100.9"], Some("198.51.100.9"));
        check("10.0.0.1", &["nonsense, 198.51.100.9"], Some("198.51.100.9"));
        // Two proxies, one after the other.
        check("10.0.0.1", &["192.0.2.1, 198.51.100.9, 10.0.0.2"], Some("198.51.100.9"));
        check("2001:db8:1::1", &["198.51.100.9:4711"], Some("198.51.100.9"));
        // A client in the trusted network: the farthest trusted address counts.
        check("10.0.0.1", &["nonsense, 10.0.0.7"], Some("10.0.0.7"));
        // An address that is no trusted proxy cannot forward another.
        check("198.51.100.9", &["10.0.0.1"], Some("198.51.100.9"));
        // The limits of a proxy's clients do not apply to the proxy.
        check("10.0.0.1", &[], None);
        check("10.0.0.1", &["nonsense"], None);
    }

    #[test]
    fn the_standard_header_is_read_where_the_settings_say_so_and_nowhere_else() {
        let trusted = &["10.0.0.1"][..];
        let check = |lines: &[&str], expected| check(trusted, ProxyHeader::Forwarded, "10.0.0.1", lines, expected);
        check(&["for=198.51.100.9;proto=https"], Some("198.51.100.9"));
        check(&["For=\"[2001:db8::7]:4711\""], Some("2001:db8::7"));
        check(&["for=192.0.2.1, for=198.51.100.9"], Some("198.51.100.9"));
        check(&["for=_hidden"], None);
        let headers = [("forwarded".parse().unwrap(), "for=198.51.100.9".parse().unwrap())].into_iter().collect();
        let finder = PeerFinder { proxies: proxies(trusted), header: ProxyHeader::XForwardedFor };
        assert_eq!(finder.find("10.0.0.1".parse().unwrap(), &headers), None);
    }

    #[test]
    fn networks_are_read_and_compared_by_their_leading_bits() {
        let check = |network: &str, address: &str, expected| {
            let network: Network = network.parse().unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), expected, "{network:?} {address}");
        };
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("0.0.0.0/0", "203.0.113.1", true);
        check("192.0.2.7", "192.0.2.7", true);
        check("192.0.2.7", "192.0.2.6", false);
        check("::/0", "2001:db8::1", true);
        // An IPv4-mapped address of a dual-stack socket (RFC 4291 §2.5.5.2).
        check("10.0.0.0/8", "::ffff:10.1.2.3", true);
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "proxy.example.jp", "::/129", "10.0.0.0/-1"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }
}
