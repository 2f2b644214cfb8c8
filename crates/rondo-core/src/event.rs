//! What happened: the entries of the ledger. A team is exactly what its events say.
//!
//! Events hold ids and facts; names, addresses and texts of persons stand in rows beside the ledger (see
//! [`crate::detail`]), so that a person can be erased. A landed variant or field is never renamed or given another
//! meaning; a field that comes later has a default.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::ids::{
    AbsenceId, AssignmentId, CampaignId, ConversationId, GroupId, KeyId, LeadId, MailboxId,
    MessageId, RepId, SuppressionId, UserId, WebhookId,
};
use crate::mail::{
    ConversationStatus, FollowUps, Handling, Mail, MailPlan, QualifierKind, ReplyLabel,
    ReviewAction, ReviewReason, Sender, SuppressionReason,
};
use crate::text::{Name, Seal};
use crate::time::{Instant, Period};

mod kind;

/// One entry of a team's ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The ledger number: 1, 2, 3 … without a gap.
    pub n: u64,
    /// When it was decided; never earlier than the entry before.
    pub at: Instant,
    /// Who brought it about.
    pub actor: Actor,
    /// What happened.
    pub event: Event,
}

/// Who brought something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Rondo itself: the clock, or leads that waited.
    System,
    /// Somebody with access to the machine, through a set-up command.
    Cli,
    /// The holder of an API key.
    Key(KeyId),
    /// A person who signed in.
    User(UserId),
    /// A rep, by a link in a mail of theirs.
    Rep(RepId),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The team began, with its default group. Always entry 1.
    TeamCreated { name: Name, default_group: GroupId },
    /// The team's settings are now these.
    SettingsChanged { settings: Settings },
    /// A person may sign in.
    UserAdded {
        user: UserId,
        role: Role,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rep: Option<RepId>,
    },
    /// A person may sign in no more.
    UserRemoved { user: UserId },

    /// A rep joined the team, and with it the default group's circle at this place.
    RepAdded { rep: RepId, place: u64, seal: Seal },
    /// A rep's personal fields changed.
    RepChanged { rep: RepId, seal: Seal },
    /// A rep left the team and every group.
    RepRemoved { rep: RepId, leads: LeadsOfRemoved },

    /// An absence was entered.
    AbsenceAdded {
        absence: AbsenceId,
        rep: RepId,
        period: Period,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dates: Option<Dates>,
        source: AbsenceSource,
    },
    /// An absence has another period, or its note changed.
    AbsenceChanged {
        absence: AbsenceId,
        rep: RepId,
        period: Period,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dates: Option<Dates>,
    },
    /// An absence was taken back, or was switched off before it began to count.
    AbsenceRemoved { absence: AbsenceId, rep: RepId },
    /// The rep's absence has begun: said once for each unbroken absence. Changes no rule's outcome.
    RepAway { rep: RepId, until: Option<Instant> },
    /// The rep is available again: said once. Leads that waited follow.
    RepBack { rep: RepId },

    /// A group was made; its reps stand at the places 1, 2, 3 … in this order.
    GroupCreated { group: GroupId, name: Name, reps: Vec<RepId> },
    /// A group has another name.
    GroupRenamed { group: GroupId, name: Name },
    /// A group is gone; cancelled campaigns keep its name.
    GroupDeleted { group: GroupId },
    /// A rep joined the end of a circle, at a place that nobody ever had.
    MemberAdded { group: GroupId, rep: RepId, place: u64 },
    /// A rep left a circle.
    MemberRemoved { group: GroupId, rep: RepId },

    /// A draft was made.
    CampaignCreated {
        campaign: CampaignId,
        settings: CampaignSettings,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        copied_from: Option<CampaignId>,
    },
    /// A campaign has other settings. Another group or rotation comes with a fresh cursor.
    CampaignChanged { campaign: CampaignId, settings: CampaignSettings },
    /// A campaign will launch.
    CampaignScheduled { campaign: CampaignId, launch_at: Instant },
    /// A campaign runs.
    CampaignLaunched { campaign: CampaignId },
    /// A campaign is halted; what arrives is kept.
    CampaignPaused { campaign: CampaignId },
    /// A campaign runs again.
    CampaignResumed { campaign: CampaignId },
    /// A campaign ended for good; its waiting leads went to review.
    CampaignCancelled { campaign: CampaignId },
    /// A draft was deleted outright, with its conversations.
    CampaignDeleted { campaign: CampaignId },

    /// Leads were added or updated, and joined a campaign where one is named.
    LeadsAdded {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        campaign: Option<CampaignId>,
        leads: Vec<LeadAdded>,
    },
    /// A lead's fields or owner were changed by a person.
    LeadChanged {
        lead: LeadId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<OwnerSet>,
    },
    /// A person was erased; decisions stay. Conversations of theirs that waited do so no longer.
    LeadErased {
        lead: LeadId,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        withdrawn: Vec<Withdrawn>,
    },

    /// A conversation was qualified, and assigned or made to wait.
    Qualified {
        campaign: CampaignId,
        conversation: ConversationId,
        lead: LeadId,
        #[serde(default, skip_serializing_if = "is_false")]
        new_lead: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        new_conversation: bool,
        /// The owner named in the report, who is pre-assigned from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<RepId>,
        outcome: Outcome,
    },
    /// A lead that waited was assigned.
    WaitingAssigned {
        campaign: CampaignId,
        conversation: ConversationId,
        lead: LeadId,
        /// The ledger number at which the lead began to wait.
        waiting_since: u64,
        decision: Decision,
    },
    /// A person passed a lead on.
    Reassigned {
        campaign: CampaignId,
        conversation: ConversationId,
        lead: LeadId,
        /// The assignment that stood before.
        from: AssignmentId,
        decision: Decision,
    },

    /// An API key was made.
    KeyCreated {
        key: KeyId,
        role: Role,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rep: Option<RepId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mailbox: Option<MailboxId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Instant>,
        /// Its own limit, in place of the server's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        requests_per_second_max: Option<NonZeroU32>,
    },
    /// An API key no longer opens anything.
    KeyRevoked { key: KeyId },
    /// Events of these kinds are sent to a URL.
    WebhookAdded { webhook: WebhookId, events: Vec<WebhookEvent> },
    /// Nothing more is sent to it.
    WebhookRemoved { webhook: WebhookId },

    /// The assistant has a mailbox more; its address and its servers stand beside the ledger.
    MailboxAdded { mailbox: MailboxId },
    /// A mailbox has another name, or other servers.
    MailboxChanged { mailbox: MailboxId },
    /// A mailbox is read and written from no more.
    MailboxRemoved { mailbox: MailboxId },
    /// A campaign writes like this; the texts stand beside the ledger.
    MessagesSet { campaign: CampaignId, plan: MailPlan },
    /// Replies are read by this qualifier.
    QualifierSet { qualifier: QualifierKind },

    /// A message to or about a lead goes out. It is sent by whoever comes first, and noted beside the ledger.
    MailQueued {
        message: MessageId,
        mailbox: MailboxId,
        campaign: CampaignId,
        conversation: ConversationId,
        lead: LeadId,
        mail: Mail,
    },
    /// A campaign's next message to a lead is not written: how the conversation stands now, and why.
    StepHeld {
        campaign: CampaignId,
        conversation: ConversationId,
        lead: LeadId,
        becomes: ConversationStatus,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<ReviewReason>,
    },
    /// A message came in.
    MessageReceived {
        message: MessageId,
        mailbox: MailboxId,
        /// Where it belongs, if anywhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<MailPlace>,
        sender: Sender,
        label: ReplyLabel,
        handling: Handling,
        /// The assignment whose rep wrote it, and so has answered the lead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answered: Option<AssignmentId>,
        #[serde(flatten)]
        effect: MailEffect,
    },
    /// A message that was held is acted on, now that its campaign runs (C7).
    MessageReleased {
        message: MessageId,
        place: MailPlace,
        sender: Sender,
        label: ReplyLabel,
        handling: Handling,
        /// The assignment whose rep wrote it, and so has answered the lead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answered: Option<AssignmentId>,
        #[serde(flatten)]
        effect: MailEffect,
    },
    /// A message that belongs to no conversation, or that only its reader was to see, has been seen to.
    MessageClosed { message: MessageId },
    /// A person saw to a conversation.
    Reviewed {
        place: MailPlace,
        action: ReviewAction,
        /// The message that was labelled, and as what.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        labelled: Option<(MessageId, ReplyLabel)>,
        #[serde(flatten)]
        effect: MailEffect,
    },
    /// A conversation is to be looked at, for a reason that is no message.
    SentToReview { place: MailPlace, why: ReviewReason },
    /// An address is never written to again, until that is lifted (Q6).
    Suppressed {
        suppression: SuppressionId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lead: Option<LeadId>,
        why: SuppressionReason,
    },
    /// An admin lets an address be written to again.
    SuppressionLifted { suppression: SuppressionId },
    /// The rep said that they have the lead in hand.
    TakenOver { assignment: AssignmentId, conversation: ConversationId },
    /// Nobody is reminded any more that the rep has not written.
    RepNotAwaited { assignment: AssignmentId, conversation: ConversationId },
}

