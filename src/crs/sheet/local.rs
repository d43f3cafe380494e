//! From a sheet's numbers to a storage CRS.

use std::path::Path;

use proj::Proj;

use crate::geo::LonLatBox;

use super::super::transformation::{Operation, Transformation};
use super::super::{Error, LON_LAT};
use super::table::SheetSystem;

/// Parameters of a PROJ string that are read; files and lists of grids are not among them.
const KNOWN: [&str; 17] = [
    "proj", "lat_0", "lon_0", "lat_1", "lat_2", "lat_ts", "k", "k_0", "x_0", "y_0", "ellps",
    "datum", "a", "b", "rf", "towgs84", "units",
];
/// Geographic coordinates of ETRF2000.
const ETRF2000: i32 = 6706;

/// The change of a sheet's coordinates: correction, its system, the storage CRS; E/N in and out.
///
/// Not `Send`, as [`Transformation`].
pub struct SheetTransformation {
    system: SheetSystem,
    /// From metres to degrees; none where the system is an EPSG code.
    inverse: Option<Proj>,
    then: Transformation,
    storage: i32,
}

/// A PROJ string, taken apart.
struct Local {
    projection: String,
    ellipsoid: String,
    shift: Option<Vec<f64>>,
}

/// Says whether a system can be used: `EPSG:` and a code, or a PROJ string.
///
/// # Errors
/// [`Error::Unknown`] and [`Error::System`].
pub fn check_system(system: &str) -> Result<(), Error> {
    match epsg(system) {
        Some(code) => {
            Transformation::new(code, LON_LAT)?;
        }
        None => {
            open(system, true)?;
        }
    }
    Ok(())
}

fn epsg(system: &str) -> Option<i32> {
    system.trim().strip_prefix("EPSG:")?.parse().ok()
}

fn fault(system: &str, reason: impl Into<String>) -> Error {
    Error::System {
        system: system.chars().take(200).collect(),
        reason: reason.into(),
    }
}

