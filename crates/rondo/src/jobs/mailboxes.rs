//! The assistant's mailboxes: each is read and written from by one node at a time.
//!
//! A sweep looks for mailboxes that nobody has, takes their leases, and starts a [`reader`] and a [`sender`] for each. Where
//! a node dies, another takes its mailboxes over once the leases have run out. A lease protects effort and manners, not the
//! data: a message that two nodes read is taken in once, and one that two nodes send has the same `Message-ID`.

mod pauses;
mod reader;
mod sender;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rondo_core::Instant;
use rondo_core::ids::{MailboxId, TeamId};
use rondo_store::{Duty, HeldLease, Lease, MailboxRow, Store, StoreError};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::clock::Clock;

/// Between two looks for mailboxes: how soon a new one is used, and one that was removed left alone.
const SWEEP_PERIOD: Duration = Duration::from_secs(2);
/// How long a lease lasts that is not renewed; as for what is due, several times as long as renewing takes.
pub const LEASE: Duration = Duration::from_secs(10);
/// Mailboxes looked up at once.
const PAGE: u32 = 500;
/// Mailboxes of a node at most: each is a connection, and two when mail goes out.
const MAILBOXES_MAX: usize = 2000;
/// How long what is under way may take to end when the server closes.
const STOP_WAIT: Duration = Duration::from_secs(5);

/// The mailboxes under way. Dropped without [`Mailboxes::stop`], they end as if the process had been killed.
pub struct Mailboxes {
    closing: watch::Sender<bool>,
    task: JoinHandle<()>,
    clock: Arc<dyn Clock>,
}

impl Mailboxes {
    /// Starts looking for mailboxes; needs a running Tokio runtime.
    pub fn start(app: App) -> Self {
        let closing = watch::Sender::new(false);
        let mut holder = [0; 16];
        app.entropy().fill(&mut holder);
        let clock = app.clock().clone();
        let keeper = Keeper { app, holder, held: HashMap::new() };
        let task = tokio::spawn(keeper.run(closing.subscribe()));
        Self { closing, task, clock }
    }

    /// Ends once what was under way has ended, and the leases are let go of.
    pub async fn stop(mut self) {
        self.closing.send_replace(true);
        tokio::select! {
            // A panic inside was reported where it happened.
            _ = &mut self.task => {}
            () = self.clock.wait(STOP_WAIT) => {
                tracing::warn!("Mailboxes could not be let go of in time; their leases run out by themselves.");
            }
        }
    }
}

impl Drop for Mailboxes {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Address = (TeamId, MailboxId);

struct Keeper {
    app: App,
    /// Who holds the leases: drawn anew in each process.
    holder: [u8; 16],
    held: HashMap<Address, Kept>,
}

/// How a mailbox is doing in each direction.
#[derive(Debug, Default)]
struct Health {
    is_unread: AtomicBool,
    is_unsent: AtomicBool,
}

impl Health {
    fn is_troubled(&self) -> bool {
        self.is_unread.load(Ordering::Relaxed) || self.is_unsent.load(Ordering::Relaxed)
    }
}

/// A mailbox that this node has.
struct Kept {
    lease: HeldLease,
    health: Arc<Health>,
    /// Ends with this, at the next thing that it waits for.
    tasks: Tasks,
}

/// Tasks that end with their mailbox.
struct Tasks(Vec<JoinHandle<()>>);

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

impl Keeper {
    async fn run(mut self, mut closing: watch::Receiver<bool>) {
        while !*closing.borrow() {
            if let Err(error) = self.once().await {
                tracing::warn!(%error, "Mailboxes could not be looked up; trying again.");
            }
            self.measure();
            let clock = self.app.clock().clone();
            tokio::select! {
                // The sender lives as long as the handle, which aborts this task when dropped.
                _ = closing.changed() => {}
                () = clock.wait(SWEEP_PERIOD) => {}
            }
        }
        let leases = self.held.drain().map(|(_, kept)| kept.lease).collect();
        if let Err(error) = self.app.store().release_leases(leases).await {
            tracing::warn!(%error, "Leases of mailboxes could not be let go of; they run out by themselves.");
        }
    }

