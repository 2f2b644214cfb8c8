//! Connections to mail servers: to the addresses that the egress policy allows, and no others, by TLS where it is asked for.

mod stream;

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{Security, Server, TimedOut, within};
use crate::clock::Clock;
use crate::egress::{self, EgressPolicy, Names};

pub(super) use stream::Stream;

/// How long a name may take to resolve: the system's resolver asks each of its servers twice, five seconds each.
const RESOLVE_WAIT: Duration = Duration::from_secs(20);
/// How long a connection to one address may take: several round trips around the world.
const CONNECT_WAIT: Duration = Duration::from_secs(10);
/// How long the TLS handshake may take.
const TLS_WAIT: Duration = Duration::from_secs(20);
/// Addresses of a host that are tried: the first of both families, and one more of each.
const ADDRESSES_MAX: usize = 4;

/// What is spoken, as far as the ports go on which it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Sending.
    Smtp,
    /// Reading.
    Imap,
}

impl Protocol {
    /// Its own ports, and those that nothing else of a network is on.
    fn takes(self, port: u16) -> bool {
        match (self, port) {
            (_, 1024..) | (Self::Smtp, 25 | 465 | 587) | (Self::Imap, 143 | 993) => true,
            (Self::Smtp | Self::Imap, _) => false,
        }
    }

    fn ports(self) -> &'static str {
        match self {
            Self::Smtp => "25, 465, 587, or one from 1024 on",
            Self::Imap => "143, 993, or one from 1024 on",
        }
    }
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReached {
    /// A port on which other protocols are spoken.
    #[error("port {port} is not for mail; expected {expected}")]
    Port {
        /// The port.
        port: u16,
        /// Those that are.
        expected: &'static str,
    },
    /// The name does not resolve.
    #[error("the host name could not be resolved; check its spelling")]
    NoSuchHost,
    /// The host leads where the server may not go.
    #[error("the host {0}")]
    Address(#[from] egress::Refused),
    /// A password would be sent in the open.
    #[error("no password is sent over the internet without TLS; choose TLS or STARTTLS")]
    OpenPassword,
    /// Nobody listens, or the network is down.
    #[error(
        "nobody answers on port {0} of the host; check the port, and whether a firewall is in between"
    )]
    NoConnection(u16),
    /// What answered speaks something else.
    #[error("what answered does not speak {0}; check the host and the port")]
    OtherProtocol(&'static str),
}

/// Why there is no TLS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsTrouble {
    /// The server began in the open.
    #[error(
        "the server does not begin with TLS on this port; choose STARTTLS, or the port for TLS (465 to send, 993 to read)"
    )]
    NotSpoken,
    /// The server does not know STARTTLS, or not for us.
    #[error(
        "the server does not offer STARTTLS on this port; choose TLS and its port (465 to send, 993 to read)"
    )]
    NotOffered,
    /// The certificate is another host's.
    #[error("the server's certificate is for {0}, not for this host; enter a name that it is for")]
    OtherName(String),
    /// Nobody whom this machine trusts has signed it.
    #[error(
        "the server's certificate is self-signed, or from an authority that this machine does not trust; add it to the machine's trusted certificates"
    )]
    Untrusted,
    /// Its time is over, or has not come.
    #[error(
        "the server's certificate is not valid today; it must be renewed, unless this machine's clock is wrong"
    )]
    Expired,
    /// Something else.
    #[error("the TLS handshake failed: {0}")]
    Other(String),
}

/// Why a connection could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ConnectFailure {
    NotReached(NotReached),
    Tls(TlsTrouble),
    TimedOut(TimedOut),
}

impl From<NotReached> for ConnectFailure {
    fn from(trouble: NotReached) -> Self {
        Self::NotReached(trouble)
    }
}

impl From<TlsTrouble> for ConnectFailure {
    fn from(trouble: TlsTrouble) -> Self {
        Self::Tls(trouble)
    }
}

impl From<TimedOut> for ConnectFailure {
    fn from(trouble: TimedOut) -> Self {
        Self::TimedOut(trouble)
    }
}

/// Makes connections to mail servers under the policy. A clone shares everything.
#[derive(Clone)]
pub struct Connector {
    policy: EgressPolicy,
    names: Arc<dyn Names>,
    clock: Arc<dyn Clock>,
    tls: TlsConnector,
}

