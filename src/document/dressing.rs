//! What a comune puts around its documents: letterhead and fixed sentences.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use serde::Deserialize;

use crate::text::Value;

use super::site::{SiteDressing, read_site};

/// A mistake in a file of `documents/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, from the folder of documents.
    pub file: PathBuf,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.message)
    }
}

/// The head of a comune's documents.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letterhead {
    format: u32,
    /// The office that issues them.
    pub office: String,
    /// Addresses, one a line.
    #[serde(default)]
    pub lines: Vec<String>,
    /// Who signs, as an office.
    pub signatory: String,
    /// Who signs, by name.
    #[serde(default)]
    pub signatory_name: Option<String>,
    /// Name of the file with the coat of arms.
    #[serde(default)]
    emblem: Option<String>,
    /// What the coat of arms shows.
    #[serde(default)]
    pub emblem_description: Option<String>,
    /// The coat of arms as SVG.
    #[serde(skip)]
    pub emblem_svg: Option<String>,
}

/// Letterhead and sentences of a comune.
pub struct Dressing {
    /// Its letterhead.
    pub letterhead: Letterhead,
    /// What it says of itself on its pages.
    pub site: SiteDressing,
    sentences: FluentBundle<FluentResource>,
}

impl fmt::Debug for Dressing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dressing")
            .field("letterhead", &self.letterhead)
            .finish_non_exhaustive()
    }
}

impl Dressing {
    /// The sentence of a key with values put in; the key itself where there is none.
    pub fn text(&self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        let Some(pattern) = self
            .sentences
            .get_message(key)
            .and_then(|message| message.value())
        else {
            return key.to_owned();
        };
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            match value {
                Value::Text(text) => arguments.set((*name).to_owned(), *text),
                Value::Count(count) => arguments.set((*name).to_owned(), *count),
            }
        }
        let mut errors = Vec::new();
        self.sentences
            .format_pattern(pattern, Some(&arguments), &mut errors)
            .into_owned()
    }
}

/// The dressings of all comuni.
#[derive(Debug)]
pub struct Dressings {
    default: Dressing,
    own: HashMap<String, Dressing>,
    hosts: HashMap<String, String>,
}

const DEFAULT: &str = "default";
const SENTENCES: &str = "certificate.ftl";
const LETTERHEAD: &str = "letterhead.toml";
/// Bytes of a coat of arms, at most.
const MAX_EMBLEM: usize = 512 << 10;

impl Dressings {
    /// Reads and checks the folder of documents.
    ///
    /// # Errors
    /// All problems of all files at once.
    pub fn load(folder: &Path) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let base = read(folder, &format!("{DEFAULT}/{SENTENCES}"), &mut problems);
        let known = variables(&base);
        let own = own_folders(folder).map_err(|message| {
            vec![Problem {
                file: PathBuf::new(),
                message,
            }]
        })?;
        let default = dress(folder, DEFAULT, &base, "", None, &mut problems);
        let mut dressings = HashMap::new();
        for slug in own {
            let file = format!("{slug}/{SENTENCES}");
            let changes = if folder.join(&file).exists() {
                read(folder, &file, &mut problems)
            } else {
                String::new()
            };
            for (key, wanted) in variables(&changes) {
                let message = match known.get(&key) {
                    None => format!("there is no sentence '{key}' in {DEFAULT}/{SENTENCES}"),
                    Some(given) => match wanted.difference(given).next() {
                        None => continue,
                        Some(name) => format!("sentence '{key}' does not get the value '{name}'"),
                    },
                };
                problems.push(Problem {
                    file: PathBuf::from(&file),
                    message,
                });
            }
            let fallback = default.as_ref();
            if let Some(own) = dress(folder, &slug, &base, &changes, fallback, &mut problems) {
                dressings.insert(slug, own);
            }
        }
        let hosts = hosts(&dressings, &mut problems);
        match default {
            Some(default) if problems.is_empty() => Ok(Self {
                default,
                own: dressings,
                hosts,
            }),
            _ => Err(problems),
        }
    }

    /// The dressing of a comune, by its word in URLs.
    pub fn of(&self, slug: &str) -> &Dressing {
        self.own.get(slug).unwrap_or(&self.default)
    }

    /// The word in URLs of the comune whose host this is; a port behind it does not matter.
    pub fn slug_of_host(&self, host: &str) -> Option<&str> {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        self.hosts.get(&name).map(String::as_str)
    }
}

