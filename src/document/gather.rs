//! Gathers what a certificate and a parcel's extract say: facts of the one engine, as plain data.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::access::Viewer;
use crate::cadastre::CadastralReference;
use crate::fact::{self, Facts, LayerFacts, Layers, Measure, Piece, Remainder, Status};
use crate::layer::{
    ActKind, Definition, LegalStatus, Localized, PlanAct, PlanVersion, Theme, legal_day,
};
use crate::place::Comune;
use crate::snapshot::{Catalogue, PlanSnapshot};
use crate::text::{DateFormat, Lang};

use super::certificate::{
    Answer, AnswerStatus, CertifiedComune, CertifiedLayer, CertifiedParcel, CertifiedPiece,
    Chapter, Extent, Instrument, InstrumentStatus, LayerVersion,
};

/// Parcels that a certificate holds, at most.
pub const MAX_CERTIFIED: usize = 200;

/// Why there is no content.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// A certificate of nothing.
    #[error("no parcel is named")]
    NoParcels,
    /// Too many parcels.
    #[error("{0} parcels are more than the {MAX_CERTIFIED} that a certificate holds")]
    TooMany(usize),
    /// A parcel is named twice.
    #[error("parcel {0} is named twice")]
    Repeated(CadastralReference),
    /// A parcel lies in another comune.
    #[error("parcel {reference} does not lie in {comune}")]
    Elsewhere {
        /// The parcel.
        reference: CadastralReference,
        /// Name of the comune asked for.
        comune: String,
    },
    /// The facts could not be told.
    #[error(transparent)]
    Fact(#[from] fact::Error),
}

/// What the layers say of some parcels.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// The comune.
    pub comune: CertifiedComune,
    /// The parcels, each with an answer for each layer.
    pub parcels: Vec<CertifiedParcel>,
    /// The layers, in the order of chapters and then of the catalogue.
    pub layers: Vec<CertifiedLayer>,
    /// Plans in force and adopted.
    pub instruments: Vec<Instrument>,
    /// The plan version and the number of each article that the zones name, in order.
    pub articles: Vec<(i64, String)>,
}

/// The facts of parcels of one comune, in a language.
///
/// # Errors
/// [`GatherError`].
pub fn gather(
    catalogue: &Catalogue,
    viewer: &Viewer,
    comune: &Comune,
    references: &[CadastralReference],
    lang: Lang,
) -> Result<Gathered, GatherError> {
    if references.is_empty() {
        return Err(GatherError::NoParcels);
    }
    if references.len() > MAX_CERTIFIED {
        return Err(GatherError::TooMany(references.len()));
    }
    for (index, reference) in references.iter().enumerate() {
        if references[..index].contains(reference) {
            return Err(GatherError::Repeated(reference.clone()));
        }
        if !comune.codes.contains(&reference.sheet.comune) {
            return Err(GatherError::Elsewhere {
                reference: reference.clone(),
                comune: comune.name.clone(),
            });
        }
    }
    let plans = plans(catalogue, comune);
    let mut all = Vec::with_capacity(references.len());
    for reference in references {
        let asked = std::slice::from_ref(reference);
        all.push(fact::of_parcels(catalogue, viewer, asked, &Layers::Facts)?);
    }
    // Adopted plans answer only for parcels in their perimeter: the list is that of all parcels.
    let mut columns: Vec<(Chapter, Column)> = Vec::new();
    let mut layers: Vec<CertifiedLayer> = Vec::new();
    let mut articles: Vec<(i64, String)> = Vec::new();
    for (chapter, column, layer) in all.iter().flat_map(told) {
        if !columns.iter().any(|(_, known)| *known == column) {
            columns.push((chapter, column));
            layers.push(certified_layer(chapter, layer, &plans, lang));
        }
        note_articles(layer, &plans, &mut articles);
    }
    let mut places: Vec<usize> = (0..columns.len()).collect();
    places.sort_by_key(|place| {
        (
            order(columns[*place].0),
            columns[*place].1.adopted.is_some(),
        )
    });
    let layers: Vec<CertifiedLayer> = places.iter().map(|place| layers[*place].clone()).collect();
    let parcels = references
        .iter()
        .zip(&all)
        .map(|(reference, facts)| {
            let told: Vec<_> = told(facts).collect();
            let answers = places
                .iter()
                .map(|place| {
                    let column = &columns[*place].1;
                    let found = told.iter().find(|(_, known, _)| known == column);
                    found.map_or_else(elsewhere, |(_, _, layer)| answer(layer, column, lang))
                })
                .collect();
            parcel(reference, facts.region.area_m2, answers)
        })
        .collect();
    Ok(Gathered {
        comune: CertifiedComune {
            name: comune.name.clone(),
            slug: comune.slug.clone(),
            code: comune
                .codes
                .first()
                .map(ToString::to_string)
                .unwrap_or_default(),
            srid: comune.storage_srid,
        },
        parcels,
        layers,
        instruments: plans
            .iter()
            .map(|plan| instrument(&plan.version, lang))
            .collect(),
        articles: in_order(articles),
    })
}

