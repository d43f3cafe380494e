//! The sample comune in a database of its own, and files made for one test.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mappale::ingest::{self, LoadRequest, Outcome, ReadOptions};
use mappale::layer::Definitions;
use mappale::place::{self, Comune, NewComune};
use sqlx::{AssertSqlSafe, Connection as _};
use tempfile::TempDir;

use crate::support::TestDb;

pub(crate) const PARCELS: &str = "catasto.particella";
pub(crate) const SHEETS: &str = "catasto.foglio";

/// A database with one comune, and a folder for files.
pub(crate) struct Town {
    pub(crate) db: TestDb,
    pub(crate) definitions: Definitions,
    pub(crate) comune: Comune,
    folder: TempDir,
}

impl Town {
    /// Borgochiaro (`X001`, EPSG:7791) without any layer loaded.
    pub(crate) async fn empty() -> Self {
        Self::of(TestDb::new().await, "X001", "Borgochiaro", 7791).await
    }

    /// A comune in a given database.
    pub(crate) async fn of(db: TestDb, code: &str, name: &str, srid: i32) -> Self {
        let new = NewComune {
            code: code.parse().expect("a code"),
            name: name.to_owned(),
            slug: None,
            storage_srid: srid,
        };
        ingest::add_comune(&db.config, &db.databases, new, None)
            .await
            .expect("the comune is new");
        let mut connection = db.databases.reader.acquire().await.expect("connects");
        let comuni = place::comuni(&mut connection).await.expect("answers");
        drop(connection);
        Self {
            definitions: Definitions::load(&db.config.layers).expect("our definitions are good"),
            comune: comuni.into_iter().next_back().expect("was added"),
            folder: tempfile::tempdir().expect("temporary folders can be made"),
            db,
        }
    }

    /// Borgochiaro with its sheets and parcels published.
    pub(crate) async fn published() -> Self {
        let town = Self::empty().await;
        for (layer, file) in [(SHEETS, sheets_file()), (PARCELS, parcels_file())] {
            let outcome = town.load(layer, &[file]).await.expect("the sample loads");
            assert!(outcome.published, "{layer}: {:?}", outcome.report);
        }
        town
    }

    /// Loads files and publishes them where possible.
    pub(crate) async fn load(
        &self,
        layer: &str,
        files: &[PathBuf],
    ) -> Result<Outcome, ingest::Error> {
        self.load_with(layer, files, true).await
    }

    /// Loads files, to publication or not.
    pub(crate) async fn load_with(
        &self,
        layer: &str,
        files: &[PathBuf],
        publish: bool,
    ) -> Result<Outcome, ingest::Error> {
        self.load_read(layer, files, ReadOptions::default(), publish)
            .await
    }

    /// Loads files that are read in a certain way.
    pub(crate) async fn load_read(
        &self,
        layer: &str,
        files: &[PathBuf],
        options: ReadOptions,
        publish: bool,
    ) -> Result<Outcome, ingest::Error> {
        let request = LoadRequest {
            file: self
                .definitions
                .get(layer)
                .expect("a layer of ours")
                .clone(),
            comune: self.comune.clone(),
            files: files.to_vec(),
            options,
            publish,
            by: "test".to_owned(),
            progress: tokio::sync::watch::Sender::new((0, 0)),
        };
        ingest::load(&self.db.config, &self.db.databases, request).await
    }

    /// A file with this content.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("the folder is ours");
        path
    }

    /// One number that the database answers.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        let mut connection = self.db.superuser().await;
        let number = sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
            .fetch_one(&mut connection)
            .await
            .unwrap_or_else(|error| panic!("{query}: {error}"));
        connection.close().await.expect("closes");
        number
    }

    /// Rows of parts, publications, feature names and parcels.
    pub(crate) async fn stored(&self) -> [i64; 4] {
        let table = "select count(*) from pg_tables
                      where schemaname = 'data' and tablename = 'catasto_particella'";
        let rows = match self.number(table).await {
            0 => 0,
            _ => {
                self.number("select count(*) from data.catasto_particella")
                    .await
            }
        };
        [
            self.number("select count(*) from layer.part").await,
            self.number("select count(*) from layer.publication").await,
            self.number("select count(*) from layer.feature").await,
            rows,
        ]
    }

    /// Version and number of rows of the parcels in force; none when nothing is.
    pub(crate) async fn in_force(&self) -> Option<(i32, i64)> {
        let mut connection = self.db.superuser().await;
        let row = sqlx::query_as(
            "select part.version, part.feature_count
               from layer.published join layer.part on part.id = published.part_id
              where part.layer = 'catasto.particella' and published.kind = 'publish'",
        )
        .fetch_optional(&mut connection)
        .await
        .expect("answers");
        connection.close().await.expect("closes");
        row
    }
}

