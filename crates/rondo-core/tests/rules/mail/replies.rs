//! What a reply means, and what people say about it (Q1–Q3).

use rondo_core::Command;
use rondo_core::command::{Hold, Review};
use rondo_core::mail::{ConversationStatus, FollowUps, Handling, Mail, ReplyLabel, ReviewReason};

use crate::world::hour;

use super::desk::*;

#[test]
fn q1_a_conversation_that_ended_can_still_qualify() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    assert_eq!(desk.hears(lia, reply(ReplyLabel::NotInterested)).1, Handling::Acted);
    assert_eq!(desk.status(lia), ConversationStatus::NotInterested);
    assert_eq!(desk.hears(lia, reply(ReplyLabel::HighIntent)).1, Handling::Acted);
    assert_eq!(desk.status(lia), ConversationStatus::Qualified);
    assert_eq!(desk.standing(lia).unwrap().1, desk.reps[0]);
}

#[test]
fn q1_a_lead_who_never_answers_is_unresponsive_and_can_still_qualify() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.does(desk.step(lia, 1));
    let conversation = lia.conversation;
    desk.does(Command::HoldStep { conversation, step: 2, why: Hold::Unanswered });
    assert_eq!(desk.status(lia), ConversationStatus::Unresponsive);
    desk.hears(lia, reply(ReplyLabel::HighIntent));
    assert_eq!(desk.status(lia), ConversationStatus::Qualified);
}

#[test]
fn q3_only_what_is_certain_qualifies() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    let unsure = doubted(ReplyLabel::HighIntent, ReviewReason::Uncertain);
    assert_eq!(desk.hears(lia, unsure).1, Handling::Review(ReviewReason::Uncertain));
    assert_eq!((desk.status(lia), desk.standing(lia)), (ConversationStatus::InReview, None));
    assert_eq!(desk.follow_ups(), FollowUps::Stop);
    desk.hears(lia, reply(ReplyLabel::HighIntent));
    assert_eq!(desk.standing(lia).unwrap().1, desk.reps[0]);
}

#[test]
fn q3_questions_and_whatever_else_are_for_people_however_certain() {
    let mut desk = Desk::new();
    for (who, label) in [("lia", ReplyLabel::Question), ("leo", ReplyLabel::Other)] {
        let thread = desk.begins(who);
        let (_, handling) = desk.hears(thread, reply(label));
        assert_eq!(handling, Handling::Review(ReviewReason::ToBeAnswered));
        assert_eq!(desk.status(thread), ConversationStatus::InReview);
    }
}

#[test]
fn q3_a_person_answers_labels_qualifies_forwards_or_ends_it() {
    let mut desk = Desk::new();
    let all = ["lia", "leo", "lou", "liv", "lin"].map(|who| desk.begins(who));
    let messages =
        all.map(|thread| desk.hears(thread, doubted(ReplyLabel::Other, ReviewReason::Uncertain)).0);
    let [lia, leo, lou, liv, lin] = all;
    desk.reviews(lia, Review::Answer { text: Box::default() });
    assert_eq!(desk.status(lia), ConversationStatus::AwaitingLead);
    assert_eq!(desk.queued(), [Mail::Answer]);
    assert_eq!(desk.follow_ups(), FollowUps::Stop);
    desk.reviews(leo, Review::Label { message: messages[1], label: ReplyLabel::HighIntent });
    assert_eq!(desk.standing(leo).unwrap().1, desk.reps[0]);
    desk.reviews(lou, Review::Qualify);
    assert_eq!(desk.standing(lou).unwrap().1, desk.reps[1]);
    // No turn is taken, and a rep who is away can be named.
    let ann = desk.reps[0];
    desk.does(Command::GoOutOfOffice { rep: ann, until: None, dates: None, note: None });
    desk.reviews(liv, Review::Forward { to: ann });
    assert_eq!(desk.standing(liv).unwrap().1, ann);
    desk.does(Command::ComeBack { rep: ann });
    desk.reviews(lin, Review::Close);
    assert_eq!(desk.status(lin), ConversationStatus::NotInterested);
    let last = desk.begins("lee");
    desk.hears(last, reply(ReplyLabel::HighIntent));
    assert_eq!(desk.standing(last).unwrap().1, ann, "the turn after bo's");
}

#[test]
fn q3_a_campaign_goes_on_where_a_person_lets_it() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.hears(lia, doubted(ReplyLabel::Other, ReviewReason::Uncertain));
    desk.world.set_clock(hour(5));
    desk.reviews(lia, Review::Resume);
    assert_eq!(desk.status(lia), ConversationStatus::AwaitingLead);
    assert_eq!(desk.follow_ups(), FollowUps::From(hour(5)));
    desk.does(desk.step(lia, 1));
}

#[test]
fn q3_nobody_does_anything_for_somebody_who_was_erased() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.hears(lia, doubted(ReplyLabel::Other, ReviewReason::Uncertain));
    desk.does(Command::EraseLead { lead: lia.lead });
    let to = desk.reps[0];
    for action in [
        Review::Answer { text: Box::default() },
        Review::Forward { to },
        Review::Qualify,
        Review::Resume,
    ] {
        let conversation = lia.conversation;
        let refusal = desk.is_refused(Command::Review { conversation, action });
        assert_eq!(refusal.code(), "not-found");
    }
    desk.reviews(lia, Review::Close);
    assert_eq!(desk.status(lia), ConversationStatus::NotInterested);
}

#[test]
fn a_person_corrects_a_label_and_what_follows_from_it_is_done() {
    let mut desk = Desk::new();
    let (lia, leo) = (desk.begins("lia"), desk.begins("leo"));
    let (message, _) = desk.hears(lia, reply(ReplyLabel::NotInterested));
    desk.reviews(lia, Review::Label { message, label: ReplyLabel::Question });
    assert_eq!(desk.status(lia), ConversationStatus::InReview);
    desk.reviews(lia, Review::Label { message, label: ReplyLabel::AutoReply });
    assert_eq!(desk.status(lia), ConversationStatus::AwaitingLead);
    desk.reviews(lia, Review::Label { message, label: ReplyLabel::Unsubscribe });
    assert_eq!(desk.status(lia), ConversationStatus::Unsubscribed);
    assert!(desk.is_suppressed("lia"));
    // A message is labelled in its own conversation.
    let action = Review::Label { message, label: ReplyLabel::Other };
    let refusal = desk.is_refused(Command::Review { conversation: leo.conversation, action });
    assert_eq!(refusal.code(), "not-found");
}
