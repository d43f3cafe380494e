//! The press as a program: an order in, a PDF out, or a clear complaint.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mappale-press"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the press starts");
    let mut stdin = child.stdin.take().expect("is piped");
    let input = input.to_vec();
    // A press that refuses closes its input early.
    let feed = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("it ends");
    feed.join().expect("the feeder ends");
    output
}

fn document(blocks: Value) -> Value {
    json!({
        "template": "document",
        "identifier": "certificate:TEST",
        "issued_at": "2026-11-24T10:00:00Z",
        "data": {
            "lang": "it", "title": "Prova di stampa", "title_align": "left", "subtitle": null,
            "subject": "Prova", "keywords": ["prova"], "running": "Prova",
            "letterhead": {"name": "Comune di Prova", "office": "Ufficio", "lines": [],
                "emblem": null, "emblem_alt": null},
            "stamp_duty": null, "draft": null, "references": [],
            "footer": "Piede", "page": "Pagina {n} di {m}", "blocks": blocks,
            "attachments": [{"name": "dati.json", "media_type": "application/json",
                "relationship": "data", "description": "Dati"}],
        },
        "files": {"dati.json": "{\"perché\": \"ℵ𒀀\"}\n"},
    })
}

fn print(order: &Value) -> Vec<u8> {
    let output = run(&[], order.to_string().as_bytes());
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    assert_eq!(complaints, "");
    output.stdout
}

fn file(folder: &Path, pdf: &[u8]) -> PathBuf {
    let path = folder.join("prova.pdf");
    std::fs::write(&path, pdf).expect("the folder is ours");
    path
}

