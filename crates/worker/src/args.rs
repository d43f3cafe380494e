//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

use crate::census;
use crate::cxf;
use crate::export;
use crate::geojson;
use crate::gml::{self, Kind};
use crate::sandbox::Mode;
use crate::unpack;
use crate::vector::{self, Driver};

/// The help text.
pub const USAGE: &str = "\
usage: mappale-worker cadastre-gml --feature CadastralParcel|CadastralZoning [option…] [--] FILE
       mappale-worker cxf --classes CLASS[,CLASS…] [option…] [--] FILE
       mappale-worker census --kind fab|ter|sog|tit|prm [option…] [--] FILE
       mappale-worker geojson [option…] [--] FILE
       mappale-worker inspect [--driver D] [option…] [--] FILE
       mappale-worker vector [--driver D] [--layer NAME] [option…] [--] FILE
       mappale-worker unpack [option…] [--] ARCHIVE OUT_FOLDER
       mappale-worker findings [option…] [--] GEOJSON OUT_FOLDER
       mappale-worker export --format gpkg|shp [option…] [--] LIST OUT_FOLDER

Reads a foreign file behind walls of its own. cadastre-gml, cxf, geojson and vector write a stream
of features to standard output, census a JSON object a line, the others a JSON document; it must be
a pipe. findings writes a GeoPackage of the findings that the server has listed, export a layer of
its features as a GeoPackage or a zipped shapefile. Exit status:
0 after a Done frame or a document, 2 after a Failed frame or document, 64 for a wrong command,
71 where the walls cannot be put up.

options (sizes in bytes; k, M and G are powers of 1024)
  --sandbox MODE               require: without walls against network and files nothing is
                               read; best-effort: with what the system has (require)
  --max-memory SIZE            address space of the process (2G)
  --max-cpu SECONDS            processor time of the process (300)
  --max-feature-vertices N     vertices of a feature (100000)
  --max-features N             features of the file or layer (2000000)
  --max-vertices N             vertices of the file or layer (30000000)
  --max-comparisons N          steps of the validity check of a feature (100000000)
  --max-depth N                cadastre-gml, geojson: nesting (64)
  --max-file SIZE              cxf, geojson: the whole file (200M)
  --max-attributes N           cadastre-gml: attributes of an element (64)
  --max-markup SIZE            cadastre-gml: one tag, comment or run of text (8M)
  --max-value BYTES            value of a field (cadastre-gml 4096, vector 16384)
cxf:
  --classes CLASS,…            parcel, road, water, building, border, index, text, symbol,
                               line, fiducial, raster, booklet
cxf and inspect:
  --name NAME                  name of the file, where its own was changed: it names the sheet
                               where the header does not
cxf, inspect and vector:
  --crs EPSG:N                 the CRS, whatever the file says
inspect and vector:
  --driver D                   GPKG, ESRI Shapefile, GeoJSON, GML, FlatGeobuf, MapInfo File,
                               CSV, LIBKML, DXF, OpenFileGDB; the file must be of that format
  --layer NAME                 the layer
  --prefer NAME                vector: the layer where it is there, else the only one
  --encoding NAME              the encoding of text, whatever the file says
  --max-layers N               layers of the file (500)
  --max-fields N               fields of a layer (256)
cxf and vector:
  --repair PART                make invalid polygons valid where their area changes by no more
                               than this part of it, such as 0.01; vector keeps the outline that
                               it was in the field geometry_before_repair
vector:
  --geometry KIND              polygon, line or point: others are left out with a warning
  --curve-tolerance M          metres between an arc and its chords (0.01)
unpack:
  --max-entries N              entries of the archive, folders included (100)
  --max-total SIZE             bytes of all files (500M)
  --max-ratio N                bytes of a file for each of its bytes in the archive (100)
  --depth N                    archives in archives; 1 is the archive itself (1)
  --keep-archives yes|no       archives below that depth become files (no)
";

/// What the command line asks for.
#[derive(Debug)]
pub enum Command {
    /// The help text.
    Help,
    /// The reading of a file.
    Read(Box<Read>),
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
#[derive(Debug, PartialEq)]
pub enum Reader {
    /// `cadastre-gml`, with the features that are wanted.
    CadastreGml(Kind, gml::Limits),
    /// `census`.
    Census(census::Kind),
    /// `cxf`.
    Cxf(cxf::Options),
    /// `geojson`.
    GeoJson(geojson::Limits),
    /// `inspect`, with the name of the file.
    Inspect(vector::Options, Option<String>),
    /// `vector`.
    Vector(vector::Options),
    /// `unpack`, with the output folder.
    Unpack(PathBuf, unpack::Limits),
    /// `findings`, with the output folder.
    Findings(PathBuf),
    /// `export`, with the format and the output folder.
    Export(export::Format, PathBuf),
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
        Some("cadastre-gml") => reading(args, Which::Gml),
        Some("census") => reading(args, Which::Census),
        Some("cxf") => reading(args, Which::Cxf),
        Some("geojson") => reading(args, Which::GeoJson),
        Some("inspect") => reading(args, Which::Inspect),
        Some("vector") => reading(args, Which::Vector),
        Some("unpack") => reading(args, Which::Unpack),
        Some("findings") => reading(args, Which::Findings),
        Some("export") => reading(args, Which::Export),
        _ => Err(Error::UnknownCommand(command)),
    }
}

