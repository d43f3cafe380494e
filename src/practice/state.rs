//! What may happen to a practice, and what becomes of it: a pure table.

use serde::{Deserialize, Serialize};

use crate::procedure::Regime;

/// How a practice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Filed, nobody has it yet.
    Submitted,
    /// An officer has it.
    InReview,
    /// The applicant was asked for more.
    AwaitingApplicant,
    /// A communication that took effect when it was filed.
    Effective,
    /// A communication drawn for sample control.
    InControl,
    /// Granted.
    Granted,
    /// Refused.
    Refused,
    /// Taken back by the applicant.
    Withdrawn,
    /// Nothing more is expected.
    Closed,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It is filed.
    Submitted,
    /// An officer takes it.
    Assigned,
    /// It is drawn for sample control.
    SampleDrawn,
    /// The applicant is asked for more.
    IntegrationRequested,
    /// The applicant answers.
    IntegrationAnswered,
    /// It is granted.
    Granted,
    /// It is refused.
    Refused,
    /// The control ends.
    ControlClosed,
    /// The applicant takes it back.
    Withdrawn,
    /// One side writes to the other; nothing else changes.
    Message,
}

/// Why a step cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// It has ended.
    #[error("it has ended")]
    Ended,
    /// Nobody has taken it.
    #[error("no officer has taken it")]
    NotTaken,
    /// The applicant's answer is awaited.
    #[error("the applicant's answer is awaited")]
    Awaiting,
    /// Nothing was asked.
    #[error("nothing was asked")]
    NothingAsked,
    /// Nothing is decided in this regime.
    #[error("nothing is decided on a communication")]
    NothingToDecide,
    /// Only a communication is drawn.
    #[error("only a communication is drawn for control")]
    NoSample,
    /// It was filed already.
    #[error("it was filed already")]
    FiledAlready,
    /// The clock does not allow it.
    #[error("the term of law does not allow it")]
    Clock,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 10] = [
        Self::Submitted,
        Self::Assigned,
        Self::SampleDrawn,
        Self::IntegrationRequested,
        Self::IntegrationAnswered,
        Self::Granted,
        Self::Refused,
        Self::ControlClosed,
        Self::Withdrawn,
        Self::Message,
    ];

    /// The word stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Assigned => "assigned",
            Self::SampleDrawn => "sample_drawn",
            Self::IntegrationRequested => "integration_requested",
            Self::IntegrationAnswered => "integration_answered",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::ControlClosed => "control_closed",
            Self::Withdrawn => "withdrawn",
            Self::Message => "message",
        }
    }

    /// The step of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == word)
    }

    /// Whether it is the applicant's to take.
    #[must_use]
    pub fn is_applicants(self) -> bool {
        matches!(
            self,
            Self::Submitted | Self::IntegrationAnswered | Self::Withdrawn
        )
    }
}

impl State {
    /// Whether nothing more can happen.
    #[must_use]
    pub fn has_ended(self) -> bool {
        matches!(
            self,
            Self::Granted | Self::Refused | Self::Withdrawn | Self::Closed
        )
    }
}

/// What a step makes of a practice.
///
/// # Errors
/// Why it cannot be.
pub fn next(state: Option<State>, step: Step, regime: Regime) -> Result<State, Forbidden> {
    let communication = regime == Regime::Communication;
    let Some(state) = state else {
        return match (step, communication) {
            (Step::Submitted, true) => Ok(State::Effective),
            (Step::Submitted, false) => Ok(State::Submitted),
            _ => Err(Forbidden::NotTaken),
        };
    };
    if step == Step::Submitted {
        return Err(Forbidden::FiledAlready);
    }
    if state.has_ended() {
        return Err(Forbidden::Ended);
    }
    match (step, state) {
        (Step::Assigned, State::Submitted | State::InReview) => Ok(State::InReview),
        (Step::Assigned, other) => Ok(other),
        (Step::SampleDrawn, State::Effective) => Ok(State::InControl),
        (Step::SampleDrawn, _) => Err(Forbidden::NoSample),
        (Step::IntegrationRequested, State::InReview | State::InControl) => {
            Ok(State::AwaitingApplicant)
        }
        (Step::IntegrationRequested, State::AwaitingApplicant) => Err(Forbidden::Awaiting),
        (Step::IntegrationRequested, _) => Err(Forbidden::NotTaken),
        (Step::IntegrationAnswered, State::AwaitingApplicant) if communication => {
            Ok(State::InControl)
        }
        (Step::IntegrationAnswered, State::AwaitingApplicant) => Ok(State::InReview),
        (Step::IntegrationAnswered, _) => Err(Forbidden::NothingAsked),
        (Step::Granted | Step::Refused, _) if communication => Err(Forbidden::NothingToDecide),
        (Step::Granted, State::InReview) => Ok(State::Granted),
        (Step::Refused, State::InReview) => Ok(State::Refused),
        (Step::Granted | Step::Refused, State::AwaitingApplicant) => Err(Forbidden::Awaiting),
        (Step::Granted | Step::Refused, _) => Err(Forbidden::NotTaken),
        (Step::ControlClosed, State::InControl) => Ok(State::Closed),
        (Step::ControlClosed, State::AwaitingApplicant) if communication => {
            Err(Forbidden::Awaiting)
        }
        (Step::ControlClosed, _) => Err(Forbidden::NoSample),
        (Step::Withdrawn, _) => Ok(State::Withdrawn),
        (Step::Message, other) => Ok(other),
        (Step::Submitted, _) => Err(Forbidden::FiledAlready),
    }
}

/// What became of a practice through its steps; none when they cannot have been.
#[must_use]
pub fn fold(steps: impl IntoIterator<Item = Step>, regime: Regime) -> Option<State> {
    let mut state = None;
    for step in steps {
        state = Some(next(state, step, regime).ok()?);
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGIMES: [Regime; 3] = [Regime::Communication, Regime::Notice, Regime::Application];

    #[test]
    fn an_application_goes_its_way() {
        let way = [
            Step::Submitted,
            Step::Assigned,
            Step::IntegrationRequested,
            Step::IntegrationAnswered,
            Step::Granted,
        ];
        assert_eq!(fold(way, Regime::Application), Some(State::Granted));
        assert_eq!(fold(way, Regime::Communication), None);
        let sample = [
            Step::Submitted,
            Step::SampleDrawn,
            Step::IntegrationRequested,
            Step::IntegrationAnswered,
            Step::ControlClosed,
        ];
        assert_eq!(fold(sample, Regime::Communication), Some(State::Closed));
        assert_eq!(fold(sample, Regime::Application), None);
    }

    /// Whatever happens, an end is an end, and filing comes first and once.
    #[test]
    fn every_walk_keeps_the_rules() {
        for regime in REGIMES {
            let mut walks: Vec<Vec<Step>> = vec![Vec::new()];
            for _ in 0..5 {
                let mut longer = Vec::new();
                for walk in &walks {
                    let state = fold(walk.iter().copied(), regime);
                    for step in Step::ALL {
                        match next(state, step, regime) {
                            Ok(_) => {
                                assert!(state.is_none_or(|state| !state.has_ended()));
                                assert_eq!(step == Step::Submitted, walk.is_empty());
                                let mut walk = walk.clone();
                                walk.push(step);
                                longer.push(walk);
                            }
                            Err(reason) if walk.is_empty() => {
                                assert_eq!(reason, Forbidden::NotTaken);
                            }
                            Err(_) => {}
                        }
                    }
                }
                walks = longer;
            }
            assert!(!walks.is_empty());
        }
    }
}