fn tool(name: &str, arguments: &[&str], pdf: &Path) -> String {
    let output = Command::new(name)
        .args(arguments)
        .arg(pdf)
        .output()
        .unwrap_or_else(|error| panic!("{name} (tests/packages.sh installs it): {error}"));
    assert!(output.status.success(), "{name}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn text_of(pdf: &Path) -> String {
    tool("pdftotext", &[], pdf);
    std::fs::read_to_string(pdf.with_extension("txt")).expect("pdftotext wrote it")
}

fn holds(pdf: &[u8], text: &str) -> bool {
    pdf.windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[test]
fn the_same_order_makes_the_same_bytes_and_another_moment_others() {
    let order = document(json!([{"kind": "par", "text": "Testo"}]));
    let first = print(&order);
    assert_eq!(first, print(&order));
    let mut later = order;
    later["issued_at"] = "2026-11-24T10:00:01Z".into();
    assert_ne!(first, print(&later));
}

#[test]
fn it_is_tagged_for_archives_and_readers_with_fonts_inside() {
    let pdf = print(&document(json!([{"kind": "par", "text": "Testo"}])));
    assert!(holds(&pdf, "<pdfaid:part>3</pdfaid:part>"));
    assert!(holds(&pdf, "<pdfaid:conformance>A</pdfaid:conformance>"));
    assert!(holds(&pdf, "<pdfuaid:part>1</pdfuaid:part>"));
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let path = file(folder.path(), &pdf);
    let info = tool("pdfinfo", &[], &path);
    assert!(info.contains("Tagged:          yes"), "{info}");
    assert!(info.contains("Title:           Prova di stampa"), "{info}");
    assert!(info.contains("Creator:         Mappale"), "{info}");
    for line in tool("pdffonts", &[], &path).lines().skip(2) {
        assert!(line.contains(" yes yes yes "), "not embedded: {line}");
    }
    tool("qpdf", &["--check"], &path);
}

#[test]
fn tables_continue_over_pages_under_their_head() {
    let rows: Vec<Value> = (0..200)
        // A cell may be a list of runs: it stays one cell.
        .map(|n| json!([[{"t": "riga ", "b": true}, {"t": n.to_string()}], "x"]))
        .collect();
    let pdf = print(&document(json!([{
        "kind": "table", "rows": rows, "starts": [0], "foot": ["Totale", "200"],
        "columns": [{"title": "Colonna", "align": "left", "width": 1},
                    {"title": "Numero", "align": "right", "width": "auto"}],
    }])));
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let path = file(folder.path(), &pdf);
    let text = text_of(&path);
    let pages = text.matches('\u{c}').count();
    assert!((4..=8).contains(&pages), "{pages} pages");
    assert_eq!(text.matches("Colonna").count(), pages, "{text}");
    for wanted in [
        "riga 0",
        "riga 199",
        "Totale",
        &format!("Pagina 2 di {pages}"),
    ] {
        assert!(text.contains(wanted), "{wanted}");
    }
}

#[test]
fn a_character_without_a_glyph_is_printed_as_a_box_and_attached_as_it_is() {
    let pdf = print(&document(
        json!([{"kind": "par", "text": "strano 𒀀 e ≤ noto"}]),
    ));
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let path = file(folder.path(), &pdf);
    let text = text_of(&path);
    assert!(text.contains("strano □ e ≤ noto"), "{text}");
    let listed = tool("pdfdetach", &["-list"], &path);
    assert!(listed.contains("dati.json"), "{listed}");
    let saved = folder.path().join("dati.json");
    let saved_to = saved.to_string_lossy().into_owned();
    tool("pdfdetach", &["-save", "1", "-o", &saved_to], &path);
    assert_eq!(
        std::fs::read_to_string(&saved).expect("it was saved"),
        "{\"perché\": \"ℵ𒀀\"}\n"
    );
}

/// An order that is refused, with the complaint that is due.
fn refused(order: &Value, status: i32, complaint: &str) {
    let output = run(&[], order.to_string().as_bytes());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{said}");
    assert!(said.contains(complaint), "{said}");
    assert!(output.stdout.is_empty());
}

#[test]
fn what_cannot_be_printed_is_told() {
    let good = document(json!([]));
    let with = |name: &str, value: Value| {
        let mut order = good.clone();
        order[name] = value;
        order
    };
    refused(
        &with("template", "lettera".into()),
        2,
        "no template 'lettera'; there are: document, map",
    );
    refused(
        &with("issued_at", "ieri".into()),
        2,
        "the order cannot be read",
    );
    refused(&with("altro", 1.into()), 2, "unknown field `altro`");
    for name in ["../x.svg", "/etc/passwd", ".x", "", "style.typ/x"] {
        refused(
            &with("files", json!({name: "x"})),
            2,
            "is no name of a file",
        );
    }
    refused(
        &document(json!([{"kind": "canto"}])),
        3,
        "no such kind of block: canto",
    );
    // The file is missing: templates see what the order holds, and nothing else.
    let map = json!([{"kind": "map", "file": "passwd.svg", "alt": "x", "caption": "x",
        "width_mm": 10, "height_mm": 10, "legend": []}]);
    refused(&document(map), 3, "style.typ:");
}

#[test]
fn a_map_without_a_description_is_refused() {
    let mut order = document(
        json!([{"kind": "map", "file": "m.svg", "alt": null, "caption": "x",
        "width_mm": 10, "height_mm": 10, "legend": []}]),
    );
    order["files"]["m.svg"] =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"/>".into();
    refused(&order, 3, "alt");
}

#[test]
fn limits_hold() {
    let order = document(json!([{"kind": "par", "text": "Testo"}])).to_string();
    let output = run(&["--memory-mib", "8"], order.as_bytes());
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    let output = run(
        &["--memory-mib", "1024", "--cpu-seconds", "20"],
        order.as_bytes(),
    );
    assert!(output.status.success(), "{output:?}");
    for wrong in [&["--memory-mib", "0"][..], &["--memory-mib"], &["--x", "1"]] {
        let output = run(wrong, order.as_bytes());
        assert_eq!(output.status.code(), Some(64), "{wrong:?}");
    }
}
