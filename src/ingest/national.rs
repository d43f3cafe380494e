//! Archives of the national open cadastre: a region or a province as published, one part a comune.
//!
//! An archive of a region holds archives of its provinces, these hold one archive a comune with
//! two files, `_map.gml` and `_ple.gml`. What a comune's archive is like is told by its digest
//! before anything of it is parsed: one that was loaded already is passed over, so that a delivery
//! may be loaded again, and goes on where it was stopped. What cannot be read is set aside and
//! told; the rest goes on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use sqlx::Connection as _;
use wire::{Content, Unpacked};

use crate::cadastre::ComuneCode;
use crate::config::Config;
use crate::db::{Databases, DbRole};
use crate::layer::{Definitions, LayerRole};
use crate::place::{self, Comune, NewComune};

use super::boundary::add_comune;
use super::error::Error;
use super::folder::PrivateFolder;
use super::load::{LoadRequest, load};
use super::options::ReadOptions;
use super::sql;
use super::worker::{Reading, read_document};

/// Archives in archives: region, province, comune.
const DEPTH: u32 = 3;
/// Entries of one archive; a province has some hundred comuni.
const ENTRIES: &str = "20000";

/// What to load of an archive.
pub struct NationalRequest {
    /// The archive of a region, a province or a comune; or a folder of them.
    pub path: PathBuf,
    /// Only these comuni; all when empty.
    pub only: Vec<ComuneCode>,
    /// The storage CRS of comuni that are not there yet and are to be added; none: they are left.
    pub add_missing: Option<i32>,
    /// True to put into force what has no error.
    pub publish: bool,
    /// Who loads.
    pub by: String,
}

/// What became of a comune of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NationalOutcome {
    /// Both layers were loaded.
    Loaded {
        /// Features of both.
        features: u64,
        /// Features that were left out because of faults.
        left_out: u64,
        /// True when it was put into force.
        published: bool,
    },
    /// The same was loaded before.
    Unchanged,
    /// It cannot be read or loaded, and why.
    SetAside(String),
    /// The comune is not of this installation.
    NotHere,
}

/// A comune of the archive with what became of it.
#[derive(Debug, Clone)]
pub struct NationalMember {
    /// Code of the comune.
    pub comune: ComuneCode,
    /// Path in the archive.
    pub name: String,
    /// What became of it.
    pub outcome: NationalOutcome,
}

/// What came of an archive.
#[derive(Debug, Clone, Default)]
pub struct NationalReport {
    /// Its comuni, in the order of the archive.
    pub members: Vec<NationalMember>,
    /// Archives that could not be unpacked, and why.
    pub broken: Vec<(String, String)>,
}

/// A comune's files: an archive, or loose ones.
struct Found {
    name: String,
    paths: Vec<PathBuf>,
}

