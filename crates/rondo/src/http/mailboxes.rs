//! Mailboxes over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use rondo_core::ids::MailboxId;

use crate::app::App;
use crate::app::mailboxes::{
    self, Auth, IMAP_PORTS, MailboxChanges, MailboxView, NewMailbox, Privacy, SMTP_PORTS, Server,
    ServerSettings,
};
use crate::app::page::{Listed, Page};
use crate::app::replies::{self, ReceivedView};
use crate::app::sending::probes::{self, MailboxTestView};
use crate::http::input::{At, Input, NoInput, Query, RawMessage, Who};
use crate::http::json::{self, FromObject, Object};
use crate::http::pages::PageParams;
use crate::http::problem::Problem;
use crate::http::{Answer, Created, Json};

/// Make a mailbox.
///
/// Passwords are kept encrypted and never shown again. Whether its servers can be reached is another question.
#[utoipa::path(post, path = "/v1/mailboxes", tag = "Mail", request_body = NewMailbox,
    responses((status = 201, body = MailboxView, description = "The mailbox.")))]
pub(super) async fn add_mailbox(
    State(app): State<App>,
    Who(caller): Who,
    input: Input<NewMailbox>,
) -> Result<Created<MailboxView>, Problem> {
    Ok(Created(mailboxes::add(&app, &caller, input.body, input.idempotency).await?))
}

/// List the mailboxes.
///
/// Oldest first.
#[utoipa::path(get, path = "/v1/mailboxes", tag = "Mail", params(PageParams),
    responses((status = 200, body = Listed<MailboxView>, description = "A page of mailboxes.")))]
pub(super) async fn list_mailboxes(
    State(app): State<App>,
    Who(caller): Who,
    Query(page): Query<Page>,
) -> Answer<Listed<MailboxView>> {
    Ok(Json(mailboxes::list(&app, &caller, &page).await?))
}

/// Show a mailbox.
#[utoipa::path(get, path = "/v1/mailboxes/{mbx}", tag = "Mail",
    responses((status = 200, body = MailboxView, description = "The mailbox.")))]
pub(super) async fn get_mailbox(
    State(app): State<App>,
    Who(caller): Who,
    At(mailbox): At<MailboxId>,
) -> Answer<MailboxView> {
    Ok(Json(mailboxes::show(&app, &caller, mailbox).await?))
}

/// Change a mailbox.
///
/// A server is replaced as a whole; its password stays where none is given and host, port and username are the same.
#[utoipa::path(patch, path = "/v1/mailboxes/{mbx}", tag = "Mail", request_body = MailboxChanges,
    responses((status = 200, body = MailboxView, description = "The mailbox.")))]
pub(super) async fn change_mailbox(
    State(app): State<App>,
    Who(caller): Who,
    At(mailbox): At<MailboxId>,
    input: Input<MailboxChanges>,
) -> Answer<MailboxView> {
    Ok(Json(mailboxes::change(&app, &caller, mailbox, input.body).await?))
}

/// Remove a mailbox.
///
/// Refused while an active campaign writes from it. Keys that were bound to it open nothing any more.
#[utoipa::path(delete, path = "/v1/mailboxes/{mbx}", tag = "Mail",
    responses((status = 204, description = "The mailbox is gone.")))]
pub(super) async fn remove_mailbox(
    State(app): State<App>,
    Who(caller): Who,
    At(mailbox): At<MailboxId>,
) -> Result<StatusCode, Problem> {
    mailboxes::remove(&app, &caller, mailbox).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try a mailbox.
///
/// Logs in to both servers, sends nothing, and says in words what is wrong.
#[utoipa::path(post, path = "/v1/mailboxes/{mbx}/test", tag = "Mail",
    responses((status = 200, body = MailboxTestView, description = "What was found.")))]
pub(super) async fn test_mailbox(
    State(app): State<App>,
    Who(caller): Who,
    At(mailbox): At<MailboxId>,
    input: NoInput,
) -> Answer<MailboxTestView> {
    Ok(Json(probes::test(&app, &caller, mailbox, input.idempotency).await?))
}

