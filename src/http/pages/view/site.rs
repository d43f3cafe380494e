//! Pages of the comune about itself, and how clear its pages are.

use askama::Template;

use crate::person::RatingReason;

use super::PageView;

/// A text of the comune: privacy, accessibility, legal notes, contacts.
#[derive(Debug, Template)]
#[template(path = "site/text.html")]
pub struct SiteTextPage {
    /// What stands around the content.
    pub page: PageView,
    /// The text, as HTML that holds nothing but text, tables and links.
    pub text: String,
    /// The declaration that is published elsewhere.
    pub declaration: Option<String>,
}

/// What follows a rating: why, or thanks.
#[derive(Debug, Template)]
#[template(path = "site/rating.html")]
pub struct RatingPage {
    /// What stands around the content.
    pub page: PageView,
    /// How many stars, one to five.
    pub stars: i16,
    /// Where the form goes.
    pub action: String,
    /// Whether all is said.
    pub done: bool,
    /// What was rated, to go back to.
    pub back: String,
}

impl RatingPage {
    /// Returns whether the page was rated well.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.stars > 3
    }

    /// Returns words and sentences of the answers to choose from.
    #[must_use]
    pub fn reasons(&self) -> Vec<(&'static str, String)> {
        RatingReason::ALL
            .into_iter()
            .map(|reason| {
                let key = rating_key(self.is_good(), reason);
                (reason.word(), self.page.t(key))
            })
            .collect()
    }
}

/// The key of what a reason says of a page that was rated well, or was not.
#[must_use]
pub const fn rating_key(good: bool, reason: RatingReason) -> &'static str {
    match (good, reason) {
        (true, RatingReason::Clear) => "rating-good-clear",
        (true, RatingReason::Complete) => "rating-good-complete",
        (true, RatingReason::Procedure) => "rating-good-procedure",
        (true, RatingReason::Technical) => "rating-good-technical",
        (true, RatingReason::Other) => "rating-good-other",
        (false, RatingReason::Clear) => "rating-poor-clear",
        (false, RatingReason::Complete) => "rating-poor-complete",
        (false, RatingReason::Procedure) => "rating-poor-procedure",
        (false, RatingReason::Technical) => "rating-poor-technical",
        (false, RatingReason::Other) => "rating-poor-other",
    }
}

/// How a kind of page is rated.
#[derive(Debug, Clone)]
pub struct RatedKind {
    /// Kind of page.
    pub page: String,
    /// How many ratings.
    pub ratings: String,
    /// Their mean.
    pub mean: String,
    /// How many of them are three or less.
    pub poor: String,
}

/// Ratings, for the staff.
#[derive(Debug, Template)]
#[template(path = "gis/ratings.html")]
pub struct RatingsPage {
    /// What stands around the content.
    pub page: PageView,
    /// Kinds of pages.
    pub pages: Vec<RatedKind>,
    /// The newest reasons: when, of which page, stars, reason, note.
    pub notes: Vec<(String, String, i16, String, String)>,
}