impl Connector {
    /// Connections under this policy, with servers whose certificates this machine trusts, or `roots`.
    pub fn new(
        policy: EgressPolicy,
        names: Arc<dyn Names>,
        clock: Arc<dyn Clock>,
        roots: impl IntoIterator<Item = CertificateDer<'static>>,
    ) -> Self {
        let mut trusted = RootCertStore::empty();
        trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        trusted.add_parsable_certificates(roots);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring has every safe protocol version")
            .with_root_certificates(trusted)
            .with_no_client_auth();
        Self { policy, names, clock, tls: TlsConnector::from(Arc::new(tls)) }
    }

    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// A connection to the server: with TLS where that is to be there from the start, else open.
    pub(super) async fn open(
        &self,
        server: &Server,
        protocol: Protocol,
    ) -> Result<Stream, ConnectFailure> {
        let port = server.port;
        if !protocol.takes(port) {
            return Err(NotReached::Port { port, expected: protocol.ports() }.into());
        }
        let addresses = self.resolve(&server.host).await?;
        if server.security == Security::None && server.login.is_some() {
            let is_near =
                |&address: &IpAddr| EgressPolicy::PublicOnly.check_address(address).is_err();
            if !addresses.iter().all(is_near) {
                return Err(NotReached::OpenPassword.into());
            }
        }
        let stream = Stream::Open(self.connect(&addresses, port).await?);
        match server.security {
            Security::Tls => self.secure(stream, &server.host).await,
            Security::Starttls | Security::None => Ok(stream),
        }
    }

    async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, ConnectFailure> {
        let resolving = self.policy.resolve(&*self.names, host);
        match within(&*self.clock, "resolving its name", RESOLVE_WAIT, resolving).await? {
            Ok(addresses) => Ok(addresses),
            Err(egress::Unreached::Refused(refused)) => Err(NotReached::Address(refused).into()),
            Err(_) => Err(NotReached::NoSuchHost.into()),
        }
    }

    async fn connect(&self, addresses: &[IpAddr], port: u16) -> Result<TcpStream, ConnectFailure> {
        let mut failure = NotReached::NoConnection(port).into();
        for &address in addresses.iter().take(ADDRESSES_MAX) {
            let connecting = TcpStream::connect(SocketAddr::new(address, port));
            match within(&*self.clock, "connecting", CONNECT_WAIT, connecting).await {
                Ok(Ok(stream)) => {
                    // Commands are short, and each waits for its answer. A socket that takes no options works too.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Ok(Err(_)) => {}
                Err(timed_out) => failure = timed_out.into(),
            }
        }
        Err(failure)
    }

    /// Puts TLS over an open connection.
    pub(super) async fn secure(
        &self,
        stream: Stream,
        host: &str,
    ) -> Result<Stream, ConnectFailure> {
        let stream = match stream {
            Stream::Open(stream) => stream,
            Stream::Tls(_) => return Ok(stream),
        };
        let name = ServerName::try_from(host.to_owned()).map_err(|_| NotReached::NoSuchHost)?;
        let handshake = self.tls.connect(name, stream);
        match within(&*self.clock, "the TLS handshake", TLS_WAIT, handshake).await? {
            Ok(stream) => Ok(Stream::Tls(Box::new(stream))),
            Err(error) => Err(TlsTrouble::of(&error).into()),
        }
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl TlsTrouble {
    fn of(error: &io::Error) -> Self {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match inner {
            Some(rustls::Error::InvalidMessage(_)) => Self::NotSpoken,
            Some(rustls::Error::InvalidCertificate(error)) => Self::of_certificate(error),
            Some(error) => Self::Other(error.to_string()),
            None => Self::Other("the connection was closed".to_owned()),
        }
    }

    fn of_certificate(error: &CertificateError) -> Self {
        match error {
            CertificateError::NotValidForName => Self::OtherName("another name".to_owned()),
            CertificateError::NotValidForNameContext { presented, .. } => {
                Self::OtherName(shown(presented))
            }
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Self::Expired,
            CertificateError::UnknownIssuer => Self::Untrusted,
            // A self-signed certificate that calls itself an authority, as `openssl req -x509` makes them.
            CertificateError::Other(other) if other.to_string() == "CaUsedAsEndEntity" => {
                Self::Untrusted
            }
            other => Self::Other(other.to_string()),
        }
    }
}

/// The names of a certificate, which rustls gives as `DnsName("mail.example")`.
fn shown(presented: &[String]) -> String {
    let name = |text: &String| text.split('"').nth(1).unwrap_or(text).to_owned();
    let names: Vec<_> = presented.iter().take(5).map(name).collect();
    match names.is_empty() {
        true => "no name at all".to_owned(),
        false => names.join(", "),
    }
}
