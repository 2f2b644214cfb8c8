//! Sales groups: the list, and each one's page: the circle, the members, the campaigns, the weeks to come.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rondo_core::ids::{GroupId, RepId};
use rondo_core::time::Instant;
use serde::Deserialize;

use super::circle::{self, Drawing};
use super::form::{Form, known};
use super::frame::{Frame, Section, rendered};
use super::paths::Query;
use super::routes::{Reach, Routes, Who};
use super::trouble::Trouble;
use super::{Console, words};
use crate::app::choices::{self, Choices};
use crate::app::circles::{self, CircleView, CursorRow};
use crate::app::coverage::{self, CoverageView, GroupList};
use crate::app::groups::{self, GroupView, MemberView};
use crate::app::page::{Listed, Page};
use crate::app::people::Session;
use crate::texts::Say;
use crate::{say, t};

mod editing;
mod timeline;

/// Members on a page.
const PAGE_MEMBERS: u32 = 100;

pub(super) fn add(routes: Routes) -> Routes {
    let routes = routes.get(Reach::Team, "/groups", list).get(Reach::Team, "/groups/{group}", page);
    editing::add(routes)
}

#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    page: Option<usize>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "groups/list.html")]
struct ListPage {
    frame: Frame,
    list: GroupList,
}

impl ListPage {
    /// Whether there is the default group alone.
    fn is_new(&self) -> bool {
        self.list.page == 1 && self.list.rows.len() == 1
    }

    /// Whether nobody is in any group.
    fn is_empty(&self) -> bool {
        self.list.rows.iter().all(|row| row.member_count == 0)
    }
}

async fn list(
    State(console): State<Console>,
    Who(session): Who,
    Query(query): Query<ListQuery>,
) -> Result<Response, Trouble> {
    let frame = Frame::new(&console, Some(&session), Section::Groups, t("frame-groups"));
    let frame = frame.after(query.done.as_deref());
    let list = coverage::groups(console.app(), &session.caller, query.page.unwrap_or(1)).await?;
    Ok(rendered(&ListPage { frame, list }))
}

/// The group that a path names.
fn group_at(path: &str) -> Result<GroupId, Trouble> {
    known(path).map_err(|_| Trouble::not_found(t("groups-not-found")))
}

#[derive(Debug, Default, Deserialize)]
struct PageQuery {
    /// The campaign whose turns are drawn.
    of: Option<String>,
    /// Where the members go on.
    after: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "groups/page.html")]
struct GroupPage {
    frame: Frame,
    group: GroupView,
    circle: CircleView,
    drawing: Drawing,
    coverage: CoverageView,
    timeline: timeline::Timeline,
    members: Listed<MemberView>,
    others: Choices<RepId>,
    /// What stands in the form that adds a rep: nothing yet, or what was refused.
    added: Form,
    rename: Form,
    /// What stands ready once a rep is added.
    carried: Vec<(String, String)>,
    is_continued: bool,
}

impl GroupPage {
    /// Admins may change every group but the default one.
    fn may_change(&self) -> bool {
        self.frame.is_admin() && !self.group.default
    }

    /// When somebody is back, after nobody was there.
    fn back(&self, until: &Instant) -> String {
        self.frame.back(&self.coverage.days.end(until))
    }

    fn status(&self, status: &rondo_core::team::Status) -> &'static str {
        words::status(*status)
    }

    fn tag(&self, status: &rondo_core::team::Status) -> &'static str {
        words::status_tag(*status)
    }

    /// Whether anybody is next.
    fn has_next(&self) -> bool {
        self.circle.cursors.iter().any(|row| !row.next.is_empty())
    }

    /// The cursor that is drawn.
    fn shown(&self) -> Option<&CursorRow> {
        self.circle.cursors.get(self.circle.shown)
    }

    /// What stands in the middle of the circle.
    fn middle(&self, row: &CursorRow) -> Vec<circle::Line> {
        let next = row.next.first().map(|next| say("groups-middle-next").arg("rep", next).plain());
        let next = next.unwrap_or_else(|| t("groups-middle-nobody").to_owned());
        let after =
            row.last.as_ref().map(|last| say("groups-middle-after").arg("rep", last).plain());
        let after = after.unwrap_or_else(|| t("groups-middle-first").to_owned());
        circle::middle_lines(self.drawing.middle, &next, &after)
    }

    fn campaigns(&self, row: &CursorRow) -> String {
        let names: Vec<_> = row.campaigns.iter().map(|one| one.name.as_str()).collect();
        names.join(", ")
    }

    /// Who comes next, and after them.
    fn next(&self, row: &CursorRow) -> Say {
        match row.next.as_slice() {
            [] => say("groups-nobody"),
            [first] => say("groups-next-one").arg("first", first),
            [first, second] => say("groups-next-two").arg("first", first).arg("second", second),
            [first, second, third, ..] => say("groups-next-three")
                .arg("first", first)
                .arg("second", second)
                .arg("third", third),
        }
    }

    fn is_shown(&self, index: &usize) -> bool {
        *index == self.circle.shown
    }
}

async fn page(
    State(console): State<Console>,
    Who(session): Who,
    Path(group): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Response, Trouble> {
    let page = group_page(&console, &session, group_at(&group)?, query, None).await?;
    Ok(rendered(&page))
}

async fn group_page(
    console: &Console,
    session: &Session,
    group: GroupId,
    query: PageQuery,
    rename: Option<Form>,
) -> Result<GroupPage, Trouble> {
    let (app, caller) = (console.app(), &session.caller);
    let view = groups::show(app, caller, group).await?;
    let of = query.of.and_then(|of| of.parse().ok());
    let circle = circles::show(app, caller, group, of).await?;
    let coverage = coverage::show(app, caller, group).await?;
    let is_continued = query.after.is_some();
    let page = Page { limit: PAGE_MEMBERS, cursor: query.after };
    let members = groups::members(app, caller, group, &page).await?;
    let frame = Frame::new(console, Some(session), Section::Groups, &view.name);
    let frame = frame.after(query.done.as_deref());
    let others = match frame.is_admin() && !view.default {
        true => choices::reps_not_in(app, caller, group).await?,
        false => Choices::none(),
    };
    Ok(GroupPage {
        drawing: Drawing::of_group(&circle),
        timeline: timeline::Timeline::of(&coverage, &frame),
        rename: rename.unwrap_or_else(|| named_form(&view)),
        group: view,
        circle,
        coverage,
        members,
        others,
        added: Form::default(),
        carried: Vec::new(),
        frame,
        is_continued,
    })
}

/// The form of the name, as the group stands.
fn named_form(group: &GroupView) -> Form {
    Form::of([("name", group.name.clone())])
}

/// The group's page once more, with a name that was refused.
async fn again(
    console: &Console,
    session: &Session,
    group: GroupId,
    rename: Form,
) -> Result<Response, Trouble> {
    let page = group_page(console, session, group, PageQuery::default(), Some(rename)).await?;
    Ok((StatusCode::BAD_REQUEST, rendered(&page)).into_response())
}
