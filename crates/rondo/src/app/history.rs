//! Histories as people read them: the latest first, with names beside the ids.

pub mod finding;

use std::collections::HashMap;

use rondo_core::ids::{CampaignId, ConversationId, LeadId, RepId};
use rondo_store::ConversationRow;

use crate::app::assignments::{self, AssignmentView, AssignmentsWanted};
use crate::app::conversations::{self, ConversationDetail, ConversationView, ConversationsWanted};
use crate::app::leads::{self, LeadView, LeadsWanted};
use crate::app::page::{After, List, Listed, Page};
use crate::app::reviews::{self, Queued, ReviewItem};
use crate::app::{App, AppError, Caller, Look, turns};
use crate::t;

/// Who a lead is.
#[derive(Clone, PartialEq)]
pub struct Person {
    /// The address.
    pub email: String,
    /// Full name.
    pub name: Option<String>,
    /// Where they work.
    pub company: Option<String>,
}

/// Hides the person: debug output reaches logs.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(…)")
    }
}

impl Person {
    /// What they are called: the address where no name is known.
    pub fn called(&self) -> &str {
        self.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.email)
    }
}

/// Something about a lead in a campaign, with their names.
#[derive(Debug, Clone, PartialEq)]
pub struct Named<T> {
    /// What it is.
    pub item: T,
    /// The campaign's name; empty where there is none.
    pub campaign_name: String,
    /// The lead; none once they were erased, or where they are not the caller's to see.
    pub person: Option<Person>,
    /// Whether they are not the caller's to see: a rep who passed a lead on is not told of them any more.
    pub is_withheld: bool,
}

impl<T> Named<T> {
    /// What the lead is called.
    pub fn called(&self) -> &str {
        match &self.person {
            Some(person) => person.called(),
            None if self.is_withheld => t("common-passed-on-lead"),
            None => t("common-erased-lead"),
        }
    }

    /// Without the lead, if the caller is a rep who has it no more.
    pub(super) fn for_whom(self, caller: &Caller, stands: bool) -> Self {
        match caller.only_rep() {
            Some(_) if !stands => Self { person: None, is_withheld: true, ..self },
            _ => self,
        }
    }
}

/// A lead with the owner's name.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnedLead {
    /// The lead.
    pub lead: LeadView,
    /// Who owns them; empty where nobody does.
    pub owner_name: String,
}

/// Assignments, the last decided first; a rep sees their own.
pub async fn assignments(
    app: &App,
    caller: &Caller,
    wanted: &AssignmentsWanted,
    page: &Page,
) -> Result<Listed<Named<AssignmentView>>, AppError> {
    let look = app.look(caller.team).await?;
    let filter = assignments::filter(&look, caller, wanted)?;
    let list = List::new(caller.team, "assignments backwards", wanted);
    let before = list.start::<u64>(page)?;
    let rows = app.store().assignments_before(caller.team, &filter, before, page.fetch()).await?;
    let listed = list.page(page, rows, |row| row.n);
    let views = listed.items.iter().map(|row| assignments::of_row(&look.state, row)).collect();
    let items = beside(app, caller, &look, views).await?;
    Ok(Listed { items, next_cursor: listed.next_cursor })
}

/// Conversations, the newest first.
pub async fn conversations(
    app: &App,
    caller: &Caller,
    wanted: &ConversationsWanted,
    page: &Page,
) -> Result<Listed<Named<ConversationView>>, AppError> {
    let look = app.look(caller.team).await?;
    let filter = conversations::filter(app, &look, wanted).await?;
    let list = List::new(caller.team, "conversations backwards", wanted);
    let before = list.start::<After<ConversationId>>(page)?.map(|before| before.0);
    let rows = app.store().conversations_before(caller.team, &filter, before, page.fetch()).await?;
    let listed = list.page(page, rows, |row| After(row.conversation));
    let items = conversations_beside(app, &look, listed.items).await?;
    Ok(Listed { items, next_cursor: listed.next_cursor })
}

/// Conversations with their names.
async fn conversations_beside(
    app: &App,
    look: &Look,
    rows: Vec<ConversationRow>,
) -> Result<Vec<Named<ConversationView>>, AppError> {
    let views = conversations::views(app, look, rows).await?;
    let names = Names::of(app, look, views.iter().map(|view| view.lead)).await?;
    let named =
        |view: ConversationView| names.beside(look, Some(view.campaign), Some(view.lead), view);
    Ok(views.into_iter().map(named).collect())
}

/// A conversation as far as the caller may read it.
pub async fn conversation(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
) -> Result<Named<ConversationDetail>, AppError> {
    let detail = conversations::read(app, caller, conversation).await?;
    let look = app.look(caller.team).await?;
    let (campaign, lead) = (detail.conversation.campaign, detail.conversation.lead);
    let names = Names::of(app, &look, std::iter::once(lead)).await?;
    Ok(names.beside(&look, Some(campaign), Some(lead), detail))
}

