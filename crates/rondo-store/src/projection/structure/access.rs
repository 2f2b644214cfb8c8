//! Who gets in, and what goes out: people, keys, webhooks.

use std::num::NonZeroU32;

use rondo_core::Instant;
use rondo_core::event::{Role, WebhookEvent};
use rondo_core::ids::{KeyId, MailboxId, RepId, UserId, WebhookId};

use super::At;
use crate::StoreError;
use crate::projection::details::Details;
use crate::words::Word as _;

pub(super) async fn add_user(
    here: &mut At<'_>,
    user: UserId,
    role: Role,
    rep: Option<RepId>,
    details: &Details<'_>,
) -> Result<(), StoreError> {
    let email = details.users.get(&user).copied();
    let at = here.at;
    here.execute(
        "insert into users (team_id, user_id, role, added_at, email_key, email, rep_id)
         values ($1, $2, $3, $4, $5, $6, $7)",
        |values| {
            values.id(user);
            values.word(role);
            values.instant(at);
            values.optional_email(email);
            values.optional_id(rep);
        },
    )
    .await
}

/// Ends their sessions with it, and forgets their password and the links that they were sent.
pub(super) async fn remove_user(here: &mut At<'_>, user: UserId) -> Result<(), StoreError> {
    let at = here.at;
    here.execute(
        "update users
         set removed_at = $3
         where team_id = $1 and user_id = $2",
        |values| {
            values.id(user);
            values.instant(at);
        },
    )
    .await?;
    here.execute(
        "delete from sessions
         where team_id = $1 and user_id = $2",
        |values| values.id(user),
    )
    .await?;
    here.execute(
        "delete from sign_in_links
         where team_id = $1 and user_id = $2",
        |values| values.id(user),
    )
    .await?;
    here.execute(
        "delete from sign_ins
         where team_id = $1 and user_id = $2",
        |values| values.id(user),
    )
    .await
}

pub(super) async fn add_key(
    here: &mut At<'_>,
    key: KeyId,
    role: Role,
    (rep, mailbox): (Option<RepId>, Option<MailboxId>),
    expires_at: Option<Instant>,
    requests_per_second_max: Option<NonZeroU32>,
    details: &Details<'_>,
) -> Result<(), StoreError> {
    let known = details.keys.get(&key).copied();
    let at = here.at;
    here.execute(
        "insert into api_keys (team_id, key_id, role, rep_id, created_at, expires_at, name, prefix, hash,
                               requests_per_second_max, mailbox_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        |values| {
            values.id(key);
            values.word(role);
            values.optional_id(rep);
            values.instant(at);
            values.optional_instant(expires_at);
            values.optional_text(known.map(|known| known.name.as_str()));
            values.optional_text(known.map(|known| known.prefix));
            values.optional_bytes(known.map(|known| &known.hash[..]));
            values.optional_number(requests_per_second_max.map(|max| max.get().into()));
            values.optional_id(mailbox);
        },
    )
    .await
}

pub(super) async fn revoke_key(here: &mut At<'_>, key: KeyId) -> Result<(), StoreError> {
    let at = here.at;
    here.execute(
        "update api_keys
         set revoked_at = $3
         where team_id = $1 and key_id = $2",
        |values| {
            values.id(key);
            values.instant(at);
        },
    )
    .await
}

pub(super) async fn add_webhook(
    here: &mut At<'_>,
    webhook: WebhookId,
    events: &[WebhookEvent],
    details: &Details<'_>,
) -> Result<(), StoreError> {
    let known = details.webhooks.get(&webhook).copied();
    let events: Vec<_> = events.iter().map(|event| event.word()).collect();
    let events = serde_json::to_string(&events).expect("words are plain data");
    let at = here.at;
    here.execute(
        "insert into webhooks (team_id, webhook_id, events, created_at, url, sealed_secret)
         values ($1, $2, $3, $4, $5, $6)",
        |values| {
            values.id(webhook);
            values.text(events);
            values.instant(at);
            values.optional_text(known.map(|(url, _)| url));
            values.optional_bytes(known.map(|(_, secret)| secret));
        },
    )
    .await
}

pub(super) async fn remove_webhook(
    here: &mut At<'_>,
    webhook: WebhookId,
) -> Result<(), StoreError> {
    let at = here.at;
    here.execute(
        "update webhooks
         set removed_at = $3, sealed_secret = null
         where team_id = $1 and webhook_id = $2",
        |values| {
            values.id(webhook);
            values.instant(at);
        },
    )
    .await
}
