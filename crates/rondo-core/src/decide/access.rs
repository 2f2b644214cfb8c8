//! Settings, keys, webhooks and people who sign in.

use super::*;
use crate::command::{KEY_REQUESTS_PER_SECOND_MAX, KeyTerms};
use crate::event::{Role, Settings, WebhookEvent};
use crate::ids::{KeyId, UserId, WebhookId};
use crate::team::User;
use crate::text::{Email, Name};

/// Webhooks of a team at most: each decision queues a delivery for every one of them.
const WEBHOOKS_MAX: usize = 20;
/// People of a team who sign in, at most: more than any sales floor has, and few enough to be kept in every team's state.
const USERS_MAX: usize = 10_000;

impl Draft<'_> {
    pub(super) fn change_settings(&mut self, settings: &Settings) -> Decision {
        if self.team.settings() != settings {
            self.happens(Event::SettingsChanged { settings: settings.clone() });
        }
        Ok(Answer::Done)
    }

    pub(super) fn add_key(
        &mut self,
        name: &Name,
        terms: KeyTerms,
        prefix: &str,
        hash: &[u8; 32],
    ) -> Decision {
        let KeyTerms { role, rep, mailbox, expires_at, requests_per_second_max } = terms;
        if let Some(rep) = rep {
            self.rep(rep)?;
        }
        if (role == Role::Rep) != rep.is_some() {
            return Err(Refusal::Invalid {
                pointer: "/rep",
                problem: "goes with the role `rep`, which needs one".to_owned(),
            });
        }
        if let Some(mailbox) = mailbox {
            self.mailbox(mailbox)?;
        }
        if (role == Role::Mailbox) != mailbox.is_some() {
            return Err(Refusal::Invalid {
                pointer: "/mailbox",
                problem: "goes with the role `mailbox`, which needs one".to_owned(),
            });
        }
        if expires_at.is_some_and(|at| at <= self.now) {
            return Err(Refusal::Invalid {
                pointer: "/expires_at",
                problem: format!("is not in the future; expected an instant after {}", self.now),
            });
        }
        if requests_per_second_max.is_some_and(|max| max.get() > KEY_REQUESTS_PER_SECOND_MAX) {
            return Err(Refusal::Invalid {
                pointer: "/requests_per_second_max",
                problem: format!("is out of range; expected 1 to {KEY_REQUESTS_PER_SECOND_MAX}"),
            });
        }
        let key = self.ids.next_id();
        self.happens(Event::KeyCreated {
            key,
            role,
            rep,
            mailbox,
            expires_at,
            requests_per_second_max,
        });
        self.details.push(Detail::Key {
            key,
            name: name.clone(),
            prefix: prefix.to_owned(),
            hash: *hash,
        });
        Ok(Answer::Key(key))
    }

    pub(super) fn revoke_key(&mut self, key: KeyId) -> Decision {
        if !self.facts.keys.contains(&key) {
            return Err(not_found("key", key));
        }
        self.happens(Event::KeyRevoked { key });
        Ok(Answer::Done)
    }

    pub(super) fn add_webhook(
        &mut self,
        webhook: WebhookId,
        url: &str,
        events: &[WebhookEvent],
        sealed_secret: &[u8],
    ) -> Decision {
        check_limit(self.team.webhooks().len(), WEBHOOKS_MAX, "webhooks")?;
        let events: std::collections::BTreeSet<_> = events.iter().copied().collect();
        if events.is_empty() {
            return Err(Refusal::Invalid {
                pointer: "/events",
                problem: "names no event; name at least one".to_owned(),
            });
        }
        let events = events.into_iter().collect();
        self.happens(Event::WebhookAdded { webhook, events });
        self.details.push(Detail::Webhook {
            webhook,
            url: url.to_owned(),
            sealed_secret: sealed_secret.to_vec(),
        });
        Ok(Answer::Webhook(webhook))
    }

    pub(super) fn remove_webhook(&mut self, webhook: WebhookId) -> Decision {
        if !self.team.webhooks().iter().any(|known| known.id == webhook) {
            return Err(not_found("webhook", webhook));
        }
        self.happens(Event::WebhookRemoved { webhook });
        Ok(Answer::Done)
    }

    pub(super) fn add_user(&mut self, email: &Email, role: Role, rep: Option<RepId>) -> Decision {
        check_limit(self.team.users().len(), USERS_MAX, "users")?;
        match role {
            Role::Admin | Role::Viewer | Role::Rep => {}
            Role::Router | Role::Mailbox => {
                return Err(Refusal::Invalid {
                    pointer: "/role",
                    problem: "is for API keys alone; expected `admin`, `viewer` or `rep`"
                        .to_owned(),
                });
            }
        }
        if let Some(rep) = rep {
            self.rep(rep)?;
        }
        if (role == Role::Rep) != rep.is_some() {
            return Err(Refusal::Invalid {
                pointer: "/rep",
                problem: "goes with the role `rep`, which needs one".to_owned(),
            });
        }
        if let Some(holder) = self.facts.user_by_email.get(&email.key()) {
            return Err(Refusal::EmailTaken { holder: holder.to_string() });
        }
        let user = self.ids.next_id();
        self.happens(Event::UserAdded { user, role, rep });
        self.details.push(Detail::User { user, email: email.clone() });
        Ok(Answer::User(user))
    }

    pub(super) fn remove_user(&mut self, user: UserId) -> Decision {
        let users = self.team.users();
        let known = users.iter().find(|known| known.id == user);
        let known = known.ok_or_else(|| not_found("user", user))?;
        let is_admin = |user: &&User| user.role == Role::Admin;
        if is_admin(&known) && users.iter().filter(is_admin).count() == 1 {
            return Err(Refusal::LastAdmin { user });
        }
        self.happens(Event::UserRemoved { user });
        Ok(Answer::Done)
    }
}
