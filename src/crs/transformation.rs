//! Transformations between two CRS, chosen without ballpark and recorded.

use std::cell::RefCell;
use std::collections::HashMap;

use proj::Proj;
use serde::{Deserialize, Serialize};

use super::Error;
use super::system::{axes, open};

/// What was done to coordinates, for the record of a load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// EPSG code of the file's CRS.
    pub from: i32,
    /// EPSG code of the storage CRS.
    pub to: i32,
    /// PROJ's description of the operation.
    pub name: String,
    /// Accuracy in metres; none where PROJ does not know it.
    pub accuracy_m: Option<f64>,
    /// PROJ pipeline.
    pub pipeline: String,
}

/// A transformation; x/y (lon/lat or E/N) in, x/y out.
///
/// Not `Send`: PROJ objects belong to one thread, see [`with_transformation`].
pub struct Transformation {
    proj: Proj,
    from: i32,
    to: i32,
    swap_input: bool,
    swap_output: bool,
}

impl Transformation {
    /// Chooses the operation between two EPSG codes, never a ballpark one.
    ///
    /// # Errors
    /// [`Error::Unknown`] and [`Error::NoOperation`].
    pub fn new(from: i32, to: i32) -> Result<Self, Error> {
        let (source, target) = (open(from)?, open(to)?);
        let proj = source
            .create_crs_to_crs_from_pj(&target, None, Some(vec!["ALLOW_BALLPARK=NO"]))
            .map_err(|_| Error::NoOperation { from, to })?;
        Ok(Self {
            swap_input: axes(&source, from)?.north_first,
            swap_output: axes(&target, to)?.north_first,
            proj,
            from,
            to,
        })
    }

    /// Transforms points in place.
    ///
    /// # Errors
    /// [`Error::Coordinate`] when PROJ refuses one, or gives a result that is not finite.
    pub fn apply(&self, points: &mut [(f64, f64)]) -> Result<(), Error> {
        let fault = || Error::Coordinate {
            from: self.from,
            to: self.to,
        };
        if points.is_empty() {
            return Ok(());
        }
        if self.swap_input {
            points.iter_mut().for_each(|p| *p = (p.1, p.0));
        }
        self.proj.convert_array(points).map_err(|_| fault())?;
        if self.swap_output {
            points.iter_mut().for_each(|p| *p = (p.1, p.0));
        }
        let finite = points.iter().all(|p| p.0.is_finite() && p.1.is_finite());
        finite.then_some(()).ok_or_else(fault)
    }

    /// Transforms points in place, as [`Transformation::apply`] does.
    ///
    /// # Errors
    /// As [`Transformation::apply`]; the points are then unchanged.
    pub fn apply_to(&self, points: &mut [[f64; 2]]) -> Result<(), Error> {
        let mut pairs: Vec<(f64, f64)> = points.iter().map(|[x, y]| (*x, *y)).collect();
        self.apply(&mut pairs)?;
        for (point, (x, y)) in points.iter_mut().zip(pairs) {
            *point = [x, y];
        }
        Ok(())
    }

    /// What this transformation does; complete once a point went through it.
    pub fn operation(&self) -> Operation {
        let info = self.proj.proj_info();
        Operation {
            from: self.from,
            to: self.to,
            name: info.description.unwrap_or_default(),
            accuracy_m: (info.accuracy >= 0.0).then_some(info.accuracy),
            pipeline: info.definition.unwrap_or_default(),
        }
    }
}

thread_local! {
    // Opening a transformation costs 22 ms, so each thread keeps those it has used.
    static OPEN: RefCell<HashMap<(i32, i32), Transformation>> = RefCell::new(HashMap::new());
}

/// Runs work with this thread's transformation between two EPSG codes.
///
/// # Errors
/// As [`Transformation::new`].
pub fn with_transformation<T>(
    from: i32,
    to: i32,
    work: impl FnOnce(&Transformation) -> T,
) -> Result<T, Error> {
    OPEN.with_borrow_mut(|open| {
        let transformation = match open.entry((from, to)) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(Transformation::new(from, to)?)
            }
        };
        Ok(work(transformation))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_national_cadastre_goes_to_utm_and_back() {
        // H833 lies at 14.7 E: zone 33, EPSG:7792.
        let mut points = [(14.7, 41.89), (14.665, 41.861)];
        Transformation::new(6706, 7792)
            .and_then(|t| t.apply(&mut points))
            .expect("both are known");
        assert!((points[0].0 - 475_115.0).abs() < 100.0, "{points:?}");
        assert!((points[0].1 - 4_637_600.0).abs() < 1000.0, "{points:?}");
        Transformation::new(7792, 6706)
            .and_then(|t| t.apply(&mut points))
            .expect("both are known");
        assert!((points[0].0 - 14.7).abs() < 1e-9 && (points[0].1 - 41.89).abs() < 1e-9);
    }

    #[test]
    fn the_operation_is_recorded() {
        let t = Transformation::new(6706, 7791).expect("both are known");
        t.apply(&mut [(9.36, 45.6)]).expect("lies in the zone");
        let operation = t.operation();
        assert!(operation.pipeline.contains("utm"), "{operation:?}");
        assert_eq!(operation.accuracy_m, Some(0.0), "{operation:?}");
    }

    #[test]
    fn rome_1940_to_etrf_never_takes_the_ballpark() {
        // 79 m lie between the ballpark and the real place in Milan.
        let mut points = [(1_514_900.0, 5_034_500.0)];
        let t = Transformation::new(3003, 7791).expect("PROJ knows an operation");
        t.apply(&mut points).expect("lies in the zone");
        let operation = t.operation();
        assert!(
            !operation.name.to_lowercase().contains("ballpark"),
            "{operation:?}"
        );
        let moved = (1_514_900.0 - 1_000_000.0 - points[0].0).abs();
        assert!(moved > 1.0, "{points:?} {operation:?}");
    }

    #[test]
    fn unknown_systems_and_wild_coordinates_are_errors() {
        assert!(matches!(
            Transformation::new(999_998, 7791),
            Err(Error::Unknown(999_998))
        ));
        let t = Transformation::new(6706, 7791).expect("both are known");
        assert!(t.apply(&mut [(f64::NAN, 45.0)]).is_err());
        assert!(t.apply(&mut [(9.0, 1e9)]).is_err());
    }
}
