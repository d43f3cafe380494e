//! Bytes that nobody meant: two readers as plain functions over bytes, driven by a corpus and
//! mutations of it on the stable toolchain. Executions are counted; the seed is in the message.

mod support;

use std::io::Cursor;

use support::{collection, multi_surface, parcel, polygon, square};
use wire::{Frame, Limits as WireLimits, Reader};
use worker::gml::{self, Kind, Limits};

/// Feeds bytes to the reader of the worker's stream; the frames that came out.
fn wire_stream(bytes: &[u8]) -> usize {
    let limits = WireLimits {
        stream_bytes: 1 << 16,
        frame_bytes: 1 << 14,
        feature_vertices: 2_000,
        vertices: 4_000,
        features: 100,
        findings: 100,
        ..WireLimits::default()
    };
    let mut reader = Reader::new(bytes, limits);
    let mut frames = 0;
    let (mut features, mut vertices) = (0, 0);
    while let Ok(Some(frame)) = reader.next_frame() {
        frames += 1;
        if let Frame::Feature(feature) = frame {
            features += 1;
            vertices += feature.geometry.vertex_count();
            assert!(
                feature
                    .geometry
                    .points()
                    .iter()
                    .flatten()
                    .all(|c| c.is_finite())
            );
        }
    }
    assert!(features <= 100 && vertices <= 4_000);
    assert!(reader.offset() <= bytes.len() as u64);
    frames
}

/// Feeds bytes to the reader of the national cadastre; what it writes must be a whole stream.
fn cadastre_gml(bytes: &[u8]) -> usize {
    let limits = Limits {
        feature_vertices: 500,
        vertices: 5_000,
        features: 50,
        comparisons: 50_000,
        ..Limits::default()
    };
    let mut written = Vec::new();
    gml::read(Cursor::new(bytes), Kind::Parcel, &limits, &mut written).expect("memory is written");
    let mut reader = Reader::new(written.as_slice(), WireLimits::default());
    let mut frames = 0;
    let mut last = None;
    loop {
        match reader.next_frame() {
            Ok(Some(frame)) => last = Some(frame),
            Ok(None) => break,
            Err(error) => panic!("frame {frames} of its own stream: {error}"),
        }
        frames += 1;
    }
    assert!(
        matches!(last, Some(Frame::Done(_) | Frame::Failed(_))),
        "{last:?}"
    );
    frames
}

/// Documents from which mutations start.
fn documents() -> Vec<Vec<u8>> {
    let (first, second) = (square(0, 0), square(3, 0));
    let one = polygon(&[&first]);
    let two = multi_surface(&[&[&first], &[&second]]);
    let texts = [
        collection(&parcel("X001_000100.7", &one)),
        collection(&(parcel("X001_000100.7", &one) + &parcel("X001_0003A0.B", &one))),
        collection(&parcel("X001_000100.STRADA001", &two)),
        "<a xmlns:b='c'><!-- d --><![CDATA[e]]>&#233;&amp;</a>".to_owned(),
        String::new(),
    ];
    texts.into_iter().map(String::into_bytes).collect()
}

/// Streams from which mutations start: what the reader makes of the documents.
fn streams() -> Vec<Vec<u8>> {
    let documents = documents();
    let written = documents.iter().map(|document| {
        let mut written = Vec::new();
        let limits = Limits::default();
        gml::read(Cursor::new(document), Kind::Parcel, &limits, &mut written)
            .expect("memory is written");
        written
    });
    written.collect()
}

/// Pieces that readers of text and of lengths stumble over.
const PIECES: [&[u8]; 18] = [
    b"<",
    b"</",
    b"/>",
    b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
    b"&b;",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"\0",
    b"\xFF\xFE",
    b"\xF0\x9F",
    b"NaN",
    b"1e999",
    b"-",
    b" ",
    b"\xFF\xFF\xFF\xFF",
    b"\x00\x00\x00\x80",
    b"<gml:posList>",
];

/// A small generator of numbers, the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or_default() % most.max(1)
    }
}

fn mutated(corpus: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = corpus[random.below(corpus.len())].clone();
    for _ in 0..=random.below(6) {
        let at = random.below(bytes.len() + 1);
        let to = (at + random.below(40)).min(bytes.len());
        match random.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).unwrap_or(0),
            2 => drop(bytes.drain(at..to)),
            3 => {
                let piece = bytes[at..to].to_vec();
                let where_to = random.below(bytes.len() + 1);
                bytes.splice(where_to..where_to, piece);
            }
            4 => {
                let piece = PIECES[random.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            5 => {
                let other = &corpus[random.below(corpus.len())];
                let from = random.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => bytes.truncate(at),
        }
        bytes.truncate(1 << 15);
    }
    bytes
}

/// Drives a target; an input that leads further than any before it joins the corpus.
fn drive(target: fn(&[u8]) -> usize, mut corpus: Vec<Vec<u8>>, seed: u64, executions: usize) {
    let mut random = Random(seed);
    let mut seen = std::collections::HashSet::new();
    let mut done = 0;
    for input in corpus.clone() {
        seen.insert(target(&input));
    }
    while done < executions {
        let input = mutated(&corpus, &mut random);
        let result = std::panic::catch_unwind(|| target(&input));
        done += 1;
        match result {
            Ok(depth) if seen.insert(depth) && corpus.len() < 200 => corpus.push(input),
            Ok(_) => {}
            Err(_) => panic!("execution {done} of seed {seed}: {}", input.escape_ascii()),
        }
    }
    assert_eq!(done, executions);
    // Mutations that all died at the first byte would prove nothing.
    assert!(seen.len() > 2, "only {seen:?} frames were ever seen");
}

#[test]
fn changed_streams_are_read_or_refused() {
    drive(wire_stream, streams(), 0x5eed_0001, 5_000);
}

#[test]
fn changed_documents_are_read_or_refused() {
    drive(cadastre_gml, documents(), 0x5eed_0002, 3_000);
}

/// The long tests are told by the path of their names.
mod fuzzing {
    use super::{cadastre_gml, documents, drive, streams, wire_stream};

    #[test]
    fn long_three_hundred_thousand_streams() {
        drive(wire_stream, streams(), 0x5eed_0003, 300_000);
    }

    #[test]
    fn long_three_hundred_thousand_documents() {
        drive(cadastre_gml, documents(), 0x5eed_0004, 300_000);
    }
}

/// The driver finds what is to be found: a target that fails on three bytes in a row.
#[test]
#[should_panic(expected = "execution")]
fn a_broken_target_is_found() {
    fn broken(bytes: &[u8]) -> usize {
        assert!(!bytes.windows(3).any(|three| three == b"NaN"));
        bytes.len()
    }
    drive(broken, documents(), 1, 5_000);
}
