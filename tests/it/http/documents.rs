//! Maps to scale, extracts and certificates as a client gets them.

use std::path::Path;
use std::process::Command;

use axum::body::Body;
use axum::http::{Method, Request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::session::sign_in;
use super::{Answer, Site};
use crate::sample::Town;

const PARCEL: &str = "X001_000300.21";

/// The town with zones in two halves, the boundary at a share of its width from the west.
async fn zoned() -> Site {
    let town = Town::published().await;
    let site = Site::of(town, true).await;
    load_zones(&site, 0.5).await;
    site
}

async fn load_zones(site: &Site, share: f64) {
    let catalogue = site.app.catalogue();
    // Of the parcels alone: zones that were loaded before reach farther.
    let parcels = catalogue.layer("catasto.particella").expect("is defined");
    let area = parcels.parts[0]
        .lon_lat_box()
        .expect("it has parcels")
        .expanded(0.001);
    let middle = area.west + share * (area.east - area.west);
    let half = |id: &str, zone: &str, west: f64, east: f64| {
        format!(
            r#"{{"type":"Feature","properties":{{"ID_ZONA":"{id}","COD_ZONA":"{zone}","ZTO":"B","DESCRIZ":"Zona di prova {zone}","ART_NTA":"24"}},
            "geometry":{{"type":"Polygon","coordinates":[[[{west},{s}],[{east},{s}],[{east},{n}],[{west},{n}],[{west},{s}]]]}}}}"#,
            s = area.south,
            n = area.north,
        )
    };
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{},{}]}}"#,
        half("1", "B1", area.west, middle),
        half("2", "E1", middle, area.east)
    );
    let file = site.town.file("PGT_ZONE.geojson", text);
    let outcome = site.town.load("piano.zona", &[file]).await.expect("loads");
    assert!(outcome.published, "{:?}", outcome.report);
    site.app.refresh().await.expect("is read");
}

fn tool(name: &str, arguments: &[&str], input: &Path) -> Vec<u8> {
    let mut command = Command::new(name);
    command.args(arguments).arg(input);
    // pdftotext names the standard output so; pdftoppm takes it where no name is given.
    if name == "pdftotext" {
        command.arg("-");
    }
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{name} (tests/packages.sh installs it): {error}"));
    assert!(output.status.success(), "{name}: {output:?}");
    output.stdout
}

fn text_of(site: &Site, pdf: &[u8]) -> String {
    let file = site.town.file("lettura.pdf", pdf);
    String::from_utf8_lossy(&tool("pdftotext", &["-layout"], &file)).into_owned()
}

fn assert_pdf(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert!(answer.body.starts_with(b"%PDF-1."));
}

#[tokio::test]
async fn a_parcel_has_a_map_that_needs_no_script() {
    let site = Site::public().await;
    let answer = site.get(&format!("/particella/{PARCEL}/mappa.svg")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "image/svg+xml");
    let svg = answer.text();
    for wanted in [
        "<title>",
        "id=\"subjects\"",
        "id=\"scale-bar\"",
        "id=\"north\"",
        ">21</text>",
    ] {
        assert!(svg.contains(wanted), "{wanted}");
    }
    assert!(!svg.contains("<script") && !svg.contains("href"));
    let again = site.get(&format!("/particella/{PARCEL}/mappa.svg")).await;
    assert_eq!(svg, again.text());
    for (path, status) in [
        ("X001_000300.99999", 404),
        ("X009_000300.1", 404),
        ("x", 400),
    ] {
        let answer = site.get(&format!("/particella/{path}/mappa.svg")).await;
        assert_eq!(answer.status, status, "{path}");
    }
}

