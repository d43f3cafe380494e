//! Lines and points, from rows to tiles and clicks, against PostGIS.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use mappale::access::Viewer;
use mappale::app::App;
use mappale::db::Ewkb;
use mappale::fact::{Status, at_point};
use mappale::geo::{EXTENT, TileAddress};
use mappale::layer::{DefinitionFile, Definitions, Standing, Value};
use mappale::snapshot::{Builder, Catalogue, LayerEntry, PartSnapshot, Raw};
use mappale::tile::{render, select};
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use crate::mvt::{Feature, Ring, distance, layer};
use crate::sample::Town;
use crate::support::TestDb;
use crate::tile::{on_edge, scattered, tiles};

const LAYER: &str = "prova.area";

/// West, south, east, north of what is drawn.
const AREA: [f64; 4] = [9.3570, 45.6025, 9.3722, 45.6120];

/// Rounding moves a vertex by up to 0.71 units on either side.
const TOLERANCE_UNITS: f64 = 1.5;

/// The definition of a layer of a kind.
fn definition(kind: &str) -> Arc<DefinitionFile> {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/layer/in_order");
    let text = std::fs::read_to_string(sample.join("input.toml")).expect("is there");
    let text = text.replace("\"polygon\"", &format!("\"{kind}\""));
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    std::fs::write(folder.path().join("area.toml"), text).expect("the folder is ours");
    let definitions = Definitions::load(folder.path()).expect("is in order");
    Arc::clone(definitions.get(LAYER).expect("is the only one"))
}

/// Numbers from 0 to 1, the same in every run.
struct Dice(u64);

impl Dice {
    fn share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        #[expect(clippy::cast_precision_loss, reason = "24 bits")]
        let share = (self.0 >> 40) as f64 / f64::from(1 << 24);
        share
    }

    /// A place of the area, in degrees.
    fn place(&mut self) -> [f64; 2] {
        [
            AREA[0] + self.share() * (AREA[2] - AREA[0]),
            AREA[1] + self.share() * (AREA[3] - AREA[1]),
        ]
    }
}

/// Wandering lines in one or several parts, as EWKT in degrees.
fn wandering(count: usize) -> Vec<String> {
    let mut dice = Dice(0x5bd1_e995_9e37_79b9);
    (0..count)
        .map(|number| {
            let parts: Vec<String> = (0..=number % 3)
                .map(|_| {
                    let [mut lon, mut lat] = dice.place();
                    let mut line = format!("({lon:.8} {lat:.8}");
                    for _ in 0..2 + number % 40 {
                        lon += (dice.share() - 0.5) * 0.0006;
                        lat += (dice.share() - 0.5) * 0.0004;
                        let _ = write!(line, ",{lon:.8} {lat:.8}");
                    }
                    line + ")"
                })
                .collect();
            format!("SRID=4326;MULTILINESTRING({})", parts.join(","))
        })
        .collect()
}

/// One or several points, as EWKT in degrees.
fn strewn(count: usize) -> Vec<String> {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    (0..count)
        .map(|number| {
            let points: Vec<String> = (0..=number % 3)
                .map(|_| dice.place())
                .map(|[lon, lat]| format!("{lon:.8} {lat:.8}"))
                .collect();
            format!("SRID=4326;MULTIPOINT({})", points.join(","))
        })
        .collect()
}

/// Shapes in a table of PostGIS and in memory.
struct Shapes {
    catalogue: Catalogue,
    connection: PgConnection,
    _db: TestDb,
}

impl Shapes {
    async fn of(kind: &str, texts: &[String]) -> Self {
        let db = TestDb::new().await;
        let mut connection = db.superuser().await;
        sqlx::raw_sql("create temporary table shapes (id bigint, code text, geom geometry)")
            .execute(&mut connection)
            .await
            .expect("can be made");
        sqlx::query(
            "insert into shapes
             select number, 'n' || number % 7,
                    st_transform(st_geomfromewkt(text), 7791)
               from unnest($1::text[]) with ordinality as given (text, number)",
        )
        .bind(texts)
        .execute(&mut connection)
        .await
        .expect("are shapes");
        let file = definition(kind);
        let mut builder = Builder::new(file.definition.geometry, 2, 0);
        let rows = sqlx::query("select id, code, geom from shapes order by id")
            .fetch_all(&mut connection)
            .await
            .expect("answers");
        for row in rows {
            let geometry: Ewkb = row.get("geom");
            let id: i64 = row.get("id");
            builder
                .add(Raw {
                    id: id.unsigned_abs(),
                    values: vec![Value::Text(row.get("code")), Value::Null],
                    label: None,
                    ewkb: &geometry.0,
                })
                .expect("is of the kind");
        }
        let part = PartSnapshot {
            part_id: 1,
            layer: LAYER.to_owned(),
            territory_id: 1,
            version: 1,
            srid: 7791,
            loaded_at: jiff::Timestamp::UNIX_EPOCH,
            published_at: jiff::Timestamp::UNIX_EPOCH,
            publication_id: 1,
            valid_from: jiff::civil::date(2026, 1, 1),
            valid_to: None,
            standing: Standing::InForce,
            plan: None,
            features: Arc::new(builder.finish(7791).expect("lies on the map")),
        };
        let entry = LayerEntry {
            file,
            parts: vec![Arc::new(part)],
            beside: Vec::new(),
        };
        Self {
            catalogue: Catalogue::new(Vec::new(), Vec::new(), vec![entry]),
            connection,
            _db: db,
        }
    }

