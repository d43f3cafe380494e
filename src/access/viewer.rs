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
}

impl Role {
    /// All roles, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Citizen, Self::GisClerk, Self::Officer];

    /// The word stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::GisClerk => "gis_clerk",
            Self::Officer => "officer",
        }
    }

    /// The role of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// Who asks: somebody signed in, or nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Nobody signed in.
    Anonymous,
    /// Somebody signed in, in a role.
    Known {
        /// Name to show; invented for demonstration identities.
        name: String,
        /// The role chosen at sign-in.
        role: Role,
    },
}

impl Viewer {
    /// The role, when somebody is signed in.
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Anonymous => None,
            Self::Known { role, .. } => Some(*role),
        }
    }
}
