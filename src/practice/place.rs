//! Drawn areas: whether they lie in the comune, and who else asks for the same ground.

use std::fmt::Write as _;

use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value as Json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::procedure::{Answers, FieldKind, Procedure};

use super::{Error, sql};

/// Square metres that may lie outside before an area counts as outside: what drawing is off by.
const OUTSIDE_M2: f64 = 1.0;

/// A drawn area with its period.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnArea {
    /// The question that it answers.
    pub key: String,
    /// The polygon as WKT, in the storage CRS of the comune.
    pub wkt: String,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

/// Ground that another practice has, or asks for, on some of the same days.
#[derive(Debug, Clone, PartialEq)]
pub struct Occupied {
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// How much of the area, m².
    pub overlap_m2: f64,
}

/// The areas that answers draw; those that make none are left out.
#[must_use]
pub fn drawn_areas(procedure: &Procedure, answers: &Answers) -> Vec<DrawnArea> {
    let day = |key: &str| -> Option<Date> { answers.get(key)?.as_str()?.parse().ok() };
    procedure
        .sections
        .iter()
        .flat_map(|section| &section.field)
        .filter(|field| field.kind == FieldKind::Area)
        .filter_map(|field| {
            Some(DrawnArea {
                key: field.key.clone(),
                wkt: polygon(answers.get(&field.key)?)?,
                from: day("from"),
                to: day("to"),
            })
        })
        .collect()
}

/// The polygon of an answer as WKT.
fn polygon(answer: &Json) -> Option<String> {
    let corners: Vec<(f64, f64)> = answer["points"]
        .as_array()?
        .iter()
        .filter_map(|point| Some((point[0].as_f64()?, point[1].as_f64()?)))
        .collect();
    if corners.len() < 3 {
        return None;
    }
    let mut wkt = String::from("POLYGON((");
    for (east, north) in corners.iter().chain(corners.first()) {
        let _ = write!(wkt, "{east} {north},");
    }
    wkt.pop();
    wkt.push_str("))");
    Some(wkt)
}

/// Whether an area lies outside of the comune, in part or whole; not where its boundary is not
/// known.
///
/// # Errors
/// [`Error::Database`].
pub async fn is_outside(
    connection: &mut PgConnection,
    territory_id: i64,
    area: &DrawnArea,
) -> Result<bool, Error> {
    let outside: Option<f64> = sqlx::query_scalar(sql::OUTSIDE_M2)
        .bind(territory_id)
        .bind(&area.wkt)
        .fetch_optional(connection)
        .await?;
    Ok(outside.is_some_and(|outside| outside > OUTSIDE_M2))
}

/// Who else has the same ground on some of the same days; names nobody.
///
/// Practices that were refused or taken back have nothing. The transaction must see all.
///
/// # Errors
/// [`Error::Database`].
pub async fn conflicts(
    connection: &mut PgConnection,
    territory_id: i64,
    area: &DrawnArea,
    except: Option<Uuid>,
) -> Result<Vec<Occupied>, Error> {
    let (Some(from), Some(to)) = (area.from, area.to) else {
        return Ok(Vec::new());
    };
    type Row = (jiff_sqlx::Date, jiff_sqlx::Date, f64);
    let rows: Vec<Row> = sqlx::query_as(sql::CONFLICTS)
        .bind(territory_id)
        .bind(&area.wkt)
        .bind(from.to_sqlx())
        .bind(to.to_sqlx())
        .bind(except)
        .fetch_all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(from, to, overlap_m2)| Occupied {
            from: from.to_jiff(),
            to: to.to_jiff(),
            overlap_m2,
        })
        .collect())
}

/// Keeps the areas of a practice.
pub(super) async fn keep(
    connection: &mut PgConnection,
    practice: Uuid,
    territory_id: i64,
    areas: &[DrawnArea],
) -> Result<(), Error> {
    for area in areas {
        sqlx::query(sql::ADD_PLACE)
            .bind(practice)
            .bind(&area.key)
            .bind(area.from.map(|day| day.to_sqlx()))
            .bind(area.to.map(|day| day.to_sqlx()))
            .bind(&area.wkt)
            .bind(territory_id)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
