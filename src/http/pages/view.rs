//! What the templates in `web/templates` show: plain, owned values, formatted already.
//!
//! Handlers fill these structs; a struct decides words and order of what it holds and
//! nothing else. Each page has a field `page` with what stands around its content.

mod card;
mod changes;
mod document;
mod facts;
mod found;
mod history;
mod layers;
mod norm;
mod practice;
mod report;
mod selection;
mod service;
mod site;
#[cfg(test)]
mod tests;
mod zone;

use askama::Template;
use serde::Deserialize;

use crate::text::{Lang, Value};

pub use card::{CardView, DataView, ParcelKind, ParcelView, PlaceState};
pub use changes::{ChangeRowView, ChangesPage, LayerChoiceView};
pub use document::{
    CertificatePage, ChangeView, ChoiceView, FileView, PrintPage, VerifyFormPage, VerifyPage,
};
pub use facts::{
    AdoptedView, ArticleView, BarPart, FactsView, HitThemeView, LayerHitView, LayerLineView,
    PieceView,
};
pub use found::{ResultGroupView, ResultKind, ResultView};
pub use history::{HistoryPage, HistoryPlanView, HistoryStepView, LinkView};
pub use layers::{FieldView, LayerPage, LayerView, LayersPage, ThemeView};
pub use norm::{ArticleLink, ArticlePage, DocumentLink, NormFound, NormsPage, PlanView};
pub use practice::{
    ActionView, AnswersView, CheckPage, ClockLine, DocumentsPage, DrawView, EventView, ExpiredPage,
    FollowFormPage, FollowPage, FormPage, MinePage, OptionView, PracticeLink, PracticePage,
    QuestionView, QueuePage, SlotView, TaskGroup, TaskView, TasksPage,
};
pub use report::{ReportLine, ReportPage, StaffReportPage, StaffReportsPage, ToldLayer};
pub use selection::{InViewFragment, SelectionFragment, SelectionPage, SelectionView};
pub use service::{
    AreaView, CanDoPage, FeeView, PossibleView, ReasonView, ServiceLink, ServicePage, ServicesPage,
    TermView,
};
pub use site::{RatedKind, RatingPage, RatingsPage, SiteTextPage, rating_key};
pub use zone::{ZoneAreaView, ZoneArticle, ZoneLine, ZonePage, ZonesPage};

/// Addresses of the built files (`/assets/map-3fA9c1.js`), as `web/dist/manifest.json` lists them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assets {
    /// The stylesheet of every page.
    pub site_css: String,
    /// The stylesheet of the map page alone.
    pub map_css: String,
    /// The module that runs the map.
    pub map_js: String,
    /// The module that saves forms on the way.
    #[serde(default)]
    pub form_js: String,
    /// The module that draws areas on a map.
    #[serde(default)]
    pub draw_js: String,
    /// The module that sends large files piece by piece.
    #[serde(default)]
    pub upload_js: String,
    /// The regular weight of Titillium Web, loaded ahead.
    pub font: String,
    /// The icon of the site.
    pub icon: String,
}

impl Assets {
    /// Returns whether the files were built; without them pages are plain HTML.
    #[must_use]
    pub fn is_built(&self) -> bool {
        !self.site_css.is_empty()
    }
}

/// The links of the footer; what is `None` is not shown.
#[derive(Debug, Clone, Default)]
pub struct FooterLinks {
    /// How to reach the office.
    pub contacts: Option<String>,
    /// How accessible the site is.
    pub accessibility: Option<String>,
    /// The accessibility declaration, where it is published on the form of AgID.
    pub declaration: Option<String>,
    /// The privacy notice.
    pub privacy: Option<String>,
    /// What the information is worth, and licences.
    pub legal: Option<String>,
    /// Where to report a fault.
    pub report: Option<String>,
}

impl FooterLinks {
    /// Returns whether there is a link to show.
    #[must_use]
    pub fn any(&self) -> bool {
        self.contacts.is_some() || self.accessibility.is_some() || self.privacy.is_some()
    }
}

