//! The catalogue: every file read, held against each other, rules compiled.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::rule::{Rule, Vocabulary};
use crate::strict::{self, Document, Problem, SourceFile};

use super::definition::{Area, AreaFile, Definition, Office, OfficeFile};
use super::law::{Law, titled};
use super::pinned;
use super::section::{Section, SectionFile};
use super::sense;

/// A procedure with everything that it needs: compiled, checked, and its text.
#[derive(Debug)]
pub struct Procedure {
    /// What the file says.
    pub definition: Definition,
    /// Its sections, in the order of its steps.
    pub sections: Vec<Arc<Section>>,
    /// The office that decides.
    pub office: Office,
    /// What its expressions may speak of.
    pub vocabulary: Vocabulary,
    /// Its compiled expressions, by their text.
    pub rules: BTreeMap<String, Rule>,
    /// The text of everything it is made of, as a practice keeps it.
    pub text: String,
    /// SHA-256 of that text.
    pub sha256: [u8; 32],
}

/// All procedures of an installation.
#[derive(Debug, Clone, Default)]
pub struct Procedures {
    /// Terms and holidays.
    pub law: Law,
    areas: Vec<Area>,
    procedures: Vec<Arc<Procedure>>,
}

/// The JSON Schema of a procedure.
#[must_use]
pub fn procedure_schema() -> Json {
    titled(schemars::schema_for!(Definition), "Procedure of Mappale")
}

/// The JSON Schema of a file of sections.
#[must_use]
pub fn section_schema() -> Json {
    titled(
        schemars::schema_for!(SectionFile),
        "Form sections of Mappale",
    )
}

/// The JSON Schema of a file of areas.
#[must_use]
pub fn area_schema() -> Json {
    titled(schemars::schema_for!(AreaFile), "Areas of Mappale")
}

/// The JSON Schema of a file of offices.
#[must_use]
pub fn office_schema() -> Json {
    titled(schemars::schema_for!(OfficeFile), "Offices of Mappale")
}

/// The JSON Schema of the list of layers.
#[must_use]
pub fn layer_schema() -> Json {
    titled(schemars::schema_for!(LayerFile), "Layers for conditions")
}

/// The layers that conditions may ask for: one without a map answers "no data".
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerFile {
    /// Version of this file format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// Ids of layers.
    #[schemars(length(min = 1))]
    pub layer: Vec<String>,
}

/// What is read before procedures are put together.
#[derive(Default)]
struct Parts {
    areas: Vec<Area>,
    offices: Vec<(Office, Json)>,
    layers: Vec<String>,
    sections: BTreeMap<String, (Arc<Section>, Json)>,
}

impl Procedures {
    /// Reads everything below a folder.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of files and lines.
    pub fn load(folder: &Path) -> Result<Self, Vec<Problem>> {
        let (law, mut problems) = match Law::load(folder) {
            Ok(law) => (law, Vec::new()),
            Err(problems) => (Law::default(), problems),
        };
        let (files, _) = strict::toml_files(folder);
        let mut parts = Parts::default();
        let mut procedures = Vec::new();
        for file in &files {
            let name = file.name.as_path();
            if name == Path::new("areas.toml") {
                match strict::read::<AreaFile>(name, &file.text, &area_schema()) {
                    Ok((read, _)) => parts.areas = read.area,
                    Err(found) => problems.extend(found),
                }
            } else if name == Path::new("offices.toml") {
                match strict::read::<OfficeFile>(name, &file.text, &office_schema()) {
                    Ok((read, document)) => {
                        let texts = document.value["office"].as_array().cloned();
                        let texts = texts.unwrap_or_default();
                        parts.offices = read.office.into_iter().zip(texts).collect();
                    }
                    Err(found) => problems.extend(found),
                }
            } else if name == Path::new("layers.toml") {
                match strict::read::<LayerFile>(name, &file.text, &layer_schema()) {
                    Ok((read, _)) => parts.layers = read.layer,
                    Err(found) => problems.extend(found),
                }
            } else if name.starts_with("sections") {
                parts.add_sections(file, &mut problems);
            } else if !name.starts_with("terms") && name != Path::new("holidays.toml") {
                procedures.push(file);
            }
        }
        let mut all: Vec<Arc<Procedure>> = Vec::new();
        let read = read_procedures(&procedures, &mut problems);
        for (file, definition, document, whole) in read {
            let taken = all
                .iter()
                .any(|p| same(&p.definition, &definition) && overlap(&p.definition, &definition));
            if taken {
                let message = format!(
                    "procedure {} of {} is already defined for these days",
                    definition.code, definition.scope
                );
                problems.push(document.problem(&file.name, "/code", message));
                continue;
            }
            match parts.put_together(file, definition, &document, &whole, &law) {
                Ok(procedure) => all.push(Arc::new(procedure)),
                Err(found) => problems.extend(found),
            }
        }
        problems.extend(unknown_targets(&all));
        if problems.is_empty() {
            Ok(Self {
                law,
                areas: parts.areas,
                procedures: all,
            })
        } else {
            problems.sort_by(|a, b| a.file.cmp(&b.file).then(a.line.cmp(&b.line)));
            Err(problems)
        }
    }

