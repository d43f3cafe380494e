//! `mappale-worker`: reads one foreign file, writes its features to standard output.

use std::fs::File;
use std::io::{BufWriter, Write, stderr, stdout};
use std::process::ExitCode;

use wire::{Content, Document, WriteError};
use worker::args::{self, Command, Read, Reader};
use worker::failure::Failure;
use worker::output::Outcome;
use worker::sandbox::{self, Walls};
use worker::vector::{self, Driver};
use worker::{census, cxf, export, geojson, geopackage, gml, unpack};

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
        Ok(Command::Read(read)) => *read,
        Err(error) => {
            say(&format!("mappale-worker: {error}\n\n{}", args::USAGE));
            return ExitCode::from(USAGE);
        }
    };
    if let Err(error) = sandbox::enter(&walls(&command)) {
        say(&format!("mappale-worker: {error}\n"));
        return ExitCode::from(NOT_CONFINED);
    }
    let output = BufWriter::with_capacity(1 << 16, stdout().lock());
    let file = &command.file;
    let read = match &command.reader {
        Reader::CadastreGml(kind, limits) => match File::open(file) {
            Ok(opened) => gml::read(opened, *kind, limits, output),
            Err(error) => gml::refuse_unreadable(&error, *kind, output),
        },
        Reader::GeoJson(limits) => match File::open(file) {
            Ok(opened) => geojson::read(opened, limits, output),
            Err(error) => geojson::refuse_unreadable(&error, output),
        },
        Reader::Census(kind) => census::read(file, *kind, output),
        Reader::Cxf(options) => cxf::read(file, options, output),
        Reader::Vector(options) => vector::read(file, options, output),
        Reader::Inspect(options, name) => {
            let inspected = if options.driver.is_none() && cxf::is_cxf(file) {
                cxf::inspect(file, name.as_deref(), options.crs)
            } else {
                vector::inspect(file, options)
            };
            answer(inspected.map(Content::Inspection), output)
        }
        Reader::Findings(folder) => answer(
            geopackage::write(file, folder).map(Content::Unpacked),
            output,
        ),
        Reader::Export(format, folder) => answer(
            export::write(file, folder, *format).map(Content::Unpacked),
            output,
        ),
        Reader::Unpack(folder, limits) => answer(
            unpack::unpack(file, folder, limits).map(Content::Unpacked),
            output,
        ),
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

/// Returns the walls for a command: only what it needs is open.
fn walls(command: &Read) -> Walls {
    let (with_siblings, write, file_bytes) = match &command.reader {
        Reader::CadastreGml(..) | Reader::Census(_) | Reader::GeoJson(_) => (false, None, 0),
        Reader::Cxf(_) | Reader::Inspect(..) | Reader::Vector(_) => {
            (Driver::may_have_siblings(&command.file), None, 0)
        }
        Reader::Unpack(folder, limits) => (false, Some(folder.clone()), limits.total_bytes),
        Reader::Findings(folder) => (false, Some(folder.clone()), 1 << 30),
        Reader::Export(_, folder) => (false, Some(folder.clone()), 4 << 30),
    };
    Walls {
        mode: command.sandbox,
        memory: command.max_memory,
        cpu: command.max_cpu,
        file_bytes,
        read: sandbox::input(&command.file, with_siblings),
        write,
    }
}

/// Writes a document.
fn answer(found: Result<Content, Failure>, mut output: impl Write) -> Result<Outcome, WriteError> {
    let (content, outcome) = match found {
        Ok(content) => (content, Outcome::Done),
        Err(failure) => (Content::Failed(failure.into()), Outcome::Failed),
    };
    serde_json::to_writer(&mut output, &Document::new(content))?;
    output.flush()?;
    Ok(outcome)
}

/// Writes to standard error; if that fails, nobody is left to tell.
fn say(text: &str) {
    let _ = stderr().write_all(text.as_bytes());
}
