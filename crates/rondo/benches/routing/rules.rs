//! The rules alone, in this process: the next turn, a whole decision, the coverage guard.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use rondo::engine::Roster;
use rondo_core::command::{LeadNews, Subject};
use rondo_core::coverage::Coverage;
use rondo_core::detail::LeadFields;
use rondo_core::event::{AbsenceSource, CampaignSettings, Cursor, Rotation, WhenOwnerIsOut};
use rondo_core::ids::{CampaignId, GroupId, Id, IdSource, RepId};
use rondo_core::rotation::{Positions, next_turn};
use rondo_core::team::{Absence, CampaignParts, GroupParts, Member, RepParts, Standing, Status};
use rondo_core::text::{Email, Name};
use rondo_core::time::Periods;
use rondo_core::{Command, Decided, Facts, Instant, Needs, Period, Refusal, Team, TeamParts};

use crate::now;

/// When the measured teams live.
const NOON: Instant = Instant::from_micros(1_790_000_000_000_000);
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// What the rules alone cost.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) next_of_10: Duration,
    pub(crate) next_of_100_000: Duration,
    pub(crate) decide_lead: Duration,
    pub(crate) guard: Duration,
    pub(crate) refused_absence: Duration,
    pub(crate) accepted_absence: Duration,
}

/// Measures all of it: seconds in all.
pub(crate) fn measure() -> Rules {
    Rules {
        next_of_10: next_turn_alone(10, |_| true),
        next_of_100_000: next_turn_alone(100_000, |position| position == 99_999),
        decide_lead: decide_one_lead(),
        guard: guard_alone(),
        refused_absence: absence_of_the_last(),
        accepted_absence: absence_among_many(),
    }
}

/// The median time of a call, over 201 rounds of `calls`: short ones, so that a round is rarely interrupted.
fn median(calls: u32, mut call: impl FnMut()) -> Duration {
    let mut rounds: Vec<Duration> = (0..201)
        .map(|_| {
            let start = now();
            (0..calls).for_each(|_| call());
            start.elapsed()
        })
        .collect();
    rounds.sort_unstable();
    rounds[rounds.len() / 2] / calls
}

fn next_turn_alone(reps: usize, is_available: impl Fn(usize) -> bool) -> Duration {
    let members: Vec<Member> =
        (1..=reps as u64).map(|place| Member { place, rep: numbered(place) }).collect();
    let available = Positions::new(reps, is_available);
    let mut cursor = Cursor::default();
    median(10_000, || {
        let turn = next_turn(&members, &available, black_box(cursor), None);
        // From somewhere else each time: where the last turn was taken is no help.
        cursor.place = (cursor.place + 7) % reps as u64;
        black_box(turn.expect("somebody is available"));
    })
}

fn decide_one_lead() -> Duration {
    let (team, campaign) = team(25, |_| Vec::new());
    let command = Command::Qualify {
        campaign,
        subject: Subject::Lead(Box::new(LeadNews {
            email: Email::parse("rosa@northgate-foods.example").expect("an address"),
            owner: None,
            fields: LeadFields { name: Some("Rosa Abara".to_owned()), ..LeadFields::default() },
        })),
        note: None,
    };
    let mut needs = Needs::default();
    needs.add(&command, &team);
    let (facts, mut ids) = (Facts::default(), IdSource::new(NOON, 1));
    median(200, || {
        let decided = rondo_core::decide(&team, black_box(&command), &facts, NOON, &mut ids);
        black_box(decided.expect("the campaign runs"));
    })
}

/// Two absences each, all at times of their own: 400,000 instants at which the count of the available changes.
fn scattered(rep: u64) -> Vec<Period> {
    let first = NOON.plus_seconds(DAY_SECONDS + rep as i64 * 61);
    let second = NOON.plus_seconds(200 * DAY_SECONDS + rep as i64 * 67);
    [first, second]
        .map(|from| Period { from, until: Some(from.plus_seconds(14 * DAY_SECONDS)) })
        .to_vec()
}

fn guard_alone() -> Duration {
    let absences: Vec<Periods> =
        (1..=100_000).map(|rep| Periods::union_of(scattered(rep))).collect();
    let coverage = Coverage::of(&absences);
    let for_ever = Periods::since(NOON);
    median(1, || {
        black_box(coverage.periods_with(1, black_box(&for_ever)));
    })
}

fn absence_of_the_last() -> Duration {
    let (team, _) =
        team(
            100_000,
            |rep| {
                if rep == 1 { Vec::new() } else { vec![Period { from: NOON, until: None }] }
            },
        );
    median(1, || {
        let refused = go_away(&team, 1);
        assert!(refused.is_err(), "the last available rep stays");
    })
}

fn absence_among_many() -> Duration {
    let (team, _) = team(100_000, scattered);
    median(1, || {
        go_away(&team, 50_000).expect("others are there");
    })
}