    /// The areas, in order.
    #[must_use]
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// Every procedure of every scope.
    #[must_use]
    pub fn all(&self) -> &[Arc<Procedure>] {
        &self.procedures
    }

    /// The procedures that hold somewhere on a day: of each code the narrowest scope's.
    #[must_use]
    pub fn of(&self, scopes: &[String], day: Date) -> Vec<&Arc<Procedure>> {
        let rank = |procedure: &Procedure| {
            let scope = &procedure.definition.scope;
            scopes.iter().position(|known| known == scope)
        };
        let mut found: BTreeMap<&str, (usize, &Arc<Procedure>)> = BTreeMap::new();
        for procedure in &self.procedures {
            let definition = &procedure.definition;
            let in_force =
                definition.valid_from <= day && definition.valid_to.is_none_or(|last| day <= last);
            let Some(rank) = rank(procedure).filter(|_| in_force) else {
                continue;
            };
            let kept = found.get(definition.code.as_str());
            if kept.is_none_or(|(other, _)| rank < *other) {
                found.insert(&definition.code, (rank, procedure));
            }
        }
        found
            .into_values()
            .map(|(_, procedure)| procedure)
            .collect()
    }

    /// A procedure by its code, in any case of letters.
    #[must_use]
    pub fn get(&self, code: &str, scopes: &[String], day: Date) -> Option<&Arc<Procedure>> {
        self.of(scopes, day)
            .into_iter()
            .find(|procedure| procedure.definition.code.eq_ignore_ascii_case(code))
    }

    /// A procedure by the hash of its text: the version that a practice started with.
    #[must_use]
    pub fn pinned(&self, sha256: &[u8]) -> Option<&Arc<Procedure>> {
        self.procedures
            .iter()
            .find(|procedure| procedure.sha256 == sha256)
    }
}

/// The scopes of a comune, from narrow to wide.
#[must_use]
pub fn scopes_of(comune_code: &str, region: Option<&str>) -> Vec<String> {
    let mut scopes = vec![format!("c_{}", comune_code.to_ascii_lowercase())];
    scopes.extend(region.map(str::to_owned));
    scopes.push("s_italia".to_owned());
    scopes
}

fn same(one: &Definition, other: &Definition) -> bool {
    one.code == other.code && one.scope == other.scope
}

fn overlap(one: &Definition, other: &Definition) -> bool {
    let to = |definition: &Definition| definition.valid_to.unwrap_or(Date::MAX);
    one.valid_from <= to(other) && other.valid_from <= to(one)
}

/// A file, what it says together with what it extends, its lines, and that as it is kept.
type Read<'f> = (&'f SourceFile, Definition, Document, Json);

/// Reads procedures; a file with `extends` declares only what differs from the wider scope's.
fn read_procedures<'f>(files: &[&'f SourceFile], problems: &mut Vec<Problem>) -> Vec<Read<'f>> {
    let schema = procedure_schema();
    let mut wide: Vec<Read<'f>> = Vec::new();
    let mut bases: BTreeMap<String, Json> = BTreeMap::new();
    let mut narrow = Vec::new();
    for file in files {
        if let Ok(document) = Document::parse(&file.text)
            && document.value.get("extends").is_some()
        {
            narrow.push((*file, document));
            continue;
        }
        match strict::read::<Definition>(&file.name, &file.text, &schema) {
            Ok((definition, document)) => {
                bases.insert(definition.code.clone(), document.value.clone());
                let whole = document.value.clone();
                wide.push((file, definition, document, whole));
            }
            Err(found) => problems.extend(found),
        }
    }
    for (file, document) in narrow {
        let code = document.value["extends"].as_str().unwrap_or_default();
        let Some(base) = bases.get(code) else {
            let message = format!("there is no procedure '{code}' to extend");
            problems.push(document.problem(&file.name, "/extends", message));
            continue;
        };
        let mut whole = base.clone();
        merge(&mut whole, &document.value);
        if let Some(object) = whole.as_object_mut() {
            object.remove("extends");
        }
        match strict::check::<Definition>(&file.name, whole.clone(), &document, &schema) {
            Ok(definition) => wide.push((file, definition, document, whole)),
            Err(found) => problems.extend(found),
        }
    }
    wide
}

