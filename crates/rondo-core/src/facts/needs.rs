//! What is to be fetched before a batch of commands can be decided.

use std::collections::BTreeSet;

use crate::command::{Command, LeadNews, OwnerRef, Review, Subject};
use crate::event::CursorKey;
use crate::ids::{
    AssignmentId, CampaignId, ConversationId, KeyId, LeadId, MailboxId, MessageId, RepId,
    SuppressionId,
};
use crate::team::Team;
use crate::text::{Email, EmailKey};

/// What is to be fetched before commands can be decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Leads by address, with their conversation in a campaign.
    pub leads_by_email: BTreeSet<(EmailKey, Option<CampaignId>)>,
    /// Leads.
    pub leads: BTreeSet<LeadId>,
    /// Conversations, with their leads.
    pub conversations: BTreeSet<ConversationId>,
    /// Every waiting conversation of these leads.
    pub conversations_of: BTreeSet<LeadId>,
    /// Assignments, with their conversations and leads.
    pub assignments: BTreeSet<AssignmentId>,
    /// Reps by address.
    pub reps_by_email: BTreeSet<EmailKey>,
    /// Personal fields of reps.
    pub reps: BTreeSet<RepId>,
    /// How many leads name these reps as owner.
    pub leads_owned: BTreeSet<RepId>,
    /// Keys.
    pub keys: BTreeSet<KeyId>,
    /// The first rows that wait on these cursors after a ledger number, with their leads and conversations.
    pub waiting: BTreeSet<(CursorKey, u64)>,
    /// Messages by mailbox and key.
    pub seen: BTreeSet<(MailboxId, [u8; 32])>,
    /// Messages.
    pub messages: BTreeSet<MessageId>,
    /// Mailboxes by address.
    pub mailboxes_by_email: BTreeSet<EmailKey>,
    /// People who sign in by address.
    pub users_by_email: BTreeSet<EmailKey>,
    /// Whether these addresses are suppressed.
    pub suppressed: BTreeSet<EmailKey>,
    /// Whether the addresses of these conversations' leads are suppressed.
    pub suppressed_of: BTreeSet<ConversationId>,
    /// Whether these suppressions stand.
    pub suppressions: BTreeSet<SuppressionId>,
    /// Whether another campaign than this one is writing to these addresses.
    pub written_to_elsewhere: BTreeSet<(EmailKey, CampaignId)>,
}

impl Needs {
    /// Adds what `command` needs.
    pub fn add(&mut self, command: &Command, team: &Team) {
        match command {
            Command::AddRep { details } => {
                self.reps_by_email.insert(details.email.key());
            }
            Command::ChangeRep { rep, patch } => {
                self.reps.insert(*rep);
                self.reps_by_email.extend(patch.email.as_ref().map(Email::key));
            }
            Command::RemoveRep { rep, .. } => self.leads_owned.extend(team.reps_resolving_to(*rep)),
            Command::AddLeads { campaign, leads, .. } => {
                leads.iter().for_each(|news| self.add_news(news, *campaign));
                let writes = |campaign: &CampaignId| {
                    team.campaign(*campaign).is_some_and(|parts| parts.mail.is_some())
                };
                if let Some(campaign) = campaign.filter(writes) {
                    let keys = leads.iter().map(|news| news.email.key());
                    self.suppressed.extend(keys.clone());
                    self.written_to_elsewhere.extend(keys.map(|key| (key, campaign)));
                }
            }
            Command::ChangeLead { lead, patch } => {
                self.leads.insert(*lead);
                self.leads_by_email.extend(patch.email.as_ref().map(|email| (email.key(), None)));
                if let Some(Some(OwnerRef::Email(key))) = patch.owner {
                    self.reps_by_email.insert(key);
                }
            }
            Command::EraseLead { lead } => {
                self.leads.insert(*lead);
                self.conversations_of.insert(*lead);
            }
            Command::Qualify { campaign, subject, .. } => match subject {
                Subject::Lead(news) => self.add_news(news, Some(*campaign)),
                Subject::Conversation(conversation) => {
                    self.conversations.insert(*conversation);
                }
            },
            Command::Reassign { assignment, .. } => {
                self.assignments.insert(*assignment);
            }
            Command::RevokeKey { key } => {
                self.keys.insert(*key);
            }
            Command::ServeWaiting { cursor } => {
                self.waiting.insert((*cursor, 0));
            }
            Command::SendStep { conversation, .. }
            | Command::HoldStep { conversation, .. }
            | Command::MailFailed { conversation, .. } => self.add_thread(*conversation),
            Command::ReceiveMessage(incoming) => {
                self.seen.insert((incoming.mailbox, incoming.key));
                incoming.conversation.into_iter().for_each(|of| self.add_thread(of));
            }
            Command::ReleaseMessage { message, conversation, .. } => {
                self.messages.insert(*message);
                self.add_thread(*conversation);
            }
            Command::Review { conversation, action } => {
                self.add_thread(*conversation);
                if let Review::Label { message, .. } = action {
                    self.messages.insert(*message);
                }
            }
            Command::CloseMessage { message } => {
                self.messages.insert(*message);
            }
            Command::AddMailbox { details, .. } | Command::ChangeMailbox { details, .. } => {
                self.mailboxes_by_email.insert(details.email.key());
            }
            Command::AddUser { email, .. } => {
                self.users_by_email.insert(email.key());
            }
            Command::Suppress { email } => {
                self.suppressed.insert(email.key());
            }
            Command::Unsubscribe { email, conversations, .. } => {
                self.suppressed.insert(email.key());
                self.conversations.extend(conversations);
            }
            Command::LiftSuppression { suppression } => {
                self.suppressions.insert(*suppression);
            }
            Command::TakeOver { assignment, .. } | Command::Remind { assignment, .. } => {
                self.assignments.insert(*assignment);
            }
            Command::GoOutOfOffice { .. }
            | Command::ComeBack { .. }
            | Command::AddAbsence { .. }
            | Command::ChangeAbsence { .. }
            | Command::RemoveAbsence { .. }
            | Command::AddGroup { .. }
            | Command::RenameGroup { .. }
            | Command::RemoveGroup { .. }
            | Command::AddMember { .. }
            | Command::RemoveMember { .. }
            | Command::AddCampaign { .. }
            | Command::ChangeCampaign { .. }
            | Command::RemoveCampaign { .. }
            | Command::LaunchCampaign { .. }
            | Command::PauseCampaign { .. }
            | Command::ResumeCampaign { .. }
            | Command::CancelCampaign { .. }
            | Command::DuplicateCampaign { .. }
            | Command::ChangeSettings { .. }
            | Command::AddKey { .. }
            | Command::AddWebhook { .. }
            | Command::RemoveWebhook { .. }
            | Command::RemoveUser { .. }
            | Command::RemoveMailbox { .. }
            | Command::SetMessages { .. }
            | Command::SetQualifier { .. }
            | Command::Tick => {}
        }
    }

    fn add_thread(&mut self, conversation: ConversationId) {
        self.conversations.insert(conversation);
        self.suppressed_of.insert(conversation);
    }

    fn add_news(&mut self, news: &LeadNews, campaign: Option<CampaignId>) {
        self.leads_by_email.insert((news.email.key(), campaign));
        if let Some(OwnerRef::Email(key)) = news.owner {
            self.reps_by_email.insert(key);
        }
    }
}
