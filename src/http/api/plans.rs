//! Plans of a comune: versions with acts and days, articles of their norms.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Action, Viewer, authorize};
use crate::layer::{self, LegalStatus, PlanAct, Salvaguardia};
use crate::snapshot::{Catalogue, PlanSnapshot};

use super::super::error::{Failure, Problem};
use super::super::extract::{AskedBy, Shared};
use super::super::headers::{IMMUTABLE, PRIVATE};
use super::super::times::{AsOfShape, Times};

/// The times that are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct TimesQuery {
    /// The day that the answer is for; today by default.
    #[serde(default)]
    #[param(example = "2026-11-24")]
    pub(super) date: Option<String>,
    /// Only what was recorded until this moment counts (RFC 3339, or a day); now by default.
    #[serde(default)]
    pub(super) known_at: Option<String>,
}

/// An act about a plan version.
#[derive(Debug, Serialize, ToSchema)]
struct ActShape {
    /// `adoption`, `deposit`, `observations`, `submission`, `counter_deductions`, `approval`,
    /// `publication`, `revocation`, `annulment` or `other`.
    kind: &'static str,
    /// Number in its register.
    number: Option<String>,
    /// Its date.
    date: String,
    /// Who decided.
    body: Option<String>,
    /// What else is to be known.
    note: Option<String>,
}

impl From<&PlanAct> for ActShape {
    fn from(act: &PlanAct) -> Self {
        Self {
            kind: act.kind.as_str(),
            number: act.number.clone(),
            date: act.date.to_string(),
            body: act.body.clone(),
            note: act.note.clone(),
        }
    }
}

/// The time in which an adopted plan suspends what contradicts it (DPR 380/2001, art. 12 c. 3).
#[derive(Debug, Serialize, ToSchema)]
struct SalvaguardiaShape {
    /// Day of the adoption.
    from: String,
    /// Last day.
    until: String,
    /// Years that the law gives it: 3 or 5.
    years: i8,
}

impl From<Salvaguardia> for SalvaguardiaShape {
    fn from(time: Salvaguardia) -> Self {
        Self {
            from: time.from.to_string(),
            until: time.until.to_string(),
            years: time.years,
        }
    }
}

/// A layer of a plan version.
#[derive(Debug, Serialize, ToSchema)]
struct MemberShape {
    /// The layer.
    layer: String,
    /// Version of its part.
    version: i32,
}

/// An article, without its text.
#[derive(Debug, Serialize, ToSchema)]
struct ArticleShape {
    /// Its code, as features name it.
    article: String,
    /// Its title.
    title: String,
    /// True when it stands in a document.
    has_document: bool,
}

/// A version of a plan.
#[derive(Debug, Serialize, ToSchema)]
struct VersionShape {
    /// Word of the plan.
    plan: String,
    /// Name of the plan.
    plan_title: String,
    /// Word of plan and version in addresses.
    #[schema(example = "pgt@2019")]
    version: String,
    /// `general`, `partial`, `suap` or `correction`.
    kind: &'static str,
    /// Its name.
    title: String,
    /// `draft` (its day has not come), `adopted`, `in_force`, `replaced` or `withdrawn`.
    status: &'static str,
    /// First day on which it is adopted.
    adopted_from: Option<String>,
    /// First day on which it is in force.
    in_force_from: Option<String>,
    /// First day on which another version is in force in its place.
    replaced_from: Option<String>,
    /// First day on which it is withdrawn.
    withdrawn_from: Option<String>,
    /// The time in which it suspends what contradicts it.
    salvaguardia: Option<SalvaguardiaShape>,
    /// True when it counts only inside a perimeter.
    has_perimeter: bool,
    /// Its acts, by date.
    acts: Vec<ActShape>,
    /// Its layers.
    layers: Vec<MemberShape>,
    /// Its articles.
    articles: Vec<ArticleShape>,
}

/// All versions of all plans of a comune.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlansAnswer {
    versions: Vec<VersionShape>,
    /// The day that it holds for, and what was known.
    as_of: AsOfShape,
}

