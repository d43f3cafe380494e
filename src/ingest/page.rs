//! The report of a load as a page that needs nothing else, and its findings as a map.

use askama::Template;

use crate::crs::{self, Operation};
use crate::layer::{Definition, PartDetails};
use crate::text::Lang;

use super::report::{Check, CheckStatus, Finding, Report, Severity};

/// What a report is about.
pub struct Reported<'a> {
    /// Definition of the layer.
    pub definition: &'a Definition,
    /// Name of the comune.
    pub comune: &'a str,
    /// The version with its stored report.
    pub part: &'a PartDetails,
    /// Rings of the boundary of the comune in the CRS of the version; empty where none is known.
    pub boundary: &'a [Vec<[f64; 2]>],
}

/// Language of the page, with its sentences.
struct Words {
    lang: Lang,
}

impl Words {
    fn t(&self, key: &str) -> String {
        self.lang.text(key)
    }
}

#[derive(Template)]
#[template(path = "report/load.html")]
struct Page {
    page: Words,
    layer: String,
    title: String,
    comune: String,
    version: i32,
    loaded: String,
    verdict: String,
    verdict_class: &'static str,
    features: u64,
    left_out: u64,
    files: Vec<File>,
    operation: Option<Operation>,
    accuracy: String,
    grids: String,
    checks: Vec<CheckRow>,
    map: Option<FindingsMap>,
    findings: Vec<FindingRow>,
    finding_count: u64,
}

struct File {
    name: String,
    bytes: u64,
    sha256: String,
}

struct CheckRow {
    class: &'static str,
    outcome: String,
    rule: String,
    count: u64,
    message: String,
}

struct FindingRow {
    number: usize,
    class: &'static str,
    severity: String,
    rule: String,
    place: String,
    message: String,
}

/// A map of findings, in pixels.
pub struct FindingsMap {
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Path of the boundary of the comune; empty where none is known.
    pub outline: String,
    /// The places of findings.
    pub marks: Vec<FindingMark>,
}

/// The place of a finding on the map.
pub struct FindingMark {
    /// Its place in the list of findings, from 1.
    pub number: usize,
    /// The word of its severity.
    pub class: &'static str,
    /// Its path: a triangle for an error, a circle for what weighs less.
    pub path: String,
    /// The finding in a sentence.
    pub title: String,
}

/// The stored report of a version.
///
/// Reports of older versions of the program lack what was not asked then.
pub fn stored_report(part: &PartDetails) -> Report {
    serde_json::from_value(part.report.clone()).unwrap_or_default()
}

/// The report of a version as an HTML page that needs no other file.
///
/// # Errors
/// Where the page cannot be put together.
pub fn report_page(reported: &Reported<'_>, lang: Lang) -> Result<String, askama::Error> {
    let part = reported.part;
    let report = stored_report(part);
    let words = Words { lang };
    let (verdict, verdict_class) = if part.has_errors() {
        (words.t("load-has-errors"), "error")
    } else {
        (words.t("load-no-errors"), "passed")
    };
    let operation: Option<Operation> = serde_json::from_value(part.operation.clone()).ok();
    let unknown = words.t("load-unknown");
    let accuracy = operation
        .as_ref()
        .and_then(|operation| operation.accuracy_m)
        .map_or_else(|| unknown.clone(), |metres| format!("{metres} m"));
    let grids = match operation
        .as_ref()
        .map(|operation| operation.grids.join(", "))
    {
        Some(names) if !names.is_empty() => names,
        _ => words.t("load-none"),
    };
    let title = match lang {
        Lang::It => &reported.definition.title.it,
        Lang::En => &reported.definition.title.en,
    };
    let findings = report.findings.iter().enumerate();
    let page = Page {
        layer: reported.definition.id.clone(),
        title: title.clone(),
        comune: reported.comune.to_owned(),
        version: part.version,
        loaded: part.loaded_at.strftime("%F %R UTC").to_string(),
        verdict,
        verdict_class,
        features: report.features,
        left_out: report.left_out,
        files: files(part),
        accuracy,
        grids,
        operation,
        checks: report
            .checks
            .iter()
            .map(|check| row(check, &words))
            .collect(),
        map: findings_map(part.srid, reported.boundary, &report),
        findings: findings
            .map(|(at, found)| finding_row(at + 1, found, &words))
            .collect(),
        finding_count: report.finding_count,
        page: words,
    };
    page.render()
}

fn files(part: &PartDetails) -> Vec<File> {
    let files = part.files.as_array().into_iter().flatten();
    files
        .map(|file| {
            let text = |key: &str| file[key].as_str().unwrap_or_default().to_owned();
            let name = match file["member"].as_str() {
                Some(member) => format!("{}!/{member}", text("name")),
                None => text("name"),
            };
            File {
                name,
                bytes: file["bytes"].as_u64().unwrap_or_default(),
                sha256: text("sha256"),
            }
        })
        .collect()
}

const fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

fn word(severity: Severity, words: &Words) -> String {
    match severity {
        Severity::Info => words.lang.text("load-info"),
        Severity::Warning => words.lang.text("load-warning"),
        Severity::Error => words.lang.text("load-error"),
    }
}

fn row(check: &Check, words: &Words) -> CheckRow {
    let (class, outcome) = match (check.status, check.severity) {
        (CheckStatus::Passed, _) => ("passed", words.lang.text("load-passed")),
        (CheckStatus::NoData, _) => ("no_data", words.lang.text("load-no-data")),
        (CheckStatus::Failed, severity) => {
            let severity = severity.unwrap_or(Severity::Warning);
            (class(severity), word(severity, words))
        }
    };
    CheckRow {
        class,
        outcome,
        rule: check.rule.clone(),
        count: check.count,
        message: check.message.clone(),
    }
}

fn finding_row(number: usize, finding: &Finding, words: &Words) -> FindingRow {
    let line = finding
        .line
        .map_or_else(String::new, |line| format!(":{line}"));
    let place = finding
        .place
        .map_or_else(String::new, |[lon, lat]| format!(" {lon:.6} {lat:.6}"));
    FindingRow {
        number,
        class: class(finding.severity),
        severity: word(finding.severity, words),
        rule: finding.rule.clone(),
        place: format!("{}{line}{place}", finding.file),
        message: finding.message.clone(),
    }
}

/// Width of the map and its height at most, in pixels; and the space around it.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 720.0;
const MARGIN: f64 = 16.0;

/// The places of findings over the boundary of the comune; none without a place.
///
/// `boundary` is in the CRS of the EPSG code `srid`.
pub fn findings_map(srid: i32, boundary: &[Vec<[f64; 2]>], report: &Report) -> Option<FindingsMap> {
    let mut places: Vec<(usize, &Finding, [f64; 2])> = Vec::new();
    for (at, finding) in report.findings.iter().enumerate() {
        let Some(place) = finding.place else { continue };
        let mut point = [place];
        let moved = crs::with_transformation(crs::LON_LAT, srid, |t| t.apply_to(&mut point));
        if matches!(moved, Ok(Ok(()))) {
            places.push((at + 1, finding, point[0]));
        }
    }
    if places.is_empty() {
        return None;
    }
    let outline = boundary.iter().flatten();
    let all = places.iter().map(|(_, _, place)| place).chain(outline);
    let [mut west, mut south, mut east, mut north] = [
        f64::INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    ];
    for [x, y] in all {
        (west, east) = (west.min(*x), east.max(*x));
        (south, north) = (south.min(*y), north.max(*y));
    }
    // A single place is drawn as it would be in a box of 100 m.
    let (wide, high) = ((east - west).max(100.0), (north - south).max(100.0));
    let scale = ((WIDTH - 2.0 * MARGIN) / wide).min((HEIGHT - 2.0 * MARGIN) / high);
    let at = |[x, y]: [f64; 2]| (MARGIN + (x - west) * scale, MARGIN + (north - y) * scale);
    let mut outline = String::new();
    for ring in boundary {
        for (index, point) in ring.iter().enumerate() {
            let (x, y) = at(*point);
            let step = if index == 0 { 'M' } else { 'L' };
            outline.push_str(&format!("{step}{x:.1} {y:.1}"));
        }
        outline.push('Z');
    }
    let marks = places
        .iter()
        .map(|(number, finding, place)| {
            let (x, y) = at(*place);
            let path = match finding.severity {
                // A triangle, so that not the colour alone tells.
                Severity::Error => format!("M{x:.1} {:.1}l6 11h-12z", y - 7.0),
                Severity::Warning | Severity::Info => {
                    format!("M{:.1} {y:.1}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z", x - 5.0)
                }
            };
            FindingMark {
                number: *number,
                class: class(finding.severity),
                path,
                title: finding.message.clone(),
            }
        })
        .collect();
    Some(FindingsMap {
        width: (wide * scale + 2.0 * MARGIN).round(),
        height: (high * scale + 2.0 * MARGIN).round(),
        outline,
        marks,
    })
}

/// The findings that have a place as GeoJSON (RFC 7946).
pub fn findings_geojson(report: &Report) -> serde_json::Value {
    let features: Vec<serde_json::Value> = report
        .findings
        .iter()
        .filter_map(|finding| {
            let [lon, lat] = finding.place?;
            Some(serde_json::json!({
                "type": "Feature",
                "geometry": { "type": "Point", "coordinates": [lon, lat] },
                "properties": {
                    "rule": finding.rule,
                    "severity": class(finding.severity),
                    "file": finding.file,
                    "line": finding.line,
                    "subject": finding.subject,
                    "message": finding.message,
                },
            }))
        })
        .collect();
    serde_json::json!({ "type": "FeatureCollection", "features": features })
}
