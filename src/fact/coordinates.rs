//! A place in the coordinate systems that offices and surveyors use.

use crate::crs::{self, LON_LAT, with_transformation};
use crate::snapshot::Catalogue;

use super::Error;
use super::place::comune_at;

/// Gauss-Boaga (Monte Mario), western and eastern zone; the zones meet at 12 degrees and overlap
/// a little.
const GAUSS_BOAGA: [(i32, std::ops::Range<f64>); 2] = [(3003, 6.0..12.0), (3004, 12.0..19.0)];

/// Latitudes between which Italy lies, in degrees.
const ITALY: std::ops::Range<f64> = 35.0..47.5;

/// A place in a projected coordinate system.
#[derive(Debug, Clone, PartialEq)]
pub struct Projected {
    /// EPSG code of the system.
    pub srid: i32,
    /// Metres to the east.
    pub east: f64,
    /// Metres to the north.
    pub north: f64,
    /// Accuracy of the way from WGS84 in metres, as PROJ knows it.
    pub accuracy_m: Option<f64>,
}

/// A place in every system that is of use there.
#[derive(Debug, Clone, PartialEq)]
pub struct CoordinateFacts {
    /// Longitude, WGS84 degrees.
    pub lon: f64,
    /// Latitude, WGS84 degrees.
    pub lat: f64,
    /// In the storage CRS of the comune; none outside of every comune.
    pub storage: Option<Projected>,
    /// In Gauss-Boaga; none outside of Italy.
    pub gauss_boaga: Option<Projected>,
}

/// A place, in degrees, in the systems that are of use there.
///
/// # Errors
/// [`Error::NoPlace`] for coordinates beyond the earth, [`Error::Crs`].
pub fn coordinates(catalogue: &Catalogue, lon: f64, lat: f64) -> Result<CoordinateFacts, Error> {
    let on_earth = (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat);
    if !on_earth {
        return Err(Error::NoPlace { lon, lat });
    }
    let comune = comune_at(catalogue, lon, lat)?;
    let zone = GAUSS_BOAGA
        .iter()
        .find(|(_, longitudes)| longitudes.contains(&lon) && ITALY.contains(&lat));
    Ok(CoordinateFacts {
        lon,
        lat,
        storage: comune
            .map(|comune| project(comune.storage_srid, lon, lat))
            .transpose()?,
        gauss_boaga: zone.map(|(srid, _)| project(*srid, lon, lat)).transpose()?,
    })
}

fn project(srid: i32, lon: f64, lat: f64) -> Result<Projected, crs::Error> {
    let mut points = [(lon, lat)];
    with_transformation(LON_LAT, srid, |transformation| {
        transformation.apply(&mut points)?;
        Ok(Projected {
            srid,
            east: points[0].0,
            north: points[0].1,
            accuracy_m: transformation.operation().accuracy_m,
        })
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_outside_of_every_comune_has_no_storage_coordinates() {
        let facts = coordinates(&Catalogue::default(), 9.19, 45.464).expect("is on earth");
        assert_eq!(facts.storage, None);
        let gauss_boaga = facts.gauss_boaga.expect("Milan is in the western zone");
        assert_eq!(gauss_boaga.srid, 3003);
        // The false easting of the western zone is 1500 km; Milan lies 15 km east of 9 degrees.
        assert!(
            (gauss_boaga.east - 1_514_880.0).abs() < 150.0,
            "{gauss_boaga:?}"
        );
        assert!(
            (gauss_boaga.north - 5_034_500.0).abs() < 500.0,
            "{gauss_boaga:?}"
        );
        let east = coordinates(&Catalogue::default(), 14.7, 41.89).expect("is on earth");
        assert_eq!(east.gauss_boaga.map(|place| place.srid), Some(3004));
        let abroad = coordinates(&Catalogue::default(), 2.35, 48.85).expect("is on earth");
        assert_eq!(abroad.gauss_boaga, None);
        assert!(coordinates(&Catalogue::default(), 200.0, 45.0).is_err());
    }
}
