//! Themes: the groups in which people find layers, in the order in which they see them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::Lang;

/// A group of layers in the list beside the map.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Deserialize,
    Serialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// The urban plan: zones, services, transformation areas.
    Piano,
    /// What limits the use of land by law.
    Vincoli,
    /// Hazards: geology, hydraulics, noise.
    Rischio,
    /// The cadastre.
    Catasto,
    /// What is going on: practices. Its layers are live, never loaded from files.
    Pratiche,
    /// Environment, and whatever fits no other theme.
    #[default]
    Ambiente,
    /// The topographic base map.
    Base,
}

impl Theme {
    /// Every theme, in the order in which people see them.
    pub const ALL: [Self; 7] = [
        Self::Piano,
        Self::Vincoli,
        Self::Rischio,
        Self::Catasto,
        Self::Pratiche,
        Self::Ambiente,
        Self::Base,
    ];

    /// Its word in definitions, styles, URLs and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Piano => "piano",
            Self::Vincoli => "vincoli",
            Self::Rischio => "rischio",
            Self::Catasto => "catasto",
            Self::Pratiche => "pratiche",
            Self::Ambiente => "ambiente",
            Self::Base => "base",
        }
    }

    /// Its name for people.
    pub fn title(self, lang: Lang) -> String {
        match self {
            Self::Piano => lang.text("theme-piano"),
            Self::Vincoli => lang.text("theme-vincoli"),
            Self::Rischio => lang.text("theme-rischio"),
            Self::Catasto => lang.text("theme-catasto"),
            Self::Pratiche => lang.text("theme-pratiche"),
            Self::Ambiente => lang.text("theme-ambiente"),
            Self::Base => lang.text("theme-base"),
        }
    }
}
