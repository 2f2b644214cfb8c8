//! Sending to servers that refuse, fall silent, break off and say odd things.

use rondo::egress::{EgressPolicy, Refused};
use rondo::mail::transport::smtp::{self, Outcome, SendFailure};
use rondo::mail::transport::{LoginMethod, NotReached, Security, Server};

use crate::fake::{Act, Fake, Hear, HearAll, Stall, say};
use crate::world::{
    ASSISTANT, LEAD, NotedClock, REP, all, connector, connector_with, login, message, settings,
};

/// A server that is spoken to in the open, without a login.
fn open(port: u16) -> Server {
    Server { login: None, ..settings(port, Security::None) }
}

/// What a server does up to some point of a message for one recipient, one step after the other.
fn story(steps: usize) -> Vec<Act> {
    let whole = [
        vec![say("220 hello\r\n")],
        vec![Hear("EHLO ["), say("250-hello\r\n250 8BITMIME\r\n")],
        vec![Hear("MAIL FROM:<assistant@example.test>"), say("250 ok\r\n")],
        vec![Hear("RCPT TO:<lead@lead.test>"), say("250 ok\r\n")],
        vec![Hear("DATA"), say("354 go on\r\n")],
        vec![HearAll("."), say("250 taken\r\n")],
    ];
    whole[..steps].concat()
}

/// The step of [`story`] that comes after `steps`, up to the answer.
fn step(steps: usize) -> Vec<Act> {
    let mut next = story(steps + 1).split_off(story(steps).len());
    next.pop();
    next
}

async fn sent(acts: Vec<Act>) -> Result<Vec<Outcome>, SendFailure> {
    let fake = Fake::start(acts).await;
    let hello = message("hello", "Hello");
    let connector = connector(Vec::new());
    smtp::send(&connector, &open(fake.port), ASSISTANT, &all(&[LEAD]), &hello).await
}

#[tokio::test]
async fn what_a_server_answers_says_whether_another_try_may_do_better() {
    for steps in 1..6 {
        for (answer, may_be_repeated) in
            [("451 4.3.0 later\r\n", true), ("550-5.7.1 never\r\n550 5.7.1 you\r\n", false)]
        {
            let acts = [story(steps), step(steps), vec![say(answer), Hear("")]].concat();
            let failure = match sent(acts).await {
                // A recipient is refused alone.
                Ok(outcomes) => {
                    assert_eq!(steps, 3);
                    let [Outcome::Refused(refusal)] = &outcomes[..] else { panic!("{outcomes:?}") };
                    assert_eq!(refusal.is_final(), !may_be_repeated);
                    continue;
                }
                Err(failure) => failure,
            };
            // One who is not greeted well has done nothing wrong with the message.
            let is_repeated = may_be_repeated || steps == 1;
            assert_eq!(failure.may_be_repeated(), is_repeated, "{steps} {answer}");
            match failure {
                SendFailure::Temporary(refusal) => assert!(is_repeated, "{refusal}"),
                SendFailure::Permanent(refusal) => {
                    assert_eq!((refusal.code, refusal.reply.as_str()), (550, "5.7.1 never you"));
                    assert_eq!(refusal.enhanced.as_deref(), Some("5.7.1"));
                }
                failure => panic!("{failure:?} {steps} {answer}"),
            }
        }
    }
    let refused = sent(vec![say("554 no service for you\r\n")]).await.unwrap_err();
    assert!(matches!(&refused, SendFailure::Temporary(refusal) if refusal.code == 554));
    // A server that wants a login is not one that refuses a message.
    let wanting = [story(2), step(2), vec![say("530 5.7.0 Authentication required\r\n"), Hear("")]];
    let refused = sent(wanting.concat()).await.unwrap_err();
    assert!(matches!(&refused, SendFailure::LoginRefused(refusal) if refusal.code == 530));
    // The server goes: nobody is refused by that.
    let closing = [story(3), step(3), vec![say("421 4.3.2 going down\r\n")]];
    let refused = sent(closing.concat()).await.unwrap_err();
    assert!(matches!(&refused, SendFailure::Temporary(refusal) if refusal.code == 421));
}

