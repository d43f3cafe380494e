//! `mappale-worker`: reads one foreign file, writes its features to standard output.

use std::fs::File;
use std::io::{BufWriter, Write, stderr, stdout};
use std::process::ExitCode;

use worker::args::{self, Command, Reader};
use worker::output::Outcome;
use worker::sandbox::{self, Walls};
use worker::{geojson, gml};

/// Exit status after a `Failed` frame.
const REFUSED: u8 = 2;
/// Exit status of a wrong command line (`EX_USAGE`).
const USAGE: u8 = 64;
/// Exit status where the walls could not be put up (`EX_OSERR`).
const NOT_CONFINED: u8 = 71;
/// Exit status where the stream could not be written (`EX_IOERR`).
const NOT_WRITTEN: u8 = 74;

fn main() -> ExitCode {
    if let Err(error) = sandbox::empty_environment() {
        say(&format!("mappale-worker: {error}\n"));
        return ExitCode::from(NOT_CONFINED);
    }
    let command = match args::parse(std::env::args_os().skip(1)) {
        Ok(Command::Help) => {
            let written = stdout().write_all(args::USAGE.as_bytes());
            return ExitCode::from(if written.is_ok() { 0 } else { NOT_WRITTEN });
        }
        Ok(Command::Read(read)) => read,
        Err(error) => {
            say(&format!("mappale-worker: {error}\n\n{}", args::USAGE));
            return ExitCode::from(USAGE);
        }
    };
    let walls = Walls {
        mode: command.sandbox,
        memory: command.max_memory,
        cpu: command.max_cpu,
        file_bytes: 0,
        read: sandbox::input(&command.file, false),
        write: None,
    };
    if let Err(error) = sandbox::enter(&walls) {
        say(&format!("mappale-worker: {error}\n"));
        return ExitCode::from(NOT_CONFINED);
    }
    let output = BufWriter::with_capacity(1 << 16, stdout().lock());
    let read = match (File::open(&command.file), &command.reader) {
        (Ok(file), Reader::CadastreGml(kind, limits)) => gml::read(file, *kind, limits, output),
        (Ok(file), Reader::GeoJson(limits)) => geojson::read(file, limits, output),
        (Err(error), Reader::CadastreGml(kind, _)) => gml::refuse_unreadable(&error, *kind, output),
        (Err(error), Reader::GeoJson(_)) => geojson::refuse_unreadable(&error, output),
    };
    match read {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::from(REFUSED),
        Err(error) => {
            say(&format!("mappale-worker: {error}\n"));
            ExitCode::from(NOT_WRITTEN)
        }
    }
}

/// Writes to standard error; if that fails, nobody is left to tell.
fn say(text: &str) {
    let _ = stderr().write_all(text.as_bytes());
}
