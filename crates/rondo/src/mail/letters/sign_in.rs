//! The letter with a link by which somebody signs in who asked for it.

use super::Head;
use crate::mail::Mailbox;
use crate::mail::compose::{Kind, Outgoing, html_of, one_line};

/// Characters of a team's name in a subject at most.
const TEAM_CHARS_MAX: usize = 60;

/// A link to sign in, for whoever asked for it.
pub struct SignIn<'a> {
    /// Id and date.
    pub head: Head,
    /// The mailbox that it comes from.
    pub from: Mailbox,
    /// Their address.
    pub email: &'a str,
    /// The team that they get into.
    pub team: &'a str,
    /// The link.
    pub link: &'a str,
    /// How long it works.
    pub minutes: i64,
}

/// Sends the link, and says what to do with it and without it.
pub fn sign_in(sign_in: &SignIn<'_>) -> Outgoing {
    let SignIn { head, from, email, team, link, minutes } = sign_in;
    let team = one_line(team, TEAM_CHARS_MAX);
    let text = [
        format!("Here is the link that was asked for to sign in to the team {team} as {email}:"),
        (*link).to_owned(),
        format!(
            "It works once, within {minutes} minutes, and leaves your password as it is. If you did not ask for it, you need \
             not do anything: nobody gets in without this link."
        ),
    ];
    let text = text.join("\n\n");
    Outgoing {
        kind: Kind::SignIn,
        message_id: head.message_id.clone(),
        date: head.date,
        from: from.clone(),
        to: vec![Mailbox { name: None, address: (*email).to_owned() }],
        cc: Vec::new(),
        reply_to: Vec::new(),
        subject: format!("Sign in to {team}"),
        answers: None,
        html: Some(html_of(&text)),
        text,
    }
}

hide_in_debug!(SignIn<'_>);
