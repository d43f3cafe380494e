//! What the map says of a selection, in the words of conditions.

use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use crate::access::Viewer;
use crate::cadastre::{CadastralReference, ParcelQuery};
use crate::fact::{self, Facts, Layers, Measure, ParcelFacts, Status, Subject};
use crate::place::Comune;
use crate::procedure::Standing;
use crate::snapshot::Catalogue;

/// Returns the parcels that a list of texts means, one for each, and those that mean none or
/// several.
#[must_use]
pub fn selection(
    catalogue: &Catalogue,
    viewer: &Viewer,
    comune: &Comune,
    texts: &[String],
) -> (Vec<CadastralReference>, Vec<String>) {
    let mut found: Vec<CadastralReference> = Vec::new();
    let mut unknown = Vec::new();
    for text in texts {
        let reference = text.parse::<CadastralReference>().ok().or_else(|| {
            let query = ParcelQuery::parse(text).ok()?;
            let (parcels, total) = fact::find_parcels(catalogue, viewer, Some(comune), &query);
            (total == 1).then(|| parcels[0].reference.clone())
        });
        match reference {
            Some(reference) if fact::parcel(catalogue, viewer, &reference).is_ok() => {
                if !found.contains(&reference) {
                    found.push(reference);
                }
            }
            _ => unknown.push(text.clone()),
        }
    }
    (found, unknown)
}

/// Returns what is known of parcels besides the answers; without parcels nothing is known.
///
/// # Errors
/// Those of [`fact::of_parcels`].
pub fn standing(
    catalogue: &Catalogue,
    viewer: &Viewer,
    references: &[CadastralReference],
    today: Date,
) -> Result<Standing, fact::Error> {
    let person = match viewer {
        Viewer::Anonymous => json!({}),
        Viewer::Known { name, role, .. } => json!({"name": name, "role": role.as_str()}),
    };
    let mut standing = Standing {
        parcels: json!([]),
        facts: json!({}),
        person,
        today: today.to_string(),
    };
    if references.is_empty() {
        return Ok(standing);
    }
    let facts = fact::of_parcels(catalogue, viewer, references, &Layers::Facts)?;
    if let Subject::Parcels(parcels) = &facts.subject {
        standing.parcels = parcels.iter().map(parcel).collect();
    }
    standing.facts = Json::Object(by_layer(&facts));
    Ok(standing)
}

fn parcel(parcel: &ParcelFacts) -> Json {
    let reference = &parcel.reference;
    json!({
        "reference": reference.to_string(),
        "comune": reference.sheet.comune.to_string(),
        "foglio": reference.sheet.foglio,
        "number": reference.number.to_string(),
        "area_m2": parcel.area_m2,
    })
}

fn by_layer(facts: &Facts) -> Map<String, Json> {
    let mut all = Map::new();
    for layer in &facts.layers {
        let (mut area_m2, mut share) = (0.0, 0.0);
        for piece in layer.pieces.iter().filter(|piece| piece.counts()) {
            if let Measure::Area {
                area_m2: area,
                share: part,
            } = piece.measure
            {
                area_m2 += area;
                share += part;
            }
        }
        let status = match layer.status {
            Status::Hit => "hit",
            // A map of half the place says nothing of the other half.
            Status::Clear if layer.covers_all() => "clear",
            Status::Clear | Status::NoData => "no_data",
            Status::Error => "error",
        };
        let evidence: Vec<Json> = layer
            .evidence
            .iter()
            .map(|evidence| json!({"part": evidence.part_id, "version": evidence.version}))
            .collect();
        all.insert(
            layer.definition().id.clone(),
            json!({
                "status": status,
                "share": share,
                "area_m2": area_m2,
                "keys": layer.keys(),
                "evidence": evidence,
            }),
        );
    }
    all
}
