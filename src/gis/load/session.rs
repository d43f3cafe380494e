//! The state of a guided load, in the database.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff_sqlx::Timestamp as SqlTimestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

use crate::db::Tx;
use crate::gis::{Doer, Error, NewStaffAct, record_act};
use crate::ingest::{Inspected, ReadOptions};
use crate::layer::{ChosenMapping, Definition, LayerMapping};

use super::sql;

/// Where a load is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// Its files are arriving.
    Uploading,
    /// Its files are being looked into.
    Inspecting,
    /// It waits for a person to say how the files are to be read.
    Recognised,
    /// The files are being read, stored and checked.
    Loading,
    /// It waits for a person to look at the report and to publish or discard it.
    Checked,
    /// It was published.
    Published,
    /// It was discarded.
    Discarded,
}

impl SessionState {
    fn from_word(word: &str) -> Self {
        match word {
            "uploading" => Self::Uploading,
            "inspecting" => Self::Inspecting,
            "recognised" => Self::Recognised,
            "loading" => Self::Loading,
            "checked" => Self::Checked,
            "published" => Self::Published,
            _ => Self::Discarded,
        }
    }

    /// The word stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Inspecting => "inspecting",
            Self::Recognised => "recognised",
            Self::Loading => "loading",
            Self::Checked => "checked",
            Self::Published => "published",
            Self::Discarded => "discarded",
        }
    }
}

/// How the files are to be read, where not as they say themselves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reading {
    /// Name of the driver.
    pub driver: Option<String>,
    /// Name of the data set in an archive.
    pub member: Option<String>,
    /// Name of the layer in the file.
    pub layer: Option<String>,
    /// CRS, such as `EPSG:3003`.
    pub crs: Option<String>,
    /// Encoding of text.
    pub encoding: Option<String>,
    /// The part of its area, in percent, by which an invalid polygon may change.
    pub repair: Option<f64>,
    /// True when the same files were a version already: nothing was stored by this load.
    pub identical: bool,
}

/// Which fields and values fill the columns, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredMapping {
    /// Name of the preset; `page` for one made on the page.
    pub name: String,
    /// The mappings, in the order in which they are tried.
    pub layers: Vec<LayerMapping>,
}

impl StoredMapping {
    /// As a load takes it.
    pub fn chosen(&self) -> ChosenMapping {
        let text = serde_json::to_string(&self.layers).unwrap_or_default();
        ChosenMapping {
            name: self.name.clone(),
            sha256: format!("{:x}", Sha256::digest(text.as_bytes())),
            layers: self.layers.clone(),
        }
    }
}

/// A file of a load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoadFile {
    /// Its position, from 0.
    pub number: i32,
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: i64,
    /// How much of it has arrived.
    pub received: i64,
    /// SHA-256 of its content, hexadecimal, once it is complete.
    pub sha256: Option<String>,
}

/// A guided load.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its number.
    pub id: Uuid,
    /// The comune that it is for.
    pub territory_id: i64,
    /// Where it is.
    pub state: SessionState,
    /// The layer to be filled.
    pub layer: Option<String>,
    /// How the files are to be read.
    pub reading: Reading,
    /// What was recognised, as JSON of [`Inspected`].
    pub inspection: Option<Json>,
    /// Which fields fill the columns; none: as the definition says.
    pub mapping: Option<StoredMapping>,
    /// The version that was loaded.
    pub part_id: Option<i64>,
    /// Why the last step did not succeed.
    pub fault: Option<String>,
    /// Bytes read by the step at work.
    pub bytes_read: i64,
    /// Bytes that it has to read.
    pub bytes_total: i64,
    /// True when the step at work gave a sign of late.
    pub alive: bool,
    /// Who began it.
    pub by: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last went on.
    pub changed_at: Timestamp,
    /// Its files.
    pub files: Vec<LoadFile>,
}

impl Session {
    /// True while a step is at work.
    pub fn is_busy(&self) -> bool {
        matches!(self.state, SessionState::Inspecting | SessionState::Loading)
    }

    /// True when a step was at work and gives no sign any more.
    pub fn has_died(&self) -> bool {
        self.is_busy() && !self.alive
    }

    /// True when every file has arrived.
    pub fn is_complete(&self) -> bool {
        !self.files.is_empty() && self.files.iter().all(|file| file.received == file.bytes)
    }

    /// Where its files are.
    pub fn folder(&self, var: &Path) -> PathBuf {
        folder(var, self.id)
    }

