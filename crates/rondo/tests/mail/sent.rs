//! What Rondo sends: each letter beside what it is to be, byte by byte, and read again by us and by another parser.
//!
//! A letter that is to change is written anew with `RONDO_WRITE_FIXTURES=1`, and the change is read in the diff.

use std::fs;
use std::path::PathBuf;

use jiff::tz::TimeZone;
use mail_parser::MessageParser;
use rondo::mail::compose::{Answered, Kind, Marks, Outgoing, Unsubscribe, html_of};
use rondo::mail::letters::{
    Actions, Answer, Handover, Head, LastMessage, Note, Reminder, Thread, Told, Wording, answer,
    handover, note, reminder, reminder_to_admin,
};
use rondo::mail::template::{Fields, Form, Template};
use rondo::mail::{Mailbox, Reading, Received};
use rondo_core::Instant;

use crate::tokens::key;

const REPLY_ADDRESS: &str = "kim+rabc@team.example";

fn at(text: &str) -> Instant {
    Instant::parse(text).expect("it is an instant")
}

fn head(number: u32) -> Head {
    Head { message_id: format!("msg_{number}@team.example"), date: at("2026-03-03T13:10:00Z") }
}

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox { name: Some(name.to_owned()), address: address.to_owned() }
}

fn last_message() -> LastMessage {
    LastMessage {
        who: "Ann Lee".to_owned(),
        at: at("2026-03-03T13:05:00Z"),
        zone: TimeZone::get("Europe/Berlin").expect("the zone is known"),
        text: "Yes, I'd like to talk.\n\nWhen do you have time?".to_owned(),
    }
}

fn thread() -> Thread {
    Thread {
        subject: "AW: Fewer meetings, Ann?".to_owned(),
        answered: Answered {
            message_id: "CAF=a1@mail.lead.example".to_owned(),
            references: vec!["msg_0@team.example".to_owned()],
            hops: Some(0),
        },
        last: Some(last_message()),
    }
}

fn actions() -> Actions {
    let url = |token: &str| format!("https://rondo.example/a/{token}");
    Actions {
        take_over: url("takeover"),
        pass_on: url("passon"),
        away: url("away"),
        wrong_lead: url("wronglead"),
    }
}

fn campaign() -> Outgoing {
    let fields = Fields::example();
    let fill = |form, source: &str| {
        let template = Template::parse(form, source).expect("it is a template");
        template.render(&fields).expect("it is filled in").text
    };
    let unsubscribe = Unsubscribe {
        url: "https://rondo.example/u/unsubscribe".to_owned(),
        address: Some(REPLY_ADDRESS.to_owned()),
    };
    let text = fill(
        Form::Text,
        "Hello {{ lead.first_name }},\n\nhow many meetings does {{ lead.company }} have?\n\n{{ assistant.name }}",
    );
    Outgoing {
        kind: Kind::Campaign { unsubscribe: Some(unsubscribe) },
        message_id: head(0).message_id,
        date: head(0).date,
        from: mailbox("Kim", "kim@team.example"),
        to: vec![mailbox("Ann Lee", "ann@lead.example")],
        cc: vec![],
        reply_to: vec![mailbox("Kim", REPLY_ADDRESS)],
        subject: fill(Form::Subject, "Fewer meetings, {{ lead.first_name }}?"),
        answers: None,
        html: Some(html_of(&text)),
        text,
    }
}

