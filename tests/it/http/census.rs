//! The area of the land register beside that of the map.

use super::Site;
use super::session::sign_in;
use crate::census::{PARCEL, with_area};
use crate::sample::Town;

#[tokio::test]
async fn the_office_sees_the_area_of_the_land_register_and_where_it_differs() {
    let town = Town::published().await;
    let mut connection = town.db.superuser().await;
    let drawn: f64 =
        sqlx::query_scalar("select st_area(geom) from data.catasto_particella where key = $1")
            .bind(PARCEL)
            .fetch_one(&mut connection)
            .await
            .expect("is there");
    // 4 % more is the same drawing, 6 % more is not.
    for (more, differs) in [(1.04, false), (1.06, true)] {
        let town = Town::published().await;
        let area = (drawn * more).round();
        with_area(&town, area as u32).await;
        let site = Site::of(town, true).await;
        let json = format!("/api/v1/parcels/{PARCEL}/facts");
        let page = format!("/particella/{PARCEL}");
        for role in [None, Some("citizen"), Some("administrator")] {
            let cookie = match role {
                Some(role) => sign_in(&site, role).await,
                None => String::new(),
            };
            let cookie = [("cookie", cookie.as_str()), ("accept-language", "it")];
            let facts = site.get_with(&json, &cookie).await.json();
            assert!(facts["census"].is_null(), "{role:?}: {facts}");
            let html = site.get_with(&page, &cookie).await.assert_page(200);
            assert!(!html.contains("censuaria"), "{role:?}: {html}");
        }
        for role in ["officer", "gis_clerk"] {
            let cookie = sign_in(&site, role).await;
            let cookie = [("cookie", cookie.as_str()), ("accept-language", "it")];
            let facts = site.get_with(&json, &cookie).await.json();
            let told = &facts["census"][0];
            assert_eq!(told["parcel"], PARCEL, "{facts}");
            assert_eq!(told["area_m2"], area);
            assert_eq!(told["differs"], differs);
            let html = site.get_with(&page, &cookie).await.assert_page(200);
            assert!(html.contains("censuaria"), "{html}");
            assert_eq!(html.contains("oltre il 5"), differs, "{html}");
            // The same parcel asked by a place on the map.
            let other = facts["parcels"][0]["inside"].clone();
            let place = format!("/luogo?lon={}&lat={}&frammento=1", other[0], other[1]);
            let card = site.get_with(&place, &cookie).await.text();
            assert_eq!(card.contains("oltre il 5"), differs, "{card}");
        }
        // Parcels that the census does not know have none.
        let cookie = sign_in(&site, "officer").await;
        let other = "/api/v1/parcels/X001_000300.21/facts";
        let facts = site.get_with(other, &[("cookie", &cookie)]).await.json();
        assert!(facts["census"].is_null(), "{facts}");
    }
}