    /// Paths of the files that are read: those that stand beside another are read with it.
    pub fn paths(&self, var: &Path) -> Vec<PathBuf> {
        let beside = [
            "shx", "dbf", "prj", "cpg", "cst", "qix", "sbn", "sbx", "dat", "map", "id", "ind",
            "mid", "qml", "sld", "xml",
        ];
        let ending = |name: &str| {
            name.rsplit_once('.')
                .map(|(_, ending)| ending.to_lowercase())
                .unwrap_or_default()
        };
        let folder = self.folder(var);
        let mut paths: Vec<PathBuf> = self
            .files
            .iter()
            .filter(|file| !beside.contains(&ending(&file.name).as_str()))
            .map(|file| folder.join(&file.name))
            .collect();
        if paths.is_empty() {
            paths = self
                .files
                .iter()
                .map(|file| folder.join(&file.name))
                .collect();
        }
        paths
    }

    /// The fields of the data set that is read, by what was recognised.
    pub fn fields(&self) -> Vec<wire::FieldInspection> {
        let Some(inspection) = &self.inspection else {
            return Vec::new();
        };
        let wanted = self.reading.member.as_deref();
        let datasets = inspection["datasets"].as_array().into_iter().flatten();
        let mut layers = datasets
            .filter(|dataset| {
                let name = dataset["name"].as_str().unwrap_or_default();
                wanted.is_none_or(|wanted| {
                    name.rsplit_once("!/").map_or(name, |(_, member)| member) == wanted
                })
            })
            .flat_map(|dataset| {
                dataset["inspection"]["layers"]
                    .as_array()
                    .into_iter()
                    .flatten()
            });
        let chosen = match &self.reading.layer {
            Some(name) => layers.find(|layer| layer["name"].as_str() == Some(name)),
            None => layers.next(),
        };
        chosen
            .and_then(|layer| serde_json::from_value(layer["fields"].clone()).ok())
            .unwrap_or_default()
    }

    /// As a load into a layer takes it.
    ///
    /// Files of the national cadastre have one layer: that it was chosen says nothing.
    pub fn options(&self, definition: &Definition) -> ReadOptions {
        let reading = &self.reading;
        let is_cadastre = definition.reader.cadastre_gml.is_some() && self.mapping.is_none();
        ReadOptions {
            driver: reading.driver.clone(),
            member: reading.member.clone(),
            layer: reading.layer.clone().filter(|_| !is_cadastre),
            crs: reading.crs.clone(),
            encoding: reading.encoding.clone(),
            mapping: self.mapping.as_ref().map(StoredMapping::chosen),
            repair: reading.repair.map(|percent| percent / 100.0),
            leave_out_invalid: false,
        }
    }
}

/// The folder of a load's files.
pub(super) fn folder(var: &Path, id: Uuid) -> PathBuf {
    var.join("uploads").join(id.simple().to_string())
}

fn read(row: &PgRow) -> Result<Session, sqlx::Error> {
    let state: String = row.try_get("state")?;
    let created: SqlTimestamp = row.try_get("created_at")?;
    let changed: SqlTimestamp = row.try_get("changed_at")?;
    let reading: Json = row.try_get("reading")?;
    let mapping: Option<Json> = row.try_get("mapping")?;
    Ok(Session {
        id: row.try_get("id")?,
        territory_id: row.try_get("territory_id")?,
        state: SessionState::from_word(&state),
        layer: row.try_get("layer")?,
        reading: serde_json::from_value(reading).unwrap_or_default(),
        inspection: row.try_get("inspection")?,
        mapping: mapping.and_then(|mapping| serde_json::from_value(mapping).ok()),
        part_id: row.try_get("part_id")?,
        fault: row.try_get("fault")?,
        bytes_read: row.try_get("bytes_read")?,
        bytes_total: row.try_get("bytes_total")?,
        alive: row.try_get("alive")?,
        by: row.try_get("by")?,
        created_at: created.to_jiff(),
        changed_at: changed.to_jiff(),
        files: Vec::new(),
    })
}

async fn with_files(
    connection: &mut PgConnection,
    mut session: Session,
) -> Result<Session, sqlx::Error> {
    type Row = (i32, String, i64, i64, Option<Vec<u8>>);
    let files: Vec<Row> = sqlx::query_as(sql::FILES)
        .bind(session.id)
        .fetch_all(connection)
        .await?;
    session.files = files
        .into_iter()
        .map(|(number, name, bytes, received, sha256)| LoadFile {
            number,
            name,
            bytes,
            received,
            sha256: sha256.map(|hash| crate::blob::hex(&hash)),
        })
        .collect();
    Ok(session)
}

/// A load of a comune by its number; none where there is no such load.
///
/// # Errors
/// [`Error::Database`].
pub async fn session(
    connection: &mut PgConnection,
    id: Uuid,
    territory_id: i64,
) -> Result<Option<Session>, Error> {
    let row = sqlx::query(sql::SESSION)
        .bind(id)
        .bind(territory_id)
        .fetch_optional(&mut *connection)
        .await?;
    match row {
        Some(row) => Ok(Some(with_files(connection, read(&row)?).await?)),
        None => Ok(None),
    }
}

