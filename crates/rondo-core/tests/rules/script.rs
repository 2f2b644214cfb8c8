//! Stories in text: a line is something that somebody does, and after `->` stands what comes of it.
//!
//! ```text
//! reps ann bo cy                  at 5                       (hours since the start)
//! group emea ann bo               join cy emea · part cy emea · delete emea · circle emea
//! campaign spring on emea         launch spring [at 5] · pause · resume · cancel · delete · duplicate spring
//! out bo [until 5] · back bo      absence bo 3..5 · move bo 3..5 to 4..6 · withdraw bo 3..5
//! lead lia in spring [owner bo]   import lia in spring [owner bo] · pass lia in spring to next · owner lia
//! leave bo [release | to cy]      next spring · status spring
//! ```

use std::collections::BTreeMap;

use rondo_core::command::{CampaignPatch, LeadNews, OwnerRef, ReassignTo, Subject};
use rondo_core::detail::{Existing, LeadFields};
use rondo_core::event::{
    Decision, LeadsOfRemoved, Outcome, OwnerSource, PassedOver, PassedOverReason, Reason, Rotation,
    WhenOwnerIsOut,
};
use rondo_core::ids::{AbsenceId, CampaignId, GroupId, LeadId, RepId};
use rondo_core::time::Period;
use rondo_core::{Answer, Command, Decided, Entry, Event, Refusal};

use crate::world::{World, details, email, hour, hours, name};

/// Plays a story and compares what comes of each line that says what should.
#[track_caller]
pub(crate) fn check(story: &str) {
    let mut stage = Stage::new();
    let (mut expected, mut played) = (String::new(), String::new());
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (words, wanted) = match line.split_once("->") {
            Some((words, wanted)) => (words.trim(), Some(wanted.trim())),
            None => (line, None),
        };
        let outcome = stage.play(words);
        assert!(wanted.is_some() || !outcome.starts_with("refused"), "`{words}` was {outcome}");
        let shown = if wanted.is_some() { format!(" -> {outcome}") } else { String::new() };
        played += &format!("{words}{shown}\n");
        let wanted = wanted.map(|wanted| format!(" -> {wanted}")).unwrap_or_default();
        expected += &format!("{words}{wanted}\n");
    }
    assert!(expected == played, "\nexpected:\n{expected}\nplayed:\n{played}");
}

/// Refuses to think of time as anything but a number of hours.
fn number(text: &str) -> i64 {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is not a number of hours"))
}

fn period(text: &str) -> Period {
    let (from, until) = text.split_once("..").expect("a period is `3..5` or `3..`");
    let until = Some(until).filter(|until| !until.is_empty());
    Period { from: hour(number(from)), until: until.map(|until| hour(number(until))) }
}

fn shown(period: &Period) -> String {
    let until = period.until.map(|until| hours(until).to_string()).unwrap_or_default();
    format!("{}..{until}", hours(period.from))
}

struct Stage {
    world: World,
    reps: BTreeMap<String, RepId>,
    groups: BTreeMap<String, GroupId>,
    campaigns: BTreeMap<String, CampaignId>,
}

impl Stage {
    fn new() -> Self {
        let world = World::new();
        let groups = BTreeMap::from([("everybody".to_owned(), world.everybody())]);
        Self { world, reps: BTreeMap::new(), groups, campaigns: BTreeMap::new() }
    }

