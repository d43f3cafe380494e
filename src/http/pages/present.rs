//! From facts to what templates show: words, formats, addresses.

use crate::access::{Action, Viewer, authorize};
use crate::cadastre;
use crate::document::SitePage;
use crate::fact::{self, Evidence, Facts, ParcelFacts, PlaceFacts};
use crate::layer::{LayerRole, Localized};
use crate::place::Comune;
use crate::text::{DateFormat, Lang, NumberFormat};

use super::super::extract::Visit;
use super::view::{
    CardView, ComuneView, DataView, FactsView, FooterLinks, PageView, ParcelKind, ParcelView,
    PlaceState, ViewerView,
};

/// The legal time of the offices: dates are told in it.
const TIME_ZONE: &str = "Europe/Rome";

/// A text in the language of a page.
pub(super) fn localized(text: &Localized, lang: Lang) -> String {
    match lang {
        Lang::It => text.it.clone(),
        Lang::En => text.en.clone(),
    }
}

/// What stands around the content of a page.
pub(super) fn page(visit: &Visit, title: &str) -> PageView {
    // Short addresses mean one comune only where there is one.
    let is_only = visit.catalogue.comuni().len() == 1;
    let prefix = match visit.comune.as_deref() {
        Some(comune) if !is_only && !visit.own_host => format!("/c/{}", comune.slug),
        _ => visit.prefix.clone(),
    };
    let comune = visit
        .comune
        .as_deref()
        .map(|comune| comune_at(visit, comune, &prefix));
    PageView {
        lang: visit.lang,
        links: footer(visit, &prefix),
        title: title.to_owned(),
        comune,
        prefix,
        path: visit.path.clone(),
        canonical: None,
        assets: (*visit.shared.assets).clone(),
        viewer: viewer(&visit.viewer, visit.lang),
        is_officer: visit.viewer.role() == Some(crate::access::Role::Officer),
        is_steward: authorize(
            &visit.viewer,
            Action::Steward,
            crate::access::PolicyClass::Staff,
        )
        .is_ok(),
        demo: visit.shared.app.is_demo(),
        request_id: visit.request_id.clone(),
        rated: super::rating::kind_of(&visit.path).is_some(),
        crumbs: Vec::new(),
    }
}

fn viewer(viewer: &Viewer, lang: Lang) -> Option<ViewerView> {
    let Viewer::Known {
        name, role, acting, ..
    } = viewer
    else {
        return None;
    };
    Some(ViewerView {
        name: name.clone(),
        role: match acting {
            Some(acting) => lang.text_with("acting-for", &[("name", (&acting.name).into())]),
            None => lang.text(super::demo::role_key(*role)),
        },
    })
}

/// A list entry of a comune, by its own address.
pub(super) fn comune(visit: &Visit, comune: &Comune) -> ComuneView {
    comune_at(visit, comune, &format!("/c/{}", comune.slug))
}

/// A comune whose addresses begin with a prefix.
fn comune_at(visit: &Visit, comune: &Comune, prefix: &str) -> ComuneView {
    let dressing = visit.shared.app.dressings().of(&comune.slug);
    let emblem = dressing.letterhead.emblem_svg.as_ref();
    let subtitle = dressing.site.subtitle.as_ref();
    ComuneView {
        name: comune.name.clone(),
        subtitle: subtitle.map(|text| text.of(visit.lang).to_owned()),
        emblem_url: emblem.map(|_| format!("{prefix}/stemma.svg")),
        home_url: format!("{prefix}/"),
        map_url: format!("{prefix}/mappa"),
    }
}

/// The links of the footer: pages of the comune, or where it has published them.
fn footer(visit: &Visit, prefix: &str) -> FooterLinks {
    let Some(comune) = visit.comune.as_deref() else {
        return FooterLinks::default();
    };
    let site = &visit.shared.app.dressings().of(&comune.slug).site;
    let own = |page: SitePage| Some(format!("{prefix}/{}", page.word()));
    FooterLinks {
        contacts: own(SitePage::Contacts),
        accessibility: own(SitePage::Accessibility),
        declaration: site.accessibility.clone(),
        privacy: own(SitePage::Privacy),
        legal: own(SitePage::LegalNotes),
        report: site.report.clone().or_else(|| own(SitePage::Contacts)),
    }
}

/// A layer's data: what, how old, from whom.
pub(super) fn data(
    lang: Lang,
    definition: &crate::layer::Definition,
    evidence: &Evidence,
) -> DataView {
    let day = evidence
        .published_at
        .in_tz(TIME_ZONE)
        .map(|moment| moment.date())
        .unwrap_or_default();
    DataView {
        title: localized(&definition.title, lang),
        loaded: lang.date(day),
        version: evidence.version.to_string(),
        valid_at: None,
        source: Some(localized(&definition.source.name, lang)),
        features: lang.count(evidence.features as u64),
    }
}

