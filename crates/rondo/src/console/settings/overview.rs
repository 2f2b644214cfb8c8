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
use crate::{say, t};

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
    let suppressed = latest.items.first().map(|one| frame.ago(&one.created_at));
    let last = history.entries.first().map(|entry| frame.ago(&entry.at)).unwrap_or_default();
    let card = |path, name, about, state| Card { path, name, about, state, is_wrong: false };
    Ok(vec![
        card("/settings/team", t("team-title"), t("settings-team-about"), {
            say("settings-team-state").arg("team", team.name).arg("zone", team.time_zone).plain()
        }),
        card("/settings/members", t("members-title"), t("settings-members-about"), {
            say("settings-members-state").n("members", members.len()).n("invited", invited).plain()
        }),
        mailboxes_card(console, session).await?,
        qualifier_card(console, session).await?,
        card("/settings/keys", t("keys-title"), t("settings-keys-about"), {
            let more = keys.next_cursor.is_some();
            say("settings-keys-state").n("keys", keys.items.len()).arg("more", more).plain()
        }),
        Card {
            is_wrong: gone > 0,
            ..card("/settings/webhooks", t("webhooks-title"), t("settings-webhooks-about"), {
                let said =
                    say("settings-webhooks-state").n("webhooks", webhooks.len()).n("stopped", gone);
                said.plain()
            })
        },
        card(
            "/settings/suppressions",
            t("suppressions-title"),
            t("settings-suppressions-about"),
            match suppressed {
                None => t("settings-suppressions-none").to_owned(),
                Some(ago) => say("settings-suppressions-state").arg("ago", ago).plain(),
            },
        ),
        card(
            "/settings/people",
            t("erasing-title"),
            t("settings-erasing-about"),
            t("settings-erasing-state").to_owned(),
        ),
        card("/settings/ledger", t("ledger-title"), t("settings-ledger-about"), {
            say("settings-ledger-state").n("entries", history.last).arg("ago", last).plain()
        }),
    ])
}

async fn mailboxes_card(console: &Console, session: &Session) -> Result<Card, Trouble> {
    let health = mailboxes::health(console.app(), &session.caller).await?;
    let wrong = health.iter().filter(|one| one.reading.is_some() || one.sending.is_some()).count();
    Ok(Card {
        path: "/settings/mailboxes",
        name: t("mailboxes-title"),
        about: t("settings-mailboxes-about"),
        state: match (health.len(), wrong) {
            (0, _) => t("settings-mailboxes-none").to_owned(),
            (all, 0) => say("settings-mailboxes-well").n("mailboxes", all).plain(),
            (all, wrong) => {
                say("settings-mailboxes-wrong").n("mailboxes", all).n("wrong", wrong).plain()
            }
        },
        is_wrong: wrong > 0,
    })
}

async fn qualifier_card(console: &Console, session: &Session) -> Result<Card, Trouble> {
    let view = qualifier::show(console.app(), &session.caller).await?;
    let (kind, own) = (kind_words(view.kind), view.thresholds.len());
    let state = match view.model {
        None => say("settings-qualifier-state").arg("kind", kind).n("own", own),
        Some(model) => say("settings-qualifier-state-model")
            .arg("kind", kind)
            .arg("model", model)
            .n("own", own),
    };
    Ok(Card {
        path: "/settings/qualifier",
        name: t("qualifier-title"),
        about: t("settings-qualifier-about"),
        state: state.plain(),
        is_wrong: false,
    })
}
