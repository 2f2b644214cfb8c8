//! What needs a person now, and what has happened today: the first thing that people look at.

use std::collections::HashMap;

use rondo_core::ids::{CampaignId, GroupId, MailboxId, RepId};
use rondo_core::team::{CampaignParts, GroupParts, Status};
use rondo_core::time::{Instant, Period};

use crate::app::assignments::{AssignmentView, AssignmentsWanted};
use crate::app::days::Days;
use crate::app::history::{self, Named};
use crate::app::page::Page;
use crate::app::reports::{self, Share};
use crate::app::reviews::Queued;
use crate::app::{App, AppError, Caller, Look, coverage, mailboxes};

/// Items of each list that are shown; the rest stands on its own page.
const SHOWN: u32 = 5;
/// Campaigns of which it is found out since when their leads wait.
const WAITING_LOOKED_AT: usize = 200;
/// Today's handovers that are shown.
const TODAY_SHOWN: u32 = 12;
/// Days over which shares are shown.
pub const SHARE_DAYS: i64 = 7;
/// Shares that are shown, the largest.
const SHARES_SHOWN: usize = 20;
/// Gaps of a group that are told.
const GAPS_SHOWN: usize = 2;
/// Deliveries among which failed ones are counted, the latest: those that somebody may still mend.
pub const DELIVERIES_LOOKED_AT: u32 = 1_000;

/// The state of a team at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    pub reviews: Vec<Named<Queued>>,
    pub has_more_reviews: bool,
    pub waiting: Vec<Waiting>,
    /// Campaigns with waiting leads that are not shown.
    pub more_waiting: usize,
    pub gaps: Vec<GapsAhead>,
    /// Groups with gaps that are not shown.
    pub more_gaps: usize,
    pub mailboxes: Vec<TroubledMailbox>,
    /// Mailboxes in trouble that are not shown.
    pub more_mailboxes: usize,
    /// How many of the last [`DELIVERIES_LOOKED_AT`] deliveries to webhooks failed for good.
    pub failed_deliveries: u64,
    pub today: Vec<Named<AssignmentView>>,
    pub has_more_today: bool,
    /// What came to each rep in the last days, the largest shares first; none while it is still being summed up.
    pub shares: Option<Vec<Share<RepId>>>,
    /// How many reps got a share.
    pub share_count: usize,
    /// What is still to be done before the first lead can be routed.
    pub beginnings: Beginnings,
}

impl Overview {
    /// Whether nothing needs a person.
    pub fn is_calm(&self) -> bool {
        self.reviews.is_empty()
            && self.waiting.is_empty()
            && self.gaps.is_empty()
            && self.mailboxes.is_empty()
            && self.failed_deliveries == 0
    }
}

/// Leads of a campaign that wait for a rep.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    pub campaign: CampaignId,
    pub campaign_name: String,
    pub group: GroupId,
    pub group_name: String,
    pub count: u64,
    pub since: Option<Instant>,
    /// The campaign is paused, rather than everybody away.
    pub is_paused: bool,
}

/// When nobody of a group that is used will be there.
#[derive(Debug, Clone, PartialEq)]
pub struct GapsAhead {
    pub group: GroupId,
    pub group_name: String,
    pub campaigns: Vec<String>,
    pub gaps: Vec<Period>,
    /// The days with which they may begin and end.
    pub days: Days,
    pub is_now: bool,
}

/// A mailbox that does not work.
#[derive(Debug, Clone, PartialEq)]
pub struct TroubledMailbox {
    pub mailbox: MailboxId,
    pub address: String,
    pub error: String,
    pub since: Instant,
}

/// How far a new team has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beginnings {
    pub has_reps: bool,
    pub has_campaigns: bool,
    pub has_launched: bool,
}

impl Beginnings {
    /// Whether leads can be routed.
    pub fn are_over(self) -> bool {
        self.has_reps && self.has_launched
    }
}

