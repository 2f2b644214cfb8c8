//! Leads: taking them in, showing, changing and erasing them.

pub mod file;

use std::collections::BTreeMap;

use rondo_core::command::{Answer, Command, LeadNews, LeadPatch, OwnerRef};
use rondo_core::detail::{Attribute, Existing, LeadFields};
use rondo_core::event::OwnerSource;
use rondo_core::ids::{CampaignId, ConversationId, LeadId, RepId};
use rondo_core::text::{Email, EmailKey};
use rondo_core::time::Instant;
use rondo_store::{LeadFilter, LeadRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::page::{After, List, Listed, Page};
use crate::app::warnings::{self, WarningView};
use crate::app::{App, AppError, Caller, Look, schema};
use crate::engine::IdempotencyKey;

mod traces;

pub use traces::{Traces, traces};

/// Leads in one request at most: an import of 100,000 takes ten, and each stays well below a second.
pub const LEADS_MAX: usize = 10_000;
/// Attributes of one lead at most: several times the columns of a usual export.
pub const ATTRIBUTES_MAX: usize = 200;

/// A lead as it is reported or imported.
#[derive(Debug, Clone, ToSchema)]
pub struct NewLead {
    #[schema(value_type = schema::Email)]
    pub email: Email,
    #[schema(value_type = Option<schema::Line>)]
    pub name: Option<String>,
    #[schema(value_type = Option<schema::Line>)]
    pub company: Option<String>,
    #[schema(value_type = Option<schema::OwnerRef>)]
    pub owner: Option<OwnerRef>,
    /// The id in your own system.
    #[schema(value_type = Option<schema::Line>)]
    pub external_id: Option<String>,
    #[schema(value_type = Option<schema::Attributes>)]
    pub attributes: Option<BTreeMap<String, Attribute>>,
}

/// Several leads at once.
#[derive(Debug, Clone, ToSchema)]
pub struct LeadList {
    /// Up to 10,000; a longer list is too large (413).
    pub leads: Vec<NewLead>,
    /// What becomes of leads that the team knows already: `fill` fills fields that are empty, `overwrite` replaces
    /// those that are given, `skip` leaves the lead as it is.
    #[schema(value_type = Option<ExistingView>, default = "fill")]
    pub existing: Option<Existing>,
}

/// One lead, or several.
#[derive(Debug, Clone)]
pub enum LeadsToAdd {
    /// Just this one.
    One(NewLead),
    /// All of these.
    Several(LeadList),
}
schema::one_of!(LeadsToAdd = NewLead | LeadList);

/// What becomes of leads that the team knows already.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = Existing)]
pub enum ExistingView {
    Fill,
    Overwrite,
    Skip,
}

/// What became of leads that were sent.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = LeadsTaken)]
pub struct LeadsTaken {
    /// Leads that the team did not know.
    pub created: u64,
    /// Leads of which something changed.
    pub updated: u64,
    /// For each lead that was sent, in order, its conversation in the campaign; those that did not join are left out.
    #[schema(value_type = Vec<schema::ConversationId>)]
    pub conversations: Vec<ConversationId>,
    pub warnings: Vec<WarningView>,
}

/// What is to be changed of a lead; what is absent stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the rules have a type for it")]
pub struct LeadChanges {
    #[schema(value_type = Option<schema::Email>, nullable = false)]
    email: Option<String>,
    /// Null takes it away.
    #[schema(value_type = Option<schema::Line>)]
    name: Option<String>,
    /// Null takes it away.
    #[schema(value_type = Option<schema::Line>)]
    company: Option<String>,
    /// Null takes it away.
    #[schema(value_type = Option<schema::Line>)]
    external_id: Option<String>,
    /// All of them: those that are not named are taken away.
    #[schema(value_type = Option<schema::Attributes>)]
    attributes: Option<String>,
    /// Null takes the owner away.
    #[schema(value_type = Option<schema::OwnerRef>)]
    owner: Option<String>,
}

/// A lead.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Lead)]
pub struct LeadView {
    #[schema(value_type = schema::LeadId)]
    pub id: LeadId,
    #[schema(value_type = schema::Email)]
    pub email: String,
    pub name: Option<String>,
    pub company: Option<String>,
    /// The id in your own system.
    pub external_id: Option<String>,
    /// The rep who owns the lead; leads of a rep who left belong to the successor.
    #[schema(value_type = Option<schema::RepId>)]
    pub owner: Option<RepId>,
    /// `pre_assigned` when named at import, by the API or by a person; `routed` when they received an earlier lead.
    #[schema(value_type = Option<OwnerSourceView>)]
    pub owner_source: Option<OwnerSource>,
    /// Whether a conversation of theirs was qualified.
    pub high_intent: bool,
    #[schema(value_type = schema::Attributes)]
    pub attributes: BTreeMap<String, Attribute>,
    #[schema(value_type = schema::Instant)]
    pub created_at: Instant,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<WarningView>,
}

/// How an owner became the owner.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case", as = OwnerSource)]
pub enum OwnerSourceView {
    PreAssigned,
    Routed,
}

/// Which leads are to be listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeadsWanted {
    /// The one with this address.
    pub email: Option<EmailKey>,
    /// Those that this rep owns.
    pub owner: Option<RepId>,
    /// Those with a conversation in this campaign.
    pub campaign: Option<CampaignId>,
    /// Those with, or without, a qualified conversation.
    pub high_intent: Option<bool>,
}