    fn ours(&self, tile: TileAddress) -> BTreeMap<u64, Feature> {
        let selection = select(&self.catalogue, &Viewer::Anonymous, None, LAYER, tile);
        by_id(tile, &render(&selection.expect("the layer exists"), tile))
    }

    async fn by_postgis(&mut self, tile: TileAddress) -> BTreeMap<u64, Feature> {
        let bytes: Vec<u8> = sqlx::query_scalar(AssertSqlSafe(format!(
            "with tile as (
                 select st_tileenvelope({}, {}, {}) as box
             ),
             drawn as (
                 select id, code,
                        st_asmvtgeom(st_transform(geom, 3857), box, 4096, 64, true) as geom
                   from shapes, tile
             )
             select coalesce(st_asmvt(drawn, '{LAYER}', 4096, 'geom', 'id'), '')
               from drawn where geom is not null",
            tile.z(),
            tile.x(),
            tile.y()
        )))
        .fetch_one(&mut self.connection)
        .await
        .expect("PostGIS draws");
        by_id(tile, &bytes)
    }
}

fn by_id(tile: TileAddress, bytes: &[u8]) -> BTreeMap<u64, Feature> {
    let features = layer(bytes, LAYER);
    let count = features.len();
    let map: BTreeMap<_, _> = features.into_iter().map(|f| (f.id, f)).collect();
    assert_eq!(map.len(), count, "{tile}: a feature comes twice");
    map
}

fn length(feature: &Feature) -> f64 {
    feature
        .lines()
        .iter()
        .flat_map(|line| line.windows(2))
        .map(|edge| distance(edge[0], edge[1], edge[1]))
        .sum()
}

fn nearest(point: [i64; 2], lines: &[Ring]) -> f64 {
    lines
        .iter()
        .flat_map(|line| line.windows(2))
        .map(|edge| distance(point, edge[0], edge[1]))
        .fold(f64::INFINITY, f64::min)
}

/// The vertices of a line, but for the tips of wedges thinner than a unit: rounding folds them
/// to a spur that PostGIS takes away and we do not. Nor those where the line was cut: where a
/// line is almost along the edge, half a unit moves the cut by several.
fn unfolded(line: &Ring) -> Vec<[i64; 2]> {
    let is_fold = |index: usize| {
        let inner = index > 0 && index + 1 < line.len();
        inner && {
            let (a, tip, b) = (line[index - 1], line[index], line[index + 1]);
            distance(a, tip, b) <= 1.0 || distance(b, tip, a) <= 1.0
        }
    };
    let kept = (0..line.len()).filter(|index| !is_fold(*index) && !on_edge(line[*index]));
    kept.map(|index| line[index]).collect()
}

