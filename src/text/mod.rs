//! The sentences that people read, in Italian and in English, and the way numbers,
//! dates and coordinates are written in each language.
//!
//! A sentence has a key such as `card-area` and stands in `it.ftl` and `en.ftl`
//! ([Fluent](https://projectfluent.org) syntax). Pages, the announcements for screen
//! readers and the texts of the map's script all come from these two files.

mod format;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

pub use format::{DateFormat, NumberFormat};

const ITALIAN: &str = include_str!("it.ftl");
const ENGLISH: &str = include_str!("en.ftl");

/// A language that the pages exist in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Italian, the language of the office and of the law.
    #[default]
    It,
    /// English, with the Italian term in brackets where it matters.
    En,
}

/// A value put into a sentence: a text, or a count that chooses singular or plural.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// A text, put in as it is.
    Text(&'a str),
    /// A count: the sentence may choose its form by it.
    Count(u64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Text(text)
    }
}

impl From<usize> for Value<'_> {
    fn from(count: usize) -> Self {
        Value::Count(count as u64)
    }
}

impl From<u64> for Value<'_> {
    fn from(count: u64) -> Self {
        Value::Count(count)
    }
}

impl Lang {
    /// Every language, the default one first.
    pub const ALL: [Lang; 2] = [Lang::It, Lang::En];

    /// Returns the code of the language as HTML's `lang` attribute and the URLs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Lang::It => "it",
            Lang::En => "en",
        }
    }

    /// Returns the language of a code such as `it`, `en` or `en-GB`; `None` for any other.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Lang> {
        let primary = code.trim().split(['-', '_']).next().unwrap_or_default();
        Lang::ALL
            .into_iter()
            .find(|lang| primary.eq_ignore_ascii_case(lang.code()))
    }

    /// Returns the language that an `Accept-Language` header prefers, Italian when it names neither.
    ///
    /// Weights are honoured, `*` is not: who accepts anything gets the default.
    #[must_use]
    pub fn from_accept_language(header: &str) -> Lang {
        let mut best: Option<(f32, Lang)> = None;
        for item in header.split(',') {
            let mut parts = item.split(';');
            let Some(lang) = parts.next().and_then(Lang::from_code) else {
                continue;
            };
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
            if weight > 0.0 && best.is_none_or(|(found, _)| weight > found) {
                best = Some((weight, lang));
            }
        }
        best.map_or(Lang::default(), |(_, lang)| lang)
    }

    /// Returns the sentence of a key; the key itself if there is none, so that a page never fails for a word.
    #[must_use]
    pub fn text(self, key: &str) -> String {
        self.text_with(key, &[])
    }

    /// Returns the sentence of a key with values put in; the key itself if there is none.
    #[must_use]
    pub fn text_with(self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        let bundle = self.bundle();
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            let value: FluentValue<'_> = match value {
                Value::Text(text) => FluentValue::from(*text),
                Value::Count(count) => FluentValue::from(*count),
            };
            arguments.set((*name).to_owned(), value);
        }
        // Errors are unresolved variables: the sentence then shows their names in braces.
        let mut errors = Vec::new();
        bundle
            .format_pattern(pattern, Some(&arguments), &mut errors)
            .into_owned()
    }

    /// Returns every key that starts with `prefix`, with its sentence, in the order of the file.
    #[must_use]
    pub fn texts(self, prefix: &str) -> Vec<(String, String)> {
        keys(self.source())
            .filter(|key| key.starts_with(prefix))
            .map(|key| (key.to_owned(), self.text(key)))
            .collect()
    }

    const fn source(self) -> &'static str {
        match self {
            Lang::It => ITALIAN,
            Lang::En => ENGLISH,
        }
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        static IT: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| load(Lang::It));
        static EN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| load(Lang::En));
        match self {
            Lang::It => &IT,
            Lang::En => &EN,
        }
    }
}

/// Returns the bundle of a language; what its file spells wrong is left out, and a test finds it.
fn load(lang: Lang) -> FluentBundle<FluentResource> {
    let identifier: LanguageIdentifier = lang.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    bundle.set_use_isolating(false);
    let resource = match FluentResource::try_new(lang.source().to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    bundle.add_resource_overriding(resource);
    bundle
}

/// Returns the keys of a Fluent file: what stands before ` =` on a line that is not indented.
fn keys(source: &str) -> impl Iterator<Item = &str> {
    source
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|line| line.split_once('=').map(|(key, _)| key.trim_end()))
}
