//! Leads and their conversations over HTTP.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use rondo_core::command::{LeadPatch, OwnerRef};
use rondo_core::detail::{Attribute, Existing};
use rondo_core::ids::{CampaignId, ConversationId, LeadId, RepId};
use rondo_core::text::{EMAIL_BYTES_MAX, Email, InvalidText};
use rondo_store::ConversationStatus;
use serde_json::Value;

use crate::app::conversations::{
    self, ConversationDetail, ConversationStatusView, ConversationView, ConversationsWanted,
};
use crate::app::leads::{
    self, ATTRIBUTES_MAX, LEADS_MAX, LeadChanges, LeadList, LeadView, LeadsTaken, LeadsToAdd,
    LeadsWanted, NewLead,
};
use crate::app::page::Listed;
use crate::app::{App, schema, text};
use crate::http::input::{At, Input, LongInput, Query, Who};
use crate::http::json::{self, Fault, FromObject, Object};
use crate::http::pages::{Filtered, PageParams};
use crate::http::problem::Problem;
use crate::http::{Answer, Json};

/// Take leads into a campaign.
///
/// One lead, or up to 10,000. Leads that the team knows already are filled up, not doubled. All or none are taken. Those
/// that a campaign which writes may not write to do not join it, with the warning `not-enrolled`.
#[utoipa::path(post, path = "/v1/campaigns/{cmp}/leads", tag = "Leads", request_body = LeadsToAdd,
    responses((status = 200, body = LeadsTaken, description = "What became of them.")))]
pub(super) async fn add_leads(
    State(app): State<App>,
    Who(caller): Who,
    At(campaign): At<CampaignId>,
    input: LongInput<LeadsToAdd>,
) -> Answer<LeadsTaken> {
    check_length(&input.body)?;
    Ok(Json(leads::add(&app, &caller, Some(campaign), input.body, input.idempotency).await?))
}

/// Take leads into the team.
///
/// As into a campaign, but they join none: `conversations` stays empty.
#[utoipa::path(post, path = "/v1/leads", tag = "Leads", request_body = LeadsToAdd,
    responses((status = 200, body = LeadsTaken, description = "What became of them.")))]
pub(super) async fn add_leads_to_team(
    State(app): State<App>,
    Who(caller): Who,
    input: LongInput<LeadsToAdd>,
) -> Answer<LeadsTaken> {
    check_length(&input.body)?;
    Ok(Json(leads::add(&app, &caller, None, input.body, input.idempotency).await?))
}

fn check_length(leads: &LeadsToAdd) -> Result<(), Problem> {
    match leads {
        LeadsToAdd::Several(list) if list.leads.len() > LEADS_MAX => {
            Err(Problem::too_large(&format!("list has more than {LEADS_MAX} leads"), LEADS_MAX))
        }
        LeadsToAdd::Several(_) | LeadsToAdd::One(_) => Ok(()),
    }
}

/// List the leads.
///
/// Oldest first.
#[utoipa::path(get, path = "/v1/leads", tag = "Leads",
    params(
        PageParams,
        ("email" = Option<schema::Email>, Query, description = "The one with this address, ignoring case."),
        ("owner" = Option<schema::RepId>, Query, description = "Those that this rep owns."),
        ("campaign" = Option<schema::CampaignId>, Query, description = "Those with a conversation in this campaign."),
        ("high_intent" = Option<bool>, Query, description = "Those with, or without, a qualified conversation."),
    ),
    responses((status = 200, body = Listed<LeadView>, description = "A page of leads.")))]
pub(super) async fn list_leads(
    State(app): State<App>,
    Who(caller): Who,
    Query(query): Query<Filtered<LeadsWanted>>,
) -> Answer<Listed<LeadView>> {
    Ok(Json(leads::list(&app, &caller, &query.wanted, &query.page).await?))
}

/// Show a lead.
#[utoipa::path(get, path = "/v1/leads/{lead}", tag = "Leads",
    responses((status = 200, body = LeadView, description = "The lead.")))]
