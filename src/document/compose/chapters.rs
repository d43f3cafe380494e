//! The chapters of a certificate after the zones.

use serde_json::{Value, json};

use super::{LANG, Writer, area, named, percent};
use crate::document::block::{self, Column, Table};
use crate::document::certificate::{AnswerStatus, CertifiedLayer, CertifiedPiece, Chapter};
use crate::document::markdown;
use crate::text::{DateFormat, Value as Argument};

impl<'a> Writer<'a> {
    pub(super) fn constraints(&self, blocks: &mut Vec<Value>) {
        blocks.push(block::heading(2, self.text("constraints-title")));
        let mut columns = self.naming_columns();
        columns.push(Column::text(self.text("column-constraint"), 1.2));
        columns.push(Column::text(self.text("column-law"), 1.0));
        columns.push(Column::number(self.text("column-area-m2")));
        columns.push(Column::number(self.text("column-percent")));
        let mut table = Table::new(columns);
        let mut is_partial = false;
        for parcel in &self.content.parcels {
            let mut is_first = true;
            for (index, layer) in self.layers(Chapter::Constraints) {
                for piece in &parcel.answers[index].pieces {
                    if is_first {
                        table.start_group();
                    }
                    let mut cells = self.naming_cells(parcel, std::mem::take(&mut is_first));
                    cells.push(constraint(layer, piece));
                    cells.push(piece.law.clone().unwrap_or_else(|| "–".into()).into());
                    cells.push(area(&piece.extent).into());
                    cells.push(percent(&piece.extent).into());
                    table.row(cells);
                }
            }
            is_partial |= is_first;
        }
        if table.is_empty() {
            blocks.push(block::par(self.text("constraints-none")));
        } else {
            blocks.push(table.finish());
            if is_partial {
                blocks.push(block::note(self.text("constraints-others")));
            }
        }
        self.checked(Chapter::Constraints, blocks);
        self.hazards(blocks);
    }

    /// The layers of a chapter that were looked at for every parcel and have nothing.
    fn checked(&self, chapter: Chapter, blocks: &mut Vec<Value>) {
        let clear: Vec<&str> = self
            .layers(chapter)
            .filter(|(index, _)| self.all(*index, AnswerStatus::Clear))
            .map(|(_, layer)| layer.title.as_str())
            .collect();
        if !clear.is_empty() {
            let layers = clear.join("; ");
            let values = [("layers", Argument::from(&layers))];
            blocks.push(block::aside(self.with("constraints-clear", &values)));
        }
    }

    fn all(&self, index: usize, status: AnswerStatus) -> bool {
        self.content
            .parcels
            .iter()
            .all(|parcel| parcel.answers[index].status == status)
    }

    fn hazards(&self, blocks: &mut Vec<Value>) {
        let hazards: Vec<(usize, &CertifiedLayer)> = self
            .layers(Chapter::Hazards)
            .filter(|(index, _)| self.has_hits(*index))
            .collect();
        if !hazards.is_empty() {
            blocks.push(block::heading(3, self.text("hazards-title")));
            let mut columns = self.naming_columns();
            columns.push(Column::text(self.text("column-constraint"), 1.2));
            columns.push(Column::text(self.text("column-class"), 1.4));
            columns.push(Column::narrow(self.text("column-article")));
            columns.push(Column::number(self.text("column-area-m2")));
            columns.push(Column::number(self.text("column-percent")));
            let mut table = Table::new(columns);
            for parcel in &self.content.parcels {
                let mut is_first = true;
                for (index, layer) in &hazards {
                    for piece in &parcel.answers[*index].pieces {
                        if is_first {
                            table.start_group();
                        }
                        let mut cells = self.naming_cells(parcel, std::mem::take(&mut is_first));
                        cells.push(layer.title.clone().into());
                        cells.push(class(piece));
                        cells.push(article(piece));
                        cells.push(area(&piece.extent).into());
                        cells.push(percent(&piece.extent).into());
                        table.row(cells);
                    }
                }
            }
            blocks.push(table.finish());
        }
        self.checked(Chapter::Hazards, blocks);
    }

    pub(super) fn fire(&self, blocks: &mut Vec<Value>) {
        blocks.push(block::heading(2, self.text("fire-title")));
        let layers: Vec<usize> = self.layers(Chapter::Fire).map(|(index, _)| index).collect();
        let touched: Vec<String> = self
            .content
            .parcels
            .iter()
            .filter(|parcel| {
                let hit = |index: &usize| parcel.answers[*index].status == AnswerStatus::Hit;
                layers.iter().any(hit)
            })
            .map(named)
            .collect();
        let is_known = !layers.is_empty()
            && layers.iter().all(|index| {
                self.content.parcels.iter().all(|parcel| {
                    let status = parcel.answers[*index].status;
                    matches!(status, AnswerStatus::Hit | AnswerStatus::Clear)
                })
            });
        if !touched.is_empty() {
            let parcels = touched.join("; ");
            let values = [("parcels", Argument::from(&parcels))];
            blocks.push(block::par(self.with("fire-hit", &values)));
        } else if is_known {
            blocks.push(block::par(self.text("fire-clear")));
        }
        // What is not known of one parcel is not said of any.
        if !is_known {
            blocks.push(block::warning(self.text("fire-no-data")));
        }
    }

