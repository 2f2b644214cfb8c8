//! Mailboxes of the assistant: from where campaigns write, and where answers come in.

use rondo_core::command::{Answer, Command};
use rondo_core::detail::MailboxDetails;
use rondo_core::ids::MailboxId;
use rondo_core::text::{Email, Name};
use rondo_core::time::Instant;
use rondo_store::{MailboxRow, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::page::{After, List, Listed, Page};
use crate::app::{App, AppError, Caller, schema};
use crate::engine::IdempotencyKey;
use crate::mail::servers;
use crate::secrets::{Place, Secret};

pub use crate::mail::servers::{Auth, Privacy, ServerSettings};

/// Ports below 1024 on which mail is handed over.
pub const SMTP_PORTS: &[u16] = &[25, 465, 587];
/// Ports below 1024 from which mail is fetched.
pub const IMAP_PORTS: &[u16] = &[143, 993];
/// The folder that is read unless it is said.
const FOLDER_DEFAULT: &str = "INBOX";

/// A mailbox to be made.
#[derive(Debug, ToSchema)]
pub struct NewMailbox {
    /// Who writes, as leads see it.
    #[schema(value_type = schema::Name)]
    pub name: Name,
    #[schema(value_type = schema::Email)]
    pub address: Email,
    #[schema(value_type = NewSmtpServer)]
    pub smtp: Server,
    /// Absent where mail is delivered to Rondo, or none comes in.
    #[schema(value_type = Option<NewImapServer>)]
    pub imap: Option<Server>,
    /// Whether `name+anything@domain` reaches it, so that answers find their conversation by their address.
    #[schema(value_type = Option<bool>, default = true)]
    pub plus_addresses: Option<bool>,
}

/// What is to be changed of a mailbox; what is absent stays.
#[derive(Debug, ToSchema)]
pub struct MailboxChanges {
    #[schema(value_type = Option<schema::Name>, nullable = false)]
    pub name: Option<Name>,
    #[schema(value_type = Option<schema::Email>, nullable = false)]
    pub address: Option<Email>,
    /// All of it. Without `password` the one known stays, if host, port and username do.
    #[schema(value_type = Option<NewSmtpServer>, nullable = false)]
    pub smtp: Option<Server>,
    /// All of it, as with `smtp`; null where nothing is fetched any more.
    #[schema(value_type = Option<NewImapServer>)]
    pub imap: Option<Option<Server>>,
    #[schema(nullable = false)]
    pub plus_addresses: Option<bool>,
}

/// A server, and what it takes to get in.
#[derive(Debug)]
pub struct Server {
    /// Everything but the password.
    pub settings: ServerSettings,
    /// The password or token, where one is given.
    pub password: Option<Secret>,
}

/// Where mail is handed over.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: both kinds of servers have one type")]
pub struct NewSmtpServer {
    #[schema(value_type = schema::Host)]
    host: String,
    #[schema(value_type = schema::SmtpPort)]
    port: u16,
    #[schema(value_type = PrivacyView)]
    security: String,
    /// Absent where nobody has to log in.
    #[schema(value_type = Option<schema::Line>)]
    username: Option<String>,
    /// Never shown again. Goes with a username.
    #[schema(value_type = Option<schema::Secret>)]
    password: Option<String>,
    /// What the password is.
    #[schema(value_type = Option<AuthView>, default = "password")]
    auth: Option<String>,
}

/// Where mail is fetched from.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used: both kinds of servers have one type")]
pub struct NewImapServer {
    #[schema(value_type = schema::Host)]
    host: String,
    #[schema(value_type = schema::ImapPort)]
    port: u16,
    #[schema(value_type = PrivacyView)]
    security: String,
    #[schema(value_type = schema::Name)]
    username: String,
    /// Never shown again.
    #[schema(value_type = Option<schema::Secret>)]
    password: Option<String>,
    /// What the password is.
    #[schema(value_type = Option<AuthView>, default = "password")]
    auth: Option<String>,
    /// The folder that is read.
    #[schema(value_type = Option<schema::Line>, default = "INBOX")]
    folder: Option<String>,
}

/// How a connection is kept private: `tls` from the first byte, `starttls` from a command on or not at all, `none` for
/// servers in the same network.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase", as = Privacy)]
pub enum PrivacyView {
    Tls,
    Starttls,
    None,
}

/// What a mailbox's password is: a password, or a bearer token (XOAUTH2).
#[derive(ToSchema)]
#[schema(rename_all = "lowercase", as = Auth)]
pub enum AuthView {
    Password,
    Oauth2,
}

/// A mailbox.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Mailbox)]
pub struct MailboxView {
    #[schema(value_type = schema::MailboxId)]
    pub id: MailboxId,
    pub name: String,
    pub address: String,
    pub plus_addresses: bool,
    /// Where mail is handed over; null only in a database that was rebuilt from the ledger alone.
    pub smtp: Option<SmtpServer>,
    /// Where mail is fetched from; null where nothing is.
    pub imap: Option<ImapServer>,
    #[schema(value_type = schema::Instant)]
    pub created_at: Instant,
    /// When it was last read to its end.
    #[schema(value_type = Option<schema::Instant>)]
    pub last_read_at: Option<Instant>,
    /// What is wrong with it just now: with reading it, or else with sending from it.
    pub error: Option<MailboxTrouble>,
}

/// Where mail is handed over, without its password.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SmtpServer {
    pub host: String,
    pub port: u16,
    #[schema(value_type = PrivacyView)]
    pub security: Privacy,
    pub username: Option<String>,
    #[schema(value_type = AuthView)]
    pub auth: Auth,
    pub has_password: bool,
}

