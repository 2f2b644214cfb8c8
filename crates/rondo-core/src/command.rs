//! What somebody wants done: every change to a team, from whatever face, is a [`Command`].

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::detail::{
    Attribute, Existing, LeadFields, MailboxDetails, MessageText, QualifierDetails, RepDetails,
    StepText,
};
use crate::event::{
    CursorKey, Dates, LeadsOfRemoved, Role, Rotation, Settings, WebhookEvent, WhenOwnerIsOut,
};
use crate::ids::{
    AbsenceId, AssignmentId, CampaignId, ConversationId, GroupId, KeyId, LeadId, MailboxId,
    MessageId, RepId, SuppressionId, UserId, WebhookId,
};
use crate::mail::{FollowUps, Handling, MailPlan, QualifierKind, ReplyLabel, ReviewReason, Sender};
use crate::text::{Email, EmailKey, Name};
use crate::time::{Instant, Period};

/// A change that somebody wants.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Add a rep to the team.
    AddRep { details: RepDetails },
    /// Change a rep's personal fields.
    ChangeRep { rep: RepId, patch: RepPatch },
    /// Remove a rep from the team; `leads` is needed when the rep owns any (G5).
    RemoveRep { rep: RepId, leads: Option<LeadsOfRemoved> },
    /// Switch out of office on, from now.
    GoOutOfOffice { rep: RepId, until: Option<Instant>, dates: Option<Dates>, note: Option<String> },
    /// Switch out of office off: ends every absence that covers now (O2).
    ComeBack { rep: RepId },
    /// Enter an absence.
    AddAbsence { rep: RepId, period: Period, dates: Option<Dates>, note: Option<String> },
    /// Change an absence. `period` is what it will be, whole; `note` absent leaves the note.
    ChangeAbsence {
        rep: RepId,
        absence: AbsenceId,
        period: Period,
        dates: Option<Dates>,
        note: Option<Option<String>>,
    },
    /// Take an absence back.
    RemoveAbsence { rep: RepId, absence: AbsenceId },

    /// Make a group.
    AddGroup { name: Name, reps: Vec<RepId> },
    /// Give a group another name.
    RenameGroup { group: GroupId, name: Name },
    /// Delete a group.
    RemoveGroup { group: GroupId },
    /// Put a rep at the end of a circle; a member stays where they are.
    AddMember { group: GroupId, rep: RepId },
    /// Take a rep out of a circle.
    RemoveMember { group: GroupId, rep: RepId },

    /// Make a draft.
    AddCampaign {
        name: Name,
        group: Option<GroupId>,
        rotation: Rotation,
        when_owner_is_out: WhenOwnerIsOut,
    },
    /// Change a campaign's settings.
    ChangeCampaign { campaign: CampaignId, patch: CampaignPatch },
    /// Delete a draft (C2).
    RemoveCampaign { campaign: CampaignId },
    /// Launch now, or at an instant to come.
    LaunchCampaign { campaign: CampaignId, at: Option<Instant> },
    /// Halt a running campaign.
    PauseCampaign { campaign: CampaignId },
    /// Let a paused campaign run.
    ResumeCampaign { campaign: CampaignId },
    /// End a campaign for good.
    CancelCampaign { campaign: CampaignId },
    /// Make a draft like this campaign (C6).
    DuplicateCampaign { campaign: CampaignId },

    /// Add or update leads, and let them join a campaign where one is named.
    AddLeads { campaign: Option<CampaignId>, leads: Vec<LeadNews>, existing: Existing },
    /// Change a lead by hand.
    ChangeLead { lead: LeadId, patch: LeadPatch },
    /// Erase a person.
    EraseLead { lead: LeadId },
    /// Report that a conversation is qualified.
    Qualify { campaign: CampaignId, subject: Subject, note: Option<String> },
    /// Pass a lead on.
    Reassign { assignment: AssignmentId, to: ReassignTo, note: Option<String> },

    /// Change the team's settings.
    ChangeSettings { settings: Settings },
    /// Make an API key; the secret itself stays outside.
    AddKey { name: Name, terms: KeyTerms, prefix: String, hash: [u8; 32] },
    /// Revoke an API key.
    RevokeKey { key: KeyId },
    /// Send events to a URL.
    AddWebhook {
        webhook: WebhookId,
        url: String,
        events: Vec<WebhookEvent>,
        sealed_secret: Vec<u8>,
    },
    /// Send nothing more to it.
    RemoveWebhook { webhook: WebhookId },
    /// Let a person sign in, as an admin, a viewer, or this rep.
    AddUser { email: Email, role: Role, rep: Option<RepId> },
    /// Let a person sign in no more.
    RemoveUser { user: UserId },

    /// Give the assistant a mailbox; its id is drawn outside, since its secrets are sealed for it.
    AddMailbox { mailbox: MailboxId, details: Box<MailboxDetails> },
    /// Change a mailbox: `details` is what it will be, whole.
    ChangeMailbox { mailbox: MailboxId, details: Box<MailboxDetails> },
    /// Read and write from a mailbox no more.
    RemoveMailbox { mailbox: MailboxId },
    /// Say how a campaign writes to its leads.
    SetMessages { campaign: CampaignId, plan: MailPlan, texts: Vec<StepText> },
    /// Read replies by this qualifier.
    SetQualifier { qualifier: QualifierKind, details: Box<QualifierDetails> },
    /// Let the next message of a campaign go out to a lead.
    SendStep {
        conversation: ConversationId,
        step: u16,
        next_at: Option<Instant>,
        text: Box<MessageText>,
    },
    /// Let a campaign's next message to a lead not go out, since it lacks something or nothing follows.
    HoldStep { conversation: ConversationId, step: u16, why: Hold },
    /// Take in a message.
    ReceiveMessage(Box<Incoming>),
    /// Act on a message that was held while its campaign did not run.
    ReleaseMessage { message: MessageId, conversation: ConversationId, reading: ReadMessage },
    /// See to a conversation.
    Review { conversation: ConversationId, action: Review },
    /// See to a message that belongs to no conversation, or that only its reader was to see.
    CloseMessage { message: MessageId },
    /// Never write to an address again.
    Suppress { email: Email },
    /// Let a lead be, who said so by a link of theirs: never write to their address again.
    Unsubscribe { lead: LeadId, email: Email, conversations: Vec<ConversationId> },
    /// Let an address be written to again.
    LiftSuppression { suppression: SuppressionId },
    /// Say that a rep has the lead in hand, or that it is none.
    TakeOver { assignment: AssignmentId, rep: RepId, finding: RepFinding },
    /// Remind a rep who has not written, or tell an admin.
    Remind { assignment: AssignmentId, stage: ReminderStage },
    /// Say that a message could not be sent, after everything that could be tried.
    MailFailed { message: MessageId, conversation: ConversationId, why: MailFailure },

    /// Do what the clock brought about: absences that began or ended, launches that are due.
    Tick,
    /// Assign leads that wait on a cursor, as far as that is possible now.
    ServeWaiting { cursor: CursorKey },
}

