//! Files that people edit: TOML read strictly, everything that is wrong told at once, with lines.
//!
//! A form is a Rust type: its JSON Schema checks the file, so that an editor that knows the
//! schema and the program say the same. What a schema cannot say, its owner checks afterwards
//! and tells with [`Document::problem`].

mod document;

use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

pub use document::{Document, SyntaxFault};

/// Something wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, relative to the folder of definitions.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong, in words.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.message)
    }
}

/// A file's name below its folder, and its text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Relative to the folder.
    pub name: PathBuf,
    /// What stands in it.
    pub text: String,
}

const MAX_FILE_BYTES: u64 = 1 << 20;

/// Every `*.toml` below a folder in the order of their names, and what cannot be read.
#[must_use]
pub fn toml_files(folder: &Path) -> (Vec<SourceFile>, Vec<Problem>) {
    let mut paths = Vec::new();
    let mut problems = Vec::new();
    list_files(folder, folder, &mut paths, &mut problems);
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_path_buf();
        match std::fs::read_to_string(&path) {
            Ok(text) => files.push(SourceFile { name, text }),
            Err(error) => problems.push(Problem {
                file: name,
                line: 1,
                message: format!("the file cannot be read: {error}"),
            }),
        }
    }
    (files, problems)
}

/// What changes when a definition file below a folder does: names, sizes and times.
#[must_use]
pub fn stamp(folder: &Path) -> Vec<(PathBuf, u64, Option<std::time::SystemTime>)> {
    let mut paths = Vec::new();
    list_files(folder, folder, &mut paths, &mut Vec::new());
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let metadata = std::fs::metadata(&path).ok();
            let bytes = metadata.as_ref().map_or(0, std::fs::Metadata::len);
            (path, bytes, metadata.and_then(|m| m.modified().ok()))
        })
        .collect()
}

fn list_files(root: &Path, folder: &Path, found: &mut Vec<PathBuf>, problems: &mut Vec<Problem>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            problems.push(Problem {
                file: folder.strip_prefix(root).unwrap_or(folder).to_path_buf(),
                line: 1,
                message: format!("the folder cannot be read: {error}"),
            });
            return;
        }
    };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => list_files(root, &path, found, problems),
            Ok(metadata) if path.extension().is_some_and(|e| e == "toml") => {
                if metadata.len() <= MAX_FILE_BYTES {
                    found.push(path);
                } else {
                    problems.push(Problem {
                        file: path.strip_prefix(root).unwrap_or(&path).to_path_buf(),
                        line: 1,
                        message: "a definition of more than 1 MB is no definition".into(),
                    });
                }
            }
            _ => {}
        }
    }
}

/// Reads a file into a type after checking it against the schema of that type.
///
/// # Errors
/// All problems of syntax, or else all that the schema finds, in the order of lines.
pub fn read<T: DeserializeOwned>(
    name: &Path,
    text: &str,
    schema: &serde_json::Value,
) -> Result<(T, Document), Vec<Problem>> {
    let problem = |line, message| Problem {
        file: name.to_path_buf(),
        line,
        message,
    };
    let document = Document::parse(text).map_err(|faults| {
        let told = faults
            .into_iter()
            .map(|fault| problem(fault.line, fault.message));
        in_order(told.collect())
    })?;
    let read = check(name, document.value.clone(), &document, schema)?;
    Ok((read, document))
}

/// Checks values against the schema of a type; the lines are those of a document that has them.
///
/// # Errors
/// All that the schema finds, in the order of lines.
pub fn check<T: DeserializeOwned>(
    name: &Path,
    value: serde_json::Value,
    document: &Document,
    schema: &serde_json::Value,
) -> Result<T, Vec<Problem>> {
    let problem = |line, message| Problem {
        file: name.to_path_buf(),
        line,
        message,
    };
    let problems = schema_problems(&value, document, schema, &problem);
    if !problems.is_empty() {
        return Err(in_order(problems));
    }
    serde_json::from_value(value).map_err(|error| vec![problem(1, error.to_string())])
}

/// Problems of one file in the order of their lines.
#[must_use]
pub fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| problem.line);
    problems
}

impl Document {
    /// A problem at a place of this file: a JSON pointer such as `/column/0/name`.
    #[must_use]
    pub fn problem(&self, name: &Path, pointer: &str, message: String) -> Problem {
        Problem {
            file: name.to_path_buf(),
            line: self.line(pointer),
            message,
        }
    }
}

// What the schema objects to.
fn schema_problems(
    value: &serde_json::Value,
    document: &Document,
    schema: &serde_json::Value,
    problem: &impl Fn(usize, String) -> Problem,
) -> Vec<Problem> {
    let validator = match jsonschema::validator_for(schema) {
        Ok(validator) => validator,
        Err(error) => return vec![problem(1, format!("the schema itself is broken: {error}"))],
    };
    let mut problems = Vec::new();
    for error in validator.iter_errors(value) {
        let pointer = error.instance_path().as_str().to_owned();
        if let jsonschema::error::ValidationErrorKind::AdditionalProperties { unexpected } =
            error.kind()
        {
            for key in unexpected {
                let line = document.line(&format!("{pointer}/{key}"));
                problems.push(problem(line, format!("unknown key '{key}'")));
            }
            continue;
        }
        let subject = if pointer.is_empty() {
            String::new()
        } else {
            format!("{}: ", pointer.trim_start_matches('/').replace('/', "."))
        };
        problems.push(problem(
            document.line(&pointer),
            format!("{subject}{error}"),
        ));
    }
    problems
}