/// An article of the norms.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ArticleAnswer {
    /// Word of plan and version.
    version: String,
    /// Name of the version.
    version_title: String,
    /// Where the version stands on the day asked for.
    status: &'static str,
    /// Its code.
    article: String,
    /// Its title.
    title: String,
    /// Its text, CommonMark with tables.
    markdown: Option<String>,
    /// The document that it stands in.
    document: Option<DocumentShape>,
    /// The day that it holds for, and what was known.
    as_of: AsOfShape,
}

/// The document that an article stands in.
#[derive(Debug, Serialize, ToSchema)]
struct DocumentShape {
    /// Its name.
    name: String,
    /// Page, from 1.
    page: Option<i32>,
    /// Its address on this server.
    url: String,
}

fn version_shape(catalogue: &Catalogue, viewer: &Viewer, plan: &PlanSnapshot) -> VersionShape {
    let version = &plan.version;
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    let visible = |layer: &str| {
        catalogue
            .layer(layer)
            .is_some_and(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok())
    };
    VersionShape {
        plan: version.plan.clone(),
        plan_title: version.plan_title.clone(),
        version: plan.word(),
        kind: version.kind.as_str(),
        title: version.title.clone(),
        status: version.status.as_str(),
        adopted_from: day(version.dates.adopted_from),
        in_force_from: day(version.dates.in_force_from),
        replaced_from: day(version.dates.replaced_from),
        withdrawn_from: day(version.dates.withdrawn_from),
        salvaguardia: version.salvaguardia.map(SalvaguardiaShape::from),
        has_perimeter: plan.perimeter.is_some(),
        acts: version.acts.iter().map(ActShape::from).collect(),
        layers: version
            .members
            .iter()
            .filter(|member| visible(&member.layer))
            .map(|member| MemberShape {
                layer: member.layer.clone(),
                version: member.version,
            })
            .collect(),
        articles: version
            .articles
            .iter()
            .map(|article| ArticleShape {
                article: article.article.clone(),
                title: article.title.clone(),
                has_document: article.has_document,
            })
            .collect(),
    }
}

async fn catalogue(
    shared: &Shared,
    slug: &str,
    query: Result<Query<TimesQuery>, QueryRejection>,
) -> Result<(Arc<Catalogue>, i64, Times), Failure> {
    let Query(query) = query.map_err(|error| Failure::BadRequest(error.body_text()))?;
    let app = &shared.app;
    let times = Times::of(app, query.date.as_deref(), query.known_at.as_deref())?;
    let comune = app.catalogue().comune_by_slug(slug).map(|comune| comune.id);
    let id = comune.ok_or_else(|| Failure::NotFound(format!("there is no comune '{slug}'")))?;
    let catalogue = times.catalogue_of_territory(app, id).await?;
    Ok((catalogue, id, times))
}

/// The plans of a comune: every published version with acts, days, status and articles.
#[utoipa::path(get, path = "/api/v1/plans/{comune}", tag = "facts",
    params(("comune" = String, Path, example = "roncaldera"), TimesQuery), responses(
    (status = 200, body = PlansAnswer),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, description = "another day than today, while the database does not answer", content_type = "application/problem+json"),
))]
pub(super) async fn plans(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path(slug): Path<String>,
    query: Result<Query<TimesQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let (catalogue, id, _) = catalogue(&shared, &slug, query).await?;
    let versions = catalogue
        .plans()
        .iter()
        .filter(|plan| plan.version.territory_id == id)
        .map(|plan| version_shape(&catalogue, &viewer, plan));
    let answer = PlansAnswer {
        versions: versions.collect(),
        as_of: AsOfShape::from(&*catalogue),
    };
    Ok(([(header::CACHE_CONTROL, PRIVATE)], Json(answer)).into_response())
}

