//! Reading from Dovecot.

use std::time::Duration;

use rondo::clock::{Clock as _, SystemClock};
use rondo::mail::message::MESSAGE_BYTES_MAX;
use rondo::mail::transport::imap::{self, News, ReadFailure, Session};
use rondo::mail::transport::smtp;
use rondo::mail::transport::{
    Connector, Login, LoginMethod, NotReached, Security, Server, TlsTrouble,
};
use rondo::secrets::Secret;

use crate::mail_server::{MailServer, until};
use crate::proxy::Proxy;
use crate::world::{ASSISTANT, LEAD, OPEN_HOST, all, login, message, servers, settings};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

async fn send(server: &MailServer, connector: &Connector, subject: &str) {
    let way = settings(server.ports.smtps, Security::Tls);
    let message = message(subject, "Hello");
    let sent = smtp::send(connector, &way, ASSISTANT, &all(&[ASSISTANT]), &message).await;
    assert_eq!(sent.unwrap(), [smtp::Outcome::Accepted]);
}

async fn opened(connector: &Connector, way: &Server) -> Session {
    let mut session = imap::open(connector, way).await.unwrap();
    session.select("INBOX").await.unwrap();
    session
}

fn subject(message: &[u8]) -> String {
    let text = String::from_utf8_lossy(message);
    let (_, rest) = text.split_once("Subject: ").unwrap();
    rest.lines().next().unwrap().to_owned()
}

/// Fills a mailbox with so many short messages.
fn fill(server: &MailServer, count: usize) {
    for n in 0..count {
        let text = format!("Subject: {n}\n\nHello\n");
        // The name says the size, in bytes and with the line ends of mail, so that Dovecot need not look.
        let (size, lines) = (text.len(), text.lines().count());
        let name = format!("1700000000.M{n:06}P1.test,S={size},W={}", size + lines);
        server.put(ASSISTANT, &name, text.as_bytes());
    }
}

#[tokio::test]
async fn mail_is_read_over_tls_starttls_and_none_and_left_as_it_was() {
    let (server, connector) = servers().await;
    send(&server, &connector, "first").await;
    server.delivered(ASSISTANT, 1).await;
    let ways = [
        settings(server.ports.imaps, Security::Tls),
        settings(server.ports.imap, Security::Starttls),
        settings(server.ports.imap, Security::None),
    ];
    for way in &ways {
        let mut session = imap::open(&connector, way).await.unwrap();
        let folder = session.select("INBOX").await.unwrap();
        assert_eq!((folder.messages, folder.uid_next), (1, 2));
        let listed = session.uids_after(0, 10).await.unwrap();
        let message = session.fetch(listed[0].uid).await.unwrap().unwrap();
        assert_eq!(message.len() as u64, listed[0].bytes);
        assert_eq!(subject(&message), "first");
        assert!(message.ends_with(b"\r\n\r\nHello\r\n"));
        assert_eq!(session.fetch(99).await.unwrap(), None);
        assert_eq!(session.uids_after(listed[0].uid, 10).await.unwrap(), []);
        session.log_out().await;
    }
    // Dovecot notes in the name of the file what was seen.
    let names: Vec<String> = std::fs::read_dir(server.mailbox(ASSISTANT).join("new"))
        .unwrap()
        .chain(std::fs::read_dir(server.mailbox(ASSISTANT).join("cur")).unwrap())
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.len() == 1 && !names[0].ends_with('S'), "{names:?}");
}

#[tokio::test]
async fn a_login_is_refused_in_words_and_a_token_is_one_too() {
    let (server, connector) = servers().await;
    let mut way = settings(server.ports.imaps, Security::Tls);
    way.login = Some(login("wrong"));
    let refused = imap::open(&connector, &way).await.unwrap_err();
    let ReadFailure::LoginRefused(said) = &refused else { panic!("{refused:?}") };
    assert_eq!(said.as_str(), "[AUTHENTICATIONFAILED] Authentication failed.");
    for (token, is_good) in [(server.access_token(ASSISTANT), true), ("nonsense".to_owned(), false)]
    {
        way.login = Some(Login {
            username: ASSISTANT.to_owned(),
            secret: Secret::new(token.into_bytes()),
            method: LoginMethod::OAuth2,
        });
        match imap::open(&connector, &way).await {
            Ok(session) => {
                assert!(is_good);
                session.log_out().await;
            }
            Err(ReadFailure::LoginRefused(_)) => assert!(!is_good),
            Err(failure) => panic!("{failure:?}"),
        }
    }
    // Nothing is said in the open where TLS was wanted.
    let open =
        Server { host: OPEN_HOST.to_owned(), ..settings(server.ports.imap, Security::Starttls) };
    let refused = imap::open(&connector, &open).await.unwrap_err();
    assert_eq!(refused, ReadFailure::Tls(TlsTrouble::NotOffered));
    // Where it was not, the login works as the page on mail says.
    let open = Server { security: Security::None, ..open };
    imap::open(&connector, &open).await.unwrap().log_out().await;
}