/// Loads an archive; `told` is given each comune as soon as it is done.
///
/// # Errors
/// Where the archive itself cannot be read, or the database fails; what is wrong with a comune or
/// an inner archive is in the report.
pub async fn load_national(
    config: &Config,
    databases: &Databases,
    definitions: &Definitions,
    request: &NationalRequest,
    mut told: impl FnMut(&NationalMember),
) -> Result<NationalReport, Error> {
    let below = config.var.join("incoming");
    let folder = PrivateFolder::make(&below).map_err(|source| failed(&below, source))?;
    let mut report = NationalReport::default();
    let mut archives: Vec<(u32, PathBuf, String)> = outer(&request.path)?
        .into_iter()
        .map(|path| (1, path.clone(), super::files::name_of(&path)))
        .collect();
    archives.reverse();
    let alone = archives.len() == 1;
    let mut number = 0;
    while let Some((depth, path, name)) = archives.pop() {
        let mut comuni: BTreeMap<ComuneCode, Found> = BTreeMap::new();
        if let Some(code) = code_of(&name).filter(|_| ending(&name) == "zip") {
            let paths = vec![path.clone()];
            comuni.insert(
                code,
                Found {
                    name: name.clone(),
                    paths,
                },
            );
        } else {
            number += 1;
            let out = folder.path().join(format!("archive{number}"));
            let unpacked = match unpack(config, &path, &name, &out).await {
                Ok(unpacked) => unpacked,
                Err(error) if depth == 1 && alone => return Err(error),
                Err(error) => {
                    report.broken.push((name, error.to_string()));
                    continue;
                }
            };
            let mut inner = Vec::new();
            for file in &unpacked.files {
                let path = out.join(&file.path);
                let full = format!("{name}!/{}", file.original);
                match (code_of(&file.original), ending(&file.original).as_str()) {
                    (Some(code), "zip" | "gml") => {
                        let found = comuni.entry(code).or_insert_with(|| Found {
                            name: full,
                            paths: Vec::new(),
                        });
                        found.paths.push(path);
                    }
                    (None, "zip") if depth < DEPTH => inner.push((depth + 1, path, full)),
                    (None, "zip") => report.broken.push((full, "it is nested too deeply".into())),
                    _ => {}
                }
            }
            archives.extend(inner.into_iter().rev());
        }
        for (code, found) in comuni {
            if !request.only.is_empty() && !request.only.contains(&code) {
                continue;
            }
            let work = folder.path().join("comune");
            let outcome = member(
                config,
                databases,
                definitions,
                request,
                (code, &found),
                &work,
            )
            .await;
            // A database that is gone is no fault of the comune.
            let outcome = match outcome {
                Ok(outcome) => outcome,
                Err(error @ (Error::Statement(_) | Error::Database(_) | Error::Interrupted)) => {
                    return Err(error);
                }
                Err(error) => NationalOutcome::SetAside(error.to_string()),
            };
            let done = NationalMember {
                comune: code,
                name: found.name,
                outcome,
            };
            told(&done);
            report.members.push(done);
        }
        // What was unpacked of a province is not needed for the next.
        if path.starts_with(folder.path()) {
            let _ = std::fs::remove_file(&path);
        }
    }
    Ok(report)
}

async fn member(
    config: &Config,
    databases: &Databases,
    definitions: &Definitions,
    request: &NationalRequest,
    (code, found): (ComuneCode, &Found),
    work: &Path,
) -> Result<NationalOutcome, Error> {
    let layers: Vec<_> = [LayerRole::Sheet, LayerRole::Parcel]
        .into_iter()
        .filter_map(|role| definitions.with_role(role))
        .collect();
    let mut digest = Sha256::new();
    for file in &layers {
        digest.update(file.sha256);
    }
    let of_definitions = digest.finalize().to_vec();
    let sha256 = digest_of(&found.paths)?;
    let mut owner = databases.address.connect(DbRole::Owner).await?;
    let known: Option<(Vec<u8>, Vec<u8>, bool)> = sqlx::query_as(sql::NATIONAL_MEMBER)
        .bind(code.as_str())
        .fetch_optional(&mut owner)
        .await?;
    let comune = find(&mut owner, code).await?;
    owner.close().await?;
    let is_known = known.is_some_and(|(known, by, published)| {
        known == sha256 && by == of_definitions && (published || !request.publish)
    });
    if is_known && comune.is_some() {
        return Ok(NationalOutcome::Unchanged);
    }
    let comune = match (comune, request.add_missing) {
        (Some(comune), _) => comune,
        (None, Some(srid)) => match add(config, databases, code, &found.name, srid).await? {
            Some(comune) => comune,
            None => return Ok(NationalOutcome::NotHere),
        },
        (None, None) => return Ok(NationalOutcome::NotHere),
    };
    let (map, ple) = gml_files(config, found, work).await?;
    let (mut features, mut left_out, mut published) = (0, 0, true);
    for (file, path) in layers.into_iter().zip([map, ple]) {
        let (progress, _) = tokio::sync::watch::channel((0, 0));
        let one = LoadRequest {
            file: Arc::clone(file),
            comune: comune.clone(),
            files: vec![path],
            options: ReadOptions {
                leave_out_invalid: true,
                ..ReadOptions::default()
            },
            publish: request.publish,
            by: request.by.clone(),
            progress,
        };
        let outcome = load(config, databases, one).await?;
        features += outcome.report.features;
        left_out += outcome.report.left_out;
        published &= !outcome.report.has_errors();
    }
    let published = published && request.publish;
    let mut writer = databases.writer.acquire().await?;
    sqlx::query(sql::ADD_NATIONAL_MEMBER)
        .bind(code.as_str())
        .bind(&found.name)
        .bind(&sha256)
        .bind(&of_definitions)
        .bind(published)
        .bind(&request.by)
        .execute(&mut *writer)
        .await?;
    Ok(NationalOutcome::Loaded {
        features,
        left_out,
        published,
    })
}

