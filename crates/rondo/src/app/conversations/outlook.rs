//! What a person should know before they decide about a conversation: whose the lead is, where a handover would go.

use rondo_core::ids::RepId;
use rondo_core::team::{CampaignParts, OwnerNow, Status};

use super::ConversationView;
use crate::app::{App, AppError, Caller, Look};

/// How things stand with a lead whom nobody has yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// What the campaign does.
    pub status: Status,
    /// Who owns the lead.
    pub owner: Option<NamedRep>,
    /// The campaign's group, where the lead goes to an owner who is not in it.
    pub outside_of: Option<String>,
    /// Where the lead goes when it is handed over while the campaign runs.
    pub goes_to: GoesTo,
    /// Whether the assistant has a mailbox to answer from.
    pub can_write: bool,
}

/// A rep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRep {
    /// Who.
    pub rep: RepId,
    /// Their name.
    pub name: String,
}

/// Where a lead goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoesTo {
    /// To whoever owns it, without a turn (R6, R8).
    Owner(NamedRep),
    /// To whoever is next (R3).
    Next(NamedRep),
    /// To nobody yet: it waits, behind others or until somebody is available (R9).
    Nobody,
}

/// How things stand with a conversation.
pub async fn outlook(
    app: &App,
    caller: &Caller,
    conversation: &ConversationView,
) -> Result<Outlook, AppError> {
    let look = app.look(caller.team).await?;
    let campaign = look.team.campaign(conversation.campaign);
    let campaign =
        campaign.ok_or_else(|| AppError::not_found("campaign", conversation.campaign))?;
    let lead = app.store().lead(caller.team, conversation.lead).await?;
    let recorded = lead.and_then(|row| row.owner);
    let owner = recorded.and_then(|(rep, _)| look.team.resolve_owner(rep));
    let when_out = campaign.settings.when_owner_is_out;
    let (goes_to, outside_of) = match look.team.owner_at(recorded, when_out, look.now) {
        OwnerNow::Usable { rep, .. } => {
            (GoesTo::Owner(named(&look, rep)), group_without(&look, campaign, rep))
        }
        OwnerNow::None | OwnerNow::Out { .. } => (by_turn(&look, campaign), None),
    };
    Ok(Outlook {
        status: campaign.status,
        owner: owner.map(|rep| named(&look, rep)),
        outside_of,
        goes_to,
        can_write: can_write(&look, campaign, conversation),
    })
}

/// The name of the campaign's group, unless the rep is in it.
fn group_without(look: &Look, campaign: &CampaignParts, rep: RepId) -> Option<String> {
    let group = look.team.group(campaign.settings.group)?;
    let is_member = group.members.iter().any(|member| member.rep == rep);
    (!is_member).then(|| group.name.to_string())
}

fn by_turn(look: &Look, campaign: &CampaignParts) -> GoesTo {
    let key = campaign.cursor_key();
    if look.team.backlog(key) > 0 {
        return GoesTo::Nobody;
    }
    let next = look.team.next_turn(key, None).and_then(|turn| turn.cursor.rep);
    next.map_or(GoesTo::Nobody, |rep| GoesTo::Next(named(look, rep)))
}

fn named(look: &Look, rep: RepId) -> NamedRep {
    NamedRep { rep, name: look.name(rep) }
}

/// Whether there is a mailbox, as the rules ask before an answer.
fn can_write(look: &Look, campaign: &CampaignParts, conversation: &ConversationView) -> bool {
    let Some(plan) = &campaign.mail else { return false };
    let mailboxes = look.team.mailboxes();
    mailboxes.contains(&plan.mailbox)
        || conversation.mailbox.is_some_and(|mailbox| mailboxes.contains(&mailbox))
}
