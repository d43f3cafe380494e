//! The stream, with a bound on findings.

use std::collections::BTreeMap;
use std::io::Write;

use wire::{Done, Failed, Feature, Finding, Hello, Progress, Severity, WriteError, Writer};

use crate::failure::Stop;

/// Findings of one rule that are written; the rest is counted.
const MOST_OF_A_RULE: u64 = 1_000;
/// Longest text of a finding, in bytes.
const LONGEST: usize = 2_000;

/// Writes the stream and counts what goes into it.
pub struct Output<W> {
    writer: Writer<W>,
    findings: BTreeMap<&'static str, (Severity, u64)>,
    counts: Done,
}

/// How the reading of a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The stream ends with a `Done` frame.
    Done,
    /// The stream ends with a `Failed` frame.
    Failed,
}

/// A finding before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Identifier of the rule.
    pub rule: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// Line of the file, from 1.
    pub line: u64,
    /// What it is about.
    pub subject: Option<String>,
    /// An English sentence.
    pub message: String,
}

impl<W: Write> Output<W> {
    /// Opens the stream.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn open(output: W, hello: &Hello) -> Result<Self, WriteError> {
        let mut writer = Writer::new(output);
        writer.hello(hello)?;
        Ok(Self {
            writer,
            findings: BTreeMap::new(),
            counts: Done::default(),
        })
    }

    /// Writes a feature and counts it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn feature(&mut self, feature: &Feature) -> Result<(), WriteError> {
        self.counts.features += 1;
        self.counts.joined += u64::from(feature.members > 1);
        self.counts.vertices += feature.geometry.vertex_count() as u64;
        self.writer.feature(feature)
    }

    /// Counts a member of the file.
    pub const fn count_member(&mut self) {
        self.counts.members += 1;
    }

    /// Writes the finding that keeps a feature out of the stream.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn leave_out(&mut self, note: Note) -> Result<(), WriteError> {
        self.counts.left_out += 1;
        self.note(note)
    }

    /// Writes a finding, unless there were too many of its rule.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn note(&mut self, note: Note) -> Result<(), WriteError> {
        let (_, count) = self.findings.entry(note.rule).or_insert((note.severity, 0));
        *count += 1;
        if *count > MOST_OF_A_RULE {
            return Ok(());
        }
        self.writer.finding(&Finding {
            rule: note.rule.to_owned(),
            severity: note.severity,
            line: Some(note.line),
            subject: note.subject.map(shortened),
            message: shortened(note.message),
        })
    }

    /// Writes how far the file has been read.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn progress(&mut self, progress: Progress) -> Result<(), WriteError> {
        self.writer.progress(progress)
    }

    /// Ends the stream as the reading of its file ended.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn end(self, read: Result<(), Stop>) -> Result<Outcome, WriteError> {
        match read {
            Ok(()) => {
                self.done()?;
                Ok(Outcome::Done)
            }
            Err(Stop::Refused(failure)) => {
                self.failed(failure.into())?;
                Ok(Outcome::Failed)
            }
            Err(Stop::Write(error)) => Err(error),
        }
    }

    /// Ends the stream of a file that was read to its end.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn done(mut self) -> Result<(), WriteError> {
        for (rule, (severity, count)) in &self.findings {
            if *count > MOST_OF_A_RULE {
                self.writer.finding(&Finding {
                    rule: "findings.more".to_owned(),
                    severity: *severity,
                    line: None,
                    subject: Some((*rule).to_owned()),
                    message: format!(
                        "{} more findings of the rule {rule} are not listed.",
                        count - MOST_OF_A_RULE
                    ),
                })?;
            }
        }
        self.writer.done(&self.counts)
    }

    /// Ends the stream of a file that is refused.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn failed(mut self, failed: Failed) -> Result<(), WriteError> {
        self.writer.failed(&Failed {
            message: shortened(failed.message),
            ..failed
        })
    }
}

fn shortened(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}