/// The hosts of all comuni; one that two want is a mistake.
fn hosts(
    dressings: &HashMap<String, Dressing>,
    problems: &mut Vec<Problem>,
) -> HashMap<String, String> {
    let mut hosts: HashMap<String, String> = HashMap::new();
    let mut slugs: Vec<&String> = dressings.keys().collect();
    slugs.sort();
    for slug in slugs {
        for host in &dressings[slug].site.hosts {
            if let Some(other) = hosts.insert(host.clone(), slug.clone()) {
                problems.push(Problem {
                    file: PathBuf::from(format!("{slug}/site.toml")),
                    message: format!("host '{host}' is that of {other} already"),
                });
            }
        }
    }
    hosts
}

fn own_folders(folder: &Path) -> Result<Vec<String>, String> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("the folder cannot be read: {error}"))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name != DEFAULT)
        .collect();
    names.sort();
    Ok(names)
}

fn read(folder: &Path, file: &str, problems: &mut Vec<Problem>) -> String {
    std::fs::read_to_string(folder.join(file)).unwrap_or_else(|error| {
        problems.push(Problem {
            file: PathBuf::from(file),
            message: format!("it cannot be read: {error}"),
        });
        String::new()
    })
}

fn dress(
    folder: &Path,
    slug: &str,
    base: &str,
    changes: &str,
    fallback: Option<&Dressing>,
    problems: &mut Vec<Problem>,
) -> Option<Dressing> {
    let identifier = "it".parse().unwrap_or_default();
    let mut sentences = FluentBundle::new_concurrent(vec![identifier]);
    sentences.set_use_isolating(false);
    for (name, source) in [(DEFAULT, base), (slug, changes)] {
        match FluentResource::try_new(source.to_owned()) {
            Ok(resource) => sentences.add_resource_overriding(resource),
            Err((_, errors)) => {
                problems.extend(errors.iter().map(|error| Problem {
                    file: PathBuf::from(format!("{name}/{SENTENCES}")),
                    message: format!("{} at byte {}", error.kind, error.pos.start),
                }));
                return None;
            }
        }
    }
    let letterhead = match (fallback, folder.join(slug).join(LETTERHEAD).exists()) {
        (Some(fallback), false) => fallback.letterhead.clone(),
        _ => letterhead(folder, slug, problems)?,
    };
    let site = read_site(folder, slug, fallback.map(|known| &known.site), problems);
    Some(Dressing {
        letterhead,
        site,
        sentences,
    })
}

fn letterhead(folder: &Path, slug: &str, problems: &mut Vec<Problem>) -> Option<Letterhead> {
    let file = format!("{slug}/{LETTERHEAD}");
    let text = read(folder, &file, problems);
    let mut fail = |message: String| {
        problems.push(Problem {
            file: PathBuf::from(&file),
            message,
        });
    };
    let mut head: Letterhead = match toml::from_str(&text) {
        Ok(head) => head,
        Err(error) => {
            fail(error.to_string());
            return None;
        }
    };
    if head.format != 1 {
        fail(format!("format {} is not known", head.format));
        return None;
    }
    if let Some(name) = &head.emblem {
        let plain = !name.starts_with('.') && !name.contains(['/', '\\']);
        let svg = if plain {
            std::fs::read_to_string(folder.join(slug).join(name)).map_err(|e| e.to_string())
        } else {
            Err("it is no plain name of a file".into())
        };
        match svg {
            Ok(svg) if svg.len() > MAX_EMBLEM => fail(format!("emblem '{name}' is too large")),
            Ok(svg) => head.emblem_svg = Some(svg),
            Err(error) => fail(format!("emblem '{name}': {error}")),
        }
        if head.emblem_description.is_none() {
            fail("an emblem needs an emblem_description, for those who do not see it".into());
        }
    }
    Some(head)
}

/// The sentences of a Fluent file with the names of the values that each uses.
fn variables(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current: Option<String> = None;
    for line in source.lines() {
        if line.starts_with(|first: char| first.is_ascii_lowercase())
            && let Some((key, _)) = line.split_once('=')
        {
            let key = key.trim_end().to_owned();
            found.entry(key.clone()).or_default();
            current = Some(key);
        }
        let Some(names) = current.as_ref().and_then(|key| found.get_mut(key)) else {
            continue;
        };
        for piece in line.split('$').skip(1) {
            let name: String = piece
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_')
                .collect();
            names.insert(name);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_sentences_are_found() {
        let found = variables(
            "# x\na = Foglio { $foglio }\nb = x { $n ->\n    [one] y\n   *[other] { $m }\n}\n",
        );
        assert_eq!(found["a"], BTreeSet::from(["foglio".to_owned()]));
        assert_eq!(found["b"], BTreeSet::from(["n".to_owned(), "m".to_owned()]));
    }
}
