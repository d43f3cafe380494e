//! The CRS of a layer, and how it is known.

use gdal::spatial_ref::SpatialRef;
use wire::{CrsInspection, CrsSource};

use super::driver::Driver;
use super::identify::{Identified, identify};
use crate::failure::{Failure, FailureKind};

/// `OAO_North` of GDAL: the axis grows to the north.
const NORTH: u32 = 1;

/// Returns what is known of a layer's CRS.
///
/// Coordinates come from GDAL with x = E or longitude, whatever the CRS says: its drivers swap
/// those of GML where the CRS has N first, and all other formats store x first.
pub(crate) fn of_layer(found: Option<SpatialRef>, driver: Driver) -> Option<CrsInspection> {
    let mut found = found.filter(|crs| !crs.is_local())?;
    let name = found.name().unwrap_or_default();
    if name.to_lowercase().starts_with("undefined") || name == "unknown" && !has_code(&found) {
        return None;
    }
    if !has_code(&found) {
        // Fails where nothing fits, which is then no code.
        let _ = found.auto_identify_epsg();
    }
    let mut code = code(&found);
    let mut how = None;
    if code.is_none() {
        match identify(&found) {
            Identified::As(number, text) => {
                code = Some(format!("EPSG:{number}"));
                how = Some(text);
            }
            Identified::Perhaps(text) => how = Some(text),
            Identified::No => {}
        }
    }
    let source = match driver {
        Driver::Shapefile => CrsSource::Prj,
        Driver::Kml => CrsSource::Format,
        Driver::GeoJson if code.as_deref() == Some("EPSG:4326") => CrsSource::Format,
        _ => CrsSource::File,
    };
    let crs = described(&found, name, code, source);
    Some(CrsInspection { how, ..crs })
}

/// Returns the CRS of a code that a person gave.
pub(crate) fn declared(code: u32) -> Result<CrsInspection, Failure> {
    let unknown = |_| {
        Failure::of_file(
            FailureKind::CrsUnknown,
            format!("There is no CRS with the code EPSG:{code}."),
        )
    };
    let found = SpatialRef::from_epsg(code).map_err(unknown)?;
    let name = found.name().unwrap_or_default();
    let code = Some(format!("EPSG:{code}"));
    Ok(described(&found, name, code, CrsSource::Declared))
}

fn described(
    found: &SpatialRef,
    name: String,
    code: Option<String>,
    source: CrsSource,
) -> CrsInspection {
    let part = if found.is_projected() {
        "PROJCS"
    } else {
        "GEOGCS"
    };
    let first = found.axis_orientation(part, 0);
    CrsInspection {
        wkt: match code {
            Some(_) => None,
            None => found.to_wkt().ok(),
        },
        code,
        name,
        source,
        how: None,
        north_first: first.is_ok_and(|orientation| orientation == NORTH),
    }
}

/// Says whether coordinates are degrees.
pub(crate) fn is_geographic(crs: Option<&CrsInspection>) -> bool {
    let Some(crs) = crs else {
        return false;
    };
    let found = match (&crs.code, &crs.wkt) {
        (Some(code), _) => SpatialRef::from_definition(code),
        (None, Some(wkt)) => SpatialRef::from_wkt(wkt),
        (None, None) => return false,
    };
    found.is_ok_and(|found| found.is_geographic())
}

fn has_code(found: &SpatialRef) -> bool {
    code(found).is_some()
}

fn code(found: &SpatialRef) -> Option<String> {
    let authority = found.auth_name()?;
    if authority == "OGC" {
        // CRS84 is EPSG:4326 with the longitude first, as coordinates are here anyway.
        let is_crs84 = found.name().is_some_and(|name| name.contains("CRS84"));
        return is_crs84.then(|| "EPSG:4326".to_owned());
    }
    let code = found.auth_code().ok().filter(|code| *code > 0)?;
    (authority == "EPSG").then(|| format!("EPSG:{code}"))
}
