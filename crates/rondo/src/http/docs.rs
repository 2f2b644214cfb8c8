//! The documentation as pages: the OpenAPI document for reading, and a page for each code of a problem.
//!
//! Plain HTML made by the server, with nothing from elsewhere and no script: readable offline, on a phone and in the
//! dark.

use std::fmt::Write as _;

use serde_json::Value;

use crate::http::codes::{CODES, Code};

const STYLE: &str = include_str!("docs/style.css");

/// The OpenAPI document as a page.
pub(super) fn page(document: &Value) -> String {
    let mut body = String::new();
    let _ = write!(
        body,
        "<h1>Rondo <small>API {}</small></h1><p>{}</p>\
         <p>Send <code>Authorization: Bearer</code> and an API key with each call. The same as a document for programs: \
         <a href=\"/openapi.json\">openapi.json</a> (OpenAPI 3.1). What each refusal means: <a href=\"/problems\">problems</a>.</p>",
        text(&document["info"]["version"]),
        inline(document["info"]["description"].as_str().unwrap_or_default()),
    );
    let groups = by_tag(document);
    body.push_str("<nav><ul>");
    for (tag, _) in &groups {
        let _ = write!(body, "<li><a href=\"#{}\">{}</a></li>", anchor(tag), escaped(tag));
    }
    body.push_str("<li><a href=\"#shapes\">Shapes</a></li></ul></nav>");
    for (tag, operations) in groups {
        let _ = write!(body, "<section id=\"{}\"><h2>{}</h2>", anchor(&tag), escaped(&tag));
        for (path, method, operation) in operations {
            write_operation(&mut body, path, method, operation);
        }
        body.push_str("</section>");
    }
    body.push_str("<section id=\"shapes\"><h2>Shapes</h2>");
    if let Some(schemas) = document["components"]["schemas"].as_object() {
        for (name, schema) in schemas {
            write_shape(&mut body, name, schema);
        }
    }
    body.push_str("</section>");
    framed("Rondo API", &body)
}

/// Every code, with what it means.
pub(super) fn problems() -> String {
    let mut body = String::from(
        "<h1>Problems</h1><p>An answer that is not a success is a problem document (RFC 9457). Its <code>code</code> is one of these.</p><dl>",
    );
    for code in CODES {
        let _ = write!(
            body,
            "<dt><a href=\"/problems/{0}\"><code>{0}</code></a> <small>{1}</small></dt><dd>{2}</dd>",
            code.as_str(),
            code.status().as_u16(),
            inline(code.title()),
        );
    }
    body.push_str("</dl>");
    framed("Problems", &body)
}

/// What a code means, and what to do.
pub(super) fn problem(code: Code) -> String {
    let example =
        serde_json::to_string_pretty(&code.example_document()).expect("a JSON value is written");
    let body = format!(
        "<p><a href=\"/problems\">Problems</a></p><h1>{}</h1><p><code>{}</code> <small>HTTP {}</small></p>\
         <h2>What it means</h2><p>{}</p><h2>What to do</h2><p>{}</p><h2>Example</h2><pre>{}</pre>",
        inline(code.title()),
        code.as_str(),
        code.status().as_u16(),
        inline(code.meaning()),
        inline(code.to_do()),
        escaped(&example),
    );
    framed(code.title(), &body)
}

/// A code that nobody gives.
pub(super) fn no_such_problem() -> String {
    framed(
        "No such problem",
        "<h1>There is no such code</h1><p>See <a href=\"/problems\">all of them</a>.</p>",
    )
}

pub(super) fn framed(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{}</title><style>{STYLE}</style></head>\
         <body><main>{body}</main></body></html>\n",
        escaped(title)
    )
}

type Operations<'d> = Vec<(&'d str, &'d str, &'d Value)>;

/// The operations by tag, in the order in which people meet them.
fn by_tag(document: &Value) -> Vec<(String, Operations<'_>)> {
    const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];
    const ORDER: &[&str] = &[
        "Reps",
        "Out of office",
        "Groups",
        "Campaigns",
        "Leads",
        "Routing",
        "Webhooks",
        "Ledger",
        "Team",
        "Service",
    ];
    let mut groups: Vec<(String, Operations<'_>)> =
        ORDER.iter().map(|tag| ((*tag).to_owned(), Vec::new())).collect();
    let paths = document["paths"].as_object().into_iter().flatten();
    for (path, item) in paths {
        for method in METHODS {
            let Some(operation) = item.get(*method) else { continue };
            let tag = operation["tags"][0].as_str().unwrap_or("Service");
            let index = groups.iter().position(|(known, _)| known == tag).unwrap_or_else(|| {
                groups.push((tag.to_owned(), Vec::new()));
                groups.len() - 1
            });
            groups[index].1.push((path, method, operation));
        }
    }
    groups.retain(|(_, operations)| !operations.is_empty());
    groups
}

