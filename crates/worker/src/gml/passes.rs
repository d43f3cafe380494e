//! The two passes: counting the members of references; joining, checking, writing.

use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Write};

use wire::{Feature, Progress, Severity};

use super::geometry::{Problem, too_many_vertices};
use super::member::{self, Member};
use super::walk::{Visitor, none_of, walk};
use super::xml::Xml;
use super::{Kind, Limits, encoding};
use crate::failure::{Failure, FailureKind, Stop};
use crate::output::{Note, Output};
use crate::settle::{settle, too_complex};
use crate::validity::TooComplex;

/// Bytes between two progress frames.
const PROGRESS_BYTES: u64 = 4 << 20;
/// Names of unknown elements that are told apart.
const MOST_UNKNOWN: usize = 100;

/// References of more than one member, and how many each has.
pub(crate) type Shared = HashMap<String, u32>;

/// Reads the whole file once; returns the references that several members share.
pub(crate) fn count<R: Read, W: Write>(
    file: R,
    size: u64,
    kind: Kind,
    limits: &Limits,
    output: &mut Output<W>,
) -> Result<Shared, Stop> {
    let (encoding, input) = encoding::decoded(file)?;
    let mut counter = Counter {
        kind,
        limits,
        meter: Meter::new(size, 0),
        output,
        members: 0,
        references: Shared::new(),
    };
    let mut xml = Xml::new(input, encoding, limits);
    let others = walk(&mut xml, kind, &mut counter)?;
    if counter.members == 0 && !others.is_empty() {
        return Err(none_of(kind, &others).into());
    }
    let mut shared = counter.references;
    shared.retain(|_, members| *members > 1);
    shared.shrink_to_fit();
    for (name, count) in others {
        output.note(Note {
            rule: "format.other_features",
            severity: Severity::Info,
            line: 1,
            subject: Some(name),
            message: format!("{count} features of another kind are not read."),
        })?;
    }
    Ok(shared)
}

/// Reads the whole file again and writes its features.
pub(crate) fn write<R: Read, W: Write>(
    file: R,
    size: u64,
    kind: Kind,
    limits: &Limits,
    shared: Shared,
    output: &mut Output<W>,
) -> Result<(), Stop> {
    let (encoding, input) = encoding::decoded(file)?;
    let mut joiner = Joiner {
        kind,
        limits,
        meter: Meter::new(size, size),
        output,
        shared,
        held: HashMap::new(),
        unknown: BTreeSet::new(),
        vertices: 0,
    };
    let mut xml = Xml::new(input, encoding, limits);
    walk(&mut xml, kind, &mut joiner)?;
    if !joiner.held.is_empty() {
        return Err(
            Failure::of_file(FailureKind::Read, "The file changed while it was read.").into(),
        );
    }
    joiner.output.progress(Progress {
        bytes_read: size * 2,
        bytes_total: size * 2,
    })?;
    Ok(())
}

/// Says when it is time for a progress frame.
struct Meter {
    size: u64,
    before: u64,
    next: u64,
}

impl Meter {
    const fn new(size: u64, before: u64) -> Self {
        Self {
            size,
            before,
            next: PROGRESS_BYTES,
        }
    }

    fn tick<W: Write>(&mut self, bytes: u64, output: &mut Output<W>) -> Result<(), Stop> {
        if bytes >= self.next {
            self.next = bytes + PROGRESS_BYTES;
            output.progress(Progress {
                bytes_read: self.before + bytes.min(self.size),
                bytes_total: self.size * 2,
            })?;
        }
        Ok(())
    }
}

struct Counter<'a, W> {
    kind: Kind,
    limits: &'a Limits,
    meter: Meter,
    output: &'a mut Output<W>,
    members: u64,
    references: Shared,
}

impl<R: Read, W: Write> Visitor<R> for Counter<'_, W> {
    fn member(&mut self, xml: &mut Xml<R>) -> Result<(), Stop> {
        self.members += 1;
        if self.members > self.limits.features {
            return Err(Failure::at(
                FailureKind::LimitFeatures,
                xml.line(),
                format!("The file has more than {} features.", self.limits.features),
            )
            .into());
        }
        if let Some(reference) = member::read_reference(xml, self.kind, self.limits)? {
            *self.references.entry(reference).or_default() += 1;
        }
        self.meter.tick(xml.bytes(), self.output)
    }

    fn unknown(&mut self, _name: &str, _line: u64) -> Result<(), Stop> {
        // The second pass tells.
        Ok(())
    }
}

struct Joiner<'a, W> {
    kind: Kind,
    limits: &'a Limits,
    meter: Meter,
    output: &'a mut Output<W>,
    shared: Shared,
    held: HashMap<String, Joined>,
    unknown: BTreeSet<String>,
    vertices: u64,
}

/// The members of one reference read so far.
struct Joined {
    first: Member,
    members: u32,
    differs: bool,
}

