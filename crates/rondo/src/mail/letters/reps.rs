//! What reps and admins are told: a note for a new lead, a reminder for one who waits.

use jiff::tz::TimeZone;
use rondo_core::Instant;

use super::{Head, LastMessage, assistant, mailbox_of};
use crate::mail::compose::{Kind, Outgoing, html_of, one_line, when};
use crate::mail::message::Mailbox;
use crate::mail::template::{Fields, Rep};

/// Characters of a lead's name, a company or a campaign in a subject at most.
const SUBJECT_PART_CHARS_MAX: usize = 80;

/// The addresses of the pages on which a rep acts on an assignment.
#[derive(Clone, PartialEq, Eq)]
pub struct Actions {
    /// They took it over.
    pub take_over: String,
    /// The next rep is to have it.
    pub pass_on: String,
    /// They are away.
    pub away: String,
    /// It is not for them.
    pub wrong_lead: String,
}

impl Actions {
    fn text(&self) -> String {
        format!(
            "I took it over:\n{}\n\nPass it to the next rep:\n{}\n\nI'm away until …:\n{}\n\nWrong lead:\n{}",
            self.take_over, self.pass_on, self.away, self.wrong_lead
        )
    }
}

/// What a message to a rep is about.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    /// The lead, the campaign and the assistant.
    pub fields: &'a Fields,
    /// Who has the lead.
    pub rep: &'a Rep,
    /// What the lead wrote last.
    pub last: Option<&'a LastMessage>,
    /// What can be done by a click, where the server has a public address.
    pub actions: Option<&'a Actions>,
}

/// What a rep is told of a lead who was assigned to them.
pub struct Note<'a> {
    /// Id and date.
    pub head: Head,
    /// What it is about.
    pub told: Told<'a>,
    /// Why this rep, as a sentence (R11).
    pub why: &'a str,
}

/// What a rep is told of a lead who was assigned to them.
pub fn note(note: &Note<'_>) -> Outgoing {
    let told = &note.told;
    let mut parts = vec![
        format!(
            "A lead from the campaign “{}” wants to talk to sales, and is yours.",
            told.campaign()
        ),
        told.lead_lines(),
        format!("Why you: {}", note.why.trim()),
    ];
    parts.extend(told.actions.map(Actions::text));
    parts.extend(told.last.map(LastMessage::quoted));
    told.outgoing(Kind::Note, &note.head, "New lead", mailbox_of(told.rep), &parts)
}

/// That a lead waits for their rep's first words.
pub struct Reminder<'a> {
    /// Id and date.
    pub head: Head,
    /// What it is about.
    pub told: Told<'a>,
    /// Since when the rep has the lead.
    pub assigned_at: Instant,
    /// The clock by which that is said.
    pub zone: &'a TimeZone,
}

/// Reminds the rep of a lead to whom they have not written.
pub fn reminder(reminder: &Reminder<'_>) -> Outgoing {
    let told = &reminder.told;
    let mut parts = vec![
        format!(
            "A lead from the campaign “{}” is yours since {}, and waits for your first mail.",
            told.campaign(),
            when(reminder.assigned_at, reminder.zone)
        ),
        told.lead_lines(),
    ];
    parts.extend(told.actions.map(Actions::text));
    parts.extend(told.last.map(LastMessage::quoted));
    let to = mailbox_of(told.rep);
    told.outgoing(Kind::Reminder, &reminder.head, "Still waiting", to, &parts)
}

/// Tells an admin of a lead to whom the rep has not written.
pub fn reminder_to_admin(reminder: &Reminder<'_>, admin: Mailbox) -> Outgoing {
    let told = &reminder.told;
    let mut parts = vec![
        format!(
            "{} has had a lead from the campaign “{}” since {}, and has not written to them. You can pass the lead on to \
             somebody else.",
            one_line(&told.rep.name, SUBJECT_PART_CHARS_MAX),
            told.campaign(),
            when(reminder.assigned_at, reminder.zone)
        ),
        told.lead_lines(),
    ];
    parts.extend(told.last.map(LastMessage::quoted));
    told.outgoing(Kind::Reminder, &reminder.head, "Nobody has answered", admin, &parts)
}

impl Told<'_> {
    fn campaign(&self) -> String {
        one_line(&self.fields.campaign, SUBJECT_PART_CHARS_MAX)
    }

    /// Who the lead is, a line for each thing that is known.
    fn lead_lines(&self) -> String {
        let lead = &self.fields.lead;
        let known = [
            ("Name", lead.name.as_deref()),
            ("Company", lead.company.as_deref()),
            ("Email", Some(self.fields.email.as_str())),
        ];
        let lines: Vec<String> = known
            .into_iter()
            .filter_map(|(what, value)| Some((what, value.filter(|value| !value.is_empty())?)))
            .map(|(what, value)| format!("{what}: {}", one_line(value, usize::MAX)))
            .collect();
        lines.join("\n")
    }

    fn outgoing(
        &self,
        kind: Kind,
        head: &Head,
        what: &str,
        to: Mailbox,
        parts: &[String],
    ) -> Outgoing {
        let text = parts.join("\n\n");
        Outgoing {
            kind,
            message_id: head.message_id.clone(),
            date: head.date,
            from: assistant(self.fields),
            to: vec![to],
            cc: Vec::new(),
            reply_to: Vec::new(),
            subject: format!("{what}: {} ({})", self.who(), self.campaign()),
            answers: None,
            html: Some(html_of(&text)),
            text,
        }
    }

    /// The lead in a few words.
    fn who(&self) -> String {
        let is_filled = |text: &&str| !text.trim().is_empty();
        let lead = &self.fields.lead;
        let name = lead.name.as_deref().filter(is_filled).unwrap_or(&self.fields.email);
        let name = one_line(name, SUBJECT_PART_CHARS_MAX);
        match lead.company.as_deref().filter(is_filled) {
            Some(company) => format!("{name}, {}", one_line(company, SUBJECT_PART_CHARS_MAX)),
            None => name,
        }
    }
}

hide_in_debug!(Actions, Told<'_>, Note<'_>, Reminder<'_>);
