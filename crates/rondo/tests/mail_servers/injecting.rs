//! Somebody between us and the server, who says something in the open that is to be heard under TLS (CVE-2011-0411).

use std::net::Ipv4Addr;
use std::sync::Arc;

use rondo::mail::transport::Security;
use rondo::mail::transport::imap::{self, ReadFailure};
use rondo::mail::transport::smtp::{self, SendFailure};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::mail_server::MailServer;
use crate::world::{servers, settings};

/// What is heard first, and what is answered.
type Script = &'static [(&'static str, &'static str)];

async fn follow(script: Script, stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
    let mut stream = BufReader::new(stream);
    for (heard, said) in script {
        let mut line = String::new();
        if !heard.is_empty() {
            stream.read_line(&mut line).await.unwrap();
        }
        assert!(line.starts_with(heard), "{line:?} is not {heard:?}");
        stream.write_all(said.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
    }
}

/// A server with the certificate of `server`, which begins TLS after `open` and goes on with `secret`.
async fn server_that_says(
    server: &MailServer,
    open: Script,
    secret: Script,
) -> (u16, JoinHandle<()>) {
    let (certificate, key) = server.certificate();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        follow(open, &mut stream).await;
        let mut stream = TlsAcceptor::from(Arc::new(config)).accept(stream).await.unwrap();
        follow(secret, &mut stream).await;
    });
    (port, serving)
}

#[tokio::test]
async fn what_is_said_in_the_open_is_not_heard_under_tls() {
    let (server, connector) = servers().await;
    let open: Script = &[
        ("", "220 hello\r\n"),
        ("EHLO ", "250-hello\r\n250 STARTTLS\r\n"),
        ("STARTTLS", "220 go\r\n250-injected\r\n250 AUTH PLAIN\r\n"),
    ];
    let secret: Script = &[("EHLO ", "250 hello\r\n")];
    let (port, serving) = server_that_says(&server, open, secret).await;
    let failure = smtp::open(&connector, &settings(port, Security::Starttls)).await.unwrap_err();
    // The login that was injected is not offered by the server itself.
    assert!(matches!(&failure, SendFailure::LoginRefused(no) if no.code == 504), "{failure:?}");
    serving.await.unwrap();

    let open: Script = &[
        ("", "* OK hello\r\n"),
        ("R1 CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS\r\nR1 OK done\r\n"),
        (
            "R2 STARTTLS",
            "R2 OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nR1 OK done\r\nR2 OK welcome\r\n",
        ),
    ];
    let secret: Script =
        &[("R1 CAPABILITY", "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nR1 OK done\r\n")];
    let (port, serving) = server_that_says(&server, open, secret).await;
    let failure = imap::open(&connector, &settings(port, Security::Starttls)).await.unwrap_err();
    assert!(matches!(&failure, ReadFailure::LoginRefused(_)), "{failure:?}");
    serving.await.unwrap();
}
