//! What the templates of norms show.

use askama::Template;

use super::PageView;

/// The plan version that norms belong to.
#[derive(Debug, Clone)]
pub struct PlanView {
    /// Name of the plan.
    pub plan_title: String,
    /// Name of the version.
    pub title: String,
    /// Where it stands, in words.
    pub status: String,
    /// From when, in full.
    pub from: Option<String>,
    /// The address of its list of articles.
    pub url: String,
}

/// An article in a list.
#[derive(Debug, Clone)]
pub struct ArticleLink {
    /// Its code.
    pub article: String,
    /// Its title.
    pub title: String,
    /// The address of its page.
    pub url: String,
}

/// An article in which something was found.
#[derive(Debug, Clone)]
pub struct NormFound {
    /// The article.
    pub link: ArticleLink,
    /// Before, what was found, and after; none when it stands in the title.
    pub passage: Option<(String, String, String)>,
}

/// The document that an article stands in.
#[derive(Debug, Clone)]
pub struct DocumentLink {
    /// Its name.
    pub name: String,
    /// Page, from 1.
    pub page: Option<String>,
    /// Its address, at that page.
    pub url: String,
}

/// The articles of a plan version: `/norme/{plan}`.
#[derive(Debug, Template)]
#[template(path = "norm/norms.html")]
pub struct NormsPage {
    /// What stands around the content.
    pub page: PageView,
    /// The plan version.
    pub plan: PlanView,
    /// Its articles.
    pub articles: Vec<ArticleLink>,
    /// The address of this page.
    pub action: String,
    /// The day of the page, where it is not today.
    pub date: Option<String>,
    /// What is searched for; empty when nothing is.
    pub query: String,
    /// The articles that have it.
    pub found: Vec<NormFound>,
}

/// An article: `/norme/{plan}/{article}`.
#[derive(Debug, Template)]
#[template(path = "norm/article.html")]
pub struct ArticlePage {
    /// What stands around the content.
    pub page: PageView,
    /// The plan version.
    pub plan: PlanView,
    /// Number and title in one sentence.
    pub heading: String,
    /// Its code.
    pub article: String,
    /// Its text as HTML that holds nothing but text, tables and links.
    pub body: Option<String>,
    /// The document that it stands in.
    pub document: Option<DocumentLink>,
}
