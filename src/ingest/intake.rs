//! Takes in what is to be read: a private copy, archives unpacked by the worker.
//!
//! What is hashed is what is read: nobody can exchange a file in between. The folder is removed
//! when the last one that uses it is done.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use wire::{Content, Dataset, Unpacked};

use crate::config::Config;

use super::error::Error;
use super::files::{InputFile, name_of};
use super::folder::PrivateFolder;
use super::report::Finding;
use super::worker::{Reading, WorkerError, read_document};

/// What was taken in.
#[derive(Debug)]
pub(super) struct Intake {
    /// What is to be read, in the order of the files.
    pub(super) inputs: Vec<Input>,
    /// Every file that was given or stands beside one.
    pub(super) files: Vec<InputFile>,
    /// What the archives' contents gave rise to say.
    pub(super) findings: Vec<Finding>,
    /// Held so long as something is read.
    _folder: PrivateFolder,
}

/// A file to be read.
#[derive(Debug, Clone)]
pub(super) struct Input {
    /// Where its private copy is.
    pub(super) path: PathBuf,
    /// Its name for people; of a file in an archive `archive.zip!/folder/file.shp`.
    pub(super) name: String,
    /// Endings that a shapefile in an archive should have beside it and has not.
    pub(super) missing: Vec<String>,
    /// True for sheets of the cadastral map (CXF, CTF).
    pub(super) is_sheet: bool,
}

impl Input {
    /// Its name without folder and ending.
    pub(super) fn stem(&self) -> &str {
        let file = self.name.rsplit('/').next().unwrap_or(&self.name);
        file.rsplit_once('.').map_or(file, |(stem, _)| stem)
    }
}

/// Which of the data sets of an archive is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted<'a> {
    /// All of them.
    All,
    /// That of this name, or an error.
    Named(&'a str),
    /// The first of these names that is there, else the only one.
    Preferred(&'a [&'a str]),
}

/// Archives in archives that are looked into; a region's cadastre has three.
const DEPTH: &str = "4";
/// Entries of an archive: a regional template of a plan has 535, a province's cadastre more.
const ENTRIES: &str = "20000";
/// Endings of files that stand beside one of the ending in front.
const BESIDE: [(&str, &[&str]); 5] = [
    ("shp", &["shx", "dbf", "prj", "cpg", "cst"]),
    ("tab", &["dat", "map", "id", "ind"]),
    ("mif", &["mid"]),
    ("cxf", &["sup"]),
    ("ctf", &["sup"]),
];
/// The driver of sheets, as the worker calls it.
const SHEETS: &str = "CXF";

impl Intake {
    /// Takes files in; blocks.
    pub(super) fn take(
        config: &Config,
        paths: &[PathBuf],
        wanted: Wanted<'_>,
    ) -> Result<Self, Error> {
        if paths.is_empty() {
            return Err(Error::NoFiles);
        }
        let below = config.var.join("incoming");
        let folder = PrivateFolder::make(&below).map_err(|source| failed(&below, source))?;
        let mut intake = Self {
            inputs: Vec::new(),
            files: Vec::new(),
            findings: Vec::new(),
            _folder: folder,
        };
        let paths = with_folders(paths)?;
        for (index, path) in paths.iter().enumerate() {
            let into = intake._folder.path().join(index.to_string());
            let taken = std::fs::create_dir(&into)
                .map_err(|source| failed(&into, source))
                .and_then(|()| intake.one(config, path, &into, wanted));
            taken?;
        }
        // What a map of all sheets has, the sheets themselves have better.
        intake
            .inputs
            .sort_by_key(|input| input.is_sheet && is_map_of_all(&input.name));
        Ok(intake)
    }

    fn one(
        &mut self,
        config: &Config,
        path: &Path,
        into: &Path,
        wanted: Wanted<'_>,
    ) -> Result<(), Error> {
        let name = name_of(path);
        let ending = ending(path);
        if ending == "gdb" && path.is_dir() {
            let copy = into.join("database.gdb");
            std::fs::create_dir(&copy).map_err(|source| failed(&copy, source))?;
            for inner in beside(path, |_| true)? {
                self.copy(config, &inner, &copy.join(name_of(&inner)))?;
            }
            self.read(copy, name);
            return Ok(());
        }
        let main = into.join(&name);
        self.copy(config, path, &main)?;
        if is_archive(&main).map_err(|source| failed(path, source))? {
            return self.archive(config, &main, &name, into, wanted);
        }
        let known = BESIDE.iter().find(|(main, _)| *main == ending);
        if let (Some((_, endings)), Some(folder)) = (known, path.parent()) {
            let stem = |path: &Path| path.file_stem().map(|s| s.to_string_lossy().to_lowercase());
            let folder = match folder.as_os_str().is_empty() {
                true => Path::new("."),
                false => folder,
            };
            let wanted = |other: &Path| {
                let fits = endings.contains(&self::ending(other).as_str());
                fits && stem(other) == stem(path)
            };
            for other in beside(folder, wanted)? {
                let copy = main.with_extension(self::ending(&other));
                self.copy(config, &other, &copy)?;
            }
            // One way of writing the ending, whatever the others have.
            let plain = main.with_extension(&ending);
            if plain != main {
                std::fs::rename(&main, &plain).map_err(|source| failed(path, source))?;
            }
            self.read(plain, name);
            return Ok(());
        }
        self.read(main, name);
        Ok(())
    }