/// The letters by the names of their files.
fn letters() -> Vec<(&'static str, Outgoing)> {
    let mut fields = Fields::example();
    let rep = fields.rep.take().expect("the example has one");
    let (thread, last, actions) = (thread(), last_message(), actions());
    let own = "Hallo {{ lead.first_name }},\n\n{{ rep.name }} übernimmt. Bis bald!\n\n{{ assistant.name }}";
    let template = Template::parse(Form::Text, own).expect("it is a template");
    let handed_over = |number, template| {
        let head = head(number);
        let reply_address = REPLY_ADDRESS.to_owned();
        let (fields, rep, thread) = (&fields, &rep, &thread);
        handover(&Handover { head, fields, rep, reply_address, thread, template }).outgoing
    };
    let told = Told { fields: &fields, rep: &rep, last: Some(&last), actions: Some(&actions) };
    let reminded = |number| Reminder {
        head: head(number),
        told,
        assigned_at: at("2026-03-02T08:00:00Z"),
        zone: &last.zone,
    };
    let answered = Answer {
        head: head(3),
        fields: &fields,
        cc: vec![mailbox("Cy", "cy@team.example")],
        reply_address: REPLY_ADDRESS.to_owned(),
        thread: &thread,
        text: "Hello Ann,\n\n50 € a month – see https://team.example/prices.\n\nKim\n",
    };
    vec![
        ("campaign", campaign()),
        ("handover", handed_over(1, None)),
        ("handover-own-text", handed_over(2, Some(&template))),
        ("answer", answer(&answered)),
        (
            "note",
            note(&Note {
                head: head(4),
                told,
                why: "Bo was next after Ann; Cy was passed over: out of office.",
            }),
        ),
        ("reminder", reminder(&reminded(5))),
        ("reminder-to-admin", reminder_to_admin(&reminded(6), mailbox("Di", "di@team.example"))),
    ]
}

fn raw(outgoing: &Outgoing) -> Vec<u8> {
    outgoing.compose(&key(1)).expect("it can be composed")
}

#[test]
fn every_message_that_goes_out_is_as_it_stands_beside_and_reads_as_meant() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/outgoing");
    for (name, outgoing) in letters() {
        let raw = raw(&outgoing);
        let path = folder.join(name).with_extension("eml");
        if std::env::var_os("RONDO_WRITE_FIXTURES").is_some() {
            fs::create_dir_all(&folder).expect("the folder can be made");
            fs::write(&path, &raw).expect("a fixture can be written");
        }
        let expected = fs::read(&path).unwrap_or_default();
        let shown = |raw: &[u8]| String::from_utf8_lossy(raw).into_owned();
        assert_eq!(shown(&raw), shown(&expected), "{name}");
        reads_as_meant(name, &outgoing, &raw);
    }
}

/// Our own reader and another one read what the letter says.
fn reads_as_meant(name: &str, outgoing: &Outgoing, raw: &[u8]) {
    let received = Received::parse(raw).expect(name);
    assert_eq!(received.message_id.as_ref(), Some(&outgoing.message_id), "{name}");
    assert_eq!(received.from.as_ref(), Some(&outgoing.from), "{name}");
    assert_eq!((&received.to, &received.cc), (&outgoing.to, &outgoing.cc), "{name}");
    assert_eq!(received.subject, outgoing.subject, "{name}");
    assert_eq!(received.date, Some(outgoing.date), "{name}");
    let answered: Vec<String> =
        outgoing.answers.iter().map(|answered| answered.message_id.clone()).collect();
    assert_eq!(received.in_reply_to, answered, "{name}");
    let is_automatic = matches!(received.reading, Reading::AutoReply { .. });
    let is_reply = received.reading == Reading::Reply;
    match outgoing.kind {
        Kind::Note | Kind::Reminder | Kind::SignIn => assert!(is_automatic, "{name}"),
        Kind::Campaign { .. } | Kind::Handover | Kind::Answer => assert!(is_reply, "{name}"),
    }
    assert!(Marks::of(raw).is_ours(&key(1), &outgoing.message_id), "{name}");

    let parsed = MessageParser::default().parse(raw).expect(name);
    let text = parsed.body_text(0).expect(name);
    assert_eq!(text.trim_end(), outgoing.text.trim_end().replace('\n', "\r\n"), "{name}");
    let html = parsed.body_html(0).expect(name);
    assert_eq!(
        Some(html.trim_end().replace("\r\n", "\n")).as_deref(),
        outgoing.html.as_deref().map(str::trim_end),
        "{name}"
    );
    assert_eq!(parsed.attachment_count(), 0, "{name}");
    let reply_to = parsed.reply_to().map_or(0, |all| all.iter().count());
    assert_eq!(reply_to, outgoing.reply_to.len(), "{name}");
}

