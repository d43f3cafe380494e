//! Documents, and what the reader makes of them.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::io::Cursor;

use wire::{
    CrsSource, Done, Failed, Feature, Finding, Frame, Hello, Limits as StreamLimits, Reader,
};
use worker::gml::{self, Kind, Limits};

/// A stream, sorted.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) hello: Hello,
    pub(crate) features: Vec<Feature>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) end: Result<Done, Failed>,
}

impl Stream {
    /// Returns the findings as `rule line subject`.
    pub(crate) fn rules(&self) -> Vec<String> {
        self.findings
            .iter()
            .map(|finding| {
                format!(
                    "{} {} {}",
                    finding.rule,
                    finding.line.unwrap_or(0),
                    finding.subject.as_deref().unwrap_or("-")
                )
            })
            .collect()
    }

    /// Returns the failure as `kind line`, or `done`.
    pub(crate) fn failure(&self) -> String {
        match &self.end {
            Ok(_) => "done".to_owned(),
            Err(failed) => format!("{} {}", failed.kind, failed.line.unwrap_or(0)),
        }
    }
}

/// Returns the number of polygons of a feature.
pub(crate) fn polygon_count(feature: &Feature) -> usize {
    feature
        .geometry
        .as_polygons()
        .map_or(0, wire::MultiPolygon::polygon_count)
}

pub(crate) fn read_bytes(bytes: &[u8], kind: Kind, limits: &Limits) -> Stream {
    let mut out = Vec::new();
    gml::read(Cursor::new(bytes), kind, limits, &mut out).expect("memory takes everything");
    sorted(&out)
}

pub(crate) fn read(text: &str) -> Stream {
    read_bytes(text.as_bytes(), Kind::Parcel, &Limits::default())
}

pub(crate) fn sorted(bytes: &[u8]) -> Stream {
    let mut reader = Reader::new(bytes, StreamLimits::default());
    let mut stream = Stream {
        hello: Hello {
            format: 0,
            reader: String::new(),
            crs: String::new(),
            wkt: None,
            crs_source: CrsSource::Unknown,
            fields: Vec::new(),
            types: Vec::new(),
            sheet: None,
        },
        features: Vec::new(),
        findings: Vec::new(),
        end: Ok(Done::default()),
    };
    while let Some(frame) = reader.next_frame().expect("the stream is in order") {
        match frame {
            Frame::Hello(hello) => stream.hello = hello,
            Frame::Feature(feature) => stream.features.push(feature),
            Frame::Finding(finding) => stream.findings.push(finding),
            Frame::Progress(_) => {}
            Frame::Failed(failed) => stream.end = Err(failed),
            Frame::Done(done) => stream.end = Ok(done),
        }
    }
    stream
}

pub(crate) const URN: &str = "urn:ogc:def:crs:EPSG::6706";

/// A collection whose first member stands on line 6.
pub(crate) fn collection(members: &str) -> String {
    format!(
        "<?xml version='1.0' encoding=\"UTF-8\" ?>\n<wfs:FeatureCollection\n \
         xmlns:CP=\"http://mapserver.gis.umn.edu/mapserver\"\n \
         xmlns:gml=\"http://www.opengis.net/gml/3.2\"\n \
         xmlns:wfs=\"http://www.opengis.net/wfs/2.0\">\n{members}\n</wfs:FeatureCollection>\n"
    )
}

/// A parcel on one line.
pub(crate) fn parcel(reference: &str, geometry: &str) -> String {
    let label = reference.rsplit('.').next().unwrap_or_default();
    format!(
        "<wfs:member><CP:CadastralParcel gml:id=\"p\"><CP:msGeometry>{geometry}</CP:msGeometry>\
         <CP:INSPIREID_LOCALID>IT.AGE.PLA.{reference}</CP:INSPIREID_LOCALID>\
         <CP:LABEL>{label}</CP:LABEL>\
         <CP:NATIONALCADASTRALREFERENCE>{reference}</CP:NATIONALCADASTRALREFERENCE>\
         <CP:ADMINISTRATIVEUNIT>X001</CP:ADMINISTRATIVEUNIT></CP:CadastralParcel></wfs:member>\n"
    )
}

fn rings(list: &[&str]) -> String {
    list.iter()
        .enumerate()
        .map(|(index, points)| {
            let role = if index == 0 { "exterior" } else { "interior" };
            format!(
                "<gml:{role}><gml:LinearRing><gml:posList srsDimension=\"2\">{points}</gml:posList>\
                 </gml:LinearRing></gml:{role}>"
            )
        })
        .collect()
}

/// A polygon of rings with the latitude first.
pub(crate) fn polygon(list: &[&str]) -> String {
    format!(
        "<gml:Polygon srsName=\"{URN}\">{}</gml:Polygon>",
        rings(list)
    )
}

/// A multi-surface of polygons.
pub(crate) fn multi_surface(polygons: &[&[&str]]) -> String {
    let members: String = polygons
        .iter()
        .map(|list| {
            format!(
                "<gml:surfaceMember><gml:Polygon>{}</gml:Polygon></gml:surfaceMember>",
                rings(list)
            )
        })
        .collect();
    format!("<gml:MultiSurface srsName=\"{URN}\">{members}</gml:MultiSurface>")
}

/// A square of a thousandth of a degree, steps from 9.36 E 45.60 N, latitude first.
pub(crate) fn square(east: u32, north: u32) -> String {
    let at = |origin: f64, steps: u32| origin + f64::from(steps) / 1e3;
    let (x, x1) = (at(9.36, east), at(9.36, east + 1));
    let (y, y1) = (at(45.6, north), at(45.6, north + 1));
    format!("{y:.8} {x:.8} {y:.8} {x1:.8} {y1:.8} {x1:.8} {y1:.8} {x:.8} {y:.8} {x:.8} ")
}

/// Runs the worker.
pub(crate) fn worker(args: &[&str], file: &std::path::Path) -> std::process::Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_mappale-worker"))
        .args(args)
        .arg("--")
        .arg(file)
        .env_clear()
        .output()
        .expect("the worker starts")
}

/// Returns the stream of `vector` with some options.
pub(crate) fn vector(args: &[&str], file: &std::path::Path) -> Stream {
    let output = worker(&[&["vector"], args].concat(), file);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code().is_some_and(|code| code <= 2), "{said}");
    sorted(&output.stdout)
}

/// Returns what `inspect` says, or the failure as `kind: message`.
pub(crate) fn inspect(args: &[&str], file: &std::path::Path) -> Result<wire::Inspection, String> {
    let output = worker(&[&["inspect"], args].concat(), file);
    match content(&output) {
        wire::Content::Inspection(inspection) => Ok(inspection),
        wire::Content::Failed(failed) => Err(format!("{}: {}", failed.kind, failed.message)),
        wire::Content::Unpacked(_) => panic!("not an archive"),
    }
}

/// Returns the document that the worker wrote.
pub(crate) fn content(output: &std::process::Output) -> wire::Content {
    let document = wire::Document::read(&output.stdout[..], &wire::DocumentLimits::default());
    let said = String::from_utf8_lossy(&output.stderr);
    let document = document.unwrap_or_else(|error| panic!("{error}: {} {said}", output.status));
    let is_failed = matches!(document.content, wire::Content::Failed(_));
    assert_eq!(output.status.code(), Some(if is_failed { 2 } else { 0 }));
    document.content
}
