//! A team with its rows, its ledger and its clock, driven in the order in which the engine drives one.

use rondo_core::detail::RepDetails;
use rondo_core::event::{CursorKey, Settings};
use rondo_core::facts::{ConversationFact, ConversationState};
use rondo_core::ids::{GroupId, IdSource, TeamId};
use rondo_core::text::{Email, Name};
use rondo_core::{
    Actor, Command, Decided, Entry, Event, Facts, Instant, Needs, Refusal, Team, decide,
};

use crate::shelf::Shelf;

/// The instant 0 of every test: a Sunday afternoon.
pub(crate) const START: Instant = Instant::from_micros(1_790_000_000_000_000);

/// The instant some hours after [`START`].
pub(crate) fn hour(hours: i64) -> Instant {
    START.plus_seconds(hours * 3600)
}

/// Hours since [`START`].
pub(crate) fn hours(at: Instant) -> i64 {
    let micros = at.as_micros() - START.as_micros();
    assert_eq!(micros % 3_600_000_000, 0, "tests live on whole hours");
    micros / 3_600_000_000
}

/// A name that the test knows to be one.
pub(crate) fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

/// Somebody's address.
pub(crate) fn email(who: &str) -> Email {
    Email::parse(&format!("{who}@kiln.example")).expect("an address")
}

/// Somebody's personal fields.
pub(crate) fn details(who: &str) -> RepDetails {
    RepDetails {
        name: name(who),
        email: email(who),
        phone: None,
        time_zone: "UTC".to_owned(),
        calendar_link: None,
        salt: [7; 16],
    }
}

/// A team and all that belongs to it.
pub(crate) struct World {
    pub(crate) team: Team,
    pub(crate) shelf: Shelf,
    pub(crate) ledger: Vec<Entry>,
    pub(crate) now: Instant,
    /// Waiting rows fetched in one go.
    pub(crate) chunk: usize,
    /// The ledger numbers of what the clock brought about.
    pub(crate) ticked: Vec<u64>,
    facts: Facts,
    needs: Needs,
    ids: IdSource,
}

/// Served leads: the cursor, and the entries that came of one pass over it.
pub(crate) type Served = Vec<(CursorKey, Vec<Entry>)>;

impl World {
    /// A team without reps.
    pub(crate) fn new() -> Self {
        let mut ids = IdSource::new(START, 7);
        let team: TeamId = ids.next_id();
        let default_group: GroupId = ids.next_id();
        let event = Event::TeamCreated { name: name("Kiln & Clay"), default_group };
        let first = Entry { n: 1, at: START, actor: Actor::Cli, event };
        Self {
            team: Team::found(team, &first).expect("a founding"),
            shelf: Shelf::default(),
            ledger: vec![first],
            now: START,
            chunk: 3,
            ticked: Vec::new(),
            facts: Facts::default(),
            needs: Needs::default(),
            ids,
        }
    }

    /// Settings as they are, with ownership that follows or not (R8).
    pub(crate) fn settings(&self, routed_rep_becomes_owner: bool) -> Settings {
        Settings { routed_rep_becomes_owner, ..self.team.settings().clone() }
    }

    /// Lets the clock show `at`; nothing happens until a batch begins.
    pub(crate) fn set_clock(&mut self, at: Instant) {
        assert!(at >= self.now, "time does not run backwards");
        if at > self.now {
            self.now = at;
            self.ids = IdSource::new(at, 7);
        }
    }

    /// Begins a batch: fetches the facts for all its commands, then does what the clock brought about.
    pub(crate) fn begin(&mut self, commands: &[Command]) -> (Vec<Entry>, Served) {
        let mut needs = Needs::default();
        self.team.advance(self.now);
        commands.iter().for_each(|command| needs.add(command, &self.team));
        needs
            .waiting
            .extend(self.team.cursors_with_backlog().into_iter().map(|cursor| (cursor, 0)));
        self.facts = self.shelf.fetch(&needs, self.chunk);
        needs.waiting.clear();
        self.needs = needs;
        if self.team.next_due().is_none_or(|due| due > self.now) {
            return (Vec::new(), Vec::new());
        }
        let from = self.ledger.len();
        self.decide(&Command::Tick).expect("the clock is never refused");
        let entries = self.ledger[from..].to_vec();
        self.ticked.extend(entries.iter().map(|entry| entry.n));
        (entries, self.serve())
    }

    /// Decides a command of the batch and follows it.
    pub(crate) fn decide(&mut self, command: &Command) -> Result<Decided, Refusal> {
        let before = self.ids.clone();
        let result = decide(&self.team, command, &self.facts, self.now, &mut self.ids);
        let again = decide(&self.team, command, &self.facts, self.now, &mut before.clone());
        assert_eq!(result, again, "the same input gives the same decision");
        let Ok(decided) = result else {
            self.ids = before;
            return result;
        };
        let n = self.team.revision();
        let entries: Vec<Entry> = decided
            .events
            .iter()
            .zip(n + 1..)
            .map(|(event, n)| Entry { n, at: self.now, actor: Actor::Cli, event: event.clone() })
            .collect();
        self.facts.follow(&entries, &decided.details, &decided.answer);
        for (index, entry) in entries.into_iter().enumerate() {
            let details = if index == 0 { decided.details.as_slice() } else { &[] };
            self.team.apply(&entry);
            self.shelf.follow(&entry, details);
            self.ledger.push(entry);
        }
        Ok(decided)
    }

