//! Map files of any format into layers: fields, values, keys.

use mappale::ingest::{CheckStatus, Outcome, ReadOptions, Severity};
use mappale::layer::{Definitions, check_presets, find_mapping};
use sqlx::Connection as _;

use crate::sample::Town;

pub(crate) const ZONES: &str = "piano.zona";

/// A definition of invented areas with these columns.
fn areas(key: &str, columns: &str) -> String {
    format!(
        r#"format = 1
id = "prova.area"
geometry = "polygon"
theme = "piano"
key = "{key}"
title = {{ it = "Aree", en = "Areas" }}
description = {{ it = "Aree inventate.", en = "Invented areas." }}
source = {{ name = {{ it = "Ufficio inventato", en = "Invented office" }}, licence = "CC-BY-4.0" }}
reader = {{ vector = {{ layer = "aree" }} }}
tile = {{ min_zoom = 10, attributes = [] }}
{columns}
"#
    )
}

impl Town {
    /// The same town with one definition only.
    fn with_definition(mut self, text: &str) -> Self {
        let folder = tempfile::tempdir().expect("temporary folders can be made");
        std::fs::write(folder.path().join("area.toml"), text).expect("is ours");
        self.definitions = Definitions::load(folder.path()).expect("is in order");
        self
    }
}

/// GeoJSON of squares in a row, each with these properties.
pub(crate) fn squares(properties: &[&str]) -> String {
    let features: Vec<String> = properties
        .iter()
        .enumerate()
        .map(|(index, properties)| {
            let west = 9.36 + 0.001 * f64::from(u32::try_from(index).expect("few"));
            square(west, 45.6, properties)
        })
        .collect();
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",\n")
    )
}

fn square(west: f64, south: f64, properties: &str) -> String {
    let (east, north) = (west + 0.001, south + 0.001);
    format!(
        r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon",
        "coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#
    )
}

fn count(outcome: &Outcome, rule: &str) -> u64 {
    let found = outcome
        .report
        .checks
        .iter()
        .find(|check| check.rule == rule);
    let check = found.unwrap_or_else(|| panic!("no check {rule}"));
    assert_eq!(check.count == 0, check.status == CheckStatus::Passed);
    check.count
}

#[tokio::test]
async fn zones_of_a_plan_are_loaded_by_their_definition() {
    let town = Town::published().await;
    // Another order, another case of letters, one field more and one less.
    let text = squares(&[
        r#""ZTO":"B","id_zona":"007","Cod_Zona":"B1","ART_NTA":24,"STATO":"vigente""#,
        r#""ZTO":null,"id_zona":"008","Cod_Zona":"E","ART_NTA":null,"STATO":"vigente""#,
    ]);
    let file = town.file("zone.geojson", text);
    let outcome = town
        .load(ZONES, std::slice::from_ref(&file))
        .await
        .expect("loads");
    assert!(outcome.published, "{:?}", outcome.report);
    assert_eq!(count(&outcome, "field.missing"), 1);
    let findings = outcome.report.findings.iter();
    let missing: Vec<_> = findings
        .filter(|found| found.rule == "field.missing")
        .collect();
    let [finding] = missing.as_slice() else {
        panic!("{missing:?}")
    };
    assert_eq!(finding.subject.as_deref(), Some("description"));
    assert!(finding.message.contains("'DESCRIZ'"), "{finding:?}");
    let mut connection = town.db.superuser().await;
    type Stored = (
        String,
        String,
        Option<String>,
        Option<String>,
        Option<String>,
        serde_json::Value,
    );
    let rows: Vec<Stored> = sqlx::query_as(
        "select key, zone, class, description, article, original
           from data.piano_zona_current order by key",
    )
    .fetch_all(&mut connection)
    .await
    .expect("answers");
    connection.close().await.expect("closes");
    let (key, zone, class, description, article, original) = &rows[0];
    assert_eq!((key.as_str(), zone.as_str()), ("007", "B1"));
    assert_eq!(class.as_deref(), Some("B"));
    assert_eq!(
        (description.as_deref(), article.as_deref()),
        (None, Some("24"))
    );
    assert_eq!(original["STATO"], "vigente");
    assert_eq!((rows[1].2.as_deref(), rows[1].4.as_deref()), (None, None));

    // Read in another way it is another version, in the same way it is the same.
    let options = ReadOptions {
        encoding: Some("UTF-8".to_owned()),
        ..ReadOptions::default()
    };
    let files = [file];
    let again = town
        .load_read(ZONES, &files, options.clone(), true)
        .await
        .expect("loads");
    assert_eq!((again.version, again.identical), (2, false));
    let again = town
        .load_read(ZONES, &files, options, true)
        .await
        .expect("loads");
    assert_eq!((again.version, again.identical), (2, true));
}

