//! From the answers of layers to what card and page show of them.

use crate::cadastre::CadastralReference;
use crate::census::areas_differ;
use crate::fact::{self, Fault, LayerFacts, Measure, Piece, Status};
use crate::layer::{LayerRole, Value, markdown_html};
use crate::place::Comune;
use crate::text::{DateFormat, Lang, NumberFormat};

use super::super::extract::Visit;
use super::super::times::Times;
use super::present::{data, localized};
use super::view::{
    AdoptedView, ArticleView, BarPart, CardView, FactsView, HitThemeView, LayerHitView,
    LayerLineView, PieceView,
};

/// Colours of the homogeneous zones A to F (DM 1444/1968), as on the map.
const ZONE_FILLS: [(&str, &str); 6] = [
    ("A", "#E67A42"),
    ("B", "#F7C183"),
    ("C", "#FBEF6F"),
    ("D", "#C581DF"),
    ("E", "#E4F4D6"),
    ("F", "#96D7F5"),
];

/// Colours of what has no class, one after the other.
const FILLS: [&str; 6] = [
    "#5A8FC4", "#C4785A", "#6FA86A", "#A077B5", "#B59A4C", "#7A8A94",
];

/// Slivers from this area up are told: smaller ones are rounding, not maps.
const TOLD_M2: f64 = 0.01;

/// What the layers say, as it is shown; `comune` is the one that the place lies in.
pub(super) fn view(visit: &Visit, layers: &[LayerFacts], comune: Option<&Comune>) -> FactsView {
    let lang = visit.lang;
    let mut view = FactsView::default();
    for layer in layers {
        let definition = layer.definition();
        let title = localized(&definition.title, lang);
        let evidence = layer.evidence.first();
        let data = evidence.map(|evidence| data(lang, definition, evidence));
        let line = |words: String| LayerLineView {
            title: title.clone(),
            words,
            data: data.clone(),
        };
        view.adopted.extend(adopted(visit, layer));
        match layer.status {
            // The cadastre is what the card is about: it is no finding.
            Status::Hit if definition.role.is_some() => {
                view.checked.push(line(lang.text("status-hit")));
            }
            Status::Hit => {
                let hit = hit(visit, layer, title.clone(), data.clone());
                if definition.is_zoning() {
                    view.zones.push(hit);
                } else {
                    add(&mut view.themes, definition.theme.title(lang), hit);
                }
            }
            Status::Clear if layer.covers_all() => {
                view.checked.push(line(lang.text("status-clear")));
            }
            Status::Clear => {
                let share = lang.percent(layer.covered_share);
                let words = [("share", (&share).into())];
                view.missing
                    .push(line(lang.text_with("facts-reason-partly", &words)));
            }
            Status::NoData => view.missing.push(line(missing(visit, layer, comune))),
            Status::Error => view.missing.push(line(lang.text(fault_key(layer.fault)))),
        }
    }
    view
}

fn missing(visit: &Visit, layer: &LayerFacts, comune: Option<&Comune>) -> String {
    let entry = visit.catalogue.layer(&layer.definition().id);
    let loaded = entry.zip(comune).is_some_and(|(entry, comune)| {
        entry
            .parts
            .iter()
            .any(|part| part.territory_id == comune.id)
    });
    visit.lang.text(match (comune, loaded) {
        (None, _) => "facts-reason-outside",
        (Some(_), true) => "facts-reason-uncovered",
        (Some(_), false) => "facts-reason-unloaded",
    })
}

fn fault_key(fault: Option<Fault>) -> &'static str {
    match fault {
        Some(Fault::Deadline) => "facts-reason-deadline",
        _ => "status-error",
    }
}

fn add(themes: &mut Vec<HitThemeView>, title: String, hit: LayerHitView) {
    match themes.iter_mut().find(|theme| theme.title == title) {
        Some(theme) => theme.layers.push(hit),
        None => themes.push(HitThemeView {
            title,
            layers: vec![hit],
        }),
    }
}