#[tokio::test]
async fn the_extract_of_a_parcel_says_what_is_there_and_what_is_not_known() {
    let site = zoned().await;
    let answer = site.get(&format!("/particella/{PARCEL}/scheda.pdf")).await;
    assert_pdf(&answer);
    let text = text_of(&site, &answer.body);
    for wanted in [
        PARCEL,
        "Comune di Borgochiaro",
        "Zona di prova",
        "art. 24",
        "Senza dati",
        "Pagina 1 di",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let again = site.get(&format!("/particella/{PARCEL}/scheda.pdf")).await;
    assert_eq!(answer.body, again.body, "the same day, the same bytes");
    let english = site
        .get(&format!("/particella/{PARCEL}/scheda.pdf?lang=en"))
        .await;
    assert!(text_of(&site, &english.body).contains("Parcel (particella) 21"));
    let unknown = site.get("/particella/X001_000300.99999/scheda.pdf").await;
    unknown.assert_page(404);
}

/// Runs of dark and light pixels of a row.
fn runs(row: &[u8]) -> Vec<(bool, usize)> {
    let mut runs: Vec<(bool, usize)> = Vec::new();
    for pixel in row {
        let dark = *pixel < 96;
        match runs.last_mut() {
            Some((known, length)) if *known == dark => *length += 1,
            _ => runs.push((dark, 1)),
        }
    }
    runs
}

/// Pixels of the four quarters of the scale bar in a page at 254 dpi: ten a millimetre.
fn quarters(site: &Site, pdf: &[u8]) -> Option<usize> {
    let file = site.town.file("misura.pdf", pdf);
    let pgm = tool("pdftoppm", &["-r", "254", "-gray", "-singlefile"], &file);
    let text = String::from_utf8_lossy(&pgm[..pgm.len().min(32)]).into_owned();
    let mut words = text.split_ascii_whitespace().skip(1);
    let width: usize = words.next().and_then(|w| w.parse().ok()).expect("a width");
    let height: usize = words.next().and_then(|w| w.parse().ok()).expect("a height");
    let pixels = &pgm[pgm.len() - width * height..];
    pixels.chunks(width).find_map(|row| {
        let runs = runs(row);
        runs.windows(4).find_map(|four| {
            let [(true, a), (false, b), (true, c), (false, d)] = four else {
                return None;
            };
            let near = |length: &usize| length.abs_diff(*a) <= 3;
            (*a > 60 && near(b) && near(c) && near(d)).then_some(a + b + c + d)
        })
    })
}

#[tokio::test]
async fn a_print_measures_what_it_says() {
    let site = Site::public().await;
    // 50 m at 1:1000, 100 m at 1:2000 and 20 m at 1:500 are 50, 50 and 40 mm of paper.
    for (scale, paper, size, bar) in [
        (1000, "a4", "595.276 x 841.89", 500),
        (2000, "a3o", "1190.55 x 841.89", 500),
        (500, "a4o", "841.89 x 595.276", 400),
    ] {
        let path =
            format!("/stampa.pdf?foglio={paper}&scala={scale}&particelle={PARCEL}&titolo=Prova");
        let answer = site.get(&path).await;
        assert_pdf(&answer);
        let file = site.town.file("stampa.pdf", &answer.body);
        let info = Command::new("pdfinfo")
            .arg(&file)
            .output()
            .expect("pdfinfo runs");
        let info = String::from_utf8_lossy(&info.stdout).into_owned();
        assert!(info.contains("Pages:           1\n"), "{info}");
        assert!(info.contains(size), "{info}");
        let measured = quarters(&site, &answer.body).expect("a scale bar");
        assert!(measured.abs_diff(bar) <= 3, "1:{scale}: {measured} px");
        let text = text_of(&site, &answer.body);
        for wanted in [
            "Prova",
            "Legenda",
            "Scala 1:",
            "RDN2008",
            "Agenzia delle Entrate",
        ] {
            assert!(text.contains(wanted), "{wanted}: {text}");
        }
    }
}

#[tokio::test]
async fn a_print_that_cannot_be_made_is_refused_in_words() {
    let site = Site::public().await;
    site.get("/stampa").await.assert_page(200);
    let refused = [
        ("", "Manca il centro"),
        ("foglio=a9&centro=9,36;45,6", "a9"),
        ("scala=7&centro=9,36;45,6", "1:100"),
        ("scala=molto&centro=9,36;45,6", "molto"),
        ("centro=qui", "qui"),
        ("centro=9,36;99", "99"),
        ("particelle=99/99999", "99/99999"),
        ("livelli=niente.qui&centro=9,36;45,6", "niente.qui"),
    ];
    for (query, wanted) in refused {
        let answer = site.get(&format!("/stampa.pdf?{query}")).await;
        let page = answer.assert_page(400);
        assert!(page.contains(wanted), "{query}: {page}");
    }
}

/// A form with a file, as a browser sends it.
async fn upload(site: &Site, path: &str, cookie: &str, file: &[u8]) -> Answer {
    let mut body = b"--XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.pdf\"\r\n\
                     content-type: application/pdf\r\n\r\n"
        .to_vec();
    body.extend(file);
    body.extend(b"\r\n--XX--\r\n");
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("content-type", "multipart/form-data; boundary=XX")
        .header("cookie", cookie)
        .body(Body::from(body))
        .expect("a request");
    let answer = site.router.clone().oneshot(request).await;
    let (parts, body) = answer.expect("routes always answer").into_parts();
    let body = body.collect().await.expect("the body comes").to_bytes();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.to_vec(),
    }
}

