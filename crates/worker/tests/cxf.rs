//! The reader of CXF: the grammar, dirty files, features, SUP, and that no bytes break it.

use std::path::PathBuf;

use wire::{CoordinateFamily, Done, Failed, Feature, Finding, Frame, Hello, Severity};
use worker::cxf::{self, Class, MapKind, Options, Sheet};

fn real(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("MAPPALE_GEODATA")?;
    Some(PathBuf::from(folder).join(name)).filter(|path| path.is_file())
}

fn parse(text: &str) -> Sheet {
    cxf::parse(text.as_bytes()).expect("is CXF")
}

/// A square of ten metres with a code, as records.
fn square(code: &str, x: f64, y: f64) -> String {
    let (e, n) = (x + 10.0, y + 10.0);
    format!(
        "BORDO\r\n{code}\r\n  18\r\n       0.000\r\n{x:12.3}\r\n{y:12.3}\r\n{x:12.3}\r\n{y:12.3}\r\n   0\r\n   5\r\n\
         {x:12.3}\r\n{y:12.3}\r\n{e:12.3}\r\n{y:12.3}\r\n{e:12.3}\r\n{n:12.3}\r\n{x:12.3}\r\n{n:12.3}\r\n{x:12.3}\r\n{y:12.3}\r\n"
    )
}

fn map(elements: &str) -> String {
    format!("MAPPA\r\nX001_000100\r\n    1000.000\r\n{elements}EOF\r\n")
}

struct Stream {
    hello: Hello,
    features: Vec<Feature>,
    findings: Vec<Finding>,
    end: Result<Done, Failed>,
}

fn stream(bytes: &[u8], classes: &[Class], name: Option<&str>) -> Stream {
    let options = Options {
        classes: classes.to_vec(),
        name: name.map(str::to_owned),
        ..Options::default()
    };
    let mut written = Vec::new();
    cxf::read_bytes(bytes, &options, &mut written).expect("memory takes everything");
    let mut reader = wire::Reader::new(written.as_slice(), wire::Limits::default());
    let (mut hello, mut features, mut findings, mut end) = (None, Vec::new(), Vec::new(), None);
    while let Some(frame) = reader.next_frame().expect("the stream is in order") {
        match frame {
            Frame::Hello(frame) => hello = Some(frame),
            Frame::Feature(feature) => features.push(feature),
            Frame::Finding(finding) => findings.push(finding),
            Frame::Progress(_) => {}
            Frame::Failed(failed) => end = Some(Err(failed)),
            Frame::Done(done) => end = Some(Ok(done)),
        }
    }
    Stream {
        hello: hello.expect("a stream starts with it"),
        features,
        findings,
        end: end.expect("a stream ends with it"),
    }
}

impl Stream {
    fn values(&self, field: &str) -> Vec<Option<String>> {
        let at = self.hello.fields.iter().position(|name| name == field);
        let at = at.expect("the field is there");
        self.features.iter().map(|f| f.values[at].clone()).collect()
    }

    fn texts(&self, field: &str) -> Vec<String> {
        self.values(field).into_iter().flatten().collect()
    }

    fn has(&self, rule: &str) -> bool {
        self.findings.iter().any(|finding| finding.rule == rule)
    }
}

