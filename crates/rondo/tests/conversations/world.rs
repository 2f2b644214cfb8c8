//! A Rondo in this process, with a team, two reps and a mailbox on real servers; and people with mailboxes of their own.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request as HttpRequest, StatusCode, header};
use rondo::app::{App, AppParts, MailParts};
use rondo::clock::{Clock, Entropy, SystemEntropy};
use rondo::egress::{Boxed, Egress, EgressPolicy, Names, Unreached};
use rondo::engine::{Caller, Engine, EngineOptions, Request};
use rondo::found::found;
use rondo::http::{self, HttpOptions};
use rondo::jobs::mailboxes::{LEASE, Mailboxes};
use rondo::mail::Received;
use rondo::mail::servers::{imap_secret, smtp_secret};
use rondo::mail::tokens::TokenKey;
use rondo::mail::transport::{Connector, Login, LoginMethod, Security, Server, smtp};
use rondo::qualifier::llm::Llm;
use rondo::secrets::{Secret, SecretKey, Vault};
use rondo_core::command::LeadNews;
use rondo_core::detail::{Existing, LeadFields, MailboxDetails, RepDetails, StepText};
use rondo_core::event::{Rotation, WhenOwnerIsOut};
use rondo_core::ids::{CampaignId, ConversationId, GroupId, Id as _, MailboxId, RepId, TeamId};
use rondo_core::mail::{MailPlan, SendingWindow, SuppressionReason};
use rondo_core::text::{Email, Name};
use rondo_core::{Actor, Answer, Command};
use rondo_store::{
    AssignmentFilter, AssignmentRow, ConversationRow, ConversationStatus, MailboxRow, MessageRow,
    Store, StoreOptions,
};
use serde_json::json;
use tempfile::TempDir;
use tower::ServiceExt as _;
use url::Url;

use crate::clock::MovingClock;
use crate::line::Line;
use crate::mail_server::{HOST, LATER, MailServer, until};

pub const ASSISTANT: &str = "ida@example.test";
pub const LEAD: &str = "rosa@lead.test";
pub const REPS: [&str; 2] = ["ann@rep.test", "bo@rep.test"];
/// Other leads.
pub const LEADS: [&str; 8] = [
    "a@lead.test",
    "b@lead.test",
    "c@lead.test",
    "d@lead.test",
    "e@lead.test",
    "f@lead.test",
    "g@lead.test",
    "h@lead.test",
];
/// Another assistant.
pub const OTHER_ASSISTANT: &str = "kim@example.test";
const PASSWORD: &str = "secret";

/// Names of the test alone.
struct FixedNames;

impl Names for FixedNames {
    fn resolve(&self, host: String) -> Boxed<'static, Result<Vec<IpAddr>, Unreached>> {
        let found = match host.as_str() {
            HOST => Ok(vec![Ipv4Addr::LOCALHOST.into()]),
            _ => Err(Unreached::NoSuchHost),
        };
        Box::pin(async move { found })
    }
}

pub struct World {
    pub servers: MailServer,
    pub store: Store,
    pub engine: Engine,
    pub app: App,
    pub team: TeamId,
    pub mailbox: MailboxId,
    pub reps: Vec<RepId>,
    pub group: GroupId,
    pub clock: Arc<MovingClock>,
    /// Between Rondo and Postfix, without TLS.
    pub smtp_line: Line,
    /// Between Rondo and Dovecot.
    pub imap_line: Line,
    router: Router,
    connector: Connector,
    vault: Arc<Vault>,
    mailboxes: Option<Mailboxes>,
    _folder: TempDir,
}

