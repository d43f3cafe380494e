//! What became of a parcel from one version of the cadastre to the next.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Action, authorize};
use crate::cadastre::CadastralReference;
use crate::layer::{self, LayerRole, LineageStep};

use super::super::error::{Failure, Problem};
use super::super::extract::{AskedBy, Shared};
use super::super::headers::PRIVATE;

/// The steps in the life of a parcel, oldest first; none where it has always been as it is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LineageAnswer {
    /// Its national reference.
    #[schema(example = "X001_000300.21")]
    reference: String,
    /// The steps that it comes from or leads to.
    steps: Vec<StepShape>,
}

/// A step: one parcel became another.
#[derive(Debug, Serialize, ToSchema)]
struct StepShape {
    /// `split`, `merge`, `rearrangement`, `renumbering`, `boundary_change`, `created` or
    /// `suppressed`.
    kind: &'static str,
    /// Reference before; none for what is new.
    predecessor: Option<String>,
    /// Reference after; none for what is gone.
    successor: Option<String>,
    /// Area that both share, in m².
    shared_m2: f64,
    /// From 0 to 1: how much of the larger side both share.
    confidence: f64,
    /// Version of the layer before.
    old_version: i32,
    /// Version of the layer after.
    new_version: i32,
    /// When it was found out.
    at: String,
}

impl From<LineageStep> for StepShape {
    fn from(step: LineageStep) -> Self {
        Self {
            kind: step.lineage.kind.as_str(),
            predecessor: step.lineage.predecessor,
            successor: step.lineage.successor,
            shared_m2: step.lineage.shared_m2,
            confidence: step.lineage.confidence,
            old_version: step.old_version,
            new_version: step.new_version,
            at: step.at.to_string(),
        }
    }
}

/// What a parcel came from and what became of it, as found by key and by shared area.
///
/// Also parcels that are gone have an answer: their references stand in old deeds.
#[utoipa::path(get, path = "/api/v1/parcels/{reference}/lineage", tag = "facts",
    params(("reference" = String, Path, example = "X001_000300.21")), responses(
    (status = 200, body = LineageAnswer),
    (status = 400, body = Problem, description = "the reference cannot be understood", content_type = "application/problem+json"),
    (status = 404, body = Problem, description = "no such comune, or no parcels in it", content_type = "application/problem+json"),
    (status = 503, body = Problem, description = "the database does not answer", content_type = "application/problem+json"),
))]
pub(super) async fn parcel_lineage(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path(reference): Path<String>,
) -> Result<Response, Failure> {
    let reference = CadastralReference::from_path_segment(&reference)?;
    let catalogue = shared.app.catalogue();
    let missing = || Failure::NotFound("there are no parcels of that comune".into());
    let comune = catalogue
        .comune_by_code(reference.sheet.comune)
        .ok_or_else(missing)?;
    let entry = catalogue
        .layer_with_role(LayerRole::Parcel)
        .filter(|entry| authorize(&viewer, Action::Read, entry.definition().policy).is_ok())
        .ok_or_else(missing)?;
    let (key, layer_id) = (reference.to_string(), &entry.definition().id);
    let read = async {
        let mut connection = shared.app.databases().reader.acquire().await?;
        layer::lineage_of(&mut connection, layer_id, comune.id, &key).await
    };
    let steps = read.await.map_err(|error| {
        tracing::warn!(error = ?error, "the lineage of a parcel could not be read");
        Failure::Unavailable("the database of earlier versions does not answer just now".into())
    })?;
    let answer = LineageAnswer {
        reference: key,
        steps: steps.into_iter().map(StepShape::from).collect(),
    };
    Ok(([(header::CACHE_CONTROL, PRIVATE)], Json(answer)).into_response())
}
