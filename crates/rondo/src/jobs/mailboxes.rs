//! The assistant's mailboxes: each is read and written from by one node at a time.
//!
//! A sweep looks for mailboxes that nobody has, takes their leases, and starts a [`reader`] and a [`sender`] for each. Where
//! a node dies, another takes its mailboxes over once the leases have run out. A lease protects effort and manners, not the
//! data: a message that two nodes read is taken in once, and one that two nodes send has the same `Message-ID`.

mod pauses;
mod reader;
mod sender;

use std::collections::{HashMap, HashSet};
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
/// How long letting go of the leases may take after that.
const RELEASE_WAIT: Duration = Duration::from_secs(1);

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
        let keeper = Keeper { app, holder, held: HashMap::new(), closing: closing.subscribe() };
        let task = tokio::spawn(keeper.run(closing.subscribe()));
        Self { closing, task, clock }
    }

    /// Ends once what was being sent is sent, and the leases are let go of.
    pub async fn stop(mut self) {
        self.closing.send_replace(true);
        tokio::select! {
            // A panic inside was reported where it happened.
            _ = &mut self.task => {}
            () = self.clock.wait(STOP_WAIT + RELEASE_WAIT) => {
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
    /// Tells what sends that the server closes.
    closing: watch::Receiver<bool>,
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
struct Tasks {
    reader: JoinHandle<()>,
    sender: JoinHandle<()>,
}

impl Tasks {
    fn is_any_over(&self) -> bool {
        self.reader.is_finished() || self.sender.is_finished()
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.reader.abort();
        self.sender.abort();
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
        self.finish().await;
        let leases = self.held.drain().map(|(_, kept)| kept.lease).collect();
        if let Err(error) = self.app.store().release_leases(leases).await {
            tracing::warn!(%error, "Leases of mailboxes could not be let go of; they run out by themselves.");
        }
    }

    /// Waits until what is being sent is sent, or has had its time. Reading stops anywhere: it begins again where it was.
    async fn finish(&mut self) {
        let clock = self.app.clock().clone();
        let kept = self.held.values_mut();
        let senders = kept.map(|kept| &mut kept.tasks.sender);
        tokio::select! {
            // A panic inside was reported where it happened.
            _ = futures_util::future::join_all(senders) => {}
            () = clock.wait(STOP_WAIT) => {
                tracing::warn!("Mail that was being sent was not done in time; it may be sent again.");
            }
        }
    }

    /// Lets go of what is gone, renews what is held, and takes what nobody has.
    async fn once(&mut self) -> Result<(), StoreError> {
        let all = self.all().await?;
        let known: HashSet<_> = all.iter().copied().collect();
        let store = self.app.store().clone();
        let gone: Vec<_> =
            self.held.keys().filter(|address| !known.contains(address)).copied().collect();
        let over = gone.iter().filter_map(|address| self.held.remove(address));
        store.release_leases(over.map(|kept| kept.lease).collect()).await?;
        self.renew(&store).await?;
        // A task that ended by a panic is begun again.
        self.held.retain(|_, kept| !kept.tasks.is_any_over());
        let room = MAILBOXES_MAX.saturating_sub(self.held.len());
        let free: Vec<_> =
            all.into_iter().filter(|address| !self.held.contains_key(address)).take(room).collect();
        if free.is_empty() {
            return Ok(());
        }
        let duties: Vec<_> = free.iter().map(duty).collect();
        let (now, lease) = self.lease();
        let by_duty: HashMap<_, _> = duties.iter().cloned().zip(free).collect();
        for lease in store.take_leases(&duties, now, lease).await? {
            if let Some(&address) = by_duty.get(&lease.duty) {
                let health = Arc::new(Health::default());
                let tasks = self.begin(address, &health);
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

    fn begin(&self, (team, mailbox): Address, health: &Arc<Health>) -> Tasks {
        let (app, closing) = (&self.app, self.closing.clone());
        let sending = sender::run(app.clone(), team, mailbox, Arc::clone(health), closing);
        let reading = reader::run(app.clone(), team, mailbox, Arc::clone(health));
        Tasks { reader: tokio::spawn(reading), sender: tokio::spawn(sending) }
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