/// Puts what differs over a base: tables by key, lists of tables by their `code`, the rest whole.
fn merge(base: &mut Json, over: &Json) {
    match (base, over) {
        (Json::Object(base), Json::Object(over)) => {
            for (key, value) in over {
                match base.get_mut(key) {
                    Some(there) => merge(there, value),
                    None => {
                        base.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Json::Array(base), Json::Array(over)) if over.iter().all(|o| o.get("code").is_some()) => {
            for value in over {
                match base.iter_mut().find(|b| b.get("code") == value.get("code")) {
                    Some(there) => merge(there, value),
                    None => base.push(value.clone()),
                }
            }
        }
        (base, over) => *base = over.clone(),
    }
}

/// Conditions that name a procedure which does not exist.
fn unknown_targets(all: &[Arc<Procedure>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for procedure in all {
        for target in sense::procedure_targets(&procedure.definition) {
            // A procedure that the desk does not offer yet is told by its code all the same.
            if !target.contains('-') {
                problems.push(Problem {
                    file: procedure.definition.code.clone().into(),
                    line: 1,
                    message: format!("'{target}' is no code of a procedure"),
                });
            }
        }
    }
    problems
}

impl Parts {
    fn add_sections(&mut self, file: &SourceFile, problems: &mut Vec<Problem>) {
        let read = strict::read::<SectionFile>(&file.name, &file.text, &section_schema());
        let (read, document) = match read {
            Ok(read) => read,
            Err(found) => return problems.extend(found),
        };
        for (index, section) in read.section.into_iter().enumerate() {
            let here = format!("/section/{index}");
            for (pointer, message) in sense::section_faults(&section) {
                problems.push(document.problem(&file.name, &format!("{here}{pointer}"), message));
            }
            let text = document.value["section"][index].clone();
            if self.sections.contains_key(&section.code) {
                let message = format!("section '{}' is already defined", section.code);
                problems.push(document.problem(&file.name, &format!("{here}/code"), message));
            } else {
                let code = section.code.clone();
                self.sections.insert(code, (Arc::new(section), text));
            }
        }
    }

    /// A procedure of its parts, or everything that does not fit.
    fn put_together(
        &self,
        file: &SourceFile,
        definition: Definition,
        document: &Document,
        whole: &Json,
        law: &Law,
    ) -> Result<Procedure, Vec<Problem>> {
        let mut faults: Vec<(String, String)> = Vec::new();
        let mut sections = Vec::new();
        let mut texts = Vec::new();
        for (index, step) in definition.step.iter().enumerate() {
            match self.sections.get(&step.section) {
                Some((section, source)) => {
                    sections.push(Arc::clone(section));
                    texts.push(source);
                }
                None => faults.push((
                    format!("/step/{index}/section"),
                    format!("there is no section '{}'", step.section),
                )),
            }
        }
        let area = self.areas.iter().any(|area| area.code == definition.area);
        if !area {
            faults.push((
                "/area".into(),
                format!("there is no area '{}'", definition.area),
            ));
        }
        let office = self
            .offices
            .iter()
            .find(|(office, _)| office.code == definition.office);
        if office.is_none() {
            faults.push((
                "/office".into(),
                format!("there is no office '{}'", definition.office),
            ));
        }
        faults.extend(sense::definition_faults(&definition, &sections, law));
        let vocabulary = sense::vocabulary(&sections, &self.layers);
        let (rules, wrong) = sense::compile(&definition, &sections, &vocabulary);
        faults.extend(wrong);
        let told = |faults: Vec<(String, String)>| -> Vec<Problem> {
            let problems = faults
                .into_iter()
                .map(|(pointer, message)| document.problem(&file.name, &pointer, message));
            strict::in_order(problems.collect())
        };
        let (Some((office, office_text)), true) = (office, faults.is_empty()) else {
            return Err(told(faults));
        };
        let mut procedure = Procedure {
            office: office.clone(),
            sections,
            vocabulary,
            rules,
            sha256: [0; 32],
            text: String::new(),
            definition,
        };
        procedure.pin(&pinned::Parts {
            definition: whole,
            sections: &texts,
            office: office_text,
        });
        let untrue = sense::examples(&procedure);
        if untrue.is_empty() {
            Ok(procedure)
        } else {
            Err(told(untrue))
        }
    }
}
