//! The looks of the base map.

use serde::Deserialize;

/// A look of the base map: the colours that styles call by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// Light and quiet.
    #[default]
    Chiara,
    /// Dark.
    Scura,
    /// Of high contrast.
    Contrasto,
}

impl Base {
    /// Every look, the usual one first.
    pub const ALL: [Self; 3] = [Self::Chiara, Self::Scura, Self::Contrasto];

    /// Its word in URLs and style files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Chiara => "chiara",
            Self::Scura => "scura",
            Self::Contrasto => "contrasto",
        }
    }

    /// The look of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|base| base.word() == word)
    }
}
