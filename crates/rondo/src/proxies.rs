//! Who asks, where a proxy stands in front: what a trusted one says of the address that it was asked from.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use axum::middleware::map_request;
use ipnet::IpNet;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Proxies whose word is taken. Whoever else sends the header is taken for who they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads addresses and networks, with commas between them.
    pub fn parse(text: &str) -> Result<Self, String> {
        let one = |part: &str| {
            let network = part.parse::<IpNet>();
            network.or_else(|_| part.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
                format!(
                    "holds `{part}`; expected addresses or networks with commas between them, such as `10.0.0.5, 192.0.2.0/24`"
                )
            })
        };
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(one)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Lets what is behind these proxies see who asked them.
    pub fn in_front_of(self, router: Router) -> Router {
        if self.0.is_empty() {
            return router;
        }
        let proxies = Arc::new(self);
        router.layer(map_request(move |mut request: Request| {
            let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
            if let Some(client) = peer.and_then(|peer| proxies.client(peer, request.headers())) {
                request.extensions_mut().insert(ConnectInfo(client));
            }
            std::future::ready(request)
        }))
    }

    /// Who asked the outermost of the trusted proxies; none where the peer is not one, or does not say.
    fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> Option<SocketAddr> {
        if !self.trusts(peer.ip()) {
            return None;
        }
        let lines: Vec<_> = headers.get_all(FORWARDED_FOR).iter().rev().collect();
        let texts = lines.into_iter().filter_map(|line| line.to_str().ok());
        let mut client = None;
        // Each proxy writes down who asked it, at the end: what stands before a stranger is what the stranger says.
        for hop in texts.flat_map(|line| line.rsplit(',')) {
            let Some(hop) = address(hop.trim()) else { break };
            client = Some(SocketAddr::new(hop, 0));
            if !self.trusts(hop) {
                break;
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// An address as proxies write it: some add the port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let parsed = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|it| it.ip()));
    parsed.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &str, peer: &str, forwarded: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let proxies = TrustedProxies::parse(trusted).unwrap();
        let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
        proxies.client(peer, &headers).map(|client| client.ip().to_string())
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(client("10.0.0.5", "198.51.100.1", &["203.0.113.7"]), None);
        assert_eq!(client("", "10.0.0.5", &["203.0.113.7"]), None);
    }

    #[test]
    fn what_stands_before_a_stranger_is_what_the_stranger_says() {
        let told = client("10.0.0.0/8", "10.0.0.5", &["1.1.1.1, 203.0.113.7, 10.0.0.9"]);
        assert_eq!(told.as_deref(), Some("203.0.113.7"));
        let told = client("10.0.0.0/8", "10.0.0.5", &["1.1.1.1", "203.0.113.7", "10.0.0.9"]);
        assert_eq!(told.as_deref(), Some("203.0.113.7"));
        let told = client("10.0.0.0/8", "10.0.0.5", &["203.0.113.7, unknown, 10.0.0.9"]);
        assert_eq!(told.as_deref(), Some("10.0.0.9"));
    }

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        for (written, read) in [
            ("203.0.113.7:5123", "203.0.113.7"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
        ] {
            let told = client("127.0.0.1, ::1", "::ffff:127.0.0.1", &[written]);
            assert_eq!(told.as_deref(), Some(read), "{written}");
        }
        assert_eq!(client("127.0.0.1", "127.0.0.1", &[]), None);
    }

    #[test]
    fn what_is_neither_address_nor_network_is_said() {
        assert!(TrustedProxies::parse("10.0.0.5, proxy").unwrap_err().contains("`proxy`"));
    }
}
