//! The names of events, as they stand in the ledger.

use super::Event;

impl Event {
    /// Every kind of event that this version writes.
    pub const KINDS: [&str; 51] = [
        "team_created",
        "settings_changed",
        "user_added",
        "user_removed",
        "rep_added",
        "rep_changed",
        "rep_removed",
        "absence_added",
        "absence_changed",
        "absence_removed",
        "rep_away",
        "rep_back",
        "group_created",
        "group_renamed",
        "group_deleted",
        "member_added",
        "member_removed",
        "campaign_created",
        "campaign_changed",
        "campaign_scheduled",
        "campaign_launched",
        "campaign_paused",
        "campaign_resumed",
        "campaign_cancelled",
        "campaign_deleted",
        "leads_added",
        "lead_changed",
        "lead_erased",
        "qualified",
        "waiting_assigned",
        "reassigned",
        "key_created",
        "key_revoked",
        "webhook_added",
        "webhook_removed",
        "mailbox_added",
        "mailbox_changed",
        "mailbox_removed",
        "messages_set",
        "qualifier_set",
        "mail_queued",
        "step_held",
        "message_received",
        "message_released",
        "message_closed",
        "reviewed",
        "sent_to_review",
        "suppressed",
        "suppression_lifted",
        "taken_over",
        "rep_not_awaited",
    ];

    /// The event's kind: the `kind` of its JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TeamCreated { .. } => "team_created",
            Self::SettingsChanged { .. } => "settings_changed",
            Self::UserAdded { .. } => "user_added",
            Self::UserRemoved { .. } => "user_removed",
            Self::RepAdded { .. } => "rep_added",
            Self::RepChanged { .. } => "rep_changed",
            Self::RepRemoved { .. } => "rep_removed",
            Self::AbsenceAdded { .. } => "absence_added",
            Self::AbsenceChanged { .. } => "absence_changed",
            Self::AbsenceRemoved { .. } => "absence_removed",
            Self::RepAway { .. } => "rep_away",
            Self::RepBack { .. } => "rep_back",
            Self::GroupCreated { .. } => "group_created",
            Self::GroupRenamed { .. } => "group_renamed",
            Self::GroupDeleted { .. } => "group_deleted",
            Self::MemberAdded { .. } => "member_added",
            Self::MemberRemoved { .. } => "member_removed",
            Self::CampaignCreated { .. } => "campaign_created",
            Self::CampaignChanged { .. } => "campaign_changed",
            Self::CampaignScheduled { .. } => "campaign_scheduled",
            Self::CampaignLaunched { .. } => "campaign_launched",
            Self::CampaignPaused { .. } => "campaign_paused",
            Self::CampaignResumed { .. } => "campaign_resumed",
            Self::CampaignCancelled { .. } => "campaign_cancelled",
            Self::CampaignDeleted { .. } => "campaign_deleted",
            Self::LeadsAdded { .. } => "leads_added",
            Self::LeadChanged { .. } => "lead_changed",
            Self::LeadErased { .. } => "lead_erased",
            Self::Qualified { .. } => "qualified",
            Self::WaitingAssigned { .. } => "waiting_assigned",
            Self::Reassigned { .. } => "reassigned",
            Self::KeyCreated { .. } => "key_created",
            Self::KeyRevoked { .. } => "key_revoked",
            Self::WebhookAdded { .. } => "webhook_added",
            Self::WebhookRemoved { .. } => "webhook_removed",
            Self::MailboxAdded { .. } => "mailbox_added",
            Self::MailboxChanged { .. } => "mailbox_changed",
            Self::MailboxRemoved { .. } => "mailbox_removed",
            Self::MessagesSet { .. } => "messages_set",
            Self::QualifierSet { .. } => "qualifier_set",
            Self::MailQueued { .. } => "mail_queued",
            Self::StepHeld { .. } => "step_held",
            Self::MessageReceived { .. } => "message_received",
            Self::MessageReleased { .. } => "message_released",
            Self::MessageClosed { .. } => "message_closed",
            Self::Reviewed { .. } => "reviewed",
            Self::SentToReview { .. } => "sent_to_review",
            Self::Suppressed { .. } => "suppressed",
            Self::SuppressionLifted { .. } => "suppression_lifted",
            Self::TakenOver { .. } => "taken_over",
            Self::RepNotAwaited { .. } => "rep_not_awaited",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_the_tag_of_the_json() {
        let event = Event::RepBack { rep: crate::ids::Id::from_bytes([7; 16]) };
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["kind"], event.kind());
    }

    #[test]
    fn no_kind_is_left_out() {
        let unknown =
            serde_json::from_str::<Event>(r#"{"kind":"surprise"}"#).unwrap_err().to_string();
        let known: Vec<_> = Event::KINDS.iter().map(|kind| format!("`{kind}`")).collect();
        assert!(unknown.contains(&known.join(", ")), "{unknown}");
    }
}
