//! Sending through Postfix.

use rondo::mail::transport::smtp::{self, Outcome, SendFailure};
use rondo::mail::transport::{Login, LoginMethod, NotReached, Security, Server, TlsTrouble};
use rondo::secrets::Secret;

use crate::mail_server::{HOST, LATER, MailServer};
use crate::world::{
    ASSISTANT, FAR_HOST, LEAD, OTHER_HOST, REP, all, connector, login, message, servers, settings,
};

/// The three ways to send.
fn ways(server: &MailServer) -> [Server; 3] {
    [
        settings(server.ports.smtps, Security::Tls),
        settings(server.ports.smtp, Security::Starttls),
        settings(server.ports.smtp_open, Security::None),
    ]
}

#[tokio::test]
async fn mail_is_sent_over_tls_starttls_and_none_and_arrives_as_it_was() {
    let (server, connector) = servers().await;
    let text = "Hello,\n.\n..dots\nGrüße\n.\r\nend";
    for (n, way) in ways(&server).iter().enumerate() {
        let message = message(&format!("way-{n}"), text);
        let sent = smtp::send(&connector, way, ASSISTANT, &all(&[LEAD, REP]), &message).await;
        assert_eq!(sent.unwrap(), [Outcome::Accepted, Outcome::Accepted]);
    }
    for address in [LEAD, REP] {
        let mut delivered = server.delivered(address, 3).await;
        delivered.sort_by_key(|message| message.split("Subject: ").nth(1).map(str::to_owned));
        for (n, delivered) in delivered.iter().enumerate() {
            assert!(delivered.contains(&format!("Subject: way-{n}")), "{delivered}");
            assert!(delivered.starts_with(&format!("Return-Path: <{ASSISTANT}>")), "{delivered}");
            let (_, body) = delivered.split_once("\n\n").unwrap();
            assert_eq!(body, "Hello,\n.\n..dots\nGrüße\n.\nend\n");
        }
    }
}

#[tokio::test]
async fn a_refused_recipient_loses_nobody_elses_copy() {
    let (server, connector) = servers().await;
    let way = settings(server.ports.smtps, Security::Tls);
    let recipients = all(&["gone@rep.test", LEAD, LATER, "not an address", "ü@elsewhere.test"]);
    let message = message("handover", "Hello");
    let outcomes = smtp::send(&connector, &way, "", &recipients, &message).await.unwrap();
    let [
        Outcome::Refused(gone),
        Outcome::Accepted,
        Outcome::Refused(later),
        Outcome::Refused(no),
        _,
    ] = outcomes.as_slice()
    else {
        panic!("{outcomes:?}");
    };
    assert_eq!((gone.code, gone.enhanced.as_deref(), gone.is_final()), (550, Some("5.1.1"), true));
    assert!(gone.reply.as_str().contains("User unknown"), "{}", gone.reply);
    assert_eq!(
        (later.code, later.enhanced.as_deref(), later.is_final()),
        (450, Some("4.2.0"), false)
    );
    assert_eq!((no.code, no.is_final()), (501, true));
    let delivered = server.delivered(LEAD, 1).await;
    assert!(delivered[0].starts_with("Return-Path: <>"), "{}", delivered[0]);
    // What a reply says may hold an address, and is not for logs.
    assert!(!format!("{outcomes:?}").contains('@'), "{outcomes:?}");
}

#[tokio::test]
async fn a_session_sends_one_message_after_the_other_whatever_became_of_the_one_before() {
    let (server, connector) = servers().await;
    let way = settings(server.ports.smtp, Security::Starttls);
    let mut session = smtp::open(&connector, &way).await.unwrap();
    let hello = message("one", "Hello");
    let nobody = session.send(ASSISTANT, &all(&[LATER]), &hello).await.unwrap();
    assert!(matches!(&nobody[0], Outcome::Refused(refusal) if !refusal.is_final()), "{nobody:?}");
    for n in 0..5 {
        let message = message(&format!("n-{n}"), "Hello");
        let sent = session.send(ASSISTANT, &all(&["lead+tag@lead.test"]), &message).await;
        assert_eq!(sent.unwrap(), [Outcome::Accepted]);
    }
    let max = session.message_bytes_max().unwrap();
    assert_eq!(max, crate::mail_server::MESSAGE_BYTES_MAX as u64);
    let large = vec![b'x'; max as usize + 1];
    let refused = session.send(ASSISTANT, &all(&[LEAD]), &large).await.unwrap_err();
    let SendFailure::Permanent(refusal) = &refused else { panic!("{refused:?}") };
    assert_eq!((refusal.code, refusal.enhanced.as_deref()), (552, Some("5.3.4")));
    // Two megabytes in lines of a kilobyte, of which a third begin with a dot.
    let lines = format!(".{0}\r\n{0}\r\n{0}\r\n", "x".repeat(900)).repeat(700);
    let sent = session.send(ASSISTANT, &all(&[LEAD]), &message("long", &lines)).await;
    assert_eq!(sent.unwrap(), [Outcome::Accepted]);
    assert!(session.is_open());
    session.quit().await;
    let delivered = server.delivered(LEAD, 6).await;
    let long = delivered.iter().find(|message| message.contains("Subject: long")).unwrap();
    assert!(long.ends_with(&lines.replace("\r\n", "\n")), "the long message is as it was");
}

