//! A conversation as people read mail: ours to the right, theirs to the left, and what was made of each reply.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rondo_core::ids::{ConversationId, MessageId, RepId};
use rondo_core::mail::{ConversationStatus, ReplyLabel};
use rondo_core::team::Status;

use super::letters::{Letter, letters};
use super::words;
use crate::app::choices::{self, Choices};
use crate::app::conversations::outlook::{GoesTo, Outlook, outlook};
use crate::app::conversations::{ConversationDetail, ConversationView, MESSAGES_SHOWN_MAX};
use crate::app::explanation::{self, Note};
use crate::app::history::{self, Person};
use crate::app::messages::{Direction, LABELS};
use crate::app::people::Session;
use crate::app::reviews;
use crate::console::Console;
use crate::console::assignments;
use crate::console::form::Form;
use crate::console::frame::{Frame, Section, rendered};
use crate::console::leads;
use crate::console::paths;
use crate::console::routes::Who;
use crate::console::trouble::Trouble;
use crate::texts::Say;
use crate::{say, t};

/// Messages at the end of a thread that are open; those before are folded.
const OPEN_MAX: usize = 12;

#[derive(Template)]
#[template(path = "thread.html")]
struct ThreadPage {
    frame: Frame,
    conversation: ConversationView,
    campaign_name: String,
    person: Option<Person>,
    /// What was written for the rep who has the lead, or is to have it.
    note: Option<Note>,
    earlier: Vec<Letter>,
    latest: Vec<Letter>,
    form: Form,
    error: Option<String>,
    /// Where it leads on to: the next in review.
    next: Option<ConversationId>,
    /// Whether something was just done.
    is_done: bool,
    reps: Choices<RepId>,
    /// What the last reply was taken for; none where nothing came in.
    label: Option<ReplyLabel>,
    /// The last message that came in: what a person says is said of that.
    last_received: Option<MessageId>,
    sees_team: bool,
    /// Whose the lead is and where it would go; not for a rep, who has it.
    outlook: Option<Outlook>,
    /// Why the lead is never written to, if so.
    suppressed: Option<&'static str>,
}

pub(super) async fn thread(
    State(console): State<Console>,
    Who(session): Who,
    Path(conversation): Path<String>,
    query: Form,
) -> Result<Response, Trouble> {
    let conversation = paths::named("conversation", &conversation)?;
    let done = Some(query.text("done")).filter(|done| !done.is_empty());
    page(&console, &session, conversation, Form::default(), None, done).await
}

/// The thread, with a form that was refused and why, or a word about what was done.
pub(super) async fn page(
    console: &Console,
    session: &Session,
    conversation: ConversationId,
    form: Form,
    refusal: Option<Trouble>,
    done: Option<&str>,
) -> Result<Response, Trouble> {
    let (app, caller) = (console.app(), &session.caller);
    let named = history::conversation(app, caller, conversation).await?;
    let called = named.person.as_ref().map_or(t("common-erased-lead"), Person::called);
    let ConversationDetail { conversation: view, messages } = named.item;
    let is_in_review = view.status == ConversationStatus::InReview;
    let section = match caller.only_rep() {
        Some(_) => Section::Assignments,
        None if is_in_review => Section::Reviews,
        None => Section::Conversations,
    };
    let mut frame = Frame::new(console, Some(session), section, called).after(done);
    if let (Some("qualified" | "forwarded"), Some(assignment)) = (done, &view.assignment) {
        let rep = &assignment.rep_name;
        frame = frame.saying(say("conversations-handed-over").arg("rep", rep).plain());
    }
    let sees_team = caller.only_rep().is_none();
    let next = match sees_team && (is_in_review || frame.done.is_some()) {
        true => reviews::next(app, caller, conversation).await?,
        false => None,
    };
    let outlook = match sees_team {
        true => Some(outlook(app, caller, &view).await?),
        false => None,
    };
    let reps = match frame.is_admin() {
        true => choices::reps(app, caller).await?,
        false => Choices::none(),
    };
    let received = messages.iter().rfind(|message| message.direction == Direction::In);
    let label = received.and_then(|message| message.corrected_label.or(message.label));
    let last_received = messages.iter().rfind(|message| message.kind == "received");
    let last_received = last_received.map(|message| message.id);
    let mut earlier = letters(messages, &frame);
    if let Some(last) = earlier.iter_mut().rfind(|letter| !letter.is_ours) {
        last.is_unfolded = is_in_review;
        // Why the conversation is in review stands above it all.
        let doubt = last.reading.as_mut().filter(|_| is_in_review);
        doubt.into_iter().for_each(|reading| reading.doubt = None);
    }
    let latest = earlier.split_off(earlier.len().saturating_sub(OPEN_MAX));
    let (status, error) = match refusal {
        Some(trouble) => (trouble.status(), Some(trouble.detail().to_owned())),
        None if form.has_errors() => (StatusCode::BAD_REQUEST, None),
        None => (StatusCode::OK, None),
    };
    let suppressed = match &named.person {
        Some(person) => leads::suppressed(console, session, &person.email).await?,
        None => None,
    };
    let note = match (&view.note, &view.assignment) {
        (Some(_), Some(assignment)) => explanation::note(app, caller, assignment.id).await?,
        (Some(text), None) => Some(Note { text: text.clone(), from: None }),
        (None, _) => None,
    };
    let page = ThreadPage {
        is_done: frame.done.is_some(),
        frame,
        conversation: view,
        campaign_name: named.campaign_name,
        person: named.person,
        note,
        earlier,
        latest,
        form,
        error,
        next,
        reps,
        label,
        last_received,
        sees_team,
        outlook,
        suppressed,
    };
    Ok((status, rendered(&page)).into_response())
}

