//! Route qualified leads: to which sales group, in whose rotation, and what becomes of leads whose owner is away.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use rondo_core::Refusal;
use rondo_core::command::CampaignPatch;
use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::ids::{GroupId, RepId};

use super::{Asked, Desk, Step, bad};
use crate::app::choices::{self, Choice, Choices};
use crate::app::groups::{self, NewGroup};
use crate::app::people::Session;
use crate::app::{AppError, campaigns};
use crate::console::Console;
use crate::console::form::{self, Form};
use crate::console::frame::{Frame, rendered};
use crate::console::paths::Query;
use crate::console::routes::{Reach, Routes, Who, done};
use crate::console::trouble::Trouble;
use crate::engine::EngineError;
use crate::{say, t};

pub(super) fn add(routes: Routes) -> Routes {
    routes.get(Reach::Team, "/campaigns/{campaign}/routing", show).post(
        Reach::Admin,
        "/campaigns/{campaign}/routing",
        save,
    )
}

#[derive(Template)]
#[template(path = "campaigns/routing.html")]
struct RoutingPage {
    frame: Frame,
    desk: Desk,
    form: Form,
    groups: Vec<GroupChoice>,
    reps: Vec<Choice<RepId>>,
    has_more_reps: bool,
    error: Option<String>,
}

/// A sales group to choose.
struct GroupChoice {
    id: String,
    name: String,
    /// How many members it has, and how many of them are there.
    members: String,
    is_nobody_there: bool,
}

impl RoutingPage {
    async fn of(console: &Console, session: &Session, id: &str) -> Result<Self, Trouble> {
        let (desk, frame) = Desk::of(console, session, id, Some(Step::Routing)).await?;
        let (app, caller) = (console.app(), &session.caller);
        let campaign = &desk.campaign;
        let (groups, reps) = match desk.is_before_start() && frame.is_admin() {
            true => (
                choices::groups(app, caller, campaign.group).await?,
                choices::reps(app, caller).await?,
            ),
            false => (Vec::new(), Choices::none()),
        };
        let rotation = match campaign.rotation {
            Rotation::Campaign => "campaign",
            Rotation::Group => "group",
        };
        let absent = match campaign.when_owner_is_out {
            WhenOwnerIsOut::Owner => "owner",
            WhenOwnerIsOut::RoundRobin => "round_robin",
        };
        let form = Form::of([
            ("group", campaign.group.to_string()),
            ("rotation", rotation.to_owned()),
            ("absent", absent.to_owned()),
        ]);
        Ok(Self {
            frame,
            desk,
            form,
            groups: groups.into_iter().map(choice).collect(),
            has_more_reps: !reps.is_whole,
            reps: reps.items,
            error: None,
        })
    }

    /// What is saved, in words.
    fn stands(&self) -> String {
        let campaign = &self.desk.campaign;
        let group = &campaign.group_name;
        let said = match (campaign.rotation, campaign.when_owner_is_out) {
            (Rotation::Campaign, WhenOwnerIsOut::Owner) => {
                say("launcher-routing-stands-own-owner").arg("group", group)
            }
            (Rotation::Campaign, WhenOwnerIsOut::RoundRobin) => {
                say("launcher-routing-stands-own-next").arg("group", group)
            }
            (Rotation::Group, WhenOwnerIsOut::Owner) => {
                say("launcher-routing-stands-shared-owner").arg("group", group)
            }
            (Rotation::Group, WhenOwnerIsOut::RoundRobin) => {
                say("launcher-routing-stands-shared-next").arg("group", group)
            }
        };
        said.plain()
    }

    fn is_in(&self, rep: &Choice<RepId>) -> bool {
        let id = rep.id.to_string();
        self.form.all("rep").any(|chosen| chosen == id)
    }

    fn place(&self, rep: &Choice<RepId>) -> &str {
        self.form.text(&format!("place-{}", rep.id))
    }
}

