//! Comuni, and their boundaries.

use jiff_sqlx::ToSqlx;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::cadastre::ComuneCode;
use crate::db::Ewkb;

use super::sql;

/// A comune of this installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comune {
    /// Number of the territory in the database.
    pub id: i64,
    /// Its word in URLs.
    pub slug: String,
    /// Its name, without "Comune di".
    pub name: String,
    /// EPSG code of its storage CRS.
    pub storage_srid: i32,
    /// Its cadastral codes, the one in use first.
    pub codes: Vec<ComuneCode>,
}

/// What is needed to add a comune.
#[derive(Debug, Clone)]
pub struct NewComune {
    /// Its cadastral code.
    pub code: ComuneCode,
    /// Its name.
    pub name: String,
    /// Its word in URLs; by default made from the name.
    pub slug: Option<String>,
    /// EPSG code of its storage CRS.
    pub storage_srid: i32,
}

/// Where a boundary came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundaryOrigin {
    /// `file` or `sheets`.
    pub origin: String,
    /// File name and digest, or the part of sheets.
    pub detail: String,
}

/// What can go wrong with territories.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The code belongs to a comune already.
    #[error("the code {code} belongs to {name} already")]
    CodeTaken {
        /// The code asked for.
        code: ComuneCode,
        /// The comune that has it.
        name: String,
    },
    /// Another territory has this word in its URLs.
    #[error("another territory has the address '{0}' already: give another one with --slug")]
    SlugTaken(String),
    /// The name gives no word for URLs.
    #[error("'{0}' gives no address of letters and digits: give one with --slug")]
    NoSlug(String),
    /// The database failed.
    #[error("territories in the database")]
    Database(#[from] sqlx::Error),
}

/// The word in URLs of a name: `San Felice del Molise` → `san-felice-del-molise`.
pub fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        let plain = match c {
            'à' | 'á' | 'â' | 'ä' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'ö' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            c if c.is_ascii_alphanumeric() => c,
            _ => '-',
        };
        if plain != '-' || !(slug.is_empty() || slug.ends_with('-')) {
            slug.push(plain);
        }
    }
    slug.truncate(60);
    slug.trim_end_matches('-').to_owned()
}

/// Adds a comune with its code; all of it or nothing.
///
/// # Errors
/// [`Error`].
pub async fn add_comune(connection: &mut PgConnection, new: &NewComune) -> Result<i64, Error> {
    let slug = match &new.slug {
        Some(slug) => slug.clone(),
        None => slug_of(&new.name),
    };
    if slug.is_empty() {
        return Err(Error::NoSlug(new.name.clone()));
    }
    let taken: Option<String> = sqlx::query_scalar(sql::COMUNE_OF_CODE)
        .bind(new.code.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(name) = taken {
        return Err(Error::CodeTaken {
            code: new.code,
            name,
        });
    }
    let mut tx = connection.begin().await?;
    let id: i64 = sqlx::query_scalar(sql::INSERT_TERRITORY)
        .bind(&slug)
        .bind(&new.name)
        .bind(new.storage_srid)
        .fetch_one(&mut *tx)
        .await
        .map_err(|error| on_constraint(error, "territory_slug_key", Error::SlugTaken(slug)))?;
    sqlx::query(sql::INSERT_CODE)
        .bind(id)
        .bind(new.code.as_str())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(id)
}

fn on_constraint(error: sqlx::Error, name: &str, meaning: Error) -> Error {
    match error.as_database_error() {
        Some(database) if database.constraint() == Some(name) => meaning,
        _ => Error::Database(error),
    }
}

/// All comuni, in the order in which they were added.
///
/// # Errors
/// [`Error::Database`].
pub async fn comuni(connection: &mut PgConnection) -> Result<Vec<Comune>, Error> {
    let rows: Vec<(i64, String, String, i32, Vec<String>)> =
        sqlx::query_as(sql::COMUNI).fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|(id, slug, name, storage_srid, codes)| Comune {
            id,
            slug,
            name,
            storage_srid,
            codes: codes.iter().filter_map(|code| code.parse().ok()).collect(),
        })
        .collect())
}

/// Stores a boundary that the municipality gave, in the territory's storage CRS.
///
/// # Errors
/// [`Error::Database`], also when the geometry is not valid.
pub async fn add_boundary_from_file(
    connection: &mut PgConnection,
    territory_id: i64,
    detail: &str,
    geometry: Ewkb,
) -> Result<(), Error> {
    sqlx::query(sql::INSERT_BOUNDARY)
        .bind(territory_id)
        .bind("file")
        .bind(detail)
        .bind(geometry)
        .execute(connection)
        .await?;
    Ok(())
}

/// From when a boundary counts: in force, and known.
#[derive(Debug, Clone, Copy)]
pub struct BoundaryTimes {
    /// When it is recorded.
    pub recorded_at: jiff::Timestamp,
    /// First day on which it counts.
    pub valid_from: jiff::civil::Date,
}

/// Makes a boundary from the sheets of a part: their union, gaps up to a metre closed.
///
/// `sheets` is the quoted name of the table of sheets.
///
/// # Errors
/// [`Error::Database`].
pub async fn derive_boundary(
    connection: &mut PgConnection,
    territory_id: i64,
    sheets: &str,
    part_id: i64,
    times: BoundaryTimes,
) -> Result<(), Error> {
    sqlx::query(AssertSqlSafe(sql::derive_boundary(sheets)))
        .bind(territory_id)
        .bind(format!("part {part_id}"))
        .bind(part_id)
        .bind(times.recorded_at.to_sqlx())
        .bind(times.valid_from.to_sqlx())
        .execute(connection)
        .await?;
    Ok(())
}

/// Where the boundary in use comes from; none where there is no boundary.
///
/// # Errors
/// [`Error::Database`].
pub async fn boundary_state(
    connection: &mut PgConnection,
    territory_id: i64,
) -> Result<Option<BoundaryOrigin>, Error> {
    let row: Option<(String, String)> = sqlx::query_as(sql::BOUNDARY_STATE)
        .bind(territory_id)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|(origin, detail)| BoundaryOrigin { origin, detail }))
}

/// A boundary in use.
#[derive(Debug, Clone)]
pub struct BoundaryRow {
    /// Number of the row.
    pub boundary_id: i64,
    /// Territory.
    pub territory_id: i64,
    /// EPSG code of its CRS.
    pub srid: i32,
    /// MultiPolygon.
    pub geometry: Ewkb,
}

/// The boundaries in use on a day as known at a moment (none: now), in the order of
/// territories.
///
/// Before the first day of any boundary the earliest is used: a comune is older than its maps.
///
/// # Errors
/// [`Error::Database`].
pub async fn boundaries(
    connection: &mut PgConnection,
    date: jiff::civil::Date,
    known_at: Option<jiff::Timestamp>,
) -> Result<Vec<BoundaryRow>, Error> {
    let rows: Vec<(i64, i64, i32, Ewkb)> = sqlx::query_as(sql::BOUNDARIES)
        .bind(date.to_sqlx())
        .bind(known_at.map(ToSqlx::to_sqlx))
        .fetch_all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(boundary_id, territory_id, srid, geometry)| BoundaryRow {
            boundary_id,
            territory_id,
            srid,
            geometry,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_addresses() {
        assert_eq!(slug_of("San Felice del Molise"), "san-felice-del-molise");
        assert_eq!(slug_of("Forlì"), "forli");
        assert_eq!(slug_of("Sant'Àngelo  Lodigiano "), "sant-angelo-lodigiano");
        assert_eq!(slug_of("!!!"), "");
    }
}
