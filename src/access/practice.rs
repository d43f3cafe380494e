//! What may be done with a draft or a practice, from data about how somebody stands to it.

use super::policy::Denied;
use super::viewer::{Role, Viewer};

/// What is known of a practice for the question who may do what.
#[derive(Debug, Clone, Copy)]
pub struct Concerned<'a> {
    /// Whose it is.
    pub person: &'a str,
    /// Short code of its procedure.
    pub procedure: &'a str,
}

/// How somebody stands to a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It is theirs.
    Applicant,
    /// They act for whose it is.
    Delegate {
        /// Whether they may submit.
        may_submit: bool,
    },
    /// They handle practices of its comune. The database shows an officer no other's.
    Officer,
    /// Nothing.
    Stranger,
}

/// What is to be done with a draft or a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PracticeAction {
    /// Read it with everything that belongs to it.
    Read,
    /// Fill in, attach, answer what the office asks, write messages.
    Compile,
    /// Submit it, or take it back.
    Submit,
    /// Assign, ask for more, ask for opinions, decide, note.
    Handle,
}

/// How a viewer stands to a practice that the database has shown them.
///
/// What is their own comes first: an officer who files for themselves is an applicant, and handles
/// nothing of it.
pub fn relation(viewer: &Viewer, practice: Concerned<'_>) -> Relation {
    if let Some(acting) = viewer.acting() {
        let fits = acting
            .procedure
            .as_ref()
            .is_none_or(|only| only == practice.procedure);
        if !fits || acting.person != practice.person {
            return Relation::Stranger;
        }
        return Relation::Delegate {
            may_submit: acting.may_submit,
        };
    }
    if viewer.agent() == Some(practice.person) {
        return Relation::Applicant;
    }
    match viewer.role() {
        Some(Role::Officer) => Relation::Officer,
        _ => Relation::Stranger,
    }
}

/// Decides whether somebody who stands so to a practice may do something with it.
///
/// # Errors
/// [`Denied`] when not.
pub fn authorize_practice(relation: Relation, action: PracticeAction) -> Result<(), Denied> {
    let allowed = match (relation, action) {
        (Relation::Applicant, PracticeAction::Handle) => false,
        (Relation::Applicant, _) => true,
        (Relation::Delegate { .. }, PracticeAction::Read | PracticeAction::Compile) => true,
        (Relation::Delegate { may_submit }, PracticeAction::Submit) => may_submit,
        (Relation::Delegate { .. }, PracticeAction::Handle) => false,
        (Relation::Officer, PracticeAction::Read | PracticeAction::Handle) => true,
        (Relation::Officer, _) | (Relation::Stranger, _) => false,
    };
    allowed.then_some(()).ok_or(Denied)
}

#[cfg(test)]
mod tests {
    use super::super::viewer::Acting;
    use super::*;

    const OURS: Concerned<'_> = Concerned {
        person: "anna",
        procedure: "UR-CDU",
    };

    fn acting(procedure: Option<&str>, may_submit: bool) -> Viewer {
        Viewer::Known {
            person: "carla".into(),
            name: "Nome Inventato".into(),
            role: Role::Officer,
            acting: Some(Acting {
                mandate_id: 1,
                person: "anna".into(),
                name: "Altro Inventato".into(),
                may_submit,
                procedure: procedure.map(str::to_owned),
            }),
        }
    }

    #[test]
    fn who_one_is_to_a_practice_follows_from_data() {
        let known = |person, role| Viewer::known(person, "Nome Inventato", role);
        let table = [
            (Viewer::Anonymous, Relation::Stranger),
            (known("anna", Role::Citizen), Relation::Applicant),
            (known("bruno", Role::Citizen), Relation::Stranger),
            (known("bruno", Role::GisClerk), Relation::Stranger),
            (known("bruno", Role::Administrator), Relation::Stranger),
            (known("bruno", Role::Officer), Relation::Officer),
            // Nobody handles what is their own.
            (known("anna", Role::Officer), Relation::Applicant),
            // Whoever acts for another is not an officer meanwhile.
            (acting(None, true), Relation::Delegate { may_submit: true }),
            (
                acting(Some("UR-CDU"), false),
                Relation::Delegate { may_submit: false },
            ),
            (acting(Some("ED-CILA"), true), Relation::Stranger),
        ];
        for (viewer, expected) in table {
            assert_eq!(relation(&viewer, OURS), expected, "{viewer:?}");
        }
    }

    #[test]
    fn every_relation_meets_every_action() {
        use PracticeAction::{Compile, Handle, Read, Submit};
        let table: [(Relation, &[PracticeAction]); 5] = [
            (Relation::Applicant, &[Read, Compile, Submit]),
            (
                Relation::Delegate { may_submit: true },
                &[Read, Compile, Submit],
            ),
            (Relation::Delegate { may_submit: false }, &[Read, Compile]),
            (Relation::Officer, &[Read, Handle]),
            (Relation::Stranger, &[]),
        ];
        for (relation, allowed) in table {
            for action in [Read, Compile, Submit, Handle] {
                let expected = allowed.contains(&action);
                let found = authorize_practice(relation, action).is_ok();
                assert_eq!(found, expected, "{relation:?} {action:?}");
            }
        }
    }
}
