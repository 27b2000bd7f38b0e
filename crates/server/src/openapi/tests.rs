//! What the document promises about itself: every example is one, every reference leads somewhere.
//!
//! Whether it tells the truth about the server is held by the tests in `tests/it` and, from
//! outside, by `scripts/schemathesis.sh`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::openapi::problem::PROBLEMS;
use crate::openapi::{document, schema, vocabulary};
use crate::router::table;

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = |(path, methods): (&String, &'_ Value)| {
        let methods =
            methods.as_object().unwrap().keys().map(|method| (path.clone(), method.clone()));
        methods.collect::<Vec<_>>()
    };
    let names: Vec<_> = paths.iter().flat_map(each).collect();
    names
        .into_iter()
        .map(|(path, method)| {
            let operation = &document["paths"][&path][&method];
            (format!("{method} {path}"), operation)
        })
        .collect()
}

#[test]
fn every_example_is_read_by_its_type_and_every_answer_is_written_like_its_example() {
    let document = document();
    let mut wrong = Vec::new();
    for route in table() {
        let operation = (route.operation)();
        let path = format!("{}{}", mraos_api::API_PREFIX, route.path);
        let rendered = &document["paths"][path][route.method.as_str().to_lowercase()];
        let what = format!("{} {}", route.method, route.path);
        if let Some(body) = &operation.request {
            let example = &rendered["requestBody"]["content"]["application/json"]["example"];
            if let Err(error) = (body.rewrite)(example) {
                wrong.push(format!("{what}: {} is refused, {error}: {example}", body.name));
            }
        }
        if let Some(body) = &operation.answer.payload {
            let status = operation.answer.status.to_string();
            let example = &rendered["responses"][status]["content"]["application/json"]["example"];
            match (body.rewrite)(example) {
                Ok(written) if written == *example => {}
                Ok(written) => wrong.push(format!("{what}: {example}\nis written as\n{written}")),
                Err(error) => {
                    wrong.push(format!("{what}: {} is not {example}: {error}", body.name))
                }
            }
        }
    }
    assert!(wrong.is_empty(), "give the members a sample in sample.rs:\n{}", wrong.join("\n"));
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(document: &Value, here: &Value) {
        match here {
            Value::Object(members) => {
                if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                    let pointer = target.strip_prefix('#').expect("a local reference");
                    assert!(document.pointer(pointer).is_some(), "{target} leads nowhere");
                }
                members.values().for_each(|member| walk(document, member));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(document, item)),
            _ => {}
        }
    }
    let document = document();
    walk(&document, &document);
}

#[test]
fn every_operation_has_a_name_of_its_own_a_tag_that_is_explained_and_a_success() {
    let document = document();
    let tags = document["tags"].as_array().unwrap();
    let mut names = BTreeSet::new();
    for (what, operation) in operations(&document) {
        assert!(names.insert(operation["operationId"].as_str().unwrap()), "{what}: name taken");
        let tag = &operation["tags"][0];
        assert!(tags.iter().any(|known| known["name"] == *tag), "{what}: explain {tag} in tags");
        let answers = operation["responses"].as_object().unwrap();
        let succeeds = |status: &String| status.starts_with('2') || status == "101";
        assert!(answers.keys().any(succeeds), "{what}");
    }
}

#[test]
fn every_problem_code_is_explained() {
    for route in table() {
        let mut problems = (route.operation)().problems;
        crate::openapi::parameter::of_path(route.path, &mut problems);
        for (status, code) in problems.codes() {
            let known = PROBLEMS.iter().any(|(of, known, _)| *of == status && *known == code);
            assert!(known, "{} {}: explain {status} {code}", route.method, route.path);
        }
    }
}

#[test]
fn vocabularies_belong_to_members_that_exist() {
    let document = document();
    for (schema, member, words) in vocabulary::VOCABULARY {
        let found = &document["components"]["schemas"][*schema]["properties"][*member];
        assert!(found["type"].is_string() || found["type"].is_array(), "{schema}.{member}");
        assert!(!words().is_empty());
    }
}

#[test]
fn what_may_be_null_in_an_answer_is_always_there() {
    let mut schemas = schema::Schemas::default();
    schemas.of::<mraos_api::machine::Machine>();
    schemas.of::<mraos_api::machine::ChangeMachine>();
    let required = |name: &str| schemas.0[name]["required"].clone();
    assert!(required("Machine").as_array().unwrap().contains(&json!("zone")));
    assert_eq!(required("ChangeMachine"), Value::Null);
}