/// The times of the page as parameters of its links.
fn times(visit: &Visit, before: char) -> String {
    visit
        .times
        .map_or_else(String::new, |times| times.parameters(before))
}

/// The day that a page is about, in words, where it is not simply today.
fn as_of(visit: &Visit) -> Option<String> {
    let times = visit.times.filter(|times| times.given)?;
    let date = visit.lang.date(times.as_of.date);
    Some(match times.as_of.known_at {
        None => visit
            .lang
            .text_with("card-as-of", &[("date", (&date).into())]),
        Some(moment) => {
            let known = visit.lang.date(crate::layer::legal_day(moment));
            let values = [("date", (&date).into()), ("known", (&known).into())];
            visit.lang.text_with("card-as-of-known", &values)
        }
    })
}

/// A parcel, for a card or a list.
pub(super) fn parcel(visit: &Visit, facts: &ParcelFacts) -> ParcelView {
    let sheet = &facts.reference.sheet;
    let segment = facts.reference.to_path_segment();
    let unless = |letter: char, none: char| (letter != none).then(|| letter.to_string());
    let times = times(visit, '?');
    let [west, south, east, north] = facts.bounds.to_array();
    ParcelView {
        layer: facts.layer.clone(),
        feature_id: facts.feature_id,
        reference: facts.reference.to_string(),
        kind: match facts.kind {
            cadastre::ParcelKind::Parcel => ParcelKind::Parcel,
            cadastre::ParcelKind::Road => ParcelKind::Road,
            cadastre::ParcelKind::Water => ParcelKind::Water,
        },
        number: facts.reference.number.clone(),
        comune: facts.comune.name.clone(),
        foglio: sheet.foglio.to_string(),
        sezione: unless(sheet.sezione, '_'),
        allegato: unless(sheet.allegato, '0'),
        sviluppo: unless(sheet.sviluppo, '0'),
        area: visit.lang.area_m2(facts.area_m2),
        area_m2: facts.area_m2,
        census: None,
        census_differs: false,
        bounds: Some(format!("{west:.7},{south:.7},{east:.7},{north:.7}")),
        page_url: format!("{}/particella/{segment}{times}", visit.prefix),
        history_url: format!("{}/particella/{segment}/storia", visit.prefix),
        report_url: format!("{}/particella/{segment}/segnala", visit.prefix),
        map_url: map_url(visit, facts),
        json_url: format!("/api/v1/parcels/{segment}{times}"),
        geojson_url: format!("/api/v1/parcels/{segment}/geometry{times}"),
    }
}

// The map of the parcel's own comune, which need not be the one that is being visited.
fn map_url(visit: &Visit, facts: &ParcelFacts) -> String {
    let here = visit
        .comune
        .as_ref()
        .is_some_and(|comune| comune.id == facts.comune.id);
    let prefix = if here {
        visit.prefix.clone()
    } else {
        format!("/c/{}", facts.comune.slug)
    };
    format!("{prefix}/mappa?sel={}", facts.reference.to_path_segment())
}

/// The card of a place.
pub(super) fn place_card(visit: &Visit, facts: &PlaceFacts) -> CardView {
    let (lon, lat) = (facts.lon, facts.lat);
    let times = times(visit, '&');
    let cadastre = super::facts::cadastre(&facts.layers);
    let state = match cadastre.map(|answer| answer.status) {
        Some(fact::Status::Hit) => PlaceState::Parcels,
        Some(fact::Status::Clear) => PlaceState::NoParcel,
        _ if facts.comune.is_some() => PlaceState::NoCadastre,
        _ => PlaceState::Outside,
    };
    let card = CardView {
        state,
        parcels: facts.parcels.iter().map(|p| parcel(visit, p)).collect(),
        comune: facts.comune.as_ref().map(|comune| comune.name.clone()),
        position: Some(visit.lang.position(lon, lat)),
        facts: FactsView {
            pieces_url: match facts.parcels.as_slice() {
                [only] => pieces_url(visit, only),
                _ => None,
            },
            ..super::facts::view(visit, &facts.layers, facts.comune.as_deref())
        },
        data: cadastre.and_then(|answer| {
            let evidence = answer.evidence.first()?;
            Some(data(visit.lang, &answer.file.definition, evidence))
        }),
        as_of: as_of(visit),
        page_url: format!("{}/luogo?lon={lon:.7}&lat={lat:.7}{times}", visit.prefix),
        map_url: format!("{}/mappa?c={lon:.7},{lat:.7},18", visit.prefix),
        json_url: format!("/api/v1/place?lon={lon:.7}&lat={lat:.7}{times}"),
        report_url: None,
    };
    match (state, facts.parcels.as_slice()) {
        (PlaceState::Outside, _) => card,
        (_, [only]) => {
            let segment = only.reference.to_path_segment();
            card.contested_at(format!(
                "{}/particella/{segment}/segnala?lon={lon:.7}&lat={lat:.7}",
                visit.prefix
            ))
        }
        _ => card.contested_at(format!(
            "{}/luogo/segnala?lon={lon:.7}&lat={lat:.7}",
            visit.prefix
        )),
    }
}