impl Gathered {
    /// Adds what the land register says of the parcels, m² by reference, and scales the areas of
    /// the answers to it where the comune wants that.
    pub fn add_census(&mut self, areas: &HashMap<CadastralReference, f64>, scaled: bool) {
        for parcel in &mut self.parcels {
            let reference: Option<CadastralReference> = parcel.reference.parse().ok();
            parcel.census_area_m2 = reference.and_then(|reference| areas.get(&reference).copied());
            if scaled {
                parcel.scale_to_census();
            }
        }
    }
}

/// What answers: a layer, or an adopted part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    layer: String,
    adopted: Option<i64>,
}

/// The answers that are printed, adopted plans behind what is in force.
fn told(facts: &Facts) -> impl Iterator<Item = (Chapter, Column, &LayerFacts)> {
    facts.layers.iter().flat_map(|layer| {
        let id = &layer.definition().id;
        let part = |layer: &LayerFacts| layer.evidence.first().map(|evidence| evidence.part_id);
        let column = move |adopted: Option<i64>| Column {
            layer: id.clone(),
            adopted,
        };
        let chapter = chapter(layer.definition());
        let own = chapter.map(|chapter| (chapter, column(None), layer));
        let adopted = layer
            .adopted
            .iter()
            .filter_map(move |adopted| Some((chapter?, column(part(adopted)), adopted)));
        own.into_iter().chain(adopted)
    })
}

/// The answer of an adopted plan whose perimeter lies elsewhere.
fn elsewhere() -> Answer {
    Answer {
        status: AnswerStatus::Clear,
        pieces: Vec::new(),
        unassigned: None,
        slivers: 0,
    }
}

fn note_articles(layer: &LayerFacts, plans: &[&PlanSnapshot], articles: &mut Vec<(i64, String)>) {
    let Some(plan) = plan_of(layer, plans).map(|index| plans[index].version.id) else {
        return;
    };
    for piece in layer.pieces.iter().filter(|piece| piece.counts()) {
        for article in layer.articles_of(piece) {
            let article = (plan, article.to_owned());
            if !articles.contains(&article) {
                articles.push(article);
            }
        }
    }
}

/// The plan versions of a comune that are in force or adopted.
fn plans<'a>(catalogue: &'a Catalogue, comune: &Comune) -> Vec<&'a PlanSnapshot> {
    let counts =
        |status: LegalStatus| matches!(status, LegalStatus::InForce | LegalStatus::Adopted);
    catalogue
        .plans()
        .iter()
        .map(AsRef::as_ref)
        .filter(|plan| plan.version.territory_id == comune.id && counts(plan.version.status))
        .collect()
}

/// Position of the plan whose part answers for a layer.
fn plan_of(layer: &LayerFacts, plans: &[&PlanSnapshot]) -> Option<usize> {
    let part = layer.evidence.first()?.part_id;
    plans.iter().position(|plan| {
        let members = &plan.version.members;
        members.iter().any(|member| member.part_id == part)
    })
}

