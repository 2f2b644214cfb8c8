//! Trying settings: what a person reads who has entered them.

use crate::world::{
    ASSISTANT, NotedClock, OPEN_HOST, OTHER_HOST, connector, connector_with, login, servers,
    settings,
};
use rondo::egress::EgressPolicy;
use rondo::mail::transport::probe::{probe_imap, probe_smtp};
use rondo::mail::transport::{Security, Server};

#[tokio::test]
async fn settings_that_work_say_what_was_found() {
    let (server, connector) = servers().await;
    let ports = server.ports;
    for (port, security, found) in [
        (ports.smtps, Security::Tls, "logged in over TLS; it takes messages of up to 40 MB"),
        (
            ports.smtp,
            Security::Starttls,
            "logged in over TLS (STARTTLS); it takes messages of up to 40 MB",
        ),
        (
            ports.smtp_open,
            Security::None,
            "logged in without TLS; it takes messages of up to 40 MB",
        ),
    ] {
        let probed = probe_smtp(&connector, &settings(port, security)).await;
        assert_eq!(probed.as_deref(), Ok(found));
    }
    server.put(ASSISTANT, "1700000000.M1P1.test", b"Subject: a\n\n");
    let probed = probe_imap(&connector, &settings(ports.imaps, Security::Tls), "INBOX").await;
    let found = "logged in over TLS; 1 message in `INBOX`; new mail is told at once (IDLE)";
    assert_eq!(probed.as_deref(), Ok(found));
}

#[tokio::test]
async fn settings_that_do_not_work_say_what_is_wrong_and_what_to_do() {
    let (server, trusting) = servers().await;
    let distrusting = connector(Vec::new());
    let ports = server.ports;
    server.doveadm(&["mailbox", "create", "-u", ASSISTANT, "Büro"]);
    let wrong = Some(login("wrong"));
    let tls = |port| settings(port, Security::Tls);
    let starttls = |port| settings(port, Security::Starttls);
    for (settings, connector, said) in [
        (tls(ports.smtp), &trusting, "does not begin with TLS on this port; choose STARTTLS"),
        (starttls(ports.smtp_open), &trusting, "does not offer STARTTLS on this port; choose TLS"),
        (
            Server { host: OTHER_HOST.to_owned(), ..tls(ports.smtps) },
            &trusting,
            "certificate is for mail.example.test, not for this host; enter a name that it is for",
        ),
        (tls(ports.smtps), &distrusting, "certificate is self-signed, or from an authority"),
        (
            Server { login: wrong, ..tls(ports.smtps) },
            &trusting,
            "refused the login; check the user name and the password",
        ),
        (tls(ports.imaps), &trusting, "what answered does not speak SMTP; check the host and"),
        (
            Server { host: "mial.example.test".to_owned(), ..tls(465) },
            &trusting,
            "the host name could not be resolved; check its spelling",
        ),
        (tls(110), &trusting, "port 110 is not for mail; expected 25, 465, 587, or one from 1024"),
    ] {
        let probed = probe_smtp(connector, &settings).await.unwrap_err();
        assert!(probed.contains(said), "{probed}");
    }
    for (settings, connector, folder, said) in [
        (tls(ports.imap), &trusting, "INBOX", "does not begin with TLS on this port"),
        (
            Server { host: OPEN_HOST.to_owned(), ..starttls(ports.imap) },
            &trusting,
            "INBOX",
            "does not offer STARTTLS",
        ),
        (starttls(ports.imap), &distrusting, "INBOX", "certificate is self-signed"),
        (
            Server { login: Some(login("wrong")), ..tls(ports.imaps) },
            &trusting,
            "INBOX",
            "[AUTHENTICATIONFAILED]",
        ),
        (
            tls(ports.imaps),
            &trusting,
            "Leads",
            "there is no folder `Leads` that can be read; name one that is there: `Büro`, `INBOX`",
        ),
        (tls(ports.smtps), &trusting, "INBOX", "what answered does not speak IMAP"),
    ] {
        let probed = probe_imap(connector, &settings, folder).await.unwrap_err();
        assert!(probed.contains(said), "{probed}");
    }
}

#[tokio::test]
async fn a_server_that_waits_for_tls_is_told_from_one_that_is_away() {
    let (server, _) = servers().await;
    let clock = NotedClock::new();
    let connector = connector_with(EgressPolicy::PrivateToo, clock.clone(), vec![server.root()]);
    let probes = async {
        let way = settings(server.ports.smtps, Security::Starttls);
        let sending = probe_smtp(&connector, &way).await.unwrap_err();
        let way = settings(server.ports.imaps, Security::None);
        let reading = probe_imap(&connector, &way, "INBOX").await.unwrap_err();
        [sending, reading]
    };
    let said = tokio::select! {
        said = probes => said,
        () = clock.run_on() => unreachable!(),
    };
    for said in said {
        assert!(said.contains("it may wait for TLS: choose TLS, or another port"), "{said}");
    }
}