const APPLICANT: &str = "Tizia Inventata";

/// Issues a certificate of some parcels and gives the address of its verification.
async fn issue(site: &Site, cookie: &str, parcels: &[String]) -> String {
    let form = format!(
        "particelle={}&richiedente=Tizia+Inventata&protocollo=77&data=2026-11-20",
        parcels.join("%0A")
    );
    let answer = site.post("/cdu", &[("cookie", cookie)], &form).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let url = answer.header("location").to_owned();
    assert!(url.starts_with("/verifica/") && url.len() == 33, "{url}");
    url
}

/// Parcels of the town, as references.
fn parcels(site: &Site, wanted: usize) -> Vec<String> {
    let catalogue = site.app.catalogue();
    let entry = catalogue.layer("catasto.particella").expect("is defined");
    let features = &entry.parts[0].features;
    let keys = (0..features.len()).map(|feature| features.key(feature).to_owned());
    let found: Vec<String> = keys
        .filter(|key| {
            key.rsplit('.')
                .next()
                .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
        })
        .take(wanted)
        .collect();
    assert_eq!(found.len(), wanted);
    found
}

/// Validates PDFs as PDF/A by a program of others; says so where that cannot be had.
#[allow(
    clippy::print_stdout,
    reason = "what the validator says belongs into the log of the long tests"
)]
fn is_pdf_a(paths: &[std::path::PathBuf]) -> Option<bool> {
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pdfa.sh");
    let output = std::process::Command::new(script).args(paths).output();
    let output = output.expect("bash is there");
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    match output.status.code() {
        Some(77) => None,
        Some(0) => Some(true),
        _ => Some(false),
    }
}

#[tokio::test]
async fn long_what_the_office_prints_is_pdf_a() {
    let site = zoned().await;
    let officer = sign_in(&site, "officer").await;
    let url = issue(&site, &officer, &[PARCEL.to_owned()]).await;
    let cookie = [("cookie", officer.as_str())];
    let mut files = Vec::new();
    for (name, path) in [
        ("bozza.pdf", format!("{url}/bozza.pdf")),
        ("scheda.pdf", format!("/particella/{PARCEL}/scheda.pdf")),
    ] {
        let answer = site.get_with(&path, &cookie).await;
        assert_pdf(&answer);
        files.push(site.town.file(name, &answer.body));
    }
    let Some(good) = is_pdf_a(&files) else {
        return;
    };
    assert!(good, "the validator says what is wrong");
    // The twin: a file that is cut off is none.
    let cut = std::fs::read(&files[0]).expect("is ours");
    let cut = site.town.file("meta.pdf", &cut[..cut.len() / 2]);
    assert_eq!(is_pdf_a(&[cut]), Some(false));
}

#[tokio::test]
async fn the_content_of_a_certificate_has_a_schema_at_its_own_address() {
    let site = zoned().await;
    let schema = site.get("/api/v1/schemas/certificate.json").await;
    assert_eq!(schema.header("content-type"), "application/schema+json");
    let schema = schema.json();
    let checker = jsonschema::validator_for(&schema).expect("is a schema");
    let officer = sign_in(&site, "officer").await;
    let url = issue(&site, &officer, &[PARCEL.to_owned()]).await;
    let mut content = site.get(&format!("{url}/certificato.json")).await.json();
    assert!(checker.is_valid(&content), "{content}");
    content["applicant"] = "Tizia Inventata".into();
    assert!(!checker.is_valid(&content), "it names no person");
    // Asked twice, it says the same.
    let first = site.get(&url).await.assert_page(200);
    assert_eq!(first, site.get(&url).await.assert_page(200));
}