#[test]
fn what_is_quoted_in_a_letter_is_cut_off_again() {
    for (name, outgoing) in letters().into_iter().skip(1) {
        let text = Received::parse(&raw(&outgoing)).expect(name).text;
        assert!(!text.visible.contains("When do you have time?"), "{name}: {}", text.visible);
        assert!(text.quoted.contains("> When do you have time?"), "{name}");
        assert!(!text.visible.contains("wrote:"), "{name}: {}", text.visible);
    }
}

#[test]
fn a_handover_puts_the_rep_in_copy_and_has_answers_go_to_the_rep_and_the_assistant() {
    let (_, outgoing) = letters().swap_remove(1);
    assert_eq!(outgoing.to, [mailbox("Ann Lee", "ann@lead.example")]);
    assert_eq!(outgoing.cc, [mailbox("Bo Berg", "bo@team.example")]);
    let expected = [mailbox("Bo Berg", "bo@team.example"), mailbox("Kim", REPLY_ADDRESS)];
    assert_eq!(outgoing.reply_to, expected);
    assert_eq!(outgoing.subject, "Re: Fewer meetings, Ann?");
    for said in ["Bo Berg", "555-0100", "https://team.example/bo"] {
        assert!(outgoing.text.contains(said), "{}", outgoing.text);
    }
}

#[test]
fn a_handover_says_nothing_of_what_the_rep_does_not_have() {
    let mut fields = Fields::example();
    let mut rep = fields.rep.take().expect("the example has one");
    (rep.phone, rep.calendar_link, fields.lead.name) = (None, Some(String::new()), None);
    let thread = Thread { last: None, ..thread() };
    let (reply_address, template) = (REPLY_ADDRESS.to_owned(), None);
    let head = head(1);
    let done = handover(&Handover {
        head,
        fields: &fields,
        rep: &rep,
        reply_address,
        thread: &thread,
        template,
    });
    assert_eq!(done.wording, Wording::Standard);
    let expected = "Hello,\n\nthank you for your message. Bo Berg, in copy, will take it from here and get back to you.\n\n\
        Best regards\nKim";
    assert_eq!(done.outgoing.text, expected);
}

#[test]
fn a_handover_whose_own_text_cannot_be_filled_in_goes_out_in_ours() {
    let mut fields = Fields::example();
    let rep = fields.rep.take().expect("the example has one");
    let thread = thread();
    let wording = |source: &str| {
        let template = Template::parse(Form::Text, source).expect("it is a template");
        let (reply_address, template) = (REPLY_ADDRESS.to_owned(), Some(&template));
        let (fields, rep, thread) = (&fields, &rep, &thread);
        let done =
            handover(&Handover { head: head(1), fields, rep, reply_address, thread, template });
        assert_eq!(
            done.outgoing.text.contains("will take it from here"),
            done.wording != Wording::Own
        );
        done.wording
    };
    assert_eq!(wording("{{ rep.name }}"), Wording::Own);
    let missing = Wording::StandardForMissing(vec!["lead.city".to_owned()]);
    assert_eq!(wording("{{ lead.city }}"), missing);
    assert!(matches!(wording("{{ lead.name|int }}"), Wording::StandardForError(_)));
}

#[test]
fn debug_output_of_a_letter_shows_no_person() {
    let (thread, last, actions) = (thread(), last_message(), actions());
    let shown = format!("{thread:?} {last:?} {actions:?}");
    assert_eq!(shown, "Thread(…) LastMessage(…) Actions(…)");
}