#[tokio::test]
async fn new_mail_is_told_at_once_and_none_is_overlooked_between_two_waits() {
    let (server, connector) = servers().await;
    let way = settings(server.ports.imaps, Security::Tls);
    let mut session = opened(&connector, &way).await;
    assert!(session.is_told_of_news());
    assert_eq!(session.wait_for_news(Duration::from_millis(50)).await.unwrap(), News::None);
    let clock = SystemClock::new();
    let mut last = 0;
    for n in 0..3 {
        let started = clock.monotonic();
        let name = format!("n-{n}");
        let sending = send(&server, &connector, &name);
        let (news, ()) = tokio::join!(session.wait_for_news(LONG), sending);
        assert_eq!(news.unwrap(), News::Arrived);
        let took = clock.monotonic() - started;
        assert!(took < LONG / 4, "new mail was told after {took:?}");
        let listed = session.uids_after(last, 10).await.unwrap();
        assert_eq!(listed.len(), 1);
        last = listed[0].uid;
        let message = session.fetch(last).await.unwrap().unwrap();
        assert_eq!(subject(&message), name);
    }
    // What came before anybody waited is told as well.
    server.put(ASSISTANT, "1700000000.M1P1.test", &message("between", "Hello"));
    assert_eq!(session.wait_for_news(LONG).await.unwrap(), News::Arrived);
    assert_eq!(session.uids_after(last, 10).await.unwrap().len(), 1);
    assert_eq!(session.wait_for_news(Duration::ZERO).await.unwrap(), News::None);
}

#[tokio::test]
async fn nothing_is_read_twice_or_skipped_over_connections_that_are_cut() {
    let (mut server, connector) = servers().await;
    let proxy = Proxy::to(server.ports.imaps).await;
    let way = settings(proxy.port, Security::Tls);
    let (mut last, mut read) = (0, Vec::new());
    let mut session = opened(&connector, &way).await;
    for round in 0..4 {
        for n in 0..3 {
            send(&server, &connector, &format!("{round}-{n}")).await;
        }
        match round {
            0 => {
                let (waited, ()) = tokio::join!(
                    async {
                        while session.wait_for_news(LONG).await? == News::Arrived {
                            session.uids_after(last, 10).await?;
                        }
                        Ok::<_, ReadFailure>(())
                    },
                    async {
                        server.delivered(ASSISTANT, 3).await;
                        proxy.cut();
                    }
                );
                assert_eq!(waited.unwrap_err(), ReadFailure::Broken);
                assert!(!session.is_open());
                assert_eq!(session.uids_after(last, 10).await, Err(ReadFailure::Broken));
            }
            1 => {
                server.kill_dovecot();
                assert_eq!(session.wait_for_news(LONG).await, Err(ReadFailure::Broken));
                let port = server.ports.imaps;
                let gone = ReadFailure::Unreached(NotReached::NoConnection(port));
                let direct = settings(port, Security::Tls);
                assert_eq!(imap::open(&connector, &direct).await.unwrap_err(), gone);
                server.start_dovecot().await;
            }
            _ => proxy.cut(),
        }
        server.delivered(ASSISTANT, 3 * (round + 1)).await;
        session = opened(&connector, &way).await;
        loop {
            let listed = session.uids_after(last, 2).await.unwrap();
            for listed in &listed {
                read.push(subject(&session.fetch(listed.uid).await.unwrap().unwrap()));
                last = listed.uid;
            }
            if listed.is_empty() {
                break;
            }
        }
    }
    // Postfix may deliver those of one round in any order.
    read.sort();
    let sent: Vec<String> =
        (0..4).flat_map(|round| (0..3).map(move |n| format!("{round}-{n}"))).collect();
    assert_eq!(read, sent);
}

#[tokio::test]
async fn a_folder_that_was_made_anew_says_so() {
    let (server, connector) = servers().await;
    let way = settings(server.ports.imaps, Security::Tls);
    server.doveadm(&["mailbox", "create", "-u", ASSISTANT, "Büro/Q&A \"x\""]);
    let mut session = imap::open(&connector, &way).await.unwrap();
    let before = session.select("Büro/Q&A \"x\"").await.unwrap();
    assert_eq!((before.messages, before.uid_next), (0, 1));
    assert_eq!(session.uids_after(0, 10).await.unwrap(), []);
    session.log_out().await;
    server.doveadm(&["mailbox", "delete", "-u", ASSISTANT, "Büro/Q&A \"x\""]);
    let mut session = imap::open(&connector, &way).await.unwrap();
    let missing = session.select("Büro/Q&A \"x\"").await.unwrap_err();
    assert_eq!(missing, ReadFailure::NoSuchFolder("Büro/Q&A \"x\"".to_owned()));
    server.doveadm(&["mailbox", "create", "-u", ASSISTANT, "Büro/Q&A \"x\""]);
    let after = session.select("Büro/Q&A \"x\"").await.unwrap();
    assert_ne!(after.uid_validity, before.uid_validity);
    session.log_out().await;
}

