//! The OpenAPI 3.1 document: what the handlers say, completed by what follows from the table of operations.

use serde_json::{Map, Value, json};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa::{PartialSchema, ToSchema};

use crate::app::schema;
use crate::http::codes::{CODES, Code};
use crate::http::operations::{OPERATIONS, Operation};
use crate::http::problem::Document;
use crate::http::reps::LeadsDecision;

/// What every request goes through before its operation: any of these can come of it.
const EVERY: &[Code] = &[
    Code::Unauthenticated,
    Code::Forbidden,
    Code::TooManyRequests,
    Code::Internal,
    Code::Unavailable,
];

/// The document before its operations are added.
pub(super) fn base() -> OpenApi {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("rondo_<team>_<secret>")
        .description(Some("An API key. `POST /v1/keys` or `rondo key create` makes one."))
        .build();
    let mut components = ComponentsBuilder::new()
        .security_scheme("api_key", SecurityScheme::Http(bearer))
        .schema(Document::name(), Document::schema());
    let mut schemas = Vec::new();
    Document::schemas(&mut schemas);
    // Parameters of queries name shapes without bringing them.
    schemas.push((schema::RepId::name().into(), schema::RepId::schema()));
    schemas.push((LeadsDecision::name().into(), LeadsDecision::schema()));
    LeadsDecision::schemas(&mut schemas);
    for (name, schema) in schemas {
        components = components.schema(name, schema);
    }
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Rondo")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Rondo hands each qualified lead to the right sales rep, in turn, exactly once, and can prove it.",
                ))
                .build(),
        )
        .components(Some(components.build()))
        .build()
}

/// The whole document: parameters of paths, the idempotency key, security and problems are added to every operation.
pub(super) fn complete(openapi: &OpenApi) -> Value {
    let mut document = serde_json::to_value(openapi).expect("the document is written as JSON");
    for operation in OPERATIONS {
        let method = operation.method.as_str().to_lowercase();
        let entry = &mut document["paths"][operation.path][&method];
        assert!(entry.is_object(), "`{}` has no handler that documents it", operation.id);
        complete_operation(operation, entry);
    }
    for (made_by, status, parameters) in MADE {
        link(&mut document, made_by, status, parameters);
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.iter_mut().for_each(|(name, schema)| complete_schema(name, schema));
    }
    document
}

/// What a request may name: pairs of a parameter's name and where its value stands.
type Names = &'static [(&'static str, &'static str)];

/// Where the ids in paths come from: the operation, its status, and the parameters with their runtime expressions.
const MADE: &[(&str, &str, Names)] = &[
    ("add_rep", "201", &[("rep", "$response.body#/id")]),
    ("add_absence", "201", &[("rep", "$request.path.rep"), ("abs", "$response.body#/id")]),
    ("add_group", "201", &[("grp", "$response.body#/id")]),
    (
        "add_group",
        "201",
        &[("grp", "$response.body#/id"), ("rep", "$response.body#/members/0/rep")],
    ),
    ("list_groups", "200", &[("grp", "$response.body#/items/0/id")]),
    ("add_campaign", "201", &[("cmp", "$response.body#/id")]),
    ("qualify", "201", &[("asg", "$response.body#/id")]),
    ("qualify", "201", &[("lead", "$response.body#/lead")]),
    ("qualify", "201", &[("conv", "$response.body#/conversation")]),
    ("add_key", "201", &[("key", "$response.body#/id")]),
    ("add_webhook", "201", &[("hook", "$response.body#/id")]),
    ("add_mailbox", "201", &[("mbx", "$response.body#/id")]),
    ("add_suppression", "201", &[("sup", "$response.body#/id")]),
];

/// Links an answer to every operation that takes just these ids.
fn link(document: &mut Value, made_by: &str, status: &str, parameters: &[(&str, &str)]) {
    let takes_them = |operation: &&Operation| {
        let names: Vec<&str> = names_in(operation.path).collect();
        names == parameters.iter().map(|(name, _)| *name).collect::<Vec<_>>()
    };
    let maker = OPERATIONS.iter().find(|operation| operation.id == made_by);
    let maker = maker.expect("what makes something stands in the table");
    let method = maker.method.as_str().to_lowercase();
    let response = &mut document["paths"][maker.path][&method]["responses"][status];
    let values: Map<String, Value> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    for operation in OPERATIONS.iter().filter(takes_them) {
        response["links"][operation.id] =
            json!({ "operationId": operation.id, "parameters": values });
    }
}

