//! Publishing in one comune changes the addresses of its map and of its neighbours' maps, and of no
//! other; tiles elsewhere are drawn no second time.

use std::sync::Arc;

use mappale::access::Viewer;
use mappale::geo::TileAddress;
use mappale::layer::{DefinitionFile, Definitions, PublishedPart, Standing};
use mappale::place::Comune;
use mappale::snapshot::{Catalogue, LayerEntry, PartSnapshot};
use mappale::tile::{TileDigest, select, tile_digest};

use crate::sample::PARCELS;
use crate::seams::{Square, features_of, from_lon_lat};

/// Comuni in a row from west to east, each about a kilometre wide, but for the last one.
const PLACES: [(i64, f64); 4] = [(1, 9.36), (2, 9.373), (3, 9.386), (4, 9.6)];

const LAT: f64 = 45.62;
const SRID: i32 = 7791;

/// A square of a kilometre around a place.
fn territory(lon: f64) -> Square {
    let [e, n] = from_lon_lat(SRID, lon, LAT);
    [
        [-1.0, -1.0],
        [1.0, -1.0],
        [1.0, 1.0],
        [-1.0, 1.0],
        [-1.0, -1.0],
    ]
    .map(|[x, y]| [e + x * 510.0, n + y * 510.0])
}

/// The catalogue with these versions of the parts of the comuni.
fn catalogue(file: &Arc<DefinitionFile>, versions: [i32; 4]) -> Catalogue {
    let comuni = PLACES.map(|(id, _)| {
        Arc::new(Comune {
            id,
            slug: format!("comune-{id}"),
            name: format!("Comune {id}"),
            storage_srid: SRID,
            codes: Vec::new(),
        })
    });
    let parts = PLACES.iter().zip(versions).map(|((id, lon), version)| {
        let part = PublishedPart {
            part_id: id * 100 + i64::from(version),
            layer: PARCELS.to_owned(),
            territory_id: *id,
            version,
            srid: SRID,
            definition: String::new(),
            definition_sha256: Vec::new(),
            feature_count: 1,
            loaded_at: jiff::Timestamp::UNIX_EPOCH,
            publication_id: 1,
            published_at: jiff::Timestamp::UNIX_EPOCH,
            valid_from: jiff::civil::date(2026, 1, 1),
            valid_to: None,
            standing: Standing::InForce,
            plan_version_id: None,
        };
        let features = features_of(file, SRID, &[(1, territory(*lon))]);
        Arc::new(PartSnapshot::new(&part, Arc::new(features), None))
    });
    let entry = LayerEntry {
        file: Arc::clone(file),
        parts: parts.collect(),
        beside: Vec::new(),
    };
    Catalogue::new(comuni.to_vec(), Vec::new(), vec![entry])
}

fn versions(catalogue: &Catalogue) -> Vec<String> {
    let comuni = catalogue.comuni().iter();
    comuni
        .map(|comune| catalogue.map_version(comune).to_owned())
        .collect()
}

/// What the tile around each comune is made of, in the server's memory.
fn digests(catalogue: &Catalogue) -> Vec<TileDigest> {
    PLACES
        .iter()
        .map(|(_, lon)| {
            let tile = TileAddress::at(18, *lon, LAT).expect("is served");
            let selection = select(catalogue, &Viewer::Anonymous, None, PARCELS, tile);
            tile_digest(&selection.expect("the layer is there"), tile)
        })
        .collect()
}

#[test]
fn a_publication_changes_addresses_of_its_comune_and_the_bordering_ones_only() {
    let definitions = Definitions::load(std::path::Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/layers"
    )))
    .expect("our definitions are good");
    let file = definitions.get(PARCELS).expect("ours");
    let before = catalogue(file, [1, 1, 1, 1]);
    assert_eq!(versions(&before), versions(&catalogue(file, [1, 1, 1, 1])));
    for (published, changes) in [
        (0, [true, true, false, false]),
        (1, [true, true, true, false]),
        (2, [false, true, true, false]),
        (3, [false, false, false, true]),
    ] {
        let mut numbers = [1; 4];
        numbers[published] = 2;
        let after = catalogue(file, numbers);
        let changed: Vec<bool> = versions(&before)
            .iter()
            .zip(&versions(&after))
            .map(|(one, other)| one != other)
            .collect();
        assert_eq!(changed, changes, "publishing in comune {published}");
        // Tiles are kept by the parts that meet them: those of the neighbours stay warm too.
        for (at, (one, other)) in digests(&before).iter().zip(&digests(&after)).enumerate() {
            assert_eq!(one != other, at == published, "the tile of comune {at}");
        }
    }
}
