//! Coverages in tiles: neighbours fit each other exactly, at every zoom, and nothing is lost.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use mappale::access::Viewer;
use mappale::app::App;
use mappale::geo::{GridPoint, TileAddress};
use mappale::layer::{self, AsOf, DefinitionFile, legal_day};
use mappale::snapshot::{Catalogue, Features, PartSnapshot, read_features};
use mappale::tile::{ClipBox, LEFT_OUT, Selection, clip_ring, render, select};

use crate::mvt::{Feature, decode, distance, layer};
use crate::sample::{PARCELS, SHEETS, Town};
use crate::tile::tiles;

type Edge = [[i64; 2]; 2];

const LOW: i64 = -64;
const HIGH: i64 = 4160;

/// What was seen in the tiles of a coverage.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    tiles: usize,
    /// Edges off the sides of tiles, and those of them that no neighbour runs the other way.
    edges: usize,
    border_edges: usize,
    /// Edges of the border in the source, noded and before anything is left out.
    source_border: usize,
    faults: Vec<String>,
}

impl Seen {
    /// Panics when something was wrong; says how much of what was seen is border.
    #[expect(
        clippy::print_stderr,
        reason = "border edges are reported, so that none hides"
    )]
    pub(crate) fn check(&self, name: &str) {
        assert!(self.faults.is_empty(), "{name}: {:#?}", self.faults);
        assert!(self.edges > self.border_edges && self.tiles > 0, "{self:?}");
        eprintln!(
            "{name}: {} tiles, {} edges, {} of them border; {} border edges in the source",
            self.tiles, self.edges, self.border_edges, self.source_border
        );
    }
}

/// Rings as they are noded, before anything is left out: those of the deepest zoom.
fn noded(features: &Features) -> impl Iterator<Item = Vec<GridPoint>> + '_ {
    (0..features.len())
        .flat_map(|feature| features.rings_of(feature))
        .map(|ring| {
            let all = ring.drawn.iter().zip(ring.zooms);
            let all = all.filter(|(_, zooms)| zooms.last == 20);
            all.map(|(point, _)| *point).collect()
        })
}

/// The border of the source: edges that no neighbour runs the other way.
fn border(features: &Features) -> Vec<[GridPoint; 2]> {
    let mut count: HashMap<[GridPoint; 2], i64> = HashMap::new();
    for ring in noded(features) {
        for index in 0..ring.len() {
            let (a, b) = (ring[index], ring[(index + 1) % ring.len()]);
            if a < b {
                *count.entry([a, b]).or_default() += 1;
            } else if b < a {
                *count.entry([b, a]).or_default() -= 1;
            }
        }
    }
    count.retain(|_, count| *count != 0);
    count.into_keys().collect()
}

fn on_side([a, b]: Edge) -> bool {
    (0..2).any(|axis| a[axis] == b[axis] && (a[axis] == LOW || a[axis] == HIGH))
}

/// Edges of a tile that no other runs the other way, off its sides; and how many edges there are.
fn unmatched(features: &[Feature]) -> (Vec<Edge>, usize) {
    let mut count: BTreeMap<Edge, i64> = BTreeMap::new();
    let mut all = 0;
    for ring in features.iter().flat_map(Feature::rings) {
        for pair in ring.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            if on_side([a, b]) {
                continue;
            }
            all += 1;
            if a < b {
                *count.entry([a, b]).or_default() += 1;
            } else {
                *count.entry([b, a]).or_default() -= 1;
            }
        }
    }
    count.retain(|_, count| *count != 0);
    (count.into_keys().collect(), all)
}

/// Looks at every tile of a layer of one part at some zooms.
pub(crate) fn look(catalogue: &Catalogue, name: &str, area: [f64; 4], zooms: &[u8]) -> Seen {
    let entry = catalogue.layer(name).expect("is a layer");
    let selection =
        |tile| select(catalogue, &Viewer::Anonymous, None, name, tile).expect("the layer exists");
    look_at(&entry.parts[0].features, name, area, zooms, &selection)
}

fn look_at(
    features: &Features,
    name: &str,
    area: [f64; 4],
    zooms: &[u8],
    selection: &dyn Fn(TileAddress) -> Selection,
) -> Seen {
    let outer = border(features);
    let mut seen = Seen {
        source_border: outer.len(),
        ..Seen::default()
    };
    for zoom in zooms {
        for tile in tiles(*zoom, area) {
            let found = layer(&render(&selection(tile), tile), name);
            seen.tiles += 1;
            let (edges, all) = unmatched(&found);
            seen.edges += all;
            seen.border_edges += edges.len();
            let near = border_of(tile, &outer);
            check_border(tile, &edges, &near, &mut seen.faults);
            check_area(tile, features, &found, &near, &mut seen.faults);
            if seen.faults.len() > 20 {
                return seen;
            }
        }
    }
    seen
}

/// Units of a tile, with decimals.
#[expect(
    clippy::cast_precision_loss,
    reason = "units of the whole map are 32 bits"
)]
fn in_units(tile: TileAddress, point: GridPoint) -> [f64; 2] {
    let cells = f64::from(1_u32 << tile.shift());
    [0, 1].map(|axis| f64::from(point[axis]) / cells - tile.origin_units()[axis] as f64)
}

