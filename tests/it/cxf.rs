//! The cadastre's own sheets into layers: one load of many files, systems of sheets, SUP.

use std::path::{Path, PathBuf};

use generator::{Plan, Scale, generate};
use mappale::crs::{
    ControlPoint, Correction, FitMethod, SheetKey, SheetTransformation, add_sheet_system, fit,
    known_in_system, sheet_systems,
};
use mappale::ingest::{self, InspectRequest, Outcome, Report};
use sqlx::Connection as _;

use crate::sample::{PARCELS, SHEETS, Town};

const BUILDINGS: &str = "catasto.fabbricato";
/// A local system whose origin is near the sample comune.
const LOCAL: &str = "+proj=cass +lat_0=45.60 +lon_0=9.36 +x_0=0 +y_0=0 +ellps=bessel +units=m";
/// A corner of the sample comune in EPSG:7791.
const CORNER: [f64; 2] = [528_380.0, 5_050_450.0];

/// A rectangle as records; corners in the order of its ring.
fn area(code: &str, corners: [[f64; 2]; 4]) -> String {
    let mut text = format!("BORDO\r\n{code}\r\n  18\r\n       0.000\r\n");
    let mut add = |[x, y]: [f64; 2]| text.push_str(&format!("{x:12.3}\r\n{y:12.3}\r\n"));
    // The label in the middle; what is called an inner point is far off.
    let [a, _, c, _] = corners;
    add([f64::midpoint(a[0], c[0]), f64::midpoint(a[1], c[1])]);
    add([a[0] + 4000.0, a[1]]);
    text.push_str("   0\r\n   5\r\n");
    for corner in corners.iter().chain(corners.first()) {
        text.push_str(&format!("{:12.3}\r\n{:12.3}\r\n", corner[0], corner[1]));
    }
    text
}

/// A sheet of two parcels, a road and a building; each corner goes through `place`.
fn sheet(name: &str, west: f64, place: impl Fn([f64; 2]) -> [f64; 2]) -> String {
    let rectangle = |x: f64, y: f64, long: f64, high: f64| {
        [[x, y], [x + long, y], [x + long, y + high], [x, y + high]]
            .map(|[x, y]| place([CORNER[0] + west + x, CORNER[1] + y]))
    };
    let parts = [
        area(name, rectangle(0.0, 0.0, 100.0, 50.0)),
        area("12", rectangle(0.0, 0.0, 45.0, 50.0)),
        area("13/A", rectangle(55.0, 0.0, 45.0, 50.0)),
        area("STRADA", rectangle(45.0, 0.0, 10.0, 50.0)),
        area("12+", rectangle(10.0, 10.0, 12.0, 9.0)),
    ];
    format!(
        "MAPPA\r\n{name}\r\n    1000.000\r\n{}EOF\r\n",
        parts.concat()
    )
}

fn sup(name: &str, of_12: u32) -> String {
    let row = |word: &str, value: u32| format!("{word:<11}{value:>10}\r\n");
    [
        format!("{name:<11}{:>10}\r\n", "20260131"),
        row("N.FABBRIC", 1),
        row("N.PARTIC", 2),
        row("N.STRADE", 1),
        row("12", of_12),
        row("13/A", 2250),
        row("CONFINE", 5000),
    ]
    .concat()
}

fn has(report: &Report, rule: &str) -> bool {
    report.findings.iter().any(|finding| finding.rule == rule)
}

fn folder(town: &Town, name: &str, files: &[(&str, String)]) -> PathBuf {
    let folder = town.file("marker", "").with_file_name(name);
    std::fs::create_dir(&folder).expect("is new");
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("is ours");
    }
    folder
}

async fn keys(town: &Town, layer: &str) -> Vec<String> {
    let mut connection = town.db.superuser().await;
    let query = format!(
        "select key from data.{}_current order by key",
        layer.replace('.', "_")
    );
    let keys = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
        .fetch_all(&mut connection)
        .await
        .expect("answers");
    connection.close().await.expect("closes");
    keys
}

fn published(outcome: &Outcome) {
    assert!(outcome.published, "{:#?}", outcome.report);
}

