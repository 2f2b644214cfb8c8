//! What comes of messages that come in: once, in order, and never on the word of a forger (Q6–Q8, C7).

use rondo_core::command::{MailFailure, ReadMessage, Review};
use rondo_core::ids::Id as _;
use rondo_core::ids::MessageId;
use rondo_core::mail::{
    ConversationStatus, FollowUps, Handling, Recipient, ReplyLabel, ReviewReason, Sender,
};
use rondo_core::{Answer, Command, Refusal};

use crate::world::{email, hour};

use super::desk::*;

#[test]
fn q6_an_unsubscribe_suppresses_at_once_even_while_paused() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.pause();
    assert_eq!(desk.hears(lia, reply(ReplyLabel::Unsubscribe)).1, Handling::Acted);
    assert!(desk.is_suppressed("lia"));
    assert_eq!(desk.status(lia), ConversationStatus::Unsubscribed);
    let conversation = lia.conversation;
    let action = Review::Answer { text: Box::default() };
    let refusal = desk.is_refused(Command::Review { conversation, action });
    assert_eq!(refusal, Refusal::AddressSuppressed { conversation });
}

#[test]
fn q6_an_unsubscribe_suppresses_after_the_campaign_and_after_the_handover_too() {
    let mut desk = Desk::new();
    let (lia, leo) = (desk.begins("lia"), desk.begins("leo"));
    desk.hears(leo, reply(ReplyLabel::HighIntent));
    desk.hears(leo, reply(ReplyLabel::Unsubscribe));
    assert!(desk.is_suppressed("leo"));
    assert_eq!(desk.status(leo), ConversationStatus::Qualified, "the rep has them");
    desk.cancel();
    desk.hears(lia, reply(ReplyLabel::Unsubscribe));
    assert!(desk.is_suppressed("lia"));
}

#[test]
fn q6_a_complaint_and_a_hard_bounce_suppress_and_a_soft_one_does_not() {
    let mut desk = Desk::new();
    let (lia, leo, lou) = (desk.begins("lia"), desk.begins("leo"), desk.begins("lou"));
    let complaint = ReadMessage { is_complaint: true, ..reply(ReplyLabel::Unsubscribe) };
    desk.hears(lia, complaint);
    assert_eq!(desk.status(lia), ConversationStatus::Unsubscribed);
    desk.hears(leo, bounce(Recipient::Lead, true));
    assert_eq!(desk.status(leo), ConversationStatus::Bounced);
    assert_eq!(desk.hears(lou, bounce(Recipient::Lead, false)).1, Handling::Noted);
    assert_eq!(desk.status(lou), ConversationStatus::AwaitingLead);
    let suppressed = ["lia", "leo", "lou"].map(|who| desk.is_suppressed(who));
    assert_eq!(suppressed, [true, true, false]);
}

#[test]
fn q8_a_report_that_anybody_could_have_written_suppresses_nobody() {
    let mut desk = Desk::new();
    let (lia, leo, lou) = (desk.begins("lia"), desk.begins("leo"), desk.begins("lou"));
    let why = ReviewReason::WeakTie;
    let forged = ReadMessage { certainty: Err(why), ..bounce(Recipient::Lead, true) };
    assert_eq!(desk.hears(lia, forged).1, Handling::Review(why));
    let complaint = ReadMessage { is_complaint: true, ..doubted(ReplyLabel::Unsubscribe, why) };
    assert_eq!(desk.hears(leo, complaint).1, Handling::Review(why));
    assert_eq!([lia, leo].map(|thread| desk.status(thread)), [ConversationStatus::InReview; 2]);
    desk.hears(lou, reply(ReplyLabel::HighIntent));
    assert_eq!(desk.hears(lou, forged).1, Handling::Review(why));
    assert_eq!(desk.status(lou), ConversationStatus::Qualified, "the rep goes on");
    assert!(["lia", "leo", "lou"].iter().all(|who| !desk.is_suppressed(who)));
}

