//! Terms of law and holidays, from `procedures/terms/` and `procedures/holidays.toml`.

use std::path::Path;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::calendar::{Holiday, Holidays, TermVersion};
use crate::layer::Localized;
use crate::strict::{self, Problem, SourceFile};

/// A file of holidays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayFile {
    /// Version of this file format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// The holidays.
    #[schemars(length(min = 1))]
    pub holiday: Vec<Holiday>,
}

/// A file of terms.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TermFile {
    /// Version of this file format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// Whose rule it is: `s_italia`, a region such as `r_lombar`, a comune such as `c_x100`.
    #[schemars(regex(pattern = r"^(s_italia|r_[a-z]+|c_[a-z][0-9]{3})$"))]
    pub scope: String,
    /// The terms.
    #[schemars(length(min = 1))]
    pub term: Vec<TermDefinition>,
}

/// A term through all versions of its law.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TermDefinition {
    /// Its name in definitions: `cdu.rilascio`.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"))]
    pub code: String,
    /// Its name for people.
    pub title: Localized,
    /// The law between dates; one start day has one version.
    #[schemars(length(min = 1))]
    pub version: Vec<TermVersion>,
}

/// All terms and holidays of an installation.
#[derive(Debug, Clone, Default)]
pub struct Law {
    terms: Vec<(String, TermDefinition)>,
    holidays: Vec<Holiday>,
}

/// The JSON Schema of a file of terms.
#[must_use]
pub fn term_schema() -> serde_json::Value {
    titled(schemars::schema_for!(TermFile), "Terms of law of Mappale")
}

/// The JSON Schema of a file of holidays.
#[must_use]
pub fn holiday_schema() -> serde_json::Value {
    titled(schemars::schema_for!(HolidayFile), "Holidays of Mappale")
}

pub(super) fn titled(schema: schemars::Schema, title: &str) -> serde_json::Value {
    let mut schema = schema.to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".into(), title.into());
    }
    schema
}

impl Law {
    /// Reads terms and holidays below a folder.
    ///
    /// # Errors
    /// Everything that is wrong with them, in the order of files and lines.
    pub fn load(folder: &Path) -> Result<Self, Vec<Problem>> {
        let (files, mut problems) = strict::toml_files(folder);
        let mut law = Self::default();
        for file in &files {
            if file.name == Path::new("holidays.toml") {
                law.add_holidays(file, &mut problems);
            } else if file.name.starts_with("terms") {
                law.add_terms(file, &mut problems);
            }
        }
        if problems.is_empty() {
            Ok(law)
        } else {
            Err(problems)
        }
    }

    fn add_holidays(&mut self, file: &SourceFile, problems: &mut Vec<Problem>) {
        match strict::read::<HolidayFile>(&file.name, &file.text, &holiday_schema()) {
            Ok((read, document)) => {
                for (index, holiday) in read.holiday.into_iter().enumerate() {
                    match holiday.fault() {
                        Some(fault) => {
                            let pointer = format!("/holiday/{index}");
                            problems.push(document.problem(&file.name, &pointer, fault));
                        }
                        None => self.holidays.push(holiday),
                    }
                }
            }
            Err(found) => problems.extend(found),
        }
    }

    fn add_terms(&mut self, file: &SourceFile, problems: &mut Vec<Problem>) {
        let (read, document) =
            match strict::read::<TermFile>(&file.name, &file.text, &term_schema()) {
                Ok(read) => read,
                Err(found) => return problems.extend(found),
            };
        let mut found = Vec::new();
        for (index, term) in read.term.into_iter().enumerate() {
            let here = format!("/term/{index}");
            if self.exact(&term.code, &read.scope).is_some() {
                found.push((
                    format!("{here}/code"),
                    format!("term '{}' of {} is already defined", term.code, read.scope),
                ));
                continue;
            }
            for (number, version) in term.version.iter().enumerate() {
                let here = format!("{here}/version/{number}");
                for (pointer, message) in version.faults() {
                    found.push((format!("{here}{pointer}"), message));
                }
                for earlier in &term.version[..number] {
                    if overlap(earlier, version) {
                        found.push((here.clone(), "two versions hold on the same day".to_owned()));
                    }
                }
            }
            self.terms.push((read.scope.clone(), term));
        }
        let told = found
            .into_iter()
            .map(|(pointer, message)| document.problem(&file.name, &pointer, message));
        problems.extend(strict::in_order(told.collect()));
    }

    fn exact(&self, code: &str, scope: &str) -> Option<&TermDefinition> {
        self.terms
            .iter()
            .find(|(of, term)| of == scope && term.code == code)
            .map(|(_, term)| term)
    }

    /// The term of a code for the narrowest of some scopes, given from narrow to wide.
    #[must_use]
    pub fn term(&self, code: &str, scopes: &[&str]) -> Option<&TermDefinition> {
        scopes.iter().find_map(|scope| self.exact(code, scope))
    }

    /// All terms with their scopes.
    pub fn terms(&self) -> impl Iterator<Item = (&str, &TermDefinition)> {
        self.terms
            .iter()
            .map(|(scope, term)| (scope.as_str(), term))
    }

    /// The holidays that count in a comune.
    #[must_use]
    pub fn holidays(&self, comune: Option<&str>) -> Holidays {
        Holidays::of(&self.holidays, comune)
    }
}

impl TermDefinition {
    /// The version under which a term that starts on a day runs.
    #[must_use]
    pub fn on(&self, start: Date) -> Option<&TermVersion> {
        self.version.iter().find(|version| version.holds_on(start))
    }
}

fn overlap(one: &TermVersion, other: &TermVersion) -> bool {
    let from = |version: &TermVersion| version.valid_from.unwrap_or(Date::MIN);
    let to = |version: &TermVersion| version.valid_to.unwrap_or(Date::MAX);
    from(one) <= to(other) && from(other) <= to(one)
}
