//! Schemas of the wire types, as the components of the document.
//!
//! The types describe themselves; here they are gathered, lists and batches are put around them,
//! and what a derive cannot know is added: the members of an answer that may be null are always
//! there, because the server writes every column.

use std::collections::BTreeMap;

use mraos_api::batch::{Batch, BatchAnswer, ItemBody, MAX_BATCH_ITEMS};
use mraos_api::page::Page;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::openapi::operation::Wire;
use crate::openapi::{limits, vocabulary};

/// Components by name.
#[derive(Debug, Clone, Default)]
pub(super) struct Schemas(pub(super) BTreeMap<String, Value>);

/// A body: the reference to its schema, and how its examples are checked.
#[derive(Debug, Clone)]
pub(super) struct Payload {
    pub(super) schema: Value,
    pub(super) name: String,
    members: Vec<String>,
    /// Reads an example with its wire type and writes it again.
    #[cfg(test)]
    pub(super) rewrite: Rewrite,
}

#[cfg(test)]
type Rewrite = fn(&Value) -> Result<Value, String>;

#[cfg(test)]
fn rewrite<T: Serialize + DeserializeOwned>(example: &Value) -> Result<Value, String> {
    let read: T = serde_json::from_value(example.clone()).map_err(|error| error.to_string())?;
    serde_json::to_value(read).map_err(|error| error.to_string())
}

impl Payload {
    /// Whether the body has that member.
    pub(super) fn has(&self, member: &str) -> bool {
        self.members.iter().any(|name| name == member)
    }

    #[cfg_attr(
        not(test),
        expect(clippy::extra_unused_type_parameters, reason = "the type checks examples in tests")
    )]
    fn new<T: Serialize + DeserializeOwned>(name: String, schema: &Value) -> Self {
        let members = schema["properties"].as_object();
        let members = members.map(|members| members.keys().cloned().collect()).unwrap_or_default();
        Self {
            schema: reference(&name),
            name,
            members,
            #[cfg(test)]
            rewrite: rewrite::<T>,
        }
    }
}

impl Schemas {
    /// The schema of a type and of all that it holds.
    pub(super) fn of<T: Wire>(&mut self) -> Payload {
        let mut gathered = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut gathered);
        for (name, schema) in gathered {
            let schema = complete(&name, serde_json::to_value(schema).unwrap_or_default());
            self.0.insert(name, schema);
        }
        let name = T::name().into_owned();
        let schema = self.0.get(&name).cloned().unwrap_or_default();
        Payload::new::<T>(name, &schema)
    }

    /// A page of a list.
    pub(super) fn page_of<T: Wire>(&mut self) -> Payload {
        let item = self.of::<T>();
        self.insert::<Page<T>>(format!("{}Page", item.name), json!({
            "type": "object",
            "description": "One page of a list.",
            "required": ["items", "next_cursor"],
            "properties": {
                "items": { "type": "array", "items": item.schema },
                "next_cursor": {
                    "type": ["string", "null"],
                    "description": "Send it as `cursor` to get the next page; null on the last.",
                },
            },
        }))
    }

    /// The body of a batch.
    pub(super) fn batch_of<T: Wire>(&mut self) -> Payload {
        let item = self.of::<T>();
        self.insert::<Batch<T>>(
            format!("{}Batch", item.name),
            json!({
                "type": "object",
                "description": "Many creations, each on its own.",
                "required": ["items"],
                "additionalProperties": false,
                "properties": {
                    "items": { "type": "array", "maxItems": MAX_BATCH_ITEMS, "items": item.schema },
                },
            }),
        )
    }

    /// The answer to a batch.
    pub(super) fn batch_answer_of<T: Wire>(&mut self) -> Payload {
        let item = self.of::<T>();
        self.insert::<BatchAnswer<ItemBody<T>>>(
            format!("{}BatchAnswer", item.name),
            json!({
                "type": "object",
                "description": "One result per item, in order.",
                "required": ["results"],
                "properties": { "results": { "type": "array", "items": {
                    "type": "object",
                    "required": ["status", "body"],
                    "properties": {
                        "status": { "type": "integer", "description": "The item's HTTP status.",
                                "example": 201 },
                        "body": { "oneOf": [item.schema, reference("Problem")] },
                    },
                } } },
            }),
        )
    }

    fn insert<T: Serialize + DeserializeOwned>(&mut self, name: String, schema: Value) -> Payload {
        let payload = Payload::new::<T>(name.clone(), &schema);
        self.0.insert(name, schema);
        payload
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Adds what the derive cannot know.
fn complete(name: &str, mut schema: Value) -> Value {
    vocabulary::name_values(name, &mut schema);
    // Requests refuse unknown members; what does not is an answer.
    if schema["additionalProperties"] == json!(false) {
        limits::add_to(&mut schema);
    } else {
        require_nullable_members(&mut schema);
    }
    schema
}

fn require_nullable_members(schema: &mut Value) {
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
    parts.into_iter().flatten().for_each(require_nullable_members);
    let Some(members) = schema["properties"].as_object() else { return };
    let nullable: Vec<Value> = members
        .iter()
        .filter(|(_, member)| may_be_null(member))
        .map(|(name, _)| json!(name))
        .collect();
    let mut required = schema["required"].as_array().cloned().unwrap_or_default();
    required.extend(nullable);
    required.sort_by_key(|name| name.as_str().unwrap_or_default().to_owned());
    required.dedup();
    schema["required"] = Value::Array(required);
}

fn may_be_null(member: &Value) -> bool {
    let null = json!("null");
    let in_types = member["type"].as_array().is_some_and(|types| types.contains(&null));
    let in_choices = member["oneOf"].as_array();
    in_types || in_choices.is_some_and(|choices| choices.iter().any(|one| one["type"] == null))
}
