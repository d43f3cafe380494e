//! Pictures from the air, from this server: where they come from is nobody's business.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::geo::TileAddress;
use crate::imagery::Error;

use super::super::error::Failure;
use super::super::extract::Shared;

/// Kept for a day: pictures from the air change with the years.
const CACHING: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Degrees around a comune of which pictures are given.
const MARGIN_DEGREES: f64 = 0.05;

/// A picture from the air; 404 where none are configured, and far from every comune, so that
/// this server is no way to the other one for everybody.
pub(in super::super) async fn picture(
    State(shared): State<Shared>,
    Path((z, x, y)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let tile = TileAddress::parse(&z, &x, &y)?;
    let nothing = || Failure::NotFound("there is no picture from the air here".into());
    let imagery = shared.app.imagery().ok_or_else(nothing)?;
    let area = tile.lon_lat_box().expanded(MARGIN_DEGREES);
    let catalogue = shared.app.catalogue();
    let near = catalogue
        .comuni()
        .iter()
        .filter_map(|comune| catalogue.box_of(comune))
        .any(|comune| comune.intersects(&area));
    if tile.z() > imagery.max_zoom() || !near {
        return Err(nothing());
    }
    match imagery.picture(tile).await {
        Ok(picture) => {
            let kind = HeaderValue::from_static(picture.media_type);
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, CACHING),
            ];
            Ok((headers, picture.bytes).into_response())
        }
        Err(Error::Absent { .. }) => Err(nothing()),
        Err(Error::Busy) => Err(Failure::Overloaded),
        Err(error @ Error::Upstream { .. }) => {
            tracing::warn!(%error, "no picture from the air");
            Err(Failure::Unavailable(
                "the pictures from the air do not come just now".into(),
            ))
        }
    }
}