/// Where mail is fetched from, without its password.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ImapServer {
    #[serde(flatten)]
    pub server: SmtpServer,
    pub folder: String,
}

/// What is wrong with a mailbox.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MailboxTrouble {
    pub detail: String,
    #[schema(value_type = schema::Instant)]
    pub since: Instant,
}

/// A server as it is kept: its settings as JSON, and its sealed password.
struct Kept {
    settings: String,
    secret: Option<Vec<u8>>,
}

/// Makes a mailbox.
pub async fn add(
    app: &App,
    caller: &Caller,
    new: NewMailbox,
    key: Option<IdempotencyKey>,
) -> Result<MailboxView, AppError> {
    let id: MailboxId = app.new_id();
    let smtp = keep(app, servers::smtp_secret(caller.team, id), "/smtp/password", new.smtp, None)?;
    let imap =
        |server| keep(app, servers::imap_secret(caller.team, id), "/imap/password", server, None);
    let imap = new.imap.map(imap).transpose()?;
    let plus = new.plus_addresses.unwrap_or(true);
    let details = Box::new(details(new.name, new.address, plus, smtp, imap));
    let command = Command::AddMailbox { mailbox: id, details };
    run(app, caller, command, key).await
}

/// Changes a mailbox.
pub async fn change(
    app: &App,
    caller: &Caller,
    mailbox: MailboxId,
    changes: MailboxChanges,
) -> Result<MailboxView, AppError> {
    let row = app.store().mailbox(caller.team, mailbox).await?;
    let before = row.and_then(|row| row.details);
    let before = before.ok_or_else(|| AppError::not_found("mailbox", mailbox))?;
    let smtp = Kept { settings: before.smtp, secret: before.smtp_secret };
    let smtp = match changes.smtp {
        Some(server) => {
            let place = servers::smtp_secret(caller.team, mailbox);
            keep(app, place, "/smtp/password", server, Some(smtp))?
        }
        None => smtp,
    };
    let imap = before.imap.map(|settings| Kept { settings, secret: before.imap_secret });
    let imap = match changes.imap {
        Some(Some(server)) => {
            let place = servers::imap_secret(caller.team, mailbox);
            Some(keep(app, place, "/imap/password", server, imap)?)
        }
        Some(None) => None,
        None => imap,
    };
    let name = changes.name.unwrap_or(before.name);
    let address = changes.address.unwrap_or(before.email);
    let plus = changes.plus_addresses.unwrap_or(before.has_plus_addresses);
    let details = Box::new(details(name, address, plus, smtp, imap));
    run(app, caller, Command::ChangeMailbox { mailbox, details }, None).await
}

/// Removes a mailbox.
pub async fn remove(app: &App, caller: &Caller, mailbox: MailboxId) -> Result<(), AppError> {
    app.run(caller, Command::RemoveMailbox { mailbox }, None).await.map(drop)
}

/// A mailbox.
pub async fn show(app: &App, caller: &Caller, mailbox: MailboxId) -> Result<MailboxView, AppError> {
    let row = app.store().mailbox(caller.team, mailbox).await?;
    view(row.ok_or_else(|| AppError::not_found("mailbox", mailbox))?)
}

/// The mailboxes of a team, oldest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    page: &Page,
) -> Result<Listed<MailboxView>, AppError> {
    let list = List::new(caller.team, "mailboxes", &());
    let after = list.start::<After<MailboxId>>(page)?.map(|after| after.0);
    // A team has few.
    let mut rows = app.store().mailboxes(caller.team).await?;
    rows.retain(|row| after.is_none_or(|after| row.id > after));
    rows.truncate(page.fetch() as usize);
    let listed = list.page(page, rows, |row| After(row.id));
    let items = listed.items.into_iter().map(view).collect::<Result<_, _>>()?;
    Ok(Listed { items, next_cursor: listed.next_cursor })
}