/// Compares the lines of a tile; the number of features compared.
fn compare_lines(
    tile: TileAddress,
    ours: &BTreeMap<u64, Feature>,
    theirs: &BTreeMap<u64, Feature>,
) -> usize {
    let ids = |of: &BTreeMap<u64, Feature>| of.keys().copied().collect::<BTreeSet<u64>>();
    for id in ids(ours).symmetric_difference(&ids(theirs)) {
        let only = ours.get(id).or_else(|| theirs.get(id)).expect("one has it");
        assert!(length(only) <= 4.0, "{tile}: only one side has {only:?}");
    }
    let mut compared = 0;
    for (id, our) in ours {
        assert!(!our.lines().is_empty(), "{tile}: {our:?}");
        for line in our.lines() {
            assert!(line.len() > 1, "{tile}: {our:?}");
            assert!(
                line.windows(2).all(|edge| edge[0] != edge[1]),
                "{tile}: {our:?}"
            );
            let inside = |point: &[i64; 2]| point.iter().all(|v| (-64..=4160).contains(v));
            assert!(line.iter().all(inside), "{tile}: {our:?}");
        }
        let Some(their) = theirs.get(id) else {
            continue;
        };
        assert_eq!(
            our.attributes.get("code"),
            their.attributes.get("code"),
            "{tile}"
        );
        for (one, other) in [(our, their), (their, our)] {
            for point in one.lines().iter().flat_map(unfolded) {
                let distance = nearest(point, other.lines());
                assert!(
                    distance <= TOLERANCE_UNITS,
                    "{tile}: {point:?} is {distance} away\n{our:?}\n{their:?}"
                );
            }
        }
        compared += 1;
    }
    compared
}

#[tokio::test]
async fn lines_are_those_of_postgis() {
    let mut shapes = Shapes::of("line", &wandering(120)).await;
    let mut wanted: Vec<TileAddress> = (13..=16).flat_map(|z| tiles(z, AREA)).collect();
    wanted.extend(scattered(60, AREA));
    let mut compared = 0;
    let mut parts = 0;
    for tile in &wanted {
        let (ours, theirs) = (shapes.ours(*tile), shapes.by_postgis(*tile).await);
        parts += ours.values().filter(|f| f.lines().len() > 1).count();
        compared += compare_lines(*tile, &ours, &theirs);
    }
    assert!(compared > 500 && parts > 100, "{compared} {parts}");
    // The twin: a tile of another place is told apart.
    let (here, beside) = (tiles(15, AREA)[0], tiles(15, AREA)[1]);
    let (ours, theirs) = (shapes.ours(here), shapes.by_postgis(beside).await);
    let told = std::panic::catch_unwind(|| compare_lines(here, &ours, &theirs));
    assert!(told.is_err());
}

#[tokio::test]
async fn every_point_is_in_one_tile_of_a_zoom_and_where_postgis_has_it() {
    let texts = strewn(200);
    let all: usize = texts.iter().map(|text| text.matches(' ').count()).sum();
    let mut shapes = Shapes::of("point", &texts).await;
    for z in [10, 13, 14, 16, 18] {
        let mut seen = 0;
        for tile in tiles(z, AREA) {
            let ours = shapes.ours(tile);
            let theirs = if z < 18 {
                shapes.by_postgis(tile).await
            } else {
                BTreeMap::new()
            };
            for (id, our) in &ours {
                for point in our.points() {
                    assert!(
                        point.iter().all(|v| (0..i64::from(EXTENT)).contains(v)),
                        "{tile}"
                    );
                    let near = |their: &[i64; 2]| distance(*point, *their, *their) <= 1.5;
                    let their = theirs.get(id).map_or(&[][..], Feature::points);
                    assert!(
                        z == 18 || their.iter().any(near),
                        "{tile}: {our:?}\n{their:?}"
                    );
                }
                seen += our.points().len();
            }
        }
        // At low zooms two points of a feature may fall on one unit.
        assert!(
            seen <= all && (z < 14 || seen == all),
            "zoom {z}: {seen} of {all}"
        );
        assert!(seen > all - 10, "zoom {z}: {seen} of {all}");
    }
}

/// The answer of the layer at a place given in E/N.
async fn status_at(shapes: &mut Shapes, e: f64, n: f64) -> Status {
    let (lon, lat): (f64, f64) = sqlx::query_as(
        "select st_x(geom), st_y(geom)
           from (select st_transform(st_setsrid(st_point($1, $2), 7791), 4326) as geom) as place",
    )
    .bind(e)
    .bind(n)
    .fetch_one(&mut shapes.connection)
    .await
    .expect("answers");
    let facts = at_point(&shapes.catalogue, &Viewer::Anonymous, lon, lat).expect("is a place");
    facts.layers[0].status
}

