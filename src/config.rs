//! Settings, read once from the environment: plain values that nothing else may read.
//!
//! A variable that is set to nothing counts as not set. A value that cannot be used is an
//! error that names its variable, and so is a `MAPPALE_` variable that nobody knows: a
//! misspelt name must not pass as a default.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tracing_subscriber::EnvFilter;

const VAR: &str = "MAPPALE_VAR";
const LISTEN: &str = "MAPPALE_LISTEN";
const ORIGIN: &str = "MAPPALE_ORIGIN";
const LAYERS: &str = "MAPPALE_LAYERS";
const STYLES: &str = "MAPPALE_STYLES";
const PROCEDURES: &str = "MAPPALE_PROCEDURES";
const ASSETS: &str = "MAPPALE_ASSETS";
const DATA: &str = "MAPPALE_DATA";
const WORKER: &str = "MAPPALE_WORKER";
const PRESS: &str = "MAPPALE_PRESS";
const DOCUMENTS: &str = "MAPPALE_DOCUMENTS";
const PG_BIN: &str = "MAPPALE_PG_BIN";
const LOG: &str = "MAPPALE_LOG";
const LOG_FORMAT: &str = "MAPPALE_LOG_FORMAT";
const GRIDS: &str = "MAPPALE_GRIDS";
const MAX_FILE: &str = "MAPPALE_MAX_FILE_MB";
const MAX_UNPACKED: &str = "MAPPALE_MAX_UNPACKED_MB";
const TILE_CACHE: &str = "MAPPALE_TILE_CACHE_MB";
const TILE_BUDGET: &str = "MAPPALE_TILE_BUDGET_KB";
const IMAGERY: &str = "MAPPALE_IMAGERY";
const IMAGERY_CREDIT: &str = "MAPPALE_IMAGERY_CREDIT";
const IMAGERY_MAX_ZOOM: &str = "MAPPALE_IMAGERY_MAX_ZOOM";
const IMAGERY_CACHE: &str = "MAPPALE_IMAGERY_CACHE_MB";
const EVIDENCE: &str = "MAPPALE_EVIDENCE";
const UPLOAD_QUOTA: &str = "MAPPALE_UPLOAD_QUOTA_MB";
const RESERVED: &str = "MAPPALE_RESERVED_MB";
const DATABASE_URL: &str = "DATABASE_URL";
/// Known in development builds only: see [`crate::failpoint`].
const FAILPOINTS: &str = "MAPPALE_FAILPOINTS";

const KNOWN: [&str; 26] = [
    VAR,
    EVIDENCE,
    UPLOAD_QUOTA,
    RESERVED,
    LISTEN,
    ORIGIN,
    LAYERS,
    STYLES,
    PROCEDURES,
    ASSETS,
    DATA,
    WORKER,
    PRESS,
    DOCUMENTS,
    PG_BIN,
    LOG,
    LOG_FORMAT,
    TILE_CACHE,
    TILE_BUDGET,
    MAX_FILE,
    MAX_UNPACKED,
    GRIDS,
    IMAGERY,
    IMAGERY_CREDIT,
    IMAGERY_MAX_ZOOM,
    IMAGERY_CACHE,
];

/// Variables that only tests and benches read.
const KNOWN_TO_TESTS: [&str; 2] = ["MAPPALE_GEODATA", "MAPPALE_TEST_VAR"];

/// Where Debian and its relatives keep one folder for each PostgreSQL version.
const DEBIAN_POSTGRESQL: &str = "/usr/lib/postgresql";

/// What can be wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A variable has a value that cannot be used.
    #[error("{variable}={value:?}: {reason}")]
    Value {
        /// Name of the variable.
        variable: &'static str,
        /// The value as it was set.
        value: String,
        /// What was expected.
        reason: String,
    },
    /// Variables that look like settings of Mappale and are none.
    #[error("unknown settings in the environment: {}; known are {}", .names.join(", "), KNOWN.join(", "))]
    Unknown {
        /// The names, sorted.
        names: Vec<String>,
    },
    /// The operating system does not say where the program or the working directory is.
    #[error("cannot find {what}")]
    Place {
        /// What was looked for.
        what: &'static str,
        /// Why it was not found.
        source: std::io::Error,
    },
}

