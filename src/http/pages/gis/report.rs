//! `/gis/livelli/{layer}/{version}`: a version with its report, rule by rule and on a map.

use std::collections::HashMap;

use askama::Template;
use axum::Json;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::crs::Operation;
use crate::gis::{self, Picture};
use crate::ingest::{
    CheckStatus, Finding, FindingsMap, Report, Severity, boundary_outline, findings_geojson,
    findings_geopackage, findings_map, stored_report,
};
use crate::layer::{DefinitionFile, PartDetails, part_details};
use crate::text::NumberFormat as _;

use super::super::super::error::Failure;
use super::super::super::extract::Visit;
use super::super::failure::{html, show};
use super::super::party::personal;
use super::super::present;
use super::super::view::PageView;
use super::{Staff, connection, crumb, layer_crumb, layer_of, staff, words};

/// Findings of a rule that the page shows.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "gis/report.html")]
struct Page {
    page: PageView,
    base: String,
    files: Vec<(String, String, String)>,
    operation: Option<Operation>,
    accuracy: String,
    grids: String,
    picture: Option<Picture>,
    boundary: String,
    features: String,
    report: ReportView,
}

/// A report as templates show it.
pub(super) struct ReportView {
    pub(super) has_errors: bool,
    pub(super) left_out: u64,
    pub(super) rules: Vec<RuleView>,
    pub(super) passed: Vec<(String, String)>,
    pub(super) map: Option<FindingsMap>,
    pub(super) kept: usize,
    pub(super) all: u64,
}

/// A rule that found something.
pub(super) struct RuleView {
    pub(super) rule: String,
    pub(super) class: &'static str,
    pub(super) outcome: String,
    pub(super) count: u64,
    pub(super) message: String,
    pub(super) meaning: String,
    pub(super) remedy: String,
    pub(super) findings: Vec<FindingView>,
    pub(super) more: usize,
}

pub(super) struct FindingView {
    pub(super) number: usize,
    pub(super) place: String,
    pub(super) message: String,
    pub(super) map_url: Option<String>,
}

/// `GET /gis/livelli/{layer}/{version}`.
pub(super) async fn page(visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    let page = report_page(&visit, &names).await;
    personal(show(&visit, page))
}

async fn version_of(
    visit: &Visit,
    names: &HashMap<String, String>,
) -> Result<(Staff, std::sync::Arc<DefinitionFile>, PartDetails), Failure> {
    let staff = staff(visit)?;
    let file = layer_of(visit, names)?;
    let missing = || Failure::NotFound("there is no such version".into());
    let version = names.get("version").and_then(|text| text.parse().ok());
    let version: i32 = version.ok_or_else(missing)?;
    let mut connection = connection(visit).await?;
    let id = &file.definition.id;
    let part = part_details(&mut connection, id, staff.comune.id, Some(version)).await?;
    Ok((staff, file, part))
}

async fn report_page(visit: &Visit, names: &HashMap<String, String>) -> Result<Response, Failure> {
    let (staff, file, part) = version_of(visit, names).await?;
    let lang = visit.lang;
    let mut connection = connection(visit).await?;
    let boundary = boundary_outline(&mut connection, &staff.comune).await;
    let boundary = boundary.map_err(gis::Error::from)?;
    let picture = gis::part_picture(&mut connection, &file.definition, part.part_id).await?;
    let operation: Option<Operation> = serde_json::from_value(part.operation.clone()).ok();
    let accuracy = operation
        .as_ref()
        .and_then(|operation| operation.accuracy_m)
        .map_or_else(
            || lang.text("load-unknown"),
            |metres| format!("{} m", lang.number(metres, 2)),
        );
    let grids = operation
        .as_ref()
        .map(|operation| operation.grids.join(", "));
    let grids = grids
        .filter(|names| !names.is_empty())
        .unwrap_or_else(|| lang.text("load-none"));
    let title = lang.text_with(
        "gis-version",
        &[("version", part.version.to_string().as_str().into())],
    );
    let mut page = present::page(visit, &title);
    page.crumbs = vec![crumb(visit), layer_crumb(visit, &file)];
    let listed = part.files.as_array().into_iter().flatten();
    let files = listed
        .map(|file| {
            let text = |key: &str| file[key].as_str().unwrap_or_default().to_owned();
            let name = match file["member"].as_str() {
                Some(member) => format!("{}!/{member}", text("name")),
                None => text("name"),
            };
            let bytes = file["bytes"].as_u64().unwrap_or_default();
            (name, words::size(lang, bytes), text("sha256"))
        })
        .collect();
    html(&Page {
        page,
        base: format!(
            "{}/gis/livelli/{}/{}",
            visit.prefix, file.definition.id, part.version
        ),
        files,
        operation,
        accuracy,
        grids,
        boundary: picture
            .as_ref()
            .map(|picture| picture.path_of(&boundary))
            .unwrap_or_default(),
        picture,
        features: lang.count(u64::try_from(part.feature_count).unwrap_or_default()),
        report: report_view(visit, &part, &boundary),
    })
}