    fn copy(&mut self, config: &Config, path: &Path, to: &Path) -> Result<(), Error> {
        let copied = InputFile::copy(path, to, config.max_file_bytes);
        self.files
            .push(copied.map_err(|source| failed(path, source))?);
        Ok(())
    }

    fn read(&mut self, path: PathBuf, name: String) {
        self.inputs.push(Input {
            is_sheet: is_sheet(&path),
            path,
            name,
            missing: Vec::new(),
        });
    }

    fn archive(
        &mut self,
        config: &Config,
        archive: &Path,
        name: &str,
        into: &Path,
        wanted: Wanted<'_>,
    ) -> Result<(), Error> {
        // The copy is named like the archive: no other name can be taken.
        let out = into.with_extension("out");
        std::fs::create_dir(&out).map_err(|source| failed(&out, source))?;
        let unpacked = unpack(config, archive, name, &out)?;
        for finding in &unpacked.findings {
            self.findings.push(Finding {
                rule: finding.rule.clone(),
                severity: finding.severity.into(),
                file: name.to_owned(),
                line: None,
                subject: finding.subject.clone(),
                place: None,
                message: finding.message.clone(),
            });
        }
        let chosen = choose(&unpacked, wanted).map_err(|reason| {
            let text = format!("{name}: {reason}");
            Error::Unusable(text)
        })?;
        for dataset in chosen {
            let member = original(&unpacked, dataset);
            if let (Wanted::Named(_) | Wanted::Preferred(_), Some(file)) =
                (wanted, self.files.last_mut())
                && dataset.driver != SHEETS
            {
                file.member = Some(member.to_owned());
            }
            self.inputs.push(Input {
                is_sheet: dataset.driver == SHEETS,
                path: out.join(&dataset.path),
                name: format!("{name}!/{member}"),
                missing: dataset.missing.clone(),
            });
        }
        Ok(())
    }
}

/// The files that are meant: of a folder the sheets and archives in it, by their names.
fn with_folders(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut all = Vec::new();
    for path in paths {
        if !path.is_dir() || ending(path) == "gdb" {
            all.push(path.clone());
            continue;
        }
        let wanted = |other: &Path| matches!(ending(other).as_str(), "cxf" | "ctf" | "zip");
        let found = beside(path, wanted)?;
        if found.is_empty() {
            return Err(Error::Unusable(format!(
                "{}: the folder holds neither sheets of the cadastre (.cxf, .ctf) nor archives",
                path.display()
            )));
        }
        all.extend(found);
    }
    Ok(all)
}

/// True for sheets of the cadastral map: by the ending, or the first words.
fn is_sheet(path: &Path) -> bool {
    if matches!(ending(path).as_str(), "cxf" | "ctf") {
        return true;
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(16).read_to_end(&mut head));
    let starts = |word: &[u8]| {
        let rest = head.strip_prefix(word);
        rest.is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_whitespace))
    };
    read.is_ok() && (starts(b"MAPPA") || starts(b"QUADRO"))
}

/// True for the name of a map of all sheets: its annex and development are `QU`.
fn is_map_of_all(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let stem = file.split('.').next().unwrap_or(file);
    stem.len() == 11 && stem.is_ascii() && stem[9..].eq_ignore_ascii_case("QU")
}

fn failed(path: &Path, source: std::io::Error) -> Error {
    Error::File {
        path: path.to_path_buf(),
        source,
    }
}

fn ending(path: &Path) -> String {
    let ending = path.extension().unwrap_or_default();
    ending.to_string_lossy().to_lowercase()
}

/// The plain files of a folder that are wanted, in the order of their names; no links.
fn beside(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, Error> {
    let entries = std::fs::read_dir(folder).map_err(|source| failed(folder, source))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.path())
        .filter(|path| wanted(path))
        .collect();
    files.sort();
    Ok(files)
}

fn is_archive(path: &Path) -> std::io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut head)?;
    Ok(head == b"PK\x03\x04" || head == b"PK\x05\x06")
}

