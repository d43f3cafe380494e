//! Positions, rings and polygons, straight into flat arrays.

use std::fmt;

use serde::de::{self, Deserializer, IgnoredAny, SeqAccess, Visitor};
use wire::{MultiPolygon, ShapeError};

use super::text::words;
use crate::order::is_swapped_in_italy;

/// What the positions read so far have been.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Positions.
    pub(crate) positions: u64,
    /// Positions that are on the earth only the other way round, or in Italy only so.
    pub(crate) swapped: u64,
    /// Positions that are not on the earth.
    pub(crate) outside: u64,
    /// Positions that have a height.
    pub(crate) heights: u64,
}

impl Tally {
    fn count(&mut self, [x, y]: [f64; 2]) {
        let is_on_earth = |x: f64, y: f64| x.abs() <= 180.0 && y.abs() <= 90.0;
        self.positions += 1;
        let outside = !is_on_earth(x, y);
        self.outside += u64::from(outside);
        self.swapped += u64::from((outside && is_on_earth(y, x)) || is_swapped_in_italy([x, y]));
    }
}

/// Why coordinates are not read to their end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Bad {
    /// The feature has too many vertices.
    TooMany,
    /// A rule is broken.
    Rule {
        rule: &'static str,
        /// Line in the piece, from 1.
        line: u64,
        message: String,
    },
}

/// Reads the coordinates of a polygon, or of several, behind those of a shape.
pub(crate) fn read(
    piece: &str,
    several: bool,
    most: usize,
    shape: &mut MultiPolygon,
    tally: &mut Tally,
) -> Result<(), Bad> {
    let mut state = State {
        shape,
        tally,
        most,
        ring: Vec::new(),
        bad: None,
        in_position: false,
    };
    let level = if several {
        Level::Polygons
    } else {
        Level::Rings
    };
    let nested = Nested {
        state: &mut state,
        level,
    };
    let Err(error) = serde_json::Deserializer::from_str(piece).deserialize_seq(nested) else {
        return Ok(());
    };
    let line = error.line().max(1) as u64;
    let (rule, message) = match state.bad {
        Some(Stopped::TooMany) => return Err(Bad::TooMany),
        Some(Stopped::Rule(rule, message)) => (rule, message),
        None if state.in_position => (
            "geometry.number",
            format!(
                "A coordinate cannot be read as a number: {}.",
                words(&error)
            ),
        ),
        None => (
            "geometry.nesting",
            "The coordinates are not nested as those of polygons.".to_owned(),
        ),
    };
    Err(Bad::Rule {
        rule,
        line,
        message,
    })
}

struct State<'a> {
    shape: &'a mut MultiPolygon,
    tally: &'a mut Tally,
    most: usize,
    ring: Vec<[f64; 2]>,
    bad: Option<Stopped>,
    in_position: bool,
}

enum Stopped {
    TooMany,
    Rule(&'static str, String),
}

#[derive(Clone, Copy)]
enum Level {
    Polygons,
    Rings,
    Positions,
    Numbers,
}

/// An array of some level.
struct Nested<'s, 'a> {
    state: &'s mut State<'a>,
    level: Level,
}

impl<'de> de::DeserializeSeed<'de> for Nested<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, array: D) -> Result<(), D::Error> {
        array.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Nested<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        let Self { state, level } = self;
        let inner = match level {
            Level::Numbers => return state.position(array),
            Level::Polygons => Level::Rings,
            Level::Rings => Level::Positions,
            Level::Positions => Level::Numbers,
        };
        state.ring.clear();
        let mut elements = 0_usize;
        while array
            .next_element_seed(Nested {
                state: &mut *state,
                level: inner,
            })?
            .is_some()
        {
            elements += 1;
        }
        match level {
            Level::Positions => state.end_ring(),
            Level::Rings => state.end_polygon(elements),
            Level::Polygons | Level::Numbers => Ok(()),
        }
    }
}

impl State<'_> {
    fn position<'de, A: SeqAccess<'de>>(&mut self, mut numbers: A) -> Result<(), A::Error> {
        self.in_position = true;
        let (x, y) = (numbers.next_element()?, numbers.next_element()?);
        let height: Option<f64> = numbers.next_element()?;
        self.in_position = false;
        let (Some(x), Some(y)) = (x, y) else {
            return self.stop("geometry.dimension", "A position has fewer than 2 numbers.");
        };
        if numbers.next_element::<IgnoredAny>()?.is_some() {
            return self.stop("geometry.dimension", "A position has more than 3 numbers.");
        }
        if self.shape.vertex_count() + self.ring.len() >= self.most {
            self.bad = Some(Stopped::TooMany);
            return Err(de::Error::custom("too many vertices"));
        }
        self.tally.heights += u64::from(height.is_some());
        self.tally.count([x, y]);
        self.ring.push([x, y]);
        Ok(())
    }

    fn end_ring<E: de::Error>(&mut self) -> Result<(), E> {
        match self.shape.push_ring(&self.ring) {
            Ok(()) => Ok(()),
            Err(ShapeError::RingOpen) => self.stop("geometry.ring_open", "A ring is not closed."),
            Err(ShapeError::RingTooShort(points)) => self.stop(
                "geometry.ring_short",
                format!("A ring has {points} points; 4 are the least."),
            ),
            Err(error) => self.stop("geometry.number", format!("{error}.")),
        }
    }

    fn end_polygon<E: de::Error>(&mut self, rings: usize) -> Result<(), E> {
        if rings == 0 || self.shape.end_polygon().is_err() {
            return self.stop("geometry.exterior", "A polygon has no exterior.");
        }
        Ok(())
    }

    fn stop<E: de::Error>(
        &mut self,
        rule: &'static str,
        message: impl Into<String>,
    ) -> Result<(), E> {
        self.bad = Some(Stopped::Rule(rule, message.into()));
        Err(E::custom("stopped"))
    }
}
