//! A comune with its boundary from a file: all of it or nothing.

use std::path::{Path, PathBuf};

use wire::{Frame, MultiPolygon};

use crate::config::Config;
use crate::crs::{LON_LAT, with_transformation};
use crate::db::{Databases, Ewkb, in_transaction};
use crate::place::{self, NewComune};

use super::error::Error;
use super::ewkb::multipolygon_ewkb;
use super::intake::{Intake, Wanted};
use super::worker::{Reading, read_file};

/// Adds a comune, with the boundary of a GeoJSON file when one is given.
///
/// # Errors
/// [`Error`]; then nothing is stored.
pub async fn add_comune(
    config: &Config,
    databases: &Databases,
    new: NewComune,
    boundary: Option<PathBuf>,
) -> Result<i64, Error> {
    let config = config.clone();
    let srid = new.storage_srid;
    let boundary = match boundary {
        None => None,
        Some(path) => Some(
            tokio::task::spawn_blocking(move || read_polygons(&config, &path, None, srid))
                .await
                .map_err(|_| Error::Interrupted)??,
        ),
    };
    in_transaction(&databases.writer, move |tx| {
        Box::pin(async move {
            let id = place::add_comune(tx, &new).await?;
            if let Some((detail, geometry)) = boundary {
                place::add_boundary_from_file(tx, id, &detail, geometry).await?;
            }
            Ok(id)
        })
    })
    .await
}

/// Name and digest of a file, and its polygons as one in a storage CRS.
///
/// Files that end in `.geojson` or `.json` are GeoJSON in longitude and latitude; any other is
/// read as a map file, from `layer` where it has several. Of an archive the data set of that name
/// is taken, else `PERIMETRO`, else the only one.
///
/// # Errors
/// [`Error`], when it cannot be read, or holds an invalid polygon or none.
pub async fn read_perimeter(
    config: &Config,
    path: PathBuf,
    layer: Option<String>,
    srid: i32,
) -> Result<(String, Ewkb), Error> {
    let config = config.clone();
    tokio::task::spawn_blocking(move || read_polygons(&config, &path, layer.as_deref(), srid))
        .await
        .map_err(|_| Error::Interrupted)?
}

/// Reads the polygons of a file as one in the storage CRS.
fn read_polygons(
    config: &Config,
    path: &Path,
    layer: Option<&str>,
    srid: i32,
) -> Result<(String, Ewkb), Error> {
    let preferred = [layer.unwrap_or("PERIMETRO"), "PERIMETRO"];
    let intake = Intake::take(config, &[path.to_path_buf()], Wanted::Preferred(&preferred))?;
    let ([file], [given, ..]) = (intake.inputs.as_slice(), intake.files.as_slice()) else {
        return Err(Error::NoFiles);
    };
    let is_geojson = file.path.extension().is_some_and(|ending| {
        ending.eq_ignore_ascii_case("geojson") || ending.eq_ignore_ascii_case("json")
    });
    let mut arguments = vec!["geojson"];
    if !is_geojson {
        arguments = vec!["vector", "--geometry", "polygon"];
        if let Some(layer) = layer {
            arguments.extend(["--prefer", layer]);
        }
    }
    let unusable = |reason: String| Error::Unusable(format!("{}: {reason}", file.name));
    let mut boundary = MultiPolygon::new();
    let mut fault = None;
    let mut from = LON_LAT;
    let reading = Reading {
        program: &config.worker,
        arguments: &arguments,
        file: &file.path,
        output: None,
        name: &file.name,
    };
    read_file(&reading, |frame| {
        match frame {
            Frame::Hello(hello) if !is_geojson => {
                let code = hello.crs.strip_prefix("EPSG:");
                match code.and_then(|code| code.parse().ok()) {
                    Some(code) => from = code,
                    None => fault = Some("its CRS is not known".into()),
                }
            }
            Frame::Feature(feature) => {
                if let Some(invalid) = feature.invalid {
                    let reason = invalid.reason.as_str().replace('_', " ");
                    let (x, y) = (invalid.x, invalid.y);
                    fault = Some(format!("not valid at {x:.6} {y:.6}: {reason}"));
                }
                match feature.geometry.as_polygons() {
                    Some(polygons) => boundary.append(polygons),
                    None => fault = Some("it holds something else than polygons".into()),
                }
            }
            Frame::Finding(finding) if finding.severity == wire::Severity::Error => {
                fault = Some(finding.message);
            }
            _ => {}
        }
        true
    })?;
    if let Some(reason) = fault {
        return Err(unusable(reason));
    }
    if boundary.is_empty() {
        return Err(unusable("it holds no polygon".into()));
    }
    let stored = with_transformation(from, srid, |transformation| {
        boundary.map_points(|points| transformation.apply_to(points))
    })??;
    let detail = format!("{}, SHA-256 {}", file.name, given.sha256);
    let ewkb = multipolygon_ewkb(&stored, srid);
    Ok((detail, Ewkb(ewkb)))
}
