//! Which fields of a file may fill which columns: by their names, else by what is in them. Pure.

use std::collections::BTreeMap;

use wire::FieldInspection;

use crate::layer::{Column, ColumnMapping, Definition, LayerMapping, Mapping};

/// Share of a field's values that a column must have for the field to be taken for it.
const LIKELY: f64 = 0.6;

/// Letters and digits of a name, small.
fn folded(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// True when the definition finds all of its fields in a file, as they are spelt there.
pub fn fits_definition(definition: &Definition, fields: &[FieldInspection]) -> bool {
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    Mapping::new(definition, &names).is_ok_and(|bound| bound.missing().next().is_none())
}

/// A mapping of a file's fields to the columns of a layer, as good as names and contents tell.
///
/// Columns for which nothing fits are left to the definition; a key is then made from the content.
pub fn suggest(definition: &Definition, fields: &[FieldInspection]) -> LayerMapping {
    let mut columns = BTreeMap::new();
    for column in &definition.column {
        let field = by_name(column, fields).or_else(|| by_content(column, fields));
        let mapping = match field {
            Some(field) => ColumnMapping {
                field: Some(field.name.clone()),
                values: values(column, field),
                ..ColumnMapping::default()
            },
            None if column.name == definition.key && column.from.part.is_none() => ColumnMapping {
                content: true,
                ..ColumnMapping::default()
            },
            None if !column.required => ColumnMapping {
                value: Some(String::new()),
                ..ColumnMapping::default()
            },
            None => continue,
        };
        columns.insert(column.name.clone(), mapping);
    }
    LayerMapping {
        id: definition.id.clone(),
        layer: None,
        member: None,
        only: BTreeMap::new(),
        column: columns,
    }
}

/// The field whose name is the column's, its label's or the definition's field's; whole before
/// beginning.
fn by_name<'a>(column: &Column, fields: &'a [FieldInspection]) -> Option<&'a FieldInspection> {
    let wanted: Vec<String> = [
        column.from.field.as_deref().unwrap_or_default(),
        &column.name,
        &column.label.it,
        &column.label.en,
    ]
    .into_iter()
    .map(folded)
    .filter(|name| name.len() > 1)
    .collect();
    let named = |fits: &dyn Fn(&str, &str) -> bool| {
        fields.iter().find(|field| {
            let name = folded(&field.name);
            wanted.iter().any(|wanted| fits(&name, wanted))
        })
    };
    named(&|name, wanted| name == wanted).or_else(|| {
        // A shapefile cuts names to ten letters, people to four and more.
        named(&|name, wanted| {
            name.chars().count() >= 4 && (wanted.starts_with(name) || name.starts_with(wanted))
        })
    })
}

/// The field most of whose values are values of the column, or names of them.
fn by_content<'a>(column: &Column, fields: &'a [FieldInspection]) -> Option<&'a FieldInspection> {
    if column.domain.is_empty() {
        return None;
    }
    fields.iter().find(|field| {
        let counted = field.values.as_deref().unwrap_or_default();
        let known = counted
            .iter()
            .filter(|counted| target(column, &counted.value).is_some())
            .count();
        !counted.is_empty() && known as f64 >= LIKELY * counted.len() as f64
    })
}

/// The value of a column that a value of a file means, as far as it tells.
fn target(column: &Column, value: &str) -> Option<String> {
    let wanted = folded(value);
    let known = column.domain.iter().find(|known| {
        [&known.value, &known.label.it, &known.label.en]
            .iter()
            .any(|name| folded(name) == wanted)
    });
    known.map(|known| known.value.clone())
}

/// What the values of a field stand for, where they are not the column's own.
fn values(column: &Column, field: &FieldInspection) -> BTreeMap<String, String> {
    let counted = field.values.as_deref().unwrap_or_default();
    counted
        .iter()
        .filter_map(|counted| {
            let target = target(column, &counted.value)?;
            (target != counted.value).then(|| (counted.value.clone(), target))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definitions;
    use wire::Counted;

    fn field(name: &str, values: &[&str]) -> FieldInspection {
        FieldInspection {
            name: name.to_owned(),
            values: Some(
                values
                    .iter()
                    .map(|value| Counted {
                        value: (*value).to_owned(),
                        count: 1,
                    })
                    .collect(),
            ),
            ..FieldInspection::default()
        }
    }

    #[test]
    fn fields_are_found_by_name_and_by_content() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("layers");
        let definitions = Definitions::load(&folder).expect("ours are good");
        let file = definitions.get("rischio.acustica").expect("is there");
        let definition = &file.definition;
        let column = definition
            .column
            .iter()
            .find(|column| column.domain.len() > 2)
            .expect("acoustic classes are a domain");
        let labels: Vec<&str> = column
            .domain
            .iter()
            .map(|known| known.label.it.as_str())
            .collect();
        let found = suggest(
            definition,
            &[field("XYZ", &labels), field("BOH", &["1", "2"])],
        );
        let mapped = &found.column[&column.name];
        assert_eq!(mapped.field.as_deref(), Some("XYZ"));
        assert_eq!(mapped.values[labels[0]], column.domain[0].value);
        assert!(found.column[&definition.key].content);
        // By name, in another spelling.
        let name = column.name.to_uppercase();
        let found = suggest(definition, &[field(&name, &["?"])]);
        assert_eq!(
            found.column[&column.name].field.as_deref(),
            Some(name.as_str())
        );
    }
}
