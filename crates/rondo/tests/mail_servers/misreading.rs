//! Reading from servers that break off, fall silent and say too much.

use std::sync::Arc;
use std::time::Duration;

use rondo::egress::EgressPolicy;
use rondo::mail::transport::imap::{self, News, ReadFailure, Session};
use rondo::mail::transport::{Connector, NotReached, Security, Server};

use crate::fake::{Act, Fake, Hear, Stall, say};
use crate::mail_server::until;
use crate::proxy::Proxy;
use crate::world::{NotedClock, connector, connector_with, login, servers, settings};

/// A server that is spoken to in the open, without a login.
fn open(port: u16) -> Server {
    Server { login: None, ..settings(port, Security::None) }
}

/// A session with a folder of three messages, and what the server does then. Commands are numbered from `R3` on.
async fn session_with(offer: &str, acts: Vec<Act>, connector: &Connector) -> (Fake, Session) {
    let begun = vec![
        say("* OK hello\r\n"),
        Hear("R1 CAPABILITY"),
        say(format!("* CAPABILITY IMAP4rev1 {offer}\r\nR1 OK done\r\n")),
        Hear("R2 EXAMINE \"INBOX\""),
        say("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 9] ok\r\nR2 OK done\r\n"),
    ];
    let fake = Fake::start([begun, acts].concat()).await;
    let mut session = imap::open(connector, &open(fake.port)).await.unwrap();
    let folder = session.select("INBOX").await.unwrap();
    assert_eq!((folder.messages, folder.uid_validity, folder.uid_next), (3, 7, 9));
    (fake, session)
}

fn by_hand() -> (Arc<NotedClock>, Connector) {
    let clock = NotedClock::new();
    let connector = connector_with(EgressPolicy::PrivateToo, clock.clone(), Vec::new());
    (clock, connector)
}

const LIST: &str = "* 1 FETCH (UID 4 RFC822.SIZE 50)\r\n* 2 FETCH (UID 6 RFC822.SIZE 60)\r\n";

#[tokio::test]
async fn an_answer_that_breaks_off_or_ends_in_no_is_not_taken_for_a_short_one() {
    let connector = connector(Vec::new());
    for end in ["", "* 3 FETCH (UID 8 RFC82", "* BYE going down\r\n"] {
        let acts =
            vec![Hear("R3 NOOP"), say("R3 OK done\r\n"), Hear("R4 FETCH 1:3"), say(LIST), say(end)];
        let (_fake, mut session) = session_with("", acts, &connector).await;
        assert_eq!(session.uids_after(0, 10).await, Err(ReadFailure::Broken), "{end:?}");
        assert!(!session.is_open());
    }
    let acts = vec![
        Hear("R3 NOOP"),
        say("R3 OK done\r\n"),
        Hear("R4 FETCH"),
        say("R4 NO [UNAVAILABLE] later\r\n"),
        Hear("R5 UID FETCH 4"),
        say("R5 BAD what\r\n"),
    ];
    let (_fake, mut session) = session_with("", acts, &connector).await;
    let refused = session.uids_after(0, 10).await.unwrap_err();
    assert!(
        matches!(&refused, ReadFailure::Refused(said) if said.as_str() == "[UNAVAILABLE] later")
    );
    assert!(session.is_open());
    assert!(matches!(session.fetch(4).await.unwrap_err(), ReadFailure::Refused(_)));
}

#[tokio::test]
async fn no_more_is_received_than_was_asked_for() {
    let connector = connector(Vec::new());
    // Announced only: no memory is set aside for it.
    let size = "* 1 FETCH (UID 4 RFC822.SIZE 50)\r\nR3 OK done\r\n";
    let acts = vec![
        Hear("R3 UID"),
        say(size),
        Hear("R4 UID"),
        say("* 1 FETCH (UID 4 BODY[] {400000000}\r\n"),
        Stall,
    ];
    let (_fake, mut session) = session_with("", acts, &connector).await;
    assert!(matches!(session.fetch(4).await, Err(ReadFailure::TooLarge(_))));
    assert!(!session.is_open());

    let endless = "* OK still there\r\n".repeat(100_000);
    let acts = vec![Hear("R3 NOOP"), say("R3 OK done\r\n"), Hear("R4 FETCH"), say(endless), Stall];
    let (_fake, mut session) = session_with("", acts, &connector).await;
    assert_eq!(session.uids_after(0, 10).await, Err(ReadFailure::TooLong));
}

