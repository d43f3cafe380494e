//! What may be seen of a row that says itself who may see it.

use serde::Deserialize;

use super::viewer::{Role, Viewer};

/// Who may see a row of a live layer, as its view says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowPolicy {
    /// The people whose it is.
    #[serde(default)]
    pub persons: Vec<String>,
    /// Whether the office sees it.
    #[serde(default)]
    pub office: bool,
    /// Whether anybody sees that it is there, without what is personal.
    #[serde(default)]
    pub public: bool,
}

/// What a viewer sees of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Nothing: it does not exist for them.
    Hidden,
    /// That it is there, with what anybody may know.
    Public,
    /// All of it.
    Whole,
}

/// Decides what a viewer sees of a row; `person` is who they are, where they are signed in.
#[must_use]
pub fn sight(viewer: &Viewer, person: Option<&str>, row: &RowPolicy) -> Sight {
    let is_known = viewer.role().is_some();
    let is_theirs = person.is_some_and(|person| row.persons.iter().any(|one| one == person));
    let is_office = row.office && viewer.role() == Some(Role::Officer);
    if is_known && (is_theirs || is_office) {
        Sight::Whole
    } else if row.public {
        Sight::Public
    } else {
        Sight::Hidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_seen_by_its_person_and_the_office() {
        let known = |role| Viewer::known("a", "Nome Inventato", role);
        let mut row = RowPolicy {
            persons: vec!["a".into(), "b".into()],
            office: true,
            public: false,
        };
        let citizen = known(Role::Citizen);
        assert_eq!(sight(&citizen, Some("b"), &row), Sight::Whole);
        assert_eq!(sight(&citizen, Some("c"), &row), Sight::Hidden);
        assert_eq!(sight(&citizen, None, &row), Sight::Hidden);
        assert_eq!(sight(&known(Role::Officer), Some("c"), &row), Sight::Whole);
        assert_eq!(
            sight(&known(Role::GisClerk), Some("c"), &row),
            Sight::Hidden
        );
        // A session that has ended leaves no person, whatever is said of one.
        assert_eq!(sight(&Viewer::Anonymous, Some("b"), &row), Sight::Hidden);
        row.public = true;
        assert_eq!(sight(&Viewer::Anonymous, None, &row), Sight::Public);
        assert_eq!(sight(&citizen, Some("c"), &row), Sight::Public);
        row.office = false;
        assert_eq!(sight(&known(Role::Officer), Some("c"), &row), Sight::Public);
    }
}
