//! The format as JSON Schema (draft 2020-12), which editors use by a first line `#:schema user.json`.

use serde_json::{Map, Value, json};

use super::{Fallback, Key, Shape, keys};
use crate::document::Kind;

/// The JSON Schema of files of this kind.
#[must_use]
pub fn json_schema(kind: Kind) -> Value {
    let mut schema = table(keys(kind));
    let about = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.pattern(),
    });
    merge(&mut schema, about);
    schema
}

fn table(keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    let required: Vec<&str> = keys
        .iter()
        .filter(|key| matches!(key.fallback, Fallback::Required))
        .map(|key| key.name)
        .collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn property(key: &Key) -> Value {
    let mut schema = shape(&key.shape);
    schema["description"] = json!(key.meaning());
    if let Fallback::Value(toml) = key.fallback
        && let Ok(default) = serde_json::from_str::<Value>(toml)
    {
        schema["default"] = default;
    }
    schema
}

fn shape(shape: &Shape) -> Value {
    match shape {
        Shape::Text(format) if format.pattern.is_empty() => json!({ "type": "string" }),
        Shape::Text(format) => json!({ "type": "string", "pattern": format.pattern }),
        Shape::Word(words) => json!({ "type": "string", "enum": words }),
        Shape::Date => json!({ "type": "string", "format": "date" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::List(item) => json!({ "type": "array", "items": self::shape(item) }),
        Shape::Set(item) => json!({ "type": "array", "items": self::shape(item), "uniqueItems": true }),
        Shape::Either(one, other) => json!({ "anyOf": [self::shape(one), self::shape(other)] }),
        Shape::Table(keys) => table(keys),
        Shape::Map(_, each) => json!({ "type": "object", "additionalProperties": self::shape(each) }),
        Shape::Tables(keys) => json!({ "type": "array", "items": table(keys) }),
    }
}

fn merge(schema: &mut Value, more: Value) {
    if let (Value::Object(schema), Value::Object(more)) = (schema, more) {
        schema.extend(more);
    }
}
