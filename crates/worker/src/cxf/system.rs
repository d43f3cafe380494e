//! Which coordinate systems the numbers of a sheet can be in: told, never chosen.

use wire::CoordinateFamily;

/// Returns the family of systems in whose range all coordinates lie.
///
/// A Cassini-Soldner system has its origin within some ten kilometres. Gauss-Boaga has false
/// eastings of 1,500 and 2,520 km. Zones of UTM cannot be told apart by numbers.
pub(super) fn family([west, south, east, north]: [f64; 4]) -> CoordinateFamily {
    const ITALY_N: [f64; 2] = [3.9e6, 5.3e6];
    let x = |least: f64, most: f64| west >= least && east <= most;
    let in_italy = south >= ITALY_N[0] && north <= ITALY_N[1];
    if x(-150e3, 150e3) && south >= -150e3 && north <= 150e3 {
        CoordinateFamily::Local
    } else if in_italy && x(1.2e6, 1.9e6) {
        CoordinateFamily::GaussBoagaWest
    } else if in_italy && x(2.1e6, 3.0e6) {
        CoordinateFamily::GaussBoagaEast
    } else if in_italy && x(150e3, 950e3) {
        CoordinateFamily::Utm
    } else {
        CoordinateFamily::Unknown
    }
}

/// Says what systems a family stands for, and what to do.
pub(super) fn told(family: CoordinateFamily) -> &'static str {
    match family {
        CoordinateFamily::Local => {
            "the numbers are small, as in a local Cassini-Soldner system: its origin must be known, \
             from the table of systems of sheets"
        }
        CoordinateFamily::GaussBoagaWest => {
            "the numbers fit Gauss-Boaga, western zone (EPSG:3003, Rome 1940)"
        }
        CoordinateFamily::GaussBoagaEast => {
            "the numbers fit Gauss-Boaga, eastern zone (EPSG:3004, Rome 1940)"
        }
        CoordinateFamily::Utm => {
            "the numbers fit UTM (ETRF2000: EPSG:7791 in zone 32, EPSG:7792 in zone 33, EPSG:7793 \
             in zone 34); which zone, only the place of the comune tells"
        }
        CoordinateFamily::Unknown => "the numbers fit no system that cadastral maps are in",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_tell_families() {
        for (extent, expected) in [
            (
                [-14020.0, 48980.0, -13850.0, 49150.0],
                CoordinateFamily::Local,
            ),
            ([0.0, 0.0, 10.0, 10.0], CoordinateFamily::Local),
            (
                [1.51e6, 5.03e6, 1.52e6, 5.04e6],
                CoordinateFamily::GaussBoagaWest,
            ),
            (
                [2.35e6, 4.6e6, 2.36e6, 4.61e6],
                CoordinateFamily::GaussBoagaEast,
            ),
            ([280e3, 4.63e6, 283e3, 4.64e6], CoordinateFamily::Utm),
            ([9.0, 45.0, 9.5, 45.5e6], CoordinateFamily::Unknown),
            ([1e8, 1e8, 1e8, 1e8], CoordinateFamily::Unknown),
        ] {
            assert_eq!(family(extent), expected, "{extent:?}");
            assert!(!told(expected).is_empty());
        }
    }
}
