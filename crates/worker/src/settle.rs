//! What both readers do with a shape: parts once, validity, adjacent parts joined.

use std::io::Write;

use wire::{Invalid, MultiPolygon, Reason, Severity};

use crate::dissolve::{dissolve, without_repeated};
use crate::failure::Stop;
use crate::output::{Note, Output};
use crate::validity::{self, Budget, TooComplex};

/// Checks a shape, and joins its parts where they share edges.
///
/// `line` and `subject` are those of its feature, `steps` bounds the work.
pub(crate) fn settle<W: Write>(
    mut shape: MultiPolygon,
    line: u64,
    subject: Option<&String>,
    steps: u64,
    output: &mut Output<W>,
) -> Result<Result<(MultiPolygon, Option<Invalid>), TooComplex>, Stop> {
    let mut budget = Budget::new(steps);
    if shape.polygon_count() > 1 {
        let (once, repeated) = without_repeated(&shape);
        if repeated > 0 {
            shape = once;
            output.note(Note {
                rule: "feature.part_repeated",
                severity: Severity::Warning,
                line,
                subject: subject.cloned(),
                message: format!("{repeated} parts are repeated; each is kept once."),
            })?;
        }
    }
    let invalid = match validity::check(&shape, &mut budget) {
        Ok(invalid) => invalid,
        Err(complex) => return Ok(Err(complex)),
    };
    if !invalid.is_some_and(|invalid| dissolvable(invalid.reason)) {
        return Ok(Ok((shape, invalid)));
    }
    match dissolve(&shape, &mut budget) {
        Err(complex) => Ok(Err(complex)),
        Ok(None) => Ok(Ok((shape, invalid))),
        Ok(Some(whole)) => {
            output.note(Note {
                rule: "feature.dissolved",
                severity: Severity::Info,
                line,
                subject: subject.cloned(),
                message: format!(
                    "Adjacent parts were joined: {} parts became {}.",
                    shape.polygon_count(),
                    whole.polygon_count()
                ),
            })?;
            Ok(Ok((whole, None)))
        }
    }
}

/// Returns the finding of a shape whose check takes too many steps.
pub(crate) fn too_complex(line: u64, subject: Option<String>) -> Note {
    Note {
        rule: "geometry.too_complex",
        severity: Severity::Error,
        line,
        subject,
        message: "The shape is too intricate to check its validity.".to_owned(),
    }
}

/// Says whether parts that break a rule may come right when common edges go.
const fn dissolvable(reason: Reason) -> bool {
    matches!(reason, Reason::PartsShareEdge | Reason::PartsCross)
}