/// The team at a glance; `today` began at this instant.
pub async fn show(app: &App, caller: &Caller, today: Instant) -> Result<Overview, AppError> {
    let look = app.look(caller.team).await?;
    let first = |limit| Page { limit, cursor: None };
    let reviews = history::reviews(app, caller, &first(SHOWN)).await?;
    let wanted = AssignmentsWanted { since: Some(today), ..AssignmentsWanted::default() };
    let shares = reports::shares_soon(app, caller, SHARE_DAYS).await?;
    let share_count = shares.as_ref().map_or(0, |sum| sum.value.reps.len());
    let shares = shares.map(|sum| sum.value.reps.into_iter().take(SHARES_SHOWN).collect());
    let handed = history::assignments(app, caller, &wanted, &first(TODAY_SHOWN)).await?;
    let (waiting, more_waiting) = first_of(waiting(app, &look).await?);
    let (gaps, more_gaps) = gaps(&look);
    let (mailboxes, more_mailboxes) = first_of(troubled(app, caller).await?);
    Ok(Overview {
        has_more_reviews: reviews.next_cursor.is_some(),
        reviews: reviews.items,
        waiting,
        more_waiting,
        gaps,
        more_gaps,
        mailboxes,
        more_mailboxes,
        failed_deliveries: app.store().failed_deliveries(caller.team, DELIVERIES_LOOKED_AT).await?,
        has_more_today: handed.next_cursor.is_some(),
        today: handed.items,
        shares,
        share_count,
        beginnings: Beginnings {
            has_reps: look.team.rep_count() > 0,
            has_campaigns: look.team.campaigns().next().is_some(),
            has_launched: look.team.campaigns().any(|campaign| campaign.launched_at.is_some()),
        },
    })
}

/// As many as are shown, and how many more there are.
fn first_of<T>(mut all: Vec<T>) -> (Vec<T>, usize) {
    let more = all.len().saturating_sub(SHOWN as usize);
    all.truncate(SHOWN as usize);
    (all, more)
}

async fn waiting(app: &App, look: &Look) -> Result<Vec<Waiting>, AppError> {
    let mut all = Vec::new();
    let campaigns = look.team.campaigns().filter(|campaign| campaign.waiting > 0);
    for campaign in campaigns.filter(|campaign| campaign.status != Status::Cancelled) {
        let since = match all.len() < WAITING_LOOKED_AT {
            true => app.store().waiting_since(look.team.id(), campaign.id).await?,
            false => None,
        };
        let group = campaign.settings.group;
        all.push(Waiting {
            campaign: campaign.id,
            campaign_name: campaign.settings.name.to_string(),
            group,
            group_name: look.team.group_name(group).map(ToString::to_string).unwrap_or_default(),
            count: campaign.waiting,
            since,
            is_paused: campaign.status == Status::Paused,
        });
    }
    all.sort_by_key(|waiting| (waiting.since.is_none(), waiting.since));
    Ok(all)
}

/// The first groups with gaps, and how many more there are.
fn gaps(look: &Look) -> (Vec<GapsAhead>, usize) {
    let mut all = Vec::new();
    let mut users: HashMap<GroupId, Vec<&CampaignParts>> = HashMap::new();
    for campaign in look.team.campaigns().filter(|campaign| campaign.is_active()) {
        users.entry(campaign.settings.group).or_default().push(campaign);
    }
    for group in look.team.groups() {
        let Some(users) = users.get(&group.id) else { continue };
        let gaps: Vec<_> = look.team.gaps_ahead(group.id).iter().take(GAPS_SHOWN).collect();
        if !gaps.is_empty() {
            all.push((group, users, gaps));
        }
    }
    all.sort_by_key(|(_, _, gaps)| gaps[0].from);
    let (all, more) = first_of(all);
    let ahead =
        |(group, users, gaps): (&GroupParts, &Vec<&CampaignParts>, Vec<Period>)| GapsAhead {
            group: group.id,
            group_name: group.name.to_string(),
            campaigns: users.iter().map(|user| user.settings.name.to_string()).collect(),
            is_now: gaps[0].covers(look.now),
            days: coverage::days_of(look, group, &gaps),
            gaps,
        };
    (all.into_iter().map(ahead).collect(), more)
}

async fn troubled(app: &App, caller: &Caller) -> Result<Vec<TroubledMailbox>, AppError> {
    let page = Page { limit: crate::app::page::LIMIT_MAX, cursor: None };
    let all = mailboxes::list(app, caller, &page).await?.items;
    let trouble = |view: mailboxes::MailboxView| {
        let error = view.error?;
        Some(TroubledMailbox {
            mailbox: view.id,
            address: view.address,
            since: error.since,
            error: error.detail,
        })
    };
    Ok(all.into_iter().filter_map(trouble).collect())
}
