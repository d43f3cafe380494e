//! What a search found, in words and with addresses: the same for the page and for the API.

use crate::cadastre::{ParcelKind, SheetReference};
use crate::fact::{Findings, ParcelFacts, SearchFacts};
use crate::geo::LonLatBox;
use crate::place::Comune;
use crate::text::{Lang, NumberFormat, Value};

use super::view::{ResultGroupView, ResultKind, ResultView};

/// Zoom at which a single place is shown.
const PLACE_ZOOM: f64 = 18.0;

/// Pixels into which something with an extent is fitted when its zoom is chosen.
const FITTED_PX: f64 = 600.0;

/// Language and addresses of an answer.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Wording<'a> {
    /// Language of the words.
    pub(in crate::http) lang: Lang,
    /// True when `/mappa` alone means the one comune there is.
    pub(in crate::http) is_only: bool,
    /// The comune that is visited, and what its addresses begin with.
    pub(in crate::http) here: Option<(&'a Comune, &'a str)>,
    /// At most so many results of a kind.
    pub(in crate::http) wanted: usize,
}

impl Wording<'_> {
    /// The groups that have results.
    pub(in crate::http) fn groups(self, facts: &SearchFacts) -> Vec<ResultGroupView> {
        let groups = [
            self.group(
                ResultKind::Parcel,
                self.lang.text("search-group-parcels"),
                &facts.parcels,
                |parcel| self.parcel(parcel),
            ),
            self.group(
                ResultKind::Sheet,
                self.lang.text("search-group-sheets"),
                &facts.sheets,
                |found| {
                    let title = self.sheet(&found.sheet);
                    self.area(title, &found.comune, found.bounds)
                },
            ),
            self.group(
                ResultKind::Address,
                self.lang.text("search-group-addresses"),
                &facts.addresses,
                |found| {
                    let title = format!("{} {}", found.street, found.number);
                    self.place(title, found.comune.name.clone(), &found.comune, found.place)
                },
            ),
            self.group(
                ResultKind::Street,
                self.lang.text("search-group-streets"),
                &facts.streets,
                |found| {
                    let mut view = self.area(found.name.clone(), &found.comune, found.bounds);
                    if found.houses > 0 {
                        let count = [("count", Value::from(found.houses))];
                        let houses = self.lang.text_with("search-houses", &count);
                        view.detail = format!("{houses} · {}", view.detail);
                    }
                    view
                },
            ),
            self.group(
                ResultKind::Name,
                self.lang.text("search-group-names"),
                &facts.names,
                |found| {
                    let kind = found.kind.as_deref().and_then(|kind| self.name_kind(kind));
                    let detail = match kind {
                        Some(kind) => format!("{kind} · {}", found.comune.name),
                        None => found.comune.name.clone(),
                    };
                    self.place(found.name.clone(), detail, &found.comune, found.place)
                },
            ),
        ];
        groups
            .into_iter()
            .filter(|group| !group.results.is_empty())
            .collect()
    }

    fn group<T>(
        self,
        kind: ResultKind,
        title: String,
        findings: &Findings<T>,
        view: impl Fn(&T) -> ResultView,
    ) -> ResultGroupView {
        ResultGroupView {
            kind,
            title,
            total: findings.total,
            results: findings.found.iter().take(self.wanted).map(view).collect(),
        }
    }

    fn prefix(self, comune: &Comune) -> String {
        match self.here {
            Some((here, prefix)) if here.id == comune.id => prefix.to_owned(),
            _ if self.is_only => String::new(),
            _ => format!("/c/{}", comune.slug),
        }
    }

    fn parcel(self, facts: &ParcelFacts) -> ResultView {
        let segment = facts.reference.to_path_segment();
        let number = [("number", Value::from(&facts.reference.number))];
        let title = match facts.kind {
            ParcelKind::Parcel => self.lang.text_with("card-title", &number),
            ParcelKind::Road => self.lang.text("card-title-road"),
            ParcelKind::Water => self.lang.text("card-title-water"),
        };
        let prefix = self.prefix(&facts.comune);
        let detail = format!(
            "{} · {} · {}",
            self.sheet(&facts.reference.sheet),
            self.lang.area_m2(facts.area_m2),
            facts.comune.name
        );
        ResultView {
            title,
            detail,
            lon: facts.inside.0,
            lat: facts.inside.1,
            bbox: Some(facts.bounds.to_array()),
            reference: Some(facts.reference.to_string()),
            page: format!("{prefix}/particella/{segment}"),
            map: format!("{prefix}/mappa?sel={segment}"),
        }
    }

    // `Foglio 3, allegato A`.
    fn sheet(self, sheet: &SheetReference) -> String {
        let with = |key: &str, name: &str, value: &str| {
            self.lang.text_with(key, &[(name, Value::from(value))])
        };
        let foglio = sheet.foglio.to_string();
        let mut parts = vec![with("card-foglio", "number", &foglio)];
        for (letter, none, key) in [
            (sheet.sezione, '_', "card-sezione"),
            (sheet.allegato, '0', "card-allegato"),
            (sheet.sviluppo, '0', "card-sviluppo"),
        ] {
            if letter != none {
                parts.push(with(key, "name", &letter.to_string()).to_lowercase());
            }
        }
        parts.join(", ")
    }

    fn area(self, title: String, comune: &Comune, bounds: LonLatBox) -> ResultView {
        let lon = f64::midpoint(bounds.west, bounds.east);
        let lat = f64::midpoint(bounds.south, bounds.north);
        let span = (bounds.east - bounds.west)
            .max((bounds.north - bounds.south) / lat.to_radians().cos().max(0.1));
        let zoom = (360.0 * FITTED_PX / 512.0 / span.max(1e-9)).log2();
        let map = format!(
            "{}/mappa?c={lon:.6},{lat:.6},{:.1}",
            self.prefix(comune),
            zoom.clamp(10.0, PLACE_ZOOM)
        );
        ResultView {
            title,
            detail: comune.name.clone(),
            lon,
            lat,
            bbox: Some(bounds.to_array()),
            reference: None,
            page: map.clone(),
            map,
        }
    }

    fn place(
        self,
        title: String,
        detail: String,
        comune: &Comune,
        (lon, lat): (f64, f64),
    ) -> ResultView {
        let prefix = self.prefix(comune);
        ResultView {
            title,
            detail,
            lon,
            lat,
            bbox: None,
            reference: None,
            page: format!("{prefix}/luogo?lon={lon:.7}&lat={lat:.7}"),
            map: format!("{prefix}/mappa?p={lon:.7},{lat:.7}&c={lon:.6},{lat:.6},{PLACE_ZOOM}"),
        }
    }

    fn name_kind(self, kind: &str) -> Option<String> {
        let key = match kind {
            "localita" => "search-kind-localita",
            "quartiere" => "search-kind-quartiere",
            "cascina" => "search-kind-cascina",
            "monte" => "search-kind-monte",
            _ => return None,
        };
        Some(self.lang.text(key))
    }
}
