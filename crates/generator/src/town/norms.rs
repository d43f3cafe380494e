//! The articles of the plan's norms, and the acts about the plan.

macro_rules! articles {
    ($($number:literal)*) => {
        [$(($number, include_str!(concat!("../../../../data/skeleton/norme/", $number, ".md")))),*]
    };
}

/// Number and text of each article, in Markdown with tables.
pub(crate) const ARTICLES: [(u32, &str); 40] = articles!(
    1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
    21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40
);

/// The articles that the variant changes.
pub(crate) const CHANGED: [(u32, &str); 1] = [(
    28,
    include_str!("../../../../data/skeleton/norme/variante/28.md"),
)];

/// Plans, their versions, and the acts about them.
pub(crate) const ACTS: &str = include_str!("../../../../data/skeleton/acts.toml");
