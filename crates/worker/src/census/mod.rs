//! The reader of census files (FAB, TER, SOG, TIT, PRM), one record a line, fields between bars.
//!
//! Source: Agenzia delle Entrate, "Forniture dati catastali censuari" (ES-23-IS-05). Layouts have
//! grown over the years at their end: fewer fields than a record needs are an error of its line,
//! more are taken as they are. Findings name file, line and field, and never a value: SOG and TIT
//! are personal data.

mod record;

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write};
use std::path::Path;

use wire::census::{CensusLine, Parameter, Tally};
use wire::{Finding, Severity, WriteError};

use crate::failure::{Failure, FailureKind};
use crate::output::Outcome;
use record::{Fields, Problem};

/// Bytes of a record at most.
const RECORD: u64 = 1 << 16;
/// Findings of a file at most; the rest is counted.
const MOST_FINDINGS: u64 = 1_000;

/// A kind of file, told by its ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Units of buildings.
    Fab,
    /// Land.
    Ter,
    /// Persons and bodies.
    Sog,
    /// Rights.
    Tit,
    /// Parameters of the supply.
    Prm,
}

impl Kind {
    /// Returns the kind of an ending.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "fab" => Some(Self::Fab),
            "ter" => Some(Self::Ter),
            "sog" => Some(Self::Sog),
            "tit" => Some(Self::Tit),
            "prm" => Some(Self::Prm),
            _ => None,
        }
    }
}

/// Reads a file and writes its records, one JSON object a line.
///
/// # Errors
/// Where the output cannot be written; everything else is in it.
pub fn read(path: &Path, kind: Kind, output: impl Write) -> Result<Outcome, WriteError> {
    match File::open(path) {
        Ok(file) => read_from(BufReader::new(file), kind, output),
        Err(error) => failed(Failure::unreadable(&error), output),
    }
}

/// Reads records as [`read`] does.
///
/// # Errors
/// As [`read`].
pub fn read_from(
    mut input: impl std::io::BufRead,
    kind: Kind,
    mut output: impl Write,
) -> Result<Outcome, WriteError> {
    let mut tally = Tally::default();
    let mut number = 0;
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = std::io::Read::take(&mut input, RECORD).read_until(b'\n', &mut bytes);
        if let Err(error) = read {
            return failed(Failure::unreadable(&error), output);
        }
        if bytes.is_empty() {
            break;
        }
        number += 1;
        if bytes.len() as u64 >= RECORD {
            let message = format!("A record has more than {RECORD} bytes.");
            return failed(
                Failure::at(FailureKind::LimitValue, number, message),
                output,
            );
        }
        let text = text(&bytes);
        let text = text.trim_end_matches(['\r', '\n', '\u{1a}']);
        if text.trim().is_empty() {
            continue;
        }
        match records(text, kind) {
            Ok(lines) => {
                tally.records += 1;
                for line in lines {
                    write(&line, &mut output)?;
                }
            }
            Err(problem) => {
                tally.left_out += 1;
                if tally.left_out <= MOST_FINDINGS {
                    let finding = Finding {
                        rule: "census.record".to_owned(),
                        severity: Severity::Error,
                        line: Some(number),
                        subject: None,
                        message: format!("The record is left out: {problem}."),
                    };
                    write(&CensusLine::Finding(finding), &mut output)?;
                }
            }
        }
    }
    write(&CensusLine::Done(tally), &mut output)?;
    output.flush()?;
    Ok(Outcome::Done)
}

fn failed(failure: Failure, mut output: impl Write) -> Result<Outcome, WriteError> {
    write(&CensusLine::Failed(failure.into()), &mut output)?;
    output.flush()?;
    Ok(Outcome::Failed)
}

fn write(line: &CensusLine, output: &mut impl Write) -> Result<(), WriteError> {
    serde_json::to_writer(&mut *output, line)?;
    output.write_all(b"\n")?;
    Ok(())
}

/// ISO 8859-1, or UTF-8 where it is that.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

