//! What goes out to leads and reps, and from where (Q4, Q5).

use rondo_core::command::{
    Hold, ReadMessage, ReassignTo, ReminderStage, RepFinding, Review, Subject,
};
use rondo_core::detail::Existing;
use rondo_core::event::Settings;
use rondo_core::ids::Id as _;
use rondo_core::ids::MailboxId;
use rondo_core::mail::{
    ConversationStatus, Handling, Mail, MailPlan, ReplyLabel, ReviewReason, Sender,
};
use rondo_core::refusal::{NotEnrolled, Warning};
use rondo_core::{Answer, Command, Refusal};

use crate::world::email;

use super::desk::*;

#[test]
fn a_step_goes_out_once_and_only_when_it_is_next() {
    let mut desk = Desk::new();
    let lia = desk.joins("lia");
    let n = |desk: &Desk| desk.world.team.revision();
    let before = n(&desk);
    desk.does(desk.step(lia, 1));
    assert_eq!(n(&desk), before, "the first comes first");
    desk.does(desk.step(lia, 0));
    let before = n(&desk);
    desk.does(desk.step(lia, 0));
    assert_eq!(n(&desk), before, "it went out");
    desk.pause();
    let before = n(&desk);
    desk.does(desk.step(lia, 1));
    assert_eq!(n(&desk), before, "nothing is sent while the campaign is paused");
    desk.resume();
    desk.hears(lia, doubted(ReplyLabel::Other, ReviewReason::Uncertain));
    let before = n(&desk);
    desk.does(desk.step(lia, 1));
    assert_eq!(n(&desk), before, "the lead has answered");
}

#[test]
fn a_step_that_lacks_fields_goes_to_review_and_one_to_a_suppressed_address_nowhere() {
    let mut desk = Desk::new();
    let (lia, leo) = (desk.joins("lia"), desk.joins("leo"));
    let conversation = lia.conversation;
    desk.does(Command::HoldStep { conversation, step: 0, why: Hold::MissingFields });
    assert_eq!(desk.status(lia), ConversationStatus::InReview);
    // Filled in, it begins from the beginning.
    desk.reviews(lia, Review::Resume);
    assert_eq!(desk.status(lia), ConversationStatus::AwaitingAssistant);
    desk.does(desk.step(lia, 0));
    desk.does(Command::Suppress { email: email("leo") });
    desk.does(desk.step(leo, 0));
    assert_eq!(desk.status(leo), ConversationStatus::Unsubscribed);
}

#[test]
fn a_lead_whom_another_campaign_writes_to_does_not_join() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.does(Command::Suppress { email: email("leo") });
    let autumn = desk.writing("autumn");
    let leads = vec![news("lou"), news("lia"), news("leo")];
    let add = Command::AddLeads { campaign: Some(autumn), leads, existing: Existing::Fill };
    let decided = desk.world.run(add.clone()).unwrap();
    let not_enrolled = |row, why| Warning::NotEnrolled { row, why };
    let expected = [
        not_enrolled(1, NotEnrolled::WrittenToElsewhere),
        not_enrolled(2, NotEnrolled::Suppressed),
    ];
    assert_eq!(decided.warnings, expected);
    let Answer::Leads(taken) = decided.answer else { panic!("leads are taken") };
    assert_eq!((taken.created, taken.conversations.len()), (2, 1));
    // Once that is over they can.
    desk.hears(lia, reply(ReplyLabel::NotInterested));
    let Answer::Leads(taken) = desk.does(add) else { panic!("leads are taken") };
    assert_eq!(taken.conversations.len(), 2);
}

#[test]
fn q4_the_lead_and_the_rep_are_told_exactly_when_the_campaign_writes() {
    let mut desk = Desk::new();
    // A lead who was written to learns of the rep, and the rep of the lead.
    let lia = desk.begins("lia");
    desk.hears(lia, reply(ReplyLabel::HighIntent));
    let assignment = desk.assignment(lia);
    assert_eq!(desk.queued(), [Mail::Handover { assignment }, Mail::Note { assignment }]);
    // One who was never written to is not written to now.
    let (campaign, news_of) = (desk.campaign, |who| Subject::Lead(Box::new(news(who))));
    let report = |campaign, subject| Command::Qualify { campaign, subject, note: None };
    let answer = desk.does(report(campaign, news_of("leo")));
    let Answer::Assigned { assignment, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(desk.queued()[2..], [Mail::Note { assignment }]);
    // A campaign that writes nothing tells nobody.
    let plain = desk.plain("plain");
    desk.does(report(plain, news_of("lou")));
    assert_eq!(desk.queued().len(), 3);
    // A report by the API of one who was written to tells both, once.
    let liv = desk.begins("liv");
    let subject = Subject::Conversation(liv.conversation);
    desk.does(report(campaign, subject.clone()));
    desk.does(report(campaign, subject));
    let assignment = desk.assignment(liv);
    assert_eq!(desk.queued()[3..], [Mail::Handover { assignment }, Mail::Note { assignment }]);
}

#[test]
fn q4_whoever_waits_is_handed_over_when_somebody_is_there() {
    let mut desk = Desk::with_reps(&["ann", "bo"]);
    let lia = desk.begins("lia");
    desk.pause();
    let subject = Subject::Conversation(lia.conversation);
    desk.does(Command::Qualify { campaign: desk.campaign, subject, note: None });
    assert_eq!((desk.queued(), desk.standing(lia)), (vec![], None));
    desk.resume();
    let assignment = desk.assignment(lia);
    assert_eq!(desk.queued(), [Mail::Handover { assignment }, Mail::Note { assignment }]);
}

#[test]
fn q4_a_lead_who_is_passed_on_is_handed_over_anew() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.hears(lia, reply(ReplyLabel::HighIntent));
    let (first, to) = (desk.assignment(lia), ReassignTo::Rep(desk.reps[1]));
    desk.does(Command::Reassign { assignment: first, to, note: None });
    let assignment = desk.assignment(lia);
    assert_ne!(assignment, first);
    assert_eq!(desk.queued()[2..], [Mail::Handover { assignment }, Mail::Note { assignment }]);
}