#[tokio::test]
async fn what_does_not_fit_is_told_with_value_and_place() {
    let town = Town::published().await;
    let text = squares(&[
        r#""ID_ZONA":"1","COD_ZONA":"B1","ZTO":"B""#,
        r#""ID_ZONA":"2","COD_ZONA":"X","ZTO":"Z9""#,
        r#""ID_ZONA":" ","COD_ZONA":"B1","ZTO":"B""#,
        r#""ID_ZONA":"1","COD_ZONA":"B2","ZTO":"B""#,
    ]);
    let file = town.file("zone.geojson", text);
    let outcome = town.load(ZONES, &[file]).await.expect("is stored");
    assert!(!outcome.published);
    assert_eq!(outcome.report.features, 1);
    assert_eq!(count(&outcome, "value.unusable"), 2);
    assert_eq!(count(&outcome, "key.duplicate"), 1);
    let told: Vec<(Option<u64>, &str)> = outcome
        .report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| (finding.line, finding.message.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                Some(2),
                "'Z9' in field 'ZTO' is no value of column 'class': it has A, B, C, D, E, F"
            ),
            (
                Some(3),
                "field 'ID_ZONA' is empty, but column 'code' must have a value"
            ),
            (Some(4), "'1' is also in zone.geojson:1, which was kept"),
        ]
    );
    for finding in outcome
        .report
        .findings
        .iter()
        .filter(|found| found.line.is_some())
    {
        let [lon, lat] = finding.place.expect("it is somewhere");
        let west = 9.36 + 0.001 * (finding.line.unwrap_or(0) as f64 - 1.0);
        assert!((west - 1e-6..west + 0.0011).contains(&lon), "{finding:?}");
        assert!((45.599..45.602).contains(&lat), "{finding:?}");
    }

    let file = town.file("other.geojson", squares(&[r#""A":1,"B":2"#]));
    let error = town.load(ZONES, &[file]).await.expect_err("has no key");
    let text = error.to_string();
    assert!(
        text.contains("'ID_ZONA'") && text.contains("'code'") && text.contains("A, B"),
        "{text}"
    );
    let file = town.file(
        "both.geojson",
        squares(&[r#""Id_zona":"1","id_zona":"2","COD_ZONA":"B""#]),
    );
    let error = town.load(ZONES, &[file]).await.expect_err("which one?");
    assert!(
        error.to_string().contains("'Id_zona' and 'id_zona'"),
        "{error}"
    );
}

#[tokio::test]
async fn features_without_a_key_get_one_from_their_content() {
    let columns = r#"
[[column]]
name = "code"
type = "text"
required = true
label = { it = "Codice", en = "Code" }
from = { content = true }

[[column]]
name = "since"
type = "date"
label = { it = "Dal", en = "Since" }
from = { field = "DAL" }

[[column]]
name = "height_m"
type = "real"
label = { it = "Altezza", en = "Height" }
from = { field = "ALTEZZA" }

[[column]]
name = "place"
type = "text"
label = { it = "Luogo", en = "Place" }
from = { fields = ["FOGLIO", "NUMERO"] }

[[example]]
fields = { DAL = "24/11/2026", ALTEZZA = "12,5", FOGLIO = "0012", NUMERO = "7" }
columns = { since = "2026-11-24", height_m = 12.5, place = "0012/7" }

[[example]]
fields = { DAL = "ieri", ALTEZZA = "", FOGLIO = "", NUMERO = "" }
error = "'ieri' in field 'DAL' is no date"
"#;
    let town = Town::published()
        .await
        .with_definition(&areas("code", columns));
    let one = r#""DAL":"24/11/2026","ALTEZZA":"12,5","FOGLIO":"0012","NUMERO":7"#;
    let two = r#""DAL":"2026/11/25 10:00:00","ALTEZZA":3,"FOGLIO":"0012","NUMERO":null"#;
    let file = town.file("aree.geojson", squares(&[one, two]));
    let outcome = town.load("prova.area", &[file]).await.expect("loads");
    assert!(outcome.published, "{:?}", outcome.report);
    // The same in another order has the same keys; a changed value makes another feature.
    let (first, second) = (square(9.36, 45.6, one), square(9.361, 45.6, two));
    let other = square(9.361, 45.6, &two.replace("3", "4"));
    for (number, features) in [[second, first.clone()], [first, other]].iter().enumerate() {
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{}]}}"#,
            features.join(",")
        );
        let file = town.file(&format!("{number}.geojson"), text);
        let outcome = town.load("prova.area", &[file]).await.expect("loads");
        assert!(outcome.published, "{:?}", outcome.report);
    }
    let same = |a: i32, b: i32| {
        format!(
            "select count(*) from data.prova_area as a join data.prova_area as b using (key)
               join layer.part as first on first.id = a.part_id
               join layer.part as second on second.id = b.part_id
              where first.version = {a} and second.version = {b}"
        )
    };
    assert_eq!(town.number(&same(1, 2)).await, 2);
    assert_eq!(town.number(&same(1, 3)).await, 1);
    let stored = "select count(*) from data.prova_area
                   where since = '2026-11-24' and height_m = 12.5 and place = '0012/7'";
    assert_eq!(town.number(stored).await, 3);

    // The same feature twice is an error.
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{0},{0}]}}"#,
        square(9.36, 45.6, one)
    );
    let file = town.file("twice.geojson", text);
    let outcome = town.load("prova.area", &[file]).await.expect("is stored");
    assert_eq!(count(&outcome, "key.duplicate"), 1);
}