fn instrument(plan: &PlanVersion, lang: Lang) -> Instrument {
    let is_adopted = plan.status == LegalStatus::Adopted;
    Instrument {
        name: format!("{}, {}", plan.plan_title, plan.title),
        status: if is_adopted {
            InstrumentStatus::Adopted
        } else {
            InstrumentStatus::InForce
        },
        since: if is_adopted {
            plan.dates.adopted_from
        } else {
            plan.dates.in_force_from
        },
        safeguard_until: plan
            .salvaguardia
            .filter(|_| is_adopted)
            .map(|time| time.until),
        acts: plan.acts.iter().map(|act| act_text(act, lang)).collect(),
    }
}

/// An act in a line: what, who, number, date.
fn act_text(act: &PlanAct, lang: Lang) -> String {
    let mut text = match &act.note {
        Some(note) => note.clone(),
        None => lang.text(act_key(act.kind)),
    };
    if let Some(body) = &act.body {
        text = format!("{text}, {body}");
    }
    if let Some(number) = &act.number {
        text = format!("{text}, n. {number}");
    }
    format!("{text}, {}", lang.date(act.date))
}

fn act_key(kind: ActKind) -> &'static str {
    match kind {
        ActKind::Adoption => "document-act-adoption",
        ActKind::Deposit => "document-act-deposit",
        ActKind::Observations => "document-act-observations",
        ActKind::Submission => "document-act-submission",
        ActKind::CounterDeductions => "document-act-counter-deductions",
        ActKind::Approval => "document-act-approval",
        ActKind::Publication => "document-act-publication",
        ActKind::Revocation => "document-act-revocation",
        ActKind::Annulment => "document-act-annulment",
        ActKind::Other => "document-act-other",
    }
}

/// Articles by their numbers: 9 before 24, 24 before 24-bis.
fn in_order(mut articles: Vec<(i64, String)>) -> Vec<(i64, String)> {
    articles.sort_by_key(|(plan, article)| {
        let digits: String = article.chars().take_while(char::is_ascii_digit).collect();
        (
            *plan,
            digits.parse::<u32>().unwrap_or(u32::MAX),
            article.clone(),
        )
    });
    articles
}

fn order(chapter: Chapter) -> usize {
    match chapter {
        Chapter::Zones => 0,
        Chapter::Provisions => 1,
        Chapter::Constraints => 2,
        Chapter::Fire => 3,
        Chapter::Hazards => 4,
    }
}

/// Where a layer is printed; none for what no certificate tells: cadastre, base map.
pub(super) fn chapter(definition: &Definition) -> Option<Chapter> {
    match definition.theme {
        Theme::Piano if definition.coverage => Some(Chapter::Zones),
        Theme::Piano => Some(Chapter::Provisions),
        Theme::Vincoli if definition.id == FIRE => Some(Chapter::Fire),
        Theme::Vincoli => Some(Chapter::Constraints),
        Theme::Rischio => Some(Chapter::Hazards),
        Theme::Catasto | Theme::Pratiche | Theme::Ambiente | Theme::Base => None,
    }
}

/// The register of areas run through by fire, where a comune has it as a map.
const FIRE: &str = "vincolo.incendio";

fn parcel(reference: &CadastralReference, area_m2: f64, answers: Vec<Answer>) -> CertifiedParcel {
    let sheet = &reference.sheet;
    let mut foglio = sheet.foglio.to_string();
    for letter in [sheet.allegato, sheet.sviluppo] {
        if letter != '0' {
            foglio.push('/');
            foglio.push(letter);
        }
    }
    CertifiedParcel {
        reference: reference.to_string(),
        sezione: (sheet.sezione != '_').then(|| sheet.sezione.to_string()),
        foglio,
        number: reference.number.clone(),
        graphic_area_m2: rounded(area_m2),
        census_area_m2: None,
        scaled_to_census: false,
        answers,
    }
}

/// To a tenth of a square centimetre: what lies below depends on the processor.
fn rounded(metres: f64) -> f64 {
    (metres * 1e5).round() / 1e5
}