/// A sub-command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Gml,
    Census,
    Cxf,
    GeoJson,
    Inspect,
    Vector,
    Unpack,
    Findings,
    Export,
}

/// What the options of a sub-command say; each has its default.
struct Given {
    feature: Option<Kind>,
    format: Option<export::Format>,
    gml: gml::Limits,
    classes: Vec<cxf::Class>,
    name: Option<String>,
    kind: Option<census::Kind>,
    max_file: u64,
    vector: vector::Options,
    unpack: unpack::Limits,
    max_memory: u64,
    max_cpu: u64,
    sandbox: Mode,
}

/// Reads the arguments of a sub-command; options that only others know do not exist.
fn reading(mut args: impl Iterator<Item = OsString>, which: Which) -> Result<Command, Error> {
    let mut file = None;
    let mut folder = None;
    let mut given = Given {
        feature: None,
        format: None,
        gml: gml::Limits::default(),
        classes: Vec::new(),
        name: None,
        kind: None,
        max_file: geojson::Limits::default().file_bytes,
        vector: vector::Options::default(),
        unpack: unpack::Limits::default(),
        max_memory: 2 << 30,
        max_cpu: 300,
        sandbox: Mode::Require,
    };
    let mut options = true;
    while let Some(arg) = args.next() {
        let option = match arg.to_str() {
            Some("--") if options => {
                options = false;
                continue;
            }
            Some("--help" | "-h") if options => return Ok(Command::Help),
            Some(text) if options && text.starts_with("--") => text.to_owned(),
            _ if file.is_none() => {
                file = Some(PathBuf::from(arg));
                continue;
            }
            _ if matches!(which, Which::Unpack | Which::Findings | Which::Export)
                && folder.is_none() =>
            {
                folder = Some(PathBuf::from(arg));
                continue;
            }
            _ => return Err(Error::SecondFile(arg)),
        };
        let value = args.next().ok_or_else(|| Error::NoValue(option.clone()))?;
        given.take(which, option, value)?;
    }
    let file = file.ok_or(Error::Missing("FILE"))?;
    let reader = match which {
        Which::Gml => {
            Reader::CadastreGml(given.feature.ok_or(Error::Missing("--feature"))?, given.gml)
        }
        Which::Census => Reader::Census(given.kind.ok_or(Error::Missing("--kind"))?),
        Which::Cxf if given.classes.is_empty() => return Err(Error::Missing("--classes")),
        Which::Cxf => Reader::Cxf(cxf::Options {
            classes: given.classes,
            name: given.name,
            crs: given.vector.crs,
            limits: cxf::Limits {
                file_bytes: given.max_file,
                feature_vertices: given.gml.feature_vertices,
                features: given.gml.features,
                vertices: given.gml.vertices,
                comparisons: given.gml.comparisons,
                repair: given.vector.repair,
                ..cxf::Limits::default()
            },
        }),
        Which::GeoJson => Reader::GeoJson(geojson::Limits {
            file_bytes: given.max_file,
            depth: given.gml.depth,
            feature_vertices: given.gml.feature_vertices,
            features: given.gml.features,
            vertices: given.gml.vertices,
            comparisons: given.gml.comparisons,
        }),
        Which::Inspect | Which::Vector => {
            let options = vector::Options {
                limits: vector::Limits {
                    feature_vertices: given.gml.feature_vertices,
                    features: given.gml.features,
                    vertices: given.gml.vertices,
                    comparisons: given.gml.comparisons,
                    ..given.vector.limits
                },
                ..given.vector
            };
            if which == Which::Inspect {
                Reader::Inspect(options, given.name)
            } else {
                Reader::Vector(options)
            }
        }
        Which::Unpack => Reader::Unpack(folder.ok_or(Error::Missing("OUT_FOLDER"))?, given.unpack),
        Which::Findings => Reader::Findings(folder.ok_or(Error::Missing("OUT_FOLDER"))?),
        Which::Export => Reader::Export(
            given.format.ok_or(Error::Missing("--format"))?,
            folder.ok_or(Error::Missing("OUT_FOLDER"))?,
        ),
    };
    Ok(Command::Read(Box::new(Read {
        file,
        reader,
        max_memory: given.max_memory,
        max_cpu: given.max_cpu,
        sandbox: given.sandbox,
    })))
}

