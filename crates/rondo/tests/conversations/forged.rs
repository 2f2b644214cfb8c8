//! Mail that pretends: it routes nobody, and closes no address (Q8).

use rondo_core::mail::{Handling, ReviewReason};
use rondo_store::ConversationStatus;

use crate::story::YES;
use crate::world::{ASSISTANT, LEAD, World, reply_all};

#[tokio::test]
async fn a_reply_with_the_right_sender_and_subject_alone_is_for_a_person() {
    let world = World::new().await;
    let (_, conversation) = world.campaign().await;
    world.mail_of(LEAD, 1).await;
    let message = format!(
        "From: <{LEAD}>\r\nTo: <{ASSISTANT}>\r\nSubject: Re: A quieter kiln\r\n\
         Message-ID: <forged-1@lead.test>\r\n\r\n{YES}\r\n"
    );
    world.send(LEAD, &[ASSISTANT], &message).await;
    let received = world.received(conversation, 1).await;
    let review = Handling::Review(ReviewReason::WeakTie);
    assert_eq!(received[0].handled.unwrap().1, review);
    world.is_at(conversation, ConversationStatus::InReview).await;
    assert!(world.assignments().await.is_empty());
}

#[tokio::test]
async fn a_reply_that_the_receiving_server_doubts_is_for_a_person() {
    let world = World::new().await;
    let (_, conversation) = world.campaign().await;
    let mail = world.mail_of(LEAD, 1).await;
    let (_, message) = reply_all(&mail[0], LEAD, "forged-1", YES);
    let doubt = "Authentication-Results: mx.example.test; spf=pass smtp.mailfrom=evil.test; \
                 dmarc=fail (p=REJECT) header.from=lead.test";
    let message = format!("{doubt}\r\n{message}");
    world.send(LEAD, &[ASSISTANT], &message).await;
    let received = world.received(conversation, 1).await;
    let review = Handling::Review(ReviewReason::Unauthenticated);
    assert_eq!(received[0].handled.unwrap().1, review);
    world.is_at(conversation, ConversationStatus::InReview).await;
    assert!(world.assignments().await.is_empty());
}

#[tokio::test]
async fn a_report_of_failed_delivery_that_names_no_message_of_ours_closes_no_address() {
    let world = World::new().await;
    let (_, conversation) = world.campaign().await;
    world.mail_of(LEAD, 1).await;
    let message = format!(
        "From: MAILER-DAEMON@lead.test\r\nTo: <{ASSISTANT}>\r\nSubject: Undelivered Mail\r\n\
         Message-ID: <forged-1@lead.test>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nUser unknown.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.lead.test\r\n\r\n\
         Final-Recipient: rfc822; {LEAD}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    );
    world.send(LEAD, &[ASSISTANT], &message).await;
    let received = world.received(conversation, 1).await;
    let review = Handling::Review(ReviewReason::WeakTie);
    assert_eq!(received[0].handled.unwrap().1, review);
    world.is_at(conversation, ConversationStatus::InReview).await;
    assert_eq!(world.suppression(LEAD).await, None);
}