impl World {
    pub async fn new() -> Self {
        let users = [ASSISTANT, OTHER_ASSISTANT, LEAD, LATER, REPS[0], REPS[1]];
        let users: Vec<_> =
            users.into_iter().chain(LEADS).map(|address| (address, PASSWORD)).collect();
        let servers = MailServer::start(&users).await;
        let smtp_line = Line::to(servers.ports.smtp_open).await;
        let imap_line = Line::to(servers.ports.imaps).await;
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("rondo.db").display());
        let store = Store::open(&StoreOptions { database, readers: 2 }).await.unwrap();
        let moving = Arc::new(MovingClock::new());
        let clock: Arc<dyn Clock> = moving.clone();
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let admin = Email::parse("boss@rep.test").unwrap();
        let name = Name::parse("Kilns").unwrap();
        let team = found(&store, name, admin, &*clock, &*entropy).await.unwrap().team;
        let options = EngineOptions::default();
        let engine = Engine::start(store.clone(), clock.clone(), entropy.clone(), options);
        let secret = SecretKey::parse(&"07".repeat(32)).unwrap();
        let vault = Arc::new(Vault::new(&secret));
        let policy = EgressPolicy::PrivateToo;
        let connector =
            Connector::new(policy, Arc::new(FixedNames), clock.clone(), [servers.root()]);
        let egress = Egress::new(policy, Arc::new(FixedNames));
        let app = App::new(AppParts {
            engine: engine.clone(),
            store: store.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            vault: vault.clone(),
            egress: policy,
            mail: MailParts {
                tokens: TokenKey::new(&secret),
                connector: connector.clone(),
                llm: Llm::new(egress, clock, entropy),
                public_url: Url::parse("https://rondo.example.test/").unwrap(),
            },
        });
        let options =
            HttpOptions { metrics: Arc::new(String::new), key_requests_per_second_max: None };
        let mut world = Self {
            servers,
            clock: moving,
            smtp_line,
            imap_line,
            router: http::router(app.clone(), options),
            store,
            engine,
            mailboxes: Some(Mailboxes::start(app.clone())),
            app,
            team,
            mailbox: MailboxId::from_bytes([9; 16]),
            reps: Vec::new(),
            group: GroupId::from_bytes([0; 16]),
            connector,
            vault,
            _folder: folder,
        };
        world.settle().await;
        world
    }

    /// Two reps in a group, and a mailbox that is read before anybody is written to.
    async fn settle(&mut self) {
        for (name, email) in ["Ann", "Bo"].into_iter().zip(REPS) {
            let rep = self.add_rep(name, email).await;
            self.reps.push(rep);
        }
        self.group = self.add_group("North", &self.reps).await;
        self.add_mailbox(self.mailbox, ASSISTANT, self.smtp_line.port).await;
        self.is_read(self.mailbox).await;
    }

    /// The assistant's mail is read from somebody else's mailbox from now on.
    pub async fn read_mail_of(&self, address: &str) {
        let ports = &self.servers.ports;
        let imap =
            json!({"host": HOST, "port": ports.imaps, "security": "tls", "username": address});
        let imap = Some(imap.to_string());
        self.change(MailboxDetails { imap, ..self.own_details() }).await;
    }

    /// The assistant's mail is read from a server in the open from now on.
    pub async fn read_from(&self, port: u16) {
        let (imap, imap_secret) = (Some(in_the_open(port)), None);
        self.change(MailboxDetails { imap, imap_secret, ..self.own_details() }).await;
    }

    /// The assistant's mail is handed to a server in the open from now on.
    pub async fn send_by(&self, port: u16) {
        let (smtp, smtp_secret) = (in_the_open(port), None);
        self.change(MailboxDetails { smtp, smtp_secret, ..self.own_details() }).await;
    }

    fn own_details(&self) -> MailboxDetails {
        self.details(self.mailbox, ASSISTANT, self.smtp_line.port, self.imap_line.port)
    }

    async fn change(&self, details: MailboxDetails) {
        let mailbox = self.mailbox;
        self.run(Command::ChangeMailbox { mailbox, details: Box::new(details) }).await;
    }

    pub async fn add_rep(&self, name: &str, email: &str) -> RepId {
        let details = RepDetails {
            name: Name::parse(name).unwrap(),
            email: Email::parse(email).unwrap(),
            phone: Some("+49 30 1234".to_owned()),
            time_zone: "Europe/Berlin".to_owned(),
            calendar_link: Some("https://meet.example.test/ann".to_owned()),
            salt: [1; 16],
        };
        let Answer::Rep(rep) = self.run(Command::AddRep { details }).await else { panic!() };
        rep
    }

    pub async fn add_group(&self, name: &str, reps: &[RepId]) -> GroupId {
        let command = Command::AddGroup { name: Name::parse(name).unwrap(), reps: reps.to_vec() };
        let Answer::Group(group) = self.run(command).await else { panic!() };
        group
    }

    /// A mailbox of this address, which hands mail over at this port of the machine without TLS.
    pub async fn add_mailbox(&self, mailbox: MailboxId, address: &str, smtp_port: u16) {
        let details = Box::new(self.details(mailbox, address, smtp_port, self.imap_line.port));
        self.run(Command::AddMailbox { mailbox, details }).await;
    }

    pub async fn mailbox_row(&self, mailbox: MailboxId) -> MailboxRow {
        self.store.mailbox(self.team, mailbox).await.unwrap().unwrap()
    }

    pub async fn is_read(&self, mailbox: MailboxId) {
        until(async || self.mailbox_row(mailbox).await.last_read_at.is_some()).await;
    }

    pub fn details(
        &self,
        mailbox: MailboxId,
        address: &str,
        smtp_port: u16,
        imap_port: u16,
    ) -> MailboxDetails {
        let sealed = |place| {
            let secret = Secret::new(PASSWORD.as_bytes().to_vec());
            Some(self.vault.seal(place, &secret, &SystemEntropy))
        };
        let way = |port, security| {
            json!({"host": HOST, "port": port, "security": security, "username": address})
                .to_string()
        };
        MailboxDetails {
            name: Name::parse("Ida").unwrap(),
            email: Email::parse(address).unwrap(),
            has_plus_addresses: true,
            smtp: way(smtp_port, "none"),
            smtp_secret: sealed(smtp_secret(self.team, mailbox)),
            imap: Some(way(imap_port, "tls")),
            imap_secret: sealed(imap_secret(self.team, mailbox)),
        }
    }

    pub async fn run(&self, command: Command) -> Answer {
        let caller = Caller { team: self.team, actor: Actor::Cli };
        let request = Request { command, idempotency: None };
        self.engine.run(caller, request).await.unwrap().answer
    }

    /// A campaign of two messages that runs, with the lead in it.
    pub async fn campaign(&self) -> (CampaignId, ConversationId) {
        self.campaign_to(LEAD).await
    }

    pub async fn campaign_to(&self, lead: &str) -> (CampaignId, ConversationId) {
        let campaign = self.draft(self.mailbox, self.group, vec![0, 3]).await;
        let conversation = self.join(campaign, lead, Some("Rosa Vega")).await;
        self.run(Command::LaunchCampaign { campaign, at: None }).await;
        (campaign, conversation)
    }

    /// A campaign of two messages that is still to be launched.
    pub async fn draft(
        &self,
        mailbox: MailboxId,
        group: GroupId,
        wait_days: Vec<u16>,
    ) -> CampaignId {
        let command = Command::AddCampaign {
            name: Name::parse(&format!("Spring {:?}", self.clock.now())).unwrap(),
            group: Some(group),
            rotation: Rotation::Campaign,
            when_owner_is_out: WhenOwnerIsOut::Owner,
        };
        let Answer::Campaign(campaign) = self.run(command).await else { panic!() };
        self.rewrite_from(mailbox, campaign, wait_days, None).await;
        campaign
    }

    /// Gives a campaign its two messages anew.
    pub async fn rewrite(
        &self,
        campaign: CampaignId,
        wait_days: Vec<u16>,
        window: Option<SendingWindow>,
    ) {
        self.rewrite_from(self.mailbox, campaign, wait_days, window).await;
    }

    async fn rewrite_from(
        &self,
        mailbox: MailboxId,
        campaign: CampaignId,
        wait_days: Vec<u16>,
        window: Option<SendingWindow>,
    ) {
        let step = |subject: Option<&str>, body: &str| StepText {
            subject: subject.map(str::to_owned),
            body: body.to_owned(),
            body_html: None,
        };
        let texts = vec![
            step(Some("A quieter kiln"), "Dear {{ lead.first_name }},\n\nours makes no noise.\n"),
            step(None, "Did you see my message, {{ lead.first_name }}?\n"),
        ];
        let plan = MailPlan { mailbox, wait_days, window, daily_limit: None };
        self.run(Command::SetMessages { campaign, plan, texts }).await;
    }

    pub async fn join(
        &self,
        campaign: CampaignId,
        lead: &str,
        name: Option<&str>,
    ) -> ConversationId {
        let fields = LeadFields { name: name.map(str::to_owned), ..LeadFields::default() };
        let news = LeadNews { email: Email::parse(lead).unwrap(), owner: None, fields };
        let command = Command::AddLeads {
            campaign: Some(campaign),
            leads: vec![news],
            existing: Existing::Fill,
        };
        let Answer::Leads(leads) = self.run(command).await else { panic!() };
        leads.conversations[0]
    }

    /// The mail that somebody has, parsed, once there is so much of it.
    pub async fn mail_of(&self, address: &str, count: usize) -> Vec<(Received, String)> {
        let raw = self.servers.delivered(address, count).await;
        raw.into_iter().map(|raw| (Received::parse(raw.as_bytes()).unwrap(), raw)).collect()
    }

    /// Somebody sends a message by their mail server.
    pub async fn send(&self, from: &str, to: &[&str], message: &str) {
        let server = Server {
            host: HOST.to_owned(),
            port: self.servers.ports.smtps,
            security: Security::Tls,
            login: Some(Login {
                username: from.to_owned(),
                secret: Secret::new(PASSWORD.as_bytes().to_vec()),
                method: LoginMethod::Password,
            }),
        };
        let to: Vec<_> = to.iter().map(|address| (*address).to_owned()).collect();
        let sent = smtp::send(&self.connector, &server, from, &to, message.as_bytes()).await;
        assert!(sent.unwrap().iter().all(|outcome| *outcome == smtp::Outcome::Accepted));
    }

    pub async fn conversation(&self, conversation: ConversationId) -> ConversationRow {
        self.store.conversation(self.team, conversation).await.unwrap().unwrap()
    }

    pub async fn is_at(&self, conversation: ConversationId, status: ConversationStatus) {
        until(async || self.conversation(conversation).await.status == status).await;
    }

    pub async fn messages(&self, conversation: ConversationId) -> Vec<MessageRow> {
        self.store.messages(self.team, conversation, None, 200).await.unwrap()
    }

    /// What was taken in for a conversation, once there is so much of it.
    pub async fn received(&self, conversation: ConversationId, count: usize) -> Vec<MessageRow> {
        let of = async || {
            let all = self.messages(conversation).await.into_iter();
            all.filter(|message| message.kind == "received").collect::<Vec<_>>()
        };
        until(async || of().await.len() >= count).await;
        of().await
    }

    pub async fn assignments(&self) -> Vec<AssignmentRow> {
        let all = AssignmentFilter::default();
        self.store.assignments(self.team, &all, 0, 100).await.unwrap()
    }

    pub async fn suppression(&self, address: &str) -> Option<SuppressionReason> {
        let key = Email::parse(address).unwrap().key();
        self.store.suppression_of(self.team, key).await.unwrap().map(|row| row.why)
    }

    /// Whatever there is to be sent now was sent.
    pub async fn nothing_is_due(&self) {
        until(async || {
            let now = self.clock.now();
            self.store.mails_due(self.team, self.mailbox, now, 1).await.unwrap().is_empty()
        })
        .await;
    }

    /// Asks for one of the pages behind the links in mail.
    pub async fn page(&self, method: Method, url: &str, form: &str) -> (StatusCode, String) {
        let path = Url::parse(url).unwrap().path().to_owned();
        let request = HttpRequest::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// Returns once it is noted that the rep wrote.
    pub async fn rep_wrote(&self, conversation: ConversationId) {
        until(async || {
            let messages = self.store.messages(self.team, conversation, None, 100).await.unwrap();
            messages.iter().any(|message| message.kind == "received" && message.rep.is_some())
        })
        .await;
    }

    /// The server closes as it should.
    pub async fn stop_mailboxes(&mut self) {
        self.mailboxes.take().expect("they are under way").stop().await;
    }

    /// As if the process had been killed.
    pub fn kill_mailboxes(&mut self) {
        drop(self.mailboxes.take());
    }

    /// Another process, once the leases of the one that was killed have run out.
    pub fn restart_mailboxes(&mut self) {
        self.kill_mailboxes();
        self.clock.pass(LEASE);
        self.mailboxes = Some(Mailboxes::start(self.app.clone()));
    }
}

