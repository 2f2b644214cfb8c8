//! From the first message to the rep in Cc.

use rondo::mail::Reading;
use rondo_store::ConversationStatus;

use crate::world::{ASSISTANT, LEAD, REPS, World, reply_all};

/// What a lead writes who wants to talk: certain for the embedded qualifier.
pub const YES: &str = "Yes, I am interested. Please call me tomorrow at 10 and send me a quote. My number is +49 30 901820.";

#[tokio::test]
async fn a_lead_answers_and_finds_the_rep_in_copy_and_a_reply_to_all_keeps_everybody() {
    let world = World::new().await;
    let (_, conversation) = world.campaign().await;

    let mail = world.mail_of(LEAD, 1).await;
    let first = &mail[0].0;
    assert_eq!(first.subject, "A quieter kiln");
    assert!(first.text.visible.starts_with("Dear Rosa,"));
    let (to, message) = reply_all(&mail[0], LEAD, "answer-1", YES);
    assert_eq!(to, [ASSISTANT]);
    world.send(LEAD, &[ASSISTANT], &message).await;

    world.is_at(conversation, ConversationStatus::Qualified).await;
    let mail = world.mail_of(LEAD, 2).await;
    let (handover, raw) = &mail[1];
    assert_eq!(handover.subject, "Re: A quieter kiln");
    assert_eq!(handover.in_reply_to, ["answer-1@lead.test"]);
    assert_eq!(handover.cc[0].address, REPS[0]);
    assert_eq!(handover.reading, Reading::Reply, "it is no automatic message: {raw}");
    assert!(handover.text.visible.contains("Ann"));
    assert!(handover.text.quoted.contains("Please call me tomorrow"));

    let of_rep = world.mail_of(REPS[0], 2).await;
    assert!(of_rep.iter().any(|(mail, _)| mail.message_id == handover.message_id));
    let (note, raw) =
        of_rep.iter().find(|(mail, _)| mail.message_id != handover.message_id).unwrap();
    assert!(matches!(note.reading, Reading::AutoReply { .. }), "{raw}");
    assert!(note.text.visible.contains("Why you: Ann"), "{}", note.text.visible);

    let (to, message) = reply_all(&mail[1], LEAD, "answer-2", "Ann, does ten suit you?");
    assert!(to.contains(&REPS[0].to_owned()) && to.iter().any(|to| to.starts_with("ida+r")));
    world.send(LEAD, &to.iter().map(String::as_str).collect::<Vec<_>>(), &message).await;
    let of_rep = world.mail_of(REPS[0], 3).await;
    let asked =
        of_rep.iter().find(|(mail, _)| mail.text.visible.contains("does ten suit")).unwrap();
    let (to, message) = reply_all(asked, REPS[0], "rep-1", "Ten it is.");
    world.send(REPS[0], &to.iter().map(String::as_str).collect::<Vec<_>>(), &message).await;
    world.mail_of(LEAD, 3).await;
    world.rep_wrote(conversation).await;
    assert_eq!(world.servers.delivered(LEAD, 3).await.len(), 3, "the assistant keeps silent");
}
