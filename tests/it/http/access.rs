use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use mappale::access::{Role, Viewer};
use mappale::db::Tx;
use sqlx::Row as _;

use super::walker::{PARCEL, Walker, location, walker};
use super::{Answer, Site, send};
use crate::sample::Town;

/// Every route of a router with its methods, as the router itself tells them.
fn routes(router: &axum::Router) -> BTreeMap<String, BTreeSet<String>> {
    let text = format!("{router:?}");
    let mut methods: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for piece in text.split("RouteId(").skip(1) {
        let Some((id, rest)) = piece.split_once(')') else {
            continue;
        };
        let Some((_, header)) = rest.split_once("allow_header: Bytes(b\"") else {
            continue;
        };
        let names = header.split('"').next().unwrap_or_default();
        let names = names.split(',').filter(|name| *name != "HEAD");
        methods
            .entry(id)
            .or_insert_with(|| names.map(str::to_owned).collect());
    }
    let mut routes = BTreeMap::new();
    let (_, paths) = text.split_once("paths: {").expect("the router has paths");
    let paths = paths.split("\"}").next().unwrap_or_default();
    for piece in paths.split("RouteId(").skip(1) {
        let (id, path) = piece.split_once("): \"").expect("a path");
        let path = path.split('"').next().unwrap_or_default();
        let found = methods.get(id).cloned().unwrap_or_default();
        routes.insert(path.to_owned(), found);
    }
    routes
}

/// Who may have a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Anybody.
    All,
    /// Anybody who is signed in; what they get is their own.
    SignedIn,
    /// The one whose draft it is, or who acts for them.
    Writer,
    /// The one whose practice it is, who acts for them, and officers.
    Party,
    /// Officers.
    Officer,
    /// Those who keep the maps.
    Clerk,
    /// Whoever has the link.
    Link,
}

