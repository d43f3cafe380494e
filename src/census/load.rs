//! A supply into the database: all of it or nothing, and what of it is on the map.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use wire::census::{CensusLine, Identifier, Land, Person, Title, Unit};

use crate::cadastre::CadastralReference;
use crate::config::Config;
use crate::db::{Databases, DbRole};
use crate::ingest::{WorkerError, read_census};
use crate::layer::{AsOf, part_in_force};
use crate::place::Comune;

use super::key::key;
use super::parcel_key::{census_key, parcel_key};
use super::{Error, sql};

/// Rows of one statement.
const CHUNK: usize = 5_000;
/// Keys of what did not join that are listed.
const LISTED: usize = 1_000;
/// Difference of areas from which it is told, as a part of that of the map.
const APART: f64 = 0.05;

/// What to load.
pub struct CensusRequest {
    /// Files of the supply, or folders that hold them.
    pub paths: Vec<PathBuf>,
    /// The comune.
    pub comune: Comune,
    /// Layer of its parcels.
    pub parcels: String,
    /// Who loads.
    pub by: String,
}

/// What came of it; it holds no value of persons.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CensusReport {
    /// Number of the supply.
    pub supply_id: i64,
    /// True when the same was loaded last; nothing was stored then.
    pub identical: bool,
    /// True for a complete supply.
    pub complete: bool,
    /// Records of land.
    pub land: usize,
    /// Units.
    pub units: usize,
    /// Where units are.
    pub identifiers: usize,
    /// Persons and bodies.
    pub persons: usize,
    /// Rights.
    pub titles: usize,
    /// Parcels of the map in force; none where no cadastre is.
    pub parcels: Option<usize>,
    /// How many numbers of the census are on the map.
    pub joined: usize,
    /// Numbers of the census that are not, the first thousand.
    pub not_on_map: Vec<String>,
    /// How many that are.
    pub not_on_map_count: usize,
    /// Parcels of the map that are not in the census, the first thousand.
    pub not_in_census: Vec<String>,
    /// How many that are.
    pub not_in_census_count: usize,
    /// Records that name neither sheet nor number.
    pub without_number: usize,
    /// Parcels whose area in the census differs by more than 5 % from the map: key, census m²,
    /// map m²; the first thousand.
    pub areas_apart: Vec<(String, i64, f64)>,
    /// How many that are.
    pub areas_apart_count: usize,
}

#[derive(Default)]
struct Supply {
    comune: Option<String>,
    parameters: BTreeMap<String, String>,
    land: Vec<Land>,
    units: Vec<Unit>,
    identifiers: Vec<Identifier>,
    persons: Vec<Person>,
    titles: Vec<Title>,
}

/// A file of a supply.
#[derive(Debug, Clone, Serialize)]
struct File {
    name: String,
    bytes: u64,
    sha256: String,
    #[serde(skip)]
    path: PathBuf,
    #[serde(skip)]
    kind: &'static str,
}