    /// Lets go of what is gone, renews what is held, and takes what nobody has.
    async fn once(&mut self) -> Result<(), StoreError> {
        let all = self.all().await?;
        let store = self.app.store().clone();
        let gone: Vec<_> =
            self.held.keys().filter(|address| !all.contains(address)).copied().collect();
        let over = gone.iter().filter_map(|address| self.held.remove(address));
        store.release_leases(over.map(|kept| kept.lease).collect()).await?;
        self.renew(&store).await?;
        // A task that ended by a panic is begun again.
        self.held.retain(|_, kept| !kept.tasks.0.iter().any(JoinHandle::is_finished));
        let room = MAILBOXES_MAX.saturating_sub(self.held.len());
        let free: Vec<_> =
            all.into_iter().filter(|address| !self.held.contains_key(address)).take(room).collect();
        if free.is_empty() {
            return Ok(());
        }
        let duties: Vec<_> = free.iter().map(duty).collect();
        let (now, lease) = self.lease();
        for lease in store.take_leases(&duties, now, lease).await? {
            let found = free.iter().find(|address| duty(address) == lease.duty);
            if let Some(&address) = found {
                let health = Arc::new(Health::default());
                let tasks = Tasks(self.begin(address, &health));
                self.held.insert(address, Kept { lease, health, tasks });
            }
        }
        Ok(())
    }

    async fn all(&self) -> Result<Vec<Address>, StoreError> {
        let mut all: Vec<Address> = Vec::new();
        loop {
            let page = self.app.store().mailboxes_of_all(all.last().copied(), PAGE).await?;
            let is_last = page.len() < PAGE as usize;
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }

    async fn renew(&mut self, store: &Store) -> Result<(), StoreError> {
        let (_, lease) = self.lease();
        let (mut leases, mut by_duty) = (Vec::new(), HashMap::new());
        for (address, Kept { lease, health, tasks }) in self.held.drain() {
            by_duty.insert(lease.duty.clone(), (address, health, tasks));
            leases.push(lease);
        }
        // Whoever was followed by another node ends here, its tasks with it; so does everything where this fails.
        store.renew_leases(&mut leases, lease.until).await?;
        for lease in leases {
            if let Some((address, health, tasks)) = by_duty.remove(&lease.duty) {
                self.held.insert(address, Kept { lease, health, tasks });
            }
        }
        Ok(())
    }

    fn lease(&self) -> (Instant, Lease) {
        let now = self.app.clock().now();
        let until = Instant::from_micros(now.as_micros() + LEASE.as_micros() as i64);
        (now, Lease { holder: self.holder, until })
    }

    fn begin(&self, (team, mailbox): Address, health: &Arc<Health>) -> Vec<JoinHandle<()>> {
        vec![
            tokio::spawn(reader::run(self.app.clone(), team, mailbox, Arc::clone(health))),
            tokio::spawn(sender::run(self.app.clone(), team, mailbox, Arc::clone(health))),
        ]
    }

    fn measure(&self) {
        let troubled = self.held.values().filter(|kept| kept.health.is_troubled()).count();
        let working = self.held.len() - troubled;
        metrics::gauge!("rondo_mailboxes", "state" => "working").set(working as f64);
        metrics::gauge!("rondo_mailboxes", "state" => "troubled").set(troubled as f64);
    }
}

fn duty((team, mailbox): &Address) -> Duty {
    Duty { team: *team, name: format!("mailbox {mailbox}").into() }
}

/// A mailbox as it stands; none once it was removed, and while its address is not known.
async fn look_up(
    app: &App,
    team: TeamId,
    mailbox: MailboxId,
) -> Result<Option<MailboxRow>, StoreError> {
    let row = app.store().mailbox(team, mailbox).await?;
    Ok(row.filter(|row| row.details.is_some()))
}

/// Takes back what was said of a mailbox, if it is what is said of it still.
async fn note_end_of_trouble(app: &App, team: TeamId, mailbox: MailboxId, trouble: &str) {
    if let Err(error) = app.store().mailbox_recovered(team, mailbox, trouble).await {
        tracing::warn!(%team, %mailbox, %error, "That a mailbox works again could not be written down.");
    }
}

/// Says what is wrong with a mailbox, for people.
async fn note_trouble(app: &App, team: TeamId, mailbox: MailboxId, trouble: &str) {
    let now = app.clock().now();
    if let Err(error) = app.store().mailbox_troubled(team, mailbox, trouble, now).await {
        tracing::warn!(%team, %mailbox, %error, "What is wrong with a mailbox could not be written down.");
    }
}