impl ThreadPage {
    /// Who wrote the note, and when.
    fn noted(&self, note: &Note) -> Option<Say> {
        assignments::noted(&self.frame, note)
    }

    fn status(&self) -> (&'static str, &'static str) {
        match self.is_waiting() && self.is_paused() && !self.is_in_review() {
            true => (t("conversations-held"), "warn"),
            false => words::status(&self.conversation),
        }
    }

    fn reason(&self) -> Option<&'static str> {
        self.conversation.review_reason.map(words::reason)
    }

    fn is_in_review(&self) -> bool {
        self.conversation.status == ConversationStatus::InReview
    }

    /// Whether sales has the conversation: then the assistant keeps silent (Q5).
    fn is_handed_over(&self) -> bool {
        self.conversation.assignment.is_some()
    }

    /// Whether it is qualified and nobody has it yet.
    fn is_waiting(&self) -> bool {
        self.conversation.waiting
    }

    /// Whether it is for sales: handed over, or soon.
    fn is_with_sales(&self) -> bool {
        self.is_handed_over() || self.is_waiting()
    }

    fn has_status(&self, status: Status) -> bool {
        self.outlook.as_ref().is_some_and(|outlook| outlook.status == status)
    }

    fn is_paused(&self) -> bool {
        self.has_status(Status::Paused)
    }

    /// Whether the campaign has started and is not over: else nothing can be handed over.
    fn can_hand_over(&self) -> bool {
        self.is_paused() || self.has_status(Status::Running)
    }

    /// Why nothing can be handed over.
    fn why_not(&self) -> &'static str {
        match self.is_over() {
            true => t("conversations-do-over"),
            false => t("conversations-do-not-begun"),
        }
    }

    /// Whether the campaign can go on with the lead: it is not with sales, nor open as it is.
    fn can_go_on(&self) -> bool {
        let is_stopped = self.is_in_review() || !self.conversation.status.is_open();
        is_stopped && !self.is_with_sales() && !self.is_over()
    }

    /// Whether its campaign is over, so that the assistant says nothing any more.
    fn is_over(&self) -> bool {
        self.has_status(Status::Cancelled)
    }

    /// Whether the assistant can answer: there is a mailbox to answer from.
    fn can_write(&self) -> bool {
        self.outlook.as_ref().is_some_and(|outlook| outlook.can_write)
    }

    /// What the button does that hands the lead over.
    fn handing_over(&self) -> String {
        let said = match self.outlook.as_ref().map(|outlook| &outlook.goes_to) {
            _ if self.is_paused() => return t("conversations-do-qualify-held").to_owned(),
            Some(GoesTo::Owner(owner)) => {
                say("conversations-do-qualify-owner").arg("rep", &owner.name)
            }
            Some(GoesTo::Next(next)) => say("conversations-do-qualify-next").arg("rep", &next.name),
            Some(GoesTo::Nobody) | None => return t("conversations-do-qualify-waits").to_owned(),
        };
        said.plain()
    }

    /// What is asked before.
    fn handing_over_sure(&self) -> String {
        let is_led = self.conversation.mailbox.is_some() && self.can_write();
        let mail = is_led && self.suppressed.is_none();
        let said = match self.outlook.as_ref().map(|outlook| &outlook.goes_to) {
            _ if self.is_paused() => return t("conversations-do-qualify-sure-held").to_owned(),
            Some(GoesTo::Nobody) | None => {
                return t("conversations-do-qualify-sure-waits").to_owned();
            }
            Some(GoesTo::Owner(owner)) => {
                say("conversations-do-qualify-sure-owner").arg("rep", &owner.name).arg("mail", mail)
            }
            Some(GoesTo::Next(next)) => {
                say("conversations-do-qualify-sure-next").arg("rep", &next.name).arg("mail", mail)
            }
        };
        said.plain()
    }

    /// Under the owner: that they get the lead though they are not in the campaign's group.
    fn outside(&self) -> Option<String> {
        let outlook = self.outlook.as_ref().filter(|_| self.goes_to().is_some())?;
        let (owner, group) = (outlook.owner.as_ref()?, outlook.outside_of.as_ref()?);
        let rep = &owner.name;
        let said = say("conversations-facts-owner-outside").arg("rep", rep).arg("group", group);
        Some(said.plain())
    }

    /// To whom the lead goes once it is handed over; none while that can't be, or is done.
    fn goes_to(&self) -> Option<String> {
        if self.is_handed_over() || !self.can_hand_over() {
            return None;
        }
        Some(match &self.outlook.as_ref()?.goes_to {
            GoesTo::Owner(owner) => say("conversations-facts-to-owner")
                .arg("rep", &owner.name)
                .arg("paused", self.is_paused())
                .plain(),
            GoesTo::Next(next) if !self.is_paused() => {
                say("conversations-facts-to-next").arg("rep", &next.name).plain()
            }
            GoesTo::Next(_) => t("conversations-facts-to-next-then").to_owned(),
            GoesTo::Nobody => t("conversations-facts-to-nobody").to_owned(),
        })
    }

    fn called(&self) -> &str {
        self.person.as_ref().map_or(t("common-erased-lead"), Person::called)
    }

    /// The labels with their words in the form, whether it is the present one, and what follows.
    fn labels(&self) -> Vec<(&'static str, &'static str, bool, &'static str)> {
        let offered = LABELS.iter().map(|(word, label)| {
            (*word, words::label(*label), self.label == Some(*label), words::consequence(*label))
        });
        offered.collect()
    }

    /// The forms that answer what came in last.
    fn about_a_message(&self) -> [&'static str; 4] {
        ["label", "answer", "close", "resume"]
    }

    fn is_cut(&self) -> bool {
        self.earlier.len() + self.latest.len() >= MESSAGES_SHOWN_MAX as usize
    }
}