pub(super) async fn get_lead(
    State(app): State<App>,
    Who(caller): Who,
    At(lead): At<LeadId>,
) -> Answer<LeadView> {
    Ok(Json(leads::show(&app, &caller, lead).await?))
}

/// Change a lead.
#[utoipa::path(patch, path = "/v1/leads/{lead}", tag = "Leads", request_body = LeadChanges,
    responses((status = 200, body = LeadView, description = "The lead.")))]
pub(super) async fn change_lead(
    State(app): State<App>,
    Who(caller): Who,
    At(lead): At<LeadId>,
    input: Input<LeadPatch>,
) -> Answer<LeadView> {
    Ok(Json(leads::change(&app, &caller, lead, input.body).await?))
}

/// Erase a lead.
///
/// Removes the person everywhere; decisions stay, without a name.
#[utoipa::path(delete, path = "/v1/leads/{lead}", tag = "Leads",
    responses((status = 204, description = "The person is erased.")))]
pub(super) async fn erase_lead(
    State(app): State<App>,
    Who(caller): Who,
    At(lead): At<LeadId>,
) -> Result<StatusCode, Problem> {
    leads::erase(&app, &caller, lead).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the conversations.
///
/// Oldest first.
#[utoipa::path(get, path = "/v1/conversations", tag = "Leads",
    params(
        PageParams,
        ("status" = Option<ConversationStatusView>, Query, description = "Those that stand like this."),
        ("campaign" = Option<schema::CampaignId>, Query, description = "Those of this campaign."),
        ("lead" = Option<schema::LeadId>, Query, description = "Those of this lead."),
    ),
    responses((status = 200, body = Listed<ConversationView>, description = "A page of conversations.")))]
pub(super) async fn list_conversations(
    State(app): State<App>,
    Who(caller): Who,
    Query(query): Query<Filtered<ConversationsWanted>>,
) -> Answer<Listed<ConversationView>> {
    Ok(Json(conversations::list(&app, &caller, &query.wanted, &query.page).await?))
}

/// Show a conversation.
///
/// With the assignment that stands, and its last 200 messages.
#[utoipa::path(get, path = "/v1/conversations/{conv}", tag = "Leads",
    responses((status = 200, body = ConversationDetail, description = "The conversation.")))]
pub(super) async fn get_conversation(
    State(app): State<App>,
    Who(caller): Who,
    At(conversation): At<ConversationId>,
) -> Answer<ConversationDetail> {
    Ok(Json(conversations::show(&app, &caller, conversation).await?))
}

const EXISTING: &[(&str, Existing)] =
    &[("fill", Existing::Fill), ("overwrite", Existing::Overwrite), ("skip", Existing::Skip)];

impl FromObject for LeadsToAdd {
    fn take(object: &mut Object) -> Option<Self> {
        if !object.has("leads") {
            return NewLead::take(object).map(Self::One);
        }
        let leads = object.objects("leads");
        let existing = object.optional("existing", json::word(EXISTING));
        Some(Self::Several(LeadList { leads: leads?, existing: existing? }))
    }
}

impl FromObject for NewLead {
    fn take(object: &mut Object) -> Option<Self> {
        let email = object.required("email", json::email);
        let name = object.optional("name", json::line);
        let company = object.optional("company", json::line);
        let owner = object.optional("owner", owner);
        let external_id = object.optional("external_id", json::line);
        let attributes = object.optional("attributes", attributes);
        Some(Self {
            email: email?,
            name: name?.flatten(),
            company: company?.flatten(),
            owner: owner?,
            external_id: external_id?.flatten(),
            attributes: attributes?,
        })
    }
}

impl FromObject for LeadPatch {
    fn take(object: &mut Object) -> Option<Self> {
        let email = object.changed("email", json::email);
        let name = object.cleared("name", json::line);
        let company = object.cleared("company", json::line);
        let external_id = object.cleared("external_id", json::line);
        let attributes = object.cleared("attributes", attributes);
        let owner = object.cleared("owner", owner);
        Some(Self {
            email: email?,
            name: name?.map(Option::flatten),
            company: company?.map(Option::flatten),
            external_id: external_id?.map(Option::flatten),
            attributes: attributes?.map(Option::unwrap_or_default),
            owner: owner?,
        })
    }
}