#[tokio::test]
async fn a_list_is_begun_again_where_messages_went_away_meanwhile() {
    let connector = connector(Vec::new());
    let acts = vec![
        Hear("R3 NOOP"),
        say("R3 OK done\r\n"),
        Hear("R4 FETCH 1:3"),
        say("R4 NO [EXPUNGEISSUED] some are gone\r\n"),
        Hear("R5 NOOP"),
        say("* 1 EXPUNGE\r\nR5 OK done\r\n"),
        Hear("R6 FETCH 1:2"),
        say(LIST),
        say("R6 OK done\r\n"),
    ];
    let (_fake, mut session) = session_with("", acts, &connector).await;
    let listed = imap::Listed { uid: 6, bytes: 60, received_at: None };
    assert_eq!(session.uids_after(4, 10).await.unwrap(), [listed]);
}

#[tokio::test]
async fn reading_begins_before_the_first_message_that_is_not_too_old() {
    let connector = connector(Vec::new());
    // 2026-07-17T09:44:25Z
    let since = rondo_core::Instant::from_micros(1_784_281_465_000_000);
    let line = |number: u32, uid: u32, at: &str| {
        format!("* {number} FETCH (UID {uid} RFC822.SIZE 5 INTERNALDATE \"{at}\")\r\n")
    };
    let old = line(1, 4, "17-Jul-2026 02:44:24 -0700");
    let new = line(2, 6, "17-Jul-2026 09:44:25 +0000");
    let moved_here = line(3, 8, " 1-Jul-2026 00:00:00 +0000");
    let none_says_when = "* 1 FETCH (UID 4 RFC822.SIZE 5)\r\n".to_owned();
    for (answer, before) in [
        (format!("{old}{new}{moved_here}"), 4),
        (format!("{old}{}", line(3, 8, "01-Jul-2026 00:00:00 +0000")), 8),
        (none_says_when, 0),
        (String::new(), 0),
    ] {
        let acts = vec![
            Hear("R3 NOOP"),
            say("R3 OK done\r\n"),
            Hear("R4 FETCH 1:3 (UID RFC822.SIZE INTERNALDATE)"),
            say(answer),
            say("R4 OK done\r\n"),
        ];
        let (_fake, mut session) = session_with("", acts, &connector).await;
        assert_eq!(session.uid_before(since).await, Ok(before));
    }
}

#[tokio::test]
async fn mail_that_is_told_of_in_between_is_news_at_the_next_wait() {
    let (_clock, connector) = by_hand();
    let size = "* 1 FETCH (UID 4 RFC822.SIZE 5)\r\n* 4 EXISTS\r\n* 2 FETCH (FLAGS (\\Seen))\r\nR3 OK done\r\n";
    let body = "* 1 FETCH (UID 4 BODY[] {5}\r\nA: b\n)\r\nR4 OK done\r\n";
    let acts = vec![
        Hear("R3 UID FETCH 4 (UID RFC822.SIZE)"),
        say(size),
        Hear("R4 UID FETCH 4 (UID BODY.PEEK[])"),
        say(body),
        Hear("R5 NOOP"),
        say("R5 OK done\r\n"),
        Hear("R6 FETCH 1:4"),
        say(LIST),
        say("* 4 FETCH (UID 9 RFC822.SIZE 5)\r\n* 3 FETCH (UID 8 RFC822.SIZE 5)\r\nR6 OK done\r\n"),
    ];
    let (_fake, mut session) = session_with("IDLE", acts, &connector).await;
    assert_eq!(session.fetch(4).await.unwrap().unwrap(), b"A: b\n");
    let hour = Duration::from_secs(3600);
    assert_eq!(session.wait_for_news(hour).await.unwrap(), News::Arrived);
    let uids: Vec<u32> =
        session.uids_after(5, 10).await.unwrap().iter().map(|listed| listed.uid).collect();
    assert_eq!(uids, [6, 8, 9]);
}

#[tokio::test]
async fn waiting_is_renewed_and_asks_where_the_server_does_not_tell() {
    let (clock, connector) = by_hand();
    let acts = vec![
        Hear("R3 IDLE"),
        say("+ idling\r\n* OK still there\r\n"),
        Hear("DONE"),
        say("R3 OK done\r\n"),
        Hear("R4 IDLE"),
        say("+ idling\r\n"),
        Hear("DONE"),
        say("R4 OK done\r\n"),
        Hear("R5 IDLE"),
        say("+ idling\r\n* 4 EXISTS\r\n"),
        Hear("DONE"),
        say("* 1 RECENT\r\nR5 OK done\r\n"),
    ];
    let (fake, mut session) = session_with("IDLE", acts, &connector).await;
    let waiting = session.wait_for_news(Duration::from_secs(3600));
    let (news, ()) = tokio::join!(waiting, async {
        clock.pass(Duration::from_secs(9 * 60), 1).await;
        clock.pass(Duration::from_secs(9 * 60), 2).await;
    });
    assert_eq!(news.unwrap(), News::Arrived);
    fake.heard().await;

    let acts = vec![
        Hear("R3 NOOP"),
        say("R3 OK done\r\n"),
        Hear("R4 NOOP"),
        say("* 4 EXISTS\r\nR4 OK done\r\n"),
    ];
    let (_fake, mut session) = session_with("", acts, &connector).await;
    assert!(!session.is_told_of_news());
    let waiting = session.wait_for_news(Duration::from_secs(3600));
    let (news, ()) = tokio::join!(waiting, async {
        clock.pass(Duration::from_secs(60), 1).await;
        clock.pass(Duration::from_secs(60), 2).await;
    });
    assert_eq!(news.unwrap(), News::Arrived);
}

