//! What customers write: texts with `{{ lead.first_name }}` and `{% if lead.company %}`, filled in for one lead.
//!
//! A template sees its [`Fields`] and nothing else. Its length, its work and its output are bounded. A field that is not
//! there, or is empty, is never printed as a word: where it is printed without a `default` and outside of an `if`, its name
//! is among the [`Rendered::missing`], all of them at once, so that a person can fill them in.

mod fields;
mod limits;
mod missing;
mod names;

use std::fmt;
use std::sync::{Arc, LazyLock};

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};

use super::compose::one_line;
use missing::Recorder;

pub use fields::{Assistant, Fields, Rep, first_name};
pub use limits::TAGS_MAX;
pub use names::{ATTRIBUTES, NAMES, UsedName};

/// Bytes of a template at most: a long letter in HTML.
pub const SOURCE_BYTES_MAX: usize = 64 * 1024;
/// Bytes of what is rendered at most: what some mail programs show of a message, and a template may repeat itself.
pub const OUTPUT_BYTES_MAX: usize = 256 * 1024;
/// Characters of a subject at most.
pub const SUBJECT_CHARS_MAX: usize = 400;
/// Steps of a rendering at most. A step is an instruction, or 64 bytes that come into being.
const FUEL: u64 = 50_000;
/// Loops within loops at most, those that call themselves included.
const RECURSION_MAX: usize = 30;

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A plain text.
    Text,
    /// HTML: values are escaped, whatever the template says.
    Html,
    /// A subject: one line.
    Subject,
}

/// A template that can be rendered.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    form: Form,
    source: Arc<str>,
}

/// A filled-in template.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The text, empty where a field is missing.
    pub text: String,
    /// The fields that are missing, as the template names them, each once, in the order in which they are printed.
    pub missing: Vec<String>,
}

/// What is wrong with a template. It never holds what was filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct TemplateError {
    /// The line of the template, from 1, where one is to blame.
    pub line: Option<usize>,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Over the limit.
    #[error("the template is longer than {} KB; shorten it", SOURCE_BYTES_MAX / 1024)]
    TooLong,
    /// It cannot be read.
    #[error("{0}; write `{{{{ lead.first_name }}}}` or `{{% if lead.company %}} … {{% endif %}}`")]
    Syntax(String),
    /// It uses what there is not.
    #[error("{0}; docs/templates.md lists what templates can do")]
    Unknown(String),
    /// It does something with a value that cannot be done.
    #[error("a value is missing here or of another kind than this needs; put an `if` around it")]
    WrongValue,
    /// One `{{ … }}` or `{% … %}` is over the limit.
    #[error(
        "what stands between the braces here is too long, too deep or not closed; split it in two"
    )]
    TagTooLong,
    /// It has too many of them.
    #[error(
        "the template has more than {} tags, or too many loops or `elif`; make it shorter",
        TAGS_MAX
    )]
    TooManyTags,
    /// It repeats too much.
    #[error("the template has too much to do; make its loops shorter")]
    TooMuchWork,
    /// It prints too much.
    #[error("the text comes out longer than {} KB; shorten it", OUTPUT_BYTES_MAX / 1024)]
    OutputTooLong,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.problem),
            None => write!(f, "{}", self.problem),
        }
    }
}

impl Template {
    /// Reads a template. It is rendered for an example and for a lead of whom only the address is known, so that most
    /// of what could fail is told now.
    pub fn parse(form: Form, source: &str) -> Result<Self, TemplateError> {
        if source.len() > SOURCE_BYTES_MAX {
            return Err(TemplateError { line: None, problem: Problem::TooLong });
        }
        limits::check(source)?;
        let template = Self { form, source: source.into() };
        for fields in [Fields::example(), Fields::default()] {
            match template.render(&fields) {
                Err(error) if error.problem != Problem::WrongValue => return Err(error),
                Err(_) | Ok(_) => {}
            }
        }
        Ok(template)
    }

    /// The template as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Fills it in.
    pub fn render(&self, fields: &Fields) -> Result<Rendered, TemplateError> {
        let environment = match self.form {
            Form::Text | Form::Subject => &TEXT,
            Form::Html => &HTML,
        };
        let recorder = Recorder::default();
        let text = environment
            .template_from_str(&self.source)
            .and_then(|template| template.render(fields.context(&recorder)))
            .map_err(|error| told(&error))?;
        if text.len() > OUTPUT_BYTES_MAX {
            return Err(TemplateError { line: None, problem: Problem::OutputTooLong });
        }
        let text = match self.form {
            Form::Text | Form::Html => text,
            Form::Subject => one_line(&text, SUBJECT_CHARS_MAX),
        };
        Ok(Rendered { text, missing: recorder.names() })
    }
}

static TEXT: LazyLock<Environment<'static>> = LazyLock::new(|| environment(Form::Text));
static HTML: LazyLock<Environment<'static>> = LazyLock::new(|| environment(Form::Html));

fn environment(form: Form) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_recursion_limit(RECURSION_MAX);
    for name in ["debug", "namespace"] {
        environment.remove_global(name);
    }
    // A lead's company may hold HTML. The others make values within values, or show what they are made of.
    for name in ["safe", "pprint", "batch", "slice", "groupby", "zip", "chain"] {
        environment.remove_filter(name);
    }
    missing::teach(&mut environment);
    match form {
        Form::Text | Form::Subject => {
            environment.set_auto_escape_callback(|_| AutoEscape::None);
            environment.set_formatter(missing::print_text);
        }
        Form::Html => {
            environment.set_auto_escape_callback(|_| AutoEscape::Html);
            environment.set_formatter(missing::print_html);
        }
    }
    environment
}

/// The error in our words. What minijinja says of values is left out: it may repeat them.
fn told(error: &minijinja::Error) -> TemplateError {
    let said = || error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let problem = match error.kind() {
        ErrorKind::SyntaxError | ErrorKind::BadEscape => Problem::Syntax(said()),
        ErrorKind::UnknownFilter
        | ErrorKind::UnknownTest
        | ErrorKind::UnknownFunction
        | ErrorKind::UnknownMethod => Problem::Unknown(said()),
        ErrorKind::OutOfFuel => Problem::TooMuchWork,
        _ => Problem::WrongValue,
    };
    TemplateError { line: error.line(), problem }
}

/// Hides the text: it is long, and debug output reaches logs.
impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Template({:?}, {} bytes)", self.form, self.source.len())
    }
}

/// Hides what was filled in: debug output reaches logs.
impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rendered({} bytes, missing {:?})", self.text.len(), self.missing)
    }
}