/// The rows of the table. A route without a row fails the test.
const ROWS: &[(&str, &str, Who)] = &[
    ("GET", "/pratiche", Who::SignedIn),
    ("POST", "/servizi/{code}/inizia", Who::SignedIn),
    ("GET", "/pratiche/bozze/{id}", Who::Writer),
    ("GET", "/pratiche/bozze/{id}/documenti", Who::Writer),
    ("GET", "/pratiche/bozze/{id}/riepilogo", Who::Writer),
    ("GET", "/pratiche/bozze/{id}/{step}", Who::Writer),
    ("POST", "/pratiche/bozze/{id}/{step}", Who::Writer),
    ("POST", "/pratiche/bozze/{id}/invia", Who::Writer),
    ("POST", "/pratiche/bozze/{id}/documenti/{code}", Who::Writer),
    ("GET", "/pratiche/{id}", Who::Party),
    ("GET", "/pratiche/{id}/documenti/{code}", Who::Party),
    ("POST", "/pratiche/{id}/azione", Who::Party),
    ("GET", "/pratiche/{id}/ricevuta.pdf", Who::Party),
    ("GET", "/segui", Who::All),
    ("GET", "/segui/{code}", Who::Link),
    ("GET", "/ufficio", Who::Officer),
    ("GET", "/gis/segnalazioni", Who::Clerk),
    ("GET", "/gis/segnalazioni/{id}", Who::Clerk),
    ("POST", "/gis/segnalazioni/{id}", Who::Clerk),
    ("GET", "/gis/valutazioni", Who::Clerk),
    ("GET", "/gis", Who::Clerk),
    ("GET", "/gis/registro", Who::Clerk),
    ("GET", "/gis/livelli/{layer}", Who::Clerk),
    ("POST", "/gis/livelli/{layer}/pubblica", Who::Clerk),
    ("POST", "/gis/livelli/{layer}/ritira", Who::Clerk),
    ("POST", "/gis/livelli/{layer}/annulla", Who::Clerk),
    ("GET", "/gis/livelli/{layer}/confronto", Who::Clerk),
    ("GET", "/gis/livelli/{layer}/{version}", Who::Clerk),
    (
        "GET",
        "/gis/livelli/{layer}/{version}/rapporto.{format}",
        Who::Clerk,
    ),
    ("GET", "/gis/carica", Who::Clerk),
    ("POST", "/gis/carica", Who::Clerk),
    ("GET", "/gis/carica/{id}", Who::Clerk),
    ("GET", "/gis/carica/{id}/file", Who::Clerk),
    ("POST", "/gis/carica/{id}/scarta", Who::Clerk),
    ("GET", "/gis/carica/{id}/riconosciuto", Who::Clerk),
    ("POST", "/gis/carica/{id}/riconosciuto", Who::Clerk),
    ("GET", "/gis/carica/{id}/corrispondenze", Who::Clerk),
    ("POST", "/gis/carica/{id}/corrispondenze", Who::Clerk),
    ("GET", "/gis/carica/{id}/controlli", Who::Clerk),
    ("GET", "/gis/carica/{id}/pubblica", Who::Clerk),
    ("POST", "/gis/carica/{id}/pubblica", Who::Clerk),
    ("POST", "/api/v1/gis/{comune}/loads", Who::Clerk),
    ("GET", "/api/v1/gis/{comune}/loads/{id}", Who::Clerk),
    ("DELETE", "/api/v1/gis/{comune}/loads/{id}", Who::Clerk),
    ("POST", "/api/v1/gis/{comune}/loads/{id}/load", Who::Clerk),
    (
        "PUT",
        "/api/v1/gis/{comune}/loads/{id}/files/{number}",
        Who::Clerk,
    ),
    ("GET", "/cdu", Who::Officer),
    ("POST", "/cdu", Who::Officer),
    ("GET", "/verifica/{code}", Who::Link),
    ("POST", "/verifica/{code}", Who::Link),
    ("GET", "/verifica/{code}/certificato.json", Who::Link),
    ("GET", "/verifica/{code}/bozza.pdf", Who::Officer),
    ("POST", "/verifica/{code}/firmato", Who::Officer),
    ("GET", "/verifica", Who::All),
    ("GET", "/", Who::All),
    ("GET", "/mappa", Who::All),
    ("GET", "/luogo", Who::All),
    ("GET", "/norme/{plan}", Who::All),
    ("GET", "/norme/{plan}/{article}", Who::All),
    ("GET", "/zone", Who::All),
    ("GET", "/zona/{code}", Who::All),
    ("GET", "/cerca", Who::All),
    ("GET", "/particelle", Who::All),
    ("GET", "/livelli", Who::All),
    ("GET", "/livelli/{layer}", Who::All),
    ("GET", "/modifiche", Who::All),
    ("GET", "/particella/{reference}", Who::All),
    ("GET", "/particella/{reference}/storia", Who::All),
    ("GET", "/particella/{reference}/segnala", Who::All),
    ("POST", "/particella/{reference}/segnala", Who::All),
    ("GET", "/luogo/segnala", Who::All),
    ("POST", "/luogo/segnala", Who::All),
    ("GET", "/contatti", Who::All),
    ("GET", "/accessibilita", Who::All),
    ("GET", "/privacy", Who::All),
    ("GET", "/note-legali", Who::All),
    ("GET", "/stemma.svg", Who::All),
    ("POST", "/valuta", Who::All),
    ("GET", "/valuta/{token}", Who::Link),
    ("POST", "/valuta/{token}", Who::Link),
    ("GET", "/particella/{code}/{foglio}/{number}", Who::All),
    ("GET", "/particella/{reference}/mappa.svg", Who::All),
    ("GET", "/particella/{reference}/scheda.pdf", Who::All),
    ("GET", "/servizi", Who::All),
    ("GET", "/servizi/{code}", Who::All),
    ("GET", "/cosa-posso-fare", Who::All),
    ("GET", "/stampa", Who::All),
    ("GET", "/stampa.pdf", Who::All),
    ("GET", "/lingua/{code}", Who::All),
    ("GET", "/demo/accedi", Who::All),
    ("POST", "/demo/accedi", Who::All),
    ("POST", "/demo/esci", Who::All),
    ("GET", "/ortofoto/{z}/{x}/{y}", Who::All),
    ("GET", "/live/{layer}/{z}/{x}/{y}", Who::All),
    ("GET", "/live/{layer}/tilejson.json", Who::All),
    ("GET", "/health", Who::All),
    ("GET", "/ready", Who::All),
];