fn records(text: &str, kind: Kind) -> Result<Vec<CensusLine>, Problem> {
    let fields = Fields::of(text);
    match kind {
        Kind::Fab => record::building(&fields),
        Kind::Ter => record::land(&fields),
        Kind::Sog => record::person(&fields),
        Kind::Tit => record::title(&fields),
        Kind::Prm => {
            let (key, value) = text.split_once(':').ok_or(Problem::NoColon)?;
            let tidy = |text: &str| text.trim().chars().take(200).collect();
            Ok(vec![CensusLine::Parameter(Parameter {
                key: tidy(key),
                value: tidy(value),
            })])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(bytes: &[u8], kind: Kind) -> Vec<CensusLine> {
        let mut out = Vec::new();
        read_from(bytes, kind, &mut out).expect("memory takes everything");
        let mut input = out.as_slice();
        let mut lines = Vec::new();
        while let Some(line) = CensusLine::read(&mut input).expect("is in order") {
            lines.push(line);
        }
        lines
    }

    const TER: &str = "X100||7|T|1|1|0012|00345|A|||001|2|1|23|45||||||15,50|10,05|01012020|\
                       |||||||||||P|||";

    #[test]
    fn land_is_read_in_every_layout() {
        for more in ["", "|", "|||x|y", "||||||||||"] {
            let lines = read_text(format!("{TER}{more}\r\n").as_bytes(), Kind::Ter);
            let CensusLine::Land(land) = &lines[0] else {
                panic!("{lines:?}")
            };
            assert_eq!(land.object.immobile, 7);
            assert_eq!(land.map.foglio.as_deref(), Some("0012"));
            assert_eq!(land.map.denominatore.as_deref(), Some("A"));
            assert_eq!(land.area_m2, Some(12_345));
            assert_eq!(land.dominicale_cents, Some(1550));
            assert_eq!(land.agrario_cents, Some(1005));
        }
    }

    #[test]
    fn units_have_identifiers_and_addresses() {
        let text = "X100||9|F|1|1|1|A03|2|5,5|98||350,25|||||T||||01012020||||||||||||||||\r\n\
                    X100||9|F|1|2||0012|00345||0001||B|0012|00346||0002||\r\n\
                    X100||9|F|1|3|236|DEI PLATANI|4||5|\r\n";
        let lines = read_text(text.as_bytes(), Kind::Fab);
        let CensusLine::Unit(unit) = &lines[0] else {
            panic!("{lines:?}")
        };
        assert_eq!(unit.categoria.as_deref(), Some("A/3"));
        assert_eq!(unit.consistenza_hundredths, Some(550));
        assert_eq!(unit.rendita_cents, Some(35_025));
        assert_eq!(unit.superficie_m2, Some(98));
        let CensusLine::Identifier(second) = &lines[2] else {
            panic!("{lines:?}")
        };
        assert_eq!(second.map.sezione.as_deref(), Some("B"));
        assert_eq!(second.map.subalterno.as_deref(), Some("0002"));
        let CensusLine::Address(address) = &lines[3] else {
            panic!("{lines:?}")
        };
        assert_eq!(address.street, "DEI PLATANI");
        assert_eq!(address.numbers, ["4", "5"]);
    }

    #[test]
    fn persons_are_read_and_findings_hold_none_of_their_values() {
        let sog = b"X100||3|P|FINT\xd2NI|TERZIA|2|01021950|X999|FNTTRZ50B41X999A||\r\n\
                    X100||4|G|SOCIETA ESEMPLARE|X999|00000000000\r\n\
                    X100||CANARINO|P|SEGRETA|PERSONA|2|01021950|X999|||\r\n\
                    X100||5|Z|SEGRETA\r\n";
        let lines = read_text(sog, Kind::Sog);
        let CensusLine::Person(person) = &lines[0] else {
            panic!("{lines:?}")
        };
        assert_eq!((person.name.as_str(), person.soggetto), ("FINTÒNI", 3));
        assert_eq!(person.born.as_deref(), Some("1950-02-01"));
        let findings: Vec<&Finding> = lines
            .iter()
            .filter_map(|line| match line {
                CensusLine::Finding(finding) => Some(finding),
                _ => None,
            })
            .collect();
        assert_eq!(
            findings.iter().map(|f| f.line).collect::<Vec<_>>(),
            [Some(3), Some(4)]
        );
        let told = format!("{findings:?}");
        for word in ["CANARINO", "SEGRETA", "PERSONA"] {
            assert!(!told.contains(word), "{told}");
        }
        assert_eq!(
            lines.last(),
            Some(&CensusLine::Done(Tally {
                records: 2,
                left_out: 2
            }))
        );
    }

    #[test]
    fn rights_have_a_share() {
        let tit = "X100||3|P|9|F|1||500|1000||||01012020|||||||||||||||77\r\n";
        let lines = read_text(tit.as_bytes(), Kind::Tit);
        let CensusLine::Title(title) = &lines[0] else {
            panic!("{lines:?}")
        };
        assert_eq!((title.share, title.of), (Some(500), Some(1000)));
        assert_eq!((title.immobile, title.immobile_kind.as_str()), (9, "F"));
    }
}