#[test]
fn q7_what_only_sounds_automatic_is_for_people() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    let why = ReviewReason::Uncertain;
    assert_eq!(desk.hears(lia, doubted(ReplyLabel::AutoReply, why)).1, Handling::Review(why));
    assert_eq!(desk.status(lia), ConversationStatus::InReview);
}

#[test]
fn q7_an_absence_notice_of_doubtful_origin_postpones_nothing() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    let later = FollowUps::NotBefore(hour(99));
    let notice =
        ReadMessage { follow_ups: later, ..doubted(ReplyLabel::AutoReply, ReviewReason::WeakTie) };
    assert_eq!(desk.hears(lia, notice).1, Handling::Noted);
    assert_eq!(desk.follow_ups(), FollowUps::GoOn);
}

#[test]
fn q6_an_address_that_no_server_takes_is_suppressed_and_other_failures_are_shown() {
    let mut desk = Desk::new();
    let (lia, leo) = (desk.begins("lia"), desk.begins("leo"));
    let message = MessageId::from_bytes([9; 16]);
    let failed = |thread: Thread, why| Command::MailFailed {
        message,
        conversation: thread.conversation,
        why,
    };
    desk.does(failed(lia, MailFailure::NoSuchAddress));
    assert_eq!((desk.status(lia), desk.is_suppressed("lia")), (ConversationStatus::Bounced, true));
    desk.does(failed(leo, MailFailure::Other));
    assert_eq!(
        (desk.status(leo), desk.is_suppressed("leo")),
        (ConversationStatus::InReview, false)
    );
}

#[test]
fn q6_a_suppression_holds_once_until_an_admin_lifts_it() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.hears(lia, reply(ReplyLabel::Unsubscribe));
    let suppression = desk.world.shelf.suppression();
    let again = desk.does(Command::Suppress { email: email("lia") });
    assert_eq!(again, Answer::Suppression(suppression));
    desk.hears(lia, reply(ReplyLabel::Unsubscribe));
    assert_eq!(desk.world.shelf.suppression(), suppression);
    desk.does(Command::LiftSuppression { suppression });
    assert!(!desk.is_suppressed("lia"));
    let refusal = desk.is_refused(Command::LiftSuppression { suppression });
    assert_eq!(refusal.code(), "not-found");
}

#[test]
fn q7_an_automatic_reply_never_qualifies_and_postpones() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    let back = FollowUps::NotBefore(hour(240));
    let away = ReadMessage { follow_ups: back, ..reply(ReplyLabel::AutoReply) };
    assert_eq!(desk.hears(lia, away).1, Handling::Noted);
    assert_eq!((desk.status(lia), desk.follow_ups()), (ConversationStatus::AwaitingLead, back));
    assert_eq!((desk.queued(), desk.standing(lia)), (vec![], None));
    desk.does(desk.step(lia, 1));
}

#[test]
fn q7_an_automatic_reply_of_the_rep_is_shown_by_itself() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.hears(lia, reply(ReplyLabel::HighIntent));
    let sender = Sender::Rep(desk.reps[0]);
    let away = ReadMessage { sender, ..reply(ReplyLabel::AutoReply) };
    let (message, handling) = desk.hears(lia, away);
    assert_eq!(handling, Handling::Review(ReviewReason::RepSeemsAway));
    assert_eq!(desk.status(lia), ConversationStatus::Qualified);
    assert_eq!(desk.world.shelf.handling(message), (handling, true));
    desk.does(Command::CloseMessage { message });
    assert_eq!(desk.world.shelf.handling(message), (handling, false));
    let n = desk.world.team.revision();
    desk.does(Command::CloseMessage { message });
    assert_eq!(desk.world.team.revision(), n);
}

#[test]
fn q7_mail_that_answers_mail_is_for_people() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    let looping = doubted(ReplyLabel::HighIntent, ReviewReason::Loop);
    assert_eq!(desk.hears(lia, looping).1, Handling::Review(ReviewReason::Loop));
    assert_eq!((desk.queued(), desk.standing(lia)), (vec![], None));
}

