//! Layers: their definitions (files), their versions (rows) and what is published.
//!
//! A *part* is one version of one layer for one territory. Its rows never change; whether it
//! is in force follows from publications, which are only ever added.

mod as_of;
mod catalogue;
mod check;
mod definition;
mod difference;
mod domain;
mod fact_rule;
mod field;
mod field_map;
mod lineage;
mod mapping;
mod plan;
mod publication;
mod reader;
mod schema;
mod sql;
mod theme;
mod value;

pub use crate::strict::Problem;
pub use as_of::{AsOf, AsOfError, legal_day, parse_day};
pub use catalogue::{
    Error, FEATURE_BLOCK, Identity, NewPart, PartOutcome, PartSummary, PublishedPart, Standing,
    complete_part, ensure_table, feature_ids, find_identical, insert_part, known_until, lock_part,
    next_version, part_in_force, parts, published, record_features, standing, take_feature_block,
};
pub use check::{DefinitionFile, Definitions};
pub use definition::{
    Column, ColumnOrigin, ColumnType, CoverageTolerance, Definition, Example, GeometryKind, Label,
    LayerRole, Localized, Merge, ReferencePart, Source, TileRule,
};
pub use difference::{AttributeChange, Change, Differences, differences};
pub use domain::DomainValue;
pub use fact_rule::{FactRule, SliverRule, SmallWhen};
pub use field_map::{
    ChosenMapping, ColumnMapping, LayerMapping, MappingFile, MappingFileError, check_presets,
    find_mapping,
};
pub use lineage::{Lineage, LineageKind, LineageStep, lineage, lineage_of, record_lineage};
pub use mapping::{Mapping, MappingError, Row};
pub use plan::{
    ActKind, ArticleTitle, LegalStatus, MAX_DOCUMENT_BYTES, NewAct, NewDocument, NewNorm,
    NewPlanVersion, Norm, NormDocument, PlanAct, PlanDates, PlanError, PlanKind, PlanMember,
    PlanPublication, PlanVersion, Salvaguardia, add_norm, add_plan_part, cancel_plan_act,
    cancel_plan_publication, create_plan_version, document, markdown_html, norm, plan_version,
    plan_versions, publish_plan, record_plan_act, salvaguardia, withdraw_plan,
};
pub use publication::{
    Act, PartDetails, Publish, PublishError, Recorded, cancel_act, part_details, publish_on,
    publish_part, withdraw_layer,
};
pub use reader::{CadastreGml, Reader, VectorFile};
pub use schema::definition_schema;
pub use theme::Theme;
pub use value::Value;

/// Announced when something was published or withdrawn; the payload is the number of the part.
pub const PUBLISHED: crate::job::Topic = crate::job::Topic::new("layer.published");

pub(crate) use plan::STATEMENTS as PLAN_STATEMENTS;
pub(crate) use sql::{ALL as STATEMENTS, data_table, quoted};
