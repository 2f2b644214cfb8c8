//! The letters that Rondo writes: the handover to the lead, the note and the reminder to the rep, an answer of a person, a
//! link to sign in.
//!
//! Each is made of plain values and gives an [`Outgoing`]. The handover's text may be the team's own; all others are ours.

mod reps;
mod sign_in;

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use rondo_core::Instant;

use super::compose::{Answered, Kind, Outgoing, html_of, quoted, reply_subject};
use super::message::Mailbox;
use super::template::{Fields, Form, Rep, Template, TemplateError};

pub use reps::{Actions, Note, Reminder, Told, note, reminder, reminder_to_admin};
pub use sign_in::{SignIn, sign_in};

/// What makes a message one of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The id, without angle brackets.
    pub message_id: String,
    /// When it is sent.
    pub date: Instant,
}

/// The thread that a letter goes on with.
#[derive(Clone, PartialEq)]
pub struct Thread {
    /// The subject of the message that is answered.
    pub subject: String,
    /// That message.
    pub answered: Answered,
    /// What stands in it.
    pub last: Option<LastMessage>,
}

/// The last words of somebody.
#[derive(Clone, PartialEq)]
pub struct LastMessage {
    /// Who wrote.
    pub who: String,
    /// When.
    pub at: Instant,
    /// The clock by which that is said.
    pub zone: TimeZone,
    /// What they wrote, without the history and the signature.
    pub text: String,
}

impl LastMessage {
    fn quoted(&self) -> String {
        quoted(&self.text, &self.who, self.at, &self.zone)
    }
}

/// The answer to a lead that puts the rep in copy (Q4).
pub struct Handover<'a> {
    /// Id and date.
    pub head: Head,
    /// The lead, the campaign and the assistant.
    pub fields: &'a Fields,
    /// Who takes the lead over.
    pub rep: &'a Rep,
    /// Where answers find their conversation: the assistant's address with a token, or without where that is too long.
    pub reply_address: String,
    /// The lead's thread.
    pub thread: &'a Thread,
    /// The team's own text.
    pub template: Option<&'a Template>,
}

/// A handover, and whether it says what the team wanted it to say.
#[derive(Debug, Clone, PartialEq)]
pub struct HandedOver {
    /// The message.
    pub outgoing: Outgoing,
    /// Whose text it has.
    pub wording: Wording,
}

/// Whose text a handover has. It goes out in any case: a lead who waits is worse than a text of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wording {
    /// The team's.
    Own,
    /// Ours: the team has none.
    Standard,
    /// Ours: these fields of the team's text are missing.
    StandardForMissing(Vec<String>),
    /// Ours: the team's text can't be filled in.
    StandardForError(TemplateError),
}

/// The text of a handover of teams that have none of their own.
pub const HANDOVER_TEXT: &str = "\
Hello{% if lead.first_name %} {{ lead.first_name }}{% endif %},

thank you for your message. {{ rep.name|default(rep.email) }}, in copy, will take it from here and get back to you.
{%- if rep.calendar_link %}

If you like, choose a time that suits you: {{ rep.calendar_link }}
{%- endif %}
{%- if rep.phone %}

By telephone: {{ rep.phone }}
{%- endif %}

Best regards
{{ assistant.name|default(assistant.address) }}
";

static STANDARD: LazyLock<Template> =
    LazyLock::new(|| Template::parse(Form::Text, HANDOVER_TEXT).expect("our own template is one"));

/// The answer to a lead that puts the rep in copy. Answers go to the rep, and to the assistant, who stays silent (Q5).
pub fn handover(handover: &Handover<'_>) -> HandedOver {
    let fields = Fields { rep: Some(handover.rep.clone()), ..handover.fields.clone() };
    let (text, wording) = worded(handover.template, &fields);
    let rep = mailbox_of(handover.rep);
    let assistant = assistant(&fields);
    let back = Mailbox { address: handover.reply_address.clone(), ..assistant.clone() };
    let text = with_quote(&text, handover.thread);
    let outgoing = Outgoing {
        kind: Kind::Handover,
        message_id: handover.head.message_id.clone(),
        date: handover.head.date,
        from: assistant,
        to: vec![lead(&fields)],
        cc: vec![rep.clone()],
        reply_to: vec![rep, back],
        subject: reply_subject(&handover.thread.subject),
        answers: Some(handover.thread.answered.clone()),
        html: Some(html_of(&text)),
        text,
    };
    HandedOver { outgoing, wording }
}

fn worded(template: Option<&Template>, fields: &Fields) -> (String, Wording) {
    let wording = match template.map(|template| template.render(fields)) {
        None => Wording::Standard,
        Some(Err(error)) => Wording::StandardForError(error),
        Some(Ok(rendered)) if !rendered.missing.is_empty() => {
            Wording::StandardForMissing(rendered.missing)
        }
        Some(Ok(rendered)) => return (rendered.text, Wording::Own),
    };
    let standard = STANDARD.render(fields).expect("our own template can be filled in for anybody");
    (standard.text, wording)
}

/// An answer that a person writes as the assistant.
pub struct Answer<'a> {
    /// Id and date.
    pub head: Head,
    /// The lead and the assistant.
    pub fields: &'a Fields,
    /// Who else reads it.
    pub cc: Vec<Mailbox>,
    /// Where answers find their conversation.
    pub reply_address: String,
    /// The lead's thread.
    pub thread: &'a Thread,
    /// What the person wrote.
    pub text: &'a str,
}

/// An answer that a person writes as the assistant.
pub fn answer(answer: &Answer<'_>) -> Outgoing {
    let assistant = assistant(answer.fields);
    let back = Mailbox { address: answer.reply_address.clone(), ..assistant.clone() };
    let text = with_quote(answer.text, answer.thread);
    Outgoing {
        kind: Kind::Answer,
        message_id: answer.head.message_id.clone(),
        date: answer.head.date,
        from: assistant,
        to: vec![lead(answer.fields)],
        cc: answer.cc.clone(),
        reply_to: vec![back],
        subject: reply_subject(&answer.thread.subject),
        answers: Some(answer.thread.answered.clone()),
        html: Some(html_of(&text)),
        text,
    }
}

fn with_quote(text: &str, thread: &Thread) -> String {
    match &thread.last {
        None => text.trim_end().to_owned(),
        Some(last) => format!("{}\n\n{}", text.trim_end(), last.quoted()),
    }
}

fn assistant(fields: &Fields) -> Mailbox {
    named(&fields.assistant.name, &fields.assistant.address)
}

fn lead(fields: &Fields) -> Mailbox {
    named(fields.lead.name.as_deref().unwrap_or_default(), &fields.email)
}

fn mailbox_of(rep: &Rep) -> Mailbox {
    named(&rep.name, &rep.email)
}

fn named(name: &str, address: &str) -> Mailbox {
    let name = (!name.trim().is_empty()).then(|| name.to_owned());
    Mailbox { name, address: address.to_owned() }
}

hide_in_debug!(Thread, LastMessage, Handover<'_>, Answer<'_>);