fn complete_operation(operation: &Operation, entry: &mut Value) {
    let has_body = entry.get("requestBody").is_some();
    let is_post = operation.method == "POST";
    let mut parameters = entry["parameters"].as_array().cloned().unwrap_or_default();
    for parameter in &mut parameters {
        if parameter["in"] == "query" {
            parameter["required"] = json!(false);
            without_null(&mut parameter["schema"]);
        }
    }
    let has_query = !parameters.is_empty();
    let ids = ids_in(operation.path);
    let has_ids = !ids.is_empty();
    parameters.splice(0..0, ids);
    let repeats = is_post.then(|| repeats(operation.id)).flatten();
    if let Some(description) = repeats {
        parameters.push(idempotency_key(description));
    }
    if operation.id == "read_ledger" {
        parameters.push(last_event_id());
    }
    if !parameters.is_empty() {
        entry["parameters"] = json!(parameters);
    }
    entry["security"] = json!([{ "api_key": [] }]);

    let mut codes: Vec<Code> = EVERY.iter().chain(operation.codes).copied().collect();
    if has_body || is_post || has_query {
        codes.push(Code::InvalidRequest);
    }
    if has_ids {
        codes.push(Code::NotFound);
    }
    if has_body || is_post {
        codes.push(Code::TooLarge);
    }
    if has_body {
        codes.push(Code::UnsupportedMediaType);
    }
    if repeats.is_some() {
        codes.push(Code::IdempotencyKeyReused);
    }
    codes.sort_unstable();
    codes.dedup();
    let responses = entry["responses"].as_object_mut().expect("every handler names its answers");
    for (status, codes) in by_status(&codes) {
        responses.insert(status, problem_response(&codes));
    }
}

fn ids_in(path: &str) -> Vec<Value> {
    names_in(path)
        .map(|name| {
            let schema = match name {
                "rep" => "RepId",
                "grp" => "GroupId",
                "cmp" => "CampaignId",
                "lead" => "LeadId",
                "conv" => "ConversationId",
                "asg" => "AssignmentId",
                "abs" => "AbsenceId",
                "key" => "KeyId",
                "usr" => "UserId",
                "hook" => "WebhookId",
                "dlv" => "DeliveryId",
                "mbx" => "MailboxId",
                "msg" => "MessageId",
                "sup" => "SuppressionId",
                other => unreachable!("`{other}` stands in a path of the table and has no schema"),
            };
            json!({
                "name": name,
                "in": "path",
                "required": true,
                "schema": { "$ref": format!("#/components/schemas/{schema}") },
            })
        })
        .collect()
}

fn names_in(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// What an idempotency key does for a `POST`; none where there is nothing to be done twice.
fn repeats(operation: &str) -> Option<&'static str> {
    match operation {
        "noop" => None,
        "preview_messages" => Some(
            "Any text of your own: with another body within 24 hours it is refused. Without effect otherwise, since a \
            preview changes nothing.",
        ),
        "resend_delivery" => Some(
            "Any text of your own: with another body within 24 hours it is refused. With the same one the delivery is \
            queued once more, under the same `webhook-id`.",
        ),
        "qualify_batch" => Some(
            "Any text of your own: the same key and body within 24 hours gives the results of the first time. Items \
            that were refused are tried again, and what waited answers with its assignment once there is one. With \
            another body it is refused.",
        ),
        _ => Some(
            "Any text of your own: the same key and body within 24 hours is not done again, and answers with what \
            stands. With another body it is refused.",
        ),
    }
}

fn idempotency_key(description: &str) -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": false,
        "description": description,
        "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
    })
}

fn last_event_id() -> Value {
    json!({
        "name": "Last-Event-ID",
        "in": "header",
        "required": false,
        "description": "Where a live stream broke: it goes on after this entry. Without effect on pages.",
        "schema": { "type": "integer", "minimum": 0, "maximum": 9_007_199_254_740_991_u64 },
    })
}

fn by_status(codes: &[Code]) -> Vec<(String, Vec<Code>)> {
    let mut all: Vec<(String, Vec<Code>)> = Vec::new();
    for code in codes {
        let status = code.status().as_str().to_owned();
        match all.iter_mut().find(|(known, _)| *known == status) {
            Some((_, same)) => same.push(*code),
            None => all.push((status, vec![*code])),
        }
    }
    all
}