#[tokio::test]
async fn a_connection_that_falls_silent_while_waiting_is_found_out() {
    let (server, _) = servers().await;
    let proxy = Proxy::to(server.ports.imaps).await;
    let clock = NotedClock::new();
    let roots = vec![server.root()];
    let connector = connector_with(EgressPolicy::PrivateToo, clock.clone(), roots);
    let way = settings(proxy.port, Security::Tls);
    let mut session = imap::open(&connector, &way).await.unwrap();
    session.select("INBOX").await.unwrap();
    let waiting = session.wait_for_news(Duration::from_secs(3600));
    let silence = async {
        // The server has agreed to tell; then the line is gone.
        until(async || clock.waits_for(Duration::from_secs(9 * 60)) == 1).await;
        proxy.fall_silent();
        clock.run_on().await;
    };
    let failure = tokio::select! {
        news = waiting => news,
        () = silence => unreachable!(),
    };
    assert!(matches!(failure, Err(ReadFailure::TimedOut(_))), "{failure:?}");
    assert!(!session.is_open());
}

#[tokio::test]
async fn a_greeting_says_whether_anybody_may_come_in() {
    let connector = connector(Vec::new());
    for answer in ["HTTP/1.1 400 Bad Request\r\n", "220 mail ESMTP\r\n", "+OK POP3\r\n"] {
        let fake = Fake::start(vec![say(answer)]).await;
        let failure = imap::open(&connector, &open(fake.port)).await.unwrap_err();
        assert_eq!(failure, ReadFailure::Unreached(NotReached::OtherProtocol("IMAP")), "{answer}");
    }
    let fake = Fake::start(vec![say("* BYE too many connections\r\n")]).await;
    let failure = imap::open(&connector, &open(fake.port)).await.unwrap_err();
    assert!(matches!(&failure, ReadFailure::Refused(said) if said.as_str().contains("too many")));
    // One who is known need not log in.
    let acts = vec![
        say("* PREAUTH hello\r\n"),
        Hear("R1 CAPABILITY"),
        say("* CAPABILITY IMAP4rev1\r\nR1 OK done\r\n"),
    ];
    let fake = Fake::start(acts).await;
    let server = Server { login: Some(login("hush")), ..open(fake.port) };
    imap::open(&connector, &server).await.unwrap();
}

#[tokio::test]
async fn a_password_is_told_in_the_way_that_the_server_offers() {
    let connector = connector(Vec::new());
    let greeted = |offer: &str| {
        let offered = format!("* CAPABILITY IMAP4rev1 {offer}\r\nR1 OK done\r\n");
        vec![say("* OK hello\r\n"), Hear("R1 CAPABILITY"), say(offered)]
    };
    let acts = vec![
        Hear("R2 LOGIN \"assistant@example.test\" \"a \\\"b\\\"\""),
        say("R2 OK welcome\r\n"),
        Hear("R3 CAPABILITY"),
        say("* CAPABILITY IMAP4rev1 IDLE\r\nR3 OK done\r\n"),
    ];
    let fake = Fake::start([greeted(""), acts].concat()).await;
    let mut server = Server { login: Some(login("a \"b\"")), ..open(fake.port) };
    assert!(imap::open(&connector, &server).await.unwrap().is_told_of_news());

    let fake = Fake::start(greeted("LOGINDISABLED STARTTLS")).await;
    server.port = fake.port;
    let refused = imap::open(&connector, &server).await.unwrap_err();
    assert!(matches!(refused, ReadFailure::LoginRefused(_)));
    // A server that cannot look up passwords now has refused nobody.
    let acts = vec![
        Hear("R2 AUTHENTICATE PLAIN"),
        say("+ \r\n"),
        Hear("AGFzc2lzdGFudEBl"),
        say("R2 NO [UNAVAILABLE] later\r\n"),
    ];
    let fake = Fake::start([greeted("AUTH=PLAIN"), acts].concat()).await;
    server.port = fake.port;
    let refused = imap::open(&connector, &server).await.unwrap_err();
    assert!(matches!(refused, ReadFailure::Refused(_)), "{refused:?}");
}
