//! Every text that people read in the console, in one place: `texts/en/*.ftl`, in the format of Project Fluent.
//!
//! A text is fixed ([`t`]) or takes arguments ([`say`]). The tests below hold templates and code to them: a text that is
//! asked for exists with just these arguments, and words stand nowhere else.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Display};
use std::sync::{LazyLock, Mutex, PoisonError};

use askama::filters::{Escaper as _, Html};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// The texts, by the screen that shows them. Each name in a file begins with the file's own.
const ENGLISH: [(&str, &str); 29] = [
    ("account", include_str!("../texts/en/account.ftl")),
    ("assignments", include_str!("../texts/en/assignments.ftl")),
    ("campaigns", include_str!("../texts/en/campaigns.ftl")),
    ("choices", include_str!("../texts/en/choices.ftl")),
    ("common", include_str!("../texts/en/common.ftl")),
    ("conversations", include_str!("../texts/en/conversations.ftl")),
    ("erasing", include_str!("../texts/en/erasing.ftl")),
    ("frame", include_str!("../texts/en/frame.ftl")),
    ("groups", include_str!("../texts/en/groups.ftl")),
    ("home", include_str!("../texts/en/home.ftl")),
    ("keys", include_str!("../texts/en/keys.ftl")),
    ("launcher", include_str!("../texts/en/launcher.ftl")),
    ("leads", include_str!("../texts/en/leads.ftl")),
    ("ledger", include_str!("../texts/en/ledger.ftl")),
    ("mailboxes", include_str!("../texts/en/mailboxes.ftl")),
    ("members", include_str!("../texts/en/members.ftl")),
    ("qualifier", include_str!("../texts/en/qualifier.ftl")),
    ("reports", include_str!("../texts/en/reports.ftl")),
    ("reps", include_str!("../texts/en/reps.ftl")),
    ("reviews", include_str!("../texts/en/reviews.ftl")),
    ("settings", include_str!("../texts/en/settings.ftl")),
    ("signing-in", include_str!("../texts/en/signing-in.ftl")),
    ("suppressions", include_str!("../texts/en/suppressions.ftl")),
    ("team", include_str!("../texts/en/team.ftl")),
    ("trouble", include_str!("../texts/en/trouble.ftl")),
    ("upload", include_str!("../texts/en/upload.ftl")),
    ("webhooks", include_str!("../texts/en/webhooks.ftl")),
    ("why", include_str!("../texts/en/why.ftl")),
    ("words", include_str!("../texts/en/words.ftl")),
];

static TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::of("en", &ENGLISH));

/// A language's texts.
struct Texts {
    bundle: FluentBundle<FluentResource>,
    /// Those that take no arguments, as they are said.
    fixed: HashMap<String, String>,
}

impl Texts {
    /// What a file of ours has wrong in it is found by the first test that runs.
    fn of(language: &str, files: &[(&str, &str)]) -> Self {
        let language = language.parse().expect("a language's tag");
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Marks of direction around arguments are for texts that mix scripts from left and from right.
        bundle.set_use_isolating(false);
        bundle.add_builtins().expect("nothing else is called NUMBER");
        let mut names = Vec::new();
        for (file, text) in files {
            let resource = FluentResource::try_new((*text).to_owned())
                .unwrap_or_else(|(_, errors)| panic!("{file}.ftl: {errors:?}"));
            names.extend(names_in(text).map(str::to_owned));
            bundle.add_resource(resource).unwrap_or_else(|errors| panic!("{file}.ftl: {errors:?}"));
        }
        let mut fixed = HashMap::new();
        for name in names {
            let mut errors = Vec::new();
            let Some(pattern) = bundle.get_message(&name).and_then(|message| message.value())
            else {
                continue;
            };
            let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
            if errors.is_empty() && !text.contains('<') {
                fixed.insert(name, text);
            }
        }
        Self { bundle, fixed }
    }

    fn said(&self, name: &str, arguments: &FluentArgs<'_>) -> String {
        let Some(pattern) = self.bundle.get_message(name).and_then(|message| message.value())
        else {
            amiss(name, "there is no such text");
            return name.to_owned();
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(arguments), &mut errors).into_owned();
        if !errors.is_empty() {
            amiss(name, &format!("{errors:?}"));
        }
        text
    }
}

/// Fails tests. Elsewhere, whoever runs the server is told once of each text.
fn amiss(name: &str, error: &str) {
    debug_assert!(false, "the text `{name}`: {error}");
    if is_first(name) {
        tracing::error!(
            text = name,
            error,
            "A text can't be said as it should; this is a fault of Rondo."
        );
    }
}