/// Routes of the API, all public but those that have a row: none takes a practice or a person.
const PUBLIC_BELOW: [&str; 4] = ["/api/", "/tiles/", "/tileMatrixSets", "/assets"];

fn row(method: &str, path: &str) -> Option<Who> {
    let is_staffs = path.starts_with("/api/v1/gis/");
    if !is_staffs && PUBLIC_BELOW.iter().any(|below| path.starts_with(below)) {
        return Some(Who::All);
    }
    // The same pages of one comune of several.
    let path = path.strip_prefix("/c/{slug}").unwrap_or(path);
    let path = if path.is_empty() { "/" } else { path };
    ROWS.iter()
        .find(|row| row.0 == method && row.1 == path)
        .map(|row| row.2)
}

/// Which methods of which routes have no row.
fn without_row(routes: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut bare = Vec::new();
    for (path, methods) in routes {
        // What is served as a whole tells no methods.
        if methods.is_empty() && row("GET", path).is_none() {
            bare.push(path.clone());
        }
        for method in methods {
            if row(method, path).is_none() {
                bare.push(format!("{method} {path}"));
            }
        }
    }
    bare
}

/// Names that stand in practices and must stand nowhere else.
const CANARIES: [&str; 3] = [
    "Canarina+Gialla",
    "Via+dei+Canarini+7",
    "canarina%40example.org",
];

/// The canaries as a page would show them.
fn shown() -> [String; 3] {
    CANARIES.map(|canary| canary.replace('+', " ").replace("%40", "@"))
}

fn tells(answer: &Answer) -> Option<String> {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    shown().into_iter().find(|canary| text.contains(canary))
}

/// A draft with canaries, and a practice that it was before.
async fn filed(writer: &Walker<'_>) -> (String, String) {
    let mut drafts = Vec::new();
    for _ in 0..2 {
        let started = writer
            .post("/servizi/ur-cdu/inizia", &format!("sel={PARCEL}"))
            .await;
        let draft = location(&started);
        writer
            .complete_as(&draft, CANARIES[0], CANARIES[1], CANARIES[2])
            .await;
        drafts.push(draft);
    }
    let practice = writer.file(&drafts[0]).await;
    (drafts.remove(1), practice)
}

/// An address of a route for a draft and a practice.
fn address(path: &str, draft: &str, practice: &str) -> String {
    let of = |base: &str| base.rsplit('/').next().unwrap_or_default().to_owned();
    let id = if path.starts_with("/pratiche/bozze/") {
        of(draft)
    } else {
        of(practice)
    };
    let filled = path
        .replace("/c/{slug}", "/c/borgochiaro")
        .replace("{reference}", PARCEL)
        .replace("{id}", &id)
        .replace("{step}", "2");
    let filled = match path {
        path if path.contains("/documenti/{code}") => filled.replace("{code}", "payment"),
        path if path.contains("/servizi/{code}") => filled.replace("{code}", "ur-cdu"),
        path if path.contains("/lingua/{code}") => filled.replace("{code}", "it"),
        path if path.contains("/verifica/{code}") => {
            filled.replace("{code}", "00000000000000000000")
        }
        _ => filled,
    };
    filled
        .replace("{code}", "X001")
        .replace("{foglio}", "2")
        .replace("{number}", "88")
        .replace("{comune}", "borgochiaro")
        .replace(['{', '}'], "")
}

