//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use crate::geojson;
use crate::gml::{self, Kind};
use crate::sandbox::Mode;

/// The help text.
pub const USAGE: &str = "\
usage: mappale-worker cadastre-gml --feature CadastralParcel|CadastralZoning [option…] [--] FILE
       mappale-worker geojson [option…] [--] FILE

Reads a file of the national cadastre, or polygons in GeoJSON, and writes the features to
standard output, which must be a pipe. Exit status: 0 after a Done frame, 2 after a Failed
frame, 64 for a wrong command, 71 where the walls cannot be put up.

options (sizes in bytes; k, M and G are powers of 1024)
  --sandbox MODE               require: without walls against network and files nothing is
                               read; best-effort: with what the system has (require)
  --max-memory SIZE            address space of the process (2G)
  --max-cpu SECONDS            processor time of the process (300)
  --max-depth N                nesting of elements or of geometry collections (64)
  --max-feature-vertices N     vertices of a feature (100000)
  --max-features N             features of the file (2000000)
  --max-vertices N             vertices of the file (30000000)
  --max-comparisons N          steps of the validity check of a feature (100000000)
  --max-file SIZE              geojson: the whole file (200M)
  --max-attributes N           cadastre-gml: attributes of an element (64)
  --max-markup SIZE            cadastre-gml: one tag, comment or run of text (8M)
  --max-value SIZE             cadastre-gml: value of an attribute of a feature (4k)
";

/// What the command line asks for.
#[derive(Debug)]
pub enum Command {
    /// The help text.
    Help,
    /// The reading of a file.
    Read(Read),
}

/// The arguments of a reading.
#[derive(Debug)]
pub struct Read {
    /// The file to read.
    pub file: PathBuf,
    /// How it is read.
    pub reader: Reader,
    /// Address space of the process, in bytes.
    pub max_memory: u64,
    /// Processor time of the process, in seconds.
    pub max_cpu: u64,
    /// What happens where a wall of the sandbox cannot be put up.
    pub sandbox: Mode,
}

/// A reader and its limits.
#[derive(Debug, PartialEq, Eq)]
pub enum Reader {
    /// `cadastre-gml`, with the features that are wanted.
    CadastreGml(Kind, gml::Limits),
    /// `geojson`.
    GeoJson(geojson::Limits),
}

/// Why a command line is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no sub-command.
    #[error("no sub-command given")]
    NoCommand,
    /// The sub-command does not exist.
    #[error("sub-command {0:?} does not exist")]
    UnknownCommand(OsString),
    /// An option does not exist.
    #[error("option {0} does not exist")]
    UnknownOption(String),
    /// An option has no value.
    #[error("option {0} needs a value")]
    NoValue(String),
    /// The value of an option cannot be used.
    #[error("option {option} cannot be {value:?}")]
    Value {
        /// The option.
        option: String,
        /// Its value.
        value: OsString,
    },
    /// A mandatory argument is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// There is a second file.
    #[error("more than one file given: {0:?}")]
    SecondFile(OsString),
}

/// Reads the arguments that follow the program's name.
///
/// # Errors
/// Whatever is wrong with them.
pub fn parse(mut args: impl Iterator<Item = OsString>) -> Result<Command, Error> {
    let command = args.next().ok_or(Error::NoCommand)?;
    match command.to_str() {
        Some("--help" | "-h" | "help") => Ok(Command::Help),
        Some("cadastre-gml") => reading(args, false),
        Some("geojson") => reading(args, true),
        _ => Err(Error::UnknownCommand(command)),
    }
}

