//! Whether features lie where the territory is, and what would put them there.

use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use crate::crs;
use crate::geo::LonLatBox;
use crate::layer::Definition;
use crate::place::Comune;

use super::error::Error;
use super::hypothesis::{Hypothesis, hypotheses};
use super::report::{Check, CheckStatus, Finding, Report, Severity};
use super::sql;

/// Metres that a feature may reach beyond the boundary of its comune.
const MARGIN_M: f64 = 500.0;
/// Metres within which vertices of a well placed layer stay of the boundary.
const CLOSE_M: f64 = 10.0;
/// Share of features that must lie inside: below it, coordinates are likely wrong.
const SHARE_INSIDE: f64 = 0.99;
/// How much more of the sample must be close for another reading to be named beside one that
/// fits already.
const GAIN: f64 = 0.01;
/// Hypotheses that are named at most.
const NAMED: usize = 5;
/// Points of the sample at most.
const SAMPLE: usize = 1000;

/// A sample of a file's points, evenly over its features; in the file's own coordinates.
#[derive(Debug, Default)]
pub(super) struct Sample {
    /// EPSG code of the first file's CRS.
    crs: Option<i32>,
    points: Vec<[f64; 2]>,
    seen: u64,
    stride: u64,
}

impl Sample {
    /// Offers the points of a feature.
    pub(super) fn offer(&mut self, crs: i32, points: &[[f64; 2]]) {
        if *self.crs.get_or_insert(crs) != crs {
            return;
        }
        self.stride = self.stride.max(1);
        for point in [points.first(), points.get(points.len() / 2)]
            .into_iter()
            .flatten()
        {
            if self.seen.is_multiple_of(self.stride) {
                self.points.push(*point);
            }
            self.seen += 1;
        }
        if self.points.len() > SAMPLE {
            let mut index = 0;
            self.points.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.stride *= 2;
        }
    }
}

/// The box of a territory in degrees; none where no boundary is known.
pub(super) async fn territory_box(
    connection: &mut PgConnection,
    comune: &Comune,
) -> Result<Option<LonLatBox>, Error> {
    let found: Option<(f64, f64, f64, f64)> = sqlx::query_as(sql::BOUNDARY_BOX)
        .bind(comune.id)
        .bind(comune.storage_srid)
        .fetch_optional(connection)
        .await?;
    let Some((west, south, east, north)) = found else {
        return Ok(None);
    };
    let mut corners = [(west, south), (east, south), (east, north), (west, north)];
    crs::with_transformation(comune.storage_srid, crs::LON_LAT, |t| t.apply(&mut corners))??;
    let mut area = LonLatBox::EMPTY;
    for (lon, lat) in corners {
        area.add(lon, lat);
    }
    Ok(Some(area.expanded(0.01)))
}

/// The rings of a comune's boundary in its storage CRS, simplified to 5 m; empty where no
/// boundary is known.
///
/// # Errors
/// [`Error::Statement`].
pub async fn boundary_outline(
    connection: &mut PgConnection,
    comune: &Comune,
) -> Result<Vec<Vec<[f64; 2]>>, Error> {
    let rings: Vec<(Vec<f64>, Vec<f64>)> = sqlx::query_as(sql::BOUNDARY_OUTLINE)
        .bind(comune.id)
        .bind(comune.storage_srid)
        .bind(5.0)
        .fetch_all(connection)
        .await?;
    Ok(rings
        .into_iter()
        .map(|(x, y)| x.into_iter().zip(y).map(|(x, y)| [x, y]).collect())
        .collect())
}

/// What is compared with the boundary.
pub(super) struct Placed<'a> {
    pub(super) definition: &'a Definition,
    pub(super) comune: &'a Comune,
    pub(super) part_id: i64,
    pub(super) sample: &'a Sample,
    /// Features whose coordinates could not be transformed at all.
    pub(super) lost: u64,
}

/// Compares the rows with the boundary of the comune; without one the answer is *no data*.
pub(super) async fn check_inside(
    tx: &mut PgConnection,
    placed: &Placed<'_>,
    report: &mut Report,
) -> Result<(), Error> {
    let rule = "territory.inside".to_owned();
    let row = sqlx::query(AssertSqlSafe(sql::outside(placed.definition)))
        .bind(placed.comune.id)
        .bind(placed.part_id)
        .bind(MARGIN_M)
        .bind(placed.comune.storage_srid)
        .fetch_one(&mut *tx)
        .await?;
    let boundaries: i64 = row.try_get("boundaries")?;
    let beyond = u64::try_from(row.try_get::<i64, _>("features")?).unwrap_or_default();
    let keys: Vec<String> = row.try_get("keys")?;
    let outside = beyond + placed.lost;
    if boundaries == 0 {
        let status = match placed.lost {
            0 => CheckStatus::NoData,
            _ => CheckStatus::Failed,
        };
        report.check(Check {
            rule,
            status,
            severity: (placed.lost > 0).then_some(Severity::Error),
            count: placed.lost,
            message: "no boundary of the comune is known, so this was not checked".into(),
        });
        return Ok(());
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of features are far below 2^52"
    )]
    let share = 1.0 - outside as f64 / (report.features + placed.lost).max(1) as f64;
    for key in keys {
        report.find(Finding {
            rule: rule.clone(),
            severity: Severity::Warning,
            file: String::new(),
            line: None,
            message: format!("'{key}' reaches more than {MARGIN_M} m beyond the boundary"),
            subject: Some(key),
            place: None,
        });
    }
    let about = format!("features lie inside the comune, or within {MARGIN_M} m of it");
    if outside == 0 {
        report.check_rule(&rule, 0, Severity::Error, &about);
    } else if share >= SHARE_INSIDE {
        report.check_rule(&rule, outside, Severity::Warning, &about);
    }
    let fits = fitting(tx, placed, share).await?;
    for fit in &fits {
        report.find(fit.finding());
    }
    if share < SHARE_INSIDE {
        let named: Vec<&str> = fits
            .iter()
            .map(|fit| fit.hypothesis.text.as_str())
            .collect();
        let hypotheses = match named.as_slice() {
            [] => "no other reading of the coordinates that was tried puts them there".to_owned(),
            named => format!("they would fit when {}", named.join("; or when ")),
        };
        let message = format!(
            "only {:.1} % of the features lie inside the comune or within {MARGIN_M} m of it; \
             {hypotheses}",
            share * 100.0
        );
        report.check_rule(&rule, outside, Severity::Error, &message);
    } else if let Some(best) = fits.first() {
        let message = format!(
            "the layer would fit the boundary better when {}",
            best.hypothesis.text
        );
        report.check_rule("territory.shift", 1, Severity::Warning, &message);
    }
    Ok(())
}