#[test]
fn q5_after_the_handover_the_leads_mail_is_only_noted() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.hears(lia, reply(ReplyLabel::HighIntent));
    let before = desk.queued();
    for reading in [
        reply(ReplyLabel::Question),
        reply(ReplyLabel::NotInterested),
        reply(ReplyLabel::HighIntent),
        doubted(ReplyLabel::HighIntent, ReviewReason::Uncertain),
        doubted(ReplyLabel::Other, ReviewReason::WeakTie),
        ReadMessage { sender: Sender::Other, ..reply(ReplyLabel::Question) },
        ReadMessage { sender: Sender::Rep(desk.reps[0]), ..reply(ReplyLabel::Other) },
    ] {
        assert_eq!(desk.hears(lia, reading).1, Handling::Noted, "{reading:?}");
        assert_eq!(desk.status(lia), ConversationStatus::Qualified);
    }
    assert_eq!(desk.queued(), before);
}

#[test]
fn q5_after_the_handover_nobody_answers_in_the_assistants_name() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.hears(lia, reply(ReplyLabel::HighIntent));
    let (conversation, assignment) = (lia.conversation, desk.assignment(lia));
    for action in [
        Review::Answer { text: Box::default() },
        Review::Forward { to: desk.reps[1] },
        Review::Resume,
    ] {
        let refusal = desk.is_refused(Command::Review { conversation, action });
        assert_eq!(refusal, Refusal::ConversationAssigned { conversation, assignment });
    }
}

#[test]
fn q5_a_rep_is_reminded_once_and_nobody_once_they_have_written() {
    let mut desk = Desk::new();
    let (lia, leo) = (desk.begins("lia"), desk.begins("leo"));
    desk.hears(lia, reply(ReplyLabel::HighIntent));
    desk.hears(leo, reply(ReplyLabel::HighIntent));
    let (of_lia, of_leo) = (desk.assignment(lia), desk.assignment(leo));
    let before = desk.queued().len();
    for _ in 0..2 {
        desk.does(Command::Remind { assignment: of_lia, stage: ReminderStage::Rep });
    }
    desk.hears(leo, ReadMessage { sender: Sender::Rep(desk.reps[1]), ..reply(ReplyLabel::Other) });
    desk.does(Command::Remind { assignment: of_leo, stage: ReminderStage::Rep });
    assert_eq!(desk.queued()[before..], [Mail::Reminder { assignment: of_lia }]);
}

#[test]
fn q5_who_says_that_it_is_no_lead_is_not_reminded_of_it() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.hears(lia, reply(ReplyLabel::HighIntent));
    let (assignment, rep) = (desk.assignment(lia), desk.reps[0]);
    let before = desk.queued().len();
    desk.does(Command::TakeOver { assignment, rep, finding: RepFinding::WrongLead });
    desk.does(Command::Remind { assignment, stage: ReminderStage::Rep });
    assert_eq!(desk.queued().len(), before);
    let conversation = lia.conversation;
    desk.does(Command::Review { conversation, action: Review::Qualify });
    assert_eq!(desk.status(lia), ConversationStatus::Qualified, "a person has seen to it");
}

#[test]
fn q6_a_lead_who_unsubscribes_by_their_link_ends_what_is_open_and_leaves_sales_alone() {
    let mut desk = Desk::new();
    let (lia, leo) = (desk.begins("lia"), desk.begins("leo"));
    desk.hears(leo, reply(ReplyLabel::HighIntent));
    for (thread, who) in [(lia, "lia"), (leo, "leo")] {
        let conversations = vec![lia.conversation, leo.conversation];
        desk.does(Command::Unsubscribe { lead: thread.lead, email: email(who), conversations });
        assert!(desk.is_suppressed(who));
    }
    assert_eq!(desk.status(lia), ConversationStatus::Unsubscribed);
    assert_eq!(desk.status(leo), ConversationStatus::Qualified);
}