#[tokio::test]
async fn addresses_and_headers_in_unicode_are_sent_to_a_server_that_takes_them() {
    let (server, connector) = servers().await;
    let address = "büro@rep.test";
    server.add_user(address, "x");
    let way = settings(server.ports.smtps, Security::Tls);
    let message = message("Grüße", "Hello");
    crate::mail_server::until(async || {
        let sent = smtp::send(&connector, &way, ASSISTANT, &all(&[address]), &message).await;
        // Postfix takes note of a new mailbox a moment later.
        sent.unwrap() == [Outcome::Accepted]
    })
    .await;
    assert!(server.delivered(address, 1).await[0].contains("Subject: Grüße"));
}

#[tokio::test]
async fn a_login_is_refused_with_what_the_server_said_and_a_token_is_one_too() {
    let (server, connector) = servers().await;
    let recipients = all(&[LEAD]);
    let hello = message("hello", "Hello");
    for mut way in ways(&server) {
        way.login = Some(login("wrong"));
        let refused = smtp::send(&connector, &way, ASSISTANT, &recipients, &hello).await;
        let Err(SendFailure::LoginRefused(refusal)) = refused else { panic!("{refused:?}") };
        assert_eq!((refusal.code, refusal.enhanced.as_deref()), (535, Some("5.7.8")));
        // Without a login, Postfix wants one.
        way.login = None;
        let refused = smtp::send(&connector, &way, ASSISTANT, &recipients, &hello).await;
        assert!(
            matches!(&refused, Ok(outcomes) if matches!(outcomes[..], [Outcome::Refused(_)])),
            "{refused:?}"
        );
    }
    let mut way = settings(server.ports.smtps, Security::Tls);
    for (token, is_good) in [(server.access_token(ASSISTANT), true), ("nonsense".to_owned(), false)]
    {
        way.login = Some(Login {
            username: ASSISTANT.to_owned(),
            secret: Secret::new(token.into_bytes()),
            method: LoginMethod::OAuth2,
        });
        let sent = smtp::send(&connector, &way, ASSISTANT, &recipients, &hello).await;
        match sent {
            Ok(outcomes) => assert!(is_good && outcomes == [Outcome::Accepted]),
            Err(SendFailure::LoginRefused(_)) => assert!(!is_good, "{}", server.logs()),
            Err(failure) => panic!("{failure:?}"),
        }
    }
}

#[tokio::test]
async fn no_password_is_sent_where_others_can_read_it() {
    let (server, connector) = servers().await;
    let hello = message("hello", "Hello");
    // STARTTLS is not there: nothing is said in the open instead.
    let open = settings(server.ports.smtp_open, Security::Starttls);
    let refused = smtp::send(&connector, &open, ASSISTANT, &all(&[LEAD]), &hello).await;
    assert_eq!(refused.unwrap_err(), SendFailure::Tls(TlsTrouble::NotOffered));
    let far = Server { host: FAR_HOST.to_owned(), ..settings(587, Security::None) };
    let refused = smtp::send(&connector, &far, ASSISTANT, &all(&[LEAD]), &hello).await;
    assert_eq!(refused.unwrap_err(), SendFailure::Unreached(NotReached::OpenPassword));
}

#[tokio::test]
async fn a_certificate_is_looked_at() {
    let (server, trusting) = servers().await;
    for (port, security) in
        [(server.ports.smtps, Security::Tls), (server.ports.smtp, Security::Starttls)]
    {
        let way = settings(port, security);
        let refused = smtp::open(&connector(Vec::new()), &way).await.unwrap_err();
        assert_eq!(refused, SendFailure::Tls(TlsTrouble::Untrusted));
        let way = Server { host: OTHER_HOST.to_owned(), ..way };
        let refused = smtp::open(&trusting, &way).await.unwrap_err();
        assert_eq!(refused, SendFailure::Tls(TlsTrouble::OtherName(HOST.to_owned())));
    }
}

#[tokio::test]
async fn a_server_that_is_killed_is_found_dead_and_found_again() {
    let (mut server, connector) = servers().await;
    let way = settings(server.ports.smtps, Security::Tls);
    let hello = message("hello", "Hello");
    let recipients = all(&[LEAD]);
    let mut session = smtp::open(&connector, &way).await.unwrap();
    session.send(ASSISTANT, &recipients, &hello).await.unwrap();
    server.kill_postfix();
    // The process that serves us may live a little longer than its master.
    crate::mail_server::until(async || {
        session.send(ASSISTANT, &recipients, &hello).await == Err(SendFailure::Broken)
    })
    .await;
    assert!(!session.is_open());
    let failure = smtp::open(&connector, &way).await.unwrap_err();
    assert_eq!(failure, SendFailure::Unreached(NotReached::NoConnection(way.port)));
    assert!(failure.may_be_repeated());
    server.start_postfix().await;
    let sent = smtp::send(&connector, &way, ASSISTANT, &recipients, &hello).await;
    assert_eq!(sent.unwrap(), [Outcome::Accepted]);
}