/// Deliver a message.
///
/// A raw message (RFC 5322), as an inbound service hands it on. The same message again changes nothing.
#[utoipa::path(post, path = "/v1/mailboxes/{mbx}/messages", tag = "Mail",
    request_body(content = String, content_type = "message/rfc822"),
    responses((status = 202, body = ReceivedView, description = "The message is taken in."),
        (status = 200, body = ReceivedView, description = "It was taken in before, or is one that Rondo sent.")))]
pub(super) async fn deliver_message(
    State(app): State<App>,
    Who(caller): Who,
    At(mailbox): At<MailboxId>,
    input: RawMessage,
) -> Result<(StatusCode, Json<ReceivedView>), Problem> {
    let received = replies::receive(&app, &caller, mailbox, input.bytes, input.idempotency).await?;
    let status = if received.is_new { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(received)))
}

const SECURITIES: &[(&str, Privacy)] =
    &[("tls", Privacy::Tls), ("starttls", Privacy::Starttls), ("none", Privacy::None)];
const AUTHS: &[(&str, Auth)] = &[("password", Auth::Password), ("oauth2", Auth::Oauth2)];

/// A server that mail is handed to.
struct Smtp(Server);

/// A server that mail is fetched from.
struct Imap(Server);

impl FromObject for NewMailbox {
    fn take(object: &mut Object) -> Option<Self> {
        let name = object.required("name", json::name);
        let address = object.required("address", json::email);
        let smtp = object.object::<Smtp>("smtp");
        let imap = object.optional_object::<Imap>("imap");
        let plus_addresses = object.optional("plus_addresses", json::truth);
        Some(Self {
            name: name?,
            address: address?,
            smtp: smtp?.0,
            imap: imap?.map(|imap| imap.0),
            plus_addresses: plus_addresses?,
        })
    }
}

impl FromObject for MailboxChanges {
    fn take(object: &mut Object) -> Option<Self> {
        let name = object.changed("name", json::name);
        let address = object.changed("address", json::email);
        let smtp = object.changed_object::<Smtp>("smtp");
        let imap = object.cleared_object::<Imap>("imap");
        let plus_addresses = object.changed("plus_addresses", json::truth);
        Some(Self {
            name: name?,
            address: address?,
            smtp: smtp?.map(|smtp| smtp.0),
            imap: imap?.map(|imap| imap.map(|imap| imap.0)),
            plus_addresses: plus_addresses?,
        })
    }
}

impl FromObject for Smtp {
    fn take(object: &mut Object) -> Option<Self> {
        let username = object.optional("username", json::line).map(Option::flatten);
        let server = server(object, SMTP_PORTS, username);
        if server.as_ref().is_some_and(|one| one.password.is_some() && !has_user(one)) {
            object.say("username", "is missing; a password goes with one".to_owned());
        }
        server.map(Self)
    }
}

impl FromObject for Imap {
    fn take(object: &mut Object) -> Option<Self> {
        let username = object.required("username", json::name).map(|name| Some(name.into()));
        let folder = object.optional("folder", json::line);
        let mut server = server(object, IMAP_PORTS, username)?;
        server.settings.folder = folder?.flatten();
        Some(Self(server))
    }
}

fn has_user(server: &Server) -> bool {
    server.settings.username.is_some()
}

fn server(
    object: &mut Object,
    ports: &'static [u16],
    username: Option<Option<String>>,
) -> Option<Server> {
    let host = object.required("host", json::host);
    let port = object.required("port", json::port(ports));
    let security = object.required("security", json::word(SECURITIES));
    let password = object.optional("password", json::secret);
    let auth = object.optional("auth", json::word(AUTHS));
    let settings = ServerSettings {
        host: host?,
        port: port?,
        security: security?,
        username: username?,
        auth: auth?.unwrap_or_default(),
        folder: None,
    };
    Some(Server { settings, password: password? })
}
