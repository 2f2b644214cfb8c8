//! The coverage guard's refusal (O3, O4): without whom nobody would be there, who else is away, and what can be done.

use jiff::civil::Date;
use rondo_core::ids::{CampaignId, GroupId, RepId};
use rondo_core::refusal::Blocker;
use rondo_core::time::Instant;

use super::Way;
use crate::app::coverage::{self, Behind, OtherAway, OthersAway};
use crate::app::days::{self, Days, End};
use crate::app::people::Session;
use crate::console::Console;
use crate::console::frame::Frame;
use crate::say;
use crate::texts::Say;

/// The fields with the end of an absence, as a day or as an instant, and with the day that was shown.
const ENDS: [&str; 3] = ["until", "until_at", "until-was"];

/// O3: it would take the last available rep away.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    rep: RepId,
    blockers: Vec<Blocker>,
    latest_until: Option<Instant>,
    /// The day of the rep's own that ends with the latest return, where one does.
    last_day: Option<Date>,
    /// What was asked, if it can be asked again.
    asked: Option<Asked>,
    /// Whether other dates would help.
    pub(super) is_about_dates: bool,
    /// None until it was looked up.
    behind: Option<Behind>,
}

/// A form that was sent, with where.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) fields: Vec<(String, String)>,
}

impl Asked {
    /// The fields that carry it through another form.
    fn carried(&self, asking: RepId) -> Vec<(String, String)> {
        let what = self.path.rsplit('/').next().unwrap_or_default();
        let mut fields =
            vec![("then".to_owned(), asking.to_string()), ("what".to_owned(), what.to_owned())];
        fields.extend(self.fields.iter().cloned());
        fields
    }

    /// What stands in a field with a day.
    fn day(&self, name: &str) -> Option<Date> {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.and_then(|(_, value)| value.trim().parse().ok())
    }
}

impl Guard {
    pub(super) fn new(rep: RepId, blockers: Vec<Blocker>, latest_until: Option<Instant>) -> Self {
        Self {
            rep,
            blockers,
            latest_until,
            last_day: None,
            asked: None,
            is_about_dates: true,
            behind: None,
        }
    }

    pub(super) fn ask(&mut self, path: &str, fields: &[(String, String)]) {
        self.asked = Some(Asked { path: path.to_owned(), fields: fields.to_vec() });
    }

    /// Looks up who else is away. Without it, less is told.
    pub(super) async fn look(&mut self, console: &Console, session: &Session) {
        let asked = (self.day_asked("from"), self.day_asked("until"));
        let (app, caller) = (console.app(), &session.caller);
        self.behind = coverage::behind(app, caller, self.rep, &self.blockers, asked).await.ok();
        if let Some(at) = self.latest_until {
            self.last_day = days::day_ended_at(app, caller, self.rep, at).await.ok().flatten();
        }
    }

    /// A day that was asked for.
    fn day_asked(&self, name: &str) -> Option<Date> {
        self.asked.as_ref().and_then(|asked| asked.day(name))
    }

    /// Without whom nobody would be there, by name.
    pub(super) fn detail(&self, frame: &Frame) -> Option<String> {
        let behind = self.behind.as_ref()?;
        let said = say("trouble-last-rep-named")
            .arg("own", frame.is_rep(&self.rep))
            .arg("rep", &behind.rep_name);
        Some(said.plain())
    }
}

/// The ways out of a guard's refusal.
pub(super) struct Ways {
    pub(super) rep: RepId,
    pub(super) blockers: Vec<BlockerLine>,
    /// The latest return that would be accepted.
    pub(super) earlier: Option<Earlier>,
    /// What was asked.
    pub(super) asked: Option<Asked>,
    pub(super) is_about_dates: bool,
    /// For admins: others who could be there after all.
    pub(super) steps: Vec<Step>,
    /// For admins: whose dates to change, the groups that need a rep where there is no form to come back to, and the
    /// campaigns that need somebody there.
    pub(super) others: Vec<Way>,
}

/// What was asked, with the latest end that would be accepted.
pub(super) struct Earlier {
    pub(super) asked: Asked,
    /// What it comes to, on its button.
    pub(super) name: String,
}

/// What brings somebody there: whoever does it is shown the form that was sent, ready to be sent again.
pub(super) struct Step {
    pub(super) path: String,
    pub(super) name: String,
    pub(super) fields: Vec<(String, String)>,
}

/// A campaign that needs somebody there, and when nobody would be.
pub(super) struct BlockerLine {
    pub(super) campaign: CampaignId,
    pub(super) campaign_name: String,
    pub(super) group: GroupId,
    pub(super) group_name: String,
    pub(super) gaps: String,
    /// Who else is away then, and until when, for admins: a rep is not told of the absences of others.
    pub(super) away: Vec<Say>,
    /// Others away whom no line names.
    pub(super) more: usize,
}

