//! The kinds of entries in words, by what they are about.

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
    /// What happened.
    pub words: &'static str,
}

impl Area {
    /// The area in a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::Routing => "Assignments",
            Self::Leads => "Leads",
            Self::Mail => "Conversations and mail",
            Self::Reps => "Sales reps and absences",
            Self::Groups => "Sales groups",
            Self::Campaigns => "Campaigns",
            Self::Access => "Settings and access",
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

const fn kind(kind: &'static str, area: Area, words: &'static str) -> KindWords {
    KindWords { kind, area, words }
}

/// Every kind.
pub const KINDS: [KindWords; 51] = [
    kind("qualified", Area::Routing, "Lead qualified"),
    kind("waiting_assigned", Area::Routing, "Waiting lead assigned"),
    kind("reassigned", Area::Routing, "Lead passed on"),
    kind("taken_over", Area::Routing, "Rep has the lead in hand"),
    kind("rep_not_awaited", Area::Routing, "Rep is reminded no more"),
    kind("leads_added", Area::Leads, "Leads added"),
    kind("lead_changed", Area::Leads, "Lead changed"),
    kind("lead_erased", Area::Leads, "Person erased"),
    kind("mail_queued", Area::Mail, "Mail on its way"),
    kind("step_held", Area::Mail, "Next message held back"),
    kind("message_received", Area::Mail, "Message received"),
    kind("message_released", Area::Mail, "Held message acted on"),
    kind("message_closed", Area::Mail, "Message closed"),
    kind("reviewed", Area::Mail, "Review done"),
    kind("sent_to_review", Area::Mail, "Sent to review"),
    kind("suppressed", Area::Mail, "Address suppressed"),
    kind("suppression_lifted", Area::Mail, "Suppression lifted"),
    kind("rep_added", Area::Reps, "Sales rep added"),
    kind("rep_changed", Area::Reps, "Sales rep changed"),
    kind("rep_removed", Area::Reps, "Sales rep removed"),
    kind("absence_added", Area::Reps, "Absence entered"),
    kind("absence_changed", Area::Reps, "Absence changed"),
    kind("absence_removed", Area::Reps, "Absence taken back"),
    kind("rep_away", Area::Reps, "Out of office began"),
    kind("rep_back", Area::Reps, "Back, and available"),
    kind("group_created", Area::Groups, "Sales group made"),
    kind("group_renamed", Area::Groups, "Sales group renamed"),
    kind("group_deleted", Area::Groups, "Sales group deleted"),
    kind("member_added", Area::Groups, "Rep joined a group"),
    kind("member_removed", Area::Groups, "Rep left a group"),
    kind("campaign_created", Area::Campaigns, "Campaign made"),
    kind("campaign_changed", Area::Campaigns, "Campaign changed"),
    kind("campaign_scheduled", Area::Campaigns, "Campaign scheduled"),
    kind("campaign_launched", Area::Campaigns, "Campaign launched"),
    kind("campaign_paused", Area::Campaigns, "Campaign paused"),
    kind("campaign_resumed", Area::Campaigns, "Campaign resumed"),
    kind("campaign_cancelled", Area::Campaigns, "Campaign cancelled"),
    kind("campaign_deleted", Area::Campaigns, "Draft deleted"),
    kind("messages_set", Area::Campaigns, "Messages written"),
    kind("team_created", Area::Access, "Team began"),
    kind("settings_changed", Area::Access, "Settings changed"),
    kind("user_added", Area::Access, "Member added"),
    kind("user_removed", Area::Access, "Member removed"),
    kind("key_created", Area::Access, "API key made"),
    kind("key_revoked", Area::Access, "API key revoked"),
    kind("webhook_added", Area::Access, "Webhook added"),
    kind("webhook_removed", Area::Access, "Webhook removed"),
    kind("mailbox_added", Area::Access, "Mailbox added"),
    kind("mailbox_changed", Area::Access, "Mailbox changed"),
    kind("mailbox_removed", Area::Access, "Mailbox removed"),
    kind("qualifier_set", Area::Access, "Qualifier chosen"),
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
    named(name).map_or("Something else", |kind| kind.words)
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
    }
}