/// A municipality as pages name it.
#[derive(Debug, Clone, Default)]
pub struct ComuneView {
    /// The name alone: `Borgochiaro`.
    pub name: String,
    /// A line under the name.
    pub subtitle: Option<String>,
    /// The address of its coat of arms, where it has one.
    pub emblem_url: Option<String>,
    /// The address of its home page: `/` or `/c/borgochiaro`.
    pub home_url: String,
    /// The address of its map: `/mappa` or `/c/borgochiaro/mappa`.
    pub map_url: String,
}

/// The identity that is signed in.
#[derive(Debug, Clone, Default)]
pub struct ViewerView {
    /// The name to show.
    pub name: String,
    /// Its role in words: `Cittadina`.
    pub role: String,
}

/// What stands around the content of each page.
#[derive(Debug, Clone, Default)]
pub struct PageView {
    /// The language of the page.
    pub lang: Lang,
    /// The title of the page, without the name of the site.
    pub title: String,
    /// The municipality that the page is about; `None` where there are several.
    pub comune: Option<ComuneView>,
    /// What every address of this municipality begins with: empty or `/c/borgochiaro`.
    pub prefix: String,
    /// Path and query of this page, to come back to after a change of language or identity.
    pub path: String,
    /// The address of this content without accidental parameters, if it has one.
    pub canonical: Option<String>,
    /// The built files.
    pub assets: Assets,
    /// Who is signed in; `None` is everybody.
    pub viewer: Option<ViewerView>,
    /// Whether an officer is signed in.
    pub is_officer: bool,
    /// Whether somebody of the GIS staff is signed in.
    pub is_steward: bool,
    /// Whether the sign-in of the demonstration is offered.
    pub demo: bool,
    /// The id of the request, shown small on error pages.
    pub request_id: String,
    /// The links of the footer.
    pub links: FooterLinks,
    /// Whether who reads the page is asked how clear it is.
    pub rated: bool,
    /// The pages between the home page and this one, from the outside to the inside.
    pub crumbs: Vec<CrumbView>,
}

/// A page above another one.
#[derive(Debug, Clone, Default)]
pub struct CrumbView {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
}

impl PageView {
    /// Returns the sentence of a key in the language of the page.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.lang.text(key)
    }

    /// Returns the sentence of a key with one text put in.
    #[must_use]
    pub fn t1(&self, key: &str, name: &str, value: impl AsRef<str>) -> String {
        self.lang
            .text_with(key, &[(name, Value::Text(value.as_ref()))])
    }

    /// Returns the sentence of a key with two texts put in.
    #[must_use]
    pub fn t2(
        &self,
        key: &str,
        name: &str,
        value: impl AsRef<str>,
        other_name: &str,
        other_value: impl AsRef<str>,
    ) -> String {
        let values = [
            (name, Value::Text(value.as_ref())),
            (other_name, Value::Text(other_value.as_ref())),
        ];
        self.lang.text_with(key, &values)
    }

    /// Returns the sentence of a key with a count put in as `$count`.
    #[must_use]
    pub fn tn(&self, key: &str, count: usize) -> String {
        self.lang.text_with(key, &[("count", Value::from(count))])
    }

    /// Returns the name of the site: the municipality's, or the program's where there are several.
    #[must_use]
    pub fn site(&self) -> String {
        match &self.comune {
            Some(comune) => self.t1("site-comune", "name", &comune.name),
            None => self.t("site-name"),
        }
    }

    /// Returns the address of the comune's coat of arms, where it has one.
    #[must_use]
    pub fn emblem_url(&self) -> Option<&str> {
        self.comune.as_ref()?.emblem_url.as_deref()
    }

    /// Returns whether the page tells where in the site it is.
    #[must_use]
    pub fn has_crumbs(&self) -> bool {
        self.comune.is_some() && !self.title.is_empty()
    }

    /// Returns the languages to switch to.
    #[must_use]
    pub fn langs(&self) -> [Lang; 2] {
        Lang::ALL
    }

    /// Returns whether this is the map page.
    #[must_use]
    pub fn is_map(&self) -> bool {
        let path = self.path.split('?').next();
        self.comune.as_ref().map(|comune| comune.map_url.as_str()) == path
    }

    /// Returns whether this page is at or below a path of its municipality.
    #[must_use]
    pub fn is_below(&self, path: &str) -> bool {
        let own = self.path.split('?').next().unwrap_or_default();
        own.strip_prefix(self.prefix.as_str())
            .and_then(|rest| rest.strip_prefix(path))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Returns the address of the home page.
    #[must_use]
    pub fn home_url(&self) -> &str {
        match &self.comune {
            Some(comune) => &comune.home_url,
            None => "/",
        }
    }

    /// Returns the sentences of the map's script as a JSON object.
    #[must_use]
    pub fn script_texts(&self) -> String {
        let texts: serde_json::Map<String, serde_json::Value> = self
            .lang
            .texts("map-")
            .into_iter()
            .map(|(key, text)| (key, text.into()))
            .collect();
        serde_json::Value::Object(texts).to_string()
    }
}

