//! The norms of a plan: the list of articles, and the page of each.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;

use crate::layer::{LegalStatus, Norm, has_words, markdown_html, passage};
use crate::snapshot::PlanSnapshot;
use crate::text::DateFormat;

use super::super::api::{document_url, read_norm, read_norms};
use super::super::error::Failure;
use super::super::extract::Visit;
use super::super::times::Times;
use super::failure::{html, show};
use super::present;
use super::view::{
    ArticleLink, ArticlePage, CrumbView, DocumentLink, NormFound, NormsPage, PlanView,
};

/// The times that a page of norms is for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct NormQuery {
    /// The day; today by default.
    #[serde(default)]
    pub(super) date: Option<String>,
    /// Only what was recorded until this moment counts.
    #[serde(default)]
    pub(super) known_at: Option<String>,
    /// Words that the articles are to have.
    #[serde(default)]
    q: Option<String>,
}

/// `/norme/{plan}`: the articles of a version.
pub(super) async fn norms(
    mut visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Query(query): Query<NormQuery>,
) -> Response {
    let page = list(&mut visit, &names, &query).await;
    show(&visit, page)
}

/// `/norme/{plan}/{article}`: `pgt` is the version in force, `pgt@2019` a version by its word.
pub(super) async fn article(
    mut visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Query(query): Query<NormQuery>,
) -> Response {
    let page = one(&mut visit, &names, &query).await;
    show(&visit, page)
}

/// The plan version that an address names, and the times it is asked for.
async fn plan(
    visit: &mut Visit,
    names: &HashMap<String, String>,
    query: &NormQuery,
) -> Result<(Arc<PlanSnapshot>, Times), Failure> {
    let missing = || Failure::NotFound("there is no such plan".into());
    let comune = visit.comune.clone().ok_or_else(missing)?;
    let app = &visit.shared.app;
    let times = Times::of(app, query.date.as_deref(), query.known_at.as_deref())?;
    visit.catalogue = times.catalogue_of_territory(app, comune.id).await?;
    visit.times = Some(times);
    let word = names.get("plan").map(String::as_str).unwrap_or_default();
    let plan = visit.catalogue.plan(comune.id, word).ok_or_else(missing)?;
    Ok((Arc::clone(plan), times))
}

fn plan_view(visit: &Visit, plan: &PlanSnapshot) -> PlanView {
    let version = &plan.version;
    let parameters = visit
        .times
        .map_or_else(String::new, |times| times.parameters('?'));
    let status = match version.status {
        LegalStatus::Draft => "plan-status-draft",
        LegalStatus::Adopted => "plan-status-adopted",
        LegalStatus::InForce => "plan-status-in-force",
        LegalStatus::Replaced => "plan-status-replaced",
        LegalStatus::Withdrawn => "plan-status-withdrawn",
    };
    let from = match version.status {
        LegalStatus::Adopted => version.dates.adopted_from,
        LegalStatus::Replaced => version.dates.replaced_from,
        LegalStatus::Withdrawn => version.dates.withdrawn_from,
        LegalStatus::Draft | LegalStatus::InForce => version.dates.in_force_from,
    };
    PlanView {
        plan_title: version.plan_title.clone(),
        title: version.title.clone(),
        status: visit.lang.text(status),
        from: from.map(|day| visit.lang.date(day)),
        url: format!("{}/norme/{}{parameters}", visit.prefix, plan.word()),
    }
}

async fn list(
    visit: &mut Visit,
    names: &HashMap<String, String>,
    query: &NormQuery,
) -> Result<Response, Failure> {
    let (plan, times) = plan(visit, names, query).await?;
    let parameters = times.parameters('?');
    let base = format!("{}/norme/{}", visit.prefix, plan.word());
    let articles = plan.version.articles.iter().map(|article| ArticleLink {
        article: article.article.clone(),
        title: article.title.clone(),
        url: format!("{base}/{}{parameters}", article.article),
    });
    let articles: Vec<ArticleLink> = articles.collect();
    let title = visit.lang.text("norms-title");
    let words: String = query
        .q
        .as_deref()
        .unwrap_or_default()
        .trim()
        .chars()
        .take(100)
        .collect();
    let found = if words.is_empty() {
        Vec::new()
    } else {
        let texts = read_norms(&visit.shared, &plan, &times).await?;
        found(&articles, &texts, &words)
    };
    html(&NormsPage {
        action: base,
        date: query.date.clone(),
        query: words,
        found,
        articles,
        plan: plan_view(visit, &plan),
        page: present::page(visit, &title),
    })
}

/// The articles that have all words, in their title or in one paragraph, in their order.
fn found(articles: &[ArticleLink], texts: &[Norm], words: &str) -> Vec<NormFound> {
    let passage = |link: &ArticleLink| {
        let text = texts.iter().find(|norm| norm.article == link.article)?;
        passage(text.markdown.as_deref()?, words)
    };
    articles
        .iter()
        .filter_map(|link| {
            let passage = passage(link);
            let in_title = has_words(&link.title, words) || link.article == words;
            (in_title || passage.is_some()).then(|| NormFound {
                link: link.clone(),
                passage,
            })
        })
        .collect()
}

async fn one(
    visit: &mut Visit,
    names: &HashMap<String, String>,
    query: &NormQuery,
) -> Result<Response, Failure> {
    let (plan, times) = plan(visit, names, query).await?;
    let code = names.get("article").map(String::as_str).unwrap_or_default();
    let norm = read_norm(&visit.shared, &plan, code, &times).await?;
    let slug = visit
        .comune
        .as_ref()
        .map(|comune| comune.slug.clone())
        .unwrap_or_default();
    let document = norm.document.map(|document| {
        let page = document.page.map(|page| page.to_string());
        let anchor = page
            .as_ref()
            .map_or_else(String::new, |page| format!("#page={page}"));
        DocumentLink {
            url: format!("{}{anchor}", document_url(&slug, &plan, &document.sha256)),
            name: document.name,
            page,
        }
    });
    let heading = visit.lang.text_with(
        "norm-heading",
        &[
            ("article", norm.article.as_str().into()),
            ("title", norm.title.as_str().into()),
        ],
    );
    let mut page = present::page(visit, &heading);
    page.crumbs.push(CrumbView {
        title: visit.lang.text("norms-title"),
        url: plan_view(visit, &plan).url,
    });
    page.canonical = Some(format!(
        "{}{}/norme/{}/{}",
        visit.origin,
        visit.prefix,
        plan.word(),
        norm.article
    ));
    html(&ArticlePage {
        heading,
        article: norm.article,
        body: norm.markdown.as_deref().map(markdown_html),
        document,
        plan: plan_view(visit, &plan),
        page,
    })
}
