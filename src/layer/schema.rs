//! The JSON Schema of layer definitions, for editors and for the check.

/// The JSON Schema (2020-12) of a file in `layers/`, made from the Rust types.
pub fn definition_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(super::Definition).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".into(), "Layer definition of Mappale".into());
    }
    schema
}
