//! The real cadastre of a comune, where the folder with it is given.

use std::path::PathBuf;

use mappale::access::Viewer;
use mappale::app::App;
use mappale::fact;
use mappale::geo::TileAddress;
use mappale::layer::LayerRole;

use crate::sample::{PARCELS, SHEETS};
use crate::server::Server;
use crate::support::{TestDb, skip};
use crate::tile::{compare_with_postgis, scattered, tiles};

/// West, south, east, north.
const AREA: [f64; 4] = [14.665, 41.861, 14.740, 41.928];

fn file(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("MAPPALE_GEODATA")?;
    let path = PathBuf::from(folder).join(name);
    path.is_file().then_some(path)
}

#[tokio::test]
#[ignore = "needs MAPPALE_GEODATA"]
async fn the_cadastre_of_h833_is_loaded_clicked_and_drawn() {
    let (Some(sheets), Some(parcels)) = (
        file("H833_SAN FELICE DEL MOLISE_map.gml"),
        file("H833_SAN FELICE DEL MOLISE_ple.gml"),
    ) else {
        skip("MAPPALE_GEODATA names no folder with the cadastre of H833");
        return;
    };
    let db = TestDb::new().await;
    let run = |arguments: &[&str], file: Option<&PathBuf>| {
        let output = db
            .command()
            .args(arguments)
            .args(file)
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let name = "San Felice del Molise";
    run(
        &[
            "comune",
            "add",
            "--code",
            "H833",
            "--name",
            name,
            "--crs",
            "EPSG:7792",
        ],
        None,
    );
    for (layer, file) in [(SHEETS, &sheets), (PARCELS, &parcels)] {
        let said = run(
            &["layer", "load", layer, "--comune", "H833", "--publish"],
            Some(file),
        );
        assert!(
            said.contains("Published") && !said.contains("ERROR"),
            "{said}"
        );
        assert!(said.contains("passed   geometry.invalid"), "{said}");
        let again = run(
            &["layer", "load", layer, "--comune", "H833", "--publish"],
            Some(file),
        );
        assert!(again.contains("nothing was loaded"), "{again}");
    }

    let app = App::open(db.config.clone(), false)
        .await
        .expect("the program opens");
    let catalogue = app.catalogue();
    let count = |role| {
        let entry = catalogue.layer_with_role(role).expect("is there");
        entry.parts[0].features.len()
    };
    assert_eq!(
        (count(LayerRole::Sheet), count(LayerRole::Parcel)),
        (26, 1344)
    );
    let area = catalogue
        .box_of(&catalogue.comuni()[0])
        .expect("is published")
        .to_array();
    for (found, expected) in area.iter().zip(AREA) {
        assert!((found - expected).abs() < 0.002, "{area:?}");
    }

    // A parcel of an allegato: found by its reference, and by a click inside it.
    let mut connection = db.superuser().await;
    let references: Vec<String> = sqlx::query_scalar(
        "select key from data.catasto_particella_current
          where foglio = 13 and allegato = 'A' and kind = 'parcel' order by key limit 20",
    )
    .fetch_all(&mut connection)
    .await
    .expect("answers");
    assert!(references.len() > 5, "{references:?}");
    let server = Server::start(db.command());
    for reference in &references {
        let segment = reference.replace('/', "~");
        let (status, body) = server.get(&format!("/api/v1/parcels/{segment}")).await;
        assert_eq!(status, 200, "{reference}");
        let parcel: serde_json::Value = serde_json::from_slice(&body).expect("is JSON");
        assert_eq!(parcel["reference"], reference.as_str());
        assert_eq!(parcel["allegato"], "A");
        let (lon, lat) = (&parcel["inside"][0], &parcel["inside"][1]);
        let (_, body) = server
            .get(&format!("/api/v1/place?lon={lon}&lat={lat}"))
            .await;
        let place: serde_json::Value = serde_json::from_slice(&body).expect("is JSON");
        let found = place["parcels"].as_array().expect("an array");
        assert!(
            found
                .iter()
                .any(|here| here["reference"] == reference.as_str()),
            "{reference} is not at {lon} {lat}: {place}"
        );
    }
    drop(server);

    // Every parcel is found at its own inside, and its area is that of the database.
    let rows: Vec<(String, f64)> =
        sqlx::query_as("select key, st_area(geom) from data.catasto_particella_current")
            .fetch_all(&mut connection)
            .await
            .expect("answers");
    for (key, area_m2) in rows {
        let reference = key.parse().expect("a reference");
        let facts = fact::parcel(&catalogue, &Viewer::Anonymous, &reference).expect("is there");
        assert!((facts.area_m2 / area_m2 - 1.0).abs() < 1e-6, "{key}");
        let (lon, lat) = facts.inside;
        let here = fact::at_point(&catalogue, &Viewer::Anonymous, lon, lat).expect("on earth");
        assert!(
            here.parcels
                .iter()
                .any(|parcel| parcel.reference == reference),
            "{key}"
        );
    }

    for (layer, zooms) in [(PARCELS, 13..=16), (SHEETS, 8..=14)] {
        let seen = crate::coverage::look(&catalogue, layer, AREA, &zooms.collect::<Vec<u8>>());
        seen.check(layer);
    }

    let mut wanted: Vec<TileAddress> = tiles(14, AREA);
    wanted.extend(scattered(40, AREA));
    let compared = compare_with_postgis(&catalogue, &mut connection, &wanted).await;
    assert!(compared > 1344, "{compared}");
}