/// A mailbox with what is wrong with it in each direction.
#[derive(Debug, Clone, PartialEq)]
pub struct MailboxHealth {
    /// The mailbox.
    pub mailbox: MailboxView,
    /// What is wrong with reading it.
    pub reading: Option<MailboxTrouble>,
    /// What is wrong with sending from it.
    pub sending: Option<MailboxTrouble>,
}

/// The mailboxes of a team with their health in each direction, oldest first: a team has few.
pub async fn health(app: &App, caller: &Caller) -> Result<Vec<MailboxHealth>, AppError> {
    let rows = app.store().mailboxes(caller.team).await?;
    rows.into_iter().map(healthy).collect()
}

/// A mailbox with its health in each direction.
pub async fn health_of(
    app: &App,
    caller: &Caller,
    mailbox: MailboxId,
) -> Result<MailboxHealth, AppError> {
    let row = app.store().mailbox(caller.team, mailbox).await?;
    healthy(row.ok_or_else(|| AppError::not_found("mailbox", mailbox))?)
}

fn healthy(row: MailboxRow) -> Result<MailboxHealth, AppError> {
    let (reading, sending) = (row.read_error.clone(), row.send_error.clone());
    Ok(MailboxHealth {
        mailbox: view(row)?,
        reading: reading.map(|(detail, since)| MailboxTrouble { detail, since }),
        sending: sending.map(|(detail, since)| MailboxTrouble { detail, since }),
    })
}

async fn run(
    app: &App,
    caller: &Caller,
    command: Command,
    key: Option<IdempotencyKey>,
) -> Result<MailboxView, AppError> {
    let done = app.run(caller, command, key).await?;
    let Answer::Mailbox(mailbox) = done.answer else {
        return Err(AppError::not_found("mailbox", ""));
    };
    show(app, caller, mailbox).await
}

/// A server as it is to be kept. A password that is not said stays with the server and the user that it was for.
fn keep(
    app: &App,
    place: Place,
    pointer: &'static str,
    server: Server,
    before: Option<Kept>,
) -> Result<Kept, AppError> {
    let settings = serde_json::to_string(&server.settings).expect("settings are plain data");
    let secret = match (server.password, &server.settings.username) {
        (Some(password), _) => Some(app.parts.vault.seal(place, &password, app.entropy().as_ref())),
        (None, None) => None,
        (None, Some(_)) => {
            let secret = before.and_then(|before| {
                let known: ServerSettings = serde_json::from_str(&before.settings).ok()?;
                let who = |of: &ServerSettings| (of.host.clone(), of.port, of.username.clone());
                before.secret.filter(|_| who(&known) == who(&server.settings))
            });
            let missing = "is missing; none is known for this host, port and username";
            Some(secret.ok_or_else(|| AppError::invalid(pointer, missing))?)
        }
    };
    Ok(Kept { settings, secret })
}

fn details(name: Name, email: Email, plus: bool, smtp: Kept, imap: Option<Kept>) -> MailboxDetails {
    let (imap, imap_secret) = imap.map_or((None, None), |kept| (Some(kept.settings), kept.secret));
    MailboxDetails {
        name,
        email,
        has_plus_addresses: plus,
        smtp: smtp.settings,
        smtp_secret: smtp.secret,
        imap,
        imap_secret,
    }
}

fn view(row: MailboxRow) -> Result<MailboxView, AppError> {
    let error = row.read_error.or(row.send_error);
    let error = error.map(|(detail, since)| MailboxTrouble { detail, since });
    let mut view = MailboxView {
        id: row.id,
        name: String::new(),
        address: String::new(),
        plus_addresses: false,
        smtp: None,
        imap: None,
        created_at: row.created_at,
        last_read_at: row.last_read_at,
        error,
    };
    let Some(details) = row.details else { return Ok(view) };
    let read = |column: &str, settings: &str| {
        serde_json::from_str::<ServerSettings>(settings).map_err(|_| {
            let (column, key) = (column.to_owned(), row.id.to_string());
            AppError::Store(StoreError::Corrupt { table: "mailboxes", column, key })
        })
    };
    view.name = details.name.to_string();
    view.address = details.email.as_str().to_owned();
    view.plus_addresses = details.has_plus_addresses;
    view.smtp = Some(shown(read("smtp", &details.smtp)?, details.smtp_secret.as_ref()));
    view.imap = match details.imap {
        Some(settings) => {
            let mut settings = read("imap", &settings)?;
            let folder = settings.folder.take().unwrap_or_else(|| FOLDER_DEFAULT.to_owned());
            Some(ImapServer { server: shown(settings, details.imap_secret.as_ref()), folder })
        }
        None => None,
    };
    Ok(view)
}

fn shown(settings: ServerSettings, secret: Option<&Vec<u8>>) -> SmtpServer {
    SmtpServer {
        host: settings.host,
        port: settings.port,
        security: settings.security,
        username: settings.username,
        auth: settings.auth,
        has_password: secret.is_some(),
    }
}
