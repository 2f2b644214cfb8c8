//! What every page has around it: who is signed in, where they are, in which zone times are shown.

use std::borrow::Cow;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rondo_core::event::Role;
use rondo_core::ids::RepId;
use rondo_core::time::{Instant, Period};

use super::assets::{ICON, SCRIPT, STYLE};
use super::{Console, words};
use crate::app::days::{Days, End};
use crate::app::people::Session;
use crate::{say, t};

/// Where in the console a page belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// Nowhere in particular.
    None,
    /// What needs a person now.
    Home,
    /// Sales reps.
    Reps,
    /// Sales groups.
    Groups,
    /// Campaigns.
    Campaigns,
    /// Leads.
    Leads,
    /// Conversations.
    Conversations,
    /// What waits for a person's eye.
    Reviews,
    /// Assignments.
    Assignments,
    /// Reports.
    Reports,
    /// Settings.
    Settings,
}

/// What is around a page.
pub(super) struct Frame {
    /// The page's title.
    pub(super) title: String,
    section: Section,
    /// None where nobody is signed in.
    who: Option<Person>,
    zone: TimeZone,
    zone_name: String,
    /// The present instant.
    pub(super) now: Instant,
    /// What was just done.
    pub(super) done: Option<Cow<'static, str>>,
    /// With what the page's forms are recognised when they are sent twice.
    once: u128,
}

struct Person {
    email: String,
    team: String,
    role: Role,
    rep: Option<RepId>,
}

/// A place in the navigation.
pub(super) struct Place {
    pub(super) path: String,
    pub(super) name: &'static str,
    pub(super) is_here: bool,
}

impl Frame {
    /// What is around a page for whoever is signed in.
    pub(super) fn new(
        console: &Console,
        session: Option<&Session>,
        section: Section,
        title: impl Into<String>,
    ) -> Self {
        let zone_name = session.map_or("UTC", |session| &session.time_zone).to_owned();
        Self {
            title: title.into(),
            section,
            who: session.map(|session| Person {
                email: session.email.clone(),
                team: session.team_name.clone(),
                role: session.caller.role,
                rep: session.caller.rep,
            }),
            zone: TimeZone::get(&zone_name).unwrap_or(TimeZone::UTC),
            zone_name,
            now: console.app().clock().now(),
            done: None,
            once: console.app().entropy().seed(),
        }
    }

    /// The mark of the page's forms.
    pub(super) fn once(&self) -> String {
        format!("{:032x}", self.once)
    }

    /// With a word about what was just done.
    pub(super) fn after(mut self, done: Option<&str>) -> Self {
        self.done = done.and_then(words::done).map(Cow::Borrowed);
        self
    }

    /// With words of a page's own about what was just done.
    pub(super) fn saying(mut self, done: impl Into<Cow<'static, str>>) -> Self {
        self.done = Some(done.into());
        self
    }

