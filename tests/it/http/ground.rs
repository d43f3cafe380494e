//! Occupation of public ground: where the area lies, and who else has it.

use super::walker::{hidden, location, site, walker};

/// A square of ten metres, with its lower left corner moved.
fn square(east: f64, north: f64) -> String {
    [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
        .map(|(e, n)| format!("{:.1}+{:.1}", east + e, north + n))
        .join("%0A")
}

#[tokio::test]
async fn an_area_lies_in_the_comune_and_conflicts_are_told() {
    let site = site().await;
    let mut connection = site
        .town
        .db
        .databases
        .reader
        .acquire()
        .await
        .expect("connects");
    let (east, north): (f64, f64) = sqlx::query_as(
        "select st_x(p), st_y(p) from (
            select st_pointonsurface(geom) as p from place.boundary order by id desc limit 1) as c",
    )
    .fetch_one(&mut *connection)
    .await
    .expect("there is a boundary");
    drop(connection);
    let citizen = walker(&site, "citizen").await;
    let mut practices = Vec::new();
    // The second overlaps the first by half of it on one day, the third on other days, the
    // fourth elsewhere.
    let day = |days: i64| {
        let today = jiff::Zoned::now().date();
        let day = today.checked_add(jiff::Span::new().days(days));
        day.expect("is a day").to_string()
    };
    let table = [
        (0.0, day(40), day(49), 0),
        (5.0, day(49), day(55), 1),
        (5.0, day(90), day(91), 0),
        (40.0, day(40), day(49), 0),
    ];
    for (moved, from, to, expected) in table {
        let draft = location(&citizen.post("/servizi/sp-ospt/inizia", "sel=").await);
        let outside = format!("place=Via+1&street_part=square&area={}", square(0.0, 0.0));
        let answer = citizen.save(&format!("{draft}/1"), &outside).await;
        assert_eq!(answer.status, 422);
        let page = answer.text();
        assert!(page.contains("esce dal territorio del comune"), "{page}");
        let area = square(east + moved, north);
        let pages = [
            format!("place=Via+1&street_part=square&area={area}"),
            "applicant_name=Nome+Inventato&applicant_tax_code=rssmra85t10a562s&\
             applicant_address=Via+1&applicant_email=nome%40example.org&for_company=no"
                .to_owned(),
            "has_delegate=no".to_owned(),
            format!("from={from}&to={to}"),
            "use=event&use_details=Festa&traffic_order=no&restoration=yes".to_owned(),
            "third_parties=yes&truth=yes&privacy=yes".to_owned(),
        ];
        for (index, form) in pages.iter().enumerate() {
            location(&citizen.save(&format!("{draft}/{}", index + 1), form).await);
        }
        let path = format!("{draft}/documenti/plan");
        location(&citizen.upload(&path, "pianta.pdf", "%PDF-1.7 x").await);
        let check = citizen
            .get(&format!("{draft}/riepilogo"))
            .await
            .assert_page(200);
        let told = check.matches("in comune</li>").count();
        assert_eq!(told, expected, "{moved} {from}: {check}");
        if expected > 0 {
            assert!(check.contains("50\u{a0}m² in comune"), "{check}");
        }
        practices.push(citizen.file(&draft).await);
    }
    let officer = walker(&site, "officer").await;
    for (practice, expected) in practices.iter().zip([1, 1, 0, 0]) {
        let page = officer.get(practice).await.assert_page(200);
        assert_eq!(page.matches("in comune</li>").count(), expected, "{page}");
    }
    // What is taken back is in nobody's way.
    location(&citizen.act(&practices[1], "withdrawn", "").await);
    let page = officer.get(&practices[0]).await.assert_page(200);
    assert_eq!(page.matches("in comune</li>").count(), 0, "{page}");

    // A GeoJSON is an outline too.
    let draft = location(&citizen.post("/servizi/sp-ospt/inizia", "sel=").await);
    let ring = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 0.0)]
        .map(|(e, n)| format!("[{},{}]", east + e, north + n))
        .join(",");
    let json = format!("{{\"type\":\"Polygon\",\"coordinates\":[[{ring}]]}}");
    let form = format!("place=Via+1&street_part=square&area={json}");
    location(&citizen.save(&format!("{draft}/1"), &form).await);
    let page = citizen.get(&format!("{draft}/1")).await.assert_page(200);
    assert!(
        page.contains(&format!("{:.2} {:.2}", east + 10.0, north)),
        "{page}"
    );
    assert!(!hidden(&page, "_revision").is_empty());
}