/// Whose conversation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPlace {
    /// The campaign.
    pub campaign: CampaignId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The lead.
    pub lead: LeadId,
}

/// What a message or a person changes about a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MailEffect {
    /// How it stands now, where that is another way than before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub becomes: Option<ConversationStatus>,
    /// What comes of the campaign's messages that were to follow.
    #[serde(default, skip_serializing_if = "FollowUps::go_on")]
    pub follow_ups: FollowUps,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// What becomes of the leads that a removed rep owned (G5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadsOfRemoved {
    /// They have no owner.
    Released,
    /// They belong to this rep.
    TransferredTo(RepId),
}

/// Whole days as entered, in the rep's time zone of that moment; the last day belongs to the absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dates {
    /// The first day away.
    pub from: jiff::civil::Date,
    /// The last day away, or none while the end is open.
    pub last: Option<jiff::civil::Date>,
}

/// How an absence came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsenceSource {
    /// Out of office was switched on.
    Switch,
    /// It was entered with its period.
    Entered,
}

/// Whose cursor a campaign's turns move (R2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// Its own.
    #[default]
    Campaign,
    /// The one of its group.
    Group,
}

/// Where a lead goes whose pre-assigned owner is out of office (R6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenOwnerIsOut {
    /// To the owner all the same.
    #[default]
    Owner,
    /// Round the group, the owner staying the owner.
    RoundRobin,
}

