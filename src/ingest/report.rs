//! What a load found, for people and for programs.

use serde::{Deserialize, Serialize};

/// How much a finding weighs: an error keeps a part from being published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// To be looked at; does not keep from publishing.
    Warning,
    /// Keeps from publishing.
    Error,
}

impl From<wire::Severity> for Severity {
    fn from(severity: wire::Severity) -> Self {
        match severity {
            wire::Severity::Info => Self::Info,
            wire::Severity::Warning => Self::Warning,
            wire::Severity::Error => Self::Error,
        }
    }
}

/// Something found in a file, with its place.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Finding {
    /// Rule, such as `geometry.invalid`.
    pub rule: String,
    /// Weight.
    pub severity: Severity,
    /// File.
    pub file: String,
    /// Line of the file, where known.
    pub line: Option<u64>,
    /// Key of the feature or name of the element.
    pub subject: Option<String>,
    /// Place in lon/lat, where known.
    pub place: Option<[f64; 2]>,
    /// The finding in a sentence.
    pub message: String,
}

/// Outcome of a check. *No data* is not *passed*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// Made, nothing found.
    Passed,
    /// Made, something found.
    Failed,
    /// Could not be made: what it compares with is missing.
    NoData,
}

/// A check with its outcome.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Check {
    /// Rule.
    pub rule: String,
    /// Outcome.
    pub status: CheckStatus,
    /// Weight of what was found; none when nothing was.
    pub severity: Option<Severity>,
    /// How many features or places.
    pub count: u64,
    /// What was checked, and the outcome, in a sentence.
    pub message: String,
}

/// Findings kept in a report at most; their number is always complete.
const KEPT: usize = 1000;

/// The report of a load.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Report {
    /// Members of the files that were read.
    pub members: u64,
    /// Features stored.
    pub features: u64,
    /// Features joined from several members.
    pub joined: u64,
    /// Members or features that were left out because of an error.
    pub left_out: u64,
    /// Vertices stored.
    pub vertices: u64,
    /// Checks, in the order in which they were made.
    pub checks: Vec<Check>,
    /// Findings: the first thousand.
    pub findings: Vec<Finding>,
    /// Findings in all.
    pub finding_count: u64,
    #[serde(skip)]
    worst_finding: Option<Severity>,
}

impl Report {
    /// Adds a finding.
    pub fn find(&mut self, finding: Finding) {
        self.finding_count += 1;
        self.worst_finding = self.worst_finding.max(Some(finding.severity));
        if self.findings.len() < KEPT {
            self.findings.push(finding);
        }
    }

    /// Adds a check.
    pub fn check(&mut self, check: Check) {
        self.checks.push(check);
    }

    /// Adds a check about findings of a rule: passed when there are none.
    pub fn check_rule(&mut self, rule: &str, count: u64, severity: Severity, about: &str) {
        self.checks.push(Check {
            rule: rule.to_owned(),
            status: if count == 0 {
                CheckStatus::Passed
            } else {
                CheckStatus::Failed
            },
            severity: (count > 0).then_some(severity),
            count,
            message: about.to_owned(),
        });
    }

    /// True when an error stands: the part cannot be published.
    pub fn has_errors(&self) -> bool {
        self.worst_finding == Some(Severity::Error)
            || self
                .checks
                .iter()
                .any(|check| check.severity == Some(Severity::Error))
    }
}