#[test]
fn every_element_of_the_grammar_is_read() {
    let Some(path) = real("synthetic_edge_Z999_000100.cxf") else {
        return;
    };
    let bytes = std::fs::read(path).expect("can be read");
    let sheet = cxf::parse(&bytes).expect("is CXF");
    assert_eq!(sheet.kind, MapKind::Map);
    assert_eq!(sheet.name, "Z999_000100");
    assert_eq!(sheet.scale, Some(2000.0));
    assert_eq!(sheet.notes, []);
    let counts = [
        sheet.borders.len(),
        sheet.texts.len(),
        sheet.symbols.len(),
        sheet.fiducials.len(),
        sheet.lines.len(),
        sheet.rasters.len(),
        sheet.booklets.len(),
    ];
    assert_eq!(counts, [9, 3, 2, 2, 2, 1, 1]);
    assert_eq!(sheet.borders[0].rings.len(), 2);
    assert_eq!(sheet.borders[0].rings[1][0], [-13940.0, 49060.0]);
    let outside: Vec<bool> = sheet.texts.iter().map(|text| text.outside).collect();
    assert_eq!(outside, [false, false, true]);
    assert!(sheet.symbols[1].outside && sheet.fiducials[1].outside && sheet.lines[1].outside);
    assert_eq!(sheet.fiducials[1].number, "12");
    assert_eq!(sheet.lines[1].points.len(), 2);
    assert_eq!(sheet.rasters[0].corners[3], [-13900.0, 49100.0]);

    let parcels = stream(&bytes, &[Class::Parcel, Class::Road, Class::Water], None);
    assert_eq!(
        parcels.texts("NATIONALCADASTRALREFERENCE"),
        [
            "Z999_000100.1",
            "Z999_000100.X0001",
            "Z999_000100.STRADA001",
            "Z999_000100.ACQUA001",
            "Z999_000100.123/A",
            "Z999_000100.B",
        ]
    );
    let sheet = parcels.hello.sheet.as_ref().expect("it is a sheet");
    assert_eq!(sheet.family, CoordinateFamily::Local);
    // The number that two areas have is one parcel: the second fills the island of the first.
    let first = &parcels.features[0];
    assert_eq!((first.members, first.invalid), (2, None));
    assert!(parcels.has("feature.dissolved"));
    let bow = parcels.features.last().expect("is there");
    assert!(bow.invalid.is_some());
    let buildings = stream(&bytes, &[Class::Building], None);
    assert_eq!(buildings.texts("BUILDINGREFERENCE"), ["Z999_000100.1+"]);
    assert_eq!(
        buildings.texts("NATIONALCADASTRALREFERENCE"),
        ["Z999_000100.1"]
    );
    let border = stream(&bytes, &[Class::Border], None);
    assert_eq!(
        border.texts("NATIONALCADASTRALZONINGREFERENCE"),
        ["Z999_000100"]
    );
    for (class, count) in [
        (Class::Text, 3),
        (Class::Symbol, 2),
        (Class::Line, 2),
        (Class::Fiducial, 2),
        (Class::Raster, 1),
        (Class::Booklet, 1),
    ] {
        let found = stream(&bytes, &[class], None);
        assert_eq!(found.features.len(), count, "{class:?}");
        assert!(found.end.is_ok());
    }
}

#[test]
fn a_file_without_name_scale_and_end_is_read_with_warnings() {
    let Some(path) = real("amefad_test_malformed.cxf") else {
        return;
    };
    let bytes = std::fs::read(path).expect("can be read");
    let sheet = cxf::parse(&bytes).expect("is CXF");
    assert_eq!((sheet.borders.len(), sheet.broken), (3, 0));
    let rules: Vec<(&str, u64)> = sheet.notes.iter().map(|n| (n.rule, n.line)).collect();
    assert_eq!(
        rules,
        [("cxf.header", 2), ("cxf.header", 3), ("cxf.no_eof", 68)]
    );
    let unnamed = stream(&bytes, &[Class::Parcel], None);
    let failed = unnamed.end.expect_err("no sheet is named");
    assert!(failed.message.contains("comune"), "{failed:?}");
    let named = stream(
        &bytes,
        &[Class::Parcel, Class::Building],
        Some("Z998_001200"),
    );
    assert_eq!(
        named.texts("NATIONALCADASTRALREFERENCE"),
        ["Z998_001200.30", "Z998_001200.30"]
    );
    assert_eq!(named.features[1].members, 2);
    assert!(named.has("cxf.no_border"));
}

