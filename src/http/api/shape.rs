//! JSON shapes that several answers share.

use serde::Serialize;
use utoipa::ToSchema;

use crate::cadastre::ParcelKind;
use crate::fact::{Evidence, ParcelFacts};
use crate::layer::{Localized, Standing};
use crate::place::Comune;
use crate::snapshot::PlanSnapshot;
use crate::text::Lang;

/// A text in both languages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Text {
    /// Italian.
    it: String,
    /// English.
    en: String,
}

impl Text {
    /// A text that is asked for in each language.
    pub(super) fn of(text: impl Fn(Lang) -> String) -> Self {
        Self {
            it: text(Lang::It),
            en: text(Lang::En),
        }
    }
}

impl From<&Localized> for Text {
    fn from(text: &Localized) -> Self {
        Self {
            it: text.it.clone(),
            en: text.en.clone(),
        }
    }
}

/// A comune.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ComuneShape {
    /// Its word in URLs.
    slug: String,
    /// Its name.
    name: String,
    /// Its cadastral codes, the one in use first.
    codes: Vec<String>,
}

impl From<&Comune> for ComuneShape {
    fn from(comune: &Comune) -> Self {
        Self {
            slug: comune.slug.clone(),
            name: comune.name.clone(),
            codes: comune.codes.iter().map(ToString::to_string).collect(),
        }
    }
}

/// The version that an answer stands on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EvidenceShape {
    /// Version within layer and territory.
    version: i32,
    /// When it was loaded (RFC 3339).
    loaded_at: String,
    /// When it was published (RFC 3339).
    published_at: String,
    /// First day on which it is in force.
    valid_from: String,
    /// Last day, where it is known already what comes after it.
    valid_to: Option<String>,
    /// `in_force`; `variant`: in force inside its perimeter; `adopted`: it counts beside what is
    /// in force (salvaguardia).
    #[schema(example = "in_force")]
    standing: &'static str,
    /// The plan version that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<EvidencePlanShape>,
}

/// A plan version, as the evidence of an answer.
#[derive(Debug, Serialize, ToSchema)]
struct EvidencePlanShape {
    /// Its word in URLs.
    #[schema(example = "pgt@2019")]
    version: String,
    /// Name of the plan.
    plan: String,
    /// Name of the version.
    title: String,
    /// `draft`, `adopted`, `in_force`, `replaced` or `withdrawn`.
    status: &'static str,
    /// Acts that count, by date.
    acts: Vec<EvidenceActShape>,
    /// Last day on which what contradicts it is suspended (DPR 380/2001 art. 12 c. 3).
    salvaguardia_until: Option<String>,
}

/// An act about a plan version.
#[derive(Debug, Serialize, ToSchema)]
struct EvidenceActShape {
    /// `adoption`, `approval`, `publication` and the like.
    kind: &'static str,
    /// Number in its register.
    number: Option<String>,
    /// Its date.
    date: String,
    /// Who decided.
    body: Option<String>,
}

impl From<&PlanSnapshot> for EvidencePlanShape {
    fn from(plan: &PlanSnapshot) -> Self {
        let version = &plan.version;
        Self {
            version: plan.word(),
            plan: version.plan_title.clone(),
            title: version.title.clone(),
            status: version.status.as_str(),
            acts: version
                .acts
                .iter()
                .map(|act| EvidenceActShape {
                    kind: act.kind.as_str(),
                    number: act.number.clone(),
                    date: act.date.to_string(),
                    body: act.body.clone(),
                })
                .collect(),
            salvaguardia_until: version.salvaguardia.map(|time| time.until.to_string()),
        }
    }
}

impl From<&Evidence> for EvidenceShape {
    fn from(evidence: &Evidence) -> Self {
        Self {
            version: evidence.version,
            loaded_at: evidence.loaded_at.to_string(),
            published_at: evidence.published_at.to_string(),
            valid_from: evidence.valid_from.to_string(),
            valid_to: evidence.valid_to.map(|day| day.to_string()),
            standing: match evidence.standing {
                Standing::Variant => "variant",
                Standing::InForce => "in_force",
                Standing::Adopted => "adopted",
            },
            plan: evidence.plan.as_deref().map(EvidencePlanShape::from),
        }
    }
}

/// A parcel.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ParcelShape {
    /// National cadastral reference.
    #[schema(example = "H833_0013A0.12")]
    reference: String,
    /// `parcel`, `road` or `water`; only a parcel can have practices.
    #[schema(value_type = String, example = "parcel")]
    kind: ParcelKind,
    /// The comune.
    comune: ComuneShape,
    /// Census section; null where there is none.
    sezione: Option<String>,
    /// Sheet.
    foglio: u16,
    /// Annex; null for none.
    allegato: Option<String>,
    /// Development; null for none.
    sviluppo: Option<String>,
    /// Number of the parcel.
    number: String,
    /// Area of the drawing in square metres, measured in the storage CRS, not in Mercator.
    area_m2: f64,
    /// Layer that it comes from.
    layer: String,
    /// Its number in vector tiles, stable across versions.
    feature_id: u64,
    /// West, south, east, north in degrees.
    bbox: [f64; 4],
    /// A place inside it: longitude, latitude.
    inside: [f64; 2],
    /// What the answer stands on.
    evidence: EvidenceShape,
}

impl From<&ParcelFacts> for ParcelShape {
    fn from(facts: &ParcelFacts) -> Self {
        let sheet = &facts.reference.sheet;
        let unless = |letter: char, none: char| (letter != none).then(|| letter.to_string());
        Self {
            reference: facts.reference.to_string(),
            kind: facts.kind,
            comune: ComuneShape::from(&*facts.comune),
            sezione: unless(sheet.sezione, '_'),
            foglio: sheet.foglio,
            allegato: unless(sheet.allegato, '0'),
            sviluppo: unless(sheet.sviluppo, '0'),
            number: facts.reference.number.clone(),
            area_m2: (facts.area_m2 * 100.0).round() / 100.0,
            layer: facts.layer.clone(),
            feature_id: facts.feature_id,
            bbox: facts.bounds.to_array(),
            inside: [facts.inside.0, facts.inside.1],
            evidence: EvidenceShape::from(&facts.evidence),
        }
    }
}
