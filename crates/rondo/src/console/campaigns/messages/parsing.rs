//! The form of messages as it is sent.

use crate::app::outreach::{DAILY_LIMIT_MAX, NewMessages, NewStep, NewWindow, WAIT_DAYS_MAX};
use crate::app::templates::{self, Wrong, WrongTemplate};
use crate::app::{outreach, text};
use crate::console::form::{self, Form, Told};
use crate::{say, t};

/// What a form says, where nothing is wrong with it.
pub(super) fn parsed(form: &mut Form, count: usize) -> Option<NewMessages> {
    let mailbox = form.required("mailbox", form::known);
    // A message without a word or a subject was not wanted, if it is the last.
    let is_empty = |form: &Form, index| {
        ["subject", "body", "html"]
            .iter()
            .all(|part| form.text(&format!("{part}-{index}")).is_empty())
    };
    let count = (1..count).rev().find(|index| !is_empty(form, *index)).unwrap_or(0) + 1;
    let steps: Vec<Option<NewStep>> = (0..count).map(|index| step(form, index)).collect();
    let window = match form.is("hours", "some") {
        true => window(form).map(Some),
        false => Some(None),
    };
    let limit = form.optional("limit", |text| whole(text, 1, DAILY_LIMIT_MAX));
    if form.has_errors() {
        return None;
    }
    let steps = steps.into_iter().collect::<Option<Vec<_>>>()?;
    Some(NewMessages { mailbox: mailbox?, steps, window: window?, daily_limit: limit })
}

fn step(form: &mut Form, index: usize) -> Option<NewStep> {
    let name = |part: &str| format!("{part}-{index}");
    let subject = match index {
        0 => form.required(&name("subject"), templates::parse_subject).flatten(),
        _ => form.optional(&name("subject"), templates::parse_subject).flatten(),
    };
    let body = raw(form, &name("body"), templates::parse_text);
    let body_html = raw(form, &name("html"), templates::parse_html).flatten();
    let wait_days = form.required(&name("wait"), |text| whole(text, 0, WAIT_DAYS_MAX));
    Some(NewStep { subject, body: body?, body_html, wait_days: wait_days? })
}

/// Says beside each text what it can't name.
pub(super) fn tell(form: &mut Form, wrong: Vec<WrongTemplate>) {
    for WrongTemplate { pointer, wrong } in wrong {
        let place = pointer.strip_prefix("/steps/").and_then(|place| place.split_once('/'));
        if let Some((index, part)) = place {
            let part = if part == "body_html" { "html" } else { part };
            form.say(&format!("{part}-{index}"), wrong.told());
        }
    }
}

/// A text with its lines as they are, but for how browsers end them.
fn raw<T>(form: &mut Form, name: &str, parse: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<T> {
    let text = form.raw(name).replace("\r\n", "\n");
    form.parsed(name, parse(&text))
}

fn window(form: &mut Form) -> Option<NewWindow> {
    let days: Vec<u8> = outreach::DAYS
        .iter()
        .filter(|(word, _)| form.is("day", word))
        .map(|(_, number)| *number)
        .collect();
    if days.is_empty() {
        form.say("day", t("launcher-messages-no-day"));
    }
    let from = form.required("from", text::parse_time_of_day);
    let until = form.required("until", text::parse_time_of_day);
    let time_zone = form.optional("zone", text::parse_time_zone);
    let (from, until) = (from?, until?);
    if from >= until {
        form.say("until", t("launcher-messages-hours-turned"));
    }
    Some(NewWindow { days, from, until, time_zone })
}

fn whole(text: &str, least: u32, most: u32) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number
        .ok_or_else(|| say("launcher-messages-no-number").n("least", least).n("most", most).plain())
}

/// The form without one of its messages.
pub(super) fn without(form: &Form, removed: usize) -> Form {
    let parts = ["subject", "body", "html", "wait"];
    let mut fields: Vec<(String, String)> = Vec::new();
    for name in ["mailbox", "hours", "from", "until", "zone", "limit"] {
        if form.is_ticked(name) {
            fields.push((name.to_owned(), form.raw(name).to_owned()));
        }
    }
    fields.extend(form.all("day").map(|day| ("day".to_owned(), day.to_owned())));
    for index in (0..rondo_core::mail::STEPS_MAX).filter(|index| *index != removed) {
        let place = if index < removed { index } else { index - 1 };
        for part in parts {
            let text = form.raw(&format!("{part}-{index}"));
            fields.push((format!("{part}-{place}"), text.to_owned()));
        }
    }
    Form::of(fields.iter().map(|(name, value)| (name.as_str(), value.clone())))
}
