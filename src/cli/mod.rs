//! The command line: sub-commands of one program.

mod backup;
mod cadastre;
mod cdu;
mod clock;
mod comune;
mod db;
mod demo;
mod erase;
mod fact;
mod layer;
mod plan;
mod procedure;
mod progress;
mod serve;
mod tiles;
mod verify;

use std::borrow::Cow;
use std::io::{IsTerminal as _, Write as _};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};

use crate::config::{Config, LogFormat};
use crate::layer::Definitions;

/// The map and the front desk of a municipality in one program.
#[derive(Debug, Parser)]
#[command(name = "mappale", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages, the map and the API.
    Serve(serve::ServeArguments),
    /// The private database server and the schema.
    #[command(subcommand)]
    Db(db::DbCommand),
    /// Comuni: their names, codes and boundaries.
    #[command(subcommand)]
    Comune(comune::ComuneCommand),
    /// Layers: definitions, loading, publishing.
    #[command(subcommand)]
    Layer(layer::LayerCommand),
    /// The cadastre that a comune receives: coordinate systems of sheets.
    #[command(subcommand)]
    Cadastre(cadastre::CadastreCommand),
    /// Facts of many parcels, and their audit.
    #[command(subcommand)]
    Fact(fact::FactCommand),
    /// Procedures, terms of law, holidays: definitions and their check.
    #[command(subcommand)]
    Procedure(procedure::ProcedureCommand),
    /// Terms: where they stand.
    #[command(subcommand)]
    Clock(clock::ClockCommand),
    /// Plans: versions with their layers, acts and norms, published whole.
    #[command(subcommand)]
    Plan(plan::PlanCommand),
    /// Verify that no event of any practice was altered, taken out or cut off.
    Verify(verify::VerifyArguments),
    /// Erase the personal data of a practice; the chain of events stays whole.
    Erase(erase::EraseArguments),
    /// Copy the database and the stored documents into a folder, consistent with each other.
    Backup(backup::BackupArguments),
    /// Bring a backup into an installation that is empty, and verify it.
    Restore(backup::BackupArguments),
    /// Issue a zoning certificate (certificato di destinazione urbanistica) as a draft to be signed.
    Cdu(cdu::CduArguments),
    /// Tiles: files of them.
    #[command(subcommand)]
    Tiles(tiles::TilesCommand),
    /// The invented demonstration comune.
    #[command(subcommand)]
    Demo(demo::DemoCommand),
    /// Print the documentation of the API (OpenAPI, JSON).
    Openapi,
}

/// Reads the arguments and does what they say.
///
/// # Errors
/// Whatever keeps it from being done, in words.
pub fn run() -> Result<()> {
    let arguments = Arguments::parse();
    let config = Config::from_env()?;
    start_log(&config, &arguments.command);
    crate::failpoint::allow(config.failpoints.as_deref());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be started")?;
    runtime.block_on(async {
        match arguments.command {
            Command::Serve(arguments) => serve::run(config, arguments).await,
            Command::Db(command) => db::run(&config, command).await,
            Command::Comune(command) => comune::run(&config, command).await,
            Command::Layer(command) => layer::run(&config, command).await,
            Command::Cadastre(command) => cadastre::run(&config, command).await,
            Command::Fact(command) => fact::run(config, command).await,
            Command::Procedure(command) => procedure::run(&config, command),
            Command::Clock(command) => clock::run(&config, command),
            Command::Plan(command) => plan::run(&config, command).await,
            Command::Verify(arguments) => verify::run(&config, arguments).await,
            Command::Erase(arguments) => erase::run(&config, arguments).await,
            Command::Backup(arguments) => backup::backup(&config, arguments).await,
            Command::Restore(arguments) => backup::restore(&config, arguments).await,
            Command::Cdu(arguments) => cdu::run(config, arguments).await,
            Command::Tiles(command) => tiles::run(config, command).await,
            Command::Demo(command) => demo::run(&config, command).await,
            Command::Openapi => say(&crate::http::openapi().to_pretty_json()?),
        }
    })
}

// Commands print what they do; only the server logs by default.
fn start_log(config: &Config, command: &Command) {
    let default = match command {
        Command::Serve(_) => "info,sqlx=warn",
        _ => "warn,sqlx=error",
    };
    let filter = config.log.as_deref().unwrap_or(default);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
}

/// Prints a line on the standard output.
fn say(line: &str) -> Result<()> {
    let line = printable(line);
    writeln!(std::io::stdout(), "{line}").context("the output cannot be written")
}

/// A text as a terminal may have it: names and values of foreign files can hold characters that
/// move its cursor, change its colours or turn the direction of writing.
pub fn printable(text: &str) -> Cow<'_, str> {
    let moves = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(moves) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if moves(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// The layer definitions, or all their mistakes at once.
fn definitions(config: &Config) -> Result<Definitions> {
    Definitions::load(&config.layers).map_err(|problems| {
        let list: Vec<String> = problems
            .iter()
            .map(|problem| format!("{}/{problem}", config.layers.display()))
            .collect();
        anyhow::anyhow!("{}", list.join("\n"))
    })
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_would_move_a_terminal_is_written_out() {
        assert_eq!(printable("Località\tA\n"), "Località\tA\n");
        assert_eq!(printable("\u{1b}[31mrosso"), "\\u{1b}[31mrosso");
        assert_eq!(
            printable("a\u{202e}b\u{2069}\u{0}"),
            "a\\u{202e}b\\u{2069}\\u{0}"
        );
    }
}