#[tokio::test]
async fn a_file_without_coordinate_system_is_refused_until_one_is_given() {
    let town = Town::published().await;
    let text = "ID_ZONA,COD_ZONA,WKT\n1,B1,\"POLYGON ((528000 5050000, 528100 5050000, 528100 5050100, 528000 5050000))\"\n";
    let file = [town.file("zone.csv", text)];
    let error = town.load(ZONES, &file).await.expect_err("which CRS?");
    let text = error.to_string();
    assert!(
        text.contains("zone.csv") && text.contains("--crs"),
        "{text}"
    );
    let options = ReadOptions {
        crs: Some("EPSG:7791".to_owned()),
        ..ReadOptions::default()
    };
    let outcome = town.load_read(ZONES, &file, options.clone(), false).await;
    assert_eq!(outcome.expect("loads").report.features, 1);
    // The cadastre's files say it themselves.
    let files = [crate::sample::parcels_file()];
    let error = town
        .load_read(crate::sample::PARCELS, &files, options, false)
        .await;
    let text = error.expect_err("has no meaning").to_string();
    assert!(text.contains("--crs has no meaning"), "{text}");
}

/// A mapping kept in a file of one's own.
fn mapping(town: &Town, text: &str) -> ReadOptions {
    let file = town.file("mapping.toml", text);
    let definition = &town.definitions.get(ZONES).expect("is ours").definition;
    let name = file.to_str().expect("is text");
    let found = find_mapping(&town.db.config.layers, name, definition);
    ReadOptions {
        mapping: Some(found.unwrap_or_else(|error| panic!("{error}"))),
        ..ReadOptions::default()
    }
}

const FOREIGN: &str = r#"format = 1
title = { it = "Prova", en = "Trial" }
description = { it = "Una prova.", en = "A trial." }

[[layer]]
id = "piano.zona"
column = { code = { field = "no_such" }, zone = { field = "no_such" } }

[[layer]]
id = "piano.zona"
only = { STATE = ["ok", ""] }

[layer.column]
code = { fields = ["sheet", "number"], join = "-" }
zone = { field = "kind of zone" }
class = { field = "kind of zone", values = { "Built-up" = "B", "Farm land" = "E", "?" = "" } }
description = { value = "da verificare" }
article = { field = "ARTICOLO_NORME", values = { "" = "1" } }
"#;

