//! Archives, with caps: their files under names of our own, grouped to data sets.
//!
//! | file | holds |
//! |---|---|
//! | `name` | names of entries, and what is refused about them |
//! | `group` | files that make up one data set |

mod group;
mod name;

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use wire::{Finding, Severity, Unpacked, UnpackedFile};
use zip::ZipArchive;
use zip::read::ZipFile;

use crate::failure::{Failure, FailureKind};
use group::Places;
use name::Name;

/// Bytes of a file before its ratio is looked at: short tables of blanks shrink to nothing.
const RATIO_FROM: u64 = 4 << 20;
/// Types of file in the Unix mode of an entry.
const TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;

/// Bounds of an archive; whatever exceeds one refuses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Entries, folders and those of inner archives included.
    pub entries: usize,
    /// Bytes of all files, inner archives included.
    pub total_bytes: u64,
    /// Bytes of a file for each of its bytes in the archive.
    pub ratio: u64,
    /// Archives in archives; 1 is the archive itself.
    pub depth: u32,
    /// Whether archives below that depth are kept as files.
    pub keep_archives: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 100,
            total_bytes: 500 << 20,
            ratio: 100,
            depth: 1,
            keep_archives: false,
        }
    }
}

/// Unpacks a ZIP archive into an empty folder, and returns what is there now.
///
/// Files get names of our own; inner archives are unpacked down to the depth. Nothing is ever
/// written outside of the folder. After a failure the folder holds a part of the files.
///
/// # Errors
/// Where the archive is broken, exceeds a limit, or an entry is no plain file or folder or has
/// a name that leads elsewhere or is there twice.
pub fn unpack(archive: &Path, folder: &Path, limits: &Limits) -> Result<Unpacked, Failure> {
    let mut unpacking = Unpacking {
        folder,
        limits,
        entries: 0,
        bytes: 0,
        archives: 0,
        places: Places::default(),
        unpacked: Unpacked::default(),
    };
    unpacking.archive(archive, "", 1)?;
    unpacking.unpacked.datasets = group::datasets(&unpacking.unpacked.files);
    if unpacking.unpacked.datasets.is_empty() && !limits.keep_archives {
        unpacking.note(
            "archive.no_map",
            None,
            "The archive holds no map that is read.",
        );
    }
    Ok(unpacking.unpacked)
}

struct Unpacking<'a> {
    folder: &'a Path,
    limits: &'a Limits,
    entries: usize,
    bytes: u64,
    archives: usize,
    places: Places,
    unpacked: Unpacked,
}

