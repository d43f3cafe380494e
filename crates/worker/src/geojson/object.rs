//! The members of objects, each a slice of the file, and the elements of arrays.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The members of a GeoJSON object that are read; `null` is as good as absent.
#[derive(Deserialize)]
pub(crate) struct Object<'a> {
    /// What the object is.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    /// Of any object of old files.
    #[serde(borrow)]
    pub(crate) crs: Option<&'a RawValue>,
    /// Of a collection of features.
    #[serde(borrow)]
    pub(crate) features: Option<&'a RawValue>,
    /// Of a feature.
    #[serde(borrow)]
    pub(crate) geometry: Option<&'a RawValue>,
    /// Of a collection of geometries.
    #[serde(borrow)]
    pub(crate) geometries: Option<&'a RawValue>,
    /// Of any other geometry.
    #[serde(borrow)]
    pub(crate) coordinates: Option<&'a RawValue>,
}

impl<'a> Object<'a> {
    /// Takes an object apart.
    pub(crate) fn read(piece: &'a str) -> serde_json::Result<Self> {
        if !piece.trim_ascii_start().starts_with('{') {
            return Err(de::Error::custom("an object is expected"));
        }
        serde_json::from_str(piece)
    }
}

/// Gives each element of an array, as a slice of the file, to a function until it fails.
///
/// Returns `None` where the piece is no array.
pub(crate) fn each<'a, E>(
    piece: &'a str,
    take: impl FnMut(&'a str) -> Result<(), E>,
) -> Option<Result<(), E>> {
    let mut failure = None;
    let elements = Elements {
        take,
        failure: &mut failure,
    };
    let read = serde_json::Deserializer::from_str(piece).deserialize_seq(elements);
    match (failure, read) {
        (Some(failure), _) => Some(Err(failure)),
        (None, Ok(())) => Some(Ok(())),
        (None, Err(_)) => None,
    }
}

struct Elements<'f, F, E> {
    take: F,
    failure: &'f mut Option<E>,
}

impl<'de, E, F: FnMut(&'de str) -> Result<(), E>> Visitor<'de> for Elements<'_, F, E> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element::<&'de RawValue>()? {
            if let Err(failure) = (self.take)(element.get()) {
                *self.failure = Some(failure);
                return Err(de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}