#[tokio::test]
async fn a_mapping_fills_columns_from_fields_of_other_names() {
    let town = Town::published().await;
    let file = town.file(
        "zone.geojson",
        squares(&[
            r#""STATE":"ok","sheet":"0012","number":7,"Kind of Zone":"Built-up","articolo_n":"24""#,
            r#""STATE":null,"sheet":"0012","number":8,"Kind of Zone":"?","articolo_n":null"#,
            r#""STATE":"old","sheet":"0012","number":8,"Kind of Zone":"?","articolo_n":null"#,
        ]),
    );
    let options = mapping(&town, FOREIGN);
    let files = [file];
    let outcome = town.load_read(ZONES, &files, options.clone(), true).await;
    let outcome = outcome.expect("loads");
    assert!(outcome.published, "{:?}", outcome.report);
    assert_eq!(count(&outcome, "field.missing"), 0);
    let found = outcome
        .report
        .checks
        .iter()
        .find(|check| check.rule == "mapping.only");
    assert_eq!(found.expect("is told").count, 1);
    let told = outcome
        .report
        .findings
        .iter()
        .find(|told| told.rule == "mapping.applied");
    let told = &told.expect("is told").message;
    assert!(
        told.contains("mapping.toml' (2 of 2): code ← sheet-number, zone ← Kind of Zone"),
        "{told}"
    );
    let mut connection = town.db.superuser().await;
    type Stored = (
        String,
        String,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    let rows: Vec<Stored> = sqlx::query_as(
        "select key, zone, class, description, article from data.piano_zona_current order by key",
    )
    .fetch_all(&mut connection)
    .await
    .expect("answers");
    let texts: Vec<[&str; 5]> = rows
        .iter()
        .map(|(key, zone, class, description, article)| {
            [
                key.as_str(),
                zone,
                class.as_deref().unwrap_or("-"),
                description.as_deref().unwrap_or("-"),
                article.as_deref().unwrap_or("-"),
            ]
        })
        .collect();
    assert_eq!(
        texts,
        [
            ["0012-7", "Built-up", "B", "da verificare", "24"],
            ["0012-8", "?", "-", "da verificare", "1"],
        ]
    );
    let reading: serde_json::Value =
        sqlx::query_scalar("select reading from layer.part where id = $1")
            .bind(outcome.part_id)
            .fetch_one(&mut connection)
            .await
            .expect("answers");
    connection.close().await.expect("closes");
    let stored = &reading["mapping"]["layers"][1]["column"]["class"]["values"]["Farm land"];
    assert_eq!(stored, "E", "{reading}");

    // By another mapping the same file is another version.
    let other = mapping(&town, &FOREIGN.replace("da verificare", "verificata"));
    let again = town
        .load_read(ZONES, &files, options, true)
        .await
        .expect("loads");
    assert!(again.identical);
    let again = town
        .load_read(ZONES, &files, other, true)
        .await
        .expect("loads");
    assert_eq!((again.version, again.identical), (2, false));
}

#[test]
fn mistakes_of_a_mapping_are_told_with_their_lines() {
    let config = crate::support::config(Vec::new());
    let definitions = Definitions::load(&config.layers).expect("in order");
    assert!(check_presets(&config.layers, &definitions).expect("in order") >= 4);
    let definition = &definitions.get(ZONES).expect("is ours").definition;
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let told = |text: &str| {
        let path = folder.path().join("mapping.toml");
        std::fs::write(&path, text).expect("is ours");
        let found = find_mapping(&config.layers, path.to_str().expect("is text"), definition);
        found.expect_err("has mistakes").to_string()
    };
    for (from, to, line, words) in [
        ("zone = {", "zona = {", 7, "has no column 'zona'"),
        ("format = 1", "format = 2", 1, "format"),
        ("join = \"-\"", "joint = \"-\"", 14, "unknown key 'joint'"),
        (
            "{ value = \"da",
            "{ field = \"A\", value = \"da",
            17,
            "comes from one of",
        ),
        ("[layer.column]", "[layer.column", 13, ""),
    ] {
        let text = told(&FOREIGN.replacen(from, to, 1));
        assert!(text.contains(&format!("mapping.toml:{line}: ")), "{text}");
        assert!(text.contains(words), "{text}");
    }
    let text = told(&FOREIGN.replace("piano.zona", "catasto.foglio"));
    assert!(text.contains("does not fill layer 'piano.zona'"), "{text}");
    let unknown = find_mapping(&config.layers, "no-such", definition);
    let text = unknown.expect_err("is not there").to_string();
    assert!(text.contains("no-such") && text.contains("cnig"), "{text}");
}

/// A ZIP archive without compression, of these files.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    let short = |n: usize| u16::try_from(n).expect("small").to_le_bytes();
    let long = |n: usize| u32::try_from(n).expect("small").to_le_bytes();
    for (name, content) in files {
        let at = out.len();
        let mut head = Vec::new();
        head.extend([20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x52]);
        head.extend(crc32(content).to_le_bytes());
        head.extend(long(content.len()));
        head.extend(long(content.len()));
        head.extend(short(name.len()));
        head.extend(short(0));
        out.extend(b"PK\x03\x04");
        out.extend(&head);
        out.extend(name.as_bytes());
        out.extend(*content);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(long(at));
        directory.extend(name.as_bytes());
    }
    let at = out.len();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\x00\x00\x00\x00");
    out.extend(short(files.len()));
    out.extend(short(files.len()));
    out.extend(long(directory.len()));
    out.extend(long(at));
    out.extend([0, 0]);
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}

