//! The person, or nobody, behind a request.

use serde::{Deserialize, Serialize};

/// What a person does for or with the municipality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A person who signed in.
    Citizen,
    /// Loads and publishes maps.
    GisClerk,
    /// Handles practices.
    Officer,
    /// Says who is an officer of which office; handles nothing.
    Administrator,
}

impl Role {
    /// All roles, in the order in which they are offered.
    pub const ALL: [Self; 4] = [
        Self::Citizen,
        Self::GisClerk,
        Self::Officer,
        Self::Administrator,
    ];

    /// The word stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::GisClerk => "gis_clerk",
            Self::Officer => "officer",
            Self::Administrator => "administrator",
        }
    }

    /// The role of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// The mandate under which somebody acts for somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// Number of the mandate.
    pub mandate_id: i64,
    /// The person for whom they act.
    pub person: String,
    /// The name of that person or of their company.
    pub name: String,
    /// Whether they may also submit, or only fill in and follow.
    pub may_submit: bool,
    /// The only procedure that the mandate is for, by its short code; none for all.
    pub procedure: Option<String>,
}

/// Who asks: somebody signed in, or nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Nobody signed in.
    Anonymous,
    /// Somebody signed in, in a role.
    Known {
        /// Who it is, the same in every session.
        person: String,
        /// Name to show; invented for demonstration identities.
        name: String,
        /// What they do.
        role: Role,
        /// The mandate under which they act; none when they act for themselves.
        acting: Option<Acting>,
    },
}

impl Viewer {
    /// Somebody who acts for themselves.
    pub fn known(person: &str, name: &str, role: Role) -> Self {
        Self::Known {
            person: person.to_owned(),
            name: name.to_owned(),
            role,
            acting: None,
        }
    }

    /// The role, when somebody is signed in. Whoever acts under a mandate acts as a citizen.
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Anonymous => None,
            Self::Known {
                acting: Some(_), ..
            } => Some(Role::Citizen),
            Self::Known { role, .. } => Some(*role),
        }
    }

    /// The one whose drafts and practices these are: who asks, or for whom they act.
    pub fn person(&self) -> Option<&str> {
        match self {
            Self::Anonymous => None,
            Self::Known { acting, person, .. } => {
                Some(acting.as_ref().map_or(person, |acting| &acting.person))
            }
        }
    }

    /// The one who really asks.
    pub fn agent(&self) -> Option<&str> {
        match self {
            Self::Anonymous => None,
            Self::Known { person, .. } => Some(person),
        }
    }

    /// The mandate under which they act.
    pub fn acting(&self) -> Option<&Acting> {
        match self {
            Self::Anonymous => None,
            Self::Known { acting, .. } => acting.as_ref(),
        }
    }
}