impl Given {
    fn take(&mut self, which: Which, option: String, value: OsString) -> Result<(), Error> {
        use Which::{Census, Cxf, Export, Findings, GeoJson, Gml, Inspect, Unpack, Vector};
        let name = option.as_str();
        match (name, which) {
            ("--max-memory", _) => self.max_memory = read(name, value, size)?,
            ("--max-cpu", _) => self.max_cpu = read(name, value, number)?,
            ("--sandbox", _) => self.sandbox = read(name, value, mode)?,
            ("--max-entries", Unpack) => self.unpack.entries = read(name, value, number)?,
            ("--max-total", Unpack) => self.unpack.total_bytes = read(name, value, size)?,
            ("--max-ratio", Unpack) => self.unpack.ratio = read(name, value, number)?,
            ("--keep-archives", Unpack) => {
                self.unpack.keep_archives = read(name, value, yes_or_no)?;
            }
            ("--depth", Unpack) => self.unpack.depth = read(name, value, number)?,
            ("--format", Export) => {
                self.format = Some(read(name, value, export::Format::from_word)?);
            }
            (_, Unpack | Findings | Export) => return Err(Error::UnknownOption(option)),
            ("--feature", Gml) => self.feature = Some(read(name, value, Kind::from_element)?),
            ("--max-attributes", Gml) => self.gml.attributes = read(name, value, number)?,
            ("--max-markup", Gml) => self.gml.markup_bytes = read(name, value, size)?,
            ("--max-value", Gml) => self.gml.value_bytes = read(name, value, number)?,
            ("--kind", Census) => self.kind = Some(read(name, value, census::Kind::from_word)?),
            (_, Census) => return Err(Error::UnknownOption(option)),
            ("--classes", Cxf) => self.classes = read(name, value, classes)?,
            ("--name", Cxf | Inspect) => {
                self.name = Some(read(name, value, |text| Some(text.to_owned()))?);
            }
            ("--max-file", Cxf | GeoJson) => self.max_file = read(name, value, size)?,
            ("--max-depth", Gml | GeoJson) => self.gml.depth = read(name, value, number)?,
            ("--driver", Inspect | Vector) => {
                self.vector.driver = Some(read(name, value, Driver::from_name)?);
            }
            ("--layer", Inspect | Vector) => {
                self.vector.layer = Some(read(name, value, |text| Some(text.to_owned()))?);
            }
            ("--prefer", Vector) => {
                self.vector.preferred = Some(read(name, value, |text| Some(text.to_owned()))?);
            }
            ("--crs", Cxf | Inspect | Vector) => self.vector.crs = Some(read(name, value, epsg)?),
            ("--encoding", Inspect | Vector) => {
                self.vector.encoding = Some(read(name, value, |text| Some(text.to_owned()))?);
            }
            ("--geometry", Vector) => self.vector.geometry = Some(read(name, value, geometry)?),
            ("--repair", Cxf | Vector) => self.vector.repair = Some(read(name, value, part)?),
            ("--curve-tolerance", Vector) => {
                self.vector.curve_tolerance_m = read(name, value, positive)?;
            }
            ("--max-fields", Inspect | Vector) => {
                self.vector.limits.fields = read(name, value, number)?;
            }
            ("--max-layers", Inspect | Vector) => {
                self.vector.limits.layers = read(name, value, number)?;
            }
            ("--max-value", Inspect | Vector) => {
                self.vector.limits.value_bytes = read(name, value, number)?;
            }
            ("--max-feature-vertices", _) => {
                self.gml.feature_vertices = read(name, value, number)?;
            }
            ("--max-features", _) => self.gml.features = read(name, value, number)?,
            ("--max-vertices", _) => self.gml.vertices = read(name, value, number)?,
            ("--max-comparisons", _) => self.gml.comparisons = read(name, value, number)?,
            _ => return Err(Error::UnknownOption(option)),
        }
        Ok(())
    }
}

fn classes(text: &str) -> Option<Vec<cxf::Class>> {
    text.split(',').map(cxf::Class::from_word).collect()
}

fn epsg(text: &str) -> Option<u32> {
    text.strip_prefix("EPSG:")?.parse().ok()
}

fn geometry(text: &str) -> Option<vector::Kind> {
    match text {
        "polygon" => Some(vector::Kind::Polygon),
        "line" => Some(vector::Kind::Line),
        "point" => Some(vector::Kind::Point),
        _ => None,
    }
}

fn part(text: &str) -> Option<f64> {
    positive(text).filter(|part| *part <= 1.0)
}

fn positive(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    (number.is_finite() && number > 0.0).then_some(number)
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

fn yes_or_no(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
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
