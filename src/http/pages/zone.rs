//! The zones of the plan: the list of them, and the page of each.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::response::Response;

use crate::draw::{Locator, locator};
use crate::fact::{self, Evidence, ZoneFacts};
use crate::layer::{Value, markdown_html};
use crate::snapshot::PlanSnapshot;
use crate::text::NumberFormat;

use super::super::api::read_norm;
use super::super::error::Failure;
use super::super::extract::Visit;
use super::super::times::Times;
use super::facts::class_fill;
use super::failure::{html, show};
use super::norm::NormQuery;
use super::present;
use super::view::{CrumbView, ZoneAreaView, ZoneArticle, ZoneLine, ZonePage, ZonesPage};

/// Areas that a page lists; the map has all.
const LISTED: usize = 12;

/// `/zone`: the zones of the plan in force, with their shares.
pub(super) async fn list(mut visit: Visit, Query(query): Query<NormQuery>) -> Response {
    let page = of_all(&mut visit, &query).await;
    show(&visit, page)
}

/// `/zona/{code}`: a zone, with its article, its share and where it is.
pub(super) async fn page(
    mut visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Query(query): Query<NormQuery>,
) -> Response {
    let code = names.get("code").map(String::as_str).unwrap_or_default();
    let page = of_one(&mut visit, code, &query).await;
    show(&visit, page)
}

async fn zones(visit: &mut Visit, query: &NormQuery) -> Result<(Vec<ZoneFacts>, Times), Failure> {
    let comune = visit
        .comune
        .clone()
        .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?;
    let app = &visit.shared.app;
    let times = Times::of(app, query.date.as_deref(), query.known_at.as_deref())?;
    visit.catalogue = times.catalogue_of_territory(app, comune.id).await?;
    visit.times = Some(times);
    let zones = fact::zones(&visit.catalogue, &visit.viewer, &comune);
    Ok((zones, times))
}

/// The name of a zone: its title columns behind the code.
fn name(visit: &Visit, zone: &ZoneFacts) -> Option<String> {
    let definition = &zone.file.definition;
    let words: Vec<String> = definition
        .title_columns()
        .into_iter()
        .skip(1)
        .filter_map(|index| {
            let column = &definition.column[index];
            let value = zone.value(&column.name)?.as_text()?;
            let label = column.label_of(value);
            Some(label.map_or_else(|| value.to_owned(), |l| present::localized(l, visit.lang)))
        })
        .collect();
    (!words.is_empty()).then(|| words.join(" · "))
}

fn class(zone: &ZoneFacts) -> Option<&str> {
    zone.value("class").and_then(Value::as_text)
}

fn parameters(times: &Times) -> String {
    times.parameters('?')
}

async fn of_all(visit: &mut Visit, query: &NormQuery) -> Result<Response, Failure> {
    let (zones, times) = zones(visit, query).await?;
    let lang = visit.lang;
    let title = lang.text("zones-title");
    let lines = zones.iter().map(|zone| ZoneLine {
        code: zone.code.clone(),
        name: name(visit, zone),
        fill: class_fill(class(zone)),
        share: lang.percent(zone.share),
        area: lang.area_m2(zone.area_m2),
        url: zone_url(visit, &zone.code, &times),
    });
    html(&ZonesPage {
        zones: lines.collect(),
        page: present::page(visit, &title),
    })
}

/// The address of a zone's page.
pub(super) fn zone_url(visit: &Visit, code: &str, times: &Times) -> String {
    format!(
        "{}/zona/{}{}",
        visit.prefix,
        segment(code),
        parameters(times)
    )
}

/// A code as a segment of an address.
fn segment(code: &str) -> String {
    let mut text = String::new();
    for byte in code.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

async fn of_one(visit: &mut Visit, code: &str, query: &NormQuery) -> Result<Response, Failure> {
    let (zones, times) = zones(visit, query).await?;
    let zone = zones
        .into_iter()
        .find(|zone| zone.code == code)
        .ok_or_else(|| Failure::NotFound("the plan in force has no such zone".into()))?;
    let lang = visit.lang;
    let definition = &zone.file.definition;
    let plan: Option<&PlanSnapshot> = visit
        .catalogue
        .plans()
        .iter()
        .find(|plan| {
            let mut members = plan.version.members.iter();
            members.any(|member| member.part_id == zone.part.part_id)
        })
        .map(|plan| &**plan);
    let mut articles = Vec::new();
    for number in zone.articles() {
        articles.push(article(visit, plan, number, &times).await);
    }
    let class_label = class(&zone).and_then(|value| {
        let index = definition.column_index("class")?;
        let label = definition.column[index].label_of(value)?;
        Some(present::localized(label, lang))
    });
    let heading = lang.text_with("zone-title", &[("code", zone.code.as_str().into())]);
    let share = lang.percent(zone.share);
    let label = lang.text_with(
        "zone-map",
        &[
            ("code", zone.code.as_str().into()),
            ("share", (&share).into()),
        ],
    );
    let boundary = visit.catalogue.boundaries().iter().find(|boundary| {
        boundary.territory_id == zone.part.territory_id && boundary.srid == zone.part.srid
    });
    let map = locator(
        &Locator {
            outline: boundary.map(|boundary| &boundary.features),
            part: &zone.part,
            features: &zone.features,
            fill: class_fill(class(&zone)),
        },
        &label,
    );
    let on = if definition.visible {
        String::new()
    } else {
        format!("&on={}", definition.id)
    };
    let areas = zone.areas(&visit.catalogue, &visit.viewer, LISTED);
    let areas = areas.into_iter().map(|area| ZoneAreaView {
        area: lang.area_m2(area.area_m2),
        near: area.near,
        map_url: format!(
            "{}/mappa?c={:.5},{:.5},16{on}{}",
            visit.prefix,
            area.inside.0,
            area.inside.1,
            times.parameters('&')
        ),
    });
    let mut page = present::page(visit, &heading);
    page.crumbs.push(CrumbView {
        title: lang.text("zones-title"),
        url: format!("{}/zone{}", visit.prefix, parameters(&times)),
    });
    page.canonical = Some(format!(
        "{}{}/zona/{}",
        visit.origin,
        visit.prefix,
        segment(&zone.code)
    ));
    html(&ZonePage {
        heading,
        name: name(visit, &zone),
        class: class_label,
        share,
        area: lang.area_m2(zone.area_m2),
        count: zone.features.len(),
        listed: LISTED,
        map,
        areas: areas.collect(),
        articles,
        data: present::data(lang, definition, &Evidence::of(&zone.part)),
        layer_url: format!("{}/livelli/{}", visit.prefix, definition.id),
        page,
    })
}

/// An article with its text, as far as it can be had.
async fn article(
    visit: &Visit,
    plan: Option<&PlanSnapshot>,
    number: &str,
    times: &Times,
) -> ZoneArticle {
    let known = plan.and_then(|plan| plan.version.article(number));
    let norm = match plan.filter(|_| known.is_some()) {
        Some(plan) => read_norm(&visit.shared, plan, number, times).await.ok(),
        None => None,
    };
    let base = visit
        .lang
        .text_with("facts-article", &[("number", number.into())]);
    ZoneArticle {
        name: match known {
            Some(known) => format!("{base} – {}", known.title),
            None => base,
        },
        url: plan.filter(|_| known.is_some()).map(|plan| {
            let parameters = times.parameters('?');
            format!(
                "{}/norme/{}/{number}{parameters}",
                visit.prefix,
                plan.word()
            )
        }),
        text: norm
            .and_then(|norm| norm.markdown)
            .map(|text| markdown_html(&text)),
    }
}