#[tokio::test]
async fn a_certificate_is_issued_verified_and_compared_with_files() {
    let site = zoned().await;
    let officer = sign_in(&site, "officer").await;
    let url = issue(&site, &officer, &[PARCEL.to_owned()]).await;

    let draft = site
        .get_with(&format!("{url}/bozza.pdf"), &[("cookie", &officer)])
        .await;
    assert_pdf(&draft);
    let text = text_of(&site, &draft.body);
    for wanted in [
        "CERTIFICA",
        APPLICANT,
        "n. 77 del 20 novembre 2026",
        "Zona di prova",
        "353",
        "BOZZA",
        "Verifica di autenticità",
        &url[10..],
        "Pagina 1 di",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(
        text.contains("non è presente nel sistema informativo"),
        "no fire register: {text}"
    );

    // Whoever has the code sees everything but the person who asked, and no draft.
    let page = site.get(&url).await.assert_page(200);
    for wanted in [
        "Il certificato è valido",
        "Dal rilascio nessuna carta",
        PARCEL,
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    let data = site.get(&format!("{url}/certificato.json")).await;
    assert_eq!(data.header("content-type"), "application/json");
    for answer in [&page, &data.text()] {
        assert!(!answer.contains(APPLICANT), "personal data: {answer}");
    }
    site.get(&format!("{url}/bozza.pdf")).await.assert_page(404);

    // The JSON inside the PDF is the one that is published.
    let file = site.town.file("bozza.pdf", &draft.body);
    let out = site.town.file("dentro.json", "");
    let saved = Command::new("pdfdetach")
        .args(["-save", "1", "-o"])
        .args([&out, &file])
        .status();
    assert!(saved.expect("pdfdetach runs").success());
    assert_eq!(
        std::fs::read_to_string(&out).expect("was saved"),
        data.text()
    );
    let content = data.json();
    assert_eq!(content["parcels"][0]["reference"], PARCEL);
    let percents: i64 = content["parcels"][0]["answers"][0]["pieces"]
        .as_array()
        .expect("zones")
        .iter()
        .map(|piece| piece["extent"]["percent_tenths"].as_i64().expect("a share"))
        .sum();
    assert_eq!(percents, 1000);

    let same = upload(&site, &url, "", &draft.body).await.assert_page(200);
    assert!(same.contains("identico alla bozza"), "{same}");
    let mut other = draft.body.clone();
    other.push(b'\n');
    let different = upload(&site, &url, "", &other).await.assert_page(200);
    assert!(different.contains("non è nessuno di quelli"), "{different}");
    let nothing = upload(&site, &url, "", b"").await.assert_page(200);
    assert!(nothing.contains("Non è arrivato nessun file"), "{nothing}");

    // What is signed is recorded by officers alone.
    let signed = format!("{url}/firmato");
    upload(&site, &signed, "", &other).await.assert_page(404);
    upload(&site, &signed, &officer, &other)
        .await
        .assert_page(200);
    let recognised = upload(&site, &url, "", &other).await.assert_page(200);
    assert!(
        recognised.contains("identico al documento firmato"),
        "{recognised}"
    );
}

#[tokio::test]
async fn a_later_plan_shows_on_the_page_of_a_certificate() {
    let site = zoned().await;
    let officer = sign_in(&site, "officer").await;
    let url = issue(&site, &officer, &[PARCEL.to_owned()]).await;
    // A border that moves elsewhere.
    load_zones(&site, 0.5001).await;
    let page = site.get(&url).await.assert_page(200);
    assert!(
        page.contains("su queste particelle non cambia nulla"),
        "{page}"
    );
    for share in [0.001, 0.999] {
        load_zones(&site, share).await;
    }
    let west = site.get(&url).await.assert_page(200);
    load_zones(&site, 0.002).await;
    let east = site.get(&url).await.assert_page(200);
    let changed = "non descrive più la situazione attuale";
    assert!(
        west.contains(changed) || east.contains(changed),
        "one of both moved it"
    );
}

#[tokio::test]
async fn certificates_are_for_officers_and_for_parcels_that_exist() {
    let site = zoned().await;
    for role in ["", "citizen", "gis_clerk"] {
        let cookie = match role {
            "" => String::new(),
            role => sign_in(&site, role).await,
        };
        let headers = [("cookie", cookie.as_str())];
        site.get_with("/cdu", &headers).await.assert_page(404);
        let answer = site
            .post("/cdu", &headers, &format!("particelle={PARCEL}"))
            .await;
        answer.assert_page(404);
    }
    let officer = sign_in(&site, "officer").await;
    let headers = [("cookie", officer.as_str())];
    site.get_with("/cdu", &headers).await.assert_page(200);
    for (form, wanted) in [
        ("particelle=".to_owned(), "almeno una particella"),
        ("particelle=99/99999".to_owned(), "99/99999"),
        (format!("particelle={PARCEL}%0A{PARCEL}"), "due volte"),
        (format!("particelle={PARCEL}&data=ieri"), "ieri"),
        (
            format!("particelle={}", parcels(&site, 201).join("%0A")),
            "201",
        ),
    ] {
        let answer = site.post("/cdu", &headers, &form).await;
        let page = answer.assert_page(422);
        assert!(page.contains(wanted), "{form}: {page}");
    }
    let rows = site
        .town
        .number("select count(*) from document.certificate")
        .await;
    assert_eq!(rows, 0);
    for path in ["/verifica/7F3K9-Q2M4T-08XVB-C6HRN", "/verifica/x"] {
        site.get(path).await.assert_page(404);
    }
    let form = site.get("/verifica?codice=7f3k9").await.assert_page(200);
    assert!(form.contains("7F3K9-Q2M4T-08XVB-C6HRN"), "{form}");
}

#[tokio::test]
async fn many_parcels_continue_over_pages() {
    let site = zoned().await;
    let officer = sign_in(&site, "officer").await;
    let mut counts = Vec::new();
    for wanted in [1, 50, 200] {
        let parcels = parcels(&site, wanted);
        let url = issue(&site, &officer, &parcels).await;
        let draft = site
            .get_with(&format!("{url}/bozza.pdf"), &[("cookie", &officer)])
            .await;
        assert_pdf(&draft);
        let text = text_of(&site, &draft.body);
        for parcel in &parcels {
            assert!(text.contains(parcel.as_str()), "{wanted}: {parcel}");
        }
        let pages = text.matches('\u{c}').count();
        assert!(
            text.contains(&format!("Pagina {pages} di {pages}")),
            "{pages} pages"
        );
        counts.push(pages);
    }
    assert!(
        counts[0] >= 3 && counts[0] < counts[1] && counts[1] < counts[2],
        "{counts:?}"
    );
    assert!(counts[2] <= 60, "{counts:?}");
}

#[tokio::test]
async fn a_press_that_fails_leaves_an_error_and_nothing_else() {
    let mut town = Town::published().await;
    let pid = town.file("pid", "");
    let script = |body: &str| format!("#!/bin/sh\necho $$ > {}\n{body}\n", pid.display());
    let press = town.file("press.sh", "");
    make_executable(&press);
    town.db.config.press = press.clone();
    let site = Site::of(town, true).await;
    let officer = sign_in(&site, "officer").await;
    let headers = [("cookie", officer.as_str())];
    for body in [
        "exit 3",
        "echo no PDF",
        "kill -9 $$",
        "echo broken >&2; exit 2",
    ] {
        std::fs::write(&press, script(body)).expect("is ours");
        let answer = site
            .post("/cdu", &headers, &format!("particelle={PARCEL}"))
            .await;
        answer.assert_page(500);
    }
    // A client that goes away takes a hanging press and its children with it.
    std::fs::write(&press, script("sleep 600 & wait")).expect("is ours");
    std::fs::write(&pid, "").expect("is ours");
    let path = format!("/particella/{PARCEL}/scheda.pdf");
    let waiting = tokio::time::timeout(std::time::Duration::from_secs(3), site.get(&path));
    assert!(waiting.await.is_err(), "it hangs");
    let number = std::fs::read_to_string(&pid).expect("it wrote its number");
    let number = number.trim();
    assert!(!number.is_empty());
    for _ in 0..100 {
        if group(number).is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(group(number), Vec::<String>::new(), "processes are left");
    let rows = site
        .town
        .number("select count(*) from document.certificate")
        .await;
    assert_eq!(rows, 0);
    std::fs::remove_file(&press).expect("is ours");
    site.get(&path).await.assert_page(500);
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(path, mode).expect("is ours");
}

/// Living processes of a group.
fn group(number: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").expect("Linux").flatten();
    processes
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok())
        .filter(|stat| {
            // After the name in brackets: state, parent, group.
            let rest = stat.rsplit(')').next().unwrap_or_default();
            let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
            fields.get(2) == Some(&number) && fields.first() != Some(&"Z")
        })
        .collect()
}
