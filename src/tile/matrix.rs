//! Tiles of tile matrix sets other than web Mercator.
//!
//! A part is brought onto the grid of the set from its metric coordinates and generalised there,
//! once ([`crate::snapshot::Projections`]); then its tiles are drawn as all others are.

use crate::access::Viewer;
use crate::crs::{self, LON_LAT, with_transformation};
use crate::geo::{GridBox, MatrixSet, TileAddress, grid_from_lon_lat};
use crate::place::Comune;
use crate::snapshot::{self, Catalogue, Projections};

use super::select::{Selection, SelectionError, select_area};

/// Points on each side of a tile, by which its shape on the map is known.
const POINTS_OF_A_SIDE: u32 = 16;

/// Why a tile of a set is not answered.
#[derive(Debug, thiserror::Error)]
pub enum MatrixError {
    /// The list of layers.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// The tile lies where the map has no coordinates.
    #[error("the tile cannot be brought onto the map")]
    Tile(#[from] crs::Error),
}

/// As [`super::select`], for a tile on the grid of a set.
///
/// Parts are found as on the map: their features are not on the set's grid yet, which is what
/// [`on_grid_of`] is for.
///
/// # Errors
/// [`MatrixError`].
pub fn select_in(
    set: MatrixSet,
    catalogue: &Catalogue,
    viewer: &Viewer,
    comune: Option<&Comune>,
    layers: &str,
    tile: TileAddress,
) -> Result<Selection, MatrixError> {
    let area = box_on_map(set, tile)?;
    Ok(select_area(
        catalogue,
        viewer,
        comune,
        layers,
        tile.z(),
        &area,
    )?)
}

/// The same layers and parts, on the grid of a set: what its tiles are rendered from.
///
/// # Errors
/// [`snapshot::Error`] when the coordinates of a part cannot be brought into the set's system.
pub async fn on_grid_of(
    set: MatrixSet,
    selection: &Selection,
    projections: &Projections,
) -> Result<Selection, snapshot::Error> {
    let mut on_grid = Selection {
        layers: Vec::with_capacity(selection.layers.len()),
        budget: selection.budget,
    };
    for (file, parts) in &selection.layers {
        let mut placed = Vec::with_capacity(parts.len());
        for part in parts {
            placed.push(projections.on_grid_of(set, file, part).await?);
        }
        on_grid.layers.push((file.clone(), placed));
    }
    Ok(on_grid)
}

/// The box on the map of a tile of a set, with its buffer.
///
/// Its sides are bent on the map: they are followed point by point, and the box is widened by a
/// hundredth for what lies between.
fn box_on_map(set: MatrixSet, tile: TileAddress) -> Result<GridBox, crs::Error> {
    let area = tile.buffered_box();
    if set == MatrixSet::WebMercator {
        return Ok(area);
    }
    let [west, north] = set.metric_from_grid(area.min);
    let [east, south] = set.metric_from_grid(area.max);
    let mut outline = Vec::new();
    for step in 0..=POINTS_OF_A_SIDE {
        let share = f64::from(step) / f64::from(POINTS_OF_A_SIDE);
        let (e, n) = (
            west + share * (east - west),
            south + share * (north - south),
        );
        outline.extend([(e, north), (e, south), (west, n), (east, n)]);
    }
    with_transformation(set.srid(), LON_LAT, |transformation| {
        transformation.apply(&mut outline)
    })??;
    let mut on_map = GridBox::EMPTY;
    for (lon, lat) in outline {
        on_map.add(grid_from_lon_lat(lon, lat));
    }
    let wider = |axis: usize| (on_map.max[axis] - on_map.min[axis]) / 100 + 2;
    Ok(GridBox {
        min: [0, 1].map(|axis| on_map.min[axis].saturating_sub(wider(axis))),
        max: [0, 1].map(|axis| on_map.max[axis].saturating_add(wider(axis))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tile_of_a_set_has_a_box_on_the_map() {
        for set in MatrixSet::ALL {
            for (matrix, tiles) in [("0", 1), ("3", 8)] {
                for row in 0..tiles {
                    for col in 0..tiles {
                        let tile = set.address(matrix, &row.to_string(), &col.to_string());
                        let tile = tile.expect("is in the set");
                        let found = box_on_map(set, tile);
                        assert!(found.is_ok_and(|area| !area.is_empty()), "{set:?} {tile}");
                    }
                }
            }
        }
    }
}
