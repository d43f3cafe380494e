//! Markdown of the norms as blocks of a document.

use pulldown_cmark::{Alignment, Event, Options, Parser, Tag, TagEnd};
use serde_json::{Map, Value, json};

use super::block;

/// The blocks of a Markdown text with tables (GFM), headings below a level.
///
/// What a document cannot show (HTML, images, links' targets) falls away; its text stays.
pub(super) fn blocks(text: &str, below: u8) -> Vec<Value> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut reader = Reader {
        below,
        ..Reader::default()
    };
    for event in Parser::new_ext(text, options) {
        reader.take(event);
    }
    reader.flush();
    reader.blocks
}

#[derive(Default)]
struct Reader {
    below: u8,
    blocks: Vec<Value>,
    runs: Vec<Value>,
    strong: usize,
    emphasis: usize,
    heading: Option<u8>,
    lists: Vec<bool>,
    items: Vec<Value>,
    aligns: Vec<Alignment>,
    cells: Vec<Value>,
    head: Vec<Value>,
    rows: Vec<Value>,
    in_table: bool,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                self.flush();
                self.heading = Some((level as u8).saturating_add(self.below).min(6));
            }
            Event::End(TagEnd::Heading(_)) => {
                let level = self.heading.take().unwrap_or(self.below);
                let text = plain(&std::mem::take(&mut self.runs));
                self.blocks.push(block::heading(level, text));
            }
            Event::Start(Tag::List(first)) => {
                // A list within an item goes on as items of the outer one.
                self.end_item();
                if self.lists.is_empty() {
                    self.flush();
                }
                self.lists.push(first.is_some());
            }
            Event::End(TagEnd::List(_)) => {
                self.end_item();
                let ordered = self.lists.pop().unwrap_or_default();
                if self.lists.is_empty() {
                    let items = std::mem::take(&mut self.items);
                    self.blocks.push(block::list(ordered, items));
                }
            }
            Event::End(TagEnd::Item) => self.end_item(),
            Event::Start(Tag::Table(aligns)) => {
                self.flush();
                self.aligns = aligns;
                self.in_table = true;
            }
            Event::End(TagEnd::TableCell) => {
                let runs = std::mem::take(&mut self.runs);
                self.cells.push(compact(runs));
            }
            Event::End(TagEnd::TableHead) => self.head = std::mem::take(&mut self.cells),
            Event::End(TagEnd::TableRow) => {
                let row = std::mem::take(&mut self.cells);
                self.rows.push(Value::Array(row));
            }
            Event::End(TagEnd::Table) => self.end_table(),
            Event::Start(Tag::Strong) => self.strong += 1,
            Event::End(TagEnd::Strong) => self.strong = self.strong.saturating_sub(1),
            Event::Start(Tag::Emphasis) => self.emphasis += 1,
            Event::End(TagEnd::Emphasis) => self.emphasis = self.emphasis.saturating_sub(1),
            Event::End(TagEnd::Paragraph | TagEnd::CodeBlock) => {
                if self.lists.is_empty() && !self.in_table {
                    self.flush();
                } else {
                    self.run(" ");
                }
            }
            Event::Text(text) | Event::Code(text) => self.run(&text),
            Event::SoftBreak | Event::HardBreak => self.run(" "),
            Event::Rule => self.flush(),
            _ => {}
        }
    }

    fn run(&mut self, text: &str) {
        let mut run = Map::from_iter([("t".to_owned(), Value::from(text))]);
        for (name, depth) in [("b", self.strong), ("i", self.emphasis)] {
            if depth > 0 {
                run.insert(name.to_owned(), true.into());
            }
        }
        self.runs.push(Value::Object(run));
    }

    fn end_item(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        if !plain(&runs).trim().is_empty() && !self.lists.is_empty() {
            self.items.push(compact(runs));
        }
    }

    fn end_table(&mut self) {
        self.in_table = false;
        let head = std::mem::take(&mut self.head);
        let aligns = std::mem::take(&mut self.aligns);
        let columns: Vec<Value> = head
            .iter()
            .zip(aligns)
            .enumerate()
            .map(|(index, (title, align))| {
                json!({
                    "title": text_of(title),
                    "align": match align {
                        Alignment::Right => "right",
                        Alignment::Center => "center",
                        _ => "left",
                    },
                    "width": if index == 0 { 2 } else { 1 },
                })
            })
            .collect();
        let rows = std::mem::take(&mut self.rows);
        self.blocks
            .push(json!({"kind": "table", "columns": columns, "rows": rows}));
    }

    fn flush(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        if !plain(&runs).trim().is_empty() {
            self.blocks.push(block::par(compact(runs)));
        }
    }
}

/// Runs without any setting are a plain text.
fn compact(runs: Vec<Value>) -> Value {
    let is_plain = |run: &Value| run.as_object().is_some_and(|run| run.len() == 1);
    if runs.iter().all(is_plain) {
        plain(&runs).trim().into()
    } else {
        runs.into()
    }
}

fn plain(runs: &[Value]) -> String {
    runs.iter()
        .filter_map(|run| run.get("t").and_then(Value::as_str))
        .collect()
}

fn text_of(cell: &Value) -> String {
    match cell {
        Value::String(text) => text.clone(),
        Value::Array(runs) => plain(runs),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_becomes_headings_paragraphs_lists_and_tables() {
        let text = "## Usi\n\nSono *ammessi* gli usi:\n\n1. residenza;\n2. uffici fino al **30 %**.\n\n\
                    | Parametro | Valore |\n|---|--:|\n| Indice | 0,8 m²/m² |\n\n<b>x</b> fine";
        let blocks = blocks(text, 2);
        assert_eq!(
            blocks[0],
            json!({"kind": "heading", "level": 4, "text": "Usi"})
        );
        assert_eq!(
            blocks[1]["text"],
            json!([{"t": "Sono "}, {"t": "ammessi", "i": true}, {"t": " gli usi:"}])
        );
        assert_eq!(blocks[2]["ordered"], true);
        assert_eq!(blocks[2]["items"][0], "residenza;");
        assert_eq!(blocks[3]["columns"][1]["align"], "right");
        assert_eq!(blocks[3]["rows"], json!([["Indice", "0,8 m²/m²"]]));
        assert_eq!(blocks[4]["text"], "x fine");
    }

    #[test]
    fn a_list_in_a_list_loses_no_item() {
        let blocks = blocks("- a\n  - b\n  - c\n- d", 2);
        assert_eq!(blocks.len(), 1);
        assert_eq!(blocks[0]["items"], json!(["a", "b", "c", "d"]));
    }
}
