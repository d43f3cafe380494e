//! Other ways to read coordinates that lie in the wrong place.
//!
//! Each is tried on a sample of the file's own points, by really transforming them: what is
//! named to people is what was seen to fit. The usual mistakes are from geodata of Italian
//! municipalities: axes in the other order, the neighbouring zone, an older datum, a change of
//! datum by a mere shift of the false origin ("ballpark", 70-80 m off), millimetres.

use crate::crs::Transformation;

/// Another way to read the coordinates of a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hypothesis {
    /// What is supposed, as the end of a sentence that starts with "they fit when".
    pub(super) text: String,
    /// What would read them so: an option of the command, where there is one.
    pub(super) remedy: Option<String>,
    crs: i32,
    change: Change,
}

/// What is done to coordinates before they are read in the CRS.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    None,
    Swap,
    Scale(f64),
    Move(f64, f64),
}

/// Systems that maps of Italian municipalities come in; of several with the same numbers one.
const KNOWN: [(i32, &str); 15] = [
    (7791, "UTM zone 32 (RDN2008, ETRS89, WGS84)"),
    (7792, "UTM zone 33 (RDN2008, ETRS89, WGS84)"),
    (7793, "UTM zone 34 (RDN2008)"),
    (3003, "Monte Mario / Italy zone 1 (Gauss-Boaga, Rome 1940)"),
    (3004, "Monte Mario / Italy zone 2 (Gauss-Boaga, Rome 1940)"),
    (23032, "ED50 / UTM zone 32"),
    (23033, "ED50 / UTM zone 33"),
    (7794, "RDN2008 / Italy zone (Fuso Italia)"),
    (6706, "longitude and latitude (RDN2008, WGS84)"),
    (4265, "longitude and latitude of Rome 1940"),
    (4806, "longitude from Rome (Monte Mario) and latitude"),
    (4230, "longitude and latitude of ED50"),
    (3857, "web Mercator"),
    (2154, "Lambert 93"),
    (25831, "UTM zone 31 (ETRS89)"),
];

/// False eastings that differ only by the datum's own: (Gauss-Boaga, UTM, metres between).
const SHIFTED: [(i32, i32, f64); 2] = [(3003, 7791, 1_000_000.0), (3004, 7792, 2_020_000.0)];

/// False northing of UTMRER, the system of Emilia-Romagna.
const UTMRER_M: f64 = 4_000_000.0;

/// All hypotheses about coordinates that were read in a CRS and stored in another.
pub(super) fn hypotheses(from: i32, storage: i32) -> Vec<Hypothesis> {
    let mut all = Vec::new();
    let mut add = |text: String, remedy: Option<String>, crs, change| {
        all.push(Hypothesis {
            text,
            remedy,
            crs,
            change,
        });
    };
    let option = |crs: i32| Some(format!("--crs EPSG:{crs}"));
    add(
        format!("x and y are swapped (EPSG:{from})"),
        None,
        from,
        Change::Swap,
    );
    for (scale, unit) in [
        (1e-3, "millimetres"),
        (1e-2, "centimetres"),
        (1e3, "kilometres"),
    ] {
        let text = format!("they are in {unit} (EPSG:{from})");
        add(text, None, from, Change::Scale(scale));
    }
    for (crs, name) in KNOWN.iter().filter(|(crs, _)| *crs != from) {
        let text = format!("they are in EPSG:{crs}, {name}");
        add(text, option(*crs), *crs, Change::None);
    }
    if storage != from && KNOWN.iter().all(|(crs, _)| *crs != storage) {
        let text = format!("they are in EPSG:{storage}, the storage CRS");
        add(text, option(storage), storage, Change::None);
    }
    for (crs, name) in KNOWN.iter().filter(|(crs, _)| *crs != from) {
        let text = format!("x and y are swapped, and they are in EPSG:{crs}, {name}");
        add(text, None, *crs, Change::Swap);
    }
    for (old, new, shift) in SHIFTED {
        let text = |a: i32, b: i32| {
            format!(
                "they came from EPSG:{a} to EPSG:{b} by a mere shift of {shift} m, without a \
                 change of datum (\"ballpark\", 70-80 m off): ask for the original"
            )
        };
        add(text(old, new), None, old, Change::Move(shift, 0.0));
        add(text(new, old), None, new, Change::Move(-shift, 0.0));
    }
    let text = "they are in UTMRER (Emilia-Romagna), 4,000,000 m less to the north".to_owned();
    add(text, None, 7791, Change::Move(0.0, UTMRER_M));
    all
}

impl Hypothesis {
    /// The sample as it would be stored; none where it cannot be transformed so.
    pub(super) fn stored(&self, sample: &[[f64; 2]], storage: i32) -> Option<Vec<[f64; 2]>> {
        let mut points: Vec<[f64; 2]> = sample
            .iter()
            .map(|[x, y]| match self.change {
                Change::None => [*x, *y],
                Change::Swap => [*y, *x],
                Change::Scale(scale) => [x * scale, y * scale],
                Change::Move(east, north) => [x + east, y + north],
            })
            .collect();
        let transformation = Transformation::new(self.crs, storage).ok()?;
        transformation.apply_to(&mut points).ok()?;
        Some(points)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What reads these coordinates as lying within metres of a place in EPSG:7791.
    fn fitting(point: [f64; 2], from: i32, place: [f64; 2], within_m: f64) -> Vec<String> {
        hypotheses(from, 7791)
            .into_iter()
            .filter(|hypothesis| {
                let stored = hypothesis.stored(&[point], 7791);
                stored.is_some_and(|points| {
                    (points[0][0] - place[0]).hypot(points[0][1] - place[1]) < within_m
                })
            })
            .map(|hypothesis| hypothesis.text)
            .collect()
    }

    fn moved(point: [f64; 2], from: i32, to: i32) -> [f64; 2] {
        let mut points = [point];
        Transformation::new(from, to)
            .and_then(|t| t.apply_to(&mut points))
            .expect("both are known");
        points[0]
    }

    const PLACE: [f64; 2] = [514_900.0, 5_034_500.0];

    #[test]
    fn every_usual_mistake_is_recognised() {
        let [x, y] = PLACE;
        let [lon, lat] = moved(PLACE, 7791, 4326);
        for (point, from, word) in [
            ([y, x], 7791, "swapped (EPSG:7791)"),
            ([x * 1000.0, y * 1000.0], 7791, "millimetres"),
            (moved(PLACE, 7791, 7792), 7791, "EPSG:7792"),
            (moved(PLACE, 7791, 3003), 7791, "EPSG:3003"),
            (moved(PLACE, 7791, 23032), 7791, "EPSG:23032"),
            ([lon, lat], 7791, "EPSG:6706"),
            ([lat, lon], 7791, "swapped, and they are in EPSG:6706"),
            ([x, y - 4e6], 7791, "UTMRER"),
            (moved(PLACE, 7791, 3857), 3003, "web Mercator"),
        ] {
            let found = fitting(point, from, PLACE, 1.0);
            assert!(
                found.iter().any(|text| text.contains(word)),
                "{word}: {found:?}"
            );
        }
        // A mere shift: the numbers are those of Rome 1940, less a million.
        let [east, north] = moved(PLACE, 7791, 3003);
        let point = [east - 1e6, north];
        let off = (point[0] - x).hypot(point[1] - y);
        assert!((20.0..90.0).contains(&off), "{off}");
        let found = fitting(point, 7791, PLACE, 1.0);
        assert!(
            found.iter().any(|text| text.contains("mere shift")),
            "{found:?}"
        );
    }
}
