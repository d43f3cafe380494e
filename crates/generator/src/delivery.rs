//! The folder of a comune: its files, and the manifest that says what they hold.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use crate::block::Kind;
use crate::census;
use crate::comune::{Comune, Drawn};
use crate::cxf;
use crate::dice::Dice;
use crate::gml;
use crate::plane::Point;
use crate::projection::Utm32;
use crate::sheet::{Polygon, Sheet};
use crate::town::{self, Town, Zoning};
use crate::write::{self, Crs, Table};
use crate::{Error, Written};

/// One entry of the manifest.
struct Entry {
    layer: String,
    file: String,
    /// Name of the layer in a file that has several.
    member: Option<String>,
    /// Code of the plan version that it belongs to.
    version: Option<&'static str>,
    /// From what day on it counts.
    valid_from: Option<&'static str>,
}

/// The days of the two versions of the cadastre.
const FIRST_DAY: &str = "2026-01-01";
const SECOND_DAY: &str = "2026-07-01";
/// The versions of the plan, by their codes in `comune.toml`.
const IN_FORCE: &str = "2020";
const ADOPTED: &str = "variante-1";

/// The folder that is being filled.
struct Folder {
    path: PathBuf,
    entries: Vec<Entry>,
}

/// Draws a comune and writes all of its files; the later cadastre where `versions` are wanted.
pub(crate) fn write(
    comune: &Comune,
    origin: Point,
    utm: &Utm32,
    out: &Path,
    versions: bool,
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
    let (map, ple) = cadastre.save(&folder.path, FIRST_DAY)?;
    folder.entry("catasto.foglio", &map, None).valid_from = Some(FIRST_DAY);
    folder.entry("catasto.particella", &ple, None).valid_from = Some(FIRST_DAY);

    let town = Town::of(comune, &drawn);
    let zoning = Zoning::of(&town);
    folder.plan(&town, &zoning, origin)?;
    folder.layers(
        "vincoli.gpkg",
        &town::constraints(&town, &zoning),
        "vincolo",
        origin,
    )?;
    folder.layers(
        "rischio.gpkg",
        &town::risks(&town, &zoning),
        "rischio",
        origin,
    )?;
    folder.layers(
        "topografico.gpkg",
        &town::topography(&town, &zoning, &lanes),
        "base",
        origin,
    )?;
    let office = if versions {
        let houses = town::houses(&town, &zoning, &lanes);
        Some(folder.office(comune, &drawn, &houses, origin)?)
    } else {
        None
    };
    let later = if versions {
        Some(folder.later(comune, &drawn, origin, utm)?)
    } else {
        None
    };
    Ok(Written {
        code: comune.code.clone(),
        name: comune.name.clone(),
        sheets,
        members,
        roads_and_waters,
        map: folder.path.join(map),
        ple: folder.path.join(ple),
        later,
        office,
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
    fn save(self, folder: &Path, day: &str) -> Result<(String, String), Error> {
        let save = |writer: gml::Writer<'_>, suffix: &str| {
            let name = format!("{}_{suffix}.gml", self.stem);
            let path = folder.join(&name);
            File::create(&path)
                .and_then(|file| writer.finish(BufWriter::new(file), day))
                .map_err(failed(&path))?;
            Ok(name)
        };
        Ok((save(self.map, "map")?, save(self.ple, "ple")?))
    }
}

impl Folder {
    fn entry(&mut self, layer: &str, file: &str, member: Option<String>) -> &mut Entry {
        self.entries.push(Entry {
            layer: layer.to_owned(),
            file: file.to_owned(),
            member,
            version: None,
            valid_from: None,
        });
        let last = self.entries.len() - 1;
        &mut self.entries[last]
    }

    fn text(&self, name: &str, text: &str) -> Result<(), Error> {
        let path = self.path.join(name);
        fs::write(&path, text).map_err(failed(&path))
    }

    fn make(&self, name: &str) -> Result<(), Error> {
        let path = self.path.join(name);
        fs::create_dir_all(&path).map_err(failed(&path))
    }

    /// The plan in force, its variant, their norms and acts.
    fn plan(&mut self, town: &Town<'_>, zoning: &Zoning, origin: Point) -> Result<(), Error> {
        let layers = [
            "piano.zona",
            "piano.tessuto",
            "piano.servizio",
            "piano.ambito",
        ];
        self.shapefiles(
            "pgt.zip",
            &town::pgt(town, zoning),
            &layers,
            IN_FORCE,
            origin,
        )?;
        if let Some(tables) = town::variant(town, zoning) {
            self.shapefiles(
                "pgt_variante.zip",
                &tables,
                &["piano.zona"],
                ADOPTED,
                origin,
            )?;
        }
        for (folder, articles) in [
            ("norme", &town::ARTICLES[..]),
            ("norme_variante", &town::CHANGED[..]),
        ] {
            self.make(folder)?;
            for (number, text) in articles {
                self.text(&format!("{folder}/{number}.md"), text)?;
            }
        }
        self.text("comune.toml", town::ACTS)
    }

    /// The later cadastre, and what became of which parcel.
    fn later(
        &mut self,
        comune: &Comune,
        drawn: &[Drawn],
        origin: Point,
        utm: &Utm32,
    ) -> Result<PathBuf, Error> {
        let mut cadastre = Cadastre::new(comune, origin, utm);
        let mut changes = Vec::new();
        let mut dice = Dice::for_part(comune.seed, 9601);
        for one in drawn {
            let (sheet, of_sheet) = town::later(&one.sheet, &mut dice);
            cadastre.add(&sheet);
            changes.extend(of_sheet);
        }
        self.make("catasto_2")?;
        let path = self.path.join("catasto_2");
        let (map, ple) = cadastre.save(&path, SECOND_DAY)?;
        for (layer, file) in [("catasto.foglio", map), ("catasto.particella", ple)] {
            self.entry(layer, &format!("catasto_2/{file}"), None)
                .valid_from = Some(SECOND_DAY);
        }
        self.text(
            "catasto_2/lineage.json",
            &town::answers(&comune.code, &changes),
        )?;
        Ok(path)
    }

    /// What the office delivers to the comune: sheets as CXF with their SUP, and the census.
    fn office(
        &self,
        comune: &Comune,
        drawn: &[Drawn],
        houses: &[Polygon],
        origin: Point,
    ) -> Result<PathBuf, Error> {
        let sheets: Vec<&Sheet> = drawn.iter().map(|one| &one.sheet).collect();
        let standing = cxf::standing(&sheets, houses);
        let day = FIRST_DAY.replace('-', "");
        self.make("catasto_ufficio")?;
        self.make("catasto_ufficio/mappa")?;
        for sheet in &sheets {
            let files = cxf::write(&comune.code, sheet, &standing, origin, &day);
            let stem = format!("catasto_ufficio/mappa/{}", files.name);
            self.text(&format!("{stem}.ctf"), &files.cxf)?;
            self.text(&format!("{stem}.sup"), &files.sup)?;
        }
        let mut dice = Dice::for_part(comune.seed, 9701);
        let supply = census::write(&comune.code, &sheets, &standing, &mut dice);
        for (ending, text) in [
            ("FAB", &supply.fab),
            ("TER", &supply.ter),
            ("SOG", &supply.sog),
            ("TIT", &supply.tit),
            ("PRM", &supply.prm),
        ] {
            self.text(&format!("catasto_ufficio/{}.{ending}", comune.code), text)?;
        }
        Ok(self.path.join("catasto_ufficio"))
    }

    fn shapefiles(
        &mut self,
        name: &str,
        tables: &[Table],
        layers: &[&str],
        version: &'static str,
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
            let member = table.name.to_owned();
            self.entry(layer, name, Some(member)).version = Some(version);
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
            if let Some(version) = entry.version {
                let _ = writeln!(text, "version = \"{version}\"");
            }
            if let Some(day) = entry.valid_from {
                let _ = writeln!(text, "valid_from = {day}");
            }
        }
        let path = self.path.join("demo.toml");
        fs::write(&path, text).map_err(failed(&path))?;
        Ok(path)
    }
}