    pub(super) fn style(&self) -> &'static str {
        &STYLE.path
    }

    pub(super) fn script(&self) -> &'static str {
        &SCRIPT.path
    }

    pub(super) fn icon(&self) -> &'static str {
        &ICON.path
    }

    pub(super) fn is_signed_in(&self) -> bool {
        self.who.is_some()
    }

    pub(super) fn email(&self) -> &str {
        self.who.as_ref().map_or("", |who| &who.email)
    }

    pub(super) fn team(&self) -> &str {
        self.who.as_ref().map_or("", |who| &who.team)
    }

    pub(super) fn role(&self) -> &'static str {
        self.who.as_ref().map_or("", |who| words::role(who.role))
    }

    /// Whether whoever looks may change things; forms are shown to them alone.
    pub(super) fn is_admin(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.role == Role::Admin)
    }

    /// Whether whoever looks is this rep.
    pub(super) fn is_rep(&self, rep: &RepId) -> bool {
        self.who.as_ref().is_some_and(|who| who.rep.as_ref() == Some(rep))
    }

    /// The navigation: what is within their reach.
    pub(super) fn places(&self) -> Vec<Place> {
        let Some(who) = &self.who else { return Vec::new() };
        let place = |section, path: &str, name| Place {
            path: path.to_owned(),
            name,
            is_here: section == self.section,
        };
        if who.role == Role::Rep {
            let own = who.rep.map(|rep| format!("/reps/{rep}")).unwrap_or_default();
            return vec![
                place(Section::Reps, &own, t("frame-my-turns")),
                place(Section::Assignments, "/assignments", t("frame-my-leads")),
            ];
        }
        let mut places = vec![
            place(Section::Home, "/", t("frame-home")),
            place(Section::Reviews, "/reviews", t("frame-review")),
            place(Section::Campaigns, "/campaigns", t("frame-campaigns")),
            place(Section::Leads, "/leads", t("frame-leads")),
            place(Section::Conversations, "/conversations", t("frame-conversations")),
            place(Section::Assignments, "/assignments", t("frame-assignments")),
            place(Section::Groups, "/groups", t("frame-groups")),
            place(Section::Reps, "/reps", t("frame-reps")),
            place(Section::Reports, "/reports", t("frame-reports")),
        ];
        if who.role == Role::Admin {
            places.push(place(Section::Settings, "/settings", t("frame-settings")));
        }
        places
    }

    /// The zone in which times are shown.
    pub(super) fn zone_name(&self) -> &str {
        &self.zone_name
    }

    /// The zone in which times are shown, for reckoning with days.
    pub(super) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// An instant as people read it, in the viewer's zone: `Mon 2 Nov, 13:00`, with the year where it is another.
    pub(super) fn when(&self, at: &Instant) -> String {
        let (then, now) = (self.zoned(at), self.zoned(&self.now));
        let format = match then.year() == now.year() {
            true => "%a %-d %b, %H:%M",
            false => "%a %-d %b %Y, %H:%M",
        };
        then.strftime(format).to_string()
    }

    /// When something was counted: to the second, and without the day where it is this one: `12:03:20`.
    pub(super) fn moment(&self, at: &Instant) -> String {
        let (then, now) = (self.zoned(at), self.zoned(&self.now));
        match then.date() == now.date() {
            true => then.strftime("%H:%M:%S").to_string(),
            false => self.when(at),
        }
    }

    /// The same as [`Self::when`] beside what is in this zone: where that is not the viewer's, it says whose time it is.
    pub(super) fn when_beside(&self, at: &Instant, zone: &str) -> String {
        let when = self.when(at);
        if zone == self.zone_name {
            return when;
        }
        say("frame-when-in").arg("when", when).arg("zone", &self.zone_name).plain()
    }

    /// An instant's day alone: `Mon 2 Nov`.
    pub(super) fn day(&self, at: &Instant) -> String {
        self.date(self.zoned(at).date())
    }

    /// A day, whose ever: `Mon 2 Nov`, with the year where it is another.
    pub(super) fn date(&self, day: Date) -> String {
        let is_this_year = day.year() == self.zoned(&self.now).year();
        day.strftime(if is_this_year { "%a %-d %b" } else { "%a %-d %b %Y" }).to_string()
    }

    /// Days from one to another, as people say them.
    pub(super) fn days(&self, first: Date, last: Date) -> String {
        if first == last {
            return self.date(first);
        }
        say("frame-days-to").arg("first", self.date(first)).arg("last", self.date(last)).plain()
    }

    /// When somebody who is away is back: their day, where it is one, or an instant.
    pub(super) fn back(&self, end: &End) -> String {
        end.day_back().map_or_else(|| self.when(&end.at), |day| self.date(day))
    }

    /// Until when somebody is away, to stand after “until”: to the end of a day of theirs, or to an instant.
    pub(super) fn until(&self, end: &End) -> String {
        match end.last_day {
            Some(day) => say("frame-end-of-day").arg("day", self.date(day)).plain(),
            None => self.when(&end.at),
        }
    }

    /// From when somebody is away: a day of theirs, or an instant.
    pub(super) fn from(&self, from: &Instant, days: &Days) -> String {
        days.first_day(from).map_or_else(|| self.when(from), |day| self.date(day))
    }

    /// A time away, or without anybody, as people read it: whole days as days, whatever the viewer's zone.
    pub(super) fn period(&self, period: &Period, days: &Days) -> String {
        if let Some((first, last)) = days.whole(period, &self.zone) {
            return self.days(first, last);
        }
        let Some(until) = period.until else {
            return say("common-period-open").arg("from", self.from(&period.from, days)).plain();
        };
        let (from, until) = self.edges(period.from, until, days);
        say("common-period").arg("from", from).arg("until", until).plain()
    }

    /// The edges of a period that is not made of whole days. Days of two zones are told as times, and so is a day beside a
    /// time that is not on the day's side in the viewer's zone.
    fn edges(&self, from: Instant, until: Instant, days: &Days) -> (String, String) {
        let (first, end) = (days.first_day(&from), days.end(&until));
        let is_in_order = match (first, end.last_day) {
            (Some(_), Some(_)) => false,
            (Some(first), None) => first <= self.zoned(&until).date(),
            (None, Some(last)) => self.zoned(&from).date() <= last,
            (None, None) => true,
        };
        match is_in_order {
            true => (self.from(&from, days), self.until(&end)),
            false => (self.when(&from), self.when(&until)),
        }
    }

    /// Whether an instant has come. What is worked out for a page comes a moment after the page's own instant.
    pub(super) fn has_come(&self, at: &Instant) -> bool {
        *at <= self.now.plus_seconds(1)
    }

    /// A length of time as people say it: `40 min`, `3 h`, `2 days`.
    pub(super) fn length(&self, seconds: &u64) -> String {
        apart(*seconds)
    }

    /// How long ago it was, or how long it takes until then: `3 h ago`, `in 2 days`, `just now`.
    pub(super) fn ago(&self, at: &Instant) -> String {
        let seconds = (self.now.as_micros() - at.as_micros()) / 1_000_000;
        if seconds.unsigned_abs() < 60 {
            return t("frame-just-now").to_owned();
        }
        let apart = apart(seconds.unsigned_abs());
        match seconds > 0 {
            true => say("frame-ago").arg("apart", apart).plain(),
            false => say("frame-in").arg("apart", apart).plain(),
        }
    }

    fn zoned(&self, at: &Instant) -> jiff::Zoned {
        let at = jiff::Timestamp::from_microsecond(at.as_micros());
        at.unwrap_or_default().to_zoned(self.zone.clone())
    }
}

fn apart(seconds: u64) -> String {
    let said = match seconds {
        0..60 => say("frame-seconds").n("count", seconds),
        minutes @ 60..3600 => say("frame-minutes").n("count", minutes / 60),
        hours @ 3600..86_400 => say("frame-hours").n("count", hours / 3600),
        days => say("frame-days").n("count", (days + 43_200) / 86_400),
    };
    said.plain()
}

/// A page, rendered.
pub(super) fn rendered(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(cause = %error, "A page could not be rendered; this is a fault of Rondo.");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