#[test]
fn q8_a_forged_reply_routes_nobody() {
    let mut desk = Desk::new();
    for (who, why) in [
        ("lia", ReviewReason::WeakTie),
        ("leo", ReviewReason::Unauthenticated),
        ("lou", ReviewReason::Referral),
    ] {
        let thread = desk.begins(who);
        let (_, handling) = desk.hears(thread, doubted(ReplyLabel::HighIntent, why));
        assert_eq!(handling, Handling::Review(why));
        assert_eq!(
            (desk.status(thread), desk.standing(thread)),
            (ConversationStatus::InReview, None)
        );
    }
}

#[test]
fn q8_a_forged_unsubscribe_suppresses_nobody() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.hears(lia, doubted(ReplyLabel::Unsubscribe, ReviewReason::Unauthenticated));
    assert!(!desk.is_suppressed("lia"));
    assert_eq!(desk.status(lia), ConversationStatus::InReview);
}

#[test]
fn q8_somebody_elses_mail_goes_to_review_and_mail_of_no_conversation_stands_by_itself() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    let other = ReadMessage { sender: Sender::Other, ..reply(ReplyLabel::HighIntent) };
    assert_eq!(desk.hears(lia, other).1, Handling::Review(ReviewReason::OtherSender));
    assert_eq!((desk.status(lia), desk.standing(lia)), (ConversationStatus::InReview, None));
    for (label, expected) in [
        (ReplyLabel::HighIntent, Handling::Review(ReviewReason::NoConversation)),
        (ReplyLabel::AutoReply, Handling::Noted),
        (ReplyLabel::Bounce, Handling::Noted),
    ] {
        let incoming = desk.incoming(None, ReadMessage { sender: Sender::Other, ..reply(label) });
        let Answer::Message { message, handling, .. } = desk.does(incoming) else { panic!() };
        assert_eq!(handling, expected);
        let is_open = handling != Handling::Noted;
        assert_eq!(desk.world.shelf.handling(message), (expected, is_open));
    }
}

#[test]
fn a_bounce_of_the_reps_copy_goes_to_review() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.hears(lia, reply(ReplyLabel::HighIntent));
    let of_rep = Recipient::Rep(desk.reps[0]);
    let (_, handling) = desk.hears(lia, bounce(of_rep, true));
    assert_eq!(handling, Handling::Review(ReviewReason::RepUnreached));
    assert_eq!(desk.status(lia), ConversationStatus::InReview);
    assert!(desk.standing(lia).is_some() && !desk.is_suppressed("lia"));
    // The campaign does not go on with what a rep has.
    let conversation = lia.conversation;
    let refusal = desk.is_refused(Command::Review { conversation, action: Review::Resume });
    assert_eq!(refusal.code(), "conversation-assigned");
    desk.reviews(lia, Review::Close);
    assert_eq!(desk.status(lia), ConversationStatus::Qualified);
    assert_eq!(desk.hears(lia, bounce(of_rep, false)).1, Handling::Noted);
}

#[test]
fn the_same_message_twice_is_done_once() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    let incoming = desk.incoming(Some(lia), reply(ReplyLabel::HighIntent));
    let first = desk.does(incoming.clone());
    let n = desk.world.team.revision();
    let again = desk.does(incoming.clone());
    assert_eq!(desk.world.team.revision(), n);
    let (
        Answer::Message { message, is_new: true, .. },
        Answer::Message { message: same, is_new: false, .. },
    ) = (first, again)
    else {
        panic!("a message is answered as one")
    };
    assert_eq!(message, same);
    // Also within a batch.
    let twice = desk.incoming(Some(lia), reply(ReplyLabel::Other));
    desk.world.begin(&[twice.clone(), twice.clone()]);
    desk.world.decide(&twice).unwrap();
    let n = desk.world.team.revision();
    desk.world.decide(&twice).unwrap();
    assert_eq!(desk.world.team.revision(), n);
    desk.world.check_facts();
}