fn hit(
    visit: &Visit,
    layer: &LayerFacts,
    title: String,
    data: Option<super::view::DataView>,
) -> LayerHitView {
    let lang = visit.lang;
    let counting: Vec<&Piece> = layer.pieces.iter().filter(|piece| piece.counts()).collect();
    let fills: Vec<&'static str> = counting
        .iter()
        .enumerate()
        .map(|(index, piece)| fill(layer, piece, index))
        .collect();
    let mut bar = Vec::new();
    let mut from = 0;
    if layer.definition().coverage {
        for (piece, fill) in counting.iter().zip(&fills) {
            if let Some(length) = piece.percent_tenths {
                bar.push(BarPart { from, length, fill });
                from += length;
            }
        }
    }
    LayerHitView {
        layer: layer.definition().id.clone(),
        title,
        pieces: counting
            .iter()
            .zip(&fills)
            .map(|(piece, fill)| piece_view(visit, layer, piece, fill))
            .collect(),
        remainder: layer.remainder.as_ref().and_then(|left| {
            Some((
                tenths(lang, left.percent_tenths?),
                lang.area_m2(left.area_m2),
            ))
        }),
        slivers: layer
            .pieces
            .iter()
            .filter(|piece| !piece.counts() && piece.area_m2() >= TOLD_M2)
            .count(),
        bar,
        covered: (!layer.covers_all()).then(|| lang.percent(layer.covered_share)),
        data,
        contest_url: None,
    }
}

fn piece_view(visit: &Visit, layer: &LayerFacts, piece: &Piece, fill: &'static str) -> PieceView {
    let lang = visit.lang;
    let definition = layer.definition();
    let named: Vec<&str> = definition
        .title_columns()
        .into_iter()
        .map(|index| definition.column[index].name.as_str())
        .chain(definition.fact.article.as_deref())
        .chain(std::iter::once(definition.key.as_str()))
        .collect();
    let code = definition
        .title_columns()
        .first()
        .filter(|_| definition.is_zoning())
        .and_then(|index| piece.values.get(*index)?.as_text());
    PieceView {
        key: piece.key.clone(),
        url: code.map(|code| match &visit.times {
            Some(times) => super::zone::zone_url(visit, code, times),
            None => super::zone::zone_url(visit, code, &Times::today(&visit.shared.app)),
        }),
        name: localized(&layer.name_of(piece), lang),
        percent: piece.percent_tenths.map(|value| tenths(lang, value)),
        measure: match piece.measure {
            Measure::Here => None,
            Measure::Area { area_m2, .. } => Some(lang.area_m2(area_m2)),
            Measure::Length { length_m } => Some(format!("{}\u{a0}m", lang.number(length_m, 1))),
            Measure::Count { points } => Some(lang.count(points as u64)),
        },
        fill,
        articles: layer
            .articles_of(piece)
            .into_iter()
            .map(|number| article(visit, layer, piece, number))
            .collect(),
        values: layer
            .attributes(piece)
            .filter(|attribute| !named.contains(&attribute.name))
            .map(|attribute| {
                let value = match attribute.meaning {
                    Some(meaning) => localized(meaning, lang),
                    None => written(lang, attribute.value),
                };
                (localized(attribute.label, lang), value)
            })
            .collect(),
    }
}

/// An article, linked where its text is known.
fn article(visit: &Visit, layer: &LayerFacts, piece: &Piece, number: &str) -> ArticleView {
    let evidence = layer.evidence.get(piece.evidence);
    let plan = evidence.and_then(|evidence| evidence.plan.as_ref());
    let known = plan.and_then(|plan| plan.version.article(number));
    let name = visit
        .lang
        .text_with("facts-article", &[("number", number.into())]);
    ArticleView {
        name: match known {
            Some(known) => format!("{name} – {}", known.title),
            None => name,
        },
        url: plan.filter(|_| known.is_some()).map(|plan| {
            let times = visit
                .times
                .map_or_else(String::new, |times| times.parameters('?'));
            format!("{}/norme/{}/{number}{times}", visit.prefix, plan.word())
        }),
        text: None,
    }
}

