//! Events about a team's structure, each written by statements of its own.

mod access;
mod addresses;
mod campaigns;
mod groups;
mod leads;
mod mail;
mod reps;

use rondo_core::event::Settings;
use rondo_core::ids::TeamId;
use rondo_core::team::default_group_name;
use rondo_core::{Entry, Event};

use super::details::Details;
use crate::rows::Values;
use crate::{StoreError, db};

pub(super) use addresses::make_room;
pub(super) use leads::{erase_lead, erase_texts};

/// Where an event belongs, and the connection to write it with.
struct At<'c> {
    connection: &'c mut db::Connection,
    team: TeamId,
    at: rondo_core::Instant,
}

impl At<'_> {
    /// Executes one statement with `$1…$n` bound in order; `$1` is the team.
    async fn execute<'v>(
        &mut self,
        sql: &'static str,
        bind: impl FnOnce(&mut Values<'v>),
    ) -> Result<(), StoreError> {
        let values = Values::bound(|values| {
            values.id(self.team);
            bind(values);
        });
        db::query_with(sql, values).execute(&mut *self.connection).await?;
        Ok(())
    }
}

/// Writes an event that is not about leads.
pub(super) async fn write(
    connection: &mut db::Connection,
    team: TeamId,
    entry: &Entry,
    details: &Details<'_>,
) -> Result<(), StoreError> {
    let mut here = At { connection, team, at: entry.at };
    let here = &mut here;
    match &entry.event {
        Event::TeamCreated { default_group, .. } => {
            groups::insert(here, *default_group, &default_group_name(), 1).await
        }
        Event::SettingsChanged { settings } => set_settings(here, settings).await,
        Event::UserAdded { user, role, rep } => {
            access::add_user(here, *user, *role, *rep, details).await
        }
        Event::UserRemoved { user } => access::remove_user(here, *user).await,
        Event::KeyCreated { key, role, rep, mailbox, expires_at, requests_per_second_max: max } => {
            let bound_to = (*rep, *mailbox);
            access::add_key(here, *key, *role, bound_to, *expires_at, *max, details).await
        }
        Event::KeyRevoked { key } => access::revoke_key(here, *key).await,
        Event::WebhookAdded { webhook, events } => {
            access::add_webhook(here, *webhook, events, details).await
        }
        Event::WebhookRemoved { webhook } => access::remove_webhook(here, *webhook).await,

        Event::MailboxAdded { mailbox } => mail::add_mailbox(here, *mailbox, details).await,
        Event::MailboxChanged { mailbox } => mail::change_mailbox(here, *mailbox, details).await,
        Event::MailboxRemoved { mailbox } => mail::remove_mailbox(here, *mailbox).await,
        Event::MessagesSet { campaign, plan } => {
            mail::set_messages(here, *campaign, plan, details).await
        }
        Event::QualifierSet { qualifier } => mail::set_qualifier(here, *qualifier, details).await,

        Event::RepAdded { rep, place, seal } => {
            reps::add(here, *rep, *place, *seal).await?;
            reps::set_details(here, *rep, details).await
        }
        Event::RepChanged { rep, seal } => {
            reps::set_seal(here, *rep, *seal).await?;
            reps::set_details(here, *rep, details).await
        }
        Event::RepRemoved { rep, leads } => reps::remove(here, *rep, *leads).await,
        Event::RepAway { rep, .. } => reps::say_away(here, *rep).await,
        Event::RepBack { rep } => reps::say_back(here, *rep).await,
        Event::AbsenceAdded { absence, rep, period, dates, source } => {
            reps::add_absence(here, *absence, *rep, (*period, *dates), *source).await?;
            reps::set_note(here, *absence, details).await
        }
        Event::AbsenceChanged { absence, period, dates, .. } => {
            reps::change_absence(here, *absence, (*period, *dates)).await?;
            reps::set_note(here, *absence, details).await
        }
        Event::AbsenceRemoved { absence, .. } => reps::remove_absence(here, *absence).await,

        Event::GroupCreated { group, name, reps } => {
            groups::insert(here, *group, name, reps.len() as u64 + 1).await?;
            let members: Vec<_> = (1..).zip(reps.iter().copied()).collect();
            groups::add_members(here, *group, &members).await
        }
        Event::GroupRenamed { group, name } => groups::rename(here, *group, name).await,
        Event::GroupDeleted { group } => groups::delete(here, *group).await,
        Event::MemberAdded { group, rep, place } => {
            groups::add_members(here, *group, &[(*place, *rep)]).await?;
            groups::set_next_place(here, *group, *place + 1).await
        }
        Event::MemberRemoved { group, rep } => groups::remove_member(here, *group, *rep).await,

        Event::CampaignCreated { campaign, settings, copied_from } => {
            campaigns::create(here, *campaign, settings, *copied_from).await
        }
        Event::CampaignChanged { campaign, settings } => {
            campaigns::change(here, *campaign, settings).await
        }
        Event::CampaignScheduled { campaign, launch_at } => {
            campaigns::schedule(here, *campaign, *launch_at).await
        }
        Event::CampaignLaunched { campaign } => campaigns::launch(here, *campaign).await,
        Event::CampaignPaused { campaign } => campaigns::pause(here, *campaign).await,
        Event::CampaignResumed { campaign } => campaigns::resume(here, *campaign).await,
        Event::CampaignCancelled { campaign } => campaigns::cancel(here, *campaign).await,
        Event::CampaignDeleted { campaign } => campaigns::delete(here, *campaign).await,

        Event::LeadsAdded { .. }
        | Event::LeadChanged { .. }
        | Event::LeadErased { .. }
        | Event::Qualified { .. }
        | Event::WaitingAssigned { .. }
        | Event::Reassigned { .. }
        | Event::MailQueued { .. }
        | Event::StepHeld { .. }
        | Event::MessageReceived { .. }
        | Event::MessageReleased { .. }
        | Event::MessageClosed { .. }
        | Event::Reviewed { .. }
        | Event::SentToReview { .. }
        | Event::Suppressed { .. }
        | Event::SuppressionLifted { .. }
        | Event::TakenOver { .. }
        | Event::RepNotAwaited { .. } => {
            debug_assert!(false, "events about leads are gathered");
            Ok(())
        }
    }
}

async fn set_settings(here: &mut At<'_>, settings: &Settings) -> Result<(), StoreError> {
    here.execute(
        "update teams
         set name = $2, routed_rep_becomes_owner = $3, reminder_after_working_hours = $4, time_zone = $5,
             handover_template = $6
         where team_id = $1",
        |values| {
            values.settings(settings);
            values.optional_text(settings.handover_template.as_deref());
        },
    )
    .await
}
