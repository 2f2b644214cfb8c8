//! The kinds of entries in words, by what they are about.

use crate::t;

/// What kinds of entries are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Who got which lead.
    Routing,
    /// Leads as such.
    Leads,
    /// What was written and read.
    Mail,
    /// Sales reps and their absences.
    Reps,
    /// Sales groups.
    Groups,
    /// Campaigns.
    Campaigns,
    /// The team's settings, and who has access.
    Access,
}

/// Every area, in the order in which people look for them.
pub const AREAS: [Area; 7] = [
    Area::Routing,
    Area::Leads,
    Area::Mail,
    Area::Reps,
    Area::Groups,
    Area::Campaigns,
    Area::Access,
];

/// A kind of entry in words.
#[derive(Debug, PartialEq, Eq)]
pub struct KindWords {
    /// As it stands in the ledger.
    pub kind: &'static str,
    /// What it is about.
    pub area: Area,
    /// The name of the text that says what happened.
    text: &'static str,
}

impl KindWords {
    /// What happened.
    pub fn words(&self) -> &'static str {
        t(self.text)
    }
}

impl Area {
    /// The area in a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::Routing => t("ledger-area-routing"),
            Self::Leads => t("ledger-area-leads"),
            Self::Mail => t("ledger-area-mail"),
            Self::Reps => t("ledger-area-reps"),
            Self::Groups => t("ledger-area-groups"),
            Self::Campaigns => t("ledger-area-campaigns"),
            Self::Access => t("ledger-area-access"),
        }
    }

    /// The area in an address.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Routing => "assignments",
            Self::Leads => "leads",
            Self::Mail => "mail",
            Self::Reps => "reps",
            Self::Groups => "groups",
            Self::Campaigns => "campaigns",
            Self::Access => "access",
        }
    }

    /// Whether its entries are about leads, of which there are many.
    pub fn is_about_leads(self) -> bool {
        match self {
            Self::Routing | Self::Leads | Self::Mail => true,
            Self::Reps | Self::Groups | Self::Campaigns | Self::Access => false,
        }
    }
}

const fn kind(kind: &'static str, area: Area, text: &'static str) -> KindWords {
    KindWords { kind, area, text }
}

/// Every kind.
pub const KINDS: [KindWords; 51] = [
    kind("qualified", Area::Routing, "ledger-kind-qualified"),
    kind("waiting_assigned", Area::Routing, "ledger-kind-waiting-assigned"),
    kind("reassigned", Area::Routing, "ledger-kind-reassigned"),
    kind("taken_over", Area::Routing, "ledger-kind-taken-over"),
    kind("rep_not_awaited", Area::Routing, "ledger-kind-rep-not-awaited"),
    kind("leads_added", Area::Leads, "ledger-kind-leads-added"),
    kind("lead_changed", Area::Leads, "ledger-kind-lead-changed"),
    kind("lead_erased", Area::Leads, "ledger-kind-lead-erased"),
    kind("mail_queued", Area::Mail, "ledger-kind-mail-queued"),
    kind("step_held", Area::Mail, "ledger-kind-step-held"),
    kind("message_received", Area::Mail, "ledger-kind-message-received"),
    kind("message_released", Area::Mail, "ledger-kind-message-released"),
    kind("message_closed", Area::Mail, "ledger-kind-message-closed"),
    kind("reviewed", Area::Mail, "ledger-kind-reviewed"),
    kind("sent_to_review", Area::Mail, "ledger-kind-sent-to-review"),
    kind("suppressed", Area::Mail, "ledger-kind-suppressed"),
    kind("suppression_lifted", Area::Mail, "ledger-kind-suppression-lifted"),
    kind("rep_added", Area::Reps, "ledger-kind-rep-added"),
    kind("rep_changed", Area::Reps, "ledger-kind-rep-changed"),
    kind("rep_removed", Area::Reps, "ledger-kind-rep-removed"),
    kind("absence_added", Area::Reps, "ledger-kind-absence-added"),
    kind("absence_changed", Area::Reps, "ledger-kind-absence-changed"),
    kind("absence_removed", Area::Reps, "ledger-kind-absence-removed"),
    kind("rep_away", Area::Reps, "ledger-kind-rep-away"),
    kind("rep_back", Area::Reps, "ledger-kind-rep-back"),
    kind("group_created", Area::Groups, "ledger-kind-group-created"),
    kind("group_renamed", Area::Groups, "ledger-kind-group-renamed"),
    kind("group_deleted", Area::Groups, "ledger-kind-group-deleted"),
    kind("member_added", Area::Groups, "ledger-kind-member-added"),
    kind("member_removed", Area::Groups, "ledger-kind-member-removed"),
    kind("campaign_created", Area::Campaigns, "ledger-kind-campaign-created"),
    kind("campaign_changed", Area::Campaigns, "ledger-kind-campaign-changed"),
    kind("campaign_scheduled", Area::Campaigns, "ledger-kind-campaign-scheduled"),
    kind("campaign_launched", Area::Campaigns, "ledger-kind-campaign-launched"),
    kind("campaign_paused", Area::Campaigns, "ledger-kind-campaign-paused"),
    kind("campaign_resumed", Area::Campaigns, "ledger-kind-campaign-resumed"),
    kind("campaign_cancelled", Area::Campaigns, "ledger-kind-campaign-cancelled"),
    kind("campaign_deleted", Area::Campaigns, "ledger-kind-campaign-deleted"),
    kind("messages_set", Area::Campaigns, "ledger-kind-messages-set"),
    kind("team_created", Area::Access, "ledger-kind-team-created"),
    kind("settings_changed", Area::Access, "ledger-kind-settings-changed"),
    kind("user_added", Area::Access, "ledger-kind-user-added"),
    kind("user_removed", Area::Access, "ledger-kind-user-removed"),
    kind("key_created", Area::Access, "ledger-kind-key-created"),
    kind("key_revoked", Area::Access, "ledger-kind-key-revoked"),
    kind("webhook_added", Area::Access, "ledger-kind-webhook-added"),
    kind("webhook_removed", Area::Access, "ledger-kind-webhook-removed"),
    kind("mailbox_added", Area::Access, "ledger-kind-mailbox-added"),
    kind("mailbox_changed", Area::Access, "ledger-kind-mailbox-changed"),
    kind("mailbox_removed", Area::Access, "ledger-kind-mailbox-removed"),
    kind("qualifier_set", Area::Access, "ledger-kind-qualifier-set"),
];

static TABLE: &[KindWords] = &KINDS;

/// The kinds of an area.
pub fn of(area: Area) -> impl Iterator<Item = &'static KindWords> {
    TABLE.iter().filter(move |kind| kind.area == area)
}

/// A kind by its name.
pub fn named(name: &str) -> Option<&'static KindWords> {
    TABLE.iter().find(|kind| kind.kind == name)
}

/// An area by its name in an address.
pub fn area_named(slug: &str) -> Option<Area> {
    AREAS.into_iter().find(|area| area.slug() == slug)
}

/// What happened, in words.
pub fn words(name: &str) -> &'static str {
    named(name).map_or_else(|| t("ledger-kind-other"), KindWords::words)
}

#[cfg(test)]
mod tests {
    use rondo_core::Event;
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_of_entry_has_words() {
        let said: BTreeSet<_> = KINDS.iter().map(|kind| kind.kind).collect();
        assert_eq!(said, BTreeSet::from(Event::KINDS));
        assert!(KINDS.iter().all(|kind| kind.words() != kind.text));
        assert!(AREAS.iter().all(|area| !area.words().starts_with("ledger-")));
    }
}