#[test]
fn what_is_broken_is_told_with_its_line_and_the_rest_is_read() {
    let [a, b] = [square("1", 0.0, 0.0), square("2", 10.0, 0.0)];
    // Every way to break the first square leaves the second.
    let lines: Vec<&str> = a.lines().collect();
    for (at, with) in [
        (2, "x"),
        (5, ""),
        (8, "-1"),
        (8, "1.5"),
        (9, "5000000"),
        (9, "4"),
        (9, "6"),
        (12, "BORDO"),
        (15, "1e400"),
        (15, "nan"),
    ] {
        let mut broken = lines.clone();
        broken[at] = with;
        let sheet = parse(&map(&format!("{}\r\n{b}", broken.join("\r\n"))));
        let codes: Vec<&str> = sheet.borders.iter().map(|b| b.code.as_str()).collect();
        assert!(codes.contains(&"2"), "{at} {with}: {codes:?}");
        assert!(!sheet.notes.is_empty(), "{at} {with}");
        let line = sheet.notes[0].line;
        assert!((4..=25).contains(&line), "{at} {with}: {:?}", sheet.notes);
    }
    // A file that is cut off anywhere keeps what was whole.
    let whole = map(&format!("{a}{b}"));
    let starts = whole.find("\r\n2\r\n").expect("the second square");
    for end in (starts..whole.len()).step_by(7) {
        let sheet = parse(&whole[..end]);
        assert_eq!(sheet.borders[0].code, "1", "{end}");
        if end < whole.len() - 5 {
            assert!(sheet.notes.iter().any(|n| n.rule == "cxf.no_eof"), "{end}");
        }
    }
    for text in ["", "\r\n\r\n", "PK\u{3}\u{4}", "hello\nworld\n", "{}"] {
        let failed = cxf::parse(text.as_bytes()).expect_err(text);
        assert_eq!(failed.kind.as_str(), "format.not_cxf");
    }
}

#[test]
fn line_ends_and_letters_do_not_matter() {
    let text = map(&format!(
        "{}TESTO\r\nCITT\u{c0}\r\n  18\r\n       0.000\r\n       1.000\r\n       2.000\r\n",
        square("1", 0.0, 0.0)
    ));
    let expected = parse(&text);
    assert_eq!(expected.texts[0].text, "CITTÀ");
    let latin: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("Latin"))
        .collect();
    for bytes in [
        latin,
        text.replace("\r\n", "\n").into_bytes(),
        text.replace("\r\n", "\r").into_bytes(),
        text.replace("\r\n", " \r\r\n").into_bytes(),
        text.replace("BORDO", "bordo").into_bytes(),
    ] {
        assert_eq!(cxf::parse(&bytes).expect("is CXF"), expected);
    }
}

#[test]
fn the_other_kinds_of_map_are_told() {
    let land = format!(
        "MAPPA FONDIARIO\r\nX001_000100\r\n1000\r\n{}{}{}EOF\r\n",
        square("S12", 0.0, 0.0),
        square("A3", 10.0, 0.0),
        square(".7", 20.0, 0.0)
    );
    let found = stream(
        land.as_bytes(),
        &[Class::Parcel, Class::Road, Class::Water],
        None,
    );
    assert_eq!(
        found.texts("NATIONALCADASTRALREFERENCE"),
        [
            "X001_000100.STRADA012",
            "X001_000100.ACQUA003",
            "X001_000100..7"
        ]
    );
    for header in [
        "QUADRO D'UNIONE",
        "QUADRO D\u{2019}UNIONE",
        "Quadro d' unione",
    ] {
        let all = format!(
            "{header}\r\nX001_1234QU\r\n10000\r\n{}{}EOF\r\n",
            square("X001_000100", 0.0, 0.0),
            square("X001_0002A0", 10.0, 0.0)
        );
        let found = stream(all.as_bytes(), &[Class::Index], None);
        assert_eq!(
            found.texts("NATIONALCADASTRALZONINGREFERENCE"),
            ["X001_000100", "X001_0002A0"],
            "{header}"
        );
        assert_eq!(found.texts("LABEL"), ["000100", "0002A0"]);
    }
}