/// Leads, the newest first.
pub async fn leads(
    app: &App,
    caller: &Caller,
    wanted: &LeadsWanted,
    page: &Page,
) -> Result<Listed<OwnedLead>, AppError> {
    let look = app.look(caller.team).await?;
    let filter = leads::filter(&look, wanted)?;
    let list = List::new(caller.team, "leads backwards", wanted);
    let before = list.start::<After<LeadId>>(page)?.map(|before| before.0);
    let rows = app.store().leads_before(caller.team, &filter, before, page.fetch()).await?;
    let listed = list.page(page, rows, |row| After(row.lead));
    Ok(listed.map(|row| owned(&look, leads::view(&look, row))))
}

/// The leads that a rep owns, the newest first; a rep sees their own.
pub async fn leads_owned(
    app: &App,
    caller: &Caller,
    rep: RepId,
    page: &Page,
) -> Result<Listed<OwnedLead>, AppError> {
    turns::check_own(caller, rep)?;
    let wanted = LeadsWanted { owner: Some(rep), ..LeadsWanted::default() };
    leads(app, caller, &wanted, page).await
}

/// A lead.
pub async fn lead(app: &App, caller: &Caller, lead: LeadId) -> Result<OwnedLead, AppError> {
    let view = leads::show(app, caller, lead).await?;
    Ok(owned(&app.look(caller.team).await?, view))
}

fn owned(look: &Look, lead: LeadView) -> OwnedLead {
    let owner_name = lead.owner.map(|owner| look.name(owner)).unwrap_or_default();
    OwnedLead { lead, owner_name }
}

/// What waits for a person, the longest first.
pub async fn reviews(
    app: &App,
    caller: &Caller,
    page: &Page,
) -> Result<Listed<Named<Queued>>, AppError> {
    let listed = reviews::queue(app, caller, page).await?;
    let look = app.look(caller.team).await?;
    let leads = listed.items.iter().filter_map(|queued| lead_of(&queued.item));
    let names = Names::of(app, &look, leads).await?;
    Ok(listed.map(|queued| {
        let campaign = match &queued.item {
            ReviewItem::Conversation(conversation) => Some(conversation.campaign),
            ReviewItem::Message(_) => None,
        };
        names.beside(&look, campaign, lead_of(&queued.item), queued)
    }))
}

fn lead_of(item: &ReviewItem) -> Option<LeadId> {
    match item {
        ReviewItem::Conversation(conversation) => Some(conversation.lead),
        ReviewItem::Message(_) => None,
    }
}

/// Whose the leads of a page are.
struct Names {
    people: HashMap<LeadId, Person>,
}

impl Names {
    async fn of(
        app: &App,
        look: &Look,
        leads: impl Iterator<Item = LeadId>,
    ) -> Result<Self, AppError> {
        let mut leads: Vec<_> = leads.collect();
        leads.sort_unstable();
        leads.dedup();
        let rows = app.store().leads_named(look.team.id(), &leads).await?;
        let person = |row: rondo_store::LeadRow| Person {
            email: row.email,
            name: row.name,
            company: row.company,
        };
        Ok(Self { people: rows.into_iter().map(|row| (row.lead, person(row))).collect() })
    }

    fn beside<T>(
        &self,
        look: &Look,
        campaign: Option<CampaignId>,
        lead: Option<LeadId>,
        item: T,
    ) -> Named<T> {
        let campaign = campaign.and_then(|campaign| look.team.campaign(campaign));
        Named {
            item,
            campaign_name: campaign
                .map(|parts| parts.settings.name.to_string())
                .unwrap_or_default(),
            person: lead.and_then(|lead| self.people.get(&lead)).cloned(),
            is_withheld: false,
        }
    }
}

/// Assignments with their names, as far as the caller may see them.
pub(super) async fn beside(
    app: &App,
    caller: &Caller,
    look: &Look,
    views: Vec<AssignmentView>,
) -> Result<Vec<Named<AssignmentView>>, AppError> {
    let names = Names::of(app, look, views.iter().map(|view| view.lead)).await?;
    let named = |view: AssignmentView| {
        let stands = view.stands;
        let named = names.beside(look, Some(view.campaign), Some(view.lead), view);
        named.for_whom(caller, stands)
    };
    Ok(views.into_iter().map(named).collect())
}

/// Something about an assignment, with its names.
pub(super) async fn named<T>(
    app: &App,
    look: &Look,
    campaign: CampaignId,
    lead: LeadId,
    item: T,
) -> Result<Named<T>, AppError> {
    let names = Names::of(app, look, std::iter::once(lead)).await?;
    Ok(names.beside(look, Some(campaign), Some(lead), item))
}
