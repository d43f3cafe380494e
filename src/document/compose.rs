//! From a certificate's content to the order that prints it.

mod chapters;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::census::areas_differ;
use crate::layer::legal_day;
use crate::text::{DateFormat, Lang, NumberFormat, Value as Argument};

use super::block::{self, Column, Table};
use super::certificate::{
    CertifiedLayer, CertifiedParcel, Chapter, Extent, InstrumentStatus, ZoningCertificate,
};
use super::dressing::Dressing;
use super::extract::Extract;
use super::press::Order;
use super::qr::qr_svg;

/// The certificate is an Italian act.
const LANG: Lang = Lang::It;

/// What surrounds a certificate's content in print.
#[derive(Debug)]
pub struct Print<'a> {
    /// Letterhead and sentences.
    pub dressing: &'a Dressing,
    /// Who asked: printed, and in no file that the program publishes.
    pub applicant: Option<&'a str>,
    /// Address at which it is verified.
    pub verification_url: &'a str,
    /// Map extracts, in their order.
    pub extracts: &'a [Extract],
}

/// Name of the content's file inside the PDF.
pub const DATA_FILE: &str = "certificato.json";

/// The order that prints a certificate as a draft for signature.
pub fn certificate_order(content: &ZoningCertificate, print: &Print<'_>) -> Order {
    let writer = Writer { content, print };
    let mut files = BTreeMap::from([
        (DATA_FILE.to_owned(), content.to_json()),
        (
            "verifica.svg".to_owned(),
            qr_svg(print.verification_url).unwrap_or_default(),
        ),
    ]);
    let letterhead = &print.dressing.letterhead;
    if let Some(svg) = &letterhead.emblem_svg {
        files.insert("stemma.svg".to_owned(), svg.clone());
    }
    for extract in print.extracts {
        files.extend(extract.files());
    }
    let date = LANG.date(content.date);
    let data = json!({
        "lang": LANG.code(),
        "title": writer.text("title"),
        "title_align": "center",
        "subtitle": writer.text("subtitle"),
        "subject": writer.with("subject", &[
            ("parcels", (&writer.parcel_count()).into()),
            ("comune", (&content.comune.name).into()),
        ]),
        "keywords": ["certificato di destinazione urbanistica", content.comune.name],
        "running": writer.text("running"),
        "letterhead": {
            "name": format!("Comune di {}", content.comune.name),
            "office": letterhead.office,
            "lines": letterhead.lines,
            "emblem": letterhead.emblem_svg.as_ref().map(|_| "stemma.svg"),
            "emblem_alt": letterhead.emblem_description,
        },
        "stamp_duty": writer.text("stamp-duty"),
        "draft": {"mark": writer.text("draft-mark"), "note": writer.with("draft-note", &[("date", (&writer.issued_on()).into())])},
        "references": writer.references(),
        "footer": writer.with("footer", &[("code", (&content.code).into()), ("date", (&date).into())]),
        "page": writer.text("page"),
        "blocks": writer.blocks(),
        "attachments": [{
            "name": DATA_FILE,
            "media_type": "application/json",
            "relationship": "data",
            "description": writer.text("data-file"),
        }],
    });
    Order {
        template: "document",
        identifier: format!("certificate:{}", content.code),
        issued_at: content.issued_at,
        data,
        files,
    }
}

struct Writer<'a> {
    content: &'a ZoningCertificate,
    print: &'a Print<'a>,
}