#[test]
fn c7_what_comes_in_while_paused_is_acted_on_in_order_when_it_resumes() {
    let mut desk = Desk::new();
    let (lia, leo) = (desk.begins("lia"), desk.begins("leo"));
    desk.pause();
    let keen = reply(ReplyLabel::HighIntent);
    let (first, handling) = desk.hears(leo, keen);
    assert_eq!(handling, Handling::Held);
    let (second, _) = desk.hears(lia, keen);
    assert_eq!(desk.status(leo), ConversationStatus::AwaitingLead);
    assert_eq!((desk.queued(), desk.follow_ups()), (vec![], FollowUps::Stop));
    // Released too early, it is kept.
    let n = desk.world.team.revision();
    desk.releases(first, leo, keen);
    assert_eq!(desk.world.team.revision(), n);
    desk.resume();
    desk.releases(first, leo, keen);
    desk.releases(second, lia, keen);
    let reps = [leo, lia].map(|thread| desk.standing(thread).unwrap().1);
    assert_eq!(reps, [desk.reps[0], desk.reps[1]]);
    assert_eq!(desk.world.shelf.handling(first), (Handling::Acted, false));
    let n = desk.world.team.revision();
    desk.releases(first, leo, keen);
    assert_eq!(desk.world.team.revision(), n, "it is released once");
}

#[test]
fn c7_what_was_held_until_the_campaign_ended_is_shown_to_people() {
    let mut desk = Desk::new();
    let (lia, leo) = (desk.begins("lia"), desk.begins("leo"));
    desk.pause();
    let keen = reply(ReplyLabel::HighIntent);
    let (message, _) = desk.hears(lia, keen);
    desk.cancel();
    desk.releases(message, lia, keen);
    assert_eq!(desk.status(lia), ConversationStatus::InReview);
    let over = Handling::Review(ReviewReason::CampaignOver);
    assert_eq!(desk.world.shelf.handling(message).0, over);
    // So is what comes later, unless no person wrote it.
    assert_eq!(desk.hears(leo, keen).1, over);
    assert_eq!(desk.hears(leo, reply(ReplyLabel::AutoReply)).1, Handling::Noted);
    let lou = desk
        .is_refused(Command::Review { conversation: leo.conversation, action: Review::Qualify });
    assert_eq!(lou.code(), "wrong-status");
}

#[test]
fn somebody_who_was_erased_writes_as_a_stranger() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    let keen = reply(ReplyLabel::HighIntent);
    desk.pause();
    let (held, _) = desk.hears(lia, keen);
    desk.does(Command::EraseLead { lead: lia.lead });
    desk.resume();
    desk.releases(held, lia, keen);
    assert_eq!(desk.world.shelf.handling(held), (Handling::Noted, false));
    let incoming = desk.incoming(Some(lia), keen);
    let Answer::Message { message, conversation, handling, .. } = desk.does(incoming) else {
        panic!("a message is answered as one")
    };
    assert_eq!(conversation, None);
    assert_eq!(handling, Handling::Review(ReviewReason::NoConversation));
    assert_eq!(desk.world.shelf.handling(message), (handling, true));
    assert_eq!(desk.standing(lia), None);
}

#[test]
fn c7_what_reps_and_mail_systems_say_is_shown_whether_or_not_the_campaign_runs() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.hears(lia, reply(ReplyLabel::HighIntent));
    let rep = desk.reps[0];
    let away = ReadMessage { sender: Sender::Rep(rep), ..reply(ReplyLabel::AutoReply) };
    desk.pause();
    for _ in ["paused", "cancelled"] {
        assert_eq!(desk.hears(lia, away).1, Handling::Review(ReviewReason::RepSeemsAway));
        assert_eq!(desk.status(lia), ConversationStatus::Qualified);
        let unreached = Handling::Review(ReviewReason::RepUnreached);
        assert_eq!(desk.hears(lia, bounce(Recipient::Rep(rep), true)).1, unreached);
        desk.reviews(lia, Review::Close);
        if desk.world.team.campaign(desk.campaign).unwrap().is_active() {
            desk.cancel();
        }
    }
}