fn unpack(config: &Config, archive: &Path, name: &str, out: &Path) -> Result<Unpacked, Error> {
    let total = config.max_unpacked_bytes.to_string();
    let reading = Reading {
        program: &config.worker,
        arguments: &[
            "unpack",
            "--depth",
            DEPTH,
            "--max-entries",
            ENTRIES,
            "--max-total",
            &total,
        ],
        file: archive,
        output: Some(out),
        name,
    };
    match read_document(&reading)? {
        Content::Unpacked(unpacked) => Ok(unpacked),
        Content::Inspection(_) | Content::Failed(_) => Err(Error::Worker(WorkerError::Broken {
            file: name.to_owned(),
            reason: "it answered another question".into(),
        })),
    }
}

/// The path in the archive of the file that is read of a data set.
fn original<'a>(unpacked: &'a Unpacked, dataset: &'a Dataset) -> &'a str {
    let mut files = dataset.files.iter().map(|at| &unpacked.files[*at as usize]);
    let main = files.find(|file| file.path == dataset.path);
    main.map_or(&dataset.name, |file| &file.original)
}

fn choose<'a>(unpacked: &'a Unpacked, wanted: Wanted<'_>) -> Result<Vec<&'a Dataset>, String> {
    let all = || unpacked.datasets.iter();
    let names = || {
        let names: Vec<&str> = all()
            .take(200)
            .map(|dataset| original(unpacked, dataset))
            .collect();
        names.join(", ")
    };
    if unpacked.datasets.is_empty() {
        return Err("the archive holds no map that is read".to_owned());
    }
    let fitting = |name: &str| -> Vec<&Dataset> {
        all()
            .filter(|dataset| is_named(original(unpacked, dataset), name))
            .collect()
    };
    let preferred = match wanted {
        Wanted::All => return Ok(all().collect()),
        Wanted::Named(name) => {
            let found = fitting(name);
            if found.is_empty() {
                return Err(format!(
                    "there is no '{name}' in the archive; there are: {}",
                    names()
                ));
            }
            found
        }
        Wanted::Preferred(preferred) => preferred
            .iter()
            .map(|name| fitting(name))
            .find(|found| !found.is_empty())
            .unwrap_or_else(|| {
                // A table without outlines is no map.
                all()
                    .filter(|dataset| !dataset.path.ends_with(".dbf"))
                    .collect()
            }),
    };
    // The sheets of a comune are one map in many files.
    let sheets: Vec<&Dataset> = preferred
        .iter()
        .copied()
        .filter(|d| d.driver == SHEETS)
        .collect();
    if sheets.len() > 1 {
        return Ok(sheets);
    }
    match preferred.as_slice() {
        [one] => Ok(vec![one]),
        _ => Err(format!(
            "the archive holds several maps; choose one with --member: {}",
            names()
        )),
    }
}

/// True when a path is meant by a name: the whole path or its end, with its ending or without, in
/// any letter case; `*` stands for any letters but `/`.
fn is_named(path: &str, name: &str) -> bool {
    let (path, name) = (path.to_lowercase(), name.to_lowercase());
    let file_at = path.rfind('/').map_or(0, |at| at + 1);
    let stem = |text: &str| match text.rfind('.') {
        Some(dot) if dot > text.rfind('/').map_or(0, |at| at + 1) => text[..dot].to_owned(),
        _ => text.to_owned(),
    };
    let file = &path[file_at..];
    [path.clone(), stem(&path), file.to_owned(), stem(file)]
        .iter()
        .any(|text| fits(text.as_bytes(), name.as_bytes()))
}

fn fits(text: &[u8], pattern: &[u8]) -> bool {
    let mut parts = pattern.split(|letter| *letter == b'*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&[u8]> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let found = (0..=rest.len()).find(|at| rest[*at..].starts_with(part));
        let Some(at) = found.filter(|at| !rest[..*at].contains(&b'/')) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    let before = rest.strip_suffix(last);
    before.is_some_and(|before| !before.contains(&b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_named_in_many_ways() {
        let path = "Consegna/24_ZONE_URBA_2020.SHP";
        for name in [
            path,
            "consegna/24_zone_urba_2020",
            "24_ZONE_URBA_2020.shp",
            "24_ZONE_URBA_2020",
            "*_ZONE_URBA_*",
            "*zone_urba*",
            "consegna/*.shp",
            "*.shp",
        ] {
            assert!(is_named(path, name), "{name}");
        }
        for name in [
            "ZONE_URBA",
            "*_ZONE",
            "ZONE*",
            "*urba*zone*",
            "*x*",
            "",
            "c*8",
        ] {
            assert!(!is_named(path, name), "{name}");
        }
    }
}
