//! Tile matrix sets and their tiles over HTTP.

use serde_json::Value;

use super::{Site, get};
use crate::mvt::layer;
use crate::sample::PARCELS;

/// Tiles that hold most of the sample: set, matrix, row, column.
const TILES: [(&str, &str); 3] = [
    ("EuropeanETRS89_LAEAQuad", "14/10923/8269"),
    ("RDN2008_UTM32Quad", "12/1854/1031"),
    ("WebMercatorQuad", "16/23417/34472"),
];

#[tokio::test]
async fn the_documents_of_the_sets_are_those_of_ogc() {
    let site = Site::public().await;
    let (status, list) = get(&site.router, "/tileMatrixSets").await;
    assert_eq!(status, 200);
    let sets = list["tileMatrixSets"].as_array().expect("is a list");
    assert_eq!(sets.len(), 4);
    for set in sets {
        let id = set["id"].as_str().expect("has a name");
        let link = set["links"][0]["href"].as_str().expect("has a link");
        assert!(link.ends_with(&format!("/tileMatrixSets/{id}")), "{link}");
        let (status, document) = get(&site.router, &format!("/tileMatrixSets/{id}")).await;
        assert_eq!((status, &document["id"]), (200, &set["id"]));
        for matrix in document["tileMatrices"].as_array().expect("is a list") {
            // OGC 17-083r4, 6.2: a pixel is 0.28 mm.
            let number = |key: &str| matrix[key].as_f64().expect("is a number");
            let of_scale = number("scaleDenominator") * 0.000_28;
            assert!((of_scale / number("cellSize") - 1.0).abs() < 1e-12);
        }
    }
    // As registered: https://www.opengis.net/def/tilematrixset/OGC/1.0/EuropeanETRS89_LAEAQuad
    let (_, laea) = get(&site.router, "/tileMatrixSets/EuropeanETRS89_LAEAQuad").await;
    let first = &laea["tileMatrices"][0];
    assert_eq!(
        first["pointOfOrigin"],
        serde_json::json!([5_500_000.0, 2_000_000.0])
    );
    assert_eq!(first["cellSize"], 17578.125);
    let scale = first["scaleDenominator"].as_f64().expect("is a number");
    assert!((scale - 62_779_017.857_142_8).abs() < 1e-3, "{scale}");
    assert_eq!(laea["tileMatrices"][15]["matrixWidth"], 32768);
    assert_eq!(laea["crs"], "http://www.opengis.net/def/crs/EPSG/0/3035");
    let (_, mercator) = get(&site.router, "/tileMatrixSets/WebMercatorQuad").await;
    let scale = mercator["tileMatrices"][20]["scaleDenominator"].as_f64();
    assert!((scale.expect("is a number") - 533.182_395_962_445).abs() < 1e-6);
    site.get("/tileMatrixSets/WorldCRS84Quad")
        .await
        .assert_problem(404);
}

#[tokio::test]
async fn a_tile_set_leads_to_tiles_that_may_be_kept() {
    let site = Site::public().await;
    for (set, tile) in TILES {
        let parts: Vec<&str> = tile.split('/').collect();
        for (of, caching) in [
            ("borgochiaro/", "public, max-age=31536000, immutable"),
            ("", "public, no-cache"),
        ] {
            let path = format!("/tiles/{of}{PARCELS}/{set}/tileset.json");
            let document: Value = site.get(&path).await.json();
            let links = document["links"].as_array().expect("is a list");
            let item = links.iter().find(|link| link["rel"] == "item");
            let href = item.expect("is there")["href"].as_str().expect("is text");
            let href = href
                .replace("{tileMatrix}", parts[0])
                .replace("{tileRow}", parts[1])
                .replace("{tileCol}", parts[2]);
            let at = href.find("/tiles/").expect("is a path");
            let path = &href[at..];
            let answer = site.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.header("cache-control"), caching, "{path}");
            assert!(layer(&answer.body, PARCELS).len() > 20, "{path}");
            let tag = answer.header("etag").to_owned();
            let known = [("if-none-match", tag.as_str())];
            assert_eq!(site.get_with(path, &known).await.status, 304, "{path}");
            let packed = site.get_with(path, &[("accept-encoding", "gzip")]).await;
            assert_eq!(packed.header("content-encoding"), "gzip", "{path}");
            assert_ne!(packed.header("etag"), tag, "{path}");
        }
    }
    // The set of the map has the map's own tiles, under the same tag.
    let [row_first, column_first] = [
        format!("/tiles/{PARCELS}/WebMercatorQuad/16/23417/34472"),
        format!("/tiles/{PARCELS}/16/34472/23417"),
    ];
    let (one, other) = (site.get(&row_first).await, site.get(&column_first).await);
    assert_eq!(one.body, other.body);
    assert_eq!(one.header("etag"), other.header("etag"));
}

#[tokio::test]
async fn addresses_that_a_set_does_not_have_are_not_found() {
    let site = Site::public().await;
    let version = site.version().await;
    for tile in [
        "EuropeanETRS89_LAEAQuad/16/0/0",
        "EuropeanETRS89_LAEAQuad/14/16384/0",
        "EuropeanETRS89_LAEAQuad/14/0/16384",
        "RDN2008_UTM32Quad/17/0/0",
        "RDN2008_UTM32Quad/-1/0/0",
        "RDN2008_UTM32Quad/12/1e3/0",
        "RDN2008_UTM32Quad/4294967296/0/0",
        "WebMercatorQuad/21/0/0",
        "WorldCRS84Quad/0/0/0",
        "webmercatorquad/0/0/0",
    ] {
        for start in [
            PARCELS.to_owned(),
            format!("borgochiaro/{version}/{PARCELS}"),
        ] {
            site.get(&format!("/tiles/{start}/{tile}"))
                .await
                .assert_problem(404);
        }
    }
    for path in [
        format!("/tiles/{PARCELS}/Nulla/tileset.json"),
        "/tiles/catasto.nulla/RDN2008_UTM32Quad/tileset.json".to_owned(),
        format!("/tiles/altrove/{PARCELS}/RDN2008_UTM32Quad/tileset.json"),
        "/tiles/catasto.nulla/RDN2008_UTM32Quad/12/1854/1031".to_owned(),
        format!("/tiles/altrove/{version}/{PARCELS}/RDN2008_UTM32Quad/12/1854/1031"),
    ] {
        site.get(&path).await.assert_problem(404);
    }
    // Nothing there is an answer, also where the set lies far from any data.
    for tile in ["EuropeanETRS89_LAEAQuad/15/0/0", "RDN2008_UTM33Quad/0/0/0"] {
        let answer = site.get(&format!("/tiles/{PARCELS}/{tile}")).await;
        assert_eq!((answer.status, answer.body.len()), (200, 0), "{tile}");
    }
    let gone =
        format!("/tiles/borgochiaro/0123456789abcdef/{PARCELS}/RDN2008_UTM32Quad/12/1854/1031");
    site.get(&gone).await.assert_problem(410);
}