fn in_the_open(port: u16) -> String {
    json!({"host": HOST, "port": port, "security": "none"}).to_string()
}

/// An answer to a message, to everybody who is to have it, as mail programs write them.
pub fn reply_all(
    (to, raw): &(Received, String),
    from: &str,
    id: &str,
    text: &str,
) -> (Vec<String>, String) {
    let parsed = mail_parser::MessageParser::default().parse(raw).unwrap();
    let back = parsed.reply_to().or(parsed.from()).unwrap();
    let mut people: Vec<String> =
        back.iter().filter_map(|person| person.address()).map(str::to_owned).collect();
    people.extend(to.to.iter().chain(&to.cc).map(|person| person.address.clone()));
    people.retain(|address| address != from);
    people.sort();
    people.dedup();
    let message_id = to.message_id.as_deref().unwrap();
    let references: Vec<_> = to
        .references
        .iter()
        .map(String::as_str)
        .chain([message_id])
        .map(|id| format!("<{id}>"))
        .collect();
    let subject = format!("Re: {}", to.subject.trim_start_matches("Re: "));
    let message = format!(
        "From: <{from}>\r\nTo: {}\r\nSubject: {subject}\r\nMessage-ID: <{id}@lead.test>\r\n\
         Date: Thu, 26 Nov 2026 12:00:00 +0000\r\n\
         In-Reply-To: <{message_id}>\r\nReferences: {}\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\r\n\
         On 26 Nov 2026 at 12:00, Ida wrote:\r\n> ours makes no noise.\r\n",
        people.iter().map(|address| format!("<{address}>")).collect::<Vec<_>>().join(", "),
        references.join(" "),
    );
    (people, message)
}