fn go_away(team: &Team, rep: u64) -> Result<Decided, Refusal> {
    let command =
        Command::GoOutOfOffice { rep: numbered(rep), until: None, dates: None, note: None };
    let now = NOON.plus_seconds(1);
    rondo_core::decide(team, &command, &Facts::default(), now, &mut IdSource::new(now, 1))
}

/// A team whose default group has a running campaign.
fn team(reps: u64, absences: impl Fn(u64) -> Vec<Period>) -> (Team, CampaignId) {
    let (group, campaign) = (numbered::<GroupId>(1), numbered::<CampaignId>(1));
    let reps: Vec<RepParts> = (1..=reps).map(|rep| rep_parts(rep, absences(rep))).collect();
    let members: Vec<Member> =
        (1..).zip(&reps).map(|(place, rep)| Member { place, rep: rep.id }).collect();
    let groups = vec![group_parts(group, "All sales reps", members)];
    let campaigns = vec![campaign_parts(campaign, "Spring", group)];
    (Team::from_parts(team_parts(reps, groups, campaigns), NOON), campaign)
}

/// One of the teams whose memory is measured, as the engine caches it: 25 reps with their names, every fifth with an
/// absence ahead, 4 groups, 10 campaigns.
pub(crate) fn cached_team(number: u64) -> (Team, Roster) {
    let absence = |rep| {
        if rep % 5 > 0 {
            return Vec::new();
        }
        let from = NOON.plus_seconds((rep as i64 + 1) * DAY_SECONDS);
        vec![Period { from, until: Some(from.plus_seconds(7 * DAY_SECONDS)) }]
    };
    let reps: Vec<RepParts> =
        (1..=25).map(|rep| rep_parts(number << 8 | rep, absence(rep))).collect();
    let groups = (0..4)
        .map(|group| {
            let size = if group == 0 { 25 } else { 8 };
            let members =
                (1..).zip(&reps).take(size).map(|(place, rep)| Member { place, rep: rep.id });
            group_parts(numbered(number << 8 | group), "A sales group", members.collect())
        })
        .collect::<Vec<_>>();
    let campaigns = (1..=10)
        .map(|at| {
            let group = groups[at as usize % 4].id;
            campaign_parts(numbered(number << 8 | at), "A campaign of the spring", group)
        })
        .collect();
    let names = reps.iter().map(|rep| (rep.id, name("Rosa Hashimoto"))).collect();
    let team = Team::from_parts(team_parts(reps, groups, campaigns), NOON);
    let roster = Roster::of(&team, names);
    (team, roster)
}

fn numbered<I: Id>(number: u64) -> I {
    I::from_bytes(u128::from(number).to_be_bytes())
}

fn name(text: &str) -> Name {
    Name::parse(text).expect("a visible text is a name")
}

fn rep_parts(rep: u64, absences: Vec<Period>) -> RepParts {
    let id: RepId = numbered(rep);
    let absences = (1..)
        .zip(absences)
        .map(|(at, period)| Absence {
            id: numbered(rep << 8 | at),
            period,
            dates: None,
            source: AbsenceSource::Entered,
        })
        .collect::<Vec<_>>();
    let said_away = absences.iter().any(|absence| absence.period.covers(NOON));
    RepParts { id, absences: absences.into(), standing: Standing::Present { said_away } }
}

fn group_parts(id: GroupId, text: &str, members: Vec<Member>) -> GroupParts {
    GroupParts {
        id,
        name: name(text),
        next_place: members.len() as u64 + 1,
        members: Arc::new(members),
        cursor: Cursor::default(),
        is_deleted: false,
    }
}

fn campaign_parts(id: CampaignId, text: &str, group: GroupId) -> CampaignParts {
    CampaignParts {
        id,
        settings: CampaignSettings {
            name: name(text),
            group,
            rotation: Rotation::Campaign,
            when_owner_is_out: WhenOwnerIsOut::Owner,
        },
        status: Status::Running,
        launch_at: None,
        launched_at: Some(NOON),
        cursor: Cursor::default(),
        waiting: 0,
        created_at: NOON,
        mail: None,
    }
}

fn team_parts(
    reps: Vec<RepParts>,
    groups: Vec<GroupParts>,
    campaigns: Vec<CampaignParts>,
) -> TeamParts {
    TeamParts {
        id: numbered(1),
        revision: 1_000,
        last_at: NOON,
        settings: rondo_core::event::Settings {
            name: name("Northgate Foods"),
            routed_rep_becomes_owner: true,
            reminder_after_working_hours: 8,
            time_zone: "UTC".to_owned(),
            handover_template: None,
        },
        default_group: groups[0].id,
        reps,
        left: BTreeMap::new(),
        groups,
        campaigns,
        webhooks: Vec::new(),
        mailboxes: Vec::new(),
        users: Vec::new(),
    }
}
