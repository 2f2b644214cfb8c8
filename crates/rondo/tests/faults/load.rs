//! Clients that report qualified leads, each until it is acknowledged, whatever happens to the server meanwhile.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::server::{Api, Server};

/// An assignment that the server said is durable.
#[derive(Debug, Clone)]
pub(crate) struct Acknowledged {
    pub(crate) email: String,
    pub(crate) assignment: String,
    pub(crate) rep: String,
    pub(crate) ledger: u64,
}

pub(crate) struct Load {
    shared: Arc<Shared>,
    clients: JoinSet<()>,
}

struct Shared {
    place: watch::Sender<Place>,
    path: tokio::sync::OnceCell<String>,
    /// How many reports there are of each lead.
    reports: u64,
    next: AtomicU64,
    is_ending: watch::Sender<bool>,
    count: watch::Sender<u64>,
    acknowledged: Mutex<Vec<Acknowledged>>,
}

/// The server that the clients report to.
#[derive(Clone)]
struct Place {
    api: Api,
    is_up: watch::Receiver<bool>,
}

impl Place {
    fn of(server: &Server) -> Self {
        Self { api: server.api(), is_up: server.watch() }
    }
}

impl Load {
    /// So many clients, each with leads of its own.
    pub(crate) fn start(server: &Server, clients: usize) -> Self {
        Self::of(Place::of(server), clients, 1)
    }

    /// Clients of a team other than the server's first.
    pub(crate) fn start_as(server: &Server, api: Api, clients: usize) -> Self {
        Self::of(Place { api, is_up: server.watch() }, clients, 1)
    }

    /// So many clients, every lead reported by two of them.
    pub(crate) fn start_in_pairs(server: &Server, clients: usize) -> Self {
        Self::of(Place::of(server), clients, 2)
    }

    fn of(place: Place, clients: usize, reports: u64) -> Self {
        let shared = Arc::new(Shared {
            place: watch::Sender::new(place),
            path: tokio::sync::OnceCell::new(),
            reports,
            next: AtomicU64::new(0),
            is_ending: watch::Sender::new(false),
            count: watch::Sender::new(0),
            acknowledged: Mutex::default(),
        });
        let mut set = JoinSet::new();
        for _ in 0..clients {
            set.spawn(report(Arc::clone(&shared)));
        }
        Self { shared, clients: set }
    }

    /// Returns once so many more were acknowledged.
    pub(crate) async fn acknowledged(&self, more: u64) {
        let mut count = self.shared.count.subscribe();
        let enough = *count.borrow() + more;
        count.wait_for(|count| *count >= enough).await.unwrap();
    }

    /// Has the clients report to another server, as a load balancer does: what is on its way is answered still.
    pub(crate) fn move_to(&self, server: &Server) {
        self.shared.place.send_replace(Place::of(server));
    }

    /// Lets every client see its last lead acknowledged, and answers all that were.
    pub(crate) async fn finish(mut self) -> Vec<Acknowledged> {
        self.shared.is_ending.send_replace(true);
        while let Some(ended) = self.clients.join_next().await {
            ended.unwrap();
        }
        std::mem::take(&mut self.shared.acknowledged.lock().unwrap())
    }
}

async fn report(shared: Arc<Shared>) {
    let mut place = shared.place.subscribe();
    let path = shared
        .path
        .get_or_init(|| async {
            let api = shared.place.borrow().api.clone();
            let campaigns = api.all("/v1/campaigns").await;
            format!("/v1/campaigns/{}/qualified", campaigns[0]["id"].as_str().unwrap())
        })
        .await;
    while !*shared.is_ending.borrow() {
        let number = shared.next.fetch_add(1, Ordering::Relaxed) / shared.reports;
        let email = format!("lead{number}@lead.test");
        let body = json!({"lead": {"email": email}});
        let answer = loop {
            let Place { api, mut is_up } = place.borrow_and_update().clone();
            match api.try_post(path, &body).await {
                Ok(answer) if matches!(answer.status, 200 | 201) => break answer,
                // Busy: the queues' bounds hold.
                Ok(answer) if matches!(answer.status, 429 | 503) => tokio::task::yield_now().await,
                Ok(answer) => panic!("{answer:?}"),
                // The server is dead, or was before it answered: whether it was done, the next report tells.
                Err(_) => tokio::select! {
                    up = is_up.wait_for(|is_up| *is_up) => drop(up.unwrap()),
                    moved = place.changed() => moved.unwrap(),
                },
            }
        };
        let text = |name: &str| answer.body[name].as_str().unwrap().to_owned();
        let one = Acknowledged {
            email,
            assignment: text("id"),
            rep: text("rep"),
            ledger: answer.body["ledger"].as_u64().unwrap(),
        };
        shared.acknowledged.lock().unwrap().push(one);
        shared.count.send_modify(|count| *count += 1);
    }
}