/// Why a campaign's next message does not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// The lead lacks fields that the message names.
    MissingFields,
    /// The address is suppressed.
    Suppressed,
    /// The last message was not answered.
    Unanswered,
}

/// A message that came in, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// Through which mailbox.
    pub mailbox: MailboxId,
    /// By what it is known when it comes again.
    pub key: [u8; 32],
    /// The conversation that it was found to belong to.
    pub conversation: Option<ConversationId>,
    /// What it is.
    pub reading: ReadMessage,
    /// What it says.
    pub text: MessageText,
}

/// What a message was found to be, as far as decisions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadMessage {
    /// Who wrote it.
    pub sender: Sender,
    /// What it means.
    pub label: ReplyLabel,
    /// Whether that is acted on, or why a person is to look at it.
    pub certainty: Result<(), ReviewReason>,
    /// What an automatic reply or one for later says of the time to come.
    pub follow_ups: FollowUps,
    /// Whether the address no longer exists, for a bounce.
    pub is_permanent: bool,
    /// Whether it is a complaint that a provider handed on.
    pub is_complaint: bool,
}

/// What a person does about a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Review {
    /// Say what a message means, and have done what follows from it.
    Label { message: MessageId, label: ReplyLabel },
    /// Answer as the assistant.
    Answer { text: Box<MessageText> },
    /// Qualify it.
    Qualify,
    /// Give it to this rep.
    Forward { to: RepId },
    /// End it.
    Close,
    /// Let the campaign go on writing.
    Resume,
}

/// What a rep says about a lead that they were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepFinding {
    /// They have it in hand.
    InHand,
    /// It is none for sales.
    WrongLead,
}

/// Who learns that a rep has not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReminderStage {
    /// The rep.
    Rep,
    /// An admin.
    Admin,
}

/// Why a message was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailFailure {
    /// The server says that there is no such lead's address.
    NoSuchAddress,
    /// The rep's copy was refused; the lead has theirs.
    RepUnreached,
    /// Anything else.
    Other,
}