/// The sample's file of parcels.
pub(crate) fn parcels_file() -> PathBuf {
    data().join("X001_BORGOCHIARO_ple.gml")
}

/// The sample's file of sheets.
pub(crate) fn sheets_file() -> PathBuf {
    data().join("X001_BORGOCHIARO_map.gml")
}

/// What the sample was drawn to hold.
pub(crate) fn expected() -> serde_json::Value {
    let text = std::fs::read_to_string(data().join("expected.json")).expect("is there");
    serde_json::from_str(&text).expect("is JSON")
}

/// The text of the sample's parcels.
pub(crate) fn parcels_text() -> String {
    std::fs::read_to_string(parcels_file()).expect("is there")
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/borgochiaro")
}

/// The text without the members that hold a word; each member is a line.
pub(crate) fn without(text: &str, word: &str) -> String {
    let kept: Vec<&str> = text.lines().filter(|line| !line.contains(word)).collect();
    kept.join("\n")
}

/// The text with every outline moved by degrees.
pub(crate) fn moved(text: &str, by_lat: f64, by_lon: f64) -> String {
    let start = r#"<gml:posList srsDimension="2">"#;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(start) {
        let (before, list) = rest.split_at(at + start.len());
        out.push_str(before);
        let end = list.find('<').expect("the list ends");
        for (index, number) in list[..end].split_whitespace().enumerate() {
            let number: f64 = number.parse().expect("a number");
            let by = if index % 2 == 0 { by_lat } else { by_lon };
            let _ = write!(out, "{:.8} ", number + by);
        }
        rest = &list[end..];
    }
    out.push_str(rest);
    out
}

/// A file of parcels: their references and rings (lat, lon; closed).
pub(crate) fn parcels_gml<'a>(
    parcels: impl IntoIterator<Item = (&'a str, &'a [[f64; 2]])>,
) -> String {
    let mut out = String::from(
        r#"<?xml version='1.0' encoding="UTF-8" ?>
<wfs:FeatureCollection
   xmlns:CP="http://mapserver.gis.umn.edu/mapserver"
   xmlns:gml="http://www.opengis.net/gml/3.2"
   xmlns:wfs="http://www.opengis.net/wfs/2.0">
"#,
    );
    for (reference, ring) in parcels {
        let comune = &reference[..4];
        let label = reference.split_once('.').map_or("", |(_, number)| number);
        let _ = write!(
            out,
            r#"<wfs:member><CP:CadastralParcel gml:id="CadastralParcel.IT.AGE.PLA.{reference}"><CP:msGeometry><gml:Polygon gml:id="CadastralParcel.IT.AGE.PLA.{reference}.1" srsName="urn:ogc:def:crs:EPSG::6706"><gml:exterior><gml:LinearRing><gml:posList srsDimension="2">"#
        );
        for [lat, lon] in ring {
            let _ = write!(out, "{lat:.8} {lon:.8} ");
        }
        let _ = writeln!(
            out,
            "</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></CP:msGeometry><CP:INSPIREID_LOCALID>IT.AGE.PLA.{reference}</CP:INSPIREID_LOCALID><CP:INSPIREID_NAMESPACE>IT.AGE.PLA.</CP:INSPIREID_NAMESPACE><CP:LABEL>{label}</CP:LABEL><CP:NATIONALCADASTRALREFERENCE>{reference}</CP:NATIONALCADASTRALREFERENCE><CP:ADMINISTRATIVEUNIT>{comune}</CP:ADMINISTRATIVEUNIT></CP:CadastralParcel></wfs:member>"
        );
    }
    out.push_str("</wfs:FeatureCollection>\n");
    out
}

/// A file of that many parcels, invented squares in rows of 200 on sheet 1.
pub(crate) fn many_parcels(count: usize) -> String {
    const SIDE: f64 = 0.0001;
    let parcels: Vec<(String, [[f64; 2]; 5])> = (0..count)
        .map(|number| {
            #[expect(clippy::cast_precision_loss, reason = "the counts are small")]
            let at = |cells: usize, from: f64| from + cells as f64 * SIDE;
            let (south, west) = (at(number / 200, 45.60), at(number % 200, 9.36));
            let (north, east) = (south + SIDE * 0.9, west + SIDE * 0.9);
            let ring = [
                [south, west],
                [north, west],
                [north, east],
                [south, east],
                [south, west],
            ];
            (format!("X001_000100.{}", number + 1), ring)
        })
        .collect();
    parcels_gml(
        parcels
            .iter()
            .map(|(reference, ring)| (reference.as_str(), ring.as_slice())),
    )
}