#[tokio::test]
async fn a_mailbox_of_twenty_thousand_is_listed_in_pieces_from_wherever_one_was() {
    const COUNT: usize = 20_000;
    let (server, connector) = servers().await;
    fill(&server, COUNT);
    let way = settings(server.ports.imaps, Security::Tls);
    let mut session = imap::open(&connector, &way).await.unwrap();
    let folder = session.select("INBOX").await.unwrap();
    assert_eq!(folder.messages as usize, COUNT);
    let (mut last, mut uids) = (0, Vec::new());
    loop {
        let listed = session.uids_after(last, 1300).await.unwrap();
        assert!(listed.len() <= 1300);
        let Some(end) = listed.last() else { break };
        last = end.uid;
        uids.extend(listed.iter().map(|listed| listed.uid));
    }
    assert_eq!(uids.len(), COUNT);
    assert!(uids.is_sorted_by(|one, next| one < next));
    for at in [0, 1, 499, 500, 501, 9_999, COUNT - 501, COUNT - 500, COUNT - 2, COUNT - 1] {
        let listed = session.uids_after(uids[at], 3).await.unwrap();
        let listed: Vec<u32> = listed.iter().map(|listed| listed.uid).collect();
        assert_eq!(listed, uids[at + 1..COUNT.min(at + 4)], "{at}");
    }
    // Most are deleted by somebody else, so that UIDs are rare and numbers are others.
    let deleted = ["1:76", "78:19000"];
    for range in deleted {
        server.doveadm(&["expunge", "-u", ASSISTANT, "mailbox", "INBOX", "uid", range]);
    }
    assert_eq!(session.fetch(uids[0]).await.unwrap(), None);
    let mut another = opened(&connector, &way).await;
    for session in [&mut another, &mut session] {
        let listed = session.uids_after(0, 2000).await.unwrap();
        let listed: Vec<u32> = listed.iter().map(|listed| listed.uid).collect();
        assert_eq!((listed.len(), &listed[..2]), (1001, &[uids[76], uids[19_000]][..]));
        assert_eq!(session.uids_after(uids[76], 1).await.unwrap()[0].uid, uids[19_000]);
        assert_eq!(session.uids_after(uids[COUNT - 1], 1).await.unwrap(), []);
    }
    session.log_out().await;
}

#[tokio::test]
async fn a_message_that_is_too_large_is_told_of_and_not_fetched() {
    let (server, connector) = servers().await;
    let line = format!("{}\n", "x".repeat(98));
    let large = format!("Subject: large\n\n{}", line.repeat(MESSAGE_BYTES_MAX / 99 + 1));
    let fitting = format!("Subject: fits\n\n{}", line.repeat(MESSAGE_BYTES_MAX / 100 - 10));
    server.put(ASSISTANT, "1700000000.M1P1.test", large.as_bytes());
    server.put(ASSISTANT, "1700000000.M2P1.test", fitting.as_bytes());
    server.put(ASSISTANT, "1700000000.M3P1.test", b"Subject: small\n\n");
    let mut session = opened(&connector, &settings(server.ports.imaps, Security::Tls)).await;
    let listed = session.uids_after(0, 10).await.unwrap();
    let size = listed[0].bytes;
    assert!(size > MESSAGE_BYTES_MAX as u64);
    assert_eq!(session.fetch(listed[0].uid).await, Err(ReadFailure::TooLarge(size)));
    let fitting = session.fetch(listed[1].uid).await.unwrap().unwrap();
    assert!(fitting.len() as u64 == listed[1].bytes && subject(&fitting) == "fits");
    let small = session.fetch(listed[2].uid).await.unwrap().unwrap();
    assert_eq!(small, b"Subject: small\r\n\r\n");
    session.log_out().await;
}

#[tokio::test]
async fn mail_to_an_address_with_a_tag_is_in_the_mailbox() {
    let (server, connector) = servers().await;
    let tagged = "assistant+cnv_01@example.test";
    let way = settings(server.ports.smtps, Security::Tls);
    let reply = message("reply", "Yes");
    smtp::send(&connector, &way, LEAD, &all(&[tagged]), &reply).await.unwrap();
    let mut session = opened(&connector, &settings(server.ports.imaps, Security::Tls)).await;
    until(async || {
        !session.uids_after(0, 1).await.unwrap().is_empty() || {
            session.wait_for_news(LONG).await.unwrap();
            false
        }
    })
    .await;
    let message = session.fetch(1).await.unwrap().unwrap();
    let text = String::from_utf8(message).unwrap();
    assert!(text.contains(&format!("X-Original-To: {tagged}\r\n")), "{text}");
    session.log_out().await;
}
