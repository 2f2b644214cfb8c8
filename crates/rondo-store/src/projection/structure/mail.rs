//! Mailboxes, what campaigns write, and who reads what comes back.

use rondo_core::ids::{CampaignId, MailboxId};
use rondo_core::mail::{MailPlan, QualifierKind};

use super::At;
use crate::StoreError;
use crate::projection::details::Details;
use crate::rows::{ForEach, Values};

static INSERT_TEXTS: ForEach = ForEach::insert(
    "insert into campaign_texts (team_id, campaign_id, step, subject, body, body_html)
     values ($1, $2, $3, $4, $5, $6)",
);

pub(super) async fn add_mailbox(
    here: &mut At<'_>,
    mailbox: MailboxId,
    details: &Details<'_>,
) -> Result<(), StoreError> {
    let at = here.at;
    here.execute(
        "insert into mailboxes (team_id, mailbox_id, created_at, name, email_key, email, has_plus_addresses, smtp,
                                smtp_secret, imap, imap_secret)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        |values| {
            values.id(mailbox);
            values.instant(at);
            bind_mailbox(values, mailbox, details);
        },
    )
    .await
}

/// How far it was read stays: it says of what.
pub(super) async fn change_mailbox(
    here: &mut At<'_>,
    mailbox: MailboxId,
    details: &Details<'_>,
) -> Result<(), StoreError> {
    if !details.mailboxes.contains_key(&mailbox) {
        return Ok(());
    }
    here.execute(
        "update mailboxes
         set name = $3, email_key = $4, email = $5, has_plus_addresses = $6, smtp = $7, smtp_secret = $8,
             imap = $9, imap_secret = $10, read_error = null, read_error_at = null, send_error = null,
             send_error_at = null
         where team_id = $1 and mailbox_id = $2",
        |values| {
            values.id(mailbox);
            bind_mailbox(values, mailbox, details);
        },
    )
    .await
}

fn bind_mailbox<'v>(values: &mut Values<'v>, mailbox: MailboxId, details: &Details<'v>) {
    let known = details.mailboxes.get(&mailbox).copied();
    values.optional_text(known.map(|known| known.name.as_str()));
    values.optional_email(known.map(|known| &known.email));
    values.optional_number(known.map(|known| known.has_plus_addresses.into()));
    values.optional_text(known.map(|known| known.smtp.as_str()));
    values.optional_bytes(known.and_then(|known| known.smtp_secret.as_deref()));
    values.optional_text(known.and_then(|known| known.imap.as_deref()));
    values.optional_bytes(known.and_then(|known| known.imap_secret.as_deref()));
}

pub(super) async fn remove_mailbox(
    here: &mut At<'_>,
    mailbox: MailboxId,
) -> Result<(), StoreError> {
    let at = here.at;
    here.execute(
        "update mailboxes
         set removed_at = $3, smtp_secret = null, imap_secret = null
         where team_id = $1 and mailbox_id = $2",
        |values| {
            values.id(mailbox);
            values.instant(at);
        },
    )
    .await
}

pub(super) async fn set_messages(
    here: &mut At<'_>,
    campaign: CampaignId,
    plan: &MailPlan,
    details: &Details<'_>,
) -> Result<(), StoreError> {
    let json = serde_json::to_string(plan).expect("a plan is plain data");
    here.execute(
        "update campaigns
         set mailbox_id = $3, mail_plan = $4
         where team_id = $1 and campaign_id = $2",
        |values| {
            values.id(campaign);
            values.id(plan.mailbox);
            values.text(json);
        },
    )
    .await?;
    if let Some(from) = details.copied_texts.get(&campaign).copied() {
        return copy_texts(here, from, campaign).await;
    }
    let Some(texts) = details.campaign_texts.get(&campaign).copied() else { return Ok(()) };
    delete_texts(here, campaign).await?;
    let team = here.team;
    let rows: Vec<_> = (0..).zip(texts).collect();
    INSERT_TEXTS
        .send(here.connection, &rows, |values, (step, text)| {
            values.id(team);
            values.id(campaign);
            values.number(*step);
            values.optional_text(text.subject.as_deref());
            values.text(text.body.as_str());
            values.optional_text(text.body_html.as_deref());
        })
        .await
}

async fn copy_texts(here: &mut At<'_>, from: CampaignId, to: CampaignId) -> Result<(), StoreError> {
    here.execute(
        "insert into campaign_texts (team_id, campaign_id, step, subject, body, body_html)
         select team_id, $3, step, subject, body, body_html
         from campaign_texts
         where team_id = $1 and campaign_id = $2",
        |values| {
            values.id(from);
            values.id(to);
        },
    )
    .await
}

pub(super) async fn delete_texts(
    here: &mut At<'_>,
    campaign: CampaignId,
) -> Result<(), StoreError> {
    here.execute(
        "delete from campaign_texts
         where team_id = $1 and campaign_id = $2",
        |values| values.id(campaign),
    )
    .await
}

pub(super) async fn set_qualifier(
    here: &mut At<'_>,
    qualifier: QualifierKind,
    details: &Details<'_>,
) -> Result<(), StoreError> {
    let known = details.qualifier;
    here.execute(
        "insert into qualifiers (team_id, kind, base_url, model, sealed_key, thresholds)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (team_id) do update
         set kind = excluded.kind,
             base_url = excluded.base_url,
             model = excluded.model,
             sealed_key = excluded.sealed_key,
             thresholds = excluded.thresholds",
        |values| {
            values.word(qualifier);
            values.optional_text(known.and_then(|known| known.base_url.as_deref()));
            values.optional_text(known.and_then(|known| known.model.as_deref()));
            values.optional_bytes(known.and_then(|known| known.sealed_key.as_deref()));
            values.optional_text(known.map(|known| known.thresholds.as_str()));
        },
    )
    .await
}