    /// Serves leads that wait, until nothing has happened to them that was not looked at.
    pub(crate) fn serve(&mut self) -> Served {
        let mut served = Vec::new();
        while self.team.is_service_due() {
            self.team.service_done();
            for cursor in self.team.cursors_with_backlog() {
                served.push((cursor, self.serve_cursor(cursor)));
            }
            assert!(served.len() < 1000, "service comes to an end");
        }
        served
    }

    fn serve_cursor(&mut self, cursor: CursorKey) -> Vec<Entry> {
        let from = self.ledger.len();
        let mut after = 0;
        let mut is_fetched =
            self.facts.waiting.get(&cursor).is_some_and(|waiting| !waiting.rows.is_empty());
        loop {
            if !std::mem::take(&mut is_fetched) {
                self.shelf.waiting_into(cursor, after, self.chunk, &mut self.facts);
            }
            let Some(last) = self.facts.waiting[&cursor].rows.back().copied() else {
                self.facts.waiting.remove(&cursor);
                return self.ledger[from..].to_vec();
            };
            let decided = self
                .decide(&Command::ServeWaiting { cursor })
                .expect("leads that wait are never refused");
            if self.team.can_take_turns(cursor) {
                assert!(
                    !decided.events.is_empty(),
                    "leads that wait are served while somebody can"
                );
            } else {
                after = last.since;
            }
        }
    }

    /// Decides about the rows that wait on a cursor after a ledger number, and only those.
    pub(crate) fn serve_after(&mut self, cursor: CursorKey, after: u64) -> Decided {
        self.shelf.waiting_into(cursor, after, self.chunk, &mut self.facts);
        self.decide(&Command::ServeWaiting { cursor }).expect("leads that wait are never refused")
    }

    /// Compares the batch's facts, which followed its decisions, with what a fetch would give now.
    pub(crate) fn check_facts(&self) {
        let fresh = self.shelf.fetch(&self.needs, self.chunk);
        for (key, lead) in &fresh.lead_by_email {
            assert_eq!(self.facts.lead_by_email.get(key), Some(lead), "facts know every lead");
        }
        for (lead, fact) in &fresh.leads {
            assert_eq!(self.facts.leads.get(lead), Some(fact), "facts of a lead");
        }
        for (id, fact) in &fresh.conversations {
            let known = self.facts.conversations.get(id).map(|known| known.state);
            let is_same = match (known, fact.state) {
                // How many are in front is as of the fetch: fewer may be by now.
                (
                    Some(ConversationState::Waiting { since, position }),
                    ConversationState::Waiting { since: was, position: least },
                ) => since == was && position >= least,
                (known, state) => known == Some(state),
            };
            assert!(is_same, "facts of a conversation: {known:?}, not {:?}", fact.state);
        }
        for (id, fact) in &fresh.conversations {
            let of = |fact: &ConversationFact| (fact.status, fact.mailbox, fact.next_step);
            let known = self.facts.conversations.get(id).map(of);
            assert_eq!(known, Some(of(fact)), "what mail has come to in a conversation");
        }
        assert_eq!(self.facts.suppressed, fresh.suppressed, "who is not to be written to");
        assert_eq!(self.facts.mailbox_by_email, fresh.mailbox_by_email, "mailboxes");
        assert_eq!(self.facts.user_by_email, fresh.user_by_email, "users");
        for (key, seen) in &fresh.seen {
            assert_eq!(self.facts.seen.get(key), Some(seen), "what was taken in");
        }
        for (message, fact) in &fresh.messages {
            assert_eq!(self.facts.messages.get(message), Some(fact), "facts of a message");
        }
        for (key, conversation) in &fresh.conversation_of {
            assert_eq!(self.facts.conversation_of.get(key), Some(conversation));
        }
        for (rep, count) in &fresh.leads_owned {
            assert_eq!(self.facts.leads_owned.get(rep), Some(count), "how many leads {rep} owns");
        }
        for (key, rep) in &fresh.rep_by_email {
            assert_eq!(self.facts.rep_by_email.get(key), Some(rep));
        }
        for (cursor, known) in self.facts.waiting.iter().filter(|(_, known)| known.is_whole) {
            let mut now = Facts::default();
            self.shelf.waiting_into(*cursor, 0, usize::MAX, &mut now);
            assert_eq!(known.rows, now.waiting[cursor].rows, "rows that wait on {cursor:?}");
        }
    }

    /// One command as a batch of its own: what the clock brought about, the command, and the leads that waited.
    pub(crate) fn run(&mut self, command: Command) -> Result<Decided, Refusal> {
        self.begin(std::slice::from_ref(&command));
        let decided = self.decide(&command);
        self.serve();
        decided
    }

    /// The default group.
    pub(crate) fn everybody(&self) -> GroupId {
        self.team.default_group()
    }

    /// Reads the team from its tables again.
    pub(crate) fn reload(&mut self) {
        self.team = Team::from_parts(self.team.to_parts(), self.now);
    }
}