    pub(super) fn missing(&self, blocks: &mut Vec<Value>) {
        let mut items: Vec<Value> = Vec::new();
        for (index, layer) in self.content.layers.iter().enumerate() {
            if layer.chapter == Chapter::Fire {
                continue;
            }
            let title = Argument::from(&layer.title);
            if self.all(index, AnswerStatus::NoData) {
                items.push(self.with("no-data-all", &[("layer", title)]).into());
                continue;
            }
            for (status, key) in [
                (AnswerStatus::NoData, "no-data-some"),
                (AnswerStatus::Error, "error-some"),
            ] {
                let parcels: Vec<String> = self
                    .content
                    .parcels
                    .iter()
                    .filter(|parcel| parcel.answers[index].status == status)
                    .map(named)
                    .collect();
                if !parcels.is_empty() {
                    let parcels = parcels.join("; ");
                    let values = [("layer", title), ("parcels", Argument::from(&parcels))];
                    items.push(self.with(key, &values).into());
                }
            }
        }
        if !items.is_empty() {
            blocks.push(block::heading(3, self.text("no-data-title")));
            blocks.push(block::warning(self.text("no-data")));
            blocks.push(block::list(false, items));
        }
    }

    pub(super) fn norms(&self, blocks: &mut Vec<Value>) {
        blocks.push(block::heading(2, self.text("norms-title")));
        let in_full: Vec<_> = self
            .content
            .articles
            .iter()
            .filter_map(|article| Some((article, article.text.as_ref()?)))
            .collect();
        if in_full.is_empty() {
            blocks.push(block::par(self.text("norms-reference")));
            return;
        }
        blocks.push(block::par(self.text("norms-lead")));
        for (article, text) in in_full {
            blocks.push(block::heading(3, article.title.clone()));
            blocks.extend(markdown::blocks(text, 3));
        }
    }

    pub(super) fn closing(&self, blocks: &mut Vec<Value>) {
        let until = LANG.date(self.content.valid_until);
        let values = [("until", Argument::from(&until))];
        blocks.push(block::aside(self.with("validity", &values)));
        blocks.push(block::note(self.text("disclaimer")));
        let letterhead = &self.print.dressing.letterhead;
        let date = "_______________".to_owned();
        blocks.push(json!({
            "kind": "signature",
            "place_date": self.with("signed-at", &[
                ("comune", (&self.content.comune.name).into()),
                ("date", (&date).into()),
            ]),
            "who": letterhead.signatory,
            "name": letterhead.signatory_name,
            "note": self.text("signature-note"),
        }));
        blocks.push(json!({
            "kind": "verification",
            "title": self.text("verification-title"),
            "text": self.text("verification-text"),
            "code": self.content.code,
            "url": self.print.verification_url,
            "qr": "verifica.svg",
            "qr_alt": self.text("verification-qr"),
        }));
        self.sources(blocks);
    }

    fn sources(&self, blocks: &mut Vec<Value>) {
        let mut table = Table::new(vec![
            Column::text(self.text("column-source"), 2.0),
            Column::text("", 2.0),
            Column::number(self.text("column-version")),
            Column::narrow(self.text("column-published")),
        ]);
        for layer in &self.content.layers {
            let Some(version) = &layer.version else {
                continue;
            };
            table.row(vec![
                layer.title.clone().into(),
                block::faint(layer.source.clone()),
                version.version.to_string().into(),
                LANG.date(version.published_on).into(),
            ]);
        }
        if !table.is_empty() {
            blocks.push(block::heading(3, self.text("sources-title")));
            blocks.push(table.finish());
        }
    }

    pub(super) fn maps(&self, blocks: &mut Vec<Value>) {
        if self.print.extracts.is_empty() {
            return;
        }
        blocks.push(block::page_break());
        blocks.push(block::heading(2, self.text("maps-title")));
        for extract in self.print.extracts {
            blocks.push(extract.block());
        }
    }
}

/// What a constraint is called: the layer, and the feature where it has a name of its own.
fn constraint(layer: &CertifiedLayer, piece: &CertifiedPiece) -> Value {
    let own = piece.description.trim();
    if own.is_empty() || own.eq_ignore_ascii_case(layer.title.trim()) {
        return json!([{"t": layer.title, "b": true}]);
    }
    json!([{"t": layer.title, "b": true}, {"t": format!(": {own}")}])
}

fn class(piece: &CertifiedPiece) -> Value {
    if piece.description.is_empty() || piece.description == piece.code {
        return block::strong(piece.code.clone());
    }
    json!([{"t": piece.code, "b": true}, {"t": format!(" – {}", piece.description)}])
}

fn article(piece: &CertifiedPiece) -> Value {
    let text = piece.article.as_ref();
    text.map_or_else(|| "–".to_owned(), |article| format!("art. {article}"))
        .into()
}