#[test]
fn labels_stand_where_the_map_writes_them_and_inner_points_are_distrusted() {
    let mut text = square("123", 0.0, 0.0);
    // Lower left corner of the label at 4, 4; the inner point four kilometres off.
    let place = "       0.000\r\n       0.000\r\n       0.000\r\n       0.000\r\n   0\r\n";
    assert!(text.contains(place));
    text = text.replace(
        place,
        "       4.000\r\n       4.000\r\n    4000.000\r\n    4000.000\r\n   0\r\n",
    );
    let found = stream(map(&text).as_bytes(), &[Class::Parcel], None);
    // 1.8 mm at 1:1000 are 1.8 m; three letters of 0.6 times that are 3.24 m.
    assert_eq!(found.texts("LABEL_X"), ["5.6200"]);
    assert_eq!(found.texts("LABEL_Y"), ["4.9000"]);
    let warned = found
        .findings
        .iter()
        .find(|f| f.rule == "cxf.interior_point");
    let warned = warned.expect("is told");
    assert!(warned.message.contains("1 of 1"), "{warned:?}");
    assert_eq!(warned.severity, Severity::Warning);
}

#[test]
fn a_sup_beside_the_map_is_compared() {
    let folder = tempfile::tempdir().expect("can be made");
    let path = folder.path().join("X001_000100.cxf");
    let border = square("X001_000100", 0.0, 0.0);
    std::fs::write(&path, map(&format!("{border}{}", square("7", 0.0, 0.0)))).expect("written");
    let row = |word: &str, value: u32| format!("{word:<11}{value:>10}\r\n");
    for (area, rule, severity) in [
        (100, "sup.compared", Severity::Info),
        (112, "sup.area", Severity::Warning),
    ] {
        let sup = [
            "X001_000100  20260131\r\n".to_owned(),
            row("N.PARTIC", 1),
            row("7", area),
            row("TOTALE", 100),
            row("CONFINE", 100),
            row("SBILANCIO", 0),
        ];
        std::fs::write(path.with_extension("SUP"), sup.concat()).expect("written");
        let inspection = cxf::inspect(&path, None, None).expect("is CXF");
        let found = inspection.findings.iter().find(|f| f.rule == rule);
        assert_eq!(found.map(|f| f.severity), Some(severity), "{inspection:?}");
    }
    let inspection = cxf::inspect(&path, None, None).expect("is CXF");
    assert!(
        inspection.findings[0]
            .message
            .contains("comune X001, sheet 1")
    );
    assert!(inspection.findings[1].message.contains("Cassini-Soldner"));
    let counts: Vec<(&str, u64)> = inspection
        .layers
        .iter()
        .map(|layer| (layer.name.as_str(), layer.features))
        .collect();
    assert_eq!(counts, [("parcel", 1), ("border", 1)]);
}

/// A small generator of pseudo-random numbers (xorshift), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most.max(1) as u64).unwrap_or_default()
    }
}

