//! The folder of a comune: its files, and the manifest that says what they hold.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use crate::block::Kind;
use crate::comune::Comune;
use crate::gml;
use crate::plane::Point;
use crate::projection::Utm32;
use crate::sheet::Sheet;
use crate::town::{self, Town, Zoning};
use crate::write::{self, Crs, Table};
use crate::{Error, Written};

/// One entry of the manifest.
struct Entry {
    layer: String,
    file: String,
    /// Name of the layer in a file that has several.
    member: Option<String>,
}

/// The folder that is being filled.
struct Folder {
    path: PathBuf,
    entries: Vec<Entry>,
}

/// Draws a comune and writes all of its files.
pub(crate) fn write(
    comune: &Comune,
    origin: Point,
    utm: &Utm32,
    out: &Path,
) -> Result<Written, Error> {
    let path = out.join(slug(&comune.name));
    fs::create_dir_all(&path).map_err(failed(&path))?;
    let mut folder = Folder {
        path,
        entries: Vec::new(),
    };
    let mut cadastre = Cadastre::new(comune, origin, utm);
    let mut drawn = Vec::new();
    let lanes = comune.draw(|one| {
        cadastre.add(&one.sheet);
        drawn.push(one);
    });
    let (sheets, members, roads_and_waters) =
        (cadastre.sheets, cadastre.members, cadastre.roads_and_waters);
    let (map, ple) = cadastre.save(&folder.path)?;
    folder.entry("catasto.foglio", &map, None);
    folder.entry("catasto.particella", &ple, None);

    let town = Town::of(comune, &drawn);
    let zoning = Zoning::of(&town);
    folder.shapefiles(
        "pgt.zip",
        &town::pgt(&town, &zoning),
        &[
            "piano.zona",
            "piano.tessuto",
            "piano.servizio",
            "piano.ambito",
        ],
        origin,
    )?;
    folder.layers(
        "topografico.gpkg",
        &town::topography(&town, &zoning, &lanes),
        "base",
        origin,
    )?;
    folder.layers(
        "rischio.gpkg",
        &town::risks(&town, &zoning),
        "rischio",
        origin,
    )?;
    folder.layers(
        "vincoli.gpkg",
        &town::constraints(&town, &zoning),
        "vincolo",
        origin,
    )?;
    Ok(Written {
        code: comune.code.clone(),
        name: comune.name.clone(),
        sheets,
        members,
        roads_and_waters,
        map: folder.path.join(map),
        ple: folder.path.join(ple),
        manifest: folder.manifest(comune)?,
        folder: folder.path,
    })
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Write {
        path: path.clone(),
        source,
    }
}

/// `BORGONOVELLO D'ADRA` → `borgonovello-d-adra`.
fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    out
}

/// The two files of the national cadastre.
struct Cadastre<'a> {
    map: gml::Writer<'a>,
    ple: gml::Writer<'a>,
    stem: String,
    sheets: usize,
    members: usize,
    roads_and_waters: usize,
}

impl<'a> Cadastre<'a> {
    fn new(comune: &'a Comune, origin: Point, utm: &'a Utm32) -> Self {
        Self {
            map: gml::Writer::new(&comune.code, origin, utm),
            ple: gml::Writer::new(&comune.code, origin, utm),
            stem: format!("{}_{}", comune.code, comune.name),
            sheets: 0,
            members: 0,
            roads_and_waters: 0,
        }
    }

    fn add(&mut self, sheet: &Sheet) {
        self.sheets += 1;
        self.members += sheet.parcels.len();
        self.map.sheet(sheet);
        for parcel in &sheet.parcels {
            self.roads_and_waters += usize::from(matches!(parcel.kind, Kind::Road | Kind::Water));
            self.ple.parcel(&sheet.code, &parcel.label, &parcel.parts);
        }
    }

    /// Writes the files; their names.
    fn save(self, folder: &Path) -> Result<(String, String), Error> {
        let save = |writer: gml::Writer<'_>, suffix: &str| {
            let name = format!("{}_{suffix}.gml", self.stem);
            let path = folder.join(&name);
            File::create(&path)
                .and_then(|file| writer.finish(BufWriter::new(file)))
                .map_err(failed(&path))?;
            Ok(name)
        };
        Ok((save(self.map, "map")?, save(self.ple, "ple")?))
    }
}

impl Folder {
    fn entry(&mut self, layer: &str, file: &str, member: Option<String>) {
        self.entries.push(Entry {
            layer: layer.to_owned(),
            file: file.to_owned(),
            member,
        });
    }

    fn shapefiles(
        &mut self,
        name: &str,
        tables: &[Table],
        layers: &[&str],
        origin: Point,
    ) -> Result<(), Error> {
        let files: Vec<(String, Vec<u8>)> = tables
            .iter()
            .flat_map(|table| write::shapefile(table, origin, Crs::Utm32Wgs84))
            .collect();
        let path = self.path.join(name);
        write::archive(&files)
            .map_err(io::Error::from)
            .and_then(|bytes| fs::write(&path, bytes))
            .map_err(failed(&path))?;
        for (table, layer) in tables.iter().zip(layers) {
            self.entry(layer, name, Some(format!("{}.shp", table.name)));
        }
        Ok(())
    }

    /// A GeoPackage whose layers are those of a theme.
    fn layers(
        &mut self,
        name: &str,
        tables: &[Table],
        theme: &str,
        origin: Point,
    ) -> Result<(), Error> {
        let path = self.path.join(name);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(failed(&path)(source));
            }
            _ => (),
        }
        write::geopackage(&path, tables, origin)
            .map_err(|source| Error::Layers { path, source })?;
        for table in tables {
            let layer = format!("{theme}.{}", table.name);
            self.entry(&layer, name, Some(table.name.to_owned()));
        }
        Ok(())
    }

    fn manifest(&self, comune: &Comune) -> Result<PathBuf, Error> {
        let mut text = format!(
            "# What the files of this folder hold, in the order in which they are to be loaded.\n\
             format = 1\ncomune = \"{}\"\nname = \"{}\"\nslug = \"{}\"\nsrid = 7791\n",
            comune.code,
            comune.name,
            slug(&comune.name)
        );
        for entry in &self.entries {
            // Writing to a string does not fail.
            let _ = write!(
                text,
                "\n[[layer]]\nid = \"{}\"\nfile = \"{}\"\n",
                entry.layer, entry.file
            );
            if let Some(member) = &entry.member {
                let _ = writeln!(text, "member = \"{member}\"");
            }
        }
        let path = self.path.join("demo.toml");
        fs::write(&path, text).map_err(failed(&path))?;
        Ok(path)
    }
}