/// A stored report in words.
pub(super) fn report_view(
    visit: &Visit,
    part: &PartDetails,
    boundary: &[Vec<[f64; 2]>],
) -> ReportView {
    let report = stored_report(part);
    let lang = visit.lang;
    let mut rules: Vec<RuleView> = Vec::new();
    let mut passed = Vec::new();
    for check in &report.checks {
        if check.status == CheckStatus::Passed {
            passed.push((check.rule.clone(), check.message.clone()));
            continue;
        }
        let severity = check.severity;
        let mut rule = rule_view(visit, &check.rule, severity, &report);
        rule.count = check.count;
        rule.message.clone_from(&check.message);
        if check.status == CheckStatus::NoData {
            rule.class = "no-data";
            rule.outcome = lang.text("load-no-data");
        }
        rules.push(rule);
    }
    // Findings of rules that are no checks of their own.
    for finding in &report.findings {
        if !rules.iter().any(|rule| rule.rule == finding.rule) {
            let mut rule = rule_view(visit, &finding.rule, Some(finding.severity), &report);
            rule.count = (rule.findings.len() + rule.more) as u64;
            rules.push(rule);
        }
    }
    rules.sort_by_key(|rule| match rule.class {
        "error" => 0,
        "warning" => 1,
        "no-data" => 2,
        _ => 3,
    });
    ReportView {
        has_errors: part.has_errors(),
        left_out: report.left_out,
        rules,
        passed,
        map: findings_map(part.srid, boundary, &report),
        kept: report.findings.len(),
        all: report.finding_count,
    }
}

fn rule_view(visit: &Visit, rule: &str, severity: Option<Severity>, report: &Report) -> RuleView {
    let lang = visit.lang;
    let (class, outcome) = match severity {
        Some(Severity::Error) => ("error", lang.text("load-error")),
        Some(Severity::Info) => ("info", lang.text("load-info")),
        _ => ("warning", lang.text("load-warning")),
    };
    let of_rule: Vec<(usize, &Finding)> = report
        .findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| finding.rule == rule)
        .collect();
    let (meaning, remedy) = words::rule(rule);
    RuleView {
        rule: rule.to_owned(),
        class,
        outcome,
        count: 0,
        message: String::new(),
        meaning: lang.text(meaning),
        remedy: lang.text(remedy),
        more: of_rule.len().saturating_sub(SHOWN),
        findings: of_rule
            .into_iter()
            .take(SHOWN)
            .map(|(index, finding)| {
                let line = finding.line.map(|line| format!(":{line}"));
                FindingView {
                    number: index + 1,
                    place: format!("{}{}", finding.file, line.unwrap_or_default()),
                    message: finding.message.clone(),
                    map_url: finding
                        .place
                        .map(|[lon, lat]| format!("{}/mappa#18/{lat:.6}/{lon:.6}", visit.prefix)),
                }
            })
            .collect(),
    }
}

/// `GET /gis/livelli/{layer}/{version}/rapporto.{json,geojson,gpkg}`.
pub(super) async fn file(visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    let file = download(&visit, &names).await;
    personal(show(&visit, file))
}

async fn download(visit: &Visit, names: &HashMap<String, String>) -> Result<Response, Failure> {
    let (_, file, part) = version_of(visit, names).await?;
    let format = names.get("format").map(String::as_str).unwrap_or_default();
    let disposition = format!(
        "attachment; filename=\"{}-{}.{format}\"",
        file.definition.id, part.version
    );
    let disposition = [(header::CONTENT_DISPOSITION, disposition)];
    match format {
        "json" => Ok((disposition, Json(part.report)).into_response()),
        "geojson" => {
            let kind = [(header::CONTENT_TYPE, "application/geo+json")];
            let text = findings_geojson(&stored_report(&part)).to_string();
            Ok((disposition, kind, text).into_response())
        }
        "gpkg" => {
            let folder = tempfile_folder(visit).map_err(|error| Failure::internal(&error))?;
            let path = folder.join("findings.gpkg");
            let config = visit.shared.app.config();
            let written = findings_geopackage(config, &stored_report(&part), path.clone()).await;
            let bytes = match written {
                Ok(()) => std::fs::read(&path).map_err(|error| Failure::internal(&error)),
                Err(error) => Err(gis::Error::from(error).into()),
            };
            // What stays is removed with the folder of incoming files.
            let _ = std::fs::remove_dir_all(&folder);
            let kind = [(header::CONTENT_TYPE, "application/geopackage+sqlite3")];
            Ok((disposition, kind, bytes?).into_response())
        }
        _ => Err(Failure::NotFound("there is no such file".into())),
    }
}

fn tempfile_folder(visit: &Visit) -> std::io::Result<std::path::PathBuf> {
    let below = visit.shared.app.config().var.join("incoming");
    std::fs::create_dir_all(&below)?;
    let folder = below.join(format!("report-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir(&folder)?;
    Ok(folder)
}