/// Loads a supply of the census of a comune, and compares it with the map in force.
///
/// A full supply replaces what was there, one of updates goes on top of it.
///
/// # Errors
/// [`Error`]; then nothing is stored. What it says holds no value of the files.
pub async fn load_census(
    config: &Config,
    databases: &Databases,
    request: &CensusRequest,
) -> Result<CensusReport, Error> {
    let key = key(&config.var)?;
    let files = files(&request.paths)?;
    let digest = digest(&files);
    let (program, own) = (config.worker.clone(), files.clone());
    let read = tokio::task::spawn_blocking(move || read(&program, &own));
    let supply = read.await.map_err(|_| Error::Interrupted)??;
    let comune = supply.comune.clone().ok_or(Error::Empty)?;
    let codes: Vec<String> = request
        .comune
        .codes
        .iter()
        .map(ToString::to_string)
        .collect();
    if !codes.contains(&comune) {
        return Err(Error::OtherComune {
            found: comune,
            wanted: codes.join(", "),
        });
    }
    let mut connection = databases.address.connect(DbRole::Census).await?;
    let mut tx = connection.begin().await?;
    let same: Option<i64> = sqlx::query_scalar(sql::SAME_SUPPLY)
        .bind(&comune)
        .bind(&digest)
        .fetch_optional(&mut *tx)
        .await?;
    let mut report = compare(&mut tx, request, &supply).await?;
    report.complete = supply.is_complete();
    if let Some(supply_id) = same {
        return Ok(CensusReport {
            supply_id,
            identical: true,
            ..report
        });
    }
    let base: Option<i64> = sqlx::query_scalar(sql::BASE)
        .bind(&comune)
        .fetch_one(&mut *tx)
        .await?;
    if !report.complete && base.is_none() {
        return Err(Error::NoBase(comune));
    }
    let day = supply.parameters.get("data elaborazione");
    report.supply_id = sqlx::query_scalar(sql::ADD_SUPPLY)
        .bind(&comune)
        .bind(report.complete)
        .bind(day)
        .bind(serde_json::to_value(&files).unwrap_or_default())
        .bind(&digest)
        .bind(serde_json::to_value(&report).unwrap_or_default())
        .bind(&request.by)
        .fetch_one(&mut *tx)
        .await?;
    store(&mut tx, report.supply_id, &supply, &key).await?;
    tx.commit().await?;
    connection.close().await?;
    Ok(report)
}

impl Supply {
    /// Full unless its parameters say that it is one of updates.
    fn is_complete(&self) -> bool {
        let kind = self.parameters.get("tipologia di estrazione");
        !kind.is_some_and(|kind| kind.to_lowercase().contains("aggiornament"))
    }

    fn take(&mut self, line: CensusLine) -> Result<(), Error> {
        let comune = match &line {
            CensusLine::Land(land) => Some(&land.object.comune),
            CensusLine::Unit(unit) => Some(&unit.object.comune),
            CensusLine::Identifier(identifier) => Some(&identifier.object.comune),
            CensusLine::Person(person) => Some(&person.comune),
            CensusLine::Title(title) => Some(&title.comune),
            _ => None,
        };
        if let Some(comune) = comune {
            match &self.comune {
                Some(first) if first != comune => {
                    return Err(Error::SeveralComuni(first.clone(), comune.clone()));
                }
                Some(_) => {}
                None => self.comune = Some(comune.clone()),
            }
        }
        match line {
            CensusLine::Land(land) => self.land.push(land),
            CensusLine::Unit(unit) => self.units.push(unit),
            CensusLine::Identifier(identifier) => self.identifiers.push(identifier),
            CensusLine::Person(person) => self.persons.push(person),
            CensusLine::Title(title) => self.titles.push(title),
            CensusLine::Parameter(parameter) => {
                self.parameters
                    .insert(parameter.key.to_lowercase(), parameter.value);
            }
            // Addresses are those of house numbers on the map, which are kept better.
            CensusLine::Address(_)
            | CensusLine::Finding(_)
            | CensusLine::Failed(_)
            | CensusLine::Done(_) => {}
        }
        Ok(())
    }
}

fn kind_of(path: &Path) -> Option<&'static str> {
    let ending = path.extension()?.to_string_lossy().to_lowercase();
    ["prm", "fab", "ter", "sog", "tit"]
        .into_iter()
        .find(|kind| *kind == ending)
}