fn write_operation(body: &mut String, path: &str, method: &str, operation: &Value) {
    let id = text(&operation["operationId"]);
    let _ = write!(
        body,
        "<details id=\"{id}\"><summary><b class=\"{method}\">{}</b> <code>{}</code> <span>{}</span></summary>",
        method.to_uppercase(),
        escaped(path),
        inline(operation["summary"].as_str().unwrap_or_default()),
    );
    if let Some(description) = operation["description"].as_str() {
        let _ = write!(body, "<p>{}</p>", inline(description));
    }
    if let Some(parameters) = operation["parameters"].as_array() {
        body.push_str("<h4>Parameters</h4><dl>");
        for parameter in parameters {
            let _ = write!(
                body,
                "<dt><code>{}</code> <small>{}, {}</small></dt><dd>{}</dd>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                shape_of(&parameter["schema"]),
                inline(parameter["description"].as_str().unwrap_or_default()),
            );
        }
        body.push_str("</dl>");
    }
    let request = &operation["requestBody"]["content"]["application/json"]["schema"];
    if !request.is_null() {
        let _ = write!(body, "<h4>Body</h4><p>{}</p>", shape_of(request));
    }
    body.push_str("<h4>Answers</h4><dl>");
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let shapes: Vec<String> = response["content"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(kind, _)| *kind != "application/problem+json")
            .map(|(_, content)| shape_of(&content["schema"]))
            .collect();
        let _ = write!(
            body,
            "<dt>{status} {}</dt><dd>{}</dd>",
            shapes.join(" or "),
            linked(response["description"].as_str().unwrap_or_default()),
        );
    }
    body.push_str("</dl></details>");
}

fn write_shape(body: &mut String, name: &str, schema: &Value) {
    let _ = write!(
        body,
        "<details id=\"shape-{0}\"><summary><code>{0}</code></summary>",
        escaped(name)
    );
    if let Some(description) = schema["description"].as_str() {
        let _ = write!(body, "<p>{}</p>", inline(description));
    }
    let parts = match schema["allOf"].as_array() {
        Some(parts) => parts.iter().collect(),
        None => vec![schema],
    };
    for part in parts {
        write_properties(body, part);
    }
    body.push_str("</details>");
}

fn write_properties(body: &mut String, schema: &Value) {
    let Some(properties) = schema["properties"].as_object() else {
        let _ = write!(body, "<p>{}</p>", shape_of(schema));
        return;
    };
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    body.push_str("<dl>");
    for (name, property) in properties {
        let optional = if required.contains(&name.as_str()) { "" } else { ", optional" };
        let _ = write!(
            body,
            "<dt><code>{}</code> <small>{}{optional}</small></dt><dd>{}</dd>",
            escaped(name),
            shape_of(property),
            inline(property["description"].as_str().unwrap_or_default()),
        );
    }
    body.push_str("</dl>");
}

/// Words that are listed one by one at most; more, such as time zones, are told by the description.
const WORDS_MAX: usize = 20;

/// A schema in a few words, with links to what it names.
fn shape_of(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = escaped(reference.rsplit('/').next().unwrap_or_default());
        return format!("<a href=\"#shape-{name}\">{name}</a>");
    }
    for any in ["oneOf", "anyOf", "allOf"] {
        if let Some(all) = schema[any].as_array() {
            let joint = if any == "allOf" { " and " } else { " or " };
            return all.iter().map(shape_of).collect::<Vec<_>>().join(joint);
        }
    }
    if let Some(words) = schema["enum"].as_array().filter(|words| words.len() <= WORDS_MAX) {
        let words: Vec<String> =
            words.iter().map(|word| format!("<code>{}</code>", text(word))).collect();
        return words.join(" or ");
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect::<Vec<_>>().join(" or "),
        Value::String(kind) => escaped(kind),
        _ => "anything".to_owned(),
    };
    let mut shape = match kind.as_str() {
        "array" => format!("list of {}", shape_of(&schema["items"])),
        _ => kind,
    };
    for (key, words) in [
        ("format", ""),
        ("minimum", "from "),
        ("maximum", "to "),
        ("minLength", "at least "),
        ("maxLength", "at most "),
    ] {
        if !schema[key].is_null() {
            let unit = if key.ends_with("Length") { " characters" } else { "" };
            let _ = write!(shape, ", {words}{}{unit}", text(&schema[key]));
        }
    }
    shape
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => escaped(text),
        other => escaped(&other.to_string()),
    }
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text with `code` in backticks.
fn inline(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in escaped(text).split('`').enumerate() {
        match index % 2 {
            0 => html.push_str(part),
            _ => {
                let _ = write!(html, "<code>{part}</code>");
            }
        }
    }
    html
}

/// The same, with codes of problems as links to their pages.
fn linked(text: &str) -> String {
    let mut html = inline(text);
    for code in CODES {
        let plain = format!("<code>{}</code>", code.as_str());
        let link = format!("<a href=\"/problems/{0}\"><code>{0}</code></a>", code.as_str());
        html = html.replace(&plain, &link);
    }
    html
}

fn anchor(tag: &str) -> String {
    tag.to_lowercase().replace(' ', "-")
}