/// The address of a PostgreSQL server, whose password is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Keeps a connection string of the form `postgres://user:password@host/database`.
    ///
    /// # Errors
    /// When the text does not start with `postgres://` or `postgresql://`.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self(text));
        }
        Err(Error::Value {
            variable: DATABASE_URL,
            value: "…".to_owned(),
            reason: "expected postgres://user:password@host/database".to_owned(),
        })
    }

    /// The connection string, password included.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.0.split_once("://") else {
            return formatter.write_str("…");
        };
        // Parameters may hold a password too.
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        match rest.rsplit_once('@') {
            Some((who, place)) => {
                let user = who.split(':').next().unwrap_or_default();
                write!(formatter, "{scheme}://{user}@{place}")
            }
            None => write!(formatter, "{scheme}://{rest}"),
        }
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people at a terminal.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// Every setting of the program; all paths are absolute.
#[derive(Debug, Clone)]
pub struct Config {
    /// `MAPPALE_VAR`: folder of what the program keeps (private database, caches); default `var`.
    pub var: PathBuf,
    /// `DATABASE_URL`: the PostgreSQL server to use instead of the private one.
    pub database_url: Option<DatabaseUrl>,
    /// `MAPPALE_LISTEN`: address and port of the server; default `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// `MAPPALE_ORIGIN`: scheme, host and port under which people reach the server; no final slash.
    pub origin: Option<String>,
    /// `MAPPALE_LAYERS`: folder of the layer definitions; default `layers`.
    pub layers: PathBuf,
    /// `MAPPALE_STYLES`: folder of the style fragments; default `styles`.
    pub styles: PathBuf,
    /// `MAPPALE_PROCEDURES`: folder of procedures, terms of law and holidays; default `procedures`.
    pub procedures: PathBuf,
    /// `MAPPALE_ASSETS`: folder of the built scripts and style sheets; default `web/dist`.
    pub assets: PathBuf,
    /// `MAPPALE_DATA`: folder of the samples; default `data`.
    pub data: PathBuf,
    /// `MAPPALE_WORKER`: the program that reads foreign files; default: beside this program.
    pub worker: PathBuf,
    /// `MAPPALE_PRESS`: the program that makes PDF documents; default: beside this program.
    pub press: PathBuf,
    /// `MAPPALE_DOCUMENTS`: folder of letterheads and fixed sentences; default `documents`.
    pub documents: PathBuf,
    /// `MAPPALE_PG_BIN`: folder of `postgres` and `initdb`; default: the newest installed.
    /// Nothing when none was found, which matters only without `DATABASE_URL`.
    pub pg_bin: Option<PathBuf>,
    /// `MAPPALE_LOG`: filter of log lines, such as `info,mappale=debug`; by default the server
    /// tells what it does, and commands only what goes wrong.
    pub log: Option<String>,
    /// `MAPPALE_LOG_FORMAT`: `text` (default) or `json`.
    pub log_format: LogFormat,
    /// `MAPPALE_TILE_CACHE_MB`: megabytes of memory for drawn tiles, as bytes; default 256.
    pub tile_cache_bytes: u64,
    /// `MAPPALE_TILE_BUDGET_KB`: thousands of bytes of a tile before compression, as bytes; beyond
    /// it polygons are drawn together and other features are left out; default 500.
    pub tile_budget_bytes: usize,
    /// `MAPPALE_GRIDS`: folder of the NTv2 grids that the municipality owns, under the names that
    /// PROJ's register has for them; nothing when not set.
    pub grids: Option<PathBuf>,
    /// `MAPPALE_MAX_FILE_MB`: megabytes of a file that is loaded, as bytes; default 2000.
    pub max_file_bytes: u64,
    /// `MAPPALE_MAX_UNPACKED_MB`: megabytes that an archive may hold, as bytes; default 20000.
    pub max_unpacked_bytes: u64,
    /// `MAPPALE_UPLOAD_QUOTA_MB`: megabytes of documents that one person may have in drafts, as
    /// bytes; default 500.
    pub upload_quota_bytes: u64,
    /// `MAPPALE_RESERVED_MB`: megabytes of the disk that uploads leave free for the register, as
    /// bytes; default 500.
    pub reserved_bytes: u64,
    /// `MAPPALE_EVIDENCE`: folder of the daily roots of the chain of events, meant to lie on another
    /// machine; default `evidence` below `MAPPALE_VAR`.
    pub evidence: PathBuf,
    /// `MAPPALE_IMAGERY` and what belongs to it: pictures from the air; none by default.
    pub imagery: Option<ImagerySettings>,
    /// `MAPPALE_FAILPOINTS`: folder by which tests hold the program at certain points; unknown to a
    /// release build, where it is never anything.
    pub failpoints: Option<PathBuf>,
}