/// An article of a plan version: `pgt@2019`, or `pgt` for the version in force.
#[utoipa::path(get, path = "/api/v1/plans/{comune}/{version}/articles/{article}", tag = "facts",
    params(("comune" = String, Path, example = "roncaldera"),
        ("version" = String, Path, example = "pgt"),
        ("article" = String, Path, example = "24"), TimesQuery), responses(
    (status = 200, body = ArticleAnswer),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, description = "the database does not answer", content_type = "application/problem+json"),
))]
pub(super) async fn article(
    State(shared): State<Shared>,
    AskedBy(_viewer): AskedBy,
    Path((slug, version, article)): Path<(String, String, String)>,
    query: Result<Query<TimesQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let (catalogue, id, times) = catalogue(&shared, &slug, query).await?;
    let plan = catalogue
        .plan(id, &version)
        .ok_or_else(|| Failure::NotFound(format!("there is no plan version '{version}'")))?;
    let norm = read_norm(&shared, plan, &article, &times).await?;
    let document = norm.document.map(|document| DocumentShape {
        url: document_url(&slug, plan, &document.sha256),
        name: document.name,
        page: document.page,
    });
    let status: LegalStatus = plan.version.status;
    let answer = ArticleAnswer {
        version: plan.word(),
        version_title: plan.version.title.clone(),
        status: status.as_str(),
        article: norm.article,
        title: norm.title,
        markdown: norm.markdown,
        document,
        as_of: AsOfShape::from(&*catalogue),
    };
    Ok(([(header::CACHE_CONTROL, PRIVATE)], Json(answer)).into_response())
}

/// Reads an article of a plan version.
pub(in crate::http) async fn read_norm(
    shared: &Shared,
    plan: &PlanSnapshot,
    article: &str,
    times: &Times,
) -> Result<layer::Norm, Failure> {
    let missing = || Failure::NotFound(format!("there is no article '{article}'"));
    // Whatever is no known article is not looked up.
    if plan.version.article(article).is_none() {
        return Err(missing());
    }
    let reader = &shared.app.databases().reader;
    let read = async {
        let mut connection = reader.acquire().await?;
        layer::norm(
            &mut connection,
            plan.version.id,
            article,
            times.as_of.known_at,
        )
        .await
    };
    let norm = read.await.map_err(|error| unavailable(&error))?;
    norm.ok_or_else(missing)
}

fn unavailable(error: &sqlx::Error) -> Failure {
    tracing::warn!(error = ?error, "norms could not be read");
    Failure::Unavailable("the database of norms does not answer just now".into())
}

/// The address of a document of a plan version.
pub(in crate::http) fn document_url(slug: &str, plan: &PlanSnapshot, sha256: &[u8]) -> String {
    let digest: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("/api/v1/plans/{slug}/{}/documents/{digest}", plan.word())
}

/// A document in which articles of a plan version stand, by its SHA-256.
#[utoipa::path(get, path = "/api/v1/plans/{comune}/{version}/documents/{sha256}", tag = "facts",
    params(("comune" = String, Path, example = "roncaldera"),
        ("version" = String, Path, example = "pgt@2019"),
        ("sha256" = String, Path)), responses(
    (status = 200, description = "the document", content_type = "application/pdf"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn document(
    State(shared): State<Shared>,
    AskedBy(_viewer): AskedBy,
    Path((slug, version, digest)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let missing = || Failure::NotFound("there is no such document".into());
    let catalogue = shared.app.catalogue();
    let comune = catalogue.comune_by_slug(&slug).ok_or_else(missing)?;
    let plan = catalogue.plan(comune.id, &version).ok_or_else(missing)?;
    let sha256 = from_hex(&digest).ok_or_else(missing)?;
    let read = async {
        let mut connection = shared.app.databases().reader.acquire().await?;
        layer::document(&mut connection, plan.version.id, &sha256).await
    };
    let found = read.await.map_err(|error| unavailable(&error))?;
    let (content, name) = found.ok_or_else(missing)?;
    let safe: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || ".-_".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let disposition = HeaderValue::from_str(&format!("inline; filename=\"{safe}\""))
        .map_err(|error| Failure::internal(&error))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/pdf"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
        // Its address is its content.
        (header::CACHE_CONTROL, IMMUTABLE),
    ];
    Ok((headers, content).into_response())
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..32)
        .map(|at| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok())
        .collect()
}