#[tokio::test]
async fn a_connection_that_is_cut_before_the_message_is_confirmed_is_no_success() {
    for steps in 0..6 {
        let failure = sent([story(steps), step(steps)].concat()).await.unwrap_err();
        assert_eq!(failure, SendFailure::Broken, "{steps}");
        assert!(failure.may_be_repeated());
    }
    // One that is cut afterwards is none of our business.
    assert_eq!(sent(story(6)).await, Ok(vec![Outcome::Accepted]));
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up_on() {
    for steps in 0..6 {
        let acts = [story(steps), step(steps), vec![Stall]].concat();
        let fake = Fake::start(acts).await;
        let clock = NotedClock::new();
        let connector = connector_with(EgressPolicy::PrivateToo, clock.clone(), Vec::new());
        let (server, recipients) = (open(fake.port), all(&[LEAD]));
        let hello = message("hello", "Hello");
        let sending = smtp::send(&connector, &server, ASSISTANT, &recipients, &hello);
        let failure = tokio::select! {
            sent = sending => sent.unwrap_err(),
            () = async { fake.stalled(1).await; clock.run_on().await } => unreachable!(),
        };
        assert!(matches!(failure, SendFailure::TimedOut(_)), "{failure:?}");
        assert!(failure.may_be_repeated());
    }
}

#[tokio::test]
async fn odd_answers_are_understood_and_what_is_no_answer_is_not() {
    let odd = [
        vec![say("220-hello\r\n220\r\n"), Hear("EHLO "), say("250 hello\n")],
        vec![Hear("MAIL"), say("250\r\n"), Hear("RCPT"), say(b"251 \xfcber\r\n")],
        vec![Hear("DATA"), say("354\r\n"), HearAll("."), say("250-a\r\n250 b\r\n")],
        vec![Hear("QUIT"), say("nonsense\r\n")],
    ];
    let fake = Fake::start(odd.concat()).await;
    let connector = connector(Vec::new());
    let recipients = all(&[LEAD]);
    let server = open(fake.port);
    let sent = smtp::send(&connector, &server, ASSISTANT, &recipients, b"A: b\n\nc").await;
    assert_eq!(sent, Ok(vec![Outcome::Accepted]));
    // Nothing that the server does not offer was asked for.
    assert!(fake.heard().await.contains(&format!("MAIL FROM:<{ASSISTANT}>")));

    for answer in ["HTTP/1.1 400 Bad Request\r\n", "* OK IMAP4rev1\r\n", "SSH-2.0-OpenSSH\r\n"] {
        let fake = Fake::start(vec![say(answer)]).await;
        let failure = smtp::open(&connector, &open(fake.port)).await.unwrap_err();
        assert_eq!(failure, SendFailure::Unreached(NotReached::OtherProtocol("SMTP")));
    }
    let endless = format!("250-{}", "x".repeat(100_000));
    let lines = "250-x\r\n".repeat(10_000);
    for answer in [endless, lines, "250-a\r\n251 b\r\n".to_owned(), "99 x\r\n".to_owned()] {
        let fake = Fake::start(vec![say("220 hello\r\n"), Hear("EHLO"), say(answer)]).await;
        let failure = smtp::open(&connector, &open(fake.port)).await.unwrap_err();
        assert_eq!(failure, SendFailure::Broken);
    }
}

#[tokio::test]
async fn a_login_is_told_in_the_way_that_the_server_offers() {
    let connector = connector(Vec::new());
    let greeted = |offer: &str| {
        vec![say("220 hello\r\n"), Hear("EHLO "), say(format!("250-hello\r\n250 {offer}\r\n"))]
    };
    let by_login = [
        greeted("AUTH=LOGIN CRAM-MD5"),
        vec![
            Hear("AUTH LOGIN"),
            say("334 VXNlcm5hbWU6\r\n"),
            Hear("YXNzaXN0YW50QGV4YW1wbGUudGVzdA=="),
        ],
        vec![say("334 UGFzc3dvcmQ6\r\n"), Hear("aHVzaA=="), say("235 welcome\r\n")],
        vec![Hear("QUIT"), say("221 bye\r\n")],
    ];
    let fake = Fake::start(by_login.concat()).await;
    let mut server = Server { login: Some(login("hush")), ..open(fake.port) };
    smtp::open(&connector, &server).await.unwrap().quit().await;
    fake.heard().await;

    // The reason of a refused token comes as a question.
    let by_token = [
        greeted("AUTH XOAUTH2"),
        vec![Hear("AUTH XOAUTH2 "), say("334 eyJzdGF0dXMiOiI0MDAifQ==\r\n"), HearAll("")],
        vec![say("535 5.7.8 no\r\n")],
    ];
    let fake = Fake::start(by_token.concat()).await;
    server.port = fake.port;
    server.login.as_mut().unwrap().method = LoginMethod::OAuth2;
    let refused = smtp::open(&connector, &server).await.unwrap_err();
    assert!(matches!(&refused, SendFailure::LoginRefused(refusal) if refusal.code == 535));

    for (offer, method) in
        [("8BITMIME", LoginMethod::Password), ("AUTH PLAIN LOGIN", LoginMethod::OAuth2)]
    {
        let fake = Fake::start(greeted(offer)).await;
        server.port = fake.port;
        server.login.as_mut().unwrap().method = method;
        let refused = smtp::open(&connector, &server).await.unwrap_err();
        assert!(matches!(&refused, SendFailure::LoginRefused(refusal) if refusal.code == 504));
    }
    // A server that cannot look up passwords now has refused nobody.
    let busy = [greeted("AUTH PLAIN"), vec![Hear("AUTH PLAIN "), say("454 4.7.0 later\r\n")]];
    let fake = Fake::start(busy.concat()).await;
    server.port = fake.port;
    server.login.as_mut().unwrap().method = LoginMethod::Password;
    let refused = smtp::open(&connector, &server).await.unwrap_err();
    assert!(matches!(&refused, SendFailure::Temporary(refusal) if refusal.code == 454));
}

#[tokio::test]
async fn a_server_that_has_heard_enough_says_so_before_it_closes() {
    let acts = [story(5), vec![HearAll("x"), say("552 5.3.4 too much\r\n")]];
    let fake = Fake::start(acts.concat()).await;
    let connector = connector(Vec::new());
    let large = [b"A: b\r\n\r\nx\r\n".to_vec(), vec![b'y'; 20_000_000]].concat();
    let failure = smtp::send(&connector, &open(fake.port), ASSISTANT, &all(&[LEAD]), &large).await;
    match failure.unwrap_err() {
        SendFailure::Permanent(refusal) => assert_eq!(refusal.code, 552),
        // The system may throw the last word away with the connection.
        SendFailure::Broken => {}
        failure => panic!("{failure:?}"),
    }
}

#[tokio::test]
async fn commands_go_one_by_one_or_at_once_as_the_server_offers() {
    let envelope = [
        vec![say("220 hello\r\n"), Hear("EHLO"), say("250-hello\r\n250 PIPELINING\r\n")],
        vec![Hear("MAIL"), Hear("RCPT"), Hear("RCPT"), say("250 a\r\n550 b\r\n250 c\r\n")],
        vec![Hear("DATA"), say("354 go\r\n"), HearAll("."), say("451 later\r\n")],
        vec![
            Hear("RSET"),
            say("250 ok\r\n"),
            Hear("MAIL"),
            Hear("RCPT"),
            say("550 a\r\n503 b\r\n"),
        ],
    ];
    let fake = Fake::start(envelope.concat()).await;
    let connector = connector(Vec::new());
    let mut session = smtp::open(&connector, &open(fake.port)).await.unwrap();
    let hello = b"A: b\n\nc";
    let both = all(&[LEAD, REP]);
    let failure = session.send(ASSISTANT, &both, hello).await.unwrap_err();
    assert!(matches!(failure, SendFailure::Temporary(_)));
    assert!(session.is_open());
    let failure = session.send(ASSISTANT, &both[..1], hello).await.unwrap_err();
    assert!(matches!(&failure, SendFailure::Permanent(refusal) if refusal.code == 550));
    fake.heard().await;
}

#[tokio::test]
async fn no_connection_is_made_to_where_none_may_be() {
    let public = connector_with(EgressPolicy::PublicOnly, NotedClock::new(), Vec::new());
    let refused = smtp::open(&public, &open(2525)).await.unwrap_err();
    assert_eq!(refused, SendFailure::Unreached(NotReached::Address(Refused::Address)));
    assert!(!refused.may_be_repeated());
    for port in [0, 22, 80, 110, 443, 993, 1023] {
        let refused = smtp::open(&public, &open(port)).await.unwrap_err();
        assert!(matches!(refused, SendFailure::Unreached(NotReached::Port { .. })), "{port}");
    }
    let nowhere = Server { host: "nowhere.test".to_owned(), ..open(587) };
    let failure = smtp::open(&public, &nowhere).await.unwrap_err();
    assert_eq!(failure, SendFailure::Unreached(NotReached::NoSuchHost));
}
