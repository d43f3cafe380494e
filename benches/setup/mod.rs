//! What every bench starts from: a private database with real parcels, and the copy in memory.
//!
//! With `MAPPALE_GEODATA` the parcels are those of H833 (1,344 parcels, 26 sheets), else those
//! of the invented sample. `make bench` builds everything that is needed.

#![allow(dead_code, reason = "each bench uses its part of the set-up")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mappale::config::Config;
use mappale::db::Databases;
use mappale::geo::{LonLatBox, TileAddress};
use mappale::ingest::{self, LoadRequest, ReadOptions};
use mappale::layer::{Definitions, legal_day};
use mappale::place::{self, Comune, NewComune};
use mappale::snapshot::{self, Catalogue};
use tokio::runtime::Runtime;

/// Parcels in memory and in the database.
pub(crate) struct Bench {
    /// For statements.
    pub(crate) runtime: Runtime,
    /// Ways into the database.
    pub(crate) databases: Databases,
    /// The copy in memory.
    pub(crate) catalogue: Arc<Catalogue>,
    /// The comune whose parcels they are.
    pub(crate) comune: Comune,
    /// Name of the data, for the output.
    pub(crate) data: &'static str,
}

struct Data {
    name: &'static str,
    code: &'static str,
    srid: i32,
    sheets: PathBuf,
    parcels: PathBuf,
}

impl Bench {
    /// Starts the database of the benches and loads the parcels, unless they are there already.
    pub(crate) fn open() -> Self {
        let runtime = Runtime::new().expect("a runtime starts");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut config = Config::from_env().expect("the settings are in order");
        config.var = root.join("target/bench-var");
        config.layers = root.join("layers");
        config.worker = Path::new(env!("CARGO_BIN_EXE_mappale")).with_file_name("mappale-worker");
        assert!(
            config.worker.exists(),
            "build first: cargo build --release --workspace"
        );
        let data = data(root);
        let definitions = Definitions::load(&config.layers).expect("definitions are in order");
        let (databases, catalogue) =
            runtime.block_on(async { fill(&config, &definitions, &data).await });
        let comune = catalogue
            .comune_by_code(data.code.parse().expect("is a code"))
            .expect("was added")
            .as_ref()
            .clone();
        Self {
            runtime,
            databases,
            catalogue: Arc::new(catalogue),
            comune,
            data: data.name,
        }
    }

    /// Box of the comune's published features.
    pub(crate) fn area(&self) -> LonLatBox {
        self.catalogue
            .box_of(&self.comune)
            .expect("something is published")
    }

    /// All tiles of a zoom that meet the comune.
    pub(crate) fn tiles(&self, zoom: u8) -> Vec<TileAddress> {
        let area = self.area();
        let first = TileAddress::at(zoom, area.west, area.north).expect("a zoom of ours");
        let last = TileAddress::at(zoom, area.east, area.south).expect("a zoom of ours");
        (first.x()..=last.x())
            .flat_map(|x| (first.y()..=last.y()).map(move |y| (x, y)))
            .map(|(x, y)| TileAddress::new(u32::from(zoom), x, y).expect("lies between two tiles"))
            .collect()
    }
}

fn data(root: &Path) -> Data {
    match std::env::var_os("MAPPALE_GEODATA") {
        Some(folder) => {
            let folder = PathBuf::from(folder);
            Data {
                name: "H833",
                code: "H833",
                srid: 7792,
                sheets: folder.join("H833_SAN FELICE DEL MOLISE_map.gml"),
                parcels: folder.join("H833_SAN FELICE DEL MOLISE_ple.gml"),
            }
        }
        None => {
            let folder = root.join("data/borgochiaro");
            Data {
                name: "Borgochiaro",
                code: "X001",
                srid: 7791,
                sheets: folder.join("X001_BORGOCHIARO_map.gml"),
                parcels: folder.join("X001_BORGOCHIARO_ple.gml"),
            }
        }
    }
}

async fn fill(config: &Config, definitions: &Definitions, data: &Data) -> (Databases, Catalogue) {
    let databases = Databases::open(config).await.expect("the database opens");
    databases.migrate().await.expect("migrations apply");
    let code = data.code.parse().expect("is a code");
    let find = async || {
        let mut connection = databases.reader.acquire().await.expect("connects");
        let comuni = place::comuni(&mut connection).await.expect("reads");
        comuni
            .into_iter()
            .find(|comune| comune.codes.contains(&code))
    };
    if find().await.is_none() {
        let new = NewComune {
            code,
            name: data.name.to_owned(),
            slug: None,
            storage_srid: data.srid,
        };
        ingest::add_comune(config, &databases, new, None)
            .await
            .expect("is added");
    }
    let comune = find().await.expect("was added");
    for (layer, path) in [
        ("catasto.foglio", &data.sheets),
        ("catasto.particella", &data.parcels),
    ] {
        let request = LoadRequest {
            file: Arc::clone(definitions.get(layer).expect("is defined")),
            comune: comune.clone(),
            files: vec![path.clone()],
            options: ReadOptions::default(),
            publish: true,
            by: "bench".to_owned(),
            progress: tokio::sync::watch::Sender::new((0, 0)),
        };
        ingest::load(config, &databases, request)
            .await
            .expect("loads");
    }
    let mut connection = databases.reader.acquire().await.expect("connects");
    let today = legal_day(jiff::Timestamp::now());
    let catalogue = snapshot::refresh(&mut connection, definitions, &Catalogue::default(), today)
        .await
        .expect("reads")
        .expect("something is published");
    drop(connection);
    (databases, catalogue)
}
