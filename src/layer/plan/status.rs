//! What follows from the dates of a plan version's acts: pure.

use jiff::Span;
use jiff::civil::Date;
use serde::Serialize;

/// What a version of a plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanKind {
    /// The whole plan.
    General,
    /// A variant of a place.
    Partial,
    /// A variant for one enterprise (DPR 160/2010, art. 8).
    Suap,
    /// The correction of a material error.
    Correction,
}

impl PlanKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::General, Self::Partial, Self::Suap, Self::Correction];

    /// The word stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Partial => "partial",
            Self::Suap => "suap",
            Self::Correction => "correction",
        }
    }

    /// The kind of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What an act about a plan version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActKind {
    /// Adoption: from its date both plans count (salvaguardia).
    Adoption,
    /// Deposit for everybody to read.
    Deposit,
    /// End of the term for observations: the phase of publication is over.
    Observations,
    /// The plan was sent to the administration that approves it.
    Submission,
    /// Answers to the observations.
    CounterDeductions,
    /// Approval.
    Approval,
    /// Publication on the bulletin: from its date the version is in force.
    Publication,
    /// Revocation: from its date the version is not in force.
    Revocation,
    /// Annulment by a court: from its date the version is not in force.
    Annulment,
    /// Any other act.
    Other,
}

impl ActKind {
    /// All kinds, in the order of a procedure.
    pub const ALL: [Self; 10] = [
        Self::Adoption,
        Self::Deposit,
        Self::Observations,
        Self::Submission,
        Self::CounterDeductions,
        Self::Approval,
        Self::Publication,
        Self::Revocation,
        Self::Annulment,
        Self::Other,
    ];

    /// The word stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adoption => "adoption",
            Self::Deposit => "deposit",
            Self::Observations => "observations",
            Self::Submission => "submission",
            Self::CounterDeductions => "counter_deductions",
            Self::Approval => "approval",
            Self::Publication => "publication",
            Self::Revocation => "revocation",
            Self::Annulment => "annulment",
            Self::Other => "other",
        }
    }

    /// The kind of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Where a plan version stands in law on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalStatus {
    /// Not published, or none of its days has come.
    Draft,
    /// Adopted: what contradicts it is suspended (salvaguardia), the plan in force still counts.
    Adopted,
    /// In force.
    InForce,
    /// It was in force until another took its place.
    Replaced,
    /// Withdrawn, revoked or annulled.
    Withdrawn,
}

impl LegalStatus {
    /// The word sent, and part of the key of its sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Adopted => "adopted",
            Self::InForce => "in_force",
            Self::Replaced => "replaced",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// First days of what can happen to a plan version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlanDates {
    /// True when it is published.
    pub is_published: bool,
    /// From this day on it is adopted.
    pub adopted_from: Option<Date>,
    /// From this day on it is in force.
    pub in_force_from: Option<Date>,
    /// From this day on another general version is in force in its place.
    pub replaced_from: Option<Date>,
    /// From this day on it is withdrawn.
    pub withdrawn_from: Option<Date>,
}

impl PlanDates {
    /// Where the version stands on a day.
    pub fn status(&self, day: Date) -> LegalStatus {
        let has_come = |first: Option<Date>| first.is_some_and(|first| first <= day);
        if !self.is_published {
            LegalStatus::Draft
        } else if has_come(self.withdrawn_from) {
            LegalStatus::Withdrawn
        } else if has_come(self.in_force_from) {
            if has_come(self.replaced_from) {
                LegalStatus::Replaced
            } else {
                LegalStatus::InForce
            }
        } else if has_come(self.adopted_from) {
            LegalStatus::Adopted
        } else {
            LegalStatus::Draft
        }
    }

    /// The last day of what it is on a day, as far as it is known.
    pub fn valid_to(&self, day: Date) -> Option<Date> {
        let next = match self.status(day) {
            LegalStatus::Adopted => earliest([self.in_force_from, self.withdrawn_from]),
            LegalStatus::InForce => earliest([self.replaced_from, self.withdrawn_from]),
            LegalStatus::Draft | LegalStatus::Replaced | LegalStatus::Withdrawn => None,
        };
        next.and_then(|next| next.yesterday().ok())
    }
}

