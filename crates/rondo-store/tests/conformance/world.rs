//! A store with one team in it, and the smallest engine there can be: load, decide, commit, one caller at a time.

use std::path::PathBuf;

use rondo_core::command::{LeadNews, OwnerRef, Subject};
use rondo_core::detail::{LeadFields, RepDetails};
use rondo_core::event::{Role, Rotation, WhenOwnerIsOut};
use rondo_core::ids::{BatchId, CampaignId, GroupId, Id, IdSource, LeadId, RepId, TeamId, UserId};
use rondo_core::text::{Email, Name};
use rondo_core::{
    Actor, Answer, Command, Detail, Entry, Event, Facts, Instant, Needs, Period, Refusal, Team,
    decide,
};
use rondo_store::{Committed, Difference, Store, StoreOptions, TeamBatch};

use crate::server::Server;

pub(crate) const NOON: Instant = Instant::from_micros(1_795_000_000_000_000);

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) team: Team,
    pub(crate) now: Instant,
    pub(crate) ids: IdSource,
    place: Place,
}

/// Where the data is, so that it can be changed behind the store's back.
enum Place {
    Sqlite { path: PathBuf, _folder: tempfile::TempDir },
    Postgres(Server),
}

/// A store with nothing in it.
pub(crate) struct Empty {
    pub(crate) store: Store,
    place: Place,
}

impl Empty {
    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data").join("rondo.db");
        let database = format!("sqlite:{}", path.display());
        let store = Store::open(&StoreOptions { database, readers: 2 }).await.unwrap();
        Self { store, place: Place::Sqlite { path, _folder: folder } }
    }

    async fn postgres() -> Self {
        let server = Server::start().await;
        let options = StoreOptions { database: server.database(), readers: 2 };
        let store = Store::open(&options).await.unwrap();
        Self { store, place: Place::Postgres(server) }
    }
}

impl World {
    pub(crate) async fn sqlite() -> Self {
        Self::of(Empty::sqlite().await).await
    }

    pub(crate) async fn postgres() -> Self {
        Self::of(Empty::postgres().await).await
    }

    /// A store of the other kind with nothing in it: an installation moves up, and may move back.
    pub(crate) async fn empty(&self) -> Empty {
        match self.place {
            Place::Sqlite { .. } => Empty::postgres().await,
            Place::Postgres(_) => Empty::sqlite().await,
        }
    }

    async fn of(empty: Empty) -> Self {
        let Empty { store, place } = empty;
        let (team, ids) = found(&store, 7).await;
        Self { store, team, now: NOON, ids, place }
    }

    pub(crate) fn is_embedded(&self) -> bool {
        matches!(self.place, Place::Sqlite { .. })
    }

    pub(crate) fn id(&self) -> TeamId {
        self.team.id()
    }

    /// Decides commands into one batch; those that are refused are left out.
    pub(crate) async fn decide(
        &mut self,
        commands: &[Command],
    ) -> (TeamBatch, Team, Vec<Result<Answer, Refusal>>) {
        let mut team = self.team.clone();
        team.advance(self.now);
        let mut needs = Needs::default();
        commands.iter().for_each(|command| needs.add(command, &team));
        let mut facts = self.facts(needs).await;
        let mut batch = self.empty_batch();
        let mut answers = Vec::new();
        for command in commands {
            let decided = decide(&team, command, &facts, self.now, &mut self.ids);
            answers.push(decided.map(|decided| {
                let entries = numbered(&team, self.now, decided.events);
                facts.follow(&entries, &decided.details, &decided.answer);
                entries.iter().for_each(|entry| team.apply(entry));
                batch.entries.extend(entries);
                batch.details.extend(decided.details);
                decided.answer
            }));
        }
        batch.due_at = team.next_due();
        (batch, team, answers)
    }

    /// Decides commands and commits them as one batch.
    pub(crate) async fn try_all(&mut self, commands: &[Command]) -> Vec<Result<Answer, Refusal>> {
        let (batch, team, answers) = self.decide(commands).await;
        assert_eq!(self.store.commit(vec![batch]).await.unwrap(), [Committed::Done]);
        self.team = team;
        answers
    }

    pub(crate) async fn run(&mut self, command: Command) -> Answer {
        self.try_all(&[command]).await.remove(0).unwrap()
    }

    pub(crate) fn empty_batch(&mut self) -> TeamBatch {
        TeamBatch {
            team: self.id(),
            expected_revision: self.team.revision(),
            batch: self.ids.next_id::<BatchId>(),
            entries: Vec::new(),
            details: Vec::new(),
            remembered: Vec::new(),
            deliveries: Vec::new(),
            due_at: None,
        }
    }

    pub(crate) async fn facts(&self, needs: Needs) -> Facts {
        self.store.facts(vec![(self.id(), needs)]).await.unwrap().remove(0)
    }