impl Ways {
    pub(super) fn of(frame: &Frame, guard: Guard) -> Self {
        let behind = guard.behind.unwrap_or_default();
        // Who is away from a group is told once, with the first of its campaigns.
        let is_told = |index: usize| {
            let one = &guard.blockers[index];
            guard.blockers[..index]
                .iter()
                .any(|other| (other.group, &other.gaps) == (one.group, &one.gaps))
        };
        let line = |(index, blocker): (usize, &Blocker)| {
            line(frame, blocker, behind.of(blocker.group), is_told(index))
        };
        let away: Vec<&OtherAway> = behind.groups.iter().flat_map(|group| &group.named).collect();
        let (asked, rep) = (guard.asked, guard.rep);
        let backs = away.iter().filter(|other| other.is_switched);
        let backs = backs.map(|other| Step::to_mark_back(other, rep, asked.as_ref()));
        let dates = away.iter().filter(|other| other.has_dates).map(|other| Way::to_change(other));
        let joins = guard.blockers.iter().map(|one| match behind.of(one.group) {
            Some(others) if !others.is_help_in_team => Way::to_add_to_team(),
            _ => Way::to_add(one.group, &one.group_name),
        });
        let joins: Vec<Way> = once(joins, |way| &way.path);
        let (forms, joins) = match &asked {
            Some(asked) => {
                (joins.iter().map(|way| Step::to_add(way, rep, asked)).collect(), vec![])
            }
            None => (Vec::new(), joins),
        };
        let ends = guard.blockers.iter().map(|one| Way::to_end(one.campaign, &one.campaign_name));
        let earlier = guard.latest_until.zip(asked.clone());
        Self {
            rep,
            is_about_dates: guard.is_about_dates,
            steps: once(backs.chain(forms), |step| &step.path),
            others: once(dates.chain(joins).chain(ends), |way| &way.path),
            blockers: guard.blockers.iter().enumerate().map(line).collect(),
            earlier: earlier
                .map(|(at, asked)| Earlier::of(frame, End { at, last_day: guard.last_day }, asked)),
            asked,
        }
    }
}

/// Each once: several campaigns may need the same.
fn once<T>(all: impl Iterator<Item = T>, key: impl Fn(&T) -> &String) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for one in all {
        if !kept.iter().any(|other| key(other) == key(&one)) {
            kept.push(one);
        }
    }
    kept
}

impl Way {
    fn to_change(other: &OtherAway) -> Self {
        let name = say("trouble-change-dates").arg("rep", &other.name).plain();
        Self::new(name, format!("/reps/{}#absences", other.rep))
    }
}

impl Step {
    fn to_mark_back(other: &OtherAway, asking: RepId, asked: Option<&Asked>) -> Self {
        Self {
            path: format!("/reps/{}/back", other.rep),
            name: say("trouble-mark-back").arg("rep", &other.name).plain(),
            fields: asked.map(|asked| asked.carried(asking)).unwrap_or_default(),
        }
    }

    /// To the page on which a rep is added, to a group or to the team.
    fn to_add(way: &Way, asking: RepId, asked: &Asked) -> Self {
        let path = match way.joins {
            Some(group) => format!("/groups/{group}/members#add"),
            None => "/reps".to_owned(),
        };
        let mut fields = asked.carried(asking);
        fields.push(("show".to_owned(), "form".to_owned()));
        Self { path, name: way.name.clone(), fields }
    }
}

impl Earlier {
    fn of(frame: &Frame, latest: End, mut asked: Asked) -> Self {
        let from = asked.day("from").map(|from| from.strftime("%a %-d %b %Y").to_string());
        let until = frame.until(&latest);
        let name = match from {
            Some(from) => {
                say("trouble-away-from-until").arg("from", from).arg("until", until).plain()
            }
            None => say("trouble-away-until").arg("until", until).plain(),
        };
        asked.fields.retain(|(name, _)| !ENDS.contains(&name.as_str()));
        asked.fields.push(match latest.last_day {
            Some(day) => ("until".to_owned(), day.to_string()),
            None => ("until_at".to_owned(), latest.at.to_string()),
        });
        Self { asked, name }
    }
}

fn line(
    frame: &Frame,
    blocker: &Blocker,
    others: Option<&OthersAway>,
    is_told: bool,
) -> BlockerLine {
    let unknown = Days::default();
    let days = others.map_or(&unknown, |others| &others.days);
    let gaps: Vec<String> = blocker.gaps.iter().map(|gap| frame.period(gap, days)).collect();
    let others = others.filter(|_| !is_told);
    let named = others.map(|others| others.named.as_slice()).unwrap_or_default();
    let away = named.iter().filter(|_| frame.is_admin()).map(|other| away(frame, other));
    BlockerLine {
        campaign: blocker.campaign,
        campaign_name: blocker.campaign_name.clone(),
        group: blocker.group,
        group_name: blocker.group_name.clone(),
        gaps: gaps.join(", "),
        away: away.collect(),
        more: others.map_or(0, |others| others.more),
    }
}

fn away(frame: &Frame, other: &OtherAway) -> Say {
    let (period, days, rep) = (&other.period, &other.days, &other.name);
    let path = format!("/reps/{}#absences", other.rep);
    let from = frame.from(&period.from, days);
    let until = period.until.map(|until| frame.until(&days.end(&until)));
    match (frame.has_come(&period.from), until) {
        (true, None) => say("trouble-away-now").link("rep", path, rep),
        (true, Some(until)) => {
            say("trouble-away-now-until").link("rep", path, rep).arg("until", until)
        }
        (false, None) => say("trouble-away-then").link("rep", path, rep).arg("from", from),
        (false, Some(until)) => say("trouble-away-then-until")
            .link("rep", path, rep)
            .arg("from", from)
            .arg("until", until),
    }
}
