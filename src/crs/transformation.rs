//! Transformations between two CRS, chosen without ballpark and recorded.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use proj::{Area, Proj, ProjBuilder};
use serde::{Deserialize, Serialize};

use crate::geo::LonLatBox;

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
    /// Grids that the pipeline uses.
    #[serde(default)]
    pub grids: Vec<String>,
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
        Self::in_area(from, to, None, None)
    }

    /// Chooses the operation that is the best in an area, never a ballpark one.
    ///
    /// Grids in the folder are used where PROJ's register knows an operation with a grid of that
    /// name, such as IGM's `35160622_47161840_R40_F00.gsb` for Rome 1940.
    ///
    /// # Errors
    /// [`Error::Unknown`] and [`Error::NoOperation`].
    pub fn in_area(
        from: i32,
        to: i32,
        area: Option<LonLatBox>,
        grids: Option<&Path>,
    ) -> Result<Self, Error> {
        let (source, target) = (open(from)?, open(to)?);
        let none = |_| Error::NoOperation { from, to };
        let mut builder = ProjBuilder::new();
        if let Some(folder) = grids {
            builder.set_search_paths(folder).map_err(|_| Error::Grids {
                folder: folder.to_path_buf(),
            })?;
        }
        let area = area.map(|area| Area::new(area.west, area.south, area.east, area.north));
        let options = Some(vec!["ALLOW_BALLPARK=NO"]);
        let proj = builder
            .proj_create_crs_to_crs_from_pj(&source, &target, area, options)
            .map_err(none)?;
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
        let pipeline = info.definition.unwrap_or_default();
        let grids = pipeline
            .split_whitespace()
            .filter_map(|word| word.trim_start_matches('+').strip_prefix("grids="))
            .flat_map(|names| names.split(','))
            .map(str::to_owned)
            .collect();
        Operation {
            from: self.from,
            to: self.to,
            name: info.description.unwrap_or_default(),
            accuracy_m: (info.accuracy >= 0.0).then_some(info.accuracy),
            pipeline,
            grids,
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
    fn the_area_chooses_the_operation() {
        // Sardinia has another shift than the mainland.
        let mainland = LonLatBox {
            west: 9.0,
            south: 45.4,
            east: 9.3,
            north: 45.6,
        };
        let island = LonLatBox {
            west: 8.9,
            south: 39.0,
            east: 9.3,
            north: 39.4,
        };
        let chosen = |area, point| {
            let t = Transformation::in_area(3003, 7791, Some(area), None).expect("is known");
            t.apply(&mut [point]).expect("lies in the zone");
            t.operation()
        };
        let milan = chosen(mainland, (1_514_900.0, 5_034_500.0));
        let cagliari = chosen(island, (1_510_000.0, 4_340_000.0));
        assert_ne!(milan.pipeline, cagliari.pipeline);
        for operation in [&milan, &cagliari] {
            assert!(!operation.name.to_lowercase().contains("ballpark"));
            assert!(operation.accuracy_m.is_some_and(|metres| metres < 10.0));
            assert!(operation.grids.is_empty());
        }
    }

    #[test]
    fn a_grid_of_ones_own_is_used() {
        // PROJ's register knows IGM's grid by this name; here is one that moves by a second.
        let folder = tempfile::tempdir().expect("temporary folders can be made");
        let path = folder.path().join("35160622_47161840_R40_F00.gsb");
        std::fs::write(path, ntv2([1.0, 1.0])).expect("is ours");
        let t = Transformation::in_area(3003, 7791, None, Some(folder.path())).expect("is known");
        let (mut own, mut usual) = ([(1_514_900.0, 5_034_500.0)], [(1_514_900.0, 5_034_500.0)]);
        t.apply(&mut own).expect("lies in the grid");
        let operation = t.operation();
        assert_eq!(
            operation.grids,
            ["35160622_47161840_R40_F00.gsb"],
            "{operation:?}"
        );
        Transformation::new(3003, 7791)
            .and_then(|t| t.apply(&mut usual))
            .expect("is known");
        assert!((own[0].1 - usual[0].1).abs() > 10.0, "{own:?} {usual:?}");
    }

    /// An NTv2 grid (Junkins and Farley 1995) over Italy with the same shift at every node, in
    /// seconds of arc to the north and to the west.
    fn ntv2(shift: [f32; 2]) -> Vec<u8> {
        let mut out = Vec::new();
        let key = |out: &mut Vec<u8>, name: &str| out.extend(format!("{name:<8}").as_bytes());
        let text = |out: &mut Vec<u8>, name: &str, value: &str| {
            key(out, name);
            key(out, value);
        };
        let integer = |out: &mut Vec<u8>, name: &str, value: i32| {
            key(out, name);
            out.extend(value.to_le_bytes());
            out.extend([0; 4]);
        };
        let real = |out: &mut Vec<u8>, name: &str, value: f64| {
            key(out, name);
            out.extend(value.to_le_bytes());
        };
        integer(&mut out, "NUM_OREC", 11);
        integer(&mut out, "NUM_SREC", 11);
        integer(&mut out, "NUM_FILE", 1);
        text(&mut out, "GS_TYPE", "SECONDS");
        text(&mut out, "VERSION", "TEST");
        text(&mut out, "SYSTEM_F", "ROMA40");
        text(&mut out, "SYSTEM_T", "ETRF2000");
        real(&mut out, "MAJOR_F", 6_378_388.0);
        real(&mut out, "MINOR_F", 6_356_911.946);
        real(&mut out, "MAJOR_T", 6_378_137.0);
        real(&mut out, "MINOR_T", 6_356_752.314);
        text(&mut out, "SUB_NAME", "ITALIA");
        text(&mut out, "PARENT", "NONE");
        text(&mut out, "CREATED", "20260101");
        text(&mut out, "UPDATED", "20260101");
        // Longitudes count to the west.
        let (south, north, east, west) = (35.0, 48.0, -19.0, -6.0);
        real(&mut out, "S_LAT", south * 3600.0);
        real(&mut out, "N_LAT", north * 3600.0);
        real(&mut out, "E_LONG", east * 3600.0);
        real(&mut out, "W_LONG", west * 3600.0);
        real(&mut out, "LAT_INC", 3600.0);
        real(&mut out, "LONG_INC", 3600.0);
        integer(&mut out, "GS_COUNT", 14 * 14);
        for _ in 0..14 * 14 {
            for value in [shift[0], shift[1], 0.0, 0.0] {
                out.extend(value.to_le_bytes());
            }
        }
        text(&mut out, "END", "");
        out
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