fn problem_response(codes: &[Code]) -> Value {
    let lines: Vec<String> =
        codes.iter().map(|code| format!("`{}`: {}.", code.as_str(), code.title())).collect();
    let examples: Map<String, Value> = codes
        .iter()
        .map(|code| (code.as_str().to_owned(), json!({ "value": code.example_document() })))
        .collect();
    json!({
        "description": lines.join(" "),
        "content": {
            "application/problem+json": {
                "schema": { "$ref": "#/components/schemas/Problem" },
                "examples": examples,
            },
        },
    })
}

/// Requests refuse fields that they do not know; answers always carry the fields that can be null.
fn complete_schema(name: &str, schema: &mut Value) {
    if REQUESTS.contains(&name) {
        close(schema);
    } else if name != "Problem" && name != "Facts" {
        require_nullable(schema);
    }
    if name == "Problem" {
        let codes: Vec<&str> = CODES.iter().map(|code| code.as_str()).collect();
        if let Some(code) = find_property(schema, "code") {
            code["enum"] = json!(codes);
        }
    }
}

/// The schemas of requests.
const REQUESTS: &[&str] = &[
    "NewRep",
    "RepChanges",
    "NoDecision",
    "ReleaseLeads",
    "TransferLeads",
    "GoAway",
    "NewAbsenceInDays",
    "NewAbsenceInInstants",
    "AbsenceChanges",
    "NewGroup",
    "GroupChanges",
    "NewCampaign",
    "CampaignChanges",
    "Launch",
    "NewLead",
    "LeadList",
    "LeadChanges",
    "QualifiedLead",
    "QualifiedConversation",
    "Batch",
    "Reassignment",
    "NewRepKey",
    "NewRepUser",
    "NewTeamUser",
    "NewTeamKey",
    "NewMailboxKey",
    "SettingsChanges",
    "NewWebhook",
    "NewMailbox",
    "MailboxChanges",
    "NewSmtpServer",
    "NewImapServer",
    "NewMessages",
    "NewStep",
    "NewWindow",
    "PreviewWanted",
    "TrialWanted",
    "NewSuppression",
    "QualifierWanted",
    "LabelMessage",
    "AnswerLead",
    "ForwardLead",
    "SeeToConversation",
];

fn close(schema: &mut Value) {
    schema["additionalProperties"] = json!(false);
}

fn require_nullable(schema: &mut Value) {
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        parts.iter_mut().for_each(require_nullable);
        return;
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    let nullable: Vec<Value> = properties
        .iter()
        .filter(|(_, schema)| is_nullable(schema))
        .map(|(name, _)| json!(name))
        .collect();
    if nullable.is_empty() {
        return;
    }
    let mut required = schema["required"].as_array().cloned().unwrap_or_default();
    required.extend(nullable);
    required.dedup();
    schema["required"] = json!(required);
}

fn is_nullable(schema: &Value) -> bool {
    let types_with_null =
        |types: &Value| types.as_array().is_some_and(|all| all.contains(&json!("null")));
    types_with_null(&schema["type"])
        || schema["oneOf"].as_array().is_some_and(|all| all.iter().any(|one| one["type"] == "null"))
}

/// A parameter of a query is a text: it is there or not, and never null.
fn without_null(schema: &mut Value) {
    if let Some(types) = schema["type"].as_array() {
        let rest: Vec<Value> =
            types.iter().filter(|kind| **kind != json!("null")).cloned().collect();
        schema["type"] = rest.into_iter().next().unwrap_or_else(|| json!("string"));
    }
    if let Some(all) = schema["oneOf"].as_array() {
        let rest: Vec<Value> = all.iter().filter(|one| one["type"] != "null").cloned().collect();
        if let [one] = rest.as_slice() {
            *schema = one.clone();
        }
    }
}

fn find_property<'s>(schema: &'s mut Value, name: &str) -> Option<&'s mut Value> {
    if schema.get("allOf").is_some() {
        let parts = schema["allOf"].as_array_mut()?;
        return parts.iter_mut().find_map(|part| find_property(part, name));
    }
    schema.get_mut("properties")?.get_mut(name)
}
