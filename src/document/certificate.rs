//! The content of a zoning certificate: what the program attaches to it as JSON.

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Content of a zoning certificate (certificato di destinazione urbanistica, DPR 380/2001
/// art. 30). It names no person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ZoningCertificate {
    /// Version of this format: 1.
    pub format: u32,
    /// Code under which it is verified, in groups of five.
    pub code: String,
    /// Moment of issue.
    #[schemars(with = "String")]
    pub issued_at: Timestamp,
    /// Day on which it answers: what was in force then.
    #[schemars(with = "String")]
    pub date: Date,
    /// Last day of its validity, if the plan does not change before.
    #[schemars(with = "String")]
    pub valid_until: Date,
    /// The comune that issues it.
    pub comune: CertifiedComune,
    /// What was asked for; none when it is issued of office.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    /// The parcels, in the order of the request.
    pub parcels: Vec<CertifiedParcel>,
    /// The layers that were asked, in the order of printing.
    pub layers: Vec<CertifiedLayer>,
    /// Plans in force and adopted.
    pub instruments: Vec<Instrument>,
    /// Articles of the norms that the zones name.
    pub articles: Vec<Article>,
}

/// The comune of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertifiedComune {
    /// Its name, without "Comune di".
    pub name: String,
    /// Its word in URLs.
    pub slug: String,
    /// Its cadastral code.
    pub code: String,
    /// EPSG code of the CRS in which areas are computed.
    pub srid: i32,
}

/// The request that a certificate answers, without the person who made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Number in the register.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Day of its receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub date: Option<Date>,
}

/// A parcel of a certificate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertifiedParcel {
    /// National cadastral reference.
    pub reference: String,
    /// Census section.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sezione: Option<String>,
    /// Sheet, with annex and development where it has them: `13`, `13/A`.
    pub foglio: String,
    /// Number.
    pub number: String,
    /// Area on the map, m².
    pub graphic_area_m2: f64,
    /// Area in the land register, m²; none where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub census_area_m2: Option<f64>,
    /// True where the areas of the answers are scaled from the map's to the land register's.
    #[serde(default, skip_serializing_if = "is_false")]
    pub scaled_to_census: bool,
    /// What each layer answers, one for each of the certificate's layers and in their order.
    pub answers: Vec<Answer>,
}

impl CertifiedParcel {
    /// Scales the areas of the answers from the map's to the land register's; shares stay. A parcel
    /// whose area there is not known stays as it is.
    pub fn scale_to_census(&mut self) {
        let Some(census) = self.census_area_m2.filter(|area| *area > 0.0) else {
            return;
        };
        if self.graphic_area_m2 <= 0.0 {
            return;
        }
        let factor = census / self.graphic_area_m2;
        for answer in &mut self.answers {
            let pieces = answer.pieces.iter_mut().map(|piece| &mut piece.extent);
            for extent in pieces.chain(&mut answer.unassigned) {
                extent.area_m2 = extent.area_m2.map(|area| area * factor);
            }
        }
        self.scaled_to_census = true;
    }
}

/// What a layer says in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerStatus {
    /// Something is here.
    Hit,
    /// There is a map of this place, and nothing on it here.
    Clear,
    /// There is no map of the whole of this place.
    NoData,
    /// There is a map, and it could not be read.
    Error,
}

/// What a layer says of a parcel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The answer in a word.
    pub status: AnswerStatus,
    /// What is here, slivers left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<CertifiedPiece>,
    /// What no zone of a coverage covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unassigned: Option<Extent>,
    /// Overlaps below the tolerance of the map that were left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub slivers: usize,
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// How much of a parcel something takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extent {
    /// Square metres; none for lines and points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_m2: Option<f64>,
    /// Metres; none for areas and points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_m: Option<f64>,
    /// Tenths of a percent of the parcel, rounded so that a coverage has 1000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_tenths: Option<u32>,
}

/// A feature of a layer on a parcel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertifiedPiece {
    /// Its code or class.
    pub code: String,
    /// What it is.
    pub description: String,
    /// Article of the norms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// The law that it follows from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// How much of the parcel it takes.
    pub extent: Extent,
}

/// Under which heading a layer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Chapter {
    /// Zones of the plan: every parcel has some.
    Zones,
    /// Further provisions of the plan.
    Provisions,
    /// What the law forbids or limits.
    Constraints,
    /// Classes of hazard and noise.
    Hazards,
    /// Areas run through by fire (law 353/2000).
    Fire,
}

/// A layer that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertifiedLayer {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Where it is printed.
    pub chapter: Chapter,
    /// Position of its plan among the instruments; none for what belongs to no plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrument: Option<usize>,
    /// Whose data it is.
    pub source: String,
    /// The version that answered; none where there is no data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<LayerVersion>,
}

/// The version of a layer that answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerVersion {
    /// Number of the part.
    pub part: i64,
    /// Version within layer and comune.
    pub version: i32,
    /// Day of its publication.
    #[schemars(with = "String")]
    pub published_on: Date,
}

/// Where an instrument stands in law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstrumentStatus {
    /// It is in force.
    InForce,
    /// It is adopted, and safeguards apply (DPR 380/2001 art. 12 c. 3).
    Adopted,
}

/// A plan: its acts and where it stands in law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub status: InstrumentStatus,
    /// Since when; none where it is not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub since: Option<Date>,
    /// Last day of the safeguards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub safeguard_until: Option<Date>,
    /// Its acts, such as "Deliberazione C.C. n. 12 del 3 marzo 2025".
    pub acts: Vec<String>,
}

/// An article of the norms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Its number, as zones write it.
    pub number: String,
    /// Its heading, such as "Art. 24 - Tessuto residenziale".
    pub title: String,
    /// Its text in Markdown; none when the certificate only refers to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl ZoningCertificate {
    /// The JSON that is attached: the same content gives the same bytes.
    pub fn to_json(&self) -> String {
        // Plain structs with text keys: nothing in them can fail to be written.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Its JSON Schema (draft 2020-12).
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(ZoningCertificate).to_value()
    }
}

/// The JSON Schema (2020-12) of a certificate's content, made from the Rust types.
pub fn certificate_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(ZoningCertificate).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".into(), "Content of a zoning certificate".into());
    }
    schema
}