fn earliest(days: [Option<Date>; 2]) -> Option<Date> {
    days.into_iter().flatten().min()
}

/// The time in which an adopted plan suspends what contradicts it (DPR 380/2001, art. 12 c. 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salvaguardia {
    /// Day of the adoption.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// Years that the law gives it: 3, or 5 when the plan was sent for approval in time.
    pub years: i8,
}

/// The salvaguardia of an adopted version, from its acts and its days; none without adoption.
///
/// DPR 380/2001, art. 12 c. 3: three years from adoption; five when the plan was sent for
/// approval within a year from the end of the phase of publication, which is the end of the
/// term for observations (where that is not recorded the deposit, else the adoption). A term
/// in years ends on the day with the same date, or on the last of the month (c.c. art. 2963).
/// It ends before when the version comes into force or is withdrawn.
pub fn salvaguardia(
    acts: impl IntoIterator<Item = (ActKind, Date)> + Clone,
    dates: &PlanDates,
) -> Option<Salvaguardia> {
    let first = |wanted: ActKind| {
        let days = acts.clone().into_iter().filter(|(kind, _)| *kind == wanted);
        days.map(|(_, day)| day).min()
    };
    let from = first(ActKind::Adoption)?;
    let publication_over = first(ActKind::Observations)
        .or_else(|| first(ActKind::Deposit))
        .unwrap_or(from);
    let submitted_in_time = first(ActKind::Submission)
        .zip(publication_over.checked_add(Span::new().years(1)).ok())
        .is_some_and(|(submitted, last)| submitted <= last);
    let years = if submitted_in_time { 5 } else { 3 };
    let legal_end = from.checked_add(Span::new().years(years)).ok()?;
    let cut_short = earliest([dates.in_force_from, dates.withdrawn_from])
        .and_then(|next| next.yesterday().ok())
        .filter(|last| *last >= from);
    Some(Salvaguardia {
        from,
        until: cut_short.map_or(legal_end, |last| last.min(legal_end)),
        years,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn dates(published: bool, days: [&str; 4]) -> PlanDates {
        let maybe = |text: &str| (!text.is_empty()).then(|| day(text));
        PlanDates {
            is_published: published,
            adopted_from: maybe(days[0]),
            in_force_from: maybe(days[1]),
            replaced_from: maybe(days[2]),
            withdrawn_from: maybe(days[3]),
        }
    }

    #[test]
    fn status_follows_from_days() {
        use LegalStatus::{Adopted, Draft, InForce, Replaced, Withdrawn};
        let full = ["2020-03-10", "2021-06-01", "2024-01-01", ""];
        let ended = ["2020-03-10", "2021-06-01", "", "2022-05-05"];
        let stopped = ["2020-03-10", "", "", "2020-09-01"];
        let table = [
            (false, full, "2022-01-01", Draft, ""),
            (true, full, "2020-03-09", Draft, ""),
            (true, full, "2020-03-10", Adopted, "2021-05-31"),
            (true, full, "2021-05-31", Adopted, "2021-05-31"),
            (true, full, "2021-06-01", InForce, "2023-12-31"),
            (true, full, "2023-12-31", InForce, "2023-12-31"),
            (true, full, "2024-01-01", Replaced, ""),
            (true, ended, "2022-05-04", InForce, "2022-05-04"),
            (true, ended, "2022-05-05", Withdrawn, ""),
            (true, stopped, "2020-08-31", Adopted, "2020-08-31"),
            (true, stopped, "2020-09-01", Withdrawn, ""),
            (true, ["", "2021-06-01", "", ""], "2021-05-31", Draft, ""),
            (true, ["", "2021-06-01", "", ""], "2030-01-01", InForce, ""),
            (true, ["", "", "", ""], "2030-01-01", Draft, ""),
        ];
        for (published, days, on, status, last) in table {
            let dates = dates(published, days);
            assert_eq!(dates.status(day(on)), status, "{days:?} on {on}");
            let wanted = (!last.is_empty()).then(|| day(last));
            assert_eq!(dates.valid_to(day(on)), wanted, "{days:?} on {on}");
        }
    }

    #[test]
    fn salvaguardia_ends_as_the_law_says() {
        use ActKind::{Adoption, Approval, Deposit, Observations, Publication, Submission};
        let open = PlanDates::default();
        // Acts, days of the version, last day and years of its salvaguardia.
        type Case = (Vec<(ActKind, &'static str)>, PlanDates, &'static str, i8);
        let table: Vec<Case> = vec![
            // Nothing but the adoption.
            (vec![(Adoption, "2020-03-10")], open, "2023-03-10", 3),
            // The 29th of February has no anniversary: the last of the month.
            (vec![(Adoption, "2020-02-29")], open, "2023-02-28", 3),
            // Sent within a year from the end of observations: on the last day, and after it.
            (
                vec![
                    (Adoption, "2020-03-10"),
                    (Deposit, "2020-03-20"),
                    (Observations, "2020-05-20"),
                    (Submission, "2021-05-20"),
                ],
                open,
                "2025-03-10",
                5,
            ),
            (
                vec![
                    (Adoption, "2020-03-10"),
                    (Observations, "2020-05-20"),
                    (Submission, "2021-05-21"),
                ],
                open,
                "2023-03-10",
                3,
            ),
            // Without the end of observations the deposit counts, else the adoption.
            (
                vec![
                    (Adoption, "2020-03-10"),
                    (Deposit, "2020-04-01"),
                    (Submission, "2021-04-01"),
                ],
                open,
                "2025-03-10",
                5,
            ),
            (
                vec![(Adoption, "2020-03-10"), (Submission, "2021-03-11")],
                open,
                "2023-03-10",
                3,
            ),
            // Approval alone ends nothing; coming into force does, and so does a withdrawal.
            (
                vec![(Adoption, "2020-03-10"), (Approval, "2020-12-01")],
                open,
                "2023-03-10",
                3,
            ),
            (
                vec![(Adoption, "2020-03-10"), (Publication, "2021-01-15")],
                dates(true, ["2020-03-10", "2021-01-15", "", ""]),
                "2021-01-14",
                3,
            ),
            (
                vec![(Adoption, "2020-03-10")],
                dates(true, ["2020-03-10", "", "", "2020-10-01"]),
                "2020-09-30",
                3,
            ),
            // A late entry into force does not lengthen it.
            (
                vec![(Adoption, "2020-03-10")],
                dates(true, ["2020-03-10", "2026-01-01", "", ""]),
                "2023-03-10",
                3,
            ),
            // Adopted twice: the first counts.
            (
                vec![(Adoption, "2020-06-01"), (Adoption, "2020-03-10")],
                open,
                "2023-03-10",
                3,
            ),
        ];
        for (acts, dates, until, years) in table {
            let acts: Vec<(ActKind, Date)> =
                acts.into_iter().map(|(kind, on)| (kind, day(on))).collect();
            let answer = salvaguardia(acts.clone(), &dates).expect("was adopted");
            assert_eq!(
                (answer.until, answer.years),
                (day(until), years),
                "{acts:?}"
            );
            let adopted = acts.iter().filter(|(kind, _)| *kind == Adoption);
            assert_eq!(Some(answer.from), adopted.map(|(_, on)| *on).min());
        }
        let approved = [(Approval, date(2020, 1, 1))];
        assert_eq!(salvaguardia(approved, &open), None);
    }

    #[test]
    fn words_are_read_back() {
        for kind in ActKind::ALL {
            assert_eq!(ActKind::from_word(kind.as_str()), Some(kind));
        }
        for kind in PlanKind::ALL {
            assert_eq!(PlanKind::from_word(kind.as_str()), Some(kind));
        }
        assert_eq!(ActKind::from_word("cancel"), None);
    }
}
