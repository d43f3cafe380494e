//! What the census says of a parcel: land and units, and owners for those with a purpose.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::{Connection as _, PgConnection, Row as _};
use wire::census::Person;

use crate::cadastre::CadastralReference;
use crate::config::Config;
use crate::db::{Databases, DbRole};

use super::key::key;
use super::parcel_key::parcel_key;
use super::{Error, sql};

/// Letters of a purpose at least.
const PURPOSE: usize = 5;

/// What the census says of a parcel; it names no person.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ParcelCensus {
    /// Its land.
    pub land: Vec<LandRecord>,
    /// Units on it.
    pub units: Vec<UnitRecord>,
}

/// Land of the census.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LandRecord {
    /// Number in the census of the comune.
    pub immobile: i64,
    /// Code of its quality.
    pub qualita: Option<String>,
    /// Class.
    pub classe: Option<String>,
    /// Area in m².
    pub area_m2: Option<i64>,
    /// Reddito dominicale in euro cents.
    pub dominicale_cents: Option<i64>,
    /// Reddito agrario in euro cents.
    pub agrario_cents: Option<i64>,
}

/// A unit of the census.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnitRecord {
    /// Number in the census of the comune.
    pub immobile: i64,
    /// Unit in the building.
    pub subalterno: Option<String>,
    /// Category, such as `A/3`.
    pub categoria: Option<String>,
    /// Class.
    pub classe: Option<String>,
    /// Size in the measure of the category, in hundredths.
    pub consistenza_hundredths: Option<i64>,
    /// Area in m².
    pub superficie_m2: Option<i64>,
    /// Rendita in euro cents.
    pub rendita_cents: Option<i64>,
}

/// An owner: personal data.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// Object of the right: number in the census.
    pub immobile: i64,
    /// `F` a unit, `T` land.
    pub immobile_kind: String,
    /// Code of the right.
    pub right: String,
    /// Numerator and denominator of the share.
    pub share: Option<(i64, i64)>,
    /// Who; none where the supply has no such person.
    pub person: Option<Person>,
}

// Whoever prints it by mistake prints nothing.
impl std::fmt::Debug for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Owner { … }")
    }
}

/// What the census says of a parcel.
///
/// # Errors
/// Those of the database.
pub async fn parcel_census(
    databases: &Databases,
    reference: &CadastralReference,
) -> Result<ParcelCensus, Error> {
    let mut connection = databases.address.connect(DbRole::Census).await?;
    let census = read(&mut connection, reference).await?;
    connection.close().await?;
    Ok(census)
}

/// The areas in m² that the census gives parcels of one comune, by reference; one that the census
/// has no land of is left out.
///
/// # Errors
/// Those of the database.
pub async fn census_areas(
    databases: &Databases,
    references: &[CadastralReference],
) -> Result<HashMap<CadastralReference, f64>, Error> {
    let Some(first) = references.first() else {
        return Ok(HashMap::new());
    };
    let keys: Vec<String> = references.iter().map(parcel_key).collect();
    let mut connection = databases.address.connect(DbRole::Census).await?;
    let rows: Vec<(String, f64)> = sqlx::query_as(sql::AREAS_OF)
        .bind(first.sheet.comune.as_str())
        .bind(&keys)
        .fetch_all(&mut connection)
        .await?;
    connection.close().await?;
    let areas: HashMap<String, f64> = rows.into_iter().filter(|row| row.1 > 0.0).collect();
    Ok(references
        .iter()
        .zip(&keys)
        .filter_map(|(reference, key)| Some((reference.clone(), *areas.get(key)?)))
        .collect())
}

/// Whether an area of the census and one of the map are too far apart to be the same drawing:
/// more than 5 % of the census.
pub fn areas_differ(census_m2: f64, map_m2: f64) -> bool {
    (census_m2 - map_m2).abs() > census_m2 * 0.05
}

async fn read(
    connection: &mut PgConnection,
    reference: &CadastralReference,
) -> Result<ParcelCensus, Error> {
    let (comune, key) = (reference.sheet.comune.as_str(), parcel_key(reference));
    let land = sqlx::query(sql::LAND_OF)
        .bind(comune)
        .bind(&key)
        .fetch_all(&mut *connection)
        .await?;
    let units = sqlx::query(sql::UNITS_OF)
        .bind(comune)
        .bind(&key)
        .fetch_all(connection)
        .await?;
    let mut census = ParcelCensus::default();
    for row in land {
        census.land.push(LandRecord {
            immobile: row.try_get("immobile")?,
            qualita: row.try_get("qualita")?,
            classe: row.try_get("classe")?,
            area_m2: row.try_get("area_m2")?,
            dominicale_cents: row.try_get("dominicale_cents")?,
            agrario_cents: row.try_get("agrario_cents")?,
        });
    }
    for row in units {
        census.units.push(UnitRecord {
            immobile: row.try_get("immobile")?,
            subalterno: row.try_get("subalterno")?,
            categoria: row.try_get("categoria")?,
            classe: row.try_get("classe")?,
            consistenza_hundredths: row.try_get("consistenza_hundredths")?,
            superficie_m2: row.try_get("superficie_m2")?,
            rendita_cents: row.try_get("rendita_cents")?,
        });
    }
    Ok(census)
}

/// The owners of a parcel's land and units; that they were read is written down with the purpose.
///
/// # Errors
/// [`Error::NoPurpose`], and those of key and database: then nothing is told.
pub async fn owners_of(
    config: &Config,
    databases: &Databases,
    reference: &CadastralReference,
    (by, purpose): (&str, &str),
) -> Result<Vec<Owner>, Error> {
    if purpose.trim().chars().count() < PURPOSE {
        return Err(Error::NoPurpose);
    }
    let key = key(&config.var)?;
    let mut connection = databases.address.connect(DbRole::Census).await?;
    let mut tx = connection.begin().await?;
    let census = read(&mut tx, reference).await?;
    let land = census.land.iter().map(|land| (land.immobile, "T"));
    let units = census.units.iter().map(|unit| (unit.immobile, "F"));
    let (objects, kinds): (Vec<i64>, Vec<&str>) = land.chain(units).unzip();
    let rows = sqlx::query(sql::OWNERS_OF)
        .bind(reference.sheet.comune.as_str())
        .bind(objects)
        .bind(kinds)
        .bind(&key)
        .fetch_all(&mut *tx)
        .await?;
    let mut owners = Vec::new();
    for row in rows {
        let secret: Option<String> = row.try_get("secret")?;
        let share: (Option<i64>, Option<i64>) = (row.try_get("share")?, row.try_get("share_of")?);
        owners.push(Owner {
            immobile: row.try_get("immobile")?,
            immobile_kind: row.try_get("immobile_kind")?,
            right: row.try_get("right_code")?,
            share: share.0.zip(share.1),
            person: secret.and_then(|secret| serde_json::from_str(&secret).ok()),
        });
    }
    sqlx::query(sql::ADD_ACCESS)
        .bind(by)
        .bind(purpose.trim())
        .bind(reference.to_string())
        .bind(i64::try_from(owners.len()).unwrap_or(i64::MAX))
        .execute(&mut *tx)
        .await?;
    // Nothing is told before it is written down.
    tx.commit().await?;
    connection.close().await?;
    Ok(owners)
}
