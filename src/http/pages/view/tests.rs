//! The card in its states, as its readers see it.

use askama::Template;

use super::*;

fn page(lang: Lang) -> PageView {
    PageView {
        lang,
        ..PageView::default()
    }
}

fn parcel(number: &str) -> ParcelView {
    ParcelView {
        layer: "catasto.particella".to_owned(),
        feature_id: 7,
        reference: format!("X001_001200.{number}"),
        number: number.to_owned(),
        foglio: "12".to_owned(),
        comune: "Borgochiaro".to_owned(),
        area: "1.240 m²".to_owned(),
        page_url: format!("/particella/X001_001200.{number}"),
        ..ParcelView::default()
    }
}

fn card(state: PlaceState, parcels: Vec<ParcelView>) -> CardView {
    let line = |words: &str| LayerLineView {
        title: "Particelle".to_owned(),
        words: words.to_owned(),
        data: None,
    };
    let mut facts = FactsView::default();
    match state {
        PlaceState::Parcels => facts.checked.push(line("trovato")),
        PlaceState::NoParcel => facts.checked.push(line("controllato, qui nulla")),
        PlaceState::NoCadastre | PlaceState::Outside | PlaceState::Failed => {
            facts.missing.push(line("nessun dato"));
        }
    }
    CardView {
        state,
        parcels,
        comune: Some("Borgochiaro".to_owned()),
        position: None,
        facts,
        data: None,
        as_of: None,
        page_url: "/luogo?lon=9.36&lat=45.6".to_owned(),
        map_url: "/mappa".to_owned(),
        json_url: "/api/v1/place?lon=9.36&lat=45.6".to_owned(),
        report_url: None,
    }
}

fn fragment(lang: Lang, card: CardView) -> String {
    let page = page(lang);
    let html = CardFragment { page, card }.render();
    html.expect("a card writes only text that it owns")
}

#[test]
fn a_parcel_says_number_sheet_area_and_reference() {
    let html = fragment(Lang::It, card(PlaceState::Parcels, vec![parcel("345")]));
    for words in [
        "Particella 345",
        "Foglio 12 · Borgochiaro",
        "1.240 m² (mappa)",
        "X001_001200.345",
        "Verificato",
        "data-announce=\"Particella 345, foglio 12, 1.240 m².\"",
    ] {
        assert!(html.contains(words), "{words} in {html}");
    }
    assert!(!html.contains("Senza dati"), "{html}");
}

#[test]
fn two_parcels_are_both_listed_and_both_selected() {
    let both = vec![parcel("345"), parcel("346")];
    let html = fragment(Lang::En, card(PlaceState::Parcels, both));
    for words in [
        "2 parcels at this place",
        "Overlapping sheets",
        "Parcel 345",
        "Parcel 346",
    ] {
        assert!(html.contains(words), "{words} in {html}");
    }
    assert_eq!(html.matches("&#34;reference&#34;").count(), 2, "{html}");
}

#[test]
fn a_road_is_no_parcel() {
    let road = ParcelView {
        kind: ParcelKind::Road,
        ..parcel("STRADA001")
    };
    let html = fragment(Lang::It, card(PlaceState::Parcels, vec![road]));
    assert!(html.contains("Strada pubblica"), "{html}");
    assert!(
        html.contains("non è una particella su cui avviare pratiche"),
        "{html}"
    );
}

#[test]
fn nothing_there_and_nothing_known_are_different_answers() {
    let clear = fragment(Lang::It, card(PlaceState::NoParcel, vec![]));
    let unknown = fragment(Lang::It, card(PlaceState::NoCadastre, vec![]));
    assert!(clear.contains("Qui non c’è nessuna particella"), "{clear}");
    assert!(
        clear.contains("Verificato") && !clear.contains("Senza dati"),
        "{clear}"
    );
    assert!(
        unknown.contains("Non abbiamo il catasto di questo luogo"),
        "{unknown}"
    );
    assert!(
        unknown.contains("Senza dati") && !unknown.contains("Verificato"),
        "{unknown}"
    );
}

#[test]
fn what_data_say_is_text_and_never_markup() {
    let hostile = ParcelView {
        number: "<script>1</script>\"'".to_owned(),
        ..parcel("1")
    };
    let html = fragment(Lang::It, card(PlaceState::Parcels, vec![hostile]));
    assert!(!html.contains("<script>"), "{html}");
    assert!(!html.contains("\"'\""), "{html}");
}

#[test]
fn without_a_web_build_pages_name_no_files() {
    let map = |assets: Assets| {
        let page = PageView {
            assets,
            ..page(Lang::It)
        };
        let map = MapPage {
            page,
            style_url: "/api/v1/style/borgochiaro?lang=it".to_owned(),
            bounds: String::new(),
            card: None,
            themes: vec![],
            date: "2026-11-24".to_owned(),
            is_other_day: false,
            has_adopted: true,
            compare_day: "2025-11-24".into(),
            slug: "borgochiaro".to_owned(),
            storage_srid: 7791,
            embedded: false,
            example: None,
            test: false,
        };
        map.render().expect("a page writes only text that it owns")
    };
    let plain = map(Assets::default());
    for empty in [
        "href=\"\"",
        "src=\"\"",
        "<link rel=\"stylesheet\"",
        "<script",
    ] {
        assert!(!plain.contains(empty), "{empty} in {plain}");
    }
    let built = map(Assets {
        site_css: "/assets/site-1.css".to_owned(),
        map_js: "/assets/map-1.js".to_owned(),
        upload_js: "/assets/upload-1.js".to_owned(),
        ..Assets::default()
    });
    assert!(built.contains("src=\"/assets/map-1.js\""), "{built}");
    assert!(built.contains("href=\"/assets/site-1.css\""), "{built}");
}

#[test]
fn outside_there_is_nothing_to_have_checked() {
    let html = fragment(Lang::It, card(PlaceState::Outside, vec![]));
    assert!(html.contains("Fuori dal territorio"), "{html}");
    assert!(!html.contains("Senza dati"), "{html}");
}