/// The border near a tile, in its units.
fn border_of(tile: TileAddress, outer: &[[GridPoint; 2]]) -> Vec<[[f64; 2]; 2]> {
    let edges = outer
        .iter()
        .map(|edge| edge.map(|point| in_units(tile, point)));
    edges
        .filter(|[a, b]| {
            (0..2).all(|axis| a[axis].min(b[axis]) < 4170.0 && a[axis].max(b[axis]) > -74.0)
        })
        .collect()
}

fn away(point: [f64; 2], [a, b]: [[f64; 2]; 2]) -> f64 {
    let run = [b[0] - a[0], b[1] - a[1]];
    let squared = run[0] * run[0] + run[1] * run[1];
    let share = if squared > 0.0 {
        (((point[0] - a[0]) * run[0] + (point[1] - a[1]) * run[1]) / squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (point[0] - a[0] - share * run[0]).hypot(point[1] - a[1] - share * run[1])
}

/// Every edge without a reverse lies on the border of the source, within the rounding.
#[expect(clippy::cast_precision_loss, reason = "tile units are small numbers")]
fn check_border(
    tile: TileAddress,
    edges: &[Edge],
    near: &[[[f64; 2]; 2]],
    faults: &mut Vec<String>,
) {
    const CELL: f64 = 64.0;
    let cell = |v: f64| (v / CELL).floor() as i64;
    let mut raster: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    for (index, [a, b]) in near.iter().enumerate() {
        let clamped = |v: f64| v.clamp(-80.0, 4180.0);
        let range = |axis: usize| {
            let (low, high) = (a[axis].min(b[axis]), a[axis].max(b[axis]));
            cell(clamped(low) - 2.0)..=cell(clamped(high) + 2.0)
        };
        for x in range(0) {
            for y in range(1) {
                raster.entry((x, y)).or_default().push(index);
            }
        }
    }
    for [a, b] in edges {
        for share in [0.0, 0.5, 1.0] {
            let point = [0, 1].map(|axis| a[axis] as f64 + share * (b[axis] - a[axis]) as f64);
            let around = raster.get(&(cell(point[0]), cell(point[1])));
            let nearest = around
                .into_iter()
                .flatten()
                .map(|index| away(point, near[*index]))
                .fold(f64::INFINITY, f64::min);
            if nearest > 1.5 {
                faults.push(format!(
                    "{tile}: {a:?} {b:?} has no reverse, {nearest} from a border"
                ));
                break;
            }
        }
    }
}

/// The tile covers what the source covers, but for the rounding of its border.
#[expect(clippy::cast_precision_loss, reason = "areas of a tile fit")]
fn check_area(
    tile: TileAddress,
    features: &Features,
    found: &[Feature],
    near: &[[[f64; 2]; 2]],
    faults: &mut Vec<String>,
) {
    let area = ClipBox {
        min: LOW,
        max: HIGH,
    };
    let mut source = 0;
    let mut scratch = Vec::new();
    for feature in features.search(&tile.buffered_box()) {
        for ring in features.rings_of(feature as usize) {
            let all = ring
                .drawn
                .iter()
                .zip(ring.zooms)
                .filter(|(_, zooms)| zooms.last == 20);
            let mut ring: Vec<[i64; 2]> = all
                .map(|(point, _)| in_units(tile, *point).map(|v| (v + 0.5).floor() as i64))
                .collect();
            clip_ring(&mut ring, &mut scratch, area);
            source += (0..ring.len())
                .map(|index| (ring[index], ring[(index + 1) % ring.len()]))
                .map(|(a, b)| a[0] * b[1] - b[0] * a[1])
                .sum::<i64>();
        }
    }
    let drawn: i64 = found.iter().map(Feature::twice_area).sum();
    let border: f64 = near
        .iter()
        .map(|[a, b]| {
            let inside = |v: f64| v.clamp(-66.0, 4162.0);
            (inside(a[0]) - inside(b[0])).hypot(inside(a[1]) - inside(b[1]))
        })
        .sum();
    let (source, drawn) = (source as f64 / 2.0, drawn as f64 / 2.0);
    if (drawn - source).abs() > 0.001 * source + 0.75 * border {
        faults.push(format!(
            "{tile}: {drawn} of {source} units are covered, border {border}"
        ));
    }
    if found.is_empty() && source > 64.0 {
        faults.push(format!("{tile}: empty, of {source} units"));
    }
}

/// The definition of parcels as polygons each for itself.
fn each_alone(town: &Town) -> DefinitionFile {
    let mut definition = town
        .definitions
        .get(PARCELS)
        .expect("ours")
        .definition
        .clone();
    definition.coverage = false;
    DefinitionFile {
        definition,
        text: String::new(),
        sha256: [0; 32],
    }
}

/// West, south, east, north of the sample, and a little more.
const AREA: [f64; 4] = [9.3570, 45.6025, 9.3722, 45.6120];

#[tokio::test]
async fn neighbours_of_the_sample_fit_at_every_zoom() {
    let town = Town::published().await;
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let catalogue = app.catalogue();
    for (name, first) in [(PARCELS, 13), (SHEETS, 8)] {
        let zooms: Vec<u8> = (first..=18).collect();
        let seen = look(&catalogue, name, AREA, &zooms);
        seen.check(name);
        assert!(seen.tiles > 50 && seen.border_edges > 0, "{seen:?}");
        assert!(
            name == SHEETS || seen.edges > 10 * seen.border_edges,
            "{seen:?}"
        );
    }
    // The twin that simplifies each polygon alone tears the map.
    let file = each_alone(&town);
    let mut connection = town.db.superuser().await;
    let today = legal_day(jiff::Timestamp::now());
    let standing = layer::standing(&mut connection, AsOf::on(today), None)
        .await
        .expect("answers");
    let part = standing
        .iter()
        .find(|part| part.layer == PARCELS)
        .expect("is published");
    let alone = read_features(&mut connection, &file.definition, part)
        .await
        .expect("reads");
    let file = Arc::new(file);
    let torn = Arc::new(PartSnapshot::new(part, Arc::clone(&alone), None));
    let selection = |_| Selection {
        layers: vec![(Arc::clone(&file), vec![Arc::clone(&torn)])],
        budget: usize::MAX,
    };
    let together = &catalogue.layer(PARCELS).expect("ours").parts[0].features;
    let seen = look_at(together, PARCELS, AREA, &[13, 14, 15], &selection);
    assert!(!seen.faults.is_empty(), "{seen:?}");
}

#[tokio::test]
async fn a_tile_keeps_within_its_budget_and_says_what_it_left_out() {
    let town = Town::published().await;
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let catalogue = app.catalogue();
    let tile = tiles(13, AREA)[0];
    let both = format!("{SHEETS},{PARCELS}");
    let drawn = |budget: usize| {
        let selection = select(&catalogue, &Viewer::Anonymous, None, &both, tile);
        render(&selection.expect("the layers exist").within(budget), tile)
    };
    let whole = drawn(500_000);
    assert!(decode(&whole).iter().all(|layer| layer.name != LEFT_OUT));
    let covered =
        |bytes: &[u8]| -> i64 { layer(bytes, PARCELS).iter().map(Feature::twice_area).sum() };
    let mut sizes = Vec::new();
    for budget in [
        whole.len(),
        whole.len() * 3 / 4,
        whole.len() / 2,
        whole.len() / 3,
    ] {
        let bytes = drawn(budget);
        assert!(bytes.len() <= budget, "{} > {budget}", bytes.len());
        assert_eq!(bytes, drawn(budget), "the same again");
        assert_eq!(
            covered(&bytes),
            covered(&whole),
            "a coverage is never dropped"
        );
        let said = layer(&bytes, LEFT_OUT);
        assert_eq!(said.is_empty(), bytes.len() == whole.len(), "{said:?}");
        for one in &said {
            assert_ne!(one.attributes["merged"], "0", "{one:?}");
            assert_eq!(one.attributes["left_out"], "0", "{one:?}");
        }
        sizes.push(layer(&bytes, PARCELS).len());
    }
    assert!(
        sizes.is_sorted_by(|more, fewer| more >= fewer) && sizes[3] < sizes[0],
        "{sizes:?}"
    );

    // The same parcels as polygons each for itself: the largest are kept.
    let file = each_alone(&town);
    let part = Arc::clone(&catalogue.layer(PARCELS).expect("ours").parts[0]);
    let selection = Selection {
        layers: vec![(Arc::new(file), vec![Arc::clone(&part)])],
        budget: usize::MAX,
    };
    let budget = render(&selection, tile).len() * 3 / 4;
    let bytes = render(&selection.within(budget), tile);
    assert!(bytes.len() <= budget);
    let kept = layer(&bytes, PARCELS);
    let left_out: usize = layer(&bytes, LEFT_OUT)[0].attributes["left_out"]
        .parse()
        .expect("a number");
    let all = layer(&whole, PARCELS)
        .iter()
        .filter(|feature| feature.id != 0)
        .count();
    assert!(
        !kept.is_empty() && kept.len() + left_out >= all,
        "{} {left_out}",
        kept.len()
    );
    let ids: Vec<u64> = kept.iter().map(|feature| feature.id).collect();
    let (mut smallest, mut largest) = (f64::INFINITY, 0.0_f64);
    for feature in part.features.search(&tile.buffered_box()) {
        let area = part.features.area_m2(feature as usize);
        if ids.contains(&part.features.id(feature as usize)) {
            smallest = smallest.min(area);
        } else {
            largest = largest.max(area);
        }
    }
    assert!(smallest >= largest, "{smallest} {largest}");
}

#[test]
fn the_distance_of_the_test_is_that_of_the_decoder() {
    let [a, b, p] = [[0, 0], [10, 0], [4, 3]];
    let real = |point: [i64; 2]| point.map(|v| v as f64);
    assert_eq!(distance(p, a, b), away(real(p), [real(a), real(b)]));
}