impl From<NewLead> for LeadNews {
    fn from(lead: NewLead) -> Self {
        Self {
            email: lead.email,
            owner: lead.owner,
            fields: LeadFields {
                name: lead.name,
                company: lead.company,
                external_id: lead.external_id,
                attributes: lead.attributes.unwrap_or_default(),
            },
        }
    }
}

/// Takes leads into the team, and into a campaign where one is named.
pub async fn add(
    app: &App,
    caller: &Caller,
    campaign: Option<CampaignId>,
    leads: LeadsToAdd,
    key: Option<IdempotencyKey>,
) -> Result<LeadsTaken, AppError> {
    let (leads, existing) = match leads {
        LeadsToAdd::One(lead) => (vec![lead], Existing::default()),
        LeadsToAdd::Several(list) => (list.leads, list.existing.unwrap_or_default()),
    };
    let leads = leads.into_iter().map(LeadNews::from).collect();
    let command = Command::AddLeads { campaign, leads, existing };
    let done = app.run(caller, command, key).await?;
    let Answer::Leads(answer) = done.answer else {
        let named = campaign.map_or_else(String::new, |campaign| campaign.to_string());
        return Err(AppError::not_found("campaign", named));
    };
    Ok(LeadsTaken {
        created: answer.created,
        updated: answer.updated,
        conversations: answer.conversations,
        warnings: warnings::views(&done.warnings),
    })
}

/// Changes a lead by hand.
pub async fn change(
    app: &App,
    caller: &Caller,
    lead: LeadId,
    patch: LeadPatch,
) -> Result<LeadView, AppError> {
    let done = app.run(caller, Command::ChangeLead { lead, patch }, None).await?;
    let look = app.look_at(done.team);
    let mut view = one(app, &look, lead).await?;
    view.warnings = warnings::views(&done.warnings);
    Ok(view)
}

/// Erases a person; decisions stay.
pub async fn erase(app: &App, caller: &Caller, lead: LeadId) -> Result<(), AppError> {
    app.run(caller, Command::EraseLead { lead }, None).await.map(drop)
}

/// A lead.
pub async fn show(app: &App, caller: &Caller, lead: LeadId) -> Result<LeadView, AppError> {
    let look = app.look(caller.team).await?;
    one(app, &look, lead).await
}

async fn one(app: &App, look: &Look, lead: LeadId) -> Result<LeadView, AppError> {
    let row = app.store().lead(look.team.id(), lead).await?;
    row.map(|row| view(look, row)).ok_or_else(|| AppError::not_found("lead", lead))
}

/// Leads, oldest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    wanted: &LeadsWanted,
    page: &Page,
) -> Result<Listed<LeadView>, AppError> {
    let look = app.look(caller.team).await?;
    let filter = filter(&look, wanted)?;
    let list = List::new(caller.team, "leads", wanted);
    let after = list.start::<After<LeadId>>(page)?.map(|after| after.0);
    let rows = app.store().leads(caller.team, &filter, after, page.fetch()).await?;
    Ok(list.page(page, rows, |row| After(row.lead)).map(|row| view(&look, row)))
}

pub(super) fn filter(look: &Look, wanted: &LeadsWanted) -> Result<LeadFilter, AppError> {
    let team = &look.team;
    let owners = match wanted.owner {
        Some(rep) => {
            team.rep(rep).ok_or_else(|| AppError::not_found("rep", rep))?;
            Some(team.reps_resolving_to(rep))
        }
        None => None,
    };
    if let Some(campaign) = wanted.campaign {
        team.campaign(campaign).ok_or_else(|| AppError::not_found("campaign", campaign))?;
    }
    Ok(LeadFilter {
        email: wanted.email,
        owners,
        campaign: wanted.campaign,
        is_high_intent: wanted.high_intent,
    })
}

pub(super) fn view(look: &Look, row: LeadRow) -> LeadView {
    let owner = row
        .owner
        .and_then(|(rep, source)| look.team.resolve_owner(rep).map(|owner| (owner, source)));
    LeadView {
        id: row.lead,
        email: row.email,
        name: row.name,
        company: row.company,
        external_id: row.external_id,
        owner: owner.map(|(rep, _)| rep),
        owner_source: owner.map(|(_, source)| source),
        high_intent: row.is_high_intent,
        attributes: row.attributes,
        created_at: row.created_at,
        warnings: Vec::new(),
    }
}