/// Pictures from the air that the municipality may show: a WMTS in the web Mercator grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImagerySettings {
    /// `MAPPALE_IMAGERY`: address of a picture with `{z}`, `{x}` and `{y}` (matrix, column, row)
    /// after the host; no other host is ever asked.
    pub url: String,
    /// `MAPPALE_IMAGERY_CREDIT`: whose pictures they are, as their licence wants it said.
    pub credit: String,
    /// `MAPPALE_IMAGERY_MAX_ZOOM`: deepest zoom that there are pictures of; default 19.
    pub max_zoom: u8,
    /// `MAPPALE_IMAGERY_CACHE_MB`: megabytes of disk for pictures, as bytes; default 1000.
    pub cache_bytes: u64,
    /// Folder where pictures are kept, below `MAPPALE_VAR`.
    pub folder: PathBuf,
}

impl Config {
    /// The settings of this process.
    ///
    /// # Errors
    /// When a value cannot be used, or a `MAPPALE_` variable is unknown.
    pub fn from_env() -> Result<Self, Error> {
        let program = std::env::current_exe().map_err(|source| Error::Place {
            what: "the running program",
            source,
        })?;
        let folder = std::env::current_dir().map_err(|source| Error::Place {
            what: "the working directory",
            source,
        })?;
        Self::read(std::env::vars_os(), &program, &folder)
    }

    /// The settings of the given variables, for a program and a working directory.
    ///
    /// # Errors
    /// When a value cannot be used, or a `MAPPALE_` variable is unknown.
    pub fn read(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
        program: &Path,
        folder: &Path,
    ) -> Result<Self, Error> {
        let variables = Variables::collect(variables)?;
        let path =
            |name: &'static str, default: &str| folder.join(variables.get(name).unwrap_or(default));
        let worker = match variables.get(WORKER) {
            Some(value) => folder.join(value),
            None => program.with_file_name("mappale-worker"),
        };
        let press = match variables.get(PRESS) {
            Some(value) => folder.join(value),
            None => program.with_file_name("mappale-press"),
        };
        Ok(Self {
            var: path(VAR, "var"),
            database_url: variables
                .get(DATABASE_URL)
                .map(DatabaseUrl::new)
                .transpose()?,
            listen: variables.parse(LISTEN, "127.0.0.1:8080", |value| {
                value
                    .parse()
                    .map_err(|_| "expected an address and a port, such as 127.0.0.1:8080".into())
            })?,
            origin: variables
                .get(ORIGIN)
                .map(|value| origin(value).map_err(|reason| bad(ORIGIN, value, reason)))
                .transpose()?,
            layers: path(LAYERS, "layers"),
            styles: path(STYLES, "styles"),
            procedures: path(PROCEDURES, "procedures"),
            assets: path(ASSETS, "web/dist"),
            data: path(DATA, "data"),
            worker,
            press,
            documents: path(DOCUMENTS, "documents"),
            pg_bin: match variables.get(PG_BIN) {
                Some(value) => Some(postgresql(folder.join(value), value)?),
                None => newest_postgresql(Path::new(DEBIAN_POSTGRESQL)),
            },
            log: variables
                .get(LOG)
                .map(|value| {
                    EnvFilter::try_new(value)
                        .map(|_| value.to_owned())
                        .map_err(|error| Error::Value {
                            variable: LOG,
                            value: value.to_owned(),
                            reason: error.to_string(),
                        })
                })
                .transpose()?,
            log_format: variables.parse(LOG_FORMAT, "text", |value| match value {
                "text" => Ok(LogFormat::Text),
                "json" => Ok(LogFormat::Json),
                _ => Err("expected text or json".into()),
            })?,
            tile_cache_bytes: variables.parse(TILE_CACHE, "256", megabytes)?,
            tile_budget_bytes: variables.parse(TILE_BUDGET, "500", |value| {
                let thousands = value
                    .parse::<usize>()
                    .ok()
                    .filter(|n| (20..=100_000).contains(n));
                let reason = || "expected thousands of bytes, from 20 to 100000".to_owned();
                thousands.map(|n| n * 1000).ok_or_else(reason)
            })?,
            grids: match variables
                .get(GRIDS)
                .map(|value| (value, folder.join(value)))
            {
                Some((value, path)) if !path.is_dir() => {
                    return Err(bad(GRIDS, value, "expected a folder".to_owned()));
                }
                found => found.map(|(_, path)| path),
            },
            max_file_bytes: variables.parse(MAX_FILE, "2000", megabytes)?,
            max_unpacked_bytes: variables.parse(MAX_UNPACKED, "20000", megabytes)?,
            upload_quota_bytes: variables.parse(UPLOAD_QUOTA, "500", megabytes)?,
            reserved_bytes: variables.parse(RESERVED, "500", megabytes)?,
            evidence: match variables.get(EVIDENCE) {
                Some(value) => folder.join(value),
                None => path(VAR, "var").join("evidence"),
            },
            imagery: imagery(&variables, &path(VAR, "var"))?,
            failpoints: variables.get(FAILPOINTS).map(|value| folder.join(value)),
        })
    }
}