#[tokio::test]
async fn a_folder_of_sheets_is_one_load_keyed_as_the_national_cadastre() {
    let town = Town::published().await;
    let [one, two] = ["X001_000700", "X001_0008A0"];
    let path = folder(
        &town,
        "fogli",
        &[
            ("X001_000700.ctf", sheet(one, 0.0, |p| p)),
            ("X001_000700.sup", sup(one, 2250)),
            ("X001_0008A0.CXF", sheet(two, 100.0, |p| p)),
            ("X001_0008A0.SUP", sup(two, 2300)),
        ],
    );
    let outcome = town
        .load(PARCELS, std::slice::from_ref(&path))
        .await
        .expect("loads");
    published(&outcome);
    assert_eq!(
        keys(&town, PARCELS).await,
        [
            "X001_000700.12",
            "X001_000700.13/A",
            "X001_000700.STRADA001",
            "X001_0008A0.12",
            "X001_0008A0.13/A",
            "X001_0008A0.STRADA001",
        ]
    );
    let report = &outcome.report;
    // The system was told by where the comune is, and said; the SUP of one sheet differs.
    assert!(has(report, "crs.recognised") && has(report, "cxf.interior_point"));
    let told = report
        .findings
        .iter()
        .find(|finding| finding.rule == "sup.area");
    let told = told.expect("is told");
    assert_eq!((told.subject.as_deref(), told.line), (Some("12"), Some(5)));
    assert!(told.file.contains("X001_0008A0"), "{told:?}");
    let agreed = report
        .findings
        .iter()
        .filter(|finding| finding.rule == "sup.compared");
    assert_eq!(agreed.count(), 2);

    for (layer, expected) in [
        (SHEETS, vec!["X001_000700", "X001_0008A0"]),
        (BUILDINGS, vec!["X001_000700.12+", "X001_0008A0.12+"]),
    ] {
        let outcome = town
            .load(layer, std::slice::from_ref(&path))
            .await
            .expect("loads");
        published(&outcome);
        assert_eq!(keys(&town, layer).await, expected, "{layer}");
    }
    // The same files again are the same version; an archive of them too is one load.
    let again = town
        .load(PARCELS, std::slice::from_ref(&path))
        .await
        .expect("loads");
    assert!(again.identical);
    let inspected = ingest::inspect(
        &town.db.config,
        InspectRequest {
            path: path.join("X001_0008A0.CXF"),
            ..InspectRequest::default()
        },
    )
    .await
    .expect("is read");
    let inspection = inspected.datasets[0].inspection.as_ref().expect("is there");
    let said: Vec<&str> = inspection
        .findings
        .iter()
        .map(|f| f.message.as_str())
        .collect();
    assert!(
        said[0].contains("comune X001, sheet 8, annex A; scale 1:1000"),
        "{said:?}"
    );
    assert!(said[1].contains("UTM"), "{said:?}");
    assert_eq!(inspection.driver, "CXF");
}

#[tokio::test]
async fn a_local_system_is_never_guessed_and_taken_from_the_table() {
    let town = Town::published().await;
    // Drawn in a local system, and there 12 m off and turned: no origin is known exactly.
    let truth = |point: [f64; 2]| {
        let mut local = [point];
        known_in_system(LOCAL, 7791, &mut local).expect("is a system");
        Correction::of_rotation(0.02, 1.0, [12.0, -7.5]).apply(local[0])
    };
    let name = "X001_000700";
    let path = town.file("X001_000700.cxf", sheet(name, 0.0, truth));
    let refused = town.load(PARCELS, std::slice::from_ref(&path)).await;
    let refused = refused.expect_err("nobody knows where it is").to_string();
    assert!(
        refused.contains("Cassini") && refused.contains("cadastre crs"),
        "{refused}"
    );

    let points: Vec<ControlPoint> = [[0.0, 0.0], [100.0, 0.0], [100.0, 50.0], [0.0, 50.0]]
        .map(|[x, y]| [CORNER[0] + x, CORNER[1] + y])
        .map(|known| {
            let mut local = [known];
            known_in_system(LOCAL, 7791, &mut local).expect("is a system");
            ControlPoint {
                sheet: truth(known),
                known: local[0],
            }
        })
        .to_vec();
    let fitted = fit(&points, FitMethod::Helmert).expect("there are four");
    assert!(fitted.rms_m < 0.01, "{fitted:?}");
    let key = SheetKey {
        comune: "X001".parse().expect("a code"),
        sezione: None,
        foglio: Some(7),
        part: None,
    };
    let mut writer = town.db.databases.writer.acquire().await.expect("connects");
    let kept = serde_json::json!([]);
    let about = ("four corners", &kept, "test");
    let quality = Some((FitMethod::Helmert, fitted.rms_m));
    add_sheet_system(
        &mut writer,
        &key,
        Some((LOCAL, fitted.correction)),
        quality,
        about,
    )
    .await
    .expect("is added");
    let systems = sheet_systems(&mut writer, None).await.expect("answers");
    let sheet: mappale::cadastre::SheetReference = name.parse().expect("a sheet");
    let row = systems.of(&sheet).expect("was added");
    let transformation = SheetTransformation::new(row, 7791, None, None).expect("opens");
    let mut corner = [truth(CORNER)];
    transformation.apply_to(&mut corner).expect("lies in it");
    let off = (corner[0][0] - CORNER[0]).hypot(corner[0][1] - CORNER[1]);
    assert!(off < 0.01, "{off}");

    let outcome = town
        .load(PARCELS, std::slice::from_ref(&path))
        .await
        .expect("loads");
    published(&outcome);
    assert!(has(&outcome.report, "crs.sheet"));
    let operation = outcome.operation.expect("is recorded");
    assert!(operation.name.contains("four corners"), "{operation:?}");
    let west = town
        .number(
            "select round(min(st_xmin(geom)) * 100)::bigint from data.catasto_particella_current",
        )
        .await;
    assert!((west - 52_838_000).abs() <= 1, "{west}");

    // What was said can be taken back; then nobody knows again.
    let about = ("a mistake", &kept, "test");
    add_sheet_system(&mut writer, &key, None, None, about)
        .await
        .expect("is added");
    let systems = sheet_systems(&mut writer, None).await.expect("answers");
    assert!(systems.of(&sheet).is_none());
}