fn files(paths: &[PathBuf]) -> Result<Vec<File>, Error> {
    let failed = |path: &Path, source| Error::File {
        path: path.to_path_buf(),
        source,
    };
    let mut all: Vec<PathBuf> = Vec::new();
    for path in paths {
        if !path.is_dir() {
            all.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(|source| failed(path, source))?;
        let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        inside.retain(|path| path.is_file() && kind_of(path).is_some());
        inside.sort();
        all.extend(inside);
    }
    let mut found = Vec::new();
    for path in all {
        let kind = kind_of(&path).ok_or_else(|| Error::NoFiles(path.clone()))?;
        let mut file = std::fs::File::open(&path).map_err(|source| failed(&path, source))?;
        let mut hash = Sha256::new();
        let bytes = std::io::copy(&mut file, &mut hash).map_err(|source| failed(&path, source))?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        found.push(File {
            name,
            bytes,
            sha256: format!("{:x}", hash.finalize()),
            path,
            kind,
        });
    }
    if found.iter().all(|file| file.kind == "prm") {
        let path = paths.first().cloned().unwrap_or_default();
        return Err(Error::NoFiles(path));
    }
    Ok(found)
}

fn digest(files: &[File]) -> Vec<u8> {
    let mut digests: Vec<&str> = files.iter().map(|file| file.sha256.as_str()).collect();
    digests.sort_unstable();
    Sha256::digest(digests.concat()).to_vec()
}

fn read(program: &Path, files: &[File]) -> Result<Supply, Error> {
    let mut supply = Supply::default();
    let (mut count, mut first) = (0, None);
    for file in files {
        let mut fault = None;
        let done = read_census(program, (&file.path, &file.name), file.kind, |line| {
            if let CensusLine::Finding(finding) = &line {
                let at = finding.line.unwrap_or_default();
                count += 1;
                first.get_or_insert_with(|| format!("{}:{at}: {}", file.name, finding.message));
            }
            match supply.take(line) {
                Ok(()) => true,
                Err(error) => {
                    fault = Some(error);
                    false
                }
            }
        });
        if let Some(fault) = fault {
            return Err(fault);
        }
        done.map_err(|error: WorkerError| Error::Worker(error))?;
    }
    match first {
        Some(first) => Err(Error::Records { count, first }),
        None => Ok(supply),
    }
}

/// Compares a supply with the parcels in force.
async fn compare(
    connection: &mut PgConnection,
    request: &CensusRequest,
    supply: &Supply,
) -> Result<CensusReport, Error> {
    let mut report = CensusReport {
        land: supply.land.len(),
        units: supply.units.len(),
        identifiers: supply.identifiers.len(),
        persons: supply.persons.len(),
        titles: supply.titles.len(),
        ..CensusReport::default()
    };
    let mut of_census: HashSet<String> = HashSet::new();
    let mut census_m2: HashMap<String, i64> = HashMap::new();
    for land in &supply.land {
        match census_key(&land.map) {
            Some(key) => {
                if let Some(m2) = land.area_m2 {
                    *census_m2.entry(key.clone()).or_default() += m2;
                }
                of_census.insert(key);
            }
            None => report.without_number += 1,
        }
    }
    for identifier in &supply.identifiers {
        match census_key(&identifier.map) {
            Some(key) => {
                of_census.insert(key);
            }
            None => report.without_number += 1,
        }
    }
    let part = part_in_force(
        connection,
        &request.parcels,
        request.comune.id,
        AsOf::day_of(jiff::Timestamp::now()),
    )
    .await;
    let Ok(Some(part_id)) = part else {
        return Ok(report);
    };
    let rows: Vec<(String, f64)> = sqlx::query_as(AssertSqlSafe(sql::parcels(&request.parcels)))
        .bind(part_id)
        .fetch_all(connection)
        .await?;
    report.parcels = Some(rows.len());
    let mut of_map: HashMap<String, f64> = HashMap::new();
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    for (key, m2) in rows {
        if let Ok(reference) = key.parse::<CadastralReference>() {
            let joined = parcel_key(&reference);
            *of_map.entry(joined.clone()).or_default() += m2;
            named.insert(joined, key);
        }
    }
    let mut lost: Vec<String> = of_census
        .iter()
        .filter(|key| !of_map.contains_key(*key))
        .cloned()
        .collect();
    lost.sort_unstable();
    report.joined = of_census.len() - lost.len();
    report.not_on_map_count = lost.len();
    lost.truncate(LISTED);
    report.not_on_map = lost;
    for (joined, key) in &named {
        if !of_census.contains(joined) {
            report.not_in_census_count += 1;
            if report.not_in_census.len() < LISTED {
                report.not_in_census.push(key.clone());
            }
        }
        let (Some(&census), Some(&map)) = (census_m2.get(joined), of_map.get(joined)) else {
            continue;
        };
        #[expect(clippy::cast_precision_loss, reason = "areas are far below 2^52 m²")]
        let apart = (census as f64 - map).abs() > APART * map;
        if apart {
            report.areas_apart_count += 1;
            if report.areas_apart.len() < LISTED {
                report.areas_apart.push((key.clone(), census, map));
            }
        }
    }
    Ok(report)
}

fn suppressed(partita: Option<&String>) -> bool {
    partita.is_some_and(|partita| partita.trim().eq_ignore_ascii_case("c"))
}

async fn store(
    tx: &mut PgConnection,
    supply_id: i64,
    supply: &Supply,
    key: &str,
) -> Result<(), Error> {
    for rows in supply.land.chunks(CHUNK) {
        sqlx::query(sql::ADD_LAND)
            .bind(supply_id)
            .bind(column(rows, |row| row.object.immobile))
            .bind(column(rows, |row| row.object.progressivo))
            .bind(column(rows, |row| census_key(&row.map)))
            .bind(column(rows, |row| row.qualita.clone()))
            .bind(column(rows, |row| row.classe.clone()))
            .bind(column(rows, |row| row.area_m2))
            .bind(column(rows, |row| row.dominicale_cents))
            .bind(column(rows, |row| row.agrario_cents))
            .bind(column(rows, |row| suppressed(row.partita.as_ref())))
            .execute(&mut *tx)
            .await?;
    }
    for rows in supply.units.chunks(CHUNK) {
        sqlx::query(sql::ADD_UNITS)
            .bind(supply_id)
            .bind(column(rows, |row| row.object.immobile))
            .bind(column(rows, |row| row.object.progressivo))
            .bind(column(rows, |row| row.categoria.clone()))
            .bind(column(rows, |row| row.classe.clone()))
            .bind(column(rows, |row| row.consistenza_hundredths))
            .bind(column(rows, |row| row.superficie_m2))
            .bind(column(rows, |row| row.rendita_cents))
            .bind(column(rows, |row| suppressed(row.partita.as_ref())))
            .execute(&mut *tx)
            .await?;
    }
    for rows in supply.identifiers.chunks(CHUNK) {
        sqlx::query(sql::ADD_IDENTIFIERS)
            .bind(supply_id)
            .bind(column(rows, |row| row.object.immobile))
            .bind(column(rows, |row| row.object.progressivo))
            .bind(column(rows, |row| census_key(&row.map)))
            .bind(column(rows, |row| row.map.subalterno.clone()))
            .bind(column(rows, |row| row.common))
            .execute(&mut *tx)
            .await?;
    }
    for rows in supply.persons.chunks(CHUNK) {
        let secret = |row: &Person| serde_json::to_string(row).unwrap_or_default();
        sqlx::query(sql::ADD_PERSONS)
            .bind(supply_id)
            .bind(column(rows, |row| row.soggetto))
            .bind(column(rows, |row| row.kind.clone()))
            .bind(column(rows, secret))
            .bind(key)
            .execute(&mut *tx)
            .await?;
    }
    for rows in supply.titles.chunks(CHUNK) {
        sqlx::query(sql::ADD_TITLES)
            .bind(supply_id)
            .bind(column(rows, |row| row.soggetto))
            .bind(column(rows, |row| row.soggetto_kind.clone()))
            .bind(column(rows, |row| row.immobile))
            .bind(column(rows, |row| row.immobile_kind.clone()))
            .bind(column(rows, |row| row.right.clone()))
            .bind(column(rows, |row| row.share))
            .bind(column(rows, |row| row.of))
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// A column of rows, as statements take them.
fn column<R, T>(rows: &[R], of: impl Fn(&R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}
