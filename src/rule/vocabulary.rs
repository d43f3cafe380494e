//! What expressions may speak of.

use std::collections::BTreeMap;

/// The shape of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Text, number, yes or no.
    Scalar,
    /// A list of values of one shape.
    List(Box<Shape>),
    /// Named values: read as `name.field`.
    Record(BTreeMap<String, Shape>),
    /// Values of one shape under known keys: read as `name['key']`.
    Keyed(BTreeMap<String, Shape>),
}

impl Shape {
    /// A record of scalars.
    #[must_use]
    pub fn record<'a>(fields: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Record(
            fields
                .into_iter()
                .map(|name| (name.to_owned(), Self::Scalar))
                .collect(),
        )
    }
}

/// The names that expressions may use, and the shapes behind them.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    pub(super) roots: BTreeMap<String, Shape>,
}

impl Vocabulary {
    /// The vocabulary of a form with these answers, over these layers.
    #[must_use]
    pub fn new<'a>(
        answers: BTreeMap<String, Shape>,
        layers: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut fact = BTreeMap::new();
        for name in ["status", "share", "area_m2"] {
            fact.insert(name.to_owned(), Shape::Scalar);
        }
        fact.insert("keys".to_owned(), Shape::List(Box::new(Shape::Scalar)));
        let fact = Shape::Record(fact);
        let facts = layers
            .into_iter()
            .map(|layer| (layer.to_owned(), fact.clone()))
            .collect();
        let parcel = Shape::record(["reference", "comune", "foglio", "number", "area_m2"]);
        let mut roots = BTreeMap::new();
        roots.insert("form".to_owned(), Shape::Record(answers));
        roots.insert("parcels".to_owned(), Shape::List(Box::new(parcel)));
        roots.insert("facts".to_owned(), Shape::Keyed(facts));
        roots.insert("person".to_owned(), Shape::record(["name", "role"]));
        roots.insert("today".to_owned(), Shape::Scalar);
        Self { roots }
    }
}
