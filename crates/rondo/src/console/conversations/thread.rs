//! A conversation as people read mail: ours to the right, theirs to the left, and what was made of each reply.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rondo_core::ids::{ConversationId, RepId};
use rondo_core::mail::{ConversationStatus, ReplyLabel};
use rondo_store::MailState;
use serde_json::Value;

use super::words;
use crate::app::choices::{self, Choices};
use crate::app::conversations::{ConversationDetail, ConversationView, is_of_the_thread};
use crate::app::history::{self, Person};
use crate::app::messages::{Direction, LABELS, MessageView};
use crate::app::people::Session;
use crate::console::Console;
use crate::console::form::Form;
use crate::console::frame::{Frame, Section, rendered};
use crate::console::paths;
use crate::console::routes::Who;
use crate::console::trouble::Trouble;

/// Messages at the end of a thread that are open; those before are folded.
const OPEN_MAX: usize = 12;
/// Probabilities that are shown before the rest.
const LIKELY_SHOWN: usize = 3;

#[derive(Template)]
#[template(path = "thread.html")]
struct ThreadPage {
    frame: Frame,
    conversation: ConversationView,
    campaign_name: String,
    person: Option<Person>,
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
    sees_team: bool,
}

/// A message as it is shown.
struct Letter {
    message: MessageView,
    is_ours: bool,
    /// The subject, where it is another than that of the message before.
    subject: Option<String>,
    /// What it says is not for everybody: links in it open what only its addressee may do.
    is_hidden: bool,
    /// Whether the lead wrote or got it.
    is_of_the_thread: bool,
    reading: Option<Reading>,
    /// Whether the reading is unfolded: it is what a person has come to check.
    is_unfolded: bool,
    state: Option<(&'static str, &'static str)>,
}

/// What was made of a reply.
struct Reading {
    label: &'static str,
    corrected: Option<&'static str>,
    /// In hundredths.
    confidence: Option<u32>,
    likely: Vec<Probability>,
    unlikely: Vec<Probability>,
    cues: Vec<String>,
    fields: Vec<(String, String)>,
    decision: Option<&'static str>,
    doubt: Option<&'static str>,
}

struct Probability {
    name: &'static str,
    percent: u32,
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
    let called = named.person.as_ref().map_or("An erased lead", Person::called);
    let ConversationDetail { conversation: view, messages } = named.item;
    let is_in_review = view.status == ConversationStatus::InReview;
    let section = match caller.only_rep() {
        Some(_) => Section::Assignments,
        None if is_in_review => Section::Reviews,
        None => Section::Conversations,
    };
    let frame = Frame::new(console, Some(session), section, called).after(done);
    let sees_team = caller.only_rep().is_none();
    let next = match sees_team && (is_in_review || frame.done.is_some()) {
        true => history::next_review(app, caller, conversation).await?,
        false => None,
    };
    let reps = match frame.is_admin() {
        true => choices::reps(app, caller).await?,
        false => Choices::none(),
    };
    let received = messages.iter().rfind(|message| message.direction == Direction::In);
    let label = received.and_then(|message| message.corrected_label.or(message.label));
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
    let page = ThreadPage {
        is_done: frame.done.is_some(),
        frame,
        conversation: view,
        campaign_name: named.campaign_name,
        person: named.person,
        earlier,
        latest,
        form,
        error,
        next,
        reps,
        label,
        sees_team,
    };
    Ok((status, rendered(&page)).into_response())
}

fn letters(messages: Vec<MessageView>, frame: &Frame) -> Vec<Letter> {
    let mut before: Option<String> = None;
    let letter = |mut message: MessageView| {
        let bare = message.subject.as_deref().map(bare);
        let is_new = bare.is_some() && bare != before.as_deref();
        let subject = message.subject.clone().filter(|subject| is_new && !subject.is_empty());
        before = bare.map(str::to_owned).or_else(|| before.take());
        let is_ours = message.direction == Direction::Out;
        let is_of_the_thread = is_of_the_thread(&message.kind);
        if is_ours && is_of_the_thread {
            fold_quoted(&mut message);
        }
        Letter {
            subject,
            is_ours,
            is_hidden: !is_of_the_thread && !frame.is_admin(),
            is_of_the_thread,
            reading: message.label.map(|label| Reading::of(&message, label)),
            is_unfolded: false,
            state: message.state.map(state),
            message,
        }
    };
    messages.into_iter().map(letter).collect()
}