/// What a campaign's people chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignSettings {
    /// The campaign's name.
    pub name: Name,
    /// The group its qualified leads go to.
    pub group: GroupId,
    /// Whose cursor its turns move.
    pub rotation: Rotation,
    /// What an absent owner means.
    pub when_owner_is_out: WhenOwnerIsOut,
}

/// A team's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The team's name.
    pub name: Name,
    /// Whether the rep who receives a lead becomes its owner (R8).
    pub routed_rep_becomes_owner: bool,
    /// Working hours after which a rep who has not written is reminded.
    pub reminder_after_working_hours: u32,
    /// The team's IANA time zone.
    pub time_zone: String,
    /// The text of handovers, as a template; the product's own where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover_template: Option<String>,
}

/// What the holder of a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything in the team.
    Admin,
    /// One rep's own record, absences, assignments and places.
    Rep,
    /// Import and qualify leads, read assignments.
    Router,
    /// Deliver messages to one mailbox.
    Mailbox,
    /// Read everything but notes on absences.
    Viewer,
}

/// One lead of [`Event::LeadsAdded`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadAdded {
    /// The lead.
    pub lead: LeadId,
    /// Whether the team did not know the lead before.
    #[serde(default, skip_serializing_if = "is_false")]
    pub new: bool,
    /// The pre-assigned owner from now on; absent leaves the owner as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<RepId>,
    /// The conversation that began; absent when there was one, or no campaign is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
}

/// A conversation that waited until its lead was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Its campaign.
    pub campaign: CampaignId,
    /// The conversation.
    pub conversation: ConversationId,
}

