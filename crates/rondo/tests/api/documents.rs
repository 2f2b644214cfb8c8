//! The documents that the server shows of itself: OpenAPI, the documentation, the pages of problems, its health.

use std::collections::BTreeSet;

use rondo::http::codes::CODES;
use rondo::http::operations::OPERATIONS;
use serde_json::Value;

use crate::world::World;

#[tokio::test]
async fn the_openapi_document_holds_every_operation_with_its_answers() {
    let world = World::new().await;
    let document = world.stranger().get("/openapi.json").await.is(200);
    assert_eq!(document["openapi"], "3.1.0");
    let mut documented = 0;
    for item in document["paths"].as_object().unwrap().values() {
        documented += item.as_object().unwrap().len();
    }
    assert_eq!(
        documented,
        OPERATIONS.len(),
        "an operation is missing in the table, or in the document"
    );
    for operation in OPERATIONS {
        let method = operation.method.as_str().to_lowercase();
        let entry = &document["paths"][operation.path][&method];
        assert_eq!(entry["operationId"], operation.id);
        for code in operation.codes {
            let response = &entry["responses"][code.status().as_str()];
            let description = response["description"].as_str().unwrap();
            assert!(description.contains(code.as_str()), "{} {}", operation.id, code.as_str());
        }
    }
    for target in references(&document) {
        assert!(document.pointer(&target).is_some(), "nothing stands at {target}");
    }
}

#[tokio::test]
async fn every_post_that_does_something_takes_an_idempotency_key() {
    let world = World::new().await;
    let document = world.stranger().get("/openapi.json").await.is(200);
    for operation in OPERATIONS {
        let method = operation.method.as_str().to_lowercase();
        let entry = &document["paths"][operation.path][&method];
        let parameters = entry["parameters"].as_array().into_iter().flatten();
        let takes_key =
            parameters.into_iter().any(|parameter| parameter["name"] == "Idempotency-Key");
        let is_expected = operation.method == "POST" && operation.id != "noop";
        assert_eq!(takes_key, is_expected, "{}", operation.id);
        let refuses_another_body = entry["responses"].get("422").is_some();
        assert_eq!(refuses_another_body, is_expected, "{}", operation.id);
    }
}

fn references(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match (name.as_str(), value) {
                ("$ref", Value::String(target)) => {
                    BTreeSet::from([target.trim_start_matches('#').to_owned()])
                }
                _ => references(value),
            })
            .collect(),
        Value::Array(values) => values.iter().flat_map(references).collect(),
        _ => BTreeSet::new(),
    }
}

#[tokio::test]
async fn requests_in_the_document_are_closed() {
    let world = World::new().await;
    let document = world.stranger().get("/openapi.json").await.is(200);
    for operation in OPERATIONS {
        let method = operation.method.as_str().to_lowercase();
        let entry = &document["paths"][operation.path][&method];
        let body = &entry["requestBody"]["content"]["application/json"]["schema"];
        for schema in shapes(&document, body) {
            let is_any = operation.id == "noop";
            assert_eq!(
                schema["additionalProperties"] == false,
                !is_any,
                "{}: {schema}",
                operation.id
            );
        }
    }
}

/// The object schemas that a schema leads to at its top.
fn shapes<'d>(document: &'d Value, schema: &'d Value) -> Vec<&'d Value> {
    if let Some(target) = schema["$ref"].as_str() {
        let target = document.pointer(target.trim_start_matches('#')).unwrap();
        return shapes(document, target);
    }
    match schema["oneOf"].as_array() {
        Some(all) => all.iter().flat_map(|one| shapes(document, one)).collect(),
        None if schema.is_null() => Vec::new(),
        None => vec![schema],
    }
}

#[tokio::test]
async fn the_document_says_which_parameters_of_a_removal_go_together() {
    let world = World::new().await;
    let document = world.stranger().get("/openapi.json").await.is(200);
    let removal = &document["paths"]["/v1/reps/{rep}"]["delete"];
    let mut query =
        removal["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "query");
    let parameter = query.next().unwrap();
    assert_eq!((&parameter["style"], &parameter["explode"]), (&"form".into(), &true.into()));
    let shapes = shapes(&document, &parameter["schema"]);
    let names: Vec<Vec<&String>> = shapes
        .iter()
        .map(|shape| {
            shape["properties"].as_object().into_iter().flat_map(|all| all.keys()).collect()
        })
        .collect();
    assert_eq!(names, [vec![], vec!["leads"], vec!["leads", "to"]]);
    assert!(shapes.iter().all(|shape| shape["additionalProperties"] == false));
    assert!(query.next().is_none());
}

#[tokio::test]
async fn the_pages_need_nothing_from_elsewhere() {
    let world = World::new().await;
    let mut pages = vec!["/docs".to_owned(), "/problems".to_owned()];
    pages.extend(CODES.iter().map(|code| format!("/problems/{}", code.as_str())));
    for path in pages {
        let page = world.stranger().get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.contains("width=device-width") && page.text.contains("light dark"));
        for elsewhere in ["<script", "src=", "@import", "url(", "href=\"http"] {
            assert!(!page.text.contains(elsewhere), "{path} has {elsewhere}");
        }
    }
    assert_eq!(world.stranger().get("/problems/none").await.status, 404);
    let docs = world.stranger().get("/docs").await.text;
    for operation in OPERATIONS {
        assert!(docs.contains(&format!("id=\"{}\"", operation.id)), "{}", operation.id);
    }
}

#[test]
fn every_example_of_a_problem_is_a_problem_document() {
    for code in CODES {
        let example = code.example_document();
        assert_eq!(example["code"], code.as_str());
        assert!(example["detail"].is_string(), "{}", code.as_str());
    }
}

#[tokio::test]
async fn the_server_says_how_it_is() {
    let world = World::new().await;
    assert_eq!(world.stranger().get("/healthz").await.status, 200);
    assert_eq!(world.stranger().get("/readyz").await.status, 200);
    assert!(world.stranger().get("/metrics").await.text.contains("rondo_up"));
    world.store.close().await;
    world.stranger().get("/readyz").await.is_problem("unavailable");
}
