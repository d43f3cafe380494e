//! The card of a place or a parcel, and what it is made of.

use super::{FactsView, PageView};
use crate::text::Value;

/// A published layer: what it is and how old.
#[derive(Debug, Clone, Default)]
pub struct DataView {
    /// The title of the layer in the language of the page.
    pub title: String,
    /// The day of publication, in full.
    pub loaded: String,
    /// The version, as people may quote it.
    pub version: String,
    /// The day that the data describe, in full, where the source says it.
    pub valid_at: Option<String>,
    /// Who made the data.
    pub source: Option<String>,
    /// How many features it has, formatted.
    pub features: String,
}

impl DataView {
    /// Returns title, day of publication and version in one sentence.
    #[must_use]
    pub fn sentence(&self, page: &PageView) -> String {
        self.dated(page, "card-data")
    }

    /// Returns day of publication and version in one sentence.
    #[must_use]
    pub fn dates(&self, page: &PageView) -> String {
        self.dated(page, "card-data-dates")
    }

    fn dated(&self, page: &PageView, key: &str) -> String {
        let values = [
            ("title", Value::from(&self.title)),
            ("loaded", Value::from(&self.loaded)),
            ("version", Value::from(&self.version)),
        ];
        page.lang.text_with(key, &values)
    }
}

/// What a cadastral parcel is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ParcelKind {
    /// A parcel that practices can be about.
    #[default]
    Parcel,
    /// A public road.
    Road,
    /// A river, a lake or another water.
    Water,
}

/// A parcel on a card or in a list.
#[derive(Debug, Clone, Default)]
pub struct ParcelView {
    /// The layer of the map that draws it: `catasto.particella`.
    pub layer: String,
    /// The id of its feature in the tiles.
    pub feature_id: u64,
    /// The address of its page through time.
    pub history_url: String,
    /// The address of the form to report an error.
    pub report_url: String,
    /// The national reference: `H833_0013A0.12`.
    pub reference: String,
    /// Parcel, road or water.
    pub kind: ParcelKind,
    /// The number: `345`, `123/A`, `STRADA001`.
    pub number: String,
    /// The name of the municipality.
    pub comune: String,
    /// The sheet, without leading zeros.
    pub foglio: String,
    /// The section, where the cadastre has sections.
    pub sezione: Option<String>,
    /// The attachment (allegato) of the sheet that the parcel is drawn on.
    pub allegato: Option<String>,
    /// The enlargement (sviluppo) of the sheet that the parcel is drawn on.
    pub sviluppo: Option<String>,
    /// The area of the drawing, formatted: `1.240 m²`.
    pub area: String,
    /// The same in m².
    pub area_m2: f64,
    /// The area of the land register, formatted, for those who may see it.
    pub census: Option<String>,
    /// Whether the two areas differ by more than 5 %.
    pub census_differs: bool,
    /// West, south, east and north in degrees, joined by commas; the map shows it whole.
    pub bounds: Option<String>,
    /// The address of its page.
    pub page_url: String,
    /// The address of the map with this parcel selected.
    pub map_url: String,
    /// The address of the same facts as JSON.
    pub json_url: String,
    /// The address of its outline as GeoJSON.
    pub geojson_url: String,
}

impl ParcelView {
    /// Returns whether it is a parcel proper, no road and no water.
    #[must_use]
    pub fn is_parcel(&self) -> bool {
        self.kind == ParcelKind::Parcel
    }

    /// Returns `Particella 345`, `Strada pubblica` or `Acqua`.
    #[must_use]
    pub fn title(&self, page: &PageView) -> String {
        match self.kind {
            ParcelKind::Parcel => page.t1("card-title", "number", &self.number),
            ParcelKind::Road => page.t("card-title-road"),
            ParcelKind::Water => page.t("card-title-water"),
        }
    }

    /// Returns `12 · 345`: sheet, allegato and number, for a chip.
    #[must_use]
    pub fn short(&self, page: &PageView) -> String {
        let allegato = self.allegato.as_deref().unwrap_or_default();
        let values = [
            ("foglio", Value::from(&self.foglio)),
            ("allegato", Value::from(allegato)),
            ("number", Value::from(&self.number)),
        ];
        page.lang.text_with("card-short", &values)
    }

    /// Returns `Foglio 12 · Borgochiaro`, with section, allegato and sviluppo where they are.
    #[must_use]
    pub fn subtitle(&self, page: &PageView) -> String {
        format!("{} · {}", self.sheet(page), self.comune)
    }

    /// Returns `Foglio 12`, with section, allegato and sviluppo where they are.
    #[must_use]
    pub fn sheet(&self, page: &PageView) -> String {
        let mut parts = Vec::new();
        if let Some(sezione) = &self.sezione {
            parts.push(page.t1("card-sezione", "name", sezione));
        }
        parts.push(page.t1("card-foglio", "number", &self.foglio));
        if let Some(allegato) = &self.allegato {
            parts.push(page.t1("card-allegato", "name", allegato));
        }
        if let Some(sviluppo) = &self.sviluppo {
            parts.push(page.t1("card-sviluppo", "name", sviluppo));
        }
        parts.join(" · ")
    }

