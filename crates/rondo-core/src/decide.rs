//! From a command to its events, or a refusal.
//!
//! Each family of commands has its module. All of them go through a [`Draft`]: the team, copied once an event is decided
//! that something later in the decision has to see.

use std::borrow::Cow;

use crate::command::{Answer, Command};
use crate::detail::Detail;
use crate::event::Event;
use crate::facts::Facts;
use crate::ids::{CampaignId, GroupId, Id, IdSource, RepId};
use crate::refusal::{Refusal, StatusExpected, Warning};
use crate::team::{CampaignParts, GroupParts, RepParts, Status, Team};
use crate::time::Instant;

mod absences;
mod access;
mod campaigns;
mod clock;
mod groups;
mod guard;
mod leads;
mod mail;
mod replies;
mod reps;
mod routing;

/// What a command comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// What happens, in order; none when everything is as wanted already.
    pub events: Vec<Event>,
    /// The rows beside the ledger that go with the events.
    pub details: Vec<Detail>,
    /// Cautions for whoever asked.
    pub warnings: Vec<Warning>,
    /// What to tell them.
    pub answer: Answer,
}

/// Decides `command` for `team` at `now`, changing nothing.
///
/// `now` is never earlier than the team's last entry. `facts` holds what [`crate::Needs::add`] asked for, brought up to
/// date with the decisions since.
pub fn decide(
    team: &Team,
    command: &Command,
    facts: &Facts,
    now: Instant,
    ids: &mut IdSource,
) -> Result<Decided, Refusal> {
    let mut draft = Draft::new(team, facts, now, ids);
    let answer = draft.decide(command)?;
    Ok(Decided { events: draft.events, details: draft.details, warnings: draft.warnings, answer })
}

/// A decision in the making.
struct Draft<'a> {
    team: Cow<'a, Team>,
    facts: &'a Facts,
    now: Instant,
    ids: &'a mut IdSource,
    events: Vec<Event>,
    details: Vec<Detail>,
    warnings: Vec<Warning>,
}

type Decision = Result<Answer, Refusal>;

