//! The form of a mailbox: two servers, each with what it takes to get in.

use rondo_core::text::{Email, Name};

use crate::app::mailboxes::{
    Auth, IMAP_PORTS, MailboxChanges, MailboxView, NewMailbox, Privacy, SMTP_PORTS, Server,
    ServerSettings, SmtpServer,
};
use crate::app::text;
use crate::console::form::{self, Form};
use crate::{say, t};

/// The fields of one of the two servers.
pub(super) struct Side {
    pub(super) is_reading: bool,
    pub(super) host: &'static str,
    pub(super) port: &'static str,
    pub(super) security: &'static str,
    pub(super) username: &'static str,
    pub(super) password: &'static str,
    pub(super) auth: &'static str,
    /// The name of the text with an example of a host.
    pub(super) example: &'static str,
    pub(super) ports: &'static [u16],
}

pub(super) const SMTP: Side = Side {
    is_reading: false,
    host: "smtp_host",
    port: "smtp_port",
    security: "smtp_security",
    username: "smtp_username",
    password: "smtp_password",
    auth: "smtp_auth",
    example: "mailboxes-smtp-example",
    ports: SMTP_PORTS,
};

pub(super) const IMAP: Side = Side {
    is_reading: true,
    host: "imap_host",
    port: "imap_port",
    security: "imap_security",
    username: "imap_username",
    password: "imap_password",
    auth: "imap_auth",
    example: "mailboxes-imap-example",
    ports: IMAP_PORTS,
};

/// A mailbox as somebody wants it.
pub(super) struct Wanted {
    name: Name,
    address: Email,
    smtp: Server,
    imap: Option<Server>,
    plus_addresses: bool,
}

impl Wanted {
    pub(super) fn into_new(self) -> NewMailbox {
        let plus_addresses = Some(self.plus_addresses);
        let Self { name, address, smtp, imap, .. } = self;
        NewMailbox { name, address, smtp, imap, plus_addresses }
    }

    pub(super) fn into_changes(self) -> MailboxChanges {
        MailboxChanges {
            name: Some(self.name),
            address: Some(self.address),
            smtp: Some(self.smtp),
            imap: Some(self.imap),
            plus_addresses: Some(self.plus_addresses),
        }
    }
}

/// The form of a new mailbox, with what is usual.
pub(super) fn empty() -> Form {
    let usual = [
        ("plus_addresses", "on"),
        ("smtp_port", "587"),
        ("smtp_security", "starttls"),
        ("smtp_auth", "password"),
        ("reading", "imap"),
        ("imap_port", "993"),
        ("imap_security", "tls"),
        ("imap_auth", "password"),
    ];
    Form::of(usual.map(|(name, value)| (name, value.to_owned())))
}

/// The form of a mailbox as it stands; passwords are shown to nobody.
pub(super) fn filled(mailbox: &MailboxView) -> Form {
    let mut fields = vec![("name", mailbox.name.clone()), ("address", mailbox.address.clone())];
    if mailbox.plus_addresses {
        fields.push(("plus_addresses", "on".to_owned()));
    }
    if let Some(smtp) = &mailbox.smtp {
        fields.extend(filled_side(&SMTP, smtp));
    }
    match &mailbox.imap {
        Some(imap) => {
            fields.push(("reading", "imap".to_owned()));
            fields.push(("imap_folder", imap.folder.clone()));
            fields.extend(filled_side(&IMAP, &imap.server));
        }
        None => fields.push(("reading", "none".to_owned())),
    }
    Form::of(fields)
}

fn filled_side(side: &Side, server: &SmtpServer) -> [(&'static str, String); 5] {
    let security = match server.security {
        Privacy::Tls => "tls",
        Privacy::Starttls => "starttls",
        Privacy::None => "none",
    };
    let auth = match server.auth {
        Auth::Password => "password",
        Auth::Oauth2 => "oauth2",
    };
    [
        (side.host, server.host.clone()),
        (side.port, server.port.to_string()),
        (side.security, security.to_owned()),
        (side.username, server.username.clone().unwrap_or_default()),
        (side.auth, auth.to_owned()),
    ]
}

/// What the form asks for; what is wrong stands beside its fields.
pub(super) fn wanted(form: &mut Form) -> Option<Wanted> {
    let name = form.required("name", form::name);
    let address = form.required("address", form::email);
    let smtp = server(form, &SMTP);
    let imap = match form.is("reading", "none") {
        true => Some(None),
        false => server(form, &IMAP).map(Some),
    };
    if let Some(Some(imap)) = &imap
        && imap.settings.username.is_none()
    {
        form.say(IMAP.username, t("words-missing"));
    }
    let plus_addresses = form.is_ticked("plus_addresses");
    if form.has_errors() {
        return None;
    }
    let (name, address, smtp, imap) = (name?, address?, smtp?, imap?);
    Some(Wanted { name, address, smtp, imap, plus_addresses })
}

fn server(form: &mut Form, side: &Side) -> Option<Server> {
    let host = form.required(side.host, text::parse_host);
    let port = form.required(side.port, port(side.ports));
    let security = form.required(side.security, |text| match text {
        "tls" => Ok(Privacy::Tls),
        "starttls" => Ok(Privacy::Starttls),
        "none" => Ok(Privacy::None),
        _ => Err(t("words-none-offered").to_owned()),
    });
    let username = form.optional(side.username, text::parse_line).flatten();
    let auth = if form.is(side.auth, "oauth2") { Auth::Oauth2 } else { Auth::Password };
    let raw = form.raw(side.password).to_owned();
    let password = match raw.is_empty() {
        true => None,
        false => form.parsed(side.password, text::parse_secret(&raw)),
    };
    if password.is_some() && username.is_none() {
        form.say(side.username, t("mailboxes-user-missing-with-password"));
    }
    let folder = match side.is_reading {
        true => form.optional("imap_folder", text::parse_line).flatten(),
        false => None,
    };
    let (host, port, security) = (host?, port?, security?);
    let settings = ServerSettings { host, port, security, username, auth, folder };
    Some(Server { settings, password })
}

fn port(usual: &'static [u16]) -> impl Fn(&str) -> Result<u16, String> {
    move |text| {
        let port = text.parse::<u16>().ok();
        let port = port.filter(|port| usual.contains(port) || *port >= text::FREE_PORT_MIN);
        port.ok_or_else(|| {
            let usual: Vec<_> = usual.iter().map(u16::to_string).collect();
            let (usual, free) = (usual.join(", "), text::FREE_PORT_MIN);
            say("mailboxes-port-not-taken").arg("usual", usual).arg("free", free).plain()
        })
    }
}