#[tokio::test]
async fn lines_and_points_are_at_a_place_within_a_metre() {
    let street = "SRID=7791;MULTILINESTRING((528000 5050000,528100 5050000,528100 5050100))";
    let trees = "SRID=7791;MULTIPOINT(528050 5050001,528100 5050100)";
    for (kind, text, near, far) in [
        (
            "line",
            street,
            [[528_050.0, 5_050_000.9], [528_100.9, 5_050_050.0]],
            [528_050.0, 5_049_998.9],
        ),
        (
            "point",
            trees,
            [[528_050.6, 5_050_001.6], [528_100.9, 5_050_100.0]],
            [528_050.0, 5_050_002.1],
        ),
    ] {
        let mut shapes = Shapes::of(kind, &[text.to_owned()]).await;
        for [e, n] in near {
            assert_eq!(
                status_at(&mut shapes, e, n).await,
                Status::Hit,
                "{kind} {e} {n}"
            );
        }
        // Nobody has said whose map it is: nothing here is no answer.
        let status = status_at(&mut shapes, far[0], far[1]).await;
        assert_eq!(status, Status::NoData, "{kind}");
    }
}

/// GeoJSON of features: properties and geometry of each.
fn collection(features: &[(&str, &str)]) -> String {
    let features: Vec<String> = features
        .iter()
        .map(|(properties, geometry)| {
            format!(r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{geometry}}}"#)
        })
        .collect();
    let features = features.join(",\n");
    format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
}

#[tokio::test]
async fn streets_and_house_numbers_go_from_a_file_to_tiles() {
    let town = Town::published().await;
    let streets = collection(&[
        (
            r#""ELEM_ID":"L1","TOPONIMO":"Via dei Mulini","CLASSE":"locale","LARGHEZZA":6.5"#,
            r#"{"type":"LineString","coordinates":[[9.3600,45.6050],[9.3640,45.6050],[9.3640,45.6060]]}"#,
        ),
        (
            r#""ELEM_ID":"L2","TOPONIMO":null,"CLASSE":"sentiero","LARGHEZZA":2"#,
            r#"{"type":"MultiLineString","coordinates":[[[9.3610,45.6055],[9.3615,45.6057]],[[9.3620,45.6058],[9.3622,45.6059]]]}"#,
        ),
    ]);
    let numbers = collection(&[(
        r#""CIV_ID":"C1","VIA":"Via dei Mulini","CIVICO":"8/A""#,
        r#"{"type":"Point","coordinates":[9.3612,45.6051]}"#,
    )]);
    for (layer, name, text) in [
        ("base.strada", "strade.geojson", &streets),
        ("base.civico", "civici.geojson", &numbers),
    ] {
        let file = town.file(name, text);
        let outcome = town.load(layer, &[file]).await.expect("loads");
        assert!(outcome.published, "{layer}: {:?}", outcome.report);
    }
    let kinds =
        "select count(*) from data.base_strada where geometrytype(geom) = 'MULTILINESTRING'";
    assert_eq!(town.number(kinds).await, 2);
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let tile = TileAddress::at(16, 9.3612, 45.6051).expect("on the map");
    let catalogue = app.catalogue();
    let layers = "base.strada,base.civico";
    let selection = select(&catalogue, &Viewer::Anonymous, None, layers, tile).expect("exist");
    let bytes = render(&selection, tile);
    let drawn = layer(&bytes, "base.strada");
    assert_eq!(drawn.len(), 2, "{drawn:?}");
    assert_eq!(drawn[0].attributes["class"], "\"locale\"");
    assert_eq!(drawn[1].lines().len(), 2, "{drawn:?}");
    let doors = layer(&bytes, "base.civico");
    assert_eq!(
        (doors.len(), doors[0].attributes["number"].as_str()),
        (1, "\"8/A\"")
    );
    // The name stands in the middle of the street, in the tile that holds the middle.
    let middle = TileAddress::at(16, 9.362_5, 45.6050).expect("on the map");
    let selection = select(&catalogue, &Viewer::Anonymous, None, layers, middle).expect("exist");
    let labels = layer(&render(&selection, middle), "base.strada.label");
    let names: Vec<&str> = labels
        .iter()
        .filter_map(|l| l.attributes.get("name"))
        .map(String::as_str)
        .collect();
    assert_eq!(names, ["\"Via dei Mulini\""]);

    // A point is no street: it is told, left out, and keeps the part from being published.
    let wrong = collection(&[(
        r#""ELEM_ID":"L9","TOPONIMO":"Via","CLASSE":"locale","LARGHEZZA":4"#,
        r#"{"type":"Point","coordinates":[9.3612,45.6051]}"#,
    )]);
    let file = town.file("punti.geojson", &wrong);
    match town.load("base.strada", &[file]).await {
        Ok(outcome) => assert!(!outcome.published, "{:?}", outcome.report),
        Err(error) => assert!(error.to_string().to_lowercase().contains("line"), "{error}"),
    }
    assert_eq!(
        town.number("select count(*) from data.base_strada_current")
            .await,
        2
    );
}
