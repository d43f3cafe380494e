//! Files that make up one data set, and the names that they get.

use std::collections::{HashMap, HashSet};

use wire::{Dataset, UnpackedFile};

use super::name::Name;
use crate::cxf;
use crate::failure::{Failure, FailureKind};
use crate::vector::Driver;

/// Gives files names of our own: those of one data set get the same number.
#[derive(Debug, Default)]
pub(super) struct Places {
    numbers: HashMap<String, usize>,
    taken: HashSet<String>,
}

impl Places {
    /// Returns the place of an entry in the output folder.
    pub(super) fn of(&mut self, before: &str, name: &Name) -> Result<String, Failure> {
        if !self.taken.insert(format!("{before}{}", name.folded())) {
            return Err(twice(name));
        }
        let ending = own(&name.ending()).unwrap_or_else(|| "bin".to_owned());
        let geodatabase = name
            .folder()
            .filter(|folder| folder.to_lowercase().ends_with(".gdb"));
        let place = if let Some(folder) = geodatabase {
            // Its files know each other by name.
            let number = self.number(format!("{before}{}", folder.to_lowercase()));
            let file = own(&name.file().to_lowercase()).unwrap_or_else(|| "other".to_owned());
            format!("{number:04}.gdb/{file}")
        } else {
            let folded = name.folded();
            let stem = match folded.rsplit_once('.') {
                Some((stem, _)) if !name.ending().is_empty() => stem,
                _ => &folded,
            };
            let number = self.number(format!("{before}{stem}"));
            format!("{number:04}.{ending}")
        };
        if !self.taken.insert(format!("\n{place}")) {
            return Err(twice(name));
        }
        Ok(place)
    }

    fn number(&mut self, key: String) -> usize {
        let next = self.numbers.len() + 1;
        *self.numbers.entry(key).or_insert(next)
    }
}

fn twice(name: &Name) -> Failure {
    let message = format!(
        "The archive holds {:?} twice (small and capital letters are the same).",
        name.as_str()
    );
    Failure::of_file(FailureKind::EntryName, message)
}

/// Returns a text that is safe as a part of a file name.
fn own(text: &str) -> Option<String> {
    let letters = text.bytes().all(|byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'.' || byte == b'_'
    });
    let first = text.as_bytes().first()?;
    (letters && text.len() <= 60 && first.is_ascii_alphanumeric()).then(|| text.to_owned())
}

/// Returns the data sets among files, in their order.
pub(super) fn datasets(files: &[UnpackedFile]) -> Vec<Dataset> {
    let mut groups: Vec<(String, Vec<u32>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (index, file) in (0..).zip(files) {
        let (number, _) = file.path.split_once('.').unwrap_or((&file.path, ""));
        let group = *places.entry(number).or_insert_with(|| {
            groups.push((number.to_owned(), Vec::new()));
            groups.len() - 1
        });
        groups[group].1.push(index);
    }
    groups
        .into_iter()
        .flat_map(|(number, members)| of_group(&number, members, files))
        .collect()
}

fn of_group(number: &str, members: Vec<u32>, files: &[UnpackedFile]) -> Vec<Dataset> {
    let file = |index: u32| &files[index as usize];
    let is_folder = members.iter().any(|at| file(*at).path.contains('/'));
    if is_folder {
        let original = members.first().map_or("", |at| file(*at).original.as_str());
        let name = original
            .rsplit_once('/')
            .map_or(original, |(folder, _)| folder);
        return vec![Dataset {
            name: stem(name).to_owned(),
            driver: Driver::FileGdb.name().to_owned(),
            path: format!("{number}.gdb"),
            files: members,
            missing: Vec::new(),
        }];
    }
    let of_ending = |ending: &str| {
        members
            .iter()
            .copied()
            .find(|at| file(*at).path == format!("{number}.{ending}"))
    };
    let has_shape = of_ending("shp").is_some();
    let has_table = of_ending("tab").is_some();
    let mut datasets = Vec::new();
    for (ending, driver, with) in [
        ("shp", Driver::Shapefile.name(), &["shx", "dbf", "prj"][..]),
        ("dbf", Driver::Shapefile.name(), &[]),
        ("tab", Driver::MapInfo.name(), &["dat", "map", "id"]),
        ("mif", Driver::MapInfo.name(), &["mid"]),
        ("gpkg", Driver::GeoPackage.name(), &[]),
        ("geojson", Driver::GeoJson.name(), &[]),
        ("json", Driver::GeoJson.name(), &[]),
        ("gml", Driver::Gml.name(), &[]),
        ("fgb", Driver::FlatGeobuf.name(), &[]),
        ("csv", Driver::Csv.name(), &[]),
        ("kml", Driver::Kml.name(), &[]),
        ("dxf", Driver::Dxf.name(), &[]),
        ("cxf", cxf::DRIVER, &[]),
        ("ctf", cxf::DRIVER, &[]),
    ] {
        let Some(main) = of_ending(ending) else {
            continue;
        };
        if ending == "dbf" && (has_shape || has_table) {
            continue;
        }
        let original = &file(main).original;
        let missing = with.iter().filter(|ending| of_ending(ending).is_none());
        datasets.push(Dataset {
            name: stem(original).to_owned(),
            driver: driver.to_owned(),
            path: file(main).path.clone(),
            missing: missing.map(|ending| (*ending).to_owned()).collect(),
            files: members.clone(),
        });
    }
    datasets
}

fn stem(original: &str) -> &str {
    let file_at = original.rfind('/').map_or(0, |at| at + 1);
    match original[file_at..].rfind('.') {
        Some(dot) if dot > 0 => &original[..file_at + dot],
        _ => original,
    }
}
