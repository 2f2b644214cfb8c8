//! The facts that stand beside a problem's code.

use rondo_core::refusal::{Blocker, NamedCampaign, NamedGroup};
use rondo_core::time::Instant;
use serde::Serialize;

use crate::app::schema;
use crate::http::json::FieldError;

/// What a person or a program needs to act; absent where it does not apply.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub struct Facts {
    /// Every mistake found in the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) errors: Vec<FieldError>,
    /// The rep in question.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::RepId>, nullable = false)]
    pub(super) rep: Option<String>,
    /// The group in question.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::GroupId>, nullable = false)]
    pub(super) group: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) group_name: Option<String>,
    /// The groups in question.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<GroupFact>)]
    pub(super) groups: Vec<NamedGroup>,
    /// The campaign in question.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::CampaignId>, nullable = false)]
    pub(super) campaign: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) campaign_name: Option<String>,
    /// Its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) campaign_status: Option<String>,
    /// The campaigns that stand in the way, with the periods without anybody where those are the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) blockers: Vec<BlockerFact>,
    /// The latest return that would be accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Instant>, nullable = false)]
    pub(super) latest_until: Option<Instant>,
    /// Who has the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) holder: Option<String>,
    /// How many leads the rep owns.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) leads_owned: Option<u64>,
    /// The assignment that stands now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::AssignmentId>, nullable = false)]
    pub(super) standing: Option<String>,
    /// The mailbox that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::MailboxId>, nullable = false)]
    pub(super) mailbox: Option<String>,
    /// The conversation that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::ConversationId>, nullable = false)]
    pub(super) conversation: Option<String>,
    /// The user in question.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::UserId>, nullable = false)]
    pub(super) user: Option<String>,
    /// The limit that was reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) limit: Option<u64>,
}

/// A group by id and name.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the rules have a type for it")]
struct GroupFact {
    #[schema(value_type = schema::GroupId)]
    group: String,
    group_name: String,
}

/// A campaign that stands in the way.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Blocker)]
pub struct BlockerFact {
    #[schema(value_type = schema::CampaignId)]
    campaign: String,
    campaign_name: String,
    /// The group that would be without anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::GroupId>, nullable = false)]
    group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    group_name: Option<String>,
    /// When nobody would be available, as maximal periods.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<crate::app::warnings::Gap>,
}

impl Facts {
    pub(super) fn set_group(&mut self, group: &rondo_core::ids::GroupId, name: &str) {
        self.group = Some(group.to_string());
        self.group_name = Some(name.to_owned());
    }

    pub(super) fn set_campaign(
        &mut self,
        campaign: &rondo_core::ids::CampaignId,
        name: &str,
        status: &rondo_core::team::Status,
    ) {
        self.campaign = Some(campaign.to_string());
        self.campaign_name = Some(name.to_owned());
        self.campaign_status = Some(status.to_string());
    }
}

impl BlockerFact {
    pub(super) fn from_named(named: &NamedCampaign) -> Self {
        Self {
            campaign: named.campaign.to_string(),
            campaign_name: named.campaign_name.clone(),
            group: None,
            group_name: None,
            gaps: Vec::new(),
        }
    }
}

impl From<&Blocker> for BlockerFact {
    fn from(blocker: &Blocker) -> Self {
        Self {
            campaign: blocker.campaign.to_string(),
            campaign_name: blocker.campaign_name.clone(),
            group: Some(blocker.group.to_string()),
            group_name: Some(blocker.group_name.clone()),
            gaps: blocker.gaps.iter().map(|gap| (*gap).into()).collect(),
        }
    }
}
