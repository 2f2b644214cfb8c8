//! A campaign's messages, sent to somebody of the team to be looked at in a mail program.

use rondo_core::ids::{CampaignId, MessageId};
use rondo_core::text::Email;
use utoipa::ToSchema;

use super::preview::{self, Preview, PreviewLead, PreviewMessage, PreviewWanted};
use crate::app::sending::probes::DirectionView;
use crate::app::{App, AppError, Caller, schema};
use crate::engine::IdempotencyKey;
use crate::mail::Mailbox;
use crate::mail::compose::{Answered, Kind, Outgoing, html_of};
use crate::mail::servers::{server, smtp_secret};
use crate::mail::tokens::message_id;
use crate::mail::transport::smtp::{self, Outcome, Session};

/// To whom a campaign's messages are sent to be looked at, and filled in for whom.
#[derive(Debug, ToSchema)]
pub struct TrialWanted {
    /// A lead's id, or a lead that need not be known. The lead gets nothing.
    #[schema(value_type = schema::LeadToPreview)]
    pub lead: PreviewLead,
    /// An admin, a rep, or the mailbox itself; nobody else.
    #[schema(value_type = schema::Email)]
    pub to: Email,
}

/// Sends all of a campaign's messages as a lead would get them, one after the other, in one thread. Nothing is kept, links
/// to unsubscribe are left out, and an answer belongs to no conversation.
pub async fn send(
    app: &App,
    caller: &Caller,
    campaign: CampaignId,
    wanted: TrialWanted,
    key: Option<IdempotencyKey>,
) -> Result<DirectionView, AppError> {
    let TrialWanted { lead, to } = wanted;
    let shown = preview::show(app, caller, campaign, PreviewWanted { lead }, key).await?;
    let mailbox = preview::mailbox(app, caller, campaign).await?;
    let row = match mailbox {
        Some(mailbox) => app.store().mailbox(caller.team, mailbox).await?,
        None => None,
    };
    let Some((mailbox, details)) = row.and_then(|row| Some((row.id, row.details?))) else {
        return Ok(
            Err("the campaign writes nothing yet; say what it writes first".to_owned()).into()
        );
    };
    if to.key() != details.email.key() && !app.store().is_of_team(caller.team, to.key()).await? {
        let detail =
            "is nobody of the team; expected the address of an admin, a rep or the mailbox";
        return Err(AppError::invalid("/to", detail));
    }
    if let Some(trouble) = unfit(&shown) {
        return Ok(Err(trouble).into());
    }
    let secret = details.smtp_secret.as_deref();
    let way = server(app.vault(), &details.smtp, secret, smtp_secret(caller.team, mailbox));
    let sent = match way {
        Err(unusable) => Err(unusable.to_string()),
        Ok((way, _)) => match smtp::open(app.connector(), &way).await {
            Err(failure) => Err(failure.to_string()),
            Ok(session) => {
                let from = Mailbox {
                    name: Some(details.name.to_string()),
                    address: details.email.to_string(),
                };
                Trial { app, from, to }.send(session, &shown.messages).await
            }
        },
    };
    Ok(sent.into())
}

/// Why messages are not sent as they are.
fn unfit(shown: &Preview) -> Option<String> {
    if let Some(problem) = shown.messages.iter().find_map(|message| message.problem.as_ref()) {
        return Some(format!("a template can't be filled in: {problem}"));
    }
    let missing = shown.missing.join("`, `");
    (!missing.is_empty()).then(|| format!("the lead lacks `{missing}`; take another one"))
}

struct Trial<'a> {
    app: &'a App,
    from: Mailbox,
    to: Email,
}

impl Trial<'_> {
    async fn send(
        &self,
        mut session: Session,
        messages: &[PreviewMessage],
    ) -> Result<String, String> {
        let mut sent: Vec<String> = Vec::with_capacity(messages.len());
        let to = [self.to.as_str().to_owned()];
        for message in messages {
            let outgoing = self.outgoing(message, &sent);
            sent.push(outgoing.message_id.clone());
            let raw = outgoing.compose(self.app.tokens()).map_err(|error| error.to_string())?;
            let outcomes = session.send(&self.from.address, &to, &raw).await;
            match outcomes.map_err(|failure| failure.to_string())?.first() {
                Some(Outcome::Refused(refusal)) => return Err(refusal.to_string()),
                Some(Outcome::Accepted) | None => {}
            }
        }
        session.quit().await;
        let plural = if messages.len() == 1 { "" } else { "s" };
        Ok(format!("the server took {} message{plural}", messages.len()))
    }

    fn outgoing(&self, message: &PreviewMessage, before: &[String]) -> Outgoing {
        let id: MessageId = self.app.new_id();
        let answers = before.split_last().filter(|_| message.subject.starts_with("Re: "));
        Outgoing {
            kind: Kind::Campaign { unsubscribe: None },
            message_id: message_id(self.app.tokens(), id, &self.from.address),
            date: self.app.clock().now(),
            from: self.from.clone(),
            to: vec![Mailbox { name: None, address: self.to.as_str().to_owned() }],
            cc: Vec::new(),
            reply_to: Vec::new(),
            subject: message.subject.clone(),
            answers: answers.map(|(last, references)| Answered {
                message_id: last.clone(),
                references: references.to_vec(),
                hops: None,
            }),
            text: message.body.clone(),
            html: Some(message.body_html.clone().unwrap_or_else(|| html_of(&message.body))),
        }
    }
}