#[test]
fn q5_a_rep_who_has_not_written_is_reminded_and_says_by_a_link_what_the_lead_is() {
    let mut desk = Desk::new();
    let lia = desk.begins("lia");
    desk.hears(lia, reply(ReplyLabel::HighIntent));
    let (assignment, rep) = (desk.assignment(lia), desk.reps[0]);
    desk.does(Command::Remind { assignment, stage: ReminderStage::Rep });
    desk.does(Command::Remind { assignment, stage: ReminderStage::Admin });
    assert_eq!(
        desk.queued()[2..],
        [Mail::Reminder { assignment }, Mail::Escalation { assignment }]
    );
    let takes = |rep, finding| Command::TakeOver { assignment, rep, finding };
    let other = takes(desk.reps[1], RepFinding::InHand);
    assert_eq!(desk.is_refused(other).code(), "not-found");
    desk.does(takes(rep, RepFinding::InHand));
    desk.does(takes(rep, RepFinding::WrongLead));
    assert_eq!(desk.status(lia), ConversationStatus::InReview);
    // Closed, it is as before: decisions stay.
    desk.reviews(lia, Review::Close);
    assert_eq!(desk.status(lia), ConversationStatus::Qualified);
    desk.does(Command::Reassign { assignment, to: ReassignTo::Next, note: None });
    let late = desk.is_refused(takes(rep, RepFinding::InHand));
    assert_eq!(late.code(), "assignment-superseded");
}

#[test]
fn a_mailbox_is_one_addresss_and_stays_while_a_campaign_writes_from_it() {
    let mut desk = Desk::new();
    let second = MailboxId::from_bytes([2; 16]);
    let taken = Command::AddMailbox { mailbox: second, details: mailbox_details("KIM") };
    let holder = desk.mailbox.to_string();
    assert_eq!(desk.is_refused(taken), Refusal::EmailTaken { holder: holder.clone() });
    desk.does(Command::AddMailbox { mailbox: second, details: mailbox_details("sam") });
    let taken = Command::ChangeMailbox { mailbox: second, details: mailbox_details("kim") };
    assert_eq!(desk.is_refused(taken.clone()), Refusal::EmailTaken { holder });
    let mailbox = desk.mailbox;
    desk.does(Command::ChangeMailbox { mailbox, details: mailbox_details("kim") });
    let remove = Command::RemoveMailbox { mailbox };
    assert_eq!(desk.is_refused(remove.clone()).code(), "mailbox-in-use");
    desk.cancel();
    desk.does(remove);
    desk.does(taken);
}

#[test]
fn a_plan_is_whole_and_its_mailbox_stays_once_the_campaign_runs() {
    let mut desk = Desk::new();
    let campaign = desk.campaign;
    let plan = |mailbox, steps: usize| MailPlan {
        mailbox,
        wait_days: vec![0; steps],
        window: None,
        daily_limit: None,
    };
    let set = |plan, texts| Command::SetMessages { campaign, plan, texts };
    let mailbox = desk.mailbox;
    let first = || step_text(Some("Hi"));
    for (command, pointer) in [
        (set(plan(mailbox, 0), vec![]), "/steps"),
        (set(plan(mailbox, 12), vec![first(); 12]), "/steps"),
        (set(plan(mailbox, 2), vec![first()]), "/steps"),
        (set(plan(mailbox, 1), vec![step_text(None)]), "/steps/0/subject"),
        (set(MailPlan { daily_limit: Some(0), ..plan(mailbox, 1) }, vec![first()]), "/daily_limit"),
    ] {
        let Refusal::Invalid { pointer: said, .. } = desk.is_refused(command) else { panic!() };
        assert_eq!(said, pointer);
    }
    let second = MailboxId::from_bytes([2; 16]);
    let unknown = desk.is_refused(set(plan(second, 1), vec![first()]));
    assert_eq!(unknown.code(), "campaign-started");
    desk.does(set(plan(mailbox, 1), vec![first()]));
    desk.cancel();
    assert_eq!(desk.is_refused(set(plan(mailbox, 1), vec![first()])).code(), "wrong-status");
}

#[test]
fn a_duplicate_writes_as_its_model_does() {
    let mut desk = Desk::new();
    let copy = desk.does(Command::DuplicateCampaign { campaign: desk.campaign });
    let Answer::Campaign(copy) = copy else { panic!("a campaign is made") };
    let plan = |campaign| desk.world.team.campaign(campaign).unwrap().mail.clone();
    assert_eq!(plan(copy), plan(desk.campaign));
    assert!(plan(copy).is_some());
}

#[test]
fn a_team_reads_the_same_from_its_tables_after_mail() {
    let mut desk = Desk::new();
    let settings = Settings {
        handover_template: Some("Hello.".to_owned()),
        ..desk.world.team.settings().clone()
    };
    desk.does(Command::ChangeSettings { settings });
    let lia = desk.begins("lia");
    desk.hears(lia, reply(ReplyLabel::HighIntent));
    let before = desk.world.team.to_parts();
    desk.world.reload();
    assert_eq!(desk.world.team.to_parts(), before);
}
