//! Sheets of the cadastral map: in which coordinate system one can be.

use wire::{CoordinateFamily, MapSheet};

use crate::geo::LonLatBox;

use super::prepare::lon_lat;

/// The one CRS in whose range a sheet's numbers lie and which puts it where the comune is.
pub(super) fn plausible(sheet: &MapSheet, area: Option<LonLatBox>) -> Result<i32, String> {
    let (candidates, what): (&[i32], &str) = match sheet.family {
        CoordinateFamily::Utm => (&[7791, 7792, 7793], "UTM (ETRF2000)"),
        CoordinateFamily::GaussBoagaWest => (&[3003], "Gauss-Boaga, western zone (EPSG:3003)"),
        CoordinateFamily::GaussBoagaEast => (&[3004], "Gauss-Boaga, eastern zone (EPSG:3004)"),
        CoordinateFamily::Local => (&[], "a local system, such as Cassini-Soldner"),
        CoordinateFamily::Unknown => (&[], "no system that cadastral maps are in"),
    };
    let say = |reason: &str| {
        Err(format!(
            "sheet {} says nothing of its coordinate system; its numbers fit {what}{reason}: give \
             it with --crs EPSG:…, or for the sheet with `mappale cadastre crs set` or `fit`",
            sheet.name
        ))
    };
    let [west, south, east, north] = sheet.extent;
    let middle = [f64::midpoint(west, east), f64::midpoint(south, north)];
    if candidates.is_empty() {
        return say("");
    }
    let Some(area) = area else {
        return say(", but no boundary of the comune is known to compare with");
    };
    let fitting: Vec<i32> = candidates
        .iter()
        .copied()
        .filter(|code| {
            lon_lat(*code, middle).is_some_and(|[lon, lat]| {
                (area.west..=area.east).contains(&lon) && (area.south..=area.north).contains(&lat)
            })
        })
        .collect();
    match fitting.as_slice() {
        [code] => Ok(*code),
        _ => say(", which does not put it where the comune is"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(family: CoordinateFamily, [x, y]: [f64; 2]) -> MapSheet {
        MapSheet {
            name: "X001_000100".to_owned(),
            extent: [x, y, x + 1000.0, y + 1000.0],
            family,
        }
    }

    const MILAN: LonLatBox = LonLatBox {
        west: 9.0,
        south: 45.4,
        east: 9.3,
        north: 45.6,
    };

    #[test]
    fn only_a_system_that_puts_a_sheet_in_its_comune_is_taken() {
        let utm = sheet(CoordinateFamily::Utm, [514_900.0, 5_034_500.0]);
        assert_eq!(plausible(&utm, Some(MILAN)), Ok(7791));
        let west = sheet(CoordinateFamily::GaussBoagaWest, [1_514_900.0, 5_034_500.0]);
        assert_eq!(plausible(&west, Some(MILAN)), Ok(3003));
        // The same numbers elsewhere, or nothing to compare with: nobody guesses.
        let far = sheet(CoordinateFamily::Utm, [280_000.0, 4_639_000.0]);
        assert!(plausible(&far, Some(MILAN)).is_err());
        let reason = plausible(&utm, None).expect_err("no boundary is known");
        assert!(
            reason.contains("boundary") && reason.contains("--crs"),
            "{reason}"
        );
        let local = sheet(CoordinateFamily::Local, [-14_000.0, 49_000.0]);
        let reason = plausible(&local, Some(MILAN)).expect_err("its origin is not known");
        assert!(reason.contains("Cassini"), "{reason}");
    }
}