impl Unpacking<'_> {
    fn archive(&mut self, path: &Path, before: &str, depth: u32) -> Result<(), Failure> {
        let file = File::open(path).map_err(|error| Failure::unreadable(&error))?;
        let listed = listed_entries(&file).map_err(|error| Failure::unreadable(&error))?;
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| broken(&error))?;
        // The library keeps one entry of a name, and which of two was meant nobody can tell.
        if listed.is_some_and(|listed| listed > archive.len()) {
            let message = "The archive holds a name twice.".to_owned();
            return Err(Failure::of_file(FailureKind::EntryName, message));
        }
        self.entries += archive.len();
        if self.entries > self.limits.entries {
            let message = format!("The archive has more than {} entries.", self.limits.entries);
            return Err(Failure::of_file(FailureKind::LimitEntries, message));
        }
        let mut inner = Vec::new();
        for index in 0..archive.len() {
            let entry = archive.by_index(index).map_err(|error| broken(&error))?;
            let name = Name::of_entry(entry.name_raw())?;
            check_kind(&entry, &name)?;
            if entry.is_dir() || name.is_clutter() {
                continue;
            }
            let original = format!("{before}{}", name.as_str());
            if name.ending() == "zip" && depth < self.limits.depth {
                self.archives += 1;
                let path = self.folder.join(format!("inner{:04}.zip", self.archives));
                self.write(entry, &path, &original)?;
                inner.push((path, original));
                continue;
            }
            if name.ending() == "zip" && !self.limits.keep_archives {
                let message = "An archive in the archive is not unpacked.";
                self.note("archive.nested", Some(&original), message);
                continue;
            }
            let place = self.places.of(before, &name)?;
            let path = self.folder.join(&place);
            if let Some(parent) = path.parent()
                && !parent.is_dir()
            {
                std::fs::create_dir(parent).map_err(|error| unwritable(&error))?;
            }
            let bytes = self.write(entry, &path, &original)?;
            self.unpacked.files.push(UnpackedFile {
                original,
                path: place,
                bytes,
            });
        }
        for (path, original) in inner {
            self.archive(&path, &format!("{original}!/"), depth + 1)?;
        }
        Ok(())
    }

    /// Inflates an entry into a new file and counts while it does.
    fn write(
        &mut self,
        mut entry: ZipFile<'_, impl Read>,
        path: &PathBuf,
        original: &str,
    ) -> Result<u64, Failure> {
        let packed = entry.compressed_size();
        let created = OpenOptions::new().write(true).create_new(true).open(path);
        let mut file = created.map_err(|error| unwritable(&error))?;
        let mut buffer = vec![0; 1 << 16];
        let mut bytes = 0_u64;
        loop {
            let count = entry.read(&mut buffer).map_err(|error| {
                let message = format!("The archive is broken in {original:?}: {error}.");
                Failure::of_file(FailureKind::ArchiveBroken, message)
            })?;
            if count == 0 {
                break;
            }
            bytes += count as u64;
            self.bytes += count as u64;
            if self.bytes > self.limits.total_bytes {
                let message = format!(
                    "The archive holds more than {} bytes of files.",
                    self.limits.total_bytes
                );
                return Err(Failure::of_file(FailureKind::LimitBytes, message));
            }
            if bytes > RATIO_FROM && bytes / self.limits.ratio.max(1) > packed {
                let message = format!(
                    "{original:?} is more than {} times as large as in the archive.",
                    self.limits.ratio
                );
                return Err(Failure::of_file(FailureKind::LimitRatio, message));
            }
            file.write_all(&buffer[..count])
                .map_err(|error| unwritable(&error))?;
        }
        Ok(bytes)
    }

    fn note(&mut self, rule: &str, subject: Option<&str>, message: &str) {
        self.unpacked.findings.push(Finding {
            rule: rule.to_owned(),
            severity: Severity::Warning,
            line: None,
            subject: subject.map(str::to_owned),
            message: message.to_owned(),
        });
    }
}

/// Refuses links, devices and whatever else is neither file nor folder.
fn check_kind(entry: &ZipFile<'_, impl Read>, name: &Name) -> Result<(), Failure> {
    let kind = entry.unix_mode().map(|mode| mode & TYPE);
    if kind.is_none_or(|kind| kind == 0 || kind == REGULAR || kind == FOLDER) {
        return Ok(());
    }
    Err(Failure::of_file(
        FailureKind::EntryKind,
        format!("{:?} is a link or device, which is refused.", name.as_str()),
    ))
}

/// How many entries the end of an archive says that there are (APPNOTE 4.3.16); none where it is
/// not found or says that another record counts them.
fn listed_entries(mut file: &File) -> std::io::Result<Option<usize>> {
    const MARK: &[u8] = b"PK\x05\x06";
    // The record with the longest comment.
    let tail = file.metadata()?.len().min(22 + 0xFFFF);
    file.seek(SeekFrom::End(-i64::try_from(tail).unwrap_or(0)))?;
    let mut bytes = Vec::new();
    file.take(tail).read_to_end(&mut bytes)?;
    file.rewind()?;
    let at = bytes.windows(MARK.len()).rposition(|window| window == MARK);
    let count = at.and_then(|at| bytes.get(at + 10..at + 12));
    Ok(count
        .map(|count| u16::from_le_bytes([count[0], count[1]]))
        .filter(|count| *count != u16::MAX)
        .map(usize::from))
}

fn broken(error: &zip::result::ZipError) -> Failure {
    if let zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) =
        error
    {
        return Failure::of_file(
            FailureKind::ArchiveBroken,
            "The archive is encrypted: it is read without a password only.".to_owned(),
        );
    }
    Failure::of_file(
        FailureKind::ArchiveBroken,
        format!("The archive cannot be read: {error}."),
    )
}

fn unwritable(error: &std::io::Error) -> Failure {
    Failure::of_file(
        FailureKind::Write,
        format!("A file cannot be written into the output folder: {error}."),
    )
}