#[tokio::test]
async fn a_member_of_an_archive_is_loaded() {
    let town = Town::published().await;
    let zones = squares(&[r#""ID_ZONA":"1","COD_ZONA":"B1","ZTO":"B""#]);
    let others = squares(&[r#""A":1"#]);
    let inner = zip(&[("Piano/PGT_ZONE.geojson", zones.as_bytes())]);
    let both = zip(&[
        ("leggimi.txt", b"nulla"),
        ("Tavole/altro.geojson", others.as_bytes()),
        ("Tavole/consegna.zip", &inner),
    ]);
    // The definition names the member, wherever it is in the archive.
    let file = town.file("pgt.zip", &both);
    let files = [file];
    let outcome = town.load(ZONES, &files).await.expect("loads");
    assert!(outcome.published, "{:?}", outcome.report);
    assert_eq!(outcome.report.features, 1);
    let stored = "select count(*) from layer.part
                   where files = jsonb_build_array(jsonb_build_object('name', 'pgt.zip',
                         'bytes', $bytes$, 'sha256', files->0->>'sha256',
                         'member', 'Tavole/consegna.zip!/Piano/PGT_ZONE.geojson'))";
    let stored = stored.replace("$bytes$", &both.len().to_string());
    assert_eq!(town.number(&stored).await, 1);
    // Another one is named by the person.
    let named = |name: &str| ReadOptions {
        member: Some(name.to_owned()),
        ..ReadOptions::default()
    };
    let error = town.load_read(ZONES, &files, named("altro"), false).await;
    let text = error.expect_err("has other fields").to_string();
    assert!(text.contains("pgt.zip!/Tavole/altro.geojson"), "{text}");
    let error = town.load_read(ZONES, &files, named("nulla"), false).await;
    let text = error.expect_err("is not there").to_string();
    assert!(
        text.contains("no 'nulla'") && text.contains("Tavole/altro.geojson"),
        "{text}"
    );
    let several = zip(&[
        ("a.geojson", zones.as_bytes()),
        ("b.geojson", zones.as_bytes()),
    ]);
    let error = town.load(ZONES, &[town.file("two.zip", several)]).await;
    let text = error.expect_err("which one?").to_string();
    assert!(
        text.contains("--member") && text.contains("a.geojson, b.geojson"),
        "{text}"
    );
    let empty = zip(&[("leggimi.txt", b"nulla")]);
    let error = town.load(ZONES, &[town.file("none.zip", empty)]).await;
    assert!(
        error
            .expect_err("no map")
            .to_string()
            .contains("holds no map")
    );
    let away = zip(&[("../../x.geojson", zones.as_bytes())]);
    let error = town.load(ZONES, &[town.file("away.zip", away)]).await;
    let text = error.expect_err("leads out").to_string();
    assert!(text.contains("away.zip"), "{text}");

    // Nothing of all that is left behind.
    let left = std::fs::read_dir(town.db.config.var.join("incoming")).expect("was made");
    assert_eq!(left.count(), 0);

    // A file of more than the allowed size is not even copied to its end.
    let mut town = town;
    town.db.config.max_file_bytes = 100;
    let error = town.load(ZONES, &files).await.expect_err("is too large");
    assert!(error.to_string().contains("larger than"), "{error}");
}
