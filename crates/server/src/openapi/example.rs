//! Examples of every body, put together from one sample value per member name.
//!
//! Members are named like the specification's columns, so the same name means the same everywhere
//! and one sample serves all bodies that have it. Tests read every example with its wire type.

use serde_json::{Map, Value, json};

use crate::openapi::sample::sample_of;

/// Members that an example is better without: they contradict each other or ask for more rights.
const LEFT_OUT: &[(&str, &str)] = &[
    ("ReportProgress", "quantity_produced"),
    ("ChangeWorkOrder", "status"),
    ("CreateAllocation", "overrides"),
    ("StartAllocation", "overrides"),
    ("ResumeAllocation", "overrides"),
    ("ReassignAllocation", "overrides"),
    ("ReassignAllocation", "drop"),
    ("RescheduleAllocation", "overrides"),
    ("RescheduleAllocation", "expected_end_time"),
    ("UndoAllocation", "overrides"),
    ("CreateWorkOrder", "dependencies"),
    ("InventorySignal", "source"),
    ("CallOff", "shift_date"),
    ("UndoCallOff", "shift_date"),
];
/// Members of requests that are left out of all of them.
const LEFT_OUT_OF_REQUESTS: &[&str] = &["occurred_at", "source"];

/// Gives every request and every good answer its example.
pub(super) fn add_to(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    let Some(paths) = document["paths"].as_object_mut() else { return };
    let operations = paths.values_mut().filter_map(Value::as_object_mut).flatten();
    for (_, operation) in operations {
        if let Some(body) = operation.get_mut("requestBody") {
            add_to_content(body, &schemas);
        }
        let answers = operation["responses"].as_object_mut();
        for (_, answer) in answers.into_iter().flatten() {
            add_to_content(answer, &schemas);
        }
    }
}

fn add_to_content(holder: &mut Value, schemas: &Value) {
    let content = holder.get_mut("content").and_then(|content| content.get_mut("application/json"));
    let Some(media) = content.filter(|media| media.get("example").is_none()) else { return };
    let example = Sampler { schemas }.sample("", "", &media["schema"]);
    media["example"] = example.unwrap_or_default();
}

struct Sampler<'a> {
    schemas: &'a Value,
}

impl Sampler<'_> {
    /// A sample of a schema: of the member `name` of the schema `of`.
    fn sample(&self, of: &str, name: &str, schema: &Value) -> Option<Value> {
        if let Some(target) = schema["$ref"].as_str() {
            let target = target.rsplit('/').next().unwrap_or_default();
            return self.sample(target, name, &self.schemas[target]);
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let parts = parts.iter().filter_map(|part| self.sample(of, name, part));
            let members = parts.filter_map(|part| part.as_object().cloned()).flatten();
            return Some(Value::Object(members.collect()));
        }
        if let Some(members) = schema["properties"].as_object() {
            return Some(self.object(of, schema, members));
        }
        if let Some(first) = schema["enum"].as_array().and_then(|words| words.first()) {
            return Some(first.clone());
        }
        // `status` is a word of most things and the number of an HTTP answer.
        let fits = |sample: &Value| schema["type"] != "integer" || sample.is_i64();
        if let Some(sample) = sample_of(name).filter(fits) {
            return Some(sample);
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            return self.sample(of, name, choices.first()?);
        }
        plain(schema).or_else(|| match schema["type"].as_str() {
            Some("array") => Some(json!([self.sample(of, "", &schema["items"])?])),
            _ => None,
        })
    }

    fn object(&self, of: &str, schema: &Value, members: &Map<String, Value>) -> Value {
        let is_request = schema["additionalProperties"] == json!(false);
        let required = schema["required"].as_array();
        let is_required = |name: &String| required.is_some_and(|all| all.contains(&json!(name)));
        let left_out = |name: &str| {
            LEFT_OUT.contains(&(of, name)) || (is_request && LEFT_OUT_OF_REQUESTS.contains(&name))
        };
        let sampled = members.iter().filter(|(name, _)| !left_out(name)).filter_map(|member| {
            let (name, schema) = member;
            match self.sample(of, name, schema) {
                Some(value) => Some((name.clone(), value)),
                None => is_required(name).then(|| (name.clone(), Value::Null)),
            }
        });
        sampled.collect()
    }
}

/// What the schema itself gives away.
fn plain(schema: &Value) -> Option<Value> {
    if let Some(example) = schema.get("example") {
        return Some(example.clone());
    }
    match (schema["type"].as_str()?, schema["format"].as_str()) {
        ("boolean", _) => Some(json!(true)),
        ("integer", _) => Some(json!(42)),
        ("string", Some("date-time")) => Some(json!("2026-11-23T07:30:00.000000Z")),
        ("string", Some("date")) => Some(json!("2026-11-23")),
        ("string", Some("uuid")) => Some(json!("019ab3c2-7d51-7c30-9a35-3f0d8c2b7e61")),
        _ => None,
    }
}