/// Puts the text of each zone's article under it, as far as the database gives it.
pub(super) async fn add_norms(visit: &Visit, facts: &fact::Facts, view: &mut FactsView) {
    let Some(times) = visit.times else { return };
    let adopted = facts.layers.iter().flat_map(|layer| &layer.adopted);
    let mut texts: std::collections::HashMap<String, String> = std::collections::HashMap::new();
    for layer in facts.layers.iter().chain(adopted) {
        if !layer.definition().is_zoning() {
            continue;
        }
        for piece in layer.pieces.iter().filter(|piece| piece.counts()) {
            let evidence = layer.evidence.get(piece.evidence);
            let Some(plan) = evidence.and_then(|evidence| evidence.plan.as_ref()) else {
                continue;
            };
            for number in layer.articles_of(piece) {
                let Some(url) = article(visit, layer, piece, number).url else {
                    continue;
                };
                if texts.contains_key(&url) {
                    continue;
                }
                let norm = super::super::api::read_norm(&visit.shared, plan, number, &times);
                if let Ok(Some(text)) = norm.await.map(|norm| norm.markdown) {
                    texts.insert(url, markdown_html(&text));
                }
            }
        }
    }
    let adopted = view.adopted.iter_mut().map(|adopted| &mut adopted.hit);
    for piece in view
        .zones
        .iter_mut()
        .chain(adopted)
        .flat_map(|hit| &mut hit.pieces)
    {
        for article in &mut piece.articles {
            article.text = article.url.as_ref().and_then(|url| texts.get(url).cloned());
        }
    }
}

/// Puts the area of the land register beside that of the map, for those who may see it.
pub(super) async fn add_census(visit: &Visit, card: &mut CardView) {
    let parcels = card.parcels.iter();
    let references: Vec<CadastralReference> = parcels
        .filter_map(|parcel| parcel.reference.parse().ok())
        .collect();
    let app = &visit.shared.app;
    let areas = app.census_areas(&visit.viewer, &references).await;
    for parcel in &mut card.parcels {
        let reference: Option<CadastralReference> = parcel.reference.parse().ok();
        if let Some(area) = reference.and_then(|reference| areas.get(&reference)) {
            parcel.census = Some(visit.lang.area_m2(*area));
            parcel.census_differs = areas_differ(*area, parcel.area_m2);
        }
    }
}

/// What adopted plans say beside a layer.
fn adopted(visit: &Visit, layer: &LayerFacts) -> Vec<AdoptedView> {
    let lang = visit.lang;
    layer
        .adopted
        .iter()
        .filter(|facts| facts.status == Status::Hit)
        .map(|facts| {
            let definition = facts.definition();
            let evidence = facts.evidence.first();
            let plan = evidence.and_then(|evidence| evidence.plan.as_ref());
            let title = localized(&definition.title, lang);
            let since = plan.and_then(|plan| plan.version.dates.adopted_from);
            let until = plan.and_then(|plan| plan.version.salvaguardia);
            AdoptedView {
                plan: plan
                    .map(|plan| plan.version.title.clone())
                    .unwrap_or_default(),
                since: since.map(|day| lang.date(day)),
                until: until.map(|time| lang.date(time.until)),
                hit: hit(
                    visit,
                    facts,
                    title,
                    evidence.map(|evidence| data(lang, definition, evidence)),
                ),
            }
        })
        .collect()
}

fn tenths(lang: Lang, tenths: u32) -> String {
    lang.percent(f64::from(tenths) / 1000.0)
}

fn written(lang: Lang, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => {
            let text = lang.number(*number, 2);
            text.trim_end_matches('0')
                .trim_end_matches([',', '.'])
                .to_owned()
        }
        Value::Date(date) => lang.date(*date),
    }
}

/// The colour of a homogeneous zone on the map; grey for what has none.
pub(super) fn class_fill(class: Option<&str>) -> &'static str {
    ZONE_FILLS
        .iter()
        .find(|(known, _)| class == Some(known))
        .map_or("#B9B7B8", |(_, fill)| fill)
}

fn fill(layer: &LayerFacts, piece: &Piece, index: usize) -> &'static str {
    let class = layer.text_of(piece, "class").unwrap_or_default();
    ZONE_FILLS
        .iter()
        .find(|(known, _)| class == *known)
        .map_or(FILLS[index % FILLS.len()], |(_, fill)| fill)
}

/// The state of the cadastre among the answers of layers.
pub(super) fn cadastre(layers: &[LayerFacts]) -> Option<&LayerFacts> {
    layers
        .iter()
        .find(|layer| layer.definition().role == Some(LayerRole::Parcel))
}

/// The facts of a parcel, settled.
pub(super) async fn of_parcel(
    visit: &Visit,
    reference: &crate::cadastre::CadastralReference,
) -> Result<fact::Facts, super::super::error::Failure> {
    let viewer = visit.viewer.clone();
    let references = [reference.clone()];
    super::super::api::answer(&visit.shared, &visit.catalogue, move |catalogue| {
        fact::of_parcels(catalogue, &viewer, &references, &fact::Layers::Facts)
    })
    .await
}