/// The card alone, for the panel beside the map (`?frammento=1`).
#[derive(Debug, Template)]
#[template(path = "place/fragment.html")]
pub struct CardFragment {
    /// Language and addresses.
    pub page: PageView,
    /// The card.
    pub card: CardView,
}

/// The page of a place: `/luogo?lon&lat`.
#[derive(Debug, Template)]
#[template(path = "place/place.html")]
pub struct PlacePage {
    /// What stands around the content.
    pub page: PageView,
    /// The card.
    pub card: CardView,
}

/// The page of a parcel: `/particella/{reference}`.
#[derive(Debug, Template)]
#[template(path = "place/parcel.html")]
pub struct ParcelPage {
    /// What stands around the content.
    pub page: PageView,
    /// The card, with exactly one parcel.
    pub card: CardView,
}

/// The parcels that a short address such as `/particella/X001/12/345` may mean.
#[derive(Debug, Template)]
#[template(path = "place/candidates.html")]
pub struct CandidatesPage {
    /// What stands around the content.
    pub page: PageView,
    /// What was asked for, in words: `foglio 12, particella 345`.
    pub query: String,
    /// The parcels.
    pub parcels: Vec<ParcelView>,
}

/// A parcel that is not in the cadastre, and the ones that come nearest.
#[derive(Debug, Template)]
#[template(path = "place/unknown.html")]
pub struct UnknownParcelPage {
    /// What stands around the content.
    pub page: PageView,
    /// What was looked for, and why it may not be there.
    pub detail: String,
    /// Parcels with the nearest references.
    pub parcels: Vec<ParcelView>,
    /// Parcels that it became.
    pub successors: Vec<ParcelView>,
}

/// The results of a search.
#[derive(Debug, Template)]
#[template(path = "search.html")]
pub struct SearchPage {
    /// What stands around the content.
    pub page: PageView,
    /// What was searched for; empty when nothing was.
    pub query: String,
    /// What was found, by kind.
    pub groups: Vec<ResultGroupView>,
    /// Searches that find something, to show how to write one.
    pub examples: Vec<String>,
}

impl SearchPage {
    /// Returns how many results there are in all.
    #[must_use]
    pub fn count(&self) -> usize {
        self.groups.iter().map(|group| group.total).sum()
    }
}

/// The map page.
#[derive(Debug, Template)]
#[template(path = "map.html")]
pub struct MapPage {
    /// What stands around the content.
    pub page: PageView,
    /// The address of the MapLibre style.
    pub style_url: String,
    /// West, south, east and north of the municipality in degrees, joined by commas.
    pub bounds: String,
    /// The card of the parcel that `?sel=` names, so that the address works without the map too.
    pub card: Option<CardView>,
    /// The layers, by theme.
    pub themes: Vec<ThemeView>,
    /// The day that is asked about, as `2026-11-24`.
    pub date: String,
    /// Whether that is another day than today.
    pub is_other_day: bool,
    /// Whether an adopted plan says something that the map can be compared with.
    pub has_adopted: bool,
    /// A day to compare with at first, as `2025-11-24`.
    pub compare_day: String,
    /// The word of the comune in the API.
    pub slug: String,
    /// The EPSG code of the CRS in which the comune's maps are measured.
    pub storage_srid: i32,
    /// Whether the map stands in another page: then it has no header and no footer.
    pub embedded: bool,
    /// A search that finds something, shown as an example.
    pub example: Option<String>,
    /// Whether browser tests may reach the map object.
    pub test: bool,
}