/// The loads of a comune that are neither published nor discarded, the newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn open_sessions(
    connection: &mut PgConnection,
    territory_id: i64,
) -> Result<Vec<Session>, Error> {
    let rows = sqlx::query(sql::OPEN)
        .bind(territory_id)
        .fetch_all(&mut *connection)
        .await?;
    let mut sessions = Vec::new();
    for row in &rows {
        sessions.push(with_files(connection, read(row)?).await?);
    }
    Ok(sessions)
}

/// Keeps which layer is to be filled and how the files are to be read.
///
/// # Errors
/// [`Error::Database`].
pub async fn keep_choice(
    connection: &mut PgConnection,
    id: Uuid,
    layer: Option<&str>,
    reading: &Reading,
) -> Result<(), Error> {
    sqlx::query(sql::KEEP_CHOICE)
        .bind(id)
        .bind(layer)
        .bind(serde_json::to_value(reading).unwrap_or_default())
        .execute(connection)
        .await?;
    Ok(())
}

/// Digest over the names of fields: two files of one source have the same.
fn fields_sha256(fields: &[wire::FieldInspection]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for field in fields {
        hash.update(field.name.as_bytes());
        hash.update([0]);
    }
    hash.finalize().into()
}

/// Keeps how the columns are filled, for this load and for the next file of the same source.
///
/// # Errors
/// [`Error::Database`].
pub async fn keep_mapping(
    connection: &mut PgConnection,
    session: &Session,
    mapping: Option<&StoredMapping>,
    by: &str,
) -> Result<(), Error> {
    let value = mapping.map(|mapping| serde_json::to_value(mapping).unwrap_or_default());
    sqlx::query(sql::KEEP_MAPPING)
        .bind(session.id)
        .bind(&value)
        .execute(&mut *connection)
        .await?;
    if let (Some(value), Some(layer)) = (value, &session.layer) {
        sqlx::query(sql::REMEMBER)
            .bind(session.territory_id)
            .bind(layer)
            .bind(fields_sha256(&session.fields()).as_slice())
            .bind(value)
            .bind(by)
            .execute(connection)
            .await?;
    }
    Ok(())
}

impl Session {
    /// How the last file of the same source filled the layer; none where there was none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn remembered(
        &self,
        connection: &mut PgConnection,
    ) -> Result<Option<StoredMapping>, Error> {
        let Some(layer) = &self.layer else {
            return Ok(None);
        };
        let kept: Option<Json> = sqlx::query_scalar(sql::REMEMBERED)
            .bind(self.territory_id)
            .bind(layer)
            .bind(fields_sha256(&self.fields()).as_slice())
            .fetch_optional(connection)
            .await?;
        Ok(kept.and_then(|kept| serde_json::from_value(kept).ok()))
    }
}

/// Notes that what was loaded is published: the load is over, its files may go.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_published(connection: &mut PgConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query(sql::END)
        .bind(id)
        .bind("published")
        .execute(connection)
        .await?;
    Ok(())
}

/// Discards a load with the rows of its version, where nothing else refers to them; noted in the
/// chain. The folder of its files is the caller's to remove.
///
/// # Errors
/// [`Error`].
pub async fn discard(tx: &mut Tx, session: &Session, doer: &Doer) -> Result<(), Error> {
    if let Some(part_id) = session.part_id
        && !session.reading.identical
    {
        let others: bool = sqlx::query_scalar(sql::OTHERS)
            .bind(part_id)
            .bind(session.id)
            .fetch_one(&mut **tx)
            .await?;
        if !others {
            let _gone: bool = sqlx::query_scalar(sql::DISCARD_PART)
                .bind(part_id)
                .bind(&doer.name)
                .fetch_one(&mut **tx)
                .await?;
        }
    }
    sqlx::query(sql::END)
        .bind(session.id)
        .bind("discarded")
        .execute(&mut **tx)
        .await?;
    let names: Vec<&str> = session
        .files
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    let detail = json!({ "load": session.id, "files": names, "part": session.part_id });
    let act = NewStaffAct {
        by: &doer.name,
        kind: "discard",
        territory_id: Some(doer.territory_id),
        layer: session.layer.as_deref(),
        detail: &detail,
    };
    record_act(tx, &act).await?;
    Ok(())
}

/// What was recognised in several files, as one.
pub(super) fn joined(found: Vec<Inspected>) -> Json {
    let mut found = found.into_iter();
    let Some(mut all) = found.next() else {
        return Json::default();
    };
    for one in found {
        all.datasets.extend(one.datasets);
        all.findings.extend(one.findings);
    }
    // PostgreSQL keeps no character of the number 0.
    let text = serde_json::to_string(&all).unwrap_or_default();
    serde_json::from_str(&text.replace("\\u0000", "")).unwrap_or_default()
}