    pub(crate) async fn rep(&mut self, name: &str) -> RepId {
        match self.run(add_rep(name)).await {
            Answer::Rep(rep) => rep,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn group(&mut self, name: &str, reps: &[RepId]) -> GroupId {
        let name = Name::parse(name).unwrap();
        match self.run(Command::AddGroup { name, reps: reps.to_vec() }).await {
            Answer::Group(group) => group,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn campaign(&mut self, name: &str, group: Option<GroupId>) -> CampaignId {
        self.campaign_of(name, group, Rotation::Campaign).await
    }

    pub(crate) async fn campaign_of(
        &mut self,
        name: &str,
        group: Option<GroupId>,
        rotation: Rotation,
    ) -> CampaignId {
        let name = Name::parse(name).unwrap();
        let when_owner_is_out = WhenOwnerIsOut::Owner;
        let command = Command::AddCampaign { name, group, rotation, when_owner_is_out };
        match self.run(command).await {
            Answer::Campaign(campaign) => campaign,
            other => panic!("{other:?}"),
        }
    }

    /// A running campaign.
    pub(crate) async fn running(&mut self, name: &str, group: Option<GroupId>) -> CampaignId {
        let campaign = self.campaign(name, group).await;
        self.run(Command::LaunchCampaign { campaign, at: None }).await;
        campaign
    }

    /// A running campaign, with somebody to take its leads.
    pub(crate) async fn running_with_a_rep(&mut self, name: &str) -> CampaignId {
        self.rep("zoe").await;
        self.running(name, None).await
    }

    /// The lead of an address.
    pub(crate) async fn lead(&self, name: &str) -> Option<LeadId> {
        let key = email(name).key();
        let mut needs = Needs::default();
        needs.leads_by_email.insert((key, None));
        self.facts(needs).await.lead_by_email.get(&key).copied()
    }

    /// A running campaign whose only rep is away from now for an hour.
    pub(crate) async fn running_into_a_gap(&mut self, name: &str, rep: RepId) -> CampaignId {
        let group = self.group(&format!("Group of {name}"), &[rep]).await;
        let from = self.now.plus_seconds(60);
        let period = Period { from, until: Some(from.plus_seconds(3600)) };
        self.run(Command::AddAbsence { rep, period, dates: None, note: None }).await;
        let campaign = self.running(name, Some(group)).await;
        self.now = from;
        self.run(Command::Tick).await;
        campaign
    }

    /// The differences that a verification finds.
    pub(crate) async fn differences(&self) -> Vec<Difference> {
        let report = self.store.verify(self.id(), &mut |_| {}).await.unwrap().unwrap();
        assert_eq!(report.entries, self.team.revision());
        report.differences
    }

    /// Changes the data behind its back, past its foreign keys; `{team}` in the statement is the team. How many rows were
    /// touched.
    pub(crate) async fn tamper(&self, sql: &str) -> u64 {
        let sql = &sql.replace("{team}", &blob(self.id()));
        match &self.place {
            Place::Sqlite { path, .. } => {
                let connection = rusqlite::Connection::open(path).unwrap();
                connection.pragma_update(None, "foreign_keys", false).unwrap();
                let before = connection.total_changes();
                connection.execute_batch(sql).unwrap();
                connection.total_changes() - before
            }
            Place::Postgres(server) => {
                let sql = sql.replace("x'", "'");
                server.execute(&format!("set session_replication_role = replica; {sql}")).await
            }
        }
    }
}

/// A team of its own in the store, and ids for it.
pub(crate) async fn found(store: &Store, seed: u128) -> (Team, IdSource) {
    let mut ids = IdSource::new(NOON, seed);
    let id: TeamId = ids.next_id();
    let (user, group): (UserId, GroupId) = (ids.next_id(), ids.next_id());
    let entries: Vec<_> = (1..)
        .zip([
            Event::TeamCreated { name: Name::parse("Acme").unwrap(), default_group: group },
            Event::UserAdded { user, role: Role::Admin, rep: None },
        ])
        .map(|(n, event)| Entry { n, at: NOON, actor: Actor::Cli, event })
        .collect();
    let mut team = Team::found(id, &entries[0]).unwrap();
    entries[1..].iter().for_each(|entry| team.apply(entry));
    let batch = TeamBatch {
        team: id,
        expected_revision: 0,
        batch: ids.next_id(),
        details: vec![Detail::User { user, email: email("admin") }],
        entries,
        remembered: Vec::new(),
        deliveries: Vec::new(),
        due_at: None,
    };
    assert_eq!(store.commit(vec![batch]).await.unwrap(), [Committed::Done]);
    (team, ids)
}

pub(crate) fn numbered(team: &Team, at: Instant, events: Vec<Event>) -> Vec<Entry> {
    (team.revision() + 1..)
        .zip(events)
        .map(|(n, event)| Entry { n, at, actor: Actor::Cli, event })
        .collect()
}

/// An id as SQLite writes it in a statement.
pub(crate) fn blob(id: impl Id) -> String {
    let digits: String = id.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("x'{digits}'")
}

pub(crate) fn email(name: &str) -> Email {
    Email::parse(&format!("{name}@example.com")).unwrap()
}

pub(crate) fn add_rep(name: &str) -> Command {
    Command::AddRep { details: details(name) }
}

pub(crate) fn details(name: &str) -> RepDetails {
    RepDetails {
        name: Name::parse(name).unwrap(),
        email: email(name),
        phone: Some("+49 30 1".to_owned()),
        time_zone: "UTC".to_owned(),
        calendar_link: None,
        salt: [3; 16],
    }
}

pub(crate) fn news(name: &str) -> LeadNews {
    LeadNews { email: email(name), owner: None, fields: LeadFields::default() }
}

pub(crate) fn qualify(campaign: CampaignId, name: &str) -> Command {
    Command::Qualify { campaign, subject: Subject::Lead(Box::new(news(name))), note: None }
}

pub(crate) fn qualify_for(campaign: CampaignId, name: &str, owner: RepId) -> Command {
    let news = LeadNews { owner: Some(OwnerRef::Id(owner)), ..news(name) };
    Command::Qualify { campaign, subject: Subject::Lead(Box::new(news)), note: None }
}