/// An owner set by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerSet {
    /// Pre-assigned to this rep.
    To(RepId),
    /// No owner.
    Cleared,
}

/// How an owner became the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerSource {
    /// Named at import, by the API or by a person.
    PreAssigned,
    /// Received an earlier lead of theirs (R8).
    Routed,
}

/// What came of a qualification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A rep has it.
    Assigned(Decision),
    /// It waits on this cursor; held while its campaign is paused.
    Waiting { cursor: CursorKey, held: bool },
}

/// An assignment, with the reasons (R11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The assignment.
    pub assignment: AssignmentId,
    /// Who has the lead.
    pub rep: RepId,
    /// Why this rep.
    pub reason: Reason,
    /// The group whose circle it was decided on.
    pub group: GroupId,
    /// Whose cursor it was.
    pub cursor: CursorKey,
    /// Where the cursor stood.
    #[serde(default, skip_serializing_if = "Cursor::is_fresh")]
    pub cursor_before: Cursor,
    /// Where the cursor stands now; the same unless a turn was taken.
    #[serde(default, skip_serializing_if = "Cursor::is_fresh")]
    pub cursor_after: Cursor,
    /// The first 20 members who were passed over, in circle order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<PassedOver>,
    /// How many were passed over in all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub passed_over_count: u64,
    /// The owner who was set aside for being out, if that is why a turn was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_out: Option<PassedOver>,
    /// Whether the rep owns the lead from now on, as routed (R8).
    #[serde(default, skip_serializing_if = "is_false")]
    pub becomes_owner: bool,
}

fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// Why a rep has a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The lead was theirs already (R6, R8).
    Owner,
    /// It was their turn (R3).
    Turn,
    /// A person passed it to them.
    Manual,
    /// The lead was owned by a rep who left, and came to them with that rep's leads (G5).
    Transfer,
}

/// A place in a circle as the point after which the next turn starts (R2, R5). Fresh: before the first place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cursor {
    /// The place of the last turn taken; 0 before the first.
    pub place: u64,
    /// Who took it, who may have left since.
    pub rep: Option<RepId>,
}

impl Cursor {
    /// Whether no turn was taken yet.
    pub fn is_fresh(&self) -> bool {
        self.place == 0
    }
}

/// Whose cursor: a campaign's own, or its group's. Written as that id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CursorKey {
    /// A campaign's own cursor.
    Campaign(CampaignId),
    /// The cursor that the campaigns of a group share.
    Group(GroupId),
}

/// A member who was not chosen although their place came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// The member.
    pub rep: RepId,
    /// Why not.
    pub reason: PassedOverReason,
}

/// Why a member was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassedOverReason {
    /// Out of office until then, or with no end in sight.
    OutOfOffice { until: Option<Instant> },
    /// Passing a lead to the next rep leaves out the one who has it.
    HadThisLead,
}

/// The events that webhooks can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum WebhookEvent {
    /// A lead was assigned, by turn, to its owner or by a person.
    #[serde(rename = "assignment.created")]
    AssignmentCreated,
    /// A lead was qualified and nobody could take it.
    #[serde(rename = "lead.waiting")]
    LeadWaiting,
    /// A campaign began to run.
    #[serde(rename = "campaign.launched")]
    CampaignLaunched,
    /// A rep's absence began.
    #[serde(rename = "rep.away")]
    RepAway,
    /// A rep is available again.
    #[serde(rename = "rep.back")]
    RepBack,
}