/// The home page of a municipality.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// What stands around the content.
    pub page: PageView,
    /// The published layers, by theme.
    pub themes: Vec<ThemeView>,
    /// Searches that find something.
    pub examples: Vec<String>,
    /// The address of the norms of the plan in force; none where no plan is published.
    pub norms_url: Option<String>,
}

/// The list of municipalities, where there are several or none.
#[derive(Debug, Template)]
#[template(path = "comuni.html")]
pub struct ComuniPage {
    /// What stands around the content.
    pub page: PageView,
    /// The municipalities, by name.
    pub comuni: Vec<ComuneView>,
}

/// The sign-in of the demonstration.
#[derive(Debug, Template)]
#[template(path = "demo/sign_in.html")]
pub struct SignInPage {
    /// What stands around the content.
    pub page: PageView,
    /// Where to go after it: a path of this site.
    pub back: String,
}

/// An identity of the demonstration: the form's value and the keys of its texts.
#[derive(Debug, Clone, Copy)]
pub struct DemoRole {
    /// The value of the field `ruolo`.
    pub code: &'static str,
    /// The key of the invented name.
    pub name: &'static str,
    /// The key of the role in words.
    pub role: &'static str,
    /// The key of what the role does.
    pub what: &'static str,
}

impl SignInPage {
    /// Returns the identities.
    #[must_use]
    pub const fn roles() -> [DemoRole; 5] {
        [
            DemoRole {
                code: "citizen",
                name: "demo-citizen",
                role: "demo-citizen-role",
                what: "demo-citizen-what",
            },
            DemoRole {
                code: "professional",
                name: "demo-professional",
                role: "demo-professional-role",
                what: "demo-professional-what",
            },
            DemoRole {
                code: "officer",
                name: "demo-officer",
                role: "demo-officer-role",
                what: "demo-officer-what",
            },
            DemoRole {
                code: "gis_clerk",
                name: "demo-clerk",
                role: "demo-clerk-role",
                what: "demo-clerk-what",
            },
            DemoRole {
                code: "administrator",
                name: "demo-administrator",
                role: "demo-administrator-role",
                what: "demo-administrator-what",
            },
        ]
    }
}

/// Why a page could not be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// 400: the address is not complete or not valid.
    BadRequest,
    /// 403: the viewer may not see it.
    Forbidden,
    /// 404: there is no such page, parcel or municipality.
    NotFound,
    /// 410: it was there, and is no longer.
    Gone,
    /// 503: something that the page needs does not answer at the moment.
    Unavailable,
    /// 500: a fault of ours.
    Internal,
}

/// A page that says what went wrong and what can be done.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// What stands around the content; its title is the one of [`ErrorPage::heading`].
    pub page: PageView,
    /// What went wrong.
    pub kind: ErrorKind,
    /// A sentence about this case, in the language of the page.
    pub detail: Option<String>,
}

impl ErrorPage {
    /// Returns the heading, for the title of the page too.
    #[must_use]
    pub fn heading(lang: Lang, kind: ErrorKind) -> String {
        lang.text(match kind {
            ErrorKind::BadRequest => "error-bad-request",
            ErrorKind::Forbidden => "error-forbidden",
            ErrorKind::NotFound => "error-not-found",
            ErrorKind::Gone => "error-gone",
            ErrorKind::Unavailable => "error-unavailable",
            ErrorKind::Internal => "error-internal",
        })
    }

    /// Returns what can be done.
    #[must_use]
    pub fn advice(&self) -> String {
        self.page.t(match self.kind {
            ErrorKind::BadRequest => "error-bad-request-advice",
            ErrorKind::Forbidden => "error-forbidden-advice",
            ErrorKind::NotFound => "error-not-found-advice",
            ErrorKind::Gone => "error-gone-advice",
            ErrorKind::Unavailable => "error-unavailable-advice",
            ErrorKind::Internal => "error-internal-advice",
        })
    }
}