/// A hypothesis that fits, and how well.
struct Fit {
    hypothesis: Hypothesis,
    near: f64,
    close: f64,
}

impl Fit {
    fn finding(&self) -> Finding {
        let remedy = match &self.hypothesis.remedy {
            Some(option) => format!(" ({option})"),
            None => String::new(),
        };
        Finding {
            rule: "crs.hypothesis".into(),
            severity: Severity::Info,
            file: String::new(),
            line: None,
            subject: None,
            place: None,
            message: format!(
                "{:.1} % of a sample lie within {MARGIN_M} m, {:.1} % within {CLOSE_M} m of the \
                 comune when {}{remedy}",
                self.near * 100.0,
                self.close * 100.0,
                self.hypothesis.text
            ),
        }
    }
}

/// Readings of the coordinates that fit better than the present one, the best first.
async fn fitting(
    tx: &mut PgConnection,
    placed: &Placed<'_>,
    share: f64,
) -> Result<Vec<Fit>, Error> {
    let storage = placed.comune.storage_srid;
    let Some(from) = placed.sample.crs else {
        return Ok(Vec::new());
    };
    let points = &placed.sample.points;
    let as_read = as_read(points, from, storage);
    let wrong = share < SHARE_INSIDE;
    let present = match &as_read {
        Some(stored) => shares(tx, placed, stored).await?.1,
        None => 0.0,
    };
    if !wrong && present >= 1.0 - GAIN {
        return Ok(Vec::new());
    }
    let (points, all) = (points.clone(), hypotheses(from, storage));
    let stored: Vec<(Hypothesis, Vec<[f64; 2]>)> = tokio::task::spawn_blocking(move || {
        all.into_iter()
            .filter_map(|hypothesis| {
                let stored = hypothesis.stored(&points, storage)?;
                Some((hypothesis, stored))
            })
            .collect()
    })
    .await
    .map_err(|_| Error::Interrupted)?;
    let mut fits: Vec<Fit> = Vec::new();
    let mut tried: Vec<Vec<[f64; 2]>> = as_read.into_iter().collect();
    for (hypothesis, stored) in stored {
        if tried.iter().any(|other| are_same(other, &stored)) {
            continue;
        }
        let (near, close) = shares(tx, placed, &stored).await?;
        let better = wrong || close >= present + GAIN;
        if near >= SHARE_INSIDE && better {
            fits.push(Fit {
                hypothesis,
                near,
                close,
            });
            tried.push(stored);
        }
    }
    fits.sort_by(|a, b| b.close.total_cmp(&a.close));
    if let Some(best) = fits.first().map(|fit| fit.close) {
        // Without a clear best one all are named, else those near it.
        fits.retain(|fit| fit.close >= best - 0.1);
    }
    fits.truncate(NAMED);
    Ok(fits)
}

fn as_read(points: &[[f64; 2]], from: i32, storage: i32) -> Option<Vec<[f64; 2]>> {
    let mut stored = points.to_vec();
    let moved = crs::with_transformation(from, storage, |t| t.apply_to(&mut stored));
    matches!(moved, Ok(Ok(()))).then_some(stored)
}

/// True where two readings give the same places, to a metre.
fn are_same(a: &[[f64; 2]], b: &[[f64; 2]]) -> bool {
    a.iter()
        .zip(b)
        .all(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]) < 1.0)
}

/// Shares of points near the territory and close to it.
async fn shares(
    tx: &mut PgConnection,
    placed: &Placed<'_>,
    points: &[[f64; 2]],
) -> Result<(f64, f64), Error> {
    let (x, y): (Vec<f64>, Vec<f64>) = points.iter().map(|[x, y]| (*x, *y)).unzip();
    let (near, close): (i64, i64) = sqlx::query_as(sql::POINTS_INSIDE)
        .bind(placed.comune.id)
        .bind(placed.comune.storage_srid)
        .bind(MARGIN_M)
        .bind(CLOSE_M)
        .bind(x)
        .bind(y)
        .fetch_one(tx)
        .await?;
    #[expect(clippy::cast_precision_loss, reason = "a sample is small")]
    let share = |count: i64| count as f64 / points.len().max(1) as f64;
    Ok((share(near), share(close)))
}
