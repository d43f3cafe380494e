//! `mappale clock`: the arithmetic of terms, open to anybody's check.

use std::io::Read as _;

use anyhow::{Context as _, Result};
use clap::Subcommand;

use crate::config::Config;
use crate::procedure::{ClockAnswer, ClockCase};

use super::{procedure, say};

/// What to do with terms.
#[derive(Debug, Subcommand)]
pub(super) enum ClockCommand {
    /// Read cases (a JSON array) from the standard input and print where each term stands.
    Eval,
}

/// Does what a command says.
pub(super) fn run(config: &Config, command: ClockCommand) -> Result<()> {
    let ClockCommand::Eval = command;
    let law = procedure::law(config)?;
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .context("the cases cannot be read")?;
    let cases: Vec<ClockCase> =
        serde_json::from_str(&text).context("the cases are no JSON array of terms")?;
    let answers: Vec<ClockAnswer> = cases.iter().map(|case| case.answer(&law)).collect();
    say(&serde_json::to_string_pretty(&answers)?)
}
