//! Archives: names, caps, data sets.

mod support;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::content;
use wire::{Content, Unpacked};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn archive(path: &Path, entries: &[(&str, &[u8])]) -> PathBuf {
    let mut writer = ZipWriter::new(File::create(path).expect("a file"));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in entries {
        writer.start_file(*name, options).expect("an entry");
        writer.write_all(bytes).expect("it is written");
    }
    writer.finish().expect("an archive");
    path.to_path_buf()
}

/// Unpacks into `out` beside the archive and returns the result, or the kind of failure.
fn unpack(args: &[&str], path: &Path) -> Result<Unpacked, String> {
    let out = path.with_file_name("out");
    fs::remove_dir_all(&out).ok();
    fs::create_dir(&out).expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_mappale-worker"))
        .arg("unpack")
        .args(args)
        .args([path, &out])
        .output()
        .expect("the worker starts");
    match content(&output) {
        Content::Unpacked(unpacked) => Ok(unpacked),
        Content::Failed(failed) => Err(failed.kind),
        Content::Inspection(_) => panic!("no inspection"),
    }
}

#[test]
fn files_get_own_names_and_are_grouped() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = archive(
        &folder.path().join("a.zip"),
        &[
            ("Dati/Zone d'\u{e8} 1.SHP", b"shp"),
            ("Dati/ZONE D'\u{c8} 1.shx", b"shx"),
            ("Dati/zone d'\u{e8} 1.Dbf", b"dbf"),
            ("Dati/leggimi.pdf", b"%PDF"),
            ("altri\\a.gpkg", b"x"),
            ("base.gdb/a00000001.gdbtable", b"t"),
            ("base.gdb/a00000001.gdbtablx", b"x"),
            ("__MACOSX/Dati/._x.shp", b"x"),
            ("tabella.dbf", b"x"),
        ],
    );
    let unpacked = unpack(&[], &path).expect("it is unpacked");
    let found: Vec<_> = unpacked
        .datasets
        .iter()
        .map(|d| {
            (
                d.name.as_str(),
                d.driver.as_str(),
                d.path.as_str(),
                d.missing.join(" "),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (
                "Dati/Zone d'\u{e8} 1",
                "ESRI Shapefile",
                "0001.shp",
                "prj".to_owned()
            ),
            ("altri/a", "GPKG", "0003.gpkg", String::new()),
            ("base", "OpenFileGDB", "0004.gdb", String::new()),
            ("tabella", "ESRI Shapefile", "0005.dbf", String::new()),
        ]
    );
    assert_eq!(unpacked.datasets[0].files, [0, 1, 2]);
    assert_eq!(unpacked.files.len(), 8);
    for file in &unpacked.files {
        let written = fs::metadata(folder.path().join("out").join(&file.path)).expect("a file");
        assert_eq!(written.len(), file.bytes, "{}", file.path);
    }
}

#[test]
fn names_that_lead_elsewhere_and_twins_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.zip");
    for names in [
        &["../x.shp"][..],
        &["a/../../x.shp"],
        &["/tmp/x.shp"],
        &["..\\x.shp"],
        &["C:\\x.shp"],
        &["a.shp", "A.SHP"],
        &["a/b.shp", "a\\b.shp"],
        &["a.gdb/x\u{e9}", "a.gdb/y\u{e9}"],
    ] {
        let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"x"[..])).collect();
        let found = unpack(&[], &archive(&path, &entries));
        assert_eq!(found, Err("archive.name".to_owned()), "{names:?}");
    }
    let mut beside: Vec<_> = fs::read_dir(folder.path())
        .expect("the folder")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    beside.sort();
    assert_eq!(beside, ["a.zip", "out"]);
}

#[test]
fn links_and_devices_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.zip");
    let mut writer = ZipWriter::new(File::create(&path).expect("a file"));
    let options = SimpleFileOptions::default();
    writer
        .add_symlink("a.shp", "/etc/passwd", options)
        .expect("an entry");
    writer.finish().expect("an archive");
    assert_eq!(unpack(&[], &path), Err("archive.kind".to_owned()));
}

#[test]
fn bombs_are_stopped_by_count_bytes_and_ratio() {
    let folder = tempfile::tempdir().expect("a folder");
    let zeros = vec![0; 8 << 20];
    let path = archive(&folder.path().join("a.zip"), &[("a.csv", &zeros)]);
    assert_eq!(unpack(&[], &path), Err("limit.ratio".to_owned()));
    assert!(unpack(&["--max-ratio", "2000"], &path).is_ok());
    let total = unpack(&["--max-total", "1M"], &path);
    assert_eq!(total, Err("limit.bytes".to_owned()));
    let written: u64 = fs::read_dir(folder.path().join("out"))
        .expect("the folder")
        .flatten()
        .map(|entry| entry.metadata().map_or(0, |found| found.len()))
        .sum();
    assert!(written <= 1 << 20);
    let names: Vec<String> = (0..101).map(|number| format!("{number}.csv")).collect();
    let entries: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), &b"x"[..]))
        .collect();
    let path = archive(&folder.path().join("b.zip"), &entries);
    assert_eq!(unpack(&[], &path), Err("limit.entries".to_owned()));
    assert!(unpack(&["--max-entries", "101"], &path).is_ok());
}

#[test]
fn archives_in_archives_are_walked_down_to_the_depth() {
    let folder = tempfile::tempdir().expect("a folder");
    let inner = archive(
        &folder.path().join("inner.zip"),
        &[("b/x.gpkg", b"x"), ("n.txt", b"x")],
    );
    let inner = fs::read(inner).expect("a file");
    let middle = archive(
        &folder.path().join("middle.zip"),
        &[("in.zip", &inner), ("x.gpkg", b"y")],
    );
    let middle = fs::read(middle).expect("a file");
    let path = archive(
        &folder.path().join("a.zip"),
        &[("Mid.ZIP", &middle), ("c.kml", b"x")],
    );
    let names = |depth: &str| {
        let unpacked = unpack(&["--depth", depth], &path).expect("it is unpacked");
        let names: Vec<String> = unpacked.datasets.iter().map(|d| d.name.clone()).collect();
        (names.join(" "), unpacked.findings.len())
    };
    assert_eq!(names("1"), ("c".to_owned(), 1));
    assert_eq!(names("2"), ("c Mid.ZIP!/x".to_owned(), 1));
    assert_eq!(
        names("3"),
        ("c Mid.ZIP!/x Mid.ZIP!/in.zip!/b/x".to_owned(), 0)
    );
}

#[test]
fn broken_archives_end_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = archive(
        &folder.path().join("a.zip"),
        &[("a.kml", b"some text to deflate")],
    );
    let whole = fs::read(&path).expect("a file");
    for cut in [0, 4, 30, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..cut]).expect("a file");
        assert_eq!(
            unpack(&[], &path),
            Err("archive.broken".to_owned()),
            "{cut}"
        );
    }
    let mut changed = whole.clone();
    changed[40] ^= 0xFF;
    fs::write(&path, &changed).expect("a file");
    assert_eq!(unpack(&[], &path), Err("archive.broken".to_owned()));
    let missing = unpack(&[], &folder.path().join("none.zip"));
    assert_eq!(missing, Err("file.unreadable".to_owned()));
}
