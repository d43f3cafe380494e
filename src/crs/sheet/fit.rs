//! Least squares: the correction that brings points of a sheet onto known ones.

use serde::Serialize;

use super::Correction;

/// A point of a sheet and where it really is, both E/N in metres of one system.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ControlPoint {
    /// As the sheet has it.
    pub sheet: [f64; 2],
    /// As it is known.
    pub known: [f64; 2],
}

/// What may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FitMethod {
    /// Shift, rotation and one scale.
    Helmert,
    /// Shift and any linear change: also what paper shrinks in one direction.
    Affine,
}

impl FitMethod {
    /// Its word in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Helmert => "helmert",
            Self::Affine => "affine",
        }
    }
}

/// A correction with what it leaves at each point.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The correction.
    pub correction: Correction,
    /// Known minus corrected, E/N in metres, in the order of the points.
    pub residuals: Vec<[f64; 2]>,
    /// Root mean square of their lengths.
    pub rms_m: f64,
}

/// Why nothing was fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// There are too few points.
    #[error("{0} points are given, at least 3 are needed")]
    TooFew(usize),
    /// The points lie on one spot or, for an affine fit, on one line.
    #[error("the points lie on one spot or one line: they say nothing across it")]
    Degenerate,
    /// A coordinate is infinite or not a number.
    #[error("a coordinate is not a finite number")]
    NotFinite,
}

/// Fits a correction to points by least squares.
///
/// # Errors
/// [`FitError`].
pub fn fit(points: &[ControlPoint], method: FitMethod) -> Result<Fitted, FitError> {
    if points.len() < 3 {
        return Err(FitError::TooFew(points.len()));
    }
    let finite = |point: &ControlPoint| {
        let all = point.sheet.iter().chain(&point.known);
        all.into_iter().all(|value| value.is_finite())
    };
    if !points.iter().all(finite) {
        return Err(FitError::NotFinite);
    }
    let middle = |of: fn(&ControlPoint) -> [f64; 2]| {
        let [x, y] = points
            .iter()
            .map(of)
            .fold([0.0, 0.0], |[x, y], [a, b]| [x + a, y + b]);
        [x / count(points), y / count(points)]
    };
    let (from, to) = (middle(|p| p.sheet), middle(|p| p.known));
    // Sums of products about the middles; numbers of a million metres would lose digits.
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    let (mut xe, mut ye, mut xn, mut yn) = (0.0, 0.0, 0.0, 0.0);
    for point in points {
        let [x, y] = [point.sheet[0] - from[0], point.sheet[1] - from[1]];
        let [e, n] = [point.known[0] - to[0], point.known[1] - to[1]];
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
        (xe, ye, xn, yn) = (xe + x * e, ye + y * e, xn + x * n, yn + y * n);
    }
    let spread = xx + yy;
    let matrix = match method {
        FitMethod::Helmert => {
            if spread < 1e-6 {
                return Err(FitError::Degenerate);
            }
            let (a, b) = ((xe + yn) / spread, (xn - ye) / spread);
            [a, -b, b, a]
        }
        FitMethod::Affine => {
            let determinant = xx * yy - xy * xy;
            // The spread across the line of the points against that along it.
            if determinant < 1e-8 * spread * spread || spread < 1e-6 {
                return Err(FitError::Degenerate);
            }
            [
                (xe * yy - ye * xy) / determinant,
                (ye * xx - xe * xy) / determinant,
                (xn * yy - yn * xy) / determinant,
                (yn * xx - xn * xy) / determinant,
            ]
        }
    };
    let turned = Correction {
        matrix,
        shift: [0.0, 0.0],
    }
    .apply(from);
    let correction = Correction {
        matrix,
        shift: [to[0] - turned[0], to[1] - turned[1]],
    };
    let residuals: Vec<[f64; 2]> = points
        .iter()
        .map(|point| {
            let [e, n] = correction.apply(point.sheet);
            [point.known[0] - e, point.known[1] - n]
        })
        .collect();
    let squares: f64 = residuals.iter().map(|[e, n]| e * e + n * n).sum();
    Ok(Fitted {
        correction,
        residuals,
        rms_m: (squares / count(points)).sqrt(),
    })
}

fn count(points: &[ControlPoint]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "there are few points")]
    let count = points.len() as f64;
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: [[f64; 2]; 4] = [
        [-14_000.0, 49_000.0],
        [-13_000.0, 49_050.0],
        [-13_100.0, 50_000.0],
        [-13_900.0, 49_900.0],
    ];

    fn points(change: &Correction) -> Vec<ControlPoint> {
        let known = |sheet| ControlPoint {
            sheet,
            known: change.apply(sheet),
        };
        SHEET.into_iter().map(known).collect()
    }

    fn close(a: &Correction, b: &Correction) -> bool {
        let pairs = a
            .matrix
            .iter()
            .zip(&b.matrix)
            .map(|(a, b)| (a - b).abs() < 1e-9);
        let shifts = a
            .shift
            .iter()
            .zip(&b.shift)
            .map(|(a, b)| (a - b).abs() < 1e-4);
        pairs.chain(shifts).all(|close| close)
    }

    #[test]
    fn what_moved_the_points_is_found_again() {
        let turned = Correction::of_rotation(0.35, 1.0002, [12.5, -60.0]);
        let sheared = Correction {
            matrix: [1.001, 0.002, -0.0005, 0.999],
            shift: [3.0, 4.0],
        };
        for (change, method) in [
            (turned, FitMethod::Helmert),
            (turned, FitMethod::Affine),
            (sheared, FitMethod::Affine),
        ] {
            let fitted = fit(&points(&change), method).expect("there are enough");
            assert!(close(&fitted.correction, &change), "{fitted:?}");
            assert!(fitted.rms_m < 1e-6, "{fitted:?}");
        }
        assert!((turned.rotation() - 0.35).abs() < 1e-12);
        // A shear is more than a Helmert change can be: something is left, and it is shown.
        let fitted = fit(&points(&sheared), FitMethod::Helmert).expect("there are enough");
        assert!(fitted.rms_m > 0.1, "{fitted:?}");
    }

    #[test]
    fn a_wrong_point_shows_in_its_residual() {
        let mut moved = points(&Correction::of_rotation(0.0, 1.0, [5.0, 5.0]));
        moved[2].known[0] += 4.0;
        let fitted = fit(&moved, FitMethod::Helmert).expect("there are enough");
        let lengths: Vec<f64> = fitted.residuals.iter().map(|[e, n]| e.hypot(*n)).collect();
        let worst = lengths.iter().copied().fold(0.0, f64::max);
        assert!((lengths[2] - worst).abs() < 1e-12, "{lengths:?}");
    }

    #[test]
    fn points_that_say_too_little_are_refused() {
        let all = points(&Correction::NONE);
        assert_eq!(fit(&all[..2], FitMethod::Helmert), Err(FitError::TooFew(2)));
        let same = vec![all[0]; 3];
        assert_eq!(fit(&same, FitMethod::Helmert), Err(FitError::Degenerate));
        let line: Vec<ControlPoint> = (0..4)
            .map(|n| ControlPoint {
                sheet: [f64::from(n), f64::from(n)],
                known: [f64::from(n), f64::from(n)],
            })
            .collect();
        assert_eq!(fit(&line, FitMethod::Affine), Err(FitError::Degenerate));
        assert!(fit(&line, FitMethod::Helmert).is_ok());
        let mut wild = all;
        wild[0].known[1] = f64::NAN;
        assert_eq!(fit(&wild, FitMethod::Helmert), Err(FitError::NotFinite));
    }
}
