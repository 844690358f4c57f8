//! Who sent a request, and whether it came by https: from the connection, or from what a listed proxy says.
//!
//! `X-Forwarded-For` and `X-Forwarded-Proto` are believed from the proxies in the host file alone; from anybody else they are
//! taken away before any handler sees them. [`identify`] puts a [`Peer`] into each request.
//!
//! ```
//! use dockspace::web::Network;
//!
//! let network = Network::parse("10.0.0.0/8").unwrap();
//! assert!(network.contains("10.1.2.3".parse().unwrap()));
//! assert!(network.contains("::ffff:10.1.2.3".parse().unwrap()));
//! assert!(!network.contains("11.0.0.1".parse().unwrap()));
//! ```

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;

/// What only a listed proxy may say. The rest of the family is said by nobody we listen to.
const FORWARDED: [&str; 10] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-real-ip",
    "x-forwarded-uri",
    "x-forwarded-method",
    "x-original-url",
    "x-original-method",
];

/// Addresses with the same first bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Reads `10.0.0.0/8` (RFC 4632), or a single address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text
            .split_once('/')
            .map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(all), |bits| bits.parse().ok())?;
        (bits <= all).then_some(Self { address, bits })
    }

    /// Whether `address` is one of them. An IPv4 address that came by a socket for IPv6 is what it is.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differ = u32::from(network) ^ u32::from(address);
                differ.checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differ = u128::from(network) ^ u128::from(address);
                differ.checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// Who sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address of the browser or app, as far as it can be known.
    pub address: IpAddr,
    /// The way it came to us.
    pub way: Way,
}

/// The way a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Straight from the peer.
    Direct,
    /// Through listed proxies, the outermost of which got it by https or doesn't say.
    Proxy,
    /// Through listed proxies, the outermost of which got it by plain http.
    ProxyInClear,
}

impl Peer {
    /// Who sent it, by the address of the connection and the headers.
    fn of(connected: IpAddr, proxies: &[Network], headers: &HeaderMap) -> Self {
        let listed = |address: IpAddr| proxies.iter().any(|network| network.contains(address));
        let mut address = connected.to_canonical();
        if !listed(address) {
            return Self {
                address,
                way: Way::Direct,
            };
        }
        // Each proxy appends whom it got the request from: the last one that isn't a proxy of ours sent it. What stands before
        // that anybody may have written.
        for said in all(headers, "x-forwarded-for").rev() {
            let Some(said) = address_of(said) else { break };
            address = said;
            if !listed(address) {
                break;
            }
        }
        let in_clear = all(headers, "x-forwarded-proto")
            .next_back()
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
        let way = if in_clear { Way::ProxyInClear } else { Way::Proxy };
        Self { address, way }
    }
}

/// The parts of a list that may stand in several header lines.
fn all<'h>(headers: &'h HeaderMap, name: &str) -> impl DoubleEndedIterator<Item = &'h str> {
    let lines: Vec<_> = headers
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    lines.into_iter().flat_map(|line| line.split(',')).map(str::trim)
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
fn address_of(said: &str) -> Option<IpAddr> {
    let bare = said.trim_matches(['[', ']']);
    let address = bare
        .parse()
        .or_else(|_| said.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    Some(address.ok()?.to_canonical())
}

/// Puts a [`Peer`] into each request, and takes away what it was told by nobody we listen to.
pub async fn identify(State(proxies): State<Arc<[Network]>>, mut request: Request, next: Next) -> Response {
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let connected = connected.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
    let peer = Peer::of(connected, &proxies, request.headers());
    if peer.way == Way::Direct {
        for name in FORWARDED {
            request.headers_mut().remove(name);
        }
    }
    request.extensions_mut().insert(peer);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn networks_are_read_and_contain_what_they_say() {
        for bad in [
            "",
            "10",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "example.org",
            "10.0.0.0/8/8",
        ] {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
        let check = |network: &str, address: &str, expected: bool| {
            let contains = Network::parse(network).unwrap().contains(address.parse().unwrap());
            assert_eq!(contains, expected, "{address} in {network}");
        };
        check("0.0.0.0/0", "203.0.113.9", true);
        check("0.0.0.0/0", "2001:db8::1", false);
        check("127.0.0.1", "127.0.0.1", true);
        check("127.0.0.1", "127.0.0.2", false);
        check("192.0.2.128/25", "192.0.2.127", false);
        check("2001:db8::/32", "2001:db8:ffff::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
        check("::/0", "::1", true);
    }

    #[track_caller]
    fn check(connected: &str, headers: &[(&'static str, &'static str)], address: &str, way: Way) {
        let proxies = ["127.0.0.1", "10.0.0.0/8"].map(|text| Network::parse(text).unwrap());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let expected = Peer {
            address: address.parse().unwrap(),
            way,
        };
        assert_eq!(
            Peer::of(connected.parse().unwrap(), &proxies, &map),
            expected,
            "{headers:?}"
        );
    }

    #[test]
    fn row_28_only_a_listed_proxy_is_believed() {
        let spoofed = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https")];
        check("203.0.113.9", &spoofed, "203.0.113.9", Way::Direct);
        check("127.0.0.1", &spoofed, "192.0.2.1", Way::Proxy);
        check("::ffff:127.0.0.1", &spoofed, "192.0.2.1", Way::Proxy);
        check("127.0.0.1", &[], "127.0.0.1", Way::Proxy);
    }

    #[test]
    fn row_28_what_a_browser_wrote_before_the_first_proxy_is_not_believed() {
        check(
            "127.0.0.1",
            &[("x-forwarded-for", "198.51.100.1, 192.0.2.1, 10.0.0.7")],
            "192.0.2.1",
            Way::Proxy,
        );
        let lines = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "192.0.2.1")];
        check("127.0.0.1", &lines, "192.0.2.1", Way::Proxy);
        check(
            "127.0.0.1",
            &[("x-forwarded-for", "192.0.2.1, rubbish, 10.0.0.7")],
            "10.0.0.7",
            Way::Proxy,
        );
        check(
            "127.0.0.1",
            &[("x-forwarded-for", "[2001:db8::1]:4711")],
            "2001:db8::1",
            Way::Proxy,
        );
        check(
            "127.0.0.1",
            &[("x-forwarded-for", "192.0.2.1:4711")],
            "192.0.2.1",
            Way::Proxy,
        );
        let lines = [("x-forwarded-proto", "https"), ("x-forwarded-proto", "HTTP")];
        check("127.0.0.1", &lines, "127.0.0.1", Way::ProxyInClear);
    }
}