/// Whether nothing was amiss with a text before. Texts are named by code alone, so there are few.
fn is_first(name: &str) -> bool {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned())
}

/// The names of the texts in a file.
fn names_in(file: &str) -> impl Iterator<Item = &str> {
    file.lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" =").map(|(name, _)| name))
}

/// A text that takes no arguments and has no markup. A name that is unknown is said itself, and fails tests.
pub(crate) fn t(name: &'static str) -> &'static str {
    TEXTS.fixed.get(name).map_or_else(
        || {
            amiss(name, "there is no such text without arguments and markup");
            name
        },
        String::as_str,
    )
}

/// A text with arguments or markup, shown as HTML: what the text says is markup, its arguments are escaped.
pub(crate) fn say(name: &'static str) -> Say {
    Say { name, arguments: Vec::new() }
}

/// A text about to be said.
#[derive(Debug, Clone)]
pub(crate) struct Say {
    name: &'static str,
    arguments: Vec<(&'static str, Argument)>,
}

#[derive(Debug, Clone)]
enum Argument {
    Count(f64),
    Words(String),
    Link {
        path: String,
        words: String,
    },
    /// Each a path and its words.
    Links(Vec<(String, String)>),
}

impl Say {
    /// With something that is shown as it is.
    pub(crate) fn arg(self, name: &'static str, value: impl Display) -> Self {
        self.with(name, Argument::Words(value.to_string()))
    }

    /// With a number, for which the text may have a plural.
    pub(crate) fn n(self, name: &'static str, count: impl Count) -> Self {
        self.with(name, Argument::Count(count.count()))
    }

    /// With words that lead to a page.
    pub(crate) fn link(self, name: &'static str, path: impl Display, words: impl Display) -> Self {
        self.with(name, Argument::Link { path: path.to_string(), words: words.to_string() })
    }

    /// With words that each lead to a page of their own: paths and words.
    pub(crate) fn links(self, name: &'static str, links: impl AsRef<[(String, String)]>) -> Self {
        self.with(name, Argument::Links(links.as_ref().to_vec()))
    }

    fn with(mut self, name: &'static str, argument: Argument) -> Self {
        self.arguments.push((name, argument));
        self
    }

    /// Without markup, for what escapes by itself.
    pub(crate) fn plain(&self) -> String {
        self.said(|argument| match argument {
            Argument::Count(count) => FluentValue::from(*count),
            Argument::Words(words) | Argument::Link { words, .. } => {
                FluentValue::from(words.as_str())
            }
            Argument::Links(links) => {
                let words: Vec<_> = links.iter().map(|(_, words)| words.as_str()).collect();
                FluentValue::from(words.join(", "))
            }
        })
    }

    fn said<'a>(&'a self, value: impl Fn(&'a Argument) -> FluentValue<'a>) -> String {
        let arguments =
            self.arguments.iter().map(|(name, argument)| (Cow::Borrowed(*name), value(argument)));
        TEXTS.said(self.name, &arguments.collect())
    }
}

impl Display for Say {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.said(|argument| match argument {
            Argument::Count(count) => FluentValue::from(*count),
            Argument::Words(words) => FluentValue::from(escaped(words)),
            Argument::Link { path, words } => FluentValue::from(link(path, words)),
            Argument::Links(links) => {
                let links: Vec<_> = links.iter().map(|(path, words)| link(path, words)).collect();
                FluentValue::from(links.join(", "))
            }
        }))
    }
}

impl askama::filters::HtmlSafe for Say {}

impl askama::FastWritable for Say {
    fn write_into(&self, to: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        Ok(write!(to, "{self}")?)
    }
}

fn link(path: &str, words: &str) -> String {
    format!(r#"<a href="{}">{}</a>"#, escaped(path), escaped(words))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // A string takes whatever is written.
    let _ = Html.write_escaped_str(&mut escaped, text);
    escaped
}

/// Something that can be counted.
pub(crate) trait Count {
    fn count(&self) -> f64;
}

impl<C: Count + ?Sized> Count for &C {
    fn count(&self) -> f64 {
        (**self).count()
    }
}

macro_rules! counts {
    ($($kind:ty),*) => {
        $(impl Count for $kind {
            fn count(&self) -> f64 {
                // Nobody reads a count of 2^53 to its last digit.
                *self as f64
            }
        })*
    };
}
counts!(u32, u64, usize, i64);

#[cfg(test)]
mod tests;