/// Takes what a letter of ours quotes at its end out of its text.
fn fold_quoted(message: &mut MessageView) {
    let Some(text) = &message.text else { return };
    let lines: Vec<_> = text.lines().collect();
    let is_quoted = |line: &&str| line.starts_with('>') || line.trim().is_empty();
    let count = lines.iter().rev().take_while(|line| is_quoted(line)).count();
    let start = lines.len() - count;
    let Some(quoted) = lines[start..].iter().position(|line| line.starts_with('>')) else { return };
    // Who wrote it stands in the line before.
    let is_told = quoted == 0 && start > 0 && lines[start - 1].trim_end().ends_with(':');
    let cut = start + quoted - usize::from(is_told);
    let (said, quoted) = (lines[..cut].join("\n"), lines[cut..].join("\n"));
    message.text = Some(said);
    message.quoted_text = Some(quoted);
}

/// A subject without the mark of an answer.
fn bare(subject: &str) -> &str {
    let subject = subject.trim();
    let marks = ["Re:", "RE:", "re:", "AW:", "Aw:", "SV:", "Sv:", "Antw:"];
    marks.iter().find_map(|mark| subject.strip_prefix(mark)).map_or(subject, str::trim_start)
}

fn state(state: MailState) -> (&'static str, &'static str) {
    match state {
        MailState::Queued => ("On its way", "warn"),
        MailState::Sent => ("Sent", ""),
        MailState::Failed => ("Not sent", "bad"),
    }
}

impl Letter {
    /// Who wrote it, as people say it.
    fn writer(&self) -> &str {
        self.message.from.as_deref().unwrap_or(if self.is_ours { "Us" } else { "The lead" })
    }

    fn kind(&self) -> &'static str {
        words::kind(&self.message.kind)
    }

    fn to(&self) -> String {
        let all = [self.message.to.as_deref(), self.message.cc.as_deref()];
        all.into_iter().flatten().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// What stood below, where there is anything.
    fn quoted(&self) -> Option<&str> {
        self.message.quoted_text.as_deref().filter(|text| !text.trim().is_empty())
    }
}

impl Reading {
    fn of(message: &MessageView, label: ReplyLabel) -> Self {
        let mut all: Vec<_> = message
            .probabilities
            .iter()
            .flatten()
            .filter_map(|(word, probability)| {
                let name = words::label(words::label_of(word)?);
                Some(Probability { name, percent: percent(*probability) })
            })
            .collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.percent));
        let mut unlikely = all.split_off(all.len().min(LIKELY_SHOWN));
        unlikely.retain(|one| one.percent > 0);
        let fields = message
            .fields
            .iter()
            .flatten()
            .filter_map(|(name, value)| Some((words::field(name).to_owned(), plain(value)?)));
        Self {
            label: words::label(label),
            corrected: message.corrected_label.map(words::label),
            confidence: message.confidence.map(percent),
            likely: all,
            unlikely,
            cues: message.cues.clone().unwrap_or_default(),
            fields: fields.collect(),
            decision: message.decision.map(words::decision),
            doubt: message.review_reason.map(words::reason),
        }
    }
}

fn percent(probability: f64) -> u32 {
    (probability.clamp(0.0, 1.0) * 100.0).round() as u32
}

/// A value as people read it; none where it says nothing.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::Bool(true) => Some("yes".to_owned()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(_) | Value::Object(_) => Some(value.to_string()),
    }
}

impl ThreadPage {
    fn status(&self) -> (&'static str, &'static str) {
        words::status(self.conversation.status, self.conversation.waiting)
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

    fn called(&self) -> &str {
        self.person.as_ref().map_or("An erased lead", Person::called)
    }

    /// The labels with their words in the form, whether it is the present one, and what follows.
    fn labels(&self) -> Vec<(&'static str, &'static str, bool, &'static str)> {
        let offered = LABELS.iter().map(|(word, label)| {
            (*word, words::label(*label), self.label == Some(*label), words::consequence(*label))
        });
        offered.collect()
    }

    fn is_cut(&self) -> bool {
        self.earlier.len() + self.latest.len() >= 200
    }
}
