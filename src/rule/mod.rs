//! Conditions of definitions: expressions of CEL (Common Expression Language) over a declared
//! vocabulary.
//!
//! | name | what it is |
//! |---|---|
//! | `form.key` | an answer; *null* while it was not given |
//! | `parcels` | the chosen parcels: `reference`, `comune`, `foglio`, `number`, `area_m2` |
//! | `facts['vincolo.paesaggio']` | `status` (`hit`, `clear`, `no_data`, `error`), `share` of the selection (0 to 1), `area_m2`, `keys` |
//! | `person` | who files: `name`, `role` |
//! | `today` | the day, `2026-11-24` |
//!
//! Besides CEL's operators there are `size`, `startsWith`, `endsWith`, `contains`, `int`,
//! `double`, `string`, the macros `has`, `all`, `exists`, `exists_one`, `filter`, `map`, and
//! `days(from, to)`, the days from one day to another. Numbers are doubles: write `2.0 * form.x`.
//!
//! When an expression is compiled, every path in it is looked up in the vocabulary: a misspelt
//! name is told at load and not by the citizen who comes upon it. An expression has at most
//! [`MAX_NODES`] nodes, macros inside each other [`MAX_NESTING`] deep, over lists of at most
//! [`MAX_LIST`]. One that needs an answer that was not given is *unknown*, never true or false.

mod evaluate;
mod vocabulary;
mod walk;

#[cfg(test)]
mod tests;

pub use evaluate::{Error, Known, Truth};
pub use vocabulary::{Shape, Vocabulary};

use cel::Program;

/// Nodes that an expression has at most, macros written out.
pub const MAX_NODES: usize = 300;

/// How deep macros may stand inside each other.
pub const MAX_NESTING: usize = 2;

/// Entries that a list has at most.
pub const MAX_LIST: usize = 1_000;

/// Characters that an expression has at most.
pub const MAX_CHARS: usize = 2_000;

/// A compiled expression, with every path that it reads.
#[derive(Debug)]
pub struct Rule {
    source: String,
    program: Program,
    paths: Vec<String>,
}

impl Rule {
    /// Compiles an expression for a vocabulary.
    ///
    /// # Errors
    /// Everything that is wrong with it, in words: syntax, or unknown paths and functions, limits.
    pub fn compile(source: &str, vocabulary: &Vocabulary) -> Result<Self, Vec<String>> {
        if source.chars().count() > MAX_CHARS {
            return Err(vec![format!(
                "an expression has at most {MAX_CHARS} characters"
            )]);
        }
        let program = evaluate::environment()
            .compile(source)
            .map_err(|errors| vec![format!("'{source}': {errors}")])?;
        let walked = walk::walk(program.expression(), vocabulary);
        if walked.problems.is_empty() {
            Ok(Self {
                source: source.to_owned(),
                program,
                paths: walked.paths,
            })
        } else {
            let told = walked.problems.into_iter();
            Err(told
                .map(|problem| format!("'{source}': {problem}"))
                .collect())
        }
    }

    /// The text of the expression.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Every path that it reads, each once: `form.works`, `facts['vincolo.pai'].status`.
    #[must_use]
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// The layers whose facts it reads, each once.
    #[must_use]
    pub fn layers(&self) -> Vec<&str> {
        let mut layers: Vec<&str> = self
            .paths
            .iter()
            .filter_map(|path| path.strip_prefix("facts['")?.split_once("']"))
            .map(|(layer, _)| layer)
            .collect();
        layers.sort_unstable();
        layers.dedup();
        layers
    }
}