fn choice(group: choices::GroupChoice) -> GroupChoice {
    let (count, there) = (group.member_count, group.available);
    let members = say("launcher-routing-members").n("count", count).n("available", there);
    GroupChoice {
        id: group.id.to_string(),
        name: group.name,
        members: members.plain(),
        is_nobody_there: there == 0,
    }
}

async fn show(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let mut page = RoutingPage::of(&console, &session, &id).await?;
    page.frame = page.frame.after(asked.done.as_deref());
    Ok(rendered(&page))
}

async fn save(
    State(console): State<Console>,
    Who(session): Who,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<Response, Trouble> {
    let page = RoutingPage::of(&console, &session, &id).await?;
    let changed = match form.is_outdated(&page.form) {
        true => Err(Trouble::outdated(&page.stands())),
        false => change(&console, &session, &page.desk, &mut form).await,
    };
    let error = match changed {
        Ok(()) => return Ok(done(&page.desk.after(Step::Launch), "saved")),
        Err(trouble) => trouble,
    };
    // A group that was made before the rest was refused is there now, and chosen.
    let page = RoutingPage::of(&console, &session, &id).await?;
    let (status, error) = (error.status(), Some(error.detail().to_owned()));
    Ok(bad(status, &RoutingPage { form, error, ..page }))
}

async fn change(
    console: &Console,
    session: &Session,
    desk: &Desk,
    form: &mut Form,
) -> Result<(), Trouble> {
    let (app, caller) = (console.app(), &session.caller);
    let mut patch = CampaignPatch {
        when_owner_is_out: Some(match form.is("absent", "round_robin") {
            true => WhenOwnerIsOut::RoundRobin,
            false => WhenOwnerIsOut::Owner,
        }),
        ..CampaignPatch::default()
    };
    if desk.is_before_start() {
        patch.rotation = Some(match form.is("rotation", "group") {
            true => Rotation::Group,
            false => Rotation::Campaign,
        });
        let group = match form.is("group", "new") {
            true => Some(made(console, session, form).await?),
            false => form.required("group", form::known),
        };
        let group = group.ok_or_else(|| Trouble::invalid(t("launcher-routing-no-group")))?;
        patch.group = Some(Some(group));
    }
    campaigns::change(app, caller, desk.campaign.id, patch).await?;
    Ok(())
}

/// Makes the new group, and chooses it in the form: should the rest be refused, it is not made again.
async fn made(console: &Console, session: &Session, form: &mut Form) -> Result<GroupId, Trouble> {
    let incomplete = || Trouble::invalid(t("launcher-routing-incomplete"));
    let new = new_group(form).ok_or_else(incomplete)?;
    match groups::add(console.app(), &session.caller, new, form.once(session)).await {
        Ok(group) => {
            form.set("group", group.id.to_string());
            Ok(group.id)
        }
        Err(AppError::Engine(EngineError::Refused(Refusal::NameTaken { name, .. }))) => {
            form.say("new_name", say("trouble-field-name-taken").arg("name", name).plain());
            Err(incomplete())
        }
        Err(error) => Err(error.into()),
    }
}

/// The new group: its reps by the places that were typed, those without one after them in the order of the list.
fn new_group(form: &mut Form) -> Option<NewGroup> {
    let name = form.required("new_name", form::name);
    let chosen: Vec<RepId> = form.all("rep").filter_map(|rep| rep.parse().ok()).collect();
    if chosen.is_empty() {
        form.say("rep", t("launcher-routing-no-rep-ticked"));
    }
    let mut placed: Vec<(u32, RepId)> = chosen
        .into_iter()
        .map(|rep| (form.text(&format!("place-{rep}")).parse().unwrap_or(u32::MAX), rep))
        .collect();
    placed.sort_by_key(|(place, _)| *place);
    if form.has_errors() {
        return None;
    }
    Some(NewGroup { name: name?, reps: placed.into_iter().map(|(_, rep)| rep).collect() })
}