impl<'a> Writer<'a> {
    fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    fn with(&self, key: &str, values: &[(&str, Argument<'_>)]) -> String {
        self.print.dressing.text(key, values)
    }

    fn issued_on(&self) -> String {
        LANG.date(legal_day(self.content.issued_at))
    }

    fn parcel_count(&self) -> String {
        match self.content.parcels.len() {
            1 => "1 particella".to_owned(),
            count => format!("{} particelle", LANG.count(count as u64)),
        }
    }

    fn crs(&self) -> String {
        super::crs_name(self.content.comune.srid)
    }

    fn references(&self) -> Vec<Value> {
        let request = self.content.request.as_ref();
        let number = request.and_then(|request| request.number.clone());
        let date = request
            .and_then(|request| request.date)
            .map(|day| LANG.date(day));
        let asked = match (&number, &date) {
            (Some(number), Some(date)) => Some(self.with(
                "request-received",
                &[("number", number.into()), ("date", date.into())],
            )),
            (Some(number), None) => {
                Some(self.with("request-received-undated", &[("number", number.into())]))
            }
            (None, Some(date)) => {
                Some(self.with("request-received-unnumbered", &[("date", date.into())]))
            }
            (None, None) => None,
        };
        let to_complete = format!("_______________ ({})", self.text("to-complete"));
        [
            ("reference-register", to_complete),
            ("reference-request", asked.unwrap_or_default()),
            ("reference-issued", self.issued_on()),
            ("reference-code", self.content.code.clone()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| json!([self.text(key), value]))
        .collect()
    }

    fn blocks(&self) -> Vec<Value> {
        let mut blocks = Vec::new();
        self.premises(&mut blocks);
        self.parcels(&mut blocks);
        self.instruments(&mut blocks);
        self.zones(&mut blocks);
        self.adopted(&mut blocks);
        self.constraints(&mut blocks);
        self.fire(&mut blocks);
        self.missing(&mut blocks);
        self.norms(&mut blocks);
        self.closing(&mut blocks);
        self.maps(&mut blocks);
        blocks
    }

    fn premises(&self, blocks: &mut Vec<Value>) {
        blocks.push(block::centred(self.text("office-speaks")));
        blocks.push(block::par(match self.print.applicant {
            Some(applicant) => self.with("premise-request", &[("applicant", applicant.into())]),
            None => self.text("premise-no-request"),
        }));
        for key in ["premise-law", "premise-fire", "premise-acts"] {
            blocks.push(block::par(self.text(key)));
        }
        blocks.push(block::centred(self.text("certifies")));
        blocks.push(block::par(self.with(
            "lead",
            &[
                ("comune", (&self.content.comune.name).into()),
                ("date", (&LANG.date(self.content.date)).into()),
            ],
        )));
    }

    fn has_sections(&self) -> bool {
        self.content.parcels.iter().any(|p| p.sezione.is_some())
    }

    /// The columns that name a parcel, and its cells.
    fn naming_columns(&self) -> Vec<Column> {
        let mut columns = Vec::new();
        if self.has_sections() {
            columns.push(Column::narrow(self.text("column-sezione")));
        }
        columns.push(Column::narrow(self.text("column-foglio")));
        columns.push(Column::narrow(self.text("column-number")));
        columns
    }

    fn naming_cells(&self, parcel: &CertifiedParcel, is_first: bool) -> Vec<Value> {
        let cell = |text: &str| match is_first {
            true => block::strong(text),
            false => block::faint(text),
        };
        let mut cells = Vec::new();
        if self.has_sections() {
            cells.push(cell(parcel.sezione.as_deref().unwrap_or("–")));
        }
        cells.push(cell(&parcel.foglio));
        cells.push(cell(&parcel.number));
        cells
    }

    fn parcels(&self, blocks: &mut Vec<Value>) {
        let parcels = &self.content.parcels;
        let has_census = parcels.iter().any(|p| p.census_area_m2.is_some());
        let mut columns = self.naming_columns();
        columns.push(Column::text(self.text("column-reference"), 1.0));
        columns.push(Column::number(self.text("column-area")));
        if has_census {
            columns.push(Column::number(self.text("column-census")));
        }
        let mut table = Table::new(columns);
        let mut differs = false;
        for parcel in parcels {
            let mut cells = self.naming_cells(parcel, true);
            cells.push(parcel.reference.clone().into());
            cells.push(LANG.number(parcel.graphic_area_m2, 0).into());
            if has_census {
                cells.push(match parcel.census_area_m2 {
                    Some(census) => {
                        let far = areas_differ(census, parcel.graphic_area_m2);
                        differs |= far;
                        format!("{}{}", LANG.number(census, 0), if far { " *" } else { "" }).into()
                    }
                    None => block::faint("–"),
                });
            }
            table.row(cells);
        }
        if parcels.len() > 1 {
            let blank = self.naming_columns().len();
            let mut foot = vec![Value::from(""); blank + 1];
            foot[0] = self.text("parcels-total").into();
            let total: f64 = parcels.iter().map(|p| p.graphic_area_m2.round()).sum();
            foot.push(LANG.number(total, 0).into());
            if has_census {
                let known: Option<f64> = parcels.iter().map(|p| p.census_area_m2).sum();
                foot.push(
                    known
                        .map_or("–".into(), |known| LANG.number(known, 0))
                        .into(),
                );
            }
            table.foot(foot);
        }
        blocks.push(block::heading(2, self.text("parcels-title")));
        blocks.push(table.finish());
        let crs = self.crs();
        blocks.push(block::note(
            self.with("parcels-note", &[("crs", (&crs).into())]),
        ));
        if differs {
            blocks.push(block::note(self.text("parcels-census-note")));
        }
        if parcels.iter().any(|parcel| parcel.scaled_to_census) {
            blocks.push(block::note(self.text("parcels-census-scaled")));
        }
    }

    fn instruments(&self, blocks: &mut Vec<Value>) {
        blocks.push(block::heading(2, self.text("acts-title")));
        if self.content.instruments.is_empty() {
            let blank = "_______________".to_owned();
            let text = self.with("acts-none", &[("to-complete", (&blank).into())]);
            blocks.push(block::warning(text));
        }
        for instrument in &self.content.instruments {
            let name = Argument::from(&instrument.name);
            let since = instrument.since.map(|day| LANG.date(day));
            let until = instrument.safeguard_until.map(|day| LANG.date(day));
            let line = match (instrument.status, &since, &until) {
                (InstrumentStatus::InForce, Some(date), _) => {
                    self.with("acts-in-force", &[("name", name), ("date", date.into())])
                }
                (InstrumentStatus::InForce, None, _) => {
                    self.with("acts-in-force-undated", &[("name", name)])
                }
                (InstrumentStatus::Adopted, Some(date), Some(until)) => self.with(
                    "acts-adopted",
                    &[
                        ("name", name),
                        ("date", date.into()),
                        ("until", until.into()),
                    ],
                ),
                (InstrumentStatus::Adopted, ..) => {
                    self.with("acts-adopted-undated", &[("name", name)])
                }
            };
            blocks.push(block::par(json!([{"t": line, "b": true}])));
            if !instrument.acts.is_empty() {
                let acts = instrument
                    .acts
                    .iter()
                    .map(|act| act.clone().into())
                    .collect();
                blocks.push(block::list(false, acts));
            }
        }
        blocks.push(block::note(self.text("acts-data")));
    }

    fn layers(&self, chapter: Chapter) -> impl Iterator<Item = (usize, &'a CertifiedLayer)> {
        let layers = &self.content.layers;
        layers
            .iter()
            .enumerate()
            .filter(move |(_, layer)| layer.chapter == chapter)
    }

    fn is_adopted(&self, layer: &CertifiedLayer) -> bool {
        layer
            .instrument
            .and_then(|index| self.content.instruments.get(index))
            .is_some_and(|instrument| instrument.status == InstrumentStatus::Adopted)
    }

    fn zones(&self, blocks: &mut Vec<Value>) {
        blocks.push(block::heading(2, self.text("zones-title")));
        blocks.push(block::par(self.text("zones-lead")));
        for (index, layer) in self.layers(Chapter::Zones) {
            if !self.is_adopted(layer) {
                self.zone_table(index, layer, blocks);
            }
        }
        let mut is_first = true;
        for (index, layer) in self.layers(Chapter::Provisions) {
            if self.is_adopted(layer) || !self.has_hits(index) {
                continue;
            }
            if std::mem::take(&mut is_first) {
                blocks.push(block::heading(3, self.text("zones-further")));
            }
            self.zone_table(index, layer, blocks);
        }
    }

    fn has_hits(&self, index: usize) -> bool {
        self.content
            .parcels
            .iter()
            .any(|parcel| !parcel.answers[index].pieces.is_empty())
    }

    fn zone_table(&self, index: usize, layer: &CertifiedLayer, blocks: &mut Vec<Value>) {
        let mut columns = self.naming_columns();
        columns.push(Column::narrow(self.text("column-zone")));
        columns.push(Column::text(self.text("column-description"), 1.0));
        columns.push(Column::narrow(self.text("column-article")));
        columns.push(Column::number(self.text("column-area-m2")));
        columns.push(Column::number(self.text("column-percent")));
        let mut table = Table::new(columns);
        let mut slivers = 0;
        let mut is_partial = false;
        for parcel in &self.content.parcels {
            let answer = &parcel.answers[index];
            slivers += answer.slivers;
            if answer.pieces.is_empty() && answer.unassigned.is_none() {
                is_partial = true;
                continue;
            }
            table.start_group();
            let mut is_first = true;
            for piece in &answer.pieces {
                let mut cells = self.naming_cells(parcel, std::mem::take(&mut is_first));
                cells.push(block::strong(piece.code.clone()));
                cells.push(piece.description.clone().into());
                cells.push(
                    piece
                        .article
                        .as_ref()
                        .map_or("–".into(), |a| format!("art. {a}"))
                        .into(),
                );
                cells.push(area(&piece.extent).into());
                cells.push(percent(&piece.extent).into());
                table.row(cells);
            }
            if let Some(extent) = &answer.unassigned {
                let mut cells = self.naming_cells(parcel, std::mem::take(&mut is_first));
                cells.push("–".into());
                cells.push(block::faint(self.text("zones-unassigned")));
                cells.push("–".into());
                cells.push(area(extent).into());
                cells.push(percent(extent).into());
                table.row(cells);
            }
        }
        blocks.push(block::heading(3, layer.title.clone()));
        if table.is_empty() {
            let title = Argument::from(&layer.title);
            blocks.push(block::par(self.with("zones-clear", &[("layer", title)])));
        } else {
            blocks.push(table.finish());
            if is_partial {
                blocks.push(block::note(self.text("not-listed")));
            }
        }
        if slivers > 0 {
            blocks.push(block::note(
                self.with("zones-slivers", &[("count", slivers.into())]),
            ));
        }
    }

    fn adopted(&self, blocks: &mut Vec<Value>) {
        blocks.push(block::heading(2, self.text("adopted-title")));
        let touching: Vec<(usize, &CertifiedLayer)> = [Chapter::Zones, Chapter::Provisions]
            .into_iter()
            .flat_map(|chapter| self.layers(chapter))
            .filter(|(index, layer)| self.is_adopted(layer) && self.has_hits(*index))
            .collect();
        // A plan that no layer answers for is not said to leave the parcels alone.
        let mut is_complete = true;
        for (index, instrument) in self.content.instruments.iter().enumerate() {
            let answers = |layer: &CertifiedLayer| layer.instrument == Some(index);
            let is_read = self.content.layers.iter().any(answers);
            if instrument.status == InstrumentStatus::Adopted && !is_read {
                is_complete = false;
                let values = [("name", Argument::from(&instrument.name))];
                blocks.push(block::warning(self.with("adopted-unread", &values)));
            }
        }
        if touching.is_empty() {
            if !is_complete {
                return;
            }
            let date = LANG.date(self.content.date);
            let values = [("date", Argument::from(&date))];
            blocks.push(block::par(self.with("adopted-none", &values)));
            return;
        }
        for (index, layer) in touching {
            let instrument = layer
                .instrument
                .and_then(|index| self.content.instruments.get(index));
            let name = instrument.map_or(&layer.title, |instrument| &instrument.name);
            let until = instrument
                .and_then(|instrument| instrument.safeguard_until)
                .map(|day| LANG.date(day));
            blocks.push(block::par(match &until {
                Some(until) => self.with(
                    "adopted-lead",
                    &[("name", name.into()), ("until", until.into())],
                ),
                None => self.with("adopted-lead-undated", &[("name", name.into())]),
            }));
            self.zone_table(index, layer, blocks);
        }
    }
}

fn area(extent: &Extent) -> String {
    match (extent.area_m2, extent.length_m) {
        (Some(area), _) => LANG.number(area, if area < 10.0 { 2 } else { 0 }),
        (None, Some(length)) => format!("{} m", LANG.number(length, 1)),
        (None, None) => "–".to_owned(),
    }
}

fn percent(extent: &Extent) -> String {
    extent.percent_tenths.map_or_else(
        || "–".to_owned(),
        |tenths| LANG.number(f64::from(tenths) / 10.0, 1),
    )
}

/// A parcel in a sentence: `foglio 13/A n. 45`.
fn named(parcel: &CertifiedParcel) -> String {
    let sezione = parcel
        .sezione
        .as_ref()
        .map_or_else(String::new, |sezione| format!("sez. {sezione} "));
    format!("{sezione}foglio {} n. {}", parcel.foglio, parcel.number)
}