/// Changes a file: bytes, records and elements, cut, doubled, exchanged, made extreme.
fn mutated(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = seed.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    const ODD: [&str; 16] = [
        "",
        "BORDO",
        "TESTO\\",
        "EOF",
        "MAPPA",
        "QUADRO D'UNIONE",
        "999999999",
        "-1",
        "1e308",
        "0",
        "4294967296",
        "STRADA",
        "X001_000100",
        "1+",
        "\u{e0}",
        "LINEA",
    ];
    for _ in 0..=random.below(6) {
        let at = random.below(lines.len());
        match random.below(7) {
            0 => lines[at] = ODD[random.below(ODD.len())].as_bytes().to_vec(),
            1 => {
                lines.remove(at);
                if lines.is_empty() {
                    lines.push(Vec::new());
                }
            }
            2 => {
                let copy = lines[at].clone();
                lines.insert(at, copy);
            }
            3 => {
                let other = random.below(lines.len());
                lines.swap(at, other);
            }
            4 => lines.truncate(at + 1),
            5 => {
                let byte = u8::try_from(random.below(256)).unwrap_or_default();
                let line = &mut lines[at];
                let place = random.below(line.len() + 1);
                line.insert(place, byte);
            }
            _ => {
                let number = random.below(40_000);
                lines[at] = format!("{}.{:03}", number / 2, number % 1000).into_bytes();
            }
        }
    }
    lines.join(&b'\n')
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![
        map(&format!(
            "{}{}{}{}TESTO\\\r\nALLA\r\n18\r\n0\r\n1\r\n1\r\nSIMBOLO\r\n9\r\n0\r\n1\r\n1\r\n\
             FIDUCIALE\r\n5\r\n20\r\n1\r\n1\r\n2\r\n2\r\nLINEA\r\n1\r\n2\r\n0\r\n0\r\n1\r\n1\r\n\
             RIFERIMENTO_RASTER\r\na.tif\r\n0\r\n0\r\n0\r\n1\r\n1\r\n1\r\n1\r\n0\r\n\
             LIBRETTO\r\n0\r\n1\r\n2\r\n0\r\n0\r\n1\r\n1\r\n",
            square("X001_000100", 0.0, 0.0),
            square("1", 0.0, 0.0),
            square("1+", 0.0, 0.0),
            square("STRADA", 10.0, 0.0),
        ))
        .into_bytes(),
        b"X001_000100  20260101\r\nN.PARTIC            2\r\n1                 101\r\n".to_vec(),
    ];
    for name in [
        "synthetic_edge_Z999_000100.cxf",
        "amefad_test_malformed.cxf",
    ] {
        let found = real(name).and_then(|path| std::fs::read(path).ok());
        seeds.extend(found);
    }
    seeds
}

/// Runs the fuzz function; returns how often it ran.
fn fuzzed(executions: u64, start: u64) -> u64 {
    let seeds = seeds();
    let mut random = Random(start);
    let mut ran = 0;
    let mut last = seeds[0].clone();
    for _ in 0..executions {
        // Sometimes what was changed is changed again.
        let seed = match random.below(3) {
            0 => last.clone(),
            _ => seeds[random.below(seeds.len())].clone(),
        };
        last = mutated(&seed, &mut random);
        if last.len() > 20_000 {
            last.clone_from(&seeds[0]);
        }
        cxf::fuzz(&last);
        ran += 1;
    }
    ran
}

#[test]
fn no_bytes_break_it() {
    assert_eq!(fuzzed(3_000, 0x5eed_0001), 3_000);
}

#[test]
#[ignore = "takes minutes"]
fn long_no_bytes_break_it_in_a_million_executions() {
    let executions = std::env::var("MAPPALE_FUZZ")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    let threads: Vec<_> = (0..2)
        .map(|n| std::thread::spawn(move || fuzzed(executions / 2, 0x5eed_1000 + n)))
        .collect();
    let ran: u64 = threads
        .into_iter()
        .map(|thread| thread.join().expect("no execution panics"))
        .sum();
    assert_eq!(ran, executions / 2 * 2);
}

#[test]
fn a_comune_of_26_sheets_is_parsed_whole() {
    let mut parcels = 0;
    for sheet in 0..26 {
        let mut text = String::new();
        for number in 0..577 {
            let (x, y) = (f64::from(number % 25) * 10.0, f64::from(number / 25) * 10.0);
            text += &square(&(number + 1).to_string(), x, y);
        }
        let file = format!("MAPPA\r\nX001_{:04}00\r\n1000\r\n{text}EOF\r\n", sheet + 1);
        let found = stream(file.as_bytes(), &[Class::Parcel], None);
        parcels += found.features.len();
    }
    assert_eq!(parcels, 26 * 577);
}