impl Event {
    /// The webhook event that this is, if it is one.
    pub fn webhook_event(&self) -> Option<WebhookEvent> {
        match self {
            Self::Qualified { outcome: Outcome::Assigned(_), .. }
            | Self::WaitingAssigned { .. }
            | Self::Reassigned { .. } => Some(WebhookEvent::AssignmentCreated),
            Self::Qualified { outcome: Outcome::Waiting { .. }, .. } => {
                Some(WebhookEvent::LeadWaiting)
            }
            Self::CampaignLaunched { .. } => Some(WebhookEvent::CampaignLaunched),
            Self::RepAway { .. } => Some(WebhookEvent::RepAway),
            Self::RepBack { .. } => Some(WebhookEvent::RepBack),
            Self::TeamCreated { .. }
            | Self::SettingsChanged { .. }
            | Self::UserAdded { .. }
            | Self::UserRemoved { .. }
            | Self::RepAdded { .. }
            | Self::RepChanged { .. }
            | Self::RepRemoved { .. }
            | Self::AbsenceAdded { .. }
            | Self::AbsenceChanged { .. }
            | Self::AbsenceRemoved { .. }
            | Self::GroupCreated { .. }
            | Self::GroupRenamed { .. }
            | Self::GroupDeleted { .. }
            | Self::MemberAdded { .. }
            | Self::MemberRemoved { .. }
            | Self::CampaignCreated { .. }
            | Self::CampaignChanged { .. }
            | Self::CampaignScheduled { .. }
            | Self::CampaignPaused { .. }
            | Self::CampaignResumed { .. }
            | Self::CampaignCancelled { .. }
            | Self::CampaignDeleted { .. }
            | Self::LeadsAdded { .. }
            | Self::LeadChanged { .. }
            | Self::LeadErased { .. }
            | Self::KeyCreated { .. }
            | Self::KeyRevoked { .. }
            | Self::WebhookAdded { .. }
            | Self::WebhookRemoved { .. }
            | Self::MailboxAdded { .. }
            | Self::MailboxChanged { .. }
            | Self::MailboxRemoved { .. }
            | Self::MessagesSet { .. }
            | Self::QualifierSet { .. }
            | Self::MailQueued { .. }
            | Self::StepHeld { .. }
            | Self::MessageReceived { .. }
            | Self::MessageReleased { .. }
            | Self::MessageClosed { .. }
            | Self::Reviewed { .. }
            | Self::SentToReview { .. }
            | Self::Suppressed { .. }
            | Self::SuppressionLifted { .. }
            | Self::TakenOver { .. }
            | Self::RepNotAwaited { .. } => None,
        }
    }

    /// Whether the event is about leads alone and changes no circle: such entries are skipped when a circle is
    /// rebuilt, so that an explanation costs the same after ten million assignments.
    pub fn is_about_leads(&self) -> bool {
        matches!(
            self,
            Self::LeadsAdded { .. }
                | Self::LeadChanged { .. }
                | Self::LeadErased { .. }
                | Self::Qualified { .. }
                | Self::WaitingAssigned { .. }
                | Self::Reassigned { .. }
                | Self::MailQueued { .. }
                | Self::StepHeld { .. }
                | Self::MessageReceived { .. }
                | Self::MessageReleased { .. }
                | Self::MessageClosed { .. }
                | Self::Reviewed { .. }
                | Self::SentToReview { .. }
                | Self::Suppressed { .. }
                | Self::SuppressionLifted { .. }
                | Self::TakenOver { .. }
                | Self::RepNotAwaited { .. }
        )
    }
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Cli => f.write_str("cli"),
            Self::Key(key) => key.fmt(f),
            Self::User(user) => user.fmt(f),
            Self::Rep(rep) => rep.fmt(f),
        }
    }
}

impl std::str::FromStr for Actor {
    type Err = crate::ids::InvalidId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "system" => Ok(Self::System),
            "cli" => Ok(Self::Cli),
            _ if text.starts_with("usr_") => text.parse().map(Self::User),
            _ if text.starts_with("rep_") => text.parse().map(Self::Rep),
            _ => text.parse().map(Self::Key),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_made_before_keys_had_limits_has_none() {
        let body =
            r#"{"kind":"key_created","key":"key_01kazzzzzzzzzzzzzzzzzzzzzz","role":"router"}"#;
        let event: Event = serde_json::from_str(body).unwrap();
        let Event::KeyCreated { requests_per_second_max, .. } = event else { panic!("{event:?}") };
        assert_eq!(requests_per_second_max, None);
        assert_eq!(serde_json::to_string(&event).unwrap(), body, "the hash chain stays as it is");
    }
}
