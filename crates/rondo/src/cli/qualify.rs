//! `rondo qualify`: what messages in files are taken for.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value, json};

use super::Failure;
use super::terminal::{note, printable, say, say_json};
use crate::mail::message::MESSAGE_BYTES_MAX;
use crate::mail::{AutoKind, BounceKind, Reading, Received, opt_out};
use crate::qualifier::fields::Fields;
use crate::qualifier::{Label, Verdict, qualify};

/// Characters of a whole bar.
const BAR: f32 = 30.0;

/// `rondo qualify`.
#[derive(Debug, Args)]
pub(super) struct QualifyArgs {
    /// The messages as they were received, or `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print JSON, a line for each file.
    #[arg(long)]
    json: bool,
}

/// What a message is taken for.
struct Found {
    label: &'static str,
    /// The label's probability; 1 where it is told without the model.
    confidence: f32,
    probabilities: Map<String, Value>,
    is_acted_on: bool,
    cues: Vec<String>,
    fields: Value,
    /// What was read, without history and signature; none where the headers told it.
    text: Option<String>,
    /// The same for people.
    lines: Vec<String>,
}

/// Runs `rondo qualify`: every file, also after one that cannot be read.
pub(super) fn run(args: &QualifyArgs) -> Result<(), Failure> {
    let mut failed = None;
    for (index, file) in args.files.iter().enumerate() {
        match found_in(file) {
            Ok(found) if args.json => say_json(&shown(file, &found))?,
            Ok(found) => {
                if index > 0 {
                    say("")?;
                }
                if args.files.len() > 1 {
                    say(format!("{}:", printable(&file.display().to_string())))?;
                }
                found.lines.iter().try_for_each(say)?;
            }
            Err(failure) => {
                // The last one is told by whoever runs the command.
                if let Some(before) = failed.replace(failure) {
                    note(before.to_string());
                }
            }
        }
    }
    failed.map_or(Ok(()), Err)
}

fn found_in(file: &Path) -> Result<Found, Failure> {
    let received = Received::parse(&read(file)?)
        .map_err(|error| Failure::Refused(format!("`{}`: {error}", file.display())))?;
    let visible = &received.text.visible;
    if received.reading == Reading::Reply
        && let Some(sentence) = opt_out::find(visible)
    {
        let told = format!("asked for in plain words, `{sentence}`");
        let (cues, text) = (vec![sentence.to_owned()], Some(visible.clone()));
        return Ok(Found { cues, text, ..Found::told(Label::Unsubscribe.name(), &told) });
    }
    let verdict = match received.reading {
        Reading::Reply => qualify(visible, Some(&received.subject)),
        ref found => return Ok(told_by_headers(found)),
    };
    let fields = Fields::of(visible, received.sent_on);
    let probability = |(label, probability): &(Label, f32)| {
        (label.name().to_owned(), json!(rounded(*probability)))
    };
    Ok(Found {
        label: verdict.label().name(),
        confidence: verdict.probability(verdict.label()),
        probabilities: verdict.probabilities.iter().map(probability).collect(),
        is_acted_on: verdict.is_certain,
        lines: lines(visible, &verdict, &fields),
        cues: verdict.cues,
        fields: json!(fields),
        text: Some(visible.clone()),
    })
}

impl Found {
    /// What needs no model.
    fn told(label: &'static str, how: &str) -> Self {
        Self {
            label,
            confidence: 1.0,
            probabilities: Map::new(),
            is_acted_on: true,
            cues: Vec::new(),
            fields: json!({}),
            text: None,
            lines: vec![format!("{label}: acted on without a person; {how}")],
        }
    }
}

/// As many digits as mean something.
fn rounded(probability: f32) -> f64 {
    (f64::from(probability) * 10_000.0).round() / 10_000.0
}

fn shown(file: &Path, found: &Found) -> Value {
    json!({
        "file": file.display().to_string(),
        "label": found.label,
        "confidence": rounded(found.confidence),
        "probabilities": found.probabilities,
        "decision": if found.is_acted_on { "auto" } else { "review" },
        "cues": found.cues,
        "fields": found.fields,
        "text": found.text,
    })
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    // One byte more than is taken, so that a longer one is told.
    let limit = MESSAGE_BYTES_MAX as u64 + 1;
    let mut raw = Vec::new();
    let done = if file == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut raw)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(limit).read_to_end(&mut raw))
    };
    let told = |error| Failure::Refused(format!("`{}` can't be read: {error}", file.display()));
    done.map(|_| raw).map_err(told)
}

/// A message that no person wrote as an answer.
fn told_by_headers(found: &Reading) -> Found {
    match found {
        Reading::Bounce { kind, status, failed_recipient } => {
            let lasting = match kind {
                BounceKind::Hard => "there is no such address",
                BounceKind::Soft => "worth another try",
            };
            let known = [status.as_deref(), failed_recipient.as_deref()];
            let known: Vec<_> = known.into_iter().flatten().collect();
            let told = format!("{lasting} ({})", known.join(", "));
            let fields = json!({ "status": status, "failed_recipient": failed_recipient });
            Found { fields, ..Found::told("bounce", &told) }
        }
        Reading::AutoReply { kind, return_on } => {
            let kind = match kind {
                AutoKind::Away => "an absence notice",
                AutoKind::Ticket => "a receipt of a ticket system",
                AutoKind::Challenge => "a challenge to prove that a person wrote",
                AutoKind::Receipt => "a receipt",
            };
            let back = return_on.map(|date| format!(", back on {date}")).unwrap_or_default();
            let fields = json!({ "return_on": return_on });
            Found { fields, ..Found::told("auto_reply", &format!("{kind}{back}")) }
        }
        Reading::Feedback { .. } => Found::told("unsubscribe", "a complaint by way of a provider"),
        Reading::Reply => Found::told("other", ""),
    }
}

/// What is said to people of a reply: each label with a bar, the words that speak for the likeliest, and what else is in it.
fn lines(visible: &str, verdict: &Verdict, fields: &Fields) -> Vec<String> {
    let what = if verdict.is_certain { "acted on without a person" } else { "goes to a person" };
    let mut lines = vec![format!("{}: {what}", verdict.label().name()), String::new()];
    for (label, probability) in &verdict.probabilities {
        let bar = "█".repeat((probability * BAR).round() as usize);
        lines.push(format!("  {:15} {probability:.3} {bar}", label.name()).trim_end().to_owned());
    }
    if !verdict.cues.is_empty() {
        lines.extend([String::new(), format!("Cues: {}", verdict.cues.join(", "))]);
    }
    let found = found(fields);
    if !found.is_empty() {
        lines.extend([String::new(), format!("Found: {}", found.join(", "))]);
    }
    if visible.is_empty() {
        lines.push("\nNothing is left once quotes and signature are cut off.".to_owned());
    } else {
        lines.push("\nWhat was read:".to_owned());
        lines.extend(visible.lines().map(|line| format!("  {line}").trim_end().to_owned()));
    }
    lines
}

/// What was found beside the label.
fn found(fields: &Fields) -> Vec<String> {
    let Fields { follow_up_on, referral_name, referral_email, phone, left_company } = fields;
    [
        follow_up_on.map(|date| format!("write again from {date}")),
        referral_name.as_ref().map(|name| format!("turn to {name}")),
        referral_email.as_ref().map(|email| format!("write to {email}")),
        phone.as_ref().map(|phone| format!("call {phone}")),
        left_company.then(|| "has left the company".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect()
}