async fn find(
    connection: &mut sqlx::PgConnection,
    code: ComuneCode,
) -> Result<Option<Comune>, Error> {
    let comuni = place::comuni(connection).await?;
    Ok(comuni
        .into_iter()
        .find(|comune| comune.codes.contains(&code)))
}

async fn add(
    config: &Config,
    databases: &Databases,
    code: ComuneCode,
    member: &str,
    srid: i32,
) -> Result<Option<Comune>, Error> {
    let new = NewComune {
        code,
        name: name_of_comune(member),
        slug: None,
        storage_srid: srid,
    };
    add_comune(config, databases, new, None).await?;
    let mut reader = databases.reader.acquire().await?;
    find(&mut reader, code).await
}

/// `A010_SAN ROCCO D'ADRA.zip` → `San Rocco D'Adra`.
fn name_of_comune(member: &str) -> String {
    let file = member.rsplit('/').next().unwrap_or(member);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let words = stem.get(5..).unwrap_or(stem);
    let words = words
        .strip_suffix("_ple")
        .or(words.strip_suffix("_map"))
        .unwrap_or(words);
    let mut name = String::new();
    let mut starts = true;
    for c in words.replace('_', " ").chars() {
        if starts {
            name.extend(c.to_uppercase());
        } else {
            name.extend(c.to_lowercase());
        }
        starts = !c.is_alphanumeric();
    }
    name
}

/// The files of sheets and of parcels of a comune.
async fn gml_files(
    config: &Config,
    found: &Found,
    work: &Path,
) -> Result<(PathBuf, PathBuf), Error> {
    let _ = std::fs::remove_dir_all(work);
    std::fs::create_dir(work).map_err(|source| failed(work, source))?;
    let (mut map, mut ple) = (None, None);
    let mut take = |original: &str, path: PathBuf| {
        let lower = original.to_lowercase();
        if lower.ends_with("_map.gml") {
            map = Some(path);
        } else if lower.ends_with("_ple.gml") {
            ple = Some(path);
        }
    };
    for (index, path) in found.paths.iter().enumerate() {
        if path.extension().is_some_and(|ending| ending == "gml") {
            // Loose files are told apart by what they hold: the worker refuses the other one.
            let name = format!("{index}_{}.gml", if is_map(path)? { "map" } else { "ple" });
            take(&name, path.clone());
            continue;
        }
        let out = work.join(format!("out{index}"));
        let unpacked = unpack(config, path, &found.name, &out).await?;
        for file in unpacked.files {
            take(&file.original, out.join(&file.path));
        }
    }
    let missing = |what: &str| {
        Error::Unusable(format!(
            "{}: there is no file that ends in {what}",
            found.name
        ))
    };
    Ok((
        map.ok_or_else(|| missing("_map.gml"))?,
        ple.ok_or_else(|| missing("_ple.gml"))?,
    ))
}