/// Fields of a rep to change; absent ones stay.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RepPatch {
    /// Another name.
    pub name: Option<Name>,
    /// Another address.
    pub email: Option<Email>,
    /// Another phone number, or none.
    pub phone: Option<Option<String>>,
    /// Another time zone; absences stay where they are (O1).
    pub time_zone: Option<String>,
    /// Another link, or none.
    pub calendar_link: Option<Option<String>>,
}

/// Settings of a campaign to change; absent ones stay.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CampaignPatch {
    /// Another name.
    pub name: Option<Name>,
    /// Another group; `Some(None)` is the default group.
    pub group: Option<Option<GroupId>>,
    /// Another rotation.
    pub rotation: Option<Rotation>,
    /// Another rule for absent owners.
    pub when_owner_is_out: Option<WhenOwnerIsOut>,
}

/// News of a lead, from an import or a report.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadNews {
    /// Who it is.
    pub email: Email,
    /// The owner that the news names.
    pub owner: Option<OwnerRef>,
    /// What else it says.
    pub fields: LeadFields,
}

/// A rep named as owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OwnerRef {
    /// By id.
    Id(RepId),
    /// By email address.
    Email(EmailKey),
    /// By something that cannot be a rep of any team.
    Unknown,
}

/// Fields of a lead to change; absent ones stay.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LeadPatch {
    /// Another address.
    pub email: Option<Email>,
    /// Another name, or none.
    pub name: Option<Option<String>>,
    /// Another company, or none.
    pub company: Option<Option<String>>,
    /// Another external id, or none.
    pub external_id: Option<Option<String>>,
    /// Other attributes, all of them.
    pub attributes: Option<std::collections::BTreeMap<String, Attribute>>,
    /// Another owner, or none.
    pub owner: Option<Option<OwnerRef>>,
}

/// Which conversation is qualified.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// The one of this lead, made where missing.
    Lead(Box<LeadNews>),
    /// This one.
    Conversation(ConversationId),
}

/// To whom a lead is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReassignTo {
    /// A named rep, who may be away.
    Rep(RepId),
    /// Whoever is next after the cursor, without the rep who has it.
    Next,
}

/// What a command came to, for whoever asked. Stored with an idempotency key, so that a repeat gets the same answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Done; there is nothing to show.
    Done,
    /// This rep was made or changed.
    Rep(RepId),
    /// This absence was made or changed.
    Absence(AbsenceId),
    /// This group was made or changed.
    Group(GroupId),
    /// This campaign was made or changed.
    Campaign(CampaignId),
    /// This lead was changed.
    Lead(LeadId),
    /// These leads were taken.
    Leads(LeadsAnswer),
    /// This assignment stands; `is_new` unless it stood before.
    Assigned { assignment: AssignmentId, conversation: ConversationId, is_new: bool },
    /// The conversation waits, with this many in front of it and itself counted.
    Waiting { conversation: ConversationId, position: u64 },
    /// This key was made.
    Key(KeyId),
    /// This webhook was made.
    Webhook(WebhookId),
    /// This person may sign in.
    User(UserId),
    /// This mailbox was made or changed.
    Mailbox(MailboxId),
    /// This is done about a message; `is_new` unless it was taken in before.
    Message {
        message: MessageId,
        conversation: Option<ConversationId>,
        label: ReplyLabel,
        handling: Handling,
        is_new: bool,
    },
    /// This conversation was seen to.
    Conversation(ConversationId),
    /// This address is suppressed.
    Suppression(SuppressionId),
}

/// What a key opens, for how long, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyTerms {
    /// What its holder may do.
    pub role: Role,
    /// The rep that a key with the role `rep` is bound to.
    pub rep: Option<RepId>,
    /// The mailbox that a key with the role `mailbox` may deliver to.
    pub mailbox: Option<MailboxId>,
    /// When it stops opening anything.
    pub expires_at: Option<Instant>,
    /// Its own limit, in place of the server's: at most [`KEY_REQUESTS_PER_SECOND_MAX`].
    pub requests_per_second_max: Option<NonZeroU32>,
}

/// The highest limit that a key can be given: more than any server answers.
pub const KEY_REQUESTS_PER_SECOND_MAX: u32 = 100_000;

/// What became of a list of leads.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LeadsAnswer {
    /// Leads that the team did not know.
    pub created: u64,
    /// Leads of which something changed.
    pub updated: u64,
    /// For each lead given, in order, its conversation in the campaign; empty without a campaign.
    pub conversations: Vec<ConversationId>,
}