impl<'a> Draft<'a> {
    fn new(team: &'a Team, facts: &'a Facts, now: Instant, ids: &'a mut IdSource) -> Self {
        let now = now.max(team.last_at());
        let mut team = Cow::Borrowed(team);
        if team.as_of() < now {
            team.to_mut().advance(now);
        }
        Self {
            team,
            facts,
            now,
            ids,
            events: Vec::new(),
            details: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn decide(&mut self, command: &Command) -> Decision {
        match command {
            Command::AddRep { details } => self.add_rep(details),
            Command::ChangeRep { rep, patch } => self.change_rep(*rep, patch),
            Command::RemoveRep { rep, leads } => self.remove_rep(*rep, *leads),
            Command::GoOutOfOffice { rep, until, dates, note } => {
                self.go_out_of_office(*rep, *until, *dates, note.as_ref())
            }
            Command::ComeBack { rep } => self.come_back(*rep),
            Command::AddAbsence { rep, period, dates, note } => {
                self.add_absence(*rep, *period, *dates, note.as_ref())
            }
            Command::ChangeAbsence { rep, absence, period, dates, note } => {
                self.change_absence(*rep, *absence, *period, *dates, note.as_ref())
            }
            Command::RemoveAbsence { rep, absence } => self.remove_absence(*rep, *absence),
            Command::AddGroup { name, reps } => self.add_group(name, reps),
            Command::RenameGroup { group, name } => self.rename_group(*group, name),
            Command::RemoveGroup { group } => self.remove_group(*group),
            Command::AddMember { group, rep } => self.add_member(*group, *rep),
            Command::RemoveMember { group, rep } => self.remove_member(*group, *rep),
            Command::AddCampaign { name, group, rotation, when_owner_is_out } => {
                self.add_campaign(name, *group, *rotation, *when_owner_is_out)
            }
            Command::ChangeCampaign { campaign, patch } => self.change_campaign(*campaign, patch),
            Command::RemoveCampaign { campaign } => self.remove_campaign(*campaign),
            Command::LaunchCampaign { campaign, at } => self.launch_campaign(*campaign, *at),
            Command::PauseCampaign { campaign } => self.pause_campaign(*campaign),
            Command::ResumeCampaign { campaign } => self.resume_campaign(*campaign),
            Command::CancelCampaign { campaign } => self.cancel_campaign(*campaign),
            Command::DuplicateCampaign { campaign } => self.duplicate_campaign(*campaign),
            Command::AddLeads { campaign, leads, existing } => {
                self.add_leads(*campaign, leads, *existing)
            }
            Command::ChangeLead { lead, patch } => self.change_lead(*lead, patch),
            Command::EraseLead { lead } => self.erase_lead(*lead),
            Command::Qualify { campaign, subject, note } => {
                self.qualify(*campaign, subject, note.as_ref())
            }
            Command::Reassign { assignment, to, note } => {
                self.reassign(*assignment, *to, note.as_ref())
            }
            Command::ChangeSettings { settings } => self.change_settings(settings),
            Command::AddKey { name, terms, prefix, hash } => {
                self.add_key(name, *terms, prefix, hash)
            }
            Command::RevokeKey { key } => self.revoke_key(*key),
            Command::AddWebhook { webhook, url, events, sealed_secret } => {
                self.add_webhook(*webhook, url, events, sealed_secret)
            }
            Command::RemoveWebhook { webhook } => self.remove_webhook(*webhook),
            Command::AddUser { email, role, rep } => self.add_user(email, *role, *rep),
            Command::RemoveUser { user } => self.remove_user(*user),
            Command::AddMailbox { mailbox, details } => self.add_mailbox(*mailbox, details),
            Command::ChangeMailbox { mailbox, details } => self.change_mailbox(*mailbox, details),
            Command::RemoveMailbox { mailbox } => self.remove_mailbox(*mailbox),
            Command::SetMessages { campaign, plan, texts } => {
                self.set_messages(*campaign, plan, texts)
            }
            Command::SetQualifier { qualifier, details } => self.set_qualifier(*qualifier, details),
            Command::SendStep { conversation, step, next_at, text } => {
                self.send_step(*conversation, *step, *next_at, text)
            }
            Command::HoldStep { conversation, step, why } => {
                self.hold_step(*conversation, *step, *why)
            }
            Command::ReceiveMessage(incoming) => self.receive(incoming),
            Command::ReleaseMessage { message, conversation, reading } => {
                self.release(*message, *conversation, reading)
            }
            Command::Review { conversation, action } => self.review(*conversation, action),
            Command::CloseMessage { message } => self.close_message(*message),
            Command::Suppress { email } => self.suppress(email),
            Command::Unsubscribe { lead, email, conversations } => {
                self.unsubscribe(*lead, email, conversations)
            }
            Command::LiftSuppression { suppression } => self.lift_suppression(*suppression),
            Command::TakeOver { assignment, rep, finding } => {
                self.take_over(*assignment, *rep, *finding)
            }
            Command::Remind { assignment, stage } => self.remind(*assignment, *stage),
            Command::MailFailed { conversation, why, .. } => self.mail_failed(*conversation, *why),
            Command::Tick => self.tick(),
            Command::ServeWaiting { cursor } => self.serve_waiting(*cursor),
        }
    }

    /// Notes that something happens, and lets the draft's team follow.
    fn happens(&mut self, event: Event) {
        let n = self.team.revision() + 1;
        self.team.to_mut().follow(n, self.now, &event);
        self.events.push(event);
    }

    /// Notes the last thing that happens, which nothing later in the decision has to see.
    fn ends_with(&mut self, event: Event) {
        self.events.push(event);
    }

    fn rep(&self, rep: RepId) -> Result<&RepParts, Refusal> {
        self.team.rep(rep).ok_or_else(|| not_found("rep", rep))
    }

    fn group(&self, group: GroupId) -> Result<&GroupParts, Refusal> {
        self.team.group(group).ok_or_else(|| not_found("group", group))
    }

    fn campaign(&self, campaign: CampaignId) -> Result<&CampaignParts, Refusal> {
        self.team.campaign(campaign).ok_or_else(|| not_found("campaign", campaign))
    }

    fn group_name(&self, group: GroupId) -> String {
        self.team.group_name(group).map(ToString::to_string).unwrap_or_default()
    }
}

fn not_found(kind: &'static str, id: impl Id) -> Refusal {
    Refusal::NotFound { kind, id: id.to_string() }
}

fn wrong_status(campaign: &CampaignParts, expected: StatusExpected) -> Refusal {
    Refusal::WrongStatus {
        campaign: campaign.id,
        name: campaign.settings.name.to_string(),
        status: campaign.status,
        expected,
    }
}

/// Refuses one thing more when there are `limit` already.
fn check_limit(count: usize, limit: usize, what: &'static str) -> Result<(), Refusal> {
    if count < limit { Ok(()) } else { Err(Refusal::LimitReached { what, limit }) }
}

/// Whether two statuses are one of those that C4 and C5 treat as "not started".
fn is_before_start(status: Status) -> bool {
    matches!(status, Status::Draft | Status::Scheduled)
}