/// The variables that concern the program, by name.
struct Variables(BTreeMap<&'static str, String>);

impl Variables {
    fn collect(all: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Self, Error> {
        let mut found = BTreeMap::new();
        let mut unknown = Vec::new();
        for (name, value) in all {
            let Some(name) = name.to_str() else { continue };
            let of_tests = cfg!(debug_assertions).then_some(FAILPOINTS);
            let known = KNOWN
                .into_iter()
                .chain([DATABASE_URL])
                .chain(of_tests)
                .find(|k| *k == name);
            match known {
                Some(known) => {
                    let value = value.into_string().map_err(|value| {
                        bad(known, &value.to_string_lossy(), "expected UTF-8".to_owned())
                    })?;
                    if !value.is_empty() {
                        found.insert(known, value);
                    }
                }
                None if name.starts_with("MAPPALE_") && !KNOWN_TO_TESTS.contains(&name) => {
                    unknown.push(name.to_owned());
                }
                None => {}
            }
        }
        if unknown.is_empty() {
            return Ok(Self(found));
        }
        unknown.sort();
        Err(Error::Unknown { names: unknown })
    }

    fn get(&self, name: &'static str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn parse<T>(
        &self,
        name: &'static str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Error> {
        let value = self.get(name).unwrap_or(default);
        parse(value).map_err(|reason| bad(name, value, reason))
    }
}

fn bad(variable: &'static str, value: &str, reason: String) -> Error {
    Error::Value {
        variable,
        value: value.to_owned(),
        reason,
    }
}

/// A number of megabytes, as bytes.
fn megabytes(value: &str) -> Result<u64, String> {
    match value.parse::<u64>() {
        Ok(megabytes @ 1..=1_000_000) => Ok(megabytes * 1_000_000),
        _ => Err("expected a number of megabytes from 1 to 1000000".into()),
    }
}

/// The pictures from the air; what belongs to them is checked also where there are none.
fn imagery(variables: &Variables, var: &Path) -> Result<Option<ImagerySettings>, Error> {
    let max_zoom = variables.parse(IMAGERY_MAX_ZOOM, "19", |value| match value.parse::<u8>() {
        Ok(zoom @ 1..=20) => Ok(zoom),
        _ => Err("expected a zoom from 1 to 20".to_owned()),
    })?;
    let cache_bytes = variables.parse(IMAGERY_CACHE, "1000", megabytes)?;
    let Some(url) = variables.get(IMAGERY) else {
        return Ok(None);
    };
    let expected = "expected https://host/… with {z}, {x} and {y} after the host";
    let after_scheme = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let (host, rest) = after_scheme
        .and_then(|rest| rest.split_once('/'))
        .ok_or_else(|| bad(IMAGERY, url, expected.to_owned()))?;
    let filled = ["{z}", "{x}", "{y}"].iter().all(|name| rest.contains(name));
    let left = rest
        .replace("{z}", "")
        .replace("{x}", "")
        .replace("{y}", "");
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if !filled || left.contains(['{', '}', ' ']) || host.is_empty() || !host.chars().all(plain) {
        return Err(bad(IMAGERY, url, expected.to_owned()));
    }
    Ok(Some(ImagerySettings {
        url: url.to_owned(),
        credit: variables.get(IMAGERY_CREDIT).unwrap_or_default().to_owned(),
        max_zoom,
        cache_bytes,
        folder: var.join("imagery"),
    }))
}

/// A public origin: scheme, host, optional port and nothing else.
fn origin(value: &str) -> Result<String, String> {
    let expected = || "expected https://host or http://host:port, nothing after it".to_owned();
    let origin = value.strip_suffix('/').unwrap_or(value);
    let host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"))
        .ok_or_else(expected)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if host.is_empty() || !host.chars().all(plain) {
        return Err(expected());
    }
    Ok(origin.to_ascii_lowercase())
}

/// A folder that has the programs of a PostgreSQL server.
fn postgresql(folder: PathBuf, value: &str) -> Result<PathBuf, Error> {
    if has_postgresql(&folder) {
        return Ok(folder);
    }
    let reason = "expected a folder with postgres and initdb".to_owned();
    Err(bad(PG_BIN, value, reason))
}

fn has_postgresql(folder: &Path) -> bool {
    folder.join("postgres").is_file() && folder.join("initdb").is_file()
}

/// The program folder of the newest PostgreSQL below a folder of versions.
fn newest_postgresql(versions: &Path) -> Option<PathBuf> {
    std::fs::read_dir(versions)
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            has_postgresql(&bin).then_some((version, bin))
        })
        .max_by_key(|(version, _)| *version)
        .map(|(_, bin)| bin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, Error> {
        Config::read(
            variables.iter().map(|(k, v)| (k.into(), v.into())),
            Path::new("/opt/mappale/mappale"),
            Path::new("/srv/comune"),
        )
    }

    #[test]
    fn defaults_lie_below_the_working_directory() {
        let config = read(&[("HOME", "/nowhere"), ("MAPPALE_VAR", "")]).expect("defaults are good");
        assert_eq!(config.var, Path::new("/srv/comune/var"));
        assert_eq!(config.assets, Path::new("/srv/comune/web/dist"));
        assert_eq!(config.worker, Path::new("/opt/mappale/mappale-worker"));
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.log_format, LogFormat::Text);
        assert!(config.database_url.is_none());
    }

    #[test]
    fn values_are_taken_from_their_variables() {
        let config = read(&[
            ("MAPPALE_VAR", "/var/lib/mappale"),
            ("MAPPALE_ORIGIN", "https://Mappe.example.it/"),
            ("MAPPALE_LOG_FORMAT", "json"),
            ("MAPPALE_GEODATA", "../shared/geodata"),
        ])
        .expect("all known");
        assert_eq!(config.var, Path::new("/var/lib/mappale"));
        assert_eq!(config.origin.as_deref(), Some("https://mappe.example.it"));
        assert_eq!(config.log_format, LogFormat::Json);
    }

    #[test]
    fn a_bad_value_names_its_variable() {
        for (name, value) in [
            ("MAPPALE_LISTEN", "8080"),
            ("MAPPALE_ORIGIN", "mappe.example.it"),
            ("MAPPALE_ORIGIN", "https://mappe.example.it/mappa"),
            ("MAPPALE_LOG", "info=,=x=y"),
            ("MAPPALE_LOG_FORMAT", "xml"),
            ("MAPPALE_IMAGERY", "ftp://foto.example.it/{z}/{x}/{y}"),
            ("MAPPALE_IMAGERY", "https://foto.example.it/{z}/{x}"),
            ("MAPPALE_IMAGERY", "https://{z}.example.it/{x}/{y}/{z}"),
            (
                "MAPPALE_IMAGERY",
                "https://anna@foto.example.it/{z}/{x}/{y}",
            ),
            ("MAPPALE_IMAGERY", "https://foto.example.it/{z}/{x}/{y}/{s}"),
            ("MAPPALE_IMAGERY_MAX_ZOOM", "30"),
            ("MAPPALE_IMAGERY_CACHE_MB", "much"),
            ("MAPPALE_PG_BIN", "/nowhere"),
            ("MAPPALE_GRIDS", "/nowhere"),
            ("MAPPALE_MAX_FILE_MB", "0"),
            ("MAPPALE_MAX_UNPACKED_MB", "2 GB"),
            ("DATABASE_URL", "mysql://host/x"),
        ] {
            let error = read(&[(name, value)]).expect_err(name).to_string();
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn unknown_settings_are_listed_together() {
        let error = read(&[("MAPPALE_VRA", "x"), ("MAPPALE_LISTN", "y")])
            .expect_err("two are misspelt")
            .to_string();
        assert!(error.contains("MAPPALE_LISTN, MAPPALE_VRA"), "{error}");
    }

    #[test]
    fn a_password_is_never_printed() {
        let url = DatabaseUrl::new("postgres://anna:segreta@db.example.it/m?password=segreta")
            .expect("a good address");
        assert_eq!(url.to_string(), "postgres://anna@db.example.it/m");
        assert!(!format!("{url:?}").contains("segreta"));
        assert!(url.expose().contains("segreta"));
    }
}