#[tokio::test]
async fn a_faulty_sheet_is_loaded_without_what_is_faulty() {
    let town = Town::published().await;
    let bow = area(
        "99",
        [[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 12.0]]
            .map(|[x, y]| [CORNER[0] + 20.0 + x, CORNER[1] + 20.0 + y]),
    );
    let text = sheet("X001_000700", 0.0, |p| p).replace("EOF\r\n", &bow);
    let path = town.file("X001_000700.ctf", text);
    let outcome = town.load(PARCELS, &[path]).await.expect("loads");
    published(&outcome);
    assert!(has(&outcome.report, "geometry.invalid") && has(&outcome.report, "cxf.no_eof"));
    let left = outcome
        .report
        .checks
        .iter()
        .find(|check| check.rule == "geometry.left_out");
    assert_eq!(left.map(|check| check.count), Some(1));
    assert_eq!(keys(&town, PARCELS).await.len(), 3);
    // A layer that has nothing of sheets says so.
    let path = town.file("X001_000800.cxf", sheet("X001_000800", 0.0, |p| p));
    let refused = town
        .load("piano.zona", &[path])
        .await
        .expect_err("is no plan");
    assert!(refused.to_string().contains("CXF"), "{refused}");
}

/// The office's folder of a small generated town.
fn generated(folder: &Path) -> generator::Written {
    let plan = Plan {
        seed: 11,
        scale: Scale::Sample(300),
    };
    let summary = generate(&plan, folder, |_| ()).expect("is written");
    summary.comuni.into_iter().next().expect("there is one")
}

#[tokio::test]
async fn the_towns_sheets_have_the_parcels_of_its_national_cadastre() {
    let made = tempfile::tempdir().expect("temporary folders can be made");
    let written = generated(made.path());
    let town = Town::of(
        crate::support::TestDb::new().await,
        "X100",
        "Roncaldera",
        7791,
    )
    .await;
    published(
        &town
            .load(SHEETS, std::slice::from_ref(&written.map))
            .await
            .expect("loads"),
    );
    published(
        &town
            .load(PARCELS, std::slice::from_ref(&written.ple))
            .await
            .expect("loads"),
    );
    let office = written.office.expect("a town has one").join("mappa");
    let outcome = town.load(PARCELS, &[office]).await.expect("loads");
    published(&outcome);
    let differ: Vec<_> = outcome
        .report
        .findings
        .iter()
        .filter(|finding| finding.rule.starts_with("sup.") && finding.rule != "sup.compared")
        .collect();
    assert!(differ.is_empty(), "{differ:?}");
    let both = "from data.catasto_particella a join layer.part p on p.id = a.part_id
           join data.catasto_particella b on b.key = a.key
           join layer.part q on q.id = b.part_id
          where p.version = 1 and q.version = 2 and a.kind = 'parcel'";
    let all = town
        .number(
            "select count(*) from data.catasto_particella a join layer.part p on p.id = a.part_id
                  where p.version = 1 and a.kind = 'parcel'",
        )
        .await;
    assert!(all > 200, "{all}");
    assert_eq!(town.number(&format!("select count(*) {both}")).await, all);
    // In tenths of a millimetre.
    let farthest = town
        .number(&format!(
            "select ceil(max(st_hausdorffdistance(a.geom, b.geom)) * 10000)::bigint {both}"
        ))
        .await;
    assert!(farthest < 15, "{farthest}");
}
