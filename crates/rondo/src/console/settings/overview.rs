//! The overview of the settings: what each page is for, and how things stand there.

use super::super::Console;
use super::super::frame::Frame;
use super::super::trouble::Trouble;
use super::qualifier::kind_words;
use super::whole;
use crate::app::ledger::HistoryWanted;
use crate::app::page::Page;
use crate::app::people::{self, Session};
use crate::app::suppressions::{self, SuppressionsWanted};
use crate::app::{keys, ledger, mailboxes, qualifier, settings, webhooks};

/// A page of the settings in short.
pub(super) struct Card {
    pub(super) path: &'static str,
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// How things stand.
    pub(super) state: String,
    /// Whether somebody should have a look.
    pub(super) is_wrong: bool,
}

pub(super) async fn cards(
    console: &Console,
    session: &Session,
    frame: &Frame,
) -> Result<Vec<Card>, Trouble> {
    let (app, caller) = (console.app(), &session.caller);
    let team = settings::show(app, caller).await?;
    let members = people::list(app, caller).await?;
    let keys = keys::list(app, caller, &whole()).await?;
    let webhooks = webhooks::list(app, caller, &whole()).await?.items;
    let one = Page { limit: 1, cursor: None };
    let latest = suppressions::latest(app, caller, &SuppressionsWanted::default(), &one).await?;
    let history = ledger::history(app, caller, HistoryWanted::All, None, 1).await?;
    let gone = webhooks.iter().filter(|hook| hook.disabled_at.is_some()).count();
    let invited = members.iter().filter(|user| !user.has_password).count();
    let more = if keys.next_cursor.is_some() { " or more" } else { "" };
    let suppressed = latest.items.first().map(|one| frame.ago(&one.created_at));
    let last = history.entries.first().map(|entry| frame.ago(&entry.at)).unwrap_or_default();
    let card = |path, name, about, state| Card { path, name, about, state, is_wrong: false };
    Ok(vec![
        card("/settings/team", "Team", "Name, time zone, reminders, the text of handovers.", {
            format!("{}, times in {}", team.name, team.time_zone)
        }),
        card("/settings/members", "Members", "Who signs in, as what.", {
            let waiting = if invited == 0 { String::new() } else { format!(", {invited} invited") };
            format!("{}{waiting}", counted(members.len(), "member", "members"))
        }),
        mailboxes_card(console, session).await?,
        qualifier_card(console, session).await?,
        card("/settings/keys", "API keys", "What lets other systems in.", {
            format!("{}{more}", counted(keys.items.len(), "key", "keys"))
        }),
        Card {
            is_wrong: gone > 0,
            ..card("/settings/webhooks", "Webhooks", "Tell other systems what happens.", {
                let stopped = if gone == 0 { String::new() } else { format!(", {gone} stopped") };
                format!("{}{stopped}", counted(webhooks.len(), "webhook", "webhooks"))
            })
        },
        card(
            "/settings/suppressions",
            "Suppressed addresses",
            "Who is never written to.",
            suppressed.map_or("None".to_owned(), |ago| format!("The latest {ago}")),
        ),
        card(
            "/settings/people",
            "Erase a person",
            "Take somebody out of everything, on their request.",
            "Decisions stay, without their name".to_owned(),
        ),
        card("/settings/ledger", "Ledger", "Everything that happened, and who did it.", {
            format!("{}, the last {last}", counted(history.last as usize, "entry", "entries"))
        }),
    ])
}

async fn mailboxes_card(console: &Console, session: &Session) -> Result<Card, Trouble> {
    let health = mailboxes::health(console.app(), &session.caller).await?;
    let wrong = health.iter().filter(|one| one.reading.is_some() || one.sending.is_some()).count();
    Ok(Card {
        path: "/settings/mailboxes",
        name: "Mailboxes",
        about: "From where the assistant writes, and reads answers.",
        state: match (health.len(), wrong) {
            (0, _) => "None yet: campaigns need one to write".to_owned(),
            (all, 0) => format!("{}, all well", counted(all, "mailbox", "mailboxes")),
            (all, wrong) => {
                format!("{wrong} of {} in trouble", counted(all, "mailbox", "mailboxes"))
            }
        },
        is_wrong: wrong > 0,
    })
}

async fn qualifier_card(console: &Console, session: &Session) -> Result<Card, Trouble> {
    let view = qualifier::show(console.app(), &session.caller).await?;
    let model = view.model.map(|model| format!(", {model}")).unwrap_or_default();
    let own = match view.thresholds.len() {
        0 => String::new(),
        own => format!(", {}", counted(own, "threshold of your own", "thresholds of your own")),
    };
    Ok(Card {
        path: "/settings/qualifier",
        name: "Qualifier",
        about: "Who reads replies, and when a person decides.",
        state: format!("{}{model}{own}", kind_words(view.kind)),
        is_wrong: false,
    })
}

fn counted(count: usize, one: &str, several: &str) -> String {
    match count {
        0 => format!("No {several}"),
        1 => format!("1 {one}"),
        count => format!("{count} {several}"),
    }
}