fn say(text: &Localized, lang: Lang) -> String {
    match lang {
        Lang::It => text.it.clone(),
        Lang::En => text.en.clone(),
    }
}

fn certified_layer(
    chapter: Chapter,
    layer: &LayerFacts,
    plans: &[&PlanSnapshot],
    lang: Lang,
) -> CertifiedLayer {
    let definition = layer.definition();
    CertifiedLayer {
        id: definition.id.clone(),
        title: say(&definition.title, lang),
        chapter,
        instrument: plan_of(layer, plans),
        source: say(&definition.source.name, lang),
        version: layer.evidence.first().map(|evidence| LayerVersion {
            part: evidence.part_id,
            version: evidence.version,
            published_on: legal_day(evidence.published_at),
        }),
    }
}

fn answer(layer: &LayerFacts, column: &Column, lang: Lang) -> Answer {
    let status = match layer.status {
        Status::Error => AnswerStatus::Error,
        // A share without a map may hold anything.
        _ if column.adopted.is_none() && !layer.covers_all() => AnswerStatus::NoData,
        Status::NoData => AnswerStatus::NoData,
        Status::Clear => AnswerStatus::Clear,
        Status::Hit => AnswerStatus::Hit,
    };
    let counted = |piece: &&Piece| piece.counts();
    Answer {
        status,
        pieces: layer
            .pieces
            .iter()
            .filter(counted)
            .map(|piece| certified_piece(layer, piece, lang))
            .collect(),
        unassigned: layer
            .remainder
            .as_ref()
            .filter(|remainder| remainder.sliver.is_none())
            .map(|remainder: &Remainder| Extent {
                area_m2: Some(rounded(remainder.area_m2)),
                length_m: None,
                percent_tenths: remainder.percent_tenths,
            }),
        slivers: layer.pieces.iter().filter(|piece| !piece.counts()).count(),
    }
}

/// Columns that hold the code of a piece, in the order in which they are looked for.
const CODES: [&str; 4] = ["zone", "class", "band", "kind"];
/// Columns that say what it is.
const DESCRIPTIONS: [&str; 3] = ["description", "name", "note"];

fn certified_piece(layer: &LayerFacts, piece: &Piece, lang: Lang) -> CertifiedPiece {
    let definition = layer.definition();
    let in_words = |column: &str| {
        let text = layer.text_of(piece, column)?;
        let index = definition.column_index(column)?;
        let meaning = definition.column[index].label_of(text);
        Some(meaning.map_or_else(|| text.to_owned(), |meaning| say(meaning, lang)))
    };
    let code = CODES
        .iter()
        .find_map(|column| layer.text_of(piece, column))
        .map_or_else(|| piece.key.clone(), str::to_owned);
    let description = DESCRIPTIONS
        .iter()
        .find_map(|column| in_words(column))
        .or_else(|| CODES.iter().find_map(|column| in_words(column)))
        .filter(|text| *text != code)
        .unwrap_or_default();
    let law = definition.fact.law.as_deref().or(Some("law"));
    let articles = layer.articles_of(piece);
    let article = if articles.is_empty() {
        layer.text_of(piece, "article").map(str::to_owned)
    } else {
        Some(articles.join(", "))
    };
    CertifiedPiece {
        code,
        description,
        article,
        law: law
            .and_then(|column| layer.text_of(piece, column))
            .map(str::to_owned),
        extent: match piece.measure {
            Measure::Area { area_m2, .. } => Extent {
                area_m2: Some(rounded(area_m2)),
                length_m: None,
                percent_tenths: piece.percent_tenths,
            },
            Measure::Length { length_m } => Extent {
                area_m2: None,
                length_m: Some(rounded(length_m)),
                percent_tenths: None,
            },
            Measure::Here | Measure::Count { .. } => Extent {
                area_m2: None,
                length_m: None,
                percent_tenths: None,
            },
        },
    }
}

/// The last day of a certificate's validity: the same day of the next year.
pub fn valid_until(issued_at: Timestamp) -> Date {
    let day = legal_day(issued_at);
    day.saturating_add(jiff::Span::new().years(1))
}