impl FromObject for LeadsWanted {
    fn take(object: &mut Object) -> Option<Self> {
        let email = object.optional("email", |value| json::email(value).map(|email| email.key()));
        let owner = object.optional("owner", json::id::<RepId>);
        let campaign = object.optional("campaign", json::id::<CampaignId>);
        let high_intent = object.optional("high_intent", json::truth_in_text);
        Some(Self { email: email?, owner: owner?, campaign: campaign?, high_intent: high_intent? })
    }
}

const STATUSES: &[(&str, ConversationStatus)] = &[
    ("awaiting_lead", ConversationStatus::AwaitingLead),
    ("awaiting_assistant", ConversationStatus::AwaitingAssistant),
    ("in_review", ConversationStatus::InReview),
    ("qualified", ConversationStatus::Qualified),
    ("not_interested", ConversationStatus::NotInterested),
    ("unsubscribed", ConversationStatus::Unsubscribed),
    ("unresponsive", ConversationStatus::Unresponsive),
    ("bounced", ConversationStatus::Bounced),
    ("cancelled", ConversationStatus::Cancelled),
];

impl FromObject for ConversationsWanted {
    fn take(object: &mut Object) -> Option<Self> {
        let status = object.optional("status", json::word(STATUSES));
        let campaign = object.optional("campaign", json::id::<CampaignId>);
        let lead = object.optional("lead", json::id::<LeadId>);
        let (status, campaign, lead) = (status?, campaign?, lead?);
        Some(Self { status, campaign, lead, ..Self::default() })
    }
}

/// A rep's id or address; somebody else can't be an owner, and is left out with a warning (R6).
fn owner(value: Value) -> Result<OwnerRef, Fault> {
    let text = json::any_text(value)?;
    if text.chars().count() > EMAIL_BYTES_MAX {
        return Err(Fault::Invalid(InvalidText::TooLong(EMAIL_BYTES_MAX).to_string()));
    }
    Ok(match (text.parse::<RepId>(), Email::parse(&text)) {
        (Ok(rep), _) => OwnerRef::Id(rep),
        (Err(_), Ok(email)) => OwnerRef::Email(email.key()),
        (Err(_), Err(_)) => OwnerRef::Unknown,
    })
}

fn attributes(value: Value) -> Result<BTreeMap<String, Attribute>, Fault> {
    let Value::Object(fields) = value else {
        return Err(Fault::Invalid("is not an object; expected attributes by name".to_owned()));
    };
    if fields.len() > ATTRIBUTES_MAX {
        let detail = format!("has too many attributes; expected at most {ATTRIBUTES_MAX}");
        return Err(Fault::Invalid(detail));
    }
    fields.into_iter().map(|(name, value)| attribute(name, value)).collect()
}

fn attribute(name: String, value: Value) -> Result<(String, Attribute), Fault> {
    let wrong = |detail: String| {
        Fault::Invalid(format!("has the attribute `{}`, which {detail}", json::shortened(&name)))
    };
    let is_named = matches!(text::parse_line(&name), Ok(Some(parsed)) if parsed == name);
    if !is_named {
        return Err(wrong("has an unusable name; expected 1 to 200 visible characters".to_owned()));
    }
    let value = match value {
        Value::Bool(truth) => Attribute::Bool(truth),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Attribute::Integer(whole),
            None => Attribute::Number(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => {
            let text = rondo_core::text::parse_note(&text);
            Attribute::Text(text.map_err(|error| wrong(error.to_string()))?)
        }
        Value::Null | Value::Array(_) | Value::Object(_) => {
            return Err(wrong(
                "is of no use; expected a text, a number, `true` or `false`".to_owned(),
            ));
        }
    };
    Ok((name, value))
}