    fn play(&mut self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["reps", names @ ..] => {
                names.iter().for_each(|rep| drop(self.add_rep(rep)));
                String::new()
            }
            ["add", rep] => self.add_rep(rep),
            ["group", group, reps @ ..] => self.add_group(group, reps),
            ["campaign", campaign, rest @ ..] => self.add_campaign(campaign, rest),
            ["at", at] => {
                self.world.set_clock(hour(number(at)));
                let from = self.world.ledger.len();
                self.world.begin(&[]);
                self.told(from)
            }
            ["circle", group] => self.circle(self.groups[*group]),
            ["next", campaign] => self.next(self.campaigns[*campaign]),
            ["status", campaign] => self.status(self.campaigns[*campaign]),
            ["owner", lead] => self.owner(lead),
            ["reload"] => {
                self.world.reload();
                String::new()
            }
            words => {
                let command = self.command(words);
                self.run(command)
            }
        }
    }

    fn command(&self, words: &[&str]) -> Command {
        let rep = |rep: &str| self.reps[rep];
        let campaign = |name: &str| self.campaigns[name];
        let out = |of: &str, until: Option<&str>| Command::GoOutOfOffice {
            rep: rep(of),
            until: until.map(|until| hour(number(until))),
            dates: None,
            note: None,
        };
        let patch = |of: &str, patch| Command::ChangeCampaign { campaign: campaign(of), patch };
        match *words {
            ["leave", of] => Command::RemoveRep { rep: rep(of), leads: None },
            ["leave", of, "release"] => {
                Command::RemoveRep { rep: rep(of), leads: Some(LeadsOfRemoved::Released) }
            }
            ["leave", of, "to", to] => Command::RemoveRep {
                rep: rep(of),
                leads: Some(LeadsOfRemoved::TransferredTo(rep(to))),
            },
            ["out", of] => out(of, None),
            ["out", of, "until", until] => out(of, Some(until)),
            ["back", of] => Command::ComeBack { rep: rep(of) },
            ["absence", of, when] => {
                Command::AddAbsence { rep: rep(of), period: period(when), dates: None, note: None }
            }
            ["move", of, when, "to", to] => Command::ChangeAbsence {
                rep: rep(of),
                absence: self.absence(rep(of), when),
                period: period(to),
                dates: None,
                note: None,
            },
            ["withdraw", of, when] => {
                Command::RemoveAbsence { rep: rep(of), absence: self.absence(rep(of), when) }
            }
            ["join", of, group] => Command::AddMember { group: self.groups[group], rep: rep(of) },
            ["part", of, group] => {
                Command::RemoveMember { group: self.groups[group], rep: rep(of) }
            }
            ["rename", group, "to", to] => {
                Command::RenameGroup { group: self.groups[group], name: name(to) }
            }
            ["delete", of] => match self.groups.get(of) {
                Some(group) => Command::RemoveGroup { group: *group },
                None => Command::RemoveCampaign { campaign: campaign(of) },
            },
            ["launch", of] => Command::LaunchCampaign { campaign: campaign(of), at: None },
            ["launch", of, "at", at] => {
                Command::LaunchCampaign { campaign: campaign(of), at: Some(hour(number(at))) }
            }
            ["pause", of] => Command::PauseCampaign { campaign: campaign(of) },
            ["resume", of] => Command::ResumeCampaign { campaign: campaign(of) },
            ["cancel", of] => Command::CancelCampaign { campaign: campaign(of) },
            ["duplicate", of] => Command::DuplicateCampaign { campaign: campaign(of) },
            ["regroup", of, "to", group] => patch(
                of,
                CampaignPatch { group: Some(Some(self.groups[group])), ..CampaignPatch::default() },
            ),
            ["share", of] => patch(
                of,
                CampaignPatch { rotation: Some(Rotation::Group), ..CampaignPatch::default() },
            ),
            ["lead", of, "in", to, ref rest @ ..] => Command::Qualify {
                campaign: campaign(to),
                subject: Subject::Lead(Box::new(self.news(of, rest))),
                note: None,
            },
            ["import", of, "in", to, ref rest @ ..] => Command::AddLeads {
                campaign: Some(campaign(to)),
                leads: vec![self.news(of, rest)],
                existing: Existing::Fill,
            },
            ["pass", of, "in", from, "to", to] => Command::Reassign {
                assignment: self.assignment(of, campaign(from)),
                to: if to == "next" { ReassignTo::Next } else { ReassignTo::Rep(rep(to)) },
                note: None,
            },
            ["ownership", on] => {
                Command::ChangeSettings { settings: self.world.settings(on == "on") }
            }
            _ => panic!("nobody knows how to `{}`", words.join(" ")),
        }
    }

    fn news(&self, lead: &str, rest: &[&str]) -> LeadNews {
        let owner = match rest {
            [] => None,
            ["owner", owner] => {
                Some(self.reps.get(*owner).map_or(OwnerRef::Unknown, |rep| OwnerRef::Id(*rep)))
            }
            _ => panic!("a lead has an `owner`, not `{}`", rest.join(" ")),
        };
        LeadNews { email: email(lead), owner, fields: LeadFields::default() }
    }

    fn absence(&self, rep: RepId, when: &str) -> AbsenceId {
        let known = self.world.team.rep(rep).expect("a rep of the team");
        let when = period(when);
        known.absences.iter().find(|absence| absence.period == when).expect("an absence then").id
    }

    fn lead(&self, who: &str) -> LeadId {
        let email = email(who);
        self.world.shelf.leads.iter().find(|(_, fact)| fact.email == email).expect("a lead").0
    }

    fn assignment(&self, who: &str, campaign: CampaignId) -> rondo_core::ids::AssignmentId {
        let lead = self.lead(who);
        let mut all = self.world.shelf.conversations.iter();
        let known = all.find(|known| known.lead == lead && known.campaign == campaign);
        known.and_then(|known| known.standing).expect("an assignment").0
    }

    fn add_rep(&mut self, rep: &str) -> String {
        let outcome = self.run(Command::AddRep { details: details(rep) });
        let last = self.world.team.reps().last().expect("a rep was added");
        self.reps.insert(rep.to_owned(), last.id);
        outcome
    }

    fn add_group(&mut self, group: &str, reps: &[&str]) -> String {
        let reps = reps.iter().map(|rep| self.reps[*rep]).collect();
        let outcome = self.run(Command::AddGroup { name: name(group), reps });
        let known = self.world.team.groups().find(|known| known.name.as_str() == group);
        self.groups.extend(known.map(|known| (group.to_owned(), known.id)));
        outcome
    }

    fn add_campaign(&mut self, campaign: &str, rest: &[&str]) -> String {
        let group = rest.iter().skip_while(|word| **word != "on").nth(1);
        let command = Command::AddCampaign {
            name: name(campaign),
            group: group.map(|group| self.groups[*group]),
            rotation: if rest.contains(&"shared") { Rotation::Group } else { Rotation::Campaign },
            when_owner_is_out: if rest.contains(&"round-robin") {
                WhenOwnerIsOut::RoundRobin
            } else {
                WhenOwnerIsOut::Owner
            },
        };
        self.run(command)
    }

    /// Runs a command and tells what came of it: the answer, warnings, then what followed.
    fn run(&mut self, command: Command) -> String {
        let from = self.world.ledger.len();
        let outcome = match self.world.run(command) {
            Ok(decided) => self.answer(&decided),
            Err(refusal) => return format!("refused: {}", self.refusal(&refusal)),
        };
        for campaign in self.world.team.campaigns() {
            self.campaigns.insert(campaign.settings.name.as_str().to_owned(), campaign.id);
        }
        // What became due by the command is done at once, as the sweep would.
        self.world.begin(&[]);
        join([outcome, self.told(from)])
    }

    fn answer(&self, decided: &Decided) -> String {
        let outcome = match &decided.answer {
            Answer::Assigned { is_new: false, assignment, .. } => {
                let all = &self.world.shelf.conversations;
                let standing = all.iter().filter_map(|known| known.standing);
                let (_, rep) = standing.into_iter().find(|(id, _)| id == assignment).expect("made");
                format!("stands with {}", self.rep(rep))
            }
            Answer::Waiting { position, .. } => format!("waits at {position}"),
            _ => decided.events.iter().find_map(|event| self.decided(event)).unwrap_or_default(),
        };
        let outcome = match &decided.answer {
            Answer::Assigned { is_new: true, .. } => {
                decided.events.iter().find_map(|event| self.decided(event)).expect("a decision")
            }
            _ => outcome,
        };
        let warnings = decided.warnings.iter().map(|warning| format!("warning {}", warning.code()));
        join(std::iter::once(outcome).chain(warnings))
    }

    fn decided(&self, event: &Event) -> Option<String> {
        match event {
            Event::Qualified { outcome: Outcome::Assigned(decision), .. }
            | Event::Reassigned { decision, .. } => Some(self.decision(decision)),
            Event::CampaignCreated { settings, copied_from: Some(_), .. } => {
                Some(format!("{} on {}", settings.name, self.group(settings.group)))
            }
            _ => None,
        }
    }

    /// What nobody asked for in the entries from an index on: launches, returns, leads that waited.
    fn told(&self, from: usize) -> String {
        let told = |entry: &Entry| match &entry.event {
            Event::WaitingAssigned { lead, decision, .. } => {
                Some(format!("then {} to {}", self.lead_name(*lead), self.decision(decision)))
            }
            Event::CampaignLaunched { campaign } if self.is_by_clock(entry) => {
                Some(format!("{} launches", self.campaign(*campaign)))
            }
            Event::RepBack { rep } if self.is_by_clock(entry) => {
                Some(format!("{} is back", self.rep(*rep)))
            }
            _ => None,
        };
        join(self.world.ledger[from..].iter().filter_map(told))
    }

    fn is_by_clock(&self, entry: &Entry) -> bool {
        self.world.ticked.contains(&entry.n)
    }

    fn decision(&self, decision: &Decision) -> String {
        let reason = match decision.reason {
            Reason::Owner => "as owner",
            Reason::Turn => "by turn",
            Reason::Manual => "by hand",
            Reason::Transfer => "as heir",
        };
        let over: Vec<_> = decision.passed_over.iter().map(|over| self.over(over)).collect();
        let more = decision.passed_over_count as usize - over.len();
        join([
            format!("{} {reason}", self.rep(decision.rep)),
            if over.is_empty() { String::new() } else { format!("over {}", over.join(", ")) },
            if more == 0 { String::new() } else { format!("and {more} more") },
            decision
                .owner_out
                .map(|owner| format!("for the owner {}", self.over(&owner)))
                .unwrap_or_default(),
        ])
    }

    fn over(&self, over: &PassedOver) -> String {
        let rep = self.rep(over.rep);
        match over.reason {
            PassedOverReason::OutOfOffice { until: Some(until) } => {
                format!("{rep} (out until {})", hours(until))
            }
            PassedOverReason::OutOfOffice { until: None } => format!("{rep} (out)"),
            PassedOverReason::HadThisLead => format!("{rep} (had this lead)"),
        }
    }

    fn refusal(&self, refusal: &Refusal) -> String {
        let code = refusal.code();
        match refusal {
            Refusal::LastAvailableRep { blockers, latest_until, .. } => {
                let blockers: Vec<_> = blockers
                    .iter()
                    .map(|blocker| {
                        let gaps: Vec<_> = blocker.gaps.iter().map(shown).collect();
                        let group = self.group(blocker.group);
                        format!("{} {group} {}", blocker.campaign_name, gaps.join(" "))
                    })
                    .collect();
                let latest = latest_until.map(|until| format!("latest {}", hours(until)));
                join([format!("{code}, {}", blockers.join(", ")), latest.unwrap_or_default()])
            }
            Refusal::GroupNeedsARep { groups } => {
                let groups = groups.iter().map(|named| named.group_name.clone());
                join(std::iter::once(code.to_owned()).chain(groups))
            }
            Refusal::GroupInUse { blockers, .. } => {
                let campaigns = blockers.iter().map(|named| named.campaign_name.clone());
                join(std::iter::once(code.to_owned()).chain(campaigns))
            }
            Refusal::RepOwnsLeads { leads_owned, .. } => format!("{code}; {leads_owned}"),
            _ => code.to_owned(),
        }
    }

    fn circle(&self, group: GroupId) -> String {
        let group = self.world.team.group(group).expect("a group");
        group.members.iter().map(|member| self.rep(member.rep)).collect::<Vec<_>>().join(" ")
    }

    fn next(&self, campaign: CampaignId) -> String {
        let queue = self.world.team.queue(campaign, 4, 20).expect("a campaign");
        queue.next.iter().map(|rep| self.rep(*rep)).collect::<Vec<_>>().join(" ")
    }

    fn status(&self, campaign: CampaignId) -> String {
        let known = self.world.team.campaign(campaign).expect("a campaign");
        let warnings = self.world.team.campaign_warnings(known);
        let warnings = warnings.iter().map(|warning| format!("warning {}", warning.code()));
        let waiting =
            if known.waiting == 0 { String::new() } else { format!("{} wait", known.waiting) };
        join([known.status.to_string(), waiting].into_iter().chain(warnings))
    }

    fn owner(&self, lead: &str) -> String {
        let lead = self.lead(lead);
        let (_, fact) = self.world.shelf.leads.iter().find(|(id, _)| *id == lead).expect("a lead");
        let resolved = fact
            .owner
            .and_then(|(rep, source)| self.world.team.resolve_owner(rep).map(|rep| (rep, source)));
        match resolved {
            Some((rep, OwnerSource::PreAssigned)) => format!("{} (pre-assigned)", self.rep(rep)),
            Some((rep, OwnerSource::Routed)) => format!("{} (routed)", self.rep(rep)),
            None => "nobody".to_owned(),
        }
    }

    fn rep(&self, rep: RepId) -> &str {
        self.reps.iter().find(|(_, id)| **id == rep).map_or("somebody", |(name, _)| name)
    }

    fn group(&self, group: GroupId) -> &str {
        self.groups.iter().find(|(_, id)| **id == group).map_or("some group", |(name, _)| name)
    }

    fn campaign(&self, campaign: CampaignId) -> &str {
        let known = self.world.team.campaign(campaign);
        known.map_or("a campaign that is gone", |known| known.settings.name.as_str())
    }

    fn lead_name(&self, lead: LeadId) -> String {
        let known = self.world.shelf.leads.iter().find(|(id, _)| *id == lead);
        known.map_or("somebody".to_owned(), |(_, fact)| {
            fact.email.as_str().trim_end_matches("@kiln.example").to_owned()
        })
    }
}

fn join(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("; ")
}