fn take_apart(system: &str) -> Result<Local, Error> {
    let mut projection = Vec::new();
    let mut ellipsoid = Vec::new();
    let mut shift = None;
    for word in system.split_whitespace() {
        let word = word.strip_prefix('+').unwrap_or(word);
        if matches!(word, "no_defs" | "wktext" | "type=crs") {
            continue;
        }
        let Some((name, value)) = word.split_once('=') else {
            return Err(fault(
                system,
                format!("'{word}' is no parameter with a value"),
            ));
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "+-.,_".contains(c);
        if !KNOWN.contains(&name) || value.is_empty() || !value.chars().all(plain) {
            return Err(fault(
                system,
                format!("'{word}' is not among the parameters that are read"),
            ));
        }
        match name {
            "towgs84" => {
                let numbers: Option<Vec<f64>> = value.split(',').map(|n| n.parse().ok()).collect();
                let numbers = numbers.filter(|list| list.len() == 3 || list.len() == 7);
                let reason = "towgs84 has 3 or 7 numbers";
                shift = Some(numbers.ok_or_else(|| fault(system, reason))?);
            }
            "units" if value == "m" => {}
            "units" => return Err(fault(system, "units are metres")),
            "ellps" | "datum" | "a" | "b" | "rf" => ellipsoid.push(format!("+{word}")),
            _ => projection.push(format!("+{word}")),
        }
    }
    let is_projected = projection.iter().any(|word| word.starts_with("+proj="))
        && !projection.iter().any(|word| {
            ["+proj=longlat", "+proj=latlong", "+proj=pipeline"].contains(&word.as_str())
        });
    if !is_projected {
        return Err(fault(system, "it names no projection (+proj=cass …)"));
    }
    if ellipsoid.is_empty() {
        return Err(fault(
            system,
            "it names no ellipsoid (+ellps=bessel or +ellps=intl)",
        ));
    }
    Ok(Local {
        projection: projection.join(" "),
        ellipsoid: ellipsoid.join(" "),
        shift,
    })
}

/// The pipeline between metres of a system and degrees, to the degrees or from them.
fn open(system: &str, to_degrees: bool) -> Result<Proj, Error> {
    let Local {
        projection,
        ellipsoid,
        shift,
    } = take_apart(system)?;
    let mut steps = vec![(true, format!("{projection} {ellipsoid}"))];
    if let Some(numbers) = shift {
        let names = ["x", "y", "z", "rx", "ry", "rz", "s"];
        let numbers = names
            .iter()
            .zip(&numbers)
            .map(|(name, n)| format!("+{name}={n}"));
        let numbers: Vec<String> = numbers.collect();
        steps.push((false, format!("+proj=cart {ellipsoid}")));
        let helmert = format!(
            "+proj=helmert {} +convention=position_vector",
            numbers.join(" ")
        );
        steps.push((false, helmert));
        steps.push((true, "+proj=cart +ellps=GRS80".to_owned()));
    }
    steps.push((false, "+proj=unitconvert +xy_in=rad +xy_out=deg".to_owned()));
    if !to_degrees {
        steps.reverse();
        for (inverse, _) in &mut steps {
            *inverse = !*inverse;
        }
    }
    let mut pipeline = "+proj=pipeline".to_owned();
    for (inverse, step) in steps {
        pipeline += if inverse { " +step +inv " } else { " +step " };
        pipeline += &step;
    }
    Proj::new(&pipeline).map_err(|error| fault(system, error.to_string()))
}

impl SheetTransformation {
    /// Opens the change of coordinates of a sheet.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::NoOperation`] and [`Error::System`].
    pub fn new(
        system: &SheetSystem,
        storage: i32,
        area: Option<LonLatBox>,
        grids: Option<&Path>,
    ) -> Result<Self, Error> {
        let (inverse, then) = match epsg(&system.system) {
            Some(code) => (None, Transformation::in_area(code, storage, area, grids)?),
            None => (
                Some(open(&system.system, true)?),
                Transformation::in_area(ETRF2000, storage, area, grids)?,
            ),
        };
        Ok(Self {
            system: system.clone(),
            inverse,
            then,
            storage,
        })
    }

    /// Transforms points in place.
    ///
    /// # Errors
    /// [`Error::Coordinate`] and [`Error::System`]; the points are then unchanged.
    pub fn apply_to(&self, points: &mut [[f64; 2]]) -> Result<(), Error> {
        let corrected = points
            .iter()
            .map(|point| self.system.correction.apply(*point));
        let mut pairs: Vec<(f64, f64)> = corrected.map(|[x, y]| (x, y)).collect();
        if pairs.is_empty() {
            return Ok(());
        }
        if let Some(inverse) = &self.inverse {
            let converted = inverse.convert_array(&mut pairs);
            converted.map_err(|error| fault(&self.system.system, error.to_string()))?;
        }
        self.then.apply(&mut pairs)?;
        for (point, (x, y)) in points.iter_mut().zip(pairs) {
            *point = [x, y];
        }
        Ok(())
    }

    /// What it does, for the record of a load.
    pub fn operation(&self) -> Operation {
        Operation {
            from: epsg(&self.system.system).unwrap_or(self.storage),
            to: self.storage,
            name: format!("table of sheets: {}", self.system.told()),
            accuracy_m: self.system.residual_m,
            pipeline: self.system.system.clone(),
            grids: Vec::new(),
        }
    }
}

/// Points that are known in a CRS, in the metres of a system.
///
/// # Errors
/// As [`SheetTransformation::new`].
pub fn known_in_system(system: &str, known: i32, points: &mut [[f64; 2]]) -> Result<(), Error> {
    if let Some(code) = epsg(system) {
        return Transformation::new(known, code)?.apply_to(points);
    }
    Transformation::new(known, ETRF2000)?.apply_to(points)?;
    let mut pairs: Vec<(f64, f64)> = points.iter().map(|[x, y]| (*x, *y)).collect();
    let converted = open(system, false)?;
    let converted = converted.convert_array(&mut pairs);
    converted.map_err(|error| fault(system, error.to_string()))?;
    for (point, (x, y)) in points.iter_mut().zip(pairs) {
        *point = [x, y];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Correction;
    use super::*;

    const SYSTEMS: [&str; 5] = [
        "+proj=cass +lat_0=45.31413 +lon_0=9.502994 +x_0=1 +y_0=1 +ellps=intl +units=m +no_defs",
        "+proj=cass +lat_0=40.283555 +lon_0=15.483897 +x_0=8.9958 +y_0=-8.3549 +ellps=bessel \
         +towgs84=668.8,146.4,506.5,5.187,-2.54,5.256,0 +units=m +no_defs",
        "+proj=cass +lat_0=41.1391 +lon_0=16.845038 +datum=WGS84",
        "EPSG:3003",
        "EPSG:7792",
    ];

    fn there_and_back(system: &str, storage: i32, place: [f64; 2]) -> ([f64; 2], [f64; 2]) {
        let mut local = [place];
        known_in_system(system, storage, &mut local).expect("can be used");
        let row = SheetSystem::of(system, Correction::NONE);
        let transformation = SheetTransformation::new(&row, storage, None, None).expect("opens");
        let mut back = local;
        transformation.apply_to(&mut back).expect("lies in it");
        (local[0], back[0])
    }

    #[test]
    fn every_system_leads_there_and_back() {
        for (system, storage, place) in [
            (SYSTEMS[0], 7791, [540_000.0, 5_018_000.0]),
            (SYSTEMS[1], 7792, [541_000.0, 4_459_000.0]),
            (SYSTEMS[2], 7793, [150_000.0, 4_560_000.0]),
            (SYSTEMS[3], 7791, [540_000.0, 5_018_000.0]),
            (SYSTEMS[4], 7792, [541_000.0, 4_459_000.0]),
        ] {
            check_system(system).expect(system);
            let (local, back) = there_and_back(system, storage, place);
            let off = (back[0] - place[0]).hypot(back[1] - place[1]);
            // Heights are not carried over the change of datum.
            assert!(off < 0.02, "{system}: {off}");
            if system.contains("cass") {
                let far = local[0].abs().max(local[1].abs());
                assert!(far < 40_000.0, "{system}: {local:?}");
            }
        }
    }

    #[test]
    fn the_origin_of_a_system_is_where_it_says() {
        let (local, _) = there_and_back(SYSTEMS[0], 4326, [9.502994, 45.31413]);
        assert!(
            (local[0] - 1.0).abs() < 0.01 && (local[1] - 1.0).abs() < 0.01,
            "{local:?}"
        );
    }

    #[test]
    fn what_is_no_system_is_told() {
        for system in [
            "",
            "EPSG:999998",
            "+proj=cass",
            "+proj=longlat +ellps=intl",
            "+proj=pipeline +step +proj=cass",
            "+proj=cass +ellps=intl +nadgrids=/etc/passwd",
            "+proj=cass +ellps=intl +towgs84=1,2",
            "+proj=cass +ellps=intl +units=ft",
            "+init=epsg:3003",
            "+proj=nothing +ellps=intl",
        ] {
            assert!(check_system(system).is_err(), "{system}");
        }
    }
}