    /// Returns the parcel in one breath, for a screen reader.
    fn spoken(&self, page: &PageView) -> String {
        let title = self.title(page);
        page.lang.text_with(
            "announce-parcel",
            &[
                ("title", Value::from(&title)),
                ("foglio", Value::from(&self.foglio)),
                ("area", Value::from(&self.area)),
            ],
        )
    }
}

/// What is known of a place as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceState {
    /// One parcel or more are there.
    Parcels,
    /// The cadastre covers the place and has no parcel there.
    NoParcel,
    /// No cadastre is published for the place.
    NoCadastre,
    /// The place lies in no municipality of this site.
    Outside,
    /// The cadastre could not be asked.
    Failed,
}

/// The card: the same on the map, on the page of a place and on the page of a parcel.
#[derive(Debug, Clone)]
pub struct CardView {
    /// What is known of the place.
    pub state: PlaceState,
    /// The parcels, the first one on top; more than one where sheets overlap.
    pub parcels: Vec<ParcelView>,
    /// The name of the municipality that the place lies in.
    pub comune: Option<String>,
    /// The position asked for, formatted; `None` on the page of a parcel.
    pub position: Option<String>,
    /// What the layers say.
    pub facts: FactsView,
    /// What the card stands on: the cadastre's dates.
    pub data: Option<DataView>,
    /// The day that the card is about, in words, where the address names one.
    pub as_of: Option<String>,
    /// The address of the page with the same content.
    pub page_url: String,
    /// The address of the map at this place.
    pub map_url: String,
    /// The address of the same facts as JSON.
    pub json_url: String,
    /// The address of the form to report an error; none outside every comune.
    pub report_url: Option<String>,
}

impl CardView {
    /// Gives the card, and each layer that has something, the form by which it is contested.
    #[must_use]
    pub fn contested_at(mut self, url: String) -> Self {
        let mark = if url.contains('?') { '&' } else { '?' };
        let facts = &mut self.facts;
        let themes = facts.themes.iter_mut().flat_map(|theme| &mut theme.layers);
        let adopted = facts.adopted.iter_mut().map(|adopted| &mut adopted.hit);
        for hit in facts.zones.iter_mut().chain(themes).chain(adopted) {
            hit.contest_url = Some(format!("{url}{mark}layer={}", hit.layer));
        }
        self.report_url = Some(url);
        self
    }

    /// Returns the heading of the card.
    #[must_use]
    pub fn title(&self, page: &PageView) -> String {
        match (self.state, self.parcels.as_slice()) {
            (PlaceState::Parcels, [parcel]) => parcel.title(page),
            (PlaceState::Parcels, parcels) => page.tn("card-title-many", parcels.len()),
            (PlaceState::NoParcel, _) => page.t("card-title-no-parcel"),
            (PlaceState::NoCadastre, _) => page.t("card-title-no-cadastre"),
            (PlaceState::Outside, _) => page.t("card-title-outside"),
            (PlaceState::Failed, _) => page.t("card-title-failed"),
        }
    }

    /// Returns the sentence under the heading of a place without a parcel.
    #[must_use]
    pub fn explanation(&self, page: &PageView) -> String {
        match self.state {
            PlaceState::Parcels => String::new(),
            PlaceState::NoParcel => page.t("card-no-parcel"),
            PlaceState::NoCadastre => page.t("card-no-cadastre"),
            PlaceState::Outside => page.t("card-outside"),
            PlaceState::Failed => page.t("card-failed"),
        }
    }

    /// Returns whether sheets overlap here, so that several parcels answer.
    #[must_use]
    pub fn is_overlap(&self) -> bool {
        self.parcels.len() > 1
    }

    /// Returns whether the place is in no municipality: then there is nothing to have checked.
    #[must_use]
    pub fn is_outside(&self) -> bool {
        self.state == PlaceState::Outside
    }

    /// Returns what a screen reader says when the card appears.
    #[must_use]
    pub fn announcement(&self, page: &PageView) -> String {
        let parcels: Vec<_> = self.parcels.iter().map(|p| p.spoken(page)).collect();
        match (self.state, parcels.as_slice()) {
            (PlaceState::Parcels, [parcel]) => match self.facts.spoken(page) {
                Some(facts) => format!("{parcel}, {facts}."),
                None => format!("{parcel}."),
            },
            (PlaceState::Parcels, parcels) => {
                format!("{}: {}.", self.title(page), parcels.join("; "))
            }
            _ => self.explanation(page),
        }
    }

    /// Returns the parcels as the map selects them: JSON with layer, id and reference of each.
    #[must_use]
    pub fn selection(&self) -> String {
        selection_json(&self.parcels)
    }

    /// Returns the box of its first parcel: west, south, east and north in degrees, joined by commas.
    #[must_use]
    pub fn bounds(&self) -> &str {
        self.parcels
            .first()
            .and_then(|parcel| parcel.bounds.as_deref())
            .unwrap_or_default()
    }
}

/// Parcels as the map selects them: JSON with layer, id and reference of each.
pub(super) fn selection_json(parcels: &[ParcelView]) -> String {
    let parcels = parcels.iter().map(|parcel| {
        serde_json::json!({
            "layer": parcel.layer,
            "id": parcel.feature_id,
            "reference": parcel.reference,
        })
    });
    serde_json::Value::Array(parcels.collect()).to_string()
}
