//! Blocks of a document, as the press's templates take them.

use serde_json::{Value, json};

/// A column of a table.
#[derive(Debug, Clone)]
pub(super) struct Column {
    title: String,
    align: &'static str,
    /// Parts of the width that is left; none for as wide as its content.
    share: Option<f64>,
}

impl Column {
    pub(super) fn text(title: impl Into<String>, share: f64) -> Self {
        Self {
            title: title.into(),
            align: "left",
            share: Some(share),
        }
    }

    pub(super) fn narrow(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            align: "left",
            share: None,
        }
    }

    pub(super) fn number(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            align: "right",
            share: None,
        }
    }
}

/// A table as it grows.
#[derive(Debug, Clone)]
pub(super) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
    starts: Vec<usize>,
    foot: Option<Vec<Value>>,
}

impl Table {
    pub(super) fn new(columns: Vec<Column>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
            starts: Vec::new(),
            foot: None,
        }
    }

    /// The next rows belong together: a line parts them from those above.
    pub(super) fn start_group(&mut self) {
        self.starts.push(self.rows.len());
    }

    pub(super) fn row(&mut self, cells: Vec<Value>) {
        debug_assert_eq!(cells.len(), self.columns.len());
        self.rows.push(cells);
    }

    pub(super) fn foot(&mut self, cells: Vec<Value>) {
        self.foot = Some(cells);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn finish(self) -> Value {
        let columns: Vec<Value> = self
            .columns
            .iter()
            .map(|column| {
                json!({
                    "title": column.title,
                    "align": column.align,
                    "width": column.share.map_or(json!("auto"), Value::from),
                })
            })
            .collect();
        json!({
            "kind": "table",
            "columns": columns,
            "rows": self.rows,
            "starts": self.starts,
            "foot": self.foot,
        })
    }
}

pub(super) fn heading(level: u8, text: impl Into<String>) -> Value {
    json!({"kind": "heading", "level": level, "text": text.into()})
}

pub(super) fn par(text: impl Into<Value>) -> Value {
    json!({"kind": "par", "text": text.into()})
}

pub(super) fn note(text: impl Into<Value>) -> Value {
    json!({"kind": "note", "text": text.into()})
}

pub(super) fn centred(text: impl Into<String>) -> Value {
    json!({"kind": "centred", "text": text.into()})
}

pub(super) fn list(ordered: bool, items: Vec<Value>) -> Value {
    json!({"kind": "list", "ordered": ordered, "items": items})
}

/// A box that must not be overlooked.
pub(super) fn warning(text: impl Into<Value>) -> Value {
    json!({"kind": "box", "tone": "warning", "text": text.into()})
}

/// A box that says something on the side.
pub(super) fn aside(text: impl Into<Value>) -> Value {
    json!({"kind": "box", "tone": "plain", "text": text.into()})
}

pub(super) fn facts(items: Vec<(String, String)>) -> Value {
    let items: Vec<Value> = items
        .into_iter()
        .map(|(label, value)| json!([label, value]))
        .collect();
    json!({"kind": "facts", "items": items})
}

pub(super) fn page_break() -> Value {
    json!({"kind": "pagebreak"})
}

/// A cell in bold.
pub(super) fn strong(text: impl Into<String>) -> Value {
    json!({"text": text.into(), "strong": true})
}

/// A cell in grey.
pub(super) fn faint(text: impl Into<String>) -> Value {
    json!({"text": text.into(), "faint": true})
}