/// Whether somebody may have a route of the writer's draft and practice.
fn may(who: Who, role: &str) -> bool {
    match who {
        Who::All | Who::Link => true,
        Who::SignedIn => !matches!(role, "anonymous" | "integrator"),
        Who::Writer => role == "writer",
        Who::Party => matches!(role, "writer" | "officer"),
        Who::Officer => role == "officer",
        Who::Clerk => role == "gis_clerk",
    }
}

#[tokio::test]
async fn every_route_answers_every_role_with_its_own_and_nothing_else() {
    let site = Site::of(Town::published().await, true).await;
    let all = routes(&site.router);
    assert!(all.len() > 60, "{all:?}");
    let bare = without_row(&all);
    assert!(bare.is_empty(), "routes without a row: {bare:#?}");

    let writer = walker(&site, "citizen").await;
    let (draft, practice) = filed(&writer).await;
    let mut faults = Vec::new();
    for role in [
        "anonymous",
        "integrator",
        "professional",
        "gis_clerk",
        "administrator",
        "officer",
        "writer",
    ] {
        let headers: Vec<(&str, String)> = match role {
            "anonymous" => Vec::new(),
            "integrator" => vec![("authorization", "Bearer 0123456789abcdef".to_owned())],
            "writer" => vec![("cookie", writer.cookie.clone())],
            other => vec![("cookie", walker(&site, other).await.cookie)],
        };
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        for (path, methods) in &all {
            for method in methods {
                let who = row(method, path).expect("was checked");
                let target = address(path, &draft, &practice);
                let answer = if method == "GET" {
                    site.get_with(&target, &headers).await
                } else if role == "writer" || role == "officer" {
                    // What they may do is walked elsewhere; here nothing must change.
                    continue;
                } else if path.ends_with("/firmato") {
                    let form = [("content-type", "multipart/form-data; boundary=edge")];
                    let headers = [&form, headers.as_slice()].concat();
                    send(&site.router, Method::POST, &target, &headers, "--edge--").await
                } else if method == "POST" && !path.starts_with("/api/") {
                    site.post(&target, &headers, "ruolo=").await
                } else {
                    let method = Method::from_bytes(method.as_bytes()).expect("a method");
                    let json = [("content-type", "application/json")];
                    let headers = [&json, headers.as_slice()].concat();
                    send(&site.router, method, &target, &headers, "{}").await
                };
                let at = format!("{role}: {method} {target}: {}", answer.status);
                if answer.status >= 500 && answer.status != 503 {
                    faults.push(at.clone());
                }
                if let Some(canary) = tells(&answer)
                    && !(may(who, role)
                        && matches!(who, Who::Writer | Who::Party | Who::Officer | Who::SignedIn))
                {
                    faults.push(format!("{at}: tells of {canary}"));
                }
                let led_to_sign_in = answer.header("location").starts_with("/demo/accedi");
                let refused = matches!(answer.status, 401 | 404 | 415) || led_to_sign_in;
                // A form that says nothing is refused before it is asked whose it is.
                let refused = refused || (method != "GET" && matches!(answer.status, 400 | 422));
                if !may(who, role) && !refused {
                    faults.push(format!("{at}: is not theirs"));
                }
                // The receipt is printed a little later.
                let theirs = matches!(who, Who::Writer | Who::Party | Who::Officer)
                    && method == "GET"
                    && !path.ends_with("/ricevuta.pdf")
                    && !path.contains("/verifica/");
                if theirs && may(who, role) && refused {
                    faults.push(format!("{at}: is theirs"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    let events = site.town.number("select count(*) from practice.event");
    assert_eq!(events.await, 1, "nobody has done anything");
}

/// The twin: a route that nobody has thought about is found, and so is one more method.
#[tokio::test]
async fn a_route_without_a_row_is_found() {
    let site = Site::of(Town::empty().await, true).await;
    let nothing = || std::future::ready("nothing");
    let more = site
        .router
        .clone()
        .route("/pratiche/{id}/segreto", axum::routing::get(nothing))
        .route("/stampa/nuova", axum::routing::post(nothing));
    let bare = without_row(&routes(&more));
    assert_eq!(bare, ["GET /pratiche/{id}/segreto", "POST /stampa/nuova"]);
    let answer = send(&more, Method::GET, "/pratiche/x/segreto", &[], "").await;
    assert_eq!(answer.status, 200);
}

/// Rows of practice tables that a transaction sees.
async fn seen(tx: &mut Tx) -> [i64; 6] {
    let row = sqlx::query(
        "select (select count(*) from practice.practice), (select count(*) from practice.draft),
                (select count(*) from practice.draft_file), (select count(*) from practice.parcel),
                (select count(*) from practice.file), (select count(*) from practice.event)",
    )
    .fetch_one(&mut **tx)
    .await
    .expect("answers");
    std::array::from_fn(|index| row.get(index))
}

#[tokio::test]
async fn below_the_program_the_database_shows_no_more_than_is_theirs() {
    let site = Site::of(Town::published().await, true).await;
    let writer = walker(&site, "citizen").await;
    filed(&writer).await;
    walker(&site, "officer").await;
    let pool = &site.town.db.databases.writer;
    const NOTHING: [i64; 6] = [0; 6];
    const OWN: [i64; 6] = [1, 2, 2, 1, 1, 1];
    const OFFICE: [i64; 6] = [1, 0, 0, 1, 1, 1];
    let known = |person, role| Viewer::known(person, "Nome Inventato", role);
    let table = [
        (Viewer::Anonymous, NOTHING),
        (known("demo:citizen", Role::Citizen), OWN),
        (known("demo:professional", Role::Citizen), NOTHING),
        (known("demo:gis_clerk", Role::GisClerk), NOTHING),
        (known("demo:administrator", Role::Administrator), NOTHING),
        (known("demo:officer", Role::Officer), OFFICE),
        // The word alone gives nothing: the duty must be there.
        (known("demo:professional", Role::Officer), NOTHING),
        (known("demo:officer", Role::Citizen), NOTHING),
    ];
    for (viewer, expected) in table {
        let mut tx = Tx::for_viewer(pool, &viewer).await.expect("begins");
        assert_eq!(seen(&mut tx).await, expected, "{viewer:?}");
        tx.rollback().await.expect("ends");
    }
    // A transaction that nobody's name was set in shows nothing, also on a connection that had one.
    let mut tx = Tx::begin(pool).await.expect("begins");
    assert_eq!(seen(&mut tx).await, NOTHING);
    tx.rollback().await.expect("ends");

    // An officer of another comune sees nothing of this one, and one of this comune does.
    let mut superuser = site.town.db.superuser().await;
    for (territory, expected) in [("null", 1), ("1", 1)] {
        let statement = format!(
            "update person.duty set ended_at = now() where person = 'demo:officer' and ended_at is null;
             insert into person.duty (person, territory_id, role, given_by)
             values ('demo:officer', {territory}, 'officer', 'test')"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
            .execute(&mut superuser)
            .await
            .expect("the superuser may");
        let officer = known("demo:officer", Role::Officer);
        let mut tx = Tx::for_viewer(pool, &officer).await.expect("begins");
        assert_eq!(seen(&mut tx).await[0], expected, "{territory}");
        tx.rollback().await.expect("ends");
    }
    sqlx::raw_sql("update person.duty set ended_at = now() where ended_at is null")
        .execute(&mut superuser)
        .await
        .expect("the superuser may");
    let officer = known("demo:officer", Role::Officer);
    let mut tx = Tx::for_viewer(pool, &officer).await.expect("begins");
    assert_eq!(seen(&mut tx).await, NOTHING, "a duty that ended");
    tx.rollback().await.expect("ends");

    // The twin: without the policies the same question shows everything to everybody.
    sqlx::raw_sql("alter table practice.event disable row level security")
        .execute(&mut superuser)
        .await
        .expect("the superuser may");
    let mut tx = Tx::begin(pool).await.expect("begins");
    assert_eq!(seen(&mut tx).await, [0, 0, 0, 0, 0, 1]);
}
