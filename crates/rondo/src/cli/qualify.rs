//! `rondo qualify`: what a message in a file is taken for.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::Failure;
use super::terminal::{say, say_json};
use crate::mail::message::MESSAGE_BYTES_MAX;
use crate::mail::{AutoKind, BounceKind, Reading, Received, opt_out};
use crate::qualifier::fields::Fields;
use crate::qualifier::{Label, Verdict, qualify};

/// Characters of a whole bar.
const BAR: f32 = 30.0;

/// `rondo qualify`.
#[derive(Debug, Args)]
pub(super) struct QualifyArgs {
    /// The message as it was received, or `-` for standard input.
    file: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs `rondo qualify`.
pub(super) fn run(args: &QualifyArgs) -> Result<(), Failure> {
    let received = Received::parse(&read(&args.file)?)
        .map_err(|error| Failure::Refused(format!("`{}`: {error}", args.file.display())))?;
    let visible = &received.text.visible;
    if received.reading == Reading::Reply
        && let Some(sentence) = opt_out::find(visible)
    {
        return say_told(
            Label::Unsubscribe.name(),
            &format!("asked for in plain words, `{sentence}`"),
            args.json,
        );
    }
    let verdict = match received.reading {
        Reading::Reply => qualify(visible, Some(&received.subject)),
        ref found => return say_found(found, args.json),
    };
    let fields = Fields::of(visible, received.sent_on);
    if args.json {
        let probability = |(label, probability): &(Label, f32)| json!({ "label": label.name(), "probability": probability });
        return say_json(&json!({
            "label": verdict.label().name(),
            "acted_on": verdict.is_certain,
            "probabilities": verdict.probabilities.iter().map(probability).collect::<Vec<_>>(),
            "cues": verdict.cues,
            "fields": fields,
            "text": visible,
        }));
    }
    lines(visible, &verdict, &fields).iter().try_for_each(say)
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

/// What is said of a message that no person wrote as an answer.
fn say_found(found: &Reading, is_json: bool) -> Result<(), Failure> {
    let (label, told) = match found {
        Reading::Bounce { kind, status, failed_recipient } => {
            let lasting = match kind {
                BounceKind::Hard => "there is no such address",
                BounceKind::Soft => "worth another try",
            };
            let known = [status.as_deref(), failed_recipient.as_deref()];
            let known: Vec<_> = known.into_iter().flatten().collect();
            ("bounce", format!("{lasting} ({})", known.join(", ")))
        }
        Reading::AutoReply { kind, return_on } => {
            let kind = match kind {
                AutoKind::Away => "an absence notice",
                AutoKind::Ticket => "a receipt of a ticket system",
                AutoKind::Challenge => "a challenge to prove that a person wrote",
                AutoKind::Receipt => "a receipt",
            };
            let back = return_on.map(|date| format!(", back on {date}")).unwrap_or_default();
            ("auto_reply", format!("{kind}{back}"))
        }
        Reading::Feedback { .. } => ("unsubscribe", "a complaint by way of a provider".to_owned()),
        Reading::Reply => ("other", String::new()),
    };
    say_told(label, &told, is_json)
}

/// What needs no model.
fn say_told(label: &str, told: &str, is_json: bool) -> Result<(), Failure> {
    if is_json {
        return say_json(&json!({ "label": label, "acted_on": true, "found": told }));
    }
    say(format!("{label}: acted on without a person; {told}"))
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