impl<R: Read, W: Write> Visitor<R> for Joiner<'_, W> {
    fn member(&mut self, xml: &mut Xml<R>) -> Result<(), Stop> {
        let member = member::read(xml, self.kind, self.limits)?;
        self.output.count_member();
        self.count_vertices(&member)?;
        self.note_oddities(&member)?;
        self.meter.tick(xml.bytes(), self.output)?;
        let Some(reference) = member.reference() else {
            let message = format!("The feature has no {}.", self.kind.fields()[0]);
            self.output
                .leave_out(error("feature.no_reference", member.line, None, message))?;
            return Ok(());
        };
        let Some(expected) = self.shared.get(reference).copied() else {
            return self.emit(member, 1);
        };
        let reference = reference.to_owned();
        let joined = match self.held.remove(&reference) {
            None => Joined {
                first: member,
                members: 1,
                differs: false,
            },
            Some(joined) => self.join(joined, member)?,
        };
        if joined.members == expected {
            return self.emit(joined.first, joined.members);
        }
        self.held.insert(reference, joined);
        Ok(())
    }

    fn unknown(&mut self, name: &str, line: u64) -> Result<(), Stop> {
        self.note_unknown(name, line)
    }
}

impl<W: Write> Joiner<'_, W> {
    fn count_vertices(&mut self, member: &Member) -> Result<(), Stop> {
        if let Ok(shape) = &member.shape {
            self.vertices += shape.vertex_count() as u64;
        }
        if self.vertices > self.limits.vertices {
            let message = format!("The file has more than {} vertices.", self.limits.vertices);
            return Err(Failure::at(FailureKind::LimitVertices, member.line, message).into());
        }
        Ok(())
    }

    fn note_unknown(&mut self, name: &str, line: u64) -> Result<(), Stop> {
        if self.unknown.len() >= MOST_UNKNOWN || !self.unknown.insert(name.to_owned()) {
            return Ok(());
        }
        self.output.note(Note {
            rule: "xml.unknown_element",
            severity: Severity::Warning,
            line,
            subject: Some(name.to_owned()),
            message: format!("The element {name} is not read, here and further down."),
        })?;
        Ok(())
    }

    fn note_oddities(&mut self, member: &Member) -> Result<(), Stop> {
        for (name, line) in &member.unknown {
            self.note_unknown(name, *line)?;
        }
        for (field, line) in &member.repeated {
            self.output.note(Note {
                rule: "xml.repeated_element",
                severity: Severity::Warning,
                line: *line,
                subject: member.reference().map(str::to_owned),
                message: format!("The feature has {field} more than once; the first counts."),
            })?;
        }
        Ok(())
    }

    fn join(&mut self, joined: Joined, other: Member) -> Result<Joined, Stop> {
        let mut first = joined.first;
        let differs = first.values != other.values;
        if differs && !joined.differs {
            self.output.note(Note {
                rule: "feature.values_differ",
                severity: Severity::Warning,
                line: other.line,
                subject: first.reference().map(str::to_owned),
                message: format!(
                    "Members of one reference have different values; those of line {} count.",
                    first.line
                ),
            })?;
        }
        first.shape = match (first.shape, other.shape) {
            (Ok(mut shape), Ok(more)) => {
                if shape.vertex_count() + more.vertex_count() > self.limits.feature_vertices {
                    let most = self.limits.feature_vertices;
                    return Err(too_many_vertices(other.line, most).into());
                }
                shape.append(&more);
                Ok(shape)
            }
            (Err(problem), _) | (_, Err(problem)) => Err(problem),
        };
        Ok(Joined {
            first,
            members: joined.members + 1,
            differs: joined.differs || differs,
        })
    }

    fn emit(&mut self, member: Member, members: u32) -> Result<(), Stop> {
        let subject = member.reference().map(str::to_owned);
        let line = member.line;
        let shape = match member.shape {
            Ok(shape) => shape,
            Err(problem) => {
                self.output.leave_out(left_out(problem, subject, members))?;
                return Ok(());
            }
        };
        let (shape, invalid) = match settle(
            shape,
            line,
            subject.as_ref(),
            self.limits.comparisons,
            self.output,
        )? {
            Ok(settled) => settled,
            Err(TooComplex) => {
                self.output.leave_out(too_complex(line, subject))?;
                return Ok(());
            }
        };
        self.output.feature(&Feature {
            line,
            values: member.values,
            members,
            invalid,
            geometry: shape.into(),
        })?;
        Ok(())
    }
}

fn left_out(problem: Problem, subject: Option<String>, members: u32) -> Note {
    let mut message = problem.message;
    if members > 1 {
        message.push_str(&format!(
            " All {members} members of the reference are left out."
        ));
    }
    error(problem.rule, problem.line, subject, message)
}

fn error(
    rule: &'static str,
    line: u64,
    subject: Option<String>,
    message: impl Into<String>,
) -> Note {
    Note {
        rule,
        severity: Severity::Error,
        line,
        subject,
        message: message.into(),
    }
}