fn is_map(path: &Path) -> Result<bool, Error> {
    use std::io::Read as _;
    let mut head = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(64 << 10).read_to_end(&mut head))
        .map_err(|source| failed(path, source))?;
    let word = b"CadastralZoning";
    Ok(head.windows(word.len()).any(|bytes| bytes == word))
}

/// The digest of a comune's files as the archive holds them.
fn digest_of(paths: &[PathBuf]) -> Result<Vec<u8>, Error> {
    let mut hash = Sha256::new();
    for path in paths {
        let mut file = std::fs::File::open(path).map_err(|source| failed(path, source))?;
        std::io::copy(&mut file, &mut hash).map_err(|source| failed(path, source))?;
    }
    Ok(hash.finalize().to_vec())
}

/// Unpacks one level of an archive into a new folder; archives in it become files.
async fn unpack(
    config: &Config,
    archive: &Path,
    name: &str,
    out: &Path,
) -> Result<Unpacked, Error> {
    let config = config.clone();
    let (archive, name, out) = (archive.to_path_buf(), name.to_owned(), out.to_path_buf());
    tokio::task::spawn_blocking(move || {
        std::fs::create_dir(&out).map_err(|source| failed(&out, source))?;
        let size = archive
            .metadata()
            .map_err(|source| failed(&archive, source))?
            .len();
        // Archives of archives hardly shrink; those of one comune may by the usual measure.
        let total = (size * 2).max(config.max_unpacked_bytes).to_string();
        let reading = Reading {
            program: &config.worker,
            arguments: &[
                "unpack",
                "--keep-archives",
                "yes",
                "--max-entries",
                ENTRIES,
                "--max-total",
                &total,
            ],
            file: &archive,
            output: Some(&out),
            name: &name,
        };
        match read_document(&reading)? {
            Content::Unpacked(unpacked) => Ok(unpacked),
            Content::Inspection(_) | Content::Failed(_) => {
                Err(Error::Unusable(format!("{name}: it is no archive")))
            }
        }
    })
    .await
    .map_err(|_| Error::Interrupted)?
}

/// The archives that are meant: a file, or those of a folder.
fn outer(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if !path.is_dir() {
        // It is not copied, for it may be large; that it is a file is all that is asked.
        return match path.metadata() {
            Ok(_) => Ok(vec![path.to_path_buf()]),
            Err(source) => Err(failed(path, source)),
        };
    }
    let entries = std::fs::read_dir(path).map_err(|source| failed(path, source))?;
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && ending(&path.to_string_lossy()) == "zip")
        .collect();
    found.sort();
    if found.is_empty() {
        return Err(Error::NoFiles);
    }
    Ok(found)
}

/// The code of a comune at the start of a file's name, as in `A010_COMUNE.zip`.
fn code_of(name: &str) -> Option<ComuneCode> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let (code, _) = file.split_once('_')?;
    code.parse().ok()
}

fn ending(name: &str) -> String {
    name.rsplit_once('.')
        .map_or_else(String::new, |(_, ending)| ending.to_lowercase())
}

fn failed(path: &Path, source: std::io::Error) -> Error {
    Error::File {
        path: path.to_path_buf(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_members_tell_code_and_comune() {
        let code = |name: &str| code_of(name).map(|code| code.to_string());
        assert_eq!(
            code("LO/A010_SAN ROCCO D'ADRA.zip").as_deref(),
            Some("A010")
        );
        assert_eq!(
            code("X.zip!/X100_RONCALDERA_ple.gml").as_deref(),
            Some("X100")
        );
        assert_eq!(code("LODI.zip"), None);
        assert_eq!(code("LODI_2.zip"), None);
        assert_eq!(
            name_of_comune("LO/A010_SAN ROCCO D'ADRA.zip"),
            "San Rocco D'Adra"
        );
        assert_eq!(name_of_comune("X100_RONCALDERA_ple.gml"), "Roncaldera");
    }
}