/// The pieces of a parcel by zones of the plan, to be coloured on the map.
fn pieces_url(visit: &Visit, parcel: &ParcelFacts) -> Option<String> {
    let zones: Vec<&str> = visit
        .catalogue
        .layers()
        .iter()
        .map(|entry| entry.definition())
        .filter(|definition| definition.is_zoning())
        .filter(|definition| authorize(&visit.viewer, Action::Read, definition.policy).is_ok())
        .map(|definition| definition.id.as_str())
        .collect();
    (!zones.is_empty()).then(|| {
        format!(
            "/api/v1/parcels/{}/pieces?layers={}{}",
            parcel.reference.to_path_segment(),
            zones.join(","),
            times(visit, '&')
        )
    })
}

/// The card of a parcel: the same template, with exactly this parcel and its facts.
pub(super) fn parcel_card(visit: &Visit, parcel_facts: &ParcelFacts, facts: &Facts) -> CardView {
    let view = parcel(visit, parcel_facts);
    let segment = parcel_facts.reference.to_path_segment();
    let times = times(visit, '?');
    let address = |what: &str| format!("/api/v1/parcels/{segment}/{what}{times}");
    let entry = visit.catalogue.layer(&parcel_facts.layer);
    let report_url = view.report_url.clone();
    CardView {
        state: PlaceState::Parcels,
        comune: Some(parcel_facts.comune.name.clone()),
        position: None,
        as_of: as_of(visit),
        facts: FactsView {
            pieces_url: pieces_url(visit, parcel_facts),
            ..super::facts::view(visit, &facts.layers, Some(&facts.comune))
        },
        data: entry.map(|entry| data(visit.lang, entry.definition(), &parcel_facts.evidence)),
        page_url: view.page_url.clone(),
        map_url: view.map_url.clone(),
        json_url: address("facts"),
        report_url: None,
        parcels: vec![view],
    }
    .contested_at(report_url)
}

/// Searches that find something: parcels from the middle of the comune's list.
pub(super) fn examples(visit: &Visit, wanted: usize) -> Vec<String> {
    let Some(entry) = visit
        .catalogue
        .layer_with_role(LayerRole::Parcel)
        .filter(|entry| authorize(&visit.viewer, Action::Read, entry.definition().policy).is_ok())
    else {
        return Vec::new();
    };
    let part = entry.parts.iter().find(|part| {
        visit
            .comune
            .as_ref()
            .is_none_or(|comune| comune.id == part.territory_id)
    });
    let Some(part) = part else {
        return Vec::new();
    };
    let references: Vec<_> = (0..part.features.len())
        .filter_map(|feature| part.features.key(feature).parse().ok())
        .filter(|reference: &cadastre::CadastralReference| {
            reference.kind() == cadastre::ParcelKind::Parcel
                && reference.number.bytes().all(|b| b.is_ascii_digit())
        })
        .collect();
    let mut examples = Vec::new();
    if wanted > 1 {
        examples.extend(address_example(visit));
    }
    for index in 0..wanted - examples.len() {
        let Some(reference) = references.get(references.len() * (index + 3) / 7) else {
            break;
        };
        let sheet = &reference.sheet;
        let letter = if sheet.allegato == '0' {
            String::new()
        } else {
            sheet.allegato.to_string()
        };
        examples.push(match index {
            0 => format!(
                "foglio {}{letter} particella {}",
                sheet.foglio, reference.number
            ),
            1 => format!("{}{letter} {}", sheet.foglio, reference.number),
            _ => reference.to_string(),
        });
    }
    examples
}

/// An address from the middle of the comune's house numbers, where it has some.
fn address_example(visit: &Visit) -> Option<String> {
    let comune = visit.comune.as_deref()?;
    let entry = visit.catalogue.layer("base.civico")?;
    authorize(&visit.viewer, Action::Read, entry.definition().policy).ok()?;
    let part = entry
        .parts
        .iter()
        .find(|part| part.territory_id == comune.id && !part.features.is_empty())?;
    let text = |column: &str| {
        let index = entry.definition().column_index(column)?;
        part.features
            .value(part.features.len() / 2, index)
            .as_text()
    };
    Some(format!("{} {}", text("street")?, text("number")?))
}