/// Reads the arguments of a sub-command; limits that only the other one knows do not exist.
fn reading(mut args: impl Iterator<Item = OsString>, is_geojson: bool) -> Result<Command, Error> {
    let mut file = None;
    let mut feature = None;
    let mut limits = gml::Limits::default();
    let mut max_file = geojson::Limits::default().file_bytes;
    let mut max_memory = 2 << 30;
    let mut max_cpu = 300;
    let mut sandbox = Mode::Require;
    let mut options = true;
    while let Some(arg) = args.next() {
        let option = match arg.to_str() {
            Some("--") if options => {
                options = false;
                continue;
            }
            Some("--help" | "-h") if options => return Ok(Command::Help),
            Some(text) if options && text.starts_with("--") => text.to_owned(),
            _ if file.is_some() => return Err(Error::SecondFile(arg)),
            _ => {
                file = Some(PathBuf::from(arg));
                continue;
            }
        };
        let value = args.next().ok_or_else(|| Error::NoValue(option.clone()))?;
        match option.as_str() {
            "--max-file" if is_geojson => max_file = read(&option, value, size)?,
            "--feature" if !is_geojson => {
                feature = Some(read(&option, value, Kind::from_element)?);
            }
            "--sandbox" => sandbox = read(&option, value, mode)?,
            "--max-memory" => max_memory = read(&option, value, size)?,
            "--max-cpu" => max_cpu = read(&option, value, number)?,
            "--max-depth" => limits.depth = read(&option, value, number)?,
            "--max-attributes" if !is_geojson => limits.attributes = read(&option, value, number)?,
            "--max-markup" if !is_geojson => limits.markup_bytes = read(&option, value, size)?,
            "--max-value" if !is_geojson => limits.value_bytes = read(&option, value, number)?,
            "--max-feature-vertices" => limits.feature_vertices = read(&option, value, number)?,
            "--max-features" => limits.features = read(&option, value, number)?,
            "--max-vertices" => limits.vertices = read(&option, value, number)?,
            "--max-comparisons" => limits.comparisons = read(&option, value, number)?,
            _ => return Err(Error::UnknownOption(option)),
        }
    }
    let file = file.ok_or(Error::Missing("FILE"))?;
    let reader = if is_geojson {
        Reader::GeoJson(geojson::Limits {
            file_bytes: max_file,
            depth: limits.depth,
            feature_vertices: limits.feature_vertices,
            features: limits.features,
            vertices: limits.vertices,
            comparisons: limits.comparisons,
        })
    } else {
        Reader::CadastreGml(feature.ok_or(Error::Missing("--feature"))?, limits)
    };
    Ok(Command::Read(Read {
        file,
        reader,
        max_memory,
        max_cpu,
        sandbox,
    }))
}

fn read<T>(option: &str, value: OsString, parse: impl Fn(&str) -> Option<T>) -> Result<T, Error> {
    match value.to_str().and_then(parse) {
        Some(parsed) => Ok(parsed),
        None => Err(Error::Value {
            option: option.to_owned(),
            value,
        }),
    }
}

fn mode(text: &str) -> Option<Mode> {
    match text {
        "require" => Some(Mode::Require),
        "best-effort" => Some(Mode::BestEffort),
        _ => None,
    }
}

fn number<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn size(text: &str) -> Option<u64> {
    let (digits, shift) = match text.as_bytes().last()? {
        b'k' => (&text[..text.len() - 1], 10),
        b'M' => (&text[..text.len() - 1], 20),
        b'G' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, Error> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn a_full_line_is_read() {
        let Ok(Command::Read(command)) = parsed(
            "cadastre-gml --feature CadastralZoning --max-memory 1G --max-value 10 -- --odd.gml",
        ) else {
            panic!("not read");
        };
        let limits = gml::Limits {
            value_bytes: 10,
            ..gml::Limits::default()
        };
        assert_eq!(command.reader, Reader::CadastreGml(Kind::Zoning, limits));
        assert_eq!(command.max_memory, 1 << 30);
        assert_eq!(command.file, PathBuf::from("--odd.gml"));
    }

    #[test]
    fn a_geojson_line_is_read() {
        let Ok(Command::Read(command)) =
            parsed("geojson --max-file 1k --max-features 3 -- --odd.geojson")
        else {
            panic!("not read");
        };
        let limits = geojson::Limits {
            file_bytes: 1024,
            features: 3,
            ..geojson::Limits::default()
        };
        assert_eq!(command.reader, Reader::GeoJson(limits));
        assert_eq!(command.max_cpu, 300);
        assert_eq!(command.file, PathBuf::from("--odd.geojson"));
    }

    #[test]
    fn wrong_lines_name_what_is_wrong() {
        for (line, message) in [
            ("", "no sub-command given"),
            ("cml", "sub-command \"cml\" does not exist"),
            ("cadastre-gml --feature CadastralParcel", "FILE is missing"),
            ("cadastre-gml a.gml", "--feature is missing"),
            ("geojson", "FILE is missing"),
            ("geojson --feature X a", "option --feature does not exist"),
            (
                "geojson --max-markup 1 a",
                "option --max-markup does not exist",
            ),
            (
                "cadastre-gml --max-file 1 a",
                "option --max-file does not exist",
            ),
            ("cadastre-gml a b", "more than one file given: \"b\""),
            ("cadastre-gml --fast 1 a", "option --fast does not exist"),
            ("cadastre-gml a --max-cpu", "option --max-cpu needs a value"),
            (
                "cadastre-gml --feature X a",
                "option --feature cannot be \"X\"",
            ),
            (
                "cadastre-gml --max-memory 99999999999G a",
                "option --max-memory cannot be \"99999999999G\"",
            ),
        ] {
            match parsed(line) {
                Err(error) => assert_eq!(error.to_string(), message),
                Ok(command) => panic!("{line:?} was read as {command:?}"),
            }
        }
    }
}
