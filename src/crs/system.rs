//! Properties of a single CRS.

use proj::Proj;
use serde_json::Value;

use super::Error;

/// EPSG code of lon/lat as the map, links and the API use them: WGS84.
pub const LON_LAT: i32 = 4326;

/// Axes of a CRS as PROJ hands coordinates over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axes {
    /// True when the first coordinate points north (lat/lon, N/E).
    pub(super) north_first: bool,
    /// True when units are metres.
    pub(super) metric: bool,
}

/// Opens a CRS by its EPSG code.
pub(super) fn open(srid: i32) -> Result<Proj, Error> {
    Proj::new(&format!("EPSG:{srid}")).map_err(|_| Error::Unknown(srid))
}

/// Reads the axes from the CRS's own definition (PROJJSON).
pub(super) fn axes(crs: &Proj, srid: i32) -> Result<Axes, Error> {
    let json = crs
        .to_projjson(None, None, None)
        .ok()
        .and_then(|text| serde_json::from_str::<Value>(&text).ok())
        .ok_or(Error::Unknown(srid))?;
    let axes = json["coordinate_system"]["axis"]
        .as_array()
        .ok_or(Error::Unknown(srid))?;
    let first = axes.first().ok_or(Error::Unknown(srid))?;
    Ok(Axes {
        north_first: first["direction"] == "north",
        metric: axes.iter().take(2).all(|axis| axis["unit"] == "metre"),
    })
}

/// True when the coordinates of a CRS are metres.
///
/// # Errors
/// [`Error::Unknown`].
pub fn is_metric(srid: i32) -> Result<bool, Error> {
    Ok(axes(&open(srid)?, srid)?.metric)
}

/// Checks that maps can be stored and measured in a CRS: projected, in metres, East first.
///
/// # Errors
/// [`Error::Unknown`] and [`Error::NotForStorage`].
pub fn check_storage(srid: i32) -> Result<(), Error> {
    let refuse = |reason: &str| Error::NotForStorage {
        srid,
        reason: reason.to_owned(),
    };
    let axes = axes(&open(srid)?, srid)?;
    if srid == 3857 {
        return Err(refuse("web Mercator does not keep areas"));
    }
    if !axes.metric {
        return Err(refuse("its units are not metres"));
    }
    if axes.north_first {
        return Err(refuse(
            "its first axis points north; take the E-N twin (in Italy 7791, 7792 or 7793)",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_proj_is_used_and_no_copy_of_our_own() {
        let version = open(7791)
            .and_then(|crs| crs.lib_info().map_err(|_| Error::Unknown(7791)))
            .expect("PROJ tells its version")
            .version;
        assert!(version.starts_with("9."), "{version}");
    }

    #[test]
    fn storage_is_metric_and_east_first() {
        for srid in [7791, 7792, 7793, 25832, 3003, 2056, 26986] {
            assert!(check_storage(srid).is_ok(), "{srid}");
        }
        for srid in [4326, 6706, 6707, 3857, 1, 999_998] {
            assert!(check_storage(srid).is_err(), "{srid}");
        }
    }
}
